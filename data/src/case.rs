//! Requests that wait for a decision: keeping them, finding those that wait, and every step of their life.
//!
//! Whoever changes a state says at which version it was seen ([`step`]); no row means that somebody was first.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use collectief_domain::{
    actor::{Channel, Language},
    case::{CaseKind, CaseState, CaseStep, QueuePart, QueueSort, StuckCause},
    contract::ContractChoice,
    date::Date,
    ids::{AccountId, CaseId, ContractId, ParticipationId},
    search::SearchQuery,
};
use sea_orm::{ConnectionTrait, DatabaseBackend, FromQueryResult, Value};

use crate::{
    db::{Db, Txn, statement},
    error::DataError,
    mutation::known_birth,
    office::Office,
    participant::sql::{Reach, Sql},
    roster::write::new_id,
    scope::Scope,
};

pub mod link;
pub mod queue;
pub mod upkeep;

/// A request to keep.
#[derive(Debug, Clone)]
pub struct NewCase {
    /// The contract.
    pub contract: ContractId,
    /// What is asked.
    pub kind: CaseKind,
    /// How far it is when it comes in.
    pub state: CaseState,
    /// Through which door.
    pub channel: Channel,
    /// Whether it waits for the employer.
    pub needs_validation: bool,
    /// The hash of what its form is known by.
    pub form_key: Vec<u8>,
    /// The reference.
    pub reference: String,
    /// Who it is about, as shown.
    pub full_name: String,
    /// What the name is sorted by.
    pub sort_key: String,
    /// The words that the name is found by.
    pub search_text: String,
    /// Birth date.
    pub birth_date: Date,
    /// From which day it is to hold.
    pub effective: Date,
    /// The employer's number; empty when not given.
    pub personnel_number: String,
    /// The codes of the insurances, separated by commas.
    pub products: String,
    /// How many dependants come along.
    pub dependants: u32,
    /// Language of who asked.
    pub language: Language,
    /// The participation that is to be changed; `None` where somebody is to be enrolled.
    pub about: Option<ParticipationId>,
    /// The contract of another employer, where one moves there.
    pub to_contract: Option<ContractId>,
    /// All that was filled in; it is kept encrypted.
    pub request: String,
    /// When, in Unix milliseconds.
    pub now: i64,
}

/// A request, as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredCase {
    /// The request.
    pub id: CaseId,
    /// The contract.
    pub contract: ContractId,
    /// Its number and name.
    pub choice: ContractChoice,
    /// What is asked.
    pub kind: CaseKind,
    /// How far it is.
    pub state: CaseState,
    /// Through which door.
    pub channel: Channel,
    /// Whether it waits for the employer.
    pub needs_validation: bool,
    /// The reference.
    pub reference: String,
    /// Who it is about, as shown.
    pub full_name: String,
    /// Birth date.
    pub birth_date: Option<Date>,
    /// From which day it is to hold.
    pub effective: Date,
    /// How many days back the contract lets an enrolment start.
    pub back_days: u32,
    /// The employer's number.
    pub personnel_number: String,
    /// The codes of the insurances, separated by commas.
    pub products: String,
    /// How many dependants come along.
    pub dependants: u32,
    /// Language of who asked.
    pub language: Language,
    /// Since when it is in its state, in Unix milliseconds; what was approved and then undone has waited since it was sent.
    pub since: i64,
    /// When it was sent, in Unix milliseconds.
    pub created_at: i64,
    /// Whose account took the last step, where somebody was signed in.
    pub last_by: Option<AccountId>,
    /// That person's name.
    pub last_by_name: Option<String>,
    /// When the last step was taken, in Unix milliseconds.
    pub last_at: i64,
    /// Whether the employee answered a question.
    pub is_answered: bool,
    /// The participation that it became.
    pub participation: Option<ParticipationId>,
    /// Why it could not be done.
    pub stuck: Option<StuckCause>,
    /// Who of the helpdesk looks after it.
    pub assigned_to: Option<AccountId>,
    /// That person's name.
    pub assigned_name: Option<String>,
    /// The participation that is to be changed; `None` where somebody is to be enrolled.
    pub about: Option<ParticipationId>,
    /// The contract of another employer, where one moves there.
    pub to_contract: Option<ContractId>,
    /// That employer's name.
    pub to_name: Option<String>,
    /// Whether the address of who sent it was proven; before that it is no business of the employer's.
    pub is_proven: bool,
    /// It grows with every step.
    pub version: i64,
}

