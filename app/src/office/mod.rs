//! The insurer's back office (PRODUCT.md M1, M2, M5). For whoever is not of the insurer's staff none of it is there.
//!
//! As in "Accountbeheer" the forms are posted to their pages, with JavaScript as well.

mod account;
mod actions;
mod employer;
mod home;
mod log;
mod mails;
mod request;
mod requests;
#[cfg(feature = "ssr")]
mod ssr;
mod stuck;

use collectief_domain::{
    account_request::{RequestMatch, RequestRow, RequestState},
    field::FieldErrors,
    office::{OfficeAccountState, OfficeDone},
};
use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};
use serde::{Deserialize, Serialize};

use crate::{
    account_management::state_tag as open_tag,
    account_request::{AskPage, ConfirmPage},
    error::AppError,
    i18n::Texts,
    pages::OfficePlace,
    routes,
    ui::{
        format,
        loaded::loaded,
        mark::{Busy, Kind, Receipt, Tag},
        page::Failure,
        table::{Heading, table},
    },
};

/// What stands in an address in place of an id or a number while there is none.
const NEW: &str = "nieuw";

/// The page at a place.
pub fn office_page(place: OfficePlace) -> AnyView {
    match place {
        OfficePlace::Ask => view! { <AskPage /> }.into_any(),
        OfficePlace::Confirm => view! { <ConfirmPage /> }.into_any(),
        OfficePlace::Home => home::page(),
        OfficePlace::Requests => requests::page(),
        OfficePlace::Request => request::page(),
        OfficePlace::Account => account::page(),
        OfficePlace::Employer => employer::employer_page(),
        OfficePlace::Contract => employer::contract_page(),
        OfficePlace::Stuck => stuck::page(),
        OfficePlace::Log => log::page(),
    }
}

/// What a page shows.
#[derive(Clone, Serialize, Deserialize)]
enum Shown<T> {
    /// What was posted is done; the browser goes on to another page.
    Sent,
    /// This, as stored or as it was filled in.
    View { view: Box<T>, errors: FieldErrors },
}

impl<T> Shown<T> {
    fn plain(view: T) -> Self {
        Self::View { view: Box::new(view), errors: FieldErrors::default() }
    }
}

/// A page of what is loaded.
fn shown<T: Clone + Send + Sync + 'static>(
    resource: Resource<Result<Shown<T>, AppError>>,
    show: fn(T, FieldErrors, Option<OfficeDone>) -> AnyView,
) -> AnyView {
    let query = use_query_map();
    let done = Memo::new(move |_| query.with(|query| query.get_str(routes::DONE).and_then(OfficeDone::from_code)));
    view! {
        <Transition fallback=Busy>
            {loaded(move || async move {
                match resource.await {
                    Ok(Shown::View { view, errors }) => show(*view, errors, done.get_untracked()),
                    Ok(Shown::Sent) => ().into_any(),
                    Err(error) => view! { <Failure error /> }.into_any(),
                }
            })}
        </Transition>
    }
    .into_any()
}

