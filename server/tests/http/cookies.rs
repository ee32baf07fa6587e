//! The cookies that are kept in a browser, exactly.

use axum::http::header;
use collectief_domain::assurance::Demand;

use crate::{
    broker_sessions::set_up_app,
    eherkenning::{claims, go, signed, with_broker},
    harness::{Answer, App, FINANCE, HR, PASSWORD, form},
    sign_in::try_to,
};

/// The right password of an account that has a second step.
async fn waits_for_second_step(app: &App) -> Answer {
    set_up_app(app, &app.sign_in(FINANCE).await).await;
    try_to(app, FINANCE, PASSWORD).await
}

// asvs = "3.3.1, 3.3.2, 3.3.3, 3.3.4, 3.3.5, 7.2.2"
#[tokio::test]
async fn cookies_are_for_this_host_alone_and_the_session_for_no_script() {
    let (broker, apps) = with_broker(Demand::Loa2Plus).await;
    for app in apps {
        let signed_in = app.post_form("/inloggen", None, &[("email", HR), ("wachtwoord", PASSWORD)]).await;
        let token = signed_in.token().unwrap();
        let answers = [
            signed_in,
            app.post_form("/taal", Some(&token), &[("taal", "en"), ("naar", "/")]).await,
            app.post_form("/weergave", Some(&token), &[("weergave", "dark"), ("naar", "/")]).await,
            app.post_form("/uitloggen", Some(&token), &[]).await,
            app.send(form("/inloggen/eherkenning", None, &[])).await,
            go(&app, &broker, |begun| signed(&broker, &claims(&app, &broker, begun))).await,
            waits_for_second_step(&app).await,
        ];
        let mut seen = std::collections::BTreeSet::new();
        for answer in &answers {
            for cookie in answer.headers.get_all(header::SET_COOKIE) {
                let cookie = cookie.to_str().unwrap();
                seen.insert(cookie.split('=').next().unwrap());
                assert!(cookie.starts_with("__Host-"), "{cookie}");
                assert!(
                    cookie.contains("; Path=/") && cookie.contains("; Secure") && !cookie.contains("Domain="),
                    "{cookie}"
                );
                assert!(cookie.contains("; SameSite=Lax") || cookie.contains("; SameSite=Strict"), "{cookie}");
                assert!(cookie.len() < 4096, "{cookie}");
                assert!(cookie.contains("; HttpOnly"), "no script of ours reads any of them: {cookie}");
            }
            assert!(!answer.body.contains(&token), "the token stands in a page");
        }
        let all = ["__Host-eherkenning", "__Host-sessie", "__Host-taal", "__Host-tweede-stap", "__Host-weergave"];
        assert_eq!(seen.into_iter().collect::<Vec<_>>(), all, "{}", app.name);
        assert!(!app.get("/", Some(&token)).await.body.contains(&token));
    }
}
