//! Who acts, and what a role lets one do.

use serde::{Deserialize, Serialize};

/// A role of an account on one contract; roles combine (PRODUCT.md A7).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// *Administratief*: participants, lists, enrolling, deregistering, validating.
    Administrative,
    /// *Financieel*: borderellen and invoices, only where the employer pays the premium.
    Financial,
    /// *Accountbeheer*: accounts and rights.
    AccountManagement,
}

impl Role {
    /// Every role, in the order in which they are shown.
    pub const ALL: [Self; 3] = [Self::Administrative, Self::Financial, Self::AccountManagement];

    /// The word used in the database, on the command line and in the API.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Administrative => "administratief",
            Self::Financial => "financieel",
            Self::AccountManagement => "accountbeheer",
        }
    }

    /// The role with this [`code`](Self::code), if there is one.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.code() == code)
    }

    /// The role's bit in a stored set of roles.
    pub const fn bit(self) -> u8 {
        match self {
            Self::Administrative => 1,
            Self::Financial => 2,
            Self::AccountManagement => 4,
        }
    }
}

/// The roles that one account has on one contract.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Roles(u8);

impl Roles {
    /// No role at all.
    pub const NONE: Self = Self(0);

    /// The set with these bits; unknown bits are dropped.
    pub const fn from_bits(bits: u8) -> Self {
        Self(bits & 0b111)
    }

    /// The stored form.
    pub const fn bits(self) -> u8 {
        self.0
    }

    /// Whether `role` is in the set.
    pub const fn has(self, role: Role) -> bool {
        self.0 & role.bit() != 0
    }

    /// Whether there is no role in the set.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The roles of either set.
    #[must_use]
    pub const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// The roles that are in the set and not in `other`.
    #[must_use]
    pub const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// The set with `role` added.
    #[must_use]
    pub const fn with(self, role: Role) -> Self {
        Self(self.0 | role.bit())
    }
}

impl FromIterator<Role> for Roles {
    fn from_iter<T: IntoIterator<Item = Role>>(roles: T) -> Self {
        roles.into_iter().fold(Self::NONE, Self::with)
    }
}

/// What an action needs. Each right belongs to exactly one role; `service` asks for rights, never for roles.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Right {
    /// See participants, their periods and lists over a period.
    SeeParticipants,
    /// Reveal a BSN, or export with it; only on contracts with borderelbetaling.
    RevealBsn,
    /// End a participation, take that back, or change a personnel number.
    ChangeParticipants,
    /// See the contract's usage.
    SeeUsage,
    /// See and change who may do what.
    ManageAccounts,
}

impl Right {
    /// The role that carries the right.
    pub const fn role(self) -> Role {
        match self {
            Self::SeeParticipants | Self::RevealBsn | Self::ChangeParticipants | Self::SeeUsage => Role::Administrative,
            Self::ManageAccounts => Role::AccountManagement,
        }
    }

    /// Whether staff of the insurer who see the portal as an employer does have it: what only looks, and shows no BSN.
    pub const fn is_for_viewing(self) -> bool {
        matches!(self, Self::SeeParticipants | Self::SeeUsage)
    }
}

/// Through which door a change came in; it stands in every mutation and log row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// An employer's staff, signed in to the portal.
    Portal,
    /// A file, loaded by the insurer or by staff.
    Import,
    /// The command line of the operator.
    Operator,
    /// The demonstration data.
    Demo,
    /// The open pages, filled in by the employee.
    OpenEmployee,
    /// The open pages, filled in by the employer for an employee.
    OpenEmployer,
    /// The employee's own page, behind a mailed link.
    EmployeeLink,
    /// The insurer's own staff.
    Insurer,
    /// A payroll system of the employer.
    Api,
}

impl Channel {
    /// Every channel.
    pub const ALL: [Self; 9] = [
        Self::Portal,
        Self::Import,
        Self::Operator,
        Self::Demo,
        Self::OpenEmployee,
        Self::OpenEmployer,
        Self::EmployeeLink,
        Self::Insurer,
        Self::Api,
    ];

    /// The stored word.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Portal => "portal",
            Self::Import => "import",
            Self::Operator => "operator",
            Self::Demo => "demo",
            Self::OpenEmployee => "open_employee",
            Self::OpenEmployer => "open_employer",
            Self::EmployeeLink => "employee_link",
            Self::Insurer => "insurer",
            Self::Api => "api",
        }
    }

    /// The channel with this [`code`](Self::code).
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|channel| channel.code() == code)
    }

    /// Whether nobody is known to stand at the door: what comes in here is what anybody can send.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::OpenEmployee | Self::OpenEmployer | Self::EmployeeLink)
    }
}

/// The language of the reader.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Language {
    /// Dutch, the default.
    #[default]
    Nl,
    /// English.
    En,
}

impl Language {
    /// The BCP 47 tag, also the stored word.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::Nl => "nl",
            Self::En => "en",
        }
    }

    /// The language with this tag; anything else is `None`.
    pub fn from_tag(tag: &str) -> Option<Self> {
        match tag {
            "nl" => Some(Self::Nl),
            "en" => Some(Self::En),
            _ => None,
        }
    }
}
