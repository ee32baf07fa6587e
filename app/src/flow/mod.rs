//! "In- en uitstroomlijsten": who came and went in a period.

use collectief_domain::{
    date::{Date, Month},
    flow::{FlowForm, FlowPage},
    participant::ParticipantRow,
};
use leptos::{ev::SubmitEvent, prelude::*};
use leptos_router::{
    NavigateOptions,
    hooks::{use_navigate, use_query_map},
};

#[cfg(feature = "ssr")]
use crate::ssr;
use crate::{
    deregister::reason_name,
    error::AppError,
    i18n::{Texts, use_texts},
    participants::{contract_field, gender_letter},
    routes,
    ui::{
        error_summary::ErrorSummary,
        field::{RadioGroup, TextField, error_on},
        form, format,
        loaded::loaded,
        mark::{Busy, Empty},
        page::{Failure, Page},
        pager::pager,
    },
    wire::Json,
};

/// One page of who came and went.
#[server(prefix = "/fn", endpoint = "list_flow", input = Json, output = Json)]
pub async fn list_flow(
    /// What was typed.
    #[server(default)]
    form: FlowForm,
) -> Result<FlowPage, AppError> {
    let (portal, request, who) = ssr::actor()?;
    collectief_service::flow::list(&portal, &request, &who, &form).await.map_err(ssr::refuse)
}

/// The page.
#[component]
pub fn InOutFlowPage() -> impl IntoView {
    let query = use_query_map();
    let form = Memo::new(move |_| query.with(routes::form_from_query::<FlowForm>));
    let list = Resource::new_blocking(move || form.get(), list_flow);
    view! {
        <Transition fallback=Busy>
            {loaded(move || async move {
                match list.await {
                    Ok(page) => flow(form.get_untracked(), page),
                    Err(error) => view! { <Failure error /> }.into_any(),
                }
            })}
        </Transition>
    }
}

fn flow(form: FlowForm, page: FlowPage) -> AnyView {
    let t = use_texts();
    let f = t.flow();
    let wrong = !page.errors.is_empty();
    let errors = page.errors.clone();
    let intro = {
        let shown = (page.inflow, page.outflow, page.at_end);
        let complete = format::date(page.complete_until);
        let until = format::month(t.language, page.to);
        move || {
            let counts = (!wrong).then(|| {
                view! {
                    {f.inflow} ": " <strong>{format::number(t.language, shown.0)}</strong> " · " {f.outflow} ": "
                    <strong>{format::number(t.language, shown.1)}</strong> " · " {f.at_end(&until)} ": "
                    <strong>{format::number(t.language, shown.2)}</strong> " · "
                }
            });
            view! {
                <p class="soft">{counts} {f.complete_until(&complete)}</p>
                <p class="soft">{f.about}</p>
            }
            .into_any()
        }
    };
    let body = if wrong {
        view! { <Empty title=f.not_shown><p>{f.not_shown_text}</p></Empty> }.into_any()
    } else {
        sheet(t, &form, &page)
    };
    view! {
        <Page title=f.title wrong=wrong intro=intro>
            {wrong.then(|| view! { <ErrorSummary errors=Signal::stored(errors) /> })}
            {question(t, &form, &page)}
            {(!wrong).then(|| knowledge(t, &form, &page))}
            {body}
        </Page>
    }
    .into_any()
}

/// A month as it is typed: `01-2026`.
fn typed(month: Month) -> String {
    format!("{:02}-{}", month.month(), month.year())
}

/// Which contract, which months, whom.
fn question(t: &'static Texts, form: &FlowForm, page: &FlowPage) -> AnyView {
    let f = t.flow();
    let errors = Signal::stored(page.errors.clone());
    let navigate = use_navigate();
    let on_submit = move |event: SubmitEvent| {
        event.prevent_default();
        let form: FlowForm = form::read(&event);
        navigate(&routes::flow(&form), NavigateOptions::default());
    };
    let or_typed = |text: &str, month: Month| if text.is_empty() { typed(month) } else { text.to_owned() };
    let contract = match (&page.contract, form.contract.is_empty()) {
        (Some(contract), true) => contract.number.clone(),
        _ => form.contract.clone(),
    };
    let choices = vec![(String::new(), f.only_flow.to_owned()), ("alle".to_owned(), f.everyone.to_owned())];
    view! {
        <form class="filters period" method="get" action=routes::FLOW on:submit=on_submit>
            {contract_field(&contract, errors, false)}
            <TextField
                label=f.from
                name="van"
                value=or_typed(&form.van, page.from)
                hint=f.month_hint
                error=error_on(errors, "van")
            />
            <TextField label=f.to name="tot" value=or_typed(&form.tot, page.to) hint=f.month_hint error=error_on(errors, "tot") />
            <RadioGroup legend=f.show name="toon" options=choices value=form.toon.clone() error=error_on(errors, "toon") />
            <input type="hidden" name="bekend_op" value=form.bekend_op.clone() />
            <button class="button act">{f.look}</button>
        </form>
    }
    .into_any()
}

