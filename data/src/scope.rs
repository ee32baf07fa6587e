//! What somebody may see: the contracts on which an account carries a right.
//!
//! Every query of tenant data takes a [`Scope`]. A scope is only made from rights that were read from the database for
//! an account, from the proof that somebody works in the insurer's [`Office`], or, for the operator's own commands, by
//! naming that it is one. So a query without a check does not compile.

use std::{
    collections::HashMap,
    sync::{Arc, OnceLock},
};

use collectief_domain::{
    actor::{Right, Role, Roles},
    assurance::{AssuranceLevel, Demand},
    contract::ContractChoice,
    ids::{AccountId, ContractId, EmployerId},
};
use sea_orm::{FromQueryResult, Value};

use crate::{
    db::{Db, statement},
    error::DataError,
    mutation::placeholders,
    office::Office,
};

/// One contract of an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContractRights {
    /// The contract.
    pub id: ContractId,
    /// Its number and name.
    pub choice: ContractChoice,
    /// What the account may do on it.
    pub roles: Roles,
    /// Whether the employer pays the premium, and so needs BSNs.
    pub borderel_payment: bool,
}

/// A contract of an account that it may not touch in this session, for it demands a higher level of eHerkenning.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Withheld {
    /// Its number and name.
    pub choice: ContractChoice,
    /// What it demands.
    pub demand: Demand,
}

/// All rights of one account, as they stand in the database at one `rights_version`, in a session
/// that was begun at one level.
#[derive(Debug)]
pub struct AccountRights {
    account: AccountId,
    version: i64,
    /// The employer that staff of the insurer look along with; their own rights then count for nothing.
    viewed: Option<EmployerId>,
    /// Whether an employer of any of the contracts asks a second step.
    asks_second_factor: bool,
    /// In the order of the contract number.
    contracts: Vec<ContractRights>,
    withheld: Vec<Withheld>,
    by_number: HashMap<String, usize>,
    /// All contracts with each right, by the place of the right; made when it is first asked for.
    scopes: [OnceLock<Scope>; 5],
}

/// Proof that somebody may do something on some contracts. Only this module makes one.
#[derive(Debug, Clone)]
pub struct Scope {
    contracts: Arc<[ContractId]>,
    /// Sorted, for looking one up.
    sorted: Arc<[ContractId]>,
    /// Contracts of [`contracts`](Self::contracts) on which BSNs are shown.
    with_bsn: Arc<[ContractId]>,
    account: Option<AccountId>,
    behind: Behind,
}

/// By what the database finds the contracts of a scope where they are too many to name each.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Behind {
    /// Those on which the account has the right.
    Account(AccountId, Right),
    /// All of the employer.
    Employer(EmployerId),
    /// Each is named, however many.
    Names,
    /// All there are: the operator.
    Everything,
}

impl Scope {
    fn of<'a>(account: Option<AccountId>, behind: Behind, rights: impl Iterator<Item = &'a ContractRights>) -> Self {
        let mut contracts = Vec::new();
        let mut with_bsn = Vec::new();
        // Whoever looks along with an employer needs nobody's BSN for it.
        let looks_along = matches!(behind, Behind::Employer(_));
        for right in rights {
            contracts.push(right.id);
            if right.borderel_payment && !looks_along {
                with_bsn.push(right.id);
            }
        }
        let mut sorted = contracts.clone();
        sorted.sort_unstable();
        with_bsn.sort_unstable();
        Self { contracts: contracts.into(), sorted: sorted.into(), with_bsn: with_bsn.into(), account, behind }
    }

    /// The contracts, in the order of their numbers.
    pub(crate) fn contracts(&self) -> &[ContractId] {
        &self.contracts
    }

    /// Whether `contract` is in the scope.
    pub(crate) fn has(&self, contract: ContractId) -> bool {
        self.sorted.binary_search(&contract).is_ok()
    }

    /// Whether BSNs of `contract` may be shown.
    pub fn shows_bsn_of(&self, contract: ContractId) -> bool {
        self.with_bsn.binary_search(&contract).is_ok()
    }

    /// Whether BSNs are shown on any contract of the scope.
    pub fn shows_bsn(&self) -> bool {
        !self.with_bsn.is_empty()
    }

    /// The only contract of the scope, if it has just one.
    pub fn single(&self) -> Option<ContractId> {
        match *self.contracts {
            [only] => Some(only),
            _ => None,
        }
    }

    /// Whose scope it is; `None` is the operator's.
    pub fn account(&self) -> Option<AccountId> {
        self.account
    }

    /// By what the database finds its contracts.
    pub(crate) fn behind(&self) -> Behind {
        self.behind
    }

    /// Whether there is no contract at all.
    pub fn is_empty(&self) -> bool {
        self.contracts.is_empty()
    }
}

