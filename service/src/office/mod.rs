//! The insurer's back office (PRODUCT.md M): every use case begins with [`SignedIn::office`](crate::SignedIn::office),
//! whose proof the queries take. For everybody else it is not there.

pub mod accounts;
pub mod employers;
pub mod log;
pub mod mails;
pub mod requests;
mod staff;
pub mod stuck;
mod viewing;
mod words;

pub(crate) use staff::add_for_show as add_staff_for_show;
pub use staff::{NewStaff, set_staff};
pub use viewing::{begin_viewing, end_viewing};
pub(crate) use words::LogWords;

use collectief_data::office::Office;
use collectief_domain::staff::StaffRight;

use crate::{
    Portal, Request, ServiceError, SignedIn,
    audit::{About, AuditKind, event},
    clock::written,
};

/// The most mails and requests of an address that are shown.
const SHOWN: u64 = 25;

/// The proof that somebody may change something here. Whoever may not leaves a trace of the try: our own pages never show
/// them the way.
fn changing(portal: &Portal, request: &Request, who: &SignedIn, right: StaffRight) -> Result<Office, ServiceError> {
    who.office(right).inspect_err(|_| {
        let refused = event(portal, request, who, AuditKind::OfficeRefused);
        portal.audit().view(refused.details(format!("{right:?}")));
    })
}

/// A moment, as `01-11-2026 12:00`.
fn without_seconds(millis: i64) -> String {
    let mut text = written(millis);
    text.truncate("01-11-2026 12:00".len());
    text
}
