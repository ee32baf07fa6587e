//! Deregistrations: what one ended, taking it back, and the answers to forms that were sent before.

use collectief_domain::{
    ids::{AccountId, ContractId, MutationId, ParticipationId},
    mutation::{MutationKind, MutationState, ParticipationState},
};
use sea_orm::{ConnectionTrait, FromQueryResult, Value};

use crate::{
    db::{Db, Txn, statement},
    error::DataError,
    scope::Scope,
};

/// What one deregistration did to one participation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deregistered {
    /// The mutation.
    pub id: MutationId,
    /// The participation that ended.
    pub participation: ParticipationId,
    /// How far the mutation is.
    pub state: MutationState,
    /// Before it.
    pub before: ParticipationState,
    /// After it.
    pub after: ParticipationState,
}

/// A deregistration with everybody whom it ended, or asked to end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeregisteredHousehold {
    /// The first mutation, by which the offer to the household is known.
    pub first: MutationId,
    /// The mutations of the household, the first one included.
    pub members: Vec<Deregistered>,
}

#[derive(FromQueryResult)]
struct MutationRow {
    id: i64,
    contract_id: i64,
    participation_id: i64,
    household_id: Option<i64>,
    kind: String,
    state: String,
    state_before: String,
    state_after: String,
}

/// The household of a deregistration's mutation, whoever's mutation of it is named. `None` when it is not a
/// deregistration, not in the scope, or not there.
///
/// # Errors
/// When the database cannot be read, or holds a mutation that cannot be.
pub async fn household_of_mutation(
    txn: &Txn,
    scope: &Scope,
    mutation: MutationId,
) -> Result<Option<DeregisteredHousehold>, DataError> {
    let backend = txn.0.get_database_backend();
    const COLUMNS: &str = "id, contract_id, participation_id, household_id, kind, state, state_before, state_after";
    let sql = format!("SELECT {COLUMNS} FROM mutation WHERE id = ?");
    let named = MutationRow::find_by_statement(statement(backend, &sql, [Value::from(mutation.0)])).one(&txn.0).await?;
    let Some(named) = named else { return Ok(None) };
    if !scope.has(ContractId(named.contract_id)) || named.kind != MutationKind::Deregistration.code() {
        return Ok(None);
    }
    let first = named.household_id.unwrap_or(named.id);
    let sql = format!("SELECT {COLUMNS} FROM mutation WHERE (id = ? OR household_id = ?) AND kind = ? ORDER BY id");
    let values = [Value::from(first), Value::from(first), MutationKind::Deregistration.code().into()];
    let rows = MutationRow::find_by_statement(statement(backend, &sql, values)).all(&txn.0).await?;
    let mut members = Vec::with_capacity(rows.len());
    for row in rows {
        if !scope.has(ContractId(row.contract_id)) {
            return Ok(None);
        }
        const WRONG: DataError = DataError::Corrupt("a mutation that cannot be read");
        members.push(Deregistered {
            id: MutationId(row.id),
            participation: ParticipationId(row.participation_id),
            state: MutationState::from_code(&row.state).ok_or(WRONG)?,
            before: serde_json::from_str(&row.state_before).map_err(|_| WRONG)?,
            after: serde_json::from_str(&row.state_after).map_err(|_| WRONG)?,
        });
    }
    Ok(Some(DeregisteredHousehold { first: MutationId(first), members }))
}

/// Notes that a mutation was taken back.
///
/// # Errors
/// [`DataError::Stale`] when it was taken back already.
pub async fn mutation_mark_withdrawn(txn: &Txn, mutation: MutationId, was: MutationState) -> Result<(), DataError> {
    let sql = statement(
        txn.0.get_database_backend(),
        "UPDATE mutation SET state = ? WHERE id = ? AND state = ?",
        [MutationState::Withdrawn.code().into(), mutation.0.into(), was.code().into()],
    );
    if txn.0.execute_raw(sql).await?.rows_affected() == 0 { Err(DataError::Stale) } else { Ok(()) }
}

/// Takes a message out of the outbox that nobody has begun to deliver. Returns `false` when it may be on its way or has
/// arrived, and `None` when there never was one.
///
/// # Errors
/// When the database refuses.
pub async fn offer_cancel(txn: &Txn, dedupe_key: &str, now: i64) -> Result<Option<bool>, DataError> {
    let backend = txn.0.get_database_backend();
    let sql = statement(
        backend,
        "UPDATE outbox SET state = 'cancelled'
         WHERE dedupe_key = ? AND state = 'waiting' AND attempts = 0 AND next_try_at <= ?",
        [dedupe_key.into(), now.into()],
    );
    if txn.0.execute_raw(sql).await?.rows_affected() > 0 {
        return Ok(Some(true));
    }
    let sql = statement(backend, "SELECT id FROM outbox WHERE dedupe_key = ?", [Value::from(dedupe_key)]);
    Ok(txn.0.query_one_raw(sql).await?.map(|_| false))
}

#[derive(FromQueryResult)]
struct AnswerRow {
    answer: String,
}

/// The answer that this account got earlier to a form with this key; `None` when there is none.
///
/// # Errors
/// When the database cannot be read.
pub async fn answer_find(db: &Db, account: AccountId, key: &str) -> Result<Option<String>, DataError> {
    let sql = statement(
        db.read().get_database_backend(),
        "SELECT answer FROM idempotency WHERE account_id = ? AND idempotency_key = ?",
        [account.0.into(), key.into()],
    );
    Ok(AnswerRow::find_by_statement(sql).one(db.read()).await?.map(|row| row.answer))
}

/// Claims a key for this transaction. `false` when it was used before: on PostgreSQL this waits for whoever is using
/// it at this moment, on SQLite writers take turns anyway.
///
/// # Errors
/// When the database refuses.
pub async fn answer_claim(txn: &Txn, account: AccountId, key: &str, now: i64) -> Result<bool, DataError> {
    let sql = statement(
        txn.0.get_database_backend(),
        "INSERT INTO idempotency (account_id, idempotency_key, answer, recorded_at) VALUES (?, ?, '', ?)
         ON CONFLICT (account_id, idempotency_key) DO NOTHING",
        [account.0.into(), key.into(), now.into()],
    );
    Ok(txn.0.execute_raw(sql).await?.rows_affected() > 0)
}

/// Keeps the answer to the form whose key was claimed.
///
/// # Errors
/// When the database refuses.
pub async fn answer_keep(txn: &Txn, account: AccountId, key: &str, answer: &str) -> Result<(), DataError> {
    let sql = statement(
        txn.0.get_database_backend(),
        "UPDATE idempotency SET answer = ? WHERE account_id = ? AND idempotency_key = ?",
        [answer.into(), account.0.into(), key.into()],
    );
    txn.0.execute_raw(sql).await?;
    Ok(())
}
