//! Enrolling (PRODUCT.md E): the questions of the open pages, one a page, and the same rules for enrolling inside the
//! portal.
//!
//! What somebody answered is kept as it was typed, [`EnrolmentForm`], until it is sent; a page reads and judges only its own
//! answers. [`EnrolmentForm::parse`] judges all of them at once, and gives an [`Enrolment`] that is always valid.

use serde::{Deserialize, Serialize};

use crate::{
    account::{check_email, check_name},
    address::{Address, AddressForm},
    bsn::Bsn,
    contract::{ContractChoice, ContractNumber},
    date::{Date, parse_typed_date},
    deregistration::parse_personnel_number,
    field::{FieldCode, FieldErrors},
    name::{Gender, NameUse, PersonName, tidy_initials},
    own_details::check_telephone,
    period::Period,
    product::{Product, ProductField, choose},
};

/// For how many days what was not sent yet is kept (E2).
pub const DRAFT_DAYS: u32 = 7;

/// The most dependants that one request can hold.
pub const DEPENDANTS_MAX: usize = 15;

/// How far back a contract lets an enrolment start, unless the insurer says otherwise: four months, in which a basic
/// insurance can be taken out with effect from the day on which one had to have it (Zorgverzekeringswet, art. 5 lid 5).
pub const ENROL_BACK_DAYS: u32 = 122;

/// How far ahead a contract lets an enrolment start, unless the insurer says otherwise: half a year.
pub const ENROL_AHEAD_DAYS: u32 = 183;

const INITIALS_MAX: u32 = 40;
const PREFIX_MAX: u32 = 40;
const SURNAME_MAX: u32 = 200;

/// One page with questions of the open pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Question {
    /// Which contract, and who fills it in.
    Contract,
    /// The name.
    Name,
    /// Birth date and gender.
    Birth,
    /// The BSN.
    Bsn,
    /// Where one lives.
    Address,
    /// E-mail address and telephone.
    Contact,
    /// The employer's number.
    PersonnelNumber,
    /// Whether there are dependants to enrol as well, and who.
    Family,
    /// Insurance and packages.
    Products,
    /// From which day.
    Start,
}

/// A step of the task list: what goes together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// Contract and who fills it in.
    Contract,
    /// Personal details.
    Person,
    /// The employer's number.
    PersonnelNumber,
    /// Dependants.
    Family,
    /// Insurance and start date.
    Insurance,
    /// Check and send.
    Check,
}

impl Step {
    /// Every step, in order.
    pub const ALL: [Self; 6] =
        [Self::Contract, Self::Person, Self::PersonnelNumber, Self::Family, Self::Insurance, Self::Check];

    /// Its place, from 1.
    pub fn number(self) -> usize {
        Self::ALL.iter().position(|step| *step == self).map_or(1, |place| place + 1)
    }

    /// Its questions; the last step has none.
    pub fn questions(self) -> impl Iterator<Item = Question> {
        Question::ALL.into_iter().filter(move |question| question.step() == self)
    }
}

impl Question {
    /// Every question, in the order in which they are asked.
    pub const ALL: [Self; 10] = [
        Self::Contract,
        Self::Name,
        Self::Birth,
        Self::Bsn,
        Self::Address,
        Self::Contact,
        Self::PersonnelNumber,
        Self::Family,
        Self::Products,
        Self::Start,
    ];

    /// The word in the address of its page.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Contract => "overeenkomst",
            Self::Name => "naam",
            Self::Birth => "geboorte",
            Self::Bsn => "bsn",
            Self::Address => "adres",
            Self::Contact => "bereikbaar",
            Self::PersonnelNumber => "personeelsnummer",
            Self::Family => "gezin",
            Self::Products => "verzekering",
            Self::Start => "ingangsdatum",
        }
    }

    /// The question with this [`code`](Self::code), if there is one.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|question| question.code() == code)
    }

    /// The step that it belongs to.
    pub const fn step(self) -> Step {
        match self {
            Self::Contract => Step::Contract,
            Self::Name | Self::Birth | Self::Bsn | Self::Address | Self::Contact => Step::Person,
            Self::PersonnelNumber => Step::PersonnelNumber,
            Self::Family => Step::Family,
            Self::Products | Self::Start => Step::Insurance,
        }
    }

    /// The question after it; `None` after the last one.
    pub fn next(self) -> Option<Self> {
        Self::ALL.into_iter().find(|question| *question > self)
    }

    /// The question before it.
    pub fn previous(self) -> Option<Self> {
        Self::ALL.into_iter().rev().find(|question| *question < self)
    }
}

