//! Deregistering, taking that back, and the employer's own number: what staff change in a participation.
//!
//! Each of these is one transaction: lock, decide, write the change with its counters, mutation and log rows, and put
//! the mail in the outbox. What was answered is kept under the key of the form, so that sending it twice does it once.

use crate::{
    Portal, Request, ServiceError, SignedIn,
    answer::{answer_key, earlier_answer, to_json},
    clock::day_of,
    error::Conflict,
    secret,
};
use collectief_data::{
    Txn,
    audit::{self, AuditEvent, AuditKind},
    deregistration as stored,
    mutation::{self, Changes, Household, NewMutation, StoredParticipation},
    scope::Scope,
};
use collectief_domain::{
    actor::{Channel, Right},
    date::{Date, format_iso},
    deregistration::{
        Decision, DeregisterForm, Deregistration, DeregistrationFacts, DeregistrationPreview, DeregistrationReceipt,
        PersonnelNumberForm, PreviewPerson, Refusal, RefusedParticipant, WithdrawForm, decide, first_day_without,
        parse_personnel_number,
    },
    field::{FieldCode, FieldErrors},
    ids::{MutationId, ParticipationId},
    message::MessageKind,
    mutation::{MutationKind, MutationState, ParticipationState},
};

pub(crate) mod work;

use work::Work;

/// What would end, who else with it, and what stands in the way; nothing is written. What has yet to be filled in is
/// not an error.
///
/// # Errors
/// [`ServiceError::NotFound`] for a participation that is not this person's, or is not there.
pub async fn preview(
    portal: &Portal,
    _request: &Request,
    signed_in: &SignedIn,
    form: &DeregisterForm,
) -> Result<DeregistrationPreview, ServiceError> {
    let scope = signed_in.whole_scope(Right::ChangeParticipants)?;
    let today = portal.clock().today();
    let (selected, end_date, reason, errors) = form.parse_for_preview();
    let ids: Vec<ParticipationId> = selected.iter().map(|chosen| chosen.id).collect();
    let household = mutation::household_find(portal.db(), &scope, &ids).await?.ok_or(ServiceError::NotFound)?;
    let facts = facts_of(&household);

    let key = form.sleutel.trim();
    let mut preview = DeregistrationPreview {
        selected: household.chosen.iter().map(preview_person).collect(),
        first_day_without: end_date.map(first_day_without),
        key: if key.is_empty() { secret::token()? } else { key.to_owned() },
        errors,
        ..Default::default()
    };
    preview.dependants = facts
        .dependants_after(end_date.unwrap_or(today))
        .into_iter()
        .filter_map(|dependant| household.find(dependant.id))
        .map(preview_person)
        .collect();
    if let Some(reason) = reason {
        preview.asks_about_dependants = !reason.ends_household() && !preview.dependants.is_empty();
    }
    if let (Some(end_date), Some(reason), true) = (end_date, reason, preview.errors.is_empty()) {
        let asked = Deregistration {
            selected,
            end_date,
            reason,
            along: form.along(),
            dependants_asked: form.gezin_gevraagd.trim() == "ja",
            key: preview.key.clone(),
        };
        match decide(&asked, &facts, today) {
            Decision::Ends(ends) => preview.ends = ends,
            Decision::Refused(refused) => {
                preview.may_request = only_too_far_back(&refused);
                preview.refused = refused;
            }
            Decision::AskAbout(_) => {}
        }
    }
    Ok(preview)
}

/// Ends the chosen participations and those that end with them: all, or nothing at all.
///
/// # Errors
/// [`ServiceError::Invalid`], also when the dependants of someone who died must be asked about first;
/// [`ServiceError::Refused`] by the rules D5; [`ServiceError::NotFound`] for one that is not this person's;
/// [`ServiceError::Conflict`] when somebody changed one of them since it was shown.
pub async fn deregister(
    portal: &Portal,
    request: &Request,
    signed_in: &SignedIn,
    form: &DeregisterForm,
) -> Result<DeregistrationReceipt, ServiceError> {
    change(portal, request, signed_in, form, Wanted::Done).await
}

/// Asks the insurer for an end that lies further back than the contract allows (D5); nothing ends yet. What turns out
/// to be possible here after all is done.
///
/// # Errors
/// As [`deregister`].
pub async fn request(
    portal: &Portal,
    request: &Request,
    signed_in: &SignedIn,
    form: &DeregisterForm,
) -> Result<DeregistrationReceipt, ServiceError> {
    change(portal, request, signed_in, form, Wanted::AskedIfTooFarBack).await
}

/// What the person pressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wanted {
    Done,
    AskedIfTooFarBack,
}

