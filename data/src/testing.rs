//! Databases for tests: SQLite in a temporary file, and PostgreSQL in the cluster that `COLLECTIEF_TEST_POSTGRES_URL`
//! names, where each test gets a database of its own, cloned from one that was migrated once.

use std::sync::atomic::{AtomicU32, Ordering};

use sea_orm::{ConnectionTrait, Database};
use tokio::sync::{Mutex, OnceCell};

use crate::{
    crypt::{Key, Keyring},
    db::{Db, PoolSize, statement},
    error::DataError,
};

/// The variable that names a database of the cluster for tests, in which others may be made.
pub const POSTGRES_URL: &str = "COLLECTIEF_TEST_POSTGRES_URL";

/// A database for one test.
pub struct TestDatabase {
    /// The database, migrated and empty.
    pub db: Db,
    /// Which kind, for messages.
    pub name: &'static str,
    /// The file goes with this value.
    _folder: Option<tempfile::TempDir>,
}

/// Keys for tests.
pub fn keys() -> Keyring {
    keys_of(&[1])
}

/// Keys of which the last of these numbers encrypts; number 1 is that of [`keys`].
///
/// # Panics
/// When there is no number.
#[expect(clippy::expect_used, reason = "a test stops here")]
pub fn keys_of(numbers: &[u8]) -> Keyring {
    let encryption: Vec<_> = numbers.iter().map(|number| (*number, Key::new(Box::new([*number; 32])))).collect();
    Keyring::new(&encryption, Key::new(Box::new([2; 32]))).expect("there is a number")
}

/// An empty database of each kind that can be had.
///
/// # Panics
/// When a database cannot be made.
pub async fn databases() -> Vec<TestDatabase> {
    let mut all = vec![on_sqlite().await];
    all.extend(on_postgres().await);
    all
}

/// An empty SQLite database.
///
/// # Panics
/// When it cannot be made.
#[expect(clippy::expect_used, reason = "a test stops here")]
pub async fn on_sqlite() -> TestDatabase {
    sqlite().await.expect("SQLite")
}

/// An empty PostgreSQL database: `None`, with a notice, when no cluster is named.
///
/// # Panics
/// When it cannot be made.
#[expect(clippy::expect_used, clippy::print_stderr, reason = "a test stops here, and says what it left out")]
pub async fn on_postgres() -> Option<TestDatabase> {
    let Ok(cluster) = std::env::var(POSTGRES_URL) else {
        eprintln!("{POSTGRES_URL} is not set: not tested on PostgreSQL");
        return None;
    };
    Some(postgres(&cluster).await.expect("PostgreSQL"))
}

async fn sqlite() -> Result<TestDatabase, DataError> {
    let folder = tempfile::tempdir().map_err(|error| DataError::Unavailable(error.to_string()))?;
    let db = Db::open_sqlite(&folder.path().join("test.sqlite3"), PoolSize { connections: 4 }, keys()).await?;
    db.migrate().await?;
    Ok(TestDatabase { db, name: "SQLite", _folder: Some(folder) })
}

async fn postgres(cluster: &str) -> Result<TestDatabase, DataError> {
    static TEMPLATE: OnceCell<()> = OnceCell::const_new();
    static COPIES: AtomicU32 = AtomicU32::new(0);
    // A template can be copied once at a time.
    static COPYING: Mutex<()> = Mutex::const_new(());
    let process = std::process::id();
    let template = format!("collectief_template_{process}");
    TEMPLATE
        .get_or_try_init(|| async {
            // A process of before may have had the same number.
            run(cluster, &format!("DROP DATABASE IF EXISTS {template}")).await?;
            run(cluster, &format!("CREATE DATABASE {template}")).await?;
            let db = Db::open_postgres(&url(cluster, &template), PoolSize { connections: 1 }, keys()).await?;
            db.migrate().await?;
            db.close().await
        })
        .await?;
    let name = format!("collectief_test_{process}_{}", COPIES.fetch_add(1, Ordering::Relaxed));
    let copying = COPYING.lock().await;
    run(cluster, &format!("DROP DATABASE IF EXISTS {name}")).await?;
    run(cluster, &format!("CREATE DATABASE {name} TEMPLATE {template}")).await?;
    drop(copying);
    let db = Db::open_postgres(&url(cluster, &name), PoolSize { connections: 6 }, keys()).await?;
    Ok(TestDatabase { db, name: "PostgreSQL", _folder: None })
}

