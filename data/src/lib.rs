//! SeaORM entities, migrations and queries, on SQLite and PostgreSQL.
//!
//! Architecture invariant: this is the only crate that names `sea_orm`, and no model of it leaves; functions take and
//! return types of `collectief_domain`. Every query of tenant data takes a [`scope::Scope`].

pub mod account;
pub mod account_management;
pub mod account_request;
pub mod audit;
pub mod broker;
pub mod case;
pub mod change;
pub mod check;
pub mod contract;
mod crypt;
pub mod db;
pub mod deregistration;
pub mod draft;
pub mod enrolment;
pub mod entity;
mod error;
pub mod flow;
pub mod identity;
pub mod link;
pub mod message;
mod migration;
pub mod mutation;
pub mod office;
pub mod outbox;
pub mod own_details;
pub mod participant;
pub mod passkey;
pub mod product;
pub mod reminder;
pub mod roster;
pub mod rotation;
pub mod scope;
pub mod second_factor;
pub mod session;
pub mod setting;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
pub mod validation;
mod wall;

pub use crypt::{Key, Keyring};
pub use db::{Db, PoolSize, Source, Txn};
pub use error::DataError;
