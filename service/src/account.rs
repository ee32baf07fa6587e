//! Accounts: adding, unblocking and listing them, and hashing their passwords.

use std::sync::LazyLock;

use argon2::{
    Argon2,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
pub use collectief_data::account::{AccountRow, Contracts};
use collectief_data::{
    DataError,
    account::{self, fold_email},
};
use collectief_domain::{
    actor::{Language, Roles},
    field::{FieldCode, FieldErrors},
    ids::AccountId,
};
use secrecy::{ExposeSecret, SecretString};

use crate::{
    Portal, Request, ServiceError,
    audit::{self, About, AuditKind},
};

/// The fewest characters of a password.
pub const PASSWORD_MIN: u32 = 15;

/// The most bytes of a password.
pub const PASSWORD_MAX: u32 = 1024;

/// An account to add.
#[derive(Debug)]
pub struct NewAccount {
    /// E-mail address.
    pub email: String,
    /// The name that the header shows.
    pub name: String,
    /// Its contracts.
    pub contracts: Contracts,
    /// Its roles on each of them.
    pub roles: Roles,
    /// Its password.
    pub password: SecretString,
}

/// Adds an account.
///
/// # Errors
/// [`ServiceError::Invalid`] with all that is wrong: the address (`email`), the name (`naam`), the password
/// (`wachtwoord`), the contracts (`contract`) or the roles (`rol`).
pub async fn add(portal: &Portal, new: NewAccount) -> Result<AccountId, ServiceError> {
    let mut errors = FieldErrors::default();
    let email = fold_email(&new.email);
    if let Err(code) = check_email(&email) {
        errors.push("email", code);
    }
    let name = new.name.trim();
    if name.is_empty() {
        errors.push("naam", FieldCode::Required);
    } else if name.chars().count() > 100 {
        errors.push("naam", FieldCode::TooLong { max: 100 });
    } else if name.chars().any(char::is_control) {
        errors.push("naam", FieldCode::ForbiddenCharacter);
    }
    if let Err(code) = check_password(new.password.expose_secret()) {
        errors.push("wachtwoord", code);
    }
    if new.contracts == Contracts::Numbers(Vec::new()) {
        errors.push("contract", FieldCode::Required);
    }
    if new.roles == Roles::NONE {
        errors.push("rol", FieldCode::Required);
    }
    errors.or(()).map_err(ServiceError::Invalid)?;

    let password_hash = hash_password(portal, new.password).await?;
    let txn = portal.db().begin().await?;
    let row = account::NewAccount {
        email,
        name: name.to_owned(),
        password_hash,
        language: Language::default(),
        now: portal.clock().millis(),
    };
    let account = match account::add(&txn, row).await {
        Err(DataError::Duplicate) => return Err(refused("email", FieldCode::UnknownChoice)),
        other => other?,
    };
    let unknown = account::set_rights(&txn, account, &new.contracts, new.roles).await?;
    if !unknown.is_empty() {
        return Err(refused("contract", FieldCode::UnknownContract));
    }
    let event = audit::event_of_nobody(portal, &Request::internal("account add"), AuditKind::AccountAdded)
        .details(format!("account {account}, roles {}", new.roles.bits()));
    audit::append(&txn, &[event]).await?;
    txn.commit().await?;
    Ok(account)
}

fn refused(field: &'static str, code: FieldCode) -> ServiceError {
    let mut errors = FieldErrors::default();
    errors.push(field, code);
    ServiceError::Invalid(errors)
}

/// Lets a blocked account be used again, with the password that it has.
///
/// # Errors
/// [`ServiceError::NotFound`] when no account has the address.
pub async fn unblock(portal: &Portal, email: &str) -> Result<(), ServiceError> {
    let txn = portal.db().begin().await?;
    let account = account::unblock(&txn, email, &address_subject(portal, email)).await?;
    let account = account.ok_or(ServiceError::NotFound)?;
    let event = audit::event_of_nobody(portal, &Request::internal("account unblock"), AuditKind::AccountUnblocked)
        .details(format!("account {account}"));
    audit::append(&txn, &[event]).await?;
    Ok(txn.commit().await?)
}

/// All accounts, for the operator.
///
/// # Errors
/// When the database cannot be read.
pub async fn list(portal: &Portal) -> Result<Vec<AccountRow>, ServiceError> {
    Ok(account::list(portal.db()).await?)
}

/// The subject under which tries on an address are counted, whether it is known or not.
pub(crate) fn address_subject(portal: &Portal, email: &str) -> Vec<u8> {
    portal.db().keys().keyed_hash(b"sign-in address", fold_email(email).as_bytes())
}

fn check_email(email: &str) -> Result<(), FieldCode> {
    if email.is_empty() {
        return Err(FieldCode::Required);
    }
    if email.len() > 254 {
        return Err(FieldCode::TooLong { max: 254 });
    }
    let valid = email.split_once('@').is_some_and(|(local, domain)| {
        !local.is_empty()
            && !domain.is_empty()
            && !domain.contains('@')
            && !domain.starts_with('.')
            && !domain.ends_with('.')
            && !email.chars().any(|c| c.is_control() || c.is_whitespace() || matches!(c, '<' | '>' | '"' | ','))
    });
    if valid { Ok(()) } else { Err(FieldCode::NotAnEmail) }
}

/// Checks the length of a new password; nothing else is asked of it.
fn check_password(password: &str) -> Result<(), FieldCode> {
    if password.is_empty() {
        Err(FieldCode::Required)
    } else if password.chars().count() < PASSWORD_MIN as usize {
        Err(FieldCode::TooShort { min: PASSWORD_MIN })
    } else if password.len() > PASSWORD_MAX as usize {
        Err(FieldCode::TooLong { max: PASSWORD_MAX })
    } else {
        Ok(())
    }
}

/// Hashes a password with Argon2id, off the threads that serve requests and no more at once than there are cores.
pub(crate) async fn hash_password(portal: &Portal, password: SecretString) -> Result<String, ServiceError> {
    hashing(portal, move || {
        let hash = Argon2::default().hash_password(password.expose_secret().as_bytes());
        hash.map(|hash| hash.to_string()).map_err(|error| ServiceError::Internal(format!("hashing: {error}")))
    })
    .await?
}

/// What comparing a password with a stored hash came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Verified {
    /// Whether it is the password.
    pub(crate) right: bool,
    /// Whether the stored hash was made with other parameters than hashes are made with now.
    pub(crate) outdated: bool,
}

