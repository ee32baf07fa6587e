//! Loading very many rows: one import at a time, and into an almost empty database without the indexes whose keys lie
//! anywhere.
//!
//! Every contract is a transaction of its own. An index by BSN or by name over all contracts gets its keys in no order,
//! so each of those transactions would dirty nearly a page per row, and write every page of the index hundreds of times.
//! So a first load drops these indexes, and makes them when all rows are in. A mark in `setting` says that they are
//! missing: when the program died on the way, the next start makes them.

use std::{collections::HashMap, fs::File, path::PathBuf};

use sea_orm::{ConnectionTrait, DatabaseBackend, DatabaseTransaction, TransactionTrait, Value};

use crate::{
    db::{Db, Txn, statement},
    error::DataError,
    migration::index_statement,
    setting,
};

/// The indexes whose keys come in no order when contract after contract is loaded.
const SCATTERED: [&str; 6] = [
    "person_relation_number",
    "person_bsn",
    "person_birth_date",
    "participation_personnel",
    "participation_name_all",
    "search_word_all",
];

/// The setting that says that these indexes have to be made.
const INDEXES_MISSING: &str = "indexes_missing";

/// The advisory lock of imports on PostgreSQL.
const IMPORT_LOCK: i64 = 7204;

/// Kept by the only import that runs; the database or the operating system takes it back from a process that dies.
pub(super) struct ImportLock {
    _file: Option<File>,
    transaction: Option<DatabaseTransaction>,
}

impl ImportLock {
    /// Gives it back at once; dropping it does so as soon as the connection is looked after.
    pub(super) async fn release(self) -> Result<(), DataError> {
        if let Some(transaction) = self.transaction {
            transaction.rollback().await?;
        }
        Ok(())
    }
}

/// Persons that are stored, in memory: while their indexes are missing they cannot be looked up.
#[derive(Default)]
pub(super) struct KnownPersons {
    pub(super) by_relation_number: HashMap<Box<str>, i64>,
    pub(super) by_bsn: HashMap<Box<[u8]>, i64>,
}

impl Db {
    /// Makes the indexes that an interrupted first load left out. Does nothing while such a load runs elsewhere.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn ensure_indexes(&self) -> Result<(), DataError> {
        if setting::get(self, INDEXES_MISSING).await?.is_none() {
            return Ok(());
        }
        match self.import_lock().await? {
            Some(lock) => {
                let made = self.make_indexes().await;
                lock.release().await?;
                made
            }
            None => Ok(()),
        }
    }

    /// The lock of imports, unless another one has it.
    pub(super) async fn import_lock(&self) -> Result<Option<ImportLock>, DataError> {
        if self.is_postgres() {
            let transaction = self.write().begin().await?;
            let sql = statement(
                DatabaseBackend::Postgres,
                "SELECT pg_try_advisory_xact_lock(?) AS got",
                [Value::from(IMPORT_LOCK)],
            );
            let row = transaction.query_one_raw(sql).await?;
            let got = row.and_then(|row| row.try_get::<bool>("", "got").ok()).unwrap_or(false);
            return Ok(got.then_some(ImportLock { _file: None, transaction: Some(transaction) }));
        }
        let sql = statement(DatabaseBackend::Sqlite, "SELECT file FROM pragma_database_list WHERE name = 'main'", []);
        let row = self.read().query_one_raw(sql).await?;
        let path = row.and_then(|row| row.try_get::<String>("", "file").ok()).unwrap_or_default();
        let mut path = PathBuf::from(path).into_os_string();
        path.push(".import-lock");
        let file = File::options().create(true).truncate(false).write(true).open(&path);
        let file = file.map_err(|error| DataError::Unavailable(format!("the lock of imports: {error}")))?;
        match file.try_lock() {
            Ok(()) => Ok(Some(ImportLock { _file: Some(file), transaction: None })),
            Err(std::fs::TryLockError::WouldBlock) => Ok(None),
            Err(std::fs::TryLockError::Error(error)) => {
                Err(DataError::Unavailable(format!("the lock of imports: {error}")))
            }
        }
    }

    /// Whether fewer participations are stored than `rows`.
    pub(super) async fn holds_fewer_than(&self, rows: u64) -> Result<bool, DataError> {
        let rows = i64::try_from(rows).unwrap_or(i64::MAX);
        let sql = statement(
            self.read().get_database_backend(),
            "SELECT COUNT(*) AS stored FROM (SELECT 1 AS one FROM participation LIMIT ?) AS some_rows",
            [Value::from(rows)],
        );
        let row = self.read_everything().await?.query_one_raw(sql).await?;
        let stored = row.map(|row| row.try_get::<i64>("", "stored")).transpose()?;
        Ok(stored.unwrap_or(0) < rows)
    }

    /// Drops the indexes whose keys come in no order, and gives the connection that writes more memory.
    pub(super) async fn drop_indexes(&self) -> Result<(), DataError> {
        if !self.is_postgres() {
            // Commits of a first load are only on disk with the next checkpoint, at the latest when it ends: it can be
            // done again, and nothing was acknowledged until then. What is on disk is whole at every moment.
            for pragma in
                ["PRAGMA synchronous = NORMAL", "PRAGMA cache_size = -196608", "PRAGMA wal_autocheckpoint = 20000"]
            {
                self.write().execute_unprepared(pragma).await?;
            }
        }
        let txn = self.begin().await?;
        setting::set(&txn, INDEXES_MISSING, "yes").await?;
        for index in SCATTERED {
            txn.0.execute_unprepared(&format!("DROP INDEX IF EXISTS {index}")).await?;
        }
        txn.commit().await
    }

    /// Makes the indexes that [`drop_indexes`](Self::drop_indexes) dropped.
    pub(super) async fn make_indexes(&self) -> Result<(), DataError> {
        if !self.is_postgres() {
            // Sorting some hundreds of megabytes is done beside the database rather than in memory, on both cores.
            for pragma in ["PRAGMA temp_store = FILE", "PRAGMA threads = 2"] {
                self.write().execute_unprepared(pragma).await?;
            }
        }
        let made = self.make_indexes_in_transaction().await;
        if self.is_postgres() {
            if made.is_ok() {
                for table in ["person", "participation", "search_word", "month_flow"] {
                    self.write().execute_unprepared(&format!("VACUUM (ANALYZE) {table}")).await?;
                }
            }
        } else {
            for pragma in [
                "PRAGMA temp_store = MEMORY",
                "PRAGMA threads = 0",
                "PRAGMA cache_size = -65536",
                "PRAGMA wal_autocheckpoint = 1000",
                "PRAGMA synchronous = FULL",
                "PRAGMA wal_checkpoint(TRUNCATE)",
            ] {
                self.write().execute_unprepared(pragma).await?;
            }
        }
        made
    }

    async fn make_indexes_in_transaction(&self) -> Result<(), DataError> {
        let backend = self.write().get_database_backend();
        let txn: Txn = self.begin().await?;
        for index in SCATTERED {
            let sql = index_statement(backend, index).ok_or(DataError::Corrupt("an index that no step makes"))?;
            txn.0.execute_unprepared(&sql).await?;
        }
        let sql = statement(backend, "DELETE FROM setting WHERE name = ?", [Value::from(INDEXES_MISSING)]);
        txn.0.execute_raw(sql).await?;
        txn.commit().await
    }
}
