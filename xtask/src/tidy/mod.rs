//! `cargo xtask tidy`: what the compiler does not check, and a reader counts on.
//!
//! Each check takes texts and returns findings, so that a test can show that it notices something.

mod clock;
mod layers;
mod locales;
mod manifests;
mod markup;
mod places;
mod server_functions;
mod sizes;
mod source;
mod unfinished;

use crate::command::{output, read, say};
use crate::project::Project;
use anyhow::{Result, bail};
pub use source::Source;
use std::process::Command;

/// Something that is not as it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    path: String,
    /// Counted from one; zero stands for the file as a whole.
    line: usize,
    what: String,
}

impl Finding {
    /// What is wrong on this line of a file.
    pub fn new(path: &str, line: usize, what: impl Into<String>) -> Self {
        Self { path: path.to_owned(), line, what: what.into() }
    }
}

impl std::fmt::Display for Finding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.line {
            0 => write!(f, "{}: {}", self.path, self.what),
            line => write!(f, "{}:{line}: {}", self.path, self.what),
        }
    }
}

/// A check of all texts at once.
type Check = fn(&[Source]) -> Vec<Finding>;

/// What the checks found, and what else is worth saying.
#[derive(Debug, Default)]
pub struct Report {
    findings: Vec<Finding>,
    notes: Vec<String>,
}

impl Report {
    /// Whether there is nothing to mend.
    pub fn is_clean(&self) -> bool {
        self.findings.is_empty()
    }

    /// Says it all.
    pub fn print(&self) {
        for note in &self.notes {
            say(note);
        }
        for finding in &self.findings {
            println!("{finding}");
        }
    }
}

/// `cargo xtask tidy`
pub fn run(project: &Project) -> Result<()> {
    let sources = sources(project)?;
    let checks: [Check; 10] = [
        layers::check,
        manifests::check,
        clock::check,
        server_functions::check,
        markup::check,
        locales::check,
        places::machine_paths,
        places::module_names,
        unfinished::check,
        crate::asvs::check,
    ];
    let mut report = sizes(project);
    for check in checks {
        report.findings.extend(check(&sources));
    }
    report.print();
    if !report.is_clean() {
        bail!("{} to mend", report.findings.len());
    }
    say(format_args!("tidy: {} files are in order", sources.len()));
    Ok(())
}

/// What the site weighs, if it was built.
pub fn sizes(project: &Project) -> Report {
    let text = std::fs::read_to_string(project.site_report()).ok();
    sizes::check(text.as_deref(), &project.site.name)
}

/// Every text that git keeps, or would.
pub fn sources(project: &Project) -> Result<Vec<Source>> {
    let listed = ["ls-files", "--cached", "--others", "--exclude-standard"];
    let list = output(Command::new("git").args(listed).current_dir(&project.root))?;
    let mut sources = Vec::new();
    for path in list.lines() {
        let file = project.root.join(path);
        // What was removed but is still listed, and what is no text (a picture), is not looked at.
        if let Ok(text) = read(&file) {
            sources.push(Source::new(path, text));
        }
    }
    Ok(sources)
}
