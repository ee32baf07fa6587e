//! "Huidige deelnemers" and "Oud-deelnemers": one page for both.

use std::{sync::Arc, time::Duration};

use collectief_domain::{
    deregistration::{DeregistrationReceipt, Selected},
    ids::ParticipationId,
    page::PAGE_SIZES,
    participant::{ParticipantListForm, ParticipantPage, Population, SortBy, list::Count},
};
use leptos::{ev, prelude::*};
use leptos_router::{
    NavigateOptions,
    hooks::{use_navigate, use_query_map},
};

use super::{
    actions::{ListAnswer, list_participants, reveal_bsn},
    address::{ListAddress, list_opened},
    columns::column_menu,
    filter::filter,
    list_dom::{self, Selection, TABLE},
    scrolling::{Scrolling, below, space_above},
    table::{TableContext, head, opened_row, rows},
};
use crate::{
    error::AppError,
    i18n::{Texts, use_texts},
    pages, routes,
    ui::{
        error_summary::ErrorSummary,
        format,
        html::table_body,
        loaded::loaded,
        mark::{Busy, Empty},
        page::{Failure, Page, words},
        pager::{last_page, pager},
    },
};

/// For how long a BSN that was revealed stays on the screen.
const REVEALED_FOR: Duration = Duration::from_secs(60);

/// What stays while the rows change.
#[derive(Clone, Copy)]
struct ListState {
    population: Population,
    /// The row that is open.
    opened: Memo<Option<ParticipationId>>,
    /// Who is ticked.
    selected: RwSignal<Selection>,
    /// A search that may not stand in an address.
    posted: RwSignal<Option<ParticipantListForm>>,
    /// What was just done.
    receipt: RwSignal<Option<DeregistrationReceipt>>,
    /// It was taken back.
    on_withdrawn: Callback<()>,
    /// Owns what goes on across that: the receipt is made anew when the list comes that shows what was done.
    owner: StoredValue<Option<WeakOwner>>,
    /// Counts the changes after which the list is read anew.
    changes: RwSignal<u32>,
    /// Why a BSN was not shown.
    not_revealed: RwSignal<Option<AppError>>,
    /// Counts the lists that were shown, so that the rows of one are not taken for those of another.
    lists: StoredValue<u64>,
}

/// "Huidige deelnemers" or "Oud-deelnemers".
pub fn list_page(population: Population) -> impl IntoView {
    let query = use_query_map();
    let address = Memo::new(move |_| query.with(ListAddress::read));
    let form = Memo::new(move |_| address.with(|address| address.form.clone()));
    let receipt = RwSignal::new(None);
    let changes = RwSignal::new(0);
    let state = ListState {
        population,
        opened: Memo::new(move |_| address.with(|address| address.opened)),
        selected: RwSignal::new(Selection::new()),
        posted: RwSignal::new(None),
        receipt,
        on_withdrawn: Callback::new(move |()| {
            receipt.set(None);
            changes.update(|changes| *changes += 1);
        }),
        owner: StoredValue::new(Owner::current().map(|owner| owner.downgrade())),
        changes,
        not_revealed: RwSignal::new(None),
        lists: StoredValue::new(0),
    };
    // Who was ticked stays ticked on another page or in another order of the same list, not in another list.
    let filter_only = Memo::new(move |_| ParticipantListForm {
        sorteer: String::new(),
        pagina: String::new(),
        rijen: String::new(),
        ..form.get()
    });
    Effect::new(move |before: Option<ParticipantListForm>| {
        let now = filter_only.get();
        if before.is_some_and(|before| before != now) {
            state.selected.update(Selection::clear);
            state.posted.set(None);
            state.receipt.set(None);
        }
        now
    });
    let list = Resource::new_blocking(
        move || (state.posted.get().unwrap_or_else(|| form.get()), state.changes.get()),
        move |(form, _)| list_participants(population, form),
    );
    view! {
        <Transition fallback=Busy>
            {loaded(move || async move {
                match list.await {
                    Ok(answer) => {
                        let asked = state.posted.get_untracked().unwrap_or_else(|| form.get_untracked());
                        list_view(state, asked, answer)
                    }
                    Err(error) => view! { <Failure error /> }.into_any(),
                }
            })}
        </Transition>
    }
}

