//! The second wall on PostgreSQL, behind the condition that every query of a contract's rows has: row-level security.
//!
//! Who reads or changes such rows says first, for one transaction, how far it reaches; the policies of the tables
//! (migration 9) show it no other rows. A query whose condition was forgotten then finds less than it should, where
//! without the wall it would show everybody's. Whoever says nothing finds nothing. SQLite has nothing like it.
//!
//! The wall stands for every role but one that PostgreSQL lets pass over it: a superuser, or one with `BYPASSRLS`.

use collectief_domain::ids::ContractId;
use sea_orm::{
    ConnectionTrait, DatabaseBackend, DatabaseConnection, DatabaseExecutor, DatabaseTransaction, TransactionTrait,
    Value,
};

use crate::{
    db::{Db, Txn, statement},
    error::DataError,
    participant::sql::Reach,
    scope::Scope,
};

/// Tells the policies how far the transaction reaches, from here to its end.
pub(crate) async fn reach(transaction: &DatabaseTransaction, reach: Reach<'_>) -> Result<(), DataError> {
    let backend = transaction.get_database_backend();
    if backend != DatabaseBackend::Postgres {
        return Ok(());
    }
    let [mut everything, mut contracts, mut account, mut role, mut employer] = [const { String::new() }; 5];
    match reach {
        Reach::One(contract) => contracts = contract.to_string(),
        Reach::Few(few) => contracts = few.iter().map(ContractId::to_string).collect::<Vec<_>>().join(","),
        Reach::Account(id, right) => (account, role) = (id.to_string(), right.role().bit().to_string()),
        Reach::Employer(id) => employer = id.to_string(),
        Reach::Everything => "yes".clone_into(&mut everything),
    }
    // With what it thinks the policies may cost, PostgreSQL would compile many a query for longer than it takes.
    let sql = "SELECT set_config('collectief.everything', ?, TRUE), set_config('collectief.contracts', ?, TRUE),
                   set_config('collectief.account', ?, TRUE), set_config('collectief.role', ?, TRUE),
                   set_config('collectief.employer', ?, TRUE), set_config('jit', 'off', TRUE)";
    let values = [everything, contracts, account, role, employer].map(Value::from);
    transaction.query_one_raw(statement(backend, sql, values)).await?;
    Ok(())
}

/// Lets a transaction reach every contract's rows, for the one thing that is about a person whoever's participant it is. It must
/// be followed by [`look_within`] before anything else.
pub(crate) async fn look_beyond(transaction: &DatabaseTransaction) -> Result<(), DataError> {
    reach(transaction, Reach::Everything).await
}

/// Lets a transaction reach no more than `scope` again.
pub(crate) async fn look_within(transaction: &DatabaseTransaction, scope: &Scope) -> Result<(), DataError> {
    reach(transaction, Reach::of(scope)).await
}

async fn reading<'a>(connection: &'a DatabaseConnection, within: Reach<'_>) -> Result<DatabaseExecutor<'a>, DataError> {
    if connection.get_database_backend() != DatabaseBackend::Postgres {
        return Ok(DatabaseExecutor::Connection(connection));
    }
    let transaction = connection.begin().await?;
    reach(&transaction, within).await?;
    Ok(DatabaseExecutor::OwnedTransaction(transaction))
}

