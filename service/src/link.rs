//! Links that are mailed to the owner of an account: to activate it, to choose another password, to unblock it, to confirm
//! that an identity of eHerkenning is theirs (PRODUCT.md A2 to A5). Those that confirm an address are in
//! [`address_change`](crate::address_change).
//!
//! Whoever asks for a link learns nothing, neither from the answer nor from how long it takes: the address is not
//! looked up while the request waits. A message for the address goes into the outbox in any case, with the token of
//! its link, encrypted; only when it is delivered is the account looked up. Where there is none, the message is
//! thrown away.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use collectief_data::{
    Txn,
    account::{self, Credentials, fold_email},
    broker::Proof,
    identity,
    link::{self, NewLink},
    outbox, second_factor,
    session::{self, CameInWith},
};
use collectief_domain::{
    account::{AskLinkForm, AskLinkRefusal, LinkPurpose, LinkView, NewPasswordForm},
    actor::Language,
    field::{FieldCode, FieldErrors},
    ids::AccountId,
    password::{MIN_ALONE, fewest},
};
use serde::{Deserialize, Serialize};

use crate::{
    Portal, Request, ServiceError,
    account::address_subject,
    account_request, address_change,
    audit::{self, About, AuditEvent, AuditKind},
    outbox::{Content, NewOutbox, OutboxMessage},
    password, secret,
    session::{Admitted, Owner, begin, client_subject, short, tries::seconds_until, wait_for_second_step},
};

/// The time in which links that were asked for count together, in milliseconds.
pub(crate) const WINDOW: i64 = HOUR;

/// The most mails that are sent to an address in that time.
const MAILS_PER_ADDRESS: u32 = 3;

/// The most addresses that are named for one identity in that time.
const ADDRESSES_PER_IDENTITY: u32 = 5;

/// In milliseconds.
pub(crate) const HOUR: i64 = 60 * 60 * 1000;

/// For how long links whose term ended are kept, in milliseconds: so long it can be seen what became of them.
const KEPT: i64 = 30 * 24 * HOUR;

/// Why a link is mailed. What it then is for depends on how the account stands when the mail is delivered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Asked {
    /// Somebody forgot the password.
    Forgot,
    /// The account was blocked just now.
    Blocked,
    /// The account is new.
    Invited,
    /// Somebody showed an identity of eHerkenning that is to be linked.
    Identity,
}

impl Asked {
    /// What the link is for, where the account stands like this; `None` when there is nothing to mail.
    const fn purpose(self, has_rights: bool, has_password: bool, blocked: bool) -> Option<LinkPurpose> {
        if !has_rights {
            return None;
        }
        match (self, has_password, blocked) {
            (Self::Forgot | Self::Invited | Self::Identity, false, _) | (Self::Blocked, false, true) => {
                Some(LinkPurpose::Activation)
            }
            (Self::Forgot, true, _) => Some(LinkPurpose::Reset),
            (Self::Blocked | Self::Identity, true, true) => Some(LinkPurpose::Unblock),
            (Self::Identity, true, false) => Some(LinkPurpose::Identity),
            (Self::Blocked, _, false) | (Self::Invited, true, _) => None,
        }
    }
}

/// The kind of message that becomes a mail with a link.
pub(crate) const KIND: &str = "account_link";

/// What such a message keeps.
#[derive(Serialize, Deserialize)]
struct Wanted {
    asked: Asked,
    /// The token of the link, encrypted for this very message.
    token: String,
    /// What was shown, where the link is to confirm it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    shown: Option<Shown>,
}

/// An identity of eHerkenning that somebody has shown.
#[derive(Clone, Serialize, Deserialize)]
struct Shown {
    /// Its hash, in base64.
    identity: String,
    /// The KvK number that came with it.
    kvk_number: String,
}

impl Wanted {
    fn read(message: &OutboxMessage) -> Result<Self, ServiceError> {
        serde_json::from_str(&message.payload).map_err(|error| ServiceError::Internal(error.to_string()))
    }

    fn payload(&self) -> Result<String, ServiceError> {
        serde_json::to_string(self).map_err(|error| ServiceError::Internal(error.to_string()))
    }
}

/// Asks for a link to choose a password. The answer is the same whether or not the address is known, and so is the work.
///
/// # Errors
/// When the database cannot be used; every refusal is in the answer.
pub async fn ask(
    portal: &Portal,
    request: &Request,
    form: &AskLinkForm,
) -> Result<Result<(), AskLinkRefusal>, ServiceError> {
    ask_for(portal, request, form, None).await
}

