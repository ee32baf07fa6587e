//! Passkeys as a second step: adding one, coming in with one, removing one, and what is refused.

use axum::http::{HeaderName, Method, StatusCode, header};
use collectief_domain::account::WRONG_PASSWORDS_ALLOWED;
use collectief_service::{Request, account, second_factor};
use serde_json::{Value, json};

use crate::{
    authenticator::{Authenticator, Says},
    harness::{self, Answer, App, FINANCE, HR, PASSWORD, apps, request},
    links::reset_link,
    second_factor::{MINUTE, OWN, Owner, SHORT, STEP, codes_in, first_step, is_gone, owner, pending, second_step},
    sign_in::try_to,
};

/// Browsers keep passkeys for names alone.
const ORIGIN: &str = "http://localhost:3000";

/// The page on which the browser makes a passkey.
const MAKING: &str = "/mijn-gegevens/tweede-stap?stap=passkey";

async fn apps_with_passkeys() -> Vec<App> {
    apps().await.into_iter().map(|app| app.at(ORIGIN)).collect()
}

/// Somebody with a passkey.
struct Holder {
    device: Authenticator,
    codes: Vec<String>,
    token: String,
}

/// Begins to add a passkey; `proof` is asked where there is a second step.
async fn begin(app: &App, token: &str, name: &str, password: &str, proof: Option<(&str, &str)>) -> Answer {
    let fields = [("actie", "passkey-beginnen"), ("naam", name), ("wachtwoord", password)];
    app.post_form(OWN, Some(token), &fields.into_iter().chain(proof).collect::<Vec<_>>()).await
}

/// What the browser is told to make.
async fn options(app: &App, token: &str) -> String {
    let view = app.call("/fn/view_second_factor", Some(token), &json!({ "step": "passkey" })).await;
    let view: Value = serde_json::from_str(&view.body).unwrap();
    view["new_passkey"]["options"].as_str().unwrap_or_else(|| panic!("nothing to make in {view}")).to_owned()
}

async fn keep(app: &App, token: &str, made: &str) -> Answer {
    app.post_form(OWN, Some(token), &[("actie", "passkey-bewaren"), ("nieuwe_passkey", made)]).await
}

/// Adds a passkey to an account that has no second step.
async fn add_first(app: &App, email: &str) -> Holder {
    let token = app.sign_in(email).await;
    assert_eq!(begin(app, &token, "Telefoon", PASSWORD, None).await.header("location"), MAKING, "{}", app.name);
    let mut device = Authenticator::new();
    let made = device.create(&options(app, &token).await, &Says::at(ORIGIN));
    let kept = keep(app, &token, &made).await;
    assert_eq!(kept.status, StatusCode::OK, "{}", kept.body);
    Holder { device, codes: codes_in(&kept), token: kept.token().unwrap() }
}

/// Adds another one, with a recovery code as the proof.
async fn add_another(app: &App, holder: &mut Holder, name: &str, code: usize) -> Authenticator {
    let begun = begin(app, &holder.token, name, PASSWORD, Some(("code", &holder.codes[code]))).await;
    assert_eq!(begun.header("location"), MAKING, "{}", begun.body);
    let mut device = Authenticator::new();
    let made = device.create(&options(app, &holder.token).await, &Says::at(ORIGIN));
    let kept = keep(app, &holder.token, &made).await;
    assert_eq!(kept.header("location"), "/mijn-gegevens/tweede-stap?gedaan=passkey", "{}", kept.body);
    holder.token = kept.token().unwrap();
    device
}

/// Calls a server function in a browser in which a sign-in waits.
async fn call_waiting(app: &App, waiting: &str, path: &str, arguments: &Value) -> Answer {
    let headers = [
        (header::CONTENT_TYPE, "application/json"),
        (header::ACCEPT, "application/json"),
        (HeaderName::from_static("sec-fetch-site"), "same-origin"),
        (header::COOKIE, &*format!("__Host-tweede-stap={waiting}")),
    ];
    app.send(request(Method::POST, path, None, &headers, &arguments.to_string())).await
}

/// What the browser is to ask for the sign-in that waits, if anything.
async fn asked(app: &App, waiting: &str) -> Option<String> {
    let answer = call_waiting(app, waiting, "/fn/ask_passkey", &json!({})).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    serde_json::from_str(&answer.body).unwrap()
}

