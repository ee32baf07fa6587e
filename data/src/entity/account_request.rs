//! Requests for an account.

use sea_orm::entity::prelude::*;

#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "account_request")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub form_key: Vec<u8>,
    pub token_hash: Vec<u8>,
    pub expires_at: i64,
    pub organisation: String,
    pub kvk_number: String,
    pub contract_number: String,
    pub name: String,
    pub email: String,
    pub phone: String,
    pub roles: i32,
    pub language: String,
    pub state: String,
    pub since: i64,
    pub decided_at: Option<i64>,
    pub decided_by: Option<i64>,
    pub decided_by_name: Option<String>,
    pub reason: Option<String>,
    pub version: i64,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(belongs_to = "super::account::Entity", from = "Column::DecidedBy", to = "super::account::Column::Id")]
    Decider,
}

impl Related<super::account::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Decider.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}
