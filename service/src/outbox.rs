//! Messages that leave the portal. They are put in the outbox in the transaction of what they are about, and are
//! delivered from there: mail by SMTP or as files (`.eml`), letters, where there is no address, as files (`.txt`).

use std::time::Duration;

use collectief_data::outbox;
pub use collectief_data::outbox::{NewOutbox, OutboxCounts, OutboxMessage, put};
use collectief_domain::{
    actor::Language,
    date::{Date, format_dutch},
    deregistration::EndReason,
};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use tokio::time::Instant;

use crate::{
    Portal, Reach, ServiceError, account_request,
    address_change::{self, AddressMail},
    clock::day_of,
    link,
};

use account::Told;

mod account;
mod post;

pub use post::{MailServer, Post};

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

/// What a message says, before it is put into words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Content {
    /// Whoever leaves a collective contract may go on being insured on their own (D7). One for each household.
    ContinuationOffer {
        /// Everyone of the household whose participation ends, the main insured first, as shown.
        names: Vec<String>,
        /// The name of the employer or the contract that they participated through.
        contract_name: String,
        /// The contract number.
        contract_number: String,
        /// Last day of the participation.
        last_day: Date,
    },
    /// The insurer is asked for a deregistration that lies further back than the contract allows (D5).
    DeregistrationRequest {
        /// The contract number.
        contract_number: String,
        /// The relation numbers of those it is about.
        relation_numbers: Vec<String>,
        /// The last day that was asked for.
        last_day: Date,
        /// The reason that was given.
        reason: EndReason,
        /// Who asks, by name.
        asked_by: String,
    },
    /// The offer was sent, and then the deregistration was taken back (D8).
    ContinuationOfferWithdrawn {
        /// Everyone of the household who goes on participating, as shown.
        names: Vec<String>,
        /// The name of the employer or the contract.
        contract_name: String,
        /// The contract number.
        contract_number: String,
    },
    /// The password of an account was replaced.
    PasswordChanged {
        /// The day it was.
        on: Date,
    },
    /// Something happened to the second step of an account.
    SecondFactorChanged {
        /// The day it was.
        on: Date,
        /// What.
        change: SecondFactorChange,
    },
    /// Somebody asked to sign in with another address; for the address of now.
    EmailChangeAsked {
        /// The day it was.
        on: Date,
    },
    /// One signs in with another address from now on; for the address of before.
    EmailChanged {
        /// The day it was.
        on: Date,
    },
    /// Reminders go to another address from now on.
    ReminderAddressChanged {
        /// The day it was.
        on: Date,
    },
    /// The owner of an account that has a password got rights where there were none.
    AccessGranted {
        /// The contracts, as `23595 · Zorggroep De Linde`.
        contracts: Vec<String>,
        /// Who gave them, by name.
        by: String,
    },
    /// A request for an account was refused.
    AccountRefused {
        /// Name of who asked.
        name: String,
        /// The contract number that was asked about.
        contract_number: String,
        /// Why.
        reason: String,
    },
    /// The insurer was asked for a deregistration, and need not do it any more.
    DeregistrationRequestWithdrawn {
        /// The contract number.
        contract_number: String,
        /// The relation numbers of those it is about.
        relation_numbers: Vec<String>,
        /// Who asks, by name.
        asked_by: String,
    },
}

/// What happened to the second step of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SecondFactorChange {
    /// An app was set up.
    SetUp,
    /// A passkey was added.
    PasskeyAdded,
    /// A passkey was removed, and there is still a second step.
    PasskeyRemoved,
    /// It was done away with, by whoever was signed in.
    Removed,
    /// It was taken away by the helpdesk.
    Reset {
        /// Whether another password must be chosen.
        must_choose: bool,
    },
    /// There are new recovery codes.
    NewRecoveryCodes,
    /// A recovery code was used.
    RecoveryCodeUsed {
        /// How many are left.
        left: u32,
    },
}

