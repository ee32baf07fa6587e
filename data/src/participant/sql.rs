//! SQL that is put together from parts, each with its values, so that the two never get out of step.

use collectief_domain::{actor::Right, date::Date, ids::ContractId};
use sea_orm::{DatabaseBackend, Statement, Value};

use crate::{db::statement, error::DataError, scope::Scope};

/// The greatest number of contracts that get a range of an index each; above it one range over all contracts is read,
/// and what is not in the scope is passed over.
const ARMS_MAX: usize = 32;

/// Which contracts a scope reaches, as SQL can say it.
#[derive(Clone, Copy)]
pub(crate) enum Reach<'a> {
    /// One.
    One(ContractId),
    /// A few, each with a range of its own.
    Few(&'a [ContractId]),
    /// All of an account; the database looks each up.
    Account(i64, Right),
    /// Every contract there is: the operator.
    Everything,
}

impl<'a> Reach<'a> {
    pub(crate) fn of(scope: &'a Scope) -> Self {
        match (scope.contracts(), scope.account(), scope.right()) {
            (&[only], ..) => Self::One(only),
            (few, ..) if few.len() <= ARMS_MAX => Self::Few(few),
            (_, Some(account), Some(right)) => Self::Account(account.0, right),
            _ => Self::Everything,
        }
    }

    /// The contracts that get a range of their own; empty for one range over all.
    pub(crate) fn arms(self) -> Vec<Option<ContractId>> {
        match self {
            Self::One(contract) => vec![Some(contract)],
            Self::Few(contracts) => contracts.iter().copied().map(Some).collect(),
            Self::Account(..) | Self::Everything => vec![None],
        }
    }
}

/// SQL with `?` for each value.
pub(crate) struct Sql {
    backend: DatabaseBackend,
    text: String,
    values: Vec<Value>,
}

impl Sql {
    pub(crate) fn new(backend: DatabaseBackend) -> Self {
        Self { backend, text: String::with_capacity(1024), values: Vec::with_capacity(12) }
    }

    pub(crate) fn push(&mut self, text: &str) -> &mut Self {
        self.text.push_str(text);
        self
    }

    /// A value, in its place.
    pub(crate) fn bind(&mut self, value: impl Into<Value>) -> &mut Self {
        self.text.push('?');
        self.values.push(value.into());
        self
    }

    /// The index to read a table by. SQLite chooses without knowing how large a contract is; PostgreSQL knows.
    pub(crate) fn indexed_by(&mut self, index: &str) -> &mut Self {
        if self.backend == DatabaseBackend::Sqlite && !index.is_empty() {
            self.push(" INDEXED BY ").push(index);
        }
        self
    }

    /// That some word in `column` begins with `word`; signs that mean something to LIKE mean nothing here.
    pub(crate) fn has_word(&mut self, column: &str, word: &str) -> &mut Self {
        let function = if self.backend == DatabaseBackend::Postgres { "strpos(" } else { "instr(" };
        self.push(function).push(column).push(", ").bind(format!(" {word}")).push(") > 0")
    }

    /// That `column` is a contract that is reached. `by_index` lets an index on the column be used for it.
    pub(crate) fn reaches(&mut self, reach: Reach<'_>, column: &str, by_index: bool) -> &mut Self {
        let plus = if by_index { "" } else { "+" };
        match reach {
            Reach::One(contract) => self.push(plus).push(column).push(" = ").bind(contract.0),
            Reach::Few(contracts) => {
                self.push(plus).push(column).push(" IN (");
                for (place, contract) in contracts.iter().enumerate() {
                    self.push(if place == 0 { "" } else { ", " }).bind(contract.0);
                }
                self.push(")")
            }
            Reach::Account(account, right) => {
                self.push("EXISTS (SELECT 1 FROM account_right r WHERE r.account_id = ").bind(account);
                self.push(" AND r.contract_id = ").push(column);
                self.push(" AND (r.roles & ").bind(i32::from(right.role().bit())).push(") <> 0)");
                if right == Right::RevealBsn {
                    self.push(" AND EXISTS (SELECT 1 FROM contract b WHERE b.id = ").push(column);
                    self.push(" AND b.borderel_payment)");
                }
                self
            }
            Reach::Everything => self.push("1 = 1"),
        }
    }

    pub(crate) fn finish(self) -> Statement {
        statement(self.backend, &self.text, self.values)
    }
}

/// Reads a day as the database writes one. Every list has four days a row, and chrono's own reader of formats would be
/// a good part of its cost.
pub(crate) fn day(text: &str) -> Result<Date, DataError> {
    const WRONG: DataError = DataError::Corrupt("a stored day cannot be read");
    let bytes = text.as_bytes();
    if bytes.len() != 10 {
        return Err(WRONG);
    }
    let number = |range: std::ops::Range<usize>| {
        bytes[range].iter().try_fold(0, |sum: i32, digit| {
            digit.is_ascii_digit().then(|| sum * 10 + i32::from(digit - b'0'))
        })
    };
    let (Some(year), Some(month), Some(day)) = (number(0..4), number(5..7), number(8..10)) else { return Err(WRONG) };
    Date::from_ymd_opt(year, month.unsigned_abs(), day.unsigned_abs()).ok_or(WRONG)
}
