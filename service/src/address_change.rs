//! Another address to sign in with, or for reminders (PRODUCT.md A11). It holds once it was confirmed through a link that is
//! mailed to that very address.
//!
//! The link alone is not enough: its page wants the account's owner, signed in. An address that was typed wrong is
//! somebody's mailbox too, and whoever reads mail there must not come to own the account. Neither do the page that asks
//! or its answer tell whether the new address has an account: that is looked up when the mail is delivered.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use collectief_data::{
    DataError, Txn,
    account::{self, fold_email},
    link::{self as links, NewLink},
    outbox,
    own_details::{self as data, OwnDetails},
};
use collectief_domain::{
    account::LinkPurpose,
    actor::Language,
    field::FieldCode,
    own_details::{ConfirmView, DetailsForm, Done, confirmed},
};
use serde::{Deserialize, Serialize};

use crate::{
    Portal, Request, ServiceError, SignedIn,
    account::address_subject,
    audit::{self, About, AuditKind, event},
    link::{self, HOUR, LinkMail, Sealed},
    outbox::{Content, NewOutbox, OutboxMessage},
    own_details::of,
    secret,
    session::present_password,
};

/// The most links to confirm an address that an account asks for in an hour.
const ASKED_PER_ACCOUNT: u32 = 10;

/// The kind of message that becomes a mail with a link to confirm an address.
pub(crate) const KIND: &str = "address_link";

/// What such a message keeps.
#[derive(Serialize, Deserialize)]
struct Wanted {
    /// The [`code`](LinkPurpose::code) of what the link is for.
    purpose: String,
    /// The token of the link, encrypted for this very message.
    token: String,
}

/// Asks to sign in with another address, for which the password is asked. The address of now is told.
///
/// # Errors
/// [`ServiceError::Invalid`] with what is wrong; [`ServiceError::SignedOut`] when the account is blocked.
pub async fn ask_email(
    portal: &Portal,
    request: &Request,
    who: &SignedIn,
    form: &DetailsForm,
) -> Result<Done, ServiceError> {
    let email = fold_email(form.parse_email().map_err(ServiceError::Invalid)?);
    let own = of(portal, who).await?;
    if email == own.email {
        return Err(ServiceError::on("email", FieldCode::SameAddress));
    }
    let field = "wachtwoord_bij_email";
    let present = present_password(portal, request, &own.email, &form.wachtwoord_bij_email, field).await?;
    let txn = portal.db().begin().await?;
    if !present.settle(&txn).await? {
        return Err(ServiceError::on(field, FieldCode::WrongPassword));
    }
    let Some(token_hash) = ask(portal, request, who, &txn, LinkPurpose::EmailChange, &email).await? else {
        // That the password was right is kept.
        txn.commit().await?;
        return Err(ServiceError::on("email", FieldCode::MailedEnough));
    };
    let told = Content::EmailChangeAsked { on: portal.clock().today() };
    let key = format!("email-change-asked:{}", URL_SAFE_NO_PAD.encode(token_hash));
    outbox::put(&txn, told.message(key, Some(own.email), own.language, portal.clock().millis())?).await?;
    asked(portal, request, who, &txn, LinkPurpose::EmailChange);
    txn.commit().await?;
    Ok(Done::Asked)
}

/// Asks to have reminders sent to another address. One's own needs no confirmation.
///
/// # Errors
/// [`ServiceError::Invalid`] with what is wrong.
pub async fn ask_reminders(
    portal: &Portal,
    request: &Request,
    who: &SignedIn,
    form: &DetailsForm,
) -> Result<Done, ServiceError> {
    let purpose = LinkPurpose::ReminderAddress;
    let own = of(portal, who).await?;
    let typed = form.parse_reminders().map_err(ServiceError::Invalid)?.map(fold_email);
    let address = typed.filter(|address| *address != own.email);
    let txn = portal.db().begin().await?;
    if address == own.reminder_email || address.is_none() {
        // It is the one that is used already, or one's own: nothing has to be confirmed any more.
        links::withdraw(&txn, who.account(), Some(purpose), portal.clock().millis()).await?;
        if address != own.reminder_email {
            data::set_reminder_email(&txn, who.account(), None).await?;
            changed(portal, request, who, &txn, purpose, own).await?;
        }
        txn.commit().await?;
        return Ok(Done::RemindersChanged);
    }
    let address = address.unwrap_or_default();
    if ask(portal, request, who, &txn, purpose, &address).await?.is_none() {
        return Err(ServiceError::on("herinneringen", FieldCode::MailedEnough));
    }
    asked(portal, request, who, &txn, purpose);
    txn.commit().await?;
    Ok(Done::Asked)
}

