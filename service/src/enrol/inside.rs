//! Enrolling inside the portal (E8), and adding a dependant to a main insured (C9): what staff do is in force at once.

use collectief_data::{
    DataError, Source, Txn, deregistration as answers,
    enrolment::{self as stored, Reached},
    message::{self, NewMessage},
    mutation::{self, Changes, StoredParticipation},
    product,
    scope::Scope,
};
use collectief_domain::{
    actor::{Channel, Right},
    case::StuckCause,
    date::Date,
    enrolment::{AnswerForm, DependantInView, EnrolReceipt, EnrolmentOffer, InsideView},
    field::FieldCode,
    frame::CONTRACTS_OFFERED,
    ids::{ContractId, ParticipationId},
    message::MessageKind,
    mutation::MutationKind,
    period::Period,
    product::{codes, names},
};

use super::{
    offer_of,
    process::{By, Entering, enter},
};
use crate::{
    Portal, Request, ServiceError, SignedIn,
    answer::{answer_key, earlier_answer, to_json},
    audit::{self, About, AuditKind, event},
    clock::day_of,
    secret,
};

/// The contract with this number, or the chosen one, on which staff may enrol; with the scope of it alone.
fn contract_of(signed_in: &SignedIn, number: &str) -> Result<Option<(Scope, ContractId)>, ServiceError> {
    let scope = signed_in.scope(Right::ChangeParticipants, number)?;
    Ok(scope.single().map(|contract| (scope, contract)))
}

/// What the page shows: the contracts to choose from, or what the chosen one allows.
///
/// # Errors
/// [`ServiceError::NotFound`] for a contract that is not this person's; [`ServiceError::Forbidden`] without the right.
pub async fn view(
    portal: &Portal,
    _request: &Request,
    signed_in: &SignedIn,
    number: &str,
) -> Result<InsideView, ServiceError> {
    let contracts = signed_in.rights().contracts();
    let may_enrol = contracts.iter().filter(|contract| signed_in.rights().allow(contract, Right::ChangeParticipants));
    let choices: Vec<_> = may_enrol.map(|contract| contract.choice.clone()).collect();
    let offer = match contract_of(signed_in, number)? {
        Some((_, contract)) => match stored::contract_by_id(portal.db(), contract).await? {
            Some(contract) => Some(offer_of(portal, portal.db(), &contract).await?),
            None => None,
        },
        None => None,
    };
    Ok(InsideView {
        contracts: if choices.len() > CONTRACTS_OFFERED { Vec::new() } else { choices },
        offer,
        key: secret::token()?,
        today: portal.clock().today(),
    })
}

/// On which field it stands why somebody cannot participate.
fn refused(cause: StuckCause) -> ServiceError {
    let (field, code) = match cause {
        StuckCause::BsnOfSomeoneElse => ("bsn", FieldCode::BsnOfSomeoneElse),
        StuckCause::ParticipatesAlready => ("bsn", FieldCode::ParticipatesAlready),
        StuckCause::OutsideWindow => ("ingangsdatum", FieldCode::UnknownChoice),
        StuckCause::NoLongerPossible => ("bsn", FieldCode::UnknownChoice),
        StuckCause::NotOffered => ("product", FieldCode::UnknownChoice),
    };
    ServiceError::on(field, code)
}

fn channel_of(portal: &Portal, request: &Request) -> Channel {
    if portal.is_demo() && request.client.is_none() { Channel::Demo } else { Channel::Portal }
}

/// What one sending of a form does.
struct Sending<'a> {
    portal: &'a Portal,
    request: &'a Request,
    signed_in: &'a SignedIn,
    operation: &'static str,
    form: &'a AnswerForm,
    now: i64,
}

/// Whom a form enrols, and in what.
struct Wanted<'a> {
    scope: &'a Scope,
    contract: ContractId,
    offer: &'a EnrolmentOffer,
    full_name: String,
    kind: AuditKind,
    entering: Entering<'a>,
}

