//! Identifiers, one type each, so that a contract's id cannot be passed where a person's is meant.

use std::{fmt, num::ParseIntError, str::FromStr};

use serde::{Deserialize, Serialize};

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub i64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = ParseIntError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }
    )*};
}

ids! {
    /// An employer (werkgever).
    EmployerId,
    /// A collective contract.
    ContractId,
    /// A person (verzekerde).
    PersonId,
    /// One period of one person in one contract (deelname).
    ParticipationId,
    /// A change and its whole life (mutatie).
    MutationId,
    /// A portal account.
    AccountId,
    /// A signed-in session.
    SessionId,
    /// A request for an account.
    RequestId,
    /// A passkey of an account.
    PasskeyId,
    /// A message.
    MessageId,
    /// A request that waits for somebody's decision, and its whole life.
    CaseId,
}
