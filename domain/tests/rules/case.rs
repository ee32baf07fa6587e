//! Requests that wait for a decision (PRODUCT.md E, F): what leads where, and what can be posted about them.

use std::{collections::HashSet, fmt::Debug};

use collectief_domain::{
    actor::Channel,
    case::{
        CaseKind, CaseState, CaseStep, ChangedChoice, DECIDED_AT_ONCE, DecideForm, FollowDeed, FollowForm, OptionsForm,
        QueueForm, QueuePart, QueueSort, SeenCase, StuckCause, StuckDeed, StuckForm, Verdict, needs_validation,
    },
    field::{FieldCode, FieldErrors},
    ids::CaseId,
};
use proptest::prelude::*;
use serde::Serialize;

const NOT_OPEN: [Channel; 6] =
    [Channel::Portal, Channel::Import, Channel::Operator, Channel::Demo, Channel::Insurer, Channel::Api];

const OPEN: [Channel; 3] = [Channel::OpenEmployee, Channel::OpenEmployer, Channel::EmployeeLink];

fn seen(cases: &[(i64, i64)]) -> Vec<SeenCase> {
    cases.iter().map(|(id, version)| SeenCase { id: CaseId(*id), version: *version }).collect()
}

/// All that is wrong, by field.
fn wrong(errors: &FieldErrors) -> Vec<(&str, FieldCode)> {
    errors.0.iter().map(|error| (error.field.as_ref(), error.code)).collect()
}

/// Every step from every state: what is not listed cannot be taken.
#[test]
fn only_these_steps_lead_from_one_state_to_the_next() {
    use CaseState::{Processed, Questioned, Removed, Stuck, Unproven, Waiting, Withdrawn};
    let allowed = [
        (Unproven, CaseStep::Proven, Waiting),
        (Unproven, CaseStep::Withdrawn, Withdrawn),
        (Waiting, CaseStep::Approved, Processed),
        (Waiting, CaseStep::DoneAtOnce, Processed),
        (Waiting, CaseStep::Removed, Removed),
        (Waiting, CaseStep::Asked, Questioned),
        (Waiting, CaseStep::Withdrawn, Withdrawn),
        (Waiting, CaseStep::Failed, Stuck),
        (Questioned, CaseStep::Approved, Processed),
        (Questioned, CaseStep::Removed, Removed),
        (Questioned, CaseStep::Answered, Waiting),
        (Questioned, CaseStep::Withdrawn, Withdrawn),
        (Questioned, CaseStep::Failed, Stuck),
        (Stuck, CaseStep::Retried, Processed),
        (Stuck, CaseStep::Removed, Removed),
        (Stuck, CaseStep::Withdrawn, Withdrawn),
        (Processed, CaseStep::Undone, Waiting),
    ];
    let mut led = 0;
    for state in CaseState::ALL {
        for step in CaseStep::ALL {
            let expected = allowed.iter().find(|(from, by, _)| from == state && by == step).map(|(.., to)| *to);
            assert_eq!(state.after(*step), expected, "{state:?} {step:?}");
            led += usize::from(expected.is_some());
        }
    }
    assert_eq!((led, CaseState::ALL.len(), CaseStep::ALL.len()), (17, 7, 11), "no row is there twice or for nothing");
}

#[test]
fn a_closed_case_goes_nowhere_but_back_by_undoing_an_approval() {
    for (state, is_open, is_closed) in [
        (CaseState::Unproven, false, false),
        (CaseState::Waiting, true, false),
        (CaseState::Questioned, true, false),
        (CaseState::Processed, false, true),
        (CaseState::Removed, false, true),
        (CaseState::Withdrawn, false, true),
        (CaseState::Stuck, false, false),
    ] {
        assert_eq!((state.is_open(), state.is_closed()), (is_open, is_closed), "{state:?}");
        let steps: Vec<CaseStep> = CaseStep::ALL.iter().copied().filter(|step| state.after(*step).is_some()).collect();
        match state {
            CaseState::Processed => assert_eq!(steps, [CaseStep::Undone]),
            CaseState::Removed | CaseState::Withdrawn => assert_eq!(steps, []),
            _ => assert!(!steps.is_empty() && !steps.contains(&CaseStep::Undone), "{state:?} {steps:?}"),
        }
    }
}

