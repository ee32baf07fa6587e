//! The access log for who answers for it: searched, exported, and followed link by link (PRODUCT.md M5).

use collectief_data::{
    account as stored,
    audit::verify as follow,
    office::{
        Office,
        log::{self as data, LogFilter, LogRow},
    },
};
use collectief_domain::{
    access_log::{LOG_ROWS, LogCheck, LogForm, LogLine, LogPage, LogQuery},
    field::{FieldCode, FieldErrors},
    staff::StaffRight,
};

use super::words::LogWords;
use crate::{
    Portal, Request, ServiceError, SignedIn,
    audit::{self, About, AuditKind, event},
    clock::{end_of_day, written},
};

/// A page of the access log, newest first.
///
/// # Errors
/// [`ServiceError::NotFound`] for who may not see it. What is wrong with the form is in the answer.
pub async fn list(portal: &Portal, request: &Request, who: &SignedIn, form: &LogForm) -> Result<LogPage, ServiceError> {
    let office = who.office(StaffRight::SeeAccessLog)?;
    let words = LogWords::of(who.language());
    let mut page = LogPage { events: words.choices(), ..LogPage::default() };
    let wanted = match wanted(portal, &office, form).await? {
        Ok(wanted) => wanted,
        Err(errors) => {
            page.errors = errors;
            return Ok(page);
        }
    };
    // One row more tells whether there is a next page.
    let mut rows = match &wanted.filter {
        Some(filter) => data::rows(portal.db(), &office, filter, wanted.before, LOG_ROWS + 1).await?,
        None => Vec::new(),
    };
    if rows.len() as u64 > LOG_ROWS {
        rows.truncate(LOG_ROWS as usize);
        page.next = rows.last().map(|row| row.id);
    }
    let details = format!("rows={} {}", rows.len(), wanted.details);
    portal.audit().view(event(portal, request, who, AuditKind::AccessLogViewed).details(details));
    page.rows = rows.into_iter().map(|row| line(words, row)).collect();
    Ok(page)
}

/// What is read of the log.
pub(crate) struct Wanted {
    /// `None` where nothing can be found: there is no such account or contract.
    pub(crate) filter: Option<LogFilter>,
    before: Option<i64>,
    /// Which fields were filled in, and never with what.
    pub(crate) details: String,
}

/// What a form asks of the log.
pub(crate) async fn wanted(
    portal: &Portal,
    office: &Office,
    form: &LogForm,
) -> Result<Result<Wanted, FieldErrors>, ServiceError> {
    let query = match form.parse() {
        Ok(query) => query,
        Err(errors) => return Ok(Err(errors)),
    };
    let event = query.event.as_deref().map(AuditKind::from_code);
    if event == Some(None) {
        let mut errors = FieldErrors::default();
        errors.push("gebeurtenis", FieldCode::UnknownChoice);
        return Ok(Err(errors));
    }
    let details = filled_in(&query);
    let mut filter = LogFilter {
        // A day begins where the one before it ends.
        from: query.from.map(|day| day.pred_opt().map_or(i64::MIN, end_of_day)),
        until: query.until.map(end_of_day),
        relation_number: query.relation_number,
        event: event.flatten(),
        ..LogFilter::default()
    };
    let mut is_known = true;
    if let Some(email) = &query.email {
        filter.account = stored::credentials(portal.db(), email).await?.map(|found| found.id);
        is_known &= filter.account.is_some();
    }
    if let Some(number) = query.contract {
        let (_, found) = portal.db().office_scope(office, &[number]).await?;
        filter.contract = found.first().map(|contract| contract.id);
        is_known &= filter.contract.is_some();
    }
    Ok(Ok(Wanted { filter: is_known.then_some(filter), before: query.before, details }))
}

fn filled_in(query: &LogQuery) -> String {
    let fields = [
        ("from", query.from.is_some()),
        ("until", query.until.is_some()),
        ("account", query.email.is_some()),
        ("contract", query.contract.is_some()),
        ("participant", query.relation_number.is_some()),
        ("event", query.event.is_some()),
    ];
    let filled: Vec<&str> = fields.iter().filter(|(_, is)| *is).map(|(name, _)| *name).collect();
    format!("fields={}", filled.join(","))
}

fn line(words: &LogWords, row: LogRow) -> LogLine {
    LogLine {
        id: row.id,
        at: written(row.recorded_at),
        what: words.what(row.event).to_owned(),
        who: row.actor_name,
        account: row.account,
        contract: row.contract_number.unwrap_or_default(),
        relation_number: row.relation_number.unwrap_or_default(),
        request_id: row.request_id,
        details: row.details,
    }
}

/// Follows the chain of the whole log.
///
/// # Errors
/// [`ServiceError::NotFound`] for who may not see it.
pub async fn verify(portal: &Portal, request: &Request, who: &SignedIn) -> Result<LogCheck, ServiceError> {
    who.office(StaffRight::SeeAccessLog)?;
    let check = follow(portal.db()).await?;
    let details = match check.broken_at {
        None => format!("rows={} whole", check.rows),
        Some(row) => format!("rows={} broken at {row}", check.rows),
    };
    let txn = portal.db().begin().await?;
    audit::append(&txn, [event(portal, request, who, AuditKind::AccessLogVerified).details(details)]);
    txn.commit().await?;
    Ok(LogCheck { rows: check.rows, broken_at: check.broken_at })
}