/// Compares a password with a stored hash. Without one it takes as long, and is never right.
pub(crate) async fn verify_password(
    portal: &Portal,
    password: SecretString,
    stored: Option<String>,
) -> Result<Verified, ServiceError> {
    hashing(portal, move || {
        let known = stored.is_some();
        let stored = stored.as_deref().or(UNKNOWN.as_deref()).unwrap_or_default();
        let Ok(hash) = PasswordHash::new(stored) else {
            return Err(ServiceError::Internal("a stored password hash cannot be read".to_owned()));
        };
        let right = Argon2::default().verify_password(password.expose_secret().as_bytes(), &hash).is_ok();
        Ok(Verified { right: right && known, outdated: outdated(&hash) })
    })
    .await?
}

/// The hash that a password is compared with when there is no account.
static UNKNOWN: LazyLock<Option<String>> =
    LazyLock::new(|| Argon2::default().hash_password(b"nobody has this password").ok().map(|hash| hash.to_string()));

fn outdated(hash: &PasswordHash) -> bool {
    let now = Argon2::default();
    let params = argon2::Params::try_from(hash);
    hash.algorithm.as_str() != argon2::Algorithm::default().as_str()
        || params.map_or(true, |params| {
            let wanted = now.params();
            (params.m_cost(), params.t_cost(), params.p_cost()) != (wanted.m_cost(), wanted.t_cost(), wanted.p_cost())
        })
}

/// Runs `work` when it is its turn. A task of its own keeps the turn until the work is done, also when whoever asked
/// has gone: else many who ask and go would have more work done at once than was meant.
async fn hashing<T: Send + 'static>(
    portal: &Portal,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, ServiceError> {
    let portal = portal.clone();
    let turn = tokio::spawn(async move {
        let _turn = portal.hashing().acquire().await.ok()?;
        tokio::task::spawn_blocking(work).await.ok()
    });
    turn.await.ok().flatten().ok_or_else(|| ServiceError::Internal("hashing a password failed".to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses() {
        for good in ["a@b", "sanne.de.vries@zorggroep.example", "o'neill+hr@example.org"] {
            assert_eq!(check_email(good), Ok(()), "{good}");
        }
        for bad in ["a", "@b", "a@", "a@b@c", "a b@c", "a@.c", "a@c.", "a@b\nBcc: c@d"] {
            assert_eq!(check_email(bad), Err(FieldCode::NotAnEmail), "{bad}");
        }
    }

    #[test]
    fn passwords_are_judged_by_their_length_only() {
        assert_eq!(check_password(""), Err(FieldCode::Required));
        assert_eq!(check_password("vijftien teken"), Err(FieldCode::TooShort { min: 15 }));
        assert_eq!(check_password("vijftien tekens"), Ok(()));
        assert_eq!(check_password(&"é".repeat(512)), Ok(()));
        assert_eq!(check_password(&"é".repeat(513)), Err(FieldCode::TooLong { max: 1024 }));
    }

    #[test]
    fn a_hash_with_other_parameters_is_outdated() {
        let now = Argon2::default().hash_password(b"correct horse battery").unwrap();
        assert!(!outdated(&now));
        let before = Argon2::new(
            argon2::Algorithm::Argon2id,
            argon2::Version::V0x13,
            argon2::Params::new(8 * 1024, 1, 1, None).unwrap(),
        );
        assert!(outdated(&before.hash_password(b"correct horse battery").unwrap()));
    }
}
