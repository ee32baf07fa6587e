//! Doing what an employee asked by a link, and taking that back. It is judged anew, against what is so by then; what cannot be
//! done leaves nothing behind.

use std::collections::{HashMap, HashSet};

use collectief_data::{
    Txn, case,
    case::StoredCase,
    change::{self as data, Reversible},
    deregistration as offers,
    enrolment::{self as stored, Reached},
    message::{self as messages, NewMessage},
    mutation::{self, Changes, Household, NewMutation, NewParticipation, StoredParticipation},
    scope::Scope,
};
use collectief_domain::{
    actor::Channel,
    case::{CaseKind, StuckCause, UNDO_SECONDS},
    change::{Change, KeptChange, Reachable, refused_day},
    date::Date,
    deregistration::{Decision, Deregistration, DeregistrationFacts, EndReason, Ending, Selected, decide},
    field::FieldErrors,
    ids::{ContractId, MutationId, ParticipationId},
    message::MessageKind,
    mutation::{MutationKind, MutationState, ParticipationState},
    period::Period,
    product::codes,
};

use super::{facts_of, main_of, offer_to, period_of, read_kept};
use crate::{
    Portal, ServiceError,
    clock::day_of,
    deregister::work::{Work, offer_key},
    enrol::process::{By, Entering, enter},
};

/// What would end, by the rules that staff are held to as well (D5, D6).
fn endings(household: &Household, who: ParticipationId, last_day: Date, reason: EndReason, today: Date) -> Decision {
    let (chosen, others): (Vec<_>, Vec<_>) =
        household.chosen.iter().chain(&household.dependants).partition(|row| row.id == who);
    let version = chosen.first().map_or(0, |row| row.version);
    let asked = Deregistration {
        selected: vec![Selected { id: who, version }],
        end_date: last_day,
        reason,
        along: Vec::new(),
        dependants_asked: true,
        key: String::new(),
    };
    let facts = DeregistrationFacts {
        selected: chosen.into_iter().map(StoredParticipation::facts).collect(),
        dependants: others.into_iter().map(StoredParticipation::facts).collect(),
    };
    decide(&asked, &facts, today)
}

/// Whether a change is possible as far as the household tells.
///
/// # Errors
/// What is wrong, at its field.
pub(super) fn possible(change: &Change, household: &Household, today: Date) -> Result<(), FieldErrors> {
    let mut errors = FieldErrors::default();
    if let Change::End { who, last_day, reason } = change
        && let Decision::Refused(refused) = endings(household, *who, *last_day, *reason, today)
        && let Some(first) = refused.first()
    {
        errors.push("einddatum", refused_day(&first.refusal, today));
    }
    errors.or(())
}

/// What one change of a household shares.
struct Doing<'a> {
    txn: &'a Txn,
    scope: &'a Scope,
    of: &'a StoredCase,
    household: &'a Household,
    row: &'a StoredParticipation,
    by: By<'a>,
}

