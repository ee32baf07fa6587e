//! `collectief import roster` and `collectief export roster`.

use std::{io::IsTerminal, path::PathBuf, process::ExitCode};

use clap::Subcommand;
use collectief_service::roster::{self, Progress};

use super::{CommandError, finish, tell};
use crate::{
    settings::Settings,
    start::{Schema, open},
};

#[derive(Debug, Subcommand)]
pub(super) enum Import {
    /// Load rosters of participants, from CSV or Excel
    Roster {
        /// The files
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
    },
}

#[derive(Debug, Subcommand)]
pub(super) enum Export {
    /// Write all participants as a roster, BSN included
    Roster {
        /// The file; Excel when it ends in .xlsx, else CSV
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
}

/// Loads rosters. Every refused row is told; the exit status is 0 only when none was.
pub(super) async fn import(settings: &Settings, what: Import) -> Result<ExitCode, CommandError> {
    let Import::Roster { files } = what;
    let portal = open(settings, Schema::UpdateIfOwn).await?;
    let shows_progress = std::io::stderr().is_terminal();
    let mut progress = |progress: Progress| match progress {
        Progress::Refused(row) => {
            let file = files.get(row.file).map(|file| file.display().to_string()).unwrap_or_default();
            let column = if row.column.is_empty() { String::new() } else { format!(" {}:", row.column) };
            tell(&format!("{file}:{}:{column} {}", row.line, row.reason));
        }
        Progress::Read { rows } if shows_progress => tell_progress(&format!("{rows} rows read")),
        Progress::Written { contracts, of_contracts, rows, of_rows } if shows_progress => {
            tell_progress(&format!("{contracts} of {of_contracts} contracts, {rows} of {of_rows} rows written"));
        }
        Progress::MakingIndexes if shows_progress => tell_progress("making indexes"),
        Progress::Read { .. } | Progress::Written { .. } | Progress::MakingIndexes => {}
    };
    let report = roster::import(&portal, &files, &mut progress).await.map_err(CommandError::refused)?;
    if shows_progress {
        tell_progress("");
    }
    finish(&portal).await?;
    tell(&format!(
        "{} rows: {} new, {} changed, {} unchanged, {} refused; {} new contracts.",
        report.rows, report.new, report.changed, report.unchanged, report.refused, report.new_contracts
    ));
    Ok(if report.is_complete() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Writes over the line of before.
fn tell_progress(text: &str) {
    use std::io::Write;
    // Nothing can be told when the terminal is gone.
    let _ = write!(std::io::stderr(), "\r\x1b[2K{text}");
}

/// Writes all participants to a file.
pub(super) async fn export(settings: &Settings, what: Export) -> Result<ExitCode, CommandError> {
    let Export::Roster { file } = what;
    let portal = open(settings, Schema::UpdateIfOwn).await?;
    let rows = roster::export(&portal, &file).await.map_err(CommandError::refused)?;
    finish(&portal).await?;
    tell(&format!("{rows} rows written to {}", file.display()));
    Ok(ExitCode::SUCCESS)
}