/// Somebody's personal details, as they were typed.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PersonForm {
    /// Initials.
    pub voorletters: String,
    /// Own prefix.
    pub voorvoegsel: String,
    /// Own surname.
    pub achternaam: String,
    /// The partner's prefix.
    pub partner_voorvoegsel: String,
    /// The partner's surname.
    pub partner_achternaam: String,
    /// The code of the [`NameUse`].
    pub naamgebruik: String,
    /// Birth date.
    pub geboortedatum: String,
    /// The code of the [`Gender`].
    pub geslacht: String,
    /// BSN.
    pub bsn: String,
    /// `ja` for who has no BSN.
    pub geen_bsn: String,
}

/// It prints nothing of what was typed.
impl std::fmt::Debug for PersonForm {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PersonForm")
    }
}

/// Somebody who is to be enrolled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPerson {
    /// Name.
    pub name: PersonName,
    /// Birth date.
    pub birth_date: Date,
    /// Gender.
    pub gender: Gender,
    /// BSN; `None` for who has none.
    pub bsn: Option<Bsn>,
}

fn name_part(text: &str, max: u32) -> Result<String, FieldCode> {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if text.chars().any(char::is_control) {
        Err(FieldCode::ForbiddenCharacter)
    } else if text.chars().count() > max as usize {
        Err(FieldCode::TooLong { max })
    } else {
        Ok(text)
    }
}

impl PersonForm {
    /// The name; what is wrong is noted in `errors`.
    pub fn parse_name(&self, errors: &mut FieldErrors) -> Option<PersonName> {
        // Tidying puts a dot after each letter; what is kept is what must not be too long.
        let initials = name_part(&self.voorletters, INITIALS_MAX).map(|text| tidy_initials(&text)).and_then(|text| {
            if text.is_empty() {
                Err(FieldCode::Required)
            } else if text.chars().count() > INITIALS_MAX as usize {
                Err(FieldCode::TooLong { max: INITIALS_MAX })
            } else {
                Ok(text)
            }
        });
        let initials = errors.take("voorletters", initials);
        let prefix = errors.take("voorvoegsel", name_part(&self.voorvoegsel, PREFIX_MAX));
        let surname = name_part(&self.achternaam, SURNAME_MAX).and_then(|text| {
            if text.is_empty() {
                Err(FieldCode::Required)
            } else if text.chars().any(char::is_alphabetic) {
                Ok(text)
            } else {
                Err(FieldCode::NothingToSearch)
            }
        });
        let surname = errors.take("achternaam", surname);
        let partner_prefix = errors.take("partner_voorvoegsel", name_part(&self.partner_voorvoegsel, PREFIX_MAX));
        let name_use = match self.naamgebruik.trim() {
            "" => Ok(NameUse::E),
            code => NameUse::from_code(code).ok_or(FieldCode::UnknownChoice),
        };
        let name_use = errors.take("naamgebruik", name_use);
        let partner_surname = name_part(&self.partner_achternaam, SURNAME_MAX).and_then(|text| {
            // Without the partner's name there is nothing to go by.
            let wanted = name_use.is_some_and(|name_use| name_use != NameUse::E);
            if text.is_empty() && wanted {
                Err(FieldCode::Required)
            } else if text.is_empty() || text.chars().any(char::is_alphabetic) {
                Ok(text)
            } else {
                Err(FieldCode::NothingToSearch)
            }
        });
        let partner_surname = errors.take("partner_achternaam", partner_surname);
        Some(PersonName {
            initials: initials?,
            prefix: prefix?,
            surname: surname?,
            partner_prefix: partner_prefix?,
            partner_surname: partner_surname?,
            name_use: name_use?,
        })
    }

