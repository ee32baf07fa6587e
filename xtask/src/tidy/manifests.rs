//! What the manifests say: the same arrows as in the code, and every setting in one place.

use super::Finding;
use super::source::Source;

/// What the rules may depend on: dates, their form on the wire, and no more.
const OF_DOMAIN: [&str; 5] = ["chrono", "serde", "thiserror", "unicode-normalization", "unicode-segmentation"];
/// What only `data` depends on.
const DATABASE: [&str; 2] = ["sea-orm", "sqlx"];
/// What would bring some 100 kB and more to the browser.
const TOO_LARGE_FOR_THE_BROWSER: [&str; 4] = ["regex", "calamine", "chrono-tz", "url"];

/// Dependencies that do not belong where they are, and settings in a second place.
pub fn check(sources: &[Source]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for source in sources.iter().filter(|source| source.path.ends_with("Cargo.toml")) {
        match source.text.parse::<toml::Table>() {
            Ok(manifest) => findings.extend(of_manifest(&source.path, &manifest)),
            Err(error) => findings.push(Finding::new(&source.path, 0, error.message())),
        }
    }
    findings
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
