//! The page of one's own second step: how it stands, setting up an app, recovery codes, doing away with it. Its passkeys
//! are in [`passkeys`](super::passkeys).

use collectief_domain::{
    field::FieldErrors,
    password::MIN_ALONE,
    second_factor::{SecondFactorView, TotpSetup},
};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use serde::{Deserialize, Serialize};

use super::{
    actions::view_second_factor,
    passkey::{PasskeyButton, Question},
    passkeys::{make_passkey, passkeys},
};
use crate::{
    error::AppError,
    i18n::{Texts, long_date, use_texts},
    routes,
    ui::{
        error_summary::ErrorSummary,
        field::{PasswordField, TextField, error_on},
        loaded::loaded,
        mark::{Busy, Kind, Note, Receipt, Tag},
        page::{Failure, Page},
    },
};

/// What the address tells when the second step was done away with.
pub(super) const REMOVED: &str = "uit";
/// What the address tells when a passkey was added.
pub(super) const PASSKEY_ADDED: &str = "passkey";
/// What the address tells when a passkey was removed.
pub(super) const PASSKEY_REMOVED: &str = "passkey-weg";

/// What can be done on the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Deed {
    /// Begin to set up an app.
    Begin,
    /// Use the app that is being set up.
    SetUp,
    /// Make new recovery codes.
    RenewCodes,
    /// Begin to add a passkey.
    BeginPasskey,
    /// Keep the passkey that the browser made.
    AddPasskey,
    /// Remove a passkey.
    RemovePasskey,
    /// Do away with the second step.
    Remove,
}

impl Deed {
    /// Every one.
    #[cfg(feature = "ssr")]
    const ALL: [Self; 7] = [
        Self::Begin,
        Self::SetUp,
        Self::RenewCodes,
        Self::BeginPasskey,
        Self::AddPasskey,
        Self::RemovePasskey,
        Self::Remove,
    ];

    /// The word for it in a form.
    pub(super) const fn code(self) -> &'static str {
        match self {
            Self::Begin => "beginnen",
            Self::SetUp => "instellen",
            Self::RenewCodes => "codes",
            Self::BeginPasskey => "passkey-beginnen",
            Self::AddPasskey => "passkey-bewaren",
            Self::RemovePasskey => "passkey-verwijderen",
            Self::Remove => "uitzetten",
        }
    }

    /// What has this [`code`](Self::code).
    #[cfg(feature = "ssr")]
    pub(super) fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|deed| deed.code() == code)
    }
}

/// What the page shows.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Shown {
    /// What was posted is done; the browser goes on to another page.
    Sent,
    /// How it stands, and what is wrong with what was tried.
    State { view: Box<SecondFactorView>, wrong: Option<(Deed, FieldErrors)> },
    /// New recovery codes, which are told once.
    Codes { codes: Vec<String>, with: CodesWith },
}

/// With what new recovery codes came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum CodesWith {
    /// An app was set up.
    App,
    /// The first passkey was added.
    Passkey,
    /// They were asked for.
    Nothing,
}

async fn shown(step: String) -> Result<Shown, AppError> {
    #[cfg(feature = "ssr")]
    if let Some(form) = crate::ssr::posted() {
        return super::ssr::posted(form).await;
    }
    Ok(Shown::State { view: Box::new(view_second_factor(step).await?), wrong: None })
}

/// The page `/mijn-gegevens/tweede-stap`.
#[component]
pub fn SecondFactorPage() -> impl IntoView {
    let query = use_query_map();
    let step = move || query.with(|query| query.get_str(routes::STEP).unwrap_or_default().to_owned());
    let done = move || query.with_untracked(|query| query.get_str(routes::DONE).unwrap_or_default().to_owned());
    let state = Resource::new_blocking(step, shown);
    view! {
        <Transition fallback=Busy>
            {loaded(move || async move {
                match state.await {
                    Ok(Shown::State { view, wrong }) => page(*view, wrong, &done()),
                    Ok(Shown::Codes { codes, with }) => codes_page(codes, with),
                    Ok(Shown::Sent) => ().into_any(),
                    Err(error) => view! { <Failure error /> }.into_any(),
                }
            })}
        </Transition>
    }
}

