//! The demonstration: an invented insurer, five employers and their people.
//!
//! Everything follows from the day on which it is loaded, so that the same day gives the same people. They come in as a
//! roster, and what staff did afterwards is done through the very use cases that staff use.

use chrono::{Datelike, Days};
use collectief_data::{account as accounts, check as stored_check, mutation, office, roster as stored, setting};
use collectief_domain::{
    actor::{Channel, Language, Right, Role, Roles},
    date::{Date, Month, format_iso},
    deregistration::{DeregisterForm, EndReason, PersonnelNumberForm, Selected, WithdrawForm},
    frame::Theme,
    ids::SessionId,
};
use secrecy::SecretString;

use crate::{
    Portal, Request, ServiceError, SignedIn,
    account::{self, Contracts, NewAccount},
    account_management, deregister,
    roster::{self, Options},
};

mod cases;
mod changes;
mod people;
mod requests;

use people::{Person, invent};

/// A demonstration account.
#[derive(Debug, Clone, Copy)]
pub struct DemoAccount {
    /// E-mail address.
    pub email: &'static str,
    /// Name.
    pub name: &'static str,
    /// Password; it is printed at the start, for it protects nothing.
    pub password: &'static str,
    /// What this account shows.
    pub shows: &'static str,
    /// Its contracts; none is all of them.
    contracts: &'static [&'static str],
    roles: &'static [Role],
}

/// The accounts of the demonstration.
pub const ACCOUNTS: &[DemoAccount] = &[
    DemoAccount {
        email: "demo@collectief.example",
        name: "Hanna Rozema",
        password: "Zorggroep-De-Linde-2026",
        shows: "Zorggroep De Linde (23595), with all roles",
        contracts: &["23595"],
        roles: &Role::ALL,
    },
    DemoAccount {
        email: "salaris@collectief.example",
        name: "Sjoerd Adema",
        password: "Twee-contracten-2026",
        shows: "two contracts (23595 and 24177), Administratief",
        contracts: &["23595", "24177"],
        roles: &[Role::Administrative],
    },
    DemoAccount {
        email: "financien@collectief.example",
        name: "Fenna Okkema",
        password: "Alleen-financieel-2026",
        shows: "23595 without Administratief: only Financieel",
        contracts: &["23595"],
        roles: &[Role::Financial],
    },
    DemoAccount {
        email: "alles@collectief.example",
        name: "Milan de Vos",
        password: "Alle-contracten-2026",
        shows: "all five contracts, Administratief",
        contracts: &[],
        roles: &[Role::Administrative],
    },
];

/// The account of the demonstration that works in the back office.
pub const STAFF: DemoAccount = DemoAccount {
    email: "helpdesk@collectief.example",
    name: "Jelle Postma",
    password: "Backoffice-van-de-verzekeraar-2026",
    shows: "the insurer's back office, with all its roles",
    contracts: &[],
    roles: &[],
};

/// A contract of the demonstration.
struct DemoContract {
    number: &'static str,
    employer: &'static str,
    kvk: &'static str,
    /// Participants on the day it is loaded, before anything was done.
    current: usize,
    /// Participants whose period has ended.
    former: usize,
    borderel_payment: bool,
}

/// After what is done below, 2,967 participate through the first, as in the manual.
const CONTRACTS: &[DemoContract] = &[
    DemoContract {
        number: "23595",
        employer: "Zorggroep De Linde",
        kvk: "90000011",
        current: CURRENT_AFTERWARDS + ENDED_BY_STAFF,
        former: 640,
        borderel_payment: true,
    },
    DemoContract {
        number: "24001",
        employer: "Bouwbedrijf Van Wijngaarden",
        kvk: "90000022",
        current: 184,
        former: 61,
        borderel_payment: true,
    },
    DemoContract {
        number: "24177",
        employer: "Gemeente Oosterwaard",
        kvk: "90000033",
        current: 652,
        former: 143,
        borderel_payment: true,
    },
    DemoContract {
        number: "25310",
        employer: "Drukkerij De Zwaluw",
        kvk: "90000044",
        current: 23,
        former: 9,
        borderel_payment: true,
    },
    DemoContract {
        number: "26044",
        employer: "Stichting Basisscholen Zilverlinde",
        kvk: "90000055",
        current: 411,
        former: 88,
        borderel_payment: false,
    },
];

/// Participants of the first contract when all is done.
const CURRENT_AFTERWARDS: usize = 2_967;
/// Of its participants so many end on a day that has passed, by what staff do below.
const ENDED_BY_STAFF: usize = 2;