/// A parameter of the address; [`NEW`] where the address has none.
fn parameter(name: &'static str) -> impl Fn() -> String + Copy + Send + Sync + 'static {
    let params = use_params_map();
    move || params.with(|params| params.get_str(name).unwrap_or(NEW).to_owned())
}

/// A value of the query.
fn query_value(name: &'static str) -> impl Fn() -> String + Copy + Send + Sync + 'static {
    let query = use_query_map();
    move || query.with(|query| query.get_str(name).unwrap_or_default().to_owned())
}

/// What was done, in words.
fn acknowledged(t: &'static Texts, done: OfficeDone) -> AnyView {
    let o = t.office();
    let (title, text) = match done {
        OfficeDone::Approved => (o.done_approved, o.done_approved_text),
        OfficeDone::Refused => (o.done_refused, o.done_refused_text),
        OfficeDone::Unblocked => (o.done_unblocked, o.done_unblocked_text),
        OfficeDone::Mailed => (o.done_mailed, o.done_mailed_text),
        OfficeDone::SecondStepReset => (o.done_second_step, o.done_second_step_text),
        OfficeDone::Retried => (o.done_retried, o.done_retried_text),
        OfficeDone::Assigned => (o.done_assigned, o.stuck_noted),
        OfficeDone::Released => (o.done_released, o.stuck_noted),
        OfficeDone::Saved => (o.done_saved, o.done_saved_text),
        OfficeDone::MainNamed => (o.done_main, o.done_main_text),
    };
    view! { <Receipt title><p>{text}</p></Receipt> }.into_any()
}

fn state_tag(t: &'static Texts, state: OfficeAccountState) -> AnyView {
    match state {
        OfficeAccountState::Open(state) => open_tag(t, state),
        OfficeAccountState::Closed => view! { <Tag label=t.office().state_closed /> }.into_any(),
    }
}

fn request_tag(t: &'static Texts, state: RequestState) -> AnyView {
    let o = t.office();
    let (kind, label) = match state {
        RequestState::Unconfirmed => (Kind::Plain, o.request_unconfirmed),
        RequestState::Waiting => (Kind::Wait, o.request_waiting),
        RequestState::Approved => (Kind::In, o.request_approved),
        RequestState::Refused => (Kind::Out, o.request_refused),
    };
    view! { <Tag kind label /> }.into_any()
}

fn fit_tag(t: &'static Texts, fit: RequestMatch) -> AnyView {
    let o = t.office();
    let (kind, label) = match fit {
        RequestMatch::Fits => (Kind::In, o.fit_fits),
        RequestMatch::OtherEmployer => (Kind::Out, o.fit_other),
        RequestMatch::EmployerUnknown => (Kind::Wait, o.fit_unknown),
        RequestMatch::NoContract => (Kind::Out, o.fit_none),
    };
    view! { <Tag kind label /> }.into_any()
}

/// How long something waits: in hours, and from two days on in days.
fn age(t: &'static Texts, hours: u32) -> String {
    if hours < 48 { t.office().hours(hours.into()) } else { t.office().days(u64::from(hours / 24)) }
}

/// Requests as a table, each with the way to it. The last column is about what all of them have in common: how long they
/// wait, when they were decided, or else since when they are there.
fn request_table(t: &'static Texts, rows: &[RequestRow], caption: &'static str) -> AnyView {
    let o = t.office();
    let wait = rows.iter().all(|row| row.state == RequestState::Waiting);
    let decided = rows.iter().all(|row| row.decided.is_some());
    let when = if wait {
        o.col_age
    } else if decided {
        o.col_decided
    } else {
        o.col_since
    };
    let rows: Vec<_> = rows
        .iter()
        .map(|row| {
            let has = row.has_account.then(|| view! { " " <Tag label=o.has_account /> });
            let time = match row.decided {
                _ if wait => age(t, row.hours),
                Some(day) if decided => format::date(day),
                _ => format::date(row.since),
            };
            view! {
                <tr>
                    <th scope="row">
                        <a href=routes::office_request(row.id)>{row.name.clone()}</a>
                        <span class="sub">{row.email.clone()}</span>
                    </th>
                    <td data-label=o.col_organisation>{row.organisation.clone()}</td>
                    <td data-label=o.col_contract>
                        {row.contract_number.clone()} " " {fit_tag(t, row.fit)} {has}
                    </td>
                    <td data-label=o.col_state>{request_tag(t, row.state)}</td>
                    <td data-label=when>{time}</td>
                </tr>
            }
            .into_any()
        })
        .collect();
    let headings = [
        Heading::Text(o.col_name),
        Heading::Text(o.col_organisation),
        Heading::Text(o.col_contract),
        Heading::Text(o.col_state),
        Heading::Text(when),
    ];
    table("users", caption, &headings, rows)
}
