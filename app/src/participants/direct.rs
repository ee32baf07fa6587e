//! "Direct afmelden" in the row of the list: the fields, then the check in a dialog. Without JavaScript the fields lead
//! to the page that does the same.

use collectief_domain::{
    date::Date,
    deregistration::{DeregisterForm, DeregistrationPreview, DeregistrationReceipt, Selected},
    field::{FieldCode, FieldErrors},
    participant::ParticipantRow,
};
use leptos::{ev::SubmitEvent, prelude::*};

use crate::{
    deregister::{
        Check, DeregisterParticipants, EndFields, PreviewDeregistration, Problem, Refused, RequestDeregistration,
        form_of,
    },
    i18n::use_texts,
    routes,
    ui::{dialog::Dialog, error_summary::ErrorSummary, form},
};

/// The opened row.
#[component]
pub fn DirectDeregister(
    /// Whom it is about.
    row: ParticipantRow,
    /// The list without the opened row.
    close: String,
    /// Today.
    today: Date,
    /// Called when it was done.
    on_done: Callback<DeregistrationReceipt>,
) -> impl IntoView {
    let t = use_texts();
    let d = t.deregister();
    let path = routes::deregister(row.id);
    let who = DeregisterForm::write_selected(&[Selected { id: row.id, version: row.version }]);
    let asked = RwSignal::new(DeregisterForm::default());
    let preview = ServerAction::<PreviewDeregistration>::new();
    let deregister = ServerAction::<DeregisterParticipants>::new();
    let request = ServerAction::<RequestDeregistration>::new();
    let open = RwSignal::new(false);
    // What is missing is only wrong once the fields were sent.
    let missing = RwSignal::new(FieldErrors::default());
    let shown = Memo::new(move |_| preview.value().get().and_then(Result::ok));
    let errors = Signal::derive(move || {
        let missing = missing.get();
        if missing.is_empty() { shown.get().map(|preview| preview.errors).unwrap_or_default() } else { missing }
    });
    let can_end = |preview: &DeregistrationPreview| preview.errors.is_empty() && preview.refused.is_empty();
    Effect::new(move |_| {
        if shown.with(|preview| preview.as_ref().is_some_and(can_end)) {
            open.set(true);
        }
    });
    Effect::new(move |_| {
        let done = [deregister.value(), request.value()].into_iter().find_map(|value| value.get());
        if let Some(Ok(receipt)) = done {
            open.set(false);
            on_done.run(receipt);
        }
    });
    let on_submit = move |event: SubmitEvent| {
        event.prevent_default();
        let form = form_of(form::values(&event));
        let mut empty = FieldErrors::default();
        for (field, typed) in [("einddatum", &form.einddatum), ("reden", &form.reden)] {
            if typed.trim().is_empty() {
                empty.push(field, FieldCode::Required);
            }
        }
        let complete = empty.is_empty();
        missing.set(empty);
        if complete {
            asked.set(form.clone());
            deregister.clear();
            preview.dispatch(PreviewDeregistration { form });
        }
    };
    let on_confirm = Callback::new(move |event: SubmitEvent| {
        event.prevent_default();
        deregister.dispatch(DeregisterParticipants { form: form_of(form::values(&event)) });
    });
    let on_ask = Callback::new(move |event: SubmitEvent| {
        event.prevent_default();
        request.dispatch(RequestDeregistration { form: form_of(form::values(&event)) });
    });
    let problem = Signal::derive(move || deregister.value().get().and_then(Result::err));
    let failed = move || {
        let error = preview.value().get().and_then(Result::err);
        let error = error.or_else(|| request.value().get().and_then(Result::err));
        error.map(|error| view! { <Problem error /> })
    };
    let refused_path = path.clone();
    let refused = move || {
        let preview = shown.get().filter(|preview| !preview.refused.is_empty())?;
        let pending = request.pending();
        Some(view! { <Refused form=asked.get_untracked() preview action=refused_path.clone() pending on_ask /> })
    };
    let check_path = StoredValue::new(path.clone());
    let title = d.title_of(&row.full_name);
    let add = (!row.is_dependant).then(|| {
        let words = t.participants().add_to(&row.full_name);
        view! { <p><a href=routes::add_dependant(row.id)>{words}</a></p> }
    });
    view! {
        <h2>{d.direct}</h2>
        <ErrorSummary errors />
        {failed}
        {refused}
        <form method="get" action=path on:submit=on_submit>
            <input type="hidden" name="wie" value=who />
            <input type="hidden" name="stap" value="controle" />
            <EndFields form=DeregisterForm::default() errors today dependants=row.dependants>
                <button class="button act" disabled=move || preview.pending().get()>{d.deregister}</button>
                <a class="button plain" data-noscroll="" href=close>{d.cancel}</a>
            </EndFields>
        </form>
        {add}
        <Dialog open title id="controle">
            {move || {
                shown
                    .get()
                    .filter(can_end)
                    .map(|preview| {
                        view! {
                            <Check
                                form=asked.get_untracked()
                                preview
                                action=check_path.get_value()
                                problem
                                pending=deregister.pending()
                                on_confirm
                            >
                                <button type="button" class="button plain" on:click=move |_| open.set(false)>{d.cancel}</button>
                            </Check>
                        }
                    })
            }}
        </Dialog>
    }
    .into_any()
}
