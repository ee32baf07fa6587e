//! The figures, as a table that can be pasted into a note.

use super::Plan;
use super::download::Download;
use anyhow::{Context as _, Result};
use std::fmt;

/// The scenarios of the kit, in its order, and how many times fewer CPU time is the goal, where there is one.
pub const SCENARIOS: [(&str, Option<f64>); 14] = [
    ("healthz", None),
    ("list_big", Some(40.0)),
    ("list_mixed", Some(20.0)),
    ("list_all_1M", Some(300.0)),
    ("prefix_contract", Some(20.0)),
    ("prefix_all", Some(20.0)),
    ("relation", Some(20.0)),
    ("birth_contract", Some(20.0)),
    ("personnel_contract", Some(20.0)),
    ("deep_page_big", Some(100.0)),
    ("flow_big", Some(100.0)),
    ("flow_mixed", None),
    ("usage_big", Some(300.0)),
    ("usage_mixed", None),
];
/// How many times fewer CPU time an Excel file has to take than with openpyxl.
const EXCEL: f64 = 40.0;
/// Megabytes that the largest file may add to the memory of the server.
const GROWTH: f64 = 32.0;
/// Milliseconds until the first byte of a file.
const FIRST_BYTE: f64 = 100.0;
/// Seconds that the import of a million rows may take.
const IMPORT: f64 = 180.0;

/// What the driver measured of one server in one scenario.
#[derive(Debug, Clone, Copy)]
pub struct Figures {
    /// CPU milliseconds per request.
    pub cpu: f64,
    /// The median, in milliseconds.
    pub p50: f64,
    /// What one request in a hundred exceeds, in milliseconds.
    pub p99: f64,
    /// Requests per second.
    pub rate: f64,
    /// Requests that went wrong.
    pub errors: u64,
}

impl Figures {
    /// Reads what the driver wrote.
    pub fn parse(text: &str, scenario: &str) -> Result<Self> {
        let all: serde_json::Value = serde_json::from_str(text)?;
        let number = |name: &str| all[scenario][name].as_f64().with_context(|| format!("the driver gave no {name}"));
        Ok(Self {
            cpu: number("cpu_ms")?,
            p50: number("p50")?,
            p99: number("p99")?,
            rate: number("rps")?,
            errors: all[scenario]["err"].as_u64().unwrap_or_default(),
        })
    }
}

/// Both servers in one scenario.
#[derive(Debug)]
pub struct Scenario {
    /// Its name in the kit.
    pub name: &'static str,
    /// The least ratio that is wanted.
    pub goal: Option<f64>,
    /// The peer's figures.
    pub theirs: Figures,
    /// Ours.
    pub ours: Figures,
}

/// One import of the roster.
#[derive(Debug)]
pub struct Import {
    /// Which one.
    pub what: String,
    /// Seconds it took.
    pub wall: f64,
    /// Seconds of CPU time.
    pub cpu: f64,
}

/// What the peer's export took.
#[derive(Debug)]
pub struct PeerExport {
    library: String,
    rows: u64,
    cpu: f64,
    wall: f64,
    memory: f64,
}

impl PeerExport {
    /// Reads the line that the kit prints: `openpyxl rows=100 wall=1.0s cpu=0.9s … maxrss=154MB`.
    pub fn parse(library: &str, line: &str) -> Result<Self> {
        let number = |name: &str| -> Result<f64> {
            let word = line.split_whitespace().find_map(|word| word.strip_prefix(name)?.strip_prefix('='));
            let digits = word.map(|word| word.trim_end_matches(|c: char| c.is_alphabetic()));
            digits.and_then(|digits| digits.parse().ok()).with_context(|| format!("the kit printed no {name}"))
        };
        Ok(Self {
            library: library.to_owned(),
            rows: number("rows")? as u64,
            cpu: number("cpu")?,
            wall: number("wall")?,
            memory: number("maxrss")?,
        })
    }
}

/// Everything measured so far.
#[derive(Debug)]
pub struct Report {
    title: String,
    rows: u64,
    /// Imports of the roster.
    pub imports: Vec<Import>,
    /// Both servers, scenario by scenario.
    pub scenarios: Vec<Scenario>,
    /// Our downloads.
    pub excel: Vec<(String, Download)>,
    /// The peer's files.
    pub peer_excel: Vec<PeerExport>,
}

impl Report {
    /// An empty one.
    pub fn new(plan: &Plan) -> Self {
        let title = format!("{} people on {} contracts, {} s a scenario", plan.rows, plan.contracts, plan.seconds);
        let (imports, scenarios, excel, peer_excel) = Default::default();
        Self { title, rows: plan.rows, imports, scenarios, excel, peer_excel }
    }

    /// Writes it to `report.md`.
    pub fn write(&self, plan: &Plan) -> Result<()> {
        Ok(std::fs::write(plan.folder.join("report.md"), self.to_string())?)
    }
}

