//! Enrolling (PRODUCT.md E): what is a right answer to each question, and what of them together.

use collectief_domain::{
    bsn::Bsn,
    contract::ContractChoice,
    date::{Date, format_dutch, format_iso},
    enrolment::{
        AnswerForm, DEPENDANTS_MAX, ENROL_AHEAD_DAYS, ENROL_BACK_DAYS, Enrolment, EnrolmentForm, EnrolmentOffer,
        FilledInBy, NewPerson, PersonForm, Question, Step, window,
    },
    field::{FieldCode, FieldErrors},
    name::{Gender, NameUse},
    period::Period,
    product::{Product, ProductKind, codes},
};
use proptest::prelude::*;
use serde_json::Value;

use crate::{
    address::{any_address, typed},
    any_day,
    bsn::any_bsn,
    day,
};

const TODAY: &str = "2026-11-22";

/// Answers that are right, all of them, on [`TODAY`].
const RIGHT: [(&str, &str); 23] = [
    ("contract", "23595"),
    ("wie", "werknemer"),
    ("voorletters", "ja"),
    ("voorvoegsel", ""),
    ("achternaam", "Jansen"),
    ("partner_voorvoegsel", ""),
    ("partner_achternaam", ""),
    ("naamgebruik", "E"),
    ("geboortedatum", "1-2-1980"),
    ("geslacht", "V"),
    ("bsn", "123456782"),
    ("straat", "Kerkstraat"),
    ("huisnummer", "12"),
    ("toevoeging", "A"),
    ("postcode", "1234ab"),
    ("plaats", "Ede"),
    ("email", "j.jansen@example.nl"),
    ("telefoon", "030 123 45 67"),
    ("personeelsnummer", "P0035333"),
    ("gezin", "nee"),
    ("product", "basis"),
    ("pakket", "aanvullend-1"),
    ("ingangsdatum", "1-1-2027"),
];

fn product(code: &str, kind: ProductKind) -> Product {
    Product { code: code.into(), name: code.into(), kind, first_day: day("2020-01-01"), last_day: None }
}

/// A contract of 2014 with an open end.
fn offer() -> EnrolmentOffer {
    EnrolmentOffer {
        contract: ContractChoice { number: "23595".into(), name: "Zorggroep De Linde".into() },
        window: Some(Period { start: day("2026-07-23"), end: Some(day("2027-05-24")) }),
        products: vec![
            product("basis", ProductKind::Basic),
            product("aanvullend-1", ProductKind::Supplementary),
            product("aanvullend-2", ProductKind::Supplementary),
            product("tand-250", ProductKind::Dental),
            Product { last_day: Some(day("2026-12-31")), ..product("basis-oud", ProductKind::Basic) },
            Product { first_day: day("2027-02-01"), ..product("tand-500", ProductKind::Dental) },
        ],
    }
}

/// The right answers, some changed, as one page would post them; every name must be one of a field.
fn answers(changes: &[(&str, &str)]) -> AnswerForm {
    let mut fields = serde_json::to_value(AnswerForm::default()).expect("json");
    for (field, value) in RIGHT.iter().chain(changes) {
        *fields.get_mut(field).unwrap_or_else(|| panic!("there is no field {field}")) = Value::from(*value);
    }
    serde_json::from_value(fields).expect("a form")
}

/// The right answers, some changed, after every question was answered.
fn form(changes: &[(&str, &str)]) -> EnrolmentForm {
    let mut form = EnrolmentForm::default();
    for question in Question::ALL {
        form.take(question, &answers(changes));
    }
    form
}

/// A child without a BSN.
fn child(name: &str) -> PersonForm {
    PersonForm {
        voorletters: "K.".into(),
        achternaam: name.into(),
        geboortedatum: "3-4-2015".into(),
        geslacht: "X".into(),
        geen_bsn: "ja".into(),
        ..PersonForm::default()
    }
}

/// The right answers, with a family.
fn with_family(people: Vec<PersonForm>) -> EnrolmentForm {
    EnrolmentForm { gezinsleden: people, ..form(&[("gezin", "ja")]) }
}

/// All that is wrong, by field.
fn wrong(errors: &FieldErrors) -> Vec<(&str, FieldCode)> {
    errors.0.iter().map(|error| (error.field.as_ref(), error.code)).collect()
}

/// Every field of a form with its value, those of forms within it as `persoon.bsn`.
fn fields(value: &Value, before: &str) -> Vec<(String, String)> {
    match value {
        Value::Object(object) => {
            object.iter().flat_map(|(name, value)| fields(value, &format!("{before}.{name}"))).collect()
        }
        value => vec![(before.trim_start_matches('.').to_owned(), value.to_string())],
    }
}

/// A form of which every text is this one.
fn filled<T: Default + serde::Serialize + serde::de::DeserializeOwned>(text: &str) -> T {
    fn fill(value: &mut Value, text: &str) {
        match value {
            Value::Object(object) => object.values_mut().for_each(|value| fill(value, text)),
            Value::String(value) => *value = text.to_owned(),
            _ => {}
        }
    }
    let mut value = serde_json::to_value(T::default()).expect("json");
    fill(&mut value, text);
    serde_json::from_value(value).expect("a form")
}

#[test]
fn right_answers_are_a_request() {
    let read = form(&[]).parse(&offer(), day(TODAY)).unwrap();
    assert_eq!(read.contract.as_str(), "23595");
    assert_eq!(read.by, FilledInBy::Employee);
    assert_eq!(read.person.name.full_name(), "J.A. Jansen");
    assert_eq!((read.person.birth_date, read.person.gender), (day("1980-02-01"), Gender::V));
    assert_eq!(read.person.bsn.as_ref().map(Bsn::expose), Some("123456782"));
    assert_eq!(read.address.lines(), ["Kerkstraat 12 A", "1234 AB Ede"]);
    assert_eq!((read.email.as_str(), read.phone.as_str()), ("j.jansen@example.nl", "030 123 45 67"));
    assert_eq!(read.personnel_number, "P0035333");
    assert_eq!(read.dependants, []);
    assert_eq!(codes(&read.products), "basis,aanvullend-1");
    assert_eq!(read.start_date, day("2027-01-01"));
    assert!(!format!("{read:?}").contains("123456782"), "nothing prints a BSN");
}

/// What is changed on the page of a question, and what is wrong then.
type Row<'a> = (Question, &'a [(&'a str, &'a str)], &'a [(&'a str, FieldCode)]);

fn row<'a>(question: Question, changes: &'a [(&'a str, &'a str)], told: &'a [(&'a str, FieldCode)]) -> Row<'a> {
    (question, changes, told)
}

