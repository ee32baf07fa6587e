//! The insurances that can be chosen, which the operator keeps.

use collectief_data::product as data;
use collectief_domain::product::Product;

use crate::{
    Portal, Request, ServiceError,
    audit::{self, About, AuditKind},
};

/// Every product, in the order in which they are shown.
///
/// # Errors
/// When the database cannot be read.
pub async fn list(portal: &Portal) -> Result<Vec<Product>, ServiceError> {
    Ok(data::products(portal.db()).await?)
}

/// Keeps a product under its code, behind the others where it is new. What was chosen before stays as it was.
///
/// # Errors
/// When the database refuses.
pub async fn keep(portal: &Portal, product: &Product) -> Result<(), ServiceError> {
    let known = data::products(portal.db()).await?;
    let place = known.iter().position(|other| other.code == product.code).unwrap_or(known.len());
    let txn = portal.db().begin().await?;
    data::keep(&txn, product, u32::try_from(place).unwrap_or(u32::MAX)).await?;
    let kept = audit::event_of_nobody(portal, &Request::internal("product set"), AuditKind::ProductKept);
    audit::append(&txn, [kept.details(product.code.clone())]);
    Ok(txn.commit().await?)
}
