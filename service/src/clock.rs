//! The one place that knows what time it is.

use std::sync::Arc;

use chrono::{DateTime, Days, NaiveTime, TimeZone, Utc};
use chrono_tz::{Europe::Amsterdam, Tz};
use collectief_domain::date::Date;

/// A clock: the machine's, or one that starts on a set day for demonstrations and tests.
#[derive(Debug, Clone, Default)]
pub struct Clock(Arc<Kind>);

#[derive(Debug, Default)]
enum Kind {
    #[default]
    Machine,
    /// The machine's time of day, on another day.
    Shifted(chrono::TimeDelta),
    /// Stands still until it is moved; for tests.
    Set(std::sync::atomic::AtomicI64),
}

impl Clock {
    /// The machine's clock.
    pub fn machine() -> Self {
        Self::default()
    }

    /// A clock on which it is `today` now; it runs on from there.
    pub fn starting_on(today: Date) -> Self {
        let now = machine_now();
        let days = today.signed_duration_since(now.with_timezone(&Amsterdam).date_naive());
        Self(Arc::new(Kind::Shifted(days)))
    }

    /// A clock that stands still at noon of `today` until [`set`](Self::set) moves it.
    pub fn standing_on(today: Date) -> Self {
        let noon = noon(today);
        Self(Arc::new(Kind::Set(std::sync::atomic::AtomicI64::new(noon))))
    }

    /// Moves a standing clock by so many milliseconds; any other clock stays as it is.
    pub fn advance(&self, milliseconds: i64) {
        if let Kind::Set(now) = &*self.0 {
            now.fetch_add(milliseconds, std::sync::atomic::Ordering::SeqCst);
        }
    }

    /// Sets a standing clock to noon of `today`; any other clock stays as it is.
    pub fn set(&self, today: Date) {
        if let Kind::Set(now) = &*self.0 {
            now.store(noon(today), std::sync::atomic::Ordering::SeqCst);
        }
    }

    /// Now, in Europe/Amsterdam.
    pub fn now(&self) -> DateTime<Tz> {
        let now = match &*self.0 {
            Kind::Machine => machine_now(),
            Kind::Shifted(by) => machine_now() + *by,
            Kind::Set(now) => {
                DateTime::from_timestamp_millis(now.load(std::sync::atomic::Ordering::SeqCst)).unwrap_or_default()
            }
        };
        now.with_timezone(&Amsterdam)
    }

    /// Today, in Europe/Amsterdam.
    pub fn today(&self) -> Date {
        self.now().date_naive()
    }

    /// Now as other devices have it, in Unix milliseconds: what their codes follow from. It is another day than that of a
    /// demonstration whose day was set.
    pub fn millis_elsewhere(&self) -> i64 {
        match &*self.0 {
            Kind::Shifted(_) => machine_now().timestamp_millis(),
            Kind::Machine | Kind::Set(_) => self.millis(),
        }
    }

    /// Now, in Unix milliseconds.
    pub fn millis(&self) -> i64 {
        self.now().timestamp_millis()
    }
}

/// The day in Europe/Amsterdam of a moment in Unix milliseconds.
pub fn day_of(millis: i64) -> Date {
    moment(millis).date_naive()
}

/// The time of day in Europe/Amsterdam of a moment in Unix milliseconds, as `14:05`.
pub fn time_of(millis: i64) -> String {
    moment(millis).format("%H:%M").to_string()
}

/// The day and the time of day in Europe/Amsterdam of a moment in Unix milliseconds, as `01-11-2026 14:05:09`.
pub fn written(millis: i64) -> String {
    moment(millis).format("%d-%m-%Y %H:%M:%S").to_string()
}

fn moment(millis: i64) -> DateTime<Tz> {
    DateTime::from_timestamp_millis(millis).unwrap_or_default().with_timezone(&Amsterdam)
}

/// The first moment after `day` in Europe/Amsterdam, in Unix milliseconds: what was recorded before it was known on
/// that day.
pub fn end_of_day(day: Date) -> i64 {
    let next = day.checked_add_days(Days::new(1)).unwrap_or(day);
    // Midnight exists on every day in the Netherlands: summer time begins and ends at night, but later.
    Amsterdam
        .from_local_datetime(&next.and_time(NaiveTime::MIN))
        .earliest()
        .map_or(i64::MAX, |moment| moment.timestamp_millis())
}

/// An hour of a day in Europe/Amsterdam, in Unix milliseconds; where summer time leaves that hour out, the next one that
/// there is.
pub fn at_hour(day: Date, hour: u32) -> i64 {
    let wanted =
        |hour| NaiveTime::from_hms_opt(hour, 0, 0).map(|time| Amsterdam.from_local_datetime(&day.and_time(time)));
    let moment = (hour..24).find_map(|hour| wanted(hour)?.earliest());
    moment.map_or_else(|| end_of_day(day), |moment| moment.timestamp_millis())
}

fn noon(day: Date) -> i64 {
    end_of_day(day) - 12 * 60 * 60 * 1000
}

#[expect(clippy::disallowed_methods, reason = "this is the one place for the clock")]
fn machine_now() -> DateTime<Utc> {
    Utc::now()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(year: i32, month: u32, day: u32) -> Date {
        Date::from_ymd_opt(year, month, day).unwrap()
    }

    #[test]
    fn a_day_ends_at_midnight_in_amsterdam_in_winter_and_in_summer() {
        let winter = Utc.with_ymd_and_hms(2026, 1, 1, 23, 0, 0).unwrap().timestamp_millis();
        assert_eq!(end_of_day(day(2026, 1, 1)), winter);
        let summer = Utc.with_ymd_and_hms(2026, 7, 1, 22, 0, 0).unwrap().timestamp_millis();
        assert_eq!(end_of_day(day(2026, 7, 1)), summer);
        assert_eq!(day_of(summer), day(2026, 7, 2));
        assert_eq!(day_of(summer - 1), day(2026, 7, 1));
    }

    #[test]
    fn a_standing_clock_moves_only_when_told() {
        let clock = Clock::standing_on(day(2026, 11, 1));
        assert_eq!(clock.today(), day(2026, 11, 1));
        clock.advance(13 * 60 * 60 * 1000);
        assert_eq!(clock.today(), day(2026, 11, 2));
    }

    #[test]
    fn a_shifted_clock_shows_the_day_it_was_given() {
        assert_eq!(Clock::starting_on(day(2020, 2, 29)).today(), day(2020, 2, 29));
    }
}
