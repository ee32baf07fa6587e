//! What the employer decides, what it chose to decide about at all, and what the helpdesk does about the rest.

use collectief_domain::{
    case::{CaseState, DecideForm, OptionsForm, Outcome, OutcomeResult, StuckForm, UNDO_SECONDS, UndoForm},
    ids::CaseId,
};
use collectief_service::{ServiceError, office::stuck, validate};

use super::{Again, Came};
use crate::{fixture::request, history::History};

/// So many of them as a list that a form carries, each at its version; now and then at one of before.
async fn seen(history: &mut History, cases: &[i64]) -> String {
    let mut seen = Vec::with_capacity(cases.len());
    for case in cases {
        let sql = format!("SELECT COALESCE(MAX(version), 1) FROM mutation_case WHERE id = {case}");
        let version = history.world.number(&sql).await;
        let version = if history.chance.in_hundred(5) { version - 1 } else { version };
        seen.push(DecideForm::write_seen(CaseId(*case), version));
    }
    seen.join(",")
}

/// Requests to decide about: mostly such as wait, and mostly one.
fn some(history: &mut History, states: &[CaseState]) -> Vec<i64> {
    let any = history.chance.in_hundred(8);
    let cases = history.model.cases_in(if any { CaseState::ALL } else { states });
    let count = if history.chance.in_hundred(70) { 1 } else { 2 + history.chance.below(4) };
    let mut chosen = Vec::with_capacity(count);
    for _ in 0..count {
        if let Some(case) = history.chance.of_late(&cases)
            && !chosen.contains(&case)
        {
            chosen.push(case);
        }
    }
    chosen
}

async fn decide(history: &mut History, states: &[CaseState], form: DecideForm) -> Result<Came, ServiceError> {
    let cases = some(history, states);
    if cases.is_empty() {
        return Came::nobody();
    }
    let who = history.clerk();
    let sleutel = if history.chance.in_hundred(50) { format!("d{}", history.step) } else { String::new() };
    let is_one = cases.len() == 1;
    let form = DecideForm {
        wie: seen(history, &cases).await,
        personeelsnummer: if is_one { form.personeelsnummer } else { String::new() },
        sleutel,
        ..form
    };
    history.say(format!("{} about {}", who.name(), form.wie));
    let portal = history.world.portal.clone();
    let outcomes = validate::decide(&portal, &request(), &who, &form).await?;
    let is_done = |outcome: &Outcome| {
        matches!(
            outcome.result,
            OutcomeResult::Approved(_) | OutcomeResult::Removed | OutcomeResult::Asked | OutcomeResult::Stuck(_)
        )
    };
    let results: Vec<_> = outcomes.iter().map(|outcome| (outcome.id.0, &outcome.result)).collect();
    if outcomes.iter().any(is_done) {
        history.again = if form.sleutel.is_empty() { None } else { Some(Again::Decide(who, form)) };
        return Ok(Came::Done);
    }
    // The answer to a form with a key is kept, also when nothing came of it.
    Ok(if form.sleutel.is_empty() { Came::Nothing(format!("{results:?}")) } else { Came::Done })
}

/// Approves one request, or several at once.
pub(crate) async fn approve(history: &mut History) -> Result<Came, ServiceError> {
    let personeelsnummer = if history.chance.in_hundred(20) { format!("V{}", history.step) } else { String::new() };
    let form = DecideForm { actie: "goedkeuren".to_owned(), personeelsnummer, ..DecideForm::default() };
    decide(history, &[CaseState::Waiting, CaseState::Questioned], form).await
}

/// Removes them.
pub(crate) async fn remove(history: &mut History) -> Result<Came, ServiceError> {
    let form = DecideForm {
        actie: "verwijderen".to_owned(),
        reden: "Is hier niet in dienst.".to_owned(),
        ..DecideForm::default()
    };
    decide(history, &[CaseState::Waiting, CaseState::Questioned], form).await
}

/// Asks the employee something.
pub(crate) async fn ask(history: &mut History) -> Result<Came, ServiceError> {
    let form =
        DecideForm { actie: "vragen".to_owned(), vraag: "Op welke dag begint u?".to_owned(), ..DecideForm::default() };
    decide(history, &[CaseState::Waiting], form).await
}