/// Which knowledge the list rests on: that of now, or that of the day on which the month closed.
fn knowledge(t: &'static Texts, form: &FlowForm, page: &FlowPage) -> AnyView {
    let f = t.flow();
    match page.known_on {
        Some(day) => {
            let now = FlowForm { bekend_op: String::new(), pagina: String::new(), ..form.clone() };
            view! {
                <p class="note wait">{f.known_on(format::date(day))} " " <a href=routes::flow(&now)>{f.as_of_now}</a></p>
            }
            .into_any()
        }
        None if page.closes_on <= page.today => {
            let closed = FlowForm { bekend_op: format::date(page.closes_on), pagina: String::new(), ..form.clone() };
            view! { <p><a href=routes::flow(&closed)>{f.as_closed_on(format::date(page.closes_on))}</a></p> }.into_any()
        }
        None => view! { <p class="soft small">{f.closes_on(format::date(page.closes_on))}</p> }.into_any(),
    }
}

fn sheet(t: &'static Texts, form: &FlowForm, page: &FlowPage) -> AnyView {
    let f = t.flow();
    let p = t.participants();
    let downloads = view! {
        <a class="button act" rel="external" href=routes::flow_download(form, "xlsx")>{f.download}</a>
        <a rel="external" href=routes::flow_download(form, "csv")>{p.csv}</a>
    };
    if page.rows.is_empty() {
        return view! {
            <Empty title=f.nobody>
                <p>{f.nobody_text}</p>
            </Empty>
        }
        .into_any();
    }
    let within = |day: Date| (page.from.first_day()..=page.to.last_day()).contains(&day);
    let rows: Vec<_> = page.rows.iter().map(|row| row_view(t, row, within)).collect();
    let links = {
        let form = form.clone();
        pager(page.page, None, page.has_next, move |number| routes::flow(&form.with_page(number)))
    };
    view! {
        <section class="sheet participants">
            <div class="wide-scroll">
                <table class="list stack">
                    <caption class="visually-hidden">{f.title}</caption>
                    <thead>
                        <tr>
                            <th scope="col">{p.col_name}</th>
                            <th scope="col">{p.col_relation}</th>
                            <th scope="col">{p.col_birth}</th>
                            <th scope="col">{p.col_gender}</th>
                            <th scope="col">{p.col_start}</th>
                            <th scope="col">{p.col_end}</th>
                            <th scope="col">{p.col_reason}</th>
                            <th scope="col" class="c-personnel">{p.col_personnel}</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
            <div class="bar foot">{downloads} <div class="far">{links}</div></div>
        </section>
    }
    .into_any()
}

fn row_view<F: Fn(Date) -> bool>(t: &'static Texts, row: &ParticipantRow, within: F) -> impl IntoView + use<F> {
    let p = t.participants();
    let household = if row.is_dependant { p.dependant } else { "" };
    let dot = if household.is_empty() || row.personnel_number.is_empty() { "" } else { "· " };
    let folded = format!("{dot}{}", row.personnel_number);
    let came = within(row.start_date).then(|| view! { " " <span class="tag in">{t.flow().came}</span> });
    let went = row.end_date.is_some_and(&within).then(|| view! { " " <span class="tag out">{t.flow().went}</span> });
    view! {
        <tr>
            <th scope="row" class="c-name">
                <a href=routes::person(row.id)>{row.full_name.clone()}</a>
                <span class="sub">{household} <span class="folded">{folded}</span></span>
            </th>
            <td data-label=p.col_relation>{row.relation_number.clone()}</td>
            <td data-label=p.col_birth>{format::date_or_dash(row.birth_date)}</td>
            <td data-label=p.col_gender>{gender_letter(t, row.gender)}</td>
            <td class="c-start" data-label=p.col_start>{format::date(row.start_date)} {came}</td>
            <td class="c-end" data-label=p.col_end>{format::date_or_dash(row.end_date)} {went}</td>
            <td class="c-reason" data-label=p.col_reason>{row.end_reason.map_or("-", |reason| reason_name(t, reason))}</td>
            <td class="c-personnel" data-label=p.col_personnel>{row.personnel_number.clone()}</td>
        </tr>
    }
}
