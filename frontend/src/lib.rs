//! What runs first in the browser: it takes over the page that the server wrote. There is no logic here.

use std::time::Duration;

use collectief_app::pages::load_opened;
use leptos::prelude::{document, set_timeout};
use wasm_bindgen::prelude::wasm_bindgen;

/// Hydrates the page; called by the script in its head.
#[wasm_bindgen]
pub async fn hydrate() {
    // A page whose code cannot be had stays plain HTML.
    let Ok(()) = load_opened().await else { return };
    leptos::mount::hydrate_body(collectief_app::App);
    // Once what was started above has run, the page answers to the reader; who automates a browser can wait for this.
    set_timeout(
        // It fails only for a name that cannot be an attribute.
        || drop(document().document_element().map(|root| root.set_attribute("data-hydrated", ""))),
        Duration::ZERO,
    );
}
