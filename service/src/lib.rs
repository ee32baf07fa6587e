//! The use cases: may I, load, decide, write and log, commit.
//!
//! Architecture invariant: policy and transactions live here and nowhere else, and are the same for the screen, the
//! API, imports and jobs. Nothing here knows HTTP or Leptos.

pub mod account;
pub mod account_management;
pub mod account_request;
pub mod address_change;
mod answer;
pub mod audit;
pub mod broker;
pub mod change;
pub mod check;
pub mod clock;
pub mod contract;
pub mod demo;
pub mod deregister;
pub mod enrol;
pub mod error;
pub mod export;
pub mod flow;
pub mod folder;
pub mod identity;
pub mod keys;
pub mod link;
pub mod message;
pub mod office;
pub mod outbox;
pub mod own_details;
pub mod participant;
mod password;
pub mod portal;
pub mod product;
pub mod remind;
pub mod roster;
pub mod second_factor;
pub mod secret;
pub mod session;
pub mod validate;

#[cfg(any(test, feature = "testing"))]
pub use collectief_data::testing;
pub use error::ServiceError;
pub use portal::{Limits, MustSetUp, Portal, Reach, Request, SignedIn, Viewing};
