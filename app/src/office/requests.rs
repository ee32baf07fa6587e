//! The requests for accounts that wait, oldest first, and those that were decided.

use collectief_domain::{
    account_request::{REQUESTS_A_PAGE, RequestListForm, RequestPage},
    field::FieldErrors,
    office::OfficeDone,
};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use serde::{Deserialize, Serialize};

use super::{Shown, acknowledged, actions::list_requests, request_table, shown};
use crate::{
    error::AppError,
    i18n::use_texts,
    routes,
    ui::{
        error_summary::ErrorSummary,
        mark::Empty,
        page::Page,
        pager::{last_page, pager},
    },
};

/// A page of requests, and what was asked for.
#[derive(Clone, Serialize, Deserialize)]
struct Listed {
    form: RequestListForm,
    page: RequestPage,
}

/// The page `/beheer/aanvragen`.
pub(super) fn page() -> AnyView {
    let query = use_query_map();
    let form = move || query.with(routes::form_from_query::<RequestListForm>);
    shown(Resource::new_blocking(form, listed), show)
}

async fn listed(form: RequestListForm) -> Result<Shown<Listed>, AppError> {
    let page = list_requests(form.clone()).await?;
    Ok(Shown::plain(Listed { form, page }))
}

fn show(listed: Listed, _: FieldErrors, done: Option<OfficeDone>) -> AnyView {
    let t = use_texts();
    let o = t.office();
    let Listed { form, page } = listed;
    let wrong = !page.errors.is_empty();
    let errors = Signal::stored(page.errors.clone());
    let decided = form.shows_decided();
    let other =
        RequestListForm { toon: if decided { "" } else { "afgehandeld" }.to_owned(), ..RequestListForm::default() };
    let other_words = if decided { o.show_waiting } else { o.show_decided };
    let (title, about) =
        if decided { (o.decided_title, o.decided_about) } else { (o.requests_title, o.requests_about) };
    let last = last_page(page.count, REQUESTS_A_PAGE);
    let links = pager(page.page, Some(last), page.page < last, |number| {
        routes::office_requests(&RequestListForm { pagina: number.to_string(), ..form.clone() })
    });
    let body = if page.rows.is_empty() {
        view! { <Empty title=o.no_requests><p>{o.no_requests_text}</p></Empty> }.into_any()
    } else {
        view! {
            <section class="sheet">
                {request_table(t, &page.rows, title)}
                <div class="bar foot"><div class="far">{links}</div></div>
            </section>
        }
        .into_any()
    };
    let count = page.count;
    let intro = move || view! { <p class="soft">{o.count(count)} " " {about}</p> }.into_any();
    view! {
        <Page title=title wrong=wrong intro=intro>
            {done.map(|done| acknowledged(t, done))}
            {wrong.then(|| view! { <ErrorSummary errors /> })}
            <p class="inline"><a href=routes::office_requests(&other)>{other_words}</a></p>
            {body}
        </Page>
    }
    .into_any()
}
