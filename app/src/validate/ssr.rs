//! What is posted to the queue, to the page of a request, and to "Validatie-overzicht".

use collectief_domain::{
    case::{CaseView, DecideForm, OptionsForm, QueueForm, QueuePage, UndoForm},
    field::FieldErrors,
};
use collectief_service::validate;

use super::{
    actions::{list_queue, view_case, view_validation_options},
    case, options, queue,
};
use crate::{
    error::AppError,
    routes,
    ssr::{self, ServiceError},
};

/// Goes on to the requests that are looked for.
pub(super) async fn look() -> Result<queue::Shown, AppError> {
    let wanted: QueueForm = ssr::posted().unwrap_or_default();
    // Whoever may not come here learns nothing of the way on.
    let queue = list_queue(wanted.clone()).await?;
    ssr::see_other(&routes::validation(&wanted));
    Ok(queue::Shown::plain(queue))
}

/// Decides about what is ticked, and shows what came of it over the queue as it stands now.
pub(super) async fn decide(form: QueueForm, typed: DecideForm) -> Result<queue::Shown, AppError> {
    let (portal, request, who) = ssr::actor()?;
    let (outcomes, typed, errors) = match validate::decide(&portal, &request, &who, &typed).await {
        Ok(outcomes) => (outcomes, DecideForm::default(), FieldErrors::default()),
        Err(ServiceError::Invalid(errors)) => {
            ssr::set_status(422);
            (Vec::new(), typed, errors)
        }
        Err(error) => return Err(ssr::refuse(error)),
    };
    let found = list_queue(form).await?;
    // What was not done is sent under the key that it was sent with.
    let queue = if errors.is_empty() || typed.sleutel.is_empty() {
        found
    } else {
        QueuePage { key: typed.sleutel.clone(), ..found }
    };
    Ok(queue::Shown { queue, outcomes, typed, errors })
}

/// Decides about one request, or takes its approval back.
pub(super) async fn decide_one(id: String, form: QueueForm, typed: DecideForm) -> Result<case::Shown, AppError> {
    let (portal, request, who) = ssr::actor()?;
    if typed.actie == "ongedaan" {
        let undo = UndoForm { zaak: id.clone() };
        let undone = match validate::undo(&portal, &request, &who, &undo).await {
            Ok(_) => true,
            // It is too late, or somebody changed what came of it.
            Err(ServiceError::Conflict(_)) => {
                ssr::set_status(409);
                false
            }
            Err(error) => return Err(ssr::refuse(error)),
        };
        return Ok(case::Shown { undone: Some(undone), ..case::Shown::plain(view_case(id, form).await?) });
    }
    let (outcomes, typed, errors) = match validate::decide(&portal, &request, &who, &typed).await {
        Ok(outcomes) => (outcomes, DecideForm::default(), FieldErrors::default()),
        Err(ServiceError::Invalid(errors)) => {
            ssr::set_status(422);
            (Vec::new(), typed, errors)
        }
        Err(error) => return Err(ssr::refuse(error)),
    };
    let found = view_case(id, form).await?;
    let case = if errors.is_empty() { found } else { CaseView { key: typed.sleutel.clone(), ..found } };
    Ok(case::Shown { case: Box::new(case), outcomes, undone: None, typed, errors })
}

/// Keeps what was chosen.
pub(super) async fn choose(form: OptionsForm, typed: OptionsForm) -> Result<options::Shown, AppError> {
    let (portal, request, who) = ssr::actor()?;
    match validate::set_options(&portal, &request, &who, &typed).await {
        Ok(()) => {
            let path = routes::validation_options(&form);
            let sign = if path.contains('?') { '&' } else { '?' };
            ssr::see_other(&format!("{path}{sign}{}=opgeslagen", routes::DONE));
            Ok(options::Shown { options: Default::default(), sent: true, errors: FieldErrors::default() })
        }
        Err(ServiceError::Invalid(errors)) => {
            ssr::set_status(422);
            Ok(options::Shown { options: view_validation_options(form).await?, sent: false, errors })
        }
        Err(error) => Err(ssr::refuse(error)),
    }
}