#[test]
fn each_verdict_is_a_step_that_a_waiting_case_can_take() {
    for (verdict, step, state) in [
        (Verdict::Approve { personnel_number: String::new() }, CaseStep::Approved, CaseState::Processed),
        (Verdict::Remove("dubbel".into()), CaseStep::Removed, CaseState::Removed),
        (Verdict::Ask("welke afdeling?".into()), CaseStep::Asked, CaseState::Questioned),
    ] {
        assert_eq!(verdict.step(), step);
        assert_eq!(CaseState::Waiting.after(verdict.step()), Some(state));
    }
}

#[test]
fn only_what_anybody_can_send_waits_and_only_where_the_contract_chose_so() {
    for channel in OPEN {
        assert!(needs_validation(channel, true), "{channel:?}");
        assert!(!needs_validation(channel, false), "{channel:?}");
    }
    for channel in NOT_OPEN {
        assert!(!needs_validation(channel, true), "{channel:?}");
        assert!(!needs_validation(channel, false), "{channel:?}");
    }
    let all: HashSet<Channel> = OPEN.into_iter().chain(NOT_OPEN).collect();
    assert_eq!(all, Channel::ALL.into_iter().collect());
}

/// Each is stored as one word, no two as the same, and it travels as it is stored.
fn assert_words<T: Copy + Debug + PartialEq + Serialize>(
    all: &[T],
    code: impl Fn(T) -> &'static str,
    from_code: impl Fn(&str) -> Option<T>,
) {
    for value in all {
        let word = code(*value);
        assert_eq!(from_code(word), Some(*value), "{word}");
        assert_eq!(from_code(&word.to_uppercase()), None, "{word}");
        assert_eq!(from_code(&format!(" {word}")), None, "{word}");
        assert_eq!(serde_json::to_value(value).expect("json"), word);
    }
    assert_eq!(all.iter().map(|value| code(*value)).collect::<HashSet<_>>().len(), all.len());
    assert_eq!(from_code(""), None);
}

#[test]
fn stored_words_are_read_back() {
    assert_words(CaseKind::ALL, CaseKind::code, CaseKind::from_code);
    assert_words(CaseState::ALL, CaseState::code, CaseState::from_code);
    assert_words(CaseStep::ALL, CaseStep::code, CaseStep::from_code);
    assert_words(StuckCause::ALL, StuckCause::code, StuckCause::from_code);
}

/// They stand in databases: no word may become another one.
#[test]
fn stored_words_stay_what_they_are() {
    for (kind, word) in [
        (CaseKind::Enrolment, "enrolment"),
        (CaseKind::Details, "details"),
        (CaseKind::PersonnelNumber, "personnel_number"),
        (CaseKind::Products, "products"),
        (CaseKind::DependantIn, "dependant_in"),
        (CaseKind::DependantOut, "dependant_out"),
        (CaseKind::Move, "move"),
        (CaseKind::Deregistration, "deregistration"),
    ] {
        assert_eq!(kind.code(), word);
    }
    for (state, word) in [
        (CaseState::Unproven, "unproven"),
        (CaseState::Waiting, "waiting"),
        (CaseState::Questioned, "questioned"),
        (CaseState::Processed, "processed"),
        (CaseState::Removed, "removed"),
        (CaseState::Withdrawn, "withdrawn"),
        (CaseState::Stuck, "stuck"),
    ] {
        assert_eq!(state.code(), word);
    }
    for (step, word) in [
        (CaseStep::Sent, "sent"),
        (CaseStep::Proven, "proven"),
        (CaseStep::Approved, "approved"),
        (CaseStep::DoneAtOnce, "done_at_once"),
        (CaseStep::Removed, "removed"),
        (CaseStep::Asked, "asked"),
        (CaseStep::Answered, "answered"),
        (CaseStep::Withdrawn, "withdrawn"),
        (CaseStep::Undone, "undone"),
        (CaseStep::Failed, "failed"),
        (CaseStep::Retried, "retried"),
    ] {
        assert_eq!(step.code(), word);
    }
    for (cause, word) in [
        (StuckCause::BsnOfSomeoneElse, "bsn_of_someone_else"),
        (StuckCause::ParticipatesAlready, "participates_already"),
        (StuckCause::OutsideWindow, "outside_window"),
        (StuckCause::NotOffered, "not_offered"),
        (StuckCause::NoLongerPossible, "no_longer_possible"),
    ] {
        assert_eq!(cause.code(), word);
    }
}

