//! The portal as the other side of passkeys: what is asked of a browser, and how its answer is judged.
//!
//! The library judges signature, challenge, origin and relying party, and that a person was there and was recognised by
//! the device. Whose passkeys are asked, that a question is answered once, and that counters go on, is decided here. The
//! state of a question is kept in our own database and never leaves it: whoever could hand it in with the answer could
//! answer a question that nobody asked.

use std::fmt::Write;

use collectief_data::{
    Txn,
    passkey::{self as data, Passkey as Kept},
};
use collectief_domain::{
    ids::{AccountId, PasskeyId, SessionId},
    passkey::{CEREMONY_MINUTES, goes_on},
};
use serde::{Deserialize, Serialize};
use webauthn_rs::{
    Webauthn, WebauthnBuilder,
    prelude::{
        AuthenticationResult, Passkey, PasskeyAuthentication, PasskeyRegistration, PublicKeyCredential,
        RegisterPublicKeyCredential, Url, Uuid, WebauthnError,
    },
};

use super::Judged;
use crate::{
    Portal, Request, ServiceError,
    audit::{self, About, AuditKind},
};

/// The portal, as devices know it that keep passkeys for it.
pub(crate) struct RelyingParty(Webauthn);

impl RelyingParty {
    /// The portal at this address; `None` where browsers have no passkeys.
    pub(crate) fn at(address: &str, brand: &str) -> Option<Self> {
        let origin = Url::parse(address).ok()?;
        let id = name_of(&origin)?;
        let built = WebauthnBuilder::new(id, &origin).and_then(|builder| builder.rp_name(brand).build());
        built.inspect_err(|error| tracing::error!(%error, "passkeys cannot be used at this address")).ok().map(Self)
    }
}

/// The name that devices keep passkeys under for the portal at this origin (the relying party's id): its host.
///
/// `None` where browsers have no passkeys: they want a name and no number, and TLS everywhere but on the machine itself
/// (Web Authentication Level 3, 5.1.2 and 5.1.3; RFC 6761, 6.3).
fn name_of(origin: &Url) -> Option<&str> {
    let name = origin.domain()?;
    let is_own_machine = name == "localhost" || name.ends_with(".localhost");
    let is_safe = origin.scheme() == "https" || origin.scheme() == "http" && is_own_machine;
    is_safe.then_some(name)
}

/// What a question is asked for: one at a time in each place.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Place<'a> {
    /// A sign-in that waits, by the hash of its token.
    SignIn(&'a [u8]),
    /// A change, by who is signed in with this session.
    Change(SessionId),
    /// Another passkey, for who is signed in with this session.
    New(SessionId),
}

impl Place<'_> {
    fn key(self) -> String {
        match self {
            Self::SignIn(token_hash) => token_hash.iter().fold("sign-in:".to_owned(), |mut key, byte| {
                // Writing to a string cannot fail.
                let _ = write!(key, "{byte:02x}");
                key
            }),
            Self::Change(session) => format!("change:{session}"),
            Self::New(session) => format!("new:{session}"),
        }
    }
}

/// A passkey that was shown, and is yet to be used up.
pub(crate) struct Shown {
    id: PasskeyId,
    counter: u32,
    credential: String,
}

impl Shown {
    /// Notes that it was used. Returns `false` when it was removed meanwhile, or shown by somebody else as well.
    pub(super) async fn note_use(&self, txn: &Txn, account: AccountId, now: i64) -> Result<bool, ServiceError> {
        Ok(data::note_use(txn, account, self.id, self.counter, &self.credential, now).await?)
    }
}

/// Asks for a passkey of an account: what the browser is to ask of its owner, as JSON. `None` where there is nothing to ask
/// for.
///
/// # Errors
/// When the database cannot be used.
pub(crate) async fn ask(portal: &Portal, account: AccountId, place: Place<'_>) -> Result<Option<String>, ServiceError> {
    let Some(party) = portal.relying_party() else { return Ok(None) };
    let kept = data::list(portal.db(), account).await?;
    let passkeys = kept.iter().map(credential).collect::<Result<Vec<_>, _>>()?;
    if passkeys.is_empty() {
        return Ok(None);
    }
    let (question, state) = party.0.start_passkey_authentication(&passkeys).map_err(broken)?;
    keep(portal, account, place, written(&state)?).await?;
    written(&question.public_key).map(Some)
}