    /// Birth date and gender; what is wrong is noted in `errors`.
    pub fn parse_birth(&self, errors: &mut FieldErrors, today: Date) -> Option<(Date, Gender)> {
        let birth = parse_typed_date(&self.geboortedatum)
            .and_then(|day| if day > today { Err(FieldCode::DateTooLate { last: today }) } else { Ok(day) });
        let birth = errors.take("geboortedatum", birth);
        let gender = match self.geslacht.trim() {
            "" => Err(FieldCode::Required),
            code => Gender::from_code(code).ok_or(FieldCode::UnknownChoice),
        };
        let gender = errors.take("geslacht", gender);
        Some((birth?, gender?))
    }

    /// The BSN, or that there is none; what is wrong is noted in `errors`.
    pub fn parse_bsn(&self, errors: &mut FieldErrors) -> Option<Option<Bsn>> {
        let without = self.geen_bsn.trim() == "ja";
        let bsn = match Bsn::parse(&self.bsn) {
            Err(FieldCode::Required) if without => Ok(None),
            read => read.map(Some),
        };
        errors.take("bsn", bsn)
    }

    /// The person; what is wrong is noted in `errors`.
    pub fn parse(&self, errors: &mut FieldErrors, today: Date) -> Option<NewPerson> {
        let name = self.parse_name(errors);
        let birth = self.parse_birth(errors, today);
        let bsn = self.parse_bsn(errors);
        let (birth_date, gender) = birth?;
        Some(NewPerson { name: name?, birth_date, gender, bsn: bsn? })
    }

    /// The name as it is shown, as far as it was typed.
    pub fn shown_name(&self) -> String {
        let name_use = NameUse::from_code(self.naamgebruik.trim()).unwrap_or_default();
        PersonName {
            initials: tidy_initials(&self.voorletters),
            prefix: self.voorvoegsel.clone(),
            surname: self.achternaam.clone(),
            partner_prefix: self.partner_voorvoegsel.clone(),
            partner_surname: self.partner_achternaam.clone(),
            name_use,
        }
        .full_name()
    }
}

/// All that somebody has answered so far.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct EnrolmentForm {
    /// The contract number.
    pub contract: String,
    /// `werknemer` for who fills it in themselves, `werkgever` for who does it for an employee.
    pub wie: String,
    /// Name of who fills it in for an employee.
    pub melder_naam: String,
    /// E-mail address of who fills it in for an employee.
    pub melder_email: String,
    /// Personal details.
    pub persoon: PersonForm,
    /// Where one lives.
    pub adres: AddressForm,
    /// E-mail address.
    pub email: String,
    /// Telephone number.
    pub telefoon: String,
    /// The employer's number.
    pub personeelsnummer: String,
    /// `ja` or `nee`: whether there are dependants to enrol as well.
    pub gezin: String,
    /// Who they are.
    pub gezinsleden: Vec<PersonForm>,
    /// The code of the basic insurance.
    pub product: String,
    /// The codes of packages, separated by commas.
    pub pakket: String,
    /// The first day.
    pub ingangsdatum: String,
    /// The questions that were answered, by code, separated by commas: an answer may be empty.
    pub beantwoord: String,
}

/// It prints nothing of what was typed.
impl std::fmt::Debug for EnrolmentForm {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("EnrolmentForm")
    }
}

