//! Signing in (PRODUCT.md A1, A5) with eHerkenning (A2) or a second step (A11), choosing a password by a mailed link (A3,
//! A4), the warning before an idle session ends, and what the tabs of a browser tell each other about it (A12).

mod again;
mod asking;
mod eherkenning;
mod forgot;
mod identities;
mod idle;
mod link;
mod second_step;
mod tabs;

use collectief_domain::{account::SignInRefusal, field::FieldErrors, second_factor::SecondStepRefusal};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

pub(crate) use again::session_dialog;
pub use eherkenning::{BrokerButton, BrokerRefusedPage, LinkIdentityPage};
pub use forgot::ForgotPage;
pub use identities::{LinkedIdentities, list_identities, unlink_identity};
pub use idle::IdleWatch;
pub(crate) use idle::Watch;
pub use link::link_page;
#[cfg(not(feature = "ssr"))]
pub(crate) use link::opened_again;
pub use second_step::SecondStepPage;
pub use tabs::signing_out;

use crate::{
    error::AppError,
    i18n::{Texts, use_texts},
    routes,
    ui::{
        error_summary::ErrorSummary,
        field::{PasswordField, TextField, error_on},
        loaded::loaded,
        mark::Busy,
        page::{Failure, Page},
    },
};

/// What the sign-in page shows: never the password.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Tried {
    email: String,
    naar: String,
    refusal: Option<SignInRefusal>,
    contact: Option<String>,
    /// What happened before, as the address tells it.
    notice: String,
    /// One can also sign in with eHerkenning.
    broker: bool,
}

/// Signs in with the form that was posted to the page, if one was.
async fn tried() -> Result<Tried, AppError> {
    #[cfg(feature = "ssr")]
    {
        use collectief_domain::account::SignInForm;

        use crate::ssr;

        let wanted = ssr::query_value("naar").unwrap_or_default();
        let Some(form) = ssr::posted::<SignInForm>() else {
            if ssr::owner_if_any().is_some() {
                ssr::see_other(routes::own_path(&wanted).unwrap_or(routes::DASHBOARD));
            }
            let notice = ssr::query_value(routes::NOTICE).unwrap_or_default();
            let is_blocked = notice == routes::BLOCKED;
            return Ok(Tried {
                naar: wanted,
                notice,
                refusal: is_blocked.then_some(SignInRefusal::Blocked),
                contact: if is_blocked { ssr::contact() } else { None },
                broker: ssr::has_broker(),
                ..Tried::default()
            });
        };
        match ssr::sign_in(&form).await? {
            Ok(admitted) => {
                ssr::go_on(&admitted, &form.naar);
                Ok(Tried::default())
            }
            Err(refusal) => {
                ssr::set_status(status(&refusal));
                let contact = ssr::contact();
                let (email, naar, broker) = (form.email, form.naar, ssr::has_broker());
                Ok(Tried { email, naar, refusal: Some(refusal), contact, notice: String::new(), broker })
            }
        }
    }
    #[cfg(not(feature = "ssr"))]
    Ok(Tried::default())
}

/// The HTTP status of a refusal.
#[cfg(feature = "ssr")]
const fn status(refusal: &SignInRefusal) -> u16 {
    match refusal {
        SignInRefusal::Invalid(_) | SignInRefusal::Wrong => 422,
        SignInRefusal::Blocked => 403,
        SignInRefusal::TooMany { .. } => 429,
    }
}

/// A refusal in words.
fn refusal_words(t: &Texts, refusal: &SignInRefusal, contact: Option<&str>) -> String {
    match refusal {
        SignInRefusal::Invalid(_) => t.ui().summary_title.to_owned(),
        SignInRefusal::Wrong => t.signin().wrong.to_owned(),
        SignInRefusal::Blocked => match contact {
            Some(contact) => t.signin().blocked_contact(contact),
            None => t.signin().blocked.to_owned(),
        },
        SignInRefusal::TooMany { seconds } => t.signin().too_many(u64::from(seconds.div_ceil(60))),
    }
}

