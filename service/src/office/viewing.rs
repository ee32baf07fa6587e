//! Seeing the portal as an employer sees it: read-only, for a limited time, with a reason, logged (PRODUCT.md M2).

use collectief_data::{office::employers, session};
use collectief_domain::{employer::check_viewing_reason, ids::EmployerId, staff::StaffRight};

use super::changing;
use crate::{
    Portal, Request, ServiceError, SignedIn,
    audit::{self, About, AuditKind, event},
};

/// Lets the session of somebody of the staff see the portal as an employer does. Meanwhile nothing can be changed, no BSN
/// is shown in full, and the back office is closed.
///
/// # Errors
/// [`ServiceError::NotFound`] for who may not, and where there is no such employer; [`ServiceError::Invalid`] on `reden`
/// without a reason.
pub async fn begin_viewing(
    portal: &Portal,
    request: &Request,
    who: &SignedIn,
    employer: EmployerId,
    reason: &str,
) -> Result<(), ServiceError> {
    let office = changing(portal, request, who, StaffRight::ViewAsEmployer)?;
    employers::one(portal.db(), &office, employer).await?.ok_or(ServiceError::NotFound)?;
    let reason = check_viewing_reason(reason).map_err(|code| ServiceError::on("reden", code))?;
    let minutes = portal.limits().viewing_minutes;
    let until = portal.clock().millis() + i64::from(minutes) * 60 * 1000;
    let txn = portal.db().begin().await?;
    session::view_as(&txn, who.session(), Some((employer, until))).await?;
    let details = format!("employer {employer}, {minutes} minutes: {reason}");
    audit::append(&txn, [event(portal, request, who, AuditKind::ViewingBegun).details(details)]);
    Ok(txn.commit().await?)
}

/// Ends that. Whoever sees nothing as an employer does has nothing to end.
///
/// # Errors
/// When the database refuses.
pub async fn end_viewing(
    portal: &Portal,
    request: &Request,
    who: &SignedIn,
) -> Result<Option<EmployerId>, ServiceError> {
    let Some(viewing) = who.viewing() else { return Ok(None) };
    let txn = portal.db().begin().await?;
    session::view_as(&txn, who.session(), None).await?;
    let details = format!("employer {}", viewing.employer);
    audit::append(&txn, [event(portal, request, who, AuditKind::ViewingEnded).details(details)]);
    txn.commit().await?;
    Ok(Some(viewing.employer))
}
