//! The access log: who saw and did what. Each row's hash covers its contents and the hash of the row before it, so
//! that a row cannot be changed or taken out without it showing.

use std::sync::{Arc, Mutex, PoisonError};

use collectief_domain::ids::{AccountId, ContractId, ParticipationId};
use sea_orm::{
    ActiveValue::{Set, Unchanged},
    ConnectionTrait, DatabaseBackend, DatabaseTransaction, EntityTrait, FromQueryResult, QueryFilter, QueryOrder,
    QuerySelect,
    prelude::*,
};
use sha2::{Digest, Sha256};

use crate::{
    db::{Db, Txn, statement},
    entity::{access_log, access_log_head},
    error::DataError,
};

/// The most rows that one statement writes.
const ROWS_PER_STATEMENT: usize = 500;

macro_rules! kinds {
    ($($(#[$doc:meta])* $variant:ident = $code:literal),* $(,)?) => {
        /// What happened.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum AuditKind { $($(#[$doc])* $variant),* }

        impl AuditKind {
            /// Every kind.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// The stored word.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code),* }
            }

            /// The kind with this [`code`](Self::code).
            pub fn from_code(code: &str) -> Option<Self> {
                match code { $($code => Some(Self::$variant),)* _ => None }
            }
        }
    };
}

kinds! {
    /// Somebody signed in.
    SignedIn = "signed_in",
    /// A try to sign in with a wrong password or an unknown address.
    SignInFailed = "sign_in_failed",
    /// A try to sign in on an account that is blocked.
    SignInBlocked = "sign_in_blocked",
    /// A try to sign in from a client address that must wait.
    SignInRefused = "sign_in_refused",
    /// An account was blocked after too many wrong passwords.
    AccountBlocked = "account_blocked",
    /// Somebody signed out.
    SignedOut = "signed_out",
    /// An account was made.
    AccountAdded = "account_added",
    /// A blocked account may be used again.
    AccountUnblocked = "account_unblocked",
    /// A link was asked for, to choose a password; whether there is such an account was not looked at.
    LinkAsked = "link_asked",
    /// A link was asked for from a client address that must wait.
    LinkRefused = "link_refused",
    /// Somebody came back from the broker, or wanted to go there, and was not let in; the details say why.
    BrokerRefused = "broker_refused",
    /// An eHerkenning identity was linked to an account.
    IdentityLinked = "identity_linked",
    /// An eHerkenning identity is no longer linked to an account.
    IdentityUnlinked = "identity_unlinked",
    /// The least level of eHerkenning that a contract demands was changed.
    LevelDemanded = "level_demanded",
    /// A link was made for the owner of an account, to be mailed.
    LinkMade = "link_made",
    /// A new account's owner set the first password.
    AccountActivated = "account_activated",
    /// A password was replaced by way of a mailed link.
    PasswordReset = "password_reset",
    /// The password was right, and the second step is asked.
    SecondStepAsked = "second_step_asked",
    /// A wrong code at the second step.
    SecondStepFailed = "second_step_failed",
    /// An app was set up to show codes, in the place of another one where there was one.
    SecondFactorSetUp = "second_factor_set_up",
    /// Somebody did away with the second step of their own account.
    SecondFactorRemoved = "second_factor_removed",
    /// The second step of an account was taken away for its owner.
    SecondFactorReset = "second_factor_reset",
    /// A passkey was added to somebody's own account.
    PasskeyAdded = "passkey_added",
    /// Somebody removed a passkey of their own account.
    PasskeyRemoved = "passkey_removed",
    /// A passkey was refused because its counter did not go on: there may be a copy of it.
    PasskeyCounterWentBack = "passkey_counter_went_back",
    /// New recovery codes were made.
    RecoveryCodesMade = "recovery_codes_made",
    /// A recovery code was used.
    RecoveryCodeUsed = "recovery_code_used",
    /// An employer asks a second step from now on, or no longer.
    SecondFactorPolicyChanged = "second_factor_policy_changed",
    /// A wrong password was typed where somebody who is signed in has to type the present one.
    PasswordRefused = "password_refused",
    /// Somebody who was signed in chose another password.
    PasswordChanged = "password_changed",
    /// Somebody changed the own name, telephone number or language.
    DetailsChanged = "details_changed",
    /// A link was asked for, to confirm another address to sign in with or for reminders.
    AddressChangeAsked = "address_change_asked",
    /// An address that waited to be confirmed was forgotten again by who asked for it.
    AddressChangeWithdrawn = "address_change_withdrawn",
    /// The address that somebody signs in with, or the one for reminders, became another.
    AddressChanged = "address_changed",
    /// Somebody ended one or all of the own sessions on other devices.
    SessionsEnded = "sessions_ended",
    /// The users of contracts were looked at.
    AccountsViewed = "accounts_viewed",
    /// One user, with all rights, was looked at.
    AccountViewed = "account_viewed",
    /// The rights of an account on a contract were changed.
    RightsChanged = "rights_changed",
    /// Somebody tried to give or take rights where that is not theirs to do; nothing was changed.
    RightsRefused = "rights_refused",
    /// An account lost its last right, and with it its password and sessions.
    AccountClosed = "account_closed",
    /// An account became the main account of an employer.
    MainAccountNamed = "main_account_named",
    /// An account was asked for.
    AccountRequested = "account_requested",
    /// An account was asked for from a client address that must wait.
    AccountRequestHeldOff = "account_request_held_off",
    /// Who asked for an account proved to own the address.
    AccountRequestConfirmed = "account_request_confirmed",
    /// Requests for accounts were looked at.
    AccountRequestsViewed = "account_requests_viewed",
    /// A request for an account was looked at.
    AccountRequestViewed = "account_request_viewed",
    /// A request for an account was approved.
    AccountRequestApproved = "account_request_approved",
    /// A request for an account was refused.
    AccountRequestRefused = "account_request_refused",
    /// The operator gave an account roles in the back office, or took them away.
    StaffChanged = "staff_changed",
    /// Somebody tried to change something in the back office where that is not theirs to do; nothing was changed.
    OfficeRefused = "office_refused",
    /// Accounts and employers were looked up in the back office.
    OfficeSearched = "office_searched",
    /// A mail that could not be delivered is tried again.
    MailRetried = "mail_retried",
    /// Somebody of the helpdesk looks after a mail that could not be delivered, or no longer does.
    MailAssigned = "mail_assigned",
    /// Staff began to see the portal as an employer does.
    ViewingBegun = "viewing_begun",
    /// Staff no longer see the portal as an employer does.
    ViewingEnded = "viewing_ended",
    /// An employer, with its contracts, was looked at in the back office.
    EmployerViewed = "employer_viewed",
    /// An employer was made.
    EmployerAdded = "employer_added",
    /// The name or the KvK number of an employer was changed.
    EmployerChanged = "employer_changed",
    /// A contract was made.
    ContractAdded = "contract_added",
    /// The terms of a contract were changed.
    ContractChanged = "contract_changed",
    /// The access log was looked at.
    AccessLogViewed = "access_log_viewed",
    /// The chain of the access log was followed.
    AccessLogVerified = "access_log_verified",
    /// A list of participants was looked at.
    ListViewed = "list_viewed",
    /// Participants were looked up with the search field over all pages.
    Searched = "searched",
    /// A participant's page was looked at.
    ParticipantViewed = "participant_viewed",
    /// A BSN was shown in full.
    BsnRevealed = "bsn_revealed",
    /// A list over a period was looked at.
    FlowViewed = "flow_viewed",
    /// The usage of a contract was looked at.
    UsageViewed = "usage_viewed",
    /// A list was downloaded.
    Exported = "exported",
    /// A list was downloaded with BSNs in it.
    ExportedWithBsn = "exported_with_bsn",
    /// Participants were deregistered.
    Deregistered = "deregistered",
    /// A deregistration was asked of the insurer.
    DeregistrationRequested = "deregistration_requested",
    /// A deregistration was taken back.
    DeregistrationWithdrawn = "deregistration_withdrawn",
    /// A personnel number was changed.
    PersonnelNumberChanged = "personnel_number_changed",
    /// Somebody asked for a link to change something.
    ChangeLinkAsked = "change_link_asked",
    /// An employee asked for a change by such a link.
    ChangeSent = "change_sent",
    /// An enrolment was sent on the open pages.
    EnrolmentSent = "enrolment_sent",
    /// An enrolment was held off, for too many came from there.
    EnrolmentHeldOff = "enrolment_held_off",
    /// Who sent a request proved to own the address, so that it went on its way.
    CaseProven = "case_proven",
    /// Who sent a request withdrew it.
    CaseWithdrawn = "case_withdrawn",
    /// Who sent a request answered the employer's question.
    CaseAnswered = "case_answered",
    /// A request was done without a decision, because the contract asks for none.
    CaseDoneAtOnce = "case_done_at_once",
    /// The requests that wait for the employer were looked at.
    QueueViewed = "queue_viewed",
    /// A request was looked at.
    CaseViewed = "case_viewed",
    /// A request was approved.
    CaseApproved = "case_approved",
    /// A request was removed.
    CaseRemoved = "case_removed",
    /// The employee was asked something about a request.
    CaseAsked = "case_asked",
    /// An approval was taken back.
    CaseUndone = "case_undone",
    /// A request could not be done.
    CaseStuck = "case_stuck",
    /// A request that could not be done was tried again, and was done.
    CaseRetried = "case_retried",
    /// Somebody of the helpdesk looks after a request that could not be done, or no longer does.
    CaseAssigned = "case_assigned",
    /// The requests that could not be done were looked at.
    StuckViewed = "stuck_viewed",
    /// Whether requests of a kind wait for the employer was looked at.
    ValidationViewed = "validation_viewed",
    /// Whether requests of a kind wait for the employer was changed.
    ValidationChanged = "validation_changed",
    /// Somebody was enrolled.
    Enrolled = "enrolled",
    /// Staff tried to enrol somebody whose BSN is somebody else's, or who participates already; nothing was done.
    EnrolmentRefused = "enrolment_refused",
    /// A dependant was added to a main insured.
    DependantAdded = "dependant_added",
    /// The operator offered an insurance, or changed what is known of one.
    ProductKept = "product_kept",
    /// Messages were looked at.
    MessagesViewed = "messages_viewed",
    /// A roster was loaded.
    RosterImported = "roster_imported",
    /// A roster was written to a file.
    RosterExported = "roster_exported",
    /// What older keys had encrypted was encrypted anew.
    KeysRotated = "keys_rotated",
    /// The demonstration data were loaded.
    DemoLoaded = "demo_loaded",
}

/// Something that happened, to be written to the access log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditEvent {
    /// When, in Unix milliseconds.
    pub recorded_at: i64,
    /// By which account, if by one.
    pub account: Option<AccountId>,
    /// The name of that account's owner at the time.
    pub actor_name: Option<Arc<str>>,
    /// What.
    pub event: AuditKind,
    /// On which contract, where it was one.
    pub contract: Option<ContractId>,
    /// About which participation, where it was one.
    pub participation: Option<ParticipationId>,
    /// In which request.
    pub request_id: Arc<str>,
    /// More about it, without personal data: filters by name, counts, a format. Why staff look along with an employer is
    /// the one text that somebody typed.
    pub details: String,
}

