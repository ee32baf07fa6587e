//! Signing in with a password (PRODUCT.md A1, A5).

use collectief_data::{
    account::{self, Credentials},
    outbox, session,
};
use collectief_domain::{
    account::{SignInForm, SignInRefusal, WRONG_PASSWORDS_ALLOWED, check_email},
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
    let now = portal.clock().millis();
    let address = address_subject(portal, &form.email);
    let client = request.client.map(|client| client_subject(portal, b"sign-in client", client));

    // The try is counted before it is known whether it is right, so that many at once cannot outrun the count.
    let txn = portal.db().begin().await?;
    if let Some(client) = &client {
        let allowed = i32::try_from(portal.limits().failures_per_client).unwrap_or(i32::MAX);
        if let Some(tries) = account::tries(&txn, client, now - CLIENT_WINDOW).await?
            && tries.failures >= allowed
        {
            drop(txn);
            let wait = tries.first_at + CLIENT_WINDOW - now;
            portal.audit().view(audit::event_of_nobody(portal, request, AuditKind::SignInRefused));
            let seconds = u32::try_from(wait.div_euclid(1000) + 1).unwrap_or(1);
            return Ok(Err(SignInRefusal::TooMany { seconds }));
        }
        account::count_try(&txn, client, now - CLIENT_WINDOW, now).await?;
    }
    let tries = account::count_try(&txn, &address, i64::MIN, now).await?.failures.unsigned_abs();
    txn.commit().await?;

    let found = account::credentials(portal.db(), &form.email).await?;
    let stored = found.as_ref().and_then(|found| found.password_hash.clone());
    let typed = SecretString::from(form.wachtwoord.as_str());
    let verified = password::verify(portal, typed.clone(), stored).await?;
    let tried = Tried { request, address, client, tries, now };
    let was_blocked = tries > WRONG_PASSWORDS_ALLOWED || found.as_ref().is_some_and(|found| found.blocked);
    if verified.right
        && !was_blocked
        && let Some(found) = &found
    {
        let better_hash = if verified.outdated { Some(password::hash(portal, typed).await?) } else { None };
        if let Some(session) = admit(portal, &tried, found, better_hash).await? {
            return Ok(Ok(session));
        }
    }
    Ok(Err(refuse(portal, &tried, form, found.map(|found| found.id), was_blocked).await?))
}

/// A try to sign in, which was counted.
struct Tried<'a> {
    request: &'a Request,
    /// The subjects under which it was counted.
    address: Vec<u8>,
    client: Option<Vec<u8>>,
    /// How many tries there were on the address since somebody came in, with this one.
    tries: u32,
    now: i64,
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
    if !account::note_right(&txn, found.id, found.password_hash.as_deref().unwrap_or_default()).await? {
        return Ok(None);
    }
    if let Some(hash) = better_hash {
        account::set_password_hash(&txn, found.id, &hash).await?;
    }
    account::forget_tries(&txn, &tried.address).await?;
    if let Some(client) = &tried.client {
        account::uncount_try(&txn, client).await?;
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
    form: &SignInForm,
    account: Option<AccountId>,
    was_blocked: bool,
) -> Result<SignInRefusal, ServiceError> {
    let is_blocked = was_blocked || tried.tries >= WRONG_PASSWORDS_ALLOWED;
    let event = |kind| {
        let mut event = audit::event_of_nobody(portal, tried.request, kind);
        event.account = account;
        event.details(format!("address {}", short(&tried.address)))
    };
    let mut events = vec![event(if was_blocked { AuditKind::SignInBlocked } else { AuditKind::SignInFailed })];
    let mut mail = None;
    if is_blocked && !was_blocked {
        events.push(event(AuditKind::AccountBlocked));
        // Whether anybody has this address is only looked up when the mail is delivered.
        if check_email(form.email.trim()).is_ok() {
            mail = Some(link::message(portal, Asked::Blocked, &form.email)?);
        }
    }
    let txn = portal.db().begin().await?;
    // A block that its owner ends at this very moment must not come back by a try that was blocked already.
    if !was_blocked {
        account::note_wrong(&txn, &form.email, tried.tries, tried.now).await?;
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
        Tried { request, address, client: None, tries, now }
    }

    // asvs = "15.4.2"
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

    // asvs = "15.4.2"
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
            let refusal = refuse(&portal, &sixth, &form(), None, true).await.unwrap();
            assert_eq!(refusal, SignInRefusal::Blocked);
            assert!(sign_in(&portal, &request, &form()).await.unwrap().is_ok(), "{}", database.name);
        }
    }
}
