//! Changes of participations: reading them for a change, writing the change with everything that is kept beside it.
//!
//! A change of a participation is always the same set of rows: the participation at its next version, the version that
//! it supersedes, the search words' copy of its end, the counters of its contract, and the mutation. [`Changes`] writes
//! them together, so that none can be forgotten.

use std::collections::{BTreeSet, HashMap};

use chrono::NaiveDate;
use collectief_domain::{
    actor::Channel,
    date::{Date, OPEN_END},
    deregistration::{EndReason, ParticipationFacts},
    ids::{AccountId, CaseId, ContractId, MutationId, ParticipationId},
    mutation::{MutationKind, MutationState, ParticipationState},
    search,
};
use sea_orm::{ConnectionTrait, DatabaseBackend, FromQueryResult, Value};

use crate::{
    db::{Db, Txn, statement},
    enrolment::Insured,
    error::DataError,
    roster::write::{self, NewWord, WORD_INSERT, insert_rows},
    scope::Scope,
};

pub(crate) mod counting;

use counting::{Counted, Counting};

/// A participation as it stands, with what is needed to change it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredParticipation {
    /// The participation.
    pub id: ParticipationId,
    /// Its contract.
    pub contract: ContractId,
    /// The contract's number.
    pub contract_number: String,
    /// The contract's name.
    pub contract_name: String,
    /// First day of the contract.
    pub contract_start: Date,
    /// How many days back the contract lets an employer end a participation.
    pub retroactive_days: u32,
    /// Through whom it participates, when a dependant.
    pub main: Option<ParticipationId>,
    /// Its version.
    pub version: i64,
    /// When that version was recorded, in Unix milliseconds.
    pub recorded_at: i64,
    /// What a mutation can change.
    pub state: ParticipationState,
    /// As it is shown.
    pub full_name: String,
    /// Relation number of the person.
    pub relation_number: String,
    /// Birth date.
    pub birth_date: Option<Date>,
    /// E-mail address of the person, where known.
    pub email: Option<String>,
}

impl StoredParticipation {
    /// What deciding a deregistration needs.
    pub fn facts(&self) -> ParticipationFacts {
        ParticipationFacts {
            id: self.id,
            version: self.version,
            full_name: self.full_name.clone(),
            start_date: self.state.start_date.unwrap_or(self.contract_start),
            end_date: self.state.end_date,
            end_reason: self.state.end_reason,
            main: self.main,
            contract_start: self.contract_start,
            retroactive_days: self.retroactive_days,
            email: self.email.clone(),
        }
    }
}

/// Chosen participations and those who participate through them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Household {
    /// Those who were asked for, in that order.
    pub chosen: Vec<StoredParticipation>,
    /// Dependants of the chosen, by id, however their periods lie.
    pub dependants: Vec<StoredParticipation>,
}

impl Household {
    /// The participation with this id.
    pub fn find(&self, id: ParticipationId) -> Option<&StoredParticipation> {
        self.chosen.iter().chain(&self.dependants).find(|row| row.id == id)
    }
}

#[derive(FromQueryResult)]
struct StoredRow {
    id: i64,
    contract_id: i64,
    contract_number: String,
    contract_name: String,
    contract_start: NaiveDate,
    retroactive_days: i32,
    main_id: Option<i64>,
    version: i64,
    recorded_at: i64,
    start_date: NaiveDate,
    end_date: NaiveDate,
    end_reason: Option<String>,
    personnel_number: String,
    products: String,
    full_name: String,
    relation_number: String,
    birth_date: NaiveDate,
    email: Option<String>,
}

/// The only day of a participation that was taken back as if it had never been: one on which nobody participates. It is
/// counted nowhere and stands in no list; its versions and mutations tell what it was.
pub(crate) const NEVER: Date = UNKNOWN_BIRTH;

/// The day that stands for "not known" where the database needs a birth date.
pub(crate) const UNKNOWN_BIRTH: Date = match Date::from_ymd_opt(1, 1, 1) {
    Some(date) => date,
    None => OPEN_END,
};

