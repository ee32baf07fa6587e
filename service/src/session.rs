//! Signing in and out, and what a session remembers.

use std::{net::IpAddr, sync::Arc, time::Duration};

use collectief_data::{
    Txn, account, broker,
    office::StaffRights,
    scope::AccountRights,
    session::{self, CameInWith},
};
use collectief_domain::{
    actor::{Language, Roles},
    frame::{CONTRACTS_OFFERED, Frame, FrameUser, Theme},
    ids::AccountId,
    second_factor::SecondFactor,
    staff::StaffRight,
};

pub(crate) use self::{
    present::{PresentPassword, present_password},
    second_step::wait_for_second_step,
};
pub use self::{
    second_step::{ask_passkey, second_step, second_step_means},
    sign_in::sign_in,
};
use crate::{
    MustSetUp, Portal, Request, ServiceError, SignedIn, account_request,
    audit::{self, AuditKind},
    change,
    clock::time_of,
    enrol, link, message,
    portal::{ALL_CONTRACTS, Viewing},
    second_factor::{self, Standing},
    secret,
};

mod present;
mod second_step;
mod sign_in;
pub(crate) mod tries;

/// How far behind [`last seen`](collectief_data::session::SessionRow::last_seen_at) may be, in milliseconds.
const SEEN_EVERY: i64 = 60 * 1000;

/// How long a request waits for the note that its session was used; it is written in any case.
const SEEN_WAIT: Duration = Duration::from_millis(100);

/// For how long tries on an address are remembered, in milliseconds.
const TRIES_KEPT: i64 = 400 * 24 * 60 * 60 * 1000;

/// The number of characters of a token: 256 bits in base64.
pub(crate) const TOKEN_LENGTH: usize = 43;

/// A session that has just begun.
#[derive(Clone)]
pub struct NewSession {
    /// The token for the cookie. It is told once; only its hash is kept.
    pub token: String,
    /// The account.
    pub account: AccountId,
    /// The account's name.
    pub name: String,
    /// The account's language.
    pub language: Language,
}

/// What a right password leads to.
#[derive(Clone)]
pub enum Admitted {
    /// A session.
    In(NewSession),
    /// The account has a second step, which comes first.
    SecondStep {
        /// The token for the cookie of the sign-in that waits. It is told once; only its hash is kept.
        token: String,
    },
}

impl Admitted {
    /// The session, where there is one already.
    pub fn session(self) -> Option<NewSession> {
        match self {
            Self::In(session) => Some(session),
            Self::SecondStep { .. } => None,
        }
    }
}

/// Whose session a token is.
#[derive(Debug, Clone)]
pub enum Found {
    /// Somebody who is signed in.
    SignedIn(SignedIn),
    /// Somebody who must set up a second step before anything else.
    MustSetUp(MustSetUp),
}

impl Found {
    /// Whoever is signed in for everything that their rights allow.
    pub fn signed_in(self) -> Option<SignedIn> {
        match self {
            Self::SignedIn(who) => Some(who),
            Self::MustSetUp(_) => None,
        }
    }
}

/// The subject under which something from a client address is counted. One household or one line has a whole /64 of
/// IPv6 addresses.
pub(crate) fn client_subject(portal: &Portal, counted: &[u8], client: IpAddr) -> Vec<u8> {
    let bytes = match client.to_canonical() {
        IpAddr::V4(address) => address.octets().to_vec(),
        IpAddr::V6(address) => address.octets()[..8].to_vec(),
    };
    portal.db().keys().keyed_hash(counted, &bytes)
}

