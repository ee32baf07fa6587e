//! `cargo xtask check`: the server's own `check` on a data folder.

use crate::command::run as run_command;
use crate::project::Project;
use crate::serve;
use crate::toolchain::Toolchain;
use anyhow::Result;
use std::process::Command;

/// Builds the server and lets it recompute the roll-ups; without a word about where, those of the demonstration.
pub fn run(project: &Project, mut words: Vec<String>) -> Result<()> {
    if !words.iter().any(|word| word.starts_with("--data")) {
        words.push("--data".to_owned());
        words.push(project.made("demo").to_string_lossy().into_owned());
    }
    std::fs::create_dir_all(&project.site.root)?;
    let binary = serve::server(project, &Toolchain::find()?, "dev")?;
    run_command(Command::new(binary).arg("check").args(words))
}