/// What the browser is to ask of who is signed in.
async fn asked_own(app: &App, token: &str) -> Option<String> {
    let answer = app.call("/fn/ask_own_passkey", Some(token), &json!({})).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    serde_json::from_str(&answer.body).unwrap()
}

async fn with_passkey(app: &App, waiting: &str, answer: &str) -> Answer {
    second_step(app, waiting, &[("passkey", answer)]).await
}

/// Signs in with a passkey.
async fn comes_in(app: &App, email: &str, device: &mut Authenticator) -> String {
    let waiting = first_step(app, email, PASSWORD).await;
    let answer = device.get(&asked(app, &waiting).await.unwrap(), &Says::at(ORIGIN));
    let second = with_passkey(app, &waiting, &answer).await;
    assert_eq!((second.status, second.header("location")), (StatusCode::SEE_OTHER, "/"), "{}", second.body);
    second.token().unwrap()
}

fn is_refused(answer: &Answer) -> bool {
    answer.status == StatusCode::UNPROCESSABLE_ENTITY
        && answer.body.contains("Deze passkey is niet geaccepteerd")
        && answer.token().is_none()
}

async fn count(app: &App, table: &str) -> i64 {
    app.database.db.number(&format!("SELECT COUNT(*) FROM {table}")).await.unwrap()
}

// asvs = "6.3.3, 6.3.7, 7.4.3, 7.5.1"
#[tokio::test]
async fn a_first_passkey_is_a_second_step_with_all_that_goes_with_it() {
    for app in apps_with_passkeys().await {
        let (token, elsewhere) = (app.sign_in(HR).await, app.sign_in(HR).await);
        assert!(app.get(OWN, Some(&token)).await.body.contains("Passkey toevoegen"));
        let long = "x".repeat(61);
        for (name, password, says) in [
            ("", PASSWORD, "Vul dit veld in"),
            (&*long, PASSWORD, "60 tekens"),
            ("Telefoon", "", "Vul dit veld in"),
            ("Telefoon", "verkeerd", "Dit wachtwoord klopt niet"),
        ] {
            let answer = begin(&app, &token, name, password, None).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{name} {password}");
            assert!(answer.body.contains(says) && !answer.body.contains(PASSWORD), "{}", answer.body);
        }
        assert_eq!(begin(&app, &token, " Telefoon ", PASSWORD, None).await.header("location"), MAKING);
        let page = app.get(MAKING, Some(&token)).await;
        assert!(page.body.contains("Maak de passkey") && page.body.contains("geen passkey maken"), "{}", page.body);
        let told: Value = serde_json::from_str(&options(&app, &token).await).unwrap();
        assert_eq!((&told["rp"]["id"], &told["rp"]["name"]), (&json!("localhost"), &json!("Collectief")));
        assert_eq!(told["authenticatorSelection"]["userVerification"], "required");
        assert_eq!((&told["user"]["name"], &told["attestation"]), (&json!(HR), &json!("none")));

        let mut device = Authenticator::new();
        let made = device.create(&told.to_string(), &Says::at(ORIGIN));
        let kept = keep(&app, &token, &made).await;
        assert_eq!(kept.status, StatusCode::OK, "{}", kept.body);
        assert_eq!(codes_in(&kept).len(), 10);
        let fresh = kept.token().unwrap();
        for ended in [&token, &elsewhere] {
            assert_eq!(app.get("/", Some(ended)).await.status, StatusCode::SEE_OTHER, "sessions without it ended");
        }
        // The same form again does nothing, and the page tells how it stands.
        assert_eq!(keep(&app, &fresh, &made).await.header("location"), OWN);
        assert!(app.mails().await.iter().any(|mail| mail.contains("Er is een passkey toegevoegd")));
        assert_eq!(app.logged("passkey_added").await, 1);
        let page = app.get(OWN, Some(&fresh)).await;
        assert!(page.body.contains("Telefoon") && page.body.contains("nog niet gebruikt"), "{}", page.body);

        let token = comes_in(&app, HR, &mut device).await;
        assert!(!app.get(OWN, Some(&token)).await.body.contains("nog niet gebruikt"), "{}", app.name);
        assert_eq!(count(&app, "session WHERE second_factor = 'passkey'").await, 2);
        // A session without the second step of its account is worth nothing.
        app.database.db.run_raw("UPDATE session SET second_factor = NULL").await.unwrap();
        assert_eq!(app.get("/", Some(&token)).await.status, StatusCode::SEE_OTHER);
    }
}

