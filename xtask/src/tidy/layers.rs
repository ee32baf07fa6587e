//! Which crate may name what: the arrows of the design.

use super::Finding;
use super::server_functions::functions;
use super::source::Source;

/// A folder, words that its code does not have, and why.
const STRANGERS: [(&str, &[&str], &str); 6] = [
    (
        "domain/src/",
        &["sea_orm", "sqlx", "axum", "http", "leptos", "tokio", "std::fs", "std::net", "std::env", "collectief_data"],
        "the rules know no database, no HTTP, no framework and no machine",
    ),
    (
        "domain/src/",
        &["Utc", "Local", "SystemTime", "Instant"],
        "the rules have no clock: what the date is, is an argument",
    ),
    ("data/src/", &["leptos", "axum", "collectief_service", "collectief_app"], "the database knows nobody above it"),
    ("service/src/", &["leptos", "axum", "collectief_app"], "the use cases are the same whoever asks"),
    ("app/src/", &["collectief_data"], "pages reach the database through service only"),
    ("frontend/src/", &["collectief_service", "collectief_data", "collectief_domain"], "it only starts the pages"),
];

/// What only `data` names.
const DATABASE: [&str; 2] = ["sea_orm", "sqlx"];
/// How long the frontend may get before it has logic.
const FRONTEND_LINES: usize = 15;

/// Each crate keeps to its place.
pub fn check(sources: &[Source]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for source in sources.iter().filter(|source| source.is_rust_in("")) {
        for (folder, words, why) in STRANGERS {
            if source.path.starts_with(folder) {
                findings.extend(named(source, words, why));
            }
        }
        // Tests of the server look for these words in answers, where they must not be.
        if !["data/", "xtask/", "domain/", "server/tests/"].iter().any(|folder| source.path.starts_with(folder)) {
            findings.extend(named(source, &DATABASE, "only data names the database"));
        }
        if source.path.starts_with("app/") && !source.path.ends_with("/ssr.rs") {
            findings.extend(service_outside_server_functions(source));
        }
        if source.path.starts_with("frontend/") {
            let lines = source.code.lines().filter(|line| !line.trim().is_empty()).count();
            if lines > FRONTEND_LINES {
                let what = format!(
                    "{lines} lines of code; with more than {FRONTEND_LINES} it has logic, which belongs in app"
                );
                findings.push(Finding::new(&source.path, 0, what));
            }
        }
    }
    findings
}

fn named(source: &Source, words: &[&str], why: &str) -> Vec<Finding> {
    let finding =
        |word: &str, offset| Finding::new(&source.path, source.line_of(offset), format!("names {word}: {why}"));
    words.iter().flat_map(|word| source.find_word(word).into_iter().map(move |offset| finding(word, offset))).collect()
}

fn service_outside_server_functions(source: &Source) -> Vec<Finding> {
    let functions = functions(&source.code);
    let places = source.find_word("collectief_service");
    let outside = places.into_iter().filter(|offset| !functions.iter().any(|function| function.body.contains(offset)));
    outside
        .map(|offset| {
            let what = "names collectief_service outside the body of a server function and ssr.rs";
            Finding::new(&source.path, source.line_of(offset), what)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(path: &str, text: &str) -> Vec<usize> {
        check(&[Source::new(path, text.to_owned())]).iter().map(|finding| finding.line).collect()
    }

    #[test]
    fn the_rules_know_no_database_and_no_clock() {
        assert_eq!(lines("domain/src/name.rs", "//! Not sea_orm.\nuse sea_orm::X;\nlet now = Utc::now();"), [2, 3]);
        assert!(lines("domain/src/name.rs", "use chrono::NaiveDate;").is_empty());
    }

    #[test]
    fn only_data_names_the_database() {
        assert_eq!(lines("service/src/flow.rs", "\nuse sea_orm::X;"), [2]);
        assert_eq!(lines("server/src/state.rs", "sqlx::query(\"\")"), [1]);
        assert!(lines("data/src/flow.rs", "use sea_orm::X; use sqlx::Y;").is_empty());
    }

    #[test]
    fn pages_reach_service_from_server_functions_only() {
        let text = "use collectief_service::A;\n#[server(endpoint = \"x\")]\npub async fn x() -> R {\n    use collectief_service::B;\n}\nfn y() { collectief_service::c() }";
        assert_eq!(lines("app/src/flow/mod.rs", text), [1, 6]);
        assert!(lines("app/src/ssr.rs", text).is_empty());
        assert_eq!(lines("app/src/ssr.rs", "use collectief_data::Db;"), [1]);
    }

    #[test]
    fn the_frontend_stays_small() {
        assert!(lines("frontend/src/lib.rs", &"// a comment\n".repeat(40)).is_empty());
        assert_eq!(lines("frontend/src/lib.rs", &"f();\n".repeat(16)), [0]);
    }
}
