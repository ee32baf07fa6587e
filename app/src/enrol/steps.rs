//! The task list: how far one is, until when it is kept, and throwing it away.

use collectief_domain::{
    enrolment::{DraftView, PersonForm, Step},
    field::FieldErrors,
};
use leptos::prelude::*;

use super::{Shown, employer, shown, step_words};
use crate::{
    error::AppError,
    i18n::use_texts,
    routes,
    ui::{
        format,
        mark::{Kind, Tag},
        page::Page,
    },
};

async fn kept() -> Result<Shown, AppError> {
    #[cfg(feature = "ssr")]
    {
        super::ssr::steps().await
    }
    #[cfg(not(feature = "ssr"))]
    Ok(Shown::Gone)
}

/// The page `/aanmelden/stappen`.
pub(super) fn page() -> AnyView {
    shown(Resource::new_blocking(|| (), |()| kept()), show)
}

fn show(view: DraftView, _: FieldErrors, _: Option<PersonForm>) -> AnyView {
    let t = use_texts();
    let e = t.enrol();
    let reached = view.open.map_or(Step::Check, |question| question.step());
    let steps: Vec<_> = Step::ALL
        .into_iter()
        .map(|step| {
            // What was answered before an answer ahead of it went wrong is not asked again.
            let first = step.questions().next();
            let is_done = first.is_some() && step.questions().all(|question| view.form.is_answered(question));
            let (kind, state) = if step == reached {
                (Kind::Wait, e.state_now)
            } else if is_done {
                (Kind::In, e.state_done)
            } else {
                (Kind::Plain, e.state_later)
            };
            let name = step_words(t, step);
            let name = match first.filter(|_| is_done) {
                Some(question) => {
                    view! { <a rel="external" href=routes::enrol_question(question)>{name}</a> }.into_any()
                }
                None => name.into_any(),
            };
            view! { <li><span>{name}</span> <Tag kind label=state /></li> }
        })
        .collect();
    let next = view.open.map_or_else(|| routes::ENROL_CHECK.to_owned(), routes::enrol_question);
    let kept = e.kept_until(format::date(view.kept_until));
    let employer = employer(&view).map(|name| view! { <p class="soft">{name.to_owned()}</p> });
    view! {
        <Page title=e.steps_title>
            {employer}
            <ol class="tasks">{steps}</ol>
            <p>{kept}</p>
            <div class="deeds">
                <a class="button act" rel="external" href=next>{e.go_on}</a>
                <form method="post" action=routes::ENROL_STEPS>
                    <button class="button plain" name="actie" value="weggooien">{e.discard}</button>
                </form>
            </div>
        </Page>
    }
    .into_any()
}
