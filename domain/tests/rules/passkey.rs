//! Passkeys: what they are called, and when one is refused or stays.

use collectief_domain::{
    date::Date,
    field::FieldCode,
    ids::PasskeyId,
    passkey::{MOST_NAME, PasskeyView, Removal, goes_on, parse_name, removal},
    second_factor::SecondFactorView,
};

use crate::day;

#[test]
fn a_passkey_has_a_name() {
    assert_eq!(parse_name("  Telefoon van Hanna "), Ok("Telefoon van Hanna".to_owned()));
    assert_eq!(parse_name("  "), Err(FieldCode::Required));
    assert_eq!(parse_name("a\u{7}b"), Err(FieldCode::ForbiddenCharacter));
    assert_eq!(parse_name(&"é".repeat(MOST_NAME as usize)), Ok("é".repeat(MOST_NAME as usize)));
    assert_eq!(parse_name(&"é".repeat(MOST_NAME as usize + 1)), Err(FieldCode::TooLong { max: 60 }));
}

#[test]
fn a_counter_goes_on_or_does_not_count_at_all() {
    for (kept, shown, expected) in [
        (0, 0, true),
        (0, 1, true),
        (1, 2, true),
        (1, 200, true),
        (1, 1, false),
        (2, 1, false),
        (1, 0, false),
        (u32::MAX, u32::MAX, false),
    ] {
        assert_eq!(goes_on(kept, shown), expected, "{shown} after {kept}");
    }
}

// asvs = "6.3.3"
#[test]
fn the_last_of_a_second_step_stays_where_there_must_be_one() {
    use Removal::{EndsSecondStep, MustHave, OneLess, ShortPassword};
    for (has_app, passkeys, must_have, is_short, expected) in [
        (false, 1, false, false, EndsSecondStep),
        (false, 1, false, true, ShortPassword),
        (false, 1, true, false, MustHave),
        (false, 1, true, true, MustHave),
        (false, 2, true, true, OneLess),
        (true, 1, true, true, OneLess),
        (true, 1, false, false, OneLess),
    ] {
        assert_eq!(removal(has_app, passkeys, must_have, is_short), expected, "{has_app} {passkeys} {must_have}");
    }
}

#[test]
fn a_second_step_is_as_old_as_the_oldest_of_it() {
    let passkey = |added: Date| PasskeyView { id: PasskeyId(1), name: "Sleutel".to_owned(), added, last_used: None };
    let view = |since: Option<Date>, passkeys: &[Date]| SecondFactorView {
        since,
        passkeys: passkeys.iter().copied().map(passkey).collect(),
        ..SecondFactorView::default()
    };
    let (first, second) = (day("2026-01-01"), day("2026-02-01"));
    assert_eq!(view(None, &[]).on_since(), None);
    assert_eq!(view(Some(second), &[]).on_since(), Some(second));
    assert_eq!(view(Some(second), &[first]).on_since(), Some(first));
    assert_eq!(view(None, &[second, first]).on_since(), Some(first));
}
