//! The page of one participant (`/deelnemers/:id`): who it is, with whom, since when, and what changed.

use collectief_domain::{
    deregistration::{PERSONNEL_NUMBER_MAX, PersonnelNumberForm},
    field::FieldErrors,
    ids::ParticipationId,
    name::{Gender, NameUse},
    participant::{HouseholdMember, ParticipantView, PersonPeriod},
};
use leptos::{ev::SubmitEvent, prelude::*};
use leptos_router::{
    NavigateOptions,
    hooks::{use_navigate, use_params_map, use_query_map},
};

use super::{
    actions::{ChangePersonnelNumber, PersonAnswer, RevealBsn, view_participant},
    address::{Done, person_with},
    mutations::mutations,
};
use crate::{
    deregister::{Problem, Withdraw, WithdrawDeregistration, reason_name},
    error::AppError,
    i18n::{Texts, use_texts},
    routes,
    ui::{
        error_summary::ErrorSummary,
        field::TextField,
        form, format,
        loaded::loaded,
        mark::{Busy, Kind, Receipt, Tag},
        page::{Failure, Page},
    },
};

/// The page.
#[component]
pub fn PersonPage() -> impl IntoView {
    let params = use_params_map();
    let query = use_query_map();
    let id = Memo::new(move |_| params.with(|params| params.get_str("id").unwrap_or_default().to_owned()));
    // What was just done is in the address, and makes the page be read anew.
    let done = Memo::new(move |_| query.with(Done::read));
    let changes = RwSignal::new(0_u32);
    let answer = Resource::new_blocking(
        move || (id.get(), done.get().map(Done::name), changes.get()),
        |(id, ..)| view_participant(id),
    );
    let editing = Memo::new(move |_| query.with(|query| query.get_str("wijzig").is_some()));
    let withdrawing = Memo::new(move |_| query.with(|query| query.get_str("intrekken").is_some()));
    view! {
        <Transition fallback=Busy>
            {loaded(move || async move {
                match answer.await {
                    Ok(answer) => person(answer, done.get_untracked(), editing, withdrawing, changes),
                    Err(error) => view! { <Failure error /> }.into_any(),
                }
            })}
        </Transition>
    }
}

fn person(
    answer: PersonAnswer,
    done: Option<Done>,
    editing: Memo<bool>,
    withdrawing: Memo<bool>,
    changes: RwSignal<u32>,
) -> AnyView {
    let t = use_texts();
    let p = t.person();
    let PersonAnswer { view, revealed, number, not_withdrawn } = answer;
    let is_former = view.end_date.is_some_and(|end| end < view.today);
    let is_future = view.start_date > view.today;
    let wrong = number.is_some() || not_withdrawn.is_some();
    let state = if is_former {
        view! { <Tag kind=Kind::Out label=p.former /> }
    } else if is_future {
        view! { <Tag kind=Kind::In label=t.participants().starts /> }
    } else if view.end_date.is_some() {
        view! { <Tag kind=Kind::Wait label=t.participants().stops /> }
    } else {
        view! { <Tag kind=Kind::In label=p.current /> }
    };
    let intro = {
        let contract = format!("{} · {}", view.contract.number, view.contract.name);
        move || view! { <p class="soft">{contract.clone()}</p> }.into_any()
    };
    let deregister = (view.may_change && !is_former).then(|| {
        view! { <a class="button stop" href=routes::deregister(view.id)>{t.deregister().deregister}</a> }
    });
    // A dependant's household has the main insured in it.
    let is_main = view.household.iter().all(|member| !member.is_main);
    let add = (view.may_change && !is_former && is_main).then(|| {
        view! { <a class="button" href=routes::add_dependant(view.id)>{p.add_dependant}</a> }
    });
    let list = if is_former {
        (routes::FORMER, t.participants().title_former)
    } else {
        (routes::CURRENT, t.participants().title_current)
    };
    view! {
        <Page title=view.full_name.clone() wrong=wrong intro=intro>
            {done.and_then(|done| acknowledged(t, done, &view, is_former))}
            {not_withdrawn.map(|error| view! { <Problem error /> })}
            <p class="inline">{state} {deregister} {add} <a href=list.0>{list.1}</a></p>
            <div class="person">
                <section class="sheet pad">
                    <h2>{p.particulars}</h2>
                    {particulars(t, &view, revealed)}
                </section>
                <section class="sheet pad">
                    <h2>{p.participation}</h2>
                    {participation(t, &view, number, editing, changes)}
                    {taking_back(t, &view, withdrawing)}
                </section>
            </div>
            {household(t, &view.household)}
            {periods(t, view.id, &view.periods)}
            {mutations(t, &view.mutations)}
        </Page>
    }
    .into_any()
}

