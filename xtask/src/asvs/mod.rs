//! `cargo xtask asvs`: which requirements of OWASP's Application Security Verification Standard 5.0.0 a test shows.
//!
//! A test says it in the comment above it: `// asvs = "6.3.1, 16.3.1"`. requirements.txt lists those that a test can show
//! here, each with its level and a short title of our own; the standard has the exact words.

use crate::command::say;
use crate::project::Project;
use crate::tidy::{self, Finding, Source};
use anyhow::{Context as _, Result, bail};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// Where the coverage is written down.
const PAGE: &str = "docs/ASVS.md";

const REQUIREMENTS: &str = include_str!("requirements.txt");

/// The titles of the standard's chapters, by number; there is no WebRTC (17) and no API for others' tokens yet.
const CHAPTERS: [&str; 16] = [
    "Encoding and sanitization",
    "Validation and business logic",
    "Web frontend",
    "API and web service",
    "Files",
    "Authentication",
    "Sessions",
    "Authorization",
    "Self-contained tokens",
    "OAuth and OpenID Connect",
    "Cryptography",
    "Communication",
    "Configuration",
    "Data protection",
    "Secure coding",
    "Logging and errors",
];

/// One requirement, by chapter, section and number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Id(u8, u8, u8);

impl std::fmt::Display for Id {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}.{}", self.0, self.1, self.2)
    }
}

impl Id {
    fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('.').map(|part| part.parse().ok());
        let id = Self(parts.next()??, parts.next()??, parts.next()??);
        parts.next().is_none().then_some(id)
    }
}

#[derive(Debug, PartialEq, Eq)]
struct Requirement {
    level: u8,
    title: &'static str,
}

fn requirements() -> BTreeMap<Id, Requirement> {
    let read = |line: &'static str| {
        let (id, rest) = line.split_once(' ')?;
        let (level, title) = rest.split_once(' ')?;
        Some((Id::parse(id)?, Requirement { level: level.parse().ok()?, title }))
    };
    REQUIREMENTS.lines().filter_map(read).collect()
}

/// A test, and where it stands.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Shown {
    path: String,
    test: String,
}

/// `cargo xtask asvs`
pub fn run(project: &Project) -> Result<()> {
    let sources = tidy::sources(project)?;
    let (shown, wrong) = shown(&sources);
    if let Some(first) = wrong.first() {
        bail!("{first}");
    }
    std::fs::write(project.root.join(PAGE), page(&shown)).with_context(|| format!("{PAGE} cannot be written"))?;
    let all = requirements();
    for level in 1..=3 {
        let of_level = |id: &&Id| all.get(id).is_some_and(|requirement| requirement.level == level);
        let (has, of) = (shown.keys().filter(of_level).count(), all.keys().filter(of_level).count());
        say(format_args!("level {level}: {has} of {of}"));
    }
    say(format_args!("{} of {} have a test; see {PAGE}", shown.len(), all.len()));
    Ok(())
}

/// Marks that name nothing, and a page that is not there or no longer says what the marks say.
pub fn check(sources: &[Source]) -> Vec<Finding> {
    let (shown, mut findings) = shown(sources);
    let is_page = |source: &&Source| source.path == PAGE;
    if sources.iter().find(is_page).is_none_or(|source| source.text != page(&shown)) {
        findings.push(Finding::new(PAGE, 0, "it does not say what the tests say: run `cargo xtask asvs`"));
    }
    findings
}

/// Which tests show what, and the marks that are wrong.
fn shown(sources: &[Source]) -> (BTreeMap<Id, Vec<Shown>>, Vec<Finding>) {
    let all = requirements();
    let mut shown: BTreeMap<Id, Vec<Shown>> = BTreeMap::new();
    let mut wrong = Vec::new();
    for source in sources.iter().filter(|source| source.path.ends_with(".rs") || source.path.ends_with(".ts")) {
        let lines: Vec<&str> = source.text.lines().map(str::trim).collect();
        for (at, line) in lines.iter().enumerate() {
            let Some(ids) = line.strip_prefix("// asvs = \"").and_then(|rest| rest.strip_suffix('"')) else { continue };
            let Some(test) = test_below(&lines[at + 1..]) else {
                wrong.push(Finding::new(&source.path, at + 1, "no test follows"));
                continue;
            };
            for text in ids.split(',').map(str::trim) {
                match Id::parse(text).filter(|id| all.contains_key(id)) {
                    Some(id) => {
                        shown.entry(id).or_default().push(Shown { path: source.path.clone(), test: test.clone() })
                    }
                    None => wrong.push(Finding::new(&source.path, at + 1, format!("{text:?} is no requirement"))),
                }
            }
        }
    }
    for tests in shown.values_mut() {
        tests.sort();
        tests.dedup();
    }
    (shown, wrong)
}

