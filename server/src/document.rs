//! A small document by itself, for where no page is made.

use axum::{
    body::Body,
    http::{HeaderValue, StatusCode, header},
    response::Response,
};
use collectief_app::ui::html::Html;
use collectief_domain::actor::Language;

use crate::state::AppState;

/// A document.
pub(crate) struct Document<'a> {
    /// Status of the answer.
    pub status: StatusCode,
    /// Language of its texts.
    pub language: Language,
    /// Title and heading.
    pub title: &'a str,
    /// Where the browser goes on to by itself.
    pub onward: Option<&'a str>,
}

impl Document<'_> {
    /// The answer with this document; `content` stands below the heading.
    pub fn response(&self, state: &AppState, content: &Html) -> Response {
        let mut page = Html::with_capacity(1024);
        page.markup("<!DOCTYPE html>\n<html lang=\"").text(self.language.tag());
        page.markup("\">\n<head><meta charset=\"utf-8\">");
        page.markup("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">");
        page.markup("<meta name=\"color-scheme\" content=\"light dark\">");
        if let Some(url) = self.onward {
            page.markup("<meta http-equiv=\"refresh\" content=\"0;url=").text(url).markup("\">");
        }
        page.markup("<title>").text(self.title).markup("</title><link rel=\"stylesheet\" href=\"");
        page.text(&state.assets.site_files().css).markup("\"></head>\n<body><main>\n<h1>").text(self.title);
        page.markup("</h1>\n").html(content).markup("</main></body>\n</html>\n");
        let mut response = Response::new(Body::from(page.as_str().to_owned()));
        *response.status_mut() = self.status;
        let kind = HeaderValue::from_static("text/html; charset=utf-8");
        response.headers_mut().insert(header::CONTENT_TYPE, kind);
        response
    }
}
