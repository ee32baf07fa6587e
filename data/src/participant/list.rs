//! The lists of participants: which index drives them, in which order, from which place.
//!
//! A list is two steps in one statement: its *candidates*, ids in order from a covering index, and then the few rows
//! that are shown. So what is passed over costs an index entry and no more.

use collectief_domain::{
    bsn::Bsn,
    date::Date,
    ids::{ContractId, ParticipationId},
    participant::{ParticipantFilter, ParticipantRow, Population, SortBy},
    search,
};
use sea_orm::{ConnectionTrait, DatabaseBackend, Value};

use super::{
    row::{join_row, read_row, select_row},
    sql::{Reach, Sql, day, json_of, rows_of},
};
use crate::{db::Db, error::DataError, mutation::NEVER, scope::Scope};

/// What a list is asked for.
#[derive(Clone, Copy)]
pub struct ListQuery<'a> {
    /// Whose.
    pub scope: &'a Scope,
    /// Which, and in which order; its page is not looked at.
    pub filter: &'a ParticipantFilter,
    /// The day that tells current from former: today, or the day as known on which the list is asked for.
    pub day: Date,
    /// As known before this moment, in Unix milliseconds; `None` is now.
    pub known_before: Option<i64>,
    /// The list is a small part of its contracts, so that it is found sooner by its end dates than in order of names.
    pub small_part: bool,
}

/// A place in the order of a list: the sort value and id of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    key: Key,
    id: i64,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Key {
    Text(String),
    Day(Date),
}

impl From<&Key> for Value {
    fn from(key: &Key) -> Self {
        match key {
            Key::Text(text) => text.clone().into(),
            Key::Day(day) => (*day).into(),
        }
    }
}

