//! Recomputes what is kept twice: counters, month roll-ups, search words and the copies of a person in participations;
//! and looks for what no rule allows: periods that overlap, dependants of dependants.
//!
//! It works contract by contract and keeps one contract in memory. On a database that is being written to, a contract
//! that seems to differ is looked at again, in a transaction of its own.

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;
use collectief_domain::{
    date::{Date, Month, OPEN_END},
    ids::ContractId,
    name::{NameUse, PersonName},
    search,
};
use futures::TryStreamExt;
use sea_orm::{ConnectionTrait, FromQueryResult, StreamTrait, Value};

use crate::{
    db::{Db, Txn, statement},
    error::DataError,
    mutation::{NEVER, contract_lock},
    setting,
};

/// What was looked at in one contract, and what differs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ContractCheck {
    /// Participations that were looked at.
    pub participations: u64,
    /// What differs, without names of people.
    pub differences: Vec<String>,
}

/// The most differences that are told of one contract.
const TOLD_OF_CONTRACT: usize = 50;

/// A contract to be checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckedContract {
    /// The contract.
    pub id: ContractId,
    /// Its number.
    pub number: String,
}

#[derive(FromQueryResult)]
struct ContractIdRow {
    id: i64,
    number: String,
}

#[derive(FromQueryResult)]
struct ContractRow {
    start_date: NaiveDate,
    current_count: i64,
    current_main_count: i64,
    counted_on: NaiveDate,
}

#[derive(FromQueryResult)]
struct ParticipationRow {
    id: i64,
    person_id: i64,
    main_id: Option<i64>,
    start_date: NaiveDate,
    end_date: NaiveDate,
    full_name: String,
    sort_key: String,
    search_text: String,
    relation_number: String,
    birth_date: NaiveDate,
    gender: String,
    version: i64,
    past_versions: i64,
    main_contract_id: Option<i64>,
    main_main_id: Option<i64>,
    person_relation_number: String,
    person_birth_date: NaiveDate,
    person_gender: String,
    initials: String,
    prefix: String,
    surname: String,
    partner_prefix: String,
    partner_surname: String,
    name_use: String,
}

#[derive(FromQueryResult)]
struct WordRow {
    word_group: String,
    sort_key: String,
    participation_id: i64,
    end_date: NaiveDate,
    is_dependant: bool,
    search_text: String,
}

#[derive(FromQueryResult)]
struct FlowRow {
    month: i32,
    inflow: i64,
    outflow: i64,
}

/// The contracts there are, by number.
///
/// # Errors
/// When the database cannot be read.
pub async fn contracts_to_check(db: &Db) -> Result<Vec<CheckedContract>, DataError> {
    let sql = "SELECT id, number FROM contract ORDER BY number";
    let sql = statement(ConnectionTrait::get_database_backend(db.read()), sql, []);
    let rows = ContractIdRow::find_by_statement(sql).all(db.read()).await?;
    Ok(rows.into_iter().map(|row| CheckedContract { id: ContractId(row.id), number: row.number }).collect())
}

/// Checks one contract. What seems to differ is looked at again while nobody else can change the contract.
///
/// # Errors
/// When the database cannot be read.
pub async fn contract_check(db: &Db, contract: &CheckedContract) -> Result<ContractCheck, DataError> {
    let first = check_on(&db.read_everything().await?, contract).await?;
    if first.differences.is_empty() {
        return Ok(first);
    }
    let txn: Txn = db.begin_everything().await?;
    contract_lock(&txn, contract.id).await?;
    check_on(&txn.0, contract).await
}

