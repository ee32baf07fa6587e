use collectief_domain::{
    date::{Date, Month, OPEN_END, age_on, format_dutch, format_iso, month_index, parse_typed_date, weekday_index},
    field::FieldCode,
};
use proptest::prelude::*;

use crate::{any_day, day};

#[test]
fn a_date_is_read_as_people_type_it() {
    for text in [
        "01-02-2026",
        "1-2-2026",
        " 1-2-2026 ",
        "01/02/2026",
        "1.2.2026",
        "1 2 2026",
        "01022026",
        "2026-02-01",
        "2026/2/1",
        "1 - 2 - 2026",
        "1–2–2026",
        "1 februari 2026",
        "1 Feb. 2026",
        "1-feb-2026",
        "1 february 2026",
        "1. 2. 2026",
    ] {
        assert_eq!(parse_typed_date(text), Ok(day("2026-02-01")), "{text}");
    }
    assert_eq!(parse_typed_date("31122200"), Ok(day("2200-12-31")));
    assert_eq!(parse_typed_date("29-02-2024").map(format_dutch), Ok("29-02-2024".to_owned()));
    assert_eq!(parse_typed_date("3 mrt 2026"), Ok(day("2026-03-03")));
    assert_eq!(parse_typed_date("3 mei 2026"), Ok(day("2026-05-03")));
}

#[test]
fn what_is_not_a_date_says_why() {
    for text in [
        "gisteren",
        "1-2",
        "1-2-26",
        "1-13-2026",
        "0-1-2026",
        "1-0-2026",
        "2026",
        "1-2-2026-3",
        "--",
        "1--2-2026",
        "-1-2-2026",
        "1-2-2026-",
        "1-2-20266",
        "001-2-2026",
        "1022026",
        "2026-02-01T10:00",
        "13132026",
        "1-j-2026",
        "1-ja-2026",
        "1-2-２０２６",
        "99999999999",
        "1 januarius 2026",
        "é-é-2026",
        "1-éé-2026",
    ] {
        assert_eq!(parse_typed_date(text), Err(FieldCode::NotADate), "{text}");
    }
    assert_eq!(parse_typed_date(""), Err(FieldCode::Required));
    assert_eq!(parse_typed_date(" \t"), Err(FieldCode::Required));
    assert_eq!(parse_typed_date("31-04-2026"), Err(FieldCode::NoSuchDay { month: 4, year: 2026, days: 30 }));
    assert_eq!(parse_typed_date("29-02-2026"), Err(FieldCode::NoSuchDay { month: 2, year: 2026, days: 28 }));
    assert_eq!(parse_typed_date("30-02-2024"), Err(FieldCode::NoSuchDay { month: 2, year: 2024, days: 29 }));
    assert_eq!(parse_typed_date("29-02-1900"), Err(FieldCode::NoSuchDay { month: 2, year: 1900, days: 28 }));
    assert_eq!(parse_typed_date("32-01-2026"), Err(FieldCode::NoSuchDay { month: 1, year: 2026, days: 31 }));
    assert_eq!(parse_typed_date("31-12-1849"), Err(FieldCode::DateTooEarly { first: day("1850-01-01") }));
    assert_eq!(parse_typed_date("01-01-2201"), Err(FieldCode::DateTooLate { last: day("2200-12-31") }));
    assert_eq!(parse_typed_date("31-12-9999"), Err(FieldCode::DateTooLate { last: day("2200-12-31") }));
}

#[test]
fn a_month_is_read_as_people_type_it() {
    let january = Month::new(2026, 1);
    for text in [
        "2026-01",
        "01-2026",
        "1-2026",
        "1/2026",
        "2026/1",
        "januari 2026",
        "jan 2026",
        "jan. 2026",
        "January 2026",
        "JANUARI  2026",
        "01 2026",
        "januari-2026",
        "2026 januari",
        " 2026-01 ",
    ] {
        assert_eq!(Month::parse_typed(text).ok(), january, "{text}");
    }
    for (text, month) in [
        ("februari", 2),
        ("maart", 3),
        ("mrt", 3),
        ("mar", 3),
        ("march", 3),
        ("april", 4),
        ("mei", 5),
        ("may", 5),
        ("jun", 6),
        ("june", 6),
        ("juli", 7),
        ("july", 7),
        ("aug", 8),
        ("august", 8),
        ("augustus", 8),
        ("sept", 9),
        ("okt", 10),
        ("oct", 10),
        ("oktober", 10),
        ("october", 10),
        ("november", 11),
        ("dec", 12),
    ] {
        assert_eq!(Month::parse_typed(&format!("{text} 2020")).ok(), Month::new(2020, month), "{text}");
    }
    for text in
        ["2026", "2026-13", "0-2026", "13-2026", "1-26", "ja 2026", "1-1-2026", "2026-1-", "maand 2026", "2026-"]
    {
        assert_eq!(Month::parse_typed(text), Err(FieldCode::NotAMonth), "{text}");
    }
    assert_eq!(Month::parse_typed(" "), Err(FieldCode::Required));
    assert_eq!(Month::parse_typed("1-1600"), Err(FieldCode::DateTooEarly { first: day("1850-01-01") }));
    assert_eq!(Month::parse_typed("1-2300"), Err(FieldCode::DateTooLate { last: day("2200-12-31") }));
}

