//! The employee's own page behind the mailed link (E4): proving the address, how far the request is, withdrawing it,
//! answering the employer's question.

use collectief_data::{
    Txn,
    case::{
        self, Becomes, Moment, StoredCase,
        link::{self as data, Linked},
    },
    enrolment as stored,
    mutation::Changes,
    outbox, product,
    scope::Scope,
};
use collectief_domain::{
    case::{CaseKind, CaseMoment, CaseState, CaseStep, FollowDeed, FollowForm, FollowView, StuckCause},
    change::MOVE_BACK_DAYS,
    enrolment::FilledInBy,
    period::Period,
    product::names,
};

use super::{
    add_link,
    mail::{CaseMail, already_participates},
    process::{By, process, read},
};
use crate::{
    Portal, Request, ServiceError,
    audit::{self, About, AuditKind},
    change::read_kept,
    clock::{day_of, time_of},
    error::Conflict,
    message, secret,
};

async fn linked(portal: &Portal, token: &str) -> Result<Linked, ServiceError> {
    data::find(portal.db(), &secret::token_hash(token)).await?.ok_or(ServiceError::NotFound)
}

/// What the page shows. Looking changes nothing: mail programs look at links as well.
///
/// # Errors
/// [`ServiceError::NotFound`] for a link that is unknown or past its term: both alike.
pub async fn view(portal: &Portal, token: &str) -> Result<FollowView, ServiceError> {
    let Linked { case: found, scope, is_reporter } = linked(portal, token).await?;
    let changes = match found.kind {
        CaseKind::Enrolment => Vec::new(),
        _ => match case::request_within(portal.db(), &scope, &found).await? {
            Some(text) => read_kept(&text)?.changes,
            None => Vec::new(),
        },
    };
    let today = portal.clock().today();
    let decides_until = u64::from(MOVE_BACK_DAYS);
    let days_left = (found.kind == CaseKind::Move && found.state.is_open()).then(|| {
        let last = found.effective.checked_add_days(chrono::Days::new(decides_until)).unwrap_or(found.effective);
        i32::try_from((last - today).num_days()).unwrap_or(0)
    });
    let moments = case::moments(portal.db(), &scope, &found).await?;
    let question = moments.iter().rev().find(|moment| moment.step == CaseStep::Asked);
    let question = question.filter(|_| found.state == CaseState::Questioned).map(|moment| moment.text.clone());
    let shown = |moment: &case::StoredMoment| CaseMoment {
        step: moment.step,
        on: day_of(moment.at),
        at: time_of(moment.at),
        by: None,
        text: moment.text.clone(),
    };
    Ok(FollowView {
        kind: found.kind,
        state: found.state,
        version: found.version,
        reference: found.reference.clone(),
        employer: found.choice.name.clone(),
        full_name: found.full_name.clone(),
        effective: found.effective,
        products: names(&found.products, &product::products(portal.db()).await?),
        dependants: found.dependants,
        changes,
        to_employer: found.to_name.clone(),
        days_left,
        may_change: !is_reporter && found.state == CaseState::Processed,
        needs_validation: found.needs_validation,
        moments: moments.iter().map(shown).collect(),
        question,
        may_withdraw: found.state.after(CaseStep::Withdrawn).is_some(),
        today,
    })
}