#[test]
fn the_words_of_an_address_are_read_back_and_others_are_the_first() {
    for (part, word) in [(QueuePart::Waiting, ""), (QueuePart::Questioned, "vraag"), (QueuePart::Closed, "afgehandeld")]
    {
        assert_eq!(part.code(), word);
        assert_eq!(QueuePart::from_code(word), part);
    }
    for (sort, word) in [(QueueSort::Age, ""), (QueueSort::EffectiveDate, "ingang"), (QueueSort::Name, "naam")] {
        assert_eq!(sort.code(), word);
        assert_eq!(QueueSort::from_code(word), sort);
    }
    for strange in ["waiting", "Vraag", " naam", "'; drop table", "\0"] {
        assert_eq!(QueuePart::from_code(strange), QueuePart::Waiting, "{strange}");
        assert_eq!(QueueSort::from_code(strange), QueueSort::Age, "{strange}");
    }
    assert_eq!((QueuePart::ALL.len(), QueueSort::ALL.len()), (3, 3));
}

/// What was not proven is nobody's business; all else the employer finds somewhere, once.
#[test]
fn each_state_is_shown_in_one_part_of_the_queue() {
    for state in CaseState::ALL {
        let parts: Vec<QueuePart> = QueuePart::ALL.into_iter().filter(|part| part.states().contains(state)).collect();
        let expected: &[QueuePart] = match state {
            CaseState::Unproven => &[],
            CaseState::Waiting => &[QueuePart::Waiting],
            CaseState::Questioned => &[QueuePart::Questioned],
            CaseState::Processed | CaseState::Removed | CaseState::Withdrawn | CaseState::Stuck => &[QueuePart::Closed],
        };
        assert_eq!(parts, expected, "{state:?}");
    }
    assert_eq!(QueuePart::ALL.iter().map(|part| part.states().len()).sum::<usize>(), 6);
}

#[test]
fn the_queue_is_shown_as_it_was_asked_for() {
    let form = QueueForm::default();
    assert_eq!(
        (form.part(), form.sort(), form.page(), form.is_filtered()),
        (QueuePart::Waiting, QueueSort::Age, 1, false)
    );
    let form = QueueForm {
        toon: "afgehandeld".into(),
        sorteer: "ingang".into(),
        pagina: " 12 ".into(),
        naam: " jan ".into(),
        ..QueueForm::default()
    };
    assert_eq!(
        (form.part(), form.sort(), form.page(), form.is_filtered()),
        (QueuePart::Closed, QueueSort::EffectiveDate, 12, true)
    );
    for (pagina, page) in [
        ("", 1),
        ("0", 1),
        ("-3", 1),
        ("1", 1),
        ("1000000", 1_000_000),
        ("1000001", 1),
        ("99999999999999999999", 1),
        ("2.5", 1),
        ("twee", 1),
    ] {
        assert_eq!(QueueForm { pagina: pagina.into(), ..QueueForm::default() }.page(), page, "{pagina}");
        assert_eq!(OptionsForm { pagina: pagina.into(), ..OptionsForm::default() }.page(), page, "{pagina}");
    }
    // Neither a contract nor an order is a search; spaces are none either.
    for (naam, soort, contract, is_filtered) in
        [("  ", "", "", false), ("", "", "23595", false), ("a", "", "", true), ("", "enrolment", "", true)]
    {
        let form = QueueForm {
            naam: naam.into(),
            soort: soort.into(),
            contract: contract.into(),
            sorteer: "naam".into(),
            ..QueueForm::default()
        };
        assert_eq!(form.is_filtered(), is_filtered, "{form:?}");
    }
}

fn approve(wie: &str) -> DecideForm {
    DecideForm { actie: "goedkeuren".into(), wie: wie.into(), ..DecideForm::default() }
}

