//! Pages on which the address of an account is named, to get a link by mail: for a forgotten password, and to link
//! eHerkenning. They say the same whether or not the address is known.

use collectief_domain::{account::AskLinkRefusal, field::FieldErrors};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::{email_field, refused};
use crate::{
    error::AppError,
    i18n::use_texts,
    ui::{
        error_summary::ErrorSummary,
        loaded::loaded,
        mark::Busy,
        page::{Failure, Page},
    },
};

/// What such a page shows.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Asking {
    email: String,
    asked: bool,
    refusal: Option<AskLinkRefusal>,
}

#[cfg(feature = "ssr")]
impl Asking {
    /// When nothing was posted to it.
    pub(super) fn opened() -> Self {
        Self { asked: crate::ssr::query_value(crate::routes::ASKED).is_some(), ..Self::default() }
    }

    /// When `email` was posted to it, with what that came to; whoever asked goes on to `asked`.
    pub(super) fn answered(email: String, answer: Result<(), AskLinkRefusal>, asked: &str) -> Self {
        use crate::ssr;

        match answer {
            Ok(()) => {
                ssr::see_other(asked);
                Self::default()
            }
            Err(refusal) => {
                ssr::set_status(match refusal {
                    AskLinkRefusal::Invalid(_) => 422,
                    AskLinkRefusal::TooMany { .. } => 429,
                });
                Self { email, asked: false, refusal: Some(refusal) }
            }
        }
    }
}

/// The page: `asked` after a link was asked for, else `fields`.
pub(super) fn asking_page(
    asking: Resource<Result<Asking, AppError>>,
    asked: fn() -> AnyView,
    fields: fn(Asking) -> AnyView,
) -> AnyView {
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
    .into_any()
}

/// The page's form, between words `before` it and `after` it. Like signing in it is a plain form, which script never reads.
pub(super) fn ask_form(asking: Asking, title: &str, action: &'static str, before: AnyView, after: AnyView) -> AnyView {
    let t = use_texts().password();
    let is_wrong = asking.refusal.is_some();
    let (errors, general) = match asking.refusal {
        Some(AskLinkRefusal::Invalid(errors)) => (errors, None),
        Some(AskLinkRefusal::TooMany { seconds }) => {
            (FieldErrors::default(), Some(t.too_many(u64::from(seconds.div_ceil(60)))))
        }
        None => (FieldErrors::default(), None),
    };
    let errors = Signal::stored(errors);
    let general = general.map(|words| refused(t.not_sent, words));
    view! {
        <Page title=title.to_owned() wrong=is_wrong>
            <ErrorSummary errors />
            {general}
            {before}
            <form method="post" action=action class="sign-in" novalidate>
                {email_field(asking.email, errors)}
                <button class="button act">{t.ask_submit}</button>
            </form>
            {after}
        </Page>
    }
    .into_any()
}
