//! That the lists are read from the indexes that were made for them: a plan that scans or sorts would still give the
//! right rows, and take a hundred times as long on a large contract.

use collectief_domain::{
    actor::Right,
    bsn::Bsn,
    date::Date,
    participant::{ParticipantFilter, ParticipantSort, Population, SortBy},
    search::SearchQuery,
};
use sea_orm::{ConnectionTrait, Statement};

use super::{
    list::{ListQuery, participant_place},
    sql::Sql,
};
use crate::{
    db::Db,
    flow::{FlowPlan, FlowQuery},
    scope::Scope,
    testing::databases,
};

/// Forty contracts, the first with 3,000 participants and the others with ten; account 1 has all of them, account 2 the
/// first, and account 3 the first five.
const PEOPLE: &[&str] = &[
    "INSERT INTO employer (id, kvk_number, name) VALUES (1, '00000001', 'Test')",
    "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 40)
     INSERT INTO contract (id, employer_id, number, name, start_date, borderel_payment, retroactive_days, closing_day,
         counted_on)
     SELECT i, 1, 'N' || (20000 + i), 'Test', '2014-01-01', TRUE, 30, 10, '2026-11-01' FROM n",
    "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3390)
     INSERT INTO person (id, relation_number, initials, prefix, surname, partner_prefix, partner_surname, name_use,
         gender)
     SELECT i, 'R' || (10000 + i), 'A.', '', 'Jansen', '', '', 'E', 'V' FROM n",
    "INSERT INTO participation (id, contract_id, person_id, start_date, end_date, personnel_number, full_name, sort_key,
         search_text, relation_number, birth_date, gender, recorded_at)
     SELECT id, CASE WHEN id <= 3000 THEN 1 ELSE 2 + (id - 3001) / 10 END, id, DATE '2020-01-01',
         CASE WHEN id % 5 = 0 THEN DATE '2026-01-31' ELSE DATE '9999-12-31' END, 'P' || (id % 500), 'A. Jansen',
         'jansen  ' || (id % 997), ' jansen a', relation_number, DATE '1980-02-03', 'V', 0
     FROM person",
    "INSERT INTO search_word (contract_id, word_group, sort_key, participation_id, end_date, is_dependant, search_text)
     SELECT p.contract_id, g.word_group, p.sort_key, p.id, p.end_date, FALSE, p.search_text FROM participation p
     CROSS JOIN (SELECT 'ja' AS word_group UNION ALL SELECT 'jans') g",
    "INSERT INTO account (id, email, name, language, theme, created_at)
     VALUES (1, 'a@example.nl', 'A', 'nl', 'auto', 0), (2, 'b@example.nl', 'B', 'nl', 'auto', 0),
         (3, 'c@example.nl', 'C', 'nl', 'auto', 0)",
    "INSERT INTO account_right (account_id, contract_id, roles)
     SELECT a.id, c.id, 1 FROM account a JOIN contract c
     ON a.id = 1 OR (a.id = 2 AND c.id = 1) OR (a.id = 3 AND c.id <= 5)",
];

fn today() -> Date {
    Date::from_ymd_opt(2026, 11, 1).unwrap()
}

async fn filled(db: &Db, sqlite: bool) {
    for sql in PEOPLE {
        // SQLite writes days as text, and has no word before them.
        let sql = if sqlite { sql.replace("DATE '", "'") } else { (*sql).to_owned() };
        db.run_raw(&sql).await.unwrap();
    }
}

async fn scope(db: &Db, account: i64) -> Scope {
    db.account_rights(collectief_domain::ids::AccountId(account), 1, None).await.unwrap().scope(Right::SeeParticipants)
}

async fn plan(db: &Db, statement: Statement) -> Vec<String> {
    let explained = Statement { sql: format!("EXPLAIN QUERY PLAN {}", statement.sql), ..statement };
    let rows = db.read().query_all_raw(explained).await.unwrap();
    rows.iter().map(|row| row.try_get_by_index(3).unwrap()).collect()
}

fn candidates(db: &Db, query: &ListQuery<'_>, from: Option<&super::Place>) -> Statement {
    let mut sql = Sql::new(db.read().get_database_backend());
    query.candidates(&mut sql, db, from);
    query.order(&mut sql, "");
    sql.push(" LIMIT ").bind(26_i64).push(" OFFSET ").bind(0_i64);
    sql.finish()
}

fn filter(population: Population, by: SortBy, descending: bool) -> ParticipantFilter {
    ParticipantFilter { population, sort: ParticipantSort { by, descending }, ..ParticipantFilter::default() }
}

/// No step reads a table from front to back or sorts.
fn assert_in_order(plan: &[String], what: &str) {
    for step in plan {
        let scan = step.starts_with("SCAN ") && !step.contains("USING COVERING INDEX participation_name_all");
        assert!(!scan && !step.contains("TEMP B-TREE"), "{what}: {plan:#?}");
    }
}

