//! Passwords: which are accepted, and how they are hashed and compared.
//!
//! A password is taken in its composed form (Unicode NFC), so that it is the same on every keyboard; nothing else of what
//! was typed is changed or cut off.

use std::sync::LazyLock;

use argon2::{
    Argon2,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use collectief_data::account;
use collectief_domain::{
    field::FieldCode,
    ids::AccountId,
    password::{self, MAX_BYTES, MAX_SURE},
};
use secrecy::{ExposeSecret, SecretString};
use unicode_normalization::UnicodeNormalization;
use zxcvbn::{Score, zxcvbn};

use crate::{Portal, ServiceError};

/// The name of the product and of what it is about, which nobody's password can be made of.
const PRODUCT_WORDS: &str = "Collectief collectieve zorgverzekering zorgverzekeraar werkgeversportaal portaal";

/// What many people in the Netherlands begin a password with; the library knows those of English.
const COMMON_WORDS: [&str; 28] = [
    "welkom",
    "wachtwoord",
    "geheim",
    "hallo",
    "lente",
    "zomer",
    "herfst",
    "winter",
    "januari",
    "februari",
    "maart",
    "april",
    "mei",
    "juni",
    "juli",
    "augustus",
    "september",
    "oktober",
    "november",
    "december",
    "nederland",
    "amsterdam",
    "rotterdam",
    "utrecht",
    "ajax",
    "feyenoord",
    "oranje",
    "liefde",
];

/// The words that others know of an account's owner, and of this portal.
pub(crate) fn known_words(portal: &Portal, name: &str, email: &str, employers: &[String]) -> Vec<String> {
    let texts = [PRODUCT_WORDS, portal.brand(), name, email];
    password::known_words(texts.into_iter().chain(employers.iter().map(String::as_str)))
}

/// A password that was accepted.
pub(crate) struct NewPassword {
    /// Its hash.
    pub(crate) hash: String,
    /// Whether it is too short to be all there is to signing in.
    pub(crate) is_short: bool,
}

/// Judges a new password, and hashes it when it will do: with Argon2id, off the threads that serve requests. `min` is the
/// fewest characters, `known` the [`known_words`].
pub(crate) async fn accept(
    portal: &Portal,
    typed: SecretString,
    min: u32,
    known: Vec<String>,
) -> Result<Result<NewPassword, FieldCode>, ServiceError> {
    hashing(portal, move || {
        let composed = composed(&typed);
        match judge(typed.expose_secret(), composed.expose_secret(), min, &known) {
            Ok(()) => {
                let is_short = password::is_short(composed.expose_secret());
                hash_composed(&composed).map(|hash| Ok(NewPassword { hash, is_short }))
            }
            Err(code) => Ok(Err(code)),
        }
    })
    .await?
}

/// As [`accept`], for the owner of an account that is there already.
pub(crate) async fn accept_of(
    portal: &Portal,
    typed: &str,
    min: u32,
    account: AccountId,
    name: &str,
    email: &str,
) -> Result<Result<NewPassword, FieldCode>, ServiceError> {
    let employers = account::employer_names(portal.db(), account).await?;
    accept(portal, SecretString::from(typed), min, known_words(portal, name, email, &employers)).await
}

/// Judges a new password by the rules, and by how many guesses it would take.
fn judge(typed: &str, composed: &str, min: u32, known: &[String]) -> Result<(), FieldCode> {
    if typed.len() > MAX_BYTES {
        return Err(FieldCode::TooLong { max: MAX_SURE });
    }
    password::check(composed, min, known)?;
    let inputs: Vec<&str> = known.iter().map(String::as_str).chain(COMMON_WORDS).collect();
    // Three is what the library calls safe against whoever has stolen slow hashes.
    if zxcvbn(composed, &inputs).score() < Score::Three { Err(FieldCode::Guessable) } else { Ok(()) }
}

/// A password in its composed form.
fn composed(password: &SecretString) -> SecretString {
    SecretString::from(password.expose_secret().nfc().collect::<String>())
}

/// Hashes a password with the parameters of now.
pub(crate) async fn hash(portal: &Portal, password: SecretString) -> Result<String, ServiceError> {
    hashing(portal, move || hash_composed(&composed(&password))).await?
}

fn hash_composed(password: &SecretString) -> Result<String, ServiceError> {
    let hash = Argon2::default().hash_password(password.expose_secret().as_bytes());
    hash.map(|hash| hash.to_string()).map_err(|error| ServiceError::Internal(format!("hashing: {error}")))
}

/// What comparing a password with a stored hash came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Verified {
    /// Whether it is the password.
    pub(crate) right: bool,
    /// Whether the stored hash was made with other parameters than hashes are made with now.
    pub(crate) outdated: bool,
}

