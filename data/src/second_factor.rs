//! The second step of an account: its app, its recovery codes, sign-ins that wait for one, and which employers ask it; its
//! passkeys are in [`passkey`].
//! Secrets come and go encrypted; of recovery codes and tokens only the hash is kept.

use collectief_domain::{
    actor::Language,
    ids::{AccountId, EmployerId},
    second_factor::EmployerPolicy,
};
use sea_orm::{
    ActiveValue::Set, ConnectionTrait, FromQueryResult, QueryOrder, QuerySelect, Value, prelude::*,
    sea_query::OnConflict,
};

use crate::{
    db::{Db, Txn, statement},
    entity::{account_recovery_code, account_totp, employer, pending_sign_in},
    error::DataError,
    passkey,
};

/// Whether the account `a` of a statement has a second step. Every question about it is asked in these words.
pub(crate) const IS_ON: &str =
    "(EXISTS (SELECT 1 FROM account_totp f WHERE f.account_id = a.id AND f.activated_at IS NOT NULL)
      OR EXISTS (SELECT 1 FROM account_passkey k WHERE k.account_id = a.id))";

/// What the use cases about the second step of an account need to know of it.
#[derive(Clone)]
pub struct Owner {
    /// The e-mail address that one signs in with.
    pub email: String,
    /// The name.
    pub name: String,
    /// The language.
    pub language: Language,
    /// The hashed password.
    pub password_hash: Option<String>,
    /// Whether the password is too short to be all there is to signing in.
    pub password_is_short: bool,
    /// The app that shows codes, if one was set up.
    pub totp: Option<Totp>,
    /// The secret of an app that is being set up, encrypted, and since when, in Unix milliseconds.
    pub pending: Option<(Vec<u8>, i64)>,
    /// How many passkeys there are.
    pub passkeys: u32,
    /// How many recovery codes were not used yet.
    pub recovery_codes: u32,
}

impl Owner {
    /// Whether there is a second step.
    pub fn has_second_factor(&self) -> bool {
        self.totp.is_some() || self.passkeys > 0
    }
}

/// An app that shows codes.
#[derive(Clone)]
pub struct Totp {
    /// Its secret, encrypted.
    pub secret_cipher: Vec<u8>,
    /// Since when it is used, in Unix milliseconds.
    pub since: i64,
    /// The step whose code was taken last.
    pub last_step: i64,
}

#[derive(FromQueryResult)]
struct OwnerRow {
    email: String,
    name: String,
    language: String,
    password_hash: Option<String>,
    password_is_short: bool,
    secret_cipher: Option<Vec<u8>>,
    activated_at: Option<i64>,
    last_step: Option<i64>,
    pending_cipher: Option<Vec<u8>>,
    pending_at: Option<i64>,
    passkeys: i64,
    recovery_codes: i64,
}

/// How the second step of an account stands.
///
/// # Errors
/// When the database cannot be read.
pub async fn owner(db: &Db, account: AccountId) -> Result<Option<Owner>, DataError> {
    let sql = "SELECT a.email, a.name, a.language, a.password_hash, a.password_is_short,
                      f.secret_cipher, f.activated_at, f.last_step, f.pending_cipher, f.pending_at,
                      (SELECT COUNT(*) FROM account_passkey k WHERE k.account_id = a.id) AS passkeys,
                      (SELECT COUNT(*) FROM account_recovery_code r
                       WHERE r.account_id = a.id AND r.used_at IS NULL) AS recovery_codes
               FROM account a LEFT JOIN account_totp f ON f.account_id = a.id WHERE a.id = ?";
    let sql = statement(db.read().get_database_backend(), sql, [account.0.into()]);
    let found = OwnerRow::find_by_statement(sql).one(db.read()).await?;
    Ok(found.map(|row| Owner {
        email: row.email,
        name: row.name,
        language: Language::from_tag(&row.language).unwrap_or_default(),
        password_hash: row.password_hash,
        password_is_short: row.password_is_short,
        totp: match (row.secret_cipher, row.activated_at) {
            (Some(secret_cipher), Some(since)) => {
                Some(Totp { secret_cipher, since, last_step: row.last_step.unwrap_or_default() })
            }
            _ => None,
        },
        pending: row.pending_cipher.zip(row.pending_at),
        passkeys: u32::try_from(row.passkeys).unwrap_or_default(),
        recovery_codes: u32::try_from(row.recovery_codes).unwrap_or_default(),
    }))
}

/// Whether an account has a second step, as it stands in the transaction.
///
/// # Errors
/// When the database cannot be read.
pub async fn is_on(txn: &Txn, account: AccountId) -> Result<bool, DataError> {
    let sql = format!("SELECT 1 FROM account a WHERE a.id = ? AND {IS_ON}");
    let sql = statement(txn.0.get_database_backend(), &sql, [account.0.into()]);
    Ok(txn.0.query_one_raw(sql).await?.is_some())
}

