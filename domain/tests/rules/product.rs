//! What can be chosen: one basic insurance, and at most one package of each kind beside it.

use std::collections::HashSet;

use collectief_domain::{
    field::FieldCode,
    product::{Product, ProductField, ProductKind, check_code, choose, codes, names},
};
use proptest::prelude::*;

use crate::day;

fn product(code: &str, kind: ProductKind) -> Product {
    Product { code: code.into(), name: format!("De {code}"), kind, first_day: day("2020-01-01"), last_day: None }
}

fn offered() -> Vec<Product> {
    vec![
        product("tand-250", ProductKind::Dental),
        product("basis", ProductKind::Basic),
        product("basis-vrij", ProductKind::Basic),
        product("aanvullend-1", ProductKind::Supplementary),
        product("aanvullend-2", ProductKind::Supplementary),
    ]
}

#[test]
fn what_is_chosen_is_one_of_a_kind_with_the_basic_insurance_first() {
    use ProductField::{Basic, Packages};
    for (basic, packages, expected) in [
        ("basis", "", Ok("basis")),
        (" basis-vrij ", " , ", Ok("basis-vrij")),
        ("basis", "aanvullend-1", Ok("basis,aanvullend-1")),
        ("basis", "tand-250", Ok("basis,tand-250")),
        // In the order of the kinds, whatever was ticked first.
        ("basis", "tand-250,aanvullend-2", Ok("basis,aanvullend-2,tand-250")),
        ("basis", ", aanvullend-2 ,,tand-250,", Ok("basis,aanvullend-2,tand-250")),
        ("", "aanvullend-1", Err((Basic, FieldCode::Required))),
        ("  ", "", Err((Basic, FieldCode::Required))),
        ("basic", "", Err((Basic, FieldCode::UnknownChoice))),
        ("Basis", "", Err((Basic, FieldCode::UnknownChoice))),
        ("De basis", "", Err((Basic, FieldCode::UnknownChoice))),
        ("basis,basis-vrij", "", Err((Basic, FieldCode::UnknownChoice))),
        // A package is no basic insurance, and the other way round.
        ("aanvullend-1", "", Err((Basic, FieldCode::UnknownChoice))),
        ("basis", "basis-vrij", Err((Packages, FieldCode::UnknownChoice))),
        ("basis", "basis", Err((Packages, FieldCode::UnknownChoice))),
        ("basis", "aanvullend-1,aanvullend-2", Err((Packages, FieldCode::UnknownChoice))),
        ("basis", "aanvullend-1,aanvullend-1", Err((Packages, FieldCode::UnknownChoice))),
        ("basis", "aanvullend-1,tand-250,aanvullend-2", Err((Packages, FieldCode::UnknownChoice))),
        ("basis", "tand-500", Err((Packages, FieldCode::UnknownChoice))),
        ("basis", "aanvullend-1;tand-250", Err((Packages, FieldCode::UnknownChoice))),
    ] {
        let offered = offered();
        let chosen =
            choose(basic, packages, &offered).map(|chosen| codes(&chosen.into_iter().cloned().collect::<Vec<_>>()));
        assert_eq!(chosen.as_deref().map_err(|error| *error), expected, "{basic} {packages}");
    }
    assert_eq!(choose("basis", "", &[]), Err((Basic, FieldCode::UnknownChoice)), "nothing is offered");
}

#[test]
fn an_insurance_starts_within_the_days_on_which_it_is_offered() {
    let closed = Product {
        first_day: day("2026-01-01"),
        last_day: Some(day("2026-12-31")),
        ..product("basis", ProductKind::Basic)
    };
    let open = Product { last_day: None, ..closed.clone() };
    for (on, of_closed, of_open) in [
        ("2025-12-31", false, false),
        ("2026-01-01", true, true),
        ("2026-06-15", true, true),
        ("2026-12-31", true, true),
        ("2027-01-01", false, true),
    ] {
        assert_eq!((closed.is_offered_on(day(on)), open.is_offered_on(day(on))), (of_closed, of_open), "{on}");
    }
}

