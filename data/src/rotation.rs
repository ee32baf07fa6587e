//! Replacing the key that encrypts: what older keys made is made anew, a piece at a time, while everybody works on.

use sea_orm::{ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect, prelude::*};

use crate::{
    db::{Db, Txn, statement},
    entity::person,
    error::DataError,
};

/// How many rows one transaction looks at: the others wait no longer than that takes.
const PIECE: u64 = 500;

/// One piece of the work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Piece {
    /// The id that the next piece begins after.
    pub last: i64,
    /// Rows with something encrypted that were looked at.
    pub looked_at: u64,
    /// Rows that an older key had made.
    pub renewed: u64,
}

#[derive(FromQueryResult)]
struct Sealed {
    id: i64,
    relation_number: String,
    bsn_cipher: Vec<u8>,
}

/// Encrypts the BSNs of the next people after `after` anew where an older key made them. `None` when there are no more.
///
/// # Errors
/// When a BSN cannot be decrypted, or the database refuses; nothing of this piece has then been done.
pub async fn renew_bsns(db: &Db, after: i64) -> Result<Option<Piece>, DataError> {
    let rows: Vec<Sealed> = person::Entity::find()
        .select_only()
        .columns([person::Column::Id, person::Column::RelationNumber, person::Column::BsnCipher])
        .filter(person::Column::Id.gt(after))
        .filter(person::Column::BsnCipher.is_not_null())
        .order_by_asc(person::Column::Id)
        .limit(PIECE)
        .into_model()
        .all(&db.bulk_everything().await?)
        .await?;
    let Some(last) = rows.last().map(|row| row.id) else { return Ok(None) };
    let mut anew = Vec::new();
    for row in &rows {
        if let Some(renewed) = db.keys().renew(&row.bsn_cipher, &row.relation_number)? {
            anew.push((row, renewed));
        }
    }
    let mut piece = Piece { last, looked_at: rows.len() as u64, renewed: 0 };
    if anew.is_empty() {
        return Ok(Some(piece));
    }
    let txn = db.begin_everything().await?;
    for (row, renewed) in anew {
        piece.renewed += replace(&txn, row, renewed).await?;
    }
    txn.commit().await?;
    Ok(Some(piece))
}

/// Somebody may have given this person another BSN since it was read; that one stays.
async fn replace(txn: &Txn, row: &Sealed, renewed: Vec<u8>) -> Result<u64, DataError> {
    let sql = statement(
        txn.0.get_database_backend(),
        "UPDATE person SET bsn_cipher = ? WHERE id = ? AND bsn_cipher = ?",
        [renewed.into(), row.id.into(), row.bsn_cipher.clone().into()],
    );
    Ok(txn.0.execute_raw(sql).await?.rows_affected())
}