fn list_view(state: ListState, asked: ParticipantListForm, answer: ListAnswer) -> AnyView {
    let t = use_texts();
    let p = t.participants();
    let population = state.population;
    let ListAnswer { page, posted } = answer;
    // A search that was posted stands in no address, so neither does a link to exactly what it shows.
    let is_posted = posted.is_some() || asked.holds_bsn();
    let form = Arc::new(posted.unwrap_or(asked));
    let page = Arc::new(page);
    state.lists.update_value(|lists| *lists += 1);

    let title = match population {
        Population::Current => p.title_current,
        Population::Former => p.title_former,
    };
    let intro = {
        let page = Arc::clone(&page);
        move || intro(t, population, &page)
    };
    let wrong = !page.errors.is_empty();
    let errors = page.errors.clone();
    let receipt = move || {
        let owner = state.owner.get_value().and_then(|owner| owner.upgrade());
        state.receipt.get().zip(owner).map(|(receipt, owner)| {
            Suspend::new(async move { pages::done_receipt(receipt, owner, state.on_withdrawn).await.ok() })
        })
    };
    let body = if page.rows.is_empty() {
        nothing(t, population, &form, &page, is_posted)
    } else {
        sheet(state, t, Arc::clone(&form), &page, is_posted)
    };
    view! {
        <Page title wrong=wrong intro=intro>
            {wrong.then(|| view! { <ErrorSummary errors=Signal::stored(errors) id_of=field_id /> })}
            {receipt}
            {filter(population, &form, &page.errors, state.posted, state.lists.get_value() == 1)}
            {body}
        </Page>
    }
    .into_any()
}

/// The free field stands here under another id than in the header.
fn field_id(field: &str) -> String {
    if field == "zoek" { "zoek-lijst".to_owned() } else { field.to_owned() }
}

/// Whom the list shows, how many there are, and how fresh it is.
fn intro(t: &'static Texts, population: Population, page: &ParticipantPage) -> AnyView {
    let p = t.participants();
    let about = match population {
        Population::Current => p.about_current,
        Population::Former => p.about_former,
    };
    let of = match &page.contract {
        Some(contract) => p.of_contract(format!("{} · {}", contract.number, contract.name)),
        None => p.of_all_contracts.to_owned(),
    };
    let (more, number) = match page.count {
        Count::Exactly(number) => ("", number),
        Count::MoreThan(number) => (p.more_than, number),
    };
    let count = page.errors.is_empty().then(|| {
        view! {
            {p.count}
            " "
            {more}
            <strong>{format::number(t.language, number)}</strong>
            " · "
        }
    });
    view! {
        <p class="soft">{count} {p.updated(&page.read_at)}</p>
        <p class="soft">{about} " " {of}</p>
    }
    .into_any()
}

