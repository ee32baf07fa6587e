//! "Accountbeheer" over HTTP: what account managers can do, what they cannot, and when it holds.

use axum::http::StatusCode;
use collectief_domain::actor::{Role, Roles};
use collectief_service::{
    Limits, ServiceError,
    account::{self, Contracts, NewAccount},
    account_management,
};

use crate::harness::{Answer, App, BOTH, FINANCE, HR, MANAGER, OTHER, PASSWORD, apps, apps_with};

const NEW: &str = "/accountbeheer/nieuw";
const ANS: &str = "ans@linde.example";

fn page_of(account: i64) -> String {
    format!("/accountbeheer/{account}")
}

/// Posts boxes for contract 23595, which were shown with the rights that these bits are.
async fn tick(app: &App, token: &str, account: i64, shown: u8, roles: &[Role]) -> Answer {
    let seen = format!("23595:{shown}");
    let boxes: Vec<String> = roles.iter().map(|role| format!("23595:{}", role.code())).collect();
    let mut fields = vec![("gezien", seen.as_str())];
    fields.extend(boxes.iter().map(|ticked| ("recht", ticked.as_str())));
    app.post_form(&page_of(account), Some(token), &fields).await
}

async fn add(app: &App, token: &str, name: &str, email: &str, right: &str) -> Answer {
    let fields = [("naam", name), ("email", email), ("gezien", "23595:0"), ("recht", right)];
    app.post_form(NEW, Some(token), &fields).await
}

/// The bits of an account's roles on a contract.
async fn roles(app: &App, account: i64, contract: &str) -> i64 {
    let sql = format!(
        "SELECT COALESCE(SUM(roles), 0) FROM account_right WHERE account_id = {account}
         AND contract_id = (SELECT id FROM contract WHERE number = '{contract}')"
    );
    app.database.db.number(&sql).await.unwrap()
}

// asvs = "8.3.2"
#[tokio::test]
async fn rights_are_as_ticked_from_the_next_click_on() {
    for app in apps().await {
        let manager = app.sign_in(MANAGER).await;
        let hr = app.sign_in(HR).await;
        let account = app.account(HR).await;
        assert_eq!(app.get("/deelnemers", Some(&hr)).await.status, StatusCode::OK);

        let answer = tick(&app, &manager, account, 1, &[Role::Financial]).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}: {}", app.name, answer.body);
        assert_eq!(answer.header("location"), format!("/accountbeheer/{account}?gedaan=gewijzigd"));
        assert_eq!(roles(&app, account, "23595").await, 2);
        // The same session, without signing in anew.
        assert_eq!(app.get("/deelnemers", Some(&hr)).await.status, StatusCode::FORBIDDEN, "{}", app.name);

        tick(&app, &manager, account, 2, &[Role::Administrative, Role::AccountManagement]).await;
        assert_eq!(app.get("/deelnemers", Some(&hr)).await.status, StatusCode::OK);
        assert_eq!(app.get("/accountbeheer", Some(&hr)).await.status, StatusCode::OK);
        assert_eq!(app.logged("rights_changed").await, 2);
        let page = app.get(&page_of(account), Some(&manager)).await;
        assert!(page.body.contains("value=\"23595:administratief\" checked"), "{}", page.body);
    }
}

// asvs = "6.4.1, 6.4.6"
#[tokio::test]
async fn a_new_user_is_mailed_a_link_and_comes_in_with_those_rights() {
    for app in apps().await {
        let manager = app.sign_in(MANAGER).await;
        for _ in 0..2 {
            // Sent twice, it is done once.
            let answer = add(&app, &manager, "Ans de Boer", " Ans@linde.example", "23595:administratief").await;
            assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}: {}", app.name, answer.body);
            assert_eq!(answer.header("location"), "/accountbeheer?gedaan=toegevoegd");
        }
        let mails = app.mails().await;
        assert_eq!(mails.len(), 1, "{}", app.name);
        let link = mails[0].split_whitespace().find_map(|word| word.strip_prefix("http://127.0.0.1:3000")).unwrap();
        let list = app.get("/accountbeheer", Some(&manager)).await;
        assert!(list.body.contains("Ans de Boer") && list.body.contains("Nog niet geactiveerd"));

        let answer = app.post_form(link, None, &[("wachtwoord", "paard fiets wolken lepel")]).await;
        let token = answer.token().unwrap();
        assert_eq!(app.get("/deelnemers", Some(&token)).await.status, StatusCode::OK);
        assert_eq!(app.get("/accountbeheer", Some(&token)).await.status, StatusCode::FORBIDDEN);
        assert_eq!(app.logged("account_added").await, 6, "five of the harness and this one");
    }
}