/// Judges the answer to what was asked in this place, and ends that question.
///
/// # Errors
/// When the database cannot be used.
pub(super) async fn judge(
    portal: &Portal,
    request: &Request,
    account: AccountId,
    place: Place<'_>,
    answer: &str,
) -> Result<Judged<Shown>, ServiceError> {
    let Some(party) = portal.relying_party() else { return Ok(Judged::NotAsked) };
    let Some(state) = taken::<PasskeyAuthentication>(portal, account, place).await? else {
        return Ok(Judged::NotAsked);
    };
    let Ok(answer) = serde_json::from_str::<PublicKeyCredential>(answer) else { return Ok(Judged::Wrong) };
    let result = match party.0.finish_passkey_authentication(&answer, &state) {
        Ok(result) => result,
        Err(WebauthnError::CredentialPossibleCompromise) => {
            note_counter(portal, request, account).await?;
            return Ok(Judged::Wrong);
        }
        Err(error) => {
            tracing::info!(%error, "a passkey was refused");
            return Ok(Judged::Wrong);
        }
    };
    // As it stands now: it may have been removed or used since it was asked for.
    let all = data::list(portal.db(), account).await?;
    let id: &[u8] = result.cred_id();
    let Some(kept) = all.iter().find(|kept| kept.credential_id == id) else { return Ok(Judged::Wrong) };
    if !goes_on(kept.counter, result.counter()) {
        note_counter(portal, request, account).await?;
        return Ok(Judged::Wrong);
    }
    shown(kept, &result).map(Judged::Right)
}

fn shown(kept: &Kept, result: &AuthenticationResult) -> Result<Shown, ServiceError> {
    let mut passkey = credential(kept)?;
    passkey.update_credential(result);
    Ok(Shown { id: kept.id, counter: result.counter(), credential: written(&passkey)? })
}

/// Logs that a passkey was refused of which there may be a copy.
async fn note_counter(portal: &Portal, request: &Request, account: AccountId) -> Result<(), ServiceError> {
    let mut event = audit::event_of_nobody(portal, request, AuditKind::PasskeyCounterWentBack);
    event.account = Some(account);
    let txn = portal.db().begin().await?;
    audit::append(&txn, [event.details(format!("account {account}"))]);
    Ok(txn.commit().await?)
}

/// A passkey that is being added: what it will be called, what the browser was told to make, and the state of the library.
#[derive(Serialize, Deserialize)]
pub(super) struct New {
    pub(super) name: String,
    pub(super) options: String,
    state: PasskeyRegistration,
}

/// A passkey that a browser has made.
pub(super) struct Made {
    pub(super) credential_id: Vec<u8>,
    pub(super) credential: String,
}

/// Has the browser of somebody who is signed in make a passkey with this name.
///
/// # Errors
/// [`ServiceError::NotFound`] where passkeys cannot be used.
pub(super) async fn ask_new(
    portal: &Portal,
    txn: &Txn,
    account: AccountId,
    (email, owner): (&str, &str),
    session: SessionId,
    name: String,
) -> Result<(), ServiceError> {
    let party = portal.relying_party().ok_or(ServiceError::NotFound)?;
    // A device that has one of these already says so, in the place of making another that looks the same.
    let known = data::list(portal.db(), account).await?;
    let known = known.into_iter().map(|kept| kept.credential_id).collect();
    let user = user_handle(portal, account);
    let (question, state) = party.0.start_passkey_registration(user, email, owner, Some(known)).map_err(broken)?;
    let new = New { name, options: written(&question.public_key)?, state };
    let expires_at = portal.clock().millis() + CEREMONY_MINUTES * 60 * 1000;
    Ok(data::ask(txn, &Place::New(session).key(), account, written(&new)?, expires_at).await?)
}

/// What devices know an account by: nothing that says whose it is (Web Authentication Level 3, 14.6.1).
fn user_handle(portal: &Portal, account: AccountId) -> Uuid {
    let hash = portal.db().keys().keyed_hash(b"passkey user", &account.0.to_be_bytes());
    let mut bytes = [0; 16];
    bytes.iter_mut().zip(hash).for_each(|(byte, from)| *byte = from);
    Uuid::from_bytes(bytes)
}

