//! What a new password must be.

use collectief_domain::{
    field::FieldCode,
    password::{MAX_BYTES, MAX_SURE, MIN_ALONE, check, known_words},
};
use proptest::prelude::*;

fn about() -> Vec<String> {
    known_words(["Sanne de Vries-Jansen", "sanne.devries@delinde.example", "Zorggroep De Linde", "Collectief"])
}

#[test]
fn a_password_is_judged_by_its_length_and_by_what_is_known_of_its_owner() {
    let long = "é".repeat(512);
    let too_long = "é".repeat(513);
    let passkeys = "漢字かな交じり文の合言葉です。よ";
    let cases: &[(&str, Result<(), FieldCode>)] = &[
        ("", Err(FieldCode::Required)),
        ("vijftien teken", Err(FieldCode::TooShort { min: 15 })),
        ("vijftien tekens", Ok(())),
        // Any characters will do: only spaces, only digits, other scripts, signs and emoji.
        ("               ", Ok(())),
        ("402938471029384", Ok(())),
        (passkeys, Ok(())),
        ("🐘 loopt 🌧 naar 🏠 toe", Ok(())),
        (&long, Ok(())),
        (&too_long, Err(FieldCode::TooLong { max: MAX_SURE })),
        // What others know does not count, however it is written.
        ("Zorggroep-De-Linde-2026", Err(FieldCode::OwnWords)),
        ("SANNE.DEVRIES@DELINDE", Err(FieldCode::OwnWords)),
        ("sannejansenvries1!", Err(FieldCode::OwnWords)),
        ("Collectief Collectief", Err(FieldCode::OwnWords)),
        // With enough beside it, it does no harm.
        ("sanne fietst langs elf molens", Ok(())),
    ];
    for (password, expected) in cases {
        assert_eq!(check(password, MIN_ALONE, &about()), *expected, "{password}");
    }
}

#[test]
fn how_short_it_may_be_is_for_the_caller_to_say() {
    assert_eq!(check("acht tek", 8, &about()), Ok(()));
    assert_eq!(check("zeven t", 8, &about()), Err(FieldCode::TooShort { min: 8 }));
    assert_eq!(check("sanne-123", 8, &about()), Err(FieldCode::OwnWords));
}

#[test]
fn sixty_four_characters_of_any_kind_are_allowed() {
    for character in ["a", "é", "漢", "🐘"] {
        assert_eq!(check(&character.repeat(64), MIN_ALONE, &about()), Ok(()), "{character}");
        assert_eq!(check(&character.repeat(MAX_SURE as usize), MIN_ALONE, &about()), Ok(()), "{character}");
    }
}

#[test]
fn known_words_are_told_apart_and_short_ones_are_left() {
    assert_eq!(known_words(["H. de Ruiter", "h.deruiter@b.nl"]), ["deruiter", "ruiter"]);
    assert!(known_words(["", "a b", "--"]).is_empty());
}

proptest! {
    #[test]
    fn length_alone_decides_when_nothing_is_known(password in "\\PC{0,80}", min in 1_u32..30) {
        let characters = password.chars().count();
        let expected = if characters == 0 {
            Err(FieldCode::Required)
        } else if characters < min as usize {
            Err(FieldCode::TooShort { min })
        } else {
            Ok(())
        };
        prop_assert_eq!(check(&password, min, &[]), expected);
    }

    #[test]
    fn known_words_alone_are_never_enough(
        picked in prop::collection::vec(0_usize..100, 1..12),
        between in "[ .,_@!-]{0,3}",
        capitals in any::<bool>(),
    ) {
        let known = about();
        let words: Vec<&str> = picked.iter().map(|number| known[number % known.len()].as_str()).collect();
        let password = words.join(&between);
        let password = if capitals { password.to_uppercase() } else { password };
        prop_assert!(check(&password, MIN_ALONE, &known).is_err());
    }

    #[test]
    fn eight_letters_of_ones_own_are_always_enough(own in "[qxz]{8,30}", known in "(zorggroep|linde|sanne)") {
        prop_assert_eq!(check(&format!("{own} {known} {known}"), MIN_ALONE, &about()), Ok(()));
    }

    #[test]
    fn whatever_is_typed_it_is_judged(password in any::<String>(), names in prop::collection::vec(any::<String>(), 0..4)) {
        let known = known_words(names.iter().map(String::as_str));
        let judged = check(&password, MIN_ALONE, &known);
        prop_assert!(judged != Ok(()) || (password.chars().count() >= 15 && password.len() <= MAX_BYTES));
    }
}
