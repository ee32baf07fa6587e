//! `collectief migrate`.

use std::process::ExitCode;

use super::{CommandError, tell};
use crate::{
    settings::Settings,
    start::{Schema, open_database},
};

/// Brings the schema up to date, and tells which steps were run.
pub(super) async fn migrate(settings: &Settings) -> Result<ExitCode, CommandError> {
    let (_, steps) = open_database(settings, Schema::Update).await?;
    if steps.is_empty() {
        tell("The database is up to date.");
    }
    for step in steps {
        tell(&format!("Done: {step}"));
    }
    Ok(ExitCode::SUCCESS)
}
