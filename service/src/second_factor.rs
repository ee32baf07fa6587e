//! The second step of an account (PRODUCT.md A11): setting up an app, passkeys, recovery codes, doing away with it, and who
//! must have one. Every change asks the password once more, and a code or a passkey where there is a second step already;
//! its owner is told by mail.

use collectief_data::{
    Txn, account,
    account::fold_email,
    link as links, office, outbox,
    passkey::Passkey,
    second_factor::{self as data, Owner},
    session as sessions,
};
use collectief_domain::{
    field::{FieldCode, FieldErrors},
    ids::AccountId,
    passkey::PasskeyView,
    password::MIN_ALONE,
    second_factor::{Offered, SecondFactor, SecondFactorForm, SecondFactorView, SecondStepMeans, TypedCode},
};

use crate::{
    Portal, Request, ServiceError, SignedIn,
    audit::{self, About, AuditKind, event},
    clock::day_of,
    link::{self, Asked},
    outbox::{Content, SecondFactorChange},
    session::{self, NewSession, PresentPassword, present_password},
};

mod passkey;
mod policy;
mod recovery;
mod relying_party;
mod totp;

pub use passkey::{PasskeyRemoved, add_passkey, ask_own_passkey, begin_passkey, remove_passkey};
pub(crate) use policy::{Standing, is_required, standing};
pub use policy::{policies, require, require_of_contract};
pub(crate) use relying_party::{Place, RelyingParty, ask};
pub(crate) use totp::renew_secrets;

use relying_party::{Shown, judge};

/// For how long a secret that is being set up can be used, in milliseconds.
const SETTING_UP: i64 = 60 * 60 * 1000;

/// What something that was shown of the second step is worth.
pub(crate) enum Judged<T> {
    /// It is right, unless it was used up meanwhile.
    Right(T),
    /// It is wrong.
    Wrong,
    /// An answer to a question that is not there any more, as when a form is sent twice. It was not looked at, so that
    /// nothing can be learnt by it, and it is no try.
    NotAsked,
}

/// A code or a passkey that is right, and yet to be used up.
pub(crate) enum Proof {
    /// A code of the app, of this step.
    Step(i64),
    /// What may be a recovery code, by its hash.
    RecoveryCode(Vec<u8>),
    /// A passkey that was shown.
    Passkey(Shown),
}

impl Proof {
    /// Judges what somebody comes with for an account. A passkey is the answer to what was asked in this `place`, and
    /// ends that question whatever it is worth.
    pub(crate) async fn of(
        portal: &Portal,
        request: &Request,
        account: AccountId,
        owner: &Owner,
        offered: Offered<'_>,
        place: Place<'_>,
    ) -> Result<Judged<Self>, ServiceError> {
        let typed = match offered {
            Offered::Passkey(answer) => {
                return Ok(match judge(portal, request, account, place, answer).await? {
                    Judged::Right(shown) => Judged::Right(Self::Passkey(shown)),
                    Judged::Wrong => Judged::Wrong,
                    Judged::NotAsked => Judged::NotAsked,
                });
            }
            Offered::Code { typed, .. } if owner.has_second_factor() => typed,
            Offered::Code { .. } => return Ok(Judged::Wrong),
        };
        let proof = match (TypedCode::read(typed), &owner.totp) {
            (Some(TypedCode::App(code)), Some(totp)) => {
                totp::step_of(portal, account, &totp.secret_cipher, &code, totp.last_step)?.map(Self::Step)
            }
            (Some(TypedCode::Recovery(code)), _) => Some(Self::RecoveryCode(recovery::hash(&code))),
            _ => None,
        };
        Ok(proof.map_or(Judged::Wrong, Judged::Right))
    }

    /// Which of them it is.
    pub(crate) const fn factor(&self) -> SecondFactor {
        match self {
            Self::Step(_) => SecondFactor::Totp,
            Self::RecoveryCode(_) => SecondFactor::RecoveryCode,
            Self::Passkey(_) => SecondFactor::Passkey,
        }
    }

    /// Uses it up. Returns `false` when it cannot be used, any more or at all: then nothing may come of it.
    pub(crate) async fn use_up(&self, txn: &Txn, account: AccountId, now: i64) -> Result<bool, ServiceError> {
        Ok(match self {
            Self::Step(step) => data::use_step(txn, account, *step).await?,
            Self::RecoveryCode(hash) => data::use_recovery_code(txn, account, hash, now).await?,
            Self::Passkey(shown) => shown.note_use(txn, account, now).await?,
        })
    }
}

