//! Signed-in sessions. Only the hash of a token is kept.

use collectief_domain::{
    actor::Language,
    assurance::AssuranceLevel,
    frame::Theme,
    ids::{AccountId, ContractId, EmployerId, SessionId},
    second_factor::SecondFactor,
};
use sea_orm::{ActiveValue::Set, Condition, FromQueryResult, QueryOrder, Value, prelude::*};

use crate::{
    db::{Db, Txn, statement},
    entity::session,
    error::DataError,
    office::StaffRights,
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
    /// The level of eHerkenning at which it was begun; `None` where a password was typed.
    pub level: Option<AssuranceLevel>,
    /// What the account may do in the back office.
    pub staff: StaffRights,
    /// The employer that the session looks along with, its name, and until when, in Unix milliseconds.
    pub viewed: Option<(EmployerId, String, i64)>,
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
    assurance_level: Option<String>,
    staff_roles: i32,
    viewed_employer_id: Option<i64>,
    viewed_until: Option<i64>,
    viewed_name: Option<String>,
    has_second_factor: bool,
    second_factor: Option<String>,
}

/// The session whose token has this hash.
///
/// # Errors
/// When the database cannot be read.
pub async fn find(db: &Db, token_hash: &[u8]) -> Result<Option<SessionRow>, DataError> {
    let sql = format!(
        "SELECT s.id, s.account_id, s.chosen_contract_id, s.created_at, s.last_seen_at, s.assurance_level,
                s.second_factor, a.name, a.language, a.theme, a.rights_version, a.blocked_at, a.staff_roles,
                s.viewed_employer_id, s.viewed_until, v.name AS viewed_name, {IS_ON} AS has_second_factor
         FROM session s JOIN account a ON a.id = s.account_id
         LEFT JOIN employer v ON v.id = s.viewed_employer_id WHERE s.token_hash = ?"
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
        level: row.assurance_level.as_deref().and_then(AssuranceLevel::from_code),
        staff: StaffRights::stored(AccountId(row.account_id), row.staff_roles),
        viewed: match (row.viewed_employer_id, row.viewed_name, row.viewed_until) {
            (Some(employer), Some(name), Some(until)) => Some((EmployerId(employer), name, until)),
            _ => None,
        },
    }))
}

/// With what somebody came in beside a password, or in its place.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CameInWith {
    /// What was shown as the second step.
    pub second_factor: Option<SecondFactor>,
    /// The level of eHerkenning.
    pub level: Option<AssuranceLevel>,
}

/// Begins a session.
///
/// # Errors
/// When the database refuses.
pub async fn add(
    txn: &Txn,
    account: AccountId,
    token_hash: Vec<u8>,
    device: &str,
    with: CameInWith,
    now: i64,
) -> Result<SessionId, DataError> {
    let row = session::ActiveModel {
        token_hash: Set(token_hash),
        account_id: Set(account.0),
        chosen_contract_id: Set(None),
        device: Set(device.to_owned()),
        created_at: Set(now),
        last_seen_at: Set(now),
        second_factor: Set(with.second_factor.map(|factor| factor.code().to_owned())),
        assurance_level: Set(with.level.map(|level| level.code().to_owned())),
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

/// Lets a session look along with an employer until `until`, in Unix milliseconds; `None` ends that. The contract that
/// was chosen before is forgotten either way.
///
/// # Errors
/// When the database refuses.
pub async fn view_as(txn: &Txn, session: SessionId, viewed: Option<(EmployerId, i64)>) -> Result<(), DataError> {
    session::Entity::update_many()
        .col_expr(session::Column::ViewedEmployerId, Expr::value(viewed.map(|(employer, _)| employer.0)))
        .col_expr(session::Column::ViewedUntil, Expr::value(viewed.map(|(_, until)| until)))
        .col_expr(session::Column::ChosenContractId, Expr::value(Option::<i64>::None))
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

/// A session as its owner sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnSession {
    /// The session.
    pub id: SessionId,
    /// What the browser says it is.
    pub device: String,
    /// When it began, in Unix milliseconds.
    pub created_at: i64,
    /// When it was last used, in Unix milliseconds; up to a minute behind.
    pub last_seen_at: i64,
}

/// The sessions of an account that were used since `idle_since` and began since `begun_since`, the one that was used
/// last first.
///
/// # Errors
/// When the database cannot be read.
pub async fn of_account(
    db: &Db,
    account: AccountId,
    idle_since: i64,
    begun_since: i64,
) -> Result<Vec<OwnSession>, DataError> {
    let rows = session::Entity::find()
        .filter(session::Column::AccountId.eq(account.0))
        .filter(session::Column::LastSeenAt.gt(idle_since))
        .filter(session::Column::CreatedAt.gt(begun_since))
        .order_by_desc(session::Column::LastSeenAt)
        .order_by_desc(session::Column::Id)
        .all(db.read())
        .await?;
    let own = |row: session::Model| OwnSession {
        id: SessionId(row.id),
        device: row.device,
        created_at: row.created_at,
        last_seen_at: row.last_seen_at,
    };
    Ok(rows.into_iter().map(own).collect())
}

/// Ends a session if it is this account's. Returns whether it was.
///
/// # Errors
/// When the database refuses.
pub async fn remove_of(txn: &Txn, account: AccountId, session: SessionId) -> Result<bool, DataError> {
    let gone = session::Entity::delete_many()
        .filter(session::Column::Id.eq(session.0))
        .filter(session::Column::AccountId.eq(account.0))
        .exec(&txn.0)
        .await?;
    Ok(gone.rows_affected > 0)
}

/// Ends every session of an account but one. Returns how many.
///
/// # Errors
/// When the database refuses.
pub async fn remove_others(txn: &Txn, account: AccountId, kept: SessionId) -> Result<u64, DataError> {
    let gone = session::Entity::delete_many()
        .filter(session::Column::AccountId.eq(account.0))
        .filter(session::Column::Id.ne(kept.0))
        .exec(&txn.0)
        .await?;
    Ok(gone.rows_affected)
}

/// Gives a session another token; the one of before is worth nothing from now on. Returns `false` when the session has
/// ended.
///
/// # Errors
/// When the database refuses.
pub async fn renew(txn: &Txn, session: SessionId, token_hash: Vec<u8>) -> Result<bool, DataError> {
    let renewed = session::Entity::update_many()
        .col_expr(session::Column::TokenHash, Expr::value(token_hash))
        .filter(session::Column::Id.eq(session.0))
        .exec(&txn.0)
        .await?;
    Ok(renewed.rows_affected > 0)
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
