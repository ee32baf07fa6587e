//! What an employee changes by a mailed link (PRODUCT.md E5, E6): which changes there are, what is typed for each, and the
//! rules that it must keep.
//!
//! Each change is a request of its own. It is judged when it is sent and again when it is done, against what is so by then.

use serde::{Deserialize, Serialize};

use crate::{
    account::check_email,
    address::{Address, AddressForm},
    case::{CaseChange, CaseKind},
    contract::{ContractChoice, ContractNumber},
    date::{Date, parse_typed_date},
    deregistration::{EndReason, Refusal, first_day_without, parse_personnel_number},
    enrolment::{AnswerForm, EnrolmentOffer, NewPerson},
    field::{FieldCode, FieldErrors},
    ids::ParticipationId,
    own_details::check_telephone,
    period::Period,
    product::{Product, ProductField, choose, codes},
};

/// How many days back a move to another employer can be asked for (PRODUCT.md E5: the rule of 30 days): whoever begins with
/// another employer has so long to go on there as if nothing came between.
pub const MOVE_BACK_DAYS: u32 = 30;

/// For how many hours a link works that was asked for to change something.
pub const CHANGE_LINK_HOURS: u32 = 24;

/// Where an employee changes something; the token comes after it.
pub const CHANGE_PATH: &str = "/wijzigen/";

/// Why a participation can end that an employee ends: nobody reports an own death, and a pension is the employer's to report.
pub const LEAVE_REASONS: [EndReason; 2] = [EndReason::EindeDienstverband, EndReason::EindeCollectiviteit];

impl CaseKind {
    /// What can be asked by a mailed link, in the order in which it is offered.
    pub const BY_LINK: [Self; 7] = [
        Self::Details,
        Self::PersonnelNumber,
        Self::Products,
        Self::DependantIn,
        Self::DependantOut,
        Self::Move,
        Self::Deregistration,
    ];

    /// The word in the address of its page; what is not asked by a link has none.
    pub const fn word(self) -> Option<&'static str> {
        match self {
            Self::Enrolment => None,
            Self::Details => Some("gegevens"),
            Self::PersonnelNumber => Some("personeelsnummer"),
            Self::Products => Some("verzekering"),
            Self::DependantIn => Some("gezinslid-erbij"),
            Self::DependantOut => Some("gezinslid-eraf"),
            Self::Move => Some("andere-werkgever"),
            Self::Deregistration => Some("stoppen"),
        }
    }

    /// The kind with this [`word`](Self::word).
    pub fn from_word(word: &str) -> Option<Self> {
        Self::BY_LINK.into_iter().find(|kind| kind.word() == Some(word))
    }
}

/// What is asked, of which every part is possible.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// Where one lives, and how one can be reached.
    Details(Reachable),
    /// The employer's number.
    PersonnelNumber(String),
    /// Other insurances, from a day on.
    Products {
        /// The basic insurance first.
        products: Vec<Product>,
        /// The first day.
        from: Date,
    },
    /// Somebody of the family comes along.
    DependantIn {
        /// Who.
        person: NewPerson,
        /// The first day.
        from: Date,
    },
    /// Somebody's participation ends: the own one with the family's, or that of one of the family.
    End {
        /// Whose.
        who: ParticipationId,
        /// The last day, inclusive.
        last_day: Date,
        /// Why.
        reason: EndReason,
    },
    /// One goes on with another employer.
    Move {
        /// The contract there.
        contract: ContractNumber,
        /// The first day there.
        from: Date,
    },
}

impl Change {
    /// From which day it holds; of what holds at once, `today`.
    pub fn effective(&self, today: Date) -> Date {
        match self {
            Self::Details(_) | Self::PersonnelNumber(_) => today,
            Self::Products { from, .. } | Self::DependantIn { from, .. } | Self::Move { from, .. } => *from,
            Self::End { last_day, .. } => first_day_without(*last_day),
        }
    }
}

/// Where somebody lives, and how that person can be reached.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reachable {
    /// Where the person lives; nothing of it where that is not known.
    pub address: Address,
    /// E-mail address; empty when not known.
    pub email: String,
    /// Telephone number; empty when not known.
    pub phone: String,
}

