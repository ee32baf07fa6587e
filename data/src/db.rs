//! The connection to the database, and transactions on it.
//!
//! SQLite gets two pools: one connection that writes, because SQLite has one writer at a time anyway and a queue in
//! front of it is fairer than its busy handler; and several that only read. PostgreSQL gets one pool for both.

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use sea_orm::{
    ConnectOptions, Database, DatabaseBackend, DatabaseConnection, DatabaseTransaction, SqliteTransactionMode,
    Statement, TransactionOptions, TransactionTrait, Value,
};

use tokio::sync::Notify;

use crate::{audit::AuditEvents, crypt::Keyring, error::DataError};

/// Where something is read that is nobody's in particular: outside of a transaction, or in one. Whoever holds a transaction
/// reads in it: if each of many that hold a connection waited for another one, none would ever be free.
#[derive(Clone, Copy)]
pub enum Source<'a> {
    /// Outside of any transaction.
    Db(&'a Db),
    /// In this one.
    Txn(&'a Txn),
}

impl<'a> From<&'a Db> for Source<'a> {
    fn from(db: &'a Db) -> Self {
        Self::Db(db)
    }
}

impl<'a> From<&'a Txn> for Source<'a> {
    fn from(txn: &'a Txn) -> Self {
        Self::Txn(txn)
    }
}

/// A transaction that writes. It is given to every function that changes something.
pub struct Txn(pub(crate) DatabaseTransaction, AuditEvents, Deliveries);

/// Whether a transaction has something for the outbox, and who is to be told when it is there.
struct Deliveries {
    due: AtomicBool,
    told: Arc<Notify>,
}

impl Txn {
    /// Lets the transaction reach every contract's rows, for a request that leads from one contract to another. It must be
    /// followed by [`look_within`](Self::look_within).
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn look_beyond(&self) -> Result<(), DataError> {
        crate::wall::look_beyond(&self.0).await
    }

    /// Lets the transaction reach no more than `scope` again.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn look_within(&self, scope: &crate::scope::Scope) -> Result<(), DataError> {
        crate::wall::look_within(&self.0, scope).await
    }

    /// Makes everything done in the transaction permanent, with its rows of the access log: on disk before this returns.
    ///
    /// # Errors
    /// When the database cannot; nothing has then been done.
    pub async fn commit(self) -> Result<(), DataError> {
        let Self(transaction, events, deliveries) = self;
        // The access log is one chain, of which the head stays locked until the transaction ends: written last, it keeps
        // nobody waiting for what else the transaction does, and nobody waits here who holds what is waited for there.
        events.write(&transaction).await?;
        transaction.commit().await?;
        if deliveries.due.into_inner() {
            deliveries.told.notify_one();
        }
        Ok(())
    }

    /// Says that the outbox has something to deliver once this is committed.
    pub(crate) fn something_to_deliver(&self) {
        self.2.due.store(true, Ordering::Relaxed);
    }

    /// What the access log is to say of this transaction.
    pub(crate) fn audit_events(&self) -> &AuditEvents {
        &self.1
    }
}

/// The database.
#[derive(Clone)]
pub struct Db {
    read: DatabaseConnection,
    write: DatabaseConnection,
    /// For reading whole lists: it keeps little, so that an export does not fill memory with what is read once.
    bulk: DatabaseConnection,
    keys: Keyring,
    /// Told when something was put in the outbox.
    deliveries: Arc<Notify>,
}

/// What a connection to SQLite is for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Purpose {
    Write,
    Read,
    Bulk,
}

/// How many whole lists can be read from SQLite at the same time; more wait for their next piece.
const BULK_CONNECTIONS: u32 = 2;

/// How many connections may be open.
#[derive(Debug, Clone, Copy)]
pub struct PoolSize {
    /// Connections that read (SQLite), or all of them (PostgreSQL).
    pub connections: u32,
}

impl Default for PoolSize {
    fn default() -> Self {
        Self { connections: 8 }
    }
}

impl Db {
    /// Opens the SQLite file at `path`, making it when it is not there.
    ///
    /// # Errors
    /// When the file cannot be opened or made.
    pub async fn open_sqlite(path: &Path, size: PoolSize, keys: Keyring) -> Result<Self, DataError> {
        let url = format!("sqlite://{}?mode=rwc", path.display());
        let write = connect_sqlite(&url, 1, Purpose::Write).await?;
        let read = connect_sqlite(&url, size.connections, Purpose::Read).await?;
        let bulk = connect_sqlite(&url, BULK_CONNECTIONS, Purpose::Bulk).await?;
        Ok(Self { read, write, bulk, keys, deliveries: Arc::default() })
    }

