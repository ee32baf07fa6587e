//! `collectief audit verify`.

use std::process::ExitCode;

use clap::Subcommand;

use super::{CommandError, tell};
use crate::{
    settings::Settings,
    start::{Schema, open},
};

#[derive(Debug, Subcommand)]
pub(super) enum Audit {
    /// Follow the chain of the access log; the exit status tells whether it is whole
    Verify,
}

/// Follows the chain of the access log, and tells the first row that breaks it.
pub(super) async fn audit(settings: &Settings, what: Audit) -> Result<ExitCode, CommandError> {
    let Audit::Verify = what;
    let portal = open(settings, Schema::UpdateIfOwn).await?;
    let check = collectief_service::audit::verify(portal.db()).await?;
    Ok(match check.broken_at {
        None => {
            tell(&format!("The access log is whole: {} rows follow from each other", check.rows));
            ExitCode::SUCCESS
        }
        Some(row) => {
            tell(&format!(
                "The access log is broken: {} rows follow from each other, row {row} is missing or was changed",
                check.rows
            ));
            ExitCode::FAILURE
        }
    })
}
