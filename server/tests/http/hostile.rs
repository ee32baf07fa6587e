//! What no browser of ours would send: and nothing comes of it.

use std::{
    io::{Read as _, Write as _},
    net::{SocketAddr, TcpListener, TcpStream},
    process::{Command, Stdio},
    time::Duration,
};

use axum::{
    body::Body,
    http::{HeaderName, Method, Request, StatusCode, header},
};
use collectief::{
    assets::Assets,
    router::{RouteKind, entries, router},
    state::{AppState, Web},
};
use collectief_service::testing::databases;
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::{
    harness::{Answer, App, BOTH, HR, OTHER, PASSWORD, apps, request},
    sign_in::without_chance,
};

/// What stands nowhere but with the other employer.
const OF_ANOTHER: [&str; 4] = ["Geheim", "Verborgen", "30000001", "hr@elders.example"];

// asvs = "13.4.1, 13.4.2, 13.4.3, 13.4.5, 13.4.7, 14.2.5"
#[tokio::test]
async fn nothing_but_pages_and_files_of_the_site_is_served() {
    for app in apps().await {
        let token = app.sign_in(HR).await;
        for path in [
            "/.git/config",
            "/.git/HEAD",
            "/.svn/entries",
            "/.env",
            "/.htaccess",
            "/Cargo.toml",
            "/Cargo.lock",
            "/keys.toml",
            "/collectief.sqlite3",
            "/collectief.toml",
            "/pkg",
            "/pkg/",
            "/pkg/../keys.toml",
            "/pkg/%2e%2e/keys.toml",
            "/..%2fkeys.toml",
            "/%2e%2e/%2e%2e/etc/passwd",
            "/pkg/x.wasm.map",
            "/backup.zip",
            "/server-status",
            "/debug/pprof",
            "/metrics",
            "/swagger.json",
            "/openapi.json",
            "/api",
            "/actuator",
            "/console",
            "/deelnemers/x.css",
            "/deelnemers.xlsx/x.css",
            "/deelnemers.xlsx;x.css",
            "/inloggen.php",
            "/index.html.bak",
            "/public/",
            "/target/",
        ] {
            for token in [None, Some(token.as_str())] {
                let answer = app.get(path, token).await;
                let is_nothing = answer.status == StatusCode::NOT_FOUND
                    || (answer.status == StatusCode::SEE_OTHER && answer.header("location").starts_with("/inloggen"))
                    || answer.status == StatusCode::BAD_REQUEST;
                assert!(is_nothing, "{path}: {}", answer.status);
                assert_eq!(answer.header("cache-control"), "no-store", "{path}");
                assert!(!answer.body.contains("Janse"), "{path}");
            }
        }
    }
}

// asvs = "13.4.6"
#[tokio::test]
async fn what_it_is_made_of_is_not_told() {
    for app in apps().await {
        let token = app.sign_in(HR).await;
        for path in ["/", "/inloggen", "/deelnemers", "/bestaat-niet", "/healthz", "/readyz", "/deelnemers?pagina=x"] {
            let answer = app.get(path, Some(&token)).await;
            for name in ["server", "x-powered-by", "via", "x-runtime", "x-generator"] {
                assert!(!answer.headers.contains_key(name), "{path}: {name}");
            }
            let body = without_chance(&answer.body, HR).to_lowercase();
            for word in ["axum", "hyper", "leptos", "sqlite", "postgres", "rustc", env!("CARGO_PKG_VERSION")] {
                assert!(!body.contains(word), "{path}: {word}");
            }
        }
    }
}

// asvs = "15.3.7, 8.4.1"
#[tokio::test]
async fn what_is_given_twice_reaches_nobody_elses() {
    for app in apps().await {
        let token = app.sign_in(BOTH).await;
        for query in [
            "contract=23595&contract=31337",
            "contract=31337&contract=23595",
            "contract=23595&contract[]=31337",
            "contract=23595%26contract=31337",
            "contract=23595;contract=31337",
            "contract=23595,31337",
            "contract=alle&contract=31337",
        ] {
            for page in [
                "/deelnemers",
                "/oud-deelnemers",
                "/in-en-uitstroom",
                "/contractgebruik",
                "/deelnemers.csv",
                "/in-en-uitstroom.csv",
                "/contractgebruik.csv",
            ] {
                let answer = app.get(&format!("{page}?{query}"), Some(&token)).await;
                assert!(!answer.status.is_server_error(), "{page}?{query}: {}", answer.status);
                for word in OF_ANOTHER {
                    assert!(!answer.body.contains(word), "{page}?{query} shows {word}");
                }
            }
        }
        // Two sessions in one cookie header: no mixture of the two.
        let other = app.sign_in(OTHER).await;
        let cookies = format!("__Host-sessie={token}; __Host-sessie={other}");
        let headers = [(header::COOKIE, cookies.as_str()), (header::ACCEPT, "text/html")];
        let answer = app.send(request(Method::GET, "/deelnemers", None, &headers, "")).await;
        assert!(!(answer.body.contains("Janse") && answer.body.contains("Geheim")), "{}", app.name);
    }
}

