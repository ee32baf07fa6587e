//! The page `/berichten`: a filter, and the messages, which can be marked several at once.

use std::collections::BTreeSet;

use collectief_domain::{
    field::FieldErrors,
    ids::MessageId,
    message::{MarkForm, MessageCategory, MessageListForm, MessagePage, MessageRow},
};
use leptos::{
    ev::{Event, SubmitEvent},
    html::Div,
    prelude::*,
};
use leptos_router::{
    NavigateOptions,
    hooks::{use_navigate, use_query_map},
};
use serde::{Deserialize, Serialize};

use super::{
    actions::{mark_messages, view_messages},
    unread::UnreadCount,
    words::{category_words, sentence, unread_words},
};
use crate::{
    error::AppError,
    frame::contract_words,
    i18n::{MessagesTexts, Texts, use_texts},
    participants::contract_field,
    routes,
    ui::{
        field::{RadioGroup, SelectField},
        form, format,
        loaded::loaded,
        mark::{Busy, Empty, Kind, Tag},
        page::{Failure, Page, words},
        pager::pager,
        table::{Heading, table},
    },
};

/// What the page shows.
#[derive(Clone, Serialize, Deserialize)]
pub(super) enum Shown {
    /// What was posted is done; the browser goes on to the same page.
    Sent,
    /// The messages.
    List {
        page: Box<MessagePage>,
        /// Something was to be marked, but nothing was ticked.
        nothing_ticked: bool,
    },
}

/// What is told above the messages.
#[derive(Clone, PartialEq, Eq)]
enum Told {
    /// Nothing was ticked.
    NothingTicked,
    /// What was marked.
    Marked(String),
    /// Why nothing was.
    Failed(AppError),
}

/// What the rows and the buttons share.
#[derive(Clone, Copy)]
struct ListState {
    /// The messages, which change in place when some were marked.
    page: RwSignal<MessagePage>,
    /// Which are ticked.
    ticked: RwSignal<BTreeSet<MessageId>>,
    /// What is told.
    told: RwSignal<Option<Told>>,
    /// Where it is told.
    place: NodeRef<Div>,
}

async fn shown(form: MessageListForm) -> Result<Shown, AppError> {
    #[cfg(feature = "ssr")]
    if let Some(typed) = crate::ssr::posted() {
        return super::ssr::posted(form, typed).await;
    }
    let page = Box::new(view_messages(form).await?);
    Ok(Shown::List { page, nothing_ticked: false })
}

/// The page `/berichten`.
#[component]
pub fn MessagesPage() -> impl IntoView {
    let query = use_query_map();
    let form = Memo::new(move |_| query.with(routes::form_from_query::<MessageListForm>));
    let found = Resource::new_blocking(move || form.get(), shown);
    view! {
        <Transition fallback=Busy>
            {loaded(move || async move {
                match found.await {
                    Ok(Shown::List { page, nothing_ticked }) => list(form.get_untracked(), *page, nothing_ticked),
                    Ok(Shown::Sent) => ().into_any(),
                    Err(error) => view! { <Failure error /> }.into_any(),
                }
            })}
        </Transition>
    }
}

fn list(form: MessageListForm, page: MessagePage, nothing_ticked: bool) -> AnyView {
    let t = use_texts();
    let m = t.messages();
    let may_mark = page.may_mark;
    let names_contract = page.contracts.len() != 1;
    let state = ListState {
        page: RwSignal::new(page),
        ticked: RwSignal::new(BTreeSet::new()),
        told: RwSignal::new(nothing_ticked.then_some(Told::NothingTicked)),
        place: NodeRef::new(),
    };
    let wrong = Signal::derive(move || state.told.with(|told| *told == Some(Told::NothingTicked)));
    let intro = move || {
        view! {
            <p class="soft">{move || unread_words(t, state.page.with(|page| page.unread))}</p>
            <p class="soft">{m.about}</p>
        }
        .into_any()
    };
    let filter = filter(m, &form);
    let is_empty = Memo::new(move |_| state.page.with(|page| page.rows.is_empty()));
    let body = move || {
        if is_empty.get() {
            nothing(m, &form, state.page.with_untracked(|page| page.page))
        } else {
            sheet(t, state, &form, may_mark, names_contract)
        }
    };
    view! {
        <Page title=m.title wrong=wrong intro=intro>
            {filter}
            <div role="status" tabindex="-1" autofocus=nothing_ticked node_ref=state.place>
                {move || state.told.get().map(|told| told_view(m, &told))}
            </div>
            {body}
        </Page>
    }
    .into_any()
}

