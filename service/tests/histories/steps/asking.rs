//! What who asks does, without signing in: enrolling on the open pages, and the page behind the mailed link.

use collectief_data::case::link as links;
use collectief_domain::{
    actor::Language,
    case::{CaseState, FollowForm},
    enrolment::{AnswerForm, Answered, Question},
    ids::CaseId,
};
use collectief_service::{
    ServiceError,
    enrol::{self, follow},
};

use super::Came;
use crate::{
    fixture::request,
    history::History,
    people::{CHILDREN, TWINS},
};

/// Answers every question, and sends the answers.
pub(crate) async fn enrol(history: &mut History) -> Result<Came, ServiceError> {
    let contract = history.contract();
    let place = history.chance.below(history.people.len());
    let by_employer = history.chance.in_hundred(35);
    let mut form = history.answers(place, contract);
    form.wie = if by_employer { "werkgever" } else { "werknemer" }.to_owned();
    let family = match history.chance.below(10) {
        0..=5 => Vec::new(),
        6 => TWINS.to_vec(),
        7 => vec![history.chance.below(CHILDREN), CHILDREN + history.chance.below(6)],
        _ => vec![CHILDREN + history.chance.below(6)],
    };
    if !family.is_empty() {
        "ja".clone_into(&mut form.gezin);
    }
    let other = history.chance.below(CHILDREN);
    let wrong = match history.chance.below(40) {
        0 => {
            "99999".clone_into(&mut form.contract);
            ", of no contract"
        }
        1 => {
            "123456789".clone_into(&mut form.bsn);
            ", with a BSN that is none"
        }
        2 => {
            "zilver".clone_into(&mut form.product);
            ", with an insurance that is not offered"
        }
        3..=5 => {
            form.bsn = history.people.get(other).map(|person| person.bsn.clone()).unwrap_or_default();
            form.geen_bsn.clear();
            ", with the BSN of somebody else"
        }
        _ => "",
    };
    let (name, number, day) = (history.name(place), contract.number, form.ingangsdatum.clone());
    history.say(format!("{name} in {number} from {day} with {family:?}, by the employer {by_employer}{wrong}"));

    let (portal, request) = (history.world.portal.clone(), request());
    let begun = enrol::answer(&portal, &request, None, Question::Contract, &form).await?;
    let token = match begun {
        Ok(Answered { token: Some(token), .. }) => token,
        Ok(_) => return Ok(Came::Broken("nothing was begun".to_owned())),
        Err(refusal) => return Ok(Came::Nothing(format!("{refusal:?}"))),
    };
    for member in &family {
        let mut about = AnswerForm { actie: "gezinslid".to_owned(), ..AnswerForm::default() };
        if let Some(person) = history.people.get(*member) {
            person.fill(&mut about);
        }
        // Who is the same person as another one is refused, and is then left out.
        let _ = enrol::answer(&portal, &request, Some(&token), Question::Family, &about).await?;
    }
    for question in Question::ALL.into_iter().skip(1) {
        // What is wrong is kept as well, and then refused when it is sent.
        let _ = enrol::answer(&portal, &request, Some(&token), question, &form).await?;
    }
    if history.chance.in_hundred(4) {
        enrol::discard(&portal, &token).await?;
    }
    let sent = enrol::send(&portal, &request, &token, Language::Nl).await?;
    if history.chance.in_hundred(10) {
        let again = enrol::send(&portal, &request, &token, Language::Nl).await?;
        if again != sent {
            return Ok(Came::Broken(format!("sent twice, it was {sent:?} and {again:?}")));
        }
    }
    Ok(match sent {
        Ok(_) => Came::Done,
        Err(refusal) => Came::Nothing(format!("{refusal:?}")),
    })
}

/// The token of one of the links of a request; `None` where there is none any more.
async fn token_of(history: &mut History, case: i64) -> Result<Option<String>, ServiceError> {
    let known = history.model.cases.get(&case).map(|known| (known.by_employer, known.state));
    let Some((by_employer, state)) = known else { return Ok(None) };
    // Until the address of who filled it in was proven, nobody else has a link.
    let to_reporter = by_employer && (state == CaseState::Unproven || history.chance.in_hundred(50));
    let mailed = links::for_mail(history.world.portal.db(), CaseId(case), to_reporter).await?;
    Ok(mailed.map(|mailed| mailed.token))
}

/// Does something on the page behind the link of a request in one of these states, and now and then of any other.
async fn behind_the_link(
    history: &mut History,
    states: &[CaseState],
    form: FollowForm,
    is_done: fn(CaseState) -> bool,
) -> Result<Came, ServiceError> {
    let any = history.chance.in_hundred(8);
    let cases = history.model.cases_in(if any { CaseState::ALL } else { states });
    let Some(case) = history.chance.of_late(&cases) else { return Came::nobody() };
    let state = history.model.cases.get(&case).map(|known| known.state);
    history.say(format!("request {case}, which is {state:?}"));
    let Some(token) = token_of(history, case).await? else {
        return Ok(Came::Nothing("there is no link any more".to_owned()));
    };
    let (portal, request) = (history.world.portal.clone(), request());
    let seen = follow::view(&portal, &token).await?;
    if Some(seen.state) != state {
        return Ok(Came::Broken(format!("the page shows {:?}, and it is {state:?}", seen.state)));
    }
    follow::act(&portal, &request, &token, &form).await?;
    let was_done = state.is_some_and(is_done);
    Ok(if was_done { Came::Nothing("it was done already".to_owned()) } else { Came::Done })
}

/// Proves the address.
pub(crate) async fn prove(history: &mut History) -> Result<Came, ServiceError> {
    let form = FollowForm { actie: "bevestigen".to_owned(), ..FollowForm::default() };
    behind_the_link(history, &[CaseState::Unproven], form, |state| state != CaseState::Unproven).await
}

/// Withdraws the request.
pub(crate) async fn withdraw(history: &mut History) -> Result<Came, ServiceError> {
    let form = FollowForm { actie: "intrekken".to_owned(), ..FollowForm::default() };
    let states = [CaseState::Unproven, CaseState::Waiting, CaseState::Questioned, CaseState::Stuck];
    behind_the_link(history, &states, form, |state| state == CaseState::Withdrawn).await
}

/// Answers the employer's question.
pub(crate) async fn answer(history: &mut History) -> Result<Came, ServiceError> {
    let form = FollowForm {
        actie: "antwoorden".to_owned(),
        antwoord: "Op de eerste van de maand.".to_owned(),
        ..FollowForm::default()
    };
    // A request that waits was answered, or else the answer is refused.
    behind_the_link(history, &[CaseState::Questioned], form, |state| state == CaseState::Waiting).await
}
