//! What to bundle, as `xtask` passes it on from `Leptos.toml`.

use anyhow::{Context as _, Result, bail};
use std::path::PathBuf;

/// Where everything comes from and goes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arguments {
    /// The frontend as cargo left it.
    pub wasm: PathBuf,
    /// The stem of the JavaScript and WebAssembly files.
    pub name: String,
    /// The style sheet that imports the others.
    pub style: PathBuf,
    /// The folder of files that are served as they are.
    pub public: PathBuf,
    /// The folder to write; it is replaced as a whole.
    pub site: PathBuf,
    /// The folder of the hashed files within the site.
    pub pkg: String,
    /// The file that says what everything weighs.
    pub report: PathBuf,
    /// Quick to make and good to debug, instead of small.
    pub dev: bool,
}

impl Arguments {
    /// Reads `--name value` pairs; every one of them must be there, but for `--dev`.
    pub fn parse(words: impl Iterator<Item = String>) -> Result<Self> {
        let mut given = std::collections::BTreeMap::new();
        let mut dev = false;
        let mut words = words;
        while let Some(word) = words.next() {
            let Some(name) = word.strip_prefix("--") else { bail!("an option was expected instead of '{word}'") };
            if name == "dev" {
                dev = true;
            } else {
                given.insert(name.to_owned(), words.next().with_context(|| format!("--{name} needs a value"))?);
            }
        }
        let mut take = |name: &str| given.remove(name).with_context(|| format!("--{name} is missing"));
        let arguments = Self {
            wasm: take("wasm")?.into(),
            name: take("name")?,
            style: take("style")?.into(),
            public: take("public")?.into(),
            site: take("site")?.into(),
            pkg: take("pkg")?,
            report: take("report")?.into(),
            dev,
        };
        match given.keys().next() {
            Some(unknown) => bail!("there is no option --{unknown}"),
            None => Ok(arguments),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Arguments> {
        Arguments::parse(line.split_whitespace().map(str::to_owned))
    }

    const ALL: &str = "--wasm a.wasm --name x --style s.css --public p --site out --pkg pkg --report r.json";

    #[test]
    fn all_options_are_read() {
        let arguments = parse(&format!("{ALL} --dev")).unwrap();
        assert_eq!((arguments.name.as_str(), arguments.dev), ("x", true));
        assert!(!parse(ALL).unwrap().dev);
    }

    #[test]
    fn missing_and_unknown_options_are_refused() {
        assert!(parse("--wasm a.wasm").is_err());
        assert!(parse(&format!("{ALL} --colour red")).is_err());
        assert!(parse(&format!("{ALL} stray")).is_err());
        assert!(parse(&format!("{ALL} --colour")).is_err());
    }
}