/// `None` where the stored birth date stands for one that is not known.
pub(crate) fn known_birth(stored: Date) -> Option<Date> {
    (stored != UNKNOWN_BIRTH).then_some(stored)
}

/// An end as the domain has it.
pub(crate) fn end_from_stored(end: Date) -> Option<Date> {
    (end != OPEN_END).then_some(end)
}

/// An end as the database has it.
pub(crate) fn end_to_store(end: Option<Date>) -> Date {
    end.unwrap_or(OPEN_END)
}

impl From<StoredRow> for StoredParticipation {
    fn from(row: StoredRow) -> Self {
        Self {
            id: ParticipationId(row.id),
            contract: ContractId(row.contract_id),
            contract_number: row.contract_number,
            contract_name: row.contract_name,
            contract_start: row.contract_start,
            retroactive_days: row.retroactive_days.unsigned_abs(),
            main: row.main_id.map(ParticipationId),
            version: row.version,
            recorded_at: row.recorded_at,
            state: ParticipationState {
                start_date: Some(row.start_date),
                end_date: end_from_stored(row.end_date),
                end_reason: row.end_reason.as_deref().and_then(EndReason::from_code),
                personnel_number: row.personnel_number,
                products: row.products,
            },
            full_name: row.full_name,
            relation_number: row.relation_number,
            birth_date: known_birth(row.birth_date),
            email: row.email,
        }
    }
}

/// So many placeholders.
pub(crate) fn placeholders(count: usize) -> String {
    let mut text = "?,".repeat(count);
    text.pop();
    text
}

async fn stored_rows(
    connection: &impl ConnectionTrait,
    condition: &str,
    ids: &[ParticipationId],
    lock: bool,
) -> Result<Vec<StoredParticipation>, DataError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let backend = connection.get_database_backend();
    // A transaction on SQLite has the write lock already.
    let lock = if lock && backend == DatabaseBackend::Postgres { " FOR NO KEY UPDATE OF p" } else { "" };
    let sql = format!(
        "SELECT p.id, p.contract_id, c.number AS contract_number, c.name AS contract_name,
             c.start_date AS contract_start, c.retroactive_days, p.main_id, p.version, p.recorded_at, p.start_date,
             p.end_date, p.end_reason, p.personnel_number, p.products, p.full_name, p.relation_number, p.birth_date,
             n.email
         FROM participation p JOIN contract c ON c.id = p.contract_id JOIN person n ON n.id = p.person_id
         WHERE {condition} IN ({}) AND p.start_date > ? ORDER BY p.id{lock}",
        placeholders(ids.len())
    );
    let values = ids.iter().map(|id| Value::from(id.0)).chain([NEVER.into()]);
    let sql = statement(backend, &sql, values);
    Ok(StoredRow::find_by_statement(sql).all(connection).await?.into_iter().map(StoredParticipation::from).collect())
}

async fn household(
    connection: &impl ConnectionTrait,
    scope: &Scope,
    ids: &[ParticipationId],
    lock: bool,
) -> Result<Option<Household>, DataError> {
    let mut found: HashMap<ParticipationId, StoredParticipation> =
        stored_rows(connection, "p.id", ids, lock).await?.into_iter().map(|row| (row.id, row)).collect();
    let mut chosen = Vec::with_capacity(ids.len());
    for id in ids {
        match found.remove(id) {
            Some(row) if scope.has(row.contract) => chosen.push(row),
            _ => return Ok(None),
        }
    }
    // A dependant is always in the contract of its main insured; `check` sees to that.
    let mut dependants = stored_rows(connection, "p.main_id", ids, lock).await?;
    dependants.retain(|row| scope.has(row.contract) && !ids.contains(&row.id));
    Ok(Some(Household { chosen, dependants }))
}

/// Participations and those who participate through them, locked, whatever contract they are in.
pub(crate) async fn rows_beyond(
    txn: &Txn,
    ids: &[ParticipationId],
) -> Result<(Vec<StoredParticipation>, Vec<StoredParticipation>), DataError> {
    let rows = stored_rows(&txn.0, "p.id", ids, true).await?;
    Ok((rows, stored_rows(&txn.0, "p.main_id", ids, false).await?))
}

