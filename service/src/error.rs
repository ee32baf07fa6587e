//! What a use case can answer other than success. Each kind is put right by somebody else.

use collectief_data::DataError;
use collectief_domain::{
    date::Date,
    deregistration::RefusedParticipant,
    field::{FieldCode, FieldErrors},
};

/// Why a use case did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum ServiceError {
    /// The reader typed something that cannot be; all of it is named.
    #[error("the form has errors in {} fields", .0.0.len())]
    Invalid(FieldErrors),
    /// A rule stands in the way; nothing was done.
    #[error("refused for {} participants", .0.len())]
    Refused(Vec<RefusedParticipant>),
    /// It does not exist, or it is not yours: the two are told alike.
    #[error("not found")]
    NotFound,
    /// Nobody is signed in, or the session ended.
    #[error("not signed in")]
    SignedOut,
    /// Signed in, but this role may not do that on a contract of one's own.
    #[error("forbidden")]
    Forbidden,
    /// Somebody else changed it first; nothing was done.
    #[error("changed by somebody else first")]
    Conflict(Conflict),
    /// The database is busy or away; trying again may work.
    #[error("unavailable: {0}")]
    Unavailable(String),
    /// A bug or a damaged installation; only the operator can put it right.
    #[error("internal error: {0}")]
    Internal(String),
}

/// Who was first, as the second one is told.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Conflict {
    /// Whom it is about, as shown.
    pub full_name: Option<String>,
    /// The colleague, by name, where somebody was signed in.
    pub by: Option<String>,
    /// The day it was done.
    pub on: Option<Date>,
    /// The time of day in Europe/Amsterdam, as `14:05`.
    pub at: Option<String>,
}

impl ServiceError {
    /// One thing is wrong with a form, on this field.
    pub fn on(field: &'static str, code: FieldCode) -> Self {
        let mut errors = FieldErrors::default();
        errors.push(field, code);
        Self::Invalid(errors)
    }
}

impl From<DataError> for ServiceError {
    fn from(error: DataError) -> Self {
        match error {
            DataError::Stale => Self::Conflict(Conflict::default()),
            DataError::Unavailable(text) => Self::Unavailable(text),
            other => Self::Internal(other.to_string()),
        }
    }
}
