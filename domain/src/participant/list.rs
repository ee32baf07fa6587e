//! The lists "Huidige deelnemers" and "Oud-deelnemers": their form, filter, order and rows.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{
    bsn::{Bsn, MaskedBsn},
    date::{self, Date},
    deregistration::{self, EndReason},
    field::{FieldCode, FieldErrors},
    ids::ParticipationId,
    name::Gender,
    page,
    query::QueryString,
    search::{self, FreeField, SearchQuery},
};

/// Which of the two lists.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Population {
    /// "Huidige deelnemers": whose end lies not before today, those who have yet to start included.
    #[default]
    Current,
    /// "Oud-deelnemers": whose end lies before today.
    Former,
}

/// The list's form, just as it was typed; its names are those of the query string.
///
/// A BSN never stands in a URL, so `bsn` is only ever posted. It does not print what was typed, for that may be a BSN.
#[derive(Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(default)]
pub struct ParticipantListForm {
    /// One field that understands a date, a BSN, a number or names (C2). A BSN is only accepted when posted.
    pub zoek: String,
    /// Names (C3).
    pub achternaam: String,
    /// Only posted.
    pub bsn: String,
    /// Relation number.
    pub relatienummer: String,
    /// Personnel number.
    pub personeelsnummer: String,
    /// Birth date.
    pub geboortedatum: String,
    /// Contract number; empty is the chosen contract, `alle` all contracts.
    pub contract: String,
    /// `nee` hides dependants ("Toon alle hoofdverzekerden").
    pub gezinsleden: String,
    /// Column to sort by, with a leading `-` for descending.
    pub sorteer: String,
    /// Page, from 1.
    pub pagina: String,
    /// Rows a page: 25, 50 or 100.
    pub rijen: String,
    /// "As known on" this date (dd-mm-jjjj); empty is now.
    pub bekend_op: String,
}

/// A column that the list can be sorted by.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SortBy {
    /// Surname without prefix, then initials.
    #[default]
    Name,
    /// Contract number.
    Contract,
    /// Relation number.
    RelationNumber,
    /// Birth date.
    BirthDate,
    /// Gender.
    Gender,
    /// Start date.
    StartDate,
    /// End date.
    EndDate,
    /// Personnel number.
    PersonnelNumber,
}

/// An order: a column and a direction. Ties are broken by id, so that every row has one place.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ParticipantSort {
    /// The column.
    pub by: SortBy,
    /// From high to low.
    pub descending: bool,
}

/// What the list must show: the parsed form, always valid. It does not print what is searched for.
#[derive(Clone, Default, PartialEq, Eq, Hash)]
pub struct ParticipantFilter {
    /// Which of the two lists.
    pub population: Population,
    /// Words of names; empty means any name.
    pub names: SearchQuery,
    /// BSN.
    pub bsn: Option<Bsn>,
    /// Relation number.
    pub relation_number: Option<String>,
    /// Personnel number.
    pub personnel_number: Option<String>,
    /// From the free field, digits that may be a relation or a personnel number: either matches.
    pub any_number: Option<String>,
    /// [`bsn`](Self::bsn) and [`any_number`](Self::any_number) are the same digits, and either may match; otherwise
    /// each that is there must match.
    pub bsn_or_number: bool,
    /// Birth date.
    pub birth_date: Option<Date>,
    /// Leave dependants out.
    pub main_insured_only: bool,
    /// The order.
    pub sort: ParticipantSort,
    /// Page, from 1.
    pub page: u32,
    /// Rows a page.
    pub page_size: u32,
    /// As known at the end of this day; `None` is now.
    pub known_on: Option<Date>,
}

/// One row of the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ParticipantRow {
    /// The participation.
    pub id: ParticipationId,
    /// The contract's number.
    pub contract_number: String,
    /// As it is shown: `J.A. Jansen-van de Ven`.
    pub full_name: String,
    /// Masked, or `None` where there is none or this contract does not need it.
    pub bsn: Option<MaskedBsn>,
    /// Relation number.
    pub relation_number: String,
    /// Birth date.
    pub birth_date: Option<Date>,
    /// Gender.
    pub gender: Gender,
    /// First day.
    pub start_date: Date,
    /// Last day, inclusive; `None` is open.
    pub end_date: Option<Date>,
    /// Why it ends or ended.
    pub end_reason: Option<EndReason>,
    /// The employer's number.
    pub personnel_number: String,
    /// Insured through another participant.
    pub is_dependant: bool,
    /// The number of dependants who participate through this person.
    pub dependants: u32,
    /// The version the row was read at; a change must name it.
    pub version: i64,
}

/// How many there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Count {
    /// Exactly so many.
    Exactly(u64),
    /// More than so many; the search stopped counting there.
    MoreThan(u64),
}

