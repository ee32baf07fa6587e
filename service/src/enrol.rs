//! Enrolling on the open pages (PRODUCT.md E1 to E4, E7): what is answered is kept until it is sent, and then a mailed link
//! proves the address before anybody else sees it.
//!
//! Nobody learns anything by enrolling: who participates already is not looked at before the address was proven, and is then
//! told to nobody but the employer and to the address that the insurer knows. Of a contract number the employer's name is
//! told, and how often one may ask is bounded.

use collectief_data::{
    Source, Txn,
    account::fold_email,
    case::{self, NewCase, StoredCase, link as links},
    draft as data,
    enrolment::{self as stored, EnrolmentContract},
    outbox, product, validation,
};
use collectief_domain::{
    actor::{Channel, Language},
    bsn::Bsn,
    case::{CaseKind, CaseState, FOLLOWED_DAYS, needs_validation},
    contract::ContractNumber,
    enrolment::{
        AnswerForm, Answered, DRAFT_DAYS, DraftView, EnrolRefusal, Enrolment, EnrolmentForm, EnrolmentOffer,
        FilledInBy, PersonForm, Question, Sent, window,
    },
    field::{FieldCode, FieldErrors},
    product::codes,
};
use serde::{Deserialize, Serialize};

use crate::{
    Portal, Request, ServiceError,
    answer::to_json,
    audit::{self, About, AuditKind},
    clock::day_of,
    link::{HOUR, must_wait, must_wait_as},
    secret,
};

pub mod follow;
pub mod inside;
pub(crate) mod mail;
pub(crate) mod process;

use mail::CaseMail;

/// In milliseconds.
const DAY: i64 = 24 * HOUR;

/// So many contract numbers can be looked at for each enrolment that can be sent.
const LOOKS_PER_ENROLMENT: u32 = 10;

/// The most enrolments that are sent for one mail address in an hour: an employer may fill in many.
const ENROLMENTS_PER_ADDRESS: u32 = 60;

/// What is kept under the token of a browser.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kept {
    /// Answers that were not sent yet.
    Answers(Box<EnrolmentForm>),
    /// What was sent, so that a second sending gets the same answer.
    Sent(Sent),
}

async fn kept(portal: &Portal, token: &str) -> Result<Option<(Kept, i64)>, ServiceError> {
    let found = data::find(portal.db(), &secret::token_hash(token), portal.clock().millis()).await?;
    // What an earlier program kept and this one cannot read is as good as gone.
    Ok(found.and_then(|(text, until)| Some((serde_json::from_str(&text).ok()?, until))))
}

async fn keep(portal: &Portal, txn: &Txn, token: &str, kept: &Kept) -> Result<(), ServiceError> {
    let until = portal.clock().millis() + i64::from(DRAFT_DAYS) * DAY;
    Ok(data::keep(portal.db(), txn, &secret::token_hash(token), &to_json(kept)?, until).await?)
}

/// What a contract allows today.
async fn offer_of(
    portal: &Portal,
    source: impl Into<Source<'_>>,
    contract: &EnrolmentContract,
) -> Result<EnrolmentOffer, ServiceError> {
    let today = portal.clock().today();
    Ok(EnrolmentOffer {
        contract: contract.choice.clone(),
        window: window(contract.period, contract.back_days, contract.ahead_days, today),
        products: product::products(source).await?,
    })
}

async fn offer_by_number(
    portal: &Portal,
    number: &str,
) -> Result<Option<(EnrolmentContract, EnrolmentOffer)>, ServiceError> {
    let Ok(number) = ContractNumber::parse(number) else { return Ok(None) };
    let Some(contract) = stored::contract(portal.db(), number.as_str()).await? else { return Ok(None) };
    let offer = offer_of(portal, portal.db(), &contract).await?;
    Ok(Some((contract, offer)))
}

/// Counts that a contract number is looked at, and tells for how many seconds one must wait where that was too often.
async fn look(portal: &Portal, request: &Request) -> Result<Option<u32>, ServiceError> {
    let most = portal.limits().enrolments_per_client.saturating_mul(LOOKS_PER_ENROLMENT);
    let txn = portal.db().begin().await?;
    let wait = must_wait(portal, &txn, request, b"enrolment look", most).await?;
    txn.commit().await?;
    if wait.is_some() {
        portal.audit().view(audit::event_of_nobody(portal, request, AuditKind::EnrolmentHeldOff));
    }
    Ok(wait)
}