/// Loads the demonstration unless it is there already. One that was broken off is completed.
///
/// # Errors
/// [`ServiceError::Internal`] with words for the operator when the database holds anything else.
pub async fn load(portal: &Portal) -> Result<(), ServiceError> {
    let db = portal.db();
    let noted = setting::get(db, setting::DEMO).await?;
    let today = match noted.as_deref().and_then(|noted| noted.split_once(' ')) {
        Some(("complete", day)) => {
            requests::load(portal).await?;
            return cases::load(portal, day.parse().unwrap_or_else(|_| portal.clock().today())).await;
        }
        // The people follow from the day on which it was begun.
        Some(("loading", day)) => day.parse().unwrap_or_else(|_| portal.clock().today()),
        _ => {
            let is_empty = stored_check::contracts_to_check(db).await?.is_empty() && accounts::count(db).await? == 0;
            if !is_empty {
                return Err(ServiceError::Internal(
                    "this database holds other data; the demonstration does not mix with it. Name another folder \
                     with --data"
                        .to_owned(),
                ));
            }
            portal.clock().today()
        }
    };
    note(portal, "loading", today).await?;

    let people: Vec<Person> = people_of_all(today);
    let rows = people.iter().map(|person| person.row.clone()).collect();
    let options = Options { channel: Channel::Demo, ..Options::default() };
    let report = roster::import_rows(portal, rows, &mut |_| {}, options).await?;
    if report.refused > 0 {
        return Err(ServiceError::Internal(format!("{} people of the demonstration were refused", report.refused)));
    }
    let first_day = Date::from_ymd_opt(today.year() - 12, 1, 1).unwrap_or(today);
    let txn = db.begin().await?;
    for contract in CONTRACTS {
        stored::contract_describe(
            &txn,
            contract.number,
            contract.employer,
            contract.kvk,
            first_day,
            contract.borderel_payment,
        )
        .await?;
    }
    txn.commit().await?;
    for account in ACCOUNTS {
        add_account(portal, account).await?;
    }
    invite(portal).await?;
    if let (Some(main), Some(contract)) = (ACCOUNTS.first(), CONTRACTS.first()) {
        account_management::name_main(portal, main.email, contract.number).await?;
    }
    what_staff_did(portal, &people, today).await?;
    requests::load(portal).await?;
    cases::load(portal, today).await?;
    changes::load(portal, &people, today).await?;
    note(portal, "complete", today).await
}

async fn note(portal: &Portal, state: &str, today: Date) -> Result<(), ServiceError> {
    let txn = portal.db().begin().await?;
    setting::set(&txn, setting::DEMO, &format!("{state} {}", format_iso(today))).await?;
    Ok(txn.commit().await?)
}

fn people_of_all(today: Date) -> Vec<Person> {
    let mut people = Vec::new();
    for contract in CONTRACTS {
        invent(&mut people, contract.number, contract.current, contract.former, today);
    }
    people::change_employers(&mut people, "24177", "24001", today);
    people
}

async fn add_account(portal: &Portal, account: &DemoAccount) -> Result<(), ServiceError> {
    if accounts::credentials(portal.db(), account.email).await?.is_some() {
        return Ok(());
    }
    let contracts = if account.contracts.is_empty() {
        Contracts::All
    } else {
        Contracts::Numbers(account.contracts.iter().map(|&number| number.to_owned()).collect())
    };
    let new = NewAccount {
        email: account.email.to_owned(),
        name: account.name.to_owned(),
        contracts,
        roles: account.roles.iter().copied().collect::<Roles>(),
        password: None,
    };
    account::add_for_show(portal, new, SecretString::from(account.password)).await
}

/// A colleague who was invited and has not chosen a password yet.
async fn invite(portal: &Portal) -> Result<(), ServiceError> {
    const EMAIL: &str = "ilse.brandsma@collectief.example";
    if accounts::credentials(portal.db(), EMAIL).await?.is_some() {
        return Ok(());
    }
    let new = NewAccount {
        email: EMAIL.to_owned(),
        name: "Ilse Brandsma".to_owned(),
        contracts: Contracts::Numbers(vec!["23595".to_owned()]),
        roles: Roles::NONE.with(Role::Administrative),
        password: None,
    };
    account::add(portal, new).await?;
    Ok(())
}

