//! One place for what every request must pass and every response must carry.

use axum::{
    body::Body,
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::Response,
};
use collectief_app::routes;
use leptos::prelude::{use_context, use_nonce};
use leptos_axum::ResponseOptions;

use crate::{failure, state::AppState};

/// The most bytes of a request.
pub const BODY_MAX: usize = 1024 * 1024;

/// Where browsers report what the policy for content refused.
pub const CSP_REPORTS: &str = "/csp-meldingen";

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
const REPORTING_ENDPOINTS: HeaderName = HeaderName::from_static("reporting-endpoints");
const PERMISSIONS_POLICY: HeaderName = HeaderName::from_static("permissions-policy");
const OPENER_POLICY: HeaderName = HeaderName::from_static("cross-origin-opener-policy");
const RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");

/// What a document of ours may do, but for its scripts.
const REST_OF_POLICY: &str = "'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; font-src 'self'; \
     connect-src 'self'; manifest-src 'self'; worker-src 'self'; form-action 'self'; frame-ancestors 'none'; \
     base-uri 'none'; object-src 'none'; report-to csp";

/// What a file that is downloaded may do: nothing.
const POLICY_OF_FILES: &str = "default-src 'none'; frame-ancestors 'none'; sandbox";

/// Refuses what cannot come from a page of ours, and readies the rest for the pages.
///
/// A request that changes something is only taken from our own origin: by `Sec-Fetch-Site` where the browser sends it,
/// else by `Origin`; without either it is refused, and so are kinds of content that any page could send without
/// asking. Its `Referer` is made a path of our own, because the framework sends the browser back to it.
pub async fn guard(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let refuse = |status, request: &Request| failure::response(status, &failure::Wants::of(request), &state, None);
    // Where a request ends must not be a question of who reads it. Browsers say how long it is; whoever sends it in pieces
    // gets no answer to what may be hidden behind it.
    if request.headers().contains_key(header::TRANSFER_ENCODING) {
        let mut response = refuse(StatusCode::BAD_REQUEST, &request);
        response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
        return response;
    }
    match *request.method() {
        Method::GET | Method::HEAD => return next.run(request).await,
        Method::POST => {}
        _ => {
            let mut response = refuse(StatusCode::METHOD_NOT_ALLOWED, &request);
            response.headers_mut().insert(header::ALLOW, HeaderValue::from_static("GET, HEAD, POST"));
            return response;
        }
    }
    if !is_from_us(request.headers(), &state) {
        tracing::warn!("a request from elsewhere was refused");
        return failure::from_elsewhere(&failure::Wants::of(&request), &state);
    }
    if !has_known_content(request.headers(), request.uri().path()) {
        return refuse(StatusCode::UNSUPPORTED_MEDIA_TYPE, &request);
    }
    let wants = failure::Wants::of(&request);
    let (mut parts, body) = request.into_parts();
    let referer = own_referer(&parts.headers, &state);
    parts.headers.insert(header::REFERER, referer);
    let Ok(bytes) = axum::body::to_bytes(body, BODY_MAX).await else {
        return failure::response(StatusCode::PAYLOAD_TOO_LARGE, &wants, &state, None);
    };
    next.run(Request::from_parts(parts, Body::from(bytes))).await
}

fn is_from_us(headers: &HeaderMap, state: &AppState) -> bool {
    let one = |name: &HeaderName| {
        let mut values = headers.get_all(name).iter();
        (values.next(), values.next().is_some())
    };
    match one(&SEC_FETCH_SITE) {
        (Some(site), false) => return site == "same-origin" || site == "none",
        (Some(_), true) => return false,
        (None, _) => {}
    }
    match one(&header::ORIGIN) {
        (Some(origin), false) => origin.to_str().is_ok_and(|origin| state.web.is_own_origin(origin)),
        _ => false,
    }
}

fn has_known_content(headers: &HeaderMap, path: &str) -> bool {
    let Some(kind) = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()) else { return false };
    let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    match kind.as_str() {
        "application/x-www-form-urlencoded" | "application/json" => true,
        "application/reports+json" => path == CSP_REPORTS,
        _ => false,
    }
}

