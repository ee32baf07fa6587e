//! "Account aanvragen": anybody may ask, nobody learns anything by asking (PRODUCT.md A6).
//!
//! What is asked is kept as it was typed. Whether there is such a contract, employer or account is not looked up while
//! the request waits, so that neither the answer nor its time can tell. A link is mailed to the address; only when its
//! owner confirms does the request reach the helpdesk.

use collectief_data::{
    Txn,
    account::fold_email,
    account_request::{self as data, NewRequest},
    outbox,
};
use collectief_domain::{
    account_request::{AccountRequestForm, AskAccountRefusal, CONFIRM_HOURS, CONFIRM_PATH, LinkedRequest},
    actor::Language,
};
use serde::{Deserialize, Serialize};

use crate::{
    Portal, Request, ServiceError,
    audit::{self, About, AuditKind},
    link::{self, HOUR, Sealed},
    outbox::{NewOutbox, OutboxMessage},
    secret,
    session::short,
};

/// For how long a request is kept after it was decided, in milliseconds: a year.
const DECIDED_KEPT: i64 = 365 * 24 * HOUR;

/// The kind of message that becomes a mail with a link to confirm.
pub(crate) const KIND: &str = "account_request_link";

/// What such a message keeps.
#[derive(Serialize, Deserialize)]
struct Wanted {
    /// The token of the link, encrypted for this very message.
    token: String,
    name: String,
    contract_number: String,
}

/// Takes in a request for an account. The answer is the same whatever the insurer knows, and so is the work. The same
/// form again changes nothing.
///
/// # Errors
/// When the database cannot be used; every refusal is in the answer.
pub async fn ask(
    portal: &Portal,
    request: &Request,
    form: &AccountRequestForm,
    language: Language,
) -> Result<Result<(), AskAccountRefusal>, ServiceError> {
    let asked = match form.parse() {
        Ok(asked) => asked,
        Err(errors) => return Ok(Err(AskAccountRefusal::Invalid(errors))),
    };
    let address = portal.db().keys().keyed_hash(b"request address", fold_email(&asked.email).as_bytes());
    let contract = portal.db().keys().keyed_hash(b"request contract", asked.contract_number.as_str().as_bytes());
    if form.is_by_program() {
        let event = audit::event_of_nobody(portal, request, AuditKind::AccountRequestHeldOff);
        portal.audit().view(event.details("a hidden field was filled in"));
        return Ok(Ok(()));
    }
    let now = portal.clock().millis();
    let Sealed { key, token, hash } = link::seal(portal, "account-request")?;
    let wanted = Wanted { token, name: asked.name.clone(), contract_number: asked.contract_number.as_str().to_owned() };
    let message = NewOutbox {
        kind: KIND,
        dedupe_key: key,
        recipient: Some(fold_email(&asked.email)),
        language,
        payload: serde_json::to_string(&wanted).map_err(|error| ServiceError::Internal(error.to_string()))?,
        now,
    };
    let form_key = match form.key() {
        // All of the form is in it: a key that a browser kept on a form that was then corrected does not swallow it.
        Some(_) => {
            secret::token_hash(&serde_json::to_string(form).map_err(|error| ServiceError::Internal(error.to_string()))?)
        }
        None => secret::token_hash(&secret::token()?),
    };
    let new = NewRequest {
        asked,
        form_key,
        token_hash: hash,
        expires_at: now + i64::from(CONFIRM_HOURS) * HOUR,
        language,
        now,
    };

    let txn = portal.db().begin().await?;
    let limits = portal.limits();
    let too_often = match link::must_wait(portal, &txn, request, b"request client", limits.requests_per_client).await? {
        None => link::must_wait_as(portal, &txn, &contract, limits.requests_per_contract).await?,
        held_off => held_off,
    };
    if let Some(seconds) = too_often {
        drop(txn);
        portal.audit().view(audit::event_of_nobody(portal, request, AuditKind::AccountRequestHeldOff));
        return Ok(Err(AskAccountRefusal::TooMany { seconds }));
    }
    // Whoever is asked for too often is not mailed without end, and is told nothing either.
    if link::may_mail(&txn, &address, now).await? && data::add(&txn, new).await? {
        outbox::put(&txn, message).await?;
    }
    let event = audit::event_of_nobody(portal, request, AuditKind::AccountRequested);
    audit::append(&txn, [event.details(format!("address {}", short(&address)))]);
    txn.commit().await?;
    Ok(Ok(()))
}

/// What a form is known by, so that sending it twice asks once.
///
/// # Errors
/// [`ServiceError::Unavailable`] when the operating system has no randomness to give.
pub fn form_key() -> Result<String, ServiceError> {
    secret::token()
}

/// What the mail with the link says, before it is put into words.
#[derive(Debug, Clone)]
pub(crate) struct ConfirmMail {
    /// The whole address.
    pub(crate) url: String,
    /// Name of who asks.
    pub(crate) name: String,
    /// The contract number that was asked about.
    pub(crate) contract_number: String,
}

/// The mail of a message that is about to be delivered; `None` when the request is no longer there or was confirmed.
/// Nothing may hinder it.
pub(crate) async fn make(portal: &Portal, message: &OutboxMessage) -> Result<Option<ConfirmMail>, ServiceError> {
    let Wanted { token, name, contract_number } =
        serde_json::from_str(&message.payload).map_err(|error| ServiceError::Internal(error.to_string()))?;
    let token = link::unseal(portal, &token, &message.dedupe_key)?;
    let found = data::by_token(portal.db(), &secret::token_hash(&token), portal.clock().millis()).await?;
    if found.is_none_or(|found| found.is_confirmed) {
        return Ok(None);
    }
    let address = portal.reach().address.as_deref().unwrap_or_default();
    Ok(Some(ConfirmMail { url: format!("{address}{CONFIRM_PATH}{token}"), name, contract_number }))
}

/// What the page behind the link shows. Looking confirms nothing: mail programs look at links as well.
///
/// # Errors
/// [`ServiceError::NotFound`] for a link that is unknown or past its term, or whose request was decided: all alike.
pub async fn view(portal: &Portal, token: &str) -> Result<LinkedRequest, ServiceError> {
    let found = data::by_token(portal.db(), &secret::token_hash(token), portal.clock().millis()).await?;
    let found = found.ok_or(ServiceError::NotFound)?;
    Ok(LinkedRequest { contract_number: found.contract_number, is_confirmed: found.is_confirmed })
}

/// Puts a request in the helpdesk's queue, because the owner of its address says that it is theirs. Doing it again changes
/// nothing.
///
/// # Errors
/// As [`view`].
pub async fn confirm(portal: &Portal, request: &Request, token: &str) -> Result<(), ServiceError> {
    let now = portal.clock().millis();
    let found = data::by_token(portal.db(), &secret::token_hash(token), now).await?.ok_or(ServiceError::NotFound)?;
    let txn = portal.db().begin().await?;
    if data::confirm(&txn, found.id, now).await? {
        let event = audit::event_of_nobody(portal, request, AuditKind::AccountRequestConfirmed);
        audit::append(&txn, [event.details(format!("request {}", found.id))]);
        txn.commit().await?;
    }
    Ok(())
}

/// Forgets requests that nobody needs any more.
pub(crate) async fn forget_old(txn: &Txn, now: i64) -> Result<(), ServiceError> {
    Ok(data::forget(txn, now, now - DECIDED_KEPT).await?)
}
