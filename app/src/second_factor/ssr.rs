//! What is posted to the pages of the second step.

use collectief_domain::{
    field::FieldErrors,
    second_factor::{EmployerPolicyForm, SecondFactorForm},
};
use collectief_service::{second_factor, session::NewSession};

use super::{
    actions::view_second_factor,
    page::{CodesWith, Deed, PASSKEY_ADDED, PASSKEY_REMOVED, REMOVED, Shown},
};
use crate::{
    error::AppError,
    routes,
    ssr::{self, ServiceError},
};

/// Does what was posted to the page of one's own second step.
pub(super) async fn posted(form: SecondFactorForm) -> Result<Shown, AppError> {
    let (portal, request, who) = (ssr::portal()?, ssr::request(), ssr::owner()?);
    let deed = Deed::from_code(&form.actie).ok_or_else(|| ssr::refuse(ServiceError::NotFound))?;
    let done = match deed {
        Deed::Begin => second_factor::begin(&portal, &who).await.map(|()| {
            ssr::see_other(&routes::set_up_second_factor(routes::APP_STEP));
            Shown::Sent
        }),
        Deed::SetUp => second_factor::set_up(&portal, &request, &who, &form).await.map(|changed| {
            ssr::set_session_cookie(&changed.session.token);
            Shown::Codes { codes: changed.recovery_codes, with: CodesWith::App }
        }),
        Deed::RenewCodes => second_factor::renew_codes(&portal, &request, &who, &form)
            .await
            .map(|codes| Shown::Codes { codes, with: CodesWith::Nothing }),
        Deed::BeginPasskey => second_factor::begin_passkey(&portal, &request, &who, &form).await.map(|()| {
            ssr::see_other(&routes::set_up_second_factor(routes::PASSKEY_STEP));
            Shown::Sent
        }),
        Deed::AddPasskey => second_factor::add_passkey(&portal, &request, &who, &form).await.map(|changed| {
            if changed.recovery_codes.is_empty() {
                return sent(&changed.session, PASSKEY_ADDED);
            }
            ssr::set_session_cookie(&changed.session.token);
            Shown::Codes { codes: changed.recovery_codes, with: CodesWith::Passkey }
        }),
        Deed::RemovePasskey => second_factor::remove_passkey(&portal, &request, &who, &form).await.map(|removed| {
            let done = if removed.ends_second_step { REMOVED } else { PASSKEY_REMOVED };
            sent(&removed.session, done)
        }),
        Deed::Remove => {
            second_factor::remove(&portal, &request, &who, &form).await.map(|session| sent(&session, REMOVED))
        }
    };
    match done {
        Ok(shown) => Ok(shown),
        Err(ServiceError::Invalid(errors)) => again(deed, errors).await,
        // Too many wrong passwords or codes blocked the account, and ended this session.
        Err(ServiceError::SignedOut) => {
            ssr::see_other(&routes::sign_in_notice(routes::BLOCKED));
            Ok(Shown::Sent)
        }
        // What was being set up is set up already, or was begun too long ago: the page tells how it stands.
        Err(ServiceError::NotFound) => {
            ssr::see_other(routes::SECOND_FACTOR);
            Ok(Shown::Sent)
        }
        Err(error) => Err(ssr::refuse(error)),
    }
}

/// Goes on to the page, which tells what was done, with the session that goes on.
fn sent(session: &NewSession, done: &str) -> Shown {
    ssr::set_session_cookie(&session.token);
    ssr::see_other(&routes::with_query(routes::SECOND_FACTOR, &[(routes::DONE, done)]));
    Shown::Sent
}

/// The page once more, with what is wrong; passwords and codes are not sent back.
async fn again(deed: Deed, errors: FieldErrors) -> Result<Shown, AppError> {
    let step = if deed == Deed::SetUp { routes::APP_STEP } else { "" };
    let view = view_second_factor(step.to_owned()).await?;
    ssr::set_status(422);
    Ok(Shown::State { view: Box::new(view), wrong: Some((deed, errors)) })
}

/// Says whether an employer asks a second step.
pub(super) async fn posted_policy(form: EmployerPolicyForm) -> Result<(), AppError> {
    let (portal, request, who) = ssr::actor()?;
    let employer = form.werkgever.parse().map_err(|_| ssr::refuse(ServiceError::NotFound))?;
    let is_required = form.verplicht == "ja";
    second_factor::require(&portal, &request, &who, employer, is_required).await.map_err(ssr::refuse)?;
    let done = if is_required { "verplicht" } else { "vrij" };
    ssr::see_other(&routes::with_query(routes::SECOND_FACTOR_POLICY, &[(routes::DONE, done)]));
    Ok(())
}
