//! Reminding the employer of what waits (PRODUCT.md F4), and how people want to be reminded.
//!
//! A reminder is due at a moment that stands with the request itself. Whoever takes it puts the mails in the outbox and notes
//! the next moment in one transaction, and each mail has a key of its own: so each is there exactly once, however many servers
//! there are and whenever one is killed. Whether the reader may still see the request, and whether it still waits, is looked
//! at once more when the mail is delivered.

use collectief_data::{
    audit::AuditKind,
    case::{self, queue},
    outbox::{self, NewOutbox},
    reminder::{self as data, Due, Reminded},
};
use collectief_domain::{
    actor::{Language, Right},
    assurance::AssuranceLevel,
    case::{CaseState, QueuePart},
    date::format_iso,
    field::FieldCode,
    ids::{AccountId, CaseId},
    reminder::{REMINDER_HOUR, ReminderMode, ReminderStage, ReminderWishes, RemindersForm},
};
use serde::{Deserialize, Serialize};

use crate::{
    Portal, Request, ServiceError, SignedIn,
    answer::to_json,
    audit::{self, About as _, event},
    clock::{at_hour, day_of},
    outbox::OutboxMessage,
};

/// The kind of message that becomes a reminder.
pub(crate) const KIND: &str = "reminder";

/// How many reminders one transaction makes.
const AT_ONCE: u64 = 100;

/// What such a message keeps.
#[derive(Serialize, Deserialize)]
struct Wanted {
    account: AccountId,
    /// The request; nothing for all that waits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    case: Option<CaseId>,
}

/// When a stage is due of what waits since a moment, in Unix milliseconds.
fn due_at(stage: ReminderStage, since: i64) -> i64 {
    match stage {
        ReminderStage::First => since,
        later => at_hour(later.due_on(day_of(since)), REMINDER_HOUR),
    }
}

/// The next moment at which mails of a day leave.
fn next_digest(now: i64) -> i64 {
    let today = day_of(now);
    let at = at_hour(today, REMINDER_HOUR);
    if now <= at { at } else { at_hour(today.succ_opt().unwrap_or(today), REMINDER_HOUR) }
}

/// Puts every reminder that is due in the outbox. Returns how many requests were reminded of.
///
/// # Errors
/// When the database cannot be used; what was done until then stays done.
pub async fn remind_due(portal: &Portal) -> Result<u64, ServiceError> {
    let mut reminded = 0;
    loop {
        let now = portal.clock().millis();
        if !data::any_due(portal.db(), now).await? {
            return Ok(reminded);
        }
        let txn = portal.db().begin_everything().await?;
        let all = data::due(&txn, now, AT_ONCE).await?;
        if all.is_empty() {
            // Another server has them.
            return Ok(reminded);
        }
        for due in &all {
            let stage = stage_now(due, now);
            if stage != ReminderStage::Helpdesk {
                for who in data::recipients(&txn, due.contract, stage, day_of(now)).await? {
                    outbox::put(&txn, message(due, stage, &who, now)?).await?;
                }
            }
            let next_at = stage.next().map(|next| due_at(next, due.since));
            data::done(&txn, &Due { stage, ..*due }, next_at).await?;
            reminded += 1;
        }
        txn.commit().await?;
    }
}

/// The stage that is given: where a server stood still for days, staff are reminded once and not of each stage.
fn stage_now(due: &Due, now: i64) -> ReminderStage {
    let mut stage = due.stage;
    while let Some(next) =
        stage.next().filter(|next| *next < ReminderStage::MainAccount && due_at(*next, due.since) <= now)
    {
        stage = next;
    }
    stage
}

fn message(due: &Due, stage: ReminderStage, who: &Reminded, now: i64) -> Result<NewOutbox, ServiceError> {
    let account = who.account;
    let (dedupe_key, case, at) = match who.mode {
        ReminderMode::AtOnce => {
            (format!("remind:{}:{}:{}:{account}", due.case, due.version, stage.index()), Some(due.case), now)
        }
        ReminderMode::Daily => {
            let at = next_digest(now);
            (format!("digest:{account}:{}", format_iso(day_of(at))), None, at)
        }
    };
    Ok(NewOutbox {
        kind: KIND,
        dedupe_key,
        recipient: Some(who.email.clone()),
        language: who.language,
        payload: to_json(&Wanted { account, case })?,
        now: at,
    })
}

