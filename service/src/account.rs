//! Accounts: adding, inviting, unblocking and listing them.

pub use collectief_data::account::{AccountRow, Contracts};
use collectief_data::{
    DataError, Txn,
    account::{self, Credentials, fold_email},
    account_management, link as links, outbox, second_factor, session,
};
use collectief_domain::{
    account::{check_email, check_name},
    actor::{Language, Roles},
    field::{FieldCode, FieldErrors},
    ids::AccountId,
    password::MIN_ALONE,
};
use secrecy::SecretString;

use crate::{
    Portal, Request, ServiceError,
    audit::{self, About, AuditEvent, AuditKind},
    link::{self, Asked},
    outbox::{Content, NewOutbox},
    password::{self, NewPassword},
};

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
    /// Its password; without one its owner is mailed a link to set it.
    pub password: Option<SecretString>,
}

/// Adds an account, and mails its owner a link to activate it where it has no password yet.
///
/// # Errors
/// [`ServiceError::Invalid`] with all that is wrong: the address (`email`), the name (`naam`), the password
/// (`wachtwoord`), the contracts (`contract`) or the roles (`rol`).
pub async fn add(portal: &Portal, mut new: NewAccount) -> Result<AccountId, ServiceError> {
    let mut errors = check(&new);
    let password = match new.password.take() {
        Some(typed) => {
            let employers = account::employer_names_of(portal.db(), &new.contracts).await?;
            let known = password::known_words(portal, &new.name, &new.email, &employers);
            errors.take("wachtwoord", password::accept(portal, typed, MIN_ALONE, known).await?)
        }
        None => None,
    };
    errors.or(()).map_err(ServiceError::Invalid)?;
    insert(portal, new, password).await
}

/// As [`add`], for an account whose password everybody may know: it is not judged, because it protects nothing.
pub(crate) async fn add_for_show(portal: &Portal, new: NewAccount, password: SecretString) -> Result<(), ServiceError> {
    check(&new).or(()).map_err(ServiceError::Invalid)?;
    let hash = password::hash(portal, password).await?;
    insert(portal, new, Some(NewPassword { hash, is_short: false })).await?;
    Ok(())
}

/// What is wrong with an account to add, but for its password.
fn check(new: &NewAccount) -> FieldErrors {
    let mut errors = FieldErrors::default();
    errors.take("email", check_email(&fold_email(&new.email)));
    errors.take("naam", check_name(new.name.trim()));
    if new.contracts == Contracts::Numbers(Vec::new()) {
        errors.push("contract", FieldCode::Required);
    }
    if new.roles == Roles::NONE {
        errors.push("rol", FieldCode::Required);
    }
    errors
}

async fn insert(portal: &Portal, new: NewAccount, password: Option<NewPassword>) -> Result<AccountId, ServiceError> {
    let email = fold_email(&new.email);
    let is_invited = password.is_none();
    let taken = || ServiceError::on("email", FieldCode::UnknownChoice);
    let found = account::credentials(portal.db(), &email).await?;
    if found.as_ref().is_some_and(|found| found.has_rights || found.password_hash.is_some()) {
        return Err(taken());
    }
    let txn = portal.db().begin().await?;
    let (account, _) = match enter(portal, &txn, found.as_ref(), &email, &new.name).await {
        Err(DataError::Duplicate) => return Err(taken()),
        entered => entered?,
    };
    if let Some(NewPassword { hash, is_short }) = password {
        account::set_password(&txn, account, &hash, is_short).await?;
    }
    let unknown = account::set_rights(&txn, account, &new.contracts, new.roles).await?;
    if !unknown.is_empty() {
        return Err(ServiceError::on("contract", FieldCode::UnknownContract));
    }
    if is_invited {
        outbox::put(&txn, link::message(portal, Asked::Invited, &email)?).await?;
    }
    let event = audit::event_of_nobody(portal, &Request::internal("account add"), AuditKind::AccountAdded)
        .details(format!("account {account}, roles {}", new.roles.bits()));
    audit::append(&txn, [event]);
    txn.commit().await?;
    Ok(account)
}

