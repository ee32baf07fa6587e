//! Employers and contracts, as the insurer makes and keeps them.

use collectief_domain::{
    contract::ContractChoice,
    date::Date,
    employer::{ContractRow, ContractTerms, Employer},
    ids::{AccountId, ContractId, EmployerId},
};
use sea_orm::{ConnectionTrait, FromQueryResult, Value};

use super::Office;
use crate::{
    db::{Db, Txn, statement},
    error::DataError,
    mutation::{NEVER, contract_lock, end_from_stored, end_to_store},
    participant::sql::Reach,
    wall,
};

/// What an employer is found by.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub struct EmployerName {
    /// The employer's id.
    pub id: i64,
    /// Name.
    pub name: String,
    /// KvK number.
    pub kvk_number: Option<String>,
}

/// What a contract is found by.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub struct ContractName {
    /// The id of its employer.
    pub employer_id: i64,
    /// Number.
    pub number: String,
    /// Name.
    pub name: String,
}

/// What every employer is found by.
///
/// # Errors
/// When the database cannot be read.
pub async fn names(db: &Db, _: &Office) -> Result<Vec<EmployerName>, DataError> {
    let sql = statement(db.bulk().get_database_backend(), "SELECT id, name, kvk_number FROM employer", []);
    Ok(EmployerName::find_by_statement(sql).all(db.bulk()).await?)
}

/// What every contract is found by, by number.
///
/// # Errors
/// When the database cannot be read.
pub async fn contract_names(db: &Db, _: &Office) -> Result<Vec<ContractName>, DataError> {
    let sql = "SELECT employer_id, number, name FROM contract ORDER BY number";
    Ok(ContractName::find_by_statement(statement(db.bulk().get_database_backend(), sql, [])).all(db.bulk()).await?)
}

/// The employer of the contract with this number.
///
/// # Errors
/// When the database cannot be read.
pub async fn of_contract(db: &Db, _: &Office, number: &str) -> Result<Option<EmployerName>, DataError> {
    let sql = "SELECT e.id, e.name, e.kvk_number FROM contract c JOIN employer e ON e.id = c.employer_id
               WHERE c.number = ?";
    let sql = statement(db.read().get_database_backend(), sql, [number.into()]);
    Ok(EmployerName::find_by_statement(sql).one(db.read()).await?)
}

/// The employer with this KvK number.
///
/// # Errors
/// When the database cannot be read.
pub async fn with_kvk_number(db: &Db, _: &Office, kvk_number: &str) -> Result<Option<EmployerName>, DataError> {
    let sql = "SELECT id, name, kvk_number FROM employer WHERE kvk_number = ?";
    let sql = statement(db.read().get_database_backend(), sql, [kvk_number.into()]);
    Ok(EmployerName::find_by_statement(sql).one(db.read()).await?)
}

/// An employer, as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredEmployer {
    /// What is kept of it.
    pub employer: Employer,
    /// Its main account: id, name and address.
    pub main: Option<(AccountId, String, String)>,
}

#[derive(FromQueryResult)]
struct EmployerRow {
    name: String,
    kvk_number: Option<String>,
    main_id: Option<i64>,
    main_name: Option<String>,
    main_email: Option<String>,
}

impl From<EmployerRow> for StoredEmployer {
    fn from(row: EmployerRow) -> Self {
        Self {
            employer: Employer { name: row.name, kvk_number: row.kvk_number },
            main: match (row.main_id, row.main_name, row.main_email) {
                (Some(id), Some(name), Some(email)) => Some((AccountId(id), name, email)),
                _ => None,
            },
        }
    }
}

const EMPLOYER: &str = "SELECT e.name, e.kvk_number, a.id AS main_id, a.name AS main_name, a.email AS main_email
                        FROM employer e LEFT JOIN account a ON a.id = e.main_account_id WHERE e.id = ?";

/// One employer.
///
/// # Errors
/// When the database cannot be read.
pub async fn one(db: &Db, _: &Office, id: EmployerId) -> Result<Option<StoredEmployer>, DataError> {
    let sql = statement(db.read().get_database_backend(), EMPLOYER, [Value::from(id.0)]);
    Ok(EmployerRow::find_by_statement(sql).one(db.read()).await?.map(StoredEmployer::from))
}

