//! The open pages (PRODUCT.md E1 to E4): an employee enrols, or the employer does so for an employee, one question a page; and
//! the page behind the mailed link.
//!
//! Like signing in these are plain forms that script never reads: they hold a BSN, and are filled in once in a life.

mod ask;
mod begin;
mod check;
mod fields;
mod follow;
#[cfg(feature = "ssr")]
mod ssr;
mod steps;

use collectief_domain::{
    enrolment::{DraftView, Question, Step},
    field::FieldErrors,
};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use serde::{Deserialize, Serialize};

use crate::{
    error::AppError,
    i18n::{Texts, use_texts},
    pages::EnrolPlace,
    routes,
    ui::{
        loaded::loaded,
        mark::Busy,
        page::{Failure, Page},
    },
};

/// The page at a place.
pub fn enrol_page(place: EnrolPlace) -> AnyView {
    match place {
        EnrolPlace::Begin => begin::page(),
        EnrolPlace::Question => ask::page(),
        EnrolPlace::Steps => steps::page(),
        EnrolPlace::Check => check::page(),
        EnrolPlace::Sent => check::sent_page(),
        EnrolPlace::Follow => follow::page(),
    }
}

/// What a page shows that asks something.
#[derive(Clone, Serialize, Deserialize)]
pub(super) enum Shown {
    /// What was posted is done; the browser goes on to another page.
    Sent,
    /// Nothing is kept any more.
    Gone,
    /// Too much from here; wait so many seconds.
    TooMany(u32),
    /// What was answered so far.
    Draft {
        view: Box<DraftView>,
        errors: FieldErrors,
        /// Of a dependant, as it was typed when something was wrong with it.
        typed: Option<Box<collectief_domain::enrolment::PersonForm>>,
    },
}

/// A page of what is kept.
fn shown(
    resource: Resource<Result<Shown, AppError>>,
    show: fn(DraftView, FieldErrors, Option<collectief_domain::enrolment::PersonForm>) -> AnyView,
) -> AnyView {
    view! {
        <Suspense fallback=Busy>
            {loaded(move || async move {
                match resource.await {
                    Ok(Shown::Draft { view, errors, typed }) => show(*view, errors, typed.map(|typed| *typed)),
                    Ok(Shown::Sent) => ().into_any(),
                    Ok(Shown::Gone) => gone(),
                    Ok(Shown::TooMany(seconds)) => too_many(seconds),
                    Err(error) => view! { <Failure error /> }.into_any(),
                }
            })}
        </Suspense>
    }
    .into_any()
}

/// The answers are no longer there.
fn gone() -> AnyView {
    let t = use_texts().enrol();
    view! {
        <Page title=t.gone_title>
            <p role="alert">{t.gone_text}</p>
            <p class="deeds"><a class="button act" rel="external" href=routes::ENROL>{t.begin_again}</a></p>
        </Page>
    }
    .into_any()
}

fn too_many(seconds: u32) -> AnyView {
    let t = use_texts().enrol();
    let text = t.too_many(u64::from(seconds.div_ceil(60)));
    view! { <Page title=t.too_many_title><p role="alert">{text}</p></Page> }.into_any()
}

/// Where one is: "Stap 2 van 6 · Zorggroep De Linde".
fn place(t: &'static Texts, step: Step, view: &DraftView) -> AnyView {
    let e = t.enrol();
    let employer = view.offer.as_ref().map(|offer| format!(" · {}", offer.contract.name));
    view! { <p class="soft small">{e.place(step.number(), Step::ALL.len())} {employer}</p> }.into_any()
}

/// What a step is called.
fn step_words(t: &'static Texts, step: Step) -> &'static str {
    let e = t.enrol();
    match step {
        Step::Contract => e.step_contract,
        Step::Person => e.step_person,
        Step::PersonnelNumber => e.step_number,
        Step::Family => e.step_family,
        Step::Insurance => e.step_insurance,
        Step::Check => e.step_check,
    }
}

/// The page of a question.
fn question_path(question: Question) -> String {
    match question {
        Question::Contract => routes::ENROL.to_owned(),
        question => routes::enrol_question(question),
    }
}

/// A parameter of the address.
fn parameter(name: &'static str) -> String {
    use_params_map().with_untracked(|params| params.get_str(name).unwrap_or_default().to_owned())
}