/// With what an account can take its second step here, beside a recovery code.
pub(crate) fn means(portal: &Portal, owner: &Owner) -> SecondStepMeans {
    let passkeys = owner.passkeys > 0 && portal.relying_party().is_some();
    SecondStepMeans { app: owner.totp.is_some(), passkeys }
}

/// What the page of somebody's own second step is in the middle of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Underway {
    /// Nothing: it shows how things stand.
    Nothing,
    /// Setting up an app.
    App,
    /// Adding a passkey.
    Passkey,
}

/// How the second step of somebody's own account stands; with what is needed for what is `underway`.
///
/// # Errors
/// When the database cannot be read.
pub async fn view(portal: &Portal, who: &SignedIn, underway: Underway) -> Result<SecondFactorView, ServiceError> {
    let owner = owner(portal, who).await?;
    let pending = owner.pending.as_ref().filter(|(_, since)| underway == Underway::App && is_fresh(portal, *since));
    let setup = pending.map(|(sealed, _)| totp::setup(portal, who.account, &owner.email, sealed)).transpose()?;
    let new_passkey = if underway == Underway::Passkey { passkey::new_passkey(portal, who).await? } else { None };
    let passkey = |passkey: Passkey| PasskeyView {
        id: passkey.id,
        name: passkey.name,
        added: day_of(passkey.added_at),
        last_used: passkey.last_used_at.map(day_of),
    };
    let passkeys = collectief_data::passkey::list(portal.db(), who.account).await?;
    Ok(SecondFactorView {
        since: owner.totp.map(|totp| day_of(totp.since)),
        passkeys: passkeys.into_iter().map(passkey).collect(),
        offers_passkeys: portal.relying_party().is_some(),
        recovery_codes: owner.recovery_codes,
        is_required: must_have(portal, who).await?,
        password_is_short: owner.password_is_short,
        setup,
        new_passkey,
    })
}

/// Whether somebody's account must have a second step. It is read anew, because whoever must set one up carries no rights.
async fn must_have(portal: &Portal, who: &SignedIn) -> Result<bool, ServiceError> {
    let staff = office::staff_rights(portal.db(), who.account).await?;
    let rights = portal.db().account_rights(who.account, who.rights.version(), None).await?;
    Ok(is_required(&rights, staff.roles()))
}

async fn owner(portal: &Portal, who: &SignedIn) -> Result<Owner, ServiceError> {
    who.acts_in_person()?;
    data::owner(portal.db(), who.account).await?.ok_or(ServiceError::SignedOut)
}

async fn owner_with_second_factor(portal: &Portal, who: &SignedIn) -> Result<Owner, ServiceError> {
    let owner = owner(portal, who).await?;
    if owner.has_second_factor() { Ok(owner) } else { Err(ServiceError::NotFound) }
}

fn is_fresh(portal: &Portal, since: i64) -> bool {
    portal.clock().millis() - since < SETTING_UP
}

/// Begins to set up an app: makes a secret, which is used once its first code was right. An app that is in use stays so
/// until then.
///
/// # Errors
/// When the database refuses.
pub async fn begin(portal: &Portal, who: &SignedIn) -> Result<(), ServiceError> {
    who.acts_in_person()?;
    let sealed = totp::new_secret(portal, who.account)?;
    let txn = portal.db().begin().await?;
    data::begin(&txn, who.account, sealed, portal.clock().millis()).await?;
    Ok(txn.commit().await?)
}

/// What a change that is shown once came to.
pub struct Changed {
    /// The session that goes on, under another token; every other one ended.
    pub session: NewSession,
    /// The recovery codes, which are told once.
    pub recovery_codes: Vec<String>,
}

