//! What an employee changes by a mailed link: what is read of each page, and what is refused.

use collectief_domain::{
    address::Address,
    case::CaseKind,
    change::{AskChangeForm, Change, ChangeDependant, ChangeFacts, LEAVE_REASONS, Reachable, refused_day},
    contract::ContractChoice,
    date::Date,
    deregistration::{EndReason, Refusal},
    enrolment::{AnswerForm, EnrolmentOffer},
    field::{FieldCode, FieldErrors},
    ids::ParticipationId,
    period::Period,
    product::{Product, ProductKind},
};
use proptest::prelude::*;

fn day(year: i32, month: u32, day: u32) -> Date {
    Date::from_ymd_opt(year, month, day).expect("a day of the calendar")
}

fn today() -> Date {
    day(2026, 11, 1)
}

fn product(code: &str, kind: ProductKind, last_day: Option<Date>) -> Product {
    Product { code: code.to_owned(), name: code.to_uppercase(), kind, first_day: day(2020, 1, 1), last_day }
}

fn offer(number: &str, first: Date, last: Date) -> EnrolmentOffer {
    EnrolmentOffer {
        contract: ContractChoice { number: number.to_owned(), name: "Zorggroep De Linde".to_owned() },
        window: Period::new(first, Some(last)),
        products: vec![
            product("basis", ProductKind::Basic, None),
            product("tand-250", ProductKind::Dental, None),
            product("tand-oud", ProductKind::Dental, Some(day(2026, 12, 31))),
        ],
    }
}

/// Somebody who participates since 2015 with one dependant, and could move to contract 24001.
fn facts() -> ChangeFacts {
    ChangeFacts {
        main: ParticipationId(1),
        period: Period { start: day(2015, 1, 1), end: None },
        personnel_number: "P1".to_owned(),
        products: "basis".to_owned(),
        reached: Reachable {
            address: Address {
                street: "Lindelaan".to_owned(),
                house_number: "12 bis".to_owned(),
                postcode: "7411 LD".to_owned(),
                city: "Lindeveld".to_owned(),
            },
            email: "a@werknemer.example".to_owned(),
            phone: String::new(),
        },
        offer: offer("23595", day(2026, 7, 2), day(2027, 5, 3)),
        dependants: vec![ChangeDependant {
            id: ParticipationId(2),
            full_name: "B. Janse".to_owned(),
            birth_date: None,
            end_date: None,
        }],
        to: Some(offer("24001", day(2026, 10, 2), day(2027, 5, 3))),
    }
}

fn address(street: &str) -> AnswerForm {
    AnswerForm {
        straat: street.to_owned(),
        huisnummer: "12".to_owned(),
        toevoeging: "bis".to_owned(),
        postcode: "7411ld".to_owned(),
        plaats: "Lindeveld".to_owned(),
        email: "a@werknemer.example".to_owned(),
        ..AnswerForm::default()
    }
}

fn moved(contract: &str, from: &str) -> AnswerForm {
    AnswerForm { contract: contract.to_owned(), ingangsdatum: from.to_owned(), ..AnswerForm::default() }
}

fn ended(who: &str, last_day: &str, reason: &str) -> AnswerForm {
    AnswerForm { nr: who.to_owned(), einddatum: last_day.to_owned(), reden: reason.to_owned(), ..AnswerForm::default() }
}

fn insured(product: &str, packages: &str, from: &str) -> AnswerForm {
    AnswerForm {
        product: product.to_owned(),
        pakket: packages.to_owned(),
        ingangsdatum: from.to_owned(),
        ..AnswerForm::default()
    }
}

fn numbered(number: &str) -> AnswerForm {
    AnswerForm { personeelsnummer: number.to_owned(), ..AnswerForm::default() }
}

#[test]
fn what_is_possible_is_read_and_holds_from_its_day() {
    let out = EndReason::EindeCollectiviteit;
    let work = EndReason::EindeDienstverband;
    for (kind, form, from) in [
        (CaseKind::Details, address("Beukenlaan"), today()),
        (CaseKind::PersonnelNumber, numbered("P2"), today()),
        (CaseKind::PersonnelNumber, numbered(""), today()),
        (CaseKind::Products, insured("basis", "tand-250", "1-1-2027"), day(2027, 1, 1)),
        (CaseKind::DependantOut, ended("2", "31-12-2026", ""), day(2027, 1, 1)),
        (CaseKind::Deregistration, ended("", "30112026", work.code()), day(2026, 12, 1)),
        (CaseKind::Deregistration, ended("", "2026-11-30", out.code()), day(2026, 12, 1)),
        (CaseKind::Move, moved("24001", "2-10-2026"), day(2026, 10, 2)),
    ] {
        let change = form.parse_change(kind, &facts(), today());
        assert_eq!(change.map(|change| change.effective(today())), Ok(from), "{kind:?}");
    }
}