/// Puts the link and its mail in place of those that were asked for before. Returns the hash of the token; `None` when
/// enough was mailed lately.
async fn ask(
    portal: &Portal,
    request: &Request,
    who: &SignedIn,
    txn: &Txn,
    purpose: LinkPurpose,
    address: &str,
) -> Result<Option<Vec<u8>>, ServiceError> {
    let now = portal.clock().millis();
    let subject = portal.db().keys().keyed_hash(b"address change", &who.account().0.to_be_bytes());
    let tries = account::count_try(txn, &subject, now - link::WINDOW, now).await?;
    let may_mail = link::may_mail(txn, &link::mailed_subject(portal, address), now).await?;
    if tries.failures.unsigned_abs() > ASKED_PER_ACCOUNT || !may_mail {
        portal.audit().view(event(portal, request, who, AuditKind::LinkRefused));
        return Ok(None);
    }
    let Sealed { key, token, hash: token_hash } = link::seal(portal, "address-link")?;
    links::withdraw(txn, who.account(), Some(purpose), now).await?;
    let new = NewLink {
        account: who.account(),
        purpose,
        address: Some(address.to_owned()),
        identity: None,
        token_hash: token_hash.clone(),
        now,
        expires_at: now + i64::from(purpose.hours()) * HOUR,
    };
    links::put(txn, new).await?;
    let wanted = Wanted { purpose: purpose.code().to_owned(), token };
    let message = NewOutbox {
        kind: KIND,
        dedupe_key: key,
        recipient: Some(address.to_owned()),
        language: who.language(),
        payload: serde_json::to_string(&wanted).map_err(|error| ServiceError::Internal(error.to_string()))?,
        now,
    };
    outbox::put(txn, message).await?;
    Ok(Some(token_hash))
}

fn asked(portal: &Portal, request: &Request, who: &SignedIn, txn: &Txn, purpose: LinkPurpose) {
    audit::append(txn, [event(portal, request, who, AuditKind::AddressChangeAsked).details(purpose.code())]);
}

/// Logs that an address is another from now on, and tells the address that the account had until now.
async fn changed(
    portal: &Portal,
    request: &Request,
    who: &SignedIn,
    txn: &Txn,
    purpose: LinkPurpose,
    until_now: OwnDetails,
) -> Result<(), ServiceError> {
    let on = portal.clock().today();
    let content = match purpose {
        LinkPurpose::EmailChange => Content::EmailChanged { on },
        _ => Content::ReminderAddressChanged { on },
    };
    let key = format!("address-changed:{}:{}", who.account(), request.id);
    outbox::put(txn, content.message(key, Some(until_now.email), until_now.language, portal.clock().millis())?).await?;
    let event = event(portal, request, who, AuditKind::AddressChanged).details(purpose.code());
    audit::append(txn, [event]);
    Ok(())
}

/// Forgets an address that waits to be confirmed: its link is worth nothing from now on.
///
/// # Errors
/// When the database refuses.
pub async fn withdraw(
    portal: &Portal,
    request: &Request,
    who: &SignedIn,
    purpose: LinkPurpose,
) -> Result<Done, ServiceError> {
    who.acts_in_person()?;
    let txn = portal.db().begin().await?;
    links::withdraw(&txn, who.account(), Some(purpose), portal.clock().millis()).await?;
    let event = event(portal, request, who, AuditKind::AddressChangeWithdrawn).details(purpose.code());
    audit::append(&txn, [event]);
    txn.commit().await?;
    Ok(Done::Withdrawn)
}

/// What the page behind a link shows. Looking uses nothing up.
///
/// # Errors
/// [`ServiceError::NotFound`] for a link that is unknown, used, past its term, replaced by a later one, meant for something
/// else, or another's: all alike.
pub async fn view(
    portal: &Portal,
    who: &SignedIn,
    token: &str,
    purpose: LinkPurpose,
) -> Result<ConfirmView, ServiceError> {
    let now = portal.clock().millis();
    let found = links::find(portal.db(), &secret::token_hash(token), purpose, now).await?;
    let own = found.filter(|found| found.account == who.account()).ok_or(ServiceError::NotFound)?;
    Ok(ConfirmView { address: own.address.ok_or(ServiceError::NotFound)?, email: own.email })
}

