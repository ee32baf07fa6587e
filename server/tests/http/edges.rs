//! Edges that no page of ours comes to: what is too long, what names another server, what asks for a script, and what goes
//! wrong unexpectedly.

use axum::http::{HeaderName, HeaderValue, Method, StatusCode, header};
use collectief::router::{RouteKind, entries};
use collectief_domain::{account::LinkPurpose, assurance::Demand};

use crate::{
    broker_sessions::set_up_app,
    eherkenning::with_broker,
    harness::{Answer, App, FINANCE, HR, Log, ORIGIN, PASSWORD, apps, encoded, form, request},
    links::{link_in, reset_link},
    sign_in::try_to,
};

const BROKER: &str = "/inloggen/eherkenning";

// asvs = "1.3.6"
#[tokio::test]
async fn no_server_is_asked_that_a_broker_or_a_browser_names() {
    for endpoint in ["http://169.254.169.254/token", "http://broker.example/token"] {
        let (broker, apps) = with_broker(Demand::Loa2Plus).await;
        broker.name_token_endpoint(endpoint);
        for app in apps {
            let answer = app.send(form(BROKER, None, &[])).await;
            assert_eq!(answer.header("location"), format!("{BROKER}?reden=storing"), "{endpoint} on {}", app.name);
        }
    }
    let (_broker, apps) = with_broker(Demand::Loa2Plus).await;
    let ours = encoded(&[("redirect_uri", &format!("{ORIGIN}{BROKER}/terug"))]);
    for app in apps {
        for name in ["host", "x-forwarded-host", "x-original-host", "forwarded"] {
            let mut asked = form(BROKER, None, &[]);
            let value = if name == "forwarded" { "host=kwaad.example" } else { "kwaad.example" };
            asked.headers_mut().insert(HeaderName::from_static(name), HeaderValue::from_static(value));
            let answer = app.send(asked).await;
            assert!(answer.body.contains(&ours) && !answer.body.contains("kwaad"), "{name}: {}", answer.body);
        }
    }
}

// asvs = "4.2.5"
#[tokio::test]
async fn what_is_too_long_makes_no_long_address_and_no_long_row() {
    let long = format!("/deelnemers?x={}", "a".repeat(100_000));
    let (_broker, apps) = with_broker(Demand::Loa2Plus).await;
    for app in apps {
        let fields = [("email", HR), ("wachtwoord", PASSWORD), ("naar", long.as_str())];
        assert_eq!(app.post_form("/inloggen", None, &fields).await.header("location"), "/", "{}", app.name);
        let stranger = app.get(&long[..60_000], None).await;
        assert_eq!(stranger.header("location"), "/inloggen", "{}", app.name);
        let begun = app.send(form(BROKER, None, &[("naar", &long)])).await;
        assert_eq!(begun.status, StatusCode::OK);
        assert!(!begun.body.contains("aaaaaaaa"), "the broker is not told");
        let kept = "SELECT COUNT(*) FROM broker_try WHERE wanted = '/'";
        assert_eq!(app.database.db.number(kept).await.unwrap(), 1, "{}", app.name);
        set_up_app(&app, &app.sign_in(FINANCE).await).await;
        let fields = [("email", FINANCE), ("wachtwoord", PASSWORD), ("naar", long.as_str())];
        let second = app.post_form("/inloggen", None, &fields).await;
        assert_eq!(second.header("location"), "/inloggen/tweede-stap", "{}", app.name);
    }
}

// asvs = "3.5.6"
#[tokio::test]
async fn no_data_come_as_a_script_whatever_is_asked() {
    for app in apps().await {
        let token = app.sign_in(HR).await;
        let of_data = |kind| matches!(kind, RouteKind::ServerFunction | RouteKind::Download);
        for route in entries().iter().filter(|route| of_data(route.kind)) {
            let path = format!("{}?callback=kwaad&jsonp=kwaad&format=js", route.path);
            let method = Method::from_bytes(route.method.as_bytes()).unwrap();
            let headers = [
                (header::ACCEPT, "text/javascript"),
                (header::CONTENT_TYPE, "application/json"),
                (HeaderName::from_static("sec-fetch-site"), "same-origin"),
            ];
            let answer = app.send(request(method, &path, Some(&token), &headers, "{}")).await;
            let kind = answer.header("content-type");
            assert!(!kind.contains("script"), "{path}: {kind}");
            assert!(!answer.body.contains("kwaad"), "{path}: {}", answer.body);
            assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        }
    }
}