/// As [`ask`]; with `proof` for a link to confirm that an identity belongs to the account.
pub(crate) async fn ask_for(
    portal: &Portal,
    request: &Request,
    form: &AskLinkForm,
    proof: Option<&Proof>,
) -> Result<Result<(), AskLinkRefusal>, ServiceError> {
    if let Err(errors) = form.check() {
        return Ok(Err(AskLinkRefusal::Invalid(errors)));
    }
    let now = portal.clock().millis();
    let address = mailed_subject(portal, &form.email);
    let message = match proof {
        Some(proof) => confirmation(portal, proof, &form.email)?,
        None => message(portal, Asked::Forgot, &form.email)?,
    };
    let client = request.client.map(|client| client_subject(portal, b"link client", client));
    let client = client.map(|client| (client, portal.limits().links_per_client));
    let identity = proof.map(|proof| portal.db().keys().keyed_hash(b"link identity", &proof.identity));
    let identity = identity.map(|identity| (identity, ADDRESSES_PER_IDENTITY));

    let txn = portal.db().begin().await?;
    for (subject, most) in client.into_iter().chain(identity) {
        if let Some(seconds) = must_wait_as(portal, &txn, &subject, most).await? {
            drop(txn);
            portal.audit().view(audit::event_of_nobody(portal, request, AuditKind::LinkRefused));
            return Ok(Err(AskLinkRefusal::TooMany { seconds }));
        }
    }
    if may_mail(&txn, &address, now).await? {
        outbox::put(&txn, message).await?;
    }
    let event = audit::event_of_nobody(portal, request, AuditKind::LinkAsked);
    let why = if proof.is_some() { ", for eHerkenning" } else { "" };
    audit::append(&txn, [event.details(format!("address {}{why}", short(&address)))]);
    txn.commit().await?;
    Ok(Ok(()))
}

/// The subject under which links that are mailed to an address are counted.
pub(crate) fn mailed_subject(portal: &Portal, email: &str) -> Vec<u8> {
    portal.db().keys().keyed_hash(b"link address", fold_email(email).as_bytes())
}

/// Counts what is asked for from a client address, and tells for how many seconds it must wait where it was more than
/// `allowed` within an hour.
pub(crate) async fn must_wait(
    portal: &Portal,
    txn: &Txn,
    request: &Request,
    counted: &[u8],
    allowed: u32,
) -> Result<Option<u32>, ServiceError> {
    let Some(client) = request.client else { return Ok(None) };
    must_wait_as(portal, txn, &client_subject(portal, counted, client), allowed).await
}

/// Counts something that is asked for under `subject`, and tells for how many seconds it must wait if that was too often.
pub(crate) async fn must_wait_as(
    portal: &Portal,
    txn: &Txn,
    subject: &[u8],
    allowed: u32,
) -> Result<Option<u32>, ServiceError> {
    let now = portal.clock().millis();
    let tries = account::count_try(txn, subject, now - WINDOW, now).await?;
    if tries.failures.unsigned_abs() <= allowed {
        return Ok(None);
    }
    Ok(Some(seconds_until(tries.first_at + WINDOW, now)))
}

/// Counts a link that is asked for, and tells whether one more is mailed to this address.
pub(crate) async fn may_mail(txn: &Txn, address: &[u8], now: i64) -> Result<bool, ServiceError> {
    let asked = account::count_try(txn, address, now - WINDOW, now).await?;
    Ok(asked.failures.unsigned_abs() <= MAILS_PER_ADDRESS)
}

/// Mails the owner of an account another link: to activate it ([`Asked::Invited`]), or to choose another password
/// ([`Asked::Forgot`]). Returns `false` when enough were mailed lately.
pub(crate) async fn mail_again(portal: &Portal, txn: &Txn, asked: Asked, email: &str) -> Result<bool, ServiceError> {
    if !may_mail(txn, &mailed_subject(portal, email), portal.clock().millis()).await? {
        return Ok(false);
    }
    outbox::put(txn, message(portal, asked, email)?).await?;
    Ok(true)
}

/// A fresh token for a link, as a message in the outbox carries it.
pub(crate) struct Sealed {
    /// What the message is known by: two are never the same.
    pub(crate) key: String,
    /// The token, encrypted for that very message.
    pub(crate) token: String,
    /// What is kept of the token.
    pub(crate) hash: Vec<u8>,
}

/// Makes a token for a link that a message is about; `what` begins the message's key.
pub(crate) fn seal(portal: &Portal, what: &str) -> Result<Sealed, ServiceError> {
    let token = secret::token()?;
    let hash = secret::token_hash(&token);
    let key = format!("{what}:{}", URL_SAFE_NO_PAD.encode(&hash));
    let token = URL_SAFE_NO_PAD.encode(portal.db().keys().seal_secret(&token, &key)?);
    Ok(Sealed { key, token, hash })
}