/// Nothing was found: for what, what was meant perhaps, and what to try.
fn nothing(
    t: &'static Texts,
    population: Population,
    form: &ParticipantListForm,
    page: &ParticipantPage,
    is_posted: bool,
) -> AnyView {
    let p = t.participants();
    if !page.errors.is_empty() {
        return view! { <Empty title=p.not_searched><p>{p.not_searched_text}</p></Empty> }.into_any();
    }
    let first = form.with_page(1);
    if page.page > 1 {
        return view! {
            <Empty title=p.beyond_title>
                <p><a class="button act" href=routes::participants(population, &first)>{p.to_first_page}</a></p>
            </Empty>
        }
        .into_any();
    }
    // A BSN is not repeated on the page.
    let typed: Vec<&str> = if is_posted {
        vec![p.bsn]
    } else {
        [&form.zoek, &form.achternaam, &form.relatienummer, &form.personeelsnummer, &form.geboortedatum]
            .into_iter()
            .map(|typed| typed.trim())
            .filter(|typed| !typed.is_empty())
            .collect()
    };
    if typed.is_empty() {
        let text = match population {
            Population::Current => p.nobody_current,
            Population::Former => p.nobody_former,
        };
        return view! { <Empty title=p.nothing><p>{text}</p></Empty> }.into_any();
    }
    let suggestions = (!page.suggestions.is_empty()).then(|| {
        let links: Vec<_> = page
            .suggestions
            .iter()
            .map(|words| {
                let mut other = first.clone();
                if other.zoek.is_empty() {
                    other.achternaam.clone_from(words);
                } else {
                    other.zoek.clone_from(words);
                }
                view! { <li><a href=routes::participants(population, &other)>{words.clone()}</a></li> }
            })
            .collect();
        view! {
            <p>{p.did_you_mean}</p>
            <ul class="people">{links}</ul>
        }
    });
    let all = ParticipantListForm { contract: "alle".to_owned(), ..first.clone() };
    let elsewhere = match population {
        Population::Current => (Population::Former, p.try_former),
        Population::Former => (Population::Current, p.try_current),
    };
    let wider = (page.contract.is_some() && !is_posted)
        .then(|| view! { <li><a href=routes::participants(population, &all)>{p.try_all_contracts}</a></li> });
    let other =
        (!is_posted).then(|| view! { <li><a href=routes::participants(elsewhere.0, &first)>{elsewhere.1}</a></li> });
    view! {
        <Empty title=p.nothing_for(typed.join(", "))>
            {suggestions}
            <p>{p.try_title}</p>
            <ul>
                <li>{p.try_fewer}</li>
                {wider}
                {other}
            </ul>
        </Empty>
    }
    .into_any()
}

