//! The second step of signing in: setting it up, coming in with it, and that there is no way around it.
//! ASVS 6.3.3, 6.3.7, 6.4.4, 6.5.1, 6.5.2, 6.5.3, 6.5.4, 6.5.5, 6.5.8, 7.2.4, 7.4.3.

use axum::http::{HeaderName, HeaderValue, Method, StatusCode, header};
use collectief::router::{RouteKind, entries};
use collectief_domain::account::LinkPurpose;
use collectief_service::{Request, account, account_management, second_factor};
use serde_json::json;
use totp_rs::{Builder, Secret, Totp};

use crate::{
    harness::{Answer, App, FINANCE, HR, MANAGER, OTHER, PASSWORD, apps, form, request},
    links::{delivered, link_in, logged, reset_link},
    sign_in::try_to,
};

pub const STEP: &str = "/inloggen/tweede-stap";
pub const OWN: &str = "/mijn-gegevens/tweede-stap";
pub const MINUTE: i64 = 60 * 1000;

/// Long enough beside a second step, and too short without one.
pub const SHORT: &str = "wolk7lepel";

/// An app that shows codes.
pub struct Phone(Totp);

impl Phone {
    /// As it is set up with the secret that a page shows.
    fn of(page: &Answer) -> Self {
        let start = page.body.find("class=\"secret\">").unwrap_or_else(|| panic!("no secret in {}", page.body));
        let secret = page.body[start + 15..].split('<').next().unwrap().replace(' ', "");
        Self(Builder::new().with_secret(Secret::try_from_base32(&secret).unwrap()).build_noncompliant())
    }

    fn code_in(&self, app: &App, seconds: i64) -> String {
        self.0.generate(u64::try_from(app.clock.millis() / 1000 + seconds).unwrap()).to_string()
    }

    /// The code that it shows now.
    pub fn code(&self, app: &App) -> String {
        self.code_in(app, 0)
    }
}

/// Somebody with an app and recovery codes.
pub struct Owner {
    /// The app.
    pub phone: Phone,
    /// The recovery codes.
    pub codes: Vec<String>,
    /// The session in which it was set up.
    pub token: String,
}

pub async fn begin(app: &App, token: &str) -> Phone {
    let begun = app.post_form(OWN, Some(token), &[("actie", "beginnen")]).await;
    let way = begun.header("location").to_owned();
    assert_eq!((begun.status, way.as_str()), (StatusCode::SEE_OTHER, "/mijn-gegevens/tweede-stap?stap=instellen"));
    let page = app.get(&way, Some(token)).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    assert!(page.body.contains("<svg ") && page.body.contains("class=\"qr\""));
    Phone::of(&page)
}

pub fn codes_in(page: &Answer) -> Vec<String> {
    let list = page.body.split("class=\"codes\"").nth(1).unwrap_or_else(|| panic!("no codes in {}", page.body));
    let list = list.split("</ul>").next().unwrap();
    list.split("<code>").skip(1).map(|code| code.split('<').next().unwrap().to_owned()).collect()
}

/// Sets up an app for an account in this session; half a minute later, so that its next code can be used.
pub async fn set_up(app: &App, token: &str) -> Owner {
    let phone = begin(app, token).await;
    let fields = [("actie", "instellen"), ("nieuwe_code", &*phone.code(app)), ("wachtwoord", PASSWORD)];
    let done = app.post_form(OWN, Some(token), &fields).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.body);
    app.clock.advance(30_000);
    Owner { phone, codes: codes_in(&done), token: done.token().unwrap() }
}

pub async fn owner(app: &App, email: &str) -> Owner {
    set_up(app, &app.sign_in(email).await).await
}

/// The token of a sign-in that waits.
pub fn pending(answer: &Answer) -> Option<String> {
    answer.headers.get_all(header::SET_COOKIE).iter().find_map(|cookie| {
        let value = cookie.to_str().unwrap().strip_prefix("__Host-tweede-stap=")?;
        Some(value.split(';').next().unwrap().to_owned()).filter(|token| !token.is_empty())
    })
}

