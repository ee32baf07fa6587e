//! "Accountbeheer": who of an employer's staff may do what on which contracts, as the employer's own account managers say
//! (PRODUCT.md A3, A5, A7 to A10).

use std::{collections::BTreeMap, fmt::Write};

use serde::{Deserialize, Serialize};

use crate::{
    account::{check_email, check_name},
    actor::{Role, Roles},
    contract::ContractChoice,
    field::{FieldCode, FieldErrors},
    ids::AccountId,
    page::parse_page,
};

/// How many users a page of the list has.
pub const USERS_A_PAGE: u32 = 50;

/// The most contracts whose boxes stand on a page at once; above it one searches for a contract.
pub const CONTRACTS_SHOWN: usize = 50;

/// The most characters that are searched for.
const SEARCH_MAX: usize = 100;

/// What was done for a user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Done {
    /// The user was added, and is told by mail.
    Added,
    /// The rights are as asked.
    Changed,
    /// The user has no right left on any contract that the manager manages.
    Removed,
    /// The block was ended.
    Unblocked,
    /// The link to choose a first password is mailed again.
    InvitedAgain,
    /// The user is the main account now.
    HandedOver,
}

impl Done {
    /// Everything that can be done.
    pub const ALL: [Self; 6] =
        [Self::Added, Self::Changed, Self::Removed, Self::Unblocked, Self::InvitedAgain, Self::HandedOver];

    /// The word for it in the address of the page that follows.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Added => "toegevoegd",
            Self::Changed => "gewijzigd",
            Self::Removed => "verwijderd",
            Self::Unblocked => "gedeblokkeerd",
            Self::InvitedAgain => "gemaild",
            Self::HandedOver => "overgedragen",
        }
    }

    /// What has this [`code`](Self::code).
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|done| done.code() == code)
    }
}

/// How an account stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccountState {
    /// It has no password yet: its owner was mailed a link to choose one.
    Invited,
    /// Its owner can sign in.
    Active,
    /// Too many wrong passwords were tried.
    Blocked,
}

impl AccountState {
    /// That of an account that can be used.
    pub const fn of(has_password: bool, blocked: bool) -> Self {
        match (has_password, blocked) {
            (_, true) => Self::Blocked,
            (true, false) => Self::Active,
            (false, false) => Self::Invited,
        }
    }
}

/// The list of users, as it was asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AccountListForm {
    /// A part of a name or of an e-mail address.
    pub zoek: String,
    /// A contract number, `alle`, or nothing for the chosen one.
    pub contract: String,
    /// The page, from 1.
    pub pagina: String,
}

impl AccountListForm {
    /// The words to search for, and the page.
    ///
    /// # Errors
    /// What is wrong with each field.
    pub fn parse(&self) -> Result<(&str, u32), FieldErrors> {
        let mut errors = FieldErrors::default();
        let page = errors.take("pagina", parse_page(&self.pagina)).unwrap_or(1);
        let words = self.zoek.trim();
        if words.chars().count() > SEARCH_MAX {
            errors.push("zoek", FieldCode::TooLong { max: SEARCH_MAX as u32 });
        }
        errors.or((words, page))
    }

    /// The same list, on this page.
    #[must_use]
    pub fn with_page(&self, page: u32) -> Self {
        Self { pagina: if page == 1 { String::new() } else { page.to_string() }, ..self.clone() }
    }
}

/// A user in the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountRow {
    /// The account.
    pub id: AccountId,
    /// Name.
    pub name: String,
    /// The e-mail address that one signs in with.
    pub email: String,
    /// The roles on any of the contracts that the reader manages.
    pub roles: Roles,
    /// On how many of these contracts it has a role.
    pub contracts: u32,
    /// How the account stands.
    pub state: AccountState,
    /// Whether it is the reader's own.
    pub is_self: bool,
    /// Whether it is the main account of the employer of any of these contracts.
    pub is_main: bool,
}

/// A page of the list of users.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountPage {
    /// The users, by name.
    pub rows: Vec<AccountRow>,
    /// How many there are on all pages.
    pub count: u64,
    /// The page, from 1.
    pub page: u32,
    /// The contract that it is about; `None` for all that the reader manages.
    pub contract: Option<ContractChoice>,
    /// Whether the reader is the main account of the employer of any of these contracts.
    pub is_main: bool,
    /// What is wrong with what was asked.
    pub errors: FieldErrors,
}

/// The rights of a user on one contract, as its boxes show them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContractRoles {
    /// The contract.
    pub choice: ContractChoice,
    /// Whether the employer pays the premium, so that *Financieel* means something.
    pub borderel_payment: bool,
    /// The roles.
    pub roles: Roles,
}

/// One user, or a new one, for whom boxes can be ticked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountView {
    /// The account; `None` for a new one.
    pub id: Option<AccountId>,
    /// Name.
    pub name: String,
    /// The e-mail address that one signs in with.
    pub email: String,
    /// How the account stands.
    pub state: AccountState,
    /// Whether it is the reader's own.
    pub is_self: bool,
    /// The names of the employers, of those that the reader manages, whose main account it is.
    pub main_of: Vec<String>,
    /// The names of the employers whose main account the reader can hand over to this one.
    pub can_become_main_of: Vec<String>,
    /// The contracts whose boxes are shown, by number: all that the reader manages, or, where these are more than
    /// [`CONTRACTS_SHOWN`], those on which the user has a role, or those that were searched for.
    pub contracts: Vec<ContractRoles>,
    /// How many contracts the reader manages.
    pub managed: u32,
    /// What was searched for among them.
    pub searched: String,
}

