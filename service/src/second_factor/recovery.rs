//! Recovery codes: for whoever has no app at hand. Each works once.
//!
//! Only their hashes are kept, made as fast as those of tokens: a code has 120 random bits, so that nobody can go through
//! them, and a slow hash, which makes guessing a password dear, would protect nothing more (ASVS 5.0, 6.5.2).

use collectief_domain::second_factor::{RECOVERY_CODE_LENGTH, RECOVERY_CODES, in_groups};

use crate::{ServiceError, secret};

/// Letters and digits that are not mistaken for one another (RFC 4648, 6).
const ALPHABET: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";

/// New codes, in groups, as they are shown once.
pub(super) fn make() -> Result<Vec<String>, ServiceError> {
    (0..RECOVERY_CODES).map(|_| Ok(in_groups(&code()?, '-'))).collect()
}

fn code() -> Result<String, ServiceError> {
    // 32 divides 256, so that every letter is as likely as any other.
    let bytes = secret::random::<RECOVERY_CODE_LENGTH>()?;
    Ok(bytes.iter().map(|byte| char::from(ALPHABET[usize::from(byte % 32)])).collect())
}

/// What is stored of a code; `code` is without what stands between its groups.
pub(super) fn hash(code: &str) -> Vec<u8> {
    secret::token_hash(code)
}

#[cfg(test)]
mod tests {
    use collectief_domain::second_factor::TypedCode;

    use super::*;

    #[test]
    fn codes_are_read_back_however_they_are_typed() {
        let codes = make().unwrap();
        assert_eq!(codes.len(), RECOVERY_CODES);
        for code in &codes {
            let bare = code.replace('-', "");
            for typed in [code.clone(), code.to_uppercase(), format!(" {} ", code.replace('-', " ")), bare.clone()] {
                assert_eq!(TypedCode::read(&typed), Some(TypedCode::Recovery(bare.clone())), "{typed}");
            }
        }
        let mut each = codes.clone();
        each.sort();
        each.dedup();
        assert_eq!(each.len(), codes.len());
    }
}