/// Fills in the password; the token of the sign-in that waits.
pub async fn first_step(app: &App, email: &str, password: &str) -> String {
    let answer = try_to(app, email, password).await;
    assert_eq!((answer.status, answer.header("location")), (StatusCode::SEE_OTHER, STEP), "{}", app.name);
    assert!(answer.token().is_none(), "no session before the second step");
    pending(&answer).unwrap()
}

pub async fn second_step(app: &App, pending: &str, fields: &[(&str, &str)]) -> Answer {
    let mut request = form(STEP, None, fields);
    let cookie = HeaderValue::from_str(&format!("__Host-tweede-stap={pending}")).unwrap();
    request.headers_mut().insert(header::COOKIE, cookie);
    app.send(request).await
}

async fn with_code(app: &App, pending: &str, code: &str) -> Answer {
    second_step(app, pending, &[("code", code)]).await
}

async fn comes_in(app: &App, email: &str, phone: &Phone) -> String {
    let waiting = first_step(app, email, PASSWORD).await;
    let answer = with_code(app, &waiting, &phone.code(app)).await;
    assert_eq!((answer.status, answer.header("location")), (StatusCode::SEE_OTHER, "/"), "{}", answer.body);
    answer.token().unwrap()
}

pub fn is_gone(answer: &Answer) -> bool {
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
        assert_eq!(logged(&app, "second_step_asked").await, 1);
        assert_eq!(logged(&app, "second_step_failed").await, 4);
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
        delivered(&app).await;
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
        let mails = delivered(&app).await;
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
        delivered(&app).await;
        let waiting = first_step(&app, HR, PASSWORD).await;
        let typed = codes[3].to_uppercase().replace('-', " ");
        let answer = second_step(&app, &waiting, &[("herstelcode", &typed)]).await;
        let token = answer.token().unwrap_or_else(|| panic!("{}", answer.body));
        let mails = delivered(&app).await;
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
        assert_eq!(logged(&app, "recovery_code_used").await, 2);
    }
}