/// The answers that one page posts: the names of all fields of all questions.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AnswerForm {
    /// The contract number.
    pub contract: String,
    /// Who fills it in.
    pub wie: String,
    /// Name of who fills it in for an employee.
    pub melder_naam: String,
    /// E-mail address of who fills it in for an employee.
    pub melder_email: String,
    /// Initials.
    pub voorletters: String,
    /// Own prefix.
    pub voorvoegsel: String,
    /// Own surname.
    pub achternaam: String,
    /// The partner's prefix.
    pub partner_voorvoegsel: String,
    /// The partner's surname.
    pub partner_achternaam: String,
    /// The code of the [`NameUse`].
    pub naamgebruik: String,
    /// Birth date.
    pub geboortedatum: String,
    /// The code of the [`Gender`].
    pub geslacht: String,
    /// BSN.
    pub bsn: String,
    /// `ja` for who has no BSN.
    pub geen_bsn: String,
    /// Street.
    pub straat: String,
    /// House number.
    pub huisnummer: String,
    /// Addition to it.
    pub toevoeging: String,
    /// Postcode.
    pub postcode: String,
    /// City or village.
    pub plaats: String,
    /// E-mail address.
    pub email: String,
    /// Telephone number.
    pub telefoon: String,
    /// The employer's number.
    pub personeelsnummer: String,
    /// Whether there are dependants.
    pub gezin: String,
    /// The code of the basic insurance.
    pub product: String,
    /// The codes of packages, separated by commas.
    pub pakket: String,
    /// The first day.
    pub ingangsdatum: String,
    /// The last day, of what ends.
    pub einddatum: String,
    /// The code of why it ends.
    pub reden: String,
    /// What was pressed: nothing to go on, `gezinslid` to keep a dependant, `verwijderen` to take one away, `versturen` to
    /// send.
    pub actie: String,
    /// Which dependant it is about, from 1; nothing for a new one.
    pub nr: String,
    /// `ja` for who came from the page on which everything is checked, and goes back there.
    pub terug: String,
    /// A field that nobody sees: what is filled in here was filled in by a program.
    pub website: String,
    /// Idempotency key, of forms inside the portal.
    pub sleutel: String,
}

/// It prints nothing of what was typed.
impl std::fmt::Debug for AnswerForm {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("AnswerForm")
    }
}

impl AnswerForm {
    /// The personal details in it.
    pub fn person(&self) -> PersonForm {
        PersonForm {
            voorletters: self.voorletters.clone(),
            voorvoegsel: self.voorvoegsel.clone(),
            achternaam: self.achternaam.clone(),
            partner_voorvoegsel: self.partner_voorvoegsel.clone(),
            partner_achternaam: self.partner_achternaam.clone(),
            naamgebruik: self.naamgebruik.clone(),
            geboortedatum: self.geboortedatum.clone(),
            geslacht: self.geslacht.clone(),
            bsn: self.bsn.clone(),
            geen_bsn: self.geen_bsn.clone(),
        }
    }

    /// The address in it.
    pub fn address(&self) -> AddressForm {
        AddressForm {
            straat: self.straat.clone(),
            huisnummer: self.huisnummer.clone(),
            toevoeging: self.toevoeging.clone(),
            postcode: self.postcode.clone(),
            plaats: self.plaats.clone(),
        }
    }

    /// Whether a program filled it in.
    pub fn is_by_program(&self) -> bool {
        !self.website.is_empty()
    }
}

/// What a contract allows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnrolmentOffer {
    /// The contract.
    pub contract: ContractChoice,
    /// The days on which one can start; `None` where there is none any more.
    pub window: Option<Period>,
    /// What is offered.
    pub products: Vec<Product>,
}

/// The days on which an enrolment can start: within the contract, and no further back or ahead than it allows.
pub fn window(contract: Period, back_days: u32, ahead_days: u32, today: Date) -> Option<Period> {
    let first = today.checked_sub_days(chrono::Days::new(back_days.into())).unwrap_or(Date::MIN).max(contract.start);
    let last = today.checked_add_days(chrono::Days::new(ahead_days.into())).unwrap_or(Date::MAX);
    let last = contract.end.map_or(last, |end| end.min(last));
    Period::new(first, Some(last))
}

/// Who fills in the open pages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FilledInBy {
    /// The employee.
    Employee,
    /// Somebody of the employer, on behalf of an employee.
    Employer {
        /// Name.
        name: String,
        /// E-mail address.
        email: String,
    },
}

/// A request to be enrolled, of which every part is possible.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Enrolment {
    /// The contract.
    pub contract: ContractNumber,
    /// Who filled it in.
    pub by: FilledInBy,
    /// Who is to be enrolled.
    pub person: NewPerson,
    /// Where that person lives.
    pub address: Address,
    /// E-mail address.
    pub email: String,
    /// Telephone number; empty when not given.
    pub phone: String,
    /// The employer's number; empty when not given.
    pub personnel_number: String,
    /// The family.
    pub dependants: Vec<NewPerson>,
    /// What was chosen, the basic insurance first.
    pub products: Vec<Product>,
    /// The first day.
    pub start_date: Date,
}