impl SecondFactorChange {
    /// A word for it.
    pub const fn code(self) -> &'static str {
        match self {
            Self::SetUp => "set-up",
            Self::PasskeyAdded => "passkey-added",
            Self::PasskeyRemoved => "passkey-removed",
            Self::Removed => "removed",
            Self::Reset { .. } => "reset",
            Self::NewRecoveryCodes => "new-recovery-codes",
            Self::RecoveryCodeUsed { .. } => "recovery-code-used",
        }
    }
}

impl Content {
    /// The stored word for the kind of message.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::ContinuationOffer { .. } => "continuation_offer",
            Self::DeregistrationRequest { .. } => "deregistration_request",
            Self::ContinuationOfferWithdrawn { .. } => "continuation_offer_withdrawn",
            Self::DeregistrationRequestWithdrawn { .. } => "deregistration_request_withdrawn",
            Self::PasswordChanged { .. } => "password_changed",
            Self::SecondFactorChanged { .. } => "second_factor_changed",
            Self::AccessGranted { .. } => "access_granted",
            Self::AccountRefused { .. } => "account_refused",
            Self::EmailChangeAsked { .. } => "email_change_asked",
            Self::EmailChanged { .. } => "email_changed",
            Self::ReminderAddressChanged { .. } => "reminder_address_changed",
        }
    }

    /// The message to put in the outbox. `recipient` is an e-mail address; without one it becomes a letter.
    ///
    /// # Errors
    /// [`ServiceError::Internal`] when it cannot be written as JSON.
    pub fn message(
        &self,
        dedupe_key: String,
        recipient: Option<String>,
        language: Language,
        now: i64,
    ) -> Result<NewOutbox, ServiceError> {
        let payload = serde_json::to_string(self).map_err(|error| ServiceError::Internal(error.to_string()))?;
        Ok(NewOutbox { kind: self.kind(), dedupe_key, recipient, language, payload, now })
    }
}

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
            if [link::KIND, account_request::KIND, address_change::KIND].contains(&message.kind.as_str())
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

/// The whole message: mail where it has a recipient, else a letter.
fn text_of(message: &OutboxMessage, brand: &str, reach: &Reach, words: &Words) -> Result<String, ServiceError> {
    match &message.recipient {
        Some(recipient) => mail(message, brand, reach, recipient, words),
        None => Ok(format!("{}\n\n{}\n", words.subject, words.paragraphs.join("\n\n"))),
    }
}

/// The name of a message's file, without the kind.
fn file_name(message: &OutboxMessage) -> String {
    let hash = Sha256::digest(message.dedupe_key.as_bytes());
    let hash: String = hash.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    format!("{}-{hash}", day_of(message.created_at).format("%Y%m%d"))
}

/// A message in words: plain paragraphs, from which both the text and the HTML are made.
struct Words {
    subject: String,
    paragraphs: Vec<String>,
    /// The paragraph that is an address, to be clicked in HTML.
    link: Option<String>,
}

