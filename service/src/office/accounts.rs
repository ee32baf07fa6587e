//! Finding accounts and employers, and helping whoever is stuck (PRODUCT.md M2).

use collectief_data::{
    account as stored, account_request as requests,
    office::{
        Office,
        accounts::{self as data, OfficeAccount},
        employers,
    },
    outbox,
};
use collectief_domain::{
    account_management::{AccountState, CONTRACTS_SHOWN},
    contract::ContractChoice,
    field::FieldCode,
    ids::{AccountId, EmployerId},
    office::{
        FOUND_MAX, FoundAccount, FoundEmployer, MailDeed, OfficeAccountState, OfficeAccountView, OfficeDone,
        OfficeForm, OfficePage,
    },
    search::{fold, words},
    staff::StaffRight,
};

use super::{SHOWN, changing, mails, requests::row, without_seconds};
use crate::{
    Portal, Request, ServiceError, SignedIn,
    account::address_subject,
    account_management::has_words,
    audit::{self, About, AuditKind, event},
    clock::day_of,
    link::{self, Asked},
    second_factor,
};

/// How many contracts of an employer are named in what was found.
const CONTRACTS_NAMED: usize = 5;

/// What stands on the first page of the back office: what waits, and what was searched for.
///
/// # Errors
/// [`ServiceError::NotFound`] for who is not of the insurer's staff. What is wrong with the form is in the answer.
pub async fn search(
    portal: &Portal,
    request: &Request,
    who: &SignedIn,
    form: &OfficeForm,
) -> Result<OfficePage, ServiceError> {
    let office = who.office(StaffRight::Find)?;
    let mut page = OfficePage { searched: form.zoek.trim().to_owned(), staff: who.staff(), ..OfficePage::default() };
    if who.office(StaffRight::ServeAccounts).is_ok() {
        let count = requests::count(portal.db(), &office, false).await?;
        let oldest = requests::queue(portal.db(), &office, false, 0, 1).await?;
        let hours = oldest.first().map_or(0, |found| row(found, portal.clock().millis()).hours);
        page.waiting = Some((count, hours));
        page.stuck = outbox::stuck_count(portal.db(), &office).await?;
        if page.stuck > 0 && page.searched.is_empty() {
            page.stuck_mails = mails::stuck(portal, &office, who).await?;
            let details = format!("stuck mails={}", page.stuck_mails.len());
            portal.audit().view(event(portal, request, who, AuditKind::OfficeSearched).details(details));
        }
    }
    let wanted = match form.parse() {
        Ok(typed) => words(typed),
        Err(errors) => {
            page.errors = errors;
            return Ok(page);
        }
    };
    if wanted.is_empty() {
        return Ok(page);
    }
    let (accounts, more_accounts) = find_accounts(portal, &office, &wanted).await?;
    let (employers, more_employers) = find_employers(portal, &office, &wanted).await?;
    page.more = more_accounts || more_employers;
    let details = format!("accounts={} employers={}", accounts.len(), employers.len());
    portal.audit().view(event(portal, request, who, AuditKind::OfficeSearched).details(details));
    page.accounts = accounts;
    page.employers = employers;
    Ok(page)
}

/// Accounts, each word of the search beginning a word of the name or standing in the address; and whether there are more
/// than are shown. All names are read: that is some ten milliseconds for the staff of twenty thousand contracts, and has
/// the same definition of a match as everywhere.
async fn find_accounts(
    portal: &Portal,
    office: &Office,
    wanted: &[String],
) -> Result<(Vec<FoundAccount>, bool), ServiceError> {
    let mut found: Vec<(String, AccountId)> = data::names(portal.db(), office)
        .await?
        .into_iter()
        .filter(|account| has_words(&account.name, &account.email, wanted))
        .map(|account| (fold(&account.name), AccountId(account.id)))
        .collect();
    found.sort_unstable();
    let more = found.len() > FOUND_MAX;
    found.truncate(FOUND_MAX);
    let ids: Vec<AccountId> = found.into_iter().map(|(_, id)| id).collect();
    let mut accounts = data::accounts(portal.db(), office, &ids, portal.sessions_since()).await?;
    accounts.sort_by_key(|account| ids.iter().position(|id| *id == account.id));
    let account = |account: OfficeAccount| FoundAccount {
        state: state_of(&account),
        id: account.id,
        contracts: account.contracts,
        is_staff: !account.staff.is_empty(),
        name: account.name,
        email: account.email,
    };
    Ok((accounts.into_iter().map(account).collect(), more))
}