fn told_view(m: &'static MessagesTexts, told: &Told) -> AnyView {
    match told {
        Told::NothingTicked => view! { <p class="note out">{m.nothing_ticked}</p> }.into_any(),
        Told::Marked(text) => view! { <p class="note in">{text.clone()}</p> }.into_any(),
        Told::Failed(error) => {
            let (title, text) = words(error);
            view! { <p class="note out"><strong>{title}</strong> " " {text}</p> }.into_any()
        }
    }
}

/// Which messages are shown.
fn filter(m: &'static MessagesTexts, form: &MessageListForm) -> AnyView {
    let navigate = use_navigate();
    let on_submit = move |event: SubmitEvent| {
        event.prevent_default();
        navigate(&routes::messages(&form::read(&event)), NavigateOptions::default());
    };
    let categories = std::iter::once((String::new(), m.all_categories.to_owned()))
        .chain(
            MessageCategory::ALL
                .into_iter()
                .map(|category| (category.code().to_owned(), category_words(m, category).to_owned())),
        )
        .collect();
    let parts = [("", m.show_all), (UNREAD, m.show_unread), (ARCHIVE, m.show_archive)]
        .into_iter()
        .map(|(code, label)| (code.to_owned(), label.to_owned()))
        .collect();
    view! {
        <form class="filters" method="get" action=routes::MESSAGES on:submit=on_submit role="search" aria-label=m.filter>
            {contract_field(&form.contract, Signal::stored(FieldErrors::default()), true)}
            <SelectField label=m.category name="categorie" options=categories value=form.categorie.clone() />
            <RadioGroup legend=m.show name="toon" options=parts value=form.toon.clone() />
            <button class="button act">{m.look}</button>
        </form>
    }
    .into_any()
}

/// The [`MessageListForm::toon`] of those that were not read.
const UNREAD: &str = "ongelezen";

/// The [`MessageListForm::toon`] of those that were archived.
const ARCHIVE: &str = "archief";

/// There are no such messages, and where there may be some.
fn nothing(m: &'static MessagesTexts, form: &MessageListForm, page: u32) -> AnyView {
    if page > 1 {
        let first = MessageListForm { pagina: String::new(), ..form.clone() };
        return view! {
            <Empty title=m.beyond>
                <p><a class="button act" href=routes::messages(&first)>{m.to_first_page}</a></p>
            </Empty>
        }
        .into_any();
    }
    let (title, text) = if form.category().is_some() {
        (m.empty_category, None)
    } else if form.shows_archived() {
        (m.empty_archive, Some(m.empty_archive_text))
    } else if form.shows_unread() {
        (m.empty_unread, Some(m.empty_unread_text))
    } else {
        (m.empty, Some(m.empty_text))
    };
    let is_filtered = form.category().is_some() || form.shows_archived() || form.shows_unread();
    let all = is_filtered.then(|| {
        let all = MessageListForm { contract: form.contract.clone(), ..MessageListForm::default() };
        view! { <p><a href=routes::messages(&all)>{m.to_all}</a></p> }
    });
    view! {
        <Empty title>
            {text.map(|text| view! { <p>{text}</p> })}
            {all}
        </Empty>
    }
    .into_any()
}

/// The messages, and what can be done with them.
fn sheet(t: &'static Texts, state: ListState, form: &MessageListForm, may_mark: bool, names_contract: bool) -> AnyView {
    let m = t.messages();
    let mut headings = vec![Heading::Text(m.col_date), Heading::Text(m.category), Heading::Text(m.col_message)];
    if may_mark {
        headings.insert(0, Heading::Unseen(m.col_pick));
    }
    if names_contract {
        headings.push(Heading::Text(m.col_contract));
    }
    let ticked = may_mark.then_some(state.ticked);
    let rows = move || {
        state.page.with(|page| {
            page.rows.iter().map(|row| message_row(m, row, ticked, names_contract)).collect::<Vec<AnyView>>()
        })
    };
    let links = {
        let form = form.clone();
        move || {
            let (page, has_next) = state.page.with(|page| (page.page, page.has_next));
            let links = |number: u32| routes::messages(&MessageListForm { pagina: number.to_string(), ..form.clone() });
            pager(page, None, has_next, links)
        }
    };
    let list = view! {
        {table("messages", m.title, &headings, vec![rows.into_any()])}
        <div class="bar foot"><div class="far">{links}</div></div>
    };
    if !may_mark {
        return view! { <section class="sheet">{list}</section> }.into_any();
    }
    view! {
        <form class="sheet" method="post" action=routes::messages(form)>
            {deeds(m, state, form)}
            {list}
        </form>
    }
    .into_any()
}

