//! Coming in with the second step, and what the tests of it share; changing it is in `second_factor_changes`.

use axum::http::{HeaderName, HeaderValue, Method, StatusCode, header};
use collectief_domain::account::LinkPurpose;
use collectief_service::account;
use serde_json::json;
use totp_rs::{Builder, Secret, Totp};

use crate::{
    harness::{Answer, App, FINANCE, HR, PASSWORD, apps, form, request},
    links::{link_in, reset_link},
    sign_in::try_to,
};

pub(crate) const STEP: &str = "/inloggen/tweede-stap";
pub(crate) const OWN: &str = "/mijn-gegevens/tweede-stap";
pub(crate) const MINUTE: i64 = 60 * 1000;

/// Long enough beside a second step, and too short without one.
pub(crate) const SHORT: &str = "wolk7lepel";

/// An app that shows codes.
pub(crate) struct Phone(pub(crate) Totp);

impl Phone {
    /// As it is set up with the secret that a page shows.
    pub(crate) fn of(page: &Answer) -> Self {
        let start = page.body.find("class=\"secret\">").unwrap_or_else(|| panic!("no secret in {}", page.body));
        let secret = page.body[start + 15..].split('<').next().unwrap().replace(' ', "");
        Self(Builder::new().with_secret(Secret::try_from_base32(&secret).unwrap()).build_noncompliant())
    }

    fn code_in(&self, app: &App, seconds: i64) -> String {
        self.0.generate(u64::try_from(app.clock.millis() / 1000 + seconds).unwrap()).to_string()
    }

    /// The code that it shows now.
    pub(crate) fn code(&self, app: &App) -> String {
        self.code_in(app, 0)
    }
}

/// Somebody with an app and recovery codes.
pub(crate) struct Owner {
    pub(crate) phone: Phone,
    pub(crate) codes: Vec<String>,
    /// The session in which it was set up.
    pub(crate) token: String,
}

pub(crate) async fn begin(app: &App, token: &str) -> Phone {
    let begun = app.post_form(OWN, Some(token), &[("actie", "beginnen")]).await;
    let way = begun.header("location").to_owned();
    assert_eq!((begun.status, way.as_str()), (StatusCode::SEE_OTHER, "/mijn-gegevens/tweede-stap?stap=instellen"));
    let page = app.get(&way, Some(token)).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    assert!(page.body.contains("<svg ") && page.body.contains("class=\"qr\""));
    Phone::of(&page)
}

pub(crate) fn codes_in(page: &Answer) -> Vec<String> {
    let list = page.body.split("class=\"codes\"").nth(1).unwrap_or_else(|| panic!("no codes in {}", page.body));
    let list = list.split("</ul>").next().unwrap();
    list.split("<code>").skip(1).map(|code| code.split('<').next().unwrap().to_owned()).collect()
}

/// Sets up an app for an account in this session; half a minute later, so that its next code can be used.
pub(crate) async fn set_up(app: &App, token: &str) -> Owner {
    let phone = begin(app, token).await;
    let fields = [("actie", "instellen"), ("nieuwe_code", &*phone.code(app)), ("wachtwoord", PASSWORD)];
    let done = app.post_form(OWN, Some(token), &fields).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.body);
    app.clock.advance(30_000);
    Owner { phone, codes: codes_in(&done), token: done.token().unwrap() }
}

/// Somebody with this account, who sets up an app.
pub(crate) async fn owner(app: &App, email: &str) -> Owner {
    set_up(app, &app.sign_in(email).await).await
}

/// The token of a sign-in that waits.
pub(crate) fn pending(answer: &Answer) -> Option<String> {
    answer.headers.get_all(header::SET_COOKIE).iter().find_map(|cookie| {
        let value = cookie.to_str().unwrap().strip_prefix("__Host-tweede-stap=")?;
        Some(value.split(';').next().unwrap().to_owned()).filter(|token| !token.is_empty())
    })
}

/// Fills in the password; the token of the sign-in that waits.
pub(crate) async fn first_step(app: &App, email: &str, password: &str) -> String {
    let answer = try_to(app, email, password).await;
    assert_eq!((answer.status, answer.header("location")), (StatusCode::SEE_OTHER, STEP), "{}", app.name);
    assert!(answer.token().is_none(), "no session before the second step");
    pending(&answer).unwrap()
}

pub(crate) async fn second_step(app: &App, pending: &str, fields: &[(&str, &str)]) -> Answer {
    let mut request = form(STEP, None, fields);
    let cookie = HeaderValue::from_str(&format!("__Host-tweede-stap={pending}")).unwrap();
    request.headers_mut().insert(header::COOKIE, cookie);
    app.send(request).await
}

