//! What the history knows of itself: every mutation that was ever seen, and what they come to, one after the other.
//!
//! After each step it reads what was written and holds it against what it remembers. Nothing that was processed may
//! have been edited, each mutation goes on from the one before it, and what is stored is what the mutations come to.

use std::collections::{BTreeMap, BTreeSet};

use collectief_data::Db;
use collectief_domain::{
    case::{CaseKind, CaseState, CaseStep},
    date::{Date, OPEN_END},
    deregistration::EndReason,
    enrolment::DRAFT_DAYS,
    mutation::{MutationKind, MutationState, ParticipationState},
};

use crate::{
    fixture::day,
    rows::{self, MutationRow, ParticipationRow, PastRow, SumsRow, list},
};

/// A law that was broken, in words.
pub(crate) type Broken = String;

/// A law: it holds, or it is told what was broken.
pub(crate) fn law(holds: bool, broken: impl FnOnce() -> Broken) -> Result<(), Broken> {
    if holds { Ok(()) } else { Err(broken()) }
}

/// The only day of what was taken back as if it had never been.
pub(crate) fn never() -> Date {
    day(1, 1, 1)
}

/// A version of a participation that was superseded.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Past {
    state: ParticipationState,
    recorded_at: i64,
    superseded_at: i64,
}

/// A participation, as its mutations make it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Participation {
    pub(crate) contract: i64,
    pub(crate) person: i64,
    pub(crate) main: Option<i64>,
    pub(crate) version: i64,
    pub(crate) state: ParticipationState,
    /// The request that it came of.
    pub(crate) case: Option<i64>,
    recorded_at: i64,
    past: Vec<Past>,
}

impl Participation {
    fn of(row: &ParticipationRow) -> Self {
        Self {
            contract: row.contract,
            person: row.person,
            main: row.main,
            version: 0,
            state: ParticipationState::default(),
            case: None,
            recorded_at: 0,
            past: Vec::new(),
        }
    }

    /// First day.
    pub(crate) fn start(&self) -> Date {
        self.state.start_date.unwrap_or(never())
    }

    /// Last day.
    pub(crate) fn end(&self) -> Date {
        self.state.end_date.unwrap_or(OPEN_END)
    }

    /// Whether it was not taken back as if it had never been.
    pub(crate) fn is_live(&self) -> bool {
        self.start() > never()
    }

    /// Whether it goes on today, or has yet to begin.
    pub(crate) fn is_current_on(&self, today: Date) -> bool {
        self.is_live() && self.end() >= today
    }
}

/// A mutation, and how it came in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mutation {
    pub(crate) row: MutationRow,
    pub(crate) kind: MutationKind,
    came_in: MutationState,
    before: ParticipationState,
}

impl Mutation {
    /// How far it is now.
    pub(crate) fn state(&self) -> Option<MutationState> {
        MutationState::from_code(&self.row.state)
    }

    /// Whether it was only asked for, and so changed nothing.
    pub(crate) fn was_only_asked(&self) -> bool {
        self.came_in == MutationState::Requested
    }
}

/// A request, as its steps make it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Case {
    pub(crate) contract: i64,
    pub(crate) state: CaseState,
    pub(crate) kind: CaseKind,
    /// The participation that is to be changed.
    pub(crate) about: Option<i64>,
    /// The contract that one moves to.
    pub(crate) to_contract: Option<i64>,
    pub(crate) by_employer: bool,
    pub(crate) dependants: i64,
    pub(crate) participation: Option<i64>,
    /// When it was done last, in Unix milliseconds.
    pub(crate) done_at: i64,
    created_at: i64,
    version: i64,
}

/// What a step touched.
#[derive(Debug, Default)]
pub(crate) struct Touched {
    pub(crate) contracts: BTreeSet<i64>,
    pub(crate) participations: BTreeSet<i64>,
    pub(crate) cases: BTreeSet<i64>,
    /// The mutations that are new.
    pub(crate) mutations: Vec<i64>,
}

impl Touched {
    /// Whether nothing was written that counts.
    pub(crate) fn is_nothing(&self) -> bool {
        self.participations.is_empty() && self.cases.is_empty()
    }
}