/// The account of this address: `found`, or a new one without a password, which the second value tells. One that lost its
/// last right was closed; it is opened again under the name that is typed now, while any other keeps its own.
///
/// # Errors
/// [`DataError::Duplicate`] when somebody else added it at this very moment.
pub(crate) async fn enter(
    portal: &Portal,
    txn: &Txn,
    found: Option<&Credentials>,
    email: &str,
    name: &str,
) -> Result<(AccountId, bool), DataError> {
    if let Some(found) = found {
        if !found.has_rights {
            account::rename(txn, found.id, name.trim()).await?;
        }
        return Ok((found.id, false));
    }
    let row = account::NewAccount {
        email: fold_email(email),
        name: name.trim().to_owned(),
        language: Language::default(),
        now: portal.clock().millis(),
    };
    Ok((account::add(txn, row).await?, true))
}

/// What tells the owner of an account of the contracts that it has rights on from now on. `has` is the account as it was
/// found: whoever has no password yet is mailed a link to activate it; whoever has one is told that it can be used for
/// more, by whom (`None` is the insurer), in a message with this key.
pub(crate) fn welcome(
    portal: &Portal,
    has: Option<&Credentials>,
    email: &str,
    contracts: Vec<String>,
    by: Option<String>,
    key: String,
) -> Result<NewOutbox, ServiceError> {
    match has.filter(|has| has.password_hash.is_some()) {
        None => link::message(portal, Asked::Invited, email),
        Some(has) => {
            let granted = Content::AccessGranted { contracts, by };
            granted.message(key, Some(fold_email(email)), has.language, portal.clock().millis())
        }
    }
}

/// Notes that the rights of an account changed, and closes it where none is left anywhere: its password is forgotten, and
/// its sessions, second step, eHerkenning and mailed links end; the name stays for the log. Returns what the log is to say
/// of that, `of` beginning an event.
pub(crate) async fn close_if_rightless(
    portal: &Portal,
    txn: &Txn,
    account: AccountId,
    of: impl Fn(AuditKind) -> AuditEvent,
) -> Result<Vec<AuditEvent>, ServiceError> {
    if account_management::rights_were_changed(txn, account).await? {
        return Ok(Vec::new());
    }
    let unlinked = account::close(txn, account).await?;
    second_factor::remove(txn, account).await?;
    session::remove_all(txn, account).await?;
    links::withdraw(txn, account, None, portal.clock().millis()).await?;
    let closed = format!("account {account}");
    let mut events = Vec::new();
    if unlinked > 0 {
        let unlinked = format!("{closed}, {unlinked} of them, with its last right");
        events.push(of(AuditKind::IdentityUnlinked).details(unlinked));
    }
    events.push(of(AuditKind::AccountClosed).details(closed));
    Ok(events)
}

/// Mails the owner of an account that has no password yet a new link to activate it. Returns whether that was still
/// needed.
///
/// # Errors
/// [`ServiceError::NotFound`] when no account has the address.
pub async fn invite(portal: &Portal, email: &str) -> Result<bool, ServiceError> {
    let found = account::credentials(portal.db(), email).await?.ok_or(ServiceError::NotFound)?;
    if found.password_hash.is_some() {
        return Ok(false);
    }
    let txn = portal.db().begin().await?;
    outbox::put(&txn, link::message(portal, Asked::Invited, email)?).await?;
    let event = audit::event_of_nobody(portal, &Request::internal("account invite"), AuditKind::LinkAsked)
        .details(format!("account {}, by the operator", found.id));
    audit::append(&txn, [event]);
    txn.commit().await?;
    Ok(true)
}

/// Lets a blocked account be used again, with the password that it has; for the operator.
///
/// # Errors
/// [`ServiceError::NotFound`] when no account has the address.
pub async fn unblock(portal: &Portal, email: &str) -> Result<(), ServiceError> {
    let txn = portal.db().begin().await?;
    let account = account::unblock(&txn, email, &address_subject(portal, email)).await?;
    let account = account.ok_or(ServiceError::NotFound)?;
    let event = audit::event_of_nobody(portal, &Request::internal("account unblock"), AuditKind::AccountUnblocked)
        .details(format!("account {account}, by the operator"));
    audit::append(&txn, [event]);
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
