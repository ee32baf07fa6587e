//! Requests for accounts: the helpdesk's queue, and what is decided (PRODUCT.md A6).
//!
//! Of two who decide about one request one is told what the other did: the decision names the version that was seen, and
//! is kept in the transaction that gives the rights.

use std::collections::HashMap;

use collectief_data::{
    DataError,
    account::{self as stored, fold_email},
    account_management as rights,
    account_request::{self as data, Decided, StoredRequest},
    office::{Office, accounts, employers},
    outbox,
    scope::ContractRights,
};
use collectief_domain::{
    account_management::{CONTRACTS_SHOWN, ContractRoles, RolesByNumber, seen},
    account_request::{
        Decision, DecisionForm, REQUESTS_A_PAGE, RequestListForm, RequestMatch, RequestPage, RequestRow, RequestState,
        RequestView, match_of,
    },
    actor::{Role, Roles},
    field::{FieldCode, FieldErrors},
    ids::{ContractId, EmployerId, RequestId},
    office::{MailDeed, OfficeDone},
    page::parse_page,
    search::words,
    staff::StaffRight,
};

use super::{SHOWN, accounts::state_of, changing, mails};
use crate::{
    Portal, Request, ServiceError, SignedIn, account,
    account_management::{Giving, contract_has_words},
    audit::{self, About, AuditKind, event},
    clock::{day_of, time_of},
    error::Conflict,
    link::HOUR,
    outbox::{Content, NewOutbox},
};

/// The requests that wait, oldest first, or those that were decided.
///
/// # Errors
/// [`ServiceError::NotFound`] for who is not of the helpdesk. What is wrong with the form is in the answer.
pub async fn list(
    portal: &Portal,
    request: &Request,
    who: &SignedIn,
    form: &RequestListForm,
) -> Result<RequestPage, ServiceError> {
    let office = who.office(StaffRight::ServeAccounts)?;
    let mut errors = FieldErrors::default();
    let page = errors.take("pagina", parse_page(&form.pagina)).unwrap_or(1);
    let decided = form.shows_decided();
    let passed = u64::from(page - 1) * u64::from(REQUESTS_A_PAGE);
    let found = data::queue(portal.db(), &office, decided, passed, REQUESTS_A_PAGE.into()).await?;
    let count = data::count(portal.db(), &office, decided).await?;
    let details = format!("{} rows={} page={page}", if decided { "decided" } else { "waiting" }, found.len());
    portal.audit().view(event(portal, request, who, AuditKind::AccountRequestsViewed).details(details));
    let now = portal.clock().millis();
    Ok(RequestPage { rows: found.iter().map(|found| row(found, now)).collect(), count, page, errors })
}

/// A request as lists show it.
pub(super) fn row(found: &StoredRequest, now: i64) -> RequestRow {
    let until = found.decided_at.unwrap_or(now);
    RequestRow {
        id: found.id,
        name: found.name.clone(),
        email: found.email.clone(),
        organisation: found.organisation.clone(),
        contract_number: found.contract_number.clone(),
        state: found.state,
        since: day_of(found.since),
        hours: u32::try_from((until - found.since) / HOUR).unwrap_or(0),
        decided: found.decided_at.map(day_of),
        fit: fit(found),
        has_account: found.account.is_some(),
    }
}

fn fit(found: &StoredRequest) -> RequestMatch {
    match_of(&found.kvk_number, found.employer.as_ref().map(Option::as_deref))
}

/// One request, with the contracts that can be given; `searched` chooses others than those of the employer it names, beside
/// those with these numbers, on which something is ticked already.
///
/// # Errors
/// [`ServiceError::NotFound`] for who is not of the helpdesk, and where there is no such request.
pub async fn view(
    portal: &Portal,
    request: &Request,
    who: &SignedIn,
    id: RequestId,
    searched: &str,
    ticked: &[String],
) -> Result<RequestView, ServiceError> {
    let office = who.office(StaffRight::ServeAccounts)?;
    let db = portal.db();
    let found = data::one(db, &office, id).await?.ok_or(ServiceError::NotFound)?;
    let now = portal.clock().millis();
    let employer = match employers::of_contract(db, &office, &found.contract_number).await? {
        Some(employer) => Some(employer),
        None => employers::with_kvk_number(db, &office, &found.kvk_number).await?,
    };
    let mut numbers = ticked.to_vec();
    let offered = offered(portal, &office, employer.as_ref().map(|employer| EmployerId(employer.id)), searched).await?;
    numbers.extend(offered.into_iter().filter(|number| !ticked.contains(number)));
    numbers.truncate(CONTRACTS_SHOWN);
    let (scope, contracts) = db.office_scope(&office, &numbers).await?;
    let held = match found.account {
        Some(account) if !contracts.is_empty() => rights::roles_of(db, &scope, account).await?,
        _ => HashMap::new(),
    };
    let account = match found.account {
        Some(account) => accounts::accounts(db, &office, &[account], portal.sessions_since()).await?.pop(),
        None => None,
    };
    let has = |contract: &ContractRights| held.get(&contract.id).copied().unwrap_or_default();
    let seen = seen(contracts.iter().map(|contract| (contract.choice.number.as_str(), has(contract))));
    let others = data::of_address(db, &office, &found.email, SHOWN).await?;
    let details = format!("request {id}");
    portal.audit().view(event(portal, request, who, AuditKind::AccountRequestViewed).details(details));
    let boxes = |contract: &ContractRights| ContractRoles {
        choice: contract.choice.clone(),
        borderel_payment: contract.borderel_payment,
        roles: has(contract).or(proposed(&found, contract)),
    };
    Ok(RequestView {
        row: row(&found, now),
        version: found.version,
        kvk_number: found.kvk_number.clone(),
        phone: found.phone.clone(),
        roles: found.roles,
        employer: employer.map(|known| (EmployerId(known.id), known.name, known.kvk_number.unwrap_or_default())),
        account: account.map(|account| (account.id, account.name.clone(), state_of(&account))),
        contracts: contracts.iter().map(boxes).collect(),
        seen,
        searched: searched.trim().to_owned(),
        decided: found.decided_by_name.clone().zip(found.decided_at.map(day_of)),
        reason: found.reason.clone().unwrap_or_default(),
        mails: mails::to_address(portal, &office, who, &found.email).await?,
        others: others.iter().filter(|other| other.id != id).map(|other| row(other, now)).collect(),
        may_decide: found.state == RequestState::Waiting,
    })
}

