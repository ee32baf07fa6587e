//! Who is of the insurer's staff: only the operator says so.

use collectief_data::{account as stored, office, outbox};
use collectief_domain::{
    account::{check_email, check_name},
    field::{FieldCode, FieldErrors},
    ids::AccountId,
    password::MIN_ALONE,
    staff::StaffRoles,
};
use secrecy::SecretString;

use crate::{
    Portal, Request, ServiceError, account,
    audit::{self, About, AuditKind},
    link::{self, Asked},
    password::{self, NewPassword},
};

/// An account that gets roles in the back office.
#[derive(Debug)]
pub struct NewStaff {
    /// E-mail address.
    pub email: String,
    /// Name, where there is no account with this address yet; one that is there keeps its own.
    pub name: Option<String>,
    /// Its roles; none takes them all away.
    pub roles: StaffRoles,
    /// The password of a new account; without one its owner is mailed a link to set it.
    pub password: Option<SecretString>,
}

/// Gives an account exactly these roles in the back office. It holds from its next request on. Whoever has no right left
/// anywhere is closed, as by an account manager who takes the last one away.
///
/// # Errors
/// [`ServiceError::NotFound`] when no account has the address and no name was given for a new one;
/// [`ServiceError::Invalid`] with all that is wrong with a new one (`email`, `naam`, `wachtwoord`).
pub async fn set_staff(portal: &Portal, new: NewStaff) -> Result<AccountId, ServiceError> {
    let found = stored::credentials(portal.db(), &new.email).await?;
    let mut chosen = None;
    let name = match (&found, &new.name) {
        (Some(found), _) => found.name.clone(),
        (None, None) => return Err(ServiceError::NotFound),
        (None, Some(name)) => {
            let mut errors = FieldErrors::default();
            errors.take("email", check_email(&stored::fold_email(&new.email)));
            errors.take("naam", check_name(name.trim()));
            if new.roles.is_empty() {
                errors.push("rol", FieldCode::Required);
            }
            if let Some(typed) = new.password {
                let known = password::known_words(portal, name, &new.email, &[]);
                chosen = errors.take("wachtwoord", password::accept(portal, typed, MIN_ALONE, known).await?);
            }
            errors.or(()).map_err(ServiceError::Invalid)?;
            name.clone()
        }
    };
    give(portal, found, &new.email, &name, new.roles, chosen).await
}

/// As [`set_staff`], for a new account whose password everybody may know: it is not judged, because it protects nothing.
pub(crate) async fn add_for_show(
    portal: &Portal,
    email: &str,
    name: &str,
    roles: StaffRoles,
    password: SecretString,
) -> Result<AccountId, ServiceError> {
    let hash = password::hash(portal, password).await?;
    give(portal, None, email, name, roles, Some(NewPassword { hash, is_short: false })).await
}

async fn give(
    portal: &Portal,
    found: Option<stored::Credentials>,
    email: &str,
    name: &str,
    roles: StaffRoles,
    password: Option<NewPassword>,
) -> Result<AccountId, ServiceError> {
    let is_new = found.is_none();
    let txn = portal.db().begin().await?;
    let (account, _) = account::enter(portal, &txn, found.as_ref(), email, name).await?;
    office::set_staff(&txn, account, roles).await?;
    let needs_link = password.is_none() && found.is_none_or(|found| found.password_hash.is_none()) && !roles.is_empty();
    if let Some(NewPassword { hash, is_short }) = password {
        stored::set_password(&txn, account, &hash, is_short).await?;
    }
    if needs_link {
        outbox::put(&txn, link::message(portal, Asked::Invited, email)?).await?;
    }
    let request = Request::internal("account staff");
    let of = |kind| audit::event_of_nobody(portal, &request, kind);
    let mut events = Vec::new();
    if is_new {
        events.push(of(AuditKind::AccountAdded).details(format!("account {account}, by the operator")));
    }
    events.push(of(AuditKind::StaffChanged).details(format!("account {account}, roles {}", roles.bits())));
    events.extend(account::close_if_rightless(portal, &txn, account, of).await?);
    audit::append(&txn, events);
    txn.commit().await?;
    Ok(account)
}
