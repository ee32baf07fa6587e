//! The headers of responses, exactly.

use axum::http::{HeaderName, Method, StatusCode, header};

use crate::harness::{Answer, HR, apps, request};

fn has(answer: &Answer, expected: &[(&str, &str)]) {
    for (name, value) in expected {
        assert_eq!(answer.header(name), *value, "{name}");
    }
    for name in ["server", "x-powered-by", "access-control-allow-origin", "access-control-allow-credentials"] {
        assert!(!answer.headers.contains_key(name), "{name}");
    }
}

const ALL: [(&str, &str); 5] = [
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("referrer-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("cache-control", "no-store"),
];

// asvs = "1.3.2, 3.4.2, 3.4.3, 3.4.4, 3.4.5, 3.4.6, 3.4.7, 3.4.8, 3.5.8, 3.6.1, 4.1.1, 14.2.2, 14.3.2"
#[tokio::test]
async fn pages_carry_a_strict_policy_with_a_nonce_of_their_own() {
    for app in apps().await {
        let token = app.sign_in(HR).await;
        let mut nonces = Vec::new();
        for (path, token) in [
            ("/inloggen", None),
            ("/", Some(token.as_str())),
            ("/deelnemers", Some(&token)),
            ("/in-en-uitstroom", Some(&token)),
            ("/bestaat-niet", Some(&token)),
        ] {
            let page = app.get(path, token).await;
            has(&page, &ALL);
            has(
                &page,
                &[
                    ("content-type", "text/html; charset=utf-8"),
                    ("cross-origin-opener-policy", "same-origin"),
                    ("permissions-policy", "camera=(), microphone=(), geolocation=(), payment=(), usb=()"),
                    ("reporting-endpoints", "csp=\"http://127.0.0.1:3000/csp-meldingen\""),
                    ("strict-transport-security", ""),
                ],
            );
            let policy = page.header("content-security-policy");
            let nonce = policy.split("'nonce-").nth(1).unwrap().split('\'').next().unwrap().to_owned();
            assert_eq!(
                policy,
                format!(
                    "default-src 'none'; script-src 'self' 'nonce-{nonce}' 'wasm-unsafe-eval'; style-src 'self'; \
                     img-src 'self' data:; font-src 'self'; connect-src 'self'; manifest-src 'self'; worker-src 'self'; \
                     form-action 'self'; frame-ancestors 'none'; base-uri 'none'; object-src 'none'; report-to csp"
                )
            );
            // Every script of the page has it, and nothing is styled in the page itself.
            let scripts = page.body.matches("<script").count();
            assert!(scripts > 0);
            assert_eq!(page.body.matches(&format!("nonce=\"{nonce}\"")).count(), scripts, "{path}");
            assert!(!page.body.contains(" style=\"") && !page.body.contains("<style"), "{path}");
            assert!(!page.body.contains("crossorigin=\"") || page.body.contains("crossorigin=\"anonymous\""));
            nonces.push(nonce);
        }
        nonces.sort();
        nonces.dedup();
        assert_eq!(nonces.len(), 5, "a nonce is used once");
    }
}

// asvs = "3.2.1, 3.4.2, 3.5.8, 14.2.2, 14.3.2, 5.4.1"
#[tokio::test]
async fn downloads_and_errors_carry_theirs() {
    for app in apps().await {
        let token = app.sign_in(HR).await;
        for path in ["/deelnemers.csv", "/deelnemers.xlsx"] {
            let file = app.get(path, Some(&token)).await;
            assert_eq!(file.status, StatusCode::OK);
            has(&file, &ALL);
            has(&file, &[("content-security-policy", "default-src 'none'; frame-ancestors 'none'; sandbox")]);
            let disposition = file.header("content-disposition");
            assert!(disposition.starts_with("attachment; filename*=UTF-8''"), "{disposition}");
        }
        let foreign = [
            (header::CONTENT_TYPE, "text/plain"),
            (header::ACCEPT, "text/html"),
            (HeaderName::from_static("sec-fetch-site"), "cross-site"),
        ];
        let refused = app.send(request(Method::POST, "/taal", None, &foreign, "")).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN);
        has(&refused, &ALL);
        assert!(refused.header("content-security-policy").starts_with("default-src 'none'; script-src 'self' 'wasm"));
    }
}

#[tokio::test]
async fn every_answer_has_its_own_request_id() {
    for app in apps().await {
        let first = app.get("/inloggen", None).await;
        let second = app.get("/inloggen", None).await;
        assert_eq!(first.header("x-request-id").len(), 12);
        assert_ne!(first.header("x-request-id"), second.header("x-request-id"));
    }
}

#[tokio::test]
async fn pages_are_compressed_and_excel_files_are_not_again() {
    for app in apps().await {
        let token = app.sign_in(HR).await;
        let ask = |path: &str| {
            let headers = [(header::ACCEPT, "text/html"), (header::ACCEPT_ENCODING, "gzip, br")];
            request(Method::GET, path, Some(&token), &headers, "")
        };
        assert_eq!(app.send(ask("/deelnemers")).await.header("content-encoding"), "br");
        assert_eq!(app.send(ask("/deelnemers.xlsx")).await.header("content-encoding"), "");
    }
}