#[derive(FromQueryResult)]
struct CaseRow {
    id: i64,
    contract_id: i64,
    contract_number: String,
    contract_name: String,
    kind: String,
    state: String,
    channel: String,
    needs_validation: bool,
    reference: String,
    full_name: String,
    birth_date: NaiveDate,
    effective: NaiveDate,
    enrol_back_days: i32,
    personnel_number: String,
    products: String,
    dependants: i32,
    language: String,
    since: i64,
    created_at: i64,
    last_by: Option<i64>,
    last_by_name: Option<String>,
    last_at: i64,
    is_answered: bool,
    participation_id: Option<i64>,
    stuck_cause: Option<String>,
    assigned_to: Option<i64>,
    assigned_name: Option<String>,
    about_id: Option<i64>,
    to_contract_id: Option<i64>,
    to_name: Option<String>,
    is_proven: bool,
    version: i64,
}

impl TryFrom<CaseRow> for StoredCase {
    type Error = DataError;

    fn try_from(row: CaseRow) -> Result<Self, DataError> {
        const WRONG: DataError = DataError::Corrupt("a stored request cannot be read");
        Ok(Self {
            id: CaseId(row.id),
            contract: ContractId(row.contract_id),
            choice: ContractChoice { number: row.contract_number, name: row.contract_name },
            kind: CaseKind::from_code(&row.kind).ok_or(WRONG)?,
            state: CaseState::from_code(&row.state).ok_or(WRONG)?,
            channel: Channel::from_code(&row.channel).ok_or(WRONG)?,
            needs_validation: row.needs_validation,
            reference: row.reference,
            full_name: row.full_name,
            birth_date: known_birth(row.birth_date),
            effective: row.effective,
            back_days: row.enrol_back_days.unsigned_abs(),
            personnel_number: row.personnel_number,
            products: row.products,
            dependants: row.dependants.unsigned_abs(),
            language: Language::from_tag(&row.language).unwrap_or_default(),
            since: row.since,
            created_at: row.created_at,
            last_by: row.last_by.map(AccountId),
            last_by_name: row.last_by_name,
            last_at: row.last_at,
            is_answered: row.is_answered,
            participation: row.participation_id.map(ParticipationId),
            stuck: row.stuck_cause.as_deref().map(|code| StuckCause::from_code(code).ok_or(WRONG)).transpose()?,
            assigned_to: row.assigned_to.map(AccountId),
            assigned_name: row.assigned_name,
            about: row.about_id.map(ParticipationId),
            to_contract: row.to_contract_id.map(ContractId),
            to_name: row.to_name,
            is_proven: row.is_proven,
            version: row.version,
        })
    }
}

const CASES: &str = "SELECT m.id, m.contract_id, c.number AS contract_number, c.name AS contract_name, m.kind, m.state,
    m.channel, m.needs_validation, m.reference, m.full_name, m.birth_date, m.effective, c.enrol_back_days,
    m.personnel_number, m.products, m.dependants, m.language, m.since, m.created_at, m.last_by, m.last_by_name,
    COALESCE((SELECT MAX(o.recorded_at) FROM case_moment o WHERE o.case_id = m.id), m.since) AS last_at,
    m.is_answered, m.participation_id, m.stuck_cause, m.assigned_to, m.assigned_name, m.about_id,
    m.to_contract_id, t.name AS to_name, m.is_proven, m.version
    FROM mutation_case m JOIN contract c ON c.id = m.contract_id LEFT JOIN contract t ON t.id = m.to_contract_id";

async fn cases_from(connection: &impl ConnectionTrait, sql: Sql) -> Result<Vec<StoredCase>, DataError> {
    let rows = CaseRow::find_by_statement(sql.finish()).all(connection).await?;
    rows.into_iter().map(StoredCase::try_from).collect()
}