/// It prints nothing of it.
impl std::fmt::Debug for Reachable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Reachable")
    }
}

/// Somebody of the family who participates through who holds the link.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeDependant {
    /// The participation.
    pub id: ParticipationId,
    /// The name, as shown.
    pub full_name: String,
    /// Birth date, where known.
    pub birth_date: Option<Date>,
    /// The last day, where there is one.
    pub end_date: Option<Date>,
}

/// What must be known to judge a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeFacts {
    /// The participation of who holds the link.
    pub main: ParticipationId,
    /// Its period.
    pub period: Period,
    /// Its number with the employer.
    pub personnel_number: String,
    /// The stored codes of its insurances.
    pub products: String,
    /// How the person can be reached.
    pub reached: Reachable,
    /// What its contract offers; the window lies within the period.
    pub offer: EnrolmentOffer,
    /// The family that participates.
    pub dependants: Vec<ChangeDependant>,
    /// What the contract offers that one moves to, where it is known; the window goes back [`MOVE_BACK_DAYS`].
    pub to: Option<EnrolmentOffer>,
}

/// A day that was typed, within a window.
fn day_in(text: &str, window: Option<Period>) -> Result<Date, FieldCode> {
    let day = parse_typed_date(text)?;
    match window {
        Some(window) if day < window.start => Err(FieldCode::DateTooEarly { first: window.start }),
        Some(Period { end: Some(last), .. }) if day > last => Err(FieldCode::DateTooLate { last }),
        Some(_) => Ok(day),
        None => Err(FieldCode::UnknownChoice),
    }
}

/// What a refusal of a deregistration is at the field of its last day.
pub fn refused_day(refusal: &Refusal, today: Date) -> FieldCode {
    match refusal {
        Refusal::EndBeforeStart { start } | Refusal::EndBeforeContract { start } => {
            FieldCode::DateTooEarly { first: *start }
        }
        Refusal::AfterExistingEnd { end } => FieldCode::DateTooLate { last: *end },
        Refusal::DeathInFuture => FieldCode::DateTooLate { last: today },
        Refusal::TooFarBack { earliest } => FieldCode::DateTooEarly { first: *earliest },
    }
}

impl AnswerForm {
    /// Reads what is asked by a mailed link.
    ///
    /// # Errors
    /// All that is wrong, by field; [`FieldCode::NothingChanged`] where all is as it was.
    pub fn parse_change(&self, kind: CaseKind, facts: &ChangeFacts, today: Date) -> Result<Change, FieldErrors> {
        let mut errors = FieldErrors::default();
        let change = match kind {
            CaseKind::Enrolment => errors.take("actie", Err(FieldCode::UnknownChoice)),
            CaseKind::Details => self.parse_details(&mut errors, facts),
            CaseKind::PersonnelNumber => {
                let number = parse_personnel_number(&self.personeelsnummer).and_then(|number| {
                    if number == facts.personnel_number { Err(FieldCode::NothingChanged) } else { Ok(number) }
                });
                errors.take("personeelsnummer", number).map(Change::PersonnelNumber)
            }
            CaseKind::Products => self.parse_other_products(&mut errors, facts),
            CaseKind::DependantIn => {
                return self
                    .parse_dependant(&facts.offer, today)
                    .map(|(person, from)| Change::DependantIn { person, from });
            }
            CaseKind::DependantOut => {
                let who = self.nr.trim().parse().map_err(|_| FieldCode::Required).and_then(|id| {
                    let one = facts.dependants.iter().find(|one| one.id == id);
                    one.map(|one| one.id).ok_or(FieldCode::UnknownChoice)
                });
                let who = errors.take("nr", who);
                let last_day = self.parse_last_day(&mut errors, facts);
                who.zip(last_day).map(|(who, last_day)| {
                    let reason = EndReason::EindeCollectiviteit;
                    Change::End { who, last_day, reason }
                })
            }
            CaseKind::Deregistration => {
                let reason = match self.reden.trim() {
                    "" => Err(FieldCode::Required),
                    code => EndReason::from_code(code)
                        .filter(|reason| LEAVE_REASONS.contains(reason))
                        .ok_or(FieldCode::UnknownChoice),
                };
                let reason = errors.take("reden", reason);
                let last_day = self.parse_last_day(&mut errors, facts);
                reason.zip(last_day).map(|(reason, last_day)| Change::End { who: facts.main, last_day, reason })
            }
            CaseKind::Move => self.parse_move(&mut errors, facts),
        };
        match change {
            Some(change) if errors.is_empty() => Ok(change),
            _ => Err(errors),
        }
    }

