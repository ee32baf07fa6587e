//! The access log as a file.

use collectief_data::{
    Db,
    office::{
        Office,
        log::{LogFilter, rows},
    },
};
use collectief_domain::{access_log::LogForm, staff::StaffRight};

use super::{
    Download, Format, PIECE, Rows, body, file_name,
    heading::Column,
    log,
    sheet::{Cell, Sheet},
    write,
};
use crate::{
    Portal, Request, ServiceError, SignedIn,
    audit::{About, AuditKind, event},
    clock::written,
    office::{LogWords, log as search},
};

/// How wide the columns are, in characters.
const WIDTHS: [u32; 9] = [10, 20, 28, 10, 36, 12, 15, 16, 60];

/// What the form finds in the access log, newest first, as a file.
///
/// # Errors
/// [`ServiceError::NotFound`] for who may not see it, [`ServiceError::Invalid`] for a wrong form.
pub async fn access_log(
    portal: &Portal,
    request: &Request,
    who: &SignedIn,
    form: &LogForm,
    format: Format,
) -> Result<Download, ServiceError> {
    let office = who.office(StaffRight::SeeAccessLog)?;
    let wanted = search::wanted(portal, &office, &form.from_newest()).await?.map_err(ServiceError::Invalid)?;
    let details = format!("access log {} format={}", wanted.details, format.extension());
    log(portal, event(portal, request, who, AuditKind::Exported).details(details)).await?;
    let words = LogWords::of(who.language());
    let columns = words.columns.iter().zip(WIDTHS).map(|(heading, width)| Column { heading, width }).collect();
    let source = LogRows { db: portal.db().clone(), office, filter: wanted.filter, words, before: None };
    Ok(Download {
        file_name: file_name(words.title, None, portal.clock().today(), format),
        content_type: format.content_type(),
        body: body(Sheet::new(format, words.title, columns), source),
    })
}

struct LogRows {
    db: Db,
    office: Office,
    /// `None` where nothing can be found.
    filter: Option<LogFilter>,
    words: &'static LogWords,
    before: Option<i64>,
}

impl Rows for LogRows {
    async fn next(&mut self, sheet: Sheet) -> Result<(Sheet, bool), ServiceError> {
        let piece = match &self.filter {
            Some(filter) => rows(&self.db, &self.office, filter, self.before, PIECE).await?,
            None => Vec::new(),
        };
        let last = (piece.len() as u64) < PIECE;
        self.before = piece.last().map(|row| row.id);
        let words = self.words;
        write(sheet, last, move |sheet| {
            for row in &piece {
                let at = written(row.recorded_at);
                sheet.row(&[
                    Cell::Number(row.id),
                    Cell::Text(&at),
                    Cell::Text(row.actor_name.as_deref().unwrap_or_default()),
                    row.account.map_or(Cell::Empty, |account| Cell::Number(account.0)),
                    Cell::Text(words.what(row.event)),
                    Cell::Code(row.contract_number.as_deref().unwrap_or_default()),
                    Cell::Code(row.relation_number.as_deref().unwrap_or_default()),
                    Cell::Code(&row.request_id),
                    Cell::Text(&row.details),
                ]);
            }
        })
        .await
    }
}
