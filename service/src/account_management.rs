//! "Accountbeheer": an employer's own account managers say who may do what on their contracts (PRODUCT.md A5, A7 to A10).
//!
//! A manager sees and changes only the contracts that it manages itself; what an account has elsewhere it never learns.
//! Everything is decided on what stands in the database at that moment, with the contracts locked: of two managers who
//! would each take the other's rights away, one comes too late.

use collectief_data::{
    DataError, Txn, account as stored,
    account_management::{self as data, User},
    outbox,
    scope::{ContractRights, Scope},
};
use collectief_domain::{
    account_management::{
        AccountForm, AccountListForm, AccountPage, AccountRow, AccountState, AccountView, CONTRACTS_SHOWN,
        ContractRoles, Done, RolesByNumber, USERS_A_PAGE, decide,
    },
    actor::{Right, Roles},
    field::{FieldCode, FieldErrors},
    ids::{AccountId, ContractId},
    search::{fold, words},
};

use crate::{
    Portal, Request, ServiceError, SignedIn,
    account::{self, address_subject},
    audit::{self, About, AuditEvent, AuditKind, event},
    link::{self, Asked},
};

/// Everybody with a role on the contracts that the reader manages, a page at a time, by name.
///
/// # Errors
/// [`ServiceError::Forbidden`] for who manages no accounts, [`ServiceError::NotFound`] for another's contract. What is
/// wrong with the form is in the answer.
pub async fn list(
    portal: &Portal,
    request: &Request,
    who: &SignedIn,
    form: &AccountListForm,
) -> Result<AccountPage, ServiceError> {
    let scope = who.scope(Right::ManageAccounts, &form.contract)?;
    let contract = scope.single().and_then(|id| who.rights().contract_by_id(id));
    let about = contract.map(|contract| contract.choice.clone());
    let (typed, page) = match form.parse() {
        Ok(parsed) => parsed,
        Err(errors) => return Ok(AccountPage { page: 1, contract: about, errors, ..AccountPage::default() }),
    };
    let wanted = words(typed);
    let users = data::users(portal.db(), &scope).await?;
    let is_main = users.iter().any(|user| user.id == who.account() && user.is_main);
    let mut users: Vec<(String, User)> = users
        .into_iter()
        .filter(|user| has_words(&user.name, &user.email, &wanted))
        .map(|user| (fold(&user.name), user))
        .collect();
    users.sort_by(|(a, first), (b, second)| a.cmp(b).then(first.id.cmp(&second.id)));
    let count = users.len() as u64;
    let passed = (page as usize - 1).saturating_mul(USERS_A_PAGE as usize);
    let rows = users.into_iter().skip(passed).take(USERS_A_PAGE as usize).map(|(_, user)| row(user, who)).collect();
    portal.audit().view(event(portal, request, who, AuditKind::AccountsViewed).on(contract.map(|found| found.id)));
    Ok(AccountPage { rows, count, page, contract: about, is_main, errors: FieldErrors::default() })
}

/// Whether each word begins one of an account's name, or stands in its address.
pub(crate) fn has_words(name: &str, email: &str, wanted: &[String]) -> bool {
    let named = words(name);
    wanted.iter().all(|word| named.iter().any(|name| name.starts_with(word)) || email.contains(word.as_str()))
}

/// Whether each word begins a contract's number, or a word of its name.
pub(crate) fn contract_has_words(number: &str, name: &str, wanted: &[String]) -> bool {
    let named = words(name);
    wanted.iter().all(|word| number.starts_with(word.as_str()) || named.iter().any(|name| name.starts_with(word)))
}

fn row(user: User, who: &SignedIn) -> AccountRow {
    AccountRow {
        id: user.id,
        state: AccountState::of(user.has_password, user.blocked),
        is_self: user.id == who.account(),
        name: user.name,
        email: user.email,
        roles: user.roles,
        contracts: user.contracts,
        is_main: user.is_main,
    }
}

/// The contracts on which somebody manages accounts, by number.
fn managed(who: &SignedIn) -> impl Iterator<Item = &ContractRights> {
    who.rights().contracts().iter().filter(|contract| contract.roles.has(Right::ManageAccounts.role()))
}

