//! Dutch addresses, as people type them.

use collectief_domain::{
    address::{Address, AddressForm, parse_house_number, parse_postcode},
    field::{FieldCode, FieldErrors},
};
use proptest::prelude::*;

fn form(straat: &str, huisnummer: &str, toevoeging: &str, postcode: &str, plaats: &str) -> AddressForm {
    AddressForm {
        straat: straat.into(),
        huisnummer: huisnummer.into(),
        toevoeging: toevoeging.into(),
        postcode: postcode.into(),
        plaats: plaats.into(),
    }
}

fn read(form: &AddressForm) -> Result<Address, FieldErrors> {
    let mut errors = FieldErrors::default();
    match form.parse(&mut errors) {
        Some(address) => errors.or(address),
        None => Err(errors),
    }
}

/// The form in which somebody would type this address.
pub fn typed(address: &Address) -> AddressForm {
    let (number, addition) = address.house_number.split_once(' ').unwrap_or((&address.house_number, ""));
    form(&address.street, number, addition, &address.postcode, &address.city)
}

#[test]
fn a_postcode_is_read_however_it_is_spaced() {
    for (text, expected) in [
        ("1234 AB", Ok("1234 AB")),
        ("1234AB", Ok("1234 AB")),
        ("1234ab", Ok("1234 AB")),
        ("  1234  aB ", Ok("1234 AB")),
        ("12 34 A B", Ok("1234 AB")),
        ("1234\u{a0}AB", Ok("1234 AB")),
        ("1000 AA", Ok("1000 AA")),
        ("9999 XX", Ok("9999 XX")),
        ("1234 SB", Ok("1234 SB")),
        ("1234 AS", Ok("1234 AS")),
        ("1234 DS", Ok("1234 DS")),
        ("", Err(FieldCode::Required)),
        (" \t", Err(FieldCode::Required)),
        // No postcode begins with a zero, and these letters are not used.
        ("0123 AB", Err(FieldCode::NotAPostcode)),
        ("1234 SA", Err(FieldCode::NotAPostcode)),
        ("1234 sd", Err(FieldCode::NotAPostcode)),
        ("1234 Ss", Err(FieldCode::NotAPostcode)),
        ("1234", Err(FieldCode::NotAPostcode)),
        ("1234 A", Err(FieldCode::NotAPostcode)),
        ("1234 ABC", Err(FieldCode::NotAPostcode)),
        ("123 AB", Err(FieldCode::NotAPostcode)),
        ("12345 AB", Err(FieldCode::NotAPostcode)),
        ("AB 1234", Err(FieldCode::NotAPostcode)),
        ("1234-AB", Err(FieldCode::NotAPostcode)),
        ("1A34 AB", Err(FieldCode::NotAPostcode)),
        ("1234 1B", Err(FieldCode::NotAPostcode)),
        ("1234 ÀB", Err(FieldCode::NotAPostcode)),
        ("１２３４ AB", Err(FieldCode::NotAPostcode)),
        ("NL-1234 AB", Err(FieldCode::NotAPostcode)),
        ("1", Err(FieldCode::NotAPostcode)),
        ("ß", Err(FieldCode::NotAPostcode)),
    ] {
        assert_eq!(parse_postcode(text).as_deref().map_err(|code| *code), expected, "{text:?}");
    }
}

#[test]
fn a_house_number_is_a_number_alone() {
    for (text, expected) in [
        ("1", Ok(1)),
        (" 12 ", Ok(12)),
        ("00012", Ok(12)),
        ("99999", Ok(99_999)),
        ("", Err(FieldCode::Required)),
        ("  ", Err(FieldCode::Required)),
        ("0", Err(FieldCode::NotAHouseNumber)),
        ("00000", Err(FieldCode::NotAHouseNumber)),
        ("100000", Err(FieldCode::NotAHouseNumber)),
        ("000012", Err(FieldCode::NotAHouseNumber)),
        ("+12", Err(FieldCode::NotAHouseNumber)),
        ("-12", Err(FieldCode::NotAHouseNumber)),
        ("12A", Err(FieldCode::NotAHouseNumber)),
        ("12 A", Err(FieldCode::NotAHouseNumber)),
        ("1.2", Err(FieldCode::NotAHouseNumber)),
        ("１２", Err(FieldCode::NotAHouseNumber)),
    ] {
        assert_eq!(parse_house_number(text), expected, "{text:?}");
    }
}

#[test]
fn an_address_is_read_and_shown() {
    let address = read(&form(" Kerkstraat ", " 12", "", "1234ab", " 's-Hertogenbosch")).unwrap();
    assert_eq!(
        address,
        Address {
            street: "Kerkstraat".into(),
            house_number: "12".into(),
            postcode: "1234 AB".into(),
            city: "'s-Hertogenbosch".into(),
        }
    );
    assert_eq!(address.lines(), ["Kerkstraat 12", "1234 AB 's-Hertogenbosch"]);
    for (addition, house_number) in
        [("A", "12 A"), (" bis ", "12 bis"), ("2 hoog", "12 2 hoog"), ("1234567890", "12 1234567890")]
    {
        let read = read(&form("Plein 1945", "12", addition, "1234 AB", "Ede")).unwrap();
        assert_eq!(read.house_number, house_number);
    }
    assert!(Address::default().is_empty());
    assert!(Address { house_number: "12".into(), ..Address::default() }.is_empty(), "a number alone is nowhere");
    assert!(!address.is_empty());
    for known in [
        Address { street: "Kerkstraat".into(), ..Address::default() },
        Address { postcode: "1234 AB".into(), ..Address::default() },
        Address { city: "Ede".into(), ..Address::default() },
    ] {
        assert!(!known.is_empty(), "{known:?}");
    }
}

