//! What is posted to the pages of "Accountbeheer".

use collectief_domain::{
    account_management::{AccountForm, Done},
    actor::{Role, Roles},
    field::{FieldCode, FieldErrors},
    ids::AccountId,
};
use collectief_service::account_management as management;

use super::{
    actions::view_account,
    user::{NEW, Shown},
};
use crate::{
    error::AppError,
    routes,
    ssr::{self, ServiceError},
};

/// Does what was posted to the page of a user.
pub(super) async fn posted(id: String, form: AccountForm) -> Result<Shown, AppError> {
    let (portal, request, who) = ssr::actor()?;
    let account: Option<AccountId> = id.parse().ok();
    let done = match (account, form.actie.as_str()) {
        (None, _) if id == NEW => management::add(&portal, &request, &who, &form).await,
        (None, _) => Err(ServiceError::NotFound),
        (Some(account), "") => management::change(&portal, &request, &who, account, &form).await,
        (Some(account), "verwijderen") => management::remove(&portal, &request, &who, account).await,
        (Some(account), "deblokkeren") => management::unblock(&portal, &request, &who, account).await,
        (Some(account), "uitnodigen") => management::invite_again(&portal, &request, &who, account).await,
        (Some(account), "overdragen") => management::hand_over(&portal, &request, &who, account).await,
        (Some(_), _) => Err(ServiceError::NotFound),
    };
    match done {
        Ok(done) => {
            let is_self = account == Some(who.account());
            let manages = form.asked().is_ok_and(|asked| asked.values().any(|r| r.has(Role::AccountManagement)));
            ssr::see_other(&after(done, account, is_self && !manages));
            Ok(Shown::Sent)
        }
        Err(ServiceError::Invalid(errors)) => again(id, &form, errors).await,
        Err(error) => Err(ssr::refuse(error)),
    }
}

/// Where the browser goes on to. Who gave up managing accounts could not see their page any more.
fn after(done: Done, account: Option<AccountId>, gave_up: bool) -> String {
    match account {
        Some(_) if gave_up && matches!(done, Done::Changed | Done::Removed) => routes::DASHBOARD.to_owned(),
        Some(account) if done != Done::Removed => {
            routes::with_query(&routes::account(account), &[(routes::DONE, done.code())])
        }
        _ => routes::with_query(routes::ACCOUNTS, &[(routes::DONE, done.code())]),
    }
}

/// The page once more, with what is wrong and all that was filled in; what a colleague changed meanwhile is shown as
/// it is now.
async fn again(id: String, form: &AccountForm, errors: FieldErrors) -> Result<Shown, AppError> {
    let mut view = Box::new(view_account(id, form.zoek.clone()).await?);
    ssr::set_status(422);
    if view.id.is_none() {
        view.name.clone_from(&form.naam);
        view.email.clone_from(&form.email);
    }
    let mut seen = view.seen();
    let was_changed = errors.have(FieldCode::ChangedMeanwhile);
    if let (false, Ok(asked)) = (was_changed, form.asked())
        && form.actie.is_empty()
    {
        for contract in &mut view.contracts {
            contract.roles = asked.get(&contract.choice.number).copied().unwrap_or(Roles::NONE);
        }
        seen.clone_from(&form.gezien);
    }
    Ok(Shown::User { view, seen, errors })
}
