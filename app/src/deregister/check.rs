//! What is shown before anything is done: who ends, who ends along, who stands in the way.

use collectief_domain::{
    date::parse_typed_date,
    deregistration::{DeregisterForm, DeregistrationPreview, EndReason, RefusedParticipant},
    ids::ParticipationId,
};
use leptos::{ev::SubmitEvent, prelude::*};

use super::{
    actions::{ALONG, ASK_INSURER, STAYS},
    reason_name, refusal_text,
};
use crate::{
    error::AppError,
    i18n::{long_date, use_texts},
    routes,
    ui::{format, page::words},
};

/// Who ends and when, and the button that does it. Nobody is deregistered without having passed here.
#[component]
pub fn Check(
    /// What was asked.
    form: DeregisterForm,
    /// What it would do; without refusals or errors.
    preview: DeregistrationPreview,
    /// Where the form is posted to without JavaScript.
    action: String,
    /// Why it was not done, after it was confirmed.
    #[prop(into)]
    problem: Signal<Option<AppError>>,
    /// Whether it is being done.
    #[prop(into)]
    pending: Signal<bool>,
    /// Called when it is confirmed in the browser.
    on_confirm: Callback<SubmitEvent>,
    /// What leads back.
    children: Children,
) -> impl IntoView {
    let t = use_texts();
    let d = t.deregister();
    let reason = EndReason::from_code(&form.reden);
    let end = parse_typed_date(&form.einddatum).ok();
    // While dependants have yet to be asked about nothing is decided; then it is about those who were chosen.
    let (number, people): (usize, Vec<_>) = if preview.ends.is_empty() {
        let names = preview.selected.iter().map(|person| (person.full_name.clone(), false)).map(ending).collect();
        (preview.selected.len(), names)
    } else {
        let names = preview.ends.iter().map(|person| (person.full_name.clone(), person.with.is_some()));
        (preview.ends.len(), names.map(ending).collect())
    };
    let summary = end.map(|end| d.will_end(number as u64, format::date(end)));
    let reason = reason.map(|reason| d.because(reason_name(t, reason)));
    let first = preview.first_day_without.map(|day| d.first_day_without(long_date(day)));
    let asked = preview.asks_about_dependants.then(|| {
        let ids: Vec<String> = preview.dependants.iter().map(|person| person.id.to_string()).collect();
        let answered = form.along();
        let was_asked = form.gezin_gevraagd == "ja";
        let questions: Vec<_> = preview
            .dependants
            .iter()
            .map(|person| question(person.id, &person.full_name, was_asked.then(|| answered.contains(&person.id))))
            .collect();
        view! {
            <p>{d.ask_about_dependants}</p>
            {questions}
            <input type="hidden" name="gezin" value=ids.join(",") />
        }
    });
    let again = match preview.selected.as_slice() {
        [only] => routes::person(only.id),
        _ => routes::CURRENT.to_owned(),
    };
    let conflict = move || problem.with(|problem| matches!(problem, Some(AppError::Conflict(_))));
    view! {
        <form class="check" method="post" action=action on:submit=move |event| on_confirm.run(event)>
            {move || {
                problem
                    .get()
                    .map(|error| {
                        // Once somebody was first, confirming again does nothing: first look how it stands now.
                        let look = matches!(error, AppError::Conflict(_))
                            .then(|| view! { <p><a class="button" rel="external" href=again.clone()>{d.look_again}</a></p> });
                        view! {
                            <Problem error />
                            {look}
                        }
                    })
            }}
            <p>
                <strong>{summary}</strong>
                " "
                {reason}
            </p>
            <ul class="people">{people}</ul>
            {asked}
            <p class="note wait">{first} " " {d.offer_sent}</p>
            <input type="hidden" name="wie" value=form.wie />
            <input type="hidden" name="einddatum" value=form.einddatum />
            <input type="hidden" name="reden" value=form.reden />
            <input type="hidden" name="sleutel" value=preview.key />
            <div class="deeds">
                <button class="button act" disabled=move || pending.get() || conflict()>{d.confirm}</button>
                {children()}
            </div>
        </form>
    }
    .into_any()
}

