//! The access log, as the insurer's security officer reads it (PRODUCT.md M5).

use serde::{Deserialize, Serialize};

use crate::{
    account::check_email,
    contract::ContractNumber,
    date::{Date, parse_typed_date},
    field::{FieldCode, FieldErrors},
    ids::AccountId,
    search,
};

/// How many rows a page has.
pub const LOG_ROWS: u64 = 50;

/// The most characters of a relation number that is searched for.
const RELATION_MAX: usize = 30;

/// The log, as it was asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct LogForm {
    /// First day.
    pub van: String,
    /// Last day, inclusive.
    pub tot: String,
    /// The e-mail address of an account.
    pub account: String,
    /// A contract number.
    pub contract: String,
    /// The relation number of a person.
    pub relatienummer: String,
    /// The code of a kind of event.
    pub gebeurtenis: String,
    /// Rows before this one, for the next page.
    pub voor: String,
}

/// The log that is wanted; what is `None` may be anything.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LogQuery {
    /// First day.
    pub from: Option<Date>,
    /// Last day, inclusive.
    pub until: Option<Date>,
    /// The e-mail address of an account.
    pub email: Option<String>,
    /// A contract number.
    pub contract: Option<String>,
    /// The relation number of a person.
    pub relation_number: Option<String>,
    /// The code of a kind of event.
    pub event: Option<String>,
    /// Rows before this one.
    pub before: Option<i64>,
}

impl LogForm {
    /// What is wanted.
    ///
    /// # Errors
    /// What is wrong with each field.
    pub fn parse(&self) -> Result<LogQuery, FieldErrors> {
        let mut errors = FieldErrors::default();
        let mut day = |field, text: &str| match parse_typed_date(text) {
            Err(FieldCode::Required) => None,
            typed => errors.take(field, typed),
        };
        let (from, until) = (day("van", &self.van), day("tot", &self.tot));
        if let (Some(from), Some(until)) = (from, until)
            && until < from
        {
            errors.push("tot", FieldCode::RangeReversed);
        }
        let text = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        let email = text(&self.account).filter(|email| errors.take("account", check_email(email)).is_some());
        let contract = text(&self.contract)
            .and_then(|number| errors.take("contract", ContractNumber::parse(&number)))
            .map(ContractNumber::into_string);
        let relation_number = text(&self.relatienummer);
        if relation_number.as_ref().is_some_and(|number| number.chars().count() > RELATION_MAX) {
            errors.push("relatienummer", FieldCode::TooLong { max: RELATION_MAX as u32 });
        }
        let before = match self.voor.trim() {
            "" => None,
            before => errors.take("voor", before.parse().map_err(|_| FieldCode::NotDigits)),
        };
        let event = text(&self.gebeurtenis);
        errors.or(LogQuery { from, until, email, contract, relation_number, event, before })
    }

    /// Whether a BSN may have been typed, in whichever field, so that these rows have no address: the form is posted, and
    /// its answer shows them. One in eleven relation numbers of nine digits reads as a BSN.
    pub fn holds_bsn(&self) -> bool {
        [&self.account, &self.contract, &self.relatienummer].into_iter().any(|text| search::holds_bsn(text))
    }

    /// The same rows, from before this one on.
    #[must_use]
    pub fn before(&self, row: i64) -> Self {
        Self { voor: row.to_string(), ..self.clone() }
    }

    /// The same rows, from the newest on.
    #[must_use]
    pub fn from_newest(&self) -> Self {
        Self { voor: String::new(), ..self.clone() }
    }
}

/// A row of the log, in words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogLine {
    /// Its place in the chain.
    pub id: i64,
    /// The day and the time of day in Europe/Amsterdam, as `01-11-2026 12:00:00`.
    pub at: String,
    /// Who, by name; nothing where nobody was signed in.
    pub who: Option<String>,
    /// Whose account.
    pub account: Option<AccountId>,
    /// What was done, in the reader's language.
    pub what: String,
    /// On which contract.
    pub contract: String,
    /// About whom: a relation number.
    pub relation_number: String,
    /// In which request.
    pub request_id: String,
    /// More about it.
    pub details: String,
}

/// A page of the log.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogPage {
    /// The rows, newest first.
    pub rows: Vec<LogLine>,
    /// The row before which the next page begins, where there is one.
    pub next: Option<i64>,
    /// The kinds of event to choose from: code and words.
    pub events: Vec<(String, String)>,
    /// What is wrong with what was asked.
    pub errors: FieldErrors,
}

/// What following the chain came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogCheck {
    /// How many rows follow from each other.
    pub rows: u64,
    /// The first row that is missing, or that was changed.
    pub broken_at: Option<i64>,
}