/// The address of the database `name` in the same cluster.
fn url(cluster: &str, name: &str) -> String {
    let (address, query) = cluster.split_once('?').map_or((cluster, String::new()), |(a, q)| (a, format!("?{q}")));
    let (server, _) = address.rsplit_once('/').unwrap_or((address, ""));
    format!("{server}/{name}{query}")
}

async fn run(cluster: &str, sql: &str) -> Result<(), DataError> {
    let connection = Database::connect(cluster).await?;
    connection.execute_unprepared(sql).await?;
    Ok(connection.close().await?)
}

impl Db {
    /// Runs SQL as it is, for tests that spoil something on purpose.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn run_raw(&self, sql: &str) -> Result<(), DataError> {
        if !self.is_postgres() {
            // Some of it cannot be done in a transaction.
            self.write().execute_unprepared(sql).await?;
            return Ok(());
        }
        let txn = self.begin_everything().await?;
        // Whoever owns a table can change rows that the program cannot.
        if sql.starts_with("UPDATE access_log") || sql.starts_with("DELETE FROM access_log") {
            txn.0.execute_unprepared("ALTER TABLE access_log NO FORCE ROW LEVEL SECURITY").await?;
        }
        txn.0.execute_unprepared(sql).await?;
        txn.commit().await
    }

    /// One whole number that SQL comes to, for tests that look behind the scenes.
    ///
    /// # Errors
    /// When the database refuses, or when it is not one whole number.
    pub async fn number(&self, sql: &str) -> Result<i64, DataError> {
        let row =
            self.read_everything().await?.query_one_raw(statement(self.read().get_database_backend(), sql, [])).await?;
        let row = row.ok_or(DataError::Corrupt("no row"))?;
        // PostgreSQL tells lengths and small columns as 32 bits.
        match row.try_get_by_index::<i64>(0) {
            Ok(number) => Ok(number),
            Err(_) => Ok(i64::from(row.try_get_by_index::<i32>(0)?)),
        }
    }

    /// Everything in the database as text, bytes as hexadecimal digits, for tests that look for what must not be there.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn dump(&self) -> Result<String, DataError> {
        let backend = self.read().get_database_backend();
        let tables = if self.is_postgres() {
            "SELECT tablename::text FROM pg_tables WHERE schemaname = 'public'"
        } else {
            "SELECT name FROM sqlite_master WHERE type = 'table'"
        };
        let mut dump = String::new();
        let read = self.read_everything().await?;
        for table in read.query_all_raw(statement(backend, tables, [])).await? {
            let table: String = table.try_get_by_index(0)?;
            let rows = if self.is_postgres() {
                format!("SELECT t::text FROM \"{table}\" t")
            } else {
                let columns = format!(
                    "SELECT group_concat('quote(' || name || ')', ' || '' '' || ') FROM pragma_table_info('{table}')"
                );
                format!("SELECT {} FROM \"{table}\"", self.text(&columns).await?)
            };
            for row in read.query_all_raw(statement(backend, &rows, [])).await? {
                let row: String = row.try_get_by_index(0)?;
                dump.push_str(&format!("{table} {row}\n"));
            }
        }
        Ok(dump)
    }

    /// One text that SQL comes to.
    ///
    /// # Errors
    /// As [`number`](Self::number).
    pub async fn text(&self, sql: &str) -> Result<String, DataError> {
        let row =
            self.read_everything().await?.query_one_raw(statement(self.read().get_database_backend(), sql, [])).await?;
        let row = row.ok_or(DataError::Corrupt("no row"))?;
        Ok(row.try_get_by_index(0)?)
    }
}

#[cfg(test)]
mod tests {
    use super::url;

    #[test]
    fn a_database_of_the_same_cluster() {
        assert_eq!(url("postgres://postgres@127.0.0.1:5433/postgres", "a"), "postgres://postgres@127.0.0.1:5433/a");
        assert_eq!(url("postgres://u:p@h/postgres?sslmode=disable", "a"), "postgres://u:p@h/a?sslmode=disable");
    }
}
