//! The back office: finding accounts, employers and contracts, and one account with all that helps somebody who asks
//! about it (PRODUCT.md M2).

use serde::{Deserialize, Serialize};

use crate::{
    account_management::{AccountState, ContractRoles},
    account_request::RequestRow,
    contract::ContractChoice,
    date::Date,
    field::{FieldCode, FieldErrors},
    ids::{AccountId, EmployerId},
    staff::StaffRoles,
};

/// The most accounts, and the most employers, that a search shows.
pub const FOUND_MAX: usize = 50;

/// The most characters that are searched for.
const SEARCH_MAX: usize = 100;

/// The one field of the back office.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct OfficeForm {
    /// A name, an e-mail address, a contract number or a KvK number.
    pub zoek: String,
}

/// It prints nothing of what was typed.
impl std::fmt::Debug for OfficeForm {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("OfficeForm")
    }
}

impl OfficeForm {
    /// What to search for; empty where nothing was typed.
    ///
    /// # Errors
    /// What is wrong with the field.
    pub fn parse(&self) -> Result<&str, FieldErrors> {
        let mut errors = FieldErrors::default();
        let words = self.zoek.trim();
        if words.chars().count() > SEARCH_MAX {
            errors.push("zoek", FieldCode::TooLong { max: SEARCH_MAX as u32 });
        }
        errors.or(words)
    }
}

/// An account that was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FoundAccount {
    /// The account.
    pub id: AccountId,
    /// Name.
    pub name: String,
    /// E-mail address.
    pub email: String,
    /// How it stands.
    pub state: OfficeAccountState,
    /// On how many contracts it has a role.
    pub contracts: u32,
    /// Whether it is of the insurer's staff.
    pub is_staff: bool,
}

/// How an account stands, as the insurer sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OfficeAccountState {
    /// As its account managers see it.
    Open(AccountState),
    /// It has no right left, and so nobody can sign in with it.
    Closed,
}

/// An employer that was found, by its own name or number or by a contract's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FoundEmployer {
    /// The employer.
    pub id: EmployerId,
    /// Name.
    pub name: String,
    /// KvK number, empty where it is not known.
    pub kvk_number: String,
    /// Its contracts, by number; a few of them where there are many.
    pub contracts: Vec<ContractChoice>,
}

/// What stands on the first page of the back office.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfficePage {
    /// What was searched for.
    pub searched: String,
    /// Accounts, by name.
    pub accounts: Vec<FoundAccount>,
    /// Employers, by name.
    pub employers: Vec<FoundEmployer>,
    /// Whether there are more of either than are shown.
    pub more: bool,
    /// How many requests wait, and for how many hours the oldest one does.
    pub waiting: Option<(u64, u32)>,
    /// How many mails could not be delivered.
    pub stuck: u64,
    /// The newest of these, where nothing was searched for.
    pub stuck_mails: Vec<MailRow>,
    /// What the reader may do here.
    pub staff: StaffRoles,
    /// What is wrong with what was asked.
    pub errors: FieldErrors,
}

/// How far a mail is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MailState {
    /// It waits for its next try.
    Waiting,
    /// It was handed to the mail server.
    Sent,
    /// Every try failed.
    Stuck,
}

/// A mail, without its text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailRow {
    /// Its number.
    pub id: i64,
    /// What it is, in the reader's language.
    pub what: String,
    /// To which address; empty for a letter.
    pub recipient: String,
    /// How far it is.
    pub state: MailState,
    /// The day and the time of day at which it was put in, as `01-11-2026 12:00`.
    pub created: String,
    /// The same of its delivery.
    pub sent: Option<String>,
    /// How many tries failed.
    pub attempts: u32,
    /// Why the last one did.
    pub cause: Option<String>,
    /// Who of the helpdesk looks after it.
    pub assigned: Option<String>,
    /// Whether that is the reader.
    pub is_mine: bool,
}

/// What the helpdesk does with a mail that could not be delivered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MailDeed {
    /// Try again.
    Retry,
    /// Look after it.
    Assign,
    /// No longer look after it.
    Release,
}

impl MailDeed {
    /// The deed of a button.
    pub fn from_code(code: &str) -> Option<Self> {
        match code {
            "opnieuw" => Some(Self::Retry),
            "oppakken" => Some(Self::Assign),
            "loslaten" => Some(Self::Release),
            _ => None,
        }
    }
}

/// One account, with what helps somebody who asks about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfficeAccountView {
    /// The account.
    pub id: AccountId,
    /// Name.
    pub name: String,
    /// E-mail address.
    pub email: String,
    /// How it stands.
    pub state: OfficeAccountState,
    /// Whether it has a password.
    pub has_password: bool,
    /// Whether a code is asked after the password.
    pub has_second_factor: bool,
    /// The day on which it was made.
    pub created: Date,
    /// Its roles in the back office.
    pub staff: StaffRoles,
    /// The employers whose main account it is: id and name.
    pub main_of: Vec<(EmployerId, String)>,
    /// Its roles per contract, by number; at most so many as a page of boxes has.
    pub contracts: Vec<ContractRoles>,
    /// On how many contracts it has a role.
    pub contract_count: u32,
    /// How many sessions are open.
    pub sessions: u32,
    /// When one was last used, open or not, as `01-11-2026 12:00`.
    pub last_seen: Option<String>,
    /// Mails to its address, newest first.
    pub mails: Vec<MailRow>,
    /// Requests of its address, newest first.
    pub requests: Vec<RequestRow>,
    /// Whether the reader may unblock and mail again.
    pub may_serve: bool,
}

/// What was done in the back office.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OfficeDone {
    /// A request was approved.
    Approved,
    /// A request was refused.
    Refused,
    /// A block was ended.
    Unblocked,
    /// A link is mailed.
    Mailed,
    /// The second step of an account was taken away.
    SecondStepReset,
    /// A mail that was stuck is tried again.
    Retried,
    /// Somebody looks after a mail that is stuck.
    Assigned,
    /// Nobody looks after it any more.
    Released,
    /// An employer or a contract is as typed.
    Saved,
    /// A main account was named.
    MainNamed,
}

impl OfficeDone {
    /// Everything that can be done.
    pub const ALL: [Self; 10] = [
        Self::Approved,
        Self::Refused,
        Self::Unblocked,
        Self::Mailed,
        Self::SecondStepReset,
        Self::Retried,
        Self::Assigned,
        Self::Released,
        Self::Saved,
        Self::MainNamed,
    ];

    /// The word for it in the address of the page that follows.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Approved => "goedgekeurd",
            Self::Refused => "afgewezen",
            Self::Unblocked => "gedeblokkeerd",
            Self::Mailed => "gemaild",
            Self::SecondStepReset => "tweede-stap-weggehaald",
            Self::Retried => "opnieuw",
            Self::Assigned => "opgepakt",
            Self::Released => "losgelaten",
            Self::Saved => "opgeslagen",
            Self::MainNamed => "benoemd",
        }
    }

    /// What has this [`code`](Self::code).
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|done| done.code() == code)
    }
}
