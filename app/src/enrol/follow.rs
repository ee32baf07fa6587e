//! The employee's own page behind the mailed link: how far the request is, and what can be done about it.

use collectief_domain::{
    case::{CaseKind, CaseState, CaseStep, FollowForm, FollowView, is_removed_by_insurer},
    field::FieldErrors,
};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use serde::{Deserialize, Serialize};

use super::{
    change::{field_words, kind_words, value_words},
    parameter,
};
use crate::{
    error::AppError,
    i18n::{Texts, use_texts},
    routes,
    signin::refused,
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
    /// What was posted could not be done, because the request is no longer where the page saw it.
    pub(super) moved_on: bool,
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
            moved_on: false,
        })
        .await
    }
}

/// The page `/aanvraag/:token`. Opening it changes nothing, because programs that read mail open its links as well.
pub(super) fn page() -> AnyView {
    let token = parameter("token");
    let asked = token.clone();
    let found = Resource::new_blocking(|| (), move |()| followed(asked.clone()));
    view! {
        <Suspense fallback=Busy>
            {loaded(move || {
                let token = token.clone();
                async move {
                match found.await {
                    Ok(Followed { sent: true, .. }) => ().into_any(),
                    Ok(Followed { view: Some(view), typed, errors, moved_on, .. }) => {
                        show(&token, &view, typed, errors, moved_on)
                    }
                    Ok(_) => nowhere(),
                    Err(error) => view! { <Failure error /> }.into_any(),
                }
            }})}
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

fn show(token: &str, view: &FollowView, typed: FollowForm, errors: FieldErrors, moved_on: bool) -> AnyView {
    let t = use_texts();
    let e = t.enrol();
    let wrong = !errors.is_empty();
    let errors = Signal::stored(errors);
    let withdrawing = use_query_map().with_untracked(|query| query.get_str(routes::WITHDRAW).is_some());
    let (title, text) = standing(t, view);
    let moved_on = moved_on.then(|| refused(e.moved_on_title, e.moved_on_text.to_owned()));
    let seen = view.version.to_string();
    let reason = view.moments.iter().rev().find(|moment| moment.step == CaseStep::Removed);
    let reason = reason.filter(|_| view.state == CaseState::Removed).map(|moment| {
        let text = moment.text.clone();
        view! { <Note kind=Kind::Out><p>{e.the_reason}</p> <p class="typed">{text}</p></Note> }
    });
    let confirm = (view.state == CaseState::Unproven && !withdrawing).then(|| {
        view! {
            <form method="post">
                <input type="hidden" name="versie" value=seen.clone() />
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
                    <input type="hidden" name="versie" value=seen.clone() />
                    <TextArea
                        label=e.your_answer
                        name="antwoord"
                        value=typed.antwoord
                        error=error_on(errors, "antwoord")
                    />
                    <button class="button act" name="actie" value="antwoorden">{e.answer}</button>
                </form>
            </section>
        }
    });
    let is_change = view.kind != CaseKind::Enrolment;
    let (sure, withdraw_words) =
        if is_change { (e.withdraw_request_sure, e.withdraw_request) } else { (e.withdraw_sure, e.withdraw) };
    let change = view.may_change.then(|| {
        let href = routes::change(token);
        view! { <p class="deeds"><a class="button" rel="external" href=href>{e.change_something}</a></p> }
    });
    let withdraw = view.may_withdraw.then(|| {
        if withdrawing {
            view! {
                <Note kind=Kind::Wait>
                    <p>{sure}</p>
                    <form method="post" class="deeds">
                        <input type="hidden" name="versie" value=seen.clone() />
                        <button class="button stop" name="actie" value="intrekken">{e.withdraw_yes}</button>
                        <a class="button plain" rel="external" href="?">{e.withdraw_no}</a>
                    </form>
                </Note>
            }
            .into_any()
        } else {
            let href = format!("?{}=ja", routes::WITHDRAW);
            view! { <p><a class="button" rel="external" href=href>{withdraw_words}</a></p> }.into_any()
        }
    });
    let (asked, course) = (asked(t, view), course(t, view));
    view! {
        <Page title=title wrong=wrong>
            <ErrorSummary errors />
            {moved_on}
            <p class="lead" role="status">{text}</p>
            {confirm}
            {reason}
            {question}
            {asked}
            <h2>{e.course}</h2>
            {course}
            {change}
            {withdraw}
        </Page>
    }
    .into_any()
}

/// How far it is, in words.
fn standing(t: &'static Texts, view: &FollowView) -> (&'static str, String) {
    if view.kind != CaseKind::Enrolment {
        return standing_of_change(t, view);
    }
    let e = t.enrol();
    let employer = view.employer.as_str();
    let day = format::date(view.effective);
    match view.state {
        CaseState::Unproven => (e.is_unproven, e.is_unproven_text.to_owned()),
        CaseState::Waiting => (e.is_waiting, e.is_waiting_text(employer)),
        CaseState::Questioned => (e.is_questioned, e.is_questioned_text(employer)),
        CaseState::Processed => (e.is_processed, e.is_processed_text(day)),
        CaseState::Removed if is_removed_by_insurer(view.moments.iter().map(|moment| moment.step)) => {
            (e.is_removed, e.is_removed_insurer.to_owned())
        }
        CaseState::Removed => (e.is_removed, e.is_removed_text(employer)),
        CaseState::Withdrawn => (e.is_withdrawn, e.is_withdrawn_text.to_owned()),
        CaseState::Stuck => (e.is_stuck, e.is_stuck_text.to_owned()),
    }
}

/// As [`standing`], of the request for a change.
fn standing_of_change(t: &'static Texts, view: &FollowView) -> (&'static str, String) {
    let e = t.enrol();
    let employer = view.employer.as_str();
    match view.state {
        CaseState::Unproven | CaseState::Waiting => (e.request_is_waiting, e.request_is_waiting_text(employer)),
        CaseState::Questioned => (e.is_questioned, e.is_questioned_text(employer)),
        CaseState::Processed => (e.request_is_processed, e.request_is_processed_text(format::date(view.effective))),
        CaseState::Removed if is_removed_by_insurer(view.moments.iter().map(|moment| moment.step)) => {
            (e.request_is_removed, e.request_is_removed_insurer.to_owned())
        }
        CaseState::Removed => (e.request_is_removed, e.request_is_removed_text(employer)),
        CaseState::Withdrawn => (e.request_is_withdrawn, e.is_withdrawn_text.to_owned()),
        CaseState::Stuck => (e.is_stuck, e.is_stuck_text.to_owned()),
    }
}

/// What changes, and until when the employer can decide about it.
fn asked_change(t: &'static Texts, view: &FollowView) -> AnyView {
    let e = t.enrol();
    let rows: Vec<_> = view
        .changes
        .iter()
        .map(|change| {
            let value = |text: &str| value_words(t, change.field, text);
            let (before, after) = (value(&change.before), value(&change.after));
            let becomes = match (before.is_empty(), after.is_empty()) {
                (true, _) => after,
                (false, true) => format!("{before} → -"),
                (false, false) => format!("{before} → {after}"),
            };
            view! {
                <dt>{field_words(t, change.field)}</dt>
                <dd class="typed">{becomes}</dd>
            }
        })
        .collect();
    let to = view.to_employer.clone().map(|name| {
        view! {
            <dt>{e.new_employer}</dt>
            <dd>{name}</dd>
        }
    });
    let left = view.days_left.map(|left| {
        let text = match left {
            ..0 => e.decide_late.to_owned(),
            left => e.decide_within(u64::from(left.unsigned_abs()), &view.employer),
        };
        view! { <Note kind=Kind::Wait><p>{text}</p></Note> }
    });
    view! {
        {left}
        <dl class="facts">
            <dt>{e.request}</dt>
            <dd>{kind_words(t, view.kind)}</dd>
            <dt>{e.reference}</dt>
            <dd>{view.reference.clone()}</dd>
            <dt>{e.employer}</dt>
            <dd>{view.employer.clone()}</dd>
            {to}
            <dt>{e.name}</dt>
            <dd>{view.full_name.clone()}</dd>
            {rows}
        </dl>
    }
    .into_any()
}

fn asked(t: &'static Texts, view: &FollowView) -> AnyView {
    if view.kind != CaseKind::Enrolment {
        return asked_change(t, view);
    }
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
            <dt>{e.insurance}</dt>
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
    let removed = if is_removed_by_insurer(view.moments.iter().map(|moment| moment.step)) {
        e.step_removed_insurer
    } else {
        e.step_removed
    };
    let words = |step: CaseStep| match step {
        CaseStep::Sent => e.step_sent,
        CaseStep::Proven => e.step_proven,
        CaseStep::Approved => e.step_approved,
        CaseStep::DoneAtOnce | CaseStep::Retried => e.step_done,
        CaseStep::Removed => removed,
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
            let is_told = matches!(moment.step, CaseStep::Asked | CaseStep::Answered);
            let text = is_told.then(|| view! { <p class="typed">{moment.text.clone()}</p> });
            let when = format!(" {} {}", format::date(moment.on), moment.at);
            view! { <li><strong>{words(moment.step)}</strong> <span class="soft">{when}</span> {text}</li> }
        })
        .collect();
    view! { <ol class="course">{lines}</ol> }.into_any()
}
