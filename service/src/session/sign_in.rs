//! Signing in with a password (PRODUCT.md A1, A5), and typing it once more for what must not be done by whoever finds a
//! session open.

use collectief_data::{
    Txn,
    account::{self, Credentials},
    outbox, session,
};
use collectief_domain::{
    account::{SignInForm, SignInRefusal, WRONG_PASSWORDS_ALLOWED, check_email},
    field::FieldCode,
    ids::AccountId,
};
use secrecy::SecretString;

use super::{NewSession, client_subject, short};
use crate::{
    Portal, Request, ServiceError,
    account::address_subject,
    audit::{self, About, AuditKind},
    link::{self, Asked},
    password, secret,
};

/// The time in which failures from one client address count together, in milliseconds.
const CLIENT_WINDOW: i64 = 15 * 60 * 1000;

/// Signs in. Five wrong passwords block the account and have its owner mailed a link to unblock it. The answers, and the
/// work done for them, are the same whether or not the address is known; only to whoever goes on trying after the owner
/// ended the block does an address that is known answer differently again.
///
/// # Errors
/// When the database cannot be used; every refusal is in the answer.
pub async fn sign_in(
    portal: &Portal,
    request: &Request,
    form: &SignInForm,
) -> Result<Result<NewSession, SignInRefusal>, ServiceError> {
    if let Err(errors) = form.check() {
        return Ok(Err(SignInRefusal::Invalid(errors)));
    }
    let tried = match count(portal, request, &form.email, AuditKind::SignInFailed).await? {
        Ok(tried) => tried,
        Err(seconds) => return Ok(Err(SignInRefusal::TooMany { seconds })),
    };
    let Right { found, better_hash } = match compare(portal, &tried, &form.wachtwoord).await? {
        Ok(right) => right,
        Err(refusal) => return Ok(Err(refusal)),
    };
    match admit(portal, &tried, &found, better_hash).await? {
        Some(session) => Ok(Ok(session)),
        None => Ok(Err(refuse(portal, &tried, Some(found.id), false).await?)),
    }
}

/// A password that is tried, and that was counted.
struct Tried<'a> {
    request: &'a Request,
    /// The address of the account that it is tried for.
    email: &'a str,
    /// The subjects under which it was counted.
    address: Vec<u8>,
    client: Option<Vec<u8>>,
    /// How many tries there were on the address since somebody came in, with this one.
    tries: u32,
    now: i64,
    /// What the log calls it when it is wrong.
    failed: AuditKind,
}

/// Counts a try before it is known whether it is right, so that many at once cannot outrun the count. So many seconds must
/// somebody wait from whose address there were too many.
async fn count<'a>(
    portal: &Portal,
    request: &'a Request,
    email: &'a str,
    failed: AuditKind,
) -> Result<Result<Tried<'a>, u32>, ServiceError> {
    let now = portal.clock().millis();
    let address = address_subject(portal, email);
    let client = request.client.map(|client| client_subject(portal, b"sign-in client", client));
    let txn = portal.db().begin().await?;
    if let Some(client) = &client {
        let allowed = i32::try_from(portal.limits().failures_per_client).unwrap_or(i32::MAX);
        if let Some(tries) = account::tries(&txn, client, now - CLIENT_WINDOW).await?
            && tries.failures >= allowed
        {
            drop(txn);
            let wait = tries.first_at + CLIENT_WINDOW - now;
            portal.audit().view(audit::event_of_nobody(portal, request, AuditKind::SignInRefused));
            return Ok(Err(u32::try_from(wait.div_euclid(1000) + 1).unwrap_or(1)));
        }
        account::count_try(&txn, client, now - CLIENT_WINDOW, now).await?;
    }
    let tries = account::count_try(&txn, &address, i64::MIN, now).await?.failures.unsigned_abs();
    txn.commit().await?;
    Ok(Ok(Tried { request, email, address, client, tries, now, failed }))
}

/// A password that turned out right, of an account that was not blocked. It counts once it is [settled](settle).
struct Right {
    found: Credentials,
    /// The same password, hashed as passwords are hashed now, where it is not yet.
    better_hash: Option<String>,
}

/// Compares a password that is tried with that of the account, if there is one. A wrong one is noted.
async fn compare(
    portal: &Portal,
    tried: &Tried<'_>,
    typed: &str,
) -> Result<Result<Right, SignInRefusal>, ServiceError> {
    let found = account::credentials(portal.db(), tried.email).await?;
    let stored = found.as_ref().and_then(|found| found.password_hash.clone());
    let typed = SecretString::from(typed);
    let verified = password::verify(portal, typed.clone(), stored).await?;
    let was_blocked = tried.tries > WRONG_PASSWORDS_ALLOWED || found.as_ref().is_some_and(|found| found.blocked);
    match found {
        Some(found) if verified.right && !was_blocked => {
            let better_hash = if verified.outdated { Some(password::hash(portal, typed).await?) } else { None };
            Ok(Ok(Right { found, better_hash }))
        }
        found => Ok(Err(refuse(portal, tried, found.map(|found| found.id), was_blocked).await?)),
    }
}

