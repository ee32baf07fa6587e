//! The second step of signing in (PRODUCT.md A11): a right password of an account that has one begins no session, but a
//! sign-in that waits, for ten minutes, in the browser that it was begun in. The code begins the session, under a token of
//! its own.

use collectief_data::{Txn, account, second_factor as data, session};
use collectief_domain::{
    field::FieldErrors,
    ids::AccountId,
    second_factor::{PENDING_MINUTES, SecondFactor, SecondStepForm, SecondStepMeans, SecondStepRefusal},
};

use super::{
    NewSession,
    tries::{self, seconds_until},
};
use crate::{
    Portal, Request, ServiceError,
    audit::{self, AuditKind},
    second_factor::{self, Place, Proof, tell_of_recovery_code},
    secret,
};

/// The time in which wrong codes of an account count together, whoever ended a block in between: whoever has both the
/// password and the mailbox could else go on for ever. In milliseconds.
const CODES_WINDOW: i64 = 24 * 60 * 60 * 1000;

/// The most wrong codes in that time. Three of a million codes are right at a moment, so that twenty tries a day are right
/// within a year once in fifty times.
const CODES_ALLOWED: i32 = 20;

/// Lets a sign-in wait for the second step. Returns its token.
pub(crate) async fn wait_for_second_step(
    portal: &Portal,
    request: &Request,
    txn: &Txn,
    account: AccountId,
    name: &str,
) -> Result<String, ServiceError> {
    let token = secret::token()?;
    let expires_at = portal.clock().millis() + PENDING_MINUTES * 60 * 1000;
    data::add_pending(txn, account, secret::token_hash(&token), expires_at).await?;
    let mut event = audit::event_of_nobody(portal, request, AuditKind::SecondStepAsked);
    event.account = Some(account);
    event.actor_name = Some(name.into());
    audit::append(txn, &[event]).await?;
    Ok(token)
}

/// With what the second step can be taken of the sign-in with this token, beside a recovery code; `None` where none waits.
///
/// # Errors
/// When the database cannot be read.
pub async fn second_step_means(portal: &Portal, token: &str) -> Result<Option<SecondStepMeans>, ServiceError> {
    let now = portal.clock().millis();
    let Some(pending) = data::find_pending(portal.db(), &secret::token_hash(token), now).await? else {
        return Ok(None);
    };
    let owner = data::owner(portal.db(), pending.account).await?;
    Ok(owner.map(|owner| second_factor::means(portal, &owner)))
}

/// Asks for a passkey, for the sign-in with this token: what the browser is to ask of its owner, as the JSON of
/// `PublicKeyCredentialRequestOptions`. `None` where no sign-in waits, or there is no passkey to ask for.
///
/// # Errors
/// When the database cannot be used.
pub async fn ask_passkey(portal: &Portal, token: &str) -> Result<Option<String>, ServiceError> {
    let token_hash = secret::token_hash(token);
    match data::find_pending(portal.db(), &token_hash, portal.clock().millis()).await? {
        Some(pending) if !pending.blocked => {
            second_factor::ask(portal, pending.account, Place::SignIn(&token_hash)).await
        }
        _ => Ok(None),
    }
}

/// Takes the second step of the sign-in with this token. Wrong codes and passkeys count as wrong passwords do, and a block ends every
/// sign-in that waits.
///
/// # Errors
/// When the database cannot be used; every refusal is in the answer.
pub async fn second_step(
    portal: &Portal,
    request: &Request,
    token: &str,
    form: &SecondStepForm,
) -> Result<Result<NewSession, SecondStepRefusal>, ServiceError> {
    let now = portal.clock().millis();
    let token_hash = secret::token_hash(token);
    let Some(pending) = data::find_pending(portal.db(), &token_hash, now).await? else {
        return Ok(Err(SecondStepRefusal::Gone));
    };
    let offered = match form.offered() {
        Ok(offered) => offered,
        Err(errors) => return Ok(Err(SecondStepRefusal::Invalid(errors))),
    };
    let codes = portal.db().keys().keyed_hash(b"second step", &pending.account.0.to_be_bytes());
    let txn = portal.db().begin().await?;
    let codes_tried = account::count_try(&txn, &codes, now - CODES_WINDOW, now).await?;
    txn.commit().await?;
    if codes_tried.failures > CODES_ALLOWED {
        portal.audit().view(audit::event_of_nobody(portal, request, AuditKind::SignInRefused));
        let seconds = seconds_until(codes_tried.first_at + CODES_WINDOW, now);
        return Ok(Err(SecondStepRefusal::TooMany { seconds }));
    }
    let tried = match tries::count(portal, request, &pending.email).await? {
        Ok(tried) => tried,
        Err(seconds) => return Ok(Err(SecondStepRefusal::TooMany { seconds })),
    };
    let was_blocked = tried.is_one_too_many() || pending.blocked;
    let owner = data::owner(portal.db(), pending.account).await?;
    if !was_blocked
        && let Some(owner) = owner
        && let Some(proof) =
            Proof::of(portal, request, pending.account, &owner, offered, Place::SignIn(&token_hash)).await?
    {
        let txn = portal.db().begin().await?;
        // The account first, as everybody who locks it does.
        if account::note_in(&txn, pending.account).await? {
            if !data::take_pending(&txn, &token_hash, now).await? {
                // The same form, sent twice: the other one came in.
                tried.take_back(&txn).await?;
                txn.commit().await?;
                return Ok(Err(SecondStepRefusal::Gone));
            }
            if proof.use_up(&txn, pending.account, now).await? {
                account::forget_tries(&txn, &codes).await?;
                tried.forgive(&txn).await?;
                if let Some(previous) = request.session {
                    session::remove(&txn, previous).await?;
                }
                let token = secret::token()?;
                let factor = proof.factor();
                let hash = secret::token_hash(&token);
                session::add(&txn, pending.account, hash, &request.device, Some(factor), now).await?;
                let mut event = audit::event_of_nobody(portal, request, AuditKind::SignedIn);
                event.account = Some(pending.account);
                event.actor_name = Some(owner.name.as_str().into());
                event.details = format!("with {}", factor.code());
                audit::append(&txn, &[event]).await?;
                if factor == SecondFactor::RecoveryCode {
                    tell_of_recovery_code(portal, request, &txn, pending.account, &owner).await?;
                }
                txn.commit().await?;
                return Ok(Ok(NewSession {
                    token,
                    account: pending.account,
                    name: owner.name,
                    language: owner.language,
                }));
            }
        }
    }
    let is_blocked = tried.refuse(portal, AuditKind::SecondStepFailed, Some(pending.account), was_blocked).await?;
    Ok(Err(if is_blocked {
        SecondStepRefusal::Blocked
    } else {
        let mut errors = FieldErrors::default();
        errors.push(offered.field(), offered.refusal());
        SecondStepRefusal::Invalid(errors)
    }))
}