fn in_words(content: &Content, brand: &str, language: Language, letter: bool, reach: &Reach) -> Words {
    match (content, language) {
        (Content::PasswordChanged { on }, language) => {
            account::told_words(Told::PasswordChanged, *on, language, brand, reach)
        }
        (Content::EmailChangeAsked { on }, language) => {
            account::told_words(Told::EmailChangeAsked, *on, language, brand, reach)
        }
        (Content::EmailChanged { on }, language) => {
            account::told_words(Told::EmailChanged, *on, language, brand, reach)
        }
        (Content::ReminderAddressChanged { on }, language) => {
            account::told_words(Told::RemindersChanged, *on, language, brand, reach)
        }
        (Content::SecondFactorChanged { on, change }, language) => {
            account::second_factor_words(*on, *change, language, brand, reach)
        }
        (Content::AccessGranted { contracts, by }, language) => {
            account::granted_words(contracts, by, language, brand, reach)
        }
        (Content::AccountRefused { name, contract_number, reason }, language) => {
            account::refused_words(name, contract_number, reason, language, brand, reach)
        }
        (Content::ContinuationOffer { names, contract_name, contract_number, last_day }, language) => {
            let household = names.join(", ");
            let first = names.first().map_or("", String::as_str);
            let (last, next) = (format_dutch(*last_day), format_dutch(last_day.succ_opt().unwrap_or(*last_day)));
            match language {
                Language::Nl => Words {
                    subject: "Uw zorgverzekering zelf voortzetten".to_owned(),
                    paragraphs: vec![
                        format!("Beste {first},"),
                        format!(
                            "Uw deelname aan de collectieve zorgverzekering van {contract_name} (contract \
                             {contract_number}) stopt. De laatste dag is {last}."
                        ),
                        format!("Dit geldt voor: {household}."),
                        format!(
                            "U kunt uw zorgverzekering vanaf {next} zelf voortzetten, zonder onderbreking. {} Doet u \
                             niets, dan houdt u uw verzekering zonder de voordelen van het collectief.",
                            if letter {
                                "Neem daarvoor contact met ons op."
                            } else {
                                "Antwoord daarvoor op dit bericht."
                            }
                        ),
                        format!("Met vriendelijke groet,\n{brand}"),
                    ],
                    link: None,
                },
                Language::En => Words {
                    subject: "Continue your health insurance on your own".to_owned(),
                    paragraphs: vec![
                        format!("Dear {first},"),
                        format!(
                            "Your participation in the collective health insurance of {contract_name} (contract \
                             {contract_number}) ends. The last day is {last}."
                        ),
                        format!("This concerns: {household}."),
                        format!(
                            "You can continue your health insurance on your own from {next}, without a gap. {} If you \
                             do nothing, you keep your insurance without the benefits of the collective contract.",
                            if letter {
                                "Please contact us for this."
                            } else {
                                "Please reply to this message for this."
                            }
                        ),
                        format!("Kind regards,\n{brand}"),
                    ],
                    link: None,
                },
            }
        }
        (Content::DeregistrationRequest { contract_number, relation_numbers, last_day, reason, asked_by }, _) => {
            Words {
                subject: format!("Verzoek om afmelding met terugwerkende kracht, contract {contract_number}"),
                paragraphs: vec![
                    format!(
                        "{asked_by} vraagt om deelnemers van contract {contract_number} af te melden per {} (reden: {}). \
                     Die datum ligt verder terug dan de werkgever zelf mag afmelden.",
                        format_dutch(*last_day),
                        reason_in_dutch(*reason)
                    ),
                    format!("Relatienummers: {}.", relation_numbers.join(", ")),
                    brand.to_owned(),
                ],
                link: None,
            }
        }
        (Content::ContinuationOfferWithdrawn { names, contract_name, contract_number }, language) => {
            let household = names.join(", ");
            let first = names.first().map_or("", String::as_str);
            match language {
                Language::Nl => Words {
                    subject: "Uw deelname aan de collectieve zorgverzekering loopt door".to_owned(),
                    paragraphs: vec![
                        format!("Beste {first},"),
                        format!(
                            "U kreeg bericht dat uw deelname aan de collectieve zorgverzekering van {contract_name} \
                             (contract {contract_number}) stopt. Dat is teruggedraaid: de deelname loopt door. U hoeft \
                             niets te doen."
                        ),
                        format!("Dit geldt voor: {household}."),
                        format!("Met vriendelijke groet,\n{brand}"),
                    ],
                    link: None,
                },
                Language::En => Words {
                    subject: "Your collective health insurance goes on".to_owned(),
                    paragraphs: vec![
                        format!("Dear {first},"),
                        format!(
                            "We told you that your participation in the collective health insurance of \
                             {contract_name} (contract {contract_number}) would end. That was taken back: it goes on. \
                             You need not do anything."
                        ),
                        format!("This concerns: {household}."),
                        format!("Kind regards,\n{brand}"),
                    ],
                    link: None,
                },
            }
        }
        (Content::DeregistrationRequestWithdrawn { contract_number, relation_numbers, asked_by }, _) => Words {
            subject: format!("Verzoek om afmelding ingetrokken, contract {contract_number}"),
            paragraphs: vec![
                format!("{asked_by} trekt het verzoek in om deelnemers van contract {contract_number} af te melden."),
                format!("Relatienummers: {}.", relation_numbers.join(", ")),
                brand.to_owned(),
            ],
            link: None,
        },
    }
}

