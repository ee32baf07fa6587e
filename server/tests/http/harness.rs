//! A server with a small roster, for every test: SQLite always, PostgreSQL when a cluster is named.
//!
//! The clock stands at noon of 2026-11-01 until a test moves it. Contract 23595 pays the premium itself and so has
//! BSNs; 24001 does not; 31337 is another employer's.

use std::{
    fmt::Write as _,
    io,
    net::{IpAddr, SocketAddr},
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{
    Router,
    body::Body,
    extract::ConnectInfo,
    http::{HeaderMap, HeaderName, Method, Request, StatusCode, header},
};
use collectief::{
    assets::Assets,
    router::router,
    state::{AppState, Web},
};
use collectief_domain::{
    account::SignInForm,
    actor::{Role, Roles},
    date::Date,
    staff::StaffRole,
};
use collectief_service::{
    Limits, Portal, Reach,
    account::{Contracts, NewAccount, add},
    broker::BrokerAccess,
    clock::Clock,
    office::{NewStaff, set_staff},
    outbox::{self, Post},
    roster, session,
    testing::{TestDatabase, databases},
};
use tower::ServiceExt;

/// The password of every account.
pub const PASSWORD: &str = "een lang wachtwoord";

/// Administratief on 23595.
pub const HR: &str = "hr@linde.example";
/// Financieel on 23595.
pub const FINANCE: &str = "geld@linde.example";
/// Accountbeheer on 23595.
pub const MANAGER: &str = "beheer@linde.example";
/// Administratief on 23595 and 24001.
pub const BOTH: &str = "beide@linde.example";
/// Administratief and Accountbeheer on 31337: another employer.
pub const OTHER: &str = "hr@elders.example";

/// The server's own origin.
pub const ORIGIN: &str = "http://127.0.0.1:3000";

/// A running server and what is behind it.
pub struct App {
    /// The database's name, for messages.
    pub name: &'static str,
    /// What the server works with.
    pub portal: Portal,
    /// The clock, to be moved.
    pub clock: Clock,
    /// The database, to look behind the scenes.
    pub database: TestDatabase,
    router: Router,
}

/// What the server answered.
pub struct Answer {
    /// Status.
    pub status: StatusCode,
    /// Headers.
    pub headers: HeaderMap,
    /// Body.
    pub body: String,
}

impl Answer {
    /// A header, empty when it is not there.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// Whether it is the page of a mailed link that does not work.
    pub fn is_gone(&self) -> bool {
        self.status == StatusCode::NOT_FOUND && self.token().is_none() && self.body.contains("Deze link werkt niet")
    }

    /// The token of the session cookie that was set.
    pub fn token(&self) -> Option<String> {
        self.headers.get_all(header::SET_COOKIE).iter().find_map(|cookie| {
            let value = cookie.to_str().unwrap().strip_prefix("__Host-sessie=")?;
            Some(value.split(';').next().unwrap().to_owned()).filter(|token| !token.is_empty())
        })
    }
}

/// The roster of every test: 30 main insured and a dependant in 23595, two in 24001, two in 31337.
fn roster_csv() -> String {
    let mut csv =
        "contract_number,relation_number,bsn,initials,prefix,surname,partner_prefix,partner_surname,name_use,\
                   birth_date,gender,start_date,end_date,end_reason,personnel_number,main_relation_number,email\n"
            .to_owned();
    csv.push_str(
        "23595,10000001,123456782,A.J.,,Janse,,,E,1980-05-01,V,2020-01-01,,,P-1,,janse@linde.example\n\
         23595,10000002,111222333,B.,,Janse,,,E,2010-06-02,M,2020-01-01,,,,10000001,\n\
         23595,10000003,,C.,van de,Ven,,Jansen,V,1975-03-03,M,2021-02-01,,,P-3,,\n\
         23595,10000004,,D.,,Çelik,,,E,1990-04-04,X,2019-01-01,2025-12-31,einde_dienstverband,P-4,,\n\
         24001,20000001,,E.,,Bakker,,,E,1982-07-07,V,2022-01-01,,,Q-1,,\n\
         24001,20000002,,F.,,de Boer,,,E,1983-08-08,M,2022-01-01,,,Q-2,,\n\
         31337,30000001,,G.,,Geheim,,,E,1984-09-09,V,2022-01-01,,,R-1,,\n\
         31337,30000002,,H.,,Verborgen,,,E,1985-10-10,M,2022-01-01,,,R-2,,\n",
    );
    for number in 5..=31 {
        writeln!(
            csv,
            "23595,100000{number:02},,K.,,Testpersoon{number},,,E,1970-01-{:02},M,2020-01-01,,,P-{number},,",
            number % 28 + 1
        )
        .unwrap();
    }
    csv
}

/// A server on each database that can be had.
pub async fn apps() -> Vec<App> {
    apps_with(Limits::default()).await
}

/// As [`apps`], with other limits.
pub async fn apps_with(limits: Limits) -> Vec<App> {
    apps_where(limits, |_| None).await
}

/// As [`apps`], with other limits and with a broker, made for the clock of each server.
pub async fn apps_where(limits: Limits, broker: impl Fn(&Clock) -> Option<BrokerAccess>) -> Vec<App> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("roster.csv");
    std::fs::write(&file, roster_csv()).unwrap();
    let mut all = Vec::new();
    for database in databases().await {
        let clock = Clock::standing_on(Date::from_ymd_opt(2026, 11, 1).unwrap());
        assert!(database.db.keys_fit().await.unwrap());
        let reach = Reach { address: Some(ORIGIN.to_owned()), ..Reach::default() };
        let portal = Portal::new(database.db.clone(), clock.clone(), limits.clone(), "Collectief".to_owned(), false)
            .reached_by(reach);
        let portal = match broker(&clock) {
            Some(access) => portal.with_broker(access),
            None => portal,
        };
        let mut refused = Vec::new();
        roster::import(&portal, std::slice::from_ref(&file), &mut |progress| {
            if let roster::Progress::Refused(row) = progress {
                refused.push(row);
            }
        })
        .await
        .unwrap();
        assert!(refused.is_empty(), "{refused:?}");
        database.db.run_raw("UPDATE contract SET borderel_payment = (number = '23595')").await.unwrap();
        for (email, roles, contracts) in [
            (HR, &[Role::Administrative][..], &["23595"][..]),
            (FINANCE, &[Role::Financial], &["23595"]),
            (MANAGER, &[Role::AccountManagement], &["23595"]),
            (BOTH, &[Role::Administrative], &["23595", "24001"]),
            (OTHER, &[Role::Administrative, Role::AccountManagement], &["31337"]),
        ] {
            let new = NewAccount {
                email: email.to_owned(),
                name: format!("Medewerker {}", email.split('@').next().unwrap()),
                contracts: Contracts::Numbers(contracts.iter().map(|number| (*number).to_owned()).collect()),
                roles: roles.iter().copied().collect::<Roles>(),
                password: Some(PASSWORD.to_owned().into()),
            };
            add(&portal, new).await.unwrap();
        }
        let router = router(AppState::new(portal.clone(), Assets::none(), web(ORIGIN)));
        all.push(App { name: database.name, portal, clock, database, router });
    }
    all
}

