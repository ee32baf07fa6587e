//! SQL that is put together from parts, each with its values, so that the two never get out of step.

use collectief_domain::{
    actor::Right,
    date::Date,
    ids::{ContractId, EmployerId},
};
use sea_orm::{ConnectionTrait, DatabaseBackend, Statement, Value};
use serde::Deserialize;

use crate::{
    db::statement,
    error::DataError,
    scope::{Behind, Scope},
};

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
    /// All of an employer.
    Employer(EmployerId),
    /// Every contract there is: the operator.
    Everything,
}

impl<'a> Reach<'a> {
    pub(crate) fn of(scope: &'a Scope) -> Self {
        match (scope.contracts(), scope.behind()) {
            (&[only], _) => Self::One(only),
            (few, _) if few.len() <= ARMS_MAX => Self::Few(few),
            (named, Behind::Names) => Self::Few(named),
            (_, Behind::Account(account, right)) => Self::Account(account.0, right),
            (_, Behind::Employer(employer)) => Self::Employer(employer),
            (_, Behind::Everything) => Self::Everything,
        }
    }

    /// The contracts that get a range of their own; empty for one range over all.
    pub(crate) fn arms(self) -> Vec<Option<ContractId>> {
        match self {
            Self::One(contract) => vec![Some(contract)],
            Self::Few(contracts) => contracts.iter().copied().map(Some).collect(),
            Self::Account(..) | Self::Employer(_) | Self::Everything => vec![None],
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
            Reach::Employer(employer) => {
                self.push("EXISTS (SELECT 1 FROM contract o WHERE o.id = ").push(column);
                self.push(" AND o.employer_id = ").bind(employer.0).push(")")
            }
            Reach::Everything => self.push("1 = 1"),
        }
    }

    /// `SELECT` of all rows as one value: a list of lists, in `order`. A row at a time costs a message between threads
    /// and a copy of every cell, which for a page of a list is more than finding it.
    pub(crate) fn select_rows(&mut self, order: &str, columns: impl FnOnce(&mut Self)) -> &mut Self {
        let postgres = self.backend == DatabaseBackend::Postgres;
        self.push(if postgres {
            "SELECT CAST(json_agg(json_build_array("
        } else {
            "SELECT json_group_array(json_array("
        });
        columns(self);
        self.push(")").push(order).push(if postgres { ") AS TEXT)" } else { ")" })
    }

    /// Bytes as text, which JSON can hold; `NULL` is no text or an empty one.
    pub(crate) fn hex(&mut self, column: &str) -> &mut Self {
        let postgres = self.backend == DatabaseBackend::Postgres;
        self.push(if postgres { "encode(" } else { "hex(" }).push(column).push(if postgres { ", 'hex')" } else { ")" })
    }

    /// The text, for a part that has no values.
    pub(crate) fn text(self) -> String {
        self.text
    }

    pub(crate) fn finish(self) -> Statement {
        statement(self.backend, &self.text, self.values)
    }
}

/// All rows of a [`Sql::select_rows`], as JSON.
pub(crate) async fn json_of(connection: &impl ConnectionTrait, sql: Sql) -> Result<String, DataError> {
    let Some(row) = connection.query_one_raw(sql.finish()).await? else { return Ok(NO_ROWS.to_owned()) };
    Ok(row.try_get_by_index::<Option<String>>(0)?.unwrap_or_else(|| NO_ROWS.to_owned()))
}

const NO_ROWS: &str = "[]";

/// Reads what [`json_of`] gave.
pub(crate) fn rows_of<'a, T: Deserialize<'a>>(json: &'a str) -> Result<Vec<T>, DataError> {
    serde_json::from_str(json).map_err(|_| DataError::Corrupt("a row cannot be read"))
}

/// Reads what [`Sql::hex`] wrote.
pub(crate) fn bytes_of(hex: &str) -> Result<Option<Vec<u8>>, DataError> {
    const WRONG: DataError = DataError::Corrupt("bytes cannot be read");
    if hex.is_empty() {
        return Ok(None);
    }
    let digit = |byte: u8| (byte as char).to_digit(16).map(|digit| digit as u8).ok_or(WRONG);
    let pairs = hex.as_bytes().chunks(2);
    let bytes = pairs.map(|pair| match *pair {
        [high, low] => Ok(digit(high)? * 16 + digit(low)?),
        _ => Err(WRONG),
    });
    bytes.collect::<Result<_, _>>().map(Some)
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
        bytes[range]
            .iter()
            .try_fold(0, |sum: i32, digit| digit.is_ascii_digit().then(|| sum * 10 + i32::from(digit - b'0')))
    };
    let (Some(year), Some(month), Some(day)) = (number(0..4), number(5..7), number(8..10)) else { return Err(WRONG) };
    Date::from_ymd_opt(year, month.unsigned_abs(), day.unsigned_abs()).ok_or(WRONG)
}
