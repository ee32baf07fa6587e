//! Requests that could not be done: the helpdesk sees why, looks after them, tries again, or removes them; and those that an
//! employer let wait for too long.

use collectief_domain::{
    account_request::REASON_MAX,
    case::{DecideForm, Outcome, OutcomeResult, OverdueRow, QUEUE_A_PAGE, StuckForm, StuckPage, StuckRow},
    field::FieldErrors,
    office::OfficeDone,
};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use serde::{Deserialize, Serialize};

use super::{Shown, actions::list_stuck, shown};
use crate::{
    error::AppError,
    i18n::{Texts, field_code, use_texts},
    routes,
    ui::{
        error_summary::ErrorSummary,
        format,
        mark::{Empty, Kind, Note, Receipt},
        page::Page,
        pager::{last_page, pager},
        table::{Heading, sheet, table},
    },
    validate::{cause_words, kind_words, outcome_words},
};

/// The requests, and what was posted about one of them.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Stuck {
    pub(super) page: StuckPage,
    pub(super) posted: StuckForm,
}

/// The page `/beheer/vastgelopen`.
pub(super) fn page() -> AnyView {
    let query = use_query_map();
    let form = move || query.with(routes::form_from_query::<StuckForm>);
    shown(Resource::new_blocking(form, listed), show)
}

async fn listed(form: StuckForm) -> Result<Shown<Stuck>, AppError> {
    #[cfg(feature = "ssr")]
    if let Some(typed) = crate::ssr::posted() {
        return super::ssr::unstick(typed).await;
    }
    Ok(Shown::plain(Stuck { page: list_stuck(form).await?, posted: StuckForm::default() }))
}

fn show(stuck: Stuck, errors: FieldErrors, _: Option<OfficeDone>) -> AnyView {
    let t = use_texts();
    let o = t.office();
    let Stuck { page, posted } = stuck;
    let wrong = !errors.is_empty();
    let errors = Signal::stored(errors);
    let outcome = page.outcome.as_ref().map(|outcome| came_of(t, outcome, &posted.actie));
    let last = last_page(page.count, QUEUE_A_PAGE);
    let links = pager(page.page, Some(last), page.page < last, |number| {
        routes::with_query(routes::OFFICE_STUCK, &[("pagina", &number.to_string())])
    });
    let number = page.page.to_string();
    let body = if page.rows.is_empty() {
        view! { <Empty title=o.no_stuck><p>{o.no_stuck_text}</p></Empty> }.into_any()
    } else {
        let rows: Vec<_> = page.rows.iter().map(|row| stuck_row(t, row, &number, errors, &posted)).collect();
        let headings = [
            Heading::Text(o.col_who),
            Heading::Text(o.col_cause),
            Heading::Text(o.col_stuck_since),
            Heading::Text(o.col_assigned),
            Heading::Text(o.col_deeds),
        ];
        view! {
            <section class="sheet">
                {table("stuck", o.stuck_cases, &headings, rows)}
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
        <Page title=o.stuck_cases wrong=wrong intro=intro>
            {outcome}
            <ErrorSummary errors />
            {body}
            {overdue}
        </Page>
    }
    .into_any()
}

/// What came of what was posted, in the words of the helpdesk.
fn came_of(t: &'static Texts, outcome: &Outcome, deed: &str) -> AnyView {
    let o = t.office();
    let name = outcome.full_name.as_str();
    let done = match (&outcome.result, deed) {
        (OutcomeResult::Approved(_), _) => o.stuck_is_done(name),
        (OutcomeResult::Removed, _) => o.stuck_is_removed(name),
        (OutcomeResult::Stuck(_), "oppakken") => o.stuck_is_taken(name),
        (OutcomeResult::Stuck(_), "loslaten") => o.stuck_is_released(name),
        (OutcomeResult::Stuck(cause) | OutcomeResult::Refused(cause), _) => {
            let text = o.stuck_still(name, cause_words(t, *cause));
            return view! { <Note kind=Kind::Wait><p role="status">{text}</p></Note> }.into_any();
        }
        (OutcomeResult::Asked | OutcomeResult::Conflict { .. } | OutcomeResult::NotThere, _) => {
            let text = outcome_words(t, outcome);
            return view! { <Note kind=Kind::Out><p role="alert">{text}</p></Note> }.into_any();
        }
    };
    view! { <Receipt title=done><p>{o.stuck_noted}</p></Receipt> }.into_any()
}

fn stuck_row(
    t: &'static Texts,
    row: &StuckRow,
    page: &str,
    errors: Signal<FieldErrors>,
    posted: &StuckForm,
) -> AnyView {
    let o = t.office();
    let seen = DecideForm::write_seen(row.id, row.version);
    // What is wrong is told where it was posted, which has the id that the summary leads to.
    let is_wrong = posted.wie == seen;
    let id = if is_wrong { "reden".to_owned() } else { format!("reden-{}", row.id) };
    let why = is_wrong.then(|| errors.with_untracked(|errors| errors.on("reden"))).flatten();
    let told = why.map(|code| view! { <p class="why" id="reden-fout">{field_code(t, code)}</p> });
    let typed = if is_wrong { posted.reden.clone() } else { String::new() };
    let (label_for, same) = (id.clone(), seen.clone());
    let (deed, words, spoken) = if row.is_mine {
        ("loslaten", o.stuck_release, o.release_of(&row.full_name))
    } else {
        ("oppakken", o.stuck_take, o.take_of(&row.full_name))
    };
    view! {
        <tr>
            <th scope="row">
                {row.full_name.clone()}
                <span class="sub">{o.reference_of(&row.reference, format::date(row.effective))}</span>
                <span class="sub">{format!("{} · {}", row.contract.number, row.contract.name)}</span>
            </th>
            <td data-label=o.col_cause>
                {cause_words(t, row.cause)} <span class="sub">{kind_words(t, row.kind)}</span>
            </td>
            <td data-label=o.col_stuck_since>{format::date(row.since)}</td>
            <td data-label=o.col_assigned>{row.assigned.clone().unwrap_or_else(|| o.nobody.to_owned())}</td>
            <td class="do">
                <form method="post" action=routes::OFFICE_STUCK class="inline">
                    <input type="hidden" name="wie" value=seen />
                    <input type="hidden" name="pagina" value=page.to_owned() />
                    <button class="button" name="actie" value="opnieuw" aria-label=o.retry_of(&row.full_name)>{o.stuck_retry}</button>
                    <button class="button" name="actie" value=deed aria-label=spoken>{words}</button>
                </form>
                // Enter in the field presses the first button of its form, which must not be another deed.
                <details class="twice end" open=why.is_some()>
                    <summary aria-label=o.stuck_remove_of(&row.full_name)>{o.stuck_remove}</summary>
                    <form method="post" action=routes::OFFICE_STUCK novalidate>
                        <input type="hidden" name="wie" value=same />
                        <input type="hidden" name="pagina" value=page.to_owned() />
                        <div class="field" class:wrong=why.is_some()>
                            <label for=label_for>{o.stuck_reason}</label>
                            {told}
                            <input
                                name="reden"
                                id=id
                                value=typed
                                maxlength=REASON_MAX.to_string()
                                autocomplete="off"
                                aria-invalid=why.map(|_| "true")
                                aria-describedby=why.map(|_| "reden-fout")
                            />
                        </div>
                        <button class="button stop" name="actie" value="verwijderen">{o.stuck_remove_now}</button>
                    </form>
                </details>
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
