//! Days and months, as they are kept, typed and shown. A day never has a time.

use std::{fmt, str::FromStr};

use chrono::Datelike;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::field::FieldCode;

/// A day, without a time or a time zone.
pub type Date = chrono::NaiveDate;

/// The end of a period that is open, where a store needs a day instead of `None`.
pub const OPEN_END: Date = day_of_calendar(9999, 12, 31);

/// The first day that can be typed.
pub const FIRST_TYPED: Date = day_of_calendar(1850, 1, 1);

/// The last day that can be typed.
pub const LAST_TYPED: Date = day_of_calendar(2200, 12, 31);

/// A day that is known to exist when the program is compiled.
const fn day_of_calendar(year: i32, month: u32, day: u32) -> Date {
    match Date::from_ymd_opt(year, month, day) {
        Some(date) => date,
        None => panic!("there is no such day"),
    }
}

/// The number of days of a month; `month` is 1 to 12.
const fn days_in_month(year: i32, month: u32) -> u32 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        _ => 31,
    }
}

/// A month of a year, written as `2026-01`.
///
/// It is kept as the number of months since year 0, so that arithmetic and order are those of a number. Arithmetic
/// stops at the first month of year 0 and the last month of year 9999 instead of overflowing.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month(i32);

impl Month {
    const FIRST_INDEX: i32 = 0;
    const LAST_INDEX: i32 = 9999 * 12 + 11;

    /// This month of this year, if `month` is 1 to 12 and `year` is 0 to 9999.
    pub const fn new(year: i32, month: u32) -> Option<Self> {
        if year < 0 || year > 9999 || month < 1 || month > 12 {
            return None;
        }
        Some(Self(year * 12 + month as i32 - 1))
    }

    /// The month in which `date` lies.
    pub fn of(date: Date) -> Self {
        Self::from_index(date.year().saturating_mul(12).saturating_add(date.month0() as i32))
    }

    /// The number of months since January of year 0.
    pub const fn index(self) -> i32 {
        self.0
    }

    /// The month with this [`index`](Self::index), or the nearest one that there is.
    pub const fn from_index(index: i32) -> Self {
        if index < Self::FIRST_INDEX {
            Self(Self::FIRST_INDEX)
        } else if index > Self::LAST_INDEX {
            Self(Self::LAST_INDEX)
        } else {
            Self(index)
        }
    }

    /// The year.
    pub const fn year(self) -> i32 {
        self.0 / 12
    }

    /// The month of the year, 1 to 12.
    pub const fn month(self) -> u32 {
        (self.0 % 12) as u32 + 1
    }

    /// The number of its days.
    pub const fn days(self) -> u32 {
        days_in_month(self.year(), self.month())
    }

    /// Its first day.
    pub const fn first_day(self) -> Date {
        day_of_calendar(self.year(), self.month(), 1)
    }

    /// Its last day.
    pub const fn last_day(self) -> Date {
        day_of_calendar(self.year(), self.month(), self.days())
    }

    /// The month after it.
    #[must_use]
    pub const fn next(self) -> Self {
        self.plus(1)
    }

    /// The month before it.
    #[must_use]
    pub const fn previous(self) -> Self {
        self.minus(1)
    }

    /// The month `months` later.
    #[must_use]
    pub const fn plus(self, months: u32) -> Self {
        Self::from_index(self.0.saturating_add_unsigned(months))
    }

    /// The month `months` earlier.
    #[must_use]
    pub const fn minus(self, months: u32) -> Self {
        Self::from_index(self.0.saturating_sub_unsigned(months))
    }

    /// How many months `other` is later than this one; negative when it is earlier.
    pub const fn months_until(self, other: Self) -> i32 {
        other.0 - self.0
    }

    /// Every month from this one up to and including `last`; none when `last` is earlier.
    pub fn through(self, last: Self) -> impl DoubleEndedIterator<Item = Self> + ExactSizeIterator + Clone {
        let count = usize::try_from(self.months_until(last) + 1).unwrap_or(0);
        (0..count).map(move |months| Self(self.0 + months as i32))
    }

