//! The page for one participant (`/deelnemers/:id/afmelden`) or several (`/deelnemers/afmelden`): first the date and the
//! reason, then the check, both in the address; only the confirmation is posted.

use collectief_domain::{
    deregistration::{DeregisterForm, PreviewPerson},
    field::{FieldCode, FieldErrors},
};
use leptos::{ev::SubmitEvent, prelude::*};
use leptos_router::{
    NavigateOptions,
    hooks::{use_navigate, use_params_map, use_query_map},
};

use super::{
    Check, DeregisterAnswer, DeregisterParticipants, EndFields, Refused, RequestDeregistration, actions::form_of,
    after, check::Problem, check_address, prepare_deregistration, receipt::DonePage,
};
use crate::{
    error::AppError,
    frame::use_frame,
    i18n::use_texts,
    participants::Done,
    routes,
    ui::{
        error_summary::ErrorSummary,
        form, format,
        loaded::loaded,
        mark::{Busy, Empty},
        page::{Failure, Page},
    },
};

/// The page, or its acknowledgement when something was just done to several.
#[component]
pub fn DeregisterPage() -> impl IntoView {
    let query = use_query_map();
    let done = Memo::new(move |_| {
        query.with(|query| {
            [Done::Deregistered, Done::Requested]
                .into_iter()
                .find_map(|done| query.get_str(done.name()).map(|ids| (done, ids.to_owned())))
        })
    });
    move || match done.get() {
        Some((done, ids)) => view! { <DonePage done ids /> }.into_any(),
        None => view! { <AskPage /> }.into_any(),
    }
}

/// What the address asks for.
#[derive(Clone, PartialEq, Eq)]
struct Asked {
    form: DeregisterForm,
    /// The date and the reason were sent, so that what is missing is wrong.
    sent: bool,
    /// Back from the check to the fields.
    change: bool,
}

/// The name in the address that tells that the fields were sent.
const SENT: &str = "stap";

#[component]
fn AskPage() -> impl IntoView {
    let params = use_params_map();
    let query = use_query_map();
    let id = Memo::new(move |_| params.with(|params| params.get_str("id").unwrap_or_default().to_owned()));
    let asked = Memo::new(move |_| {
        query.with(|query| {
            let mut form: DeregisterForm = routes::form_from_query(query);
            // Ticked boxes come one by one.
            form.wie = query.get_all("wie").unwrap_or_default().join(",");
            let sent = query.get_str(SENT).is_some() || !(form.einddatum.is_empty() && form.reden.is_empty());
            Asked { form, sent, change: query.get_str("wijzig").is_some() }
        })
    });
    let looked = RwSignal::new(0_u32);
    let answer = Resource::new_blocking(
        move || (id.get(), asked.get().form, looked.get()),
        |(id, form, _)| prepare_deregistration(id, form),
    );
    view! {
        <Transition fallback=Busy>
            {loaded(move || {
                // Going back from the check to the fields changes the address alone.
                let asked = asked.get();
                async move {
                    match answer.await {
                        Ok(answer) => ask(answer, asked, id.get_untracked(), looked),
                        Err(error) => view! { <Failure error /> }.into_any(),
                    }
                }
            })}
        </Transition>
    }
}

