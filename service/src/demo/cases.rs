//! The insurances of the demonstration, and enrolments in every state: answered, sent, confirmed and decided through the use
//! cases themselves, on the days on which they would have been.

use chrono::Days;
use collectief_data::{case::link as links, product as stored};
use collectief_domain::{
    actor::Language,
    bsn::Bsn,
    case::{DecideForm, FollowForm},
    date::{Date, Month, format_dutch},
    enrolment::{AnswerForm, Question},
    product::{Product, ProductKind},
};

use super::{people::bsn_of_first, staff};
use crate::{
    Portal, Request, ServiceError,
    clock::Clock,
    enrol::{self, follow},
    validate,
};

/// The insurances, in the order in which they are shown.
const PRODUCTS: [(&str, &str, ProductKind); 5] = [
    ("basis", "Basisverzekering", ProductKind::Basic),
    ("basis-plus", "Basisverzekering Vrije Keuze", ProductKind::Basic),
    ("aanvullend-1", "Aanvullend Compact", ProductKind::Supplementary),
    ("aanvullend-2", "Aanvullend Compleet", ProductKind::Supplementary),
    ("tand-250", "Tand 250", ProductKind::Dental),
];

/// What becomes of an enrolment of the demonstration.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Becomes {
    Unproven,
    Waiting,
    Questioned,
    Removed,
    Withdrawn,
    Stuck,
}

/// Somebody who enrols.
struct Enrolling {
    initials: &'static str,
    prefix: &'static str,
    surname: &'static str,
    gender: &'static str,
    birth: &'static str,
    /// How many days ago it was sent.
    days_ago: u64,
    packages: &'static str,
    personnel_number: &'static str,
    /// A child that comes along: initials and birth date.
    child: Option<(&'static str, &'static str)>,
    by_employer: bool,
    becomes: Becomes,
}

const fn enrolling(initials: &'static str, surname: &'static str, birth: &'static str, days_ago: u64) -> Enrolling {
    Enrolling {
        initials,
        prefix: "",
        surname,
        gender: "V",
        birth,
        days_ago,
        packages: "",
        personnel_number: "",
        child: None,
        by_employer: false,
        becomes: Becomes::Waiting,
    }
}

const PEOPLE: [Enrolling; 17] = [
    Enrolling {
        packages: "aanvullend-2,tand-250",
        child: Some(("M.", "03-05-2019")),
        ..enrolling("E.", "Zeestra", "27-03-1985", 9)
    },
    Enrolling { packages: "aanvullend-1", gender: "M", ..enrolling("H.C.", "Sørensen", "14-09-1979", 6) },
    Enrolling { personnel_number: "DL-20418", ..enrolling("R.", "Terpstra", "02-02-1992", 5) },
    Enrolling { prefix: "van der", by_employer: true, ..enrolling("S.", "Meulen", "30-11-1988", 4) },
    Enrolling { packages: "tand-250", gender: "M", ..enrolling("P.", "Noordhof", "19-06-1971", 4) },
    Enrolling { child: Some(("J.", "11-12-2021")), ..enrolling("L.", "Akkerman", "08-08-1994", 3) },
    Enrolling { gender: "X", packages: "aanvullend-1", ..enrolling("Q.", "IJspeert", "21-04-1999", 3) },
    Enrolling { prefix: "de", gender: "M", ..enrolling("T.", "Wit", "05-01-1966", 2) },
    Enrolling { by_employer: true, personnel_number: "DL-20433", ..enrolling("A.B.", "Hoekman", "17-07-1990", 2) },
    Enrolling { packages: "aanvullend-2", ..enrolling("N.", "Öztürk", "12-10-1983", 1) },
    Enrolling { gender: "M", ..enrolling("D.", "Rietveld", "25-05-2001", 1) },
    Enrolling { gender: "M", packages: "aanvullend-1,tand-250", ..enrolling("W.", "Wałęsa", "29-09-1976", 0) },
    Enrolling { becomes: Becomes::Questioned, ..enrolling("K.", "Bakkenes", "09-03-1987", 7) },
    Enrolling { becomes: Becomes::Removed, gender: "M", ..enrolling("F.", "Uitterdijk", "01-12-1969", 12) },
    Enrolling { becomes: Becomes::Withdrawn, ..enrolling("I.", "Lammers", "16-02-1996", 8) },
    // Whoever has this BSN was born on another day.
    Enrolling { becomes: Becomes::Stuck, gender: "M", ..enrolling("T.", "Vastenhout", "23-08-1982", 3) },
    Enrolling { becomes: Becomes::Unproven, ..enrolling("C.", "Vergeer", "04-04-1993", 1) },
];

/// A BSN that passes the eleven-test, another one for each number, and none of those that the people of the demonstration
/// have.
fn bsn_of(number: usize) -> String {
    let first = 999_700_000 + number * 100;
    (first..first + 100).map(|digits| digits.to_string()).find(|digits| Bsn::parse(digits).is_ok()).unwrap_or_default()
}

