//! `cargo xtask test`: the tests of every crate on both databases, then the site in Chromium.

use crate::command::{Words, each_line, on_path, run as run_command, say};
use crate::postgres::{self, Postgres};
use crate::project::Project;
use crate::site::{self, Purpose};
use crate::tidy;
use crate::toolchain::Toolchain;
use crate::{serve, tools};
use anyhow::{Context as _, Result, bail};
use std::ffi::OsString;
use std::process::Command;

/// How many tests did what they should.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Did.
    pub passed: u64,
    /// Did not.
    pub failed: u64,
}

impl Outcome {
    fn add(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
    }

    /// One that stands for something that passed or failed as a whole.
    fn whole(fine: bool) -> Self {
        Self { passed: u64::from(fine), failed: u64::from(!fine) }
    }
}

/// What of it is run.
#[derive(Debug, Default)]
struct Choice {
    crates: bool,
    browser: bool,
    filters: Vec<String>,
}

/// `cargo xtask test`
pub fn run(project: &Project, words: Vec<String>) -> Result<()> {
    let mut words = Words::new(words);
    let (no_browser, only_browser) = (words.flag("no-browser"), words.flag("only-browser"));
    if no_browser && only_browser {
        bail!("--no-browser and --only-browser leave nothing");
    }
    let choice = Choice { crates: !only_browser, browser: !no_browser, filters: words.rest()? };
    let toolchain = Toolchain::find()?;
    // The server is compiled around the site, so the site comes first.
    if choice.browser || !project.site.root.join("manifest.json").is_file() {
        site::build(project, &toolchain, Purpose::Use)?;
    }
    let postgres = Postgres::start()?;
    let mut outcome = Outcome::default();
    if choice.crates {
        outcome.add(crates(project, &toolchain, &postgres, &choice.filters)?);
    }
    if choice.browser {
        if choice.filters.is_empty() {
            let sizes = tidy::sizes(project);
            sizes.print();
            outcome.add(Outcome::whole(sizes.is_clean()));
        }
        let words: Vec<&str> = choice.filters.iter().map(String::as_str).collect();
        outcome.add(browser(project, &toolchain, Some(&postgres), &words, &[])?);
    }
    drop(postgres);
    println!("\n{} passed, {} failed", outcome.passed, outcome.failed);
    match outcome {
        Outcome { failed: 0, passed: 0 } => bail!("no test has this name"),
        Outcome { failed: 0, .. } => Ok(()),
        _ => bail!("not every test passed"),
    }
}

/// The tests in Rust. The frontend has none, and would ask for the browser's half of the pages.
fn crates(project: &Project, toolchain: &Toolchain, postgres: &Postgres, filters: &[String]) -> Result<Outcome> {
    let nextest = on_path("cargo-nextest").is_some();
    say(if nextest { "testing the crates (cargo nextest)" } else { "testing the crates (cargo test)" });
    let mut outcome = Outcome::default();
    let mut all = toolchain.cargo(&project.root);
    all.args(if nextest { &["nextest", "run"][..] } else { &["test"][..] });
    all.args(["--workspace", "--exclude", &project.site.frontend, "--exclude", "xtask-bundle", "--no-fail-fast"]);
    if !nextest && !filters.is_empty() {
        // It takes several names only behind the dashes.
        all.arg("--");
    }
    all.args(filters).env("NEXTEST_NO_TESTS", "pass");
    outcome.add(counted(all.env(postgres::VARIABLE, postgres.url()))?);
    outcome.add(counted(site::bundler(project, toolchain, "test").arg("--").args(filters))?);
    if nextest {
        // It does not run the examples in the documentation.
        let mut examples = toolchain.cargo(&project.root);
        outcome.add(counted(examples.args(["test", "--doc", "--package", "collectief-domain", "--"]).args(filters))?);
    }
    Ok(outcome)
}

/// Runs cargo's tests and counts them; one that did not get so far counts as a failed test.
fn counted(command: &mut Command) -> Result<Outcome> {
    let mut outcome = Outcome::default();
    let fine = each_line(command.env("CARGO_TERM_COLOR", "never"), &mut |line| {
        if let Some(part) = counts(line) {
            outcome.add(part);
        }
    })?;
    if !fine && outcome.failed == 0 {
        outcome.failed = 1;
    }
    Ok(outcome)
}