/// The rows, and what can be done with them.
fn sheet(
    state: ListState,
    t: &'static Texts,
    form: Arc<ParticipantListForm>,
    page: &ParticipantPage,
    is_posted: bool,
) -> AnyView {
    let p = t.participants();
    let population = state.population;
    let navigate = use_navigate();
    let on_done = {
        let form = Arc::clone(&form);
        let navigate = navigate.clone();
        Callback::new(move |receipt: DeregistrationReceipt| {
            state
                .selected
                .update(|selected| selected.retain(|id, _| receipt.ends.iter().all(|ending| ending.id != *id)));
            state.receipt.set(Some(receipt));
            state.changes.update(|changes| *changes += 1);
            let closed = list_opened(population, &form, None);
            navigate(&closed, NavigateOptions { replace: true, scroll: true, ..Default::default() });
        })
    };
    let context = TableContext {
        t,
        population,
        form: Arc::clone(&form),
        today: page.today,
        one_contract: page.contract.is_some(),
        may_change: page.may_change && population == Population::Current,
        shows_bsn: page.shows_bsn && population == Population::Current,
        on_done,
    };
    let scrolling = Scrolling::new(population, (*form).clone(), page, state.lists.get_value());
    let scroll = window_event_listener(ev::scroll, move |_| scrolling.scrolled());
    on_cleanup(move || scroll.remove());
    Effect::new(move |_| {
        scrolling.pages.track();
        state.opened.track();
        state.selected.with(list_dom::show_ticks);
    });
    // The rows around one that opens or closes are written anew, and with them goes the arrow that was pressed.
    Effect::new(move |before: Option<Option<ParticipationId>>| {
        let opened = state.opened.get();
        if let Some(id) = before.and_then(|before| opened.or(before)) {
            request_animation_frame(move || list_dom::focus_arrow(id));
        }
        opened
    });
    if context.may_change {
        // So that a row opens at once. Where the code cannot be had now, it is asked for again when a row opens.
        Effect::new(move |_| leptos::task::spawn_local(async { drop(pages::load_direct_deregister().await) }));
    }
    let on_change = move |event: ev::Event| {
        let mut selected = state.selected.get_untracked();
        if list_dom::tick(&event, &mut selected) {
            state.selected.set(selected);
        }
    };
    let on_click = move |event: ev::MouseEvent| {
        let Some(id) = list_dom::asked_to_reveal(&event) else { return };
        state.not_revealed.set(None);
        leptos::task::spawn_local(async move {
            match reveal_bsn(id.to_string()).await {
                Ok(bsn) => {
                    list_dom::show_bsn(id, &bsn);
                    set_timeout(list_dom::hide_bsns, REVEALED_FOR);
                }
                Err(error) => state.not_revealed.set(Some(error)),
            }
        });
    };
    let on_keydown = move |event: ev::KeyboardEvent| {
        if list_dom::move_focus(&event) {
            scrolling.more(true);
        }
    };
    let heading = head(&context);
    let columns = context.width();
    let caption = match population {
        Population::Current => p.title_current,
        Population::Former => p.title_former,
    };
    let may_change = context.may_change;
    let shows_bsn = context.shows_bsn;
    let bodies = {
        let context = context.clone();
        view! {
            <For
                each=move || scrolling.pages.get()
                key=|page| (page.list, page.number)
                children=move |page| {
                    let context = context.clone();
                    let shown = page.rows;
                    // Only the page with the opened row is made anew when a row opens or closes.
                    let here = Arc::clone(&shown);
                    let opened = Memo::new(move |_| {
                        state.opened.get().filter(|opened| here.iter().any(|row| row.id == *opened))
                    });
                    move || {
                        let id = opened.get();
                        let at = id.and_then(|id| shown.iter().position(|row| row.id == id));
                        let (above, below) = shown.split_at(at.map_or(shown.len(), |at| at + 1));
                        let number = page.number.to_string();
                        let opened = at.map(|at| {
                            view! {
                                <tbody data-page=number.clone()>{opened_row(&context, &shown[at])}</tbody>
                                {table_body(number.clone(), rows(&context, below, None))}
                            }
                        });
                        view! {
                            {table_body(number, rows(&context, above, id))}
                            {opened}
                        }
                    }
                }
            />
        }
    };
    let next = routes::participants(population, &form.with_page(page.page + 1));
    view! {
        <section class="sheet participants" class:former=population == Population::Former>
            {bar(state, t, &form, shows_bsn, may_change, is_posted)}
            {move || {
                state
                    .not_revealed
                    .get()
                    .map(|error| {
                        let (title, text) = words(&error);
                        view! { <p class="note out" role="alert"><strong>{title}</strong> " " {text}</p> }
                    })
            }}
            {shows_bsn
                .then(|| {
                    view! {
                        <form id="toon" method="post" action=routes::CURRENT>
                            <input type="hidden" name="actie" value="toon" />
                        </form>
                    }
                })}
            <div class="wide-scroll">
                <table id=TABLE class="list stack" on:change=on_change on:click=on_click on:keydown=on_keydown>
                    <caption class="visually-hidden">{caption} ". " {p.keys}</caption>
                    {heading}
                    {space_above(scrolling, columns)}
                    {bodies}
                </table>
            </div>
            {below(scrolling, next, p.more, p.loading, p.more_failed)}
            {foot(t, population, &form, page, is_posted)}
        </section>
    }
    .into_any()
}

/// Above the rows: who is ticked, whom the list shows, which columns.
fn bar(
    state: ListState,
    t: &'static Texts,
    form: &Arc<ParticipantListForm>,
    shows_bsn: bool,
    may_change: bool,
    is_posted: bool,
) -> AnyView {
    let p = t.participants();
    let population = state.population;
    let navigate = use_navigate();
    let selection = may_change.then(|| {
        let on_submit = move |event: ev::SubmitEvent| {
            event.prevent_default();
            let selected: Vec<Selected> = state.selected.with_untracked(|selected| {
                selected.iter().map(|(id, version)| Selected { id: *id, version: *version }).collect()
            });
            let who = collectief_domain::deregistration::DeregisterForm::write_selected(&selected);
            navigate(&routes::with_query(routes::DEREGISTER_SELECTED, &[("wie", &who)]), NavigateOptions::default());
        };
        let count = move || state.selected.with(Selection::len);
        view! {
            <form id="kies" class="selection" method="get" action=routes::DEREGISTER_SELECTED on:submit=on_submit>
                <span class="none" aria-live="polite">
                    {move || match count() {
                        0 => p.none_selected.to_owned(),
                        number => p.selected(number as u64),
                    }}
                </span>
                <button class="button stop">{p.deregister}</button>
                {move || {
                    (count() > 0)
                        .then(|| {
                            view! {
                                <button
                                    type="button"
                                    class="button plain"
                                    on:click=move |_| state.selected.update(Selection::clear)
                                >
                                    {p.clear_selection}
                                </button>
                            }
                        })
                }}
            </form>
        }
    });
    let shows_all = form.gezinsleden != "nee";
    let toggled = ParticipantListForm {
        gezinsleden: if shows_all { "nee".to_owned() } else { String::new() },
        pagina: String::new(),
        ..(**form).clone()
    };
    let toggle = (!is_posted).then(|| {
        view! {
            <a href=routes::participants(population, &toggled)>
                {if shows_all { p.show_main_only } else { p.show_all_insured }}
            </a>
        }
    });
    view! {
        <div class="bar">
            {selection}
            <div class="far choices">
                {toggle}
                {(!is_posted).then(|| sort_menu(t, population, form))}
                {column_menu(t, population, shows_bsn, may_change)}
            </div>
        </div>
    }
    .into_any()
}

