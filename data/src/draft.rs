//! What somebody answered so far on the open pages: kept for a week, encrypted, and known by the hash of the token that
//! only the browser has.

use sea_orm::{ActiveValue::Set, EntityTrait, QueryFilter, prelude::*, sea_query::OnConflict};

use crate::{
    db::{Db, Txn},
    entity::enrolment_draft,
    error::DataError,
};

/// What the answers are encrypted for, so that they can be read in no other row.
fn belongs_to(token_hash: &[u8]) -> String {
    format!("draft:{}", hex(token_hash))
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;

    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// The answers that are kept under a token, and until when, in Unix milliseconds; `None` when there are none any more.
///
/// # Errors
/// When the database cannot be read.
pub async fn find(db: &Db, token_hash: &[u8], now: i64) -> Result<Option<(String, i64)>, DataError> {
    let row = enrolment_draft::Entity::find_by_id(token_hash.to_vec()).one(db.read()).await?;
    let Some(row) = row.filter(|row| row.expires_at > now) else { return Ok(None) };
    // What an older key made, and that key is gone, is as good as gone itself.
    let answers = db.keys().open_secret(&row.answers, &belongs_to(token_hash));
    Ok(answers.map(|answers| (answers, row.expires_at)))
}

/// Keeps answers under a token, in place of those that were kept before.
///
/// # Errors
/// When the database refuses.
pub async fn keep(db: &Db, txn: &Txn, token_hash: &[u8], answers: &str, expires_at: i64) -> Result<(), DataError> {
    let row = enrolment_draft::ActiveModel {
        token_hash: Set(token_hash.to_vec()),
        answers: Set(db.keys().seal_secret(answers, &belongs_to(token_hash))?),
        expires_at: Set(expires_at),
    };
    let again = OnConflict::column(enrolment_draft::Column::TokenHash)
        .update_columns([enrolment_draft::Column::Answers, enrolment_draft::Column::ExpiresAt])
        .to_owned();
    enrolment_draft::Entity::insert(row).on_conflict(again).exec_without_returning(&txn.0).await?;
    Ok(())
}

/// Forgets the answers that are kept under a token.
///
/// # Errors
/// When the database refuses.
pub async fn forget(txn: &Txn, token_hash: &[u8]) -> Result<(), DataError> {
    enrolment_draft::Entity::delete_by_id(token_hash.to_vec()).exec(&txn.0).await?;
    Ok(())
}

/// Forgets all answers whose week is over.
///
/// # Errors
/// When the database refuses.
pub async fn forget_old(txn: &Txn, now: i64) -> Result<(), DataError> {
    enrolment_draft::Entity::delete_many().filter(enrolment_draft::Column::ExpiresAt.lte(now)).exec(&txn.0).await?;
    Ok(())
}

/// Encrypts the answers that an older key made with the present one; returns how many.
///
/// # Errors
/// When they cannot be decrypted, or the database refuses.
pub async fn renew(db: &Db) -> Result<u64, DataError> {
    let mut renewed = 0;
    for row in enrolment_draft::Entity::find().all(db.read()).await? {
        let Some(answers) = db.keys().renew_secret(&row.answers, &belongs_to(&row.token_hash))? else { continue };
        let txn = db.begin().await?;
        // Who went on answering meanwhile keeps what was answered; that is the present key's already.
        let done = enrolment_draft::Entity::update_many()
            .col_expr(enrolment_draft::Column::Answers, Expr::value(answers))
            .filter(enrolment_draft::Column::TokenHash.eq(row.token_hash))
            .filter(enrolment_draft::Column::Answers.eq(row.answers))
            .exec(&txn.0)
            .await?;
        txn.commit().await?;
        renewed += done.rows_affected;
    }
    Ok(renewed)
}