/// Reads a closing line of `cargo test` or of nextest.
fn counts(line: &str) -> Option<Outcome> {
    let line = line.trim_start();
    let closing = line.starts_with("test result:") || (line.starts_with("Summary [") && line.contains(" run: "));
    if !closing {
        return None;
    }
    let words: Vec<&str> = line.split_whitespace().collect();
    let count = |what: &str| {
        let pairs = words.windows(2).filter(|pair| pair[1].trim_end_matches([',', ';']) == what);
        pairs.filter_map(|pair| pair[0].parse::<u64>().ok()).sum::<u64>()
    };
    Some(Outcome { passed: count("passed"), failed: count("failed") + count("timed") })
}

/// The tests in Chromium, with the server as it is built for development around the site that is there.
///
/// Playwright's configuration in `end2end` starts the server that `COLLECTIEF_BIN` names.
pub fn browser(
    project: &Project,
    toolchain: &Toolchain,
    postgres: Option<&Postgres>,
    words: &[&str],
    settings: &[(&str, OsString)],
) -> Result<Outcome> {
    let server = serve::server(project, toolchain, "dev")?;
    tools::browser_tests(project)?;
    let chromium = tools::chromium(project)?;
    let office = tools::libreoffice()?;
    say(format_args!("testing in {}", chromium.display()));
    let report = project.made("playwright-report.json");
    let _ = std::fs::remove_file(&report);
    let mut playwright = Command::new("npx");
    playwright.args(["--no-install", "playwright", "test", "--reporter=list,json", "--pass-with-no-tests"]).args(words);
    playwright.current_dir(project.root.join("end2end"));
    playwright.env("COLLECTIEF_BIN", server).env("COLLECTIEF_SITE", &project.site.root).env("CHROMIUM", chromium);
    playwright.env("LIBREOFFICE", office);
    playwright.env("PLAYWRIGHT_JSON_OUTPUT_FILE", &report).env("PLAYWRIGHT_JSON_OUTPUT_NAME", &report);
    if let Some(postgres) = postgres {
        // The tests clone databases with the cluster's own psql.
        let mut path = postgres.programs().as_os_str().to_owned();
        path.push(":");
        path.push(std::env::var_os("PATH").unwrap_or_default());
        playwright.env(postgres::VARIABLE, postgres.url()).env("PATH", path);
    }
    for (name, value) in settings {
        playwright.env(name, value);
    }
    let fine = run_command(playwright.stdin(std::process::Stdio::null())).is_ok();
    let text = std::fs::read_to_string(&report).unwrap_or_default();
    let mut outcome =
        if text.is_empty() { Outcome::default() } else { reported(&text).context("Playwright's report")? };
    if !fine && outcome.failed == 0 {
        outcome.failed = 1;
    }
    Ok(outcome)
}

/// Reads Playwright's report. A test that passed only when tried again has failed.
fn reported(text: &str) -> Result<Outcome> {
    let report: serde_json::Value = serde_json::from_str(text)?;
    let count = |what: &str| report["stats"][what].as_u64().with_context(|| format!("there is no count of {what}"));
    Ok(Outcome { passed: count("expected")?, failed: count("unexpected")? + count("flaky")? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn closing_lines_are_counted() {
        let outcome = |passed, failed| Some(Outcome { passed, failed });
        let cases = [
            ("test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; 3 filtered out", outcome(12, 0)),
            ("test result: FAILED. 3 passed; 2 failed; 0 ignored; 0 measured", outcome(3, 2)),
            ("     Summary [   3.302s] 57 tests run: 55 passed (1 slow), 2 failed, 1 skipped", outcome(55, 2)),
            ("     Summary [  60.000s] 2 tests run: 1 passed, 1 timed out, 0 skipped", outcome(1, 1)),
            ("     Summary [   0.010s] 1 test run: 1 passed, 0 skipped", outcome(1, 0)),
            ("test domain::bsn::tests::eleven ... ok", None),
            ("a line that says 3 passed", None),
        ];
        for (line, expected) in cases {
            assert_eq!(counts(line), expected, "{line}");
        }
    }

    #[test]
    fn a_test_that_passed_the_second_time_has_failed() {
        let text = r#"{"stats": {"expected": 4, "skipped": 1, "unexpected": 1, "flaky": 1}}"#;
        assert_eq!(reported(text).unwrap(), Outcome { passed: 4, failed: 2 });
        assert!(reported("{}").is_err());
    }

    #[test]
    fn tests_that_were_never_built_have_failed() {
        assert_eq!(counted(&mut Command::new("false")).unwrap(), Outcome { passed: 0, failed: 1 });
    }
}