#[tokio::test]
async fn whoever_has_an_account_elsewhere_keeps_it_and_is_told() {
    for app in apps().await {
        let manager = app.sign_in(MANAGER).await;
        let other = app.account(OTHER).await;
        let before = app.database.db.text(&format!("SELECT name FROM account WHERE id = {other}")).await.unwrap();
        let answer = add(&app, &manager, "Iemand Anders", OTHER, "23595:financieel").await;
        assert_eq!(answer.header("location"), "/accountbeheer?gedaan=toegevoegd", "as for any new user");
        assert_eq!((roles(&app, other, "23595").await, roles(&app, other, "31337").await), (2, 5));
        let after = app.database.db.text(&format!("SELECT name FROM account WHERE id = {other}")).await.unwrap();
        assert_eq!(before, after);
        let mails = app.mails().await;
        assert_eq!(mails.len(), 1);
        assert!(mails[0].contains("23595") && !mails[0].contains("31337") && !mails[0].contains("/activeren/"));
        // What they have elsewhere is not shown, and not taken away either.
        let page = app.get(&page_of(other), Some(&manager)).await;
        assert!(page.status == StatusCode::OK && !page.body.contains("31337"), "{}", app.name);
        app.post_form(&page_of(other), Some(&manager), &[("actie", "verwijderen")]).await;
        assert_eq!((roles(&app, other, "23595").await, roles(&app, other, "31337").await), (0, 5));
        assert_eq!(app.get("/deelnemers", Some(&app.sign_in(OTHER).await)).await.status, StatusCode::OK);
    }
}

// asvs = "7.4.2, 7.4.5"
#[tokio::test]
async fn a_removed_user_is_out_at_once_and_for_good() {
    for app in apps().await {
        let manager = app.sign_in(MANAGER).await;
        let hr = app.sign_in(HR).await;
        let account = app.account(HR).await;
        // A link that was mailed before must not be a way back.
        app.post_form("/wachtwoord-vergeten", None, &[("email", HR)]).await;
        let link = app.mails().await[0].clone();
        let link = link.split_whitespace().find_map(|word| word.strip_prefix("http://127.0.0.1:3000")).unwrap();

        let answer = app.post_form(&page_of(account), Some(&manager), &[("actie", "verwijderen")]).await;
        assert_eq!(answer.header("location"), "/accountbeheer?gedaan=verwijderd", "{}", answer.body);
        assert_eq!(app.get("/", Some(&hr)).await.status, StatusCode::SEE_OTHER, "the session ended on {}", app.name);
        let tried = app.post_form("/inloggen", None, &[("email", HR), ("wachtwoord", PASSWORD)]).await;
        assert_eq!(tried.status, StatusCode::UNPROCESSABLE_ENTITY);
        let used = app.post_form(link, None, &[("wachtwoord", "paard fiets wolken lepel")]).await;
        assert_eq!(used.status, StatusCode::NOT_FOUND);
        app.post_form("/wachtwoord-vergeten", None, &[("email", HR)]).await;
        assert_eq!(app.mails().await.len(), 0, "nothing is mailed to who was removed");
        assert_eq!(app.get(&page_of(account), Some(&manager)).await.status, StatusCode::NOT_FOUND);
        assert_eq!(app.logged("account_closed").await, 1);

        // Added again it is opened again, under the name that is typed now.
        add(&app, &manager, "Herma Rol", HR, "23595:administratief").await;
        let mails = app.mails().await;
        assert!(mails.len() == 1 && mails[0].contains("/activeren/"), "{}", app.name);
        assert!(app.get("/accountbeheer", Some(&manager)).await.body.contains("Herma Rol"));
    }
}