/// Does what the employee wants. What is the case already is no fault: a form that is sent twice does its work once.
///
/// # Errors
/// [`ServiceError::Invalid`]; [`ServiceError::NotFound`] as [`view`]; [`ServiceError::Conflict`] when the request is no longer
/// where the page saw it.
pub async fn act(portal: &Portal, request: &Request, token: &str, form: &FollowForm) -> Result<(), ServiceError> {
    let deed = form.parse().map_err(ServiceError::Invalid)?;
    let Linked { case: seen, scope, .. } = linked(portal, token).await?;
    let txn = portal.db().begin_within(&scope).await?;
    let found = case::for_update(&txn, &scope, &[seen.id]).await?.pop().ok_or(ServiceError::NotFound)?;
    let now = portal.clock().millis();
    let step = match &deed {
        FollowDeed::Prove => CaseStep::Proven,
        FollowDeed::Withdraw => CaseStep::Withdrawn,
        FollowDeed::Answer(_) => CaseStep::Answered,
    };
    let is_done = match deed {
        FollowDeed::Prove => found.state != CaseState::Unproven,
        FollowDeed::Withdraw => found.state == CaseState::Withdrawn,
        FollowDeed::Answer(_) => found.state == CaseState::Waiting && found.is_answered,
    };
    if is_done {
        return Ok(());
    }
    if found.state.after(step).is_none() {
        return Err(ServiceError::Conflict(Conflict {
            full_name: Some(found.full_name),
            by: None,
            on: Some(day_of(found.last_at)),
            at: Some(time_of(found.last_at)),
        }));
    }
    let text = match &deed {
        FollowDeed::Answer(answer) => answer.as_str(),
        _ => "",
    };
    let moment = Moment { step, at: now, by: None, by_name: None, text };
    case::step(&txn, &found, &moment, Becomes::default()).await?;
    if found.state != CaseState::Unproven || step == CaseStep::Proven {
        // What never came into the queue is no news to the employer when it is withdrawn.
        message::tell_case(&txn, &found, step, None, None, now).await?;
    }
    let kind = match step {
        CaseStep::Proven => AuditKind::CaseProven,
        CaseStep::Withdrawn => AuditKind::CaseWithdrawn,
        _ => AuditKind::CaseAnswered,
    };
    let event = audit::event_of_nobody(portal, request, kind).on(Some(found.contract));
    audit::append(&txn, [event.details(format!("case {}", found.id))]);
    if step == CaseStep::Proven {
        let proven =
            StoredCase { state: CaseState::Waiting, is_proven: true, version: found.version + 1, since: now, ..found };
        on_its_way(portal, request, &txn, &scope, &proven, now).await?;
    }
    txn.commit().await?;
    Ok(())
}

/// What happens once the address of who sent a request is proven: the employee hears of it where somebody else filled it in,
/// who participates already is told at the address that the insurer knows, and what needs nobody's decision is done.
async fn on_its_way(
    portal: &Portal,
    request: &Request,
    txn: &Txn,
    scope: &Scope,
    proven: &StoredCase,
    now: i64,
) -> Result<(), ServiceError> {
    let today = day_of(now);
    let asked = match read(portal, txn, scope, proven, today, false).await? {
        // Who is told hears of it all the same; what it comes to is seen below.
        Err(StuckCause::OutsideWindow) => read(portal, txn, scope, proven, today, true).await?,
        read => read,
    };
    if let Ok(asked) = &asked {
        let enrolment = &asked.enrolment;
        if let FilledInBy::Employer { .. } = enrolment.by {
            let name = enrolment.person.name.full_name();
            add_link(portal, txn, proven.id, &enrolment.email, &name, false).await?;
            let mail =
                CaseMail::Begun.message(proven.id, proven.version, &enrolment.email, false, proven.language, now)?;
            outbox::put(txn, mail).await?;
        }
        if let Some(bsn) = &enrolment.person.bsn {
            let known = stored::person_with_bsn(portal.db(), txn, scope, bsn).await?;
            let period = Period { start: enrolment.start_date, end: None };
            if let Some(known) = known
                && stored::participates(txn, known.id, proven.contract, period).await?
                && let Some(email) = known.email
            {
                outbox::put(txn, already_participates(proven, &known.name.full_name(), email, now)?).await?;
            }
        }
    }
    if proven.needs_validation {
        return Ok(());
    }
    at_once(portal, request, txn, scope, proven, now).await
}

/// Does a request that needs nobody's decision.
pub(crate) async fn at_once(
    portal: &Portal,
    request: &Request,
    txn: &Txn,
    scope: &Scope,
    proven: &StoredCase,
    now: i64,
) -> Result<(), ServiceError> {
    let today = day_of(now);
    let by = By { account: None, name: None, now };
    let mut changes = Changes::on(today);
    let done = process(portal, txn, scope, &mut changes, proven, "", by, false).await?;
    changes.close(txn).await?;
    let (step, becomes, kind) = match done {
        Ok(participation) => (
            CaseStep::DoneAtOnce,
            Becomes { participation: Some(participation), ..Becomes::default() },
            AuditKind::CaseDoneAtOnce,
        ),
        Err(cause) => (CaseStep::Failed, stuck(cause), AuditKind::CaseStuck),
    };
    let moment = Moment { step, at: now, by: None, by_name: None, text: "" };
    case::step(txn, proven, &moment, becomes).await?;
    message::tell_case(txn, proven, step, None, proven.about.or(becomes.participation), now).await?;
    super::mail::tell(txn, proven, proven.version + 1, CaseMail::after(step), now).await?;
    let event = audit::event_of_nobody(portal, request, kind).on(Some(proven.contract));
    audit::append(txn, [event.details(format!("case {}", proven.id))]);
    Ok(())
}

/// What becomes of a request that cannot be done.
pub(crate) fn stuck(cause: StuckCause) -> Becomes<'static> {
    Becomes { stuck: Some(cause), ..Becomes::default() }
}
