//! Sessions that were begun with eHerkenning: what they are worth, and how long they last.

use axum::http::StatusCode;
use collectief_domain::assurance::Demand;
use collectief_service::{Limits, contract};
use totp_rs::{Builder, Secret, Totp};

use crate::{
    eherkenning::{KVK, begin, come_back, with_broker, with_broker_and},
    harness::{App, BOTH, HR, PASSWORD, form},
    identity::{come_as, link},
    sign_in::try_to,
};

const PERSON: &str = "pseudoniem-1";
const OWN: &str = "/mijn-gegevens/tweede-stap";

/// What setting up an app came to.
pub struct SetUp {
    phone: Totp,
    /// The secret that the page showed.
    pub secret: String,
    /// The recovery codes.
    pub codes: Vec<String>,
    /// The session that goes on.
    pub token: String,
}

impl SetUp {
    /// The code that the app shows.
    fn code(&self, app: &App) -> String {
        self.phone.generate(u64::try_from(app.clock.millis() / 1000).unwrap()).to_string()
    }
}

/// Sets up an app in a session.
pub async fn set_up_app(app: &App, token: &str) -> SetUp {
    app.post_form(OWN, Some(token), &[("actie", "beginnen")]).await;
    let page = app.get(&format!("{OWN}?stap=instellen"), Some(token)).await;
    let secret = page.body.split("class=\"secret\">").nth(1).unwrap().split('<').next().unwrap().replace(' ', "");
    let phone = Builder::new().with_secret(Secret::try_from_base32(&secret).unwrap()).build_noncompliant();
    let mut made = SetUp { phone, secret, codes: Vec::new(), token: String::new() };
    let fields = [("actie", "instellen"), ("nieuwe_code", &*made.code(app)), ("wachtwoord", PASSWORD)];
    let done = app.post_form(OWN, Some(token), &fields).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.body);
    made.token = done.token().unwrap();
    let list = done.body.split("class=\"codes\"").nth(1).unwrap().split("</ul>").next().unwrap();
    made.codes = list.split("<code>").skip(1).map(|code| code.split('<').next().unwrap().to_owned()).collect();
    made
}

async fn status(app: &App, path: &str, token: &str) -> StatusCode {
    app.get(path, Some(token)).await.status
}

#[tokio::test]
async fn the_level_stays_when_a_second_step_is_set_up_and_when_it_is_removed() {
    let (broker, apps) = with_broker(Demand::Loa2Plus).await;
    for app in apps {
        contract::demand_level(&app.portal, "23595", Some(Demand::Loa3)).await.unwrap();
        let token = link(&app, &broker, PERSON, HR, "loa3").await;
        let list = "/deelnemers?contract=23595";
        assert_eq!(status(&app, list, &token).await, StatusCode::OK, "{}", app.name);
        let made = set_up_app(&app, &token).await;
        assert_eq!(status(&app, list, &token).await, StatusCode::SEE_OTHER, "the session of before is dead");
        assert_eq!(status(&app, list, &made.token).await, StatusCode::OK, "{}", app.name);
        app.clock.advance(30_000);
        let fields = [("actie", "uitzetten"), ("code", &*made.code(&app)), ("wachtwoord", PASSWORD)];
        let removed = app.post_form(OWN, Some(&made.token), &fields).await;
        let removed = removed.token().unwrap_or_else(|| panic!("{}", removed.body));
        assert_eq!(status(&app, list, &removed).await, StatusCode::OK, "{}", app.name);
    }
}

