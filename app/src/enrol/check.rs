//! Checking the answers, sending them, and the page that confirms it.

use collectief_domain::{
    enrolment::{DraftView, PersonForm, Question, Sent, Step},
    field::FieldErrors,
    name::Gender,
    product::names,
};
use leptos::prelude::*;

use super::{Shown, asking, day, employer, gone, place, shown, step_words};
use crate::{
    error::AppError,
    i18n::{Texts, field_code, use_texts},
    routes,
    ui::{
        error_summary::ErrorSummary,
        loaded::loaded,
        mark::Busy,
        page::{Failure, Page},
    },
};

async fn checked() -> Result<Shown, AppError> {
    #[cfg(feature = "ssr")]
    {
        super::ssr::check().await
    }
    #[cfg(not(feature = "ssr"))]
    Ok(Shown::Gone)
}

/// The page `/aanmelden/controleren`.
pub(super) fn page() -> AnyView {
    shown(Resource::new_blocking(|| (), |()| checked()), show)
}

fn show(view: DraftView, errors: FieldErrors, _: Option<PersonForm>) -> AnyView {
    let t = use_texts();
    let e = t.enrol();
    let groups: Vec<_> = Step::ALL
        .into_iter()
        .filter(|step| step.questions().next().is_some())
        .map(|step| {
            let answers: Vec<_> = step.questions().map(|question| answer(t, question, &view, &errors)).collect();
            view! {
                <section>
                    <h2>{step_words(t, step)}</h2>
                    <dl class="facts answers">{answers}</dl>
                </section>
            }
        })
        .collect();
    let next = if view.form.is_by_employer() { e.then_employer } else { e.then_employee };
    let where_one_is = place(t, Step::Check, employer(&view));
    let wrong = !errors.is_empty();
    let errors = Signal::stored(errors);
    let summary = view! { <ErrorSummary errors id_of=link_of /> }.into_any();
    let body = view! {
        {groups}
        <p class="then">{next}</p>
        <form method="post" action=routes::ENROL_CHECK>
            <p class="deeds">
                <button class="button act" name="actie" value="versturen">{e.send}</button>
                <a class="button plain" rel="external" href=routes::ENROL_STEPS>{e.later}</a>
            </p>
        </form>
    };
    let back = routes::enrol_question(Question::Start);
    asking(e.check_title, wrong, Some(back), summary, where_one_is, body.into_any())
}

/// The question that a field belongs to.
fn question_of(field: &str) -> Question {
    match field {
        "voorletters" | "voorvoegsel" | "achternaam" | "partner_voorvoegsel" | "partner_achternaam" | "naamgebruik" => {
            Question::Name
        }
        "geboortedatum" | "geslacht" => Question::Birth,
        "bsn" => Question::Bsn,
        "straat" | "huisnummer" | "toevoeging" | "postcode" | "plaats" => Question::Address,
        "email" | "telefoon" => Question::Contact,
        "personeelsnummer" => Question::PersonnelNumber,
        "gezin" => Question::Family,
        "product" | "pakket" => Question::Products,
        "ingangsdatum" => Question::Start,
        _ => Question::Contract,
    }
}

/// The id of the link by which an answer is changed.
fn link_id(question: Question) -> String {
    format!("wijzig-{}", question.code())
}

fn link_of(field: &str) -> String {
    link_id(question_of(field))
}

/// What was answered to a question, with a way to change it.
fn answer(t: &'static Texts, question: Question, view: &DraftView, errors: &FieldErrors) -> AnyView {
    let e = t.enrol();
    let (label, lines) = answered(t, question, view);
    let lines: Vec<_> = lines.into_iter().filter(|line| !line.trim().is_empty()).collect();
    let lines = if lines.is_empty() { "-".to_owned() } else { lines.join("\n") };
    let wrong: Vec<_> = errors
        .0
        .iter()
        .filter(|error| question_of(&error.field) == question)
        .map(|error| view! { <p class="why">{field_code(t, error.code)}</p> })
        .collect();
    let (id, href, change) = (link_id(question), routes::enrol_question_back(question), e.change_of(label));
    view! {
        <dt>{label}</dt>
        <dd>
            <div>
                <span class="typed">{lines}</span>
                {wrong}
            </div>
            <a id=id rel="external" href=href aria-label=change>{e.change}</a>
        </dd>
    }
    .into_any()
}

