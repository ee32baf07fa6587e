//! What the insurer and the operator do beside it: terms of contracts, insurances, upkeep, mail; and forms that come
//! again.

use collectief_domain::{
    date::format_dutch,
    field::FieldCode,
    ids::EmployerId,
    product::{Product, ProductKind},
};
use collectief_service::{
    ServiceError, deregister,
    enrol::inside,
    office::employers,
    outbox::{Post, deliver_due},
    participant, product, remind, session, validate,
};

use super::{Again, Came};
use crate::{
    fixture::{day, request},
    history::{History, plus},
    model::never,
};

/// Changes a contract, or which insurances are offered: what waits may then no longer be possible.
pub(crate) async fn terms(history: &mut History) -> Result<Came, ServiceError> {
    let (portal, request, desk) = (history.world.portal.clone(), request(), history.staff.desk.clone());
    let today = history.today();
    if history.chance.in_hundred(25) {
        let last_day = if history.chance.in_hundred(40) { Some(plus(today, -1)) } else { None };
        history.say(format!("the dental insurance is offered until {last_day:?}"));
        let (code, name) = ("tand".to_owned(), "Tand".to_owned());
        let first_day = day(2010, 1, 1);
        product::keep(&portal, &Product { code, name, kind: ProductKind::Dental, first_day, last_day }).await?;
        return Ok(Came::Done);
    }
    let contract = history.contract();
    let employer = EmployerId(contract.employer);
    let page = employers::view_contract(&portal, &request, &desk, employer, Some(contract.number)).await?;
    let mut form = page.form;
    match history.chance.below(4) {
        0 if form.einddatum.is_empty() => {
            form.einddatum = format_dutch(plus(today, history.chance.between(-10, 250)));
        }
        0 | 1 => form.einddatum.clear(),
        2 => form.terugwerkend = [0, 30, 90, 365][history.chance.below(4)].to_string(),
        _ => form.ingangsdatum = format_dutch(day(2018 + history.chance.below(5) as i32, 1, 1)),
    }
    let (number, from, until) = (contract.number, form.ingangsdatum.clone(), form.einddatum.clone());
    history.say(format!("contract {number} from {from} until {until:?}, {} days back", form.terugwerkend));
    let changed = employers::change_contract(&portal, &request, &desk, employer, number, &form).await;
    if let Err(ServiceError::Invalid(errors)) = &changed
        && let Some(FieldCode::DateTooLate { last }) = errors.on("ingangsdatum")
    {
        let known = history.model.participations.values();
        let first = known.filter(|known| known.contract == contract.id && known.start() > never());
        let first = first.map(|known| known.start()).min();
        if first != Some(last) {
            return Ok(Came::Broken(format!("who participates first begins on {first:?}, and {last} was told")));
        }
    }
    changed?;
    Ok(Came::Done)
}

/// What the server does by itself: counting anew, forgetting, reminding.
pub(crate) async fn upkeep(history: &mut History) -> Result<Came, ServiceError> {
    let portal = history.world.portal.clone();
    participant::roll_counts(&portal).await?;
    remind::remind_due(&portal).await?;
    session::clear_ended(&portal).await?;
    let (db, now) = (history.db(), history.clock.millis());
    Ok(match history.model.forget(&db, now).await {
        Ok(()) => Came::Done,
        Err(broken) => Came::Broken(broken),
    })
}

/// Delivers what is due, as files that nobody reads: what may have left is taken back by another message.
pub(crate) async fn mail(history: &mut History) -> Result<Came, ServiceError> {
    let folder = tempfile::tempdir().map_err(|error| ServiceError::Unavailable(error.to_string()))?;
    let delivered = deliver_due(&history.world.portal, &Post::files(folder.path())).await?;
    history.say(format!("{delivered:?}"));
    if delivered.failed > 0 {
        return Ok(Came::Broken(format!("messages could not be delivered: {delivered:?}")));
    }
    Ok(Came::Done)
}

/// Sends the form once more that was sent last: it gets the same answer, and nothing is done.
pub(crate) async fn again(history: &mut History) -> Result<Came, ServiceError> {
    let Some(sent) = history.again.clone() else { return Came::nobody() };
    history.say(format!("{sent:?}"));
    let (portal, request) = (history.world.portal.clone(), request());
    let is_repeated = match &sent {
        Again::Deregister(who, form) => deregister::deregister(&portal, &request, who, form).await?.repeated,
        Again::Request(who, form) => deregister::request(&portal, &request, who, form).await?.repeated,
        Again::TakeBack(who, form) => {
            deregister::withdraw(&portal, &request, who, form).await?;
            true
        }
        Again::Enrol(who, form) => inside::enrol(&portal, &request, who, form).await?.repeated,
        Again::AddDependant(who, main, form) => {
            inside::add_dependant(&portal, &request, who, *main, form).await?.repeated
        }
        Again::Decide(who, form) => {
            validate::decide(&portal, &request, who, form).await?;
            true
        }
    };
    Ok(if is_repeated {
        // It is a step of its own, that must have written nothing.
        Came::Nothing("it was done already".to_owned())
    } else {
        Came::Broken(format!("a form that was sent twice was done twice: {sent:?}"))
    })
}
