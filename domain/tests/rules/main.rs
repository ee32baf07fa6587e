//! Tables of cases and properties for the rules of the domain, one module for each concept.

mod account_management;
mod account_request;
mod address;
mod assurance;
mod back_office;
mod bsn;
mod case;
mod change;
mod codes;
mod date;
mod deregistration;
mod enrolment;
mod flow;
mod list;
mod message;
mod money;
mod name;
mod own_details;
mod passkey;
mod password;
mod period;
mod product;
mod reminder;
mod roster;
mod search;
mod second_factor;

use collectief_domain::date::{Date, parse_typed_date};
use proptest::prelude::*;

/// A day, written as `2026-01-31`.
fn day(text: &str) -> Date {
    parse_typed_date(text).expect("a day that exists")
}

/// Any day from 1900 to 2100.
fn any_day() -> impl Strategy<Value = Date> {
    (0_u64..73_000).prop_map(|days| day("1900-01-01") + chrono::Days::new(days))
}
