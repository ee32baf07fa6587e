//! Accounts and what they may do per contract.

use collectief_domain::{
    account::WRONG_PASSWORDS_ALLOWED,
    actor::{Language, Roles},
    frame::Theme,
    ids::AccountId,
    staff::StaffRoles,
};
use sea_orm::{
    ActiveValue::Set, ConnectionTrait, ExprTrait, FromQueryResult, QuerySelect, Value, prelude::*,
    sea_query::OnConflict,
};

use crate::{
    db::{Db, Txn, statement},
    entity::{account, account_right, contract},
    error::DataError,
    identity,
    office::stored_staff,
    second_factor::IS_ON,
};

mod tries;

pub use tries::{Tries, count_try, forget_old_tries, forget_tries, tries, uncount_try};

/// The form of an e-mail address in which two that differ only in capitals or spaces around them are the same.
pub fn fold_email(email: &str) -> String {
    email.trim().to_lowercase()
}

/// Which contracts an account gets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Contracts {
    /// Those with these numbers.
    Numbers(Vec<String>),
    /// Every contract there is at this moment.
    All,
}

/// An account to add.
#[derive(Clone)]
pub struct NewAccount {
    /// E-mail address, in any form.
    pub email: String,
    /// The name that the header shows.
    pub name: String,
    /// Language of the pages and the mail.
    pub language: Language,
    /// When, in Unix milliseconds.
    pub now: i64,
}

/// What signing in needs to know of an account.
#[derive(Clone)]
pub struct Credentials {
    /// The account.
    pub id: AccountId,
    /// The name that the header shows.
    pub name: String,
    /// The hashed password; `None` when none was set yet.
    pub password_hash: Option<String>,
    /// The language that was chosen.
    pub language: Language,
    /// Whether it is blocked.
    pub blocked: bool,
    /// Whether it has any role, on a contract or in the back office. One that was removed has none.
    pub has_rights: bool,
    /// Whether it has a second step.
    pub has_second_factor: bool,
}

/// An account as the operator sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountRow {
    /// The account.
    pub id: AccountId,
    /// E-mail address.
    pub email: String,
    /// Name.
    pub name: String,
    /// Since when it is blocked, in Unix milliseconds.
    pub blocked_at: Option<i64>,
    /// On how many contracts it has a role.
    pub contracts: u64,
    /// Its roles in the back office.
    pub staff: StaffRoles,
}

/// Adds an account without rights and without a password.
///
/// # Errors
/// [`DataError::Duplicate`] when the address has one.
pub async fn add(txn: &Txn, new: NewAccount) -> Result<AccountId, DataError> {
    let row = account::ActiveModel {
        email: Set(fold_email(&new.email)),
        name: Set(new.name),
        password_hash: Set(None),
        language: Set(new.language.tag().to_owned()),
        theme: Set(Theme::default().code().to_owned()),
        wrong_passwords: Set(0),
        blocked_at: Set(None),
        rights_version: Set(1),
        created_at: Set(new.now),
        password_is_short: Set(false),
        ..Default::default()
    };
    Ok(AccountId(account::Entity::insert(row).exec(&txn.0).await?.last_insert_id))
}