/// A period as it is listed: the participation, first and last day, why it ends, the employer's number.
pub(crate) type Known = (i64, Date, Option<Date>, Option<EndReason>, String);

/// What was known at the end of a day, by contract.
#[derive(Debug)]
pub(crate) struct Snapshot {
    pub(crate) day: Date,
    pub(crate) known: BTreeMap<i64, BTreeSet<Known>>,
}

/// All that the history remembers.
#[derive(Debug, Default)]
pub(crate) struct Model {
    pub(crate) participations: BTreeMap<i64, Participation>,
    pub(crate) mutations: BTreeMap<i64, Mutation>,
    pub(crate) cases: BTreeMap<i64, Case>,
    last_moment: i64,
}

fn contents(text: &str) -> Result<ParticipationState, Broken> {
    serde_json::from_str(text).map_err(|_| format!("what a mutation keeps cannot be read: {text}"))
}

/// Whether two states are alike but for the end and the reason for it.
fn alike_but_for_the_end(one: &ParticipationState, other: &ParticipationState) -> bool {
    let without_end =
        |state: &ParticipationState| ParticipationState { end_date: None, end_reason: None, ..state.clone() };
    without_end(one) == without_end(other)
}

fn ends_alike(one: &ParticipationState, other: &ParticipationState) -> bool {
    one.end_date == other.end_date && one.end_reason == other.end_reason
}

impl Model {
    /// Remembers the participations of a first load, which has no mutations.
    pub(crate) async fn begin(db: &Db) -> Self {
        let mut model = Self::default();
        for row in rows::participations(db, "1 = 1").await {
            let mut participation = Participation::of(&row);
            participation.version = row.version;
            participation.state = row.state();
            participation.recorded_at = row.recorded_at;
            model.participations.insert(row.id, participation);
        }
        model
    }

    /// The participations that were not taken back as if they had never been, by id.
    pub(crate) fn live(&self) -> Vec<i64> {
        self.participations.iter().filter(|(_, known)| known.is_live()).map(|(id, _)| *id).collect()
    }

    /// The requests in one of these states, by id.
    pub(crate) fn cases_in(&self, states: &[CaseState]) -> Vec<i64> {
        self.cases.iter().filter(|(_, known)| states.contains(&known.state)).map(|(id, _)| *id).collect()
    }

    /// Who participates through this one, however their periods lie.
    pub(crate) fn dependants_of(&self, main: i64) -> Vec<i64> {
        let dependants = self.participations.iter().filter(|(_, known)| known.main == Some(main) && known.is_live());
        dependants.map(|(id, _)| *id).collect()
    }

    /// What is known now, as it will be known to have been at the end of `day`.
    pub(crate) fn snapshot(&self, day: Date) -> Snapshot {
        let mut known: BTreeMap<i64, BTreeSet<Known>> = BTreeMap::new();
        for (id, participation) in self.participations.iter().filter(|(_, known)| known.is_live()) {
            let state = &participation.state;
            let period = (*id, participation.start(), state.end_date, state.end_reason, state.personnel_number.clone());
            known.entry(participation.contract).or_default().insert(period);
        }
        Snapshot { day, known }
    }

    /// What all that is remembered of a contract comes to.
    pub(crate) fn sums(&self, contract: i64) -> SumsRow {
        let mutations = || self.mutations.values().filter(|known| known.row.contract == contract);
        let participations = || self.participations.values().filter(|known| known.contract == contract);
        let withdrawn = |known: &&Mutation| known.state() == Some(MutationState::Withdrawn);
        SumsRow {
            mutations: mutations().count() as i64,
            withdrawn: mutations().filter(withdrawn).count() as i64,
            recorded: mutations().map(|known| known.row.recorded_at).sum(),
            // Codes, days and numbers: each character is one byte.
            letters: mutations().map(|known| (known.row.before.len() + known.row.after.len()) as i64).sum(),
            participations: participations().count() as i64,
            versions: participations().map(|known| known.version).sum(),
        }
    }

