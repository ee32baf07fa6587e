//! Messages: written in the transaction of what they tell of, and read by those who may see its contract.

use chrono::NaiveDate;
use collectief_domain::{
    case::CaseKind,
    contract::ContractChoice,
    date::Date,
    ids::{AccountId, CaseId, ContractId, MessageId, ParticipationId},
    message::{Mark, MessageCategory, MessageKind, MessageRow},
};
use sea_orm::{ConnectionTrait, FromQueryResult, Value};

use crate::{
    db::{Db, Txn, statement},
    error::DataError,
    participant::sql::{Reach, Sql},
    scope::Scope,
};

/// A message to write.
#[derive(Debug, Clone)]
pub struct NewMessage<'a> {
    /// The contract.
    pub contract: ContractId,
    /// What happened.
    pub kind: MessageKind,
    /// Who it is about, as shown; of several, the first.
    pub full_name: &'a str,
    /// How many more it is about.
    pub others: u32,
    /// From or until which day it holds.
    pub day: Option<Date>,
    /// Who did it, by name.
    pub by: Option<&'a str>,
    /// The participation that it is about.
    pub participation: Option<ParticipationId>,
    /// The request that it is about.
    pub case: Option<CaseId>,
    /// What is asked in that request.
    pub case_kind: Option<CaseKind>,
    /// When, in Unix milliseconds.
    pub now: i64,
}

/// Writes a message.
///
/// # Errors
/// When the database refuses.
pub async fn put(txn: &Txn, new: &NewMessage<'_>) -> Result<(), DataError> {
    let sql =
        "INSERT INTO message (contract_id, category, kind, full_name, others, day, by_name, participation_id, case_id,
                   recorded_at, case_kind)
               VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
    let values = [
        new.contract.0.into(),
        new.kind.category().code().into(),
        new.kind.code().into(),
        new.full_name.into(),
        i32::try_from(new.others).unwrap_or(i32::MAX).into(),
        new.day.into(),
        new.by.into(),
        new.participation.map(|id| id.0).into(),
        new.case.map(|id| id.0).into(),
        new.now.into(),
        new.case_kind.map(CaseKind::code).into(),
    ];
    txn.0.execute_raw(statement(txn.0.get_database_backend(), sql, values)).await?;
    Ok(())
}

/// Which messages are wanted.
#[derive(Debug, Clone, Copy)]
pub struct Wanted {
    /// Whose marks count.
    pub account: AccountId,
    /// Of which category.
    pub category: Option<MessageCategory>,
    /// Only those that were not read.
    pub unread: bool,
    /// Those that were archived; else those that were not.
    pub archived: bool,
}

#[derive(FromQueryResult)]
struct Row {
    id: i64,
    kind: String,
    contract_number: String,
    contract_name: String,
    full_name: String,
    others: i32,
    day: Option<NaiveDate>,
    by_name: Option<String>,
    participation_id: Option<i64>,
    case_id: Option<i64>,
    case_kind: Option<String>,
    recorded_at: i64,
    is_read: Option<bool>,
    is_archived: Option<bool>,
}

/// A page of messages, the newest first. `day_of` gives the day of a moment in Unix milliseconds.
///
/// # Errors
/// When the database cannot be read.
pub async fn page(
    db: &Db,
    scope: &Scope,
    wanted: Wanted,
    passed: u64,
    most: u64,
    day_of: fn(i64) -> Date,
) -> Result<Vec<MessageRow>, DataError> {
    let read = db.read_within(scope).await?;
    let mut sql = Sql::new(read.get_database_backend());
    sql.push(
        "SELECT m.id, m.kind, c.number AS contract_number, c.name AS contract_name, m.full_name, m.others, m.day, m.by_name,
             m.participation_id, m.case_id, m.case_kind, m.recorded_at, k.is_read, k.is_archived
         FROM message m JOIN contract c ON c.id = m.contract_id
         LEFT JOIN message_mark k ON k.message_id = m.id AND k.account_id = ",
    );
    sql.bind(wanted.account.0).push(" WHERE ").reaches(Reach::of(scope), "m.contract_id", true);
    if let Some(category) = wanted.category {
        sql.push(" AND m.category = ").bind(category.code());
    }
    sql.push(if wanted.archived { " AND k.is_archived" } else { " AND COALESCE(k.is_archived, FALSE) = FALSE" });
    if wanted.unread {
        sql.push(" AND COALESCE(k.is_read, FALSE) = FALSE");
    }
    sql.push(" ORDER BY m.id DESC LIMIT ").bind(most.cast_signed()).push(" OFFSET ").bind(passed.cast_signed());
    let rows = Row::find_by_statement(sql.finish()).all(&read).await?;
    rows.into_iter()
        .map(|row| {
            Ok(MessageRow {
                id: MessageId(row.id),
                kind: MessageKind::from_code(&row.kind).ok_or(DataError::Corrupt("an unknown kind of message"))?,
                contract: ContractChoice { number: row.contract_number, name: row.contract_name },
                full_name: row.full_name,
                others: row.others.unsigned_abs(),
                day: row.day,
                by: row.by_name,
                on: day_of(row.recorded_at),
                participation: row.participation_id.map(ParticipationId),
                case: row.case_id.map(CaseId),
                case_kind: row.case_kind.as_deref().and_then(CaseKind::from_code),
                is_read: row.is_read.unwrap_or(false),
                is_archived: row.is_archived.unwrap_or(false),
            })
        })
        .collect()
}

