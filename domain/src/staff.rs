//! The insurer's own staff: what each role lets one do in the back office (PRODUCT.md M).
//!
//! A role of staff says nothing about participants: whoever works in the back office sees none by that alone.

use serde::{Deserialize, Serialize};

/// A role of an account in the back office; roles combine. The operator gives them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StaffRole {
    /// *Helpdesk*: requests for accounts, accounts that are stuck, and seeing what an employer sees.
    Helpdesk,
    /// *Relatiemanager*: employers, contracts and their main accounts.
    RelationshipManager,
    /// *Beveiliging*: who saw and did what.
    SecurityOfficer,
}

impl StaffRole {
    /// Every role, in the order in which they are shown.
    pub const ALL: [Self; 3] = [Self::Helpdesk, Self::RelationshipManager, Self::SecurityOfficer];

    /// The word used on the command line and in the log.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Helpdesk => "helpdesk",
            Self::RelationshipManager => "relatiemanager",
            Self::SecurityOfficer => "beveiliging",
        }
    }

    /// The role with this [`code`](Self::code), if there is one.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.code() == code)
    }

    /// The role's bit in a stored set of roles.
    pub const fn bit(self) -> u8 {
        match self {
            Self::Helpdesk => 1,
            Self::RelationshipManager => 2,
            Self::SecurityOfficer => 4,
        }
    }
}

/// What an action in the back office needs; `service` asks for rights, never for roles.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum StaffRight {
    /// Find accounts, employers and contracts, and look at them.
    Find,
    /// Decide about requests for accounts, end blocks, mail links again.
    ServeAccounts,
    /// See the portal as an employer sees it.
    ViewAsEmployer,
    /// Make and change employers and contracts, and name main accounts.
    KeepEmployers,
    /// See who saw and did what.
    SeeAccessLog,
}

impl StaffRight {
    /// The roles that carry it.
    const fn carried_by(self) -> u8 {
        use StaffRole::{Helpdesk, RelationshipManager, SecurityOfficer};
        match self {
            Self::Find => Helpdesk.bit() | RelationshipManager.bit() | SecurityOfficer.bit(),
            Self::ServeAccounts => Helpdesk.bit(),
            Self::ViewAsEmployer => Helpdesk.bit() | RelationshipManager.bit(),
            Self::KeepEmployers => RelationshipManager.bit(),
            Self::SeeAccessLog => SecurityOfficer.bit(),
        }
    }
}

/// The roles that one account has in the back office.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct StaffRoles(u8);

impl StaffRoles {
    /// No role: somebody who is not of the insurer's staff.
    pub const NONE: Self = Self(0);

    /// The set with these bits; unknown bits are dropped.
    pub const fn from_bits(bits: u8) -> Self {
        Self(bits & 0b111)
    }

    /// The stored form.
    pub const fn bits(self) -> u8 {
        self.0
    }

    /// Whether there is no role in the set.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Whether `role` is in the set.
    pub const fn has(self, role: StaffRole) -> bool {
        self.0 & role.bit() != 0
    }

    /// Whether any role of the set carries `right`.
    pub const fn allow(self, right: StaffRight) -> bool {
        self.0 & right.carried_by() != 0
    }
}

impl FromIterator<StaffRole> for StaffRoles {
    fn from_iter<T: IntoIterator<Item = StaffRole>>(roles: T) -> Self {
        roles.into_iter().fold(Self::NONE, |set, role| Self(set.0 | role.bit()))
    }
}
