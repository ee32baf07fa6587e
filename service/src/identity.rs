//! Linking the identities of eHerkenning to accounts (PRODUCT.md A2). An identity is no account by itself: whoever has
//! shown one names the address of the account, and confirms by a link that is mailed there, in a browser in which that
//! very identity was shown. So a stranger's identity does not come onto an account because its owner clicked.

use collectief_data::{
    DataError, Txn,
    account::{self as accounts, fold_email},
    broker::{self, Proof},
    identity, link, outbox, own_details, second_factor,
    session::CameInWith,
};
use collectief_domain::{
    account::{AskLinkForm, AskLinkRefusal, IdentityLinkView, LinkPurpose},
    actor::Language,
    assurance::LinkedIdentity,
    ids::AccountId,
};

use crate::{
    Portal, Request, ServiceError, SignedIn,
    audit::{self, About, AuditKind},
    broker::take_back_try,
    clock::day_of,
    link as links,
    outbox::Content,
    secret,
    session::{NewSession, Owner, begin},
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

/// What the page behind a mailed link shows, to `who` where somebody is signed in. Looking uses nothing up.
///
/// # Errors
/// [`ServiceError::NotFound`] as for every other link, and where no broker is configured.
pub async fn view(
    portal: &Portal,
    who: Option<&SignedIn>,
    cookie: Option<&str>,
    token: &str,
) -> Result<IdentityLinkView, ServiceError> {
    let proof = shown(portal, cookie).await?;
    let now = portal.clock().millis();
    let found = link::find(portal.db(), &secret::token_hash(token), LinkPurpose::Identity, now).await?;
    let found = found.ok_or(ServiceError::NotFound)?;
    let is_shown = proof.is_some_and(|proof| found.identity == Some(proof.identity));
    let must_sign_in = found.has_second_factor && !is_owner(who, found.account);
    Ok(IdentityLinkView { email: found.email, is_shown, must_sign_in })
}

/// Whether the account's owner is signed in here, in person.
fn is_owner(who: Option<&SignedIn>, account: AccountId) -> bool {
    who.is_some_and(|who| who.account() == account && who.acts_in_person().is_ok())
}

/// Links the identity that was shown in this browser to the account that the link was mailed to, and signs in. `None`
/// when another identity was shown here, or none, or when the account has a second step and its owner is not signed in:
/// from then on the identity is enough to come in, and whoever reads the mail must not get so far by that alone. Nothing is
/// then used up.
///
/// # Errors
/// As [`view`]; also when the account was blocked, or may no longer act for the organisation.
pub async fn confirm(
    portal: &Portal,
    request: &Request,
    who: Option<&SignedIn>,
    cookie: Option<&str>,
    token: &str,
) -> Result<Option<NewSession>, ServiceError> {
    let proof = shown(portal, cookie).await?;
    let now = portal.clock().millis();
    let token_hash = secret::token_hash(token);
    let purpose = LinkPurpose::Identity;
    let found = link::find(portal.db(), &token_hash, purpose, now).await?.ok_or(ServiceError::NotFound)?;
    let (Some(proof), Some(cookie)) = (proof, cookie) else { return Ok(None) };
    let is_owner = is_owner(who, found.account);
    if found.identity.as_ref() != Some(&proof.identity) || (found.has_second_factor && !is_owner) {
        return Ok(None);
    }
    if found.blocked || !identity::acts_for(portal.db(), found.account, &proof.kvk_number).await? {
        return Err(ServiceError::NotFound);
    }
    let txn = portal.db().begin().await?;
    // The account first, as signing in does: whoever locks in another order may wait for somebody who waits for them.
    let is_open = accounts::hold_open(&txn, found.account).await?;
    let is_first = link::take(&txn, &token_hash, purpose, now).await?
        && broker::take_proof(&txn, &secret::token_hash(cookie), now).await?;
    if !is_open || !is_first {
        return Err(ServiceError::NotFound);
    }
    // With the account locked: a second step may have been set up meanwhile.
    if !is_owner && second_factor::is_on(&txn, found.account).await? {
        return Ok(None);
    }
    link::withdraw(&txn, found.account, Some(purpose), now).await?;
    match identity::link(&txn, found.account, proof.identity, &proof.kvk_number, now).await {
        // Somebody linked it to another account at this very moment.
        Err(DataError::Duplicate) => return Err(ServiceError::NotFound),
        linked => linked?,
    }
    tell(portal, request, &txn, &found.email, found.language, true).await?;
    let mut linked = audit::event_of_nobody(portal, request, AuditKind::IdentityLinked);
    linked.account = Some(found.account);
    linked.actor_name = Some(found.name.as_str().into());
    let linked = linked.details(format!("account {}, by a mailed link", found.account));
    audit::append(&txn, [linked]);
    take_back_try(portal, request, &txn).await?;
    let owner = Owner { account: found.account, name: found.name, language: found.language };
    let with = CameInWith { second_factor: None, level: Some(proof.level) };
    let session = begin(portal, request, &txn, owner, with).await?;
    txn.commit().await?;
    Ok(Some(session))
}

/// Tells the owner of an account by mail that an identity was linked to it, or taken off it.
async fn tell(
    portal: &Portal,
    request: &Request,
    txn: &Txn,
    email: &str,
    language: Language,
    is_linked: bool,
) -> Result<(), ServiceError> {
    let now = portal.clock().millis();
    let content = Content::IdentityChanged { on: portal.clock().today(), is_linked };
    let key = format!("identity-changed:{}:{now}", request.id);
    outbox::put(txn, content.message(key, Some(fold_email(email)), language, now)?).await?;
    Ok(())
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
    let own = own_details::find(portal.db(), who.account()).await?.ok_or(ServiceError::SignedOut)?;
    let txn = portal.db().begin().await?;
    if !identity::unlink(&txn, who.account(), id).await? {
        return Err(ServiceError::NotFound);
    }
    tell(portal, request, &txn, &own.email, own.language, false).await?;
    let event = audit::event(portal, request, who, AuditKind::IdentityUnlinked);
    audit::append(&txn, [event.details(format!("account {}, by the owner", who.account()))]);
    Ok(txn.commit().await?)
}
