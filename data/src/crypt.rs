//! The keys that protect BSNs, and the tokens of links that are still to be mailed: encryption at rest, and a keyed hash
//! to find one by.
//!
//! The two keys are separate, so that whoever holds the database and one of them still cannot read or guess a BSN.
//! Every cipher text names the key it was made with, so that keys can be replaced while rows still carry the old one.

use std::sync::Arc;

use aes_gcm::{
    Aes256Gcm, KeyInit, Nonce,
    aead::{Aead, Payload},
};
use collectief_domain::bsn::Bsn;
use hmac::{Hmac, Mac};
use secrecy::{ExposeSecret, SecretBox};
use sha2::Sha256;

use crate::error::DataError;

const NONCE: usize = 12;

/// What is encrypted to see later whether the keys are still the same.
const KEY_CHECK: &[u8] = b"key check";

const CANNOT_RENEW: DataError =
    DataError::Corrupt("something encrypted cannot be decrypted: its key is not in the keys file, or it is damaged");

const CANNOT_OPEN: DataError = DataError::Corrupt("a BSN cannot be decrypted: wrong key, or a damaged row");

/// A 256-bit key.
pub type Key = SecretBox<[u8; 32]>;

/// The keys that protect BSNs. Cheap to clone; never shown.
#[derive(Clone)]
pub struct Keyring(Arc<Keys>);

struct Keys {
    /// By number; the last one encrypts, all decrypt.
    ciphers: Vec<(u8, Aes256Gcm)>,
    index: Key,
}

impl Keyring {
    /// A keyring of `encryption` keys by number, the last of which encrypts, and the key of the blind index.
    ///
    /// Returns `None` when there is no encryption key.
    pub fn new(encryption: &[(u8, Key)], index: Key) -> Option<Self> {
        if encryption.is_empty() {
            return None;
        }
        let ciphers =
            encryption.iter().map(|(number, key)| (*number, Aes256Gcm::new(key.expose_secret().into()))).collect();
        Some(Self(Arc::new(Keys { ciphers, index })))
    }

    /// Encrypts a BSN for the row of this relation number; moved to another row it cannot be read.
    pub(crate) fn seal(&self, bsn: &Bsn, relation_number: &str) -> Result<Vec<u8>, DataError> {
        self.encrypt(bsn.expose().as_bytes(), relation_number.as_bytes())
    }

    /// Decrypts what [`seal`](Self::seal) made for the same relation number.
    pub(crate) fn open(&self, sealed: &[u8], relation_number: &str) -> Result<Bsn, DataError> {
        let plain = self.decrypt(sealed, relation_number.as_bytes()).ok_or(CANNOT_OPEN)?;
        let text = std::str::from_utf8(&plain).map_err(|_| CANNOT_OPEN)?;
        Bsn::parse(text).map_err(|_| CANNOT_OPEN)
    }

    /// Encrypts a secret that must be read again, for what it belongs to; anywhere else it cannot be read.
    ///
    /// # Errors
    /// When the operating system has no randomness to give.
    pub fn seal_secret(&self, secret: &str, belongs_to: &str) -> Result<Vec<u8>, DataError> {
        self.encrypt(secret.as_bytes(), &secret_of(belongs_to))
    }

    /// Decrypts what [`seal_secret`](Self::seal_secret) made for the same; `None` when it did not.
    pub fn open_secret(&self, sealed: &[u8], belongs_to: &str) -> Option<String> {
        String::from_utf8(self.decrypt(sealed, &secret_of(belongs_to))?).ok()
    }

    /// The number of the key that encrypts.
    pub fn current(&self) -> u8 {
        self.0.ciphers.last().map_or(0, |(number, _)| *number)
    }

    /// What [`seal`](Self::seal) made with an older key, made anew with the present one; `None` when that made it.
    ///
    /// # Errors
    /// When it cannot be decrypted.
    pub(crate) fn renew(&self, sealed: &[u8], relation_number: &str) -> Result<Option<Vec<u8>>, DataError> {
        self.encrypt_anew(sealed, relation_number.as_bytes())
    }

    /// The same of what [`seal_secret`](Self::seal_secret) made.
    ///
    /// # Errors
    /// When it cannot be decrypted.
    pub fn renew_secret(&self, sealed: &[u8], belongs_to: &str) -> Result<Option<Vec<u8>>, DataError> {
        self.encrypt_anew(sealed, &secret_of(belongs_to))
    }