/// The insurances, and the enrolments of the first contract.
pub(super) async fn load(portal: &Portal, today: Date) -> Result<(), ServiceError> {
    let txn = portal.db().begin().await?;
    for (place, (code, name, kind)) in (0..).zip(PRODUCTS) {
        let first_day = Date::from_ymd_opt(2014, 1, 1).unwrap_or(today);
        let product = Product { code: code.to_owned(), name: name.to_owned(), kind, first_day, last_day: None };
        stored::keep(&txn, &product, place).await?;
    }
    txn.commit().await?;
    for (number, person) in PEOPLE.iter().enumerate() {
        add(portal, person, number, today).await?;
    }
    Ok(())
}

/// Sends an enrolment on its day, unless a demonstration that was broken off did.
async fn add(portal: &Portal, person: &Enrolling, number: usize, today: Date) -> Result<(), ServiceError> {
    let day = today.checked_sub_days(Days::new(person.days_ago)).unwrap_or(today);
    let then = Portal::new(
        portal.db().clone(),
        Clock::standing_on(day),
        portal.limits().clone(),
        portal.brand().to_owned(),
        true,
    );
    let request = Request::internal("demo");
    let missing = || ServiceError::Internal("an enrolment of the demonstration was refused".to_owned());
    let token = format!("demo-{number}");
    if enrol::case_of(&then, &token).await?.is_some() {
        return Ok(());
    }
    enrol::keep_answers(&then, &token).await?;
    for (question, answer) in answers(person, number, day) {
        enrol::answer(&then, &request, Some(&token), question, &answer).await?.map_err(|_| missing())?;
    }
    enrol::send(&then, &request, &token, Language::Nl).await?.map_err(|_| missing())?;
    let case = enrol::case_of(&then, &token).await?.ok_or_else(missing)?;
    if person.becomes == Becomes::Unproven {
        return Ok(());
    }
    let mailed = links::for_mail(portal.db(), case.id, person.by_employer).await?.ok_or_else(missing)?;
    let does = |deed: &str| FollowForm { actie: deed.to_owned(), ..FollowForm::default() };
    follow::act(&then, &request, &mailed.token, &does("bevestigen")).await?;
    let decides = match person.becomes {
        Becomes::Unproven | Becomes::Waiting => return Ok(()),
        Becomes::Withdrawn => return follow::act(&then, &request, &mailed.token, &does("intrekken")).await,
        Becomes::Questioned => DecideForm {
            actie: "vragen".to_owned(),
            vraag: "Op welke dag begint u precies? Wij hebben 15 november in het contract staan.".to_owned(),
            ..DecideForm::default()
        },
        Becomes::Removed => DecideForm {
            actie: "verwijderen".to_owned(),
            reden: "U werkt niet meer bij ons.".to_owned(),
            ..DecideForm::default()
        },
        Becomes::Stuck => DecideForm { actie: "goedkeuren".to_owned(), ..DecideForm::default() },
    };
    let form = DecideForm { wie: DecideForm::write_seen(case.id, case.version + 1), ..decides };
    validate::decide(&then, &request, &staff(portal).await?, &form).await?;
    Ok(())
}

/// The answers to all questions, in the order in which they are asked.
fn answers(person: &Enrolling, number: usize, day: Date) -> Vec<(Question, AnswerForm)> {
    let text = str::to_owned;
    let local = person.surname.chars().filter(char::is_ascii_alphabetic).collect::<String>().to_lowercase();
    let bsn = if person.becomes == Becomes::Stuck { bsn_of_first() } else { bsn_of(number) };
    let answer = AnswerForm {
        contract: text("23595"),
        wie: text(if person.by_employer { "werkgever" } else { "werknemer" }),
        melder_naam: text(if person.by_employer { "Sjoerd Adema" } else { "" }),
        melder_email: text(if person.by_employer { "salaris@collectief.example" } else { "" }),
        voorletters: text(person.initials),
        voorvoegsel: text(person.prefix),
        achternaam: text(person.surname),
        geboortedatum: text(person.birth),
        geslacht: text(person.gender),
        bsn,
        straat: text("Lindelaan"),
        huisnummer: (number * 7 + 3).to_string(),
        postcode: format!("{} LD", 7411 + number),
        plaats: text("Lindeveld"),
        email: format!("{local}@werknemer.example"),
        telefoon: text("06 12345678"),
        personeelsnummer: text(person.personnel_number),
        gezin: text(if person.child.is_some() { "ja" } else { "nee" }),
        product: text("basis"),
        pakket: text(person.packages),
        ingangsdatum: format_dutch(Month::of(day).next().first_day()),
        ..AnswerForm::default()
    };
    let mut all = Vec::new();
    for question in Question::ALL {
        if let (Question::Family, Some((initials, birth))) = (question, person.child) {
            let child = AnswerForm {
                actie: text("gezinslid"),
                voorletters: text(initials),
                geboortedatum: text(birth),
                bsn: bsn_of(number + 100),
                ..answer.clone()
            };
            all.push((question, child));
        }
        all.push((question, answer.clone()));
    }
    all
}
