//! The accounts on the contracts of a scope, their roles, and main accounts.

use std::collections::HashMap;

use collectief_domain::{
    account_management::ContractFacts,
    actor::{Role, Roles},
    ids::{AccountId, ContractId, EmployerId},
};
use sea_orm::{ActiveValue::Set, ConnectionTrait, FromQueryResult, Value, prelude::*, sea_query::OnConflict};

use crate::{
    account::rights_changed,
    db::{Db, Txn, statement},
    entity::{account, account_right, employer},
    error::DataError,
    mutation::contract_lock,
    participant::sql::{Reach, Sql},
    scope::{Scope, stored_roles},
};

/// A user of the contracts of a scope.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// The account.
    pub id: AccountId,
    /// Name.
    pub name: String,
    /// The address that one signs in with.
    pub email: String,
    /// Whether a password was chosen yet.
    pub has_password: bool,
    /// Whether it is blocked.
    pub blocked: bool,
    /// All roles on any of the contracts.
    pub roles: Roles,
    /// On how many of them it has a role.
    pub contracts: u32,
    /// Whether it is the main account of the employer of any of them.
    pub is_main: bool,
}

#[derive(FromQueryResult)]
struct UserRow {
    id: i64,
    name: String,
    email: String,
    has_password: bool,
    blocked: bool,
    roles: i32,
    contracts: i64,
    is_main: i32,
}

impl From<UserRow> for User {
    fn from(row: UserRow) -> Self {
        Self {
            id: AccountId(row.id),
            name: row.name,
            email: row.email,
            has_password: row.has_password,
            blocked: row.blocked,
            roles: stored_roles(row.roles),
            contracts: u32::try_from(row.contracts).unwrap_or(u32::MAX),
            is_main: row.is_main != 0,
        }
    }
}

/// Everybody with a role on a contract of the scope, in no particular order.
///
/// # Errors
/// When the database cannot be read.
pub async fn users(db: &Db, scope: &Scope) -> Result<Vec<User>, DataError> {
    read_users(db, scope, None).await
}

/// One of [`users`]; `None` for an account without a role on any of these contracts.
///
/// # Errors
/// When the database cannot be read.
pub async fn user(db: &Db, scope: &Scope, account: AccountId) -> Result<Option<User>, DataError> {
    Ok(read_users(db, scope, Some(account)).await?.pop())
}

async fn read_users(db: &Db, scope: &Scope, account: Option<AccountId>) -> Result<Vec<User>, DataError> {
    let mut sql = Sql::new(db.read().get_database_backend());
    sql.push(
        "SELECT a.id, a.name, a.email, a.password_hash IS NOT NULL AS has_password,
                a.blocked_at IS NOT NULL AS blocked,
                CAST(MAX(h.roles & 1) + MAX(h.roles & 2) + MAX(h.roles & 4) AS INTEGER) AS roles,
                COUNT(*) AS contracts,
                CAST(MAX(CASE WHEN e.main_account_id = a.id THEN 1 ELSE 0 END) AS INTEGER) AS is_main
         FROM account_right h
         JOIN account a ON a.id = h.account_id
         JOIN contract c ON c.id = h.contract_id
         JOIN employer e ON e.id = c.employer_id
         WHERE h.roles <> 0 AND ",
    );
    sql.reaches(Reach::of(scope), "h.contract_id", true);
    if let Some(account) = account {
        sql.push(" AND h.account_id = ").bind(account.0);
    }
    sql.push(" GROUP BY a.id, a.name, a.email, a.password_hash, a.blocked_at");
    Ok(UserRow::find_by_statement(sql.finish()).all(db.read()).await?.into_iter().map(User::from).collect())
}

#[derive(FromQueryResult)]
struct RightRow {
    contract_id: i64,
    roles: i32,
}

/// The roles of an account on the contracts of the scope; contracts without one are left out.
///
/// # Errors
/// When the database cannot be read.
pub async fn roles_of(db: &Db, scope: &Scope, account: AccountId) -> Result<HashMap<ContractId, Roles>, DataError> {
    let mut sql = Sql::new(db.read().get_database_backend());
    sql.push("SELECT h.contract_id, h.roles FROM account_right h WHERE h.roles <> 0 AND h.account_id = ");
    sql.bind(account.0).push(" AND ").reaches(Reach::of(scope), "h.contract_id", false);
    let rows = RightRow::find_by_statement(sql.finish()).all(db.read()).await?;
    Ok(rows.iter().map(|row| (ContractId(row.contract_id), stored_roles(row.roles))).collect())
}

