//! Periods of a person in a contract.

use sea_orm::entity::prelude::*;

#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "participation")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub contract_id: i64,
    pub person_id: i64,
    pub main_id: Option<i64>,
    pub start_date: Date,
    pub end_date: Date,
    pub end_reason: Option<String>,
    pub personnel_number: String,
    pub full_name: String,
    pub sort_key: String,
    pub search_text: String,
    pub relation_number: String,
    pub birth_date: Date,
    pub gender: String,
    pub version: i64,
    pub recorded_at: i64,
    pub products: String,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(belongs_to = "super::contract::Entity", from = "Column::ContractId", to = "super::contract::Column::Id")]
    Contract,
    #[sea_orm(belongs_to = "super::person::Entity", from = "Column::PersonId", to = "super::person::Column::Id")]
    Person,
    #[sea_orm(belongs_to = "Entity", from = "Column::MainId", to = "Column::Id")]
    Main,
}

impl Related<super::contract::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Contract.def()
    }
}

impl Related<super::person::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Person.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}
