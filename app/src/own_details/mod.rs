//! "Mijn gegevens" (PRODUCT.md A11): what somebody sees and changes of the own account.
//!
//! The page is made of sections that know nothing of each other; each has its own form, which is posted to the page. Like
//! signing in these are plain forms that script never reads: what is typed in them are passwords.

mod actions;
mod confirm;
mod page;
mod sections;
mod sessions;
#[cfg(feature = "ssr")]
mod ssr;

pub use confirm::confirm_page;
pub use page::OwnDetailsPage;
