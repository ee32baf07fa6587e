//! Reminding the employer of what waits (PRODUCT.md F4): on which days, and how people want it.

use collectief_domain::{
    date::{Date, format_dutch},
    field::{FieldCode, FieldErrors},
    reminder::{REMINDER_HOUR, ReminderMode, ReminderStage, Reminders, RemindersForm},
};
use proptest::prelude::*;

use crate::{any_day, day};

const TODAY: &str = "2026-11-22";

/// The days on which each stage is due. They are days of the calendar: neither a clock that goes back or forward in the
/// night between, nor a day that only some years have, puts them off.
#[test]
fn reminders_are_due_at_once_and_after_three_and_seven_days() {
    use ReminderStage::{First, Helpdesk, MainAccount, Second, Third};
    for (since, due) in [
        ("2026-11-22", ["2026-11-22", "2026-11-25", "2026-11-29", "2026-12-02", "2026-12-06"]),
        // The clock goes forward on 29 March 2026, and back on 25 October.
        ("2026-03-27", ["2026-03-27", "2026-03-30", "2026-04-03", "2026-04-06", "2026-04-10"]),
        ("2026-03-28", ["2026-03-28", "2026-03-31", "2026-04-04", "2026-04-07", "2026-04-11"]),
        ("2026-10-23", ["2026-10-23", "2026-10-26", "2026-10-30", "2026-11-02", "2026-11-06"]),
        // 29 February is there in 2028 and not in 2027, nor in 2100.
        ("2028-02-26", ["2028-02-26", "2028-02-29", "2028-03-04", "2028-03-07", "2028-03-11"]),
        ("2028-02-29", ["2028-02-29", "2028-03-03", "2028-03-07", "2028-03-10", "2028-03-14"]),
        ("2027-02-26", ["2027-02-26", "2027-03-01", "2027-03-05", "2027-03-08", "2027-03-12"]),
        ("2100-02-26", ["2100-02-26", "2100-03-01", "2100-03-05", "2100-03-08", "2100-03-12"]),
        ("2026-12-29", ["2026-12-29", "2027-01-01", "2027-01-05", "2027-01-08", "2027-01-12"]),
    ] {
        for (stage, due) in [First, Second, Third, MainAccount, Helpdesk].into_iter().zip(due) {
            assert_eq!(stage.due_on(day(since)), day(due), "{stage:?} since {since}");
        }
    }
    assert_eq!(ReminderStage::ALL.map(ReminderStage::days), [0, 3, 7, 10, 14]);
    assert_eq!(REMINDER_HOUR, 8);
}

#[test]
fn the_calendar_ends_before_a_reminder_does() {
    for stage in ReminderStage::ALL {
        assert_eq!(stage.due_on(Date::MAX), Date::MAX);
    }
    let last_week = Date::MAX - chrono::Days::new(6);
    assert_eq!(ReminderStage::Second.due_on(last_week), last_week + chrono::Days::new(3));
    assert_eq!(ReminderStage::Third.due_on(last_week), Date::MAX);
}

#[test]
fn stages_follow_one_another_and_are_stored_by_their_place() {
    for (place, stage, word) in [
        (0, ReminderStage::First, "first"),
        (1, ReminderStage::Second, "second"),
        (2, ReminderStage::Third, "third"),
        (3, ReminderStage::MainAccount, "main_account"),
        (4, ReminderStage::Helpdesk, "helpdesk"),
    ] {
        assert_eq!(stage.index(), place);
        assert_eq!(ReminderStage::from_index(place), Some(stage));
        assert_eq!(stage.next(), ReminderStage::from_index(place + 1));
        assert_eq!(ReminderStage::ALL.get(place as usize), Some(&stage));
        assert_eq!(serde_json::to_value(stage).unwrap(), word);
    }
    assert_eq!(ReminderStage::Third.next(), Some(ReminderStage::MainAccount));
    assert_eq!(ReminderStage::Helpdesk.next(), None);
    for nowhere in [-1, 5, i32::MIN, i32::MAX] {
        assert_eq!(ReminderStage::from_index(nowhere), None);
    }
    assert!(ReminderStage::ALL.is_sorted());
}

#[test]
fn one_is_reminded_of_each_thing_at_once_or_of_all_once_a_day() {
    assert_eq!(ReminderMode::default(), ReminderMode::AtOnce);
    for (mode, word) in [(ReminderMode::AtOnce, "direct"), (ReminderMode::Daily, "dagelijks")] {
        assert_eq!(mode.code(), word);
        assert_eq!(ReminderMode::from_code(word), Some(mode));
    }
    for strange in ["", "Direct", " direct", "daily", "at_once", "nooit"] {
        assert_eq!(ReminderMode::from_code(strange), None, "{strange}");
    }
}

fn form(hoe: &str, van: &str, tot: &str, vervanger: &str) -> RemindersForm {
    RemindersForm { hoe: hoe.into(), afwezig_van: van.into(), afwezig_tot: tot.into(), vervanger: vervanger.into() }
}

/// All that is wrong, by field.
fn wrong(errors: &FieldErrors) -> Vec<(&str, FieldCode)> {
    errors.0.iter().map(|error| (error.field.as_ref(), error.code)).collect()
}

