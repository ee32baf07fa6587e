//! Rosters in and out: the one exchange format for a first load (DESIGN.md, "The roster file").
//!
//! An import reads all files first and keeps their rows, packed, by contract. Then it goes through the contracts in the
//! order of their numbers: what is stored of a row is worked out on every core, ahead of the one transaction in which
//! the good rows of a contract are compared with what is stored and written.
//!
//! A contract that is not known yet is made: it starts with its first participation, the employer pays the premium, may
//! go back 365 days, and a month closes on the 10th of the next. Until the back office can change that, the operator
//! does so in the database.

use std::{
    collections::{HashMap, HashSet},
    path::PathBuf,
    sync::Arc,
};

use collectief_data::{
    DataError, Keyring,
    audit::{self, AuditEvent, AuditKind},
    roster::{self as stored, Candidate, Loader, NewContract},
};
use collectief_domain::{
    actor::Channel,
    ids::ContractId,
    roster::{RosterProblem, RosterRow, parse_row, to_fields},
};
use futures::StreamExt;

use crate::{Portal, ServiceError, clock::day_of};

mod collect;
mod export;
mod plan;
mod read;

use collect::{Collected, Collector, PackedRows, PersonSeen, RelationKey, collect};
pub use export::export;
use plan::{Surroundings, plan};

/// How many days back the employer of a new contract may end a participation.
const RETROACTIVE_DAYS: u32 = 365;
/// The day of the month after which the month before is closed, for a new contract.
const CLOSING_DAY: u32 = 10;
/// From so many rows on an almost empty database is loaded without some of its indexes.
const FIRST_LOAD_FROM: u64 = 20_000;
/// How often a contract is tried again when the database was busy.
const TRIES: u32 = 5;

/// A row that was not taken in, and why. It holds nothing of the row itself, so it can be printed and logged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusedRow {
    /// The file's place in the list of files, from 0.
    pub file: usize,
    /// The line in the file, from 1, the header included; 0 when it is about the file as a whole.
    pub line: u64,
    /// The column as the header names it; empty when it is about the row as a whole.
    pub column: &'static str,
    /// Why, in English, for the operator.
    pub reason: String,
}

/// What an import tells while it runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Progress {
    /// So many rows were read so far.
    Read {
        /// Rows of all files together.
        rows: u64,
    },
    /// Something is wrong with a row, which is refused. A row with several things wrong is told once for each of them.
    Refused(RefusedRow),
    /// So much was written so far.
    Written {
        /// Contracts whose transaction is done.
        contracts: u64,
        /// All contracts of the files.
        of_contracts: u64,
        /// Rows of the contracts that are done.
        rows: u64,
        /// All rows that were read and not refused by themselves.
        of_rows: u64,
    },
    /// All rows are in; the indexes of a first load are being made.
    MakingIndexes,
}

/// What came of an import.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ImportReport {
    /// Rows in the files.
    pub rows: u64,
    /// Participations that are new.
    pub new: u64,
    /// Rows by which a participation, or its person, changed.
    pub changed: u64,
    /// Rows that say what was known already.
    pub unchanged: u64,
    /// Rows that were refused; a file that cannot be read counts as one.
    pub refused: u64,
    /// Contracts that are new.
    pub new_contracts: u64,
}

impl ImportReport {
    /// Whether every row went in, or was known already.
    pub fn is_complete(&self) -> bool {
        self.refused == 0
    }
}

/// Loads rosters: the good rows of each contract in one transaction. The same files again change nothing.
///
/// # Errors
/// [`ServiceError::Internal`] with words for the operator when a file is not there; [`ServiceError::Unavailable`] when
/// another import runs, or the database is away. Contracts that were done before an error stay.
pub async fn import(
    portal: &Portal,
    files: &[PathBuf],
    progress: &mut (dyn FnMut(Progress) + Send),
) -> Result<ImportReport, ServiceError> {
    import_as(portal, files, progress, Options::default()).await
}

