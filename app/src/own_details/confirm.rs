//! The pages behind a mailed link that confirms an address. Opening one uses nothing up; only its form does.

use collectief_domain::{account::LinkPurpose, own_details::ConfirmView};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use crate::{
    error::AppError,
    i18n::use_texts,
    routes,
    ui::{
        loaded::loaded,
        mark::Busy,
        page::{Failure, Page},
    },
};

/// Looks at a link, or does what was posted to its page.
async fn confirming(token: String, purpose: LinkPurpose) -> Result<Option<ConfirmView>, AppError> {
    #[cfg(feature = "ssr")]
    {
        super::ssr::confirming(&token, purpose).await
    }
    #[cfg(not(feature = "ssr"))]
    {
        let _ = (token, purpose);
        crate::signin::opened_again(None).await
    }
}

/// The pages `/e-mailadres-bevestigen/:token` and `/herinneringsadres-bevestigen/:token`.
pub fn confirm_page(purpose: LinkPurpose) -> AnyView {
    let token = use_params_map().with_untracked(|params| params.get_str("token").unwrap_or_default().to_owned());
    let found = Resource::new_blocking(|| (), move |()| confirming(token.clone(), purpose));
    view! {
        <Suspense fallback=Busy>
            {loaded(move || async move {
                match found.await {
                    Ok(Some(view)) => confirm_form(view, purpose),
                    Ok(None) => gone(),
                    Err(error) => view! { <Failure error /> }.into_any(),
                }
            })}
        </Suspense>
    }
    .into_any()
}

fn confirm_form(view: ConfirmView, purpose: LinkPurpose) -> AnyView {
    let t = use_texts().details();
    let (title, text) = match purpose {
        LinkPurpose::EmailChange => (t.confirm_email_title, t.confirm_email_text(&view.address, &view.email)),
        _ => (t.confirm_reminders_title, t.confirm_reminders_text(&view.address)),
    };
    view! {
        <Page title=title.to_owned()>
            <form method="post" class="sign-in">
                <p>{text}</p>
                <button class="button act">{t.confirm}</button>
            </form>
        </Page>
    }
    .into_any()
}

/// A link that was used, is too old, was replaced by a later one, is another's, or never was: told alike.
fn gone() -> AnyView {
    let t = use_texts();
    view! {
        <Page title=t.password().gone_title.to_owned()>
            <p role="alert">{t.details().gone_text}</p>
            <div class="deeds">
                <a class="button act" href=routes::OWN_DETAILS>{t.details().to_details}</a>
            </div>
        </Page>
    }
    .into_any()
}
