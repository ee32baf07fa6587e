//! The dialog over a page whose session is about to end, or has: staying signed in, or signing in again without leaving
//! what was typed.

use collectief_domain::{
    account::SignInRefusal,
    field::FieldErrors,
    ids::AccountId,
    second_factor::{SecondStepMeans, SecondStepRefusal},
};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::{
    code_refusal_words, field_errors,
    idle::{State, Watch},
    refusal_words,
};
use crate::{
    error::AppError,
    i18n::use_texts,
    second_factor::{PasskeyButton, Question},
    ui::{
        dialog::Dialog,
        field::{TextField, error_on},
        form,
        page::words,
    },
    wire::Json,
};

/// What is filled in to sign in again: first the address and the password, then, where the account has a second step, a
/// code or a passkey.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct AgainForm {
    /// `code` when it is the second step.
    stap: String,
    email: String,
    wachtwoord: String,
    code: String,
    passkey: String,
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
        /// The account.
        account: AccountId,
    },
    /// The password is right; the second step comes next.
    SecondStep {
        /// With what it can be taken, beside a recovery code.
        means: SecondStepMeans,
    },
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
        let form = SecondStepForm { code: form.code, passkey: form.passkey, ..SecondStepForm::default() };
        return Ok(match ssr::second_step(&form).await? {
            Ok(session) => Again::In { account: session.account },
            Err(refusal) => Again::CodeRefused(refusal),
        });
    }
    let form = SignInForm { email: form.email, wachtwoord: form.wachtwoord, naar: String::new() };
    Ok(match ssr::sign_in(&form).await? {
        Ok(admitted) => {
            ssr::keep_admitted(&admitted);
            match admitted {
                Admitted::In(session) => Again::In { account: session.account },
                Admitted::SecondStep { token } => {
                    Again::SecondStep { means: ssr::means_of(&token).await?.unwrap_or_default() }
                }
            }
        }
        Err(refusal) => Again::Refused(refusal),
    })
}

/// The dialog.
pub(crate) fn session_dialog(watch: Watch) -> AnyView {
    let Watch { state, open, failed, kept, stay } = watch;
    let t = use_texts();
    // Why it was refused as a whole, and what is wrong with the fields.
    let refused = RwSignal::new(None::<String>);
    let errors = RwSignal::new(FieldErrors::default());
    let means = RwSignal::new(SecondStepMeans::default());
    Effect::new(move |_| {
        // Kept in another tab, or by signing in: what was refused before is over.
        if state.get() == State::Fresh {
            refused.set(None);
            errors.set(FieldErrors::default());
        }
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
                Ok(Again::In { account: found }) => kept.run(found),
                Ok(Again::SecondStep { means: found }) => {
                    means.set(found);
                    state.set(State::SecondStep);
                }
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
                    let has_passkeys = means.get_untracked().passkeys;
                    let text = if has_passkeys { t.signin().passkey_text } else { t.signin().code_text };
                    let passkey = has_passkeys.then(|| {
                        view! {
                            <PasskeyButton
                                question=Question::SignIn
                                id="opnieuw-passkey"
                                label=t.second_factor().passkey_use
                                error=error_on(errors, "passkey")
                            />
                        }
                    });
                    view! {
                        <p>{text}</p>
                        <form method="post" on:submit=on_submit novalidate>
                            <input type="hidden" name="stap" value="code" />
                            {passkey}
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
                                <button type="button" class="button" on:click=move |_| stay.run(())>
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
                            // The window hears the click.
                            <button type="button" class="button act">
                                {t.signin().stay}
                            </button>
                        </div>
                    }
                        .into_any()
                }
            }}
        </Dialog>
    }
    .into_any()
}
