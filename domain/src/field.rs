//! What is wrong with a field, as a code: the page puts it into words, in the reader's language.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::date::Date;

/// What is wrong with one field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldError {
    /// The field's name in the form, as it is posted (`einddatum`).
    pub field: Cow<'static, str>,
    /// What is wrong.
    pub code: FieldCode,
}

/// What can be wrong with a field. No variant carries what was typed, so an error can be logged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FieldCode {
    /// Nothing was filled in.
    Required,
    /// More characters than `max`.
    TooLong {
        /// The greatest number of characters allowed.
        max: u32,
    },
    /// Not written as a date.
    NotADate,
    /// Written as a date, but the month has fewer days.
    NoSuchDay {
        /// Month, 1 to 12.
        month: u32,
        /// Year.
        year: i32,
        /// The number of days which that month had.
        days: u32,
    },
    /// A date before the first one that is possible.
    DateTooEarly {
        /// The first possible day.
        first: Date,
    },
    /// A date after the last one that is possible.
    DateTooLate {
        /// The last possible day.
        last: Date,
    },
    /// Not written as a month.
    NotAMonth,
    /// The end of a range lies before its start.
    RangeReversed,
    /// A longer range than `months`.
    RangeTooLong {
        /// The greatest number of months.
        months: u32,
    },
    /// Not nine digits (eight are completed with a leading zero).
    BsnLength,
    /// Nine digits that do not pass the eleven-test.
    BsnEleven,
    /// Letters or signs where only digits are possible.
    NotDigits,
    /// A character that cannot be part of this value (a control character, a line break).
    ForbiddenCharacter,
    /// Not one of the choices.
    UnknownChoice,
    /// Not an e-mail address.
    NotAnEmail,
    /// No such contract, or not one of yours; the two are told alike.
    UnknownContract,
    /// Fewer characters than `min`.
    TooShort {
        /// The smallest number of characters.
        min: u32,
    },
    /// Names without a letter or a digit in them: nobody can be looked for by signs alone.
    NothingToSearch,
    /// A password that others use, or that is easily guessed.
    Guessable,
    /// A password of which little is left without the words that others know of its owner.
    OwnWords,
    /// Nobody can be added without a right.
    NoRights,
    /// The employer does not pay the premium of this contract, so that there is nothing financial to see.
    NotFinancial,
    /// A contract would be left without anybody who manages its accounts.
    LastManager,
    /// These rights are those of the main account, which only it changes itself.
    MainAccount,
    /// The main account manages accounts for as long as it is the main account.
    MainAccountManages,
    /// A colleague changed it since the page was shown.
    ChangedMeanwhile,
    /// Not the password of the account.
    WrongPassword,
    /// Not the code that the app shows now, or one that was used already.
    WrongCode,
    /// A passkey that was not shown, does not belong to the account, or was asked for too long ago.
    PasskeyRefused,
    /// An account has so many passkeys that it takes no more.
    PasskeysEnough {
        /// The greatest number.
        max: u32,
    },
    /// So many mails were sent to this address already that more would be of no use; later it can be asked again.
    MailedEnough,
    /// Not the eight digits of a KvK number.
    KvkLength,
    /// Not a telephone number.
    NotAPhone,
    /// No role is chosen.
    NoRoles,
    /// A smaller or greater number than is possible; the field says which are.
    OutOfRange,
    /// Another one has this number already.
    Taken,
    /// No account that can be used has this address.
    UnknownAccount,
    /// It is the reader's own account, about which a colleague decides.
    OwnAccount,
    /// So often was a wrong password tried from here that one must wait.
    TriedTooOften {
        /// Minutes to wait, at least one.
        minutes: u32,
    },
    /// The address is this one already.
    SameAddress,
    /// Not written as a postcode.
    NotAPostcode,
    /// Not a house number.
    NotAHouseNumber,
    /// It was said that there is a family to enrol, and nobody was added.
    NobodyAdded,
    /// The person participates in this contract already, in days that lie in what is asked.
    ParticipatesAlready,
    /// The BSN belongs to somebody else.
    BsnOfSomeoneElse,
    /// All is as it was.
    NothingChanged,
}

/// All that is wrong with a form, in the order of its fields.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FieldErrors(pub Vec<FieldError>);

impl FieldErrors {
    /// Notes an error on a field.
    pub fn push(&mut self, field: &'static str, code: FieldCode) {
        self.0.push(FieldError { field: Cow::Borrowed(field), code });
    }

    /// Keeps the value of `result`, or notes its error on `field`.
    pub fn take<T>(&mut self, field: &'static str, result: Result<T, FieldCode>) -> Option<T> {
        result.map_err(|code| self.push(field, code)).ok()
    }

    /// The first error on `field`.
    pub fn on(&self, field: &str) -> Option<FieldCode> {
        self.0.iter().find(|error| error.field == field).map(|error| error.code)
    }

    /// Whether this is wrong, on whichever field.
    pub fn have(&self, code: FieldCode) -> bool {
        self.0.iter().any(|error| error.code == code)
    }

    /// Whether nothing is wrong.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// `Ok(value)` when nothing is wrong, else all errors.
    pub fn or<T>(self, value: T) -> Result<T, Self> {
        if self.is_empty() { Ok(value) } else { Err(self) }
    }
}
