//! "Contractgebruik": how many participants at the end of each month, and who came and went.

use collectief_domain::flow::{UsageForm, UsageMonth, UsagePage as Usage};
use leptos::{ev::SubmitEvent, prelude::*};
use leptos_router::{
    NavigateOptions,
    hooks::{use_navigate, use_query_map},
};

#[cfg(feature = "ssr")]
use crate::ssr;
use crate::{
    error::AppError,
    i18n::{Texts, use_texts},
    participants::contract_field,
    routes,
    ui::{
        chart::Chart,
        error_summary::ErrorSummary,
        field::{SelectField, error_on},
        form, format,
        loaded::loaded,
        mark::{Busy, Empty},
        page::{Failure, Page},
    },
    wire::Json,
};

/// The course of a contract.
#[server(prefix = "/fn", endpoint = "view_usage", input = Json, output = Json)]
pub async fn view_usage(
    /// What was typed.
    #[server(default)]
    form: UsageForm,
) -> Result<Usage, AppError> {
    let (portal, request, who) = ssr::actor()?;
    collectief_service::flow::usage(&portal, &request, &who, &form).await.map_err(ssr::refuse)
}

/// The page.
#[component]
pub fn UsagePage() -> impl IntoView {
    let query = use_query_map();
    let form = Memo::new(move |_| query.with(routes::form_from_query::<UsageForm>));
    let usage = Resource::new_blocking(move || form.get(), view_usage);
    view! {
        <Transition fallback=Busy>
            {loaded(move || async move {
                match usage.await {
                    Ok(page) => usage_view(form.get_untracked(), page),
                    Err(error) => view! { <Failure error /> }.into_any(),
                }
            })}
        </Transition>
    }
}

fn usage_view(form: UsageForm, page: Usage) -> AnyView {
    let t = use_texts();
    let u = t.usage();
    let wrong = !page.errors.is_empty();
    let errors = page.errors.clone();
    let facts = page.contract.as_ref().map(|_| {
        view! {
            <dl class="facts across">
                <dt>{u.start_date}</dt>
                <dd>{format::date_or_dash(page.start_date)}</dd>
                <dt>{u.end_date}</dt>
                <dd>{format::date_or_dash(page.end_date)}</dd>
                <dt>{u.current}</dt>
                <dd>{format::number(t.language, page.current)}</dd>
            </dl>
        }
    });
    let body = match &page.contract {
        None => view! { <Empty title=u.choose_title><p>{u.choose_text}</p></Empty> }.into_any(),
        Some(_) if page.months.is_empty() => {
            view! { <Empty title=u.nothing><p>{u.nothing_text}</p></Empty> }.into_any()
        }
        Some(contract) => {
            let title = u.chart_title(format!("{} · {}", contract.number, contract.name));
            view! {
                <section class="sheet pad">
                    <Chart months=page.months.clone() title />
                </section>
                {table(t, &form, &page.months)}
            }
            .into_any()
        }
    };
    view! {
        <Page title=u.title wrong=wrong intro=move || view! { <p class="soft">{u.about}</p> }.into_any()>
            {wrong.then(|| view! { <ErrorSummary errors=Signal::stored(errors) /> })}
            {question(t, &form, &page)}
            {facts}
            {body}
        </Page>
    }
    .into_any()
}

/// Which contract, and how far back.
fn question(t: &'static Texts, form: &UsageForm, page: &Usage) -> AnyView {
    let u = t.usage();
    let errors = Signal::stored(page.errors.clone());
    let navigate = use_navigate();
    let on_submit = move |event: SubmitEvent| {
        event.prevent_default();
        let form: UsageForm = form::read(&event);
        navigate(&routes::usage(&form), NavigateOptions::default());
    };
    let contract = match (&page.contract, form.contract.is_empty()) {
        (Some(contract), true) => contract.number.clone(),
        _ => form.contract.clone(),
    };
    let choices = vec![
        ("12".to_owned(), u.months_12.to_owned()),
        (String::new(), u.months_24.to_owned()),
        ("60".to_owned(), u.months_60.to_owned()),
        ("alle".to_owned(), u.months_all.to_owned()),
    ];
    view! {
        <form class="filters" method="get" action=routes::USAGE on:submit=on_submit>
            {contract_field(&contract, errors, false)}
            <SelectField label=u.months name="maanden" options=choices value=form.maanden.clone() error=error_on(errors, "maanden") />
            <button class="button act">{u.choose}</button>
        </form>
    }
    .into_any()
}

fn table(t: &'static Texts, form: &UsageForm, months: &[UsageMonth]) -> AnyView {
    let u = t.usage();
    let language = t.language;
    let rows: Vec<_> = months
        .iter()
        .map(|month| {
            view! {
                <tr>
                    <th scope="row" data-label=u.month>{format::month(language, month.month)}</th>
                    <td class="num" data-label=u.at_end>{format::signed(language, month.at_end)}</td>
                    <td class="num" data-label=u.difference>{format::difference(language, month.difference)}</td>
                    <td class="num" data-label=u.inflow>{format::signed(language, month.inflow)}</td>
                    <td class="num" data-label=u.outflow>{format::signed(language, month.outflow)}</td>
                </tr>
            }
        })
        .collect();
    let column = |name: &'static str, explained: &'static str| {
        view! { <th scope="col" class="num">{name} " " <span class="explained">{explained}</span></th> }
    };
    view! {
        <section class="sheet usage">
            <div class="wide-scroll">
                <table class="list stack">
                    <caption class="visually-hidden">{u.title}</caption>
                    <thead>
                        <tr>
                            <th scope="col">{u.month}</th>
                            {column(u.at_end, u.at_end_explained)}
                            {column(u.difference, u.difference_explained)}
                            {column(u.inflow, u.inflow_explained)}
                            {column(u.outflow, u.outflow_explained)}
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
            <div class="bar foot">
                <a class="button act" rel="external" href=routes::usage_download(form, "xlsx")>{u.download}</a>
                <a rel="external" href=routes::usage_download(form, "csv")>{t.participants().csv}</a>
            </div>
        </section>
    }
    .into_any()
}