/// Does what a request asks. Gives the participation that it is about from now on, or why it cannot be done; nothing is
/// written then.
#[expect(clippy::too_many_arguments, reason = "as with an enrolment: each is another thing")]
pub(crate) async fn process(
    portal: &Portal,
    txn: &Txn,
    scope: &Scope,
    changes: &mut Changes,
    of: &StoredCase,
    personnel_number: &str,
    by: By<'_>,
    by_insurer: bool,
) -> Result<Result<ParticipationId, StuckCause>, ServiceError> {
    let gone = Ok(Err(StuckCause::NoLongerPossible));
    let Some(about) = of.about else { return gone };
    let Some(household) = mutation::household_for_update(txn, scope, &[about]).await? else { return gone };
    let Ok(row) = main_of(&household) else { return gone };
    let today = day_of(by.now);
    let Some(text) = case::request_of(portal.db(), txn, of).await? else {
        return Err(ServiceError::Internal("a request is no longer kept".to_owned()));
    };
    let KeptChange { mut form, .. } = read_kept(&text)?;
    if of.kind == CaseKind::PersonnelNumber && !personnel_number.is_empty() {
        personnel_number.clone_into(&mut form.personeelsnummer);
    }
    let back = if by_insurer { u32::MAX } else { collectief_domain::change::MOVE_BACK_DAYS };
    let to = match of.kind {
        CaseKind::Move => offer_to(txn, &form.contract, today, back).await?,
        _ => None,
    };
    let (to_contract, to) = to.unzip();
    let (_, reached) = data::person_of(txn, about).await?.ok_or(ServiceError::NotFound)?;
    let facts = facts_of(txn.into(), &household, reached, to, today, by_insurer).await?;
    let change = match form.parse_change(of.kind, &facts, today) {
        Ok(change) => change,
        Err(errors) => return Ok(Err(hindrance(&errors))),
    };
    let doing = Doing { txn, scope, of, household: &household, row, by };
    match change {
        Change::Details(reached) => doing.details(&reached).await,
        Change::PersonnelNumber(number) => doing.number(changes, number).await,
        Change::Products { products, from } => doing.products(changes, &codes(&products), from).await,
        Change::DependantIn { person, from } => {
            let entering = Entering {
                person: &person,
                reached: Reached::default(),
                dependants: &[],
                main: Some(about),
                personnel_number: "",
                products: &row.state.products,
                period: Period { start: from, end: row.state.end_date },
                kind: MutationKind::DependantIn,
                channel: of.channel,
                case: Some(of.id),
            };
            let done = enter(portal, txn, scope, of.contract, changes, &entering, by).await?;
            Ok(done.map(|_| about))
        }
        Change::End { who, last_day, reason } => {
            let decision = if by_insurer {
                let mut unbound = household.clone();
                unbound
                    .chosen
                    .iter_mut()
                    .chain(&mut unbound.dependants)
                    .for_each(|row| row.retroactive_days = u32::MAX);
                endings(&unbound, who, last_day, reason, today)
            } else {
                endings(&household, who, last_day, reason, today)
            };
            match decision {
                Decision::Ends(ends) => doing.end(&ends).await,
                _ => Ok(Err(StuckCause::OutsideWindow)),
            }
        }
        Change::Move { from, .. } => match to_contract {
            Some(to) => doing.move_to(changes, to, from).await,
            None => Ok(Err(StuckCause::OutsideWindow)),
        },
    }
}

/// Why a change cannot be done any more.
fn hindrance(errors: &FieldErrors) -> StuckCause {
    if ["ingangsdatum", "einddatum", "contract"].iter().any(|field| errors.on(field).is_some()) {
        StuckCause::OutsideWindow
    } else if errors.on("product").is_some() || errors.on("pakket").is_some() {
        StuckCause::NotOffered
    } else {
        StuckCause::NoLongerPossible
    }
}

