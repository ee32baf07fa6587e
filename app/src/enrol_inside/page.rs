//! The page `/deelnemers/aanmelden`: first the contract, where there are several and none is chosen; then one form with all
//! that is needed; then the acknowledgement.

use collectief_domain::{
    contract::ContractChoice,
    deregistration::PERSONNEL_NUMBER_MAX,
    enrolment::{AnswerForm, EnrolmentOffer},
    field::{FieldCode, FieldErrors},
};
use leptos::{ev::SubmitEvent, prelude::*};
use leptos_router::{
    NavigateOptions,
    hooks::{use_navigate, use_query_map},
};

use super::{
    actions::{EnrolAnswer, EnrolParticipant, enrol_inside_page},
    at_fields, closed, elsewhere, fields,
    insurance::{has_basic, insurance},
    receipt::Enrolled,
    section,
};
use crate::{
    error::AppError,
    frame::contract_words,
    i18n::use_texts,
    routes,
    ui::{
        error_summary::ErrorSummary,
        field::{SelectField, TextField, error_on},
        form,
        loaded::loaded,
        mark::Busy,
        page::{Failure, Page},
    },
};

/// The page, or its acknowledgement when somebody was just enrolled.
#[component]
pub fn EnrolPage() -> impl IntoView {
    let query = use_query_map();
    let done = Memo::new(move |_| query.with(|query| query.get_str(routes::DONE).map(str::to_owned)));
    move || match done.get() {
        Some(id) => view! { <Enrolled id /> }.into_any(),
        None => view! { <AskPage /> }.into_any(),
    }
}

#[component]
fn AskPage() -> impl IntoView {
    let query = use_query_map();
    // It may be in the address and empty: then the choice was sent without one.
    let typed = Memo::new(move |_| query.with(|query| query.get_str("contract").map(str::to_owned)));
    let answer = Resource::new_blocking(move || typed.get().unwrap_or_default(), enrol_inside_page);
    view! {
        <Transition fallback=Busy>
            {loaded(move || async move {
                match answer.await {
                    Ok(answer) => ask(answer, typed.get_untracked()),
                    Err(error) => not_shown(error, typed.get_untracked().unwrap_or_default()),
                }
            })}
        </Transition>
    }
}

/// A number of somebody else's contract, or of none, is told at the field in which it was typed.
fn not_shown(error: AppError, typed: String) -> AnyView {
    if error == AppError::NotFound && !typed.is_empty() {
        choose(&[], typed, on_contract(FieldCode::UnknownContract))
    } else {
        view! { <Failure error /> }.into_any()
    }
}

fn on_contract(code: FieldCode) -> FieldErrors {
    let mut errors = FieldErrors::default();
    errors.push("contract", code);
    errors
}

fn ask(answer: EnrolAnswer, typed: Option<String>) -> AnyView {
    let EnrolAnswer { view, form, problem } = answer;
    if let Some(offer) = view.offer {
        return fill_in(offer, view.contracts.len() != 1, view.key, form, problem);
    }
    let errors = match problem {
        Some(AppError::Invalid(errors)) => errors,
        _ if typed.is_some_and(|typed| typed.is_empty()) => on_contract(FieldCode::Required),
        _ => FieldErrors::default(),
    };
    choose(&view.contracts, String::new(), errors)
}

