//! The passkeys of somebody's own account: adding one, in two steps, and removing one.
//!
//! The password, and the second step that there is, are asked before the browser makes a passkey: else a wrong password
//! would leave one on the device that the portal does not know.

use collectief_data::{
    account,
    passkey::{self as data, NewPasskey},
    second_factor,
};
use collectief_domain::{
    field::FieldCode,
    ids::PasskeyId,
    passkey::{MOST_PASSKEYS, NewPasskeyView, Removal, parse_name, removal},
    second_factor::{SecondFactor, SecondFactorForm},
};

use super::{
    Changed, Place, ask, empty_fields, must_have, new_codes, owner, prove,
    relying_party::{ask_new, asked_new, made, take_new},
    tell, too_short,
};
use crate::{
    Portal, Request, ServiceError, SignedIn,
    audit::{self, AuditKind, event},
    outbox::SecondFactorChange,
    session::{self, NewSession},
};

/// Asks for a passkey of somebody's own account, as a proof for a change: what the browser is to ask, as the JSON of
/// `PublicKeyCredentialRequestOptions`. `None` where there is none to ask for.
///
/// # Errors
/// When the database cannot be used.
pub async fn ask_own_passkey(portal: &Portal, who: &SignedIn) -> Result<Option<String>, ServiceError> {
    who.acts_in_person()?;
    ask(portal, who.account, Place::Change(who.session)).await
}

/// Begins to add a passkey called `naam`: from then on the browser may make one, for ten minutes, in this session.
///
/// # Errors
/// [`ServiceError::NotFound`] where passkeys cannot be used; [`ServiceError::Invalid`] on `naam`, `wachtwoord`, `code` or
/// `passkey`; [`ServiceError::SignedOut`] when the account is blocked.
pub async fn begin_passkey(
    portal: &Portal,
    request: &Request,
    who: &SignedIn,
    form: &SecondFactorForm,
) -> Result<(), ServiceError> {
    portal.relying_party().ok_or(ServiceError::NotFound)?;
    let asked = owner(portal, who).await?;
    let mut errors = empty_fields(form, asked.has_second_factor());
    let name = errors.take("naam", parse_name(&form.naam)).unwrap_or_default();
    if asked.passkeys >= MOST_PASSKEYS {
        errors.push("naam", FieldCode::PasskeysEnough { max: MOST_PASSKEYS });
    }
    errors.or(()).map_err(ServiceError::Invalid)?;
    let proven = prove(portal, request, who, &asked, form).await?;
    let txn = proven.settle(portal, request, who).await?;
    proven.tell_of_recovery_code(portal, request, &txn).await?;
    ask_new(portal, &txn, who.account, (&asked.email, &asked.name), who.session, name).await?;
    Ok(txn.commit().await?)
}

/// The passkey that is being added in this session, if any.
pub(super) async fn new_passkey(portal: &Portal, who: &SignedIn) -> Result<Option<NewPasskeyView>, ServiceError> {
    let new = asked_new(portal, who.account, who.session).await?;
    Ok(new.map(|new| NewPasskeyView { name: new.name, options: new.options }))
}

