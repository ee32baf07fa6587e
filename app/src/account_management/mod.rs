//! "Accountbeheer" (PRODUCT.md A7 to A9): who of an employer's staff may do what on which contracts.
//!
//! The forms are posted to their pages, with JavaScript as well: giving rights is rare, and one way of doing it is
//! easier to trust than two.

mod actions;
mod list;
#[cfg(feature = "ssr")]
mod ssr;
mod user;

use collectief_domain::{account_management::AccountState, actor::Role};
use leptos::prelude::*;

pub use list::UsersPage;
pub use user::UserPage;

use crate::{
    i18n::Texts,
    ui::mark::{Kind, Receipt, Tag},
};

/// What was done, as the address of the page that follows says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Done {
    Added,
    Changed,
    Removed,
    Unblocked,
    Mailed,
    HandedOver,
}

impl Done {
    const ALL: [Self; 6] = [Self::Added, Self::Changed, Self::Removed, Self::Unblocked, Self::Mailed, Self::HandedOver];

    const fn code(self) -> &'static str {
        match self {
            Self::Added => "toegevoegd",
            Self::Changed => "gewijzigd",
            Self::Removed => "verwijderd",
            Self::Unblocked => "gedeblokkeerd",
            Self::Mailed => "gemaild",
            Self::HandedOver => "overgedragen",
        }
    }

    fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|done| done.code() == code)
    }

    fn acknowledged(self, t: &'static Texts) -> AnyView {
        let a = t.accounts();
        let (title, text) = match self {
            Self::Added => (a.done_added, a.done_added_text),
            Self::Changed => (a.done_changed, a.done_changed_text),
            Self::Removed => (a.done_removed, a.done_removed_text),
            Self::Unblocked => (a.done_unblocked, a.done_unblocked_text),
            Self::Mailed => (a.done_mailed, a.done_mailed_text),
            Self::HandedOver => (a.done_handed_over, a.done_handed_over_text),
        };
        view! { <Receipt title><p>{text}</p></Receipt> }.into_any()
    }
}

/// A role in words, as PRODUCT.md names it.
fn role_name(t: &'static Texts, role: Role) -> &'static str {
    let a = t.accounts();
    match role {
        Role::Administrative => a.administrative,
        Role::Financial => a.financial,
        Role::AccountManagement => a.management,
    }
}

fn state_tag(t: &'static Texts, state: AccountState) -> AnyView {
    let a = t.accounts();
    let (kind, label) = match state {
        AccountState::Invited => (Kind::Wait, a.state_invited),
        AccountState::Active => (Kind::In, a.state_active),
        AccountState::Blocked => (Kind::Out, a.state_blocked),
    };
    view! { <Tag kind label /> }.into_any()
}
