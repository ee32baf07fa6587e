//! Validating (PRODUCT.md F): what waits for the employer, deciding about it, and choosing what waits at all.
//!
//! A decision names the version that was seen; of two colleagues who decide about one request the second is told what the
//! first did, and when. Several at once are one transaction: each has its own outcome, and one that cannot be done hinders
//! no other.

use collectief_data::{
    DataError, Txn,
    case::{self, Becomes, Moment, StoredCase, queue as data},
    deregistration as answers,
    mutation::Changes,
    product,
    scope::Scope,
    validation,
};
use collectief_domain::{
    actor::Right,
    case::{
        CaseChange, CaseKind, CaseState, CaseStep, DecideForm, OPTIONS_A_PAGE, OptionsForm, Outcome, OutcomeResult,
        QUEUE_A_PAGE, QueueForm, QueuePage, QueuePart, QueueRow, SeenCase, StuckCause, UNDO_SECONDS, UndoForm,
        ValidationOptions, Verdict, WaitingCard,
    },
    change::MOVE_BACK_DAYS,
    date::Date,
    field::{FieldCode, FieldErrors},
    frame::CONTRACTS_OFFERED,
    ids::CaseId,
    product::{Product, names},
    search::SearchQuery,
};

use crate::{
    Portal, Request, ServiceError, SignedIn,
    answer::{answer_key, earlier_answer, to_json},
    audit::{self, About, AuditEvent, AuditKind, event},
    change::{process::take_back, read_kept},
    clock::{day_of, time_of},
    enrol::{
        follow::stuck,
        mail::{self, CaseMail},
        process::{By, process},
    },
    error::Conflict,
    message, secret,
};

mod view;

pub use view::case;

/// For how many days something waits: days of the calendar, as people count them.
fn days_since(from: i64, now: i64) -> u32 {
    u32::try_from((day_of(now) - day_of(from)).num_days()).unwrap_or(0)
}

/// An item of the queue out of what is kept.
fn row_of(found: &StoredCase, changes: Vec<CaseChange>, products: &[Product], now: i64) -> QueueRow {
    let back = match found.kind {
        CaseKind::Details | CaseKind::PersonnelNumber | CaseKind::Deregistration | CaseKind::DependantOut => None,
        CaseKind::Move => Some(MOVE_BACK_DAYS),
        CaseKind::Enrolment | CaseKind::Products | CaseKind::DependantIn => Some(found.back_days),
    };
    let left = back.map(|back| {
        let last = found.effective.checked_add_days(chrono::Days::new(back.into())).unwrap_or(Date::MAX);
        (last - day_of(now)).num_days()
    });
    QueueRow {
        id: found.id,
        version: found.version,
        kind: found.kind,
        state: found.state,
        channel: found.channel,
        full_name: found.full_name.clone(),
        birth_date: found.birth_date,
        contract: found.choice.clone(),
        effective: found.effective,
        products: names(&found.products, products),
        changes,
        dependants: found.dependants,
        personnel_number: found.personnel_number.clone(),
        since: day_of(found.since),
        age_days: days_since(found.since, now),
        days_left: left.map(|left| i32::try_from(left).unwrap_or(0)),
        is_answered: found.is_answered,
    }
}

/// Whether somebody may decide about requests of any contract of a scope that they see.
fn may_decide(signed_in: &SignedIn) -> bool {
    signed_in.whole_scope(Right::ChangeParticipants).is_ok()
}

/// A page of the queue.
///
/// # Errors
/// [`ServiceError::NotFound`] for a contract that is not this person's; [`ServiceError::Forbidden`] without the right.
pub async fn queue(
    portal: &Portal,
    request: &Request,
    signed_in: &SignedIn,
    form: &QueueForm,
) -> Result<QueuePage, ServiceError> {
    let scope = signed_in.scope(Right::SeeParticipants, &form.contract)?;
    let db = portal.db();
    let wanted = data::Wanted {
        part: form.part(),
        kind: CaseKind::from_code(&form.soort),
        names: SearchQuery::parse(&form.naam),
        sort: form.sort(),
    };
    let found = data::look(db, &scope, &wanted, form.page(), QUEUE_A_PAGE).await?;
    let now = portal.clock().millis();
    let products = product::products(db).await?;
    let contracts: Vec<_> = signed_in.rights().contracts().iter().map(|contract| contract.choice.clone()).collect();
    let mut rows = Vec::with_capacity(found.cases.len());
    for (case, asked) in &found.cases {
        let changes = asked.as_deref().map(read_kept).transpose()?.map(|kept| kept.changes).unwrap_or_default();
        rows.push(row_of(case, changes, &products, now));
    }
    let details = format!("{} rows={} page={}", form.part().code(), rows.len(), found.page);
    portal.audit().view(event(portal, request, signed_in, AuditKind::QueueViewed).on(scope.single()).details(details));
    Ok(QueuePage {
        rows,
        count: found.count,
        waiting: found.waiting,
        questioned: found.questioned,
        oldest_days: found.oldest.map(|since| days_since(since, now)),
        page: found.page,
        key: secret::token()?,
        may_decide: may_decide(signed_in),
        contracts: if contracts.len() > CONTRACTS_OFFERED { Vec::new() } else { contracts },
    })
}