/// Chosen participations and their dependants, for showing. `None` when any of them is not in the scope or not there.
///
/// # Errors
/// When the database cannot be read.
pub async fn household_find(db: &Db, scope: &Scope, ids: &[ParticipationId]) -> Result<Option<Household>, DataError> {
    household(&db.read_within(scope).await?, scope, ids, false).await
}

/// Chosen participations and their dependants, locked until the transaction ends. `None` when any of them is not in
/// the scope or not there.
///
/// Their contracts are locked first, in the order of their ids, and every change does so: two changes of one contract
/// follow each other, and no two can wait for each other.
///
/// # Errors
/// When the database refuses.
pub async fn household_for_update(
    txn: &Txn,
    scope: &Scope,
    ids: &[ParticipationId],
) -> Result<Option<Household>, DataError> {
    if !contracts_lock_of(txn, scope, ids).await? {
        return Ok(None);
    }
    household(&txn.0, scope, ids, true).await
}

#[derive(FromQueryResult)]
struct ContractOf {
    contract_id: i64,
}

/// Locks the contracts of these participations. `false` when one of them is not in the scope.
async fn contracts_lock_of(txn: &Txn, scope: &Scope, ids: &[ParticipationId]) -> Result<bool, DataError> {
    if ids.is_empty() {
        return Ok(true);
    }
    let backend = txn.0.get_database_backend();
    let sql = format!("SELECT DISTINCT contract_id FROM participation WHERE id IN ({})", placeholders(ids.len()));
    let sql = statement(backend, &sql, ids.iter().map(|id| Value::from(id.0)));
    let contracts: BTreeSet<i64> =
        ContractOf::find_by_statement(sql).all(&txn.0).await?.into_iter().map(|row| row.contract_id).collect();
    if contracts.iter().any(|contract| !scope.has(ContractId(*contract))) {
        return Ok(false);
    }
    for contract in contracts {
        contract_lock(txn, ContractId(contract)).await?;
    }
    Ok(true)
}

/// Locks one contract until the transaction ends: nobody else changes its participations meanwhile.
pub(crate) async fn contract_lock(txn: &Txn, contract: ContractId) -> Result<(), DataError> {
    let backend = txn.0.get_database_backend();
    if backend == DatabaseBackend::Postgres {
        let sql = "SELECT id AS contract_id FROM contract WHERE id = ? FOR NO KEY UPDATE";
        ContractOf::find_by_statement(statement(backend, sql, [Value::from(contract.0)])).one(&txn.0).await?;
    }
    Ok(())
}

/// A mutation to be written.
#[derive(Debug, Clone)]
pub struct NewMutation {
    /// What kind.
    pub kind: MutationKind,
    /// Through which door.
    pub channel: Channel,
    /// From which day it holds.
    pub valid_from: Date,
    /// The first mutation of the household that it belongs to, unless it is that one itself.
    pub household: Option<MutationId>,
    /// The mutation that it takes back.
    pub withdraws: Option<MutationId>,
    /// The request that it came of.
    pub case: Option<CaseId>,
    /// Whose account, where somebody was signed in.
    pub account: Option<AccountId>,
    /// That person's name.
    pub actor_name: Option<String>,
    /// When, in Unix milliseconds.
    pub recorded_at: i64,
}

/// A participation to be added.
#[derive(Debug, Clone, Copy)]
pub struct NewParticipation<'a> {
    /// The contract.
    pub contract: ContractId,
    /// Whose.
    pub person: &'a Insured,
    /// Through whom, when a dependant.
    pub main: Option<ParticipationId>,
    /// First day.
    pub start_date: Date,
    /// Last day, inclusive; `None` is open.
    pub end_date: Option<Date>,
    /// The employer's number; empty when there is none.
    pub personnel_number: &'a str,
    /// The codes of the insurances, separated by commas.
    pub products: &'a str,
}

/// Changes within one transaction; [`close`](Self::close) must come last, for it counts them.
#[derive(Debug)]
pub struct Changes(Counting);

impl Changes {
    /// Changes that are made on this day.
    pub const fn on(today: Date) -> Self {
        Self(Counting::on(today))
    }