// asvs = "8.2.2, 8.4.1, 16.3.2, 16.3.3"
#[tokio::test]
async fn a_manager_reaches_no_further_than_its_own_contracts() {
    for app in apps().await {
        let manager = app.sign_in(MANAGER).await;
        let (other, both) = (app.account(OTHER).await, app.account(BOTH).await);
        // Another's contract, a contract on which one has another role only, and one that does not exist, in a forged form.
        for contract in ["31337", "24001", "99999"] {
            let (seen, right) = (format!("{contract}:0"), format!("{contract}:accountbeheer"));
            let fields = [("gezien", seen.as_str()), ("recht", right.as_str())];
            let answer = app.post_form(&page_of(both), Some(&manager), &fields).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{contract} on {}", app.name);
            let fields = [("naam", "Ans"), ("email", ANS), ("gezien", &seen), ("recht", &right)];
            assert_eq!(app.post_form(NEW, Some(&manager), &fields).await.status, StatusCode::NOT_FOUND);
            assert_eq!(app.database.db.number("SELECT COUNT(*) FROM account").await.unwrap(), 5);
        }
        assert_eq!(roles(&app, both, "24001").await, 1);
        assert_eq!(app.logged("rights_refused").await, 6, "each try leaves a trace");
        for actie in ["", "verwijderen", "deblokkeren", "uitnodigen", "overdragen"] {
            let answer = app.post_form(&page_of(other), Some(&manager), &[("actie", actie)]).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{actie} on {}", app.name);
        }
        // Whoever manages no accounts gives itself nothing.
        let hr = app.sign_in(HR).await;
        let account = app.account(HR).await;
        let answer = tick(&app, &hr, account, 1, &[Role::Administrative, Role::AccountManagement]).await;
        assert_eq!((answer.status, roles(&app, account, "23595").await), (StatusCode::FORBIDDEN, 1));
        assert_eq!(app.logged("rights_refused").await, 7);
        // A role that does not exist, and boxes that were not on the page.
        for (seen, right) in [("23595:0", "23595:verzekeraar"), ("", "23595:financieel"), ("23595:x", "")] {
            let fields = [("gezien", seen), ("recht", right)];
            let answer = app.post_form(&page_of(both), Some(&manager), &fields).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{seen} {right}");
        }
        assert_eq!(roles(&app, both, "23595").await, 1);
    }
}

// asvs = "2.3.4, 15.4.2"
#[tokio::test]
async fn the_last_manager_stays_whoever_asks_and_however_many_at_once() {
    for app in apps().await {
        let manager = app.sign_in(MANAGER).await;
        let account = app.account(MANAGER).await;
        for answer in [
            tick(&app, &manager, account, 4, &[Role::Administrative]).await,
            app.post_form(&page_of(account), Some(&manager), &[("actie", "verwijderen")]).await,
        ] {
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", app.name);
            assert!(answer.body.contains("Op elk contract moet iemand accounts beheren"), "{}", answer.body);
        }
        // One who was only invited cannot manage yet, so that it does not count.
        add(&app, &manager, "Ans", ANS, "23595:accountbeheer").await;
        let answer = tick(&app, &manager, account, 4, &[]).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", app.name);

        // Two managers take each other's right away at the same moment: one of them stays.
        let hr_account = app.account(HR).await;
        tick(&app, &manager, hr_account, 1, &[Role::AccountManagement]).await;
        let hr = app.sign_in(HR).await;
        let (first, second) = tokio::join!(tick(&app, &manager, hr_account, 4, &[]), tick(&app, &hr, account, 4, &[]));
        // Who lost the last right before the own request was looked at is led to the sign-in page.
        let is_done = |answer: &&&Answer| {
            answer.status == StatusCode::SEE_OTHER && !answer.header("location").starts_with("/inloggen")
        };
        let done = [&first, &second].iter().filter(is_done).count();
        assert_eq!(done, 1, "{}: {} {}", app.name, first.status, second.status);
        assert_eq!(roles(&app, account, "23595").await + roles(&app, hr_account, "23595").await, 4);
    }
}