/// An employer with contracts in a scope, as a user has to do with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Employer {
    /// The employer.
    pub id: EmployerId,
    /// Its name.
    pub name: String,
    /// Its main account, if the insurer named one.
    pub main: Option<AccountId>,
}

#[derive(FromQueryResult)]
struct EmployerRow {
    id: i64,
    name: String,
    main_account_id: Option<i64>,
}

/// The employers of the contracts of the scope on which `user` has a role, by name.
///
/// # Errors
/// When the database cannot be read.
pub async fn employers_of(db: &Db, scope: &Scope, user: AccountId) -> Result<Vec<Employer>, DataError> {
    let mut sql = Sql::new(db.read().get_database_backend());
    sql.push(
        "SELECT DISTINCT e.id, e.name, e.main_account_id
         FROM account_right h JOIN contract c ON c.id = h.contract_id JOIN employer e ON e.id = c.employer_id
         WHERE h.roles <> 0 AND h.account_id = ",
    );
    sql.bind(user.0).push(" AND ").reaches(Reach::of(scope), "h.contract_id", false);
    sql.push(" ORDER BY e.name, e.id");
    let rows = EmployerRow::find_by_statement(sql.finish()).all(db.read()).await?;
    let employer = |row: EmployerRow| Employer {
        id: EmployerId(row.id),
        name: row.name,
        main: row.main_account_id.map(AccountId),
    };
    Ok(rows.into_iter().map(employer).collect())
}

/// Keeps the accounts of these contracts as they are until the transaction ends, whoever else would change them.
///
/// # Errors
/// When the database refuses.
pub async fn lock(txn: &Txn, contracts: &[ContractId]) -> Result<(), DataError> {
    // Always in the same order, so that two who want the same ones wait for each other in turn.
    let mut contracts = contracts.to_vec();
    contracts.sort_unstable();
    contracts.dedup();
    for contract in contracts {
        contract_lock(txn, contract).await?;
    }
    Ok(())
}

/// Whether an account still has the rights that were read at this version, and is not blocked.
///
/// # Errors
/// When the database refuses.
pub async fn still_has(txn: &Txn, account: AccountId, version: i64) -> Result<bool, DataError> {
    let found = account::Entity::find_by_id(account.0)
        .filter(account::Column::RightsVersion.eq(version))
        .filter(account::Column::BlockedAt.is_null())
        .count(&txn.0)
        .await?;
    Ok(found > 0)
}

#[derive(FromQueryResult)]
struct FactsRow {
    borderel_payment: bool,
    roles: i32,
    has_other_manager: bool,
    main_account_id: Option<i64>,
}

/// What a decision about the roles of `account` on a contract of the scope looks at, for `actor` who asks. Whoever has
/// no password yet manages nothing.
///
/// # Errors
/// When the database refuses, and [`DataError::Stale`] for a contract that is not in the scope.
pub async fn facts(
    txn: &Txn,
    scope: &Scope,
    contract: ContractId,
    account: AccountId,
    actor: AccountId,
) -> Result<ContractFacts, DataError> {
    if !scope.has(contract) {
        return Err(DataError::Stale);
    }
    let sql = "SELECT c.borderel_payment, e.main_account_id,
                      CAST(COALESCE((SELECT h.roles FROM account_right h
                                     WHERE h.account_id = ? AND h.contract_id = c.id), 0) AS INTEGER) AS roles,
                      EXISTS (SELECT 1 FROM account_right o JOIN account a ON a.id = o.account_id
                              WHERE o.contract_id = c.id AND o.account_id <> ? AND (o.roles & ?) <> 0
                                AND a.password_hash IS NOT NULL) AS has_other_manager
               FROM contract c JOIN employer e ON e.id = c.employer_id WHERE c.id = ?";
    let manager = i32::from(Role::AccountManagement.bit());
    let values: [Value; 4] = [account.0.into(), account.0.into(), manager.into(), contract.0.into()];
    let sql = statement(txn.0.get_database_backend(), sql, values);
    let row = FactsRow::find_by_statement(sql).one(&txn.0).await?.ok_or(DataError::Stale)?;
    Ok(ContractFacts {
        borderel_payment: row.borderel_payment,
        roles: stored_roles(row.roles),
        has_other_manager: row.has_other_manager,
        is_main: row.main_account_id == Some(account.0),
        is_self: account == actor,
    })
}

