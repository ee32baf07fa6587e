//! Requests that could not be done (PRODUCT.md M4): the helpdesk sees why, looks after them, tries again, or removes them.

use collectief_data::{
    case::{self, Becomes, Moment, queue as data},
    mutation::Changes,
};
use collectief_domain::{
    case::{
        CaseStep, Outcome, OutcomeResult, OverdueRow, QUEUE_A_PAGE, StuckCause, StuckDeed, StuckForm, StuckPage,
        StuckRow,
    },
    page::parse_page,
    staff::StaffRight,
};

use super::changing;
use crate::{
    Portal, Request, ServiceError, SignedIn,
    audit::{self, About, AuditKind, event},
    clock::day_of,
    enrol::{
        mail::{self, CaseMail},
        process::{By, process},
    },
    message,
    validate::first,
};

/// The most requests that are shown of those that an employer let wait for too long.
const OVERDUE_SHOWN: u64 = 50;

/// The requests that could not be done, the oldest first, and those that an employer let wait for too long.
///
/// # Errors
/// [`ServiceError::NotFound`] for who is not of the helpdesk.
pub async fn list(
    portal: &Portal,
    request: &Request,
    who: &SignedIn,
    form: &StuckForm,
) -> Result<StuckPage, ServiceError> {
    let office = who.office(StaffRight::ServeAccounts)?;
    let count = data::stuck_count(portal.db(), &office).await?;
    // Whoever removed the last one of the last page is shown the page before it.
    let last = u32::try_from(count.div_ceil(QUEUE_A_PAGE.into())).unwrap_or(u32::MAX).max(1);
    let page = parse_page(&form.pagina).unwrap_or(1).min(last);
    let passed = u64::from(page - 1) * u64::from(QUEUE_A_PAGE);
    let found = data::stuck(portal.db(), &office, passed, QUEUE_A_PAGE.into()).await?;
    let told = event(portal, request, who, AuditKind::StuckViewed);
    portal.audit().view(told.details(format!("rows={} page={page}", found.len())));
    let row = |found: case::StoredCase| StuckRow {
        id: found.id,
        version: found.version,
        kind: found.kind,
        reference: found.reference,
        full_name: found.full_name,
        contract: found.choice,
        effective: found.effective,
        // What is stuck always says why; the most general cause stands for one that an older program wrote.
        cause: found.stuck.unwrap_or(StuckCause::NotOffered),
        since: day_of(found.since),
        assigned: found.assigned_name,
        is_mine: found.assigned_to == Some(who.account()),
    };
    let today = portal.clock().today();
    let overdue = data::overdue(portal.db(), &office, OVERDUE_SHOWN).await?;
    let late = |found: case::StoredCase| OverdueRow {
        reference: found.reference,
        contract: found.choice,
        since: day_of(found.since),
        days: u32::try_from((today - day_of(found.since)).num_days()).unwrap_or(0),
        effective: found.effective,
    };
    Ok(StuckPage {
        rows: found.into_iter().map(row).collect(),
        count,
        page,
        overdue: overdue.into_iter().map(late).collect(),
        outcome: None,
    })
}

/// How many requests could not be done; none for who is not of the helpdesk.
///
/// # Errors
/// When the database cannot be read.
pub async fn count(portal: &Portal, who: &SignedIn) -> Result<u64, ServiceError> {
    match who.office(StaffRight::ServeAccounts) {
        Ok(office) => Ok(data::stuck_count(portal.db(), &office).await?),
        Err(_) => Ok(0),
    }
}

/// Tries a request again, removes it, or says who looks after it.
///
/// # Errors
/// [`ServiceError::Invalid`]; [`ServiceError::NotFound`] for what was never stuck, and for who is not of the helpdesk. That
/// somebody was first is in the answer.
pub async fn act(
    portal: &Portal,
    request: &Request,
    who: &SignedIn,
    form: &StuckForm,
) -> Result<Outcome, ServiceError> {
    let office = changing(portal, request, who, StaffRight::ServeAccounts)?;
    let (seen, deed) = form.parse().map_err(ServiceError::Invalid)?;
    let (_, scope) = data::stuck_one(portal.db(), &office, seen.id).await?.ok_or(ServiceError::NotFound)?;
    let txn = portal.db().begin_within(&scope).await?;
    let found = case::for_update(&txn, &scope, &[seen.id]).await?.pop().ok_or(ServiceError::NotFound)?;
    let outcome = |result| Outcome { id: found.id, kind: Some(found.kind), full_name: found.full_name.clone(), result };
    let step = match deed {
        StuckDeed::Retry => CaseStep::Retried,
        StuckDeed::Remove(_) | StuckDeed::Assign | StuckDeed::Release => CaseStep::Removed,
    };
    // Whoever looks after it is somebody of the helpdesk for as long as it is stuck.
    if found.version != seen.version || found.stuck.is_none() || found.state.after(step).is_none() {
        return Ok(outcome(first(&found)));
    }
    let now = portal.clock().millis();
    let (by, by_name) = (who.account(), who.name());
    let told = |kind| event(portal, request, who, kind).on(Some(found.contract)).details(format!("case {}", found.id));
    let moment = |text| Moment { step, at: now, by: Some(by), by_name: Some(by_name), text };
    let result = match &deed {
        StuckDeed::Assign | StuckDeed::Release => {
            let to = (deed == StuckDeed::Assign).then_some((by, by_name));
            data::assign(&txn, &found, to).await?;
            audit::append(&txn, [told(AuditKind::CaseAssigned)]);
            OutcomeResult::Stuck(found.stuck.unwrap_or(StuckCause::NotOffered))
        }
        StuckDeed::Remove(reason) => {
            case::step(&txn, &found, &moment(reason), Becomes::default()).await?;
            message::tell_case(&txn, &found, step, Some(by_name), None, now).await?;
            mail::tell(&txn, &found, found.version + 1, CaseMail::after(step), now).await?;
            audit::append(&txn, [told(AuditKind::CaseRemoved)]);
            OutcomeResult::Removed
        }
        StuckDeed::Retry => {
            let mut changes = Changes::on(day_of(now));
            let by = By { account: Some(by), name: Some(by_name), now };
            match process(portal, &txn, &scope, &mut changes, &found, &found.personnel_number, by, true).await? {
                Ok(participation) => {
                    changes.close(&txn).await?;
                    let becomes = Becomes { participation: Some(participation), ..Becomes::default() };
                    case::step(&txn, &found, &moment(""), becomes).await?;
                    let participation = found.about.unwrap_or(participation);
                    message::tell_case(&txn, &found, step, by.name, Some(participation), now).await?;
                    mail::tell(&txn, &found, found.version + 1, CaseMail::after(step), now).await?;
                    audit::append(&txn, [told(AuditKind::CaseRetried).about(participation)]);
                    OutcomeResult::Approved(Some(participation))
                }
                Err(cause) if found.stuck == Some(cause) => return Ok(outcome(OutcomeResult::Stuck(cause))),
                Err(cause) => {
                    data::stuck_by(&txn, &found, cause).await?;
                    audit::append(&txn, [told(AuditKind::CaseStuck)]);
                    OutcomeResult::Stuck(cause)
                }
            }
        }
    };
    txn.commit().await?;
    Ok(outcome(result))
}
