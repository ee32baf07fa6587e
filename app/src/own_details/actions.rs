//! What "Mijn gegevens" asks of the server.

use collectief_domain::own_details::DetailsView;
use leptos::prelude::*;

#[cfg(feature = "ssr")]
use crate::ssr;
use crate::{error::AppError, wire::Json};

/// What is kept of who is signed in.
#[server(prefix = "/fn", endpoint = "view_own_details", input = Json, output = Json)]
pub async fn view_own_details() -> Result<DetailsView, AppError> {
    let (portal, _, who) = ssr::actor()?;
    collectief_service::own_details::view(&portal, &who).await.map_err(ssr::refuse)
}