// asvs = "15.4.2"
#[tokio::test]
async fn what_a_colleague_changed_meanwhile_is_not_undone() {
    for app in apps().await {
        let manager = app.sign_in(MANAGER).await;
        let account = app.account(HR).await;
        tick(&app, &manager, account, 1, &[Role::Administrative, Role::Financial]).await;
        // A page that was opened before that.
        let answer = tick(&app, &manager, account, 1, &[Role::AccountManagement]).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", app.name);
        assert!(answer.body.contains("Een collega heeft dit intussen gewijzigd"), "{}", answer.body);
        assert!(answer.body.contains("value=\"23595:3\""), "the page compares with what is there now: {}", answer.body);
        assert_eq!(roles(&app, account, "23595").await, 3);
        // Where nobody touched the boxes, nothing is undone, and sent twice it is done once.
        let answer = tick(&app, &manager, account, 1, &[Role::Administrative]).await;
        assert_eq!((answer.status, roles(&app, account, "23595").await), (StatusCode::SEE_OTHER, 3));
    }
}

// asvs = "2.2.3"
#[tokio::test]
async fn nothing_financial_is_given_where_the_employer_does_not_pay() {
    for app in apps().await {
        app.database.db.run_raw("UPDATE contract SET borderel_payment = (number = '31337')").await.unwrap();
        let manager = app.sign_in(MANAGER).await;
        let account = app.account(HR).await;
        let page = app.get(&page_of(account), Some(&manager)).await;
        let financial = page.body.split("23595:financieel").nth(1).unwrap();
        assert!(financial[..financial.find('>').unwrap()].contains("disabled"), "{}", page.body);
        let answer = tick(&app, &manager, account, 1, &[Role::Administrative, Role::Financial]).await;
        assert_eq!((answer.status, roles(&app, account, "23595").await), (StatusCode::UNPROCESSABLE_ENTITY, 1));
    }
}

#[tokio::test]
async fn the_main_account_is_its_own_and_can_be_handed_over() {
    for app in apps().await {
        account_management::name_main(&app.portal, MANAGER, "23595").await.unwrap();
        let (main, main_account) = (app.sign_in(MANAGER).await, app.account(MANAGER).await);
        let hr_account = app.account(HR).await;
        tick(&app, &main, hr_account, 1, &[Role::Administrative, Role::AccountManagement]).await;
        let hr = app.sign_in(HR).await;
        // A colleague who manages accounts as well does not touch it, and it does not give up by mistake.
        let theirs = tick(&app, &hr, main_account, 4, &[]).await;
        assert!(theirs.body.contains("Alleen het hoofdaccount zelf"), "{}: {}", app.name, theirs.body);
        let removed = app.post_form(&page_of(main_account), Some(&hr), &[("actie", "verwijderen")]).await;
        assert_eq!(removed.status, StatusCode::UNPROCESSABLE_ENTITY);
        let own = tick(&app, &main, main_account, 4, &[]).await;
        assert!(own.body.contains("Draag het hoofdaccount eerst over"), "{}", own.body);
        // Only the main account hands over, and not to who has nothing to do with the employer.
        let stolen = app.post_form(&page_of(hr_account), Some(&hr), &[("actie", "overdragen")]).await;
        assert_eq!(stolen.status, StatusCode::NOT_FOUND, "{}", app.name);
        let finance = app.account(FINANCE).await;
        let handed = app.post_form(&page_of(finance), Some(&main), &[("actie", "overdragen")]).await;
        assert_eq!(handed.status, StatusCode::SEE_OTHER, "{}: {}", app.name, handed.body);
        assert_eq!(roles(&app, finance, "23595").await, 6, "it manages accounts now");
        // From then on it can be changed like anybody, by the new one.
        let new_main = app.sign_in(FINANCE).await;
        let answer = tick(&app, &new_main, main_account, 4, &[]).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}: {}", app.name, answer.body);
        assert_eq!(app.logged("main_account_named").await, 2);
    }
}

#[tokio::test]
async fn of_several_employers_those_are_handed_over_that_the_new_one_works_for() {
    for app in apps().await {
        for contract in ["23595", "31337"] {
            account_management::name_main(&app.portal, MANAGER, contract).await.unwrap();
        }
        let main = app.sign_in(MANAGER).await;
        let hr = app.account(HR).await;
        let page = app.get(&page_of(hr), Some(&main)).await;
        assert!(page.body.contains("Hoofdaccount overdragen"), "{}", app.name);
        app.post_form(&page_of(hr), Some(&main), &[("actie", "overdragen")]).await;
        let employers = format!("SELECT COUNT(*) FROM employer WHERE main_account_id = {hr}");
        assert_eq!(app.database.db.number(&employers).await.unwrap(), 1, "{}", app.name);
        assert_eq!((roles(&app, hr, "23595").await, roles(&app, hr, "31337").await), (5, 0));
    }
}