/// Sets up the app that shows `nieuwe_code`, in the place of the one that is in use where there is one. New recovery codes
/// come with it; every session of before ends.
///
/// # Errors
/// [`ServiceError::Invalid`] on `wachtwoord`, `code` or `nieuwe_code`; [`ServiceError::NotFound`] when nothing is being set
/// up any more; [`ServiceError::SignedOut`] when the account is blocked.
pub async fn set_up(
    portal: &Portal,
    request: &Request,
    who: &SignedIn,
    form: &SecondFactorForm,
) -> Result<Changed, ServiceError> {
    let asked = owner(portal, who).await?;
    let sealed = asked.pending.clone().filter(|(_, since)| is_fresh(portal, *since));
    let (sealed, _) = sealed.ok_or(ServiceError::NotFound)?;
    let mut errors = empty_fields(form, asked.has_second_factor());
    if form.nieuwe_code.trim().is_empty() {
        errors.push("nieuwe_code", FieldCode::Required);
    }
    errors.or(()).map_err(ServiceError::Invalid)?;
    let proven = prove(portal, request, who, &asked, form).await?;
    // Not counted as a try: whoever sees the secret has nothing to guess.
    let step = match TypedCode::read(&form.nieuwe_code) {
        Some(TypedCode::App(code)) => totp::step_of(portal, who.account, &sealed, &code, 0)?,
        _ => None,
    };
    let now = portal.clock().millis();
    let Some(step) = step else {
        let txn = portal.db().begin().await?;
        proven.password.take_back(&txn).await?;
        if matches!(proven.proof, Some((Proof::Step(_), _))) {
            proven.password.forgive_codes(portal, &txn).await?;
        }
        txn.commit().await?;
        return Err(ServiceError::on("nieuwe_code", FieldCode::WrongCode));
    };
    let txn = proven.settle(portal, request, who).await?;
    if !data::activate(&txn, who.account, &sealed, step, now).await? {
        return Err(ServiceError::NotFound);
    }
    let recovery_codes = new_codes(&txn, who.account).await?;
    let session = session::renew(portal, request, &txn, who, Some(SecondFactor::Totp)).await?;
    tell(portal, request, &txn, &asked, SecondFactorChange::SetUp).await?;
    audit::append(&txn, [event(portal, request, who, AuditKind::SecondFactorSetUp)]);
    txn.commit().await?;
    Ok(Changed { session, recovery_codes })
}

/// Makes new recovery codes; those of before are worth nothing any more.
///
/// # Errors
/// [`ServiceError::Invalid`] on `wachtwoord` or `code`; [`ServiceError::NotFound`] without a second step;
/// [`ServiceError::SignedOut`] when the account is blocked.
pub async fn renew_codes(
    portal: &Portal,
    request: &Request,
    who: &SignedIn,
    form: &SecondFactorForm,
) -> Result<Vec<String>, ServiceError> {
    let asked = owner_with_second_factor(portal, who).await?;
    empty_fields(form, true).or(()).map_err(ServiceError::Invalid)?;
    let proven = prove(portal, request, who, &asked, form).await?;
    let txn = proven.settle(portal, request, who).await?;
    let recovery_codes = new_codes(&txn, who.account).await?;
    tell(portal, request, &txn, &asked, SecondFactorChange::NewRecoveryCodes).await?;
    audit::append(&txn, [event(portal, request, who, AuditKind::RecoveryCodesMade)]);
    txn.commit().await?;
    Ok(recovery_codes)
}

/// Does away with the second step of somebody's own account. Every session of before ends.
///
/// # Errors
/// [`ServiceError::Forbidden`] when the account must have one; [`ServiceError::Invalid`] on `wachtwoord` with
/// [`FieldCode::TooShort`] when the password cannot stand alone; else as [`renew_codes`].
pub async fn remove(
    portal: &Portal,
    request: &Request,
    who: &SignedIn,
    form: &SecondFactorForm,
) -> Result<NewSession, ServiceError> {
    if must_have(portal, who).await? {
        return Err(ServiceError::Forbidden);
    }
    let asked = owner_with_second_factor(portal, who).await?;
    if asked.password_is_short {
        return Err(too_short());
    }
    empty_fields(form, true).or(()).map_err(ServiceError::Invalid)?;
    let proven = prove(portal, request, who, &asked, form).await?;
    let txn = proven.settle(portal, request, who).await?;
    // With the account locked: another password may have been chosen meanwhile.
    if account::password_is_short(&txn, who.account).await? {
        return Err(too_short());
    }
    data::remove(&txn, who.account).await?;
    let session = session::renew(portal, request, &txn, who, None).await?;
    tell(portal, request, &txn, &asked, SecondFactorChange::Removed).await?;
    audit::append(&txn, [event(portal, request, who, AuditKind::SecondFactorRemoved)]);
    txn.commit().await?;
    Ok(session)
}

