//! The warning before an idle session ends, and signing in again without leaving what was typed.

use std::time::Duration;

use collectief_domain::{account::SignInRefusal, field::FieldErrors, second_factor::SecondStepRefusal};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::{code_refusal_words, field_errors, refusal_words};
use crate::{
    error::AppError,
    i18n::use_texts,
    ui::{
        dialog::Dialog,
        field::{TextField, error_on},
        form,
        page::words,
    },
    wire::Json,
};

/// How long before the end the warning comes.
const WARNING_SECONDS: u32 = 120;

/// How often a page on which something is being typed tells the server so.
const PING_SECONDS: u32 = 240;

/// Keeps the session: any request does.
#[server(prefix = "/fn", endpoint = "ping", input = Json, output = Json)]
pub async fn ping() -> Result<(), AppError> {
    crate::ssr::owner()?;
    Ok(())
}

/// What is filled in to sign in again: first the address and the password, then, where the account has a second step, a
/// code.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct AgainForm {
    /// `code` when it is the second step.
    stap: String,
    email: String,
    wachtwoord: String,
    code: String,
}

/// It prints nothing of what was typed.
impl std::fmt::Debug for AgainForm {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("AgainForm")
    }
}

/// What came of signing in again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Again {
    /// This person is in.
    In {
        /// The name.
        name: String,
    },
    /// The password is right; a code comes next.
    SecondStep,
    /// It was refused.
    Refused(SignInRefusal),
    /// The code was refused.
    CodeRefused(SecondStepRefusal),
}

/// Signs in from the dialog, so that what stands on the page stays.
#[server(prefix = "/fn", endpoint = "sign_in_again", input = Json, output = Json)]
pub async fn sign_in_again(
    /// What was typed.
    form: AgainForm,
) -> Result<Again, AppError> {
    use collectief_domain::{account::SignInForm, second_factor::SecondStepForm};
    use collectief_service::session::Admitted;

    use crate::ssr;
    if form.stap == "code" {
        // It may be a recovery code as well: the two are told apart by their form.
        return Ok(match ssr::second_step(&SecondStepForm { code: form.code, ..SecondStepForm::default() }).await? {
            Ok(session) => Again::In { name: session.name },
            Err(refusal) => Again::CodeRefused(refusal),
        });
    }
    let form = SignInForm { email: form.email, wachtwoord: form.wachtwoord, naar: String::new() };
    Ok(match ssr::sign_in(&form).await? {
        Ok(admitted) => {
            ssr::keep_admitted(&admitted);
            match admitted {
                Admitted::In(session) => Again::In { name: session.name },
                Admitted::SecondStep { .. } => Again::SecondStep,
            }
        }
        Err(refusal) => Again::Refused(refusal),
    })
}

/// How the session stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Fresh,
    Warned,
    Ended,
    /// Ended, and the password was right: a code comes next.
    SecondStep,
}