/// What was just done, and where the person now stands.
fn acknowledged(t: &'static Texts, done: Done, view: &ParticipantView, is_former: bool) -> Option<AnyView> {
    let d = t.deregister();
    let (title, text) = match done {
        Done::Deregistered => {
            // Taken back or changed meanwhile: then the address says more than is so.
            let end = view.end_date?;
            let along =
                view.household.iter().filter(|member| !member.is_main && member.end_date == Some(end)).count() as u64;
            let stands = if is_former { d.done_former(format::date(end)) } else { d.done_current(format::date(end)) };
            (d.done(1 + along), stands)
        }
        Done::Requested => (d.requested(1), d.requested_text.to_owned()),
        Done::Withdrawn => (d.withdrawn_title.to_owned(), d.withdrawn_text.to_owned()),
        Done::Number => {
            let text = if view.personnel_number.is_empty() {
                t.person().number_removed.to_owned()
            } else {
                t.person().number_is(&view.personnel_number)
            };
            (t.person().number_changed.to_owned(), text)
        }
    };
    Some(view! { <Receipt title><p>{text}</p></Receipt> }.into_any())
}

fn particulars(t: &'static Texts, view: &ParticipantView, revealed: Option<String>) -> AnyView {
    let p = t.person();
    let name = &view.name;
    let full = |prefix: &str, surname: &str| {
        [prefix, surname].iter().filter(|part| !part.is_empty()).copied().collect::<Vec<_>>().join(" ")
    };
    let own = full(&name.prefix, &name.surname);
    let partner = full(&name.partner_prefix, &name.partner_surname);
    let name_use = match name.name_use {
        NameUse::E => p.name_own,
        NameUse::P => p.name_partner,
        NameUse::V => p.name_partner_own,
        NameUse::N => p.name_own_partner,
    };
    let gender = match view.gender {
        Gender::V => p.woman,
        Gender::M => p.man,
        Gender::X => p.neither,
        Gender::Unknown => "-",
    };
    let bsn = view.bsn.map(|masked| {
        let reveal = ServerAction::<RevealBsn>::new();
        let id = view.id;
        let may_reveal = view.may_reveal_bsn;
        let on_submit = move |event: SubmitEvent| {
            event.prevent_default();
            reveal.dispatch(RevealBsn { id: id.to_string() });
        };
        let first = revealed.clone();
        let shown = Signal::derive(move || {
            reveal.value().get().and_then(Result::ok).or_else(|| first.clone())
        });
        view! {
            <dt>{p.bsn}</dt>
            <dd>
                <span aria-live="polite">{move || shown.get().unwrap_or_else(|| masked.to_string())}</span>
                {move || {
                    // The button goes once the number is shown.
                    (may_reveal && shown.with(Option::is_none))
                        .then(|| {
                            view! {
                                " "
                                <form class="at-once" method="post" action=routes::person(id) on:submit=on_submit>
                                    <input type="hidden" name="actie" value="toon" />
                                    <button class="link" disabled=move || reveal.pending().get()>{t.participants().show}</button>
                                </form>
                            }
                        })
                }}
                {move || reveal.value().get().and_then(Result::err).map(|error| view! { <Problem error /> })}
            </dd>
        }
    });
    view! {
        <dl class="facts">
            <dt>{p.initials}</dt>
            <dd>{name.initials.clone()}</dd>
            <dt>{p.birth_name}</dt>
            <dd>{own}</dd>
            {(!partner.is_empty())
                .then(|| {
                    view! {
                        <dt>{p.partner_name}</dt>
                        <dd>{partner}</dd>
                        <dt>{p.name_use}</dt>
                        <dd>{name_use}</dd>
                    }
                })}
            <dt>{t.participants().birth_date}</dt>
            <dd>{format::date_or_dash(view.birth_date)}</dd>
            <dt>{t.participants().col_gender}</dt>
            <dd>{gender}</dd>
            {bsn}
            <dt>{t.participants().relation_number}</dt>
            <dd>{view.relation_number.clone()}</dd>
            {view
                .address
                .as_ref()
                .map(|address| {
                    let [street, city] = address.lines();
                    view! {
                        <dt>{p.address}</dt>
                        <dd>{street} <br /> {city}</dd>
                    }
                })}
            {view.email.clone().map(|email| view! { <dt>{p.email}</dt> <dd>{email}</dd> })}
            {view.phone.clone().map(|phone| view! { <dt>{p.phone}</dt> <dd>{phone}</dd> })}
        </dl>
    }
    .into_any()
}

