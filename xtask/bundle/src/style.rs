//! One style sheet out of its parts.

use anyhow::{Result, anyhow};
use lightningcss::bundler::{Bundler, FileProvider};
use lightningcss::stylesheet::{MinifyOptions, ParserOptions, PrinterOptions};
use lightningcss::targets::{Browsers, Targets};
use std::path::Path;

/// The oldest browsers that the site is drawn for (Chrome stands for its Android kin as well). All of them know nesting, `light-dark()` and layers, so these
/// stay as they were written, which is smaller than what they would be lowered to.
fn browsers() -> Browsers {
    let version = |major: u32, minor: u32| Some(major << 16 | minor << 8);
    Browsers {
        chrome: version(123, 0),
        edge: version(123, 0),
        firefox: version(128, 0),
        safari: version(17, 5),
        ios_saf: version(17, 5),
        samsung: version(27, 0),
        ..Browsers::default()
    }
}

/// Follows every `@import` from `entry` and minifies the whole, unless `dev` wants it readable.
pub fn bundle(entry: &Path, dev: bool) -> Result<String> {
    let files = FileProvider::new();
    // The errors borrow from the files, so they are turned into text here.
    let refused = |what: &dyn std::fmt::Display| anyhow!("{}: {what}", entry.display());
    let mut sheet =
        Bundler::new(&files, None, ParserOptions::default()).bundle(entry).map_err(|error| refused(&error))?;
    let targets = Targets::from(browsers());
    sheet.minify(MinifyOptions { targets, ..MinifyOptions::default() }).map_err(|error| refused(&error))?;
    let printed = sheet
        .to_css(PrinterOptions { minify: !dev, targets, ..PrinterOptions::default() })
        .map_err(|error| refused(&error))?;
    Ok(printed.code)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn bundled(dev: bool) -> String {
        let folder = tempfile::tempdir().unwrap();
        fs::write(
            folder.path().join("main.css"),
            "@import \"part.css\" layer(parts);\n:root { color-scheme: light dark }",
        )
        .unwrap();
        fs::write(folder.path().join("part.css"), ".list { color: light-dark(#fff, #000); & a { inset: 0px } }")
            .unwrap();
        bundle(&folder.path().join("main.css"), dev).unwrap()
    }

    #[test]
    fn parts_are_drawn_in_and_modern_css_stays() {
        let css = bundled(false);
        assert!(!css.contains("@import") && !css.contains('\n'), "{css}");
        assert!(css.contains("@layer parts{.list{color:light-dark(#fff,#000);& a{inset:0}}}"), "{css}");
    }

    #[test]
    fn it_stays_readable_for_who_develops() {
        assert!(bundled(true).lines().count() > 5);
    }

    #[test]
    fn a_wrong_sheet_names_its_file() {
        let folder = tempfile::tempdir().unwrap();
        let entry = folder.path().join("main.css");
        fs::write(&entry, "@import \"missing.css\";").unwrap();
        assert!(bundle(&entry, false).unwrap_err().to_string().contains("main.css"));
    }
}