/// The reason as the insurer's staff know it.
const fn reason_in_dutch(reason: EndReason) -> &'static str {
    match reason {
        EndReason::EindeCollectiviteit => "Einde collectiviteit",
        EndReason::Overleden => "Overleden",
        EndReason::EindeDienstverband => "Einde dienstverband",
        EndReason::EindeDienstverbandObu => "Einde dienstverband OBU",
        EndReason::EindeDienstverbandWia => "Einde dienstverband WIA",
    }
}

/// What mail comes from while nobody said so; it is written to files only.
const NO_ADDRESS: &str = "niet-beantwoorden@collectief.invalid";

/// The message as mail (RFC 5322), with the same words as text and as HTML.
fn mail(
    message: &OutboxMessage,
    brand: &str,
    reach: &Reach,
    recipient: &str,
    words: &Words,
) -> Result<String, ServiceError> {
    if recipient.chars().any(|c| c.is_control() || c.is_whitespace() || matches!(c, '<' | '>' | ',' | ';')) {
        return Err(ServiceError::Unavailable("the address holds a character that no address has".to_owned()));
    }
    let hash = Sha256::digest(message.dedupe_key.as_bytes());
    let id: String = hash.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    let boundary = format!("=_{id}");
    let from = reach.mail_from.as_deref().unwrap_or(NO_ADDRESS);
    let domain = from.rsplit_once('@').map_or(from, |(_, domain)| domain);
    let date = chrono::DateTime::from_timestamp_millis(message.created_at).unwrap_or_default().to_rfc2822();
    let text = words.paragraphs.join("\n\n");
    let in_html = |paragraph: &String| match &words.link {
        Some(link) if link == paragraph => format!("<p><a href=\"{0}\">{0}</a></p>\n", escaped(link)),
        _ => format!("<p>{}</p>\n", escaped(paragraph).replace('\n', "<br>\n")),
    };
    let paragraphs: String = words.paragraphs.iter().map(in_html).collect();
    let html = format!(
        "<!doctype html>\n<html lang=\"{}\">\n<head><meta charset=\"utf-8\"><title>{}</title></head>\n<body>\n\
         {paragraphs}</body>\n</html>\n",
        message.language.tag(),
        escaped(&words.subject)
    );
    let mail = format!(
        "Date: {date}\nFrom: {} <{from}>\nTo: <{recipient}>\nSubject: {}\n\
         Message-ID: <{id}@{domain}>\nContent-Language: {}\nMIME-Version: 1.0\n\
         Content-Type: multipart/alternative; boundary=\"{boundary}\"\n\n\
         --{boundary}\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n{text}\n\n\
         --{boundary}\nContent-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n{html}\n\
         --{boundary}--\n",
        header_word(brand),
        header_word(&words.subject),
        message.language.tag(),
    );
    Ok(mail.replace('\r', "").replace('\n', "\r\n"))
}