/// One wrong page at a time: it alone is told, and the whole request is refused for the same.
#[test]
fn a_wrong_answer_is_told_on_the_page_of_its_question() {
    use FieldCode::{
        BsnEleven, BsnLength, DateTooEarly, DateTooLate, ForbiddenCharacter, NoSuchDay, NotADate, NotAHouseNumber,
        NotAPhone, NotAPostcode, NotAnEmail, NotDigits, NothingToSearch, Required, TooLong, TooShort, UnknownChoice,
    };
    let (long_prefix, long_name, long_street) = ("v".repeat(41), "é".repeat(201), "s".repeat(81));
    let (long_reporter, long_mail) = ("n".repeat(101), format!("{}@example.nl", "j".repeat(244)));
    let long_phone = "030 ".repeat(8);
    let (first, last) = (day("2026-07-23"), day("2027-05-24"));
    let employer = |name, mail| [("wie", "werkgever"), ("melder_naam", name), ("melder_email", mail)];
    for (question, changes, expected) in [
        row(Question::Contract, &[("contract", "")], &[("contract", Required)]),
        row(Question::Contract, &[("contract", "1234")], &[("contract", TooShort { min: 5 })]),
        row(Question::Contract, &[("contract", "1234567890123")], &[("contract", TooLong { max: 12 })]),
        row(Question::Contract, &[("contract", "A2359")], &[("contract", NotDigits)]),
        row(Question::Contract, &[("wie", "")], &[("wie", Required)]),
        row(Question::Contract, &[("wie", "buurman")], &[("wie", UnknownChoice)]),
        row(Question::Contract, &[("wie", "werkgever")], &[("melder_naam", Required), ("melder_email", Required)]),
        row(Question::Name, &[("voorletters", "")], &[("voorletters", Required)]),
        row(Question::Name, &[("voorletters", " . ")], &[("voorletters", Required)]),
        row(Question::Name, &[("voorletters", "123")], &[("voorletters", Required)]),
        row(Question::Name, &[("voorletters", &long_prefix)], &[("voorletters", TooLong { max: 40 })]),
        row(Question::Name, &[("voorletters", "J\0A")], &[("voorletters", ForbiddenCharacter)]),
        row(Question::Name, &[("voorvoegsel", &long_prefix)], &[("voorvoegsel", TooLong { max: 40 })]),
        row(Question::Name, &[("voorvoegsel", "van\u{7f}")], &[("voorvoegsel", ForbiddenCharacter)]),
        row(Question::Name, &[("achternaam", " ")], &[("achternaam", Required)]),
        row(Question::Name, &[("achternaam", ".")], &[("achternaam", NothingToSearch)]),
        row(Question::Name, &[("achternaam", "-12-")], &[("achternaam", NothingToSearch)]),
        row(Question::Name, &[("achternaam", "Jan\0sen")], &[("achternaam", ForbiddenCharacter)]),
        row(Question::Name, &[("achternaam", &long_name)], &[("achternaam", TooLong { max: 200 })]),
        row(Question::Name, &[("partner_voorvoegsel", &long_prefix)], &[("partner_voorvoegsel", TooLong { max: 40 })]),
        row(Question::Name, &[("partner_achternaam", &long_name)], &[("partner_achternaam", TooLong { max: 200 })]),
        row(Question::Name, &[("partner_achternaam", "V\u{1b}n")], &[("partner_achternaam", ForbiddenCharacter)]),
        row(Question::Name, &[("naamgebruik", "e")], &[("naamgebruik", UnknownChoice)]),
        // Without the partner's name one cannot go by it.
        row(Question::Name, &[("naamgebruik", "P")], &[("partner_achternaam", Required)]),
        row(Question::Name, &[("naamgebruik", "V")], &[("partner_achternaam", Required)]),
        row(
            Question::Name,
            &[("naamgebruik", "N"), ("partner_voorvoegsel", "van"), ("partner_achternaam", " ")],
            &[("partner_achternaam", Required)],
        ),
        row(
            Question::Name,
            &[("voorletters", ""), ("achternaam", ""), ("naamgebruik", "X")],
            &[("voorletters", Required), ("achternaam", Required), ("naamgebruik", UnknownChoice)],
        ),
        row(Question::Birth, &[("geboortedatum", "")], &[("geboortedatum", Required)]),
        row(
            Question::Birth,
            &[("geboortedatum", "29-2-1981")],
            &[("geboortedatum", NoSuchDay { month: 2, year: 1981, days: 28 })],
        ),
        row(
            Question::Birth,
            &[("geboortedatum", "31041980")],
            &[("geboortedatum", NoSuchDay { month: 4, year: 1980, days: 30 })],
        ),
        row(Question::Birth, &[("geboortedatum", "1-2-80")], &[("geboortedatum", NotADate)]),
        row(Question::Birth, &[("geboortedatum", "1-13-1980")], &[("geboortedatum", NotADate)]),
        row(
            Question::Birth,
            &[("geboortedatum", "23-11-2026")],
            &[("geboortedatum", DateTooLate { last: day(TODAY) })],
        ),
        row(
            Question::Birth,
            &[("geboortedatum", "31-12-1849")],
            &[("geboortedatum", DateTooEarly { first: day("1850-01-01") })],
        ),
        row(Question::Birth, &[("geslacht", "")], &[("geslacht", Required)]),
        row(Question::Birth, &[("geslacht", "v")], &[("geslacht", UnknownChoice)]),
        row(Question::Birth, &[("geslacht", "vrouw")], &[("geslacht", UnknownChoice)]),
        row(Question::Bsn, &[("bsn", "")], &[("bsn", Required)]),
        row(Question::Bsn, &[("bsn", "123456789")], &[("bsn", BsnEleven)]),
        row(Question::Bsn, &[("bsn", "000000000")], &[("bsn", BsnEleven)]),
        row(Question::Bsn, &[("bsn", "1234567")], &[("bsn", BsnLength)]),
        row(Question::Bsn, &[("bsn", "12345678O")], &[("bsn", NotDigits)]),
        row(Question::Bsn, &[("bsn", ""), ("geen_bsn", "nee")], &[("bsn", Required)]),
        // Who says to have none, and fills one in that is wrong, is asked which of the two is meant.
        row(Question::Bsn, &[("bsn", "123456789"), ("geen_bsn", "ja")], &[("bsn", BsnEleven)]),
        row(Question::Address, &[("straat", "")], &[("straat", Required)]),
        row(Question::Address, &[("straat", &long_street)], &[("straat", TooLong { max: 80 })]),
        row(Question::Address, &[("huisnummer", "")], &[("huisnummer", Required)]),
        row(Question::Address, &[("huisnummer", "12A")], &[("huisnummer", NotAHouseNumber)]),
        row(Question::Address, &[("huisnummer", "0")], &[("huisnummer", NotAHouseNumber)]),
        row(Question::Address, &[("toevoeging", "12345678901")], &[("toevoeging", TooLong { max: 10 })]),
        row(Question::Address, &[("postcode", "")], &[("postcode", Required)]),
        row(Question::Address, &[("postcode", "0123 AB")], &[("postcode", NotAPostcode)]),
        row(Question::Address, &[("postcode", "1234 SS")], &[("postcode", NotAPostcode)]),
        row(Question::Address, &[("plaats", "E\tde")], &[("plaats", ForbiddenCharacter)]),
        row(Question::Contact, &[("email", " ")], &[("email", Required)]),
        row(Question::Contact, &[("email", "j.jansen")], &[("email", NotAnEmail)]),
        row(Question::Contact, &[("email", "@example.nl")], &[("email", NotAnEmail)]),
        row(Question::Contact, &[("email", "j@@example.nl")], &[("email", NotAnEmail)]),
        row(Question::Contact, &[("email", "j jansen@example.nl")], &[("email", NotAnEmail)]),
        row(Question::Contact, &[("email", "j@example.nl\r\nBcc: x@example.nl")], &[("email", NotAnEmail)]),
        row(Question::Contact, &[("email", "j@example.nl,x@example.nl")], &[("email", NotAnEmail)]),
        row(Question::Contact, &[("email", &long_mail)], &[("email", TooLong { max: 254 })]),
        row(Question::Contact, &[("telefoon", "12345")], &[("telefoon", NotAPhone)]),
        row(Question::Contact, &[("telefoon", "bel mij maar")], &[("telefoon", NotAPhone)]),
        row(Question::Contact, &[("telefoon", &long_phone)], &[("telefoon", TooLong { max: 30 })]),
        row(
            Question::PersonnelNumber,
            &[("personeelsnummer", "123456789012345678901")],
            &[("personeelsnummer", TooLong { max: 20 })],
        ),
        row(Question::PersonnelNumber, &[("personeelsnummer", "P\n1")], &[("personeelsnummer", ForbiddenCharacter)]),
        row(Question::Family, &[("gezin", "")], &[("gezin", Required)]),
        row(Question::Family, &[("gezin", "misschien")], &[("gezin", UnknownChoice)]),
        row(Question::Family, &[("gezin", "ja")], &[("gezin", FieldCode::NobodyAdded)]),
        row(Question::Products, &[("product", "")], &[("product", Required)]),
        row(Question::Products, &[("product", "tand-250")], &[("product", UnknownChoice)]),
        row(Question::Products, &[("product", "budget")], &[("product", UnknownChoice)]),
        row(Question::Products, &[("pakket", "aanvullend-1,aanvullend-2")], &[("pakket", UnknownChoice)]),
        row(Question::Products, &[("pakket", "basis")], &[("pakket", UnknownChoice)]),
        row(Question::Start, &[("ingangsdatum", "")], &[("ingangsdatum", Required)]),
        row(Question::Start, &[("ingangsdatum", "morgen")], &[("ingangsdatum", NotADate)]),
        row(
            Question::Start,
            &[("ingangsdatum", "29-2-2027")],
            &[("ingangsdatum", NoSuchDay { month: 2, year: 2027, days: 28 })],
        ),
        row(Question::Start, &[("ingangsdatum", "1-1-2026")], &[("ingangsdatum", DateTooEarly { first })]),
        row(Question::Start, &[("ingangsdatum", "22-7-2026")], &[("ingangsdatum", DateTooEarly { first })]),
        row(Question::Start, &[("ingangsdatum", "25-5-2027")], &[("ingangsdatum", DateTooLate { last })]),
    ] {
        let form = form(changes);
        for other in Question::ALL {
            let told = form.check(other, Some(&offer()), day(TODAY));
            assert_eq!(wrong(&told), if other == question { expected } else { &[] }, "{other:?} {changes:?}");
        }
        assert_eq!(form.first_open(Some(&offer()), day(TODAY)), Some(question), "{changes:?}");
        assert_eq!(wrong(&form.parse(&offer(), day(TODAY)).unwrap_err()), expected, "{changes:?}");
    }
    for (name, mail, field, code) in [
        ("", "p@example.nl", "melder_naam", Required),
        ("P\0", "p@example.nl", "melder_naam", ForbiddenCharacter),
        (long_reporter.as_str(), "p@example.nl", "melder_naam", TooLong { max: 100 }),
        ("P. Smit", "", "melder_email", Required),
        ("P. Smit", "p@", "melder_email", NotAnEmail),
    ] {
        let told = form(&employer(name, mail)).check(Question::Contract, Some(&offer()), day(TODAY));
        assert_eq!(wrong(&told), [(field, code)], "{name} {mail}");
    }
}

