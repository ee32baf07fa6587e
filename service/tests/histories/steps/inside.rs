//! What staff do themselves: enrolling somebody, and adding a dependant. It is in force at once.

use collectief_domain::{date::format_dutch, enrolment::AnswerForm, ids::ParticipationId};
use collectief_service::{ServiceError, enrol::inside};

use super::{Again, Came};
use crate::{
    fixture::request,
    history::{History, plus},
    people::CHILDREN,
};

/// Enrols somebody.
pub(crate) async fn enrol(history: &mut History) -> Result<Came, ServiceError> {
    let contract = history.contract();
    let place = history.chance.below(history.people.len());
    let mut form = history.answers(place, contract);
    form.sleutel = format!("e{}", history.step);
    let other = history.chance.below(CHILDREN);
    let wrong = match history.chance.below(40) {
        0 => {
            "123456789".clone_into(&mut form.bsn);
            ", with a BSN that is none"
        }
        1 | 2 => {
            form.bsn = history.people.get(other).map(|person| person.bsn.clone()).unwrap_or_default();
            form.geen_bsn.clear();
            ", with the BSN of somebody else"
        }
        3 => {
            form.product.clear();
            ", without an insurance"
        }
        _ => "",
    };
    let who = history.clerk();
    let (name, number, day) = (history.name(place), contract.number, form.ingangsdatum.clone());
    history.say(format!("{} enrols {name} in {number} from {day}{wrong}", who.name()));
    let portal = history.world.portal.clone();
    let receipt = inside::enrol(&portal, &request(), &who, &form).await?;
    if receipt.repeated {
        return Ok(Came::Broken("a form that was never sent was answered before".to_owned()));
    }
    history.again = Some(Again::Enrol(who, Box::new(form)));
    Ok(Came::Done)
}

/// Adds a dependant to a main insured; now and then to somebody who is none.
pub(crate) async fn add_dependant(history: &mut History) -> Result<Came, ServiceError> {
    let today = history.today();
    let any = history.chance.in_hundred(10);
    let known = history.model.participations.iter();
    let mains = known.filter(|(_, known)| any || (known.main.is_none() && known.is_current_on(today)));
    let mains: Vec<i64> = mains.map(|(id, _)| *id).collect();
    let Some(main) = history.chance.of_late(&mains) else { return Came::nobody() };
    let place =
        if history.chance.in_hundred(70) { CHILDREN + history.chance.below(6) } else { history.chance.below(CHILDREN) };
    let (start, last) = history
        .model
        .participations
        .get(&main)
        .map_or((today, today), |known| (known.start(), known.state.end_date.unwrap_or(plus(today, 200))));
    let day = match history.chance.below(10) {
        0..=3 => start.max(plus(today, -100)),
        4 => last,
        5 => plus(last, 1),
        _ => plus(today, history.chance.between(-30, 60)),
    };
    let sleutel = format!("m{}", history.step);
    let mut form = AnswerForm { ingangsdatum: format_dutch(day), sleutel, ..AnswerForm::default() };
    if let Some(person) = history.people.get(place) {
        person.fill(&mut form);
    }
    let (who, name) = (history.clerk(), history.name(place));
    history.say(format!("{} adds {name} to participation {main} from {day}", who.name()));
    let portal = history.world.portal.clone();
    let main = ParticipationId(main);
    inside::add_dependant(&portal, &request(), &who, main, &form).await?;
    history.again = Some(Again::AddDependant(who, main, Box::new(form)));
    Ok(Came::Done)
}