pub(crate) async fn with_code(app: &App, pending: &str, code: &str) -> Answer {
    second_step(app, pending, &[("code", code)]).await
}

pub(crate) async fn comes_in(app: &App, email: &str, phone: &Phone) -> String {
    let waiting = first_step(app, email, PASSWORD).await;
    let answer = with_code(app, &waiting, &phone.code(app)).await;
    assert_eq!((answer.status, answer.header("location")), (StatusCode::SEE_OTHER, "/"), "{}", answer.body);
    answer.token().unwrap()
}

pub(crate) fn is_gone(answer: &Answer) -> bool {
    answer.status == StatusCode::SEE_OTHER
        && answer.header("location") == "/inloggen?melding=verlopen"
        && answer.token().is_none()
}

// asvs = "6.3.3, 7.6.2"
#[tokio::test]
async fn one_comes_in_with_the_password_and_then_the_code() {
    for app in apps().await {
        let Owner { phone, token: before, .. } = owner(&app, HR).await;
        let fields = [("email", HR), ("wachtwoord", PASSWORD), ("naar", "/deelnemers?pagina=2")];
        let first = app.post_form("/inloggen", None, &fields).await;
        assert_eq!(first.header("location"), "/inloggen/tweede-stap?naar=/deelnemers%3Fpagina%3D2");
        let cookie = first.header("set-cookie");
        assert!(cookie.ends_with("; Path=/; Max-Age=600; Secure; HttpOnly; SameSite=Strict"), "{cookie}");
        let waiting = pending(&first).unwrap();
        assert_eq!(waiting.len(), 43, "256 bits");
        // What waits is no session.
        assert_eq!(app.get("/", Some(&waiting)).await.status, StatusCode::SEE_OTHER);

        let empty = with_code(&app, &waiting, "").await;
        assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(empty.body.contains("Vul dit veld in"));
        for wrong in ["000000", "12345", "abcdef", "１２３４５６"] {
            let answer = with_code(&app, &waiting, wrong).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong}");
            assert!(answer.body.contains("Deze code klopt niet") && answer.token().is_none());
            assert!(!answer.body.contains(&format!("value=\"{wrong}\"")), "a code is not sent back");
        }
        let code = phone.code(&app);
        let typed = format!(" {} {} ", &code[..3], &code[3..]);
        let second = second_step(&app, &waiting, &[("code", &typed), ("naar", "/deelnemers?pagina=2")]).await;
        assert_eq!((second.status, second.header("location")), (StatusCode::SEE_OTHER, "/deelnemers?pagina=2"));
        let token = second.token().unwrap();
        assert!(token != before && token != waiting);
        assert_eq!(app.get("/", Some(&token)).await.status, StatusCode::OK, "{}", app.name);
        let strong = "SELECT COUNT(*) FROM session WHERE second_factor = 'totp'";
        assert_eq!(app.database.db.number(strong).await.unwrap(), 2);
        assert_eq!(app.logged("second_step_asked").await, 1);
        assert_eq!(app.logged("second_step_failed").await, 4);
        // Used up, in either way.
        assert!(is_gone(&with_code(&app, &waiting, &phone.code_in(&app, 30)).await));
        let other = first_step(&app, HR, PASSWORD).await;
        assert_eq!(with_code(&app, &other, &code).await.status, StatusCode::UNPROCESSABLE_ENTITY, "each code once");
        assert!(with_code(&app, &other, &phone.code_in(&app, 30)).await.token().is_some(), "{}", app.name);
    }
}