/// Gives an account exactly these roles on these contracts, on top of what it has elsewhere; no roles takes the
/// contract away. Whoever is signed in notices with the next request. Returns the numbers that are no contract; nothing
/// was then done.
///
/// # Errors
/// When the database refuses.
pub async fn set_rights(
    txn: &Txn,
    account: AccountId,
    contracts: &Contracts,
    roles: Roles,
) -> Result<Vec<String>, DataError> {
    let backend = txn.0.get_database_backend();
    match contracts {
        Contracts::All => {
            let sql = "INSERT INTO account_right (account_id, contract_id, roles)
                       SELECT ?, id, ? FROM contract WHERE true
                       ON CONFLICT (account_id, contract_id) DO UPDATE SET roles = excluded.roles";
            let values = [Value::from(account.0), Value::from(i32::from(roles.bits()))];
            txn.0.execute_raw(statement(backend, sql, values)).await?;
        }
        Contracts::Numbers(numbers) => {
            let mut unknown = Vec::new();
            let mut rows = Vec::new();
            for number in numbers {
                let found: Option<i64> = contract::Entity::find()
                    .select_only()
                    .column(contract::Column::Id)
                    .filter(contract::Column::Number.eq(number))
                    .into_tuple()
                    .one(&txn.0)
                    .await?;
                match found {
                    Some(id) => rows.push(account_right::ActiveModel {
                        account_id: Set(account.0),
                        contract_id: Set(id),
                        roles: Set(i32::from(roles.bits())),
                    }),
                    None => unknown.push(number.clone()),
                }
            }
            if !unknown.is_empty() {
                return Ok(unknown);
            }
            let replace = OnConflict::columns([account_right::Column::AccountId, account_right::Column::ContractId])
                .update_column(account_right::Column::Roles)
                .to_owned();
            if !rows.is_empty() {
                let insert = account_right::Entity::insert_many(rows).on_conflict(replace);
                insert.exec_without_returning(&txn.0).await?;
            }
        }
    }
    rights_changed(txn, account).await?;
    Ok(Vec::new())
}

/// Notes that the rights of an account changed, so that what servers remember of them no longer counts.
pub(crate) async fn rights_changed(txn: &Txn, account: AccountId) -> Result<(), DataError> {
    account::Entity::update_many()
        .col_expr(account::Column::RightsVersion, Expr::col(account::Column::RightsVersion).add(1))
        .filter(account::Column::Id.eq(account.0))
        .exec(&txn.0)
        .await?;
    Ok(())
}

/// What signing in with this address needs to know.
///
/// # Errors
/// When the database cannot be read.
pub async fn credentials(db: &Db, email: &str) -> Result<Option<Credentials>, DataError> {
    read_credentials(db.read(), email).await
}

/// As [`credentials`], of an account that nobody else changes until the transaction ends.
///
/// # Errors
/// When the database refuses.
pub async fn credentials_locked(txn: &Txn, email: &str) -> Result<Option<Credentials>, DataError> {
    // The lock comes first: what is read with it would be as it was before another transaction that was waited for. Whoever
    // changes rights changes the account as well.
    account::Entity::update_many()
        .col_expr(account::Column::RightsVersion, Expr::col(account::Column::RightsVersion))
        .filter(account::Column::Email.eq(fold_email(email)))
        .exec(&txn.0)
        .await?;
    read_credentials(&txn.0, email).await
}

async fn read_credentials(db: &impl ConnectionTrait, email: &str) -> Result<Option<Credentials>, DataError> {
    let sql = format!(
        "SELECT a.id, a.name, a.password_hash, a.language, a.blocked_at, {IS_ON} AS has_second_factor,
                (a.staff_roles <> 0
                 OR EXISTS (SELECT 1 FROM account_right r WHERE r.account_id = a.id AND r.roles <> 0)) AS has_rights
         FROM account a WHERE a.email = ?"
    );
    let sql = statement(db.get_database_backend(), &sql, [fold_email(email).into()]);
    let found = FoundCredentials::find_by_statement(sql).one(db).await?;
    Ok(found.map(|row| Credentials {
        id: AccountId(row.id),
        name: row.name,
        password_hash: row.password_hash,
        language: Language::from_tag(&row.language).unwrap_or_default(),
        blocked: row.blocked_at.is_some(),
        has_rights: row.has_rights,
        has_second_factor: row.has_second_factor,
    }))
}

#[derive(FromQueryResult)]
struct FoundCredentials {
    id: i64,
    name: String,
    password_hash: Option<String>,
    language: String,
    blocked_at: Option<i64>,
    has_rights: bool,
    has_second_factor: bool,
}

