//! The insurer's back office over HTTP: who comes in, what is found, looking along with an employer, employers and
//! contracts.

use axum::http::StatusCode;
use collectief_domain::staff::StaffRole;
use collectief_service::{
    ServiceError,
    account_management::name_main,
    office::{NewStaff, set_staff},
    outbox::{self, Post},
};
use serde_json::json;

use crate::{
    harness::{App, FINANCE, HR, MANAGER, PASSWORD, apps},
    second_factor,
};

const DESK: &str = "desk@verzekeraar.example";

/// The session of somebody of the helpdesk.
pub async fn desk(app: &App) -> String {
    app.staff(DESK, "Ditte Desk", &[StaffRole::Helpdesk]).await
}

async fn manager(app: &App) -> String {
    app.staff("relatie@verzekeraar.example", "Remco Relatie", &[StaffRole::RelationshipManager]).await
}

/// The session of the security officer.
pub async fn security(app: &App) -> String {
    app.staff("log@verzekeraar.example", "Saar Slot", &[StaffRole::SecurityOfficer]).await
}

/// Gives somebody exactly these roles, as the operator does.
async fn give_roles(app: &App, email: &str, roles: &[StaffRole]) {
    let roles = roles.iter().copied().collect();
    set_staff(&app.portal, NewStaff { email: email.to_owned(), name: None, roles, password: None }).await.unwrap();
}

/// The page of the employer of a contract.
async fn employer(app: &App, contract: &str) -> String {
    let sql = format!("SELECT employer_id FROM contract WHERE number = '{contract}'");
    format!("/beheer/werkgevers/{}", app.database.db.number(&sql).await.unwrap())
}

/// Begins to see what the employer of a contract sees.
async fn look_along(app: &App, token: &str, contract: &str) {
    let path = employer(app, contract).await;
    let fields = [("actie", "meekijken"), ("reden", "Vraag 4711 van de werkgever")];
    let answer = app.post_form(&path, Some(token), &fields).await;
    assert_eq!((answer.status, answer.header("location")), (StatusCode::SEE_OTHER, "/"), "{}", answer.body);
}

// asvs = "8.2.1, 13.2.2, 7.4.2"
#[tokio::test]
async fn each_role_of_staff_has_its_own_pages_and_no_participants() {
    for app in apps().await {
        let (desk, manager, security) = (desk(&app).await, manager(&app).await, security(&app).await);
        for (path, who) in [
            ("/beheer", [true, true, true]),
            ("/beheer/aanvragen", [true, false, false]),
            ("/beheer/werkgevers/nieuw", [false, true, false]),
            ("/beheer/toegangslog", [false, false, true]),
        ] {
            for (token, may) in [&desk, &manager, &security].into_iter().zip(who) {
                let expected = if may { StatusCode::OK } else { StatusCode::NOT_FOUND };
                assert_eq!(app.get(path, Some(token)).await.status, expected, "{path} on {}", app.name);
            }
        }
        for (path, expected) in [
            ("/deelnemers", StatusCode::FORBIDDEN),
            ("/deelnemers?contract=23595", StatusCode::NOT_FOUND),
            ("/in-en-uitstroom", StatusCode::FORBIDDEN),
            ("/accountbeheer", StatusCode::FORBIDDEN),
            ("/deelnemers.csv", StatusCode::FORBIDDEN),
        ] {
            assert_eq!(app.get(path, Some(&desk)).await.status, expected, "{path} on {}", app.name);
        }
        let home = app.get("/", Some(&desk)).await;
        assert!(
            home.body.contains("href=\"/beheer/aanvragen\"") && !home.body.contains("href=\"/beheer/toegangslog\"")
        );
        assert!(!app.get("/", Some(&app.sign_in(HR).await)).await.body.contains("/beheer"), "{}", app.name);
        // The operator takes it away again: it holds at the next click. Nothing is left that one could sign in for.
        give_roles(&app, DESK, &[]).await;
        let gone = app.get("/beheer", Some(&desk)).await;
        assert_eq!((gone.status, gone.header("location")), (StatusCode::SEE_OTHER, "/inloggen?naar=/beheer"));
        let tried = app.post_form("/inloggen", None, &[("email", DESK), ("wachtwoord", PASSWORD)]).await;
        assert!(tried.token().is_none(), "the password is forgotten on {}: {}", app.name, tried.body);
        assert_eq!((app.logged("staff_changed").await, app.logged("account_closed").await), (4, 1));
        // Whoever keeps another role stays.
        give_roles(&app, "relatie@verzekeraar.example", &[StaffRole::Helpdesk]).await;
        assert_eq!(app.get("/beheer/aanvragen", Some(&manager)).await.status, StatusCode::OK);
        assert_eq!(app.logged("account_closed").await, 1);
        let nobody = NewStaff {
            email: "niemand@x.example".to_owned(),
            name: None,
            roles: [StaffRole::Helpdesk].into_iter().collect(),
            password: None,
        };
        assert!(matches!(set_staff(&app.portal, nobody).await, Err(ServiceError::NotFound)));
    }
}

