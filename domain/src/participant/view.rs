//! The page of one participant (PRODUCT.md C6).

use serde::{Deserialize, Serialize};

use crate::{
    address::Address,
    bsn::MaskedBsn,
    contract::ContractChoice,
    date::Date,
    deregistration::EndReason,
    ids::ParticipationId,
    mutation::MutationView,
    name::{Gender, PersonName},
};

/// Someone of the same household, through the same main insured.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HouseholdMember {
    /// That person's participation.
    pub id: ParticipationId,
    /// As it is shown.
    pub full_name: String,
    /// Birth date.
    pub birth_date: Option<Date>,
    /// First day.
    pub start_date: Date,
    /// Last day, inclusive; `None` is open.
    pub end_date: Option<Date>,
    /// Whether this is the main insured.
    pub is_main: bool,
    /// The version it was read at.
    pub version: i64,
}

/// One period in this or an earlier contract that the reader may see.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonPeriod {
    /// The participation.
    pub id: ParticipationId,
    /// Contract.
    pub contract: ContractChoice,
    /// First day.
    pub start_date: Date,
    /// Last day, inclusive; `None` is open.
    pub end_date: Option<Date>,
    /// Why it ended.
    pub end_reason: Option<EndReason>,
    /// The employer's number.
    pub personnel_number: String,
}

/// Everything on the page of one participant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ParticipantView {
    /// The participation that the page is about.
    pub id: ParticipationId,
    /// The version it was read at; a change must name it.
    pub version: i64,
    /// Contract.
    pub contract: ContractChoice,
    /// As it is shown.
    pub full_name: String,
    /// Its parts.
    pub name: PersonName,
    /// Masked; `None` where there is none or this contract does not need it.
    pub bsn: Option<MaskedBsn>,
    /// Relation number.
    pub relation_number: String,
    /// Birth date.
    pub birth_date: Option<Date>,
    /// Gender.
    pub gender: Gender,
    /// E-mail address, where known.
    pub email: Option<String>,
    /// Where the person lives, where known.
    pub address: Option<Address>,
    /// Telephone number, where known.
    pub phone: Option<String>,
    /// The names of the insurances; empty where they are not known.
    pub products: Vec<String>,
    /// First day.
    pub start_date: Date,
    /// Last day, inclusive; `None` is open.
    pub end_date: Option<Date>,
    /// Why it ends.
    pub end_reason: Option<EndReason>,
    /// The employer's number.
    pub personnel_number: String,
    /// The household, this person left out: the main insured first.
    pub household: Vec<HouseholdMember>,
    /// Periods of this person, newest first, this one included.
    pub periods: Vec<PersonPeriod>,
    /// Mutations of this participation, newest first.
    pub mutations: Vec<MutationView>,
    /// The deregistration that can be taken back, if there is one.
    pub withdrawable: Option<crate::ids::MutationId>,
    /// Whether the reader may end it or change its personnel number.
    pub may_change: bool,
    /// Whether the reader may reveal the BSN.
    pub may_reveal_bsn: bool,
    /// Today in Europe/Amsterdam.
    pub today: Date,
}
