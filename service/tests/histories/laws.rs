//! The laws that hold after every step, whatever was done.

use std::collections::{BTreeMap, BTreeSet};

use collectief_data::Db;
use collectief_domain::{
    case::{CaseKind, CaseState},
    date::{Month, OPEN_END, format_dutch},
    mutation::{MutationKind, MutationState},
    participant::{ParticipantListForm, Population},
};
use collectief_service::{Portal, SignedIn, check, participant};

use crate::{
    fixture::request,
    history::Contract,
    model::{Broken, Known, Model, Mutation, Participation, Snapshot, Touched, law},
    rows::{self, FlowRow},
};

/// What was touched: nobody participates twice on one day, families belong together, and requests became what they say.
pub(crate) fn of_touched(model: &Model, touched: &Touched) -> Result<(), Broken> {
    for id in &touched.participations {
        let Some(participation) = model.participations.get(id) else { continue };
        nobody_participates_twice(model, *id, participation)?;
        the_family_belongs_together(model, *id, participation)?;
        nothing_is_asked_of_nobody(model, *id, participation)?;
    }
    for id in &touched.mutations {
        if let Some(mutation) = model.mutations.get(id) {
            the_family_does_not_go_on_alone(model, touched, mutation)?;
        }
    }
    for id in &touched.cases {
        a_request_became_what_it_says(model, *id)?;
    }
    Ok(())
}

fn nobody_participates_twice(model: &Model, id: i64, participation: &Participation) -> Result<(), Broken> {
    let others = model.participations.iter().filter(|(other, known)| {
        **other != id
            && known.is_live()
            && (known.contract, known.person) == (participation.contract, participation.person)
    });
    for (other, known) in others {
        let overlaps =
            participation.is_live() && known.start() <= participation.end() && known.end() >= participation.start();
        law(!overlaps, || {
            format!("participations {id} and {other} of one person overlap: {participation:?} and {known:?}")
        })?;
    }
    Ok(())
}

fn the_family_belongs_together(model: &Model, id: i64, participation: &Participation) -> Result<(), Broken> {
    if participation.is_live()
        && let Some(main) = participation.main
    {
        let known = model.participations.get(&main);
        let is_right = known
            .is_some_and(|known| known.is_live() && known.main.is_none() && known.contract == participation.contract);
        law(is_right, || format!("participation {id} has {main} for its main insured: {known:?}"))?;
    }
    let dependants = model.dependants_of(id);
    law(participation.is_live() || dependants.is_empty(), || {
        format!("participation {id} was taken back as if it had never been, and {dependants:?} participate through it")
    })
}

/// What never was cannot end: the insurer must not be asked for it any more.
fn nothing_is_asked_of_nobody(model: &Model, id: i64, participation: &Participation) -> Result<(), Broken> {
    let asked = model
        .mutations
        .iter()
        .find(|(_, mutation)| mutation.row.participation == id && mutation.state() == Some(MutationState::Requested));
    law(participation.is_live() || asked.is_none(), || {
        format!("participation {id} was taken back as if it had never been, and its end is still asked for: {asked:?}")
    })
}

/// Who ends takes the family along, but for a death; and nobody of the family goes on again without the main insured.
fn the_family_does_not_go_on_alone(model: &Model, touched: &Touched, mutation: &Mutation) -> Result<(), Broken> {
    let participation = model.participations.get(&mutation.row.participation);
    let Some(participation) = participation.filter(|_| mutation.state() == Some(MutationState::Processed)) else {
        return Ok(());
    };
    let id = mutation.row.participation;
    let leaves_the_family = participation.state.end_reason.is_some_and(|reason| !reason.ends_household());
    let ends = matches!(mutation.kind, MutationKind::Deregistration | MutationKind::MovedOut);
    if ends && participation.main.is_none() && !leaves_the_family {
        for dependant in model.dependants_of(id) {
            let end = model.participations.get(&dependant).map(Participation::end);
            law(end <= Some(participation.end()), || {
                format!("participation {dependant} goes on until {end:?}, and its main insured {id} ended before")
            })?;
        }
    }
    let took_back = mutation.row.withdraws.and_then(|id| model.mutations.get(&id));
    if took_back.is_some_and(|took_back| !took_back.was_only_asked())
        && let Some(main) = participation.main
        && let Some(known) = model.participations.get(&main)
    {
        let mut with_it = touched.mutations.iter().filter_map(|id| model.mutations.get(id));
        let is_taken_back_too = with_it.any(|other| other.row.participation == main);
        let may_go_on = known.state.end_reason.is_some_and(|reason| !reason.ends_household());
        law(is_taken_back_too || may_go_on || participation.end() <= known.end(), || {
            format!("participation {id} goes on again, and its main insured {main} does not: {known:?}")
        })?;
    }
    Ok(())
}

