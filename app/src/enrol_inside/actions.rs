//! What enrolling inside the portal asks of the server.

use collectief_domain::enrolment::{AnswerForm, DependantInView, EnrolReceipt, InsideView};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::{error::AppError, wire::Json};
#[cfg(feature = "ssr")]
use crate::{routes, ssr};

/// What the page shows on which somebody is enrolled.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnrolAnswer {
    /// What can be chosen.
    pub view: InsideView,
    /// What was typed, where the page was posted to.
    pub form: AnswerForm,
    /// Why it was not done.
    pub problem: Option<AppError>,
}

/// What the page shows on which a dependant is added.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DependantAnswer {
    /// To whom, and what the dependant gets.
    pub view: DependantInView,
    /// What was typed, where the page was posted to.
    pub form: AnswerForm,
    /// Why it was not done.
    pub problem: Option<AppError>,
}

/// What can be told at the form; anything else takes the place of the page.
#[cfg(feature = "ssr")]
fn at_form(error: AppError) -> Result<AppError, AppError> {
    match error {
        AppError::NotFound | AppError::Forbidden | AppError::SignedOut | AppError::SecondFactor => Err(error),
        told => Ok(told),
    }
}

/// The page on which somebody is enrolled, and what came of it when it was posted without JavaScript.
#[server(prefix = "/fn", endpoint = "enrol_inside_page", input = Json, output = Json)]
pub async fn enrol_inside_page(
    /// The contract's number; empty for the chosen one.
    #[server(default)]
    contract: String,
) -> Result<EnrolAnswer, AppError> {
    use collectief_service::enrol::inside;

    let (portal, request, who) = ssr::actor()?;
    let mut form = AnswerForm { contract, ..AnswerForm::default() };
    let mut problem = None;
    if let Some(posted) = ssr::posted::<AnswerForm>() {
        form = posted;
        match inside::enrol(&portal, &request, &who, &form).await.map_err(ssr::refuse) {
            Ok(receipt) => ssr::see_other(&routes::enrolled_inside(receipt.participation)),
            Err(error) => problem = Some(at_form(error)?),
        }
    }
    let view = inside::view(&portal, &request, &who, &form.contract).await.map_err(ssr::refuse)?;
    Ok(EnrolAnswer { view, form, problem })
}

/// Enrols somebody, in force at once.
#[server(prefix = "/fn", endpoint = "enrol_participant", input = Json, output = Json)]
pub async fn enrol_participant(
    /// What was typed.
    #[server(default)]
    form: AnswerForm,
) -> Result<EnrolReceipt, AppError> {
    let (portal, request, who) = ssr::actor()?;
    collectief_service::enrol::inside::enrol(&portal, &request, &who, &form).await.map_err(ssr::refuse)
}

/// The page on which a dependant is added, and what came of it when it was posted without JavaScript.
#[server(prefix = "/fn", endpoint = "add_dependant_page", input = Json, output = Json)]
pub async fn add_dependant_page(
    /// The main insured's participation.
    #[server(default)]
    id: String,
) -> Result<DependantAnswer, AppError> {
    use collectief_service::enrol::inside;

    let (portal, request, who) = ssr::actor()?;
    let main = ssr::id(&id)?;
    let (mut form, mut problem) = (AnswerForm::default(), None);
    if let Some(posted) = ssr::posted::<AnswerForm>() {
        form = posted;
        match inside::add_dependant(&portal, &request, &who, main, &form).await.map_err(ssr::refuse) {
            Ok(receipt) => ssr::see_other(&routes::added_dependant(main, receipt.participation)),
            Err(error) => problem = Some(at_form(error)?),
        }
    }
    let view = inside::dependant_view(&portal, &request, &who, main).await.map_err(ssr::refuse)?;
    Ok(DependantAnswer { view, form, problem })
}

/// Adds a dependant to a main insured, in force at once.
#[server(prefix = "/fn", endpoint = "add_dependant", input = Json, output = Json)]
pub async fn add_dependant(
    /// The main insured's participation.
    #[server(default)]
    id: String,
    /// What was typed.
    #[server(default)]
    form: AnswerForm,
) -> Result<EnrolReceipt, AppError> {
    let (portal, request, who) = ssr::actor()?;
    let main = ssr::id(&id)?;
    collectief_service::enrol::inside::add_dependant(&portal, &request, &who, main, &form).await.map_err(ssr::refuse)
}
