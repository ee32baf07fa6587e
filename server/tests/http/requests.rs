//! "Account aanvragen" over HTTP: asking, proving the address, and what the helpdesk decides.

use std::net::IpAddr;

use axum::http::StatusCode;
use collectief_domain::{account_request::CONFIRM_PATH, staff::StaffRole};
use collectief_service::{Limits, session};

use crate::{
    harness::{Answer, App, HR, MANAGER, ORIGIN, OTHER, apps, apps_with, form},
    sign_in::without_chance,
};

const ASK: &str = "/account-aanvragen";
const QUEUE: &str = "/beheer/aanvragen";
const ANS: &str = "ans@linde.example";
const DAY: i64 = 24 * 60 * 60 * 1000;

/// What is typed, but for what a test says.
fn fields<'a>(changed: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let mut fields = vec![
        ("organisatie", "Zorggroep De Linde"),
        ("kvk", "90000011"),
        ("contract", "23595"),
        ("naam", "Ans de Boer"),
        ("email", ANS),
        ("telefoon", "06 12345678"),
        ("rol", "administratief"),
        ("rol", "financieel"),
    ];
    for (name, value) in changed {
        fields.retain(|(known, _)| known != name);
        fields.push((name, value));
    }
    fields
}

async fn ask(app: &App, changed: &[(&str, &str)]) -> Answer {
    app.post_form(ASK, None, &fields(changed)).await
}

/// The path of the link to confirm, out of the only mail that is due.
async fn link(app: &App) -> String {
    let mails = app.mails().await;
    assert_eq!(mails.len(), 1, "{}: {mails:?}", app.name);
    let start = mails[0].find(&format!("{ORIGIN}{CONFIRM_PATH}")).unwrap();
    mails[0][start + ORIGIN.len()..].split_whitespace().next().unwrap().to_owned()
}

/// Asks and confirms; gives back the page of the request.
async fn waiting(app: &App, changed: &[(&str, &str)]) -> String {
    assert_eq!(ask(app, changed).await.status, StatusCode::SEE_OTHER);
    let confirmed = app.post_form(&link(app).await, None, &[]).await;
    assert!(confirmed.body.contains("Uw aanvraag is bevestigd"), "{}", confirmed.body);
    let id = app.database.db.number("SELECT MAX(id) FROM account_request").await.unwrap();
    format!("{QUEUE}/{id}")
}

async fn helpdesk(app: &App) -> String {
    app.database.db.run_raw("UPDATE employer SET kvk_number = '90000011' WHERE id = (SELECT employer_id FROM contract WHERE number = '23595')").await.unwrap();
    app.staff("desk@verzekeraar.example", "Ditte Desk", &[StaffRole::Helpdesk]).await
}

async fn approve(app: &App, path: &str, token: &str, boxes: &[&str]) -> Answer {
    let mut fields = vec![("actie", "goedkeuren"), ("versie", "2"), ("gezien", "23595:0,24001:0")];
    fields.extend(boxes.iter().map(|ticked| ("recht", *ticked)));
    app.post_form(path, Some(token), &fields).await
}

async fn refuse(app: &App, path: &str, token: &str, reason: &str) -> Answer {
    let fields = [("actie", "afwijzen"), ("versie", "2"), ("reden", reason)];
    app.post_form(path, Some(token), &fields).await
}

async fn count(app: &App, of: &str) -> i64 {
    app.database.db.number(&format!("SELECT COUNT(*) FROM {of}")).await.unwrap()
}

