//! Pages of a list.

use crate::{
    date::{self, Date},
    field::FieldCode,
};

/// How many rows a page can have; the first is the default.
pub const PAGE_SIZES: [u32; 3] = [25, 50, 100];

/// The last page that can be asked for.
pub const PAGE_MAX: u32 = 1_000_000;

/// Reads the number of a page; nothing is the first page.
///
/// # Errors
/// [`FieldCode::NotDigits`] for what is no number, [`FieldCode::UnknownChoice`] outside 1 to [`PAGE_MAX`].
pub fn parse_page(text: &str) -> Result<u32, FieldCode> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(1);
    }
    if !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(FieldCode::NotDigits);
    }
    match text.parse() {
        Ok(page @ 1..=PAGE_MAX) => Ok(page),
        _ => Err(FieldCode::UnknownChoice),
    }
}

/// Reads the number of rows of a page; nothing is the least.
///
/// # Errors
/// [`FieldCode::UnknownChoice`] for anything but [`PAGE_SIZES`].
pub fn parse_page_size(text: &str) -> Result<u32, FieldCode> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(PAGE_SIZES[0]);
    }
    text.parse().ok().filter(|size| PAGE_SIZES.contains(size)).ok_or(FieldCode::UnknownChoice)
}

/// Reads "as known on": a day that is not after today; nothing is now.
///
/// # Errors
/// Those of [`parse_typed_date`](crate::date::parse_typed_date), and [`FieldCode::DateTooLate`] after today.
pub fn parse_known_on(text: &str, today: Date) -> Result<Option<Date>, FieldCode> {
    match date::parse_typed_date(text) {
        Err(FieldCode::Required) => Ok(None),
        Err(code) => Err(code),
        Ok(day) if day > today => Err(FieldCode::DateTooLate { last: today }),
        Ok(day) => Ok(Some(day)),
    }
}