/// How many requests wait on the chosen contract, or on all; none where the reader has no right to see them.
///
/// # Errors
/// When the database cannot be read.
pub async fn waiting(portal: &Portal, signed_in: &SignedIn) -> Result<WaitingCard, ServiceError> {
    let Ok(scope) = signed_in.scope(Right::SeeParticipants, "") else { return Ok(WaitingCard::default()) };
    let (waiting, oldest) = data::waiting(portal.db(), &scope, QueuePart::Waiting).await?;
    let now = portal.clock().millis();
    Ok(WaitingCard { waiting, oldest_days: oldest.map(|since| days_since(since, now)) })
}

/// Decides about one request or several. What came of each is in the answer; the same form again gets the same answer.
///
/// # Errors
/// [`ServiceError::Invalid`] for what is wrong with the form; [`ServiceError::Forbidden`] without the right.
pub async fn decide(
    portal: &Portal,
    request: &Request,
    signed_in: &SignedIn,
    form: &DecideForm,
) -> Result<Vec<Outcome>, ServiceError> {
    let scope = signed_in.whole_scope(Right::ChangeParticipants)?;
    let (seen, verdict) = form.parse().map_err(ServiceError::Invalid)?;
    let key = match form.sleutel.trim() {
        "" => None,
        key => Some(answer_key(portal, "valideren", key, form)?),
    };
    if let Some(key) = &key
        && let Some(outcomes) = earlier_answer(portal, signed_in, key).await?
    {
        return Ok(outcomes);
    }
    let deciding = Deciding { portal, request, signed_in, scope: &scope, verdict: &verdict };
    match deciding.together(&seen, key.as_deref()).await {
        // Somebody whose BSN is in one of them was added at the same moment; one by one each finds what is there by then.
        Err(ServiceError::Internal(text)) if text == DataError::Duplicate.to_string() => {
            let mut outcomes = Vec::with_capacity(seen.len());
            for one in &seen {
                outcomes.extend(deciding.together(std::slice::from_ref(one), None).await?);
            }
            Ok(outcomes)
        }
        done => done,
    }
}

/// What every request of one decision shares.
struct Deciding<'a> {
    portal: &'a Portal,
    request: &'a Request,
    signed_in: &'a SignedIn,
    scope: &'a Scope,
    verdict: &'a Verdict,
}

