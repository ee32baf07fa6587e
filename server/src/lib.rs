//! The server and the commands of Collectief.
//!
//! Architecture invariant: this crate only wires. It reads the configuration, opens the portal, and gives requests to
//! the pages of `collectief_app` and the use cases of `collectief_service`; no rule about participants is in it.

pub mod assets;
pub mod broker;
pub mod client;
pub mod command;
mod document;
pub mod download;
pub mod eherkenning;
pub mod failure;
pub mod health;
pub mod jobs;
pub mod keys;
pub mod listen;
pub mod metrics;
mod recovery_codes;
pub mod router;
pub mod security;
pub mod serve;
pub mod session;
pub mod settings;
pub mod sign_out;
pub mod start;
pub mod state;
