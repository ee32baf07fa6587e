//! The server over HTTP, through its real router, on both databases. One program, because linking it takes long.

#![expect(clippy::unwrap_used, reason = "a test stops where it finds what it does not expect")]

mod accounts;
mod csrf;
mod details;
mod download;
mod harness;
mod headers;
mod health;
mod links;
mod listening;
mod rights;
mod session;
mod sign_in;
