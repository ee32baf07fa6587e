//! The people invented for these tests, the roster they are loaded from, and who looks at them, on every database.

use std::io::Write;

use collectief_data::{account::Contracts, testing};
use collectief_domain::{
    account::SignInForm,
    actor::{Role, Roles},
    date::Date,
    name::{NameUse, PersonName},
    participant::{ParticipantListForm, ParticipantPage, Population, list::Count},
    roster::COLUMNS,
};
use collectief_service::{
    Limits, Portal, Request, SignedIn,
    account::{self, NewAccount},
    clock::Clock,
    participant, roster, session,
};

const TODAY: (i32, u32, u32) = (2026, 11, 1);

pub(crate) fn day(year: i32, month: u32, day: u32) -> Date {
    Date::from_ymd_opt(year, month, day).unwrap()
}

pub(crate) fn today() -> Date {
    day(TODAY.0, TODAY.1, TODAY.2)
}

/// Somebody invented, as the roster has them.
#[derive(Debug, Clone)]
pub(crate) struct Person {
    pub(crate) contract: String,
    pub(crate) relation: String,
    pub(crate) bsn: String,
    pub(crate) name: PersonName,
    pub(crate) birth: Option<Date>,
    pub(crate) gender: &'static str,
    pub(crate) start: Date,
    pub(crate) end: Option<Date>,
    pub(crate) personnel: String,
    pub(crate) main: String,
}

impl Person {
    pub(crate) fn is_current(&self) -> bool {
        self.end.is_none_or(|end| end >= today())
    }
}

/// The same numbers every time.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) % limit as u64) as usize
    }

    fn of<'a>(&mut self, choices: &[&'a str]) -> &'a str {
        choices[self.below(choices.len())]
    }
}

fn bsn(number: &mut u32) -> String {
    loop {
        *number += 1;
        let text = number.to_string();
        let sum: u32 = text.bytes().zip([9, 8, 7, 6, 5, 4, 3, 2]).map(|(digit, by)| u32::from(digit - b'0') * by).sum();
        if sum % 11 < 10 {
            return format!("{text}{}", sum % 11);
        }
    }
}

fn people() -> Vec<Person> {
    const SURNAMES: [&str; 24] = [
        "Jansen",
        "Janssen",
        "Vries",
        "Berg",
        "Dijk",
        "Bakker",
        "Visser",
        "Ven",
        "Ørsted",
        "Groß",
        "Wałęsa",
        "IJzerman",
        "Ypma",
        "O'Brien",
        "Hof",
        "Aalbers",
        "Somers",
        "Françoise",
        "Yılmaz",
        "Groot Berg",
        "Meer",
        "Kaya",
        "%_",
        "Zwart",
    ];
    const PREFIXES: [&str; 6] = ["", "", "van", "van de", "'t", "de"];
    let mut numbers = Numbers(7);
    let mut number = 12_345_677;
    let mut people: Vec<Person> = Vec::new();
    for (contract, size) in [("23595", 1_100), ("23596", 140), ("23597", 3)] {
        let mut main = String::new();
        for place in 0..size {
            let dependant = place > 0 && numbers.below(10) < 3;
            let relation = (100_000_000 + people.len() * 37).to_string();
            let partner = numbers.below(10) < 3;
            let name = PersonName {
                initials: numbers.of(&["A.", "J.A.", "M.", "P.J.M."]).to_owned(),
                prefix: numbers.of(&PREFIXES).to_owned(),
                surname: numbers.of(&SURNAMES).to_owned(),
                partner_prefix: if partner { numbers.of(&PREFIXES).to_owned() } else { String::new() },
                partner_surname: if partner { numbers.of(&SURNAMES).to_owned() } else { String::new() },
                name_use: if partner { NameUse::ALL[numbers.below(4)] } else { NameUse::E },
            };
            let start = day(2018 + numbers.below(8) as i32, 1 + numbers.below(12) as u32, 1 + numbers.below(28) as u32);
            let end = (numbers.below(10) < 2)
                .then(|| start + chrono::Days::new(30 + numbers.below(3_000) as u64))
                .map(|end| end.min(day(2027, 3, 31)).max(start));
            let person = Person {
                contract: contract.to_owned(),
                relation: relation.clone(),
                bsn: if numbers.below(20) == 0 { String::new() } else { bsn(&mut number) },
                name,
                birth: (numbers.below(30) > 0).then(|| {
                    day(1950 + numbers.below(40) as i32, 1 + numbers.below(12) as u32, 1 + numbers.below(28) as u32)
                }),
                gender: numbers.of(&["V", "M", "X", ""]),
                start,
                end,
                personnel: if dependant { String::new() } else { format!("P{:05}", numbers.below(900)) },
                main: if dependant { main.clone() } else { String::new() },
            };
            if !dependant {
                main = relation;
            }
            people.push(person);
        }
    }
    people[5].name = PersonName { initials: "=1+1".into(), surname: "@SUM(A1)".into(), ..PersonName::default() };
    people[6].name = PersonName { initials: "A.".into(), surname: "<b>&\"';--".into(), ..PersonName::default() };
    people
}