    /// Whether `date` lies in it.
    pub fn contains(self, date: Date) -> bool {
        Self::of(date) == self
    }

    /// Reads a month as people type it: `2026-01`, `01-2026`, `1-2026`, `01/2026`, `januari 2026`, `jan. 2026` or
    /// `january 2026`.
    ///
    /// # Errors
    /// [`FieldCode::Required`] for nothing, [`FieldCode::NotAMonth`] for anything else that is not a month,
    /// [`FieldCode::DateTooEarly`] and [`FieldCode::DateTooLate`] outside 1850 to 2200.
    pub fn parse_typed(text: &str) -> Result<Self, FieldCode> {
        let text = text.trim();
        if text.is_empty() {
            return Err(FieldCode::Required);
        }
        let [first, second] = parts(text).ok_or(FieldCode::NotAMonth)?;
        let (year, month) = if first.len() == 4 && first.as_bytes()[0].is_ascii_digit() {
            (first, month_number(second))
        } else {
            (second, month_number(first))
        };
        let year = full_year(year).ok_or(FieldCode::NotAMonth)?;
        let month = month.and_then(|month| Self::new(year, month)).ok_or(FieldCode::NotAMonth)?;
        check_year(year)?;
        Ok(month)
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.year(), self.month())
    }
}

impl fmt::Debug for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Month {
    type Err = FieldCode;

    /// Reads only the form in which a month is written: `2026-01`.
    fn from_str(text: &str) -> Result<Self, FieldCode> {
        let (year, month) = text.split_once('-').ok_or(FieldCode::NotAMonth)?;
        if year.len() != 4 || month.len() != 2 {
            return Err(FieldCode::NotAMonth);
        }
        digits(year)
            .zip(digits(month))
            .and_then(|(year, month)| Self::new(year as i32, month))
            .ok_or(FieldCode::NotAMonth)
    }
}

impl Serialize for Month {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Month {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        text.parse().map_err(|_| de::Error::custom("a month is written as 2026-01"))
    }
}

/// Reads a day as people type it: `01-02-2026`, `1-2-2026`, `1/2/2026`, `1.2.2026`, `1 2 2026`, `1 februari 2026`,
/// `01022026` (day, month, year) and ISO `2026-02-01`.
///
/// # Errors
/// [`FieldCode::Required`] for nothing, [`FieldCode::NotADate`] for what is not written as a date,
/// [`FieldCode::DateTooEarly`] before 1850, [`FieldCode::DateTooLate`] after 2200, and [`FieldCode::NoSuchDay`] when
/// the month has fewer days.
pub fn parse_typed_date(text: &str) -> Result<Date, FieldCode> {
    let text = text.trim();
    if text.is_empty() {
        return Err(FieldCode::Required);
    }
    let (year, month, day) = if text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_digit()) {
        (&text[4..], &text[2..4], &text[..2])
    } else {
        let [first, month, last] = parts(text).ok_or(FieldCode::NotADate)?;
        if first.len() == 4 { (first, month, last) } else { (last, month, first) }
    };
    let year = full_year(year).ok_or(FieldCode::NotADate)?;
    let month = month_number(month).ok_or(FieldCode::NotADate)?;
    let day = if day.len() > 2 { None } else { digits(day) }.filter(|day| *day > 0).ok_or(FieldCode::NotADate)?;
    check_year(year)?;
    Date::from_ymd_opt(year, month, day).ok_or(FieldCode::NoSuchDay { month, year, days: days_in_month(year, month) })
}

/// A day as it is shown and typed: `01-02-2026`.
pub fn format_dutch(date: Date) -> String {
    let mut text = String::with_capacity(10);
    push_digits(&mut text, date.day(), 2);
    text.push('-');
    push_digits(&mut text, date.month(), 2);
    text.push('-');
    push_digits(&mut text, date.year().unsigned_abs(), 4);
    text
}

