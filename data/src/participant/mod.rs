//! Participants as they are searched for, listed, shown and exported.

mod export;
mod list;
mod near;
#[cfg(test)]
mod plan;
pub(crate) mod row;
pub(crate) mod sql;
mod view;

pub use export::{ExportRow, participant_export};
pub(crate) use export::{RawExportRow, join_export_row, read_export_row, select_export_row};
pub use list::{
    ListQuery, Place, has_places, participant_count, participant_first, participant_place, participant_rows,
};
pub use near::{search_texts, surnames};
pub use view::{participant_bsn, participant_contract, participant_view};
