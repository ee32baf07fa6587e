//! The roster file: the one format in which participants are loaded and written out.
//!
//! It has one row for each period of each person; a person with several periods has several rows with the same relation
//! number. This module reads and writes single rows; what rows have to do with each other, and with what is stored, is
//! checked where those are known, with the same [`RosterCode`]s.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{
    account::check_email,
    bsn::Bsn,
    contract::ContractNumber,
    date::{self, Date},
    deregistration::{self, EndReason},
    field::FieldCode,
    name::{Gender, NameUse, PersonName},
    participant::list::RELATION_NUMBER_MAX,
    period::Period,
};

/// The columns, in their order.
pub const COLUMNS: [&str; 17] = [
    "contract_number",
    "relation_number",
    "bsn",
    "initials",
    "prefix",
    "surname",
    "partner_prefix",
    "partner_surname",
    "name_use",
    "birth_date",
    "gender",
    "start_date",
    "end_date",
    "end_reason",
    "personnel_number",
    "main_relation_number",
    "email",
];

/// The columns without which there is no row; the others may be missing from a file, and are then empty.
const REQUIRED: [&str; 4] = ["contract_number", "relation_number", "surname", "start_date"];

/// The column of a problem that is about the row as a whole.
pub const WHOLE_ROW: &str = "";

const INITIALS_MAX: u32 = 40;
const PREFIX_MAX: u32 = 40;
const SURNAME_MAX: u32 = 200;

/// One row, read: always valid by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RosterRow {
    /// Contract number.
    pub contract_number: String,
    /// Relation number of the person.
    pub relation_number: String,
    /// BSN, where known.
    pub bsn: Option<Bsn>,
    /// Name.
    pub name: PersonName,
    /// Birth date, where known.
    pub birth_date: Option<Date>,
    /// Gender.
    pub gender: Gender,
    /// First day.
    pub start_date: Date,
    /// Last day, inclusive; `None` is open.
    pub end_date: Option<Date>,
    /// Why it ended, where known.
    pub end_reason: Option<EndReason>,
    /// The employer's number; empty when there is none.
    pub personnel_number: String,
    /// Relation number of the main insured, for a dependant.
    pub main_relation_number: Option<String>,
    /// E-mail address, where known.
    pub email: Option<String>,
}

impl RosterRow {
    /// The period in the contract.
    pub fn period(&self) -> Period {
        Period { start: self.start_date, end: self.end_date }
    }

    /// Whether the person participates through someone else.
    pub fn is_dependant(&self) -> bool {
        self.main_relation_number.is_some()
    }
}

/// What is wrong with a row. It holds no value of that row, so it can be printed and logged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct RosterProblem {
    /// One of [`COLUMNS`], or [`WHOLE_ROW`].
    pub column: &'static str,
    /// What is wrong.
    pub code: RosterCode,
}

impl RosterProblem {
    /// A problem with the row as a whole.
    pub const fn of_row(code: RosterCode) -> Self {
        Self { column: WHOLE_ROW, code }
    }
}

impl fmt::Display for RosterProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.column.is_empty() { self.code.fmt(f) } else { write!(f, "{}: {}", self.column, self.code) }
    }
}

