//! Making and keeping employers and contracts, and naming main accounts (PRODUCT.md M1).
//!
//! Rosters are still loaded by a command; what stands here is what they are loaded into.

use collectief_data::{DataError, account as stored, account_management as rights, office::employers as data};
use collectief_domain::{
    contract::ContractNumber,
    employer::{ContractForm, ContractPage, EmployerForm, EmployerView},
    field::FieldCode,
    ids::EmployerId,
    office::OfficeDone,
    staff::StaffRight,
};

use super::changing;
use crate::{
    Portal, Request, ServiceError, SignedIn,
    audit::{self, About, AuditKind, event},
};

/// How many days back an employer may end a participation, unless it is said otherwise.
const RETROACTIVE_DAYS: u32 = 90;

/// The day of the next month on which a month closes, unless it is said otherwise.
const CLOSING_DAY: u32 = 10;

/// An employer, with its contracts.
///
/// # Errors
/// [`ServiceError::NotFound`] for who is not of the insurer's staff, and where there is no such employer.
pub async fn view(
    portal: &Portal,
    request: &Request,
    who: &SignedIn,
    id: EmployerId,
) -> Result<EmployerView, ServiceError> {
    let office = who.office(StaffRight::Find)?;
    let found = data::one(portal.db(), &office, id).await?.ok_or(ServiceError::NotFound)?;
    portal.audit().view(event(portal, request, who, AuditKind::EmployerViewed).details(format!("employer {id}")));
    Ok(EmployerView {
        id: Some(id),
        seen: found.employer.seen(),
        name: found.employer.name,
        kvk_number: found.employer.kvk_number.unwrap_or_default(),
        contracts: data::contracts(portal.db(), &office, id).await?,
        main: found.main,
        may_change: who.office(StaffRight::KeepEmployers).is_ok(),
        may_view_as: who.office(StaffRight::ViewAsEmployer).is_ok(),
        view_minutes: portal.limits().viewing_minutes,
        typed_main: String::new(),
        typed_reason: String::new(),
    })
}

/// An employer that is yet to be made.
///
/// # Errors
/// [`ServiceError::NotFound`] for who may not make one.
pub fn view_new(portal: &Portal, who: &SignedIn) -> Result<EmployerView, ServiceError> {
    who.office(StaffRight::KeepEmployers)?;
    Ok(EmployerView {
        id: None,
        name: String::new(),
        kvk_number: String::new(),
        seen: String::new(),
        contracts: Vec::new(),
        main: None,
        may_change: true,
        may_view_as: false,
        view_minutes: portal.limits().viewing_minutes,
        typed_main: String::new(),
        typed_reason: String::new(),
    })
}

/// Makes an employer. The same form again finds its KvK number taken.
///
/// # Errors
/// [`ServiceError::NotFound`] for who may not; [`ServiceError::Invalid`] with all that is wrong.
pub async fn add(
    portal: &Portal,
    request: &Request,
    who: &SignedIn,
    form: &EmployerForm,
) -> Result<EmployerId, ServiceError> {
    let office = changing(portal, request, who, StaffRight::KeepEmployers)?;
    let employer = form.parse().map_err(ServiceError::Invalid)?;
    let txn = portal.db().begin().await?;
    let id = match data::add(&txn, &office, &employer).await {
        Err(DataError::Duplicate) => return Err(ServiceError::on("kvk", FieldCode::Taken)),
        added => added?,
    };
    let added = event(portal, request, who, AuditKind::EmployerAdded).details(format!("employer {id}"));
    audit::append(&txn, [added]);
    txn.commit().await?;
    Ok(id)
}

/// Changes the name and the KvK number of an employer.
///
/// # Errors
/// As [`add`]; [`ServiceError::Invalid`] on `naam` when a colleague changed it since it was shown.
pub async fn change(
    portal: &Portal,
    request: &Request,
    who: &SignedIn,
    id: EmployerId,
    form: &EmployerForm,
) -> Result<OfficeDone, ServiceError> {
    let office = changing(portal, request, who, StaffRight::KeepEmployers)?;
    let employer = form.parse().map_err(ServiceError::Invalid)?;
    let txn = portal.db().begin().await?;
    let found = data::lock(&txn, &office, id).await?.ok_or(ServiceError::NotFound)?.employer;
    if found == employer {
        return Ok(OfficeDone::Saved);
    }
    if found.seen() != form.gezien {
        return Err(ServiceError::on("naam", FieldCode::ChangedMeanwhile));
    }
    match data::set(&txn, &office, id, &employer).await {
        Err(DataError::Duplicate) => return Err(ServiceError::on("kvk", FieldCode::Taken)),
        changed => changed?,
    }
    let changed = event(portal, request, who, AuditKind::EmployerChanged);
    let details = format!("employer {id}, {:?} -> {:?}", found.seen(), employer.seen());
    audit::append(&txn, [changed.details(details)]);
    txn.commit().await?;
    Ok(OfficeDone::Saved)
}

