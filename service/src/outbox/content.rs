//! What messages say, before it is put into words: this is what the outbox keeps of them.

use collectief_data::outbox::NewOutbox;
use collectief_domain::{actor::Language, date::Date, deregistration::EndReason};
use serde::{Deserialize, Serialize};

use crate::ServiceError;

/// What a message says, before it is put into words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Content {
    /// Whoever leaves a collective contract may go on being insured on their own (D7). One for each household.
    ContinuationOffer {
        /// Everyone of the household whose participation ends, the main insured first, as shown.
        names: Vec<String>,
        /// The name of the employer or the contract that they participated through.
        contract_name: String,
        /// The contract number.
        contract_number: String,
        /// Last day of the participation.
        last_day: Date,
    },
    /// The insurer is asked for a deregistration that lies further back than the contract allows (D5).
    DeregistrationRequest {
        /// The contract number.
        contract_number: String,
        /// The relation numbers of those it is about.
        relation_numbers: Vec<String>,
        /// The last day that was asked for.
        last_day: Date,
        /// The reason that was given.
        reason: EndReason,
        /// Who asks, by name.
        asked_by: String,
    },
    /// The offer was sent, and then the deregistration was taken back (D8).
    ContinuationOfferWithdrawn {
        /// Everyone of the household who goes on participating, as shown.
        names: Vec<String>,
        /// The name of the employer or the contract.
        contract_name: String,
        /// The contract number.
        contract_number: String,
    },
    /// The password of an account was replaced.
    PasswordChanged {
        /// The day it was.
        on: Date,
    },
    /// Something happened to the second step of an account.
    SecondFactorChanged {
        /// The day it was.
        on: Date,
        /// What.
        change: SecondFactorChange,
    },
    /// Somebody asked to sign in with another address; for the address of now.
    EmailChangeAsked {
        /// The day it was.
        on: Date,
    },
    /// One signs in with another address from now on; for the address of before.
    EmailChanged {
        /// The day it was.
        on: Date,
    },
    /// Reminders go to another address from now on.
    ReminderAddressChanged {
        /// The day it was.
        on: Date,
    },
    /// Another identity of eHerkenning signs in to an account from now on, or one no longer does.
    IdentityChanged {
        /// The day it was.
        on: Date,
        /// Whether it was linked; else it was taken off.
        is_linked: bool,
    },
    /// The owner of an account that has a password got rights where there were none.
    AccessGranted {
        /// The contracts, as `23595 · Zorggroep De Linde`.
        contracts: Vec<String>,
        /// Who gave them, by name; `None` for the insurer.
        by: Option<String>,
    },
    /// A request for an account was refused.
    AccountRefused {
        /// Name of who asked.
        name: String,
        /// The contract number that was asked about.
        contract_number: String,
        /// Why.
        reason: String,
    },
    /// Somebody's details were used to enrol on a contract in which that person participates already.
    AlreadyParticipates {
        /// The person, as shown.
        name: String,
        /// The employer's name.
        contract_name: String,
        /// The contract number.
        contract_number: String,
    },
    /// The insurer was asked for a deregistration, and need not do it any more.
    DeregistrationRequestWithdrawn {
        /// The contract number.
        contract_number: String,
        /// The relation numbers of those it is about.
        relation_numbers: Vec<String>,
        /// Who asks, by name.
        asked_by: String,
    },
}

/// What happened to the second step of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SecondFactorChange {
    /// An app was set up.
    SetUp,
    /// A passkey was added.
    PasskeyAdded,
    /// A passkey was removed, and there is still a second step.
    PasskeyRemoved,
    /// It was done away with, by whoever was signed in.
    Removed,
    /// It was taken away by the helpdesk.
    Reset {
        /// Whether another password must be chosen.
        must_choose: bool,
    },
    /// There are new recovery codes.
    NewRecoveryCodes,
    /// A recovery code was used.
    RecoveryCodeUsed {
        /// How many are left.
        left: u32,
    },
}

impl SecondFactorChange {
    /// A word for it.
    pub const fn code(self) -> &'static str {
        match self {
            Self::SetUp => "set-up",
            Self::PasskeyAdded => "passkey-added",
            Self::PasskeyRemoved => "passkey-removed",
            Self::Removed => "removed",
            Self::Reset { .. } => "reset",
            Self::NewRecoveryCodes => "new-recovery-codes",
            Self::RecoveryCodeUsed { .. } => "recovery-code-used",
        }
    }
}

impl Content {
    /// The stored word for the kind of message.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::ContinuationOffer { .. } => "continuation_offer",
            Self::DeregistrationRequest { .. } => "deregistration_request",
            Self::ContinuationOfferWithdrawn { .. } => "continuation_offer_withdrawn",
            Self::DeregistrationRequestWithdrawn { .. } => "deregistration_request_withdrawn",
            Self::AlreadyParticipates { .. } => "already_participates",
            Self::PasswordChanged { .. } => "password_changed",
            Self::SecondFactorChanged { .. } => "second_factor_changed",
            Self::AccessGranted { .. } => "access_granted",
            Self::AccountRefused { .. } => "account_refused",
            Self::EmailChangeAsked { .. } => "email_change_asked",
            Self::EmailChanged { .. } => "email_changed",
            Self::ReminderAddressChanged { .. } => "reminder_address_changed",
            Self::IdentityChanged { .. } => "identity_changed",
        }
    }

    /// The message to put in the outbox. `recipient` is an e-mail address; without one it becomes a letter.
    ///
    /// # Errors
    /// [`ServiceError::Internal`] when it cannot be written as JSON.
    pub fn message(
        &self,
        dedupe_key: String,
        recipient: Option<String>,
        language: Language,
        now: i64,
    ) -> Result<NewOutbox, ServiceError> {
        let payload = serde_json::to_string(self).map_err(|error| ServiceError::Internal(error.to_string()))?;
        Ok(NewOutbox { kind: self.kind(), dedupe_key, recipient, language, payload, now })
    }
}
