//! Mailed links: activating an account, choosing another password, ending a block; and what a stranger can learn from it.

use std::net::IpAddr;

use axum::http::{Method, StatusCode, header};
use collectief_domain::{
    account::LinkPurpose,
    actor::{Role, Roles},
};
use collectief_service::{
    Limits, Reach, ServiceError,
    account::{self, Contracts, NewAccount},
    audit,
    outbox::{self, Post},
};

use crate::{
    harness::{Answer, App, FINANCE, HR, Log, ORIGIN, PASSWORD, apps, apps_with, form, request},
    sign_in::{try_to, without_chance},
};

const HOUR: i64 = 60 * 60 * 1000;

/// A password that is none of anybody yet.
const NEW: &str = "paard fiets wolken lepel";

const NEWCOMER: &str = "nieuw@linde.example";

/// The path of the link in a mail.
pub fn link_in(mail: &str, purpose: LinkPurpose) -> String {
    let start = mail.find(&format!("{ORIGIN}{}", purpose.path())).unwrap_or_else(|| panic!("no link in {mail}"));
    mail[start + ORIGIN.len()..].split_whitespace().next().unwrap().to_owned()
}

async fn ask(app: &App, email: &str) -> Answer {
    app.post_form("/wachtwoord-vergeten", None, &[("email", email)]).await
}

/// Asks for a link to reset, and takes it out of the mail.
pub async fn reset_link(app: &App, email: &str) -> String {
    assert_eq!(ask(app, email).await.status, StatusCode::SEE_OTHER);
    let mails = app.mails().await;
    let links: Vec<_> = mails.iter().filter(|mail| mail.contains(LinkPurpose::Reset.path())).collect();
    assert_eq!(links.len(), 1, "{}", app.name);
    link_in(links[0], LinkPurpose::Reset)
}

async fn choose(app: &App, path: &str, password: &str) -> Answer {
    app.post_form(path, None, &[("wachtwoord", password)]).await
}

async fn block(app: &App, email: &str) {
    for _ in 0..5 {
        try_to(app, email, "verkeerd").await;
    }
}

/// Adds an account without a password.
async fn newcomer(app: &App) {
    let new = NewAccount {
        email: NEWCOMER.to_owned(),
        name: "Nienke Nieuw".to_owned(),
        contracts: Contracts::Numbers(vec!["23595".to_owned()]),
        roles: Roles::NONE.with(Role::Administrative),
        password: None,
    };
    account::add(&app.portal, new).await.unwrap();
}

/// How many rows each table has that asking for a link or signing in may write.
async fn rows(app: &App) -> Vec<i64> {
    app.portal.audit().flush().await;
    let mut rows = Vec::new();
    for table in ["account", "account_link", "sign_in_try", "session", "access_log", "outbox", "job", "idempotency"] {
        rows.push(app.database.db.number(&format!("SELECT COUNT(*) FROM {table}")).await.unwrap());
    }
    rows
}

