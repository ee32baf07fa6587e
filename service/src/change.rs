//! What employees change by a mailed link (PRODUCT.md E5, E6): how they are reached, other insurances, the family, another
//! employer, leaving. Each is a request that the employer decides about, unless its contract chose otherwise.
//!
//! A link is that of a request which was done, or one that was asked for with the address that the insurer knows. Whoever asks
//! for one learns nothing by it: the address is looked up when the mail is delivered.

use chrono::Days;
use collectief_data::{
    Source, Txn,
    account::fold_email,
    case::{self, NewCase, link as links},
    change::{self as data, Linked},
    enrolment as stored,
    mutation::{self, Household, StoredParticipation},
    outbox::{self, NewOutbox},
    product, validation,
};
use collectief_domain::{
    actor::{Channel, Language},
    case::{CaseChange, CaseField, CaseKind, CaseState, CaseStep, needs_validation},
    change::{
        AskChangeForm, CHANGE_LINK_HOURS, CHANGE_PATH, Change, ChangeDependant, ChangeFacts, ChangeView, KeptChange,
        MOVE_BACK_DAYS, Reachable,
    },
    contract::ContractNumber,
    date::{Date, format_dutch},
    deregistration::EndReason,
    enrolment::{AnswerForm, EnrolRefusal, EnrolmentOffer, window},
    ids::{ContractId, ParticipationId},
    period::Period,
    product::{Product, codes, names},
};
use serde::{Deserialize, Serialize};

use crate::{
    Portal, Request, ServiceError,
    answer::to_json,
    audit::{self, About, AuditKind},
    clock::day_of,
    enrol::{self, mail::CaseMail},
    link::{HOUR, must_wait, must_wait_as},
    message,
    outbox::OutboxMessage,
    secret,
};

pub(crate) mod process;

/// The most links that are mailed to one address in an hour.
const LINKS_PER_ADDRESS: u32 = 3;

/// The most changes that are sent for one participation in an hour.
const CHANGES_PER_PARTICIPATION: u32 = 20;

/// The kind of message that becomes a mail with a link to change something.
pub(crate) const KIND: &str = "change_link";

/// What such a message keeps.
#[derive(Serialize, Deserialize)]
struct Wanted {
    contract: String,
    /// The token of the link, encrypted for this very message; where several people have one address, each gets a mail.
    place: u32,
}

/// Asks for a link to change something. The answer is the same whoever has that address, and so is the work.
///
/// # Errors
/// When the database cannot be used; every refusal is in the answer.
pub async fn ask(
    portal: &Portal,
    request: &Request,
    form: &AskChangeForm,
    language: Language,
) -> Result<Result<(), EnrolRefusal>, ServiceError> {
    let (contract, email) = match form.parse() {
        Ok(read) => read,
        Err(errors) => return Ok(Err(EnrolRefusal::Invalid(errors))),
    };
    if !form.website.is_empty() {
        let event = audit::event_of_nobody(portal, request, AuditKind::EnrolmentHeldOff);
        portal.audit().view(event.details("a hidden field was filled in"));
        return Ok(Ok(()));
    }
    let now = portal.clock().millis();
    let subject = portal.db().keys().keyed_hash(b"change address", fold_email(&email).as_bytes());
    let txn = portal.db().begin().await?;
    let most = portal.limits().enrolments_per_client;
    if let Some(seconds) = must_wait(portal, &txn, request, b"change client", most).await? {
        drop(txn);
        portal.audit().view(audit::event_of_nobody(portal, request, AuditKind::EnrolmentHeldOff));
        return Ok(Err(EnrolRefusal::TooMany { seconds }));
    }
    // That enough was mailed to an address is not told: the last of the mails is there.
    if must_wait_as(portal, &txn, &subject, LINKS_PER_ADDRESS).await?.is_none() {
        outbox::put(&txn, message_of(&contract, &email, 0, language, now)?).await?;
    }
    let event = audit::event_of_nobody(portal, request, AuditKind::ChangeLinkAsked);
    audit::append(&txn, [event]);
    txn.commit().await?;
    Ok(Ok(()))
}

