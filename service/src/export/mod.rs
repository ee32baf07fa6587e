//! Lists as files: Excel and CSV, streamed while they are read.
//!
//! A file is made as fast as it is taken: the next piece is read from the database, written and compressed when the
//! reader has the one before it. So memory does not grow with the list, the first bytes leave at once, and a download
//! that is broken off costs nothing more.

mod access_log;
mod csv;
mod heading;
mod sheet;
mod xlsx;
mod zip;

use std::pin::Pin;

use bytes::Bytes;
use collectief_data::{
    Db,
    flow::{FlowPlan, flow_export},
    participant::{ExportRow, Place, has_places, participant_export},
};
use collectief_domain::{
    actor::Right,
    contract::ContractChoice,
    flow::{FlowForm, UsageForm},
    participant::{ParticipantListForm, ParticipantSort, Population},
};
use futures::{Stream, stream};

pub use self::access_log::access_log;
use self::{
    heading::Words,
    sheet::{Cell, Sheet},
};
use crate::{
    Portal, Request, ServiceError, SignedIn,
    audit::{self, About, AuditEvent, AuditKind, event},
    flow::WantedFlow,
    participant::{Wanted, count_exactly, details},
};

/// Rows that are read, written and compressed at a time: some ten milliseconds of work.
const PIECE: u64 = 1_000;

/// Which kind of file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Excel.
    Xlsx,
    /// Text with semicolons.
    Csv,
}

impl Format {
    /// What the name of such a file ends in.
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Xlsx => "xlsx",
            Self::Csv => "csv",
        }
    }

    const fn content_type(self) -> &'static str {
        match self {
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Csv => "text/csv; charset=utf-8",
        }
    }
}

/// The bytes of a file, in pieces, as they are made.
pub type Body = Pin<Box<dyn Stream<Item = Result<Bytes, ServiceError>> + Send>>;

/// A file on its way to the reader.
pub struct Download {
    /// A name of ours: letters, digits, hyphens and one dot.
    pub file_name: String,
    /// Media type.
    pub content_type: &'static str,
    /// The bytes.
    pub body: Body,
}

/// Where the rows of a file come from, piece by piece.
trait Rows: Send + 'static {
    /// Writes the next piece to `sheet` and gives it back; `true` when that was the last one.
    fn next(&mut self, sheet: Sheet) -> impl Future<Output = Result<(Sheet, bool), ServiceError>> + Send;
}

/// The participants that the form finds, as a file.
///
/// # Errors
/// [`ServiceError::Invalid`] for a wrong form, [`ServiceError::NotFound`] for a contract that is not this person's,
/// [`ServiceError::Forbidden`] without the right, or with `with_bsn` where BSNs may not be seen.
pub async fn participants(
    portal: &Portal,
    request: &Request,
    who: &SignedIn,
    population: Population,
    form: &ParticipantListForm,
    format: Format,
    with_bsn: bool,
) -> Result<Download, ServiceError> {
    let scope = who.scope(Right::SeeParticipants, &form.contract)?;
    if with_bsn {
        who.scope(Right::RevealBsn, &form.contract)?;
    }
    let today = portal.clock().today();
    let mut filter = form.parse(population, today).map_err(ServiceError::Invalid)?;
    if !has_places(filter.sort.by, &scope) {
        // In an order without an index every piece would sort the whole list again. The file has a filter of its own.
        filter.sort = ParticipantSort::default();
    }
    let wanted = Wanted::new(who, scope, filter, today);
    let rows = count_exactly(portal, &wanted).await?;
    let kind = if with_bsn { AuditKind::ExportedWithBsn } else { AuditKind::Exported };
    let export = event(portal, request, who, kind).on(wanted.scope.single()).details(format!(
        "{} format={} with_bsn={with_bsn} of={rows}",
        details(&wanted.filter, usize::try_from(rows).unwrap_or(usize::MAX)),
        format.extension(),
    ));
    log(portal, export).await?;
    let words = Words::of(who.language());
    let name = match population {
        Population::Current => words.participants,
        Population::Former => words.former,
    };
    let columns = heading::participants(words, with_bsn);
    let source = ParticipantRows { db: portal.db().clone(), wanted, words, with_bsn, from: None };
    let contract = source.wanted.scope.single().and_then(|id| who.rights().contract_by_id(id));
    Ok(Download {
        file_name: file_name(name, contract.map(|contract| &contract.choice), today, format),
        content_type: format.content_type(),
        body: body(Sheet::new(format, name, columns), source),
    })
}

