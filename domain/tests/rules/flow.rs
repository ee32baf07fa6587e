use std::collections::BTreeMap;

use collectief_domain::{
    date::Month,
    field::FieldCode,
    flow::{FlowForm, MonthFlow, UsageForm, closes_on, usage},
};
use proptest::prelude::*;

use crate::{day, period::any_period};

fn month(text: &str) -> Month {
    text.parse().expect("a month")
}

fn flow(text: &str, inflow: i64, outflow: i64) -> MonthFlow {
    MonthFlow { month: month(text), inflow, outflow }
}

/// The table of the manual (PRODUCT.md G3), newest first.
#[test]
fn the_table_of_the_manual_comes_out() {
    let months = [
        flow("2014-01", 1700, 0),
        flow("2020-04", 0, 30),
        flow("2020-05", 0, 7),
        flow("2020-06", 1, 20),
        flow("2020-07", 0, 17),
        flow("2020-08", 2, 5),
        flow("2020-09", 0, 1),
        // What is already known of later months does not count yet.
        flow("2020-10", 4, 2),
    ];
    let table: Vec<_> = usage(&months, month("2020-09"), Some(5))
        .into_iter()
        .map(|row| (row.month.to_string(), row.at_end, row.difference, row.inflow, row.outflow))
        .collect();
    assert_eq!(
        table,
        [
            ("2020-09".to_owned(), 1623, -1, 0, 1),
            ("2020-08".to_owned(), 1624, -3, 2, 5),
            ("2020-07".to_owned(), 1627, -17, 0, 17),
            ("2020-06".to_owned(), 1644, -19, 1, 20),
            ("2020-05".to_owned(), 1663, -7, 0, 7),
        ]
    );
}

#[test]
fn months_without_flow_have_a_row() {
    let table = usage(&[flow("2026-01", 3, 0), flow("2026-04", 0, 1)], month("2026-06"), None);
    let shown: Vec<_> = table.iter().map(|row| (row.month.to_string(), row.at_end, row.difference)).collect();
    assert_eq!(
        shown,
        [
            ("2026-06", 2, 0),
            ("2026-05", 2, 0),
            ("2026-04", 2, -1),
            ("2026-03", 3, 0),
            ("2026-02", 3, 0),
            ("2026-01", 3, 3)
        ]
        .map(|(month, at_end, difference)| (month.to_owned(), at_end, difference))
    );
    assert_eq!(usage(&[], month("2026-06"), None), []);
    assert_eq!(usage(&[flow("2026-07", 3, 0)], month("2026-06"), None), []);
    assert_eq!(usage(&[flow("2026-06", 3, 0)], month("2026-06"), Some(0)), []);
    assert_eq!(usage(&[flow("2026-06", 3, 0)], month("2026-06"), Some(24)).len(), 1);
}

#[test]
fn a_month_closes_in_the_next_one() {
    assert_eq!(closes_on(month("2026-10"), 10), day("2026-11-10"));
    assert_eq!(closes_on(month("2026-12"), 1), day("2027-01-01"));
    assert_eq!(closes_on(month("2026-01"), 31), day("2026-02-28"));
    assert_eq!(closes_on(month("2026-01"), 0), day("2026-02-01"));
}

#[test]
fn a_range_is_read_or_follows_from_the_other_end() {
    let today = day("2026-11-22");
    let read = |van: &str, tot: &str| {
        let filter = FlowForm { van: van.into(), tot: tot.into(), ..FlowForm::default() }.parse(today);
        filter.map(|filter| (filter.from.to_string(), filter.to.to_string()))
    };
    for (van, tot, from, to) in [
        ("", "", "2026-01", "2026-11"),
        ("2026-03", "", "2026-03", "2026-11"),
        ("2027-03", "", "2027-03", "2027-03"),
        ("", "maart 2025", "2025-01", "2025-03"),
        ("1-2025", "12-2025", "2025-01", "2025-12"),
        ("2025-05", "2025-05", "2025-05", "2025-05"),
        ("2007-01", "2026-12", "2007-01", "2026-12"),
    ] {
        assert_eq!(read(van, tot), Ok((from.to_owned(), to.to_owned())), "{van} {tot}");
    }
    for (van, tot, field, code) in [
        ("2026-03", "2026-02", "tot", FieldCode::RangeReversed),
        ("2006-12", "2026-12", "tot", FieldCode::RangeTooLong { months: 240 }),
        ("lente", "2026-02", "van", FieldCode::NotAMonth),
        ("2026-03", "13-2026", "tot", FieldCode::NotAMonth),
    ] {
        assert_eq!(read(van, tot).expect_err("wrong").on(field), Some(code), "{van} {tot}");
    }
    let form =
        FlowForm { toon: "alle".into(), pagina: "3".into(), bekend_op: "10-11-2026".into(), ..FlowForm::default() };
    let filter = form.parse(today).expect("nothing is wrong");
    assert!(filter.everyone && filter.page == 3 && filter.known_on == Some(day("2026-11-10")));
    assert_eq!(form.query_string(), "toon=alle&bekend_op=10-11-2026&pagina=3");
    assert_eq!(form.with_page(1).query_string(), "toon=alle&bekend_op=10-11-2026");
    let form = FlowForm { pagina: "x".into(), bekend_op: "1-1-2027".into(), ..FlowForm::default() };
    assert_eq!(form.parse(today).expect_err("wrong").0.len(), 2);
}

#[test]
fn usage_shows_two_years_unless_told() {
    let read = |maanden: &str| UsageForm { maanden: maanden.into(), ..UsageForm::default() }.parse();
    assert_eq!(read(""), Ok(Some(24)));
    assert_eq!(read("36"), Ok(Some(36)));
    assert_eq!(read("alle"), Ok(None));
    for wrong in ["0", "1201", "-3", "veel", "99999999999"] {
        assert!(read(wrong).is_err(), "{wrong}");
    }
}

proptest! {
    /// Verschil = in − out, always, and every total is what counting the participants themselves gives.
    #[test]
    fn totals_are_what_counting_gives(periods in proptest::collection::vec(any_period(), 0..40), back in 1_u32..500) {
        let mut flows: BTreeMap<Month, (i64, i64)> = BTreeMap::new();
        for period in &periods {
            flows.entry(Month::of(period.start)).or_default().0 += 1;
            if let Some(end) = period.end {
                flows.entry(Month::of(end)).or_default().1 += 1;
            }
        }
        let months: Vec<_> =
            flows.into_iter().map(|(month, (inflow, outflow))| MonthFlow { month, inflow, outflow }).collect();
        let until = month("2050-06");
        let table = usage(&months, until, None);
        prop_assert_eq!(table.is_empty(), months.first().is_none_or(|flow| flow.month > until));
        for (place, row) in table.iter().enumerate() {
            prop_assert_eq!(row.month, until.minus(place as u32));
            prop_assert_eq!(row.difference, row.inflow - row.outflow);
            let before = table.get(place + 1).map_or(0, |before| before.at_end);
            prop_assert_eq!(row.at_end, before + row.difference);
            let counted = periods.iter().filter(|period| period.counts_at_end_of(row.month)).count();
            prop_assert_eq!(row.at_end, counted as i64);
        }
        let newest = usage(&months, until, Some(back));
        prop_assert_eq!(&newest[..], &table[..table.len().min(back as usize)]);
    }
}
