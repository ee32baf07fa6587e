//! The file with the keys that protect BSNs, the secrets of second steps and links that are still to be mailed.
//!
//! The key with the highest number encrypts, unless `current` names another: where several servers share a database a
//! new key is first made known to all of them, and only then used.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
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
    /// The number of the key that encrypts, where it is not the highest.
    current: Option<u8>,
    encryption: BTreeMap<String, String>,
}

impl File {
    /// The parser's message quotes the line, and with it a key; so it is not passed on.
    fn parse(text: &str, place: &str) -> Result<Self, KeysError> {
        toml::from_str(text).map_err(|_| {
            unusable(place, "expected `index = \"…\"`, and below `[encryption]` one `number = \"…\"` for each key")
        })
    }

    /// The keys by number, in the order of their numbers.
    fn numbered(&self, place: &str) -> Result<BTreeMap<u8, &str>, KeysError> {
        let number = |number: &str| number.parse().ok().filter(|number| *number > 0);
        self.encryption
            .iter()
            .map(|(name, text)| Some((number(name)?, text.as_str())))
            .collect::<Option<_>>()
            .ok_or_else(|| unusable(place, "the number of a key is not 1 to 255"))
    }
}

fn unusable(place: &str, reason: &str) -> KeysError {
    KeysError::Unusable { place: place.to_owned(), reason: reason.to_owned() }
}

/// The keys from the text of a keys file, which came from `place`.
///
/// # Errors
/// When it is not such a file.
pub fn read(text: &str, place: &str) -> Result<Keyring, KeysError> {
    let unusable = |reason: &str| unusable(place, reason);
    let file = File::parse(text, place)?;
    let mut encryption = Vec::new();
    for (number, text) in file.numbered(place)? {
        encryption.push((number, key(text).ok_or_else(|| unusable("a key is not 32 bytes in base64"))?));
    }
    if let Some(current) = file.current {
        let at = encryption.iter().position(|(number, _)| *number == current);
        let at = at.ok_or_else(|| unusable("`current` names a key that is not there"))?;
        let current = encryption.remove(at);
        encryption.push(current);
    }
    let index = key(&file.index).ok_or_else(|| unusable("the index key is not 32 bytes in base64"))?;
    Keyring::new(&encryption, index).ok_or_else(|| unusable("there is no encryption key"))
}

/// Adds a new key to the keys file, with the next number, and returns that number. The file is replaced at once: it is
/// never half written. With `standby` the key that encrypts stays the one that did.
///
/// # Errors
/// When the file cannot be read, used or written, or when no number is left.
pub fn add_key(file: &Path, standby: bool) -> Result<u8, KeysError> {
    let place = file.display().to_string();
    let unreadable = |error: io::Error| KeysError::Unreadable { place: place.clone(), reason: error.to_string() };
    let text = fs::read_to_string(file).map_err(unreadable)?;
    let present = read(&text, &place)?.current();
    let keys = File::parse(&text, &place)?;
    let mut encryption = keys.numbered(&place)?;
    let newest = encryption.keys().next_back().copied().unwrap_or_default();
    let number = newest.checked_add(1).ok_or_else(|| unusable(&place, "no number above 255 can be given"))?;
    let new = new_key().map_err(unreadable)?;
    encryption.insert(number, &new);
    let text = as_text(&keys.index, standby.then_some(present), &encryption);
    let beside = file.with_extension("new");
    // What an earlier try may have left behind.
    let _ = fs::remove_file(&beside);
    write_private(&beside, &text).and_then(|()| fs::rename(&beside, file)).map_err(unreadable)?;
    Ok(number)
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

fn new_key() -> io::Result<String> {
    secret::random::<32>().map(|bytes| STANDARD.encode(bytes)).map_err(io::Error::other)
}

fn new_keys() -> io::Result<String> {
    Ok(as_text(&new_key()?, None, &BTreeMap::from([(1, new_key()?.as_str())])))
}

fn as_text(index: &str, current: Option<u8>, encryption: &BTreeMap<u8, &str>) -> String {
    let mut text = format!(
        "# The keys that protect BSNs, the secrets of second steps and links that are still to be mailed. Without this\n\
         # file no BSN can be read or found again; keep a copy of it, apart from copies of the database. To replace\n\
         # the encryption key: `collectief keys add`, see docs/KEYS.md.\n\
         index = \"{index}\"\n"
    );
    if let Some(current) = current {
        let _ = writeln!(text, "current = {current}");
    }
    text.push_str("\n[encryption]\n");
    for (number, key) in encryption {
        let _ = writeln!(text, "{number} = \"{key}\"");
    }
    text
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

    // asvs = "11.2.2"
    #[test]
    fn an_added_key_encrypts_at_once_or_stands_by() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("keys.toml");
        let first = read_file(&file, true).ok().unwrap();
        let noted = first.keyed_hash(b"a", b"b");
        assert_eq!(first.current(), 1);
        assert_eq!(add_key(&file, true).unwrap(), 2);
        assert_eq!(read_file(&file, false).ok().unwrap().current(), 1);
        // Taking the line out puts the new key to use.
        let text = fs::read_to_string(&file).unwrap();
        fs::write(&file, text.replace("current = 1\n", "")).unwrap();
        assert_eq!(read_file(&file, false).ok().unwrap().current(), 2);
        assert_eq!(add_key(&file, false).unwrap(), 3);
        let third = read_file(&file, false).ok().unwrap();
        assert_eq!((third.current(), third.keyed_hash(b"a", b"b")), (3, noted));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        }
        let sealed = first.seal_secret("a secret", "here").unwrap();
        assert_eq!(third.open_secret(&sealed, "here").as_deref(), Some("a secret"));
    }

    #[test]
    fn keys_are_sorted_by_number_and_numbers_end_at_255() {
        let key = STANDARD.encode([7; 32]);
        let text = format!("index = \"{key}\"\n[encryption]\n10 = \"{key}\"\n9 = \"{key}\"\n");
        assert_eq!(read(&text, "keys.toml").ok().unwrap().current(), 10);
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("keys.toml");
        let full = text.replace("10 =", "255 =");
        fs::write(&file, &full).unwrap();
        assert!(add_key(&file, false).is_err());
        assert_eq!(fs::read_to_string(&file).unwrap(), full);
    }

    // asvs = "16.2.5"
    #[test]
    fn wrong_files_are_told_without_what_stands_in_them() {
        let secret = STANDARD.encode([7; 31]);
        for text in [
            "".to_owned(),
            format!("index = \"{secret}\"\n[encryption]\n1 = \"{secret}\""),
            format!("index = {secret}"),
            format!("index = \"{}\"\n[encryption]\n", STANDARD.encode([7; 32])),
            format!("index = \"{0}\"\n[encryption]\n300 = \"{0}\"", STANDARD.encode([7; 32])),
            format!("index = \"{0}\"\n[encryption]\n0 = \"{0}\"", STANDARD.encode([7; 32])),
            format!("index = \"{0}\"\ncurrent = 2\n[encryption]\n1 = \"{0}\"", STANDARD.encode([7; 32])),
        ] {
            let error = read(&text, "keys.toml").err().unwrap().to_string();
            assert!(!error.contains(&secret[..8]), "{error}");
        }
    }
}
