//! Signed-in sessions.

use sea_orm::entity::prelude::*;

#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "session")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub token_hash: Vec<u8>,
    pub account_id: i64,
    pub chosen_contract_id: Option<i64>,
    pub device: String,
    pub created_at: i64,
    pub last_seen_at: i64,
    pub assurance_level: Option<String>,
    pub viewed_employer_id: Option<i64>,
    pub viewed_until: Option<i64>,
    pub second_factor: Option<String>,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(belongs_to = "super::account::Entity", from = "Column::AccountId", to = "super::account::Column::Id")]
    Account,
    #[sea_orm(
        belongs_to = "super::contract::Entity",
        from = "Column::ChosenContractId",
        to = "super::contract::Column::Id"
    )]
    ChosenContract,
}

impl Related<super::account::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Account.def()
    }
}

impl Related<super::contract::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::ChosenContract.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}
