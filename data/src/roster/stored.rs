//! What is stored of a contract's participations, and what was changed of them since a roster said so.

use std::collections::HashMap;

use chrono::NaiveDate;
use collectief_domain::{
    date::Date,
    deregistration::EndReason,
    ids::{ContractId, ParticipationId, PersonId},
    mutation::{MutationKind, MutationState, ParticipationState},
    name::{Gender, NameUse, PersonName},
};
use futures::TryStreamExt;
use sea_orm::{ConnectionTrait, FromQueryResult, Value};

use super::{Candidate, LOOKED_UP_AT_ONCE};
use crate::{
    db::{Txn, statement},
    error::DataError,
    mutation::{NEVER, end_from_stored, known_birth, placeholders},
};

/// A person, as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredPerson {
    /// The person.
    pub id: PersonId,
    pub(super) name: PersonName,
    pub(super) birth_date: Option<Date>,
    pub(super) gender: Gender,
    pub(super) email: Option<String>,
    pub(super) bsn_index: Option<Vec<u8>>,
}

/// A participation with its person, as stored.
#[derive(Debug, Clone)]
pub struct StoredRow {
    /// The participation.
    pub id: ParticipationId,
    /// Relation number of the person.
    pub relation_number: String,
    /// The person.
    pub person: StoredPerson,
    /// Through whom it participates, when a dependant.
    pub main: Option<ParticipationId>,
    /// What a mutation can change, and a roster says.
    pub state: ParticipationState,
    /// The codes of the insurances, of which a roster says nothing.
    pub(super) products: String,
    pub(super) version: i64,
    pub(super) recorded_at: i64,
}

impl StoredRow {
    /// First day.
    pub fn start(&self) -> Date {
        self.state.start_date.unwrap_or(Date::MIN)
    }
}

/// A contract, as stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StoredContract {
    /// The contract.
    pub id: ContractId,
    /// First day.
    pub start_date: Date,
    /// Last day, inclusive; `None` is open.
    pub end_date: Option<Date>,
}

/// What of a participation was changed in the portal since a roster said so last: a roster does not undo that.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ChangedSince {
    /// Its end, or the reason for it.
    pub end: bool,
    /// The employer's number.
    pub personnel_number: bool,
}

/// What is stored and has to do with one contract of a roster.
#[derive(Default)]
pub struct ContractStored {
    /// The contract, unless it is new.
    pub contract: Option<StoredContract>,
    /// Its participations.
    pub rows: Vec<StoredRow>,
    /// What was changed in the portal, of those that the roster says otherwise about.
    pub changed_since: HashMap<ParticipationId, ChangedSince>,
    /// Persons of the roster, or named as main insured in it, who have no participation in this contract.
    pub persons: HashMap<String, StoredPerson>,
    /// To whom BSNs of the roster belong.
    pub bsn_owners: HashMap<Vec<u8>, PersonId>,
}

#[derive(FromQueryResult)]
pub(super) struct PersonRow {
    id: i64,
    relation_number: String,
    bsn_index: Option<Vec<u8>>,
    initials: String,
    prefix: String,
    surname: String,
    partner_prefix: String,
    partner_surname: String,
    name_use: String,
    birth_date: NaiveDate,
    gender: String,
    email: Option<String>,
}

impl PersonRow {
    pub(super) fn split(self) -> (String, StoredPerson) {
        let person = StoredPerson {
            id: PersonId(self.id),
            name: PersonName {
                initials: self.initials,
                prefix: self.prefix,
                surname: self.surname,
                partner_prefix: self.partner_prefix,
                partner_surname: self.partner_surname,
                name_use: NameUse::from_code(&self.name_use).unwrap_or_default(),
            },
            birth_date: known_birth(self.birth_date),
            gender: Gender::from_code(&self.gender).unwrap_or_default(),
            email: self.email,
            bsn_index: self.bsn_index,
        };
        (self.relation_number, person)
    }
}

pub(super) const PERSON_COLUMNS: &str =
    "n.id, n.relation_number, n.bsn_index, n.initials, n.prefix, n.surname, n.partner_prefix,
    n.partner_surname, n.name_use, n.birth_date, n.gender, n.email";