/// Confirms an address: it holds at once. The address that the account had until now is told, and links that were mailed
/// there are worth nothing any more.
///
/// # Errors
/// As [`view`]; also when another account got the address meanwhile.
pub async fn confirm(
    portal: &Portal,
    request: &Request,
    who: &SignedIn,
    token: &str,
    purpose: LinkPurpose,
) -> Result<Done, ServiceError> {
    let done = confirmed(purpose).ok_or(ServiceError::NotFound)?;
    let ConfirmView { address, .. } = view(portal, who, token, purpose).await?;
    let until_now = of(portal, who).await?;
    let now = portal.clock().millis();
    let txn = portal.db().begin().await?;
    // The account first, as signing in does: whoever locks in another order may wait for somebody who waits for them.
    let is_email = purpose == LinkPurpose::EmailChange;
    let set = if is_email {
        data::set_email(&txn, who.account(), &address).await
    } else {
        data::set_reminder_email(&txn, who.account(), Some(&address)).await
    };
    match set {
        Err(DataError::Duplicate) => return Err(ServiceError::NotFound),
        other => other?,
    }
    if !links::take(&txn, &secret::token_hash(token), purpose, now).await? {
        return Err(ServiceError::NotFound);
    }
    if is_email {
        for purpose in LinkPurpose::ALL.into_iter().filter(|purpose| *purpose != LinkPurpose::ReminderAddress) {
            links::withdraw(&txn, who.account(), Some(purpose), now).await?;
        }
        // Who tried this address before it was anybody's must not hinder its owner.
        account::forget_tries(&txn, &address_subject(portal, &address)).await?;
    }
    changed(portal, request, who, &txn, purpose, until_now).await?;
    txn.commit().await?;
    Ok(done)
}

/// What is mailed to an address that somebody wants to use.
pub(crate) enum AddressMail {
    /// The link that confirms it.
    Link(LinkMail),
    /// It is another account's already; that account's language.
    Taken(Language),
}

/// What the mail of a message that is about to be delivered says; `None` when its link is of no use any more.
pub(crate) async fn mail(portal: &Portal, message: &OutboxMessage) -> Result<Option<AddressMail>, ServiceError> {
    let wanted: Wanted =
        serde_json::from_str(&message.payload).map_err(|error| ServiceError::Internal(error.to_string()))?;
    let purpose = LinkPurpose::ALL.into_iter().find(|purpose| purpose.code() == wanted.purpose);
    let purpose = purpose.ok_or_else(|| ServiceError::Internal("a link is for nothing that is known".to_owned()))?;
    let token = link::unseal(portal, &wanted.token, &message.dedupe_key)?;
    let now = portal.clock().millis();
    if links::find(portal.db(), &secret::token_hash(&token), purpose, now).await?.is_none() {
        return Ok(None);
    }
    if purpose == LinkPurpose::EmailChange {
        let recipient = message.recipient.as_deref().unwrap_or_default();
        if let Some(other) = account::credentials(portal.db(), recipient).await? {
            return Ok(Some(AddressMail::Taken(other.language)));
        }
    }
    let url = link::url(portal, purpose, &token);
    let language = message.language;
    Ok(Some(AddressMail::Link(LinkMail {
        purpose,
        url,
        name: None,
        language,
        blocked: false,
        has_second_factor: false,
    })))
}

#[cfg(test)]
mod tests {
    use collectief_data::testing::{self, TestDatabase};
    use collectief_domain::{
        account::SignInForm,
        actor::{Role, Roles},
        date::Date,
    };

    use super::*;
    use crate::{
        Limits, Reach,
        account::{Contracts, NewAccount, add},
        clock::Clock,
        outbox::{Post, deliver_due},
        session,
    };

    const PASSWORD: &str = "paard fiets wolken lepel";
    const WANTED: &str = "nieuw@linde.example";

    async fn portal_on(database: &TestDatabase) -> Portal {
        let clock = Clock::standing_on(Date::from_ymd_opt(2026, 11, 1).unwrap());
        let portal = Portal::new(database.db.clone(), clock, Limits::default(), "Collectief".to_owned(), false);
        let address = Some("https://portaal.example".to_owned());
        portal.reached_by(Reach { address, ..Reach::default() })
    }

