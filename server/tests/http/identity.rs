//! Linking eHerkenning to an account by a mailed link, signing in with it, and what a contract may demand.

use axum::http::{Method, StatusCode, header};
use collectief_domain::{account::LinkPurpose, assurance::Demand};
use collectief_service::{account, contract};
use serde_json::{Value, json};

use crate::{
    eherkenning::{Begun, KVK, begin, broker_cookie, claims, come_back, go, signed, with_broker},
    fake_broker::FakeBroker,
    harness::{Answer, App, BOTH, FINANCE, HR, OTHER, encoded, request},
    links::link_in,
    second_factor::owner,
    sign_in::{try_to, without_chance},
};

/// An address that nobody has.
const NOBODY: &str = "niemand@nergens.example";

const LINK_PAGE: &str = "/inloggen/eherkenning/koppelen";

/// A request of a browser with this cookie of the broker.
async fn with_cookie(app: &App, method: Method, path: &str, cookie: Option<&str>, fields: &[(&str, &str)]) -> Answer {
    let cookie = cookie.map(|cookie| format!("__Host-eherkenning={cookie}"));
    let mut headers = vec![
        (header::ACCEPT, "text/html"),
        (header::CONTENT_TYPE, "application/x-www-form-urlencoded"),
        (header::HeaderName::from_static("sec-fetch-site"), "same-origin"),
    ];
    headers.extend(cookie.as_deref().map(|cookie| (header::COOKIE, cookie)));
    app.send(request(method, path, None, &headers, &encoded(fields))).await
}

async fn look(app: &App, path: &str, cookie: Option<&str>) -> Answer {
    with_cookie(app, Method::GET, path, cookie, &[]).await
}

async fn post(app: &App, path: &str, cookie: Option<&str>, fields: &[(&str, &str)]) -> Answer {
    with_cookie(app, Method::POST, path, cookie, fields).await
}

/// Comes back from the broker as this person, for this organisation, at this level.
pub async fn come_as(app: &App, broker: &FakeBroker, person: &str, kvk: &str, level: &str) -> Answer {
    go(app, broker, |begun| signed(broker, &as_person(app, broker, begun, person, kvk, level))).await
}

fn as_person(app: &App, broker: &FakeBroker, begun: &Begun, person: &str, kvk: &str, level: &str) -> Value {
    let mut claims = claims(app, broker, begun);
    claims["sub"] = json!(person);
    claims["urn:etoegang:1.9:EntityConcernedID:KvKnr"] = json!(kvk);
    claims["acr"] = json!(format!("urn:etoegang:core:assurance-class:{level}"));
    claims
}

/// The cookie of a browser in which this person was shown, whom no account knows yet.
async fn shown(app: &App, broker: &FakeBroker, person: &str, kvk: &str, level: &str) -> String {
    let answer = come_as(app, broker, person, kvk, level).await;
    assert_eq!(answer.header("location"), LINK_PAGE, "{}", app.name);
    broker_cookie(&answer).unwrap()
}

/// Asks for a link, and takes it out of the mail, if there is one.
async fn ask(app: &App, cookie: &str, email: &str) -> Option<String> {
    let asked = post(app, LINK_PAGE, Some(cookie), &[("email", email)]).await;
    assert_eq!(asked.header("location"), format!("{LINK_PAGE}?verstuurd=ja"), "{}", asked.body);
    let mails = app.mails().await;
    let mail = mails.iter().find(|mail| mail.contains(LinkPurpose::Identity.path()))?;
    Some(link_in(mail, LinkPurpose::Identity))
}

/// Links this person to an account, and gives back the session that begins.
pub async fn link(app: &App, broker: &FakeBroker, person: &str, email: &str, level: &str) -> String {
    let cookie = shown(app, broker, person, KVK, level).await;
    let path = ask(app, &cookie, email).await.unwrap();
    let done = post(app, &path, Some(&cookie), &[]).await;
    assert_eq!((done.status, done.header("location")), (StatusCode::SEE_OTHER, "/"), "{}", done.body);
    done.token().unwrap()
}

