//! The page `/deelnemers/:id/bijschrijven`: a dependant is added to a main insured, and gets the same insurances.

use collectief_domain::enrolment::DependantInView;
use leptos::{ev::SubmitEvent, prelude::*};
use leptos_router::{
    NavigateOptions,
    hooks::{use_navigate, use_params_map, use_query_map},
};

use super::{
    actions::{AddDependant, DependantAnswer, add_dependant_page},
    at_fields, closed, elsewhere, fields,
    receipt::Added,
    section,
};
use crate::{
    frame::contract_words,
    i18n::use_texts,
    routes,
    ui::{
        error_summary::ErrorSummary,
        form, format,
        loaded::loaded,
        mark::Busy,
        page::{Failure, Page},
    },
};

/// The page, or its acknowledgement when somebody was just added.
#[component]
pub fn DependantPage() -> impl IntoView {
    let query = use_query_map();
    let done = Memo::new(move |_| query.with(|query| query.get_str(routes::DONE).map(str::to_owned)));
    move || match done.get() {
        Some(id) => view! { <Added id /> }.into_any(),
        None => view! { <AskPage /> }.into_any(),
    }
}

#[component]
fn AskPage() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| params.with(|params| params.get_str("id").unwrap_or_default().to_owned()));
    let answer = Resource::new_blocking(move || id.get(), add_dependant_page);
    view! {
        <Transition fallback=Busy>
            {loaded(move || async move {
                match answer.await {
                    Ok(answer) => ask(answer),
                    Err(error) => view! { <Failure error /> }.into_any(),
                }
            })}
        </Transition>
    }
}

fn ask(answer: DependantAnswer) -> AnyView {
    let t = use_texts();
    let s = t.inside();
    let DependantAnswer { view, form: typed, problem } = answer;
    let main = view.main;
    let title = s.dependant_title(&view.main_name);
    let Some(window) = view.offer.window else {
        return closed(title, s.no_window, routes::person(main), s.to_person(&view.main_name));
    };
    let add = ServerAction::<AddDependant>::new();
    let navigate = use_navigate();
    Effect::new(move |_| {
        if let Some(Ok(receipt)) = add.value().get() {
            navigate(&routes::added_dependant(main, receipt.participation), NavigateOptions::default());
        }
    });
    let error = Signal::derive(move || match add.value().get() {
        Some(answer) => answer.err(),
        None => problem.clone(),
    });
    let wrong = Signal::derive(move || error.with(Option::is_some));
    let errors = at_fields(error);
    let on_submit = move |event: SubmitEvent| {
        event.prevent_default();
        add.dispatch(AddDependant { id: main.to_string(), form: form::read(&event) });
    };
    view! {
        <Page title=title wrong=wrong>
            <ErrorSummary errors />
            {elsewhere(error, routes::person(main))}
            <p>{s.dependant_about}</p>
            {section("deel-krijgt", s.gets, gets(&view))}
            <form method="post" action=routes::add_dependant(main) on:submit=on_submit novalidate>
                <input type="hidden" name="sleutel" value=view.key />
                {section("deel-persoon", s.dependant, fields::person(&typed, errors))}
                {section("deel-begin", t.inside().part_begin, fields::start(&typed, errors, window))}
                <div class="deeds">
                    <button class="button act" disabled=move || add.pending().get()>{s.dependant_submit}</button>
                    <a class="button plain" href=routes::person(main)>{t.deregister().cancel}</a>
                </div>
            </form>
        </Page>
    }
    .into_any()
}

/// What the dependant gets: all that the main insured has, for as long as the main insured has it.
fn gets(view: &DependantInView) -> AnyView {
    let t = use_texts();
    let (s, p) = (t.inside(), t.person());
    let products = if view.products.is_empty() { s.same_products(&view.main_name) } else { view.products.join(", ") };
    let end = view.period.end.map(|end| {
        view! {
            <dt>{t.participants().col_end}</dt>
            <dd>{s.ends_too(format::date(end), &view.main_name)}</dd>
        }
    });
    view! {
        <dl class="facts">
            <dt>{t.participants().contract}</dt>
            <dd>{contract_words(&view.offer.contract)}</dd>
            <dt>{p.products}</dt>
            <dd>{products}</dd>
            {end}
        </dl>
    }
    .into_any()
}
