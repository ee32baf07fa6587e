//! Links that are mailed to the owner of an account. Only the hash of a token is kept.

use collectief_domain::{account::LinkPurpose, actor::Language, ids::AccountId};
use sea_orm::{ActiveValue::Set, FromQueryResult, prelude::*, sea_query::OnConflict};

use crate::{
    db::{Db, Txn, statement},
    entity::account_link,
    error::DataError,
    second_factor::IS_ON,
};

/// A link to keep.
#[derive(Debug, Clone)]
pub struct NewLink {
    /// Whose account.
    pub account: AccountId,
    /// What it is for.
    pub purpose: LinkPurpose,
    /// The address that it confirms, where it does.
    pub address: Option<String>,
    /// The hash of its token.
    pub token_hash: Vec<u8>,
    /// When, in Unix milliseconds.
    pub now: i64,
    /// From when on it is worth nothing, in Unix milliseconds.
    pub expires_at: i64,
    /// The identity that it links to the account, where it is for that.
    pub identity: Option<Vec<u8>>,
}

/// A link that can be used, and the account that it is for.
#[derive(Debug, Clone)]
pub struct LinkRow {
    /// The account.
    pub account: AccountId,
    /// Its owner's name.
    pub name: String,
    /// Its e-mail address.
    pub email: String,
    /// Its language.
    pub language: Language,
    /// Whether it has a password already.
    pub has_password: bool,
    /// Whether it is blocked.
    pub blocked: bool,
    /// The identity that the link is for, where it is for one.
    pub identity: Option<Vec<u8>>,
    /// Whether it has a second step.
    pub has_second_factor: bool,
    /// The address that the link confirms, where it does.
    pub address: Option<String>,
}

/// Keeps a link. One with the same token that was not used yet gets the new term instead: its mail was not delivered
/// the first time. Returns whether it is a new one.
///
/// # Errors
/// When the database refuses.
pub async fn put(txn: &Txn, new: NewLink) -> Result<bool, DataError> {
    let prolonged = account_link::Entity::update_many()
        .col_expr(account_link::Column::ExpiresAt, Expr::value(new.expires_at))
        .filter(account_link::Column::TokenHash.eq(new.token_hash.clone()))
        .filter(account_link::Column::UsedAt.is_null())
        .exec(&txn.0)
        .await?;
    if prolonged.rows_affected > 0 {
        return Ok(false);
    }
    let row = account_link::ActiveModel {
        token_hash: Set(new.token_hash),
        account_id: Set(new.account.0),
        purpose: Set(new.purpose.code().to_owned()),
        address: Set(new.address),
        created_at: Set(new.now),
        expires_at: Set(new.expires_at),
        identity: Set(new.identity),
        ..Default::default()
    };
    // One with the same token that was used already stays as it is.
    let once = OnConflict::column(account_link::Column::TokenHash).do_nothing().to_owned();
    match account_link::Entity::insert(row).on_conflict(once).exec_without_returning(&txn.0).await {
        Ok(rows) => Ok(rows > 0),
        Err(DbErr::RecordNotInserted) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

#[derive(FromQueryResult)]
struct FoundLink {
    account_id: i64,
    name: String,
    email: String,
    language: String,
    password_hash: Option<String>,
    blocked_at: Option<i64>,
    identity: Option<Vec<u8>>,
    has_second_factor: bool,
    address: Option<String>,
}

/// The link whose token has this hash; `None` when it is unknown, used, past its term, or meant for something else.
///
/// # Errors
/// When the database cannot be read.
pub async fn find(db: &Db, token_hash: &[u8], purpose: LinkPurpose, now: i64) -> Result<Option<LinkRow>, DataError> {
    let sql = format!(
        "SELECT l.account_id, a.name, a.email, a.language, a.password_hash, a.blocked_at, l.identity, l.address,
                {IS_ON} AS has_second_factor
         FROM account_link l JOIN account a ON a.id = l.account_id
         WHERE l.token_hash = ? AND l.purpose = ? AND l.used_at IS NULL AND l.expires_at > ?"
    );
    let values = [token_hash.to_vec().into(), purpose.code().into(), now.into()];
    let sql = statement(db.read().get_database_backend(), &sql, values);
    let found = FoundLink::find_by_statement(sql).one(db.read()).await?;
    Ok(found.map(|row| LinkRow {
        account: AccountId(row.account_id),
        name: row.name,
        email: row.email,
        language: Language::from_tag(&row.language).unwrap_or_default(),
        has_password: row.password_hash.is_some(),
        blocked: row.blocked_at.is_some(),
        identity: row.identity,
        has_second_factor: row.has_second_factor,
        address: row.address,
    }))
}

/// An address that waits to be confirmed by a link.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub struct PendingAddress {
    /// The address.
    pub address: String,
    /// When it was asked for, in Unix milliseconds.
    pub created_at: i64,
}

/// The address that a link of this purpose would confirm, while one can be used. Of each purpose an account has one
/// such link at most: whoever asks for another makes those of before worthless.
///
/// # Errors
/// When the database cannot be read.
pub async fn pending_address(
    db: &Db,
    account: AccountId,
    purpose: LinkPurpose,
    now: i64,
) -> Result<Option<PendingAddress>, DataError> {
    let sql = "SELECT address, created_at FROM account_link
               WHERE account_id = ? AND purpose = ? AND used_at IS NULL AND expires_at > ? AND address IS NOT NULL
               ORDER BY id DESC LIMIT 1";
    let values = [account.0.into(), purpose.code().into(), now.into()];
    let sql = statement(db.read().get_database_backend(), sql, values);
    Ok(PendingAddress::find_by_statement(sql).one(db.read()).await?)
}

/// Uses a link up. Returns whether it could be used: of several at once only one can.
///
/// # Errors
/// When the database refuses.
pub async fn take(txn: &Txn, token_hash: &[u8], purpose: LinkPurpose, now: i64) -> Result<bool, DataError> {
    let taken = account_link::Entity::update_many()
        .col_expr(account_link::Column::UsedAt, Expr::value(Some(now)))
        .filter(account_link::Column::TokenHash.eq(token_hash.to_vec()))
        .filter(account_link::Column::Purpose.eq(purpose.code()))
        .filter(account_link::Column::UsedAt.is_null())
        .filter(account_link::Column::ExpiresAt.gt(now))
        .exec(&txn.0)
        .await?;
    Ok(taken.rows_affected > 0)
}

/// Makes every link of an account worthless that was not used yet; `purpose` leaves those that are for something else.
///
/// # Errors
/// When the database refuses.
pub async fn withdraw(txn: &Txn, account: AccountId, purpose: Option<LinkPurpose>, now: i64) -> Result<(), DataError> {
    let mut links = account_link::Entity::update_many()
        .col_expr(account_link::Column::UsedAt, Expr::value(Some(now)))
        .filter(account_link::Column::AccountId.eq(account.0))
        .filter(account_link::Column::UsedAt.is_null());
    if let Some(purpose) = purpose {
        links = links.filter(account_link::Column::Purpose.eq(purpose.code()));
    }
    links.exec(&txn.0).await?;
    Ok(())
}

/// Forgets the links whose term ended before `before`.
///
/// # Errors
/// When the database refuses.
pub async fn forget_expired(txn: &Txn, before: i64) -> Result<(), DataError> {
    account_link::Entity::delete_many().filter(account_link::Column::ExpiresAt.lt(before)).exec(&txn.0).await?;
    Ok(())
}