fn page(view: SecondFactorView, wrong: Option<(Deed, FieldErrors)>, done: &str) -> AnyView {
    let t = use_texts();
    let s = t.second_factor();
    let is_wrong = wrong.is_some();
    let (failed, errors) = wrong.map_or((None, FieldErrors::default()), |(deed, errors)| (Some(deed), errors));
    // The fields of each form have ids of their own.
    let id_of = match failed {
        Some(Deed::RenewCodes) => |field: &str| format!("codes-{field}"),
        Some(Deed::Remove) => |field: &str| format!("uitzetten-{field}"),
        Some(Deed::BeginPasskey | Deed::AddPasskey) => |field: &str| format!("toevoegen-{field}"),
        Some(Deed::RemovePasskey) => |field: &str| format!("verwijderen-{field}"),
        _ => |field: &str| field.to_owned(),
    };
    let summary = view! { <ErrorSummary errors=Signal::stored(errors.clone()) id_of /> };
    let receipt = match done {
        REMOVED => Some((s.removed, s.removed_text)),
        PASSKEY_ADDED => Some((s.passkey_done, s.passkey_done_text)),
        PASSKEY_REMOVED => Some((s.passkey_gone, s.passkey_gone_text)),
        _ => None,
    };
    let receipt = receipt.map(|(title, text)| view! { <Receipt title><p>{text}</p></Receipt> });
    let on_since = view.on_since();
    let required = (view.is_required && on_since.is_none())
        .then(|| view! { <Note kind=Kind::Wait><p>{s.required_text}</p></Note> });
    let tried = Tried { failed, errors };
    let body = match (&view.setup, &view.new_passkey) {
        (Some(setup), _) => setup_form(t, setup, &view, tried.errors_of(Deed::SetUp)),
        (None, Some(new)) => make_passkey(t, new),
        (None, None) if on_since.is_none() => off(t, &view, &tried),
        (None, None) => on(t, &view, &tried),
    };
    let state = match on_since {
        Some(since) => view! { <Tag kind=Kind::In label=s.on /> " " {s.since(long_date(since))} }.into_any(),
        None => view! { <Tag label=s.off /> }.into_any(),
    };
    view! {
        <Page title=s.title.to_owned() wrong=is_wrong>
            {receipt}
            {summary}
            <p class="inline">{state}</p>
            {required}
            <p class="soft">{s.about}</p>
            {body}
        </Page>
    }
    .into_any()
}

/// What was tried, and what is wrong with it.
pub(super) struct Tried {
    failed: Option<Deed>,
    errors: FieldErrors,
}

impl Tried {
    /// Whether it was this.
    pub(super) fn was(&self, deed: Deed) -> bool {
        self.failed == Some(deed)
    }

    /// What is wrong, if it was this.
    pub(super) fn errors_of(&self, deed: Deed) -> Signal<FieldErrors> {
        Signal::stored(if self.was(deed) { self.errors.clone() } else { FieldErrors::default() })
    }
}

/// A form that does one thing, with the word for it.
fn begin(label: &'static str, class: &'static str) -> AnyView {
    view! {
        <form method="post" action=routes::SECOND_FACTOR>
            <input type="hidden" name="actie" value=Deed::Begin.code() />
            <button class=class>{label}</button>
        </form>
    }
    .into_any()
}

fn off(t: &'static Texts, view: &SecondFactorView, tried: &Tried) -> AnyView {
    view! { <div class="others">{app_section(t, false)} {passkeys(t, view, tried)}</div> }.into_any()
}

/// Setting up an app, in the place of another one where there is one.
fn app_section(t: &'static Texts, replaces: bool) -> AnyView {
    let s = t.second_factor();
    let (title, text, label, class) = if replaces {
        (s.replace, s.replace_text, s.replace_begin, "button")
    } else {
        (s.set_up, s.set_up_text, s.set_up_begin, "button act")
    };
    view! {
        <section class="sheet pad">
            <h2>{title}</h2>
            <p>{text}</p>
            {begin(label, class)}
        </section>
    }
    .into_any()
}