#[test]
fn whom_a_decision_is_about_is_read_with_the_version_that_was_seen() {
    let many = |count: usize| (1..=count).map(|id| format!("{id}:7")).collect::<Vec<_>>().join(",");
    let hundred: Vec<(i64, i64)> = (1..=100).map(|id| (id, 7)).collect();
    let too_many = Err(FieldCode::TooLong { max: 100 });
    assert_eq!(DECIDED_AT_ONCE, 100);
    for (wie, expected) in [
        ("12:3".to_owned(), Ok(vec![(12, 3)])),
        (" 12:3 ,\t15:1,".to_owned(), Ok(vec![(12, 3), (15, 1)])),
        (",,15:1,,12:3".to_owned(), Ok(vec![(15, 1), (12, 3)])),
        // One that is named twice counts once, and stands where it stood first.
        ("12:3,15:1,12:3".to_owned(), Ok(vec![(12, 3), (15, 1)])),
        ("9223372036854775807:9223372036854775807".to_owned(), Ok(vec![(i64::MAX, i64::MAX)])),
        (many(100), Ok(hundred.clone())),
        (format!("{},{}", many(100), many(100)), Ok(hundred)),
        (many(101), too_many.clone()),
        (many(5_000), too_many),
        (String::new(), Err(FieldCode::Required)),
        (" , ,".to_owned(), Err(FieldCode::Required)),
        ("12".to_owned(), Err(FieldCode::UnknownChoice)),
        ("12:".to_owned(), Err(FieldCode::UnknownChoice)),
        (":3".to_owned(), Err(FieldCode::UnknownChoice)),
        (":".to_owned(), Err(FieldCode::UnknownChoice)),
        ("12:3:4".to_owned(), Err(FieldCode::UnknownChoice)),
        ("12;3".to_owned(), Err(FieldCode::UnknownChoice)),
        ("twaalf:3".to_owned(), Err(FieldCode::UnknownChoice)),
        ("12:3,x".to_owned(), Err(FieldCode::UnknownChoice)),
        ("x,12:3".to_owned(), Err(FieldCode::UnknownChoice)),
        ("１２:3".to_owned(), Err(FieldCode::UnknownChoice)),
        ("1.5:3".to_owned(), Err(FieldCode::UnknownChoice)),
        ("9223372036854775808:1".to_owned(), Err(FieldCode::UnknownChoice)),
        // One cannot have been seen at two versions.
        ("12:3,12:4".to_owned(), Err(FieldCode::UnknownChoice)),
    ] {
        let read = approve(&wie).parse();
        match expected {
            Ok(cases) => {
                assert_eq!(read, Ok((seen(&cases), Verdict::Approve { personnel_number: String::new() })), "{wie}");
            }
            Err(code) => assert_eq!(wrong(&read.unwrap_err()), [("wie", code)], "{wie}"),
        }
    }
}

#[test]
fn each_decision_needs_what_belongs_to_it() {
    let form = |actie: &str, reden: &str, vraag: &str, number: &str| DecideForm {
        actie: actie.into(),
        wie: "12:3".into(),
        reden: reden.into(),
        vraag: vraag.into(),
        personeelsnummer: number.into(),
        sleutel: "sleutel".into(),
    };
    for (form, verdict) in [
        (form("goedkeuren", "", "", ""), Verdict::Approve { personnel_number: String::new() }),
        (form("goedkeuren", "", "", " P0035333 "), Verdict::Approve { personnel_number: "P0035333".into() }),
        (
            form("verwijderen", " Werkt hier niet.\r\nNooit. ", "", ""),
            Verdict::Remove("Werkt hier niet.\nNooit.".into()),
        ),
        (form("vragen", "", " Welke afdeling? ", ""), Verdict::Ask("Welke afdeling?".into())),
        // What belongs to another decision does not matter.
        (form("verwijderen", "dubbel", "\0", "\0"), Verdict::Remove("dubbel".into())),
        (form("vragen", "\0", "Wie?", "123456789012345678901"), Verdict::Ask("Wie?".into())),
        (form("verwijderen", &"x".repeat(1_000), "", ""), Verdict::Remove("x".repeat(1_000))),
    ] {
        assert_eq!(form.parse(), Ok((seen(&[(12, 3)]), verdict)));
    }
    let long = "x".repeat(1_001);
    for (form, field, code) in [
        (form("verwijderen", " ", "Wie?", ""), "reden", FieldCode::Required),
        (form("verwijderen", &long, "", ""), "reden", FieldCode::TooLong { max: 1_000 }),
        (form("verwijderen", "a\0b", "", ""), "reden", FieldCode::ForbiddenCharacter),
        (form("vragen", "dubbel", "", ""), "vraag", FieldCode::Required),
        (form("vragen", "", &long, ""), "vraag", FieldCode::TooLong { max: 1_000 }),
        (form("vragen", "", "a\u{1b}[2Jb", ""), "vraag", FieldCode::ForbiddenCharacter),
        (form("goedkeuren", "", "", "123456789012345678901"), "personeelsnummer", FieldCode::TooLong { max: 20 }),
        (form("goedkeuren", "", "", "12\r34"), "personeelsnummer", FieldCode::ForbiddenCharacter),
        (form("", "dubbel", "Wie?", ""), "wie", FieldCode::UnknownChoice),
        (form("Goedkeuren", "", "", ""), "wie", FieldCode::UnknownChoice),
        (form("approve", "", "", ""), "wie", FieldCode::UnknownChoice),
    ] {
        assert_eq!(wrong(&form.parse().unwrap_err()), [(field, code)], "{form:?}");
    }
    // All that is wrong is told at once.
    let form = DecideForm { wie: "x".into(), ..form("verwijderen", "", "", "") };
    assert_eq!(wrong(&form.parse().unwrap_err()), [("wie", FieldCode::UnknownChoice), ("reden", FieldCode::Required)]);
}

