//! Periods of days with an inclusive end.

use serde::{Deserialize, Serialize};

use crate::date::{Date, Month};

/// From a first to a last day, both included; an open period has no last day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Period {
    /// First day.
    pub start: Date,
    /// Last day, inclusive; `None` is open.
    pub end: Option<Date>,
}

impl Period {
    /// The period, unless it would end before it starts.
    pub fn new(start: Date, end: Option<Date>) -> Option<Self> {
        if end.is_some_and(|end| end < start) { None } else { Some(Self { start, end }) }
    }

    /// Whether `day` lies in it.
    pub fn contains(&self, day: Date) -> bool {
        self.start <= day && self.is_current_on(day)
    }

    /// Whether some day lies in both.
    pub fn overlaps(&self, other: &Self) -> bool {
        self.is_current_on(other.start) && other.is_current_on(self.start)
    }

    /// Whether `next` starts on the day after this one ends: neither a gap nor an overlap.
    pub fn joins(&self, next: &Self) -> bool {
        self.end.and_then(|end| end.succ_opt()) == Some(next.start)
    }

    /// Whether it is among "Huidige deelnemers" on `today`: its end does not lie before that day. What has yet to start
    /// is current too.
    pub fn is_current_on(&self, today: Date) -> bool {
        self.end.is_none_or(|end| end >= today)
    }

    /// Whether it counts among the participants at the end of `month` (PRODUCT.md G3): it started on or before the last
    /// day, and goes on after it.
    pub fn counts_at_end_of(&self, month: Month) -> bool {
        let last = month.last_day();
        self.start <= last && self.end.is_none_or(|end| end > last)
    }

    /// The days, both ends included; `None` when open.
    pub fn days(&self) -> Option<u32> {
        self.end.and_then(|end| u32::try_from((end - self.start).num_days() + 1).ok())
    }
}
