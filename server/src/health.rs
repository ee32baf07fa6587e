//! Whether the server lives, and whether it can serve; and where security problems can be reported.

use axum::{
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};

use crate::state::AppState;

/// Answers as long as the program runs.
pub async fn alive() -> &'static str {
    "ok\n"
}

/// Answers with success when the database can be read and its schema is the one this program knows.
pub async fn ready(State(state): State<AppState>) -> (StatusCode, &'static str) {
    let db = state.portal.db();
    if db.ping().await.is_err() {
        return (StatusCode::SERVICE_UNAVAILABLE, "the database cannot be read\n");
    }
    match db.pending_steps().await {
        Ok(steps) if steps.is_empty() => (StatusCode::OK, "ready\n"),
        Ok(_) => (StatusCode::SERVICE_UNAVAILABLE, "the database is behind\n"),
        Err(_) => (StatusCode::SERVICE_UNAVAILABLE, "the database cannot be read\n"),
    }
}

/// `security.txt` (RFC 9116): it must say until when it holds, at most a year from now.
pub async fn security_txt(State(state): State<AppState>) -> Response {
    let Some(contact) = &state.web.security_contact else { return StatusCode::NOT_FOUND.into_response() };
    let until = state.portal.clock().now() + chrono::TimeDelta::days(180);
    let text = format!(
        "Contact: {contact}\nExpires: {}\nPreferred-Languages: nl, en\n",
        until.to_utc().format("%Y-%m-%dT00:00:00Z")
    );
    ([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], text).into_response()
}
