use collectief_domain::{
    bsn::{Bsn, MaskedBsn},
    field::FieldCode,
};
use proptest::prelude::*;

/// Any BSN that passes the eleven-test.
pub fn any_bsn() -> impl Strategy<Value = Bsn> {
    (1_u32..99_999_999).prop_filter_map("no check digit makes it pass", |first_eight| {
        let digits = format!("{first_eight:08}");
        (0..10).find_map(|check| Bsn::parse(&format!("{digits}{check}")).ok())
    })
}

#[test]
fn the_eleven_test() {
    for (text, expected) in [
        ("123456782", Ok("123456782")),
        ("1234.56.782", Ok("123456782")),
        (" 123 456 782 ", Ok("123456782")),
        ("111222333", Ok("111222333")),
        ("000000012", Ok("000000012")),
        // A spreadsheet took the leading zero.
        ("10000008", Ok("010000008")),
        ("012345678", Err(FieldCode::BsnEleven)),
        ("12345678", Err(FieldCode::BsnEleven)),
        ("123456789", Err(FieldCode::BsnEleven)),
        ("000000000", Err(FieldCode::BsnEleven)),
        ("00000000", Err(FieldCode::BsnEleven)),
        ("1234567", Err(FieldCode::BsnLength)),
        ("1234567820", Err(FieldCode::BsnLength)),
        ("12345678２", Err(FieldCode::NotDigits)),
        ("123-456-782", Err(FieldCode::NotDigits)),
        ("NL123456782", Err(FieldCode::NotDigits)),
        ("", Err(FieldCode::Required)),
        (" . ", Err(FieldCode::Required)),
    ] {
        assert_eq!(Bsn::parse(text).as_ref().map(Bsn::expose).map_err(|code| *code), expected, "{text}");
    }
}

// asvs = "16.2.5"
#[test]
fn nothing_prints_a_bsn() {
    let bsn = Bsn::parse("123456782").expect("a BSN");
    assert_eq!(format!("{bsn}"), "*****6782");
    assert_eq!(format!("{bsn:?}"), "Bsn(*****6782)");
    assert_eq!(format!("{:#?}", Some(&bsn)), "Some(\n    Bsn(*****6782),\n)");
    assert_eq!(format!("{}", bsn.masked()), "*****6782");
    assert_eq!(format!("{:?}", bsn.masked()), "MaskedBsn(*****6782)");
}

#[test]
fn a_masked_bsn_travels_as_text() {
    let masked = Bsn::parse("123456782").expect("a BSN").masked();
    let json = serde_json::to_string(&masked).expect("json");
    assert_eq!(json, "\"*****6782\"");
    assert_eq!(serde_json::from_str::<MaskedBsn>(&json).expect("masked"), masked);
    assert_eq!(MaskedBsn::from_last_digits("6782"), Some(masked));
    for wrong in ["\"123456782\"", "\"*****678\"", "\"*****67é\"", "\"*****678a\"", "6782"] {
        assert!(serde_json::from_str::<MaskedBsn>(wrong).is_err(), "{wrong}");
    }
}

proptest! {
    #[test]
    fn one_wrong_digit_is_noticed(bsn in any_bsn(), place in 0_usize..9, more in 1_u8..10) {
        let mut digits = bsn.expose().as_bytes().to_vec();
        digits[place] = b'0' + (digits[place] - b'0' + more) % 10;
        let wrong = String::from_utf8(digits).expect("digits");
        prop_assert_eq!(Bsn::parse(&wrong), Err(FieldCode::BsnEleven));
    }

    #[test]
    fn two_digits_that_changed_places_are_noticed(bsn in any_bsn(), place in 0_usize..8) {
        let mut digits = bsn.expose().as_bytes().to_vec();
        let alike = digits[place] == digits[place + 1];
        digits.swap(place, place + 1);
        let swapped = String::from_utf8(digits).expect("digits");
        prop_assert_eq!(Bsn::parse(&swapped), if alike { Ok(bsn) } else { Err(FieldCode::BsnEleven) });
    }

    #[test]
    fn a_lost_leading_zero_comes_back(bsn in any_bsn()) {
        if let Some(short) = bsn.expose().strip_prefix('0') {
            prop_assert_eq!(Bsn::parse(short), Ok(bsn.clone()));
        }
        prop_assert_eq!(Bsn::parse(bsn.expose()), Ok(bsn));
    }

    #[test]
    fn nothing_typed_panics_or_is_told_back(text in ".{0,20}") {
        if let Ok(bsn) = Bsn::parse(&text) {
            let printed = format!("{bsn} {bsn:?}");
            prop_assert!(!printed.contains(bsn.expose()));
        }
    }
}
