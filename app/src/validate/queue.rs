//! "Valideren": the queue, oldest first; approve, remove or ask, one or many at once.

use collectief_domain::{
    case::{
        CaseChange, CaseField, CaseKind, DecideForm, Outcome, QUEUE_A_PAGE, QueueForm, QueuePage as Queue, QueuePart,
        QueueRow, QueueSort,
    },
    field::FieldErrors,
};
use leptos::{
    ev::{self, SubmitEvent},
    html,
    prelude::*,
};
use leptos_router::{
    NavigateOptions,
    hooks::{use_navigate, use_query_map},
};
use serde::{Deserialize, Serialize};

use super::{
    actions::list_queue,
    deciding::Deciding,
    keyboard,
    outcomes::told,
    words::{age_words, channel_words, field_words, kind_words, value_words},
};
use crate::{
    error::AppError,
    i18n::{Texts, use_texts},
    participants::{contract_field, shows_all_contracts},
    routes,
    ui::{
        error_summary::ErrorSummary,
        field::{SelectField, TextArea, TextField, error_on},
        form, format,
        html::{Html, written_body},
        loaded::loaded,
        mark::{Busy, Empty},
        page::{Failure, Page},
        pager::{last_page, pager},
        table::{Heading, table_of},
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

impl Shown {
    /// A queue to which nothing was posted.
    pub(super) fn plain(queue: Queue) -> Self {
        Self { queue, outcomes: Vec::new(), typed: DecideForm::default(), errors: FieldErrors::default() }
    }
}

async fn shown(form: QueueForm) -> Result<Shown, AppError> {
    #[cfg(feature = "ssr")]
    if let Some(typed) = crate::ssr::posted::<DecideForm>() {
        // The search is posted because whoever looks for somebody may type a BSN.
        if typed.actie.is_empty() {
            return super::ssr::look().await;
        }
        return super::ssr::decide(form, typed).await;
    }
    list_queue(form).await.map(Shown::plain)
}

/// The page `/valideren`.
#[component]
pub fn QueuePage() -> impl IntoView {
    let query = use_query_map();
    let form = Memo::new(move |_| query.with(routes::form_from_query::<QueueForm>));
    let deciding = Deciding::new();
    Effect::new(move |before: Option<QueueForm>| {
        let now = form.get();
        if before.is_some_and(|before| before != now) {
            deciding.forget();
        }
        now
    });
    Effect::new(move |_| {
        let keys = window_event_listener(ev::keydown, |event| keyboard::pressed(&event));
        on_cleanup(move || keys.remove());
    });
    let queue = Resource::new_blocking(move || (form.get(), deciding.changes()), |(form, _)| shown(form));
    view! {
        <Transition fallback=Busy>
            {loaded(move || async move {
                match queue.await {
                    Ok(found) => page(deciding, form.get_untracked(), found),
                    Err(error) => view! { <Failure error /> }.into_any(),
                }
            })}
        </Transition>
    }
}

fn page(deciding: Deciding, form: QueueForm, shown: Shown) -> AnyView {
    let t = use_texts();
    let v = t.validate();
    let Shown { queue, outcomes: done, typed, errors } = shown;
    let is_first = deciding.is_first();
    let errors = deciding.errors(errors);
    let wrong = Signal::derive(move || errors.with(|errors| !errors.is_empty()));
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
        items(t, deciding, &form, &queue, &typed, errors, is_first)
    };
    let outcome = told(t, deciding, done, None, queue.may_decide);
    view! {
        <Page title=v.title wrong=wrong intro=intro>
            {outcome}
            {problems(t, errors)}
            {parts(t, &form, &queue)}
            {filters(t, &form, is_first)}
            {body}
        </Page>
    }
    .into_any()
}

/// What is wrong with what was sent. That nothing is ticked is told in words of its own.
fn problems(t: &'static Texts, errors: Signal<FieldErrors>) -> AnyView {
    let nothing = move || {
        errors.with(|errors| errors.on(keyboard::FORM).is_some()).then(|| {
            view! {
                <div class="summary" role="alert" tabindex="-1" autofocus>
                    <h2>{t.ui().summary_title}</h2>
                    <ul>
                        <li><a href=format!("#{}", keyboard::FORM) rel="external">{t.validate().choose_first}</a></li>
                    </ul>
                </div>
            }
        })
    };
    let others = Signal::derive(move || {
        let mut others = errors.get();
        others.0.retain(|error| error.field != keyboard::FORM);
        others
    });
    view! {
        {nothing}
        <ErrorSummary errors=others />
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
            let to =
                QueueForm { toon: part.code().to_owned(), contract: form.contract.clone(), ..QueueForm::default() };
            view! { <li><a href=routes::validation(&to) aria-current=here>{label}</a></li> }
        })
        .collect();
    view! { <nav class="parts" aria-label=v.parts><ul>{links}</ul></nav> }.into_any()
}

