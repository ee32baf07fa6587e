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