// asvs = "2.3.5, 6.4.1"
#[tokio::test]
async fn whoever_asks_and_is_approved_comes_in_with_those_rights() {
    for app in apps().await {
        let desk = helpdesk(&app).await;
        let page = app.get(ASK, None).await;
        assert!(page.status == StatusCode::OK && page.body.contains("name=\"sleutel\""), "{}", page.body);
        assert!(app.get("/inloggen", None).await.body.contains("href=\"/account-aanvragen\""));

        let answer = ask(&app, &[]).await;
        assert_eq!(answer.header("location"), "/account-aanvragen?verstuurd=ja", "{}", answer.body);
        let path = link(&app).await;
        // Looking confirms nothing: programs that read mail look as well.
        for _ in 0..2 {
            assert!(app.get(&path, None).await.body.contains("Aanvraag bevestigen"));
        }
        assert!(app.get(QUEUE, Some(&desk)).await.body.contains("Geen aanvragen"), "{}", app.name);
        for _ in 0..2 {
            assert!(app.post_form(&path, None, &[]).await.body.contains("Uw aanvraag is bevestigd"));
        }
        assert_eq!(app.logged("account_request_confirmed").await, 1, "confirmed once");
        app.clock.advance(3 * DAY);
        let desk = app.sign_in("desk@verzekeraar.example").await;
        let queue = app.get(QUEUE, Some(&desk)).await;
        assert!(
            queue.body.contains("Ans de Boer") && queue.body.contains("3 dagen") && queue.body.contains("KvK klopt")
        );

        let page = app.get(&format!("{QUEUE}/1"), Some(&desk)).await;
        assert!(page.body.contains("value=\"23595:administratief\" checked"), "{}", page.body);
        assert!(page.body.contains("value=\"23595:financieel\" checked"));
        let answer = approve(&app, &format!("{QUEUE}/1"), &desk, &["23595:administratief"]).await;
        assert_eq!(answer.header("location"), "/beheer/aanvragen?gedaan=goedgekeurd", "{}", answer.body);
        let mails = app.mails().await;
        assert!(mails.len() == 1 && mails[0].contains("/activeren/") && mails[0].contains(ANS), "{mails:?}");
        let link = mails[0].split_whitespace().find_map(|word| word.strip_prefix(ORIGIN)).unwrap();
        let answer = app.post_form(link, None, &[("wachtwoord", "paard fiets wolken lepel")]).await;
        let token = answer.token().unwrap();
        assert_eq!(app.get("/deelnemers", Some(&token)).await.status, StatusCode::OK, "{}", app.name);
        assert_eq!(app.get("/beheer", Some(&token)).await.status, StatusCode::NOT_FOUND);

        assert!(app.get(QUEUE, Some(&desk)).await.body.contains("Geen aanvragen"));
        let decided = app.get("/beheer/aanvragen?toon=afgehandeld", Some(&desk)).await;
        assert!(decided.body.contains("Goedgekeurd"), "{}", decided.body);
        // It was asked on the first of the month.
        assert!(decided.body.contains("Beslist op") && decided.body.contains("04-11-2026"), "{}", decided.body);
        assert!(
            app.get(&format!("{QUEUE}/1"), Some(&desk))
                .await
                .body
                .contains("Goedgekeurd door Ditte Desk op 04-11-2026")
        );
        assert_eq!((app.logged("account_request_approved").await, app.logged("rights_changed").await), (1, 1));
        assert!(app.logged("account_request_viewed").await >= 2, "who looked is known");
    }
}

// asvs = "6.3.8"
#[tokio::test]
async fn a_stranger_learns_nothing_by_asking() {
    for app in apps().await {
        helpdesk(&app).await;
        let mut answers = Vec::new();
        let mut written = Vec::new();
        for changed in [
            &[][..],
            &[("email", HR)],
            &[("email", "niemand@nergens.example"), ("contract", "99999")],
            &[("kvk", "12345678"), ("email", "wie@weet.example")],
        ] {
            let before = (count(&app, "account_request").await, count(&app, "outbox").await);
            let answer = ask(&app, changed).await;
            let after = (count(&app, "account_request").await, count(&app, "outbox").await);
            answers.push((answer.status, answer.header("location").to_owned(), without_chance(&answer.body, ASK)));
            written.push((after.0 - before.0, after.1 - before.1));
        }
        assert!(answers.iter().all(|answer| *answer == answers[0]), "{}: {answers:?}", app.name);
        assert_eq!(written, [(1, 1); 4], "the same work for all of them");
        // What is told of a link that never was, and of one whose request was decided, is the same.
        let unknown = format!("{CONFIRM_PATH}{}", "A".repeat(43));
        let gone = app.get(&unknown, None).await;
        assert_eq!(gone.status, StatusCode::NOT_FOUND);
        assert_eq!(app.post_form(&unknown, None, &[]).await.status, StatusCode::NOT_FOUND);
        let mails = app.mails().await;
        let path = mails.iter().find(|mail| mail.contains(&format!("To: <{ANS}>"))).unwrap();
        let path = path.split_whitespace().find_map(|word| word.strip_prefix(ORIGIN)).unwrap();
        app.database.db.run_raw("UPDATE account_request SET state = 'refused'").await.unwrap();
        let decided = app.get(path, None).await;
        assert_eq!(without_chance(&decided.body, path), without_chance(&gone.body, &unknown));
        // A stolen database opens no link.
        let token = path.rsplit('/').next().unwrap();
        assert!(!app.database.db.dump().await.unwrap().contains(token), "{}", app.name);
    }
}

