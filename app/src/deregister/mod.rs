//! Deregistering: the fields, what is shown before anything is done, the page for one or several, and the
//! acknowledgement. The list opens the same fields in a row and the same check in a dialog.

mod actions;
mod check;
mod fields;
mod page;
mod receipt;

use collectief_domain::{
    deregistration::{DeregisterForm, DeregistrationReceipt, EndReason, Refusal},
    ids::MutationId,
};

pub use actions::{
    ASK_INSURER, DeregisterAnswer, DeregisterParticipants, Deregistered, ListDeregistered, NAMED_MAX,
    PrepareDeregistration, PreviewDeregistration, RequestDeregistration, WithdrawDeregistration,
    deregister_participants, form_of, list_deregistered, prepare_deregistration, preview_deregistration,
    request_deregistration, withdraw_deregistration,
};
pub use check::{Check, Problem, Refused};
pub use fields::EndFields;
pub use page::DeregisterPage;
pub use receipt::{DoneReceipt, Withdraw};

use crate::{
    i18n::{Texts, long_date},
    participants::{Done, person_with},
    routes,
    ui::format,
};

/// A reason in the reader's language.
pub fn reason_name(t: &Texts, reason: EndReason) -> &'static str {
    let t = t.deregister();
    match reason {
        EndReason::EindeCollectiviteit => t.reason_contract,
        EndReason::Overleden => t.reason_death,
        EndReason::EindeDienstverband => t.reason_employment,
        EndReason::EindeDienstverbandObu => t.reason_obu,
        EndReason::EindeDienstverbandWia => t.reason_wia,
    }
}

/// Why somebody cannot be deregistered on that date, and what can be done about it.
fn refusal_text(t: &Texts, refusal: Refusal) -> String {
    let t = t.deregister();
    match refusal {
        Refusal::EndBeforeStart { start } => t.refused_before_start(format::date(start)),
        Refusal::EndBeforeContract { start } => t.refused_before_contract(format::date(start)),
        Refusal::AfterExistingEnd { end } => t.refused_after_end(format::date(end)),
        Refusal::DeathInFuture => t.refused_death_in_future.to_owned(),
        Refusal::TooFarBack { earliest } => t.refused_too_far_back(long_date(earliest)),
    }
}

/// Where one goes after a deregistration: to the person, or to the acknowledgement for several.
pub fn after(receipt: &DeregistrationReceipt) -> String {
    let heads: Vec<_> = receipt.ends.iter().filter(|ending| ending.with.is_none()).collect();
    if let [only] = heads.as_slice() {
        return person_with(only.id, if receipt.requested { Done::Requested } else { Done::Deregistered });
    }
    let ids: Vec<String> = receipt.ends.iter().map(|ending| ending.id.to_string()).collect();
    let done = if receipt.requested { Done::Requested } else { Done::Deregistered };
    routes::with_query(routes::DEREGISTER_SELECTED, &[(done.name(), &ids.join(","))])
}

/// The page that does the same as the dialog: the form in the address, so that it can be loaded anew.
pub fn check_address(path: &str, form: &DeregisterForm, change: bool) -> String {
    routes::with_query(
        path,
        &[
            ("wie", form.wie.as_str()),
            ("einddatum", form.einddatum.as_str()),
            ("reden", form.reden.as_str()),
            ("wijzig", if change { "ja" } else { "" }),
        ],
    )
}

/// The key under which taking back this deregistration is done once: there is only one way to take it back.
pub fn withdraw_key(mutation: MutationId) -> String {
    format!("intrekken-{mutation}")
}