    /// Reads what a step wrote at the moment `now`, in Unix milliseconds, and holds it against what is remembered.
    pub(crate) async fn absorb(&mut self, db: &Db, now: i64) -> Result<Touched, Broken> {
        let mut touched = Touched::default();
        let last = self.mutations.last_key_value().map_or(0, |(id, _)| *id);
        let new = rows::mutations(db, &format!("m.id > {last}")).await;
        for row in &new {
            touched.participations.insert(row.participation);
            touched.contracts.insert(row.contract);
            touched.mutations.push(row.id);
        }
        if !touched.participations.is_empty() {
            let ids = list(&touched.participations);
            let stored = rows::participations(db, &format!("p.id IN ({ids})")).await;
            let past = rows::past(db, &format!("x.participation_id IN ({ids})")).await;
            let all = rows::mutations(db, &format!("m.participation_id IN ({ids})")).await;
            self.nothing_was_edited(&all, &new)?;
            for row in &stored {
                self.participations.entry(row.id).or_insert_with(|| Participation::of(row));
            }
            for row in &new {
                self.apply(row, now)?;
            }
            for row in &stored {
                self.goes_by_its_mutations(row, &past, &new)?;
            }
        }
        self.absorb_cases(db, &mut touched).await?;
        Ok(touched)
    }

    /// Of older mutations nothing may have changed but that a deregistration, or a request for one, was withdrawn by a
    /// new mutation; and none may be gone.
    fn nothing_was_edited(&mut self, all: &[MutationRow], new: &[MutationRow]) -> Result<(), Broken> {
        let withdrawn: BTreeSet<i64> = new.iter().filter_map(|row| row.withdraws).collect();
        let participations: BTreeSet<i64> = new.iter().map(|row| row.participation).collect();
        for row in all.iter().filter(|row| !new.iter().any(|new| new.id == row.id)) {
            let known = self.mutations.get_mut(&row.id);
            let known = known.ok_or_else(|| format!("mutation {} came in among older ones", row.id))?;
            if known.row == *row {
                continue;
            }
            let becomes = MutationRow { state: MutationState::Withdrawn.code().to_owned(), ..known.row.clone() };
            let may = known.kind == MutationKind::Deregistration && withdrawn.contains(&row.id);
            law(may && *row == becomes, || format!("a mutation was edited: {:?} became {row:?}", known.row))?;
            known.row = becomes;
        }
        for (id, known) in &self.mutations {
            let stays = !participations.contains(&known.row.participation) || all.iter().any(|row| row.id == *id);
            law(stays, || format!("mutation {id} is gone"))?;
        }
        for id in &withdrawn {
            let state = self.mutations.get(id).and_then(Mutation::state);
            law(state == Some(MutationState::Withdrawn), || {
                format!("mutation {id} was taken back by another one and is {state:?}")
            })?;
        }
        Ok(())
    }

    /// Goes on from what is remembered to what a mutation makes of it.
    fn apply(&mut self, row: &MutationRow, now: i64) -> Result<(), Broken> {
        let id = row.id;
        let kind = MutationKind::from_code(&row.kind).ok_or_else(|| format!("mutation {id} is a {}", row.kind))?;
        let came_in = MutationState::from_code(&row.state).ok_or_else(|| format!("mutation {id} is {}", row.state))?;
        let (before, after) = (contents(&row.before)?, contents(&row.after)?);
        let known = self.participations.get(&row.participation);
        let known = known.ok_or_else(|| format!("mutation {id} is of no participation"))?;
        law(known.contract == row.contract, || format!("mutation {id} is in another contract than its participation"))?;
        law(row.recorded_at == now, || format!("mutation {id} was recorded at {}, and it was {now}", row.recorded_at))?;
        law(before == known.state, || {
            format!("mutation {id} begins with {before:?}, and the one before it ended with {:?}", known.state)
        })?;
        let is_new = known.version == 0;
        self.belongs_to_its_household(row)?;
        self.changes_what_its_kind_may(row, kind, came_in, (&before, &after), is_new)?;

        let takes_back_what_was_asked = row.withdraws.and_then(|id| self.mutations.get(&id));
        let takes_back_what_was_asked = takes_back_what_was_asked.is_some_and(Mutation::was_only_asked);
        // How somebody can be reached stands with the person: the participation stays at its version.
        let is_note = kind == MutationKind::Details || (kind == MutationKind::Correction && before == after);
        if came_in == MutationState::Processed && !takes_back_what_was_asked && !is_note {
            let Some(known) = self.participations.get_mut(&row.participation) else { return Ok(()) };
            let was = std::mem::replace(&mut known.state, after);
            if is_new {
                known.case = row.case;
            } else {
                known.past.push(Past { state: was, recorded_at: known.recorded_at, superseded_at: row.recorded_at });
            }
            known.version += 1;
            known.recorded_at = row.recorded_at;
        }
        self.mutations.insert(id, Mutation { row: row.clone(), kind, came_in, before });
        Ok(())
    }