async fn change(
    portal: &Portal,
    request: &Request,
    signed_in: &SignedIn,
    form: &DeregisterForm,
    wanted: Wanted,
) -> Result<DeregistrationReceipt, ServiceError> {
    let scope = signed_in.whole_scope(Right::ChangeParticipants)?;
    let asked = form.parse().map_err(ServiceError::Invalid)?;
    let operation = if wanted == Wanted::Done { "afmelden" } else { "verzoek" };
    let key = answer_key(portal, operation, &asked.key, form)?;
    if let Some(receipt) = earlier_answer::<DeregistrationReceipt>(portal, signed_in, &key).await? {
        return Ok(DeregistrationReceipt { repeated: true, ..receipt });
    }

    let txn = portal.db().begin_within(&scope).await?;
    let now = portal.clock().millis();
    let today = day_of(now);
    if !stored::answer_claim(&txn, signed_in.account(), &key, now).await? {
        drop(txn);
        let receipt = earlier_answer::<DeregistrationReceipt>(portal, signed_in, &key).await?;
        let receipt = receipt.ok_or_else(|| ServiceError::Unavailable("the form is being handled".to_owned()))?;
        return Ok(DeregistrationReceipt { repeated: true, ..receipt });
    }
    let ids: Vec<ParticipationId> = asked.selected.iter().map(|chosen| chosen.id).collect();
    let household = mutation::household_for_update(&txn, &scope, &ids).await?.ok_or(ServiceError::NotFound)?;
    let stale = asked.selected.iter().zip(&household.chosen).find(|(seen, stored)| seen.version != stored.version);
    if let Some((_, stored)) = stale {
        drop(txn);
        return Err(conflict(portal, &scope, stored).await?);
    }

    let mut facts = facts_of(&household);
    let mut decision = decide(&asked, &facts, today);
    let mut requested = false;
    if let Decision::Refused(refused) = &decision
        && wanted == Wanted::AskedIfTooFarBack
        && only_too_far_back(refused)
    {
        requested = true;
        // The insurer decides about going back; every other rule holds all the same.
        for person in facts.selected.iter_mut().chain(&mut facts.dependants) {
            person.retroactive_days = u32::MAX;
        }
        decision = decide(&asked, &facts, today);
    }
    let ends = match decision {
        Decision::Ends(ends) => ends,
        Decision::Refused(refused) => return Err(ServiceError::Refused(refused)),
        Decision::AskAbout(_) => {
            return Err(ServiceError::on("gezin_gevraagd", FieldCode::Required));
        }
    };

    let work = work_of(portal, request, signed_in, now, today);
    let mutations = work.write_ends(&txn, &household, &ends, requested).await?;
    let receipt = DeregistrationReceipt { mutations, ends, repeated: false, requested };
    stored::answer_keep(&txn, signed_in.account(), &key, &to_json(&receipt)?).await?;
    let kind = if requested { AuditKind::DeregistrationRequested } else { AuditKind::Deregistered };
    let events = receipt.ends.iter().zip(&receipt.mutations).filter_map(|(ending, mutation)| {
        let details =
            format!("mutation={mutation} end_date={} reason={}", format_iso(ending.end_date), ending.reason.code());
        household.find(ending.id).map(|row| event(request, signed_in, now, kind, row, details))
    });
    audit::append(&txn, events.collect::<Vec<_>>());
    txn.commit().await?;
    Ok(receipt)
}

