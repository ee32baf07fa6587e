//! Rows for files: read in pieces, each from the place where the one before it ended, so that memory does not grow with
//! the list and no transaction stays open while a slow reader downloads.

use collectief_domain::{
    bsn::Bsn,
    date::Date,
    deregistration::EndReason,
    ids::ContractId,
    name::Gender,
};
use sea_orm::{ConnectionTrait, QueryResult};

use super::{
    list::{ListQuery, Place},
    row::{known_birth, open_end, read_gender, read_reason},
    sql::{Sql, day},
};
use crate::{db::Db, error::DataError, scope::Scope};

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

/// Writes the select list that [`read_export_row`] reads; the joins are those of [`join_export_row`].
pub(crate) fn select_export_row(sql: &mut Sql, with_bsn: bool, past: bool) {
    sql.push("SELECT c.number, p.full_name, s.prefix, s.surname, ");
    sql.push(if with_bsn { "s.bsn_cipher" } else { "CAST(NULL AS BYTEA)" });
    sql.push(", p.relation_number, CAST(p.birth_date AS TEXT), p.gender, ");
    if past {
        sql.push(
            "CAST(COALESCE(x.start_date, p.start_date) AS TEXT), CAST(COALESCE(x.end_date, p.end_date) AS TEXT),
             CASE WHEN x.version IS NULL THEN p.end_reason ELSE x.end_reason END,
             COALESCE(x.personnel_number, p.personnel_number), ",
        );
    } else {
        sql.push("CAST(p.start_date AS TEXT), CAST(p.end_date AS TEXT), p.end_reason, p.personnel_number, ");
    }
    sql.push("p.contract_id, CAST(q.k AS TEXT), q.id ");
}

pub(crate) fn join_export_row(sql: &mut Sql, past: bool) {
    sql.push(" JOIN participation p ON p.id = q.id");
    if past {
        sql.push(" LEFT JOIN participation_past x ON x.participation_id = q.id AND x.version = q.past");
    }
    sql.push(" JOIN contract c ON c.id = p.contract_id JOIN person s ON s.id = p.person_id");
}

pub(crate) fn read_export_row(row: &QueryResult, db: &Db, scope: &Scope) -> Result<ExportRow, DataError> {
    let relation_number: String = row.try_get_by_index(5)?;
    let sealed = match scope.shows_bsn_of(ContractId(row.try_get_by_index(12)?)) {
        true => row.try_get_by_index::<Option<Vec<u8>>>(4)?,
        false => None,
    };
    let bsn = match sealed {
        Some(sealed) => Some(db.keys().open(&sealed, &relation_number)?),
        None => None,
    };
    Ok(ExportRow {
        contract_number: row.try_get_by_index(0)?,
        full_name: row.try_get_by_index(1)?,
        prefix: row.try_get_by_index(2)?,
        surname: row.try_get_by_index(3)?,
        bsn,
        relation_number,
        birth_date: known_birth(day(&row.try_get_by_index::<String>(6)?)?),
        gender: read_gender(&row.try_get_by_index::<String>(7)?)?,
        start_date: day(&row.try_get_by_index::<String>(8)?)?,
        end_date: open_end(day(&row.try_get_by_index::<String>(9)?)?),
        end_reason: read_reason(row.try_get_by_index(10)?)?,
        personnel_number: row.try_get_by_index(11)?,
    })
}

/// The place of a row of [`select_export_row`].
pub(crate) fn read_place(row: &QueryResult, query: &ListQuery<'_>) -> Result<Place, DataError> {
    query.place(&row.try_get_by_index::<String>(13)?, row.try_get_by_index(14)?)
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
    select_export_row(&mut sql, with_bsn, past);
    sql.push("FROM (");
    query.candidates(&mut sql, db, from);
    query.order(&mut sql, "");
    sql.push(" LIMIT ").bind(limit.cast_signed()).push(") q");
    join_export_row(&mut sql, past);
    query.order(&mut sql, "q.");
    let rows = db.read().query_all_raw(sql.finish()).await?;
    let last = match rows.last() {
        Some(last) if rows.len() as u64 == limit => Some(read_place(last, query)?),
        _ => None,
    };
    let rows = rows.iter().map(|row| read_export_row(row, db, query.scope)).collect::<Result<_, _>>()?;
    Ok((rows, last))
}
