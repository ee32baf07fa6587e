//! What is wrong with a form, at the top of the page, with a link to each field.

use collectief_domain::field::FieldErrors;
use leptos::{html::Div, prelude::*};

use crate::i18n::{field_code, use_texts};

/// The error summary. It takes the focus when it appears: by `autofocus` when the page comes from the server, by script
/// when a form was sent without leaving the page.
///
/// The id of each input must be the field's name, or what `id_of` makes of it.
#[component]
pub fn ErrorSummary(
    /// What is wrong; nothing shows while that is nothing.
    #[prop(into)]
    errors: Signal<FieldErrors>,
    /// The id of the input for a field's name, where that is not the name itself.
    #[prop(optional)]
    id_of: Option<fn(&str) -> String>,
) -> impl IntoView {
    let t = use_texts();
    let place = NodeRef::<Div>::new();
    Effect::new(move |_| {
        if errors.with(|errors| !errors.is_empty())
            && let Some(place) = place.get()
        {
            let _ = place.focus();
        }
    });
    move || {
        let errors = errors.get();
        (!errors.is_empty()).then(|| {
            let items: Vec<_> = errors
                .0
                .iter()
                .map(|error| {
                    let id = id_of.map_or_else(|| error.field.to_string(), |id_of| id_of(&error.field));
                    view! { <li><a href=format!("#{id}") rel="external">{field_code(t, error.code)}</a></li> }
                })
                .collect();
            view! {
                <div class="summary" role="alert" tabindex="-1" autofocus node_ref=place aria-labelledby="summary-title">
                    <h2 id="summary-title">{t.ui().summary_title}</h2>
                    <ul>{items}</ul>
                </div>
            }
        })
    }
}
