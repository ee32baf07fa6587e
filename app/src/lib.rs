//! The pages of Collectief and their server functions.
//!
//! Architecture invariant: this crate names `collectief_service` only in the bodies of server functions and in [`ssr`],
//! and never names the database. It compiles for the server, where it writes HTML, and for the browser, where it
//! takes that HTML over; every page does its work without the browser's part as well.

pub mod account_management;
pub mod account_request;
pub mod dashboard;
pub mod deregister;
pub mod enrol;
pub mod enrol_inside;
pub mod error;
pub mod find;
pub mod flow;
pub mod frame;
pub mod i18n;
pub mod messages;
pub mod office;
pub mod own_details;
pub mod pages;
pub mod participants;
pub mod routes;
mod second_factor;
pub mod shell;
pub mod signin;
#[cfg(feature = "ssr")]
pub mod ssr;
pub mod ui;
pub mod usage;
pub mod validate;
pub mod wire;

pub use shell::{App, SiteFiles, shell};
