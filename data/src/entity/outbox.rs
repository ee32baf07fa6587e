//! Messages that must leave the portal.

use sea_orm::entity::prelude::*;

#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "outbox")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub kind: String,
    pub dedupe_key: String,
    pub recipient: Option<String>,
    pub language: String,
    pub payload: String,
    pub state: String,
    pub attempts: i32,
    pub next_try_at: i64,
    pub created_at: i64,
    pub sent_at: Option<i64>,
    pub error: Option<String>,
    pub assigned_to: Option<i64>,
    pub assigned_name: Option<String>,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
