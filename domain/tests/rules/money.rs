use collectief_domain::{
    actor::Language::{En, Nl},
    field::FieldCode,
    money::Cents,
};
use proptest::prelude::*;

#[test]
fn amounts_are_shown_as_the_language_has_it() {
    for (cents, dutch, english) in [
        (0, "€\u{a0}0,00", "€0.00"),
        (5, "€\u{a0}0,05", "€0.05"),
        (123_456, "€\u{a0}1.234,56", "€1,234.56"),
        (-123_456_789, "€\u{a0}-1.234.567,89", "-€1,234,567.89"),
        (99_999, "€\u{a0}999,99", "€999.99"),
        (100_000, "€\u{a0}1.000,00", "€1,000.00"),
        (i64::MIN, "€\u{a0}-92.233.720.368.547.758,08", "-€92,233,720,368,547,758.08"),
    ] {
        assert_eq!(Cents(cents).format(Nl), dutch);
        assert_eq!(Cents(cents).format(En), english);
    }
}

#[test]
fn amounts_are_read_as_people_type_them() {
    for (text, cents) in [
        ("12", 1200),
        ("12,5", 1250),
        ("12.50", 1250),
        ("€ 1.234,56", 123_456),
        ("1,234.56", 123_456),
        ("1.234", 123_400),
        ("1,234", 123_400),
        ("1.234.567", 123_456_700),
        ("-0,50", -50),
        ("€ -3", -300),
        ("-€3", -300),
        ("€\u{a0}0,05", 5),
        ("0", 0),
    ] {
        assert_eq!(Cents::parse_typed(text), Ok(Cents(cents)), "{text}");
    }
    for text in ["twaalf", "1,2,3", "12,345,6a", "1.23.456", "--3", "12-", "€", ",50", "1 234", "1,-", "0x1", "1.2345"]
    {
        assert_eq!(Cents::parse_typed(text), Err(FieldCode::NotDigits), "{text}");
    }
    assert_eq!(Cents::parse_typed(""), Err(FieldCode::Required));
    assert_eq!(Cents::parse_typed("9999999999999"), Err(FieldCode::TooLong { max: 12 }));
}

#[test]
fn a_sum_that_is_too_large_is_noticed() {
    assert_eq!(Cents(i64::MAX).checked_add(Cents(1)), None);
    assert_eq!(Cents(i64::MIN).checked_sub(Cents(1)), None);
    assert_eq!(Cents(i64::MIN).checked_neg(), None);
    assert_eq!(Cents::checked_sum([Cents(i64::MAX), Cents(1)]), None);
    assert_eq!(Cents::checked_sum([Cents(1), Cents(-3)]), Some(Cents(-2)));
    assert_eq!([Cents(1), Cents(2)].into_iter().sum::<Cents>() - Cents(1), -Cents(-2));
}

proptest! {
    #[test]
    fn what_is_shown_can_be_typed(cents in -99_999_999_999_999_i64..=99_999_999_999_999) {
        prop_assert_eq!(Cents::parse_typed(&Cents(cents).format(Nl)), Ok(Cents(cents)));
        prop_assert_eq!(Cents::parse_typed(&Cents(cents).format(En)), Ok(Cents(cents)));
    }

    #[test]
    fn nothing_typed_panics(text in ".{0,20}") {
        let _ = Cents::parse_typed(&text);
    }
}