// asvs = "6.4.3, 6.3.6"
#[tokio::test]
async fn a_link_to_reset_leads_to_the_second_step() {
    for app in apps().await {
        let Owner { phone, token, .. } = owner(&app, HR).await;
        let before = first_step(&app, HR, PASSWORD).await;
        delivered(&app).await;
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

// asvs = "7.5.1, 7.5.3"
#[tokio::test]
async fn what_changes_the_second_step_asks_the_password_and_a_code() {
    for app in apps().await {
        let token = app.sign_in(HR).await;
        let elsewhere = app.sign_in(HR).await;
        let phone = begin(&app, &token).await;
        let code = phone.code(&app);
        for (fields, says) in [
            (vec![("nieuwe_code", &*code)], "Vul dit veld in"),
            (vec![("wachtwoord", PASSWORD)], "Vul dit veld in"),
            (vec![("nieuwe_code", "000000"), ("wachtwoord", PASSWORD)], "Deze code klopt niet"),
            (vec![("nieuwe_code", &*code), ("wachtwoord", "verkeerd")], "Dit wachtwoord klopt niet"),
        ] {
            let fields: Vec<_> = [("actie", "instellen")].into_iter().chain(fields).collect();
            let answer = app.post_form(OWN, Some(&token), &fields).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{fields:?}");
            assert!(answer.body.contains(says) && answer.body.contains("class=\"secret\""), "{fields:?}");
            assert!(!answer.body.contains(PASSWORD));
        }
        let fields = [("actie", "instellen"), ("nieuwe_code", &*code), ("wachtwoord", PASSWORD)];
        let done = app.post_form(OWN, Some(&token), &fields).await;
        let fresh = done.token().unwrap();
        for ended in [&token, &elsewhere] {
            assert_eq!(app.get("/", Some(ended)).await.status, StatusCode::SEE_OTHER, "sessions without it ended");
        }
        // The same form again does nothing, and the page tells how it stands.
        assert_eq!(app.post_form(OWN, Some(&fresh), &fields).await.header("location"), OWN);
        assert!(delivered(&app).await.iter().any(|mail| mail.contains("vraagt uw account in Collectief")));

        app.clock.advance(30_000);
        for deed in ["codes", "uitzetten"] {
            for (password, code) in
                [(PASSWORD, ""), ("", "123456"), (PASSWORD, "000000"), ("verkeerd", &*phone.code(&app))]
            {
                let fields = [("actie", deed), ("wachtwoord", password), ("code", code)];
                let answer = app.post_form(OWN, Some(&fresh), &fields).await;
                assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{deed} {password} {code}");
            }
            account::unblock(&app.portal, HR).await.unwrap();
        }
        let old = codes_in(&done);
        let fields = [("actie", "codes"), ("wachtwoord", PASSWORD), ("code", &*phone.code(&app))];
        let new = codes_in(&app.post_form(OWN, Some(&fresh), &fields).await);
        assert!(new.len() == 10 && new.iter().all(|code| !old.contains(code)));
        // A code that was replaced is worth nothing; one of the new ones is enough.
        let fields = |code| [("actie", "uitzetten"), ("wachtwoord", PASSWORD), ("code", code)];
        assert_eq!(app.post_form(OWN, Some(&fresh), &fields(&old[0])).await.status, StatusCode::UNPROCESSABLE_ENTITY);
        let off = app.post_form(OWN, Some(&fresh), &fields(&new[0])).await;
        assert_eq!(off.header("location"), "/mijn-gegevens/tweede-stap?gedaan=uit", "{}", off.body);
        assert!(app.get(off.header("location"), off.token().as_deref()).await.body.contains("staat uit"));
        assert_eq!(app.get("/", Some(&fresh)).await.status, StatusCode::SEE_OTHER);
        assert!(try_to(&app, HR, PASSWORD).await.token().is_some(), "{}", app.name);
        for table in ["account_totp", "account_recovery_code", "pending_sign_in"] {
            assert_eq!(app.database.db.number(&format!("SELECT COUNT(*) FROM {table}")).await.unwrap(), 0, "{table}");
        }
    }
}

// asvs = "6.5.6"
#[tokio::test]
async fn another_app_takes_the_place_of_the_first_once_it_shows_the_right_code() {
    for app in apps().await {
        let Owner { phone: first, codes, token } = owner(&app, HR).await;
        let second = begin(&app, &token).await;
        let code = second.code(&app);
        let fields = [("actie", "instellen"), ("nieuwe_code", &*code), ("wachtwoord", PASSWORD)];
        let without = app.post_form(OWN, Some(&token), &fields).await;
        assert_eq!(without.status, StatusCode::UNPROCESSABLE_ENTITY, "the old one, or a recovery code, is asked");
        let token = comes_in(&app, HR, &first).await;
        let with: Vec<_> = fields.into_iter().chain([("code", &*codes[0])]).collect();
        assert_eq!(app.post_form(OWN, Some(&token), &with).await.status, StatusCode::OK);
        app.clock.advance(30_000);
        let waiting = first_step(&app, HR, PASSWORD).await;
        assert_eq!(with_code(&app, &waiting, &first.code(&app)).await.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(with_code(&app, &waiting, &second.code(&app)).await.token().is_some(), "{}", app.name);
    }
}

// asvs = "6.3.4"
#[tokio::test]
async fn a_session_without_the_second_step_of_its_account_is_worth_nothing() {
    for app in apps().await {
        let Owner { token, .. } = owner(&app, HR).await;
        assert_eq!(app.get("/", Some(&token)).await.status, StatusCode::OK);
        app.database.db.run_raw("UPDATE session SET second_factor = NULL").await.unwrap();
        assert_eq!(app.get("/", Some(&token)).await.status, StatusCode::SEE_OTHER, "{}", app.name);
    }
}

// asvs = "6.3.3, 2.3.1, 8.2.1"
#[tokio::test]
async fn whoever_must_have_a_second_step_can_reach_nothing_before_it_is_set_up() {
    for app in apps().await {
        account_management::name_main(&app.portal, MANAGER, "23595").await.unwrap();
        let (manager, hr, other) = (app.sign_in(MANAGER).await, app.sign_in(HR).await, app.sign_in(OTHER).await);
        let employer = "SELECT employer_id FROM contract WHERE number = '23595'";
        let employer = app.database.db.number(employer).await.unwrap().to_string();
        let fields = [("werkgever", &*employer), ("verplicht", "ja")];
        let policy = "/accountbeheer/tweede-stap";
        // It is for the main account to say.
        assert_eq!(app.post_form(policy, Some(&hr), &fields).await.status, StatusCode::FORBIDDEN);
        assert_eq!(app.post_form(policy, Some(&other), &fields).await.status, StatusCode::NOT_FOUND);
        assert_eq!(app.get("/", Some(&hr)).await.status, StatusCode::OK);
        assert!(app.get("/accountbeheer", Some(&manager)).await.body.contains(policy));
        let done = app.post_form(policy, Some(&manager), &fields).await;
        assert_eq!(done.header("location"), "/accountbeheer/tweede-stap?gedaan=verplicht", "{}", done.body);
        assert_eq!(logged(&app, "second_factor_policy_changed").await, 1);

        // From the next click on, on every route there is, new sessions included.
        for token in [hr.clone(), app.sign_in(HR).await] {
            for route in entries() {
                let path = route.path.replace("{id}", "1").replace("{token}", "A");
                let allowed = ["/taal", "/weergave", "/uitloggen", OWN, "/mijn-gegevens/tweede-stap/herstelcodes"];
                let open = path.starts_with("/inloggen")
                    || path.starts_with("/account-aanvragen")
                    || path == "/wachtwoord-vergeten"
                    || route.path.contains("{token}");
                if open
                    || allowed.contains(&&*path)
                    || matches!(&*path, "/healthz" | "/readyz" | "/csp-meldingen" | "/.well-known/security.txt")
                {
                    continue;
                }
                let answer = match (route.kind, route.method) {
                    (RouteKind::ServerFunction, _) if path.starts_with("/fn/") => {
                        app.call(
                            &path,
                            Some(&token),
                            &json!({ "form": {}, "id": "1", "ids": "1", "text": "ab", "step": "", "nummer": "1" }),
                        )
                        .await
                    }
                    (_, "GET") => app.get(&path, Some(&token)).await,
                    _ => app.post_form(&path, Some(&token), &[]).await,
                };
                let who_may = ["/fn/ping", "/fn/view_second_factor", "/fn/sign_in_again", "/fn/ask_passkey"];
                if path.starts_with("/fn/") {
                    let expected = if who_may.contains(&&*path) { StatusCode::OK } else { StatusCode::FORBIDDEN };
                    assert_eq!(answer.status, expected, "{path} on {}: {}", app.name, answer.body);
                } else {
                    assert_eq!((answer.status, answer.header("location")), (StatusCode::SEE_OTHER, OWN), "{path}");
                }
                for name in ["Janse", "Testpersoon", "hr@linde.example"] {
                    assert!(!answer.body.contains(name), "{path} shows {name}");
                }
            }
        }
        assert_eq!(app.get("/", Some(&other)).await.status, StatusCode::OK, "another employer's staff notice nothing");
        let page = app.get(OWN, Some(&hr)).await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(page.body.contains("Uw werkgever vraagt een tweede stap") && page.body.contains("Uitloggen"));
        assert!(!page.body.contains("Huidige deelnemers"), "there is no menu");

        let owner = set_up(&app, &hr).await;
        assert_eq!(app.get("/deelnemers", Some(&owner.token)).await.status, StatusCode::OK, "{}", app.name);
        let off = [("actie", "uitzetten"), ("wachtwoord", PASSWORD), ("code", &*owner.phone.code(&app))];
        assert_eq!(app.post_form(OWN, Some(&owner.token), &off).await.status, StatusCode::FORBIDDEN, "it stays");
        let token = comes_in(&app, HR, &owner.phone).await;
        assert_eq!(app.get("/deelnemers", Some(&token)).await.status, StatusCode::OK);
        // Signing out works for whoever is stuck halfway, too.
        let finance = app.sign_in(FINANCE).await;
        assert_eq!(app.get("/", Some(&finance)).await.header("location"), OWN);
        app.post_form("/uitloggen", Some(&finance), &[]).await;
        assert_eq!(app.get("/", Some(&finance)).await.header("location"), "/inloggen");
        // The operator can take it back, and that holds at once as well.
        let finance = app.sign_in(FINANCE).await;
        second_factor::require_of_contract(&app.portal, "23595", false).await.unwrap();
        assert_eq!(app.get("/", Some(&finance)).await.status, StatusCode::OK);
    }
}

// asvs = "14.2.4, 6.5.2"
#[tokio::test]
async fn a_stolen_database_holds_no_secret() {
    for app in apps().await {
        let Owner { phone, codes, token } = owner(&app, HR).await;
        let waiting = first_step(&app, HR, PASSWORD).await;
        let in_making = begin(&app, &token).await;
        delivered(&app).await;
        let dump = app.database.db.dump().await.unwrap().to_lowercase();
        let mut secrets = vec![token, waiting, phone.code(&app)];
        secrets.extend(codes.iter().flat_map(|code| [code.clone(), code.replace('-', "")]));
        for phone in [&phone, &in_making] {
            let bytes = phone.0.secret().as_bytes();
            secrets.push(phone.0.secret().to_base32());
            secrets.push(bytes.iter().map(|byte| format!("{byte:02x}")).collect());
        }
        // Bytes stand in it as hexadecimal digits.
        for secret in secrets.iter().skip(2).chain(&secrets[..2]) {
            let hex: String = secret.bytes().map(|byte| format!("{byte:02x}")).collect();
            assert!(secret.len() == 6 || !dump.contains(&secret.to_lowercase()), "{}", app.name);
            assert!(!dump.contains(&hex), "{}", app.name);
        }
    }
}

// asvs = "6.5.6, 6.3.7"
#[tokio::test]
async fn the_operator_takes_a_second_step_away_and_its_owner_is_told() {
    for app in apps().await {
        let request = Request::internal("test");
        assert!(!second_factor::reset(&app.portal, &request, None, HR).await.unwrap());
        let Owner { token, .. } = owner(&app, HR).await;
        let waiting = first_step(&app, HR, PASSWORD).await;
        delivered(&app).await;
        assert!(second_factor::reset(&app.portal, &request, None, HR).await.unwrap());
        assert_eq!(app.get("/", Some(&token)).await.status, StatusCode::SEE_OTHER);
        assert!(is_gone(&with_code(&app, &waiting, "123456").await));
        assert!(delivered(&app).await.iter().any(|mail| mail.contains("De helpdesk heeft de tweede stap")));
        assert!(try_to(&app, HR, PASSWORD).await.token().is_some(), "{}", app.name);
        assert_eq!(logged(&app, "second_factor_reset").await, 1);

        // A password that cannot stand alone is forgotten with it.
        let Owner { .. } = owner(&app, HR).await;
        delivered(&app).await;
        let link = reset_link(&app, HR).await;
        app.post_form(&link, None, &[("wachtwoord", SHORT)]).await;
        delivered(&app).await;
        assert!(second_factor::reset(&app.portal, &request, None, HR).await.unwrap());
        assert_eq!(try_to(&app, HR, SHORT).await.status, StatusCode::UNPROCESSABLE_ENTITY);
        let mails = delivered(&app).await;
        assert!(mails.iter().any(|mail| mail.contains(LinkPurpose::Activation.path())), "{mails:?}");
    }
}

// asvs = "5.4.1"
#[tokio::test]
async fn recovery_codes_are_written_to_a_file_for_their_owner_alone() {
    for app in apps().await {
        let Owner { codes, token, .. } = owner(&app, HR).await;
        let other = app.sign_in(OTHER).await;
        let path = "/mijn-gegevens/tweede-stap/herstelcodes";
        let all = codes.join(" ");
        let file = app.post_form(path, Some(&token), &[("codes", &all)]).await;
        assert_eq!(file.status, StatusCode::OK);
        assert_eq!(file.header("content-type"), "text/plain; charset=utf-8");
        assert!(file.header("content-disposition").starts_with("attachment"));
        assert!(codes.iter().all(|code| file.body.contains(code)));
        for (who, codes) in [(&other, &*all), (&token, "<script>"), (&token, ""), (&token, &*format!("{all} extra"))] {
            let refused = app.post_form(path, Some(who), &[("codes", codes)]).await;
            assert_eq!(refused.status, StatusCode::NOT_FOUND, "{codes} on {}", app.name);
        }
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