#[test]
fn answers_are_read_as_people_write_them() {
    let read = |changes: &[(&str, &str)]| form(changes).parse(&offer(), day(TODAY)).unwrap();
    for (typed, name) in [("ja", "J.A. Jansen"), ("J A", "J.A. Jansen"), ("th.", "Th. Jansen"), ("JPh", "J.Ph. Jansen")]
    {
        assert_eq!(read(&[("voorletters", typed)]).person.name.full_name(), name, "{typed}");
    }
    for (name_use, shown) in [
        ("", "J.A. van der Berg"),
        ("E", "J.A. van der Berg"),
        (" P ", "J.A. de Vries"),
        ("V", "J.A. de Vries-van der Berg"),
        ("N", "J.A. van der Berg-de Vries"),
    ] {
        let changes = [
            ("voorvoegsel", " van  der "),
            ("achternaam", " Berg"),
            ("partner_voorvoegsel", "de"),
            ("partner_achternaam", "Vries "),
            ("naamgebruik", name_use),
        ];
        assert_eq!(read(&changes).person.name.full_name(), shown, "{name_use}");
        assert_eq!(
            form(&changes).persoon.shown_name(),
            read(&[&changes[..], &[("voorletters", "J.A.")]].concat()).person.name.full_name()
        );
    }
    assert_eq!(read(&[("achternaam", &"é".repeat(200))]).person.name.surname, "é".repeat(200));
    for (typed, birth) in [
        ("1-2-1980", "1980-02-01"),
        ("01021980", "1980-02-01"),
        ("1980-02-01", "1980-02-01"),
        ("1 februari 1980", "1980-02-01"),
        ("29-2-1980", "1980-02-29"),
        ("22-11-1926", "1926-11-22"),
    ] {
        assert_eq!(read(&[("geboortedatum", typed)]).person.birth_date, day(birth), "{typed}");
    }
    for (code, gender) in [("V", Gender::V), (" M ", Gender::M), ("X", Gender::X)] {
        assert_eq!(read(&[("geslacht", code)]).person.gender, gender);
    }
    for (typed, without, bsn) in [
        ("1234.56.782", "", Some("123456782")),
        (" 123 456 782 ", "", Some("123456782")),
        ("10000008", "", Some("010000008")),
        ("", "ja", None),
        (" ", " ja ", None),
        // Who says to have none has one after all.
        ("123456782", "ja", Some("123456782")),
    ] {
        let read = read(&[("bsn", typed), ("geen_bsn", without)]);
        assert_eq!(read.person.bsn.as_ref().map(Bsn::expose), bsn, "{typed} {without}");
    }
    for typed in ["1234 AB", "1234AB", " 1234  ab "] {
        assert_eq!(read(&[("postcode", typed)]).address.postcode, "1234 AB", "{typed}");
    }
    for (typed, phone) in
        [("", ""), ("  ", ""), (" +31 30 123 45 67 ", "+31 30 123 45 67"), ("(030) 123-4567", "(030) 123-4567")]
    {
        assert_eq!(read(&[("telefoon", typed)]).phone, phone, "{typed}");
    }
    assert_eq!(read(&[("email", " j@example.nl ")]).email, "j@example.nl");
    assert_eq!(read(&[("personeelsnummer", " ")]).personnel_number, "");
    for (packages, products) in [
        ("", "basis"),
        ("tand-250,aanvullend-2", "basis,aanvullend-2,tand-250"),
        (" , aanvullend-1", "basis,aanvullend-1"),
    ] {
        assert_eq!(codes(&read(&[("pakket", packages)]).products), products);
    }
    for (typed, start) in [
        ("1-1-2027", "2027-01-01"),
        ("01012027", "2027-01-01"),
        ("2027-01-01", "2027-01-01"),
        ("1 jan. 2027", "2027-01-01"),
        // The first day and the last.
        ("23-7-2026", "2026-07-23"),
        ("24-5-2027", "2027-05-24"),
    ] {
        assert_eq!(read(&[("ingangsdatum", typed)]).start_date, day(start), "{typed}");
        assert_eq!(form(&[("ingangsdatum", typed)]).start_date(), Some(day(start)), "{typed}");
    }
    let by = read(&[("wie", "werkgever"), ("melder_naam", " P. Smit "), ("melder_email", " p@example.nl")]).by;
    assert_eq!(by, FilledInBy::Employer { name: "P. Smit".into(), email: "p@example.nl".into() });
    assert!(form(&[("wie", "werkgever")]).is_by_employer() && !form(&[]).is_by_employer());
    // Who fills in another's name first, and then says to be the employee, leaves nothing of it.
    assert_eq!(read(&[("melder_naam", "\0"), ("melder_email", "x")]).by, FilledInBy::Employee);
}