// asvs = "2.4.1, 2.3.4"
#[tokio::test]
async fn floods_are_held_off_and_a_form_that_is_sent_twice_asks_once() {
    for app in apps_with(Limits { requests_per_client: 6, ..Limits::default() }).await {
        for _ in 0..2 {
            assert_eq!(ask(&app, &[("sleutel", "een")]).await.status, StatusCode::SEE_OTHER);
        }
        assert_eq!((count(&app, "account_request").await, count(&app, "outbox").await), (1, 1), "{}", app.name);
        // A program fills in the field that nobody sees, and is told nothing.
        let program = ask(&app, &[("website", "http://x"), ("email", "bot@x.example")]).await;
        assert_eq!(program.header("location"), "/account-aanvragen?verstuurd=ja");
        assert_eq!(count(&app, "account_request").await, 1);
        // One address is not mailed without end; the answer stays the same.
        for _ in 0..4 {
            assert_eq!(ask(&app, &[]).await.status, StatusCode::SEE_OTHER);
        }
        assert_eq!(app.mails().await.len(), 2, "three an hour, of which one was the same form");
        let held = ask(&app, &[("email", "b@c.example")]).await;
        assert_eq!(held.status, StatusCode::TOO_MANY_REQUESTS, "{}", app.name);
        assert!(held.body.contains("te veel aanvragen") && held.body.contains("value=\"b@c.example\""));
        // Somebody elsewhere is not held off for it.
        let request = form(ASK, None, &fields(&[("email", "b@c.example")]));
        let elsewhere = app.send_from(IpAddr::from([198, 51, 100, 7]), request).await;
        assert_eq!(elsewhere.status, StatusCode::SEE_OTHER);
        assert_eq!(app.logged("account_request_held_off").await, 2);
        app.clock.advance(60 * 60 * 1000);
        assert_eq!(ask(&app, &[("email", "b@c.example")]).await.status, StatusCode::SEE_OTHER);
    }
}

/// From many addresses as well, and whether or not there is such a contract.
// asvs = "2.4.1, 2.4.2"
#[tokio::test]
async fn nobody_floods_the_requests_of_one_contract() {
    for app in apps_with(Limits { requests_per_contract: 3, ..Limits::default() }).await {
        let ask_from = async |number: u8, contract: &str| {
            let email = format!("a{number}@linde.example");
            let request = form(ASK, None, &fields(&[("email", &email), ("contract", contract)]));
            app.send_from(IpAddr::from([198, 51, 100, number]), request).await
        };
        for contract in ["23595", "99999"] {
            for number in 0..3 {
                assert_eq!(ask_from(number, contract).await.status, StatusCode::SEE_OTHER, "{}", app.name);
            }
            let held = ask_from(3, contract).await;
            assert_eq!(held.status, StatusCode::TOO_MANY_REQUESTS, "{contract} on {}", app.name);
            assert!(held.body.contains("te veel aanvragen") && held.body.contains("value=\"a3@linde.example\""));
        }
        assert_eq!(app.logged("account_request_held_off").await, 2);
        app.clock.advance(60 * 60 * 1000);
        assert_eq!(ask_from(3, "23595").await.status, StatusCode::SEE_OTHER);
    }
}

#[tokio::test]
async fn a_form_that_is_corrected_asks_anew() {
    for app in apps().await {
        // Going back, the browser shows the form as it was filled in, with the key that it had.
        for email in ["ans@linde.exampel", ANS, ANS] {
            let answer = ask(&app, &[("sleutel", "een"), ("email", email)]).await;
            assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
        }
        assert_eq!((count(&app, "account_request").await, count(&app, "outbox").await), (2, 2), "{}", app.name);
        assert_eq!(count(&app, &format!("account_request WHERE email = '{ANS}'")).await, 1);
    }
}

// asvs = "2.2.1"
#[tokio::test]
async fn wrong_input_comes_back_with_all_that_was_typed() {
    for app in apps().await {
        let answer = ask(&app, &[("kvk", "123"), ("email", "a\"><script>"), ("telefoon", ""), ("rol", "")]).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        for words in
            ["Een KvK-nummer heeft 8 cijfers", "Vul een e-mailadres in", "Vul dit veld in", "Kies ten minste één rol"]
        {
            assert!(answer.body.contains(words), "{words} on {}: {}", app.name, answer.body);
        }
        for typed in ["value=\"Zorggroep De Linde\"", "value=\"123\"", "value=\"Ans de Boer\""] {
            assert!(answer.body.contains(typed), "{typed}");
        }
        assert!(!answer.body.contains("a\"><script>"));
        assert!(answer.body.contains("<title>Fout:"), "{}", answer.body);
        assert_eq!(count(&app, "account_request").await, 0);
    }
}

