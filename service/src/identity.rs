//! Linking the identities of eHerkenning to accounts (PRODUCT.md A2). An identity is no account by itself: whoever has
//! shown one names the address of the account, and confirms by a link that is mailed there, in a browser in which that
//! very identity was shown. So a stranger's identity does not come onto an account because its owner clicked.

use collectief_data::{
    DataError, account as accounts,
    broker::{self, Proof},
    identity, link, session,
};
use collectief_domain::{
    account::{AskLinkForm, AskLinkRefusal, IdentityLinkView, LinkPurpose},
    assurance::LinkedIdentity,
};

use crate::{
    Portal, Request, ServiceError, SignedIn,
    audit::{self, About, AuditKind},
    broker::signed_in,
    clock::day_of,
    link as links, secret,
    session::NewSession,
};

/// What was shown in this browser. `cookie` is what it kept of it.
async fn shown(portal: &Portal, cookie: Option<&str>) -> Result<Option<Proof>, ServiceError> {
    if portal.broker().is_none() {
        return Err(ServiceError::NotFound);
    }
    let Some(cookie) = cookie else { return Ok(None) };
    Ok(broker::proof(portal.db(), &secret::token_hash(cookie), portal.clock().millis()).await?)
}

/// Whether an identity was shown in this browser that can be linked now.
///
/// # Errors
/// [`ServiceError::NotFound`] when none was, or not lately, or where no broker is configured.
pub async fn can_link(portal: &Portal, cookie: Option<&str>) -> Result<(), ServiceError> {
    shown(portal, cookie).await?.map(|_| ()).ok_or(ServiceError::NotFound)
}

/// Asks for a link to confirm that the account of an address is one's own. The answer is the same whether or not the
/// address is known, and so is the work.
///
/// # Errors
/// As [`can_link`]; every refusal is in the answer.
pub async fn ask(
    portal: &Portal,
    request: &Request,
    cookie: Option<&str>,
    form: &AskLinkForm,
) -> Result<Result<(), AskLinkRefusal>, ServiceError> {
    let proof = shown(portal, cookie).await?.ok_or(ServiceError::NotFound)?;
    links::ask_for(portal, request, form, Some(&proof)).await
}

/// What the page behind a mailed link shows. Looking uses nothing up.
///
/// # Errors
/// [`ServiceError::NotFound`] as for every other link, and where no broker is configured.
pub async fn view(portal: &Portal, cookie: Option<&str>, token: &str) -> Result<IdentityLinkView, ServiceError> {
    let proof = shown(portal, cookie).await?;
    let now = portal.clock().millis();
    let found = link::find(portal.db(), &secret::token_hash(token), LinkPurpose::Identity, now).await?;
    let found = found.ok_or(ServiceError::NotFound)?;
    let is_shown = proof.is_some_and(|proof| found.identity == Some(proof.identity));
    Ok(IdentityLinkView { email: found.email, is_shown })
}

/// Links the identity that was shown in this browser to the account that the link was mailed to, and signs in. `None`
/// when another identity was shown here, or none: nothing is then used up.
///
/// # Errors
/// As [`view`]; also when the account was blocked, or may no longer act for the organisation.
pub async fn confirm(
    portal: &Portal,
    request: &Request,
    cookie: Option<&str>,
    token: &str,
) -> Result<Option<NewSession>, ServiceError> {
    let proof = shown(portal, cookie).await?;
    let now = portal.clock().millis();
    let token_hash = secret::token_hash(token);
    let purpose = LinkPurpose::Identity;
    let found = link::find(portal.db(), &token_hash, purpose, now).await?.ok_or(ServiceError::NotFound)?;
    let (Some(proof), Some(cookie)) = (proof, cookie) else { return Ok(None) };
    if found.identity.as_ref() != Some(&proof.identity) {
        return Ok(None);
    }
    if found.blocked || !identity::acts_for(portal.db(), found.account, &proof.kvk_number).await? {
        return Err(ServiceError::NotFound);
    }
    let session_token = secret::token()?;
    let txn = portal.db().begin().await?;
    // The account first, as signing in does: whoever locks in another order may wait for somebody who waits for them.
    let is_open = accounts::hold_open(&txn, found.account).await?;
    let is_first = link::take(&txn, &token_hash, purpose, now).await?
        && broker::take_proof(&txn, &secret::token_hash(cookie), now).await?;
    if !is_open || !is_first {
        return Err(ServiceError::NotFound);
    }
    link::withdraw(&txn, found.account, Some(purpose), now).await?;
    match identity::link(&txn, found.account, proof.identity, &proof.kvk_number, now).await {
        // Somebody linked it to another account at this very moment.
        Err(DataError::Duplicate) => return Err(ServiceError::NotFound),
        linked => linked?,
    }
    if let Some(previous) = request.session {
        session::remove(&txn, previous).await?;
    }
    let begun =
        session::add(&txn, found.account, secret::token_hash(&session_token), &request.device, None, now).await?;
    session::set_level(&txn, begun, proof.level).await?;
    let mut linked = audit::event_of_nobody(portal, request, AuditKind::IdentityLinked);
    linked.account = Some(found.account);
    linked.actor_name = Some(found.name.as_str().into());
    let linked = linked.details(format!("account {}, by a mailed link", found.account));
    audit::append(&txn, &[linked, signed_in(portal, request, found.account, &found.name, proof.level)]).await?;
    txn.commit().await?;
    Ok(Some(NewSession { token: session_token, account: found.account, name: found.name, language: found.language }))
}

/// The identities that are linked to one's own account.
///
/// # Errors
/// When the database cannot be read.
pub async fn own(portal: &Portal, who: &SignedIn) -> Result<Vec<LinkedIdentity>, ServiceError> {
    who.acts_in_person()?;
    let rows = identity::of_account(portal.db(), who.account()).await?;
    let seen = |row: identity::IdentityRow| LinkedIdentity {
        id: row.id,
        kvk_number: row.kvk_number,
        linked_on: day_of(row.linked_at),
        used_on: day_of(row.used_at),
    };
    Ok(rows.into_iter().map(seen).collect())
}

/// Takes an identity off one's own account: nobody signs in with it any more.
///
/// # Errors
/// [`ServiceError::NotFound`] for one that is not linked to it, just as for one that does not exist.
pub async fn unlink(portal: &Portal, request: &Request, who: &SignedIn, id: i64) -> Result<(), ServiceError> {
    who.acts_in_person()?;
    let txn = portal.db().begin().await?;
    if !identity::unlink(&txn, who.account(), id).await? {
        return Err(ServiceError::NotFound);
    }
    let event = audit::event(portal, request, who, AuditKind::IdentityUnlinked);
    audit::append(&txn, &[event.details(format!("account {}, by the owner", who.account()))]).await?;
    Ok(txn.commit().await?)
}
