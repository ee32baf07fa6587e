//! What the browser has to load before it can do anything.

use super::{Finding, Report};
use serde_json::Value;

/// The first load of the list of participants, before it answers: what every page loads and the list's own part, as
/// brotli.
const FIRST_LOAD: u64 = 322_000;
/// The part that the list is in.
const PART: &str = "participants";
/// The style sheet, as gzip.
const STYLE: u64 = 20_000;

/// Weighs the site by the bundler's report; `name` is the stem of its module and glue.
pub fn check(report: Option<&str>, name: &str) -> Report {
    let mut result = Report::default();
    let Some(text) = report else {
        result.notes.push("sizes: not weighed, for the site was not built yet".to_owned());
        return result;
    };
    let Ok(report) = serde_json::from_str::<Value>(text) else {
        result.findings.push(Finding::new("site-report.json", 0, "cannot be read"));
        return result;
    };
    if report["made_for"] != "release" {
        result.notes.push("sizes: not weighed, for the site was built to work on".to_owned());
        return result;
    }
    let weight = |file: &str, form: &str| report["files"][file][form].as_u64();
    let brotli = |file: &str| weight(file, "brotli");
    let part = report["parts"][PART].as_array();
    let part = part.and_then(|files| files.iter().map(|file| brotli(file.as_str()?)).sum::<Option<u64>>());
    let scripts =
        brotli(&format!("{name}.js")).zip(brotli(&format!("{name}_parts.js"))).map(|(glue, parts)| glue + parts);
    let weights = [brotli(&format!("{name}_bg.wasm")), part, scripts, brotli("main.css"), weight("main.css", "gzip")];
    let [Some(module), Some(part), Some(scripts), Some(sheet), Some(style)] = weights else {
        result.findings.push(Finding::new("site-report.json", 0, "lacks a module, a script or the style sheet"));
        return result;
    };
    let load = module + part + scripts + sheet;
    result.notes.push(format!(
        "sizes: first load of the list {} (module {}, its part {}, scripts {}, style {}) of at most {}, as brotli; \
         style {} of at most {}, as gzip",
        kilobytes(load),
        kilobytes(module),
        kilobytes(part),
        kilobytes(scripts),
        kilobytes(sheet),
        kilobytes(FIRST_LOAD),
        kilobytes(style),
        kilobytes(STYLE),
    ));
    for (what, is, may) in [("the first load (brotli)", load, FIRST_LOAD), ("the style sheet (gzip)", style, STYLE)] {
        if is > may {
            let what = format!("{what} is {}, {} too much", kilobytes(is), kilobytes(is - may));
            result.findings.push(Finding::new("site", 0, what));
        }
    }
    result
}

fn kilobytes(bytes: u64) -> String {
    format!("{}.{} kB", bytes / 1000, bytes % 1000 / 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(made_for: &str, module: u64, style: u64) -> String {
        format!(
            r#"{{"made_for": "{made_for}", "files": {{
                "x_bg.wasm": {{"brotli": {module}}}, "x.js": {{"brotli": 8000}}, "x_parts.js": {{"brotli": 1000}},
                "split_participants.wasm": {{"brotli": 60000}}, "chunk_4.wasm": {{"brotli": 20000}},
                "chunk_5.wasm": {{"brotli": 900000}},
                "main.css": {{"brotli": {style}, "gzip": {style}}}}},
                "parts": {{"participants": ["split_participants.wasm", "chunk_4.wasm"]}}}}"#
        )
    }

    fn found(text: &str) -> usize {
        check(Some(text), "x").findings.len()
    }

    #[test]
    fn budgets_are_kept() {
        assert_eq!(found(&report("release", FIRST_LOAD - 99_000, 10_000)), 0);
        assert_eq!(found(&report("release", FIRST_LOAD - 98_999, 10_000)), 1);
        assert_eq!(found(&report("release", 100_000, 20_001)), 1);
    }

    #[test]
    fn what_was_not_made_for_use_is_not_weighed() {
        assert!(check(None, "x").is_clean());
        assert_eq!(found(&report("dev", 9_000_000, 90_000)), 0);
        assert_eq!(found("{"), 1);
        assert_eq!(found(r#"{"made_for": "release", "files": {}}"#), 1);
    }
}
