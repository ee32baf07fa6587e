//! What happens in the rows of the list, seen from the table: ticking, revealing, moving with the keyboard. Rows have no
//! handlers of their own, so that a list of hundreds costs no more than one of ten.

use std::collections::BTreeMap;

use collectief_domain::ids::ParticipationId;
use leptos::ev;

/// The id of the table.
pub const TABLE: &str = "lijst";

/// Those who are ticked, with the version that was seen.
pub type Selection = BTreeMap<ParticipationId, i64>;

/// Adds or removes what was ticked. Returns whether anything was.
pub fn tick(event: &ev::Event, selection: &mut Selection) -> bool {
    browser::tick(event, selection).is_some()
}

/// Shows who is ticked; for rows that have just come to stand there.
pub fn show_ticks(selection: &Selection) {
    browser::show_ticks(selection);
}

/// Whose BSN is asked for with this click.
pub fn asked_to_reveal(event: &ev::MouseEvent) -> Option<ParticipationId> {
    browser::asked_to_reveal(event)
}

/// Shows a BSN in its row. It stands in the page alone, in no signal, and goes with its row.
pub fn show_bsn(id: ParticipationId, bsn: &str) {
    browser::show_bsn(id, bsn);
}

/// Hides every BSN that is shown.
pub fn hide_bsns() {
    browser::hide_bsns();
}

/// Moves to another row: up and down one, ten, or to the first or last one. Returns whether the move goes past the last
/// row that there is.
pub fn move_focus(event: &ev::KeyboardEvent) -> bool {
    browser::move_focus(event).unwrap_or(false)
}

/// Gives the focus to the row of a participant.
pub fn focus_row(id: ParticipationId) {
    browser::focus_row(id);
}

/// Gives the focus back to the arrow of a participant's row, if it was lost.
pub fn focus_arrow(id: ParticipationId) {
    browser::focus_arrow(id);
}

#[cfg(feature = "hydrate")]
mod browser {
    use collectief_domain::ids::ParticipationId;
    use leptos::{ev, prelude::document};
    use wasm_bindgen::JsCast;
    use web_sys::{Element, HtmlElement, HtmlInputElement};

    use super::{Selection, TABLE};

    /// How many rows Page Up and Page Down move.
    const PAGE: usize = 10;

    fn target(event: &web_sys::Event) -> Option<Element> {
        event.target()?.dyn_into().ok()
    }

    fn all(selector: &str) -> Vec<Element> {
        let found = document().get_element_by_id(TABLE).and_then(|table| table.query_selector_all(selector).ok());
        let Some(found) = found else { return Vec::new() };
        (0..found.length()).filter_map(|place| found.item(place)?.dyn_into().ok()).collect()
    }

    fn boxes() -> impl Iterator<Item = HtmlInputElement> {
        all("input[name=wie]").into_iter().filter_map(|found| found.dyn_into().ok())
    }

    fn read(value: &str) -> Option<(ParticipationId, i64)> {
        let (id, version) = value.split_once(':')?;
        Some((id.parse().ok()?, version.parse().ok()?))
    }

    pub fn tick(event: &ev::Event, selection: &mut Selection) -> Option<()> {
        let ticked: HtmlInputElement = target(event)?.dyn_into().ok()?;
        let mut change = |found: &HtmlInputElement| -> Option<()> {
            let (id, version) = read(&found.value())?;
            if ticked.checked() {
                selection.insert(id, version);
            } else {
                selection.remove(&id);
            }
            Some(())
        };
        if ticked.name() == "wie" {
            return change(&ticked);
        }
        if !ticked.has_attribute("data-all") {
            return None;
        }
        for found in boxes() {
            found.set_checked(ticked.checked());
            change(&found);
        }
        Some(())
    }

    pub fn show_ticks(selection: &Selection) {
        for found in boxes() {
            let is_ticked = read(&found.value()).is_some_and(|(id, _)| selection.contains_key(&id));
            found.set_checked(is_ticked);
        }
    }

