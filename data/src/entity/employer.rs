//! Organisations with a KvK number.

use sea_orm::entity::prelude::*;

#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "employer")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub kvk_number: Option<String>,
    pub name: String,
    pub main_account_id: Option<i64>,
    pub second_factor_required: bool,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