/// What can be wrong with a row or a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RosterCode {
    /// The value itself is wrong.
    Field(FieldCode),
    /// A relation number with other signs than letters and digits.
    NotLettersOrDigits,
    /// The period ends before it starts.
    EndBeforeStart,
    /// The period starts before the person was born.
    StartBeforeBirth,
    /// A reason for an end without that end.
    EndReasonWithoutEnd,
    /// Someone is named as their own main insured.
    MainIsSelf,
    /// No such main insured, in the file or in what is stored.
    MainUnknown,
    /// The main insured is a dependant.
    MainIsDependant,
    /// The main insured participates in another contract.
    MainInOtherContract,
    /// The main insured was refused, and without them a dependant cannot participate.
    MainRefused,
    /// The period overlaps another one of the same person in the same contract.
    OverlapsOwnPeriod,
    /// The very same period stands in the file twice.
    DuplicatePeriod,
    /// The same relation number belongs to another person.
    DuplicateRelationNumber,
    /// The BSN belongs to someone else.
    BsnOfSomeoneElse,
    /// Another row of the same person has other personal details.
    DiffersFromOwnRow,
    /// No contract with this number.
    ContractUnknown,
    /// The period starts before its contract.
    StartBeforeContract,
    /// The period starts after its contract has ended.
    StartAfterContract,
    /// A heading that is not one of the columns.
    UnknownColumn,
    /// A column stands there twice.
    DuplicateColumn,
    /// A column without which there are no rows is missing.
    MissingColumn,
    /// More values than there are columns.
    TooManyColumns,
    /// Fewer values than there are columns.
    TooFewColumns,
    /// The bytes are not UTF-8.
    NotUtf8,
    /// The row cannot be read, for example because a quote is not closed.
    Unreadable,
    /// The row differs from what was stored and later changed; loading it would undo that change.
    ChangedSince,
}

impl From<FieldCode> for RosterCode {
    fn from(code: FieldCode) -> Self {
        Self::Field(code)
    }
}

impl fmt::Display for RosterCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Field(code) => return write_field_code(*code, f),
            Self::NotLettersOrDigits => "only letters and digits are possible",
            Self::EndBeforeStart => "the end lies before the start",
            Self::StartBeforeBirth => "the start lies before the birth date",
            Self::EndReasonWithoutEnd => "there is a reason for an end, but no end",
            Self::MainIsSelf => "a person cannot be their own main insured",
            Self::MainUnknown => "there is no such main insured",
            Self::MainIsDependant => "the main insured is a dependant",
            Self::MainInOtherContract => "the main insured participates in another contract",
            Self::MainRefused => "the main insured was refused",
            Self::OverlapsOwnPeriod => "the period overlaps another one of the same person",
            Self::DuplicatePeriod => "this period stands in the file more than once",
            Self::DuplicateRelationNumber => "the relation number belongs to another person",
            Self::BsnOfSomeoneElse => "the BSN belongs to someone else",
            Self::DiffersFromOwnRow => "another row of the same person says otherwise",
            Self::ContractUnknown => "there is no such contract",
            Self::StartBeforeContract => "the start lies before the start of the contract",
            Self::StartAfterContract => "the start lies after the end of the contract",
            Self::UnknownColumn => "there is a heading that is not a column of a roster",
            Self::DuplicateColumn => "this column stands there twice",
            Self::MissingColumn => "this column is missing",
            Self::TooManyColumns => "there are more values than columns",
            Self::TooFewColumns => "there are fewer values than columns",
            Self::NotUtf8 => "the text is not UTF-8",
            Self::Unreadable => "the row cannot be read; is a quote not closed?",
            Self::ChangedSince => "this was changed in the portal since; the row would undo that",
        })
    }
}