fn participation(
    t: &'static Texts,
    view: &ParticipantView,
    refused: Option<(PersonnelNumberForm, AppError)>,
    editing: Memo<bool>,
    changes: RwSignal<u32>,
) -> AnyView {
    let p = t.person();
    let id = view.id;
    let version = view.version;
    let may_change = view.may_change;
    let shown = view.personnel_number.clone();
    let edit_address = routes::with_query(&routes::person(id), &[("wijzig", "nummer")]);
    let number_cell = move || {
        if may_change && (editing.get() || refused.is_some()) {
            let (typed, error) = match &refused {
                Some((form, error)) => (form.personeelsnummer.clone(), Some(error.clone())),
                None => (shown.clone(), None),
            };
            view! { <NumberForm id version typed error changes /> }.into_any()
        } else {
            let empty = shown.is_empty();
            view! {
                {if empty { "-".to_owned() } else { shown.clone() }}
                {may_change
                    .then(|| {
                        view! {
                            " "
                            <a data-noscroll="" href=edit_address.clone() aria-label=p.change_number>{p.change}</a>
                        }
                    })}
            }
            .into_any()
        }
    };
    view! {
        <dl class="facts">
            <dt>{t.participants().contract}</dt>
            <dd>{format!("{} · {}", view.contract.number, view.contract.name)}</dd>
            <dt>{t.participants().col_start}</dt>
            <dd>{format::date(view.start_date)}</dd>
            <dt>{t.deregister().end_date}</dt>
            <dd>{format::date_or_dash(view.end_date)}</dd>
            {view
                .end_reason
                .map(|reason| {
                    view! {
                        <dt>{t.deregister().reason}</dt>
                        <dd>{reason_name(t, reason)}</dd>
                    }
                })}
            {(!view.products.is_empty())
                .then(|| {
                    view! {
                        <dt>{p.products}</dt>
                        <dd>{view.products.join(", ")}</dd>
                    }
                })}
            <dt>{t.participants().personnel_number}</dt>
            <dd>{number_cell}</dd>
        </dl>
    }
    .into_any()
}

/// The form in which the employer's number is changed.
#[component]
fn NumberForm(
    id: ParticipationId,
    version: i64,
    typed: String,
    error: Option<AppError>,
    changes: RwSignal<u32>,
) -> impl IntoView {
    let t = use_texts();
    let p = t.person();
    let change = ServerAction::<ChangePersonnelNumber>::new();
    let navigate = use_navigate();
    Effect::new(move |_| {
        if let Some(Ok(id)) = change.value().get() {
            changes.update(|changes| *changes += 1);
            navigate(&person_with(id, Done::Number), NavigateOptions { replace: true, ..Default::default() });
        }
    });
    let error = Signal::derive(move || match change.value().get() {
        Some(answer) => answer.err(),
        None => error.clone(),
    });
    let errors = Signal::derive(move || match error.get() {
        Some(AppError::Invalid(errors)) => errors,
        _ => FieldErrors::default(),
    });
    let at_field = Signal::derive(move || errors.with(|errors| errors.on("personeelsnummer")));
    let problem = move || {
        error.get().filter(|error| !matches!(error, AppError::Invalid(_))).map(|error| {
            let again = matches!(error, AppError::Conflict(_))
                .then(|| view! { <p><a rel="external" href=routes::person(id)>{t.deregister().look_again}</a></p> });
            view! {
                <Problem error />
                {again}
            }
        })
    };
    let on_submit = move |event: SubmitEvent| {
        event.prevent_default();
        change.dispatch(ChangePersonnelNumber { form: form::read(&event) });
    };
    view! {
        <form method="post" action=routes::person(id) on:submit=on_submit>
            <ErrorSummary errors />
            {problem}
            <input type="hidden" name="actie" value="nummer" />
            <input type="hidden" name="deelname" value=id.to_string() />
            <input type="hidden" name="versie" value=version.to_string() />
            <TextField
                label=p.new_number
                name="personeelsnummer"
                value=typed
                hint=p.number_hint
                error=at_field
                maxlength=PERSONNEL_NUMBER_MAX
            />
            <p class="inline">
                <button class="button edit" disabled=move || change.pending().get()>{p.save}</button>
                <a class="button plain" data-noscroll="" href=routes::person(id)>{t.deregister().cancel}</a>
            </p>
        </form>
    }
    .into_any()
}

