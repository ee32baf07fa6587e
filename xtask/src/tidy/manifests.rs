//! What the manifests say: the same arrows as in the code, and every setting in one place.

use super::Finding;
use super::source::Source;

/// What the rules may depend on: dates, their form on the wire, and no more.
const OF_DOMAIN: [&str; 5] = ["chrono", "serde", "thiserror", "unicode-normalization", "unicode-segmentation"];
/// What only `data` depends on.
const DATABASE: [&str; 2] = ["sea-orm", "sqlx"];
/// What would bring some 100 kB and more to the browser.
const TOO_LARGE_FOR_THE_BROWSER: [&str; 4] = ["regex", "calamine", "chrono-tz", "url"];

/// Dependencies that do not belong where they are or come from elsewhere, and settings in a second place.
pub fn check(sources: &[Source]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for source in sources.iter().filter(|source| source.path == "Cargo.lock") {
        findings.extend(of_lock(&source.path, &source.text));
    }
    for source in sources.iter().filter(|source| source.path.ends_with("Cargo.toml")) {
        match source.text.parse::<toml::Table>() {
            Ok(manifest) => findings.extend(of_manifest(&source.path, &manifest)),
            Err(error) => findings.push(Finding::new(&source.path, 0, error.message())),
        }
    }
    findings
}

/// Packages that do not come from the one registry, or whose contents are not pinned. Those of this project have no source.
fn of_lock(path: &str, text: &str) -> Vec<Finding> {
    let empty = Vec::new();
    let Ok(lock) = text.parse::<toml::Table>() else { return vec![Finding::new(path, 0, "it cannot be read")] };
    let packages = lock.get("package").and_then(toml::Value::as_array).unwrap_or(&empty);
    let said = |package: &toml::Value, key: &str| package.get(key).and_then(toml::Value::as_str).map(str::to_owned);
    let registry = packages.iter().find_map(|package| said(package, "source"));
    let is_right = |package: &&toml::Value| match said(package, "source") {
        None => said(package, "name").is_some_and(|name| name.starts_with("collectief") || name.starts_with("xtask")),
        source => {
            source == registry
                && source.is_some_and(|source| source.starts_with("registry+"))
                && said(package, "checksum").is_some_and(|checksum| checksum.len() == 64)
        }
    };
    packages
        .iter()
        .filter(|package| !is_right(package))
        .map(|package| {
            let name = said(package, "name").unwrap_or_default();
            Finding::new(path, 0, format!("{name} does not come from the registry, or its contents are not pinned"))
        })
        .collect()
}

fn of_manifest(path: &str, manifest: &toml::Table) -> Vec<Finding> {
    let mut wrong = Vec::new();
    let empty = toml::Table::new();
    let dependencies = manifest.get("dependencies").and_then(toml::Value::as_table).unwrap_or(&empty);
    let is_optional = |name: &str| {
        dependencies.get(name).and_then(|value| value.get("optional")).and_then(toml::Value::as_bool) == Some(true)
    };
    for name in dependencies.keys().map(String::as_str) {
        if path == "domain/Cargo.toml" && !OF_DOMAIN.contains(&name) {
            wrong.push(format!("depends on {name}: the rules need {}", OF_DOMAIN.join(", ")));
        }
        if path != "data/Cargo.toml" && DATABASE.contains(&name) {
            wrong.push(format!("depends on {name}, which is for data alone"));
        }
        if matches!(path, "app/Cargo.toml" | "frontend/Cargo.toml") {
            if name == "collectief-data" {
                wrong.push("depends on collectief-data: pages reach the database through service only".to_owned());
            }
            if name == "collectief-service" && !is_optional(name) {
                wrong.push("collectief-service is not optional: the browser has no use for it".to_owned());
            }
            if TOO_LARGE_FOR_THE_BROWSER.contains(&name) && !is_optional(name) {
                wrong.push(format!("{name} is not optional: it is too large for the browser"));
            }
        }
    }
    let metadata = |table: &str| manifest.get(table).and_then(|value| value.get("metadata"));
    if ["package", "workspace"].iter().any(|table| metadata(table).is_some_and(|value| value.get("leptos").is_some())) {
        wrong.push("configures the site, which Leptos.toml does".to_owned());
    }
    wrong.into_iter().map(|what| Finding::new(path, 0, what)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(path: &str, text: &str) -> usize {
        check(&[Source::new(path, text.to_owned())]).len()
    }

    #[test]
    fn the_rules_depend_on_little() {
        assert_eq!(found("domain/Cargo.toml", "[dependencies]\nchrono = \"1\"\ntokio = \"1\""), 1);
        assert_eq!(
            found("domain/Cargo.toml", "[dependencies]\nserde.workspace = true\n[dev-dependencies]\nproptest = \"1\""),
            0
        );
    }

    // asvs = "15.1.2, 15.2.4"
    #[test]
    fn every_library_comes_from_the_registry_and_is_pinned() {
        let sum = "a".repeat(64);
        let from = |source: &str| format!("[[package]]\nname = \"serde\"\nversion = \"1\"\nsource = \"{source}\"\n");
        let good = format!("{}checksum = \"{sum}\"\n", from("registry+https://index.example"));
        assert_eq!(
            found("Cargo.lock", &format!("[[package]]\nname = \"collectief-data\"\nversion = \"0.1.0\"\n{good}")),
            0
        );
        for bad in [
            "[[package]]\nname = \"serde\"\nversion = \"1\"\n".to_owned(),
            from("registry+https://index.example"),
            format!("{}checksum = \"{sum}\"\n", from("git+https://elsewhere.example/serde")),
            format!("{good}{}checksum = \"{sum}\"\n", from("registry+https://elsewhere.example")),
        ] {
            assert_eq!(found("Cargo.lock", &bad), 1, "{bad}");
        }
        // The project's own.
        let own = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../Cargo.lock")).unwrap();
        assert_eq!(found("Cargo.lock", &own), 0);
    }

    #[test]
    fn the_database_is_for_data_alone() {
        assert_eq!(found("service/Cargo.toml", "[dependencies]\nsea-orm.workspace = true"), 1);
        assert_eq!(found("data/Cargo.toml", "[dependencies]\nsea-orm.workspace = true"), 0);
    }

    #[test]
    fn the_browser_gets_nothing_large() {
        assert_eq!(found("app/Cargo.toml", "[dependencies]\ncollectief-service.workspace = true\nregex = \"1\""), 2);
        assert_eq!(
            found("app/Cargo.toml", "[dependencies]\ncollectief-service = { workspace = true, optional = true }"),
            0
        );
    }

    #[test]
    fn the_site_is_configured_once() {
        assert_eq!(found("Cargo.toml", "[[workspace.metadata.leptos]]\nname = \"x\""), 1);
        assert_eq!(found("server/Cargo.toml", "[package.metadata.leptos]\nname = \"x\""), 1);
        assert_eq!(found("Cargo.toml", "[workspace"), 1);
    }
}