/// Employers, each word of the search beginning a word of the name of the employer or of a contract, or the number of
/// either.
async fn find_employers(
    portal: &Portal,
    office: &Office,
    wanted: &[String],
) -> Result<(Vec<FoundEmployer>, bool), ServiceError> {
    let contracts = employers::contract_names(portal.db(), office).await?;
    let mut by_employer: std::collections::HashMap<i64, Vec<ContractChoice>> = std::collections::HashMap::new();
    for contract in contracts {
        let choice = ContractChoice { number: contract.number, name: contract.name };
        by_employer.entry(contract.employer_id).or_default().push(choice);
    }
    let mut found = Vec::new();
    for employer in employers::names(portal.db(), office).await? {
        let contracts = by_employer.remove(&employer.id).unwrap_or_default();
        let mut named = words(&employer.name);
        named.extend(employer.kvk_number.clone());
        for contract in &contracts {
            named.extend(words(&contract.name));
            named.push(contract.number.clone());
        }
        if wanted.iter().all(|word| named.iter().any(|name| name.starts_with(word.as_str()))) {
            found.push((fold(&employer.name), employer, contracts));
        }
    }
    found.sort_by(|(a, first, _), (b, second, _)| a.cmp(b).then(first.id.cmp(&second.id)));
    let more = found.len() > FOUND_MAX;
    let employers = found.into_iter().take(FOUND_MAX).map(|(_, employer, mut contracts)| {
        // A number that was searched for is what one wants to see.
        contracts.sort_by_key(|contract| !wanted.iter().any(|word| contract.number.starts_with(word.as_str())));
        contracts.truncate(CONTRACTS_NAMED);
        FoundEmployer {
            id: EmployerId(employer.id),
            name: employer.name,
            kvk_number: employer.kvk_number.unwrap_or_default(),
            contracts,
        }
    });
    Ok((employers.collect(), more))
}

/// How an account stands, as the insurer sees it.
pub(super) fn state_of(account: &OfficeAccount) -> OfficeAccountState {
    if account.contracts == 0 && account.staff.is_empty() {
        return OfficeAccountState::Closed;
    }
    OfficeAccountState::Open(AccountState::of(account.has_password, account.blocked))
}

async fn account_of(portal: &Portal, office: &Office, id: AccountId) -> Result<OfficeAccount, ServiceError> {
    data::accounts(portal.db(), office, &[id], portal.sessions_since()).await?.pop().ok_or(ServiceError::NotFound)
}

/// One account, with all that helps whoever asks about it.
///
/// # Errors
/// [`ServiceError::NotFound`] for who is not of the insurer's staff, and where there is no such account.
pub async fn view(
    portal: &Portal,
    request: &Request,
    who: &SignedIn,
    id: AccountId,
) -> Result<OfficeAccountView, ServiceError> {
    let office = who.office(StaffRight::Find)?;
    let account = account_of(portal, &office, id).await?;
    let now = portal.clock().millis();
    let asked = requests::of_address(portal.db(), &office, &account.email, SHOWN).await?;
    let details = format!("account {id}, in the back office");
    portal.audit().view(event(portal, request, who, AuditKind::AccountViewed).details(details));
    Ok(OfficeAccountView {
        id,
        state: state_of(&account),
        has_password: account.has_password,
        has_second_factor: account.has_second_factor,
        created: day_of(account.created_at),
        staff: account.staff,
        main_of: data::main_of(portal.db(), &office, id).await?,
        contracts: data::roles(portal.db(), &office, id, CONTRACTS_SHOWN).await?,
        contract_count: account.contracts,
        sessions: account.sessions,
        last_seen: account.last_seen_at.map(without_seconds),
        mails: mails::to_address(portal, &office, who, &account.email).await?,
        requests: asked.iter().map(|found| row(found, now)).collect(),
        may_serve: who.office(StaffRight::ServeAccounts).is_ok(),
        name: account.name,
        email: account.email,
    })
}

