//! `cargo xtask screenshots`: the pictures of the README, taken of the real thing.

use crate::project::Project;
use crate::site::{self, Purpose};
use crate::test;
use crate::toolchain::Toolchain;
use anyhow::{Result, bail};

/// Runs the browser tests of the project `screenshots`, which is there when it is told where to write.
pub fn run(project: &Project) -> Result<()> {
    let toolchain = Toolchain::find()?;
    site::build(project, &toolchain, Purpose::Use)?;
    let folder = project.root.join("docs/screenshots");
    std::fs::create_dir_all(&folder)?;
    let settings = [("COLLECTIEF_SCREENSHOTS", folder.into_os_string())];
    let outcome = test::browser(project, &toolchain, None, &["--project=screenshots"], &settings)?;
    if outcome.failed > 0 || outcome.passed == 0 {
        bail!("{} pictures were taken, {} failed", outcome.passed, outcome.failed);
    }
    Ok(())
}
