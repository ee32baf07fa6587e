//! What came and went: month roll-ups, and the rows of a period.

use collectief_domain::{
    date::{Date, Month},
    flow::MonthFlow,
    participant::ParticipantRow,
};
use sea_orm::ConnectionTrait;

use crate::{
    db::Db,
    error::DataError,
    participant::{
        ExportRow, RawExportRow, join_export_row, read_export_row,
        row::{join_row, read_row, select_row},
        select_export_row,
        sql::{Reach, Sql, json_of, rows_of},
    },
    scope::Scope,
};

/// What came and went in each month, in ascending order, in the contracts of `scope` together.
///
/// # Errors
/// When the database cannot be read.
pub async fn month_flows(db: &Db, scope: &Scope) -> Result<Vec<MonthFlow>, DataError> {
    let reach = Reach::of(scope);
    let mut sql = Sql::new(db.read().get_database_backend());
    sql.select_rows(" ORDER BY f.month", |sql| {
        sql.push("f.month, f.inflow, f.outflow");
    });
    sql.push(" FROM ");
    if matches!(reach, Reach::One(_)) {
        sql.push("month_flow f WHERE ").reaches(reach, "f.contract_id", true);
    } else {
        sql.push("(SELECT m.month, CAST(SUM(m.inflow) AS BIGINT) AS inflow, CAST(SUM(m.outflow) AS BIGINT) AS outflow");
        sql.push(" FROM month_flow m WHERE ").reaches(reach, "m.contract_id", true);
        sql.push(" GROUP BY m.month) f");
    }
    let json = json_of(&db.read_within(scope).await?, sql).await?;
    let flows = rows_of::<(i32, i64, i64)>(&json)?.into_iter();
    Ok(flows.map(|(month, inflow, outflow)| MonthFlow { month: Month::from_index(month), inflow, outflow }).collect())
}

/// How many participations the contracts of `scope` ever had: each started in some month.
///
/// # Errors
/// When the database cannot be read.
pub async fn participations_ever(db: &Db, scope: &Scope) -> Result<u64, DataError> {
    let mut sql = Sql::new(db.read().get_database_backend());
    sql.push("SELECT CAST(COALESCE(SUM(f.inflow), 0) AS BIGINT) FROM month_flow f WHERE ");
    sql.reaches(Reach::of(scope), "f.contract_id", true);
    let row = db.read_within(scope).await?.query_one_raw(sql.finish()).await?;
    let sum = row.map_or(Ok(0), |row| row.try_get_by_index::<i64>(0))?;
    Ok(u64::try_from(sum).unwrap_or(0))
}

/// By which way the rows of a period are found soonest. All give the same rows in the same order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FlowPlan {
    /// In the order of names, passing over who does not belong: soonest when many do.
    Names,
    /// From the ranges of start and end dates, sorted afterwards: soonest when few do.
    Ranges,
    /// From the range of start dates alone.
    Starts,
    /// From the range of end dates alone.
    Ends,
}

/// What a list over a period is asked for.
#[derive(Clone, Copy)]
pub struct FlowQuery<'a> {
    /// Whose; it should have one contract.
    pub scope: &'a Scope,
    /// First day of the period.
    pub first: Date,
    /// Last day of the period.
    pub last: Date,
    /// All participants of the period, not only who came or went.
    pub everyone: bool,
    /// Today, for the dependants of a row.
    pub today: Date,
    /// As known before this moment, in Unix milliseconds; `None` is now.
    pub known_before: Option<i64>,
    /// How to find them; not looked at for an earlier day.
    pub plan: FlowPlan,
}

/// How many came and went in a period, and were there at its end, as known on an earlier day.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct FlowNumbers {
    /// How many came.
    pub inflow: u64,
    /// How many went.
    pub outflow: u64,
    /// How many were there at the end.
    pub at_end: u64,
}

