//! "Mijn gegevens" over HTTP: what somebody changes of the own account, what that asks for, and what others cannot.

use axum::http::{Method, StatusCode, header};
use collectief_domain::account::LinkPurpose;
use collectief_service::Limits;

use crate::{
    harness::{Answer, App, HR, ORIGIN, OTHER, PASSWORD, apps, apps_with, encoded, form, request},
    sign_in::try_to,
};

const PAGE: &str = "/mijn-gegevens";
const NEW_ADDRESS: &str = "herma@nieuw.example";
pub(crate) const NEW_PASSWORD: &str = "paard fiets wolken lepel";
const HOUR: i64 = 60 * 60 * 1000;

async fn post(app: &App, token: &str, actie: &str, fields: &[(&str, &str)]) -> Answer {
    let mut all = vec![("actie", actie)];
    all.extend_from_slice(fields);
    app.post_form(PAGE, Some(token), &all).await
}

async fn ask_email(app: &App, token: &str, email: &str) -> Answer {
    post(app, token, "email", &[("email", email), ("wachtwoord_bij_email", PASSWORD)]).await
}

/// The mails that are due, as whom they are for and what they say.
async fn mails(app: &App) -> Vec<(String, String)> {
    let addressed = |mail: String| (mail.split("To: <").nth(1).unwrap().split('>').next().unwrap().to_owned(), mail);
    let mut mails: Vec<(String, String)> = app.mails().await.into_iter().map(addressed).collect();
    mails.sort();
    mails
}

/// The path of the link in the mail to this address.
fn link_to(mails: &[(String, String)], to: &str, purpose: LinkPurpose) -> String {
    let mail = &mails.iter().find(|(recipient, _)| recipient == to).unwrap_or_else(|| panic!("no mail to {to}")).1;
    let start = mail.find(&format!("{ORIGIN}{}", purpose.path())).unwrap_or_else(|| panic!("no link in {mail}"));
    mail[start + ORIGIN.len()..].split_whitespace().next().unwrap().to_owned()
}

async fn email_link(app: &App, token: &str, email: &str) -> String {
    let answer = ask_email(app, token, email).await;
    assert_eq!(answer.header("location"), "/mijn-gegevens?gedaan=gemaild", "{}: {}", app.name, answer.body);
    link_to(&mails(app).await, email, LinkPurpose::EmailChange)
}

async fn confirm(app: &App, token: &str, path: &str) -> Answer {
    app.post_form(path, Some(token), &[]).await
}

async fn text(app: &App, column: &str, account: i64) -> String {
    app.database.db.text(&format!("SELECT COALESCE({column}, '-') FROM account WHERE id = {account}")).await.unwrap()
}

/// Signs in as a browser does that says it is `device`.
async fn sign_in_on(app: &App, email: &str, device: &str) -> String {
    let headers = [
        (header::CONTENT_TYPE, "application/x-www-form-urlencoded"),
        (header::ACCEPT, "text/html"),
        (header::ORIGIN, ORIGIN),
        (header::USER_AGENT, device),
    ];
    let body = encoded(&[("email", email), ("wachtwoord", PASSWORD)]);
    app.send(request(Method::POST, "/inloggen", None, &headers, &body)).await.token().unwrap()
}

async fn is_in(app: &App, token: &str) -> bool {
    app.get("/", Some(token)).await.status == StatusCode::OK
}