/// What is wrong whether a passkey is made or shown.
fn wrong_in_any_case(right: &Says) -> [(&'static str, Says); 6] {
    [
        ("challenge", Says { challenge: Some("A".repeat(43)), ..right.clone() }),
        ("origin", Says { origin: "http://localhost:3001".to_owned(), ..right.clone() }),
        ("another site", Says { origin: "https://evil.example".to_owned(), ..right.clone() }),
        ("relying party", Says { relying_party: "evil.example".to_owned(), ..right.clone() }),
        ("nobody there", Says { present: false, ..right.clone() }),
        ("not recognised", Says { verified: false, ..right.clone() }),
    ]
}

// asvs = "6.3.3"
#[tokio::test]
async fn a_passkey_is_only_kept_when_it_is_what_was_asked_for() {
    for app in apps_with_passkeys().await {
        let right = Says::at(ORIGIN);
        let wrong = [("not made", Says { kind: Some("webauthn.get"), ..right.clone() })];
        let token = app.sign_in(HR).await;
        for (what, says) in wrong_in_any_case(&right).into_iter().chain(wrong) {
            assert_eq!(begin(&app, &token, "Telefoon", PASSWORD, None).await.header("location"), MAKING);
            let asked = options(&app, &token).await;
            let refused = keep(&app, &token, &Authenticator::new().create(&asked, &says)).await;
            assert!(is_refused(&refused), "{what} on {}: {}", app.name, refused.body);
            // The question is used up by it.
            let again = keep(&app, &token, &Authenticator::new().create(&asked, &right)).await;
            assert_eq!(again.header("location"), OWN, "{what}");
        }
        for nonsense in ["", "{}", "null", "<script>"] {
            begin(&app, &token, "Telefoon", PASSWORD, None).await;
            assert!(is_refused(&keep(&app, &token, nonsense).await), "{nonsense}");
        }
        // Too late, and in another session of the same account.
        begin(&app, &token, "Telefoon", PASSWORD, None).await;
        let made = Authenticator::new().create(&options(&app, &token).await, &right);
        assert_eq!(keep(&app, &app.sign_in(HR).await, &made).await.header("location"), OWN);
        app.clock.advance(10 * MINUTE);
        assert_eq!(keep(&app, &token, &made).await.header("location"), OWN);
        assert_eq!(count(&app, "account_passkey").await, 0, "{}", app.name);
        assert!(try_to(&app, HR, PASSWORD).await.token().is_some(), "there is no second step");

        // What another account has cannot be added.
        let theirs = add_first(&app, FINANCE).await;
        begin(&app, &token, "Telefoon", PASSWORD, None).await;
        let says = Says { id: Some(theirs.device.id.clone()), ..right };
        let stolen = Authenticator::new().create(&options(&app, &token).await, &says);
        assert!(is_refused(&keep(&app, &token, &stolen).await));
        assert_eq!(count(&app, "account_passkey").await, 1, "{}", app.name);
    }
}

// asvs = "6.3.3, 6.6.3"
#[tokio::test]
async fn a_passkey_that_is_not_right_lets_nobody_in() {
    for app in apps_with_passkeys().await {
        let mut holder = add_first(&app, HR).await;
        let other = add_first(&app, FINANCE).await;
        let right = Says::at(ORIGIN);
        let wrong = [
            ("not shown", Says { kind: Some("webauthn.create"), ..right.clone() }),
            ("forged", Says { forged: true, ..right.clone() }),
            ("another's", Says { id: Some(other.device.id.clone()), ..right.clone() }),
            ("unknown", Says { id: Some(vec![7; 32]), ..right.clone() }),
        ];
        for (what, says) in wrong_in_any_case(&right).into_iter().chain(wrong) {
            let before = app.logged("second_step_failed").await;
            let waiting = first_step(&app, HR, PASSWORD).await;
            let question = asked(&app, &waiting).await.unwrap();
            let answer = with_passkey(&app, &waiting, &holder.device.get(&question, &says)).await;
            assert!(is_refused(&answer), "{what} on {}: {}", app.name, answer.body);
            assert!(answer.body.contains("href=\"#passkey\""), "the summary leads to the button");
            // The question is used up, also for who answers it rightly now.
            let late = holder.device.get(&question, &right);
            assert!(is_refused(&with_passkey(&app, &waiting, &late).await), "{what}");
            assert_eq!(app.logged("second_step_failed").await, before + 1);
            app.database.db.run_raw("DELETE FROM sign_in_try").await.unwrap();
        }
        for nonsense in ["{}", "null", "<script>"] {
            let waiting = first_step(&app, HR, PASSWORD).await;
            asked(&app, &waiting).await.unwrap();
            let answer = with_passkey(&app, &waiting, nonsense).await;
            assert!(is_refused(&answer) && !answer.body.contains("<script>"), "{nonsense}");
        }
        app.database.db.run_raw("DELETE FROM sign_in_try").await.unwrap();
        comes_in(&app, HR, &mut holder.device).await;
    }
}

// asvs = "6.5.1, 6.6.2, 6.7.2"
#[tokio::test]
async fn an_answer_is_for_one_question_of_one_sign_in() {
    for app in apps_with_passkeys().await {
        let mut holder = add_first(&app, HR).await;
        let right = Says::at(ORIGIN);
        assert_eq!(asked(&app, &"A".repeat(43)).await, None, "nothing waits");
        // Of another browser, in which the password was filled in as well.
        let (mine, theirs) = (first_step(&app, HR, PASSWORD).await, first_step(&app, HR, PASSWORD).await);
        let (question, other) = (asked(&app, &mine).await.unwrap(), asked(&app, &theirs).await.unwrap());
        assert_ne!(question, other);
        let answer = holder.device.get(&question, &right);
        assert!(is_refused(&with_passkey(&app, &theirs, &answer).await), "{}", app.name);
        assert!(with_passkey(&app, &mine, &answer).await.token().is_some(), "{}", app.name);
        // Replayed, in the sign-in that it was for and in a new one.
        assert!(is_gone(&with_passkey(&app, &mine, &answer).await));
        let waiting = first_step(&app, HR, PASSWORD).await;
        assert!(is_refused(&with_passkey(&app, &waiting, &answer).await), "nothing was asked");
        asked(&app, &waiting).await.unwrap();
        assert!(is_refused(&with_passkey(&app, &waiting, &answer).await), "something else was asked");
        // Asked anew, the question of before is worth nothing.
        let first = holder.device.get(&asked(&app, &waiting).await.unwrap(), &right);
        let second = asked(&app, &waiting).await.unwrap();
        assert!(is_refused(&with_passkey(&app, &waiting, &first).await), "{}", app.name);
        assert_eq!(count(&app, "passkey_ceremony").await, 0, "{second} ended with it");
        // What is answered for a change lets nobody in.
        account::unblock(&app.portal, HR).await.unwrap();
        let token = comes_in(&app, HR, &mut holder.device).await;
        let waiting = first_step(&app, HR, PASSWORD).await;
        let of_change = holder.device.get(&asked_own(&app, &token).await.unwrap(), &right);
        assert!(is_refused(&with_passkey(&app, &waiting, &of_change).await), "{}", app.name);
    }
}

// asvs = "6.5.5, 6.5.1, 15.4.2"
#[tokio::test]
async fn a_question_waits_for_ten_minutes_and_for_one_answer() {
    for app in apps_with_passkeys().await {
        let mut holder = add_first(&app, HR).await;
        let right = Says::at(ORIGIN);
        let waiting = first_step(&app, HR, PASSWORD).await;
        let answer = holder.device.get(&asked(&app, &waiting).await.unwrap(), &right);
        app.clock.advance(10 * MINUTE);
        assert!(is_gone(&with_passkey(&app, &waiting, &answer).await), "{}", app.name);
        assert_eq!(asked(&app, &waiting).await, None);
        // The question alone, asked in a session that goes on.
        let token = comes_in(&app, HR, &mut holder.device).await;
        let answer = holder.device.get(&asked_own(&app, &token).await.unwrap(), &right);
        app.clock.advance(10 * MINUTE);
        let fields = [("actie", "codes"), ("wachtwoord", PASSWORD), ("passkey", &*answer)];
        assert!(is_refused(&app.post_form(OWN, Some(&token), &fields).await), "{}", app.name);

        // However often the answer is sent: an answer that nobody asked for is no try, so that the account is not blocked.
        for _ in 0..4 {
            let waiting = first_step(&app, HR, PASSWORD).await;
            let answer = holder.device.get(&asked(&app, &waiting).await.unwrap(), &right);
            let answers = futures::future::join_all((0..4).map(|_| with_passkey(&app, &waiting, &answer))).await;
            assert_eq!(answers.iter().filter_map(Answer::token).count(), 1, "{}", app.name);
        }
        let waiting = first_step(&app, HR, PASSWORD).await;
        for _ in 0..WRONG_PASSWORDS_ALLOWED + 1 {
            let refused = with_passkey(&app, &waiting, &answer).await;
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", app.name);
        }
        assert_eq!(app.logged("second_step_failed").await, 0);
        comes_in(&app, HR, &mut holder.device).await;
    }
}

// asvs = "6.3.3, 16.3.3"
#[tokio::test]
async fn a_passkey_of_which_there_is_a_copy_is_refused_and_that_is_logged() {
    for app in apps_with_passkeys().await {
        let mut holder = add_first(&app, HR).await;
        let shows = |counter| Says { counter: Some(counter), ..Says::at(ORIGIN) };
        let mut tries = 0;
        for (counter, expected) in [(5, true), (5, false), (4, false), (0, false), (6, true)] {
            let waiting = first_step(&app, HR, PASSWORD).await;
            let answer = holder.device.get(&asked(&app, &waiting).await.unwrap(), &shows(counter));
            let second = with_passkey(&app, &waiting, &answer).await;
            assert_eq!(second.token().is_some(), expected, "{counter} on {}", app.name);
            tries += i64::from(!expected);
            assert_eq!(app.logged("passkey_counter_went_back").await, tries);
        }
        // Two questions at once: the second answer does not go on from the first.
        let (one, other) = (first_step(&app, HR, PASSWORD).await, first_step(&app, HR, PASSWORD).await);
        let (first, second) = (asked(&app, &one).await.unwrap(), asked(&app, &other).await.unwrap());
        let (later, earlier) = (holder.device.get(&first, &shows(8)), holder.device.get(&second, &shows(7)));
        assert!(with_passkey(&app, &one, &later).await.token().is_some());
        assert!(is_refused(&with_passkey(&app, &other, &earlier).await), "{}", app.name);
        assert_eq!(app.logged("passkey_counter_went_back").await, tries + 1);
    }
}

/// Many devices, as those that share passkeys with one another, do not count.
#[tokio::test]
async fn a_passkey_that_does_not_count_comes_in_again_and_again() {
    for app in apps_with_passkeys().await {
        let token = app.sign_in(HR).await;
        begin(&app, &token, "Kluis", PASSWORD, None).await;
        let says = Says { counter: Some(0), ..Says::at(ORIGIN) };
        let mut device = Authenticator::new();
        let made = device.create(&options(&app, &token).await, &says);
        assert_eq!(keep(&app, &token, &made).await.status, StatusCode::OK);
        for _ in 0..2 {
            let waiting = first_step(&app, HR, PASSWORD).await;
            let answer = device.get(&asked(&app, &waiting).await.unwrap(), &says);
            assert!(with_passkey(&app, &waiting, &answer).await.token().is_some(), "{}", app.name);
        }
    }
}

// asvs = "6.6.3, 6.3.1"
#[tokio::test]
async fn wrong_passkeys_count_with_wrong_passwords_and_codes() {
    for app in apps_with_passkeys().await {
        let mut holder = add_first(&app, HR).await;
        let forged = Says { forged: true, ..Says::at(ORIGIN) };
        try_to(&app, HR, "verkeerd").await;
        let waiting = first_step(&app, HR, PASSWORD).await;
        let code = second_step(&app, &waiting, &[("herstelcode", &"a".repeat(24))]).await;
        assert_eq!(code.status, StatusCode::UNPROCESSABLE_ENTITY);
        for expected in [StatusCode::UNPROCESSABLE_ENTITY, StatusCode::UNPROCESSABLE_ENTITY, StatusCode::FORBIDDEN] {
            let answer = holder.device.get(&asked(&app, &waiting).await.unwrap(), &forged);
            assert_eq!(with_passkey(&app, &waiting, &answer).await.status, expected, "{}", app.name);
        }
        assert_eq!(try_to(&app, HR, PASSWORD).await.status, StatusCode::FORBIDDEN);
        assert_eq!(app.get("/", Some(&holder.token)).await.status, StatusCode::SEE_OTHER, "its sessions ended");
        account::unblock(&app.portal, HR).await.unwrap();
        // One that is right makes them forgotten.
        comes_in(&app, HR, &mut holder.device).await;
        for _ in 0..4 {
            assert_eq!(try_to(&app, HR, "verkeerd").await.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", app.name);
        }
    }
}

// asvs = "6.5.6, 7.4.3, 7.5.1"
#[tokio::test]
async fn a_passkey_is_removed_with_the_password_and_a_proof() {
    for app in apps_with_passkeys().await {
        let mut holder = add_first(&app, HR).await;
        let mut second = add_another(&app, &mut holder, "Sleutel", 0).await;
        let theirs = add_first(&app, FINANCE).await;
        app.mails().await;
        let id = |name: &str| format!("SELECT id FROM account_passkey WHERE name = '{name}' ORDER BY id LIMIT 1");
        let key = app.database.db.number(&id("Sleutel")).await.unwrap().to_string();
        let other = "SELECT MAX(id) FROM account_passkey";
        let others = app.database.db.number(other).await.unwrap().to_string();
        let form = |welke: &str, password: &str, code: &str| {
            [("actie", "passkey-verwijderen"), ("welke", welke), ("wachtwoord", password), ("code", code)]
                .map(|(name, value)| (name, value.to_owned()))
        };
        let post = async |token: &str, fields: [(&str, String); 4]| {
            let fields = fields.each_ref().map(|(name, value)| (*name, value.as_str()));
            app.post_form(OWN, Some(token), &fields).await
        };
        for (password, code) in
            [("", &*holder.codes[1]), (PASSWORD, ""), ("verkeerd", &*holder.codes[1]), (PASSWORD, "123456")]
        {
            let answer = post(&holder.token, form(&key, password, code)).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{password} {code}");
        }
        account::unblock(&app.portal, HR).await.unwrap();
        let token = comes_in(&app, HR, &mut second).await;
        // Another account's, one that there is not, and what is none.
        for (welke, code) in [(&*others, 1), ("999999", 1), ("x", 1), ("", 1)] {
            assert_eq!(post(&token, form(welke, PASSWORD, &holder.codes[code])).await.header("location"), OWN);
        }
        assert_eq!(count(&app, "account_passkey").await, 3);
        // With another passkey as the proof.
        let proof = holder.device.get(&asked_own(&app, &token).await.unwrap(), &Says::at(ORIGIN));
        let fields =
            [("actie", "passkey-verwijderen"), ("welke", &*key), ("wachtwoord", PASSWORD), ("passkey", &*proof)];
        let removed = app.post_form(OWN, Some(&token), &fields).await;
        assert_eq!(removed.header("location"), "/mijn-gegevens/tweede-stap?gedaan=passkey-weg", "{}", removed.body);
        assert_eq!(app.get("/", Some(&token)).await.status, StatusCode::SEE_OTHER, "other sessions ended");
        let fresh = removed.token().unwrap();
        assert!(app.get(removed.header("location"), Some(&fresh)).await.body.contains("De passkey is verwijderd"));
        assert!(app.mails().await.iter().any(|mail| mail.contains("Er is een passkey verwijderd")));
        let waiting = first_step(&app, HR, PASSWORD).await;
        let answer = second.get(&asked(&app, &waiting).await.unwrap(), &Says::at(ORIGIN));
        assert!(is_refused(&with_passkey(&app, &waiting, &answer).await), "{}", app.name);

        // With the last one goes the second step.
        let last = app.database.db.number(&id("Telefoon")).await.unwrap().to_string();
        let off = post(&fresh, form(&last, PASSWORD, &holder.codes[2])).await;
        assert_eq!(off.header("location"), "/mijn-gegevens/tweede-stap?gedaan=uit", "{}", off.body);
        let account = app.account(HR).await;
        for table in ["account_passkey", "account_recovery_code", "pending_sign_in", "passkey_ceremony"] {
            assert_eq!(count(&app, &format!("{table} WHERE account_id = {account}")).await, 0, "{table}");
        }
        assert!(try_to(&app, HR, PASSWORD).await.token().is_some(), "{}", app.name);
        assert_eq!((app.logged("passkey_removed").await, app.logged("second_factor_removed").await), (2, 1));
        assert_eq!(app.get("/", Some(&theirs.token)).await.status, StatusCode::OK, "another's stays");
    }
}

// asvs = "6.3.3"
#[tokio::test]
async fn the_last_of_a_second_step_is_not_removed_where_there_must_be_one() {
    for app in apps_with_passkeys().await {
        second_factor::require_of_contract(&app.portal, "23595", true).await.unwrap();
        // Whoever must have one can add a passkey, and nothing else before it.
        let token = app.sign_in(HR).await;
        assert_eq!(app.get("/deelnemers", Some(&token)).await.header("location"), OWN);
        let mut holder = add_first(&app, HR).await;
        let codes = holder.codes.clone();
        assert_eq!(app.get("/deelnemers", Some(&holder.token)).await.status, StatusCode::OK, "{}", app.name);
        let last = app.database.db.number("SELECT MAX(id) FROM account_passkey").await.unwrap().to_string();
        let fields =
            |code| [("actie", "passkey-verwijderen"), ("welke", &*last), ("wachtwoord", PASSWORD), ("code", code)];
        let refused = app.post_form(OWN, Some(&holder.token), &fields(&*codes[0])).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{}", app.name);
        assert!(app.get(OWN, Some(&holder.token)).await.body.contains("en dit is uw enige"));
        // Beside another one it can go.
        add_another(&app, &mut holder, "Sleutel", 1).await;
        let removed = app.post_form(OWN, Some(&holder.token), &fields(&*codes[2])).await;
        assert_eq!(removed.header("location"), "/mijn-gegevens/tweede-stap?gedaan=passkey-weg", "{}", removed.body);

        // A password that cannot stand alone keeps the last one as well. It is chosen by a mailed link.
        let app = app.at(harness::ORIGIN);
        second_factor::require_of_contract(&app.portal, "23595", false).await.unwrap();
        app.mails().await;
        let link = reset_link(&app, HR).await;
        let chosen = app.post_form(&link, None, &[("wachtwoord", SHORT)]).await;
        let second = second_step(&app, &pending(&chosen).unwrap(), &[("herstelcode", &holder.codes[3])]).await;
        let token = second.token().unwrap();
        let last = app.database.db.number("SELECT MAX(id) FROM account_passkey").await.unwrap().to_string();
        let fields =
            [("actie", "passkey-verwijderen"), ("welke", &*last), ("wachtwoord", SHORT), ("code", &*holder.codes[4])];
        let refused = app.post_form(OWN, Some(&token), &fields).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", app.name);
        assert!(refused.body.contains("te kort om zonder tweede stap"));
        assert_eq!(count(&app, "account_passkey").await, 1);
    }
}

// asvs = "6.5.6, 7.4.3"
#[tokio::test]
async fn an_app_and_passkeys_stand_beside_one_another() {
    for app in apps_with_passkeys().await {
        let Owner { phone, codes, token } = owner(&app, HR).await;
        let without = begin(&app, &token, "Telefoon", PASSWORD, None).await;
        assert_eq!(without.status, StatusCode::UNPROCESSABLE_ENTITY, "a code of the app is asked");
        let code = phone.code(&app);
        assert_eq!(begin(&app, &token, "Telefoon", PASSWORD, Some(("code", &code))).await.header("location"), MAKING);
        let mut device = Authenticator::new();
        let made = device.create(&options(&app, &token).await, &Says::at(ORIGIN));
        let kept = keep(&app, &token, &made).await;
        assert_eq!(kept.header("location"), "/mijn-gegevens/tweede-stap?gedaan=passkey", "no new recovery codes");
        assert_eq!(app.get("/", Some(&token)).await.status, StatusCode::SEE_OTHER, "other sessions ended");
        // The page of the second step offers all there is.
        let waiting = first_step(&app, HR, PASSWORD).await;
        let headers = [(header::ACCEPT, "text/html"), (header::COOKIE, &*format!("__Host-tweede-stap={waiting}"))];
        let page = app.send(request(Method::GET, STEP, None, &headers, "")).await;
        for offered in ["Gebruik een passkey", "name=\"code\"", "name=\"herstelcode\"", "Zonder JavaScript werken"] {
            assert!(page.body.contains(offered), "{offered}: {}", page.body);
        }
        app.clock.advance(30_000);
        let token = second_step(&app, &waiting, &[("code", &phone.code(&app))]).await.token().unwrap();
        // Doing away with the second step takes all of it, and a passkey proves that too.
        let proof = device.get(&asked_own(&app, &token).await.unwrap(), &Says::at(ORIGIN));
        let fields = [("actie", "uitzetten"), ("wachtwoord", PASSWORD), ("passkey", &*proof)];
        let off = app.post_form(OWN, Some(&token), &fields).await;
        assert_eq!(off.header("location"), "/mijn-gegevens/tweede-stap?gedaan=uit", "{}", off.body);
        assert_eq!(count(&app, "account_passkey").await + count(&app, "account_totp").await, 0);
        assert_eq!(codes.len(), 10);
    }
}

// asvs = "6.3.4, 6.5.6"
#[tokio::test]
async fn with_a_passkey_alone_recovery_codes_work_and_the_helpdesk_can_take_it_away() {
    for app in apps_with_passkeys().await {
        let mut holder = add_first(&app, HR).await;
        let waiting = first_step(&app, HR, PASSWORD).await;
        // There is no app whose code could be guessed.
        assert_eq!(second_step(&app, &waiting, &[("code", "123456")]).await.status, StatusCode::UNPROCESSABLE_ENTITY);
        let second = second_step(&app, &waiting, &[("herstelcode", &holder.codes[0])]).await;
        assert!(second.token().is_some(), "{}", app.name);
        // Over a page one signs in again with it as well.
        let path = "/fn/sign_in_again";
        let first = app.call(path, None, &json!({ "form": { "email": HR, "wachtwoord": PASSWORD } })).await;
        assert_eq!(first.body, r#"{"SecondStep":{"means":{"app":false,"passkeys":true}}}"#);
        let waiting = pending(&first).unwrap();
        let answer = holder.device.get(&asked(&app, &waiting).await.unwrap(), &Says::at(ORIGIN));
        let form = json!({ "form": { "stap": "code", "passkey": answer } });
        let second = call_waiting(&app, &waiting, path, &form).await;
        assert_eq!(second.body, format!("{{\"In\":{{\"account\":{}}}}}", app.account(HR).await));

        app.mails().await;
        let request = Request::internal("test");
        assert!(second_factor::reset(&app.portal, &request, None, HR).await.unwrap());
        assert_eq!(app.get("/", second.token().as_deref()).await.status, StatusCode::SEE_OTHER);
        assert_eq!(count(&app, "account_passkey").await, 0);
        assert!(app.mails().await.iter().any(|mail| mail.contains("De helpdesk heeft de tweede stap")));
        assert!(try_to(&app, HR, PASSWORD).await.token().is_some(), "{}", app.name);
    }
}

#[tokio::test]
async fn an_account_has_ten_passkeys_at_most() {
    for app in apps_with_passkeys().await {
        let holder = add_first(&app, HR).await;
        let account = app.account(HR).await;
        for number in 2..=10_u8 {
            let row = format!(
                "INSERT INTO account_passkey (account_id, credential_id, credential, counter, name, added_at)
                 SELECT {account}, {}, credential, 0, 'Sleutel', 0 FROM account_passkey ORDER BY id LIMIT 1",
                // Bytes are written differently on each database.
                if app.name.starts_with("SQLite") {
                    format!("x'{number:02x}'")
                } else {
                    format!("'\\x{number:02x}'::bytea")
                }
            );
            app.database.db.run_raw(&row).await.unwrap();
        }
        let full = begin(&app, &holder.token, "Nog een", PASSWORD, Some(("code", &holder.codes[0]))).await;
        assert_eq!(full.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(full.body.contains("niet meer dan 10 passkeys"), "{}", app.name);
    }
}

#[tokio::test]
async fn where_browsers_have_no_passkeys_none_are_offered() {
    for app in apps().await {
        let token = app.sign_in(HR).await;
        let page = app.get(OWN, Some(&token)).await;
        assert!(page.body.contains("App instellen") && !page.body.contains("Passkey toevoegen"), "{}", app.name);
        assert_eq!(begin(&app, &token, "Telefoon", PASSWORD, None).await.header("location"), OWN);
        // Whoever has one from before, when the portal was reached by name, comes in with a recovery code.
        let app = app.at(ORIGIN);
        let Holder { codes, .. } = add_first(&app, HR).await;
        let app = app.at(harness::ORIGIN);
        let waiting = first_step(&app, HR, PASSWORD).await;
        assert_eq!(asked(&app, &waiting).await, None);
        assert_eq!(count(&app, "passkey_ceremony").await, 0);
        assert!(second_step(&app, &waiting, &[("herstelcode", &codes[0])]).await.token().is_some());
    }
}
