use collectief_domain::{date::Month, period::Period};
use proptest::prelude::*;

use crate::{any_day, day};

fn period(start: &str, end: &str) -> Period {
    Period { start: day(start), end: if end.is_empty() { None } else { Some(day(end)) } }
}

/// Any period from 1900, open or not.
pub fn any_period() -> impl Strategy<Value = Period> {
    (any_day(), proptest::option::of(0_u64..4_000))
        .prop_map(|(start, days)| Period { start, end: days.map(|days| start + chrono::Days::new(days)) })
}

#[test]
fn a_period_counts_at_the_end_of_a_month_when_it_goes_on_after_it() {
    let november = Month::new(2026, 11).expect("a month");
    for (start, end, counts) in [
        ("2026-11-30", "", true),
        ("2026-12-01", "", false),
        ("2026-11-01", "2026-11-30", false),
        ("2026-11-01", "2026-12-01", true),
        ("2020-01-01", "2026-11-29", false),
        ("2020-01-01", "2026-10-31", false),
    ] {
        assert_eq!(period(start, end).counts_at_end_of(november), counts, "{start} {end}");
    }
}

#[test]
fn periods_join_without_gap_or_overlap() {
    let first = period("2026-01-01", "2026-10-31");
    assert!(first.joins(&period("2026-11-01", "")));
    assert!(!first.joins(&period("2026-11-02", "")));
    assert!(!first.joins(&period("2026-10-31", "")));
    assert!(!period("2026-01-01", "").joins(&first));
    assert!(first.overlaps(&period("2026-10-31", "")));
    assert!(!first.overlaps(&period("2026-11-01", "")));
    assert!(first.overlaps(&period("2020-01-01", "")));
    assert_eq!(first.days(), Some(304));
    assert_eq!(Period::new(day("2026-01-02"), Some(day("2026-01-01"))), None);
    assert_eq!(Period::new(day("2026-01-02"), Some(day("2026-01-02"))).and_then(|day| day.days()), Some(1));
}

#[test]
fn who_has_yet_to_start_is_current() {
    let today = day("2026-11-22");
    assert!(period("2027-01-01", "").is_current_on(today));
    assert!(period("2020-01-01", "2026-11-22").is_current_on(today));
    assert!(!period("2020-01-01", "2026-11-21").is_current_on(today));
    assert!(!period("2027-01-01", "").contains(today));
}

proptest! {
    #[test]
    fn overlapping_is_having_a_day_in_common(a in any_period(), b in any_period()) {
        prop_assert_eq!(a.overlaps(&b), b.overlaps(&a));
        let first_in_both = a.start.max(b.start);
        prop_assert_eq!(a.overlaps(&b), a.contains(first_in_both) && b.contains(first_in_both));
        prop_assert!(!(a.joins(&b) && a.overlaps(&b)));
    }
}
