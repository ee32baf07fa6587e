//! The compiler: one toolchain for everything, that can build for the browser.
//!
//! The usual way is `rustup target add`. Where only package registries are at hand, Debian packages a compiler that
//! knows the target; its standard library for the browser is then built once, and the whole is linked as a toolchain.

use crate::command::{on_path, output, run, say, succeeds};
use crate::tools;
use anyhow::{Context as _, Result, bail};
use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What compiles for the browser.
pub const TARGET: &str = "wasm32-unknown-unknown";
/// The name under which Debian's compiler is linked in rustup.
const LINKED: &str = "portal";
/// Debian's compiler, its cargo, sources, lints and layout, and the linker that it calls.
const PACKAGES: [&str; 7] =
    ["rustc-web", "cargo-web", "rust-web-src", "libstd-rust-web-dev", "rust-web-clippy", "rustfmt-web", "lld-22"];

/// The compiler that every cargo of ours runs with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Toolchain {
    /// The one that this command was started with.
    Current,
    /// One that rustup knows by this name.
    Named(&'static str),
    /// Debian's own in /usr/bin, on a machine without rustup.
    Debian,
}

impl Toolchain {
    /// Finds a toolchain that builds for the browser, or makes one.
    pub fn find() -> Result<Self> {
        let probe = Probe::new()?;
        if probe.works(&Self::Current) {
            return Ok(Self::Current);
        }
        let rustup = on_path("rustup").is_some();
        if rustup && probe.works(&Self::Named(LINKED)) {
            return Ok(Self::Named(LINKED));
        }
        if !rustup && probe.works(&Self::Debian) {
            return Ok(Self::Debian);
        }
        if rustup && std::env::var_os("WASM_NO_RUSTUP").is_none() {
            say(format_args!("installing {TARGET} for the current toolchain (rustup target add)"));
            // Where it cannot be downloaded, Debian's packages may still do.
            let _ = Command::new("rustup").args(["target", "add", TARGET]).status();
            if probe.works(&Self::Current) {
                return Ok(Self::Current);
            }
        }
        install_debian(&probe)?;
        if !rustup {
            return Ok(Self::Debian);
        }
        let sysroot = output(Self::Debian.command("rustc").args(["--print", "sysroot"]))?;
        say(format_args!("linking Debian's compiler as rustup toolchain '{LINKED}'"));
        run(Command::new("rustup").args(["toolchain", "link", LINKED, &sysroot]))?;
        Ok(Self::Named(LINKED))
    }

    /// `cargo` in the folder of the workspace.
    pub fn cargo(&self, root: &Path) -> Command {
        let mut command = self.command("cargo");
        command.current_dir(root);
        command
    }

    /// A program of the toolchain, without what the cargo that started us left in the environment.
    fn command(&self, program: &str) -> Command {
        let mut command = match self {
            Self::Debian => Command::new(Path::new("/usr/bin").join(program)),
            Self::Current | Self::Named(_) => Command::new(program),
        };
        for (name, _) in std::env::vars_os() {
            if is_left_by_cargo(&name) {
                command.env_remove(name);
            }
        }
        match self {
            Self::Current => {}
            Self::Named(name) => {
                command.env("RUSTUP_TOOLCHAIN", name);
            }
            Self::Debian => {
                let mut path = OsString::from("/usr/bin:");
                path.push(std::env::var_os("PATH").unwrap_or_default());
                command.env("PATH", path).env("RUSTC", "/usr/bin/rustc");
            }
        }
        command
    }
}

/// What `cargo run` sets for the program that it starts, and a cargo below that program should not see.
fn is_left_by_cargo(name: &OsStr) -> bool {
    let name = name.to_string_lossy();
    matches!(&*name, "CARGO" | "CARGO_PRIMARY_PACKAGE")
        || name.starts_with("CARGO_PKG_")
        || name.starts_with("CARGO_MANIFEST_")
        || name.starts_with("CARGO_BIN_")
}

/// A small library in a folder of its own, to try a compiler on.
struct Probe(PathBuf);

impl Probe {
    fn new() -> Result<Self> {
        let folder = std::env::temp_dir().join(format!("collectief-wasm-{}", std::process::id()));
        fs::create_dir_all(&folder)?;
        let source =
            "#[unsafe(no_mangle)] pub extern \"C\" fn f(n: usize) -> usize { vec![String::from(\"x\"); n].len() }\n";
        fs::write(folder.join("probe.rs"), source)?;
        Ok(Self(folder))
    }

