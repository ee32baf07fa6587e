//! Dutch addresses, as people type them.

use serde::{Deserialize, Serialize};

use crate::field::{FieldCode, FieldErrors};

/// Longest name of a street or a place: the longest in the register of addresses (BAG) have 80 characters.
pub const PLACE_NAME_MAX: u32 = 80;

/// Longest addition to a house number.
pub const ADDITION_MAX: u32 = 10;

/// Where somebody lives, as it was typed.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AddressForm {
    /// Street.
    pub straat: String,
    /// House number, digits only.
    pub huisnummer: String,
    /// What comes after the number: `A`, `bis`, `2 hoog`.
    pub toevoeging: String,
    /// Postcode.
    pub postcode: String,
    /// City or village.
    pub plaats: String,
}

/// Where somebody lives.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Address {
    /// Street.
    pub street: String,
    /// House number with its addition: `12`, `12 A`.
    pub house_number: String,
    /// Postcode, as `1234 AB`.
    pub postcode: String,
    /// City or village.
    pub city: String,
}

impl Address {
    /// The lines of an envelope: street and number, postcode and city.
    pub fn lines(&self) -> [String; 2] {
        [format!("{} {}", self.street, self.house_number), format!("{} {}", self.postcode, self.city)]
    }

    /// Whether nothing of it is known.
    pub fn is_empty(&self) -> bool {
        self.street.is_empty() && self.postcode.is_empty() && self.city.is_empty()
    }
}

impl AddressForm {
    /// Reads the address where one was typed; `Some(None)` where it was left out as a whole.
    pub fn parse_if_any(&self, errors: &mut FieldErrors) -> Option<Option<Address>> {
        let typed = [&self.straat, &self.huisnummer, &self.toevoeging, &self.postcode, &self.plaats];
        if typed.iter().all(|text| text.trim().is_empty()) { Some(None) } else { self.parse(errors).map(Some) }
    }

    /// Reads the address; what is wrong is noted in `errors`, by field.
    pub fn parse(&self, errors: &mut FieldErrors) -> Option<Address> {
        let street = errors.take("straat", parse_place_name(&self.straat));
        let number = errors.take("huisnummer", parse_house_number(&self.huisnummer));
        let addition = errors.take("toevoeging", parse_addition(&self.toevoeging));
        let postcode = errors.take("postcode", parse_postcode(&self.postcode));
        let city = errors.take("plaats", parse_place_name(&self.plaats));
        let (street, number, addition, postcode, city) = (street?, number?, addition?, postcode?, city?);
        let house_number = if addition.is_empty() { number.to_string() } else { format!("{number} {addition}") };
        Some(Address { street, house_number, postcode, city })
    }
}

/// Reads a postcode: four digits, of which the first is no zero, and two letters; it is given back as `1234 AB`.
///
/// The letters SA, SD and SS are not used (PostNL).
///
/// # Errors
/// [`FieldCode::Required`] or [`FieldCode::NotAPostcode`].
pub fn parse_postcode(text: &str) -> Result<String, FieldCode> {
    let signs: Vec<char> = text.chars().filter(|c| !c.is_whitespace()).map(|c| c.to_ascii_uppercase()).collect();
    match signs[..] {
        [] => Err(FieldCode::Required),
        ['1'..='9', .., first, second]
            if signs.len() == 6
                && signs[..4].iter().all(char::is_ascii_digit)
                && first.is_ascii_uppercase()
                && second.is_ascii_uppercase()
                && !matches!((first, second), ('S', 'A' | 'D' | 'S')) =>
        {
            Ok(format!("{} {first}{second}", signs[..4].iter().collect::<String>()))
        }
        _ => Err(FieldCode::NotAPostcode),
    }
}

/// Reads a house number: 1 to 99999.
///
/// # Errors
/// [`FieldCode::Required`] or [`FieldCode::NotAHouseNumber`].
pub fn parse_house_number(text: &str) -> Result<u32, FieldCode> {
    let text = text.trim();
    if text.is_empty() {
        return Err(FieldCode::Required);
    }
    let is_number = text.len() <= 5 && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|number| is_number && *number > 0).ok_or(FieldCode::NotAHouseNumber)
}

fn parse_addition(text: &str) -> Result<String, FieldCode> {
    let text = text.trim();
    if text.chars().any(char::is_control) {
        Err(FieldCode::ForbiddenCharacter)
    } else if text.chars().count() > ADDITION_MAX as usize {
        Err(FieldCode::TooLong { max: ADDITION_MAX })
    } else {
        Ok(text.to_owned())
    }
}

fn parse_place_name(text: &str) -> Result<String, FieldCode> {
    let text = text.trim();
    if text.is_empty() {
        Err(FieldCode::Required)
    } else if text.chars().any(char::is_control) {
        Err(FieldCode::ForbiddenCharacter)
    } else if text.chars().count() > PLACE_NAME_MAX as usize {
        Err(FieldCode::TooLong { max: PLACE_NAME_MAX })
    } else {
        Ok(text.to_owned())
    }
}
