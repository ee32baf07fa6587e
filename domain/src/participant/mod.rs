//! Participants: how they are searched for, and how they are shown.

pub mod list;
pub mod view;

pub use list::{
    ParticipantFilter, ParticipantListForm, ParticipantPage, ParticipantRow, ParticipantSort, Population, SortBy,
};
pub use view::{HouseholdMember, ParticipantView, PersonPeriod};
