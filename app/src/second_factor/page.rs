//! The page of one's own second step: how it stands, setting up an app, recovery codes, doing away with it.

use collectief_domain::{
    field::FieldErrors,
    password::MIN_ALONE,
    second_factor::{SecondFactorView, TotpSetup},
};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use serde::{Deserialize, Serialize};

use super::actions::view_second_factor;
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
    /// Do away with the second step.
    Remove,
}

impl Deed {
    /// The word for it in a form.
    const fn code(self) -> &'static str {
        match self {
            Self::Begin => "beginnen",
            Self::SetUp => "instellen",
            Self::RenewCodes => "codes",
            Self::Remove => "uitzetten",
        }
    }

    /// What has this [`code`](Self::code).
    #[cfg(feature = "ssr")]
    pub(super) fn from_code(code: &str) -> Option<Self> {
        [Self::Begin, Self::SetUp, Self::RenewCodes, Self::Remove].into_iter().find(|deed| deed.code() == code)
    }
}

/// What the page shows.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Shown {
    /// What was posted is done; the browser goes on to another page.
    Sent,
    /// How it stands, and what is wrong with what was tried.
    State { view: Box<SecondFactorView>, wrong: Option<(Deed, FieldErrors)> },
    /// New recovery codes, which are told once; with the first app, or by themselves.
    Codes { codes: Vec<String>, is_new: bool },
}

async fn shown(setting_up: bool) -> Result<Shown, AppError> {
    #[cfg(feature = "ssr")]
    if let Some(form) = crate::ssr::posted() {
        return super::ssr::posted(form).await;
    }
    Ok(Shown::State { view: Box::new(view_second_factor(setting_up).await?), wrong: None })
}

/// The page `/mijn-gegevens/tweede-stap`.
#[component]
pub fn SecondFactorPage() -> impl IntoView {
    let query = use_query_map();
    let setting_up = move || query.with(|query| query.get_str("stap") == Some("instellen"));
    let was_removed = move || query.with_untracked(|query| query.get_str(routes::DONE) == Some(REMOVED));
    let state = Resource::new_blocking(setting_up, shown);
    view! {
        <Transition fallback=Busy>
            {loaded(move || async move {
                match state.await {
                    Ok(Shown::State { view, wrong }) => page(*view, wrong, was_removed()),
                    Ok(Shown::Codes { codes, is_new }) => codes_page(codes, is_new),
                    Ok(Shown::Sent) => ().into_any(),
                    Err(error) => view! { <Failure error /> }.into_any(),
                }
            })}
        </Transition>
    }
}

