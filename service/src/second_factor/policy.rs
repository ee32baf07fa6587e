//! Who must have a second step, and who says so.

use collectief_data::{account_management, scope::AccountRights, second_factor as data};
use collectief_domain::{
    actor::Right, field::FieldCode, ids::EmployerId, second_factor::EmployerPolicy, staff::StaffRoles,
};

use crate::{
    Portal, Request, ServiceError, SignedIn,
    audit::{self, About, AuditKind, event},
};

/// Whether an account must have a second step: staff of the insurer always, others because an employer asks it on whose
/// contracts they have a role. Here and nowhere else is decided who must.
pub(crate) fn is_required(rights: &AccountRights, staff: StaffRoles) -> bool {
    staff != StaffRoles::NONE || rights.asks_second_factor()
}

/// How a session stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    /// As strong as it must be.
    Enough,
    /// It began without the second step that the account has: it is worth nothing.
    TooWeak,
    /// The account must have a second step, and has none: there is nothing to do but set it up.
    MustSetUp,
}

/// How a session stands; it is strong when it began with more than a password. It is asked with every request.
pub(crate) const fn standing(is_required: bool, has_second_factor: bool, session_is_strong: bool) -> Standing {
    match (session_is_strong, has_second_factor, is_required) {
        (true, _, _) | (false, false, false) => Standing::Enough,
        (false, true, _) => Standing::TooWeak,
        (false, false, true) => Standing::MustSetUp,
    }
}

/// The employers of whom somebody is the main account, and whether they ask a second step.
///
/// # Errors
/// [`ServiceError::Forbidden`] for who manages no accounts.
pub async fn policies(portal: &Portal, who: &SignedIn) -> Result<Vec<EmployerPolicy>, ServiceError> {
    who.whole_scope(Right::ManageAccounts)?;
    Ok(data::policies(portal.db(), who.account).await?)
}

/// Says whether an employer asks a second step of everybody with a role on its contracts: its main account does. It holds
/// from everybody's next click on.
///
/// # Errors
/// [`ServiceError::Forbidden`] for who manages no accounts; [`ServiceError::NotFound`] for an employer of whom somebody
/// else is the main account, as for one that does not exist.
pub async fn require(
    portal: &Portal,
    request: &Request,
    who: &SignedIn,
    employer: EmployerId,
    is_required: bool,
) -> Result<(), ServiceError> {
    who.whole_scope(Right::ManageAccounts)?;
    let txn = portal.db().begin().await?;
    if !data::set_required(&txn, employer, Some(who.account), is_required).await? {
        return Err(ServiceError::NotFound);
    }
    let event = event(portal, request, who, AuditKind::SecondFactorPolicyChanged);
    audit::append(&txn, [event.details(details(employer, is_required))]);
    Ok(txn.commit().await?)
}

/// As [`require`], for the employer of a contract; by the operator.
///
/// # Errors
/// [`ServiceError::Invalid`] on `contract` for one that does not exist.
pub async fn require_of_contract(portal: &Portal, contract: &str, is_required: bool) -> Result<(), ServiceError> {
    let txn = portal.db().begin().await?;
    let employer = account_management::employer_of_contract(&txn, contract.trim()).await?;
    let employer = employer.ok_or_else(|| ServiceError::on("contract", FieldCode::UnknownContract))?;
    data::set_required(&txn, employer, None, is_required).await?;
    let request = Request::internal("account require-second-factor");
    let event = audit::event_of_nobody(portal, &request, AuditKind::SecondFactorPolicyChanged);
    audit::append(&txn, [event.details(details(employer, is_required))]);
    Ok(txn.commit().await?)
}

fn details(employer: EmployerId, is_required: bool) -> String {
    format!("employer {employer}, {}", if is_required { "required" } else { "not required" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_is_as_strong_as_its_account_must_be() {
        for (is_required, has, strong, expected) in [
            (false, false, false, Standing::Enough),
            (false, false, true, Standing::Enough),
            (false, true, false, Standing::TooWeak),
            (false, true, true, Standing::Enough),
            (true, false, false, Standing::MustSetUp),
            (true, false, true, Standing::Enough),
            (true, true, false, Standing::TooWeak),
            (true, true, true, Standing::Enough),
        ] {
            assert_eq!(standing(is_required, has, strong), expected, "{is_required} {has} {strong}");
        }
    }
}