/// One user, with the rights on the contracts that the reader manages; `searched` chooses among many contracts.
///
/// # Errors
/// [`ServiceError::NotFound`] for an account without a role on any of them, as for one that does not exist.
pub async fn view(
    portal: &Portal,
    request: &Request,
    who: &SignedIn,
    account: AccountId,
    searched: &str,
) -> Result<AccountView, ServiceError> {
    let scope = who.whole_scope(Right::ManageAccounts)?;
    let user = data::user(portal.db(), &scope, account).await?.ok_or(ServiceError::NotFound)?;
    let roles = data::roles_of(portal.db(), &scope, account).await?;
    let employers = data::employers_of(portal.db(), &scope, account).await?;
    let names = |main: AccountId| -> Vec<String> {
        employers.iter().filter(|employer| employer.main == Some(main)).map(|employer| employer.name.clone()).collect()
    };
    let can_receive = account != who.account() && user.has_password && !user.blocked;
    portal.audit().view(event(portal, request, who, AuditKind::AccountViewed).details(format!("account {account}")));
    let roles_on = |contract: &ContractRights| roles.get(&contract.id).copied().unwrap_or_default();
    Ok(AccountView {
        id: Some(account),
        state: AccountState::of(user.has_password, user.blocked),
        is_self: account == who.account(),
        main_of: names(account),
        can_become_main_of: if can_receive { names(who.account()) } else { Vec::new() },
        contracts: shown(who, searched, roles_on),
        managed: managed(who).count() as u32,
        searched: searched.trim().to_owned(),
        name: user.name,
        email: user.email,
    })
}

/// A user who is yet to be added.
///
/// # Errors
/// [`ServiceError::Forbidden`] for who manages no accounts.
pub fn view_new(who: &SignedIn, searched: &str) -> Result<AccountView, ServiceError> {
    who.whole_scope(Right::ManageAccounts)?;
    Ok(AccountView {
        id: None,
        name: String::new(),
        email: String::new(),
        state: AccountState::Invited,
        is_self: false,
        main_of: Vec::new(),
        can_become_main_of: Vec::new(),
        contracts: shown(who, searched, |_| Roles::NONE),
        managed: managed(who).count() as u32,
        searched: searched.trim().to_owned(),
    })
}

/// The contracts whose boxes are shown. Where there are too many, those on which the user has a role come first, unless
/// others were searched for.
fn shown(who: &SignedIn, searched: &str, roles: impl Fn(&ContractRights) -> Roles) -> Vec<ContractRoles> {
    let all: Vec<&ContractRights> = managed(who).collect();
    let wanted = words(searched);
    let is_wanted =
        |contract: &ContractRights| contract_has_words(&contract.choice.number, &contract.choice.name, &wanted);
    let chosen: Vec<&ContractRights> = if all.len() <= CONTRACTS_SHOWN {
        all
    } else if wanted.is_empty() {
        all.into_iter().filter(|contract| !roles(contract).is_empty()).collect()
    } else {
        all.into_iter().filter(|contract| is_wanted(contract)).collect()
    };
    let of = |contract: &ContractRights| ContractRoles {
        choice: contract.choice.clone(),
        borderel_payment: contract.borderel_payment,
        roles: roles(contract),
    };
    chosen.into_iter().take(CONTRACTS_SHOWN).map(of).collect()
}

/// What is asked for on one contract.
struct Wanted {
    contract: ContractId,
    /// What the page showed.
    shown: Roles,
    roles: Roles,
}

/// The contracts on which something else is asked for than was shown: what nobody touched stays as a colleague may have
/// made it meanwhile. A contract that the manager does not manage is told like one that does not exist.
fn wanted(
    portal: &Portal,
    request: &Request,
    who: &SignedIn,
    shown: &RolesByNumber,
    asked: &RolesByNumber,
) -> Result<Vec<Wanted>, ServiceError> {
    let mut all = Vec::new();
    for (number, roles) in asked {
        let contract = who.rights().contract(number);
        let Some(contract) = contract.filter(|contract| contract.roles.has(Right::ManageAccounts.role())) else {
            // Our own pages never ask for this.
            portal.audit().view(event(portal, request, who, AuditKind::RightsRefused));
            return Err(ServiceError::NotFound);
        };
        let shown = shown.get(number).copied().unwrap_or_default();
        if *roles != shown {
            all.push(Wanted { contract: contract.id, shown, roles: *roles });
        }
    }
    Ok(all)
}