/// What is ticked for a request that fits: what was asked, where it means something.
fn proposed(found: &StoredRequest, contract: &ContractRights) -> Roles {
    if found.state != RequestState::Waiting
        || fit(found) != RequestMatch::Fits
        || contract.choice.number != found.contract_number
    {
        return Roles::NONE;
    }
    let financial = Roles::NONE.with(Role::Financial);
    if contract.borderel_payment { found.roles } else { found.roles.without(financial) }
}

/// The numbers of the contracts whose boxes are shown: those that were searched for, or those of the employer.
async fn offered(
    portal: &Portal,
    office: &Office,
    employer: Option<EmployerId>,
    searched: &str,
) -> Result<Vec<String>, ServiceError> {
    let wanted = words(searched);
    if wanted.is_empty() {
        let Some(employer) = employer else { return Ok(Vec::new()) };
        let contracts = employers::contracts(portal.db(), office, employer).await?;
        return Ok(contracts.into_iter().map(|contract| contract.choice.number).take(CONTRACTS_SHOWN).collect());
    }
    let all = employers::contract_names(portal.db(), office).await?;
    let found = all.into_iter().filter(|contract| contract_has_words(&contract.number, &contract.name, &wanted));
    Ok(found.map(|contract| contract.number).take(CONTRACTS_SHOWN).collect())
}

/// Does something with a mail to who asked that was given up. One that waits or was sent stays as it is.
///
/// # Errors
/// [`ServiceError::NotFound`] for who is not of the helpdesk, and where there is no such request.
pub async fn serve_mail(
    portal: &Portal,
    request: &Request,
    who: &SignedIn,
    id: RequestId,
    mail: i64,
    deed: MailDeed,
) -> Result<OfficeDone, ServiceError> {
    let office = changing(portal, request, who, StaffRight::ServeAccounts)?;
    let found = data::one(portal.db(), &office, id).await?.ok_or(ServiceError::NotFound)?;
    mails::serve_to(portal, request, who, &office, (mail, Some(&found.email)), deed).await
}

/// Approves or refuses a request. Whoever gets an account is mailed a link to activate it; whoever has one is told of the
/// new contracts, and what it has already stays; whoever is refused is told why.
///
/// # Errors
/// [`ServiceError::NotFound`] for who is not of the helpdesk; [`ServiceError::Invalid`] with all that is wrong, and for who
/// would give themselves rights; [`ServiceError::Conflict`] when somebody else decided first.
pub async fn decide(
    portal: &Portal,
    request: &Request,
    who: &SignedIn,
    id: RequestId,
    form: &DecisionForm,
) -> Result<OfficeDone, ServiceError> {
    let office = changing(portal, request, who, StaffRight::ServeAccounts)?;
    let found = data::one(portal.db(), &office, id).await?.ok_or(ServiceError::NotFound)?;
    let (version, decision) = match form.parse() {
        Ok(parsed) => parsed,
        // What is wrong with the form matters no more once a colleague has decided.
        Err(_) if found.state != RequestState::Waiting => return Err(decided_by(found)),
        Err(errors) => return Err(ServiceError::Invalid(errors)),
    };
    let (state, reason, done) = match &decision {
        Decision::Approve(_) => (RequestState::Approved, None, OfficeDone::Approved),
        Decision::Refuse(reason) => (RequestState::Refused, Some(reason.as_str()), OfficeDone::Refused),
    };
    let work = Work { portal, request, who, office, found: &found };
    let to_give = match &decision {
        Decision::Approve(asked) => Some(work.contracts(asked).await?),
        Decision::Refuse(_) => None,
    };
    let txn = portal.db().begin().await?;
    let decided = Decided { state, by_name: who.name(), reason, now: portal.clock().millis() };
    if !data::decide(&txn, &office, id, version, decided).await? {
        drop(txn);
        return work.decided_before(state).await.map(|()| done);
    }
    let (message, kind) = match to_give {
        Some((scope, contracts)) => (work.give(&txn, &scope, &contracts).await?, AuditKind::AccountRequestApproved),
        None => (work.refusal(reason.unwrap_or_default())?, AuditKind::AccountRequestRefused),
    };
    outbox::put(&txn, message).await?;
    let decided = event(portal, request, who, kind).details(format!("request {id}"));
    audit::append(&txn, [decided]);
    txn.commit().await?;
    Ok(done)
}

