use std::collections::HashSet;

use collectief_domain::{
    date::Date,
    deregistration::{
        Decision, DeregisterForm, Deregistration, DeregistrationFacts, EndReason, Ending, ParticipationFacts, Refusal,
        Selected, decide, earliest_end, first_day_without, parse_personnel_number,
    },
    field::FieldCode,
    ids::ParticipationId,
};
use proptest::prelude::*;

use crate::{any_day, day};

const TODAY: &str = "2026-11-22";

fn id(number: i64) -> ParticipationId {
    ParticipationId(number)
}

/// Someone who participates since 2020 in a contract of 2014, with an open end.
fn person(number: i64) -> ParticipationFacts {
    ParticipationFacts {
        id: id(number),
        version: number * 10,
        full_name: format!("P. Nummer{number}"),
        start_date: day("2020-01-01"),
        end_date: None,
        end_reason: None,
        main: None,
        contract_start: day("2014-01-01"),
        retroactive_days: 90,
        email: None,
    }
}

fn dependant(number: i64, main: i64) -> ParticipationFacts {
    ParticipationFacts { main: Some(id(main)), ..person(number) }
}

fn asked(selected: &[i64], end: &str, reason: EndReason) -> Deregistration {
    Deregistration {
        selected: selected.iter().map(|number| Selected { id: id(*number), version: number * 10 }).collect(),
        end_date: day(end),
        reason,
        along: Vec::new(),
        dependants_asked: false,
        key: "key".into(),
    }
}

fn facts(selected: &[ParticipationFacts], dependants: &[ParticipationFacts]) -> DeregistrationFacts {
    DeregistrationFacts { selected: selected.to_vec(), dependants: dependants.to_vec() }
}

/// Who ends, through whom and why.
fn ends(decision: &Decision) -> Vec<(i64, Option<i64>, EndReason)> {
    match decision {
        Decision::Ends(ends) => ends.iter().map(|end| (end.id.0, end.with.map(|main| main.0), end.reason)).collect(),
        other => panic!("nobody ends: {other:?}"),
    }
}

fn refusals(decision: &Decision) -> Vec<(i64, Refusal)> {
    match decision {
        Decision::Refused(refused) => refused.iter().map(|refused| (refused.id.0, refused.refusal)).collect(),
        other => panic!("not refused: {other:?}"),
    }
}

#[test]
fn one_participation_ends_on_the_day_that_was_asked() {
    let decision =
        decide(&asked(&[1], "2026-10-31", EndReason::EindeDienstverbandObu), &facts(&[person(1)], &[]), day(TODAY));
    assert_eq!(
        decision,
        Decision::Ends(vec![Ending {
            id: id(1),
            full_name: "P. Nummer1".into(),
            version: 10,
            with: None,
            end_date: day("2026-10-31"),
            reason: EndReason::EindeDienstverbandObu,
        }])
    );
    // Pension from 1 November is an end on 31 October (D4).
    assert_eq!(first_day_without(day("2026-10-31")), day("2026-11-01"));
    assert_eq!(first_day_without(Date::MAX), Date::MAX);
}

