//! Contracts, as they are chosen and shown.

use serde::{Deserialize, Serialize};

use crate::field::FieldCode;

/// A contract as it stands in lists and choices: `23595 · Zorggroep De Linde`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ContractChoice {
    /// Contract number, five or more digits.
    pub number: String,
    /// The employer's name.
    pub name: String,
}

/// A contract number: five to twelve digits, kept as text because it is an address, not a quantity.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ContractNumber(String);

impl ContractNumber {
    /// Reads a contract number, ignoring spaces around it.
    ///
    /// # Errors
    /// [`FieldCode::Required`] for nothing, [`FieldCode::NotDigits`] for anything but digits, [`FieldCode::TooShort`]
    /// under five and [`FieldCode::TooLong`] over twelve digits.
    pub fn parse(text: &str) -> Result<Self, FieldCode> {
        let text = text.trim();
        if text.is_empty() {
            return Err(FieldCode::Required);
        }
        if !text.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(FieldCode::NotDigits);
        }
        match text.len() {
            ..5 => Err(FieldCode::TooShort { min: 5 }),
            5..=12 => Ok(Self(text.to_owned())),
            _ => Err(FieldCode::TooLong { max: 12 }),
        }
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

impl std::fmt::Display for ContractNumber {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}