#[test]
fn one_can_start_within_the_contract_and_not_too_far_from_today() {
    let today = day(TODAY);
    let period = |start: &str, end: &str| Period { start: day(start), end: (!end.is_empty()).then(|| day(end)) };
    for (contract, back, ahead, expected) in [
        (period("2014-01-01", ""), ENROL_BACK_DAYS, ENROL_AHEAD_DAYS, Some(("2026-07-23", "2027-05-24"))),
        (period("2014-01-01", ""), 0, 0, Some((TODAY, TODAY))),
        (period("2014-01-01", ""), 1, 1, Some(("2026-11-21", "2026-11-23"))),
        // The contract is what limits it.
        (period("2026-10-01", "2026-12-31"), 122, 183, Some(("2026-10-01", "2026-12-31"))),
        (period("2027-01-01", ""), 122, 183, Some(("2027-01-01", "2027-05-24"))),
        (period("2027-05-24", ""), 122, 183, Some(("2027-05-24", "2027-05-24"))),
        (period("2014-01-01", "2026-07-23"), 122, 183, Some(("2026-07-23", "2026-07-23"))),
        // It ended too long ago, or begins too late.
        (period("2014-01-01", "2026-07-22"), 122, 183, None),
        (period("2027-05-25", ""), 122, 183, None),
        (period("2014-01-01", "2026-11-21"), 0, 183, None),
    ] {
        let expected = expected.map(|(first, last)| period(first, last));
        assert_eq!(window(contract, back, ahead, today), expected, "{contract:?} {back} {ahead}");
    }
    let whole = window(period("2014-01-01", ""), u32::MAX, u32::MAX, today).unwrap();
    assert_eq!(
        (whole.start, whole.end),
        (day("2014-01-01"), Some(Date::MAX)),
        "a limit longer than the calendar is none"
    );
    assert_eq!((ENROL_BACK_DAYS, ENROL_AHEAD_DAYS), (122, 183));
}

#[test]
fn nothing_starts_where_a_contract_lets_nobody_start() {
    let closed = EnrolmentOffer { window: None, ..offer() };
    let unknown = [("contract", FieldCode::UnknownContract)];
    let late = [("ingangsdatum", FieldCode::DateTooLate { last: day(TODAY) })];
    for offer in [None, Some(&closed)] {
        assert_eq!(wrong(&form(&[]).check(Question::Contract, offer, day(TODAY))), unknown);
        assert_eq!(wrong(&form(&[]).check(Question::Start, offer, day(TODAY))), late);
    }
    // What is not known yet offers nothing.
    assert_eq!(wrong(&form(&[]).check(Question::Products, None, day(TODAY))), [("product", FieldCode::UnknownChoice)]);
    assert_eq!(wrong(&form(&[]).parse(&closed, day(TODAY)).unwrap_err()), [unknown, late].concat());
    // A window without a last day has none.
    let open = EnrolmentOffer { window: Some(Period { start: day("2026-07-23"), end: None }), ..offer() };
    assert!(form(&[("ingangsdatum", "1-1-2100")]).parse(&open, day(TODAY)).is_ok());
}

/// No single page can see it: the insurance must be offered on the first day, and nobody starts before being born.
#[test]
fn answers_that_are_right_alone_can_be_wrong_together() {
    let product = ("product", FieldCode::UnknownChoice);
    for (changes, expected) in [
        (vec![("product", "basis-oud"), ("ingangsdatum", "31-12-2026")], vec![]),
        (vec![("product", "basis-oud"), ("ingangsdatum", "1-1-2027")], vec![product]),
        (vec![("pakket", "tand-500"), ("ingangsdatum", "1-2-2027")], vec![]),
        (vec![("pakket", "tand-500"), ("ingangsdatum", "31-1-2027")], vec![product]),
        (vec![("geboortedatum", "1-11-2026"), ("ingangsdatum", "1-11-2026")], vec![]),
        (
            vec![("geboortedatum", "2-11-2026"), ("ingangsdatum", "1-11-2026")],
            vec![("ingangsdatum", FieldCode::DateTooEarly { first: day("2026-11-02") })],
        ),
    ] {
        let form = form(&changes);
        assert_eq!(form.first_open(Some(&offer()), day(TODAY)), None);
        match form.parse(&offer(), day(TODAY)) {
            Ok(_) => assert_eq!(expected, [], "{changes:?}"),
            Err(errors) => assert_eq!(wrong(&errors), expected, "{changes:?}"),
        }
    }
}

