//! Messages in words.

use collectief_domain::{
    case::CaseKind,
    message::{MessageCategory, MessageKind, MessageRow, UNREAD_MAX},
};

use crate::{
    i18n::{MessagesTexts, Texts},
    ui::format,
};

/// A category in words.
pub(super) const fn category_words(m: &'static MessagesTexts, category: MessageCategory) -> &'static str {
    match category {
        MessageCategory::Enrolment => m.category_enrolment,
        MessageCategory::Deregistration => m.category_deregistration,
        MessageCategory::Validation => m.category_validation,
    }
}

/// How many messages are unread, in words.
pub(crate) fn unread_words(t: &'static Texts, count: u64) -> String {
    let m = t.messages();
    match count {
        0 => m.unread_none.to_owned(),
        count if count > UNREAD_MAX => m.unread_more(UNREAD_MAX),
        count => m.unread(count),
    }
}

/// What happened, in a sentence.
pub(super) fn sentence(m: &'static MessagesTexts, row: &MessageRow) -> String {
    let others = u64::from(row.others);
    let who = if others == 0 { row.full_name.clone() } else { m.with_others(others, &row.full_name) };
    let people = others + 1;
    let day = row.day.map(|day| m.as_of(format::date(day))).unwrap_or_default();
    let by = row.by.as_ref().map(|name| m.by(name)).unwrap_or_default();
    if let Some(what) = row.case_kind.and_then(|kind| what_changes(m, kind))
        && let Some(sentence) = about_change(m, row.kind, what, &who, &day, &by)
    {
        return sentence;
    }
    match row.kind {
        MessageKind::Enrolled => m.enrolled(people, who, day, by),
        MessageKind::DependantAdded => m.dependant_added(people, who, day, by),
        MessageKind::Deregistered => m.deregistered(people, who, day, by),
        MessageKind::DeregistrationRequested => m.deregistration_requested(who, day, by),
        MessageKind::DeregistrationWithdrawn => m.deregistration_withdrawn(who, day, by),
        MessageKind::CaseWaits => m.case_waits(people, who, day),
        MessageKind::CaseAnswered => m.case_answered(who, day),
        MessageKind::CaseApproved => m.case_approved(who, day, by),
        MessageKind::CaseDoneAtOnce => m.case_done_at_once(who, day),
        MessageKind::CaseRemoved => m.case_removed(who, day, by),
        MessageKind::CaseWithdrawn => m.case_withdrawn(who, day),
        MessageKind::CaseUndone => m.case_undone(who, day, by),
        MessageKind::CaseStuck => m.case_stuck(who, day),
        MessageKind::CaseRetried => m.case_retried(who, day),
        MessageKind::MovedIn => m.moved_in(people, who, day),
        MessageKind::MovedBack => m.moved_back(people, who, day),
    }
}

/// What a change is called, in the middle of a sentence; an enrolment has sentences of its own.
const fn what_changes(m: &'static MessagesTexts, kind: CaseKind) -> Option<&'static str> {
    Some(match kind {
        CaseKind::Enrolment => return None,
        CaseKind::Details => m.what_details,
        CaseKind::PersonnelNumber => m.what_number,
        CaseKind::Products => m.what_products,
        CaseKind::DependantIn => m.what_dependant_in,
        CaseKind::DependantOut => m.what_dependant_out,
        CaseKind::Move => m.what_move,
        CaseKind::Deregistration => m.what_leave,
    })
}

/// What happened to the request for a change.
fn about_change(
    m: &'static MessagesTexts,
    kind: MessageKind,
    what: &str,
    who: &str,
    day: &str,
    by: &str,
) -> Option<String> {
    Some(match kind {
        MessageKind::CaseWaits => m.change_waits(what, who, day),
        MessageKind::CaseAnswered => m.change_answered(what, who, day),
        MessageKind::CaseApproved => m.change_approved(what, who, day, by),
        MessageKind::CaseDoneAtOnce => m.change_done_at_once(what, who, day),
        MessageKind::CaseRemoved => m.change_removed(what, who, day, by),
        MessageKind::CaseWithdrawn => m.change_withdrawn(what, who, day),
        MessageKind::CaseUndone => m.change_undone(what, who, day, by),
        MessageKind::CaseStuck => m.change_stuck(what, who, day),
        MessageKind::CaseRetried => m.change_retried(what, who, day),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use collectief_domain::{
        contract::ContractChoice,
        date::Date,
        ids::{MessageId, ParticipationId},
    };

    use super::*;
    use crate::i18n::{Language, texts};

    fn row(kind: MessageKind) -> MessageRow {
        let on = Date::from_ymd_opt(2026, 10, 1).unwrap();
        MessageRow {
            id: MessageId(1),
            kind,
            contract: ContractChoice { number: "23595".to_owned(), name: "Zorggroep De Linde".to_owned() },
            full_name: "A.J. Janse".to_owned(),
            others: 0,
            day: Date::from_ymd_opt(2026, 10, 31),
            by: Some("Hanna Rozema".to_owned()),
            on,
            participation: Some(ParticipationId(7)),
            case: None,
            case_kind: None,
            is_read: false,
            is_archived: false,
        }
    }

    fn told(language: Language, row: &MessageRow) -> String {
        sentence(texts(language).messages(), row)
    }

    #[test]
    fn a_message_is_a_sentence_in_both_languages() {
        let row = row(MessageKind::Deregistered);
        assert_eq!(told(Language::Nl, &row), "A.J. Janse is afgemeld per 31-10-2026 door Hanna Rozema");
        assert_eq!(told(Language::En, &row), "A.J. Janse was deregistered as of 31-10-2026 by Hanna Rozema");
    }

    #[test]
    fn several_people_and_what_is_not_known_read_well() {
        let row = MessageRow { others: 2, by: None, ..row(MessageKind::CaseWaits) };
        assert_eq!(
            told(Language::Nl, &row),
            "A.J. Janse en 2 anderen zijn aangemeld per 31-10-2026 en wachten op uw besluit"
        );
        let row = MessageRow { others: 1, day: None, by: None, ..row };
        assert_eq!(told(Language::En, &row), "A.J. Janse and 1 other were enrolled and wait for your decision");
    }

    #[test]
    fn every_kind_names_who_it_is_about() {
        for language in [Language::Nl, Language::En] {
            for kind in MessageKind::ALL {
                let told = told(language, &row(kind));
                assert!(told.contains("A.J. Janse") && !told.contains(['{', '}']) && !told.contains("  "), "{told}");
            }
        }
    }
}