// asvs = "10.5.2, 7.6.2"
#[tokio::test]
async fn whoever_links_once_signs_in_directly_afterwards() {
    let (broker, apps) = with_broker(Demand::Loa2Plus).await;
    for app in apps {
        assert!(app.get("/inloggen", None).await.body.contains("Inloggen met eHerkenning"));
        let cookie = shown(&app, &broker, "pseudoniem-1", KVK, "loa2plus").await;
        assert!(look(&app, LINK_PAGE, Some(&cookie)).await.body.contains("Koppel eHerkenning aan uw account"));
        let wrong = post(&app, LINK_PAGE, Some(&cookie), &[("email", "geen adres")]).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(wrong.body.contains("geen adres"), "what was typed stays");
        let path = ask(&app, &cookie, HR).await.unwrap();
        // Looking uses nothing up, and in another browser, or with another identity, nothing is linked.
        assert!(look(&app, &path, Some(&cookie)).await.body.contains("Koppelen en inloggen"));
        let other = shown(&app, &broker, "pseudoniem-2", KVK, "loa4").await;
        let stranger = "C".repeat(43);
        for elsewhere in [None, Some(other.as_str()), Some(stranger.as_str())] {
            assert!(look(&app, &path, elsewhere).await.body.contains("Log eerst hier in met eHerkenning"));
            let refused = post(&app, &path, elsewhere, &[]).await;
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", refused.body);
            assert!(refused.token().is_none());
        }
        let done = post(&app, &path, Some(&cookie), &[]).await;
        let first = done.token().unwrap();
        assert_eq!(app.get("/", Some(&first)).await.status, StatusCode::OK);
        assert!(post(&app, &path, Some(&cookie), &[]).await.is_gone(), "the second use is refused");
        assert_eq!(
            look(&app, LINK_PAGE, Some(&cookie)).await.status,
            StatusCode::NOT_FOUND,
            "what was shown is used up"
        );

        // From now on directly: to the page that was asked for, with a session of its own.
        let begun = begin(&app, &[("naar", "/contractgebruik")]).await;
        let token = signed(&broker, &claims(&app, &broker, &begun));
        broker.grant("code-9", token, begun.asked("code_challenge"), begun.asked("redirect_uri"));
        let cookies = format!("__Host-eherkenning={}; __Host-sessie={first}", begun.cookie);
        let query = encoded(&[("code", "code-9"), ("state", begun.asked("state"))]);
        let headers = [(header::ACCEPT, "text/html"), (header::COOKIE, cookies.as_str())];
        let path = format!("/inloggen/eherkenning/terug?{query}");
        let back = app.send(request(Method::GET, &path, None, &headers, "")).await;
        assert_eq!((back.status, back.header("location")), (StatusCode::SEE_OTHER, "/contractgebruik"));
        let second = back.token().unwrap();
        assert_ne!(first, second);
        assert_eq!(broker_cookie(&back).as_deref(), Some(""), "the browser forgets what it kept for the broker");
        assert_eq!(app.get("/", Some(&second)).await.status, StatusCode::OK);
        assert_eq!(app.get("/", Some(&first)).await.status, StatusCode::SEE_OTHER, "the session of before is dead");
        assert_eq!((app.logged("identity_linked").await, app.logged("signed_in").await), (1, 2));
        // Nobody is sent to another site afterwards.
        for foreign in ["//kwaad.example", "https://kwaad.example", "/\\kwaad.example", "/uitloggen"] {
            let begun = begin(&app, &[("naar", foreign)]).await;
            let token = signed(&broker, &claims(&app, &broker, &begun));
            broker.grant("code-9", token, begun.asked("code_challenge"), begun.asked("redirect_uri"));
            let query = [("code", "code-9"), ("state", begun.asked("state"))];
            assert_eq!(come_back(&app, Some(&begun.cookie), &query).await.header("location"), "/", "{foreign}");
        }
    }
}

// asvs = "6.3.8"
#[tokio::test]
async fn a_link_is_mailed_only_to_ones_own_organisation_and_nobody_learns_of_it() {
    let (broker, apps) = with_broker(Demand::Loa2Plus).await;
    for app in apps {
        assert_eq!(look(&app, LINK_PAGE, None).await.status, StatusCode::NOT_FOUND, "nobody was shown");
        assert_eq!(post(&app, LINK_PAGE, None, &[("email", HR)]).await.status, StatusCode::NOT_FOUND);
        let cookie = shown(&app, &broker, "pseudoniem-1", KVK, "loa3").await;
        let answer = |email: &'static str| {
            let (app, cookie) = (&app, &cookie);
            async move { post(app, LINK_PAGE, Some(cookie), &[("email", email)]).await }
        };
        let (known, unknown) = (answer(HR).await, answer(NOBODY).await);
        assert_eq!((known.status, known.header("location")), (unknown.status, unknown.header("location")));
        assert_eq!(without_chance(&known.body, HR), without_chance(&unknown.body, NOBODY));
        // An account of another employer is not written to, and neither is an address that nobody has.
        assert_eq!(app.mails().await.len(), 1);
        assert_eq!(ask(&app, &cookie, OTHER).await, None);
        // The identity of an organisation without contracts gets nowhere either.
        let stranger = shown(&app, &broker, "pseudoniem-9", "11111111", "loa3").await;
        assert_eq!(ask(&app, &stranger, HR).await, None);
        // One identity asks for five addresses an hour.
        for _ in 0..2 {
            assert_eq!(answer(NOBODY).await.status, StatusCode::SEE_OTHER);
        }
        assert_eq!(answer(NOBODY).await.status, StatusCode::TOO_MANY_REQUESTS);
        // What was shown counts for an hour, and so does the link.
        app.clock.advance(60 * 60 * 1000);
        assert_eq!(answer(HR).await.status, StatusCode::NOT_FOUND);
    }
}

