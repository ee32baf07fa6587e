//! The page of one participant, and the reveal of a BSN.

use collectief_data::participant::{participant_bsn, participant_contract, participant_view};
use collectief_domain::{
    actor::Right,
    ids::{ContractId, MutationId, ParticipationId},
    mutation::{MutationKind, MutationState},
    participant::ParticipantView,
};

use crate::{
    Portal, Request, ServiceError, SignedIn,
    audit::{self, About, AuditKind, event},
    clock::day_of,
};

/// The page of one participant.
///
/// # Errors
/// [`ServiceError::NotFound`] for one that does not exist or is not this person's to see.
pub async fn view(
    portal: &Portal,
    request: &Request,
    who: &SignedIn,
    id: ParticipationId,
) -> Result<ParticipantView, ServiceError> {
    let scope = who.whole_scope(Right::SeeParticipants)?;
    let today = portal.clock().today();
    let (contract, mut view) =
        participant_view(portal.db(), &scope, id, today, day_of).await?.ok_or(ServiceError::NotFound)?;
    view.withdrawable = withdrawable(&view);
    view.may_change = may(who, Right::ChangeParticipants, contract);
    view.may_reveal_bsn = view.bsn.is_some() && may(who, Right::RevealBsn, contract);
    portal.audit().view(event(portal, request, who, AuditKind::ParticipantViewed).on(Some(contract)).about(id));
    Ok(view)
}

fn may(who: &SignedIn, right: Right, contract: ContractId) -> bool {
    who.rights().contract_by_id(contract).is_some_and(|contract| who.rights().allow(contract, right))
}

/// The deregistration that made the present end, if it is in force: the one that can be taken back (D8).
fn withdrawable(view: &ParticipantView) -> Option<MutationId> {
    view.end_date?;
    view.mutations
        .iter()
        .find(|mutation| mutation.kind == MutationKind::Deregistration && mutation.state == MutationState::Processed)
        .filter(|mutation| mutation.after.end_date == view.end_date)
        .map(|mutation| mutation.id)
}

/// The BSN of a participant, in full; it stands in the access log before it is returned.
///
/// # Errors
/// [`ServiceError::NotFound`] for a participant that does not exist, is not this person's to see or has no BSN;
/// [`ServiceError::Forbidden`] where BSNs of its contract may not be seen.
pub async fn reveal_bsn(
    portal: &Portal,
    request: &Request,
    who: &SignedIn,
    id: ParticipationId,
) -> Result<String, ServiceError> {
    let db = portal.db();
    let seen = who.whole_scope(Right::SeeParticipants)?;
    let contract = participant_contract(db, &seen, id).await?.ok_or(ServiceError::NotFound)?;
    if !may(who, Right::RevealBsn, contract) {
        return Err(ServiceError::Forbidden);
    }
    let scope = who.whole_scope(Right::RevealBsn)?;
    let (contract, bsn) = participant_bsn(db, &scope, id).await?.ok_or(ServiceError::NotFound)?;
    let reveal = event(portal, request, who, AuditKind::BsnRevealed).on(Some(contract)).about(id);
    let txn = db.begin().await?;
    audit::append(&txn, [reveal]);
    txn.commit().await?;
    Ok(bsn.expose().to_owned())
}