    /// Whether a library that uses the standard library compiles and links for the browser.
    fn works(&self, toolchain: &Toolchain) -> bool {
        let made = self.0.join("probe.wasm");
        let _ = fs::remove_file(&made);
        let mut command = toolchain.command("rustc");
        command
            .args(["--edition", "2024", "--crate-type", "cdylib", "--target", TARGET, "-o"])
            .arg(&made)
            .arg("probe.rs");
        succeeds(command.current_dir(&self.0)) && made.metadata().is_ok_and(|file| file.len() > 0)
    }
}

impl Drop for Probe {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Installs Debian's compiler and completes it: its linker under the name it is called by, and the standard library.
fn install_debian(probe: &Probe) -> Result<()> {
    tools::apt_install("a compiler for the browser", &PACKAGES)?;
    let debian = Toolchain::Debian;
    let sysroot = PathBuf::from(output(debian.command("rustc").args(["--print", "sysroot"]))?);
    let about = output(debian.command("rustc").arg("-vV"))?;
    let host = about.lines().find_map(|line| line.strip_prefix("host: ")).context("rustc names no host")?;

    let tools_of_host = sysroot.join("lib/rustlib").join(host).join("bin");
    if !tools_of_host.join("rust-lld").exists() {
        let linker = newest_linker().context("the package lld left no /usr/bin/lld-N")?;
        run(tools::as_root("mkdir").arg("-p").arg(&tools_of_host))?;
        run(tools::as_root("ln").arg("-sf").arg(linker).arg(tools_of_host.join("rust-lld")))?;
    }
    if !probe.works(&debian) {
        build_standard_library(&sysroot, &probe.0)?;
    }
    if !probe.works(&debian) {
        bail!("Debian's compiler still cannot build for {TARGET}");
    }
    Ok(())
}

/// The newest `lld` that Debian has installed.
fn newest_linker() -> Option<PathBuf> {
    let version = |path: &PathBuf| -> Option<u32> { path.file_name()?.to_str()?.strip_prefix("lld-")?.parse().ok() };
    let files = fs::read_dir("/usr/bin").ok()?;
    files.flatten().map(|file| file.path()).filter(|path| version(path).is_some()).max_by_key(version)
}

/// Compiles the standard library from Debian's sources and puts it where the compiler looks for it.
fn build_standard_library(sysroot: &Path, scratch: &Path) -> Result<()> {
    say("building the standard library for the browser, once (a minute or two)");
    let package = scratch.join("std");
    fs::create_dir_all(package.join("src"))?;
    fs::write(package.join("src/lib.rs"), "")?;
    let manifest = "[package]\nname = \"std-once\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[workspace]\n\n\
                    [profile.release]\nopt-level = 3\ncodegen-units = 1\ndebug = 0\n";
    fs::write(package.join("Cargo.toml"), manifest)?;
    let parts = "build-std=std,panic_abort,panic_unwind,proc_macro,test";
    run(Toolchain::Debian
        .cargo(&package)
        .args(["build", "--release", "--target", TARGET, "-Z", parts])
        .env("RUSTC_BOOTSTRAP", "1")
        // Link-time optimisation has to see into the standard library.
        .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS", "-Cembed-bitcode=yes")
        .env("CARGO_TARGET_DIR", package.join("target")))?;

    let library = sysroot.join("lib/rustlib").join(TARGET).join("lib");
    run(tools::as_root("rm").arg("-rf").arg(&library))?;
    run(tools::as_root("mkdir").arg("-p").arg(&library))?;
    for file in fs::read_dir(package.join("target").join(TARGET).join("release/deps"))? {
        let path = file?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if name.starts_with("lib") && name.ends_with(".rlib") && !name.starts_with("libstd_once-") {
            run(tools::as_root("cp").arg(&path).arg(&library))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_outer_cargo_left_behind_is_told_from_what_the_user_set() {
        for name in ["CARGO", "CARGO_PKG_NAME", "CARGO_MANIFEST_DIR"] {
            assert!(is_left_by_cargo(OsStr::new(name)), "{name}");
        }
        for name in ["CARGO_HOME", "CARGO_TARGET_DIR", "CARGO_INCREMENTAL", "PATH"] {
            assert!(!is_left_by_cargo(OsStr::new(name)), "{name}");
        }
    }

    #[test]
    fn a_named_toolchain_reaches_cargo() {
        let command = Toolchain::Named("other").cargo(Path::new("/"));
        let set = |name: &str| command.get_envs().find(|(key, _)| *key == name).and_then(|(_, value)| value);
        assert_eq!(set("RUSTUP_TOOLCHAIN"), Some(OsStr::new("other")));
    }
}