/// What the contract with this number allows.
///
/// # Errors
/// When the database cannot be used; every refusal is in the answer.
pub async fn offer(
    portal: &Portal,
    request: &Request,
    number: &str,
) -> Result<Result<EnrolmentOffer, EnrolRefusal>, ServiceError> {
    if let Some(seconds) = look(portal, request).await? {
        return Ok(Err(EnrolRefusal::TooMany { seconds }));
    }
    let mut errors = FieldErrors::default();
    let parsed = errors.take("contract", ContractNumber::parse(number).map(|_| ()));
    let found = offer_by_number(portal, number).await?;
    match found.filter(|(_, offer)| offer.window.is_some()) {
        Some((_, offer)) => Ok(Ok(offer)),
        None => {
            if parsed.is_some() {
                errors.push("contract", FieldCode::UnknownContract);
            }
            Ok(Err(EnrolRefusal::Invalid(errors)))
        }
    }
}

/// A BSN as a page may show it that does not ask for it.
fn masked(bsn: &str) -> String {
    Bsn::parse(bsn).map_or_else(|_| String::new(), |bsn| bsn.masked().to_string())
}

fn mask(person: &mut PersonForm) {
    person.bsn = masked(&person.bsn);
}

/// What was answered so far, for the page of a question, or of a dependant by place, from 0. `None` when nothing is kept any
/// more, or all of it was sent. BSNs other than the one that is asked for are masked.
///
/// # Errors
/// When the database cannot be read.
pub async fn draft(
    portal: &Portal,
    token: &str,
    asked: Option<Question>,
    dependant: Option<usize>,
) -> Result<Option<DraftView>, ServiceError> {
    let Some((Kept::Answers(mut form), until)) = kept(portal, token).await? else { return Ok(None) };
    let offer = offer_by_number(portal, &form.contract).await?.map(|(_, offer)| offer);
    let today = portal.clock().today();
    let open = form.first_open(offer.as_ref(), today);
    if asked != Some(Question::Bsn) {
        mask(&mut form.persoon);
    }
    for (place, person) in form.gezinsleden.iter_mut().enumerate() {
        if asked != Some(Question::Family) || dependant != Some(place) {
            mask(person);
        }
    }
    Ok(Some(DraftView { form: *form, offer, open, kept_until: day_of(until), today }))
}

/// Keeps the answers to one question, also when they are wrong, and tells which question comes next. The first question
/// begins anew where nothing is kept.
///
/// # Errors
/// When the database cannot be used; every refusal is in the answer.
pub async fn answer(
    portal: &Portal,
    request: &Request,
    token: Option<&str>,
    question: Question,
    form: &AnswerForm,
) -> Result<Result<Answered, EnrolRefusal>, ServiceError> {
    let found = match token {
        Some(token) => kept(portal, token).await?,
        None => None,
    };
    let (mut answers, is_new) = match (found, question) {
        (Some((Kept::Answers(answers), _)), _) => (answers, false),
        (_, Question::Contract) => (Box::default(), true),
        _ => return Ok(Err(EnrolRefusal::Gone)),
    };
    if question == Question::Contract
        && let Some(seconds) = look(portal, request).await?
    {
        return Ok(Err(EnrolRefusal::TooMany { seconds }));
    }
    if form.is_by_program() {
        let event = audit::event_of_nobody(portal, request, AuditKind::EnrolmentHeldOff);
        portal.audit().view(event.details("a hidden field was filled in"));
        return Ok(Ok(Answered { token: None, next: question.next() }));
    }
    let today = portal.clock().today();
    let outcome = match (question, form.actie.as_str()) {
        (Question::Family, "gezinslid") => keep_dependant(&mut answers, form, today),
        (Question::Family, "verwijderen") => {
            if let Some(place) = dependant_place(form).filter(|place| *place < answers.gezinsleden.len()) {
                answers.gezinsleden.remove(place);
            }
            Ok(())
        }
        _ => {
            answers.take(question, form);
            let offer = offer_by_number(portal, &answers.contract).await?.map(|(_, offer)| offer);
            answers.check(question, offer.as_ref(), today).or(())
        }
    };
    if let Err(errors) = &outcome
        && is_new
    {
        // Nothing is begun with a contract that is not there.
        return Ok(Err(EnrolRefusal::Invalid(errors.clone())));
    }
    let (token, made) = match token.filter(|_| !is_new) {
        Some(token) => (token.to_owned(), None),
        None => {
            let token = secret::token()?;
            (token.clone(), Some(token))
        }
    };
    let next = match (question, form.actie.as_str()) {
        (Question::Family, "gezinslid" | "verwijderen") => Some(Question::Family),
        _ if form.terug == "ja" => None,
        _ => question.next(),
    };
    let txn = portal.db().begin().await?;
    keep(portal, &txn, &token, &Kept::Answers(answers)).await?;
    txn.commit().await?;
    Ok(outcome.map(|()| Answered { token: made, next }).map_err(EnrolRefusal::Invalid))
}