#[tokio::test]
async fn staff_who_lose_their_last_contract_stay_staff() {
    for app in apps().await {
        give_roles(&app, HR, &[StaffRole::Helpdesk]).await;
        let (hr, account) = (app.sign_in(HR).await, app.account(HR).await);
        assert_eq!(app.get("/deelnemers", Some(&hr)).await.status, StatusCode::OK);
        let manages = app.sign_in(MANAGER).await;
        app.post_form(&format!("/accountbeheer/{account}"), Some(&manages), &[("actie", "verwijderen")]).await;
        assert_eq!(app.get("/deelnemers", Some(&hr)).await.status, StatusCode::FORBIDDEN, "{}", app.name);
        assert_eq!(app.get("/beheer", Some(&hr)).await.status, StatusCode::OK);
        assert_eq!(app.logged("account_closed").await, 0);
    }
}

#[tokio::test]
async fn one_field_finds_accounts_employers_and_contracts() {
    for app in apps().await {
        app.database.db.run_raw("UPDATE employer SET kvk_number = '90000011', name = 'Zörggroep De Linde' WHERE id = (SELECT employer_id FROM contract WHERE number = '23595')").await.unwrap();
        let desk = desk(&app).await;
        for (typed, account, employer) in [
            ("medew", true, false),
            ("geld@linde", true, false),
            ("zorggroep lin", false, true),
            ("90000011", false, true),
            ("2359", false, true),
            ("xqxq", false, false),
        ] {
            let page = app.get(&format!("/beheer?zoek={}", typed.replace(' ', "+")), Some(&desk)).await;
            assert_eq!(page.body.contains("geld@linde.example"), account, "{typed} on {}: {}", app.name, page.body);
            assert_eq!(page.body.contains("Zörggroep De Linde"), employer, "{typed} on {}", app.name);
        }
        assert_eq!(app.logged("office_searched").await, 6);
        for (typed, location) in [("ans b", "/beheer?zoek=ans+b"), ("111222333", "/beheer")] {
            let answer = app.post_form("/beheer", Some(&desk), &[("zoek", typed)]).await;
            assert_eq!((answer.status, answer.header("location")), (StatusCode::SEE_OTHER, location), "{}", app.name);
        }
        let hr = app.sign_in(HR).await;
        assert_eq!(app.post_form("/beheer", Some(&hr), &[("zoek", "x")]).await.status, StatusCode::NOT_FOUND);
    }
}

/// How many open sessions the page of an account shows.
fn open_sessions(body: &str) -> Option<char> {
    body.split("Open sessies").nth(1)?.chars().find(char::is_ascii_digit)
}

