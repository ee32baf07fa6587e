//! Writing what a roster brings: many rows with one statement, and persons with every copy of them.

use chrono::NaiveDate;
use collectief_domain::{
    date::{Date, format_iso},
    deregistration::EndReason,
    ids::PersonId,
    mutation::{MutationKind, MutationState},
    search,
};
use sea_orm::{ConnectionTrait, DatabaseBackend, FromQueryResult, Value};

use super::{Candidate, PersonIdRow, StoredPerson};
use crate::{
    db::{Txn, statement},
    error::DataError,
    mutation::{NewMutation, UNKNOWN_BIRTH, end_to_store, placeholders},
};

/// A day as it is bound: SQLite keeps the text, and writing that directly saves a good part of a load.
pub(super) fn day(backend: DatabaseBackend, date: Date) -> Value {
    if backend == DatabaseBackend::Postgres { date.into() } else { format_iso(date).into() }
}

pub(crate) async fn new_id(txn: &Txn, sql: &str, values: impl IntoIterator<Item = Value>) -> Result<i64, DataError> {
    let sql = statement(txn.0.get_database_backend(), sql, values);
    let row = PersonIdRow::find_by_statement(sql).one(&txn.0).await?;
    Ok(row.ok_or(DataError::Corrupt("a row got no id"))?.id)
}

/// Ids for so many new rows of a table, in ascending order.
pub(crate) async fn reserve(txn: &Txn, table: &str, count: usize) -> Result<Vec<i64>, DataError> {
    if count == 0 {
        return Ok(Vec::new());
    }
    let count = i64::try_from(count).unwrap_or(i64::MAX);
    if txn.0.get_database_backend() == DatabaseBackend::Postgres {
        let sql = statement(
            DatabaseBackend::Postgres,
            "SELECT nextval(pg_get_serial_sequence(?, 'id')) AS id FROM generate_series(1, ?)",
            [Value::from(table), Value::from(count)],
        );
        let mut ids: Vec<i64> =
            PersonIdRow::find_by_statement(sql).all(&txn.0).await?.into_iter().map(|row| row.id).collect();
        ids.sort_unstable();
        return Ok(ids);
    }
    // The transaction has the write lock: nobody else takes these.
    let sql = "SELECT COALESCE((SELECT seq FROM sqlite_sequence WHERE name = ?), 0) AS id";
    let sql = statement(DatabaseBackend::Sqlite, sql, [Value::from(table)]);
    let last = PersonIdRow::find_by_statement(sql).one(&txn.0).await?.map_or(0, |row| row.id);
    Ok((last + 1..=last + count).collect())
}

/// The numbers of rows that one statement writes. A few fixed ones, so that statements are prepared only once.
const ROWS_AT_ONCE: [usize; 4] = [256, 32, 4, 1];

/// Writes rows, many with one statement. `head` is the statement up to its values.
pub(crate) async fn insert_rows<T>(
    txn: &Txn,
    head: Insert,
    rows: &[T],
    push: impl Fn(&T, &mut Vec<Value>),
) -> Result<(), DataError> {
    let backend = txn.0.get_database_backend();
    let one = format!("({}),", placeholders(head.columns));
    let mut rest = rows;
    for size in ROWS_AT_ONCE {
        if rest.len() < size {
            continue;
        }
        let mut sql = format!("{} VALUES {}", head.sql, one.repeat(size));
        sql.pop();
        while let Some((part, after)) = rest.split_at_checked(size) {
            let mut values = Vec::with_capacity(size * head.columns);
            for row in part {
                push(row, &mut values);
            }
            txn.0.execute_raw(statement(backend, &sql, values)).await?;
            rest = after;
        }
    }
    Ok(())
}

/// An insert up to its values.
#[derive(Clone, Copy)]
pub(crate) struct Insert {
    sql: &'static str,
    columns: usize,
}

pub(super) const PERSON_INSERT: Insert = Insert {
    sql: "INSERT INTO person (id, relation_number, bsn_cipher, bsn_index, initials, prefix, surname, partner_prefix,
              partner_surname, name_use, birth_date, gender, email)",
    columns: 13,
};