/// What reading the whole access log came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AuditCheck {
    /// How many rows it has.
    pub rows: u64,
    /// The first row that is missing or that does not match its hash.
    pub broken_at: Option<i64>,
}

/// Has `events` written to the access log when the transaction of what they are about is committed.
pub fn append(txn: &Txn, events: impl IntoIterator<Item = AuditEvent>) {
    txn.audit_events().0.lock().unwrap_or_else(PoisonError::into_inner).extend(events);
}

/// Events that are written to the access log with the transaction that they belong to.
#[derive(Default)]
pub(crate) struct AuditEvents(Mutex<Vec<AuditEvent>>);

impl AuditEvents {
    /// Writes them, as the last that the transaction does.
    pub(crate) async fn write(self, transaction: &DatabaseTransaction) -> Result<(), DataError> {
        write(transaction, &self.0.into_inner().unwrap_or_else(PoisonError::into_inner)).await
    }
}

async fn write(transaction: &DatabaseTransaction, events: &[AuditEvent]) -> Result<(), DataError> {
    if events.is_empty() {
        return Ok(());
    }
    let head = lock_head(transaction).await?;
    let mut id = head.last_id;
    let mut hash = head.hash;
    for part in events.chunks(ROWS_PER_STATEMENT) {
        let mut rows = Vec::with_capacity(part.len());
        for event in part {
            id += 1;
            let mut row = access_log::Model {
                id,
                recorded_at: event.recorded_at,
                account_id: event.account.map(|id| id.0),
                actor_name: event.actor_name.as_deref().map(str::to_owned),
                event: event.event.code().to_owned(),
                contract_id: event.contract.map(|id| id.0),
                participation_id: event.participation.map(|id| id.0),
                request_id: event.request_id.as_ref().to_owned(),
                details: event.details.clone(),
                hash: Vec::new(),
            };
            hash = chained(&hash, &row);
            row.hash.clone_from(&hash);
            rows.push(access_log::ActiveModel {
                id: Set(row.id),
                recorded_at: Set(row.recorded_at),
                account_id: Set(row.account_id),
                actor_name: Set(row.actor_name),
                event: Set(row.event),
                contract_id: Set(row.contract_id),
                participation_id: Set(row.participation_id),
                request_id: Set(row.request_id),
                details: Set(row.details),
                hash: Set(row.hash),
            });
        }
        access_log::Entity::insert_many(rows).exec_without_returning(transaction).await?;
    }
    let head = access_log_head::ActiveModel { id: Unchanged(HEAD), last_id: Set(id), hash: Set(hash) };
    access_log_head::Entity::update(head).exec(transaction).await?;
    Ok(())
}