impl AccountRights {
    /// The account.
    pub fn account(&self) -> AccountId {
        self.account
    }

    /// The version at which they were read.
    pub fn version(&self) -> i64 {
        self.version
    }

    /// No rights at all, for an account that may not use those it has.
    pub fn none(account: AccountId, version: i64) -> Self {
        Self {
            account,
            version,
            viewed: None,
            asks_second_factor: false,
            contracts: Vec::new(),
            withheld: Vec::new(),
            by_number: HashMap::new(),
            scopes: Default::default(),
        }
    }

    /// Whether an employer of any of the contracts asks a second step of whoever has a role on them.
    pub fn asks_second_factor(&self) -> bool {
        self.asks_second_factor
    }

    /// The contracts on which the account has any role, by number.
    pub fn contracts(&self) -> &[ContractRights] {
        &self.contracts
    }

    /// The contracts that demand a higher level than that of the session, by number. To everything else they do not
    /// exist.
    pub fn withheld(&self) -> &[Withheld] {
        &self.withheld
    }

    /// The contract with this number, if the account has any role on it.
    pub fn contract(&self, number: &str) -> Option<&ContractRights> {
        self.by_number.get(number).map(|place| &self.contracts[*place])
    }

    /// The contract with this id, if the account has any role on it.
    pub fn contract_by_id(&self, id: ContractId) -> Option<&ContractRights> {
        self.contracts.iter().find(|contract| contract.id == id)
    }

    /// Whether `right` may be used on `contract`, which is one of these.
    pub fn allow(&self, contract: &ContractRights, right: Right) -> bool {
        contract.roles.has(right.role())
            && (right != Right::RevealBsn || contract.borderel_payment)
            && (self.viewed.is_none() || right.is_for_viewing())
    }

    fn behind(&self, right: Right) -> Behind {
        self.viewed.map_or(Behind::Account(self.account, right), Behind::Employer)
    }

    /// All contracts on which the account has `right`.
    pub fn scope(&self, right: Right) -> Scope {
        let contracts = || self.contracts.iter().filter(|contract| self.allow(contract, right));
        self.scopes[right as usize]
            .get_or_init(|| Scope::of(Some(self.account), self.behind(right), contracts()))
            .clone()
    }

    /// The contract with this number, if the account has `right` on it. A contract of somebody else and one that does
    /// not exist are both `None`.
    pub fn scope_of(&self, right: Right, number: &str) -> Option<Scope> {
        self.contract(number)
            .filter(|contract| self.allow(contract, right))
            .map(|contract| Scope::of(Some(self.account), self.behind(right), std::iter::once(contract)))
    }
}

/// A set of roles, as stored; bits that mean nothing are no role.
pub(crate) fn stored_roles(bits: i32) -> Roles {
    Roles::from_bits(u8::try_from(bits).unwrap_or(0))
}

#[derive(FromQueryResult)]
struct RightRow {
    contract_id: i64,
    number: String,
    name: String,
    roles: i32,
    borderel_payment: bool,
    demanded_level: Option<String>,
    second_factor_required: bool,
}

impl From<RightRow> for ContractRights {
    fn from(row: RightRow) -> Self {
        Self {
            id: ContractId(row.contract_id),
            choice: ContractChoice { number: row.number, name: row.name },
            roles: stored_roles(row.roles),
            borderel_payment: row.borderel_payment,
        }
    }
}