/// The names of the employers on whose contracts the account has a role, and of those contracts: at most so many as
/// somebody may have to do with by name.
///
/// # Errors
/// When the database cannot be read.
pub async fn employer_names(db: &Db, account: AccountId) -> Result<Vec<String>, DataError> {
    let sql = "SELECT e.name, c.name FROM account_right r
               JOIN contract c ON c.id = r.contract_id JOIN employer e ON e.id = c.employer_id
               WHERE r.account_id = ? AND r.roles <> 0 ORDER BY c.id LIMIT 20";
    names(db, sql, vec![account.0.into()]).await
}

/// As [`employer_names`], for an account that is yet to get a role on `contracts`; all contracts are nobody's in
/// particular.
///
/// # Errors
/// When the database cannot be read.
pub async fn employer_names_of(db: &Db, contracts: &Contracts) -> Result<Vec<String>, DataError> {
    let Contracts::Numbers(numbers) = contracts else { return Ok(Vec::new()) };
    if numbers.is_empty() {
        return Ok(Vec::new());
    }
    let marks = vec!["?"; numbers.len()].join(", ");
    let sql = format!(
        "SELECT e.name, c.name FROM contract c JOIN employer e ON e.id = c.employer_id
         WHERE c.number IN ({marks}) ORDER BY c.id LIMIT 20"
    );
    names(db, &sql, numbers.iter().map(|number| number.as_str().into()).collect()).await
}

async fn names(db: &Db, sql: &str, values: Vec<Value>) -> Result<Vec<String>, DataError> {
    let rows = db.read().query_all_raw(statement(db.read().get_database_backend(), sql, values)).await?;
    let mut names = Vec::with_capacity(2 * rows.len());
    for row in rows {
        for column in 0..2 {
            names.push(row.try_get_by_index(column)?);
        }
    }
    Ok(names)
}

/// Sets another password. `is_short` is whether it is too short to be all there is to signing in.
///
/// # Errors
/// When the database refuses.
pub async fn set_password(txn: &Txn, account: AccountId, hash: &str, is_short: bool) -> Result<(), DataError> {
    account::Entity::update_many()
        .col_expr(account::Column::PasswordHash, Expr::value(hash))
        .col_expr(account::Column::PasswordIsShort, Expr::value(is_short))
        .filter(account::Column::Id.eq(account.0))
        .exec(&txn.0)
        .await?;
    Ok(())
}

/// Keeps another hash of the password that the account has.
///
/// # Errors
/// When the database refuses.
pub async fn set_password_hash(txn: &Txn, account: AccountId, hash: &str) -> Result<(), DataError> {
    account::Entity::update_many()
        .col_expr(account::Column::PasswordHash, Expr::value(hash))
        .filter(account::Column::Id.eq(account.0))
        .exec(&txn.0)
        .await?;
    Ok(())
}

/// Keeps the language that somebody chose.
///
/// # Errors
/// When the database refuses.
pub async fn set_language(txn: &Txn, account: AccountId, language: Language) -> Result<(), DataError> {
    account::Entity::update_many()
        .col_expr(account::Column::Language, Expr::value(language.tag()))
        .filter(account::Column::Id.eq(account.0))
        .exec(&txn.0)
        .await?;
    Ok(())
}

/// Keeps the theme that somebody chose.
///
/// # Errors
/// When the database refuses.
pub async fn set_theme(txn: &Txn, account: AccountId, theme: Theme) -> Result<(), DataError> {
    account::Entity::update_many()
        .col_expr(account::Column::Theme, Expr::value(theme.code()))
        .filter(account::Column::Id.eq(account.0))
        .exec(&txn.0)
        .await?;
    Ok(())
}

#[derive(FromQueryResult)]
struct ListedAccount {
    id: i64,
    email: String,
    name: String,
    blocked_at: Option<i64>,
    contracts: i64,
    staff_roles: i32,
}

