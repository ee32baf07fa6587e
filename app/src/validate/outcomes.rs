//! What came of a decision, a line for each request.

use collectief_domain::{
    case::{CaseKind, CaseState, Outcome, OutcomeResult},
    ids::CaseId,
};
use leptos::{ev::SubmitEvent, prelude::*};

use super::{deciding::Deciding, keyboard, words::cause_words};
use crate::{
    deregister::Problem,
    i18n::{Texts, long_date},
    routes,
    ui::mark::{Kind, Note, Receipt},
};

/// What came of what was done here, or posted; it takes the focus. Approvals can be taken back from it where `undo` says
/// so.
pub(super) fn told(
    t: &'static Texts,
    deciding: Deciding,
    posted: Vec<Outcome>,
    posted_undone: Option<bool>,
    undo: bool,
) -> AnyView {
    let (told, undone) = (deciding.outcomes(posted), deciding.undone(posted_undone));
    Effect::new(move |_| {
        if told.with(|told| !told.is_empty()) || undone.get().is_some() {
            request_animation_frame(keyboard::focus_told);
        }
    });
    view! {
        <div id=keyboard::TOLD class="told" tabindex="-1">
            {move || undone.get().map(|done| taken_back(t, done))}
            {move || {
                let told = told.get();
                (!told.is_empty()).then(|| outcomes(t, &told, undo.then_some(deciding)))
            }}
            {move || deciding.failure().map(|error| view! { <Problem error /> })}
        </div>
    }
    .into_any()
}

/// Whether an approval was taken back.
fn taken_back(t: &'static Texts, done: bool) -> AnyView {
    let v = t.validate();
    if done {
        view! { <Receipt title=v.undone><p>{v.undone_text}</p></Receipt> }.into_any()
    } else {
        view! {
            <div class="summary" role="alert">
                <h2>{v.undo_late}</h2>
                <p>{v.undo_late_text}</p>
            </div>
        }
        .into_any()
    }
}

fn outcomes(t: &'static Texts, outcomes: &[Outcome], undo: Option<Deciding>) -> AnyView {
    let v = t.validate();
    let done = outcomes.iter().filter(|outcome| is_done(&outcome.result)).count();
    let lines: Vec<_> = outcomes.iter().map(|outcome| line(t, outcome, undo)).collect();
    if done == outcomes.len() {
        view! { <Receipt title=v.done(done as u64)><ul class="outcomes">{lines}</ul></Receipt> }.into_any()
    } else {
        view! {
            <Note kind=Kind::Wait>
                <h2 role="status">{v.not_all}</h2>
                <ul class="outcomes">{lines}</ul>
            </Note>
        }
        .into_any()
    }
}

const fn is_done(result: &OutcomeResult) -> bool {
    matches!(result, OutcomeResult::Approved(_) | OutcomeResult::Removed | OutcomeResult::Asked)
}

/// What came of a decision about one request.
pub(crate) fn outcome_words(t: &'static Texts, outcome: &Outcome) -> String {
    let v = t.validate();
    let name = outcome.full_name.as_str();
    match &outcome.result {
        OutcomeResult::Approved(_) if outcome.kind == Some(CaseKind::Enrolment) => v.is_approved(name),
        OutcomeResult::Approved(_) => v.is_done(name),
        OutcomeResult::Removed => v.is_removed(name),
        OutcomeResult::Asked => v.is_asked(name),
        OutcomeResult::Stuck(cause) => v.is_stuck(name, cause_words(t, *cause)),
        OutcomeResult::Refused(cause) => v.is_refused(name, cause_words(t, *cause)),
        OutcomeResult::Conflict { by, state, on, at } => {
            let what = match state {
                CaseState::Processed => v.was_approved,
                CaseState::Removed => v.was_removed,
                CaseState::Questioned => v.was_asked,
                CaseState::Withdrawn => v.was_withdrawn,
                CaseState::Unproven | CaseState::Waiting | CaseState::Stuck => v.was_changed,
            };
            match by {
                Some(by) => v.conflict_by(name, what, by, long_date(*on), at),
                None => v.conflict(name, what, long_date(*on), at),
            }
        }
        OutcomeResult::NotThere => v.not_there.to_owned(),
    }
}

fn line(t: &'static Texts, outcome: &Outcome, undo: Option<Deciding>) -> AnyView {
    let v = t.validate();
    let (id, name) = (outcome.id, outcome.full_name.clone());
    let text = outcome_words(t, outcome);
    let person = match outcome.result {
        OutcomeResult::Approved(Some(id)) => Some(view! { " " <a href=routes::person(id)>{v.to_person_of(&name)}</a> }),
        _ => None,
    };
    let undo = undo.filter(|_| matches!(outcome.result, OutcomeResult::Approved(_)));
    let taking_back = move || {
        undo.filter(|deciding| deciding.may_undo()).map(|deciding| undo_form(t, deciding, id, Some(v.undo_of(&name))))
    };
    view! { <li>{text} {person} {taking_back}</li> }.into_any()
}

/// "Ongedaan maken": takes an approval back. Without JavaScript it posts to the page of the request.
pub(super) fn undo_form(t: &'static Texts, deciding: Deciding, id: CaseId, spoken: Option<String>) -> AnyView {
    let on_submit = move |event: SubmitEvent| {
        event.prevent_default();
        deciding.undo(id);
    };
    view! {
        <form method="post" action=routes::validation_case(id) class="inline" on:submit=on_submit>
            <input type="hidden" name="actie" value="ongedaan" />
            <button class="button" aria-label=spoken disabled=move || deciding.is_pending()>{t.validate().undo}</button>
        </form>
    }
    .into_any()
}
