//! What deregistering asks of the server.

use collectief_domain::{
    date::Date,
    deregistration::{DeregisterForm, DeregistrationPreview, DeregistrationReceipt, WithdrawForm},
    ids::{MutationId, ParticipationId},
};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

#[cfg(feature = "ssr")]
use crate::ssr;
use crate::{error::AppError, wire::Json};

/// The value of `actie` with which an end is asked of the insurer.
pub const ASK_INSURER: &str = "vraag";

/// What the page shows: the form as it stands, what it would do, and why it was not done.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeregisterAnswer {
    /// The form, with everyone named at the version that was read.
    pub form: DeregisterForm,
    /// What it would do.
    pub preview: DeregistrationPreview,
    /// Why it was not done, after it was confirmed.
    pub problem: Option<AppError>,
}

/// The page on which one or several participants are deregistered, and what came of it when it was confirmed without
/// JavaScript. `id` is whom the page is about; it is empty on the page for several.
#[server(prefix = "/fn", endpoint = "prepare_deregistration", input = Json, output = Json)]
pub async fn prepare_deregistration(
    /// The participation.
    #[server(default)]
    id: String,
    /// What was typed.
    #[server(default)]
    form: DeregisterForm,
) -> Result<DeregisterAnswer, AppError> {
    use collectief_domain::deregistration::Selected;
    use collectief_service::{deregister, participant};

    let (portal, request, who) = ssr::actor()?;
    let mut form = form;
    let mut problem = None;
    if let Some(posted) = ssr::posted::<std::collections::HashMap<String, String>>() {
        form = form_of(posted.into_iter().collect());
        let asked = ssr::posted_value("actie").as_deref() == Some(ASK_INSURER);
        let done = if asked {
            deregister::request(&portal, &request, &who, &form).await
        } else {
            deregister::deregister(&portal, &request, &who, &form).await
        };
        match done.map_err(ssr::refuse) {
            Ok(receipt) => ssr::see_other(&super::after(&receipt)),
            Err(error @ (AppError::NotFound | AppError::Forbidden | AppError::SignedOut)) => return Err(error),
            Err(error) => problem = Some(error),
        }
    }
    if form.wie.trim().is_empty() && !id.is_empty() {
        let id: ParticipationId = id.parse().map_err(|_| ssr::answered(AppError::NotFound))?;
        let view = participant::view(&portal, &request, &who, id).await.map_err(ssr::refuse)?;
        form.wie = DeregisterForm::write_selected(&[Selected { id, version: view.version }]);
    }
    let preview = match deregister::preview(&portal, &request, &who, &form).await.map_err(ssr::refuse) {
        Ok(preview) => preview,
        // Somebody changed it since: the page says who, and offers to look again.
        Err(error @ AppError::Conflict(_)) => {
            problem = Some(error);
            ssr::told_in_answer();
            DeregistrationPreview::default()
        }
        Err(error) => return Err(error),
    };
    Ok(DeregisterAnswer { form, preview, problem })
}

/// What a deregistration would do; nothing is written.
#[server(prefix = "/fn", endpoint = "preview_deregistration", input = Json, output = Json)]
pub async fn preview_deregistration(
    /// What was typed.
    #[server(default)]
    form: DeregisterForm,
) -> Result<DeregistrationPreview, AppError> {
    let (portal, request, who) = ssr::actor()?;
    collectief_service::deregister::preview(&portal, &request, &who, &form).await.map_err(ssr::refuse)
}

/// Ends participations.
#[server(prefix = "/fn", endpoint = "deregister_participants", input = Json, output = Json)]
pub async fn deregister_participants(
    /// What was typed.
    #[server(default)]
    form: DeregisterForm,
) -> Result<DeregistrationReceipt, AppError> {
    let (portal, request, who) = ssr::actor()?;
    collectief_service::deregister::deregister(&portal, &request, &who, &form).await.map_err(ssr::refuse)
}

/// Asks the insurer for an end that lies too far back.
#[server(prefix = "/fn", endpoint = "request_deregistration", input = Json, output = Json)]
pub async fn request_deregistration(
    /// What was typed.
    #[server(default)]
    form: DeregisterForm,
) -> Result<DeregistrationReceipt, AppError> {
    let (portal, request, who) = ssr::actor()?;
    collectief_service::deregister::request(&portal, &request, &who, &form).await.map_err(ssr::refuse)
}