/// One request of the scope; `None` when it is not there, or its address was not proven yet.
///
/// # Errors
/// When the database cannot be read.
pub async fn find(db: &Db, scope: &Scope, id: CaseId) -> Result<Option<StoredCase>, DataError> {
    let read = db.read_within(scope).await?;
    let mut sql = Sql::new(read.get_database_backend());
    sql.push(CASES).push(" WHERE m.id = ").bind(id.0).push(" AND m.is_proven");
    let found = cases_from(&read, sql).await?.pop();
    // The employer that somebody moved to sees how that came about.
    let came_over = |case: &StoredCase| {
        case.state == CaseState::Processed && case.to_contract.is_some_and(|contract| scope.has(contract))
    };
    Ok(found.filter(|case| scope.has(case.contract) || came_over(case)))
}

/// Requests of the scope, locked until the transaction ends, in the order of their ids. What is not there, or not in the
/// scope, is left out. Their contracts are locked first, in the order of their ids, as with every change.
///
/// # Errors
/// When the database refuses.
pub async fn for_update(txn: &Txn, scope: &Scope, ids: &[CaseId]) -> Result<Vec<StoredCase>, DataError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let backend = txn.0.get_database_backend();
    let named = |sql: &mut Sql| {
        for (place, id) in ids.iter().enumerate() {
            sql.push(if place == 0 { "" } else { ", " }).bind(id.0);
        }
        sql.push(")");
    };
    let mut sql = Sql::new(backend);
    sql.push("SELECT contract_id, to_contract_id FROM mutation_case WHERE id IN (");
    named(&mut sql);
    let mut contracts = BTreeSet::new();
    for row in txn.0.query_all_raw(sql.finish()).await? {
        let contract = ContractId(row.try_get_by_index(0)?);
        if scope.has(contract) {
            contracts.insert(contract);
            contracts.extend(row.try_get_by_index::<Option<i64>>(1)?.map(ContractId));
        }
    }
    crate::change::contracts_lock(txn, contracts).await?;
    let mut sql = Sql::new(backend);
    sql.push(CASES).push(" WHERE m.id IN (");
    named(&mut sql);
    sql.push(" ORDER BY m.id");
    if backend == DatabaseBackend::Postgres {
        sql.push(" FOR NO KEY UPDATE OF m");
    }
    let mut found = cases_from(&txn.0, sql).await?;
    found.retain(|case| scope.has(case.contract));
    Ok(found)
}

/// What a request is encrypted for, so that it can be read in no other row.
fn belongs_to(reference: &str) -> String {
    format!("case:{reference}")
}

/// Keeps a request. `None`, and nothing is kept, when this very form was sent before.
///
/// # Errors
/// When the database refuses.
pub async fn add(db: &Db, txn: &Txn, new: &NewCase) -> Result<Option<CaseId>, DataError> {
    let request = db.keys().seal_secret(&new.request, &belongs_to(&new.reference))?;
    let sql = statement(
        txn.0.get_database_backend(),
        "INSERT INTO mutation_case (contract_id, kind, state, channel, needs_validation, form_key, reference, full_name,
             sort_key, search_text, birth_date, effective, personnel_number, products, dependants, language, request,
             since, created_at, about_id, to_contract_id, remind_at, is_proven)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT (form_key) DO NOTHING RETURNING id",
        [
            new.contract.0.into(),
            new.kind.code().into(),
            new.state.code().into(),
            new.channel.code().into(),
            new.needs_validation.into(),
            new.form_key.clone().into(),
            new.reference.as_str().into(),
            new.full_name.as_str().into(),
            new.sort_key.as_str().into(),
            new.search_text.as_str().into(),
            new.birth_date.into(),
            new.effective.into(),
            new.personnel_number.as_str().into(),
            new.products.as_str().into(),
            i32::try_from(new.dependants).unwrap_or(i32::MAX).into(),
            new.language.tag().into(),
            request.into(),
            new.now.into(),
            new.now.into(),
            new.about.map(|id| id.0).into(),
            new.to_contract.map(|id| id.0).into(),
            (new.state == CaseState::Waiting && new.needs_validation).then_some(new.now).into(),
            (new.state != CaseState::Unproven).into(),
        ],
    );
    let Some(row) = txn.0.query_one_raw(sql).await? else { return Ok(None) };
    let id = CaseId(row.try_get_by_index(0)?);
    let moment = Moment { step: CaseStep::Sent, at: new.now, by: None, by_name: None, text: "" };
    moment_add(txn, id, new.contract, &moment).await?;
    Ok(Some(id))
}