#[derive(FromQueryResult)]
struct PeriodRow {
    participation_id: i64,
    main_id: Option<i64>,
    version: i64,
    recorded_at: i64,
    start_date: NaiveDate,
    end_date: NaiveDate,
    end_reason: Option<String>,
    personnel_number: String,
    products: String,
}

#[derive(FromQueryResult)]
struct MutationRow {
    participation_id: i64,
    kind: String,
    state: String,
    unchanged: i32,
}

pub(super) async fn stored_rows(txn: &Txn, contract: ContractId) -> Result<Vec<StoredRow>, DataError> {
    let sql = format!(
        "SELECT p.id AS participation_id, p.main_id, p.version, p.recorded_at, p.start_date, p.end_date, p.end_reason,
             p.personnel_number, p.products, {PERSON_COLUMNS}
         FROM participation p JOIN person n ON n.id = p.person_id WHERE p.contract_id = ? AND p.start_date > ?"
    );
    let values = [Value::from(contract.0), NEVER.into()];
    let sql = statement(txn.0.get_database_backend(), &sql, values);
    let mut rows = Vec::new();
    let mut stream = sea_orm::StreamTrait::stream_raw(&txn.0, sql).await?;
    while let Some(row) = stream.try_next().await? {
        let period = PeriodRow::from_query_result(&row, "")?;
        let (relation_number, person) = PersonRow::from_query_result(&row, "")?.split();
        rows.push(StoredRow {
            id: ParticipationId(period.participation_id),
            relation_number,
            person,
            main: period.main_id.map(ParticipationId),
            state: ParticipationState {
                start_date: Some(period.start_date),
                end_date: end_from_stored(period.end_date),
                end_reason: period.end_reason.as_deref().and_then(EndReason::from_code),
                personnel_number: period.personnel_number,
                products: String::new(),
            },
            products: period.products,
            version: period.version,
            recorded_at: period.recorded_at,
        });
    }
    Ok(rows)
}

/// Stored participations of which a candidate says otherwise.
pub(super) fn said_otherwise(rows: &[StoredRow], candidates: &[Candidate]) -> Vec<ParticipationId> {
    let stored: HashMap<(&str, Date), &StoredRow> =
        rows.iter().map(|row| ((row.relation_number.as_str(), row.start()), row)).collect();
    candidates
        .iter()
        .filter_map(|candidate| {
            let row = stored.get(&(candidate.row.relation_number.as_str(), candidate.row.start_date))?;
            (row.state != candidate.state()).then_some(row.id)
        })
        .collect()
}

/// What was changed of these participations since a roster changed them last.
pub(super) async fn changed_since(
    txn: &Txn,
    participations: &[ParticipationId],
) -> Result<HashMap<ParticipationId, ChangedSince>, DataError> {
    let backend = txn.0.get_database_backend();
    let mut found: HashMap<ParticipationId, ChangedSince> = HashMap::new();
    for part in participations.chunks(LOOKED_UP_AT_ONCE) {
        let sql = format!(
            "SELECT participation_id, kind, state, CASE WHEN state_before = state_after THEN 1 ELSE 0 END AS unchanged
             FROM mutation WHERE participation_id IN ({}) ORDER BY id",
            placeholders(part.len())
        );
        let sql = statement(backend, &sql, part.iter().map(|id| Value::from(id.0)));
        for row in MutationRow::find_by_statement(sql).all(&txn.0).await? {
            let id = ParticipationId(row.participation_id);
            // What was only asked for, and what was taken back, changed nothing; taking it back may have.
            if row.state != MutationState::Processed.code() {
                continue;
            }
            match MutationKind::from_code(&row.kind) {
                None | Some(MutationKind::Correction | MutationKind::Details | MutationKind::Products) => {}
                Some(MutationKind::DeregistrationWithdrawn) if row.unchanged != 0 => {}
                Some(MutationKind::Roster) => {
                    found.remove(&id);
                }
                Some(MutationKind::Deregistration | MutationKind::DeregistrationWithdrawn | MutationKind::MovedOut) => {
                    found.entry(id).or_default().end = true;
                }
                Some(
                    MutationKind::PersonnelNumber
                    | MutationKind::Enrolment
                    | MutationKind::DependantIn
                    | MutationKind::MovedIn,
                ) => {
                    found.entry(id).or_default().personnel_number = true;
                }
            }
        }
    }
    Ok(found)
}
