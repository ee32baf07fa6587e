//! Participants: "Huidige deelnemers", "Oud-deelnemers" and the page of one of them.

mod actions;
mod address;
mod columns;
mod direct;
mod filter;
mod list;
mod list_dom;
mod mutations;
mod person;
mod scrolling;
mod table;

pub use actions::{
    ChangePersonnelNumber, ListAnswer, ListParticipants, PersonAnswer, RevealBsn, ViewParticipant,
    change_personnel_number, list_participants, reveal_bsn, view_participant,
};
pub use address::{Done, ListAddress, OPENED, list_opened, person_with};
pub use direct::DirectDeregister;
pub use filter::{contract_field, shows_all_contracts};
pub use list::list_page;
pub use mutations::channel_name;
pub use person::PersonPage;
pub use table::gender_letter;
