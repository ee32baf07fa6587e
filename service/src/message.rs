//! "Berichten" (PRODUCT.md J1): what happened on a contract, told to those who may see its participants.
//!
//! A message is written in the transaction of what it tells of ([`tell_case`], and the use cases themselves), so that neither is
//! there without the other.

use collectief_data::{
    Txn,
    case::StoredCase,
    message::{self as data, NewMessage, Wanted},
};
use collectief_domain::{
    actor::Right,
    case::{CaseState, CaseStep},
    frame::CONTRACTS_OFFERED,
    ids::ParticipationId,
    message::{MESSAGES_A_PAGE, MarkForm, MessageKind, MessageListForm, MessagePage, UNREAD_MAX},
};

use crate::{
    Portal, Request, ServiceError, SignedIn,
    audit::{About, AuditKind, event},
    clock::day_of,
};

/// In milliseconds.
const DAY: i64 = 24 * 60 * 60 * 1000;

/// For how many days a message counts as new: what nobody read by then is news no more.
const NEW_FOR: i64 = 90;

/// For how many days messages are kept.
const KEPT_FOR: i64 = 2 * 365;

/// A page of messages, the newest first.
///
/// # Errors
/// [`ServiceError::NotFound`] for a contract that is not this person's; [`ServiceError::Forbidden`] without the right.
pub async fn list(
    portal: &Portal,
    request: &Request,
    signed_in: &SignedIn,
    form: &MessageListForm,
) -> Result<MessagePage, ServiceError> {
    let scope = signed_in.scope(Right::SeeParticipants, &form.contract)?;
    let db = portal.db();
    let wanted = Wanted {
        account: signed_in.account(),
        category: form.category(),
        unread: form.shows_unread(),
        archived: form.shows_archived(),
    };
    let passed = u64::from(form.page() - 1) * u64::from(MESSAGES_A_PAGE);
    let mut rows = data::page(db, &scope, wanted, passed, u64::from(MESSAGES_A_PAGE) + 1, day_of).await?;
    let has_next = rows.len() > MESSAGES_A_PAGE as usize;
    rows.truncate(MESSAGES_A_PAGE as usize);
    let since = portal.clock().millis() - NEW_FOR * DAY;
    let contracts: Vec<_> = signed_in.rights().contracts().iter().map(|contract| contract.choice.clone()).collect();
    let told = event(portal, request, signed_in, AuditKind::MessagesViewed).on(scope.single());
    portal.audit().view(told.details(format!("rows={} page={}", rows.len(), form.page())));
    Ok(MessagePage {
        rows,
        page: form.page(),
        has_next,
        unread: data::unread(db, &scope, signed_in.account(), since, UNREAD_MAX + 1).await?,
        contracts: if contracts.len() > CONTRACTS_OFFERED { Vec::new() } else { contracts },
        may_mark: signed_in.viewing().is_none(),
    })
}

/// Marks messages. It is noted for this account alone.
///
/// # Errors
/// [`ServiceError::Invalid`]; [`ServiceError::Forbidden`] without the right, and for who looks along with an employer.
pub async fn mark(
    portal: &Portal,
    _request: &Request,
    signed_in: &SignedIn,
    form: &MarkForm,
) -> Result<(), ServiceError> {
    signed_in.acts_in_person()?;
    let scope = signed_in.whole_scope(Right::SeeParticipants)?;
    let (mark, ids) = form.parse().map_err(ServiceError::Invalid)?;
    let txn = portal.db().begin_within(&scope).await?;
    data::mark(&txn, &scope, signed_in.account(), &ids, mark).await?;
    Ok(txn.commit().await?)
}

/// How many messages of the chosen contract, or of all, this person has not read, up to one above [`UNREAD_MAX`]; none without
/// the right.
///
/// # Errors
/// When the database cannot be read.
pub async fn unread(portal: &Portal, signed_in: &SignedIn) -> Result<u64, ServiceError> {
    let Ok(scope) = signed_in.scope(Right::SeeParticipants, "") else { return Ok(0) };
    let since = portal.clock().millis() - NEW_FOR * DAY;
    Ok(data::unread(portal.db(), &scope, signed_in.account(), since, UNREAD_MAX + 1).await?)
}

/// Forgets messages that are no longer of use.
pub(crate) async fn forget_old(txn: &Txn, now: i64) -> Result<(), ServiceError> {
    Ok(data::forget(txn, now - KEPT_FOR * DAY).await?)
}

/// Writes what a step of a request is to those who may see it; nothing for a step that is no news to them.
pub(crate) async fn tell_case(
    txn: &Txn,
    case: &StoredCase,
    step: CaseStep,
    by: Option<&str>,
    participation: Option<ParticipationId>,
    now: i64,
) -> Result<(), ServiceError> {
    let kind = match step {
        CaseStep::Proven if case.needs_validation => MessageKind::CaseWaits,
        CaseStep::Answered => MessageKind::CaseAnswered,
        CaseStep::Approved => MessageKind::CaseApproved,
        CaseStep::DoneAtOnce => MessageKind::CaseDoneAtOnce,
        CaseStep::Removed => MessageKind::CaseRemoved,
        CaseStep::Withdrawn => MessageKind::CaseWithdrawn,
        CaseStep::Undone => MessageKind::CaseUndone,
        CaseStep::Failed => MessageKind::CaseStuck,
        CaseStep::Retried => MessageKind::CaseRetried,
        CaseStep::Sent if case.state == CaseState::Waiting && case.needs_validation => MessageKind::CaseWaits,
        CaseStep::Sent | CaseStep::Proven | CaseStep::Asked => return Ok(()),
    };
    let new = NewMessage {
        contract: case.contract,
        kind,
        full_name: &case.full_name,
        others: case.dependants,
        day: Some(case.effective),
        by,
        participation,
        case: Some(case.id),
        case_kind: Some(case.kind),
        now,
    };
    Ok(data::put(txn, &new).await?)
}