/// D5, one case at a time: the end that is asked, what differs from [`person`], and the refusal.
#[test]
fn what_cannot_be_is_refused_with_the_reason() {
    use EndReason::{EindeCollectiviteit as Einde, Overleden};
    let earliest = day("2026-08-24");
    let start = |start: &str| ParticipationFacts { start_date: day(start), ..person(1) };
    let end = |end: &str| ParticipationFacts { end_date: Some(day(end)), ..person(1) };
    for (asked_end, reason, facts_of_one, refusal) in [
        ("2026-10-31", Einde, start("2026-11-01"), Some(Refusal::EndBeforeStart { start: day("2026-11-01") })),
        ("2026-11-01", Einde, start("2026-11-01"), None),
        // Nobody who ends before the start is told to ask the insurer, however far back it is.
        ("2019-12-31", Einde, person(1), Some(Refusal::EndBeforeStart { start: day("2020-01-01") })),
        (
            "2026-10-31",
            Einde,
            ParticipationFacts { contract_start: day("2026-11-01"), ..person(1) },
            Some(Refusal::EndBeforeContract { start: day("2026-11-01") }),
        ),
        // An end may be brought forward, not set again or put off.
        ("2026-10-31", Einde, end("2026-12-31"), None),
        ("2026-12-31", Einde, end("2026-12-31"), Some(Refusal::AfterExistingEnd { end: day("2026-12-31") })),
        ("2027-01-01", Einde, end("2026-12-31"), Some(Refusal::AfterExistingEnd { end: day("2026-12-31") })),
        ("2026-09-30", Einde, end("2026-10-31"), None),
        // Only a death cannot lie in the future.
        ("2026-11-22", Overleden, person(1), None),
        ("2026-11-23", Overleden, person(1), Some(Refusal::DeathInFuture)),
        ("2027-06-30", Einde, person(1), None),
        // The limit of the contract.
        ("2026-08-24", Einde, person(1), None),
        ("2026-08-23", Einde, person(1), Some(Refusal::TooFarBack { earliest })),
        ("2026-08-23", Overleden, person(1), Some(Refusal::TooFarBack { earliest })),
        (
            "2026-11-21",
            Einde,
            ParticipationFacts { retroactive_days: 0, ..person(1) },
            Some(Refusal::TooFarBack { earliest: day(TODAY) }),
        ),
        ("2026-11-22", Einde, ParticipationFacts { retroactive_days: 0, ..person(1) }, None),
        // A limit longer than the calendar is none.
        ("2020-01-01", Einde, ParticipationFacts { retroactive_days: u32::MAX, ..person(1) }, None),
    ] {
        let decision =
            decide(&asked(&[1], asked_end, reason), &facts(std::slice::from_ref(&facts_of_one), &[]), day(TODAY));
        match refusal {
            Some(refusal) => assert_eq!(refusals(&decision), [(1, refusal)], "{asked_end} {facts_of_one:?}"),
            None => assert_eq!(ends(&decision), [(1, None, reason)], "{asked_end} {facts_of_one:?}"),
        }
    }
    assert_eq!(earliest_end(day(TODAY), 90), earliest);
}

#[test]
fn nothing_is_done_when_one_of_several_is_refused() {
    let late = ParticipationFacts { start_date: day("2026-12-01"), ..person(2) };
    let early = ParticipationFacts { end_date: Some(day("2026-09-30")), ..person(3) };
    let decision = decide(
        &asked(&[1, 2, 3], "2026-10-31", EndReason::EindeCollectiviteit),
        &facts(&[person(1), late, early], &[]),
        day(TODAY),
    );
    assert_eq!(
        refusals(&decision),
        [
            (2, Refusal::EndBeforeStart { start: day("2026-12-01") }),
            (3, Refusal::AfterExistingEnd { end: day("2026-09-30") })
        ]
    );
}

#[test]
fn dependants_end_with_their_main_insured() {
    let gone = ParticipationFacts { end_date: Some(day("2026-10-31")), ..dependant(4, 1) };
    let later = ParticipationFacts { end_date: Some(day("2026-11-30")), ..dependant(5, 1) };
    let other = dependant(6, 9);
    for reason in EndReason::ALL.into_iter().filter(|reason| reason.ends_household()) {
        let decision = decide(
            &asked(&[1, 2], "2026-10-31", reason),
            &facts(
                &[person(1), person(2)],
                &[dependant(7, 2), dependant(3, 1), gone.clone(), later.clone(), other.clone()],
            ),
            day(TODAY),
        );
        assert_eq!(
            ends(&decision),
            [(1, None, reason), (3, Some(1), reason), (5, Some(1), reason), (2, None, reason), (7, Some(2), reason)]
        );
    }
}

#[test]
fn a_dependant_can_end_alone() {
    let decision =
        decide(&asked(&[3], "2026-10-31", EndReason::EindeCollectiviteit), &facts(&[dependant(3, 1)], &[]), day(TODAY));
    assert_eq!(ends(&decision), [(3, None, EndReason::EindeCollectiviteit)]);
}