/// The English words for a wrong value, without the value.
fn write_field_code(code: FieldCode, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    f.write_str(match code {
        FieldCode::Required => "a value is required",
        FieldCode::TooLong { max } => return write!(f, "at most {max} characters are possible"),
        FieldCode::TooShort { min } => return write!(f, "at least {min} characters are needed"),
        FieldCode::NotADate => "not a date; write it as 2026-01-31 or 31-01-2026",
        FieldCode::NoSuchDay { .. } => "not a date; that month has fewer days",
        FieldCode::DateTooEarly { first } => return write!(f, "the date lies before {}", date::format_iso(first)),
        FieldCode::DateTooLate { last } => return write!(f, "the date lies after {}", date::format_iso(last)),
        FieldCode::NotAMonth => "not a month; write it as 2026-01",
        FieldCode::RangeReversed => "the end lies before the start",
        FieldCode::RangeTooLong { months } => return write!(f, "more than {months} months"),
        FieldCode::BsnLength => "a BSN has nine digits",
        FieldCode::BsnEleven => "not a BSN; it does not pass the eleven-test",
        FieldCode::NotDigits => "only digits are possible",
        FieldCode::ForbiddenCharacter => "there is a line break or another control character",
        FieldCode::UnknownChoice => "not one of the values that are possible",
        FieldCode::NotAnEmail => "not an e-mail address",
        FieldCode::UnknownContract => "there is no such contract",
        FieldCode::Guessable => "too easily guessed",
        FieldCode::NothingToSearch => "without a letter or a digit",
        FieldCode::OwnWords => "made of words that others know",
        FieldCode::NoRights => "no right is chosen",
        FieldCode::NotFinancial => "the employer does not pay the premium",
        FieldCode::LastManager => "nobody would manage the accounts",
        FieldCode::MainAccount => "the main account's own",
        FieldCode::MainAccountManages => "the main account manages accounts",
        FieldCode::ChangedMeanwhile => "somebody else changed it",
        FieldCode::WrongCode => "not the code",
        FieldCode::PasskeyRefused => "not a passkey of the account",
        FieldCode::PasskeysEnough { max } => return write!(f, "at most {max} passkeys are possible"),
        FieldCode::MailedEnough => "enough was mailed lately",
        FieldCode::KvkLength => "a KvK number has eight digits",
        FieldCode::NotAPhone => "not a telephone number",
        FieldCode::NoRoles => "no role is chosen",
        FieldCode::OutOfRange => "the number is too small or too great",
        FieldCode::Taken => "another one has it already",
        FieldCode::UnknownAccount => "no account has this address",
        FieldCode::OwnAccount => "one's own account",
        FieldCode::WrongPassword => "not the password",
        FieldCode::TriedTooOften { .. } => "tried too often",
        FieldCode::SameAddress => "the same address",
        FieldCode::NotAPostcode => "not a postcode",
        FieldCode::NotAHouseNumber => "not a house number",
        FieldCode::NobodyAdded => "nobody was added",
        FieldCode::ParticipatesAlready => "participates already",
        FieldCode::BsnOfSomeoneElse => "the BSN belongs to someone else",
        FieldCode::NothingChanged => "nothing was changed",
    })
}

/// Where the columns stand in a file: their order is free, and those that are not required may be missing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RosterHeader {
    places: [Option<usize>; 17],
    width: usize,
}

impl RosterHeader {
    /// Reads the headings. Capitals, spaces and a byte order mark make no difference; empty headings at the end are
    /// ignored.
    ///
    /// # Errors
    /// [`RosterCode::UnknownColumn`], [`RosterCode::DuplicateColumn`] and [`RosterCode::MissingColumn`], all there are.
    pub fn read(headings: &[&str]) -> Result<Self, Vec<RosterProblem>> {
        let mut problems = Vec::new();
        let mut places = [None; 17];
        let mut width = 0;
        for (place, heading) in headings.iter().enumerate() {
            let heading = heading.trim_start_matches('\u{feff}').trim().to_ascii_lowercase().replace([' ', '-'], "_");
            if heading.is_empty() {
                continue;
            }
            width = place + 1;
            match COLUMNS.iter().position(|column| *column == heading) {
                None => problems.push(RosterProblem::of_row(RosterCode::UnknownColumn)),
                Some(column) if places[column].is_some() => {
                    problems.push(RosterProblem { column: COLUMNS[column], code: RosterCode::DuplicateColumn });
                }
                Some(column) => places[column] = Some(place),
            }
        }
        for column in REQUIRED {
            if !COLUMNS.iter().zip(places).any(|(known, place)| *known == column && place.is_some()) {
                problems.push(RosterProblem { column, code: RosterCode::MissingColumn });
            }
        }
        if problems.is_empty() { Ok(Self { places, width }) } else { Err(problems) }
    }

