//! Checking the answers, sending them, and the page that confirms it.

use collectief_domain::{
    enrolment::{DraftView, EnrolmentForm, PersonForm, Question, Sent, Step},
    field::FieldErrors,
    name::Gender,
    product::names,
};
use leptos::prelude::*;

use super::{Shown, gone, place, shown};
use crate::{
    error::AppError,
    i18n::{Texts, use_texts},
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
    let wrong = !errors.is_empty();
    let errors = Signal::stored(errors);
    let form = &view.form;
    let product_names = names(
        &[form.product.as_str(), form.pakket.as_str()].join(","),
        view.offer.as_ref().map(|offer| offer.products.as_slice()).unwrap_or_default(),
    );
    let answers: Vec<_> = Question::ALL.into_iter().map(|question| answer(t, question, form, &product_names)).collect();
    let next = if form.is_by_employer() { e.then_employer } else { e.then_employee };
    let where_one_is = place(t, Step::Check, &view);
    view! {
        <Page title=e.check_title wrong=wrong>
            {where_one_is}
            <ErrorSummary errors />
            <dl class="facts answers">{answers}</dl>
            <p>{next}</p>
            <form method="post" action=routes::ENROL_CHECK>
                <p class="deeds">
                    <button class="button act">{e.send}</button>
                    <a class="button plain" rel="external" href=routes::ENROL_STEPS>{e.later}</a>
                </p>
            </form>
        </Page>
    }
    .into_any()
}

/// What was answered to a question, with a way to change it.
fn answer(t: &'static Texts, question: Question, form: &EnrolmentForm, products: &[String]) -> AnyView {
    let e = t.enrol();
    let person = &form.persoon;
    let (label, lines) = match question {
        Question::Contract => {
            let mut lines = vec![form.contract.clone()];
            if form.is_by_employer() {
                lines.push(format!("{}, {}", form.melder_naam, form.melder_email));
            }
            (e.contract, lines)
        }
        Question::Name => (e.name, vec![person.shown_name()]),
        Question::Birth => (e.birth, vec![person.geboortedatum.clone(), gender_words(t, person).to_owned()]),
        Question::Bsn => ("BSN", vec![bsn_words(t, person)]),
        Question::Address => {
            let at = &form.adres;
            let street = format!("{} {} {}", at.straat, at.huisnummer, at.toevoeging);
            (e.address, vec![street.trim().to_owned(), format!("{} {}", at.postcode, at.plaats)])
        }
        Question::Contact => (e.email, vec![form.email.clone(), form.telefoon.clone()]),
        Question::PersonnelNumber => (e.number, vec![form.personeelsnummer.clone()]),
        Question::Family => {
            let people = form.gezinsleden.iter().map(|person| {
                format!("{}, {}, BSN {}", person.shown_name(), person.geboortedatum, bsn_words(t, person))
            });
            let people: Vec<_> = people.collect();
            (e.step_family, if people.is_empty() { vec![e.no.to_owned()] } else { people })
        }
        Question::Products => (e.step_insurance, products.to_vec()),
        Question::Start => (e.start, vec![form.ingangsdatum.clone()]),
    };
    let lines: Vec<_> = lines.into_iter().filter(|line| !line.is_empty()).collect();
    let lines = if lines.is_empty() { "-".to_owned() } else { lines.join("\n") };
    let href = match question {
        Question::Contract => routes::ENROL.to_owned(),
        question => routes::enrol_question_back(question),
    };
    let change = e.change_of(label);
    view! {
        <dt>{label}</dt>
        <dd class="typed">{lines}</dd>
        <dd><a rel="external" href=href aria-label=change>{e.change}</a></dd>
    }
    .into_any()
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
            <p>{mailed}</p>
            <p>{rest}</p>
            <p>{e.no_mail}</p>
            <p><a rel="external" href=routes::ENROL>{e.another}</a></p>
        </Page>
    }
    .into_any()
}
