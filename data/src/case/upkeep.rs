//! Forgetting what is no longer needed of requests, and replacing the key that encrypts them.

use sea_orm::{ConnectionTrait, FromQueryResult};

use super::{CaseState, DataError, Db, Txn, Value, belongs_to, statement};
use crate::mutation::placeholders;

/// Forgets requests whose address was never proven and that were sent before a moment, and of those that were closed before
/// another moment what was filled in and the links. Both are in Unix milliseconds.
///
/// # Errors
/// When the database refuses.
pub async fn forget(txn: &Txn, unproven_before: i64, closed_before: i64) -> Result<(), DataError> {
    let backend = txn.0.get_database_backend();
    let unproven = "IN (SELECT id FROM mutation_case WHERE state = ? AND created_at < ?)";
    let values = || [Value::from(CaseState::Unproven.code()), unproven_before.into()];
    for table in ["case_link", "case_moment"] {
        let sql = format!("DELETE FROM {table} WHERE case_id {unproven}");
        txn.0.execute_raw(statement(backend, &sql, values())).await?;
    }
    let sql = "DELETE FROM mutation_case WHERE state = ? AND created_at < ?";
    txn.0.execute_raw(statement(backend, sql, values())).await?;

    let closed: Vec<Value> =
        CaseState::ALL.iter().filter(|state| state.is_closed()).map(|state| state.code().into()).collect();
    let condition = format!("state IN ({}) AND since < ?", placeholders(closed.len()));
    let values = || closed.iter().cloned().chain([closed_before.into()]);
    let sql = format!("DELETE FROM case_link WHERE case_id IN (SELECT id FROM mutation_case WHERE {condition})");
    txn.0.execute_raw(statement(backend, &sql, values())).await?;
    let sql = format!("UPDATE mutation_case SET request = ? WHERE {condition} AND length(request) > 0");
    let values = std::iter::once(Value::from(Vec::<u8>::new())).chain(values());
    txn.0.execute_raw(statement(backend, &sql, values)).await?;
    Ok(())
}

#[derive(FromQueryResult)]
struct SealedRow {
    id: i64,
    reference: String,
    request: Vec<u8>,
}

/// Encrypts the requests that an older key encrypted with the present one; returns how many.
///
/// # Errors
/// When one cannot be decrypted, or the database refuses.
pub async fn renew(db: &Db) -> Result<u64, DataError> {
    let (mut renewed, mut after) = (0, 0_i64);
    loop {
        let read = db.read_everything().await?;
        let sql = "SELECT id, reference, request FROM mutation_case WHERE id > ? AND length(request) > 0
                   ORDER BY id LIMIT 500";
        let sql = statement(read.get_database_backend(), sql, [Value::from(after)]);
        let rows = SealedRow::find_by_statement(sql).all(&read).await?;
        read.rollback().await?;
        let Some(last) = rows.last().map(|row| row.id) else { return Ok(renewed) };
        after = last;
        let txn = db.begin_everything().await?;
        for row in rows {
            let Some(request) = db.keys().renew_secret(&row.request, &belongs_to(&row.reference))? else { continue };
            // What is forgotten meanwhile stays so.
            let sql = "UPDATE mutation_case SET request = ? WHERE id = ? AND length(request) > 0";
            let sql = statement(txn.0.get_database_backend(), sql, [request.into(), row.id.into()]);
            renewed += txn.0.execute_raw(sql).await?.rows_affected();
        }
        txn.commit().await?;
    }
}
