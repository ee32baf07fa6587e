//! What the addresses of these pages say besides the form: which row is open, and what was just done.

use collectief_domain::{
    ids::ParticipationId,
    participant::{ParticipantListForm, Population},
};
use leptos_router::params::ParamsMap;

use crate::routes;

/// The name in the query of the row that is open for deregistering.
pub const OPENED: &str = "afmelden";
/// The name in the query of what was just done.
const DONE: &str = "klaar";

/// What the address of a list asks for.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct ListAddress {
    /// Filter, order and page.
    pub form: ParticipantListForm,
    /// The row that is open for deregistering.
    pub opened: Option<ParticipationId>,
}

impl ListAddress {
    /// Out of the query. A BSN is never taken from an address, whoever put it there.
    pub fn read(query: &ParamsMap) -> Self {
        let mut form: ParticipantListForm = routes::form_from_query(query);
        form.bsn.clear();
        Self { form, opened: query.get_str(OPENED).and_then(|id| id.parse().ok()) }
    }
}

/// The list with this row open, or with none.
pub fn list_opened(population: Population, form: &ParticipantListForm, opened: Option<ParticipationId>) -> String {
    let mut address = routes::participants(population, form);
    if let Some(id) = opened {
        address.push(if address.contains('?') { '&' } else { '?' });
        // The row is also where the browser scrolls to when it loads the page anew.
        address.push_str(&format!("{OPENED}={id}#d{id}"));
    }
    address
}

/// What was just done on the page of a participant.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Done {
    /// The participation was ended.
    Deregistered,
    /// Its end was asked of the insurer.
    Requested,
    /// The end was taken back.
    Withdrawn,
    /// The employer's number was changed.
    Number,
}

impl Done {
    const NAMES: [(Self, &str); 4] = [
        (Self::Deregistered, "afgemeld"),
        (Self::Requested, "gevraagd"),
        (Self::Withdrawn, "ingetrokken"),
        (Self::Number, "nummer"),
    ];

    /// Its word in the query.
    pub fn name(self) -> &'static str {
        Self::NAMES.iter().find(|(done, _)| *done == self).map_or("", |(_, name)| name)
    }

    /// Out of the query.
    pub fn read(query: &ParamsMap) -> Option<Self> {
        let asked = query.get_str(DONE)?;
        Self::NAMES.iter().find(|(_, name)| *name == asked).map(|(done, _)| *done)
    }
}

/// The page of a participant, with the acknowledgement of what was done.
pub fn person_with(id: ParticipationId, done: Done) -> String {
    routes::with_query(&routes::person(id), &[(DONE, done.name())])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bsn_is_not_taken_from_an_address() {
        let mut query = ParamsMap::new();
        query.insert("bsn", "123456782".to_owned());
        query.insert("achternaam", "ven".to_owned());
        query.insert(OPENED, "12".to_owned());
        let address = ListAddress::read(&query);
        assert!(address.form.bsn.is_empty());
        assert_eq!(address.form.achternaam, "ven");
        assert_eq!(address.opened, Some(ParticipationId(12)));
    }

    #[test]
    fn a_row_opens_and_closes_by_address() {
        let form = ParticipantListForm { achternaam: "ven".to_owned(), ..Default::default() };
        let opened = list_opened(Population::Current, &form, Some(ParticipationId(7)));
        assert_eq!(opened, "/deelnemers?achternaam=ven&afmelden=7#d7");
        assert_eq!(list_opened(Population::Current, &form, None), "/deelnemers?achternaam=ven");
        let bare = ParticipantListForm::default();
        assert_eq!(list_opened(Population::Current, &bare, Some(ParticipationId(7))), "/deelnemers?afmelden=7#d7");
    }

    #[test]
    fn what_was_done_is_read_back() {
        for (done, _) in Done::NAMES {
            let mut query = ParamsMap::new();
            query.insert(DONE, done.name().to_owned());
            assert!(Done::read(&query) == Some(done));
        }
        assert!(Done::read(&ParamsMap::new()).is_none());
    }
}
