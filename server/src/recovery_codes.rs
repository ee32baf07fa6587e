//! The recovery codes that a page just showed, as a file to keep. The page sends them along, because nobody else knows them:
//! of what it sends only codes are written that are the account's own.

use axum::{
    Extension, Form,
    extract::{FromRequest, Request, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use collectief_service::{MustSetUp, Request as Asked, ServiceError, SignedIn, second_factor};
use serde::Deserialize;

use crate::{failure, state::AppState};

/// What the page sends.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Codes {
    /// The codes, with spaces between them.
    codes: String,
}

/// Writes them to a file, one to a line.
pub async fn as_file(
    State(state): State<AppState>,
    Extension(asked): Extension<Asked>,
    who: Option<Extension<SignedIn>>,
    must_set_up: Option<Extension<MustSetUp>>,
    request: Request,
) -> Response {
    let wants = failure::Wants::of(&request);
    let refuse = |status| failure::response(status, &wants, &state, Some(&asked.id));
    let who = who.map(|Extension(who)| who).or_else(|| must_set_up.map(|Extension(must)| must.who().clone()));
    let Some(who) = who else { return refuse(StatusCode::UNAUTHORIZED) };
    let Ok(Form(form)) = Form::<Codes>::from_request(request, &()).await else {
        return refuse(StatusCode::UNPROCESSABLE_ENTITY);
    };
    let codes: Vec<&str> = form.codes.split_whitespace().take(100).collect();
    match second_factor::are_codes_of(&state.portal, &who, &codes).await {
        Ok(true) => {
            let text =
                codes.iter().fold(format!("{}\r\n\r\n", state.portal.brand()), |text, code| text + code + "\r\n");
            let headers = [
                (header::CONTENT_TYPE, "text/plain; charset=utf-8"),
                (header::CONTENT_DISPOSITION, "attachment; filename*=UTF-8''herstelcodes.txt"),
            ];
            (headers, text).into_response()
        }
        Ok(false) => refuse(StatusCode::NOT_FOUND),
        Err(ServiceError::Unavailable(_)) => refuse(StatusCode::SERVICE_UNAVAILABLE),
        Err(error) => {
            tracing::error!(id = %asked.id, %error, "recovery codes cannot be written to a file");
            refuse(StatusCode::INTERNAL_SERVER_ERROR)
        }
    }
}
