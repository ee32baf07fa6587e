//! Messages that leave the portal. They are put in the outbox in the transaction of what they are about, and are
//! delivered from there: mail by SMTP or as files (`.eml`), letters, where there is no address, as files (`.txt`).

use std::time::Duration;

use collectief_data::outbox;
pub use collectief_data::outbox::{NewOutbox, OutboxCounts, OutboxMessage, put};
use tokio::time::Instant;

use crate::{
    Portal, ServiceError, account_request,
    address_change::{self, AddressMail},
    change, enrol, link, remind,
};

mod account;
mod case;
mod content;
mod mail;
mod post;
mod told;
mod words;

pub use content::{Content, SecondFactorChange};
pub use post::{MailServer, Post};

use mail::{file_name, text_of};
use words::in_words;

/// The minutes between a failed try and the next one; after the last one a message is stuck.
const RETRY_MINUTES: [i64; 6] = [1, 5, 15, 60, 180, 360];

/// For how long a message waits that cannot be delivered to anybody now, in milliseconds.
const POSTPONED: i64 = 10 * 60 * 1000;

/// For how long a message is kept to the server that took it, in milliseconds.
const LEASE: i64 = 60 * 1000;

/// Until when after that delivering one of them may begin: it must be over before another server takes it.
const BEGUN_WITHIN: Duration = Duration::from_secs(30);

/// The most messages that are taken at once.
const TAKEN_AT_ONCE: u64 = 50;

/// What delivering came to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Delivered {
    /// Messages that were delivered.
    pub sent: u64,
    /// Messages whose try failed.
    pub failed: u64,
    /// Messages that wait for something else than their recipient.
    pub postponed: u64,
}

/// How many messages there are, by state.
///
/// # Errors
/// When the database cannot be read.
pub async fn counts(portal: &Portal) -> Result<OutboxCounts, ServiceError> {
    Ok(outbox::counts(portal.db()).await?)
}

/// Waits until this program put something in the outbox; at once when it did since the last time.
pub async fn something_to_deliver(portal: &Portal) {
    portal.db().something_to_deliver().await;
}

/// Delivers what is due. A message that was delivered as a file before its note was written is found there, under the name
/// that its key gives, and is not delivered again; by SMTP it is sent once more in that case, with the same Message-ID.
///
/// # Errors
/// When the database cannot be used. A message that cannot be delivered is no error: it is tried again later.
pub async fn deliver_due(portal: &Portal, post: &Post) -> Result<Delivered, ServiceError> {
    let mut delivered = Delivered::default();
    loop {
        let now = portal.clock().millis();
        let begun = Instant::now();
        let messages = outbox::take_due(portal.db(), now, now + LEASE, TAKEN_AT_ONCE).await?;
        if messages.is_empty() {
            return Ok(delivered);
        }
        for message in messages {
            // The rest would no longer be kept to this server by the time they are delivered. They are due again then.
            if begun.elapsed() > BEGUN_WITHIN {
                break;
            }
            let (id, attempts) = (message.id, message.attempts);
            if [link::KIND, account_request::KIND, address_change::KIND, change::KIND, enrol::mail::KIND, remind::KIND]
                .contains(&message.kind.as_str())
                && let Some(why) = link::hindrance(portal)
            {
                tracing::warn!(message = id, why, "a message waits");
                outbox::postpone(portal.db(), id, now + POSTPONED, why).await?;
                delivered.postponed += 1;
                continue;
            }
            let tried = try_to_deliver(portal, message, post).await;
            let now = portal.clock().millis();
            match tried {
                Ok(true) => {
                    outbox::sent(portal.db(), id, now).await?;
                    delivered.sent += 1;
                }
                Ok(false) => outbox::remove(portal.db(), id).await?,
                Err(error) => {
                    let minutes = usize::try_from(attempts).ok().and_then(|tries| RETRY_MINUTES.get(tries));
                    let next_try_at = minutes.map(|minutes| now + minutes * 60 * 1000);
                    tracing::warn!(message = id, %error, stuck = next_try_at.is_none(), "a message was not delivered");
                    outbox::failed(portal.db(), id, next_try_at, &error.to_string()).await?;
                    delivered.failed += 1;
                }
            }
        }
    }
}

/// Puts a message into words and delivers it. Returns `false` when it turned out to be for nobody.
async fn try_to_deliver(portal: &Portal, mut message: OutboxMessage, post: &Post) -> Result<bool, ServiceError> {
    let words = if message.kind == link::KIND {
        let Some(mail) = link::make(portal, &message).await? else { return Ok(false) };
        message.language = mail.language;
        account::link_words(&mail, portal.brand())
    } else if message.kind == account_request::KIND {
        let Some(mail) = account_request::make(portal, &message).await? else { return Ok(false) };
        account::confirm_words(&mail, message.language, portal.brand())
    } else if message.kind == enrol::mail::KIND {
        let Some(letter) = enrol::mail::make(portal, &message).await? else { return Ok(false) };
        case::case_words(&letter, message.language, portal.brand())
    } else if message.kind == change::KIND {
        let Some(letter) = change::make(portal, &message).await? else { return Ok(false) };
        case::change_link_words(&letter, message.language, portal.brand())
    } else if message.kind == remind::KIND {
        let Some(reminder) = remind::make(portal, &message).await? else { return Ok(false) };
        message.language = reminder.language;
        message.recipient = Some(reminder.email.clone());
        case::reminder_words(&reminder, portal.brand())
    } else if message.kind == address_change::KIND {
        let Some(mail) = address_change::mail(portal, &message).await? else { return Ok(false) };
        match mail {
            AddressMail::Link(mail) => account::link_words(&mail, portal.brand()),
            AddressMail::Taken(language) => {
                message.language = language;
                account::taken_words(language, portal.brand())
            }
        }
    } else {
        let content: Content =
            serde_json::from_str(&message.payload).map_err(|error| ServiceError::Internal(error.to_string()))?;
        in_words(&content, portal.brand(), message.language, message.recipient.is_none(), portal.reach())
    };
    let text = text_of(&message, portal.brand(), portal.reach(), &words)?;
    post.deliver(&file_name(&message), message.recipient.as_deref(), text).await?;
    Ok(true)
}
