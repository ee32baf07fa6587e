//! The page, which puts the sections below each other.

use collectief_domain::{
    field::FieldErrors,
    own_details::{DetailsForm, DetailsView, Done},
};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use serde::{Deserialize, Serialize};

use super::{
    actions::view_own_details,
    sections::{details, email, password, reminders, second_step},
    sessions::sessions,
};
use crate::{
    error::AppError,
    i18n::{Texts, use_texts},
    routes,
    signin::LinkedIdentities,
    ui::{
        error_summary::ErrorSummary,
        loaded::loaded,
        mark::{Busy, Receipt},
        page::{Failure, Page},
    },
};

/// What the page shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Shown {
    /// What was posted is done; the browser goes on to another page.
    Sent,
    /// What is stored, and what the fields show.
    Details { view: Box<DetailsView>, form: Box<DetailsForm>, errors: FieldErrors },
}

async fn shown() -> Result<Shown, AppError> {
    #[cfg(feature = "ssr")]
    if let Some(form) = crate::ssr::posted() {
        return super::ssr::posted(form).await;
    }
    let view = Box::new(view_own_details().await?);
    Ok(Shown::Details { form: Box::new(view.form()), view, errors: FieldErrors::default() })
}

/// The page `/mijn-gegevens`.
#[component]
pub fn OwnDetailsPage() -> impl IntoView {
    let query = use_query_map();
    let done = Memo::new(move |_| query.with(|query| query.get_str(routes::DONE).and_then(Done::from_code)));
    let found = Resource::new_blocking(|| (), |()| shown());
    view! {
        <Suspense fallback=Busy>
            {loaded(move || async move {
                match found.await {
                    Ok(Shown::Details { view, form, errors }) => page(&view, &form, errors, done.get_untracked()),
                    Ok(Shown::Sent) => ().into_any(),
                    Err(error) => view! { <Failure error /> }.into_any(),
                }
            })}
        </Suspense>
    }
}

fn page(view: &DetailsView, form: &DetailsForm, errors: FieldErrors, done: Option<Done>) -> AnyView {
    let t = use_texts();
    let wrong = !errors.is_empty();
    let errors = Signal::stored(errors);
    let sections = view! {
        {details(t, form, errors)}
        {email(t, view, form, errors)}
        {reminders(t, view, form, errors)}
        {password(t, view, errors)}
        {second_step(t, view)}
        <LinkedIdentities here=routes::OWN_DETAILS />
        {sessions(t, view)}
    }
    .into_any();
    view! {
        <Page title=t.details().title.to_owned() wrong=wrong>
            {done.map(|done| acknowledged(t, done))}
            <ErrorSummary errors />
            <div class="sections">{sections}</div>
        </Page>
    }
    .into_any()
}

/// What was done, in words.
fn acknowledged(t: &'static Texts, done: Done) -> AnyView {
    let d = t.details();
    let (title, text) = match done {
        Done::Saved => (d.done_saved, d.done_saved_text),
        Done::Asked => (d.done_asked, d.done_asked_text),
        Done::Withdrawn => (d.done_withdrawn, d.done_withdrawn_text),
        Done::EmailChanged => (d.done_email, d.done_email_text),
        Done::RemindersChanged => (d.done_reminders, d.done_reminders_text),
        Done::WishesSaved => (d.done_wishes, d.done_wishes_text),
        Done::PasswordChanged => (d.done_password, d.done_password_text),
        Done::SessionEnded => (d.done_session, d.done_session_text),
        Done::OthersEnded => (d.done_others, d.done_others_text),
    };
    view! { <Receipt title><p>{text}</p></Receipt> }.into_any()
}