    /// Changes a participation at the version it was read at. Returns the mutation.
    ///
    /// # Errors
    /// [`DataError::Stale`] when it has another version by now.
    pub async fn change(
        &mut self,
        txn: &Txn,
        before: &StoredParticipation,
        after: &ParticipationState,
        mutation: &NewMutation,
    ) -> Result<MutationId, DataError> {
        self.change_from_roster(txn, before, after, before.main, mutation).await
    }

    /// As [`change`](Self::change); a roster may also name another main insured.
    pub(crate) async fn change_from_roster(
        &mut self,
        txn: &Txn,
        before: &StoredParticipation,
        after: &ParticipationState,
        main: Option<ParticipationId>,
        mutation: &NewMutation,
    ) -> Result<MutationId, DataError> {
        self.0.open(txn, before.contract).await?;
        let backend = txn.0.get_database_backend();
        let start = after.start_date.or(before.state.start_date).unwrap_or(before.contract_start);
        let end = end_to_store(after.end_date);
        // A clock that was set back must not make a version end before it began.
        let now = mutation.recorded_at.max(before.recorded_at);
        let sql = statement(
            backend,
            "UPDATE participation SET main_id = ?, start_date = ?, end_date = ?, end_reason = ?,
                 personnel_number = ?, products = ?, version = version + 1, recorded_at = ?
             WHERE id = ? AND version = ?",
            [
                main.map(|main| main.0).into(),
                start.into(),
                end.into(),
                after.end_reason.map(EndReason::code).into(),
                after.personnel_number.as_str().into(),
                after.products.as_str().into(),
                now.into(),
                before.id.0.into(),
                before.version.into(),
            ],
        );
        if txn.0.execute_raw(sql).await?.rows_affected() == 0 {
            return Err(DataError::Stale);
        }
        let sql = statement(
            backend,
            "INSERT INTO participation_past (participation_id, version, contract_id, start_date, end_date, end_reason,
                 personnel_number, products, recorded_at, superseded_at)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                before.id.0.into(),
                before.version.into(),
                before.contract.0.into(),
                before.state.start_date.unwrap_or(before.contract_start).into(),
                end_to_store(before.state.end_date).into(),
                before.state.end_reason.map(EndReason::code).into(),
                before.state.personnel_number.as_str().into(),
                before.state.products.as_str().into(),
                before.recorded_at.into(),
                now.into(),
            ],
        );
        txn.0.execute_raw(sql).await?;
        if before.state.end_date != after.end_date || before.main.is_some() != main.is_some() {
            let sql = statement(
                backend,
                "UPDATE search_word SET end_date = ?, is_dependant = ? WHERE participation_id = ?",
                [Value::from(end), Value::from(main.is_some()), Value::from(before.id.0)],
            );
            txn.0.execute_raw(sql).await?;
        }
        let was = Counted {
            start: before.state.start_date.unwrap_or(before.contract_start),
            end: end_to_store(before.state.end_date),
            main: before.main.is_none(),
        };
        let becomes = Counted { start, end, main: main.is_none() };
        self.0.note(before.contract, was.if_ever(), becomes.if_ever())?;
        mutation_insert(txn, before.into(), &before.state, after, MutationState::Processed, mutation, now).await
    }

    /// Takes a participation back as if it had never been, at the version it was read at.
    ///
    /// # Errors
    /// [`DataError::Stale`] when it has another version by now.
    pub async fn annul(
        &mut self,
        txn: &Txn,
        before: &StoredParticipation,
        mutation: &NewMutation,
    ) -> Result<MutationId, DataError> {
        let after =
            ParticipationState { start_date: Some(NEVER), end_date: Some(NEVER), ..ParticipationState::default() };
        self.change(txn, before, &after, mutation).await
    }

    /// Adds a participation to a contract that this transaction has locked. Returns it with its mutation.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn enrol(
        &mut self,
        txn: &Txn,
        new: &NewParticipation<'_>,
        mutation: &NewMutation,
    ) -> Result<(ParticipationId, MutationId), DataError> {
        self.0.open(txn, new.contract).await?;
        let backend = txn.0.get_database_backend();
        let person = new.person;
        let (start, end) = (new.start_date, end_to_store(new.end_date));
        let id = *write::reserve(txn, "participation", 1).await?.first().ok_or(DataError::Corrupt("no id is left"))?;
        let sql = statement(
            backend,
            "INSERT INTO participation (id, contract_id, person_id, main_id, start_date, end_date, personnel_number,
                 products, full_name, sort_key, search_text, relation_number, birth_date, gender, recorded_at)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                id.into(),
                new.contract.0.into(),
                person.id.0.into(),
                new.main.map(|main| main.0).into(),
                start.into(),
                end.into(),
                new.personnel_number.into(),
                new.products.into(),
                person.name.full_name().into(),
                person.name.sort_key().into(),
                person.name.search_text().into(),
                person.relation_number.as_str().into(),
                person.birth_date.unwrap_or(UNKNOWN_BIRTH).into(),
                person.gender.code().into(),
                mutation.recorded_at.into(),
            ],
        );
        txn.0.execute_raw(sql).await?;
        let (sort_key, search_text) = (person.name.sort_key(), person.name.search_text());
        let words: Vec<NewWord<'_>> = search::index_groups(&search_text)
            .into_iter()
            .map(|group| NewWord {
                contract: new.contract.0,
                group,
                sort_key: &sort_key,
                participation: id,
                end,
                is_dependant: new.main.is_some(),
                search_text: &search_text,
            })
            .collect();
        insert_rows(txn, WORD_INSERT, &words, |word, values| word.push(backend, values)).await?;
        self.0.note(new.contract, None, Some(Counted { start, end, main: new.main.is_none() }))?;
        let after = ParticipationState {
            start_date: Some(start),
            end_date: new.end_date,
            end_reason: None,
            personnel_number: new.personnel_number.to_owned(),
            products: new.products.to_owned(),
        };
        let about = MutationOf { contract: new.contract, participation: ParticipationId(id) };
        let before = ParticipationState::default();
        let done =
            mutation_insert(txn, about, &before, &after, MutationState::Processed, mutation, mutation.recorded_at)
                .await?;
        Ok((ParticipationId(id), done))
    }

    /// Where participations that are added are noted.
    pub(crate) fn counting(&mut self) -> &mut Counting {
        &mut self.0
    }

    /// Counts what was changed.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn close(self, txn: &Txn) -> Result<(), DataError> {
        self.0.close(txn).await
    }
}