/// The only row of `access_log_head`.
const HEAD: i32 = 1;

#[derive(FromQueryResult)]
struct Head {
    last_id: i64,
    hash: Vec<u8>,
}

async fn lock_head(connection: &impl ConnectionTrait) -> Result<Head, DataError> {
    let backend = connection.get_database_backend();
    // A transaction on SQLite has the write lock already.
    let lock = if backend == DatabaseBackend::Postgres { " FOR UPDATE" } else { "" };
    let sql = format!("SELECT last_id, hash FROM access_log_head WHERE id = 1{lock}");
    Head::find_by_statement(statement(backend, &sql, []))
        .one(connection)
        .await?
        .ok_or(DataError::Corrupt("the head of the access log is missing"))
}

/// The hash of a row, after the row with the hash `before`. Every field is preceded by its length, so that no two rows
/// can be read alike.
fn chained(before: &[u8], row: &access_log::Model) -> Vec<u8> {
    let mut hash = Sha256::new();
    let mut field = |bytes: &[u8]| {
        hash.update((bytes.len() as u64).to_be_bytes());
        hash.update(bytes);
    };
    let optional = |id: Option<i64>| id.map_or_else(Vec::new, |id| id.to_be_bytes().to_vec());
    field(before);
    field(&row.id.to_be_bytes());
    field(&row.recorded_at.to_be_bytes());
    field(&optional(row.account_id));
    match &row.actor_name {
        Some(name) => field(format!("={name}").as_bytes()),
        None => field(b""),
    }
    field(row.event.as_bytes());
    field(&optional(row.contract_id));
    field(&optional(row.participation_id));
    field(row.request_id.as_bytes());
    field(row.details.as_bytes());
    hash.finalize().to_vec()
}

