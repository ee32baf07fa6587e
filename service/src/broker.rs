//! Signing in with eHerkenning through a broker (PRODUCT.md A2).
//!
//! The browser is sent to the broker and comes back with an answer. What the portal must remember meanwhile is two
//! secrets: the state, which the broker gives back, and the browser's own, which stands in a cookie of that browser.
//! The database keeps their hashes, so that any server can take the answer, only the browser that began can bring it,
//! and it counts once.

use std::sync::Arc;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use collectief_data::{
    Txn, account,
    broker::{self, NewTry, Proof, Taken},
    identity,
    session::CameInWith,
};
use collectief_domain::{
    actor::Language,
    assurance::{AssuranceLevel, BrokerRefusal, Demand},
    employer::KvkNumber,
};
use futures::future::BoxFuture;
use sha2::{Digest, Sha256};

use crate::{
    Portal, Request, ServiceError,
    audit::{self, About, AuditKind},
    secret,
    session::{self, NewSession, Owner, TOKEN_LENGTH, client_subject},
};

/// For how long the browser may be at the broker, in milliseconds.
pub const TRY_TIME: i64 = 10 * 60 * 1000;

/// For how long a browser in which an identity was shown can link it to an account, in milliseconds.
pub const PROOF_TIME: i64 = 60 * 60 * 1000;

/// The time in which tries from one client address count together, in milliseconds.
const CLIENT_WINDOW: i64 = 15 * 60 * 1000;

/// Where the broker sends the browser back to, behind the portal's address.
pub const RETURN_PATH: &str = "/inloggen/eherkenning/terug";

/// A broker, whatever it speaks. It decides nothing about accounts: it says who somebody is, and how sure that is.
pub trait Broker: Send + Sync {
    /// The address at the broker where the browser is sent to, to be spoken to in this language.
    fn begin<'a>(&'a self, attempt: &'a Attempt, language: Language) -> BoxFuture<'a, Result<String, BrokerFault>>;

    /// Judges the answer with which the browser came back: the names and values of its query or form.
    fn finish<'a>(
        &'a self,
        attempt: &'a Attempt,
        answer: &'a [(String, String)],
    ) -> BoxFuture<'a, Result<Assertion, BrokerFault>>;
}

/// A try to sign in, as both halves of it see it.
pub struct Attempt {
    /// What the broker gives back with its answer.
    pub state: String,
    /// The address that it sends the browser back to.
    pub return_to: String,
    /// The level that is asked for.
    pub demand: Demand,
    /// What only the browser knows that began.
    browser: String,
}

impl Attempt {
    /// A secret of this try for one purpose, as 43 letters of base64. It follows from what only the browser knows, so
    /// that it need not be kept, and without that browser nobody can make it.
    pub fn secret_for(&self, purpose: &str) -> String {
        let mut hash = Sha256::new();
        hash.update(purpose.as_bytes());
        hash.update([0]);
        hash.update(self.browser.as_bytes());
        URL_SAFE_NO_PAD.encode(hash.finalize())
    }
}

/// It prints no secret.
impl std::fmt::Debug for Attempt {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Attempt").field("demand", &self.demand).finish_non_exhaustive()
    }
}

/// What the broker vouches for.
#[derive(Clone, PartialEq, Eq)]
pub struct Assertion {
    /// Which broker.
    pub issuer: String,
    /// What the broker knows the person by.
    pub subject: String,
    /// The KvK number of the organisation that the person acts for.
    pub kvk_number: KvkNumber,
    /// At which level.
    pub level: AssuranceLevel,
}

/// It prints nobody.
impl std::fmt::Debug for Assertion {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Assertion").field("level", &self.level).finish_non_exhaustive()
    }
}