/// Takes back what was counted of a password that was right, in the transaction of what it is right for. Returns `false`,
/// and does nothing, when the account got another password, or was blocked, while this one was compared.
async fn settle(
    txn: &Txn,
    tried: &Tried<'_>,
    found: &Credentials,
    better_hash: Option<&str>,
) -> Result<bool, ServiceError> {
    if !account::note_right(txn, found.id, found.password_hash.as_deref().unwrap_or_default()).await? {
        return Ok(false);
    }
    if let Some(hash) = better_hash {
        account::set_password_hash(txn, found.id, hash).await?;
    }
    account::forget_tries(txn, &tried.address).await?;
    if let Some(client) = &tried.client {
        account::uncount_try(txn, client).await?;
    }
    Ok(true)
}

/// The present password of somebody who is signed in, which was typed once more and turned out right.
pub(crate) struct PresentPassword<'a> {
    tried: Tried<'a>,
    right: Right,
}

/// Compares the password that somebody who is signed in typed once more. It counts like one on the sign-in page: whoever
/// finds a session open cannot guess any longer than there.
///
/// # Errors
/// [`ServiceError::Invalid`] on `field` when it is wrong, or when there were too many tries from here;
/// [`ServiceError::SignedOut`] when the account is blocked, and with it every session.
pub(crate) async fn present_password<'a>(
    portal: &Portal,
    request: &'a Request,
    email: &'a str,
    typed: &str,
    field: &'static str,
) -> Result<PresentPassword<'a>, ServiceError> {
    let tried = match count(portal, request, email, AuditKind::PasswordRefused).await? {
        Ok(tried) => tried,
        Err(seconds) => {
            return Err(ServiceError::on(field, FieldCode::TriedTooOften { minutes: seconds.div_ceil(60) }));
        }
    };
    match compare(portal, &tried, typed).await? {
        Ok(right) => Ok(PresentPassword { tried, right }),
        Err(SignInRefusal::Blocked) => Err(ServiceError::SignedOut),
        Err(_) => Err(ServiceError::on(field, FieldCode::WrongPassword)),
    }
}

impl PresentPassword<'_> {
    /// Makes it count, in the transaction of what it was typed for. Returns `false` when it is no longer right.
    pub(crate) async fn settle(&self, txn: &Txn) -> Result<bool, ServiceError> {
        settle(txn, &self.tried, &self.right.found, self.right.better_hash.as_deref()).await
    }
}

/// Begins the session of somebody whose password was right. `None` when the account got another password, or was
/// blocked, while this one was being verified: then it is no longer right.
async fn admit(
    portal: &Portal,
    tried: &Tried<'_>,
    found: &Credentials,
    better_hash: Option<String>,
) -> Result<Option<NewSession>, ServiceError> {
    let Tried { request, now, .. } = *tried;
    let token = secret::token()?;
    let txn = portal.db().begin().await?;
    if !settle(&txn, tried, found, better_hash.as_deref()).await? {
        return Ok(None);
    }
    if let Some(previous) = request.session {
        session::remove(&txn, previous).await?;
    }
    session::add(&txn, found.id, secret::token_hash(&token), &request.device, now).await?;
    let mut event = audit::event_of_nobody(portal, request, AuditKind::SignedIn);
    event.account = Some(found.id);
    event.actor_name = Some(found.name.as_str().into());
    audit::append(&txn, &[event]).await?;
    txn.commit().await?;
    Ok(Some(NewSession { token, name: found.name.clone(), language: found.language }))
}

/// Notes a try that was not right, and says why it was refused.
async fn refuse(
    portal: &Portal,
    tried: &Tried<'_>,
    account: Option<AccountId>,
    was_blocked: bool,
) -> Result<SignInRefusal, ServiceError> {
    let is_blocked = was_blocked || tried.tries >= WRONG_PASSWORDS_ALLOWED;
    let event = |kind| {
        let mut event = audit::event_of_nobody(portal, tried.request, kind);
        event.account = account;
        event.details(format!("address {}", short(&tried.address)))
    };
    let mut events = vec![event(if was_blocked { AuditKind::SignInBlocked } else { tried.failed })];
    let mut mail = None;
    if is_blocked && !was_blocked {
        events.push(event(AuditKind::AccountBlocked));
        // Whether anybody has this address is only looked up when the mail is delivered.
        if check_email(tried.email.trim()).is_ok() {
            mail = Some(link::message(portal, Asked::Blocked, tried.email)?);
        }
    }
    let txn = portal.db().begin().await?;
    // A block that its owner ends at this very moment must not come back by a try that was blocked already.
    if !was_blocked {
        account::note_wrong(&txn, tried.email, tried.tries, tried.now).await?;
    }
    if let Some(mail) = mail {
        outbox::put(&txn, mail).await?;
    }
    audit::append(&txn, &events).await?;
    txn.commit().await?;
    Ok(if is_blocked { SignInRefusal::Blocked } else { SignInRefusal::Wrong })
}

