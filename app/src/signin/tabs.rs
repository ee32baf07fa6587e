//! What the tabs of one browser tell each other about the session that they share (PRODUCT.md A12).

use collectief_domain::ids::AccountId;
#[cfg(feature = "hydrate")]
use leptos::prelude::*;

/// What a tab tells the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Told {
    /// The server kept the session for this account.
    Kept {
        /// Whose session.
        account: AccountId,
        /// When, in milliseconds as the browser counts them.
        at: i64,
    },
    /// Somebody signs out.
    SigningOut,
}

/// The message for [`Told::SigningOut`]; what is kept is told as `account@milliseconds`.
const SIGNING_OUT: &str = "uit";

impl Told {
    #[cfg_attr(not(any(feature = "hydrate", test)), expect(dead_code, reason = "only browsers have tabs"))]
    fn message(self) -> String {
        match self {
            Self::Kept { account, at } => format!("{account}@{at}"),
            Self::SigningOut => SIGNING_OUT.to_owned(),
        }
    }

    /// What a message says; nothing, where it is of another version of the portal.
    #[cfg_attr(not(any(feature = "hydrate", test)), expect(dead_code, reason = "only browsers have tabs"))]
    fn of(message: &str) -> Option<Self> {
        if message == SIGNING_OUT {
            return Some(Self::SigningOut);
        }
        let (account, at) = message.split_once('@')?;
        Some(Self::Kept { account: account.parse().ok()?, at: at.parse().ok()? })
    }
}

#[cfg(feature = "hydrate")]
thread_local! {
    /// One for the tab: it does not hear itself. Browsers without it have tabs that know nothing of each other.
    static CHANNEL: Option<web_sys::BroadcastChannel> = web_sys::BroadcastChannel::new("sessie").ok();
}

/// Tells the other tabs.
pub(super) fn tell(told: Told) {
    #[cfg(feature = "hydrate")]
    CHANNEL.with(|channel| {
        if let Some(channel) = channel {
            // It fails only for a channel that was closed, and this one never is.
            let _ = channel.post_message(&told.message().into());
        }
    });
    #[cfg(not(feature = "hydrate"))]
    let _ = told;
}

/// Tells the other tabs that somebody signs out here.
pub fn signing_out() {
    tell(Told::SigningOut);
}

/// Calls `hear` with what other tabs tell, for as long as the page stands.
pub(super) fn listen(hear: impl Fn(Told) + 'static) {
    #[cfg(feature = "hydrate")]
    {
        use wasm_bindgen::{JsCast, closure::Closure};
        let heard = Closure::<dyn Fn(web_sys::MessageEvent)>::new(move |event: web_sys::MessageEvent| {
            if let Some(told) = event.data().as_string().as_deref().and_then(Told::of) {
                hear(told);
            }
        });
        CHANNEL.with(|channel| {
            if let Some(channel) = channel {
                channel.set_onmessage(Some(heard.as_ref().unchecked_ref()));
            }
        });
        // The frame stands until the page is left.
        heard.forget();
    }
    #[cfg(not(feature = "hydrate"))]
    let _ = hear;
}

/// Takes away what the page shows, at once.
pub(super) fn wipe() {
    #[cfg(feature = "hydrate")]
    if let Some(body) = document().body() {
        body.set_text_content(None);
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;

    #[test]
    fn what_is_told_is_understood_and_nothing_else() {
        for told in [Told::SigningOut, Told::Kept { account: AccountId(7), at: 1_793_000_000_000 }] {
            assert_eq!(Told::of(&told.message()), Some(told));
        }
        for other in ["", "7", "7@", "@7", "x@1", "uit@1"] {
            assert_eq!(Told::of(other), None, "{other}");
        }
    }
}
