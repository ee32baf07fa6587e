//! Changes and their whole life.

use sea_orm::entity::prelude::*;

#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "mutation")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub contract_id: i64,
    pub participation_id: i64,
    pub household_id: Option<i64>,
    pub withdraws_id: Option<i64>,
    pub kind: String,
    pub channel: String,
    pub state: String,
    pub valid_from: Date,
    pub recorded_at: i64,
    pub account_id: Option<i64>,
    pub actor_name: Option<String>,
    pub state_before: String,
    pub state_after: String,
    pub case_id: Option<i64>,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(belongs_to = "super::contract::Entity", from = "Column::ContractId", to = "super::contract::Column::Id")]
    Contract,
    #[sea_orm(
        belongs_to = "super::participation::Entity",
        from = "Column::ParticipationId",
        to = "super::participation::Column::Id"
    )]
    Participation,
    #[sea_orm(belongs_to = "Entity", from = "Column::HouseholdId", to = "Column::Id")]
    Household,
    #[sea_orm(belongs_to = "Entity", from = "Column::WithdrawsId", to = "Column::Id")]
    Withdraws,
    #[sea_orm(belongs_to = "super::account::Entity", from = "Column::AccountId", to = "super::account::Column::Id")]
    Account,
}

impl Related<super::contract::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Contract.def()
    }
}

impl Related<super::participation::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Participation.def()
    }
}

impl Related<super::account::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Account.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}
