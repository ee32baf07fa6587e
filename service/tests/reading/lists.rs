//! Lists and searches: whom they have, in which order, page by page, and what they say to a wrong form.

use std::collections::HashMap;

use collectief_domain::{
    date::{Date, format_dutch},
    participant::{ParticipantListForm, Population, SortBy, list::Count},
    search::SearchQuery,
};
use collectief_service::{
    ServiceError, SignedIn, audit,
    export::{self, Format},
    participant,
};

use crate::world::{Person, World, all_pages, list, request, signed_in, today, worlds};

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
async fn wrong_forms_come_back_with_their_errors_and_no_rows() {
    for world in worlds().await {
        let who = signed_in(&world.portal, "een@example.nl", &["23595"]).await;
        let form = ParticipantListForm { geboortedatum: "31-02-2020".into(), pagina: "x".into(), ..Default::default() };
        let page = participant::list(&world.portal, &request(), &who, Population::Current, &form).await.unwrap();
        assert!(
            page.rows.is_empty() && page.errors.on("geboortedatum").is_some() && page.errors.on("pagina").is_some()
        );
        for signs in ["%", "_", "%_", "'", "-", "…"] {
            for form in [
                ParticipantListForm { achternaam: signs.into(), ..Default::default() },
                ParticipantListForm { zoek: signs.into(), ..Default::default() },
            ] {
                let page =
                    participant::list(&world.portal, &request(), &who, Population::Current, &form).await.unwrap();
                assert!(page.rows.is_empty(), "{signs} finds somebody");
                let wrong = page.errors.on("achternaam").or_else(|| page.errors.on("zoek"));
                assert!(wrong.is_some(), "{signs}");
            }
        }
        let refused =
            export::participants(&world.portal, &request(), &who, Population::Current, &form, Format::Csv, false).await;
        assert!(matches!(refused, Err(ServiceError::Invalid(_))));
        assert!(audit::verify(world.portal.db()).await.unwrap().broken_at.is_none());
    }
}