/// The contracts that somebody manages who would change something. Whoever manages none leaves a trace of the try.
fn managing(portal: &Portal, request: &Request, who: &SignedIn) -> Result<Scope, ServiceError> {
    let refused = |_: &ServiceError| portal.audit().view(event(portal, request, who, AuditKind::RightsRefused));
    who.whole_scope(Right::ManageAccounts).inspect_err(refused)
}

/// A transaction in which nobody else changes the accounts of these contracts, begun by somebody who still has the right
/// to.
async fn begin(
    portal: &Portal,
    who: &SignedIn,
    contracts: impl Iterator<Item = ContractId>,
) -> Result<Txn, ServiceError> {
    let txn = portal.db().begin().await?;
    data::lock(&txn, &contracts.collect::<Vec<_>>()).await?;
    if data::still_has(&txn, who.account(), who.rights().version()).await? {
        Ok(txn)
    } else {
        Err(ServiceError::Forbidden)
    }
}

/// Who gives rights, and on which contracts.
pub(crate) struct Giving<'a> {
    pub(crate) portal: &'a Portal,
    pub(crate) request: &'a Request,
    pub(crate) who: &'a SignedIn,
    pub(crate) scope: &'a Scope,
    /// Whom the rules see as the one who gives.
    pub(crate) actor: AccountId,
}

impl Giving<'_> {
    /// Gives an account what is wanted, if all of it may be, and logs each contract. Returns the contracts on which
    /// something changed. An account that has nothing left is closed.
    async fn set(&self, txn: &Txn, account: AccountId, wanted: &[Wanted]) -> Result<Vec<ContractId>, ServiceError> {
        let of = |kind| event(self.portal, self.request, self.who, kind);
        let mut errors = FieldErrors::default();
        let mut changed = Vec::new();
        let mut events: Vec<AuditEvent> = Vec::new();
        for Wanted { contract, shown, roles } in wanted {
            let facts = data::facts(txn, self.scope, *contract, account, self.actor).await?;
            if facts.roles == *roles {
                continue;
            }
            let allowed = if facts.roles == *shown { decide(facts, *roles) } else { Err(FieldCode::ChangedMeanwhile) };
            if let Err(code) = allowed {
                if !errors.have(code) {
                    errors.push("recht", code);
                }
                continue;
            }
            data::set_roles(txn, self.scope, account, *contract, *roles).await?;
            changed.push(*contract);
            let details = format!("account {account}, roles {} -> {}", facts.roles.bits(), roles.bits());
            events.push(of(AuditKind::RightsChanged).on(Some(*contract)).details(details));
        }
        // The transaction is dropped with the error, and with it what was done for other contracts.
        errors.or(()).map_err(ServiceError::Invalid)?;
        if changed.is_empty() {
            return Ok(changed);
        }
        events.extend(account::close_if_rightless(self.portal, txn, account, of).await?);
        audit::append(txn, events);
        Ok(changed)
    }

    /// As [`set`](Self::set), of roles beside those that the account has already: adding takes nothing away.
    pub(crate) async fn add(
        &self,
        txn: &Txn,
        account: AccountId,
        roles: impl Iterator<Item = (ContractId, Roles)>,
    ) -> Result<Vec<ContractId>, ServiceError> {
        let mut wanted = Vec::new();
        for (contract, roles) in roles {
            let shown = data::facts(txn, self.scope, contract, account, self.actor).await?.roles;
            wanted.push(Wanted { contract, shown, roles: roles.or(shown) });
        }
        self.set(txn, account, &wanted).await
    }
}

/// Changes the rights of a user on the contracts whose boxes stood on the page. It is so from the user's next click on.
///
/// # Errors
/// [`ServiceError::NotFound`] for another's account or contract; [`ServiceError::Invalid`] on `recht` where a rule stands
/// in the way ([`decide`]) or a colleague was first; nothing was then changed.
pub async fn change(
    portal: &Portal,
    request: &Request,
    who: &SignedIn,
    account: AccountId,
    form: &AccountForm,
) -> Result<Done, ServiceError> {
    let scope = managing(portal, request, who)?;
    data::user(portal.db(), &scope, account).await?.ok_or(ServiceError::NotFound)?;
    let unclear = |code| ServiceError::on("recht", code);
    let (shown, asked) = (form.shown().map_err(unclear)?, form.asked().map_err(unclear)?);
    let wanted = wanted(portal, request, who, &shown, &asked)?;
    let txn = begin(portal, who, wanted.iter().map(|wanted| wanted.contract)).await?;
    Giving { portal, request, who, scope: &scope, actor: who.account() }.set(&txn, account, &wanted).await?;
    txn.commit().await?;
    Ok(Done::Changed)
}

