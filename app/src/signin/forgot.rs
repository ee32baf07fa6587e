//! "Wachtwoord vergeten" (PRODUCT.md A3 to A5): asking for a link. The page says the same whether or not the address is
//! known.

use collectief_domain::{account::AskLinkRefusal, field::FieldErrors};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::{email_field, refused};
use crate::{
    error::AppError,
    i18n::use_texts,
    routes,
    ui::{
        error_summary::ErrorSummary,
        loaded::loaded,
        mark::Busy,
        page::{Failure, Page},
    },
};

/// What the page shows.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Asking {
    email: String,
    asked: bool,
    refusal: Option<AskLinkRefusal>,
}

/// Asks for a link with the form that was posted to the page, if one was.
async fn asking() -> Result<Asking, AppError> {
    #[cfg(feature = "ssr")]
    {
        use collectief_domain::account::AskLinkForm;

        use crate::ssr;

        let Some(form) = ssr::posted::<AskLinkForm>() else {
            let asked = ssr::query_value(routes::ASKED).is_some();
            return Ok(Asking { asked, ..Asking::default() });
        };
        match ssr::ask_link(&form).await? {
            Ok(()) => {
                ssr::see_other(&routes::asked_for_link());
                Ok(Asking::default())
            }
            Err(refusal) => {
                ssr::set_status(match refusal {
                    AskLinkRefusal::Invalid(_) => 422,
                    AskLinkRefusal::TooMany { .. } => 429,
                });
                Ok(Asking { email: form.email, asked: false, refusal: Some(refusal) })
            }
        }
    }
    #[cfg(not(feature = "ssr"))]
    Ok(Asking::default())
}

/// The page `/wachtwoord-vergeten`. Like signing in it is a plain form, which script never reads.
#[component]
pub fn ForgotPage() -> impl IntoView {
    let asking = Resource::new_blocking(|| (), |()| asking());
    view! {
        <Suspense fallback=Busy>
            {loaded(move || async move {
                match asking.await {
                    Ok(Asking { asked: true, .. }) => view! { <Asked /> }.into_any(),
                    Ok(asking) => view! { <AskFields asking /> }.into_any(),
                    Err(error) => view! { <Failure error /> }.into_any(),
                }
            })}
        </Suspense>
    }
}

#[component]
fn Asked() -> impl IntoView {
    let t = use_texts().password();
    view! {
        <Page title=t.asked_title.to_owned()>
            <p role="status">{t.asked_text}</p>
            <p>{t.asked_nothing}</p>
            <div class="deeds">
                <a class="button" rel="external" href=routes::SIGN_IN>{t.to_sign_in}</a>
                <a class="button plain" rel="external" href=routes::FORGOT>{t.ask_again}</a>
            </div>
        </Page>
    }
    .into_any()
}

#[component]
fn AskFields(asking: Asking) -> impl IntoView {
    let t = use_texts();
    let is_wrong = asking.refusal.is_some();
    let (errors, general) = match asking.refusal {
        Some(AskLinkRefusal::Invalid(errors)) => (errors, None),
        Some(AskLinkRefusal::TooMany { seconds }) => {
            (FieldErrors::default(), Some(t.password().too_many(u64::from(seconds.div_ceil(60)))))
        }
        None => (FieldErrors::default(), None),
    };
    let errors = Signal::stored(errors);
    let general = general.map(|words| refused(t.password().not_sent, words));
    view! {
        <Page title=t.password().ask_title.to_owned() wrong=is_wrong>
            <ErrorSummary errors />
            {general}
            <p>{t.password().ask_text}</p>
            <form method="post" action=routes::FORGOT class="sign-in" novalidate>
                {email_field(asking.email, errors)}
                <button class="button act">{t.password().ask_submit}</button>
            </form>
            <p><a rel="external" href=routes::SIGN_IN>{t.password().to_sign_in}</a></p>
        </Page>
    }
    .into_any()
}