/// The path and query that the request came from, if it is one of ours; else the start page.
fn own_referer(headers: &HeaderMap, state: &AppState) -> HeaderValue {
    headers
        .get(header::REFERER)
        .and_then(|referer| referer.to_str().ok())
        .and_then(|referer| {
            let start = referer.find("://")? + 3;
            let end = referer[start..].find('/')? + start;
            let is_ours = state.web.is_own_origin(&referer[..end])
                || headers.get(header::HOST).is_some_and(|host| host.as_bytes() == &referer.as_bytes()[start..end]);
            let path = routes::own_path(&referer[end..])?;
            is_ours.then(|| HeaderValue::from_str(path).ok())?
        })
        .unwrap_or(HeaderValue::from_static(routes::DASHBOARD))
}

/// Puts the policy for content on the page that is being written, with the nonce of its scripts. It runs in the
/// context of the page.
pub fn allow_own_scripts() {
    if let (Some(options), Some(nonce)) = (use_context::<ResponseOptions>(), use_nonce()) {
        let policy = format!("default-src 'none'; script-src 'self' 'nonce-{nonce}' {REST_OF_POLICY}");
        if let Ok(policy) = HeaderValue::from_str(&policy) {
            options.insert_header(header::CONTENT_SECURITY_POLICY, policy);
        }
    }
}

/// Completes the headers of every response.
pub async fn headers(State(state): State<AppState>, request: Request, next: Next) -> Response {
    // The address of a page behind a mailed link is a secret, so that not even our own pages are told it; with
    // `no-referrer` older browsers would say of its form that it comes from nowhere.
    let referrer = if routes::is_behind_link(request.uri().path()) { "strict-origin" } else { "same-origin" };
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    let mut set = |name: HeaderName, value: &'static str| {
        headers.insert(name, HeaderValue::from_static(value));
    };
    set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(header::X_FRAME_OPTIONS, "DENY");
    set(header::REFERRER_POLICY, referrer);
    set(RESOURCE_POLICY, "same-origin");
    if state.web.is_https() {
        set(header::STRICT_TRANSPORT_SECURITY, "max-age=63072000; includeSubDomains");
    }
    let kind = |headers: &HeaderMap, kinds: &[&str]| {
        let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        kinds.iter().any(|known| kind.starts_with(known))
    };
    if kind(headers, &["text/html"]) {
        headers.insert(OPENER_POLICY, HeaderValue::from_static("same-origin"));
        headers.insert(
            PERMISSIONS_POLICY,
            HeaderValue::from_static("camera=(), microphone=(), geolocation=(), payment=(), usb=()"),
        );
        if let Some(endpoint) = state
            .web
            .origin()
            .and_then(|origin| HeaderValue::from_str(&format!("csp=\"{}{CSP_REPORTS}\"", origin.as_str())).ok())
        {
            headers.insert(REPORTING_ENDPOINTS, endpoint);
        }
        if !headers.contains_key(header::CONTENT_SECURITY_POLICY) {
            let policy = format!("default-src 'none'; script-src 'self' {REST_OF_POLICY}");
            if let Ok(policy) = HeaderValue::from_str(&policy) {
                headers.insert(header::CONTENT_SECURITY_POLICY, policy);
            }
        }
    } else if !kind(headers, &["text/css", "text/javascript", "application/wasm"]) {
        headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY_OF_FILES));
    }
    if !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    headers.remove(header::SERVER);
    response
}

/// Takes a browser's report of what the policy refused. Only the directive is logged: the rest may say whom a page was
/// about.
pub async fn take_csp_report(body: axum::body::Bytes) -> StatusCode {
    let reports: serde_json::Value = match serde_json::from_slice(&body) {
        Ok(reports) => reports,
        Err(_) => return StatusCode::BAD_REQUEST,
    };
    for report in reports.as_array().into_iter().flatten().take(20) {
        let directive = report["body"]["effectiveDirective"].as_str().unwrap_or_default();
        if directive.len() <= 40 && directive.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-') {
            tracing::warn!(directive, "a browser refused something by the policy for content");
        }
    }
    StatusCode::NO_CONTENT
}