/// "Intrekken", which says first what it will do.
fn taking_back(t: &'static Texts, view: &ParticipantView, withdrawing: Memo<bool>) -> Option<AnyView> {
    let d = t.deregister();
    let mutation = view.withdrawable.filter(|_| view.may_change)?;
    let end = view.end_date?;
    let id = view.id;
    let full_name = view.full_name.clone();
    let withdraw = ServerAction::<WithdrawDeregistration>::new();
    let navigate = use_navigate();
    Effect::new(move |_| {
        if let Some(Ok(id)) = withdraw.value().get() {
            navigate(&person_with(id, Done::Withdrawn), NavigateOptions { replace: true, ..Default::default() });
        }
    });
    let ask = routes::with_query(&routes::person(id), &[("intrekken", "ja")]);
    let text = d.withdraw_text(format::date(end));
    Some(
        view! {
            {move || withdraw.value().get().and_then(Result::err).map(|error| view! { <Problem error /> })}
            {move || {
                if withdrawing.get() {
                    view! {
                        <div class="note out">
                            <p>{text.clone()}</p>
                            <div class="inline">
                                <Withdraw mutation action=routes::person(id) full_name=full_name.clone() withdraw />
                                <a class="button plain" data-noscroll="" href=routes::person(id)>{d.cancel}</a>
                            </div>
                        </div>
                    }
                        .into_any()
                } else {
                    view! {
                        <p class="deeds"><a class="button" data-noscroll="" href=ask.clone()>{d.withdraw_ask}</a></p>
                    }
                        .into_any()
                }
            }}
        }
        .into_any(),
    )
}

fn household(t: &'static Texts, members: &[HouseholdMember]) -> Option<AnyView> {
    if members.is_empty() {
        return None;
    }
    let p = t.participants();
    let rows: Vec<_> = members
        .iter()
        .map(|member| {
            let role = if member.is_main { t.person().main_insured } else { p.dependant };
            view! {
                <tr>
                    <th scope="row" data-label=p.col_name>
                        <a href=routes::person(member.id)>{member.full_name.clone()}</a>
                        <span class="sub">{role}</span>
                    </th>
                    <td data-label=p.col_birth>{format::date_or_dash(member.birth_date)}</td>
                    <td data-label=p.col_start>{format::date(member.start_date)}</td>
                    <td data-label=p.col_end>{format::date_or_dash(member.end_date)}</td>
                </tr>
            }
        })
        .collect();
    let head = view! {
        <th scope="col">{p.col_name}</th>
        <th scope="col">{p.col_birth}</th>
        <th scope="col">{p.col_start}</th>
        <th scope="col">{p.col_end}</th>
    };
    Some(sheet("gezin", t.person().household, head.into_any(), rows.into_any()))
}

fn periods(t: &'static Texts, here: ParticipationId, periods: &[PersonPeriod]) -> AnyView {
    let p = t.participants();
    let rows: Vec<_> = periods
        .iter()
        .map(|period| {
            let contract = format!("{} · {}", period.contract.number, period.contract.name);
            let name = if period.id == here {
                contract.into_any()
            } else {
                view! { <a href=routes::person(period.id)>{contract}</a> }.into_any()
            };
            let reason = period.end_reason.map_or("-", |reason| reason_name(t, reason));
            view! {
                <tr>
                    <th scope="row" data-label=p.col_contract>{name}</th>
                    <td data-label=p.col_start>{format::date(period.start_date)}</td>
                    <td data-label=p.col_end>{format::date_or_dash(period.end_date)}</td>
                    <td data-label=p.col_reason>{reason}</td>
                    <td data-label=p.col_personnel>{dash(&period.personnel_number)}</td>
                </tr>
            }
        })
        .collect();
    let head = view! {
        <th scope="col">{p.col_contract}</th>
        <th scope="col">{p.col_start}</th>
        <th scope="col">{p.col_end}</th>
        <th scope="col">{p.col_reason}</th>
        <th scope="col">{p.col_personnel}</th>
    };
    sheet("periodes", t.person().periods, head.into_any(), rows.into_any())
}

/// A table under a heading.
pub(super) fn sheet(id: &'static str, title: &'static str, head: AnyView, rows: AnyView) -> AnyView {
    view! {
        <section class="sheet below" aria-labelledby=id>
            <h2 id=id>{title}</h2>
            <div class="wide-scroll">
                <table class="list stack">
                    <thead>
                        <tr>{head}</tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        </section>
    }
    .into_any()
}

/// The text, or `-` where there is none.
pub(super) fn dash(text: &str) -> String {
    if text.is_empty() { "-".to_owned() } else { text.to_owned() }
}
