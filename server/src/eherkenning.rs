//! Going to the broker of eHerkenning and coming back from it (PRODUCT.md A2).
//!
//! The form that begins is answered with a page that goes on by itself: a redirect would be held to what our own
//! policy lets forms be sent to, at the broker and at every address that the broker sends the browser on to. Whatever
//! comes back is answered with a redirect to a path of our own, so that no code stays in the address.

use axum::{
    Extension, Form,
    extract::{Query, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use collectief_app::{
    i18n::texts,
    routes,
    ssr::{BROKER_COOKIE, broker_cookie, session_cookie},
    ui::html::Html,
};
use collectief_domain::{actor::Language, assurance::Demand};
use collectief_service::{
    Request, ServiceError,
    broker::{self, Finished, PROOF_TIME, TRY_TIME},
};
use serde::Deserialize;

use crate::{document::Document, failure, session::cookie, state::AppState};

/// What the button sends along.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct BeginForm {
    /// The page of our own that was asked for.
    naar: String,
    /// A level above what the portal demands.
    niveau: String,
}

/// Sends the browser to the broker.
pub async fn begin(
    State(state): State<AppState>,
    Extension(request): Extension<Request>,
    headers: HeaderMap,
    Form(form): Form<BeginForm>,
) -> Response {
    let wants = failure::Wants::of_headers(&headers);
    let wanted = routes::own_path(&form.naar).unwrap_or(routes::DASHBOARD);
    let demand = Demand::from_code(&form.niveau);
    match broker::begin(&state.portal, &request, wanted, demand, wants.language()).await {
        Ok(Ok(begun)) => {
            let mut response = onward(&begun.url, wants.language(), &state);
            set_cookie(&mut response, &begun.cookie, TRY_TIME);
            response
        }
        Ok(Err(refusal)) => see_other(&routes::broker_refused(refusal, None)),
        Err(error) => failed(&error, &request, &wants, &state),
    }
}

/// Takes the answer of the broker.
pub async fn finish(
    State(state): State<AppState>,
    Extension(request): Extension<Request>,
    headers: HeaderMap,
    Query(answer): Query<Vec<(String, String)>>,
) -> Response {
    match broker::finish(&state.portal, &request, cookie(&headers, BROKER_COOKIE), &answer).await {
        Ok(Finished::SignedIn { session, wanted }) => {
            let mut response = see_other(routes::own_path(&wanted).unwrap_or(routes::DASHBOARD));
            set_cookie(&mut response, "", 0);
            append(&mut response, &session_cookie(&session.token));
            response
        }
        Ok(Finished::Unlinked { cookie }) => {
            let mut response = see_other(routes::LINK_IDENTITY);
            set_cookie(&mut response, &cookie, PROOF_TIME);
            response
        }
        Ok(Finished::Refused { refusal, demand }) => see_other(&routes::broker_refused(refusal, demand)),
        Err(error) => failed(&error, &request, &failure::Wants::of_headers(&headers), &state),
    }
}

/// A page that goes on to the broker by itself, and has a link for whoever wants to go by hand.
fn onward(url: &str, language: Language, state: &AppState) -> Response {
    let t = texts(language).eherkenning();
    let mut content = Html::default();
    content.markup("<p><a href=\"").text(url).markup("\">").text(t.onward).markup("</a></p>\n");
    let document = Document { status: StatusCode::OK, language, title: t.onward_title, onward: Some(url) };
    document.response(state, &content)
}

fn see_other(path: &str) -> Response {
    match HeaderValue::from_str(path) {
        Ok(location) => (StatusCode::SEE_OTHER, [(header::LOCATION, location)]).into_response(),
        Err(_) => StatusCode::NOT_FOUND.into_response(),
    }
}

/// Keeps a secret in the browser for so many milliseconds.
fn set_cookie(response: &mut Response, value: &str, milliseconds: i64) {
    append(response, &broker_cookie(value, milliseconds / 1000));
}

fn append(response: &mut Response, cookie: &str) {
    if let Ok(cookie) = HeaderValue::from_str(cookie) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
}

fn failed(error: &ServiceError, request: &Request, wants: &failure::Wants, state: &AppState) -> Response {
    let status = match error {
        ServiceError::NotFound => StatusCode::NOT_FOUND,
        ServiceError::Unavailable(_) => StatusCode::SERVICE_UNAVAILABLE,
        _ => StatusCode::INTERNAL_SERVER_ERROR,
    };
    if status != StatusCode::NOT_FOUND {
        tracing::error!(id = %request.id, %error, "signing in through the broker failed");
    }
    failure::response(status, wants, state, Some(&request.id))
}