/// The token that [`seal`] encrypted for the message with this key.
pub(crate) fn unseal(portal: &Portal, sealed: &str, key: &str) -> Result<String, ServiceError> {
    let sealed = URL_SAFE_NO_PAD.decode(sealed).unwrap_or_default();
    let token = portal.db().keys().open_secret(&sealed, key);
    token.ok_or_else(|| ServiceError::Internal("the token of a link cannot be read".to_owned()))
}

/// The message that becomes a mail with a link, if the address turns out to be that of an account.
pub(crate) fn message(portal: &Portal, asked: Asked, email: &str) -> Result<NewOutbox, ServiceError> {
    message_with(portal, asked, email, None)
}

/// The message that becomes a mail with a link to confirm that what was shown belongs to the account.
fn confirmation(portal: &Portal, proof: &Proof, email: &str) -> Result<NewOutbox, ServiceError> {
    let identity = URL_SAFE_NO_PAD.encode(&proof.identity);
    let shown = Shown { identity, kvk_number: proof.kvk_number.clone() };
    message_with(portal, Asked::Identity, email, Some(shown))
}

fn message_with(portal: &Portal, asked: Asked, email: &str, shown: Option<Shown>) -> Result<NewOutbox, ServiceError> {
    let Sealed { key, token, .. } = seal(portal, "account-link")?;
    let wanted = Wanted { asked, token, shown };
    Ok(NewOutbox {
        kind: KIND,
        dedupe_key: key,
        recipient: Some(fold_email(email)),
        // The account's own language takes its place when the account is looked up.
        language: Language::default(),
        payload: wanted.payload()?,
        now: portal.clock().millis(),
    })
}

/// Encrypts the tokens of messages that are still to be mailed anew, where an older key made them. Returns how many.
pub(crate) async fn renew_tokens(portal: &Portal) -> Result<u64, ServiceError> {
    let mut renewed = 0;
    for kind in [KIND, account_request::KIND, address_change::KIND] {
        let mut after = 0;
        loop {
            let messages = outbox::undelivered(portal.db(), kind, after, 100).await?;
            let Some(last) = messages.last() else { break };
            after = last.id;
            let txn = portal.db().begin().await?;
            for message in &messages {
                if let Some(payload) = with_renewed_token(portal, message)? {
                    renewed += u64::from(outbox::replace_payload(&txn, message, &payload).await?);
                }
            }
            txn.commit().await?;
        }
    }
    Ok(renewed)
}

/// What a message keeps, with its token encrypted by the present key; `None` when it was already. Every kind of message
/// with a link keeps the token under the same name.
fn with_renewed_token(portal: &Portal, message: &OutboxMessage) -> Result<Option<String>, ServiceError> {
    let internal = |error: serde_json::Error| ServiceError::Internal(error.to_string());
    let mut payload: serde_json::Map<String, serde_json::Value> =
        serde_json::from_str(&message.payload).map_err(internal)?;
    let sealed = payload.get("token").and_then(serde_json::Value::as_str).unwrap_or_default();
    let sealed = URL_SAFE_NO_PAD.decode(sealed).unwrap_or_default();
    let Some(renewed) = portal.db().keys().renew_secret(&sealed, &message.dedupe_key)? else { return Ok(None) };
    payload.insert("token".to_owned(), URL_SAFE_NO_PAD.encode(renewed).into());
    serde_json::to_string(&payload).map(Some).map_err(internal)
}

/// What a mail with a link says, before it is put into words.
#[derive(Debug, Clone)]
pub(crate) struct LinkMail {
    /// What the link is for.
    pub(crate) purpose: LinkPurpose,
    /// The whole address.
    pub(crate) url: String,
    /// The name of the account's owner; `None` where the address may turn out to be a stranger's.
    pub(crate) name: Option<String>,
    /// The language of the account.
    pub(crate) language: Language,
    /// Whether the account is blocked.
    pub(crate) blocked: bool,
    /// Whether the account has a second step.
    pub(crate) has_second_factor: bool,
}

/// Why a link cannot be mailed now, if it cannot.
pub(crate) fn hindrance(portal: &Portal) -> Option<&'static str> {
    let known = portal.reach().address.is_some();
    (!known).then_some("a link cannot be mailed: the address of the portal is not known; set origin")
}

