//! The employee's own page behind the mailed link: how far the request is, and what can be done about it.

use collectief_domain::{
    case::{CaseState, CaseStep, FollowForm, FollowView},
    field::FieldErrors,
};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use serde::{Deserialize, Serialize};

use super::parameter;
use crate::{
    error::AppError,
    i18n::{Texts, use_texts},
    routes,
    ui::{
        error_summary::ErrorSummary,
        field::{TextArea, error_on},
        format,
        loaded::loaded,
        mark::{Busy, Kind, Note},
        page::{Failure, Page},
    },
};

/// What the page shows: nothing when the link does not work.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Followed {
    pub(super) view: Option<Box<FollowView>>,
    pub(super) typed: FollowForm,
    pub(super) errors: FieldErrors,
    /// What was posted is done; the browser goes on to this page anew.
    pub(super) sent: bool,
}

async fn followed(token: String) -> Result<Followed, AppError> {
    #[cfg(feature = "ssr")]
    {
        super::ssr::follow(token).await
    }
    #[cfg(not(feature = "ssr"))]
    {
        let _ = token;
        crate::signin::opened_again(Followed {
            view: None,
            typed: FollowForm::default(),
            errors: FieldErrors::default(),
            sent: false,
        })
        .await
    }
}

/// The page `/aanvraag/:token`. Opening it changes nothing, because programs that read mail open its links as well.
pub(super) fn page() -> AnyView {
    let token = parameter("token");
    let found = Resource::new_blocking(|| (), move |()| followed(token.clone()));
    view! {
        <Suspense fallback=Busy>
            {loaded(move || async move {
                match found.await {
                    Ok(Followed { sent: true, .. }) => ().into_any(),
                    Ok(Followed { view: Some(view), typed, errors, .. }) => show(&view, typed, errors),
                    Ok(_) => nowhere(),
                    Err(error) => view! { <Failure error /> }.into_any(),
                }
            })}
        </Suspense>
    }
    .into_any()
}

fn nowhere() -> AnyView {
    let e = use_texts().enrol();
    view! {
        <Page title=e.no_link_title>
            <p role="alert">{e.no_link_text}</p>
            <p class="deeds"><a class="button" rel="external" href=routes::ENROL>{e.begin_again}</a></p>
        </Page>
    }
    .into_any()
}

fn show(view: &FollowView, typed: FollowForm, errors: FieldErrors) -> AnyView {
    let t = use_texts();
    let e = t.enrol();
    let wrong = !errors.is_empty();
    let errors = Signal::stored(errors);
    let withdrawing = use_query_map().with_untracked(|query| query.get_str(routes::WITHDRAW).is_some());
    let (title, text) = standing(t, view);
    let reason = view.moments.iter().rev().find(|moment| moment.step == CaseStep::Removed);
    let reason = reason.filter(|_| view.state == CaseState::Removed).map(|moment| {
        let text = moment.text.clone();
        view! { <Note kind=Kind::Out><p>{e.the_reason}</p> <p class="typed">{text}</p></Note> }
    });
    let confirm = (view.state == CaseState::Unproven && !withdrawing).then(|| {
        view! {
            <form method="post">
                <button class="button act" name="actie" value="bevestigen">{e.confirm}</button>
            </form>
        }
    });
    let question = view.question.clone().map(|question| {
        view! {
            <section class="sheet pad">
                <h2>{e.the_question}</h2>
                <p class="typed">{question}</p>
                <form method="post" novalidate>
                    <TextArea label=e.your_answer name="antwoord" value=typed.antwoord error=error_on(errors, "antwoord") />
                    <button class="button act" name="actie" value="antwoorden">{e.answer}</button>
                </form>
            </section>
        }
    });
    let withdraw = view.may_withdraw.then(|| {
        if withdrawing {
            view! {
                <Note kind=Kind::Wait>
                    <p>{e.withdraw_sure}</p>
                    <form method="post">
                        <button class="button stop" name="actie" value="intrekken">{e.withdraw_yes}</button>
                        <a class="button plain" rel="external" href="?">{e.withdraw_no}</a>
                    </form>
                </Note>
            }
            .into_any()
        } else {
            let href = format!("?{}=ja", routes::WITHDRAW);
            view! { <p><a class="button" rel="external" href=href>{e.withdraw}</a></p> }.into_any()
        }
    });
    let (asked, course) = (asked(t, view), course(t, view));
    view! {
        <Page title=title wrong=wrong>
            <ErrorSummary errors />
            <p class="lead" role="status">{text}</p>
            {confirm}
            {reason}
            {question}
            {asked}
            <h2>{e.course}</h2>
            {course}
            {withdraw}
        </Page>
    }
    .into_any()
}

/// How far it is, in words.
fn standing(t: &'static Texts, view: &FollowView) -> (&'static str, String) {
    let e = t.enrol();
    let employer = view.employer.as_str();
    let day = format::date(view.effective);
    match view.state {
        CaseState::Unproven => (e.is_unproven, e.is_unproven_text.to_owned()),
        CaseState::Waiting => (e.is_waiting, e.is_waiting_text(employer)),
        CaseState::Questioned => (e.is_questioned, e.is_questioned_text(employer)),
        CaseState::Processed => (e.is_processed, e.is_processed_text(day)),
        CaseState::Removed => (e.is_removed, e.is_removed_text(employer)),
        CaseState::Withdrawn => (e.is_withdrawn, e.is_withdrawn_text.to_owned()),
        CaseState::Stuck => (e.is_stuck, e.is_stuck_text.to_owned()),
    }
}

fn asked(t: &'static Texts, view: &FollowView) -> AnyView {
    let e = t.enrol();
    let family = (view.dependants > 0).then(|| {
        view! {
            <dt>{e.step_family}</dt>
            <dd>{view.dependants}</dd>
        }
    });
    view! {
        <dl class="facts">
            <dt>{e.reference}</dt>
            <dd>{view.reference.clone()}</dd>
            <dt>{e.employer}</dt>
            <dd>{view.employer.clone()}</dd>
            <dt>{e.name}</dt>
            <dd>{view.full_name.clone()}</dd>
            <dt>{e.step_insurance}</dt>
            <dd>{view.products.join(" + ")}</dd>
            <dt>{e.start}</dt>
            <dd>{format::date(view.effective)}</dd>
            {family}
        </dl>
    }
    .into_any()
}

fn course(t: &'static Texts, view: &FollowView) -> AnyView {
    let e = t.enrol();
    let words = |step: CaseStep| match step {
        CaseStep::Sent => e.step_sent,
        CaseStep::Proven => e.step_proven,
        CaseStep::Approved => e.step_approved,
        CaseStep::DoneAtOnce | CaseStep::Retried => e.step_done,
        CaseStep::Removed => e.step_removed,
        CaseStep::Asked => e.step_asked,
        CaseStep::Answered => e.step_answered,
        CaseStep::Withdrawn => e.step_withdrawn,
        CaseStep::Undone => e.step_undone,
        CaseStep::Failed => e.step_failed,
    };
    let lines: Vec<_> = view
        .moments
        .iter()
        .map(|moment| {
            let answer =
                (moment.step == CaseStep::Answered).then(|| view! { <p class="typed">{moment.text.clone()}</p> });
            let when = format!(" {} {}", format::date(moment.on), moment.at);
            view! { <li><strong>{words(moment.step)}</strong> <span class="soft">{when}</span> {answer}</li> }
        })
        .collect();
    view! { <ol class="course">{lines}</ol> }.into_any()
}
