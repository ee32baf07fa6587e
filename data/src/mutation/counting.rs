//! The counters of a contract: how many participate, and how many came and went in each month. Whoever adds or changes
//! participations notes each of them here, and closes the count in the same transaction.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use collectief_domain::{
    date::{Date, Month, OPEN_END},
    ids::ContractId,
};
use sea_orm::{ConnectionTrait, FromQueryResult, Value};

use crate::{
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
#[derive(Debug, Default)]
struct ContractChange {
    before: Vec<Counted>,
    after: Vec<Counted>,
}

/// Changes that have yet to be counted.
#[derive(Debug, Default)]
pub(crate) struct Counting(BTreeMap<ContractId, ContractChange>);

#[derive(FromQueryResult)]
struct Counters {
    counted_on: NaiveDate,
}

#[derive(FromQueryResult)]
struct Ended {
    everyone: i64,
    main: i64,
}

impl Counting {
    /// Notes that a participation of `contract` was `before` and is `after`; new ones have no `before`.
    pub(crate) fn note(&mut self, contract: ContractId, before: Option<Counted>, after: Option<Counted>) {
        let change = self.0.entry(contract).or_default();
        change.before.extend(before);
        change.after.extend(after);
    }

    /// Brings the counters of every contract that was noted up to `today` and applies what was noted. The rows of
    /// `participation` must have been written already, and the contracts be locked by this transaction.
    pub(crate) async fn close(self, txn: &Txn, today: Date) -> Result<(), DataError> {
        for (contract, change) in self.0 {
            close_contract(txn, contract, &change, today).await?;
        }
        Ok(())
    }
}

async fn close_contract(
    txn: &Txn,
    contract: ContractId,
    change: &ContractChange,
    today: Date,
) -> Result<(), DataError> {
    let backend = txn.0.get_database_backend();
    let sql = statement(backend, "SELECT counted_on FROM contract WHERE id = ?", [Value::from(contract.0)]);
    let counted_on = Counters::find_by_statement(sql)
        .one(&txn.0)
        .await?
        .ok_or(DataError::Corrupt("a participation without its contract"))?
        .counted_on;

    let current = |list: &[Counted], main_only: bool| {
        let count = list.iter().filter(|row| row.end >= counted_on && (row.main || !main_only)).count();
        i64::try_from(count).unwrap_or(i64::MAX)
    };
    let mut everyone = current(&change.after, false) - current(&change.before, false);
    let mut main = current(&change.after, true) - current(&change.before, true);
    if today > counted_on {
        // Who ended since the last count, as the rows stand now.
        let sql = statement(
            backend,
            "SELECT COUNT(*) AS everyone, COALESCE(SUM(CASE WHEN main_id IS NULL THEN 1 ELSE 0 END), 0) AS main
             FROM participation WHERE contract_id = ? AND end_date >= ? AND end_date < ?",
            [Value::from(contract.0), Value::from(counted_on), Value::from(today)],
        );
        if let Some(ended) = Ended::find_by_statement(sql).one(&txn.0).await? {
            everyone -= ended.everyone;
            main -= ended.main;
        }
    }
    let sql = statement(
        backend,
        "UPDATE contract SET current_count = current_count + ?, current_main_count = current_main_count + ?,
             counted_on = ?, version = version + 1
         WHERE id = ?",
        [everyone.into(), main.into(), today.max(counted_on).into(), contract.0.into()],
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
