//! `collectief check`.

use std::process::ExitCode;

use super::{CommandError, tell};
use crate::{
    settings::Settings,
    start::{Schema, open},
};

/// Recomputes what is kept twice, and tells what differs.
pub(super) async fn check(settings: &Settings) -> Result<ExitCode, CommandError> {
    let portal = open(settings, Schema::UpdateIfOwn).await?;
    let report = collectief_service::check::check(&portal).await.map_err(CommandError::refused)?;
    for difference in &report.differences {
        tell(difference);
    }
    tell(&format!(
        "{} contracts, {} participations and {} rows of the access log were looked at: {}.",
        report.contracts,
        report.participations,
        report.log_rows,
        match report.differences.len() {
            0 => "all is as it should be".to_owned(),
            1 => "1 difference".to_owned(),
            many => format!("{many} differences"),
        }
    ));
    Ok(if report.differences.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
