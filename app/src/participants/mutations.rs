//! What changed about a participant, and through which door it came.

use collectief_domain::{
    actor::Channel,
    mutation::{MutationKind, MutationState, MutationView, ParticipationState},
};
use leptos::prelude::*;

use super::person::{dash, sheet};
use crate::{
    deregister::reason_name,
    i18n::Texts,
    ui::{
        format,
        mark::{Kind, Tag},
    },
};

/// What kind of mutation it is, in the reader's language.
fn kind_name(t: &Texts, kind: MutationKind) -> &'static str {
    let p = t.person();
    match kind {
        MutationKind::Deregistration => p.kind_deregistration,
        MutationKind::DeregistrationWithdrawn => p.kind_withdrawn,
        MutationKind::PersonnelNumber => p.kind_number,
        MutationKind::Roster => p.kind_roster,
        MutationKind::Enrolment => p.kind_enrolment,
        MutationKind::DependantIn => p.kind_dependant_in,
        MutationKind::Correction => p.kind_correction,
        MutationKind::Details => p.kind_details,
        MutationKind::Products => p.kind_products,
        MutationKind::MovedOut => p.kind_moved_out,
        MutationKind::MovedIn => p.kind_moved_in,
    }
}

/// Through which door something came in, in the reader's language.
pub fn channel_name(t: &Texts, channel: Channel) -> &'static str {
    let p = t.person();
    match channel {
        Channel::Portal => p.channel_portal,
        Channel::Import => p.channel_import,
        Channel::Operator => p.channel_operator,
        Channel::Demo => p.channel_demo,
        Channel::OpenEmployee => p.channel_open_employee,
        Channel::OpenEmployer => p.channel_open_employer,
        Channel::EmployeeLink => p.channel_employee_link,
        Channel::Insurer => p.channel_insurer,
        Channel::Api => p.channel_api,
    }
}

/// The mutations of a participant, newest first, each with what it changed.
pub(super) fn mutations(t: &'static Texts, mutations: &[MutationView]) -> AnyView {
    let p = t.person();
    if mutations.is_empty() {
        return view! {
            <section class="sheet pad">
                <h2>{p.mutations}</h2>
                <p class="soft">{p.no_mutations}</p>
            </section>
        }
        .into_any();
    }
    let rows: Vec<_> = mutations
        .iter()
        .map(|mutation| {
            let kind = kind_name(t, mutation.kind);
            let (state, mark) = match mutation.state {
                MutationState::Requested => (p.state_requested, Kind::Wait),
                MutationState::Processed => (p.state_processed, Kind::In),
                MutationState::Withdrawn => (p.state_withdrawn, Kind::Plain),
            };
            let channel = channel_name(t, mutation.channel);
            let who = mutation.actor_name.clone().map_or_else(|| channel.to_owned(), |name| format!("{name} · {channel}"));
            view! {
                <tr>
                    <th scope="row" data-label=p.what>{kind} " " <Tag kind=mark label=state /></th>
                    <td class="change" data-label=p.change_column>{difference(t, &mutation.before, &mutation.after)}</td>
                    <td data-label=p.valid_from>{format::date(mutation.valid_from)}</td>
                    <td data-label=p.recorded_on>{format::date(mutation.recorded_on)}</td>
                    <td data-label=p.who>{who}</td>
                </tr>
            }
        })
        .collect();
    let head = view! {
        <th scope="col">{p.what}</th>
        <th scope="col">{p.change_column}</th>
        <th scope="col">{p.valid_from}</th>
        <th scope="col">{p.recorded_on}</th>
        <th scope="col">{p.who}</th>
    };
    sheet("mutaties", p.mutations, head.into_any(), rows.into_any())
}

/// What a mutation changed: each field with what it was and what it became.
fn difference(t: &'static Texts, before: &ParticipationState, after: &ParticipationState) -> AnyView {
    let reason = |state: &ParticipationState| {
        state.end_reason.map_or_else(|| "-".to_owned(), |reason| reason_name(t, reason).to_owned())
    };
    let products = |state: &ParticipationState| dash(&state.products.replace(',', ", "));
    let fields = [
        (t.participants().col_start, format::date_or_dash(before.start_date), format::date_or_dash(after.start_date)),
        (t.participants().col_end, format::date_or_dash(before.end_date), format::date_or_dash(after.end_date)),
        (t.deregister().reason, reason(before), reason(after)),
        (t.participants().personnel_number, dash(&before.personnel_number), dash(&after.personnel_number)),
        (t.person().products, products(before), products(after)),
    ];
    let changed: Vec<_> = fields
        .into_iter()
        .filter(|(_, before, after)| before != after)
        .map(|(label, before, after)| {
            view! {
                <li>
                    {label} ": " <del><span class="visually-hidden">{t.person().was} " "</span> {before}</del> " → "
                    <ins><span class="visually-hidden">{t.person().became} " "</span> {after}</ins>
                </li>
            }
        })
        .collect();
    view! { <ul>{changed}</ul> }.into_any()
}
