//! Signing in with eHerkenning (PRODUCT.md A2): the button, the page that tells why it came to nothing, and linking an
//! identity to an account. All of it is plain forms, so that it works before any script has arrived as well.

use collectief_domain::{
    account::{IdentityLinkView, LinkPurpose},
    assurance::{BrokerRefusal, Demand},
};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use serde::{Deserialize, Serialize};

use super::asking::{Asking, ask_form, asking_page};
#[cfg(not(feature = "ssr"))]
use super::link::opened_again;
use crate::{
    error::AppError,
    i18n::{Texts, use_texts},
    routes,
    ui::{
        loaded::loaded,
        mark::Busy,
        page::{Failure, Page},
    },
};

/// The button that goes to the broker.
#[component]
pub fn BrokerButton(
    /// The page to go on to.
    #[prop(into)]
    wanted: String,
    /// A level above what the portal demands.
    #[prop(optional_no_strip)]
    demand: Option<Demand>,
    /// What it says.
    label: &'static str,
) -> impl IntoView {
    view! {
        <form method="post" action=routes::BROKER>
            <input type="hidden" name="naar" value=wanted />
            {demand.map(|demand| view! { <input type="hidden" name="niveau" value=demand.code() /> })}
            <button class="button">{label}</button>
        </form>
    }
    .into_any()
}

/// Why nobody was let in, and the level that is needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Refused {
    refusal: BrokerRefusal,
    demand: Demand,
}

/// What the address of the page says.
async fn told() -> Result<Refused, AppError> {
    #[cfg(feature = "ssr")]
    {
        use crate::ssr;

        let demand = ssr::broker_demand().ok_or_else(|| ssr::answered(AppError::NotFound))?;
        let Some(refusal) = ssr::query_value(routes::REASON).and_then(|code| BrokerRefusal::from_code(&code)) else {
            ssr::see_other(routes::SIGN_IN);
            return Ok(Refused { refusal: BrokerRefusal::Cancelled, demand });
        };
        ssr::set_status(status(refusal));
        let asked = ssr::query_value(routes::LEVEL).and_then(|code| Demand::from_code(&code));
        let demand = asked.map_or(demand, |asked| asked.max(demand));
        Ok(Refused { refusal, demand })
    }
    #[cfg(not(feature = "ssr"))]
    opened_again(Refused { refusal: BrokerRefusal::Expired, demand: Demand::default() }).await
}

/// The HTTP status of a refusal.
#[cfg(feature = "ssr")]
const fn status(refusal: BrokerRefusal) -> u16 {
    match refusal {
        BrokerRefusal::Cancelled => 200,
        BrokerRefusal::Expired | BrokerRefusal::Failed => 422,
        BrokerRefusal::Level | BrokerRefusal::Organisation | BrokerRefusal::Blocked => 403,
        BrokerRefusal::Unavailable => 503,
        BrokerRefusal::TooMany => 429,
    }
}

/// A refusal in words.
fn refusal_words(t: &Texts, Refused { refusal, demand }: Refused) -> String {
    let t = t.eherkenning();
    match refusal {
        BrokerRefusal::Cancelled => t.cancelled.to_owned(),
        BrokerRefusal::Expired => t.expired.to_owned(),
        BrokerRefusal::Level => t.level(demand.name()),
        BrokerRefusal::Organisation => t.organisation.to_owned(),
        BrokerRefusal::Blocked => t.blocked.to_owned(),
        BrokerRefusal::Failed => t.failed.to_owned(),
        BrokerRefusal::Unavailable => t.unavailable.to_owned(),
        BrokerRefusal::TooMany => t.too_many.to_owned(),
    }
}

/// The page `/inloggen/eherkenning`, where whoever was not let in reads why.
#[component]
pub fn BrokerRefusedPage() -> impl IntoView {
    let told = Resource::new_blocking(|| (), |()| told());
    view! {
        <Suspense fallback=Busy>
            {loaded(move || async move {
                match told.await {
                    Ok(told) => refused_page(told),
                    Err(error) => view! { <Failure error /> }.into_any(),
                }
            })}
        </Suspense>
    }
}

fn refused_page(told: Refused) -> AnyView {
    let t = use_texts();
    let title = match told.refusal {
        BrokerRefusal::Cancelled => t.eherkenning().cancelled_title,
        _ => t.eherkenning().refused_title,
    };
    let words = refusal_words(t, told);
    view! {
        <Page title=title.to_owned()>
            <p role="alert">{words}</p>
            <div class="deeds">
                <BrokerButton wanted="" label=t.eherkenning().again />
                <a class="button plain" rel="external" href=routes::SIGN_IN>{t.eherkenning().with_password}</a>
            </div>
        </Page>
    }
    .into_any()
}

/// Asks for a link with the form that was posted to the page, if one was.
async fn asking() -> Result<Asking, AppError> {
    #[cfg(feature = "ssr")]
    {
        use collectief_domain::account::AskLinkForm;

        use crate::ssr;

        let Some(form) = ssr::posted::<AskLinkForm>() else {
            ssr::can_link_identity().await?;
            return Ok(Asking::opened());
        };
        let answer = ssr::ask_identity_link(&form).await?;
        Ok(Asking::answered(form.email, answer, &routes::asked_for_identity_link()))
    }
    #[cfg(not(feature = "ssr"))]
    opened_again(Asking::default()).await
}

