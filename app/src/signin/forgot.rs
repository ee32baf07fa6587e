//! "Wachtwoord vergeten" (PRODUCT.md A3 to A5): asking for a link.

use leptos::prelude::*;

use super::asking::{Asking, ask_form, asking_page};
use crate::{error::AppError, i18n::use_texts, routes, ui::page::Page};

/// Asks for a link with the form that was posted to the page, if one was.
async fn asking() -> Result<Asking, AppError> {
    #[cfg(feature = "ssr")]
    {
        use collectief_domain::account::AskLinkForm;

        use crate::ssr;

        let Some(form) = ssr::posted::<AskLinkForm>() else { return Ok(Asking::opened()) };
        let answer = ssr::ask_link(&form).await?;
        Ok(Asking::answered(form.email, answer, &routes::asked_for_link()))
    }
    #[cfg(not(feature = "ssr"))]
    Ok(Asking::default())
}

/// The page `/wachtwoord-vergeten`.
#[component]
pub fn ForgotPage() -> impl IntoView {
    asking_page(Resource::new_blocking(|| (), |()| asking()), asked, fields)
}

fn asked() -> AnyView {
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

fn fields(asking: Asking) -> AnyView {
    let t = use_texts().password();
    let before = view! { <p>{t.ask_text}</p> }.into_any();
    let after = view! { <p><a rel="external" href=routes::SIGN_IN>{t.to_sign_in}</a></p> }.into_any();
    ask_form(asking, t.ask_title, routes::FORGOT, before, after)
}