// asvs = "6.3.7, 6.4.1, 7.4.3"
#[tokio::test]
async fn a_forgotten_password_is_replaced_by_a_link_that_works_once() {
    for app in apps().await {
        let elsewhere = app.sign_in(HR).await;
        let path = reset_link(&app, HR).await;
        // Looking uses nothing up, and tells whose account it is.
        for method in [Method::GET, Method::HEAD, Method::GET] {
            let page = app.send(request(method, &path, None, &[(header::ACCEPT, "text/html")], "")).await;
            assert_eq!(page.status, StatusCode::OK);
        }
        assert!(app.get(&path, None).await.body.contains(HR));
        // Neither does a password that is refused, which is not sent back.
        for (password, words) in [
            ("", "Vul dit veld in"),
            ("te kort wachtw", "Gebruik ten minste 15 tekens"),
            ("welkomwelkomwelkom", "makkelijk te raden"),
            ("medewerker-linde-23595", "die anderen van u kennen"),
            (&"漢".repeat(400), "Gebruik hoogstens 256 tekens"),
        ] {
            let refused = choose(&app, &path, password).await;
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{password}");
            assert!(refused.body.contains(words), "{password}: {}", refused.body);
            assert!(refused.token().is_none() && (password.is_empty() || !refused.body.contains(password)));
        }
        // The old one stays valid meanwhile, and nobody is signed out.
        assert!(try_to(&app, HR, PASSWORD).await.token().is_some());
        assert_eq!(app.get("/", Some(&elsewhere)).await.status, StatusCode::OK);

        let done = choose(&app, &path, NEW).await;
        assert_eq!((done.status, done.header("location")), (StatusCode::SEE_OTHER, "/"), "{}", app.name);
        let token = done.token().unwrap();
        assert_ne!(token, elsewhere);
        assert_eq!(app.get("/", Some(&token)).await.status, StatusCode::OK, "one is in");
        assert_eq!(app.get("/", Some(&elsewhere)).await.status, StatusCode::SEE_OTHER, "other sessions have ended");
        assert!(try_to(&app, HR, PASSWORD).await.token().is_none(), "the old password is no longer valid");
        assert!(try_to(&app, HR, NEW).await.token().is_some());
        assert!(choose(&app, &path, "een heel ander wachtwoord").await.is_gone(), "the second use is refused");
        assert!(app.get(&path, None).await.is_gone());
        assert!(try_to(&app, HR, NEW).await.token().is_some());

        let mails = app.mails().await;
        assert_eq!(mails.len(), 1, "the owner is told");
        assert!(mails[0].contains(&format!("To: <{HR}>")) && mails[0].contains("gewijzigd op 01-11-2026"));
        assert!(!mails[0].contains(ORIGIN));
        assert_eq!(app.logged("password_reset").await, 1);
        let by_owner =
            "SELECT COUNT(*) FROM access_log WHERE event = 'password_reset' AND actor_name = 'Medewerker hr'";
        assert_eq!(app.database.db.number(by_owner).await.unwrap(), 1);
        assert!(audit::verify(app.portal.db()).await.unwrap().broken_at.is_none());
    }
}

// asvs = "6.4.1, 16.5.1"
#[tokio::test]
async fn a_link_that_was_used_is_too_old_or_never_was_is_told_alike() {
    for app in apps().await {
        let used = reset_link(&app, HR).await;
        let old = reset_link(&app, HR).await;
        choose(&app, &used, NEW).await;
        let unknown = format!("/wachtwoord-herstellen/{}", "A".repeat(43));
        // Choosing a password makes the other links of the account worthless as well.
        let plain = |path: &str, answer: &Answer| without_chance(&answer.body, path);
        let expected = plain(&used, &app.get(&used, None).await);
        for path in [&old, &unknown] {
            for answer in [app.get(path, None).await, choose(&app, path, NEW).await] {
                assert!(answer.is_gone(), "{path} on {}", app.name);
                assert_eq!(plain(path, &answer), expected);
            }
        }
        // A link is for one thing only.
        let link = reset_link(&app, FINANCE).await;
        let token = link.rsplit('/').next().unwrap();
        for other in ["/activeren/", "/deblokkeren/"] {
            let path = format!("{other}{token}");
            assert!(app.get(&path, None).await.is_gone() && choose(&app, &path, NEW).await.is_gone(), "{path}");
        }
        assert_eq!(app.get(&link, None).await.status, StatusCode::OK);
    }
}

// asvs = "6.4.1"
#[tokio::test]
async fn a_link_ends_when_its_time_is_over() {
    for app in apps().await {
        newcomer(&app).await;
        let activate = link_in(&app.mails().await[0], LinkPurpose::Activation);
        block(&app, FINANCE).await;
        let unblock = link_in(&app.mails().await[0], LinkPurpose::Unblock);
        let reset = reset_link(&app, HR).await;
        let mut now = 0;
        for (path, hours) in [(&reset, 1), (&unblock, 24), (&activate, 7 * 24)] {
            app.clock.advance(hours * HOUR - 1 - now);
            assert_eq!(app.get(path, None).await.status, StatusCode::OK, "{path} on {}", app.name);
            app.clock.advance(1);
            now = hours * HOUR;
            assert!(app.get(path, None).await.is_gone() && choose(&app, path, NEW).await.is_gone(), "{path}");
        }
        // A new one can be asked for.
        ask(&app, NEWCOMER).await;
        let again = link_in(&app.mails().await[0], LinkPurpose::Activation);
        assert!(choose(&app, &again, NEW).await.token().is_some());
    }
}

