//! The counters of a contract: how many participate, and how many came and went in each month. Whoever adds or changes
//! participations opens the contract here first, notes each of them, and closes the count in the same transaction.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use collectief_domain::{
    date::{Date, Month, OPEN_END},
    ids::ContractId,
};
use sea_orm::{ConnectionTrait, FromQueryResult, Value};

use crate::{
    contract,
    db::{Txn, statement},
    error::DataError,
    mutation::NEVER,
};

/// What of a participation is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Counted {
    /// First day.
    pub start: Date,
    /// Last day, [`OPEN_END`] when open.
    pub end: Date,
    /// Whether it is a main insured.
    pub main: bool,
}

impl Counted {
    /// `None` for what was taken back as if it had never been: it is counted nowhere.
    pub fn if_ever(self) -> Option<Self> {
        (self.start != NEVER).then_some(self)
    }
}

/// What changes in the counters of one contract.
#[derive(Debug)]
struct ContractChange {
    /// The day up to which it is counted.
    counted_on: Date,
    before: Vec<Counted>,
    after: Vec<Counted>,
}

/// Changes that have yet to be counted.
#[derive(Debug)]
pub(crate) struct Counting {
    today: Date,
    contracts: BTreeMap<ContractId, ContractChange>,
}

#[derive(FromQueryResult)]
struct Counters {
    counted_on: NaiveDate,
}

impl Counting {
    /// Counts of changes that are made on this day.
    pub(crate) const fn on(today: Date) -> Self {
        Self { today, contracts: BTreeMap::new() }
    }

    /// Brings the counters of a contract, which this transaction has locked, up to today. It must come before the first row
    /// of `participation` is written: who ended since the last count is read from the rows, and a row that is written and
    /// noted would be counted as ended twice.
    pub(crate) async fn open(&mut self, txn: &Txn, contract: ContractId) -> Result<(), DataError> {
        if self.contracts.contains_key(&contract) {
            return Ok(());
        }
        contract::roll_count(txn, contract, self.today).await?;
        let backend = txn.0.get_database_backend();
        let sql = statement(backend, "SELECT counted_on FROM contract WHERE id = ?", [Value::from(contract.0)]);
        let found = Counters::find_by_statement(sql).one(&txn.0).await?;
        // Where the clock was set back, this is a later day.
        let counted_on = found.ok_or(DataError::Corrupt("a participation without its contract"))?.counted_on;
        self.contracts.insert(contract, ContractChange { counted_on, before: Vec::new(), after: Vec::new() });
        Ok(())
    }

    /// Notes that a participation of a contract that was [opened](Self::open) was `before` and is `after`; new ones have no
    /// `before`.
    pub(crate) fn note(
        &mut self,
        contract: ContractId,
        before: Option<Counted>,
        after: Option<Counted>,
    ) -> Result<(), DataError> {
        let change = self.contracts.get_mut(&contract);
        let change = change.ok_or(DataError::Corrupt("a contract is changed that was not opened to be counted"))?;
        change.before.extend(before);
        change.after.extend(after);
        Ok(())
    }

    /// Applies what was noted.
    pub(crate) async fn close(self, txn: &Txn) -> Result<(), DataError> {
        for (contract, change) in self.contracts {
            close_contract(txn, contract, &change).await?;
        }
        Ok(())
    }
}

async fn close_contract(txn: &Txn, contract: ContractId, change: &ContractChange) -> Result<(), DataError> {
    let backend = txn.0.get_database_backend();
    let current = |list: &[Counted], main_only: bool| {
        let count = list.iter().filter(|row| row.end >= change.counted_on && (row.main || !main_only)).count();
        i64::try_from(count).unwrap_or(i64::MAX)
    };
    let everyone = current(&change.after, false) - current(&change.before, false);
    let main = current(&change.after, true) - current(&change.before, true);
    let sql = statement(
        backend,
        "UPDATE contract SET current_count = current_count + ?, current_main_count = current_main_count + ?,
             version = version + 1
         WHERE id = ?",
        [everyone.into(), main.into(), contract.0.into()],
    );
    txn.0.execute_raw(sql).await?;

    for (month, (inflow, outflow)) in flows(change) {
        let sql = statement(
            backend,
            "INSERT INTO month_flow (contract_id, month, inflow, outflow) VALUES (?, ?, ?, ?)
             ON CONFLICT (contract_id, month) DO UPDATE SET
                 inflow = month_flow.inflow + excluded.inflow, outflow = month_flow.outflow + excluded.outflow",
            [contract.0.into(), month.index().into(), inflow.into(), outflow.into()],
        );
        txn.0.execute_raw(sql).await?;
    }
    Ok(())
}

/// What changes per month, in and out.
fn flows(change: &ContractChange) -> BTreeMap<Month, (i64, i64)> {
    let mut flows: BTreeMap<Month, (i64, i64)> = BTreeMap::new();
    for (list, by) in [(&change.before, -1), (&change.after, 1)] {
        for row in list {
            flows.entry(Month::of(row.start)).or_default().0 += by;
            if row.end != OPEN_END {
                flows.entry(Month::of(row.end)).or_default().1 += by;
            }
        }
    }
    flows.retain(|_, change| *change != (0, 0));
    flows
}