/// Enough of a keyed hash to see in the log that two tries were on the same address.
pub(crate) fn short(hash: &[u8]) -> String {
    hash.iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

/// Whoever is signed in with this token; `None` when it is unknown, when the session has ended, when the account is
/// blocked, or when it has a second step and the session began without one.
///
/// # Errors
/// When the database cannot be read.
pub async fn find(portal: &Portal, token: &str) -> Result<Option<Found>, ServiceError> {
    if token.len() != TOKEN_LENGTH {
        return Ok(None);
    }
    let Some(row) = session::find(portal.db(), &secret::token_hash(token)).await? else { return Ok(None) };
    let now = portal.clock().millis();
    let (idle_since, begun_since) = portal.sessions_since();
    if row.last_seen_at <= idle_since || row.created_at <= begun_since || row.blocked {
        return Ok(None);
    }
    if now - row.last_seen_at >= SEEN_EVERY {
        let db = portal.db().clone();
        let touched = tokio::spawn(async move { session::touch(&db, row.id, now).await });
        match tokio::time::timeout(SEEN_WAIT, touched).await {
            Ok(Ok(Err(error))) => tracing::warn!(%error, "the use of a session could not be noted"),
            Ok(_) => {}
            // A long write is going on; the note follows it.
            Err(_) => tracing::debug!("the note that a session was used is waiting"),
        }
    }
    // Who is no longer staff sees nothing of an employer either.
    let may_view = row.staff.office(StaffRight::ViewAsEmployer).is_some();
    let viewed = row.viewed.filter(|(_, _, until)| may_view && *until > now);
    let viewing = viewed.map(|(employer, name, until)| Viewing { employer, name: name.into(), until });
    let rights = match &viewing {
        Some(viewing) => Arc::new(portal.db().viewed_rights(row.account, viewing.employer).await?),
        None => portal.rights(row.account, row.rights_version, row.level).await?,
    };
    let is_required = second_factor::is_required(&rights, row.staff.roles());
    // Whoever comes in with eHerkenning has shown more there than a code of an app.
    let is_strong = row.second_factor.is_some() || row.level.is_some();
    let standing = second_factor::standing(is_required, row.has_second_factor, is_strong);
    let rights = match standing {
        Standing::Enough => rights,
        Standing::TooWeak => return Ok(None),
        Standing::MustSetUp => Arc::new(AccountRights::none(row.account, row.rights_version)),
    };
    // A choice of a contract that is no longer one's own is no choice.
    let chosen = row.chosen.filter(|id| rights.contract_by_id(*id).is_some());
    let who = SignedIn {
        session: row.id,
        account: row.account,
        name: row.name.into(),
        language: row.language,
        theme: row.theme,
        chosen,
        level: row.level,
        rights,
        staff: if standing == Standing::MustSetUp { StaffRights::none(row.account) } else { row.staff },
        viewing: viewing.filter(|_| standing == Standing::Enough),
    };
    Ok(Some(if standing == Standing::MustSetUp { Found::MustSetUp(MustSetUp(who)) } else { Found::SignedIn(who) }))
}

/// Somebody who may come in.
pub(crate) struct Owner {
    /// The account.
    pub(crate) account: AccountId,
    /// The account's name.
    pub(crate) name: String,
    /// The account's language.
    pub(crate) language: Language,
}

/// Lets somebody in: the session of before in this browser ends, another begins, and the log says with what.
pub(crate) async fn begin(
    portal: &Portal,
    request: &Request,
    txn: &Txn,
    owner: Owner,
    with: CameInWith,
) -> Result<NewSession, ServiceError> {
    if let Some(previous) = request.session {
        session::remove(txn, previous).await?;
    }
    let token = secret::token()?;
    let hash = secret::token_hash(&token);
    session::add(txn, owner.account, hash, &request.device, with, portal.clock().millis()).await?;
    let mut event = audit::event_of_nobody(portal, request, AuditKind::SignedIn);
    event.account = Some(owner.account);
    event.actor_name = Some(owner.name.as_str().into());
    event.details = match (with.second_factor, with.level) {
        (_, Some(level)) => format!("eHerkenning, {}", level.code()),
        (Some(factor), None) => format!("with {}", factor.code()),
        (None, None) => String::new(),
    };
    audit::append(txn, [event]);
    Ok(NewSession { token, account: owner.account, name: owner.name, language: owner.language })
}

/// Ends every session of somebody's account and begins a new one for them, with another token, because what they sign in
/// with changed (ASVS 7.2.4, 7.4.3). `second_factor` is what they came in with beside the password; the level of
/// eHerkenning stays, because they are the same person in the same browser.
pub(crate) async fn renew(
    portal: &Portal,
    request: &Request,
    txn: &Txn,
    who: &SignedIn,
    second_factor: Option<SecondFactor>,
) -> Result<NewSession, ServiceError> {
    let token = secret::token()?;
    session::remove_all(txn, who.account).await?;
    let hash = secret::token_hash(&token);
    let with = CameInWith { second_factor, level: who.level };
    let id = session::add(txn, who.account, hash, &request.device, with, portal.clock().millis()).await?;
    session::choose_contract(txn, id, who.chosen).await?;
    Ok(NewSession { token, account: who.account, name: who.name.to_string(), language: who.language })
}

/// Signs out: the token is worth nothing from now on.
///
/// # Errors
/// When the database refuses.
pub async fn sign_out(portal: &Portal, request: &Request, who: &SignedIn) -> Result<(), ServiceError> {
    let txn = portal.db().begin().await?;
    session::remove(&txn, who.session).await?;
    audit::append(&txn, [audit::event(portal, request, who, AuditKind::SignedOut)]);
    Ok(txn.commit().await?)
}

/// Chooses one contract by its number, or all of them with [`ALL_CONTRACTS`] or nothing.
///
/// # Errors
/// [`ServiceError::NotFound`] for a contract that is not this person's, just as for one that does not exist.
pub async fn choose_contract(portal: &Portal, who: &SignedIn, contract: &str) -> Result<(), ServiceError> {
    let chosen = match contract.trim() {
        "" | ALL_CONTRACTS => None,
        number => Some(who.rights.contract(number).ok_or(ServiceError::NotFound)?.id),
    };
    let txn = portal.db().begin().await?;
    session::choose_contract(&txn, who.session, chosen).await?;
    Ok(txn.commit().await?)
}

/// Keeps the language that somebody chose.
///
/// # Errors
/// When the database refuses.
pub async fn set_language(portal: &Portal, who: &SignedIn, language: Language) -> Result<(), ServiceError> {
    let txn = portal.db().begin().await?;
    account::set_language(&txn, who.account, language).await?;
    Ok(txn.commit().await?)
}

/// Keeps the theme that somebody chose.
///
/// # Errors
/// When the database refuses.
pub async fn set_theme(portal: &Portal, who: &SignedIn, theme: Theme) -> Result<(), ServiceError> {
    let txn = portal.db().begin().await?;
    account::set_theme(&txn, who.account, theme).await?;
    Ok(txn.commit().await?)
}

/// What stands around a page, in this language and theme: those that were chosen, where somebody is signed in.
pub fn frame(portal: &Portal, who: Option<&SignedIn>, language: Language, theme: Theme) -> Frame {
    let user = who.map(|who| {
        let contracts = who.rights.contracts();
        let chosen = who.chosen.and_then(|id| who.rights.contract_by_id(id));
        let roles = match chosen {
            Some(contract) => contract.roles,
            None => Roles::from_bits(contracts.iter().fold(0, |bits, contract| bits | contract.roles.bits())),
        };
        let offered = if contracts.len() <= CONTRACTS_OFFERED { contracts } else { &[] };
        FrameUser {
            account: who.account,
            name: who.name.to_string(),
            roles,
            contracts: offered.iter().map(|contract| contract.choice.clone()).collect(),
            contract_count: u32::try_from(contracts.len()).unwrap_or(u32::MAX),
            chosen: chosen.map(|contract| contract.choice.clone()),
            idle_seconds: portal.limits().idle_seconds,
            staff: who.staff(),
            viewed: who.viewing.as_ref().map(|viewing| viewing.name.to_string()).unwrap_or_default(),
            viewed_until: who.viewing.as_ref().map(|viewing| time_of(viewing.until)).unwrap_or_default(),
        }
    });
    Frame {
        user,
        language,
        theme,
        brand: portal.brand().to_owned(),
        today: portal.clock().today(),
        demo: portal.is_demo(),
    }
}

/// Takes away what no longer counts: sessions that ended; tries to sign in, mailed links and requests for accounts of long
/// ago; tries through the broker and identities that were shown whose term ended; sign-ins that wait no longer for their
/// second step. Returns how many sessions.
///
/// # Errors
/// When the database refuses.
pub async fn clear_ended(portal: &Portal) -> Result<u64, ServiceError> {
    let now = portal.clock().millis();
    let (idle_since, begun_since) = portal.sessions_since();
    // Requests of whatever contract are forgotten as well.
    let txn = portal.db().begin_everything().await?;
    let ended = session::remove_ended(&txn, idle_since, begun_since).await?;
    account::forget_old_tries(&txn, now - TRIES_KEPT).await?;
    link::forget_expired(&txn, now).await?;
    broker::forget_expired(&txn, now).await?;
    account_request::forget_old(&txn, now).await?;
    enrol::forget_old(&txn, now).await?;
    change::forget_old(&txn, now).await?;
    message::forget_old(&txn, now).await?;
    second_factor::clear(&txn, now).await?;
    txn.commit().await?;
    Ok(ended)
}