/// What can be done with those that are ticked. Without JavaScript the buttons send the form.
fn deeds(m: &'static MessagesTexts, state: ListState, form: &MessageListForm) -> AnyView {
    let mark = marking(m, state, form.clone());
    // What was archived was read.
    let shown = if form.shows_archived() {
        vec![("terugzetten", m.restore)]
    } else {
        vec![("gelezen", m.mark_read), ("ongelezen", m.mark_unread), ("archiveren", m.archive)]
    };
    let buttons: Vec<_> = shown
        .into_iter()
        .map(|(deed, words)| {
            view! {
                <button
                    class="button"
                    name="actie"
                    value=deed
                    on:click=move |event| {
                        event.prevent_default();
                        mark.run(deed);
                    }
                >
                    {words}
                </button>
            }
        })
        .collect();
    let are_all_ticked = move || {
        state.page.with(|page| state.ticked.with(|ticked| page.rows.iter().all(|row| ticked.contains(&row.id))))
    };
    let tick_all = move |event: Event| {
        let ids = if event_target_checked(&event) {
            state.page.with_untracked(|page| page.rows.iter().map(|row| row.id).collect())
        } else {
            BTreeSet::new()
        };
        state.ticked.set(ids);
    };
    view! {
        <div class="bar">
            <label class="choice pick-all">
                <input type="checkbox" autocomplete="off" prop:checked=are_all_ticked on:change=tick_all />
                <span>{m.pick_all}</span>
            </label>
            <div class="selection">{buttons}</div>
        </div>
    }
    .into_any()
}

/// Marks those that are ticked, shows the messages as they are then, and tells what was done. The button that was pressed
/// stays, and with it the focus.
fn marking(m: &'static MessagesTexts, state: ListState, form: MessageListForm) -> Callback<&'static str> {
    let unread = use_context::<UnreadCount>();
    Callback::new(move |deed: &'static str| {
        let chosen: Vec<String> =
            state.ticked.with_untracked(|ticked| ticked.iter().map(MessageId::to_string).collect());
        if chosen.is_empty() {
            state.told.set(Some(Told::NothingTicked));
            return;
        }
        let form = form.clone();
        leptos::task::spawn_local(async move {
            let count = chosen.len() as u64;
            let marked = mark_messages(MarkForm { actie: deed.to_owned(), wie: chosen.join(",") }).await;
            if let (Ok(()), Some(unread)) = (&marked, unread) {
                unread.ask();
            }
            let found = match marked {
                Ok(()) => view_messages(form).await,
                Err(error) => Err(error),
            };
            match found {
                Ok(page) => {
                    let is_empty = page.rows.is_empty();
                    state.ticked.set(BTreeSet::new());
                    state.page.set(page);
                    state.told.set(Some(Told::Marked(marked_words(m, deed, count))));
                    if is_empty && let Some(place) = state.place.get_untracked() {
                        // The buttons are gone, and the focus with them.
                        let _ = place.focus();
                    }
                }
                Err(error) => state.told.set(Some(Told::Failed(error))),
            }
        });
    })
}

fn marked_words(m: &'static MessagesTexts, deed: &str, count: u64) -> String {
    match deed {
        "gelezen" => m.marked_read(count),
        "ongelezen" => m.marked_unread(count),
        "terugzetten" => m.restored(count),
        _ => m.archived(count),
    }
}

/// A message; with `ticked` it can be ticked.
fn message_row(
    m: &'static MessagesTexts,
    row: &MessageRow,
    ticked: Option<RwSignal<BTreeSet<MessageId>>>,
    names_contract: bool,
) -> AnyView {
    let id = row.id;
    let sentence = sentence(m, row);
    let pick = ticked.map(|ticked| {
        let tick = move |event: Event| {
            let is_ticked = event_target_checked(&event);
            ticked.update(|ticked| {
                if is_ticked {
                    ticked.insert(id);
                } else {
                    ticked.remove(&id);
                }
            });
        };
        view! {
            <td class="tick">
                <input
                    type="checkbox"
                    name="wie"
                    value=id.to_string()
                    autocomplete="off"
                    aria-label=m.pick(&sentence)
                    prop:checked=move || ticked.with(|ticked| ticked.contains(&id))
                    on:change=tick
                />
            </td>
        }
    });
    let about = match (row.participation, row.case) {
        (Some(participation), _) => Some(routes::person(participation)),
        (None, Some(case)) => Some(routes::validation_case(case)),
        (None, None) => None,
    };
    let message = match about {
        Some(href) => view! { <a href=href>{sentence}</a> }.into_any(),
        None => sentence.into_any(),
    };
    let unread = (!row.is_read).then(|| view! { " " <Tag kind=Kind::Wait label=m.unread_tag /> });
    let contract = names_contract.then(|| view! { <td data-label=m.col_contract>{contract_words(&row.contract)}</td> });
    view! {
        <tr class:unread=!row.is_read>
            {pick}
            <td class="when" data-label=m.col_date>{format::date(row.on)}</td>
            <td data-label=m.category>{category_words(m, row.kind.category())}</td>
            <th scope="row">{message} {unread}</th>
            {contract}
        </tr>
    }
    .into_any()
}