/// The QR code, the secret to type, and the fields to prove that the app shows the right codes.
fn setup_form(t: &'static Texts, setup: &TotpSetup, view: &SecondFactorView, errors: Signal<FieldErrors>) -> AnyView {
    /// The empty squares that a reader needs around a code.
    const MARGIN: u32 = 4;
    let s = t.second_factor();
    let side = setup.size + 2 * MARGIN;
    let view_box = format!("-{MARGIN} -{MARGIN} {side} {side}");
    let old_code = view.on_since().map(|_| code_field(t, view, None, errors));
    let passkey = passkey_proof(t, view, "passkey", errors);
    view! {
        <form method="post" action=routes::SECOND_FACTOR class="setup" novalidate>
            <input type="hidden" name="actie" value=Deed::SetUp.code() />
            <section class="sheet pad" aria-labelledby="stap-1">
                <h2 id="stap-1">{s.scan}</h2>
                <p>{s.scan_text}</p>
                <svg class="qr" viewBox=view_box role="img" aria-label=s.qr shape-rendering="crispEdges">
                    <path d=setup.path.clone() />
                </svg>
                <p>{s.type_text}</p>
                <p><code class="secret">{setup.secret.clone()}</code></p>
            </section>
            <section class="sheet pad" aria-labelledby="stap-2">
                <h2 id="stap-2">{s.prove}</h2>
                <TextField
                    label=s.new_code
                    name="nieuwe_code"
                    hint=s.code_hint
                    inputmode="numeric"
                    autocomplete="one-time-code"
                    maxlength=20
                    error=error_on(errors, "nieuwe_code")
                />
                {old_code}
                <PasswordField
                    label=s.password
                    name="wachtwoord"
                    autocomplete="current-password"
                    error=error_on(errors, "wachtwoord")
                />
                {passkey}
                <div class="deeds">
                    <button class="button act">{s.set_up_submit}</button>
                    <a class="button plain" href=routes::SECOND_FACTOR>{s.cancel}</a>
                </div>
            </section>
        </form>
    }
    .into_any()
}

/// What can be done while it is on.
fn on(t: &'static Texts, view: &SecondFactorView, tried: &Tried) -> AnyView {
    view! {
        <div class="others">
            {recovery_codes(t, view, tried)}
            {app_section(t, view.since.is_some())}
            {passkeys(t, view, tried)}
            {removal(t, view, tried)}
        </div>
    }
    .into_any()
}

/// How many recovery codes are left, and making new ones.
fn recovery_codes(t: &'static Texts, view: &SecondFactorView, tried: &Tried) -> AnyView {
    let s = t.second_factor();
    let few = view.recovery_codes <= 2;
    let left = s.codes_left(view.recovery_codes.into());
    let left = if few {
        view! { <Note kind=Kind::Wait><p>{left} " " {s.codes_few}</p></Note> }.into_any()
    } else {
        view! { <p>{left}</p> }.into_any()
    };
    let fields = proof_fields(t, view, CODES_IDS, tried.errors_of(Deed::RenewCodes));
    view! {
        <section class="sheet pad">
            <h2>{s.codes}</h2>
            <p>{s.codes_text}</p>
            {left}
            <details class="twice" open=tried.was(Deed::RenewCodes)>
                <summary>{s.renew}</summary>
                <p>{s.renew_text}</p>
                {form(Deed::RenewCodes, fields, s.renew_submit)}
            </details>
        </section>
    }
    .into_any()
}

/// Doing away with the second step as a whole.
fn removal(t: &'static Texts, view: &SecondFactorView, tried: &Tried) -> AnyView {
    let s = t.second_factor();
    if view.is_required {
        return view! { <section class="sheet pad"><h2>{s.remove}</h2><p>{s.remove_required}</p></section> }.into_any();
    }
    if view.password_is_short {
        return view! {
            <section class="sheet pad">
                <h2>{s.remove}</h2>
                <p>{s.remove_short(MIN_ALONE)}</p>
                <p><a href=routes::OWN_DETAILS>{s.choose_password}</a></p>
            </section>
        }
        .into_any();
    }
    let fields = proof_fields(t, view, REMOVAL_IDS, tried.errors_of(Deed::Remove));
    view! {
        <details class="sheet pad twice end" open=tried.was(Deed::Remove)>
            <summary>{s.remove}</summary>
            <p>{s.remove_text}</p>
            {form(Deed::Remove, fields, s.remove_submit)}
        </details>
    }
    .into_any()
}