/// The page `/inloggen/eherkenning/koppelen`.
#[component]
pub fn LinkIdentityPage() -> impl IntoView {
    asking_page(Resource::new_blocking(|| (), |()| asking()), asked_page, fields)
}

fn asked_page() -> AnyView {
    let t = use_texts();
    view! {
        <Page title=t.eherkenning().asked_title.to_owned()>
            <p role="status">{t.eherkenning().asked_text}</p>
            <p>{t.eherkenning().asked_nothing}</p>
            <p><a class="button plain" rel="external" href=routes::LINK_IDENTITY>{t.password().ask_again}</a></p>
        </Page>
    }
    .into_any()
}

fn fields(asking: Asking) -> AnyView {
    let t = use_texts().eherkenning();
    let before = view! {
        <p>{t.link_text}</p>
        <p>{t.link_once}</p>
    }
    .into_any();
    let after = view! { <p>{t.link_none}</p> }.into_any();
    ask_form(asking, t.link_title, routes::LINK_IDENTITY, before, after)
}

/// Looks at a link, or links what was shown when the page's form was posted; `None` when the link does not work.
async fn confirmed(token: String) -> Result<Option<IdentityLinkView>, AppError> {
    #[cfg(feature = "ssr")]
    {
        use collectief_domain::account::AskLinkForm;

        use crate::ssr;

        let seen = if ssr::posted::<AskLinkForm>().is_some() {
            match ssr::confirm_identity(&token).await {
                Ok(Some(session)) => {
                    ssr::set_session_cookie(&session.token);
                    ssr::forget_broker_cookie();
                    ssr::see_other(routes::DASHBOARD);
                    return Ok(None);
                }
                Ok(None) => {
                    let seen = ssr::view_identity_link(&token).await;
                    if seen.is_ok() {
                        ssr::set_status(422);
                    }
                    seen
                }
                Err(error) => Err(error),
            }
        } else {
            ssr::view_identity_link(&token).await
        };
        match seen {
            Ok(seen) => Ok(Some(seen)),
            // The status is set; what to do about it stands on the page.
            Err(AppError::NotFound) => Ok(None),
            Err(error) => Err(error),
        }
    }
    #[cfg(not(feature = "ssr"))]
    {
        let _ = token;
        opened_again(None).await
    }
}

/// The page `/eherkenning-koppelen/:token`.
pub(super) fn confirm_page() -> AnyView {
    let token = use_params_map().with_untracked(|params| params.get_str("token").unwrap_or_default().to_owned());
    // Where whoever must sign in first comes back to.
    let sign_in = StoredValue::new(routes::sign_in(&format!("{}{token}", LinkPurpose::Identity.path())));
    let confirmed = Resource::new_blocking(|| (), move |()| confirmed(token.clone()));
    view! {
        <Suspense fallback=Busy>
            {loaded(move || async move {
                match confirmed.await {
                    Ok(seen) => confirm_form(seen, sign_in.get_value()),
                    Err(error) => view! { <Failure error /> }.into_any(),
                }
            })}
        </Suspense>
    }
    .into_any()
}

fn confirm_form(seen: Option<IdentityLinkView>, sign_in: String) -> AnyView {
    let t = use_texts();
    let e = t.eherkenning();
    let again = || view! { <BrokerButton wanted="" label=e.button /> };
    match seen {
        None => view! {
            <Page title=t.password().gone_title.to_owned()>
                <p role="alert">{e.gone_text}</p>
                <div class="deeds">
                    {again()}
                    <a class="button plain" rel="external" href=routes::SIGN_IN>{e.with_password}</a>
                </div>
            </Page>
        }
        .into_any(),
        Some(IdentityLinkView { is_shown: false, .. }) => view! {
            <Page title=e.other_title.to_owned()>
                <p>{e.other_text}</p>
                <p>{e.other_not_you}</p>
                {again()}
            </Page>
        }
        .into_any(),
        Some(IdentityLinkView { email, must_sign_in: true, .. }) => view! {
            <Page title=e.owner_title.to_owned()>
                <p>{t.password().for_account(&email)} " " {e.owner_text}</p>
                <p>{e.other_not_you}</p>
                <div class="deeds">
                    <a class="button act" rel="external" href=sign_in>{e.with_password}</a>
                </div>
            </Page>
        }
        .into_any(),
        Some(IdentityLinkView { email, .. }) => view! {
            <Page title=e.confirm_title.to_owned()>
                <p>{t.password().for_account(&email)} " " {e.confirm_text}</p>
                <p>{e.other_not_you}</p>
                <form method="post" class="sign-in">
                    <button class="button act">{e.confirm_submit}</button>
                </form>
            </Page>
        }
        .into_any(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::{Language, texts};

    #[test]
    fn every_refusal_says_something_of_its_own_and_the_level_names_what_is_needed() {
        for language in [Language::Nl, Language::En] {
            let words = |refusal| refusal_words(texts(language), Refused { refusal, demand: Demand::Loa3 });
            let all: std::collections::HashSet<String> = BrokerRefusal::ALL.into_iter().map(words).collect();
            assert_eq!(all.len(), BrokerRefusal::ALL.len());
            assert!(words(BrokerRefusal::Level).contains("eH3"));
        }
    }
}
