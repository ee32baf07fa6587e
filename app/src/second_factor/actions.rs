//! What the pages of the second step ask of the server.

use collectief_domain::second_factor::{EmployerPolicy, SecondFactorView};
use leptos::prelude::*;

#[cfg(feature = "ssr")]
use crate::ssr;
use crate::{error::AppError, wire::Json};

/// How the second step of one's own account stands.
#[server(prefix = "/fn", endpoint = "view_second_factor", input = Json, output = Json)]
pub async fn view_second_factor(
    /// Whether an app is being set up, so that what it needs is told.
    setting_up: bool,
) -> Result<SecondFactorView, AppError> {
    let (portal, who) = (ssr::portal()?, ssr::owner()?);
    collectief_service::second_factor::view(&portal, &who, setting_up).await.map_err(ssr::refuse)
}

/// Which employers of whom one is the main account ask a second step.
#[server(prefix = "/fn", endpoint = "list_second_factor_policies", input = Json, output = Json)]
pub async fn list_second_factor_policies() -> Result<Vec<EmployerPolicy>, AppError> {
    let (portal, _, who) = ssr::actor()?;
    collectief_service::second_factor::policies(&portal, &who).await.map_err(ssr::refuse)
}
