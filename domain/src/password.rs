//! What a new password must be: long, and not made of what others know of its owner. Nothing else is asked of it: no
//! kinds of characters, no change every so often (NIST SP 800-63B-4, 3.1.1.2; OWASP ASVS 5.0, 6.2).
//!
//! How easily a password is guessed takes lists of passwords that others use; that is looked at on the server, after
//! these rules.

use crate::field::FieldCode;

/// The fewest characters of a password that is all there is to signing in.
pub const MIN_ALONE: u32 = 15;

/// The fewest characters of a password that a second step stands beside.
pub const MIN_WITH_SECOND_FACTOR: u32 = 8;

/// The most bytes of a password.
pub const MAX_BYTES: usize = 1024;

/// So many characters always fit in [`MAX_BYTES`], whatever they are.
pub const MAX_SURE: u32 = MAX_BYTES as u32 / 4;

/// The fewest letters or digits that make a word of what is known about somebody. Shorter ones stand in any text.
const WORD_MIN: usize = 3;

/// The fewest characters of the password of an account with or without a second step.
pub const fn fewest(has_second_factor: bool) -> u32 {
    if has_second_factor { MIN_WITH_SECOND_FACTOR } else { MIN_ALONE }
}

/// Whether a password, in its composed form, is too short to be all there is to signing in.
pub fn is_short(password: &str) -> bool {
    password.chars().count() < MIN_ALONE as usize
}

/// The words that others know of somebody, out of names, addresses and the like; in lower case, each once.
pub fn known_words<'a>(texts: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let mut words: Vec<String> = texts
        .into_iter()
        .flat_map(|text| text.split(|c: char| !c.is_alphanumeric()))
        .filter(|word| word.chars().count() >= WORD_MIN)
        .map(str::to_lowercase)
        .collect();
    words.sort_unstable();
    words.dedup();
    words
}

/// Checks a new password, in its composed form (Unicode NFC), against the rules that need no list of passwords. `min` is
/// the fewest characters; `known` are the [`known_words`] about its owner.
///
/// # Errors
/// [`FieldCode::Required`], [`FieldCode::TooShort`], [`FieldCode::TooLong`], or [`FieldCode::OwnWords`] when too little
/// is left without the words that others know.
pub fn check(password: &str, min: u32, known: &[String]) -> Result<(), FieldCode> {
    if password.is_empty() {
        return Err(FieldCode::Required);
    }
    if password.chars().count() < min as usize {
        return Err(FieldCode::TooShort { min });
    }
    if password.len() > MAX_BYTES {
        return Err(FieldCode::TooLong { max: MAX_SURE });
    }
    let typed = password.to_lowercase();
    let known = inside(&typed, known);
    let left = typed.char_indices().filter(|(at, c)| c.is_alphanumeric() && !known[*at]).count();
    if known.contains(&true) && left < (min as usize).div_ceil(2) {
        return Err(FieldCode::OwnWords);
    }
    Ok(())
}

/// Checks that a password that somebody has was typed, and that it can be one.
///
/// # Errors
/// [`FieldCode::Required`] or [`FieldCode::TooLong`].
pub fn check_typed(password: &str) -> Result<(), FieldCode> {
    if password.is_empty() {
        Err(FieldCode::Required)
    } else if password.len() > MAX_BYTES {
        Err(FieldCode::TooLong { max: MAX_SURE })
    } else {
        Ok(())
    }
}

/// Which bytes of `text` belong to one of `words`, also where two of them overlap.
fn inside(text: &str, words: &[String]) -> Vec<bool> {
    let mut inside = vec![false; text.len()];
    for word in words.iter().filter(|word| !word.is_empty()) {
        for (start, _) in text.char_indices().filter(|(start, _)| text[*start..].starts_with(word.as_str())) {
            inside[start..start + word.len()].fill(true);
        }
    }
    inside
}