pub(super) const PARTICIPATION_INSERT: Insert = Insert {
    sql: "INSERT INTO participation (id, contract_id, person_id, main_id, start_date, end_date, end_reason,
              personnel_number, full_name, sort_key, search_text, relation_number, birth_date, gender, recorded_at)",
    columns: 15,
};

pub(crate) const WORD_INSERT: Insert = Insert {
    sql: "INSERT INTO search_word (contract_id, word_group, sort_key, participation_id, end_date, is_dependant,
              search_text)",
    columns: 7,
};

pub(super) const MUTATION_INSERT: Insert = Insert {
    sql: "INSERT INTO mutation (contract_id, participation_id, kind, channel, state, valid_from, recorded_at,
              actor_name, state_before, state_after)",
    columns: 10,
};

pub(super) fn push_person(backend: DatabaseBackend, id: i64, candidate: &Candidate, values: &mut Vec<Value>) {
    let row = &candidate.row;
    values.extend([
        id.into(),
        row.relation_number.as_str().into(),
        candidate.bsn.as_ref().map(|bsn| bsn.cipher.clone()).into(),
        candidate.bsn.as_ref().map(|bsn| bsn.index.clone()).into(),
        row.name.initials.as_str().into(),
        row.name.prefix.as_str().into(),
        row.name.surname.as_str().into(),
        row.name.partner_prefix.as_str().into(),
        row.name.partner_surname.as_str().into(),
        row.name.name_use.code().into(),
        day(backend, row.birth_date.unwrap_or(UNKNOWN_BIRTH)),
        row.gender.code().into(),
        row.email.as_deref().into(),
    ]);
}

pub(super) struct NewRow<'a> {
    pub(super) id: i64,
    pub(super) contract: i64,
    pub(super) person: i64,
    pub(super) main: Option<i64>,
    pub(super) now: i64,
    pub(super) candidate: &'a Candidate,
}

impl NewRow<'_> {
    pub(super) fn push(&self, backend: DatabaseBackend, values: &mut Vec<Value>) {
        let (candidate, row) = (self.candidate, &self.candidate.row);
        values.extend([
            self.id.into(),
            self.contract.into(),
            self.person.into(),
            self.main.into(),
            day(backend, row.start_date),
            day(backend, end_to_store(row.end_date)),
            row.end_reason.map(EndReason::code).into(),
            row.personnel_number.as_str().into(),
            candidate.full_name.as_str().into(),
            candidate.sort_key.as_str().into(),
            candidate.search_text.as_str().into(),
            row.relation_number.as_str().into(),
            day(backend, row.birth_date.unwrap_or(UNKNOWN_BIRTH)),
            row.gender.code().into(),
            self.now.into(),
        ]);
    }
}

/// A search word of a participation.
pub(crate) struct NewWord<'a> {
    pub(crate) contract: i64,
    pub(crate) group: String,
    pub(crate) sort_key: &'a str,
    pub(crate) participation: i64,
    pub(crate) end: Date,
    pub(crate) is_dependant: bool,
    pub(crate) search_text: &'a str,
}

impl<'a> NewWord<'a> {
    pub(super) fn of<'r>(row: &'r NewRow<'a>) -> impl Iterator<Item = NewWord<'a>> + use<'r, 'a> {
        let candidate = row.candidate;
        search::index_groups(&candidate.search_text).into_iter().map(move |group| NewWord {
            contract: row.contract,
            group,
            sort_key: &candidate.sort_key,
            participation: row.id,
            end: end_to_store(candidate.row.end_date),
            is_dependant: row.main.is_some(),
            search_text: &candidate.search_text,
        })
    }

    pub(crate) fn push(&self, backend: DatabaseBackend, values: &mut Vec<Value>) {
        values.extend([
            self.contract.into(),
            self.group.as_str().into(),
            self.sort_key.into(),
            self.participation.into(),
            day(backend, self.end),
            self.is_dependant.into(),
            self.search_text.into(),
        ]);
    }
}

/// The mutation of a participation that a roster adds to a contract that was there.
pub(super) struct NewRosterMutation<'a> {
    contract: i64,
    participation: i64,
    valid_from: Date,
    after: String,
    mutation: &'a NewMutation,
}

