//! Signing in with a password (PRODUCT.md A1, A5).

use collectief_data::{
    account::{self, Credentials},
    second_factor,
    session::CameInWith,
};
use collectief_domain::account::{SignInForm, SignInRefusal};
use secrecy::SecretString;

use super::{
    Admitted, Owner, begin,
    second_step::wait_for_second_step,
    tries::{self, Tried},
};
use crate::{Portal, Request, ServiceError, audit::AuditKind, password};

/// Signs in, or leads to the second step of an account that has one. Five wrong passwords block the account and have its
/// owner mailed a link to unblock it. The answers, and the work done for them, are the same whether or not the address is
/// known; only to whoever goes on trying after the owner ended the block does an address that is known answer differently
/// again.
///
/// # Errors
/// When the database cannot be used; every refusal is in the answer.
pub async fn sign_in(
    portal: &Portal,
    request: &Request,
    form: &SignInForm,
) -> Result<Result<Admitted, SignInRefusal>, ServiceError> {
    if let Err(errors) = form.check() {
        return Ok(Err(SignInRefusal::Invalid(errors)));
    }
    let tried = match tries::count(portal, request, &form.email).await? {
        Ok(tried) => tried,
        Err(seconds) => return Ok(Err(SignInRefusal::TooMany { seconds })),
    };
    let found = account::credentials(portal.db(), &form.email).await?;
    let stored = found.as_ref().and_then(|found| found.password_hash.clone());
    let typed = SecretString::from(form.wachtwoord.as_str());
    let verified = password::verify(portal, typed.clone(), stored).await?;
    let was_blocked = tried.is_one_too_many() || found.as_ref().is_some_and(|found| found.blocked);
    if verified.right
        && !was_blocked
        && let Some(found) = &found
    {
        let better_hash = if verified.outdated { Some(password::hash(portal, typed).await?) } else { None };
        if let Some(admitted) = admit(portal, &tried, found, better_hash).await? {
            return Ok(Ok(admitted));
        }
    }
    let account = found.map(|found| found.id);
    let is_blocked = tried.refuse(portal, AuditKind::SignInFailed, account, was_blocked).await?;
    Ok(Err(if is_blocked { SignInRefusal::Blocked } else { SignInRefusal::Wrong }))
}

/// Begins the session of somebody whose password was right, or lets the sign-in wait for the second step. `None` when the
/// account got another password, or was blocked, while this one was being verified: then it is no longer right.
async fn admit(
    portal: &Portal,
    tried: &Tried<'_>,
    found: &Credentials,
    better_hash: Option<String>,
) -> Result<Option<Admitted>, ServiceError> {
    let Tried { request, .. } = *tried;
    let txn = portal.db().begin().await?;
    if !account::note_right(&txn, found.id, found.password_hash.as_deref().unwrap_or_default()).await? {
        return Ok(None);
    }
    if let Some(hash) = better_hash {
        account::set_password_hash(&txn, found.id, &hash).await?;
    }
    // With the account locked: a second step that is being set up at this moment is seen, or ends the session again.
    if second_factor::is_on(&txn, found.id).await? {
        // Wrong codes of before still count, or whoever knows the password could guess codes for ever.
        tried.take_back(&txn).await?;
        let token = wait_for_second_step(portal, request, &txn, found.id, &found.name).await?;
        txn.commit().await?;
        return Ok(Some(Admitted::SecondStep { token }));
    }
    tried.forgive(&txn).await?;
    let owner = Owner { account: found.id, name: found.name.clone(), language: found.language };
    let session = begin(portal, request, &txn, owner, CameInWith::default()).await?;
    txn.commit().await?;
    Ok(Some(Admitted::In(session)))
}

#[cfg(test)]
mod tests {
    use collectief_data::testing::{self, TestDatabase};
    use collectief_domain::{
        account::WRONG_PASSWORDS_ALLOWED,
        actor::{Role, Roles},
        date::Date,
    };

    use super::*;
    use crate::{
        Limits,
        account::{Contracts, NewAccount, add, address_subject, unblock},
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
        Tried { request, email: EMAIL, address, client: None, tries, now }
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
            assert!(sixth.refuse(&portal, AuditKind::SignInFailed, None, true).await.unwrap());
            assert!(sign_in(&portal, &request, &form()).await.unwrap().is_ok(), "{}", database.name);
        }
    }
}
