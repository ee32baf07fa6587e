//! Reminding the employer of what waits (PRODUCT.md F4): when, whom, and how people want to be reminded.

use serde::{Deserialize, Serialize};

use crate::{
    account::check_email,
    date::{Date, parse_typed_date},
    field::{FieldCode, FieldErrors},
};

/// The hour of the day, in Europe/Amsterdam, at which reminders are mailed that need not be at once.
pub const REMINDER_HOUR: u32 = 8;

/// A reminder of one thing that waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReminderStage {
    /// It came in.
    First,
    /// It waits for three days.
    Second,
    /// It waits for a week.
    Third,
    /// Nobody did anything: the employer's main account hears of it.
    MainAccount,
    /// That one did not do anything either: the insurer's helpdesk sees it.
    Helpdesk,
}

impl ReminderStage {
    /// Every stage, in order.
    pub const ALL: [Self; 5] = [Self::First, Self::Second, Self::Third, Self::MainAccount, Self::Helpdesk];

    /// For how many days something waits by then.
    pub const fn days(self) -> u32 {
        match self {
            Self::First => 0,
            Self::Second => 3,
            Self::Third => 7,
            Self::MainAccount => 10,
            Self::Helpdesk => 14,
        }
    }

    /// Its place, from 0: the stored form.
    pub const fn index(self) -> i32 {
        match self {
            Self::First => 0,
            Self::Second => 1,
            Self::Third => 2,
            Self::MainAccount => 3,
            Self::Helpdesk => 4,
        }
    }

    /// The stage with this [`index`](Self::index), if there is one.
    pub fn from_index(index: i32) -> Option<Self> {
        Self::ALL.into_iter().find(|stage| stage.index() == index)
    }

    /// The stage after it.
    pub fn next(self) -> Option<Self> {
        Self::from_index(self.index() + 1)
    }

    /// The day on which it is due, for what waits since a day. Days are days of the calendar, however long they are.
    pub fn due_on(self, since: Date) -> Date {
        since.checked_add_days(chrono::Days::new(self.days().into())).unwrap_or(Date::MAX)
    }
}

/// How often somebody wants to be reminded.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReminderMode {
    /// Of each thing, when it is due.
    #[default]
    AtOnce,
    /// Once a day, of all that is due.
    Daily,
}

impl ReminderMode {
    /// The stored word, also that of the form.
    pub const fn code(self) -> &'static str {
        match self {
            Self::AtOnce => "direct",
            Self::Daily => "dagelijks",
        }
    }

    /// The mode with this [`code`](Self::code), if there is one.
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::AtOnce, Self::Daily].into_iter().find(|mode| mode.code() == code)
    }
}

/// How somebody wants to be reminded.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReminderWishes {
    /// How often.
    pub mode: ReminderMode,
    /// The days of an absence, both included, in which a colleague is reminded instead.
    pub absent: Option<(Date, Date)>,
    /// That colleague's e-mail address, and name.
    pub deputy: Option<(String, String)>,
}

/// The form in which somebody says so, as it was typed.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RemindersForm {
    /// The code of the [`ReminderMode`].
    pub hoe: String,
    /// First day of an absence; nothing for none.
    pub afwezig_van: String,
    /// Last day of it.
    pub afwezig_tot: String,
    /// The address that the colleague signs in with who is reminded meanwhile.
    pub vervanger: String,
}

/// How somebody wants to be reminded, of which every part is possible.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reminders {
    /// How often.
    pub mode: ReminderMode,
    /// The days of an absence, both included, and the colleague's address.
    pub absence: Option<(Date, Date, String)>,
}

/// It prints nothing of what was typed.
impl std::fmt::Debug for RemindersForm {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("RemindersForm")
    }
}

impl RemindersForm {
    /// Reads the form. An absence needs both days and a colleague; without any of them there is none.
    ///
    /// # Errors
    /// All that is wrong, by field.
    pub fn parse(&self, today: Date) -> Result<Reminders, FieldErrors> {
        let mut errors = FieldErrors::default();
        let mode = errors.take("hoe", ReminderMode::from_code(&self.hoe).ok_or(FieldCode::UnknownChoice));
        let (from, until, deputy) = (self.afwezig_van.trim(), self.afwezig_tot.trim(), self.vervanger.trim());
        let absence = if from.is_empty() && until.is_empty() && deputy.is_empty() {
            Some(None)
        } else {
            let from = errors.take("afwezig_van", parse_typed_date(from));
            let last = parse_typed_date(until).and_then(|last| match from {
                Some(first) if last < first => Err(FieldCode::RangeReversed),
                _ if last < today => Err(FieldCode::DateTooEarly { first: today }),
                _ => Ok(last),
            });
            let last = errors.take("afwezig_tot", last);
            let deputy_is = errors.take("vervanger", check_email(deputy));
            match (from, last, deputy_is) {
                (Some(from), Some(last), Some(())) => Some(Some((from, last, deputy.to_owned()))),
                _ => None,
            }
        };
        match (mode, absence) {
            (Some(mode), Some(absence)) => Ok(Reminders { mode, absence }),
            _ => Err(errors),
        }
    }
}