/// The name of the test that begins here: a function below `#[test]` or `#[tokio::test…]`, or `test("…"` of Playwright.
fn test_below(lines: &[&str]) -> Option<String> {
    let mut is_test = false;
    for line in lines {
        if line.starts_with("#[") || line.starts_with("//") {
            is_test |= line.starts_with("#[test]") || line.starts_with("#[tokio::test");
        } else if let Some(name) = line.strip_prefix("async ").unwrap_or(line).strip_prefix("fn ") {
            return name.split('(').next().filter(|_| is_test).map(|name| name.replace('_', " "));
        } else {
            let title = line.strip_prefix("test(")?;
            let quote = title.chars().next().filter(|quote| matches!(quote, '"' | '`'))?;
            return title[1..].split(quote).next().map(str::to_owned);
        }
    }
    None
}

fn page(shown: &BTreeMap<Id, Vec<Shown>>) -> String {
    let all = requirements();
    let mut page = format!(
        "# What a test shows of ASVS 5.0.0\n\n\
         Written by `cargo xtask asvs` from the comments above the tests; do not change it by hand. The numbers are those of \
         OWASP's Application Security Verification Standard 5.0.0, the titles are ours. Of {} requirements that a test can \
         show here, {} have one.\n",
        all.len(),
        shown.len()
    );
    let mut chapter = 0;
    for (id, requirement) in &all {
        if id.0 != chapter {
            chapter = id.0;
            let title = CHAPTERS.get(usize::from(chapter) - 1).copied().unwrap_or_default();
            let _ = write!(page, "\n## V{chapter} {title}\n\n| id | level | what | shown by |\n|---|---|---|---|\n");
        }
        let tests = shown.get(id).map(|tests| {
            tests
                .iter()
                .map(|shown| format!("{} ({})", shown.test.replace('|', "\\|"), shown.path))
                .collect::<Vec<_>>()
                .join("; ")
        });
        let tests = tests.unwrap_or_else(|| "nothing yet".to_owned());
        let _ = writeln!(page, "| {id} | {} | {} | {tests} |", requirement.level, requirement.title);
    }
    page
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marks(text: &str) -> (BTreeMap<Id, Vec<Shown>>, Vec<Finding>) {
        shown(&[Source::new("server/tests/http/x.rs", text.to_owned())])
    }

    #[test]
    fn a_mark_belongs_to_the_test_below_it() {
        let (rust, wrong) = marks("// asvs = \"6.3.1, 16.3.1\"\n#[tokio::test]\nasync fn five_block() {\n}\n");
        assert_eq!(wrong, []);
        assert_eq!(rust.keys().map(Id::to_string).collect::<Vec<_>>(), ["6.3.1", "16.3.1"]);
        assert!(rust.values().all(|tests| tests[0].test == "five block"));
        let (browser, wrong) = marks("  // asvs = \"7.4.1\"\n  test(`signing out at ${width}`, async () => {\n");
        assert_eq!((browser.len(), wrong.len()), (1, 0));
    }

    #[test]
    fn a_mark_without_a_test_or_a_requirement_is_noticed() {
        for text in [
            "// asvs = \"6.3.1\"\nfn helper() {}\n",
            "// asvs = \"6.3.1\"\n\n#[test]\nfn far_away() {}\n",
            "// asvs = \"6.3.1\"\n",
            "// asvs = \"99.1.1\"\n#[test]\nfn x() {}\n",
            "// asvs = \"6.3\"\n#[test]\nfn x() {}\n",
            "// asvs = \"6.3.1.1\"\n#[test]\nfn x() {}\n",
        ] {
            assert_eq!(marks(text).1.len(), 1, "{text}");
        }
    }

    #[test]
    fn every_requirement_is_listed_once_in_order_with_its_level() {
        let ids: Vec<Id> = REQUIREMENTS.lines().filter_map(|line| Id::parse(line.split(' ').next()?)).collect();
        assert_eq!(ids.len(), REQUIREMENTS.lines().count());
        assert!(ids.windows(2).all(|pair| pair[0] < pair[1]));
        assert_eq!(requirements().len(), ids.len());
        assert!(requirements().values().all(|requirement| (1..=3).contains(&requirement.level)));
    }

    #[test]
    fn a_page_that_says_something_else_is_noticed() {
        let test = || Source::new("a.rs", "// asvs = \"6.3.1\"\n#[test]\nfn x() {}\n".to_owned());
        let (shown, _) = shown(&[test()]);
        assert!(check(&[test(), Source::new(PAGE, page(&shown))]).is_empty());
        assert_eq!(check(&[test(), Source::new(PAGE, page(&BTreeMap::new()))]).len(), 1);
        assert_eq!(check(&[test()]).len(), 1, "there is no page");
    }
}