/// Someone who ends; `along` with the main insured.
fn ending((full_name, along): (String, bool)) -> AnyView {
    let d = use_texts().deregister();
    let along = along.then(|| view! { " " <span class="soft">{d.ends_along}</span> });
    view! { <li>{full_name} {along}</li> }.into_any()
}

/// Does this dependant of someone who died stay, or end as well? Neither is chosen beforehand.
fn question(id: ParticipationId, full_name: &str, along: Option<bool>) -> AnyView {
    let d = use_texts().deregister();
    let name = format!("gezin_{id}");
    let choice = |value: &'static str, label: &'static str, checked: bool| {
        view! {
            <label class="choice" for=format!("{name}-{value}")>
                <input type="radio" id=format!("{name}-{value}") name=name.clone() value=value required checked=checked />
                <span>{label}</span>
            </label>
        }
    };
    view! {
        <fieldset class="field">
            <legend>{full_name.to_owned()}</legend>
            {choice(STAYS, d.dependant_stays, along == Some(false))}
            {choice(ALONG, d.dependant_ends, along == Some(true))}
        </fieldset>
    }
    .into_any()
}

/// Why it was not done, in a few sentences.
#[component]
pub fn Problem(
    /// Why.
    error: AppError,
) -> impl IntoView {
    let t = use_texts();
    let (title, text) = words(&error);
    let refused = match error {
        AppError::Refused(refused) => Some(refusals(&refused)),
        AppError::Invalid(errors) if errors.on("mee").or(errors.on("gezin_gevraagd")).is_some() => {
            Some(view! { <p>{t.deregister().answer_for_each}</p> }.into_any())
        }
        AppError::Internal { incident } | AppError::Unavailable { incident } if !incident.is_empty() => {
            Some(view! { <p>{t.error().incident} " " <code class="incident">{incident}</code></p> }.into_any())
        }
        _ => None,
    };
    view! {
        <div class="summary" role="alert" tabindex="-1">
            <h2>{title}</h2>
            <p>{text}</p>
            {refused}
        </div>
    }
    .into_any()
}

fn refusals(refused: &[RefusedParticipant]) -> AnyView {
    let t = use_texts();
    let items: Vec<_> = refused
        .iter()
        .map(|person| {
            view! {
                <li>
                    <a href=routes::person(person.id)>{person.full_name.clone()}</a>
                    ": "
                    {refusal_text(t, person.refusal)}
                </li>
            }
        })
        .collect();
    view! { <ul>{items}</ul> }.into_any()
}

/// Who stands in the way, and the request to the insurer where that is all that does.
#[component]
pub fn Refused(
    /// What was asked.
    form: DeregisterForm,
    /// Who stands in the way.
    preview: DeregistrationPreview,
    /// Where the form is posted to without JavaScript.
    action: String,
    /// Whether it is being asked.
    #[prop(into)]
    pending: Signal<bool>,
    /// Called when it is asked of the insurer in the browser.
    on_ask: Callback<SubmitEvent>,
) -> impl IntoView {
    let t = use_texts();
    let d = t.deregister();
    let ask = preview.may_request.then(|| {
        view! {
            <form method="post" action=action on:submit=move |event| on_ask.run(event)>
                <input type="hidden" name="actie" value=ASK_INSURER />
                <input type="hidden" name="wie" value=form.wie />
                <input type="hidden" name="einddatum" value=form.einddatum />
                <input type="hidden" name="reden" value=form.reden />
                <input type="hidden" name="mee" value=form.mee />
                <input type="hidden" name="gezin_gevraagd" value=form.gezin_gevraagd />
                <input type="hidden" name="sleutel" value=preview.key />
                <p>{d.ask_insurer_text}</p>
                <button class="button" disabled=move || pending.get()>{d.ask_insurer}</button>
            </form>
        }
    });
    view! {
        <div class="summary" role="alert" tabindex="-1">
            <h2>{t.error().refused_title}</h2>
            {refusals(&preview.refused)}
            {ask}
        </div>
    }
    .into_any()
}
