//! Reminding the employer: what is due, whom it is about, and how people want to be reminded.
//!
//! These queries reach every contract, for they are upkeep; who may be told of a request is read from the rights.

use chrono::NaiveDate;
use collectief_domain::{
    actor::{Language, Role},
    date::Date,
    ids::{AccountId, CaseId, ContractId},
    reminder::{ReminderMode, ReminderStage, ReminderWishes, Reminders},
};
use sea_orm::{ConnectionTrait, DatabaseBackend, FromQueryResult, Value};

use crate::{
    account::fold_email,
    db::{Db, Txn, statement},
    error::DataError,
};

/// A reminder that is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Due {
    /// The request that waits.
    pub case: CaseId,
    /// Its contract.
    pub contract: ContractId,
    /// Its version: a request that comes back after an answer is reminded of anew.
    pub version: i64,
    /// Which reminder.
    pub stage: ReminderStage,
    /// Since when it waits, in Unix milliseconds.
    pub since: i64,
}

#[derive(FromQueryResult)]
struct DueRow {
    id: i64,
    contract_id: i64,
    version: i64,
    reminded: i32,
    since: i64,
}

/// Reminders that are due, locked until the transaction ends; those that another server has are left to it.
///
/// # Errors
/// When the database refuses.
pub async fn due(txn: &Txn, now: i64, most: u64) -> Result<Vec<Due>, DataError> {
    let backend = txn.0.get_database_backend();
    let lock = if backend == DatabaseBackend::Postgres { " FOR NO KEY UPDATE SKIP LOCKED" } else { "" };
    let sql = format!(
        "SELECT id, contract_id, version, reminded, since FROM mutation_case WHERE remind_at <= ?
         ORDER BY remind_at, id LIMIT ?{lock}"
    );
    let sql = statement(backend, &sql, [now.into(), most.cast_signed().into()]);
    let rows = DueRow::find_by_statement(sql).all(&txn.0).await?;
    rows.into_iter()
        .map(|row| {
            Ok(Due {
                case: CaseId(row.id),
                contract: ContractId(row.contract_id),
                version: row.version,
                stage: ReminderStage::from_index(row.reminded).ok_or(DataError::Corrupt("an unknown reminder"))?,
                since: row.since,
            })
        })
        .collect()
}

/// Whether any reminder is due; nothing is locked.
///
/// # Errors
/// When the database cannot be read.
pub async fn any_due(db: &Db, now: i64) -> Result<bool, DataError> {
    let read = db.read_everything().await?;
    let sql = "SELECT id FROM mutation_case WHERE remind_at <= ? LIMIT 1";
    let sql = statement(read.get_database_backend(), sql, [Value::from(now)]);
    Ok(read.query_one_raw(sql).await?.is_some())
}

/// Notes that a reminder was given, and when the next is due.
///
/// # Errors
/// When the database refuses.
pub async fn done(txn: &Txn, due: &Due, next_at: Option<i64>) -> Result<(), DataError> {
    let sql = "UPDATE mutation_case SET reminded = ?, remind_at = ? WHERE id = ?";
    let values = [(due.stage.index() + 1).into(), next_at.into(), due.case.0.into()];
    txn.0.execute_raw(statement(txn.0.get_database_backend(), sql, values)).await?;
    Ok(())
}

/// Somebody who is to be reminded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reminded {
    /// Whose account.
    pub account: AccountId,
    /// The address for reminders.
    pub email: String,
    /// The language that was chosen.
    pub language: Language,
    /// How often.
    pub mode: ReminderMode,
}

#[derive(FromQueryResult)]
struct RemindedRow {
    id: i64,
    email: String,
    reminder_email: Option<String>,
    language: String,
    reminder_mode: String,
    absent_from: Option<NaiveDate>,
    absent_until: Option<NaiveDate>,
    deputy_id: Option<i64>,
}

impl RemindedRow {
    fn is_absent_on(&self, day: Date) -> bool {
        matches!((self.absent_from, self.absent_until), (Some(from), Some(until)) if from <= day && day <= until)
    }
}

impl From<RemindedRow> for Reminded {
    fn from(row: RemindedRow) -> Self {
        Self {
            account: AccountId(row.id),
            email: row.reminder_email.unwrap_or(row.email),
            language: Language::from_tag(&row.language).unwrap_or_default(),
            mode: ReminderMode::from_code(&row.reminder_mode).unwrap_or_default(),
        }
    }
}

const REMINDED: &str = "SELECT a.id, a.email, a.reminder_email, a.language, a.reminder_mode, a.absent_from,
    a.absent_until, a.deputy_id FROM account a";