#[tokio::test]
async fn name_telephone_and_language_are_ones_own() {
    for app in apps().await {
        let token = app.sign_in(HR).await;
        let account = app.account(HR).await;
        let page = app.get(PAGE, Some(&token)).await;
        assert!(page.status == StatusCode::OK && page.body.contains("value=\"Medewerker hr\""), "{}", page.body);
        assert!(page.body.contains("href=\"/mijn-gegevens\""), "the name in the header leads here");
        let fields = [("naam", " Herma Rozema "), ("telefoon", "030 123 45 67"), ("taal", "en")];
        for _ in 0..2 {
            let saved = post(&app, &token, "gegevens", &fields).await;
            assert_eq!(saved.header("location"), "/mijn-gegevens?gedaan=opgeslagen", "{}: {}", app.name, saved.body);
        }
        assert_eq!(app.logged("details_changed").await, 1, "sent twice it is done once");
        assert_eq!(text(&app, "telephone", account).await, "030 123 45 67");
        let page = app.get("/mijn-gegevens?gedaan=opgeslagen", Some(&token)).await;
        for words in ["Herma Rozema<", "lang=\"en\"", "Your details were saved"] {
            assert!(page.body.contains(words), "{words} on {}: {}", app.name, page.body);
        }
        // What is wrong is told all at once, and what was typed stays.
        let wrong = [("naam", "x\r\nBcc: y@z"), ("telefoon", "bel mij"), ("taal", "de")];
        let answer = post(&app, &token, "gegevens", &wrong).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(answer.body.matches("class=\"why\"").count(), 3, "{}", answer.body);
        assert!(answer.body.contains("value=\"bel mij\""));
        assert_eq!(text(&app, "name", account).await, "Herma Rozema");
        // The log says what was changed, and not into what.
        let log = app.database.db.text("SELECT details FROM access_log WHERE event = 'details_changed'").await.unwrap();
        assert_eq!(log, "name, telephone, language");
    }
}

