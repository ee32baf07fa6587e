//! `cargo xtask ci`: every check in a row; and `cargo xtask fmt`, which is the first of them.

use crate::command::{run as run_command, say, succeeds};
use crate::project::Project;
use crate::toolchain::{TARGET, Toolchain};
use crate::{site, test, tidy, tools};
use anyhow::{Result, bail};
use std::process::Command;

/// `cargo xtask fmt [--check]`
pub fn format(project: &Project, words: &[String]) -> Result<()> {
    let check = match words {
        [] => false,
        [word] if word == "--check" => true,
        _ => bail!("--check is all that there is to ask"),
    };
    layout(project, &Toolchain::find()?, check)
}

fn layout(project: &Project, toolchain: &Toolchain, check: bool) -> Result<()> {
    component(project, toolchain, "rustfmt", "fmt")?;
    let mut cargo = toolchain.cargo(&project.root);
    cargo.args(["fmt", "--all"]);
    if check {
        cargo.arg("--check");
    }
    run_command(&mut cargo)
}

/// Lints everything as it is compiled: for the server, for the browser, the bundler with its own settings, and the
/// types of the browser tests.
fn lint(project: &Project, toolchain: &Toolchain) -> Result<()> {
    component(project, toolchain, "clippy", "clippy")?;
    const DENY: [&str; 3] = ["--", "-D", "warnings"];
    // The server is compiled around the site; for its lints an empty one does.
    std::fs::create_dir_all(&project.site.root)?;
    let frontend = project.site.frontend.as_str();
    let native = ["clippy", "--workspace", "--exclude", frontend, "--exclude", "xtask-bundle", "--all-targets"];
    run_command(toolchain.cargo(&project.root).args(native).args(DENY))?;
    let browser = ["clippy", "--package", frontend, "--package", "collectief-app", "--lib"];
    let half = ["--features", "collectief-app/hydrate", "--target", TARGET];
    run_command(toolchain.cargo(&project.root).args(browser).args(half).args(DENY))?;
    run_command(site::bundler(project, toolchain, "clippy").arg("--all-targets").args(DENY))?;
    tools::browser_tests(project)?;
    run_command(Command::new("npx").args(["--no-install", "tsc", "--noEmit"]).current_dir(project.root.join("end2end")))
}

/// Sees to it that `cargo VERB` is there: a minimal toolchain comes without.
fn component(project: &Project, toolchain: &Toolchain, name: &str, verb: &str) -> Result<()> {
    if succeeds(toolchain.cargo(&project.root).args([verb, "--version"])) {
        return Ok(());
    }
    say(format_args!("installing {name} (rustup component add)"));
    run_command(Command::new("rustup").args(["component", "add", name]))
}

/// `cargo xtask ci`: goes on past a failed check, so that one run shows all there is to mend.
pub fn run(project: &Project) -> Result<()> {
    let toolchain = Toolchain::find()?;
    let checks: [(&str, &dyn Fn() -> Result<()>); 4] = [
        ("layout", &|| layout(project, &toolchain, true)),
        ("lints", &|| lint(project, &toolchain)),
        // The tests build the site as users get it, so that tidy can weigh it.
        ("tests", &|| test::run(project, Vec::new())),
        ("tidy", &|| tidy::run(project)),
    ];
    let mut failed = Vec::new();
    for (name, check) in checks {
        say(format_args!("── {name}"));
        if let Err(error) = check() {
            say(format_args!("{name}: {error:#}"));
            failed.push(name);
        }
    }
    if failed.is_empty() {
        say("everything is in order");
        return Ok(());
    }
    bail!("not in order: {}", failed.join(", "))
}
