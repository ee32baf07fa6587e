//! Browsers in which somebody showed an identity that no account is linked to yet.

use sea_orm::entity::prelude::*;

#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "broker_proof")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub browser_hash: Vec<u8>,
    pub identity: Vec<u8>,
    pub kvk_number: String,
    pub assurance_level: String,
    pub expires_at: i64,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
