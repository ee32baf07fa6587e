//! The rules and types of collective health insurance.
//!
//! Architecture invariant: this crate knows no database, no HTTP, no framework and no current time. "Today" is always
//! an argument. It compiles for the browser as well as for the server, so that both sides share one definition of every
//! form, row and rule.

pub mod access_log;
pub mod account;
pub mod account_management;
pub mod account_request;
pub mod actor;
pub mod address;
pub mod assurance;
pub mod bsn;
pub mod case;
pub mod change;
pub mod contract;
pub mod date;
pub mod deregistration;
pub mod device;
pub mod employer;
pub mod enrolment;
pub mod field;
pub mod flow;
pub mod frame;
pub mod ids;
pub mod message;
pub mod money;
pub mod mutation;
pub mod name;
pub mod office;
pub mod own_details;
pub mod page;
pub mod participant;
pub mod passkey;
pub mod password;
pub mod period;
pub mod product;
pub mod query;
pub mod reminder;
pub mod roster;
pub mod search;
pub mod second_factor;
pub mod staff;
