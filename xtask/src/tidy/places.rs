//! Where things are: no path of somebody's machine in the tree, and no module that is named after nothing.

use super::Finding;
use super::source::Source;

/// The folders in which people and machines keep their checkouts.
const HOMES: [&str; 5] = ["root", "home", "Users", "work", "workspace"];
/// Names that say nothing about what is in a module.
const EMPTY_NAMES: [&str; 9] = ["utils", "util", "helpers", "helper", "common", "types", "models", "misc", "stuff"];

/// Paths that exist on one machine only.
pub fn machine_paths(sources: &[Source]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for source in sources.iter().filter(|source| !source.path.ends_with(".lock")) {
        for (number, line) in source.text.lines().enumerate() {
            if HOMES.iter().any(|home| is_named(line, home)) {
                findings.push(Finding::new(&source.path, number + 1, "a path of somebody's machine"));
            }
        }
    }
    findings
}

/// Whether the line has a path that begins in that folder, but not as a part of a longer path or address.
fn is_named(line: &str, home: &str) -> bool {
    let path = format!("/{home}/");
    line.match_indices(&path).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        let after = line[at + path.len()..].chars().next();
        !before.is_some_and(|c| c.is_alphanumeric() || matches!(c, '.' | '/' | '-' | '_' | '}' | '~' | '*'))
            && after.is_some_and(|c| c.is_alphanumeric() || c == '.')
    })
}

/// Modules that are named after nothing in particular.
pub fn module_names(sources: &[Source]) -> Vec<Finding> {
    let rust = sources.iter().filter(|source| source.is_rust_in(""));
    let named = rust.filter(|source| {
        let words = source.path.trim_end_matches(".rs").split('/');
        words.skip(1).any(|word| EMPTY_NAMES.contains(&word))
    });
    named.map(|source| Finding::new(&source.path, 0, "is named after nothing: name the concept in it")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths(text: &str) -> usize {
        machine_paths(&[Source::new("README.md", text.to_owned())]).len()
    }

    /// A folder in somebody's home, put together here so that this file has no such path itself.
    fn at_home(home: &str, rest: &str) -> String {
        format!("/{home}/{rest}")
    }

    #[test]
    fn paths_of_a_machine_are_seen() {
        for home in HOMES {
            let place = at_home(home, "anna/portal");
            for text in [format!("cd {place}"), format!("\"{place}\""), format!("({place}/.cargo)"), place] {
                assert_eq!(paths(&text), 1, "{text}");
            }
            let inside = at_home(home, "page");
            for text in
                [format!("https://example.nl{inside}"), format!("target{inside}"), format!("the /{home} folder")]
            {
                assert_eq!(paths(&text), 0, "{text}");
            }
            assert_eq!(paths(&at_home(&format!("{home}ward"), "a")), 0, "{home}");
        }
    }

    #[test]
    fn modules_are_named_after_a_concept() {
        let found = |path: &str| module_names(&[Source::new(path, String::new())]).len();
        assert_eq!((found("app/src/utils.rs"), found("app/src/common/x.rs"), found("app/src/flow.rs")), (1, 1, 0));
    }
}
