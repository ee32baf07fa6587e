//! Setting up, replacing and taking away the second step, who must have one, and that there is no way around it.

use axum::http::StatusCode;
use collectief::router::{RouteKind, entries};
use collectief_domain::account::LinkPurpose;
use collectief_service::{Request, account, account_management, second_factor};
use serde_json::json;

use crate::{
    details::NEW_PASSWORD,
    harness::{FINANCE, HR, MANAGER, OTHER, PASSWORD, apps},
    links::{link_in, reset_link},
    second_factor::{OWN, Owner, SHORT, begin, codes_in, comes_in, first_step, is_gone, owner, set_up, with_code},
    sign_in::try_to,
};

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
        assert!(app.mails().await.iter().any(|mail| mail.contains("vraagt uw account in Collectief")));

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
        assert_eq!(app.logged("second_factor_policy_changed").await, 1);

        // From the next click on, on every route there is, new sessions included.
        for token in [hr.clone(), app.sign_in(HR).await] {
            for route in entries() {
                let path = route.path.replace("{id}", "1").replace("{token}", "A");
                let allowed = ["/taal", "/weergave", "/uitloggen", OWN, "/mijn-gegevens/tweede-stap/herstelcodes"];
                let open = path.starts_with("/inloggen")
                    || path.starts_with("/account-aanvragen")
                    || path.starts_with("/aanmelden")
                    || path == "/wijzigen"
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
        app.mails().await;
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
        app.mails().await;
        assert!(second_factor::reset(&app.portal, &request, None, HR).await.unwrap());
        assert_eq!(app.get("/", Some(&token)).await.status, StatusCode::SEE_OTHER);
        assert!(is_gone(&with_code(&app, &waiting, "123456").await));
        assert!(app.mails().await.iter().any(|mail| mail.contains("De helpdesk heeft de tweede stap")));
        assert!(try_to(&app, HR, PASSWORD).await.token().is_some(), "{}", app.name);
        assert_eq!(app.logged("second_factor_reset").await, 1);

        // A password that cannot stand alone is forgotten with it.
        let Owner { .. } = owner(&app, HR).await;
        app.mails().await;
        let link = reset_link(&app, HR).await;
        app.post_form(&link, None, &[("wachtwoord", SHORT)]).await;
        app.mails().await;
        assert!(second_factor::reset(&app.portal, &request, None, HR).await.unwrap());
        assert_eq!(try_to(&app, HR, SHORT).await.status, StatusCode::UNPROCESSABLE_ENTITY);
        let mails = app.mails().await;
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

// asvs = "6.3.1, 6.3.7, 6.6.3"
#[tokio::test]
async fn wrong_recovery_codes_on_the_page_count_as_at_the_sign_in_page() {
    for app in apps().await {
        let Owner { codes, token, .. } = owner(&app, HR).await;
        app.mails().await;
        let fields = |code| [("actie", "codes"), ("wachtwoord", PASSWORD), ("code", code)];
        // One that was used is as wrong as one that never was.
        let new = codes_in(&app.post_form(OWN, Some(&token), &fields(&codes[0])).await);
        assert_eq!(new.len(), 10);
        assert!(app.mails().await.iter().all(|mail| !mail.contains("nog 9 over")), "all codes were replaced");
        for _ in 0..4 {
            let refused = app.post_form(OWN, Some(&token), &fields(&codes[0])).await;
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", app.name);
        }
        let blocked = app.post_form(OWN, Some(&token), &fields(&codes[0])).await;
        assert_eq!(blocked.header("location"), "/inloggen?melding=geblokkeerd", "{}", blocked.body);
        assert_eq!(app.get("/", Some(&token)).await.status, StatusCode::SEE_OTHER, "the session ended");
        assert_eq!((app.logged("second_step_failed").await, app.logged("account_blocked").await), (5, 1));
        let mails = app.mails().await;
        assert_eq!(mails.len(), 1);
        link_in(&mails[0], LinkPurpose::Unblock);
    }
}

// asvs = "6.6.3"
#[tokio::test]
async fn codes_on_the_page_count_with_those_of_signing_in() {
    for app in apps().await {
        let Owner { phone, token, .. } = owner(&app, HR).await;
        let fields = |code| [("actie", "codes"), ("wachtwoord", PASSWORD), ("code", code)];
        for _ in 0..20 {
            app.post_form(OWN, Some(&token), &fields("000000")).await;
            account::unblock(&app.portal, HR).await.unwrap();
        }
        let refused = app.post_form(OWN, Some(&token), &fields(&phone.code(&app))).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", app.name);
        let waiting = first_step(&app, HR, PASSWORD).await;
        assert_eq!(with_code(&app, &waiting, &phone.code(&app)).await.status, StatusCode::TOO_MANY_REQUESTS);
    }
}

// asvs = "7.4.3, 6.3.4"
#[tokio::test]
async fn a_sign_in_that_waits_ends_when_the_password_is_replaced_or_all_others_are_signed_out() {
    for app in apps().await {
        let Owner { phone, token, .. } = owner(&app, HR).await;
        let waiting = first_step(&app, HR, PASSWORD).await;
        let others = app.post_form("/mijn-gegevens", Some(&token), &[("actie", "overal-uitloggen")]).await;
        assert_eq!(others.status, StatusCode::SEE_OTHER, "{}", others.body);
        assert!(is_gone(&with_code(&app, &waiting, &phone.code(&app)).await), "{}", app.name);
        let waiting = first_step(&app, HR, PASSWORD).await;
        let fields = [("actie", "wachtwoord"), ("huidig_wachtwoord", PASSWORD), ("nieuw_wachtwoord", NEW_PASSWORD)];
        let changed = app.post_form("/mijn-gegevens", Some(&token), &fields).await;
        assert_eq!(changed.status, StatusCode::SEE_OTHER, "{}", changed.body);
        assert!(is_gone(&with_code(&app, &waiting, &phone.code(&app)).await), "{}", app.name);
    }
}