/// Why there is no assertion. The texts are ours, for the log: nothing that the broker sent stands in them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BrokerFault {
    /// The person went back.
    Cancelled,
    /// The broker cannot be reached, or has a fault.
    Unavailable(&'static str),
    /// The level is none that is known.
    Level(&'static str),
    /// The answer is not to be relied on.
    Refused(&'static str),
}

impl BrokerFault {
    /// What the person is told, and what is logged.
    const fn told(self) -> (BrokerRefusal, &'static str) {
        match self {
            Self::Cancelled => (BrokerRefusal::Cancelled, "cancelled"),
            Self::Unavailable(why) => (BrokerRefusal::Unavailable, why),
            Self::Level(why) => (BrokerRefusal::Level, why),
            Self::Refused(why) => (BrokerRefusal::Failed, why),
        }
    }
}

/// The broker of a portal, and the least level that is let in.
#[derive(Clone)]
pub struct BrokerAccess {
    /// The broker.
    pub broker: Arc<dyn Broker>,
    /// The least level.
    pub demand: Demand,
}

/// Where a browser goes that begins.
pub struct Begun {
    /// The address at the broker.
    pub url: String,
    /// What the browser keeps in a cookie, for [`TRY_TIME`].
    pub cookie: String,
}

/// What came of coming back from the broker.
pub enum Finished {
    /// Somebody is in.
    SignedIn {
        /// The session.
        session: NewSession,
        /// The page that was asked for.
        wanted: String,
    },
    /// No account is linked to the identity yet.
    Unlinked {
        /// What the browser keeps in a cookie, for [`PROOF_TIME`].
        cookie: String,
    },
    /// Nobody is in.
    Refused {
        /// Why not.
        refusal: BrokerRefusal,
        /// The level that was asked for, where that is above what the portal demands.
        demand: Option<Demand>,
    },
}

impl From<BrokerRefusal> for Finished {
    fn from(refusal: BrokerRefusal) -> Self {
        Self::Refused { refusal, demand: None }
    }
}

/// Begins to sign in. `wanted` is the page of our own that was asked for, `demand` a level above what the portal
/// demands, where a contract needs it.
///
/// # Errors
/// [`ServiceError::NotFound`] where no broker is configured; every refusal is in the answer.
pub async fn begin(
    portal: &Portal,
    request: &Request,
    wanted: &str,
    demand: Option<Demand>,
    language: Language,
) -> Result<Result<Begun, BrokerRefusal>, ServiceError> {
    let access = portal.broker().ok_or(ServiceError::NotFound)?;
    let address = portal.reach().address.as_deref().ok_or(ServiceError::NotFound)?;
    let now = portal.clock().millis();
    if let Some(client) = client_of(portal, request) {
        let txn = portal.db().begin().await?;
        let tries = account::count_try(&txn, &client, now - CLIENT_WINDOW, now).await?;
        txn.commit().await?;
        if tries.failures.unsigned_abs() > portal.limits().failures_per_client {
            return Ok(Err(refused(portal, request, BrokerRefusal::TooMany, "too many tries from one client")));
        }
    }
    let attempt = Attempt {
        state: secret::token()?,
        return_to: format!("{address}{RETURN_PATH}"),
        demand: demand.map_or(access.demand, |demand| demand.max(access.demand)),
        browser: secret::token()?,
    };
    let url = match access.broker.begin(&attempt, language).await {
        Ok(url) => url,
        Err(fault) => {
            let (refusal, why) = fault.told();
            return Ok(Err(refused(portal, request, refusal, why)));
        }
    };
    let txn = portal.db().begin().await?;
    let new = NewTry {
        state_hash: secret::token_hash(&attempt.state),
        browser_hash: secret::token_hash(&attempt.browser),
        wanted: wanted.to_owned(),
        demand: attempt.demand,
        expires_at: portal.clock().millis() + TRY_TIME,
    };
    broker::begin(&txn, new).await?;
    txn.commit().await?;
    Ok(Ok(Begun { url, cookie: attempt.browser }))
}

/// The subject under which the tries of a client are counted.
fn client_of(portal: &Portal, request: &Request) -> Option<Vec<u8>> {
    request.client.map(|client| client_subject(portal, b"broker client", client))
}

/// Takes back the try that was counted when the browser began, because somebody comes in by it: a whole office may share
/// one address.
pub(crate) async fn take_back_try(portal: &Portal, request: &Request, txn: &Txn) -> Result<(), ServiceError> {
    if let Some(client) = client_of(portal, request) {
        account::uncount_try(txn, &client).await?;
    }
    Ok(())
}

/// Takes the answer with which a browser comes back from the broker. `cookie` is what it kept.
///
/// # Errors
/// [`ServiceError::NotFound`] where no broker is configured; every refusal is in the answer.
pub async fn finish(
    portal: &Portal,
    request: &Request,
    cookie: Option<&str>,
    answer: &[(String, String)],
) -> Result<Finished, ServiceError> {
    let access = portal.broker().ok_or(ServiceError::NotFound)?;
    let refuse = |refusal, why| Ok(refused(portal, request, refusal, why).into());
    let mut states = answer.iter().filter(|(name, _)| name == "state");
    let (Some((_, state)), None) = (states.next(), states.next()) else {
        return refuse(BrokerRefusal::Failed, "no state, or several");
    };
    let Some(browser) = cookie.filter(|cookie| cookie.len() == TOKEN_LENGTH) else {
        return refuse(BrokerRefusal::Expired, "another browser");
    };
    let now = portal.clock().millis();
    let txn = portal.db().begin().await?;
    let taken = broker::take(&txn, &secret::token_hash(state), &secret::token_hash(browser), now).await?;
    txn.commit().await?;
    let (wanted, demand) = match taken {
        Taken::Taken { wanted, demand } => (wanted, demand),
        Taken::OtherBrowser => return refuse(BrokerRefusal::Expired, "another browser"),
        Taken::Used => return refuse(BrokerRefusal::Expired, "used before"),
        Taken::Expired => return refuse(BrokerRefusal::Expired, "too late"),
        Taken::Unknown => return refuse(BrokerRefusal::Expired, "unknown state"),
    };
    let above = (demand > access.demand).then_some(demand);
    let refuse =
        |refusal, why| Ok(Finished::Refused { refusal: refused(portal, request, refusal, why), demand: above });
    let attempt = Attempt {
        state: state.clone(),
        return_to: format!("{}{RETURN_PATH}", portal.reach().address.as_deref().unwrap_or_default()),
        demand,
        browser: browser.to_owned(),
    };
    let assertion = match access.broker.finish(&attempt, answer).await {
        Ok(assertion) => assertion,
        Err(fault) => {
            let (refusal, why) = fault.told();
            return refuse(refusal, why);
        }
    };
    // Somebody who was asked for more than the portal demands, for a contract, comes in with less as well.
    if !access.demand.is_met_by(Some(assertion.level)) {
        return refuse(BrokerRefusal::Level, "the level is too low");
    }
    admit(portal, request, assertion, wanted).await
}

/// Lets somebody in whose identity is linked to an account, and else keeps what was shown.
async fn admit(
    portal: &Portal,
    request: &Request,
    assertion: Assertion,
    wanted: String,
) -> Result<Finished, ServiceError> {
    let refuse = |refusal, why| Ok(refused(portal, request, refusal, why).into());
    let identity_hash = identity_hash(portal, &assertion);
    let now = portal.clock().millis();
    let Some(found) = identity::account(portal.db(), &identity_hash).await? else {
        let token = secret::token()?;
        let kvk_number = assertion.kvk_number.into_string();
        let proof = Proof { identity: identity_hash, kvk_number, level: assertion.level };
        let txn = portal.db().begin().await?;
        broker::keep_proof(&txn, secret::token_hash(&token), proof, now + PROOF_TIME).await?;
        txn.commit().await?;
        return Ok(Finished::Unlinked { cookie: token });
    };
    if found.blocked {
        return refuse(BrokerRefusal::Blocked, "the account is blocked");
    }
    if !identity::acts_for(portal.db(), found.id, assertion.kvk_number.as_str()).await? {
        return refuse(BrokerRefusal::Organisation, "no rights for this organisation");
    }
    let txn = portal.db().begin().await?;
    if !identity::note_use(&txn, &identity_hash, found.id, now).await? {
        drop(txn);
        return refuse(BrokerRefusal::Expired, "unlinked or blocked meanwhile");
    }
    take_back_try(portal, request, &txn).await?;
    let owner = Owner { account: found.id, name: found.name, language: found.language };
    let with = CameInWith { second_factor: None, level: Some(assertion.level) };
    let session = session::begin(portal, request, &txn, owner, with).await?;
    txn.commit().await?;
    Ok(Finished::SignedIn { session, wanted })
}

/// What an identity is kept as: whoever reads the database does not learn what the broker knows somebody by.
fn identity_hash(portal: &Portal, assertion: &Assertion) -> Vec<u8> {
    // No address of a broker has a line break in it, so that no other pair gives the same text.
    let text = format!("{}\n{}", assertion.issuer, assertion.subject);
    portal.db().keys().keyed_hash(b"broker identity", text.as_bytes())
}

/// Logs that nobody was let in, and why.
fn refused(portal: &Portal, request: &Request, refusal: BrokerRefusal, why: &'static str) -> BrokerRefusal {
    tracing::info!(request = %request.id, refusal = refusal.code(), why, "nobody was let in through the broker");
    portal.audit().view(audit::event_of_nobody(portal, request, AuditKind::BrokerRefused).details(why));
    refusal
}
