//! The second step of signing in (PRODUCT.md A11): the code of an app, or a recovery code.

use collectief_domain::{field::FieldErrors, second_factor::SecondStepRefusal};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::{code_refusal_words, refused};
use crate::{
    error::AppError,
    i18n::use_texts,
    routes,
    ui::{
        error_summary::ErrorSummary,
        field::{TextField, error_on},
        loaded::loaded,
        mark::Busy,
        page::{Failure, Page},
    },
};

/// What the page shows: never what was typed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Tried {
    naar: String,
    refusal: Option<SecondStepRefusal>,
    contact: Option<String>,
}

/// Takes the second step with the form that was posted to the page, if one was.
async fn tried() -> Result<Tried, AppError> {
    #[cfg(feature = "ssr")]
    {
        use collectief_domain::second_factor::SecondStepForm;

        use crate::ssr;

        let naar = ssr::query_value("naar").unwrap_or_default();
        let Some(form) = ssr::posted::<SecondStepForm>() else {
            // Whoever comes by without a right password begins at the beginning.
            if !ssr::waits_for_second_step().await? {
                ssr::see_other(&routes::sign_in(routes::own_path(&naar).unwrap_or(routes::DASHBOARD)));
            }
            return Ok(Tried { naar, ..Tried::default() });
        };
        match ssr::second_step(&form).await? {
            Ok(_) => {
                ssr::see_other(routes::own_path(&form.naar).unwrap_or(routes::DASHBOARD));
                Ok(Tried::default())
            }
            Err(SecondStepRefusal::Gone) => {
                // The same form, sent twice: the first one came in.
                let wanted = routes::own_path(&form.naar).unwrap_or(routes::DASHBOARD);
                let too_late = routes::sign_in_too_late(wanted);
                ssr::see_other(if ssr::owner_if_any().is_some() { wanted } else { &too_late });
                Ok(Tried::default())
            }
            Err(refusal) => {
                ssr::set_status(match refusal {
                    SecondStepRefusal::Blocked => 403,
                    SecondStepRefusal::TooMany { .. } => 429,
                    _ => 422,
                });
                Ok(Tried { naar: form.naar, refusal: Some(refusal), contact: ssr::contact() })
            }
        }
    }
    #[cfg(not(feature = "ssr"))]
    Ok(Tried::default())
}

/// The page `/inloggen/tweede-stap`. Like signing in it is a plain form, which script never reads.
#[component]
pub fn SecondStepPage() -> impl IntoView {
    let tried = Resource::new_blocking(|| (), |()| tried());
    view! {
        <Suspense fallback=Busy>
            {loaded(move || async move {
                match tried.await {
                    Ok(tried) => fields(tried),
                    Err(error) => view! { <Failure error /> }.into_any(),
                }
            })}
        </Suspense>
    }
}

fn fields(tried: Tried) -> AnyView {
    let t = use_texts();
    let s = t.second_factor();
    let is_wrong = tried.refusal.is_some();
    let (errors, general) = match &tried.refusal {
        Some(SecondStepRefusal::Invalid(errors)) => (errors.clone(), None),
        Some(refusal) => {
            let words = code_refusal_words(t, refusal, tried.contact.as_deref());
            (FieldErrors::default(), Some(refused(t.signin().refused, words)))
        }
        None => (FieldErrors::default(), None),
    };
    let by_recovery = errors.on("herstelcode").is_some();
    let errors = Signal::stored(errors);
    let naar = tried.naar.clone();
    view! {
        <Page title=s.step_title.to_owned() wrong=is_wrong>
            <ErrorSummary errors />
            {general}
            <p>{s.step_text}</p>
            <form method="post" action=routes::SECOND_STEP class="sign-in" novalidate>
                <input type="hidden" name="naar" value=tried.naar />
                <TextField
                    label=s.code
                    name="code"
                    hint=s.code_hint
                    inputmode="numeric"
                    autocomplete="one-time-code"
                    maxlength=20
                    error=error_on(errors, "code")
                />
                <button class="button act">{t.signin().submit}</button>
            </form>
            <details class="sheet pad twice sign-in" open=by_recovery>
                <summary>{s.no_app}</summary>
                <p>{s.no_app_text}</p>
                <form method="post" action=routes::SECOND_STEP novalidate>
                    <input type="hidden" name="naar" value=naar />
                    <TextField
                        label=s.recovery_code
                        name="herstelcode"
                        hint=s.recovery_code_hint
                        maxlength=60
                        error=error_on(errors, "herstelcode")
                    />
                    <button class="button act">{s.recovery_submit}</button>
                </form>
            </details>
            <p><a rel="external" href=routes::SIGN_IN>{s.start_again}</a></p>
        </Page>
    }
    .into_any()
}