/// Watches how long nothing was done, warns two minutes before the session ends, and lets one sign in again over the
/// page as it stands.
#[component]
pub fn IdleWatch(
    /// After how many seconds without use the session ends.
    idle_seconds: u32,
    /// Who is signed in; somebody else gets a page of their own.
    name: String,
) -> impl IntoView {
    let t = use_texts();
    let state = RwSignal::new(State::Fresh);
    let open = RwSignal::new(false);
    let failed = RwSignal::new(None::<AppError>);
    // Why it was refused as a whole, and what is wrong with the fields.
    let refused = RwSignal::new(None::<String>);
    let errors = RwSignal::new(FieldErrors::default());
    // In milliseconds, as the browser counts them.
    let contact = StoredValue::new(0.0_f64);
    let active = StoredValue::new(0.0_f64);
    let name = StoredValue::new(name);

    let stay = move || {
        leptos::task::spawn_local(async move {
            match ping().await {
                Ok(()) => {
                    contact.set_value(now());
                    failed.set(None);
                    state.set(State::Fresh);
                    open.set(false);
                }
                Err(AppError::SignedOut) => {
                    state.set(State::Ended);
                    open.set(true);
                }
                Err(error) => failed.set(Some(error)),
            }
        });
    };
    Effect::new(move |_| {
        contact.set_value(now());
        let keys = window_event_listener(leptos::ev::keydown, move |_| active.set_value(now()));
        let clicks = window_event_listener(leptos::ev::pointerdown, move |_| active.set_value(now()));
        let tick = move || {
            let since = (now() - contact.get_value()) / 1000.0;
            let is_active = active.get_value() > contact.get_value();
            if since >= f64::from(idle_seconds) {
                if !matches!(state.get_untracked(), State::Ended | State::SecondStep) {
                    // Another tab may have kept the session; the server knows.
                    state.set(State::Ended);
                    open.set(true);
                }
            } else if is_active
                && since >= f64::from(PING_SECONDS.min(idle_seconds / 3))
                && state.get_untracked() == State::Fresh
            {
                stay();
            } else if since >= f64::from(idle_seconds.saturating_sub(WARNING_SECONDS))
                && state.get_untracked() == State::Fresh
            {
                state.set(State::Warned);
                open.set(true);
            }
        };
        let interval = set_interval_with_handle(tick, Duration::from_secs(5)).ok();
        on_cleanup(move || {
            keys.remove();
            clicks.remove();
            if let Some(interval) = interval {
                interval.clear();
            }
        });
    });

    let on_submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let typed: AgainForm = form::read(&event);
        leptos::task::spawn_local(async move {
            let answer = sign_in_again(typed).await;
            refused.set(None);
            failed.set(None);
            errors.set(FieldErrors::default());
            match answer {
                Ok(Again::In { name: found }) => {
                    if name.with_value(|name| *name == found) {
                        contact.set_value(now());
                        state.set(State::Fresh);
                        open.set(false);
                    } else {
                        // What stands here is not this person's to see.
                        reload();
                    }
                }
                Ok(Again::SecondStep) => state.set(State::SecondStep),
                Ok(Again::Refused(why)) => {
                    refused.set(Some(refusal_words(t, &why, None)));
                    errors.set(field_errors(Some(&why)));
                }
                Ok(Again::CodeRefused(SecondStepRefusal::Invalid(found))) => errors.set(found),
                Ok(Again::CodeRefused(why)) => {
                    refused.set(Some(code_refusal_words(t, &why, None)));
                    // Without the right password there is no code to fill in.
                    state.set(State::Ended);
                }
                Err(error) => failed.set(Some(error)),
            }
        });
    };
    let title = Signal::derive(move || {
        match state.get() {
            State::Ended | State::SecondStep => t.signin().ended_title,
            _ => t.signin().warning_title,
        }
        .to_owned()
    });
    let errors = Signal::from(errors);
    view! {
        <Dialog open title id="sessie" must_choose=true>
            {move || failed.get().map(|error| view! { <p class="note out" role="alert">{words(&error).1}</p> })}
            {move || refused.get().map(|why| view! { <p class="note out" role="alert">{why}</p> })}
            {move || match state.get() {
                State::SecondStep => {
                    view! {
                        <p>{t.signin().code_text}</p>
                        <form method="post" on:submit=on_submit novalidate>
                            <input type="hidden" name="stap" value="code" />
                            <TextField
                                id="opnieuw-code"
                                label=t.signin().code
                                name="code"
                                autocomplete="one-time-code"
                                error=error_on(errors, "code")
                            />
                            <div class="deeds">
                                <button class="button act">{t.signin().submit}</button>
                            </div>
                        </form>
                    }
                        .into_any()
                }
                State::Ended => {
                    view! {
                        <p>{t.signin().ended_text}</p>
                        <form method="post" on:submit=on_submit novalidate>
                            <TextField
                                id="opnieuw-email"
                                label=t.signin().email
                                name="email"
                                kind="email"
                                autocomplete="username"
                                error=error_on(errors, "email")
                            />
                            <TextField
                                id="opnieuw-wachtwoord"
                                label=t.signin().password
                                name="wachtwoord"
                                kind="password"
                                autocomplete="current-password"
                                error=error_on(errors, "wachtwoord")
                            />
                            <div class="deeds">
                                <button class="button act">{t.signin().submit}</button>
                                <button type="button" class="button" on:click=move |_| stay()>
                                    {t.signin().signed_in_elsewhere}
                                </button>
                            </div>
                        </form>
                    }
                        .into_any()
                }
                _ => {
                    view! {
                        <p>{t.signin().warning_text}</p>
                        <div class="deeds">
                            <button type="button" class="button act" on:click=move |_| stay()>
                                {t.signin().stay}
                            </button>
                        </div>
                    }
                        .into_any()
                }
            }}
        </Dialog>
    }
}

/// Milliseconds, as the browser counts them; on the server nothing is timed.
fn now() -> f64 {
    #[cfg(feature = "hydrate")]
    {
        js_sys::Date::now()
    }
    #[cfg(not(feature = "hydrate"))]
    0.0
}

/// Loads the page anew.
fn reload() {
    #[cfg(feature = "hydrate")]
    {
        // It fails only where the browser forbids to leave, and then the page stays.
        let _ = window().location().reload();
    }
}