impl Doing<'_> {
    fn mutation(&self, kind: MutationKind, valid_from: Date, household: Option<MutationId>) -> NewMutation {
        NewMutation {
            kind,
            channel: self.of.channel,
            valid_from,
            household,
            withdraws: None,
            case: Some(self.of.id),
            account: self.by.account,
            actor_name: self.by.name.map(str::to_owned),
            recorded_at: self.by.now,
        }
    }

    async fn details(&self, reached: &Reachable) -> Result<Result<ParticipationId, StuckCause>, ServiceError> {
        let (person, _) = data::person_of(self.txn, self.row.id).await?.ok_or(ServiceError::NotFound)?;
        data::person_reach(self.txn, self.scope, person, reached).await?;
        // The participation stays as it is; that something was changed stands among its mutations.
        let note = self.mutation(MutationKind::Details, day_of(self.by.now), None);
        mutation::mutation_note(self.txn, self.row, &self.row.state, MutationState::Processed, &note).await?;
        Ok(Ok(self.row.id))
    }

    async fn number(
        &self,
        changes: &mut Changes,
        number: String,
    ) -> Result<Result<ParticipationId, StuckCause>, ServiceError> {
        let note = self.mutation(MutationKind::PersonnelNumber, day_of(self.by.now), None);
        let after = ParticipationState { personnel_number: number, ..self.row.state.clone() };
        changes.change(self.txn, self.row, &after, &note).await?;
        Ok(Ok(self.row.id))
    }

    /// The family has the insurances of who brought it along, and goes on having them.
    async fn products(
        &self,
        changes: &mut Changes,
        products: &str,
        from: Date,
    ) -> Result<Result<ParticipationId, StuckCause>, ServiceError> {
        let family = self
            .household
            .dependants
            .iter()
            .filter(|one| period_of(one).contains(from) && one.state.products == self.row.state.products);
        let mut first = None;
        for one in std::iter::once(self.row).chain(family) {
            let note = self.mutation(MutationKind::Products, from, first);
            let after = ParticipationState { products: products.to_owned(), ..one.state.clone() };
            let done = changes.change(self.txn, one, &after, &note).await?;
            first.get_or_insert(done);
        }
        Ok(Ok(self.row.id))
    }

    async fn end(&self, ends: &[Ending]) -> Result<Result<ParticipationId, StuckCause>, ServiceError> {
        let work = Work {
            channel: self.of.channel,
            account: self.by.account,
            name: self.by.name,
            case: Some(self.of.id),
            now: self.by.now,
            today: day_of(self.by.now),
        };
        work.write_ends(self.txn, self.household, ends, false).await?;
        Ok(Ok(self.row.id))
    }

    /// The household goes on with another employer, the day after it ends here: no gap, no overlap.
    async fn move_to(
        &self,
        changes: &mut Changes,
        to: ContractId,
        from: Date,
    ) -> Result<Result<ParticipationId, StuckCause>, ServiceError> {
        let Some(last_day) = from.pred_opt() else { return Ok(Err(StuckCause::OutsideWindow)) };
        let goes_on = |row: &&StoredParticipation| row.state.end_date.is_none_or(|end| end >= last_day);
        let family: Vec<&StoredParticipation> =
            self.household.dependants.iter().filter(|one| period_of(one).start <= last_day).filter(goes_on).collect();
        // Somebody of the family who has yet to begin here would be left without whom one participates through.
        let begins_later = self.household.dependants.iter().any(|one| period_of(one).start > last_day);
        if begins_later {
            return Ok(Err(StuckCause::NoLongerPossible));
        }
        let people: Vec<&StoredParticipation> = std::iter::once(self.row).chain(family).collect();

        self.txn.look_beyond().await?;
        let mut insured = Vec::with_capacity(people.len());
        for row in &people {
            let person = stored::insured_of(self.txn, row.id).await?.ok_or(ServiceError::NotFound)?;
            if stored::participates(self.txn, person.id, to, Period { start: from, end: None }).await? {
                self.txn.look_within(self.scope).await?;
                return Ok(Err(StuckCause::ParticipatesAlready));
            }
            insured.push(person);
        }
        // What begins there is counted while the transaction reaches there.
        let mut there = Changes::on(day_of(self.by.now));
        let (mut main, mut out, mut into) = (None, None, None);
        for (row, person) in people.iter().zip(&insured) {
            if row.state.end_date != Some(last_day) {
                let after = ParticipationState {
                    end_date: Some(last_day),
                    end_reason: Some(EndReason::EindeDienstverband),
                    ..row.state.clone()
                };
                let done =
                    changes.change(self.txn, row, &after, &self.mutation(MutationKind::MovedOut, from, out)).await?;
                out.get_or_insert(done);
            }
            let new = NewParticipation {
                contract: to,
                person,
                main,
                start_date: from,
                end_date: None,
                personnel_number: "",
                products: &row.state.products,
            };
            let (begun, done) = there.enrol(self.txn, &new, &self.mutation(MutationKind::MovedIn, from, into)).await?;
            main.get_or_insert(begun);
            into.get_or_insert(done);
        }
        there.close(self.txn).await?;
        self.tell_new_employer(to, people.len() - 1, from).await?;
        self.txn.look_within(self.scope).await?;
        main.map(Ok).ok_or_else(|| ServiceError::Internal("nobody was to move".to_owned()))
    }

    async fn tell_new_employer(&self, to: ContractId, others: usize, from: Date) -> Result<(), ServiceError> {
        let new = NewMessage {
            contract: to,
            kind: MessageKind::MovedIn,
            full_name: &self.row.full_name,
            others: u32::try_from(others).unwrap_or(u32::MAX),
            day: Some(from),
            by: None,
            // It leads to the request, which tells how it came about and leads on to the participant.
            participation: None,
            case: Some(self.of.id),
            case_kind: Some(self.of.kind),
            now: self.by.now,
        };
        Ok(messages::put(self.txn, &new).await?)
    }
}

