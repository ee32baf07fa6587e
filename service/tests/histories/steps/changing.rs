//! What employees change by a mailed link.

use collectief_data::change as links;
use collectief_domain::{
    actor::Language,
    case::CaseKind,
    date::format_dutch,
    enrolment::{AnswerForm, EnrolRefusal},
    ids::ParticipationId,
};
use collectief_service::{ServiceError, change, secret};

use super::Came;
use crate::{
    fixture::request,
    history::{History, plus},
    people::CHILDREN,
};

/// Changes something of a main insured; now and then what cannot be changed.
pub(crate) async fn change(history: &mut History) -> Result<Came, ServiceError> {
    let today = history.today();
    let any = history.chance.in_hundred(6);
    let known = history.model.participations.iter();
    let mains = known.filter(|(_, known)| any || (known.main.is_none() && known.is_current_on(today)));
    let mains: Vec<i64> = mains.map(|(id, _)| *id).collect();
    let Some(main) = history.chance.of_late(&mains) else { return Came::nobody() };
    let kind = CaseKind::BY_LINK[history.chance.below(CaseKind::BY_LINK.len())];
    let day = format_dutch(plus(today, history.chance.between(-40, 90)));
    let mut form = AnswerForm { sleutel: format!("w{}", history.step), ..AnswerForm::default() };
    match kind {
        CaseKind::Details => {
            form = AnswerForm {
                straat: "Eikenlaan".to_owned(),
                huisnummer: (1 + history.chance.below(9)).to_string(),
                postcode: "7411 LD".to_owned(),
                plaats: "Lindeveld".to_owned(),
                email: format!("w{}@werknemer.example", history.chance.below(9)),
                ..form
            };
        }
        CaseKind::PersonnelNumber => form.personeelsnummer = format!("W{}", history.chance.below(20)),
        CaseKind::Products => {
            let packages = ["", "tand", "aanvullend", "tand,aanvullend", "zilver"];
            "basis".clone_into(&mut form.product);
            packages[history.chance.below(packages.len())].clone_into(&mut form.pakket);
            form.ingangsdatum = day;
        }
        CaseKind::DependantIn => {
            let place = CHILDREN + history.chance.below(6);
            if let Some(person) = history.people.get(place) {
                person.fill(&mut form);
            }
            form.ingangsdatum = day;
        }
        CaseKind::DependantOut => {
            let family = history.model.dependants_of(main);
            form.nr = history.chance.of(&family).unwrap_or(main).to_string();
            form.einddatum = day;
        }
        CaseKind::Move => {
            let number = if history.chance.in_hundred(90) { history.contract().number } else { "99999" };
            number.clone_into(&mut form.contract);
            form.ingangsdatum = day;
        }
        CaseKind::Deregistration => {
            let reasons = ["einde_dienstverband", "einde_collectiviteit", "overleden"];
            reasons[history.chance.below(reasons.len())].clone_into(&mut form.reden);
            form.einddatum = day;
        }
        CaseKind::Enrolment => {}
    }
    history.say(format!(
        "participation {main} asks {kind:?} from {} until {} of {}{}",
        form.ingangsdatum, form.einddatum, form.contract, form.nr
    ));

    let portal = history.world.portal.clone();
    let token = format!("link-{}", history.step);
    let until = history.clock.millis() + 60 * 1000;
    let txn = portal.db().begin().await?;
    let hash = secret::token_hash(&token);
    links::link_add(&txn, &hash, ParticipationId(main), "w@werknemer.example", until).await?;
    txn.commit().await?;

    let sent = change::send(&portal, &request(), &token, kind, &form, Language::Nl).await?;
    if history.chance.in_hundred(15) {
        let again = change::send(&portal, &request(), &token, kind, &form, Language::Nl).await?;
        // What was refused is judged anew, and what was sent is not.
        if sent.is_ok() && again != sent {
            return Ok(Came::Broken(format!("sent twice, it was {sent:?} and {again:?}")));
        }
    }
    Ok(match sent {
        Ok(_) => Came::Done,
        Err(EnrolRefusal::Invalid(errors)) => Came::Nothing(format!("{:?}", errors.0)),
        Err(refusal) => Came::Nothing(format!("{refusal:?}")),
    })
}