/// How the candidates are found, the most selective first.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Driver<'a> {
    /// As known on an earlier day: current and earlier versions together.
    Known(i64),
    /// By BSN, or by a number that one person has.
    Number,
    Personnel(&'a str),
    Birth(Date),
    /// By the first two letters of this word.
    Word(&'a str),
    /// By the range of end dates.
    End,
    /// In the order of the list.
    Order,
}

/// Whether a place in this order can be gone on from: an index has it.
pub fn has_places(by: SortBy, scope: &Scope) -> bool {
    match by {
        SortBy::Name => true,
        SortBy::BirthDate | SortBy::StartDate | SortBy::EndDate => {
            matches!(Reach::of(scope), Reach::One(_) | Reach::Few(_))
        }
        SortBy::Contract => matches!(Reach::of(scope), Reach::One(_)),
        SortBy::RelationNumber | SortBy::Gender | SortBy::PersonnelNumber => false,
    }
}

impl<'a> ListQuery<'a> {
    /// Whether every participant of the population is listed: nothing but dependants is left out.
    pub fn is_plain(&self) -> bool {
        let filter = self.filter;
        filter.names.is_empty()
            && filter.bsn.is_none()
            && filter.relation_number.is_none()
            && filter.personnel_number.is_none()
            && filter.any_number.is_none()
            && filter.birth_date.is_none()
            && self.known_before.is_none()
    }

    fn driver(&self) -> Driver<'a> {
        let filter = self.filter;
        if let Some(moment) = self.known_before {
            Driver::Known(moment)
        } else if filter.bsn.is_some() || filter.relation_number.is_some() || filter.any_number.is_some() {
            Driver::Number
        } else if let Some(number) = &filter.personnel_number {
            Driver::Personnel(number)
        } else if let Some(birth) = filter.birth_date {
            Driver::Birth(birth)
        } else if let Some(group) = filter.names.driver().and_then(search::index_group) {
            Driver::Word(group)
        } else if self.small_part && filter.names.is_empty() {
            Driver::End
        } else {
            Driver::Order
        }
    }

    /// The column that is sorted by. One contract has one number, so by contract is by name there.
    fn by(&self) -> SortBy {
        match (self.filter.sort.by, Reach::of(self.scope)) {
            (SortBy::Contract, Reach::One(_)) => SortBy::Name,
            (by, _) => by,
        }
    }

    /// Writes the candidates: id, sort value `k` (and `k2`), and, as known earlier, the version in `past`.
    pub(super) fn candidates(&self, sql: &mut Sql, db: &Db, from: Option<&Place>) {
        let driver = self.driver();
        let reach = Reach::of(self.scope);
        match driver {
            Driver::Known(moment) => {
                for past in [false, true] {
                    sql.push(if past { " UNION ALL " } else { "" });
                    self.known_arm(sql, db, reach, moment, past, from);
                }
            }
            Driver::Word(group) => {
                for (place, contract) in reach.arms().into_iter().enumerate() {
                    sql.push(if place == 0 { "" } else { " UNION ALL " });
                    self.word_arm(sql, reach, contract, group, from);
                }
            }
            Driver::Order if self.by() != SortBy::Contract => {
                for (place, contract) in reach.arms().into_iter().enumerate() {
                    sql.push(if place == 0 { "" } else { " UNION ALL " });
                    self.order_arm(sql, db, reach, contract, from);
                }
            }
            Driver::Number | Driver::Personnel(_) | Driver::Birth(_) | Driver::End | Driver::Order => {
                self.single_arm(sql, db, driver, reach, from);
            }
        }
    }

    /// One contract, or all, in the order of the list.
    fn order_arm(&self, sql: &mut Sql, db: &Db, reach: Reach<'_>, contract: Option<ContractId>, from: Option<&Place>) {
        let by = self.by();
        self.select(sql, "p");
        sql.push(" FROM participation p").indexed_by(match (by, contract) {
            (SortBy::Name, None) => "participation_name_all",
            (_, None) => "",
            (SortBy::BirthDate, Some(_)) => "participation_birth_date",
            (SortBy::StartDate, Some(_)) => "participation_start",
            (SortBy::EndDate, Some(_)) => "participation_end",
            (_, Some(_)) => "participation_name",
        });
        sql.push(" WHERE ");
        match contract {
            Some(contract) => sql.reaches(Reach::One(contract), "p.contract_id", true),
            None => sql.reaches(reach, "p.contract_id", false),
        };
        self.conditions(sql, db, Driver::Order, "p");
        self.go_on(sql, from, "p", "p.id");
    }

    /// The range of a word's first letters in the index of words.
    fn word_arm(
        &self,
        sql: &mut Sql,
        reach: Reach<'_>,
        contract: Option<ContractId>,
        group: &str,
        from: Option<&Place>,
    ) {
        if self.by() == SortBy::Name {
            sql.push("SELECT w.participation_id AS id, w.sort_key AS k FROM search_word w");
        } else {
            sql.push("SELECT w.participation_id AS id, ").push(&self.key_column("p")).push(" AS k");
            if self.by() == SortBy::Contract {
                sql.push(", p.sort_key AS k2");
            }
            sql.push(" FROM search_word w");
        }
        if contract.is_none() {
            sql.indexed_by("search_word_all");
        }
        if self.by() != SortBy::Name {
            sql.push(" JOIN participation p ON p.id = w.participation_id");
            if self.by() == SortBy::Contract {
                sql.push(" JOIN contract c ON c.id = p.contract_id");
            }
        }
        sql.push(" WHERE w.word_group = ").bind(group).push(" AND ");
        match contract {
            Some(contract) => sql.reaches(Reach::One(contract), "w.contract_id", true),
            None => sql.reaches(reach, "w.contract_id", false),
        };
        self.population(sql, "w");
        if self.filter.main_insured_only {
            sql.push(" AND NOT w.is_dependant");
        }
        for word in self.filter.names.words() {
            sql.push(" AND ").has_word("w.search_text", word);
        }
        if let Some(place) = from {
            if self.by() == SortBy::Name {
                self.after(sql, place, "w.sort_key", "w.participation_id");
            } else {
                self.after(sql, place, &self.key_column("p"), "w.participation_id");
            }
        }
    }

    /// Few rows, found by something that few people have, or by their end date.
    fn single_arm(&self, sql: &mut Sql, db: &Db, driver: Driver<'_>, reach: Reach<'_>, from: Option<&Place>) {
        self.select(sql, "p");
        let by_contract = self.by() == SortBy::Contract;
        if by_contract && driver == Driver::Order {
            // The contracts come in the order of their numbers, and in each the participants by name.
            sql.push(" FROM contract c CROSS JOIN participation p").indexed_by("participation_name");
            sql.push(" WHERE p.contract_id = c.id AND ").reaches(reach, "c.id", true);
        } else {
            sql.push(" FROM participation p");
            let contracts = matches!(reach, Reach::One(_) | Reach::Few(_));
            // An index is worth naming where its first columns are all given.
            match driver {
                Driver::Personnel(_) => sql.indexed_by("participation_personnel"),
                Driver::Birth(_) if contracts => sql.indexed_by("participation_birth_date"),
                Driver::End if contracts => sql.indexed_by("participation_end"),
                _ => sql,
            };
            if by_contract {
                sql.push(" JOIN contract c ON c.id = p.contract_id");
            }
            sql.push(" WHERE ");
            match driver {
                Driver::Number => {
                    self.numbers(sql, db);
                    sql.push(" AND ").reaches(reach, "p.contract_id", false)
                }
                Driver::Personnel(number) => sql.push("p.personnel_number = ").bind(number).push(" AND ").reaches(
                    reach,
                    "p.contract_id",
                    contracts,
                ),
                Driver::Birth(birth) if !contracts => sql
                    .push("p.person_id IN (SELECT b.id FROM person b WHERE b.birth_date = ")
                    .bind(birth)
                    .push(") AND ")
                    .reaches(reach, "p.contract_id", false),
                _ => sql.reaches(reach, "p.contract_id", true),
            };
        }
        self.conditions(sql, db, driver, "p");
        self.go_on(sql, from, "p", "p.id");
    }

    /// As known before `moment`: those versions that still stand, or (`past`) those that stood then.
    fn known_arm(&self, sql: &mut Sql, db: &Db, reach: Reach<'_>, moment: i64, past: bool, from: Option<&Place>) {
        let period = if past { "x" } else { "p" };
        self.select(sql, period);
        sql.push(if past { ", x.version AS past" } else { ", CAST(0 AS BIGINT) AS past" });
        if past {
            sql.push(" FROM participation_past x JOIN participation p ON p.id = x.participation_id");
        } else {
            sql.push(" FROM participation p");
        }
        if self.by() == SortBy::Contract {
            sql.push(" JOIN contract c ON c.id = p.contract_id");
        }
        sql.push(" WHERE ").reaches(reach, if past { "x.contract_id" } else { "p.contract_id" }, true);
        sql.push(" AND ").push(period).push(".recorded_at < ").bind(moment);
        if past {
            sql.push(" AND x.superseded_at >= ").bind(moment);
        }
        self.conditions(sql, db, Driver::Known(moment), period);
        self.go_on(sql, from, period, "p.id");
    }

    fn select(&self, sql: &mut Sql, period: &str) {
        sql.push("SELECT p.id AS id, ").push(&self.key_column(period)).push(" AS k");
        if self.by() == SortBy::Contract {
            sql.push(", p.sort_key AS k2");
        }
    }

    /// What is sorted by. What a mutation can change is of `period`: the participation itself, or an earlier version.
    fn key_column(&self, period: &str) -> String {
        match self.by() {
            SortBy::Name => "p.sort_key".to_owned(),
            SortBy::Contract => "c.number".to_owned(),
            SortBy::RelationNumber => "p.relation_number".to_owned(),
            SortBy::BirthDate => "p.birth_date".to_owned(),
            SortBy::Gender => "p.gender".to_owned(),
            SortBy::StartDate => format!("{period}.start_date"),
            SortBy::EndDate => format!("{period}.end_date"),
            SortBy::PersonnelNumber => format!("{period}.personnel_number"),
        }
    }

    /// That `table`'s end tells of the population: who ended, but not who never was.
    fn population(&self, sql: &mut Sql, table: &str) {
        sql.push(" AND ").push(table).push(".end_date ");
        match self.filter.population {
            Population::Current => sql.push(">= ").bind(self.day),
            Population::Former => {
                sql.push("< ").bind(self.day).push(" AND ").push(table).push(".end_date > ").bind(NEVER)
            }
        };
    }

    /// Every condition but the one that `driver` has met already.
    fn conditions(&self, sql: &mut Sql, db: &Db, driver: Driver<'_>, period: &str) {
        let filter = self.filter;
        self.population(sql, period);
        if filter.main_insured_only {
            sql.push(" AND p.main_id IS NULL");
        }
        let numbers = filter.bsn.is_some() || filter.relation_number.is_some() || filter.any_number.is_some();
        if numbers && driver != Driver::Number {
            sql.push(" AND ");
            self.numbers(sql, db);
        }
        if let Some(number) = filter.personnel_number.as_deref().filter(|number| driver != Driver::Personnel(number)) {
            sql.push(" AND ").push(period).push(".personnel_number = ").bind(number);
        }
        if let Some(birth) = filter.birth_date {
            sql.push(" AND p.birth_date = ").bind(birth);
        }
        for word in filter.names.words() {
            sql.push(" AND ").has_word("p.search_text", word);
        }
    }

    /// The conditions on BSN, relation number and "any number"; at least one of them is there.
    fn numbers(&self, sql: &mut Sql, db: &Db) {
        let filter = self.filter;
        let mut first = true;
        let mut and = |sql: &mut Sql| {
            sql.push(if first { "" } else { " AND " });
            first = false;
        };
        let by_bsn = |sql: &mut Sql, bsn: &Bsn| {
            sql.push("SELECT b.id FROM person b WHERE b.bsn_index = ").bind(db.keys().index(bsn));
        };
        if let Some(number) = &filter.relation_number {
            and(sql);
            sql.push("p.person_id IN (SELECT b.id FROM person b WHERE b.relation_number = ").bind(number.as_str());
            sql.push(")");
        }
        if let Some(bsn) = filter.bsn.as_ref().filter(|_| !filter.bsn_or_number) {
            and(sql);
            sql.push("p.person_id IN (");
            by_bsn(sql, bsn);
            sql.push(")");
        }
        if let Some(number) = &filter.any_number {
            and(sql);
            sql.push("p.id IN (SELECT n.id FROM participation n WHERE n.personnel_number = ").bind(number.as_str());
            sql.push(" UNION ALL SELECT n.id FROM participation n WHERE n.person_id IN (");
            sql.push("SELECT b.id FROM person b WHERE b.relation_number = ").bind(number.as_str());
            if let Some(bsn) = filter.bsn.as_ref().filter(|_| filter.bsn_or_number) {
                sql.push(" UNION ALL ");
                by_bsn(sql, bsn);
            }
            sql.push("))");
        }
    }

    fn go_on(&self, sql: &mut Sql, from: Option<&Place>, period: &str, id: &str) {
        if let Some(place) = from {
            self.after(sql, place, &self.key_column(period), id);
        }
    }

    /// Rows after a place. The first comparison is implied by the second, and is what makes a range of an index of it.
    fn after(&self, sql: &mut Sql, place: &Place, key: &str, id: &str) {
        let sign = if self.filter.sort.descending { " < " } else { " > " };
        sql.push(" AND ").push(key).push(sign.trim_end()).push("= ").bind(&place.key);
        sql.push(" AND (").push(key).push(sign).bind(&place.key);
        sql.push(" OR ").push(id).push(sign).bind(place.id).push(")");
    }

    pub(super) fn order(&self, sql: &mut Sql, prefix: &str) {
        let direction = if self.filter.sort.descending { " DESC" } else { "" };
        let columns: &[&str] = if self.by() == SortBy::Contract { &["k", "k2", "id"] } else { &["k", "id"] };
        sql.push(" ORDER BY ");
        for (place, column) in columns.iter().enumerate() {
            sql.push(if place == 0 { "" } else { ", " }).push(prefix).push(column).push(direction);
        }
    }

    /// The place of a row, from its sort value as text and its id.
    pub(super) fn place(&self, key: &str, id: i64) -> Result<Place, DataError> {
        let key = match self.by() {
            SortBy::BirthDate | SortBy::StartDate | SortBy::EndDate => Key::Day(day(key)?),
            _ => Key::Text(key.to_owned()),
        };
        Ok(Place { key, id })
    }

    /// The order of the rows that were chosen.
    pub(super) fn order_of_rows(&self) -> String {
        let mut sql = Sql::new(DatabaseBackend::Sqlite);
        self.order(&mut sql, "q.");
        sql.text()
    }

    fn rows_sql(&self, db: &Db, from: Option<&Place>, offset: u64, limit: u64) -> Sql {
        let known = self.known_before.is_some();
        let mut sql = Sql::new(db.read().get_database_backend());
        select_row(&mut sql, self.scope, self.day, known, &self.order_of_rows());
        sql.push("FROM (");
        self.candidates(&mut sql, db, from);
        self.order(&mut sql, "");
        sql.push(" LIMIT ").bind(limit.cast_signed()).push(" OFFSET ").bind(offset.cast_signed());
        sql.push(") q JOIN participation p ON p.id = q.id");
        if known {
            sql.push(" LEFT JOIN participation_past x ON x.participation_id = q.id AND x.version = q.past");
        }
        join_row(&mut sql, self.scope);
        sql
    }
}