// asvs = "15.3.5, 1.5.2, 2.2.2"
#[tokio::test]
async fn no_shape_of_data_brings_a_server_function_down() {
    let functions: Vec<String> = entries()
        .into_iter()
        .filter(|route| {
            route.kind == RouteKind::ServerFunction && route.method == "POST" && route.path.starts_with("/fn/")
        })
        .map(|route| route.path)
        .collect();
    assert!(functions.len() >= 10, "{functions:?}");
    for app in apps().await {
        let token = app.sign_in(BOTH).await;
        let deep = format!("{}1{}", "[".repeat(20_000), "]".repeat(20_000));
        for function in &functions {
            for body in [
                "",
                "null",
                "true",
                "0",
                "\"x\"",
                "[]",
                "{",
                "{\"form\":null}",
                "{\"form\":[]}",
                "{\"form\":\"x\"}",
                "{\"form\":{}}",
                "{\"form\":{\"contract\":1}}",
                "{\"form\":{\"contract\":[\"31337\"]}}",
                "{\"form\":{\"contract\":{\"a\":\"31337\"}}}",
                "{\"form\":{\"pagina\":1e400}}",
                "{\"id\":\"31337\",\"id\":\"1\"}",
                "{\"__proto__\":{\"is_main\":true}}",
                "{\"form\":{\"contract\":\"\\ud800\"}}",
                "\u{feff}{}",
                &deep,
            ] {
                let headers = [
                    (header::CONTENT_TYPE, "application/json"),
                    (header::ACCEPT, "application/json"),
                    (HeaderName::from_static("sec-fetch-site"), "same-origin"),
                ];
                let answer = app.send(request(Method::POST, function, Some(&token), &headers, body)).await;
                let short: String = body.chars().take(60).collect();
                assert!(!answer.status.is_server_error(), "{function} {short}: {} {}", answer.status, answer.body);
                for word in OF_ANOTHER {
                    assert!(!answer.body.contains(word), "{function} {short} shows {word}");
                }
            }
            // Bytes that are no text.
            let mut bytes = request(
                Method::POST,
                function,
                Some(&token),
                &[
                    (header::CONTENT_TYPE, "application/json"),
                    (HeaderName::from_static("sec-fetch-site"), "same-origin"),
                ],
                "",
            );
            *bytes.body_mut() = Body::from(vec![b'{', b'"', 0xff, 0xfe, b'"', b'}']);
            assert!(app.send(bytes).await.status.is_client_error(), "{function}");
        }
    }
}

// asvs = "15.3.3"
#[tokio::test]
async fn fields_that_a_form_does_not_have_change_nothing() {
    for app in apps().await {
        let token = app.sign_in(HR).await;
        let (id, version) = app.participation("10000001").await;
        let person = "SELECT surname || ' ' || birth_date || ' ' || COALESCE(email, '') FROM person WHERE relation_number = '10000001'";
        let participation =
            format!("SELECT start_date || ' ' || end_date || ' ' || contract_id FROM participation WHERE id = {id}");
        let rights = "SELECT string_agg(account_id || ':' || contract_id || ':' || roles, ',' ORDER BY account_id, contract_id) FROM account_right";
        let before = (
            app.database.db.text(person).await.unwrap(),
            app.database.db.text(&participation).await.unwrap(),
            app.database.db.text(rights).await.unwrap(),
        );
        let (id_text, version) = (id.to_string(), version.to_string());
        let answer = app
            .post_form(
                &format!("/deelnemers/{id}"),
                Some(&token),
                &[
                    ("personeelsnummer", "P-99"),
                    ("versie", &version),
                    ("id", &id_text),
                    ("surname", "Anders"),
                    ("achternaam", "Anders"),
                    ("start_date", "1990-01-01"),
                    ("ingangsdatum", "1990-01-01"),
                    ("contract", "31337"),
                    ("contract_id", "3"),
                    ("roles", "7"),
                    ("recht", "31337:7"),
                    ("is_main", "1"),
                    ("account_id", "1"),
                    ("email", "a@b.example"),
                ],
            )
            .await;
        assert!(!answer.status.is_server_error(), "{}", answer.body);
        let after = (
            app.database.db.text(person).await.unwrap(),
            app.database.db.text(&participation).await.unwrap(),
            app.database.db.text(rights).await.unwrap(),
        );
        assert_eq!(before, after, "{}", app.name);
        // Nor does signing in take more than an address and a password.
        let fields =
            [("email", HR), ("wachtwoord", PASSWORD), ("roles", "7"), ("recht", "31337:7"), ("blocked_at", "")];
        let token = app.post_form("/inloggen", None, &fields).await.token().unwrap();
        assert_eq!(app.get("/accountbeheer", Some(&token)).await.status, StatusCode::FORBIDDEN);
    }
}

