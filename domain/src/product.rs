//! The insurances that one can choose: a basic one, and packages beside it.

use serde::{Deserialize, Serialize};

use crate::{date::Date, field::FieldCode};

/// What kind of insurance. Of each kind one has at most one, and the basic one always.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProductKind {
    /// The basic insurance (basisverzekering).
    Basic,
    /// A supplementary package (aanvullende verzekering).
    Supplementary,
    /// A dental package (tandartsverzekering).
    Dental,
}

impl ProductKind {
    /// Every kind, in the order in which they are chosen.
    pub const ALL: [Self; 3] = [Self::Basic, Self::Supplementary, Self::Dental];

    /// The stored word.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Basic => "basic",
            Self::Supplementary => "supplementary",
            Self::Dental => "dental",
        }
    }

    /// The kind with this [`code`](Self::code), if there is one.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }
}

/// An insurance that the insurer offers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Product {
    /// What it is known by: letters, digits and hyphens.
    pub code: String,
    /// Its name, as people know it.
    pub name: String,
    /// What kind.
    pub kind: ProductKind,
    /// The first day on which it can start.
    pub first_day: Date,
    /// The last day on which it can start; `None` is open.
    pub last_day: Option<Date>,
}

impl Product {
    /// Whether an insurance can start with it on this day.
    pub fn is_offered_on(&self, day: Date) -> bool {
        self.first_day <= day && self.last_day.is_none_or(|last| day <= last)
    }
}

/// The most characters of a product's code.
pub const CODE_MAX: u32 = 30;

/// Checks what a product is known by: small letters, digits and hyphens, so that codes can be written one after another.
///
/// # Errors
/// [`FieldCode::Required`], [`FieldCode::TooLong`] or [`FieldCode::ForbiddenCharacter`].
pub fn check_code(text: &str) -> Result<String, FieldCode> {
    let text = text.trim();
    if text.is_empty() {
        Err(FieldCode::Required)
    } else if text.len() > CODE_MAX as usize {
        Err(FieldCode::TooLong { max: CODE_MAX })
    } else if text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-') {
        Ok(text.to_owned())
    } else {
        Err(FieldCode::ForbiddenCharacter)
    }
}

/// Products of a participation, by code, separated by commas: the stored form.
pub fn codes(products: &[Product]) -> String {
    products.iter().map(|product| product.code.as_str()).collect::<Vec<_>>().join(",")
}

/// The names of products by their stored codes, in the order of the kinds; a code that is no longer known stands for
/// itself.
pub fn names(stored: &str, known: &[Product]) -> Vec<String> {
    let name =
        |code: &str| known.iter().find(|product| product.code == code).map_or(code, |product| &product.name).to_owned();
    stored.split(',').filter(|code| !code.is_empty()).map(name).collect()
}

/// Reads what was chosen: the basic insurance by its code, and packages by theirs, separated by commas.
///
/// # Errors
/// [`FieldCode::Required`] without a basic insurance; [`FieldCode::UnknownChoice`] for what is not offered, for a
/// package in the place of the basic insurance, and for two of a kind; each with the field that it is about.
pub fn choose<'a>(
    basic: &str,
    packages: &str,
    offered: &'a [Product],
) -> Result<Vec<&'a Product>, (ProductField, FieldCode)> {
    let find = |code: &str| offered.iter().find(|product| product.code == code);
    let basic = match basic.trim() {
        "" => return Err((ProductField::Basic, FieldCode::Required)),
        code => find(code).filter(|product| product.kind == ProductKind::Basic),
    };
    let mut chosen = vec![basic.ok_or((ProductField::Basic, FieldCode::UnknownChoice))?];
    for code in packages.split(',').map(str::trim).filter(|code| !code.is_empty()) {
        let product = find(code).filter(|product| chosen.iter().all(|other| other.kind != product.kind));
        chosen.push(product.ok_or((ProductField::Packages, FieldCode::UnknownChoice))?);
    }
    chosen.sort_by_key(|product| product.kind);
    Ok(chosen)
}

/// On which of the fields something is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProductField {
    /// The basic insurance.
    Basic,
    /// The packages beside it.
    Packages,
}
