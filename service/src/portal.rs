//! What every use case works with: the database, the clock, the limits; who asks, and in which request.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

pub use collectief_data::{DataError, Db, Key, Keyring, PoolSize};
use collectief_data::{
    office::{Office, StaffRights},
    scope::{AccountRights, Scope},
};
use collectief_domain::{
    actor::{Language, Right},
    assurance::AssuranceLevel,
    frame::Theme,
    ids::{AccountId, ContractId, EmployerId, SessionId},
    staff::{StaffRight, StaffRoles},
};

use crate::{ServiceError, audit::AuditWriter, broker::BrokerAccess, clock::Clock, second_factor::RelyingParty};

/// The word in the query string that stands for all contracts.
pub const ALL_CONTRACTS: &str = "alle";

/// Limits that the operator may set.
#[derive(Debug, Clone)]
pub struct Limits {
    /// After how many seconds without use a session ends.
    pub idle_seconds: u32,
    /// After how many seconds a session ends, used or not.
    pub absolute_seconds: u32,
    /// Wrong passwords from one client address in fifteen minutes, and just so tries with eHerkenning by which nobody came
    /// in, before it must wait.
    pub failures_per_client: u32,
    /// Links to choose a password that are asked for from one client address in an hour before it must wait.
    pub links_per_client: u32,
    /// Accounts that are asked for from one client address in an hour before it must wait.
    pub requests_per_client: u32,
    /// Accounts that are asked for on one contract in an hour, from wherever, before the next must wait. Whether there is
    /// such a contract makes no difference.
    pub requests_per_contract: u32,
    /// Enrolments that are sent from one client address in an hour before it must wait; ten times as many contract numbers
    /// can be looked at.
    pub enrolments_per_client: u32,
    /// Enrolments that are sent on one contract in an hour, from wherever, before the next must wait.
    pub enrolments_per_contract: u32,
    /// For how many minutes staff see the portal as an employer does before they must ask again.
    pub viewing_minutes: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            idle_seconds: 30 * 60,
            absolute_seconds: 10 * 60 * 60,
            failures_per_client: 100,
            links_per_client: 20,
            requests_per_client: 10,
            requests_per_contract: 60,
            enrolments_per_client: 120,
            enrolments_per_contract: 2_000,
            viewing_minutes: 30,
        }
    }
}

/// How people outside find their way to the portal and to help; for what is mailed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reach {
    /// The address of the portal as browsers know it, without a closing slash; without it no links can be mailed.
    pub address: Option<String>,
    /// Where people who are stuck can turn to, as it is shown.
    pub help_desk: Option<String>,
    /// The address that mail comes from; without it mail is only written to files.
    pub mail_from: Option<String>,
}

/// The portal: what every use case works with. Cheap to clone.
#[derive(Clone)]
pub struct Portal {
    parts: Arc<Parts>,
    reach: Arc<Reach>,
    broker: Option<BrokerAccess>,
    relying_party: Option<Arc<RelyingParty>>,
}

/// What is remembered of rights, by account and by the level of eHerkenning that the session began at.
type KnownRights = HashMap<(AccountId, Option<AssuranceLevel>), Arc<AccountRights>>;

struct Parts {
    db: Db,
    clock: Clock,
    limits: Limits,
    brand: String,
    demo: bool,
    audit: AuditWriter,
    rights: Mutex<KnownRights>,
    hashing: tokio::sync::Semaphore,
    pages: crate::participant::PageCache,
}

/// The request in which something is asked: what log rows carry.
#[derive(Debug, Clone)]
pub struct Request {
    /// The request id, which also stands on error pages and in the log.
    pub id: Arc<str>,
    /// The client's address as the server trusts it, without a port; `None` for commands.
    pub client: Option<std::net::IpAddr>,
    /// What the client says it is, shortened.
    pub device: Arc<str>,
    /// The session that the browser had when it asked; it ends when somebody signs in.
    pub session: Option<SessionId>,
}

impl Request {
    /// The request of a command or a job.
    pub fn internal(what: &str) -> Self {
        Self { id: what.into(), client: None, device: "".into(), session: None }
    }
}