    fn parse_details(&self, errors: &mut FieldErrors, facts: &ChangeFacts) -> Option<Change> {
        // Who only passes on a telephone number is not made to tell an address that was never known; one that is known is
        // not taken away by leaving it out.
        let address = if facts.reached.address.is_empty() {
            self.address().parse_if_any(errors).map(Option::unwrap_or_default)
        } else {
            self.address().parse(errors)
        };
        let (email, phone) = (self.email.trim(), self.telefoon.trim());
        let email_is = errors.take("email", check_email(email));
        let phone_is = if phone.is_empty() { Some(()) } else { errors.take("telefoon", check_telephone(phone)) };
        let (address, (), ()) = (address?, email_is?, phone_is?);
        let reached = Reachable { address, email: email.to_owned(), phone: phone.to_owned() };
        if reached == facts.reached {
            return errors.take("postcode", Err(FieldCode::NothingChanged));
        }
        Some(Change::Details(reached))
    }

    fn parse_other_products(&self, errors: &mut FieldErrors, facts: &ChangeFacts) -> Option<Change> {
        let products = match choose(&self.product, &self.pakket, &facts.offer.products) {
            Ok(chosen) => Some(chosen.into_iter().cloned().collect::<Vec<_>>()),
            Err((ProductField::Basic, code)) => errors.take("product", Err(code)),
            Err((ProductField::Packages, code)) => errors.take("pakket", Err(code)),
        };
        let from = errors.take("ingangsdatum", day_in(&self.ingangsdatum, facts.offer.window));
        let (products, from) = (products?, from?);
        if codes(&products) == facts.products {
            return errors.take("product", Err(FieldCode::NothingChanged));
        }
        if !products.iter().all(|product| product.is_offered_on(from)) {
            return errors.take("product", Err(FieldCode::UnknownChoice));
        }
        Some(Change::Products { products, from })
    }

    /// The last day, no further ahead than the contract looks; how far back it may lie is the deregistration's to say.
    fn parse_last_day(&self, errors: &mut FieldErrors, facts: &ChangeFacts) -> Option<Date> {
        let ahead = facts.offer.window.and_then(|window| window.end);
        let day = parse_typed_date(&self.einddatum).and_then(|day| match ahead {
            Some(last) if day > last => Err(FieldCode::DateTooLate { last }),
            _ => Ok(day),
        });
        errors.take("einddatum", day)
    }

    fn parse_move(&self, errors: &mut FieldErrors, facts: &ChangeFacts) -> Option<Change> {
        let contract = ContractNumber::parse(&self.contract).and_then(|number| match &facts.to {
            Some(to) if to.window.is_some() && to.contract.number == number.as_str() => {
                if to.contract.number == facts.offer.contract.number {
                    Err(FieldCode::NothingChanged)
                } else {
                    Ok(number)
                }
            }
            _ => Err(FieldCode::UnknownContract),
        });
        let contract = errors.take("contract", contract);
        // Whose participation ends already goes on the day after it at the latest, so that no gap comes between.
        let latest = facts.period.end.map(first_day_without);
        let window = facts.to.as_ref().and_then(|to| to.window).and_then(|window| {
            let first = window.start.max(first_day_without(facts.period.start));
            let last = match (window.end, latest) {
                (Some(window), Some(latest)) => Some(window.min(latest)),
                (window, latest) => window.or(latest),
            };
            Period::new(first, last)
        });
        let day = match parse_typed_date(&self.ingangsdatum) {
            // Without the contract it cannot be told which days are possible.
            Ok(day) if facts.to.is_none() => Ok(day),
            Ok(_) => day_in(&self.ingangsdatum, window),
            Err(code) => Err(code),
        };
        let from = errors.take("ingangsdatum", day);
        contract.zip(from).map(|(contract, from)| Change::Move { contract, from })
    }
}

