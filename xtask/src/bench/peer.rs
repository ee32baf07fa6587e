//! The peer: its data, its server, and the driver of both.

use super::Plan;
use super::report::{Figures, PeerExport};
use crate::command::{output, run, say, succeeds};
use anyhow::{Context as _, Result, bail};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// Where the peer answers.
pub const ADDRESS: &str = "http://127.0.0.1:8801";

/// The peer's kit with its data ready.
#[derive(Debug)]
pub struct Peer {
    python: PathBuf,
    database: PathBuf,
    /// The people, as both import them.
    pub roster: PathBuf,
}

impl Peer {
    /// Makes the roster, loads it into the peer's database and writes the requests, unless all that is there.
    pub fn prepare(plan: &Plan, python: PathBuf) -> Result<Self> {
        let peer = Self { python, database: plan.file("peer", ".sqlite3"), roster: plan.file("roster", ".csv") };
        if !peer.roster.is_file() {
            say(format_args!("making a roster of {} people", plan.rows));
            let beside = peer.roster.with_extension("new");
            run(peer.script(plan, "../roster/make_roster.py").arg(&beside).args([
                "--rows",
                &plan.rows.to_string(),
                "--contracts",
                &plan.contracts.to_string(),
            ]))?;
            std::fs::rename(beside, &peer.roster)?;
        }
        if !peer.database.is_file() {
            say("loading the peer's database");
            let beside = peer.database.with_extension("new");
            run(peer.script(plan, "load_roster.py").arg(&peer.roster).arg(&beside))?;
            std::fs::rename(beside, &peer.database)?;
        }
        for (folder, more) in [("urls", None), ("urls_ours", Some("ours"))] {
            let folder = plan.file(folder, "");
            if !folder.is_dir() {
                output(peer.script(plan, "make_urls.py").arg(&peer.database).arg(&folder).args(more))?;
            }
        }
        Ok(peer)
    }

    fn script(&self, plan: &Plan, name: &str) -> Command {
        let mut command = Command::new(&self.python);
        command.arg(plan.kit.join(name)).current_dir(&plan.folder);
        command.env("PEER_DB", &self.database).env("PYTHONDONTWRITEBYTECODE", "1");
        command
    }

    /// Whether both have requests for a scenario.
    pub fn has(&self, plan: &Plan, scenario: &str) -> bool {
        ["urls", "urls_ours"].iter().all(|folder| plan.file(folder, "").join(format!("{scenario}.txt")).is_file())
    }

    /// Starts its server with two workers, as many as there are of ours.
    pub fn start(&self, plan: &Plan) -> Result<Server> {
        let gunicorn = self.python.with_file_name("gunicorn");
        let mut command = Command::new(&self.python);
        command.arg(gunicorn).args(["portal.wsgi", "-w", "2", "-b", "127.0.0.1:8801", "--log-level", "error"]);
        command.current_dir(plan.kit.join("portal"));
        command.env("PEER_DB", &self.database).env("PYTHONDONTWRITEBYTECODE", "1");
        let server = Server(command.stdin(Stdio::null()).spawn().context("gunicorn could not be started")?);
        let client = super::http::Client { host: "127.0.0.1:8801".to_owned(), cookie: None };
        for _ in 0..100 {
            if client.get("/healthz", &mut std::io::sink()).is_ok_and(|answer| answer.status == 200) {
                return Ok(server);
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        bail!("the peer does not answer at {ADDRESS}")
    }

    /// Drives one scenario against the server of process `pid` with the kit's own driver.
    pub fn drive(
        &self,
        plan: &Plan,
        scenario: &str,
        pid: u32,
        base: &str,
        urls: &str,
        cookie: Option<&str>,
    ) -> Result<Figures> {
        let json = plan.folder.join("figures.json");
        let mut driver = self.script(plan, "bench.py");
        driver.args(["--only", scenario, "--pid", &pid.to_string(), "--base", base]);
        driver.args(["--secs", &plan.seconds.to_string()]).arg("--json").arg(&json);
        driver.arg("--urls").arg(plan.file(urls, ""));
        if let Some(cookie) = cookie {
            driver.env("COOKIE", cookie);
        }
        run(driver.stdout(Stdio::null()))?;
        let text = std::fs::read_to_string(&json)?;
        let figures = Figures::parse(&text, scenario)?;
        if figures.errors > 0 {
            say(format_args!("{scenario}: {} errors at {base}", figures.errors));
        }
        Ok(figures)
    }

    /// Lets the peer write one contract as Excel with one of Python's libraries.
    pub fn export(&self, plan: &Plan, library: &str) -> Result<PeerExport> {
        let line = output(self.script(plan, "export_bench.py").arg(library))?;
        say(&line);
        PeerExport::parse(library, &line)
    }

    /// How many rows a sheet has besides its header, read independently of what wrote it.
    pub fn rows_of(python: &std::path::Path, file: &std::path::Path) -> Result<u64> {
        let script = "import sys, zipfile\nn = 0; tail = b''\nwith zipfile.ZipFile(sys.argv[1]).open('xl/worksheets/sheet1.xml') as f:\n while True:\n  b = f.read(1 << 20)\n  if not b: break\n  b = tail + b; n += b.count(b'<row '); tail = b[-4:]\nprint(n - 1)";
        let answer = output(Command::new(python).args(["-c", script]).arg(file))?;
        answer.parse().context("the rows could not be counted")
    }
}

/// The running server of the peer.
#[derive(Debug)]
pub struct Server(Child);

impl Server {
    /// The number of its first process; the workers are its children.
    pub fn id(&self) -> u32 {
        self.0.id()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Asked kindly, it takes its workers along.
        if !succeeds(Command::new("kill").args(["-TERM", &self.id().to_string()])) {
            let _ = self.0.kill();
        }
        let _ = self.0.wait();
    }
}
