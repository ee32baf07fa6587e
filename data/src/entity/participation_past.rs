//! Earlier versions of participations.

use sea_orm::entity::prelude::*;

#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "participation_past")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub participation_id: i64,
    #[sea_orm(primary_key, auto_increment = false)]
    pub version: i64,
    pub contract_id: i64,
    pub start_date: Date,
    pub end_date: Date,
    pub end_reason: Option<String>,
    pub personnel_number: String,
    pub recorded_at: i64,
    pub superseded_at: i64,
    pub products: String,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(
        belongs_to = "super::participation::Entity",
        from = "Column::ParticipationId",
        to = "super::participation::Column::Id"
    )]
    Participation,
}

impl Related<super::participation::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Participation.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}