/// All accounts, by address.
///
/// # Errors
/// When the database cannot be read.
pub async fn list(db: &Db) -> Result<Vec<AccountRow>, DataError> {
    let sql = "SELECT a.id, a.email, a.name, a.blocked_at, a.staff_roles,
                      (SELECT COUNT(*) FROM account_right r WHERE r.account_id = a.id AND r.roles <> 0) AS contracts
               FROM account a ORDER BY a.email";
    let rows = ListedAccount::find_by_statement(statement(db.read().get_database_backend(), sql, []));
    Ok(rows
        .all(db.read())
        .await?
        .into_iter()
        .map(|row| AccountRow {
            id: AccountId(row.id),
            email: row.email,
            name: row.name,
            blocked_at: row.blocked_at,
            contracts: row.contracts.unsigned_abs(),
            staff: stored_staff(row.staff_roles),
        })
        .collect())
}

/// How many accounts there are.
///
/// # Errors
/// When the database cannot be read.
pub async fn count(db: &Db) -> Result<u64, DataError> {
    Ok(account::Entity::find().count(db.read()).await?)
}

/// Lets a blocked account be used again. `subject` is the keyed hash under which tries on its address are counted.
/// Returns the account, or `None` when there is none with this address.
///
/// # Errors
/// When the database refuses.
pub async fn unblock(txn: &Txn, email: &str, subject: &[u8]) -> Result<Option<AccountId>, DataError> {
    let email = fold_email(email);
    let Some(row) = account::Entity::find().filter(account::Column::Email.eq(&email)).one(&txn.0).await? else {
        return Ok(None);
    };
    clear_block(txn, AccountId(row.id), subject).await?;
    Ok(Some(AccountId(row.id)))
}

/// Closes an account that has no rights left: its password is forgotten and its identities are unlinked, so that nobody
/// can sign in with it, and so are the telephone number and the address for reminders. Its name stays for the log. Whoever
/// adds its address again opens it again. Returns how many identities were unlinked.
///
/// # Errors
/// When the database refuses.
pub async fn close(txn: &Txn, account: AccountId) -> Result<u64, DataError> {
    account::Entity::update_many()
        .col_expr(account::Column::PasswordHash, Expr::value(Option::<String>::None))
        .col_expr(account::Column::PasswordIsShort, Expr::value(false))
        .col_expr(account::Column::WrongPasswords, Expr::value(0))
        .col_expr(account::Column::BlockedAt, Expr::value(Option::<i64>::None))
        .col_expr(account::Column::Telephone, Expr::value(""))
        .col_expr(account::Column::ReminderEmail, Expr::value(Option::<String>::None))
        .filter(account::Column::Id.eq(account.0))
        .exec(&txn.0)
        .await?;
    identity::unlink_all(txn, account).await
}

/// Gives an account that was closed, and is added again, the name that was typed.
///
/// # Errors
/// When the database refuses.
pub async fn rename(txn: &Txn, account: AccountId, name: &str) -> Result<(), DataError> {
    account::Entity::update_many()
        .col_expr(account::Column::Name, Expr::value(name))
        .filter(account::Column::Id.eq(account.0))
        .exec(&txn.0)
        .await?;
    Ok(())
}

/// Keeps an account as it is until the transaction ends. Returns `false` when it is blocked.
///
/// # Errors
/// When the database refuses.
pub async fn hold_open(txn: &Txn, account: AccountId) -> Result<bool, DataError> {
    let held = account::Entity::update_many()
        .col_expr(account::Column::BlockedAt, Expr::value(Option::<i64>::None))
        .filter(account::Column::Id.eq(account.0))
        .filter(account::Column::BlockedAt.is_null())
        .exec(&txn.0)
        .await?;
    Ok(held.rows_affected > 0)
}