/// Takes a deregistration back for the whole household that it ended (D8), or a request to the insurer.
///
/// # Errors
/// [`ServiceError::NotFound`]; [`ServiceError::Conflict`] when something changed since, and
/// [`ServiceError::Refused`] for a dependant whose main insured ended meanwhile.
pub async fn withdraw(
    portal: &Portal,
    request: &Request,
    signed_in: &SignedIn,
    form: &WithdrawForm,
) -> Result<ParticipationId, ServiceError> {
    let scope = signed_in.whole_scope(Right::ChangeParticipants)?;
    // What is no number names nothing that there is.
    let mutation: MutationId = form.mutatie.trim().parse().map_err(|_| ServiceError::NotFound)?;
    let key = match form.sleutel.trim() {
        "" => None,
        key => Some(answer_key(portal, "intrekken", key, form)?),
    };
    if let Some(key) = &key
        && let Some(done) = earlier_answer::<ParticipationId>(portal, signed_in, key).await?
    {
        return Ok(done);
    }

    let txn = portal.db().begin_within(&scope).await?;
    let now = portal.clock().millis();
    let today = day_of(now);
    if let Some(key) = &key
        && !stored::answer_claim(&txn, signed_in.account(), key, now).await?
    {
        drop(txn);
        let done = earlier_answer(portal, signed_in, key).await?;
        return done.ok_or_else(|| ServiceError::Unavailable("the form is being handled".to_owned()));
    }
    let ended = stored::household_of_mutation(&txn, &scope, mutation).await?.ok_or(ServiceError::NotFound)?;
    let ids: Vec<ParticipationId> = ended.members.iter().map(|member| member.participation).collect();
    let household = mutation::household_for_update(&txn, &scope, &ids).await?.ok_or(ServiceError::NotFound)?;
    let named = ended.members.iter().find(|member| member.id == mutation).ok_or(ServiceError::NotFound)?;
    let about = named.participation;
    let named = named.clone();

    // Read again under the lock, for somebody may have been first.
    let ended = stored::household_of_mutation(&txn, &scope, mutation).await?.ok_or(ServiceError::NotFound)?;
    for (member, row) in ended.members.iter().zip(&household.chosen) {
        if member.state == MutationState::Withdrawn {
            drop(txn);
            let last = mutation::last_change(portal.db(), &scope, row).await?;
            // The same person pressed it twice: what was asked is the case.
            if last.is_some_and(|last| last.account == Some(signed_in.account()))
                && same_end(&row.state, &member.before)
            {
                return Ok(about);
            }
            return Err(conflict(portal, &scope, row).await?);
        }
        if member.state == MutationState::Processed && !same_end(&row.state, &member.after) {
            drop(txn);
            return Err(conflict(portal, &scope, row).await?);
        }
    }

    let work = work_of(portal, request, signed_in, now, today);
    let requested = ended.members.iter().all(|member| member.state == MutationState::Requested);
    let mut changes = Changes::on(today);
    let mut first = None;
    let mut events = Vec::new();
    for (member, row) in ended.members.iter().zip(&household.chosen) {
        let restored = ParticipationState {
            end_date: member.before.end_date,
            end_reason: member.before.end_reason,
            ..row.state.clone()
        };
        let note = NewMutation {
            household: first,
            withdraws: Some(member.id),
            valid_from: member.after.end_date.map_or(today, first_day_without),
            ..work.mutation(MutationKind::DeregistrationWithdrawn)
        };
        stored::mutation_mark_withdrawn(&txn, member.id, member.state).await?;
        let done = if requested {
            mutation::mutation_note(&txn, row, &row.state, MutationState::Processed, &note).await?
        } else {
            if let Some(refused) = left_without_main(&txn, row, &restored, &ids).await? {
                return Err(ServiceError::Refused(vec![refused]));
            }
            if mutation::overlaps_another(&txn, row, &restored).await? {
                drop(txn);
                return Err(conflict(portal, &scope, row).await?);
            }
            changes.change(&txn, row, &restored, &note).await?
        };
        first.get_or_insert(done);
        let details = format!("mutation={done} withdraws={}", member.id);
        events.push(event(request, signed_in, now, AuditKind::DeregistrationWithdrawn, row, details));
    }
    changes.close(&txn).await?;
    if let Some(row) = household.find(about) {
        let kind = MessageKind::DeregistrationWithdrawn;
        let day = named.after.end_date.unwrap_or(today);
        work.tell_of(&txn, kind, row, ended.members.len() - 1, day).await?;
    }
    work.retract(&txn, &household, &ended.members, ended.first, requested).await?;
    if let Some(key) = &key {
        stored::answer_keep(&txn, signed_in.account(), key, &to_json(&about)?).await?;
    }
    audit::append(&txn, events);
    txn.commit().await?;
    Ok(about)
}

/// Changes the employer's number of a participation (C6). A number that it has already is no change.
///
/// # Errors
/// [`ServiceError::Invalid`], [`ServiceError::NotFound`]; [`ServiceError::Conflict`] at another version, unless it has
/// that very number by now.
pub async fn change_personnel_number(
    portal: &Portal,
    request: &Request,
    signed_in: &SignedIn,
    form: &PersonnelNumberForm,
) -> Result<ParticipationId, ServiceError> {
    let scope = signed_in.whole_scope(Right::ChangeParticipants)?;
    let id: ParticipationId = form.deelname.trim().parse().map_err(|_| ServiceError::NotFound)?;
    let mut errors = FieldErrors::default();
    let number = errors.take("personeelsnummer", parse_personnel_number(&form.personeelsnummer));
    let version = errors.take("versie", form.versie.trim().parse::<i64>().map_err(|_| FieldCode::UnknownChoice));
    let txn = portal.db().begin_within(&scope).await?;
    let household = mutation::household_for_update(&txn, &scope, &[id]).await?.ok_or(ServiceError::NotFound)?;
    let (Some(number), Some(version)) = (number, version) else { return Err(ServiceError::Invalid(errors)) };
    let Some(row) = household.chosen.first() else { return Err(ServiceError::NotFound) };
    if row.state.personnel_number == number {
        // Sent twice, or a colleague did the same: it is as was asked.
        return Ok(id);
    }
    if row.version != version {
        drop(txn);
        return Err(conflict(portal, &scope, row).await?);
    }
    let now = portal.clock().millis();
    let today = day_of(now);
    let work = work_of(portal, request, signed_in, now, today);
    let after = ParticipationState { personnel_number: number, ..row.state.clone() };
    let note = NewMutation { valid_from: today, ..work.mutation(MutationKind::PersonnelNumber) };
    let mut changes = Changes::on(today);
    let done = changes.change(&txn, row, &after, &note).await?;
    changes.close(&txn).await?;
    let kind = AuditKind::PersonnelNumberChanged;
    audit::append(&txn, [event(request, signed_in, now, kind, row, format!("mutation={done}"))]);
    txn.commit().await?;
    Ok(id)
}

