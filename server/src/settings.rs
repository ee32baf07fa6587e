//! Configuration: options of the command line, environment variables `COLLECTIEF_…`, a file, defaults, in that order.
//! Whatever is wrong in it stops the program at the start, with a message that says where it stands.

use std::{
    collections::BTreeMap,
    fmt,
    net::{IpAddr, SocketAddr},
    path::{Path, PathBuf},
    str::FromStr,
};

use collectief_domain::{
    account::check_email,
    date::{Date, parse_typed_date},
};
use collectief_service::{Limits, outbox::MailServer};
use secrecy::SecretString;

/// Options that every command has.
#[derive(Debug, Default, Clone, clap::Args)]
pub struct CommonOptions {
    /// Folder for the database, keys, and messages that are delivered as files [default: collectief-data]
    #[arg(long, global = true, value_name = "DIR")]
    pub data: Option<String>,
    /// PostgreSQL database, as postgres://user:password@host/name [default: SQLite in the data folder]
    #[arg(long, global = true, value_name = "URL")]
    pub database_url: Option<String>,
    /// Most connections to the database [default: 8]
    #[arg(long, global = true, value_name = "NUMBER")]
    pub connections: Option<String>,
    /// Configuration file [default: collectief.toml in the data folder, if it is there]
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<String>,
    /// File with the keys that protect BSNs [default: keys.toml in the data folder, made at the first start]
    #[arg(long, global = true, value_name = "FILE")]
    pub keys_file: Option<String>,
    /// The day it is, for demonstrations and tests [default: today]
    #[arg(long, global = true, value_name = "DATE")]
    pub today: Option<String>,
    /// What is logged, as in RUST_LOG [default: info]
    #[arg(long, global = true, value_name = "FILTER")]
    pub log: Option<String>,
    /// How it is logged: text or json [default: text]
    #[arg(long, global = true, value_name = "FORMAT")]
    pub log_format: Option<String>,
}

/// Options of `serve`.
#[derive(Debug, Default, Clone, clap::Args)]
pub struct ServeOptions {
    /// Address and port to listen on [default: 127.0.0.1:3000]
    #[arg(long, value_name = "ADDRESS:PORT")]
    pub listen: Option<String>,
    /// Address of the portal as browsers know it, as https://portal.example.org; links in mail begin with it [default: http:// and what is listened on; then, but for a demonstration, links wait to be mailed]
    #[arg(long, value_name = "ORIGIN")]
    pub origin: Option<String>,
    /// Address and port for /metrics [default: none]
    #[arg(long, value_name = "ADDRESS:PORT")]
    pub metrics_listen: Option<String>,
    /// Load and show the demonstration
    #[arg(long)]
    pub demo: bool,
    /// Name of the portal [default: Collectief]
    #[arg(long, value_name = "NAME")]
    pub brand: Option<String>,
    /// Where security problems can be reported, as a mailto: or https: address, for security.txt
    #[arg(long, value_name = "ADDRESS")]
    pub security_contact: Option<String>,
    /// Where people who are stuck can turn to: an e-mail address or a telephone number, as it is shown
    #[arg(long, value_name = "TEXT")]
    pub help_desk: Option<String>,
    /// Minutes without use after which a session ends [default: 30]
    #[arg(long, value_name = "MINUTES")]
    pub idle_minutes: Option<String>,
    /// Hours after which a session ends in any case [default: 10]
    #[arg(long, value_name = "HOURS")]
    pub session_hours: Option<String>,
    /// Wrong passwords from one client address in fifteen minutes before it must wait [default: 100]
    #[arg(long, value_name = "NUMBER")]
    pub failures_per_client: Option<String>,
    /// Mailed links that one client address may ask for in an hour before it must wait [default: 20]
    #[arg(long, value_name = "NUMBER")]
    pub links_per_client: Option<String>,
    /// Mail server, as smtps://mail.example.org or smtp://mail.example.org?tls=required [default: mail is written to files]
    #[arg(long, value_name = "URL")]
    pub mail_server: Option<String>,
    /// Address that mail comes from
    #[arg(long, value_name = "ADDRESS")]
    pub mail_from: Option<String>,
    /// Name to sign in to the mail server with; the password is in --mail-password-file or COLLECTIEF_MAIL_PASSWORD
    #[arg(long, value_name = "NAME")]
    pub mail_user: Option<String>,
    /// File with the password for the mail server
    #[arg(long, value_name = "FILE")]
    pub mail_password_file: Option<String>,
    /// Addresses of proxies whose X-Forwarded-For is believed, separated by commas [default: none]
    #[arg(long, value_name = "ADDRESSES")]
    pub trusted_proxies: Option<String>,
    /// Seconds after which a request is given up [default: 30]
    #[arg(long, value_name = "SECONDS")]
    pub request_seconds: Option<String>,
}

