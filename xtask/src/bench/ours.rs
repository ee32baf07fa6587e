//! Our own server under measurement: a fresh import, an account that may see every contract, and its session.

use super::Plan;
use super::download::{self, Download};
use super::http::{Client, password_form};
use super::process;
use super::report::{Import, Report};
use crate::command::say;
use crate::postgres::free_port;
use anyhow::{Context as _, Result, bail};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// The day of the roster and of the peer.
const TODAY: &str = "2026-11-01";
const EMAIL: &str = "meting@collectief.example";
const PASSWORD: &str = "Alleen voor het meten, en nergens anders";

/// The binary, and the data that it was given.
#[derive(Debug)]
pub struct Ours {
    binary: PathBuf,
    data: PathBuf,
}

impl Ours {
    /// Imports the roster twice, the second time to see that it changes nothing, and adds the account.
    pub fn prepare(plan: &Plan, binary: PathBuf, roster: &Path, report: &mut Report) -> Result<Self> {
        let ours = Self { binary, data: plan.file("ours", "") };
        let complete = ours.data.join("bench-complete");
        if plan.keep && complete.is_file() {
            return Ok(ours);
        }
        if ours.data.exists() {
            std::fs::remove_dir_all(&ours.data)?;
        }
        for what in ["the first time", "the same file again"] {
            say(format_args!("importing the roster, {what}"));
            report.imports.push(ours.import(roster, what)?);
        }
        let mut account = ours.command(&["account", "add", "--email", EMAIL, "--name", "Meting", "--all-contracts"]);
        account.args(["--role", "administratief,financieel,accountbeheer"]);
        let mut child = account.stdin(Stdio::piped()).spawn()?;
        child.stdin.take().context("the command takes no password")?.write_all(format!("{PASSWORD}\n").as_bytes())?;
        if !child.wait()?.success() {
            bail!("the account could not be added");
        }
        std::fs::write(complete, "")?;
        Ok(ours)
    }

    fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(&self.binary);
        command.args(words).arg("--data").arg(&self.data).env("COLLECTIEF_TODAY", TODAY);
        command
    }

    fn import(&self, roster: &Path, what: &str) -> Result<Import> {
        let before = process::cpu_seconds_of_children()?;
        let start = Instant::now();
        let mut command = self.command(&["import", "roster"]);
        let status = command.arg(roster).stdin(Stdio::null()).status()?;
        if !status.success() {
            bail!("the import failed ({status})");
        }
        let wall = start.elapsed().as_secs_f64();
        Ok(Import { what: what.to_owned(), wall, cpu: process::cpu_seconds_of_children()? - before })
    }

    /// Starts the server and signs in.
    pub fn start(self, plan: &Plan) -> Result<Running> {
        let host = format!("127.0.0.1:{}", free_port()?);
        let log = std::fs::File::create(plan.folder.join("ours.log"))?;
        let mut command = self.command(&["serve", "--listen", &host]);
        let child = command.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log).spawn()?;
        let mut running = Running { child, client: Client { host, cookie: None } };
        running.wait_until_ready()?;
        running.sign_in()?;
        Ok(running)
    }
}

/// Our server, and a session in it.
#[derive(Debug)]
pub struct Running {
    child: Child,
    client: Client,
}

impl Running {
    fn wait_until_ready(&mut self) -> Result<()> {
        for _ in 0..600 {
            if self.client.get("/readyz", &mut std::io::sink()).is_ok_and(|answer| answer.status == 200) {
                return Ok(());
            }
            if let Some(status) = self.child.try_wait()? {
                bail!("our server stopped ({status}); see ours.log");
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        bail!("our server does not get ready")
    }

    /// Fills in the form of the sign-in page, whatever its fields are called.
    fn sign_in(&mut self) -> Result<()> {
        let mut page = Vec::new();
        self.client.get("/inloggen", &mut page)?;
        let form = password_form(&String::from_utf8_lossy(&page)).context("/inloggen asks for no password")?;
        let fields = form.fields.into_iter().filter(|(name, _, _)| !name.is_empty());
        let filled = fields.map(|(name, kind, value)| match kind.as_str() {
            "password" => (name, PASSWORD.to_owned()),
            "email" => (name, EMAIL.to_owned()),
            "text" if value.is_empty() => (name, EMAIL.to_owned()),
            _ => (name, value),
        });
        let answer = self.client.post(&form.action, &filled.collect::<Vec<_>>(), &mut std::io::sink())?;
        let cookies: Vec<&str> = answer.all("set-cookie").filter_map(|cookie| cookie.split(';').next()).collect();
        if !cookies.iter().any(|cookie| cookie.starts_with("__Host-")) {
            bail!("signing in gave status {} and no session", answer.status);
        }
        self.client.cookie = Some(cookies.join("; "));
        Ok(())
    }

    /// The number of its process.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Where it answers.
    pub fn address(&self) -> String {
        format!("http://{}", self.client.host)
    }

    /// The Cookie header of the session.
    pub fn cookie(&self) -> &str {
        self.client.cookie.as_deref().unwrap_or_default()
    }

    /// Makes sure that a scenario measures the page itself: a redirect to the sign-in page would be quick.
    pub fn must_answer(&self, plan: &Plan, scenario: &str) -> Result<()> {
        let file = plan.file("urls_ours", "").join(format!("{scenario}.txt"));
        let paths = crate::command::read(&file)?;
        let path = paths.lines().next().context("there are no requests")?;
        let mut page = Vec::new();
        let answer = self.client.get(path, &mut page)?;
        if answer.status != 200 {
            bail!("{path} gives status {}", answer.status);
        }
        if password_form(&String::from_utf8_lossy(&page)).is_some() {
            bail!("{path} asks for a password");
        }
        Ok(())
    }

    /// Downloads a sheet and counts what it cost.
    pub fn download(&self, plan: &Plan, path: &str) -> Result<Download> {
        download::measure(plan, &self.client, self.id(), path)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
