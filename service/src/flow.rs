//! In- and outflow over a period, and a contract's usage by month.

use collectief_data::{
    contract::{contract_facts, current_count},
    flow::{FlowPlan, FlowQuery, flow_numbers_known, flow_rows, month_flows},
    scope::Scope,
};
use collectief_domain::{
    actor::Right,
    date::{Date, Month},
    field::{FieldCode, FieldErrors},
    flow::{self, FlowFilter, FlowForm, FlowPage, MonthFlow, UsageForm, UsagePage},
};

use crate::{
    Portal, Request, ServiceError, SignedIn,
    audit::{About, AuditKind, event},
    clock::end_of_day,
};

/// Rows a page.
const PAGE_SIZE: u32 = 25;

/// What the roll-ups tell of a period.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Sums {
    /// Came and went in the period.
    inflow: u64,
    outflow: u64,
    /// There at the end of it.
    at_end: u64,
    /// Ever there, started up to its end, and not ended before it.
    ever: u64,
    started: u64,
    not_ended: u64,
}

impl Sums {
    fn of(months: &[MonthFlow], from: Month, to: Month) -> Self {
        let sum = |of: fn(&MonthFlow) -> i64, belongs: &dyn Fn(Month) -> bool| {
            let sum: i64 = months.iter().filter(|flow| belongs(flow.month)).map(of).sum();
            u64::try_from(sum).unwrap_or(0)
        };
        let inflow = |flow: &MonthFlow| flow.inflow;
        let outflow = |flow: &MonthFlow| flow.outflow;
        let ever = sum(inflow, &|_| true);
        let started = sum(inflow, &|month| month <= to);
        Self {
            inflow: sum(inflow, &|month| from <= month && month <= to),
            outflow: sum(outflow, &|month| from <= month && month <= to),
            at_end: started.saturating_sub(sum(outflow, &|month| month <= to)),
            ever,
            started,
            not_ended: ever.saturating_sub(sum(outflow, &|month| month < from)),
        }
    }

    /// The way to the first `rows` rows that reads the fewest entries.
    ///
    /// In the order of names, so many entries are read for each row that belongs as there are participants for each that
    /// does; from the ranges all that belong are read, and then sorted, which makes each cost a little more.
    fn plan(&self, everyone: bool, rows: u64) -> FlowPlan {
        let (belong, collected, other) = if everyone {
            let other = if self.started <= self.not_ended { FlowPlan::Starts } else { FlowPlan::Ends };
            ((self.started + self.not_ended).saturating_sub(self.ever), self.started.min(self.not_ended), other)
        } else {
            (self.inflow + self.outflow, self.inflow + self.outflow, FlowPlan::Ranges)
        };
        let by_name = rows.saturating_mul(self.ever).checked_div(belong).unwrap_or(self.ever).min(self.ever);
        if by_name <= collected + collected / 2 { FlowPlan::Names } else { other }
    }
}

/// A list over a period that somebody asked for.
pub(crate) struct WantedFlow {
    pub(crate) scope: Scope,
    pub(crate) filter: FlowFilter,
    pub(crate) today: Date,
}

impl WantedFlow {
    pub(crate) fn query(&self, plan: FlowPlan) -> FlowQuery<'_> {
        FlowQuery {
            scope: &self.scope,
            first: self.filter.from.first_day(),
            last: self.filter.to.last_day(),
            everyone: self.filter.everyone,
            today: self.today,
            known_before: self.filter.known_on.map(end_of_day),
            plan,
        }
    }
}

/// Reads the form of a list over a period; it is always of one contract.
pub(crate) fn wanted(who: &SignedIn, form: &FlowForm, today: Date) -> Result<WantedFlow, ServiceError> {
    let scope = who.scope(Right::SeeParticipants, &form.contract)?;
    let mut errors = FieldErrors::default();
    if scope.single().is_none() {
        errors.push("contract", FieldCode::Required);
    }
    match form.parse(today) {
        Ok(filter) if errors.is_empty() => Ok(WantedFlow { scope, filter, today }),
        Ok(_) => Err(ServiceError::Invalid(errors)),
        Err(others) => {
            errors.0.extend(others.0);
            Err(ServiceError::Invalid(errors))
        }
    }
}

/// The last day of the last month that is closed: what happened up to that day is in.
fn complete_until(today: Date, closing_day: u32) -> Date {
    let mut month = Month::of(today).previous();
    // A month that closes today can still change today.
    while flow::closes_on(month, closing_day) >= today {
        month = month.previous();
    }
    month.last_day()
}