#[tokio::test]
async fn whoever_has_an_account_keeps_it_and_is_told_what_is_added() {
    for app in apps().await {
        let desk = helpdesk(&app).await;
        let path = waiting(&app, &[("email", OTHER), ("naam", "Iemand Anders")]).await;
        let page = app.get(&path, Some(&desk)).await;
        assert!(page.body.contains("Medewerker hr") && page.body.contains("/beheer/accounts/"), "{}", page.body);
        approve(&app, &path, &desk, &["23595:financieel"]).await;
        let mails = app.mails().await;
        assert!(mails.len() == 1 && mails[0].contains("23595") && !mails[0].contains("/activeren/"), "{mails:?}");
        assert!(mails[0].contains("U hebt in Collectief toegang gekregen tot:"), "{mails:?}");
        let other = app.account(OTHER).await;
        let sql = format!("SELECT COUNT(*) FROM account_right WHERE account_id = {other}");
        assert_eq!(app.database.db.number(&sql).await.unwrap(), 2, "what it had stays");
        let name = app.database.db.text(&format!("SELECT name FROM account WHERE id = {other}")).await.unwrap();
        assert_eq!(name, "Medewerker hr");

        // Who asks for what is there already hears that it is.
        let path = waiting(&app, &[("email", OTHER)]).await;
        approve(&app, &path, &desk, &["23595:financieel"]).await;
        let mails = app.mails().await;
        assert!(mails.len() == 1 && mails[0].contains("23595"), "{}: {mails:?}", app.name);
        assert_eq!(app.logged("rights_changed").await, 1);

        // A main account can be given more by the insurer too.
        collectief_service::account_management::name_main(&app.portal, MANAGER, "23595").await.unwrap();
        let path = waiting(&app, &[("email", MANAGER)]).await;
        let answer = approve(&app, &path, &desk, &["23595:administratief"]).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}: {}", app.name, answer.body);
        let roles = format!("SELECT roles FROM account_right WHERE account_id = {}", app.account(MANAGER).await);
        assert_eq!(app.database.db.number(&roles).await.unwrap(), 5);
    }
}

// asvs = "8.3.1"
#[tokio::test]
async fn nobody_of_the_helpdesk_gives_themselves_rights() {
    for app in apps().await {
        let desk = helpdesk(&app).await;
        let path = waiting(&app, &[("email", "desk@verzekeraar.example")]).await;
        let own = approve(&app, &path, &desk, &["23595:administratief"]).await;
        assert_eq!(own.status, StatusCode::UNPROCESSABLE_ENTITY, "{}: {}", app.name, own.body);
        assert!(own.body.contains("Dit is uw eigen account"), "{}", own.body);
        assert_eq!(count(&app, "account_request WHERE state = 'waiting'").await, 1);
        assert_eq!(app.get("/deelnemers", Some(&desk)).await.status, StatusCode::FORBIDDEN);
        // A colleague may.
        let second = app.staff("tweede@verzekeraar.example", "Teun Tweede", &[StaffRole::Helpdesk]).await;
        let answer = approve(&app, &path, &second, &["23595:administratief"]).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}: {}", app.name, answer.body);
    }
}

#[tokio::test]
async fn whoever_is_refused_is_told_why() {
    for app in apps().await {
        let desk = helpdesk(&app).await;
        let path = waiting(&app, &[("contract", "99999")]).await;
        let page = app.get(&path, Some(&desk)).await;
        assert!(page.body.contains("Onbekend contract") && page.body.contains("Controleer eerst"), "{}", page.body);
        let without = refuse(&app, &path, &desk, " ").await;
        assert_eq!(without.status, StatusCode::UNPROCESSABLE_ENTITY);
        let answer = refuse(&app, &path, &desk, "Dit contract kennen wij niet.\r\nBel ons <b>gerust</b>.").await;
        assert_eq!(answer.header("location"), "/beheer/aanvragen?gedaan=afgewezen", "{}", answer.body);
        let mails = app.mails().await;
        assert_eq!(mails.len(), 1, "{}", app.name);
        assert!(
            mails[0].contains("Dit contract kennen wij niet.") && mails[0].contains("&lt;b&gt;gerust"),
            "{}",
            mails[0]
        );
        assert_eq!(count(&app, &format!("account WHERE email = '{ANS}'")).await, 0);
        assert_eq!(app.logged("account_request_refused").await, 1);
    }
}