/// Takes back what the last decision about a request did, as if it had never been. `false`, and nothing is written, where
/// something happened to one of those participations since.
pub(crate) async fn take_back(
    portal: &Portal,
    txn: &Txn,
    scope: &Scope,
    of: &StoredCase,
    by: By<'_>,
) -> Result<bool, ServiceError> {
    if of.to_contract.is_some() {
        txn.look_beyond().await?;
    }
    let done = data::mutations_of(txn, of.id).await?;
    let ids: Vec<ParticipationId> = done.iter().map(|one| one.participation).collect();
    let distinct: HashSet<ParticipationId> = ids.iter().copied().collect();
    let (rows, dependants) = data::rows_of(txn, &ids).await?;
    // Whoever was changed or added to meanwhile would lose that.
    let begun: HashSet<ParticipationId> =
        done.iter().filter(|one| one.before.start_date.is_none()).map(|one| one.participation).collect();
    let added =
        dependants.iter().any(|one| one.main.is_some_and(|main| begun.contains(&main)) && !distinct.contains(&one.id));
    let untouched = !done.is_empty() && !added && distinct.len() == done.len() && done.iter().all(|one| one.is_last);
    let mut changes = Changes::on(day_of(by.now));
    let taken = untouched && reverse(portal, txn, scope, &mut changes, of, &done, &rows, by).await?;
    changes.close(txn).await?;
    txn.look_within(scope).await?;
    Ok(taken)
}

#[expect(clippy::too_many_arguments, reason = "the second half of taking back, which has all of it")]
async fn reverse(
    portal: &Portal,
    txn: &Txn,
    scope: &Scope,
    changes: &mut Changes,
    of: &StoredCase,
    done: &[Reversible],
    rows: &[StoredParticipation],
    by: By<'_>,
) -> Result<bool, ServiceError> {
    let today = day_of(by.now);
    if of.kind == CaseKind::Details && !reach_as_before(portal, txn, scope, of).await? {
        return Ok(false);
    }
    // A household is of one contract.
    let mut first: HashMap<ContractId, MutationId> = HashMap::new();
    // The family goes before who brought it along, and what began elsewhere before what ended here.
    for one in done.iter().rev() {
        let Some(row) = rows.iter().find(|row| row.id == one.participation) else { return Ok(false) };
        let note = NewMutation {
            kind: MutationKind::Correction,
            channel: Channel::Portal,
            valid_from: row.state.start_date.unwrap_or(today),
            household: first.get(&row.contract).copied(),
            withdraws: None,
            case: Some(of.id),
            account: by.account,
            actor_name: by.name.map(str::to_owned),
            recorded_at: by.now,
        };
        let taken = match (one.kind, one.before.start_date) {
            (_, None) => changes.annul(txn, row, &note).await?,
            (MutationKind::Details, _) => {
                mutation::mutation_note(txn, row, &row.state, MutationState::Processed, &note).await?
            }
            // Somebody who ended and was enrolled anew meanwhile would participate twice.
            _ if mutation::overlaps_another(txn, row, &one.before).await? => return Ok(false),
            _ => changes.change(txn, row, &one.before, &note).await?,
        };
        first.entry(row.contract).or_insert(taken);
    }
    if matches!(of.kind, CaseKind::Deregistration | CaseKind::DependantOut)
        && let Some(first) = done.first()
    {
        // It is due only after the minute in which this can be taken back.
        let due = of.since + i64::from(UNDO_SECONDS) * 1000;
        offers::offer_cancel(txn, &offer_key(first.id), due).await?;
    }
    if let (CaseKind::Move, Some(to)) = (of.kind, of.to_contract) {
        let begun = done.iter().filter(|one| one.before.start_date.is_none()).count();
        let new = NewMessage {
            contract: to,
            kind: MessageKind::MovedBack,
            full_name: &of.full_name,
            others: u32::try_from(begun.saturating_sub(1)).unwrap_or(0),
            day: Some(of.effective),
            by: None,
            participation: None,
            case: None,
            case_kind: Some(of.kind),
            now: by.now,
        };
        messages::put(txn, &new).await?;
    }
    Ok(true)
}

/// How a person could be reached before a request holds again; `false` where that was changed since.
async fn reach_as_before(portal: &Portal, txn: &Txn, scope: &Scope, of: &StoredCase) -> Result<bool, ServiceError> {
    let Some(text) = case::request_of(portal.db(), txn, of).await? else { return Ok(false) };
    let KeptChange { form, was, .. } = read_kept(&text)?;
    let Some(about) = of.about else { return Ok(false) };
    let Some((person, now)) = data::person_of(txn, about).await? else { return Ok(false) };
    let mut ignored = FieldErrors::default();
    let address = form.address().parse_if_any(&mut ignored).map(Option::unwrap_or_default);
    let is_as_asked = address.is_some_and(|address| address == now.address)
        && form.email.trim() == now.email
        && form.telefoon.trim() == now.phone;
    if is_as_asked {
        data::person_reach(txn, scope, person, &was).await?;
    }
    Ok(is_as_asked)
}