/// A request that was done has the participations that it asked for; any other has none, whatever it was before.
pub(crate) fn a_request_became_what_it_says(model: &Model, id: i64) -> Result<(), Broken> {
    let Some(case) = model.cases.get(&id) else { return Ok(()) };
    let became: Vec<i64> = model
        .participations
        .iter()
        .filter(|(_, known)| known.case == Some(id) && known.is_live())
        .map(|(participation, _)| *participation)
        .collect();
    let goes_on_in = case.to_contract.unwrap_or(case.contract);
    let is_right = if case.state != CaseState::Processed {
        became.is_empty() && case.participation.is_none()
    } else if case.kind == CaseKind::Move {
        let first = case.participation.filter(|first| became.contains(first));
        first.is_some() && became.iter().all(|id| model.participations[id].contract == goes_on_in)
    } else if case.kind == CaseKind::DependantIn {
        became.len() == 1 && case.participation == case.about
    } else if case.kind != CaseKind::Enrolment {
        became.is_empty() && case.participation == case.about
    } else {
        let first = case.participation.filter(|first| became.contains(first));
        let main = first.and_then(|first| model.participations.get(&first));
        became.len() as i64 == 1 + case.dependants && main.is_some_and(|main| main.contract == case.contract)
    };
    law(is_right, || format!("request {id} became {became:?}: {case:?}"))
}

/// The counters of a contract and its months are what its participations come to, and there is no more of it than what
/// is remembered.
pub(crate) async fn of_contract(model: &Model, db: &Db, contract: i64) -> Result<(), Broken> {
    let (stored, remembered) = (rows::sums(db, contract).await, model.sums(contract));
    law(stored.as_ref() == Some(&remembered), || {
        format!("contract {contract} comes to {stored:?}, and by what is remembered to {remembered:?}")
    })?;

    let counters = rows::counters(db, contract).await.ok_or_else(|| format!("contract {contract} is gone"))?;
    let all = || model.participations.values().filter(|known| known.contract == contract);
    let current = all().filter(|known| known.end() >= counters.counted_on).count() as i64;
    let main = all().filter(|known| known.end() >= counters.counted_on && known.main.is_none()).count() as i64;
    law((counters.everyone, counters.main) == (current, main), || {
        format!("contract {contract} counts {counters:?}, and its participations come to {current} and {main}")
    })?;

    let mut months: BTreeMap<i32, (i64, i64)> = BTreeMap::new();
    for known in all().filter(|known| known.is_live()) {
        months.entry(Month::of(known.start()).index()).or_default().0 += 1;
        if known.end() != OPEN_END {
            months.entry(Month::of(known.end()).index()).or_default().1 += 1;
        }
    }
    for FlowRow { month, inflow, outflow } in rows::flows(db, contract).await {
        let counted = months.remove(&month).unwrap_or_default();
        law((inflow, outflow) == counted, || {
            let month = Month::from_index(month);
            format!("{month} of contract {contract} has {inflow} in and {outflow} out, counted are {counted:?}")
        })?;
    }
    law(months.is_empty(), || format!("months of contract {contract} are missing: {months:?}"))
}

/// The lists of a contract as known on an earlier day are those of that day.
pub(crate) async fn known_on(
    portal: &Portal,
    who: &SignedIn,
    contract: Contract,
    snapshot: &Snapshot,
) -> Result<(), Broken> {
    let mut listed: BTreeSet<Known> = BTreeSet::new();
    for population in [Population::Current, Population::Former] {
        for number in 1_u32.. {
            let form = ParticipantListForm {
                contract: contract.number.to_owned(),
                bekend_op: format_dutch(snapshot.day),
                rijen: "100".to_owned(),
                pagina: number.to_string(),
                ..ParticipantListForm::default()
            };
            let page = participant::list(portal, &request(), who, population, &form).await;
            let page = page.map_err(|error| format!("the list as known on {}: {error}", snapshot.day))?;
            law(page.errors.is_empty(), || format!("the list as known on {}: {:?}", snapshot.day, page.errors))?;
            for row in page.rows {
                let period = (row.id.0, row.start_date, row.end_date, row.end_reason, row.personnel_number);
                law(listed.insert(period.clone()), || {
                    format!("the lists as known on {} have {period:?} twice", snapshot.day)
                })?;
            }
            if !page.has_next {
                break;
            }
        }
    }
    let nobody = BTreeSet::new();
    let known = snapshot.known.get(&contract.id).unwrap_or(&nobody);
    law(listed == *known, || {
        let (more, fewer) = (listed.difference(known).next(), known.difference(&listed).next());
        let (day, number) = (snapshot.day, contract.number);
        format!("as known on {day} contract {number} is listed with {more:?}, and was known with {fewer:?}")
    })
}

/// What `collectief check` looks at, and every request.
pub(crate) async fn of_everything(model: &Model, portal: &Portal, db: &Db) -> Result<(), Broken> {
    model.whole(db).await?;
    for id in model.cases.keys() {
        a_request_became_what_it_says(model, *id)?;
    }
    let report = check::check(portal).await.map_err(|error| format!("the check failed: {error}"))?;
    law(report.is_clean(), || format!("the check found {:?}", report.differences))
}