    /// The first mutation of a household is named by the others, which are of the same kind, contract and moment.
    fn belongs_to_its_household(&self, row: &MutationRow) -> Result<(), Broken> {
        let Some(first) = row.household else { return Ok(()) };
        let known = self.mutations.get(&first).map(|known| &known.row);
        let together = known.is_some_and(|first| {
            first.household.is_none()
                && first.kind == row.kind
                && first.contract == row.contract
                && first.recorded_at == row.recorded_at
        });
        law(together, || format!("mutation {} names {first} as the first of its household: {known:?}", row.id))
    }

    fn changes_what_its_kind_may(
        &self,
        row: &MutationRow,
        kind: MutationKind,
        came_in: MutationState,
        (before, after): (&ParticipationState, &ParticipationState),
        is_new: bool,
    ) -> Result<(), Broken> {
        let is_open = matches!(row.channel.as_str(), "open_employee" | "open_employer");
        let mutation = || format!("mutation {row:?}");
        let begins = matches!(
            kind,
            MutationKind::Enrolment | MutationKind::DependantIn | MutationKind::Roster | MutationKind::MovedIn
        );
        let by_link = row.channel == "employee_link" && row.case.is_some();
        let by_staff = row.channel == "portal" && row.case.is_none();
        law(!is_new || begins, || format!("a participation began by what begins none: {row:?}"))?;
        law(came_in != MutationState::Withdrawn, || format!("a mutation came in withdrawn: {row:?}"))?;
        let may_be_asked = kind == MutationKind::Deregistration;
        law(came_in == MutationState::Processed || may_be_asked, || format!("what cannot be asked for was: {row:?}"))?;
        let withdraws = kind == MutationKind::DeregistrationWithdrawn;
        law(withdraws == row.withdraws.is_some(), || format!("what takes back, and what, do not agree: {row:?}"))?;
        let right = match kind {
            MutationKind::Deregistration => {
                alike_but_for_the_end(before, after)
                    && after.end_date.is_some()
                    && after.end_reason.is_some()
                    && after.end_date >= after.start_date
                    && (by_staff || by_link)
            }
            MutationKind::DeregistrationWithdrawn => {
                let taken_back = row.withdraws.and_then(|id| self.mutations.get(&id)).ok_or_else(mutation)?;
                let restores = if taken_back.was_only_asked() {
                    before == after
                } else {
                    // The period is what it was: there is no gap.
                    alike_but_for_the_end(before, after) && ends_alike(after, &taken_back.before)
                };
                restores
                    && taken_back.kind == MutationKind::Deregistration
                    && taken_back.row.participation == row.participation
                    && row.channel == "portal"
            }
            MutationKind::PersonnelNumber => {
                let number = after.personnel_number.clone();
                ParticipationState { personnel_number: number, ..before.clone() } == *after && before != after
            }
            MutationKind::Correction => {
                let nobody = ParticipationState {
                    start_date: Some(never()),
                    end_date: Some(never()),
                    ..ParticipationState::default()
                };
                // What a request changed is as it was before that request.
                let as_before = self.mutations.values().any(|known| {
                    (known.row.case, known.row.participation) == (row.case, row.participation) && known.before == *after
                });
                (*after == nobody || as_before) && row.case.is_some() && row.channel == "portal"
            }
            MutationKind::Enrolment => {
                is_new && after.start_date.is_some() && after.end_date.is_none() && is_open == row.case.is_some()
            }
            MutationKind::DependantIn => is_new && after.start_date.is_some() && (by_staff || by_link),
            MutationKind::Details => before == after && by_link,
            MutationKind::Products => {
                let products = after.products.clone();
                ParticipationState { products, ..before.clone() } == *after && before != after && by_link
            }
            MutationKind::MovedOut => {
                let last = row.valid_from.pred_opt();
                alike_but_for_the_end(before, after)
                    && after.end_date == last
                    && after.end_date >= after.start_date
                    && by_link
            }
            MutationKind::MovedIn => {
                let first = Some(row.valid_from);
                is_new && after.start_date == first && after.end_date.is_none() && by_link
            }
            MutationKind::Roster => {
                let keeps = before.start_date == after.start_date && before.products == after.products;
                (is_new || keeps) && row.channel == "import"
            }
        };
        law(right, || format!("a mutation changed what its kind may not: {row:?}"))
    }

