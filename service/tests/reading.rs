//! Lists, searches, pages and files, on both databases, against what plain Rust makes of the same people.

#![expect(clippy::unwrap_used, reason = "a test stops where it finds what it does not expect")]

use std::{collections::HashMap, io::Write};

use collectief_data::{account::Contracts, testing};
use collectief_domain::{
    account::SignInForm,
    actor::{Role, Roles},
    date::{Date, format_dutch},
    deregistration::DeregisterForm,
    field::FieldCode,
    flow::{FlowForm, UsageForm},
    name::{NameUse, PersonName},
    participant::{ParticipantListForm, ParticipantPage, Population, SortBy, list::Count},
    search::SearchQuery,
};
use collectief_service::{
    Limits, Portal, Request, ServiceError, SignedIn,
    account::{self, NewAccount},
    audit,
    clock::Clock,
    deregister,
    export::{self, Download, Format},
    flow, participant, roster, session,
};
use futures::TryStreamExt;

const TODAY: (i32, u32, u32) = (2026, 11, 1);

fn day(year: i32, month: u32, day: u32) -> Date {
    Date::from_ymd_opt(year, month, day).unwrap()
}

fn today() -> Date {
    day(TODAY.0, TODAY.1, TODAY.2)
}

/// Somebody invented, as the roster has them.
#[derive(Debug, Clone)]
struct Person {
    contract: String,
    relation: String,
    bsn: String,
    name: PersonName,
    birth: Option<Date>,
    gender: &'static str,
    start: Date,
    end: Option<Date>,
    personnel: String,
    main: String,
}

