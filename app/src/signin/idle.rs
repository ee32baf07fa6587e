//! The warning before an idle session ends, and signing in again without leaving what was typed. All tabs of a browser
//! share one session: what is done in one counts for all.

use std::time::Duration;

use collectief_domain::ids::AccountId;
use leptos::prelude::*;

use super::tabs::{Told, listen, tell, wipe};
use crate::{error::AppError, pages::session_dialog, routes, wire::Json};

/// How long before the end the warning comes.
const WARNING_SECONDS: u32 = 120;

/// How often a page on which something is being typed tells the server so.
const PING_SECONDS: u32 = 240;

/// How long to wait before looking again whether somebody who signs out has.
const LOOK_AGAIN: Duration = Duration::from_millis(300);

/// How often that is looked.
const LOOKS: u32 = 20;

/// Keeps the session, as any request does, and tells whose it is.
#[server(prefix = "/fn", endpoint = "ping", input = Json, output = Json)]
pub async fn ping() -> Result<AccountId, AppError> {
    Ok(crate::ssr::owner()?.account())
}

/// How the session stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    Fresh,
    Warned,
    Ended,
    /// Ended, and the password was right: a code comes next.
    SecondStep,
}

/// What the watch and its dialog share.
#[derive(Clone, Copy)]
pub(crate) struct Watch {
    pub(super) state: RwSignal<State>,
    pub(super) open: RwSignal<bool>,
    pub(super) failed: RwSignal<Option<AppError>>,
    /// The server kept the session, for this account.
    pub(super) kept: Callback<AccountId>,
    /// Asks the server to keep it.
    pub(super) stay: Callback<()>,
}

/// Watches how long nothing was done, warns two minutes before the session ends, and lets one sign in again over the
/// page as it stands.
#[component]
pub fn IdleWatch(
    /// After how many seconds without use the session ends.
    idle_seconds: u32,
    /// Who is signed in; somebody else gets a page of their own.
    account: AccountId,
) -> impl IntoView {
    let state = RwSignal::new(State::Fresh);
    let open = RwSignal::new(false);
    let failed = RwSignal::new(None::<AppError>);
    // In milliseconds, as the browser counts them.
    let contact = StoredValue::new(0_i64);
    let active = StoredValue::new(0_i64);

    // The server kept the session, here or in another tab.
    let kept = move |at: i64| {
        contact.update_value(|contact| *contact = at.max(*contact));
        failed.set(None);
        state.set(State::Fresh);
        open.set(false);
    };
    let kept_for = move |found: AccountId| {
        if found == account {
            let at = now();
            kept(at);
            tell(Told::Kept { account, at });
        } else {
            // What stands here is not this person's to see.
            wipe();
            reload();
        }
    };
    let stay = move || {
        leptos::task::spawn_local(async move {
            match ping().await {
                Ok(found) => kept_for(found),
                Err(AppError::SignedOut) => {
                    state.set(State::Ended);
                    open.set(true);
                }
                Err(error) => failed.set(Some(error)),
            }
        });
    };
    Effect::new(move |_| {
        kept_for(account);
        listen(move |told| match told {
            Told::Kept { account: other, at } if other == account => {
                if at > contact.get_value() {
                    kept(at);
                }
            }
            // Somebody else signed in.
            Told::Kept { .. } => {
                wipe();
                reload();
            }
            Told::SigningOut => {
                wipe();
                leave(LOOKS);
            }
        });
        // Any key and any click is enough to stay. It counts when it is over, so that it does nothing else once the
        // warning is gone.
        let extend = move || {
            if state.get_untracked() == State::Warned {
                stay();
            }
        };
        let keys = window_event_listener(leptos::ev::keyup, move |_| {
            active.set_value(now());
            extend();
        });
        let touches = window_event_listener(leptos::ev::pointerdown, move |_| active.set_value(now()));
        let clicks = window_event_listener(leptos::ev::click, move |_| extend());
        let tick = move || {
            let since = (now() - contact.get_value()) / 1000;
            let is_active = active.get_value() > contact.get_value();
            if since >= i64::from(idle_seconds) {
                if !matches!(state.get_untracked(), State::Ended | State::SecondStep) {
                    state.set(State::Ended);
                    open.set(true);
                }
            } else if is_active
                && since >= i64::from(PING_SECONDS.min(idle_seconds / 3))
                && state.get_untracked() == State::Fresh
            {
                stay();
            } else if since >= i64::from(idle_seconds.saturating_sub(WARNING_SECONDS))
                && state.get_untracked() == State::Fresh
            {
                state.set(State::Warned);
                open.set(true);
            }
        };
        let interval = set_interval_with_handle(tick, Duration::from_secs(5)).ok();
        on_cleanup(move || {
            keys.remove();
            touches.remove();
            clicks.remove();
            if let Some(interval) = interval {
                interval.clear();
            }
        });
    });

    let watch = Watch { state, open, failed, kept: Callback::new(kept_for), stay: Callback::new(move |()| stay()) };
    // Most sessions never come to this, so that the code of the dialog is loaded when it is first needed.
    let is_needed = Memo::new(move |before: Option<&bool>| before.copied().unwrap_or_default() || open.get());
    move || {
        // Where it cannot be had, after an upgrade, the next click leads to the sign-in page.
        is_needed.get().then(|| Suspend::new(async move { session_dialog(watch).await.ok() }))
    }
}

/// Milliseconds, as the browser counts them; on the server nothing is timed.
fn now() -> i64 {
    #[cfg(feature = "hydrate")]
    {
        js_sys::Date::now() as i64
    }
    #[cfg(not(feature = "hydrate"))]
    0
}

/// Leaves for the sign-in page once the server knows that nobody is signed in any more: before that it would lead back
/// here. A page on which signing out comes to nothing is loaded anew.
fn leave(looks: u32) {
    leptos::task::spawn_local(async move {
        match ping().await {
            Err(AppError::SignedOut) => {
                // It fails only where the browser forbids to leave, and then nothing is shown.
                let _ = window().location().replace(routes::SIGN_IN);
            }
            _ if looks == 0 => reload(),
            _ => set_timeout(move || leave(looks - 1), LOOK_AGAIN),
        }
    });
}

/// Loads the page anew.
fn reload() {
    #[cfg(feature = "hydrate")]
    {
        // It fails only where the browser forbids to leave, and then the page stays.
        let _ = window().location().reload();
    }
}