/// Compares a password with a stored hash. Without one it takes as long, and is never right.
pub(crate) async fn verify(
    portal: &Portal,
    password: SecretString,
    stored: Option<String>,
) -> Result<Verified, ServiceError> {
    hashing(portal, move || {
        let known = stored.is_some();
        let stored = stored.as_deref().or(UNKNOWN.as_deref()).unwrap_or_default();
        let Ok(hash) = PasswordHash::new(stored) else {
            return Err(ServiceError::Internal("a stored password hash cannot be read".to_owned()));
        };
        let password = composed(&password);
        let right = Argon2::default().verify_password(password.expose_secret().as_bytes(), &hash).is_ok();
        Ok(Verified { right: right && known, outdated: outdated(&hash) })
    })
    .await?
}

/// The hash that a password is compared with when there is no account.
static UNKNOWN: LazyLock<Option<String>> =
    LazyLock::new(|| Argon2::default().hash_password(b"nobody has this password").ok().map(|hash| hash.to_string()));

fn outdated(hash: &PasswordHash) -> bool {
    let now = Argon2::default();
    let params = argon2::Params::try_from(hash);
    hash.algorithm.as_str() != argon2::Algorithm::default().as_str()
        || params.map_or(true, |params| {
            let wanted = now.params();
            (params.m_cost(), params.t_cost(), params.p_cost()) != (wanted.m_cost(), wanted.t_cost(), wanted.p_cost())
        })
}

/// Runs `work` when it is its turn, no more at once than there are cores. A task of its own keeps the turn until the work
/// is done, also when whoever asked has gone: else many who ask and go would have more work done at once than was meant.
async fn hashing<T: Send + 'static>(
    portal: &Portal,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, ServiceError> {
    let portal = portal.clone();
    let turn = tokio::spawn(async move {
        let _turn = portal.hashing().acquire().await.ok()?;
        tokio::task::spawn_blocking(work).await.ok()
    });
    turn.await.ok().flatten().ok_or_else(|| ServiceError::Internal("hashing a password failed".to_owned()))
}

#[cfg(test)]
mod tests {
    use collectief_domain::password::MIN_ALONE;

    use super::*;

    fn judged(password: &str) -> Result<(), FieldCode> {
        let known = password::known_words([PRODUCT_WORDS, "Sanne de Vries", "s.devries@delinde.example", "De Linde"]);
        let typed = SecretString::from(password);
        judge(password, composed(&typed).expose_secret(), MIN_ALONE, &known)
    }

    // asvs = "6.2.4, 6.2.11"
    #[test]
    fn what_others_would_guess_is_refused_however_long_it_is() {
        for guessable in [
            "aaaaaaaaaaaaaaa",
            "passwordpassword",
            "123456789012345",
            "123456789012345678901234567890",
            "qwertyuiopasdfgh",
            "welkomwelkomwelkom",
            "Welkom01Welkom01",
            "Winter2026Winter2026",
            "P@ssw0rdP@ssw0rd",
            "abcdefghijklmnopqrstuvwxyz",
            "               ",
        ] {
            assert_eq!(judged(guessable), Err(FieldCode::Guessable), "{guessable}");
        }
        assert_eq!(judged("Collectieve zorgverzekering 2026"), Err(FieldCode::OwnWords));
    }

    // asvs = "6.2.5, 6.2.9"
    #[test]
    fn what_takes_long_to_guess_is_accepted_whatever_it_is_made_of() {
        for good in [
            "een lang wachtwoord",
            "paard fiets wolken lepel",
            "correct horse battery staple",
            "4029 3847 1029 3846",
            "kjhgqwpoeirutyxmcn",
            "漢字かな交じり文の合言葉です。よ",
            &"paard fiets ".repeat(5),
            &format!("{}{}", "kort en ", "é".repeat(56)),
        ] {
            assert_eq!(judged(good), Ok(()), "{good}");
        }
    }

    // asvs = "6.2.8"
    #[test]
    fn a_password_is_the_same_however_the_keyboard_composes_it() {
        let one = composed(&SecretString::from("café crème au lait"));
        let other = composed(&SecretString::from("cafe\u{301} cre\u{300}me au lait"));
        assert_eq!(one.expose_secret(), other.expose_secret());
        // Characters are counted as they are seen.
        assert_eq!(
            judged("e\u{301}e\u{301}e\u{301}e\u{301}e\u{301}e\u{301}e\u{301}"),
            Err(FieldCode::TooShort { min: 15 })
        );
        // Compatibility forms stay apart: nothing that was typed is made into something else.
        assert_ne!(composed(&SecretString::from("ﬁets")).expose_secret(), "fiets");
    }

    // asvs = "11.2.2, 11.4.2"
    #[test]
    fn a_hash_with_other_parameters_is_outdated() {
        let now = Argon2::default().hash_password(b"correct horse battery").unwrap();
        assert!(!outdated(&now));
        let before = Argon2::new(
            argon2::Algorithm::Argon2id,
            argon2::Version::V0x13,
            argon2::Params::new(8 * 1024, 1, 1, None).unwrap(),
        );
        assert!(outdated(&before.hash_password(b"correct horse battery").unwrap()));
    }
}