fn dependant_place(form: &AnswerForm) -> Option<usize> {
    form.nr.trim().parse::<usize>().ok().and_then(|number| number.checked_sub(1))
}

/// Adds a dependant, or changes one; what is wrong is not kept.
fn keep_dependant(
    answers: &mut EnrolmentForm,
    form: &AnswerForm,
    today: collectief_domain::date::Date,
) -> Result<(), FieldErrors> {
    let person = form.person();
    let place = dependant_place(form).filter(|place| *place < answers.gezinsleden.len());
    answers.check_dependant(&person, place, today)?;
    match place.and_then(|place| answers.gezinsleden.get_mut(place)) {
        Some(kept) => *kept = person,
        None => answers.gezinsleden.push(person),
    }
    "ja".clone_into(&mut answers.gezin);
    Ok(())
}

/// Forgets what was answered.
///
/// # Errors
/// When the database refuses.
pub async fn discard(portal: &Portal, token: &str) -> Result<(), ServiceError> {
    let txn = portal.db().begin().await?;
    data::forget(&txn, &secret::token_hash(token)).await?;
    Ok(txn.commit().await?)
}

/// What was sent from this browser, for as long as it is kept.
///
/// # Errors
/// When the database cannot be read.
pub async fn sent(portal: &Portal, token: &str) -> Result<Option<Sent>, ServiceError> {
    Ok(match kept(portal, token).await? {
        Some((Kept::Sent(sent), _)) => Some(sent),
        _ => None,
    })
}

/// Eight letters and digits that nobody mistakes for one another, out of what only this form is known by.
pub(crate) fn reference_of(hash: &[u8]) -> String {
    const SIGNS: &[u8; 32] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
    let sign = |byte: &u8| char::from(SIGNS[usize::from(*byte) % SIGNS.len()]);
    let signs: String = hash.iter().take(8).map(sign).collect();
    format!("{}-{}", &signs[..4], &signs[4..])
}

/// Sends what was answered. A link is mailed to who filled it in; only when that proves the address does the request go on
/// its way. Sending twice sends once.
///
/// # Errors
/// When the database cannot be used; every refusal is in the answer.
pub async fn send(
    portal: &Portal,
    request: &Request,
    token: &str,
    language: Language,
) -> Result<Result<Sent, EnrolRefusal>, ServiceError> {
    let form = match kept(portal, token).await? {
        Some((Kept::Answers(form), _)) => form,
        Some((Kept::Sent(sent), _)) => return Ok(Ok(sent)),
        None => return Ok(Err(EnrolRefusal::Gone)),
    };
    let today = portal.clock().today();
    let Some((contract, offer)) = offer_by_number(portal, &form.contract).await? else {
        let mut errors = FieldErrors::default();
        errors.push("contract", FieldCode::UnknownContract);
        return Ok(Err(EnrolRefusal::Invalid(errors)));
    };
    let enrolment = match form.parse(&offer, today) {
        Ok(enrolment) => enrolment,
        Err(errors) => return Ok(Err(EnrolRefusal::Invalid(errors))),
    };
    let (mail_to, mail_name, is_reporter) = match &enrolment.by {
        FilledInBy::Employee => (enrolment.email.clone(), enrolment.person.name.full_name(), false),
        FilledInBy::Employer { name, email } => (email.clone(), name.clone(), true),
    };
    let form_key = form_key(portal, token);
    let sent =
        Sent { reference: reference_of(&form_key), employer: contract.choice.name.clone(), mailed_to: mail_to.clone() };

    let scope = portal.db().enrolment_scope(contract.id).await?.ok_or(ServiceError::NotFound)?;
    let txn = portal.db().begin_within(&scope).await?;
    let limits = portal.limits();
    let keys = portal.db().keys();
    let by_contract = keys.keyed_hash(b"enrolment contract", contract.choice.number.as_bytes());
    let by_address = keys.keyed_hash(b"enrolment address", fold_email(&mail_to).as_bytes());
    let mut wait = must_wait(portal, &txn, request, b"enrolment client", limits.enrolments_per_client).await?;
    for (subject, most) in [(&by_contract, limits.enrolments_per_contract), (&by_address, ENROLMENTS_PER_ADDRESS)] {
        if wait.is_none() {
            wait = must_wait_as(portal, &txn, subject, most).await?;
        }
    }
    if let Some(seconds) = wait {
        drop(txn);
        portal.audit().view(audit::event_of_nobody(portal, request, AuditKind::EnrolmentHeldOff));
        return Ok(Err(EnrolRefusal::TooMany { seconds }));
    }
    let new = new_case(&txn, &contract, &enrolment, &form, &sent.reference, form_key, language, portal).await?;
    if let Some(case) = case::add(portal.db(), &txn, &new).await? {
        add_link(portal, &txn, case, &mail_to, &mail_name, is_reporter).await?;
        let mail = CaseMail::Confirm.message(case, 1, &mail_to, is_reporter, language, new.now)?;
        outbox::put(&txn, mail).await?;
        let event = audit::event_of_nobody(portal, request, AuditKind::EnrolmentSent).on(Some(contract.id));
        audit::append(&txn, [event.details(format!("case {case}"))]);
    }
    keep(portal, &txn, token, &Kept::Sent(sent.clone())).await?;
    txn.commit().await?;
    Ok(Ok(sent))
}