/// How the web sees a server at this origin.
fn web(origin: &str) -> Web {
    Web {
        origins: vec![origin.parse().unwrap()],
        trusted_proxies: Vec::new(),
        request_time: Duration::from_secs(60),
        security_contact: Some("mailto:veiligheid@collectief.example".to_owned()),
        help_desk: None,
    }
}

impl App {
    /// The same server, when browsers reach it at another origin.
    pub fn at(mut self, origin: &str) -> Self {
        let reach = Reach { address: Some(origin.to_owned()), ..Reach::default() };
        self.portal = self.portal.reached_by(reach);
        self.router = router(AppState::new(self.portal.clone(), Assets::none(), web(origin)));
        self
    }

    /// The server itself, to put behind a listener.
    pub fn router(&self) -> Router {
        self.router.clone()
    }

    /// Sends a request as it is, from this client address.
    pub async fn send_from(&self, client: IpAddr, mut request: Request<Body>) -> Answer {
        request.extensions_mut().insert(ConnectInfo(SocketAddr::new(client, 40_000)));
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = axum::body::to_bytes(body, usize::MAX).await.unwrap();
        Answer { status: parts.status, headers: parts.headers, body: String::from_utf8_lossy(&bytes).into_owned() }
    }

    /// Sends a request as it is.
    pub async fn send(&self, request: Request<Body>) -> Answer {
        self.send_from(IpAddr::from([192, 0, 2, 1]), request).await
    }

    /// Asks for a page as a browser does.
    pub async fn get(&self, path: &str, token: Option<&str>) -> Answer {
        self.send(request(Method::GET, path, token, &[(header::ACCEPT, "text/html")], "")).await
    }

    /// Posts a form as a browser does, from a page of the server's own.
    pub async fn post_form(&self, path: &str, token: Option<&str>, fields: &[(&str, &str)]) -> Answer {
        self.send(form(path, token, fields)).await
    }

