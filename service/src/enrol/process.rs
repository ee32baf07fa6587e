//! Doing what was asked: people are found or added, and participations begin. All of it is decided before anything is
//! written, so that what cannot be done leaves nothing behind.

use collectief_data::{
    Txn, case,
    case::StoredCase,
    enrolment::{self as stored, Insured, Reached},
    mutation::{Changes, NewMutation, NewParticipation},
    product,
    scope::Scope,
};
use collectief_domain::{
    actor::Channel,
    case::{CaseKind, StuckCause},
    date::Date,
    enrolment::{EnrolmentForm, EnrolmentOffer, NewPerson, window},
    ids::{AccountId, CaseId, ContractId, ParticipationId},
    mutation::MutationKind,
    period::Period,
    product::codes,
};

use crate::{Portal, ServiceError, clock::day_of};

/// Who does it, and when.
#[derive(Debug, Clone, Copy)]
pub(crate) struct By<'a> {
    /// Whose account, where somebody is signed in.
    pub(crate) account: Option<AccountId>,
    /// That person's name.
    pub(crate) name: Option<&'a str>,
    /// When, in Unix milliseconds.
    pub(crate) now: i64,
}

/// A household that is to participate.
pub(crate) struct Entering<'a> {
    /// Who.
    pub(crate) person: &'a NewPerson,
    /// How that person can be reached.
    pub(crate) reached: Reached<'a>,
    /// The family that comes along.
    pub(crate) dependants: &'a [NewPerson],
    /// Through whom the person participates, when a dependant.
    pub(crate) main: Option<ParticipationId>,
    /// The employer's number.
    pub(crate) personnel_number: &'a str,
    /// The codes of the insurances.
    pub(crate) products: &'a str,
    /// From which day until which.
    pub(crate) period: Period,
    /// What kind of mutation it is.
    pub(crate) kind: MutationKind,
    /// Through which door it came.
    pub(crate) channel: Channel,
    /// The request that it comes of.
    pub(crate) case: Option<CaseId>,
}

/// Somebody who was known, or is to be added.
enum Who<'a> {
    Known(Insured),
    New(&'a NewPerson),
}

async fn find<'a>(
    portal: &Portal,
    txn: &Txn,
    scope: &Scope,
    contract: ContractId,
    person: &'a NewPerson,
    period: Period,
) -> Result<Result<Who<'a>, StuckCause>, ServiceError> {
    let found = match &person.bsn {
        Some(bsn) => stored::person_with_bsn(portal.db(), txn, scope, bsn).await?,
        None => stored::person_like(txn, contract, person).await?,
    };
    let Some(known) = found else { return Ok(Ok(Who::New(person))) };
    if known.birth_date.is_some_and(|birth| birth != person.birth_date) {
        return Ok(Err(StuckCause::BsnOfSomeoneElse));
    }
    if stored::participates(txn, known.id, contract, period).await? {
        return Ok(Err(StuckCause::ParticipatesAlready));
    }
    Ok(Ok(Who::Known(known)))
}

/// Lets a household participate in a contract that the transaction has locked. Gives the participation of who is named
/// first, or why it cannot be; nothing is written then.
pub(crate) async fn enter(
    portal: &Portal,
    txn: &Txn,
    scope: &Scope,
    contract: ContractId,
    changes: &mut Changes,
    entering: &Entering<'_>,
    by: By<'_>,
) -> Result<Result<ParticipationId, StuckCause>, ServiceError> {
    let mut people = Vec::with_capacity(1 + entering.dependants.len());
    for person in std::iter::once(entering.person).chain(entering.dependants) {
        match find(portal, txn, scope, contract, person, entering.period).await? {
            // Twins without a BSN are told by their names alone: nobody is two people.
            Ok(Who::Known(known))
                if people.iter().any(|other| matches!(other, Who::Known(other) if other.id == known.id)) =>
            {
                people.push(Who::New(person));
            }
            Ok(who) => people.push(who),
            Err(cause) => return Ok(Err(cause)),
        }
    }
    let (mut first, mut household) = (None, None);
    for who in people {
        // The family is reached through who brings it along.
        let reached = if first.is_none() { entering.reached } else { Reached::default() };
        let insured = match who {
            Who::New(person) => stored::person_add(portal.db(), txn, person, reached).await?,
            Who::Known(known) => {
                if reached.email.is_some() || reached.address.is_some() || !reached.phone.is_empty() {
                    stored::person_reached(txn, scope, known.id, reached).await?;
                }
                known
            }
        };
        let new = NewParticipation {
            contract,
            person: &insured,
            main: first.or(entering.main),
            start_date: entering.period.start,
            end_date: entering.period.end,
            personnel_number: if first.is_none() { entering.personnel_number } else { "" },
            products: entering.products,
        };
        let note = NewMutation {
            kind: entering.kind,
            channel: entering.channel,
            valid_from: entering.period.start,
            household,
            withdraws: None,
            case: entering.case,
            account: by.account,
            actor_name: by.name.map(str::to_owned),
            recorded_at: by.now,
        };
        let (participation, mutation) = changes.enrol(txn, &new, &note).await?;
        first.get_or_insert(participation);
        household.get_or_insert(mutation);
    }
    first.map(Ok).ok_or_else(|| ServiceError::Internal("nobody was to be enrolled".to_owned()))
}

