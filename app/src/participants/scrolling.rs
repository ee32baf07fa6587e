//! Scrolling on through any number of rows. Pages are added below while one scrolls, and taken away above, where an empty
//! space of their height keeps everything in its place; so a list of 100,000 never has more than a few hundred rows on
//! the page.

use std::{collections::HashMap, sync::Arc};

use collectief_domain::{
    ids::ParticipationId,
    participant::{ParticipantListForm, ParticipantPage, ParticipantRow, Population},
};
use leptos::prelude::*;

use super::list_participants;

/// The greatest number of rows on the page, though never fewer than three pages.
const ROWS_MAX: u32 = 300;
/// How far from the edge of the window, in pixels, more rows are fetched.
const AHEAD: f64 = 1_200.0;
/// How far within the space above the rows, in pixels, one is taken there at once instead of page by page.
const JUMP: f64 = 4_000.0;
/// The id of what stands below the rows.
const BELOW: &str = "meer";
/// The id of the space above the rows.
const ABOVE: &str = "eerder";

/// One page of rows that is shown.
#[derive(Clone)]
pub struct ShownPage {
    /// Its number.
    pub number: u32,
    /// Tells this list from the one that stood here before, for the same number may come again.
    pub list: u64,
    /// Its rows.
    pub rows: Arc<[ParticipantRow]>,
}

/// The pages that are shown, and how to get more of them.
#[derive(Clone, Copy)]
pub struct Scrolling {
    population: Population,
    form: StoredValue<ParticipantListForm>,
    page_size: u32,
    /// The pages that are shown, in order.
    pub pages: RwSignal<Vec<ShownPage>>,
    /// The height of the pages taken away above, in pixels.
    pub space: RwSignal<f64>,
    /// Whether there are more rows below.
    pub has_more: RwSignal<bool>,
    /// Whether rows are being fetched.
    pub busy: RwSignal<bool>,
    /// Whether fetching failed; the reader can try again.
    pub failed: RwSignal<bool>,
    /// Whether more rows are fetched by themselves: from the first time they were asked for.
    follows: RwSignal<bool>,
    heights: StoredValue<HashMap<u32, f64>>,
}

/// Where a page comes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    Above,
    Below,
    /// In the place of all that is shown: this page.
    Instead(u32),
}

impl Scrolling {
    /// Begins with one page.
    pub fn new(population: Population, form: ParticipantListForm, page: &ParticipantPage, list: u64) -> Self {
        let first = ShownPage { number: page.page, list, rows: page.rows.clone().into() };
        Self {
            population,
            form: StoredValue::new(form),
            page_size: page.page_size,
            pages: RwSignal::new(vec![first]),
            space: RwSignal::new(0.0),
            has_more: RwSignal::new(page.has_next),
            busy: RwSignal::new(false),
            failed: RwSignal::new(false),
            follows: RwSignal::new(false),
            heights: StoredValue::new(HashMap::new()),
        }
    }

    /// Fetches the next page; from then on more come by themselves while one scrolls.
    pub fn more(self, focus: bool) {
        self.follows.set(true);
        if self.has_more.get_untracked() {
            self.fetch(End::Below, focus);
        }
    }

    /// Fetches what is near the edge of the window. Called while one scrolls.
    pub fn scrolled(self) {
        // What is fetched may have come after the list had gone, and its signals with it.
        let idle = self.busy.try_get_untracked() == Some(false);
        if !idle || !self.follows.get_untracked() || self.failed.get_untracked() {
            return;
        }
        let space = self.space.get_untracked();
        if let Some(top) = (space > 0.0).then(|| in_view(ABOVE)).flatten() {
            // Far within the space nothing near is shown: then what is in view comes in the place of what was shown.
            let far = space - top > JUMP;
            self.fetch(if far { End::Instead(self.page_at(top)) } else { End::Above }, false);
        } else if self.has_more.get_untracked() && in_view(BELOW).is_some() {
            self.fetch(End::Below, false);
        }
    }

    /// The page that stood so many pixels below the top of the space.
    fn page_at(self, top: f64) -> u32 {
        self.heights.with_value(|heights| {
            let mut numbers: Vec<u32> = heights.keys().copied().collect();
            numbers.sort_unstable();
            let mut above = 0.0;
            for number in &numbers {
                above += heights.get(number).copied().unwrap_or_default();
                if above > top {
                    return *number;
                }
            }
            numbers.last().copied().unwrap_or(1)
        })
    }

    /// The height of all pages before this one that were taken away.
    fn height_before(self, number: u32) -> f64 {
        self.heights
            .with_value(|heights| heights.iter().filter(|(other, _)| **other < number).map(|(_, height)| height).sum())
    }

