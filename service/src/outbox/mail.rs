//! A message as it leaves: mail (RFC 5322), or a letter where there is no address.

use collectief_data::outbox::OutboxMessage;
use sha2::{Digest, Sha256};

use super::words::Words;
use crate::{Reach, ServiceError, clock::day_of};

/// The whole message: mail where it has a recipient, else a letter.
pub(super) fn text_of(
    message: &OutboxMessage,
    brand: &str,
    reach: &Reach,
    words: &Words,
) -> Result<String, ServiceError> {
    match &message.recipient {
        Some(recipient) => mail(message, brand, reach, recipient, words),
        None => Ok(format!("{}\n\n{}\n", words.subject, words.paragraphs.join("\n\n"))),
    }
}

/// The name of a message's file, without the kind.
pub(super) fn file_name(message: &OutboxMessage) -> String {
    let hash = Sha256::digest(message.dedupe_key.as_bytes());
    let hash: String = hash.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    format!("{}-{hash}", day_of(message.created_at).format("%Y%m%d"))
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

    use collectief_domain::{actor::Language, date::Date};

    use super::{
        super::{Post, content::Content, words::in_words},
        *,
    };

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
