//! "Account aanvragen": asking for an account, open to all, and what the helpdesk decides (PRODUCT.md A6).

use serde::{Deserialize, Serialize};

use crate::{
    account::{check_email, check_name},
    account_management::{AccountForm, ContractRoles, RolesByNumber},
    actor::{Role, Roles},
    contract::ContractNumber,
    date::Date,
    employer::{KvkNumber, check_organisation},
    field::{FieldCode, FieldErrors},
    ids::{AccountId, EmployerId, RequestId},
    office::{MailRow, OfficeAccountState},
    own_details::check_telephone,
};

/// Where the page behind the link is that proves the address; its token comes after it.
pub const CONFIRM_PATH: &str = "/account-aanvragen/bevestigen/";

/// For how many hours the link works that proves the address.
pub const CONFIRM_HOURS: u32 = 7 * 24;

/// The most characters of the reason of a refusal.
pub const REASON_MAX: u32 = 1_000;

/// The most characters of the key that a form is known by.
const KEY_MAX: usize = 100;

/// How many requests a page of the queue has.
pub const REQUESTS_A_PAGE: u32 = 50;

/// The form "Account aanvragen", as it was typed.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AccountRequestForm {
    /// The organisation that one works for.
    pub organisatie: String,
    /// Its KvK number.
    pub kvk: String,
    /// The contract number.
    pub contract: String,
    /// Name of who asks.
    pub naam: String,
    /// E-mail address, which the account will be signed in to with.
    pub email: String,
    /// Telephone number.
    pub telefoon: String,
    /// The codes of the roles that are wanted, separated by commas.
    pub rol: String,
    /// A field that nobody sees: what is filled in here was filled in by a program.
    pub website: String,
    /// What this form is known by, together with all that it says, so that sending it twice asks once.
    pub sleutel: String,
}

/// It prints nothing of what was typed.
impl std::fmt::Debug for AccountRequestForm {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("AccountRequestForm")
    }
}

/// A request for an account, whose fields are all possible.
#[derive(Clone, PartialEq, Eq)]
pub struct AccountRequest {
    /// The organisation, as typed.
    pub organisation: String,
    /// Its KvK number.
    pub kvk_number: KvkNumber,
    /// The contract number.
    pub contract_number: ContractNumber,
    /// Name of who asks.
    pub name: String,
    /// E-mail address.
    pub email: String,
    /// Telephone number.
    pub phone: String,
    /// The roles that are wanted.
    pub roles: Roles,
}

impl AccountRequestForm {
    /// The request. Whether there is such a contract is not looked at: that nobody learns here.
    ///
    /// # Errors
    /// What is wrong with each field.
    pub fn parse(&self) -> Result<AccountRequest, FieldErrors> {
        let mut errors = FieldErrors::default();
        let (organisation, name, email) = (self.organisatie.trim(), self.naam.trim(), self.email.trim());
        errors.take("organisatie", check_organisation(organisation));
        let kvk_number = errors.take("kvk", KvkNumber::parse(&self.kvk));
        let contract_number = errors.take("contract", ContractNumber::parse(&self.contract));
        errors.take("naam", check_name(name));
        errors.take("email", check_email(email));
        let phone = errors.take("telefoon", parse_phone(&self.telefoon));
        let roles = errors.take("rol", parse_roles(&self.rol));
        let (Some(kvk_number), Some(contract_number), Some(phone), Some(roles), true) =
            (kvk_number, contract_number, phone, roles, errors.is_empty())
        else {
            return Err(errors);
        };
        let (organisation, name, email) = (organisation.to_owned(), name.to_owned(), email.to_owned());
        Ok(AccountRequest { organisation, kvk_number, contract_number, name, email, phone, roles })
    }

    /// What the form is known by, where that is something our page can have sent.
    pub fn key(&self) -> Option<&str> {
        let key = self.sleutel.trim();
        (!key.is_empty() && key.len() <= KEY_MAX).then_some(key)
    }

    /// Whether a program filled it in.
    pub fn is_by_program(&self) -> bool {
        !self.website.is_empty()
    }

    /// The roles that are ticked; what is no role is left out.
    pub fn ticked(&self) -> Roles {
        self.rol.split(',').filter_map(Role::from_code).collect()
    }
}

