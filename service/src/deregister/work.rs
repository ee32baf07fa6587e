//! Writing what was decided: mutations, their events in the log, and the messages of households.

use collectief_data::{
    Txn,
    deregistration::{self as stored, Deregistered},
    message::{self, NewMessage},
    mutation::{self, Changes, Household, NewMutation, StoredParticipation},
    outbox::{self, NewOutbox},
};
use collectief_domain::{
    actor::{Channel, Language},
    case::UNDO_SECONDS,
    date::Date,
    deregistration::{Ending, first_day_without},
    ids::{AccountId, CaseId, MutationId, ParticipationId},
    message::MessageKind,
    mutation::{MutationKind, MutationState, ParticipationState},
};

use crate::{ServiceError, outbox::Content};

/// What every write of one use case shares: who does it, through which door, of which request it comes, and when.
pub(crate) struct Work<'a> {
    pub(crate) channel: Channel,
    pub(crate) account: Option<AccountId>,
    pub(crate) name: Option<&'a str>,
    pub(crate) case: Option<CaseId>,
    pub(crate) now: i64,
    pub(crate) today: Date,
}

impl Work<'_> {
    pub(super) fn mutation(&self, kind: MutationKind) -> NewMutation {
        NewMutation {
            kind,
            channel: self.channel,
            valid_from: self.today,
            household: None,
            withdraws: None,
            case: self.case,
            account: self.account,
            actor_name: self.name.map(str::to_owned),
            recorded_at: self.now,
        }
    }

    /// Writes what ends, or what is asked to end, and the message of each household. Returns the mutations in the
    /// order of `ends`.
    pub(crate) async fn write_ends(
        &self,
        txn: &Txn,
        household: &Household,
        ends: &[Ending],
        requested: bool,
    ) -> Result<Vec<MutationId>, ServiceError> {
        let mut changes = Changes::on(self.today);
        let mut mutations: Vec<MutationId> = Vec::with_capacity(ends.len());
        for ending in ends {
            let row = household.find(ending.id).ok_or(ServiceError::NotFound)?;
            let first = ending
                .with
                .and_then(|main| ends.iter().position(|other| other.id == main))
                .and_then(|place| mutations.get(place).copied());
            let after = ParticipationState {
                end_date: Some(ending.end_date),
                end_reason: Some(ending.reason),
                ..row.state.clone()
            };
            let note = NewMutation {
                household: first,
                valid_from: first_day_without(ending.end_date),
                ..self.mutation(MutationKind::Deregistration)
            };
            mutations.push(if requested {
                mutation::mutation_note(txn, row, &after, MutationState::Requested, &note).await?
            } else {
                changes.change(txn, row, &after, &note).await?
            });
        }
        changes.close(txn).await?;

        for (ending, first) in ends.iter().zip(&mutations).filter(|(ending, _)| ending.with.is_none()) {
            let members: Vec<(&StoredParticipation, &Ending)> = ends
                .iter()
                .filter(|other| other.id == ending.id || other.with == Some(ending.id))
                .filter_map(|other| household.find(other.id).map(|row| (row, other)))
                .collect();
            // What a request comes to is told as a step of that request.
            if self.case.is_none() {
                self.tell(txn, &members, requested).await?;
            }
            let about = if requested { About::Request } else { About::Offer };
            let message = self.message(&members, *first, about);
            if let Some(message) = message {
                outbox::put(txn, message?).await?;
            }
        }
        Ok(mutations)
    }

    /// Tells the employer's own people that a household ends.
    async fn tell(
        &self,
        txn: &Txn,
        members: &[(&StoredParticipation, &Ending)],
        requested: bool,
    ) -> Result<(), ServiceError> {
        let Some((row, ending)) = members.first() else { return Ok(()) };
        let kind = if requested { MessageKind::DeregistrationRequested } else { MessageKind::Deregistered };
        self.tell_of(txn, kind, row, members.len() - 1, ending.end_date).await
    }

    /// Writes a message about a household.
    pub(super) async fn tell_of(
        &self,
        txn: &Txn,
        kind: MessageKind,
        row: &StoredParticipation,
        others: usize,
        day: Date,
    ) -> Result<(), ServiceError> {
        let new = NewMessage {
            contract: row.contract,
            kind,
            full_name: &row.full_name,
            others: u32::try_from(others).unwrap_or(u32::MAX),
            day: Some(day),
            by: self.name,
            participation: Some(row.id),
            case: None,
            case_kind: None,
            now: self.now,
        };
        Ok(message::put(txn, &new).await?)
    }

    /// What a household is told, or the insurer is asked. Whoever died gets no offer; the family that leaves as well
    /// does (D7). It goes to the first of them by mail, or by letter where there is no address.
    pub(super) fn message(
        &self,
        members: &[(&StoredParticipation, &Ending)],
        first: MutationId,
        about: About,
    ) -> Option<Result<NewOutbox, ServiceError>> {
        let told: Vec<_> =
            members.iter().filter(|(_, ending)| about.is_request() || ending.reason.ends_household()).collect();
        let (addressee, ending) = told.first()?;
        let names = || told.iter().map(|(row, _)| row.full_name.clone()).collect();
        let relation_numbers = || told.iter().map(|(row, _)| row.relation_number.clone()).collect();
        let contract_number = addressee.contract_number.clone();
        let contract_name = addressee.contract_name.clone();
        let last_day = ending.end_date;
        let asked_by = self.name.unwrap_or_default().to_owned();
        let content = match about {
            About::Offer => Content::ContinuationOffer { names: names(), contract_name, contract_number, last_day },
            About::OfferWithdrawn => {
                Content::ContinuationOfferWithdrawn { names: names(), contract_name, contract_number }
            }
            About::Request => Content::DeregistrationRequest {
                contract_number,
                relation_numbers: relation_numbers(),
                last_day,
                reason: ending.reason,
                asked_by,
            },
            About::RequestWithdrawn => Content::DeregistrationRequestWithdrawn {
                contract_number,
                relation_numbers: relation_numbers(),
                asked_by,
            },
        };
        let recipient = if about.is_request() { None } else { addressee.email.clone() };
        // The language of insured people is not known; Dutch is the language of the contract.
        // What an employer approves can be taken back for a minute, and is mailed after it.
        let at = if self.case.is_some() { self.now + i64::from(UNDO_SECONDS) * 1000 } else { self.now };
        Some(content.message(about.key(first), recipient, Language::Nl, at))
    }

    /// Takes the household's message out of the outbox, or, when it may have left, sends that it does not hold.
    pub(super) async fn retract(
        &self,
        txn: &Txn,
        household: &Household,
        members: &[Deregistered],
        first: MutationId,
        requested: bool,
    ) -> Result<(), ServiceError> {
        let (sent, retraction) =
            if requested { (About::Request, About::RequestWithdrawn) } else { (About::Offer, About::OfferWithdrawn) };
        if stored::offer_cancel(txn, &sent.key(first), self.now).await? != Some(false) {
            return Ok(());
        }
        let endings: Vec<(ParticipationId, Ending)> = members
            .iter()
            .filter_map(|member| {
                let row = household.find(member.participation)?;
                let (end_date, reason) = (member.after.end_date?, member.after.end_reason?);
                let full_name = row.full_name.clone();
                Some((row.id, Ending { id: row.id, full_name, version: row.version, with: None, end_date, reason }))
            })
            .collect();
        let told: Vec<(&StoredParticipation, &Ending)> =
            endings.iter().filter_map(|(id, ending)| household.find(*id).map(|row| (row, ending))).collect();
        if let Some(message) = self.message(&told, first, retraction) {
            outbox::put(txn, message?).await?;
        }
        Ok(())
    }
}

/// What the message to a household whose participation ends is known by, of its first mutation.
pub(crate) fn offer_key(first: MutationId) -> String {
    About::Offer.key(first)
}

/// What a message is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum About {
    Offer,
    OfferWithdrawn,
    Request,
    RequestWithdrawn,
}

impl About {
    /// Whether it is for the insurer.
    const fn is_request(self) -> bool {
        matches!(self, Self::Request | Self::RequestWithdrawn)
    }

    /// One message of each kind for each household that ends.
    fn key(self, first: MutationId) -> String {
        let kind = match self {
            Self::Offer => "offer",
            Self::OfferWithdrawn => "offer_withdrawn",
            Self::Request => "request",
            Self::RequestWithdrawn => "request_withdrawn",
        };
        format!("{kind}:{first}")
    }
}
