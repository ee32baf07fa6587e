//! What is to be written of one contract.

use collectief_domain::{
    date::Date,
    ids::{ParticipationId, PersonId},
};

/// The main insured of a dependant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MainInsured {
    /// One that is stored.
    Stored(ParticipationId),
    /// One that is new: its place among the new participations.
    New(usize),
}

/// The person of a new participation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PersonOf {
    /// One that is stored.
    Stored(PersonId),
    /// One that is new: its place among the new persons.
    New(usize),
}

/// A participation to be added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewParticipation {
    /// The candidate's place.
    pub candidate: usize,
    /// Whose.
    pub person: PersonOf,
    /// Through whom, when a dependant; if new, one that comes before it.
    pub main: Option<MainInsured>,
}

/// A participation to be changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangedParticipation {
    /// The place among the stored rows.
    pub stored: usize,
    /// The candidate's place.
    pub candidate: usize,
    /// Through whom, when a dependant.
    pub main: Option<MainInsured>,
}

/// What is to be written of one contract. Places are those in the list of candidates.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ContractWork {
    /// Persons to be added, each by one of its candidates.
    pub new_persons: Vec<usize>,
    /// Persons to be changed, each by one of its candidates.
    pub changed_persons: Vec<(PersonId, usize)>,
    /// Participations to be added, main insured first.
    pub new: Vec<NewParticipation>,
    /// Participations to be changed.
    pub changed: Vec<ChangedParticipation>,
}

impl ContractWork {
    /// Whether there is nothing to write.
    pub fn is_empty(&self) -> bool {
        self.new_persons.is_empty() && self.changed_persons.is_empty() && self.new.is_empty() && self.changed.is_empty()
    }
}

/// How a new contract is made.
#[derive(Debug, Clone)]
pub struct NewContract {
    /// Contract number.
    pub number: String,
    /// Its name and that of its employer.
    pub name: String,
    /// First day.
    pub start_date: Date,
    /// How many days back an employer may end a participation.
    pub retroactive_days: u32,
    /// The day of the month after which the month before is closed.
    pub closing_day: u32,
}
