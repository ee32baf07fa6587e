//! What contracts chose: whether what comes in of a kind waits for the employer.

use collectief_domain::{
    case::{CaseKind, ContractChoices, ValidationChoice},
    contract::ContractChoice,
    date::Date,
    ids::{AccountId, ContractId},
};
use sea_orm::{ConnectionTrait, FromQueryResult, Value};

use crate::{
    db::{Db, Txn, statement},
    error::DataError,
    participant::sql::{Reach, Sql},
    scope::Scope,
};

#[derive(FromQueryResult)]
struct ChoiceRow {
    asks: bool,
}

/// Whether what comes in of a kind waits for the employer of a contract; it does where nothing was chosen.
///
/// # Errors
/// When the database cannot be read.
pub async fn asks(txn: &Txn, contract: ContractId, kind: CaseKind) -> Result<bool, DataError> {
    let sql = "SELECT asks FROM validation_choice WHERE contract_id = ? AND kind = ?";
    let sql = statement(txn.0.get_database_backend(), sql, [contract.0.into(), kind.code().into()]);
    Ok(ChoiceRow::find_by_statement(sql).one(&txn.0).await?.is_none_or(|row| row.asks))
}

#[derive(FromQueryResult)]
struct ContractRow {
    id: i64,
    number: String,
    name: String,
}

#[derive(FromQueryResult)]
struct ChosenRow {
    kind: String,
    asks: bool,
    chosen_at: i64,
    chosen_by_name: Option<String>,
}

/// The choices of contracts of the scope, by number, and how many contracts there are in all. `day_of` gives the day of a
/// moment in Unix milliseconds.
///
/// # Errors
/// When the database cannot be read.
pub async fn choices(
    db: &Db,
    scope: &Scope,
    passed: u64,
    most: u64,
    day_of: fn(i64) -> Date,
) -> Result<(Vec<ContractChoices>, u64), DataError> {
    let read = db.read_within(scope).await?;
    let backend = read.get_database_backend();
    let mut sql = Sql::new(backend);
    sql.push("SELECT c.id, c.number, c.name FROM contract c WHERE ").reaches(Reach::of(scope), "c.id", true);
    sql.push(" ORDER BY c.number LIMIT ").bind(most.cast_signed()).push(" OFFSET ").bind(passed.cast_signed());
    let contracts = ContractRow::find_by_statement(sql.finish()).all(&read).await?;
    let mut found = Vec::with_capacity(contracts.len());
    for contract in contracts {
        let sql = "SELECT kind, asks, chosen_at, chosen_by_name FROM validation_choice WHERE contract_id = ?";
        let rows = ChosenRow::find_by_statement(statement(backend, sql, [Value::from(contract.id)])).all(&read).await?;
        let choice = |kind: &CaseKind| {
            let row = rows.iter().find(|row| row.kind == kind.code());
            ValidationChoice {
                kind: *kind,
                asks: row.is_none_or(|row| row.asks),
                chosen: row.and_then(|row| Some((row.chosen_by_name.clone()?, day_of(row.chosen_at)))),
            }
        };
        found.push(ContractChoices {
            contract: ContractChoice { number: contract.number, name: contract.name },
            choices: CaseKind::ALL.iter().map(choice).collect(),
        });
    }
    Ok((found, scope.contracts().len() as u64))
}

/// What is to be chosen for one kind.
#[derive(Debug, Clone, Copy)]
pub struct Chosen<'a> {
    /// The kind.
    pub kind: CaseKind,
    /// What was shown.
    pub was: bool,
    /// What it is to be.
    pub becomes: bool,
    /// Whose account.
    pub by: AccountId,
    /// That person's name.
    pub by_name: &'a str,
    /// When, in Unix milliseconds.
    pub now: i64,
}

/// Chooses for a contract, where what was shown still holds. Returns `false` where it does not. The contract must be locked.
///
/// # Errors
/// When the database refuses.
pub async fn choose(txn: &Txn, contract: ContractId, chosen: &Chosen<'_>) -> Result<bool, DataError> {
    if asks(txn, contract, chosen.kind).await? != chosen.was {
        return Ok(false);
    }
    let sql = "INSERT INTO validation_choice (contract_id, kind, asks, chosen_at, chosen_by, chosen_by_name)
               VALUES (?, ?, ?, ?, ?, ?)
               ON CONFLICT (contract_id, kind) DO UPDATE SET asks = excluded.asks, chosen_at = excluded.chosen_at,
                   chosen_by = excluded.chosen_by, chosen_by_name = excluded.chosen_by_name";
    let values = [
        contract.0.into(),
        chosen.kind.code().into(),
        chosen.becomes.into(),
        chosen.now.into(),
        chosen.by.0.into(),
        chosen.by_name.into(),
    ];
    txn.0.execute_raw(statement(txn.0.get_database_backend(), sql, values)).await?;
    Ok(true)
}
