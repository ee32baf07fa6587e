//! What is shown when no page could be made: an own small document, because whatever makes pages may be what failed.

use axum::{
    extract::Request,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use collectief_app::{ssr::LANGUAGE_COOKIE, ui::html::Html};
use collectief_domain::actor::Language;

use crate::{document::Document, state::AppState};

/// What the client wants to read.
#[derive(Debug, Clone, Copy)]
pub struct Wants {
    html: bool,
    language: Language,
}

impl Wants {
    /// As the request says.
    pub fn of(request: &Request) -> Self {
        Self::of_headers(request.headers())
    }

    /// As the headers of the request say.
    pub fn of_headers(headers: &HeaderMap) -> Self {
        let text = |name| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
        let html = text(header::ACCEPT).is_some_and(|accepted| accepted.contains("text/html"));
        let cookie = text(header::COOKIE).and_then(|cookies| {
            let mut pairs = cookies.split(';').filter_map(|pair| pair.trim().split_once('='));
            pairs.find(|(name, _)| *name == LANGUAGE_COOKIE).and_then(|(_, tag)| Language::from_tag(tag))
        });
        let preferred = text(header::ACCEPT_LANGUAGE)
            .and_then(|wanted| wanted.split(',').find_map(|tag| Language::from_tag(tag.trim().get(..2)?)));
        Self { html, language: cookie.or(preferred).unwrap_or_default() }
    }

    /// The language that it is read in.
    pub const fn language(&self) -> Language {
        self.language
    }
}

/// An answer that says what went wrong, with the incident number where it is a fault of ours.
pub fn response(status: StatusCode, wants: &Wants, state: &AppState, incident: Option<&str>) -> Response {
    document(status, in_words(status, wants.language), wants, state, incident)
}

/// The answer to a request that did not come from a page of ours.
pub fn from_elsewhere(wants: &Wants, state: &AppState) -> Response {
    let words = match wants.language {
        Language::Nl => {
            ("Dit verzoek is geweigerd", "Het kwam niet van een pagina van dit portaal. Er is niets gewijzigd.")
        }
        Language::En => {
            ("This request was refused", "It did not come from a page of this portal. Nothing was changed.")
        }
    };
    document(StatusCode::FORBIDDEN, words, wants, state, None)
}

fn document(
    status: StatusCode,
    (title, text): (&str, &str),
    wants: &Wants,
    state: &AppState,
    incident: Option<&str>,
) -> Response {
    if !wants.html {
        return status.into_response();
    }
    let (incident_label, home) = match wants.language {
        Language::Nl => ("Incidentnummer", "Naar het begin"),
        Language::En => ("Incident number", "To the start page"),
    };
    let mut content = Html::default();
    content.markup("<p>").text(text).markup("</p>\n");
    if let Some(id) = incident.filter(|_| status.is_server_error()) {
        content.markup("<p>").text(incident_label).markup(": <strong>").text(id).markup("</strong></p>");
    }
    content.markup("<p><a href=\"/\">").text(home).markup("</a></p>\n");
    Document { status, language: wants.language, title, onward: None }.response(state, &content)
}

const fn in_words(status: StatusCode, language: Language) -> (&'static str, &'static str) {
    match (status, language) {
        (StatusCode::FORBIDDEN, Language::Nl) => {
            ("Dit mag u niet", "Uw rol geeft hier geen toegang toe. Vraag uw accountbeheerder om hulp.")
        }
        (StatusCode::FORBIDDEN, Language::En) => {
            ("You may not do this", "Your role gives no access to this. Ask your account manager for help.")
        }
        (StatusCode::METHOD_NOT_ALLOWED, Language::Nl) => ("Dit kan hier niet", "Ga terug en probeer het opnieuw."),
        (StatusCode::METHOD_NOT_ALLOWED, Language::En) => ("This cannot be done here", "Go back and try again."),
        (StatusCode::UNSUPPORTED_MEDIA_TYPE, Language::Nl) => {
            ("Dit verzoek wordt niet begrepen", "Ga terug en probeer het opnieuw.")
        }
        (StatusCode::UNSUPPORTED_MEDIA_TYPE, Language::En) => {
            ("This request is not understood", "Go back and try again.")
        }
        (StatusCode::PAYLOAD_TOO_LARGE, Language::Nl) => {
            ("Dit is te veel in één keer", "Stuur minder gegevens tegelijk. Er is niets gewijzigd.")
        }
        (StatusCode::PAYLOAD_TOO_LARGE, Language::En) => {
            ("This is too much at once", "Send less at a time. Nothing was changed.")
        }
        (StatusCode::NOT_FOUND, Language::Nl) => {
            ("Pagina niet gevonden", "Controleer het adres, of ga naar het begin.")
        }
        (StatusCode::NOT_FOUND, Language::En) => ("Page not found", "Check the address, or go to the start page."),
        (StatusCode::UNPROCESSABLE_ENTITY, Language::Nl) => {
            ("Dit verzoek klopt niet", "Ga terug en controleer wat u hebt gekozen.")
        }
        (StatusCode::UNPROCESSABLE_ENTITY, Language::En) => {
            ("This request is not right", "Go back and check what you chose.")
        }
        (StatusCode::SERVICE_UNAVAILABLE, Language::Nl) => {
            ("Het portaal is nu te druk", "Probeer het over een minuut opnieuw.")
        }
        (StatusCode::SERVICE_UNAVAILABLE, Language::En) => ("The portal is too busy now", "Try again in a minute."),
        (_, Language::Nl) => {
            ("Er ging iets mis", "Dat ligt aan ons. Probeer het later opnieuw, of noem ons het nummer hieronder.")
        }
        (_, Language::En) => {
            ("Something went wrong", "This is our fault. Try again later, or tell us the number below.")
        }
    }
}
