//! Signed-in sessions. Only the hash of a token is kept.

use collectief_domain::{
    actor::Language,
    frame::Theme,
    ids::{AccountId, ContractId, SessionId},
    second_factor::SecondFactor,
};
use sea_orm::{ActiveValue::Set, Condition, FromQueryResult, Value, prelude::*};

use crate::{
    db::{Db, Txn, statement},
    entity::session,
    error::DataError,
    second_factor::IS_ON,
};

/// A session and what every request needs of its account, in one read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionRow {
    /// The session.
    pub id: SessionId,
    /// Its account.
    pub account: AccountId,
    /// The account's name.
    pub name: String,
    /// The account's language.
    pub language: Language,
    /// The account's theme.
    pub theme: Theme,
    /// The contract that was chosen; `None` is all of them.
    pub chosen: Option<ContractId>,
    /// At which version the account's rights stand.
    pub rights_version: i64,
    /// Whether the account is blocked.
    pub blocked: bool,
    /// Whether the account has a second step.
    pub has_second_factor: bool,
    /// With what this session began beside the password.
    pub second_factor: Option<SecondFactor>,
    /// When it began, in Unix milliseconds.
    pub created_at: i64,
    /// When it was last used, in Unix milliseconds; up to a minute behind.
    pub last_seen_at: i64,
}

#[derive(FromQueryResult)]
struct FoundSession {
    id: i64,
    account_id: i64,
    chosen_contract_id: Option<i64>,
    created_at: i64,
    last_seen_at: i64,
    name: String,
    language: String,
    theme: String,
    rights_version: i64,
    blocked_at: Option<i64>,
    has_second_factor: bool,
    second_factor: Option<String>,
}

/// The session whose token has this hash.
///
/// # Errors
/// When the database cannot be read.
pub async fn find(db: &Db, token_hash: &[u8]) -> Result<Option<SessionRow>, DataError> {
    let sql = format!(
        "SELECT s.id, s.account_id, s.chosen_contract_id, s.created_at, s.last_seen_at, s.second_factor,
                a.name, a.language, a.theme, a.rights_version, a.blocked_at, {IS_ON} AS has_second_factor
         FROM session s JOIN account a ON a.id = s.account_id WHERE s.token_hash = ?"
    );
    let sql = statement(db.read().get_database_backend(), &sql, [Value::from(token_hash.to_vec())]);
    let found = FoundSession::find_by_statement(sql).one(db.read()).await?;
    Ok(found.map(|row| SessionRow {
        id: SessionId(row.id),
        account: AccountId(row.account_id),
        name: row.name,
        language: Language::from_tag(&row.language).unwrap_or_default(),
        theme: Theme::from_code(&row.theme),
        chosen: row.chosen_contract_id.map(ContractId),
        rights_version: row.rights_version,
        blocked: row.blocked_at.is_some(),
        has_second_factor: row.has_second_factor,
        second_factor: row.second_factor.as_deref().and_then(SecondFactor::from_code),
        created_at: row.created_at,
        last_seen_at: row.last_seen_at,
    }))
}

/// Begins a session; `second_factor` is with what, beside the password.
///
/// # Errors
/// When the database refuses.
pub async fn add(
    txn: &Txn,
    account: AccountId,
    token_hash: Vec<u8>,
    device: &str,
    second_factor: Option<SecondFactor>,
    now: i64,
) -> Result<SessionId, DataError> {
    let row = session::ActiveModel {
        token_hash: Set(token_hash),
        account_id: Set(account.0),
        chosen_contract_id: Set(None),
        device: Set(device.to_owned()),
        created_at: Set(now),
        last_seen_at: Set(now),
        second_factor: Set(second_factor.map(|factor| factor.code().to_owned())),
        ..Default::default()
    };
    Ok(SessionId(session::Entity::insert(row).exec(&txn.0).await?.last_insert_id))
}

/// Notes that a session was used.
///
/// # Errors
/// When the database refuses.
pub async fn touch(db: &Db, session: SessionId, now: i64) -> Result<(), DataError> {
    let txn = db.begin().await?;
    session::Entity::update_many()
        .col_expr(session::Column::LastSeenAt, Expr::value(now))
        .filter(session::Column::Id.eq(session.0))
        .filter(session::Column::LastSeenAt.lt(now))
        .exec(&txn.0)
        .await?;
    txn.commit().await
}

/// Keeps the contract that was chosen; `None` is all of them.
///
/// # Errors
/// When the database refuses.
pub async fn choose_contract(txn: &Txn, session: SessionId, contract: Option<ContractId>) -> Result<(), DataError> {
    session::Entity::update_many()
        .col_expr(session::Column::ChosenContractId, Expr::value(contract.map(|id| id.0)))
        .filter(session::Column::Id.eq(session.0))
        .exec(&txn.0)
        .await?;
    Ok(())
}

/// Ends a session.
///
/// # Errors
/// When the database refuses.
pub async fn remove(txn: &Txn, session: SessionId) -> Result<(), DataError> {
    session::Entity::delete_by_id(session.0).exec(&txn.0).await?;
    Ok(())
}

/// Ends every session of an account. Returns how many.
///
/// # Errors
/// When the database refuses.
pub async fn remove_all(txn: &Txn, account: AccountId) -> Result<u64, DataError> {
    let gone = session::Entity::delete_many().filter(session::Column::AccountId.eq(account.0)).exec(&txn.0).await?;
    Ok(gone.rows_affected)
}

/// Ends every session that was last used before `idle_since` or began before `begun_since`. Returns how many.
///
/// # Errors
/// When the database refuses.
pub async fn remove_ended(txn: &Txn, idle_since: i64, begun_since: i64) -> Result<u64, DataError> {
    let gone = session::Entity::delete_many()
        .filter(
            Condition::any()
                .add(session::Column::LastSeenAt.lt(idle_since))
                .add(session::Column::CreatedAt.lt(begun_since)),
        )
        .exec(&txn.0)
        .await?;
    Ok(gone.rows_affected)
}
