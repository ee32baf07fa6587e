//! The open pages (PRODUCT.md E1 to E4): an employee enrols, or the employer does so for an employee, one question a
//! page; and the page behind the mailed link.
//!
//! Like signing in these are plain forms that script never reads: they hold a BSN, and are filled in once in a life.

mod ask;
mod begin;
mod change;
mod check;
mod fields;
mod follow;
mod insurance;
#[cfg(feature = "ssr")]
mod ssr;
mod steps;

use collectief_domain::{
    date::parse_typed_date,
    enrolment::{DraftView, PersonForm, Step},
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
        format,
        loaded::loaded,
        mark::Busy,
        page::{Failure, Page, PageTitle},
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
        EnrolPlace::AskChange => change::ask_page(),
        EnrolPlace::Changes => change::overview_page(),
        EnrolPlace::Change => change::kind_page(),
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
        typed: Option<Box<PersonForm>>,
    },
}

/// A page of what is kept.
fn shown(
    resource: Resource<Result<Shown, AppError>>,
    show: fn(DraftView, FieldErrors, Option<PersonForm>) -> AnyView,
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

/// A page that asks something: the way back, what is wrong, where one is, and then the question as its heading. It stands
/// in that order, so that the question is next to its fields.
fn asking(
    title: &'static str,
    wrong: bool,
    back: Option<String>,
    summary: AnyView,
    place: AnyView,
    body: AnyView,
) -> AnyView {
    let e = use_texts().enrol();
    let back = back.map(|path| view! { <p class="small"><a rel="external" href=path>{e.back}</a></p> });
    view! {
        <PageTitle title=title wrong=wrong />
        <div class="asking">
            {back}
            {summary}
            {place}
            <h1>{title}</h1>
            {body}
        </div>
    }
    .into_any()
}

/// Where one is: "Stap 2 van 6 · Zorggroep De Linde".
fn place(t: &'static Texts, step: Step, employer: Option<&str>) -> AnyView {
    let words = t.enrol().place(step.number(), Step::ALL.len());
    let words = match employer {
        Some(employer) => format!("{words} · {employer}"),
        None => words,
    };
    view! { <p class="soft small">{words}</p> }.into_any()
}

/// The employer's name, once the contract is known.
fn employer(view: &DraftView) -> Option<&str> {
    view.offer.as_ref().map(|offer| offer.contract.name.as_str())
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

/// A day that was typed, as days are shown; what is no day stays as it was typed.
fn day(typed: &str) -> String {
    parse_typed_date(typed).map_or_else(|_| typed.to_owned(), format::date)
}

/// A parameter of the address.
fn parameter(name: &'static str) -> String {
    use_params_map().with_untracked(|params| params.get_str(name).unwrap_or_default().to_owned())
}
