//! Keeping the rows of all files, packed, by contract, and refusing those that are wrong by themselves or with others.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    hash::{DefaultHasher, Hash, Hasher},
};

use collectief_domain::{
    contract::ContractNumber,
    roster::{COLUMNS, RosterCode, RosterProblem, RosterRow, parse_relation_number, parse_row},
};
use tokio::sync::mpsc;

use super::{Progress, read, refused};
use crate::ServiceError;

/// The longest value that can be part of a row that goes in.
const VALUE_MAX: usize = 2_000;

/// A relation number as a key that takes no memory of its own: it has at most fifteen letters and digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct RelationKey([u8; 16]);

impl RelationKey {
    pub(super) fn of(relation: &str) -> Option<Self> {
        let mut key = [0; 16];
        key.get_mut(..relation.len())?.copy_from_slice(relation.as_bytes());
        Some(Self(key))
    }
}

/// What was seen of a person in the files.
#[derive(Debug, Clone, Copy)]
pub(super) struct PersonSeen {
    /// A hash of what the first row said of the person.
    says: u64,
    /// A hash of the contract number of that row.
    contract: u64,
    pub(super) in_several_contracts: bool,
}

/// Rows of one contract, packed: for each its file, its line, and its values, each after its length.
#[derive(Default)]
pub(super) struct PackedRows {
    pub(super) count: u32,
    bytes: Vec<u8>,
    pub(super) refused_relations: HashSet<String>,
}

impl PackedRows {
    fn push(&mut self, file: u16, line: u32, values: &[&str; COLUMNS.len()]) {
        self.count += 1;
        self.bytes.extend_from_slice(&file.to_le_bytes());
        self.bytes.extend_from_slice(&line.to_le_bytes());
        for value in values {
            let value = value.trim();
            let length = u16::try_from(value.len()).unwrap_or(0);
            self.bytes.extend_from_slice(&length.to_le_bytes());
            self.bytes.extend_from_slice(&value.as_bytes()[..usize::from(length)]);
        }
    }

    /// Calls `each` for each row.
    pub(super) fn unpack<E>(
        &self,
        mut each: impl FnMut(u16, u32, &[&str; COLUMNS.len()]) -> Result<(), E>,
    ) -> Result<(), E> {
        fn take<const N: usize>(rest: &mut &[u8]) -> Option<[u8; N]> {
            let (part, after) = rest.split_at_checked(N)?;
            *rest = after;
            part.try_into().ok()
        }
        let mut rest = self.bytes.as_slice();
        while let (Some(file), Some(line)) = (take::<2>(&mut rest), take::<4>(&mut rest)) {
            let mut values = [""; COLUMNS.len()];
            for value in &mut values {
                let length = take::<2>(&mut rest).map_or(0, u16::from_le_bytes);
                let (part, after) = rest.split_at(usize::from(length).min(rest.len()));
                *value = std::str::from_utf8(part).unwrap_or_default();
                rest = after;
            }
            each(u16::from_le_bytes(file), u32::from_le_bytes(line), &values)?;
        }
        Ok(())
    }
}

/// All that was read.
#[derive(Default)]
pub(super) struct Collected {
    pub(super) rows: u64,
    pub(super) refused: u64,
    pub(super) contracts: BTreeMap<String, PackedRows>,
    pub(super) persons: HashMap<RelationKey, PersonSeen>,
}

/// Takes the rows of the files: refuses what is wrong by itself or with the person's other rows, packs the rest.
pub(super) struct Collector {
    pub(super) file: usize,
    pub(super) collected: Collected,
    /// To whom a BSN belongs.
    bsns: HashMap<u32, RelationKey>,
    told: mpsc::Sender<Progress>,
}

pub(super) async fn collect(
    read: impl FnOnce(&mut Collector) + Send + 'static,
    progress: &mut (dyn FnMut(Progress) + Send),
) -> Result<Collected, ServiceError> {
    // A bounded channel: whoever prints a million refusals sets the pace.
    let (told, mut telling) = mpsc::channel(1_000);
    let reading = tokio::task::spawn_blocking(move || {
        let mut collector = Collector { file: 0, collected: Collected::default(), bsns: HashMap::new(), told };
        read(&mut collector);
        collector.tell(Progress::Read { rows: collector.collected.rows });
        collector.collected
    });
    while let Some(told) = telling.recv().await {
        progress(told);
    }
    reading.await.map_err(|_| ServiceError::Internal("reading the files failed".to_owned()))
}

impl Collector {
    pub(super) fn tell(&self, told: Progress) {
        // Nobody listens any more when the import was given up.
        let _ = self.told.blocking_send(told);
    }

    /// What is wrong with a row, given the rows of the same person before it.
    fn problem_of(&mut self, row: &RosterRow) -> Option<RosterProblem> {
        let relation = RelationKey::of(&row.relation_number)?;
        let bsn: Option<u32> = row.bsn.as_ref().and_then(|bsn| bsn.expose().parse().ok());
        if let Some(bsn) = bsn
            && self.bsns.get(&bsn).is_some_and(|owner| *owner != relation)
        {
            return Some(RosterProblem { column: "bsn", code: RosterCode::BsnOfSomeoneElse });
        }
        let says = hash_of(&(&row.name, row.birth_date, row.gender, &row.email, bsn));
        let contract = hash_of(&row.contract_number);
        let seen = self.collected.persons.entry(relation).or_insert(PersonSeen {
            says,
            contract,
            in_several_contracts: false,
        });
        if seen.says != says {
            return Some(RosterProblem::of_row(RosterCode::DiffersFromOwnRow));
        }
        seen.in_several_contracts |= seen.contract != contract;
        if let Some(bsn) = bsn {
            self.bsns.insert(bsn, relation);
        }
        None
    }
}

fn hash_of(value: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

impl read::Rows for Collector {
    fn row(&mut self, line: u64, values: &[&str; COLUMNS.len()]) {
        self.collected.rows += 1;
        if self.collected.rows.is_multiple_of(10_000) {
            self.tell(Progress::Read { rows: self.collected.rows });
        }
        let problems = match parse_row(values) {
            // A file with more lines than that does not exist; a value that long is refused by every column.
            Ok(row) if line <= u64::from(u32::MAX) && values.iter().all(|value| value.len() <= VALUE_MAX) => {
                match self.problem_of(&row) {
                    None => {
                        let rows = self.collected.contracts.entry(row.contract_number).or_default();
                        rows.push(self.file as u16, line as u32, values);
                        return;
                    }
                    Some(problem) => vec![problem],
                }
            }
            Ok(_) => vec![RosterProblem::of_row(RosterCode::Unreadable)],
            Err(problems) => problems,
        };
        self.collected.refused += 1;
        // Whoever participates through this person must be told that this row was refused, not that it was not there.
        if let (Some(contract), Some(relation)) = (values.first(), values.get(1))
            && let (Ok(contract), Ok(relation)) = (ContractNumber::parse(contract), parse_relation_number(relation))
        {
            let rows = self.collected.contracts.entry(contract.into_string()).or_default();
            rows.refused_relations.insert(relation.to_owned());
        }
        for problem in &problems {
            self.tell(refused(self.file, line, problem));
        }
    }

    fn refuse(&mut self, line: u64, problems: &[RosterProblem]) {
        self.collected.rows += u64::from(line > 1);
        self.collected.refused += 1;
        for problem in problems {
            self.tell(refused(self.file, line, problem));
        }
    }
}