impl FlowQuery<'_> {
    fn belongs(&self, sql: &mut Sql, period: &str) {
        if self.everyone {
            sql.push(" AND ").push(period).push(".start_date <= ").bind(self.last);
            sql.push(" AND ").push(period).push(".end_date >= ").bind(self.first);
            return;
        }
        sql.push(" AND ((").push(period).push(".start_date >= ").bind(self.first);
        sql.push(" AND ").push(period).push(".start_date <= ").bind(self.last);
        sql.push(") OR (").push(period).push(".end_date >= ").bind(self.first);
        sql.push(" AND ").push(period).push(".end_date <= ").bind(self.last).push("))");
    }

    /// Both the versions that still stand and those that stood before `moment`.
    fn known(&self, sql: &mut Sql, columns: &[&str; 2], moment: i64, belongs: bool, after: Option<&(String, i64)>) {
        let reach = Reach::of(self.scope);
        sql.push(columns[0]).push(" FROM participation p WHERE ").reaches(reach, "p.contract_id", true);
        sql.push(" AND p.recorded_at < ").bind(moment);
        if belongs {
            self.belongs(sql, "p");
        }
        go_on(sql, after);
        sql.push(" UNION ALL ").push(columns[1]);
        sql.push(" FROM participation_past x JOIN participation p ON p.id = x.participation_id WHERE ");
        sql.reaches(reach, "x.contract_id", true);
        sql.push(" AND x.recorded_at < ").bind(moment).push(" AND x.superseded_at >= ").bind(moment);
        if belongs {
            self.belongs(sql, "x");
        }
        go_on(sql, after);
    }

    fn candidates(&self, sql: &mut Sql, after: Option<&(String, i64)>) {
        const NOW: &str = "SELECT p.id AS id, p.sort_key AS k, CAST(0 AS BIGINT) AS past";
        const PAST: &str = "SELECT p.id AS id, p.sort_key AS k, x.version AS past";
        let reach = Reach::of(self.scope);
        if let Some(moment) = self.known_before {
            self.known(sql, &[NOW, PAST], moment, true, after);
            return;
        }
        sql.push("SELECT p.id AS id, p.sort_key AS k FROM participation p");
        match self.plan {
            FlowPlan::Ranges if !self.everyone => {
                sql.push(" WHERE p.id IN (");
                for (column, index) in [("start_date", "participation_start"), ("end_date", "participation_end")] {
                    sql.push(if column == "start_date" { "" } else { " UNION ALL " });
                    sql.push("SELECT d.id FROM participation d").indexed_by(index).push(" WHERE ");
                    sql.reaches(reach, "d.contract_id", true);
                    sql.push(" AND d.").push(column).push(" >= ").bind(self.first);
                    sql.push(" AND d.").push(column).push(" <= ").bind(self.last);
                }
                sql.push(")");
            }
            plan => {
                sql.indexed_by(match plan {
                    FlowPlan::Starts if self.everyone => "participation_start",
                    FlowPlan::Ends if self.everyone => "participation_end",
                    _ => "participation_name",
                });
                sql.push(" WHERE ").reaches(reach, "p.contract_id", true);
                self.belongs(sql, "p");
            }
        }
        go_on(sql, after);
    }
}

#[cfg(test)]
impl FlowQuery<'_> {
    /// The candidates alone, for the tests of plans.
    pub(crate) fn statement(&self, db: &Db) -> sea_orm::Statement {
        let mut sql = Sql::new(db.read().get_database_backend());
        self.candidates(&mut sql, None);
        sql.push(" ORDER BY k, id LIMIT 26");
        sql.finish()
    }
}

fn go_on(sql: &mut Sql, after: Option<&(String, i64)>) {
    if let Some((key, id)) = after {
        sql.push(" AND p.sort_key >= ").bind(key.as_str());
        sql.push(" AND (p.sort_key > ").bind(key.as_str()).push(" OR p.id > ").bind(*id).push(")");
    }
}