/// What is kept of a change, encrypted, until it is no longer needed.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptChange {
    /// As it was typed.
    pub form: AnswerForm,
    /// What changes, in words, as it was when it was sent.
    pub changes: Vec<CaseChange>,
    /// How the person could be reached before.
    #[serde(default)]
    pub was: Reachable,
}

/// It prints nothing of it.
impl std::fmt::Debug for KeptChange {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("KeptChange")
    }
}

/// A request that is on its way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenChange {
    /// What is asked.
    pub kind: CaseKind,
    /// The reference.
    pub reference: String,
    /// From which day.
    pub effective: Date,
}

/// What the pages show on which an employee changes something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeView {
    /// The contract.
    pub contract: ContractChoice,
    /// Who, as shown.
    pub full_name: String,
    /// Since when until when.
    pub period: Period,
    /// The employer's number.
    pub personnel_number: String,
    /// The stored codes of the insurances.
    pub products: String,
    /// How the person can be reached.
    pub reached: Reachable,
    /// The family.
    pub dependants: Vec<ChangeDependant>,
    /// What the contract offers.
    pub offer: EnrolmentOffer,
    /// What can be asked.
    pub kinds: Vec<CaseKind>,
    /// What was asked and is not decided yet.
    pub open: Vec<OpenChange>,
    /// A fresh idempotency key.
    pub key: String,
    /// Today in Europe/Amsterdam.
    pub today: Date,
}

impl ChangeView {
    /// What stands in the fields of a change before anything was typed: what is so now.
    pub fn filled_in(&self, kind: CaseKind) -> AnswerForm {
        let mut form = AnswerForm::default();
        match kind {
            CaseKind::Details => {
                let at = &self.reached.address;
                let (number, addition) = at.house_number.split_once(' ').unwrap_or((&at.house_number, ""));
                let address = AddressForm {
                    straat: at.street.clone(),
                    huisnummer: number.to_owned(),
                    toevoeging: addition.to_owned(),
                    postcode: at.postcode.clone(),
                    plaats: at.city.clone(),
                };
                form = AnswerForm {
                    straat: address.straat,
                    huisnummer: address.huisnummer,
                    toevoeging: address.toevoeging,
                    postcode: address.postcode,
                    plaats: address.plaats,
                    email: self.reached.email.clone(),
                    telefoon: self.reached.phone.clone(),
                    ..form
                };
            }
            CaseKind::PersonnelNumber => form.personeelsnummer.clone_from(&self.personnel_number),
            CaseKind::Products => {
                let (basic, packages): (Vec<&str>, Vec<&str>) =
                    self.products.split(',').filter(|code| !code.is_empty()).partition(|code| self.is_basic(code));
                form.product = basic.concat();
                form.pakket = packages.join(",");
            }
            _ => {}
        }
        form
    }

    fn is_basic(&self, code: &str) -> bool {
        let product = self.offer.products.iter().find(|product| product.code == code);
        product.is_some_and(|product| product.kind == crate::product::ProductKind::Basic)
    }
}

/// What somebody fills in who wants a link to change something.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AskChangeForm {
    /// The contract number.
    pub contract: String,
    /// The e-mail address that the insurer knows.
    pub email: String,
    /// A field that nobody sees.
    pub website: String,
}

/// It prints nothing of what was typed.
impl std::fmt::Debug for AskChangeForm {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("AskChangeForm")
    }
}

impl AskChangeForm {
    /// The contract number, and the address as it was typed.
    ///
    /// # Errors
    /// What is wrong with each field.
    pub fn parse(&self) -> Result<(ContractNumber, String), FieldErrors> {
        let mut errors = FieldErrors::default();
        let contract = errors.take("contract", ContractNumber::parse(&self.contract));
        let email = self.email.trim();
        let email_is = errors.take("email", check_email(email));
        match (contract, email_is) {
            (Some(contract), Some(())) => Ok((contract, email.to_owned())),
            _ => Err(errors),
        }
    }
}
