//! Rows of the lists, as they come out of the database.

use std::borrow::Cow;

use collectief_domain::{
    date::Date,
    deregistration::EndReason,
    ids::{ContractId, ParticipationId},
    name::Gender,
    participant::ParticipantRow,
};
use serde::Deserialize;

use super::sql::{Sql, bytes_of, day};
use crate::{
    crypt::Keyring,
    error::DataError,
    mutation::{end_from_stored, known_birth},
    scope::Scope,
};

/// What [`select_row`] gives, in its order.
#[derive(Deserialize)]
pub(crate) struct RawRow<'a>(
    i64,
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
    Option<i64>,
    i64,
    i64,
    i64,
);

/// Writes `SELECT …` of all rows in `order` as [`RawRow`]s: of `p` participation, `c` contract, `s` person, and, when
/// `past`, `x` for an earlier version of the participation.
pub(crate) fn select_row(sql: &mut Sql, scope: &Scope, today: Date, past: bool, order: &str) {
    sql.select_rows(order, |sql| {
        sql.push("p.id, c.number, p.full_name, ");
        match scope.shows_bsn() {
            true => sql.hex("s.bsn_cipher"),
            false => sql.push("CAST(NULL AS TEXT)"),
        };
        sql.push(", p.relation_number, p.birth_date, p.gender, ");
        select_period(sql, past);
        sql.push("p.main_id, (SELECT count(*) FROM participation d WHERE d.main_id = p.id AND d.end_date >= ");
        sql.bind(today).push("), p.version, p.contract_id");
    });
    sql.push(" ");
}

/// Start, end, reason and personnel number, as they stand or as they stood.
pub(super) fn select_period(sql: &mut Sql, past: bool) {
    sql.push(match past {
        true => {
            "COALESCE(x.start_date, p.start_date), COALESCE(x.end_date, p.end_date),
             CASE WHEN x.version IS NULL THEN p.end_reason ELSE x.end_reason END,
             COALESCE(x.personnel_number, p.personnel_number), "
        }
        false => "p.start_date, p.end_date, p.end_reason, p.personnel_number, ",
    });
}

/// Writes the joins that [`select_row`] needs beside participation.
pub(crate) fn join_row(sql: &mut Sql, scope: &Scope) {
    sql.push(" JOIN contract c ON c.id = p.contract_id");
    if scope.shows_bsn() {
        sql.push(" JOIN person s ON s.id = p.person_id");
    }
}

/// Reads a row. A BSN is only opened on a contract that needs it.
pub(crate) fn read_row(row: RawRow<'_>, scope: &Scope, keys: &Keyring) -> Result<ParticipantRow, DataError> {
    let shown = row.3.filter(|_| scope.shows_bsn_of(ContractId(row.14)));
    let bsn = match shown.as_deref().map(bytes_of).transpose()?.flatten() {
        Some(sealed) => Some(keys.open(&sealed, &row.4)?.masked()),
        None => None,
    };
    Ok(ParticipantRow {
        id: ParticipationId(row.0),
        contract_number: row.1,
        full_name: row.2,
        bsn,
        relation_number: row.4,
        birth_date: known_birth(day(&row.5)?),
        gender: read_gender(&row.6)?,
        start_date: day(&row.7)?,
        end_date: end_from_stored(day(&row.8)?),
        end_reason: read_reason(row.9)?,
        personnel_number: row.10,
        is_dependant: row.11.is_some(),
        dependants: u32::try_from(row.12).unwrap_or(u32::MAX),
        version: row.13,
    })
}

pub(crate) fn read_gender(code: &str) -> Result<Gender, DataError> {
    Gender::from_code(code).ok_or(DataError::Corrupt("an unknown gender"))
}

pub(crate) fn read_reason(code: Option<impl AsRef<str>>) -> Result<Option<EndReason>, DataError> {
    code.map(|code| EndReason::from_code(code.as_ref()).ok_or(DataError::Corrupt("an unknown reason"))).transpose()
}
