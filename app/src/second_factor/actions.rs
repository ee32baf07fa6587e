//! What the pages of the second step ask of the server.

use collectief_domain::second_factor::{EmployerPolicy, SecondFactorView};
use leptos::prelude::*;

use crate::{error::AppError, wire::Json};
#[cfg(feature = "ssr")]
use crate::{routes, ssr};

/// How the second step of one's own account stands.
#[server(prefix = "/fn", endpoint = "view_second_factor", input = Json, output = Json)]
pub async fn view_second_factor(
    /// What the page is in the middle of, as its address tells, so that what that needs is told.
    #[server(default)]
    step: String,
) -> Result<SecondFactorView, AppError> {
    use collectief_service::second_factor::Underway;

    let (portal, who) = (ssr::portal()?, ssr::owner()?);
    let underway = match step.as_str() {
        routes::APP_STEP => Underway::App,
        routes::PASSKEY_STEP => Underway::Passkey,
        _ => Underway::Nothing,
    };
    collectief_service::second_factor::view(&portal, &who, underway).await.map_err(ssr::refuse)
}

/// Asks for a passkey for the sign-in that waits in this browser: what the browser is to ask, as JSON. `None` where none
/// waits, or there is no passkey to ask for.
#[server(prefix = "/fn", endpoint = "ask_passkey", input = Json, output = Json)]
pub async fn ask_passkey() -> Result<Option<String>, AppError> {
    ssr::ask_passkey().await
}

/// As [`ask_passkey`], for who is signed in, before something of the own account changes.
#[server(prefix = "/fn", endpoint = "ask_own_passkey", input = Json, output = Json)]
pub async fn ask_own_passkey() -> Result<Option<String>, AppError> {
    let (portal, _, who) = ssr::actor()?;
    collectief_service::second_factor::ask_own_passkey(&portal, &who).await.map_err(ssr::refuse)
}

/// Which employers of whom one is the main account ask a second step.
#[server(prefix = "/fn", endpoint = "list_second_factor_policies", input = Json, output = Json)]
pub async fn list_second_factor_policies() -> Result<Vec<EmployerPolicy>, AppError> {
    let (portal, _, who) = ssr::actor()?;
    collectief_service::second_factor::policies(&portal, &who).await.map_err(ssr::refuse)
}
