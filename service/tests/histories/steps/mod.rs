//! The steps that histories are made of, each by the use case that a page would call: never by a statement of our own.
//!
//! Some are wrong on purpose, and many come to nothing because of what was done before.

mod asking;
mod changing;
mod deciding;
mod ending;
mod inside;
mod keeping;
mod loading;

use collectief_domain::{
    case::DecideForm,
    deregistration::{DeregisterForm, WithdrawForm},
    enrolment::AnswerForm,
    ids::ParticipationId,
};
use collectief_service::{ServiceError, SignedIn};

use crate::{chance::Chance, history::History};

/// What came of a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Came {
    /// It was done.
    Done,
    /// It was refused, or there was nothing to do: nothing may have changed.
    Nothing(String),
    /// It did what must not be.
    Broken(String),
}

impl Came {
    /// There was nobody, or nothing, to do it with.
    fn nobody() -> Result<Self, ServiceError> {
        Ok(Self::Nothing("there was nobody".to_owned()))
    }
}

/// A form that was sent, and can be sent again.
#[derive(Debug, Clone)]
pub(crate) enum Again {
    Deregister(SignedIn, DeregisterForm),
    Request(SignedIn, DeregisterForm),
    TakeBack(SignedIn, WithdrawForm),
    Enrol(SignedIn, Box<AnswerForm>),
    AddDependant(SignedIn, ParticipationId, Box<AnswerForm>),
    Decide(SignedIn, DecideForm),
}

/// What kinds of steps there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    EnrolOnTheOpenPages,
    Prove,
    WithdrawRequest,
    Answer,
    Approve,
    Remove,
    Ask,
    Undo,
    ChooseValidation,
    ServeStuck,
    ChangeByLink,
    EnrolInside,
    AddDependant,
    Deregister,
    RequestEnd,
    TakeBack,
    PersonnelNumber,
    Roster,
    Terms,
    Wait,
    Upkeep,
    Mail,
    Again,
}

impl Kind {
    /// Every kind.
    pub(crate) const ALL: &[Self] = &[
        Self::EnrolOnTheOpenPages,
        Self::Prove,
        Self::WithdrawRequest,
        Self::Answer,
        Self::Approve,
        Self::Remove,
        Self::Ask,
        Self::Undo,
        Self::ChooseValidation,
        Self::ServeStuck,
        Self::ChangeByLink,
        Self::EnrolInside,
        Self::AddDependant,
        Self::Deregister,
        Self::RequestEnd,
        Self::TakeBack,
        Self::PersonnelNumber,
        Self::Roster,
        Self::Terms,
        Self::Wait,
        Self::Upkeep,
        Self::Mail,
        Self::Again,
    ];

    /// How often it is chosen beside the others.
    const fn weight(self) -> usize {
        match self {
            Self::Approve | Self::Deregister => 15,
            Self::EnrolOnTheOpenPages => 14,
            Self::Prove => 13,
            Self::Wait => 10,
            Self::EnrolInside | Self::TakeBack => 9,
            Self::Undo | Self::Roster => 8,
            Self::ChangeByLink => 12,
            Self::ServeStuck | Self::AddDependant | Self::RequestEnd => 6,
            Self::PersonnelNumber => 5,
            Self::Remove | Self::Ask | Self::Answer | Self::WithdrawRequest | Self::Terms | Self::Again => 3,
            Self::ChooseValidation | Self::Upkeep => 2,
            Self::Mail => 1,
        }
    }

    fn choose(chance: &mut Chance) -> Self {
        let mut left = chance.below(Self::ALL.iter().map(|kind| kind.weight()).sum());
        for kind in Self::ALL {
            match left.checked_sub(kind.weight()) {
                Some(rest) => left = rest,
                None => return *kind,
            }
        }
        Self::Wait
    }
}

/// Takes a step.
pub(crate) async fn take(history: &mut History) -> (Kind, Result<Came, ServiceError>) {
    let kind = Kind::choose(&mut history.chance);
    // Each in a box: what one of them keeps while it waits is much, and there are many of them.
    let came = match kind {
        Kind::EnrolOnTheOpenPages => Box::pin(asking::enrol(history)).await,
        Kind::Prove => Box::pin(asking::prove(history)).await,
        Kind::WithdrawRequest => Box::pin(asking::withdraw(history)).await,
        Kind::Answer => Box::pin(asking::answer(history)).await,
        Kind::Approve => Box::pin(deciding::approve(history)).await,
        Kind::Remove => Box::pin(deciding::remove(history)).await,
        Kind::Ask => Box::pin(deciding::ask(history)).await,
        Kind::Undo => Box::pin(deciding::undo(history)).await,
        Kind::ChooseValidation => Box::pin(deciding::choose(history)).await,
        Kind::ServeStuck => Box::pin(deciding::serve_stuck(history)).await,
        Kind::ChangeByLink => Box::pin(changing::change(history)).await,
        Kind::EnrolInside => Box::pin(inside::enrol(history)).await,
        Kind::AddDependant => Box::pin(inside::add_dependant(history)).await,
        Kind::Deregister => Box::pin(ending::deregister(history)).await,
        Kind::RequestEnd => Box::pin(ending::request_end(history)).await,
        Kind::TakeBack => Box::pin(ending::take_back(history)).await,
        Kind::PersonnelNumber => Box::pin(ending::personnel_number(history)).await,
        Kind::Roster => Box::pin(loading::roster(history)).await,
        Kind::Terms => Box::pin(keeping::terms(history)).await,
        Kind::Wait => {
            history.pass_long();
            Ok(Came::Done)
        }
        Kind::Upkeep => Box::pin(keeping::upkeep(history)).await,
        Kind::Mail => Box::pin(keeping::mail(history)).await,
        Kind::Again => Box::pin(keeping::again(history)).await,
    };
    (kind, came)
}
