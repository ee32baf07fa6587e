//! Mail about a request, to who sent it: which there are, and what they are made of when they are delivered.
//!
//! Every mail carries the link of the request, whose token is kept encrypted. Whether a mail still says what is so is looked
//! at when it is delivered: an approval that was taken back within its minute is never mailed.

use collectief_data::{
    Txn,
    case::{StoredCase, link as data},
    outbox::{self, NewOutbox},
};
use collectief_domain::{
    actor::Language,
    case::{CaseKind, CaseState, CaseStep, FOLLOW_PATH, UNDO_SECONDS, is_removed_by_insurer},
    date::Date,
    ids::CaseId,
};
use serde::{Deserialize, Serialize};

use crate::{
    Portal, ServiceError,
    answer::to_json,
    outbox::{Content, OutboxMessage},
};

/// The kind of message that becomes a mail about a request.
pub(crate) const KIND: &str = "case_mail";

/// What a mail about a request is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum CaseMail {
    /// To prove the address.
    Confirm,
    /// That somebody else filled it in, for the employee.
    Begun,
    /// That it was done.
    Processed,
    /// That it was removed, and why.
    Removed,
    /// What the employer asks.
    Question,
    /// That the insurer looks at it.
    Stuck,
}

/// What such a message keeps.
#[derive(Serialize, Deserialize)]
struct Wanted {
    case: CaseId,
    mail: CaseMail,
    to_reporter: bool,
    /// The version of the request that it tells of.
    #[serde(default)]
    version: Option<i64>,
}

impl CaseMail {
    /// The mail that follows a step, if one does.
    pub(crate) const fn after(step: CaseStep) -> Option<Self> {
        match step {
            CaseStep::Approved | CaseStep::DoneAtOnce | CaseStep::Retried => Some(Self::Processed),
            CaseStep::Removed => Some(Self::Removed),
            CaseStep::Asked => Some(Self::Question),
            CaseStep::Failed => Some(Self::Stuck),
            _ => None,
        }
    }

    const fn code(self) -> &'static str {
        match self {
            Self::Confirm => "confirm",
            Self::Begun => "begun",
            Self::Processed => "processed",
            Self::Removed => "removed",
            Self::Question => "question",
            Self::Stuck => "stuck",
        }
    }

    /// Whether it still says what is so.
    const fn holds_in(self, state: CaseState) -> bool {
        match self {
            Self::Confirm => matches!(state, CaseState::Unproven),
            Self::Begun => true,
            Self::Processed => matches!(state, CaseState::Processed),
            Self::Removed => matches!(state, CaseState::Removed),
            Self::Question => matches!(state, CaseState::Questioned),
            Self::Stuck => matches!(state, CaseState::Stuck),
        }
    }

    /// The message to put in the outbox: one for each version of the request and each of its readers.
    pub(crate) fn message(
        self,
        case: CaseId,
        version: i64,
        email: &str,
        to_reporter: bool,
        language: Language,
        now: i64,
    ) -> Result<NewOutbox, ServiceError> {
        let reader = if to_reporter { "reporter" } else { "employee" };
        Ok(NewOutbox {
            kind: KIND,
            dedupe_key: format!("case:{case}:{}:{version}:{reader}", self.code()),
            recipient: Some(email.to_owned()),
            language,
            payload: to_json(&Wanted { case, mail: self, to_reporter, version: Some(version) })?,
            now,
        })
    }
}

/// Puts a mail about a step in the outbox, for all who follow the request. What can be taken back for a minute is mailed after
/// that minute.
pub(crate) async fn tell(
    txn: &Txn,
    case: &StoredCase,
    version: i64,
    mail: Option<CaseMail>,
    now: i64,
) -> Result<(), ServiceError> {
    let Some(mail) = mail else { return Ok(()) };
    let at = if mail == CaseMail::Processed { now + i64::from(UNDO_SECONDS) * 1000 } else { now };
    for (email, is_reporter) in data::addresses(txn, case.id).await? {
        outbox::put(txn, mail.message(case.id, version, &email, is_reporter, case.language, at)?).await?;
    }
    Ok(())
}

/// The message to somebody whose details were used in a request, though they participate already; it goes to the address that
/// the insurer knows.
pub(crate) fn already_participates(
    case: &StoredCase,
    name: &str,
    email: String,
    now: i64,
) -> Result<NewOutbox, ServiceError> {
    let content = Content::AlreadyParticipates {
        name: name.to_owned(),
        contract_name: case.choice.name.clone(),
        contract_number: case.choice.number.clone(),
    };
    content.message(format!("case:{}:participates", case.id), Some(email), Language::Nl, now)
}

/// What a mail about a request says, before it is put into words.
#[derive(Debug, Clone)]
pub(crate) struct CaseLetter {
    /// What for.
    pub(crate) mail: CaseMail,
    /// What is asked.
    pub(crate) kind: CaseKind,
    /// The whole address of the link.
    pub(crate) url: String,
    /// The name that it begins with.
    pub(crate) name: String,
    /// Who is to be enrolled, where somebody else filled it in.
    pub(crate) about: Option<String>,
    /// The employer's name.
    pub(crate) employer: String,
    /// The reference.
    pub(crate) reference: String,
    /// From which day it is to hold.
    pub(crate) effective: Date,
    /// The question or the reason.
    pub(crate) text: String,
    /// Whether the employer decides.
    pub(crate) needs_validation: bool,
    /// Whether the insurer removed it, not the employer.
    pub(crate) by_insurer: bool,
}

/// The mail of a message that is about to be delivered; `None` when the request is no longer there, or no longer where the
/// mail says. Nothing may hinder it.
pub(crate) async fn make(portal: &Portal, message: &OutboxMessage) -> Result<Option<CaseLetter>, ServiceError> {
    let Wanted { case, mail, to_reporter, version } =
        serde_json::from_str(&message.payload).map_err(|error| ServiceError::Internal(error.to_string()))?;
    let Some(found) = data::for_mail(portal.db(), case, to_reporter).await? else { return Ok(None) };
    // What was approved, or asked, a second time has a mail of its own.
    let is_another = matches!(mail, CaseMail::Processed | CaseMail::Question)
        && version.is_some_and(|version| version != found.case.version);
    if is_another || !mail.holds_in(found.case.state) {
        return Ok(None);
    }
    let step = match mail {
        CaseMail::Removed => Some(CaseStep::Removed),
        CaseMail::Question => Some(CaseStep::Asked),
        _ => None,
    };
    let text = found.moments.iter().rev().find(|moment| Some(moment.step) == step);
    let text = text.map(|moment| moment.text.clone()).unwrap_or_default();
    let address = portal.reach().address.as_deref().unwrap_or_default();
    Ok(Some(CaseLetter {
        mail,
        kind: found.case.kind,
        url: format!("{address}{FOLLOW_PATH}{}", found.token),
        name: found.name,
        about: found.is_reporter.then(|| found.case.full_name.clone()),
        employer: found.case.choice.name,
        reference: found.case.reference,
        effective: found.case.effective,
        text,
        needs_validation: found.case.needs_validation,
        by_insurer: is_removed_by_insurer(found.moments.iter().map(|moment| moment.step)),
    }))
}