/// What the log says of who did it.
const BY_HELPDESK: &str = "by the helpdesk";

/// Ends the block of an account; the password stays as it is.
///
/// # Errors
/// [`ServiceError::NotFound`] for who is not of the helpdesk, and where there is no such account.
pub async fn unblock(
    portal: &Portal,
    request: &Request,
    who: &SignedIn,
    id: AccountId,
) -> Result<OfficeDone, ServiceError> {
    let office = changing(portal, request, who, StaffRight::ServeAccounts)?;
    let account = account_of(portal, &office, id).await?;
    let txn = portal.db().begin().await?;
    stored::clear_block(&txn, id, &address_subject(portal, &account.email)).await?;
    let details = format!("account {id}, {BY_HELPDESK}");
    audit::append(&txn, [event(portal, request, who, AuditKind::AccountUnblocked).details(details)]);
    txn.commit().await?;
    Ok(OfficeDone::Unblocked)
}

/// Mails the owner of an account another link: to activate it, or, where it has a password, to choose another one.
///
/// # Errors
/// [`ServiceError::NotFound`] for who is not of the helpdesk, and for an account that is closed;
/// [`ServiceError::Invalid`] when enough were mailed lately.
pub async fn mail_link(
    portal: &Portal,
    request: &Request,
    who: &SignedIn,
    id: AccountId,
) -> Result<OfficeDone, ServiceError> {
    let office = changing(portal, request, who, StaffRight::ServeAccounts)?;
    let account = account_of(portal, &office, id).await?;
    if state_of(&account) == OfficeAccountState::Closed {
        return Err(ServiceError::NotFound);
    }
    let txn = portal.db().begin().await?;
    let asked = if account.has_password { Asked::Forgot } else { Asked::Invited };
    if !link::mail_again(portal, &txn, asked, &account.email).await? {
        return Err(ServiceError::on("actie", FieldCode::MailedEnough));
    }
    let details = format!("account {id}, {BY_HELPDESK}");
    audit::append(&txn, [event(portal, request, who, AuditKind::LinkAsked).details(details)]);
    txn.commit().await?;
    Ok(OfficeDone::Mailed)
}

/// Takes the second step of an account away, for an owner who lost the app and the recovery codes. That of somebody of the
/// insurer's staff is left to the operator: who gets hold of a colleague's session must not get around it.
///
/// # Errors
/// [`ServiceError::NotFound`] for who is not of the helpdesk, where there is no such account or second step, and for staff.
pub async fn reset_second_factor(
    portal: &Portal,
    request: &Request,
    who: &SignedIn,
    id: AccountId,
) -> Result<OfficeDone, ServiceError> {
    let office = changing(portal, request, who, StaffRight::ServeAccounts)?;
    let account = account_of(portal, &office, id).await?;
    if !account.staff.is_empty() || !second_factor::reset(portal, request, Some(who), &account.email).await? {
        return Err(ServiceError::NotFound);
    }
    Ok(OfficeDone::SecondStepReset)
}

/// Does something with a mail to an account's owner that was given up. One that waits or was sent stays as it is.
///
/// # Errors
/// [`ServiceError::NotFound`] for who is not of the helpdesk, and where there is no such account.
pub async fn serve_mail(
    portal: &Portal,
    request: &Request,
    who: &SignedIn,
    id: AccountId,
    mail: i64,
    deed: MailDeed,
) -> Result<OfficeDone, ServiceError> {
    let office = changing(portal, request, who, StaffRight::ServeAccounts)?;
    let account = account_of(portal, &office, id).await?;
    mails::serve_to(portal, request, who, &office, (mail, Some(&account.email)), deed).await
}