#[tokio::test]
async fn the_operator_opens_a_closed_account_again() {
    for app in apps().await {
        let manager = app.sign_in(MANAGER).await;
        let account = app.account(HR).await;
        app.post_form(&page_of(account), Some(&manager), &[("actie", "verwijderen")]).await;
        let again = |email: &str| NewAccount {
            email: email.to_owned(),
            name: "Herma Rol".to_owned(),
            contracts: Contracts::Numbers(vec!["31337".to_owned()]),
            roles: Roles::NONE.with(Role::Administrative),
            password: Some(PASSWORD.to_owned().into()),
        };
        account::add(&app.portal, again(HR)).await.unwrap();
        let token = app.sign_in(HR).await;
        assert_eq!(app.get("/deelnemers?contract=31337", Some(&token)).await.status, StatusCode::OK, "{}", app.name);
        assert_eq!(app.account(HR).await, account);
        // One that is in use is not taken over.
        let refused = account::add(&app.portal, again(FINANCE)).await.unwrap_err();
        assert!(matches!(refused, ServiceError::Invalid(_)), "{refused:?}");
    }
}

#[tokio::test]
async fn a_block_is_ended_and_an_activation_mailed_again_but_not_without_end() {
    for app in apps_with(Limits::default()).await {
        let manager = app.sign_in(MANAGER).await;
        for _ in 0..5 {
            app.post_form("/inloggen", None, &[("email", HR), ("wachtwoord", "verkeerd")]).await;
        }
        let account = app.account(HR).await;
        let list = app.get("/accountbeheer", Some(&manager)).await;
        assert!(list.body.contains("Geblokkeerd"), "{}", app.name);
        let answer = app.post_form(&page_of(account), Some(&manager), &[("actie", "deblokkeren")]).await;
        assert_eq!(answer.header("location"), format!("/accountbeheer/{account}?gedaan=gedeblokkeerd"));
        let tried = app.post_form("/inloggen", None, &[("email", HR), ("wachtwoord", PASSWORD)]).await;
        assert_eq!(tried.status, StatusCode::SEE_OTHER, "with the password that it had");
        assert_eq!(app.logged("account_unblocked").await, 1);

        add(&app, &manager, "Ans", ANS, "23595:administratief").await;
        let ans = app.account(ANS).await;
        app.mails().await;
        let mut statuses = Vec::new();
        for _ in 0..5 {
            statuses
                .push(app.post_form(&page_of(ans), Some(&manager), &[("actie", "uitnodigen")]).await.status.as_u16());
        }
        assert_eq!(statuses, [303, 303, 303, 422, 422], "{}", app.name);
        assert_eq!(app.mails().await.len(), 3);
        // Somebody with a password is mailed nothing.
        let answer = app.post_form(&page_of(account), Some(&manager), &[("actie", "uitnodigen")]).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND);
    }
}

// asvs = "14.2.1"
#[tokio::test]
async fn users_are_found_by_name_or_address() {
    for app in apps().await {
        let manager = app.sign_in(MANAGER).await;
        add(&app, &manager, "Åse Ünlü-van den Berg", ANS, "23595:administratief").await;
        for (typed, found) in [("ase", true), ("berg unlu", true), ("ANS@", true), ("xq", false)] {
            let page = app.get(&format!("/accountbeheer?zoek={typed}").replace(' ', "+"), Some(&manager)).await;
            assert_eq!(page.body.contains("Ünlü"), found, "{typed} on {}", app.name);
            assert!(!page.body.contains("Geld") || found, "{typed}");
        }
        // The search is posted, and leads to an address without what may be a BSN.
        for (typed, location) in [("ans b", "/accountbeheer?zoek=ans+b"), ("111222333", "/accountbeheer")] {
            let answer = app.post_form("/accountbeheer", Some(&manager), &[("zoek", typed)]).await;
            assert_eq!((answer.status, answer.header("location")), (StatusCode::SEE_OTHER, location), "{}", app.name);
        }
        let page = app.get("/accountbeheer?pagina=x", Some(&manager)).await;
        assert!(page.body.contains("Gebruik alleen cijfers"), "{}", page.body);
    }
}