    pub fn asked_to_reveal(event: &ev::MouseEvent) -> Option<ParticipationId> {
        let button = target(event)?.closest("button[data-toon]").ok()??;
        event.prevent_default();
        button.get_attribute("data-toon")?.parse().ok()
    }

    fn cell(id: ParticipationId) -> Option<Element> {
        document().get_element_by_id(&format!("d{id}"))?.query_selector(".c-bsn").ok()?
    }

    pub fn show_bsn(id: ParticipationId, bsn: &str) {
        hide_bsns();
        let Some((cell, shown)) = cell(id).zip(document().create_element("output").ok()) else { return };
        shown.set_text_content(Some(bsn));
        // `class_name` of the cell stays, for the framework owns it; the element of our own says that it is shown.
        shown.set_class_name("revealed");
        // It fails only when the cell left the page meanwhile.
        let _ = cell.append_child(&shown);
    }

    pub fn hide_bsns() {
        for shown in all("output.revealed") {
            shown.remove();
        }
    }

    fn row_links() -> Vec<HtmlElement> {
        all("tbody .c-name a").into_iter().filter_map(|found| found.dyn_into().ok()).collect()
    }

    pub fn move_focus(event: &ev::KeyboardEvent) -> Option<bool> {
        let key = event.key();
        if event.ctrl_key() || event.alt_key() || event.meta_key() || event.shift_key() {
            return None;
        }
        if !matches!(key.as_str(), "ArrowUp" | "ArrowDown" | "PageUp" | "PageDown" | "Home" | "End") {
            return None;
        }
        let target = target(event)?;
        // In a field these keys do what they do in fields; the opened row has its own.
        let is_tick = target.has_attribute("value") && target.closest(".c-pick").ok().flatten().is_some();
        if !is_tick && matches!(target.tag_name().as_str(), "INPUT" | "SELECT" | "TEXTAREA") {
            return None;
        }
        let row = target.closest("tr[data-id]").ok()??;
        let links = row_links();
        let here = links.iter().position(|link| row.contains(Some(link)))?;
        event.prevent_default();
        let last = links.len().saturating_sub(1);
        let there = match key.as_str() {
            "ArrowUp" => here.saturating_sub(1),
            "ArrowDown" => (here + 1).min(last),
            "PageUp" => here.saturating_sub(PAGE),
            "PageDown" => (here + PAGE).min(last),
            "Home" => 0,
            _ => last,
        };
        if let Some(link) = links.get(there) {
            let _ = link.focus();
        }
        Some(here == last && matches!(key.as_str(), "ArrowDown" | "PageDown"))
    }

    pub fn focus_row(id: ParticipationId) {
        focus_in_row(id, ".c-name a");
    }

    pub fn focus_arrow(id: ParticipationId) {
        if document().active_element().is_none_or(|active| active.tag_name() == "BODY") {
            focus_in_row(id, ".turn");
        }
    }

    fn focus_in_row(id: ParticipationId, selector: &str) {
        let link = document()
            .get_element_by_id(&format!("d{id}"))
            .and_then(|row| row.query_selector(selector).ok().flatten())
            .and_then(|link| link.dyn_into::<HtmlElement>().ok());
        if let Some(link) = link {
            let _ = link.focus();
        }
    }
}

/// On the server nothing is clicked.
#[cfg(not(feature = "hydrate"))]
mod browser {
    use collectief_domain::ids::ParticipationId;
    use leptos::ev;

    use super::Selection;

    pub fn tick(_event: &ev::Event, _selection: &mut Selection) -> Option<()> {
        None
    }
    pub fn show_ticks(_selection: &Selection) {}
    pub fn asked_to_reveal(_event: &ev::MouseEvent) -> Option<ParticipationId> {
        None
    }
    pub fn show_bsn(_id: ParticipationId, _bsn: &str) {}
    pub fn hide_bsns() {}
    pub fn move_focus(_event: &ev::KeyboardEvent) -> Option<bool> {
        None
    }
    pub fn focus_row(_id: ParticipationId) {}
    pub fn focus_arrow(_id: ParticipationId) {}
}
