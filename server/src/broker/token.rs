//! Judging the token in which the broker vouches for somebody (OpenID Connect Core, 3.1.3.7).

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, TimeDelta, Utc};
use collectief_domain::employer::KvkNumber;
use collectief_service::broker::{Assertion, BrokerFault};
use openidconnect::{
    ClaimsVerificationError, ClientId, IssuerUrl, JsonWebKeySet, Nonce, SignatureVerificationError,
    core::{CoreIdToken, CoreIdTokenVerifier, CoreJsonWebKey, CoreJwsSigningAlgorithm},
};
use serde_json::Value;

use super::{BrokerSettings, strict::OnceEach};

/// The algorithms that are believed. None with a shared secret, and not none.
const ALGORITHMS: [CoreJwsSigningAlgorithm; 4] = [
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
    CoreJwsSigningAlgorithm::RsaSsaPssSha256,
    CoreJwsSigningAlgorithm::EcdsaP256Sha256,
    CoreJwsSigningAlgorithm::EdDsa,
];

/// How far the broker's clock may be ahead of ours.
const AHEAD: TimeDelta = TimeDelta::seconds(60);

/// How old a token may be: it is made at the moment that the code is changed for it.
const AGE_MAX: TimeDelta = TimeDelta::minutes(10);

/// The most bytes of what the broker knows somebody by (OpenID Connect Core, 2).
const SUBJECT_MAX: usize = 255;

/// What came of judging a token.
pub(super) enum Judged {
    /// The broker vouches for somebody.
    Fine(Assertion),
    /// It is signed with a key that is not known.
    UnknownKey,
    /// It is not to be relied on.
    Fault(BrokerFault),
}

/// Judges a token that came for a code, at this moment.
pub(super) fn judge(
    settings: &BrokerSettings,
    issuer: &IssuerUrl,
    token: &str,
    nonce: &Nonce,
    keys: JsonWebKeySet<CoreJsonWebKey>,
    now: DateTime<Utc>,
) -> Judged {
    let refused = |why| Judged::Fault(BrokerFault::Refused(why));
    let Some(claims) = read_once(token) else { return refused("the token cannot be read") };
    // A list of levels fits no claim of the protocol; it is told as what it is.
    if claims.get("acr").is_some_and(|acr| !acr.is_string()) {
        return Judged::Fault(BrokerFault::Level("the level is no text"));
    }
    let Ok(token) = token.parse::<CoreIdToken>() else { return refused("the token cannot be read") };
    let client = ClientId::new(settings.client_id.clone());
    let verifier = CoreIdTokenVerifier::new_public_client(client, issuer.clone(), keys)
        .set_allowed_algs(ALGORITHMS)
        .set_time_fn(move || now)
        .set_issue_time_verifier_fn(move |at| match now.signed_duration_since(at) {
            age if age < -AHEAD => Err("issued in the future".to_owned()),
            age if age > AGE_MAX => Err("issued long ago".to_owned()),
            _ => Ok(()),
        });
    let verified = match token.claims(&verifier, nonce) {
        Ok(verified) => verified,
        Err(ClaimsVerificationError::SignatureVerification(SignatureVerificationError::NoMatchingKey)) => {
            return Judged::UnknownKey;
        }
        Err(error) => return refused(why(&error)),
    };
    // The library leaves this to its user. Several audiences it refuses by itself.
    if verified.authorized_party().is_some_and(|party| party.as_str() != settings.client_id) {
        return refused("the token was made for another client");
    }
    let not_before = claims.get("nbf").map(|moment| moment.as_f64());
    if not_before.is_some_and(|moment| moment.is_none_or(|moment| moment > (now + AHEAD).timestamp() as f64)) {
        return refused("the token is not valid yet");
    }
    let text = |name: &str| claims.get(name).and_then(Value::as_str);
    let subject = text(&settings.subject_claim).filter(|subject| {
        (1..=SUBJECT_MAX).contains(&subject.len()) && !subject.chars().any(|c| c.is_control() || c.is_whitespace())
    });
    let Some(subject) = subject else { return refused("nobody is named") };
    let Some(kvk_number) = text(&settings.kvk_claim).and_then(KvkNumber::from_digits) else {
        return refused("no organisation is named");
    };
    let level = verified.auth_context_ref().and_then(|acr| settings.levels.level_of(acr.as_str()));
    match level {
        Some(level) => {
            Judged::Fine(Assertion { issuer: settings.issuer.clone(), subject: subject.to_owned(), kvk_number, level })
        }
        None => Judged::Fault(BrokerFault::Level("the level is missing or unknown")),
    }
}

/// The claims of a token whose parts are three, and in whose JSON no name stands twice. They are not verified yet.
fn read_once(token: &str) -> Option<Value> {
    let parts: Vec<&str> = token.split('.').collect();
    let [header, claims, _] = parts[..] else { return None };
    let bytes = |part: &str| URL_SAFE_NO_PAD.decode(part).ok();
    let (header, claims) = (bytes(header)?, bytes(claims)?);
    serde_json::from_slice::<OnceEach>(&header).ok()?;
    serde_json::from_slice::<OnceEach>(&claims).ok()?;
    serde_json::from_slice(&claims).ok().filter(Value::is_object)
}

/// What is wrong with a token, in our words: the library's repeat what stands in it.
const fn why(error: &ClaimsVerificationError) -> &'static str {
    match error {
        ClaimsVerificationError::Expired(_) => "the token is of another time",
        ClaimsVerificationError::InvalidAudience(_) => "the token is for somebody else",
        ClaimsVerificationError::InvalidIssuer(_) => "the token is another broker's",
        ClaimsVerificationError::InvalidNonce(_) => "the token is of another try",
        ClaimsVerificationError::SignatureVerification(_) => "the signature is not right",
        _ => "the token is not right",
    }
}
