//! The access log: who saw and did what, with filters, as a file, and with the check of its chain.

use collectief_domain::{
    access_log::{LogCheck, LogForm, LogLine, LogPage},
    field::FieldErrors,
    office::OfficeDone,
};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use serde::{Deserialize, Serialize};

use super::{Shown, actions::list_access_log, shown};
use crate::{
    error::AppError,
    i18n::{Texts, use_texts},
    routes,
    ui::{
        error_summary::ErrorSummary,
        field::{DateField, SelectField, TextField, error_on},
        mark::{Empty, Kind, Note},
        page::Page,
        table::{Heading, table},
    },
};

/// The id of the filter, which buttons elsewhere on the page send along.
const FILTER: &str = "logfilter";

/// A page of the log, what was asked for, and what a check came to.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Log {
    pub(super) form: LogForm,
    pub(super) page: LogPage,
    pub(super) check: Option<LogCheck>,
}

/// The page `/beheer/toegangslog`.
pub(super) fn page() -> AnyView {
    let query = use_query_map();
    let form = move || query.with(routes::form_from_query::<LogForm>);
    shown(Resource::new_blocking(form, listed), show)
}

/// The rows, or, where the filter was posted, the way to their address. It is posted because whoever looks for somebody may
/// type a BSN.
async fn listed(form: LogForm) -> Result<Shown<Log>, AppError> {
    #[cfg(feature = "ssr")]
    if let Some(typed) = crate::ssr::posted() {
        return super::ssr::log(typed).await;
    }
    let page = list_access_log(form.clone()).await?;
    Ok(Shown::plain(Log { form, page, check: None }))
}

fn show(log: Log, _: FieldErrors, _: Option<OfficeDone>) -> AnyView {
    let t = use_texts();
    let o = t.office();
    let Log { form, page, check } = log;
    let wrong = !page.errors.is_empty();
    let errors = Signal::stored(page.errors.clone());
    let checked = check.map(|check| match check.broken_at {
        None => view! { <Note kind=Kind::In><p role="status">{o.log_whole(check.rows)}</p></Note> }.into_any(),
        Some(row) => {
            let row = row.to_string();
            view! { <Note kind=Kind::Out><p role="alert">{o.log_broken(check.rows, row)}</p></Note> }.into_any()
        }
    });
    let body = if page.rows.is_empty() {
        (!wrong).then(|| view! { <Empty title=o.log_nothing><p>{o.log_nothing_text}</p></Empty> }.into_any())
    } else {
        Some(lines(t, &form, &page))
    };
    let intro = move || view! { <p class="soft">{o.log_about}</p> }.into_any();
    let files = if form.holds_bsn() {
        view! { <p class="soft">{o.log_no_address}</p> }.into_any()
    } else {
        let files = form.from_newest();
        view! {
            <a class="button" rel="external" href=routes::office_log(&files, ".xlsx")>{o.log_excel}</a>
            <a class="button" rel="external" href=routes::office_log(&files, ".csv")>{o.log_csv}</a>
        }
        .into_any()
    };
    view! {
        <Page title=o.log_title wrong=wrong intro=intro>
            {wrong.then(|| view! { <ErrorSummary errors /> })}
            {checked}
            {filter(t, &form, &page, errors)}
            <div class="inline">
                {files}
                <button class="button" form=FILTER name="actie" value="controleren">{o.log_check}</button>
            </div>
            {body}
        </Page>
    }
    .into_any()
}

fn filter(t: &'static Texts, form: &LogForm, page: &LogPage, errors: Signal<FieldErrors>) -> AnyView {
    let o = t.office();
    let mut events = vec![(String::new(), o.log_every.to_owned())];
    events.extend(page.events.iter().cloned());
    view! {
        <form class="filters" id=FILTER method="post" action=routes::OFFICE_LOG role="search" aria-label=o.log_filter>
            <DateField label=o.log_from name="van" value=form.van.clone() error=error_on(errors, "van") />
            <DateField label=o.log_until name="tot" value=form.tot.clone() error=error_on(errors, "tot") />
            <TextField label=o.log_account name="account" maxlength=254 value=form.account.clone() error=error_on(errors, "account") />
            <TextField
                label=o.col_contract
                name="contract"
                inputmode="numeric"
                maxlength=12
                value=form.contract.clone()
                error=error_on(errors, "contract")
            />
            <TextField
                label=o.log_person
                name="relatienummer"
                maxlength=30
                value=form.relatienummer.clone()
                error=error_on(errors, "relatienummer")
            />
            <SelectField
                label=o.log_event
                name="gebeurtenis"
                options=events
                value=form.gebeurtenis.clone()
                error=error_on(errors, "gebeurtenis")
            />
            <button class="button act">{o.log_show}</button>
            <a class="button plain" href=routes::OFFICE_LOG>{o.log_clear}</a>
        </form>
    }
    .into_any()
}

fn lines(t: &'static Texts, form: &LogForm, page: &LogPage) -> AnyView {
    let o = t.office();
    let row = |line: &LogLine| {
        let who = match (&line.who, line.account) {
            (Some(name), Some(id)) => view! { <a href=routes::office_account(id)>{name.clone()}</a> }.into_any(),
            (Some(name), None) => name.clone().into_any(),
            (None, Some(id)) => view! { <a href=routes::office_account(id)>{o.account_number(id)}</a> }.into_any(),
            (None, None) => "-".into_any(),
        };
        let about = [line.contract.as_str(), line.relation_number.as_str()];
        let about: Vec<&str> = about.into_iter().filter(|text| !text.is_empty()).collect();
        view! {
            <tr>
                <td class="num" data-label=o.log_number>{line.id.to_string()}</td>
                <td class="when" data-label=o.log_at>{line.at.clone()}</td>
                <td data-label=o.log_who>{who}</td>
                <th scope="row">{line.what.clone()}</th>
                <td data-label=o.log_what_about>{about.join(" · ")}</td>
                <td class="about" data-label=o.log_details>
                    <span class="small">{line.details.clone()}</span>
                    <span class="sub">{line.request_id.clone()}</span>
                </td>
            </tr>
        }
        .into_any()
    };
    let rows: Vec<_> = page.rows.iter().map(row).collect();
    let headings = [
        Heading::Number(o.log_number),
        Heading::Text(o.log_at),
        Heading::Text(o.log_who),
        Heading::Text(o.col_what),
        Heading::Text(o.log_what_about),
        Heading::Text(o.log_details),
    ];
    // Rows without an address are gone on to by the filter.
    let has_address = !form.holds_bsn();
    let newest = (!form.voor.is_empty()).then(|| {
        if has_address {
            view! { <a href=routes::office_log(&form.from_newest(), "")>{o.log_newest}</a> }.into_any()
        } else {
            view! { <button class="button" form=FILTER>{o.log_newest}</button> }.into_any()
        }
    });
    let next = page.next.map(|row| {
        if has_address {
            view! { <a rel="next" href=routes::office_log(&form.before(row), "")>{o.log_older}</a> }.into_any()
        } else {
            view! { <button class="button" form=FILTER name="voor" value=row.to_string()>{o.log_older}</button> }
                .into_any()
        }
    });
    view! {
        <section class="sheet">
            {table("users", o.log_title, &headings, rows)}
            <div class="bar foot"><div class="far inline">{newest} {next}</div></div>
        </section>
    }
    .into_any()
}