impl Person {
    fn is_current(&self) -> bool {
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
    writer
        .write_record([
            "contract_number",
            "relation_number",
            "bsn",
            "initials",
            "prefix",
            "surname",
            "partner_prefix",
            "partner_surname",
            "name_use",
            "birth_date",
            "gender",
            "start_date",
            "end_date",
            "end_reason",
            "personnel_number",
            "main_relation_number",
            "email",
        ])
        .unwrap();
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

struct World {
    portal: Portal,
    people: Vec<Person>,
    name: &'static str,
    _database: testing::TestDatabase,
}

async fn worlds() -> Vec<World> {
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

fn request() -> Request {
    Request::internal("test")
}

async fn signed_in(portal: &Portal, email: &str, contracts: &[&str]) -> SignedIn {
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
    session::find(portal, &session.token).await.unwrap().unwrap()
}

async fn list(world: &World, who: &SignedIn, population: Population, form: &ParticipantListForm) -> ParticipantPage {
    let page = participant::list(&world.portal, &request(), who, population, form).await.unwrap();
    assert!(page.errors.is_empty(), "{:?}", page.errors);
    page
}

/// All pages of a list, one after the other.
async fn all_pages(
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

/// What the list should be: by sort value, whoever is alike in any order.
fn expected(people: &[Person], population: Population, belongs: impl Fn(&Person) -> bool) -> Vec<&Person> {
    people
        .iter()
        .filter(|person| person.is_current() == (population == Population::Current))
        .filter(|person| belongs(person))
        .collect()
}

fn sort_value(person: &Person, by: SortBy) -> String {
    let date = |date: Option<Date>, none: &str| date.map_or(none.to_owned(), |date| date.to_string());
    match by {
        SortBy::Name => person.name.sort_key(),
        SortBy::Contract => format!("{} {}", person.contract, person.name.sort_key()),
        SortBy::RelationNumber => person.relation.clone(),
        SortBy::BirthDate => date(person.birth, "0001-01-01"),
        SortBy::Gender => person.gender.to_owned(),
        SortBy::StartDate => person.start.to_string(),
        SortBy::EndDate => date(person.end, "9999-12-31"),
        SortBy::PersonnelNumber => person.personnel.clone(),
    }
}

async fn check_list(
    world: &World,
    who: &SignedIn,
    population: Population,
    form: &ParticipantListForm,
    belongs: impl Fn(&Person) -> bool,
) -> Vec<String> {
    let what = format!("{} {population:?} {}", world.name, form.query_string());
    let by_relation: HashMap<&str, &Person> =
        world.people.iter().map(|person| (person.relation.as_str(), person)).collect();
    let wanted = expected(&world.people, population, belongs);
    let (found, count) = all_pages(world, who, population, form).await;
    let mut sorted_found: Vec<&str> = found.iter().map(String::as_str).collect();
    sorted_found.sort_unstable();
    let mut sorted_wanted: Vec<&str> = wanted.iter().map(|person| person.relation.as_str()).collect();
    sorted_wanted.sort_unstable();
    assert_eq!(sorted_found, sorted_wanted, "{what}");
    let sort = form.sort();
    let values: Vec<String> =
        found.iter().map(|relation| sort_value(by_relation[relation.as_str()], sort.by)).collect();
    let in_order = match sort.descending {
        false => values.is_sorted(),
        true => values.iter().rev().is_sorted(),
    };
    assert!(in_order, "{what}: {values:?}");
    match count {
        Count::Exactly(count) => assert_eq!(count, wanted.len() as u64, "{what}"),
        Count::MoreThan(count) => assert!((wanted.len() as u64) > count, "{what}"),
    }
    found
}

#[tokio::test]
async fn every_list_has_whom_it_should_in_every_order_on_both_databases() {
    let mut orders: Vec<Vec<String>> = Vec::new();
    for world in worlds().await {
        let all = signed_in(&world.portal, "alle@example.nl", &[]).await;
        let two = signed_in(&world.portal, "twee@example.nl", &["23595", "23596"]).await;
        let one = signed_in(&world.portal, "een@example.nl", &["23595"]).await;
        let mut order = Vec::new();
        for (who, contracts) in
            [(&all, &["23595", "23596", "23597"][..]), (&two, &["23595", "23596"]), (&one, &["23595"])]
        {
            let theirs = |person: &Person| contracts.contains(&person.contract.as_str());
            for population in [Population::Current, Population::Former] {
                for by in [
                    "naam",
                    "contract",
                    "relatienummer",
                    "geboortedatum",
                    "geslacht",
                    "ingangsdatum",
                    "einddatum",
                    "personeelsnummer",
                ] {
                    for sign in ["", "-"] {
                        let form = ParticipantListForm { sorteer: format!("{sign}{by}"), ..Default::default() };
                        order.extend(check_list(&world, who, population, &form, theirs).await);
                    }
                }
                let mains = ParticipantListForm { gezinsleden: "nee".into(), ..Default::default() };
                check_list(&world, who, population, &mains, |person| theirs(person) && person.main.is_empty()).await;
                for names in [
                    "jan",
                    "ven",
                    "van de ven",
                    "jansen v",
                    "ij",
                    "y",
                    "wal",
                    "gross",
                    "o'b",
                    "brien",
                    "de",
                    "j",
                    "%_",
                    "_",
                    "zz",
                    "groot berg",
                    "j a",
                ] {
                    let query = SearchQuery::parse(names);
                    for sort in ["", "-geboortedatum", "contract"] {
                        let form = ParticipantListForm {
                            achternaam: names.into(),
                            sorteer: sort.into(),
                            ..Default::default()
                        };
                        check_list(&world, who, population, &form, |person| {
                            theirs(person) && query.matches(&person.name.search_text())
                        })
                        .await;
                    }
                }
                for place in [0, 17, 400, 1_150, 1_242] {
                    let person = world.people[place].clone();
                    let form = ParticipantListForm { relatienummer: person.relation.clone(), ..Default::default() };
                    check_list(&world, who, population, &form, |other| {
                        theirs(other) && other.relation == person.relation
                    })
                    .await;
                    if !person.bsn.is_empty() {
                        let form = ParticipantListForm { bsn: person.bsn.clone(), ..Default::default() };
                        check_list(&world, who, population, &form, |other| theirs(other) && other.bsn == person.bsn)
                            .await;
                        let form = ParticipantListForm { zoek: person.bsn.clone(), ..Default::default() };
                        check_list(&world, who, population, &form, |other| theirs(other) && other.bsn == person.bsn)
                            .await;
                    }
                    if !person.personnel.is_empty() {
                        let form =
                            ParticipantListForm { personeelsnummer: person.personnel.clone(), ..Default::default() };
                        check_list(&world, who, population, &form, |other| {
                            theirs(other) && other.personnel == person.personnel
                        })
                        .await;
                        let form = ParticipantListForm { zoek: person.personnel.clone(), ..Default::default() };
                        check_list(&world, who, population, &form, |other| {
                            theirs(other) && other.personnel == person.personnel
                        })
                        .await;
                        let form = ParticipantListForm {
                            personeelsnummer: person.personnel.clone(),
                            achternaam: "jansen".into(),
                            ..Default::default()
                        };
                        let query = SearchQuery::parse("jansen");
                        check_list(&world, who, population, &form, |other| {
                            theirs(other)
                                && other.personnel == person.personnel
                                && query.matches(&other.name.search_text())
                        })
                        .await;
                    }
                    if let Some(birth) = person.birth {
                        let form = ParticipantListForm { geboortedatum: format_dutch(birth), ..Default::default() };
                        check_list(&world, who, population, &form, |other| theirs(other) && other.birth == Some(birth))
                            .await;
                    }
                }
                // As known today is as it is now.
                let known = ParticipantListForm { bekend_op: format_dutch(today()), ..Default::default() };
                check_list(&world, who, population, &known, theirs).await;
                let before = ParticipantListForm { bekend_op: "31-10-2026".into(), ..Default::default() };
                check_list(&world, who, population, &before, |_| false).await;
            }
        }
        orders.push(order);
    }
    if let [sqlite, postgres] = &orders[..] {
        assert!(sqlite == postgres, "the databases sort differently");
    }
}

#[tokio::test]
async fn deep_pages_go_on_where_the_one_before_ended() {
    for world in worlds().await {
        let who = signed_in(&world.portal, "een@example.nl", &["23595"]).await;
        let form = |page: u32| ParticipantListForm { pagina: page.to_string(), ..Default::default() };
        // From the back, so that no page is helped by the one before it.
        let mut backwards = Vec::new();
        for page in (1..=50).rev() {
            let rows = list(&world, &who, Population::Current, &form(page)).await.rows;
            backwards.splice(0..0, rows.into_iter().map(|row| row.id));
        }
        let (forwards, _) = all_pages(&world, &who, Population::Current, &ParticipantListForm::default()).await;
        assert_eq!(backwards.len(), forwards.len(), "{}", world.name);
        let mut unique = backwards.clone();
        unique.sort_unstable();
        unique.dedup();
        assert_eq!(unique.len(), backwards.len());
        assert!(list(&world, &who, Population::Current, &form(900_000)).await.rows.is_empty());
    }
}

#[tokio::test]
async fn rows_and_pages_show_a_person_as_stored_and_only_to_who_may_see_it() {
    for world in worlds().await {
        let who = signed_in(&world.portal, "een@example.nl", &["23595"]).await;
        let other = signed_in(&world.portal, "ander@example.nl", &["23596"]).await;
        let main = world
            .people
            .iter()
            .find(|person| {
                person.contract == "23595"
                    && person.is_current()
                    && person.main.is_empty()
                    && world.people.iter().filter(|other| other.main == person.relation && other.is_current()).count()
                        > 1
            })
            .unwrap();
        let dependants: Vec<&Person> = world.people.iter().filter(|other| other.main == main.relation).collect();
        let form = ParticipantListForm { relatienummer: main.relation.clone(), ..Default::default() };
        let row = list(&world, &who, Population::Current, &form).await.rows.remove(0);
        assert_eq!(row.full_name, main.name.full_name());
        assert_eq!((row.birth_date, row.start_date, row.end_date), (main.birth, main.start, main.end));
        assert_eq!(row.dependants as usize, dependants.iter().filter(|person| person.is_current()).count());
        assert!(!row.is_dependant);

        let view = participant::view(&world.portal, &request(), &who, row.id).await.unwrap();
        assert_eq!(view.name, main.name);
        assert_eq!(view.household.len(), dependants.len());
        assert_eq!(view.periods.len(), 1);
        assert!(view.may_change);
        assert!(view.withdrawable.is_none());
        let child = view.household[0].clone();
        assert!(!child.is_main);
        let view = participant::view(&world.portal, &request(), &who, child.id).await.unwrap();
        assert_eq!((view.household[0].id, view.household[0].is_main), (row.id, true));

        for refused in [
            participant::view(&world.portal, &request(), &other, row.id).await.map(|_| ()),
            participant::reveal_bsn(&world.portal, &request(), &other, row.id).await.map(|_| ()),
            participant::view(&world.portal, &request(), &who, collectief_domain::ids::ParticipationId(9_999_999))
                .await
                .map(|_| ()),
        ] {
            assert!(matches!(refused, Err(ServiceError::NotFound)), "{refused:?}");
        }
        let foreign = ParticipantListForm { contract: "23596".into(), ..Default::default() };
        let missing = ParticipantListForm { contract: "99999".into(), ..Default::default() };
        for form in [foreign, missing] {
            let refused = participant::list(&world.portal, &request(), &who, Population::Current, &form).await;
            assert!(matches!(refused, Err(ServiceError::NotFound)));
        }
    }
}

#[tokio::test]
async fn a_bsn_is_masked_revealed_only_where_it_is_needed_and_never_without_a_trace() {
    for world in worlds().await {
        world.portal.db().run_raw("UPDATE contract SET borderel_payment = (number = '23595')").await.unwrap();
        let who = signed_in(&world.portal, "alle@example.nl", &[]).await;
        let person = |contract: &str| {
            world
                .people
                .iter()
                .find(|person| person.contract == contract && person.is_current() && !person.bsn.is_empty())
                .unwrap()
        };
        let row = async |person: &Person| {
            let form = ParticipantListForm { relatienummer: person.relation.clone(), ..Default::default() };
            list(&world, &who, Population::Current, &form).await.rows.remove(0)
        };
        let shown = person("23595");
        let shown_row = row(shown).await;
        assert_eq!(shown_row.bsn.unwrap().to_string(), format!("*****{}", &shown.bsn[5..]));
        let before =
            world.portal.db().number("SELECT count(*) FROM access_log WHERE event = 'bsn_revealed'").await.unwrap();
        let revealed = participant::reveal_bsn(&world.portal, &request(), &who, shown_row.id).await.unwrap();
        assert_eq!(revealed, shown.bsn);
        let after =
            world.portal.db().number("SELECT count(*) FROM access_log WHERE event = 'bsn_revealed'").await.unwrap();
        assert_eq!(after, before + 1);

        let hidden = person("23596");
        let hidden_row = row(hidden).await;
        assert_eq!(hidden_row.bsn, None);
        let refused = participant::reveal_bsn(&world.portal, &request(), &who, hidden_row.id).await;
        assert!(matches!(refused, Err(ServiceError::Forbidden)));
    }
}

#[tokio::test]
async fn every_view_is_in_the_access_log_without_what_was_typed() {
    for world in worlds().await {
        let who = signed_in(&world.portal, "een@example.nl", &["23595"]).await;
        let events = "SELECT count(*) FROM access_log WHERE event IN ('list_viewed', 'flow_viewed', 'usage_viewed', 'searched', 'participant_viewed')";
        let before = world.portal.db().number(events).await.unwrap();
        let form = ParticipantListForm { achternaam: "Jansen".into(), ..Default::default() };
        let id = list(&world, &who, Population::Current, &form).await.rows[0].id;
        list(&world, &who, Population::Former, &ParticipantListForm::default()).await;
        participant::find(&world.portal, &request(), &who, "Jansen").await.unwrap();
        participant::view(&world.portal, &request(), &who, id).await.unwrap();
        flow::list(&world.portal, &request(), &who, &FlowForm::default()).await.unwrap();
        flow::usage(&world.portal, &request(), &who, &UsageForm::default()).await.unwrap();
        assert!(world.portal.audit().flush().await);
        assert_eq!(world.portal.db().number(events).await.unwrap(), before + 6, "{}", world.name);
        let told = "SELECT count(*) FROM access_log WHERE lower(details) LIKE '%jansen%'";
        assert_eq!(world.portal.db().number(told).await.unwrap(), 0);
    }
}

#[tokio::test]
async fn near_misses_are_offered_and_do_find_someone() {
    for world in worlds().await {
        for contracts in [&["23595"][..], &["23595", "23596"], &[]] {
            let who = signed_in(&world.portal, &format!("n{}@example.nl", contracts.len()), contracts).await;
            for (typed, meant) in
                [("Jnasen", "Jansen"), ("Bakkre", "Bakker"), ("Orstde", "Ørsted"), ("Walessa", "Wałęsa")]
            {
                let form = ParticipantListForm { achternaam: typed.into(), ..Default::default() };
                let page = list(&world, &who, Population::Current, &form).await;
                assert!(page.rows.is_empty());
                assert!(
                    page.suggestions.iter().any(|word| word == meant),
                    "{} {typed}: {:?}",
                    world.name,
                    page.suggestions
                );
                assert!(page.suggestions.len() <= 3);
                for word in &page.suggestions {
                    let form = ParticipantListForm { achternaam: word.clone(), ..Default::default() };
                    assert!(!list(&world, &who, Population::Current, &form).await.rows.is_empty());
                }
            }
        }
    }
}

#[tokio::test]
async fn the_search_field_finds_current_people_before_former_ones() {
    for world in worlds().await {
        let who = signed_in(&world.portal, "alle@example.nl", &[]).await;
        let found = participant::find(&world.portal, &request(), &who, "jansen").await.unwrap();
        assert_eq!(found.len(), 8);
        assert!(found.iter().all(|row| row.end_date.is_none_or(|end| end >= today())));
        assert!(participant::find(&world.portal, &request(), &who, "  ").await.unwrap().is_empty());
        let former = world.people.iter().find(|person| !person.is_current()).unwrap();
        let found = participant::find(&world.portal, &request(), &who, &former.relation).await.unwrap();
        assert_eq!(found[0].relation_number, former.relation);
    }
}

#[tokio::test]
async fn a_list_over_a_period_has_whom_it_should_whichever_way_it_is_found() {
    for world in worlds().await {
        let who = signed_in(&world.portal, "alle@example.nl", &[]).await;
        for contract in ["23595", "23596", "23597"] {
            for (from, to) in [
                ((2019, 1), (2024, 9)),
                ((2022, 3), (2022, 3)),
                ((2017, 1), (2017, 12)),
                ((2026, 1), (2027, 6)),
                ((2018, 2), (2018, 4)),
            ] {
                let first = day(from.0, from.1, 1);
                let last = collectief_domain::date::Month::new(to.0, to.1).unwrap().last_day();
                for everyone in [false, true] {
                    let theirs: Vec<&Person> =
                        world.people.iter().filter(|person| person.contract == contract).collect();
                    let came = |person: &&&Person| (first..=last).contains(&person.start);
                    let went = |person: &&&Person| person.end.is_some_and(|end| (first..=last).contains(&end));
                    let mut wanted: Vec<&str> = theirs
                        .iter()
                        .filter(|person| match everyone {
                            false => came(person) || went(person),
                            true => person.start <= last && person.end.is_none_or(|end| end >= first),
                        })
                        .map(|person| person.relation.as_str())
                        .collect();
                    wanted.sort_unstable();
                    for known in ["", "01-11-2026"] {
                        let mut found = Vec::new();
                        let mut number = 1;
                        loop {
                            let form = FlowForm {
                                contract: contract.into(),
                                van: format!("{:04}-{:02}", from.0, from.1),
                                tot: format!("{:04}-{:02}", to.0, to.1),
                                toon: if everyone { "alle".into() } else { String::new() },
                                bekend_op: known.into(),
                                pagina: number.to_string(),
                            };
                            let page = flow::list(&world.portal, &request(), &who, &form).await.unwrap();
                            assert!(page.errors.is_empty());
                            assert_eq!(page.inflow as usize, theirs.iter().filter(came).count(), "{}", world.name);
                            assert_eq!(page.outflow as usize, theirs.iter().filter(went).count());
                            let at_end = theirs
                                .iter()
                                .filter(|person| person.start <= last && person.end.is_none_or(|end| end > last));
                            assert_eq!(page.at_end as usize, at_end.count());
                            found.extend(page.rows.into_iter().map(|row| row.relation_number));
                            number += 1;
                            if !page.has_next {
                                break;
                            }
                        }
                        let keys: Vec<String> = found
                            .iter()
                            .map(|relation| {
                                world.people.iter().find(|person| person.relation == *relation).unwrap().name.sort_key()
                            })
                            .collect();
                        assert!(keys.is_sorted());
                        found.sort_unstable();
                        assert_eq!(found, wanted, "{} {contract} {from:?} {to:?} {everyone} {known}", world.name);
                    }
                }
            }
        }
        let unchosen = flow::list(&world.portal, &request(), &who, &FlowForm::default()).await.unwrap();
        assert_eq!(unchosen.errors.on("contract"), Some(FieldCode::Required));
        let usage = UsageForm { contract: "23596".into(), maanden: "alle".into() };
        let page = flow::usage(&world.portal, &request(), &who, &usage).await.unwrap();
        let current = world.people.iter().filter(|person| person.contract == "23596" && person.is_current()).count();
        assert_eq!(page.current as usize, current);
        for month in &page.months {
            assert_eq!(month.difference, month.inflow - month.outflow);
            let last = month.month.last_day();
            let there = world.people.iter().filter(|person| {
                person.contract == "23596" && person.start <= last && person.end.is_none_or(|end| end > last)
            });
            assert_eq!(month.at_end as usize, there.count());
        }
    }
}

async fn bytes(download: Download) -> Vec<u8> {
    let pieces: Vec<_> = download.body.try_collect().await.unwrap();
    assert!(!pieces[0].is_empty(), "the first piece leaves before the rows are read");
    pieces.concat()
}

/// The cells of the first worksheet, row by row.
fn cells(bytes: Vec<u8>) -> Vec<HashMap<u32, String>> {
    use calamine::Reader;
    let mut book: calamine::Xlsx<_> = calamine::Xlsx::new(std::io::Cursor::new(bytes)).unwrap();
    let name = book.sheet_names().remove(0);
    let mut reader = book.worksheet_cells_reader(&name).unwrap();
    let mut rows: Vec<HashMap<u32, String>> = Vec::new();
    while let Some(cell) = reader.next_cell().unwrap() {
        let (row, column) = cell.get_position();
        rows.resize_with(rows.len().max(row as usize + 1), HashMap::new);
        rows[row as usize].insert(column, calamine::Data::from(cell.get_value().clone()).to_string());
    }
    rows
}

#[tokio::test]
async fn a_download_has_exactly_whom_the_list_shows_and_no_formula() {
    for world in worlds().await {
        world.portal.db().run_raw("UPDATE contract SET borderel_payment = (number = '23595')").await.unwrap();
        let who = signed_in(&world.portal, "alle@example.nl", &[]).await;
        for (population, form) in [
            (Population::Current, ParticipantListForm::default()),
            (Population::Former, ParticipantListForm { contract: "23596".into(), ..Default::default() }),
            (
                Population::Current,
                ParticipantListForm {
                    achternaam: "jan".into(),
                    sorteer: "-geboortedatum".into(),
                    ..Default::default()
                },
            ),
            (
                Population::Current,
                ParticipantListForm { contract: "23595".into(), sorteer: "einddatum".into(), ..Default::default() },
            ),
            (Population::Current, ParticipantListForm { bekend_op: "01-11-2026".into(), ..Default::default() }),
            (Population::Current, ParticipantListForm { achternaam: "nobody".into(), ..Default::default() }),
        ] {
            let (mut wanted, _) = all_pages(&world, &who, population, &form).await;
            wanted.sort_unstable();
            let download =
                export::participants(&world.portal, &request(), &who, population, &form, Format::Xlsx, false)
                    .await
                    .unwrap();
            assert!(download.file_name.ends_with("2026-11-01.xlsx"), "{}", download.file_name);
            let rows = cells(bytes(download).await);
            assert_eq!(rows[0][&1], "Volledige naam");
            assert!(rows[0].values().all(|heading| heading != "BSN"));
            let mut found: Vec<String> = rows[1..].iter().map(|row| row[&4].clone()).collect();
            found.sort_unstable();
            assert_eq!(found, wanted, "{}", world.name);
            let download = export::participants(&world.portal, &request(), &who, population, &form, Format::Csv, false)
                .await
                .unwrap();
            let text = String::from_utf8(bytes(download).await).unwrap();
            assert_eq!(text.lines().count(), wanted.len() + 1);
            assert!(text.starts_with('\u{feff}') && text.ends_with("\r\n"));
            let body = text.trim_start_matches('\u{feff}').as_bytes();
            let mut reader = csv::ReaderBuilder::new().delimiter(b';').from_reader(body);
            for cell in reader.records().flat_map(|row| row.unwrap().iter().map(str::to_owned).collect::<Vec<_>>()) {
                assert!(!cell.starts_with(['=', '+', '-', '@']), "{cell}");
            }
        }
        // With BSN only on the contract that needs them, and it stands in the log first.
        let form = ParticipantListForm::default();
        let logged = "SELECT count(*) FROM access_log WHERE event = 'exported_with_bsn'";
        let download =
            export::participants(&world.portal, &request(), &who, Population::Current, &form, Format::Csv, true)
                .await
                .unwrap();
        assert_eq!(world.portal.db().number(logged).await.unwrap(), 1);
        let text = String::from_utf8(bytes(download).await).unwrap();
        for person in world.people.iter().filter(|person| person.is_current() && !person.bsn.is_empty()) {
            assert_eq!(text.contains(&person.bsn), person.contract == "23595");
        }
        let form = ParticipantListForm { contract: "23596".into(), ..Default::default() };
        let refused =
            export::participants(&world.portal, &request(), &who, Population::Current, &form, Format::Csv, true).await;
        assert!(matches!(refused, Err(ServiceError::Forbidden)));

        let form =
            FlowForm { contract: "23595".into(), van: "2020-01".into(), tot: "2020-12".into(), ..Default::default() };
        let rows =
            cells(bytes(export::flow(&world.portal, &request(), &who, &form, Format::Xlsx).await.unwrap()).await);
        assert!(rows.len() > 100);
        assert_eq!((rows[0][&0].as_str(), rows[0][&1].as_str()), ("Stroom", "Contract"));
        assert!(rows[1..].iter().all(|row| ["In", "Uit", "In en uit"].contains(&row[&0].as_str())));
        let form = UsageForm { contract: "23595".into(), maanden: "12".into() };
        let text = bytes(export::usage(&world.portal, &request(), &who, &form, Format::Csv).await.unwrap()).await;
        let text = String::from_utf8(text).unwrap();
        assert_eq!(text.lines().count(), 13);
        assert!(text.contains("\r\n11-2026;"));
    }
}

#[tokio::test]
async fn lists_stay_as_they_were_known_on_an_earlier_day() {
    for world in worlds().await {
        let who = signed_in(&world.portal, "een@example.nl", &["23595"]).await;
        let row = list(
            &world,
            &who,
            Population::Current,
            &ParticipantListForm { gezinsleden: "nee".into(), ..Default::default() },
        )
        .await
        .rows
        .into_iter()
        .find(|row| row.end_date.is_none() && row.dependants == 0)
        .unwrap();
        world.portal.clock().set(day(2026, 11, 5));
        let form = DeregisterForm {
            wie: format!("{}:{}", row.id, row.version),
            einddatum: "31-10-2026".into(),
            reden: "einde_dienstverband".into(),
            sleutel: "een-sleutel-van-de-toets".into(),
            ..Default::default()
        };
        deregister::deregister(&world.portal, &request(), &who, &form).await.unwrap();
        let by_number = |known: &str| ParticipantListForm {
            relatienummer: row.relation_number.clone(),
            bekend_op: known.into(),
            ..Default::default()
        };
        assert!(list(&world, &who, Population::Current, &by_number("")).await.rows.is_empty());
        assert_eq!(list(&world, &who, Population::Former, &by_number("")).await.rows.len(), 1);
        let then = list(&world, &who, Population::Current, &by_number("04-11-2026")).await.rows.remove(0);
        assert_eq!((then.end_date, then.end_reason), (None, None));
        let now = list(&world, &who, Population::Former, &by_number("05-11-2026")).await.rows.remove(0);
        assert_eq!(now.end_date, Some(day(2026, 10, 31)));

        let october = |known: &str| FlowForm {
            van: "2026-10".into(),
            tot: "2026-10".into(),
            bekend_op: known.into(),
            ..Default::default()
        };
        let now = flow::list(&world.portal, &request(), &who, &october("")).await.unwrap();
        let then = flow::list(&world.portal, &request(), &who, &october("04-11-2026")).await.unwrap();
        assert_eq!((now.outflow, now.at_end), (then.outflow + 1, then.at_end - 1));
        assert!(now.rows.iter().any(|found| found.id == row.id));
        assert!(then.rows.iter().all(|found| found.id != row.id));
        assert_eq!(now.complete_until, day(2026, 9, 30));
        assert_eq!(now.closes_on, day(2026, 11, 10));

        let view = participant::view(&world.portal, &request(), &who, row.id).await.unwrap();
        assert_eq!(view.withdrawable, Some(view.mutations[0].id));
        // A day later the counters are of a day earlier, and the lists still agree with themselves.
        world.portal.clock().set(day(2026, 12, 15));
        let page = list(&world, &who, Population::Current, &ParticipantListForm::default()).await;
        let there = world
            .people
            .iter()
            .filter(|person| person.contract == "23595" && person.end.is_none_or(|end| end >= day(2026, 12, 15)))
            .count();
        assert_eq!(page.count, Count::Exactly(there as u64 - 1));
    }
}

#[tokio::test]
async fn wrong_forms_come_back_with_their_errors_and_no_rows() {
    for world in worlds().await {
        let who = signed_in(&world.portal, "een@example.nl", &["23595"]).await;
        let form = ParticipantListForm { geboortedatum: "31-02-2020".into(), pagina: "x".into(), ..Default::default() };
        let page = participant::list(&world.portal, &request(), &who, Population::Current, &form).await.unwrap();
        assert!(
            page.rows.is_empty() && page.errors.on("geboortedatum").is_some() && page.errors.on("pagina").is_some()
        );
        let refused =
            export::participants(&world.portal, &request(), &who, Population::Current, &form, Format::Csv, false).await;
        assert!(matches!(refused, Err(ServiceError::Invalid(_))));
        assert!(audit::verify(world.portal.db()).await.unwrap().broken_at.is_none());
    }
}
