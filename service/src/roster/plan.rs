//! What rows of one contract come to, together and against what is stored: which are refused, and what is written.

use std::collections::{BTreeMap, HashMap, HashSet};

use collectief_data::roster::{
    Candidate, ChangedParticipation, ContractStored, ContractWork, MainInsured, NewParticipation, PersonOf, StoredRow,
};
use collectief_domain::{
    date::{Date, OPEN_END},
    roster::{RosterCode, RosterProblem},
};

/// What is to be done with the rows of one contract.
#[derive(Debug, Default)]
pub(super) struct Plan {
    /// Refused rows, by the candidate's place.
    pub(super) refused: Vec<(usize, RosterProblem)>,
    /// What is to be written.
    pub(super) work: ContractWork,
    /// Rows that say what is stored already.
    pub(super) unchanged: u64,
    /// Rows by which a participation, or its person, changes.
    pub(super) changed: u64,
}

/// What is known of rows outside this contract's candidates.
pub(super) struct Surroundings<'a> {
    /// Relation numbers of rows of this contract that were refused by themselves.
    pub(super) refused_here: &'a HashSet<String>,
    /// Whether a relation number has rows in another contract of the same files.
    pub(super) elsewhere: &'a dyn Fn(&str) -> bool,
}

const fn problem(column: &'static str, code: RosterCode) -> RosterProblem {
    RosterProblem { column, code }
}

struct Planner<'a> {
    candidates: &'a [Candidate],
    stored: &'a ContractStored,
    /// Why a candidate is refused.
    refused: Vec<Option<RosterProblem>>,
    /// The stored row of the same person that starts on the same day.
    matched: Vec<Option<usize>>,
    /// The candidates of a relation number, in the order of the files.
    of_person: HashMap<&'a str, Vec<usize>>,
    /// The stored rows of a relation number.
    stored_of_person: HashMap<&'a str, Vec<usize>>,
}

/// Decides about the rows of one contract. A row that is refused never takes another one with it, but for the
/// dependants of a main insured who is not there.
pub(super) fn plan(candidates: &[Candidate], stored: &ContractStored, around: &Surroundings<'_>) -> Plan {
    let mut planner = Planner::new(candidates, stored);
    planner.refuse_repeated();
    planner.refuse_outside_contract();
    planner.refuse_bsn_of_someone_else();
    planner.refuse_undoing();
    planner.refuse_unknown_main(around);
    planner.refuse_main_with_dependants();
    planner.refuse_overlaps();
    let mut mains = planner.find_mains();
    // What is stored stands where its row is refused for want of a main insured, and may then overlap another row.
    while planner.refuse_overlaps() {
        mains = planner.find_mains();
    }
    planner.finish(&mains)
}

impl<'a> Planner<'a> {
    fn new(candidates: &'a [Candidate], stored: &'a ContractStored) -> Self {
        let mut of_person: HashMap<&str, Vec<usize>> = HashMap::with_capacity(candidates.len());
        for (place, candidate) in candidates.iter().enumerate() {
            of_person.entry(&candidate.row.relation_number).or_default().push(place);
        }
        for places in of_person.values_mut() {
            places.sort_unstable_by_key(|place| candidates.get(*place).map(|row| (row.file, row.line)));
        }
        let mut stored_of_person: HashMap<&str, Vec<usize>> = HashMap::with_capacity(stored.rows.len());
        let mut by_start: HashMap<(&str, Date), usize> = HashMap::with_capacity(stored.rows.len());
        for (place, row) in stored.rows.iter().enumerate() {
            stored_of_person.entry(&row.relation_number).or_default().push(place);
            by_start.insert((&row.relation_number, row.start()), place);
        }
        let matched = candidates
            .iter()
            .map(|candidate| by_start.get(&(candidate.row.relation_number.as_str(), candidate.row.start_date)).copied())
            .collect();
        Self { candidates, stored, refused: vec![None; candidates.len()], matched, of_person, stored_of_person }
    }

    fn refuse(&mut self, candidate: usize, why: RosterProblem) {
        if let Some(place) = self.refused.get_mut(candidate) {
            place.get_or_insert(why);
        }
    }

    fn goes_in(&self, candidate: usize) -> bool {
        self.refused.get(candidate).is_some_and(Option::is_none)
    }

