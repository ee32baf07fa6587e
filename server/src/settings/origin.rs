//! The address of the portal, as browsers write it.

use std::{net::SocketAddr, str::FromStr};

/// Scheme, host and port, as a browser writes them in `Origin`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin(String);

impl Origin {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is reached over TLS.
    pub fn is_https(&self) -> bool {
        self.0.starts_with("https://")
    }

    /// Host and port, without the scheme.
    pub fn authority(&self) -> &str {
        self.0.split_once("://").map_or("", |(_, authority)| authority)
    }

    /// The origin of a server without TLS that listens there.
    pub fn of(listen: SocketAddr) -> Self {
        Self(format!("http://{listen}"))
    }

    /// As [`of`](Self::of), by the name that every browser has for its own machine, where it is reached by that: cookies
    /// are safe there without TLS, and passkeys are kept for names only.
    pub fn named(listen: SocketAddr) -> Self {
        match listen.port() {
            _ if !listen.ip().is_loopback() => Self::of(listen),
            80 => Self("http://localhost".to_owned()),
            port => Self(format!("http://localhost:{port}")),
        }
    }
}

impl FromStr for Origin {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let text = text.trim_end_matches('/').to_ascii_lowercase();
        let authority = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://")).ok_or(())?;
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':' | '[' | ']');
        if authority.is_empty() || !authority.chars().all(plain) {
            return Err(());
        }
        // Browsers leave out the port that goes without saying.
        let usual = if text.starts_with("https://") { ":443" } else { ":80" };
        Ok(Self(text.strip_suffix(usual).map_or(text.clone(), str::to_owned)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins_are_written_as_browsers_do() {
        let origin = |text: &str| text.parse::<Origin>().map(|origin| origin.0);
        assert_eq!(origin("https://Portal.Example.org:443/"), Ok("https://portal.example.org".to_owned()));
        assert_eq!(origin("http://[::1]:3000"), Ok("http://[::1]:3000".to_owned()));
        assert_eq!(origin("https://portal.example.org/pad"), Err(()));
        assert_eq!(origin("portal.example.org"), Err(()));
        let named = |listen: &str| listen.parse().map(|listen| Origin::named(listen).0).unwrap();
        assert_eq!(named("127.0.0.1:3000"), "http://localhost:3000");
        assert_eq!(named("127.0.0.1:80"), "http://localhost");
        assert_eq!(named("[::1]:3000"), "http://localhost:3000");
        assert_eq!(named("192.0.2.1:3000"), "http://192.0.2.1:3000");
    }
}
