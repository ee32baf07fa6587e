//! Tells the compiler where the finished site stands: `site-root` of `Leptos.toml`, unless `COLLECTIEF_SITE` says so.

use std::{env, error::Error, fs, path::Path};

fn main() -> Result<(), Box<dyn Error>> {
    let workspace = Path::new(&env::var("CARGO_MANIFEST_DIR")?).join("..").canonicalize()?;
    let configuration = workspace.join("Leptos.toml");
    println!("cargo:rerun-if-env-changed=COLLECTIEF_SITE");
    println!("cargo:rerun-if-changed={}", configuration.display());
    let site = match env::var("COLLECTIEF_SITE") {
        Ok(site) if !site.is_empty() => workspace.join(site),
        _ => {
            let table: toml::Table = fs::read_to_string(&configuration)?.parse()?;
            let root = table["workspace"]["metadata"]["leptos"][0]["site-root"].as_str();
            workspace.join(root.ok_or("Leptos.toml has no site-root")?)
        }
    };
    println!("cargo:rerun-if-changed={}", site.join("manifest.json").display());
    println!("cargo:rustc-env=COLLECTIEF_SITE={}", site.display());
    Ok(())
}