impl EnrolmentForm {
    /// Keeps the answers to one question; the others stay as they are.
    pub fn take(&mut self, question: Question, answer: &AnswerForm) {
        let answer = answer.clone();
        match question {
            Question::Contract => {
                self.contract = answer.contract;
                self.wie = answer.wie;
                self.melder_naam = answer.melder_naam;
                self.melder_email = answer.melder_email;
            }
            Question::Name => {
                self.persoon.voorletters = answer.voorletters;
                self.persoon.voorvoegsel = answer.voorvoegsel;
                self.persoon.achternaam = answer.achternaam;
                self.persoon.partner_voorvoegsel = answer.partner_voorvoegsel;
                self.persoon.partner_achternaam = answer.partner_achternaam;
                self.persoon.naamgebruik = answer.naamgebruik;
            }
            Question::Birth => {
                self.persoon.geboortedatum = answer.geboortedatum;
                self.persoon.geslacht = answer.geslacht;
            }
            Question::Bsn => {
                self.persoon.bsn = answer.bsn;
                self.persoon.geen_bsn = answer.geen_bsn;
            }
            Question::Address => self.adres = answer.address(),
            Question::Contact => {
                self.email = answer.email;
                self.telefoon = answer.telefoon;
            }
            Question::PersonnelNumber => self.personeelsnummer = answer.personeelsnummer,
            Question::Family => {
                self.gezin = answer.gezin;
                if self.gezin == "nee" {
                    self.gezinsleden.clear();
                }
            }
            Question::Products => {
                self.product = answer.product;
                self.pakket = answer.pakket;
            }
            Question::Start => self.ingangsdatum = answer.ingangsdatum,
        }
        if !self.is_answered(question) {
            if !self.beantwoord.is_empty() {
                self.beantwoord.push(',');
            }
            self.beantwoord.push_str(question.code());
        }
    }

    /// Whether a question was answered, rightly or wrongly.
    pub fn is_answered(&self, question: Question) -> bool {
        self.beantwoord.split(',').any(|code| code == question.code())
    }

    /// Whether it is filled in for an employee.
    pub fn is_by_employer(&self) -> bool {
        self.wie == "werkgever"
    }

    /// The start date, where it can be read.
    pub fn start_date(&self) -> Option<Date> {
        parse_typed_date(&self.ingangsdatum).ok()
    }

    /// What is wrong with the answers to one question. Without an `offer` it is not known yet what the contract allows.
    pub fn check(&self, question: Question, offer: Option<&EnrolmentOffer>, today: Date) -> FieldErrors {
        let mut errors = FieldErrors::default();
        match question {
            Question::Contract => {
                self.parse_contract(&mut errors, offer);
            }
            Question::Name => {
                self.persoon.parse_name(&mut errors);
            }
            Question::Birth => {
                self.persoon.parse_birth(&mut errors, today);
            }
            Question::Bsn => {
                self.persoon.parse_bsn(&mut errors);
            }
            Question::Address => {
                self.adres.parse(&mut errors);
            }
            Question::Contact => {
                self.parse_contact(&mut errors);
            }
            Question::PersonnelNumber => {
                errors.take("personeelsnummer", parse_personnel_number(&self.personeelsnummer));
            }
            Question::Family => {
                self.parse_family(&mut errors, today);
            }
            Question::Products => {
                self.parse_products(&mut errors, offer.map_or(&[], |offer| &offer.products));
            }
            Question::Start => {
                self.parse_start(&mut errors, offer, today);
            }
        }
        errors
    }

    /// The first question that was not answered rightly yet.
    pub fn first_open(&self, offer: Option<&EnrolmentOffer>, today: Date) -> Option<Question> {
        Question::ALL
            .into_iter()
            .find(|question| !self.is_answered(*question) || !self.check(*question, offer, today).is_empty())
    }