/// How the log is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// Lines for people.
    Text,
    /// One JSON object per line.
    Json,
}

/// The configuration: everything is known to be right.
#[derive(Clone)]
pub struct Settings {
    /// Folder for the database, keys and delivered messages.
    pub data: PathBuf,
    /// PostgreSQL; `None` is SQLite in the data folder.
    pub database_url: Option<String>,
    /// Most connections to the database.
    pub connections: u32,
    /// The file with the keys.
    pub keys_file: PathBuf,
    /// Whether that file was named, so that it must be there.
    pub keys_file_given: bool,
    /// The content of a keys file, where it came through the environment.
    pub keys: Option<String>,
    /// The mail server; `None` writes mail to files.
    pub mail: Option<MailServer>,
    /// The day it is, if set.
    pub today: Option<Date>,
    /// What is logged.
    pub log: String,
    /// How it is logged.
    pub log_format: LogFormat,
    /// Where to listen.
    pub listen: SocketAddr,
    /// The origin that browsers know the portal by, if set.
    pub origin: Option<Origin>,
    /// Where to serve metrics.
    pub metrics_listen: Option<SocketAddr>,
    /// Whether this is the demonstration.
    pub demo: bool,
    /// Name of the portal.
    pub brand: String,
    /// Where security problems can be reported.
    pub security_contact: Option<String>,
    /// Where people who are stuck can turn to.
    pub help_desk: Option<String>,
    /// Limits of sessions and of signing in.
    pub limits: Limits,
    /// Proxies that are believed.
    pub trusted_proxies: Vec<IpAddr>,
    /// Seconds after which a request is given up.
    pub request_seconds: u64,
}

impl Settings {
    /// The address of the portal as it stands in mail. Without the setting `origin` only the demonstration has one:
    /// what is listened on may be behind a proxy, and a link to it would lead nowhere.
    pub fn public_address(&self) -> Option<Origin> {
        self.origin.clone().or_else(|| self.demo.then(|| Origin::of(self.listen)))
    }
}

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

/// Where a setting was given.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Source {
    Option,
    Environment,
    File(PathBuf),
}

/// What is wrong with the configuration.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum SettingsError {
    /// A value that cannot be.
    #[error("{place}: {text:?} is not {wanted}")]
    Value {
        /// Where it stands.
        place: String,
        /// What stands there.
        text: String,
        /// What should.
        wanted: &'static str,
    },
    /// A name that means nothing.
    #[error("{place} is not a setting; known are: {known}")]
    Unknown {
        /// Where it stands.
        place: String,
        /// Those that mean something.
        known: String,
    },
    /// The file cannot be read.
    #[error("the configuration file {file} cannot be read: {reason}")]
    File {
        /// Which.
        file: String,
        /// Why.
        reason: String,
    },
}

/// Every setting, as the file names it. Options and variables follow from it: `--idle-minutes`,
/// `COLLECTIEF_IDLE_MINUTES`.
const NAMES: [&str; 25] = [
    "data",
    "database_url",
    "connections",
    "keys_file",
    "today",
    "log",
    "log_format",
    "listen",
    "origin",
    "metrics_listen",
    "demo",
    "brand",
    "security_contact",
    "help_desk",
    "idle_minutes",
    "session_hours",
    "failures_per_client",
    "links_per_client",
    "mail_server",
    "mail_from",
    "mail_user",
    "mail_password_file",
    "trusted_proxies",
    "request_seconds",
    "config",
];

