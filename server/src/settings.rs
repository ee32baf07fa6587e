//! Configuration: options of the command line, environment variables `COLLECTIEF_…`, a file, defaults, in that order.
//! Whatever is wrong in it stops the program at the start, with a message that says where it stands.

use std::{
    collections::BTreeMap,
    fmt,
    net::{IpAddr, SocketAddr},
    path::{Path, PathBuf},
};

use collectief_domain::date::{Date, parse_typed_date};
use collectief_service::{Limits, outbox::MailServer};
use secrecy::SecretString;

use crate::broker::BrokerSettings;

pub use self::{
    options::{CommonOptions, ServeOptions},
    origin::Origin,
};

mod broker;
mod mail;
mod options;
mod origin;

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
    /// The broker of eHerkenning; `None` where nobody can sign in with it.
    pub broker: Option<BrokerSettings>,
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
        self.origin.clone().or_else(|| self.demo.then(|| Origin::named(self.listen)))
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
const NAMES: [&str; 37] = [
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
    "requests_per_client",
    "requests_per_contract",
    "enrolments_per_client",
    "enrolments_per_contract",
    "mail_server",
    "mail_from",
    "mail_user",
    "mail_password_file",
    "broker_issuer",
    "broker_client_id",
    "broker_client_secret_file",
    "broker_scopes",
    "broker_subject_claim",
    "broker_kvk_claim",
    "broker_levels",
    "broker_minimum_level",
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
const BROKER_SECRET_VARIABLE: &str = "COLLECTIEF_BROKER_CLIENT_SECRET";

/// Secrets that came through the environment.
#[derive(Default)]
struct Secrets {
    keys: Option<String>,
    mail_password: Option<SecretString>,
    broker_secret: Option<SecretString>,
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
                BROKER_SECRET_VARIABLE => {
                    secrets.broker_secret = Some(value.into());
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
        let options: [(&'static str, Option<&String>); 36] = [
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
            ("requests_per_client", serve.requests_per_client.as_ref()),
            ("requests_per_contract", serve.requests_per_contract.as_ref()),
            ("enrolments_per_client", serve.enrolments_per_client.as_ref()),
            ("enrolments_per_contract", serve.enrolments_per_contract.as_ref()),
            ("mail_server", serve.mail_server.as_ref()),
            ("mail_from", serve.mail_from.as_ref()),
            ("mail_user", serve.mail_user.as_ref()),
            ("mail_password_file", serve.mail_password_file.as_ref()),
            ("broker_issuer", serve.broker_issuer.as_ref()),
            ("broker_client_id", serve.broker_client_id.as_ref()),
            ("broker_client_secret_file", serve.broker_client_secret_file.as_ref()),
            ("broker_scopes", serve.broker_scopes.as_ref()),
            ("broker_subject_claim", serve.broker_subject_claim.as_ref()),
            ("broker_kvk_claim", serve.broker_kvk_claim.as_ref()),
            ("broker_levels", serve.broker_levels.as_ref()),
            ("broker_minimum_level", serve.broker_minimum_level.as_ref()),
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

    fn settings(self, secrets: Secrets) -> Result<Settings, SettingsError> {
        let mail = self.mail(secrets.mail_password)?;
        let broker = self.broker(secrets.broker_secret)?;
        let data = PathBuf::from(self.text("data").unwrap_or(DEFAULT_DATA));
        let keys_file = self.text("keys_file").map(PathBuf::from);
        let limits = Limits::default();
        let idle = self.parsed("idle_minutes", "a number of minutes from 1 to 1440", |text| {
            text.parse::<u32>().ok().filter(|minutes| (1..=1440).contains(minutes))
        })?;
        let absolute = self.parsed("session_hours", "a number of hours from 1 to 168", |text| {
            text.parse::<u32>().ok().filter(|hours| (1..=168).contains(hours))
        })?;
        let most = |name: &'static str, unless_told: u32| {
            let parsed = self.parsed(name, "a number from 1", |text| text.parse().ok().filter(|most: &u32| *most > 0));
            parsed.map(|most| most.unwrap_or(unless_told))
        };
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
            broker,
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
                failures_per_client: most("failures_per_client", limits.failures_per_client)?,
                links_per_client: most("links_per_client", limits.links_per_client)?,
                requests_per_client: most("requests_per_client", limits.requests_per_client)?,
                requests_per_contract: most("requests_per_contract", limits.requests_per_contract)?,
                enrolments_per_client: most("enrolments_per_client", limits.enrolments_per_client)?,
                enrolments_per_contract: most("enrolments_per_contract", limits.enrolments_per_contract)?,
                ..limits
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

    pub(super) fn read(listen: Option<&str>, environment: &[(&str, &str)], file: &str) -> Result<Settings, String> {
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
        let address =
            |file: &str| read(None, &[], file).unwrap().public_address().map(|origin| origin.as_str().to_owned());
        assert_eq!(address(""), None);
        assert_eq!(address("demo = true").as_deref(), Some("http://localhost:3000"));
        let origin = "origin = \"https://portal.example.org/\"";
        assert_eq!(address(origin).as_deref(), Some("https://portal.example.org"));
    }

    // asvs = "16.2.5"
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
}