/// One page of the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ParticipantPage {
    /// The rows.
    pub rows: Vec<ParticipantRow>,
    /// The number of participants that the filter finds.
    pub count: Count,
    /// This page, from 1.
    pub page: u32,
    /// Rows a page.
    pub page_size: u32,
    /// Whether there is a next page.
    pub has_next: bool,
    /// "Bedoelde u": other words that do find someone, when nothing was found.
    pub suggestions: Vec<String>,
    /// The contract that the list is of, or `None` for all contracts.
    pub contract: Option<crate::contract::ContractChoice>,
    /// When the list was read, as `14:05` in Europe/Amsterdam.
    pub read_at: String,
    /// Today in Europe/Amsterdam.
    pub today: Date,
    /// Whether this reader may end a participation on what is shown.
    pub may_change: bool,
    /// Whether a BSN column is shown at all.
    pub shows_bsn: bool,
    /// What is wrong with the filter; the rows are then empty.
    pub errors: FieldErrors,
}

/// Longest relation number.
pub const RELATION_NUMBER_MAX: u32 = 15;

/// Longest text of names that is read.
const NAMES_MAX: u32 = 200;

impl SortBy {
    /// Every column, with the name it has in the query string.
    const NAMES: [(Self, &str); 8] = [
        (Self::Name, "naam"),
        (Self::Contract, "contract"),
        (Self::RelationNumber, "relatienummer"),
        (Self::BirthDate, "geboortedatum"),
        (Self::Gender, "geslacht"),
        (Self::StartDate, "ingangsdatum"),
        (Self::EndDate, "einddatum"),
        (Self::PersonnelNumber, "personeelsnummer"),
    ];

    /// Its name in the query string.
    pub const fn name(self) -> &'static str {
        Self::NAMES[self as usize].1
    }

    /// The column with this [`name`](Self::name).
    pub fn from_name(name: &str) -> Option<Self> {
        Self::NAMES.into_iter().find(|(_, known)| *known == name).map(|(by, _)| by)
    }
}

impl ParticipantSort {
    /// Reads an order: the name of a column, with a `-` before it from high to low; nothing is by name.
    ///
    /// # Errors
    /// [`FieldCode::UnknownChoice`] for anything else.
    pub fn parse(text: &str) -> Result<Self, FieldCode> {
        let text = text.trim();
        if text.is_empty() {
            return Ok(Self::default());
        }
        let (name, descending) = match text.strip_prefix('-') {
            Some(name) => (name, true),
            None => (text, false),
        };
        SortBy::from_name(name).map(|by| Self { by, descending }).ok_or(FieldCode::UnknownChoice)
    }

    /// As it stands in the query string; empty for the default.
    pub fn code(self) -> String {
        if self == Self::default() {
            return String::new();
        }
        let sign = if self.descending { "-" } else { "" };
        format!("{sign}{}", self.by.name())
    }
}

impl ParticipantListForm {
    /// Reads the form; the contract itself is looked up by who knows which ones there are.
    ///
    /// # Errors
    /// All that is wrong, by field.
    pub fn parse(&self, population: Population, today: Date) -> Result<ParticipantFilter, FieldErrors> {
        let mut errors = FieldErrors::default();
        let mut filter =
            ParticipantFilter { population, page: 1, page_size: page::PAGE_SIZES[0], ..Default::default() };

        let zoek = errors.take("zoek", text_of_at_most(&self.zoek, NAMES_MAX)).unwrap_or_default();
        match search::read_free_field(zoek) {
            None if !zoek.is_empty() => errors.push("zoek", FieldCode::NothingToSearch),
            None => {}
            Some(FreeField::Date(day)) => filter.birth_date = Some(day),
            Some(FreeField::Bsn(bsn)) => filter.bsn = Some(bsn),
            Some(FreeField::BsnOrNumber(bsn, number)) => {
                filter.bsn = Some(bsn);
                filter.any_number = Some(number);
                filter.bsn_or_number = true;
            }
            Some(FreeField::Number(number)) => filter.any_number = Some(number),
            Some(FreeField::Names(names)) => filter.names = names,
        }
        if let Some(names) = errors.take("achternaam", text_of_at_most(&self.achternaam, NAMES_MAX)) {
            // Without this, what cannot be looked for would find everybody.
            if !names.is_empty() && SearchQuery::parse(names).is_empty() {
                errors.push("achternaam", FieldCode::NothingToSearch);
            }
            filter.names.add(names);
        }
        if let Some(bsn) = errors.take("bsn", optional(Bsn::parse(&self.bsn))).flatten() {
            if filter.bsn.as_ref().is_some_and(|other| *other != bsn) && !filter.bsn_or_number {
                // Nobody has two BSNs; the list would be empty without saying why.
                errors.push("bsn", FieldCode::UnknownChoice);
            }
            // Beside a BSN of its own, digits in the free field can only be a number.
            filter.bsn = Some(bsn);
            filter.bsn_or_number = false;
        }
        filter.relation_number =
            errors.take("relatienummer", text_of_at_most(&self.relatienummer, RELATION_NUMBER_MAX)).and_then(filled);
        filter.personnel_number = errors
            .take("personeelsnummer", deregistration::parse_personnel_number(&self.personeelsnummer))
            .filter(|number| !number.is_empty());
        if let Some(birth) =
            errors.take("geboortedatum", optional(date::parse_typed_date(&self.geboortedatum))).flatten()
        {
            if filter.birth_date.is_some_and(|other| other != birth) {
                errors.push("geboortedatum", FieldCode::UnknownChoice);
            }
            filter.birth_date = Some(birth);
        }
        filter.main_insured_only = match self.gezinsleden.trim() {
            "nee" => true,
            "" | "ja" => false,
            _ => {
                errors.push("gezinsleden", FieldCode::UnknownChoice);
                false
            }
        };
        filter.sort = errors.take("sorteer", ParticipantSort::parse(&self.sorteer)).unwrap_or_default();
        filter.page = errors.take("pagina", page::parse_page(&self.pagina)).unwrap_or(1);
        filter.page_size = errors.take("rijen", page::parse_page_size(&self.rijen)).unwrap_or(page::PAGE_SIZES[0]);
        filter.known_on = errors.take("bekend_op", page::parse_known_on(&self.bekend_op, today)).flatten();
        errors.or(filter)
    }

