//! Deciding without leaving the page: what is being done, and what came of it. It stays while the page is read anew.

use std::time::Duration;

use collectief_domain::{
    case::{DecideForm, Outcome, UNDO_SECONDS, UndoForm},
    field::FieldErrors,
    ids::CaseId,
};
use leptos::prelude::*;

use super::{
    actions::{decide_cases, undo_decision},
    keyboard,
};
use crate::error::AppError;

/// What was done on a page since it was opened.
#[derive(Clone, Copy)]
pub(super) struct Deciding {
    /// What came of the last decision.
    outcomes: RwSignal<Vec<Outcome>>,
    /// Whether an approval was taken back, where that was tried.
    undone: RwSignal<Option<bool>>,
    /// Why nothing was done.
    problem: RwSignal<Option<AppError>>,
    /// Whether approvals of the last decision can still be taken back.
    may_undo: RwSignal<bool>,
    /// Whether something is being done.
    pending: RwSignal<bool>,
    /// Counts what was done, after which the page is read anew.
    changes: RwSignal<u32>,
    /// Counts the decisions.
    decisions: StoredValue<u32>,
    /// Counts how often the page was shown.
    shown: StoredValue<u32>,
}

impl Deciding {
    /// Nothing was done yet.
    pub fn new() -> Self {
        Self {
            outcomes: RwSignal::new(Vec::new()),
            undone: RwSignal::new(None),
            problem: RwSignal::new(None),
            may_undo: RwSignal::new(true),
            pending: RwSignal::new(false),
            changes: RwSignal::new(0),
            decisions: StoredValue::new(0),
            shown: StoredValue::new(0),
        }
    }

    /// Forgets what is told, because the reader went on to something else.
    pub fn forget(self) {
        self.outcomes.set(Vec::new());
        self.undone.set(None);
        self.problem.set(None);
    }

    /// Notes that something is shown, and tells whether it is the first. What was ticked and typed in what was shown
    /// before still stands in its fields, and would be sent about somebody else.
    pub fn is_first(self) -> bool {
        self.shown.update_value(|shown| *shown += 1);
        self.shown.get_value() == 1
    }

    /// How often something was done.
    pub fn changes(self) -> u32 {
        self.changes.get()
    }

    /// Whether something is being done.
    pub fn is_pending(self) -> bool {
        self.pending.get()
    }

    /// Whether approvals of the last decision can still be taken back.
    pub fn may_undo(self) -> bool {
        self.may_undo.get()
    }

    /// What came of the last decision; before the first one here, of what was posted.
    pub fn outcomes(self, posted: Vec<Outcome>) -> Signal<Vec<Outcome>> {
        Signal::derive(move || {
            let outcomes = self.outcomes.get();
            if outcomes.is_empty() && self.changes.get() == 0 { posted.clone() } else { outcomes }
        })
    }

    /// Whether an approval was taken back, where that was tried; before the first time here, of what was posted.
    pub fn undone(self, posted: Option<bool>) -> Signal<Option<bool>> {
        Signal::derive(move || {
            let undone = self.undone.get();
            if self.changes.get() == 0 { undone.or(posted) } else { undone }
        })
    }

    /// What is wrong with what was sent; before the first time here, with what was posted.
    pub fn errors(self, posted: FieldErrors) -> Signal<FieldErrors> {
        Signal::derive(move || match self.problem.get() {
            Some(AppError::Invalid(errors)) => errors,
            None if self.changes.get() == 0 => posted.clone(),
            _ => FieldErrors::default(),
        })
    }

    /// Why nothing was done, where that does not lie in what was filled in.
    pub fn failure(self) -> Option<AppError> {
        self.problem.get().filter(|problem| !matches!(problem, AppError::Invalid(_)))
    }

    /// Decides.
    pub fn decide(self, form: DecideForm) {
        if !self.begin() {
            return;
        }
        leptos::task::spawn_local(async move {
            let answer = decide_cases(form).await;
            self.pending.set(false);
            match answer {
                Ok(outcomes) => {
                    keyboard::clear();
                    self.outcomes.set(outcomes);
                    self.let_undo();
                    self.changes.update(|changes| *changes += 1);
                }
                Err(error) => self.problem.set(Some(error)),
            }
        });
    }

    /// Takes an approval back.
    pub fn undo(self, id: CaseId) {
        let outcomes = self.outcomes.get_untracked();
        if !self.begin() {
            return;
        }
        leptos::task::spawn_local(async move {
            let answer = undo_decision(UndoForm { zaak: id.to_string() }).await;
            self.pending.set(false);
            match answer {
                Ok(_) => {
                    self.outcomes.set(outcomes.into_iter().filter(|outcome| outcome.id != id).collect());
                    self.undone.set(Some(true));
                    self.changes.update(|changes| *changes += 1);
                }
                // It is too late, or somebody changed what came of it.
                Err(AppError::Conflict(_)) => {
                    self.undone.set(Some(false));
                    self.changes.update(|changes| *changes += 1);
                }
                Err(error) => {
                    self.outcomes.set(outcomes);
                    self.problem.set(Some(error));
                }
            }
        });
    }

    fn begin(self) -> bool {
        if self.pending.get_untracked() {
            return false;
        }
        self.pending.set(true);
        self.forget();
        true
    }

    /// Lets the approvals of this decision be taken back, for as long as that is possible.
    fn let_undo(self) {
        self.may_undo.set(true);
        self.decisions.update_value(|decisions| *decisions += 1);
        let this = self.decisions.get_value();
        let is_over = move || {
            // Another decision has its own minute, and the page may be gone.
            if self.decisions.try_get_value() == Some(this) {
                self.may_undo.set(false);
            }
        };
        set_timeout(is_over, Duration::from_secs(UNDO_SECONDS.into()));
    }
}

/// So many seconds that become fewer, until none is left; without script they stay as they are.
pub(super) fn count_down(seconds: u32) -> RwSignal<u32> {
    let left = RwSignal::new(seconds);
    Effect::new(move |_| {
        if seconds == 0 {
            return;
        }
        let tick = move || left.update(|left| *left = left.saturating_sub(1));
        let interval = set_interval_with_handle(tick, Duration::from_secs(1)).ok();
        // A tab that nobody looks at is not woken every second.
        let over = set_timeout_with_handle(move || left.set(0), Duration::from_secs(seconds.into())).ok();
        on_cleanup(move || {
            if let Some(interval) = interval {
                interval.clear();
            }
            if let Some(over) = over {
                over.clear();
            }
        });
    });
    left
}