#[test]
fn a_family_comes_along_whole_or_not_at_all() {
    let today = day(TODAY);
    let family = with_family(vec![child("Jansen"), PersonForm { bsn: "111222333".into(), ..child("de Boer") }]);
    let read = family.parse(&offer(), today).unwrap();
    let names: Vec<String> = read.dependants.iter().map(|person| person.name.full_name()).collect();
    assert_eq!(names, ["K. Jansen", "K. de Boer"]);
    assert_eq!(read.dependants[0].bsn, None);
    assert_eq!(read.dependants[1].bsn.as_ref().map(Bsn::expose), Some("111222333"));
    assert_eq!((read.dependants[0].birth_date, read.dependants[0].gender), (day("2015-04-03"), Gender::X));

    // One who is wrong after all shows at the list; so does one too many.
    for wrong_one in [
        PersonForm { bsn: "123456789".into(), ..child("Jansen") },
        PersonForm { geboortedatum: "23-11-2026".into(), ..child("Jansen") },
        PersonForm::default(),
    ] {
        let family = with_family(vec![child("Jansen"), wrong_one]);
        let expected = [("gezin", FieldCode::UnknownChoice)];
        assert_eq!(wrong(&family.check(Question::Family, Some(&offer()), today)), expected);
        assert_eq!(wrong(&family.parse(&offer(), today).unwrap_err()), expected);
    }
    assert_eq!(DEPENDANTS_MAX, 15);
    for (count, is_right) in [(1, true), (15, true), (16, false)] {
        let family = with_family(vec![child("Jansen"); count]);
        assert_eq!(family.parse(&offer(), today).is_ok(), is_right, "{count}");
        assert_eq!(family.check(Question::Family, Some(&offer()), today).is_empty(), is_right, "{count}");
    }

    // Nobody participates before being born: the family begins with the youngest.
    let newborn = PersonForm { geboortedatum: "20-11-2026".into(), ..child("Jansen") };
    let early =
        EnrolmentForm { ingangsdatum: "1-11-2026".into(), ..with_family(vec![child("Jansen"), newborn.clone()]) };
    let expected = [("ingangsdatum", FieldCode::DateTooEarly { first: day("2026-11-20") })];
    assert_eq!(wrong(&early.parse(&offer(), today).unwrap_err()), expected);
    let in_time = EnrolmentForm { ingangsdatum: "20-11-2026".into(), ..with_family(vec![newborn]) };
    assert!(in_time.parse(&offer(), today).is_ok());

    // Those who were typed before somebody said there is no family do not come along.
    let none = EnrolmentForm { gezin: "nee".into(), ..with_family(vec![child("Jansen")]) };
    assert_eq!(none.parse(&offer(), today).unwrap().dependants, []);
}

#[test]
fn a_name_is_kept_as_long_as_it_may_be_and_has_letters() {
    let mut errors = FieldErrors::default();
    let long = PersonForm { voorletters: "A".repeat(21), ..child("Jansen") };
    assert_eq!(long.parse_name(&mut errors), None, "each letter gets a dot");
    assert_eq!(wrong(&errors), [("voorletters", FieldCode::TooLong { max: 40 })]);
    let fits = PersonForm { voorletters: "A".repeat(20), ..child("Jansen") };
    assert_eq!(fits.parse_name(&mut FieldErrors::default()).map(|name| name.initials.len()), Some(40));
    let dotted = PersonForm { partner_achternaam: ".".into(), naamgebruik: "P".into(), ..child("Jansen") };
    let mut errors = FieldErrors::default();
    assert_eq!(dotted.parse_name(&mut errors), None);
    assert_eq!(wrong(&errors), [("partner_achternaam", FieldCode::NothingToSearch)]);
}

#[test]
fn nobody_stands_in_a_family_twice() {
    let today = day(TODAY);
    let with_bsn = |bsn: &str| PersonForm { bsn: bsn.into(), ..child("Jansen") };
    for (bsns, is_right) in [
        (vec!["111222333"], true),
        (vec!["", ""], true),
        (vec!["111222333", "111222333"], false),
        (vec!["111222333", "", "1112.22.333"], false),
        (vec!["123456782"], false),
        (vec!["", "123 456 782"], false),
    ] {
        let family = with_family(bsns.iter().copied().map(with_bsn).collect());
        match family.parse(&offer(), today) {
            Ok(_) => assert!(is_right, "{bsns:?}"),
            Err(errors) => {
                assert_eq!(wrong(&errors), [("bsn", FieldCode::Taken)], "{bsns:?}");
                assert!(!is_right, "{bsns:?}");
            }
        }
    }
    // The same when somebody is added or changed; who is changed does not stand in the own way.
    let family = with_family(vec![with_bsn("111222333"), with_bsn("")]);
    for (bsn, place, is_right) in [
        ("10000008", None, true),
        ("", None, true),
        ("111222333", None, false),
        ("1112.22.333", Some(1), false),
        ("111222333", Some(0), true),
        ("111222333", Some(7), false),
        ("123456782", None, false),
        ("123456782", Some(0), false),
    ] {
        let told = family.check_dependant(&with_bsn(bsn), place, today);
        assert_eq!(told.is_ok(), is_right, "{bsn} {place:?}");
        if let Err(errors) = told {
            assert_eq!(wrong(&errors), [("bsn", FieldCode::Taken)], "{bsn} {place:?}");
        }
    }
}

#[test]
fn a_dependant_is_judged_when_added() {
    let today = day(TODAY);
    let family = with_family(vec![child("Jansen")]);
    assert_eq!(family.check_dependant(&child("Jansen"), None, today), Ok(()));
    assert_eq!(
        wrong(&family.check_dependant(&PersonForm::default(), None, today).unwrap_err()),
        [
            ("voorletters", FieldCode::Required),
            ("achternaam", FieldCode::Required),
            ("geboortedatum", FieldCode::Required),
            ("geslacht", FieldCode::Required),
            ("bsn", FieldCode::Required),
        ]
    );
    // There is a place for fifteen; those who have one can be changed.
    for (count, place, is_right) in [(14, None, true), (15, None, false), (15, Some(14), true)] {
        let told = with_family(vec![child("Jansen"); count]).check_dependant(&child("de Boer"), place, today);
        assert_eq!(told.is_ok(), is_right, "{count} {place:?}");
        if let Err(errors) = told {
            assert_eq!(wrong(&errors), [("achternaam", FieldCode::OutOfRange)]);
        }
    }
}

