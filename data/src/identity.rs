//! Identities of eHerkenning that are linked to accounts. Who it is of is kept as a keyed hash.

use collectief_domain::{actor::Language, ids::AccountId};
use sea_orm::{ActiveValue::Set, ConnectionTrait, FromQueryResult, QueryOrder, Value, prelude::*};

use crate::{
    account::hold_open,
    db::{Db, Txn, statement},
    entity::account_identity,
    error::DataError,
};

/// The account that an identity is linked to, with what signing in needs to know.
#[derive(Debug, Clone)]
pub struct LinkedAccount {
    /// The account.
    pub id: AccountId,
    /// The name that the header shows.
    pub name: String,
    /// The language that was chosen.
    pub language: Language,
    /// Whether it is blocked.
    pub blocked: bool,
}

#[derive(FromQueryResult)]
struct FoundAccount {
    id: i64,
    name: String,
    language: String,
    blocked_at: Option<i64>,
}

/// The account that an identity is linked to.
///
/// # Errors
/// When the database cannot be read.
pub async fn account(db: &Db, identity: &[u8]) -> Result<Option<LinkedAccount>, DataError> {
    let sql = "SELECT a.id, a.name, a.language, a.blocked_at
               FROM account_identity i JOIN account a ON a.id = i.account_id WHERE i.identity = ?";
    let sql = statement(db.read().get_database_backend(), sql, [identity.to_vec().into()]);
    let found = FoundAccount::find_by_statement(sql).one(db.read()).await?;
    Ok(found.map(|row| LinkedAccount {
        id: AccountId(row.id),
        name: row.name,
        language: Language::from_tag(&row.language).unwrap_or_default(),
        blocked: row.blocked_at.is_some(),
    }))
}

/// Whether an account has any role on a contract of the employer with this KvK number.
///
/// # Errors
/// When the database cannot be read.
pub async fn acts_for(db: &Db, account: AccountId, kvk_number: &str) -> Result<bool, DataError> {
    let sql = "SELECT 1 FROM account_right r
               JOIN contract c ON c.id = r.contract_id JOIN employer e ON e.id = c.employer_id
               WHERE r.account_id = ? AND r.roles <> 0 AND e.kvk_number = ? LIMIT 1";
    let values: [Value; 2] = [account.0.into(), kvk_number.into()];
    Ok(db.read().query_one_raw(statement(db.read().get_database_backend(), sql, values)).await?.is_some())
}

/// Notes that somebody signs in with an identity. Returns `false`, and notes nothing, when it is no longer linked to
/// this account, or when the account was blocked; until the transaction ends neither can happen.
///
/// # Errors
/// When the database refuses.
pub async fn note_use(txn: &Txn, identity: &[u8], account: AccountId, now: i64) -> Result<bool, DataError> {
    // The account first, as everything else that signs in or closes does.
    let is_open = hold_open(txn, account).await?;
    let noted = account_identity::Entity::update_many()
        .col_expr(account_identity::Column::UsedAt, Expr::value(now))
        .filter(account_identity::Column::Identity.eq(identity.to_vec()))
        .filter(account_identity::Column::AccountId.eq(account.0))
        .exec(&txn.0)
        .await?;
    Ok(is_open && noted.rows_affected > 0)
}

/// Links an identity to an account.
///
/// # Errors
/// [`DataError::Duplicate`] when it is linked to one already.
pub async fn link(
    txn: &Txn,
    account: AccountId,
    identity: Vec<u8>,
    kvk_number: &str,
    now: i64,
) -> Result<(), DataError> {
    let row = account_identity::ActiveModel {
        account_id: Set(account.0),
        identity: Set(identity),
        kvk_number: Set(kvk_number.to_owned()),
        linked_at: Set(now),
        used_at: Set(now),
        ..Default::default()
    };
    account_identity::Entity::insert(row).exec(&txn.0).await?;
    Ok(())
}

/// An identity of an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdentityRow {
    /// What it is known by.
    pub id: i64,
    /// The KvK number that came with it when it was linked.
    pub kvk_number: String,
    /// When it was linked, in Unix milliseconds.
    pub linked_at: i64,
    /// When it was last used, in Unix milliseconds.
    pub used_at: i64,
}

/// The identities that are linked to an account, the oldest first.
///
/// # Errors
/// When the database cannot be read.
pub async fn of_account(db: &Db, account: AccountId) -> Result<Vec<IdentityRow>, DataError> {
    let rows = account_identity::Entity::find()
        .filter(account_identity::Column::AccountId.eq(account.0))
        .order_by_asc(account_identity::Column::Id)
        .all(db.read())
        .await?;
    let row = |row: account_identity::Model| IdentityRow {
        id: row.id,
        kvk_number: row.kvk_number,
        linked_at: row.linked_at,
        used_at: row.used_at,
    };
    Ok(rows.into_iter().map(row).collect())
}

/// Takes an identity off its account. Returns whether the account had it.
///
/// # Errors
/// When the database refuses.
pub async fn unlink(txn: &Txn, account: AccountId, id: i64) -> Result<bool, DataError> {
    let gone = account_identity::Entity::delete_many()
        .filter(account_identity::Column::AccountId.eq(account.0))
        .filter(account_identity::Column::Id.eq(id))
        .exec(&txn.0)
        .await?;
    Ok(gone.rows_affected > 0)
}

/// Takes every identity off an account. Returns how many.
///
/// # Errors
/// When the database refuses.
pub(crate) async fn unlink_all(txn: &Txn, account: AccountId) -> Result<u64, DataError> {
    let gone = account_identity::Entity::delete_many()
        .filter(account_identity::Column::AccountId.eq(account.0))
        .exec(&txn.0)
        .await?;
    Ok(gone.rows_affected)
}
