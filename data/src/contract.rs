//! Contracts: what is kept of each, and the counters that make a count of participants cost nothing.

use collectief_domain::{assurance::Demand, date::Date, ids::ContractId};
use sea_orm::ConnectionTrait;

use crate::{
    db::{Db, Txn, statement},
    error::DataError,
    mutation::end_from_stored,
    participant::sql::{Reach, Sql, day},
    scope::Scope,
};

/// A contract's own facts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContractFacts {
    /// The contract.
    pub id: ContractId,
    /// First day.
    pub start_date: Date,
    /// Last day, inclusive; `None` is open.
    pub end_date: Option<Date>,
    /// The day of the next month on which a month closes.
    pub closing_day: u32,
    /// It grows with every change in the contract.
    pub version: i64,
}

/// How many participants there are now.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CurrentCount {
    /// Participants whose end does not lie before today.
    pub participants: u64,
    /// Participations there ever were, where that was cheap to tell: in one contract, and only when few are there now or
    /// when it was asked for.
    pub ever: Option<u64>,
    /// The sum of the versions of the contracts: it grows with every change in any of them.
    pub version: i64,
}

/// The facts of the only contract of `scope`; `None` when it has none or several.
///
/// # Errors
/// When the database cannot be read.
pub async fn contract_facts(db: &Db, scope: &Scope) -> Result<Option<ContractFacts>, DataError> {
    let Some(contract) = scope.single() else { return Ok(None) };
    let mut sql = Sql::new(db.read().get_database_backend());
    sql.push("SELECT CAST(c.start_date AS TEXT), CAST(c.end_date AS TEXT), CAST(c.closing_day AS BIGINT), c.version");
    sql.push(" FROM contract c WHERE c.id = ").bind(contract.0);
    let Some(row) = db.read().query_one_raw(sql.finish()).await? else { return Ok(None) };
    Ok(Some(ContractFacts {
        id: contract,
        start_date: day(&row.try_get_by_index::<String>(0)?)?,
        end_date: end_from_stored(day(&row.try_get_by_index::<String>(1)?)?),
        closing_day: u32::try_from(row.try_get_by_index::<i64>(2)?).unwrap_or(1),
        version: row.try_get_by_index(3)?,
    }))
}

/// How many participants the contracts of `scope` have on `today`: from their counters, and for those that were last
/// counted on another day less who ended in between.
///
/// # Errors
/// When the database cannot be read.
pub async fn current_count(
    db: &Db,
    scope: &Scope,
    today: Date,
    main_insured_only: bool,
    ever: bool,
) -> Result<CurrentCount, DataError> {
    let mut sql = Sql::new(db.read().get_database_backend());
    let main = if main_insured_only { " AND p.main_id IS NULL" } else { "" };
    sql.push("SELECT CAST(COALESCE(SUM(c.");
    sql.push(if main_insured_only { "current_main_count" } else { "current_count" });
    // The clock of a demonstration can be set back as well, so both directions are there.
    sql.push(" - CASE WHEN c.counted_on < ").bind(today);
    sql.push(" THEN (SELECT count(*) FROM participation p WHERE p.contract_id = c.id AND p.end_date >= c.counted_on");
    sql.push(" AND p.end_date < ").bind(today).push(main).push(")");
    sql.push(" WHEN c.counted_on > ").bind(today);
    sql.push(" THEN -(SELECT count(*) FROM participation p WHERE p.contract_id = c.id AND p.end_date >= ").bind(today);
    sql.push(" AND p.end_date < c.counted_on").push(main).push(") ELSE 0 END), 0) AS BIGINT),");
    sql.push(" CAST(COALESCE(SUM(c.version), 0) AS BIGINT), ");
    if scope.single().is_some() {
        sql.push("CAST(MAX(");
        sql.push(if ever { "" } else { "CASE WHEN c.current_count < 1000 THEN " });
        sql.push("(SELECT SUM(f.inflow) FROM month_flow f WHERE f.contract_id = c.id)");
        sql.push(if ever { "" } else { " END" }).push(") AS BIGINT)");
    } else {
        sql.push("CAST(NULL AS BIGINT)");
    }
    sql.push(" FROM contract c WHERE ");
    sql.reaches(Reach::of(scope), "c.id", true);
    let Some(row) = db.read_within(scope).await?.query_one_raw(sql.finish()).await? else {
        return Ok(CurrentCount::default());
    };
    Ok(CurrentCount {
        participants: u64::try_from(row.try_get_by_index::<i64>(0)?).unwrap_or(0),
        ever: row.try_get_by_index::<Option<i64>>(2)?.and_then(|ever| u64::try_from(ever).ok()),
        version: row.try_get_by_index(1)?,
    })
}

/// Counts every contract that was last counted before `today` anew, so that readers need not subtract. Returns how many
/// there were.
///
/// # Errors
/// When the database refuses.
pub async fn roll_counts(txn: &Txn, today: Date) -> Result<u64, DataError> {
    roll(txn, today, None).await
}

/// Counts one contract up to `today`, if it was last counted before; as [`roll_counts`].
pub(crate) async fn roll_count(txn: &Txn, contract: ContractId, today: Date) -> Result<(), DataError> {
    roll(txn, today, Some(contract)).await?;
    Ok(())
}

async fn roll(txn: &Txn, today: Date, only: Option<ContractId>) -> Result<u64, DataError> {
    let mut sql = Sql::new(txn.0.get_database_backend());
    let ended = "(SELECT count(*) FROM participation p WHERE p.contract_id = contract.id
                  AND p.end_date >= contract.counted_on AND p.end_date < ";
    sql.push("UPDATE contract SET current_count = current_count - ").push(ended).bind(today).push(")");
    sql.push(", current_main_count = current_main_count - ").push(ended).bind(today);
    sql.push(" AND p.main_id IS NULL), counted_on = ").bind(today);
    sql.push(" WHERE counted_on < ").bind(today);
    if let Some(contract) = only {
        sql.push(" AND id = ").bind(contract.0);
    }
    Ok(txn.0.execute_raw(sql.finish()).await?.rows_affected())
}

/// Sets the least level of eHerkenning that a contract demands; with `None` a password will do. Whoever is signed in
/// notices with the next request. Returns the contract, or `None` when there is none with this number.
///
/// # Errors
/// When the database refuses.
pub async fn demand_level(txn: &Txn, number: &str, demand: Option<Demand>) -> Result<Option<ContractId>, DataError> {
    let backend = txn.0.get_database_backend();
    let sql = statement(backend, "SELECT id FROM contract WHERE number = ?", [number.into()]);
    let Some(row) = txn.0.query_one_raw(sql).await? else { return Ok(None) };
    let id: i64 = row.try_get_by_index(0)?;
    let demand = demand.map(|demand| demand.code().to_owned());
    let sql = "UPDATE contract SET demanded_level = ? WHERE id = ?";
    txn.0.execute_raw(statement(backend, sql, [demand.into(), id.into()])).await?;
    let sql = "UPDATE account SET rights_version = rights_version + 1
               WHERE id IN (SELECT account_id FROM account_right WHERE contract_id = ?)";
    txn.0.execute_raw(statement(backend, sql, [id.into()])).await?;
    Ok(Some(ContractId(id)))
}