    /// The values of a row in the order of [`COLUMNS`]. Empty values beyond the headings are ignored, and so is a row
    /// that stops short of columns that would be empty.
    ///
    /// # Errors
    /// [`RosterCode::TooManyColumns`] or [`RosterCode::TooFewColumns`].
    pub fn arrange<'a>(&self, values: &[&'a str]) -> Result<[&'a str; 17], RosterProblem> {
        if values.iter().skip(self.width).any(|value| !value.trim().is_empty()) {
            return Err(RosterProblem::of_row(RosterCode::TooManyColumns));
        }
        let last_required = COLUMNS
            .iter()
            .zip(self.places)
            .filter(|(column, _)| REQUIRED.contains(column))
            .filter_map(|(_, place)| place)
            .max();
        if last_required.is_some_and(|last| last >= values.len()) {
            return Err(RosterProblem::of_row(RosterCode::TooFewColumns));
        }
        Ok(self.places.map(|place| place.and_then(|place| values.get(place)).copied().unwrap_or_default()))
    }
}

/// Notes what is wrong with the columns of one row.
struct RowReader<'a> {
    values: &'a [&'a str; 17],
    problems: Vec<RosterProblem>,
}

impl<'a> RowReader<'a> {
    /// The value of a column, without spaces around it.
    fn value(&self, column: usize) -> &'a str {
        self.values[column].trim()
    }

    fn note(&mut self, column: usize, code: impl Into<RosterCode>) {
        self.problems.push(RosterProblem { column: COLUMNS[column], code: code.into() });
    }

    fn take<T, E: Into<RosterCode>>(&mut self, column: usize, read: Result<T, E>) -> Option<T> {
        read.map_err(|code| self.note(column, code)).ok()
    }

    fn text(&mut self, column: usize, max: u32) -> String {
        let read = plain_text(self.value(column), max);
        self.take(column, read).unwrap_or_default().to_owned()
    }

    fn date(&mut self, column: usize) -> Option<Date> {
        let value = self.value(column);
        if value.is_empty() { None } else { self.take(column, date::parse_typed_date(value)) }
    }
}

/// A text that fits and holds no control characters.
fn plain_text(text: &str, max: u32) -> Result<&str, FieldCode> {
    let max_chars = max as usize;
    if text.bytes().any(|byte| byte.is_ascii_control()) || (!text.is_ascii() && text.chars().any(char::is_control)) {
        Err(FieldCode::ForbiddenCharacter)
    } else if text.len() > max_chars && text.chars().count() > max_chars {
        Err(FieldCode::TooLong { max })
    } else {
        Ok(text)
    }
}

/// Reads a relation number: one to fifteen letters or digits.
///
/// # Errors
/// [`FieldCode::Required`], [`FieldCode::TooLong`] or [`RosterCode::NotLettersOrDigits`].
pub fn parse_relation_number(text: &str) -> Result<&str, RosterCode> {
    let text = text.trim();
    if text.is_empty() {
        Err(FieldCode::Required.into())
    } else if !text.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        Err(RosterCode::NotLettersOrDigits)
    } else if text.len() > RELATION_NUMBER_MAX as usize {
        Err(FieldCode::TooLong { max: RELATION_NUMBER_MAX }.into())
    } else {
        Ok(text)
    }
}

