//! The insurances that can be chosen. They are the insurer's, and the same for whoever asks.

use collectief_domain::product::{Product, ProductKind, names};
use sea_orm::{ActiveValue::Set, ConnectionTrait, EntityTrait, QueryOrder, sea_query::OnConflict};

use crate::{
    db::{Source, Txn},
    entity::product,
    error::DataError,
    mutation::{end_from_stored, end_to_store},
};

fn read(row: product::Model) -> Result<Product, DataError> {
    Ok(Product {
        kind: ProductKind::from_code(&row.kind).ok_or(DataError::Corrupt("an unknown kind of product"))?,
        code: row.code,
        name: row.name,
        first_day: row.first_day,
        last_day: end_from_stored(row.last_day),
    })
}

async fn all(connection: &impl ConnectionTrait) -> Result<Vec<Product>, DataError> {
    let rows = product::Entity::find().order_by_asc(product::Column::Place).order_by_asc(product::Column::Code);
    rows.all(connection).await?.into_iter().map(read).collect()
}

/// Every product, in the order in which they are shown.
///
/// # Errors
/// When the database cannot be read.
pub async fn products(source: impl Into<Source<'_>>) -> Result<Vec<Product>, DataError> {
    match source.into() {
        Source::Db(db) => all(db.read()).await,
        Source::Txn(txn) => all(&txn.0).await,
    }
}

/// The names of products by their stored codes; nothing is read where there are none.
pub(crate) async fn products_named(connection: &impl ConnectionTrait, codes: &str) -> Result<Vec<String>, DataError> {
    if codes.is_empty() {
        return Ok(Vec::new());
    }
    Ok(names(codes, &all(connection).await?))
}

/// Keeps a product under its code, in the place in which it is shown.
///
/// # Errors
/// When the database refuses.
pub async fn keep(txn: &Txn, kept: &Product, place: u32) -> Result<(), DataError> {
    let row = product::ActiveModel {
        code: Set(kept.code.clone()),
        name: Set(kept.name.clone()),
        kind: Set(kept.kind.code().to_owned()),
        first_day: Set(kept.first_day),
        last_day: Set(end_to_store(kept.last_day)),
        place: Set(i32::try_from(place).unwrap_or(i32::MAX)),
    };
    let again = OnConflict::column(product::Column::Code)
        .update_columns([
            product::Column::Name,
            product::Column::Kind,
            product::Column::FirstDay,
            product::Column::LastDay,
            product::Column::Place,
        ])
        .to_owned();
    product::Entity::insert(row).on_conflict(again).exec_without_returning(&txn.0).await?;
    Ok(())
}