impl AccountView {
    /// What the page shows, in the form in which [`AccountForm::gezien`] gives it back.
    pub fn seen(&self) -> String {
        seen(self.contracts.iter().map(|contract| (contract.choice.number.as_str(), contract.roles)))
    }
}

/// The rights on some contracts as a text, to compare what was shown with what is.
pub fn seen<'a>(rights: impl Iterator<Item = (&'a str, Roles)>) -> String {
    rights.fold(String::new(), |mut text, (number, roles)| {
        let comma = if text.is_empty() { "" } else { "," };
        // Writing to a string cannot fail.
        let _ = write!(text, "{comma}{number}:{}", roles.bits());
        text
    })
}

/// What is posted from the page of a user.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AccountForm {
    /// What is to be done; nothing is to save the boxes.
    pub actie: String,
    /// E-mail address, of a new user.
    pub email: String,
    /// Name, of a new user.
    pub naam: String,
    /// The rights that were shown: contract numbers with the bits of the roles, as [`seen`] writes them.
    pub gezien: String,
    /// The boxes that are ticked: contract numbers with the code of a role, separated by commas (`23595:financieel`).
    pub recht: String,
    /// What was searched for among the contracts.
    pub zoek: String,
}

/// It prints nothing of what was typed.
impl std::fmt::Debug for AccountForm {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("AccountForm")
    }
}

/// Roles by contract number.
pub type RolesByNumber = BTreeMap<String, Roles>;

impl AccountForm {
    /// The name and the address of a new user.
    ///
    /// # Errors
    /// What is wrong with each field.
    pub fn parse_person(&self) -> Result<(&str, &str), FieldErrors> {
        let mut errors = FieldErrors::default();
        let (name, email) = (self.naam.trim(), self.email.trim());
        errors.take("naam", check_name(name));
        errors.take("email", check_email(email));
        errors.or((name, email))
    }

    /// The rights that the page showed, for every contract whose boxes stood on it.
    ///
    /// # Errors
    /// [`FieldCode::UnknownChoice`] for what our pages do not send.
    pub fn shown(&self) -> Result<RolesByNumber, FieldCode> {
        let mut shown = RolesByNumber::new();
        for part in self.gezien.split(',').filter(|part| !part.is_empty()) {
            let (number, bits) = part.split_once(':').ok_or(FieldCode::UnknownChoice)?;
            let bits = bits.parse().map_err(|_| FieldCode::UnknownChoice)?;
            shown.insert(number.to_owned(), Roles::from_bits(bits));
        }
        if shown.len() > CONTRACTS_SHOWN { Err(FieldCode::UnknownChoice) } else { Ok(shown) }
    }

    /// The rights that are asked for: of every contract whose boxes stood on the page those that are ticked.
    ///
    /// # Errors
    /// [`FieldCode::UnknownChoice`] for a box that was not on the page.
    pub fn asked(&self) -> Result<RolesByNumber, FieldCode> {
        let mut asked: RolesByNumber = self.shown()?.into_keys().map(|number| (number, Roles::NONE)).collect();
        for ticked in self.recht.split(',').filter(|ticked| !ticked.is_empty()) {
            let (number, role) = ticked.split_once(':').ok_or(FieldCode::UnknownChoice)?;
            let role = Role::from_code(role).ok_or(FieldCode::UnknownChoice)?;
            let roles = asked.get_mut(number).ok_or(FieldCode::UnknownChoice)?;
            *roles = roles.with(role);
        }
        Ok(asked)
    }
}

/// What a decision about one contract looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ContractFacts {
    /// Whether the employer pays the premium.
    pub borderel_payment: bool,
    /// The user's roles now.
    pub roles: Roles,
    /// Whether somebody else manages the accounts of the contract.
    pub has_other_manager: bool,
    /// Whether the user is the main account of the employer.
    pub is_main: bool,
    /// Whether it is the user who asks.
    pub is_self: bool,
}

/// Whether the roles of a user on one contract may become `asked` (PRODUCT.md A7, A8). Who asks manages the accounts of
/// the contract; that was seen to before.
///
/// # Errors
/// [`FieldCode::NotFinancial`] when *Financieel* is given where the employer does not pay the premium;
/// [`FieldCode::MainAccount`] when somebody else would change the main account's rights, and
/// [`FieldCode::MainAccountManages`] when it would give up managing accounts without handing over;
/// [`FieldCode::LastManager`] when nobody would be left who manages the accounts of the contract.
pub fn decide(facts: ContractFacts, asked: Roles) -> Result<(), FieldCode> {
    let ContractFacts { borderel_payment, roles, has_other_manager, is_main, is_self } = facts;
    if asked == roles {
        return Ok(());
    }
    if is_main && !is_self {
        return Err(FieldCode::MainAccount);
    }
    let lost = roles.without(asked);
    if lost.has(Role::AccountManagement) {
        if is_main {
            return Err(FieldCode::MainAccountManages);
        }
        if !has_other_manager {
            return Err(FieldCode::LastManager);
        }
    }
    if asked.without(roles).has(Role::Financial) && !borderel_payment {
        return Err(FieldCode::NotFinancial);
    }
    Ok(())
}
