//! The file with the keys that protect BSNs.

use std::{
    collections::BTreeMap,
    fs,
    io::{self, Write},
    path::Path,
};

use base64::{Engine, engine::general_purpose::STANDARD};
use collectief_service::{
    portal::{Key, Keyring},
    secret,
};
use serde::Deserialize;

/// What is wrong with the keys. No text of a key is ever in it.
#[derive(Debug, thiserror::Error)]
pub enum KeysError {
    /// The file cannot be read or written.
    #[error("the keys in {place} cannot be read: {reason}")]
    Unreadable {
        /// Where they are.
        place: String,
        /// Why not.
        reason: String,
    },
    /// A key is not 32 bytes in base64, or there is none.
    #[error("the keys in {place} cannot be used: {reason}")]
    Unusable {
        /// Where they are.
        place: String,
        /// Why not.
        reason: String,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    index: String,
    encryption: BTreeMap<String, String>,
}

/// The keys from the text of a keys file, which came from `place`.
///
/// # Errors
/// When it is not such a file.
pub fn read(text: &str, place: &str) -> Result<Keyring, KeysError> {
    let unusable = |reason: &str| KeysError::Unusable { place: place.to_owned(), reason: reason.to_owned() };
    // The parser's message quotes the line, and with it a key.
    let file: File = toml::from_str(text).map_err(|_| {
        unusable("expected `index = \"…\"`, and below `[encryption]` one `number = \"…\"` for each key")
    })?;
    let mut encryption = Vec::new();
    for (number, text) in &file.encryption {
        let number: u8 = number.parse().map_err(|_| unusable("the number of a key is not 1 to 255"))?;
        encryption.push((number, key(text).ok_or_else(|| unusable("a key is not 32 bytes in base64"))?));
    }
    encryption.sort_by_key(|(number, _)| *number);
    let index = key(&file.index).ok_or_else(|| unusable("the index key is not 32 bytes in base64"))?;
    Keyring::new(&encryption, index).ok_or_else(|| unusable("there is no encryption key"))
}

fn key(text: &str) -> Option<Key> {
    let bytes: [u8; 32] = STANDARD.decode(text.trim()).ok()?.try_into().ok()?;
    Some(Key::new(Box::new(bytes)))
}

/// The keys from `file`, which is made with new keys when it is not there and `make` says so.
///
/// # Errors
/// When it cannot be read, made or used.
pub fn read_file(file: &Path, make: bool) -> Result<Keyring, KeysError> {
    let place = file.display().to_string();
    let unreadable = |error: io::Error| KeysError::Unreadable { place: place.clone(), reason: error.to_string() };
    match fs::read_to_string(file) {
        Ok(text) => {
            warn_of_readers(file);
            read(&text, &place)
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound && make => {
            let text = new_keys().map_err(unreadable)?;
            write_private(file, &text).map_err(unreadable)?;
            tracing::info!(file = place, "made new keys; keep a copy of them apart from the database");
            read(&text, &place)
        }
        Err(error) => Err(unreadable(error)),
    }
}

fn new_keys() -> io::Result<String> {
    let key = || secret::random::<32>().map(|bytes| STANDARD.encode(bytes)).map_err(io::Error::other);
    Ok(format!(
        "# The keys that protect BSNs. Without this file no BSN can be read or found again; keep a copy of it, apart from\n\
         # copies of the database. To replace the encryption key, add one with a higher number and keep the old ones.\n\
         index = \"{}\"\n\n[encryption]\n1 = \"{}\"\n",
        key()?,
        key()?
    ))
}

/// Writes a file that only its owner can read, and that is not there yet.
fn write_private(file: &Path, text: &str) -> io::Result<()> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut written = options.open(file)?;
    written.write_all(text.as_bytes())?;
    written.sync_all()
}

fn warn_of_readers(file: &Path) {
    #[cfg(unix)]
    if let Ok(found) = fs::metadata(file)
        && std::os::unix::fs::PermissionsExt::mode(&found.permissions()) & 0o077 != 0
    {
        tracing::warn!(file = %file.display(), "others than the owner can read the keys");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn new_keys_are_kept_private_and_read_back() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("keys.toml");
        assert!(read_file(&file, false).is_err());
        let made = read_file(&file, true).ok().unwrap();
        let again = read_file(&file, true).ok().unwrap();
        assert_eq!(made.keyed_hash(b"a", b"b"), again.keyed_hash(b"a", b"b"));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        }
    }

    #[test]
    fn wrong_files_are_told_without_what_stands_in_them() {
        let secret = STANDARD.encode([7; 31]);
        for text in [
            "".to_owned(),
            format!("index = \"{secret}\"\n[encryption]\n1 = \"{secret}\""),
            format!("index = {secret}"),
            format!("index = \"{}\"\n[encryption]\n", STANDARD.encode([7; 32])),
            format!("index = \"{0}\"\n[encryption]\n300 = \"{0}\"", STANDARD.encode([7; 32])),
        ] {
            let error = read(&text, "keys.toml").err().unwrap().to_string();
            assert!(!error.contains(&secret[..8]), "{error}");
        }
    }
}