// asvs = "6.4.6, 7.4.5"
#[tokio::test]
async fn the_helpdesk_helps_whoever_is_stuck() {
    for app in apps().await {
        let desk = desk(&app).await;
        name_main(&app.portal, MANAGER, "23595").await.unwrap();
        let path = format!("/beheer/accounts/{}", app.account(HR).await);
        app.sign_in(HR).await;
        let page = app.get(&path, Some(&desk)).await;
        assert_eq!(open_sessions(&page.body), Some('1'), "{}: {}", app.name, page.body);
        for _ in 0..5 {
            app.post_form("/inloggen", None, &[("email", HR), ("wachtwoord", "verkeerd")]).await;
        }
        // The mail that should help cannot be delivered for ten hours.
        let folder = tempfile::tempdir().unwrap();
        let blocked = folder.path().join("outbox");
        std::fs::write(&blocked, "").unwrap();
        for minutes in [0, 1, 5, 15, 60, 180, 360] {
            app.clock.advance(minutes * 60 * 1000);
            outbox::deliver_due(&app.portal, &Post::files(&blocked)).await.unwrap();
        }
        let desk_later = app.sign_in(DESK).await;
        let page = app.get(&path, Some(&desk_later)).await;
        // What its owner has left open for hours is no open session any more.
        assert_eq!(open_sessions(&page.body), Some('0'), "{}: {}", app.name, page.body);
        for words in
            ["Geblokkeerd", "23595", "Niet bezorgd", "Opnieuw proberen", "Link naar het account", "na 7 mislukte"]
        {
            assert!(page.body.contains(words), "{words} on {}: {}", app.name, page.body);
        }
        let home = app.get("/beheer", Some(&desk_later)).await;
        assert!(home.body.contains("1 e-mail kon niet worden bezorgd"), "{}", home.body);
        let mail = app.database.db.number("SELECT id FROM outbox WHERE state = 'stuck'").await.unwrap().to_string();
        let retried = app.post_form(&path, Some(&desk_later), &[("actie", "opnieuw"), ("mail", &mail)]).await;
        assert_eq!(retried.header("location"), format!("{path}?gedaan=opnieuw"), "{}", retried.body);
        assert_eq!(app.mails().await.len(), 1, "{}", app.name);
        // Another's mail is not tried again from here.
        app.database.db.run_raw("UPDATE outbox SET state = 'stuck', recipient = 'x@y.example'").await.unwrap();
        app.post_form(&path, Some(&desk_later), &[("actie", "opnieuw"), ("mail", &mail)]).await;
        assert_eq!(app.logged("mail_retried").await, 1);

        let unblocked = app.post_form(&path, Some(&desk_later), &[("actie", "deblokkeren")]).await;
        assert_eq!(unblocked.header("location"), format!("{path}?gedaan=gedeblokkeerd"));
        let tried = app.post_form("/inloggen", None, &[("email", HR), ("wachtwoord", PASSWORD)]).await;
        assert_eq!(tried.status, StatusCode::SEE_OTHER, "with the password that it had");
        let mut statuses = Vec::new();
        for _ in 0..4 {
            statuses.push(app.post_form(&path, Some(&desk_later), &[("actie", "mailen")]).await.status.as_u16());
        }
        assert_eq!(statuses, [303, 303, 303, 422], "not without end on {}", app.name);
        assert!(app.mails().await.iter().all(|mail| mail.contains("/wachtwoord-herstellen/")));
        let main = app.get(&format!("/beheer/accounts/{}", app.account(MANAGER).await), Some(&desk_later)).await;
        assert!(main.body.contains("Hoofdaccount van"), "{}", main.body);
        assert!(app.logged("account_viewed").await >= 2, "who looked is known");
        // Those who keep employers look, and change nothing.
        let manager = manager(&app).await;
        assert_eq!(app.get(&path, Some(&manager)).await.status, StatusCode::OK);
        let answer = app.post_form(&path, Some(&manager), &[("actie", "deblokkeren")]).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND);
        let refused = "SELECT COUNT(*) FROM access_log WHERE event = 'office_refused' AND actor_name = 'Remco Relatie'";
        assert_eq!((app.logged("office_refused").await, app.database.db.number(refused).await.unwrap()), (1, 1));
        assert_eq!(app.get("/beheer/aanvragen", Some(&desk)).await.status, StatusCode::SEE_OTHER, "idle for hours");
    }
}

