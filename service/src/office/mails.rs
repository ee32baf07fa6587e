//! Mails that the helpdesk looks at: those to an address, and those that could not be delivered (PRODUCT.md M2).

use collectief_data::{
    office::Office,
    outbox::{self, OutboxRow, OutboxState},
};
use collectief_domain::{
    office::{MailDeed, MailRow, MailState, OfficeDone},
    staff::StaffRight,
};

use super::{SHOWN, changing, without_seconds, words};
use crate::{
    Portal, Request, ServiceError, SignedIn,
    audit::{self, About, AuditKind, event},
};

/// The last mails to an address, in words.
pub(super) async fn to_address(
    portal: &Portal,
    office: &Office,
    who: &SignedIn,
    email: &str,
) -> Result<Vec<MailRow>, ServiceError> {
    let rows = outbox::to_address(portal.db(), office, email, SHOWN).await?;
    Ok(rows.into_iter().map(|found| row(who, found)).collect())
}

/// The last mails that could not be delivered, whoever they are for: not everybody who is written to has an account.
pub(super) async fn stuck(portal: &Portal, office: &Office, who: &SignedIn) -> Result<Vec<MailRow>, ServiceError> {
    let rows = outbox::stuck(portal.db(), office, SHOWN).await?;
    Ok(rows.into_iter().map(|found| row(who, found)).collect())
}

fn row(who: &SignedIn, found: OutboxRow) -> MailRow {
    MailRow {
        id: found.id,
        what: words::mail(who.language(), &found.kind).to_owned(),
        recipient: found.recipient.unwrap_or_default(),
        state: match found.state {
            OutboxState::Waiting => MailState::Waiting,
            OutboxState::Sent => MailState::Sent,
            OutboxState::Stuck => MailState::Stuck,
        },
        created: without_seconds(found.created_at),
        sent: found.sent_at.map(without_seconds),
        attempts: found.attempts,
        cause: found.error,
        is_mine: found.assigned_to == Some(who.account()),
        assigned: found.assigned_name,
    }
}

/// Lets a mail that was given up be tried again, or says who looks after it. One that waits or was sent stays as it is.
///
/// # Errors
/// [`ServiceError::NotFound`] for who is not of the helpdesk.
pub async fn serve(
    portal: &Portal,
    request: &Request,
    who: &SignedIn,
    mail: i64,
    deed: MailDeed,
) -> Result<OfficeDone, ServiceError> {
    let office = changing(portal, request, who, StaffRight::ServeAccounts)?;
    serve_to(portal, request, who, &office, (mail, None), deed).await
}

/// As [`serve`]; where an address is given with the mail, one to another address stays as it is.
pub(super) async fn serve_to(
    portal: &Portal,
    request: &Request,
    who: &SignedIn,
    office: &Office,
    (mail, email): (i64, Option<&str>),
    deed: MailDeed,
) -> Result<OfficeDone, ServiceError> {
    let txn = portal.db().begin().await?;
    let me = Some((who.account(), who.name()));
    let (kind, done, changed) = match deed {
        MailDeed::Retry => {
            let retried = outbox::retry(&txn, office, mail, email, portal.clock().millis()).await?;
            (AuditKind::MailRetried, OfficeDone::Retried, retried)
        }
        MailDeed::Assign => {
            let assigned = outbox::assign(&txn, office, mail, email, me).await?;
            (AuditKind::MailAssigned, OfficeDone::Assigned, assigned)
        }
        MailDeed::Release => {
            let released = outbox::assign(&txn, office, mail, email, None).await?;
            (AuditKind::MailAssigned, OfficeDone::Released, released)
        }
    };
    if changed {
        audit::append(&txn, [event(portal, request, who, kind).details(format!("mail {mail}"))]);
        txn.commit().await?;
    }
    Ok(done)
}
