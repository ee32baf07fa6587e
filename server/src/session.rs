//! Who is signed in, found once for every request and put in its extensions; who is not is sent to sign in.

use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use collectief_app::{routes, ssr::SESSION_COOKIE};
use collectief_service::{ServiceError, session};

use crate::{failure, state::AppState};

/// Pages and posts for which nobody needs to be signed in.
const OPEN: [&str; 5] = [routes::SIGN_IN, routes::FORGOT, routes::SIGN_OUT, routes::LANGUAGE, routes::THEME];

/// Server functions decide for themselves, and answer with an error of their own.
pub const SERVER_FUNCTIONS: &str = "/fn/";

/// Finds who is signed in. A page that needs somebody is answered with the way to the sign-in page, which comes back.
pub async fn find(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    let found = match token(request.headers()) {
        Some(token) => session::find(&state.portal, token).await,
        None => Ok(None),
    };
    match found {
        Ok(Some(who)) => {
            if let Some(asked) = request.extensions_mut().get_mut::<collectief_service::Request>() {
                asked.session = Some(who.session());
            }
            request.extensions_mut().insert(who);
        }
        Ok(None) if is_open(request.uri().path()) => {}
        Ok(None) => return to_sign_in(&request),
        Err(error) => {
            let id = request.extensions().get::<collectief_service::Request>().map(|asked| asked.id.to_string());
            tracing::error!(%error, "a session cannot be looked up");
            let status = match error {
                ServiceError::Unavailable(_) => StatusCode::SERVICE_UNAVAILABLE,
                _ => StatusCode::INTERNAL_SERVER_ERROR,
            };
            return failure::response(status, &failure::Wants::of(&request), &state, id.as_deref());
        }
    }
    next.run(request).await
}

fn is_open(path: &str) -> bool {
    OPEN.contains(&path) || path.starts_with(SERVER_FUNCTIONS) || routes::is_behind_open_link(path)
}

/// The token in the session cookie.
fn token(headers: &HeaderMap) -> Option<&str> {
    let mut pairs = headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|cookies| cookies.split(';'))
        .filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(name, _)| *name == SESSION_COOKIE).map(|(_, token)| token)
}

fn to_sign_in(request: &Request) -> Response {
    // After a post there is nothing to come back to: what was posted is gone.
    let wanted = match *request.method() {
        Method::GET => request.uri().path_and_query().map_or("", |wanted| wanted.as_str()),
        _ => "",
    };
    let path = routes::sign_in(routes::own_path(wanted).unwrap_or(routes::DASHBOARD));
    match HeaderValue::from_str(&path) {
        Ok(location) => (StatusCode::SEE_OTHER, [(header::LOCATION, location)]).into_response(),
        Err(_) => StatusCode::UNAUTHORIZED.into_response(),
    }
}
