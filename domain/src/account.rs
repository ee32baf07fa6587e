//! Accounts and signing in: the form and what can come of it.

use serde::{Deserialize, Serialize};

use crate::field::{FieldCode, FieldErrors};

/// The number of wrong passwords after which an account is blocked (PRODUCT.md A5).
pub const WRONG_PASSWORDS_ALLOWED: u32 = 5;

/// The sign-in form, as it was typed.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct SignInForm {
    /// E-mail address.
    pub email: String,
    /// Password; never shown, logged or sent back.
    pub wachtwoord: String,
    /// The page of our own that was asked for before signing in.
    pub naar: String,
}

/// It prints nothing of what was typed.
impl std::fmt::Debug for SignInForm {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SignInForm")
    }
}

/// What came of trying to sign in, other than success. The same for known and unknown addresses.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SignInRefusal {
    /// Something was not filled in.
    Invalid(FieldErrors),
    /// The combination is not right.
    Wrong,
    /// Too many wrong passwords: the account is blocked, and this says how to go on.
    Blocked,
    /// Too many tries from here; wait so many seconds.
    TooMany {
        /// Seconds to wait.
        seconds: u32,
    },
}

impl SignInForm {
    /// Checks that both fields are there and of a possible length.
    ///
    /// # Errors
    /// All that is wrong, by field.
    pub fn check(&self) -> Result<(), FieldErrors> {
        let mut errors = FieldErrors::default();
        if self.email.trim().is_empty() {
            errors.push("email", FieldCode::Required);
        } else if self.email.len() > 254 {
            errors.push("email", FieldCode::TooLong { max: 254 });
        }
        if self.wachtwoord.is_empty() {
            errors.push("wachtwoord", FieldCode::Required);
        } else if self.wachtwoord.len() > 1024 {
            errors.push("wachtwoord", FieldCode::TooLong { max: 1024 });
        }
        errors.or(())
    }
}
