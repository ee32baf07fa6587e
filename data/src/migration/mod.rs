//! The schema, step by step. Each step is SQL that both databases understand, but for the words in braces.
//!
//! Steps are only ever added: a step that was released is never changed, because installations have run it.

use sea_orm::{ConnectionTrait, DatabaseBackend, FromQueryResult, TransactionTrait, Value};

use crate::{
    db::{Db, statement},
    error::DataError,
};

/// The policy of a table whose rows have a contract.
macro_rules! by_contract {
    ($table:literal) => {
        concat!(
            "{postgres} CREATE POLICY within_reach ON ",
            $table,
            " USING (
                (SELECT current_setting('collectief.everything', TRUE)) = 'yes'
                OR ",
            $table,
            ".contract_id = ANY ((SELECT CAST(string_to_array(
                    NULLIF(current_setting('collectief.contracts', TRUE), ''), ',') AS BIGINT[]))::BIGINT[])
                OR EXISTS (SELECT 1 FROM account_right r
                    WHERE r.contract_id = ",
            $table,
            ".contract_id
                        AND r.account_id = (SELECT CAST(NULLIF(current_setting('collectief.account', TRUE), '') AS BIGINT))
                        AND (r.roles & (SELECT CAST(NULLIF(current_setting('collectief.role', TRUE), '') AS INTEGER))) <> 0)
                OR EXISTS (SELECT 1 FROM contract c
                    WHERE c.id = ",
            $table,
            ".contract_id
                        AND c.employer_id = (SELECT CAST(NULLIF(current_setting('collectief.employer', TRUE), '') AS BIGINT)))
            )"
        )
    };
}

mod m0001_frame_and_main_job;
mod m0002_account_links;
mod m0003_account_management;
mod m0004_own_details;
mod m0005_second_factor;
mod m0006_back_office;
mod m0007_broker;
mod m0008_passkeys;
mod m0009_row_level_security;
mod m0010_cases;
mod m0011_reminders;
mod m0012_messages;
mod m0013_changes;
mod m0014_mail_care;
mod m0015_long_queue;

struct Step {
    number: i32,
    name: &'static str,
    statements: &'static [&'static str],
}

const STEPS: &[Step] = &[
    m0001_frame_and_main_job::STEP,
    m0002_account_links::STEP,
    m0003_account_management::STEP,
    m0004_own_details::STEP,
    m0005_second_factor::STEP,
    m0006_back_office::STEP,
    m0007_broker::STEP,
    m0008_passkeys::STEP,
    m0009_row_level_security::STEP,
    m0010_cases::STEP,
    m0011_reminders::STEP,
    m0012_messages::STEP,
    m0013_changes::STEP,
    m0014_mail_care::STEP,
    m0015_long_queue::STEP,
];

#[derive(FromQueryResult)]
struct Applied {
    number: i32,
}

impl Db {
    /// Brings the schema up to date; returns the names of the steps that were run. On PostgreSQL a step is one
    /// transaction; on SQLite too, for it has transactional DDL as long as nothing else writes meanwhile.
    ///
    /// # Errors
    /// When a step fails; that step has then not been done.
    pub async fn migrate(&self) -> Result<Vec<&'static str>, DataError> {
        let backend = self.write().get_database_backend();
        self.write()
            .execute_unprepared(
                "CREATE TABLE IF NOT EXISTS schema_step (number INTEGER PRIMARY KEY, name TEXT NOT NULL)",
            )
            .await?;
        let mut done = Vec::new();
        for step in STEPS {
            let txn = self.write().begin().await?;
            if backend == DatabaseBackend::Postgres {
                // Two servers that start at once: the second waits here, and then finds the step done.
                txn.execute_unprepared("SELECT pg_advisory_xact_lock(7203)").await?;
            }
            let find =
                statement(backend, "SELECT number FROM schema_step WHERE number = ?", [Value::from(step.number)]);
            if Applied::find_by_statement(find).one(&txn).await?.is_some() {
                txn.rollback().await?;
                continue;
            }
            for sql in step.statements {
                let sql = match sql.strip_prefix("{postgres}") {
                    Some(_) if backend != DatabaseBackend::Postgres => continue,
                    Some(sql) => sql,
                    None => sql,
                };
                txn.execute_unprepared(&in_dialect(backend, sql)).await?;
            }
            let note = statement(
                backend,
                "INSERT INTO schema_step (number, name) VALUES (?, ?)",
                [Value::from(step.number), Value::from(step.name)],
            );
            txn.execute_raw(note).await?;
            txn.commit().await?;
            done.push(step.name);
        }
        self.ensure_indexes().await?;
        Ok(done)
    }

    /// The names of the steps that have yet to be run.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn pending_steps(&self) -> Result<Vec<&'static str>, DataError> {
        let backend = self.read().get_database_backend();
        let sql = statement(backend, "SELECT number FROM schema_step ORDER BY number", []);
        let applied = match Applied::find_by_statement(sql).all(self.read()).await {
            Ok(rows) => rows.into_iter().map(|row| row.number).collect(),
            // The table itself is missing: nothing was run yet.
            Err(_) => Vec::new(),
        };
        Ok(STEPS.iter().filter(|step| !applied.contains(&step.number)).map(|step| step.name).collect())
    }
}

/// The statement that makes an index, as the newest step has it, and so that it does nothing when the index is there.
pub(crate) fn index_statement(backend: DatabaseBackend, index: &str) -> Option<String> {
    STEPS.iter().rev().flat_map(|step| step.statements.iter().rev()).find_map(|sql| {
        let (make, rest) = sql.split_once("INDEX ")?;
        let is_it = make.starts_with("CREATE") && rest.split_whitespace().next() == Some(index);
        is_it.then(|| in_dialect(backend, &format!("{make}INDEX IF NOT EXISTS {rest}")))
    })
}

/// `{id}`: a key that counts by itself. `{key}`: text that is compared and sorted by its bytes on both databases.
/// `{bytes}`: binary. `{without_rowid}`: SQLite keeps the rows in the order of their primary key. A statement that begins
/// with `{postgres}` is not run on SQLite.
fn in_dialect(backend: DatabaseBackend, sql: &str) -> String {
    let (id, key, bytes, without_rowid) = match backend {
        DatabaseBackend::Postgres => {
            ("BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY", "TEXT COLLATE \"C\"", "BYTEA", "")
        }
        _ => ("INTEGER PRIMARY KEY AUTOINCREMENT", "TEXT", "BLOB", "WITHOUT ROWID"),
    };
    sql.replace("{id}", id).replace("{key}", key).replace("{bytes}", bytes).replace("{without_rowid}", without_rowid)
}
