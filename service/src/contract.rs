//! What the insurer sets for a contract.

use collectief_data::contract;
use collectief_domain::assurance::Demand;

use crate::{
    Portal, Request, ServiceError,
    audit::{self, About, AuditKind},
};

/// Sets the least level of eHerkenning that a contract demands; with `None` a password will do. For the operator.
///
/// # Errors
/// [`ServiceError::NotFound`] when no contract has the number.
pub async fn demand_level(portal: &Portal, number: &str, demand: Option<Demand>) -> Result<(), ServiceError> {
    let txn = portal.db().begin().await?;
    let contract = contract::demand_level(&txn, number, demand).await?.ok_or(ServiceError::NotFound)?;
    let event = audit::event_of_nobody(portal, &Request::internal("contract level"), AuditKind::LevelDemanded);
    let event = event.on(Some(contract)).details(demand.map_or("none", Demand::code));
    audit::append(&txn, [event]);
    Ok(txn.commit().await?)
}
