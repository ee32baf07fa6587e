//! "Account aanvragen" (PRODUCT.md A6): the form, open to all, and the page behind the link that proves the address. The
//! answer is the same whatever the insurer knows.

use collectief_domain::{
    account_request::{AccountRequestForm, AskAccountRefusal, CONFIRM_HOURS, LinkedRequest},
    actor::Role,
    field::FieldErrors,
};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use serde::{Deserialize, Serialize};

use crate::{
    error::AppError,
    i18n::{field_code, use_texts},
    routes,
    signin::refused,
    ui::{
        error_summary::ErrorSummary,
        field::{Checkbox, TextField, error_on},
        loaded::loaded,
        mark::Busy,
        page::{Failure, Page},
    },
};

/// What the form's page shows.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Asking {
    form: AccountRequestForm,
    asked: bool,
    refusal: Option<AskAccountRefusal>,
}

/// Asks for an account with the form that was posted to the page, if one was.
async fn asking() -> Result<Asking, AppError> {
    #[cfg(feature = "ssr")]
    {
        use crate::ssr;

        let Some(form) = ssr::posted::<AccountRequestForm>() else {
            let asked = ssr::query_value(routes::ASKED).is_some();
            let form = AccountRequestForm { sleutel: ssr::request_key()?, ..AccountRequestForm::default() };
            return Ok(Asking { form, asked, refusal: None });
        };
        match ssr::request_account(&form).await? {
            Ok(()) => {
                ssr::see_other(&routes::asked_for_account());
                Ok(Asking::default())
            }
            Err(refusal) => {
                ssr::set_status(match refusal {
                    AskAccountRefusal::Invalid(_) => 422,
                    AskAccountRefusal::TooMany { .. } => 429,
                });
                Ok(Asking { form, asked: false, refusal: Some(refusal) })
            }
        }
    }
    #[cfg(not(feature = "ssr"))]
    Ok(Asking::default())
}

/// The page `/account-aanvragen`. Like signing in it is a plain form, which script never reads.
#[component]
pub fn AskPage() -> impl IntoView {
    let asking = Resource::new_blocking(|| (), |()| asking());
    view! {
        <Suspense fallback=Busy>
            {loaded(move || async move {
                match asking.await {
                    Ok(Asking { asked: true, .. }) => asked(),
                    Ok(asking) => fields(asking),
                    Err(error) => view! { <Failure error /> }.into_any(),
                }
            })}
        </Suspense>
    }
}

fn asked() -> AnyView {
    let t = use_texts().requests();
    view! {
        <Page title=t.asked_title.to_owned()>
            <p role="status">{t.asked_text}</p>
            <p>{t.asked_nothing}</p>
            <div class="deeds">
                <a class="button" rel="external" href=routes::SIGN_IN>{t.to_sign_in}</a>
            </div>
        </Page>
    }
    .into_any()
}

