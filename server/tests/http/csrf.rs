//! Requests that come from elsewhere change nothing.

use axum::http::{HeaderName, Method, StatusCode, header};

use crate::harness::{HR, apps, encoded, request};

const SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
const FORM: &str = "application/x-www-form-urlencoded";

// asvs = "3.5.1, 3.5.2"
#[tokio::test]
async fn a_post_is_taken_only_from_our_own_pages() {
    for app in apps().await {
        let token = app.sign_in(HR).await;
        let own = "http://127.0.0.1:3000";
        for (headers, status) in [
            (vec![(SITE, "same-origin")], StatusCode::SEE_OTHER),
            (vec![(SITE, "none")], StatusCode::SEE_OTHER),
            (vec![(SITE, "same-origin"), (header::ORIGIN, own)], StatusCode::SEE_OTHER),
            (vec![(header::ORIGIN, own)], StatusCode::SEE_OTHER),
            (vec![(SITE, "cross-site")], StatusCode::FORBIDDEN),
            (vec![(SITE, "same-site")], StatusCode::FORBIDDEN),
            (vec![(SITE, "cross-site"), (header::ORIGIN, own)], StatusCode::FORBIDDEN),
            (vec![(SITE, "same-origin"), (SITE, "cross-site")], StatusCode::FORBIDDEN),
            (vec![(header::ORIGIN, "https://evil.example")], StatusCode::FORBIDDEN),
            (vec![(header::ORIGIN, "http://127.0.0.1:3001")], StatusCode::FORBIDDEN),
            (vec![(header::ORIGIN, "null")], StatusCode::FORBIDDEN),
            (vec![(header::ORIGIN, own), (header::ORIGIN, "https://evil.example")], StatusCode::FORBIDDEN),
            (vec![(header::REFERER, "http://127.0.0.1:3000/")], StatusCode::FORBIDDEN),
            (vec![], StatusCode::FORBIDDEN),
        ] {
            let mut with_form = headers.clone();
            with_form.push((header::CONTENT_TYPE, FORM));
            let body = encoded(&[("taal", "nl"), ("naar", "/")]);
            let answer = app.send(request(Method::POST, "/taal", Some(&token), &with_form, &body)).await;
            assert_eq!(answer.status, status, "{headers:?}");
        }
    }
}

// asvs = "3.5.1, 3.5.2"
#[tokio::test]
async fn every_server_function_and_form_refuses_what_comes_from_elsewhere() {
    for app in apps().await {
        let token = app.sign_in(HR).await;
        for route in collectief::router::entries().iter().filter(|route| route.method == "POST") {
            let path = route.path.replace("{id}", "1").replace("{token}", "A");
            for (kind, body) in [(FORM, "a=b"), ("application/json", "{}"), ("text/plain", "{}")] {
                let headers =
                    [(header::CONTENT_TYPE, kind), (SITE, "cross-site"), (header::ORIGIN, "https://evil.example")];
                let answer = app.send(request(Method::POST, &path, Some(&token), &headers, body)).await;
                assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path} {kind}");
            }
            // Any page may send this kind without being asked for leave.
            let headers = [(header::CONTENT_TYPE, "text/plain"), (SITE, "same-origin")];
            let answer = app.send(request(Method::POST, &path, Some(&token), &headers, "{}")).await;
            assert_eq!(answer.status, StatusCode::UNSUPPORTED_MEDIA_TYPE, "{path}");
        }
        assert_eq!(app.get("/", Some(&token)).await.status, StatusCode::OK, "nobody was signed out");
    }
}

// asvs = "3.5.3"
#[tokio::test]
async fn nothing_is_done_by_a_link() {
    let entries = collectief::router::entries();
    let is_function =
        |route: &&collectief::router::RouteEntry| route.kind == collectief::router::RouteKind::ServerFunction;
    let functions: Vec<_> = entries.iter().filter(is_function).collect();
    assert!(functions.len() > 10, "{functions:?}");
    assert!(functions.iter().all(|route| route.method == "POST"), "{functions:?}");
}

// asvs = "3.7.2, 14.2.1"
#[tokio::test]
async fn a_failing_form_never_leads_to_another_site_nor_puts_its_error_in_the_address() {
    for app in apps().await {
        let token = app.sign_in(HR).await;
        for referer in
            ["https://evil.example/a?b=c", "http://127.0.0.1:3000//evil.example", "//evil.example", "nonsense", ""]
        {
            for path in ["/contractkeuze", "/fn/reveal_bsn", "/fn/list_participants", "/fn/deregister_participants"] {
                let headers = [
                    (header::CONTENT_TYPE, FORM),
                    (header::ACCEPT, "text/html"),
                    (header::ORIGIN, crate::harness::ORIGIN),
                    (header::REFERER, referer),
                ];
                let answer = app.send(request(Method::POST, path, Some(&token), &headers, "id=123456782")).await;
                let location = answer.header("location");
                assert!(
                    location.is_empty() || (location.starts_with('/') && !location.starts_with("//")),
                    "{location}"
                );
                assert!(!location.contains("__err") && !location.contains("123456782"), "{location}");
            }
        }
    }
}

// asvs = "4.1.4, 15.2.2"
#[tokio::test]
async fn other_methods_and_too_much_at_once_are_refused() {
    for app in apps().await {
        for method in ["TRACE", "PUT", "DELETE", "PATCH", "OPTIONS", "CONNECT", "PROPFIND"] {
            for path in ["/", "/inloggen", "/fn/list_participants", "/nergens"] {
                let method = Method::from_bytes(method.as_bytes()).unwrap();
                let answer = app.send(request(method.clone(), path, None, &[], "")).await;
                assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED, "{method} {path}");
            }
        }
        let token = app.sign_in(HR).await;
        let much = "a".repeat(1024 * 1024 + 1);
        for path in ["/fn/list_participants", "/deelnemers", "/inloggen"] {
            let headers = [(header::CONTENT_TYPE, FORM), (SITE, "same-origin"), (header::ACCEPT, "text/html")];
            let answer = app.send(request(Method::POST, path, Some(&token), &headers, &much)).await;
            assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE, "{path}");
        }
    }
}
