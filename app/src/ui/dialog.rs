//! A native dialog, which the browser keeps the focus in and closes with Escape.

use leptos::{html, prelude::*};

use crate::i18n::use_texts;

/// A dialog that is in the way of the page until it is closed. It only opens in the browser; what it offers must be
/// reachable as a page as well.
#[component]
pub fn Dialog(
    /// Whether it is open. It is set to false when the reader closes it.
    #[prop(into)]
    open: RwSignal<bool>,
    /// Its heading.
    #[prop(into)]
    title: Signal<String>,
    /// Its id, and the start of the heading's.
    id: &'static str,
    /// Whether the reader cannot close it without choosing.
    #[prop(optional)]
    must_choose: bool,
    /// What is in it; made anew each time it opens.
    children: ChildrenFn,
) -> impl IntoView {
    let t = use_texts();
    let dialog = NodeRef::<html::Dialog>::new();
    Effect::new(move |_| {
        let Some(dialog) = dialog.get() else { return };
        if open.get() && !dialog.open() {
            // It fails only when the dialog is not in the document, and then there is nothing to show.
            let _ = dialog.show_modal();
        } else if !open.get() && dialog.open() {
            dialog.close();
        }
    });
    let heading = format!("{id}-titel");
    let labelled_by = heading.clone();
    view! {
        <dialog
            id=id
            node_ref=dialog
            aria-labelledby=labelled_by
            on:close=move |_| open.set(false)
            on:cancel=move |event: leptos::ev::Event| {
                if must_choose {
                    event.prevent_default();
                }
            }
        >
            <div class="dialog-head">
                <h2 id=heading>{move || title.get()}</h2>
                {(!must_choose)
                    .then(|| {
                        view! {
                            <button type="button" class="button plain" aria-label=t.ui().close on:click=move |_| open.set(false)>
                                "×"
                            </button>
                        }
                    })}
            </div>
            {move || open.get().then(|| children())}
        </dialog>
    }
    .into_any()
}
