//! In- and outflow over a period, and the contract's usage by month (PRODUCT.md G1–G3).

use serde::{Deserialize, Serialize};

use crate::{
    contract::ContractChoice,
    date::{Date, Month},
    field::{FieldCode, FieldErrors},
    page,
    participant::ParticipantRow,
    query::QueryString,
};

/// The form of "In- en uitstroomlijsten", as it was typed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(default)]
pub struct FlowForm {
    /// Contract number; empty is the chosen contract.
    pub contract: String,
    /// First month (`2026-01`, `01-2026`, `januari 2026`).
    pub van: String,
    /// Last month.
    pub tot: String,
    /// `alle` shows all participants of the period, anything else only who came or went.
    pub toon: String,
    /// "As known on" this day; empty is now.
    pub bekend_op: String,
    /// Page, from 1.
    pub pagina: String,
}

/// The greatest number of months in one list.
pub const FLOW_MONTHS_MAX: u32 = 240;

/// What the list must show: the parsed form, always valid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct FlowFilter {
    /// First month.
    pub from: Month,
    /// Last month, included.
    pub to: Month,
    /// All participants of the period, not only who came or went.
    pub everyone: bool,
    /// As known at the end of this day; `None` is now.
    pub known_on: Option<Date>,
    /// Page, from 1.
    pub page: u32,
}

/// One page of the in- and outflow.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FlowPage {
    /// The contract, `None` only when the form has errors.
    pub contract: Option<ContractChoice>,
    /// First month.
    pub from: Month,
    /// Last month, included.
    pub to: Month,
    /// All participants of the period, not only who came or went.
    pub everyone: bool,
    /// As known on, when asked for.
    pub known_on: Option<Date>,
    /// The rows; each starts or ends in the period, or both, unless [`everyone`](Self::everyone).
    pub rows: Vec<ParticipantRow>,
    /// How many came in the period.
    pub inflow: u64,
    /// How many went in the period.
    pub outflow: u64,
    /// Participants at the end of the last month.
    pub at_end: u64,
    /// This page, from 1.
    pub page: u32,
    /// Whether there is a next page.
    pub has_next: bool,
    /// The last day up to which every change is in ("bijgewerkt tot").
    pub complete_until: Date,
    /// When the last month closes or closed: what was known on that day is its closed state.
    pub closes_on: Date,
    /// What is wrong with the form; the rows are then empty.
    pub errors: FieldErrors,
    /// Today in Europe/Amsterdam.
    pub today: Date,
}

/// What came and went in one month, as it is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct MonthFlow {
    /// The month.
    pub month: Month,
    /// Participations that start in it.
    pub inflow: i64,
    /// Participations whose last day lies in it.
    pub outflow: i64,
}

/// One row of "Contractgebruik".
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct UsageMonth {
    /// The month.
    pub month: Month,
    /// Participants at the end of this month.
    pub at_end: i64,
    /// In − out, against the month before.
    pub difference: i64,
    /// Came in this month.
    pub inflow: i64,
    /// Went in this month.
    pub outflow: i64,
}

/// The page "Contractgebruik".
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UsagePage {
    /// The contract; `None` when it still has to be chosen, or when there is no such contract of yours.
    pub contract: Option<ContractChoice>,
    /// First day of the contract.
    pub start_date: Option<Date>,
    /// Last day of the contract; `None` is open.
    pub end_date: Option<Date>,
    /// Participants now.
    pub current: u64,
    /// Newest first.
    pub months: Vec<UsageMonth>,
    /// What is wrong with the form.
    pub errors: FieldErrors,
    /// Today in Europe/Amsterdam.
    pub today: Date,
}

/// The form of "Contractgebruik".
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(default)]
pub struct UsageForm {
    /// Contract number; empty is the chosen contract.
    pub contract: String,
    /// How many months back: 24 unless told; `alle` for all.
    pub maanden: String,
}

/// The day of the next month on which a month closes, unless the insurer set another (G2).
pub const CLOSING_DAY: u32 = 10;

/// The number of months of "Contractgebruik" unless more are asked for.
pub const USAGE_MONTHS: u32 = 24;

