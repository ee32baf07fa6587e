//! What a command needs beyond Rust: looked for first, and otherwise installed after saying so.

use crate::command::{on_path, output, run, say, succeeds};
use crate::project::Project;
use anyhow::{Context as _, Result, bail};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Whether this runs as root.
pub fn is_root() -> bool {
    output(Command::new("id").arg("-u")).is_ok_and(|id| id == "0")
}

/// A command that runs as root, by sudo where need be.
pub fn as_root(program: &str) -> Command {
    if is_root() {
        return Command::new(program);
    }
    let mut command = Command::new("sudo");
    command.arg(program);
    command
}

/// Installs Debian packages that are not there yet; `why` says what they are for.
pub fn apt_install(why: &str, packages: &[&str]) -> Result<()> {
    let there = |package: &&&str| succeeds(Command::new("dpkg").args(["-s", package]));
    let missing: Vec<&str> = packages.iter().filter(|package| !there(package)).copied().collect();
    if missing.is_empty() {
        return Ok(());
    }
    let list = missing.join(" ");
    if on_path("apt-get").is_none() {
        bail!("{why} is needed, and there is no apt-get to install it with: please install {list}");
    }
    if !is_root() && on_path("sudo").is_none() {
        bail!("{why} is needed: please install it as root with `apt-get install {list}`");
    }
    say(format_args!("installing {why} (apt-get install {list})"));
    let apt = |words: &[&str]| {
        let mut command = as_root("env");
        command
            .args(["DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq"])
            .args(words)
            .stdin(std::process::Stdio::null());
        command
    };
    // An index that cannot be renewed may still know the packages.
    let _ = apt(&["update"]).status();
    let mut words = vec!["install", "-y", "--no-install-recommends"];
    words.extend(missing);
    run(&mut apt(&words))
}

/// Finds a program on the PATH, or installs the Debian package that has it.
pub fn program(name: &str, why: &str, packages: &[&str]) -> Result<PathBuf> {
    if let Some(path) = on_path(name) {
        return Ok(path);
    }
    apt_install(why, packages)?;
    on_path(name).with_context(|| format!("{name} is still not on the PATH"))
}

/// Brings the packages of the browser tests up to what their lock file says.
pub fn browser_tests(project: &Project) -> Result<()> {
    program("node", "Node for the browser tests", &["nodejs", "npm"])?;
    program("npm", "npm for the browser tests", &["npm"])?;
    let folder = project.root.join("end2end");
    let lock = folder.join("package-lock.json");
    let installed = folder.join("node_modules/.package-lock.json");
    let changed = |path: &Path| path.metadata().and_then(|file| file.modified()).ok();
    if changed(&installed).is_some() && changed(&installed) >= changed(&lock) {
        return Ok(());
    }
    let command = if lock.is_file() { "ci" } else { "install" };
    say(format_args!("installing the packages of the browser tests (npm {command})"));
    // Playwright's own browsers are not needed: the tests run in the Chromium of the machine.
    run(Command::new("npm")
        .args([command, "--no-audit", "--no-fund", "--loglevel=error"])
        .env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")
        .current_dir(&folder))
}

/// The browser to test in: $CHROMIUM, one on the PATH, Debian's, or else the one that Playwright downloads.
pub fn chromium(project: &Project) -> Result<PathBuf> {
    if let Some(path) = std::env::var_os("CHROMIUM") {
        let path = PathBuf::from(path);
        if !path.is_file() {
            bail!("CHROMIUM names {}, which is not there", path.display());
        }
        return Ok(path);
    }
    const NAMES: [&str; 4] = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"];
    let found = || NAMES.iter().find_map(|name| on_path(name));
    if let Some(path) = found() {
        return Ok(path);
    }
    if on_path("apt-get").is_some() && (is_root() || on_path("sudo").is_some()) {
        apt_install("Chromium for the browser tests", &["chromium"])?;
        if let Some(path) = found() {
            return Ok(path);
        }
    }
    let folder = project.root.join("end2end");
    say("installing Chromium for the browser tests (npx playwright install chromium)");
    run(Command::new("npx").args(["playwright", "install", "chromium"]).current_dir(&folder))?;
    let script = "console.log(require('@playwright/test').chromium.executablePath())";
    Ok(output(Command::new("node").args(["-e", script]).current_dir(&folder))?.into())
}

/// LibreOffice, in which the tests open the workbooks: $LIBREOFFICE, one on the PATH, or else Debian's.
pub fn libreoffice() -> Result<PathBuf> {
    if let Some(path) = std::env::var_os("LIBREOFFICE") {
        let path = PathBuf::from(path);
        if !path.is_file() {
            bail!("LIBREOFFICE names {}, which is not there", path.display());
        }
        return Ok(path);
    }
    let found = || on_path("soffice").or_else(|| on_path("libreoffice"));
    if let Some(path) = found() {
        return Ok(path);
    }
    apt_install("LibreOffice, which opens the workbooks", &["libreoffice-calc-nogui"])?;
    found().context("soffice is still not on the PATH")
}

/// The folder of PostgreSQL's programs, of which Debian puts only the clients on the PATH.
pub fn postgres() -> Result<PathBuf> {
    if let Some(folder) = postgres_folder() {
        return Ok(folder);
    }
    apt_install("PostgreSQL for the tests", &["postgresql"])?;
    postgres_folder().context("initdb and pg_ctl are still not to be found")
}

/// Whether PostgreSQL is there already.
#[cfg(test)]
pub fn has_postgres() -> bool {
    postgres_folder().is_some()
}

fn postgres_folder() -> Option<PathBuf> {
    let complete = |folder: &PathBuf| ["initdb", "pg_ctl", "postgres"].iter().all(|name| folder.join(name).is_file());
    let on_path = on_path("initdb").and_then(|path| path.canonicalize().ok()?.parent().map(Path::to_owned));
    if let Some(folder) = on_path.filter(complete) {
        return Some(folder);
    }
    let version = |folder: &PathBuf| -> u32 {
        folder.parent().and_then(Path::file_name).and_then(|name| name.to_str()?.parse().ok()).unwrap_or(0)
    };
    let versions = std::fs::read_dir("/usr/lib/postgresql").ok()?;
    versions.flatten().map(|version| version.path().join("bin")).filter(complete).max_by_key(version)
}

/// A Python with these packages, in a folder of its own.
pub fn python(venv: &Path, packages: &[&str]) -> Result<PathBuf> {
    let python = venv.join("bin/python");
    let marker = venv.join("installed.txt");
    let wanted = packages.join(" ");
    if python.is_file() && std::fs::read_to_string(&marker).is_ok_and(|there| there == wanted) {
        return Ok(python);
    }
    program("python3", "Python for the measurements", &["python3", "python3-venv"])?;
    say(format_args!("installing in {}: {wanted} (pip)", venv.display()));
    if !succeeds(Command::new("python3").args(["-m", "venv"]).arg(venv)) {
        apt_install("Python's virtual environments", &["python3-venv"])?;
        run(Command::new("python3").args(["-m", "venv"]).arg(venv))?;
    }
    run(Command::new(&python).args(["-m", "pip", "install", "--quiet"]).args(packages))?;
    std::fs::write(marker, wanted)?;
    Ok(python)
}
