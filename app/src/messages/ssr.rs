//! What is posted to "Berichten" where there is no JavaScript.

use collectief_domain::message::{MarkForm, MessageListForm};
use collectief_service::message;

use super::{actions::view_messages, page::Shown};
use crate::{
    error::AppError,
    routes,
    ssr::{self, ServiceError},
};

/// Marks what was ticked, and goes back to the messages as they were asked for.
pub(super) async fn posted(form: MessageListForm, typed: MarkForm) -> Result<Shown, AppError> {
    let (portal, request, who) = ssr::actor()?;
    match message::mark(&portal, &request, &who, &typed).await {
        Ok(()) => {
            ssr::see_other(&routes::messages(&form));
            Ok(Shown::Sent)
        }
        Err(ServiceError::Invalid(_)) => {
            let page = Box::new(view_messages(form).await?);
            ssr::set_status(422);
            Ok(Shown::List { page, nothing_ticked: true })
        }
        Err(error) => Err(ssr::refuse(error)),
    }
}
