//! Portal accounts.

use sea_orm::entity::prelude::*;

#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "account")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub email: String,
    pub name: String,
    pub password_hash: Option<String>,
    pub language: String,
    pub theme: String,
    pub wrong_passwords: i32,
    pub blocked_at: Option<i64>,
    pub rights_version: i64,
    pub created_at: i64,
    pub staff_roles: i32,
    pub password_is_short: bool,
    pub telephone: String,
    pub reminder_email: Option<String>,
    pub reminder_mode: String,
    pub absent_from: Option<Date>,
    pub absent_until: Option<Date>,
    pub deputy_id: Option<i64>,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
