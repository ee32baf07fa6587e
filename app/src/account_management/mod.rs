//! "Accountbeheer" (PRODUCT.md A7 to A9): who of an employer's staff may do what on which contracts.
//!
//! The forms are posted to their pages, with JavaScript as well: giving rights is rare, and one way of doing it is
//! easier to trust than two.

mod actions;
mod list;
#[cfg(feature = "ssr")]
mod ssr;
mod user;

use collectief_domain::{
    account_management::{AccountState, Done},
    actor::Role,
};
use leptos::prelude::*;

pub use list::UsersPage;
pub use user::UserPage;
pub(crate) use user::matrix;

use crate::{
    i18n::Texts,
    ui::mark::{Kind, Receipt, Tag},
};

/// What was done, in words.
fn acknowledged(t: &'static Texts, done: Done) -> AnyView {
    let a = t.accounts();
    let (title, text) = match done {
        Done::Added => (a.done_added, a.done_added_text),
        Done::Changed => (a.done_changed, a.done_changed_text),
        Done::Removed => (a.done_removed, a.done_removed_text),
        Done::Unblocked => (a.done_unblocked, a.done_unblocked_text),
        Done::InvitedAgain => (a.done_mailed, a.done_mailed_text),
        Done::HandedOver => (a.done_handed_over, a.done_handed_over_text),
    };
    view! { <Receipt title><p>{text}</p></Receipt> }.into_any()
}

/// A role in words, as PRODUCT.md names it.
pub(crate) fn role_name(t: &'static Texts, role: Role) -> &'static str {
    let a = t.accounts();
    match role {
        Role::Administrative => a.administrative,
        Role::Financial => a.financial,
        Role::AccountManagement => a.management,
    }
}

pub(crate) fn state_tag(t: &'static Texts, state: AccountState) -> AnyView {
    let a = t.accounts();
    let (kind, label) = match state {
        AccountState::Invited => (Kind::Wait, a.state_invited),
        AccountState::Active => (Kind::In, a.state_active),
        AccountState::Blocked => (Kind::Out, a.state_blocked),
    };
    view! { <Tag kind label /> }.into_any()
}
