//! What the pages ask of the server.

use collectief_domain::{
    case::{CaseView, DecideForm, OptionsForm, Outcome, QueueForm, QueuePage, UndoForm, ValidationOptions},
    ids::CaseId,
};
use leptos::prelude::*;

#[cfg(feature = "ssr")]
use crate::ssr;
use crate::{error::AppError, wire::Json};

/// A page of the queue.
#[server(prefix = "/fn", endpoint = "list_queue", input = Json, output = Json)]
pub async fn list_queue(
    /// Which requests, in which order.
    #[server(default)]
    form: QueueForm,
) -> Result<QueuePage, AppError> {
    let (portal, request, who) = ssr::actor()?;
    collectief_service::validate::queue(&portal, &request, &who, &form).await.map_err(ssr::refuse)
}

/// One request.
#[server(prefix = "/fn", endpoint = "view_case", input = Json, output = Json)]
pub async fn view_case(
    /// The request's id, as it stands in the address.
    id: String,
    /// The queue that it was opened from.
    #[server(default)]
    form: QueueForm,
) -> Result<CaseView, AppError> {
    let (portal, request, who) = ssr::actor()?;
    let id = ssr::id(&id)?;
    collectief_service::validate::case(&portal, &request, &who, id, &form).await.map_err(ssr::refuse)
}

/// Decides about one request or several, and tells what came of each.
#[server(prefix = "/fn", endpoint = "decide_cases", input = Json, output = Json)]
pub async fn decide_cases(
    /// What is decided, about which of them.
    #[server(default)]
    form: DecideForm,
) -> Result<Vec<Outcome>, AppError> {
    let (portal, request, who) = ssr::actor()?;
    collectief_service::validate::decide(&portal, &request, &who, &form).await.map_err(ssr::refuse)
}

/// Takes an approval back, within its minute.
#[server(prefix = "/fn", endpoint = "undo_decision", input = Json, output = Json)]
pub async fn undo_decision(
    /// Of which request.
    #[server(default)]
    form: UndoForm,
) -> Result<CaseId, AppError> {
    let (portal, request, who) = ssr::actor()?;
    collectief_service::validate::undo(&portal, &request, &who, &form).await.map_err(ssr::refuse)
}

/// Whether requests of each kind wait, by contract.
#[server(prefix = "/fn", endpoint = "view_validation_options", input = Json, output = Json)]
pub async fn view_validation_options(
    /// Of which contract, and which page.
    #[server(default)]
    form: OptionsForm,
) -> Result<ValidationOptions, AppError> {
    let (portal, request, who) = ssr::actor()?;
    collectief_service::validate::options(&portal, &request, &who, &form).await.map_err(ssr::refuse)
}