impl Db {
    /// The rights of an account in a session that was begun at this level of eHerkenning, read afresh. `version` is the
    /// account's `rights_version` that the caller saw.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn account_rights(
        &self,
        account: AccountId,
        version: i64,
        level: Option<AssuranceLevel>,
    ) -> Result<AccountRights, DataError> {
        let sql = "SELECT r.contract_id, c.number, c.name, CAST(r.roles AS INTEGER) AS roles, c.borderel_payment,
                          c.demanded_level, e.second_factor_required
                   FROM account_right r JOIN contract c ON c.id = r.contract_id
                   JOIN employer e ON e.id = c.employer_id
                   WHERE r.account_id = ? AND r.roles <> 0 ORDER BY c.number";
        let sql = statement(self.read().get_database_backend(), sql, [Value::from(account.0)]);
        self.rights_from(sql, account, version, level, None).await
    }

    /// What staff of the insurer see who look along with an employer: every contract of it, and nothing else, whatever
    /// rights they have themselves. Nothing can be changed with them ([`Right::is_for_viewing`]). Their version is one
    /// that no rights of an account have.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn viewed_rights(&self, account: AccountId, employer: EmployerId) -> Result<AccountRights, DataError> {
        let sql =
            "SELECT c.id AS contract_id, c.number, c.name, c.borderel_payment, CAST(NULL AS TEXT) AS demanded_level,
                          FALSE AS second_factor_required,
                          CAST(CASE WHEN c.borderel_payment THEN ? ELSE ? END AS INTEGER) AS roles
                   FROM contract c WHERE c.employer_id = ? ORDER BY c.number";
        let (seen, paying) = (Role::Administrative.bit(), Role::Financial.bit());
        let values = [Value::from(i32::from(seen | paying)), i32::from(seen).into(), employer.0.into()];
        let sql = statement(self.read().get_database_backend(), sql, values);
        self.rights_from(sql, account, -employer.0, None, Some(employer)).await
    }

    async fn rights_from(
        &self,
        sql: sea_orm::Statement,
        account: AccountId,
        version: i64,
        level: Option<AssuranceLevel>,
        viewed: Option<EmployerId>,
    ) -> Result<AccountRights, DataError> {
        let rows = RightRow::find_by_statement(sql).all(self.read()).await?;
        let asks_second_factor = rows.iter().any(|row| row.second_factor_required);
        let mut contracts = Vec::new();
        let mut withheld = Vec::new();
        for row in rows {
            // A level that this program does not know is more than it can show to be met.
            let demand = row.demanded_level.as_deref().map(|code| Demand::from_code(code).unwrap_or(Demand::Loa4));
            let row = ContractRights::from(row);
            match demand {
                Some(demand) if !demand.is_met_by(level) => withheld.push(Withheld { choice: row.choice, demand }),
                _ => contracts.push(row),
            }
        }
        let by_number = contracts.iter().enumerate().map(|(place, row)| (row.choice.number.clone(), place)).collect();
        Ok(AccountRights {
            account,
            version,
            viewed,
            asks_second_factor,
            contracts,
            withheld,
            by_number,
            scopes: Default::default(),
        })
    }

    /// The contracts with these numbers, for somebody who works in the insurer's office; numbers of none are left out.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn office_scope(
        &self,
        office: &Office,
        numbers: &[String],
    ) -> Result<(Scope, Vec<ContractRights>), DataError> {
        let mut rights = Vec::new();
        if !numbers.is_empty() {
            let sql = format!(
                "SELECT id AS contract_id, number, name, CAST(0 AS INTEGER) AS roles, borderel_payment, demanded_level,
                        FALSE AS second_factor_required
                 FROM contract WHERE number IN ({}) ORDER BY number",
                placeholders(numbers.len())
            );
            let values = numbers.iter().map(|number| Value::from(number.as_str()));
            let sql = statement(self.read().get_database_backend(), &sql, values);
            let rows = RightRow::find_by_statement(sql).all(self.read()).await?;
            rights = rows.into_iter().map(ContractRights::from).collect();
        }
        Ok((Scope::of(Some(office.account()), Behind::Names, rights.iter()), rights))
    }

    /// The contract that somebody enrols in on the open pages, or whose request is behind a mailed link: reached for that one
    /// request, whoever it is, and never for lists. `None` when there is no such contract.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn enrolment_scope(&self, contract: ContractId) -> Result<Option<Scope>, DataError> {
        let sql =
            "SELECT id AS contract_id, number, name, CAST(0 AS INTEGER) AS roles, borderel_payment, demanded_level,
                          FALSE AS second_factor_required
                   FROM contract WHERE id = ?";
        let sql = statement(self.read().get_database_backend(), sql, [Value::from(contract.0)]);
        let row = RightRow::find_by_statement(sql).one(self.read()).await?.map(ContractRights::from);
        // Nobody's BSN is shown on the way.
        let row = row.map(|row| ContractRights { borderel_payment: false, ..row });
        Ok(row.map(|row| Scope::of(None, Behind::Names, std::iter::once(&row))))
    }

    /// Every contract, for the commands of the operator, who has the database itself.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn operator_scope(&self) -> Result<Scope, DataError> {
        let sql = "SELECT id AS contract_id, number, name, CAST(7 AS INTEGER) AS roles, borderel_payment,
                          demanded_level, FALSE AS second_factor_required
                   FROM contract ORDER BY number";
        let sql = statement(self.read().get_database_backend(), sql, []);
        let rows: Vec<_> =
            RightRow::find_by_statement(sql).all(self.read()).await?.into_iter().map(ContractRights::from).collect();
        Ok(Scope::of(None, Behind::Everything, rows.iter()))
    }
}
