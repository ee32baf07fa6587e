//! Passkeys (WebAuthn, PRODUCT.md A11): a key pair in a device of somebody's, of which the portal knows the public half.
//! The device shows it to the site that it was made for and to no other, so that nobody can be led to type it elsewhere.

use serde::{Deserialize, Serialize};

use crate::{account::check_name, date::Date, field::FieldCode, ids::PasskeyId};

/// The most passkeys of one account.
pub const MOST_PASSKEYS: u32 = 10;

/// The greatest length of what somebody calls a passkey, in characters: names stand in a list, one below the other.
pub const MOST_NAME: u32 = 60;

/// For how many minutes an answer to a question for a passkey is waited for.
pub const CEREMONY_MINUTES: i64 = 10;

/// Reads what somebody calls a passkey.
///
/// # Errors
/// [`FieldCode::Required`], [`FieldCode::TooLong`] or [`FieldCode::ForbiddenCharacter`].
pub fn parse_name(typed: &str) -> Result<String, FieldCode> {
    let name = typed.trim();
    if name.chars().count() > MOST_NAME as usize {
        return Err(FieldCode::TooLong { max: MOST_NAME });
    }
    check_name(name)?;
    Ok(name.to_owned())
}

/// Whether the signature counter that a passkey shows can follow on the one that was kept. A passkey that counts never
/// shows the same number twice: if it does there is a copy of it. Many do not count, and always show zero.
pub const fn goes_on(kept: u32, shown: u32) -> bool {
    shown > kept || (shown == 0 && kept == 0)
}

/// What comes of removing one passkey.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Removal {
    /// The account keeps a second step.
    OneLess,
    /// It was the last of the second step, and the account is left without.
    EndsSecondStep,
    /// The account must have a second step, and this is the last of it.
    MustHave,
    /// The password cannot stand alone, and this is the last of the second step.
    ShortPassword,
}

/// What comes of removing one of the `passkeys` of an account, by what else holds for it.
pub const fn removal(has_app: bool, passkeys: u32, must_have: bool, password_is_short: bool) -> Removal {
    match (has_app || passkeys > 1, must_have, password_is_short) {
        (true, _, _) => Removal::OneLess,
        (false, true, _) => Removal::MustHave,
        (false, false, true) => Removal::ShortPassword,
        (false, false, false) => Removal::EndsSecondStep,
    }
}

/// A passkey, as its owner sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PasskeyView {
    /// The passkey.
    pub id: PasskeyId,
    /// What its owner calls it.
    pub name: String,
    /// The day on which it was added.
    pub added: Date,
    /// The day on which it was used last.
    pub last_used: Option<Date>,
}

/// A passkey that is being added.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewPasskeyView {
    /// What it will be called.
    pub name: String,
    /// What the browser is to make, as the JSON of `PublicKeyCredentialCreationOptions`.
    pub options: String,
}