/// Somebody who is signed in, with the rights that hold at this moment.
#[derive(Debug, Clone)]
pub struct SignedIn {
    pub(crate) session: SessionId,
    pub(crate) account: AccountId,
    pub(crate) name: Arc<str>,
    pub(crate) language: Language,
    pub(crate) theme: Theme,
    pub(crate) chosen: Option<ContractId>,
    pub(crate) level: Option<AssuranceLevel>,
    pub(crate) rights: Arc<AccountRights>,
    pub(crate) staff: StaffRights,
    pub(crate) viewing: Option<Viewing>,
}

/// Staff of the insurer see the portal as an employer does: nothing can be changed meanwhile, and the back office is
/// closed to them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Viewing {
    /// The employer.
    pub employer: EmployerId,
    /// Its name.
    pub name: Arc<str>,
    /// When it ends, in Unix milliseconds.
    pub until: i64,
}

/// Somebody whose password was right and who must set up a second step before anything else. It carries no rights, so
/// that it could do nothing wherever it came.
#[derive(Debug, Clone)]
pub struct MustSetUp(pub(crate) SignedIn);

impl MustSetUp {
    /// Who it is, without rights.
    pub fn who(&self) -> &SignedIn {
        &self.0
    }
}

impl SignedIn {
    /// The account.
    pub fn account(&self) -> AccountId {
        self.account
    }

    /// The session.
    pub fn session(&self) -> SessionId {
        self.session
    }

    /// The name, as the header shows it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The language that this person chose.
    pub fn language(&self) -> Language {
        self.language
    }

    /// The theme that this person chose.
    pub fn theme(&self) -> Theme {
        self.theme
    }

    /// The level of eHerkenning at which this person came in; `None` where it was with a password.
    pub fn level(&self) -> Option<AssuranceLevel> {
        self.level
    }

    /// The contracts on which `right` may be used: the one with the number in `contract`; where that is empty the
    /// chosen one, or all; for [`ALL_CONTRACTS`] all.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] for a contract that is not this person's, just as for one that does not exist;
    /// [`ServiceError::Forbidden`] when it is, but the role does not carry the right.
    pub fn scope(&self, right: Right, contract: &str) -> Result<Scope, ServiceError> {
        let contract = contract.trim();
        let chosen = match (contract, self.chosen) {
            ("", Some(id)) => self.rights.contract_by_id(id).map(|contract| contract.choice.number.as_str()),
            ("" | ALL_CONTRACTS, _) => None,
            (number, _) => Some(number),
        };
        let scope = match chosen {
            None => self.rights.scope(right),
            Some(number) => {
                if self.rights.contract(number).is_none() {
                    return Err(ServiceError::NotFound);
                }
                self.rights.scope_of(right, number).ok_or(ServiceError::Forbidden)?
            }
        };
        if scope.is_empty() { Err(ServiceError::Forbidden) } else { Ok(scope) }
    }

    /// All contracts on which `right` may be used, whichever is chosen: for what is named by an id.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] when there is none.
    pub fn whole_scope(&self, right: Right) -> Result<Scope, ServiceError> {
        let scope = self.rights.scope(right);
        if scope.is_empty() { Err(ServiceError::Forbidden) } else { Ok(scope) }
    }

    /// The proof that this person is staff of the insurer who has `right` in the back office.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] for everybody else: the back office is not there for them, nor for staff who see the
    /// portal as an employer does.
    pub fn office(&self, right: StaffRight) -> Result<Office, ServiceError> {
        if self.viewing.is_some() {
            return Err(ServiceError::NotFound);
        }
        self.staff.office(right).ok_or(ServiceError::NotFound)
    }

    /// What this person may do in the back office; nothing while the portal is seen as an employer sees it.
    pub fn staff(&self) -> StaffRoles {
        if self.viewing.is_some() { StaffRoles::NONE } else { self.staff.roles() }
    }

    /// That this person acts for themselves, as what concerns their own account asks.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] while the portal is seen as an employer sees it: nothing can be changed then.
    pub(crate) fn acts_in_person(&self) -> Result<(), ServiceError> {
        if self.viewing.is_some() { Err(ServiceError::Forbidden) } else { Ok(()) }
    }