    /// Connects to the PostgreSQL database at `url`.
    ///
    /// # Errors
    /// When it cannot be reached.
    pub async fn open_postgres(url: &str, size: PoolSize, keys: Keyring) -> Result<Self, DataError> {
        let mut options = ConnectOptions::new(url);
        options
            .max_connections(size.connections)
            .acquire_timeout(Duration::from_secs(10))
            .test_before_acquire(false)
            .test_before_acquire_if_idle_for(Duration::from_secs(30))
            .sqlx_logging(false);
        let pool = Database::connect(options).await?;
        Ok(Self { read: pool.clone(), bulk: pool.clone(), write: pool, keys, deliveries: Arc::default() })
    }

    /// The same database, used by another server whose keys are these.
    #[cfg(any(test, feature = "testing"))]
    #[must_use]
    pub fn with_keys(&self, keys: Keyring) -> Self {
        Self { keys, ..self.clone() }
    }

    /// The keys that protect BSNs.
    pub fn keys(&self) -> &Keyring {
        &self.keys
    }

    /// Whether this is PostgreSQL; else it is SQLite.
    pub fn is_postgres(&self) -> bool {
        self.read.get_database_backend() == DatabaseBackend::Postgres
    }

    /// Answers when the database can be read from.
    ///
    /// # Errors
    /// When it cannot.
    pub async fn ping(&self) -> Result<(), DataError> {
        Ok(self.read.ping().await?)
    }

    /// Begins a transaction that may write. On SQLite it takes the write lock at once, so that what is read inside
    /// cannot change before it is written.
    ///
    /// # Errors
    /// When the database cannot be reached, or when the lock is not had in time.
    pub async fn begin(&self) -> Result<Txn, DataError> {
        let options = TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        };
        let deliveries = Deliveries { due: AtomicBool::new(false), told: Arc::clone(&self.deliveries) };
        Ok(Txn(self.write.begin_with_options(options).await?, AuditEvents::default(), deliveries))
    }

    /// Waits until something is there to deliver that was put in the outbox by this program; at once when that was so
    /// since the last time. What another server put there is not heard of.
    pub async fn something_to_deliver(&self) {
        self.deliveries.notified().await;
    }

    /// Closes all connections, and waits until they are.
    ///
    /// # Errors
    /// When a connection does not close.
    pub async fn close(&self) -> Result<(), DataError> {
        self.write.close_by_ref().await?;
        self.bulk.close_by_ref().await?;
        Ok(self.read.close_by_ref().await?)
    }

    /// The connection for reading.
    pub(crate) fn read(&self) -> &DatabaseConnection {
        &self.read
    }

    /// The connection for reading whole lists, piece by piece.
    pub(crate) fn bulk(&self) -> &DatabaseConnection {
        &self.bulk
    }

    /// The connection for writing, outside a transaction: only for migrations and maintenance.
    pub(crate) fn write(&self) -> &DatabaseConnection {
        &self.write
    }
}

async fn connect_sqlite(url: &str, connections: u32, purpose: Purpose) -> Result<DatabaseConnection, DataError> {
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(connections)
        .min_connections(1)
        .acquire_timeout(Duration::from_secs(30))
        .test_before_acquire(false)
        .sqlx_logging(false)
        .map_sqlx_sqlite_opts(move |options| {
            let options = options
                .busy_timeout(Duration::from_secs(20))
                .foreign_keys(true)
                .statement_cache_capacity(200)
                .pragma("journal_mode", "WAL")
                .pragma("synchronous", "FULL")
                .pragma("temp_store", "MEMORY");
            let options = match purpose {
                Purpose::Bulk => options.pragma("cache_size", "-8192").pragma("mmap_size", "0"),
                Purpose::Read | Purpose::Write => {
                    options.pragma("cache_size", "-65536").pragma("mmap_size", "1073741824")
                }
            };
            if purpose == Purpose::Write { options } else { options.pragma("query_only", "ON") }
        });
    Ok(Database::connect(options).await?)
}

/// A statement whose placeholders are written `?`, for whichever database `backend` is.
///
/// Used where a query's plan matters and is tested; `?` becomes `$1`, `$2`, … for PostgreSQL. The SQL must not hold a
/// question mark otherwise.
pub(crate) fn statement(backend: DatabaseBackend, sql: &str, values: impl IntoIterator<Item = Value>) -> Statement {
    let sql = if backend == DatabaseBackend::Postgres { numbered(sql) } else { sql.to_owned() };
    Statement::from_sql_and_values(backend, sql, values)
}

fn numbered(sql: &str) -> String {
    let mut out = String::with_capacity(sql.len() + 16);
    let mut number = 0;
    for character in sql.chars() {
        if character == '?' {
            number += 1;
            out.push('$');
            out.push_str(&number.to_string());
        } else {
            out.push(character);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::numbered;

    #[test]
    fn placeholders_are_numbered_in_order() {
        assert_eq!(numbered("a = ? AND b IN (?, ?)"), "a = $1 AND b IN ($2, $3)");
    }
}