/// What a question is about, and the lines of its answer, of which any may be empty.
fn answered(t: &'static Texts, question: Question, view: &DraftView) -> (&'static str, Vec<String>) {
    let e = t.enrol();
    let form = &view.form;
    let person = &form.persoon;
    match question {
        Question::Contract => {
            let mut lines = vec![form.contract.clone(), employer(view).unwrap_or_default().to_owned()];
            if form.is_by_employer() {
                lines.push(format!("{}, {}", form.melder_naam, form.melder_email));
            }
            (e.contract, lines)
        }
        Question::Name => (e.name, vec![person.shown_name()]),
        Question::Birth => (e.birth, vec![day(&person.geboortedatum), gender_words(t, person).to_owned()]),
        Question::Bsn => ("BSN", vec![bsn_words(t, person)]),
        Question::Address => {
            let address = form.adres.parse(&mut FieldErrors::default()).unwrap_or_default();
            (e.address, address.lines().into())
        }
        Question::Contact => (e.reach, vec![form.email.clone(), form.telefoon.clone()]),
        Question::PersonnelNumber => (e.number, vec![form.personeelsnummer.clone()]),
        Question::Family => {
            let of_one = |person: &PersonForm| {
                format!("{}, {}, BSN {}", person.shown_name(), day(&person.geboortedatum), bsn_words(t, person))
            };
            let people: Vec<_> = form.gezinsleden.iter().map(of_one).collect();
            (e.step_family, if people.is_empty() { vec![e.no.to_owned()] } else { people })
        }
        Question::Products => {
            let offered = view.offer.as_ref().map(|offer| offer.products.as_slice()).unwrap_or_default();
            (e.insurance, names(&[form.product.as_str(), form.pakket.as_str()].join(","), offered))
        }
        Question::Start => (e.start, vec![day(&form.ingangsdatum)]),
    }
}

fn gender_words(t: &'static Texts, person: &PersonForm) -> &'static str {
    let e = t.enrol();
    match Gender::from_code(&person.geslacht) {
        Some(Gender::V) => e.woman,
        Some(Gender::M) => e.man,
        Some(Gender::X) => e.neither,
        Some(Gender::Unknown) | None => "",
    }
}

fn bsn_words(t: &'static Texts, person: &PersonForm) -> String {
    if person.bsn.is_empty() { t.enrol().without.to_owned() } else { person.bsn.clone() }
}

async fn sent() -> Result<Option<Sent>, AppError> {
    #[cfg(feature = "ssr")]
    {
        super::ssr::sent().await
    }
    #[cfg(not(feature = "ssr"))]
    Ok(None)
}

/// The page `/aanmelden/verzonden`.
pub(super) fn sent_page() -> AnyView {
    let found = Resource::new_blocking(|| (), |()| sent());
    view! {
        <Suspense fallback=Busy>
            {loaded(move || async move {
                match found.await {
                    Ok(Some(sent)) => confirmation(&sent),
                    Ok(None) => gone(),
                    Err(error) => view! { <Failure error /> }.into_any(),
                }
            })}
        </Suspense>
    }
    .into_any()
}

fn confirmation(sent: &Sent) -> AnyView {
    let e = use_texts().enrol();
    let (reference, mailed, rest) =
        (e.reference_is(&sent.reference), e.mailed_to(&sent.mailed_to), e.confirm_first(&sent.employer));
    view! {
        <Page title=e.sent_title>
            <div class="receipt" role="status">
                <p>{reference}</p>
            </div>
            <p class="lead">{mailed}</p>
            <p>{rest}</p>
            <p>{e.no_mail}</p>
            <p><a rel="external" href=routes::ENROL>{e.another}</a></p>
        </Page>
    }
    .into_any()
}
