//! Passkeys of accounts, and the questions for them that wait for an answer.

use collectief_domain::ids::{AccountId, PasskeyId};
use sea_orm::{
    ActiveValue::Set, Condition, ConnectionTrait, DbErr, FromQueryResult, QueryOrder, Value, prelude::*,
    sea_query::OnConflict,
};

use crate::{
    db::{Db, Txn, statement},
    entity::{account_passkey, passkey_ceremony},
    error::DataError,
};

/// A passkey of an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passkey {
    /// The passkey.
    pub id: PasskeyId,
    /// What its device knows it by.
    pub credential_id: Vec<u8>,
    /// Its public key and what else the library keeps of it, as JSON.
    pub credential: String,
    /// The signature counter that it showed last.
    pub counter: u32,
    /// What its owner calls it.
    pub name: String,
    /// When it was added, in Unix milliseconds.
    pub added_at: i64,
    /// When it was used last, in Unix milliseconds.
    pub last_used_at: Option<i64>,
}

/// A passkey to be added.
#[derive(Debug, Clone)]
pub struct NewPasskey {
    /// What its device knows it by.
    pub credential_id: Vec<u8>,
    /// Its public key and what else the library keeps of it, as JSON.
    pub credential: String,
    /// The signature counter that it showed.
    pub counter: u32,
    /// What its owner calls it.
    pub name: String,
}

/// The passkeys of an account, in the order in which they were added.
///
/// # Errors
/// When the database cannot be read.
pub async fn list(db: &Db, account: AccountId) -> Result<Vec<Passkey>, DataError> {
    let rows = account_passkey::Entity::find()
        .filter(account_passkey::Column::AccountId.eq(account.0))
        .order_by_asc(account_passkey::Column::Id)
        .all(db.read())
        .await?;
    let passkey = |row: account_passkey::Model| Passkey {
        id: PasskeyId(row.id),
        credential_id: row.credential_id,
        credential: row.credential,
        counter: u32::try_from(row.counter).unwrap_or(u32::MAX),
        name: row.name,
        added_at: row.added_at,
        last_used_at: row.last_used_at,
    };
    Ok(rows.into_iter().map(passkey).collect())
}

/// How many passkeys an account has, as it stands in the transaction.
///
/// # Errors
/// When the database cannot be read.
pub async fn count(txn: &Txn, account: AccountId) -> Result<u32, DataError> {
    let all = account_passkey::Entity::find().filter(account_passkey::Column::AccountId.eq(account.0));
    Ok(u32::try_from(all.count(&txn.0).await?).unwrap_or(u32::MAX))
}

