//! What is posted to "Mijn gegevens", and to the pages on which an address is confirmed.

use collectief_domain::{
    account::LinkPurpose,
    field::FieldErrors,
    own_details::{ConfirmView, Deed, DetailsForm, Done},
};
use collectief_service::{address_change, own_details, remind};

use super::{actions::view_own_details, page::Shown};
use crate::{
    error::AppError,
    routes,
    ssr::{self, ServiceError},
};

/// Does what was posted to the page.
pub(super) async fn posted(form: DetailsForm) -> Result<Shown, AppError> {
    let (portal, request, who) = ssr::actor()?;
    let done = match Deed::from_code(&form.actie) {
        Some(Deed::Save) => own_details::save(&portal, &request, &who, &form).await.inspect(|_| {
            // The language of the pages for who is not signed in, on this device.
            ssr::set_choice_cookie(ssr::LANGUAGE_COOKIE, &form.taal);
        }),
        Some(Deed::AskEmail) => address_change::ask_email(&portal, &request, &who, &form).await,
        Some(Deed::WithdrawEmail) => address_change::withdraw(&portal, &request, &who, LinkPurpose::EmailChange).await,
        Some(Deed::AskReminders) => address_change::ask_reminders(&portal, &request, &who, &form).await,
        Some(Deed::WithdrawReminders) => {
            address_change::withdraw(&portal, &request, &who, LinkPurpose::ReminderAddress).await
        }
        Some(Deed::SetWishes) => {
            remind::set_wishes(&portal, &request, &who, &form.wishes()).await.map(|()| Done::WishesSaved)
        }
        Some(Deed::ChangePassword) => own_details::change_password(&portal, &request, &who, &form).await.map(|token| {
            ssr::set_session_cookie(&token);
            Done::PasswordChanged
        }),
        Some(Deed::EndSession) => match form.sessie.parse() {
            Ok(session) => own_details::end_session(&portal, &request, &who, session).await,
            Err(_) => Err(ServiceError::NotFound),
        },
        Some(Deed::EndOthers) => own_details::end_others(&portal, &request, &who).await,
        None => Err(ServiceError::NotFound),
    };
    match done {
        Ok(done) => {
            ssr::see_other(&routes::own_details_done(done));
            Ok(Shown::Sent)
        }
        Err(ServiceError::Invalid(errors)) => again(form, errors).await,
        Err(ServiceError::SignedOut) => {
            // The account was blocked by wrong passwords, and with it every session.
            ssr::see_other(&routes::sign_in_notice(routes::BLOCKED));
            Ok(Shown::Sent)
        }
        Err(error) => Err(ssr::refuse(error)),
    }
}

/// The page once more, with what is wrong and all that was filled in but for passwords.
async fn again(form: DetailsForm, errors: FieldErrors) -> Result<Shown, AppError> {
    let view = Box::new(view_own_details().await?);
    ssr::set_status(422);
    let stored = view.form();
    // The other sections show what is stored.
    let form = match Deed::from_code(&form.actie) {
        Some(Deed::Save) => {
            DetailsForm { naam: form.naam, telefoon: form.telefoon, taal: form.taal, email: String::new(), ..stored }
        }
        Some(Deed::SetWishes) => DetailsForm {
            hoe: form.hoe,
            afwezig_van: form.afwezig_van,
            afwezig_tot: form.afwezig_tot,
            vervanger: form.vervanger,
            ..stored
        },
        Some(Deed::AskReminders) => DetailsForm { herinneringen: form.herinneringen, ..stored },
        _ => DetailsForm { email: form.email, ..stored },
    };
    Ok(Shown::Details { view, form: Box::new(form.without_passwords()), errors })
}

/// Looks at a link that confirms an address, or confirms it when the page was posted to. `None` when the link does not
/// work.
pub(super) async fn confirming(token: &str, purpose: LinkPurpose) -> Result<Option<ConfirmView>, AppError> {
    let (portal, request, who) = ssr::actor()?;
    let found = if ssr::is_posted() {
        match address_change::confirm(&portal, &request, &who, token, purpose).await {
            Ok(done) => {
                ssr::see_other(&routes::own_details_done(done));
                return Ok(None);
            }
            Err(error) => Err(error),
        }
    } else {
        address_change::view(&portal, &who, token, purpose).await
    };
    match found {
        Ok(view) => Ok(Some(view)),
        // The status is set; what to do about it stands on the page.
        Err(ServiceError::NotFound) => {
            ssr::set_status(404);
            Ok(None)
        }
        Err(error) => Err(ssr::refuse(error)),
    }
}