// asvs = "6.3.4, 7.4.2"
#[tokio::test]
async fn an_account_that_is_blocked_closed_or_without_rights_there_is_not_let_in() {
    let (broker, apps) = with_broker(Demand::Loa2Plus).await;
    for app in apps {
        link(&app, &broker, "pseudoniem-1", HR, "loa3").await;
        let reason = |answer: Answer| {
            assert!(answer.token().is_none());
            answer.header("location").rsplit('=').next().unwrap().to_owned()
        };
        // On behalf of another organisation.
        assert_eq!(reason(come_as(&app, &broker, "pseudoniem-1", "90000099", "loa3").await), "organisatie");
        // Blocked, and free again.
        for _ in 0..5 {
            try_to(&app, HR, "verkeerd").await;
        }
        assert_eq!(reason(come_as(&app, &broker, "pseudoniem-1", KVK, "loa3").await), "geblokkeerd");
        let cookie = shown(&app, &broker, "pseudoniem-2", KVK, "loa3").await;
        assert_eq!(ask(&app, &cookie, HR).await, None, "nothing is linked to a blocked account");
        account::unblock(&app.portal, HR).await.unwrap();
        assert!(come_as(&app, &broker, "pseudoniem-1", KVK, "loa3").await.token().is_some());
        // Without a right, the account is no longer one.
        let manager = app.sign_in(crate::harness::MANAGER).await;
        let page = format!("/accountbeheer/{}", app.account(HR).await);
        let gone = app.post_form(&page, Some(&manager), &[("actie", "verwijderen")]).await;
        assert_eq!(gone.status, StatusCode::SEE_OTHER, "{}", gone.body);
        let linked = app.database.db.number("SELECT COUNT(*) FROM account_identity").await.unwrap();
        assert_eq!(linked, 0, "{}: what was linked goes with the account", app.name);
        assert_eq!(come_as(&app, &broker, "pseudoniem-1", KVK, "loa3").await.header("location"), LINK_PAGE);
        assert_eq!(app.logged("identity_unlinked").await, 1);
    }
}

// asvs = "6.8.4, 8.2.2"
#[tokio::test]
async fn a_contract_that_demands_more_is_not_there_for_a_session_with_less() {
    let (broker, apps) = with_broker(Demand::Loa2Plus).await;
    for app in apps {
        contract::demand_level(&app.portal, "23595", Some(Demand::Loa3)).await.unwrap();
        let password = app.sign_in(BOTH).await;
        let low = link(&app, &broker, "pseudoniem-1", BOTH, "loa2plus").await;
        let high = come_as(&app, &broker, "pseudoniem-1", KVK, "loa3").await.token().unwrap();
        let (janse, _) = app.participation("10000001").await;
        for (token, sees) in [(&password, false), (&low, false), (&high, true), (&low, false)] {
            let there = |status: StatusCode| (status == StatusCode::OK, status == StatusCode::NOT_FOUND);
            let list = app.get("/deelnemers?contract=23595", Some(token)).await;
            assert_eq!(there(list.status), (sees, !sees), "{}", app.name);
            let person = app.get(&format!("/deelnemers/{janse}"), Some(token)).await;
            assert_eq!(there(person.status), (sees, !sees));
            let all = app.get("/deelnemers?contract=alle", Some(token)).await;
            assert_eq!(all.body.contains("Janse"), sees, "all contracts are those that may be seen");
            assert!(all.body.contains("Bakker"), "the other contract is there");
            let dashboard = app.get("/", Some(token)).await.body;
            assert_eq!(dashboard.contains("niveau eH3 of hoger"), !sees, "the dashboard says why");
        }
        // Whoever is in notices at once when it is demanded, or no longer.
        contract::demand_level(&app.portal, "23595", Some(Demand::Loa4)).await.unwrap();
        assert_eq!(app.get("/deelnemers?contract=23595", Some(&high)).await.status, StatusCode::NOT_FOUND);
        contract::demand_level(&app.portal, "23595", None).await.unwrap();
        assert_eq!(app.get("/deelnemers?contract=23595", Some(&password)).await.status, StatusCode::OK);
        assert!(contract::demand_level(&app.portal, "99999", None).await.is_err());
        assert_eq!(app.logged("level_demanded").await, 3);
    }
}