fn message_of(
    contract: &ContractNumber,
    email: &str,
    place: u32,
    language: Language,
    now: i64,
) -> Result<NewOutbox, ServiceError> {
    Ok(NewOutbox {
        kind: KIND,
        dedupe_key: format!("{KIND}:{}", secret::token()?),
        recipient: Some(email.to_owned()),
        language,
        payload: to_json(&Wanted { contract: contract.as_str().to_owned(), place })?,
        now,
    })
}

/// What a mail with a link says, before it is put into words.
#[derive(Debug, Clone)]
pub(crate) struct ChangeLetter {
    /// The whole address of the link.
    pub(crate) url: String,
    /// The name that it begins with.
    pub(crate) name: String,
    /// The employer's name.
    pub(crate) employer: String,
}

/// The mail of a message that is about to be delivered; `None` where nobody of that contract has the address.
pub(crate) async fn make(portal: &Portal, message: &OutboxMessage) -> Result<Option<ChangeLetter>, ServiceError> {
    let Wanted { contract, place } =
        serde_json::from_str(&message.payload).map_err(|error| ServiceError::Internal(error.to_string()))?;
    let db = portal.db();
    let Some(email) = message.recipient.as_deref() else { return Ok(None) };
    let Some(contract) = stored::contract(db, &contract).await? else { return Ok(None) };
    let Some(scope) = db.enrolment_scope(contract.id).await? else { return Ok(None) };
    let today = portal.clock().today();
    // Who was deregistered a short while ago can still go on with another employer.
    let since = today.checked_sub_days(Days::new(MOVE_BACK_DAYS.into())).unwrap_or(today);
    let found = data::main_insured_at(db, &scope, contract.id, &fold_email(email), today, since).await?;
    let at = usize::try_from(place).unwrap_or(usize::MAX);
    let Some((participation, name)) = found.get(at) else { return Ok(None) };
    let now = portal.clock().millis();
    let token = secret::token()?;
    let txn = db.begin().await?;
    let until = now + i64::from(CHANGE_LINK_HOURS) * HOUR;
    data::link_add(&txn, &secret::token_hash(&token), *participation, email, until).await?;
    if at + 1 < found.len()
        && let Ok(number) = ContractNumber::parse(&contract.choice.number)
    {
        // A couple with one address: each of them gets a mail.
        outbox::put(&txn, message_of(&number, email, place + 1, message.language, now)?).await?;
    }
    txn.commit().await?;
    let address = portal.reach().address.as_deref().unwrap_or_default();
    Ok(Some(ChangeLetter {
        url: format!("{address}{CHANGE_PATH}{token}"),
        name: name.clone(),
        employer: contract.choice.name,
    }))
}

async fn linked(portal: &Portal, token: &str) -> Result<Linked, ServiceError> {
    let found = data::find(portal.db(), &secret::token_hash(token), portal.clock().millis()).await?;
    found.ok_or(ServiceError::NotFound)
}

/// The participation that a household is about, where its kind of link can change anything: a main insured's.
fn main_of(household: &Household) -> Result<&StoredParticipation, ServiceError> {
    household.chosen.first().filter(|row| row.main.is_none()).ok_or(ServiceError::NotFound)
}

pub(crate) fn period_of(row: &StoredParticipation) -> Period {
    Period { start: row.state.start_date.unwrap_or(row.contract_start), end: row.state.end_date }
}

/// The family that participates today, or did so on the last day of a main insured who does not any more.
fn dependants_of(household: &Household, main: Period, today: Date) -> Vec<ChangeDependant> {
    let day = main.end.map_or(today, |end| end.min(today));
    let current = household.dependants.iter().filter(|row| period_of(row).is_current_on(day));
    current
        .map(|row| ChangeDependant {
            id: row.id,
            full_name: row.full_name.clone(),
            birth_date: row.birth_date,
            end_date: row.state.end_date,
        })
        .collect()
}

/// What a contract offers within the period of somebody who participates.
async fn offer_within(
    source: Source<'_>,
    contract: ContractId,
    period: Period,
    today: Date,
    back: Option<u32>,
) -> Result<EnrolmentOffer, ServiceError> {
    let contract = stored::contract_by_id(source, contract).await?.ok_or(ServiceError::NotFound)?;
    let (back, ahead) = back.map_or((contract.back_days, contract.ahead_days), |back| (back, u32::MAX));
    let within = window(contract.period, back, ahead, today).and_then(|window| {
        let last = match (window.end, period.end) {
            (Some(window), Some(period)) => Some(window.min(period)),
            (window, period) => window.or(period),
        };
        Period::new(window.start.max(period.start), last)
    });
    Ok(EnrolmentOffer { contract: contract.choice, window: within, products: product::products(source).await? })
}