    fn encrypt_anew(&self, sealed: &[u8], belongs_to: &[u8]) -> Result<Option<Vec<u8>>, DataError> {
        if sealed.first() == Some(&self.current()) {
            return Ok(None);
        }
        let plain = self.decrypt(sealed, belongs_to).ok_or(CANNOT_RENEW)?;
        self.encrypt(&plain, belongs_to).map(Some)
    }

    /// Text that only these keys can have made and that says nothing about them; [`fits`](Self::fits) recognises it.
    pub(crate) fn check_value(&self) -> Result<String, DataError> {
        let sealed = self.encrypt(KEY_CHECK, KEY_CHECK)?;
        Ok(format!("{}.{}", hex(&self.keyed_hash(KEY_CHECK, b"")), hex(&sealed)))
    }

    /// Whether these keys made this [`check_value`](Self::check_value), or can still read what the key that did made.
    pub(crate) fn fits(&self, check_value: &str) -> bool {
        let Some((index, sealed)) = check_value.split_once('.') else { return false };
        let sealed: Option<Vec<u8>> = (0..sealed.len() / 2)
            .map(|byte| u8::from_str_radix(sealed.get(byte * 2..byte * 2 + 2)?, 16).ok())
            .collect();
        index == hex(&self.keyed_hash(KEY_CHECK, b""))
            && sealed.is_some_and(|sealed| self.decrypt(&sealed, KEY_CHECK).is_some_and(|plain| plain == KEY_CHECK))
    }

    /// Encrypts with the newest key: its number, a fresh nonce, the cipher text.
    fn encrypt(&self, plain: &[u8], belongs_to: &[u8]) -> Result<Vec<u8>, DataError> {
        let (number, cipher) = self.0.ciphers.last().ok_or(DataError::Corrupt("no encryption key"))?;
        let mut nonce = [0; NONCE];
        getrandom::fill(&mut nonce).map_err(|_| DataError::Unavailable("no randomness".to_owned()))?;
        let sealed = cipher
            .encrypt(&Nonce::from(nonce), Payload { msg: plain, aad: belongs_to })
            .map_err(|_| DataError::Corrupt("a value cannot be encrypted"))?;
        let mut out = Vec::with_capacity(1 + NONCE + sealed.len());
        out.push(*number);
        out.extend_from_slice(&nonce);
        out.extend_from_slice(&sealed);
        Ok(out)
    }

    /// Decrypts with the key that the text names.
    fn decrypt(&self, sealed: &[u8], belongs_to: &[u8]) -> Option<Vec<u8>> {
        let (number, rest) = sealed.split_first()?;
        let (nonce, text) = rest.split_at_checked(NONCE)?;
        let (_, cipher) = self.0.ciphers.iter().find(|(known, _)| known == number)?;
        let nonce: [u8; NONCE] = nonce.try_into().ok()?;
        cipher.decrypt(&Nonce::from(nonce), Payload { msg: text, aad: belongs_to }).ok()
    }

    /// The blind index of a BSN: the same BSN always gives the same bytes, and no one can tell without the key.
    pub(crate) fn index(&self, bsn: &Bsn) -> Vec<u8> {
        self.keyed_hash(b"bsn", bsn.expose().as_bytes())
    }

    /// A keyed hash for what must be compared but not read back, such as an e-mail address that was tried.
    pub fn keyed_hash(&self, purpose: &[u8], value: &[u8]) -> Vec<u8> {
        #[expect(clippy::expect_used, reason = "HMAC takes a key of any length")]
        let mut mac = <Hmac<Sha256> as KeyInit>::new_from_slice(self.0.index.expose_secret()).expect("any length");
        mac.update(purpose);
        mac.update(&[0]);
        mac.update(value);
        mac.finalize().into_bytes().to_vec()
    }
}

