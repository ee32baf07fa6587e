//! What happened on contracts.

use sea_orm::entity::prelude::*;

#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "message")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub contract_id: i64,
    pub category: String,
    pub kind: String,
    pub full_name: String,
    pub others: i32,
    pub day: Option<Date>,
    pub by_name: Option<String>,
    pub participation_id: Option<i64>,
    pub case_id: Option<i64>,
    pub recorded_at: i64,
    pub case_kind: Option<String>,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
