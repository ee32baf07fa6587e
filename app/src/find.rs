//! The one search field, over participants and pages: in the header of every page, opened by Ctrl-K or `/`.
//!
//! What is typed may be a BSN, so it is posted and never stands in an address.

use collectief_domain::{
    frame::FrameUser,
    ids::ParticipationId,
    participant::{ParticipantListForm, ParticipantRow, Population},
    search,
};
use leptos::{html::Input, prelude::*};
use leptos_router::{NavigateOptions, hooks::use_navigate};
use serde::{Deserialize, Serialize};

use crate::{
    error::AppError,
    frame::{Entry, entries, use_frame},
    i18n::use_texts,
    routes,
    ui::{
        format,
        loaded::loaded,
        mark::{Busy, Empty},
        page::{Failure, Page},
    },
    wire::Json,
};

/// How many characters must stand in the field before participants are looked for.
const TYPED_MIN: usize = 2;

/// One participant that was found, as narrow as the list under the field needs it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hit {
    /// The participation.
    pub id: ParticipationId,
    /// As it is shown.
    pub name: String,
    /// Contract, relation number and birth date.
    pub detail: String,
}

impl From<ParticipantRow> for Hit {
    fn from(row: ParticipantRow) -> Self {
        let birth = row.birth_date.map(format::date).unwrap_or_default();
        let parts = [row.contract_number, row.relation_number, birth];
        let detail = parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ");
        Self { id: row.id, name: row.full_name, detail }
    }
}

/// Participants that match what is typed in the header's field.
#[server(prefix = "/fn", endpoint = "find_participants", input = Json, output = Json)]
pub async fn find_participants(
    /// What was typed.
    text: String,
) -> Result<Vec<Hit>, AppError> {
    let (portal, request, who) = crate::ssr::actor()?;
    let rows =
        collectief_service::participant::find(&portal, &request, &who, &text).await.map_err(crate::ssr::refuse)?;
    Ok(rows.into_iter().map(Hit::from).collect())
}

/// The pages whose name has a word that begins with what was typed.
fn pages(user: &FrameUser, text: &str) -> Vec<(&'static str, &'static str)> {
    let typed = search::fold(text.trim());
    if typed.is_empty() {
        return Vec::new();
    }
    let own = Entry { label: use_texts().frame().own_details, path: routes::OWN_DETAILS };
    let all = entries(user).into_iter().flat_map(|(_, entries)| entries).chain([own]);
    all.filter(|entry| {
        let label = search::fold(entry.label);
        label.starts_with(&typed) || label.split([' ', '-']).any(|word| word.starts_with(&typed))
    })
    .map(|entry| (entry.label, entry.path))
    .collect()
}