/// The list that these fields lead to: a search is posted, and what may stand in an address is sent on to it.
async fn shown(app: &App, token: &str, fields: &[(&str, &str)]) -> Answer {
    let answer = app.post_form("/deelnemers", Some(token), fields).await;
    if answer.status == StatusCode::SEE_OTHER { app.get(answer.header("location"), Some(token)).await } else { answer }
}

// asvs = "1.2.4, 1.3.3, 1.2.1, 3.2.2"
#[tokio::test]
async fn what_is_typed_is_only_text() {
    for app in apps().await {
        let token = app.sign_in(HR).await;
        for typed in [
            "' OR '1'='1",
            "'; DROP TABLE person; --",
            "%",
            "_",
            "%25",
            "\\",
            "J%nse",
            "J_nse",
            "Janse' --",
            "Janse\" OR 1=1 --",
            "x') UNION SELECT password_hash FROM account --",
            "{{7919*7927}}",
            "${7919*7927}",
            "%s%n%x",
            "$(reboot)",
            "`reboot`",
            "(a+)+$",
            "[a-z]*",
        ] {
            let page = shown(&app, &token, &[("achternaam", typed)]).await;
            assert!(
                matches!(page.status, StatusCode::OK | StatusCode::UNPROCESSABLE_ENTITY),
                "{typed}: {}",
                page.status
            );
            assert!(!page.body.contains("Testpersoon") && !page.body.contains("argon2id"), "{typed} finds somebody");
            assert!(!page.body.contains("62773913"), "{typed} is computed");
        }
        for script in [
            "<script>alert(1)</script>",
            "\"><img src=x onerror=alert(1)>",
            "</title><script>",
            "'-alert(1)-'",
            "javascript:alert(1)",
            "</script><script>alert(1)//",
        ] {
            let page = shown(&app, &token, &[("achternaam", script), ("geboortedatum", script)]).await;
            assert!(page.body.contains("aria-invalid=\"true\""), "{script}");
            for harm in ["<script>alert", "<img src=x", "</title><script>", "href=\"javascript:"] {
                assert!(!page.body.contains(harm), "{script} gives {harm}");
            }
        }
        assert_eq!(app.database.db.number("SELECT COUNT(*) FROM person").await.unwrap(), 35);
    }
}

// asvs = "1.4.2, 2.2.1"
#[tokio::test]
async fn numbers_that_are_too_large_are_told_or_bounded() {
    for app in apps().await {
        let token = app.sign_in(HR).await;
        for number in [
            "0",
            "-1",
            "2147483648",
            "4294967296",
            "9223372036854775807",
            "18446744073709551616",
            "1e9",
            "NaN",
            "0x10",
            "٣",
        ] {
            for path in [
                format!("/deelnemers?pagina={number}"),
                format!("/deelnemers?rijen={number}"),
                format!("/deelnemers/{number}"),
                format!("/deelnemers/{number}/afmelden"),
                format!("/contractgebruik?maanden={number}"),
                format!("/in-en-uitstroom?van={number}&tot={number}"),
                format!("/accountbeheer/{number}"),
                format!("/deelnemers?contract={number}"),
                format!("/deelnemers?bekend_op={number}"),
                format!("/deelnemers.csv?pagina={number}"),
            ] {
                let path = path.replace('٣', "%D9%A3");
                let answer = app.get(&path, Some(&token)).await;
                assert!(!answer.status.is_server_error(), "{path}: {}", answer.status);
                assert!(answer.body.len() < 400_000, "{path}: {}", answer.body.len());
            }
        }
    }
}