#[test]
fn a_dependant_who_is_selected_with_the_main_insured_ends_once() {
    let reason = EndReason::EindeDienstverband;
    for selected in [[dependant(3, 1), person(1)], [person(1), dependant(3, 1)]] {
        let all = facts(&selected, &[dependant(3, 1), dependant(4, 1)]);
        let decision = decide(&asked(&[3, 1], "2026-10-31", reason), &all, day(TODAY));
        assert_eq!(ends(&decision), [(1, None, reason), (3, Some(1), reason), (4, Some(1), reason)]);
    }
    // One who was selected is checked as such, though the main insured is selected too.
    let gone = ParticipationFacts { end_date: Some(day("2026-09-30")), ..dependant(3, 1) };
    let decision = decide(
        &asked(&[1, 3], "2026-10-31", reason),
        &facts(&[person(1), gone.clone()], std::slice::from_ref(&gone)),
        day(TODAY),
    );
    assert_eq!(refusals(&decision), [(3, Refusal::AfterExistingEnd { end: day("2026-09-30") })]);
}

#[test]
fn a_dependant_who_starts_after_the_end_stands_in_the_way() {
    let born = ParticipationFacts { start_date: day("2026-11-05"), ..dependant(3, 1) };
    let decision =
        decide(&asked(&[1], "2026-10-31", EndReason::EindeDienstverband), &facts(&[person(1)], &[born]), day(TODAY));
    assert_eq!(refusals(&decision), [(3, Refusal::EndBeforeStart { start: day("2026-11-05") })]);
}

#[test]
fn after_a_death_each_dependant_is_asked_about() {
    let gone = ParticipationFacts { end_date: Some(day("2026-09-30")), ..dependant(5, 1) };
    let all = facts(&[person(1)], &[dependant(3, 1), dependant(4, 1), gone]);
    let mut form = asked(&[1], "2026-10-31", EndReason::Overleden);
    assert_eq!(decide(&form, &all, day(TODAY)), Decision::AskAbout(vec![id(3), id(4)]));

    // Naming some is not an answer about all.
    form.along = vec![id(4)];
    assert_eq!(decide(&form, &all, day(TODAY)), Decision::AskAbout(vec![id(3), id(4)]));

    form.dependants_asked = true;
    assert_eq!(
        ends(&decide(&form, &all, day(TODAY))),
        [(1, None, EndReason::Overleden), (4, Some(1), EndReason::EindeCollectiviteit)]
    );

    // Nobody but an asked dependant ends along, whoever is named.
    form.along = vec![id(5), id(77)];
    assert_eq!(ends(&decide(&form, &all, day(TODAY))), [(1, None, EndReason::Overleden)]);

    // Nobody is asked about when there is nobody, or when it cannot be done at all.
    let alone = facts(&[person(1)], &[]);
    let form = asked(&[1], "2026-10-31", EndReason::Overleden);
    assert_eq!(ends(&decide(&form, &alone, day(TODAY))), [(1, None, EndReason::Overleden)]);
    let form = asked(&[1], "2026-12-31", EndReason::Overleden);
    assert_eq!(refusals(&decide(&form, &all, day(TODAY))), [(1, Refusal::DeathInFuture)]);

    // Two who died together.
    let both = facts(&[person(1), dependant(3, 1)], &[dependant(3, 1)]);
    let form = asked(&[1, 3], "2026-10-31", EndReason::Overleden);
    assert_eq!(
        ends(&decide(&form, &both, day(TODAY))),
        [(1, None, EndReason::Overleden), (3, Some(1), EndReason::Overleden)]
    );
}

fn form() -> DeregisterForm {
    DeregisterForm {
        wie: "12:3, 15:1".into(),
        einddatum: "31-10-2026".into(),
        reden: "overleden".into(),
        mee: "15".into(),
        gezin_gevraagd: "ja".into(),
        sleutel: "aB3-_9".into(),
    }
}

#[test]
fn the_form_is_read() {
    let read = form().parse().expect("nothing is wrong");
    assert_eq!(read.selected, [Selected { id: id(12), version: 3 }, Selected { id: id(15), version: 1 }]);
    assert_eq!(DeregisterForm::write_selected(&read.selected), "12:3,15:1");
    assert_eq!(read.end_date, day("2026-10-31"));
    assert_eq!(read.reason, EndReason::Overleden);
    assert_eq!(read.along, [id(15)]);
    assert!(read.dependants_asked);
    assert_eq!(read.key, "aB3-_9");
    for reason in EndReason::ALL {
        assert_eq!(EndReason::from_code(reason.code()), Some(reason));
    }
}

