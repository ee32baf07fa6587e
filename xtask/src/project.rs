//! Where things are: the checkout, what cargo builds, and the site as Leptos.toml describes it.

use crate::command::read;
use anyhow::{Context as _, Result};
use std::path::{Path, PathBuf};

/// The checkout that this command was started in.
#[derive(Debug, Clone)]
pub struct Project {
    /// The folder of the workspace's manifest.
    pub root: PathBuf,
    /// Where cargo puts what it builds. The site and the finished binary are always in `target` of the checkout.
    pub target: PathBuf,
    /// What Leptos.toml says.
    pub site: Site,
}

/// The site, as Leptos.toml describes it; the folders are absolute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Site {
    /// The stem of the WebAssembly and JavaScript files.
    pub name: String,
    /// The package of the server, and of the binary in it.
    pub server: String,
    /// The package that is compiled for the browser.
    pub frontend: String,
    /// The profile that it is compiled with when size matters.
    pub profile: String,
    /// The folder of the finished site.
    pub root: PathBuf,
    /// The folder of the hashed files in it.
    pub pkg: String,
    /// The style sheet that draws in the others.
    pub style: PathBuf,
    /// The folder of the files that are served as they are.
    pub public: PathBuf,
}

impl Site {
    /// Reads the text of Leptos.toml, for a checkout at `root`.
    fn parse(text: &str, root: &Path) -> Result<Self> {
        let table: toml::Table = text.parse()?;
        let described = ["workspace", "metadata", "leptos"]
            .iter()
            .try_fold(&toml::Value::Table(table), |value, key| value.get(key))
            .and_then(|value| value.get(0))
            .context("there is no [[workspace.metadata.leptos]]")?
            .clone();
        let text = |key: &str| {
            described
                .get(key)
                .and_then(toml::Value::as_str)
                .map(str::to_owned)
                .with_context(|| format!("{key} is missing"))
        };
        Ok(Self {
            name: text("output-name")?,
            server: text("bin-package")?,
            frontend: text("lib-package")?,
            profile: text("lib-profile-release")?,
            root: root.join(text("site-root")?),
            pkg: text("site-pkg-dir")?,
            style: root.join(text("style-file")?),
            public: root.join(text("assets-dir")?),
        })
    }
}

impl Project {
    /// The checkout around the folder that cargo, or else a person, started this in.
    pub fn find() -> Result<Self> {
        let start = match std::env::var_os("CARGO_MANIFEST_DIR") {
            Some(folder) => folder.into(),
            None => std::env::current_dir()?,
        };
        let root = start
            .ancestors()
            .find(|folder| folder.join("Leptos.toml").is_file())
            .context("there is no Leptos.toml here or above")?
            .to_owned();
        let target = match std::env::var_os("CARGO_TARGET_DIR") {
            Some(folder) => root.join(folder),
            None => root.join("target"),
        };
        let site = Site::parse(&read(&root.join("Leptos.toml"))?, &root).context("Leptos.toml")?;
        Ok(Self { root, target, site })
    }

    /// A path below the checkout's own `target`, whatever cargo uses.
    pub fn made(&self, path: &str) -> PathBuf {
        self.root.join("target").join(path)
    }

    /// The server as cargo builds it in `profile`.
    pub fn server_binary(&self, profile: &str) -> PathBuf {
        let folder = if profile == "dev" { "debug" } else { profile };
        self.target.join(folder).join(&self.site.server).with_extension(std::env::consts::EXE_EXTENSION)
    }

    /// The report of what the site weighs.
    pub fn site_report(&self) -> PathBuf {
        self.made("site-report.json")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_projects_own_description_is_complete() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let text = std::fs::read_to_string(root.join("Leptos.toml")).unwrap();
        let site = Site::parse(&text, Path::new("/checkout")).unwrap();
        assert_eq!((site.name.as_str(), site.pkg.as_str()), ("collectief", "pkg"));
        assert_eq!(site.root, Path::new("/checkout/target/site"));
    }

    #[test]
    fn what_is_missing_is_named() {
        let error = |text| Site::parse(text, Path::new("/")).unwrap_err().to_string();
        assert!(error("[[workspace.metadata.leptos]]\nname = \"x\"").contains("output-name"));
        assert!(error("[workspace]").contains("[[workspace.metadata.leptos]]"));
    }
}
