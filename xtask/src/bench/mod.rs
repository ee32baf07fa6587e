//! `cargo xtask bench`: the same million people here and in the peer, measured alternately in one run.
//!
//! The peer is a kit of its own that sits beside the checkout. What counts is CPU time per request, which survives a
//! busy machine; both servers run on the same one, and never at the same time under load.

mod download;
mod http;
mod ours;
mod peer;
mod process;
mod report;

use crate::command::{Words, say};
use crate::project::Project;
use crate::toolchain::Toolchain;
use crate::{serve, tools};
use anyhow::{Result, bail};
use ours::Ours;
use peer::Peer;
use report::{Report, Scenario};
use std::path::PathBuf;

/// What is measured, and on how much.
#[derive(Debug)]
pub struct Plan {
    /// The folder of the peer's kit.
    pub kit: PathBuf,
    /// Where everything is written.
    pub folder: PathBuf,
    /// How many people.
    pub rows: u64,
    /// On how many contracts.
    pub contracts: u64,
    /// How long each scenario is driven.
    pub seconds: u64,
    /// These scenarios alone, when there are any.
    pub only: Vec<String>,
    /// Whether what was imported before is used again, so that no import is measured.
    pub keep: bool,
}

impl Plan {
    fn read(project: &Project, words: Vec<String>) -> Result<Self> {
        let mut words = Words::new(words);
        let kit = words.value("peer")?.map_or_else(|| project.root.join("../shared/peer"), PathBuf::from);
        let plan = Self {
            kit: kit.canonicalize().unwrap_or(kit),
            folder: project.made("bench"),
            rows: words.number("rows", 1_000_000)?,
            contracts: words.number("contracts", 2_000)?,
            seconds: words.number("secs", 5)?,
            only: words.value("only")?.map(|list| list.split(',').map(str::to_owned).collect()).unwrap_or_default(),
            keep: words.flag("keep"),
        };
        words.end()?;
        if !plan.kit.join("bench.py").is_file() {
            bail!("the peer is not at {}: say where with --peer DIR", plan.kit.display());
        }
        Ok(plan)
    }

    /// Whether this scenario is wanted.
    fn wants(&self, scenario: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|name| name == scenario)
    }

    /// A file whose content depends on how many people there are.
    pub fn file(&self, stem: &str, kind: &str) -> PathBuf {
        self.folder.join(format!("{stem}-{}-{}{kind}", self.rows, self.contracts))
    }
}

/// `cargo xtask bench`
pub fn run(project: &Project, words: Vec<String>) -> Result<()> {
    let plan = Plan::read(project, words)?;
    std::fs::create_dir_all(&plan.folder)?;
    tools::program("wrk", "wrk, which makes the requests", &["wrk"])?;
    let packages = ["django>=5.2,<5.3", "gunicorn", "openpyxl", "XlsxWriter", "psutil"];
    let python = tools::python(&plan.folder.join("venv"), &packages)?;
    let binary = serve::release(project, &Toolchain::find()?)?;

    let peer = Peer::prepare(&plan, python)?;
    let mut report = Report::new(&plan);
    let ours = Ours::prepare(&plan, binary, &peer.roster, &mut report)?;
    let ours = ours.start(&plan)?;
    let server = peer.start(&plan)?;
    for (name, goal) in report::SCENARIOS {
        if !plan.wants(name) || !peer.has(&plan, name) {
            continue;
        }
        say(format_args!("measuring {name}"));
        ours.must_answer(&plan, name)?;
        let theirs = peer.drive(&plan, name, server.id(), peer::ADDRESS, "urls", None)?;
        let mine = peer.drive(&plan, name, ours.id(), &ours.address(), "urls_ours", Some(ours.cookie()))?;
        report.scenarios.push(Scenario { name, goal, theirs, ours: mine });
        report.write(&plan)?;
    }
    drop(server);

    if plan.wants("excel") {
        say("measuring Excel");
        let contract = "/deelnemers.xlsx?contract=23595";
        for _ in 0..3 {
            report.excel.push(("one contract".to_owned(), ours.download(&plan, contract)?));
        }
        report.excel.push(("all contracts".to_owned(), ours.download(&plan, "/deelnemers.xlsx?contract=alle")?));
        report.write(&plan)?;
        for library in ["xlsxwriter", "openpyxl"] {
            report.peer_excel.push(peer.export(&plan, library)?);
            report.write(&plan)?;
        }
    }
    report.write(&plan)?;
    println!("{report}");
    say(format_args!("written to {}", plan.folder.join("report.md").display()));
    Ok(())
}