/// Reads the whole access log and follows its chain.
///
/// # Errors
/// When the database cannot be read.
pub async fn verify(db: &Db) -> Result<AuditCheck, DataError> {
    // The head is read first: rows that come in meanwhile are beyond it.
    let head = access_log_head::Entity::find_by_id(HEAD)
        .one(db.read())
        .await?
        .ok_or(DataError::Corrupt("the head of the access log is missing"))?;
    let mut hash = Vec::new();
    let mut last = 0;
    while last < head.last_id {
        let rows = access_log::Entity::find()
            .filter(access_log::Column::Id.gt(last))
            .filter(access_log::Column::Id.lte(head.last_id))
            .order_by_asc(access_log::Column::Id)
            .limit(5_000)
            .all(db.read())
            .await?;
        if rows.is_empty() {
            return Ok(AuditCheck { rows: last.unsigned_abs(), broken_at: Some(last + 1) });
        }
        for row in rows {
            hash = chained(&hash, &row);
            if row.id != last + 1 || row.hash != hash {
                return Ok(AuditCheck { rows: last.unsigned_abs(), broken_at: Some(last + 1) });
            }
            last = row.id;
        }
    }
    let broken_at = (last != head.last_id || hash != head.hash).then_some(last);
    Ok(AuditCheck { rows: last.unsigned_abs(), broken_at })
}
