//! The second step of signing in (PRODUCT.md A11): a right password of an account that has one begins no session, but a
//! sign-in that waits, for ten minutes, in the browser that it was begun in. The code begins the session, under a token of
//! its own.

use collectief_data::{Txn, account, second_factor as data, session::CameInWith};
use collectief_domain::{
    field::FieldErrors,
    ids::AccountId,
    second_factor::{Offered, PENDING_MINUTES, SecondFactor, SecondStepForm, SecondStepMeans, SecondStepRefusal},
};

use super::{NewSession, Owner, begin, tries};
use crate::{
    Portal, Request, ServiceError,
    audit::{self, AuditKind},
    second_factor::{self, Judged, Place, Proof, log_recovery_code, tell_of_recovery_code},
    secret,
};

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
    audit::append(txn, [event]);
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
    let tried = match tries::count(portal, request, &pending.email).await? {
        Ok(tried) => tried,
        Err(seconds) => return Ok(Err(SecondStepRefusal::TooMany { seconds })),
    };
    let was_blocked = tried.is_one_too_many() || pending.blocked;
    if !was_blocked && let Err(seconds) = tried.count_code(portal, pending.account).await? {
        return Ok(Err(SecondStepRefusal::TooMany { seconds }));
    }
    let place = Place::SignIn(&token_hash);
    let judged = match data::owner(portal.db(), pending.account).await? {
        Some(owner) if !was_blocked => {
            let judged = Proof::of(portal, request, pending.account, &owner, offered, place).await?;
            Some((owner, judged))
        }
        _ => None,
    };
    if let Some((_, Judged::NotAsked)) = judged {
        tried.take_back_code(portal, pending.account).await?;
        return Ok(Err(refused(offered)));
    }
    if let Some((owner, Judged::Right(proof))) = judged {
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
                tried.forgive(&txn).await?;
                tried.forgive_codes(portal, &txn, pending.account).await?;
                let factor = proof.factor();
                if factor == SecondFactor::RecoveryCode {
                    log_recovery_code(portal, request, &txn, pending.account, &owner);
                    tell_of_recovery_code(portal, request, &txn, &owner).await?;
                }
                let owner = Owner { account: pending.account, name: owner.name, language: owner.language };
                let with = CameInWith { second_factor: Some(factor), level: None };
                let session = begin(portal, request, &txn, owner, with).await?;
                txn.commit().await?;
                return Ok(Ok(session));
            }
        }
    }
    let is_blocked = tried.refuse(portal, AuditKind::SecondStepFailed, Some(pending.account), was_blocked).await?;
    Ok(Err(if is_blocked { SecondStepRefusal::Blocked } else { refused(offered) }))
}

/// That what was shown does not do, on the field that it came in.
fn refused(offered: Offered<'_>) -> SecondStepRefusal {
    let mut errors = FieldErrors::default();
    errors.push(offered.field(), offered.refusal());
    SecondStepRefusal::Invalid(errors)
}