/// An answer to one question leaves those to all others as they are.
#[test]
fn a_page_keeps_its_own_answers_only() {
    for (question, kept) in [
        (Question::Contract, vec!["contract", "melder_email", "melder_naam", "wie"]),
        (
            Question::Name,
            vec![
                "persoon.achternaam",
                "persoon.naamgebruik",
                "persoon.partner_achternaam",
                "persoon.partner_voorvoegsel",
                "persoon.voorletters",
                "persoon.voorvoegsel",
            ],
        ),
        (Question::Birth, vec!["persoon.geboortedatum", "persoon.geslacht"]),
        (Question::Bsn, vec!["persoon.bsn", "persoon.geen_bsn"]),
        (
            Question::Address,
            vec!["adres.huisnummer", "adres.plaats", "adres.postcode", "adres.straat", "adres.toevoeging"],
        ),
        (Question::Contact, vec!["email", "telefoon"]),
        (Question::PersonnelNumber, vec!["personeelsnummer"]),
        (Question::Family, vec!["gezin"]),
        (Question::Products, vec!["pakket", "product"]),
        (Question::Start, vec!["ingangsdatum"]),
    ] {
        let before = EnrolmentForm { beantwoord: String::new(), ..form(&[("geen_bsn", "ja")]) };
        let mut after = before.clone();
        after.take(question, &filled("x"));
        assert_eq!(after.beantwoord, question.code());
        after.beantwoord.clear();
        let (before, after) = (serde_json::to_value(before).unwrap(), serde_json::to_value(after).unwrap());
        let mut changed: Vec<(String, String)> = fields(&after, "");
        changed.retain(|field| !fields(&before, "").contains(field));
        changed.sort();
        let expected: Vec<(String, String)> =
            kept.into_iter().map(|name| (name.to_owned(), "\"x\"".to_owned())).collect();
        assert_eq!(changed, expected, "{question:?}");
    }
}

#[test]
fn who_has_no_family_after_all_takes_it_away() {
    let mut form = with_family(vec![child("Jansen")]);
    form.take(Question::Family, &answers(&[("gezin", "ja")]));
    assert_eq!(form.gezinsleden.len(), 1);
    form.take(Question::Family, &answers(&[("gezin", "")]));
    assert_eq!(form.gezinsleden.len(), 1, "no answer takes nobody away");
    form.take(Question::Family, &answers(&[("gezin", "nee")]));
    assert_eq!(form.gezinsleden, []);
}

#[test]
fn the_open_question_is_the_first_that_was_not_answered_rightly() {
    let (offer, today) = (offer(), day(TODAY));
    let mut form = EnrolmentForm::default();
    for question in Question::ALL {
        assert_eq!(form.first_open(Some(&offer), today), Some(question));
        assert!(!form.is_answered(question));
        form.take(question, &answers(&[]));
        assert!(form.is_answered(question));
    }
    assert_eq!(form.first_open(Some(&offer), today), None);
    assert_eq!(
        form.beantwoord,
        "overeenkomst,naam,geboorte,bsn,adres,bereikbaar,personeelsnummer,gezin,verzekering,ingangsdatum"
    );
    // An answer that becomes wrong opens its question again, and is kept as one answer.
    form.take(Question::Bsn, &answers(&[("bsn", "123456789")]));
    form.take(Question::Start, &answers(&[("ingangsdatum", "")]));
    assert_eq!(form.first_open(Some(&offer), today), Some(Question::Bsn));
    assert_eq!(form.beantwoord.matches("bsn").count(), 1);
    // An empty answer is one, where it may be empty; one that was never given is none.
    form = self::form(&[("personeelsnummer", "")]);
    assert_eq!(form.first_open(Some(&offer), today), None);
    form.beantwoord = form.beantwoord.replace("personeelsnummer,", "");
    assert_eq!(form.first_open(Some(&offer), today), Some(Question::PersonnelNumber));
    // What was right yesterday is wrong when the contract ends.
    assert_eq!(self::form(&[]).first_open(None, today), Some(Question::Contract));
    assert!(!EnrolmentForm { beantwoord: "bsnnaam".into(), ..form }.is_answered(Question::Bsn));
}

#[test]
fn questions_come_one_after_another_and_back() {
    for (place, question) in Question::ALL.into_iter().enumerate() {
        assert_eq!(question.next(), Question::ALL.get(place + 1).copied());
        assert_eq!(question.previous(), place.checked_sub(1).map(|place| Question::ALL[place]));
        assert_eq!(Question::from_code(question.code()), Some(question));
    }
    assert_eq!(Question::Contract.next(), Some(Question::Name));
    assert_eq!((Question::Contract.previous(), Question::Start.next()), (None, None));
    for strange in ["", "Naam", "naam ", "controle", "name"] {
        assert_eq!(Question::from_code(strange), None, "{strange}");
    }
    for (number, step, questions) in [
        (1, Step::Contract, vec![Question::Contract]),
        (2, Step::Person, vec![Question::Name, Question::Birth, Question::Bsn, Question::Address, Question::Contact]),
        (3, Step::PersonnelNumber, vec![Question::PersonnelNumber]),
        (4, Step::Family, vec![Question::Family]),
        (5, Step::Insurance, vec![Question::Products, Question::Start]),
        (6, Step::Check, vec![]),
    ] {
        assert_eq!(step.number(), number);
        assert_eq!(Step::ALL[number - 1], step);
        assert_eq!(step.questions().collect::<Vec<_>>(), questions);
    }
}

#[test]
fn staff_may_leave_out_what_they_do_not_know() {
    let (offer, today) = (offer(), day(TODAY));
    let no_address = [("straat", ""), ("huisnummer", ""), ("toevoeging", ""), ("postcode", ""), ("plaats", "")];
    let read = answers(&[]).parse_inside(&offer, today).unwrap();
    assert_eq!(read.person.name.full_name(), "J.A. Jansen");
    assert_eq!(read.person.bsn.as_ref().map(Bsn::expose), Some("123456782"));
    assert_eq!(read.address.map(|address| address.lines().concat()).as_deref(), Some("Kerkstraat 12 A1234 AB Ede"));
    assert_eq!((read.email.as_deref(), read.phone.as_str()), (Some("j.jansen@example.nl"), "030 123 45 67"));
    assert_eq!((read.personnel_number.as_str(), codes(&read.products).as_str()), ("P0035333", "basis,aanvullend-1"));
    assert_eq!(read.start_date, day("2027-01-01"));

    let sparse =
        [&no_address[..], &[("email", " "), ("telefoon", ""), ("personeelsnummer", ""), ("pakket", "")]].concat();
    let read = answers(&sparse).parse_inside(&offer, today).unwrap();
    assert_eq!((read.address, read.email), (None, None));
    assert_eq!((read.phone.as_str(), read.personnel_number.as_str()), ("", ""));

    // What is filled in must be right all the same; half an address is none. What else the page has is not looked at.
    for (changes, expected) in [
        (vec![("contract", ""), ("wie", ""), ("gezin", "x")], vec![]),
        (
            [&no_address[..], &[("plaats", "Ede")]].concat(),
            vec![
                ("straat", FieldCode::Required),
                ("huisnummer", FieldCode::Required),
                ("postcode", FieldCode::Required),
            ],
        ),
        (vec![("postcode", "1234")], vec![("postcode", FieldCode::NotAPostcode)]),
        (vec![("email", "j.jansen")], vec![("email", FieldCode::NotAnEmail)]),
        (vec![("telefoon", "geen")], vec![("telefoon", FieldCode::NotAPhone)]),
        (vec![("bsn", "")], vec![("bsn", FieldCode::Required)]),
        (vec![("bsn", ""), ("geen_bsn", "ja")], vec![]),
        (vec![("voorletters", "")], vec![("voorletters", FieldCode::Required)]),
        (vec![("naamgebruik", "P")], vec![("partner_achternaam", FieldCode::Required)]),
        (vec![("product", "")], vec![("product", FieldCode::Required)]),
        (vec![("pakket", "tand-500")], vec![("product", FieldCode::UnknownChoice)]),
        (
            vec![("ingangsdatum", "22-7-2026")],
            vec![("ingangsdatum", FieldCode::DateTooEarly { first: day("2026-07-23") })],
        ),
        (
            vec![("geboortedatum", "2-11-2026"), ("ingangsdatum", "1-11-2026")],
            vec![("ingangsdatum", FieldCode::DateTooEarly { first: day("2026-11-02") })],
        ),
    ] {
        match answers(&changes).parse_inside(&offer, today) {
            Ok(_) => assert_eq!(expected, [], "{changes:?}"),
            Err(errors) => assert_eq!(wrong(&errors), expected, "{changes:?}"),
        }
    }
    let errors = AnswerForm::default().parse_inside(&offer, today).unwrap_err();
    let told: Vec<&str> = errors.0.iter().map(|error| error.field.as_ref()).collect();
    assert_eq!(told, ["voorletters", "achternaam", "geboortedatum", "geslacht", "bsn", "product", "ingangsdatum"]);
}