/// Gives an account a passkey. Returns `false` when an account, this or another, has it already.
///
/// # Errors
/// When the database refuses.
pub async fn add(txn: &Txn, account: AccountId, new: NewPasskey, now: i64) -> Result<bool, DataError> {
    let row = account_passkey::ActiveModel {
        account_id: Set(account.0),
        credential_id: Set(new.credential_id),
        credential: Set(new.credential),
        counter: Set(new.counter.into()),
        name: Set(new.name),
        added_at: Set(now),
        last_used_at: Set(None),
        ..Default::default()
    };
    let once = OnConflict::column(account_passkey::Column::CredentialId).do_nothing().to_owned();
    match account_passkey::Entity::insert(row).on_conflict(once).exec_without_returning(&txn.0).await {
        Ok(rows) => Ok(rows > 0),
        Err(DbErr::RecordNotInserted) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// Notes that a passkey of an account was used, showing this counter; `credential` is what is kept of it from now on.
/// Returns `false`, and notes nothing, when it was removed, or when the counter does not go on from what was shown before:
/// of several who show the same one at once only one can.
///
/// # Errors
/// When the database refuses.
pub async fn note_use(
    txn: &Txn,
    account: AccountId,
    passkey: PasskeyId,
    counter: u32,
    credential: &str,
    now: i64,
) -> Result<bool, DataError> {
    // As `domain::passkey::goes_on` has it.
    let goes_on = match counter {
        0 => account_passkey::Column::Counter.eq(0),
        shown => account_passkey::Column::Counter.lt(shown),
    };
    let noted = account_passkey::Entity::update_many()
        .col_expr(account_passkey::Column::Counter, Expr::value(i64::from(counter)))
        .col_expr(account_passkey::Column::Credential, Expr::value(credential))
        .col_expr(account_passkey::Column::LastUsedAt, Expr::value(Some(now)))
        .filter(Condition::all().add(of(account, passkey)).add(goes_on))
        .exec(&txn.0)
        .await?;
    Ok(noted.rows_affected > 0)
}

fn of(account: AccountId, passkey: PasskeyId) -> Condition {
    Condition::all()
        .add(account_passkey::Column::Id.eq(passkey.0))
        .add(account_passkey::Column::AccountId.eq(account.0))
}

/// Removes a passkey of an account. Returns `false` when it has no such passkey.
///
/// # Errors
/// When the database refuses.
pub async fn remove(txn: &Txn, account: AccountId, passkey: PasskeyId) -> Result<bool, DataError> {
    let removed = account_passkey::Entity::delete_many().filter(of(account, passkey)).exec(&txn.0).await?;
    Ok(removed.rows_affected > 0)
}

/// Removes every passkey of an account, and what was asked of it.
pub(crate) async fn remove_all(txn: &Txn, account: AccountId) -> Result<(), DataError> {
    let asked = passkey_ceremony::Entity::delete_many();
    asked.filter(passkey_ceremony::Column::AccountId.eq(account.0)).exec(&txn.0).await?;
    let passkeys = account_passkey::Entity::delete_many();
    passkeys.filter(account_passkey::Column::AccountId.eq(account.0)).exec(&txn.0).await?;
    Ok(())
}

/// A question for a passkey that waits for its answer.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub struct Ceremony {
    account_id: i64,
    /// What is needed to judge the answer.
    pub state: String,
}

impl Ceremony {
    /// The account that was asked.
    pub fn account(&self) -> AccountId {
        AccountId(self.account_id)
    }
}

/// Keeps a question until `expires_at`, in Unix milliseconds, in the place of one that was asked there before.
///
/// # Errors
/// When the database refuses.
pub async fn ask(txn: &Txn, place: &str, account: AccountId, state: String, expires_at: i64) -> Result<(), DataError> {
    let row = passkey_ceremony::ActiveModel {
        place: Set(place.to_owned()),
        account_id: Set(account.0),
        state: Set(state),
        expires_at: Set(expires_at),
    };
    let replace = OnConflict::column(passkey_ceremony::Column::Place)
        .update_columns([
            passkey_ceremony::Column::AccountId,
            passkey_ceremony::Column::State,
            passkey_ceremony::Column::ExpiresAt,
        ])
        .to_owned();
    passkey_ceremony::Entity::insert(row).on_conflict(replace).exec_without_returning(&txn.0).await?;
    Ok(())
}

/// The question that waits there, if any.
///
/// # Errors
/// When the database cannot be read.
pub async fn asked(db: &Db, place: &str, now: i64) -> Result<Option<Ceremony>, DataError> {
    let sql = "SELECT account_id, state FROM passkey_ceremony WHERE place = ? AND expires_at > ?";
    let values: [Value; 2] = [place.into(), now.into()];
    let sql = statement(db.read().get_database_backend(), sql, values);
    Ok(Ceremony::find_by_statement(sql).one(db.read()).await?)
}

/// Takes the question that waits there, if any: whoever comes after finds none.
///
/// # Errors
/// When the database refuses.
pub async fn take(txn: &Txn, place: &str, now: i64) -> Result<Option<Ceremony>, DataError> {
    let sql = "DELETE FROM passkey_ceremony WHERE place = ? AND expires_at > ? RETURNING account_id, state";
    let values: [Value; 2] = [place.into(), now.into()];
    let sql = statement(txn.0.get_database_backend(), sql, values);
    Ok(Ceremony::find_by_statement(sql).one(&txn.0).await?)
}

/// Takes away questions that are past their term.
pub(crate) async fn clear_ceremonies(txn: &Txn, now: i64) -> Result<(), DataError> {
    passkey_ceremony::Entity::delete_many().filter(passkey_ceremony::Column::ExpiresAt.lte(now)).exec(&txn.0).await?;
    Ok(())
}
