//! Ends: deregistering, asking the insurer for an end, taking either back; and the employer's own number.

use std::fmt::Write as _;

use collectief_domain::{
    date::format_dutch,
    deregistration::{DeregisterForm, EndReason, PersonnelNumberForm, WithdrawForm},
    mutation::{MutationKind, MutationState},
};
use collectief_service::{ServiceError, deregister};

use super::{Again, Came};
use crate::{
    fixture::request,
    history::{History, plus},
};

/// Participations to end: mostly one that goes on.
fn some(history: &mut History) -> Vec<i64> {
    let today = history.today();
    let live = history.model.live();
    let is_current = |id: &i64| history.model.participations.get(id).is_some_and(|known| known.is_current_on(today));
    let current: Vec<i64> = live.iter().copied().filter(is_current).collect();
    let mut chosen: Vec<i64> = Vec::new();
    let count = if history.chance.in_hundred(75) { 1 } else { 2 + history.chance.below(3) };
    for _ in 0..count {
        let one = match history.chance.below(20) {
            // What was done just now can still be undone.
            0..=2 => live.last().copied(),
            3 => history.chance.of(&live),
            _ => history.chance.of(&current),
        };
        if let Some(one) = one
            && !chosen.contains(&one)
        {
            chosen.push(one);
        }
    }
    chosen
}

/// A form about some of them; `is_far_back` where the insurer is to be asked.
fn form(history: &mut History, is_far_back: bool) -> Option<DeregisterForm> {
    let chosen = some(history);
    let first = history.model.participations.get(chosen.first()?)?;
    let (start, today) = (first.start(), history.today());
    let mut end = match history.chance.below(20) {
        0 => plus(start, -1),
        1 => start,
        2 => plus(today, history.chance.between(61, 400)),
        3 => plus(today, history.chance.between(-500, -100)),
        _ if is_far_back => plus(today, history.chance.between(-200, -31)).max(start),
        _ => plus(today, history.chance.between(-25, 60)),
    };
    let reason = history.chance.of(&EndReason::ALL).unwrap_or(EndReason::EindeDienstverband);
    if !reason.ends_household() && history.chance.in_hundred(80) {
        end = end.min(today);
    }
    let mut wie = String::new();
    let mut along: Vec<String> = Vec::new();
    for id in &chosen {
        let version = history.model.participations.get(id).map_or(1, |known| known.version);
        let version = if history.chance.in_hundred(4) { version - 1 } else { version };
        let _ = write!(wie, "{}{id}:{version}", if wie.is_empty() { "" } else { "," });
        for dependant in history.model.dependants_of(*id) {
            if history.chance.in_hundred(50) {
                along.push(dependant.to_string());
            }
        }
    }
    Some(DeregisterForm {
        wie,
        einddatum: format_dutch(end),
        reden: reason.code().to_owned(),
        mee: along.join(","),
        gezin_gevraagd: if history.chance.in_hundred(85) { "ja" } else { "" }.to_owned(),
        sleutel: format!("a{}", history.step),
    })
}

fn words(form: &DeregisterForm) -> String {
    let DeregisterForm { wie, einddatum, reden, mee, gezin_gevraagd, .. } = form;
    format!("{wie} until {einddatum}, {reden}, along {mee:?}, asked {gezin_gevraagd:?}")
}

/// Ends participations.
pub(crate) async fn deregister(history: &mut History) -> Result<Came, ServiceError> {
    let Some(form) = form(history, false) else { return Came::nobody() };
    let who = history.clerk();
    history.say(format!("{} ends {}", who.name(), words(&form)));
    let portal = history.world.portal.clone();
    let request = request();
    // What would be done is looked at first, and changes nothing.
    let preview = deregister::preview(&portal, &request, &who, &form).await?;
    let done = deregister::deregister(&portal, &request, &who, &form).await;
    let ends = done.as_ref().map(|receipt| receipt.ends.as_slice()).unwrap_or_default();
    if done.is_ok() && preview.ends != ends {
        return Ok(Came::Broken(format!("the preview was {:?}, and it ended {ends:?}", preview.ends)));
    }
    done?;
    history.again = Some(Again::Deregister(who, form));
    Ok(Came::Done)
}

/// Asks the insurer for an end that lies too far back; what is possible after all is done.
pub(crate) async fn request_end(history: &mut History) -> Result<Came, ServiceError> {
    let Some(form) = form(history, true) else { return Came::nobody() };
    let who = history.clerk();
    history.say(format!("{} asks for {}", who.name(), words(&form)));
    let portal = history.world.portal.clone();
    deregister::request(&portal, &request(), &who, &form).await?;
    history.again = Some(Again::Request(who, form));
    Ok(Came::Done)
}

/// Takes a deregistration back, or a request for one; now and then something that is neither.
pub(crate) async fn take_back(history: &mut History) -> Result<Came, ServiceError> {
    let any = history.chance.in_hundred(8);
    let is_wanted = |state: Option<MutationState>| state.is_some_and(|state| state != MutationState::Withdrawn);
    let known = history.model.mutations.iter();
    let wanted =
        known.filter(|(_, known)| any || (known.kind == MutationKind::Deregistration && is_wanted(known.state())));
    let wanted: Vec<i64> = wanted.map(|(id, _)| *id).collect();
    let Some(mutation) = history.chance.of_late(&wanted) else { return Came::nobody() };
    let state = history.model.mutations.get(&mutation).and_then(|known| known.state());
    let who = history.clerk();
    history.say(format!("{} takes mutation {mutation} back, which is {state:?}", who.name()));
    let form = WithdrawForm { mutatie: mutation.to_string(), sleutel: format!("t{}", history.step) };
    let portal = history.world.portal.clone();
    deregister::withdraw(&portal, &request(), &who, &form).await?;
    if state == Some(MutationState::Withdrawn) {
        return Ok(Came::Nothing("the same person had taken it back".to_owned()));
    }
    history.again = Some(Again::TakeBack(who, form));
    Ok(Came::Done)
}

/// Changes the employer's number of a participation.
pub(crate) async fn personnel_number(history: &mut History) -> Result<Came, ServiceError> {
    let live = history.model.live();
    let Some(id) = history.chance.of(&live) else { return Came::nobody() };
    let (version, stands) = history
        .model
        .participations
        .get(&id)
        .map(|known| (known.version, known.state.personnel_number.clone()))
        .unwrap_or_default();
    let version = if history.chance.in_hundred(8) { version - 1 } else { version };
    let number = match history.chance.below(10) {
        0 => String::new(),
        1 => stands.clone(),
        2 => "too long for a number that staff have".to_owned(),
        _ => format!("N{}", history.chance.below(500)),
    };
    let who = history.clerk();
    history.say(format!("{} gives participation {id}:{version} the number {number:?}", who.name()));
    let form =
        PersonnelNumberForm { deelname: id.to_string(), versie: version.to_string(), personeelsnummer: number.clone() };
    let portal = history.world.portal.clone();
    deregister::change_personnel_number(&portal, &request(), &who, &form).await?;
    Ok(if number == stands { Came::Nothing("it had that number".to_owned()) } else { Came::Done })
}