// asvs = "8.2.2"
#[tokio::test]
async fn only_the_owner_unlinks() {
    let (broker, apps) = with_broker(Demand::Loa2Plus).await;
    for app in apps {
        let token = link(&app, &broker, "pseudoniem-1", HR, "loa3").await;
        let listed = app.call("/fn/list_identities", Some(&token), &json!({})).await;
        let listed: Value = serde_json::from_str(&listed.body).unwrap();
        assert_eq!(
            (listed[0]["kvk_number"].as_str(), listed[0]["linked_on"].as_str()),
            (Some(KVK), Some("2026-11-01"))
        );
        let id = listed[0]["id"].to_string();
        let unlink = |token: String| {
            let (app, id) = (&app, id.clone());
            async move {
                let fields = [("id", id.as_str()), ("naar", "/contractgebruik")];
                app.post_form("/eherkenning-ontkoppelen", Some(&token), &fields).await
            }
        };
        let linked = || async { app.database.db.number("SELECT COUNT(*) FROM account_identity").await.unwrap() };
        unlink(app.sign_in(FINANCE).await).await;
        assert_eq!(linked().await, 1, "it is not a colleague's to unlink");
        let done = unlink(token.clone()).await;
        assert_eq!((done.status, done.header("location")), (StatusCode::SEE_OTHER, "/contractgebruik"));
        assert_eq!(linked().await, 0);
        assert_eq!(unlink(token.clone()).await.status, StatusCode::SEE_OTHER, "a form that is sent twice");
        assert_eq!(come_as(&app, &broker, "pseudoniem-1", KVK, "loa3").await.header("location"), LINK_PAGE);
        assert_eq!(app.logged("identity_unlinked").await, 1);
        // Nobody's name at the broker is in the database.
        let table = if app.database.db.is_postgres() {
            "SELECT COUNT(*) FROM account_identity i WHERE i::text LIKE '%pseudoniem%'"
        } else {
            "SELECT COUNT(*) FROM account_identity WHERE CAST(identity AS TEXT) LIKE '%pseudoniem%'"
        };
        assert_eq!(app.database.db.number(table).await.unwrap(), 0);
    }
}

// asvs = "6.3.4, 6.3.7"
#[tokio::test]
async fn an_account_with_a_second_step_is_linked_by_its_owner_who_is_signed_in() {
    let (broker, apps) = with_broker(Demand::Loa2Plus).await;
    for app in apps {
        let owner = owner(&app, HR).await;
        let cookie = shown(&app, &broker, "pseudoniem-1", KVK, "loa2plus").await;
        let path = ask(&app, &cookie, HR).await.unwrap();
        // Whoever reads the mail, and has an identity of the same organisation, gets no further by that.
        let page = look(&app, &path, Some(&cookie)).await;
        assert!(page.body.contains("Log eerst in") && !page.body.contains("Koppelen en inloggen"), "{}", page.body);
        let refused = post(&app, &path, Some(&cookie), &[]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.token().is_none());
        let both = |token: &str| format!("__Host-eherkenning={cookie}; __Host-sessie={token}");
        let post_as = async |token: &str| {
            let headers = [
                (header::ACCEPT, "text/html"),
                (header::CONTENT_TYPE, "application/x-www-form-urlencoded"),
                (header::HeaderName::from_static("sec-fetch-site"), "same-origin"),
                (header::COOKIE, &*both(token)),
            ];
            app.send(request(Method::POST, &path, None, &headers, "")).await
        };
        let colleague = app.sign_in(FINANCE).await;
        assert_eq!(post_as(&colleague).await.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", app.name);
        assert_eq!(app.database.db.number("SELECT COUNT(*) FROM account_identity").await.unwrap(), 0);
        app.mails().await;
        let done = post_as(&owner.token).await;
        assert_eq!((done.status, done.header("location")), (StatusCode::SEE_OTHER, "/"), "{}", done.body);
        let told = app.mails().await;
        assert!(told.iter().any(|mail| mail.contains("is eHerkenning aan uw account")), "{told:?}");
        // From now on the identity takes the place of the code.
        let back = come_as(&app, &broker, "pseudoniem-1", KVK, "loa2plus").await;
        assert_eq!(app.get("/", back.token().as_deref()).await.status, StatusCode::OK, "{}", app.name);
    }
}
