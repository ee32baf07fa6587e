//! The insurer's staff of the demonstration, and requests for accounts in every state. They are asked, confirmed and
//! decided through the use cases themselves.

use std::collections::BTreeMap;

use collectief_data::{account as accounts, account_request as stored, office};
use collectief_domain::{
    account_management::seen,
    account_request::{AccountRequestForm, DecisionForm, RequestState},
    actor::{Language, Roles},
    frame::Theme,
    ids::SessionId,
    staff::{StaffRight, StaffRole, StaffRoles},
};
use secrecy::SecretString;

use super::STAFF;
use crate::{
    Portal, Request, ServiceError, SignedIn, account_request,
    office::{add_staff_for_show, requests},
};

/// A request of the demonstration, and what became of it.
struct DemoRequest {
    organisation: &'static str,
    kvk: &'static str,
    contract: &'static str,
    name: &'static str,
    email: &'static str,
    roles: &'static str,
    state: RequestState,
}

const REQUESTS: &[DemoRequest] = &[
    DemoRequest {
        organisation: "Zorggroep De Linde",
        kvk: "90000011",
        contract: "23595",
        name: "Wietske Hoekstra",
        email: "wietske.hoekstra@delinde.example",
        roles: "administratief",
        state: RequestState::Waiting,
    },
    DemoRequest {
        organisation: "Bouwbedrijf van Wijngaarden BV",
        kvk: "90000099",
        contract: "24001",
        name: "Bas Terpstra",
        email: "bas.terpstra@vanwijngaarden.example",
        roles: "administratief,financieel",
        state: RequestState::Waiting,
    },
    DemoRequest {
        organisation: "Gemeente Oosterwaard",
        kvk: "90000033",
        contract: "24177",
        name: "Sjoerd Adema",
        email: "salaris@collectief.example",
        roles: "financieel",
        state: RequestState::Waiting,
    },
    DemoRequest {
        organisation: "Drukkerij De Zwaluw",
        kvk: "90000044",
        contract: "25310",
        name: "Imke de Haan",
        email: "imke.dehaan@dezwaluw.example",
        roles: "administratief,accountbeheer",
        state: RequestState::Approved,
    },
    DemoRequest {
        organisation: "Kapsalon Knap",
        kvk: "90000077",
        contract: "99999",
        name: "Ruben Knap",
        email: "ruben@kapsalonknap.example",
        roles: "administratief",
        state: RequestState::Refused,
    },
    DemoRequest {
        organisation: "Stichting Basisscholen Zilverlinde",
        kvk: "90000055",
        contract: "26044",
        name: "Tessa Bruin",
        email: "tessa.bruin@zilverlinde.example",
        roles: "administratief",
        state: RequestState::Unconfirmed,
    },
];

/// Adds the staff and the requests, unless they are there.
pub(super) async fn load(portal: &Portal) -> Result<(), ServiceError> {
    if accounts::credentials(portal.db(), STAFF.email).await?.is_some() {
        return Ok(());
    }
    let roles: StaffRoles = StaffRole::ALL.into_iter().collect();
    let account =
        add_staff_for_show(portal, STAFF.email, STAFF.name, roles, SecretString::from(STAFF.password)).await?;
    let who = SignedIn {
        session: SessionId(0),
        account,
        name: STAFF.name.into(),
        language: Language::Nl,
        theme: Theme::default(),
        chosen: None,
        level: None,
        rights: std::sync::Arc::new(portal.db().account_rights(account, 0, None).await?),
        staff: office::staff_rights(portal.db(), account).await?,
        viewing: None,
    };
    for request in REQUESTS {
        add(portal, &who, request).await?;
    }
    Ok(())
}

async fn add(portal: &Portal, who: &SignedIn, demo: &DemoRequest) -> Result<(), ServiceError> {
    let request = Request::internal("demo");
    let form = AccountRequestForm {
        organisatie: demo.organisation.to_owned(),
        kvk: demo.kvk.to_owned(),
        contract: demo.contract.to_owned(),
        naam: demo.name.to_owned(),
        email: demo.email.to_owned(),
        telefoon: "06 12345678".to_owned(),
        rol: demo.roles.to_owned(),
        sleutel: format!("demo-{}", demo.email),
        ..AccountRequestForm::default()
    };
    let missing = || ServiceError::Internal("a request of the demonstration is missing".to_owned());
    account_request::ask(portal, &request, &form, Language::Nl).await?.map_err(|_| missing())?;
    if demo.state == RequestState::Unconfirmed {
        return Ok(());
    }
    let proof = who.office(StaffRight::ServeAccounts)?;
    let asked = stored::of_address(portal.db(), &proof, demo.email, 1).await?.pop().ok_or_else(missing)?;
    // The mail with the link goes to nobody in a demonstration, so the link is as good as clicked.
    let txn = portal.db().begin().await?;
    stored::confirm(&txn, asked.id, portal.clock().millis()).await?;
    txn.commit().await?;
    let version = (asked.version + 1).to_string();
    let decision = match demo.state {
        RequestState::Approved => {
            let nothing: BTreeMap<&str, Roles> = BTreeMap::from([(demo.contract, Roles::NONE)]);
            let ticked: Vec<String> = demo.roles.split(',').map(|role| format!("{}:{role}", demo.contract)).collect();
            DecisionForm {
                actie: "goedkeuren".to_owned(),
                versie: version,
                gezien: seen(nothing.into_iter()),
                recht: ticked.join(","),
                ..DecisionForm::default()
            }
        }
        RequestState::Refused => DecisionForm {
            actie: "afwijzen".to_owned(),
            versie: version,
            reden: "Wij kennen geen contract met nummer 99999. Kijkt u nog eens op de brief over het contract?"
                .to_owned(),
            ..DecisionForm::default()
        },
        RequestState::Unconfirmed | RequestState::Waiting => return Ok(()),
    };
    requests::decide(portal, &request, who, asked.id, &decision).await?;
    Ok(())
}