/// Names the main account of an employer: it manages the accounts on all its contracts.
///
/// # Errors
/// [`ServiceError::NotFound`] for who may not; [`ServiceError::Invalid`] on `hoofdaccount` where no account that somebody
/// can sign in with has the address, or where it is one's own: nobody gives themselves sight of participants.
pub async fn name_main(
    portal: &Portal,
    request: &Request,
    who: &SignedIn,
    id: EmployerId,
    form: &EmployerForm,
) -> Result<OfficeDone, ServiceError> {
    let office = changing(portal, request, who, StaffRight::KeepEmployers)?;
    let email = form.parse_main().map_err(ServiceError::Invalid)?;
    let unknown = || ServiceError::on("hoofdaccount", FieldCode::UnknownAccount);
    let txn = portal.db().begin().await?;
    // In this order, as whoever changes rights: nobody closes the account before it is the main account.
    rights::lock(&txn, &data::contract_ids(&txn, &office, id).await?).await?;
    data::lock(&txn, &office, id).await?.ok_or(ServiceError::NotFound)?;
    let found = stored::credentials_locked(&txn, email).await?.ok_or_else(unknown)?;
    // Whoever was removed is added first, so that a password can be chosen; an invited account may do so later.
    if !found.has_rights {
        return Err(unknown());
    }
    if found.id == who.account() {
        return Err(ServiceError::on("hoofdaccount", FieldCode::OwnAccount));
    }
    rights::set_main(&txn, id, None, found.id).await?;
    let named = event(portal, request, who, AuditKind::MainAccountNamed);
    audit::append(&txn, [named.details(format!("account {}, employer {id}", found.id))]);
    txn.commit().await?;
    Ok(OfficeDone::MainNamed)
}

/// A contract of an employer; without a number one that is yet to be made.
///
/// # Errors
/// [`ServiceError::NotFound`] for who is not of the insurer's staff, and where there is no such contract.
pub async fn view_contract(
    portal: &Portal,
    request: &Request,
    who: &SignedIn,
    employer: EmployerId,
    number: Option<&str>,
) -> Result<ContractPage, ServiceError> {
    let right = if number.is_some() { StaffRight::Find } else { StaffRight::KeepEmployers };
    let office = who.office(right)?;
    let found = data::one(portal.db(), &office, employer).await?.ok_or(ServiceError::NotFound)?;
    let form = match number {
        Some(number) => {
            let contract = data::contract(portal.db(), &office, employer, number).await?;
            let (id, terms) = contract.ok_or(ServiceError::NotFound)?;
            let viewed = event(portal, request, who, AuditKind::EmployerViewed).on(Some(id));
            portal.audit().view(viewed.details(format!("employer {employer}")));
            terms.form(number)
        }
        None => ContractForm {
            naam: found.employer.name.clone(),
            terugwerkend: RETROACTIVE_DAYS.to_string(),
            sluitdag: CLOSING_DAY.to_string(),
            ..ContractForm::default()
        },
    };
    Ok(ContractPage {
        employer,
        employer_name: found.employer.name,
        number: number.map(str::to_owned),
        form,
        may_change: who.office(StaffRight::KeepEmployers).is_ok(),
    })
}

/// Makes a contract of an employer, whose main account manages its accounts from now on.
///
/// # Errors
/// [`ServiceError::NotFound`] for who may not; [`ServiceError::Invalid`] with all that is wrong.
pub async fn add_contract(
    portal: &Portal,
    request: &Request,
    who: &SignedIn,
    employer: EmployerId,
    form: &ContractForm,
) -> Result<ContractNumber, ServiceError> {
    let office = changing(portal, request, who, StaffRight::KeepEmployers)?;
    let (number, terms) = form.parse_new().map_err(ServiceError::Invalid)?;
    let today = portal.clock().today();
    let txn = portal.db().begin().await?;
    let found = data::lock(&txn, &office, employer).await?.ok_or(ServiceError::NotFound)?;
    let id = match data::add_contract(&txn, &office, employer, number.as_str(), &terms, today).await {
        Err(DataError::Duplicate) => return Err(ServiceError::on("nummer", FieldCode::Taken)),
        added => added?,
    };
    if let Some((main, ..)) = found.main {
        rights::set_main(&txn, employer, Some(main), main).await?;
    }
    let added = event(portal, request, who, AuditKind::ContractAdded).on(Some(id));
    audit::append(&txn, [added.details(format!("employer {employer}, {:?}", terms.seen()))]);
    txn.commit().await?;
    Ok(number)
}

/// Changes the terms of a contract.
///
/// # Errors
/// As [`add_contract`]; [`ServiceError::Invalid`] on `naam` when a colleague changed them since they were shown, and on
/// `ingangsdatum` where somebody participates since before that day.
pub async fn change_contract(
    portal: &Portal,
    request: &Request,
    who: &SignedIn,
    employer: EmployerId,
    number: &str,
    form: &ContractForm,
) -> Result<OfficeDone, ServiceError> {
    let office = changing(portal, request, who, StaffRight::KeepEmployers)?;
    let terms = form.parse();
    let txn = portal.db().begin().await?;
    let contract = data::contract_locked(&txn, &office, employer, number).await?;
    let (id, found) = contract.ok_or(ServiceError::NotFound)?;
    let terms = terms.map_err(ServiceError::Invalid)?;
    if found == terms {
        return Ok(OfficeDone::Saved);
    }
    if found.seen() != form.gezien {
        return Err(ServiceError::on("naam", FieldCode::ChangedMeanwhile));
    }
    let first = data::first_participation(&txn, &office, id).await?;
    if let Some(last) = first.filter(|first| *first < terms.start_date) {
        return Err(ServiceError::on("ingangsdatum", FieldCode::DateTooLate { last }));
    }
    data::set_contract(&txn, &office, id, &terms).await?;
    let changed = event(portal, request, who, AuditKind::ContractChanged).on(Some(id));
    audit::append(&txn, [changed.details(format!("{:?} -> {:?}", found.seen(), terms.seen()))]);
    txn.commit().await?;
    Ok(OfficeDone::Saved)
}
