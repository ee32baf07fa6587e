//! The button that asks the browser for a passkey, or to make one.
//!
//! It stands in a form that is posted like any other: what the browser answers is put into a hidden field, and the form is
//! sent. Passwords and codes in the same form are read by no script.

use collectief_domain::field::FieldCode;
use leptos::{html, prelude::*};

use super::actions::{ask_own_passkey, ask_passkey};
use crate::{
    error::AppError,
    i18n::{Texts, field_code, use_texts},
    ui::page::words,
};

/// What the browser is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Question {
    /// A passkey of the account whose sign-in waits.
    SignIn,
    /// A passkey of one's own account, before something changes.
    Own,
    /// To make one with these options, as JSON.
    New(String),
}

impl Question {
    /// The name of the field that the answer is posted in.
    const fn field(&self) -> &'static str {
        match self {
            Self::SignIn | Self::Own => "passkey",
            Self::New(_) => "nieuwe_passkey",
        }
    }

    /// What there is to say where no script runs.
    fn without_scripts(&self, t: &'static Texts) -> &'static str {
        let s = t.second_factor();
        match self {
            Self::SignIn | Self::Own => s.passkey_no_scripts,
            Self::New(_) => s.passkey_new_no_scripts,
        }
    }
}

/// Why there is no answer to post.
#[cfg_attr(not(feature = "hydrate"), expect(dead_code, reason = "only browsers have passkeys"))]
#[derive(Debug, Clone, PartialEq, Eq)]
enum Failed {
    /// This browser has no passkeys.
    Unsupported,
    /// The device has a passkey of the account already.
    Known,
    /// The browser says no, or its owner did.
    Refused,
    /// Nothing waits for an answer any more.
    TooLate,
    /// The server could not be asked.
    Server(AppError),
}

impl Failed {
    fn words(&self, t: &'static Texts) -> String {
        let s = t.second_factor();
        match self {
            Self::Unsupported => s.passkey_unsupported.to_owned(),
            Self::Known => s.passkey_known.to_owned(),
            Self::Refused => s.passkey_cancelled.to_owned(),
            Self::TooLate => s.passkey_too_late.to_owned(),
            Self::Server(error) => words(error).1,
        }
    }
}

/// The button, which sends the form that it stands in once the browser has answered.
#[component]
pub fn PasskeyButton(
    /// What the browser is asked.
    question: Question,
    /// The id of the button, and the start of that of what is wrong.
    id: &'static str,
    /// What is on the button.
    label: &'static str,
    /// How the button looks, beside being one.
    #[prop(default = "button")]
    class: &'static str,
    /// What the server found wrong with the last answer.
    #[prop(optional, into)]
    error: Signal<Option<FieldCode>>,
) -> impl IntoView {
    let t = use_texts();
    let answer = NodeRef::<html::Input>::new();
    let failed = RwSignal::new(None::<Failed>);
    let (field, without_scripts) = (question.field(), question.without_scripts(t));
    let wrong = move || {
        let told = error.get().map(|code| field_code(t, code));
        told.map(|told| view! { <p class="why" id=format!("{id}-fout")>{told}</p> })
    };
    view! {
        <div class="passkey">
            <input type="hidden" name=field node_ref=answer />
            {wrong}
            <p class="soft scripts-off">{without_scripts}</p>
            <button
                type="button"
                id=id
                class=class
                aria-describedby=move || error.get().map(|_| format!("{id}-fout"))
                on:click=move |_| ask(question.clone(), answer, failed)
            >
                {label}
            </button>
            <p class="why" role="alert">{move || failed.get().map(|failed| failed.words(t))}</p>
        </div>
    }
    .into_any()
}

/// Asks the browser, and sends the form with what it answers.
#[cfg(feature = "hydrate")]
fn ask(question: Question, answer: NodeRef<html::Input>, failed: RwSignal<Option<Failed>>) {
    leptos::task::spawn_local(async move {
        failed.set(None);
        match browser::answer(question).await {
            Ok(text) => {
                let Some(field) = answer.get_untracked() else { return };
                field.set_value(&text);
                if let Some(form) = field.form() {
                    // It fails only where the form's own checks do, which are off.
                    let _ = form.request_submit();
                }
                // It is worth nothing a second time.
                field.set_value("");
            }
            Err(why) => failed.set(Some(why)),
        }
    });
}

#[cfg(not(feature = "hydrate"))]
fn ask(_: Question, _: NodeRef<html::Input>, _: RwSignal<Option<Failed>>) {
    // Named so that both sides know the functions of the server.
    let _ = (ask_passkey, ask_own_passkey);
}

/// What the browser does, called by name: its own bindings would bring along a type for each of these objects.
#[cfg(feature = "hydrate")]
mod browser {
    use js_sys::{Function, JSON, Object, Promise, Reflect};
    use leptos::prelude::window;
    use wasm_bindgen::{JsCast, JsValue};
    use wasm_bindgen_futures::JsFuture;

    use super::{Failed, Question, ask_own_passkey, ask_passkey};

    /// What the browser answers, as JSON.
    pub(super) async fn answer(question: Question) -> Result<String, Failed> {
        let asked = match question {
            Question::New(options) => {
                let made = call("create", "parseCreationOptionsFromJSON", &options).await;
                return made.map_err(|error| why(&error));
            }
            Question::SignIn => ask_passkey().await,
            Question::Own => ask_own_passkey().await,
        };
        let options = asked.map_err(Failed::Server)?.ok_or(Failed::TooLate)?;
        call("get", "parseRequestOptionsFromJSON", &options).await.map_err(|error| why(&error))
    }

    /// Why the browser did not answer, by the name of its error.
    fn why(error: &JsValue) -> Failed {
        let name = get(error, "name").ok().and_then(|name| name.as_string());
        match name.as_deref() {
            // What was called is not there.
            Some("TypeError") => Failed::Unsupported,
            Some("InvalidStateError") => Failed::Known,
            _ => Failed::Refused,
        }
    }

    /// Calls `navigator.credentials` with options that the browser reads from JSON by itself.
    async fn call(method: &str, read: &str, options: &str) -> Result<String, JsValue> {
        let window = JsValue::from(window());
        let options = method_of(&get(&window, "PublicKeyCredential")?, read, &JSON::parse(options)?)?;
        let asked = Object::new();
        Reflect::set(&asked, &"publicKey".into(), &options)?;
        let credentials = get(&get(&window, "navigator")?, "credentials")?;
        let promise: Promise = method_of(&credentials, method, &asked)?.dyn_into()?;
        let credential = JsFuture::from(promise).await?;
        let written = JSON::stringify(&method_of(&credential, "toJSON", &JsValue::UNDEFINED)?)?;
        Ok(written.into())
    }

    fn get(object: &JsValue, name: &str) -> Result<JsValue, JsValue> {
        Reflect::get(object, &name.into())
    }

    fn method_of(object: &JsValue, name: &str, argument: &JsValue) -> Result<JsValue, JsValue> {
        let missing = || js_sys::TypeError::new(name).into();
        let method: Function = get(object, name)?.dyn_into().map_err(|_| -> JsValue { missing() })?;
        method.call1(object, argument)
    }
}