fn page(view: SecondFactorView, wrong: Option<(Deed, FieldErrors)>, was_removed: bool) -> AnyView {
    let t = use_texts();
    let s = t.second_factor();
    let is_wrong = wrong.is_some();
    let (failed, errors) = wrong.map_or((None, FieldErrors::default()), |(deed, errors)| (Some(deed), errors));
    let errors_of = |deed| Signal::stored(if failed == Some(deed) { errors.clone() } else { FieldErrors::default() });
    // The fields of each form have ids of their own.
    let id_of = match failed {
        Some(Deed::RenewCodes) => |field: &str| format!("codes-{field}"),
        Some(Deed::Remove) => |field: &str| format!("uitzetten-{field}"),
        _ => |field: &str| field.to_owned(),
    };
    let summary = view! { <ErrorSummary errors=Signal::stored(errors.clone()) id_of /> };
    let removed = was_removed.then(|| view! { <Receipt title=s.removed><p>{s.removed_text}</p></Receipt> });
    let required = (view.is_required && view.since.is_none())
        .then(|| view! { <Note kind=Kind::Wait><p>{s.required_text}</p></Note> });
    let body = match (&view.setup, view.since) {
        (Some(setup), since) => setup_form(t, setup, since.is_some(), errors_of(Deed::SetUp)),
        (None, None) => off(t),
        (None, Some(_)) => on(t, &view, failed, errors_of(Deed::RenewCodes), errors_of(Deed::Remove)),
    };
    let state = match view.since {
        Some(since) => view! { <Tag kind=Kind::In label=s.on /> " " {s.since(long_date(since))} }.into_any(),
        None => view! { <Tag label=s.off /> }.into_any(),
    };
    view! {
        <Page title=s.title.to_owned() wrong=is_wrong>
            {removed}
            {summary}
            <p class="inline">{state}</p>
            {required}
            <p class="soft">{s.about}</p>
            {body}
        </Page>
    }
    .into_any()
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

fn off(t: &'static Texts) -> AnyView {
    let s = t.second_factor();
    view! {
        <section class="sheet pad">
            <h2>{s.set_up}</h2>
            <p>{s.set_up_text}</p>
            {begin(s.set_up_begin, "button act")}
        </section>
    }
    .into_any()
}

/// The QR code, the secret to type, and the fields to prove that the app shows the right codes.
fn setup_form(t: &'static Texts, setup: &TotpSetup, replaces: bool, errors: Signal<FieldErrors>) -> AnyView {
    /// The empty squares that a reader needs around a code.
    const MARGIN: u32 = 4;
    let s = t.second_factor();
    let side = setup.size + 2 * MARGIN;
    let view_box = format!("-{MARGIN} -{MARGIN} {side} {side}");
    let old_code = replaces.then(|| {
        view! {
            <TextField
                label=s.old_code
                name="code"
                hint=s.either_code_hint
                maxlength=60
                error=error_on(errors, "code")
            />
        }
    });
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
fn on(
    t: &'static Texts,
    view: &SecondFactorView,
    failed: Option<Deed>,
    wrong_codes: Signal<FieldErrors>,
    wrong_removal: Signal<FieldErrors>,
) -> AnyView {
    let s = t.second_factor();
    let few = view.recovery_codes <= 2;
    let left = s.codes_left(view.recovery_codes.into());
    let left = if few {
        view! { <Note kind=Kind::Wait><p>{left} " " {s.codes_few}</p></Note> }.into_any()
    } else {
        view! { <p>{left}</p> }.into_any()
    };
    let removal = if view.is_required {
        view! { <section class="sheet pad"><h2>{s.remove}</h2><p>{s.remove_required}</p></section> }.into_any()
    } else if view.password_is_short {
        view! {
            <section class="sheet pad">
                <h2>{s.remove}</h2>
                <p>{s.remove_short(MIN_ALONE)}</p>
                <p><a href=routes::OWN_DETAILS>{s.choose_password}</a></p>
            </section>
        }
        .into_any()
    } else {
        let open = failed == Some(Deed::Remove);
        view! {
            <details class="sheet pad twice end" open=open>
                <summary>{s.remove}</summary>
                <p>{s.remove_text}</p>
                {proof_form(t, Deed::Remove, ["uitzetten-wachtwoord", "uitzetten-code"], s.remove_submit, wrong_removal)}
            </details>
        }
        .into_any()
    };
    let open = failed == Some(Deed::RenewCodes);
    view! {
        <div class="others">
            <section class="sheet pad">
                <h2>{s.codes}</h2>
                <p>{s.codes_text}</p>
                {left}
                <details class="twice" open=open>
                    <summary>{s.renew}</summary>
                    <p>{s.renew_text}</p>
                    {proof_form(t, Deed::RenewCodes, ["codes-wachtwoord", "codes-code"], s.renew_submit, wrong_codes)}
                </details>
            </section>
            <section class="sheet pad">
                <h2>{s.replace}</h2>
                <p>{s.replace_text}</p>
                {begin(s.replace_begin, "button")}
            </section>
            {removal}
        </div>
    }
    .into_any()
}

/// A form that asks the password and a code once more.
fn proof_form(
    t: &'static Texts,
    deed: Deed,
    [password_id, code_id]: [&'static str; 2],
    submit: &'static str,
    errors: Signal<FieldErrors>,
) -> AnyView {
    let s = t.second_factor();
    view! {
        <form method="post" action=routes::SECOND_FACTOR novalidate>
            <input type="hidden" name="actie" value=deed.code() />
            <TextField
                id=password_id
                label=s.password
                name="wachtwoord"
                kind="password"
                autocomplete="current-password"
                error=error_on(errors, "wachtwoord")
            />
            <TextField
                id=code_id
                label=s.code
                name="code"
                hint=s.either_code_hint
                autocomplete="one-time-code"
                maxlength=60
                error=error_on(errors, "code")
            />
            <button class="button stop">{submit}</button>
        </form>
    }
    .into_any()
}

/// The recovery codes, which are told once.
fn codes_page(codes: Vec<String>, is_new: bool) -> AnyView {
    let t = use_texts();
    let s = t.second_factor();
    let (title, text) = if is_new { (s.is_on, s.is_on_text) } else { (s.renewed, s.renewed_text) };
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
