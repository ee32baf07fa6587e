//! The first question: which contract, and who fills it in.

use collectief_domain::{
    enrolment::{AnswerForm, EnrolRefusal},
    field::FieldErrors,
};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::parameter;
use crate::{
    error::AppError,
    i18n::use_texts,
    routes,
    signin::refused,
    ui::{
        error_summary::ErrorSummary,
        field::{RadioGroup, TextField, error_on},
        loaded::loaded,
        mark::{Busy, Kind, Note},
        page::{Failure, Page},
    },
};

/// What the page shows.
#[derive(Clone, Default, Serialize, Deserialize)]
pub(super) struct Beginning {
    pub(super) form: AnswerForm,
    /// The employer's name, once the contract is known.
    pub(super) employer: Option<String>,
    /// Whether there are answers in this browser that were not sent.
    pub(super) is_begun: bool,
    pub(super) refusal: Option<EnrolRefusal>,
}

async fn begun(contract: String) -> Result<Beginning, AppError> {
    #[cfg(feature = "ssr")]
    {
        super::ssr::begin(contract).await
    }
    #[cfg(not(feature = "ssr"))]
    {
        let _ = contract;
        Ok(Beginning::default())
    }
}

/// The pages `/aanmelden` and `/aanmelden/:contract`.
pub(super) fn page() -> AnyView {
    let contract = parameter("contract");
    let found = Resource::new_blocking(|| (), move |()| begun(contract.clone()));
    view! {
        <Suspense fallback=Busy>
            {loaded(move || async move {
                match found.await {
                    Ok(beginning) => show(beginning),
                    Err(error) => view! { <Failure error /> }.into_any(),
                }
            })}
        </Suspense>
    }
    .into_any()
}

fn show(beginning: Beginning) -> AnyView {
    let t = use_texts();
    let e = t.enrol();
    let Beginning { form, employer, is_begun, refusal } = beginning;
    let wrong = refusal.is_some();
    let (errors, general) = match refusal {
        Some(EnrolRefusal::Invalid(errors)) => (errors, None),
        Some(EnrolRefusal::TooMany { seconds }) => {
            let text = e.too_many(u64::from(seconds.div_ceil(60)));
            (FieldErrors::default(), Some(refused(e.too_many_title, text)))
        }
        Some(EnrolRefusal::Gone) | None => (FieldErrors::default(), None),
    };
    let errors = Signal::stored(errors);
    let who =
        vec![("werknemer".to_owned(), e.who_employee.to_owned()), ("werkgever".to_owned(), e.who_employer.to_owned())];
    let go_on = (is_begun && !wrong).then(|| {
        view! {
            <Note kind=Kind::Wait>
                <p>{e.begun_text}</p>
                <p><a class="button" rel="external" href=routes::ENROL_STEPS>{e.go_on}</a></p>
            </Note>
        }
    });
    let of = employer.map(|name| view! { <p class="lead">{e.at_employer(&name)}</p> });
    view! {
        <Page title=e.title wrong=wrong>
            <ErrorSummary errors />
            {general}
            {go_on}
            {of}
            <p>{e.about}</p>
            <form method="post" action=routes::ENROL class="sign-in" novalidate>
                <TextField
                    label=e.contract
                    name="contract"
                    hint=e.contract_hint
                    inputmode="numeric"
                    maxlength=12
                    value=form.contract
                    error=error_on(errors, "contract")
                />
                <RadioGroup legend=e.who name="wie" options=who value=form.wie error=error_on(errors, "wie") />
                <fieldset class="field">
                    <legend>{e.reporter}</legend>
                    <p class="hint">{e.reporter_hint}</p>
                    <TextField
                        label=e.reporter_name
                        name="melder_naam"
                        autocomplete="name"
                        maxlength=100
                        value=form.melder_naam
                        error=error_on(errors, "melder_naam")
                    />
                    <TextField
                        label=e.reporter_email
                        name="melder_email"
                        kind="email"
                        autocomplete="email"
                        maxlength=254
                        value=form.melder_email
                        error=error_on(errors, "melder_email")
                    />
                </fieldset>
                // Nobody sees this field; programs that fill in everything give themselves away.
                <p hidden>
                    <label for="website">"Website"</label>
                    <input id="website" name="website" value=form.website autocomplete="off" tabindex="-1" />
                </p>
                <button class="button act">{e.next}</button>
            </form>
        </Page>
    }
    .into_any()
}