    /// What is stored of a participation is what its mutations come to, and so is every version before.
    fn goes_by_its_mutations(
        &mut self,
        row: &ParticipationRow,
        past: &[PastRow],
        new: &[MutationRow],
    ) -> Result<(), Broken> {
        let Some(known) = self.participations.get_mut(&row.id) else { return Ok(()) };
        if known.main != row.main {
            let by_roster =
                new.iter().any(|new| new.participation == row.id && new.kind == MutationKind::Roster.code());
            law(by_roster, || format!("participation {} has another main insured, by no roster", row.id))?;
            known.main = row.main;
        }
        as_remembered(row, past, known)
    }

    async fn absorb_cases(&mut self, db: &Db, touched: &mut Touched) -> Result<(), Broken> {
        let moments = rows::moments_after(db, self.last_moment).await;
        let ids: BTreeSet<i64> = moments.iter().map(|moment| moment.case).collect();
        if ids.is_empty() {
            return Ok(());
        }
        let stored = rows::cases(db, &format!("k.id IN ({})", list(&ids))).await;
        for row in &stored {
            let kind = CaseKind::from_code(&row.kind);
            let kind = kind.ok_or_else(|| format!("request {} is a {}", row.id, row.kind))?;
            self.cases.entry(row.id).or_insert_with(|| Case {
                kind,
                about: row.about,
                to_contract: row.to_contract,
                contract: row.contract,
                // Whoever holds a link has proven the address.
                state: if kind == CaseKind::Enrolment { CaseState::Unproven } else { CaseState::Waiting },
                by_employer: row.channel == "open_employer",
                dependants: row.dependants,
                participation: None,
                done_at: 0,
                created_at: row.created_at,
                version: 0,
            });
        }
        for moment in &moments {
            self.last_moment = moment.id;
            let step = CaseStep::from_code(&moment.step);
            let step = step.ok_or_else(|| format!("request {} took the step {}", moment.case, moment.step))?;
            let case = self.cases.get_mut(&moment.case);
            let case = case.ok_or_else(|| format!("a step is of no request: {moment:?}"))?;
            if step == CaseStep::Sent {
                law(case.version == 0, || format!("request {} was sent twice", moment.case))?;
                continue;
            }
            let next = case.state.after(step);
            case.state =
                next.ok_or_else(|| format!("request {} is {:?}, and took {step:?}", moment.case, case.state))?;
            if case.state == CaseState::Processed {
                case.done_at = moment.recorded_at;
            }
        }
        for row in &stored {
            let Some(case) = self.cases.get_mut(&row.id) else { continue };
            law(row.state == case.state.code(), || {
                format!("request {} is {}, and its steps led to {:?}", row.id, row.state, case.state)
            })?;
            law(row.version > case.version, || format!("request {} took a step and stayed at its version", row.id))?;
            case.version = row.version;
            case.participation = row.participation;
            touched.contracts.insert(row.contract);
        }
        touched.cases = ids;
        Ok(())
    }