#[tokio::test]
async fn a_new_account_is_activated_by_its_owner() {
    for app in apps().await {
        newcomer(&app).await;
        for password in ["", PASSWORD] {
            assert!(try_to(&app, NEWCOMER, password).await.token().is_none());
        }
        let first = app.mails().await;
        assert!(account::invite(&app.portal, NEWCOMER).await.unwrap());
        let second = app.mails().await;
        assert_eq!((first.len(), second.len()), (1, 1), "{}", app.name);
        assert!(first[0].contains("Subject: Activeer uw account\r\n") && first[0].contains("Beste Nienke Nieuw,"));
        let (first, second) =
            (link_in(&first[0], LinkPurpose::Activation), link_in(&second[0], LinkPurpose::Activation));
        assert_ne!(first, second);
        app.database.db.run_raw("UPDATE employer SET name = 'Stichting Waterlelie'").await.unwrap();
        for own in ["nienke nieuw nienke linde", "Waterlelie-Waterlelie-1"] {
            let refused = choose(&app, &first, own).await;
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{own} is made of what others know");
        }
        let done = choose(&app, &second, NEW).await;
        let page = app.get("/", done.token().as_deref()).await;
        assert!(page.body.contains("Nienke Nieuw"));
        assert!(app.get(&first, None).await.is_gone());
        assert!(app.mails().await.is_empty(), "nothing was changed that there was before");
        assert_eq!((app.logged("account_activated").await, app.logged("link_made").await), (1, 2));

        assert!(!account::invite(&app.portal, NEWCOMER).await.unwrap(), "no longer needed");
        assert!(matches!(account::invite(&app.portal, "niemand@x.example").await, Err(ServiceError::NotFound)));
    }
}

// asvs = "6.3.5"
#[tokio::test]
async fn whoever_is_blocked_is_mailed_once_and_ends_the_block() {
    for app in apps().await {
        block(&app, HR).await;
        for _ in 0..3 {
            assert_eq!(try_to(&app, HR, PASSWORD).await.status, StatusCode::FORBIDDEN);
        }
        let mails = app.mails().await;
        assert_eq!(mails.len(), 1, "once per block");
        let path = link_in(&mails[0], LinkPurpose::Unblock);
        let page = app.get(&path, None).await;
        assert_eq!(page.status, StatusCode::OK);
        assert_eq!(try_to(&app, HR, PASSWORD).await.status, StatusCode::FORBIDDEN, "looking ends nothing");

        let done = app.post_form(&path, None, &[]).await;
        let location = done.header("location").to_owned();
        assert_eq!((done.status, location.as_str()), (StatusCode::SEE_OTHER, "/inloggen?melding=gedeblokkeerd"));
        assert!(done.token().is_none(), "a password is still asked for");
        assert!(app.get(&location, None).await.body.contains("Uw account is weer vrij"));
        assert!(try_to(&app, HR, PASSWORD).await.token().is_some(), "{}", app.name);
        assert!(app.post_form(&path, None, &[]).await.is_gone());

        // Who ended it stands in the log: its owner, and later the operator.
        block(&app, HR).await;
        assert_eq!(app.mails().await.len(), 1, "another block is told again");
        account::unblock(&app.portal, HR).await.unwrap();
        let who = "SELECT string_agg(COALESCE(actor_name, '-') || ' ' || details, '; ' ORDER BY id) FROM access_log \
                   WHERE event = 'account_unblocked'";
        let who = app.database.db.text(who).await.unwrap();
        let id = app.database.db.number(&format!("SELECT id FROM account WHERE email = '{HR}'")).await.unwrap();
        let owner = "Medewerker hr by the owner, through a mailed link";
        assert_eq!(who, format!("{owner}; - account {id}, by the operator"), "{}", app.name);
    }
}

#[tokio::test]
async fn whoever_is_blocked_and_forgot_the_password_ends_the_block_with_a_new_one() {
    for app in apps().await {
        block(&app, HR).await;
        app.mails().await;
        let path = reset_link(&app, HR).await;
        assert!(choose(&app, &path, NEW).await.token().is_some());
        assert!(try_to(&app, HR, NEW).await.token().is_some(), "{}", app.name);
        assert_eq!(app.logged("account_unblocked").await, 1);
    }
}

