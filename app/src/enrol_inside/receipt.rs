//! What was done: who participates from when, and what one may want to do next.

use collectief_domain::participant::ParticipantView;
use leptos::prelude::*;

use crate::{
    error::AppError,
    frame::contract_words,
    i18n::use_texts,
    participants::{PersonAnswer, view_participant},
    routes,
    ui::{
        format,
        loaded::loaded,
        mark::{Busy, Receipt},
        page::{Failure, Page},
    },
};

/// Somebody was enrolled.
#[component]
pub fn Enrolled(
    /// The participation, as it stands in the address.
    id: String,
) -> impl IntoView {
    let person = Resource::new_blocking(|| (), move |()| view_participant(id.clone()));
    view! {
        <Transition fallback=Busy>{loaded(move || async move { shown(person.await, enrolled) })}</Transition>
    }
}

/// A dependant was added.
#[component]
pub fn Added(
    /// The dependant's participation, as it stands in the address.
    id: String,
) -> impl IntoView {
    let person = Resource::new_blocking(|| (), move |()| view_participant(id.clone()));
    view! {
        <Transition fallback=Busy>{loaded(move || async move { shown(person.await, added) })}</Transition>
    }
}

fn shown(answer: Result<PersonAnswer, AppError>, receipt: fn(&ParticipantView) -> AnyView) -> AnyView {
    match answer {
        Ok(answer) => receipt(&answer.view),
        Err(error) => view! { <Failure error /> }.into_any(),
    }
}

/// Who participates from when, as both acknowledgements tell it.
fn participates(view: &ParticipantView) -> String {
    let s = use_texts().inside();
    s.participates(&view.full_name, format::date(view.start_date), contract_words(&view.contract))
}

fn enrolled(view: &ParticipantView) -> AnyView {
    let participates = participates(view);
    let s = use_texts().inside();
    let next = view.may_change.then(|| {
        view! {
            <a class="button act" href=routes::enrol_inside(&view.contract.number)>{s.another}</a>
            <a class="button" href=routes::add_dependant(view.id)>{s.add_dependant}</a>
        }
    });
    let (title, to_person) = (s.done(&view.full_name), s.to_person(&view.full_name));
    let person = routes::person(view.id);
    view! {
        <Page title=s.title>
            <Receipt title><p>{participates}</p></Receipt>
            <p class="inline">{next} <a href=person>{to_person}</a></p>
        </Page>
    }
    .into_any()
}

fn added(view: &ParticipantView) -> AnyView {
    let participates = participates(view);
    let s = use_texts().inside();
    let main = view.household.iter().find(|member| member.is_main);
    let household = main.map(|main| {
        let again = view
            .may_change
            .then(|| view! { <a class="button" href=routes::add_dependant(main.id)>{s.another_dependant}</a> });
        view! {
            <a class="button act" href=routes::person(main.id)>{s.to_household(&main.full_name)}</a>
            {again}
        }
    });
    let (title, to_person) = (s.added(&view.full_name), s.to_person(&view.full_name));
    let person = routes::person(view.id);
    view! {
        <Page title=s.add_dependant>
            <Receipt title><p>{participates}</p></Receipt>
            <p class="inline">{household} <a href=person>{to_person}</a></p>
        </Page>
    }
    .into_any()
}