    /// Everything that is stored is as it is remembered.
    pub(crate) async fn whole(&self, db: &Db) -> Result<(), Broken> {
        let stored = rows::participations(db, "1 = 1").await;
        let past = rows::past(db, "1 = 1").await;
        law(stored.len() == self.participations.len(), || {
            format!("{} participations are stored, and {} came in", stored.len(), self.participations.len())
        })?;
        let mut of_participation: BTreeMap<i64, Vec<PastRow>> = BTreeMap::new();
        for row in past {
            of_participation.entry(row.participation).or_default().push(row);
        }
        for row in &stored {
            let known = self.participations.get(&row.id);
            let known = known.ok_or_else(|| format!("participation {} came from nowhere", row.id))?;
            law(known.main == row.main, || format!("participation {} has another main insured", row.id))?;
            as_remembered(row, &of_participation.remove(&row.id).unwrap_or_default(), known)?;
        }
        law(of_participation.is_empty(), || "there are versions of no participation".to_owned())?;

        let mutations = rows::mutations(db, "1 = 1").await;
        law(mutations.len() == self.mutations.len(), || {
            format!("{} mutations are stored, and {} came in", mutations.len(), self.mutations.len())
        })?;
        for row in &mutations {
            let known = self.mutations.get(&row.id).map(|known| &known.row);
            law(known == Some(row), || format!("a mutation was edited: {known:?} became {row:?}"))?;
        }

        let cases = rows::cases(db, "1 = 1").await;
        law(cases.len() == self.cases.len(), || {
            format!("{} requests are stored, and {} are remembered", cases.len(), self.cases.len())
        })?;
        for row in &cases {
            let known = self.cases.get(&row.id);
            let known = known.ok_or_else(|| format!("request {} came from nowhere", row.id))?;
            law(known.state.code() == row.state, || format!("request {} changed without a step", row.id))?;
            law(known.participation == row.participation, || format!("request {} became another one's", row.id))?;
            law(known.version <= row.version, || format!("request {} went back to an earlier version", row.id))?;
        }
        Ok(())
    }

    /// Forgets the requests that the upkeep forgot: those whose address was never proven for a week, and no other.
    pub(crate) async fn forget(&mut self, db: &Db, now: i64) -> Result<(), Broken> {
        let stored: BTreeSet<i64> = rows::cases(db, "1 = 1").await.into_iter().map(|row| row.id).collect();
        let since = now - i64::from(DRAFT_DAYS) * 24 * 60 * 60 * 1000;
        for (id, case) in &self.cases {
            let may_go = case.state == CaseState::Unproven && case.created_at < since;
            law(stored.contains(id) != may_go, || format!("request {id} was forgotten, or not: {case:?}"))?;
        }
        self.cases.retain(|id, _| stored.contains(id));
        Ok(())
    }
}

/// Holds a participation and its earlier versions against what is remembered.
fn as_remembered(row: &ParticipationRow, past: &[PastRow], known: &Participation) -> Result<(), Broken> {
    let id = row.id;
    law(row.state() == known.state, || {
        format!("participation {id} is {:?}, and its mutations come to {:?}", row.state(), known.state)
    })?;
    law((row.contract, row.person) == (known.contract, known.person), || {
        format!("participation {id} went to another contract or person")
    })?;
    law((row.version, row.recorded_at) == (known.version, known.recorded_at), || {
        let remembered = (known.version, known.recorded_at);
        format!("participation {id} is at {:?}, and at {remembered:?} by its mutations", (row.version, row.recorded_at))
    })?;
    let stored: Vec<Past> = past
        .iter()
        .filter(|past| past.participation == id)
        .map(|past| Past { state: past.state(), recorded_at: past.recorded_at, superseded_at: past.superseded_at })
        .collect();
    law(stored == known.past, || {
        format!("the versions of participation {id} are {stored:?}, and by its mutations {:?}", known.past)
    })?;
    let numbered = past.iter().filter(|past| past.participation == id).map(|past| (past.version, past.contract));
    let expected = (1_i64..).map(|version| (version, known.contract)).take(known.past.len());
    law(numbered.eq(expected), || format!("the versions of participation {id} are numbered wrongly"))
}
