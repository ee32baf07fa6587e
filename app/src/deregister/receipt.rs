//! The acknowledgement: what was done, where they now stand, and the way back.

use collectief_domain::{
    deregistration::{DeregistrationReceipt, WithdrawForm},
    ids::MutationId,
};
use leptos::{ev::SubmitEvent, prelude::*};

use super::{
    NAMED_MAX, WithdrawDeregistration,
    actions::{Deregistered, list_deregistered},
    check::Problem,
    withdraw_key,
};
use crate::{
    frame::use_frame,
    i18n::use_texts,
    participants::Done,
    routes,
    ui::{
        format,
        loaded::loaded,
        mark::{Busy, Receipt},
        page::{Failure, Page},
    },
};

/// "Intrekken": takes one household's deregistration back. Without JavaScript it posts to the person's page.
#[component]
pub fn Withdraw(
    /// The deregistration.
    mutation: MutationId,
    /// The page it is posted to without JavaScript.
    action: String,
    /// Whom it is about, for those who hear the page.
    #[prop(into)]
    full_name: String,
    /// Takes it back in the browser.
    withdraw: ServerAction<WithdrawDeregistration>,
) -> impl IntoView {
    let d = use_texts().deregister();
    let form = WithdrawForm { mutatie: mutation.to_string(), sleutel: withdraw_key(mutation) };
    let sent = form.clone();
    let on_submit = move |event: SubmitEvent| {
        event.prevent_default();
        withdraw.dispatch(WithdrawDeregistration { form: sent.clone() });
    };
    view! {
        <form class="withdraw" method="post" action=action on:submit=on_submit>
            <input type="hidden" name="actie" value="intrekken" />
            <input type="hidden" name="mutatie" value=form.mutatie />
            <input type="hidden" name="sleutel" value=form.sleutel />
            <button class="button stop" aria-label=d.withdraw_of(&full_name) disabled=move || withdraw.pending().get()>
                {d.withdraw}
            </button>
        </form>
    }
    .into_any()
}

/// What takes the shown receipt back, kept with the list.
#[derive(Clone)]
struct Withdrawing {
    mutations: Vec<MutationId>,
    withdraw: ServerAction<WithdrawDeregistration>,
}

/// What takes this receipt back. The receipt is made anew while that may be under way, and finds it again here.
fn withdrawing(receipt: &DeregistrationReceipt, on_withdrawn: Callback<()>) -> ServerAction<WithdrawDeregistration> {
    if let Some(shown) = use_context::<Withdrawing>().filter(|shown| shown.mutations == receipt.mutations) {
        return shown.withdraw;
    }
    let withdraw = ServerAction::<WithdrawDeregistration>::new();
    Effect::new(move |_| {
        if let Some(Ok(_)) = withdraw.value().get() {
            on_withdrawn.run(());
        }
    });
    provide_context(Withdrawing { mutations: receipt.mutations.clone(), withdraw });
    withdraw
}

/// What was done in the list, above the list.
#[component]
pub fn DoneReceipt(
    /// What was done.
    receipt: DeregistrationReceipt,
    /// The list, which outlives its receipts.
    list: Owner,
    /// It was taken back.
    on_withdrawn: Callback<()>,
) -> impl IntoView {
    let t = use_texts();
    let d = t.deregister();
    let withdraw = list.with(|| withdrawing(&receipt, on_withdrawn));
    let today = use_frame().today;
    let count = receipt.ends.len() as u64;
    let end = receipt.ends.first().map(|ending| ending.end_date);
    let title = if receipt.requested { d.requested(count) } else { d.done(count) };
    let text = match end {
        _ if receipt.requested => d.requested_text.to_owned(),
        Some(end) if end < today => d.done_former(format::date(end)),
        Some(end) => d.done_current(format::date(end)),
        None => String::new(),
    };
    let shown = receipt.ends.len();
    let people: Vec<_> = receipt
        .ends
        .iter()
        .enumerate()
        .take(NAMED_MAX)
        .map(|(place, ending)| {
            let along = ending.with.map(|_| view! { " " <span class="soft">{d.ends_along}</span> });
            let mutation = receipt.mutations.get(place).copied().filter(|_| ending.with.is_none());
            let back = mutation.map(|mutation| {
                view! { <Withdraw mutation action=routes::person(ending.id) full_name=ending.full_name.clone() withdraw /> }
            });
            view! { <li><a href=routes::person(ending.id)>{ending.full_name.clone()}</a> {along} {back}</li> }
        })
        .collect();
    view! {
        <Receipt title>
            <p>{text}</p>
            <ul class="people">{people}</ul>
            {(shown > NAMED_MAX).then(|| view! { <p>{d.and_more((shown - NAMED_MAX) as u64)}</p> })}
            {move || withdraw.value().get().and_then(Result::err).map(|error| view! { <Problem error /> })}
        </Receipt>
    }
    .into_any()
}

/// What was done to several, as a page of its own.
#[component]
pub fn DonePage(
    /// What was done.
    done: Done,
    /// To whom, as ids separated by commas.
    ids: String,
) -> impl IntoView {
    let count = ids.split(',').filter(|id| !id.is_empty()).count();
    let looked = RwSignal::new(0_u32);
    let withdraw = ServerAction::<WithdrawDeregistration>::new();
    Effect::new(move |_| {
        if let Some(Ok(_)) = withdraw.value().get() {
            looked.update(|times| *times += 1);
        }
    });
    let people = Resource::new_blocking(move || looked.get(), move |_| list_deregistered(ids.clone()));
    view! {
        <Transition fallback=Busy>
            {loaded(move || async move {
                match people.await {
                    Ok(people) => done_view(done, count, people, withdraw),
                    Err(error) => view! { <Failure error /> }.into_any(),
                }
            })}
        </Transition>
    }
}

fn done_view(
    done: Done,
    count: usize,
    people: Vec<Deregistered>,
    withdraw: ServerAction<WithdrawDeregistration>,
) -> AnyView {
    let t = use_texts();
    let d = t.deregister();
    let requested = done == Done::Requested;
    let title = if requested { d.requested(count as u64) } else { d.done(count as u64) };
    let rows: Vec<_> = people
        .into_iter()
        .map(|person| {
            let stands = match person.end_date {
                _ if requested => d.stands_requested.to_owned(),
                Some(end) if person.is_former => d.stands_former(format::date(end)),
                Some(end) => d.stands_until(format::date(end)),
                None => d.stands_open.to_owned(),
            };
            let back = person.withdrawable.map(|mutation| {
                view! { <Withdraw mutation action=routes::person(person.id) full_name=person.full_name.clone() withdraw /> }
            });
            view! {
                <li>
                    <a href=routes::person(person.id)>{person.full_name.clone()}</a>
                    " "
                    <span class="soft">{stands}</span>
                    " "
                    {back}
                </li>
            }
        })
        .collect();
    let more = count.saturating_sub(NAMED_MAX);
    view! {
        <Page title=d.title>
            <Receipt title>
                <ul class="people">{rows}</ul>
                {(more > 0).then(|| view! { <p>{d.and_more(more as u64)}</p> })}
            </Receipt>
            {move || withdraw.value().get().and_then(Result::err).map(|error| view! { <Problem error /> })}
            <p class="inline">
                <a class="button act" href=routes::CURRENT>{t.participants().title_current}</a>
                <a class="button" href=routes::FORMER>{t.participants().title_former}</a>
            </p>
        </Page>
    }
    .into_any()
}