/// Text for a header: one that cannot become a second header, whatever it holds (RFC 2047).
fn header_word(text: &str) -> String {
    use base64::{Engine, engine::general_purpose::STANDARD};
    if text.chars().all(|c| c.is_ascii_alphanumeric() || c == ' ' || c == '-') {
        return text.to_owned();
    }
    // An encoded word has at most 75 characters, so that 45 bytes go into one; they are joined again by the reader.
    let mut words = Vec::new();
    let mut word = String::new();
    for character in text.chars().map(|c| if c.is_control() { ' ' } else { c }) {
        if word.len() + character.len_utf8() > 45 {
            words.push(std::mem::take(&mut word));
        }
        word.push(character);
    }
    words.push(word);
    let words: Vec<String> = words.iter().map(|word| format!("=?utf-8?B?{}?=", STANDARD.encode(word))).collect();
    words.join("\n ")
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use std::{fs, path::Path};

    use super::*;

    fn offer(recipient: Option<&str>, name: &str) -> OutboxMessage {
        let content = Content::ContinuationOffer {
            names: vec![name.to_owned(), "B. Janse".to_owned()],
            contract_name: "Zorggroep De Linde".to_owned(),
            contract_number: "23595".to_owned(),
            last_day: Date::from_ymd_opt(2026, 10, 31).unwrap(),
        };
        let new = content.message("offer:1".to_owned(), recipient.map(str::to_owned), Language::Nl, 0).unwrap();
        OutboxMessage {
            id: 1,
            kind: new.kind.to_owned(),
            dedupe_key: new.dedupe_key,
            recipient: new.recipient,
            language: new.language,
            payload: new.payload,
            attempts: 0,
            created_at: 1_793_000_000_000,
        }
    }

    async fn write(message: &OutboxMessage, brand: &str, folder: &Path) -> Result<(), ServiceError> {
        let content = serde_json::from_str(&message.payload).unwrap();
        let reach = Reach::default();
        let words = in_words(&content, brand, message.language, message.recipient.is_none(), &reach);
        let text = text_of(message, brand, &reach, &words)?;
        Post::files(folder).deliver(&file_name(message), message.recipient.as_deref(), text).await
    }

    fn files(folder: &Path) -> Vec<String> {
        fs::read_dir(folder).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap()).collect()
    }

    #[tokio::test]
    async fn a_message_is_one_file_however_often_it_is_delivered() {
        let folder = tempfile::tempdir().unwrap();
        let message = offer(Some("janse@example.org"), "A.J. Janse");
        write(&message, "Collectief", folder.path()).await.unwrap();
        write(&message, "Collectief", folder.path()).await.unwrap();
        let names = files(folder.path());
        assert_eq!(names.len(), 1);
        let mail = fs::read_to_string(folder.path().join(&names[0])).unwrap();
        assert!(mail.contains("To: <janse@example.org>\r\n"));
        assert!(mail.contains("De laatste dag is 31-10-2026."));
        assert!(mail.contains("vanaf 01-11-2026 zelf"));
    }

    #[tokio::test]
    async fn without_an_address_it_is_a_letter() {
        let folder = tempfile::tempdir().unwrap();
        write(&offer(None, "A.J. Janse"), "Collectief", folder.path()).await.unwrap();
        assert!(files(folder.path())[0].ends_with(".txt"));
    }

    // asvs = "1.2.1, 1.3.11"
    #[tokio::test]
    async fn names_and_addresses_make_no_headers_and_no_tags() {
        let folder = tempfile::tempdir().unwrap();
        let message = offer(Some("a@b"), "<script>\r\nBcc: x@y");
        write(&message, "Zorg & Zo\r\nBcc: x@y", folder.path()).await.unwrap();
        let mail = fs::read_to_string(folder.path().join(&files(folder.path())[0])).unwrap();
        let (head, body) = mail.split_once("\r\n\r\n").unwrap();
        assert!(!head.contains("Bcc"));
        assert!(body.contains("&lt;script&gt;"));
        assert_eq!(head.matches("\r\nTo: ").count(), 1);
        assert!(write(&offer(Some("a@b\r\nBcc: x@y"), "A"), "Collectief", folder.path()).await.is_err());
    }

    #[test]
    fn long_and_foreign_words_are_encoded_for_a_header() {
        assert_eq!(header_word("Uw zorgverzekering"), "Uw zorgverzekering");
        let long = header_word(&"é".repeat(60));
        assert!(long.lines().all(|line| line.len() <= 76), "{long}");
    }
}