/// What the contract offers that somebody moves to.
pub(crate) async fn offer_to(
    source: impl Into<Source<'_>>,
    number: &str,
    today: Date,
    back: u32,
) -> Result<Option<(ContractId, EnrolmentOffer)>, ServiceError> {
    let Ok(number) = ContractNumber::parse(number) else { return Ok(None) };
    let Some(contract) = stored::contract(source, number.as_str()).await? else { return Ok(None) };
    let offer = EnrolmentOffer {
        contract: contract.choice.clone(),
        window: window(contract.period, back, contract.ahead_days, today),
        products: Vec::new(),
    };
    Ok(Some((contract.id, offer)))
}

/// What is judged against. The insurer is not held to the days that the contract allows its employer.
pub(crate) async fn facts_of(
    source: Source<'_>,
    household: &Household,
    reached: Reachable,
    to: Option<EnrolmentOffer>,
    today: Date,
    by_insurer: bool,
) -> Result<ChangeFacts, ServiceError> {
    let row = main_of(household)?;
    let period = period_of(row);
    let back = by_insurer.then_some(u32::MAX);
    Ok(ChangeFacts {
        main: row.id,
        period,
        personnel_number: row.state.personnel_number.clone(),
        products: row.state.products.clone(),
        reached,
        offer: offer_within(source, row.contract, period, today, back).await?,
        dependants: dependants_of(household, period, today),
        to,
    })
}

/// What can be asked as things are.
fn kinds_of(
    row: &StoredParticipation,
    dependants: &[ChangeDependant],
    offer: &EnrolmentOffer,
    today: Date,
) -> Vec<CaseKind> {
    let period = period_of(row);
    if !period.is_current_on(today) {
        // Whoever was deregistered can still go on with another employer without a gap, for as long as a move may go back.
        let ended = period.end.filter(|end| *end < today && row.state.end_reason != Some(EndReason::Overleden));
        let in_time = ended.is_some_and(|end| (today - end).num_days() <= MOVE_BACK_DAYS.into());
        return if in_time { vec![CaseKind::Move] } else { Vec::new() };
    }
    let possible = |kind: &CaseKind| match kind {
        CaseKind::Products => offer.window.is_some() && !offer.products.is_empty(),
        CaseKind::DependantIn => offer.window.is_some(),
        CaseKind::DependantOut => !dependants.is_empty(),
        CaseKind::Deregistration => row.state.end_date.is_none(),
        _ => true,
    };
    CaseKind::BY_LINK.into_iter().filter(possible).collect()
}

/// What the pages show on which something is changed. Looking changes nothing.
///
/// # Errors
/// [`ServiceError::NotFound`] for a link that is unknown or past its term, and for one behind which nobody participates any
/// more: all alike.
pub async fn view(portal: &Portal, token: &str) -> Result<ChangeView, ServiceError> {
    let Linked { participation, scope, .. } = linked(portal, token).await?;
    let db = portal.db();
    let household = mutation::household_find(db, &scope, &[participation]).await?.ok_or(ServiceError::NotFound)?;
    let row = main_of(&household)?;
    let today = portal.clock().today();
    let reached = data::reached(db, &scope, row).await?.ok_or(ServiceError::NotFound)?;
    let facts = facts_of(db.into(), &household, reached, None, today, false).await?;
    Ok(ChangeView {
        contract: facts.offer.contract.clone(),
        full_name: row.full_name.clone(),
        period: facts.period,
        kinds: kinds_of(row, &facts.dependants, &facts.offer, today),
        open: data::open_about(db, &scope, participation).await?,
        personnel_number: facts.personnel_number,
        products: facts.products,
        reached: facts.reached,
        dependants: facts.dependants,
        offer: facts.offer,
        key: secret::token()?,
        today,
    })
}

