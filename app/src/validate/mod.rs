//! Valideren and Validatie-overzicht (PRODUCT.md F): what waits for the employer, and what waits at all.
//!
//! As in "Accountbeheer" the forms are posted to their pages, with JavaScript as well; moving between the pages loads nothing
//! but what they show.

mod actions;
mod case;
mod options;
mod outcomes;
mod queue;
#[cfg(feature = "ssr")]
mod ssr;
mod words;

pub use actions::count_waiting;
pub use case::CasePage;
pub use options::OptionsPage;
pub(crate) use outcomes::outcomes;
pub use queue::QueuePage;
pub(crate) use words::cause_words;
