//! What keeps the lists quick without anybody asking for it.

use collectief_data::contract;

use crate::{Portal, ServiceError};

/// Brings the counters of all contracts up to today, so that no reader has to subtract who ended since they were last
/// written. Returns how many contracts there were.
///
/// # Errors
/// When the database refuses.
pub async fn roll_counts(portal: &Portal) -> Result<u64, ServiceError> {
    let txn = portal.db().begin_everything().await?;
    let contracts = contract::roll_counts(&txn, portal.clock().today()).await?;
    txn.commit().await?;
    Ok(contracts)
}