/// One decision, and what it is about.
struct Work<'a> {
    portal: &'a Portal,
    request: &'a Request,
    who: &'a SignedIn,
    office: Office,
    found: &'a StoredRequest,
}

/// A contract, and the roles that are ticked on it.
struct Ticked {
    contract: ContractId,
    words: String,
    roles: Roles,
}

impl Work<'_> {
    /// The contracts on which something is ticked.
    async fn contracts(
        &self,
        asked: &RolesByNumber,
    ) -> Result<(collectief_data::scope::Scope, Vec<Ticked>), ServiceError> {
        let numbers: Vec<String> = asked.keys().cloned().collect();
        let (scope, contracts) = self.portal.db().office_scope(&self.office, &numbers).await?;
        if contracts.len() != numbers.len() {
            return Err(ServiceError::on("recht", FieldCode::UnknownContract));
        }
        let ticked = |contract: &ContractRights| Ticked {
            contract: contract.id,
            words: format!("{} · {}", contract.choice.number, contract.choice.name),
            roles: asked.get(&contract.choice.number).copied().unwrap_or_default(),
        };
        Ok((scope, contracts.iter().map(ticked).collect()))
    }

    /// Gives the account of the address what is ticked, and makes it where there is none.
    async fn give(
        &self,
        txn: &collectief_data::Txn,
        scope: &collectief_data::scope::Scope,
        contracts: &[Ticked],
    ) -> Result<NewOutbox, ServiceError> {
        let Self { portal, request, who, found, .. } = *self;
        rights::lock(txn, &contracts.iter().map(|ticked| ticked.contract).collect::<Vec<_>>()).await?;
        // Read with the account locked: nobody closes it before it has its new rights.
        let has = stored::credentials_locked(txn, &found.email).await?;
        if has.as_ref().is_some_and(|has| has.id == who.account()) {
            return Err(ServiceError::on("recht", FieldCode::OwnAccount));
        }
        let (account, is_new) = match account::enter(portal, txn, has.as_ref(), &found.email, &found.name).await {
            Err(DataError::Duplicate) => return Err(ServiceError::on("recht", FieldCode::ChangedMeanwhile)),
            entered => entered?,
        };
        if is_new {
            stored::set_language(txn, account, found.language).await?;
            let added = event(portal, request, who, AuditKind::AccountAdded);
            audit::append(txn, [added.details(format!("account {account}, as asked"))]);
        }
        // The insurer gives as an account gives itself: also to a main account.
        let giving = Giving { portal, request, who, scope, actor: account };
        let changed = giving.add(txn, account, contracts.iter().map(|ticked| (ticked.contract, ticked.roles))).await?;
        // Whoever has all of it already asked for it nevertheless, and is told that it can be used.
        let told = contracts.iter().filter(|ticked| changed.is_empty() || changed.contains(&ticked.contract));
        let told = told.map(|ticked| ticked.words.clone()).collect();
        let key = format!("access-granted:{account}:request-{}", found.id);
        account::welcome(portal, has.as_ref(), &found.email, told, None, key)
    }

    /// What who asked is told when nothing is given.
    fn refusal(&self, reason: &str) -> Result<NewOutbox, ServiceError> {
        let found = self.found;
        let content = Content::AccountRefused {
            name: found.name.clone(),
            contract_number: found.contract_number.clone(),
            reason: reason.to_owned(),
        };
        let key = format!("account-refused:{}", found.id);
        content.message(key, Some(fold_email(&found.email)), found.language, self.portal.clock().millis())
    }

    /// What is told when it was decided before: nothing where it was by this very person and the same, for the form was
    /// then sent twice.
    async fn decided_before(&self, state: RequestState) -> Result<(), ServiceError> {
        let now = data::one(self.portal.db(), &self.office, self.found.id).await?.ok_or(ServiceError::NotFound)?;
        if now.state == state && now.decided_by == Some(self.who.account()) {
            return Ok(());
        }
        Err(decided_by(now))
    }
}

/// What somebody is told who comes too late to decide.
fn decided_by(found: StoredRequest) -> ServiceError {
    ServiceError::Conflict(Conflict {
        full_name: Some(found.name),
        by: found.decided_by_name,
        on: found.decided_at.map(day_of),
        at: found.decided_at.map(time_of),
    })
}