/// Gives an account exactly these roles on a contract of the scope. Whoever is signed in notices with the next request,
/// once [`rights_were_changed`] was called.
///
/// # Errors
/// When the database refuses, and [`DataError::Stale`] for a contract that is not in the scope.
pub async fn set_roles(
    txn: &Txn,
    scope: &Scope,
    account: AccountId,
    contract: ContractId,
    roles: Roles,
) -> Result<(), DataError> {
    if !scope.has(contract) {
        return Err(DataError::Stale);
    }
    if roles.is_empty() {
        account_right::Entity::delete_by_id((account.0, contract.0)).exec(&txn.0).await?;
        return Ok(());
    }
    let row = account_right::ActiveModel {
        account_id: Set(account.0),
        contract_id: Set(contract.0),
        roles: Set(i32::from(roles.bits())),
    };
    let replace = OnConflict::columns([account_right::Column::AccountId, account_right::Column::ContractId])
        .update_column(account_right::Column::Roles)
        .to_owned();
    account_right::Entity::insert(row).on_conflict(replace).exec_without_returning(&txn.0).await?;
    Ok(())
}

/// Notes that the rights of an account changed, and tells whether it has any left, on any contract of anybody or in the
/// back office.
///
/// # Errors
/// When the database refuses.
pub async fn rights_were_changed(txn: &Txn, account: AccountId) -> Result<bool, DataError> {
    rights_changed(txn, account).await?;
    let left = account_right::Entity::find()
        .filter(account_right::Column::AccountId.eq(account.0))
        .filter(account_right::Column::Roles.ne(0))
        .count(&txn.0)
        .await?;
    let is_staff =
        account::Entity::find_by_id(account.0).filter(account::Column::StaffRoles.ne(0)).count(&txn.0).await?;
    Ok(left > 0 || is_staff > 0)
}

/// The employer of the contract with this number.
///
/// # Errors
/// When the database refuses.
pub async fn employer_of_contract(txn: &Txn, number: &str) -> Result<Option<EmployerId>, DataError> {
    #[derive(FromQueryResult)]
    struct Row {
        employer_id: i64,
    }
    let sql =
        statement(txn.0.get_database_backend(), "SELECT employer_id FROM contract WHERE number = ?", [number.into()]);
    Ok(Row::find_by_statement(sql).one(&txn.0).await?.map(|row| EmployerId(row.employer_id)))
}

/// Makes an account the main account of an employer: it manages the accounts of all the employer's contracts. `before` is
/// who was it until now, where that matters. Returns whether it was done: not when somebody else is it by now.
///
/// # Errors
/// When the database refuses.
pub async fn set_main(
    txn: &Txn,
    employer: EmployerId,
    before: Option<AccountId>,
    account: AccountId,
) -> Result<bool, DataError> {
    let mut update = employer::Entity::update_many()
        .col_expr(employer::Column::MainAccountId, Expr::value(Some(account.0)))
        .filter(employer::Column::Id.eq(employer.0));
    if let Some(before) = before {
        update = update.filter(employer::Column::MainAccountId.eq(before.0));
    }
    if update.exec(&txn.0).await?.rows_affected == 0 {
        return Ok(false);
    }
    let manager = i32::from(Role::AccountManagement.bit());
    let sql = "INSERT INTO account_right (account_id, contract_id, roles)
               SELECT ?, c.id, ? FROM contract c WHERE c.employer_id = ?
               ON CONFLICT (account_id, contract_id) DO UPDATE SET roles = account_right.roles | excluded.roles";
    let values: [Value; 3] = [account.0.into(), manager.into(), employer.0.into()];
    txn.0.execute_raw(statement(txn.0.get_database_backend(), sql, values)).await?;
    rights_changed(txn, account).await?;
    Ok(true)
}