// asvs = "6.5.6, 7.4.5"
#[tokio::test]
async fn the_helpdesk_takes_a_lost_second_step_away_but_not_that_of_staff() {
    for app in apps().await {
        let desk = desk(&app).await;
        manager(&app).await;
        let theirs = second_factor::owner(&app, HR).await.token;
        second_factor::owner(&app, "relatie@verzekeraar.example").await;
        app.mails().await;
        let path = format!("/beheer/accounts/{}", app.account(HR).await);
        let page = app.get(&path, Some(&desk)).await;
        assert!(page.body.contains("value=\"tweede-stap\""), "{}: {}", app.name, page.body);
        let fields = [("actie", "tweede-stap")];
        let answer = app.post_form(&path, Some(&desk), &fields).await;
        assert_eq!(answer.header("location"), format!("{path}?gedaan=tweede-stap-weggehaald"), "{}", answer.body);
        assert_eq!(app.get("/", Some(&theirs)).await.header("location"), "/inloggen", "its sessions are gone");
        let tried = app.post_form("/inloggen", None, &[("email", HR), ("wachtwoord", PASSWORD)]).await;
        assert!(tried.token().is_some(), "the password alone is enough again: {}", tried.body);
        let mails = app.mails().await;
        assert!(mails.len() == 1 && mails[0].contains(HR) && mails[0].contains("weggehaald"), "{mails:?}");
        let again = app.post_form(&path, Some(&desk), &fields).await;
        assert_eq!(again.status, StatusCode::NOT_FOUND, "there is none any more");

        // Whoever gets hold of the session of one of the helpdesk does not get at a colleague's account.
        let path = format!("/beheer/accounts/{}", app.account("relatie@verzekeraar.example").await);
        assert!(!app.get(&path, Some(&desk)).await.body.contains("value=\"tweede-stap\""));
        assert_eq!(app.post_form(&path, Some(&desk), &fields).await.status, StatusCode::NOT_FOUND, "{}", app.name);
        assert_eq!(app.logged("second_factor_reset").await, 1);
    }
}

