//! Signing in: who gets in, who is blocked, and what a stranger can learn from it.

use std::net::IpAddr;

use axum::http::StatusCode;
use collectief_service::{Limits, account};

use crate::{
    harness::{Answer, App, FINANCE, HR, PASSWORD, apps, apps_with, form},
    second_factor::{first_step, owner, second_step},
};

/// Tries to sign in.
pub async fn try_to(app: &App, email: &str, password: &str) -> Answer {
    app.post_form("/inloggen", None, &[("email", email), ("wachtwoord", password)]).await
}

#[tokio::test]
async fn the_right_password_gets_in_whatever_the_capitals_of_the_address() {
    for app in apps().await {
        for email in [HR.to_owned(), format!("  {} ", HR.to_uppercase())] {
            let answer = try_to(&app, &email, PASSWORD).await;
            assert_eq!((answer.status, answer.header("location")), (StatusCode::SEE_OTHER, "/"), "{}", app.name);
            let cookie = answer.header("set-cookie");
            assert!(cookie.ends_with("; Path=/; Secure; HttpOnly; SameSite=Lax"), "{cookie}");
            let token = answer.token().unwrap();
            assert_eq!(token.len(), 43, "256 bits");
            let page = app.get("/", Some(&token)).await;
            assert_eq!(page.status, StatusCode::OK);
            assert!(page.body.contains("Medewerker hr"));
        }
    }
}

// asvs = "3.7.2"
#[tokio::test]
async fn one_goes_on_to_a_page_of_ours_and_to_no_other_site() {
    for app in apps().await {
        for (wanted, location) in [
            ("/deelnemers?pagina=2", "/deelnemers?pagina=2"),
            ("//evil.example", "/"),
            ("/\\evil.example", "/"),
            ("https://evil.example", "/"),
            ("javascript:alert(1)", "/"),
            ("/inloggen", "/"),
        ] {
            let fields = [("email", HR), ("wachtwoord", PASSWORD), ("naar", wanted)];
            let answer = app.post_form("/inloggen", None, &fields).await;
            assert_eq!(answer.header("location"), location, "{wanted}");
        }
    }
}

// asvs = "6.3.1"
#[tokio::test]
async fn five_wrong_passwords_block_and_the_right_one_is_then_told_so() {
    for app in apps().await {
        for number in 1..=4 {
            let answer = try_to(&app, HR, "verkeerd").await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{number}");
            assert!(answer.token().is_none());
        }
        assert_eq!(try_to(&app, HR, "verkeerd").await.status, StatusCode::FORBIDDEN, "the fifth blocks");
        let sixth = try_to(&app, HR, PASSWORD).await;
        assert_eq!(sixth.status, StatusCode::FORBIDDEN);
        assert!(sixth.token().is_none());

        account::unblock(&app.portal, HR).await.unwrap();
        assert!(try_to(&app, HR, PASSWORD).await.token().is_some(), "{}", app.name);
    }
}

#[tokio::test]
async fn signing_in_forgets_the_wrong_passwords_of_before() {
    for app in apps().await {
        for _ in 0..2 {
            for _ in 0..4 {
                try_to(&app, HR, "verkeerd").await;
            }
            assert!(try_to(&app, HR, PASSWORD).await.token().is_some(), "{}", app.name);
        }
    }
}

// asvs = "7.4.2"
#[tokio::test]
async fn blocking_ends_the_sessions_of_the_account() {
    for app in apps().await {
        let token = app.sign_in(HR).await;
        for _ in 0..5 {
            try_to(&app, HR, "verkeerd").await;
        }
        let answer = app.get("/", Some(&token)).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", app.name);
    }
}

// asvs = "6.3.8, 16.3.1"
#[tokio::test]
async fn a_stranger_learns_nothing_about_who_has_an_account() {
    for app in apps().await {
        let mut known = Vec::new();
        let mut unknown = Vec::new();
        for _ in 0..7 {
            known.push(try_to(&app, FINANCE, "verkeerd").await);
            unknown.push(try_to(&app, "niemand@linde.example", "verkeerd").await);
        }
        for (number, (known, unknown)) in known.iter().zip(&unknown).enumerate() {
            assert_eq!(known.status, unknown.status, "try {number}");
            assert_eq!(without_chance(&known.body, FINANCE), without_chance(&unknown.body, "niemand@linde.example"));
        }
        assert_eq!(known.last().unwrap().status, StatusCode::FORBIDDEN);
        // The log has the tries on the unknown address, but not the address.
        app.portal.audit().flush().await;
        let tries = "SELECT COUNT(*) FROM access_log WHERE event = 'sign_in_failed'";
        assert_eq!(app.database.db.number(tries).await.unwrap(), 10);
        let named = "SELECT COUNT(*) FROM access_log WHERE details LIKE '%niemand%' OR details LIKE '%@%'";
        assert_eq!(app.database.db.number(named).await.unwrap(), 0);
    }
}