/// Notes a mutation that leaves the participation as it is: a change that is asked of the insurer, or taking that
/// back.
///
/// # Errors
/// When the database refuses.
pub async fn mutation_note(
    txn: &Txn,
    before: &StoredParticipation,
    after: &ParticipationState,
    state: MutationState,
    mutation: &NewMutation,
) -> Result<MutationId, DataError> {
    mutation_insert(txn, before.into(), &before.state, after, state, mutation, mutation.recorded_at).await
}

/// Whether another period of the same person in the same contract lies in what this participation would become.
///
/// # Errors
/// When the database cannot be read.
pub async fn overlaps_another(
    txn: &Txn,
    participation: &StoredParticipation,
    becomes: &ParticipationState,
) -> Result<bool, DataError> {
    let sql = statement(
        txn.0.get_database_backend(),
        "SELECT o.id FROM participation p JOIN participation o ON o.person_id = p.person_id
         WHERE p.id = ? AND o.id <> p.id AND o.contract_id = p.contract_id AND o.start_date <= ? AND o.end_date >= ?
         LIMIT 1",
        [
            participation.id.0.into(),
            end_to_store(becomes.end_date).into(),
            becomes.start_date.unwrap_or(participation.contract_start).into(),
        ],
    );
    Ok(txn.0.query_one_raw(sql).await?.is_some())
}

#[derive(FromQueryResult)]
struct FoundRow {
    id: i64,
    contract_id: i64,
    version: i64,
}

