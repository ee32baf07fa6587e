use collectief_domain::{
    field::FieldCode,
    participant::{ParticipantListForm, ParticipantSort, Population, SortBy},
};
use proptest::prelude::*;

use crate::{bsn::any_bsn, day};

fn form() -> ParticipantListForm {
    ParticipantListForm::default()
}

#[test]
fn an_empty_form_is_the_first_page_by_name() {
    let filter = form().parse(Population::Former, day("2026-11-22")).expect("nothing is wrong");
    assert_eq!(filter.population, Population::Former);
    assert_eq!((filter.page, filter.page_size), (1, 25));
    assert_eq!(filter.sort, ParticipantSort { by: SortBy::Name, descending: false });
    assert!(filter.names.is_empty() && filter.bsn.is_none() && filter.any_number.is_none());
    assert!(!filter.main_insured_only && !filter.bsn_or_number);
    assert_eq!(form().query_string(), "");
}

#[test]
fn every_field_is_read() {
    let filter = ParticipantListForm {
        zoek: "ven".into(),
        achternaam: "jansen".into(),
        bsn: "1234.56.782".into(),
        relatienummer: " 100200300 ".into(),
        personeelsnummer: "P0035333".into(),
        geboortedatum: "1-2-1980".into(),
        gezinsleden: "nee".into(),
        sorteer: "-ingangsdatum".into(),
        pagina: "12".into(),
        rijen: "100".into(),
        bekend_op: "31-10-2026".into(),
        ..form()
    }
    .parse(Population::Current, day("2026-11-22"))
    .expect("nothing is wrong");
    assert_eq!(filter.names.words(), ["ven", "jansen"]);
    assert_eq!(filter.bsn.as_ref().map(|bsn| bsn.expose()), Some("123456782"));
    assert_eq!(filter.relation_number.as_deref(), Some("100200300"));
    assert_eq!(filter.personnel_number.as_deref(), Some("P0035333"));
    assert_eq!(filter.birth_date, Some(day("1980-02-01")));
    assert!(filter.main_insured_only);
    assert_eq!(filter.sort, ParticipantSort { by: SortBy::StartDate, descending: true });
    assert_eq!((filter.page, filter.page_size), (12, 100));
    assert_eq!(filter.known_on, Some(day("2026-10-31")));
    assert!(!format!("{filter:?}").contains("123456782"));
}

#[test]
fn the_free_field_becomes_part_of_the_filter() {
    let read = |zoek: &str| {
        ParticipantListForm { zoek: zoek.into(), ..form() }
            .parse(Population::Current, day("2026-11-22"))
            .expect("nothing is wrong")
    };
    assert_eq!(read("1-2-1980").birth_date, Some(day("1980-02-01")));
    assert_eq!(read("P0035333").any_number.as_deref(), Some("P0035333"));
    assert_eq!(read("van de ven").names.words(), ["van", "de", "ven"]);
    let grouped = read("1234.56.782");
    assert!(grouped.bsn.is_some() && grouped.any_number.is_none() && !grouped.bsn_or_number);
    let digits = read("123456782");
    assert!(digits.bsn.is_some() && digits.bsn_or_number);
    assert_eq!(digits.any_number.as_deref(), Some("123456782"));
}

#[test]
fn a_bsn_beside_digits_makes_those_a_number() {
    let filter = ParticipantListForm { zoek: "123456782".into(), bsn: "111222333".into(), ..form() }
        .parse(Population::Current, day("2026-11-22"))
        .expect("nothing is wrong");
    assert_eq!(filter.bsn.as_ref().map(|bsn| bsn.expose()), Some("111222333"));
    assert_eq!(filter.any_number.as_deref(), Some("123456782"));
    assert!(!filter.bsn_or_number);
}