#[tokio::test]
async fn lists_in_order_neither_scan_nor_sort_from_the_first_page_to_the_last() {
    let database = databases().await.remove(0);
    let db = &database.db;
    filled(db, true).await;
    for (account, orders) in [
        (2, &[SortBy::Name, SortBy::BirthDate, SortBy::StartDate, SortBy::EndDate, SortBy::Contract][..]),
        (3, &[SortBy::Name, SortBy::BirthDate, SortBy::StartDate, SortBy::EndDate]),
        (1, &[SortBy::Name]),
    ] {
        let scope = scope(db, account).await;
        for by in orders {
            for descending in [false, true] {
                for population in [Population::Current, Population::Former] {
                    for words in ["", "jans"] {
                        if !words.is_empty() && !matches!(by, SortBy::Name | SortBy::Contract) {
                            continue;
                        }
                        let mut filter = filter(population, *by, descending);
                        filter.names = SearchQuery::parse(words);
                        let query = ListQuery {
                            scope: &scope,
                            filter: &filter,
                            day: today(),
                            known_before: None,
                            small_part: false,
                        };
                        let what = format!("account {account} {:?} {population:?} {words}", filter.sort);
                        assert_in_order(&plan(db, candidates(db, &query, None)).await, &what);
                        let place = participant_place(db, &query, None, 20).await.unwrap().unwrap();
                        assert_in_order(&plan(db, candidates(db, &query, Some(&place))).await, &what);
                    }
                }
            }
        }
    }
}

#[tokio::test]
async fn what_few_people_have_is_found_by_its_own_index() {
    let database = databases().await.remove(0);
    let db = &database.db;
    filled(db, true).await;
    for account in [1, 2, 3] {
        let scope = scope(db, account).await;
        let bsn = Bsn::parse("123456782").unwrap();
        let by_default = || filter(Population::Current, SortBy::Name, false);
        let filters = [
            (ParticipantFilter { bsn: Some(bsn.clone()), ..by_default() }, "person_bsn"),
            (ParticipantFilter { relation_number: Some("R10007".into()), ..by_default() }, "person_relation_number"),
            (ParticipantFilter { personnel_number: Some("P7".into()), ..by_default() }, "participation_personnel"),
            (ParticipantFilter { any_number: Some("P7".into()), ..by_default() }, "participation_personnel"),
            (
                ParticipantFilter {
                    any_number: Some("123456782".into()),
                    bsn: Some(bsn),
                    bsn_or_number: true,
                    ..by_default()
                },
                "person_bsn",
            ),
            (ParticipantFilter { birth_date: Some(today()), ..by_default() }, "birth_date"),
        ];
        for (filter, index) in &filters {
            let query = ListQuery { scope: &scope, filter, day: today(), known_before: None, small_part: false };
            let plan = plan(db, candidates(db, &query, None)).await;
            assert!(plan.iter().any(|step| step.contains(index)), "account {account} {index}: {plan:#?}");
            let scan = plan.iter().any(|step| step.starts_with("SCAN "));
            assert!(!scan, "account {account} {index}: {plan:#?}");
        }
    }
}

#[tokio::test]
async fn lists_over_a_period_are_read_from_the_range_that_was_chosen() {
    let database = databases().await.remove(0);
    let db = &database.db;
    filled(db, true).await;
    let scope = scope(db, 2).await;
    for (everyone, way, indexes) in [
        (false, FlowPlan::Names, &["participation_name"][..]),
        (true, FlowPlan::Names, &["participation_name"]),
        (false, FlowPlan::Ranges, &["participation_start", "participation_end"]),
        (true, FlowPlan::Starts, &["participation_start"]),
        (true, FlowPlan::Ends, &["participation_end"]),
    ] {
        let query = FlowQuery {
            scope: &scope,
            first: today(),
            last: today(),
            everyone,
            today: today(),
            known_before: None,
            plan: way,
        };
        let plan = plan(db, query.statement(db)).await;
        for index in indexes {
            assert!(plan.iter().any(|step| step.contains(&format!("INDEX {index} "))), "{way:?}: {plan:#?}");
        }
        assert!(!plan.iter().any(|step| step.starts_with("SCAN p")), "{way:?}: {plan:#?}");
    }
}

/// The statements are the same but for their dialect, so PostgreSQL must be able to read every one of them.
#[tokio::test]
async fn every_kind_of_list_is_understood_by_every_database() {
    for database in databases().await {
        let db = &database.db;
        filled(db, database.name == "SQLite").await;
        for account in [1, 2, 3] {
            let scope = scope(db, account).await;
            for by in [SortBy::Name, SortBy::Contract, SortBy::Gender] {
                for known_before in [None, Some(1)] {
                    for small_part in [false, true] {
                        for words in ["", "jans", "j"] {
                            let mut filter = filter(Population::Current, by, true);
                            filter.names = SearchQuery::parse(words);
                            let query =
                                ListQuery { scope: &scope, filter: &filter, day: today(), known_before, small_part };
                            let rows = super::participant_rows(db, &query, None, 2, 10).await.unwrap();
                            assert_eq!(rows.len(), 10, "{} {account} {by:?} {known_before:?} {words}", database.name);
                            let count = super::participant_count(db, &query, 5_000).await.unwrap();
                            assert_eq!(
                                count,
                                if account == 1 {
                                    2_712
                                } else if account == 2 {
                                    2_400
                                } else {
                                    2_432
                                }
                            );
                        }
                    }
                }
            }
        }
    }
}