#[cfg(test)]
mod tests {
    use collectief_data::testing::{self, TestDatabase};
    use collectief_domain::{
        actor::{Role, Roles},
        date::Date,
    };

    use super::*;
    use crate::{
        Limits,
        account::{Contracts, NewAccount, add, unblock},
        clock::Clock,
    };

    const EMAIL: &str = "hr@linde.example";
    const PASSWORD: &str = "paard fiets wolken lepel";

    async fn portal_on(database: &TestDatabase) -> Portal {
        let clock = Clock::standing_on(Date::from_ymd_opt(2026, 11, 1).unwrap());
        let portal = Portal::new(database.db.clone(), clock, Limits::default(), "Collectief".to_owned(), false);
        let new = NewAccount {
            email: EMAIL.to_owned(),
            name: "Hanna Rozema".to_owned(),
            contracts: Contracts::All,
            roles: Roles::NONE.with(Role::Administrative),
            password: Some(SecretString::from(PASSWORD)),
        };
        add(&portal, new).await.unwrap();
        portal
    }

    fn form() -> SignInForm {
        SignInForm { email: EMAIL.to_owned(), wachtwoord: PASSWORD.to_owned(), ..SignInForm::default() }
    }

    fn tried<'a>(portal: &Portal, request: &'a Request, tries: u32) -> Tried<'a> {
        let (address, now) = (address_subject(portal, EMAIL), portal.clock().millis());
        Tried { request, email: EMAIL, address, client: None, tries, now, failed: AuditKind::SignInFailed }
    }

    #[tokio::test]
    async fn a_password_that_was_replaced_while_it_was_verified_lets_nobody_in() {
        for database in testing::databases().await {
            let portal = portal_on(&database).await;
            let request = Request::internal("test");
            let verified = account::credentials(portal.db(), EMAIL).await.unwrap().unwrap();
            let other = password::hash(&portal, SecretString::from("een heel ander wachtwoord")).await.unwrap();
            let txn = portal.db().begin().await.unwrap();
            account::set_password_hash(&txn, verified.id, &other).await.unwrap();
            txn.commit().await.unwrap();

            let better = Some("a better hash of the old password".to_owned());
            let admitted = admit(&portal, &tried(&portal, &request, 1), &verified, better).await.unwrap();
            assert!(admitted.is_none(), "{}", database.name);
            assert_eq!(database.db.number("SELECT COUNT(*) FROM session").await.unwrap(), 0);
            let kept = account::credentials(portal.db(), EMAIL).await.unwrap().unwrap().password_hash;
            assert_eq!(kept, Some(other));
            assert_eq!(sign_in(&portal, &request, &form()).await.unwrap().err(), Some(SignInRefusal::Wrong));
        }
    }

    #[tokio::test]
    async fn an_account_that_was_blocked_while_its_password_was_verified_lets_nobody_in() {
        for database in testing::databases().await {
            let portal = portal_on(&database).await;
            let request = Request::internal("test");
            let verified = account::credentials(portal.db(), EMAIL).await.unwrap().unwrap();
            let txn = portal.db().begin().await.unwrap();
            account::note_wrong(&txn, EMAIL, WRONG_PASSWORDS_ALLOWED, portal.clock().millis()).await.unwrap();
            txn.commit().await.unwrap();
            let admitted = admit(&portal, &tried(&portal, &request, 1), &verified, None).await.unwrap();
            assert!(admitted.is_none(), "{}", database.name);
        }
    }

    #[tokio::test]
    async fn a_block_that_was_ended_does_not_come_back_by_a_try_of_before() {
        for database in testing::databases().await {
            let portal = portal_on(&database).await;
            let request = Request::internal("test");
            // The sixth try found the account blocked; the block ends before it is noted.
            unblock(&portal, EMAIL).await.unwrap();
            let sixth = tried(&portal, &request, WRONG_PASSWORDS_ALLOWED + 1);
            let refusal = refuse(&portal, &sixth, None, true).await.unwrap();
            assert_eq!(refusal, SignInRefusal::Blocked);
            assert!(sign_in(&portal, &request, &form()).await.unwrap().is_ok(), "{}", database.name);
        }
    }

    #[tokio::test]
    async fn a_present_password_that_was_replaced_while_it_was_compared_is_good_for_nothing() {
        for database in testing::databases().await {
            let portal = portal_on(&database).await;
            let request = Request::internal("test");
            let field = "huidig_wachtwoord";
            let present = present_password(&portal, &request, EMAIL, PASSWORD, field).await.unwrap();
            let other = password::hash(&portal, SecretString::from("een heel ander wachtwoord")).await.unwrap();
            let txn = portal.db().begin().await.unwrap();
            account::set_password_hash(&txn, present.right.found.id, &other).await.unwrap();
            txn.commit().await.unwrap();
            let txn = portal.db().begin().await.unwrap();
            assert!(!present.settle(&txn).await.unwrap(), "{}", database.name);
            txn.commit().await.unwrap();
            let tries = "SELECT MAX(failures) FROM sign_in_try";
            assert_eq!(database.db.number(tries).await.unwrap(), 1, "the try stays counted");
        }
    }
}
