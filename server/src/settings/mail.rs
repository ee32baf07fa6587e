//! The settings of mail, which belong together.

use collectief_domain::account::check_email;
use collectief_service::outbox::MailServer;
use secrecy::SecretString;

use super::{Given, SettingsError};

impl Given {
    /// The mail server, if one was named. What goes with it makes no sense alone.
    pub(super) fn mail(&self, password: Option<SecretString>) -> Result<Option<MailServer>, SettingsError> {
        let url = self.parsed(
            "mail_server",
            "smtps://host[:port], or smtp://host[:port]?tls=required; without TLS on this machine only, and without a name \
             or a password in it",
            |text| is_mail_server(text).then(|| text.to_owned()),
        )?;
        let from =
            self.parsed("mail_from", "an e-mail address", |text| check_email(text).is_ok().then(|| text.to_owned()))?;
        let file = self.parsed("mail_password_file", "a file that can be read", |file| {
            std::fs::read_to_string(file).ok().map(|text| SecretString::from(text.trim_end_matches(['\r', '\n'])))
        })?;
        let missing = |name: &'static str, wanted| {
            let place = format!("the setting {name}");
            SettingsError::Value { place, text: String::new(), wanted }
        };
        let Some(url) = url else {
            return match ["mail_from", "mail_user", "mail_password_file"].iter().find(|name| self.text(name).is_some())
            {
                Some(_) => Err(missing("mail_server", "the mail server that the other mail settings are for")),
                None => Ok(None),
            };
        };
        let from = from.ok_or_else(|| missing("mail_from", "the address that mail comes from"))?;
        let credentials = match (self.text("mail_user"), file.or(password)) {
            (Some(user), Some(password)) => Some((user.to_owned(), password)),
            (None, None) => None,
            (Some(_), None) => {
                return Err(missing(
                    "mail_password_file",
                    "the password that goes with mail_user, or COLLECTIEF_MAIL_PASSWORD",
                ));
            }
            (None, Some(_)) => return Err(missing("mail_user", "the name that goes with the mail password")),
        };
        Ok(Some(MailServer { url, credentials, from }))
    }
}

/// Whether this is the address of a mail server to which nothing goes in the clear. A password belongs in a file.
fn is_mail_server(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once("://") else { return false };
    let (place, query) = rest.split_once('?').unwrap_or((rest, ""));
    if place.is_empty() || place.contains(['@', '/']) || !text.chars().all(|c| c.is_ascii_graphic()) {
        return false;
    }
    let port = place.rfind(':').filter(|at| !place[*at..].contains(']'));
    let host = &place[..port.unwrap_or(place.len())];
    match (scheme, query) {
        ("smtps", "") | ("smtp", "tls=required") => true,
        ("smtp", "") => ["localhost", "127.0.0.1", "[::1]"].contains(&host),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use crate::settings::tests::read;

    // asvs = "12.2.1"
    #[test]
    fn a_mail_server_is_whole_and_encrypted_or_is_refused() {
        let with = |lines: &str, environment: &[(&str, &str)]| {
            read(None, environment, lines)
                .map(|settings| settings.mail.map(|mail| (mail.url, mail.credentials.is_some())))
        };
        let from = "mail_from = \"portaal@voorbeeld.example\"";
        for url in [
            "smtps://mail.example.org",
            "smtps://mail.example.org:465",
            "smtp://mail.example.org:587?tls=required",
            "smtp://127.0.0.1:2525",
            "smtp://localhost",
            "smtp://[::1]:25",
        ] {
            let found = with(&format!("mail_server = \"{url}\"\n{from}"), &[]);
            assert_eq!(found, Ok(Some((url.to_owned(), false))));
        }
        for url in [
            "mail.example.org",
            "http://mail.example.org",
            "smtp://mail.example.org",
            "smtp://mail.example.org?tls=opportunistic",
            "smtp://localhost.example.org",
            "smtps://user:secret@mail.example.org",
            "smtps://",
        ] {
            let error = with(&format!("mail_server = \"{url}\"\n{from}"), &[]).unwrap_err();
            assert!(error.contains("mail_server") && !error.contains("secret"), "{url}: {error}");
        }
        let server = "mail_server = \"smtps://mail.example.org\"";
        assert!(with(server, &[]).unwrap_err().contains("mail_from"));
        assert!(with(from, &[]).unwrap_err().contains("mail_server"));
        let user = format!("{server}\n{from}\nmail_user = \"portaal\"");
        assert!(with(&user, &[]).unwrap_err().contains("mail_password_file"));
        let password = [("COLLECTIEF_MAIL_PASSWORD", "geheim")];
        assert_eq!(with(&user, &password), Ok(Some(("smtps://mail.example.org".to_owned(), true))));
        assert!(with(&format!("{server}\n{from}"), &password).unwrap_err().contains("mail_user"));
        assert_eq!(with("", &[]), Ok(None));
    }
}
