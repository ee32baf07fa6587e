//! How sure eHerkenning is of who signs in, and what is demanded (PRODUCT.md A2).
//!
//! The levels and their names are those of the Afsprakenstelsel Elektronische Toegangsdiensten: eH1 to eH4, in a
//! broker's answers `urn:etoegang:core:assurance-class:loa1` to `loa4`.

use serde::{Deserialize, Serialize};

/// How the levels begin that a broker names, where it names them as the Afsprakenstelsel does.
const ASSURANCE_CLASS: &str = "urn:etoegang:core:assurance-class:";

/// The level at which somebody signed in with eHerkenning, the lowest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AssuranceLevel {
    /// eH1.
    Loa1,
    /// eH2.
    Loa2,
    /// eH2+.
    Loa2Plus,
    /// eH3.
    Loa3,
    /// eH4.
    Loa4,
}

impl AssuranceLevel {
    /// Every level, the lowest first.
    pub const ALL: [Self; 5] = [Self::Loa1, Self::Loa2, Self::Loa2Plus, Self::Loa3, Self::Loa4];

    /// The stored word, which also stands in settings and on the command line.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Loa1 => "loa1",
            Self::Loa2 => "loa2",
            Self::Loa2Plus => "loa2plus",
            Self::Loa3 => "loa3",
            Self::Loa4 => "loa4",
        }
    }

    /// The level with this [`code`](Self::code), if there is one.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|level| level.code() == code)
    }
}

/// The least level that the portal or a contract demands. Nothing below eH2+ can be demanded: health insurance needs
/// that much.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Demand {
    /// eH2+ or higher.
    #[default]
    Loa2Plus,
    /// eH3 or higher.
    Loa3,
    /// eH4.
    Loa4,
}

impl Demand {
    /// Every demand, the lowest first.
    pub const ALL: [Self; 3] = [Self::Loa2Plus, Self::Loa3, Self::Loa4];

    /// The stored word, which also stands in settings and on the command line.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Loa2Plus => "loa2plus",
            Self::Loa3 => "loa3",
            Self::Loa4 => "loa4",
        }
    }

    /// The demand with this [`code`](Self::code), if there is one.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|demand| demand.code() == code)
    }

    /// What people call the level.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Loa2Plus => "eH2+",
            Self::Loa3 => "eH3",
            Self::Loa4 => "eH4",
        }
    }

    /// Whether somebody who signed in at this level meets it. `None`, a session by password, meets nothing.
    pub const fn is_met_by(self, reached: Option<AssuranceLevel>) -> bool {
        use AssuranceLevel::{Loa1, Loa2, Loa2Plus, Loa3, Loa4};
        match (reached, self) {
            (None | Some(Loa1 | Loa2), _) => false,
            (Some(Loa2Plus), Self::Loa2Plus) => true,
            (Some(Loa2Plus), Self::Loa3 | Self::Loa4) => false,
            (Some(Loa3), Self::Loa2Plus | Self::Loa3) => true,
            (Some(Loa3), Self::Loa4) => false,
            (Some(Loa4), _) => true,
        }
    }
}

/// What a broker calls the levels in `acr`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LevelNames(Vec<(AssuranceLevel, String)>);

impl Default for LevelNames {
    fn default() -> Self {
        let name = |level: AssuranceLevel| (level, format!("{ASSURANCE_CLASS}{}", level.code()));
        Self(AssuranceLevel::ALL.into_iter().map(name).collect())
    }
}

impl LevelNames {
    /// Reads `loa2plus=…,loa3=…`. `None` where a part names no level, where two levels have one name, or where there
    /// is nothing to admit anybody by.
    pub fn parse(text: &str) -> Option<Self> {
        let mut names: Vec<(AssuranceLevel, String)> = Vec::new();
        for part in text.split(',') {
            let (level, name) = part.trim().split_once('=')?;
            let (level, name) = (AssuranceLevel::from_code(level.trim())?, name.trim());
            let taken = names.iter().any(|(_, known)| known == name);
            if name.is_empty() || taken || !name.chars().all(|c| c.is_ascii_graphic()) {
                return None;
            }
            names.push((level, name.to_owned()));
        }
        let admits = names.iter().any(|(level, _)| Demand::default().is_met_by(Some(*level)));
        admits.then_some(Self(names))
    }

    /// The level that the broker means, by a name that is exactly one of those: a look-alike is none.
    pub fn level_of(&self, acr: &str) -> Option<AssuranceLevel> {
        self.0.iter().find(|(_, name)| name == acr).map(|(level, _)| *level)
    }

    /// The names of the levels that meet a demand, the lowest first.
    pub fn meeting(&self, demand: Demand) -> Vec<&str> {
        let mut names: Vec<_> = self.0.iter().filter(|(level, _)| demand.is_met_by(Some(*level))).collect();
        names.sort_by_key(|(level, _)| *level);
        names.into_iter().map(|(_, name)| name.as_str()).collect()
    }
}

/// Why signing in with eHerkenning came to nothing, as the page tells it. What the broker said about it is not
/// repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BrokerRefusal {
    /// The person went back at the broker.
    Cancelled,
    /// It took too long, was done already, or began in another browser.
    Expired,
    /// The level is not enough, or is not told.
    Level,
    /// The organisation has no contract on which the account may do anything.
    Organisation,
    /// The account is blocked.
    Blocked,
    /// The answer cannot be relied on.
    Failed,
    /// The broker cannot be reached, or has a fault.
    Unavailable,
    /// There were too many tries from here.
    TooMany,
}

impl BrokerRefusal {
    /// Every refusal.
    pub const ALL: [Self; 8] = [
        Self::Cancelled,
        Self::Expired,
        Self::Level,
        Self::Organisation,
        Self::Blocked,
        Self::Failed,
        Self::Unavailable,
        Self::TooMany,
    ];

    /// The word in the address of the page.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Cancelled => "gestopt",
            Self::Expired => "verlopen",
            Self::Level => "niveau",
            Self::Organisation => "organisatie",
            Self::Blocked => "geblokkeerd",
            Self::Failed => "mislukt",
            Self::Unavailable => "storing",
            Self::TooMany => "te-vaak",
        }
    }

    /// The refusal with this [`code`](Self::code), if there is one.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|refusal| refusal.code() == code)
    }
}

/// An eHerkenning identity that an account is linked to, as its owner sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkedIdentity {
    /// What it is known by.
    pub id: i64,
    /// The KvK number of the organisation that it is of.
    pub kvk_number: String,
    /// The day it was linked.
    pub linked_on: crate::date::Date,
    /// The day somebody last signed in with it.
    pub used_on: crate::date::Date,
}