/// One page of "In- en uitstroomlijsten".
///
/// # Errors
/// [`ServiceError::NotFound`] for a contract that is not this person's, [`ServiceError::Forbidden`] without the right.
pub async fn list(
    portal: &Portal,
    request: &Request,
    who: &SignedIn,
    form: &FlowForm,
) -> Result<FlowPage, ServiceError> {
    let db = portal.db();
    let today = portal.clock().today();
    let wanted = match wanted(who, form, today) {
        Ok(wanted) => wanted,
        Err(ServiceError::Invalid(errors)) => return Ok(empty_page(errors, today)),
        Err(other) => return Err(other),
    };
    let filter = wanted.filter;
    let facts = contract_facts(db, &wanted.scope).await?.ok_or(ServiceError::NotFound)?;
    let offset = u64::from(filter.page - 1) * u64::from(PAGE_SIZE);
    let limit = u64::from(PAGE_SIZE) + 1;
    let (numbers, plan) = match filter.known_on {
        None => {
            let months = month_flows(db, &wanted.scope).await?;
            let sums = Sums::of(&months, filter.from, filter.to);
            ((sums.inflow, sums.outflow, sums.at_end), sums.plan(filter.everyone, offset + limit))
        }
        Some(day) => {
            let known = flow_numbers_known(db, &wanted.query(FlowPlan::Names), end_of_day(day)).await?;
            ((known.inflow, known.outflow, known.at_end), FlowPlan::Names)
        }
    };
    let mut rows = flow_rows(db, &wanted.query(plan), offset, limit).await?;
    let has_next = rows.len() > PAGE_SIZE as usize;
    rows.truncate(PAGE_SIZE as usize);
    let view = event(portal, request, who, AuditKind::FlowViewed).on(Some(facts.id)).details(format!(
        "from={} to={} rows={} page={}",
        filter.from,
        filter.to,
        rows.len(),
        filter.page
    ));
    portal.audit().view(view);
    Ok(FlowPage {
        contract: who.rights().contract_by_id(facts.id).map(|contract| contract.choice.clone()),
        from: filter.from,
        to: filter.to,
        everyone: filter.everyone,
        known_on: filter.known_on,
        rows,
        inflow: numbers.0,
        outflow: numbers.1,
        at_end: numbers.2,
        page: filter.page,
        has_next,
        complete_until: complete_until(today, facts.closing_day),
        closes_on: flow::closes_on(filter.to, facts.closing_day),
        errors: FieldErrors::default(),
        today,
    })
}

fn empty_page(errors: FieldErrors, today: Date) -> FlowPage {
    let this_month = Month::of(today);
    FlowPage {
        contract: None,
        from: this_month,
        to: this_month,
        everyone: false,
        known_on: None,
        rows: Vec::new(),
        inflow: 0,
        outflow: 0,
        at_end: 0,
        page: 1,
        has_next: false,
        complete_until: complete_until(today, flow::CLOSING_DAY),
        closes_on: flow::closes_on(this_month, flow::CLOSING_DAY),
        errors,
        today,
    }
}

/// The page "Contractgebruik".
///
/// # Errors
/// As [`list`].
pub async fn usage(
    portal: &Portal,
    request: &Request,
    who: &SignedIn,
    form: &UsageForm,
) -> Result<UsagePage, ServiceError> {
    let page = read_usage(portal, who, form).await?;
    if page.contract.is_some() {
        let contract = who.scope(Right::SeeUsage, &form.contract)?.single();
        let view = event(portal, request, who, AuditKind::UsageViewed)
            .on(contract)
            .details(format!("months={}", page.months.len()));
        portal.audit().view(view);
    }
    Ok(page)
}

/// The page "Contractgebruik", not yet in the access log.
pub(crate) async fn read_usage(portal: &Portal, who: &SignedIn, form: &UsageForm) -> Result<UsagePage, ServiceError> {
    let db = portal.db();
    let today = portal.clock().today();
    let scope = who.scope(Right::SeeUsage, &form.contract)?;
    let mut page = UsagePage {
        contract: None,
        start_date: None,
        end_date: None,
        current: 0,
        months: Vec::new(),
        errors: FieldErrors::default(),
        today,
    };
    let back = match form.parse() {
        Ok(back) => back,
        Err(errors) => {
            page.errors = errors;
            return Ok(page);
        }
    };
    let Some(facts) = contract_facts(db, &scope).await? else { return Ok(page) };
    page.contract = who.rights().contract_by_id(facts.id).map(|contract| contract.choice.clone());
    page.start_date = Some(facts.start_date);
    page.end_date = facts.end_date;
    page.current = current_count(db, &scope, today, false, false).await?.participants;
    page.months = flow::usage(&month_flows(db, &scope).await?, Month::of(today), back);
    Ok(page)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(year: i32, month: u32, day: u32) -> Date {
        Date::from_ymd_opt(year, month, day).unwrap()
    }

    #[test]
    fn a_month_is_complete_on_the_day_after_it_closed() {
        assert_eq!(complete_until(day(2026, 11, 10), 10), day(2026, 9, 30));
        assert_eq!(complete_until(day(2026, 11, 11), 10), day(2026, 10, 31));
        assert_eq!(complete_until(day(2026, 1, 1), 10), day(2025, 11, 30));
        assert_eq!(complete_until(day(2026, 3, 1), 31), day(2026, 1, 31));
    }

    #[test]
    fn the_sums_of_a_period_choose_the_way_that_reads_least() {
        let month = |year, month| Month::new(year, month).unwrap();
        let months: Vec<_> = month(2014, 1)
            .through(month(2026, 11))
            .map(|month| MonthFlow { month, inflow: 645, outflow: 116 })
            .collect();
        let long = Sums::of(&months, month(2018, 1), month(2024, 9));
        assert_eq!(long.plan(false, 26), FlowPlan::Names);
        assert_eq!(long.plan(true, 26), FlowPlan::Names);
        let quiet: Vec<_> = months
            .iter()
            .map(|flow| if flow.month >= month(2026, 1) { MonthFlow { inflow: 1, outflow: 2, ..*flow } } else { *flow })
            .collect();
        assert_eq!(Sums::of(&quiet, month(2026, 2), month(2026, 2)).plan(false, 26), FlowPlan::Ranges);
        assert_eq!(Sums::of(&months, month(2013, 1), month(2013, 12)).plan(true, 26), FlowPlan::Starts);
        let none = Sums::of(&[], month(2026, 1), month(2026, 2));
        assert_eq!(none, Sums::default());
    }
}
