//! Mutations: a change and its whole life.

use serde::{Deserialize, Serialize};

use crate::{actor::Channel, date::Date, deregistration::EndReason, ids::MutationId};

/// What kind of change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MutationKind {
    /// The participation ends.
    Deregistration,
    /// A deregistration was taken back.
    DeregistrationWithdrawn,
    /// The employer's number changed.
    PersonnelNumber,
    /// A first load or a later roster brought or changed it.
    Roster,
    /// The participation began: somebody was enrolled.
    Enrolment,
    /// A dependant was added to a main insured.
    DependantIn,
    /// What a request did was taken back as if it had never been.
    Correction,
    /// How the person can be reached changed; the participation stayed as it was.
    Details,
    /// The insurances changed.
    Products,
    /// The participation ends, because the person goes on with another employer.
    MovedOut,
    /// The participation began, after one with another employer.
    MovedIn,
}

/// How far it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MutationState {
    /// Asked of the insurer, not processed: further back than the contract's limit (D5).
    Requested,
    /// In force.
    Processed,
    /// In force once, then taken back by a later mutation.
    Withdrawn,
}

macro_rules! codes {
    ($type:ident { $($variant:ident = $code:literal),* $(,)? }) => {
        impl $type {
            /// The stored word.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code),* }
            }

            /// The value with this [`code`](Self::code).
            pub fn from_code(code: &str) -> Option<Self> {
                match code { $($code => Some(Self::$variant),)* _ => None }
            }
        }
    };
}
codes!(MutationKind {
    Deregistration = "deregistration",
    DeregistrationWithdrawn = "deregistration_withdrawn",
    PersonnelNumber = "personnel_number",
    Roster = "roster",
    Enrolment = "enrolment",
    DependantIn = "dependant_in",
    Correction = "correction",
    Details = "details",
    Products = "products",
    MovedOut = "moved_out",
    MovedIn = "moved_in",
});
codes!(MutationState { Requested = "requested", Processed = "processed", Withdrawn = "withdrawn" });

/// The fields of a participation that a mutation can change, before or after it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ParticipationState {
    /// First day.
    pub start_date: Option<Date>,
    /// Last day, inclusive; `None` is open.
    pub end_date: Option<Date>,
    /// Why it ends.
    pub end_reason: Option<EndReason>,
    /// The employer's number.
    pub personnel_number: String,
    /// The codes of the insurances, separated by commas; empty where they are not known.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub products: String,
}

/// A mutation as the participant's page shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MutationView {
    /// Its id.
    pub id: MutationId,
    /// What kind.
    pub kind: MutationKind,
    /// How far.
    pub state: MutationState,
    /// Through which door.
    pub channel: Channel,
    /// Who did it, by name; the channel says enough where nobody was signed in.
    pub actor_name: Option<String>,
    /// From which day it holds.
    pub valid_from: Date,
    /// When it was recorded, as `21-11-2026`; a time is never shown.
    pub recorded_on: Date,
    /// Before.
    pub before: ParticipationState,
    /// After.
    pub after: ParticipationState,
}
