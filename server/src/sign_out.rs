//! Signing out: the session ends, and everything of ours goes off the device.

use axum::{
    Extension,
    extract::State,
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use collectief_app::{routes, ssr::SESSION_COOKIE};
use collectief_service::{MustSetUp, Request, SignedIn, session};

use crate::state::AppState;

/// Ends the session, if there is one, and goes to the sign-in page.
pub async fn sign_out(
    State(state): State<AppState>,
    Extension(request): Extension<Request>,
    who: Option<Extension<SignedIn>>,
    must_set_up: Option<Extension<MustSetUp>>,
) -> Response {
    let who = who.map(|Extension(who)| who);
    if let Some(who) = who.or_else(|| must_set_up.map(|Extension(must)| must.who().clone()))
        && let Err(error) = session::sign_out(&state.portal, &request, &who).await
    {
        // The device is cleared in any case; the session then ends by itself.
        tracing::error!(id = %request.id, %error, "a session could not be ended");
    }
    let mut response = StatusCode::SEE_OTHER.into_response();
    let headers = response.headers_mut();
    headers.insert(header::LOCATION, HeaderValue::from_static(routes::SIGN_IN));
    headers.insert(
        HeaderName::from_static("clear-site-data"),
        HeaderValue::from_static("\"cache\", \"cookies\", \"storage\""),
    );
    let cookie = format!("{SESSION_COOKIE}=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0");
    if let Ok(cookie) = HeaderValue::from_str(&cookie) {
        headers.insert(header::SET_COOKIE, cookie);
    }
    response
}