impl Sending<'_> {
    fn key(&self) -> Result<Option<String>, ServiceError> {
        match self.form.sleutel.trim() {
            "" => Ok(None),
            key => answer_key(self.portal, self.operation, key, self.form).map(Some),
        }
    }

    async fn earlier(&self, key: Option<&str>) -> Result<Option<EnrolReceipt>, ServiceError> {
        let Some(key) = key else { return Ok(None) };
        let receipt = earlier_answer::<EnrolReceipt>(self.portal, self.signed_in, key).await?;
        Ok(receipt.map(|receipt| EnrolReceipt { repeated: true, ..receipt }))
    }

    /// Takes the key of the form, so that nobody else does the same with it. `false` when somebody has it already.
    async fn claim(&self, txn: &Txn, key: Option<&str>) -> Result<bool, ServiceError> {
        match key {
            Some(key) => Ok(answers::answer_claim(txn, self.signed_in.account(), key, self.now).await?),
            None => Ok(true),
        }
    }

    /// Lets the household participate, and keeps the answer.
    async fn enter(&self, txn: Txn, key: Option<&str>, wanted: &Wanted<'_>) -> Result<EnrolReceipt, ServiceError> {
        let Self { portal, request, signed_in, now, .. } = *self;
        let today = day_of(now);
        let mut changes = Changes::on(today);
        let by = By { account: Some(signed_in.account()), name: Some(signed_in.name()), now };
        let done = enter(portal, &txn, wanted.scope, wanted.contract, &mut changes, &wanted.entering, by).await?;
        let participation = match done {
            Ok(participation) => participation,
            Err(cause) => {
                drop(txn);
                // That a BSN is known was learnt; who asked is kept.
                let told = event(portal, request, signed_in, AuditKind::EnrolmentRefused).on(Some(wanted.contract));
                portal.audit().view(told.details(cause.code()));
                return Err(refused(cause));
            }
        };
        changes.close(&txn).await?;
        let receipt = EnrolReceipt {
            participation,
            full_name: wanted.full_name.clone(),
            start_date: wanted.entering.period.start,
            contract: wanted.offer.contract.clone(),
            repeated: false,
        };
        let news = NewMessage {
            contract: wanted.contract,
            kind: match wanted.kind {
                AuditKind::DependantAdded => MessageKind::DependantAdded,
                _ => MessageKind::Enrolled,
            },
            full_name: &wanted.full_name,
            others: 0,
            day: Some(wanted.entering.period.start),
            by: Some(signed_in.name()),
            participation: Some(participation),
            case: None,
            case_kind: None,
            now,
        };
        message::put(&txn, &news).await?;
        if let Some(key) = key {
            answers::answer_keep(&txn, signed_in.account(), key, &to_json(&receipt)?).await?;
        }
        let told = event(portal, request, signed_in, wanted.kind).on(Some(wanted.contract)).about(participation);
        audit::append(&txn, [told]);
        txn.commit().await?;
        Ok(receipt)
    }
}

/// That somebody with the same BSN was added at the same moment: trying again finds that person.
fn came_together(error: &ServiceError) -> bool {
    matches!(error, ServiceError::Internal(text) if *text == DataError::Duplicate.to_string())
}

/// Enrols somebody, in force at once (D9, E8). Sending the same form again does nothing more.
///
/// # Errors
/// [`ServiceError::Invalid`], also for who participates already and for a BSN of somebody else;
/// [`ServiceError::NotFound`] for a contract that is not this person's.
pub async fn enrol(
    portal: &Portal,
    request: &Request,
    signed_in: &SignedIn,
    form: &AnswerForm,
) -> Result<EnrolReceipt, ServiceError> {
    match enrol_once(portal, request, signed_in, form).await {
        Err(error) if came_together(&error) => enrol_once(portal, request, signed_in, form).await,
        done => done,
    }
}

async fn enrol_once(
    portal: &Portal,
    request: &Request,
    signed_in: &SignedIn,
    form: &AnswerForm,
) -> Result<EnrolReceipt, ServiceError> {
    let Some((scope, contract)) = contract_of(signed_in, &form.contract)? else {
        return Err(ServiceError::on("contract", FieldCode::Required));
    };
    let now = portal.clock().millis();
    let sending = Sending { portal, request, signed_in, operation: "aanmelden", form, now };
    let key = sending.key()?;
    if let Some(receipt) = sending.earlier(key.as_deref()).await? {
        return Ok(receipt);
    }
    let txn = portal.db().begin_within(&scope).await?;
    if !sending.claim(&txn, key.as_deref()).await? {
        drop(txn);
        let receipt = sending.earlier(key.as_deref()).await?;
        return receipt.ok_or_else(|| ServiceError::Unavailable("the form is being handled".to_owned()));
    }
    let found = stored::contract_for_update(&txn, &scope, contract).await?.ok_or(ServiceError::NotFound)?;
    let offer = offer_of(portal, &txn, &found).await?;
    let asked = form.parse_inside(&offer, day_of(now)).map_err(ServiceError::Invalid)?;
    let products = codes(&asked.products);
    let reached = Reached { address: asked.address.as_ref(), email: asked.email.as_deref(), phone: &asked.phone };
    let entering = Entering {
        person: &asked.person,
        reached,
        dependants: &[],
        main: None,
        personnel_number: &asked.personnel_number,
        products: &products,
        period: Period { start: asked.start_date, end: None },
        kind: MutationKind::Enrolment,
        channel: channel_of(portal, request),
        case: None,
    };
    let full_name = asked.person.name.full_name();
    let wanted = Wanted { scope: &scope, contract, offer: &offer, full_name, kind: AuditKind::Enrolled, entering };
    sending.enter(txn, key.as_deref(), &wanted).await
}