#[test]
fn each_wrong_part_is_told_by_its_field() {
    let right = form("Kerkstraat", "12", "A", "1234 AB", "Ede");
    let long = "é".repeat(81);
    for (form, field, code) in [
        (AddressForm { straat: " ".into(), ..right.clone() }, "straat", FieldCode::Required),
        (AddressForm { straat: long.clone(), ..right.clone() }, "straat", FieldCode::TooLong { max: 80 }),
        (AddressForm { straat: "Kerk\nstraat".into(), ..right.clone() }, "straat", FieldCode::ForbiddenCharacter),
        (AddressForm { huisnummer: String::new(), ..right.clone() }, "huisnummer", FieldCode::Required),
        (AddressForm { huisnummer: "12A".into(), ..right.clone() }, "huisnummer", FieldCode::NotAHouseNumber),
        (
            AddressForm { toevoeging: "12345678901".into(), ..right.clone() },
            "toevoeging",
            FieldCode::TooLong { max: 10 },
        ),
        (AddressForm { toevoeging: "A\0B".into(), ..right.clone() }, "toevoeging", FieldCode::ForbiddenCharacter),
        (AddressForm { postcode: String::new(), ..right.clone() }, "postcode", FieldCode::Required),
        (AddressForm { postcode: "B-1000".into(), ..right.clone() }, "postcode", FieldCode::NotAPostcode),
        (AddressForm { plaats: String::new(), ..right.clone() }, "plaats", FieldCode::Required),
        (AddressForm { plaats: long, ..right.clone() }, "plaats", FieldCode::TooLong { max: 80 }),
        (AddressForm { plaats: "E\u{85}de".into(), ..right.clone() }, "plaats", FieldCode::ForbiddenCharacter),
    ] {
        let errors = read(&form).unwrap_err();
        assert_eq!(errors.0.len(), 1, "{errors:?}");
        assert_eq!(errors.on(field), Some(code), "{field}");
    }
    assert!(read(&AddressForm { straat: "é".repeat(80), plaats: "é".repeat(80), ..right }).is_ok());
    // All of it at once, in the order of the fields; the addition may stay empty.
    let errors = read(&AddressForm::default()).unwrap_err();
    let fields: Vec<&str> = errors.0.iter().map(|error| error.field.as_ref()).collect();
    assert_eq!(fields, ["straat", "huisnummer", "postcode", "plaats"]);
    assert!(errors.0.iter().all(|error| error.code == FieldCode::Required));
}

/// What was noted before is kept, and does not make a right address wrong.
#[test]
fn an_address_is_judged_by_itself() {
    let mut errors = FieldErrors::default();
    errors.push("bsn", FieldCode::BsnEleven);
    assert!(form("Kerkstraat", "12", "", "1234 AB", "Ede").parse(&mut errors).is_some());
    assert_eq!(errors.0.len(), 1);
}

/// Any address that there could be, as it is kept.
pub fn any_address() -> impl Strategy<Value = Address> {
    (
        "[A-Zé][a-zé'. -]{0,30}[a-z0-9]",
        1_u32..100_000,
        "([A-Za-z0-9]([A-Za-z0-9 -]{0,8}[A-Za-z0-9])?)?",
        "[1-9][0-9]{3} [A-RT-Z][A-Z]",
        "['A-Z][a-z -]{0,20}[a-z]",
    )
        .prop_map(|(street, number, addition, postcode, city)| Address {
            street,
            house_number: format!("{number} {addition}").trim().to_owned(),
            postcode,
            city,
        })
}

proptest! {
    #[test]
    fn a_known_address_is_typed_back(address in any_address()) {
        prop_assert_eq!(read(&typed(&address)), Ok(address));
    }

    #[test]
    fn whatever_is_typed_is_refused_or_reads_the_same_again(
        straat in "(?s).{0,20}",
        huisnummer in prop_oneof!["(?s).{0,6}", "[0-9]{1,6}"],
        toevoeging in prop_oneof!["(?s).{0,12}", "[A-Za-z0-9 ]{0,12}"],
        postcode in prop_oneof!["(?s).{0,9}", "[0-9]{4} ?[A-Za-z]{2}"],
        plaats in "(?s).{0,20}",
    ) {
        let form = AddressForm { straat, huisnummer, toevoeging, postcode, plaats };
        match read(&form) {
            Ok(address) => {
                prop_assert!(!address.lines().concat().chars().any(char::is_control));
                prop_assert_eq!(read(&typed(&address)), Ok(address));
            }
            Err(errors) => prop_assert!(!errors.is_empty()),
        }
    }

    #[test]
    fn a_postcode_reads_the_same_in_every_writing(number in 1_000_u32..10_000, letters in "[A-RT-Z][A-Z]") {
        let kept = format!("{number} {letters}");
        for written in [kept.clone(), format!("{number}{letters}"), format!(" {number}  {} ", letters.to_lowercase())] {
            prop_assert_eq!(parse_postcode(&written), Ok(kept.clone()));
        }
    }
}