#[test]
fn an_absence_has_two_days_and_a_colleague() {
    for (form, mode, absence) in [
        (form("direct", "", "", ""), ReminderMode::AtOnce, None),
        (form("dagelijks", " ", "\t", "  "), ReminderMode::Daily, None),
        (
            form("direct", "1-12-2026", "24122026", " b@example.nl "),
            ReminderMode::AtOnce,
            Some(("2026-12-01", "2026-12-24")),
        ),
        // It may have begun already, and may last for one day: today.
        (
            form("dagelijks", "2026-11-01", "2026-11-22", "b@example.nl"),
            ReminderMode::Daily,
            Some(("2026-11-01", "2026-11-22")),
        ),
        (
            form("direct", "22 november 2026", "22-11-2026", "b@example.nl"),
            ReminderMode::AtOnce,
            Some(("2026-11-22", "2026-11-22")),
        ),
        (
            form("direct", "29-2-2028", "2028-02-29", "b@example.nl"),
            ReminderMode::AtOnce,
            Some(("2028-02-29", "2028-02-29")),
        ),
    ] {
        let absence = absence.map(|(from, until)| (day(from), day(until), "b@example.nl".to_owned()));
        assert_eq!(form.parse(day(TODAY)), Ok(Reminders { mode, absence }), "{form:?}");
    }
}

#[test]
fn what_cannot_be_is_told_by_its_field() {
    use FieldCode::{DateTooEarly, NoSuchDay, NotADate, NotAnEmail, RangeReversed, Required, UnknownChoice};
    let first = day(TODAY);
    let (from, until, deputy) = ("1-12-2026", "24-12-2026", "b@example.nl");
    for (form, expected) in [
        (form("", "", "", ""), vec![("hoe", UnknownChoice)]),
        (form("wekelijks", from, until, deputy), vec![("hoe", UnknownChoice)]),
        (form("direct", "", until, deputy), vec![("afwezig_van", Required)]),
        (form("direct", from, "", deputy), vec![("afwezig_tot", Required)]),
        (form("direct", from, until, ""), vec![("vervanger", Required)]),
        (form("direct", "", "", deputy), vec![("afwezig_van", Required), ("afwezig_tot", Required)]),
        (form("direct", from, "", ""), vec![("afwezig_tot", Required), ("vervanger", Required)]),
        (form("direct", from, "30-11-2026", deputy), vec![("afwezig_tot", RangeReversed)]),
        (form("direct", "1-11-2026", "21-11-2026", deputy), vec![("afwezig_tot", DateTooEarly { first })]),
        // Reversed is told rather than past, for that one can see.
        (form("direct", "20-11-2026", "19-11-2026", deputy), vec![("afwezig_tot", RangeReversed)]),
        (
            form("direct", "x", "21-11-2026", deputy),
            vec![("afwezig_van", NotADate), ("afwezig_tot", DateTooEarly { first })],
        ),
        (
            form("direct", "29-2-2027", until, deputy),
            vec![("afwezig_van", NoSuchDay { month: 2, year: 2027, days: 28 })],
        ),
        (
            form("direct", from, "31-4-2027", deputy),
            vec![("afwezig_tot", NoSuchDay { month: 4, year: 2027, days: 30 })],
        ),
        (form("direct", from, until, "Sanne"), vec![("vervanger", NotAnEmail)]),
        (form("direct", from, until, "b@example.nl\r\nBcc: x@example.nl"), vec![("vervanger", NotAnEmail)]),
        (form("direct", from, until, "b@example.nl,c@example.nl"), vec![("vervanger", NotAnEmail)]),
        (
            form("nooit", "x", "y", "z"),
            vec![
                ("hoe", UnknownChoice),
                ("afwezig_van", NotADate),
                ("afwezig_tot", NotADate),
                ("vervanger", NotAnEmail),
            ],
        ),
    ] {
        assert_eq!(wrong(&form.parse(day(TODAY)).unwrap_err()), expected, "{form:?}");
    }
}

proptest! {
    #[test]
    fn a_stage_is_due_so_many_days_later_and_each_after_the_one_before(since in any_day()) {
        let due: Vec<i64> = ReminderStage::ALL.iter().map(|stage| (stage.due_on(since) - since).num_days()).collect();
        prop_assert_eq!(due, [0, 3, 7, 10, 14]);
    }

    #[test]
    fn whatever_is_typed_is_refused_or_reads_the_same_again(
        hoe in prop_oneof![4 => Just("dagelijks".to_owned()), 1 => "(?s).{0,10}"],
        van in prop_oneof![any_day().prop_map(format_dutch), "(?s).{0,12}", "[0-9 .-]{0,10}", Just(String::new())],
        tot in prop_oneof![any_day().prop_map(format_dutch), "(?s).{0,12}", "[0-9 .-]{0,10}", Just(String::new())],
        vervanger in prop_oneof!["[a-z.]{1,6}@[a-z]{1,6}\\.nl", "(?s).{0,20}", Just(String::new())],
        today in any_day(),
    ) {
        if let Ok(read) = form(&hoe, &van, &tot, &vervanger).parse(today) {
            let again = match &read.absence {
                Some((from, until, deputy)) => {
                    prop_assert!(from <= until && *until >= today);
                    form(read.mode.code(), &format_dutch(*from), &format_dutch(*until), deputy)
                }
                None => form(read.mode.code(), "", "", ""),
            };
            prop_assert_eq!(again.parse(today), Ok(read));
        }
    }
}
