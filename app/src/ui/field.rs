//! Fields: a label, a hint, the input, and what is wrong with it beside it.
//!
//! Inputs are not controlled: `value` is what stands there first, and a form is read when it is sent. So a page that
//! comes back with errors shows what was typed, with JavaScript or without.

use collectief_domain::field::{FieldCode, FieldErrors};
use leptos::prelude::*;

use crate::i18n::{field_code, use_texts};

/// The parts around an input, which takes the ids for its `aria-describedby`.
fn around(id: &'static str, label: String, hint: String, error: Signal<Option<FieldCode>>, input: AnyView) -> AnyView {
    let hint = (!hint.is_empty()).then(|| view! { <p class="hint" id=format!("{id}-hint")>{hint}</p> });
    view! {
        <div class="field" class:wrong=move || error.get().is_some()>
            <label for=id>{label}</label>
            {hint}
            {why(id, error)}
            {input}
        </div>
    }
    .into_any()
}

/// What is wrong, at the field, in the words that the summary uses.
fn why(id: &'static str, error: Signal<Option<FieldCode>>) -> impl IntoView {
    let t = use_texts();
    move || {
        error.get().map(|code| {
            view! {
                <p class="why" id=format!("{id}-fout")>
                    <span class="visually-hidden">{t.ui().error_prefix} " "</span>
                    {field_code(t, code)}
                </p>
            }
        })
    }
}

/// The ids that describe an input, or nothing.
fn described(
    id: &'static str,
    has_hint: bool,
    error: Signal<Option<FieldCode>>,
) -> impl Fn() -> Option<String> + Clone {
    move || {
        let wrong = error.get().is_some();
        match (has_hint, wrong) {
            (false, false) => None,
            (true, false) => Some(format!("{id}-hint")),
            (false, true) => Some(format!("{id}-fout")),
            (true, true) => Some(format!("{id}-hint {id}-fout")),
        }
    }
}

fn invalid(error: Signal<Option<FieldCode>>) -> impl Fn() -> Option<&'static str> + Clone {
    move || error.get().map(|_| "true")
}

/// The error on `field` out of a form's errors, for the `error` of a field component.
pub fn error_on(errors: Signal<FieldErrors>, field: &'static str) -> Signal<Option<FieldCode>> {
    Signal::derive(move || errors.with(|errors| errors.on(field)))
}

/// A line of text.
#[component]
pub fn TextField(
    /// The label.
    #[prop(into)]
    label: String,
    /// The name it is posted under, and its id where no other is given.
    name: &'static str,
    /// The id.
    #[prop(optional)]
    id: Option<&'static str>,
    /// What stands in it first.
    #[prop(optional, into)]
    value: String,
    /// What helps to fill it in.
    #[prop(optional, into)]
    hint: String,
    /// What is wrong with it.
    #[prop(optional, into)]
    error: Signal<Option<FieldCode>>,
    /// The input's type: `text` unless told (`email`, `password`, `search`).
    #[prop(default = "text")]
    kind: &'static str,
    /// What the browser may fill in: `off` unless told.
    #[prop(default = "off")]
    autocomplete: &'static str,
    /// The keyboard that a phone shows (`numeric`).
    #[prop(optional)]
    inputmode: Option<&'static str>,
    /// The greatest number of characters.
    #[prop(optional)]
    maxlength: Option<u32>,
    /// An example, in the field itself.
    #[prop(optional)]
    placeholder: Option<&'static str>,
) -> impl IntoView {
    let id = id.unwrap_or(name);
    let described = described(id, !hint.is_empty(), error);
    let input = view! {
        <input
            id=id
            name=name
            type=kind
            value=value
            autocomplete=autocomplete
            autocapitalize="none"
            spellcheck="false"
            inputmode=inputmode
            maxlength=maxlength.map(|max| max.to_string())
            placeholder=placeholder
            aria-describedby=described
            aria-invalid=invalid(error)
        />
    };
    around(id, label, hint, error, input.into_any())
}

