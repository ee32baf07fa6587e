//! The second step of signing in (PRODUCT.md A11): a passkey, the code of an app, or a recovery code.

use collectief_domain::{
    field::FieldErrors,
    second_factor::{SecondStepMeans, SecondStepRefusal},
};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::{code_refusal_words, refused};
use crate::{
    error::AppError,
    i18n::{Texts, use_texts},
    routes,
    second_factor::{PasskeyButton, Question},
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
    /// With what the step can be taken.
    means: SecondStepMeans,
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
            let means = ssr::second_step_means().await?;
            if means.is_none() {
                ssr::see_other(&routes::sign_in(routes::own_path(&naar).unwrap_or(routes::DASHBOARD)));
            }
            return Ok(Tried { naar, means: means.unwrap_or_default(), ..Tried::default() });
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
                // With the account blocked nothing waits any more, and the form shows what most accounts have.
                let means = ssr::second_step_means().await?;
                let means = means.unwrap_or(SecondStepMeans { app: true, passkeys: false });
                Ok(Tried { naar: form.naar, refusal: Some(refusal), contact: ssr::contact(), means })
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
    let errors = Signal::stored(errors);
    let text = match (tried.means.app, tried.means.passkeys) {
        (true, false) => s.step_text,
        (true, true) => s.step_text_both,
        (false, true) => s.step_text_passkey,
        (false, false) => s.step_text_recovery,
    };
    let passkey = tried.means.passkeys.then(|| passkey_form(t, &tried.naar, errors));
    let code = tried.means.app.then(|| code_form(t, &tried.naar, errors));
    view! {
        <Page title=s.step_title.to_owned() wrong=is_wrong>
            <ErrorSummary errors />
            {general}
            <p>{text}</p>
            {passkey}
            {code}
            {recovery_form(t, tried.naar, tried.means, errors)}
            <p><a rel="external" href=routes::SIGN_IN>{s.start_again}</a></p>
        </Page>
    }
    .into_any()
}

fn passkey_form(t: &'static Texts, wanted: &str, errors: Signal<FieldErrors>) -> AnyView {
    view! {
        <form method="post" action=routes::SECOND_STEP class="sign-in" novalidate>
            <input type="hidden" name="naar" value=wanted.to_owned() />
            <PasskeyButton
                question=Question::SignIn
                id="passkey"
                label=t.second_factor().passkey_use
                class="button act"
                error=error_on(errors, "passkey")
            />
        </form>
    }
    .into_any()
}

fn code_form(t: &'static Texts, wanted: &str, errors: Signal<FieldErrors>) -> AnyView {
    let s = t.second_factor();
    view! {
        <form method="post" action=routes::SECOND_STEP class="sign-in" novalidate>
            <input type="hidden" name="naar" value=wanted.to_owned() />
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
    }
    .into_any()
}

fn recovery_form(t: &'static Texts, wanted: String, means: SecondStepMeans, errors: Signal<FieldErrors>) -> AnyView {
    let s = t.second_factor();
    let open = errors.with(|errors| errors.on("herstelcode").is_some()) || means == SecondStepMeans::default();
    let summary = if means.app { s.no_app } else { s.no_passkey };
    view! {
        <details class="sheet pad twice sign-in" open=open>
            <summary>{summary}</summary>
            <p>{s.no_app_text}</p>
            <form method="post" action=routes::SECOND_STEP novalidate>
                <input type="hidden" name="naar" value=wanted />
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
    }
    .into_any()
}
