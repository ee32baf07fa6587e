//! Lists as files, beside the pages that show them and with the same query.

use axum::{
    Extension,
    body::Body,
    extract::{Query, Request, State},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
    routing::{MethodRouter, get},
};
use collectief_domain::{
    access_log::LogForm,
    flow::{FlowForm, UsageForm},
    participant::{ParticipantListForm, Population},
};
use collectief_service::{
    Request as Asked, ServiceError, SignedIn,
    export::{self, Download, Format},
};
use futures::TryStreamExt;
use serde::Deserialize;

use crate::{failure, state::AppState};

/// The routes of the downloads, all of them GET, with what answers there.
pub fn routes() -> Vec<(&'static str, MethodRouter<AppState>)> {
    use Format::{Csv, Xlsx};
    use Population::{Current, Former};
    vec![
        ("/deelnemers.xlsx", participants(Current, Xlsx)),
        ("/deelnemers.csv", participants(Current, Csv)),
        ("/oud-deelnemers.xlsx", participants(Former, Xlsx)),
        ("/oud-deelnemers.csv", participants(Former, Csv)),
        ("/in-en-uitstroom.xlsx", flow(Xlsx)),
        ("/in-en-uitstroom.csv", flow(Csv)),
        ("/contractgebruik.xlsx", usage(Xlsx)),
        ("/contractgebruik.csv", usage(Csv)),
        ("/beheer/toegangslog.xlsx", access_log(Xlsx)),
        ("/beheer/toegangslog.csv", access_log(Csv)),
    ]
}

/// What a download of participants is asked beside the list's own fields. In an address `bsn` is not a number that is
/// searched for, which never stands in one, but whether the file has them.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Choice {
    /// `ja` for everybody of the contract, whatever the filter.
    volledig: String,
    /// `ja` for a column of BSNs.
    bsn: String,
}

fn participants(population: Population, format: Format) -> MethodRouter<AppState> {
    get(move |State(state): State<AppState>, who: Who, asked: In, request: Request| async move {
        let asked = Asking { who, asked };
        let answer = match (read::<ParticipantListForm>(&request), read::<Choice>(&request)) {
            (Some(mut form), Some(choice)) => {
                form.bsn.clear();
                if choice.volledig == "ja" {
                    form = ParticipantListForm { contract: form.contract, ..ParticipantListForm::default() };
                }
                if form.holds_bsn() {
                    // The filter cannot be taken from the address, and without it the file would hold others as well.
                    return asked.refuse(&state, &request, StatusCode::UNPROCESSABLE_ENTITY);
                }
                let Asking { who: Extension(who), asked: Extension(id) } = &asked;
                let with_bsn = choice.bsn == "ja";
                export::participants(&state.portal, id, who, population, &form, format, with_bsn).await
            }
            _ => return asked.refuse(&state, &request, StatusCode::UNPROCESSABLE_ENTITY),
        };
        asked.answer(&state, &request, answer)
    })
}

fn flow(format: Format) -> MethodRouter<AppState> {
    get(move |State(state): State<AppState>, who: Who, asked: In, request: Request| async move {
        let asked = Asking { who, asked };
        let Some(form) = read::<FlowForm>(&request) else {
            return asked.refuse(&state, &request, StatusCode::UNPROCESSABLE_ENTITY);
        };
        let answer = export::flow(&state.portal, &asked.asked, &asked.who, &form, format).await;
        asked.answer(&state, &request, answer)
    })
}

fn usage(format: Format) -> MethodRouter<AppState> {
    get(move |State(state): State<AppState>, who: Who, asked: In, request: Request| async move {
        let asked = Asking { who, asked };
        let Some(form) = read::<UsageForm>(&request) else {
            return asked.refuse(&state, &request, StatusCode::UNPROCESSABLE_ENTITY);
        };
        let answer = export::usage(&state.portal, &asked.asked, &asked.who, &form, format).await;
        asked.answer(&state, &request, answer)
    })
}

fn access_log(format: Format) -> MethodRouter<AppState> {
    get(move |State(state): State<AppState>, who: Who, asked: In, request: Request| async move {
        let asked = Asking { who, asked };
        // As above: the file would hold other rows as well.
        let Some(form) = read::<LogForm>(&request).filter(|form| !form.holds_bsn()) else {
            return asked.refuse(&state, &request, StatusCode::UNPROCESSABLE_ENTITY);
        };
        let answer = export::access_log(&state.portal, &asked.asked, &asked.who, &form, format).await;
        asked.answer(&state, &request, answer)
    })
}

fn read<T: for<'de> Deserialize<'de>>(request: &Request) -> Option<T> {
    Query::try_from_uri(request.uri()).ok().map(|Query(form)| form)
}

type Who = Extension<SignedIn>;
type In = Extension<Asked>;

/// Who asks, and in which request. Whoever is not signed in was sent to sign in before this.
struct Asking {
    who: Who,
    asked: In,
}

impl Asking {
    fn refuse(&self, state: &AppState, request: &Request, status: StatusCode) -> Response {
        let incident = status.is_server_error().then_some(&*self.asked.id);
        failure::response(status, &failure::Wants::of(request), state, incident)
    }

    fn answer(&self, state: &AppState, request: &Request, answer: Result<Download, ServiceError>) -> Response {
        let status = match answer {
            Ok(download) => return self.send(download),
            Err(ServiceError::Invalid(_) | ServiceError::Refused(_)) => StatusCode::UNPROCESSABLE_ENTITY,
            Err(ServiceError::NotFound) => StatusCode::NOT_FOUND,
            Err(ServiceError::SignedOut) => StatusCode::UNAUTHORIZED,
            Err(ServiceError::Forbidden) => StatusCode::FORBIDDEN,
            Err(ServiceError::Conflict(_)) => StatusCode::CONFLICT,
            Err(error @ ServiceError::Unavailable(_)) => {
                tracing::error!(id = %self.asked.id, %error, "a download cannot be made now");
                StatusCode::SERVICE_UNAVAILABLE
            }
            Err(error @ ServiceError::Internal(_)) => {
                tracing::error!(id = %self.asked.id, %error, "a download cannot be made");
                StatusCode::INTERNAL_SERVER_ERROR
            }
        };
        self.refuse(state, request, status)
    }

    fn send(&self, download: Download) -> Response {
        let id = self.asked.id.clone();
        // The status has left by the time a row cannot be read: breaking the connection off is how the reader learns
        // that the file is not whole.
        let body = download.body.inspect_err(move |error| tracing::error!(%id, %error, "a download was broken off"));
        let name = format!("attachment; filename*=UTF-8''{}", download.file_name);
        let mut response = Body::from_stream(body).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(download.content_type));
        if let Ok(name) = HeaderValue::from_str(&name) {
            headers.insert(header::CONTENT_DISPOSITION, name);
        }
        response
    }
}