#[test]
fn one_number_of_the_employer_is_given_to_one_person_only() {
    let form = |wie: &str, number: &str| DecideForm { personeelsnummer: number.into(), ..approve(wie) };
    assert_eq!(wrong(&form("12:3,15:1", "P1").parse().unwrap_err()), [("personeelsnummer", FieldCode::UnknownChoice)]);
    for (wie, number) in [("12:3,15:1", ""), ("12:3,15:1", "  "), ("12:3", "P1"), ("12:3,12:3", "P1")] {
        assert!(form(wie, number).parse().is_ok(), "{wie} {number}");
    }
}

#[test]
fn the_employee_does_one_of_three_things() {
    let form =
        |actie: &str, antwoord: &str| FollowForm { actie: actie.into(), versie: "3".into(), antwoord: antwoord.into() };
    for (actie, antwoord, expected) in [
        ("bevestigen", "", Ok(FollowDeed::Prove)),
        ("bevestigen", "\0", Ok(FollowDeed::Prove)),
        ("intrekken", "", Ok(FollowDeed::Withdraw)),
        ("antwoorden", " Ja,\r\nsinds mei. ", Ok(FollowDeed::Answer("Ja,\nsinds mei.".into()))),
        ("antwoorden", " ", Err(("antwoord", FieldCode::Required))),
        ("antwoorden", "a\u{7}", Err(("antwoord", FieldCode::ForbiddenCharacter))),
        ("", "Ja", Err(("actie", FieldCode::UnknownChoice))),
        ("goedkeuren", "", Err(("actie", FieldCode::UnknownChoice))),
        (" intrekken", "", Err(("actie", FieldCode::UnknownChoice))),
    ] {
        match (form(actie, antwoord).parse(), expected) {
            (Err(errors), Err(expected)) => assert_eq!(wrong(&errors), [expected], "{actie} {antwoord:?}"),
            (read, expected) => assert_eq!(read.ok(), expected.ok(), "{actie} {antwoord:?}"),
        }
    }
    let errors = form("antwoorden", &"é".repeat(1_001)).parse().unwrap_err();
    assert_eq!(wrong(&errors), [("antwoord", FieldCode::TooLong { max: 1_000 })]);
    assert_eq!(form("antwoorden", &"é".repeat(1_000)).parse(), Ok(FollowDeed::Answer("é".repeat(1_000))));
}

#[test]
fn the_helpdesk_does_one_thing_with_one_case() {
    let form = |actie: &str, wie: &str, reden: &str| StuckForm {
        actie: actie.into(),
        wie: wie.into(),
        reden: reden.into(),
        pagina: "1".into(),
    };
    let case = SeenCase { id: CaseId(12), version: 3 };
    for (actie, reden, deed) in [
        ("opnieuw", "", StuckDeed::Retry),
        ("verwijderen", " dubbel ", StuckDeed::Remove("dubbel".into())),
        ("oppakken", "\0", StuckDeed::Assign),
        ("loslaten", "", StuckDeed::Release),
    ] {
        assert_eq!(form(actie, "12:3", reden).parse(), Ok((case, deed)));
    }
    for (actie, wie, reden, expected) in [
        ("opnieuw", "", "", vec![("wie", FieldCode::Required)]),
        ("opnieuw", "12", "", vec![("wie", FieldCode::UnknownChoice)]),
        ("opnieuw", "12:3,15:1", "", vec![("wie", FieldCode::UnknownChoice)]),
        ("verwijderen", "12:3", "", vec![("reden", FieldCode::Required)]),
        ("verwijderen", "", "", vec![("wie", FieldCode::Required), ("reden", FieldCode::Required)]),
        ("", "12:3", "dubbel", vec![("actie", FieldCode::UnknownChoice)]),
        ("goedkeuren", "12:3", "", vec![("actie", FieldCode::UnknownChoice)]),
    ] {
        assert_eq!(wrong(&form(actie, wie, reden).parse().unwrap_err()), expected, "{actie} {wie}");
    }
}

