//! "Berichten" (PRODUCT.md J1): what is shown of them, and what can be marked.

use std::collections::HashSet;

use collectief_domain::{
    field::{FieldCode, FieldErrors},
    ids::MessageId,
    message::{MARKED_AT_ONCE, Mark, MarkForm, MessageCategory, MessageKind, MessageListForm, UNREAD_MAX},
};
use proptest::prelude::*;

fn ids(numbers: impl IntoIterator<Item = i64>) -> Vec<MessageId> {
    numbers.into_iter().map(MessageId).collect()
}

fn mark(actie: &str, wie: &str) -> MarkForm {
    MarkForm { actie: actie.into(), wie: wie.into() }
}

/// All that is wrong, by field.
fn wrong(errors: &FieldErrors) -> Vec<(&str, FieldCode)> {
    errors.0.iter().map(|error| (error.field.as_ref(), error.code)).collect()
}

#[test]
fn the_words_of_categories_are_read_back() {
    for (category, word) in [
        (MessageCategory::Enrolment, "aanmelding"),
        (MessageCategory::Deregistration, "afmelding"),
        (MessageCategory::Validation, "validatie"),
    ] {
        assert_eq!(category.code(), word);
        assert_eq!(MessageCategory::from_code(word), Some(category));
    }
    assert_eq!(MessageCategory::ALL.len(), 3);
    for strange in ["", "Aanmelding", "alle", " validatie", "enrolment"] {
        assert_eq!(MessageCategory::from_code(strange), None, "{strange}");
    }
}

#[test]
fn each_kind_is_stored_as_a_word_and_found_in_one_category() {
    use MessageCategory::{Deregistration, Enrolment, Validation};
    for (kind, word, category) in [
        (MessageKind::Enrolled, "enrolled", Enrolment),
        (MessageKind::DependantAdded, "dependant_added", Enrolment),
        (MessageKind::Deregistered, "deregistered", Deregistration),
        (MessageKind::DeregistrationRequested, "deregistration_requested", Deregistration),
        (MessageKind::DeregistrationWithdrawn, "deregistration_withdrawn", Deregistration),
        (MessageKind::CaseWaits, "case_waits", Validation),
        (MessageKind::CaseAnswered, "case_answered", Validation),
        (MessageKind::CaseApproved, "case_approved", Validation),
        (MessageKind::CaseDoneAtOnce, "case_done_at_once", Validation),
        (MessageKind::CaseRemoved, "case_removed", Validation),
        (MessageKind::CaseWithdrawn, "case_withdrawn", Validation),
        (MessageKind::CaseUndone, "case_undone", Validation),
        (MessageKind::CaseStuck, "case_stuck", Validation),
        (MessageKind::CaseRetried, "case_retried", Validation),
        (MessageKind::MovedIn, "moved_in", Enrolment),
        (MessageKind::MovedBack, "moved_back", Enrolment),
    ] {
        assert_eq!((kind.code(), kind.category()), (word, category));
        assert!(MessageKind::ALL.contains(&kind), "{word}");
    }
    for kind in MessageKind::ALL {
        assert_eq!(MessageKind::from_code(kind.code()), Some(kind));
        assert_eq!(serde_json::to_value(kind).unwrap(), kind.code());
    }
    let words: HashSet<&str> = MessageKind::ALL.into_iter().map(MessageKind::code).collect();
    assert_eq!(words.len(), MessageKind::ALL.len());
    for strange in ["", "Enrolled", "case", "enrolled "] {
        assert_eq!(MessageKind::from_code(strange), None, "{strange}");
    }
}

#[test]
fn messages_are_shown_as_they_were_asked_for() {
    for (categorie, toon, category, archived, unread) in [
        ("", "", None, false, false),
        ("aanmelding", "ongelezen", Some(MessageCategory::Enrolment), false, true),
        ("afmelding", "archief", Some(MessageCategory::Deregistration), true, false),
        ("validatie", "", Some(MessageCategory::Validation), false, false),
        // What is no word of ours is all that was not archived.
        ("iets", "gelezen", None, false, false),
        ("Aanmelding", "Archief", None, false, false),
        ("", " ongelezen", None, false, false),
    ] {
        let form = MessageListForm { categorie: categorie.into(), toon: toon.into(), ..MessageListForm::default() };
        assert_eq!(
            (form.category(), form.shows_archived(), form.shows_unread()),
            (category, archived, unread),
            "{categorie} {toon}"
        );
    }
    for (pagina, page) in [("", 1), (" 3 ", 3), ("0", 1), ("-1", 1), ("1000000", 1_000_000), ("1000001", 1), ("x", 1)] {
        assert_eq!(MessageListForm { pagina: pagina.into(), ..MessageListForm::default() }.page(), page, "{pagina}");
    }
    assert_eq!(UNREAD_MAX, 99);
}