/// Takes a deregistration back.
#[server(prefix = "/fn", endpoint = "withdraw_deregistration", input = Json, output = Json)]
pub async fn withdraw_deregistration(
    /// What was typed.
    #[server(default)]
    form: WithdrawForm,
) -> Result<ParticipationId, AppError> {
    let (portal, request, who) = ssr::actor()?;
    collectief_service::deregister::withdraw(&portal, &request, &who, &form).await.map_err(ssr::refuse)
}

/// Someone who was deregistered, as the acknowledgement names them.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deregistered {
    /// The participation.
    pub id: ParticipationId,
    /// As it is shown.
    pub full_name: String,
    /// Last day as it stands now.
    pub end_date: Option<Date>,
    /// Whether that lies before today, so that it stands among "Oud-deelnemers".
    pub is_former: bool,
    /// The deregistration that can be taken back.
    pub withdrawable: Option<MutationId>,
}

/// The greatest number of people whom the acknowledgement names one by one.
pub const NAMED_MAX: usize = 25;

/// How those who were deregistered stand now; the first [`NAMED_MAX`] of them.
#[server(prefix = "/fn", endpoint = "list_deregistered", input = Json, output = Json)]
pub async fn list_deregistered(
    /// Whom, as ids separated by commas.
    #[server(default)]
    ids: String,
) -> Result<Vec<Deregistered>, AppError> {
    let (portal, request, who) = ssr::actor()?;
    let mut people = Vec::new();
    for id in ids.split(',').filter(|id| !id.is_empty()).take(NAMED_MAX) {
        let id: ParticipationId = id.trim().parse().map_err(|_| ssr::answered(AppError::NotFound))?;
        let view = collectief_service::participant::view(&portal, &request, &who, id).await.map_err(ssr::refuse)?;
        // A household is taken back as a whole, through the main insured.
        let through_main =
            view.household.iter().any(|member| member.is_main && ids.split(',').any(|id| id == member.id.to_string()));
        people.push(Deregistered {
            id,
            full_name: view.full_name,
            end_date: view.end_date,
            is_former: view.end_date.is_some_and(|end| end < view.today),
            withdrawable: view.withdrawable.filter(|_| view.may_change && !through_main),
        });
    }
    Ok(people)
}

/// The form out of what was sent. Each dependant of someone who died is asked about under a name of its own,
/// `gezin_<id>`; `gezin` names who was asked about.
pub fn form_of(pairs: Vec<(String, String)>) -> DeregisterForm {
    let value = |name: &str| pairs.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone());
    let asked = value("gezin").unwrap_or_default();
    let asked: Vec<&str> = asked.split(',').filter(|id| !id.is_empty()).collect();
    let answers: Vec<Option<String>> = asked.iter().map(|id| value(&format!("gezin_{id}"))).collect();
    let mut form: DeregisterForm = crate::routes::form_from_pairs(pairs.iter().cloned());
    if !asked.is_empty() {
        let along = asked.iter().zip(&answers).filter(|(_, answer)| answer.as_deref() == Some(ALONG));
        form.mee = along.map(|(id, _)| *id).collect::<Vec<_>>().join(",");
        let all = answers.iter().all(|answer| matches!(answer.as_deref(), Some(ALONG | STAYS)));
        form.gezin_gevraagd = if all { "ja" } else { "" }.to_owned();
    }
    form
}

/// The answer that a dependant ends as well.
pub const ALONG: &str = "stopt";
/// The answer that a dependant goes on.
pub const STAYS: &str = "blijft";

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(pairs: &[(&str, &str)]) -> DeregisterForm {
        form_of(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
    }

    #[test]
    fn every_dependant_must_be_answered_for() {
        let form = sent(&[("wie", "1:1"), ("gezin", "2,3"), ("gezin_2", ALONG)]);
        assert_eq!((form.mee.as_str(), form.gezin_gevraagd.as_str()), ("2", ""));
        let form = sent(&[("wie", "1:1"), ("gezin", "2,3"), ("gezin_2", STAYS), ("gezin_3", ALONG)]);
        assert_eq!((form.mee.as_str(), form.gezin_gevraagd.as_str()), ("3", "ja"));
    }

    #[test]
    fn without_the_question_the_form_is_as_it_was_sent() {
        let form = sent(&[("wie", "1:1"), ("mee", "4"), ("gezin_gevraagd", "ja"), ("gezin_9", ALONG)]);
        assert_eq!((form.mee.as_str(), form.gezin_gevraagd.as_str()), ("4", "ja"));
    }
}