    /// Somebody with an account, signed in.
    async fn owner(portal: &Portal, email: &str) -> SignedIn {
        let new = NewAccount {
            email: email.to_owned(),
            name: "Hanna Rozema".to_owned(),
            contracts: Contracts::All,
            roles: Roles::NONE.with(Role::Administrative),
            password: Some(PASSWORD.into()),
        };
        add(portal, new).await.unwrap();
        let form = SignInForm { email: email.to_owned(), wachtwoord: PASSWORD.to_owned(), ..SignInForm::default() };
        let begun = session::sign_in(portal, &Request::internal("test"), &form).await.unwrap().ok().unwrap();
        let token = begun.session().unwrap().token;
        session::find(portal, &token).await.unwrap().unwrap().signed_in().unwrap()
    }

    /// Asks for the address, and takes the token out of the mail.
    async fn asked_token(portal: &Portal, who: &SignedIn) -> String {
        let form = DetailsForm {
            email: WANTED.to_owned(),
            wachtwoord_bij_email: PASSWORD.to_owned(),
            ..DetailsForm::default()
        };
        assert_eq!(ask_email(portal, &Request::internal("test"), who, &form).await.unwrap(), Done::Asked);
        let folder = tempfile::tempdir().unwrap();
        deliver_due(portal, &Post::files(folder.path())).await.unwrap();
        let path = LinkPurpose::EmailChange.path();
        let mails = std::fs::read_dir(folder.path()).unwrap();
        let mails = mails.map(|mail| std::fs::read_to_string(mail.unwrap().path()).unwrap());
        let link = mails.filter_map(|mail| Some(mail.split_once(path)?.1.split_whitespace().next()?.to_owned()));
        link.last().unwrap()
    }

    // asvs = "15.4.2"
    #[tokio::test]
    async fn of_two_accounts_that_want_an_address_the_first_to_confirm_gets_it() {
        for database in testing::databases().await {
            let portal = portal_on(&database).await;
            let (first, second) = (owner(&portal, "a@linde.example").await, owner(&portal, "b@linde.example").await);
            let tokens = (asked_token(&portal, &first).await, asked_token(&portal, &second).await);
            let purpose = LinkPurpose::EmailChange;
            let (one, other) = (Request::internal("one"), Request::internal("other"));
            let done = tokio::join!(
                confirm(&portal, &one, &first, &tokens.0, purpose),
                confirm(&portal, &other, &second, &tokens.1, purpose),
            );
            let done = [done.0, done.1];
            assert_eq!(done.iter().filter(|done| done.is_ok()).count(), 1, "{}: {done:?}", database.name);
            assert!(done.iter().any(|done| matches!(done, Err(ServiceError::NotFound))), "{done:?}");
            let owners = format!("SELECT COUNT(*) FROM account WHERE email = '{WANTED}'");
            assert_eq!(database.db.number(&owners).await.unwrap(), 1);
        }
    }

    // asvs = "2.3.4"
    #[tokio::test]
    async fn a_link_that_is_used_twice_at_once_confirms_once() {
        for database in testing::databases().await {
            let portal = portal_on(&database).await;
            let who = owner(&portal, "a@linde.example").await;
            let token = asked_token(&portal, &who).await;
            let purpose = LinkPurpose::EmailChange;
            let (one, other) = (Request::internal("one"), Request::internal("other"));
            let done = tokio::join!(
                confirm(&portal, &one, &who, &token, purpose),
                confirm(&portal, &other, &who, &token, purpose),
            );
            assert_eq!(usize::from(done.0.is_ok()) + usize::from(done.1.is_ok()), 1, "{}", database.name);
            let changed = "SELECT COUNT(*) FROM outbox WHERE kind = 'email_changed'";
            assert_eq!(database.db.number(changed).await.unwrap(), 1, "the owner is told once");
        }
    }

    // asvs = "14.2.4"
    #[tokio::test]
    async fn a_stolen_database_holds_no_token() {
        for database in testing::databases().await {
            let portal = portal_on(&database).await;
            let who = owner(&portal, "a@linde.example").await;
            let token = asked_token(&portal, &who).await;
            let dump = database.db.dump().await.unwrap();
            assert!(dump.contains(WANTED) && !dump.contains(&token), "{}", database.name);
        }
    }
}