#[test]
fn everything_that_is_wrong_is_told() {
    let errors = ParticipantListForm {
        zoek: "1-1-1980".into(),
        bsn: "123456789".into(),
        relatienummer: "1234567890123456".into(),
        personeelsnummer: "123456789012345678901".into(),
        geboortedatum: "31-2-1980".into(),
        gezinsleden: "misschien".into(),
        sorteer: "leeftijd".into(),
        pagina: "0".into(),
        rijen: "26".into(),
        bekend_op: "23-11-2026".into(),
        achternaam: "x".repeat(201),
        ..form()
    }
    .parse(Population::Current, day("2026-11-22"))
    .expect_err("everything is wrong");
    for (field, code) in [
        ("achternaam", FieldCode::TooLong { max: 200 }),
        ("bsn", FieldCode::BsnEleven),
        ("relatienummer", FieldCode::TooLong { max: 15 }),
        ("personeelsnummer", FieldCode::TooLong { max: 20 }),
        ("geboortedatum", FieldCode::NoSuchDay { month: 2, year: 1980, days: 29 }),
        ("gezinsleden", FieldCode::UnknownChoice),
        ("sorteer", FieldCode::UnknownChoice),
        ("pagina", FieldCode::UnknownChoice),
        ("rijen", FieldCode::UnknownChoice),
        ("bekend_op", FieldCode::DateTooLate { last: day("2026-11-22") }),
    ] {
        assert_eq!(errors.on(field), Some(code), "{field}");
    }
    let contrary = ParticipantListForm { zoek: "1-1-1980".into(), geboortedatum: "2-1-1980".into(), ..form() };
    let errors = contrary.parse(Population::Current, day("2026-11-22")).expect_err("two birth dates");
    assert_eq!(errors.on("geboortedatum"), Some(FieldCode::UnknownChoice));
    for pagina in ["1000001", "99999999999", "-1", "een", "1.5"] {
        let form = ParticipantListForm { pagina: pagina.into(), ..form() };
        assert!(form.parse(Population::Current, day("2026-11-22")).is_err(), "{pagina}");
    }
}

#[test]
fn a_list_is_an_address() {
    let form = ParticipantListForm {
        contract: "23595".into(),
        achternaam: "van de Vën".into(),
        geboortedatum: "1-1-1980".into(),
        sorteer: "-ingangsdatum".into(),
        pagina: "2".into(),
        ..form()
    };
    assert_eq!(
        form.query_string(),
        "achternaam=van%20de%20V%C3%ABn&geboortedatum=1-1-1980&contract=23595&sorteer=-ingangsdatum&pagina=2"
    );
    assert_eq!(form.with_page(3).query_string(), form.query_string().replace("pagina=2", "pagina=3"));
    assert_eq!(form.with_page(1).query_string(), form.query_string().replace("&pagina=2", ""));
    assert_eq!(form.with_sort(SortBy::StartDate).sorteer, "ingangsdatum");
    assert_eq!(form.with_sort(SortBy::StartDate).with_sort(SortBy::StartDate).sorteer, "-ingangsdatum");
    assert_eq!(form.with_sort(SortBy::Name).sorteer, "");
    assert_eq!(form.with_sort(SortBy::Name).with_sort(SortBy::Name).sorteer, "-naam");
    assert_eq!(form.with_sort(SortBy::Name).pagina, "");
}

#[test]
fn columns_have_names() {
    for name in [
        "naam",
        "contract",
        "relatienummer",
        "geboortedatum",
        "geslacht",
        "ingangsdatum",
        "einddatum",
        "personeelsnummer",
    ] {
        assert_eq!(SortBy::from_name(name).map(SortBy::name), Some(name));
    }
    assert_eq!(SortBy::from_name(""), None);
    assert_eq!(ParticipantSort::parse("--naam"), Err(FieldCode::UnknownChoice));
}

proptest! {
    #[test]
    fn a_bsn_never_stands_in_an_address(bsn in any_bsn(), before in "[a-z ]{0,5}", place in 0_usize..5, dots: bool) {
        let digits = bsn.expose();
        let groups = [&digits[..4], &digits[4..6], &digits[6..]];
        let typed = groups.join(if dots { "." } else { "" });
        let mut form = ParticipantListForm { contract: "23595".into(), ..form() };
        match place {
            0 => form.bsn = typed,
            1 => form.zoek = format!("{before} {typed}"),
            2 => form.relatienummer = typed,
            3 => form.personeelsnummer = typed,
            _ => form.achternaam = format!("{typed} {before}"),
        }
        prop_assert!(form.holds_bsn());
        prop_assert_eq!(form.query_string(), "contract=23595");
        let debug = format!("{form:?} {:?}", form.parse(Population::Current, day("2026-11-22")));
        prop_assert!(!debug.contains(digits));
    }

    #[test]
    fn nothing_typed_panics(text in ".{0,30}", place in 0_usize..11) {
        let mut form = form();
        let fields = [
            &mut form.zoek, &mut form.achternaam, &mut form.bsn, &mut form.relatienummer, &mut form.personeelsnummer,
            &mut form.geboortedatum, &mut form.gezinsleden, &mut form.sorteer, &mut form.pagina, &mut form.rijen,
            &mut form.bekend_op,
        ];
        if let Some(field) = fields.into_iter().nth(place) {
            *field = text;
        }
        let _ = form.parse(Population::Current, day("2026-11-22"));
        let query = form.query_string();
        prop_assert!(query.is_ascii() && !query.contains([' ', '"', '<', '#', '?']));
    }
}