/// The in- and outflow of a period, as a file.
///
/// # Errors
/// As [`participants`].
pub async fn flow(
    portal: &Portal,
    request: &Request,
    who: &SignedIn,
    form: &FlowForm,
    format: Format,
) -> Result<Download, ServiceError> {
    let today = portal.clock().today();
    let wanted = crate::flow::wanted(who, form, today)?;
    let export = event(portal, request, who, AuditKind::Exported).on(wanted.scope.single()).details(format!(
        "flow from={} to={} everyone={} format={}",
        wanted.filter.from,
        wanted.filter.to,
        wanted.filter.everyone,
        format.extension(),
    ));
    log(portal, export).await?;
    let words = Words::of(who.language());
    let contract = wanted.scope.single().and_then(|id| who.rights().contract_by_id(id));
    let name = file_name(words.flow, contract.map(|contract| &contract.choice), today, format);
    let source = FlowRows { db: portal.db().clone(), wanted, words, after: None };
    Ok(Download {
        file_name: name,
        content_type: format.content_type(),
        body: body(Sheet::new(format, words.flow, heading::flow(words)), source),
    })
}

/// A contract's usage by month, as a file.
///
/// # Errors
/// As [`participants`]; [`ServiceError::NotFound`] when no contract was chosen.
pub async fn usage(
    portal: &Portal,
    request: &Request,
    who: &SignedIn,
    form: &UsageForm,
    format: Format,
) -> Result<Download, ServiceError> {
    let page = crate::flow::read_usage(portal, who, form).await?;
    if !page.errors.is_empty() {
        return Err(ServiceError::Invalid(page.errors));
    }
    let contract = page.contract.ok_or(ServiceError::NotFound)?;
    let export = event(portal, request, who, AuditKind::Exported)
        .on(who.rights().contract(&contract.number).map(|contract| contract.id))
        .details(format!("usage months={} format={}", page.months.len(), format.extension()));
    log(portal, export).await?;
    let words = Words::of(who.language());
    let mut sheet = Sheet::new(format, words.usage, heading::usage(words));
    for month in &page.months {
        sheet.row(&[
            Cell::Month(month.month),
            Cell::Number(month.at_end),
            Cell::Number(month.difference),
            Cell::Number(month.inflow),
            Cell::Number(month.outflow),
        ]);
    }
    sheet.finish();
    let bytes = Bytes::from(sheet.take());
    Ok(Download {
        file_name: file_name(words.usage, Some(&contract), page.today, format),
        content_type: format.content_type(),
        body: Box::pin(stream::once(async { Ok(bytes) })),
    })
}

/// An export stands in the access log before its first byte leaves.
async fn log(portal: &Portal, export: AuditEvent) -> Result<(), ServiceError> {
    let txn = portal.db().begin().await?;
    audit::append(&txn, [export]);
    Ok(txn.commit().await?)
}

/// `deelnemers-23595-2026-11-01.xlsx`: safe in every file system and header.
fn file_name(
    what: &str,
    contract: Option<&ContractChoice>,
    today: collectief_domain::date::Date,
    format: Format,
) -> String {
    let what: String =
        what.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' }).collect();
    let number = contract.map(|contract| format!("-{}", contract.number)).unwrap_or_default();
    format!("{what}{number}-{today}.{}", format.extension())
}

enum Step<R> {
    Head(Sheet, R),
    Rows(Sheet, R),
    Done,
}