/// Keeps the secret of an app that is being set up, in the place of one that was being set up before.
///
/// # Errors
/// When the database refuses.
pub async fn begin(txn: &Txn, account: AccountId, cipher: Vec<u8>, now: i64) -> Result<(), DataError> {
    let row = account_totp::ActiveModel {
        account_id: Set(account.0),
        secret_cipher: Set(None),
        activated_at: Set(None),
        last_step: Set(0),
        pending_cipher: Set(Some(cipher)),
        pending_at: Set(Some(now)),
    };
    let replace = OnConflict::column(account_totp::Column::AccountId)
        .update_columns([account_totp::Column::PendingCipher, account_totp::Column::PendingAt])
        .to_owned();
    account_totp::Entity::insert(row).on_conflict(replace).exec_without_returning(&txn.0).await?;
    Ok(())
}

/// Begins to use the app that was being set up with this secret; `step` is the step of its first code. Returns `false`
/// when another one is being set up by now, or none.
///
/// # Errors
/// When the database refuses.
pub async fn activate(txn: &Txn, account: AccountId, cipher: &[u8], step: i64, now: i64) -> Result<bool, DataError> {
    let set = account_totp::Entity::update_many()
        .col_expr(account_totp::Column::SecretCipher, Expr::value(Some(cipher.to_vec())))
        .col_expr(account_totp::Column::ActivatedAt, Expr::value(Some(now)))
        .col_expr(account_totp::Column::LastStep, Expr::value(step))
        .col_expr(account_totp::Column::PendingCipher, Expr::value(Option::<Vec<u8>>::None))
        .col_expr(account_totp::Column::PendingAt, Expr::value(Option::<i64>::None))
        .filter(account_totp::Column::AccountId.eq(account.0))
        .filter(account_totp::Column::PendingCipher.eq(cipher.to_vec()))
        .exec(&txn.0)
        .await?;
    Ok(set.rows_affected > 0)
}

/// Takes the code of a step. Returns `false` when it, or a later one, was taken before: of several at once only one is.
///
/// # Errors
/// When the database refuses.
pub async fn use_step(txn: &Txn, account: AccountId, step: i64) -> Result<bool, DataError> {
    let used = account_totp::Entity::update_many()
        .col_expr(account_totp::Column::LastStep, Expr::value(step))
        .filter(account_totp::Column::AccountId.eq(account.0))
        .filter(account_totp::Column::ActivatedAt.is_not_null())
        .filter(account_totp::Column::LastStep.lt(step))
        .exec(&txn.0)
        .await?;
    Ok(used.rows_affected > 0)
}

/// Gives an account these recovery codes, by their hashes; those of before are worth nothing any more.
///
/// # Errors
/// When the database refuses.
pub async fn set_recovery_codes(txn: &Txn, account: AccountId, hashes: &[Vec<u8>]) -> Result<(), DataError> {
    forget_recovery_codes(txn, account).await?;
    let rows = hashes.iter().map(|hash| account_recovery_code::ActiveModel {
        account_id: Set(account.0),
        code_hash: Set(hash.clone()),
        used_at: Set(None),
    });
    account_recovery_code::Entity::insert_many(rows).exec_without_returning(&txn.0).await?;
    Ok(())
}

async fn forget_recovery_codes(txn: &Txn, account: AccountId) -> Result<(), DataError> {
    let codes = account_recovery_code::Entity::delete_many();
    codes.filter(account_recovery_code::Column::AccountId.eq(account.0)).exec(&txn.0).await?;
    Ok(())
}

/// Uses a recovery code up. Returns `false` when the account has none with this hash that was not used yet: of several at
/// once only one can.
///
/// # Errors
/// When the database refuses.
pub async fn use_recovery_code(txn: &Txn, account: AccountId, hash: &[u8], now: i64) -> Result<bool, DataError> {
    let used = account_recovery_code::Entity::update_many()
        .col_expr(account_recovery_code::Column::UsedAt, Expr::value(Some(now)))
        .filter(account_recovery_code::Column::AccountId.eq(account.0))
        .filter(account_recovery_code::Column::CodeHash.eq(hash.to_vec()))
        .filter(account_recovery_code::Column::UsedAt.is_null())
        .exec(&txn.0)
        .await?;
    Ok(used.rows_affected > 0)
}

/// How many of these hashes are of recovery codes of the account that were not used yet.
///
/// # Errors
/// When the database cannot be read.
pub async fn count_recovery_codes(db: &Db, account: AccountId, hashes: &[Vec<u8>]) -> Result<u64, DataError> {
    let codes = account_recovery_code::Entity::find()
        .filter(account_recovery_code::Column::AccountId.eq(account.0))
        .filter(account_recovery_code::Column::CodeHash.is_in(hashes.iter().cloned()))
        .filter(account_recovery_code::Column::UsedAt.is_null());
    Ok(codes.count(db.read()).await?)
}