/// The field in the header. Without JavaScript it posts to the page [`FindPage`]; with it, what is found stands below the
/// field while one types.
#[component]
pub fn FindField(
    /// Who looks.
    user: FrameUser,
) -> impl IntoView {
    let t = use_texts();
    let input = NodeRef::<Input>::new();
    let typed = RwSignal::new(String::new());
    let hits = RwSignal::new(Vec::<Hit>::new());
    let is_open = RwSignal::new(false);
    let is_offline = RwSignal::new(false);
    // The place of the chosen option, counted from 1; 0 is none.
    let active = RwSignal::new(0_usize);
    let navigate = use_navigate();

    let user_pages = StoredValue::new(user);
    let found_pages = Memo::new(move |_| typed.with(|text| user_pages.with_value(|user| pages(user, text))));
    let count = move || found_pages.with(Vec::len) + hits.with(Vec::len);
    let href_of = move |place: usize| -> Option<String> {
        let place = place.checked_sub(1)?;
        let page = found_pages.with(|pages| pages.get(place).map(|(_, path)| (*path).to_owned()));
        page.or_else(|| {
            let place = place - found_pages.with(Vec::len).min(place);
            hits.with(|hits| hits.get(place).map(|hit| routes::person(hit.id)))
        })
    };

    // Answers that come late, for less than what stands there by now, are dropped.
    let asked = StoredValue::new(0_u32);
    let look = move |text: String| {
        typed.set(text.clone());
        is_open.set(!text.trim().is_empty());
        active.set(0);
        asked.update_value(|asked| *asked += 1);
        let this = asked.get_value();
        if text.trim().chars().count() < TYPED_MIN {
            hits.set(Vec::new());
            return;
        }
        set_timeout(
            move || {
                if asked.get_value() != this {
                    return;
                }
                leptos::task::spawn_local(async move {
                    let answer = find_participants(text).await;
                    if asked.get_value() == this {
                        is_offline.set(matches!(answer, Err(AppError::Offline)));
                        hits.set(answer.unwrap_or_default());
                    }
                });
            },
            std::time::Duration::from_millis(120),
        );
    };

    let go = {
        let navigate = navigate.clone();
        move |path: &str| {
            is_open.set(false);
            navigate(path, NavigateOptions::default());
        }
    };
    let on_key = {
        let go = go.clone();
        move |event: leptos::ev::KeyboardEvent| match event.key().as_str() {
            "ArrowDown" if count() > 0 => {
                event.prevent_default();
                is_open.set(true);
                active.update(|active| *active = *active % count() + 1);
            }
            "ArrowUp" if count() > 0 => {
                event.prevent_default();
                is_open.set(true);
                active.update(|active| *active = if *active <= 1 { count() } else { *active - 1 });
            }
            "Escape" => {
                is_open.set(false);
                active.set(0);
            }
            "Enter" if is_open.get_untracked() => {
                if let Some(path) = href_of(active.get_untracked()) {
                    event.prevent_default();
                    go(&path);
                }
            }
            _ => {}
        }
    };
    let on_submit = move |event: leptos::ev::SubmitEvent| {
        let text = typed.get_untracked();
        // A BSN is left to the form, which posts it.
        if !text.trim().is_empty() && !search::holds_bsn(&text) {
            event.prevent_default();
            go(&routes::participants(Population::Current, &ParticipantListForm { zoek: text, ..Default::default() }));
        }
    };

    // Ctrl-K from anywhere, `/` from where nothing is being typed.
    Effect::new(move |_| {
        let handle = window_event_listener(leptos::ev::keydown, move |event| {
            let key = event.key();
            let wanted = (key.eq_ignore_ascii_case("k") && (event.ctrl_key() || event.meta_key()))
                || (key == "/" && !is_typing());
            if let Some(input) = input.get_untracked().filter(|_| wanted) {
                event.prevent_default();
                // Focus fails only on an element that is not in the document.
                let _ = input.focus();
                input.select();
            }
        });
        on_cleanup(move || handle.remove());
    });

    let options = move || {
        let pages = found_pages.get();
        let page_count = pages.len();
        let option = move |place: usize, href: String, name: String, detail: String| {
            view! {
                <li role="option" id=format!("zoek-{place}") aria-selected=move || if active.get() == place { "true" } else { "false" }>
                    <a href=href tabindex="-1">
                        <span>{name}</span>
                        <span class="soft small">{detail}</span>
                    </a>
                </li>
            }
        };
        let pages: Vec<_> = pages
            .into_iter()
            .enumerate()
            .map(|(place, (label, path))| {
                option(place + 1, path.to_owned(), label.to_owned(), t.frame().find_page.to_owned())
            })
            .collect();
        let hits: Vec<_> = hits
            .get()
            .into_iter()
            .enumerate()
            .map(|(place, hit)| option(page_count + place + 1, routes::person(hit.id), hit.name, hit.detail))
            .collect();
        (pages, hits)
    };
    let said = move || {
        if !is_open.get() || typed.with(|text| text.trim().chars().count() < TYPED_MIN) {
            String::new()
        } else if is_offline.get() {
            t.error().offline_title.to_owned()
        } else {
            t.frame().find_count(count() as u64)
        }
    };
    view! {
        <form method="post" action=routes::FIND class="find" role="search" on:submit=on_submit>
            <input
                node_ref=input
                type="search"
                name="zoek"
                id="zoek-overal"
                autocomplete="off"
                autocapitalize="none"
                spellcheck="false"
                maxlength="200"
                aria-label=t.frame().find_label
                placeholder=t.frame().find_placeholder
                role="combobox"
                aria-autocomplete="list"
                aria-controls="zoek-resultaten"
                aria-expanded=move || { if is_open.get() && count() > 0 { "true" } else { "false" } }
                aria-activedescendant=move || { (active.get() > 0).then(|| format!("zoek-{}", active.get())) }
                on:input=move |event| look(event_target_value(&event))
                on:keydown=on_key
                on:blur=move |_| {
                    // A click on an option must come first.
                    set_timeout(move || is_open.set(false), std::time::Duration::from_millis(200));
                }
            />
            <kbd aria-hidden="true">"Ctrl K"</kbd>
            <ul id="zoek-resultaten" role="listbox" aria-label=t.frame().find_label hidden=move || !is_open.get() || count() == 0>
                {options}
            </ul>
            <p class="find-said" class:visually-hidden=move || { count() > 0 } hidden=move || said().is_empty() role="status">{said}</p>
        </form>
    }
    .into_any()
}