/// What adding a dependant to this main insured allows. `None` where the participation is no main insured's, or has ended.
async fn dependant_offer(
    portal: &Portal,
    source: Source<'_>,
    main: &StoredParticipation,
    today: Date,
) -> Result<Option<(EnrolmentOffer, Period)>, ServiceError> {
    let period = Period { start: main.state.start_date.unwrap_or(main.contract_start), end: main.state.end_date };
    if main.main.is_some() || !period.is_current_on(today) {
        return Ok(None);
    }
    let contract = stored::contract_by_id(source, main.contract).await?.ok_or(ServiceError::NotFound)?;
    let mut offer = offer_of(portal, source, &contract).await?;
    // A dependant participates for as long as the main insured does, and no longer.
    offer.window = offer.window.and_then(|window| {
        let last = match (window.end, period.end) {
            (Some(window), Some(main)) => Some(window.min(main)),
            (window, main) => window.or(main),
        };
        Period::new(window.start.max(period.start), last)
    });
    Ok(Some((offer, period)))
}

/// What the page shows on which a dependant is added.
///
/// # Errors
/// [`ServiceError::NotFound`] for a participation that is not this person's, has ended, or is a dependant's.
pub async fn dependant_view(
    portal: &Portal,
    _request: &Request,
    signed_in: &SignedIn,
    main: ParticipationId,
) -> Result<DependantInView, ServiceError> {
    let scope = signed_in.whole_scope(Right::ChangeParticipants)?;
    let household = mutation::household_find(portal.db(), &scope, &[main]).await?.ok_or(ServiceError::NotFound)?;
    let row = household.chosen.first().ok_or(ServiceError::NotFound)?;
    let today = portal.clock().today();
    let source = portal.db().into();
    let (offer, period) = dependant_offer(portal, source, row, today).await?.ok_or(ServiceError::NotFound)?;
    Ok(DependantInView {
        main,
        main_name: row.full_name.clone(),
        period,
        products: names(&row.state.products, &product::products(portal.db()).await?),
        offer,
        key: secret::token()?,
        today,
    })
}

/// Adds a dependant to a main insured, in force at once (C9). Sending the same form again does nothing more.
///
/// # Errors
/// As [`enrol`], and as [`dependant_view`].
pub async fn add_dependant(
    portal: &Portal,
    request: &Request,
    signed_in: &SignedIn,
    main: ParticipationId,
    form: &AnswerForm,
) -> Result<EnrolReceipt, ServiceError> {
    match add_dependant_once(portal, request, signed_in, main, form).await {
        Err(error) if came_together(&error) => add_dependant_once(portal, request, signed_in, main, form).await,
        done => done,
    }
}

async fn add_dependant_once(
    portal: &Portal,
    request: &Request,
    signed_in: &SignedIn,
    main: ParticipationId,
    form: &AnswerForm,
) -> Result<EnrolReceipt, ServiceError> {
    let scope = signed_in.whole_scope(Right::ChangeParticipants)?;
    let now = portal.clock().millis();
    // The address of the page says to whom the dependant is added; with the form it makes one thing to do.
    let about = AnswerForm { nr: main.to_string(), ..form.clone() };
    let sending = Sending { portal, request, signed_in, operation: "bijschrijven", form: &about, now };
    let key = sending.key()?;
    if let Some(receipt) = sending.earlier(key.as_deref()).await? {
        return Ok(receipt);
    }
    let txn = portal.db().begin_within(&scope).await?;
    if !sending.claim(&txn, key.as_deref()).await? {
        drop(txn);
        let receipt = sending.earlier(key.as_deref()).await?;
        return receipt.ok_or_else(|| ServiceError::Unavailable("the form is being handled".to_owned()));
    }
    let household = mutation::household_for_update(&txn, &scope, &[main]).await?.ok_or(ServiceError::NotFound)?;
    let row = household.chosen.first().ok_or(ServiceError::NotFound)?;
    let today = day_of(now);
    let source = (&txn).into();
    let (offer, period) = dependant_offer(portal, source, row, today).await?.ok_or(ServiceError::NotFound)?;
    let (person, start) = form.parse_dependant(&offer, today).map_err(ServiceError::Invalid)?;
    let entering = Entering {
        person: &person,
        reached: Reached::default(),
        dependants: &[],
        main: Some(main),
        personnel_number: "",
        products: &row.state.products,
        period: Period { start, end: period.end },
        kind: MutationKind::DependantIn,
        channel: channel_of(portal, request),
        case: None,
    };
    let wanted = Wanted {
        scope: &scope,
        contract: row.contract,
        offer: &offer,
        full_name: person.name.full_name(),
        kind: AuditKind::DependantAdded,
        entering,
    };
    sending.enter(txn, key.as_deref(), &wanted).await
}