impl Db {
    /// For reading what is in `scope`.
    pub(crate) async fn read_within(&self, scope: &Scope) -> Result<DatabaseExecutor<'_>, DataError> {
        reading(self.read(), Reach::of(scope)).await
    }

    /// For reading whole lists of what is in `scope`, piece by piece.
    pub(crate) async fn bulk_within(&self, scope: &Scope) -> Result<DatabaseExecutor<'_>, DataError> {
        reading(self.bulk(), Reach::of(scope)).await
    }

    /// For reading whole lists of whatever contract, piece by piece: for who proved to work in the insurer's office, and
    /// for upkeep.
    pub(crate) async fn bulk_everything(&self) -> Result<DatabaseExecutor<'_>, DataError> {
        reading(self.bulk(), Reach::Everything).await
    }

    /// A transaction that reads rows of whatever contract: for the operator's commands.
    pub(crate) async fn read_everything(&self) -> Result<DatabaseTransaction, DataError> {
        let transaction = self.read().begin().await?;
        reach(&transaction, Reach::Everything).await?;
        Ok(transaction)
    }

    /// Begins a transaction that may change what is in `scope`; as [`begin`](Self::begin), which reaches no contract's
    /// rows.
    ///
    /// # Errors
    /// When the database cannot be reached, or when the lock is not had in time.
    pub async fn begin_within(&self, scope: &Scope) -> Result<Txn, DataError> {
        let txn = self.begin().await?;
        reach(&txn.0, Reach::of(scope)).await?;
        Ok(txn)
    }

    /// Begins a transaction that may change rows of whatever contract: for the operator's commands and for upkeep, never
    /// for somebody who is signed in.
    ///
    /// # Errors
    /// When the database cannot be reached, or when the lock is not had in time.
    pub async fn begin_everything(&self) -> Result<Txn, DataError> {
        let txn = self.begin().await?;
        reach(&txn.0, Reach::Everything).await?;
        Ok(txn)
    }

    /// Whether the database lets this program pass over the second wall: on PostgreSQL as a superuser, or as a role with
    /// `BYPASSRLS`. On SQLite there is none.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn passes_over_the_wall(&self) -> Result<bool, DataError> {
        if !self.is_postgres() {
            return Ok(false);
        }
        let sql = "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user";
        let row = self.read().query_one_raw(statement(DatabaseBackend::Postgres, sql, [])).await?;
        Ok(row.map_or(Ok(false), |row| row.try_get_by_index(0))?)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use collectief_domain::{
        actor::Right,
        ids::{AccountId, EmployerId},
    };

    use super::*;
    use crate::testing::{TestDatabase, databases};

    /// Forty contracts of two employers, each with one person who was changed once. Account 1 has every second contract,
    /// account 2 the third, account 3 none.
    const ROWS: &[&str] = &[
        "INSERT INTO employer (id, kvk_number, name) VALUES (1, '00000001', 'Een'), (2, '00000002', 'Twee')",
        "INSERT INTO contract (id, employer_id, number, name, start_date, borderel_payment, retroactive_days, closing_day,
             counted_on)
         SELECT i, 1 + i % 2, 'N' || (20000 + i), 'Test', '2014-01-01', TRUE, 30, 10, '2026-11-01'
         FROM generate_series(1, 80) i",
        "INSERT INTO person (id, relation_number, initials, prefix, surname, partner_prefix, partner_surname, name_use,
             gender)
         SELECT id, 'R' || (10000 + id), 'A.', '', 'Jansen', '', '', 'E', 'V' FROM contract",
        "INSERT INTO participation (id, contract_id, person_id, start_date, personnel_number, full_name, sort_key,
             search_text, relation_number, birth_date, gender, recorded_at)
         SELECT id, id, id, '2020-01-01', 'P', 'A. Jansen', 'jansen', ' jansen a', 'R' || (10000 + id), '1980-02-03',
             'V', 0 FROM contract",
        "INSERT INTO participation_past (participation_id, version, contract_id, start_date, end_date, personnel_number,
             recorded_at, superseded_at)
         SELECT id, 1, id, '2020-01-01', '9999-12-31', 'O', 0, 1 FROM contract",
        "INSERT INTO search_word (contract_id, word_group, sort_key, participation_id, end_date, is_dependant, search_text)
         SELECT id, 'ja', 'jansen', id, '9999-12-31', FALSE, ' jansen a' FROM contract",
        "INSERT INTO month_flow (contract_id, month, inflow, outflow) SELECT id, 24240, 1, 0 FROM contract",
        "INSERT INTO mutation (contract_id, participation_id, kind, channel, state, valid_from, recorded_at, state_before,
             state_after)
         SELECT id, id, 'correction', 'employer', 'processed', '2020-01-01', 0, '{}', '{}' FROM contract",
        "INSERT INTO validation_choice (contract_id, kind, asks, chosen_at) SELECT id, 'enrolment', FALSE, 0 FROM contract",
        "INSERT INTO mutation_case (id, contract_id, kind, state, channel, needs_validation, form_key, reference, full_name,
             sort_key, search_text, birth_date, effective, personnel_number, products, dependants, language, request, since,
             created_at)
         SELECT id, id, 'enrolment', 'waiting', 'open_employee', TRUE, CAST('f' || id AS BYTEA), 'C' || id, 'A. Jansen',
             'jansen', ' jansen a', '1980-02-03', '2027-01-01', '', 'basis', 0, 'nl', '', 0, 0 FROM contract",
        "INSERT INTO case_moment (case_id, contract_id, step, recorded_at, text) SELECT id, id, 'sent', 0, '' FROM contract",
        "INSERT INTO message (contract_id, category, kind, full_name, others, recorded_at)
         SELECT id, 'validatie', 'case_waits', 'A. Jansen', 0, 0 FROM contract",
        "INSERT INTO account (id, email, name, language, theme, created_at)
         VALUES (1, 'a@linde.example', 'A', 'nl', 'auto', 0), (2, 'b@linde.example', 'B', 'nl', 'auto', 0),
             (3, 'c@linde.example', 'C', 'nl', 'auto', 0)",
        "INSERT INTO account_right (account_id, contract_id, roles) SELECT 1, id, 1 FROM contract WHERE id % 2 = 0",
        "INSERT INTO account_right (account_id, contract_id, roles) VALUES (2, 3, 1), (3, 4, 2)",
    ];

    /// The tables behind the wall, and what tells the contract of a row.
    const GUARDED: [(&str, &str); 10] = [
        ("participation", "contract_id"),
        ("participation_past", "contract_id"),
        ("search_word", "contract_id"),
        ("month_flow", "contract_id"),
        ("mutation", "contract_id"),
        ("validation_choice", "contract_id"),
        ("mutation_case", "contract_id"),
        ("case_moment", "contract_id"),
        ("message", "contract_id"),
        // Each is in the contract of the same number.
        ("person", "id"),
    ];

    async fn postgres() -> Option<TestDatabase> {
        let database = databases().await.into_iter().find(|database| database.db.is_postgres())?;
        assert!(!database.db.passes_over_the_wall().await.unwrap(), "tests need a role that is no superuser");
        for sql in ROWS {
            database.db.run_raw(sql).await.unwrap();
        }
        Some(database)
    }

    async fn contracts_in(connection: &impl ConnectionTrait, table: &str, column: &str) -> BTreeSet<i64> {
        // A query whose condition was forgotten.
        let sql = format!("SELECT {column} FROM {table}");
        let rows = connection.query_all_raw(statement(DatabaseBackend::Postgres, &sql, [])).await.unwrap();
        rows.iter().map(|row| row.try_get_by_index(0).unwrap()).collect()
    }

    // asvs = "8.2.2, 8.4.1"
    #[tokio::test]
    async fn a_forgotten_condition_shows_no_more_than_the_scope_has() {
        let Some(TestDatabase { db, .. }) = postgres().await else { return };
        let rights = async |account| db.account_rights(AccountId(account), 1, None).await.unwrap();
        let seen = Right::SeeParticipants;
        let viewed = db.viewed_rights(AccountId(3), EmployerId(2)).await.unwrap();
        for (what, scope, expected) in [
            ("many contracts of an account", rights(1).await.scope(seen), (2..=80).step_by(2).collect()),
            ("one of many", rights(1).await.scope_of(seen, "N20008").unwrap(), BTreeSet::from([8])),
            ("one contract of an account", rights(2).await.scope(seen), BTreeSet::from([3])),
            ("another role", rights(3).await.scope(seen), BTreeSet::new()),
            ("an employer that staff look along with", viewed.scope(seen), (1..=79).step_by(2).collect()),
            ("the operator", db.operator_scope().await.unwrap(), (1..=80).collect::<BTreeSet<i64>>()),
        ] {
            for (table, column) in GUARDED {
                let read = db.read_within(&scope).await.unwrap();
                assert_eq!(contracts_in(&read, table, column).await, expected, "{what}: {table}");
                let bulk = db.bulk_within(&scope).await.unwrap();
                assert_eq!(contracts_in(&bulk, table, column).await, expected, "{what}: {table}");
            }
            // Nor can more be changed.
            let txn = db.begin_within(&scope).await.unwrap();
            let sql = statement(DatabaseBackend::Postgres, "UPDATE participation SET version = version + 1", []);
            assert_eq!(txn.0.execute_raw(sql).await.unwrap().rows_affected(), expected.len() as u64, "{what}");
            drop(txn);
            let txn = db.begin_within(&scope).await.unwrap();
            let sql =
                "INSERT INTO month_flow (contract_id, month, inflow, outflow) SELECT id, 24241, 1, 0 FROM contract";
            let added = txn.0.execute_unprepared(sql).await;
            assert_eq!(added.is_ok(), expected.len() == 80, "{what}");
        }
    }

    // asvs = "8.4.1"
    #[tokio::test]
    async fn who_does_not_say_how_far_it_reaches_sees_nothing() {
        let Some(TestDatabase { db, .. }) = postgres().await else { return };
        let scope = db.operator_scope().await.unwrap();
        // Often enough to have used every connection, on which others reached far before.
        for _ in 0..20 {
            assert_eq!(contracts_in(&db.read_within(&scope).await.unwrap(), "person", "id").await.len(), 80);
            for (table, column) in GUARDED {
                assert!(contracts_in(db.read(), table, column).await.is_empty(), "{table}");
            }
            let txn = db.begin().await.unwrap();
            assert!(contracts_in(&txn.0, "participation", "contract_id").await.is_empty());
        }
    }

    /// A table that is added later must not be forgotten.
    // asvs = "13.2.2, 8.4.1"
    #[tokio::test]
    async fn every_table_of_a_contract_is_behind_the_wall() {
        let Some(TestDatabase { db, .. }) = postgres().await else { return };
        let sql = "SELECT c.relname::text, c.relrowsecurity AND c.relforcerowsecurity FROM pg_class c
                   JOIN pg_namespace n ON n.oid = c.relnamespace
                   WHERE n.nspname = 'public' AND c.relkind = 'r' AND (c.relname = 'person' OR EXISTS (
                       SELECT 1 FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'contract_id'))";
        let rows = db.read().query_all_raw(statement(DatabaseBackend::Postgres, sql, [])).await.unwrap();
        let mut behind = BTreeSet::new();
        for row in rows {
            let table: String = row.try_get_by_index(0).unwrap();
            // By the first the wall itself tells who reaches what.
            if table != "account_right" {
                assert!(row.try_get_by_index::<bool>(1).unwrap(), "{table}");
                behind.insert(table);
            }
        }
        assert!(GUARDED.iter().all(|(table, _)| behind.contains(*table)), "{behind:?}");
    }

    // asvs = "16.4.2"
    #[tokio::test]
    async fn the_program_cannot_change_or_remove_rows_of_the_access_log() {
        let Some(TestDatabase { db, .. }) = postgres().await else { return };
        let log = "INSERT INTO access_log (id, recorded_at, event, request_id, details, hash)
                   VALUES (1, 0, 'x', 'y', '', '')";
        for (sql, rows) in [(log, 1), ("UPDATE access_log SET details = 'z'", 0), ("DELETE FROM access_log", 0)] {
            let txn = db.begin_everything().await.unwrap();
            assert_eq!(txn.0.execute_unprepared(sql).await.unwrap().rows_affected(), rows, "{sql}");
            txn.commit().await.unwrap();
        }
        assert_eq!(db.number("SELECT count(*) FROM access_log WHERE details = ''").await.unwrap(), 1);
    }
}