/// A page without what differs by chance, or because it was typed.
pub fn without_chance(body: &str, email: &str) -> String {
    let mut text = body.replace(email, "…");
    while let Some(start) = text.find("nonce=\"") {
        let end = start + 7 + text[start + 7..].find('"').unwrap();
        text.replace_range(start..=end, "");
    }
    text
}

// asvs = "6.3.1, 2.4.1"
#[tokio::test]
async fn tries_on_many_accounts_from_one_address_are_stopped() {
    for app in apps_with(Limits { failures_per_client: 12, ..Limits::default() }).await {
        let client: IpAddr = [198, 51, 100, 7].into();
        let mut statuses = Vec::new();
        for number in 0..20 {
            let email = format!("naam{number}@linde.example");
            let fields = [("email", email.as_str()), ("wachtwoord", "verkeerd")];
            statuses.push(app.send_from(client, form("/inloggen", None, &fields)).await.status);
        }
        let stopped = statuses.iter().filter(|status| **status == StatusCode::TOO_MANY_REQUESTS).count();
        assert_eq!(stopped, 8, "{statuses:?}");
        let fields = [("email", HR), ("wachtwoord", PASSWORD)];
        let waiting = app.send_from(client, form("/inloggen", None, &fields)).await;
        assert_eq!(waiting.status, StatusCode::TOO_MANY_REQUESTS);
        // From elsewhere nobody notices, and after a quarter of an hour it can be tried again.
        assert!(try_to(&app, HR, PASSWORD).await.token().is_some());
        app.clock.advance(15 * 60 * 1000);
        assert!(app.send_from(client, form("/inloggen", None, &fields)).await.token().is_some(), "{}", app.name);
    }
}

// asvs = "6.3.1, 15.4.2"
#[tokio::test]
async fn many_tries_at_once_do_not_outrun_the_count() {
    for app in apps().await {
        let tries = (0..12).map(|number| {
            let password = if number == 11 { PASSWORD } else { "verkeerd" };
            let app = &app;
            async move { try_to(app, HR, password).await }
        });
        let answers = futures::future::join_all(tries).await;
        let wrong = answers.iter().filter(|answer| answer.status == StatusCode::UNPROCESSABLE_ENTITY).count();
        assert!(wrong <= 4, "{wrong} on {}", app.name);
    }
}

/// An office has one address, and everybody in it begins at nine.
// asvs = "15.4.1, 15.4.2"
#[tokio::test]
async fn an_office_that_comes_in_at_once_waits_for_nobody() {
    for app in apps().await {
        let codes = owner(&app, FINANCE).await.codes;
        for code in codes.iter().take(3) {
            let with_code = async {
                let waiting = first_step(&app, FINANCE, PASSWORD).await;
                second_step(&app, &waiting, &[("herstelcode", code)]).await.status
            };
            let passwords = [PASSWORD, "verkeerd", PASSWORD, PASSWORD, "verkeerd", PASSWORD];
            let others = passwords.map(|password| {
                let app = &app;
                async move { try_to(app, HR, password).await.status }
            });
            let (with_code, others) = tokio::join!(with_code, futures::future::join_all(others));
            for status in others.into_iter().chain([with_code]) {
                assert!(!status.is_server_error(), "{status} on {}", app.name);
            }
        }
    }
}

#[tokio::test]
async fn what_is_left_out_is_asked_for() {
    for app in apps().await {
        for fields in [vec![], vec![("email", HR)], vec![("wachtwoord", PASSWORD)]] {
            let answer = app.post_form("/inloggen", None, &fields).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
            assert!(!answer.body.contains(PASSWORD), "a password is never sent back");
        }
    }
}
