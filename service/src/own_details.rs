//! "Mijn gegevens" (PRODUCT.md A11): what somebody sees and changes of the own account. Every use case is about the account
//! that is signed in, and takes no other.

use collectief_data::{account, link as links, own_details as data, own_details::OwnDetails, second_factor, session};
use collectief_domain::{
    account::LinkPurpose,
    actor::Right,
    device::Device,
    field::FieldCode,
    ids::SessionId,
    own_details::{DetailsForm, DetailsView, Done, PendingAddress, SessionRow},
    password::{MIN_ALONE, fewest},
};

use crate::{
    Portal, Request, ServiceError, SignedIn,
    audit::{self, About, AuditKind, event},
    clock::day_of,
    link, password, remind, secret,
    session::present_password,
};

/// What the page shows.
///
/// # Errors
/// When the database cannot be read.
pub async fn view(portal: &Portal, who: &SignedIn) -> Result<DetailsView, ServiceError> {
    let own = of(portal, who).await?;
    let has_second_factor = has_second_factor(portal, &own).await?;
    let (idle_since, begun_since) = portal.sessions_since();
    let mut sessions: Vec<SessionRow> = session::of_account(portal.db(), who.account(), idle_since, begun_since)
        .await?
        .into_iter()
        .map(|row| SessionRow {
            id: row.id,
            device: Device::of(&row.device),
            begun: day_of(row.created_at),
            last_used: day_of(row.last_seen_at),
            is_this: row.id == who.session(),
        })
        .collect();
    sessions.sort_by_key(|row| !row.is_this);
    Ok(DetailsView {
        pending_email: pending(portal, who, LinkPurpose::EmailChange).await?,
        pending_reminders: pending(portal, who, LinkPurpose::ReminderAddress).await?,
        name: own.name,
        telephone: own.telephone,
        language: own.language,
        email: own.email,
        reminders: own.reminder_email,
        wishes: remind::wishes(portal, who).await?,
        is_reminded: who.whole_scope(Right::ChangeParticipants).is_ok(),
        fewest: fewest(has_second_factor),
        has_second_factor,
        sessions,
    })
}

/// What is kept of who is signed in.
pub(crate) async fn of(portal: &Portal, who: &SignedIn) -> Result<OwnDetails, ServiceError> {
    who.acts_in_person()?;
    data::find(portal.db(), who.account()).await?.ok_or(ServiceError::SignedOut)
}

async fn has_second_factor(portal: &Portal, own: &OwnDetails) -> Result<bool, ServiceError> {
    let found = account::credentials(portal.db(), &own.email).await?.ok_or(ServiceError::SignedOut)?;
    Ok(found.has_second_factor)
}

async fn pending(
    portal: &Portal,
    who: &SignedIn,
    purpose: LinkPurpose,
) -> Result<Option<PendingAddress>, ServiceError> {
    let found = links::pending_address(portal.db(), who.account(), purpose, portal.clock().millis()).await?;
    Ok(found.map(|found| PendingAddress { address: found.address, asked_on: day_of(found.created_at) }))
}

/// Saves name, telephone number and language.
///
/// # Errors
/// [`ServiceError::Invalid`] with all that is wrong.
pub async fn save(
    portal: &Portal,
    request: &Request,
    who: &SignedIn,
    form: &DetailsForm,
) -> Result<Done, ServiceError> {
    let details = form.parse_details().map_err(ServiceError::Invalid)?;
    let own = of(portal, who).await?;
    let changed: Vec<&str> = [
        ("name", own.name != details.name),
        ("telephone", own.telephone != details.telephone),
        ("language", own.language != details.language),
    ]
    .into_iter()
    .filter_map(|(field, is_other)| is_other.then_some(field))
    .collect();
    if changed.is_empty() {
        return Ok(Done::Saved);
    }
    let txn = portal.db().begin().await?;
    data::save(&txn, who.account(), details).await?;
    audit::append(&txn, [event(portal, request, who, AuditKind::DetailsChanged).details(changed.join(", "))]);
    txn.commit().await?;
    Ok(Done::Saved)
}