    fn fetch(self, end: End, focus: bool) {
        if self.busy.get_untracked() {
            return;
        }
        let number = self.pages.with_untracked(|pages| match end {
            End::Above => pages.first().map_or(0, |page| page.number.saturating_sub(1)),
            End::Below => pages.last().map_or(1, |page| page.number + 1),
            End::Instead(number) => number,
        });
        if number == 0 {
            return;
        }
        self.busy.set(true);
        self.failed.set(false);
        let asked = self.form.with_value(|form| form.with_page(number));
        leptos::task::spawn_local(async move {
            let answer = list_participants(self.population, asked).await;
            // The list may have gone while this was fetched, and its signals with it.
            if self.busy.try_get_untracked().is_none() {
                return;
            }
            match answer {
                Ok(answer) => self.add(end, answer.page, focus),
                Err(_) => self.failed.set(true),
            }
            self.busy.set(false);
            // What came may not fill the window yet.
            request_animation_frame(move || self.scrolled());
        });
    }

    fn add(self, end: End, page: ParticipantPage, focus: bool) {
        let limit = (ROWS_MAX / self.page_size.max(1)).max(3) as usize;
        let first = page.rows.first().map(|row| row.id);
        let mut gone = None;
        let number = page.page;
        self.pages.update(|pages| {
            let list = pages.first().map_or(0, |page| page.list);
            let shown = ShownPage { number, list, rows: page.rows.into() };
            match end {
                End::Below => {
                    pages.push(shown);
                    if pages.len() > limit {
                        gone = Some(pages.remove(0).number);
                    }
                }
                End::Above => {
                    pages.insert(0, shown);
                    if pages.len() > limit {
                        gone = pages.pop().map(|page| page.number);
                    }
                }
                End::Instead(_) => *pages = vec![shown],
            }
            // The height must be read before the rows leave the page, which they do after this.
            if let Some(gone) = gone.filter(|_| end == End::Below) {
                let height = height_of(gone);
                self.heights.update_value(|heights| {
                    heights.insert(gone, height);
                });
            }
        });
        let above = self.pages.with_untracked(|pages| pages.first().map_or(1, |page| page.number));
        self.space.set(self.height_before(above));
        match end {
            End::Below => self.has_more.set(page.has_next),
            End::Above if gone.is_some() => self.has_more.set(true),
            End::Above => {}
            End::Instead(_) => self.has_more.set(page.has_next),
        }
        if let Some(first) = first.filter(|_| focus) {
            after_painting(first);
        }
    }
}

/// The space that stands for the pages taken away above.
pub fn space_above(scrolling: Scrolling, columns: usize) -> impl IntoView {
    move || {
        let height = scrolling.space.get();
        (height > 0.0).then(|| {
            // As whole numbers: writing a fraction takes code of 7 kB.
            let hundredths = (height * 100.0).round() as u64;
            let height = format!("{}.{:02}px", hundredths / 100, hundredths % 100);
            view! {
                <tbody id=ABOVE aria-hidden="true">
                    <tr>
                        <td colspan=columns.to_string() style:height=height></td>
                    </tr>
                </tbody>
            }
        })
    }
}

/// What stands below the rows: the way to more of them.
pub fn below(
    scrolling: Scrolling,
    next: String,
    label: &'static str,
    busy: &'static str,
    failed: &'static str,
) -> AnyView {
    view! {
        <div id=BELOW class="more" aria-live="polite">
            {move || {
                let on_click = move |event: leptos::ev::MouseEvent| {
                    event.prevent_default();
                    scrolling.more(true);
                };
                scrolling
                    .has_more
                    .get()
                    .then(|| {
                        view! {
                            <a class="button" href=next.clone() on:click=on_click>
                                {move || if scrolling.busy.get() { busy } else { label }}
                            </a>
                        }
                    })
            }}
            {move || scrolling.failed.get().then(|| view! { <p class="why">{failed}</p> })}
        </div>
    }
    .into_any()
}

/// How far below the top of an element the window begins, if the element is in or near the window.
#[cfg(feature = "hydrate")]
fn in_view(id: &str) -> Option<f64> {
    let window = web_sys::window()?;
    let inner = window.inner_height().ok().and_then(|height| height.as_f64()).unwrap_or_default();
    let place = document().get_element_by_id(id)?.get_bounding_client_rect();
    (place.top() < inner + AHEAD && place.bottom() > -AHEAD).then(|| (-place.top()).max(0.0))
}

/// How high the rows of a page are.
#[cfg(feature = "hydrate")]
fn height_of(number: u32) -> f64 {
    use leptos::wasm_bindgen::JsCast as _;

    // With an opened row a page has several bodies.
    let Ok(bodies) = document().query_selector_all(&format!("tbody[data-page=\"{number}\"]")) else { return 0.0 };
    let bodies = (0..bodies.length()).filter_map(|at| bodies.item(at)?.dyn_into::<web_sys::Element>().ok());
    bodies.map(|body| body.get_bounding_client_rect().height()).sum()
}

/// The rows stand on the page only after the framework had its turn.
fn after_painting(id: ParticipationId) {
    request_animation_frame(move || super::list_dom::focus_row(id));
}

#[cfg(not(feature = "hydrate"))]
fn in_view(_id: &str) -> Option<f64> {
    let _ = AHEAD;
    None
}

#[cfg(not(feature = "hydrate"))]
fn height_of(_number: u32) -> f64 {
    0.0
}