fn filters(t: &'static Texts, form: &QueueForm, is_first: bool) -> AnyView {
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
    // Another list was come to with the same fields on the page: what was typed before gives way to its filter.
    let node = NodeRef::<html::Form>::new();
    Effect::new(move |_| {
        if let Some(form) = node.get().filter(|_| !is_first) {
            form.reset();
        }
    });
    let bare = QueueForm { toon: form.toon.clone(), contract: form.contract.clone(), ..QueueForm::default() };
    let clear =
        form.is_filtered().then(|| view! { <a class="button plain" href=routes::validation(&bare)>{v.clear}</a> });
    view! {
        <form class="filters" method="post" action=routes::VALIDATION on:submit=on_submit node_ref=node role="search" aria-label=v.filter>
            <input type="hidden" name="toon" value=form.toon.clone() />
            <TextField label=v.name name="naam" value=form.naam.clone() kind="search" />
            {contract_field(&form.contract, Signal::stored(FieldErrors::default()), true)}
            <SelectField label=v.kind name="soort" options=kinds value=form.soort.clone() />
            <SelectField label=v.order name="sorteer" options=orders value=form.sorteer.clone() />
            <button class="button act">{v.show}</button>
            {clear}
        </form>
    }
    .into_any()
}

fn items(
    t: &'static Texts,
    deciding: Deciding,
    form: &QueueForm,
    queue: &Queue,
    typed: &DecideForm,
    errors: Signal<FieldErrors>,
    is_first: bool,
) -> AnyView {
    let v = t.validate();
    let may_decide = queue.may_decide && form.part() != QueuePart::Closed;
    let chosen: Vec<&str> = typed.wie.split(',').collect();
    let mut rows = Html::with_capacity(queue.rows.len() * 1024);
    let shows_contract = shows_all_contracts(&form.contract);
    for row in &queue.rows {
        item(&mut rows, t, form, row, may_decide.then_some(&chosen), shows_contract);
    }
    let mut headings = vec![
        Heading::Text(v.col_who),
        Heading::Text(v.changes),
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
            {may_decide.then(|| choosing(t))}
            {table_of("queue", v.title, &headings, written_body(rows))}
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
    let count = RwSignal::new(0_usize);
    let node = NodeRef::<html::Form>::new();
    Effect::new(move |_| {
        if node.get().is_some() {
            if !is_first {
                keyboard::clear();
            }
            count.set(keyboard::ticked());
        }
    });
    let on_change = move |event: ev::Event| {
        keyboard::tick_all(&event);
        count.set(keyboard::ticked());
    };
    let on_submit = move |event: SubmitEvent| {
        event.prevent_default();
        deciding.decide(DecideForm { actie: form::pressed(&event), ..form::read(&event) });
    };
    let approve = move || match count.get() {
        0 => v.approve.to_owned(),
        count => v.approve_ticked(count),
    };
    view! {
        <form
            method="post"
            action=routes::validation(form)
            class="deciding"
            id=keyboard::FORM
            tabindex="-1"
            novalidate
            on:submit=on_submit
            on:change=on_change
            node_ref=node
        >
            // Enter on a box presses the first button of its form. This one does nothing.
            <button type="submit" hidden disabled></button>
            <input type="hidden" name="sleutel" value=queue.key.clone() />
            {list}
            <div class="deeds">
                <button class="button act" name="actie" value="goedkeuren" disabled=move || deciding.is_pending()>{approve}</button>
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

/// The box for all requests, and what keys do where they are wanted.
fn choosing(t: &'static Texts) -> AnyView {
    let v = t.validate();
    // It is read after hydrating: the server does not know what was chosen on the device.
    let on = RwSignal::new(true);
    Effect::new(move |_| on.set(keyboard::are_on()));
    let on_choice = move |event: ev::Event| {
        keyboard::set_on(event_target_checked(&event));
        on.set(keyboard::are_on());
    };
    view! {
        <div class="bar">
            <label class="choice" data-all="">
                <input type="checkbox" autocomplete="off" />
                <span>{v.all}</span>
            </label>
            <label class="choice far keys soft">
                <input type="checkbox" id=keyboard::KEYS autocomplete="off" prop:checked=on on:change=on_choice />
                <span>
                    {v.keys} ": " <kbd>"j"</kbd> " " <kbd>"k"</kbd> " " {v.key_move} " · " <kbd>"x"</kbd> " " {v.key_tick} " · "
                    <kbd>"Enter"</kbd> " " {v.key_open}
                </span>
            </label>
        </div>
    }
    .into_any()
}

/// What changes of one thing, from what it is to what it will be.
fn changed(html: &mut Html, t: &'static Texts, change: &CaseChange) {
    let shown = |value: &str| match value_words(t, change.field, value).replace('\n', ", ") {
        text if text.is_empty() => "-".to_owned(),
        text => text,
    };
    let (before, after) = (shown(&change.before), shown(&change.after));
    // A date or a number is not broken at its hyphens.
    let class = |text: &str| if text.contains(' ') { "" } else { " whole" };
    html.markup("<span class=\"changed\">").text(field_words(t, change.field)).markup(": <span class=\"soft");
    html.markup(class(&before)).markup("\">").text(&before);
    html.markup("</span><span aria-hidden=\"true\"> → </span><span class=\"visually-hidden\"> ");
    html.text(t.validate().becomes).markup(" </span><span class=\"after").markup(class(&after)).markup("\">");
    html.text(&after).markup("</span></span>");
}

fn open_cell(html: &mut Html, label: &'static str) {
    html.markup("<td data-label=\"").text(label).markup("\">");
}

/// Writes a request; `chosen` are those that are ticked, where one can.
fn item(
    html: &mut Html,
    t: &'static Texts,
    form: &QueueForm,
    row: &QueueRow,
    chosen: Option<&Vec<&str>>,
    shows_contract: bool,
) {
    let v = t.validate();
    html.markup("<tr>");
    if let Some(chosen) = chosen {
        let seen = DecideForm::write_seen(row.id, row.version);
        html.markup("<td class=\"tick\"><input type=\"checkbox\" name=\"wie\" autocomplete=\"off\" value=\"")
            .text(&seen);
        html.markup("\" aria-label=\"").text(&v.choose(&row.full_name));
        html.markup(if chosen.contains(&seen.as_str()) { "\" checked></td>" } else { "\"></td>" });
    }
    html.markup("<th scope=\"row\" class=\"name\"><a href=\"").text(&routes::validation_case_from(row.id, form));
    html.markup("\">").text(&row.full_name).markup("</a><span class=\"sub\">").text(kind_words(t, row.kind));
    html.markup(" · ").text(channel_words(t, row.channel)).markup("</span></th>");
    open_cell(html, v.changes);
    if row.changes.is_empty() {
        html.text(&row.products.join(" + "));
    }
    // From which day has a column of its own.
    for change in row.changes.iter().filter(|change| change.field != CaseField::StartDate) {
        changed(html, t, change);
    }
    if row.dependants > 0 {
        html.markup(" <span class=\"sub\">").text(&v.family(row.dependants.into())).markup("</span>");
    }
    if shows_contract {
        html.markup(" <span class=\"sub\">").text(&row.contract.number).markup(" · ").text(&row.contract.name);
        html.markup("</span>");
    }
    html.markup("</td>");
    open_cell(html, v.col_start);
    html.text(&format::date(row.effective)).markup("</td>");
    open_cell(html, v.col_number);
    html.text(if row.personnel_number.is_empty() { "-" } else { &row.personnel_number }).markup("</td>");
    open_cell(html, v.col_age);
    for (kind, words) in age_words(t, row) {
        html.markup("<span class=\"tag").markup(kind.class()).markup("\">").text(&words).markup("</span> ");
    }
    html.markup("</td></tr>");
}
