//! Rows for files: read in pieces, each from the place where the one before it ended, so that memory does not grow with
//! the list and no transaction stays open while a slow reader downloads.

use std::borrow::Cow;

use collectief_domain::{bsn::Bsn, date::Date, deregistration::EndReason, ids::ContractId, name::Gender};
use serde::Deserialize;

use super::{
    list::{ListQuery, Place},
    row::{read_gender, read_reason, select_period},
    sql::{Sql, bytes_of, day, json_of, rows_of},
};
use crate::{
    db::Db,
    error::DataError,
    mutation::{end_from_stored, known_birth},
    scope::Scope,
};

/// One row of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportRow {
    /// Contract number.
    pub contract_number: String,
    /// As it is shown.
    pub full_name: String,
    /// Own prefix.
    pub prefix: String,
    /// Own surname.
    pub surname: String,
    /// In full; only when asked for, and only on a contract that needs it.
    pub bsn: Option<Bsn>,
    /// Relation number.
    pub relation_number: String,
    /// Birth date.
    pub birth_date: Option<Date>,
    /// Gender.
    pub gender: Gender,
    /// First day.
    pub start_date: Date,
    /// Last day, inclusive; `None` is open.
    pub end_date: Option<Date>,
    /// Why it ends or ended.
    pub end_reason: Option<EndReason>,
    /// The employer's number.
    pub personnel_number: String,
}

/// What [`select_export_row`] gives, in its order; the last two are the place of the row.
#[derive(Deserialize)]
pub(crate) struct RawExportRow<'a>(
    String,
    String,
    String,
    String,
    #[serde(borrow)] Option<Cow<'a, str>>,
    String,
    Cow<'a, str>,
    Cow<'a, str>,
    Cow<'a, str>,
    Cow<'a, str>,
    Option<Cow<'a, str>>,
    String,
    i64,
    pub(crate) Cow<'a, str>,
    pub(crate) i64,
);

/// Writes `SELECT …` of all rows in `order` as [`RawExportRow`]s; the joins are those of [`join_export_row`].
pub(crate) fn select_export_row(sql: &mut Sql, with_bsn: bool, past: bool, order: &str) {
    sql.select_rows(order, |sql| {
        sql.push("c.number, p.full_name, s.prefix, s.surname, ");
        match with_bsn {
            true => sql.hex("s.bsn_cipher"),
            false => sql.push("CAST(NULL AS TEXT)"),
        };
        sql.push(", p.relation_number, p.birth_date, p.gender, ");
        select_period(sql, past);
        sql.push("p.contract_id, q.k, q.id");
    });
    sql.push(" ");
}

pub(crate) fn join_export_row(sql: &mut Sql, past: bool) {
    sql.push(" JOIN participation p ON p.id = q.id");
    if past {
        sql.push(" LEFT JOIN participation_past x ON x.participation_id = q.id AND x.version = q.past");
    }
    sql.push(" JOIN contract c ON c.id = p.contract_id JOIN person s ON s.id = p.person_id");
}

pub(crate) fn read_export_row(row: RawExportRow<'_>, db: &Db, scope: &Scope) -> Result<ExportRow, DataError> {
    let shown = row.4.filter(|_| scope.shows_bsn_of(ContractId(row.12)));
    let bsn = match shown.as_deref().map(bytes_of).transpose()?.flatten() {
        Some(sealed) => Some(db.keys().open(&sealed, &row.5)?),
        None => None,
    };
    Ok(ExportRow {
        contract_number: row.0,
        full_name: row.1,
        prefix: row.2,
        surname: row.3,
        bsn,
        relation_number: row.5,
        birth_date: known_birth(day(&row.6)?),
        gender: read_gender(&row.7)?,
        start_date: day(&row.8)?,
        end_date: end_from_stored(day(&row.9)?),
        end_reason: read_reason(row.10)?,
        personnel_number: row.11,
    })
}

/// At most `limit` rows of a list after `from`, and the place of the last; `None` when there are no more.
///
/// The order must be one that [has places](super::has_places).
///
/// # Errors
/// When the database cannot be read.
pub async fn participant_export(
    db: &Db,
    query: &ListQuery<'_>,
    with_bsn: bool,
    from: Option<&Place>,
    limit: u64,
) -> Result<(Vec<ExportRow>, Option<Place>), DataError> {
    let past = query.known_before.is_some();
    let mut sql = Sql::new(db.read().get_database_backend());
    select_export_row(&mut sql, with_bsn, past, &query.order_of_rows());
    sql.push("FROM (");
    query.candidates(&mut sql, db, from);
    query.order(&mut sql, "");
    sql.push(" LIMIT ").bind(limit.cast_signed()).push(") q");
    join_export_row(&mut sql, past);
    let json = json_of(&db.bulk_within(query.scope).await?, sql).await?;
    let rows: Vec<RawExportRow<'_>> = rows_of(&json)?;
    let last = match rows.last() {
        Some(last) if rows.len() as u64 == limit => Some(query.place(&last.13, last.14)?),
        _ => None,
    };
    let rows = rows.into_iter().map(|row| read_export_row(row, db, query.scope)).collect::<Result<_, _>>()?;
    Ok((rows, last))
}