/// Does away with everything of the second step of an account, and with sign-ins that wait for it. Returns whether it
/// had a second step.
///
/// # Errors
/// When the database refuses.
pub async fn remove(txn: &Txn, account: AccountId) -> Result<bool, DataError> {
    let was_on = is_on(txn, account).await?;
    account_totp::Entity::delete_by_id(account.0).exec(&txn.0).await?;
    passkey::remove_all(txn, account).await?;
    forget_recovery_codes(txn, account).await?;
    remove_pending(txn, account).await?;
    Ok(was_on)
}

/// A sign-in that waits for the second step, and its account.
#[derive(Clone)]
pub struct Pending {
    /// The account.
    pub account: AccountId,
    /// The e-mail address that one signs in with.
    pub email: String,
    /// Whether the account is blocked.
    pub blocked: bool,
}

#[derive(FromQueryResult)]
struct PendingRow {
    account_id: i64,
    email: String,
    blocked_at: Option<i64>,
}

/// Keeps a sign-in that waits for the second step until `expires_at`, in Unix milliseconds.
///
/// # Errors
/// When the database refuses.
pub async fn add_pending(txn: &Txn, account: AccountId, token_hash: Vec<u8>, expires_at: i64) -> Result<(), DataError> {
    let row = pending_sign_in::ActiveModel {
        token_hash: Set(token_hash),
        account_id: Set(account.0),
        expires_at: Set(expires_at),
    };
    pending_sign_in::Entity::insert(row).exec_without_returning(&txn.0).await?;
    Ok(())
}

/// The sign-in whose token has this hash; `None` when it is unknown, used, or past its term.
///
/// # Errors
/// When the database cannot be read.
pub async fn find_pending(db: &Db, token_hash: &[u8], now: i64) -> Result<Option<Pending>, DataError> {
    let sql = "SELECT p.account_id, a.email, a.blocked_at
               FROM pending_sign_in p JOIN account a ON a.id = p.account_id
               WHERE p.token_hash = ? AND p.expires_at > ?";
    let sql = statement(db.read().get_database_backend(), sql, [token_hash.to_vec().into(), now.into()]);
    let found = PendingRow::find_by_statement(sql).one(db.read()).await?;
    Ok(found.map(|row| Pending {
        account: AccountId(row.account_id),
        email: row.email,
        blocked: row.blocked_at.is_some(),
    }))
}

/// Uses a waiting sign-in up. Returns `false` when it was used or is past its term: of several at once only one can.
///
/// # Errors
/// When the database refuses.
pub async fn take_pending(txn: &Txn, token_hash: &[u8], now: i64) -> Result<bool, DataError> {
    let taken = pending_sign_in::Entity::delete_many()
        .filter(pending_sign_in::Column::TokenHash.eq(token_hash.to_vec()))
        .filter(pending_sign_in::Column::ExpiresAt.gt(now))
        .exec(&txn.0)
        .await?;
    Ok(taken.rows_affected > 0)
}

/// Makes every waiting sign-in of an account worthless.
///
/// # Errors
/// When the database refuses.
pub async fn remove_pending(txn: &Txn, account: AccountId) -> Result<(), DataError> {
    let pending = pending_sign_in::Entity::delete_many();
    pending.filter(pending_sign_in::Column::AccountId.eq(account.0)).exec(&txn.0).await?;
    Ok(())
}

/// As [`remove_pending`], for the account of an address if there is one. Where there is none it takes as long.
///
/// # Errors
/// When the database refuses.
pub async fn remove_pending_of(txn: &Txn, email: &str) -> Result<(), DataError> {
    let sql = "DELETE FROM pending_sign_in WHERE account_id = (SELECT id FROM account WHERE email = ?)";
    let values = [Value::from(crate::account::fold_email(email))];
    txn.0.execute_raw(statement(txn.0.get_database_backend(), sql, values)).await?;
    Ok(())
}

/// Takes away waiting sign-ins and questions for passkeys that are past their term, and secrets that were being set up since before `before`.
///
/// # Errors
/// When the database refuses.
pub async fn clear(txn: &Txn, before: i64, now: i64) -> Result<(), DataError> {
    pending_sign_in::Entity::delete_many().filter(pending_sign_in::Column::ExpiresAt.lte(now)).exec(&txn.0).await?;
    passkey::clear_ceremonies(txn, now).await?;
    account_totp::Entity::update_many()
        .col_expr(account_totp::Column::PendingCipher, Expr::value(Option::<Vec<u8>>::None))
        .col_expr(account_totp::Column::PendingAt, Expr::value(Option::<i64>::None))
        .filter(account_totp::Column::PendingAt.lt(before))
        .exec(&txn.0)
        .await?;
    Ok(())
}

