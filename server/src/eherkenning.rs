//! Going to the broker of eHerkenning and coming back from it (PRODUCT.md A2).
//!
//! The form that begins is answered with a page that goes on by itself: a redirect would be held to what our own
//! policy lets forms be sent to, at the broker and at every address that the broker sends the browser on to. Whatever
//! comes back is answered with a redirect to a path of our own, so that no code stays in the address.

use axum::{
    Extension, Form,
    body::Body,
    extract::{Query, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use collectief_app::{
    routes,
    ssr::{BROKER_COOKIE, broker_cookie, session_cookie},
};
use collectief_domain::{actor::Language, assurance::Demand};
use collectief_service::{
    Request, ServiceError,
    broker::{self, Finished, PROOF_TIME, TRY_TIME},
};
use serde::Deserialize;

use crate::{failure, session::cookie, state::AppState};

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
    let url = escaped(url);
    let (title, link) = match language {
        Language::Nl => ("U gaat naar eHerkenning", "Ga verder naar eHerkenning"),
        Language::En => ("You are going to eHerkenning", "Go on to eHerkenning"),
    };
    let page = format!(
        "<!DOCTYPE html>\n<html lang=\"{}\">\n<head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <meta name=\"color-scheme\" content=\"light dark\">\
         <meta http-equiv=\"refresh\" content=\"0;url={url}\"><title>{title}</title>\
         <link rel=\"stylesheet\" href=\"{}\"></head>\n<body><main>\n<h1>{title}</h1>\n\
         <p><a href=\"{url}\">{link}</a></p>\n</main></body>\n</html>\n",
        language.tag(),
        state.assets.site_files().css,
    );
    let mut response = Response::new(Body::from(page));
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    response
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;").replace('>', "&gt;")
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
