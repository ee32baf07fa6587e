//! The burgerservicenummer. It is secret: only [`Bsn::expose`] gives it away, and nothing prints it by accident.

use std::{fmt, str};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::field::FieldCode;

/// A BSN that passed the eleven-test. It cannot be serialised, and prints as `*****6782`.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Bsn([u8; 9]);

impl Bsn {
    /// Reads a BSN as people type it: spaces and dots are ignored, and eight digits get the leading zero that a
    /// spreadsheet dropped.
    ///
    /// The eleven-test weighs the digits 9 8 7 6 5 4 3 2 −1 (Logisch Ontwerp BSN, 1.1). 000000000 would pass, and
    /// belongs to no one.
    ///
    /// # Errors
    /// [`FieldCode::Required`], [`FieldCode::NotDigits`], [`FieldCode::BsnLength`] or [`FieldCode::BsnEleven`].
    pub fn parse(text: &str) -> Result<Self, FieldCode> {
        let mut digits = [0; 9];
        let mut count = 0;
        for c in text.chars().filter(|c| *c != '.' && !c.is_whitespace()) {
            if !c.is_ascii_digit() {
                return Err(FieldCode::NotDigits);
            }
            if let Some(place) = digits.get_mut(count) {
                *place = c as u8;
            }
            count += 1;
        }
        match count {
            0 => return Err(FieldCode::Required),
            8 => {
                digits.rotate_right(1);
                digits[0] = b'0';
            }
            9 => {}
            _ => return Err(FieldCode::BsnLength),
        }
        let weights = [9, 8, 7, 6, 5, 4, 3, 2, -1];
        let sum: i32 = digits.iter().zip(weights).map(|(digit, weight)| i32::from(digit - b'0') * weight).sum();
        if sum % 11 != 0 || digits == [b'0'; 9] {
            return Err(FieldCode::BsnEleven);
        }
        Ok(Self(digits))
    }

    /// The nine digits, for storing encrypted, for the keyed index and for a reveal that is logged.
    pub fn expose(&self) -> &str {
        str::from_utf8(&self.0).unwrap_or_default()
    }

    /// What may be shown to those who may not see the BSN.
    pub fn masked(&self) -> MaskedBsn {
        let [.., a, b, c, d] = self.0;
        MaskedBsn([a, b, c, d])
    }
}

impl fmt::Display for Bsn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.masked().fmt(f)
    }
}

impl fmt::Debug for Bsn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Bsn({})", self.masked())
    }
}

/// The last four digits of a BSN, shown as `*****6782`. The others are not in it.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct MaskedBsn([u8; 4]);

impl MaskedBsn {
    /// Shown in place of the hidden digits.
    const MASK: &str = "*****";

    /// From the last four digits, as they may be stored beside the encrypted BSN.
    pub fn from_last_digits(text: &str) -> Option<Self> {
        let digits: [u8; 4] = text.as_bytes().try_into().ok()?;
        digits.iter().all(u8::is_ascii_digit).then_some(Self(digits))
    }

    /// The last four digits.
    pub fn last_digits(&self) -> &str {
        str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl fmt::Display for MaskedBsn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(Self::MASK)?;
        f.write_str(self.last_digits())
    }
}

impl fmt::Debug for MaskedBsn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MaskedBsn({self})")
    }
}

impl Serialize for MaskedBsn {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for MaskedBsn {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        text.strip_prefix(Self::MASK)
            .and_then(Self::from_last_digits)
            .ok_or_else(|| de::Error::custom("a masked BSN is written as *****6782"))
    }
}