// asvs = "8.3.3, 8.2.3, 16.3.2"
#[tokio::test]
async fn looking_along_shows_what_the_employer_sees_and_changes_nothing() {
    for app in apps().await {
        let desk = desk(&app).await;
        let path = employer(&app, "23595").await;
        let without = app.post_form(&path, Some(&desk), &[("actie", "meekijken"), ("reden", "")]).await;
        assert_eq!(without.status, StatusCode::UNPROCESSABLE_ENTITY, "a reason is needed");
        let long = format!("Vraag {}", "x".repeat(200));
        let long = app.post_form(&path, Some(&desk), &[("actie", "meekijken"), ("reden", &long)]).await;
        assert_eq!(long.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(long.body.contains("Vraag xxx"), "what was typed can be made shorter: {}", long.body);
        assert_eq!(app.get("/deelnemers", Some(&desk)).await.status, StatusCode::FORBIDDEN);
        look_along(&app, &desk, "23595").await;

        let list = app.get("/deelnemers?contract=23595", Some(&desk)).await;
        assert!(list.status == StatusCode::OK && list.body.contains("Janse"), "{}: {}", app.name, list.body);
        assert!(list.body.contains("U kijkt mee als") && list.body.contains("action=\"/meekijken-stoppen\""));
        assert_eq!(app.get("/deelnemers?contract=31337", Some(&desk)).await.status, StatusCode::NOT_FOUND);
        let (id, version) = app.participation("10000001").await;
        assert_eq!(app.get(&format!("/deelnemers/{id}"), Some(&desk)).await.status, StatusCode::OK);

        // The employer deregistered somebody, which could be taken back.
        let (of, at) = app.participation("10000005").await;
        let theirs = json!({ "form": {
            "wie": format!("{of}:{at}"), "einddatum": "2026-12-31", "reden": "einde_dienstverband", "sleutel": "hr-1",
        }});
        let done = app.call("/fn/deregister_participants", Some(&app.sign_in(HR).await), &theirs).await;
        assert_eq!(done.status, StatusCode::OK, "{}", done.body);
        let done: serde_json::Value = serde_json::from_str(&done.body).unwrap();
        let mutation = &done["mutations"][0];

        // Nothing can be changed, whichever way it is asked.
        let who = format!("{id}:{version}");
        let form = json!({ "form": {
            "wie": format!("{id}:{version}"), "einddatum": "2026-11-30", "reden": "einde_dienstverband", "sleutel": "s-1",
        }});
        let number =
            json!({ "form": { "deelname": id.to_string(), "versie": version.to_string(), "personeelsnummer": "9" } });
        let withdraw = json!({ "form": { "mutatie": mutation.to_string(), "sleutel": "s-2" } });
        for (function, arguments) in [
            ("deregister_participants", &form),
            ("request_deregistration", &form),
            ("preview_deregistration", &form),
            ("change_personnel_number", &number),
            ("withdraw_deregistration", &withdraw),
        ] {
            let answer = app.call(&format!("/fn/{function}"), Some(&desk), arguments).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{function} on {}: {}", app.name, answer.body);
        }
        for (path, fields) in [
            (
                format!("/deelnemers/{id}/afmelden"),
                &[
                    ("wie", who.as_str()),
                    ("einddatum", "30-11-2026"),
                    ("reden", "einde_dienstverband"),
                    ("sleutel", "s-3"),
                ][..],
            ),
            (
                "/accountbeheer/nieuw".to_owned(),
                &[("naam", "A"), ("email", "a@b.example"), ("gezien", "23595:0"), ("recht", "23595:administratief")],
            ),
        ] {
            let answer = app.post_form(&path, Some(&desk), fields).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path} on {}: {}", app.name, answer.body);
        }
        // No BSN in full, on the screen or in a file.
        let reveal = app.call("/fn/reveal_bsn", Some(&desk), &json!({ "id": id.to_string() })).await;
        assert_eq!(reveal.status, StatusCode::FORBIDDEN, "{}", reveal.body);
        assert_eq!(app.get("/deelnemers.csv?bsn=ja", Some(&desk)).await.status, StatusCode::FORBIDDEN);
        assert_eq!(app.get("/deelnemers.csv", Some(&desk)).await.status, StatusCode::OK);
        assert!(!list.body.contains("123456782") && !list.body.contains("*****6782"), "nor a part of it");
        // The back office is closed meanwhile.
        for path in ["/beheer", "/beheer/aanvragen", path.as_str()] {
            assert_eq!(app.get(path, Some(&desk)).await.status, StatusCode::NOT_FOUND, "{path}");
        }
        let whole = app.post_form(&path, Some(&desk), &[("naam", "Van ons"), ("kvk", "90000011")]).await;
        assert_eq!(whole.status, StatusCode::NOT_FOUND);
        // Who tried to change accounts or the back office is known.
        assert_eq!((app.logged("rights_refused").await, app.logged("office_refused").await), (1, 1), "{}", app.name);
        assert_eq!(app.participation("10000001").await.1, version);
        let mutations = "SELECT COUNT(*) FROM mutation WHERE kind <> 'roster'";
        assert_eq!(app.database.db.number(mutations).await.unwrap(), 1, "only what the employer did itself");

        let stopped = app.post_form("/meekijken-stoppen", Some(&desk), &[]).await;
        assert_eq!(stopped.header("location"), path);
        assert_eq!(app.get("/deelnemers", Some(&desk)).await.status, StatusCode::FORBIDDEN, "{}", app.name);
        assert_eq!(app.get("/beheer", Some(&desk)).await.status, StatusCode::OK);

        assert_eq!((app.logged("viewing_begun").await, app.logged("viewing_ended").await), (1, 1));
        let why = "SELECT COUNT(*) FROM access_log WHERE event = 'viewing_begun' AND details LIKE '%Vraag 4711%'";
        assert_eq!(app.database.db.number(why).await.unwrap(), 1);
        let named = "SELECT COUNT(*) FROM access_log WHERE event = 'list_viewed' AND actor_name LIKE 'Ditte Desk (%'";
        assert_eq!(app.database.db.number(named).await.unwrap(), 1, "the log says as whom it was looked at");
    }
}

