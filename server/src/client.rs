//! The outermost layer: who asks, an id for the request, one line in the log, and an answer whatever happens.

use std::{
    net::{IpAddr, SocketAddr},
    panic::AssertUnwindSafe,
    sync::Arc,
    time::Instant,
};

use axum::{
    extract::{ConnectInfo, MatchedPath, Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    middleware::Next,
    response::Response,
};
use collectief_service::secret;
use futures::FutureExt;
use tracing::Instrument;

use crate::{failure, state::AppState};

/// The header that carries the request id.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The most characters that are kept of what a client says it is: the browser's own name comes last.
const DEVICE_MAX: usize = 200;

/// Gives the request its id and its [`collectief_service::Request`], logs it, and answers with a page that shows the id
/// when it takes too long or when the program fails.
pub async fn answer(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    let started = Instant::now();
    let id: Arc<str> = new_id().into();
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
    let asked = collectief_service::Request {
        id: Arc::clone(&id),
        client: client_address(peer, request.headers(), &state.web.trusted_proxies),
        device: device(request.headers()),
        session: None,
    };
    request.extensions_mut().insert(asked);
    let method = request.method().clone();
    let wants = failure::Wants::of(&request);
    let noted = Noted::default();
    request.extensions_mut().insert(noted.clone());

    let span = tracing::info_span!("request", id = %id);
    let answered = AssertUnwindSafe(tokio::time::timeout(state.web.request_time, next.run(request)))
        .catch_unwind()
        .instrument(span)
        .await;
    let mut response = match answered {
        Ok(Ok(response)) => response,
        Ok(Err(_)) => {
            tracing::error!(id = %id, %method, "a request took too long");
            failure::response(StatusCode::SERVICE_UNAVAILABLE, &wants, &state, Some(&id))
        }
        // The panic itself is logged where it happens, see `start_panic_log`.
        Err(_) => failure::response(StatusCode::INTERNAL_SERVER_ERROR, &wants, &state, Some(&id)),
    };
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    let seconds = started.elapsed().as_secs_f64();
    let status = response.status().as_u16();
    // The path as it is routed: a query or an id may say something about a person.
    let path = noted.path();
    tracing::info!(id = %id, %method, path, status, ms = (seconds * 1000.0).round(), "request");
    crate::metrics::count_request(method.as_str(), path, status, seconds);
    response
}

/// Which route answered, noted by [`note_path`] for the log.
#[derive(Debug, Clone, Default)]
pub struct Noted(Arc<std::sync::OnceLock<MatchedPath>>);

impl Noted {
    fn path(&self) -> &str {
        self.0.get().map_or("other", MatchedPath::as_str)
    }
}

/// Notes which route answers: only inside the router is it known.
pub async fn note_path(request: Request, next: Next) -> Response {
    if let (Some(noted), Some(path)) = (request.extensions().get::<Noted>(), request.extensions().get::<MatchedPath>())
    {
        // It is noted once per request.
        let _ = noted.0.set(path.clone());
    }
    next.run(request).await
}

/// A new id: short enough to be read out over the telephone.
fn new_id() -> String {
    match secret::random::<6>() {
        Ok(bytes) => bytes.iter().map(|byte| format!("{byte:02x}")).collect(),
        Err(_) => "000000000000".to_owned(),
    }
}

/// The client's address: the peer's, unless the peer is a proxy of ours; then the last address in `X-Forwarded-For`
/// that no proxy of ours has.
fn client_address(peer: Option<IpAddr>, headers: &HeaderMap, trusted: &[IpAddr]) -> Option<IpAddr> {
    let is_trusted = |address: &IpAddr| trusted.contains(&address.to_canonical());
    let peer = peer?;
    if !is_trusted(&peer) {
        return Some(peer);
    }
    let forwarded: Vec<&str> = headers
        .get_all("x-forwarded-for")
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(str::trim)
        .collect();
    for address in forwarded.into_iter().rev() {
        match address.parse::<IpAddr>() {
            Ok(address) if is_trusted(&address) => {}
            Ok(address) => return Some(address),
            // What a stranger wrote before it cannot be believed either.
            Err(_) => break,
        }
    }
    Some(peer)
}

fn device(headers: &HeaderMap) -> Arc<str> {
    let text = headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    text.chars().take(DEVICE_MAX).collect::<String>().into()
}

/// Logs a panic by its place. Its text may hold a value, so that only a fixed text is logged.
pub fn start_panic_log() {
    std::panic::set_hook(Box::new(|info| {
        let place = info.location().map(|place| format!("{}:{}", place.file(), place.line())).unwrap_or_default();
        let text = info.payload().downcast_ref::<&'static str>().copied().unwrap_or("a text with values");
        tracing::error!(place, text, "the program failed");
    }));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    fn forwarded(text: &str) -> HeaderMap {
        HeaderMap::from_iter([(HeaderName::from_static("x-forwarded-for"), HeaderValue::from_str(text).unwrap())])
    }

    // asvs = "4.1.3, 15.3.4"
    #[test]
    fn only_a_proxy_of_ours_is_believed_about_the_client() {
        let proxy = [ip("10.0.0.1"), ip("10.0.0.2")];
        for (peer, header, client) in [
            ("192.0.2.7", "198.51.100.1", "192.0.2.7"),
            ("10.0.0.1", "198.51.100.1", "198.51.100.1"),
            ("10.0.0.1", "203.0.113.9, 198.51.100.1, 10.0.0.2", "198.51.100.1"),
            ("10.0.0.1", "203.0.113.9, nonsense", "10.0.0.1"),
            ("::ffff:10.0.0.1", "198.51.100.1", "198.51.100.1"),
        ] {
            assert_eq!(client_address(Some(ip(peer)), &forwarded(header), &proxy), Some(ip(client)), "{peer} {header}");
        }
        assert_eq!(client_address(Some(ip("192.0.2.7")), &forwarded("198.51.100.1"), &[]), Some(ip("192.0.2.7")));
    }
}