impl FlowForm {
    /// Reads the form. Without a range it is this year up to this month; a missing end of the range follows from
    /// the other.
    ///
    /// # Errors
    /// All that is wrong, by field.
    pub fn parse(&self, today: Date) -> Result<FlowFilter, FieldErrors> {
        let mut errors = FieldErrors::default();
        let this_month = Month::of(today);
        let from = errors.take("van", optional_month(&self.van));
        let to = errors.take("tot", optional_month(&self.tot));
        let first_of_year = |month: Month| month.minus(month.month() - 1);
        let (from, to) = match (from.flatten(), to.flatten()) {
            (Some(from), Some(to)) => (from, to),
            (Some(from), None) => (from, this_month.max(from)),
            (None, Some(to)) => (first_of_year(to), to),
            (None, None) => (first_of_year(this_month), this_month),
        };
        let months = from.months_until(to) + 1;
        if errors.is_empty() && months < 1 {
            errors.push("tot", FieldCode::RangeReversed);
        } else if errors.is_empty() && months.unsigned_abs() > FLOW_MONTHS_MAX {
            errors.push("tot", FieldCode::RangeTooLong { months: FLOW_MONTHS_MAX });
        }
        let known_on = errors.take("bekend_op", page::parse_known_on(&self.bekend_op, today)).flatten();
        let page = errors.take("pagina", page::parse_page(&self.pagina)).unwrap_or(1);
        errors.or(FlowFilter { from, to, everyone: self.toon.trim() == "alle", known_on, page })
    }

    /// The list's address after the `?`; empty fields are left out.
    pub fn query_string(&self) -> String {
        QueryString::default()
            .with("contract", &self.contract)
            .with("van", &self.van)
            .with("tot", &self.tot)
            .with("toon", &self.toon)
            .with("bekend_op", &self.bekend_op)
            .with("pagina", &self.pagina)
            .finish()
    }

    /// The same list at another page.
    #[must_use]
    pub fn with_page(&self, page: u32) -> Self {
        Self { pagina: if page <= 1 { String::new() } else { page.to_string() }, ..self.clone() }
    }
}

impl UsageForm {
    /// How many months to show; `None` is all.
    ///
    /// # Errors
    /// [`FieldCode::NotDigits`] or [`FieldCode::UnknownChoice`] on `maanden`.
    pub fn parse(&self) -> Result<Option<u32>, FieldErrors> {
        let mut errors = FieldErrors::default();
        let months = match self.maanden.trim() {
            "" => Ok(Some(USAGE_MONTHS)),
            "alle" => Ok(None),
            text if !text.bytes().all(|byte| byte.is_ascii_digit()) => Err(FieldCode::NotDigits),
            text => match text.parse() {
                Ok(months @ 1..=1200) => Ok(Some(months)),
                _ => Err(FieldCode::UnknownChoice),
            },
        };
        let months = errors.take("maanden", months).flatten();
        errors.or(months)
    }

    /// The page's address after the `?`; empty fields are left out.
    pub fn query_string(&self) -> String {
        QueryString::default().with("contract", &self.contract).with("maanden", &self.maanden).finish()
    }
}

fn optional_month(text: &str) -> Result<Option<Month>, FieldCode> {
    match Month::parse_typed(text) {
        Err(FieldCode::Required) => Ok(None),
        other => other.map(Some),
    }
}

/// The table of "Contractgebruik", newest month first, from `until` back to the first month in which anything happened,
/// or `back` months.
///
/// `months` is in ascending order, each month at most once; a month in which nothing happened may be missing, and gets
/// a row all the same. Totals always run from the very beginning.
pub fn usage(months: &[MonthFlow], until: Month, back: Option<u32>) -> Vec<UsageMonth> {
    let Some(first) = months.first().map(|flow| flow.month).filter(|first| *first <= until) else {
        return Vec::new();
    };
    let mut flows = months.iter().peekable();
    let mut at_end = 0;
    let mut table: Vec<UsageMonth> = first
        .through(until)
        .map(|month| {
            let (mut inflow, mut outflow) = (0, 0);
            while let Some(flow) = flows.next_if(|flow| flow.month <= month) {
                inflow += flow.inflow;
                outflow += flow.outflow;
            }
            let difference = inflow - outflow;
            at_end += difference;
            UsageMonth { month, at_end, difference, inflow, outflow }
        })
        .collect();
    table.reverse();
    if let Some(back) = back {
        table.truncate(back as usize);
    }
    table
}

/// The day on which a month closes: day `closing_day` of the month after it, or that month's last day if it is shorter.
pub fn closes_on(month: Month, closing_day: u32) -> Date {
    let next = month.next();
    let day = closing_day.clamp(1, next.days());
    next.first_day().checked_add_days(chrono::Days::new(u64::from(day) - 1)).unwrap_or_else(|| next.last_day())
}
