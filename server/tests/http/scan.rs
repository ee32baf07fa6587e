//! The headers as a public scanner marks them: every check of the HTTP Observatory (developer.mozilla.org/observatory,
//! "Tests and scoring") that an answer by itself can show, on every route there is. Nothing may fall below the top mark.
//! The others it has, redirection to HTTPS and preloading, are the proxy's and the operator's.

use std::collections::BTreeMap;

use axum::http::header;
use collectief::router::entries;

use crate::harness::{Answer, App, FINANCE, HR, PASSWORD, apps, form};

/// What is below the top mark of its check.
fn faults(answer: &Answer) -> Vec<String> {
    let mut faults = policy_faults(answer.header("content-security-policy"));
    let mut must = |is_right: bool, fault: String| {
        if !is_right {
            faults.push(fault);
        }
    };
    let transport = answer.header("strict-transport-security");
    let age: Option<u64> = transport.split(';').find_map(|part| part.trim().strip_prefix("max-age=")?.parse().ok());
    // Half a year is asked for all, a year for the list of sites that browsers bring along.
    must(age.is_some_and(|seconds| seconds >= 31_536_000), format!("transport {transport:?}"));
    must(transport.contains("includeSubDomains"), format!("transport {transport:?}"));
    must(answer.header("x-content-type-options") == "nosniff", "content type options".to_owned());
    must(answer.header("x-frame-options") == "DENY", "frame options".to_owned());
    must(answer.header("cross-origin-resource-policy") == "same-origin", "resource policy".to_owned());
    let referrer = answer.header("referrer-policy");
    let is_private =
        ["no-referrer", "same-origin", "strict-origin", "strict-origin-when-cross-origin"].contains(&referrer);
    must(is_private, format!("referrer {referrer:?}"));
    must(!answer.headers.contains_key("access-control-allow-origin"), "shared with other origins".to_owned());
    for name in ["server", "x-powered-by"] {
        must(!answer.headers.contains_key(name), format!("tells {name}"));
    }
    for cookie in answer.headers.get_all(header::SET_COOKIE) {
        let cookie = cookie.to_str().unwrap();
        let is_bound = cookie.starts_with("__Host-") && cookie.contains("; Secure") && cookie.contains("; HttpOnly");
        must(is_bound && cookie.contains("; SameSite="), format!("cookie {}", cookie.split('=').next().unwrap()));
    }
    // What is loaded from elsewhere would need its hash; nothing is.
    for tag in answer.body.split('<').filter(|tag| tag.starts_with("script") || tag.starts_with("link")) {
        let foreign = ["src=\"http", "src=\"//", "href=\"http", "href=\"//"].iter().any(|sign| tag.contains(sign));
        must(!foreign, format!("from elsewhere: {tag}"));
    }
    faults
}

fn policy_faults(policy: &str) -> Vec<String> {
    let directives: BTreeMap<&str, Vec<&str>> = policy
        .split(';')
        .filter_map(|directive| {
            let mut words = directive.split_whitespace();
            Some((words.next()?, words.collect()))
        })
        .collect();
    let mut faults = Vec::new();
    if directives.get("default-src").is_none_or(|sources| *sources != ["'none'"]) {
        faults.push(format!("what is not named is not refused: {policy:?}"));
    }
    for (directive, sources) in &directives {
        for source in sources {
            let is_wide = matches!(*source, "'unsafe-inline'" | "'unsafe-eval'" | "'unsafe-hashes'" | "*")
                || source.starts_with("http:")
                || source.starts_with("https:")
                || *source == "data:" && *directive != "img-src";
            if is_wide {
                faults.push(format!("{directive} {source}"));
            }
        }
    }
    let is_file = directives.contains_key("sandbox");
    for directive in ["frame-ancestors", "base-uri", "form-action", "object-src"] {
        // A file in a sandbox has no forms and no base.
        let is_needed = directive == "frame-ancestors" || !is_file;
        let sources = directives.get(directive).map(Vec::as_slice).unwrap_or_default();
        if is_needed && !matches!(sources, ["'none'"] | ["'self'"]) {
            faults.push(format!("{directive} {sources:?}"));
        }
    }
    faults
}

fn scan(app: &App, what: &str, answer: &Answer) {
    assert_eq!(faults(answer), Vec::<String>::new(), "{what} on {}", app.name);
}

// asvs = "3.4.1, 3.4.2, 3.4.3, 3.4.4, 3.4.5, 3.4.6"
#[tokio::test]
async fn a_scan_of_every_route_finds_nothing_below_the_top_mark() {
    for app in apps().await {
        let app = app.at("https://portaal.example");
        let token = app.sign_in(HR).await;
        for route in entries().iter().filter(|route| route.method == "GET") {
            let path = route.path.replace("{id}", "1").replace("{token}", "A");
            for token in [None, Some(token.as_str())] {
                let answer = app.get(&path, token).await;
                assert!(!answer.status.is_server_error(), "{path}: {}", answer.status);
                scan(&app, &path, &answer);
            }
        }
        for path in ["/bestaat-niet", "/pkg/bestaat-niet.js", "/deelnemers/999999"] {
            scan(&app, path, &app.get(path, Some(&token)).await);
        }
        let answers = [
            app.post_form("/inloggen", None, &[("email", FINANCE), ("wachtwoord", PASSWORD)]).await,
            app.post_form("/inloggen", None, &[("email", FINANCE), ("wachtwoord", "verkeerd")]).await,
            app.post_form("/taal", Some(&token), &[("taal", "en"), ("naar", "/")]).await,
            app.send(form("/deelnemers/afmelden", Some(&token), &[])).await,
            app.post_form("/uitloggen", Some(&token), &[]).await,
        ];
        for (number, answer) in answers.iter().enumerate() {
            scan(&app, &format!("form {number}"), answer);
        }
    }
}

#[test]
fn the_scan_sees_what_is_wrong() {
    let right = "default-src 'none'; script-src 'self' 'nonce-x'; img-src 'self' data:; frame-ancestors 'none'; \
                 base-uri 'none'; form-action 'self'; object-src 'none'";
    assert_eq!(policy_faults(right), Vec::<String>::new());
    for (from, to) in [
        ("default-src 'none'", "default-src 'self'"),
        ("'nonce-x'", "'unsafe-inline'"),
        ("'nonce-x'", "'unsafe-eval'"),
        ("'nonce-x'", "https:"),
        ("'nonce-x'", "data:"),
        ("frame-ancestors 'none'; ", ""),
        ("base-uri 'none'; ", ""),
        ("form-action 'self'", "form-action *"),
    ] {
        assert_ne!(policy_faults(&right.replace(from, to)), Vec::<String>::new(), "{from} as {to}");
    }
    assert_ne!(policy_faults(""), Vec::<String>::new());
}
