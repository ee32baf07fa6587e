//! Enrolling on the open pages and deciding about it, use case by use case: what waits, for whom, what comes of it, and
//! what nobody learns.

#![expect(clippy::unwrap_used, reason = "a test stops where it finds what it does not expect")]

#[path = "../fixture/mod.rs"]
#[expect(dead_code, reason = "each test of the service uses a part of it")]
mod fixture;

mod family;
mod limits;
mod open;
mod queue;
mod rights;
mod secrets;
mod steps;
mod strangers;
mod stuck;
mod together;
mod upkeep;
