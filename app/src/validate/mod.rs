//! Valideren and Validatie-overzicht (PRODUCT.md F): what waits for the employer, and what waits at all.
//!
//! Every form is posted to a page of its own. With JavaScript decisions are sent from where they are taken, and the page
//! is read anew; choosing what waits at all is rare, and is posted all the same.

mod actions;
mod case;
mod deciding;
mod keyboard;
mod options;
mod outcomes;
mod queue;
#[cfg(feature = "ssr")]
mod ssr;
mod words;

pub use case::CasePage;
pub use options::OptionsPage;
pub(crate) use outcomes::outcome_words;
pub use queue::QueuePage;
pub(crate) use words::{cause_words, kind_words};
