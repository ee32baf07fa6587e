//! `cargo xtask check`: the server's own `check` on a data folder, or long histories of the tests of `service`.

use crate::command::{Words, run as run_command, say};
use crate::postgres::{self, Postgres};
use crate::project::Project;
use crate::serve;
use crate::toolchain::Toolchain;
use anyhow::{Result, bail};
use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::process::Command;

/// So many times fewer steps are taken on PostgreSQL, where each of them takes longer.
const FEWER_ON_POSTGRES: u64 = 10;

/// `cargo xtask check`
pub fn run(project: &Project, words: Vec<String>) -> Result<()> {
    if words.iter().any(|word| word == "--histories" || word.starts_with("--histories=")) {
        return histories(project, words);
    }
    roll_ups(project, words)
}

/// Builds the server and lets it recompute the roll-ups; without a word about where, those of the demonstration.
fn roll_ups(project: &Project, mut words: Vec<String>) -> Result<()> {
    if !words.iter().any(|word| word.starts_with("--data")) {
        words.push("--data".to_owned());
        words.push(project.made("demo").to_string_lossy().into_owned());
    }
    std::fs::create_dir_all(&project.site.root)?;
    let binary = serve::server(project, &Toolchain::find()?, "dev")?;
    run_command(Command::new(binary).arg("check").args(words))
}

/// `cargo xtask check --histories N`: random steps on both databases, and the laws of mutations after each of them. A
/// history follows from its seed; without one it is another one every time.
fn histories(project: &Project, words: Vec<String>) -> Result<()> {
    let mut words = Words::new(words);
    let steps = words.number("histories", 0)?;
    let seed = words.number("seed", any_seed())?;
    words.end()?;
    if steps == 0 {
        bail!("--histories needs a number of steps");
    }
    let toolchain = Toolchain::find()?;
    const TEST: [&str; 6] = ["test", "--release", "--package", "collectief-service", "--test", "histories"];
    // What does not compile breaks no law.
    run_command(toolchain.cargo(&project.root).args(TEST).arg("--no-run"))?;
    let postgres = Postgres::start()?;
    let mut broken = Vec::new();
    for (database, steps) in [("SQLite", steps), ("PostgreSQL", (steps / FEWER_ON_POSTGRES).max(1))] {
        say(format_args!("{steps} steps on {database}, with seed {seed}"));
        let mut test = toolchain.cargo(&project.root);
        test.args(TEST).args(["--", "--nocapture"]);
        test.env("COLLECTIEF_TEST_HISTORIES", steps.to_string());
        test.env("COLLECTIEF_TEST_HISTORIES_SEED", seed.to_string());
        test.env("COLLECTIEF_TEST_HISTORIES_DATABASE", database);
        if run_command(test.env(postgres::VARIABLE, postgres.url())).is_err() {
            broken.push(database);
        }
    }
    drop(postgres);
    if broken.is_empty() {
        say(format_args!("every law held, with seed {seed}"));
        return Ok(());
    }
    bail!("not every law held on {} with seed {seed}; what was told above says which, and when", broken.join(" and "))
}

/// A seed that is short enough to be typed.
fn any_seed() -> u64 {
    RandomState::new().build_hasher().finish() % 1_000_000_000
}
