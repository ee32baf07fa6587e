//! What is posted to the pages on which an employee changes something, and what they show.

use collectief_domain::{
    case::{CaseKind, FOLLOW_PATH},
    change::AskChangeForm,
    enrolment::{AnswerForm, EnrolRefusal},
    field::FieldErrors,
};
use collectief_service::change;

use super::{Asking, Changing};
use crate::{
    error::AppError,
    ssr::{self, ServiceError},
};

/// Asking for a link.
pub(super) async fn ask() -> Result<Asking, AppError> {
    let Some(form) = ssr::posted::<AskChangeForm>() else { return Ok(Asking::default()) };
    let language = ssr::frame().map(|frame| frame.language).unwrap_or_default();
    match change::ask(&ssr::portal()?, &ssr::request(), &form, language).await.map_err(ssr::refuse)? {
        Ok(()) => Ok(Asking { mailed: Some(form.email.trim().to_owned()), ..Asking::default() }),
        Err(refusal) => {
            ssr::set_status(if matches!(refusal, EnrolRefusal::TooMany { .. }) { 429 } else { 422 });
            Ok(Asking { form, refusal: Some(refusal), mailed: None })
        }
    }
}

/// The pages behind a link, and what is posted to the one of a kind of change.
pub(super) async fn changing(token: String, kind: Option<CaseKind>) -> Result<Changing, AppError> {
    let portal = ssr::portal()?;
    let mut changing = Changing { view: None, typed: None, errors: FieldErrors::default(), wait: None, sent: false };
    if let (Some(kind), Some(form)) = (kind, ssr::posted::<AnswerForm>()) {
        let language = ssr::frame().map(|frame| frame.language).unwrap_or_default();
        match change::send(&portal, &ssr::request(), &token, kind, &form, language).await {
            Ok(Ok(follow)) => {
                ssr::see_other(&format!("{FOLLOW_PATH}{follow}"));
                return Ok(Changing { sent: true, ..changing });
            }
            Ok(Err(EnrolRefusal::TooMany { seconds })) => {
                ssr::set_status(429);
                return Ok(Changing { wait: Some(seconds), ..changing });
            }
            Ok(Err(EnrolRefusal::Invalid(errors))) => {
                ssr::set_status(422);
                changing.errors = errors;
                changing.typed = Some(Box::new(form));
            }
            Ok(Err(EnrolRefusal::Gone)) | Err(ServiceError::NotFound) => {}
            Err(error) => return Err(ssr::refuse(error)),
        }
    }
    match change::view(&portal, &token).await {
        Ok(view) if kind.is_none_or(|kind| view.kinds.contains(&kind)) => {
            changing.view = Some(Box::new(view));
            Ok(changing)
        }
        Ok(_) | Err(ServiceError::NotFound) => {
            ssr::set_status(404);
            Ok(changing)
        }
        Err(error) => Err(ssr::refuse(error)),
    }
}
