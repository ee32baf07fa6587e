//! Reading everything that is stored as rows of a roster.

use chrono::NaiveDate;
use collectief_domain::{bsn::Bsn, deregistration::EndReason, roster::RosterRow};
use futures::TryStreamExt;
use sea_orm::{FromQueryResult, Value};

use super::{PERSON_COLUMNS, PersonIdRow, PersonRow};
use crate::{
    db::{Db, statement},
    error::DataError,
    mutation::{NEVER, end_from_stored},
};

#[derive(FromQueryResult)]
struct ExportRow {
    contract_number: String,
    bsn_cipher: Option<Vec<u8>>,
    main_relation_number: Option<String>,
    start_date: NaiveDate,
    end_date: NaiveDate,
    end_reason: Option<String>,
    personnel_number: String,
}

/// Reads every participation as a row of a roster, BSN included, contract by contract in the order of their numbers.
/// `each` gets every row; what it returns as an error ends the reading.
///
/// # Errors
/// When the database cannot be read, or `each` fails.
pub async fn roster_rows<E: From<DataError>>(
    db: &Db,
    mut each: impl FnMut(RosterRow) -> Result<(), E>,
) -> Result<u64, E> {
    let backend = db.read().get_database_backend();
    let sql = "SELECT id FROM contract ORDER BY number";
    let contracts =
        PersonIdRow::find_by_statement(statement(backend, sql, [])).all(db.read()).await.map_err(DataError::from)?;
    let mut count = 0;
    for contract in contracts {
        let read = db.read_everything().await?;
        let sql = format!(
            "SELECT c.number AS contract_number, p.start_date, p.end_date, p.end_reason, p.personnel_number,
                 m.relation_number AS main_relation_number, n.bsn_cipher, {PERSON_COLUMNS}
             FROM participation p JOIN person n ON n.id = p.person_id JOIN contract c ON c.id = p.contract_id
             LEFT JOIN participation m ON m.id = p.main_id
             WHERE p.contract_id = ? AND p.start_date > ? ORDER BY p.sort_key, p.id"
        );
        let sql = statement(backend, &sql, [Value::from(contract.id), NEVER.into()]);
        let mut rows = sea_orm::StreamTrait::stream_raw(&read, sql).await.map_err(DataError::from)?;
        while let Some(row) = rows.try_next().await.map_err(DataError::from)? {
            each(export_row(db, &row)?)?;
            count += 1;
        }
    }
    Ok(count)
}

fn export_row(db: &Db, row: &sea_orm::QueryResult) -> Result<RosterRow, DataError> {
    let period = ExportRow::from_query_result(row, "")?;
    let (relation_number, person) = PersonRow::from_query_result(row, "")?.split();
    let bsn: Option<Bsn> = match &period.bsn_cipher {
        Some(cipher) => Some(db.keys().open(cipher, &relation_number)?),
        None => None,
    };
    Ok(RosterRow {
        contract_number: period.contract_number,
        relation_number,
        bsn,
        name: person.name,
        birth_date: person.birth_date,
        gender: person.gender,
        start_date: period.start_date,
        end_date: end_from_stored(period.end_date),
        end_reason: period.end_reason.as_deref().and_then(EndReason::from_code),
        personnel_number: period.personnel_number,
        main_relation_number: period.main_relation_number,
        email: person.email,
    })
}