// asvs = "2.3.4, 15.4.2"
#[tokio::test]
async fn of_many_who_use_a_link_at_once_one_gets_in() {
    for app in apps().await {
        let path = reset_link(&app, HR).await;
        let answers = futures::future::join_all((0..4).map(|number| {
            let (app, path) = (&app, &path);
            async move { choose(app, path, &format!("{NEW} {number}")).await }
        }))
        .await;
        assert_eq!(answers.iter().filter(|answer| answer.token().is_some()).count(), 1, "{}", app.name);
        assert_eq!(answers.iter().filter(|answer| answer.is_gone()).count(), 3);
        assert_eq!(app.database.db.number("SELECT COUNT(*) FROM session").await.unwrap(), 1);
    }
}

// asvs = "7.2.4"
#[tokio::test]
async fn a_session_of_before_is_not_the_one_that_one_gets() {
    for app in apps().await {
        let planted = app.sign_in(FINANCE).await;
        let path = reset_link(&app, HR).await;
        let answer = app.post_form(&path, Some(&planted), &[("wachtwoord", NEW)]).await;
        let token = answer.token().unwrap();
        assert_ne!(token, planted);
        assert_eq!(app.get("/", Some(&planted)).await.status, StatusCode::SEE_OTHER, "the old one is dead");
        assert!(app.get("/", Some(&token)).await.body.contains("Medewerker hr"), "{}", app.name);
    }
}

// asvs = "6.3.8"
#[tokio::test]
async fn asking_tells_a_stranger_nothing_and_does_the_same() {
    for app in apps().await {
        newcomer(&app).await;
        block(&app, FINANCE).await;
        app.mails().await;
        // The first one from here begins a count of its own.
        ask(&app, "eerste@nergens.example").await;
        let mut answers = Vec::new();
        for email in [HR, "niemand@nergens.example", NEWCOMER, FINANCE] {
            let before = rows(&app).await;
            let answer = ask(&app, email).await;
            let after = rows(&app).await;
            let written: Vec<i64> = after.iter().zip(&before).map(|(after, before)| after - before).collect();
            let mut headers = answer.headers.clone();
            // Both are new in every answer.
            for chance in ["x-request-id", "content-security-policy"] {
                assert!(headers.remove(chance).is_some());
            }
            let page = app.get(answer.header("location"), None).await;
            let bodies = [&answer.body, &page.body].map(|body| without_chance(body, "…"));
            answers.push((answer.status, format!("{headers:?}"), bodies, written));
        }
        for answer in &answers {
            assert_eq!(answer, &answers[0], "{}", app.name);
        }
        assert_eq!(answers[0].0, StatusCode::SEE_OTHER);
        // Only the mail tells them apart, and of a stranger's address nothing is kept.
        let mails = app.mails().await;
        assert_eq!(mails.len(), 3);
        assert!(mails.iter().all(|mail| !mail.contains("niemand")));
        assert!(!app.database.db.dump().await.unwrap().contains("niemand@"), "{}", app.name);
    }
}

// asvs = "6.3.8"
#[tokio::test]
async fn a_block_does_the_same_for_known_and_unknown_addresses() {
    for app in apps().await {
        try_to(&app, "eerste@nergens.example", "verkeerd").await;
        let mut written = Vec::new();
        for email in [HR, "niemand@nergens.example"] {
            let before = rows(&app).await;
            block(&app, email).await;
            let after = rows(&app).await;
            written.push(after.iter().zip(&before).map(|(after, before)| after - before).collect::<Vec<_>>());
        }
        assert_eq!(written[0], written[1], "{}", app.name);
        assert_eq!(app.mails().await.len(), 1);
    }
}