/// Adds the passkey that the browser made. With the first of a second step come recovery codes; every session of before
/// ends.
///
/// # Errors
/// [`ServiceError::NotFound`] when none is being added in this session any more; [`ServiceError::Invalid`] on `naam` when
/// what the browser made is not what was asked, or is known already. In either case adding begins anew.
pub async fn add_passkey(
    portal: &Portal,
    request: &Request,
    who: &SignedIn,
    form: &SecondFactorForm,
) -> Result<Changed, ServiceError> {
    let asked = owner(portal, who).await?;
    let new = take_new(portal, who.account, who.session).await?.ok_or(ServiceError::NotFound)?;
    let refused = || ServiceError::on("naam", FieldCode::PasskeyRefused);
    let made = made(portal, &new, &form.nieuwe_passkey)?.ok_or_else(refused)?;
    let now = portal.clock().millis();
    let txn = portal.db().begin().await?;
    account::lock(&txn, who.account).await?;
    if data::count(&txn, who.account).await? >= MOST_PASSKEYS {
        return Err(ServiceError::on("naam", FieldCode::PasskeysEnough { max: MOST_PASSKEYS }));
    }
    let was_on = second_factor::is_on(&txn, who.account).await?;
    // The counter that it was made with is in what the library keeps, and it is the library that compares the first.
    let passkey =
        NewPasskey { credential_id: made.credential_id, credential: made.credential, counter: 0, name: new.name };
    if !data::add(&txn, who.account, passkey, now).await? {
        return Err(refused());
    }
    let recovery_codes = if was_on { Vec::new() } else { new_codes(&txn, who.account).await? };
    let session = session::renew(portal, request, &txn, who, Some(SecondFactor::Passkey)).await?;
    tell(portal, request, &txn, &asked, SecondFactorChange::PasskeyAdded).await?;
    audit::append(&txn, [event(portal, request, who, AuditKind::PasskeyAdded)]);
    txn.commit().await?;
    Ok(Changed { session, recovery_codes })
}

/// What removing a passkey came to.
pub struct PasskeyRemoved {
    /// The session that goes on, under another token; every other one ended.
    pub session: NewSession,
    /// Whether it was the last of the second step.
    pub ends_second_step: bool,
}

/// Removes the passkey `welke` of somebody's own account; with the last of the second step goes the second step. Every
/// session of before ends.
///
/// # Errors
/// [`ServiceError::NotFound`] for one that is not of this account; [`ServiceError::Forbidden`] when it is the last of a
/// second step that the account must have; [`ServiceError::Invalid`] on `wachtwoord` with [`FieldCode::TooShort`] when it
/// is the last and the password cannot stand alone, else on `wachtwoord`, `code` or `passkey`;
/// [`ServiceError::SignedOut`] when the account is blocked.
pub async fn remove_passkey(
    portal: &Portal,
    request: &Request,
    who: &SignedIn,
    form: &SecondFactorForm,
) -> Result<PasskeyRemoved, ServiceError> {
    let asked = owner(portal, who).await?;
    let passkey: PasskeyId = form.welke.trim().parse().map_err(|_| ServiceError::NotFound)?;
    let must_have = must_have(portal, who).await?;
    let has_app = asked.totp.is_some();
    check(removal(has_app, asked.passkeys, must_have, asked.password_is_short))?;
    empty_fields(form, true).or(()).map_err(ServiceError::Invalid)?;
    let proven = prove(portal, request, who, &asked, form).await?;
    let txn = proven.settle(portal, request, who).await?;
    // With the account locked: another passkey may have been removed, or another password chosen, meanwhile.
    let left = data::count(&txn, who.account).await?;
    let is_short = account::password_is_short(&txn, who.account).await?;
    let ends_second_step = check(removal(has_app, left, must_have, is_short))?;
    if !data::remove(&txn, who.account, passkey).await? {
        return Err(ServiceError::NotFound);
    }
    let mut events = vec![event(portal, request, who, AuditKind::PasskeyRemoved)];
    let (factor, change) = if ends_second_step {
        second_factor::remove(&txn, who.account).await?;
        events.push(event(portal, request, who, AuditKind::SecondFactorRemoved));
        (None, SecondFactorChange::Removed)
    } else {
        proven.tell_of_recovery_code(portal, request, &txn).await?;
        (proven.factor(), SecondFactorChange::PasskeyRemoved)
    };
    let session = session::renew(portal, request, &txn, who, factor).await?;
    tell(portal, request, &txn, &asked, change).await?;
    audit::append(&txn, events);
    txn.commit().await?;
    Ok(PasskeyRemoved { session, ends_second_step })
}

/// Whether the second step ends with what is removed.
fn check(removal: Removal) -> Result<bool, ServiceError> {
    match removal {
        Removal::OneLess => Ok(false),
        Removal::EndsSecondStep => Ok(true),
        Removal::MustHave => Err(ServiceError::Forbidden),
        Removal::ShortPassword => Err(too_short()),
    }
}