// asvs = "8.3.2"
#[tokio::test]
async fn looking_along_ends_by_itself_and_with_the_role() {
    for app in apps().await {
        let desk = desk(&app).await;
        look_along(&app, &desk, "23595").await;
        // It is the session that looks along: another one of the same person does not.
        let other = app.sign_in(DESK).await;
        assert_eq!(app.get("/deelnemers", Some(&other)).await.status, StatusCode::FORBIDDEN, "{}", app.name);
        app.clock.advance(29 * 60 * 1000);
        assert_eq!(app.get("/deelnemers", Some(&desk)).await.status, StatusCode::OK);
        app.clock.advance(60 * 1000);
        assert_eq!(app.get("/deelnemers", Some(&desk)).await.status, StatusCode::FORBIDDEN, "after half an hour");
        assert_eq!(app.get("/beheer", Some(&desk)).await.status, StatusCode::OK);

        look_along(&app, &desk, "31337").await;
        assert!(app.get("/deelnemers", Some(&desk)).await.body.contains("Geheim"));
        give_roles(&app, DESK, &[StaffRole::SecurityOfficer]).await;
        assert_eq!(app.get("/deelnemers", Some(&desk)).await.status, StatusCode::FORBIDDEN, "the role is gone");
        // Who keeps the log may not look along.
        let security = security(&app).await;
        let fields = [("actie", "meekijken"), ("reden", "zomaar")];
        let answer = app.post_form(&employer(&app, "23595").await, Some(&security), &fields).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND);
    }
}

// asvs = "8.4.1"
#[tokio::test]
async fn an_employer_of_many_contracts_is_seen_whole_and_alone() {
    for app in apps().await {
        let path = employer(&app, "24001").await;
        let id = path.rsplit('/').next().unwrap();
        for number in 50_000..50_040 {
            let sql = format!(
                "INSERT INTO contract (employer_id, number, name, start_date, borderel_payment, retroactive_days, closing_day, counted_on)
                 VALUES ({id}, '{number}', 'Vestiging', '2020-01-01', {}, 90, 10, '2026-11-01')",
                if app.name == "SQLite" { "1" } else { "true" }
            );
            app.database.db.run_raw(&sql).await.unwrap();
        }
        let desk = desk(&app).await;
        look_along(&app, &desk, "24001").await;
        let list = app.get("/deelnemers?contract=alle", Some(&desk)).await;
        assert!(list.body.contains("Bakker"), "{}: {}", app.name, list.body);
        assert!(!list.body.contains("Janse") && !list.body.contains("Geheim"), "{}", app.name);
    }
}