/// Sends a change, and gives the token of the page on which it is followed. Sending the same form again does nothing more.
///
/// # Errors
/// [`ServiceError::NotFound`] as [`view`], and for what cannot be asked; every refusal is in the answer.
pub async fn send(
    portal: &Portal,
    request: &Request,
    token: &str,
    kind: CaseKind,
    form: &AnswerForm,
    language: Language,
) -> Result<Result<String, EnrolRefusal>, ServiceError> {
    let Linked { participation, email, scope } = linked(portal, token).await?;
    let db = portal.db();
    let now = portal.clock().millis();
    let today = day_of(now);
    let form_key = form_key(portal, participation, kind, form, now)?;
    // What was sent before is answered as it was then, whatever it came to meanwhile.
    if let Some(found) = links::by_form(db, &form_key).await? {
        let followed = links::for_mail(db, found.id, false).await?.ok_or(ServiceError::NotFound)?;
        return Ok(Ok(followed.token));
    }
    let to = match kind {
        CaseKind::Move => offer_to(db, &form.contract, today, MOVE_BACK_DAYS).await?,
        _ => None,
    };
    let (to_contract, to) = to.unzip();

    let txn = db.begin_within(&scope).await?;
    data::contracts_lock(&txn, scope.single().into_iter().chain(to_contract)).await?;
    let household = mutation::household_for_update(&txn, &scope, &[participation]).await?;
    let household = household.ok_or(ServiceError::NotFound)?;
    let row = main_of(&household)?.clone();
    let (_, reached) = data::person_of(&txn, participation).await?.ok_or(ServiceError::NotFound)?;
    let facts = facts_of((&txn).into(), &household, reached, to, today, false).await?;
    if !kinds_of(&row, &facts.dependants, &facts.offer, today).contains(&kind) {
        return Err(ServiceError::NotFound);
    }
    let change = form
        .parse_change(kind, &facts, today)
        .and_then(|change| process::possible(&change, &household, today).map(|()| change));
    let change = match change {
        Ok(change) => change,
        Err(errors) => return Ok(Err(EnrolRefusal::Invalid(errors))),
    };
    let subject = db.keys().keyed_hash(b"changes of", &participation.0.to_be_bytes());
    let mut wait = must_wait(portal, &txn, request, b"change client", portal.limits().enrolments_per_client).await?;
    if wait.is_none() {
        wait = must_wait_as(portal, &txn, &subject, CHANGES_PER_PARTICIPATION).await?;
    }
    if let Some(seconds) = wait {
        drop(txn);
        portal.audit().view(audit::event_of_nobody(portal, request, AuditKind::EnrolmentHeldOff));
        return Ok(Err(EnrolRefusal::TooMany { seconds }));
    }

    let channel = Channel::EmployeeLink;
    let needs_validation = needs_validation(channel, validation::asks(&txn, row.contract, kind).await?);
    let kept = KeptChange {
        changes: told(&change, &facts, &product::products(&txn).await?),
        form: form.clone(),
        was: facts.reached,
    };
    let (sort_key, search_text) = case::search_keys_of(&txn, participation).await?;
    let products = match &change {
        Change::Products { products, .. } => codes(products),
        Change::DependantIn { .. } | Change::Move { .. } => row.state.products.clone(),
        _ => String::new(),
    };
    let number = match &change {
        Change::PersonnelNumber(number) => number.clone(),
        _ => row.state.personnel_number.clone(),
    };
    let new = NewCase {
        contract: row.contract,
        kind,
        state: CaseState::Waiting,
        channel,
        needs_validation,
        reference: enrol::reference_of(&form_key),
        form_key,
        full_name: row.full_name.clone(),
        sort_key,
        search_text,
        birth_date: data::birth_to_store(row.birth_date),
        effective: change.effective(today),
        personnel_number: number,
        products,
        dependants: 0,
        language,
        about: Some(participation),
        to_contract,
        request: to_json(&kept)?,
        now,
    };
    let Some(id) = case::add(db, &txn, &new).await? else {
        // The same form came in at the same moment.
        return Err(ServiceError::Unavailable("the form is being handled".to_owned()));
    };
    let follow = enrol::add_link(portal, &txn, id, &email, &row.full_name, false).await?;
    outbox::put(&txn, CaseMail::Begun.message(id, 1, &email, false, language, now)?).await?;
    let event = audit::event_of_nobody(portal, request, AuditKind::ChangeSent).on(Some(row.contract));
    audit::append(&txn, [event.about(participation).details(format!("case {id} {}", kind.code()))]);
    let sent = case::for_update(&txn, &scope, &[id]).await?.pop().ok_or(ServiceError::NotFound)?;
    // It leads to the request, which has yet to be decided about, and leads on to the participant.
    message::tell_case(&txn, &sent, CaseStep::Sent, None, None, now).await?;
    if !needs_validation {
        enrol::follow::at_once(portal, request, &txn, &scope, &sent, now).await?;
    }
    txn.commit().await?;
    Ok(Ok(follow))
}