impl<'a> NewRosterMutation<'a> {
    pub(super) fn of(row: &NewRow<'_>, mutation: &'a NewMutation) -> Result<Self, DataError> {
        let after = serde_json::to_string(&row.candidate.state());
        Ok(Self {
            contract: row.contract,
            participation: row.id,
            valid_from: row.candidate.row.start_date,
            after: after.map_err(|_| DataError::Corrupt("a participation cannot be written as JSON"))?,
            mutation,
        })
    }

    pub(super) fn push(&self, backend: DatabaseBackend, values: &mut Vec<Value>) {
        values.extend([
            self.contract.into(),
            self.participation.into(),
            MutationKind::Roster.code().into(),
            self.mutation.channel.code().into(),
            MutationState::Processed.code().into(),
            day(backend, self.valid_from),
            self.mutation.recorded_at.into(),
            self.mutation.actor_name.as_deref().into(),
            "{}".into(),
            self.after.as_str().into(),
        ]);
    }
}

#[derive(FromQueryResult)]
struct CopyRow {
    id: i64,
    contract_id: i64,
    end_date: NaiveDate,
    main_id: Option<i64>,
}

/// Changes a person, and every copy of the name, birth date and gender in lists, in whichever contract.
pub(super) async fn person_update(
    txn: &Txn,
    person: PersonId,
    candidate: &Candidate,
    before: Option<&StoredPerson>,
) -> Result<(), DataError> {
    let backend = txn.0.get_database_backend();
    let row = &candidate.row;
    let sql = statement(
        backend,
        "UPDATE person SET bsn_cipher = ?, bsn_index = ?, initials = ?, prefix = ?, surname = ?, partner_prefix = ?,
             partner_surname = ?, name_use = ?, birth_date = ?, gender = ?, email = ?, version = version + 1
         WHERE id = ?",
        [
            candidate.bsn.as_ref().map(|bsn| bsn.cipher.clone()).into(),
            candidate.bsn.as_ref().map(|bsn| bsn.index.clone()).into(),
            row.name.initials.as_str().into(),
            row.name.prefix.as_str().into(),
            row.name.surname.as_str().into(),
            row.name.partner_prefix.as_str().into(),
            row.name.partner_surname.as_str().into(),
            row.name.name_use.code().into(),
            day(backend, row.birth_date.unwrap_or(UNKNOWN_BIRTH)),
            row.gender.code().into(),
            row.email.as_deref().into(),
            person.0.into(),
        ],
    );
    txn.0.execute_raw(sql).await?;
    if before.is_some_and(|before| !candidate.shows_otherwise(before)) {
        return Ok(());
    }

    let lock = if backend == DatabaseBackend::Postgres { " FOR NO KEY UPDATE" } else { "" };
    let sql =
        format!("SELECT id, contract_id, end_date, main_id FROM participation WHERE person_id = ? ORDER BY id{lock}");
    let copies = CopyRow::find_by_statement(statement(backend, &sql, [Value::from(person.0)])).all(&txn.0).await?;
    for copy in copies {
        let sql = statement(
            backend,
            "UPDATE participation SET full_name = ?, sort_key = ?, search_text = ?, birth_date = ?, gender = ?
             WHERE id = ?",
            [
                candidate.full_name.as_str().into(),
                candidate.sort_key.as_str().into(),
                candidate.search_text.as_str().into(),
                day(backend, row.birth_date.unwrap_or(UNKNOWN_BIRTH)),
                row.gender.code().into(),
                copy.id.into(),
            ],
        );
        txn.0.execute_raw(sql).await?;
        let sql = "DELETE FROM search_word WHERE participation_id = ?";
        txn.0.execute_raw(statement(backend, sql, [Value::from(copy.id)])).await?;
        let words: Vec<NewWord<'_>> = search::index_groups(&candidate.search_text)
            .into_iter()
            .map(|group| NewWord {
                contract: copy.contract_id,
                group,
                sort_key: &candidate.sort_key,
                participation: copy.id,
                end: copy.end_date,
                is_dependant: copy.main_id.is_some(),
                search_text: &candidate.search_text,
            })
            .collect();
        insert_rows(txn, WORD_INSERT, &words, |word, values| word.push(backend, values)).await?;
        let sql = "UPDATE contract SET version = version + 1 WHERE id = ?";
        txn.0.execute_raw(statement(backend, sql, [Value::from(copy.contract_id)])).await?;
    }
    Ok(())
}
