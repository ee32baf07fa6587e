//! Tries with a password or a code, and what too many of them come to (PRODUCT.md A5). A try is counted before it is known
//! whether it is right, so that many at once cannot outrun the count. Wrong codes count together with wrong passwords, and
//! only whoever came in whole makes them forgotten.
//!
//! Whoever counts in one transaction counts in one order: the client, the address, the codes of the account, and the
//! account itself before all of them. In another order two who come in from one office at once would wait for one another.

use collectief_data::{Txn, account, outbox, second_factor};
use collectief_domain::{
    account::{WRONG_PASSWORDS_ALLOWED, check_email},
    ids::AccountId,
};

use super::{client_subject, short};
use crate::{
    Portal, Request, ServiceError,
    account::address_subject,
    audit::{self, About, AuditKind},
    link::{self, Asked},
};

/// The time in which failures from one client address count together, in milliseconds.
const CLIENT_WINDOW: i64 = 15 * 60 * 1000;

/// The time in which wrong codes of an account count together, whoever ended a block in between: whoever has both the
/// password and the mailbox could else go on for ever. In milliseconds.
const CODES_WINDOW: i64 = 24 * 60 * 60 * 1000;

/// The most wrong codes in that time. Three of a million codes are right at a moment, so that twenty tries a day are right
/// within a year once in fifty times.
const CODES_ALLOWED: i32 = 20;

/// A try, which was counted.
pub(crate) struct Tried<'a> {
    pub(super) request: &'a Request,
    /// The e-mail address that was typed, or that of the account.
    pub(super) email: &'a str,
    /// The subjects under which it was counted.
    pub(super) address: Vec<u8>,
    pub(super) client: Option<Vec<u8>>,
    /// How many tries there were on the address since somebody came in, with this one.
    pub(super) tries: u32,
    pub(super) now: i64,
}

/// Counts a try on an address. The error is for how many seconds the client must wait; nothing was then counted.
pub(crate) async fn count<'a>(
    portal: &Portal,
    request: &'a Request,
    email: &'a str,
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
            portal.audit().view(audit::event_of_nobody(portal, request, AuditKind::SignInRefused));
            return Ok(Err(seconds_until(tries.first_at + CLIENT_WINDOW, now)));
        }
        account::count_try(&txn, client, now - CLIENT_WINDOW, now).await?;
    }
    let tries = account::count_try(&txn, &address, i64::MIN, now).await?.failures.unsigned_abs();
    txn.commit().await?;
    Ok(Ok(Tried { request, email, address, client, tries, now }))
}

/// The subject under which the codes of an account are counted.
fn codes_of(portal: &Portal, account: AccountId) -> Vec<u8> {
    portal.db().keys().keyed_hash(b"second step", &account.0.to_be_bytes())
}

/// The seconds until a moment, both in Unix milliseconds; at least one.
pub(crate) fn seconds_until(moment: i64, now: i64) -> u32 {
    u32::try_from((moment - now).div_euclid(1000) + 1).unwrap_or(1)
}

impl Tried<'_> {
    /// Whether there were so many tries before this one that it is not looked at.
    pub(crate) fn is_one_too_many(&self) -> bool {
        self.tries > WRONG_PASSWORDS_ALLOWED
    }

    /// Forgets the tries on the address: somebody came in.
    pub(crate) async fn forgive(&self, txn: &Txn) -> Result<(), ServiceError> {
        self.take_back_from_client(txn).await?;
        Ok(account::forget_tries(txn, &self.address).await?)
    }

    /// Takes this one try back: it was right, but nobody came in by it yet.
    pub(crate) async fn take_back(&self, txn: &Txn) -> Result<(), ServiceError> {
        self.take_back_from_client(txn).await?;
        Ok(account::uncount_try(txn, &self.address).await?)
    }

    async fn take_back_from_client(&self, txn: &Txn) -> Result<(), ServiceError> {
        if let Some(client) = &self.client {
            account::uncount_try(txn, client).await?;
        }
        Ok(())
    }

    /// Counts that a code is looked at, of which an account has so many a day. The error is for how many seconds there are no
    /// more; this try was then nothing.
    pub(crate) async fn count_code(
        &self,
        portal: &Portal,
        account: AccountId,
    ) -> Result<Result<(), u32>, ServiceError> {
        let txn = portal.db().begin().await?;
        let counted = account::count_try(&txn, &codes_of(portal, account), self.now - CODES_WINDOW, self.now).await?;
        txn.commit().await?;
        if counted.failures <= CODES_ALLOWED {
            return Ok(Ok(()));
        }
        let txn = portal.db().begin().await?;
        self.take_back(&txn).await?;
        txn.commit().await?;
        portal.audit().view(audit::event_of_nobody(portal, self.request, AuditKind::SignInRefused));
        Ok(Err(seconds_until(counted.first_at + CODES_WINDOW, self.now)))
    }

    /// Takes this one try back, and the code that was counted with it: neither was looked at.
    pub(crate) async fn take_back_code(&self, portal: &Portal, account: AccountId) -> Result<(), ServiceError> {
        let txn = portal.db().begin().await?;
        self.take_back(&txn).await?;
        account::uncount_try(&txn, &codes_of(portal, account)).await?;
        Ok(txn.commit().await?)
    }

    /// Forgets the codes that were looked at: the last one was right.
    pub(crate) async fn forgive_codes(
        &self,
        portal: &Portal,
        txn: &Txn,
        account: AccountId,
    ) -> Result<(), ServiceError> {
        Ok(account::forget_tries(txn, &codes_of(portal, account)).await?)
    }

    /// Notes that the try was not right, as `failed` in the log, and blocks the account when it was one of too many. With a
    /// block every sign-in ends that waits for its second step. Returns whether the account is blocked.
    pub(crate) async fn refuse(
        &self,
        portal: &Portal,
        failed: AuditKind,
        account: Option<AccountId>,
        was_blocked: bool,
    ) -> Result<bool, ServiceError> {
        let is_blocked = was_blocked || self.tries >= WRONG_PASSWORDS_ALLOWED;
        let event = |kind| {
            let mut event = audit::event_of_nobody(portal, self.request, kind);
            event.account = account;
            event.details(format!("address {}", short(&self.address)))
        };
        let mut events = vec![event(if was_blocked { AuditKind::SignInBlocked } else { failed })];
        let mut mail = None;
        if is_blocked && !was_blocked {
            events.push(event(AuditKind::AccountBlocked));
            // Whether anybody has this address is only looked up when the mail is delivered.
            if check_email(self.email.trim()).is_ok() {
                mail = Some(link::message(portal, Asked::Blocked, self.email)?);
            }
        }
        let txn = portal.db().begin().await?;
        // A block that its owner ends at this very moment must not come back by a try that was blocked already.
        if !was_blocked {
            account::note_wrong(&txn, self.email, self.tries, self.now).await?;
        }
        if is_blocked {
            second_factor::remove_pending_of(&txn, self.email).await?;
        }
        if let Some(mail) = mail {
            outbox::put(&txn, mail).await?;
        }
        audit::append(&txn, events);
        txn.commit().await?;
        Ok(is_blocked)
    }
}