/// Differences that are no contract's: indexes that an interrupted load left out, and rows without their contract.
///
/// # Errors
/// When the database cannot be read.
pub async fn whole_check(db: &Db) -> Result<Vec<String>, DataError> {
    let mut differences = Vec::new();
    if setting::get(db, "indexes_missing").await?.is_some() {
        differences
            .push("indexes are missing after an interrupted first load; `collectief migrate` makes them".to_owned());
    }
    let backend = ConnectionTrait::get_database_backend(db.read());
    let strays = [
        (
            "search words of participations in another contract",
            "SELECT COUNT(*) AS rows_found FROM search_word w JOIN participation p ON p.id = w.participation_id
             WHERE p.contract_id <> w.contract_id",
        ),
        (
            "mutations of participations in another contract",
            "SELECT COUNT(*) AS rows_found FROM mutation m JOIN participation p ON p.id = m.participation_id
             WHERE p.contract_id <> m.contract_id",
        ),
    ];
    let read = db.read_everything().await?;
    for (what, sql) in strays {
        let row = read.query_one_raw(statement(backend, sql, [])).await?;
        let count = row.map(|row| row.try_get::<i64>("", "rows_found")).transpose()?.unwrap_or(0);
        if count > 0 {
            differences.push(format!("{count} {what}"));
        }
    }
    Ok(differences)
}

