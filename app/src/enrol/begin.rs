//! The first question: which contract, and who fills it in.

use collectief_domain::{
    enrolment::{AnswerForm, EnrolRefusal, EnrolmentForm, Question},
    field::FieldErrors,
};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::{asking, fields, parameter, place};
use crate::{
    error::AppError,
    i18n::use_texts,
    routes,
    signin::refused,
    ui::{
        error_summary::ErrorSummary,
        loaded::loaded,
        mark::Busy,
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
                    Ok(beginning) if beginning.is_begun && beginning.refusal.is_none() => begun_before(beginning),
                    Ok(beginning) => show(beginning),
                    Err(error) => view! { <Failure error /> }.into_any(),
                }
            })}
        </Suspense>
    }
    .into_any()
}

/// There are answers that were not sent: they are gone on with, or thrown away to begin anew.
fn begun_before(beginning: Beginning) -> AnyView {
    let e = use_texts().enrol();
    view! {
        <Page title=e.title>
            <p class="lead">{e.begun_text}</p>
            <p class="deeds">
                <a class="button act" rel="external" href=routes::ENROL_STEPS>{e.go_on}</a>
            </p>
            <p>{e.begin_anew_text}</p>
            <form method="post" action=routes::ENROL_STEPS>
                <input type="hidden" name="contract" value=beginning.form.contract />
                <button class="button" name="actie" value="weggooien">{e.begin_anew}</button>
            </form>
        </Page>
    }
    .into_any()
}

fn show(beginning: Beginning) -> AnyView {
    let t = use_texts();
    let e = t.enrol();
    let Beginning { form, employer, refusal, .. } = beginning;
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
    let mut answers = EnrolmentForm::default();
    answers.take(Question::Contract, &form);
    let summary = view! {
        <ErrorSummary errors />
        {general}
    };
    let of = employer.as_deref().map(|name| view! { <p class="lead">{e.at_employer(name)}</p> });
    let (where_one_is, asked) =
        (place(t, Question::Contract.step(), employer.as_deref()), fields::contract(t, &answers, errors));
    let body = view! {
        {of}
        <p>{e.about}</p>
        <form method="post" action=routes::ENROL class="sign-in" novalidate>
            {asked}
            // Nobody sees this field; programs that fill in everything give themselves away.
            <p hidden>
                <label for="website">"Website"</label>
                <input id="website" name="website" value=form.website autocomplete="off" tabindex="-1" />
            </p>
            <button class="button act">{e.next}</button>
        </form>
    };
    asking(e.title, wrong, None, summary.into_any(), where_one_is, body.into_any())
}