fn ask(answer: DeregisterAnswer, asked: Asked, id: String, looked: RwSignal<u32>) -> AnyView {
    let t = use_texts();
    let d = t.deregister();
    let DeregisterAnswer { form, preview, problem } = answer;
    let path = if id.is_empty() {
        routes::DEREGISTER_SELECTED.to_owned()
    } else {
        format!("{}/{id}/afmelden", routes::CURRENT)
    };
    let mut errors = preview.errors.clone();
    if asked.sent {
        for (field, typed) in [("einddatum", &form.einddatum), ("reden", &form.reden)] {
            if typed.trim().is_empty() && errors.on(field).is_none() {
                errors.push(field, FieldCode::Required);
            }
        }
    }
    if preview.selected.is_empty() && errors.on("wie").is_some() {
        return view! {
            <Page title=d.title>
                <Empty title=d.nobody_title>
                    <p>{d.nobody_text}</p>
                    <p><a class="button act" href=routes::CURRENT>{d.to_list}</a></p>
                </Empty>
            </Page>
        }
        .into_any();
    }
    if preview.selected.is_empty() || matches!(problem, Some(AppError::Conflict(_))) {
        // Somebody was first: who and when, and the way to see how it stands now.
        let again = if id.is_empty() { routes::CURRENT.to_owned() } else { format!("{}/{id}", routes::CURRENT) };
        return view! {
            <Page title=d.title>
                {problem.map(|error| view! { <Problem error /> })}
                <p><a class="button act" href=again>{d.look_again}</a></p>
            </Page>
        }
        .into_any();
    }

    let title = match preview.selected.as_slice() {
        [only] => d.title_of(&only.full_name),
        several => d.title_several(several.len() as u64),
    };
    let deregister = ServerAction::<DeregisterParticipants>::new();
    let request = ServerAction::<RequestDeregistration>::new();
    let navigate = use_navigate();
    {
        let navigate = navigate.clone();
        Effect::new(move |_| {
            let value = [deregister.value(), request.value()].into_iter().find_map(|value| value.get());
            if let Some(Ok(receipt)) = value {
                navigate(&after(&receipt), NavigateOptions::default());
            }
        });
    }
    let shown = Signal::derive(move || {
        let value = [deregister.value(), request.value()].into_iter().find_map(|value| value.get());
        match value {
            Some(Err(error)) => Some(error),
            Some(Ok(_)) => None,
            None => problem.clone(),
        }
    });
    let pending = Signal::derive(move || deregister.pending().get() || request.pending().get());
    let on_confirm = Callback::new(move |event: SubmitEvent| {
        event.prevent_default();
        deregister.dispatch(DeregisterParticipants { form: form_of(form::values(&event)) });
    });
    let on_ask = Callback::new(move |event: SubmitEvent| {
        event.prevent_default();
        request.dispatch(RequestDeregistration { form: form_of(form::values(&event)) });
    });

    let complete = asked.sent && errors.is_empty() && preview.refused.is_empty() && !asked.change;
    let wrong = !errors.is_empty() || !preview.refused.is_empty();
    let body = if complete {
        let change = check_address(&path, &form, true);
        view! {
            <section class="sheet pad">
                <h2>{d.check_title}</h2>
                <Check form preview=preview.clone() action=path problem=shown pending on_confirm>
                    <a class="button plain" href=change>{d.change}</a>
                </Check>
            </section>
        }
        .into_any()
    } else {
        let errors_now = errors.clone();
        let errors: Signal<FieldErrors> = Signal::stored(errors);
        let to = path.clone();
        let on_submit = move |event: SubmitEvent| {
            let form: DeregisterForm = form::read(&event);
            event.prevent_default();
            // The same address again would do nothing; what it shows may have changed.
            looked.update(|times| *times += 1);
            let mut address = check_address(&to, &form, false);
            address.push_str(&format!("&{SENT}=controle"));
            navigate(&address, NavigateOptions::default());
        };
        let refused = (!preview.refused.is_empty()).then(|| {
            view! {
                <Refused form=form.clone() preview=preview.clone() action=path.clone() pending on_ask />
                {move || shown.get().map(|error| view! { <Problem error /> })}
            }
        });
        let cancel = if id.is_empty() { routes::CURRENT.to_owned() } else { format!("{}/{id}", routes::CURRENT) };
        view! {
            {(!errors_now.is_empty()).then(|| view! { <ErrorSummary errors /> })}
            {refused}
            <section class="sheet pad">
                <form method="get" action=path on:submit=on_submit>
                    <input type="hidden" name="wie" value=form.wie.clone() />
                    <input type="hidden" name=SENT value="controle" />
                    <EndFields form errors today=use_frame().today>
                        <button class="button act">{d.deregister}</button>
                        <a class="button plain" href=cancel>{d.cancel}</a>
                    </EndFields>
                </form>
            </section>
        }
        .into_any()
    };
    view! {
        <Page title wrong=Signal::stored(wrong)>
            {people(&preview.selected)}
            {body}
        </Page>
    }
    .into_any()
}

/// Who is to be deregistered.
fn people(selected: &[PreviewPerson]) -> AnyView {
    let t = use_texts();
    let rows: Vec<_> = selected
        .iter()
        .map(|person| {
            view! {
                <tr>
                    <th scope="row" data-label=t.participants().col_name><a href=routes::person(person.id)>{person.full_name.clone()}</a></th>
                    <td data-label=t.participants().col_contract>{person.contract_number.clone()}</td>
                    <td data-label=t.participants().col_birth>{format::date_or_dash(person.birth_date)}</td>
                    <td data-label=t.participants().col_start>{format::date(person.start_date)}</td>
                    <td data-label=t.participants().col_end>{format::date_or_dash(person.end_date)}</td>
                </tr>
            }
        })
        .collect();
    view! {
        <section class="sheet chosen">
            <div class="wide-scroll" tabindex="0" role="region" aria-label=t.deregister().chosen>
                <table class="list stack">
                    <thead>
                        <tr>
                            <th scope="col">{t.participants().col_name}</th>
                            <th scope="col">{t.participants().col_contract}</th>
                            <th scope="col">{t.participants().col_birth}</th>
                            <th scope="col">{t.participants().col_start}</th>
                            <th scope="col">{t.participants().col_end}</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        </section>
    }
    .into_any()
}
