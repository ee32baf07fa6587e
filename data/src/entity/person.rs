//! Insured people, their names and sealed BSNs.

use sea_orm::entity::prelude::*;

#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "person")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub relation_number: String,
    pub bsn_cipher: Option<Vec<u8>>,
    pub bsn_index: Option<Vec<u8>>,
    pub initials: String,
    pub prefix: String,
    pub surname: String,
    pub partner_prefix: String,
    pub partner_surname: String,
    pub name_use: String,
    pub birth_date: Date,
    pub gender: String,
    pub email: Option<String>,
    pub version: i64,
    pub street: Option<String>,
    pub house_number: Option<String>,
    pub postcode: Option<String>,
    pub city: Option<String>,
    pub phone: Option<String>,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