/// A request to be enrolled, read anew.
pub(crate) struct Asked {
    pub(crate) enrolment: collectief_domain::enrolment::Enrolment,
}

/// Reads a request as it can be done today. The insurer is not held to the days that the contract allows its employer.
pub(crate) async fn read(
    portal: &Portal,
    txn: &Txn,
    scope: &Scope,
    of: &StoredCase,
    today: Date,
    by_insurer: bool,
) -> Result<Result<Asked, StuckCause>, ServiceError> {
    let contract = stored::contract_for_update(txn, scope, of.contract).await?.ok_or(ServiceError::NotFound)?;
    let Some(text) = case::request_of(portal.db(), txn, of).await? else {
        return Err(ServiceError::Internal("a request is no longer kept".to_owned()));
    };
    let form: EnrolmentForm =
        serde_json::from_str(&text).map_err(|_| ServiceError::Internal("a request cannot be read".to_owned()))?;
    let (back, ahead) = if by_insurer { (u32::MAX, u32::MAX) } else { (contract.back_days, contract.ahead_days) };
    let offer = EnrolmentOffer {
        contract: contract.choice.clone(),
        window: window(contract.period, back, ahead, today),
        products: product::products(txn).await?,
    };
    match form.parse(&offer, today) {
        Ok(enrolment) => Ok(Ok(Asked { enrolment })),
        Err(errors) if errors.on("ingangsdatum").is_some() || errors.on("contract").is_some() => {
            Ok(Err(StuckCause::OutsideWindow))
        }
        Err(errors) if errors.on("product").is_some() || errors.on("pakket").is_some() => {
            Ok(Err(StuckCause::NotOffered))
        }
        Err(_) => Err(ServiceError::Internal("a request is no longer possible".to_owned())),
    }
}

impl Asked {
    /// The household, as it is to participate; `personnel_number` takes the place of what was filled in, where it is given.
    pub(crate) fn entering<'a>(
        &'a self,
        of: &StoredCase,
        products: &'a str,
        personnel_number: &'a str,
    ) -> Entering<'a> {
        let enrolment = &self.enrolment;
        let number = if personnel_number.is_empty() { &enrolment.personnel_number } else { personnel_number };
        Entering {
            person: &enrolment.person,
            reached: Reached {
                address: Some(&enrolment.address),
                email: Some(&enrolment.email),
                phone: &enrolment.phone,
            },
            dependants: &enrolment.dependants,
            main: None,
            personnel_number: number,
            products,
            period: Period { start: enrolment.start_date, end: None },
            kind: MutationKind::Enrolment,
            channel: of.channel,
            case: Some(of.id),
        }
    }

    /// The codes of the insurances.
    pub(crate) fn products(&self) -> String {
        codes(&self.enrolment.products)
    }
}

/// Does what a request asks, an enrolment or a change. Gives the participation of who asked, or why it cannot be done; nothing is written then.
#[expect(clippy::too_many_arguments, reason = "each is another thing, and three use cases call it")]
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
    if of.kind != CaseKind::Enrolment {
        return crate::change::process::process(portal, txn, scope, changes, of, personnel_number, by, by_insurer)
            .await;
    }
    let asked = match read(portal, txn, scope, of, day_of(by.now), by_insurer).await? {
        Ok(asked) => asked,
        Err(cause) => return Ok(Err(cause)),
    };
    let products = asked.products();
    let entering = asked.entering(of, &products, personnel_number);
    enter(portal, txn, scope, of.contract, changes, &entering, by).await
}

/// Whether any of a household participates in this very contract already: what the employer sees in its own lists. Nothing is
/// told of other contracts.
pub(crate) async fn participates_here(
    portal: &Portal,
    scope: &Scope,
    contract: ContractId,
    enrolment: &collectief_domain::enrolment::Enrolment,
    period: Period,
) -> Result<bool, ServiceError> {
    let people = std::iter::once(&enrolment.person).chain(&enrolment.dependants);
    let known: Vec<_> = people.filter_map(|person| Some((person.bsn.as_ref()?, person.birth_date))).collect();
    Ok(stored::participate_in(portal.db(), scope, contract, &known, period).await?)
}
