//! Building the server, and serving the demonstration.

use crate::command::{Words, run as run_command, say};
use crate::project::Project;
use crate::site::{self, Purpose};
use crate::toolchain::Toolchain;
use crate::tools;
use anyhow::{Context as _, Result};
use std::path::PathBuf;
use std::process::{Child, Command};

/// How a demonstration is served.
#[derive(Debug, Clone)]
pub struct Demonstration {
    listen: Option<String>,
    data: PathBuf,
    /// Whether a broker of eHerkenning is played beside it.
    broker: bool,
}

/// What the broker that is played knows the portal by; see `end2end/broker/broker.mjs`.
const BROKER_CLIENT: &str = "collectief";
const BROKER_SECRET: &str = "alleen-voor-demonstraties";

/// The port that the portal listens on when nothing else is said.
const PORT: u16 = 3000;

impl Demonstration {
    /// Takes `--listen ADDRESS`, `--data DIR` and `--broker` out of the words.
    pub fn take(project: &Project, words: &mut Words) -> Result<Self> {
        let data = words.value("data")?.map_or_else(|| project.made("demo"), PathBuf::from);
        Ok(Self { listen: words.value("listen")?, data, broker: words.flag("broker") })
    }

    /// The command that serves it with this server.
    pub fn command(&self, project: &Project, binary: &std::path::Path) -> Command {
        let mut command = Command::new(binary);
        command.args(["serve", "--demo", "--data"]).arg(&self.data).current_dir(&project.root);
        if let Some(address) = &self.listen {
            command.args(["--listen", address]);
        }
        if self.broker {
            // Not by number: browsers keep the cookies of `localhost` safe without TLS.
            command
                .args(["--origin", &self.portal(), "--broker-issuer"])
                .arg(format!("http://127.0.0.1:{}", self.port() + 1));
            command.args(["--broker-client-id", BROKER_CLIENT]).env("COLLECTIEF_BROKER_CLIENT_SECRET", BROKER_SECRET);
        }
        command
    }

    /// Plays the broker, if it was asked for, until what this gives is dropped.
    pub fn play_broker(&self, project: &Project) -> Result<Option<Player>> {
        if !self.broker {
            return Ok(None);
        }
        tools::browser_tests(project)?;
        let mut command = Command::new("node");
        command.arg(project.root.join("end2end/broker/broker.mjs"));
        command.args(["--port", &(self.port() + 1).to_string(), "--portal", &self.portal()]);
        let player = command.spawn().context("node could not be started")?;
        say(format_args!("sign in with eHerkenning at {}", self.portal()));
        Ok(Some(Player(player)))
    }

    fn port(&self) -> u16 {
        let given = self.listen.as_ref().and_then(|address| address.rsplit(':').next()?.parse().ok());
        given.unwrap_or(PORT)
    }

    fn portal(&self) -> String {
        format!("http://localhost:{}", self.port())
    }
}

/// A broker that is played, and never outlives the portal.
pub struct Player(Child);

impl Drop for Player {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// `cargo xtask run`
pub fn run(project: &Project, words: Vec<String>) -> Result<()> {
    let mut words = Words::new(words);
    let release = words.flag("release");
    let demonstration = Demonstration::take(project, &mut words)?;
    words.end()?;
    let toolchain = Toolchain::find()?;
    let (purpose, profile) = if release { (Purpose::Use, "release") } else { (Purpose::Development, "dev") };
    site::build(project, &toolchain, purpose)?;
    let binary = server(project, &toolchain, profile)?;
    let _player = demonstration.play_broker(project)?;
    run_command(&mut demonstration.command(project, &binary))
}

/// `cargo xtask build`: one binary with the site in it, that can be taken anywhere.
pub fn build(project: &Project) -> Result<()> {
    let toolchain = Toolchain::find()?;
    let binary = release(project, &toolchain)?;
    let size = binary.metadata()?.len() / 1_000_000;
    say(format_args!("{} is ready ({size} MB, the site is in it)", binary.display()));
    Ok(())
}

/// Builds the binary for use, and returns where it stands.
pub fn release(project: &Project, toolchain: &Toolchain) -> Result<PathBuf> {
    site::build(project, toolchain, Purpose::Use)?;
    let built = server(project, toolchain, "release")?;
    let name = built.file_name().context("the server has no name")?;
    let finished = project.made("dist").join(name);
    std::fs::create_dir_all(project.made("dist"))?;
    // Beside it first: a running server keeps its own file, and nobody meets half a file.
    let beside = finished.with_extension("new");
    std::fs::copy(&built, &beside)?;
    std::fs::rename(&beside, &finished)?;
    Ok(finished)
}

/// Builds the server in `profile` around the site that is there, and returns its binary.
pub fn server(project: &Project, toolchain: &Toolchain, profile: &str) -> Result<PathBuf> {
    say(format_args!("building the server (profile {profile})"));
    let package = &project.site.server;
    run_command(toolchain.cargo(&project.root).args([
        "build",
        "--package",
        package,
        "--bin",
        package,
        "--profile",
        profile,
    ]))?;
    Ok(project.server_binary(profile))
}
