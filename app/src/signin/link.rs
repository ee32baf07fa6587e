//! The pages behind mailed links: choosing a password, and ending a block (PRODUCT.md A3 to A5).
//!
//! Opening such a page uses nothing up, because programs that read mail open its links as well; only its form does.

use collectief_domain::{
    account::{LinkPurpose, LinkView},
    field::FieldErrors,
};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use serde::{Deserialize, Serialize};

use crate::{
    error::AppError,
    i18n::use_texts,
    routes,
    ui::{
        error_summary::ErrorSummary,
        field::{PasswordField, error_on},
        loaded::loaded,
        mark::Busy,
        page::{Failure, Page},
    },
};

/// What a page behind a link shows.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Opened {
    /// The account; nothing when the link does not work.
    view: Option<LinkView>,
    errors: FieldErrors,
}

/// Looks at a link, or does what was posted to its page.
async fn opened(token: String, purpose: LinkPurpose) -> Result<Opened, AppError> {
    #[cfg(feature = "ssr")]
    {
        use collectief_domain::account::NewPasswordForm;

        use crate::ssr;

        let form = ssr::posted::<NewPasswordForm>();
        let done = match (form, purpose) {
            (None, _) => ssr::view_link(&token, purpose).await.map(|view| (view, FieldErrors::default())),
            (Some(_), LinkPurpose::Unblock) => match ssr::unblock(&token).await {
                Ok(()) => {
                    ssr::see_other(&routes::sign_in_notice(routes::UNBLOCKED));
                    return Ok(Opened::default());
                }
                Err(error) => Err(error),
            },
            (Some(form), _) => match ssr::set_password(&token, purpose, &form).await {
                Ok(Ok(admitted)) => {
                    ssr::go_on(&admitted, routes::DASHBOARD);
                    return Ok(Opened::default());
                }
                Ok(Err(errors)) => {
                    let view = ssr::view_link(&token, purpose).await;
                    if view.is_ok() {
                        ssr::set_status(422);
                    }
                    view.map(|view| (view, errors))
                }
                Err(error) => Err(error),
            },
        };
        match done {
            Ok((view, errors)) => Ok(Opened { view: Some(view), errors }),
            // The status is set; what to do about it stands on the page.
            Err(AppError::NotFound) => Ok(Opened::default()),
            Err(error) => Err(error),
        }
    }
    #[cfg(not(feature = "ssr"))]
    {
        let _ = (token, purpose);
        opened_again(Opened::default()).await
    }
}

/// Somebody went back to a page of which only the server knows what it shows now: it is loaded anew.
#[cfg(not(feature = "ssr"))]
pub(crate) async fn opened_again<T>(otherwise: T) -> Result<T, AppError> {
    #[cfg(feature = "hydrate")]
    if window().location().reload().is_ok() {
        std::future::pending::<()>().await;
    }
    Ok(otherwise)
}

/// The pages `/activeren/:token`, `/wachtwoord-herstellen/:token`, `/deblokkeren/:token` and
/// `/eherkenning-koppelen/:token`.
pub fn link_page(purpose: LinkPurpose) -> AnyView {
    if purpose == LinkPurpose::Identity {
        return super::eherkenning::confirm_page();
    }
    let token = use_params_map().with_untracked(|params| params.get_str("token").unwrap_or_default().to_owned());
    let opened = Resource::new_blocking(|| (), move |()| opened(token.clone(), purpose));
    view! {
        <Suspense fallback=Busy>
            {loaded(move || async move {
                match opened.await {
                    Ok(Opened { view: None, .. }) => gone(),
                    Ok(Opened { view: Some(view), .. }) if purpose == LinkPurpose::Unblock => unblock_form(view),
                    Ok(Opened { view: Some(view), errors }) => password_form(view, errors, purpose),
                    Err(error) => view! { <Failure error /> }.into_any(),
                }
            })}
        </Suspense>
    }
    .into_any()
}

/// A link that was used, is too old, or never was: told alike, with the way to a new one.
fn gone() -> AnyView {
    let t = use_texts().password();
    view! {
        <Page title=t.gone_title.to_owned()>
            <p role="alert">{t.gone_text}</p>
            <div class="deeds">
                <a class="button act" rel="external" href=routes::FORGOT>{t.gone_ask}</a>
                <a class="button" rel="external" href=routes::SIGN_IN>{t.to_sign_in}</a>
            </div>
        </Page>
    }
    .into_any()
}

fn password_form(view: LinkView, errors: FieldErrors, purpose: LinkPurpose) -> AnyView {
    let t = use_texts().password();
    let (title, text, submit) = match purpose {
        LinkPurpose::Activation => (t.activate_title, t.activate_text, t.activate_submit),
        _ => (t.reset_title, t.reset_text, t.reset_submit),
    };
    let is_wrong = !errors.is_empty();
    let errors = Signal::stored(errors);
    view! {
        <Page title=title.to_owned() wrong=is_wrong>
            <ErrorSummary errors />
            <p>{t.for_account(&view.email)} " " {text}</p>
            <form method="post" class="sign-in" novalidate>
                // What a password manager keeps the password under.
                <input type="email" name="email" autocomplete="username" value=view.email readonly hidden />
                <PasswordField
                    label=t.new_password
                    name="wachtwoord"
                    autocomplete="new-password"
                    hint=t.hint(view.fewest)
                    error=error_on(errors, "wachtwoord")
                />
                <button class="button act">{submit}</button>
            </form>
        </Page>
    }
    .into_any()
}

fn unblock_form(view: LinkView) -> AnyView {
    let t = use_texts().password();
    view! {
        <Page title=t.unblock_title.to_owned()>
            <p>{t.for_account(&view.email)} " " {t.unblock_text}</p>
            <form method="post" class="sign-in">
                <button class="button act">{t.unblock_submit}</button>
            </form>
        </Page>
    }
    .into_any()
}
