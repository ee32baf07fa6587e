//! What belongs to the installation as a whole, by name.

use sea_orm::{ActiveValue::Set, EntityTrait, sea_query::OnConflict};

use crate::{
    db::{Db, Txn},
    entity::setting,
    error::DataError,
};

/// The name under which it is kept that this installation holds demonstration data.
pub const DEMO: &str = "demo";

/// The name under which a value is kept that only the right keys can make.
const KEY_CHECK: &str = "key_check";

/// The value of the setting `name`.
///
/// # Errors
/// When the database cannot be read.
pub async fn get(db: &Db, name: &str) -> Result<Option<String>, DataError> {
    Ok(setting::Entity::find_by_id(name).one(db.read()).await?.map(|row| row.value))
}

/// Sets the setting `name`.
///
/// # Errors
/// When the database refuses.
pub async fn set(txn: &Txn, name: &str, value: &str) -> Result<(), DataError> {
    let row = setting::ActiveModel { name: Set(name.to_owned()), value: Set(value.to_owned()) };
    let replace = OnConflict::column(setting::Column::Name).update_column(setting::Column::Value).to_owned();
    setting::Entity::insert(row).on_conflict(replace).exec_without_returning(&txn.0).await?;
    Ok(())
}

impl Db {
    /// Whether the keys are those that this database was filled with. The first time it is asked, it notes what they
    /// are, in a form that says nothing about them.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn keys_fit(&self) -> Result<bool, DataError> {
        let expected = match get(self, KEY_CHECK).await? {
            Some(noted) => noted,
            None => {
                let txn = self.begin().await?;
                let row =
                    setting::ActiveModel { name: Set(KEY_CHECK.to_owned()), value: Set(self.keys().check_value()?) };
                // Two servers that start at once: the first one's note stands.
                let keep = OnConflict::column(setting::Column::Name).do_nothing().to_owned();
                match setting::Entity::insert(row).on_conflict(keep).exec_without_returning(&txn.0).await {
                    Ok(_) | Err(sea_orm::DbErr::RecordNotInserted) => txn.commit().await?,
                    Err(error) => return Err(error.into()),
                }
                match get(self, KEY_CHECK).await? {
                    Some(noted) => noted,
                    None => return Err(DataError::Corrupt("the note of the keys was not kept")),
                }
            }
        };
        Ok(self.keys().fits(&expected))
    }

    /// Notes which keys there are now, so that older ones can go.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn note_keys(&self, txn: &Txn) -> Result<(), DataError> {
        set(txn, KEY_CHECK, &self.keys().check_value()?).await
    }
}