    fn parse_contract(
        &self,
        errors: &mut FieldErrors,
        offer: Option<&EnrolmentOffer>,
    ) -> Option<(ContractNumber, FilledInBy)> {
        let number = ContractNumber::parse(&self.contract).and_then(|number| match offer {
            Some(offer) if offer.window.is_some() => Ok(number),
            _ => Err(FieldCode::UnknownContract),
        });
        let number = errors.take("contract", number);
        let by = match self.wie.as_str() {
            "werknemer" => Some(FilledInBy::Employee),
            "werkgever" => {
                let (name, email) = (self.melder_naam.trim(), self.melder_email.trim());
                let name_is = errors.take("melder_naam", check_name(name));
                let email_is = errors.take("melder_email", check_email(email));
                name_is.and(email_is).map(|()| FilledInBy::Employer { name: name.to_owned(), email: email.to_owned() })
            }
            "" => errors.take("wie", Err(FieldCode::Required)),
            _ => errors.take("wie", Err(FieldCode::UnknownChoice)),
        };
        Some((number?, by?))
    }

    fn parse_contact(&self, errors: &mut FieldErrors) -> Option<(String, String)> {
        let (email, phone) = (self.email.trim(), self.telefoon.trim());
        let email_is = errors.take("email", check_email(email));
        let phone_is = if phone.is_empty() { Some(()) } else { errors.take("telefoon", check_telephone(phone)) };
        email_is.and(phone_is).map(|()| (email.to_owned(), phone.to_owned()))
    }

    fn parse_family(&self, errors: &mut FieldErrors, today: Date) -> Option<Vec<NewPerson>> {
        match self.gezin.as_str() {
            "nee" => return Some(Vec::new()),
            "ja" => {}
            "" => return errors.take("gezin", Err(FieldCode::Required)),
            _ => return errors.take("gezin", Err(FieldCode::UnknownChoice)),
        }
        if self.gezinsleden.is_empty() {
            return errors.take("gezin", Err(FieldCode::NobodyAdded));
        }
        let mut people = Vec::with_capacity(self.gezinsleden.len());
        for (place, form) in self.gezinsleden.iter().enumerate() {
            // Each was judged when it was added; that one is wrong after all shows at the list of them.
            if let (Some(person), true) = (form.parse(&mut FieldErrors::default(), today), place < DEPENDANTS_MAX) {
                people.push(person);
            } else {
                return errors.take("gezin", Err(FieldCode::UnknownChoice));
            }
        }
        Some(people)
    }

    fn parse_products(&self, errors: &mut FieldErrors, offered: &[Product]) -> Option<Vec<Product>> {
        match choose(&self.product, &self.pakket, offered) {
            Ok(chosen) => Some(chosen.into_iter().cloned().collect()),
            Err((ProductField::Basic, code)) => errors.take("product", Err(code)),
            Err((ProductField::Packages, code)) => errors.take("pakket", Err(code)),
        }
    }

    fn parse_start(&self, errors: &mut FieldErrors, offer: Option<&EnrolmentOffer>, today: Date) -> Option<Date> {
        let start = parse_typed_date(&self.ingangsdatum).and_then(|day| match offer.and_then(|offer| offer.window) {
            Some(window) if day < window.start => Err(FieldCode::DateTooEarly { first: window.start }),
            Some(Period { end: Some(last), .. }) if day > last => Err(FieldCode::DateTooLate { last }),
            Some(_) => Ok(day),
            None => Err(FieldCode::DateTooLate { last: today }),
        });
        errors.take("ingangsdatum", start)
    }

    /// Judges a dependant before it is added or changed; `place` is where it stands already. Nobody stands there twice.
    ///
    /// # Errors
    /// All that is wrong, by field.
    pub fn check_dependant(&self, person: &PersonForm, place: Option<usize>, today: Date) -> Result<(), FieldErrors> {
        let mut errors = FieldErrors::default();
        let bsn = person.parse(&mut errors, today).and_then(|person| person.bsn);
        if let Some(bsn) = bsn {
            let others = self.gezinsleden.iter().enumerate().filter(|(other, _)| Some(*other) != place);
            let mut others = others.map(|(_, other)| other).chain(std::iter::once(&self.persoon));
            if others.any(|other| Bsn::parse(&other.bsn).is_ok_and(|other| other == bsn)) {
                errors.push("bsn", FieldCode::Taken);
            }
        }
        if place.is_none() && self.gezinsleden.len() >= DEPENDANTS_MAX {
            errors.push("achternaam", FieldCode::OutOfRange);
        }
        errors.or(())
    }