    /// Whether a BSN was typed, in whichever field, so that the list cannot be an address and its form must be posted.
    /// One in eleven relation numbers of nine digits reads as a BSN; a list by such a number is posted as well.
    pub fn holds_bsn(&self) -> bool {
        let others = [&self.zoek, &self.achternaam, &self.relatienummer, &self.personeelsnummer];
        !self.bsn.trim().is_empty() || others.into_iter().any(|text| search::holds_bsn(text))
    }

    /// The list's address after the `?`: empty fields are left out, and so is every field that holds a BSN.
    pub fn query_string(&self) -> String {
        let unless_bsn = |text: &'_ str| if search::holds_bsn(text) { String::new() } else { text.to_owned() };
        QueryString::default()
            .with("zoek", &unless_bsn(&self.zoek))
            .with("achternaam", &unless_bsn(&self.achternaam))
            .with("relatienummer", &unless_bsn(&self.relatienummer))
            .with("personeelsnummer", &unless_bsn(&self.personeelsnummer))
            .with("geboortedatum", &self.geboortedatum)
            .with("contract", &self.contract)
            .with("gezinsleden", &self.gezinsleden)
            .with("sorteer", &self.sorteer)
            .with("pagina", &self.pagina)
            .with("rijen", &self.rijen)
            .with("bekend_op", &self.bekend_op)
            .finish()
    }

    /// The same list at another page.
    #[must_use]
    pub fn with_page(&self, page: u32) -> Self {
        Self { pagina: if page <= 1 { String::new() } else { page.to_string() }, ..self.clone() }
    }

    /// The same list by this column, from low to high, or from high to low when it already is by this column from
    /// low to high; at its first page.
    #[must_use]
    pub fn with_sort(&self, by: SortBy) -> Self {
        let now = self.sort();
        let sort = ParticipantSort { by, descending: now.by == by && !now.descending };
        Self { sorteer: sort.code(), pagina: String::new(), ..self.clone() }
    }

    /// The order that is asked for; by name when that cannot be read.
    pub fn sort(&self) -> ParticipantSort {
        ParticipantSort::parse(&self.sorteer).unwrap_or_default()
    }
}

impl fmt::Debug for ParticipantListForm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ParticipantListForm")
            .field("contract", &self.contract)
            .field("sorteer", &self.sorteer)
            .field("pagina", &self.pagina)
            .field("rijen", &self.rijen)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for ParticipantFilter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ParticipantFilter")
            .field("population", &self.population)
            .field("words", &self.names.words().len())
            .field("by_bsn", &self.bsn.is_some())
            .field("main_insured_only", &self.main_insured_only)
            .field("sort", &self.sort)
            .field("page", &self.page)
            .field("page_size", &self.page_size)
            .field("known_on", &self.known_on)
            .finish_non_exhaustive()
    }
}

/// A field that may be left empty.
fn optional<T>(read: Result<T, FieldCode>) -> Result<Option<T>, FieldCode> {
    match read {
        Err(FieldCode::Required) => Ok(None),
        other => other.map(Some),
    }
}

/// The text without spaces around it, if it is not too long and holds no control characters.
fn text_of_at_most(text: &str, max: u32) -> Result<&str, FieldCode> {
    let text = text.trim();
    if text.chars().any(char::is_control) {
        Err(FieldCode::ForbiddenCharacter)
    } else if text.chars().count() > max as usize {
        Err(FieldCode::TooLong { max })
    } else {
        Ok(text)
    }
}

fn filled(text: &str) -> Option<String> {
    if text.is_empty() { None } else { Some(text.to_owned()) }
}
