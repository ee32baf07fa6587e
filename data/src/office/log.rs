//! The access log, searched by who answers for it.

use collectief_domain::ids::{AccountId, ContractId};
use sea_orm::FromQueryResult;

use super::Office;
use crate::{audit::AuditKind, db::Db, error::DataError, participant::sql::Sql};

/// Which rows are wanted. Everything that is given must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LogFilter {
    /// Recorded at this moment or later, in Unix milliseconds.
    pub from: Option<i64>,
    /// Recorded before this moment, in Unix milliseconds.
    pub until: Option<i64>,
    /// By this account.
    pub account: Option<AccountId>,
    /// On this contract.
    pub contract: Option<ContractId>,
    /// About a participation of the person with this relation number.
    pub relation_number: Option<String>,
    /// Of this kind.
    pub event: Option<AuditKind>,
}

/// A row of the access log, with what its ids mean now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogRow {
    /// Its place in the chain.
    pub id: i64,
    /// When, in Unix milliseconds.
    pub recorded_at: i64,
    /// By which account.
    pub account: Option<AccountId>,
    /// The name of its owner at the time.
    pub actor_name: Option<String>,
    /// What; `None` for a word that this version does not know.
    pub event: Option<AuditKind>,
    /// The number of the contract.
    pub contract_number: Option<String>,
    /// The relation number of the person.
    pub relation_number: Option<String>,
    /// In which request.
    pub request_id: String,
    /// More about it.
    pub details: String,
}

#[derive(FromQueryResult)]
struct StoredRow {
    id: i64,
    recorded_at: i64,
    account_id: Option<i64>,
    actor_name: Option<String>,
    event: String,
    contract_number: Option<String>,
    relation_number: Option<String>,
    request_id: String,
    details: String,
}

/// Rows of the access log, newest first: at most so many, of those before the row `before`.
///
/// # Errors
/// When the database cannot be read.
pub async fn rows(
    db: &Db,
    _: &Office,
    filter: &LogFilter,
    before: Option<i64>,
    most: u64,
) -> Result<Vec<LogRow>, DataError> {
    let mut sql = Sql::new(db.bulk().get_database_backend());
    sql.push(
        "SELECT l.id, l.recorded_at, l.account_id, l.actor_name, l.event, c.number AS contract_number,
                p.relation_number, l.request_id, l.details
         FROM access_log l LEFT JOIN contract c ON c.id = l.contract_id
         LEFT JOIN participation p ON p.id = l.participation_id WHERE l.id < ",
    );
    sql.bind(before.unwrap_or(i64::MAX));
    if let Some(from) = filter.from {
        sql.push(" AND l.recorded_at >= ").bind(from);
    }
    if let Some(until) = filter.until {
        sql.push(" AND l.recorded_at < ").bind(until);
    }
    if let Some(account) = filter.account {
        sql.push(" AND l.account_id = ").bind(account.0);
    }
    if let Some(contract) = filter.contract {
        sql.push(" AND l.contract_id = ").bind(contract.0);
    }
    if let Some(number) = &filter.relation_number {
        sql.push(" AND l.participation_id IN (SELECT q.id FROM participation q JOIN person r ON r.id = q.person_id");
        sql.push(" WHERE r.relation_number = ").bind(number.as_str()).push(")");
    }
    if let Some(event) = filter.event {
        sql.push(" AND l.event = ").bind(event.code());
    }
    sql.push(" ORDER BY l.id DESC LIMIT ").bind(i64::try_from(most).unwrap_or(i64::MAX));
    let row = |row: StoredRow| LogRow {
        id: row.id,
        recorded_at: row.recorded_at,
        account: row.account_id.map(AccountId),
        actor_name: row.actor_name,
        event: AuditKind::from_code(&row.event),
        contract_number: row.contract_number,
        relation_number: row.relation_number,
        request_id: row.request_id,
        details: row.details,
    };
    Ok(StoredRow::find_by_statement(sql.finish())
        .all(&db.bulk_everything().await?)
        .await?
        .into_iter()
        .map(row)
        .collect())
}