/// Takes an approval back, within its minute or after it.
pub(crate) async fn undo(history: &mut History) -> Result<Came, ServiceError> {
    let done = history.model.cases_in(&[CaseState::Processed]);
    let last = done.iter().copied().max_by_key(|case| history.model.cases.get(case).map(|known| known.done_at));
    let case = if history.chance.in_hundred(75) { last } else { history.chance.of(&done) };
    let Some(case) = case else { return Came::nobody() };
    let passed = history.model.cases.get(&case).map_or(0, |known| history.clock.millis() - known.done_at);
    let who = history.clerk();
    history.say(format!("{} of request {case}, {passed} milliseconds after it was done", who.name()));
    let portal = history.world.portal.clone();
    validate::undo(&portal, &request(), &who, &UndoForm { zaak: case.to_string() }).await?;
    if passed >= i64::from(UNDO_SECONDS) * 1000 {
        return Ok(Came::Broken(format!("it was undone {passed} milliseconds after it was done")));
    }
    Ok(Came::Done)
}

/// Chooses whether what comes in waits for the employer.
pub(crate) async fn choose(history: &mut History) -> Result<Came, ServiceError> {
    let contract = history.contract();
    let who = history.clerk();
    let (portal, request) = (history.world.portal.clone(), request());
    let form = OptionsForm { contract: contract.number.to_owned(), ..OptionsForm::default() };
    let shown = validate::options(&portal, &request, &who, &form).await?;
    let entries: Vec<&str> = shown.seen.split(',').collect();
    let Some(entry) = history.chance.of(&entries) else { return Came::nobody() };
    let asks = entry.ends_with(":ja");
    let name = entry.rsplit_once(':').map(|(name, _)| name.to_owned()).unwrap_or_default();
    // Now and then a colleague was first, and what was shown is no longer so.
    let is_stale = history.chance.in_hundred(10);
    let seen_as = if asks != is_stale { "ja" } else { "nee" };
    let becomes = if is_stale { asks } else { !asks };
    history.say(format!("{} of {name}: it was {asks}, seen as {seen_as}, and becomes {becomes}", who.name()));
    let form = OptionsForm {
        gezien: format!("{name}:{seen_as}"),
        ja: if becomes { name } else { String::new() },
        ..OptionsForm::default()
    };
    validate::set_options(&portal, &request, &who, &form).await?;
    Ok(Came::Done)
}

/// Tries what could not be done again, removes it, or says who looks after it.
pub(crate) async fn serve_stuck(history: &mut History) -> Result<Came, ServiceError> {
    let wanted: &[CaseState] = if history.chance.in_hundred(8) { CaseState::ALL } else { &[CaseState::Stuck] };
    let cases = history.model.cases_in(wanted);
    let Some(case) = history.chance.of_late(&cases) else { return Came::nobody() };
    let deeds = ["opnieuw", "opnieuw", "verwijderen", "oppakken", "loslaten"];
    let deed = deeds[history.chance.below(deeds.len())];
    let form = StuckForm {
        actie: deed.to_owned(),
        wie: seen(history, &[case]).await,
        reden: "De gegevens kloppen niet.".to_owned(),
        ..StuckForm::default()
    };
    // Nobody of an employer gets in here.
    let who = if history.chance.in_hundred(95) { history.staff.desk.clone() } else { history.clerk() };
    history.say(format!("{} does {deed} with request {case}", who.name()));
    let portal = history.world.portal.clone();
    let cause = format!("SELECT COALESCE(stuck_cause, '') FROM mutation_case WHERE id = {case}");
    let before = history.db().text(&cause).await.unwrap();
    let outcome = stuck::act(&portal, &request(), &who, &form).await?;
    Ok(match outcome.result {
        OutcomeResult::Approved(_) | OutcomeResult::Removed => Came::Done,
        // That something else stands in the way by now is noted.
        OutcomeResult::Stuck(now) if deed != "opnieuw" || now.code() != before => Came::Done,
        result => Came::Nothing(format!("{result:?}")),
    })
}
