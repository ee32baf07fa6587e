//! Rows of the lists, as they come out of the database.

use collectief_domain::{
    date::{Date, OPEN_END},
    deregistration::EndReason,
    ids::ParticipationId,
    name::Gender,
    participant::ParticipantRow,
};
use sea_orm::QueryResult;

use super::sql::{Sql, day};
use crate::{crypt::Keyring, error::DataError, scope::Scope};

/// How a birth date that is not known is stored: sort keys cannot be NULL.
const NO_BIRTH_DATE: Date = Date::from_ymd_opt(1, 1, 1).expect("a day of the calendar");

/// `None` where the stored end stands for an open one.
pub(crate) fn open_end(end: Date) -> Option<Date> {
    (end != OPEN_END).then_some(end)
}

/// `None` where the stored birth date stands for one that is not known.
pub(crate) fn known_birth(birth: Date) -> Option<Date> {
    (birth != NO_BIRTH_DATE).then_some(birth)
}

/// Writes `SELECT …` with the columns that [`read_row`] reads: of `p` participation, `c` contract, `s` person, and, when
/// `past`, `x` for an earlier version of the participation.
pub(crate) fn select_row(sql: &mut Sql, scope: &Scope, today: Date, past: bool) {
    sql.push("SELECT p.id, c.number, p.full_name, ");
    sql.push(if scope.shows_bsn() { "s.bsn_cipher" } else { "NULL" });
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
    sql.push("p.main_id, (SELECT count(*) FROM participation d WHERE d.main_id = p.id AND d.end_date >= ").bind(today);
    sql.push("), p.version, p.contract_id ");
}

/// Writes the joins that [`select_row`] needs beside participation.
pub(crate) fn join_row(sql: &mut Sql, scope: &Scope) {
    sql.push(" JOIN contract c ON c.id = p.contract_id");
    if scope.shows_bsn() {
        sql.push(" JOIN person s ON s.id = p.person_id");
    }
}

/// Reads a row of [`select_row`]. A BSN is only opened on a contract that needs it.
pub(crate) fn read_row(row: &QueryResult, scope: &Scope, keys: &Keyring) -> Result<ParticipantRow, DataError> {
    let relation_number: String = row.try_get_by_index(4)?;
    let contract = collectief_domain::ids::ContractId(row.try_get_by_index(14)?);
    let bsn = match scope.shows_bsn_of(contract) {
        true => row.try_get_by_index::<Option<Vec<u8>>>(3)?,
        false => None,
    };
    let bsn = match bsn {
        Some(sealed) => Some(keys.open(&sealed, &relation_number)?.masked()),
        None => None,
    };
    Ok(ParticipantRow {
        id: ParticipationId(row.try_get_by_index(0)?),
        contract_number: row.try_get_by_index(1)?,
        full_name: row.try_get_by_index(2)?,
        bsn,
        relation_number,
        birth_date: known_birth(day(&row.try_get_by_index::<String>(5)?)?),
        gender: read_gender(&row.try_get_by_index::<String>(6)?)?,
        start_date: day(&row.try_get_by_index::<String>(7)?)?,
        end_date: open_end(day(&row.try_get_by_index::<String>(8)?)?),
        end_reason: read_reason(row.try_get_by_index(9)?)?,
        personnel_number: row.try_get_by_index(10)?,
        is_dependant: row.try_get_by_index::<Option<i64>>(11)?.is_some(),
        dependants: u32::try_from(row.try_get_by_index::<i64>(12)?).unwrap_or(u32::MAX),
        version: row.try_get_by_index(13)?,
    })
}

pub(crate) fn read_gender(code: &str) -> Result<Gender, DataError> {
    Gender::from_code(code).ok_or(DataError::Corrupt("an unknown gender"))
}

pub(crate) fn read_reason(code: Option<String>) -> Result<Option<EndReason>, DataError> {
    code.map(|code| EndReason::from_code(&code).ok_or(DataError::Corrupt("an unknown reason"))).transpose()
}