/// A refusal of the second step in words.
fn code_refusal_words(t: &Texts, refusal: &SecondStepRefusal, contact: Option<&str>) -> String {
    match refusal {
        SecondStepRefusal::Invalid(_) => t.ui().summary_title.to_owned(),
        SecondStepRefusal::Blocked => refusal_words(t, &SignInRefusal::Blocked, contact),
        // Hours are not counted in minutes.
        SecondStepRefusal::TooMany { seconds } if *seconds > 60 * 60 => t.signin().too_many_codes.to_owned(),
        SecondStepRefusal::TooMany { seconds } => refusal_words(t, &SignInRefusal::TooMany { seconds: *seconds }, None),
        SecondStepRefusal::Gone => t.signin().too_late.to_owned(),
    }
}

/// The errors by field of a refusal.
fn field_errors(refusal: Option<&SignInRefusal>) -> FieldErrors {
    match refusal {
        Some(SignInRefusal::Invalid(errors)) => errors.clone(),
        _ => FieldErrors::default(),
    }
}

/// The page `/inloggen`. Its form is posted to the page itself and never read by script, so that signing in works
/// before the module has arrived as well.
#[component]
pub fn SignInPage() -> impl IntoView {
    let tried = Resource::new_blocking(|| (), |()| tried());
    view! {
        <Suspense fallback=Busy>
            {loaded(move || async move {
                match tried.await {
                    Ok(tried) => view! { <SignInFields tried /> }.into_any(),
                    Err(error) => view! { <Failure error /> }.into_any(),
                }
            })}
        </Suspense>
    }
}

#[component]
fn SignInFields(tried: Tried) -> impl IntoView {
    let t = use_texts();
    let errors = Signal::stored(field_errors(tried.refusal.as_ref()));
    let general = tried
        .refusal
        .as_ref()
        .filter(|refusal| !matches!(refusal, SignInRefusal::Invalid(_)))
        .map(|refusal| refused(t.signin().refused, refusal_words(t, refusal, tried.contact.as_deref())));
    let is_wrong = tried.refusal.is_some();
    let wanted = tried.naar.clone();
    let broker = tried.broker.then(|| view! { <BrokerButton wanted label=t.eherkenning().button /> });
    let notice = match tried.notice.as_str() {
        routes::UNBLOCKED => Some(view! { <p class="note in" role="status">{t.password().unblocked}</p> }),
        routes::TOO_LATE => Some(view! { <p class="note wait" role="status">{t.signin().too_late}</p> }),
        _ => None,
    };
    view! {
        <Page title=t.signin().title.to_owned() wrong=is_wrong>
            <ErrorSummary errors />
            {general}
            {notice}
            <form method="post" action=routes::SIGN_IN class="sign-in" novalidate>
                <input type="hidden" name="naar" value=tried.naar />
                {email_field(tried.email, errors)}
                <PasswordField
                    label=t.signin().password
                    name="wachtwoord"
                    autocomplete="current-password"
                    error=error_on(errors, "wachtwoord")
                />
                <button class="button act">{t.signin().submit}</button>
            </form>
            {broker}
            <p class="inline">
                <a rel="external" href=routes::FORGOT>{t.password().forgotten}</a>
                <a rel="external" href=routes::REQUEST_ACCOUNT>{t.signin().request_account}</a>
            </p>
            <p>
                <a rel="external" href=routes::ENROL>{t.enrol().sign_in_enrol}</a>
                <a rel="external" href=routes::CHANGE>{t.enrol().sign_in_change}</a>
            </p>
        </Page>
    }
    .into_any()
}

/// Why a form was refused as a whole.
pub(crate) fn refused(title: &'static str, why: String) -> AnyView {
    view! {
        <div class="summary" role="alert" tabindex="-1" autofocus>
            <h2>{title}</h2>
            <p>{why}</p>
        </div>
    }
    .into_any()
}

/// The address that an account is known by.
fn email_field(email: String, errors: Signal<FieldErrors>) -> AnyView {
    view! {
        <TextField
            label=use_texts().signin().email
            name="email"
            kind="email"
            autocomplete="username"
            maxlength=254
            value=email
            error=error_on(errors, "email")
        />
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::{Language, texts};

    #[test]
    fn a_blocked_account_is_told_where_to_go() {
        let words = refusal_words(texts(Language::Nl), &SignInRefusal::Blocked, Some("hulp@voorbeeld.nl"));
        assert!(words.contains("hulp@voorbeeld.nl"), "{words}");
        let words = refusal_words(texts(Language::Nl), &SignInRefusal::TooMany { seconds: 61 }, None);
        assert!(words.contains("2 minuten"), "{words}");
    }
}