// asvs = "2.4.1"
#[tokio::test]
async fn nobody_is_flooded_with_mail_and_nobody_can_flood() {
    for app in apps_with(Limits { links_per_client: 6, ..Limits::default() }).await {
        for number in 1..=6 {
            assert_eq!(ask(&app, HR).await.status, StatusCode::SEE_OTHER, "{number}");
        }
        assert_eq!(app.mails().await.len(), 3, "three an hour");
        let stopped = ask(&app, FINANCE).await;
        assert_eq!(stopped.status, StatusCode::TOO_MANY_REQUESTS);
        assert!(
            stopped.body.contains("Wacht 60 minuten") || stopped.body.contains("Wacht 61 minuten"),
            "{}",
            stopped.body
        );
        // From elsewhere it goes on, and an hour later from here.
        let elsewhere: IpAddr = [198, 51, 100, 7].into();
        let fields = [("email", FINANCE)];
        let asked = app.send_from(elsewhere, form("/wachtwoord-vergeten", None, &fields)).await;
        assert_eq!(asked.status, StatusCode::SEE_OTHER);
        app.clock.advance(HOUR);
        assert_eq!(ask(&app, HR).await.status, StatusCode::SEE_OTHER);
        assert_eq!(app.mails().await.len(), 2, "{}", app.name);
    }
}

// asvs = "2.2.1, 2.2.2, 6.2.1, 6.2.4"
#[tokio::test]
async fn what_is_typed_wrong_is_told_and_makes_no_mail() {
    for app in apps().await {
        let long = format!("{}@x.example", "a".repeat(260));
        for email in
            ["", "   ", "hr", "hr@", "hr@linde.example\r\nBcc: x@y.example", "hr@linde.example,x@y.example", &long]
        {
            let answer = ask(&app, email).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{email:?}");
            assert!(answer.body.contains("id=\"email-fout\"") && answer.header("location").is_empty());
        }
        for fields in [&[("wachtwoord", PASSWORD)][..], &[("naar", "//evil.example")]] {
            assert_eq!(
                app.post_form("/wachtwoord-vergeten", None, fields).await.status,
                StatusCode::UNPROCESSABLE_ENTITY
            );
        }
        assert!(app.mails().await.is_empty(), "{}", app.name);
        // Nothing that is posted or sent along leads elsewhere.
        let path = reset_link(&app, HR).await;
        let mut foreign = form(&path, None, &[("wachtwoord", NEW), ("naar", "//evil.example")]);
        foreign.headers_mut().insert(header::REFERER, "https://evil.example/".parse().unwrap());
        assert_eq!(app.send(foreign).await.header("location"), "/");
    }
}

// asvs = "1.3.11"
#[tokio::test]
async fn line_breaks_in_names_and_passwords_stay_where_they_are() {
    for app in apps().await {
        app.database
            .db
            .run_raw(&format!("UPDATE account SET name = 'A\r\nBcc: x@y.example' WHERE email = '{HR}'"))
            .await
            .unwrap();
        ask(&app, HR).await;
        let mails = app.mails().await;
        let (head, _) = mails[0].split_once("\r\n\r\n").unwrap();
        assert!(!head.contains("Bcc") && head.matches("To: ").count() == 1, "{head}");
        let path = link_in(&mails[0], LinkPurpose::Reset);
        let password = "paard fiets\r\nwolken lepel";
        assert!(choose(&app, &path, password).await.token().is_some());
        assert!(try_to(&app, HR, password).await.token().is_some(), "{}", app.name);
        assert!(try_to(&app, HR, "paard fiets").await.token().is_none());
    }
}

// asvs = "6.2.8"
#[tokio::test]
async fn a_password_is_taken_as_it_was_typed_on_whatever_keyboard() {
    for app in apps().await {
        let path = reset_link(&app, HR).await;
        let password = "  Café crème 漢字 🐘 au lait  ";
        assert!(choose(&app, &path, password).await.token().is_some());
        assert!(try_to(&app, HR, "  Cafe\u{301} cre\u{300}me 漢字 🐘 au lait  ").await.token().is_some());
        for other in ["Café crème 漢字 🐘 au lait", "  café crème 漢字 🐘 au lait  ", "  Café crème 漢字 🐘 au lait"]
        {
            assert!(try_to(&app, HR, other).await.token().is_none(), "{other:?} on {}", app.name);
        }
    }
}

#[tokio::test]
async fn mail_is_in_the_language_of_its_reader_as_text_and_html() {
    for app in apps().await {
        app.database.db.run_raw(&format!("UPDATE account SET language = 'en' WHERE email = '{HR}'")).await.unwrap();
        ask(&app, HR).await;
        let mail = app.mails().await.remove(0);
        let path = link_in(&mail, LinkPurpose::Reset);
        assert!(mail.contains("Subject: Choose a new password\r\n") && mail.contains("Content-Language: en"));
        assert!(mail.contains(&format!("<a href=\"{ORIGIN}{path}\">")), "{mail}");
        assert!(mail.contains("Content-Type: text/plain; charset=utf-8"));
        choose(&app, &path, NEW).await;
        assert!(app.mails().await[0].contains("Subject: Your password was changed"), "{}", app.name);
    }
}