#[test]
fn what_is_not_possible_is_refused_at_its_field() {
    let unknown = FieldCode::UnknownChoice;
    for (kind, form, field, code) in [
        (CaseKind::Enrolment, AnswerForm::default(), "actie", unknown),
        (CaseKind::Details, address("Lindelaan"), "postcode", FieldCode::NothingChanged),
        (CaseKind::Details, address(""), "straat", FieldCode::Required),
        (CaseKind::PersonnelNumber, numbered("P1"), "personeelsnummer", FieldCode::NothingChanged),
        (CaseKind::Products, insured("basis", "", "1-1-2027"), "product", FieldCode::NothingChanged),
        (CaseKind::Products, insured("", "", "1-1-2027"), "product", FieldCode::Required),
        (CaseKind::Products, insured("basis", "goud", "1-1-2027"), "pakket", unknown),
        (CaseKind::Products, insured("basis", "tand-oud", "1-1-2027"), "product", unknown),
        (
            CaseKind::Products,
            insured("basis", "tand-250", "1-7-2026"),
            "ingangsdatum",
            FieldCode::DateTooEarly { first: day(2026, 7, 2) },
        ),
        (CaseKind::DependantOut, ended("", "31-12-2026", ""), "nr", FieldCode::Required),
        (CaseKind::DependantOut, ended("1", "31-12-2026", ""), "nr", unknown),
        (CaseKind::DependantOut, ended("2", "", ""), "einddatum", FieldCode::Required),
        (CaseKind::Deregistration, ended("", "30-11-2026", ""), "reden", FieldCode::Required),
        // Nobody reports an own death, and a pension is the employer's to report.
        (CaseKind::Deregistration, ended("", "30-11-2026", "overleden"), "reden", unknown),
        (
            CaseKind::Deregistration,
            ended("", "1-1-2030", "einde_dienstverband"),
            "einddatum",
            FieldCode::DateTooLate { last: day(2027, 5, 3) },
        ),
        (CaseKind::Move, moved("23595", "1-12-2026"), "contract", FieldCode::UnknownContract),
        (CaseKind::Move, moved("24002", "1-12-2026"), "contract", FieldCode::UnknownContract),
        (CaseKind::Move, moved("", "1-12-2026"), "contract", FieldCode::Required),
        // Thirty days back and no further.
        (
            CaseKind::Move,
            moved("24001", "1-10-2026"),
            "ingangsdatum",
            FieldCode::DateTooEarly { first: day(2026, 10, 2) },
        ),
    ] {
        let errors = form.parse_change(kind, &facts(), today()).unwrap_err();
        assert_eq!(errors.on(field), Some(code), "{kind:?} {errors:?}");
    }
}

#[test]
fn an_address_is_left_out_where_none_was_known() {
    let unknown = ChangeFacts { reached: Reachable { address: Address::default(), ..facts().reached }, ..facts() };
    let by_phone = |street: &str| AnswerForm {
        email: "a@werknemer.example".to_owned(),
        telefoon: "06 12345678".to_owned(),
        straat: street.to_owned(),
        ..AnswerForm::default()
    };
    let change = by_phone(" ").parse_change(CaseKind::Details, &unknown, today()).unwrap();
    assert!(matches!(change, Change::Details(reached) if reached.address.is_empty() && !reached.phone.is_empty()));
    // Half an address is none, and one that is known does not go away.
    for (form, facts) in [(by_phone("Lindelaan"), &unknown), (by_phone(""), &facts())] {
        let errors = form.parse_change(CaseKind::Details, facts, today()).unwrap_err();
        assert_eq!(errors.on("postcode"), Some(FieldCode::Required));
    }
}

