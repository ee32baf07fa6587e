//! What the pages about participants ask of the server.

use collectief_domain::{
    deregistration::PersonnelNumberForm,
    ids::ParticipationId,
    participant::{ParticipantListForm, ParticipantPage, ParticipantView, Population},
};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::{error::AppError, wire::Json};
#[cfg(feature = "ssr")]
use crate::{routes, ssr};

/// A page of a list, and the search it answers where that does not stand in the address.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListAnswer {
    /// The page.
    pub page: ParticipantPage,
    /// The search that was posted to the page, for it may hold a BSN.
    pub posted: Option<ParticipantListForm>,
}

/// A page of "Huidige deelnemers" or "Oud-deelnemers".
///
/// A search that was posted to the page without JavaScript comes before the one in the address: if it may stand in an
/// address the browser is sent there, so that every list that can be shared has one.
#[server(prefix = "/fn", endpoint = "list_participants", input = Json, output = Json)]
pub async fn list_participants(
    /// Which list.
    #[server(default)]
    population: Population,
    /// What was typed.
    #[server(default)]
    form: ParticipantListForm,
) -> Result<ListAnswer, AppError> {
    use collectief_service::participant;

    let (portal, request, who) = ssr::actor()?;
    let posted = ssr::posted::<ParticipantListForm>();
    if let Some(posted) = posted.as_ref().filter(|posted| !posted.holds_bsn()) {
        ssr::see_other(&routes::participants(population, posted));
    }
    let asked = posted.as_ref().unwrap_or(&form);
    let page = participant::list(&portal, &request, &who, population, asked).await.map_err(ssr::refuse)?;
    Ok(ListAnswer { page, posted: posted.filter(ParticipantListForm::holds_bsn) })
}

/// The page of one participant, and what came of a form that was posted to it without JavaScript.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonAnswer {
    /// The participant.
    pub view: ParticipantView,
    /// The BSN in full, where its reveal was posted.
    pub revealed: Option<String>,
    /// The number that was posted and not taken, and why.
    pub number: Option<(PersonnelNumberForm, AppError)>,
    /// Why a deregistration was not taken back.
    pub not_withdrawn: Option<AppError>,
}

/// The names of the forms on the page of one participant, posted as `actie`.
#[cfg(feature = "ssr")]
mod deed {
    pub const REVEAL: &str = "toon";
    pub const NUMBER: &str = "nummer";
    pub const WITHDRAW: &str = "intrekken";
}

/// The page of one participant.
#[server(prefix = "/fn", endpoint = "view_participant", input = Json, output = Json)]
pub async fn view_participant(
    /// The participation.
    #[server(default)]
    id: String,
) -> Result<PersonAnswer, AppError> {
    use collectief_domain::deregistration::WithdrawForm;
    use collectief_service::{deregister, participant};

    let (portal, request, who) = ssr::actor()?;
    let id: ParticipationId = id.parse().map_err(|_| ssr::answered(AppError::NotFound))?;
    let (mut revealed, mut number, mut not_withdrawn) = (None, None, None);
    match ssr::posted_value("actie").as_deref() {
        Some(deed::REVEAL) => {
            revealed = Some(participant::reveal_bsn(&portal, &request, &who, id).await.map_err(ssr::refuse)?);
        }
        Some(deed::NUMBER) => {
            let form = PersonnelNumberForm { deelname: id.to_string(), ..ssr::posted().unwrap_or_default() };
            match deregister::change_personnel_number(&portal, &request, &who, &form).await.map_err(ssr::refuse) {
                Ok(id) => ssr::see_other(&super::address::person_with(id, super::address::Done::Number)),
                Err(error @ (AppError::Invalid(_) | AppError::Conflict(_))) => number = Some((form, error)),
                Err(error) => return Err(error),
            }
        }
        Some(deed::WITHDRAW) => {
            let form: WithdrawForm = ssr::posted().unwrap_or_default();
            match deregister::withdraw(&portal, &request, &who, &form).await.map_err(ssr::refuse) {
                Ok(id) => ssr::see_other(&super::address::person_with(id, super::address::Done::Withdrawn)),
                Err(error @ (AppError::Invalid(_) | AppError::Conflict(_))) => not_withdrawn = Some(error),
                Err(error) => return Err(error),
            }
        }
        _ => {}
    }
    let view = participant::view(&portal, &request, &who, id).await.map_err(ssr::refuse)?;
    Ok(PersonAnswer { view, revealed, number, not_withdrawn })
}

/// The BSN of one participant, in full. It is in the access log before it is answered.
#[server(prefix = "/fn", endpoint = "reveal_bsn", input = Json, output = Json)]
pub async fn reveal_bsn(
    /// The participation.
    #[server(default)]
    id: String,
) -> Result<String, AppError> {
    let (portal, request, who) = ssr::actor()?;
    let id: ParticipationId = id.parse().map_err(|_| ssr::answered(AppError::NotFound))?;
    collectief_service::participant::reveal_bsn(&portal, &request, &who, id).await.map_err(ssr::refuse)
}

/// Changes the employer's number of a participation.
#[server(prefix = "/fn", endpoint = "change_personnel_number", input = Json, output = Json)]
pub async fn change_personnel_number(
    /// What was typed.
    #[server(default)]
    form: PersonnelNumberForm,
) -> Result<ParticipationId, AppError> {
    let (portal, request, who) = ssr::actor()?;
    collectief_service::deregister::change_personnel_number(&portal, &request, &who, &form).await.map_err(ssr::refuse)
}
