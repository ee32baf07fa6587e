//! What the pages of the back office ask of the server.

use collectief_domain::{
    access_log::{LogForm, LogPage},
    account_request::{RequestListForm, RequestPage, RequestView},
    case::{StuckForm, StuckPage},
    employer::{ContractPage, EmployerView},
    office::{OfficeAccountView, OfficeForm, OfficePage},
};
use leptos::prelude::*;

#[cfg(feature = "ssr")]
use crate::ssr;
use crate::{error::AppError, wire::Json};

/// What waits, and what was searched for.
#[server(prefix = "/fn", endpoint = "search_office", input = Json, output = Json)]
pub async fn search_office(
    /// What was searched for.
    #[server(default)]
    form: OfficeForm,
) -> Result<OfficePage, AppError> {
    let (portal, request, who) = ssr::actor()?;
    collectief_service::office::accounts::search(&portal, &request, &who, &form).await.map_err(ssr::refuse)
}

/// The requests for accounts.
#[server(prefix = "/fn", endpoint = "list_requests", input = Json, output = Json)]
pub async fn list_requests(
    /// Which ones.
    #[server(default)]
    form: RequestListForm,
) -> Result<RequestPage, AppError> {
    let (portal, request, who) = ssr::actor()?;
    collectief_service::office::requests::list(&portal, &request, &who, &form).await.map_err(ssr::refuse)
}

/// The requests that could not be done.
#[server(prefix = "/fn", endpoint = "list_stuck", input = Json, output = Json)]
pub async fn list_stuck(
    /// Which page.
    #[server(default)]
    form: StuckForm,
) -> Result<StuckPage, AppError> {
    let (portal, request, who) = ssr::actor()?;
    collectief_service::office::stuck::list(&portal, &request, &who, &form).await.map_err(ssr::refuse)
}

/// One request for an account.
#[server(prefix = "/fn", endpoint = "view_request", input = Json, output = Json)]
pub async fn view_request(
    /// The request's id, as it stands in the address.
    id: String,
    /// What was searched for among the contracts.
    #[server(default)]
    zoek: String,
) -> Result<RequestView, AppError> {
    let (portal, request, who) = ssr::actor()?;
    let id = ssr::id(&id)?;
    collectief_service::office::requests::view(&portal, &request, &who, id, &zoek, &[]).await.map_err(ssr::refuse)
}

/// One account in the back office.
#[server(prefix = "/fn", endpoint = "view_office_account", input = Json, output = Json)]
pub async fn view_office_account(
    /// The account's id, as it stands in the address.
    id: String,
) -> Result<OfficeAccountView, AppError> {
    let (portal, request, who) = ssr::actor()?;
    let id = ssr::id(&id)?;
    collectief_service::office::accounts::view(&portal, &request, &who, id).await.map_err(ssr::refuse)
}

/// One employer, or, where `id` is [`NEW`](super::NEW), one that is yet to be made.
#[server(prefix = "/fn", endpoint = "view_employer", input = Json, output = Json)]
pub async fn view_employer(
    /// The employer's id, as it stands in the address.
    id: String,
) -> Result<EmployerView, AppError> {
    use collectief_service::office::employers;

    let (portal, request, who) = ssr::actor()?;
    let view = match id.parse() {
        _ if id == super::NEW => employers::view_new(&portal, &who),
        Ok(id) => employers::view(&portal, &request, &who, id).await,
        Err(_) => Err(ssr::ServiceError::NotFound),
    };
    view.map_err(ssr::refuse)
}

/// One contract of an employer, or, where `nummer` is [`NEW`](super::NEW), one that is yet to be made.
#[server(prefix = "/fn", endpoint = "view_office_contract", input = Json, output = Json)]
pub async fn view_office_contract(
    /// The employer's id, as it stands in the address.
    id: String,
    /// The contract's number.
    nummer: String,
) -> Result<ContractPage, AppError> {
    let (portal, request, who) = ssr::actor()?;
    let id = ssr::id(&id)?;
    let number = (nummer != super::NEW).then_some(nummer.as_str());
    collectief_service::office::employers::view_contract(&portal, &request, &who, id, number).await.map_err(ssr::refuse)
}

/// A page of the access log.
#[server(prefix = "/fn", endpoint = "list_access_log", input = Json, output = Json)]
pub async fn list_access_log(
    /// Which rows.
    #[server(default)]
    form: LogForm,
) -> Result<LogPage, AppError> {
    let (portal, request, who) = ssr::actor()?;
    collectief_service::office::log::list(&portal, &request, &who, &form).await.map_err(ssr::refuse)
}
