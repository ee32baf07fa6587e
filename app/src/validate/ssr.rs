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
        validate::undo(&portal, &request, &who, &undo).await.map_err(ssr::refuse)?;
        let case = Box::new(view_case(id, form).await?);
        let typed = DecideForm::default();
        return Ok(case::Shown { case, outcomes: Vec::new(), undone: true, typed, errors: FieldErrors::default() });
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
    Ok(case::Shown { case: Box::new(case), outcomes, undone: false, typed, errors })
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