// asvs = "2.4.1"
#[tokio::test]
async fn signing_in_is_no_failure_of_the_client_and_what_comes_to_nothing_is() {
    let limits = Limits { failures_per_client: 3, ..Limits::default() };
    let (broker, apps) = with_broker_and(Demand::Loa2Plus, limits).await;
    for app in apps {
        link(&app, &broker, PERSON, HR, "loa3").await;
        app.clock.advance(15 * 60 * 1000);
        for number in 0..6 {
            let answer = come_as(&app, &broker, PERSON, KVK, "loa3").await;
            assert!(answer.token().is_some(), "{number} on {}", app.name);
        }
        for _ in 0..3 {
            let begun = begin(&app, &[]).await;
            let query = [("error", "access_denied"), ("state", begun.asked("state"))];
            let answer = come_back(&app, Some(&begun.cookie), &query).await;
            assert_eq!(answer.header("location"), "/inloggen/eherkenning?reden=gestopt");
        }
        let refused = app.send(form("/inloggen/eherkenning", None, &[])).await;
        assert_eq!(refused.header("location"), "/inloggen/eherkenning?reden=te-vaak", "{}", app.name);
        let page = app.get("/inloggen/eherkenning?reden=te-vaak", None).await;
        assert_eq!(page.status, StatusCode::TOO_MANY_REQUESTS);
        // Somebody else's address is another client.
        let client = std::net::IpAddr::from([198, 51, 100, 7]);
        let elsewhere = app.send_from(client, form("/inloggen/eherkenning", None, &[])).await;
        assert_eq!(elsewhere.status, StatusCode::OK);
        app.clock.advance(15 * 60 * 1000);
        assert!(come_as(&app, &broker, PERSON, KVK, "loa3").await.token().is_some());
    }
}

#[tokio::test]
async fn eherkenning_takes_the_place_of_a_code_and_a_password_alone_does_not() {
    let (broker, apps) = with_broker(Demand::Loa2Plus).await;
    for app in apps {
        // An account that has a second step.
        link(&app, &broker, PERSON, HR, "loa3").await;
        set_up_app(&app, &app.sign_in(HR).await).await;
        let password = try_to(&app, HR, PASSWORD).await;
        assert_eq!(password.header("location"), "/inloggen/tweede-stap", "{}", app.name);
        assert!(password.token().is_none());
        let answer = come_as(&app, &broker, PERSON, KVK, "loa2plus").await;
        let token = answer.token().unwrap_or_else(|| panic!("{}", answer.header("location")));
        assert_eq!(status(&app, "/deelnemers", &token).await, StatusCode::OK, "{}", app.name);

        // An account that must have one and has none.
        let person = "pseudoniem-2";
        link(&app, &broker, person, BOTH, "loa3").await;
        app.database.db.run_raw("UPDATE employer SET second_factor_required = true").await.unwrap();
        app.database.db.run_raw("UPDATE account SET rights_version = rights_version + 1").await.unwrap();
        let password = try_to(&app, BOTH, PASSWORD).await.token().unwrap();
        let held = app.get("/deelnemers", Some(&password)).await;
        assert_eq!((held.status, held.header("location")), (StatusCode::SEE_OTHER, OWN), "{}", app.name);
        let token = come_as(&app, &broker, person, KVK, "loa2plus").await.token().unwrap();
        assert_eq!(status(&app, "/deelnemers", &token).await, StatusCode::OK, "{}", app.name);
    }
}

// asvs = "7.6.1"
#[tokio::test]
async fn a_session_ends_idle_or_after_ten_hours_whatever_the_broker_thinks() {
    let (broker, apps) = with_broker(Demand::Loa2Plus).await;
    for app in apps {
        const MINUTE: i64 = 60 * 1000;
        let idle = link(&app, &broker, PERSON, HR, "loa3").await;
        app.clock.advance(29 * MINUTE);
        assert_eq!(status(&app, "/", &idle).await, StatusCode::OK, "{}", app.name);
        app.clock.advance(30 * MINUTE);
        assert_eq!(status(&app, "/", &idle).await, StatusCode::SEE_OTHER, "{}", app.name);
        let used = come_as(&app, &broker, PERSON, KVK, "loa3").await.token().unwrap();
        for _ in 0..29 {
            app.clock.advance(20 * MINUTE);
            assert_eq!(status(&app, "/", &used).await, StatusCode::OK, "{}", app.name);
        }
        app.clock.advance(20 * MINUTE);
        assert_eq!(status(&app, "/", &used).await, StatusCode::SEE_OTHER, "ten hours, on {}", app.name);
    }
}