    /// The employer that this person sees the portal as, if any.
    pub fn viewing(&self) -> Option<&Viewing> {
        self.viewing.as_ref()
    }

    /// The rights themselves, for the frame and for choices.
    pub fn rights(&self) -> &AccountRights {
        &self.rights
    }
}

impl Portal {
    /// A portal on `db`. It must be made inside a Tokio runtime: the writer of grouped log rows starts here.
    pub fn new(db: Db, clock: Clock, limits: Limits, brand: String, demo: bool) -> Self {
        let audit = AuditWriter::start(db.clone());
        // Each hash takes 19 MiB and a core; more at once would only make everybody wait longer.
        let at_once = std::thread::available_parallelism().map_or(2, usize::from);
        let parts = Arc::new(Parts {
            db,
            clock,
            limits,
            brand,
            demo,
            audit,
            rights: Mutex::default(),
            hashing: tokio::sync::Semaphore::new(at_once),
            pages: crate::participant::PageCache::default(),
        });
        Self { parts, reach: Arc::default(), broker: None, relying_party: None }
    }

    /// The portal, when people reach it like this. Its address decides whether passkeys can be used, and for which name
    /// devices keep them.
    #[must_use]
    pub fn reached_by(self, reach: Reach) -> Self {
        let relying_party = reach.address.as_deref().and_then(|address| RelyingParty::at(address, self.brand()));
        Self { reach: Arc::new(reach), relying_party: relying_party.map(Arc::new), ..self }
    }

    /// What judges passkeys, where they can be used.
    pub(crate) fn relying_party(&self) -> Option<&RelyingParty> {
        self.relying_party.as_deref()
    }

    /// The portal, when people can sign in through a broker.
    #[must_use]
    pub fn with_broker(self, broker: BrokerAccess) -> Self {
        Self { broker: Some(broker), ..self }
    }

    /// The broker, where one is configured.
    pub fn broker(&self) -> Option<&BrokerAccess> {
        self.broker.as_ref()
    }

    /// How people reach the portal.
    pub fn reach(&self) -> &Reach {
        &self.reach
    }

    /// The database.
    pub fn db(&self) -> &Db {
        &self.parts.db
    }

    /// The clock.
    pub fn clock(&self) -> &Clock {
        &self.parts.clock
    }

    /// The limits.
    pub fn limits(&self) -> &Limits {
        &self.parts.limits
    }

    /// Since when a session must have been used, and since when it must have begun, to go on, in Unix milliseconds.
    pub(crate) fn sessions_since(&self) -> (i64, i64) {
        let (now, limits) = (self.clock().millis(), self.limits());
        (now - i64::from(limits.idle_seconds) * 1000, now - i64::from(limits.absolute_seconds) * 1000)
    }

    /// The name of this insurer's portal.
    pub fn brand(&self) -> &str {
        &self.parts.brand
    }

    /// Whether this is the demonstration.
    pub fn is_demo(&self) -> bool {
        self.parts.demo
    }

    /// The access log.
    pub fn audit(&self) -> &AuditWriter {
        &self.parts.audit
    }

    pub(crate) fn hashing(&self) -> &tokio::sync::Semaphore {
        &self.parts.hashing
    }

    pub(crate) fn pages(&self) -> &crate::participant::PageCache {
        &self.parts.pages
    }

    /// The rights of `account` at `version`, in a session at `level`: from memory when that very version was read before, else from the
    /// database. The version comes from the database with every request, so a withdrawn right is gone at once.
    pub(crate) async fn rights(
        &self,
        account: AccountId,
        version: i64,
        level: Option<AssuranceLevel>,
    ) -> Result<Arc<AccountRights>, ServiceError> {
        let key = (account, level);
        let known = self.parts.rights.lock().unwrap_or_else(PoisonError::into_inner).get(&key).cloned();
        if let Some(rights) = known.filter(|rights| rights.version() == version) {
            return Ok(rights);
        }
        let rights = Arc::new(self.parts.db.account_rights(account, version, level).await?);
        let mut all = self.parts.rights.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() > 10_000 {
            all.clear();
        }
        all.insert(key, Arc::clone(&rights));
        Ok(rights)
    }
}