#[test]
fn a_dependant_whom_staff_add_has_a_name_and_a_first_day() {
    let (offer, today) = (offer(), day(TODAY));
    // Neither insurance nor address is asked: they are the main insured's.
    let others = [("product", ""), ("straat", ""), ("email", "x")];
    let (person, start) = answers(&others).parse_dependant(&offer, today).unwrap();
    assert_eq!((person.name.full_name().as_str(), start), ("J.A. Jansen", day("2027-01-01")));
    for (changes, field, code) in [
        (vec![("achternaam", "")], "achternaam", FieldCode::Required),
        (vec![("bsn", "123456789")], "bsn", FieldCode::BsnEleven),
        (vec![("geslacht", "")], "geslacht", FieldCode::Required),
        (vec![("ingangsdatum", "25-5-2027")], "ingangsdatum", FieldCode::DateTooLate { last: day("2027-05-24") }),
        (
            vec![("geboortedatum", "22-11-2026"), ("ingangsdatum", "21-11-2026")],
            "ingangsdatum",
            FieldCode::DateTooEarly { first: day(TODAY) },
        ),
    ] {
        let errors = answers(&changes).parse_dependant(&offer, today).unwrap_err();
        assert_eq!(wrong(&errors), [(field, code)], "{changes:?}");
    }
    // A child that was born today comes along from today.
    let born = [("geboortedatum", "22-11-2026"), ("ingangsdatum", "22-11-2026")];
    assert_eq!(answers(&born).parse_dependant(&offer, today).map(|(_, start)| start), Ok(day(TODAY)));
    let closed = EnrolmentOffer { window: None, ..offer };
    assert_eq!(
        wrong(&answers(&[]).parse_dependant(&closed, today).unwrap_err()),
        [("ingangsdatum", FieldCode::DateTooLate { last: day(TODAY) })]
    );
}

#[test]
fn a_field_that_nobody_sees_is_filled_in_by_programs() {
    for (website, is_by_program) in [("", false), ("https://example.nl", true), (" ", true)] {
        assert_eq!(answers(&[("website", website)]).is_by_program(), is_by_program);
    }
}

#[test]
fn forms_print_nothing_of_what_was_typed() {
    let person = filled::<PersonForm>("Jansen 123456782");
    let form = EnrolmentForm { gezinsleden: vec![person.clone()], ..filled("Jansen 123456782") };
    let answers = filled::<AnswerForm>("Jansen 123456782");
    assert_eq!(format!("{person:?} {form:?} {answers:?}"), "PersonForm EnrolmentForm AnswerForm");
    assert_eq!(format!("{:#?}", vec![form]), "[\n    EnrolmentForm,\n]");
    assert_eq!(answers.person().bsn, "Jansen 123456782");
    assert_eq!(answers.address().plaats, "Jansen 123456782");
}

/// What somebody would type for this person.
fn typed_person(person: &NewPerson) -> PersonForm {
    PersonForm {
        voorletters: person.name.initials.clone(),
        voorvoegsel: person.name.prefix.clone(),
        achternaam: person.name.surname.clone(),
        partner_voorvoegsel: person.name.partner_prefix.clone(),
        partner_achternaam: person.name.partner_surname.clone(),
        naamgebruik: person.name.name_use.code().into(),
        geboortedatum: format_dutch(person.birth_date),
        geslacht: person.gender.code().into(),
        bsn: person.bsn.as_ref().map_or_else(String::new, |bsn| bsn.expose().to_owned()),
        geen_bsn: if person.bsn.is_none() { "ja".into() } else { String::new() },
    }
}

/// What somebody would type for this request.
fn typed_form(read: &Enrolment) -> EnrolmentForm {
    let (melder_naam, melder_email) = match &read.by {
        FilledInBy::Employee => (String::new(), String::new()),
        FilledInBy::Employer { name, email } => (name.clone(), email.clone()),
    };
    let chosen = codes(&read.products);
    let (product, pakket) = chosen.split_once(',').unwrap_or((&chosen, ""));
    EnrolmentForm {
        contract: read.contract.to_string(),
        wie: if read.by == FilledInBy::Employee { "werknemer".into() } else { "werkgever".into() },
        melder_naam,
        melder_email,
        persoon: typed_person(&read.person),
        adres: typed(&read.address),
        email: read.email.clone(),
        telefoon: read.phone.clone(),
        personeelsnummer: read.personnel_number.clone(),
        gezin: if read.dependants.is_empty() { "nee".into() } else { "ja".into() },
        gezinsleden: read.dependants.iter().map(typed_person).collect(),
        product: product.to_owned(),
        pakket: pakket.to_owned(),
        ingangsdatum: format_iso(read.start_date),
        beantwoord: String::new(),
    }
}

/// Anybody who is right, as typed.
fn any_person() -> impl Strategy<Value = PersonForm> {
    let names = ("[A-Z]{1,4}", "(van|de|'t)?", "[A-Z][a-zé]{1,9}( [A-Z][a-z]{1,5})?", "(van de)?", "[A-Z][a-z]{1,9}");
    let birth = (20_000_u64..46_000).prop_map(|days| format_dutch(day("1900-01-01") + chrono::Days::new(days)));
    (names, proptest::sample::select(NameUse::ALL.to_vec()), birth, "[VMX]", proptest::option::of(any_bsn())).prop_map(
        |(names, name_use, geboortedatum, geslacht, bsn)| {
            let (voorletters, voorvoegsel, achternaam, partner_voorvoegsel, partner_achternaam) = names;
            PersonForm {
                voorletters,
                voorvoegsel,
                achternaam,
                partner_voorvoegsel,
                partner_achternaam,
                naamgebruik: name_use.code().into(),
                geboortedatum,
                geslacht,
                geen_bsn: if bsn.is_none() { "ja".into() } else { String::new() },
                bsn: bsn.map_or_else(String::new, |bsn| bsn.expose().to_owned()),
            }
        },
    )
}

