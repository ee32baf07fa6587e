//! What is posted to the pages of the back office.

use collectief_domain::{
    access_log::LogForm,
    account_request::{DecisionForm, RequestView},
    case::{StuckForm, StuckPage},
    employer::{ContractForm, ContractPage, EmployerForm, EmployerView},
    field::{FieldCode, FieldErrors},
    ids::{AccountId, EmployerId, RequestId},
    office::{MailDeed, OfficeAccountView, OfficeDone, OfficePage},
    staff::StaffRight,
};
use collectief_service::office;

use super::{
    NEW, Shown,
    actions::{list_access_log, list_stuck, view_employer, view_office_account, view_office_contract},
    log::Log,
    stuck::Stuck,
};
use crate::{
    error::AppError,
    routes,
    ssr::{self, ServiceError},
};

/// Goes on to a page, which tells what was done.
fn go_on<T>(path: &str, done: OfficeDone) -> Result<Shown<T>, AppError> {
    ssr::see_other(&routes::with_query(path, &[(routes::DONE, done.code())]));
    Ok(Shown::Sent)
}

/// The page once more, with what is wrong.
fn again<T>(view: T, errors: FieldErrors) -> Result<Shown<T>, AppError> {
    ssr::set_status(422);
    Ok(Shown::View { view: Box::new(view), errors })
}

/// Decides about a request, shows other contracts to give rights on, or does something with a mail to who asked.
pub(super) async fn decide(id: String, form: DecisionForm) -> Result<Shown<RequestView>, AppError> {
    let (portal, request, who) = ssr::actor()?;
    let request_id: RequestId = ssr::id(&id)?;
    if let Some(deed) = MailDeed::from_code(&form.actie) {
        let done = office::requests::serve_mail(&portal, &request, &who, request_id, posted_mail(), deed).await;
        return go_on(&routes::office_request(request_id), done.map_err(ssr::refuse)?);
    }
    if form.actie == "zoeken" {
        return Ok(Shown::plain(filled_in(request_id, form).await?));
    }
    match office::requests::decide(&portal, &request, &who, request_id, &form).await {
        Ok(done) => go_on(routes::OFFICE_REQUESTS, done),
        Err(ServiceError::Invalid(errors)) => again(filled_in(request_id, form).await?, errors),
        Err(error) => Err(ssr::refuse(error)),
    }
}

/// A request as it was filled in, with the contracts that were searched for beside those on which something is ticked.
async fn filled_in(id: RequestId, form: DecisionForm) -> Result<RequestView, AppError> {
    let (portal, request, who) = ssr::actor()?;
    let asked = form.ticked();
    let ticked: Vec<String> =
        asked.iter().filter(|(_, roles)| !roles.is_empty()).map(|(number, _)| number.clone()).collect();
    let view = office::requests::view(&portal, &request, &who, id, &form.zoek, &ticked).await;
    let mut view = view.map_err(ssr::refuse)?;
    // What a colleague decided meanwhile is not covered by what was filled in here.
    if view.may_decide {
        view.reason = form.reden;
        for contract in &mut view.contracts {
            contract.roles = asked.get(&contract.choice.number).copied().unwrap_or(contract.roles);
        }
    }
    Ok(view)
}

/// The mail that was posted.
fn posted_mail() -> i64 {
    ssr::posted_value("mail").and_then(|mail| mail.parse().ok()).unwrap_or_default()
}

/// Does something with a mail that could not be delivered, whoever it is for.
pub(super) async fn serve_mail(deed: MailDeed) -> Result<Shown<OfficePage>, AppError> {
    let (portal, request, who) = ssr::actor()?;
    let done = office::mails::serve(&portal, &request, &who, posted_mail(), deed).await.map_err(ssr::refuse)?;
    go_on(routes::OFFICE, done)
}

/// Does what was asked for an account.
pub(super) async fn serve(id: String) -> Result<Shown<OfficeAccountView>, AppError> {
    let (portal, request, who) = ssr::actor()?;
    let account: AccountId = ssr::id(&id)?;
    let done = match ssr::posted_value("actie").as_deref() {
        Some("deblokkeren") => office::accounts::unblock(&portal, &request, &who, account).await,
        Some("mailen") => office::accounts::mail_link(&portal, &request, &who, account).await,
        Some("tweede-stap") => office::accounts::reset_second_factor(&portal, &request, &who, account).await,
        other => match other.and_then(MailDeed::from_code) {
            Some(deed) => office::accounts::serve_mail(&portal, &request, &who, account, posted_mail(), deed).await,
            None => Err(ServiceError::NotFound),
        },
    };
    match done {
        Ok(done) => go_on(&routes::office_account(account), done),
        Err(ServiceError::Invalid(errors)) => again(view_office_account(id).await?, errors),
        Err(error) => Err(ssr::refuse(error)),
    }
}