/// The orders, where the headers have given way to cards.
fn sort_menu(t: &'static Texts, population: Population, form: &ParticipantListForm) -> AnyView {
    let p = t.participants();
    let mut orders = vec![
        (SortBy::Name, p.col_name),
        (SortBy::BirthDate, p.col_birth),
        (SortBy::StartDate, p.col_start),
        (SortBy::EndDate, p.col_end),
        (SortBy::RelationNumber, p.col_relation),
    ];
    if population == Population::Current {
        orders.push((SortBy::PersonnelNumber, p.col_personnel));
    }
    let now = form.sort();
    let links: Vec<_> = orders
        .into_iter()
        .map(|(by, label)| {
            let current = (now.by == by).then_some("true");
            view! { <li><a href=routes::participants(population, &form.with_sort(by)) aria-current=current>{label}</a></li> }
        })
        .collect();
    view! {
        <details class="menu sorts">
            <summary>{p.sort_by}</summary>
            <ul>{links}</ul>
        </details>
    }
    .into_any()
}

/// Below the rows: files, rows a page, pages.
fn foot(
    t: &'static Texts,
    population: Population,
    form: &Arc<ParticipantListForm>,
    page: &ParticipantPage,
    is_posted: bool,
) -> AnyView {
    let p = t.participants();
    let whole = ParticipantListForm { contract: form.contract.clone(), ..Default::default() };
    let selection = (!is_posted).then(|| {
        view! {
            <span>
                {p.download_selection}
                ": "
                <a rel="external" href=routes::participants_download(population, form, "xlsx")>{p.excel}</a>
                " · "
                <a rel="external" href=routes::participants_download(population, form, "csv")>{p.csv}</a>
            </span>
        }
    });
    let sizes: Vec<_> = PAGE_SIZES
        .into_iter()
        .map(|size| {
            let rijen = if size == PAGE_SIZES[0] { String::new() } else { size.to_string() };
            let other = ParticipantListForm { rijen, pagina: String::new(), ..(**form).clone() };
            let current = (size == page.page_size).then_some("true");
            view! {
                <a href=routes::participants(population, &other) aria-current=current aria-label=p.rows_a_page(size)>
                    {size.to_string()}
                </a>
            }
        })
        .collect();
    let last = match page.count {
        Count::Exactly(count) => Some(last_page(count, page.page_size)),
        Count::MoreThan(_) => None,
    };
    let links = {
        let form = Arc::clone(form);
        pager(page.page, last, page.has_next, move |number| routes::participants(population, &form.with_page(number)))
    };
    view! {
        <div class="bar foot">
            <a class="button act" rel="external" href=routes::participants_download(population, &whole, "xlsx")>
                {p.download_all}
            </a>
            {selection}
            {(!is_posted).then(|| view! { <span class="sizes" role="group" aria-label=p.rows>{p.rows} " " {sizes}</span> })}
            <div class="far">{links}</div>
        </div>
    }
    .into_any()
}