#[derive(FromQueryResult)]
struct PolicyRow {
    id: i64,
    name: String,
    second_factor_required: bool,
    without: i64,
}

/// The employers whose main account it is, by name, with whether they ask a second step.
///
/// # Errors
/// When the database cannot be read.
pub async fn policies(db: &Db, main: AccountId) -> Result<Vec<EmployerPolicy>, DataError> {
    let sql = format!(
        "SELECT e.id, e.name, e.second_factor_required,
                (SELECT COUNT(DISTINCT r.account_id) FROM account_right r
                 JOIN contract c ON c.id = r.contract_id JOIN account a ON a.id = r.account_id
                 WHERE c.employer_id = e.id AND r.roles <> 0 AND NOT {IS_ON}) AS without
         FROM employer e WHERE e.main_account_id = ? ORDER BY e.name, e.id"
    );
    let sql = statement(db.read().get_database_backend(), &sql, [main.0.into()]);
    let rows = PolicyRow::find_by_statement(sql).all(db.read()).await?;
    let policy = |row: PolicyRow| EmployerPolicy {
        id: EmployerId(row.id),
        name: row.name,
        is_required: row.second_factor_required,
        without: u32::try_from(row.without).unwrap_or(u32::MAX),
    };
    Ok(rows.into_iter().map(policy).collect())
}

/// Says whether an employer asks a second step; `main` is whose main account it must be, where that matters. Whoever has a
/// role on its contracts notices with the next request. Returns `false` when it is not that account's to say.
///
/// # Errors
/// When the database refuses.
pub async fn set_required(
    txn: &Txn,
    employer: EmployerId,
    main: Option<AccountId>,
    is_required: bool,
) -> Result<bool, DataError> {
    let mut update = employer::Entity::update_many()
        .col_expr(employer::Column::SecondFactorRequired, Expr::value(is_required))
        .filter(employer::Column::Id.eq(employer.0));
    if let Some(main) = main {
        update = update.filter(employer::Column::MainAccountId.eq(main.0));
    }
    if update.exec(&txn.0).await?.rows_affected == 0 {
        return Ok(false);
    }
    let sql = "UPDATE account SET rights_version = rights_version + 1
               WHERE id IN (SELECT r.account_id FROM account_right r JOIN contract c ON c.id = r.contract_id
                            WHERE c.employer_id = ? AND r.roles <> 0)";
    txn.0.execute_raw(statement(txn.0.get_database_backend(), sql, [employer.0.into()])).await?;
    Ok(true)
}

/// The secrets of apps, as the keys encrypted them, of the next accounts after `after`: the one in use, and the one that is
/// being set up.
///
/// # Errors
/// When the database cannot be read.
pub async fn sealed_secrets(db: &Db, after: AccountId, most: u64) -> Result<Vec<SealedSecrets>, DataError> {
    let rows = account_totp::Entity::find()
        .filter(account_totp::Column::AccountId.gt(after.0))
        .order_by_asc(account_totp::Column::AccountId)
        .limit(most)
        .all(db.read())
        .await?;
    let sealed = |row: account_totp::Model| SealedSecrets {
        account: AccountId(row.account_id),
        in_use: row.secret_cipher,
        pending: row.pending_cipher,
    };
    Ok(rows.into_iter().map(sealed).collect())
}

/// The secrets of somebody's app, encrypted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealedSecrets {
    /// The account.
    pub account: AccountId,
    /// The one whose codes are asked.
    pub in_use: Option<Vec<u8>>,
    /// The one that is being set up.
    pub pending: Option<Vec<u8>>,
}

/// Keeps the same secrets encrypted anew, unless others took their place meanwhile. Returns whether they did not.
///
/// # Errors
/// When the database refuses.
pub async fn reseal(txn: &Txn, before: &SealedSecrets, after: &SealedSecrets) -> Result<bool, DataError> {
    let same = |column: account_totp::Column, value: &Option<Vec<u8>>| match value {
        Some(sealed) => column.eq(sealed.clone()),
        None => column.is_null(),
    };
    let kept = account_totp::Entity::update_many()
        .col_expr(account_totp::Column::SecretCipher, Expr::value(after.in_use.clone()))
        .col_expr(account_totp::Column::PendingCipher, Expr::value(after.pending.clone()))
        .filter(account_totp::Column::AccountId.eq(before.account.0))
        .filter(same(account_totp::Column::SecretCipher, &before.in_use))
        .filter(same(account_totp::Column::PendingCipher, &before.pending))
        .exec(&txn.0)
        .await?;
    Ok(kept.rows_affected > 0)
}