/// Makes or changes an employer, names its main account, or begins to see what it sees.
pub(super) async fn keep_employer(id: String, form: EmployerForm) -> Result<Shown<EmployerView>, AppError> {
    let (portal, request, who) = ssr::actor()?;
    let employer = id.parse::<EmployerId>().ok();
    let done = match (employer, form.actie.as_str()) {
        (None, "") if id == NEW => {
            let added = office::employers::add(&portal, &request, &who, &form).await;
            added.map(|id| (id, OfficeDone::Saved))
        }
        (Some(id), "") => office::employers::change(&portal, &request, &who, id, &form).await.map(|done| (id, done)),
        (Some(id), "hoofdaccount") => {
            office::employers::name_main(&portal, &request, &who, id, &form).await.map(|done| (id, done))
        }
        (Some(id), "meekijken") => match office::begin_viewing(&portal, &request, &who, id, &form.reden).await {
            Ok(()) => {
                ssr::see_other(routes::DASHBOARD);
                return Ok(Shown::Sent);
            }
            Err(error) => Err(error),
        },
        _ => Err(ServiceError::NotFound),
    };
    match done {
        Ok((id, done)) => go_on(&routes::office_employer(id), done),
        Err(ServiceError::Invalid(errors)) => {
            let mut view = view_employer(id).await?;
            // What a colleague changed meanwhile is shown as it is now.
            if form.actie.is_empty() && !errors.have(FieldCode::ChangedMeanwhile) {
                view.name.clone_from(&form.naam);
                view.kvk_number.clone_from(&form.kvk);
                view.seen.clone_from(&form.gezien);
            }
            view.typed_main = form.hoofdaccount;
            view.typed_reason = form.reden;
            again(view, errors)
        }
        Err(error) => Err(ssr::refuse(error)),
    }
}

/// Makes or changes a contract.
pub(super) async fn keep_contract(
    id: String,
    number: String,
    form: ContractForm,
) -> Result<Shown<ContractPage>, AppError> {
    let (portal, request, who) = ssr::actor()?;
    let employer: EmployerId = ssr::id(&id)?;
    let done = if number == NEW {
        let added = office::employers::add_contract(&portal, &request, &who, employer, &form).await;
        added.map(|_| (routes::office_employer(employer), OfficeDone::Saved))
    } else {
        let changed = office::employers::change_contract(&portal, &request, &who, employer, &number, &form).await;
        changed.map(|done| (routes::office_contract(employer, Some(&number)), done))
    };
    match done {
        Ok((path, done)) => go_on(&path, done),
        Err(ServiceError::Invalid(errors)) => {
            let mut page = view_office_contract(id, number).await?;
            if !errors.have(FieldCode::ChangedMeanwhile) {
                page.form = form;
            }
            again(page, errors)
        }
        Err(error) => Err(ssr::refuse(error)),
    }
}

/// Does something with a request that could not be done, and shows what came of it.
pub(super) async fn unstick(form: StuckForm) -> Result<Shown<Stuck>, AppError> {
    let (portal, request, who) = ssr::actor()?;
    let done = office::stuck::act(&portal, &request, &who, &form).await;
    let asked = StuckForm { pagina: form.pagina.clone(), ..StuckForm::default() };
    match done {
        Ok(outcome) => {
            let page = StuckPage { outcome: Some(outcome), ..list_stuck(asked).await? };
            Ok(Shown::plain(Stuck { page, posted: StuckForm { actie: form.actie, ..StuckForm::default() } }))
        }
        Err(ServiceError::Invalid(errors)) => again(Stuck { page: list_stuck(asked).await?, posted: form }, errors),
        Err(error) => Err(ssr::refuse(error)),
    }
}

/// Goes on to the rows that are asked for. Where these have no address, and where the chain of the log is to be followed,
/// the answer itself shows them.
pub(super) async fn log(form: LogForm) -> Result<Shown<Log>, AppError> {
    let (portal, request, who) = ssr::actor()?;
    let check = if ssr::posted_value("actie").as_deref() == Some("controleren") {
        Some(office::log::verify(&portal, &request, &who).await.map_err(ssr::refuse)?)
    } else {
        None
    };
    if check.is_none() && !form.holds_bsn() {
        // Whoever may not come here learns nothing of the way on.
        who.office(StaffRight::SeeAccessLog).map_err(ssr::refuse)?;
        ssr::see_other(&routes::office_log(&form, ""));
        return Ok(Shown::Sent);
    }
    let page = list_access_log(form.clone()).await?;
    Ok(Shown::plain(Log { form, page, check }))
}