#[test]
fn everything_that_is_wrong_with_the_form_is_told() {
    let errors = DeregisterForm::default().parse().expect_err("nothing is filled in");
    for field in ["wie", "einddatum", "reden", "sleutel"] {
        assert_eq!(errors.on(field), Some(FieldCode::Required), "{field}");
    }
    assert_eq!(errors.on("mee"), None);
    let many = (0..501).map(|number| format!("{number}:1")).collect::<Vec<_>>().join(",");
    for (changed, field, code) in [
        (DeregisterForm { wie: "12".into(), ..form() }, "wie", FieldCode::UnknownChoice),
        (DeregisterForm { wie: "12:x".into(), ..form() }, "wie", FieldCode::UnknownChoice),
        (DeregisterForm { wie: "12:1,12:2".into(), ..form() }, "wie", FieldCode::UnknownChoice),
        (DeregisterForm { wie: ",,".into(), ..form() }, "wie", FieldCode::Required),
        (DeregisterForm { wie: many, ..form() }, "wie", FieldCode::TooLong { max: 500 }),
        (DeregisterForm { einddatum: "1-13-2026".into(), ..form() }, "einddatum", FieldCode::NotADate),
        (DeregisterForm { reden: "ontslag".into(), ..form() }, "reden", FieldCode::UnknownChoice),
        (DeregisterForm { mee: "1,x".into(), ..form() }, "mee", FieldCode::UnknownChoice),
        (DeregisterForm { sleutel: "a b".into(), ..form() }, "sleutel", FieldCode::ForbiddenCharacter),
        (DeregisterForm { sleutel: "x".repeat(65), ..form() }, "sleutel", FieldCode::TooLong { max: 64 }),
    ] {
        let errors = changed.parse().expect_err(field);
        assert_eq!((errors.0.len(), errors.on(field)), (1, Some(code)));
    }
    let twice = DeregisterForm { wie: "12:3,12:3".into(), ..form() }.parse().expect("the same person twice is once");
    assert_eq!(twice.selected.len(), 1);
}

#[test]
fn a_preview_takes_what_is_there() {
    let (selected, end_date, reason, errors) =
        DeregisterForm { wie: "12:3".into(), ..DeregisterForm::default() }.parse_for_preview();
    assert_eq!((selected.len(), end_date, reason, errors.is_empty()), (1, None, None, true));
    let (_, end_date, reason, errors) = form().parse_for_preview();
    assert_eq!((end_date, reason), (Some(day("2026-10-31")), Some(EndReason::Overleden)));
    assert!(errors.is_empty());
    let (selected, end_date, _, errors) =
        DeregisterForm { einddatum: "31-02-2026".into(), ..DeregisterForm::default() }.parse_for_preview();
    assert!(selected.is_empty() && end_date.is_none());
    assert_eq!(errors.on("wie"), Some(FieldCode::Required));
    assert_eq!(errors.on("einddatum"), Some(FieldCode::NoSuchDay { month: 2, year: 2026, days: 28 }));
}

#[test]
fn a_personnel_number_is_printable_and_short() {
    assert_eq!(parse_personnel_number(" P0035333 "), Ok("P0035333".to_owned()));
    assert_eq!(parse_personnel_number(""), Ok(String::new()));
    assert_eq!(parse_personnel_number(&"é".repeat(20)).map(|number| number.chars().count()), Ok(20));
    assert_eq!(parse_personnel_number(&"1".repeat(21)), Err(FieldCode::TooLong { max: 20 }));
    assert_eq!(parse_personnel_number("1\n2"), Err(FieldCode::ForbiddenCharacter));
}

/// Some days around today, so that periods and what is asked meet often.
fn near_today() -> impl Strategy<Value = Date> {
    (0_u64..240).prop_map(|days| day("2026-07-01") + chrono::Days::new(days))
}

fn any_facts() -> impl Strategy<Value = ParticipationFacts> {
    (1_i64..9, proptest::option::of(1_i64..9), near_today(), proptest::option::of(0_u64..200), near_today(), 0_u32..200)
        .prop_map(|(number, main, start, days, contract_start, retroactive_days)| ParticipationFacts {
            main: main.map(id),
            start_date: start,
            end_date: days.map(|days| start + chrono::Days::new(days)),
            contract_start,
            retroactive_days,
            ..person(number)
        })
}

