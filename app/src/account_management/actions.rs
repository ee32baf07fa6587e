//! What the pages of "Accountbeheer" ask of the server.

use collectief_domain::account_management::{AccountListForm, AccountPage, AccountView};
use leptos::prelude::*;

#[cfg(feature = "ssr")]
use crate::ssr;
use crate::{error::AppError, wire::Json};

/// The users of the contracts that one manages.
#[server(prefix = "/fn", endpoint = "list_accounts", input = Json, output = Json)]
pub async fn list_accounts(
    /// What was searched for.
    #[server(default)]
    form: AccountListForm,
) -> Result<AccountPage, AppError> {
    let (portal, request, who) = ssr::actor()?;
    collectief_service::account_management::list(&portal, &request, &who, &form).await.map_err(ssr::refuse)
}

/// One user, or, where `id` is [`NEW`](super::user::NEW), one who is yet to be added.
#[server(prefix = "/fn", endpoint = "view_account", input = Json, output = Json)]
pub async fn view_account(
    /// The account's id, as it stands in the address.
    id: String,
    /// What was searched for among the contracts.
    #[server(default)]
    zoek: String,
) -> Result<AccountView, AppError> {
    use collectief_service::account_management as management;

    let (portal, request, who) = ssr::actor()?;
    let view = match id.parse() {
        _ if id == super::user::NEW => management::view_new(&who, &zoek),
        Ok(account) => management::view(&portal, &request, &who, account, &zoek).await,
        Err(_) => Err(ssr::ServiceError::NotFound),
    };
    view.map_err(ssr::refuse)
}