fn roster(people: &[Person]) -> tempfile::NamedTempFile {
    let mut file = tempfile::Builder::new().suffix(".csv").tempfile().unwrap();
    let mut writer = csv::Writer::from_writer(&mut file);
    writer.write_record(COLUMNS).unwrap();
    let date = |date: Option<Date>| date.map(|date| date.to_string()).unwrap_or_default();
    for person in people {
        writer
            .write_record([
                person.contract.as_str(),
                person.relation.as_str(),
                person.bsn.as_str(),
                person.name.initials.as_str(),
                person.name.prefix.as_str(),
                person.name.surname.as_str(),
                person.name.partner_prefix.as_str(),
                person.name.partner_surname.as_str(),
                person.name.name_use.code(),
                date(person.birth).as_str(),
                person.gender,
                date(Some(person.start)).as_str(),
                date(person.end).as_str(),
                if person.end.is_some() { "einde_dienstverband" } else { "" },
                person.personnel.as_str(),
                person.main.as_str(),
                "",
            ])
            .unwrap();
    }
    drop(writer);
    file.flush().unwrap();
    file
}

pub(crate) struct World {
    pub(crate) portal: Portal,
    pub(crate) people: Vec<Person>,
    pub(crate) name: &'static str,
    _database: testing::TestDatabase,
}

pub(crate) async fn worlds() -> Vec<World> {
    let mut worlds = Vec::new();
    let people = people();
    for database in testing::databases().await {
        let portal =
            Portal::new(database.db.clone(), Clock::standing_on(today()), Limits::default(), "Test".into(), false);
        let file = roster(&people);
        let mut refused = Vec::new();
        let report = roster::import(&portal, &[file.path().to_owned()], &mut |progress| {
            if let roster::Progress::Refused(row) = progress {
                refused.push(row);
            }
        })
        .await
        .unwrap();
        assert!(report.is_complete(), "{refused:?}");
        worlds.push(World { portal, people: people.clone(), name: database.name, _database: database });
    }
    worlds
}

pub(crate) fn request() -> Request {
    Request::internal("test")
}

pub(crate) async fn signed_in(portal: &Portal, email: &str, contracts: &[&str]) -> SignedIn {
    let contracts = match contracts {
        [] => Contracts::All,
        numbers => Contracts::Numbers(numbers.iter().map(|number| (*number).to_owned()).collect()),
    };
    let password = "een lang wachtwoord";
    let new = NewAccount {
        email: email.to_owned(),
        name: "A. de Tester".to_owned(),
        contracts,
        roles: Roles::from_iter([Role::Administrative]),
        password: Some(password.to_owned().into()),
    };
    account::add(portal, new).await.unwrap();
    let form = SignInForm { email: email.to_owned(), wachtwoord: password.to_owned(), naar: String::new() };
    let Ok(session) = session::sign_in(portal, &request(), &form).await.unwrap() else { panic!("not signed in") };
    let session = session.session().unwrap();
    session::find(portal, &session.token).await.unwrap().unwrap().signed_in().unwrap()
}

pub(crate) async fn list(
    world: &World,
    who: &SignedIn,
    population: Population,
    form: &ParticipantListForm,
) -> ParticipantPage {
    let page = participant::list(&world.portal, &request(), who, population, form).await.unwrap();
    assert!(page.errors.is_empty(), "{:?}", page.errors);
    page
}

/// All pages of a list, one after the other.
pub(crate) async fn all_pages(
    world: &World,
    who: &SignedIn,
    population: Population,
    form: &ParticipantListForm,
) -> (Vec<String>, Count) {
    let mut found = Vec::new();
    let mut number = 1;
    loop {
        let form = ParticipantListForm { rijen: "100".into(), pagina: number.to_string(), ..form.clone() };
        let page = list(world, who, population, &form).await;
        found.extend(page.rows.iter().map(|row| row.relation_number.clone()));
        number += 1;
        if !page.has_next {
            return (found, page.count);
        }
    }
}
