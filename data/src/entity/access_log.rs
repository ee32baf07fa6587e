//! Who saw and did what, as a chain of hashes.

use sea_orm::entity::prelude::*;

#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "access_log")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i64,
    pub recorded_at: i64,
    pub account_id: Option<i64>,
    pub actor_name: Option<String>,
    pub event: String,
    pub contract_id: Option<i64>,
    pub participation_id: Option<i64>,
    pub request_id: String,
    pub details: String,
    pub hash: Vec<u8>,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
