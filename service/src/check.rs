//! Recomputes everything that is kept twice, and reports the differences.

use collectief_data::{audit, check as stored};

use crate::{Portal, ServiceError};

/// The most differences that are told.
const TOLD_MAX: usize = 1_000;

/// What a check found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CheckReport {
    /// Contracts that were looked at.
    pub contracts: u64,
    /// Participations that were looked at.
    pub participations: u64,
    /// Rows of the access log that were looked at.
    pub log_rows: u64,
    /// What differs, for the operator; names of people are not in it. At most a thousand.
    pub differences: Vec<String>,
}

impl CheckReport {
    /// Whether everything agrees.
    pub fn is_clean(&self) -> bool {
        self.differences.is_empty()
    }
}

/// Recomputes counters, month roll-ups, search words and copied columns, looks for overlaps, and verifies the chain of
/// the access log. It may run while the portal is used.
///
/// # Errors
/// When the database cannot be read.
pub async fn check(portal: &Portal) -> Result<CheckReport, ServiceError> {
    let db = portal.db();
    let mut report = CheckReport::default();
    let pending = db.pending_steps().await?;
    if !pending.is_empty() {
        report.differences.push(format!("the schema is not up to date: {} steps are pending", pending.len()));
        return Ok(report);
    }
    for contract in stored::contracts_to_check(db).await? {
        let check = stored::contract_check(db, &contract).await?;
        report.contracts += 1;
        report.participations += check.participations;
        report.differences.extend(check.differences);
    }
    report.differences.extend(stored::whole_check(db).await?);
    let log = audit::verify(db).await?;
    report.log_rows = log.rows;
    if let Some(row) = log.broken_at {
        report.differences.push(format!("the chain of the access log is broken at row {row}"));
    }
    report.differences.truncate(TOLD_MAX);
    Ok(report)
}