/// Rows of a period in the order of names: `limit` from the row `offset`.
///
/// # Errors
/// When the database cannot be read.
pub async fn flow_rows(
    db: &Db,
    query: &FlowQuery<'_>,
    offset: u64,
    limit: u64,
) -> Result<Vec<ParticipantRow>, DataError> {
    let past = query.known_before.is_some();
    let mut sql = Sql::new(db.read().get_database_backend());
    select_row(&mut sql, query.scope, query.today, past, " ORDER BY q.k, q.id");
    sql.push("FROM (");
    query.candidates(&mut sql, None);
    sql.push(" ORDER BY k, id LIMIT ").bind(limit.cast_signed()).push(" OFFSET ").bind(offset.cast_signed());
    sql.push(") q JOIN participation p ON p.id = q.id");
    if past {
        sql.push(" LEFT JOIN participation_past x ON x.participation_id = q.id AND x.version = q.past");
    }
    join_row(&mut sql, query.scope);
    let json = json_of(&db.read_within(query.scope).await?, sql).await?;
    rows_of(&json)?.into_iter().map(|row| read_row(row, query.scope, db.keys())).collect()
}

/// At most `limit` rows of a period for a file, after the row with this sort key and id; and those of the last row,
/// `None` when there are no more.
///
/// # Errors
/// When the database cannot be read.
pub async fn flow_export(
    db: &Db,
    query: &FlowQuery<'_>,
    after: Option<&(String, i64)>,
    limit: u64,
) -> Result<(Vec<ExportRow>, Option<(String, i64)>), DataError> {
    let past = query.known_before.is_some();
    let mut sql = Sql::new(db.read().get_database_backend());
    select_export_row(&mut sql, false, past, " ORDER BY q.k, q.id");
    sql.push("FROM (");
    query.candidates(&mut sql, after);
    sql.push(" ORDER BY k, id LIMIT ").bind(limit.cast_signed()).push(") q");
    join_export_row(&mut sql, past);
    let json = json_of(&db.bulk_within(query.scope).await?, sql).await?;
    let rows: Vec<RawExportRow<'_>> = rows_of(&json)?;
    let last = match rows.last() {
        Some(last) if rows.len() as u64 == limit => Some((last.13.to_string(), last.14)),
        _ => None,
    };
    let rows = rows.into_iter().map(|row| read_export_row(row, db, query.scope)).collect::<Result<_, _>>()?;
    Ok((rows, last))
}

/// What came and went in a period, as known before a moment: the roll-ups only know the present.
///
/// # Errors
/// When the database cannot be read.
pub async fn flow_numbers_known(db: &Db, query: &FlowQuery<'_>, moment: i64) -> Result<FlowNumbers, DataError> {
    let mut sql = Sql::new(db.read().get_database_backend());
    sql.push("SELECT CAST(COALESCE(SUM(CASE WHEN q.start_date >= ").bind(query.first);
    sql.push(" AND q.start_date <= ").bind(query.last).push(" THEN 1 ELSE 0 END), 0) AS BIGINT)");
    sql.push(", CAST(COALESCE(SUM(CASE WHEN q.end_date >= ").bind(query.first);
    sql.push(" AND q.end_date <= ").bind(query.last).push(" THEN 1 ELSE 0 END), 0) AS BIGINT)");
    sql.push(", CAST(COALESCE(SUM(CASE WHEN q.start_date <= ").bind(query.last);
    sql.push(" AND q.end_date > ").bind(query.last).push(" THEN 1 ELSE 0 END), 0) AS BIGINT) FROM (");
    query.known(&mut sql, &["SELECT p.start_date, p.end_date", "SELECT x.start_date, x.end_date"], moment, false, None);
    sql.push(") q");
    let Some(row) = db.read_within(query.scope).await?.query_one_raw(sql.finish()).await? else {
        return Ok(FlowNumbers::default());
    };
    let number =
        |at: usize| -> Result<u64, DataError> { Ok(u64::try_from(row.try_get_by_index::<i64>(at)?).unwrap_or(0)) };
    Ok(FlowNumbers { inflow: number(0)?, outflow: number(1)?, at_end: number(2)? })
}
