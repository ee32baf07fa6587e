//! The present password, asked once more of who is signed in, before what they sign in with changes (ASVS 7.5.1).

use collectief_data::{
    Txn,
    account::{self, Credentials},
};
use collectief_domain::field::FieldCode;
use secrecy::SecretString;

use super::tries::{self, Tried};
use crate::{Portal, Request, ServiceError, audit::AuditKind, password};

/// The present password of somebody who is signed in, which was typed once more and turned out right.
pub(crate) struct PresentPassword<'a> {
    tried: Tried<'a>,
    found: Credentials,
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
    let tried = tries::count(portal, request, email).await?;
    let tried =
        tried.map_err(|seconds| ServiceError::on(field, FieldCode::TriedTooOften { minutes: seconds.div_ceil(60) }))?;
    let found = account::credentials(portal.db(), email).await?.ok_or(ServiceError::SignedOut)?;
    let was_blocked = tried.is_one_too_many() || found.blocked;
    let stored = found.password_hash.clone();
    let is_right = !was_blocked && password::verify(portal, SecretString::from(typed), stored).await?.right;
    let present = PresentPassword { tried, found };
    if is_right {
        return Ok(present);
    }
    Err(present.refused(portal, AuditKind::PasswordRefused, was_blocked, field, FieldCode::WrongPassword).await?)
}

impl PresentPassword<'_> {
    /// What is told when something beside the password, asked together with it, was wrong: it is one and the same try.
    pub(crate) async fn refuse(
        &self,
        portal: &Portal,
        failed: AuditKind,
        field: &'static str,
        code: FieldCode,
    ) -> Result<ServiceError, ServiceError> {
        self.refused(portal, failed, false, field, code).await
    }

    async fn refused(
        &self,
        portal: &Portal,
        failed: AuditKind,
        was_blocked: bool,
        field: &'static str,
        code: FieldCode,
    ) -> Result<ServiceError, ServiceError> {
        let is_blocked = self.tried.refuse(portal, failed, Some(self.found.id), was_blocked).await?;
        Ok(if is_blocked { ServiceError::SignedOut } else { ServiceError::on(field, code) })
    }

    /// Counts that a code is looked at, which was asked together with the password. One too many of a day is refused on
    /// `field`.
    pub(crate) async fn count_code(&self, portal: &Portal, field: &'static str) -> Result<(), ServiceError> {
        let counted = self.tried.count_code(portal, self.found.id).await?;
        counted.map_err(|seconds| ServiceError::on(field, FieldCode::TriedTooOften { minutes: seconds.div_ceil(60) }))
    }

    /// Whether the account still has this password and is not blocked; locks the account in the transaction of what the
    /// password was typed for.
    pub(crate) async fn stands(&self, txn: &Txn) -> Result<bool, ServiceError> {
        let verified = self.found.password_hash.as_deref().unwrap_or_default();
        Ok(account::note_right(txn, self.found.id, verified).await?)
    }

    /// Makes it count, in the transaction of what it was typed for. Returns `false` when it is no longer right.
    pub(crate) async fn settle(&self, txn: &Txn) -> Result<bool, ServiceError> {
        if !self.stands(txn).await? {
            return Ok(false);
        }
        if self.found.has_second_factor {
            // Wrong codes of before still count: a password alone makes none forgotten.
            self.take_back(txn).await?;
        } else {
            self.forgive(txn).await?;
        }
        Ok(true)
    }

    /// Takes this one try back.
    pub(crate) async fn take_back(&self, txn: &Txn) -> Result<(), ServiceError> {
        self.tried.take_back(txn).await
    }

    /// Takes this one try back, and the code that was counted with it: neither was looked at.
    pub(crate) async fn take_back_code(&self, portal: &Portal) -> Result<(), ServiceError> {
        self.tried.take_back_code(portal, self.found.id).await
    }

    /// Forgets the codes that were looked at: the last one was right.
    pub(crate) async fn forgive_codes(&self, portal: &Portal, txn: &Txn) -> Result<(), ServiceError> {
        self.tried.forgive_codes(portal, txn, self.found.id).await
    }

    /// Forgets the tries on the address: everything that is asked was right.
    pub(crate) async fn forgive(&self, txn: &Txn) -> Result<(), ServiceError> {
        self.tried.forgive(txn).await
    }
}

#[cfg(test)]
mod tests {
    use collectief_data::testing;
    use collectief_domain::{
        actor::{Role, Roles},
        date::Date,
    };

    use super::*;
    use crate::{
        Limits,
        account::{Contracts, NewAccount, add},
        clock::Clock,
    };

    const EMAIL: &str = "hr@linde.example";
    const PASSWORD: &str = "paard fiets wolken lepel";

    // asvs = "15.4.2"
    #[tokio::test]
    async fn a_present_password_that_was_replaced_while_it_was_compared_is_good_for_nothing() {
        for database in testing::databases().await {
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
            let request = Request::internal("test");
            let field = "huidig_wachtwoord";
            let present = present_password(&portal, &request, EMAIL, PASSWORD, field).await.unwrap();
            let other = password::hash(&portal, SecretString::from("een heel ander wachtwoord")).await.unwrap();
            let txn = portal.db().begin().await.unwrap();
            account::set_password_hash(&txn, present.found.id, &other).await.unwrap();
            txn.commit().await.unwrap();
            let txn = portal.db().begin().await.unwrap();
            assert!(!present.settle(&txn).await.unwrap(), "{}", database.name);
            txn.commit().await.unwrap();
            let tries = "SELECT MAX(failures) FROM sign_in_try";
            assert_eq!(database.db.number(tries).await.unwrap(), 1, "the try stays counted");
        }
    }
}
