//! All participations as a roster, in the columns that an import reads.

use std::path::{Path, PathBuf};

use collectief_data::{
    audit::{self, AuditEvent, AuditKind},
    roster as stored,
};
use collectief_domain::{
    date::Date,
    roster::{COLUMNS, to_fields},
};

use crate::{Portal, ServiceError};

/// Writes all participations, BSN included, as a roster: Excel when the name ends in `.xlsx`, else CSV. Returns the
/// number of rows. The file is only there when it is whole.
///
/// # Errors
/// [`ServiceError::Internal`] with words for the operator when the file cannot be written.
pub async fn export(portal: &Portal, file: &Path) -> Result<u64, ServiceError> {
    // Logged before anything is given away.
    let txn = portal.db().begin().await?;
    let event = AuditEvent {
        recorded_at: portal.clock().millis(),
        account: None,
        actor_name: None,
        event: AuditKind::RosterExported,
        contract: None,
        participation: None,
        request_id: "export roster".into(),
        details: "with_bsn=true".to_owned(),
    };
    audit::append(&txn, [event]);
    txn.commit().await?;

    let is_excel = file.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("xlsx"));
    let mut part = file.as_os_str().to_owned();
    part.push(".part");
    let part = PathBuf::from(part);
    let written = if is_excel { export_excel(portal, &part).await } else { export_csv(portal, &part).await };
    match written {
        Ok(rows) => {
            std::fs::rename(&part, file).map_err(|error| cannot_write(&error))?;
            Ok(rows)
        }
        Err(error) => {
            // What was written so far holds BSNs, and must not stay behind.
            let _ = std::fs::remove_file(&part);
            Err(error)
        }
    }
}

fn cannot_write(error: &impl std::fmt::Display) -> ServiceError {
    ServiceError::Internal(format!("the file cannot be written: {error}"))
}

/// A new file that only its owner may read.
fn private_file(path: &Path) -> Result<std::fs::File, ServiceError> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map_err(|error| cannot_write(&error))
}

async fn export_csv(portal: &Portal, path: &Path) -> Result<u64, ServiceError> {
    let mut writer = csv::Writer::from_writer(std::io::BufWriter::new(private_file(path)?));
    writer.write_record(COLUMNS).map_err(|error| cannot_write(&error))?;
    let rows = stored::roster_rows(portal.db(), |row| {
        writer.write_record(to_fields(&row)).map_err(|error| cannot_write(&error))
    })
    .await?;
    writer.flush().map_err(|error| cannot_write(&error))?;
    Ok(rows)
}

async fn export_excel(portal: &Portal, path: &Path) -> Result<u64, ServiceError> {
    use chrono::Datelike;
    use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};

    let mut workbook = Workbook::new();
    let dates = Format::new().set_num_format("dd-mm-yyyy");
    let bold = Format::new().set_bold();
    let sheet = workbook.add_worksheet_with_constant_memory().map_err(|error| cannot_write(&error))?;
    let set_up = |sheet: &mut rust_xlsxwriter::Worksheet| -> Result<(), rust_xlsxwriter::XlsxError> {
        sheet.set_name("Deelnemers")?;
        sheet.set_freeze_panes(1, 0)?;
        for (column, heading) in (0..).zip(COLUMNS) {
            sheet.set_column_width(column, 16)?;
            sheet.write_with_format(0, column, heading, &bold)?;
        }
        Ok(())
    };
    set_up(sheet).map_err(|error| cannot_write(&error))?;
    let mut line = 0;
    let rows = stored::roster_rows(portal.db(), |row| -> Result<(), ServiceError> {
        line += 1;
        let fields = to_fields(&row);
        for ((column, name), field) in (0..).zip(COLUMNS).zip(&fields) {
            if field.is_empty() {
                continue;
            }
            let date: Option<Date> = match name {
                "birth_date" => row.birth_date,
                "start_date" => Some(row.start_date),
                "end_date" => row.end_date,
                _ => None,
            };
            // Excel has no days before 1900; those are text.
            let date = date.and_then(|date| {
                let (month, day) = (u8::try_from(date.month()).ok()?, u8::try_from(date.day()).ok()?);
                ExcelDateTime::from_ymd(u16::try_from(date.year()).ok()?, month, day).ok()
            });
            let written = match date {
                Some(date) => sheet.write_with_format(line, column, &date, &dates),
                None => sheet.write_string(line, column, field),
            };
            written.map_err(|error| cannot_write(&error))?;
        }
        Ok(())
    })
    .await?;
    workbook.save_to_writer(private_file(path)?).map_err(|error| cannot_write(&error))?;
    Ok(rows)
}