/// All that was filled in; `None` once it is no longer kept.
///
/// # Errors
/// When the database cannot be read, or what is kept not be decrypted.
pub async fn request_of(db: &Db, txn: &Txn, case: &StoredCase) -> Result<Option<String>, DataError> {
    request_from(db, &txn.0, case).await
}

/// As [`request_of`], outside a transaction.
///
/// # Errors
/// As there.
pub async fn request_within(db: &Db, scope: &Scope, case: &StoredCase) -> Result<Option<String>, DataError> {
    if !scope.has(case.contract) {
        return Ok(None);
    }
    request_from(db, &db.read_within(scope).await?, case).await
}

async fn request_from(
    db: &Db,
    connection: &impl ConnectionTrait,
    case: &StoredCase,
) -> Result<Option<String>, DataError> {
    let sql = "SELECT request FROM mutation_case WHERE id = ?";
    let sql = statement(connection.get_database_backend(), sql, [Value::from(case.id.0)]);
    let Some(row) = connection.query_one_raw(sql).await? else { return Ok(None) };
    opened(db, row.try_get_by_index(0)?, case)
}

/// What is asked in a request, from how it is kept; nothing when it is not kept any more.
fn opened(db: &Db, sealed: Vec<u8>, case: &StoredCase) -> Result<Option<String>, DataError> {
    if sealed.is_empty() {
        return Ok(None);
    }
    let opened = db.keys().open_secret(&sealed, &belongs_to(&case.reference));
    opened.map(Some).ok_or(DataError::Corrupt("a request cannot be decrypted"))
}

/// A step of a request.
#[derive(Debug, Clone, Copy)]
pub struct Moment<'a> {
    /// What happens.
    pub step: CaseStep,
    /// When, in Unix milliseconds.
    pub at: i64,
    /// Whose account does it, where somebody is signed in.
    pub by: Option<AccountId>,
    /// That person's name.
    pub by_name: Option<&'a str>,
    /// The question, the answer, or the reason.
    pub text: &'a str,
}

/// What becomes of a request besides its state.
#[derive(Debug, Clone, Copy, Default)]
pub struct Becomes<'a> {
    /// The participation that it became; one that it is no longer goes when the step is [`CaseStep::Undone`].
    pub participation: Option<ParticipationId>,
    /// Why it could not be done.
    pub stuck: Option<StuckCause>,
    /// The employer's number, where another one is filled in.
    pub personnel_number: Option<&'a str>,
}

/// Takes a step of a request at the version it was read at, and notes it.
///
/// # Errors
/// [`DataError::Stale`] when somebody was first, or the step cannot be taken from the state it is in.
pub async fn step(txn: &Txn, case: &StoredCase, moment: &Moment<'_>, becomes: Becomes<'_>) -> Result<(), DataError> {
    let state = case.state.after(moment.step).ok_or(DataError::Stale)?;
    let answered = match moment.step {
        CaseStep::Answered => true,
        CaseStep::Asked => false,
        _ => case.is_answered,
    };
    // What goes back into the queue has waited since it came into it first, but for who answered a question.
    let since = if moment.step == CaseStep::Undone { case.created_at } else { moment.at };
    // Who took an approval back knows that it waits again, and hears of it a day later.
    let quiet = if moment.step == CaseStep::Undone { 24 * 60 * 60 * 1000 } else { 0 };
    let waits = state == CaseState::Waiting && case.needs_validation;
    let remind_at = waits.then_some(moment.at + quiet);
    let participation = becomes.participation.or(case.participation).filter(|_| moment.step != CaseStep::Undone);
    let sql = statement(
        txn.0.get_database_backend(),
        "UPDATE mutation_case SET state = ?, since = ?, last_by = ?, last_by_name = ?, is_answered = ?,
             participation_id = ?, stuck_cause = ?, personnel_number = COALESCE(?, personnel_number),
             remind_at = ?, reminded = 0, is_proven = is_proven OR ?, version = version + 1
         WHERE id = ? AND version = ?",
        [
            state.code().into(),
            since.into(),
            moment.by.map(|by| by.0).into(),
            moment.by_name.into(),
            answered.into(),
            participation.map(|id| id.0).into(),
            becomes.stuck.map(StuckCause::code).into(),
            becomes.personnel_number.into(),
            remind_at.into(),
            (moment.step == CaseStep::Proven).into(),
            case.id.0.into(),
            case.version.into(),
        ],
    );
    if txn.0.execute_raw(sql).await?.rows_affected() == 0 {
        return Err(DataError::Stale);
    }
    moment_add(txn, case.id, case.contract, moment).await
}