    /// Reads all of it.
    ///
    /// # Errors
    /// All that is wrong, by field.
    pub fn parse(&self, offer: &EnrolmentOffer, today: Date) -> Result<Enrolment, FieldErrors> {
        let mut errors = FieldErrors::default();
        let contract = self.parse_contract(&mut errors, Some(offer));
        let person = self.persoon.parse(&mut errors, today);
        let address = self.adres.parse(&mut errors);
        let contact = self.parse_contact(&mut errors);
        let personnel_number = errors.take("personeelsnummer", parse_personnel_number(&self.personeelsnummer));
        let dependants = self.parse_family(&mut errors, today);
        let products = self.parse_products(&mut errors, &offer.products);
        let start_date = self.parse_start(&mut errors, Some(offer), today);
        if let (Some(person), Some(dependants)) = (&person, &dependants) {
            let mut seen = std::collections::HashSet::new();
            let bsns = std::iter::once(person).chain(dependants).filter_map(|person| person.bsn.as_ref());
            if bsns.into_iter().any(|bsn| !seen.insert(bsn.clone())) {
                errors.push("bsn", FieldCode::Taken);
            }
        }
        let everybody = person.iter().chain(dependants.iter().flatten());
        check_together(&mut errors, everybody, start_date, products.as_deref());
        let complete = (contract, person, address, contact, personnel_number, dependants, products, start_date);
        match complete {
            (
                Some((contract, by)),
                Some(person),
                Some(address),
                Some((email, phone)),
                Some(personnel_number),
                Some(dependants),
                Some(products),
                Some(start_date),
            ) if errors.is_empty() => Ok(Enrolment {
                contract,
                by,
                person,
                address,
                email,
                phone,
                personnel_number,
                dependants,
                products,
                start_date,
            }),
            _ => Err(errors),
        }
    }
}

/// What a page of the open pages shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DraftView {
    /// All that was answered so far, the BSNs of others than the one that is asked about left out.
    pub form: EnrolmentForm,
    /// What the contract allows, once it is known.
    pub offer: Option<EnrolmentOffer>,
    /// The first question that was not answered rightly yet.
    pub open: Option<Question>,
    /// Until which day it is kept.
    pub kept_until: Date,
    /// Today in Europe/Amsterdam.
    pub today: Date,
}

/// Why answers were not kept, or not sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EnrolRefusal {
    /// Fields that cannot be right.
    Invalid(FieldErrors),
    /// What was answered is no longer kept, or was sent already.
    Gone,
    /// Too much from here, or on this contract; wait so many seconds.
    TooMany {
        /// Seconds to wait.
        seconds: u32,
    },
}

/// What came of answers that were kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answered {
    /// The token by which the answers are found from now on, where they were not kept before.
    pub token: Option<String>,
    /// The question to go on to; `None` is the page on which everything is checked.
    pub next: Option<Question>,
}

/// What was sent, on the page that confirms it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sent {
    /// The reference, as `7K3Q-F9MX`.
    pub reference: String,
    /// The employer's name.
    pub employer: String,
    /// To which address the mail with the link goes, as it was typed.
    pub mailed_to: String,
}

/// What the page shows on which staff enrol somebody (E8).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InsideView {
    /// The contracts to choose from; empty when there are too many, and one types a number.
    pub contracts: Vec<ContractChoice>,
    /// What the chosen contract allows; `None` while none is chosen.
    pub offer: Option<EnrolmentOffer>,
    /// A fresh idempotency key.
    pub key: String,
    /// Today in Europe/Amsterdam.
    pub today: Date,
}

/// What the page shows on which staff add a dependant to a main insured (C9).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DependantInView {
    /// The main insured's participation.
    pub main: crate::ids::ParticipationId,
    /// The main insured's name, as shown.
    pub main_name: String,
    /// The main insured's period.
    pub period: Period,
    /// The names of the main insured's insurances, which the dependant gets as well; empty where they are not known.
    pub products: Vec<String>,
    /// What the contract allows; the window lies within the main insured's period.
    pub offer: EnrolmentOffer,
    /// A fresh idempotency key.
    pub key: String,
    /// Today in Europe/Amsterdam.
    pub today: Date,
}

