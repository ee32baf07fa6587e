//! Opening the portal: the data folder, the keys, the database and its schema.

use std::{io, sync::Arc};

use collectief_service::{
    Portal, Reach, ServiceError,
    broker::BrokerAccess,
    clock::Clock,
    folder,
    outbox::Post,
    portal::{DataError, Db, PoolSize},
};

use crate::{
    broker::OidcBroker,
    keys::{self, KeysError},
    settings::Settings,
};

/// Why the portal could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The data folder cannot be made or used.
    #[error("the data folder {folder} cannot be used: {reason}")]
    Folder {
        /// Which.
        folder: String,
        /// Why not.
        reason: io::Error,
    },
    /// The keys cannot be used.
    #[error(transparent)]
    Keys(#[from] KeysError),
    /// These are other keys than those that the database was filled with.
    #[error(
        "the keys in {place} are not those that this database was filled with; put the right file back, for with \
         these no BSN can be read"
    )]
    OtherKeys {
        /// Where the keys are.
        place: String,
    },
    /// The database cannot be used.
    #[error("the database {place} cannot be used: {reason}")]
    Database {
        /// Which, without a password.
        place: String,
        /// Why not.
        reason: DataError,
    },
    /// Mail cannot be sent as it is configured.
    #[error("mail cannot be sent: {0}")]
    Mail(ServiceError),
    /// The broker cannot be used as it is configured.
    #[error("the broker of eHerkenning cannot be used: {0}")]
    Broker(String),
    /// The schema is behind.
    #[error("the database is behind by {0} steps: run `collectief migrate` first")]
    Behind(usize),
}

/// Whether the schema is brought up to date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Schema {
    /// Bring it up to date.
    Update,
    /// A command beside a running server: bring it up to date on SQLite, where there is but one program; on PostgreSQL
    /// it must be.
    UpdateIfOwn,
}

/// How messages leave: by the mail server, if one was named, and as files in the data folder.
///
/// # Errors
/// [`StartError::Mail`] when the mail server's address cannot be understood.
pub fn post(settings: &Settings) -> Result<Post, StartError> {
    let folder = settings.data.join("outbox");
    match &settings.mail {
        Some(server) => Post::smtp(&folder, server).map_err(StartError::Mail),
        None => Ok(Post::files(&folder)),
    }
}

/// Opens the database and brings its schema up to date; tells which steps were run.
///
/// # Errors
/// Whatever stands in the way, for the operator.
pub async fn open_database(settings: &Settings, schema: Schema) -> Result<(Db, Vec<&'static str>), StartError> {
    let folder = |reason| StartError::Folder { folder: settings.data.display().to_string(), reason };
    folder::make_private(&settings.data).map_err(folder)?;
    let (keys, keys_place) = match &settings.keys {
        Some(text) => (keys::read(text, "the variable COLLECTIEF_KEYS")?, "the variable COLLECTIEF_KEYS".to_owned()),
        None => {
            let keys = keys::read_file(&settings.keys_file, !settings.keys_file_given)?;
            (keys, settings.keys_file.display().to_string())
        }
    };
    let size = PoolSize { connections: settings.connections };
    let (db, place) = match &settings.database_url {
        Some(url) => (Db::open_postgres(url, size, keys).await, without_password(url)),
        None => {
            let file = settings.data.join("collectief.sqlite3");
            (Db::open_sqlite(&file, size, keys).await, file.display().to_string())
        }
    };
    let failed = |reason| StartError::Database { place: place.clone(), reason };
    let db = db.map_err(failed)?;
    let mut steps = Vec::new();
    if schema == Schema::Update || !db.is_postgres() {
        steps = db.migrate().await.map_err(failed)?;
    } else {
        let pending = db.pending_steps().await.map_err(failed)?;
        if !pending.is_empty() {
            return Err(StartError::Behind(pending.len()));
        }
    }
    if !db.keys_fit().await.map_err(failed)? {
        return Err(StartError::OtherKeys { place: keys_place });
    }
    Ok((db, steps))
}

/// Opens the portal.
///
/// # Errors
/// As [`open_database`].
pub async fn open(settings: &Settings, schema: Schema) -> Result<Portal, StartError> {
    let (db, _) = open_database(settings, schema).await?;
    let portal = Portal::new(db, clock(settings), settings.limits.clone(), settings.brand.clone(), settings.demo);
    let address = settings.public_address().map(|origin| origin.as_str().to_owned());
    let mail_from = settings.mail.as_ref().map(|mail| mail.from.clone());
    let portal = match &settings.broker {
        Some(broker) => {
            let demand = broker.demand;
            // The machine's clock: tokens are of today, whatever day a demonstration shows.
            let broker = OidcBroker::new(broker.clone(), Clock::machine()).map_err(StartError::Broker)?;
            portal.with_broker(BrokerAccess { broker: Arc::new(broker), demand })
        }
        None => portal,
    };
    Ok(portal.reached_by(Reach { address, help_desk: settings.help_desk.clone(), mail_from }))
}

/// The clock that the settings ask for.
fn clock(settings: &Settings) -> Clock {
    settings.today.map_or_else(Clock::machine, Clock::starting_on)
}

/// The address of a database as it may be shown.
fn without_password(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return "…".to_owned() };
    let (rest, _) = rest.split_once('?').unwrap_or((rest, ""));
    match rest.rsplit_once('@') {
        Some((user, host)) => format!("{scheme}://{}@{host}", user.split(':').next().unwrap_or_default()),
        None => format!("{scheme}://{rest}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // asvs = "16.2.5"
    #[test]
    fn no_password_is_shown() {
        for (url, shown) in [
            ("postgres://portal:s3cret@db.example/portal?sslmode=require", "postgres://portal@db.example/portal"),
            ("postgres://portal:s@cret@db/portal", "postgres://portal@db/portal"),
            ("postgres://db/portal?password=s3cret", "postgres://db/portal"),
        ] {
            assert_eq!(without_password(url), shown);
        }
    }
}