#[test]
fn nobody_moves_before_they_began_nor_after_a_gap() {
    let begun_late = ChangeFacts { period: Period { start: day(2026, 10, 20), end: None }, ..facts() };
    let errors = moved("24001", "20-10-2026").parse_change(CaseKind::Move, &begun_late, today()).unwrap_err();
    assert_eq!(errors.on("ingangsdatum"), Some(FieldCode::DateTooEarly { first: day(2026, 10, 21) }));
    let ends = ChangeFacts { period: Period { start: day(2015, 1, 1), end: Some(day(2026, 11, 30)) }, ..facts() };
    let errors = moved("24001", "2-12-2026").parse_change(CaseKind::Move, &ends, today()).unwrap_err();
    assert_eq!(errors.on("ingangsdatum"), Some(FieldCode::DateTooLate { last: day(2026, 12, 1) }));
    let change = moved("24001", "1-12-2026").parse_change(CaseKind::Move, &ends, today()).unwrap();
    assert!(matches!(change, Change::Move { from, .. } if from == day(2026, 12, 1)));
    let own = ChangeFacts { to: Some(facts().offer), ..facts() };
    let errors = moved("23595", "1-12-2026").parse_change(CaseKind::Move, &own, today()).unwrap_err();
    assert_eq!(errors.on("contract"), Some(FieldCode::NothingChanged), "one's own employer is no other");
}

#[test]
fn every_kind_that_is_asked_by_link_has_a_word_of_its_own() {
    for kind in CaseKind::ALL {
        match kind.word() {
            Some(word) => assert_eq!(CaseKind::from_word(word), Some(*kind)),
            None => assert_eq!(*kind, CaseKind::Enrolment),
        }
    }
    assert_eq!(CaseKind::from_word("aanmelding"), None);
    assert!(LEAVE_REASONS.iter().all(|reason| reason.ends_household()));
}

#[test]
fn a_refusal_is_told_by_the_day_that_would_do() {
    let (start, end) = (day(2026, 1, 1), day(2026, 12, 31));
    for (refusal, code) in [
        (Refusal::EndBeforeStart { start }, FieldCode::DateTooEarly { first: start }),
        (Refusal::EndBeforeContract { start }, FieldCode::DateTooEarly { first: start }),
        (Refusal::TooFarBack { earliest: start }, FieldCode::DateTooEarly { first: start }),
        (Refusal::AfterExistingEnd { end }, FieldCode::DateTooLate { last: end }),
        (Refusal::DeathInFuture, FieldCode::DateTooLate { last: today() }),
    ] {
        assert_eq!(refused_day(&refusal, today()), code);
    }
}

#[test]
fn asking_for_a_link_needs_a_number_and_an_address() {
    let form = |contract: &str, email: &str| AskChangeForm {
        contract: contract.to_owned(),
        email: email.to_owned(),
        website: String::new(),
    };
    let (number, email) = form(" 23595 ", " a@werknemer.example ").parse().unwrap();
    assert_eq!((number.as_str(), email.as_str()), ("23595", "a@werknemer.example"));
    for (contract, email, field) in [("x", "a@b.example", "contract"), ("23595", "a", "email"), ("", "", "email")] {
        assert!(form(contract, email).parse().unwrap_err().on(field).is_some(), "{contract} {email}");
    }
    let printed = format!("{:?}", form("23595", "a@werknemer.example"));
    assert!(!printed.contains("werknemer") && !format!("{:?}", facts().reached).contains("Lindelaan"));
}

fn texts() -> impl Strategy<Value = String> {
    prop_oneof![
        Just(String::new()),
        Just("basis".to_owned()),
        Just("24001".to_owned()),
        Just("1-12-2026".to_owned()),
        Just("2".to_owned()),
        any::<String>(),
    ]
}

proptest! {
    #[test]
    fn nothing_that_is_typed_does_more_than_be_refused(
        kind in proptest::sample::select(CaseKind::ALL),
        typed in proptest::collection::vec(texts(), 8),
    ) {
        let form = AnswerForm {
            contract: typed[0].clone(),
            ingangsdatum: typed[1].clone(),
            einddatum: typed[2].clone(),
            reden: typed[3].clone(),
            product: typed[4].clone(),
            pakket: typed[5].clone(),
            nr: typed[6].clone(),
            personeelsnummer: typed[7].clone(),
            ..AnswerForm::default()
        };
        let facts = facts();
        match form.parse_change(kind, &facts, today()) {
            Err(errors) => prop_assert_ne!(errors, FieldErrors::default()),
            Ok(Change::Move { contract, from }) => {
                prop_assert_eq!(contract.as_str(), "24001");
                prop_assert!(facts.to.unwrap().window.unwrap().contains(from));
            }
            Ok(Change::End { who, .. }) => prop_assert!(who.0 == 1 || who.0 == 2),
            Ok(Change::Products { from, .. }) => prop_assert!(facts.offer.window.unwrap().contains(from)),
            Ok(_) => {}
        }
    }
}
