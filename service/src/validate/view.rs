//! One request, with all that is needed to decide about it.

use collectief_data::{
    case::{self as data, StoredCase, queue},
    enrolment as stored, product,
    scope::Scope,
};
use collectief_domain::{
    actor::Right,
    case::{CaseChange, CaseField, CaseKind, CaseMoment, CaseView, QueueForm, StuckCause},
    date::format_dutch,
    enrolment::{Enrolment, EnrolmentForm, EnrolmentOffer, FilledInBy, NewPerson, window},
    ids::CaseId,
    period::Period,
};

use super::{row_of, undo_seconds};
use crate::{
    Portal, Request, ServiceError, SignedIn,
    audit::{About, AuditKind, event},
    change::read_kept,
    clock::{day_of, time_of},
    enrol::process,
    secret,
};

/// One request of the queue.
///
/// # Errors
/// [`ServiceError::NotFound`] for one that is not there, or not this person's to see.
pub async fn case(
    portal: &Portal,
    request: &Request,
    signed_in: &SignedIn,
    id: CaseId,
    form: &QueueForm,
) -> Result<CaseView, ServiceError> {
    let seen = signed_in.whole_scope(Right::SeeParticipants)?;
    let db = portal.db();
    let found = data::find(db, &seen, id).await?.ok_or(ServiceError::NotFound)?;
    let now = portal.clock().millis();
    let products = product::products(db).await?;
    let moments = data::moments(db, &seen, &found).await?;
    let (hindrance, enrolment, changed) = match found.kind {
        CaseKind::Enrolment => {
            let (hindrance, enrolment) = read(portal, &seen, &found).await?;
            (hindrance, enrolment, Vec::new())
        }
        _ => match data::request_within(db, &seen, &found).await? {
            Some(text) => (None, None, read_kept(&text)?.changes),
            None => (None, None, Vec::new()),
        },
    };
    let contract = signed_in.rights().contract_by_id(found.contract);
    let is_own = contract.is_some();
    let may_decide = contract.is_some_and(|contract| signed_in.rights().allow(contract, Right::ChangeParticipants));
    let last = moments.last().map(|moment| moment.step);
    let shown = |moment: data::StoredMoment| CaseMoment {
        step: moment.step,
        on: day_of(moment.at),
        at: time_of(moment.at),
        // The employer that somebody moves to follows how far it is; who decides at the other, and what was asked there, is theirs.
        by: moment.by_name.filter(|_| is_own),
        text: if is_own { moment.text } else { String::new() },
    };
    // What stands before and after it in the queue is looked for among what the reader chose to see.
    let queue_scope = signed_in.scope(Right::SeeParticipants, &form.contract)?;
    let (previous, next) = queue::neighbours(db, &queue_scope, &found).await?;
    let row = row_of(&found, changed, &products, now);
    let bsn = enrolment.as_ref().and_then(|enrolment| enrolment.person.bsn.as_ref());
    let view = CaseView {
        reference: found.reference.clone(),
        reporter: enrolment.as_ref().and_then(|enrolment| match &enrolment.by {
            FilledInBy::Employer { name, email } => Some((name.clone(), email.clone())),
            FilledInBy::Employee => None,
        }),
        changes: enrolment.as_ref().map_or_else(|| row.changes.clone(), |enrolment| changes_of(enrolment, &row)),
        bsn: bsn.filter(|_| seen.shows_bsn_of(found.contract)).map(collectief_domain::bsn::Bsn::masked),
        undo_seconds: if may_decide { undo_seconds(&found, last, now) } else { 0 },
        moments: moments.into_iter().map(shown).collect(),
        hindrance: found.stuck.or(hindrance.filter(|_| found.state.is_open())),
        // Who moved participates in the contract that one moved to; each employer is led to its own.
        participation: found.about.filter(|_| is_own).or(found.participation),
        may_decide,
        key: secret::token()?,
        next,
        previous,
        row,
    };
    let told = event(portal, request, signed_in, AuditKind::CaseViewed).on(Some(found.contract));
    portal.audit().view(told.details(format!("case {}", found.id)));
    Ok(view)
}

/// What was asked, and what stands in its way as far as the reader may know it: the employer's own participants, the days, and
/// what is offered.
async fn read(
    portal: &Portal,
    scope: &Scope,
    found: &StoredCase,
) -> Result<(Option<StuckCause>, Option<Enrolment>), ServiceError> {
    let db = portal.db();
    let Some(text) = data::request_within(db, scope, found).await? else { return Ok((None, None)) };
    let form: EnrolmentForm =
        serde_json::from_str(&text).map_err(|_| ServiceError::Internal("a request cannot be read".to_owned()))?;
    let contract = stored::contract_by_id(db, found.contract).await?.ok_or(ServiceError::NotFound)?;
    let offer = |back, ahead, today| EnrolmentOffer {
        contract: contract.choice.clone(),
        window: window(contract.period, back, ahead, today),
        products: Vec::new(),
    };
    let today = portal.clock().today();
    let products = product::products(db).await?;
    let now = EnrolmentOffer { products: products.clone(), ..offer(contract.back_days, contract.ahead_days, today) };
    let (hindrance, enrolment) = match form.parse(&now, today) {
        Ok(enrolment) => (None, Some(enrolment)),
        Err(errors) => {
            // It was possible when it was sent; how it reads is told all the same.
            let whenever = EnrolmentOffer { products, ..offer(u32::MAX, u32::MAX, today) };
            let cause = if errors.on("ingangsdatum").is_some() || errors.on("contract").is_some() {
                StuckCause::OutsideWindow
            } else {
                StuckCause::NotOffered
            };
            (Some(cause), form.parse(&whenever, today).ok())
        }
    };
    if hindrance.is_some() || !found.state.is_open() {
        return Ok((hindrance, enrolment));
    }
    let Some(asked) = &enrolment else { return Ok((None, None)) };
    let period = Period { start: asked.start_date, end: None };
    let participates = process::participates_here(portal, scope, found.contract, asked, period).await?;
    Ok((participates.then_some(StuckCause::ParticipatesAlready), enrolment))
}

fn person_line(person: &NewPerson) -> String {
    format!("{}, {}", person.name.full_name(), format_dutch(person.birth_date))
}

/// What changes: for who is enrolled there is nothing yet.
fn changes_of(enrolment: &Enrolment, row: &collectief_domain::case::QueueRow) -> Vec<CaseChange> {
    let mut changes = Vec::new();
    let mut push = |field, after: String| {
        if !after.is_empty() {
            changes.push(CaseChange { field, before: String::new(), after });
        }
    };
    push(CaseField::Contract, format!("{} · {}", row.contract.number, row.contract.name));
    push(CaseField::Name, enrolment.person.name.full_name());
    push(CaseField::BirthDate, format_dutch(enrolment.person.birth_date));
    push(CaseField::Gender, enrolment.person.gender.code().to_owned());
    push(CaseField::Address, enrolment.address.lines().join("\n"));
    push(CaseField::Email, enrolment.email.clone());
    push(CaseField::Phone, enrolment.phone.clone());
    push(CaseField::PersonnelNumber, row.personnel_number.clone());
    push(CaseField::Products, row.products.join(" + "));
    push(CaseField::StartDate, format_dutch(enrolment.start_date));
    for dependant in &enrolment.dependants {
        push(CaseField::Dependant, person_line(dependant));
    }
    changes
}
