//! Group agreements, with the counters of their lists.

use sea_orm::entity::prelude::*;

#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "contract")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub employer_id: i64,
    pub number: String,
    pub name: String,
    pub start_date: Date,
    pub end_date: Date,
    pub borderel_payment: bool,
    pub retroactive_days: i32,
    pub closing_day: i32,
    pub current_count: i64,
    pub current_main_count: i64,
    pub counted_on: Date,
    pub version: i64,
    pub demanded_level: Option<String>,
    pub enrol_back_days: i32,
    pub enrol_ahead_days: i32,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(belongs_to = "super::employer::Entity", from = "Column::EmployerId", to = "super::employer::Column::Id")]
    Employer,
}

impl Related<super::employer::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Employer.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}
