//! Requests that wait for a decision, and their whole life.

use sea_orm::entity::prelude::*;

#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "mutation_case")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub contract_id: i64,
    pub kind: String,
    pub state: String,
    pub channel: String,
    pub needs_validation: bool,
    pub form_key: Vec<u8>,
    pub reference: String,
    pub full_name: String,
    pub sort_key: String,
    pub search_text: String,
    pub birth_date: Date,
    pub effective: Date,
    pub personnel_number: String,
    pub products: String,
    pub dependants: i32,
    pub language: String,
    pub request: Vec<u8>,
    pub since: i64,
    pub created_at: i64,
    pub last_by: Option<i64>,
    pub last_by_name: Option<String>,
    pub is_answered: bool,
    pub participation_id: Option<i64>,
    pub stuck_cause: Option<String>,
    pub assigned_to: Option<i64>,
    pub assigned_name: Option<String>,
    pub version: i64,
    pub reminded: i32,
    pub remind_at: Option<i64>,
    pub about_id: Option<i64>,
    pub to_contract_id: Option<i64>,
    pub is_proven: bool,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
