//! "Valideren": the queue, oldest first; approve, remove or ask, one or many at once.

use collectief_domain::{
    case::{CaseKind, DecideForm, Outcome, QUEUE_A_PAGE, QueueForm, QueuePage as Queue, QueuePart, QueueRow, QueueSort},
    field::FieldErrors,
};
use leptos::{ev::SubmitEvent, prelude::*};
use leptos_router::{
    NavigateOptions,
    hooks::{use_navigate, use_query_map},
};
use serde::{Deserialize, Serialize};

use super::{
    actions::list_queue,
    outcomes,
    words::{age_tag, channel_words, kind_words},
};
use crate::{
    error::AppError,
    i18n::{Texts, use_texts},
    routes,
    ui::{
        error_summary::ErrorSummary,
        field::{SelectField, TextArea, TextField, error_on},
        form, format,
        loaded::loaded,
        mark::{Busy, Empty},
        page::{Failure, Page},
        pager::{last_page, pager},
        table::{Heading, table},
    },
};

/// The queue, and what came of what was posted.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Shown {
    pub(super) queue: Queue,
    pub(super) outcomes: Vec<Outcome>,
    pub(super) typed: DecideForm,
    pub(super) errors: FieldErrors,
}

async fn shown(form: QueueForm) -> Result<Shown, AppError> {
    #[cfg(feature = "ssr")]
    if let Some(typed) = crate::ssr::posted() {
        return super::ssr::decide(form, typed).await;
    }
    let queue = list_queue(form).await?;
    Ok(Shown { queue, outcomes: Vec::new(), typed: DecideForm::default(), errors: FieldErrors::default() })
}

/// The page `/valideren`.
#[component]
pub fn QueuePage() -> impl IntoView {
    let query = use_query_map();
    let form = Memo::new(move |_| query.with(routes::form_from_query::<QueueForm>));
    let queue = Resource::new_blocking(move || form.get(), shown);
    view! {
        <Transition fallback=Busy>
            {loaded(move || async move {
                match queue.await {
                    Ok(found) => page(form.get_untracked(), found),
                    Err(error) => view! { <Failure error /> }.into_any(),
                }
            })}
        </Transition>
    }
}

fn page(form: QueueForm, shown: Shown) -> AnyView {
    let t = use_texts();
    let v = t.validate();
    let Shown { queue, outcomes: done, typed, errors } = shown;
    let wrong = !errors.is_empty();
    let errors = Signal::stored(errors);
    let waits = match queue.oldest_days {
        None => v.nothing_waits.to_owned(),
        Some(0) => v.waits(queue.waiting),
        Some(days) => format!("{} · {}", v.waits(queue.waiting), v.oldest(days.into())),
    };
    let intro = move || view! { <p class="soft">{waits.clone()}</p> }.into_any();
    let body = if queue.rows.is_empty() {
        let text = if form.is_filtered() { v.nothing_found } else { v.nothing_here };
        view! { <Empty title=v.empty><p>{text}</p></Empty> }.into_any()
    } else {
        items(t, &form, &queue, &typed, errors)
    };
    let outcome = (!done.is_empty()).then(|| outcomes(t, &done, queue.may_decide));
    view! {
        <Page title=v.title wrong=wrong intro=intro>
            {outcome}
            <ErrorSummary errors />
            {parts(t, &form, &queue)}
            {filters(t, &form, &queue)}
            {body}
        </Page>
    }
    .into_any()
}

/// Links to the parts of the queue.
fn parts(t: &'static Texts, form: &QueueForm, queue: &Queue) -> AnyView {
    let v = t.validate();
    let links: Vec<_> = QueuePart::ALL
        .into_iter()
        .map(|part| {
            let label = match part {
                QueuePart::Waiting => v.part_waiting(queue.waiting),
                QueuePart::Questioned => v.part_questioned(queue.questioned),
                QueuePart::Closed => v.part_closed.to_owned(),
            };
            let here = (form.part() == part).then_some("page");
            let to = QueueForm { toon: part.code().to_owned(), contract: form.contract.clone(), ..QueueForm::default() };
            view! { <li><a href=routes::validation(&to) aria-current=here>{label}</a></li> }
        })
        .collect();
    view! { <nav class="parts" aria-label=v.parts><ul>{links}</ul></nav> }.into_any()
}

