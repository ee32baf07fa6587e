//! Everything a developer or CI runs: `cargo xtask help` says what there is.
//!
//! A fresh machine with Rust is enough. What a command needs beyond that (a compiler for the browser, Node, Chromium,
//! PostgreSQL) it looks for, and installs after saying so.

#![expect(clippy::print_stdout, reason = "this is a command for people, and its answers go to standard output")]

mod asvs;
mod bench;
mod check;
mod ci;
mod command;
mod postgres;
mod project;
mod screenshots;
mod serve;
mod site;
mod test;
mod tidy;
mod toolchain;
mod tools;
mod watch;

use anyhow::{Result, bail};
use project::Project;
use std::process::ExitCode;

const HELP: &str = "\
Everything a developer or CI runs. What is missing on this machine is installed, after saying so.

  cargo xtask run [--release] [--listen ADDRESS] [--data DIR] [--broker]
                            build, and serve the demonstration data; with --broker one can also sign in with eHerkenning,
                            which is then played on this machine
  cargo xtask watch [--listen ADDRESS] [--data DIR] [--broker]
                            the same, again after each change
  cargo xtask build         make target/dist/collectief: one binary with the site in it
  cargo xtask test [--no-browser | --only-browser] [FILTER…]
                            every test: rules, both databases, HTTP, Chromium
  cargo xtask tidy          check what the compiler cannot: layers, clock, markup, texts, sizes
  cargo xtask fmt [--check] lay out the code
  cargo xtask ci            all checks in a row: layout, lints, tidy, tests, sizes
  cargo xtask check [ARGUMENTS]
                            recompute the roll-ups of target/demo, or of --data DIR or --database-url URL, and compare
  cargo xtask check --histories N [--seed S]
                            take N random steps through the use cases on SQLite, and a tenth of them on PostgreSQL, and
                            look after each whether the laws of mutations hold; the same seed is the same history
  cargo xtask asvs          tell which requirements of ASVS 5.0 a test shows, and write docs/ASVS.md
  cargo xtask screenshots   take the pictures of the README
  cargo xtask bench [--peer DIR] [--rows N] [--contracts N] [--secs N] [--only SCENARIO,…]
                            measure beside the peer; the table goes to target/bench/report.md
  cargo xtask help          this

Environment:
  WASM_NO_RUSTUP=1          do not download a target with rustup, use Debian's packages (where only those are at hand)
  CHROMIUM=PATH             the browser to test in
  CI=true                   ask nothing, and tell the test runner so
";

fn main() -> ExitCode {
    let mut words = std::env::args().skip(1);
    let command = words.next().unwrap_or_else(|| "help".to_owned());
    match run(&command, words.collect()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask {command}: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: &str, words: Vec<String>) -> Result<()> {
    if matches!(command, "help" | "--help" | "-h") {
        print!("{HELP}");
        return Ok(());
    }
    let project = Project::find()?;
    match command {
        "run" => serve::run(&project, words),
        "watch" => watch::run(&project, words),
        "build" => serve::build(&project),
        "test" => test::run(&project, words),
        "tidy" => tidy::run(&project),
        "fmt" => ci::format(&project, &words),
        "ci" => ci::run(&project),
        "check" => check::run(&project, words),
        "asvs" => asvs::run(&project),
        "screenshots" => screenshots::run(&project),
        "bench" => bench::run(&project, words),
        _ => bail!("there is no such command; see `cargo xtask help`"),
    }
}