/// The choice of the contract: from a list, or by its number where there are too many to list.
fn choose(contracts: &[ContractChoice], typed: String, errors: FieldErrors) -> AnyView {
    let t = use_texts();
    let s = t.inside();
    let errors = RwSignal::new(errors);
    let wrong = Signal::derive(move || errors.with(|errors| !errors.is_empty()));
    let error = error_on(errors.into(), "contract");
    let label = t.participants().contract;
    let field = if contracts.is_empty() {
        view! {
            <TextField label name="contract" value=typed hint=s.number_hint error inputmode="numeric" maxlength=12 />
        }
        .into_any()
    } else {
        let mut options = vec![(String::new(), s.choose.to_owned())];
        options.extend(contracts.iter().map(|contract| (contract.number.clone(), contract_words(contract))));
        view! { <SelectField label name="contract" options error /> }.into_any()
    };
    let navigate = use_navigate();
    let on_submit = move |event: SubmitEvent| {
        event.prevent_default();
        let AnswerForm { contract, .. } = form::read(&event);
        let contract = contract.trim();
        if contract.is_empty() {
            errors.set(on_contract(FieldCode::Required));
        } else {
            navigate(&routes::enrol_inside(contract), NavigateOptions::default());
        }
    };
    view! {
        <Page title=s.title wrong=wrong>
            <ErrorSummary errors />
            <section class="sheet pad">
                <p>{s.choose_text}</p>
                <form method="get" action=routes::ENROL_INSIDE on:submit=on_submit novalidate>
                    {field}
                    <button class="button act">{s.go_on}</button>
                </form>
            </section>
        </Page>
    }
    .into_any()
}

/// The form: who, where, what and from when.
fn fill_in(
    offer: EnrolmentOffer,
    has_others: bool,
    key: String,
    typed: AnswerForm,
    problem: Option<AppError>,
) -> AnyView {
    let t = use_texts();
    let s = t.inside();
    let EnrolmentOffer { contract, window, products } = offer;
    let Some(window) = window else {
        return closed(s.title.to_owned(), s.no_window, routes::CURRENT.to_owned(), t.deregister().to_list.to_owned());
    };
    if !has_basic(&products, window) {
        return closed(
            s.title.to_owned(),
            s.no_products,
            routes::CURRENT.to_owned(),
            t.deregister().to_list.to_owned(),
        );
    }
    let enrol = ServerAction::<EnrolParticipant>::new();
    let navigate = use_navigate();
    Effect::new(move |_| {
        if let Some(Ok(receipt)) = enrol.value().get() {
            navigate(&routes::enrolled_inside(receipt.participation), NavigateOptions::default());
        }
    });
    let error = Signal::derive(move || match enrol.value().get() {
        Some(answer) => answer.err(),
        None => problem.clone(),
    });
    let wrong = Signal::derive(move || error.with(Option::is_some));
    let errors = at_fields(error);
    let on_submit = move |event: SubmitEvent| {
        event.prevent_default();
        enrol.dispatch(EnrolParticipant { form: form::read(&event) });
    };
    let intro = {
        let contract = contract_words(&contract);
        move || {
            let others = has_others.then(|| {
                // The word that stands for all contracts, whichever is chosen in the header.
                view! { " " <a href=routes::enrol_inside("alle")>{s.other_contract}</a> }
            });
            view! { <p class="soft">{contract.clone()} {others}</p> }.into_any()
        }
    };
    let work = view! {
        <TextField
            label=t.participants().personnel_number
            name="personeelsnummer"
            hint=s.optional
            maxlength=PERSONNEL_NUMBER_MAX
            value=typed.personeelsnummer.clone()
            error=error_on(errors, "personeelsnummer")
        />
    };
    let insured = view! {
        {insurance(&products, window, &typed, errors)}
        {fields::start(&typed, errors, window)}
    };
    view! {
        <Page title=s.title wrong=wrong intro=intro>
            <ErrorSummary errors />
            {elsewhere(error, routes::enrol_inside(&contract.number))}
            <p>{s.about}</p>
            <form method="post" action=routes::ENROL_INSIDE on:submit=on_submit novalidate>
                <input type="hidden" name="contract" value=contract.number />
                <input type="hidden" name="sleutel" value=key />
                {section("deel-persoon", s.person, fields::person(&typed, errors))}
                {section("deel-adres", s.address, fields::address(&typed, errors))}
                {section("deel-contact", s.contact, fields::contact(&typed, errors))}
                {section("deel-werk", s.work, work.into_any())}
                {section("deel-verzekering", s.insurance, insured.into_any())}
                <div class="deeds">
                    <button class="button act" disabled=move || enrol.pending().get()>{s.title}</button>
                    <a class="button plain" href=routes::CURRENT>{t.deregister().cancel}</a>
                </div>
            </form>
        </Page>
    }
    .into_any()
}
