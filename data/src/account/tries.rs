//! Tries to sign in, counted per hashed subject: an address, a client, an account at its second step.

use sea_orm::{ConnectionTrait, ExprTrait, FromQueryResult, prelude::*};

use crate::{
    db::{Txn, statement},
    entity::sign_in_try,
    error::DataError,
};

/// Failed tries of one subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq, FromQueryResult)]
pub struct Tries {
    /// How many.
    pub failures: i32,
    /// When the first one of this count was, in Unix milliseconds.
    pub first_at: i64,
}

/// The failed tries of a subject that happened after `since`.
///
/// # Errors
/// When the database cannot be read.
pub async fn tries(txn: &Txn, subject: &[u8], since: i64) -> Result<Option<Tries>, DataError> {
    let row = sign_in_try::Entity::find_by_id(subject.to_vec()).one(&txn.0).await?;
    Ok(row.filter(|row| row.first_at > since).map(|row| Tries { failures: row.failures, first_at: row.first_at }))
}

/// Counts a try as failed, before it is known whether it is: many at once then cannot outrun the count. A count that
/// began at `since` or earlier starts anew.
///
/// # Errors
/// When the database refuses.
pub async fn count_try(txn: &Txn, subject: &[u8], since: i64, now: i64) -> Result<Tries, DataError> {
    let sql = "INSERT INTO sign_in_try (subject, failures, first_at, last_at) VALUES (?, 1, ?, ?)
               ON CONFLICT (subject) DO UPDATE SET
                   failures = CASE WHEN sign_in_try.first_at > ? THEN sign_in_try.failures + 1 ELSE 1 END,
                   first_at = CASE WHEN sign_in_try.first_at > ? THEN sign_in_try.first_at ELSE excluded.first_at END,
                   last_at = excluded.last_at
               RETURNING failures, first_at";
    let values = [subject.to_vec().into(), now.into(), now.into(), since.into(), since.into()];
    Tries::find_by_statement(statement(txn.0.get_database_backend(), sql, values))
        .one(&txn.0)
        .await?
        .ok_or(DataError::Corrupt("a counted try is missing"))
}

/// Takes back one counted try, because it turned out to be right.
///
/// # Errors
/// When the database refuses.
pub async fn uncount_try(txn: &Txn, subject: &[u8]) -> Result<(), DataError> {
    sign_in_try::Entity::update_many()
        .col_expr(sign_in_try::Column::Failures, Expr::col(sign_in_try::Column::Failures).sub(1))
        .filter(sign_in_try::Column::Subject.eq(subject.to_vec()))
        .filter(sign_in_try::Column::Failures.gt(0))
        .exec(&txn.0)
        .await?;
    Ok(())
}

/// Forgets the failed tries of a subject.
///
/// # Errors
/// When the database refuses.
pub async fn forget_tries(txn: &Txn, subject: &[u8]) -> Result<(), DataError> {
    sign_in_try::Entity::delete_by_id(subject.to_vec()).exec(&txn.0).await?;
    Ok(())
}

/// Forgets the failed tries of subjects that were not tried since `before`; an account that is blocked stays so.
/// Returns how many.
///
/// # Errors
/// When the database refuses.
pub async fn forget_old_tries(txn: &Txn, before: i64) -> Result<u64, DataError> {
    let gone = sign_in_try::Entity::delete_many().filter(sign_in_try::Column::LastAt.lt(before)).exec(&txn.0).await?;
    Ok(gone.rows_affected)
}