/// Forgets the wrong passwords of an account and the block that came of them, if there is one. `subject` is as for
/// [`unblock`].
///
/// # Errors
/// When the database refuses.
pub async fn clear_block(txn: &Txn, account: AccountId, subject: &[u8]) -> Result<(), DataError> {
    account::Entity::update_many()
        .col_expr(account::Column::WrongPasswords, Expr::value(0))
        .col_expr(account::Column::BlockedAt, Expr::value(Option::<i64>::None))
        .filter(account::Column::Id.eq(account.0))
        .exec(&txn.0)
        .await?;
    forget_tries(txn, subject).await
}

/// Keeps with the account of this address, if there is one, how many wrong passwords were tried, and blocks it when
/// there were too many. The same is done where there is no such account, so that it takes as long.
///
/// # Errors
/// When the database refuses.
pub async fn note_wrong(txn: &Txn, email: &str, failures: u32, now: i64) -> Result<(), DataError> {
    let sql = "UPDATE account SET wrong_passwords = ?,
                   blocked_at = CASE WHEN ? THEN COALESCE(blocked_at, ?) ELSE blocked_at END
               WHERE email = ?";
    let values = [
        i32::try_from(failures).unwrap_or(i32::MAX).into(),
        (failures >= WRONG_PASSWORDS_ALLOWED).into(),
        now.into(),
        fold_email(email).into(),
    ];
    txn.0.execute_raw(statement(txn.0.get_database_backend(), sql, values)).await?;
    Ok(())
}

/// Notes that somebody signed in with the password that `hash` is of: wrong passwords of before no longer count.
/// Returns `false`, and notes nothing, when the account has another password since, or was blocked. Until the
/// transaction ends neither can happen.
///
/// # Errors
/// When the database refuses.
pub async fn note_right(txn: &Txn, account: AccountId, hash: &str) -> Result<bool, DataError> {
    let noted = account::Entity::update_many()
        .col_expr(account::Column::WrongPasswords, Expr::value(0))
        .filter(account::Column::Id.eq(account.0))
        .filter(account::Column::PasswordHash.eq(hash))
        .filter(account::Column::BlockedAt.is_null())
        .exec(&txn.0)
        .await?;
    Ok(noted.rows_affected > 0)
}

/// Notes that somebody came in with the second step: wrong tries of before no longer count. Returns `false`, and notes
/// nothing, when the account was blocked. Until the transaction ends it cannot be.
///
/// # Errors
/// When the database refuses.
pub async fn note_in(txn: &Txn, account: AccountId) -> Result<bool, DataError> {
    let noted = account::Entity::update_many()
        .col_expr(account::Column::WrongPasswords, Expr::value(0))
        .filter(account::Column::Id.eq(account.0))
        .filter(account::Column::BlockedAt.is_null())
        .exec(&txn.0)
        .await?;
    Ok(noted.rows_affected > 0)
}

/// Whether the password of an account is too short to be all there is to signing in.
///
/// # Errors
/// When the database cannot be read.
pub async fn password_is_short(txn: &Txn, account: AccountId) -> Result<bool, DataError> {
    let row = account::Entity::find_by_id(account.0).one(&txn.0).await?;
    Ok(row.is_some_and(|row| row.password_is_short))
}

/// Keeps an account as it is until the transaction ends, whoever else would change it.
///
/// # Errors
/// When the database refuses.
pub async fn lock(txn: &Txn, account: AccountId) -> Result<(), DataError> {
    account::Entity::update_many()
        .col_expr(account::Column::Id, Expr::col(account::Column::Id))
        .filter(account::Column::Id.eq(account.0))
        .exec(&txn.0)
        .await?;
    Ok(())
}

/// Forgets the password of an account, so that its owner must choose another by a mailed link.
///
/// # Errors
/// When the database refuses.
pub async fn forget_password(txn: &Txn, account: AccountId) -> Result<(), DataError> {
    account::Entity::update_many()
        .col_expr(account::Column::PasswordHash, Expr::value(Option::<String>::None))
        .col_expr(account::Column::PasswordIsShort, Expr::value(false))
        .filter(account::Column::Id.eq(account.0))
        .exec(&txn.0)
        .await?;
    Ok(())
}
