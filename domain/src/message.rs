//! "Berichten" (PRODUCT.md J1): what happened on a contract, told to those who may see it.

use serde::{Deserialize, Serialize};

use crate::{
    case::CaseKind,
    contract::ContractChoice,
    date::Date,
    field::{FieldCode, FieldErrors},
    ids::{CaseId, MessageId, ParticipationId},
    page::parse_page,
};

/// How many messages a page has.
pub const MESSAGES_A_PAGE: u32 = 25;

/// The most messages that can be marked at once.
pub const MARKED_AT_ONCE: usize = 100;

/// Above so many, unread messages are not counted any further.
pub const UNREAD_MAX: u64 = 99;

/// What a message is about, to choose by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MessageCategory {
    /// Somebody was enrolled, or a dependant added.
    Enrolment,
    /// Somebody was deregistered, or that was taken back.
    Deregistration,
    /// A mutation came in, was decided, or could not be done.
    Validation,
}

impl MessageCategory {
    /// Every category, in the order in which they are shown.
    pub const ALL: [Self; 3] = [Self::Enrolment, Self::Deregistration, Self::Validation];

    /// The stored word, also that of the address.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Enrolment => "aanmelding",
            Self::Deregistration => "afmelding",
            Self::Validation => "validatie",
        }
    }

    /// The category with this [`code`](Self::code), if there is one.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|category| category.code() == code)
    }
}

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MessageKind {
    /// Staff enrolled somebody.
    Enrolled,
    /// Staff added a dependant.
    DependantAdded,
    /// Somebody's participation ends, or will.
    Deregistered,
    /// The insurer was asked for a deregistration.
    DeregistrationRequested,
    /// A deregistration was taken back.
    DeregistrationWithdrawn,
    /// A mutation came in and waits for the employer.
    CaseWaits,
    /// The employee answered a question.
    CaseAnswered,
    /// A mutation was approved, and holds.
    CaseApproved,
    /// A mutation was done without a decision.
    CaseDoneAtOnce,
    /// A mutation was removed.
    CaseRemoved,
    /// The employee withdrew a mutation.
    CaseWithdrawn,
    /// An approval was taken back.
    CaseUndone,
    /// A mutation could not be done; the insurer looks at it.
    CaseStuck,
    /// The insurer did a mutation that could not be done before.
    CaseRetried,
    /// Somebody came over from another employer.
    MovedIn,
    /// Somebody who came over from another employer did not after all.
    MovedBack,
}

impl MessageKind {
    /// Every kind.
    pub const ALL: [Self; 16] = [
        Self::Enrolled,
        Self::DependantAdded,
        Self::Deregistered,
        Self::DeregistrationRequested,
        Self::DeregistrationWithdrawn,
        Self::CaseWaits,
        Self::CaseAnswered,
        Self::CaseApproved,
        Self::CaseDoneAtOnce,
        Self::CaseRemoved,
        Self::CaseWithdrawn,
        Self::CaseUndone,
        Self::CaseStuck,
        Self::CaseRetried,
        Self::MovedIn,
        Self::MovedBack,
    ];

    /// The stored word.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Enrolled => "enrolled",
            Self::DependantAdded => "dependant_added",
            Self::Deregistered => "deregistered",
            Self::DeregistrationRequested => "deregistration_requested",
            Self::DeregistrationWithdrawn => "deregistration_withdrawn",
            Self::CaseWaits => "case_waits",
            Self::CaseAnswered => "case_answered",
            Self::CaseApproved => "case_approved",
            Self::CaseDoneAtOnce => "case_done_at_once",
            Self::CaseRemoved => "case_removed",
            Self::CaseWithdrawn => "case_withdrawn",
            Self::CaseUndone => "case_undone",
            Self::CaseStuck => "case_stuck",
            Self::CaseRetried => "case_retried",
            Self::MovedIn => "moved_in",
            Self::MovedBack => "moved_back",
        }
    }

    /// The kind with this [`code`](Self::code), if there is one.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }

    /// The category that it belongs to.
    pub const fn category(self) -> MessageCategory {
        match self {
            Self::Enrolled | Self::DependantAdded | Self::MovedIn | Self::MovedBack => MessageCategory::Enrolment,
            Self::Deregistered | Self::DeregistrationRequested | Self::DeregistrationWithdrawn => {
                MessageCategory::Deregistration
            }
            _ => MessageCategory::Validation,
        }
    }
}