impl Deciding<'_> {
    async fn together(&self, seen: &[SeenCase], key: Option<&str>) -> Result<Vec<Outcome>, ServiceError> {
        let (portal, signed_in) = (self.portal, self.signed_in);
        let txn = portal.db().begin_within(self.scope).await?;
        let now = portal.clock().millis();
        if let Some(key) = key
            && !answers::answer_claim(&txn, signed_in.account(), key, now).await?
        {
            drop(txn);
            let outcomes = earlier_answer(portal, signed_in, key).await?;
            return outcomes.ok_or_else(|| ServiceError::Unavailable("the form is being handled".to_owned()));
        }
        let ids: Vec<CaseId> = seen.iter().map(|one| one.id).collect();
        let found = case::for_update(&txn, self.scope, &ids).await?;
        let mut changes = Changes::on(day_of(now));
        let mut outcomes = Vec::with_capacity(seen.len());
        for one in seen {
            let found = found.iter().find(|found| found.id == one.id && found.is_proven);
            outcomes.push(match found {
                Some(found) => self.one(&txn, &mut changes, *one, found, now).await?,
                None => Outcome { id: one.id, kind: None, full_name: String::new(), result: OutcomeResult::NotThere },
            });
        }
        changes.close(&txn).await?;
        if let Some(key) = key {
            answers::answer_keep(&txn, signed_in.account(), key, &to_json(&outcomes)?).await?;
        }
        txn.commit().await?;
        Ok(outcomes)
    }

    async fn one(
        &self,
        txn: &Txn,
        changes: &mut Changes,
        seen: SeenCase,
        found: &StoredCase,
        now: i64,
    ) -> Result<Outcome, ServiceError> {
        let outcome =
            |result| Outcome { id: found.id, kind: Some(found.kind), full_name: found.full_name.clone(), result };
        let step = self.verdict.step();
        if found.version != seen.version || found.state.after(step).is_none() {
            return Ok(outcome(first(found)));
        }
        let (by, by_name) = (self.signed_in.account(), self.signed_in.name());
        let moment = |step, text| Moment { step, at: now, by: Some(by), by_name: Some(by_name), text };
        let (step, becomes, text, result) = match self.verdict {
            Verdict::Remove(reason) => (step, Becomes::default(), reason.as_str(), OutcomeResult::Removed),
            Verdict::Ask(question) => (step, Becomes::default(), question.as_str(), OutcomeResult::Asked),
            Verdict::Approve { personnel_number } => {
                let by = By { account: Some(by), name: Some(by_name), now };
                let done = process(self.portal, txn, self.scope, changes, found, personnel_number, by, false).await?;
                let number = Some(personnel_number.as_str()).filter(|number| !number.is_empty());
                match done {
                    Ok(participation) => (
                        step,
                        Becomes { participation: Some(participation), personnel_number: number, stuck: None },
                        "",
                        OutcomeResult::Approved(Some(found.about.unwrap_or(participation))),
                    ),
                    // The employer sees its own participants, and removes what is double or cannot be any more.
                    Err(cause @ (StuckCause::ParticipatesAlready | StuckCause::NoLongerPossible)) => {
                        return Ok(outcome(OutcomeResult::Refused(cause)));
                    }
                    // The number that was filled in is used once the helpdesk tries again.
                    Err(cause) => (
                        CaseStep::Failed,
                        Becomes { personnel_number: number, ..stuck(cause) },
                        "",
                        OutcomeResult::Stuck(cause),
                    ),
                }
            }
        };
        case::step(txn, found, &moment(step, text), becomes).await?;
        message::tell_case(txn, found, step, Some(by_name), found.about.or(becomes.participation), now).await?;
        mail::tell(txn, found, found.version + 1, CaseMail::after(step), now).await?;
        let kind = match step {
            CaseStep::Removed => AuditKind::CaseRemoved,
            CaseStep::Asked => AuditKind::CaseAsked,
            CaseStep::Failed => AuditKind::CaseStuck,
            _ => AuditKind::CaseApproved,
        };
        let mut told = self.event(kind, found);
        if let OutcomeResult::Approved(Some(participation)) = &result {
            told = told.about(*participation);
        }
        audit::append(txn, [told]);
        Ok(outcome(result))
    }

    fn event(&self, kind: AuditKind, found: &StoredCase) -> AuditEvent {
        event(self.portal, self.request, self.signed_in, kind)
            .on(Some(found.contract))
            .details(format!("case {}", found.id))
    }
}

/// What the second of two is told: what the first did, who that was, and when.
pub(crate) fn first(found: &StoredCase) -> OutcomeResult {
    OutcomeResult::Conflict {
        by: found.last_by_name.clone(),
        state: found.state,
        on: day_of(found.last_at),
        at: time_of(found.last_at),
    }
}

/// For how many seconds more an approval can be taken back: one of the employer's, not what the helpdesk did after it, nor what
/// nobody decided.
pub(crate) fn undo_seconds(found: &StoredCase, last: Option<CaseStep>, now: i64) -> u32 {
    if found.state != CaseState::Processed || last != Some(CaseStep::Approved) {
        return 0;
    }
    let passed = u32::try_from((now - found.since).max(0) / 1000).unwrap_or(u32::MAX);
    UNDO_SECONDS.saturating_sub(passed)
}

