//! Requests that could not be done: the helpdesk sees why, looks after them, tries again, or removes them; and those that an
//! employer let wait for too long.

use collectief_domain::{
    case::{DecideForm, OverdueRow, QUEUE_A_PAGE, StuckForm, StuckPage, StuckRow},
    field::FieldErrors,
    office::OfficeDone,
};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use super::{Shown, actions::list_stuck, shown};
use crate::{
    error::AppError,
    i18n::{Texts, use_texts},
    routes,
    ui::{
        error_summary::ErrorSummary,
        format,
        mark::Empty,
        page::Page,
        pager::{last_page, pager},
        table::{Heading, sheet, table},
    },
    validate::{cause_words, outcomes},
};

/// The page `/beheer/vastgelopen`.
pub(super) fn page() -> AnyView {
    let query = use_query_map();
    let form = move || query.with(routes::form_from_query::<StuckForm>);
    shown(Resource::new_blocking(form, listed), show)
}

async fn listed(form: StuckForm) -> Result<Shown<StuckPage>, AppError> {
    #[cfg(feature = "ssr")]
    if let Some(typed) = crate::ssr::posted() {
        return super::ssr::unstick(typed).await;
    }
    Ok(Shown::plain(list_stuck(form).await?))
}

fn show(page: StuckPage, errors: FieldErrors, _: Option<OfficeDone>) -> AnyView {
    let t = use_texts();
    let o = t.office();
    let wrong = !errors.is_empty();
    let errors = Signal::stored(errors);
    let outcome = page.outcome.as_ref().map(|outcome| outcomes(t, std::slice::from_ref(outcome), false));
    let last = last_page(page.count, QUEUE_A_PAGE);
    let links = pager(page.page, Some(last), page.page < last, |number| {
        routes::with_query(routes::OFFICE_STUCK, &[("pagina", &number.to_string())])
    });
    let number = page.page.to_string();
    let body = if page.rows.is_empty() {
        view! { <Empty title=o.no_stuck><p>{o.no_stuck_text}</p></Empty> }.into_any()
    } else {
        let rows: Vec<_> = page.rows.iter().enumerate().map(|(place, row)| stuck_row(t, row, &number, place)).collect();
        let headings = [
            Heading::Text(o.col_who),
            Heading::Text(o.col_cause),
            Heading::Text(o.col_stuck_since),
            Heading::Text(o.col_assigned),
            Heading::Text(o.col_deeds),
        ];
        view! {
            <section class="sheet">
                {table("stuck", o.stuck_title, &headings, rows)}
                <div class="bar foot"><div class="far">{links}</div></div>
            </section>
        }
        .into_any()
    };
    let overdue = (!page.overdue.is_empty()).then(|| {
        let rows = page.overdue.iter().map(|row| overdue_row(t, row)).collect();
        let headings = [
            Heading::Text(o.col_contract),
            Heading::Text(o.col_reference),
            Heading::Text(o.col_stuck_since),
            Heading::Text(o.col_waits),
        ];
        let about = view! { <p class="pad soft">{o.overdue_about}</p> };
        let body = view! { {about} {table("overdue", o.overdue_title, &headings, rows)} };
        sheet(o.overdue_title, body.into_any())
    });
    let intro = move || view! { <p class="soft">{o.stuck_about}</p> }.into_any();
    view! {
        <Page title=o.stuck_title wrong=wrong intro=intro>
            {outcome}
            <ErrorSummary errors />
            {body}
            {overdue}
        </Page>
    }
    .into_any()
}

fn stuck_row(t: &'static Texts, row: &StuckRow, page: &str, place: usize) -> AnyView {
    let o = t.office();
    // The first one has the name of the field as its id, so that the summary leads to it.
    let id = if place == 0 { "reden".to_owned() } else { format!("reden-{place}") };
    let (deed, words) = if row.is_mine { ("loslaten", o.stuck_release) } else { ("oppakken", o.stuck_take) };
    let seen = DecideForm::write_seen(row.id, row.version);
    view! {
        <tr>
            <th scope="row">
                {row.full_name.clone()}
                <span class="sub">{o.reference_of(&row.reference, format::date(row.effective))}</span>
                <span class="sub">{format!("{} · {}", row.contract.number, row.contract.name)}</span>
            </th>
            <td data-label=o.col_cause>{cause_words(t, row.cause)}</td>
            <td data-label=o.col_stuck_since>{format::date(row.since)}</td>
            <td data-label=o.col_assigned>{row.assigned.clone().unwrap_or_else(|| o.nobody.to_owned())}</td>
            <td class="do">
                <form method="post" action=routes::OFFICE_STUCK novalidate>
                    <input type="hidden" name="wie" value=seen />
                    <input type="hidden" name="pagina" value=page.to_owned() />
                    <button class="button" name="actie" value="opnieuw" aria-label=o.retry_of(&row.full_name)>{o.stuck_retry}</button>
                    <button class="button" name="actie" value=deed>{words}</button>
                    <details>
                        <summary>{o.stuck_remove}</summary>
                        <input name="reden" id=id aria-label=o.stuck_reason maxlength="1000" autocomplete="off" />
                        <button class="button stop" name="actie" value="verwijderen">{o.stuck_remove}</button>
                    </details>
                </form>
            </td>
        </tr>
    }
    .into_any()
}

fn overdue_row(t: &'static Texts, row: &OverdueRow) -> AnyView {
    let o = t.office();
    view! {
        <tr>
            <th scope="row">{format!("{} · {}", row.contract.number, row.contract.name)}</th>
            <td data-label=o.col_reference>{row.reference.clone()}</td>
            <td data-label=o.col_stuck_since>{format::date(row.since)}</td>
            <td data-label=o.col_waits>{t.validate().days(row.days.into())}</td>
        </tr>
    }
    .into_any()
}