/// Takes away every right of a user on the contracts that the manager manages. With the last right of all goes the
/// account: its sessions end and its password is forgotten.
///
/// # Errors
/// As [`change`].
pub async fn remove(
    portal: &Portal,
    request: &Request,
    who: &SignedIn,
    account: AccountId,
) -> Result<Done, ServiceError> {
    let scope = managing(portal, request, who)?;
    let roles = data::roles_of(portal.db(), &scope, account).await?;
    if roles.is_empty() {
        return Err(ServiceError::NotFound);
    }
    let wanted: Vec<Wanted> =
        roles.into_iter().map(|(contract, shown)| Wanted { contract, shown, roles: Roles::NONE }).collect();
    let txn = begin(portal, who, wanted.iter().map(|wanted| wanted.contract)).await?;
    Giving { portal, request, who, scope: &scope, actor: who.account() }.set(&txn, account, &wanted).await?;
    txn.commit().await?;
    Ok(Done::Removed)
}

/// Adds a user with the rights that are ticked. Whoever has no account yet is mailed a link to choose a password; whoever
/// has one is told of the new contracts, and keeps name and password. The same form again changes nothing.
///
/// # Errors
/// [`ServiceError::Invalid`] with all that is wrong; [`ServiceError::NotFound`] for another's contract.
pub async fn add(portal: &Portal, request: &Request, who: &SignedIn, form: &AccountForm) -> Result<Done, ServiceError> {
    let scope = managing(portal, request, who)?;
    let person = form.parse_person();
    let asked = form.asked();
    let mut errors = person.as_ref().err().cloned().unwrap_or_default();
    match &asked {
        Err(code) => errors.push("recht", *code),
        Ok(asked) if asked.values().all(|roles| roles.is_empty()) => errors.push("recht", FieldCode::NoRights),
        Ok(_) => {}
    }
    let (Ok((name, email)), Ok(asked), true) = (person, asked, errors.is_empty()) else {
        return Err(ServiceError::Invalid(errors));
    };
    let wanted = wanted(portal, request, who, &RolesByNumber::new(), &asked)?;
    let found = stored::credentials(portal.db(), email).await?;
    let txn = begin(portal, who, wanted.iter().map(|wanted| wanted.contract)).await?;
    let (account, is_new) = match account::enter(portal, &txn, found.as_ref(), email, name).await {
        Err(DataError::Duplicate) => return Err(ServiceError::on("email", FieldCode::ChangedMeanwhile)),
        entered => entered?,
    };
    if is_new {
        let added = event(portal, request, who, AuditKind::AccountAdded).details(format!("account {account}"));
        audit::append(&txn, [added]);
    }
    let giving = Giving { portal, request, who, scope: &scope, actor: who.account() };
    let roles = wanted.iter().map(|wanted| (wanted.contract, wanted.roles));
    let changed = giving.add(&txn, account, roles).await?;
    if !changed.is_empty() {
        let contracts = changed.iter().filter_map(|id| who.rights().contract_by_id(*id));
        let contracts = contracts.map(|c| format!("{} · {}", c.choice.number, c.choice.name)).collect();
        let key = format!("access-granted:{account}:{}", request.id);
        let by = Some(who.name().to_owned());
        outbox::put(&txn, account::welcome(portal, found.as_ref(), email, contracts, by, key)?).await?;
    }
    txn.commit().await?;
    Ok(Done::Added)
}

/// A user on the manager's contracts, or not found.
async fn user_of(
    portal: &Portal,
    request: &Request,
    who: &SignedIn,
    account: AccountId,
) -> Result<(Scope, User), ServiceError> {
    let scope = managing(portal, request, who)?;
    let user = data::user(portal.db(), &scope, account).await?.ok_or(ServiceError::NotFound)?;
    Ok((scope, user))
}

