//! Small marks and notes. Colour never stands alone: each has words.

use leptos::prelude::*;

use crate::i18n::use_texts;

/// What a mark or note means.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Kind {
    /// Nothing in particular.
    #[default]
    Plain,
    /// Green: in, done.
    In,
    /// Red: out, wrong, ended.
    Out,
    /// Amber: waits for somebody, or asks attention.
    Wait,
}

impl Kind {
    /// The class beside `tag` or `note`, with a space before it.
    pub const fn class(self) -> &'static str {
        match self {
            Self::Plain => "",
            Self::In => " in",
            Self::Out => " out",
            Self::Wait => " wait",
        }
    }
}

/// A word in a coloured pill.
#[component]
pub fn Tag(
    /// What it means.
    #[prop(optional)]
    kind: Kind,
    /// The word.
    #[prop(into)]
    label: String,
) -> impl IntoView {
    view! { <span class=format!("tag{}", kind.class())>{label}</span> }.into_any()
}

/// Something to know, beside what it is about.
#[component]
pub fn Note(
    /// What it means.
    #[prop(optional)]
    kind: Kind,
    /// What to know; no block elements are needed around it.
    children: Children,
) -> impl IntoView {
    view! { <div class=format!("note{}", kind.class())>{children()}</div> }.into_any()
}

/// What was done: it is read aloud when it appears, and takes the focus when the page loads with it.
#[component]
pub fn Receipt(
    /// What was done, in a few words.
    #[prop(into)]
    title: String,
    /// The particulars.
    children: Children,
) -> impl IntoView {
    view! {
        <div class="receipt" role="status" tabindex="-1" autofocus>
            <h2>{title}</h2>
            {children()}
        </div>
    }
    .into_any()
}

/// Nothing was found, and what to try.
#[component]
pub fn Empty(
    /// What there is nothing of.
    #[prop(into)]
    title: String,
    /// What to try.
    children: Children,
) -> impl IntoView {
    view! {
        <div class="empty">
            <p class="empty-title">{title}</p>
            {children()}
        </div>
    }
    .into_any()
}

/// What stands where something is still being loaded.
#[component]
pub fn Busy() -> impl IntoView {
    let t = use_texts();
    view! { <p class="busy" role="status">{t.ui().busy}</p> }.into_any()
}