/// Variables of ours that are no setting: what commands read by themselves.
const OTHER_VARIABLES: [&str; 6] = [
    "COLLECTIEF_EMAIL",
    "COLLECTIEF_NAME",
    "COLLECTIEF_CONTRACT",
    "COLLECTIEF_ALL_CONTRACTS",
    "COLLECTIEF_ROLE",
    "COLLECTIEF_SITE",
];

/// Secrets, which belong in no file of settings.
const KEYS_VARIABLE: &str = "COLLECTIEF_KEYS";
const MAIL_PASSWORD_VARIABLE: &str = "COLLECTIEF_MAIL_PASSWORD";

/// Secrets that came through the environment.
#[derive(Default)]
struct Secrets {
    keys: Option<String>,
    mail_password: Option<SecretString>,
}

/// Variables that belong to tests and measurements.
const OTHER_PREFIXES: [&str; 3] = ["COLLECTIEF_TEST_", "COLLECTIEF_BENCH_", "COLLECTIEF_XTASK_"];

struct Given {
    values: BTreeMap<&'static str, (String, Source)>,
}

impl Settings {
    /// Reads the configuration. `environment` is all of it, other programs' variables included.
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub fn read(
        common: &CommonOptions,
        serve: &ServeOptions,
        environment: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, SettingsError> {
        let mut given = Given { values: BTreeMap::new() };
        let mut secrets = Secrets::default();
        for (variable, value) in environment {
            let Some(name) = variable.strip_prefix("COLLECTIEF_") else { continue };
            match variable.as_str() {
                KEYS_VARIABLE => {
                    secrets.keys = Some(value);
                    continue;
                }
                MAIL_PASSWORD_VARIABLE => {
                    secrets.mail_password = Some(value.into());
                    continue;
                }
                other if OTHER_VARIABLES.contains(&other) => continue,
                _ => {}
            }
            match NAMES.iter().find(|known| known.to_uppercase() == name) {
                Some(name) => {
                    given.values.insert(name, (value, Source::Environment));
                }
                None if OTHER_PREFIXES.iter().any(|prefix| variable.starts_with(prefix)) => {}
                None => {
                    let known = NAMES.map(|name| format!("COLLECTIEF_{}", name.to_uppercase())).join(", ");
                    return Err(SettingsError::Unknown { place: format!("the variable {variable}"), known });
                }
            }
        }
        let options: [(&'static str, Option<&String>); 24] = [
            ("data", common.data.as_ref()),
            ("database_url", common.database_url.as_ref()),
            ("connections", common.connections.as_ref()),
            ("config", common.config.as_ref()),
            ("keys_file", common.keys_file.as_ref()),
            ("today", common.today.as_ref()),
            ("log", common.log.as_ref()),
            ("log_format", common.log_format.as_ref()),
            ("listen", serve.listen.as_ref()),
            ("origin", serve.origin.as_ref()),
            ("metrics_listen", serve.metrics_listen.as_ref()),
            ("brand", serve.brand.as_ref()),
            ("security_contact", serve.security_contact.as_ref()),
            ("help_desk", serve.help_desk.as_ref()),
            ("idle_minutes", serve.idle_minutes.as_ref()),
            ("session_hours", serve.session_hours.as_ref()),
            ("failures_per_client", serve.failures_per_client.as_ref()),
            ("links_per_client", serve.links_per_client.as_ref()),
            ("mail_server", serve.mail_server.as_ref()),
            ("mail_from", serve.mail_from.as_ref()),
            ("mail_user", serve.mail_user.as_ref()),
            ("mail_password_file", serve.mail_password_file.as_ref()),
            ("trusted_proxies", serve.trusted_proxies.as_ref()),
            ("request_seconds", serve.request_seconds.as_ref()),
        ];
        for (name, value) in options {
            if let Some(value) = value {
                given.values.insert(name, (value.clone(), Source::Option));
            }
        }
        if serve.demo {
            given.values.insert("demo", ("true".to_owned(), Source::Option));
        }
        given.add_file()?;
        given.settings(secrets)
    }
}

impl Given {
    /// Adds what stands in the configuration file and was not given otherwise.
    fn add_file(&mut self) -> Result<(), SettingsError> {
        let data = self.values.get("data").map_or(DEFAULT_DATA, |(data, _)| data);
        let (file, must_exist) = match self.values.get("config") {
            Some((file, _)) => (PathBuf::from(file), true),
            None => (Path::new(data).join("collectief.toml"), false),
        };
        let failed = |reason: String| SettingsError::File { file: file.display().to_string(), reason };
        let text = match std::fs::read_to_string(&file) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound && !must_exist => return Ok(()),
            Err(error) => return Err(failed(error.to_string())),
        };
        let table: toml::Table = text.parse().map_err(|error: toml::de::Error| failed(error.message().to_owned()))?;
        for (name, value) in table {
            let Some(known) = NAMES.iter().find(|known| **known == name && name != "config") else {
                let known = NAMES.iter().filter(|known| **known != "config").copied().collect::<Vec<_>>().join(", ");
                return Err(SettingsError::Unknown { place: format!("{name} in {}", file.display()), known });
            };
            let text = as_text(&value).ok_or_else(|| SettingsError::Value {
                place: format!("{name} in {}", file.display()),
                text: value.to_string(),
                wanted: "a text, a number, true, false, or a list of texts",
            })?;
            self.values.entry(known).or_insert((text, Source::File(file.clone())));
        }
        Ok(())
    }

    /// The mail server, if one was named. What goes with it makes no sense alone.
    fn mail(&self, password: Option<SecretString>) -> Result<Option<MailServer>, SettingsError> {
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

    fn settings(self, secrets: Secrets) -> Result<Settings, SettingsError> {
        let mail = self.mail(secrets.mail_password)?;
        let data = PathBuf::from(self.text("data").unwrap_or(DEFAULT_DATA));
        let keys_file = self.text("keys_file").map(PathBuf::from);
        let limits = Limits::default();
        let idle = self.parsed("idle_minutes", "a number of minutes from 1 to 1440", |text| {
            text.parse::<u32>().ok().filter(|minutes| (1..=1440).contains(minutes))
        })?;
        let absolute = self.parsed("session_hours", "a number of hours from 1 to 168", |text| {
            text.parse::<u32>().ok().filter(|hours| (1..=168).contains(hours))
        })?;
        let failures = self.parsed("failures_per_client", "a number from 1", |text| {
            text.parse::<u32>().ok().filter(|failures| *failures > 0)
        })?;
        let links = self.parsed("links_per_client", "a number from 1", |text| {
            text.parse::<u32>().ok().filter(|links| *links > 0)
        })?;
        let address = |text: &str| text.parse::<SocketAddr>().ok();
        Ok(Settings {
            database_url: self.parsed(
                "database_url",
                "a PostgreSQL URL, as postgres://user:password@host/name",
                |text| (text.starts_with("postgres://") || text.starts_with("postgresql://")).then(|| text.to_owned()),
            )?,
            connections: self
                .parsed("connections", "a number from 1 to 1000", |text| {
                    text.parse().ok().filter(|number| (1..=1000).contains(number))
                })?
                .unwrap_or(8),
            keys_file_given: keys_file.is_some(),
            keys_file: keys_file.unwrap_or_else(|| data.join("keys.toml")),
            keys: secrets.keys,
            mail,
            today: self.parsed("today", "a date, as 2026-11-01", |text| parse_typed_date(text).ok())?,
            log: self.text("log").unwrap_or("info").to_owned(),
            log_format: self
                .parsed("log_format", "text or json", |text| match text {
                    "text" => Some(LogFormat::Text),
                    "json" => Some(LogFormat::Json),
                    _ => None,
                })?
                .unwrap_or(LogFormat::Text),
            listen: self
                .parsed("listen", "an address and a port, as 127.0.0.1:3000", address)?
                .unwrap_or_else(|| SocketAddr::from(([127, 0, 0, 1], 3000))),
            origin: self
                .parsed("origin", "a scheme, host and port, as https://portal.example.org", |text| text.parse().ok())?,
            metrics_listen: self.parsed("metrics_listen", "an address and a port, as 127.0.0.1:9000", address)?,
            demo: self
                .parsed("demo", "true or false", |text| match text {
                    "true" | "1" | "yes" => Some(true),
                    "false" | "0" | "no" | "" => Some(false),
                    _ => None,
                })?
                .unwrap_or(false),
            brand: self
                .parsed("brand", "a name of 1 to 60 characters", |text| {
                    let fits = (1..=60).contains(&text.chars().count()) && !text.chars().any(char::is_control);
                    fits.then(|| text.to_owned())
                })?
                .unwrap_or_else(|| "Collectief".to_owned()),
            security_contact: self.parsed("security_contact", "an address with mailto: or https:", |text| {
                let fits = text.starts_with("mailto:") || text.starts_with("https://");
                (fits && text.chars().all(|c| c.is_ascii_graphic())).then(|| text.to_owned())
            })?,
            help_desk: self.parsed("help_desk", "a text of 1 to 100 characters", |text| {
                let fits = (1..=100).contains(&text.chars().count()) && !text.chars().any(char::is_control);
                fits.then(|| text.to_owned())
            })?,
            limits: Limits {
                idle_seconds: idle.map_or(limits.idle_seconds, |minutes| minutes * 60),
                absolute_seconds: absolute.map_or(limits.absolute_seconds, |hours| hours * 60 * 60),
                failures_per_client: failures.unwrap_or(limits.failures_per_client),
                links_per_client: links.unwrap_or(limits.links_per_client),
            },
            trusted_proxies: self
                .parsed("trusted_proxies", "a list of IP addresses, separated by commas", |text| {
                    let addresses = text.split(',').map(str::trim).filter(|address| !address.is_empty());
                    addresses.map(|address| address.parse::<IpAddr>().ok().map(|ip| ip.to_canonical())).collect()
                })?
                .unwrap_or_default(),
            request_seconds: self
                .parsed("request_seconds", "a number of seconds from 1 to 3600", |text| {
                    text.parse().ok().filter(|seconds| (1..=3600).contains(seconds))
                })?
                .unwrap_or(30),
            data,
        })
    }

    fn text(&self, name: &str) -> Option<&str> {
        self.values.get(name).map(|(text, _)| text.as_str())
    }

    fn parsed<T>(
        &self,
        name: &str,
        wanted: &'static str,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Result<Option<T>, SettingsError> {
        let Some((text, source)) = self.values.get(name) else { return Ok(None) };
        parse(text.trim()).map(Some).ok_or_else(|| SettingsError::Value {
            place: place(name, source),
            // A password may stand in it.
            text: if ["database_url", "mail_server"].contains(&name) { "…".to_owned() } else { text.clone() },
            wanted,
        })
    }
}

const DEFAULT_DATA: &str = "collectief-data";

fn place(name: &str, source: &Source) -> String {
    match source {
        Source::Option => format!("the option --{}", name.replace('_', "-")),
        Source::Environment => format!("the variable COLLECTIEF_{}", name.to_uppercase()),
        Source::File(file) => format!("{name} in {}", file.display()),
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

fn as_text(value: &toml::Value) -> Option<String> {
    match value {
        toml::Value::String(text) => Some(text.clone()),
        toml::Value::Integer(number) => Some(number.to_string()),
        toml::Value::Boolean(yes) => Some(yes.to_string()),
        toml::Value::Datetime(date) => Some(date.to_string()),
        toml::Value::Array(values) => {
            values.iter().map(|value| value.as_str()).collect::<Option<Vec<_>>>().map(|texts| texts.join(","))
        }
        toml::Value::Float(_) | toml::Value::Table(_) => None,
    }
}

/// It prints no address of a database, for a password may stand in it, and no keys.
impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings").field("data", &self.data).field("listen", &self.listen).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn variables(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    fn read(listen: Option<&str>, environment: &[(&str, &str)], file: &str) -> Result<Settings, String> {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("collectief.toml"), file).unwrap();
        let common = CommonOptions { data: Some(folder.path().display().to_string()), ..CommonOptions::default() };
        let serve = ServeOptions { listen: listen.map(str::to_owned), ..ServeOptions::default() };
        Settings::read(&common, &serve, variables(environment))
            .map_err(|error| error.to_string().replace(&folder.path().display().to_string(), "DIR"))
    }

    #[test]
    fn an_option_goes_before_a_variable_before_the_file_before_the_default() {
        let port = |settings: Result<Settings, String>| settings.unwrap().listen.port();
        let file = "listen = \"127.0.0.1:3\"";
        let variable = [("COLLECTIEF_LISTEN", "127.0.0.1:2")];
        assert_eq!(port(read(Some("127.0.0.1:1"), &variable, file)), 1);
        assert_eq!(port(read(None, &variable, file)), 2);
        assert_eq!(port(read(None, &[], file)), 3);
        assert_eq!(port(read(None, &[], "")), 3000);
    }

    #[test]
    fn what_is_wrong_is_told_with_where_it_stands() {
        for (listen, environment, file, told) in [
            (
                Some("here"),
                &[][..],
                "",
                "the option --listen: \"here\" is not an address and a port, as 127.0.0.1:3000",
            ),
            (None, &[("COLLECTIEF_IDLE_MINUTES", "0")], "", "the variable COLLECTIEF_IDLE_MINUTES: \"0\" is not"),
            (None, &[], "today = \"30-2-2026\"", "today in DIR/collectief.toml: \"30-2-2026\" is not a date"),
            (None, &[], "listn = \"127.0.0.1:3\"", "listn in DIR/collectief.toml is not a setting; known are: data,"),
            (None, &[("COLLECTIEF_LISTN", "x")], "", "the variable COLLECTIEF_LISTN is not a setting"),
            (None, &[], "brand = [1]", "brand in DIR/collectief.toml: \"[1]\" is not a text"),
            (None, &[], "brand = ", "the configuration file DIR/collectief.toml cannot be read"),
            (
                None,
                &[],
                "origin = \"portal.example.org\"",
                "origin in DIR/collectief.toml: \"portal.example.org\" is not",
            ),
        ] {
            let error = read(listen, environment, file).unwrap_err();
            assert!(error.starts_with(told), "{error}");
        }
    }

    #[test]
    fn links_in_mail_begin_with_the_origin() {
        let address = |file: &str| read(None, &[], file).unwrap().public_address().map(|origin| origin.0);
        assert_eq!(address(""), None);
        assert_eq!(address("demo = true").as_deref(), Some("http://127.0.0.1:3000"));
        let origin = "origin = \"https://portal.example.org/\"";
        assert_eq!(address(origin).as_deref(), Some("https://portal.example.org"));
    }

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

    #[test]
    fn a_password_of_the_database_is_not_told() {
        let error = read(None, &[("COLLECTIEF_DATABASE_URL", "mysql://a:secret@b")], "").unwrap_err();
        assert!(!error.contains("secret"), "{error}");
    }

    #[test]
    fn a_file_that_was_named_must_be_there() {
        let common = CommonOptions { config: Some("/does/not/exist.toml".to_owned()), ..CommonOptions::default() };
        assert!(Settings::read(&common, &ServeOptions::default(), []).is_err());
    }

    #[test]
    fn origins_are_written_as_browsers_do() {
        let origin = |text: &str| text.parse::<Origin>().map(|origin| origin.0);
        assert_eq!(origin("https://Portal.Example.org:443/"), Ok("https://portal.example.org".to_owned()));
        assert_eq!(origin("http://[::1]:3000"), Ok("http://[::1]:3000".to_owned()));
        assert_eq!(origin("https://portal.example.org/pad"), Err(()));
        assert_eq!(origin("portal.example.org"), Err(()));
    }
}
