//! Amounts of money, in whole cents.

use std::{iter::Sum, ops};

use serde::{Deserialize, Serialize};

use crate::{actor::Language, field::FieldCode};

/// An amount in euro cents. It is an integer because a database that stores decimals as floating point loses cents.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Cents(pub i64);

impl Cents {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// The sum, unless it is too large.
    pub const fn checked_add(self, other: Self) -> Option<Self> {
        match self.0.checked_add(other.0) {
            Some(cents) => Some(Self(cents)),
            None => None,
        }
    }

    /// The difference, unless it is too large.
    pub const fn checked_sub(self, other: Self) -> Option<Self> {
        match self.0.checked_sub(other.0) {
            Some(cents) => Some(Self(cents)),
            None => None,
        }
    }

    /// The opposite amount, unless there is none.
    pub const fn checked_neg(self) -> Option<Self> {
        match self.0.checked_neg() {
            Some(cents) => Some(Self(cents)),
            None => None,
        }
    }

    /// The sum of all amounts, unless it becomes too large on the way.
    pub fn checked_sum(amounts: impl IntoIterator<Item = Self>) -> Option<Self> {
        amounts.into_iter().try_fold(Self::ZERO, Self::checked_add)
    }

    /// As it is shown: `€ 1.234,56` in Dutch, `€1,234.56` in English. The space does not break a line.
    pub fn format(self, language: Language) -> String {
        let (thousand, decimal) = match language {
            Language::Nl => ('.', ','),
            Language::En => (',', '.'),
        };
        let euros = (self.0.unsigned_abs() / 100).to_string();
        let cents = self.0.unsigned_abs() % 100;
        let mut text = String::with_capacity(euros.len() * 2 + 8);
        // Dutch puts the minus after the sign, English before it (CLDR, currency patterns).
        match language {
            Language::Nl => text.push_str(if self.0 < 0 { "€\u{a0}-" } else { "€\u{a0}" }),
            Language::En => text.push_str(if self.0 < 0 { "-€" } else { "€" }),
        }
        for (place, digit) in euros.chars().enumerate() {
            if place > 0 && (euros.len() - place).is_multiple_of(3) {
                text.push(thousand);
            }
            text.push(digit);
        }
        text.push(decimal);
        text.push(char::from(b'0' + (cents / 10) as u8));
        text.push(char::from(b'0' + (cents % 10) as u8));
        text
    }

    /// Reads an amount as people type it, with a decimal comma or point: `1.234,56`, `1234.56`, `€ 12`, `-0,50`.
    ///
    /// The last comma or point is the decimal one when one or two digits follow it; one that three digits follow
    /// separates thousands.
    ///
    /// # Errors
    /// [`FieldCode::Required`] for nothing, [`FieldCode::NotDigits`] for what is not an amount, and
    /// [`FieldCode::TooLong`] for more than twelve digits before the decimals.
    pub fn parse_typed(text: &str) -> Result<Self, FieldCode> {
        let text = text.trim();
        if text.is_empty() {
            return Err(FieldCode::Required);
        }
        let mut negative = false;
        let mut rest = text;
        loop {
            rest = rest.trim_start();
            if let Some(after) = rest.strip_prefix('€') {
                rest = after;
            } else if let Some(after) = rest.strip_prefix(['-', '\u{2212}']).filter(|_| !negative) {
                negative = true;
                rest = after;
            } else {
                break;
            }
        }
        let (whole, cents) = match rest.rfind([',', '.']) {
            Some(at) if (1..=2).contains(&(rest.len() - at - 1)) => (&rest[..at], &rest[at + 1..]),
            _ => (rest, ""),
        };
        let euros = whole_euros(whole)?;
        let cents = match cents.as_bytes() {
            [] => 0,
            [tens @ b'0'..=b'9'] => i64::from(tens - b'0') * 10,
            [tens @ b'0'..=b'9', ones @ b'0'..=b'9'] => i64::from(tens - b'0') * 10 + i64::from(ones - b'0'),
            _ => return Err(FieldCode::NotDigits),
        };
        let amount = euros * 100 + cents;
        Ok(Self(if negative { -amount } else { amount }))
    }
}

/// Reads digits, in groups of three when they are separated at all.
fn whole_euros(text: &str) -> Result<i64, FieldCode> {
    let is_number = |group: &str| !group.is_empty() && group.bytes().all(|byte| byte.is_ascii_digit());
    let separator = text.chars().find(|c| matches!(c, '.' | ','));
    let digits = match separator {
        None => text.to_owned(),
        Some(separator) => {
            let mut groups = text.split(separator);
            let first = groups.next().unwrap_or_default();
            if first.len() > 3 || !is_number(first) || groups.any(|group| group.len() != 3) {
                return Err(FieldCode::NotDigits);
            }
            text.replace(separator, "")
        }
    };
    if !is_number(&digits) {
        return Err(FieldCode::NotDigits);
    }
    if digits.len() > 12 {
        return Err(FieldCode::TooLong { max: 12 });
    }
    digits.parse().map_err(|_| FieldCode::NotDigits)
}

/// Panics on overflow, in every build: a wrong amount is worse than none.
impl ops::Add for Cents {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        self.checked_add(other).expect("an amount beyond 92 quadrillion euros")
    }
}

/// Panics on overflow, in every build.
impl ops::Sub for Cents {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        self.checked_sub(other).expect("an amount beyond 92 quadrillion euros")
    }
}

/// Panics on overflow, in every build.
impl ops::Neg for Cents {
    type Output = Self;

    fn neg(self) -> Self {
        self.checked_neg().expect("an amount beyond 92 quadrillion euros")
    }
}

impl ops::AddAssign for Cents {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl Sum for Cents {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        amounts.fold(Self::ZERO, ops::Add::add)
    }
}