/// "Validatie-overzicht": a box that was not ticked is not posted, so that what was shown must be.
#[test]
fn only_boxes_that_were_touched_change_a_choice() {
    let kind = CaseKind::Enrolment;
    let change = |contract: &str, was: bool| ChangedChoice { contract: contract.into(), kind, was, becomes: !was };
    for (gezien, ja, expected) in [
        ("", "", vec![]),
        // What was not shown does not change, whatever is ticked.
        ("", "23595:enrolment", vec![]),
        ("23595:enrolment:ja", "23595:enrolment", vec![]),
        ("23595:enrolment:nee", "", vec![]),
        ("23595:enrolment:ja", "", vec![change("23595", true)]),
        ("23595:enrolment:nee", "23595:enrolment", vec![change("23595", false)]),
        ("23595:enrolment:ja", "2359:enrolment,235950:enrolment,23595", vec![change("23595", true)]),
        (
            ",11111:enrolment:ja,,22222:enrolment:nee,33333:enrolment:ja,",
            ",33333:enrolment,,22222:enrolment,",
            vec![change("11111", true), change("22222", false)],
        ),
    ] {
        let form = OptionsForm { gezien: gezien.into(), ja: ja.into(), ..OptionsForm::default() };
        assert_eq!(form.changed(), Ok(expected), "{gezien} {ja}");
    }
    for gezien in [
        "23595",
        "23595:enrolment",
        "23595:ja",
        "23595:enrolment:",
        "23595:enrolment:misschien",
        "23595:enrolment:JA",
        "23595:Enrolment:ja",
        "23595:onbekend:ja",
        "23595:enrolment:ja:nee",
        "23595:enrolment:ja,x",
        ":",
        ":enrolment:ja",
        "x:enrolment:ja",
        "23595:enrolment:ja,23595:enrolment:nee",
    ] {
        let form = OptionsForm { gezien: gezien.into(), ..OptionsForm::default() };
        assert_eq!(wrong(&form.changed().unwrap_err()), [("ja", FieldCode::UnknownChoice)], "{gezien}");
    }
    // No page has more boxes than those of its contracts.
    let boxes = |count: usize| {
        let kinds = CaseKind::ALL.iter().map(|kind| kind.code());
        let contracts = (0..count).map(|number| format!("{}", 10_000 + number));
        let all = contracts.flat_map(|contract| kinds.clone().map(move |kind| format!("{contract}:{kind}:ja")));
        OptionsForm { gezien: all.collect::<Vec<_>>().join(","), ..OptionsForm::default() }
    };
    assert_eq!(boxes(25).changed().map(|changed| changed.len()), Ok(25 * CaseKind::ALL.len()));
    assert!(boxes(26).changed().is_err());
}

#[test]
fn forms_print_nothing_of_what_was_typed() {
    let secret = || "Jansen 123456782".to_owned();
    let form = DecideForm {
        actie: "verwijderen".into(),
        wie: secret(),
        reden: secret(),
        vraag: secret(),
        personeelsnummer: secret(),
        sleutel: secret(),
    };
    assert_eq!(format!("{form:?}"), "DecideForm(verwijderen)");
    assert_eq!(format!("{form:#?}"), "DecideForm(verwijderen)");
    assert_eq!(format!("{:?}", DecideForm { actie: secret(), ..DecideForm::default() }), "DecideForm(?)");
    let form = QueueForm { naam: secret(), contract: secret(), ..QueueForm::default() };
    assert_eq!(format!("{form:?}"), "QueueForm(Waiting)");
    let form = FollowForm { actie: "antwoorden".into(), versie: secret(), antwoord: secret() };
    assert_eq!(format!("{form:?}"), "FollowForm(antwoorden)");
    let form = StuckForm { actie: "opnieuw".into(), wie: secret(), reden: secret(), pagina: secret() };
    assert_eq!(format!("{form:?}"), "StuckForm(opnieuw)");
}

/// Any text, line ends and control characters as well.
fn any_text() -> impl Strategy<Value = String> {
    prop_oneof!["(?s).{0,40}", "[0-9:, -]{0,40}", "[a-z0-9:,]{0,30}"]
}