/// The passkey that is being added in this session, if any.
pub(super) async fn asked_new(
    portal: &Portal,
    account: AccountId,
    session: SessionId,
) -> Result<Option<New>, ServiceError> {
    let asked = data::asked(portal.db(), &Place::New(session).key(), portal.clock().millis()).await?;
    Ok(asked.filter(|asked| asked.account() == account).and_then(|asked| serde_json::from_str(&asked.state).ok()))
}

/// Takes the question of the passkey that is being added in this session; whoever answers it again finds none.
pub(super) async fn take_new(
    portal: &Portal,
    account: AccountId,
    session: SessionId,
) -> Result<Option<New>, ServiceError> {
    taken(portal, account, Place::New(session)).await
}

/// Judges what a browser says that it made. `None` when it is not what it was told to make.
pub(super) fn made(portal: &Portal, new: &New, answer: &str) -> Result<Option<Made>, ServiceError> {
    let Some(party) = portal.relying_party() else { return Ok(None) };
    let Ok(answer) = serde_json::from_str::<RegisterPublicKeyCredential>(answer) else { return Ok(None) };
    match party.0.finish_passkey_registration(&answer, &new.state) {
        Ok(passkey) => {
            let credential_id: &[u8] = passkey.cred_id();
            Ok(Some(Made { credential_id: credential_id.to_vec(), credential: written(&passkey)? }))
        }
        Err(error) => {
            tracing::info!(%error, "a new passkey was refused");
            Ok(None)
        }
    }
}

async fn keep(portal: &Portal, account: AccountId, place: Place<'_>, state: String) -> Result<(), ServiceError> {
    let expires_at = portal.clock().millis() + CEREMONY_MINUTES * 60 * 1000;
    let txn = portal.db().begin().await?;
    data::ask(&txn, &place.key(), account, state, expires_at).await?;
    Ok(txn.commit().await?)
}

/// Takes what was kept of a question, in a transaction of its own: what was answered wrongly stays answered.
async fn taken<T: for<'de> Deserialize<'de>>(
    portal: &Portal,
    account: AccountId,
    place: Place<'_>,
) -> Result<Option<T>, ServiceError> {
    let txn = portal.db().begin().await?;
    let asked = data::take(&txn, &place.key(), portal.clock().millis()).await?;
    txn.commit().await?;
    // What another version of the program asked may be unreadable: it is asked again.
    Ok(asked.filter(|asked| asked.account() == account).and_then(|asked| serde_json::from_str(&asked.state).ok()))
}

fn credential(kept: &Kept) -> Result<Passkey, ServiceError> {
    serde_json::from_str(&kept.credential)
        .map_err(|_| ServiceError::Internal(format!("the passkey {} cannot be read", kept.id)))
}

fn written<T: Serialize>(value: &T) -> Result<String, ServiceError> {
    serde_json::to_string(value).map_err(|error| ServiceError::Internal(error.to_string()))
}

fn broken(error: WebauthnError) -> ServiceError {
    ServiceError::Internal(format!("passkeys cannot be asked for: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passkeys_are_kept_for_a_name_that_is_reached_safely() {
        for (address, name) in [
            ("https://portaal.voorbeeld.example", Some("portaal.voorbeeld.example")),
            ("https://portaal.voorbeeld.example:8443", Some("portaal.voorbeeld.example")),
            ("http://localhost:3000", Some("localhost")),
            ("http://portaal.localhost:3000", Some("portaal.localhost")),
            ("http://portaal.voorbeeld.example", None),
            ("http://localhost.voorbeeld.example", None),
            ("http://127.0.0.1:3000", None),
            ("https://192.0.2.1", None),
            ("https://[2001:db8::1]:8443", None),
        ] {
            assert_eq!(name_of(&Url::parse(address).unwrap()), name, "{address}");
            assert_eq!(RelyingParty::at(address, "Collectief").is_some(), name.is_some(), "{address}");
        }
        assert!(RelyingParty::at("", "Collectief").is_none());
    }
}
