//! What is ticked in the queue, and what keys do in it, seen from the table.

use leptos::ev;

use crate::ui::kept;

/// The id of the form around the queue, and of the one on the page of a request.
pub(super) const FORM: &str = "wie";
/// The id of what tells what came of a decision.
pub(super) const TOLD: &str = "besluit";

/// The id of the box that says whether keys do something: whoever steers by voice must be able to do without (WCAG 2.1.4).
pub(super) const KEYS: &str = "toetsen";

/// What is kept on the device where keys do nothing.
const OFF: &str = "uit";

/// Whether keys do something, as was chosen on this device.
pub(super) fn are_on() -> bool {
    kept::read(KEYS).as_deref() != Some(OFF)
}

/// Keeps whether keys do something.
pub(super) fn set_on(on: bool) {
    kept::write(KEYS, if on { "aan" } else { OFF });
}

/// How many requests are ticked.
pub(super) fn ticked() -> usize {
    browser::ticked()
}

/// Ticks all requests or none, where it is the box for all of them that was changed.
pub(super) fn tick_all(event: &ev::Event) {
    browser::tick_all(event);
}

/// Takes away what was ticked and typed, and folds up what was opened.
pub(super) fn clear() {
    browser::clear();
}

/// Gives the focus to what came of a decision.
pub(super) fn focus_told() {
    browser::focus_told();
}

/// Goes to the next request (`j`) or the one before it (`k`), ticks it (`x`), or opens it from its box (Enter). Where
/// something is being typed keys do what they do there.
pub(super) fn pressed(event: &ev::KeyboardEvent) {
    if are_on() {
        browser::pressed(event);
    }
}

#[cfg(feature = "hydrate")]
mod browser {
    use leptos::{ev, prelude::document};
    use wasm_bindgen::JsCast;
    use web_sys::{Element, HtmlElement, HtmlFormElement, HtmlInputElement};

    use super::{FORM, TOLD};

    fn all(selector: &str) -> Vec<Element> {
        let Ok(found) = document().query_selector_all(selector) else { return Vec::new() };
        (0..found.length()).filter_map(|place| found.item(place)?.dyn_into().ok()).collect()
    }

    fn boxes() -> impl Iterator<Item = HtmlInputElement> {
        all("table.queue input[name=wie]").into_iter().filter_map(|found| found.dyn_into().ok())
    }

    pub fn ticked() -> usize {
        boxes().filter(|found| found.checked()).count()
    }

    pub fn tick_all(event: &ev::Event) -> Option<()> {
        let ticked: HtmlInputElement = event.target()?.dyn_into().ok()?;
        ticked.closest("[data-all]").ok()??;
        for found in boxes() {
            found.set_checked(ticked.checked());
        }
        Some(())
    }

    pub fn clear() -> Option<()> {
        let form: HtmlFormElement = document().get_element_by_id(FORM)?.dyn_into().ok()?;
        form.reset();
        for opened in all("form.deciding details[open]") {
            // It fails only for what is not the name of an attribute.
            let _ = opened.remove_attribute("open");
        }
        Some(())
    }

    pub fn focus_told() -> Option<()> {
        let told: HtmlElement = document().get_element_by_id(TOLD)?.dyn_into().ok()?;
        told.focus().ok()
    }

    /// Whether the focus is where keys are for something else: in a field, or outside of the page's own part.
    fn is_elsewhere(focused: &Element) -> bool {
        let types = match focused.tag_name().as_str() {
            "BODY" => return false,
            "TEXTAREA" | "SELECT" => true,
            "INPUT" => focused.get_attribute("type").as_deref() != Some("checkbox"),
            _ => false,
        };
        types || !matches!(focused.closest("main"), Ok(Some(_)))
    }

    fn is_box(focused: &Element) -> bool {
        focused.tag_name() == "INPUT"
    }

    /// The link or the box of a row.
    fn of_row(row: &Element, selector: &str) -> Option<HtmlElement> {
        row.query_selector(selector).ok()??.dyn_into().ok()
    }

    pub fn pressed(event: &ev::KeyboardEvent) -> Option<()> {
        if event.ctrl_key() || event.alt_key() || event.meta_key() || event.shift_key() {
            return None;
        }
        let focused = document().active_element();
        if focused.as_ref().is_some_and(is_elsewhere) {
            return None;
        }
        let rows = all("table.queue tbody tr");
        let here = focused.as_ref().and_then(|focused| rows.iter().position(|row| row.contains(Some(focused))));
        let link = |place: Option<usize>| of_row(rows.get(place?)?, "th a");
        match (event.key().as_str(), here) {
            ("j", here) => link(Some(here.map_or(0, |here| here + 1)))?.focus().ok()?,
            ("k", Some(here)) => link(here.checked_sub(1))?.focus().ok()?,
            ("x", Some(here)) => of_row(rows.get(here)?, "input[name=wie]")?.click(),
            // On a link Enter opens by itself.
            ("Enter", Some(_)) if focused.as_ref().is_some_and(is_box) => link(here)?.click(),
            _ => return None,
        }
        event.prevent_default();
        Some(())
    }
}

/// On the server nothing is ticked or typed.
#[cfg(not(feature = "hydrate"))]
mod browser {
    use leptos::ev;

    pub fn ticked() -> usize {
        0
    }
    pub fn tick_all(_event: &ev::Event) {}
    pub fn clear() {}
    pub fn focus_told() {}
    pub fn pressed(_event: &ev::KeyboardEvent) {}
}