/// Rows of a list: `limit` from the row `offset` after `from`, or after the beginning.
///
/// # Errors
/// When the database cannot be read.
pub async fn participant_rows(
    db: &Db,
    query: &ListQuery<'_>,
    from: Option<&Place>,
    offset: u64,
    limit: u64,
) -> Result<Vec<ParticipantRow>, DataError> {
    let json = json_of(&db.read_within(query.scope).await?, query.rows_sql(db, from, offset, limit)).await?;
    rows_of(&json)?.into_iter().map(|row| read_row(row, query.scope, db.keys())).collect()
}

/// How many rows a list has, counted no further than `limit`.
///
/// # Errors
/// When the database cannot be read.
pub async fn participant_count(db: &Db, query: &ListQuery<'_>, limit: u64) -> Result<u64, DataError> {
    let mut sql = Sql::new(db.read().get_database_backend());
    sql.push("SELECT count(*) FROM (");
    // A compound with a limit on the whole of it is alike on both databases when it is a subquery of its own.
    sql.push("SELECT u.id FROM (");
    query.candidates(&mut sql, db, None);
    sql.push(") u LIMIT ").bind(limit.cast_signed()).push(") q");
    let row = db.read_within(query.scope).await?.query_one_raw(sql.finish()).await?;
    let count = row.map_or(Ok(0), |row| row.try_get_by_index::<i64>(0))?;
    Ok(count.unsigned_abs())
}

/// The place of the row that stands `rows` after `from`, or after the beginning; `None` past the end.
///
/// # Errors
/// When the database cannot be read.
pub async fn participant_place(
    db: &Db,
    query: &ListQuery<'_>,
    from: Option<&Place>,
    rows: u64,
) -> Result<Option<Place>, DataError> {
    let mut sql = Sql::new(db.read().get_database_backend());
    sql.push("SELECT CAST(q.k AS TEXT), q.id FROM (");
    query.candidates(&mut sql, db, from);
    query.order(&mut sql, "");
    sql.push(" LIMIT 1 OFFSET ").bind(rows.saturating_sub(1).cast_signed()).push(") q");
    let Some(row) = db.read_within(query.scope).await?.query_one_raw(sql.finish()).await? else { return Ok(None) };
    Ok(Some(query.place(&row.try_get_by_index::<String>(0)?, row.try_get_by_index(1)?)?))
}

/// The first participation of a list, if there is any.
///
/// # Errors
/// When the database cannot be read.
pub async fn participant_first(db: &Db, query: &ListQuery<'_>) -> Result<Option<ParticipationId>, DataError> {
    Ok(participant_place(db, query, None, 1).await?.map(|place| ParticipationId(place.id)))
}