#[test]
fn a_code_can_stand_between_commas() {
    let longest = "a".repeat(30);
    for (text, expected) in [
        ("basis", Ok("basis")),
        (" aanvullend-2 ", Ok("aanvullend-2")),
        ("2027", Ok("2027")),
        (longest.as_str(), Ok(longest.as_str())),
        ("", Err(FieldCode::Required)),
        (" ", Err(FieldCode::Required)),
        ("Basis", Err(FieldCode::ForbiddenCharacter)),
        ("basis vrij", Err(FieldCode::ForbiddenCharacter)),
        ("basis,vrij", Err(FieldCode::ForbiddenCharacter)),
        ("basis_vrij", Err(FieldCode::ForbiddenCharacter)),
        ("basís", Err(FieldCode::ForbiddenCharacter)),
        ("a\0", Err(FieldCode::ForbiddenCharacter)),
        ("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", Err(FieldCode::TooLong { max: 30 })),
    ] {
        assert_eq!(check_code(text).as_deref().map_err(|code| *code), expected, "{text:?}");
    }
}

#[test]
fn names_are_found_by_what_is_stored() {
    let known = offered();
    for (stored, expected) in [
        ("", vec![]),
        ("basis", vec!["De basis"]),
        ("basis,aanvullend-1,tand-250", vec!["De basis", "De aanvullend-1", "De tand-250"]),
        // What is no longer known stands for itself.
        ("basis,oud-pakket", vec!["De basis", "oud-pakket"]),
        (",basis,,", vec!["De basis"]),
    ] {
        assert_eq!(names(stored, &known), expected, "{stored}");
    }
    assert_eq!(codes(&[]), "");
}

#[test]
fn the_words_of_kinds_are_read_back_and_come_in_order() {
    for (kind, word) in
        [(ProductKind::Basic, "basic"), (ProductKind::Supplementary, "supplementary"), (ProductKind::Dental, "dental")]
    {
        assert_eq!(kind.code(), word);
        assert_eq!(ProductKind::from_code(word), Some(kind));
        assert_eq!(serde_json::to_value(kind).unwrap(), word);
    }
    assert_eq!(ProductKind::ALL, [ProductKind::Basic, ProductKind::Supplementary, ProductKind::Dental]);
    assert!(ProductKind::ALL.is_sorted());
    for strange in ["", "Basic", "basis", " basic"] {
        assert_eq!(ProductKind::from_code(strange), None, "{strange}");
    }
}

/// A code that is offered, or any text.
fn any_code() -> impl Strategy<Value = String> {
    let offered: Vec<String> = offered().into_iter().map(|product| product.code).collect();
    prop_oneof![3 => proptest::sample::select(offered), 1 => "(?s).{0,6}"]
}

proptest! {
    /// Codes that are offered in any number and order, and codes that are not.
    #[test]
    fn what_is_chosen_is_offered_one_of_a_kind_and_chosen_again_from_what_is_stored(
        basic in any_code(),
        packages in proptest::collection::vec(any_code(), 0..4),
    ) {
        let offered = offered();
        if let Ok(chosen) = choose(&basic, &packages.join(","), &offered) {
            prop_assert_eq!(chosen[0].kind, ProductKind::Basic);
            prop_assert_eq!(chosen[0].code.as_str(), basic.trim());
            prop_assert!(chosen.is_sorted_by_key(|product| product.kind));
            prop_assert_eq!(chosen.iter().map(|product| product.kind).collect::<HashSet<_>>().len(), chosen.len());
            let stored = codes(&chosen.iter().copied().cloned().collect::<Vec<_>>());
            let (basic, packages) = stored.split_once(',').unwrap_or((&stored, ""));
            prop_assert_eq!(choose(basic, packages, &offered), Ok(chosen));
        }
    }

    #[test]
    fn a_code_that_is_right_stays_right(text in prop_oneof!["(?s).{0,34}", "[ a-z0-9-]{0,34}"]) {
        if let Ok(code) = check_code(&text) {
            prop_assert!(!code.contains(',') && code.len() <= 30);
            prop_assert_eq!(check_code(&code), Ok(code));
        }
        let _ = names(&text, &offered());
    }
}
