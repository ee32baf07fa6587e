//! What somebody may see: the contracts on which an account carries a right.
//!
//! Every query of tenant data takes a [`Scope`]. A scope is only made from rights that were read from the database for
//! an account, or, for the operator's own commands, by naming that it is one. So a query without a check does not
//! compile.

use std::{
    collections::HashMap,
    sync::{Arc, OnceLock},
};

use collectief_domain::{
    actor::{Right, Roles},
    contract::ContractChoice,
    ids::{AccountId, ContractId},
};
use sea_orm::{FromQueryResult, Value};

use crate::{
    db::{Db, statement},
    error::DataError,
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

/// All rights of one account, as they stand in the database at one `rights_version`.
#[derive(Debug)]
pub struct AccountRights {
    account: AccountId,
    version: i64,
    /// Whether an employer of any of the contracts asks a second step.
    asks_second_factor: bool,
    /// In the order of the contract number.
    contracts: Vec<ContractRights>,
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
    right: Option<Right>,
}

impl Scope {
    fn of<'a>(
        account: Option<AccountId>,
        right: Option<Right>,
        rights: impl Iterator<Item = &'a ContractRights>,
    ) -> Self {
        let mut contracts = Vec::new();
        let mut with_bsn = Vec::new();
        for right in rights {
            contracts.push(right.id);
            if right.borderel_payment {
                with_bsn.push(right.id);
            }
        }
        let mut sorted = contracts.clone();
        sorted.sort_unstable();
        with_bsn.sort_unstable();
        Self { contracts: contracts.into(), sorted: sorted.into(), with_bsn: with_bsn.into(), account, right }
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

    /// The right that it is for; `None` is the operator's, who has all.
    pub(crate) fn right(&self) -> Option<Right> {
        self.right
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
            asks_second_factor: false,
            contracts: Vec::new(),
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

    /// The contract with this number, if the account has any role on it.
    pub fn contract(&self, number: &str) -> Option<&ContractRights> {
        self.by_number.get(number).map(|place| &self.contracts[*place])
    }

    /// The contract with this id, if the account has any role on it.
    pub fn contract_by_id(&self, id: ContractId) -> Option<&ContractRights> {
        self.contracts.iter().find(|contract| contract.id == id)
    }

    /// All contracts on which the account has `right`.
    pub fn scope(&self, right: Right) -> Scope {
        let contracts = || self.contracts.iter().filter(|contract| allows(contract, right));
        self.scopes[right as usize].get_or_init(|| Scope::of(Some(self.account), Some(right), contracts())).clone()
    }

    /// The contract with this number, if the account has `right` on it. A contract of somebody else and one that does
    /// not exist are both `None`.
    pub fn scope_of(&self, right: Right, number: &str) -> Option<Scope> {
        self.contract(number)
            .filter(|contract| allows(contract, right))
            .map(|contract| Scope::of(Some(self.account), Some(right), std::iter::once(contract)))
    }
}

fn allows(contract: &ContractRights, right: Right) -> bool {
    contract.roles.has(right.role()) && (right != Right::RevealBsn || contract.borderel_payment)
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
    second_factor_required: bool,
}

impl Db {
    /// The rights of an account, read afresh. `version` is the account's `rights_version` that the caller saw.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn account_rights(&self, account: AccountId, version: i64) -> Result<AccountRights, DataError> {
        let sql = "SELECT r.contract_id, c.number, c.name, CAST(r.roles AS INTEGER) AS roles, c.borderel_payment,
                          e.second_factor_required
                   FROM account_right r JOIN contract c ON c.id = r.contract_id
                   JOIN employer e ON e.id = c.employer_id
                   WHERE r.account_id = ? AND r.roles <> 0 ORDER BY c.number";
        let sql = statement(self.read().get_database_backend(), sql, [Value::from(account.0)]);
        let rows = RightRow::find_by_statement(sql).all(self.read()).await?;
        let asks_second_factor = rows.iter().any(|row| row.second_factor_required);
        let contracts: Vec<_> = rows
            .into_iter()
            .map(|row| ContractRights {
                id: ContractId(row.contract_id),
                choice: ContractChoice { number: row.number, name: row.name },
                roles: stored_roles(row.roles),
                borderel_payment: row.borderel_payment,
            })
            .collect();
        let by_number = contracts.iter().enumerate().map(|(place, row)| (row.choice.number.clone(), place)).collect();
        Ok(AccountRights { account, version, asks_second_factor, contracts, by_number, scopes: Default::default() })
    }

    /// Every contract, for the commands of the operator, who has the database itself.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn operator_scope(&self) -> Result<Scope, DataError> {
        let sql = "SELECT id AS contract_id, number, name, CAST(7 AS INTEGER) AS roles, borderel_payment,
                          FALSE AS second_factor_required
                   FROM contract ORDER BY number";
        let sql = statement(self.read().get_database_backend(), sql, []);
        let rows: Vec<_> = RightRow::find_by_statement(sql)
            .all(self.read())
            .await?
            .into_iter()
            .map(|row| ContractRights {
                id: ContractId(row.contract_id),
                choice: ContractChoice { number: row.number, name: row.name },
                roles: Roles::from_bits(7),
                borderel_payment: row.borderel_payment,
            })
            .collect();
        Ok(Scope::of(None, None, rows.iter()))
    }
}