/// Any text, line ends and control characters as well, or what stands in forms.
fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![
        "(?s).{0,30}",
        "[0-9 .-]{0,12}",
        "[a-zA-Z' .-]{0,20}",
        "[a-z]{1,5}@[a-z.]{1,9}",
        any_day().prop_map(format_iso),
        proptest::sample::select(vec!["ja", "nee", "werkgever", "werknemer", "basis", "tand-250", "P", "V", "1234 AB"])
            .prop_map(str::to_owned),
        Just(String::new()),
    ]
}

proptest! {
    #[test]
    fn what_is_right_is_read_and_typed_back(
        person in any_person(),
        family in proptest::collection::vec(any_person(), 0..4),
        address in any_address(),
        start in 0_u64..=305,
        packages in proptest::sample::subsequence(vec!["tand-250", "aanvullend-2"], 0..=2),
        by_employer: bool,
    ) {
        let mut form = form(&[
            ("gezin", if family.is_empty() { "nee" } else { "ja" }),
            ("wie", if by_employer { "werkgever" } else { "werknemer" }),
            ("melder_naam", "P. Smit"),
            ("melder_email", "p.smit@example.nl"),
            ("pakket", &packages.join(",")),
            ("ingangsdatum", &format_dutch(day("2026-07-23") + chrono::Days::new(start))),
        ]);
        let people: Vec<&PersonForm> = std::iter::once(&person).chain(&family).collect();
        let bsns: Vec<&str> = people.iter().map(|person| person.bsn.as_str()).filter(|bsn| !bsn.is_empty()).collect();
        let twice = bsns.iter().enumerate().any(|(place, bsn)| bsns[..place].contains(bsn));
        prop_assume!(!twice);
        form.persoon = person.clone();
        form.adres = typed(&address);
        form.gezinsleden = family.clone();
        prop_assert_eq!(form.first_open(Some(&offer()), day(TODAY)), None);
        let read = form.parse(&offer(), day(TODAY)).unwrap();
        prop_assert_eq!(&read.address, &address);
        prop_assert_eq!(read.dependants.len(), family.len());
        prop_assert_eq!(read.products.len(), 1 + packages.len());
        prop_assert_eq!(&read.person.name.surname, &person.achternaam);
        let shown = read.person.name.full_name();
        prop_assert_eq!(person.shown_name(), shown);
        let printed = format!("{read:?}");
        prop_assert!(bsns.iter().all(|bsn| !printed.contains(bsn)), "a BSN is printed");
        prop_assert_eq!(typed_form(&read).parse(&offer(), day(TODAY)), Ok(read));
    }

    /// One field is anything at all; all that is accepted reads the same again, and stays on its own page.
    #[test]
    fn one_strange_answer_is_refused_or_reads_the_same_again(
        field in proptest::sample::select(RIGHT.map(|(field, _)| field).to_vec()),
        text in any_text(),
    ) {
        // What initials become is written in `name`.
        prop_assume!(field != "voorletters");
        let answers = answers(&[(field, &text)]);
        let form = form(&[(field, &text)]);
        let told = Question::ALL.into_iter().filter(|question| {
            !form.check(*question, Some(&offer()), day(TODAY)).is_empty()
        });
        prop_assert!(told.count() <= 1);
        match form.parse(&offer(), day(TODAY)) {
            Ok(read) => {
                prop_assert_eq!(form.first_open(Some(&offer()), day(TODAY)), None);
                prop_assert_eq!(typed_form(&read).parse(&offer(), day(TODAY)), Ok(read));
            }
            Err(errors) => prop_assert!(!errors.is_empty()),
        }
        if let Ok(read) = answers.parse_inside(&offer(), day(TODAY)) {
            prop_assert!(read.address.is_some());
            let again = AnswerForm { ingangsdatum: format_dutch(read.start_date), ..answers.clone() };
            prop_assert_eq!(again.parse_inside(&offer(), day(TODAY)), Ok(read));
        }
        if let Ok((person, start)) = answers.parse_dependant(&offer(), day(TODAY)) {
            prop_assert!(start >= person.birth_date && start >= day("2026-07-23") && start <= day("2027-05-24"));
        }
    }

    #[test]
    fn no_answers_of_any_kind_panic(texts in proptest::collection::vec(any_text(), 1..9), today in any_day()) {
        let mut value = serde_json::to_value(AnswerForm::default()).unwrap();
        for (value, text) in value.as_object_mut().unwrap().values_mut().zip(texts.iter().cycle()) {
            *value = Value::from(text.as_str());
        }
        let answers: AnswerForm = serde_json::from_value(value).unwrap();
        let gezinsleden = vec![answers.person(), child("Jansen")];
        let mut form = EnrolmentForm { gezinsleden, ..EnrolmentForm::default() };
        for question in Question::ALL {
            form.take(question, &answers);
            prop_assert!(form.is_answered(question));
        }
        for offer in [offer(), EnrolmentOffer { window: None, products: Vec::new(), ..offer() }] {
            let _ = form.first_open(Some(&offer), today);
            let _ = answers.parse_inside(&offer, today);
            let _ = answers.parse_dependant(&offer, today);
            if form.parse(&offer, today).is_ok() {
                prop_assert_eq!(form.first_open(Some(&offer), today), None);
            }
        }
        let _ = (form.first_open(None, today), form.start_date(), form.persoon.shown_name());
        for place in [None, Some(0), Some(9)] {
            let _ = form.check_dependant(&answers.person(), place, today);
        }
        let _ = answers.address().parse(&mut FieldErrors::default());
    }

    #[test]
    fn a_window_lies_within_the_contract_and_around_today(
        start in any_day(),
        days in proptest::option::of(0_u64..20_000),
        back in prop_oneof![0_u32..400, any::<u32>()],
        ahead in prop_oneof![0_u32..400, any::<u32>()],
        today in any_day(),
    ) {
        let contract = Period { start, end: days.map(|days| start + chrono::Days::new(days)) };
        let far = |day: Date| {
            let away = (day - today).num_days();
            away < -i64::from(back) || away > i64::from(ahead)
        };
        match window(contract, back, ahead, today) {
            Some(window) => {
                let last = window.end.unwrap();
                prop_assert!(window.start <= last);
                for day in [window.start, last] {
                    prop_assert!(contract.contains(day) && !far(day));
                }
                // It could not begin a day earlier or end a day later.
                prop_assert!(window.start == contract.start || far(window.start.pred_opt().unwrap()));
                prop_assert!(Some(last) == contract.end || last.succ_opt().is_none_or(far));
            }
            None => {
                prop_assert!(!(contract.contains(today)), "a contract that runs today lets one start today");
                prop_assert!(far(contract.start) || contract.end.is_some_and(far));
            }
        }
    }
}