/// The first account, as if it were signed in.
async fn staff(portal: &Portal) -> Result<SignedIn, ServiceError> {
    let missing = || ServiceError::Internal("the account of the demonstration is missing".to_owned());
    let demo = ACCOUNTS.first().ok_or_else(missing)?;
    let found = accounts::credentials(portal.db(), demo.email).await?.ok_or_else(missing)?;
    Ok(SignedIn {
        session: SessionId(0),
        account: found.id,
        name: demo.name.into(),
        language: Language::Nl,
        theme: Theme::default(),
        chosen: None,
        level: None,
        rights: std::sync::Arc::new(portal.db().account_rights(found.id, 0, None).await?),
        staff: office::staff_rights(portal.db(), found.id).await?,
        viewing: None,
    })
}

/// What staff of the first contract did: every kind of change there is, through the use cases themselves.
async fn what_staff_did(portal: &Portal, people: &[Person], today: Date) -> Result<(), ServiceError> {
    let staff = Staff { portal, request: Request::internal("demo"), signed_in: staff(portal).await? };
    let singles: Vec<&Person> = people::longest_single(people, "23595");
    let families: Vec<&Person> = people::longest_with_family(people, "23595");
    let month = Month::of(today);
    let days_ago = |days: u64| today.checked_sub_days(Days::new(days)).unwrap_or(today);

    // In the future: a single person at the end of this month, a family that retires at the end of the next.
    staff.ends(&singles, 0, month.last_day(), EndReason::EindeDienstverband, "").await?;
    staff.ends(&families, 0, month.next().last_day(), EndReason::EindeDienstverbandObu, "").await?;
    // In the past, and so among the former participants: these are ENDED_BY_STAFF.
    staff.ends(&singles, 1, month.previous().last_day().min(days_ago(1)), EndReason::EindeDienstverbandWia, "").await?;
    staff.ends(&families, 1, days_ago(5), EndReason::Overleden, "ja").await?;
    // Taken back.
    if let Some(mutation) =
        staff.ends(&families, 2, month.next().last_day(), EndReason::EindeCollectiviteit, "").await?
    {
        let form = WithdrawForm { mutatie: mutation.to_string(), sleutel: "demo-intrekken".to_owned() };
        deregister::withdraw(portal, &staff.request, &staff.signed_in, &form).await?;
    }
    staff.asks(&singles, 2, days_ago(400), EndReason::EindeDienstverband).await?;
    staff.renumbers(&singles, 3, "DL-00042").await
}

struct Staff<'a> {
    portal: &'a Portal,
    request: Request,
    signed_in: SignedIn,
}

impl Staff<'_> {
    /// The participation of someone, at its version now, unless a demonstration that was broken off has changed it.
    async fn find(&self, people: &[&Person], place: usize) -> Result<Option<Selected>, ServiceError> {
        let Some(person) = people.get(place) else { return Ok(None) };
        let scope = self.signed_in.whole_scope(Right::ChangeParticipants)?;
        let relation = &person.row.relation_number;
        let found = mutation::participation_starting_on(self.portal.db(), &scope, relation, person.row.start_date);
        Ok(found.await?.filter(|(_, version)| *version == 1).map(|(id, version)| Selected { id, version }))
    }

    fn form(&self, who: Selected, end: Date, reason: EndReason, asked: &str) -> DeregisterForm {
        DeregisterForm {
            wie: DeregisterForm::write_selected(&[who]),
            einddatum: format_iso(end),
            reden: reason.code().to_owned(),
            gezin_gevraagd: asked.to_owned(),
            sleutel: format!("demo-{}", who.id),
            ..Default::default()
        }
    }

    async fn ends(
        &self,
        people: &[&Person],
        place: usize,
        end: Date,
        reason: EndReason,
        asked: &str,
    ) -> Result<Option<collectief_domain::ids::MutationId>, ServiceError> {
        let Some(who) = self.find(people, place).await? else { return Ok(None) };
        let form = self.form(who, end, reason, asked);
        let receipt = deregister::deregister(self.portal, &self.request, &self.signed_in, &form).await?;
        Ok(receipt.mutations.first().copied())
    }

    async fn asks(&self, people: &[&Person], place: usize, end: Date, reason: EndReason) -> Result<(), ServiceError> {
        if let Some(who) = self.find(people, place).await? {
            let form = self.form(who, end, reason, "");
            deregister::request(self.portal, &self.request, &self.signed_in, &form).await?;
        }
        Ok(())
    }

    async fn renumbers(&self, people: &[&Person], place: usize, number: &str) -> Result<(), ServiceError> {
        if let Some(who) = self.find(people, place).await? {
            let form = PersonnelNumberForm {
                deelname: who.id.to_string(),
                versie: who.version.to_string(),
                personeelsnummer: number.to_owned(),
            };
            deregister::change_personnel_number(self.portal, &self.request, &self.signed_in, &form).await?;
        }
        Ok(())
    }
}
