//! Employers and their contracts, as the insurer keeps them (PRODUCT.md M1).

use serde::{Deserialize, Serialize};

use crate::{
    account::check_email,
    contract::{ContractChoice, ContractNumber},
    date::{Date, parse_typed_date},
    field::{FieldCode, FieldErrors},
    ids::{AccountId, EmployerId},
};

/// The most characters of the name of an employer or a contract.
pub const EMPLOYER_NAME_MAX: u32 = 200;

/// The most days that an employer may end a participation in the past.
pub const RETROACTIVE_DAYS_MAX: u32 = 3_660;

/// The most characters of the reason to see the portal as an employer does.
pub const VIEWING_REASON_MAX: u32 = 200;

/// The last day of the next month on which a month can close: every month has it.
pub const CLOSING_DAY_MAX: u32 = 28;

/// A KvK number: eight digits, kept as text because it is a name, not a quantity.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct KvkNumber(String);

impl KvkNumber {
    /// Reads a KvK number; spaces and dots between the digits are how people write it.
    ///
    /// # Errors
    /// [`FieldCode::Required`] for nothing, [`FieldCode::KvkLength`] for anything but eight digits.
    pub fn parse(text: &str) -> Result<Self, FieldCode> {
        let digits: String = text.chars().filter(|c| !matches!(c, ' ' | '.')).collect();
        if digits.is_empty() {
            return Err(FieldCode::Required);
        }
        Self::from_digits(&digits).ok_or(FieldCode::KvkLength)
    }

    /// The number that is written as these eight digits and nothing else, as programs write it.
    pub fn from_digits(text: &str) -> Option<Self> {
        (text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_digit())).then(|| Self(text.to_owned()))
    }

    /// The digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The digits, as a text of their own.
    pub fn into_string(self) -> String {
        self.0
    }
}

/// Checks the name of an organisation, without spaces around it.
///
/// # Errors
/// [`FieldCode::Required`], [`FieldCode::TooLong`] or [`FieldCode::ForbiddenCharacter`].
pub fn check_organisation(name: &str) -> Result<(), FieldCode> {
    if name.is_empty() {
        Err(FieldCode::Required)
    } else if name.chars().count() > EMPLOYER_NAME_MAX as usize {
        Err(FieldCode::TooLong { max: EMPLOYER_NAME_MAX })
    } else if name.chars().any(char::is_control) {
        Err(FieldCode::ForbiddenCharacter)
    } else {
        Ok(())
    }
}

/// What is posted from the page of an employer.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct EmployerForm {
    /// What is to be done; nothing is to save the employer.
    pub actie: String,
    /// Name.
    pub naam: String,
    /// KvK number.
    pub kvk: String,
    /// The name and number that were shown, so that a colleague's change is not undone.
    pub gezien: String,
    /// E-mail address of the main account to be named.
    pub hoofdaccount: String,
    /// Why one wants to see the portal as the employer sees it.
    pub reden: String,
}

/// An employer, as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Employer {
    /// Name.
    pub name: String,
    /// KvK number; `None` where it is not known yet.
    pub kvk_number: Option<String>,
}

impl Employer {
    /// Both as one text, to compare what was shown with what is.
    pub fn seen(&self) -> String {
        format!("{}|{}", self.kvk_number.as_deref().unwrap_or_default(), self.name)
    }
}

impl EmployerForm {
    /// The employer.
    ///
    /// # Errors
    /// What is wrong with each field.
    pub fn parse(&self) -> Result<Employer, FieldErrors> {
        let mut errors = FieldErrors::default();
        let name = self.naam.trim();
        errors.take("naam", check_organisation(name));
        let kvk = errors.take("kvk", KvkNumber::parse(&self.kvk));
        let employer = Employer { name: name.to_owned(), kvk_number: kvk.map(KvkNumber::into_string) };
        errors.or(employer)
    }

    /// The address of the main account to be named.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse_main(&self) -> Result<&str, FieldErrors> {
        let mut errors = FieldErrors::default();
        let email = self.hoofdaccount.trim();
        errors.take("hoofdaccount", check_email(email));
        errors.or(email)
    }
}

/// Checks the reason to see the portal as an employer does, which the access log keeps: a line, without spaces around it.
///
/// # Errors
/// [`FieldCode::Required`], [`FieldCode::TooLong`] or [`FieldCode::ForbiddenCharacter`].
pub fn check_viewing_reason(text: &str) -> Result<&str, FieldCode> {
    let text = text.trim();
    if text.is_empty() {
        Err(FieldCode::Required)
    } else if text.chars().count() > VIEWING_REASON_MAX as usize {
        Err(FieldCode::TooLong { max: VIEWING_REASON_MAX })
    } else if text.chars().any(char::is_control) {
        Err(FieldCode::ForbiddenCharacter)
    } else {
        Ok(text)
    }
}

/// An employer in the back office, with its contracts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EmployerView {
    /// The employer; `None` for one that is yet to be made.
    pub id: Option<EmployerId>,
    /// Name.
    pub name: String,
    /// KvK number, empty where it is not known.
    pub kvk_number: String,
    /// What the form compares with when it comes back.
    pub seen: String,
    /// The contracts, by number.
    pub contracts: Vec<ContractRow>,
    /// The main account: id, name and address.
    pub main: Option<(AccountId, String, String)>,
    /// Whether the reader may change it.
    pub may_change: bool,
    /// Whether the reader may see the portal as this employer does.
    pub may_view_as: bool,
    /// For how many minutes that lasts.
    pub view_minutes: u32,
    /// The address of a main account to be named, as it was typed when something was wrong with it.
    pub typed_main: String,
    /// The reason to see the portal as this employer does, likewise.
    pub typed_reason: String,
}

