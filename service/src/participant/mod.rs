//! Finding participants and showing one: the lists, the search, the person's page, the reveal of a BSN.

mod list;
mod near;
mod pages;
mod upkeep;
mod view;

pub(crate) use list::{Wanted, count_exactly, details};
pub use list::{find, list};
pub use pages::PageCache;
pub use upkeep::roll_counts;
pub use view::{reveal_bsn, view};