#[tokio::test]
async fn a_mail_to_who_has_no_account_is_found_and_tried_again() {
    for app in apps().await {
        let desk = helpdesk(&app).await;
        let path = waiting(&app, &[]).await;
        assert!(!app.get("/beheer", Some(&desk)).await.body.contains("niet worden bezorgd"));
        refuse(&app, &path, &desk, "Nee").await;
        let stuck = "UPDATE outbox SET state = 'stuck', error = 'mailbox vol' WHERE state = 'waiting'";
        app.database.db.run_raw(stuck).await.unwrap();
        for page in ["/beheer", path.as_str()] {
            let shown = app.get(page, Some(&desk)).await;
            for words in [ANS, "Aanvraag afgewezen", "mailbox vol", "Opnieuw proberen"] {
                assert!(shown.body.contains(words), "{words} at {page} on {}: {}", app.name, shown.body);
            }
        }
        // Whoever searches is shown the way back to them.
        let searched = app.get("/beheer?zoek=xqxq", Some(&desk)).await;
        assert!(searched.body.contains("1 e-mail kon niet worden bezorgd") && !searched.body.contains("mailbox vol"));
        let mail = app.database.db.number("SELECT id FROM outbox WHERE state = 'stuck'").await.unwrap().to_string();
        // Somebody takes it up, which both pages tell, and lets go of it.
        for (deed, done, is_assigned) in [("oppakken", "opgepakt", true), ("loslaten", "losgelaten", false)] {
            for page in ["/beheer", path.as_str()] {
                let answer = app.post_form(page, Some(&desk), &[("actie", deed), ("mail", &mail)]).await;
                assert_eq!(answer.header("location"), format!("{page}?gedaan={done}"), "{}", answer.body);
                for page in ["/beheer", path.as_str()] {
                    let shown = app.get(page, Some(&desk)).await.body;
                    assert_eq!(shown.contains("Behandelaar: "), is_assigned, "{deed} at {page} on {}", app.name);
                }
            }
        }
        assert_eq!(app.logged("mail_assigned").await, 4, "{}", app.name);
        let fields = [("actie", "opnieuw"), ("mail", &*mail)];
        let retried = app.post_form(&path, Some(&desk), &fields).await;
        assert_eq!(retried.header("location"), format!("{path}?gedaan=opnieuw"), "{}", retried.body);
        assert!(!app.get(&path, Some(&desk)).await.body.contains("Niet bezorgd"), "{}", app.name);
        app.database.db.run_raw(stuck).await.unwrap();
        let retried = app.post_form("/beheer", Some(&desk), &fields).await;
        assert_eq!(retried.header("location"), "/beheer?gedaan=opnieuw", "{}", retried.body);
        assert_eq!((app.mails().await.len(), app.logged("mail_retried").await), (1, 2), "{}", app.name);
        // From the page of another's request it is not.
        app.database.db.run_raw("UPDATE outbox SET state = 'stuck', recipient = 'x@y.example'").await.unwrap();
        app.post_form(&path, Some(&desk), &fields).await;
        app.post_form(&path, Some(&desk), &[("actie", "oppakken"), ("mail", &mail)]).await;
        assert_eq!((app.logged("mail_retried").await, app.logged("mail_assigned").await), (2, 4), "{}", app.name);
    }
}