/// Whether a key that is pressed now would be typed into something.
fn is_typing() -> bool {
    #[cfg(feature = "hydrate")]
    {
        document().active_element().is_some_and(|element| {
            matches!(element.tag_name().as_str(), "INPUT" | "TEXTAREA" | "SELECT")
                || element.has_attribute("contenteditable")
        })
    }
    #[cfg(not(feature = "hydrate"))]
    false
}

/// What the page [`FindPage`] shows.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Found {
    text: String,
    hits: Vec<Hit>,
}

/// Looks for what was posted; one participant, or words that a list can show, send the browser on.
async fn found() -> Result<Found, AppError> {
    #[cfg(feature = "ssr")]
    {
        use crate::ssr;
        ssr::signed_in()?;
        let text = ssr::posted_value("zoek").unwrap_or_default();
        if text.trim().is_empty() {
            return Ok(Found::default());
        }
        let hits = find_participants(text.clone()).await?;
        if let [hit] = hits.as_slice() {
            ssr::see_other(&routes::person(hit.id));
        } else if !search::holds_bsn(&text) {
            let form = ParticipantListForm { zoek: text.clone(), ..Default::default() };
            ssr::see_other(&routes::participants(Population::Current, &form));
        }
        Ok(Found { text, hits })
    }
    #[cfg(not(feature = "ssr"))]
    Ok(Found::default())
}

/// What was found, where the field was posted without JavaScript, or with a BSN.
#[component]
pub fn FindPage() -> impl IntoView {
    let t = use_texts();
    let found = Resource::new_blocking(|| (), |()| found());
    let user = use_frame().user.clone();
    let show = move |found: Found| {
        let pages: Vec<_> = user
            .as_ref()
            .map(|user| pages(user, &found.text))
            .unwrap_or_default()
            .into_iter()
            .map(|(label, path)| view! { <li><a href=path>{label}</a> <span class="soft small">{t.frame().find_page}</span></li> })
            .collect();
        let hits: Vec<_> = found
            .hits
            .into_iter()
            .map(|hit| view! { <li><a href=routes::person(hit.id)>{hit.name}</a> <span class="soft small">{hit.detail}</span></li> })
            .collect();
        if pages.is_empty() && hits.is_empty() {
            view! {
                <Empty title=t.frame().find_nothing>
                    <p>{t.frame().find_try}</p>
                </Empty>
            }
            .into_any()
        } else {
            view! { <ul class="sheet found">{pages} {hits}</ul> }.into_any()
        }
    };
    view! {
        <Suspense fallback=Busy>
            {loaded(move || {
                let show = show.clone();
                async move {
                    match found.await {
                        Ok(found) => view! { <Page title=t.frame().find_title>{show(found)}</Page> }.into_any(),
                        Err(error) => view! { <Failure error /> }.into_any(),
                    }
                }
            })}
        </Suspense>
    }
}