/// A contract in the list of an employer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContractRow {
    /// Number and name.
    pub choice: ContractChoice,
    /// First day.
    pub start_date: Date,
    /// Last day, inclusive.
    pub end_date: Option<Date>,
    /// Whether the employer pays the premium.
    pub borderel_payment: bool,
    /// Participants, as they were last counted.
    pub participants: u64,
}

/// What is posted from the page of a contract.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ContractForm {
    /// Number, of a new contract.
    pub nummer: String,
    /// Name.
    pub naam: String,
    /// First day.
    pub ingangsdatum: String,
    /// Last day, or nothing.
    pub einddatum: String,
    /// `ja` where the employer pays the premium.
    pub borderel: String,
    /// How many days back an employer may end a participation.
    pub terugwerkend: String,
    /// The day of the next month on which a month closes.
    pub sluitdag: String,
    /// The contract as it was shown, so that a colleague's change is not undone.
    pub gezien: String,
}

/// A contract, as the insurer agreed it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContractTerms {
    /// Name.
    pub name: String,
    /// First day.
    pub start_date: Date,
    /// Last day, inclusive; `None` is open.
    pub end_date: Option<Date>,
    /// Whether the employer pays the premium.
    pub borderel_payment: bool,
    /// How many days back an employer may end a participation.
    pub retroactive_days: u32,
    /// The day of the next month on which a month closes.
    pub closing_day: u32,
}

impl ContractTerms {
    /// The fields of the form that these terms fill in.
    pub fn form(&self, number: &str) -> ContractForm {
        use crate::date::format_dutch;
        ContractForm {
            nummer: number.to_owned(),
            naam: self.name.clone(),
            ingangsdatum: format_dutch(self.start_date),
            einddatum: self.end_date.map(format_dutch).unwrap_or_default(),
            borderel: if self.borderel_payment { "ja" } else { "" }.to_owned(),
            terugwerkend: self.retroactive_days.to_string(),
            sluitdag: self.closing_day.to_string(),
            gezien: self.seen(),
        }
    }

    /// All of it as one text, to compare what was shown with what is.
    pub fn seen(&self) -> String {
        use crate::date::format_iso;
        format!(
            "{}|{}|{}|{}|{}|{}",
            format_iso(self.start_date),
            self.end_date.map(format_iso).unwrap_or_default(),
            self.borderel_payment,
            self.retroactive_days,
            self.closing_day,
            self.name
        )
    }
}

impl ContractForm {
    /// The number of a new contract, and the terms.
    ///
    /// # Errors
    /// What is wrong with each field.
    pub fn parse_new(&self) -> Result<(ContractNumber, ContractTerms), FieldErrors> {
        let number = ContractNumber::parse(&self.nummer);
        match (number, self.parse()) {
            (Ok(number), Ok(terms)) => Ok((number, terms)),
            (Ok(_), Err(errors)) => Err(errors),
            (Err(code), terms) => {
                let mut errors = FieldErrors::default();
                errors.push("nummer", code);
                errors.0.extend(terms.err().unwrap_or_default().0);
                Err(errors)
            }
        }
    }

    /// The terms.
    ///
    /// # Errors
    /// What is wrong with each field.
    pub fn parse(&self) -> Result<ContractTerms, FieldErrors> {
        let mut errors = FieldErrors::default();
        let name = self.naam.trim();
        errors.take("naam", check_organisation(name));
        let start = errors.take("ingangsdatum", parse_typed_date(&self.ingangsdatum));
        let end = match parse_typed_date(&self.einddatum) {
            Err(FieldCode::Required) => None,
            typed => errors.take("einddatum", typed),
        };
        if let (Some(start), Some(end)) = (start, end)
            && end < start
        {
            errors.push("einddatum", FieldCode::DateTooEarly { first: start });
        }
        let retroactive_days = errors.take("terugwerkend", number(&self.terugwerkend, 0, RETROACTIVE_DAYS_MAX));
        let closing_day = errors.take("sluitdag", number(&self.sluitdag, 1, CLOSING_DAY_MAX));
        let (Some(start_date), Some(retroactive_days), Some(closing_day), true) =
            (start, retroactive_days, closing_day, errors.is_empty())
        else {
            return Err(errors);
        };
        Ok(ContractTerms {
            name: name.to_owned(),
            start_date,
            end_date: end,
            borderel_payment: self.borderel == "ja",
            retroactive_days,
            closing_day,
        })
    }
}

/// A whole number from `min` to `max`.
fn number(text: &str, min: u32, max: u32) -> Result<u32, FieldCode> {
    let text = text.trim();
    if text.is_empty() {
        return Err(FieldCode::Required);
    }
    if !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(FieldCode::NotDigits);
    }
    text.parse().ok().filter(|number| (min..=max).contains(number)).ok_or(FieldCode::OutOfRange)
}

/// A contract in the back office.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContractPage {
    /// The employer.
    pub employer: EmployerId,
    /// Its name.
    pub employer_name: String,
    /// The contract's number; `None` for one that is yet to be made.
    pub number: Option<String>,
    /// The fields as they stand.
    pub form: ContractForm,
    /// Whether the reader may change it.
    pub may_change: bool,
}
