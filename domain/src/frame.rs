//! What stands around every page: who is signed in, what they may do, which contract is chosen.

use serde::{Deserialize, Serialize};

use crate::{
    actor::{Language, Roles},
    contract::ContractChoice,
    date::Date,
    ids::AccountId,
    staff::StaffRoles,
};

/// Light, dark, or what the device says.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Theme {
    /// What the device says.
    #[default]
    Auto,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

impl Theme {
    /// The stored word, also the value of `data-theme`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// The theme with this code; anything else is [`Theme::Auto`].
    pub fn from_code(code: &str) -> Self {
        match code {
            "light" => Self::Light,
            "dark" => Self::Dark,
            _ => Self::Auto,
        }
    }
}

/// The greatest number of contracts that is offered as a list; above it one types a number or searches.
pub const CONTRACTS_OFFERED: usize = 25;

/// What the frame shows of the person who is signed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FrameUser {
    /// The account.
    pub account: AccountId,
    /// The name in the header.
    pub name: String,
    /// All roles this person has on the chosen contract, or on any where none is chosen.
    pub roles: Roles,
    /// The contracts to choose from, by number; empty when there are more than [`CONTRACTS_OFFERED`].
    pub contracts: Vec<ContractChoice>,
    /// How many contracts this person has.
    pub contract_count: u32,
    /// The chosen contract; `None` is "Alle contracten".
    pub chosen: Option<ContractChoice>,
    /// After how many seconds without use the session ends.
    pub idle_seconds: u32,
    /// What this person may do in the back office; mostly nothing.
    pub staff: StaffRoles,
    /// The employer that staff of the insurer see the portal as, by name; mostly empty.
    pub viewed: String,
    /// The time of day at which that ends, as `14:05`.
    pub viewed_until: String,
}

impl FrameUser {
    /// Whether there is anything to go to: there is not for whoever must set up a second step first.
    pub fn is_at_work(&self) -> bool {
        !self.roles.is_empty() || !self.staff.is_empty()
    }
}

/// Everything around a page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Frame {
    /// Who is signed in, if anybody.
    pub user: Option<FrameUser>,
    /// Language of the page.
    pub language: Language,
    /// Theme of the page.
    pub theme: Theme,
    /// Name of the insurer's portal (configuration).
    pub brand: String,
    /// Today in Europe/Amsterdam.
    pub today: Date,
    /// Whether this is the demonstration.
    pub demo: bool,
}
