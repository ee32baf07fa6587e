//! Dates, months, numbers and money as they are shown; alike on the server and in the browser.

use collectief_domain::{
    date::{self, Date, Month},
    money::Cents,
};

use crate::i18n::Language;

const WEEKDAYS: [[&str; 7]; 2] = [
    ["maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag"],
    ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"],
];

const MONTHS: [[&str; 12]; 2] = [
    [
        "januari",
        "februari",
        "maart",
        "april",
        "mei",
        "juni",
        "juli",
        "augustus",
        "september",
        "oktober",
        "november",
        "december",
    ],
    [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ],
];

const fn column(language: Language) -> usize {
    match language {
        Language::Nl => 0,
        Language::En => 1,
    }
}

/// A day: `01-02-2026`.
pub fn date(date: Date) -> String {
    date::format_dutch(date)
}

/// A day, or `-` for an open end or one that is not known.
pub fn date_or_dash(date: Option<Date>) -> String {
    date.map_or_else(|| "-".to_owned(), date::format_dutch)
}

/// A day in words: `zondag 1 november 2026`, `Sunday 1 November 2026`.
pub fn long_date(language: Language, date: Date) -> String {
    let shown = date::format_dutch(date);
    // "01-11-2026" is day, month and year, each of a fixed width.
    let (day, year) = (shown[..2].trim_start_matches('0'), &shown[6..]);
    let weekday = WEEKDAYS[column(language)][date::weekday_index(date)];
    format!("{weekday} {day} {} {year}", month_name(language, date::month_index(date)))
}

/// The name of a month, from 0 for January.
pub fn month_name(language: Language, index: usize) -> &'static str {
    MONTHS[column(language)].get(index).copied().unwrap_or_default()
}

/// A month: `januari 2026`.
pub fn month(language: Language, month: Month) -> String {
    format!("{} {}", month_name(language, month.month() as usize - 1), month.year())
}

/// A month in a few letters: `jan`, for the axis of a chart.
pub fn short_month(language: Language, month: Month) -> &'static str {
    let name = month_name(language, month.month() as usize - 1);
    // "mrt" is how Dutch shortens maart, for "maa" is not.
    if name == "maart" { "mrt" } else { name.get(..3).unwrap_or(name) }
}

/// A whole number: `2.967`, `2,967`.
pub fn number(language: Language, n: u64) -> String {
    let digits = n.to_string();
    let separator = match language {
        Language::Nl => '.',
        Language::En => ',',
    };
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.char_indices() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(separator);
        }
        text.push(digit);
    }
    text
}

/// A whole number with a minus sign where it is negative: `−17`.
pub fn signed(language: Language, n: i64) -> String {
    let text = number(language, n.unsigned_abs());
    if n < 0 { format!("\u{2212}{text}") } else { text }
}

/// A difference: `+3`, `0`, `−17`.
pub fn difference(language: Language, n: i64) -> String {
    let text = signed(language, n);
    if n > 0 { format!("+{text}") } else { text }
}

/// An amount: `€ 1.234,56`, `€ 1,234.56`.
pub fn money(language: Language, amount: Cents) -> String {
    let cents = amount.0.unsigned_abs();
    let comma = match language {
        Language::Nl => ',',
        Language::En => '.',
    };
    let sign = if amount.0 < 0 { "\u{2212}" } else { "" };
    format!("€\u{a0}{sign}{}{comma}{:02}", number(language, cents / 100), cents % 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(year: i32, month: u32, day: u32) -> Date {
        Date::from_ymd_opt(year, month, day).unwrap()
    }

    #[test]
    fn days_and_months_are_written_in_both_languages() {
        assert_eq!(long_date(Language::Nl, day(2026, 11, 1)), "zondag 1 november 2026");
        assert_eq!(long_date(Language::En, day(2026, 10, 31)), "Saturday 31 October 2026");
        assert_eq!(month(Language::Nl, Month::of(day(2026, 3, 9))), "maart 2026");
        assert_eq!(short_month(Language::Nl, Month::of(day(2026, 3, 9))), "mrt");
        assert_eq!(date_or_dash(None), "-");
    }

    #[test]
    fn numbers_are_grouped() {
        assert_eq!(number(Language::Nl, 0), "0");
        assert_eq!(number(Language::Nl, 999), "999");
        assert_eq!(number(Language::Nl, 2967), "2.967");
        assert_eq!(number(Language::En, 1_000_000), "1,000,000");
        assert_eq!(difference(Language::Nl, -17), "\u{2212}17");
        assert_eq!(difference(Language::Nl, 3), "+3");
        assert_eq!(money(Language::Nl, Cents(-123_456)), "€\u{a0}\u{2212}1.234,56");
    }
}
