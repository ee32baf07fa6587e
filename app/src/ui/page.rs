//! What every page begins with, and what stands there when it cannot be shown.

use leptos::prelude::*;
use leptos_meta::Title;

use crate::{
    error::AppError,
    frame::use_frame,
    i18n::{long_date, use_texts},
    routes,
};

/// The document's title: `Huidige deelnemers – Collectief`, and `Fout: …` while something is wrong.
#[component]
pub fn PageTitle(
    /// The page's own title.
    #[prop(into)]
    title: Signal<String>,
    /// Whether a form on the page has errors.
    #[prop(optional, into)]
    wrong: Signal<bool>,
) -> impl IntoView {
    let t = use_texts();
    let brand = use_frame().brand.clone();
    // The effect that writes the document's title outlives the page by a moment: what it reads may be gone by then.
    let text = move || {
        let prefix = if wrong.try_get().unwrap_or_default() { t.ui().error_prefix } else { "" };
        let space = if prefix.is_empty() { "" } else { " " };
        title.try_with(|title| format!("{prefix}{space}{title} – {brand}")).unwrap_or_else(|| brand.clone())
    };
    // The server writes the title when the page's owner may be gone already; so it is put into words here and now.
    let text = if cfg!(feature = "ssr") { TextProp::from(text()) } else { TextProp::from(text) };
    view! { <Title text /> }
}

/// A page: its title, a line below it, and the rest.
#[component]
pub fn Page(
    /// The heading, which is also the document's title.
    #[prop(into)]
    title: Signal<String>,
    /// Whether a form on the page has errors.
    #[prop(optional, into)]
    wrong: Signal<bool>,
    /// The line below the heading: whom it lists, how many, how fresh.
    #[prop(optional, into)]
    intro: Option<ViewFn>,
    /// The page.
    children: Children,
) -> impl IntoView {
    view! {
        <PageTitle title wrong />
        <div class="title">
            <h1>{move || title.get()}</h1>
            {intro.map(|intro| view! { <div class="intro">{intro.run()}</div> })}
        </div>
        {children()}
    }
    .into_any()
}

/// What stands on a page when it could not be shown, with what one can do.
#[component]
pub fn Failure(
    /// Why.
    error: AppError,
) -> impl IntoView {
    let t = use_texts();
    let t = t.error();
    let (title, text) = words(&error);
    let incident = match &error {
        AppError::Unavailable { incident } | AppError::Internal { incident } if !incident.is_empty() => {
            Some(view! { <p>{t.incident} " " <code class="incident">{incident.clone()}</code></p> })
        }
        _ => None,
    };
    let way_on = match &error {
        AppError::SignedOut => {
            view! { <a class="button act" rel="external" href=routes::SIGN_IN>{t.sign_in}</a> }.into_any()
        }
        AppError::SecondFactor => {
            view! { <a class="button act" rel="external" href=routes::SECOND_FACTOR>{t.second_factor}</a> }.into_any()
        }
        AppError::Stale | AppError::Unavailable { .. } | AppError::Offline | AppError::Conflict(_) => {
            // An empty address is this page, loaded anew.
            view! { <a class="button act" rel="external" href="">{t.reload}</a> }.into_any()
        }
        _ => view! { <a class="button" href=routes::DASHBOARD>{t.to_dashboard}</a> }.into_any(),
    };
    view! {
        <PageTitle title=title.clone() />
        <div class="failure" role="alert">
            <h1>{title}</h1>
            <p>{text}</p>
            {incident}
            <p>{way_on}</p>
        </div>
    }
    .into_any()
}

/// An error in a title and a sentence, for a place on a page that is not a whole page.
pub fn words(error: &AppError) -> (String, String) {
    let texts = use_texts();
    let t = texts.error();
    let (title, text) = match error {
        AppError::Invalid(_) => (texts.ui().summary_title, t.invalid_text),
        AppError::Refused(_) => (t.refused_title, t.refused_text),
        AppError::NotFound => (t.not_found_title, t.not_found_text),
        AppError::SignedOut => (t.signed_out_title, t.signed_out_text),
        AppError::SecondFactor => (t.second_factor_title, t.second_factor_text),
        AppError::Forbidden => (t.forbidden_title, t.forbidden_text),
        AppError::Unavailable { .. } => (t.unavailable_title, t.unavailable_text),
        AppError::Internal { .. } => (t.internal_title, t.internal_text),
        AppError::Stale => (t.stale_title, t.stale_text),
        AppError::Offline => (t.offline_title, t.offline_text),
        AppError::Conflict(conflict) => {
            let text = match (&conflict.by, conflict.on, &conflict.at) {
                (Some(by), Some(on), Some(at)) => t.conflict_by(by, long_date(on), at),
                _ => t.conflict_text.to_owned(),
            };
            let text = match &conflict.full_name {
                Some(name) => format!("{name}: {text}"),
                None => text,
            };
            return (t.conflict_title.to_owned(), text);
        }
    };
    (title.to_owned(), text.to_owned())
}