/// Whether a goal was met.
fn met(fine: bool) -> &'static str {
    if fine { "yes" } else { "**no**" }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "# Measured beside the peer: {}\n", self.title)?;
        writeln!(
            f,
            "Ours answers behind sign-in, rights, the access log and strict headers; the peer behind nothing.\n"
        )?;
        if !self.scenarios.is_empty() {
            writeln!(
                f,
                "| scenario | peer CPU-ms | ours CPU-ms | ratio | goal | met | peer p50/p99 ms | ours p50/p99 ms | ours req/s | errors |"
            )?;
            writeln!(f, "|---|---:|---:|---:|---:|---|---:|---:|---:|---:|")?;
        }
        for Scenario { name, goal, theirs, ours } in &self.scenarios {
            let ratio = theirs.cpu / ours.cpu;
            let (goal, met) = goal.map_or(("".to_owned(), ""), |goal| (format!("{goal:.0}×"), met(ratio >= goal)));
            write!(f, "| {name} | {:.2} | {:.3} | {ratio:.0}× | {goal} | {met} ", theirs.cpu, ours.cpu)?;
            write!(f, "| {:.1} / {:.1} | {:.2} / {:.2} ", theirs.p50, theirs.p99, ours.p50, ours.p99)?;
            writeln!(f, "| {:.0} | {} |", ours.rate, theirs.errors + ours.errors)?;
        }
        if !self.excel.is_empty() {
            writeln!(
                f,
                "\n| Excel | rows | CPU-s | s | first byte ms | MB | memory | times fewer CPU-s a row than openpyxl |"
            )?;
            writeln!(f, "|---|---:|---:|---:|---:|---:|---:|---:|")?;
        }
        for peer in &self.peer_excel {
            let PeerExport { library, rows, cpu, wall, memory } = peer;
            writeln!(f, "| peer, {library} | {rows} | {cpu:.1} | {wall:.1} | | | {memory:.0} MB in all | |")?;
        }
        for (what, file) in &self.excel {
            // The peer's file has the periods that have ended as well, so that what counts is a row.
            let peer = self.peer_excel.iter().find(|peer| peer.library == "openpyxl");
            let ratio = peer.map_or(String::new(), |peer| {
                let ratio = (peer.cpu / peer.rows as f64) / (file.cpu / file.rows as f64);
                format!("{ratio:.0}×, goal {EXCEL:.0}×: {}", met(ratio >= EXCEL))
            });
            let first = format!("{:.0}, goal {FIRST_BYTE:.0}: {}", file.first_byte, met(file.first_byte <= FIRST_BYTE));
            let growth = format!("+{:.1} MB, goal {GROWTH:.0}: {}", file.growth, met(file.growth <= GROWTH));
            write!(f, "| ours, {what} | {} | {:.2} | {:.1} ", file.rows, file.cpu, file.wall)?;
            writeln!(f, "| {first} | {:.1} | {growth} | {ratio} |", file.size)?;
        }
        if !self.imports.is_empty() {
            writeln!(f, "\n| import of {} rows | s | CPU-s | goal |\n|---|---:|---:|---|", self.rows)?;
        }
        for Import { what, wall, cpu } in &self.imports {
            writeln!(f, "| {what} | {wall:.1} | {cpu:.1} | {IMPORT:.0} s: {} |", met(*wall <= IMPORT))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(peer: f64, ours: f64) -> String {
        let figures = |cpu| Figures { cpu, p50: 1.0, p99: 2.0, rate: 3.0, errors: 0 };
        let scenario = Scenario { name: "list_big", goal: Some(40.0), theirs: figures(peer), ours: figures(ours) };
        let (imports, excel, peer_excel) = Default::default();
        Report { title: String::new(), rows: 1, imports, scenarios: vec![scenario], excel, peer_excel }.to_string()
    }

    #[test]
    fn a_goal_is_met_or_not() {
        assert!(report(25.0, 0.5).contains("| 50× | 40× | yes |"));
        assert!(report(25.0, 1.0).contains("| 25× | 40× | **no** |"));
    }

    #[test]
    fn what_the_kit_writes_is_read() {
        let line = "openpyxl    rows=100000 wall=33.1s cpu=32.5s xlsx=5.11MB xml=60.0MB xml-MB/s(cpu)=1.8 maxrss=154MB load=1.0";
        let export = PeerExport::parse("openpyxl", line).unwrap();
        assert_eq!((export.rows, export.cpu, export.memory), (100_000, 32.5, 154.0));
        assert!(PeerExport::parse("openpyxl", "Traceback").is_err());
        let figures =
            Figures::parse(r#"{"x": {"rps": 9.0, "p50": 1, "p99": 2, "err": 3, "cpu_ms": 0.4}}"#, "x").unwrap();
        assert_eq!((figures.cpu, figures.p50, figures.errors), (0.4, 1.0, 3));
        assert!(Figures::parse("{}", "x").is_err());
    }
}