#[tokio::test]
async fn an_installation_is_filled_without_sql() {
    for app in apps().await {
        let manager = manager(&app).await;
        let new = [("naam", "Drukkerij De Zwaluw"), ("kvk", "9000 0044")];
        let made = app.post_form("/beheer/werkgevers/nieuw", Some(&manager), &new).await;
        assert_eq!(made.status, StatusCode::SEE_OTHER, "{}: {}", app.name, made.body);
        let path = made.header("location").split('?').next().unwrap().to_owned();
        let again = app.post_form("/beheer/werkgevers/nieuw", Some(&manager), &new).await;
        assert!(
            again.status == StatusCode::UNPROCESSABLE_ENTITY && again.body.contains("al in gebruik"),
            "{}",
            again.body
        );

        let terms = [
            ("nummer", "25310"),
            ("naam", "Drukkerij De Zwaluw"),
            ("ingangsdatum", "1-1-2026"),
            ("einddatum", ""),
            ("borderel", "ja"),
            ("terugwerkend", "60"),
            ("sluitdag", "12"),
        ];
        let added = app.post_form(&format!("{path}/nieuw"), Some(&manager), &terms).await;
        assert_eq!(added.header("location"), format!("{path}?gedaan=opgeslagen"), "{}", added.body);
        let taken = app.post_form(&format!("{path}/nieuw"), Some(&manager), &terms).await;
        assert_eq!(taken.status, StatusCode::UNPROCESSABLE_ENTITY);
        let wrong = app.post_form(&format!("{path}/nieuw"), Some(&manager), &[("nummer", "1")]).await;
        assert!(wrong.body.contains("value=\"1\"") && wrong.status == StatusCode::UNPROCESSABLE_ENTITY);

        // A main account must be somebody who can sign in; it manages what comes later as well.
        for email in ["niemand@x.example", "geen adres"] {
            let fields = [("actie", "hoofdaccount"), ("hoofdaccount", email)];
            let wrong = app.post_form(&path, Some(&manager), &fields).await;
            assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
            assert!(wrong.body.contains(&format!("value=\"{email}\"")), "it can be put right: {}", wrong.body);
        }
        // Nor is it oneself.
        let own = [("actie", "hoofdaccount"), ("hoofdaccount", "relatie@verzekeraar.example")];
        let own = app.post_form(&path, Some(&manager), &own).await;
        assert_eq!(own.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(own.body.contains("Dit is uw eigen account"), "{}: {}", app.name, own.body);
        let named = app.post_form(&path, Some(&manager), &[("actie", "hoofdaccount"), ("hoofdaccount", FINANCE)]).await;
        assert_eq!(named.header("location"), format!("{path}?gedaan=benoemd"), "{}", named.body);
        let mut second = terms;
        second[0].1 = "25311";
        app.post_form(&format!("{path}/nieuw"), Some(&manager), &second).await;
        let roles = format!(
            "SELECT COUNT(*) FROM account_right r JOIN contract c ON c.id = r.contract_id
             WHERE r.account_id = {} AND r.roles = 4 AND c.number IN ('25310', '25311')",
            app.account(FINANCE).await
        );
        assert_eq!(app.database.db.number(&roles).await.unwrap(), 2, "{}", app.name);
        let main = app.sign_in(FINANCE).await;
        assert!(app.get("/accountbeheer?contract=25311", Some(&main)).await.status == StatusCode::OK);
        assert_eq!((app.logged("employer_added").await, app.logged("contract_added").await), (1, 2));
        assert_eq!(collectief_service::check::check(&app.portal).await.unwrap().differences, Vec::<String>::new());
    }
}

// asvs = "15.4.2"
#[tokio::test]
async fn what_a_colleague_changed_meanwhile_is_not_undone() {
    for app in apps().await {
        let manager = manager(&app).await;
        let path = employer(&app, "23595").await;
        let contract = format!("{path}/23595");
        let seen = |body: &str| {
            let start = body.find("name=\"gezien\" value=\"").unwrap() + "name=\"gezien\" value=\"".len();
            body[start..start + body[start..].find('"').unwrap()].to_owned()
        };
        let before = seen(&app.get(&path, Some(&manager)).await.body);
        let change = |name: &'static str| [("naam", name), ("kvk", "90000011"), ("gezien", before.as_str())];
        let first = app.post_form(&path, Some(&manager), &change("De Linde")).await;
        assert_eq!(first.status, StatusCode::SEE_OTHER, "{}: {}", app.name, first.body);
        let late = app.post_form(&path, Some(&manager), &change("De Eik")).await;
        assert_eq!(late.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(
            late.body.contains("Een collega heeft dit intussen gewijzigd") && late.body.contains("value=\"De Linde\"")
        );

        let page = app.get(&contract, Some(&manager)).await;
        let before = seen(&page.body);
        let terms = |start: &'static str, closing: &'static str| {
            [
                ("naam", "De Linde"),
                ("ingangsdatum", start),
                ("borderel", ""),
                ("terugwerkend", "30"),
                ("sluitdag", closing),
                ("gezien", before.as_str()),
            ]
        };
        let early = app.post_form(&contract, Some(&manager), &terms("1-1-2025", "5")).await;
        assert!(early.body.contains("Vul een datum in tot en met 01-01-2019"), "{}: {}", app.name, early.body);
        let hr = app.sign_in(HR).await;
        let id = app.participation("10000001").await.0.to_string();
        let reveal = app.call("/fn/reveal_bsn", Some(&hr), &json!({ "id": id })).await;
        assert_eq!(reveal.status, StatusCode::OK);
        let done = app.post_form(&contract, Some(&manager), &terms("1-1-2010", "5")).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.body);
        // It holds at once for who is signed in: without borderelbetaling there is no BSN.
        let reveal = app.call("/fn/reveal_bsn", Some(&hr), &json!({ "id": id })).await;
        assert_eq!(reveal.status, StatusCode::FORBIDDEN, "{}", app.name);
        let late = app.post_form(&contract, Some(&manager), &terms("1-1-2010", "6")).await;
        assert_eq!(late.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!((app.logged("employer_changed").await, app.logged("contract_changed").await), (1, 1));
        // The helpdesk looks only.
        let desk = desk(&app).await;
        assert_eq!(app.get(&contract, Some(&desk)).await.status, StatusCode::OK);
        for path in [&path, &contract] {
            assert_eq!(app.post_form(path, Some(&desk), &change("X")).await.status, StatusCode::NOT_FOUND, "{path}");
        }
    }
}
