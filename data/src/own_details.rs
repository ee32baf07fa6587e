//! What the owner of an account sees and changes of it.

use collectief_domain::{actor::Language, ids::AccountId, own_details::Details};
use sea_orm::{QuerySelect, prelude::*};

use crate::{
    account::fold_email,
    db::{Db, Txn},
    entity::account,
    error::DataError,
};

/// What is kept of the owner of an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnDetails {
    /// Name.
    pub name: String,
    /// Telephone number; empty for none.
    pub telephone: String,
    /// The language that was chosen.
    pub language: Language,
    /// The address that one signs in with.
    pub email: String,
    /// The address for reminders; `None` is the one that one signs in with.
    pub reminder_email: Option<String>,
}

/// What is kept of the owner of this account.
///
/// # Errors
/// When the database cannot be read.
pub async fn find(db: &Db, account: AccountId) -> Result<Option<OwnDetails>, DataError> {
    let found: Option<(String, String, String, String, Option<String>)> = account::Entity::find_by_id(account.0)
        .select_only()
        .columns([
            account::Column::Name,
            account::Column::Telephone,
            account::Column::Language,
            account::Column::Email,
            account::Column::ReminderEmail,
        ])
        .into_tuple()
        .one(db.read())
        .await?;
    Ok(found.map(|(name, telephone, language, email, reminder_email)| OwnDetails {
        name,
        telephone,
        language: Language::from_tag(&language).unwrap_or_default(),
        email,
        reminder_email,
    }))
}

/// Keeps name, telephone number and language.
///
/// # Errors
/// When the database refuses.
pub async fn save(txn: &Txn, account: AccountId, details: Details<'_>) -> Result<(), DataError> {
    account::Entity::update_many()
        .col_expr(account::Column::Name, Expr::value(details.name))
        .col_expr(account::Column::Telephone, Expr::value(details.telephone))
        .col_expr(account::Column::Language, Expr::value(details.language.tag()))
        .filter(account::Column::Id.eq(account.0))
        .exec(&txn.0)
        .await?;
    Ok(())
}

/// Makes this the address that one signs in with.
///
/// # Errors
/// [`DataError::Duplicate`] when it is another account's.
pub async fn set_email(txn: &Txn, account: AccountId, email: &str) -> Result<(), DataError> {
    account::Entity::update_many()
        .col_expr(account::Column::Email, Expr::value(fold_email(email)))
        .filter(account::Column::Id.eq(account.0))
        .exec(&txn.0)
        .await?;
    Ok(())
}

/// Makes this the address for reminders; `None` is the one that one signs in with.
///
/// # Errors
/// When the database refuses.
pub async fn set_reminder_email(txn: &Txn, account: AccountId, email: Option<&str>) -> Result<(), DataError> {
    account::Entity::update_many()
        .col_expr(account::Column::ReminderEmail, Expr::value(email.map(fold_email)))
        .filter(account::Column::Id.eq(account.0))
        .exec(&txn.0)
        .await?;
    Ok(())
}