fn work_of<'a>(portal: &Portal, request: &Request, signed_in: &'a SignedIn, now: i64, today: Date) -> Work<'a> {
    let is_demo = portal.is_demo() && request.client.is_none();
    Work {
        channel: if is_demo { Channel::Demo } else { Channel::Portal },
        account: Some(signed_in.account()),
        name: Some(signed_in.name()),
        case: None,
        now,
        today,
    }
}

fn event(
    request: &Request,
    signed_in: &SignedIn,
    now: i64,
    kind: AuditKind,
    row: &StoredParticipation,
    details: String,
) -> AuditEvent {
    AuditEvent {
        recorded_at: now,
        account: Some(signed_in.account()),
        actor_name: Some(signed_in.name().into()),
        event: kind,
        contract: Some(row.contract),
        participation: Some(row.id),
        request_id: request.id.clone(),
        details,
    }
}

fn facts_of(household: &Household) -> DeregistrationFacts {
    DeregistrationFacts {
        selected: household.chosen.iter().map(StoredParticipation::facts).collect(),
        dependants: household.dependants.iter().map(StoredParticipation::facts).collect(),
    }
}

fn preview_person(row: &StoredParticipation) -> PreviewPerson {
    PreviewPerson {
        id: row.id,
        version: row.version,
        full_name: row.full_name.clone(),
        birth_date: row.birth_date,
        contract_number: row.contract_number.clone(),
        start_date: row.state.start_date.unwrap_or(row.contract_start),
        end_date: row.state.end_date,
    }
}

fn only_too_far_back(refused: &[RefusedParticipant]) -> bool {
    refused.iter().all(|person| matches!(person.refusal, Refusal::TooFarBack { .. }))
}

fn same_end(a: &ParticipationState, b: &ParticipationState) -> bool {
    a.end_date == b.end_date && a.end_reason == b.end_reason
}

/// A dependant cannot go on longer than the main insured, unless that one is taken back as well.
async fn left_without_main(
    txn: &Txn,
    row: &StoredParticipation,
    restored: &ParticipationState,
    taken_back: &[ParticipationId],
) -> Result<Option<RefusedParticipant>, ServiceError> {
    if row.main.is_none_or(|main| taken_back.contains(&main)) {
        return Ok(None);
    }
    let main = mutation::main_of(txn, row).await?;
    Ok(main.and_then(|main| main.state.end_date.map(|end| (end, main.state.end_reason))).and_then(|(end, reason)| {
        // After a death dependants may go on, if that was chosen.
        let goes_on = restored.end_date.is_none_or(|restored| restored > end);
        (goes_on && reason.is_none_or(|reason| reason.ends_household())).then(|| RefusedParticipant {
            id: row.id,
            full_name: row.full_name.clone(),
            refusal: Refusal::AfterExistingEnd { end },
        })
    }))
}

/// What the second of two colleagues is told: who was first, and when.
async fn conflict(portal: &Portal, scope: &Scope, row: &StoredParticipation) -> Result<ServiceError, ServiceError> {
    let last = mutation::last_change(portal.db(), scope, row).await?;
    let at = last.as_ref().and_then(|last| {
        let moment = chrono::DateTime::from_timestamp_millis(last.recorded_at)?;
        Some(moment.with_timezone(&chrono_tz::Europe::Amsterdam).format("%H:%M").to_string())
    });
    Ok(ServiceError::Conflict(Conflict {
        full_name: Some(row.full_name.clone()),
        on: last.as_ref().map(|last| day_of(last.recorded_at)),
        by: last.and_then(|last| last.by),
        at,
    }))
}
