//! What can go wrong with the database. This is the only place that reads [`sea_orm::DbErr`].

use sea_orm::{DbErr, SqlErr};

/// An error of the data layer. Its text is for the operator's log and never reaches a client; it holds no values of
/// rows, because statements are always sent with their values apart.
#[derive(Debug, thiserror::Error)]
pub enum DataError {
    /// A row with this key stands there already.
    #[error("a row with the same key exists")]
    Duplicate,
    /// Somebody else changed the row first.
    #[error("the row was changed by somebody else")]
    Stale,
    /// The database cannot be reached, or is too busy; trying again later may work.
    #[error("the database is not available: {0}")]
    Unavailable(String),
    /// A stored value cannot be read: wrong key, damaged file or a bug.
    #[error("a stored value cannot be read: {0}")]
    Corrupt(&'static str),
    /// Anything else.
    #[error("the database refused a statement: {0}")]
    Database(String),
}

impl From<DbErr> for DataError {
    fn from(error: DbErr) -> Self {
        match error.sql_err() {
            Some(SqlErr::UniqueConstraintViolation(_)) => return Self::Duplicate,
            Some(SqlErr::ForeignKeyConstraintViolation(_)) => return Self::Database("foreign key".to_owned()),
            _ => {}
        }
        match &error {
            DbErr::ConnectionAcquire(_) | DbErr::Conn(_) => Self::Unavailable(kind(&error)),
            DbErr::Query(_) | DbErr::Exec(_) if busy(&error) => Self::Unavailable(kind(&error)),
            _ => Self::Database(kind(&error)),
        }
    }
}

/// SQLite's "database is locked" and PostgreSQL's serialization failures and deadlocks: the same try may succeed later.
fn busy(error: &DbErr) -> bool {
    let text = error.to_string();
    ["database is locked", "deadlock detected", "could not serialize access"].iter().any(|sign| text.contains(sign))
}

/// The database's own words, shortened. PostgreSQL puts offending values in the DETAIL line, which sqlx keeps apart.
fn kind(error: &DbErr) -> String {
    error.to_string().chars().take(300).collect()
}