fn fields(asking: Asking) -> AnyView {
    let texts = use_texts();
    let t = texts.requests();
    let a = texts.accounts();
    let Asking { form, refusal, .. } = asking;
    let is_wrong = refusal.is_some();
    let (errors, general) = match refusal {
        Some(AskAccountRefusal::Invalid(errors)) => (errors, None),
        Some(AskAccountRefusal::TooMany { seconds }) => {
            (FieldErrors::default(), Some(refused(t.not_sent, t.too_many(u64::from(seconds.div_ceil(60))))))
        }
        None => (FieldErrors::default(), None),
    };
    let on_roles = errors.on("rol").map(|code| view! { <p class="why">{field_code(texts, code)}</p> });
    let wrong_roles = on_roles.is_some();
    let errors = Signal::stored(errors);
    let ticked = form.ticked();
    let boxes: Vec<_> = [
        (Role::Administrative, a.administrative, a.administrative_text),
        (Role::Financial, a.financial, a.financial_text),
        (Role::AccountManagement, a.management, a.management_text),
    ]
    .into_iter()
    .enumerate()
    .map(|(place, (role, label, text))| {
        // The first one has the name as its id, so that the summary leads to it.
        let id = if place == 0 { "rol".to_owned() } else { format!("rol-{place}") };
        view! {
            <Checkbox label=format!("{label}: {text}") name="rol" value=role.code() checked=ticked.has(role) id=id />
        }
    })
    .collect();
    view! {
        <Page title=t.title.to_owned() wrong=is_wrong>
            <ErrorSummary errors />
            {general}
            <p>{t.about}</p>
            <form method="post" action=routes::REQUEST_ACCOUNT class="sign-in" novalidate>
                <input type="hidden" name="sleutel" value=form.sleutel />
                <TextField
                    label=t.organisation
                    name="organisatie"
                    autocomplete="organization"
                    maxlength=200
                    value=form.organisatie
                    error=error_on(errors, "organisatie")
                />
                <TextField
                    label=t.kvk
                    name="kvk"
                    hint=t.kvk_hint
                    inputmode="numeric"
                    maxlength=12
                    value=form.kvk
                    error=error_on(errors, "kvk")
                />
                <TextField
                    label=t.contract
                    name="contract"
                    hint=t.contract_hint
                    inputmode="numeric"
                    maxlength=12
                    value=form.contract
                    error=error_on(errors, "contract")
                />
                <TextField
                    label=t.name
                    name="naam"
                    autocomplete="name"
                    maxlength=100
                    value=form.naam
                    error=error_on(errors, "naam")
                />
                <TextField
                    label=texts.signin().email
                    name="email"
                    kind="email"
                    autocomplete="email"
                    hint=t.email_hint
                    maxlength=254
                    value=form.email
                    error=error_on(errors, "email")
                />
                <TextField
                    label=t.phone
                    name="telefoon"
                    kind="tel"
                    autocomplete="tel"
                    maxlength=30
                    value=form.telefoon
                    error=error_on(errors, "telefoon")
                />
                <fieldset class="field" class:wrong=wrong_roles>
                    <legend>{t.roles}</legend>
                    {on_roles}
                    {boxes}
                </fieldset>
                // Nobody sees this field; programs that fill in everything give themselves away.
                <p hidden>
                    <label for="website">"Website"</label>
                    <input id="website" name="website" value=form.website autocomplete="off" tabindex="-1" />
                </p>
                <button class="button act">{t.submit}</button>
            </form>
            <p><a rel="external" href=routes::SIGN_IN>{t.to_sign_in}</a></p>
        </Page>
    }
    .into_any()
}

/// What the page behind the link shows: nothing when it does not work.
async fn linked(token: String) -> Result<Option<LinkedRequest>, AppError> {
    #[cfg(feature = "ssr")]
    {
        use crate::ssr;

        let found =
            if ssr::is_posted() { ssr::confirm_request(&token).await } else { ssr::view_request_link(&token).await };
        match found {
            Ok(found) => Ok(Some(found)),
            // The status is set; what to do about it stands on the page.
            Err(AppError::NotFound) => Ok(None),
            Err(error) => Err(error),
        }
    }
    #[cfg(not(feature = "ssr"))]
    {
        let _ = token;
        crate::signin::opened_again(None).await
    }
}

/// The page `/account-aanvragen/bevestigen/:token`. Opening it confirms nothing, because programs that read mail open its
/// links as well; only its form does.
#[component]
pub fn ConfirmPage() -> impl IntoView {
    let token = use_params_map().with_untracked(|params| params.get_str("token").unwrap_or_default().to_owned());
    let linked = Resource::new_blocking(|| (), move |()| linked(token.clone()));
    view! {
        <Suspense fallback=Busy>
            {loaded(move || async move {
                match linked.await {
                    Ok(found) => confirm(found),
                    Err(error) => view! { <Failure error /> }.into_any(),
                }
            })}
        </Suspense>
    }
}

fn confirm(found: Option<LinkedRequest>) -> AnyView {
    let t = use_texts().requests();
    match found {
        None => view! {
            <Page title=t.gone_title.to_owned()>
                <p role="alert">{t.gone_text(CONFIRM_HOURS / 24)}</p>
                <div class="deeds">
                    <a class="button act" rel="external" href=routes::REQUEST_ACCOUNT>{t.ask_again}</a>
                </div>
            </Page>
        }
        .into_any(),
        Some(LinkedRequest { is_confirmed: true, contract_number }) => view! {
            <Page title=t.confirmed_title.to_owned()>
                <p role="status">{t.confirmed_text(&contract_number)}</p>
            </Page>
        }
        .into_any(),
        Some(LinkedRequest { contract_number, .. }) => view! {
            <Page title=t.confirm_title.to_owned()>
                <p>{t.confirm_text(&contract_number)}</p>
                <form method="post" class="sign-in">
                    <button class="button act">{t.confirm_submit}</button>
                </form>
            </Page>
        }
        .into_any(),
    }
}