/// A day as files and addresses carry it: `2026-02-01`.
pub fn format_iso(date: Date) -> String {
    let mut text = String::with_capacity(10);
    push_digits(&mut text, date.year().unsigned_abs(), 4);
    text.push('-');
    push_digits(&mut text, date.month(), 2);
    text.push('-');
    push_digits(&mut text, date.day(), 2);
    text
}

/// The day of the week, from 0 for Monday.
pub fn weekday_index(date: Date) -> usize {
    date.weekday().num_days_from_monday() as usize
}

/// The month of the year, from 0 for January.
pub fn month_index(date: Date) -> usize {
    date.month0() as usize
}

/// The age in whole years on `today`; `None` before birth. Someone born on 29 February is a year older on 1 March.
pub fn age_on(birth: Date, today: Date) -> Option<u32> {
    today.years_since(birth)
}

/// Appends `value` with leading zeros; `core::fmt` would do the same at several times the cost.
fn push_digits(text: &mut String, value: u32, width: u32) {
    for place in (0..width).rev() {
        text.push(char::from(b'0' + (value / 10_u32.pow(place) % 10) as u8));
    }
}

/// The number that up to nine digits are.
fn digits(text: &str) -> Option<u32> {
    if text.is_empty() || text.len() > 9 || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    text.parse().ok()
}

/// A year of four digits. Two digits are refused, for nobody can tell 1926 from 2026.
fn full_year(text: &str) -> Option<i32> {
    if text.len() == 4 { digits(text).map(|year| year as i32) } else { None }
}

fn check_year(year: i32) -> Result<(), FieldCode> {
    if year < FIRST_TYPED.year() {
        Err(FieldCode::DateTooEarly { first: FIRST_TYPED })
    } else if year > LAST_TYPED.year() {
        Err(FieldCode::DateTooLate { last: LAST_TYPED })
    } else {
        Ok(())
    }
}

/// The month, 1 to 12, that is meant by one or two digits or by a name.
fn month_number(text: &str) -> Option<u32> {
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        return if text.len() > 2 { None } else { digits(text).filter(|month| (1..=12).contains(month)) };
    }
    /// Dutch and English names; an abbreviation is any start of three letters or more, which are distinct.
    const NAMES: [(&str, u32); 20] = [
        ("januari", 1),
        ("january", 1),
        ("februari", 2),
        ("february", 2),
        ("maart", 3),
        ("mrt", 3),
        ("march", 3),
        ("april", 4),
        ("mei", 5),
        ("may", 5),
        ("juni", 6),
        ("june", 6),
        ("juli", 7),
        ("july", 7),
        ("augustus", 8),
        ("september", 9),
        ("oktober", 10),
        ("october", 10),
        ("november", 11),
        ("december", 12),
    ];
    if !(3..=9).contains(&text.len()) {
        return None;
    }
    NAMES
        .iter()
        .find(|(name, _)| name.get(..text.len()).is_some_and(|start| start.eq_ignore_ascii_case(text)))
        .map(|(_, month)| *month)
}

/// Splits at `-`, `/`, `.`, the dashes that word processors make, or spaces into exactly `N` parts that are not empty.
/// Spaces and a dot after an abbreviation (`jan. 2026`) count as one separator.
fn parts<const N: usize>(text: &str) -> Option<[&str; N]> {
    let is_sign = |c: char| matches!(c, '-' | '/' | '.' | '\u{2010}'..='\u{2013}' | '\u{2212}');
    let mut found = [""; N];
    let mut rest = text;
    for (place, part) in found.iter_mut().enumerate() {
        if place > 0 {
            let spaced = rest.trim_start();
            let signed = spaced.strip_prefix(is_sign).unwrap_or(spaced);
            rest = signed.trim_start();
        }
        let end = rest.find(|c: char| is_sign(c) || c.is_whitespace()).unwrap_or(rest.len());
        (*part, rest) = rest.split_at(end);
        if part.is_empty() {
            return None;
        }
    }
    if rest.is_empty() { Some(found) } else { None }
}