async fn check_on<C: ConnectionTrait + StreamTrait>(
    connection: &C,
    contract: &CheckedContract,
) -> Result<ContractCheck, DataError> {
    let backend = ConnectionTrait::get_database_backend(connection);
    let mut check = ContractCheck::default();
    let mut told = |text: String| {
        if check.differences.len() < TOLD_OF_CONTRACT {
            check.differences.push(format!("contract {}: {text}", contract.number));
        }
    };
    let id = || [Value::from(contract.id.0)];
    let sql = "SELECT start_date, current_count, current_main_count, counted_on FROM contract WHERE id = ?";
    let stored = ContractRow::find_by_statement(statement(backend, sql, id())).one(connection).await?;
    let Some(stored) = stored else { return Ok(check) };

    let sql = "SELECT p.id, p.person_id, p.main_id, p.start_date, p.end_date, p.full_name, p.sort_key, p.search_text,
                   p.relation_number, p.birth_date, p.gender, p.version,
                   (SELECT COUNT(*) FROM participation_past o WHERE o.participation_id = p.id) AS past_versions,
                   m.contract_id AS main_contract_id, m.main_id AS main_main_id,
                   n.relation_number AS person_relation_number, n.birth_date AS person_birth_date,
                   n.gender AS person_gender, n.initials, n.prefix, n.surname, n.partner_prefix, n.partner_surname,
                   n.name_use
               FROM participation p JOIN person n ON n.id = p.person_id LEFT JOIN participation m ON m.id = p.main_id
               WHERE p.contract_id = ? ORDER BY p.person_id, p.start_date, p.id";
    let mut rows = Box::pin(StreamTrait::stream_raw(connection, statement(backend, sql, id())).await?);
    let (mut participations, mut current, mut current_main) = (0_u64, 0_i64, 0_i64);
    let mut flows: BTreeMap<Month, (i64, i64)> = BTreeMap::new();
    // What the words of a participation must be like, and how many there must be.
    let mut expected: HashMap<i64, (String, String, Date, bool, Vec<String>)> = HashMap::new();
    let mut last: Option<(i64, Date)> = None;
    while let Some(row) = rows.try_next().await? {
        let row = ParticipationRow::from_query_result(&row, "")?;
        participations += 1;
        if row.end_date >= stored.counted_on {
            current += 1;
            current_main += i64::from(row.main_id.is_none());
        }
        let id = row.id;
        if row.start_date > NEVER {
            flows.entry(Month::of(row.start_date)).or_default().0 += 1;
            if row.end_date != OPEN_END {
                flows.entry(Month::of(row.end_date)).or_default().1 += 1;
            }
            match last {
                Some((person, end)) if person == row.person_id && end >= row.start_date => {
                    told(format!("participation {id} overlaps another period of the same person"));
                    last = Some((person, end.max(row.end_date)));
                }
                _ => last = Some((row.person_id, row.end_date)),
            }
            if row.start_date < stored.start_date {
                told(format!("participation {id} starts before the contract"));
            }
        }
        if row.main_id.is_some() && row.main_contract_id != Some(contract.id.0) {
            told(format!("participation {id} has its main insured in another contract"));
        }
        // Whoever never participated after all keeps no main insured from becoming somebody's dependant.
        if row.main_main_id.is_some() && row.start_date > NEVER {
            told(format!("participation {id} has a dependant for its main insured"));
        }
        if row.version != row.past_versions + 1 {
            told(format!("participation {id} has version {}, and {} earlier ones", row.version, row.past_versions));
        }
        let name = PersonName {
            initials: row.initials,
            prefix: row.prefix,
            surname: row.surname,
            partner_prefix: row.partner_prefix,
            partner_surname: row.partner_surname,
            name_use: NameUse::from_code(&row.name_use).unwrap_or_default(),
        };
        let copied = [
            ("full_name", row.full_name == name.full_name()),
            ("sort_key", row.sort_key == name.sort_key()),
            ("search_text", row.search_text == name.search_text()),
            ("relation_number", row.relation_number == row.person_relation_number),
            ("birth_date", row.birth_date == row.person_birth_date),
            ("gender", row.gender == row.person_gender),
        ];
        for (column, _) in copied.iter().filter(|(_, same)| !same) {
            told(format!("participation {id} has another {column} than its person"));
        }
        let groups = search::index_groups(&row.search_text);
        expected.insert(id, (row.sort_key, row.search_text, row.end_date, row.main_id.is_some(), groups));
    }
    drop(rows);

    for (what, kept, counted) in [
        ("current_count", stored.current_count, current),
        ("current_main_count", stored.current_main_count, current_main),
    ] {
        if kept != counted {
            told(format!("{what} is {kept}, counted are {counted}"));
        }
    }

    let sql = "SELECT month, inflow, outflow FROM month_flow WHERE contract_id = ? ORDER BY month";
    for row in FlowRow::find_by_statement(statement(backend, sql, id())).all(connection).await? {
        let month = Month::from_index(row.month);
        let (inflow, outflow) = flows.remove(&month).unwrap_or_default();
        if (row.inflow, row.outflow) != (inflow, outflow) {
            told(format!("{month} has {} in and {} out, counted are {inflow} and {outflow}", row.inflow, row.outflow));
        }
    }
    for (month, (inflow, outflow)) in flows {
        told(format!("{month} is missing, counted are {inflow} in and {outflow} out"));
    }

    let sql = "SELECT word_group, sort_key, participation_id, end_date, is_dependant, search_text FROM search_word
               WHERE contract_id = ?";
    let mut words = Box::pin(StreamTrait::stream_raw(connection, statement(backend, sql, id())).await?);
    while let Some(row) = words.try_next().await? {
        let row = WordRow::from_query_result(&row, "")?;
        let Some((sort_key, search_text, end, is_dependant, groups)) = expected.get_mut(&row.participation_id) else {
            told(format!("a search word has no participation {}", row.participation_id));
            continue;
        };
        match groups.iter().position(|group| *group == row.word_group) {
            Some(place) => {
                groups.swap_remove(place);
            }
            None => told(format!("participation {} has a search word too many", row.participation_id)),
        }
        if (&row.sort_key, &row.search_text, row.end_date, row.is_dependant)
            != (&*sort_key, &*search_text, *end, *is_dependant)
        {
            told(format!("a search word of participation {} differs from it", row.participation_id));
        }
    }
    drop(words);
    let mut missing: Vec<i64> =
        expected.into_iter().filter(|(_, (.., groups))| !groups.is_empty()).map(|(id, _)| id).collect();
    missing.sort_unstable();
    for id in missing {
        told(format!("participation {id} lacks a search word"));
    }
    check.participations = participations;
    Ok(check)
}