/// How an import is done, where that is not the same for everybody.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Options {
    pub(crate) channel: Channel,
    pub(crate) first_load_from: u64,
}

impl Default for Options {
    fn default() -> Self {
        Self { channel: Channel::Import, first_load_from: FIRST_LOAD_FROM }
    }
}

pub(crate) async fn import_as(
    portal: &Portal,
    files: &[PathBuf],
    progress: &mut (dyn FnMut(Progress) + Send),
    options: Options,
) -> Result<ImportReport, ServiceError> {
    for file in files {
        if !file.is_file() {
            return Err(ServiceError::Internal(format!("there is no file {}", file.display())));
        }
    }
    let files = files.to_vec();
    let read = move |collector: &mut Collector| {
        for (place, file) in files.iter().enumerate() {
            collector.file = place;
            if let Err(reason) = read::read_file(file, collector) {
                collector.collected.refused += 1;
                collector.tell(Progress::Refused(RefusedRow { file: place, line: 0, column: "", reason }));
            }
        }
    };
    import_collected(portal, read, progress, options).await
}

/// Loads rows that are no file's, as if they were those of one.
pub(crate) async fn import_rows(
    portal: &Portal,
    rows: Vec<RosterRow>,
    progress: &mut (dyn FnMut(Progress) + Send),
    options: Options,
) -> Result<ImportReport, ServiceError> {
    let read = move |collector: &mut Collector| {
        for (line, row) in (2..).zip(&rows) {
            let fields = to_fields(row);
            read::Rows::row(collector, line, &std::array::from_fn(|column| fields[column].as_str()));
        }
    };
    import_collected(portal, read, progress, options).await
}

async fn import_collected(
    portal: &Portal,
    read: impl FnOnce(&mut Collector) + Send + 'static,
    progress: &mut (dyn FnMut(Progress) + Send),
    options: Options,
) -> Result<ImportReport, ServiceError> {
    let collected = collect(read, progress).await?;
    let mut report = ImportReport { rows: collected.rows, refused: collected.refused, ..Default::default() };
    let of_rows = collected.contracts.values().map(|rows| u64::from(rows.count)).sum();
    if of_rows == 0 {
        return Ok(report);
    }
    let loader = Loader::start(portal.db(), of_rows, options.first_load_from).await?;
    let Some(mut loader) = loader else {
        return Err(ServiceError::Unavailable("another import is running".to_owned()));
    };
    let loaded = load(portal, &mut loader, collected, of_rows, &mut report, progress, options).await;
    if loader.is_first_load() {
        progress(Progress::MakingIndexes);
    }
    let finished = loader.finish().await;
    loaded?;
    finished?;
    Ok(report)
}

/// Goes through the contracts, working out the next ones while one is written.
async fn load(
    portal: &Portal,
    loader: &mut Loader,
    collected: Collected,
    of_rows: u64,
    report: &mut ImportReport,
    progress: &mut (dyn FnMut(Progress) + Send),
    options: Options,
) -> Result<(), ServiceError> {
    let contracts_with_rows: Vec<_> = collected.contracts.into_iter().filter(|(_, rows)| rows.count > 0).collect();
    let of_contracts = contracts_with_rows.len() as u64;
    let persons = Arc::new(collected.persons);
    let cores = std::thread::available_parallelism().map_or(2, usize::from);
    let keys = portal.db().keys().clone();
    let mut prepared = futures::stream::iter(contracts_with_rows)
        .map(|(number, rows)| {
            let (persons, keys) = (Arc::clone(&persons), keys.clone());
            tokio::task::spawn_blocking(move || prepare(number, &rows, &persons, &keys))
        })
        .buffered(cores);
    let (mut contracts, mut rows) = (0, 0);
    while let Some(ready) = prepared.next().await {
        let ready =
            ready.map_err(|_| ServiceError::Internal("working out the rows of a contract failed".to_owned()))??;
        let mut tries = 0;
        let done = loop {
            match load_contract(portal, loader, &ready, &persons, options).await {
                // Somebody else's change of the same rows was in the way; all of it was undone.
                Err(ServiceError::Unavailable(_)) if tries < TRIES => tries += 1,
                done => break done?,
            }
        };
        for (place, problem) in &done.refused {
            if let Some(candidate) = ready.candidates.get(*place) {
                progress(refused(usize::from(candidate.file), u64::from(candidate.line), problem));
            }
        }
        report.new += done.new;
        report.changed += done.changed;
        report.unchanged += done.unchanged;
        report.refused += done.refused.len() as u64;
        report.new_contracts += u64::from(done.is_new_contract);
        contracts += 1;
        rows += ready.candidates.len() as u64;
        progress(Progress::Written { contracts, of_contracts, rows, of_rows });
    }
    Ok(())
}