/// What a secret belongs to, told apart from the relation number that a BSN belongs to.
fn secret_of(belongs_to: &str) -> Vec<u8> {
    [b"secret\0", belongs_to.as_bytes()].concat()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ring(numbers: &[u8]) -> Keyring {
        let keys: Vec<_> = numbers.iter().map(|number| (*number, Key::new(Box::new([*number; 32])))).collect();
        Keyring::new(&keys, Key::new(Box::new([9; 32]))).unwrap()
    }

    // asvs = "11.3.1, 11.3.3"
    #[test]
    fn a_bsn_comes_back_only_for_its_own_row() {
        let keys = ring(&[1]);
        let bsn = Bsn::parse("123456782").unwrap();
        let sealed = keys.seal(&bsn, "100000001").unwrap();
        assert!(!sealed.windows(9).any(|part| part == b"123456782"));
        assert_eq!(keys.open(&sealed, "100000001").unwrap(), bsn);
        assert!(keys.open(&sealed, "100000002").is_err());
    }

    // asvs = "11.4.1"
    #[test]
    fn a_keyed_hash_is_hmac_sha_256_of_purpose_and_value() {
        let hash = ring(&[1]).keyed_hash(b"bsn", b"123456782");
        let hex: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
        // Reckoned elsewhere, over "bsn", a zero byte and the number.
        assert_eq!(hex, "c6673ac50f77af4f95f19d8b6a1d295bb5e598126ca2bbaef99e82f1f545a7d1");
    }

    // asvs = "11.2.2"
    #[test]
    fn an_older_key_still_opens_and_a_missing_one_does_not() {
        let bsn = Bsn::parse("123456782").unwrap();
        let sealed = ring(&[1]).seal(&bsn, "1").unwrap();
        assert_eq!(ring(&[1, 2]).open(&sealed, "1").unwrap(), bsn);
        assert!(ring(&[2]).open(&sealed, "1").is_err());
    }

    #[test]
    fn what_an_older_key_made_is_made_anew_once_and_reads_the_same() {
        let (old, both, new) = (ring(&[1]), ring(&[1, 2]), ring(&[2]));
        let bsn = Bsn::parse("123456782").unwrap();
        let renewed = both.renew(&old.seal(&bsn, "1").unwrap(), "1").unwrap().unwrap();
        assert_eq!(new.open(&renewed, "1").unwrap(), bsn);
        assert_eq!(both.renew(&renewed, "1").unwrap(), None);
        let secret = both.renew_secret(&old.seal_secret("token", "a").unwrap(), "a").unwrap().unwrap();
        assert_eq!(new.open_secret(&secret, "a").as_deref(), Some("token"));
        // Without the old key nothing is made up.
        assert!(new.renew(&old.seal(&bsn, "1").unwrap(), "1").is_err());
        assert!(both.renew_secret(&old.seal_secret("token", "a").unwrap(), "b").is_err());
    }

    #[test]
    fn a_secret_comes_back_only_where_it_belongs() {
        let keys = ring(&[1]);
        let sealed = keys.seal_secret("token", "a").unwrap();
        assert!(!sealed.windows(5).any(|part| part == b"token"));
        assert_eq!(keys.open_secret(&sealed, "a").as_deref(), Some("token"));
        assert_eq!(keys.open_secret(&sealed, "b"), None);
        assert_eq!(ring(&[2]).open_secret(&sealed, "a"), None);
        assert!(keys.open(&sealed, "a").is_err());
    }

    #[test]
    fn other_keys_are_noticed_and_added_ones_are_not() {
        let noted = ring(&[1]).check_value().unwrap();
        assert!(ring(&[1]).fits(&noted) && ring(&[1, 2]).fits(&noted));
        assert!(!ring(&[2]).fits(&noted));
        let other_index = Keyring::new(&[(1, Key::new(Box::new([1; 32])))], Key::new(Box::new([8; 32]))).unwrap();
        assert!(!other_index.fits(&noted));
        for text in ["", ".", "zz.zz", "é.é", "00"] {
            assert!(!ring(&[1]).fits(text));
        }
    }

    // asvs = "11.3.4"
    #[test]
    fn the_same_value_is_never_encrypted_alike() {
        let keys = ring(&[1]);
        let bsn = Bsn::parse("123456782").unwrap();
        let nonces: std::collections::BTreeSet<Vec<u8>> =
            (0..10_000).map(|_| keys.seal(&bsn, "1").unwrap()[1..=NONCE].to_vec()).collect();
        assert_eq!(nonces.len(), 10_000);
    }

    // asvs = "11.2.5"
    #[test]
    fn damaged_rows_are_errors_not_panics() {
        for bytes in [&[][..], &[1], &[1; 13], &[1; 40], &[7; 40]] {
            assert!(ring(&[1]).open(bytes, "1").is_err());
        }
    }
}
