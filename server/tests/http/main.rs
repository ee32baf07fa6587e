//! The server over HTTP, through its real router, on both databases. One program, because linking it takes long.

#![expect(clippy::unwrap_used, reason = "a test stops where it finds what it does not expect")]

mod access_log;
mod accounts;
mod authenticator;
mod back_office;
mod broker_sessions;
mod cookies;
mod csrf;
mod details;
mod download;
mod edges;
mod eherkenning;
mod fake_broker;
mod harness;
mod headers;
mod health;
mod hostile;
mod identity;
mod links;
mod listening;
mod passkeys;
mod requests;
mod rights;
mod scan;
mod second_factor;
mod second_factor_changes;
mod session;
mod sign_in;