// asvs = "6.3.7, 7.5.1"
#[tokio::test]
async fn a_new_address_holds_at_once_after_it_was_confirmed_and_the_old_one_is_told() {
    for app in apps().await {
        let token = app.sign_in(HR).await;
        let account = app.account(HR).await;
        // Somebody tried the new address before it was anybody's.
        for _ in 0..6 {
            try_to(&app, NEW_ADDRESS, "verkeerd").await;
        }
        mails(&app).await;
        let answer = ask_email(&app, &token, &format!("  {} ", NEW_ADDRESS.to_uppercase())).await;
        assert_eq!(answer.header("location"), "/mijn-gegevens?gedaan=gemaild", "{}: {}", app.name, answer.body);
        let told = mails(&app).await;
        assert_eq!(told.iter().map(|(to, _)| to.as_str()).collect::<Vec<_>>(), [NEW_ADDRESS, HR]);
        let link = link_to(&told, NEW_ADDRESS, LinkPurpose::EmailChange);
        let stranger = &told[0].1;
        assert!(!stranger.contains("Medewerker") && !stranger.contains(HR), "it may be a stranger's: {stranger}");
        assert!(told[1].1.contains("Op 01-11-2026 is gevraagd") && !told[1].1.contains(NEW_ADDRESS));
        assert!(app.get(PAGE, Some(&token)).await.body.contains(&format!("{NEW_ADDRESS} is nog niet bevestigd")));

        // Nothing changes yet, and looking changes nothing.
        let page = app.get(&link, Some(&token)).await;
        assert!(page.status == StatusCode::OK && page.body.contains(NEW_ADDRESS), "{}", page.body);
        assert_eq!(page.header("referrer-policy"), "strict-origin");
        assert!(try_to(&app, HR, PASSWORD).await.token().is_some());
        assert_eq!(text(&app, "email", account).await, HR);

        let done = confirm(&app, &token, &link).await;
        assert_eq!(done.header("location"), "/mijn-gegevens?gedaan=e-mailadres", "{}: {}", app.name, done.body);
        assert_eq!(try_to(&app, HR, PASSWORD).await.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(try_to(&app, NEW_ADDRESS, PASSWORD).await.token().is_some(), "right after, on {}", app.name);
        let told = mails(&app).await;
        assert_eq!(told.len(), 1, "{told:?}");
        assert!(told[0].0 == HR && told[0].1.contains("is gewijzigd op 01-11-2026"), "{}", told[0].1);
        assert!(confirm(&app, &token, &link).await.is_gone() && app.get(&link, Some(&token)).await.is_gone());
        assert_eq!((app.logged("address_change_asked").await, app.logged("address_changed").await), (1, 1));
        let named = "SELECT COUNT(*) FROM access_log WHERE details LIKE '%@%'";
        assert_eq!(app.database.db.number(named).await.unwrap(), 0, "no address stands in the log");
    }
}

// asvs = "6.6.2, 8.2.2"
#[tokio::test]
async fn a_link_confirms_for_its_owner_signed_in_and_for_nobody_else() {
    for app in apps().await {
        let token = app.sign_in(HR).await;
        let other = app.sign_in(OTHER).await;
        let link = email_link(&app, &token, NEW_ADDRESS).await;
        // Whoever has the mailbox because the address was typed wrong comes no further.
        for answer in [app.get(&link, None).await, app.post_form(&link, None, &[]).await] {
            assert_eq!(answer.status, StatusCode::SEE_OTHER);
            assert!(answer.header("location").starts_with("/inloggen"), "{}", answer.header("location"));
        }
        let unknown = format!("/e-mailadres-bevestigen/{}", "A".repeat(43));
        let plain = |answer: &Answer, path: &str| crate::sign_in::without_chance(&answer.body, path);
        let expected = plain(&app.get(&unknown, Some(&other)).await, &unknown);
        for answer in [app.get(&link, Some(&other)).await, confirm(&app, &other, &link).await] {
            assert!(answer.is_gone() && !answer.body.contains(HR), "{}", app.name);
            assert_eq!(plain(&answer, &link), expected, "told like what does not exist");
        }
        // A link is for one thing only.
        for purpose in LinkPurpose::ALL.into_iter().filter(|purpose| *purpose != LinkPurpose::EmailChange) {
            let path = format!("{}{}", purpose.path(), link.rsplit('/').next().unwrap());
            let answer = app.post_form(&path, Some(&token), &[("wachtwoord", NEW_PASSWORD)]).await;
            assert!(answer.is_gone(), "{path} on {}", app.name);
        }
        assert_eq!(confirm(&app, &token, &link).await.status, StatusCode::SEE_OTHER);
    }
}

// asvs = "6.6.2"
#[tokio::test]
async fn of_two_addresses_the_last_one_counts_and_a_link_ends() {
    for app in apps().await {
        let token = app.sign_in(HR).await;
        let first = email_link(&app, &token, "eerste@nieuw.example").await;
        let second = email_link(&app, &token, NEW_ADDRESS).await;
        assert!(confirm(&app, &token, &first).await.is_gone(), "{}", app.name);
        assert_eq!(app.get(&second, Some(&token)).await.status, StatusCode::OK);
        // One that was asked for and not delivered yet is of no use either once another is asked for.
        ask_email(&app, &token, "derde@nieuw.example").await;
        ask_email(&app, &token, "vierde@nieuw.example").await;
        let to: Vec<String> = mails(&app).await.into_iter().map(|(to, _)| to).collect();
        assert_eq!(to, [HR, HR, "vierde@nieuw.example"], "{}", app.name);
        assert!(confirm(&app, &token, &second).await.is_gone());

        let last = email_link(&app, &token, "vijfde@nieuw.example").await;
        let withdrawn = post(&app, &token, "email-intrekken", &[]).await;
        assert_eq!(withdrawn.header("location"), "/mijn-gegevens?gedaan=ingetrokken");
        assert!(confirm(&app, &token, &last).await.is_gone());
        assert!(!app.get(PAGE, Some(&token)).await.body.contains("nog niet bevestigd"));

        let old = email_link(&app, &token, "zesde@nieuw.example").await;
        app.clock.advance(24 * HOUR - 1);
        let token = app.sign_in(HR).await;
        assert_eq!(app.get(&old, Some(&token)).await.status, StatusCode::OK);
        app.clock.advance(1);
        assert!(confirm(&app, &token, &old).await.is_gone(), "{}", app.name);
        assert!(!app.get(PAGE, Some(&token)).await.body.contains("nog niet bevestigd"));
    }
}

// asvs = "6.3.8"
#[tokio::test]
async fn an_address_that_has_an_account_is_told_so_by_mail_alone() {
    for app in apps().await {
        let token = app.sign_in(HR).await;
        let free = ask_email(&app, &token, NEW_ADDRESS).await;
        mails(&app).await;
        let taken = ask_email(&app, &token, &OTHER.to_uppercase()).await;
        assert_eq!((free.status, free.header("location")), (taken.status, taken.header("location")), "{}", app.name);
        let page = app.get(PAGE, Some(&token)).await;
        assert!(page.body.contains(&format!("{OTHER} is nog niet bevestigd")), "as for any address: {}", page.body);
        let told = mails(&app).await;
        assert_eq!(told.iter().map(|(to, _)| to.as_str()).collect::<Vec<_>>(), [OTHER, HR]);
        assert!(told[0].1.contains("heeft al een account") && !told[0].1.contains("bevestigen/"), "{}", told[0].1);
        assert!(!told[0].1.contains("Medewerker hr") && !told[0].1.contains(HR));
        assert!(try_to(&app, OTHER, PASSWORD).await.token().is_some());

        // Somebody got the address between the mail and the click.
        let link = email_link(&app, &token, NEW_ADDRESS).await;
        app.database
            .db
            .run_raw(&format!("UPDATE account SET email = '{NEW_ADDRESS}' WHERE email = '{OTHER}'"))
            .await
            .unwrap();
        assert!(confirm(&app, &token, &link).await.is_gone(), "{}", app.name);
        assert!(try_to(&app, HR, PASSWORD).await.token().is_some());
    }
}

#[tokio::test]
async fn what_is_no_address_is_refused_and_so_is_ones_own() {
    for app in apps().await {
        let token = app.sign_in(HR).await;
        for (email, words) in [
            ("", "Vul dit veld in"),
            ("geen adres", "Vul een e-mailadres in"),
            ("a@b.example\r\nBcc: x@y.example", "Vul een e-mailadres in"),
            ("a@b.example,x@y.example", "Vul een e-mailadres in"),
            (" HR@Linde.Example", "Dit is het e-mailadres waarmee u al inlogt"),
        ] {
            let answer = ask_email(&app, &token, email).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{email}");
            assert!(answer.body.contains(words) && !answer.body.contains(PASSWORD), "{email}: {}", answer.body);
        }
        for address in ["geen adres", "a@b.example\nBcc: x@y.example"] {
            let answer = post(&app, &token, "herinneringen", &[("herinneringen", address)]).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{address}");
        }
        let without = post(&app, &token, "email", &[("email", NEW_ADDRESS)]).await;
        assert_eq!(without.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(without.body.contains(&format!("value=\"{NEW_ADDRESS}\"")), "what was typed stays");
        assert_eq!(mails(&app).await.len(), 0, "{}", app.name);
        let links = "SELECT COUNT(*) FROM account_link";
        assert_eq!(app.database.db.number(links).await.unwrap(), 0);
    }
}

// asvs = "2.4.1"
#[tokio::test]
async fn only_so_many_mails_are_sent() {
    for app in apps().await {
        let token = app.sign_in(HR).await;
        let mut statuses = Vec::new();
        for _ in 0..5 {
            statuses.push(ask_email(&app, &token, NEW_ADDRESS).await.status.as_u16());
        }
        assert_eq!(statuses, [303, 303, 303, 422, 422], "to one address, on {}", app.name);
        let mut statuses = Vec::new();
        for number in 0..8 {
            let address = format!("adres{number}@nieuw.example");
            statuses.push(post(&app, &token, "herinneringen", &[("herinneringen", &address)]).await.status.as_u16());
        }
        assert_eq!(statuses, [303, 303, 303, 303, 303, 422, 422, 422], "by one account, on {}", app.name);
        // The right password that went with it is no try.
        assert!(try_to(&app, HR, PASSWORD).await.token().is_some());
        app.clock.advance(HOUR);
        let token = app.sign_in(HR).await;
        assert_eq!(ask_email(&app, &token, NEW_ADDRESS).await.status, StatusCode::SEE_OTHER);
    }
}

#[tokio::test]
async fn reminders_go_to_an_address_that_was_confirmed() {
    for app in apps().await {
        let token = app.sign_in(HR).await;
        let account = app.account(HR).await;
        let department = "personeelszaken@linde.example";
        post(&app, &token, "herinneringen", &[("herinneringen", " Personeelszaken@linde.example")]).await;
        assert_eq!(text(&app, "reminder_email", account).await, "-", "not before it is confirmed");
        let told = mails(&app).await;
        assert_eq!(told.len(), 1);
        let link = link_to(&told, department, LinkPurpose::ReminderAddress);
        let other = app.sign_in(OTHER).await;
        assert!(confirm(&app, &other, &link).await.is_gone());
        let done = confirm(&app, &token, &link).await;
        assert_eq!(done.header("location"), "/mijn-gegevens?gedaan=herinneringen", "{}: {}", app.name, done.body);
        assert_eq!(text(&app, "reminder_email", account).await, department);
        let told = mails(&app).await;
        assert!(
            told.len() == 1 && told[0].0 == HR && told[0].1.contains("herinneringen"),
            "the owner is told: {told:?}"
        );
        assert!(try_to(&app, HR, PASSWORD).await.token().is_some(), "one signs in as before");
        assert!(confirm(&app, &token, &link).await.is_gone());

        // Nothing at all, or one's own address, needs no confirmation.
        for own in ["", HR] {
            let answer = post(&app, &token, "herinneringen", &[("herinneringen", own)]).await;
            assert_eq!(answer.header("location"), "/mijn-gegevens?gedaan=herinneringen", "{}", answer.body);
            assert_eq!(text(&app, "reminder_email", account).await, "-");
        }
        assert_eq!(app.logged("address_changed").await, 2, "{}", app.name);
        assert_eq!(mails(&app).await.len(), 1);
    }
}

// asvs = "6.2.2, 6.2.3, 6.3.7, 7.4.3, 7.5.1"
#[tokio::test]
async fn a_password_is_changed_with_the_present_one_and_ends_all_other_sessions() {
    for app in apps().await {
        let elsewhere = app.sign_in(HR).await;
        let token = app.sign_in(HR).await;
        let pending = email_link(&app, &token, NEW_ADDRESS).await;
        let change = async |token: &str, present: &str, new: &str| {
            post(&app, token, "wachtwoord", &[("huidig_wachtwoord", present), ("nieuw_wachtwoord", new)]).await
        };
        for (present, new, words) in [
            ("", "", "Vul dit veld in"),
            (PASSWORD, "te kort wachtw", "Gebruik ten minste 15 tekens"),
            (PASSWORD, "welkomwelkomwelkom", "makkelijk te raden"),
            (PASSWORD, "medewerker-linde-23595", "die anderen van u kennen"),
            ("niet mijn wachtwoord", NEW_PASSWORD, "Dit wachtwoord klopt niet"),
        ] {
            let answer = change(&token, present, new).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{words}");
            assert!(answer.body.contains(words), "{words}: {}", answer.body);
            for typed in [present, new].into_iter().filter(|typed| !typed.is_empty()) {
                assert!(!answer.body.contains(typed), "a password is never sent back");
            }
        }
        assert!(is_in(&app, &elsewhere).await && is_in(&app, &token).await);
        assert_eq!(app.logged("password_refused").await, 1);

        let done = change(&token, PASSWORD, NEW_PASSWORD).await;
        assert_eq!(done.header("location"), "/mijn-gegevens?gedaan=wachtwoord", "{}: {}", app.name, done.body);
        let renewed = done.token().unwrap();
        assert_ne!(renewed, token);
        assert!(is_in(&app, &renewed).await, "one stays signed in");
        assert!(!is_in(&app, &token).await && !is_in(&app, &elsewhere).await, "on {}", app.name);
        assert!(try_to(&app, HR, PASSWORD).await.token().is_none());
        assert!(try_to(&app, HR, NEW_PASSWORD).await.token().is_some());
        assert!(confirm(&app, &renewed, &pending).await.is_gone(), "what was mailed before is worth nothing");
        let told = mails(&app).await;
        assert!(told.len() == 1 && told[0].0 == HR, "{told:?}");
        assert!(told[0].1.contains("wachtwoord") && told[0].1.contains("gewijzigd op 01-11-2026"));
        assert_eq!(app.logged("password_changed").await, 1);
    }
}

// asvs = "6.3.1"
#[tokio::test]
async fn whoever_finds_a_session_open_cannot_guess_the_password() {
    for app in apps().await {
        let token = app.sign_in(HR).await;
        let guess = async |number: usize| {
            if number.is_multiple_of(2) {
                let fields = [("email", NEW_ADDRESS), ("wachtwoord_bij_email", "verkeerd")];
                post(&app, &token, "email", &fields).await
            } else {
                let fields = [("huidig_wachtwoord", "verkeerd"), ("nieuw_wachtwoord", NEW_PASSWORD)];
                post(&app, &token, "wachtwoord", &fields).await
            }
        };
        for number in 0..4 {
            assert_eq!(guess(number).await.status, StatusCode::UNPROCESSABLE_ENTITY, "{number} on {}", app.name);
        }
        let fifth = guess(4).await;
        assert_eq!(fifth.header("location"), "/inloggen?melding=geblokkeerd", "{}", fifth.body);
        assert!(app.get(fifth.header("location"), None).await.body.contains("geblokkeerd na vijf verkeerde"));
        assert!(!is_in(&app, &token).await, "the session is worth nothing meanwhile");
        assert_eq!(try_to(&app, HR, PASSWORD).await.status, StatusCode::FORBIDDEN);
        assert_eq!((app.logged("password_refused").await, app.logged("account_blocked").await), (5, 1));
        let told = mails(&app).await;
        assert_eq!(told.len(), 1);
        let unblock = link_to(&told, HR, LinkPurpose::Unblock);
        app.post_form(&unblock, None, &[]).await;
        assert!(try_to(&app, HR, PASSWORD).await.token().is_some(), "{}", app.name);
    }
}

// asvs = "6.3.4, 6.3.1"
#[tokio::test]
async fn tries_here_and_on_the_sign_in_page_count_together() {
    for app in apps().await {
        let token = app.sign_in(HR).await;
        for _ in 0..3 {
            try_to(&app, HR, "verkeerd").await;
        }
        // The right one ends the count, here as there.
        assert_eq!(ask_email(&app, &token, NEW_ADDRESS).await.status, StatusCode::SEE_OTHER);
        for _ in 0..3 {
            try_to(&app, HR, "verkeerd").await;
        }
        let fields = [("email", NEW_ADDRESS), ("wachtwoord_bij_email", "verkeerd")];
        assert_eq!(post(&app, &token, "email", &fields).await.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(try_to(&app, HR, "verkeerd").await.status, StatusCode::FORBIDDEN, "the fifth, on {}", app.name);
    }
    for app in apps_with(Limits { failures_per_client: 3, ..Limits::default() }).await {
        let token = app.sign_in(HR).await;
        for number in 0..3 {
            try_to(&app, &format!("naam{number}@linde.example"), "verkeerd").await;
        }
        let answer = ask_email(&app, &token, NEW_ADDRESS).await;
        assert!(answer.body.contains("Wacht 16 minuten"), "{}: {}", app.name, answer.body);
    }
}

// asvs = "7.5.2, 8.2.2"
#[tokio::test]
async fn sessions_are_listed_by_device_and_end_one_by_one_or_all() {
    for app in apps().await {
        let firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:146.0) Gecko/20100101 Firefox/146.0";
        let phone = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) \
                     Version/18.5 Mobile/15E148 Safari/604.1";
        let here = sign_in_on(&app, HR, firefox).await;
        let there = sign_in_on(&app, HR, phone).await;
        let third = sign_in_on(&app, HR, "<script>alert(1)</script>").await;
        let theirs = app.sign_in(OTHER).await;
        let page = app.get(PAGE, Some(&here)).await.body;
        for words in ["Firefox op Linux", "Safari op iPhone", "Onbekend apparaat", "01-11-2026", "Dit apparaat"] {
            assert!(page.contains(words), "{words} on {}: {page}", app.name);
        }
        assert!(!page.contains("<script>alert"), "nothing of what a browser says is shown");
        assert_eq!(page.matches("name=\"sessie\"").count(), 2, "this one ends by signing out");

        let id = async |email: &str, device: &str| {
            let sql = format!(
                "SELECT MAX(s.id) FROM session s JOIN account a ON a.id = s.account_id
                 WHERE a.email = '{email}' AND s.device LIKE '%{device}%'"
            );
            app.database.db.number(&sql).await.unwrap().to_string()
        };
        let (mine, foreign) = (id(HR, "Firefox").await, id(OTHER, "").await);
        let nowhere = post(&app, &here, "sessie", &[("sessie", "999999999")]).await;
        for session in [&foreign, "", "x", "-1", &mine] {
            let answer = post(&app, &here, "sessie", &[("sessie", session)]).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{session} on {}", app.name);
            assert_eq!(
                crate::sign_in::without_chance(&answer.body, "-"),
                crate::sign_in::without_chance(&nowhere.body, "-"),
                "another's is told like what does not exist"
            );
        }
        assert!(is_in(&app, &theirs).await && is_in(&app, &here).await && is_in(&app, &there).await);

        let ended = post(&app, &here, "sessie", &[("sessie", &id(HR, "iPhone").await)]).await;
        assert_eq!(ended.header("location"), "/mijn-gegevens?gedaan=uitgelogd", "{}", ended.body);
        assert!(!is_in(&app, &there).await && is_in(&app, &third).await, "at its next request, on {}", app.name);
        let all = post(&app, &here, "overal-uitloggen", &[]).await;
        assert_eq!(all.header("location"), "/mijn-gegevens?gedaan=overal-uitgelogd");
        assert!(!is_in(&app, &third).await && is_in(&app, &here).await && is_in(&app, &theirs).await);
        assert!(app.get(PAGE, Some(&here)).await.body.contains("U bent alleen hier ingelogd"));
        assert_eq!(app.logged("sessions_ended").await, 2);
    }
}

// asvs = "7.4.1"
#[tokio::test]
async fn sessions_that_are_over_are_not_listed() {
    for app in apps().await {
        app.sign_in(HR).await;
        app.clock.advance(31 * 60 * 1000);
        let token = app.sign_in(HR).await;
        let page = app.get(PAGE, Some(&token)).await;
        assert!(page.body.contains("U bent alleen hier ingelogd"), "{}: {}", app.name, page.body);
    }
}

// asvs = "15.3.3"
#[tokio::test]
async fn what_a_page_of_ours_does_not_send_is_not_done() {
    for app in apps().await {
        let token = app.sign_in(HR).await;
        for actie in ["", "verwijderen", "GEGEVENS"] {
            let answer = post(&app, &token, actie, &[("naam", "x")]).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{actie} on {}", app.name);
        }
        let account = app.account(HR).await.to_string();
        let other = app.account(OTHER).await;
        // There is no way to name another account.
        let fields = [("naam", "Overgenomen"), ("taal", "nl"), ("id", &account), ("account", &other.to_string())];
        let mine = post(&app, &token, "gegevens", &fields).await;
        assert_eq!(mine.status, StatusCode::SEE_OTHER);
        assert_eq!(text(&app, "name", other).await, "Medewerker hr", "{}", app.name);
        let foreign = {
            let mut request = form(PAGE, Some(&token), &[("actie", "overal-uitloggen")]);
            request.headers_mut().insert("sec-fetch-site", "cross-site".parse().unwrap());
            app.send(request).await
        };
        assert_eq!(foreign.status, StatusCode::FORBIDDEN);
    }
}

// asvs = "8.2.3, 15.3.1"
#[tokio::test]
async fn an_account_manager_sees_nothing_of_it() {
    for app in apps().await {
        let token = app.sign_in(HR).await;
        let fields = [("naam", "Herma Rozema"), ("telefoon", "030 987 65 43"), ("taal", "nl")];
        post(&app, &token, "gegevens", &fields).await;
        post(&app, &token, "herinneringen", &[("herinneringen", "afdeling@linde.example")]).await;
        let link = link_to(&mails(&app).await, "afdeling@linde.example", LinkPurpose::ReminderAddress);
        confirm(&app, &token, &link).await;
        assert!(app.get(PAGE, Some(&token)).await.body.contains("afdeling@linde.example"));
        ask_email(&app, &token, NEW_ADDRESS).await;
        let manager = app.sign_in(crate::harness::MANAGER).await;
        let account = app.account(HR).await;
        for path in ["/accountbeheer".to_owned(), format!("/accountbeheer/{account}"), PAGE.to_owned()] {
            let page = app.get(&path, Some(&manager)).await;
            assert_eq!(page.status, StatusCode::OK);
            for hidden in ["030 987 65 43", "afdeling@linde.example", NEW_ADDRESS] {
                assert!(!page.body.contains(hidden), "{hidden} on {path}");
            }
        }
        // With the last right goes what was kept for its owner alone.
        app.post_form(&format!("/accountbeheer/{account}"), Some(&manager), &[("actie", "verwijderen")]).await;
        assert_eq!((text(&app, "telephone", account).await.as_str(), app.logged("account_closed").await), ("", 1));
        assert_eq!(text(&app, "reminder_email", account).await, "-");
    }
}
