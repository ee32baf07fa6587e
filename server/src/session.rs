//! Who is signed in, found once for every request and put in its extensions; who is not is sent to sign in.

use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use collectief_app::{routes, ssr::SESSION_COOKIE};
use collectief_service::{
    ServiceError, SignedIn,
    broker::RETURN_PATH,
    session::{self, Found},
};

use crate::{failure, state::AppState};

/// Pages and posts for which nobody needs to be signed in.
const OPEN: [&str; 10] = [
    routes::SIGN_IN,
    routes::SECOND_STEP,
    routes::BROKER,
    RETURN_PATH,
    routes::LINK_IDENTITY,
    routes::FORGOT,
    routes::REQUEST_ACCOUNT,
    routes::SIGN_OUT,
    routes::LANGUAGE,
    routes::THEME,
];

/// What whoever must set up a second step can reach beside that, and nothing else.
const SETTING_UP: [&str; 2] = [routes::SECOND_FACTOR, routes::RECOVERY_CODES];

/// Server functions decide for themselves, and answer with an error of their own.
pub const SERVER_FUNCTIONS: &str = "/fn/";

/// Finds who is signed in. A page that needs somebody is answered with the way to the sign-in page, which comes back; for
/// whoever must set up a second step first, with the way to where that is done.
pub async fn find(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    let found = match cookie(request.headers(), SESSION_COOKIE) {
        Some(token) => session::find(&state.portal, token).await,
        None => Ok(None),
    };
    match found {
        Ok(Some(Found::SignedIn(who))) => {
            note_session(&mut request, &who);
            request.extensions_mut().insert(who);
        }
        Ok(Some(Found::MustSetUp(must))) => {
            let path = request.uri().path();
            if !is_open(path) && !SETTING_UP.contains(&path) {
                return (StatusCode::SEE_OTHER, [(header::LOCATION, routes::SECOND_FACTOR)]).into_response();
            }
            note_session(&mut request, must.who());
            request.extensions_mut().insert(must);
        }
        Ok(None) if is_open(request.uri().path()) => {}
        Ok(None) => return to_sign_in(&request),
        Err(error) => {
            let id = request.extensions().get::<collectief_service::Request>().map(|asked| asked.id.to_string());
            tracing::error!(request = id.as_deref(), %error, "a session cannot be looked up");
            let status = match error {
                ServiceError::Unavailable(_) => StatusCode::SERVICE_UNAVAILABLE,
                _ => StatusCode::INTERNAL_SERVER_ERROR,
            };
            return failure::response(status, &failure::Wants::of(&request), &state, id.as_deref());
        }
    }
    next.run(request).await
}

fn note_session(request: &mut Request, who: &SignedIn) {
    if let Some(asked) = request.extensions_mut().get_mut::<collectief_service::Request>() {
        asked.session = Some(who.session());
    }
}

fn is_open(path: &str) -> bool {
    OPEN.contains(&path)
        || path.starts_with(SERVER_FUNCTIONS)
        || routes::is_open_page(path)
        || routes::is_behind_open_link(path)
}

/// A cookie of a request.
pub fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let mut pairs = headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|cookies| cookies.split(';'))
        .filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(known, _)| *known == name).map(|(_, value)| value)
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