/// The ids of what a form asks once more: the password, a code, and the button for a passkey.
pub(super) type ProofIds = [&'static str; 3];

const CODES_IDS: ProofIds = ["codes-wachtwoord", "codes-code", "codes-passkey"];
const REMOVAL_IDS: ProofIds = ["uitzetten-wachtwoord", "uitzetten-code", "uitzetten-passkey"];

/// A form that does something, with what it asks.
pub(super) fn form(deed: Deed, fields: AnyView, submit: &'static str) -> AnyView {
    let class = if deed == Deed::BeginPasskey { "button act" } else { "button stop" };
    view! {
        <form method="post" action=routes::SECOND_FACTOR novalidate>
            <input type="hidden" name="actie" value=deed.code() />
            {fields}
            <button class=class>{submit}</button>
        </form>
    }
    .into_any()
}

/// What asks the password once more, and where there is a second step a code or a passkey.
pub(super) fn proof_fields(
    t: &'static Texts,
    view: &SecondFactorView,
    [password_id, code_id, passkey_id]: ProofIds,
    errors: Signal<FieldErrors>,
) -> AnyView {
    let code = view.on_since().map(|_| code_field(t, view, Some(code_id), errors));
    view! {
        <TextField
            id=password_id
            label=t.second_factor().password
            name="wachtwoord"
            kind="password"
            autocomplete="current-password"
            error=error_on(errors, "wachtwoord")
        />
        {code}
        {passkey_proof(t, view, passkey_id, errors)}
    }
    .into_any()
}

/// A code of the app, where there is one, or a recovery code.
fn code_field(
    t: &'static Texts,
    view: &SecondFactorView,
    id: Option<&'static str>,
    errors: Signal<FieldErrors>,
) -> AnyView {
    let s = t.second_factor();
    let (label, hint) = match (view.since, id) {
        (None, _) => (s.recovery_code, s.recovery_code_hint),
        // Beside the code of the app that is being set up.
        (Some(_), None) => (s.old_code, s.either_code_hint),
        (Some(_), Some(_)) => (s.code, s.either_code_hint),
    };
    view! {
        <TextField
            id=id.unwrap_or("code")
            label
            name="code"
            hint
            autocomplete="one-time-code"
            maxlength=60
            error=error_on(errors, "code")
        />
    }
    .into_any()
}

/// The button to prove it with a passkey, where there is one.
fn passkey_proof(
    t: &'static Texts,
    view: &SecondFactorView,
    id: &'static str,
    errors: Signal<FieldErrors>,
) -> Option<AnyView> {
    let offered = view.offers_passkeys && !view.passkeys.is_empty();
    let label = t.second_factor().passkey_proof;
    offered.then(|| {
        view! { <PasskeyButton question=Question::Own id label error=error_on(errors, "passkey") /> }.into_any()
    })
}

/// The recovery codes, which are told once.
fn codes_page(codes: Vec<String>, with: CodesWith) -> AnyView {
    let t = use_texts();
    let s = t.second_factor();
    let (title, text) = match with {
        CodesWith::App => (s.is_on, s.is_on_text),
        CodesWith::Passkey => (s.is_on, s.is_on_passkey_text),
        CodesWith::Nothing => (s.renewed, s.renewed_text),
    };
    let all = codes.join(" ");
    let items: Vec<_> = codes.into_iter().map(|code| view! { <li><code>{code}</code></li> }).collect();
    view! {
        <Page title=s.codes_title.to_owned()>
            <Receipt title><p>{text}</p></Receipt>
            <Note kind=Kind::Wait><p>{s.codes_once}</p></Note>
            <section class="sheet pad">
                <h2>{s.codes}</h2>
                <ul class="codes">{items}</ul>
                <form method="post" action=routes::RECOVERY_CODES>
                    <input type="hidden" name="codes" value=all />
                    <button class="button">{s.codes_download}</button>
                </form>
            </section>
            <p><a class="button act" rel="external" href=routes::SECOND_FACTOR>{s.codes_kept}</a></p>
        </Page>
    }
    .into_any()
}