/// The names of the fields of the form on a page that is about signing in.
fn fields(page: &Answer) -> Vec<&str> {
    let start = page.body.find("class=\"sign-in\"").unwrap_or_else(|| panic!("no form in {}", page.body));
    let form = page.body[start..].split("</form>").next().unwrap();
    form.split(" name=\"").skip(1).map(|rest| rest.split('"').next().unwrap()).collect()
}

// asvs = "6.4.2"
#[tokio::test]
async fn nobody_is_asked_for_a_hint_or_the_answer_to_a_question() {
    for app in apps().await {
        assert_eq!(fields(&app.get("/inloggen", None).await), ["naar", "email", "wachtwoord"], "{}", app.name);
        assert_eq!(fields(&app.get("/wachtwoord-vergeten", None).await), ["email"]);
        let reset = reset_link(&app, HR).await;
        assert_eq!(fields(&app.get(&reset, None).await), ["email", "wachtwoord"]);
        app.database
            .db
            .run_raw(&format!("UPDATE account SET password_hash = NULL WHERE email = '{HR}'"))
            .await
            .unwrap();
        app.post_form("/wachtwoord-vergeten", None, &[("email", HR)]).await;
        let activate = link_in(&app.mails().await[0], LinkPurpose::Activation);
        assert_eq!(fields(&app.get(&activate, None).await), ["email", "wachtwoord"]);
        for _ in 0..5 {
            try_to(&app, FINANCE, "verkeerd").await;
        }
        let unblock = link_in(&app.mails().await[0], LinkPurpose::Unblock);
        assert!(fields(&app.get(&unblock, None).await).is_empty());
    }
}

// asvs = "6.5.3"
#[tokio::test]
async fn secrets_of_apps_and_recovery_codes_are_made_anew_for_everybody() {
    for app in apps().await {
        let first = set_up_app(&app, &app.sign_in(HR).await).await;
        let second = set_up_app(&app, &app.sign_in(FINANCE).await).await;
        assert_ne!(first.secret, second.secret, "{}", app.name);
        for made in [&first, &second] {
            // Each letter of base32 is five bits.
            assert!(made.secret.len() * 5 >= 160, "{}", made.secret.len());
            assert_eq!(made.codes.len(), 10);
        }
        let all: std::collections::BTreeSet<&String> = first.codes.iter().chain(&second.codes).collect();
        assert_eq!(all.len(), 20, "{}", app.name);
    }
}

/// Whether an error stands in the log with the number that the answer tells.
fn is_logged(log: &Log, answer: &Answer) -> bool {
    let id = answer.header("x-request-id");
    assert!(!id.is_empty());
    log.text().lines().any(|line| line.contains("ERROR") && line.contains(id))
}

async fn ask(app: &App, token: &str) -> Answer {
    app.get("/deelnemers?achternaam=geheimenaam", Some(token)).await
}

// asvs = "16.3.4"
#[tokio::test]
async fn what_goes_wrong_unexpectedly_is_logged_under_the_number_that_is_shown() {
    for app in apps().await {
        let token = app.sign_in(HR).await;
        assert_eq!(ask(&app, &token).await.status, StatusCode::OK);
        let (log, logging) = Log::begin(tracing::Level::INFO);
        app.database.db.run_raw("ALTER TABLE search_word RENAME TO elsewhere").await.unwrap();
        let failed = ask(&app, &token).await;
        app.database.db.close().await.unwrap();
        let closed = ask(&app, &token).await;
        drop(logging);
        for answer in [&failed, &closed] {
            assert!(answer.status.is_server_error(), "{} on {}", answer.status, app.name);
            assert!(is_logged(&log, answer), "{}", log.text());
        }
        assert!(!log.text().contains("geheimenaam"), "{}", log.text());
    }
}