/// Ends the block of a user (PRODUCT.md A5); the password stays as it is.
///
/// # Errors
/// [`ServiceError::NotFound`] for another's account.
pub async fn unblock(
    portal: &Portal,
    request: &Request,
    who: &SignedIn,
    account: AccountId,
) -> Result<Done, ServiceError> {
    let (_, user) = user_of(portal, request, who, account).await?;
    let txn = begin(portal, who, std::iter::empty()).await?;
    stored::clear_block(&txn, account, &address_subject(portal, &user.email)).await?;
    let details = format!("account {account}, by an account manager");
    audit::append(&txn, [event(portal, request, who, AuditKind::AccountUnblocked).details(details)]);
    txn.commit().await?;
    Ok(Done::Unblocked)
}

/// Mails a user who has no password yet another link to choose one (PRODUCT.md A3).
///
/// # Errors
/// [`ServiceError::NotFound`] for another's account, or one that has a password; [`ServiceError::Invalid`] when enough
/// were mailed lately.
pub async fn invite_again(
    portal: &Portal,
    request: &Request,
    who: &SignedIn,
    account: AccountId,
) -> Result<Done, ServiceError> {
    let (_, user) = user_of(portal, request, who, account).await?;
    if user.has_password {
        return Err(ServiceError::NotFound);
    }
    let txn = begin(portal, who, std::iter::empty()).await?;
    if !link::mail_again(portal, &txn, Asked::Invited, &user.email).await? {
        return Err(ServiceError::on("recht", FieldCode::MailedEnough));
    }
    let details = format!("account {account}, by an account manager");
    audit::append(&txn, [event(portal, request, who, AuditKind::LinkAsked).details(details)]);
    txn.commit().await?;
    Ok(Done::InvitedAgain)
}

/// Makes a user the main account of every employer whose main account the reader is, of those on whose contracts the
/// user has a role (PRODUCT.md A8). The reader keeps its rights.
///
/// # Errors
/// [`ServiceError::NotFound`] where there is nothing to hand over, or nobody who could use it.
pub async fn hand_over(
    portal: &Portal,
    request: &Request,
    who: &SignedIn,
    account: AccountId,
) -> Result<Done, ServiceError> {
    let me = who.account();
    // Nobody takes the user's rights away, or closes the account, before it is the main account.
    let txn = begin(portal, who, managed(who).map(|contract| contract.id)).await?;
    let (scope, user) = user_of(portal, request, who, account).await?;
    let mut employers = data::employers_of(portal.db(), &scope, account).await?;
    employers.retain(|employer| employer.main == Some(me));
    if account == me || !user.has_password || user.blocked || employers.is_empty() {
        return Err(ServiceError::NotFound);
    }
    let mut events = Vec::new();
    for employer in employers {
        if !data::set_main(&txn, employer.id, Some(me), account).await? {
            return Err(ServiceError::on("recht", FieldCode::ChangedMeanwhile));
        }
        let details = format!("account {account}, employer {}", employer.id);
        events.push(event(portal, request, who, AuditKind::MainAccountNamed).details(details));
    }
    audit::append(&txn, events);
    txn.commit().await?;
    Ok(Done::HandedOver)
}

/// Names the main account of the employer of a contract; for the operator.
///
/// # Errors
/// [`ServiceError::NotFound`] when no account has the address; [`ServiceError::Invalid`] on `contract` for one that does
/// not exist.
pub async fn name_main(portal: &Portal, email: &str, contract: &str) -> Result<(), ServiceError> {
    let found = stored::credentials(portal.db(), email).await?.ok_or(ServiceError::NotFound)?;
    let txn = portal.db().begin().await?;
    let employer = data::employer_of_contract(&txn, contract.trim()).await?;
    let employer = employer.ok_or_else(|| ServiceError::on("contract", FieldCode::UnknownContract))?;
    data::set_main(&txn, employer, None, found.id).await?;
    let named = audit::event_of_nobody(portal, &Request::internal("account main"), AuditKind::MainAccountNamed)
        .details(format!("account {}, employer {employer}", found.id));
    audit::append(&txn, [named]);
    Ok(txn.commit().await?)
}