/// Makes the link of a message that is about to be delivered, from now on for as long as its purpose allows. `None`
/// when the address is nobody's, or when there is nothing to mail to this account. Made again for the same message it
/// is the same link. Nothing may hinder it.
pub(crate) async fn make(portal: &Portal, message: &OutboxMessage) -> Result<Option<LinkMail>, ServiceError> {
    let Wanted { asked, token: sealed, shown } = Wanted::read(message)?;
    let recipient = message.recipient.as_deref().unwrap_or_default();
    let Some(found) = account::credentials(portal.db(), recipient).await? else { return Ok(None) };
    let purpose = asked.purpose(found.has_rights, found.password_hash.is_some(), found.blocked);
    let Some(purpose) = purpose else { return Ok(None) };
    let mut identity = None;
    if asked == Asked::Identity {
        let Some(shown) = shown else { return Ok(None) };
        // Whoever asks acts for an organisation: only its own people are written to.
        if !identity::acts_for(portal.db(), found.id, &shown.kvk_number).await? {
            return Ok(None);
        }
        identity = URL_SAFE_NO_PAD.decode(&shown.identity).ok().filter(|_| purpose == LinkPurpose::Identity);
    }
    let token = unseal(portal, &sealed, &message.dedupe_key)?;

    let now = portal.clock().millis();
    let txn = portal.db().begin().await?;
    let new = NewLink {
        account: found.id,
        purpose,
        address: None,
        token_hash: secret::token_hash(&token),
        now,
        expires_at: now + i64::from(purpose.hours()) * HOUR,
        identity,
    };
    if link::put(&txn, new).await? {
        let event = audit::event_of_nobody(portal, &Request::internal("outbox"), AuditKind::LinkMade);
        let event = event.details(format!("account {}, {}", found.id, purpose.code()));
        audit::append(&txn, [event]);
    }
    txn.commit().await?;
    let Credentials { name, language, blocked, has_second_factor, .. } = found;
    let url = url(portal, purpose, &token);
    Ok(Some(LinkMail { purpose, url, name: Some(name), language, blocked, has_second_factor }))
}

/// The whole address of a link.
pub(crate) fn url(portal: &Portal, purpose: LinkPurpose, token: &str) -> String {
    format!("{}{}{token}", portal.reach().address.as_deref().unwrap_or_default(), purpose.path())
}

/// What the page behind a link shows. Looking uses nothing up: mail programs look at links as well.
///
/// # Errors
/// [`ServiceError::NotFound`] for a link that is unknown, used, past its term or meant for something else: all alike.
pub async fn view(portal: &Portal, token: &str, purpose: LinkPurpose) -> Result<LinkView, ServiceError> {
    let now = portal.clock().millis();
    let found = link::find(portal.db(), &secret::token_hash(token), purpose, now).await?;
    let view = |found: link::LinkRow| LinkView { email: found.email, fewest: fewest(found.has_second_factor) };
    found.map(view).ok_or(ServiceError::NotFound)
}

/// Sets the password that was chosen behind a link to activate or to reset, ends every session and any block of the
/// account, and signs in; where the account has a second step that comes first, for the link proves no more than the
/// password did. The owner of an account that had a password is told by mail. A password that is refused uses nothing up.
///
/// # Errors
/// As [`view`]; what is wrong with the password is in the answer.
pub async fn set_password(
    portal: &Portal,
    request: &Request,
    token: &str,
    purpose: LinkPurpose,
    form: &NewPasswordForm,
) -> Result<Result<Admitted, FieldErrors>, ServiceError> {
    if !matches!(purpose, LinkPurpose::Activation | LinkPurpose::Reset) {
        return Err(ServiceError::NotFound);
    }
    let now = portal.clock().millis();
    let token_hash = secret::token_hash(token);
    let found = link::find(portal.db(), &token_hash, purpose, now).await?.ok_or(ServiceError::NotFound)?;
    let refused = |code| {
        let mut errors = FieldErrors::default();
        errors.push("wachtwoord", code);
        Ok(Err(errors))
    };
    let fewest = fewest(found.has_second_factor);
    let accepted =
        password::accept_of(portal, &form.wachtwoord, fewest, found.account, &found.name, &found.email).await?;
    let new = match accepted {
        Ok(new) => new,
        Err(code) => return refused(code),
    };

    let txn = portal.db().begin().await?;
    // The account first, as signing in does: whoever locks in another order may wait for somebody who waits for them.
    account::set_password(&txn, found.account, &new.hash, new.is_short).await?;
    // With the account locked: the second step may have been taken away meanwhile.
    let has_second_factor = second_factor::is_on(&txn, found.account).await?;
    if new.is_short && !has_second_factor {
        return refused(FieldCode::TooShort { min: MIN_ALONE });
    }
    if !link::take(&txn, &token_hash, purpose, now).await? {
        return Err(ServiceError::NotFound);
    }
    link::withdraw(&txn, found.account, None, now).await?;
    account::clear_block(&txn, found.account, &address_subject(portal, &found.email)).await?;
    session::remove_all(&txn, found.account).await?;
    second_factor::remove_pending(&txn, found.account).await?;
    if found.has_password {
        tell_password_changed(portal, &txn, &token_hash, &found.email, found.language).await?;
    }
    let event = |kind| by(audit::event_of_nobody(portal, request, kind), &found.name, found.account);
    let mut events =
        vec![event(if found.has_password { AuditKind::PasswordReset } else { AuditKind::AccountActivated })];
    if found.blocked {
        events.push(event(AuditKind::AccountUnblocked).details(BY_LINK));
    }
    audit::append(&txn, events);
    let admitted = if has_second_factor {
        if let Some(previous) = request.session {
            session::remove(&txn, previous).await?;
        }
        let token = wait_for_second_step(portal, request, &txn, found.account, &found.name).await?;
        Admitted::SecondStep { token }
    } else {
        let owner = Owner { account: found.account, name: found.name, language: found.language };
        Admitted::In(begin(portal, request, &txn, owner, CameInWith::default()).await?)
    };
    txn.commit().await?;
    Ok(Ok(admitted))
}

