//! Building the site: the frontend for the browser, then the bundler over it.

use crate::command::{run, say};
use crate::project::Project;
use crate::toolchain::{TARGET, Toolchain};
use anyhow::Result;
use std::process::Command;

/// What the site is built for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// To work on: quick to build, slow and large in the browser.
    Development,
    /// To use and to measure: as small as it gets.
    Use,
}

/// Compressing and walking through a module take long without optimisation, so those crates get it, in the bundler only.
const BUNDLER: [&str; 14] = [
    "--config",
    "profile.dev.package.brotli.opt-level=3",
    "--config",
    "profile.dev.package.walrus.opt-level=2",
    "--config",
    "profile.dev.package.wasmparser.opt-level=2",
    "--config",
    "profile.dev.package.wasm-encoder.opt-level=2",
    "--config",
    "profile.dev.package.wasm-bindgen-cli-support.opt-level=2",
    "--config",
    "profile.dev.package.id-arena.opt-level=2",
    "--config",
    "profile.dev.package.wasm_split_cli_support.opt-level=2",
];

/// `cargo VERB` on the bundler.
pub fn bundler(project: &Project, toolchain: &Toolchain, verb: &str) -> Command {
    let mut cargo = toolchain.cargo(&project.root);
    cargo.args([verb, "--package", "xtask-bundle"]).args(BUNDLER);
    cargo
}

/// Builds the site into the folder that Leptos.toml names.
pub fn build(project: &Project, toolchain: &Toolchain, purpose: Purpose) -> Result<()> {
    let site = &project.site;
    let profile = match purpose {
        Purpose::Development => "dev",
        Purpose::Use => site.profile.as_str(),
    };
    say(format_args!("building the site (profile {profile})"));
    run(toolchain.cargo(&project.root).args([
        "rustc",
        "--package",
        &site.frontend,
        "--lib",
        "--target",
        TARGET,
        "--profile",
        profile,
        "--",
        // The bundler splits the module by what the linker notes about it.
        "-Clink-arg=--emit-relocs",
    ]))?;
    run(&mut bundler(project, toolchain, "build"))?;

    let folder = if profile == "dev" { "debug" } else { profile };
    let module = project.target.join(TARGET).join(folder).join(site.frontend.replace('-', "_")).with_extension("wasm");
    let mut bundle = Command::new(project.target.join("debug/xtask-bundle"));
    bundle.arg("--wasm").arg(module).args(["--name", &site.name]);
    bundle.arg("--style").arg(&site.style).arg("--public").arg(&site.public);
    bundle.arg("--site").arg(&site.root).args(["--pkg", &site.pkg]).arg("--report").arg(project.site_report());
    if purpose == Purpose::Development {
        bundle.arg("--dev");
    }
    std::fs::create_dir_all(project.made(""))?;
    run(&mut bundle)
}
