//! Reading a form in the browser when it is sent.

use leptos::ev::SubmitEvent;
use serde::de::DeserializeOwned;

/// The form that is being sent, as a form of texts; names that were ticked more than once are joined by commas. On the
/// server, where nothing is ever sent this way, it is empty.
pub fn read<T: DeserializeOwned + Default>(event: &SubmitEvent) -> T {
    crate::routes::form_from_pairs(values(event).into_iter())
}

/// The names and values of the form that is being sent, each name once.
pub fn values(event: &SubmitEvent) -> Vec<(String, String)> {
    #[cfg(feature = "hydrate")]
    {
        use wasm_bindgen::JsCast;
        let form = event.target().and_then(|target| target.dyn_into::<web_sys::HtmlFormElement>().ok());
        form.map(|form| values_of(&form)).unwrap_or_default()
    }
    #[cfg(not(feature = "hydrate"))]
    {
        let _ = event;
        Vec::new()
    }
}

/// The value of the button that the form is being sent with; nothing where it is sent without one, and on the server.
pub fn pressed(event: &SubmitEvent) -> String {
    #[cfg(feature = "hydrate")]
    {
        event.submitter().and_then(|button| button.get_attribute("value")).unwrap_or_default()
    }
    #[cfg(not(feature = "hydrate"))]
    {
        let _ = event;
        String::new()
    }
}

/// The names and values of a form as it stands, each name once.
#[cfg(feature = "hydrate")]
pub fn values_of(form: &web_sys::HtmlFormElement) -> Vec<(String, String)> {
    let mut pairs: Vec<(String, String)> = Vec::new();
    let Ok(data) = web_sys::FormData::new_with_form(form) else { return pairs };
    for entry in data.entries().into_iter().flatten() {
        let entry = js_sys::Array::from(&entry);
        let (Some(name), Some(value)) = (entry.get(0).as_string(), entry.get(1).as_string()) else { continue };
        match pairs.iter_mut().find(|(known, _)| *known == name) {
            Some((_, joined)) => {
                joined.push(',');
                joined.push_str(&value);
            }
            None => pairs.push((name, value)),
        }
    }
    pairs
}