/// One employer, which nobody else changes until the transaction ends.
///
/// # Errors
/// When the database refuses.
pub async fn lock(txn: &Txn, _: &Office, id: EmployerId) -> Result<Option<StoredEmployer>, DataError> {
    let backend = txn.0.get_database_backend();
    // A transaction on SQLite has the write lock already.
    let lock = if backend == sea_orm::DatabaseBackend::Postgres { " FOR NO KEY UPDATE OF e" } else { "" };
    let sql = statement(backend, &format!("{EMPLOYER}{lock}"), [Value::from(id.0)]);
    Ok(EmployerRow::find_by_statement(sql).one(&txn.0).await?.map(StoredEmployer::from))
}

#[derive(FromQueryResult)]
struct Id {
    id: i64,
}

/// Makes an employer.
///
/// # Errors
/// [`DataError::Duplicate`] when another one has the KvK number.
pub async fn add(txn: &Txn, _: &Office, new: &Employer) -> Result<EmployerId, DataError> {
    let sql = "INSERT INTO employer (kvk_number, name) VALUES (?, ?) RETURNING id";
    let values = [Value::from(new.kvk_number.clone()), Value::from(new.name.as_str())];
    let row = Id::find_by_statement(statement(txn.0.get_database_backend(), sql, values)).one(&txn.0).await?;
    row.map(|row| EmployerId(row.id)).ok_or(DataError::Corrupt("a new employer has no id"))
}

/// Changes an employer.
///
/// # Errors
/// [`DataError::Duplicate`] when another one has the KvK number.
pub async fn set(txn: &Txn, _: &Office, id: EmployerId, employer: &Employer) -> Result<(), DataError> {
    let sql = "UPDATE employer SET kvk_number = ?, name = ? WHERE id = ?";
    let values = [employer.kvk_number.clone().into(), employer.name.as_str().into(), id.0.into()];
    txn.0.execute_raw(statement(txn.0.get_database_backend(), sql, values)).await?;
    Ok(())
}

#[derive(FromQueryResult)]
struct StoredContract {
    id: i64,
    number: String,
    name: String,
    start_date: Date,
    end_date: Date,
    borderel_payment: bool,
    retroactive_days: i32,
    closing_day: i32,
    current_count: i64,
}

impl StoredContract {
    fn terms(self) -> (ContractId, ContractTerms) {
        let terms = ContractTerms {
            name: self.name,
            start_date: self.start_date,
            end_date: end_from_stored(self.end_date),
            borderel_payment: self.borderel_payment,
            retroactive_days: self.retroactive_days.unsigned_abs(),
            closing_day: self.closing_day.unsigned_abs(),
        };
        (ContractId(self.id), terms)
    }
}

const CONTRACT: &str = "SELECT id, number, name, start_date, end_date, borderel_payment,
                               CAST(retroactive_days AS INTEGER) AS retroactive_days,
                               CAST(closing_day AS INTEGER) AS closing_day, current_count
                        FROM contract WHERE employer_id = ?";

/// The contracts of an employer, by number.
///
/// # Errors
/// When the database cannot be read.
pub async fn contracts(db: &Db, _: &Office, employer: EmployerId) -> Result<Vec<ContractRow>, DataError> {
    let sql = format!("{CONTRACT} ORDER BY number");
    let sql = statement(db.read().get_database_backend(), &sql, [Value::from(employer.0)]);
    let row = |row: StoredContract| ContractRow {
        choice: ContractChoice { number: row.number, name: row.name },
        start_date: row.start_date,
        end_date: end_from_stored(row.end_date),
        borderel_payment: row.borderel_payment,
        participants: row.current_count.unsigned_abs(),
    };
    Ok(StoredContract::find_by_statement(sql).all(db.read()).await?.into_iter().map(row).collect())
}

/// The contracts of an employer, whose accounts are to be [locked](crate::account_management::lock).
///
/// # Errors
/// When the database refuses.
pub async fn contract_ids(txn: &Txn, _: &Office, employer: EmployerId) -> Result<Vec<ContractId>, DataError> {
    let sql = statement(
        txn.0.get_database_backend(),
        "SELECT id FROM contract WHERE employer_id = ?",
        [Value::from(employer.0)],
    );
    Ok(Id::find_by_statement(sql).all(&txn.0).await?.into_iter().map(|row| ContractId(row.id)).collect())
}