/// That the password cannot stand alone.
fn too_short() -> ServiceError {
    ServiceError::on("wachtwoord", FieldCode::TooShort { min: MIN_ALONE })
}

/// The fields that are empty and must not be.
fn empty_fields(form: &SecondFactorForm, with_code: bool) -> FieldErrors {
    let mut errors = FieldErrors::default();
    if form.wachtwoord.is_empty() {
        errors.push("wachtwoord", FieldCode::Required);
    }
    if with_code && form.offered().is_none() {
        errors.push("code", FieldCode::Required);
    }
    errors
}

async fn new_codes(txn: &Txn, account: AccountId) -> Result<Vec<String>, ServiceError> {
    let codes = recovery::make()?;
    let hashes: Vec<Vec<u8>> = codes.iter().map(|code| recovery::hash(&code.replace('-', ""))).collect();
    data::set_recovery_codes(txn, account, &hashes).await?;
    Ok(codes)
}

/// Somebody who knows the password, and has a code or a passkey where there is a second step.
struct Proven<'a> {
    owner: &'a Owner,
    password: PresentPassword<'a>,
    proof: Option<(Proof, Offered<'a>)>,
}

/// Asks who is signed in for the password and a code or a passkey once more. What is wrong counts as at the sign-in page.
async fn prove<'a>(
    portal: &Portal,
    request: &'a Request,
    who: &SignedIn,
    owner: &'a Owner,
    form: &'a SecondFactorForm,
) -> Result<Proven<'a>, ServiceError> {
    let password = present_password(portal, request, &owner.email, &form.wachtwoord, "wachtwoord").await?;
    let mut proof = None;
    if owner.has_second_factor()
        && let Some(offered) = form.offered()
    {
        password.count_code(portal, offered.field()).await?;
        let place = Place::Change(who.session);
        match Proof::of(portal, request, who.account, owner, offered, place).await? {
            Judged::Right(right) => proof = Some((right, offered)),
            Judged::Wrong => return Err(wrong(portal, &password, offered).await?),
            Judged::NotAsked => {
                password.take_back_code(portal).await?;
                return Err(ServiceError::on(offered.field(), offered.refusal()));
            }
        }
    }
    Ok(Proven { owner, password, proof })
}

/// Counts, logs and tells that what was shown of the second step together with the password was wrong.
async fn wrong(
    portal: &Portal,
    password: &PresentPassword<'_>,
    offered: Offered<'_>,
) -> Result<ServiceError, ServiceError> {
    password.refuse(portal, AuditKind::SecondStepFailed, offered.field(), offered.refusal()).await
}

impl Proven<'_> {
    /// With what the second step was proven, where there is one.
    fn factor(&self) -> Option<SecondFactor> {
        self.proof.as_ref().map(|(proof, _)| proof.factor())
    }

    /// Begins the transaction of the change and uses up what was shown of the second step in it: with the account locked,
    /// and only if the password that was verified still stands. What cannot be used counts as what is wrong.
    async fn settle(&self, portal: &Portal, request: &Request, who: &SignedIn) -> Result<Txn, ServiceError> {
        let txn = portal.db().begin().await?;
        if !self.password.stands(&txn).await? {
            return Err(ServiceError::SignedOut);
        }
        match &self.proof {
            Some((proof, offered)) => {
                if !proof.use_up(&txn, who.account, portal.clock().millis()).await? {
                    drop(txn);
                    return Err(wrong(portal, &self.password, *offered).await?);
                }
            }
            // A second step was set up meanwhile, and its code was not asked.
            None if data::is_on(&txn, who.account).await? => return Err(ServiceError::on("code", FieldCode::Required)),
            None => {}
        }
        self.password.forgive(&txn).await?;
        if self.proof.is_some() {
            self.password.forgive_codes(portal, &txn).await?;
        }
        if self.factor() == Some(SecondFactor::RecoveryCode) {
            log_recovery_code(portal, request, &txn, who.account, self.owner);
        }
        Ok(txn)
    }

    /// Tells the owner by mail of a recovery code that was used, where what changes leaves the others as they are.
    async fn tell_of_recovery_code(&self, portal: &Portal, request: &Request, txn: &Txn) -> Result<(), ServiceError> {
        match self.factor() {
            Some(SecondFactor::RecoveryCode) => tell_of_recovery_code(portal, request, txn, self.owner).await,
            _ => Ok(()),
        }
    }
}

