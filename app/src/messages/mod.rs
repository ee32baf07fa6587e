//! "Berichten" (PRODUCT.md J1): what happened on a contract; read and unread, by category, with an archive.
//!
//! Beside the entry of the menu stands how many are unread. The browser asks for it once the page stands, so that no
//! page waits for it.

mod actions;
mod page;
#[cfg(feature = "ssr")]
mod ssr;
mod unread;
mod words;

pub use actions::{
    CountUnreadMessages, MarkMessages, ViewMessages, count_unread_messages, mark_messages, view_messages,
};
pub use page::MessagesPage;
pub(crate) use unread::short_count;
pub use unread::{UnreadCount, unread_beside};
pub(crate) use words::unread_words;
