//! The task list: how far one is, until when it is kept, and throwing it away.

use collectief_domain::{
    enrolment::{DraftView, PersonForm, Step},
    field::FieldErrors,
};
use leptos::prelude::*;

use super::{Shown, question_path, shown, step_words};
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
    let open = view.open;
    let reached = open.map_or(Step::Check, |question| question.step());
    let steps: Vec<_> = Step::ALL
        .into_iter()
        .map(|step| {
            let (kind, state) = if step < reached {
                (Kind::In, e.state_done)
            } else if step == reached {
                (Kind::Wait, e.state_now)
            } else {
                (Kind::Plain, e.state_later)
            };
            let first = step.questions().next();
            let name = step_words(t, step);
            let name = match first.filter(|_| step < reached) {
                Some(question) => view! { <a rel="external" href=question_path(question)>{name}</a> }.into_any(),
                None => name.into_any(),
            };
            view! { <li><span>{name}</span> <Tag kind label=state /></li> }
        })
        .collect();
    let next = open.map_or_else(|| routes::ENROL_CHECK.to_owned(), question_path);
    let kept = e.kept_until(format::date(view.kept_until));
    let employer = view.offer.as_ref().map(|offer| view! { <p class="soft">{offer.contract.name.clone()}</p> });
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