/// Tells the owner of an account by mail that its password was replaced. `change` is a hash that no other change has.
pub(crate) async fn tell_password_changed(
    portal: &Portal,
    txn: &Txn,
    change: &[u8],
    email: &str,
    language: Language,
) -> Result<(), ServiceError> {
    let content = Content::PasswordChanged { on: portal.clock().today() };
    let key = format!("password-changed:{}", URL_SAFE_NO_PAD.encode(change));
    outbox::put(txn, content.message(key, Some(email.to_owned()), language, portal.clock().millis())?).await?;
    Ok(())
}

/// Ends the block of the account that a link was mailed for; its password stays as it is.
///
/// # Errors
/// As [`view`].
pub async fn unblock(portal: &Portal, request: &Request, token: &str) -> Result<(), ServiceError> {
    let now = portal.clock().millis();
    let token_hash = secret::token_hash(token);
    let purpose = LinkPurpose::Unblock;
    let found = link::find(portal.db(), &token_hash, purpose, now).await?.ok_or(ServiceError::NotFound)?;
    let txn = portal.db().begin().await?;
    account::clear_block(&txn, found.account, &address_subject(portal, &found.email)).await?;
    if !link::take(&txn, &token_hash, purpose, now).await? {
        return Err(ServiceError::NotFound);
    }
    link::withdraw(&txn, found.account, Some(purpose), now).await?;
    let event = audit::event_of_nobody(portal, request, AuditKind::AccountUnblocked).details(BY_LINK);
    audit::append(&txn, [by(event, &found.name, found.account)]);
    Ok(txn.commit().await?)
}

/// What the log says of a block that its owner ended.
const BY_LINK: &str = "by the owner, through a mailed link";

/// An event by the owner of an account who is not signed in.
fn by(mut event: AuditEvent, name: &str, account: AccountId) -> AuditEvent {
    event.account = Some(account);
    event.actor_name = Some(name.into());
    event
}

/// Forgets links whose term ended long before `now`.
pub(crate) async fn forget_expired(txn: &Txn, now: i64) -> Result<(), ServiceError> {
    Ok(link::forget_expired(txn, now - KEPT).await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_is_for_what_the_account_needs() {
        for (asked, has_password, blocked, purpose) in [
            (Asked::Forgot, true, false, Some(LinkPurpose::Reset)),
            (Asked::Forgot, true, true, Some(LinkPurpose::Reset)),
            (Asked::Forgot, false, false, Some(LinkPurpose::Activation)),
            (Asked::Forgot, false, true, Some(LinkPurpose::Activation)),
            (Asked::Blocked, true, true, Some(LinkPurpose::Unblock)),
            (Asked::Blocked, true, false, None),
            (Asked::Blocked, false, true, Some(LinkPurpose::Activation)),
            (Asked::Invited, false, false, Some(LinkPurpose::Activation)),
            (Asked::Invited, true, false, None),
            (Asked::Identity, true, false, Some(LinkPurpose::Identity)),
            (Asked::Identity, true, true, Some(LinkPurpose::Unblock)),
            (Asked::Identity, false, false, Some(LinkPurpose::Activation)),
        ] {
            assert_eq!(asked.purpose(true, has_password, blocked), purpose, "{asked:?} {has_password} {blocked}");
            assert_eq!(asked.purpose(false, has_password, blocked), None, "an account that was removed");
        }
    }
}