fn any_action() -> impl Strategy<Value = String> {
    prop_oneof![
        6 => proptest::sample::select(vec![
            "goedkeuren", "verwijderen", "vragen", "bevestigen", "intrekken", "antwoorden", "opnieuw", "oppakken",
            "loslaten",
        ])
        .prop_map(str::to_owned),
        1 => any_text(),
    ]
}

proptest! {
    /// Whatever is tried, and in whatever order: a case that is closed opens by undoing alone.
    #[test]
    fn no_steps_lead_out_of_a_closed_state_but_undoing(
        steps in proptest::collection::vec(proptest::sample::select(CaseStep::ALL.to_vec()), 0..60),
    ) {
        let mut state = CaseState::Unproven;
        for step in steps {
            let Some(after) = state.after(step) else { continue };
            prop_assert!(!state.is_closed() || (state, step) == (CaseState::Processed, CaseStep::Undone));
            prop_assert_ne!(after, CaseState::Unproven, "what was proven stays so");
            prop_assert_ne!(after, state);
            state = after;
        }
    }

    #[test]
    fn nothing_posted_about_a_case_panics(
        actie in any_action(),
        wie in any_text(),
        reden in any_text(),
        vraag in any_text(),
        number in any_text(),
    ) {
        let decide = DecideForm {
            actie: actie.clone(),
            wie: wie.clone(),
            reden: reden.clone(),
            vraag: vraag.clone(),
            personeelsnummer: number.clone(),
            sleutel: String::new(),
        };
        if let Ok((seen, _)) = decide.parse() {
            prop_assert!((1..=DECIDED_AT_ONCE).contains(&seen.len()));
            prop_assert_eq!(seen.iter().collect::<HashSet<_>>().len(), seen.len());
        }
        let _ = FollowForm { actie: actie.clone(), versie: number.clone(), antwoord: reden.clone() }.parse();
        let _ = StuckForm { actie, wie: wie.clone(), reden: reden.clone(), pagina: number.clone() }.parse();
        let _ = OptionsForm { contract: vraag.clone(), pagina: number.clone(), gezien: wie, ja: reden }.changed();
        let queue = QueueForm { toon: vraag.clone(), sorteer: vraag, pagina: number, ..QueueForm::default() };
        let _ = (queue.part(), queue.sort());
        prop_assert!((1..=1_000_000).contains(&queue.page()));
    }

    #[test]
    fn what_is_written_of_a_case_is_read_back(
        cases in proptest::collection::hash_map(any::<i64>(), any::<i64>(), 1..=DECIDED_AT_ONCE),
        reason in "[a-z][a-zé\n ]{0,30}[a-z.]",
    ) {
        let cases: Vec<SeenCase> =
            cases.into_iter().map(|(id, version)| SeenCase { id: CaseId(id), version }).collect();
        let wie: Vec<String> = cases.iter().map(|case| DecideForm::write_seen(case.id, case.version)).collect();
        let form = DecideForm {
            actie: "verwijderen".into(), wie: wie.join(","), reden: reason.clone(), ..DecideForm::default()
        };
        prop_assert_eq!(form.parse(), Ok((cases, Verdict::Remove(reason))));
    }

    #[test]
    fn what_the_page_of_choices_posts_is_what_changed(
        boxes in proptest::collection::btree_map("[0-9]{5,12}", (any::<bool>(), any::<bool>()), 0..30),
    ) {
        let kind = CaseKind::Enrolment;
        let word = |yes: bool| if yes { "ja" } else { "nee" };
        let gezien: Vec<String> =
            boxes.iter().map(|(number, (was, _))| format!("{number}:{}:{}", kind.code(), word(*was))).collect();
        let ja: Vec<String> = boxes
            .iter()
            .filter(|(_, (_, becomes))| *becomes)
            .map(|(number, _)| format!("{number}:{}", kind.code()))
            .collect();
        let expected: Vec<ChangedChoice> = boxes
            .into_iter()
            .filter(|(_, (was, becomes))| was != becomes)
            .map(|(contract, (was, becomes))| ChangedChoice { contract, kind, was, becomes })
            .collect();
        let form = OptionsForm { gezien: gezien.join(","), ja: ja.join(","), ..OptionsForm::default() };
        prop_assert_eq!(form.changed(), Ok(expected));
    }
}
