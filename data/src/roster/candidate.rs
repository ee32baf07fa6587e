//! A row of a roster with what is stored of it.

use collectief_domain::{mutation::ParticipationState, roster::RosterRow};

use super::StoredPerson;
use crate::{crypt::Keyring, error::DataError};

/// A row of a roster with all that is stored of it, ready to be compared and written.
pub struct Candidate {
    /// The row.
    pub row: RosterRow,
    /// The file's place in the list of files.
    pub file: u16,
    /// The line in that file.
    pub line: u32,
    /// Whether the person has rows in more than one contract of the same import.
    pub in_several_contracts: bool,
    pub(super) full_name: String,
    pub(super) sort_key: String,
    pub(super) search_text: String,
    pub(super) bsn: Option<StoredBsn>,
}

pub(super) struct StoredBsn {
    pub(super) cipher: Vec<u8>,
    pub(super) index: Vec<u8>,
}

impl Candidate {
    /// Works out what is stored of `row`. This is most of the work of an import, and needs no database.
    ///
    /// # Errors
    /// When there is no randomness to encrypt with.
    pub fn prepare(
        row: RosterRow,
        file: u16,
        line: u32,
        in_several_contracts: bool,
        keys: &Keyring,
    ) -> Result<Self, DataError> {
        let bsn = match &row.bsn {
            Some(bsn) => Some(StoredBsn { cipher: keys.seal(bsn, &row.relation_number)?, index: keys.index(bsn) }),
            None => None,
        };
        Ok(Self {
            full_name: row.name.full_name(),
            sort_key: row.name.sort_key(),
            search_text: row.name.search_text(),
            bsn,
            row,
            file,
            line,
            in_several_contracts,
        })
    }

    /// What lists are sorted by.
    pub fn sort_key(&self) -> &str {
        &self.sort_key
    }

    /// The keyed hash of the BSN.
    pub fn bsn_index(&self) -> Option<&[u8]> {
        self.bsn.as_ref().map(|bsn| bsn.index.as_slice())
    }

    /// The state that the row gives a participation.
    pub fn state(&self) -> ParticipationState {
        ParticipationState {
            start_date: Some(self.row.start_date),
            end_date: self.row.end_date,
            end_reason: self.row.end_reason,
            personnel_number: self.row.personnel_number.clone(),
            products: String::new(),
        }
    }

    /// Whether the row says of the person what is stored.
    pub fn agrees_with(&self, person: &StoredPerson) -> bool {
        !self.shows_otherwise(person)
            && self.row.email == person.email
            && self.bsn_index() == person.bsn_index.as_deref()
    }

    /// Whether lists would show the person otherwise than they do.
    pub(super) fn shows_otherwise(&self, person: &StoredPerson) -> bool {
        self.row.name != person.name || self.row.birth_date != person.birth_date || self.row.gender != person.gender
    }
}