/// Takes an approval back within its minute: what came of it is undone as if it had never been, and the request waits again.
///
/// # Errors
/// [`ServiceError::NotFound`]; [`ServiceError::Conflict`] when it is too late, or somebody changed what came of it.
pub async fn undo(
    portal: &Portal,
    request: &Request,
    signed_in: &SignedIn,
    form: &UndoForm,
) -> Result<CaseId, ServiceError> {
    let scope = signed_in.whole_scope(Right::ChangeParticipants)?;
    let id: CaseId = form.zaak.trim().parse().map_err(|_| ServiceError::NotFound)?;
    let txn = portal.db().begin_within(&scope).await?;
    let found = case::for_update(&txn, &scope, &[id]).await?.pop();
    let found = found.filter(|found| found.is_proven).ok_or(ServiceError::NotFound)?;
    let now = portal.clock().millis();
    let conflict = || {
        ServiceError::Conflict(Conflict {
            full_name: Some(found.full_name.clone()),
            by: found.last_by_name.clone(),
            on: Some(day_of(found.last_at)),
            at: Some(time_of(found.last_at)),
        })
    };
    let last = case::last_step(&txn, &found).await?;
    if undo_seconds(&found, last, now) == 0 {
        return Err(conflict());
    }
    let by = By { account: Some(signed_in.account()), name: Some(signed_in.name()), now };
    if !take_back(portal, &txn, &scope, &found, by).await? {
        return Err(conflict());
    }
    let moment = Moment {
        step: CaseStep::Undone,
        at: now,
        by: Some(signed_in.account()),
        by_name: Some(signed_in.name()),
        text: "",
    };
    case::step(&txn, &found, &moment, Becomes::default()).await?;
    message::tell_case(&txn, &found, CaseStep::Undone, Some(signed_in.name()), None, now).await?;
    let told = event(portal, request, signed_in, AuditKind::CaseUndone).on(Some(found.contract));
    audit::append(&txn, [told.details(format!("case {}", found.id))]);
    txn.commit().await?;
    Ok(id)
}

/// What contracts chose about waiting for the employer (F1).
///
/// # Errors
/// [`ServiceError::NotFound`] for a contract that is not this person's; [`ServiceError::Forbidden`] without the right.
pub async fn options(
    portal: &Portal,
    request: &Request,
    signed_in: &SignedIn,
    form: &OptionsForm,
) -> Result<ValidationOptions, ServiceError> {
    let scope = signed_in.scope(Right::SeeParticipants, &form.contract)?;
    let passed = u64::from(form.page() - 1) * u64::from(OPTIONS_A_PAGE);
    let (contracts, count) = validation::choices(portal.db(), &scope, passed, OPTIONS_A_PAGE.into(), day_of).await?;
    let mut seen = Vec::new();
    for contract in &contracts {
        for choice in &contract.choices {
            let word = if choice.asks { "ja" } else { "nee" };
            seen.push(format!("{}:{}:{word}", contract.contract.number, choice.kind.code()));
        }
    }
    portal.audit().view(event(portal, request, signed_in, AuditKind::ValidationViewed).on(scope.single()));
    Ok(ValidationOptions {
        contracts,
        count,
        page: form.page(),
        seen: seen.join(","),
        may_change: may_decide(signed_in),
    })
}

/// Chooses whether what comes in waits for the employer. What waits already does so whatever is chosen.
///
/// # Errors
/// [`ServiceError::Invalid`], also when a colleague chose meanwhile; [`ServiceError::NotFound`] for a contract that is not
/// this person's.
pub async fn set_options(
    portal: &Portal,
    request: &Request,
    signed_in: &SignedIn,
    form: &OptionsForm,
) -> Result<(), ServiceError> {
    let scope = signed_in.whole_scope(Right::ChangeParticipants)?;
    let changed = form.changed().map_err(ServiceError::Invalid)?;
    let mut wanted = Vec::with_capacity(changed.len());
    for choice in &changed {
        let contract = signed_in.rights().contract(&choice.contract);
        let contract = contract.filter(|contract| signed_in.rights().allow(contract, Right::ChangeParticipants));
        wanted.push((contract.ok_or(ServiceError::NotFound)?.id, choice));
    }
    // Contracts are always locked in this order.
    wanted.sort_by_key(|(contract, _)| *contract);
    let now = portal.clock().millis();
    let txn = portal.db().begin_within(&scope).await?;
    let mut events = Vec::with_capacity(wanted.len());
    for (contract, choice) in wanted {
        collectief_data::enrolment::contract_for_update(&txn, &scope, contract).await?.ok_or(ServiceError::NotFound)?;
        let chosen = validation::Chosen {
            kind: choice.kind,
            was: choice.was,
            becomes: choice.becomes,
            by: signed_in.account(),
            by_name: signed_in.name(),
            now,
        };
        if !validation::choose(&txn, contract, &chosen).await? {
            drop(txn);
            let mut errors = FieldErrors::default();
            errors.push("ja", FieldCode::ChangedMeanwhile);
            return Err(ServiceError::Invalid(errors));
        }
        let word = if choice.becomes { "yes" } else { "no" };
        let told = event(portal, request, signed_in, AuditKind::ValidationChanged).on(Some(contract));
        events.push(told.details(format!("{}: {word}", choice.kind.code())));
    }
    audit::append(&txn, events);
    txn.commit().await?;
    Ok(())
}