/// What a database could hold of them: one participation for each id. Someone selected may be a dependant as well.
fn as_stored(mut selected: Vec<ParticipationFacts>, mut dependants: Vec<ParticipationFacts>) -> DeregistrationFacts {
    let mut seen = HashSet::new();
    selected.retain(|person| seen.insert(person.id));
    dependants.retain(|person| seen.insert(person.id));
    dependants.extend(selected.iter().filter(|person| person.main.is_some()).cloned());
    DeregistrationFacts { selected, dependants }
}

proptest! {
    #[test]
    fn no_decision_ends_what_it_must_not(
        selected in proptest::collection::vec(any_facts(), 1..5),
        dependants in proptest::collection::vec(any_facts(), 0..6),
        end_date in near_today(),
        reason in proptest::sample::select(EndReason::ALL.to_vec()),
        along in proptest::collection::vec((1_i64..9).prop_map(id), 0..4),
        dependants_asked: bool,
    ) {
        let today = day(TODAY);
        let facts = as_stored(selected, dependants);
        let asked = Deregistration {
            selected: facts.selected.iter().map(|facts| Selected { id: facts.id, version: facts.version }).collect(),
            end_date,
            reason,
            along,
            dependants_asked,
            key: "key".into(),
        };
        let chosen: HashSet<_> = facts.selected.iter().map(|person| person.id).collect();
        let known = |ending: ParticipationId| {
            facts.selected.iter().find(|person| person.id == ending)
                .or_else(|| facts.dependants.iter().find(|person| person.id == ending
                    && person.main.is_some_and(|main| chosen.contains(&main)) && person.goes_on_after(end_date)))
        };
        match decide(&asked, &facts, today) {
            Decision::Ends(ends) => {
                let mut seen = HashSet::new();
                for ending in &ends {
                    prop_assert!(seen.insert(ending.id), "{:?} ends twice", ending.id);
                    let person = known(ending.id);
                    prop_assert!(person.is_some(), "{:?} was not asked for", ending.id);
                    let Some(person) = person else { unreachable!() };
                    prop_assert_eq!(ending.end_date, end_date);
                    prop_assert_eq!(ending.version, person.version);
                    prop_assert!(end_date >= person.start_date && end_date >= person.contract_start);
                    prop_assert!(person.goes_on_after(end_date), "an end is never put off");
                    prop_assert!(end_date >= earliest_end(today, person.retroactive_days));
                    prop_assert!(ending.reason != EndReason::Overleden || end_date <= today);
                    prop_assert!(ending.with.is_none_or(|main| chosen.contains(&main) && person.main == Some(main)));
                    if !chosen.contains(&ending.id) {
                        prop_assert!(reason.ends_household() || asked.along.contains(&ending.id));
                        prop_assert!(ending.reason != EndReason::Overleden);
                    }
                }
                // Everyone who was selected ends, and so does every household, unless someone died.
                prop_assert!(chosen.is_subset(&seen));
                for dependant in facts.dependants_after(end_date) {
                    prop_assert!(!reason.ends_household() || seen.contains(&dependant.id));
                    prop_assert!(reason.ends_household() || dependants_asked);
                }
            }
            Decision::Refused(refused) => {
                prop_assert!(!refused.is_empty());
                for refused in refused {
                    prop_assert!(known(refused.id).is_some());
                }
            }
            Decision::AskAbout(asked_about) => {
                prop_assert!(!dependants_asked && !reason.ends_household() && !asked_about.is_empty());
                prop_assert!(asked_about.iter().all(|id| !chosen.contains(id)));
            }
        }
    }

    #[test]
    fn the_first_day_without_cover_is_the_next(end in any_day()) {
        prop_assert_eq!((first_day_without(end) - end).num_days(), 1);
    }

    #[test]
    fn nothing_typed_panics(wie in ".{0,24}", einddatum in ".{0,12}", mee in "[0-9:, -]{0,12}") {
        let form = DeregisterForm { wie, einddatum, mee, ..form() };
        let _ = (form.parse(), form.parse_for_preview(), form.along());
    }
}
