//! What came of a decision, a line for each request.

use collectief_domain::case::{CaseState, Outcome, OutcomeResult};
use leptos::prelude::*;

use super::words::cause_words;
use crate::{
    i18n::{Texts, long_date},
    routes,
    ui::mark::{Kind, Note, Receipt},
};

/// What came of a decision; approvals can be taken back from here where `undo` says so.
pub(crate) fn outcomes(t: &'static Texts, outcomes: &[Outcome], undo: bool) -> AnyView {
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

fn line(t: &'static Texts, outcome: &Outcome, undo: bool) -> AnyView {
    let v = t.validate();
    let name = outcome.full_name.as_str();
    let text = match &outcome.result {
        OutcomeResult::Approved(_) => v.is_approved(name),
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
    };
    let person = match outcome.result {
        OutcomeResult::Approved(Some(id)) => {
            Some(view! { " " <a href=routes::person(id)>{v.to_person_of(name)}</a> })
        }
        _ => None,
    };
    let taking_back = (undo && matches!(outcome.result, OutcomeResult::Approved(_))).then(|| {
        view! {
            <form method="post" action=routes::validation_case(outcome.id) class="inline">
                <input type="hidden" name="zaak" value=outcome.id.to_string() />
                <button class="button" name="actie" value="ongedaan" aria-label=v.undo_of(name)>{v.undo}</button>
            </form>
        }
    });
    view! { <li>{text} {person} {taking_back}</li> }.into_any()
}
