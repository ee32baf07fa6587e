//! The options of the command line. What they hold is read and judged with the other settings.

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
    /// File with the keys that protect BSNs, secrets of second steps and links to be mailed [default: keys.toml in the data folder, made at the first start]
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
    /// Wrong passwords from one client address in fifteen minutes, and tries with eHerkenning by which nobody came in, before it must wait [default: 100]
    #[arg(long, value_name = "NUMBER")]
    pub failures_per_client: Option<String>,
    /// Mailed links that one client address may ask for in an hour before it must wait [default: 20]
    #[arg(long, value_name = "NUMBER")]
    pub links_per_client: Option<String>,
    /// Accounts that one client address may ask for in an hour before it must wait [default: 10]
    #[arg(long, value_name = "NUMBER")]
    pub requests_per_client: Option<String>,
    /// Accounts that may be asked for on one contract in an hour before the next must wait [default: 60]
    #[arg(long, value_name = "NUMBER")]
    pub requests_per_contract: Option<String>,
    /// Enrolments that one client address may send in an hour before it must wait [default: 120]
    #[arg(long, value_name = "NUMBER")]
    pub enrolments_per_client: Option<String>,
    /// Enrolments that may be sent on one contract in an hour before the next must wait [default: 2000]
    #[arg(long, value_name = "NUMBER")]
    pub enrolments_per_contract: Option<String>,
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
    /// Broker of eHerkenning by OpenID Connect, as https://broker.example.org [default: nobody can sign in with eHerkenning]
    #[arg(long, value_name = "URL")]
    pub broker_issuer: Option<String>,
    /// What the broker knows this portal by; the secret is in --broker-client-secret-file or COLLECTIEF_BROKER_CLIENT_SECRET
    #[arg(long, value_name = "ID")]
    pub broker_client_id: Option<String>,
    /// File with the secret that the broker gave this portal
    #[arg(long, value_name = "FILE")]
    pub broker_client_secret_file: Option<String>,
    /// What is asked of the broker besides openid, separated by commas [default: nothing]
    #[arg(long, value_name = "SCOPES")]
    pub broker_scopes: Option<String>,
    /// Claim with which the broker says who somebody is [default: sub]
    #[arg(long, value_name = "CLAIM")]
    pub broker_subject_claim: Option<String>,
    /// Claim with the KvK number of the organisation [default: urn:etoegang:1.9:EntityConcernedID:KvKnr]
    #[arg(long, value_name = "CLAIM")]
    pub broker_kvk_claim: Option<String>,
    /// What the broker calls the levels in acr, as loa2plus=…,loa3=…,loa4=… [default: urn:etoegang:core:assurance-class:loa2plus and so on]
    #[arg(long, value_name = "LEVELS")]
    pub broker_levels: Option<String>,
    /// Least level of eHerkenning that is let in: loa2plus, loa3 or loa4 [default: loa2plus]
    #[arg(long, value_name = "LEVEL")]
    pub broker_minimum_level: Option<String>,
    /// Addresses of proxies whose X-Forwarded-For is believed, separated by commas [default: none]
    #[arg(long, value_name = "ADDRESSES")]
    pub trusted_proxies: Option<String>,
    /// Seconds after which a request is given up [default: 30]
    #[arg(long, value_name = "SECONDS")]
    pub request_seconds: Option<String>,
}
