//! What a session is worth, and when it ends.

use axum::http::{Method, StatusCode, header};

use crate::harness::{App, BOTH, HR, PASSWORD, apps, encoded, request};

const MINUTE: i64 = 60 * 1000;

/// Asks for a page, and waits until it is noted that the session was used: a busy database may note it later.
async fn use_session(app: &App, token: &str) {
    assert_eq!(app.get("/", Some(token)).await.status, StatusCode::OK, "{}", app.name);
    for _ in 0..100 {
        let seen = app.database.db.number("SELECT MAX(last_seen_at) FROM session").await.unwrap();
        if seen == app.clock.millis() {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("the use of the session was not noted on {}", app.name);
}

// asvs = "8.2.1"
#[tokio::test]
async fn without_a_session_a_page_leads_to_the_sign_in_page_and_back() {
    for app in apps().await {
        for (path, location) in [
            ("/", "/inloggen"),
            ("/deelnemers?achternaam=ven&pagina=2", "/inloggen?naar=/deelnemers%3Fachternaam%3Dven%26pagina%3D2"),
            ("/deelnemers.xlsx", "/inloggen?naar=/deelnemers.xlsx"),
            ("/bestaat-niet", "/inloggen?naar=/bestaat-niet"),
        ] {
            for token in [None, Some(""), Some("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")] {
                let answer = app.get(path, token).await;
                assert_eq!((answer.status, answer.header("location")), (StatusCode::SEE_OTHER, location));
                assert!(answer.body.is_empty());
            }
        }
        assert_eq!(app.get("/inloggen", None).await.status, StatusCode::OK, "{}", app.name);
    }
}

// asvs = "8.2.1, 8.3.1"
#[tokio::test]
async fn without_a_session_a_server_function_is_refused() {
    for app in apps().await {
        let answer = app.call("/fn/list_participants", None, &serde_json::json!({})).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{}", app.name);
    }
}

// asvs = "7.3.1"
#[tokio::test]
async fn an_idle_session_ends_and_a_used_one_does_not() {
    for app in apps().await {
        let token = app.sign_in(HR).await;
        for _ in 0..3 {
            app.clock.advance(29 * MINUTE);
            use_session(&app, &token).await;
        }
        app.clock.advance(30 * MINUTE);
        assert_eq!(app.get("/", Some(&token)).await.status, StatusCode::SEE_OTHER, "{}", app.name);
    }
}

// asvs = "7.3.2"
#[tokio::test]
async fn a_session_ends_after_ten_hours_however_much_it_is_used() {
    for app in apps().await {
        let token = app.sign_in(HR).await;
        for _ in 0..23 {
            app.clock.advance(25 * MINUTE);
            use_session(&app, &token).await;
        }
        app.clock.advance(25 * MINUTE);
        assert_eq!(app.get("/", Some(&token)).await.status, StatusCode::SEE_OTHER, "{}", app.name);
    }
}

#[tokio::test]
async fn that_a_session_was_used_is_noted_once_a_minute() {
    for app in apps().await {
        let token = app.sign_in(HR).await;
        let seen = "SELECT last_seen_at FROM session";
        let first = app.database.db.number(seen).await.unwrap();
        app.clock.advance(59_000);
        app.get("/", Some(&token)).await;
        assert_eq!(app.database.db.number(seen).await.unwrap(), first);
        app.clock.advance(1_000);
        use_session(&app, &token).await;
        assert_eq!(app.database.db.number(seen).await.unwrap(), first + MINUTE, "{}", app.name);
    }
}

// asvs = "7.2.4"
#[tokio::test]
async fn signing_in_gives_a_new_token_and_ends_the_session_of_before() {
    for app in apps().await {
        let before = app.sign_in(HR).await;
        let fields = [("email", HR), ("wachtwoord", PASSWORD)];
        let answer = app.post_form("/inloggen", Some(&before), &fields).await;
        let after = answer.token().unwrap();
        assert_ne!(before, after);
        assert_eq!(app.get("/", Some(&before)).await.status, StatusCode::SEE_OTHER, "{}", app.name);
        assert_eq!(app.get("/", Some(&after)).await.status, StatusCode::OK);
    }
}

// asvs = "7.4.1, 14.3.1"
#[tokio::test]
async fn signing_out_ends_the_session_and_clears_the_device() {
    for app in apps().await {
        let token = app.sign_in(HR).await;
        let answer = app.post_form("/uitloggen", Some(&token), &[]).await;
        assert_eq!((answer.status, answer.header("location")), (StatusCode::SEE_OTHER, "/inloggen"));
        assert_eq!(answer.header("clear-site-data"), "\"cache\", \"cookies\", \"storage\"");
        assert!(
            answer.header("set-cookie").starts_with("__Host-sessie=; ")
                && answer.header("set-cookie").contains("Max-Age=0")
        );
        assert_eq!(app.get("/", Some(&token)).await.status, StatusCode::SEE_OTHER, "{}", app.name);
        // Signing out twice is no error, and a link does not sign anybody out.
        assert_eq!(app.post_form("/uitloggen", Some(&token), &[]).await.status, StatusCode::SEE_OTHER);
        let token = app.sign_in(HR).await;
        app.get("/uitloggen", Some(&token)).await;
        assert_eq!(app.get("/", Some(&token)).await.status, StatusCode::OK);
    }
}

// asvs = "14.2.4"
#[tokio::test]
async fn only_the_hash_of_a_token_is_stored() {
    for app in apps().await {
        let token = app.sign_in(HR).await;
        let sql = format!("SELECT COUNT(*) FROM session WHERE CAST(token_hash AS TEXT) LIKE '%{}%'", &token[..10]);
        assert_eq!(app.database.db.number(&sql).await.unwrap(), 0);
        assert_eq!(app.database.db.number("SELECT MIN(LENGTH(token_hash)) FROM session").await.unwrap(), 32);
    }
}

// asvs = "8.3.2"
#[tokio::test]
async fn a_right_that_is_taken_away_is_gone_with_the_next_request() {
    for app in apps().await {
        let token = app.sign_in(BOTH).await;
        let path = "/deelnemers?contract=24001";
        assert_eq!(app.get(path, Some(&token)).await.status, StatusCode::OK);
        let account = format!("(SELECT id FROM account WHERE email = '{BOTH}')");
        let contract = "(SELECT id FROM contract WHERE number = '24001')";
        for sql in [
            format!("DELETE FROM account_right WHERE account_id = {account} AND contract_id = {contract}"),
            format!("UPDATE account SET rights_version = rights_version + 1 WHERE email = '{BOTH}'"),
        ] {
            app.database.db.run_raw(&sql).await.unwrap();
        }
        assert_eq!(app.get(path, Some(&token)).await.status, StatusCode::NOT_FOUND, "{}", app.name);
    }
}

#[tokio::test]
async fn the_contract_language_and_theme_that_are_chosen_are_kept() {
    for app in apps().await {
        let token = app.sign_in(BOTH).await;
        let choose = |path: &'static str, fields: &'static [(&'static str, &'static str)]| {
            let headers = [
                (header::CONTENT_TYPE, "application/x-www-form-urlencoded"),
                (header::ACCEPT, "text/html"),
                (header::ORIGIN, crate::harness::ORIGIN),
                (header::REFERER, "http://127.0.0.1:3000/deelnemers"),
            ];
            request(Method::POST, path, Some(&token), &headers, &encoded(fields))
        };
        let chosen = app.send(choose("/contractkeuze", &[("contract", "24001"), ("naar", "/deelnemers")])).await;
        assert_eq!(
            (chosen.status.is_redirection(), chosen.header("location")),
            (true, "/deelnemers"),
            "{}",
            chosen.body
        );
        let page = app.get("/deelnemers", Some(&token)).await;
        assert!(page.body.contains("Bakker") && !page.body.contains("Janse"), "{}", app.name);

        app.send(choose("/taal", &[("taal", "en"), ("naar", "/deelnemers")])).await;
        app.send(choose("/weergave", &[("weergave", "dark"), ("naar", "/deelnemers")])).await;
        let page = app.get("/deelnemers", Some(&token)).await;
        assert!(page.body.contains("lang=\"en\"") && page.body.contains("data-theme=\"dark\""), "{}", app.name);

        // Another's contract cannot be chosen, and neither can one that does not exist: nothing changes.
        for number in ["31337", "99999"] {
            let fields: &'static [(&str, &str)] = if number == "31337" {
                &[("contract", "31337"), ("naar", "/")]
            } else {
                &[("contract", "99999"), ("naar", "/")]
            };
            app.send(choose("/contractkeuze", fields)).await;
            assert!(app.get("/deelnemers", Some(&token)).await.body.contains("Bakker"));
        }
    }
}