/// The file as a stream. Its head leaves before the first row is read.
fn body<R: Rows>(sheet: Sheet, rows: R) -> Body {
    Box::pin(stream::try_unfold(Step::Head(sheet, rows), |step| async move {
        match step {
            Step::Head(mut sheet, rows) => {
                let head = Bytes::from(sheet.take());
                Ok(Some((head, Step::Rows(sheet, rows))))
            }
            Step::Rows(sheet, mut rows) => {
                let (mut sheet, last) = rows.next(sheet).await?;
                let piece = Bytes::from(sheet.take());
                Ok(Some((piece, if last { Step::Done } else { Step::Rows(sheet, rows) })))
            }
            Step::Done => Ok(None),
        }
    }))
}

/// Writes rows away from the threads that serve requests: compressing a piece takes some milliseconds.
async fn write(
    mut sheet: Sheet,
    last: bool,
    rows: impl FnOnce(&mut Sheet) + Send + 'static,
) -> Result<(Sheet, bool), ServiceError> {
    tokio::task::spawn_blocking(move || {
        rows(&mut sheet);
        if last {
            sheet.finish();
        }
        (sheet, last)
    })
    .await
    .map_err(|_| ServiceError::Internal("writing a file was broken off".to_owned()))
}

struct ParticipantRows {
    db: Db,
    wanted: Wanted,
    words: &'static Words,
    with_bsn: bool,
    from: Option<Place>,
}

impl Rows for ParticipantRows {
    async fn next(&mut self, sheet: Sheet) -> Result<(Sheet, bool), ServiceError> {
        let query = self.wanted.query();
        let (rows, place) = participant_export(&self.db, &query, self.with_bsn, self.from.as_ref(), PIECE).await?;
        let last = place.is_none();
        self.from = place;
        let (words, with_bsn) = (self.words, self.with_bsn);
        write(sheet, last, move |sheet| {
            for row in &rows {
                write_row(sheet, words, row, with_bsn, None);
            }
        })
        .await
    }
}

struct FlowRows {
    db: Db,
    wanted: WantedFlow,
    words: &'static Words,
    after: Option<(String, i64)>,
}

impl Rows for FlowRows {
    async fn next(&mut self, sheet: Sheet) -> Result<(Sheet, bool), ServiceError> {
        let query = self.wanted.query(FlowPlan::Names);
        let (first, until) = (query.first, query.last);
        let (rows, after) = flow_export(&self.db, &query, self.after.as_ref(), PIECE).await?;
        let last = after.is_none();
        self.after = after;
        let words = self.words;
        write(sheet, last, move |sheet| {
            for row in &rows {
                let came = (first..=until).contains(&row.start_date);
                let went = row.end_date.is_some_and(|end| (first..=until).contains(&end));
                let flow = match (came, went) {
                    (true, true) => words.came_and_went,
                    (true, false) => words.came,
                    (false, true) => words.went,
                    (false, false) => "",
                };
                write_row(sheet, words, row, false, Some(flow));
            }
        })
        .await
    }
}

/// The cells of one participant, in the order of [`heading::participants`].
fn write_row(sheet: &mut Sheet, words: &Words, row: &ExportRow, with_bsn: bool, flow: Option<&str>) {
    let mut cells: Vec<Cell<'_>> = Vec::with_capacity(13);
    if let Some(flow) = flow {
        cells.push(Cell::Text(flow));
    }
    cells.push(Cell::Code(&row.contract_number));
    cells.push(Cell::Text(&row.full_name));
    cells.push(Cell::Text(&row.prefix));
    cells.push(Cell::Text(&row.surname));
    if with_bsn {
        cells.push(row.bsn.as_ref().map_or(Cell::Empty, |bsn| Cell::Code(bsn.expose())));
    }
    cells.push(Cell::Code(&row.relation_number));
    cells.push(row.birth_date.map_or(Cell::Empty, Cell::Day));
    cells.push(Cell::Text(words.gender(row.gender)));
    cells.push(Cell::Day(row.start_date));
    cells.push(row.end_date.map_or(Cell::Empty, Cell::Day));
    cells.push(Cell::Text(row.end_reason.map_or("", |reason| words.reason(reason))));
    cells.push(Cell::Code(&row.personnel_number));
    sheet.row(&cells);
}