/// Chooses another password, for which the present one is asked. All other sessions end, links that were mailed are worth
/// nothing any more, and the owner is told by mail. Returns the new token of this session: the one of before is worth
/// nothing either.
///
/// # Errors
/// [`ServiceError::Invalid`] with what is wrong; [`ServiceError::SignedOut`] when the account is blocked.
pub async fn change_password(
    portal: &Portal,
    request: &Request,
    who: &SignedIn,
    form: &DetailsForm,
) -> Result<String, ServiceError> {
    form.check_passwords().map_err(ServiceError::Invalid)?;
    let own = of(portal, who).await?;
    // Whether a new password is good tells nobody anything about the present one, and so need not be counted.
    let fewest = fewest(has_second_factor(portal, &own).await?);
    let accepted =
        password::accept_of(portal, &form.nieuw_wachtwoord, fewest, who.account(), &own.name, &own.email).await?;
    let new = accepted.map_err(|code| ServiceError::on("nieuw_wachtwoord", code))?;
    let field = "huidig_wachtwoord";
    let present = present_password(portal, request, &own.email, &form.huidig_wachtwoord, field).await?;

    let token = secret::token()?;
    let token_hash = secret::token_hash(&token);
    let txn = portal.db().begin().await?;
    if !present.settle(&txn).await? {
        return Err(ServiceError::on(field, FieldCode::WrongPassword));
    }
    account::set_password(&txn, who.account(), &new.hash, new.is_short).await?;
    // With the account locked: the second step may have been done away with meanwhile.
    if new.is_short && !second_factor::is_on(&txn, who.account()).await? {
        return Err(ServiceError::on("nieuw_wachtwoord", FieldCode::TooShort { min: MIN_ALONE }));
    }
    links::withdraw(&txn, who.account(), None, portal.clock().millis()).await?;
    session::remove_others(&txn, who.account(), who.session()).await?;
    // A sign-in that waits for its second step has shown the password of before.
    second_factor::remove_pending(&txn, who.account()).await?;
    if !session::renew(&txn, who.session(), token_hash.clone()).await? {
        return Err(ServiceError::SignedOut);
    }
    link::tell_password_changed(portal, &txn, &token_hash, &own.email, own.language).await?;
    audit::append(&txn, [event(portal, request, who, AuditKind::PasswordChanged)]);
    txn.commit().await?;
    Ok(token)
}

/// Ends one of one's own sessions: it is over with its next request.
///
/// # Errors
/// [`ServiceError::NotFound`] for another's session, as for one that does not exist, and for the one in which it is asked,
/// which ends by signing out.
pub async fn end_session(
    portal: &Portal,
    request: &Request,
    who: &SignedIn,
    session: SessionId,
) -> Result<Done, ServiceError> {
    who.acts_in_person()?;
    let txn = portal.db().begin().await?;
    if session == who.session() || !session::remove_of(&txn, who.account(), session).await? {
        return Err(ServiceError::NotFound);
    }
    let ended = event(portal, request, who, AuditKind::SessionsEnded).details(format!("session {session}"));
    audit::append(&txn, [ended]);
    txn.commit().await?;
    Ok(Done::SessionEnded)
}

/// "Overal uitloggen": ends every session but the one in which it is asked.
///
/// # Errors
/// When the database refuses.
pub async fn end_others(portal: &Portal, request: &Request, who: &SignedIn) -> Result<Done, ServiceError> {
    who.acts_in_person()?;
    let txn = portal.db().begin().await?;
    let ended = session::remove_others(&txn, who.account(), who.session()).await?;
    second_factor::remove_pending(&txn, who.account()).await?;
    let ended = event(portal, request, who, AuditKind::SessionsEnded).details(format!("{ended} other sessions"));
    audit::append(&txn, [ended]);
    txn.commit().await?;
    Ok(Done::OthersEnded)
}