    /// Calls a server function as the pages' script does.
    pub async fn call(&self, path: &str, token: Option<&str>, arguments: &serde_json::Value) -> Answer {
        let headers = [
            (header::CONTENT_TYPE, "application/json"),
            (header::ACCEPT, "application/json"),
            (HeaderName::from_static("sec-fetch-site"), "same-origin"),
        ];
        self.send(request(Method::POST, path, token, &headers, &arguments.to_string())).await
    }

    /// The token of a new session of this account.
    pub async fn sign_in(&self, email: &str) -> String {
        let form = SignInForm { email: email.to_owned(), wachtwoord: PASSWORD.to_owned(), naar: String::new() };
        let asked = collectief_service::Request::internal("test");
        let session = session::sign_in(&self.portal, &asked, &form).await.unwrap().ok().unwrap().session().unwrap();
        // Staff of the insurer must have a second step; how one is set up and asked is tested by itself.
        let strong = "UPDATE session SET second_factor = 'totp'
                      WHERE account_id IN (SELECT id FROM account WHERE staff_roles <> 0)";
        self.database.db.run_raw(strong).await.unwrap();
        session.token
    }

    /// The token of a new session of somebody of the insurer's staff, who is added.
    pub async fn staff(&self, email: &str, name: &str, roles: &[StaffRole]) -> String {
        let new = NewStaff {
            email: email.to_owned(),
            name: Some(name.to_owned()),
            roles: roles.iter().copied().collect(),
            password: Some(PASSWORD.to_owned().into()),
        };
        set_staff(&self.portal, new).await.unwrap();
        self.sign_in(email).await
    }

    /// How often this was written to the access log.
    pub async fn logged(&self, event: &str) -> i64 {
        self.portal.audit().flush().await;
        self.database.db.number(&format!("SELECT COUNT(*) FROM access_log WHERE event = '{event}'")).await.unwrap()
    }

    /// The mails that are due, as files.
    pub async fn mails(&self) -> Vec<String> {
        let folder = tempfile::tempdir().unwrap();
        outbox::deliver_due(&self.portal, &Post::files(folder.path())).await.unwrap();
        let files = std::fs::read_dir(folder.path()).unwrap();
        files.map(|file| std::fs::read_to_string(file.unwrap().path()).unwrap()).collect()
    }

    /// The account with this address.
    pub async fn account(&self, email: &str) -> i64 {
        self.database.db.number(&format!("SELECT id FROM account WHERE email = '{email}'")).await.unwrap()
    }

    /// The participation of a relation number, and its version.
    pub async fn participation(&self, relation_number: &str) -> (i64, i64) {
        let of = |column| format!("SELECT {column} FROM participation WHERE relation_number = '{relation_number}'");
        (self.database.db.number(&of("id")).await.unwrap(), self.database.db.number(&of("version")).await.unwrap())
    }
}

/// A request.
pub fn request(
    method: Method,
    path: &str,
    token: Option<&str>,
    headers: &[(HeaderName, &str)],
    body: &str,
) -> Request<Body> {
    let mut request = Request::builder().method(method).uri(path).header(header::HOST, "127.0.0.1:3000");
    for (name, value) in headers {
        request = request.header(name, *value);
    }
    if let Some(token) = token {
        request = request.header(header::COOKIE, format!("__Host-sessie={token}"));
    }
    request.body(Body::from(body.to_owned())).unwrap()
}

/// A form that is posted from a page of the server's own.
pub fn form(path: &str, token: Option<&str>, fields: &[(&str, &str)]) -> Request<Body> {
    let headers = [
        (header::CONTENT_TYPE, "application/x-www-form-urlencoded"),
        (header::ACCEPT, "text/html"),
        (HeaderName::from_static("sec-fetch-site"), "same-origin"),
    ];
    request(Method::POST, path, token, &headers, &encoded(fields))
}

/// Fields as a form sends them.
pub fn encoded(fields: &[(&str, &str)]) -> String {
    let mut text = String::new();
    for (name, value) in fields {
        if !text.is_empty() {
            text.push('&');
        }
        text.push_str(name);
        text.push('=');
        for byte in value.bytes() {
            match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' => text.push(char::from(byte)),
                _ => write!(text, "%{byte:02X}").unwrap(),
            }
        }
    }
    text
}

/// What is logged.
#[derive(Clone, Default)]
pub struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    /// Keeps what this thread logs, until the guard is dropped.
    pub fn begin(from: tracing::Level) -> (Self, tracing::subscriber::DefaultGuard) {
        let log = Self::default();
        let writer = log.clone();
        let logger = tracing_subscriber::fmt().with_max_level(from).with_ansi(false);
        (log, tracing::subscriber::set_default(logger.with_writer(move || writer.clone()).finish()))
    }

    /// All of it.
    pub fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
