//! What a page is told when something cannot be done: without personal data in its text, SQL or what was typed.

use collectief_domain::{date::Date, deregistration::RefusedParticipant, field::FieldErrors};
use leptos::server_fn::error::{FromServerFnError, ServerFnErrorErr};
use serde::{Deserialize, Serialize};

use crate::wire::JsonText;

/// Why something was not done, as the page tells it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AppError {
    /// Fields that cannot be right.
    Invalid(FieldErrors),
    /// A rule stands in the way for these; nothing was done.
    Refused(Vec<RefusedParticipant>),
    /// It is not there, or not yours.
    NotFound,
    /// Nobody is signed in, or no longer.
    SignedOut,
    /// A second step must be set up first.
    SecondFactor,
    /// This role may not.
    Forbidden,
    /// Somebody else was first.
    Conflict(Conflict),
    /// It is busy or away; later it may work.
    Unavailable {
        /// What the log knows it by.
        incident: String,
    },
    /// A fault of ours.
    Internal {
        /// What the log knows it by.
        incident: String,
    },
    /// The page and the server are of different versions: it must be loaded anew.
    Stale,
    /// The server cannot be reached from this device.
    Offline,
}

/// Who was first, as the second is told.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conflict {
    /// Whom it is about, as shown.
    pub full_name: Option<String>,
    /// The colleague.
    pub by: Option<String>,
    /// The day.
    pub on: Option<Date>,
    /// The time of day, as `14:05`.
    pub at: Option<String>,
}

impl AppError {
    /// The HTTP status that goes with it.
    pub const fn status(&self) -> u16 {
        match self {
            Self::Invalid(_) | Self::Refused(_) => 422,
            Self::NotFound => 404,
            Self::SignedOut => 401,
            Self::Forbidden | Self::SecondFactor => 403,
            Self::Conflict(_) => 409,
            Self::Stale => 400,
            Self::Unavailable { .. } | Self::Offline => 503,
            Self::Internal { .. } => 500,
        }
    }

    /// The kind in one word, for logs.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Invalid(_) => "invalid",
            Self::Refused(_) => "refused",
            Self::NotFound => "not_found",
            Self::SignedOut => "signed_out",
            Self::SecondFactor => "second_factor",
            Self::Forbidden => "forbidden",
            Self::Conflict(_) => "conflict",
            Self::Unavailable { .. } => "unavailable",
            Self::Internal { .. } => "internal",
            Self::Stale => "stale",
            Self::Offline => "offline",
        }
    }
}

/// It prints its kind alone, for names of people must not reach a log.
impl std::fmt::Debug for AppError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.kind())
    }
}

impl std::fmt::Display for AppError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.kind())
    }
}

impl std::error::Error for AppError {}

impl FromServerFnError for AppError {
    type Encoder = JsonText;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        let error = match error {
            ServerFnErrorErr::Request(_) => Self::Offline,
            // Arguments or an answer of another shape: the one side was upgraded and the other was not.
            ServerFnErrorErr::Args(_) | ServerFnErrorErr::MissingArg(_) | ServerFnErrorErr::Deserialization(_) => {
                Self::Stale
            }
            _ => Self::Internal { incident: String::new() },
        };
        #[cfg(feature = "ssr")]
        let error = crate::ssr::answered(error);
        error
    }
}
