//! Signing in through a broker: tries that were begun, and what a browser has shown. Only hashes are kept.

use collectief_domain::assurance::{AssuranceLevel, Demand};
use sea_orm::{ActiveValue::Set, prelude::*, sea_query::OnConflict};

use crate::{
    db::{Db, Txn},
    entity::{broker_proof, broker_try},
    error::DataError,
};

/// A try that begins.
#[derive(Debug, Clone)]
pub struct NewTry {
    /// The hash of what the broker sends back.
    pub state_hash: Vec<u8>,
    /// The hash of the browser's cookie.
    pub browser_hash: Vec<u8>,
    /// The page of our own that was asked for.
    pub wanted: String,
    /// The level that is asked of the broker.
    pub demand: Demand,
    /// From when on it is worth nothing, in Unix milliseconds.
    pub expires_at: i64,
}

/// Notes that a try begins.
///
/// # Errors
/// When the database refuses.
pub async fn begin(txn: &Txn, new: NewTry) -> Result<(), DataError> {
    let row = broker_try::ActiveModel {
        state_hash: Set(new.state_hash),
        browser_hash: Set(new.browser_hash),
        wanted: Set(new.wanted),
        demanded_level: Set(new.demand.code().to_owned()),
        expires_at: Set(new.expires_at),
        used_at: Set(None),
    };
    broker_try::Entity::insert(row).exec_without_returning(&txn.0).await?;
    Ok(())
}

/// What became of a try that is taken up again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Taken {
    /// It is used up by this.
    Taken {
        /// The page of our own that was asked for.
        wanted: String,
        /// The level that was asked of the broker.
        demand: Demand,
    },
    /// Another browser began it; it stays as it is.
    OtherBrowser,
    /// It was used before.
    Used,
    /// It began too long ago.
    Expired,
    /// There is none.
    Unknown,
}

/// Uses a try up, if this browser began it: of several at once only one can.
///
/// # Errors
/// When the database refuses.
pub async fn take(txn: &Txn, state_hash: &[u8], browser_hash: &[u8], now: i64) -> Result<Taken, DataError> {
    let taken = broker_try::Entity::update_many()
        .col_expr(broker_try::Column::UsedAt, Expr::value(Some(now)))
        .filter(broker_try::Column::StateHash.eq(state_hash.to_vec()))
        .filter(broker_try::Column::BrowserHash.eq(browser_hash.to_vec()))
        .filter(broker_try::Column::UsedAt.is_null())
        .filter(broker_try::Column::ExpiresAt.gt(now))
        .exec(&txn.0)
        .await?;
    let row = broker_try::Entity::find_by_id(state_hash.to_vec()).one(&txn.0).await?;
    Ok(match row {
        Some(row) if taken.rows_affected > 0 => {
            let demand = Demand::from_code(&row.demanded_level);
            Taken::Taken {
                wanted: row.wanted,
                demand: demand.ok_or(DataError::Corrupt("a level that nobody demands"))?,
            }
        }
        Some(row) if row.browser_hash != browser_hash => Taken::OtherBrowser,
        Some(row) if row.used_at.is_some() => Taken::Used,
        Some(_) => Taken::Expired,
        None => Taken::Unknown,
    })
}

/// What somebody has shown in a browser: an identity that no account is linked to yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof {
    /// The keyed hash of issuer and subject.
    pub identity: Vec<u8>,
    /// The KvK number that came with it.
    pub kvk_number: String,
    /// At which level.
    pub level: AssuranceLevel,
}

/// Keeps what was shown in a browser until `expires_at`, in place of what was shown there before.
///
/// # Errors
/// When the database refuses.
pub async fn keep_proof(txn: &Txn, browser_hash: Vec<u8>, proof: Proof, expires_at: i64) -> Result<(), DataError> {
    let row = broker_proof::ActiveModel {
        browser_hash: Set(browser_hash),
        identity: Set(proof.identity),
        kvk_number: Set(proof.kvk_number),
        assurance_level: Set(proof.level.code().to_owned()),
        expires_at: Set(expires_at),
    };
    let replace = OnConflict::column(broker_proof::Column::BrowserHash)
        .update_columns([
            broker_proof::Column::Identity,
            broker_proof::Column::KvkNumber,
            broker_proof::Column::AssuranceLevel,
            broker_proof::Column::ExpiresAt,
        ])
        .to_owned();
    broker_proof::Entity::insert(row).on_conflict(replace).exec_without_returning(&txn.0).await?;
    Ok(())
}

/// What was shown in a browser, as long as it counts.
///
/// # Errors
/// When the database cannot be read.
pub async fn proof(db: &Db, browser_hash: &[u8], now: i64) -> Result<Option<Proof>, DataError> {
    let row = broker_proof::Entity::find_by_id(browser_hash.to_vec())
        .filter(broker_proof::Column::ExpiresAt.gt(now))
        .one(db.read())
        .await?;
    Ok(row.and_then(|row| {
        let level = AssuranceLevel::from_code(&row.assurance_level)?;
        Some(Proof { identity: row.identity, kvk_number: row.kvk_number, level })
    }))
}

/// Uses up what was shown in a browser. Returns whether it was still there: of several at once only one can.
///
/// # Errors
/// When the database refuses.
pub async fn take_proof(txn: &Txn, browser_hash: &[u8], now: i64) -> Result<bool, DataError> {
    let gone = broker_proof::Entity::delete_many()
        .filter(broker_proof::Column::BrowserHash.eq(browser_hash.to_vec()))
        .filter(broker_proof::Column::ExpiresAt.gt(now))
        .exec(&txn.0)
        .await?;
    Ok(gone.rows_affected > 0)
}

/// Forgets tries and what was shown where the term ended before `before`.
///
/// # Errors
/// When the database refuses.
pub async fn forget_expired(txn: &Txn, before: i64) -> Result<(), DataError> {
    broker_try::Entity::delete_many().filter(broker_try::Column::ExpiresAt.lt(before)).exec(&txn.0).await?;
    broker_proof::Entity::delete_many().filter(broker_proof::Column::ExpiresAt.lt(before)).exec(&txn.0).await?;
    Ok(())
}