/// The rows of one contract, worked out.
struct Ready {
    number: String,
    candidates: Vec<Candidate>,
    /// Relation numbers of rows that were refused by themselves.
    refused_here: HashSet<String>,
}

/// What came of one contract.
struct Done {
    refused: Vec<(usize, RosterProblem)>,
    new: u64,
    changed: u64,
    unchanged: u64,
    is_new_contract: bool,
}

async fn load_contract(
    portal: &Portal,
    loader: &mut Loader,
    ready: &Ready,
    persons: &HashMap<RelationKey, PersonSeen>,
    options: Options,
) -> Result<Done, ServiceError> {
    let txn = portal.db().begin_everything().await?;
    let now = portal.clock().millis();
    let today = day_of(now);
    let known = loader.stored(&txn, &ready.number, &ready.candidates).await?;
    let elsewhere = |relation: &str| RelationKey::of(relation).is_some_and(|relation| persons.contains_key(&relation));
    let planned =
        plan(&ready.candidates, &known, &Surroundings { refused_here: &ready.refused_here, elsewhere: &elsewhere });
    let work = &planned.work;
    let mut done = Done {
        new: work.new.len() as u64,
        changed: planned.changed,
        unchanged: planned.unchanged,
        refused: planned.refused,
        is_new_contract: false,
    };
    if work.is_empty() {
        return Ok(done);
    }
    let contract: ContractId = match known.contract {
        Some(contract) => contract.id,
        None => {
            let start_date = work
                .new
                .iter()
                .filter_map(|new| ready.candidates.get(new.candidate))
                .map(|candidate| candidate.row.start_date)
                .min()
                .unwrap_or(today);
            let new = NewContract {
                number: ready.number.clone(),
                name: format!("Contract {}", ready.number),
                start_date,
                retroactive_days: RETROACTIVE_DAYS,
                closing_day: CLOSING_DAY,
            };
            done.is_new_contract = true;
            loader.contract_add(&txn, &new, today).await?
        }
    };
    let mutation = stored::roster_mutation(options.channel, None, today, now);
    let first = done.is_new_contract;
    loader.write(&txn, contract, first, &ready.candidates, &known.rows, work, &mutation, today).await?;
    let event = AuditEvent {
        recorded_at: now,
        account: None,
        actor_name: None,
        event: AuditKind::RosterImported,
        contract: Some(contract),
        participation: None,
        request_id: "import roster".into(),
        details: format!("new={} changed={} refused={}", done.new, done.changed, done.refused.len()),
    };
    audit::append(&txn, [event]);
    txn.commit().await?;
    Ok(done)
}

fn refused(file: usize, line: u64, problem: &RosterProblem) -> Progress {
    Progress::Refused(RefusedRow { file, line, column: problem.column, reason: problem.code.to_string() })
}