/// "Berichten", as they were asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct MessageListForm {
    /// The contract; nothing for the chosen one.
    pub contract: String,
    /// The code of a [`MessageCategory`]; nothing for "Alle categorieën".
    pub categorie: String,
    /// `ongelezen` for those that were not read, `archief` for those that were archived; nothing for all others.
    pub toon: String,
    /// The page, from 1.
    pub pagina: String,
}

impl MessageListForm {
    /// The category, if one was chosen.
    pub fn category(&self) -> Option<MessageCategory> {
        MessageCategory::from_code(&self.categorie)
    }

    /// Whether archived ones are wanted.
    pub fn shows_archived(&self) -> bool {
        self.toon == "archief"
    }

    /// Whether only unread ones are wanted.
    pub fn shows_unread(&self) -> bool {
        self.toon == "ongelezen"
    }

    /// The page, from 1.
    pub fn page(&self) -> u32 {
        parse_page(&self.pagina).unwrap_or(1)
    }
}

/// A message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessageRow {
    /// The message.
    pub id: MessageId,
    /// What happened.
    pub kind: MessageKind,
    /// The contract.
    pub contract: ContractChoice,
    /// Who it is about, as shown; of several, the first.
    pub full_name: String,
    /// How many more it is about.
    pub others: u32,
    /// From or until which day it holds, where it has such a day.
    pub day: Option<Date>,
    /// Who did it, by name, where somebody was signed in.
    pub by: Option<String>,
    /// On which day it happened.
    pub on: Date,
    /// The participation that it is about, where there is one.
    pub participation: Option<ParticipationId>,
    /// The mutation that it is about, where there is one.
    pub case: Option<CaseId>,
    /// What is asked in that mutation.
    pub case_kind: Option<CaseKind>,
    /// Whether it was read.
    pub is_read: bool,
    /// Whether it was archived.
    pub is_archived: bool,
}

/// A page of messages.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessagePage {
    /// The messages, the newest first.
    pub rows: Vec<MessageRow>,
    /// The page, from 1.
    pub page: u32,
    /// Whether there is a page after it.
    pub has_next: bool,
    /// How many are unread, up to one above [`UNREAD_MAX`].
    pub unread: u64,
    /// The contracts to choose from.
    pub contracts: Vec<ContractChoice>,
    /// Whether the reader may mark them: nobody does who looks along.
    pub may_mark: bool,
}

/// What is posted from "Berichten".
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct MarkForm {
    /// `gelezen`, `ongelezen`, `archiveren` or `terugzetten`.
    pub actie: String,
    /// Which, by id, separated by commas.
    pub wie: String,
}

/// What is done with messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// They were read.
    Read,
    /// They are to count as unread.
    Unread,
    /// They go to the archive; they were read then.
    Archive,
    /// They come back from it.
    Restore,
}

impl MarkForm {
    /// What is done, and with which.
    ///
    /// # Errors
    /// What is wrong with each field.
    pub fn parse(&self) -> Result<(Mark, Vec<MessageId>), FieldErrors> {
        let mut errors = FieldErrors::default();
        let mark = match self.actie.as_str() {
            "gelezen" => Ok(Mark::Read),
            "ongelezen" => Ok(Mark::Unread),
            "archiveren" => Ok(Mark::Archive),
            "terugzetten" => Ok(Mark::Restore),
            _ => Err(FieldCode::UnknownChoice),
        };
        let mark = errors.take("actie", mark);
        let ids = errors.take("wie", parse_ids(&self.wie));
        match (mark, ids) {
            (Some(mark), Some(ids)) => Ok((mark, ids)),
            _ => Err(errors),
        }
    }
}

/// Reads which messages are meant; it stops at the first that is none, and at the first too many.
fn parse_ids(text: &str) -> Result<Vec<MessageId>, FieldCode> {
    let mut ids: Vec<MessageId> = Vec::new();
    for id in text.split(',').map(str::trim).filter(|id| !id.is_empty()) {
        let id = id.parse().map_err(|_| FieldCode::UnknownChoice)?;
        if !ids.contains(&id) {
            ids.push(id);
        }
        if ids.len() > MARKED_AT_ONCE {
            return Err(FieldCode::TooLong { max: MARKED_AT_ONCE as u32 });
        }
    }
    if ids.is_empty() { Err(FieldCode::Required) } else { Ok(ids) }
}
