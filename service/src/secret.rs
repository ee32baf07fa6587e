//! The one place for randomness: tokens of sessions and of mailed links, idempotency keys.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};

use crate::ServiceError;

/// So many random bytes.
///
/// # Errors
/// [`ServiceError::Unavailable`] when the operating system has none to give.
pub fn random<const N: usize>() -> Result<[u8; N], ServiceError> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|_| ServiceError::Unavailable("no randomness".to_owned()))?;
    Ok(bytes)
}

/// A token of 256 random bits, as text that fits a cookie or a link.
///
/// # Errors
/// As [`random`].
pub fn token() -> Result<String, ServiceError> {
    Ok(URL_SAFE_NO_PAD.encode(random::<32>()?))
}

/// What is stored of a token: whoever reads the database cannot use it.
pub fn token_hash(token: &str) -> Vec<u8> {
    Sha256::digest(token.as_bytes()).to_vec()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    // asvs = "7.2.3, 11.5.1"
    #[test]
    fn tokens_are_of_256_bits_and_never_the_same() {
        let tokens: BTreeSet<String> = (0..10_000).map(|_| token().unwrap()).collect();
        assert_eq!(tokens.len(), 10_000);
        // Each of the 256 bits is set about half of the time: six standard deviations off would be no chance.
        let mut set = [0_u32; 256];
        for token in &tokens {
            let bytes = URL_SAFE_NO_PAD.decode(token).unwrap();
            assert_eq!(bytes.len(), 32);
            for (bit, count) in set.iter_mut().enumerate() {
                *count += u32::from(bytes[bit / 8] >> (bit % 8) & 1);
            }
        }
        assert!(set.iter().all(|count| (4_700..=5_300).contains(count)), "{set:?}");
        assert!(tokens.iter().all(|token| token_hash(token).len() == 32));
    }

    // asvs = "11.4.1"
    #[test]
    fn a_token_is_kept_as_its_sha_256() {
        let hex: String = token_hash("abc").iter().map(|byte| format!("{byte:02x}")).collect();
        // FIPS 180-2, appendix B.1.
        assert_eq!(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }
}