// asvs = "6.5.1, 7.2.4"
#[tokio::test]
async fn the_code_of_setting_up_is_used_and_so_is_everything_before_it() {
    for app in apps().await {
        let token = app.sign_in(HR).await;
        let phone = begin(&app, &token).await;
        let (early, code) = (phone.code_in(&app, -30), phone.code(&app));
        let fields = [("actie", "instellen"), ("nieuwe_code", &*code), ("wachtwoord", PASSWORD)];
        assert_eq!(app.post_form(OWN, Some(&token), &fields).await.status, StatusCode::OK);
        let waiting = first_step(&app, HR, PASSWORD).await;
        for used in [&code, &early] {
            assert_eq!(with_code(&app, &waiting, used).await.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", app.name);
        }
    }
}

// asvs = "6.5.5, 2.3.1"
#[tokio::test]
async fn a_sign_in_waits_for_ten_minutes() {
    for app in apps().await {
        let Owner { phone, .. } = owner(&app, HR).await;
        let waiting = first_step(&app, HR, PASSWORD).await;
        app.clock.advance(10 * MINUTE);
        assert!(is_gone(&with_code(&app, &waiting, &phone.code(&app)).await), "{}", app.name);
        for stranger in ["", "A", &"A".repeat(43)] {
            assert!(is_gone(&with_code(&app, stranger, &phone.code(&app)).await));
        }
        assert_eq!(app.get(STEP, None).await.header("location"), "/inloggen");
    }
}

// asvs = "6.5.1, 15.4.2"
#[tokio::test]
async fn of_two_who_send_the_same_code_one_comes_in() {
    for app in apps().await {
        let Owner { phone, .. } = owner(&app, HR).await;
        let code = phone.code(&app);
        let (one, other) = (first_step(&app, HR, PASSWORD).await, first_step(&app, HR, PASSWORD).await);
        let sends = [&one, &one, &other, &one].map(|waiting| with_code(&app, waiting, &code));
        let answers = futures::future::join_all(sends).await;
        let tokens: Vec<_> = answers.iter().filter_map(Answer::token).collect();
        assert_eq!(tokens.len(), 1, "{}", app.name);
        assert_eq!(app.get("/", Some(&tokens[0])).await.status, StatusCode::OK);
        assert_eq!(app.database.db.number("SELECT COUNT(*) FROM session").await.unwrap(), 2);
    }
}

// asvs = "6.6.3, 6.3.1"
#[tokio::test]
async fn wrong_codes_count_with_wrong_passwords_and_block() {
    for app in apps().await {
        let Owner { phone, token, .. } = owner(&app, HR).await;
        app.mails().await;
        try_to(&app, HR, "verkeerd").await;
        let waiting = first_step(&app, HR, PASSWORD).await;
        for _ in 0..2 {
            assert_eq!(with_code(&app, &waiting, "000000").await.status, StatusCode::UNPROCESSABLE_ENTITY);
        }
        // A right password does not make wrong codes forgotten.
        let again = first_step(&app, HR, PASSWORD).await;
        assert_eq!(with_code(&app, &again, "000000").await.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(with_code(&app, &again, "000000").await.status, StatusCode::FORBIDDEN, "the fifth blocks");
        for dead in [&waiting, &again] {
            assert!(is_gone(&with_code(&app, dead, &phone.code(&app)).await), "{}", app.name);
        }
        assert_eq!(try_to(&app, HR, PASSWORD).await.status, StatusCode::FORBIDDEN);
        assert_eq!(app.get("/", Some(&token)).await.status, StatusCode::SEE_OTHER, "its sessions ended");

        // The mailed link ends the block, and neither signs in nor switches the second step off.
        let mails = app.mails().await;
        assert!(mails[0].contains("of een verkeerde code") && !mails[0].contains("niet geraden"), "{}", mails[0]);
        let link = link_in(&mails[0], LinkPurpose::Unblock);
        let unblocked = app.post_form(&link, None, &[]).await;
        assert_eq!(unblocked.header("location"), "/inloggen?melding=gedeblokkeerd");
        assert!(unblocked.token().is_none() && pending(&unblocked).is_none());
        comes_in(&app, HR, &phone).await;
    }
}

// asvs = "6.6.3"
#[tokio::test]
async fn whoever_ends_every_block_cannot_guess_codes_for_ever() {
    for app in apps().await {
        let Owner { phone, .. } = owner(&app, HR).await;
        for _ in 0..20 {
            let waiting = first_step(&app, HR, PASSWORD).await;
            let answer = with_code(&app, &waiting, "000000").await;
            assert!(matches!(answer.status, StatusCode::UNPROCESSABLE_ENTITY | StatusCode::FORBIDDEN));
            account::unblock(&app.portal, HR).await.unwrap();
        }
        let waiting = first_step(&app, HR, PASSWORD).await;
        let answer = with_code(&app, &waiting, &phone.code(&app)).await;
        assert_eq!(answer.status, StatusCode::TOO_MANY_REQUESTS, "{}", app.name);
        assert!(answer.body.contains("Probeer het morgen opnieuw"));
        app.clock.advance(24 * 60 * MINUTE);
        comes_in(&app, HR, &phone).await;
    }
}

// asvs = "6.6.3, 15.4.2"
#[tokio::test]
async fn many_codes_at_once_do_not_outrun_the_count() {
    for app in apps().await {
        owner(&app, HR).await;
        let waiting = first_step(&app, HR, PASSWORD).await;
        let answers = futures::future::join_all((0..12).map(|_| with_code(&app, &waiting, "000000"))).await;
        let wrong = answers.iter().filter(|answer| answer.status == StatusCode::UNPROCESSABLE_ENTITY).count();
        assert!(wrong <= 4, "{wrong} on {}", app.name);
    }
}

// asvs = "6.5.1, 6.5.2, 6.3.7"
#[tokio::test]
async fn a_recovery_code_works_once_and_its_owner_is_told() {
    for app in apps().await {
        let Owner { codes, .. } = owner(&app, HR).await;
        assert_eq!(codes.len(), 10);
        app.mails().await;
        let waiting = first_step(&app, HR, PASSWORD).await;
        let typed = codes[3].to_uppercase().replace('-', " ");
        let answer = second_step(&app, &waiting, &[("herstelcode", &typed)]).await;
        let token = answer.token().unwrap_or_else(|| panic!("{}", answer.body));
        let mails = app.mails().await;
        assert_eq!(mails.len(), 1);
        assert!(mails[0].contains("nog 9 over") && !mails[0].contains(&codes[3]), "{}", mails[0]);
        assert!(app.get(OWN, Some(&token)).await.body.contains("nog 9 herstelcodes"));
        let waiting = first_step(&app, HR, PASSWORD).await;
        let again = second_step(&app, &waiting, &[("herstelcode", &codes[3])]).await;
        assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", app.name);
        // Another's code is nobody's.
        let other = owner(&app, FINANCE).await;
        let theirs = second_step(&app, &waiting, &[("herstelcode", &other.codes[0])]).await;
        assert_eq!(theirs.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(second_step(&app, &waiting, &[("herstelcode", &codes[4])]).await.token().is_some());
        assert_eq!(app.logged("recovery_code_used").await, 2);
    }
}

// asvs = "6.4.3, 6.3.6"
#[tokio::test]
async fn a_link_to_reset_leads_to_the_second_step() {
    for app in apps().await {
        let Owner { phone, token, .. } = owner(&app, HR).await;
        let before = first_step(&app, HR, PASSWORD).await;
        app.mails().await;
        let link = reset_link(&app, HR).await;
        assert!(app.get(&link, None).await.body.contains("Ten minste 8 tekens"));
        let answer = app.post_form(&link, None, &[("wachtwoord", SHORT)]).await;
        assert_eq!((answer.status, answer.header("location")), (StatusCode::SEE_OTHER, STEP), "{}", answer.body);
        assert!(answer.token().is_none());
        let waiting = pending(&answer).unwrap();
        assert_eq!(app.get("/", Some(&token)).await.status, StatusCode::SEE_OTHER, "other sessions ended");
        assert!(is_gone(&with_code(&app, &before, &phone.code(&app)).await), "so did what waited");
        assert_eq!(with_code(&app, &waiting, "000000").await.status, StatusCode::UNPROCESSABLE_ENTITY);
        let token = with_code(&app, &waiting, &phone.code(&app)).await.token().unwrap();

        // A password this short cannot stand alone.
        let page = app.get(OWN, Some(&token)).await;
        assert!(page.body.contains("Kies eerst een wachtwoord van ten minste 15 tekens"), "{}", app.name);
        let fields = [("actie", "uitzetten"), ("wachtwoord", SHORT), ("code", &*phone.code_in(&app, 30))];
        let refused = app.post_form(OWN, Some(&token), &fields).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        let on = "SELECT COUNT(*) FROM account_totp WHERE activated_at IS NOT NULL";
        assert_eq!(app.database.db.number(on).await.unwrap(), 1);
        // Neither does a link without a second step take one.
        let link = reset_link(&app, FINANCE).await;
        let answer = app.post_form(&link, None, &[("wachtwoord", SHORT)]).await;
        assert!(answer.body.contains("Gebruik ten minste 15 tekens"), "{}", answer.body);
    }
}

// asvs = "6.3.4"
#[tokio::test]
async fn over_a_page_one_signs_in_again_with_the_code_as_well() {
    for app in apps().await {
        let Owner { phone, .. } = owner(&app, HR).await;
        let path = "/fn/sign_in_again";
        let first = app.call(path, None, &json!({ "form": { "email": HR, "wachtwoord": PASSWORD } })).await;
        assert_eq!(
            (first.status, &*first.body),
            (StatusCode::OK, r#"{"SecondStep":{"means":{"app":true,"passkeys":false}}}"#)
        );
        assert!(first.token().is_none());
        let waiting = pending(&first).unwrap();
        let arguments = json!({ "form": { "stap": "code", "code": phone.code(&app) } }).to_string();
        let headers = [
            (header::CONTENT_TYPE, "application/json"),
            (header::ACCEPT, "application/json"),
            (HeaderName::from_static("sec-fetch-site"), "same-origin"),
            (header::COOKIE, &*format!("__Host-tweede-stap={waiting}")),
        ];
        let call = request(Method::POST, path, None, &headers, &arguments);
        let second = app.send(call).await;
        assert_eq!(second.body, format!("{{\"In\":{{\"account\":{}}}}}", app.account(HR).await));
        assert_eq!(app.get("/", second.token().as_deref()).await.status, StatusCode::OK, "{}", app.name);
    }
}