fn parse_roles(text: &str) -> Result<Roles, FieldCode> {
    let mut roles = Roles::NONE;
    for code in text.split(',').filter(|code| !code.is_empty()) {
        roles = roles.with(Role::from_code(code).ok_or(FieldCode::UnknownChoice)?);
    }
    if roles.is_empty() { Err(FieldCode::NoRoles) } else { Ok(roles) }
}

/// A telephone number: digits, and the signs that people put between them.
///
/// # Errors
/// [`FieldCode::Required`], [`FieldCode::TooLong`] or [`FieldCode::NotAPhone`].
pub fn parse_phone(text: &str) -> Result<String, FieldCode> {
    let text = text.trim();
    if text.is_empty() {
        return Err(FieldCode::Required);
    }
    check_telephone(text).map(|()| text.to_owned())
}

/// Why a request was not taken in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AskAccountRefusal {
    /// Fields that cannot be right.
    Invalid(FieldErrors),
    /// Too many requests from here; wait so many seconds.
    TooMany {
        /// Seconds to wait.
        seconds: u32,
    },
}

/// What the page behind the link shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkedRequest {
    /// The contract number that was asked about.
    pub contract_number: String,
    /// Whether it was confirmed already.
    pub is_confirmed: bool,
}

/// How far a request is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RequestState {
    /// Its address was not proven yet; the helpdesk does not see it in the queue.
    Unconfirmed,
    /// It waits for the helpdesk.
    Waiting,
    /// The helpdesk gave an account.
    Approved,
    /// The helpdesk gave none, and said why.
    Refused,
}

impl RequestState {
    /// Every state.
    pub const ALL: [Self; 4] = [Self::Unconfirmed, Self::Waiting, Self::Approved, Self::Refused];

    /// The stored word.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Unconfirmed => "unconfirmed",
            Self::Waiting => "waiting",
            Self::Approved => "approved",
            Self::Refused => "refused",
        }
    }

    /// The state with this [`code`](Self::code), if there is one.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.code() == code)
    }
}

/// How what was filled in fits what the insurer knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RequestMatch {
    /// The contract is that employer's.
    Fits,
    /// The contract is there, and its employer has another KvK number.
    OtherEmployer,
    /// The contract is there; its employer's KvK number is not known.
    EmployerUnknown,
    /// There is no such contract.
    NoContract,
}

/// How a request fits, from the KvK number that was typed and the contract's employer: `None` where there is no such
/// contract, `Some(None)` where the employer's number is not known.
pub fn match_of(kvk_number: &str, employer: Option<Option<&str>>) -> RequestMatch {
    match employer {
        None => RequestMatch::NoContract,
        Some(None) => RequestMatch::EmployerUnknown,
        Some(Some(known)) if known == kvk_number => RequestMatch::Fits,
        Some(Some(_)) => RequestMatch::OtherEmployer,
    }
}

/// The queue, as it was asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RequestListForm {
    /// `afgehandeld` for those that were decided; nothing for those that wait.
    pub toon: String,
    /// The page, from 1.
    pub pagina: String,
}

impl RequestListForm {
    /// Whether those are wanted that were decided.
    pub fn shows_decided(&self) -> bool {
        self.toon == "afgehandeld"
    }
}

/// A request in the queue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestRow {
    /// The request.
    pub id: RequestId,
    /// Name of who asks.
    pub name: String,
    /// E-mail address.
    pub email: String,
    /// The organisation, as typed.
    pub organisation: String,
    /// The contract number, as typed.
    pub contract_number: String,
    /// How far it is.
    pub state: RequestState,
    /// The day on which it came into the queue, or was asked where it did not.
    pub since: Date,
    /// How many whole hours it waits, or waited.
    pub hours: u32,
    /// The day on which it was decided, where it was.
    pub decided: Option<Date>,
    /// How it fits.
    pub fit: RequestMatch,
    /// Whether the address has an account already.
    pub has_account: bool,
}

/// A page of the queue.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestPage {
    /// The requests: those that wait oldest first, those that were decided newest first.
    pub rows: Vec<RequestRow>,
    /// How many there are on all pages.
    pub count: u64,
    /// The page, from 1.
    pub page: u32,
    /// What is wrong with what was asked.
    pub errors: FieldErrors,
}