fn prepare(
    number: String,
    rows: &PackedRows,
    persons: &HashMap<RelationKey, PersonSeen>,
    keys: &Keyring,
) -> Result<Ready, DataError> {
    let mut candidates = Vec::with_capacity(rows.count as usize);
    rows.unpack(|file, line, values| {
        let row = parse_row(values).map_err(|_| DataError::Corrupt("a row that could be read cannot be read"))?;
        let seen = RelationKey::of(&row.relation_number).and_then(|relation| persons.get(&relation));
        let in_several = seen.is_some_and(|seen| seen.in_several_contracts);
        candidates.push(Candidate::prepare(row, file, line, in_several, keys)?);
        Ok::<(), DataError>(())
    })?;
    Ok(Ready { number, candidates, refused_here: rows.refused_relations.clone() })
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use collectief_data::testing;
    use collectief_domain::{date::Date, roster::COLUMNS};

    use super::*;
    use crate::{Limits, check, clock::Clock};

    /// Several contracts, people in two of them, families, and one wrong row in each contract.
    fn rows() -> String {
        let mut text = COLUMNS.join(",");
        text.push('\n');
        for number in 0..600 {
            let contract = 24_000 + number % 7;
            let relation = 400_000_000 + number;
            let wrong = if number % 100 == 99 { "onzin" } else { "2016-03-01" };
            let _ = writeln!(text, "{contract},{relation},,A.,van,Dijk{number},,,E,1980-01-01,V,{wrong},,,,,");
            if number % 5 == 0 {
                let dependant = relation + 100_000;
                let _ = writeln!(
                    text,
                    "{contract},{dependant},,B.,,Dijk,,,E,2010-01-01,V,2016-03-01,,,,{relation},b@example.org"
                );
            }
            if number % 50 == 1 {
                let other = 24_000 + (number + 1) % 7;
                let _ = writeln!(
                    text,
                    "{other},{relation},,A.,van,Dijk{number},,,E,1980-01-01,V,2010-01-01,2011-12-31,,,,"
                );
            }
        }
        text
    }

    #[tokio::test]
    async fn a_first_load_without_indexes_comes_to_the_same() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("roster.csv");
        std::fs::write(&file, rows()).unwrap();
        for database in testing::databases().await {
            let clock = Clock::standing_on(Date::from_ymd_opt(2026, 11, 1).unwrap());
            let portal = Portal::new(database.db.clone(), clock, Limits::default(), String::new(), false);
            let options = Options { first_load_from: 1, ..Options::default() };
            let report = import_as(&portal, std::slice::from_ref(&file), &mut |_| {}, options).await.unwrap();
            assert_eq!((report.new, report.refused), (726, 6), "{}", database.name);
            assert_eq!(report.new_contracts, 7);
            let persons = database.db.number("SELECT COUNT(*) FROM person").await.unwrap();
            assert_eq!(persons, 714);
            assert_eq!(check::check(&portal).await.unwrap().differences, Vec::<String>::new());
            let again = import(&portal, std::slice::from_ref(&file), &mut |_| {}).await.unwrap();
            assert_eq!((again.new, again.changed, again.unchanged), (0, 0, 726));
            // A larger file on top of it is a first load again, with persons that are stored.
            let larger = folder.path().join("larger.csv");
            let more: String = (0..1_000)
                .map(|number| format!("24003,{},,C.,,Nieuw,,,E,,,2020-01-01,,,,,\n", 500_000_000 + number))
                .collect();
            std::fs::write(&larger, rows() + &more).unwrap();
            let report = import_as(&portal, &[larger], &mut |_| {}, options).await.unwrap();
            assert_eq!((report.new, report.unchanged), (1_000, 726), "{}", database.name);
            assert_eq!(check::check(&portal).await.unwrap().differences, Vec::<String>::new());
        }
    }

    #[tokio::test]
    async fn two_imports_at_once_do_not_run() {
        for database in testing::databases().await {
            let first = Loader::start(&database.db, 1, 1_000).await.unwrap();
            assert!(first.is_some());
            assert!(Loader::start(&database.db, 1, 1_000).await.unwrap().is_none(), "{}", database.name);
            first.unwrap().finish().await.unwrap();
            assert!(Loader::start(&database.db, 1, 1_000).await.unwrap().is_some());
        }
    }
}
