//! How many messages are unread, beside the entry of the menu.

use collectief_domain::message::UNREAD_MAX;
use leptos::prelude::*;

use super::actions::count_unread_messages;
use crate::i18n::use_texts;

/// How many messages are unread, as the menu shows it; in the context of every page.
#[derive(Debug, Clone, Copy)]
pub struct UnreadCount(RwSignal<u64>);

impl UnreadCount {
    /// Puts it in the context, before the menu and the page are made.
    pub fn provide() {
        provide_context(Self(RwSignal::new(0)));
    }

    /// Asks the server how many there are now. While that cannot be had, the menu keeps what it shows.
    pub fn ask(self) {
        leptos::task::spawn_local(async move {
            if let Ok(count) = count_unread_messages().await {
                self.0.set(count);
            }
        });
    }
}

/// The count as it stands beside the entry of the menu. It is asked for in the browser alone: on the server it would
/// cost every page a query.
pub fn unread_beside() -> AnyView {
    let Some(unread) = use_context::<UnreadCount>() else { return ().into_any() };
    let t = use_texts();
    Effect::new(move |_| unread.ask());
    let shown = move || {
        let count = unread.0.get();
        (count > 0).then(|| {
            view! {
                " "
                <span class="tag unread">
                    {short_count(count)}
                    <span class="visually-hidden">" " {t.frame().unread}</span>
                </span>
            }
        })
    };
    shown.into_any()
}

/// A count that is not told exactly above [`UNREAD_MAX`]: `7`, `99+`.
pub(crate) fn short_count(count: u64) -> String {
    if count > UNREAD_MAX { format!("{UNREAD_MAX}+") } else { count.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_are_not_counted_any_further() {
        assert_eq!([1, UNREAD_MAX, UNREAD_MAX + 1].map(short_count), ["1", "99", "99+"]);
    }
}