/// The participation of a relation number that starts on a day, and its version.
///
/// # Errors
/// When the database cannot be read.
pub async fn participation_starting_on(
    db: &Db,
    scope: &Scope,
    relation_number: &str,
    start: Date,
) -> Result<Option<(ParticipationId, i64)>, DataError> {
    let sql = statement(
        db.read().get_database_backend(),
        "SELECT p.id, p.contract_id, p.version FROM participation p JOIN person n ON n.id = p.person_id
         WHERE n.relation_number = ? AND p.start_date = ? ORDER BY p.id",
        [relation_number.into(), start.into()],
    );
    let rows = FoundRow::find_by_statement(sql).all(&db.read_within(scope).await?).await?;
    let found = rows.into_iter().find(|row| scope.has(ContractId(row.contract_id)));
    Ok(found.map(|row| (ParticipationId(row.id), row.version)))
}

/// The participation through which this one participates, as it stands.
///
/// # Errors
/// When the database cannot be read.
pub async fn main_of(txn: &Txn, participation: &StoredParticipation) -> Result<Option<StoredParticipation>, DataError> {
    match participation.main {
        Some(main) => Ok(stored_rows(&txn.0, "p.id", &[main], true).await?.pop()),
        None => Ok(None),
    }
}

#[derive(FromQueryResult)]
struct NewId {
    id: i64,
}

/// Which participation a mutation is of.
#[derive(Clone, Copy)]
struct MutationOf {
    contract: ContractId,
    participation: ParticipationId,
}

impl From<&StoredParticipation> for MutationOf {
    fn from(row: &StoredParticipation) -> Self {
        Self { contract: row.contract, participation: row.id }
    }
}

async fn mutation_insert(
    txn: &Txn,
    of: MutationOf,
    before: &ParticipationState,
    after: &ParticipationState,
    state: MutationState,
    mutation: &NewMutation,
    now: i64,
) -> Result<MutationId, DataError> {
    let json = |state: &ParticipationState| {
        serde_json::to_string(state).map_err(|_| DataError::Corrupt("a participation cannot be written as JSON"))
    };
    let sql = statement(
        txn.0.get_database_backend(),
        "INSERT INTO mutation (contract_id, participation_id, household_id, withdraws_id, kind, channel, state,
             valid_from, recorded_at, account_id, actor_name, state_before, state_after, case_id)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id",
        [
            of.contract.0.into(),
            of.participation.0.into(),
            mutation.household.map(|id| id.0).into(),
            mutation.withdraws.map(|id| id.0).into(),
            mutation.kind.code().into(),
            mutation.channel.code().into(),
            state.code().into(),
            mutation.valid_from.into(),
            now.into(),
            mutation.account.map(|id| id.0).into(),
            mutation.actor_name.as_deref().into(),
            json(before)?.into(),
            json(after)?.into(),
            mutation.case.map(|id| id.0).into(),
        ],
    );
    let row = NewId::find_by_statement(sql).one(&txn.0).await?;
    Ok(MutationId(row.ok_or(DataError::Corrupt("a mutation got no id"))?.id))
}

/// Who changed a participation last, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LastChange {
    /// The name of who did it, where somebody was signed in.
    pub by: Option<String>,
    /// Whose account.
    pub account: Option<AccountId>,
    /// When, in Unix milliseconds.
    pub recorded_at: i64,
}

#[derive(FromQueryResult)]
struct LastChangeRow {
    actor_name: Option<String>,
    account_id: Option<i64>,
    recorded_at: i64,
}

/// Who changed a participation last. What was only asked for did not change it.
///
/// # Errors
/// When the database cannot be read.
pub async fn last_change(
    db: &Db,
    scope: &Scope,
    participation: &StoredParticipation,
) -> Result<Option<LastChange>, DataError> {
    if !scope.has(participation.contract) {
        return Ok(None);
    }
    let sql = statement(
        db.read().get_database_backend(),
        "SELECT actor_name, account_id, recorded_at FROM mutation
         WHERE participation_id = ? AND state <> ? ORDER BY id DESC LIMIT 1",
        [participation.id.0.into(), MutationState::Requested.code().into()],
    );
    let row = LastChangeRow::find_by_statement(sql).one(&db.read_within(scope).await?).await?;
    Ok(row.map(|row| LastChange {
        by: row.actor_name,
        account: row.account_id.map(AccountId),
        recorded_at: row.recorded_at,
    }))
}