/// Who is reminded of a request of a contract on a day: whoever has *Administratief* on it, in whose absence the deputy, if
/// that one has it as well; or the employer's main account, if that has it. An account that was never activated, or was
/// closed, has nobody behind it.
///
/// # Errors
/// When the database cannot be read.
pub async fn recipients(
    txn: &Txn,
    contract: ContractId,
    stage: ReminderStage,
    day: Date,
) -> Result<Vec<Reminded>, DataError> {
    let main = if stage >= ReminderStage::MainAccount {
        " AND EXISTS (SELECT 1 FROM contract c JOIN employer e ON e.id = c.employer_id
                      WHERE c.id = r.contract_id AND e.main_account_id = a.id)"
    } else {
        ""
    };
    let sql = format!(
        "{REMINDED} JOIN account_right r ON r.account_id = a.id
         WHERE r.contract_id = ? AND (r.roles & ?) <> 0 AND a.password_hash IS NOT NULL{main} ORDER BY a.id"
    );
    let values = [contract.0.into(), i32::from(Role::Administrative.bit()).into()];
    let found =
        RemindedRow::find_by_statement(statement(txn.0.get_database_backend(), &sql, values)).all(&txn.0).await?;
    let mut reminded: Vec<Reminded> = Vec::with_capacity(found.len());
    for row in found {
        let deputy = row.deputy_id.filter(|_| row.is_absent_on(day));
        let instead = match deputy {
            Some(deputy) => with_right(txn, AccountId(deputy), contract).await?,
            None => None,
        };
        // Where the deputy may not see it, the mail waits for who is away.
        let who = instead.unwrap_or_else(|| row.into());
        if reminded.iter().all(|other| other.account != who.account) {
            reminded.push(who);
        }
    }
    Ok(reminded)
}

/// An account, if it has *Administratief* on a contract.
async fn with_right(txn: &Txn, account: AccountId, contract: ContractId) -> Result<Option<Reminded>, DataError> {
    let sql = format!(
        "{REMINDED} JOIN account_right r ON r.account_id = a.id
         WHERE a.id = ? AND r.contract_id = ? AND (r.roles & ?) <> 0 AND a.password_hash IS NOT NULL"
    );
    let values = [account.0.into(), contract.0.into(), i32::from(Role::Administrative.bit()).into()];
    let sql = statement(txn.0.get_database_backend(), &sql, values);
    Ok(RemindedRow::find_by_statement(sql).one(&txn.0).await?.map(Reminded::from))
}

/// Where somebody is reminded, and in which language, as it stands now; `None` for an account that is closed.
///
/// # Errors
/// When the database cannot be read.
pub async fn reader(db: &Db, account: AccountId) -> Result<Option<Reminded>, DataError> {
    let sql = format!("{REMINDED} WHERE a.id = ? AND a.password_hash IS NOT NULL");
    let sql = statement(db.read().get_database_backend(), &sql, [Value::from(account.0)]);
    Ok(RemindedRow::find_by_statement(sql).one(db.read()).await?.map(Reminded::from))
}

#[derive(FromQueryResult)]
struct WishesRow {
    reminder_mode: String,
    absent_from: Option<NaiveDate>,
    absent_until: Option<NaiveDate>,
    deputy_email: Option<String>,
    deputy_name: Option<String>,
}

/// How somebody wants to be reminded.
///
/// # Errors
/// When the database cannot be read.
pub async fn wishes(db: &Db, account: AccountId) -> Result<ReminderWishes, DataError> {
    let sql = "SELECT a.reminder_mode, a.absent_from, a.absent_until, d.email AS deputy_email, d.name AS deputy_name
               FROM account a LEFT JOIN account d ON d.id = a.deputy_id WHERE a.id = ?";
    let sql = statement(db.read().get_database_backend(), sql, [Value::from(account.0)]);
    let Some(row) = WishesRow::find_by_statement(sql).one(db.read()).await? else {
        return Ok(ReminderWishes::default());
    };
    Ok(ReminderWishes {
        mode: ReminderMode::from_code(&row.reminder_mode).unwrap_or_default(),
        absent: row.absent_from.zip(row.absent_until),
        deputy: row.deputy_email.zip(row.deputy_name),
    })
}

/// The colleague with this address who has *Administratief* on a contract on which this account has it; `None` alike for who
/// has not, and for who is not there.
///
/// # Errors
/// When the database cannot be read.
pub async fn colleague(txn: &Txn, account: AccountId, email: &str) -> Result<Option<AccountId>, DataError> {
    let sql = "SELECT a.id FROM account a WHERE a.email = ? AND a.id <> ? AND EXISTS (
                   SELECT 1 FROM account_right mine JOIN account_right other ON other.contract_id = mine.contract_id
                   WHERE mine.account_id = ? AND other.account_id = a.id AND (mine.roles & ?) <> 0
                       AND (other.roles & ?) <> 0)";
    let role = i32::from(Role::Administrative.bit());
    let values = [fold_email(email).into(), account.0.into(), account.0.into(), role.into(), role.into()];
    let row = txn.0.query_one_raw(statement(txn.0.get_database_backend(), sql, values)).await?;
    Ok(row.map(|row| row.try_get_by_index(0)).transpose()?.map(AccountId))
}

/// Keeps how somebody wants to be reminded; `deputy` is the colleague of the absence.
///
/// # Errors
/// When the database refuses.
pub async fn set_wishes(
    txn: &Txn,
    account: AccountId,
    wishes: &Reminders,
    deputy: Option<AccountId>,
) -> Result<(), DataError> {
    let sql = "UPDATE account SET reminder_mode = ?, absent_from = ?, absent_until = ?, deputy_id = ? WHERE id = ?";
    let absence = wishes.absence.as_ref();
    let values = [
        wishes.mode.code().into(),
        absence.map(|(from, ..)| *from).into(),
        absence.map(|(_, until, _)| *until).into(),
        deputy.filter(|_| absence.is_some()).map(|deputy| deputy.0).into(),
        account.0.into(),
    ];
    txn.0.execute_raw(statement(txn.0.get_database_backend(), sql, values)).await?;
    Ok(())
}