#[test]
fn messages_are_marked_by_their_ids() {
    for (actie, what) in [
        ("gelezen", Mark::Read),
        ("ongelezen", Mark::Unread),
        ("archiveren", Mark::Archive),
        ("terugzetten", Mark::Restore),
    ] {
        assert_eq!(mark(actie, "7").parse(), Ok((what, ids([7]))));
    }
    let many = |count: i64| (1..=count).map(|id| id.to_string()).collect::<Vec<_>>().join(",");
    assert_eq!(MARKED_AT_ONCE, 100);
    for (wie, expected) in [
        (" 7 ,\t12,", Ok(ids([7, 12]))),
        (",,12,,7", Ok(ids([12, 7]))),
        ("7,12,7,7", Ok(ids([7, 12]))),
        ("9223372036854775807", Ok(ids([i64::MAX]))),
        (&many(100), Ok(ids(1..=100))),
        // Those that are named twice count once.
        (&format!("{},{}", many(100), many(100)), Ok(ids(1..=100))),
        (&many(101), Err(vec![FieldCode::TooLong { max: 100 }])),
        ("", Err(vec![FieldCode::Required])),
        (" , ", Err(vec![FieldCode::Required])),
        ("7,x", Err(vec![FieldCode::UnknownChoice])),
        ("7;12", Err(vec![FieldCode::UnknownChoice])),
        ("9223372036854775808", Err(vec![FieldCode::UnknownChoice])),
        // However much is wrong, it is told once.
        (&"x,".repeat(300_000), Err(vec![FieldCode::UnknownChoice])),
        (&many(100_000), Err(vec![FieldCode::TooLong { max: 100 }])),
        ("７", Err(vec![FieldCode::UnknownChoice])),
    ] {
        match (mark("archiveren", wie).parse(), expected) {
            (Err(errors), Err(codes)) => {
                assert_eq!(wrong(&errors), codes.into_iter().map(|code| ("wie", code)).collect::<Vec<_>>(), "{wie}");
            }
            (read, expected) => assert_eq!(read.ok(), expected.ok().map(|ids| (Mark::Archive, ids)), "{wie}"),
        }
    }
    for actie in ["", "Gelezen", "verwijderen", " gelezen"] {
        assert_eq!(wrong(&mark(actie, "7").parse().unwrap_err()), [("actie", FieldCode::UnknownChoice)], "{actie}");
    }
    assert_eq!(
        wrong(&mark("", "").parse().unwrap_err()),
        [("actie", FieldCode::UnknownChoice), ("wie", FieldCode::Required)]
    );
}

proptest! {
    #[test]
    fn what_is_marked_is_read_back_and_nothing_else_panics(
        actie in prop_oneof![3 => Just("gelezen".to_owned()), 1 => "(?s).{0,12}"],
        wie in prop_oneof!["(?s).{0,40}", "[0-9, +-]{0,60}"],
        pagina in "(?s).{0,12}",
    ) {
        if let Ok((what, marked)) = mark(&actie, &wie).parse() {
            prop_assert!((1..=MARKED_AT_ONCE).contains(&marked.len()));
            prop_assert_eq!(marked.iter().collect::<HashSet<_>>().len(), marked.len());
            let written: Vec<String> = marked.iter().map(MessageId::to_string).collect();
            prop_assert_eq!(mark(&actie, &written.join(",")).parse(), Ok((what, marked)));
        }
        let form = MessageListForm { categorie: wie, toon: actie, pagina, ..MessageListForm::default() };
        let _ = form.category();
        prop_assert!(!(form.shows_archived() && form.shows_unread()));
        prop_assert!((1..=1_000_000).contains(&form.page()));
    }
}