/// Reads one row, its values in the order of [`COLUMNS`]. Spaces around values are ignored.
///
/// # Errors
/// All that is wrong with it, in the order of the columns where that can be told from one column.
pub fn parse_row(values: &[&str]) -> Result<RosterRow, Vec<RosterProblem>> {
    let values: &[&str; 17] = values.try_into().map_err(|_| {
        let code = if values.len() > COLUMNS.len() { RosterCode::TooManyColumns } else { RosterCode::TooFewColumns };
        vec![RosterProblem::of_row(code)]
    })?;
    let mut row = RowReader { values, problems: Vec::new() };

    let contract_number = row.take(0, ContractNumber::parse(row.value(0)));
    let relation_number = row.take(1, parse_relation_number(row.value(1)));
    let bsn = match Bsn::parse(row.value(2)) {
        Err(FieldCode::Required) => None,
        read => row.take(2, read),
    };
    let initials = row.text(3, INITIALS_MAX);
    let prefix = row.text(4, PREFIX_MAX);
    let surname = row.text(5, SURNAME_MAX);
    if row.value(5).is_empty() {
        row.note(5, FieldCode::Required);
    }
    let partner_prefix = row.text(6, PREFIX_MAX);
    let partner_surname = row.text(7, SURNAME_MAX);
    let name_use = match row.value(8) {
        "" => Some(NameUse::E),
        code => row.take(8, NameUse::from_code(&code.to_ascii_uppercase()).ok_or(FieldCode::UnknownChoice)),
    };
    let birth_date = row.date(9);
    let gender = row.take(10, Gender::from_code(&row.value(10).to_ascii_uppercase()).ok_or(FieldCode::UnknownChoice));
    let start_date = row.take(11, date::parse_typed_date(row.value(11)));
    let end_date = row.date(12);
    let end_reason = match row.value(13) {
        "" => None,
        code => row.take(13, EndReason::from_code(code).ok_or(FieldCode::UnknownChoice)),
    };
    let personnel_number = row.take(14, deregistration::parse_personnel_number(row.value(14)));
    let main_relation_number = match row.value(15) {
        "" => None,
        number => row.take(15, parse_relation_number(number)),
    };
    let email = match row.value(16) {
        "" => None,
        address => row.take(16, check_email(address).map(|()| address)),
    };

    if let (Some(start), Some(birth)) = (start_date, birth_date)
        && start < birth
    {
        row.note(11, RosterCode::StartBeforeBirth);
    }
    if let (Some(start), Some(end)) = (start_date, end_date)
        && end < start
    {
        row.note(12, RosterCode::EndBeforeStart);
    }
    if !row.value(13).is_empty() && row.value(12).is_empty() {
        row.note(13, RosterCode::EndReasonWithoutEnd);
    }
    if main_relation_number.is_some() && main_relation_number == relation_number {
        row.note(15, RosterCode::MainIsSelf);
    }

    match (contract_number, relation_number, name_use, gender, start_date, personnel_number) {
        (
            Some(contract_number),
            Some(relation_number),
            Some(name_use),
            Some(gender),
            Some(start_date),
            Some(personnel_number),
        ) if row.problems.is_empty() => Ok(RosterRow {
            contract_number: contract_number.into_string(),
            relation_number: relation_number.to_owned(),
            bsn,
            name: PersonName { initials, prefix, surname, partner_prefix, partner_surname, name_use },
            birth_date,
            gender,
            start_date,
            end_date,
            end_reason,
            personnel_number,
            main_relation_number: main_relation_number.map(str::to_owned),
            email: email.map(str::to_owned),
        }),
        _ => Err(row.problems),
    }
}

/// Writes one row, in the order of [`COLUMNS`]; reading it gives the same row. The BSN is in it.
pub fn to_fields(row: &RosterRow) -> [String; 17] {
    let date = |date: Option<Date>| date.map(date::format_iso).unwrap_or_default();
    [
        row.contract_number.clone(),
        row.relation_number.clone(),
        row.bsn.as_ref().map(|bsn| bsn.expose().to_owned()).unwrap_or_default(),
        row.name.initials.clone(),
        row.name.prefix.clone(),
        row.name.surname.clone(),
        row.name.partner_prefix.clone(),
        row.name.partner_surname.clone(),
        row.name.name_use.code().to_owned(),
        date(row.birth_date),
        row.gender.code().to_owned(),
        date(Some(row.start_date)),
        date(row.end_date),
        row.end_reason.map(EndReason::code).unwrap_or_default().to_owned(),
        row.personnel_number.clone(),
        row.main_relation_number.clone().unwrap_or_default(),
        row.email.clone().unwrap_or_default(),
    ]
}