// asvs = "3.4.1"
#[tokio::test]
async fn behind_https_browsers_are_told_to_stay_there() {
    for app in apps().await {
        let web = Web {
            origins: vec!["https://portaal.example".parse().unwrap()],
            trusted_proxies: Vec::new(),
            request_time: Duration::from_secs(60),
            security_contact: None,
            help_desk: None,
        };
        let https = router(AppState::new(app.portal.clone(), Assets::none(), web));
        for path in ["/inloggen", "/healthz", "/bestaat-niet", "/deelnemers.csv"] {
            let asked =
                Request::builder().uri(path).header(header::HOST, "portaal.example").body(Body::empty()).unwrap();
            let answer = https.clone().oneshot(asked).await.unwrap();
            assert_eq!(answer.headers()["strict-transport-security"], "max-age=63072000; includeSubDomains", "{path}");
        }
    }
}

// asvs = "6.2.10"
#[tokio::test]
async fn a_password_stays_valid_for_years() {
    for app in apps().await {
        app.clock.advance(10 * 365 * 24 * 60 * 60 * 1000);
        let answer = app.post_form("/inloggen", None, &[("email", HR), ("wachtwoord", PASSWORD)]).await;
        assert!(answer.token().is_some(), "{}: {}", app.name, answer.status);
    }
}

// asvs = "6.3.2, 13.2.3"
#[tokio::test]
async fn a_new_installation_has_no_account() {
    for database in databases().await {
        assert_eq!(database.db.number("SELECT COUNT(*) FROM account").await.unwrap(), 0, "{}", database.name);
        assert_eq!(database.db.number("SELECT COUNT(*) FROM session").await.unwrap(), 0, "{}", database.name);
    }
}

// asvs = "16.2.1, 16.2.2, 16.2.4, 16.2.5, 16.4.1"
#[test]
fn lines_of_the_log_are_whole_and_hold_nothing_that_was_sent() {
    let folder = tempfile::tempdir().unwrap();
    let port = TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port();
    let mut command = Command::new(env!("CARGO_BIN_EXE_collectief"));
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("COLLECTIEF_")) {
        command.env_remove(name);
    }
    let address = SocketAddr::from(([127, 0, 0, 1], port));
    let log = std::fs::File::create(folder.path().join("log")).unwrap();
    let mut server = command
        .args(["serve", "--listen", &address.to_string(), "--log-format", "json", "--data"])
        .arg(folder.path())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(log)
        .spawn()
        .unwrap();
    let say = |bytes: &str| {
        for _ in 0..400 {
            if let Ok(mut stream) = TcpStream::connect(address) {
                stream.write_all(bytes.as_bytes()).unwrap();
                let mut answer = Vec::new();
                let _ = stream.read_to_end(&mut answer);
                return String::from_utf8_lossy(&answer).into_owned();
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        panic!("it does not listen")
    };
    let post = "POST /inloggen HTTP/1.1\r\nHost: a\r\nConnection: close\r\nSec-Fetch-Site: same-origin\r\nContent-Type: application/x-www-form-urlencoded\r\n";
    let sent = [
        "GET /gemerkt%0a%0dINFO%20gemerkt?bsn=123456782&x=%0a HTTP/1.1\r\nHost: a\r\nConnection: close\r\nUser-Agent: gemerkt\\n\"}{\r\n\r\n".to_owned(),
        "GET /activeren/gemerkttoken HTTP/1.1\r\nHost: a\r\nConnection: close\r\nReferer: http://gemerkt/\r\nCookie: __Host-sessie=gemerkt\r\nX-Request-Id: gemerkt\r\n\r\n".to_owned(),
        format!("{post}Content-Length: 51\r\n\r\nemail=gemerkt%40example.org&wachtwoord=gemerkt%0agem"),
        "POST /inloggen HTTP/1.1\r\nHost: gemerkt\r\nOrigin: http://gemerkt\r\nConnection: close\r\nContent-Length: 7\r\n\r\ngemerkt".to_owned(),
        "GET / HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: gemerkt\r\nForwarded: for=gemerkt\r\nConnection: close\r\n\r\n".to_owned(),
    ];
    for bytes in &sent {
        assert!(say(bytes).starts_with("HTTP/1.1 "), "{bytes}");
    }
    server.kill().unwrap();
    server.wait().unwrap();
    let log = std::fs::read_to_string(folder.path().join("log")).unwrap();
    assert!(!log.contains("gemerkt") && !log.contains("123456782"), "{log}");
    let requests = log
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap_or_else(|_| panic!("no JSON: {line}")))
        .inspect(|line| {
            assert!(line["timestamp"].as_str().is_some_and(|time| time.ends_with('Z')), "{line}");
            assert!(line["level"].is_string() && line["target"].is_string(), "{line}");
        })
        .filter(|line| line["message"] == json!("request"))
        .inspect(|line| {
            assert!(line["id"].is_string() && line["status"].is_number() && line["path"].is_string(), "{line}")
        })
        .count();
    assert!(requests >= sent.len(), "{log}");
}