/// How many messages since a moment, in Unix milliseconds, an account has not read; counted up to `most`.
///
/// # Errors
/// When the database cannot be read.
pub async fn unread(db: &Db, scope: &Scope, account: AccountId, since: i64, most: u64) -> Result<u64, DataError> {
    let read = db.read_within(scope).await?;
    let mut sql = Sql::new(read.get_database_backend());
    sql.push("SELECT COUNT(*) FROM (SELECT m.id FROM message m WHERE ").reaches(
        Reach::of(scope),
        "m.contract_id",
        true,
    );
    sql.push(" AND m.recorded_at >= ").bind(since);
    sql.push(" AND NOT EXISTS (SELECT 1 FROM message_mark k WHERE k.message_id = m.id AND k.account_id = ");
    sql.bind(account.0).push(" AND k.is_read) ORDER BY m.id DESC LIMIT ").bind(most.cast_signed()).push(") q");
    let row = read.query_one_raw(sql.finish()).await?;
    Ok(row.map_or(Ok(0), |row| row.try_get_by_index::<i64>(0))?.unsigned_abs())
}

/// Marks messages of the scope for an account; those of others are passed over.
///
/// # Errors
/// When the database refuses.
pub async fn mark(
    txn: &Txn,
    scope: &Scope,
    account: AccountId,
    ids: &[MessageId],
    mark: Mark,
) -> Result<(), DataError> {
    // Each mark leaves the other as it is, but what is archived was read.
    let (is_read, is_archived) = match mark {
        Mark::Read => (Some(true), None),
        Mark::Unread => (Some(false), None),
        Mark::Archive => (Some(true), Some(true)),
        Mark::Restore => (None, Some(false)),
    };
    for id in ids {
        let mut sql = Sql::new(txn.0.get_database_backend());
        sql.push("INSERT INTO message_mark (account_id, message_id, is_read, is_archived) SELECT CAST(");
        sql.bind(account.0).push(" AS BIGINT), m.id, ");
        sql.push(if is_read == Some(true) { "TRUE" } else { "FALSE" }).push(", ");
        sql.push(if is_archived == Some(true) { "TRUE" } else { "FALSE" });
        sql.push(" FROM message m WHERE m.id = ").bind(id.0);
        sql.push(" AND ").reaches(Reach::of(scope), "m.contract_id", false);
        sql.push(" ON CONFLICT (account_id, message_id) DO UPDATE SET is_read = ");
        sql.push(if is_read.is_some() { "excluded.is_read" } else { "message_mark.is_read" }).push(", is_archived = ");
        sql.push(if is_archived.is_some() { "excluded.is_archived" } else { "message_mark.is_archived" });
        txn.0.execute_raw(sql.finish()).await?;
    }
    Ok(())
}

/// Forgets messages that were written before a moment, in Unix milliseconds.
///
/// # Errors
/// When the database refuses.
pub async fn forget(txn: &Txn, before: i64) -> Result<(), DataError> {
    let backend = txn.0.get_database_backend();
    for sql in [
        "DELETE FROM message_mark WHERE message_id IN (SELECT id FROM message WHERE recorded_at < ?)",
        "DELETE FROM message WHERE recorded_at < ?",
    ] {
        txn.0.execute_raw(statement(backend, sql, [Value::from(before)])).await?;
    }
    Ok(())
}