/// What was done: somebody participates.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnrolReceipt {
    /// The participation.
    pub participation: crate::ids::ParticipationId,
    /// As it is shown.
    pub full_name: String,
    /// The first day.
    pub start_date: Date,
    /// The contract.
    pub contract: ContractChoice,
    /// Whether this answers a second sending of the same form.
    pub repeated: bool,
}

impl AnswerForm {
    /// Reads what staff typed inside the portal (E8). Where somebody lives, and an e-mail address, may be left out: an
    /// employer does not always know them, and the insurer asks for them later.
    ///
    /// # Errors
    /// All that is wrong, by field.
    pub fn parse_inside(&self, offer: &EnrolmentOffer, today: Date) -> Result<InsideEnrolment, FieldErrors> {
        let mut errors = FieldErrors::default();
        let form = EnrolmentForm {
            product: self.product.clone(),
            pakket: self.pakket.clone(),
            ingangsdatum: self.ingangsdatum.clone(),
            ..EnrolmentForm::default()
        };
        let person = self.person().parse(&mut errors, today);
        let address = self.address().parse_if_any(&mut errors);
        let email = match self.email.trim() {
            "" => Some(None),
            email => errors.take("email", check_email(email)).map(|()| Some(email.to_owned())),
        };
        let phone = self.telefoon.trim();
        let phone_is = if phone.is_empty() { Some(()) } else { errors.take("telefoon", check_telephone(phone)) };
        let personnel_number = errors.take("personeelsnummer", parse_personnel_number(&self.personeelsnummer));
        let products = form.parse_products(&mut errors, &offer.products);
        let start_date = form.parse_start(&mut errors, Some(offer), today);
        check_together(&mut errors, person.iter(), start_date, products.as_deref());
        match (person, address, email, phone_is, personnel_number, products, start_date) {
            (
                Some(person),
                Some(address),
                Some(email),
                Some(()),
                Some(personnel_number),
                Some(products),
                Some(start_date),
            ) if errors.is_empty() => {
                let phone = phone.to_owned();
                Ok(InsideEnrolment { person, address, email, phone, personnel_number, products, start_date })
            }
            _ => Err(errors),
        }
    }

    /// Reads a dependant whom staff add to a main insured (C9); the insurances are the main insured's.
    ///
    /// # Errors
    /// All that is wrong, by field.
    pub fn parse_dependant(&self, offer: &EnrolmentOffer, today: Date) -> Result<(NewPerson, Date), FieldErrors> {
        let mut errors = FieldErrors::default();
        let person = self.person().parse(&mut errors, today);
        let form = EnrolmentForm { ingangsdatum: self.ingangsdatum.clone(), ..EnrolmentForm::default() };
        let start_date = form.parse_start(&mut errors, Some(offer), today);
        check_together(&mut errors, person.iter(), start_date, None);
        match (person, start_date) {
            (Some(person), Some(start_date)) if errors.is_empty() => Ok((person, start_date)),
            _ => Err(errors),
        }
    }
}

/// Somebody whom staff enrol.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InsideEnrolment {
    /// Who.
    pub person: NewPerson,
    /// Where that person lives, where known.
    pub address: Option<Address>,
    /// E-mail address, where known.
    pub email: Option<String>,
    /// Telephone number; empty when not known.
    pub phone: String,
    /// The employer's number; empty when there is none.
    pub personnel_number: String,
    /// What was chosen, the basic insurance first.
    pub products: Vec<Product>,
    /// The first day.
    pub start_date: Date,
}

/// What only shows when answers are seen together.
fn check_together<'a>(
    errors: &mut FieldErrors,
    people: impl Iterator<Item = &'a NewPerson>,
    start: Option<Date>,
    products: Option<&[Product]>,
) {
    let Some(start) = start else { return };
    if products.is_some_and(|products| !products.iter().all(|product| product.is_offered_on(start))) {
        errors.push("product", FieldCode::UnknownChoice);
    }
    // The family begins together, once the youngest of them was born.
    if let Some(first) = people.map(|person| person.birth_date).max().filter(|birth| start < *birth) {
        errors.push("ingangsdatum", FieldCode::DateTooEarly { first });
    }
}