/// A password, which a button beside it can show: who types on a phone or cannot see the dots makes fewer mistakes. The
/// button is there once script runs.
#[component]
pub fn PasswordField(
    /// The label.
    #[prop(into)]
    label: String,
    /// The name it is posted under, and its id.
    name: &'static str,
    /// What the browser may fill in: `current-password` or `new-password`.
    autocomplete: &'static str,
    /// What helps to fill it in.
    #[prop(optional, into)]
    hint: String,
    /// What is wrong with it.
    #[prop(optional, into)]
    error: Signal<Option<FieldCode>>,
) -> impl IntoView {
    let t = use_texts();
    let shown = RwSignal::new(false);
    let described = described(name, !hint.is_empty(), error);
    let input = view! {
        <div class="password">
            <input
                id=name
                name=name
                type=move || if shown.get() { "text" } else { "password" }
                autocomplete=autocomplete
                autocapitalize="none"
                spellcheck="false"
                aria-describedby=described
                aria-invalid=invalid(error)
            />
            <button
                type="button"
                class="button"
                aria-controls=name
                aria-pressed=move || if shown.get() { "true" } else { "false" }
                on:click=move |_| shown.update(|shown| *shown = !*shown)
            >
                {t.ui().show_password}
            </button>
        </div>
    };
    around(name, label, hint, error, input.into_any())
}

/// A date, typed as `dd-mm-jjjj` or in any other way that [`parse_typed_date`](collectief_domain::date::parse_typed_date)
/// understands.
#[component]
pub fn DateField(
    /// The label.
    #[prop(into)]
    label: String,
    /// The name it is posted under, and its id where no other is given.
    name: &'static str,
    /// The id.
    #[prop(optional)]
    id: Option<&'static str>,
    /// What stands in it first.
    #[prop(optional, into)]
    value: String,
    /// What helps to fill it in.
    #[prop(optional, into)]
    hint: String,
    /// What is wrong with it.
    #[prop(optional, into)]
    error: Signal<Option<FieldCode>>,
    /// Called while it is typed in.
    #[prop(optional, into)]
    on_input: Option<Callback<String>>,
) -> impl IntoView {
    let id = id.unwrap_or(name);
    let described = described(id, !hint.is_empty(), error);
    let t = use_texts();
    let input = view! {
        <input
            class="date"
            id=id
            name=name
            type="text"
            value=value
            autocomplete="off"
            inputmode="numeric"
            maxlength="20"
            placeholder=t.ui().date_placeholder
            aria-describedby=described
            aria-invalid=invalid(error)
            on:input=move |event| {
                if let Some(on_input) = on_input {
                    on_input.run(event_target_value(&event));
                }
            }
        />
    };
    around(id, label, hint, error, input.into_any())
}

/// One of several, in a list that folds.
#[component]
pub fn SelectField(
    /// The label.
    #[prop(into)]
    label: String,
    /// The name it is posted under, and its id where no other is given.
    name: &'static str,
    /// The id.
    #[prop(optional)]
    id: Option<&'static str>,
    /// The choices: what is posted, and what is shown.
    options: Vec<(String, String)>,
    /// The choice that is made first.
    #[prop(optional, into)]
    value: String,
    /// What helps to choose.
    #[prop(optional, into)]
    hint: String,
    /// What is wrong with it.
    #[prop(optional, into)]
    error: Signal<Option<FieldCode>>,
    /// Called when another is chosen.
    #[prop(optional, into)]
    on_change: Option<Callback<String>>,
) -> impl IntoView {
    let id = id.unwrap_or(name);
    let described = described(id, !hint.is_empty(), error);
    let options: Vec<_> = options
        .into_iter()
        .map(|(code, shown)| {
            let selected = code == value;
            view! { <option value=code selected=selected>{shown}</option> }
        })
        .collect();
    let input = view! {
        <select
            id=id
            name=name
            autocomplete="off"
            aria-describedby=described
            aria-invalid=invalid(error)
            on:change=move |event| {
                if let Some(on_change) = on_change {
                    on_change.run(event_target_value(&event));
                }
            }
        >
            {options}
        </select>
    };
    around(id, label, hint, error, input.into_any())
}