fn form_key(
    portal: &Portal,
    participation: ParticipationId,
    kind: CaseKind,
    form: &AnswerForm,
    now: i64,
) -> Result<Vec<u8>, ServiceError> {
    // A form without a key is sent once a day.
    let by = match form.sleutel.trim() {
        "" => format!("{}", day_of(now)),
        key => key.to_owned(),
    };
    let text = format!("{participation}:{}:{by}:{}", kind.code(), to_json(form)?);
    Ok(portal.db().keys().keyed_hash(b"change form", text.as_bytes()))
}

/// What changes, in words: as it is now, and as it will be.
fn told(change: &Change, facts: &ChangeFacts, products: &[Product]) -> Vec<CaseChange> {
    let mut told = Vec::new();
    let mut push = |field, before: String, after: String| {
        if before != after {
            told.push(CaseChange { field, before, after });
        }
    };
    let address =
        |of: &collectief_domain::address::Address| if of.is_empty() { String::new() } else { of.lines().join("\n") };
    let since = |day: Date| format_dutch(day);
    let insurances = |stored: &str| names(stored, products).join(" + ");
    match change {
        Change::Details(reached) => {
            push(CaseField::Address, address(&facts.reached.address), address(&reached.address));
            push(CaseField::Email, facts.reached.email.clone(), reached.email.clone());
            push(CaseField::Phone, facts.reached.phone.clone(), reached.phone.clone());
        }
        Change::PersonnelNumber(number) => {
            push(CaseField::PersonnelNumber, facts.personnel_number.clone(), number.clone());
        }
        Change::Products { products: chosen, from } => {
            push(CaseField::Products, insurances(&facts.products), insurances(&codes(chosen)));
            push(CaseField::StartDate, String::new(), since(*from));
        }
        Change::DependantIn { person, from } => {
            let line = format!("{}, {}", person.name.full_name(), format_dutch(person.birth_date));
            push(CaseField::Dependant, String::new(), line);
            push(CaseField::StartDate, String::new(), since(*from));
        }
        Change::End { who, last_day, reason } => {
            let ends: Vec<&ChangeDependant> =
                facts.dependants.iter().filter(|one| *who == facts.main || one.id == *who).collect();
            for one in ends {
                push(CaseField::Dependant, one.full_name.clone(), String::new());
            }
            push(
                CaseField::EndDate,
                facts.period.end.map(since).filter(|_| *who == facts.main).unwrap_or_default(),
                since(*last_day),
            );
            push(CaseField::Reason, String::new(), reason.code().to_owned());
        }
        Change::Move { from, .. } => {
            let name = |offer: &EnrolmentOffer| format!("{} · {}", offer.contract.number, offer.contract.name);
            push(CaseField::Contract, name(&facts.offer), facts.to.as_ref().map(name).unwrap_or_default());
            push(CaseField::StartDate, String::new(), since(*from));
            for one in &facts.dependants {
                push(CaseField::Dependant, String::new(), one.full_name.clone());
            }
        }
    }
    told
}

/// Forgets links whose term has ended.
pub(crate) async fn forget_old(txn: &Txn, now: i64) -> Result<(), ServiceError> {
    Ok(data::forget_links(txn, now).await?)
}

/// What was kept of a change; what cannot be read is a fault of ours.
pub(crate) fn read_kept(text: &str) -> Result<KeptChange, ServiceError> {
    serde_json::from_str(text).map_err(|_| ServiceError::Internal("a request cannot be read".to_owned()))
}