// asvs = "15.4.2"
#[tokio::test]
async fn of_two_of_the_helpdesk_one_decides_and_the_other_is_told() {
    for app in apps().await {
        let first = helpdesk(&app).await;
        let second = app.staff("tweede@verzekeraar.example", "Teun Tweede", &[StaffRole::Helpdesk]).await;
        let path = waiting(&app, &[]).await;
        let boxes = &["23595:administratief"];
        let (a, b) = tokio::join!(approve(&app, &path, &first, boxes), refuse(&app, &path, &second, "Nee"));
        let mut statuses = [a.status, b.status];
        statuses.sort();
        assert_eq!(statuses, [StatusCode::SEE_OTHER, StatusCode::CONFLICT], "{}: {} {}", app.name, a.body, b.body);
        let (late, by) = if a.status == StatusCode::CONFLICT { (a, "Teun Tweede") } else { (b, "Ditte Desk") };
        assert!(late.body.contains(by) && late.body.contains("Ans de Boer"), "{}", late.body);
        assert_eq!(app.mails().await.len(), 1, "one mail, of the one decision");
        // Nor does a form that is wrong besides show its own reason in the place of a colleague's.
        let token = if by == "Teun Tweede" { &first } else { &second };
        for boxes in [&[][..], &["31337:administratief"]] {
            let wrong = approve(&app, &path, token, boxes).await;
            assert!(wrong.status == StatusCode::CONFLICT && wrong.body.contains(by), "{}: {}", app.name, wrong.body);
        }
        assert_eq!(app.logged("account_request_approved").await + app.logged("account_request_refused").await, 1);
    }
}

#[tokio::test]
async fn a_decision_that_is_sent_twice_is_done_once() {
    for app in apps().await {
        let desk = helpdesk(&app).await;
        let path = waiting(&app, &[]).await;
        for _ in 0..2 {
            let answer = approve(&app, &path, &desk, &["23595:administratief"]).await;
            assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}: {}", app.name, answer.body);
        }
        assert_eq!((app.mails().await.len(), app.logged("account_request_approved").await), (1, 1));
        assert_eq!(count(&app, &format!("account WHERE email = '{ANS}'")).await, 1);
    }
}

// asvs = "2.2.3, 2.3.2"
#[tokio::test]
async fn the_rules_of_accounts_hold_for_the_helpdesk_too() {
    for app in apps().await {
        let desk = helpdesk(&app).await;
        let path = waiting(&app, &[("contract", "24001")]).await;
        for (boxes, words) in [
            (&["24001:financieel"][..], "Financieel kan alleen"),
            (&[], "Kies ten minste één recht"),
            (&["31337:administratief"], "Kies een van de mogelijkheden"),
        ] {
            let answer = approve(&app, &path, &desk, boxes).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{boxes:?} on {}", app.name);
            assert!(answer.body.contains(words), "{boxes:?}: {}", answer.body);
        }
        // Nothing was half done.
        assert_eq!(count(&app, &format!("account WHERE email = '{ANS}'")).await, 0);
        assert_eq!(count(&app, "account_request WHERE state = 'waiting'").await, 1);
        // A contract of another employer can be found and given.
        let found = app.get(&format!("{path}?zoek=31337"), Some(&desk)).await;
        assert!(found.body.contains("31337:administratief"), "{}", found.body);
        // Looking for it keeps what was filled in.
        let fields = [
            ("actie", "zoeken"),
            ("versie", "2"),
            ("zoek", "31337"),
            ("gezien", "23595:0,24001:0"),
            ("recht", "24001:administratief"),
            ("reden", "Half geschreven"),
        ];
        let found = app.post_form(&path, Some(&desk), &fields).await;
        assert_eq!(found.status, StatusCode::OK, "{}: {}", app.name, found.body);
        for words in ["value=\"24001:administratief\" checked", "value=\"31337:administratief\"", "Half geschreven"] {
            assert!(found.body.contains(words), "{words}: {}", found.body);
        }
        assert!(!found.body.contains("value=\"31337:administratief\" checked"));
        assert_eq!(count(&app, "account_request WHERE state = 'waiting'").await, 1, "nothing was decided");
    }
}

// asvs = "14.2.7"
#[tokio::test]
async fn what_nobody_needs_any_more_is_forgotten() {
    for app in apps().await {
        let desk = helpdesk(&app).await;
        let decided = waiting(&app, &[]).await;
        refuse(&app, &decided, &desk, "Nee").await;
        app.mails().await;
        ask(&app, &[("email", "b@c.example")]).await;
        let unproven = link(&app).await;
        app.clock.advance(7 * DAY - 1);
        session::clear_ended(&app.portal).await.unwrap();
        assert_eq!(count(&app, "account_request").await, 2, "{}", app.name);
        app.clock.advance(2);
        assert_eq!(app.get(&unproven, None).await.status, StatusCode::NOT_FOUND, "its time is over");
        session::clear_ended(&app.portal).await.unwrap();
        assert_eq!(count(&app, "account_request").await, 1);
        app.clock.advance(366 * DAY);
        session::clear_ended(&app.portal).await.unwrap();
        assert_eq!(count(&app, "account_request").await, 0);
    }
}
