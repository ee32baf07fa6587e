//! The identities of eHerkenning that are linked to one's own account, for "Mijn gegevens" (PRODUCT.md A2, A11).

use collectief_domain::assurance::LinkedIdentity;
use leptos::prelude::*;

use crate::{
    error::AppError,
    i18n::use_texts,
    routes,
    ui::{format, loaded::loaded, mark::Busy},
    wire::Json,
};

/// The identities that are linked to one's own account; `None` where nobody can sign in with eHerkenning.
#[server(prefix = "/fn", endpoint = "list_identities", input = Json, output = Json)]
pub async fn list_identities() -> Result<Option<Vec<LinkedIdentity>>, AppError> {
    use crate::ssr;
    let (portal, _, who) = ssr::actor()?;
    if !ssr::has_broker() {
        return Ok(None);
    }
    collectief_service::identity::own(&portal, &who).await.map(Some).map_err(ssr::refuse)
}

/// Takes an identity off one's own account. A plain form post.
#[server(prefix = "", endpoint = "eherkenning-ontkoppelen")]
pub async fn unlink_identity(
    /// What it is known by.
    #[server(default)]
    id: String,
    /// Where to go back to.
    #[server(default)]
    naar: String,
) -> Result<(), AppError> {
    use crate::ssr;
    let (portal, request, who) = ssr::actor()?;
    if let Ok(id) = id.parse() {
        match collectief_service::identity::unlink(&portal, &request, &who, id).await {
            // The form was sent twice, or it is nobody's: there is nothing left to unlink.
            Ok(()) | Err(ssr::ServiceError::NotFound) => {}
            Err(error) => return Err(ssr::refuse(error)),
        }
    }
    ssr::see_other(routes::own_path(&naar).unwrap_or(routes::DASHBOARD));
    Ok(())
}

/// A section with the identities that are linked to one's own account, each with a button to unlink it. It is nothing
/// where nobody can sign in with eHerkenning.
#[component]
pub fn LinkedIdentities(
    /// The page that it stands on, to come back to.
    #[prop(into)]
    here: String,
) -> impl IntoView {
    let listed = Resource::new_blocking(|| (), |()| list_identities());
    view! {
        <Suspense fallback=Busy>
            {loaded(move || {
                let here = here.clone();
                async move {
                    match listed.await {
                        Ok(Some(identities)) => section(identities, &here),
                        // What else is on the page is there all the same.
                        Ok(None) | Err(_) => ().into_any(),
                    }
                }
            })}
        </Suspense>
    }
}

fn section(identities: Vec<LinkedIdentity>, here: &str) -> AnyView {
    let t = use_texts().eherkenning();
    let none = identities.is_empty().then(|| view! { <p>{t.own_none}</p> });
    let rows: Vec<_> = identities
        .into_iter()
        .map(|identity| {
            let (linked, used) = (format::date(identity.linked_on), format::date(identity.used_on));
            view! {
                <li>
                    <strong>{t.own_kvk(&identity.kvk_number)}</strong> ", " {t.own_dates(linked, used)}
                    <form method="post" action=routes::UNLINK_IDENTITY>
                        <input type="hidden" name="id" value=identity.id.to_string() />
                        <input type="hidden" name="naar" value=here.to_owned() />
                        <button class="button plain" aria-label=t.unlink_which(&identity.kvk_number)>{t.unlink}</button>
                    </form>
                </li>
            }
        })
        .collect();
    let list = (!rows.is_empty()).then(|| view! { <ul>{rows}</ul> });
    view! {
        <section class="sheet pad">
            <h2>{t.own_title}</h2>
            {none}
            {list}
        </section>
    }
    .into_any()
}