/// What a reminder says, before it is put into words.
#[derive(Debug, Clone)]
pub(crate) struct Reminder {
    /// The address for reminders, as it stands now.
    pub(crate) email: String,
    /// The language of its reader.
    pub(crate) language: Language,
    /// Where what waits can be seen.
    pub(crate) url: String,
    /// Of what.
    pub(crate) about: About,
}

/// Of what somebody is reminded.
#[derive(Debug, Clone)]
pub(crate) enum About {
    /// One request.
    One {
        /// Contract number and name.
        contract: String,
        /// The reference.
        reference: String,
        /// For how many whole days it waits.
        days: u32,
    },
    /// All that waits.
    All {
        /// How many.
        count: u64,
        /// For how many whole days the oldest does.
        oldest_days: u32,
    },
}

/// The reminder of a message that is about to be delivered; `None` when nothing waits any more, or the reader may no longer see
/// it. Nothing may hinder it.
pub(crate) async fn make(portal: &Portal, message: &OutboxMessage) -> Result<Option<Reminder>, ServiceError> {
    let Wanted { account, case: about } =
        serde_json::from_str(&message.payload).map_err(|error| ServiceError::Internal(error.to_string()))?;
    let db = portal.db();
    let Some(reader) = data::reader(db, account).await? else { return Ok(None) };
    // At whatever level one signs in: it is a right all the same.
    let rights = db.account_rights(account, 0, Some(AssuranceLevel::Loa4)).await?;
    let scope = rights.scope(Right::SeeParticipants);
    if scope.is_empty() {
        return Ok(None);
    }
    let now = portal.clock().millis();
    let days = |since: i64| u32::try_from((day_of(now) - day_of(since)).num_days()).unwrap_or(0);
    let address = portal.reach().address.as_deref().unwrap_or_default();
    let (url, about) = match about {
        Some(id) => {
            let Some(found) = case::find(db, &scope, id).await? else { return Ok(None) };
            if found.state != CaseState::Waiting {
                return Ok(None);
            }
            let contract = format!("{} ({})", found.choice.number, found.choice.name);
            let about = About::One { contract, reference: found.reference, days: days(found.since) };
            (format!("{address}/valideren/{id}"), about)
        }
        None => {
            let (count, oldest) = queue::waiting(db, &scope, QueuePart::Waiting).await?;
            let Some(oldest) = oldest else { return Ok(None) };
            (format!("{address}/valideren"), About::All { count, oldest_days: days(oldest) })
        }
    };
    Ok(Some(Reminder { email: reader.email, language: reader.language, url, about }))
}

/// How somebody wants to be reminded.
///
/// # Errors
/// When the database cannot be read.
pub async fn wishes(portal: &Portal, who: &SignedIn) -> Result<ReminderWishes, ServiceError> {
    Ok(data::wishes(portal.db(), who.account()).await?)
}

/// Keeps how somebody wants to be reminded. The deputy is a colleague who may see a contract that this person may see as well;
/// about anybody else nothing is told.
///
/// # Errors
/// [`ServiceError::Invalid`]; [`ServiceError::Forbidden`] while the portal is seen as an employer sees it.
pub async fn set_wishes(
    portal: &Portal,
    request: &Request,
    who: &SignedIn,
    form: &RemindersForm,
) -> Result<(), ServiceError> {
    who.acts_in_person()?;
    let wishes = form.parse(portal.clock().today()).map_err(ServiceError::Invalid)?;
    let txn = portal.db().begin().await?;
    let deputy = match &wishes.absence {
        Some((_, _, email)) => Some(
            data::colleague(&txn, who.account(), email)
                .await?
                .ok_or_else(|| ServiceError::on("vervanger", FieldCode::UnknownAccount))?,
        ),
        None => None,
    };
    data::set_wishes(&txn, who.account(), &wishes, deputy).await?;
    audit::append(&txn, [event(portal, request, who, AuditKind::DetailsChanged).details("reminders")]);
    Ok(txn.commit().await?)
}