#[tokio::test]
async fn a_mail_that_is_delivered_again_has_the_same_link() {
    for app in apps().await {
        let first = reset_link(&app, HR).await;
        app.database.db.run_raw("UPDATE outbox SET state = 'waiting', sent_at = NULL").await.unwrap();
        app.clock.advance(HOUR);
        let again = link_in(&app.mails().await[0], LinkPurpose::Reset);
        assert_eq!(first, again);
        assert_eq!(app.get(&first, None).await.status, StatusCode::OK, "its time begins when it is delivered");
        assert_eq!(app.logged("link_made").await, 1, "{}", app.name);
    }
}

#[tokio::test]
async fn without_an_address_of_the_portal_a_link_waits() {
    for app in apps().await {
        ask(&app, HR).await;
        let folder = tempfile::tempdir().unwrap();
        let nowhere = app.portal.clone().reached_by(Reach::default());
        // However often that is: a day goes by.
        for _ in 0..24 {
            let tried = outbox::deliver_due(&nowhere, &Post::files(folder.path())).await.unwrap();
            assert_eq!((tried.sent, tried.failed, tried.postponed), (0, 0, 1));
            app.clock.advance(HOUR);
        }
        let error = app.database.db.text("SELECT error FROM outbox").await.unwrap();
        assert!(error.contains("set origin"), "{error}");
        assert_eq!(app.mails().await.len(), 1, "{}", app.name);
    }
}

// asvs = "14.2.4"
#[tokio::test]
async fn a_stolen_database_holds_no_token_and_no_password() {
    for app in apps().await {
        newcomer(&app).await;
        block(&app, FINANCE).await;
        ask(&app, HR).await;
        // Before the mail is delivered, and afterwards.
        let before = app.database.db.dump().await.unwrap();
        let mails = app.mails().await;
        let links = [LinkPurpose::Activation, LinkPurpose::Unblock, LinkPurpose::Reset].map(|purpose| {
            let mail = mails.iter().find(|mail| mail.contains(purpose.path())).unwrap();
            link_in(mail, purpose)
        });
        let session = choose(&app, &links[2], NEW).await.token().unwrap();
        let after = app.database.db.dump().await.unwrap();
        assert!(before.contains(HR) && after.contains("account_link "), "the dump has what there is");
        let tokens = links.iter().map(|link| link.rsplit('/').next().unwrap()).chain([session.as_str()]);
        for secret in tokens.chain([NEW, PASSWORD]) {
            let bytes: String = secret.bytes().map(|byte| format!("{byte:02x}")).collect();
            for dump in [&before, &after] {
                assert!(!dump.contains(secret) && !dump.to_lowercase().contains(&bytes), "{}", app.name);
            }
        }
        assert_eq!(links.len(), 3);
    }
}

// asvs = "3.4.5, 16.2.5"
#[tokio::test]
async fn a_token_is_told_to_nobody_else() {
    for app in apps().await {
        let path = reset_link(&app, HR).await;
        let token = path.rsplit('/').next().unwrap();
        let (log, logging) = Log::begin(tracing::Level::TRACE);
        let page = app.get(&path, None).await;
        let refused = choose(&app, &path, "kort").await;
        let nested = app.get(&format!("{path}/verder"), None).await;
        choose(&app, &path, NEW).await;
        let gone = app.get(&path, None).await;
        drop(logging);
        let logged = log.text();
        assert!(logged.contains("/wachtwoord-herstellen/{token}"), "{logged}");
        assert!(!logged.contains(token), "{logged}");
        for answer in [&page, &refused, &nested, &gone] {
            assert_eq!(answer.header("referrer-policy"), "strict-origin");
            assert_eq!(answer.header("cache-control"), "no-store");
            assert!(!answer.body.contains("href=\"http"), "nothing leads to another site");
        }
        app.portal.audit().flush().await;
        assert!(!app.database.db.dump().await.unwrap().contains(token), "{}", app.name);
    }
}