/// The contract of an employer with this number.
///
/// # Errors
/// When the database cannot be read.
pub async fn contract(
    db: &Db,
    _: &Office,
    employer: EmployerId,
    number: &str,
) -> Result<Option<(ContractId, ContractTerms)>, DataError> {
    let sql = format!("{CONTRACT} AND number = ?");
    let sql = statement(db.read().get_database_backend(), &sql, [Value::from(employer.0), number.into()]);
    Ok(StoredContract::find_by_statement(sql).one(db.read()).await?.map(StoredContract::terms))
}

/// As [`contract`], which nobody else changes until the transaction ends.
///
/// # Errors
/// When the database refuses.
pub async fn contract_locked(
    txn: &Txn,
    _: &Office,
    employer: EmployerId,
    number: &str,
) -> Result<Option<(ContractId, ContractTerms)>, DataError> {
    let sql = format!("{CONTRACT} AND number = ?");
    let find = || statement(txn.0.get_database_backend(), &sql, [Value::from(employer.0), number.into()]);
    let Some(found) = StoredContract::find_by_statement(find()).one(&txn.0).await? else { return Ok(None) };
    contract_lock(txn, ContractId(found.id)).await?;
    Ok(StoredContract::find_by_statement(find()).one(&txn.0).await?.map(StoredContract::terms))
}

/// Makes a contract of an employer, without participants; `today` is the day that its counters begin with.
///
/// # Errors
/// [`DataError::Duplicate`] when another one has the number.
pub async fn add_contract(
    txn: &Txn,
    _: &Office,
    employer: EmployerId,
    number: &str,
    terms: &ContractTerms,
    today: Date,
) -> Result<ContractId, DataError> {
    let sql = "INSERT INTO contract (employer_id, number, name, start_date, end_date, borderel_payment,
                                     retroactive_days, closing_day, counted_on)
               VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id";
    let values = [
        Value::from(employer.0),
        number.into(),
        terms.name.as_str().into(),
        terms.start_date.into(),
        end_to_store(terms.end_date).into(),
        terms.borderel_payment.into(),
        i32::try_from(terms.retroactive_days).unwrap_or(i32::MAX).into(),
        i32::try_from(terms.closing_day).unwrap_or(1).into(),
        today.into(),
    ];
    let row = Id::find_by_statement(statement(txn.0.get_database_backend(), sql, values)).one(&txn.0).await?;
    row.map(|row| ContractId(row.id)).ok_or(DataError::Corrupt("a new contract has no id"))
}

/// Changes the terms of a contract. Its version grows, so that no list that was made before counts any more; and so do
/// the versions of the rights on it, because they hold its name and whether its employer pays.
///
/// # Errors
/// When the database refuses.
pub async fn set_contract(txn: &Txn, _: &Office, id: ContractId, terms: &ContractTerms) -> Result<(), DataError> {
    let backend = txn.0.get_database_backend();
    let sql = "UPDATE contract SET name = ?, start_date = ?, end_date = ?, borderel_payment = ?,
                                   retroactive_days = ?, closing_day = ?, version = version + 1
               WHERE id = ?";
    let values = [
        Value::from(terms.name.as_str()),
        terms.start_date.into(),
        end_to_store(terms.end_date).into(),
        terms.borderel_payment.into(),
        i32::try_from(terms.retroactive_days).unwrap_or(i32::MAX).into(),
        i32::try_from(terms.closing_day).unwrap_or(1).into(),
        id.0.into(),
    ];
    txn.0.execute_raw(statement(backend, sql, values)).await?;
    let sql = "UPDATE account SET rights_version = rights_version + 1
               WHERE id IN (SELECT account_id FROM account_right WHERE contract_id = ?)";
    txn.0.execute_raw(statement(backend, sql, [Value::from(id.0)])).await?;
    Ok(())
}

#[derive(FromQueryResult)]
struct First {
    first: Option<Date>,
}

/// The first day on which anybody participates in a contract.
///
/// # Errors
/// When the database refuses.
pub async fn first_participation(txn: &Txn, _: &Office, contract: ContractId) -> Result<Option<Date>, DataError> {
    wall::reach(&txn.0, Reach::One(contract)).await?;
    let sql = "SELECT (SELECT start_date FROM participation WHERE contract_id = ? AND start_date > ?
                 ORDER BY start_date LIMIT 1) AS first";
    let sql = statement(txn.0.get_database_backend(), sql, [Value::from(contract.0), NEVER.into()]);
    Ok(First::find_by_statement(sql).one(&txn.0).await?.and_then(|row| row.first))
}