/// One of a few, all of them in sight.
#[component]
pub fn RadioGroup(
    /// What is asked.
    #[prop(into)]
    legend: String,
    /// The name it is posted under; the id of the first choice.
    name: &'static str,
    /// The choices: what is posted, and what is shown.
    options: Vec<(String, String)>,
    /// The choice that is made first.
    #[prop(optional, into)]
    value: String,
    /// What helps to choose.
    #[prop(optional, into)]
    hint: String,
    /// What is wrong with it.
    #[prop(optional, into)]
    error: Signal<Option<FieldCode>>,
) -> impl IntoView {
    let described = described(name, !hint.is_empty(), error);
    let hint = (!hint.is_empty()).then(|| view! { <p class="hint" id=format!("{name}-hint")>{hint}</p> });
    let options: Vec<_> = options
        .into_iter()
        .enumerate()
        .map(|(place, (code, shown))| {
            let id = if place == 0 { name.to_owned() } else { format!("{name}-{place}") };
            let checked = code == value;
            let label_for = id.clone();
            view! {
                <label class="choice" for=label_for>
                    <input type="radio" id=id name=name value=code checked=checked />
                    <span>{shown}</span>
                </label>
            }
        })
        .collect();
    view! {
        <fieldset class="field" class:wrong=move || error.get().is_some() aria-describedby=described>
            <legend>{legend}</legend>
            {hint}
            {why(name, error)}
            {options}
        </fieldset>
    }
    .into_any()
}

/// A box to tick.
#[component]
pub fn Checkbox(
    /// What ticking it means.
    #[prop(into)]
    label: String,
    /// The name it is posted under.
    name: &'static str,
    /// What is posted when it is ticked.
    #[prop(into)]
    value: String,
    /// Whether it is ticked first.
    #[prop(optional)]
    checked: bool,
    /// The id, which must be the page's only one; the name unless told.
    #[prop(optional, into)]
    id: Option<String>,
) -> impl IntoView {
    let id = id.unwrap_or_else(|| name.to_owned());
    let label_for = id.clone();
    view! {
        <label class="choice" for=label_for>
            <input type="checkbox" id=id name=name value=value checked=checked />
            <span>{label}</span>
        </label>
    }
    .into_any()
}

/// Several lines of text. The only place that may write a `<textarea>`: the framework's own writes a child unescaped, so
/// that a text with `</textarea>` in it would become part of the page. Here the text is escaped beforehand on the
/// server, and set as a property in the browser.
#[component]
pub fn TextArea(
    /// The label.
    #[prop(into)]
    label: String,
    /// The name it is posted under, and its id.
    name: &'static str,
    /// What stands in it first.
    #[prop(optional, into)]
    value: String,
    /// What helps to fill it in.
    #[prop(optional, into)]
    hint: String,
    /// What is wrong with it.
    #[prop(optional, into)]
    error: Signal<Option<FieldCode>>,
    /// Lines in sight.
    #[prop(default = 5)]
    rows: u32,
) -> impl IntoView {
    let described = described(name, !hint.is_empty(), error);
    let text = escaped(&value);
    let input = view! {
        <textarea
            id=name
            name=name
            rows=rows.to_string()
            aria-describedby=described
            aria-invalid=invalid(error)
            prop:value=value
        >
            {text}
        </textarea>
    };
    around(name, label, hint, error, input.into_any())
}

/// On the server the text with every `&` and `<` as an entity, which is the text itself to whoever reads the page; in
/// the browser, where the property holds the text, nothing.
fn escaped(text: &str) -> String {
    if cfg!(feature = "ssr") { text.replace('&', "&amp;").replace('<', "&lt;") } else { text.to_owned() }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;

    fn html(view: impl FnOnce() -> AnyView) -> String {
        let owner = Owner::new();
        owner.with(|| view().to_html())
    }

    #[test]
    fn a_text_cannot_leave_its_text_area() {
        let hostile = "</textarea><script>alert(1)</script> & \"quotes\"";
        let html = html(|| view! { <TextArea label="Vraag" name="vraag" value=hostile /> }.into_any());
        assert!(!html.contains("<script"), "{html}");
        assert!(html.contains("&lt;/textarea>&lt;script>alert(1)&lt;/script> &amp; \"quotes\""), "{html}");
        assert_eq!(html.matches("</textarea>").count(), 1, "{html}");
    }

    #[test]
    fn a_text_cannot_leave_its_attribute() {
        let hostile = "\"><script>alert(1)</script>";
        let html = html(|| view! { <TextField label="Naam" name="naam" value=hostile /> }.into_any());
        assert!(!html.contains("<script"), "{html}");
    }

    #[test]
    fn what_is_wrong_stands_at_the_field_and_is_tied_to_it() {
        let html = html(|| {
            view! { <TextField label="Naam" name="naam" hint="Zoals op de pas" error=Some(FieldCode::Required) /> }
                .into_any()
        });
        assert!(html.contains("aria-describedby=\"naam-hint naam-fout\""), "{html}");
        assert!(html.contains("aria-invalid=\"true\""), "{html}");
        assert!(html.contains("Vul dit veld in"), "{html}");
    }
}
