//! Words for what the requests are, how far, and why not.

use collectief_domain::{
    actor::Channel,
    case::{CaseField, CaseKind, CaseState, CaseStep, QueueRow, StuckCause},
    deregistration::EndReason,
    name::Gender,
};
use leptos::prelude::*;

use crate::{
    i18n::Texts,
    ui::mark::{Kind, Tag},
};

/// For so many days a request may wait before it stands out.
const LATE_DAYS: u32 = 7;

/// What is asked.
pub(crate) fn kind_words(t: &'static Texts, kind: CaseKind) -> &'static str {
    let v = t.validate();
    match kind {
        CaseKind::Enrolment => v.kind_enrolment,
        CaseKind::Details => v.kind_details,
        CaseKind::PersonnelNumber => v.kind_number,
        CaseKind::Products => v.kind_products,
        CaseKind::DependantIn => v.kind_dependant_in,
        CaseKind::DependantOut => v.kind_dependant_out,
        CaseKind::Move => v.kind_move,
        CaseKind::Deregistration => v.kind_leave,
    }
}

/// Through which door it came in.
pub(super) fn channel_words(t: &'static Texts, channel: Channel) -> &'static str {
    let v = t.validate();
    match channel {
        Channel::OpenEmployee => v.by_employee,
        Channel::OpenEmployer => v.by_employer,
        Channel::EmployeeLink => v.by_link,
        Channel::Portal | Channel::Import | Channel::Operator | Channel::Demo | Channel::Insurer | Channel::Api => {
            v.by_other
        }
    }
}

/// How far it is.
fn state_words(t: &'static Texts, state: CaseState) -> (Kind, &'static str) {
    let v = t.validate();
    match state {
        CaseState::Unproven | CaseState::Waiting => (Kind::Wait, v.state_waiting),
        CaseState::Questioned => (Kind::Wait, v.state_questioned),
        CaseState::Processed => (Kind::In, v.state_processed),
        CaseState::Removed => (Kind::Out, v.state_removed),
        CaseState::Withdrawn => (Kind::Plain, v.state_withdrawn),
        CaseState::Stuck => (Kind::Wait, v.state_stuck),
    }
}

/// How long it waits, and whether the day that is asked for is still possible; how far it is, where nothing waits any more.
pub(super) fn age_words(t: &'static Texts, row: &QueueRow) -> Vec<(Kind, String)> {
    let v = t.validate();
    if !row.state.is_open() {
        let (kind, words) = state_words(t, row.state);
        return vec![(kind, words.to_owned())];
    }
    let kind = if row.age_days >= LATE_DAYS { Kind::Wait } else { Kind::Plain };
    let mut tags = vec![(kind, if row.age_days == 0 { v.today.to_owned() } else { v.days(row.age_days.into()) })];
    if row.is_answered {
        tags.push((Kind::In, v.answered.to_owned()));
    }
    if row.days_left.is_some_and(|left| left < 0) {
        tags.push((Kind::Out, v.too_late.to_owned()));
    }
    tags
}

/// The same, to look at.
pub(super) fn age_tags(t: &'static Texts, row: &QueueRow) -> AnyView {
    let tags = age_words(t, row).into_iter();
    tags.map(|(kind, label)| view! { <Tag kind label /> " " }).collect_view().into_any()
}

/// Why it cannot be done.
pub(crate) fn cause_words(t: &'static Texts, cause: StuckCause) -> &'static str {
    let v = t.validate();
    match cause {
        StuckCause::BsnOfSomeoneElse => v.cause_bsn,
        StuckCause::ParticipatesAlready => v.cause_participates,
        StuckCause::OutsideWindow => v.cause_window,
        StuckCause::NotOffered => v.cause_offer,
        StuckCause::NoLongerPossible => v.cause_gone,
    }
}

/// What of somebody it is.
pub(super) fn field_words(t: &'static Texts, field: CaseField) -> &'static str {
    let v = t.validate();
    match field {
        CaseField::Contract => v.field_contract,
        CaseField::Name => v.field_name,
        CaseField::BirthDate => v.field_birth,
        CaseField::Gender => v.field_gender,
        CaseField::Bsn => "BSN",
        CaseField::Address => v.field_address,
        CaseField::Email => v.field_email,
        CaseField::Phone => v.field_phone,
        CaseField::PersonnelNumber => v.field_number,
        CaseField::Products => v.field_products,
        CaseField::StartDate => v.field_start,
        CaseField::Dependant => v.field_dependant,
        CaseField::EndDate => v.field_end,
        CaseField::Reason => v.field_reason,
    }
}

/// A value as it is shown: a gender is stored as a letter.
pub(super) fn value_words(t: &'static Texts, field: CaseField, value: &str) -> String {
    let v = t.validate();
    if field == CaseField::Reason {
        let reason = match EndReason::from_code(value) {
            Some(EndReason::EindeDienstverband) => v.reason_work,
            Some(_) => v.reason_stop,
            None => value,
        };
        return reason.to_owned();
    }
    match (field, Gender::from_code(value)) {
        (CaseField::Gender, Some(Gender::V)) => v.woman.to_owned(),
        (CaseField::Gender, Some(Gender::M)) => v.man.to_owned(),
        (CaseField::Gender, Some(Gender::X)) => v.neither.to_owned(),
        _ => value.to_owned(),
    }
}

/// What happened.
pub(super) fn step_words(t: &'static Texts, step: CaseStep) -> &'static str {
    let v = t.validate();
    match step {
        CaseStep::Sent => v.step_sent,
        CaseStep::Proven => v.step_proven,
        CaseStep::Approved => v.step_approved,
        CaseStep::DoneAtOnce => v.step_done,
        CaseStep::Removed => v.step_removed,
        CaseStep::Asked => v.step_asked,
        CaseStep::Answered => v.step_answered,
        CaseStep::Withdrawn => v.step_withdrawn,
        CaseStep::Undone => v.step_undone,
        CaseStep::Failed => v.step_failed,
        CaseStep::Retried => v.step_retried,
    }
}
