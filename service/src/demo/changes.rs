//! What employees of the demonstration ask to change by a mailed link, one of each kind, on the days on which they would have.

use chrono::Days;
use collectief_data::{change as stored, enrolment};
use collectief_domain::{
    actor::Language,
    case::CaseKind,
    change::CHANGE_LINK_HOURS,
    date::{Date, Month, format_dutch},
    enrolment::AnswerForm,
};

use super::people::Person;
use crate::{Portal, Request, ServiceError, change, clock::Clock, secret};

/// Whose participations they are of.
const CONTRACT: &str = "23595";

/// What is asked, and how many days ago.
const ASKED: [(CaseKind, u64); 7] = [
    (CaseKind::Move, 5),
    (CaseKind::DependantOut, 4),
    (CaseKind::Products, 3),
    (CaseKind::DependantIn, 3),
    (CaseKind::Details, 2),
    (CaseKind::PersonnelNumber, 1),
    (CaseKind::Deregistration, 1),
];

/// Each kind is asked by somebody else: main insured with an address and a family, whose participation has no end.
pub(super) async fn load(portal: &Portal, people: &[Person], today: Date) -> Result<(), ServiceError> {
    let asks = people.iter().rev().filter(|person| {
        let row = &person.row;
        row.contract_number == CONTRACT && row.email.is_some() && row.end_date.is_none() && person.family > 0
    });
    for (number, ((kind, days_ago), person)) in ASKED.into_iter().zip(asks).enumerate() {
        let day = today.checked_sub_days(Days::new(days_ago)).unwrap_or(today);
        send(portal, person.row.email.as_deref().unwrap_or_default(), kind, number, day).await?;
    }
    Ok(())
}

/// Sends a change on its day, unless a demonstration that was broken off did.
async fn send(portal: &Portal, email: &str, kind: CaseKind, number: usize, day: Date) -> Result<(), ServiceError> {
    let then = Portal::new(
        portal.db().clone(),
        Clock::standing_on(day),
        portal.limits().clone(),
        portal.brand().to_owned(),
        true,
    );
    let missing = || ServiceError::Internal("a change of the demonstration was refused".to_owned());
    let (db, now) = (portal.db(), then.clock().millis());
    let contract = enrolment::contract(db, CONTRACT).await?.ok_or_else(missing)?;
    let scope = db.enrolment_scope(contract.id).await?.ok_or_else(missing)?;
    let found = stored::main_insured_at(db, &scope, contract.id, email, day, day).await?;
    let (participation, _) = found.first().ok_or_else(missing)?;
    let token = format!("demo-change-{number}");
    let hash = secret::token_hash(&token);
    if stored::find(db, &hash, now).await?.is_none() {
        let txn = db.begin().await?;
        stored::link_add(&txn, &hash, *participation, email, now + i64::from(CHANGE_LINK_HOURS) * 60 * 60 * 1000)
            .await?;
        txn.commit().await?;
    }
    let form = asked(&then, &token, kind, day).await?;
    change::send(&then, &Request::internal("demo"), &token, kind, &form, Language::Nl).await?.map_err(|_| missing())?;
    Ok(())
}

/// The form as its owner fills it in.
async fn asked(then: &Portal, token: &str, kind: CaseKind, day: Date) -> Result<AnswerForm, ServiceError> {
    let text = str::to_owned;
    let view = change::view(then, token).await?;
    let next_month = Month::of(day).next();
    let last_day = next_month.first_day().pred_opt().unwrap_or(day);
    let form = AnswerForm { sleutel: text(token), ..view.filled_in(kind) };
    Ok(match kind {
        CaseKind::Details => AnswerForm {
            straat: text("Zilverlindepad"),
            huisnummer: text("8"),
            postcode: text("7411 LE"),
            plaats: text("Lindeveld"),
            email: view.reached.email.clone(),
            telefoon: text("06 12345678"),
            ..form
        },
        CaseKind::PersonnelNumber => AnswerForm { personeelsnummer: text("DL-30217"), ..form },
        CaseKind::Products => AnswerForm {
            product: text("basis"),
            pakket: text("aanvullend-2,tand-250"),
            ingangsdatum: format_dutch(next_month.first_day()),
            ..form
        },
        CaseKind::DependantIn => AnswerForm {
            voorletters: text("F."),
            achternaam: text("Aalberts"),
            geboortedatum: format_dutch(day.checked_sub_days(Days::new(6)).unwrap_or(day)),
            geslacht: text("V"),
            geen_bsn: text("ja"),
            ingangsdatum: format_dutch(day.checked_sub_days(Days::new(6)).unwrap_or(day)),
            ..form
        },
        CaseKind::DependantOut => AnswerForm {
            nr: view.dependants.first().map(|one| one.id.to_string()).unwrap_or_default(),
            einddatum: format_dutch(last_day),
            ..form
        },
        CaseKind::Move => {
            AnswerForm { contract: text("24177"), ingangsdatum: format_dutch(next_month.first_day()), ..form }
        }
        CaseKind::Deregistration | CaseKind::Enrolment => AnswerForm {
            einddatum: format_dutch(next_month.next().first_day().pred_opt().unwrap_or(last_day)),
            reden: text("einde_dienstverband"),
            ..form
        },
    })
}