async fn moment_add(txn: &Txn, case: CaseId, contract: ContractId, moment: &Moment<'_>) -> Result<(), DataError> {
    let sql = "INSERT INTO case_moment (case_id, contract_id, step, recorded_at, account_id, actor_name, text)
               VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING id";
    let values = [
        case.0.into(),
        contract.0.into(),
        moment.step.code().into(),
        moment.at.into(),
        moment.by.map(|by| by.0).into(),
        moment.by_name.into(),
        moment.text.into(),
    ];
    new_id(txn, sql, values).await?;
    Ok(())
}

/// By what the person of a participation is sorted and found.
///
/// # Errors
/// When the database cannot be read.
pub async fn search_keys_of(txn: &Txn, of: ParticipationId) -> Result<(String, String), DataError> {
    let sql = "SELECT sort_key, search_text FROM participation WHERE id = ?";
    let sql = statement(txn.0.get_database_backend(), sql, [Value::from(of.0)]);
    let row = txn.0.query_one_raw(sql).await?.ok_or(DataError::Corrupt("a participation is gone"))?;
    Ok((row.try_get_by_index(0)?, row.try_get_by_index(1)?))
}

/// Something that happened to a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredMoment {
    /// What.
    pub step: CaseStep,
    /// When, in Unix milliseconds.
    pub at: i64,
    /// Who, by name, where somebody was signed in.
    pub by_name: Option<String>,
    /// The question, the answer, or the reason.
    pub text: String,
}

/// What happened to a request of the scope, oldest first.
///
/// # Errors
/// When the database cannot be read.
pub async fn moments(db: &Db, scope: &Scope, case: &StoredCase) -> Result<Vec<StoredMoment>, DataError> {
    let read = db.read_within(scope).await?;
    let sql = "SELECT step, recorded_at, actor_name, text FROM case_moment WHERE case_id = ? ORDER BY id";
    let sql = statement(read.get_database_backend(), sql, [Value::from(case.id.0)]);
    let rows = read.query_all_raw(sql).await?;
    rows.iter()
        .map(|row| {
            let step: String = row.try_get_by_index(0)?;
            Ok(StoredMoment {
                step: CaseStep::from_code(&step).ok_or(DataError::Corrupt("an unknown step of a request"))?,
                at: row.try_get_by_index(1)?,
                by_name: row.try_get_by_index(2)?,
                text: row.try_get_by_index(3)?,
            })
        })
        .collect()
}

/// What happened to a request last.
///
/// # Errors
/// When the database cannot be read.
pub async fn last_step(txn: &Txn, case: &StoredCase) -> Result<Option<CaseStep>, DataError> {
    let sql = "SELECT step FROM case_moment WHERE case_id = ? ORDER BY id DESC LIMIT 1";
    let sql = statement(txn.0.get_database_backend(), sql, [Value::from(case.id.0)]);
    let Some(row) = txn.0.query_one_raw(sql).await? else { return Ok(None) };
    Ok(CaseStep::from_code(&row.try_get_by_index::<String>(0)?))
}