#[test]
fn a_month_knows_its_days_and_neighbours() {
    let month = |text: &str| text.parse::<Month>().expect("a month");
    assert_eq!(month("2024-02").last_day(), day("2024-02-29"));
    assert_eq!(month("2025-12").next(), month("2026-01"));
    assert_eq!(month("2026-01").previous(), month("2025-12"));
    assert_eq!(month("2026-03").minus(14), month("2025-01"));
    assert_eq!(month("2026-03").plus(10), month("2027-01"));
    assert_eq!(month("2026-03").months_until(month("2025-12")), -3);
    assert_eq!(Month::of(day("2026-11-30")), month("2026-11"));
    assert!(month("2026-11").contains(day("2026-11-30")) && !month("2026-11").contains(day("2026-12-01")));
    let through: Vec<_> = month("2025-11").through(month("2026-02")).map(|month| month.to_string()).collect();
    assert_eq!(through, ["2025-11", "2025-12", "2026-01", "2026-02"]);
    assert_eq!(month("2025-11").through(month("2025-11")).count(), 1);
    assert_eq!(month("2025-11").through(month("2025-10")).count(), 0);
    assert_eq!(month("2025-11").through(month("2020-10")).count(), 0);
    // Arithmetic stops where the calendar does.
    assert_eq!(month("0000-01").previous(), month("0000-01"));
    assert_eq!(month("9999-12").plus(u32::MAX), month("9999-12"));
    assert_eq!(Month::of(Date::MAX), month("9999-12"));
    assert_eq!(Month::of(Date::MIN), month("0000-01"));
    assert_eq!(Month::of(OPEN_END).last_day(), OPEN_END);
    assert_eq!(Month::new(2026, 0), None);
    assert_eq!(Month::new(2026, 13), None);
    assert_eq!(Month::new(10_000, 1), None);
}

#[test]
fn a_month_is_written_one_way() {
    let month = Month::new(987, 6).expect("a month");
    assert_eq!(month.to_string(), "0987-06");
    assert_eq!(serde_json::to_string(&month).expect("json"), "\"0987-06\"");
    assert_eq!(serde_json::from_str::<Month>("\"0987-06\"").expect("a month"), month);
    for wrong in ["\"2026-1\"", "\"2026-00\"", "\"januari 2026\"", "5", "\"\""] {
        assert!(serde_json::from_str::<Month>(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn days_of_the_week_and_ages() {
    assert_eq!(weekday_index(day("2026-11-23")), 0);
    assert_eq!(weekday_index(day("2026-11-22")), 6);
    assert_eq!(month_index(day("2026-11-22")), 10);
    assert_eq!(age_on(day("2000-02-29"), day("2018-02-28")), Some(17));
    assert_eq!(age_on(day("2000-02-29"), day("2018-03-01")), Some(18));
    assert_eq!(age_on(day("2026-01-02"), day("2026-01-01")), None);
}

proptest! {
    #[test]
    fn every_way_of_writing_a_date_means_the_same(date in any_day()) {
        let dutch = format_dutch(date);
        prop_assert_eq!(parse_typed_date(&dutch), Ok(date));
        prop_assert_eq!(parse_typed_date(&dutch.replace('-', "")), Ok(date));
        prop_assert_eq!(parse_typed_date(&dutch.replace('-', "/")), Ok(date));
        prop_assert_eq!(parse_typed_date(&format_iso(date)), Ok(date));
        prop_assert_eq!(format_iso(date), date.to_string());
    }

    #[test]
    fn nothing_typed_panics(text in ".{0,24}") {
        let _ = parse_typed_date(&text);
        let _ = Month::parse_typed(&text);
        let _ = text.parse::<Month>();
    }

    #[test]
    fn a_month_runs_from_its_first_day_to_its_last(date in any_day()) {
        let month = Month::of(date);
        prop_assert!(month.first_day() <= date && date <= month.last_day());
        prop_assert_eq!(month.last_day().succ_opt(), Some(month.next().first_day()));
        prop_assert_eq!(Month::from_index(month.index()), month);
        prop_assert_eq!(Month::new(month.year(), month.month()), Some(month));
        prop_assert_eq!(Month::parse_typed(&month.to_string()), Ok(month));
        prop_assert_eq!(month.to_string().parse(), Ok(month));
    }
}