fn filters(t: &'static Texts, form: &QueueForm, queue: &Queue) -> AnyView {
    let v = t.validate();
    let navigate = use_navigate();
    let on_submit = move |event: SubmitEvent| {
        event.prevent_default();
        navigate(&routes::validation(&form::read(&event)), NavigateOptions::default());
    };
    let kinds = std::iter::once((String::new(), v.all_kinds.to_owned()))
        .chain(CaseKind::ALL.iter().map(|kind| (kind.code().to_owned(), kind_words(t, *kind).to_owned())))
        .collect();
    let orders = QueueSort::ALL
        .into_iter()
        .map(|sort| {
            let words = match sort {
                QueueSort::Age => v.sort_age,
                QueueSort::EffectiveDate => v.sort_start,
                QueueSort::Name => v.sort_name,
            };
            (sort.code().to_owned(), words.to_owned())
        })
        .collect();
    let contract = (queue.contracts.len() > 1).then(|| {
        let choices = std::iter::once(("alle".to_owned(), v.all_contracts.to_owned()))
            .chain(queue.contracts.iter().map(|choice| (choice.number.clone(), format!("{} · {}", choice.number, choice.name))))
            .collect();
        view! { <SelectField label=v.contract name="contract" options=choices value=form.contract.clone() /> }
    });
    let kept = (queue.contracts.len() <= 1)
        .then(|| view! { <input type="hidden" name="contract" value=form.contract.clone() /> });
    let bare = QueueForm { toon: form.toon.clone(), contract: form.contract.clone(), ..QueueForm::default() };
    let clear = form.is_filtered().then(|| view! { <a class="button plain" href=routes::validation(&bare)>{v.clear}</a> });
    view! {
        <form class="filters" method="get" action=routes::VALIDATION on:submit=on_submit role="search" aria-label=v.filter>
            <input type="hidden" name="toon" value=form.toon.clone() />
            {kept}
            <TextField label=v.name name="naam" value=form.naam.clone() kind="search" />
            {contract}
            <SelectField label=v.kind name="soort" options=kinds value=form.soort.clone() />
            <SelectField label=v.order name="sorteer" options=orders value=form.sorteer.clone() />
            <button class="button act">{v.show}</button>
            {clear}
        </form>
    }
    .into_any()
}

fn items(t: &'static Texts, form: &QueueForm, queue: &Queue, typed: &DecideForm, errors: Signal<FieldErrors>) -> AnyView {
    let v = t.validate();
    let may_decide = queue.may_decide && form.part() != QueuePart::Closed;
    let chosen: Vec<&str> = typed.wie.split(',').collect();
    let rows: Vec<_> = queue.rows.iter().map(|row| item(t, form, row, may_decide, &chosen)).collect();
    let mut headings = vec![
        Heading::Text(v.col_who),
        Heading::Text(v.col_what),
        Heading::Text(v.col_start),
        Heading::Text(v.col_number),
        Heading::Text(v.col_age),
    ];
    if may_decide {
        headings.insert(0, Heading::Unseen(v.col_choose));
    }
    let last = last_page(queue.count, QUEUE_A_PAGE);
    let links = pager(queue.page, Some(last), queue.page < last, |number| {
        routes::validation(&QueueForm { pagina: number.to_string(), ..form.clone() })
    });
    let list = view! {
        <section class="sheet">
            {table("queue", v.title, &headings, rows)}
            <div class="bar foot"><div class="far">{links}</div></div>
        </section>
    };
    if !may_decide {
        return list.into_any();
    }
    let asks = (form.part() == QueuePart::Waiting).then(|| {
        view! {
            <details open=typed.actie == "vragen">
                <summary>{v.ask}</summary>
                <TextArea label=v.question name="vraag" hint=v.question_hint value=typed.vraag.clone() error=error_on(errors, "vraag") />
                <button class="button" name="actie" value="vragen">{v.ask_now}</button>
            </details>
        }
    });
    view! {
        <form method="post" action=routes::validation(form) class="deciding" id="wie" tabindex="-1" novalidate>
            <input type="hidden" name="sleutel" value=queue.key.clone() />
            {list}
            <div class="deeds">
                <button class="button act" name="actie" value="goedkeuren">{v.approve_chosen}</button>
                {asks}
                <details open=typed.actie == "verwijderen">
                    <summary>{v.remove}</summary>
                    <TextArea label=v.reason name="reden" hint=v.reason_hint value=typed.reden.clone() error=error_on(errors, "reden") />
                    <button class="button stop" name="actie" value="verwijderen">{v.remove_now}</button>
                </details>
            </div>
        </form>
    }
    .into_any()
}

fn item(t: &'static Texts, form: &QueueForm, row: &QueueRow, may_decide: bool, chosen: &[&str]) -> AnyView {
    let v = t.validate();
    let seen = DecideForm::write_seen(row.id, row.version);
    let checked = chosen.contains(&seen.as_str());
    let choose = may_decide.then(|| {
        view! {
            <td class="choose">
                <input type="checkbox" name="wie" value=seen checked=checked aria-label=v.choose(&row.full_name) />
            </td>
        }
    });
    let family = (row.dependants > 0).then(|| view! { <span class="sub">{v.family(row.dependants.into())}</span> });
    let href = routes::validation_case_from(row.id, form);
    let number = if row.personnel_number.is_empty() { "-".to_owned() } else { row.personnel_number.clone() };
    view! {
        <tr>
            {choose}
            <th scope="row">
                <a href=href>{row.full_name.clone()}</a>
                <span class="sub">{kind_words(t, row.kind)} " · " {channel_words(t, row.channel)}</span>
            </th>
            <td data-label=v.col_what>{row.products.join(" + ")} {family} <span class="sub">{row.contract.number.clone()}</span></td>
            <td data-label=v.col_start>{format::date(row.effective)}</td>
            <td data-label=v.col_number>{number}</td>
            <td data-label=v.col_age>{age_tag(t, row)}</td>
        </tr>
    }
    .into_any()
}