#[expect(clippy::too_many_arguments, reason = "it gathers what one row is made of, for one caller")]
async fn new_case(
    txn: &Txn,
    contract: &EnrolmentContract,
    enrolment: &Enrolment,
    form: &EnrolmentForm,
    reference: &str,
    form_key: Vec<u8>,
    language: Language,
    portal: &Portal,
) -> Result<NewCase, ServiceError> {
    let channel = match enrolment.by {
        FilledInBy::Employee => Channel::OpenEmployee,
        FilledInBy::Employer { .. } => Channel::OpenEmployer,
    };
    let name = &enrolment.person.name;
    let chosen = validation::asks(txn, contract.id, CaseKind::Enrolment).await?;
    Ok(NewCase {
        contract: contract.id,
        kind: CaseKind::Enrolment,
        state: CaseState::Unproven,
        channel,
        needs_validation: needs_validation(channel, chosen),
        form_key,
        reference: reference.to_owned(),
        full_name: name.full_name(),
        sort_key: name.sort_key(),
        search_text: name.search_text(),
        birth_date: enrolment.person.birth_date,
        effective: enrolment.start_date,
        personnel_number: enrolment.personnel_number.clone(),
        products: codes(&enrolment.products),
        dependants: u32::try_from(enrolment.dependants.len()).unwrap_or(u32::MAX),
        language,
        about: None,
        to_contract: None,
        request: to_json(form)?,
        now: portal.clock().millis(),
    })
}

/// Makes the link by which a request is followed, and keeps it; gives its token.
pub(crate) async fn add_link(
    portal: &Portal,
    txn: &Txn,
    case: collectief_domain::ids::CaseId,
    email: &str,
    name: &str,
    is_reporter: bool,
) -> Result<String, ServiceError> {
    let token = secret::token()?;
    let hash = secret::token_hash(&token);
    let new = links::NewLink { case, token_hash: &hash, token: &token, email, name, is_reporter };
    links::add(portal.db(), txn, &new).await?;
    Ok(token)
}

/// Begins answering under a token that is known beforehand: for the demonstration.
pub(crate) async fn keep_answers(portal: &Portal, token: &str) -> Result<(), ServiceError> {
    let txn = portal.db().begin().await?;
    keep(portal, &txn, token, &Kept::Answers(Box::default())).await?;
    Ok(txn.commit().await?)
}

/// The request that came of what was answered under a token: for the demonstration.
pub(crate) async fn case_of(portal: &Portal, token: &str) -> Result<Option<StoredCase>, ServiceError> {
    Ok(links::by_form(portal.db(), &form_key(portal, token)).await?)
}

/// What a form is known by, so that sending it twice sends once.
fn form_key(portal: &Portal, token: &str) -> Vec<u8> {
    portal.db().keys().keyed_hash(b"enrolment form", token.as_bytes())
}

/// Forgets what was never sent or never proven, and what was filled in of what was closed long ago.
pub(crate) async fn forget_old(txn: &Txn, now: i64) -> Result<(), ServiceError> {
    data::forget_old(txn, now).await?;
    let (unproven, closed) = (now - i64::from(DRAFT_DAYS) * DAY, now - i64::from(FOLLOWED_DAYS) * DAY);
    Ok(case::upkeep::forget(txn, unproven, closed).await?)
}

/// Encrypts anew what older keys encrypted of answers, requests and links; returns how many.
pub(crate) async fn renew_secrets(portal: &Portal) -> Result<u64, ServiceError> {
    let db = portal.db();
    Ok(data::renew(db).await? + case::upkeep::renew(db).await? + links::renew(db).await?)
}
