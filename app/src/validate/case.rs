//! One request: what changes, old beside new, what happened so far, and the decision.

use collectief_domain::{
    case::{CaseKind, CaseMoment, CaseView, DecideForm, Outcome, QueueForm},
    deregistration::PERSONNEL_NUMBER_MAX,
    field::FieldErrors,
};
use leptos::{ev::SubmitEvent, html, prelude::*};
use leptos_router::hooks::{use_params_map, use_query_map};
use serde::{Deserialize, Serialize};

use super::{
    actions::view_case,
    deciding::{Deciding, count_down},
    keyboard,
    outcomes::{told, undo_form},
    words::{age_tags, cause_words, channel_words, field_words, kind_words, step_words, value_words},
};
use crate::{
    error::AppError,
    i18n::{Texts, use_texts},
    routes,
    ui::{
        error_summary::ErrorSummary,
        field::{TextArea, TextField, error_on},
        form, format,
        loaded::loaded,
        mark::{Busy, Kind, Note},
        page::{Failure, Page},
        table::sheet,
    },
};

/// A request, and what came of what was posted.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Shown {
    pub(super) case: Box<CaseView>,
    pub(super) outcomes: Vec<Outcome>,
    /// Whether its approval was taken back, where that was asked.
    pub(super) undone: Option<bool>,
    pub(super) typed: DecideForm,
    pub(super) errors: FieldErrors,
}

impl Shown {
    /// A request about which nothing was posted.
    pub(super) fn plain(case: CaseView) -> Self {
        let (typed, errors) = (DecideForm::default(), FieldErrors::default());
        Self { case: Box::new(case), outcomes: Vec::new(), undone: None, typed, errors }
    }
}

async fn shown(id: String, form: QueueForm) -> Result<Shown, AppError> {
    #[cfg(feature = "ssr")]
    if let Some(typed) = crate::ssr::posted() {
        return super::ssr::decide_one(id, form, typed).await;
    }
    view_case(id, form).await.map(Shown::plain)
}

/// The page `/valideren/:id`.
#[component]
pub fn CasePage() -> impl IntoView {
    let params = use_params_map();
    let query = use_query_map();
    let id = Memo::new(move |_| params.with(|params| params.get_str("id").unwrap_or_default().to_owned()));
    let form = Memo::new(move |_| query.with(routes::form_from_query::<QueueForm>));
    let deciding = Deciding::new();
    Effect::new(move |before: Option<String>| {
        let now = id.get();
        if before.is_some_and(|before| before != now) {
            deciding.forget();
        }
        now
    });
    let found =
        Resource::new_blocking(move || (id.get(), form.get(), deciding.changes()), |(id, form, _)| shown(id, form));
    view! {
        <Transition fallback=Busy>
            {loaded(move || async move {
                match found.await {
                    Ok(shown) => page(deciding, form.get_untracked(), shown),
                    Err(error) => view! { <Failure error /> }.into_any(),
                }
            })}
        </Transition>
    }
}

fn page(deciding: Deciding, form: QueueForm, shown: Shown) -> AnyView {
    let t = use_texts();
    let v = t.validate();
    let Shown { case, outcomes: done, undone, typed, errors } = shown;
    let row = &case.row;
    let is_first = deciding.is_first();
    let errors = deciding.errors(errors);
    let wrong = Signal::derive(move || errors.with(|errors| !errors.is_empty()));
    let title = match row.kind {
        CaseKind::Enrolment => v.enrols(&row.full_name, format::date(row.effective)),
        kind => v.asks_change(&row.full_name, kind_words(t, kind).to_lowercase(), format::date(row.effective)),
    };
    let sent = case.moments.first().map_or(row.since, |moment| moment.on);
    let line = format!(
        "{} {} · {} {}",
        v.sent_on(format::date(sent)),
        channel_words(t, row.channel),
        v.reference,
        case.reference
    );
    let intro = move || view! { <p class="soft">{line.clone()}</p> }.into_any();
    let outcome = told(t, deciding, done, undone, false);
    let hindrance = case.hindrance.map(|cause| view! { <Note kind=Kind::Wait><p>{cause_words(t, cause)}</p></Note> });
    let person = case.participation.map(|id| view! { <a class="button" href=routes::person(id)>{v.to_person}</a> });
    let link = |id: Option<_>, words: &'static str| {
        let href = id.map(|id| routes::validation_case_from(id, &form));
        href.map(|href| view! { <a class="button plain" href=href>{words}</a> }.into_any())
    };
    let (previous, next) = (link(case.previous, v.previous), link(case.next, v.next));
    let state = age_tags(t, row);
    let to_queue = routes::validation(&form);
    let undo = taking_back(t, deciding, &case);
    let (changed, course) = (changes(t, &case), sheet(v.course, course(t, &case.moments)));
    let decide =
        (case.may_decide && row.state.is_open()).then(|| decision(t, deciding, &form, &case, &typed, errors, is_first));
    view! {
        <Page title=title wrong=wrong intro=intro>
            {outcome}
            <ErrorSummary errors />
            <p class="inline">{state} <a href=to_queue>{v.to_queue}</a> {previous} {next}</p>
            {hindrance}
            {undo}
            {changed}
            {decide}
            {person}
            {course}
        </Page>
    }
    .into_any()
}

