//! What "Berichten" asks of the server.

use collectief_domain::message::{MarkForm, MessageListForm, MessagePage};
use leptos::prelude::*;

#[cfg(feature = "ssr")]
use crate::ssr;
use crate::{error::AppError, wire::Json};

/// A page of messages.
#[server(prefix = "/fn", endpoint = "view_messages", input = Json, output = Json)]
pub async fn view_messages(
    /// Which messages.
    #[server(default)]
    form: MessageListForm,
) -> Result<MessagePage, AppError> {
    let (portal, request, who) = ssr::actor()?;
    collectief_service::message::list(&portal, &request, &who, &form).await.map_err(ssr::refuse)
}

/// Marks messages as read or unread, or puts them into the archive or back.
#[server(prefix = "/fn", endpoint = "mark_messages", input = Json, output = Json)]
pub async fn mark_messages(
    /// Which, and as what.
    #[server(default)]
    form: MarkForm,
) -> Result<(), AppError> {
    let (portal, request, who) = ssr::actor()?;
    collectief_service::message::mark(&portal, &request, &who, &form).await.map_err(ssr::refuse)
}

/// How many messages of the chosen contract, or of all, the reader has not read, up to one above
/// [`UNREAD_MAX`](collectief_domain::message::UNREAD_MAX).
#[server(prefix = "/fn", endpoint = "count_unread_messages", input = Json, output = Json)]
pub async fn count_unread_messages() -> Result<u64, AppError> {
    let (portal, _, who) = ssr::actor()?;
    collectief_service::message::unread(&portal, &who).await.map_err(ssr::refuse)
}