    fn stored_row(&self, place: usize) -> Option<&'a StoredRow> {
        self.stored.rows.get(place)
    }

    /// The stored row that a candidate is about.
    fn match_of(&self, candidate: usize) -> Option<&'a StoredRow> {
        self.matched.get(candidate).copied().flatten().and_then(|place| self.stored_row(place))
    }

    fn refuse_repeated(&mut self) {
        let mut seen: HashSet<(&str, Date)> = HashSet::with_capacity(self.candidates.len());
        let mut order: Vec<usize> = (0..self.candidates.len()).collect();
        order.sort_unstable_by_key(|place| self.candidates.get(*place).map(|row| (row.file, row.line)));
        for place in order {
            let Some(candidate) = self.candidates.get(place) else { continue };
            if !seen.insert((&candidate.row.relation_number, candidate.row.start_date)) {
                self.refuse(place, problem("start_date", RosterCode::DuplicatePeriod));
            }
        }
    }

    fn refuse_outside_contract(&mut self) {
        let Some(contract) = self.stored.contract else { return };
        for (place, candidate) in self.candidates.iter().enumerate() {
            if candidate.row.start_date < contract.start_date {
                self.refuse(place, problem("start_date", RosterCode::StartBeforeContract));
            } else if contract.end_date.is_some_and(|end| candidate.row.start_date > end) {
                self.refuse(place, problem("start_date", RosterCode::StartAfterContract));
            }
        }
    }

    fn refuse_bsn_of_someone_else(&mut self) {
        for (place, candidate) in self.candidates.iter().enumerate() {
            let owner = candidate.bsn_index().and_then(|index| self.stored.bsn_owners.get(index));
            let person = self.person_of(&candidate.row.relation_number).map(|person| person.id);
            if owner.is_some_and(|owner| Some(*owner) != person) {
                self.refuse(place, problem("bsn", RosterCode::BsnOfSomeoneElse));
            }
        }
    }

    fn person_of(&self, relation: &str) -> Option<&'a collectief_data::roster::StoredPerson> {
        let here = self.stored_of_person.get(relation).and_then(|rows| rows.first());
        here.and_then(|place| self.stored_row(*place))
            .map(|row| &row.person)
            .or_else(|| self.stored.persons.get(relation))
    }

    fn refuse_undoing(&mut self) {
        for (place, candidate) in self.candidates.iter().enumerate() {
            let Some(row) = self.match_of(place) else { continue };
            let Some(since) = self.stored.changed_since.get(&row.id) else { continue };
            let says = candidate.state();
            if since.end && (says.end_date, says.end_reason) != (row.state.end_date, row.state.end_reason) {
                self.refuse(place, problem("end_date", RosterCode::ChangedSince));
            } else if since.personnel_number && says.personnel_number != row.state.personnel_number {
                self.refuse(place, problem("personnel_number", RosterCode::ChangedSince));
            }
        }
    }

    fn refuse_unknown_main(&mut self, around: &Surroundings<'_>) {
        for (place, candidate) in self.candidates.iter().enumerate() {
            let Some(main) = candidate.row.main_relation_number.as_deref() else { continue };
            if self.of_person.contains_key(main) || self.stored_of_person.contains_key(main) {
                continue;
            }
            let code = if around.refused_here.contains(main) {
                RosterCode::MainRefused
            } else if (around.elsewhere)(main) || self.stored.persons.contains_key(main) {
                RosterCode::MainInOtherContract
            } else {
                RosterCode::MainUnknown
            };
            self.refuse(place, problem("main_relation_number", code));
        }
    }

    /// Who has dependants cannot become one.
    fn refuse_main_with_dependants(&mut self) {
        let with_dependants: HashSet<_> = self.stored.rows.iter().filter_map(|row| row.main).collect();
        for (place, candidate) in self.candidates.iter().enumerate() {
            if !candidate.row.is_dependant() {
                continue;
            }
            if self.match_of(place).is_some_and(|row| row.main.is_none() && with_dependants.contains(&row.id)) {
                self.refuse(place, problem("main_relation_number", RosterCode::MainIsDependant));
            }
        }
    }

    fn refuse_overlaps(&mut self) -> bool {
        let relations: Vec<&str> = self
            .of_person
            .iter()
            .filter(|(relation, places)| places.len() > 1 || self.stored_of_person.contains_key(*relation))
            .map(|(relation, _)| *relation)
            .collect();
        let mut any = false;
        for relation in relations {
            while self.refuse_overlaps_of(relation) {
                any = true;
            }
        }
        any
    }

    /// Refuses the later row of each two that overlap. A stored period stands while its row is refused. Returns whether
    /// one was refused, for what is stored may then overlap another row.
    fn refuse_overlaps_of(&mut self, relation: &str) -> bool {
        // First day, last day, and the candidate; a stored period that no candidate changes has none.
        let mut periods: Vec<(Date, Date, Option<usize>)> = Vec::new();
        let candidates = self.of_person.get(relation).map(Vec::as_slice).unwrap_or_default();
        let mut replaced: HashSet<usize> = HashSet::new();
        for place in candidates.iter().copied().filter(|place| self.goes_in(*place)) {
            if let Some(candidate) = self.candidates.get(place) {
                periods.push((candidate.row.start_date, candidate.row.end_date.unwrap_or(OPEN_END), Some(place)));
                replaced.extend(self.matched.get(place).copied().flatten());
            }
        }
        for place in self.stored_of_person.get(relation).map(Vec::as_slice).unwrap_or_default() {
            if let Some(row) = self.stored_row(*place).filter(|_| !replaced.contains(place)) {
                periods.push((row.start(), row.state.end_date.unwrap_or(OPEN_END), None));
            }
        }
        periods.sort_unstable();
        let order = |place: Option<usize>| {
            // What is stored comes before any row, and a row that changes what is stored before one that adds to it.
            place.map(|place| {
                let adds = self.matched.get(place).is_none_or(Option::is_none);
                (adds, self.candidates.get(place).map(|row| (row.file, row.line)))
            })
        };
        let mut refused = Vec::new();
        let mut holder: Option<(Date, Date, Option<usize>)> = None;
        for period in periods {
            match holder {
                Some(before) if before.1 >= period.0 => {
                    if order(period.2) > order(before.2) {
                        refused.extend(period.2);
                    } else {
                        refused.extend(before.2);
                        holder = Some(period);
                    }
                }
                _ => holder = Some(period),
            }
        }
        for place in &refused {
            self.refuse(*place, problem("start_date", RosterCode::OverlapsOwnPeriod));
        }
        !refused.is_empty()
    }

    /// Finds the main insured's participation for every dependant, and refuses those for whom there is none.
    fn find_mains(&mut self) -> HashMap<usize, MainOf> {
        let wanted: HashSet<&str> =
            self.candidates.iter().filter_map(|candidate| candidate.row.main_relation_number.as_deref()).collect();
        let mut periods: HashMap<&str, Vec<(Date, Date, MainOf)>> = HashMap::with_capacity(wanted.len());
        for relation in wanted {
            let mut of_main: BTreeMap<Date, (Date, MainOf)> = BTreeMap::new();
            for place in self.stored_of_person.get(relation).map(Vec::as_slice).unwrap_or_default() {
                if let Some(row) = self.stored_row(*place).filter(|row| row.main.is_none()) {
                    of_main.insert(row.start(), (row.state.end_date.unwrap_or(OPEN_END), MainOf::Stored(*place)));
                }
            }
            for place in self.of_person.get(relation).map(Vec::as_slice).unwrap_or_default() {
                let Some(candidate) = self.candidates.get(*place).filter(|_| self.goes_in(*place)) else { continue };
                let main = match self.matched.get(*place).copied().flatten() {
                    Some(stored) => MainOf::Stored(stored),
                    None => MainOf::Candidate(*place),
                };
                if candidate.row.is_dependant() {
                    of_main.remove(&candidate.row.start_date);
                } else {
                    let end = candidate.row.end_date.unwrap_or(OPEN_END);
                    of_main.insert(candidate.row.start_date, (end, main));
                }
            }
            periods.insert(relation, of_main.into_iter().map(|(start, (end, main))| (start, end, main)).collect());
        }

        let mut mains = HashMap::new();
        for (place, candidate) in self.candidates.iter().enumerate() {
            let Some(main) = candidate.row.main_relation_number.as_deref() else { continue };
            if !self.goes_in(place) {
                continue;
            }
            let of_main = periods.get(main).map(Vec::as_slice).unwrap_or_default();
            match best_main(of_main, candidate.row.start_date, candidate.row.end_date.unwrap_or(OPEN_END)) {
                Some(found) => {
                    mains.insert(place, found);
                }
                None => {
                    let rows = self.of_person.get(main).map(Vec::as_slice).unwrap_or_default();
                    let is_dependant =
                        rows.iter().any(|row| self.candidates.get(*row).is_some_and(|row| row.row.is_dependant()))
                            || self.stored_of_person.contains_key(main);
                    let code = if is_dependant { RosterCode::MainIsDependant } else { RosterCode::MainRefused };
                    self.refuse(place, problem("main_relation_number", code));
                }
            }
        }
        mains
    }

    fn finish(self, mains: &HashMap<usize, MainOf>) -> Plan {
        let mut plan = Plan::default();
        // Main insured come first, for a dependant names one; within that in the order of lists.
        let mut order: Vec<usize> = Vec::with_capacity(self.candidates.len());
        for (place, refused) in self.refused.iter().enumerate() {
            match refused {
                Some(why) => plan.refused.push((place, *why)),
                None => order.push(place),
            }
        }
        let key = |place: &usize| {
            self.candidates.get(*place).map(|candidate| {
                (
                    candidate.row.is_dependant(),
                    candidate.sort_key(),
                    candidate.row.relation_number.as_str(),
                    candidate.row.start_date,
                )
            })
        };
        order.sort_unstable_by(|a, b| key(a).cmp(&key(b)));

        let mut new_persons: HashMap<&str, usize> = HashMap::new();
        let mut new_places: HashMap<usize, usize> = HashMap::new();
        let mut changed_persons: HashSet<&str> = HashSet::new();
        let mut agreed: HashSet<&str> = HashSet::new();
        for place in order {
            let Some(candidate) = self.candidates.get(place) else { continue };
            let relation = candidate.row.relation_number.as_str();
            let person = self.person_of(relation);
            let mut person_changed = false;
            if let Some(person) = person {
                if changed_persons.contains(relation) {
                    person_changed = true;
                } else if agreed.insert(relation) && !candidate.agrees_with(person) {
                    plan.work.changed_persons.push((person.id, place));
                    changed_persons.insert(relation);
                    person_changed = true;
                }
            }
            let main = mains.get(&place).map(|main| match main {
                MainOf::Stored(stored) => self.stored_row(*stored).map(|row| MainInsured::Stored(row.id)),
                MainOf::Candidate(main) => new_places.get(main).copied().map(MainInsured::New),
            });
            let main = main.flatten();
            match self.matched.get(place).copied().flatten() {
                Some(stored) => {
                    let Some(row) = self.stored_row(stored) else { continue };
                    let same_main = match main {
                        None => row.main.is_none(),
                        Some(MainInsured::Stored(main)) => row.main == Some(main),
                        Some(MainInsured::New(_)) => false,
                    };
                    if row.state != candidate.state() || !same_main {
                        plan.work.changed.push(ChangedParticipation { stored, candidate: place, main });
                        plan.changed += 1;
                    } else if person_changed {
                        plan.changed += 1;
                    } else {
                        plan.unchanged += 1;
                    }
                }
                None => {
                    let person = match person {
                        Some(person) => PersonOf::Stored(person.id),
                        None => PersonOf::New(*new_persons.entry(relation).or_insert_with(|| {
                            plan.work.new_persons.push(place);
                            plan.work.new_persons.len() - 1
                        })),
                    };
                    new_places.insert(place, plan.work.new.len());
                    plan.work.new.push(NewParticipation { candidate: place, person, main });
                }
            }
        }
        plan
    }
}

/// Where a main insured's participation is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum MainOf {
    /// Its place among the stored rows.
    Stored(usize),
    /// Its place among the candidates; it is new.
    Candidate(usize),
}

/// Of the main insured's periods the one on the dependant's first day; else one that the two share a day of; else the
/// last before it, or the first after it. `periods` are in the order of their start.
fn best_main(periods: &[(Date, Date, MainOf)], start: Date, end: Date) -> Option<MainOf> {
    let on_first_day = periods.iter().find(|period| period.0 <= start && period.1 >= start);
    let shared = || periods.iter().find(|period| period.0 <= end && period.1 >= start);
    let before = || periods.iter().rev().find(|period| period.0 <= start);
    on_first_day.or_else(shared).or_else(before).or_else(|| periods.first()).map(|period| period.2)
}