/// Tells the owner of an account by mail that a recovery code was used to come in.
pub(crate) async fn tell_of_recovery_code(
    portal: &Portal,
    request: &Request,
    txn: &Txn,
    owner: &Owner,
) -> Result<(), ServiceError> {
    // What was read of the owner was read before.
    let left = owner.recovery_codes.saturating_sub(1);
    tell(portal, request, txn, owner, SecondFactorChange::RecoveryCodeUsed { left }).await
}

/// Logs that a recovery code was used.
pub(crate) fn log_recovery_code(portal: &Portal, request: &Request, txn: &Txn, account: AccountId, owner: &Owner) {
    let mut event = audit::event_of_nobody(portal, request, AuditKind::RecoveryCodeUsed);
    event.account = Some(account);
    event.actor_name = Some(owner.name.as_str().into());
    audit::append(txn, [event]);
}

/// Tells the owner of an account by mail what happened to its second step.
async fn tell(
    portal: &Portal,
    request: &Request,
    txn: &Txn,
    owner: &Owner,
    change: SecondFactorChange,
) -> Result<(), ServiceError> {
    let now = portal.clock().millis();
    let email = fold_email(&owner.email);
    let key = format!("second-factor:{}:{}:{now}", change.code(), request.id);
    let content = Content::SecondFactorChanged { on: portal.clock().today(), change };
    outbox::put(txn, content.message(key, Some(email), owner.language, now)?).await?;
    Ok(())
}

/// Whether all of these are recovery codes of somebody's own account that were not used yet: only those are written to a
/// file.
///
/// # Errors
/// When the database cannot be read.
pub async fn are_codes_of(portal: &Portal, who: &SignedIn, codes: &[&str]) -> Result<bool, ServiceError> {
    let mut hashes = Vec::with_capacity(codes.len());
    for code in codes {
        let Some(TypedCode::Recovery(code)) = TypedCode::read(code) else { return Ok(false) };
        hashes.push(recovery::hash(&code));
    }
    let found = data::count_recovery_codes(portal.db(), who.account, &hashes).await?;
    Ok(!hashes.is_empty() && found == hashes.len() as u64)
}

/// Takes the second step of an account away for an owner who lost the app, the passkeys and the recovery codes; by the
/// operator, or by whoever is signed in and may do it for them. Every session ends. A password that cannot stand alone is
/// forgotten, and a link to choose another is mailed. Returns whether there was a second step.
///
/// # Errors
/// [`ServiceError::NotFound`] when no account has the address.
pub async fn reset(
    portal: &Portal,
    request: &Request,
    by: Option<&SignedIn>,
    email: &str,
) -> Result<bool, ServiceError> {
    let found = account::credentials(portal.db(), email).await?.ok_or(ServiceError::NotFound)?;
    let owner = data::owner(portal.db(), found.id).await?.ok_or(ServiceError::NotFound)?;
    let txn = portal.db().begin().await?;
    // The account first, as everybody who locks it does.
    account::lock(&txn, found.id).await?;
    if !data::remove(&txn, found.id).await? {
        return Ok(false);
    }
    sessions::remove_all(&txn, found.id).await?;
    let must_choose = account::password_is_short(&txn, found.id).await?;
    if must_choose {
        account::forget_password(&txn, found.id).await?;
        links::withdraw(&txn, found.id, None, portal.clock().millis()).await?;
        outbox::put(&txn, link::message(portal, Asked::Forgot, &owner.email)?).await?;
    }
    tell(portal, request, &txn, &owner, SecondFactorChange::Reset { must_choose }).await?;
    let kind = AuditKind::SecondFactorReset;
    let (event, by) = match by {
        Some(who) => (event(portal, request, who, kind), "the helpdesk"),
        None => (audit::event_of_nobody(portal, request, kind), "the operator"),
    };
    audit::append(&txn, [event.details(format!("account {}, by {by}", found.id))]);
    txn.commit().await?;
    Ok(true)
}

/// Takes away waiting sign-ins that are past their term, and what was begun to be set up long ago.
pub(crate) async fn clear(txn: &Txn, now: i64) -> Result<(), ServiceError> {
    Ok(data::clear(txn, now - SETTING_UP, now).await?)
}