/// Taking an approval back, while its minute lasts.
fn taking_back(t: &'static Texts, deciding: Deciding, case: &CaseView) -> AnyView {
    let id = case.row.id;
    let left = count_down(case.undo_seconds);
    let is_left = Memo::new(move |_| left.get() > 0);
    let offer = move || {
        is_left.get().then(|| {
            view! {
                <Note>
                    <p>{move || t.validate().undo_text(left.get().into())}</p>
                    {undo_form(t, deciding, id, None)}
                </Note>
            }
        })
    };
    view! { {offer} }.into_any()
}

/// What changes: how it is now, and how it will be.
fn changes(t: &'static Texts, case: &CaseView) -> AnyView {
    let v = t.validate();
    let shown = |text: String| if text.is_empty() { "-".to_owned() } else { text };
    let mut rows: Vec<_> = case
        .changes
        .iter()
        .map(|change| {
            let before = shown(value_words(t, change.field, &change.before));
            let after = shown(value_words(t, change.field, &change.after));
            view! {
                <tr>
                    <th scope="row">{field_words(t, change.field)}</th>
                    <td data-label=v.now>{before}</td>
                    <td data-label=v.becomes class="typed">{after}</td>
                </tr>
            }
            .into_any()
        })
        .collect();
    if let Some(bsn) = case.bsn {
        rows.push(
            view! {
                <tr>
                    <th scope="row">"BSN"</th>
                    <td data-label=v.now>"-"</td>
                    <td data-label=v.becomes>{bsn.to_string()}</td>
                </tr>
            }
            .into_any(),
        );
    }
    let reporter =
        case.reporter.as_ref().map(|(name, email)| view! { <p class="pad soft">{v.reported_by(name, email)}</p> });
    let body = view! {
        <div class="wide-scroll">
            <table class="list stack changes">
                <caption class="visually-hidden">{v.changes}</caption>
                <thead>
                    <tr>
                        <th scope="col">{v.field}</th>
                        <th scope="col">{v.now}</th>
                        <th scope="col">{v.becomes}</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
        {reporter}
    };
    sheet(v.changes, body.into_any())
}

/// What happened so far.
fn course(t: &'static Texts, moments: &[CaseMoment]) -> AnyView {
    let lines: Vec<_> = moments
        .iter()
        .map(|moment| {
            let by = moment.by.as_ref().map(|by| view! { <span class="soft">" · " {by.clone()}</span> });
            let text = (!moment.text.is_empty()).then(|| view! { <p class="typed">{moment.text.clone()}</p> });
            let when = format!("{} {}", format::date(moment.on), moment.at);
            view! {
                <li>
                    <strong>{step_words(t, moment.step)}</strong>
                    <span class="soft">" " {when}</span>
                    {by}
                    {text}
                </li>
            }
        })
        .collect();
    view! { <ol class="course pad">{lines}</ol> }.into_any()
}

/// One form, to approve, to ask or to remove.
fn decision(
    t: &'static Texts,
    deciding: Deciding,
    form: &QueueForm,
    case: &CaseView,
    typed: &DecideForm,
    errors: Signal<FieldErrors>,
    is_first: bool,
) -> AnyView {
    let v = t.validate();
    let row = &case.row;
    let left = row.days_left.map(|days| match days {
        ..0 => v.too_late_text.to_owned(),
        days => v.days_left(u64::from(days.unsigned_abs())),
    });
    let left = left.map(|left| view! { <p class="soft">{left}</p> });
    // Only who begins, or whose number it is about, has a number to fill in here.
    let has_number = matches!(row.kind, CaseKind::Enrolment | CaseKind::PersonnelNumber);
    let number = if typed.personeelsnummer.is_empty() { &row.personnel_number } else { &typed.personeelsnummer };
    let number = has_number.then(|| {
        view! {
            <TextField
                label=v.field_number
                name="personeelsnummer"
                hint=v.number_hint
                maxlength=PERSONNEL_NUMBER_MAX
                value=number.clone()
                error=error_on(errors, "personeelsnummer")
            />
        }
    });
    let asks = (row.state == collectief_domain::case::CaseState::Waiting).then(|| {
        view! {
            <details open=typed.actie == "vragen">
                <summary>{v.ask}</summary>
                <TextArea label=v.question name="vraag" hint=v.question_hint value=typed.vraag.clone() error=error_on(errors, "vraag") />
                <button class="button" name="actie" value="vragen">{v.ask_now}</button>
            </details>
        }
    });
    // What was typed about the request before this one must not be sent about it.
    let node = NodeRef::<html::Form>::new();
    Effect::new(move |_| {
        if node.get().is_some() && !is_first {
            keyboard::clear();
        }
    });
    let on_submit = move |event: SubmitEvent| {
        event.prevent_default();
        deciding.decide(DecideForm { actie: form::pressed(&event), ..form::read(&event) });
    };
    view! {
        <form
            method="post"
            action=routes::validation_case_from(row.id, form)
            class="sheet pad deciding"
            id=keyboard::FORM
            novalidate
            on:submit=on_submit
            node_ref=node
        >
            <input type="hidden" name="wie" value=DecideForm::write_seen(row.id, row.version) />
            <input type="hidden" name="sleutel" value=case.key.clone() />
            {left}
            {number}
            <div class="deeds">
                <button class="button act" name="actie" value="goedkeuren" disabled=move || deciding.is_pending()>
                    {v.approve}
                </button>
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
