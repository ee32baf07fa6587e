//! How messages leave: letters as files, mail by SMTP, or as files too where there is no mail server.

use std::{
    fs, io,
    io::Write,
    path::{Path, PathBuf},
    time::Duration,
};

use lettre::{
    AsyncSmtpTransport, AsyncTransport, Tokio1Executor,
    address::{Address, Envelope},
    transport::smtp::authentication::Credentials,
};
use secrecy::{ExposeSecret, SecretString};

use crate::ServiceError;

/// The longest that handing one message to the mail server may take.
const HANDED_OVER_WITHIN: Duration = Duration::from_secs(20);

/// A mail server, as it is configured.
#[derive(Clone)]
pub struct MailServer {
    /// `smtps://host[:port]`, or `smtp://host[:port]?tls=required`; without TLS only on this machine.
    pub url: String,
    /// Who signs in there, and with what, where that is asked for.
    pub credentials: Option<(String, SecretString)>,
    /// The address that mail comes from.
    pub from: String,
}

/// How messages leave. Cheap to clone.
#[derive(Clone)]
pub struct Post {
    folder: PathBuf,
    smtp: Option<Smtp>,
}

#[derive(Clone)]
struct Smtp {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Address,
}

impl Post {
    /// Everything as files in `folder`.
    pub fn files(folder: &Path) -> Self {
        Self { folder: folder.to_owned(), smtp: None }
    }

    /// Mail by way of `server`, the rest as files in `folder`. Nothing is sent to the server yet.
    ///
    /// # Errors
    /// [`ServiceError::Internal`] with words for the operator when the address of the server or the sender is none.
    pub fn smtp(folder: &Path, server: &MailServer) -> Result<Self, ServiceError> {
        let wrong = |what: &str| ServiceError::Internal(format!("{what} cannot be read"));
        let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(&server.url);
        let mut transport = transport.map_err(|_| wrong("the address of the mail server"))?;
        if let Some((user, password)) = &server.credentials {
            transport = transport.credentials(Credentials::new(user.clone(), password.expose_secret().to_owned()));
        }
        let transport = transport.timeout(Some(HANDED_OVER_WITHIN)).build();
        let from = server.from.parse().map_err(|_| wrong("the address that mail comes from"))?;
        Ok(Self { folder: folder.to_owned(), smtp: Some(Smtp { transport, from }) })
    }

    /// Delivers one message, which is mail where it has a recipient; `name` is that of its file, without the kind. A
    /// message that stands there as a file already was delivered before.
    ///
    /// # Errors
    /// [`ServiceError::Unavailable`] when it was not delivered.
    pub(super) async fn deliver(&self, name: &str, recipient: Option<&str>, text: String) -> Result<(), ServiceError> {
        if let (Some(smtp), Some(recipient)) = (&self.smtp, recipient) {
            return smtp.send(recipient, text.as_bytes()).await;
        }
        let kind = if recipient.is_some() { "eml" } else { "txt" };
        let (folder, name) = (self.folder.clone(), format!("{name}.{kind}"));
        match tokio::task::spawn_blocking(move || write(&folder, &name, &text)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => Err(ServiceError::Unavailable(error.to_string())),
            Err(error) => Err(ServiceError::Internal(format!("delivering a message: {error}"))),
        }
    }
}

impl Smtp {
    async fn send(&self, recipient: &str, mail: &[u8]) -> Result<(), ServiceError> {
        let unavailable = |what: String| ServiceError::Unavailable(what);
        let to =
            recipient.parse().map_err(|_| unavailable("the address is none that mail can be sent to".to_owned()))?;
        let envelope = Envelope::new(Some(self.from.clone()), vec![to]);
        let envelope = envelope.map_err(|_| unavailable("mail needs somebody to go to".to_owned()))?;
        match tokio::time::timeout(HANDED_OVER_WITHIN, self.transport.send_raw(&envelope, mail)).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) => Err(unavailable(format!("the mail server: {}", without_addresses(&error.to_string())))),
            Err(_) => Err(unavailable("the mail server takes too long".to_owned())),
        }
    }
}

/// What a server says may name the recipient, which belongs in no log.
fn without_addresses(text: &str) -> String {
    let word = |word: &str| if word.contains('@') { "…".to_owned() } else { word.to_owned() };
    text.split_whitespace().map(word).collect::<Vec<_>>().join(" ")
}

/// Writes one message as a file: whole or not at all, and on disk before this returns.
fn write(folder: &Path, name: &str, text: &str) -> io::Result<()> {
    crate::folder::make_private(folder)?;
    let path = folder.join(name);
    if path.exists() {
        return Ok(());
    }
    let part = folder.join(format!(".{name}.part"));
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&part)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    fs::rename(&part, &path)?;
    fs::File::open(folder)?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_server_says_is_kept_without_addresses() {
        assert_eq!(
            without_addresses("permanent error (550): <a@b.nl>: no such user"),
            "permanent error (550): … no such user"
        );
    }
}