/// A request, with what is needed to decide about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestView {
    /// The request, as in the queue.
    pub row: RequestRow,
    /// It grows with every change; a decision names the one that was seen.
    pub version: i64,
    /// KvK number, as typed.
    pub kvk_number: String,
    /// Telephone number.
    pub phone: String,
    /// The roles that are wanted.
    pub roles: Roles,
    /// The employer whose contracts are offered: id, name and KvK number.
    pub employer: Option<(EmployerId, String, String)>,
    /// The account that the address has: id, name and how it stands.
    pub account: Option<(AccountId, String, OfficeAccountState)>,
    /// The contracts whose boxes are shown, ticked as they would be approved.
    pub contracts: Vec<ContractRoles>,
    /// The rights that the address's account has on those contracts, as the form gives them back.
    pub seen: String,
    /// What was searched for among the contracts.
    pub searched: String,
    /// Who decided, when it was.
    pub decided: Option<(String, Date)>,
    /// The reason that was given.
    pub reason: String,
    /// Mails to the address, newest first.
    pub mails: Vec<MailRow>,
    /// Other requests of the same address, newest first.
    pub others: Vec<RequestRow>,
    /// Whether the reader may decide.
    pub may_decide: bool,
}

/// What is posted from the page of a request.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct DecisionForm {
    /// `goedkeuren` or `afwijzen`. `zoeken`, for other contracts, and `opnieuw`, about a mail, decide nothing.
    pub actie: String,
    /// The version that was seen.
    pub versie: String,
    /// Why it is refused.
    pub reden: String,
    /// The rights that were shown, as [`AccountForm::gezien`].
    pub gezien: String,
    /// The boxes that are ticked, as [`AccountForm::recht`].
    pub recht: String,
    /// What was searched for among the contracts.
    pub zoek: String,
}

/// It prints nothing of what was typed.
impl std::fmt::Debug for DecisionForm {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("DecisionForm")
    }
}

/// What the helpdesk decides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// An account with these roles, by contract number; only contracts on which one is ticked.
    Approve(RolesByNumber),
    /// No account, for this reason.
    Refuse(String),
}

impl DecisionForm {
    /// The decision, and the version that was seen.
    ///
    /// # Errors
    /// What is wrong with each field.
    pub fn parse(&self) -> Result<(i64, Decision), FieldErrors> {
        let mut errors = FieldErrors::default();
        let version = errors.take("recht", self.versie.trim().parse().map_err(|_| FieldCode::ChangedMeanwhile));
        let decision = match self.actie.as_str() {
            "goedkeuren" => errors.take("recht", self.approval()),
            "afwijzen" => errors.take("reden", check_reason(&self.reden)).map(Decision::Refuse),
            _ => errors.take("recht", Err(FieldCode::UnknownChoice)),
        };
        match (version, decision) {
            (Some(version), Some(decision)) => Ok((version, decision)),
            _ => Err(errors),
        }
    }

    fn asked(&self) -> Result<RolesByNumber, FieldCode> {
        let boxes = AccountForm { gezien: self.gezien.clone(), recht: self.recht.clone(), ..AccountForm::default() };
        boxes.asked()
    }

    /// What is ticked on the contracts whose boxes stood on the page; nothing where our page did not send it.
    pub fn ticked(&self) -> RolesByNumber {
        self.asked().unwrap_or_default()
    }

    fn approval(&self) -> Result<Decision, FieldCode> {
        let mut asked = self.asked()?;
        asked.retain(|_, roles| !roles.is_empty());
        if asked.is_empty() { Err(FieldCode::NoRights) } else { Ok(Decision::Approve(asked)) }
    }
}

/// Checks a reason that somebody else will read, without spaces around it.
///
/// # Errors
/// [`FieldCode::Required`], [`FieldCode::TooLong`] or [`FieldCode::ForbiddenCharacter`].
pub fn check_reason(text: &str) -> Result<String, FieldCode> {
    // Browsers send line ends as CR LF.
    let text = text.trim().replace("\r\n", "\n");
    if text.is_empty() {
        Err(FieldCode::Required)
    } else if text.chars().count() > REASON_MAX as usize {
        Err(FieldCode::TooLong { max: REASON_MAX })
    } else if text.chars().any(|c| c.is_control() && c != '\n') {
        Err(FieldCode::ForbiddenCharacter)
    } else {
        Ok(text)
    }
}
