//! Accounts of whatever employer, as the helpdesk sees them.

use collectief_domain::{
    account_management::ContractRoles,
    contract::ContractChoice,
    ids::{AccountId, EmployerId},
    staff::StaffRoles,
};
use sea_orm::{FromQueryResult, Value};

use super::{Office, stored_staff};
use crate::{
    db::{Db, statement},
    error::DataError,
    mutation::placeholders,
    scope::stored_roles,
    second_factor::IS_ON,
};

/// What an account is found by.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub struct AccountName {
    /// The account's id.
    pub id: i64,
    /// Name.
    pub name: String,
    /// E-mail address.
    pub email: String,
}

/// What every account is found by, in no particular order.
///
/// # Errors
/// When the database cannot be read.
pub async fn names(db: &Db, _: &Office) -> Result<Vec<AccountName>, DataError> {
    let sql = statement(db.bulk().get_database_backend(), "SELECT id, name, email FROM account", []);
    Ok(AccountName::find_by_statement(sql).all(db.bulk()).await?)
}

/// An account in the back office.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfficeAccount {
    /// The account.
    pub id: AccountId,
    /// Name.
    pub name: String,
    /// E-mail address.
    pub email: String,
    /// Whether it has a password.
    pub has_password: bool,
    /// Whether it is blocked.
    pub blocked: bool,
    /// On how many contracts it has a role.
    pub contracts: u32,
    /// Its roles in the back office.
    pub staff: StaffRoles,
    /// When it was made, in Unix milliseconds.
    pub created_at: i64,
    /// Whether it has a second step.
    pub has_second_factor: bool,
    /// How many sessions are open.
    pub sessions: u32,
    /// When one was last used, open or not, in Unix milliseconds.
    pub last_seen_at: Option<i64>,
}

#[derive(FromQueryResult)]
struct AccountRow {
    id: i64,
    name: String,
    email: String,
    has_password: bool,
    blocked: bool,
    contracts: i64,
    staff_roles: i32,
    created_at: i64,
    has_second_factor: bool,
    sessions: i64,
    last_seen_at: Option<i64>,
}

/// The accounts with these ids, in no particular order. A session is open that was used since the first of `open_since` and
/// began since the second, as in [`of_account`](crate::session::of_account).
///
/// # Errors
/// When the database cannot be read.
pub async fn accounts(
    db: &Db,
    _: &Office,
    ids: &[AccountId],
    open_since: (i64, i64),
) -> Result<Vec<OfficeAccount>, DataError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let sql = format!(
        "SELECT a.id, a.name, a.email, a.password_hash IS NOT NULL AS has_password,
                a.blocked_at IS NOT NULL AS blocked, a.staff_roles, a.created_at,
                (SELECT COUNT(*) FROM account_right r WHERE r.account_id = a.id AND r.roles <> 0) AS contracts,
                {IS_ON} AS has_second_factor,
                (SELECT COUNT(*) FROM session s
                 WHERE s.account_id = a.id AND s.last_seen_at > ? AND s.created_at > ?) AS sessions,
                (SELECT MAX(s.last_seen_at) FROM session s WHERE s.account_id = a.id) AS last_seen_at
         FROM account a WHERE a.id IN ({})",
        placeholders(ids.len())
    );
    let values = [open_since.0, open_since.1].into_iter().chain(ids.iter().map(|id| id.0)).map(Value::from);
    let sql = statement(db.read().get_database_backend(), &sql, values);
    let account = |row: AccountRow| OfficeAccount {
        id: AccountId(row.id),
        name: row.name,
        email: row.email,
        has_password: row.has_password,
        blocked: row.blocked,
        contracts: u32::try_from(row.contracts).unwrap_or(u32::MAX),
        staff: stored_staff(row.staff_roles),
        created_at: row.created_at,
        has_second_factor: row.has_second_factor,
        sessions: u32::try_from(row.sessions).unwrap_or(u32::MAX),
        last_seen_at: row.last_seen_at,
    };
    Ok(AccountRow::find_by_statement(sql).all(db.read()).await?.into_iter().map(account).collect())
}

#[derive(FromQueryResult)]
struct RolesRow {
    number: String,
    name: String,
    borderel_payment: bool,
    roles: i32,
}

/// The roles of an account per contract, by number, of at most so many contracts.
///
/// # Errors
/// When the database cannot be read.
pub async fn roles(db: &Db, _: &Office, account: AccountId, most: usize) -> Result<Vec<ContractRoles>, DataError> {
    let sql = "SELECT c.number, c.name, c.borderel_payment, r.roles
               FROM account_right r JOIN contract c ON c.id = r.contract_id
               WHERE r.account_id = ? AND r.roles <> 0 ORDER BY c.number LIMIT ?";
    let values = [Value::from(account.0), Value::from(i64::try_from(most).unwrap_or(i64::MAX))];
    let sql = statement(db.read().get_database_backend(), sql, values);
    let roles = |row: RolesRow| ContractRoles {
        choice: ContractChoice { number: row.number, name: row.name },
        borderel_payment: row.borderel_payment,
        roles: stored_roles(row.roles),
    };
    Ok(RolesRow::find_by_statement(sql).all(db.read()).await?.into_iter().map(roles).collect())
}

#[derive(FromQueryResult)]
struct EmployerRow {
    id: i64,
    name: String,
}

/// The employers whose main account it is, by name.
///
/// # Errors
/// When the database cannot be read.
pub async fn main_of(db: &Db, _: &Office, account: AccountId) -> Result<Vec<(EmployerId, String)>, DataError> {
    let sql = "SELECT id, name FROM employer WHERE main_account_id = ? ORDER BY name, id";
    let sql = statement(db.read().get_database_backend(), sql, [Value::from(account.0)]);
    let rows = EmployerRow::find_by_statement(sql).all(db.read()).await?;
    Ok(rows.into_iter().map(|row| (EmployerId(row.id), row.name)).collect())
}
