//! What an employee changes by a mailed link (PRODUCT.md E5, E6): asking for the link, what stands there now, and one page for
//! each change. Plain forms, like all open pages.

use collectief_domain::{
    case::{CaseField, CaseKind},
    change::{AskChangeForm, ChangeView, LEAVE_REASONS},
    deregistration::EndReason,
    enrolment::{AnswerForm, DraftView, EnrolRefusal, EnrolmentForm},
    field::FieldErrors,
    product::names,
};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use serde::{Deserialize, Serialize};

#[cfg(feature = "ssr")]
mod ssr;

use super::{asking, fields, insurance, parameter, too_many};
use crate::{
    error::AppError,
    i18n::{Texts, use_texts},
    routes,
    ui::{
        error_summary::ErrorSummary,
        field::{DateField, RadioGroup, TextField, error_on},
        format,
        loaded::loaded,
        mark::{Busy, Kind, Note, Tag},
        page::{Failure, Page},
    },
};

/// What the page shows on which a link is asked for.
#[derive(Clone, Default, Serialize, Deserialize)]
pub(super) struct Asking {
    pub(super) form: AskChangeForm,
    pub(super) refusal: Option<EnrolRefusal>,
    /// It was asked for, to this address.
    pub(super) mailed: Option<String>,
}

/// What the pages behind the link show: nothing when it does not work.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Changing {
    pub(super) view: Option<Box<ChangeView>>,
    pub(super) typed: Option<Box<AnswerForm>>,
    pub(super) errors: FieldErrors,
    /// Too much from here; wait so many seconds.
    pub(super) wait: Option<u32>,
    /// What was posted is done; the browser goes on to another page.
    pub(super) sent: bool,
}

async fn asked() -> Result<Asking, AppError> {
    #[cfg(feature = "ssr")]
    {
        ssr::ask().await
    }
    #[cfg(not(feature = "ssr"))]
    crate::signin::opened_again(Asking::default()).await
}

async fn changing(token: String, kind: Option<CaseKind>) -> Result<Changing, AppError> {
    #[cfg(feature = "ssr")]
    {
        ssr::changing(token, kind).await
    }
    #[cfg(not(feature = "ssr"))]
    {
        let _ = (token, kind);
        let nothing = Changing { view: None, typed: None, errors: FieldErrors::default(), wait: None, sent: false };
        crate::signin::opened_again(nothing).await
    }
}

/// The page `/wijzigen`.
pub(super) fn ask_page() -> AnyView {
    let found = Resource::new_blocking(|| (), |()| asked());
    view! {
        <Suspense fallback=Busy>
            {loaded(move || async move {
                match found.await {
                    Ok(Asking { mailed: Some(address), .. }) => mailed(&address),
                    Ok(Asking { refusal: Some(EnrolRefusal::TooMany { seconds }), .. }) => too_many(seconds),
                    Ok(asking) => ask(asking),
                    Err(error) => view! { <Failure error /> }.into_any(),
                }
            })}
        </Suspense>
    }
    .into_any()
}

fn mailed(address: &str) -> AnyView {
    let c = use_texts().change();
    let text = c.mailed_text(address);
    view! {
        <Page title=c.mailed_title>
            <p class="lead" role="status">{text}</p>
            <p>{c.mailed_none}</p>
            <p><a rel="external" href=routes::CHANGE>{c.ask_again}</a></p>
        </Page>
    }
    .into_any()
}

fn ask(asking_for: Asking) -> AnyView {
    let t = use_texts();
    let (c, e) = (t.change(), t.enrol());
    let errors = match asking_for.refusal {
        Some(EnrolRefusal::Invalid(errors)) => errors,
        _ => FieldErrors::default(),
    };
    let wrong = !errors.is_empty();
    let errors = Signal::stored(errors);
    let form = asking_for.form;
    view! {
        <Page title=c.title wrong=wrong>
            <ErrorSummary errors />
            <p class="lead">{c.about}</p>
            <p>{c.about_move}</p>
            <form method="post" class="sign-in" novalidate>
                <TextField
                    label=e.contract
                    name="contract"
                    hint=e.contract_hint
                    inputmode="numeric"
                    maxlength=12
                    value=form.contract
                    error=error_on(errors, "contract")
                />
                <TextField
                    label=e.email
                    name="email"
                    kind="email"
                    autocomplete="email"
                    hint=c.email_hint
                    maxlength=254
                    value=form.email
                    error=error_on(errors, "email")
                />
                // Nobody sees this field; programs that fill in everything give themselves away.
                <p hidden>
                    <label for="website">"Website"</label>
                    <input id="website" name="website" value=form.website autocomplete="off" tabindex="-1" />
                </p>
                <button class="button act">{c.mail_me}</button>
            </form>
            <p><a rel="external" href=routes::ENROL>{c.not_yet}</a></p>
        </Page>
    }
    .into_any()
}

/// The page `/wijzigen/:token`. Opening it changes nothing.
pub(super) fn overview_page() -> AnyView {
    let token = parameter("token");
    let asked = token.clone();
    let found = Resource::new_blocking(|| (), move |()| changing(asked.clone(), None));
    shown(found, move |changing| match changing.view {
        Some(view) => overview(&token, &view),
        None => nowhere(),
    })
}

/// The page `/wijzigen/:token/:soort`.
pub(super) fn kind_page() -> AnyView {
    let (token, kind) = (parameter("token"), CaseKind::from_word(&parameter("soort")));
    let asked = token.clone();
    let found = Resource::new_blocking(|| (), move |()| changing(asked.clone(), kind));
    shown(found, move |changing| match (changing.view, kind) {
        (Some(view), Some(kind)) => one(&token, kind, &view, changing.typed, changing.errors),
        _ => nowhere(),
    })
}

fn shown(
    found: Resource<Result<Changing, AppError>>,
    show: impl Fn(Changing) -> AnyView + Clone + Send + Sync + 'static,
) -> AnyView {
    view! {
        <Suspense fallback=Busy>
            {loaded(move || {
                let show = show.clone();
                async move {
                    match found.await {
                        Ok(Changing { sent: true, .. }) => ().into_any(),
                        Ok(Changing { wait: Some(seconds), .. }) => too_many(seconds),
                        Ok(changing) => show(changing),
                        Err(error) => view! { <Failure error /> }.into_any(),
                    }
                }
            })}
        </Suspense>
    }
    .into_any()
}

fn nowhere() -> AnyView {
    let t = use_texts();
    let c = t.change();
    view! {
        <Page title=t.enrol().no_link_title>
            <p role="alert">{c.no_link_text}</p>
            <p class="deeds"><a class="button" rel="external" href=routes::CHANGE>{c.ask_again}</a></p>
        </Page>
    }
    .into_any()
}

/// What a change is called.
pub(super) fn kind_words(t: &'static Texts, kind: CaseKind) -> &'static str {
    let c = t.change();
    match kind {
        CaseKind::Enrolment => c.kind_enrolment,
        CaseKind::Details => c.kind_details,
        CaseKind::PersonnelNumber => c.kind_number,
        CaseKind::Products => c.kind_products,
        CaseKind::DependantIn => c.kind_dependant_in,
        CaseKind::DependantOut => c.kind_dependant_out,
        CaseKind::Move => c.kind_move,
        CaseKind::Deregistration => c.kind_leave,
    }
}

/// What of somebody changes.
pub(super) fn field_words(t: &'static Texts, field: CaseField) -> &'static str {
    let (c, e) = (t.change(), t.enrol());
    match field {
        CaseField::Contract => e.contract,
        CaseField::Name => e.name,
        CaseField::BirthDate => e.birth,
        CaseField::Gender => e.gender,
        CaseField::Bsn => "BSN",
        CaseField::Address => e.address,
        CaseField::Email => e.email,
        CaseField::Phone => e.phone,
        CaseField::PersonnelNumber => e.number,
        CaseField::Products => e.insurance,
        CaseField::StartDate => e.start,
        CaseField::Dependant => e.step_family,
        CaseField::EndDate => c.last_day,
        CaseField::Reason => c.why,
    }
}

/// A value as it is shown: a reason is stored as a code.
pub(super) fn value_words(t: &'static Texts, field: CaseField, value: &str) -> String {
    let words = match (field, EndReason::from_code(value)) {
        (CaseField::Reason, Some(reason)) => reason_words(t, reason),
        _ => value,
    };
    words.to_owned()
}

fn reason_words(t: &'static Texts, reason: EndReason) -> &'static str {
    match reason {
        EndReason::EindeDienstverband => t.change().reason_work,
        _ => t.change().reason_stop,
    }
}

fn or_dash(text: String) -> String {
    if text.is_empty() { "-".to_owned() } else { text }
}

fn overview(token: &str, view: &ChangeView) -> AnyView {
    let t = use_texts();
    let (c, e) = (t.change(), t.enrol());
    let at = &view.reached.address;
    let address = if at.is_empty() { String::new() } else { at.lines().join("\n") };
    let until = view.period.end.map(|end| {
        view! {
            <dt>{c.until}</dt>
            <dd>{format::date(end)}</dd>
        }
    });
    let family: Vec<_> = view
        .dependants
        .iter()
        .map(|one| {
            let birth = one.birth_date.map(|day| format!(", {}", format::date(day))).unwrap_or_default();
            view! { <div>{format!("{}{birth}", one.full_name)}</div> }
        })
        .collect();
    let family = (!family.is_empty()).then(|| {
        view! {
            <dt>{e.step_family}</dt>
            <dd>{family}</dd>
        }
    });
    let open: Vec<_> = view
        .open
        .iter()
        .map(|one| {
            let text = c.on_its_way(kind_words(t, one.kind), format::date(one.effective), &one.reference);
            view! { <li>{text} " " <Tag kind=Kind::Wait label=c.waits /></li> }
        })
        .collect();
    let open = (!open.is_empty()).then(|| {
        view! {
            <h2>{c.open_title}</h2>
            <ul class="tasks">{open}</ul>
        }
    });
    let kinds: Vec<_> = view
        .kinds
        .iter()
        .filter_map(|kind| {
            let href = routes::change_kind(token, *kind)?;
            Some(view! {
                <li>
                    <a rel="external" href=href>{kind_words(t, *kind)}</a>
                </li>
            })
        })
        .collect();
    let kinds = if kinds.is_empty() {
        view! { <Note kind=Kind::Plain><p>{c.nothing_left}</p></Note> }.into_any()
    } else {
        view! {
            <h2>{c.what}</h2>
            <ul class="tasks">{kinds}</ul>
        }
        .into_any()
    };
    let employer = format!("{} · {}", view.contract.number, view.contract.name);
    let facts = view! {
            <dl class="facts">
                <dt>{e.name}</dt>
                <dd>{view.full_name.clone()}</dd>
                <dt>{e.employer}</dt>
                <dd>{employer}</dd>
                <dt>{c.since}</dt>
                <dd>{format::date(view.period.start)}</dd>
                {until}
                <dt>{e.insurance}</dt>
                <dd>{or_dash(names(&view.products, &view.offer.products).join(" + "))}</dd>
                <dt>{e.address}</dt>
                <dd class="typed">{or_dash(address)}</dd>
                <dt>{e.email}</dt>
                <dd>{or_dash(view.reached.email.clone())}</dd>
                <dt>{e.phone}</dt>
                <dd>{or_dash(view.reached.phone.clone())}</dd>
                <dt>{e.number}</dt>
                <dd>{or_dash(view.personnel_number.clone())}</dd>
                {family}
            </dl>
    }
    .into_any();
    view! {
        <Page title=c.title>
            {facts}
            {open}
            {kinds}
        </Page>
    }
    .into_any()
}

/// The page of one change: its fields, and what becomes of it.
fn one(token: &str, kind: CaseKind, view: &ChangeView, typed: Option<Box<AnswerForm>>, errors: FieldErrors) -> AnyView {
    let t = use_texts();
    let c = t.change();
    let wrong = !errors.is_empty();
    let errors = Signal::stored(errors);
    let key = typed.as_ref().map(|form| form.sleutel.clone()).filter(|key| !key.is_empty());
    let key = key.unwrap_or_else(|| view.key.clone());
    let mut form = typed.map_or_else(|| view.filled_in(kind), |typed| *typed);
    if let Some(who) = use_query_map().with_untracked(|query| query.get_str(routes::DEPENDANT).map(str::to_owned)) {
        form.nr = who;
    }
    let body = body(t, kind, view, &form, errors);
    let employer = view.contract.name.clone();
    let after = c.after(&employer);
    let sheet = view! {
        <form method="post" class="sign-in" novalidate>
            <input type="hidden" name="sleutel" value=key />
            {body}
            <p class="soft">{after}</p>
            <p class="deeds">
                <button class="button act" name="actie" value="versturen">{t.enrol().send}</button>
            </p>
        </form>
    };
    let summary = view! { <ErrorSummary errors /> }.into_any();
    let place = view! { <p class="soft small">{employer}</p> }.into_any();
    asking(kind_words(t, kind), wrong, Some(routes::change(token)), summary, place, sheet.into_any())
}

/// The fields of a change.
fn body(
    t: &'static Texts,
    kind: CaseKind,
    view: &ChangeView,
    form: &AnswerForm,
    errors: Signal<FieldErrors>,
) -> AnyView {
    let (c, e) = (t.change(), t.enrol());
    // The same fields as those of an enrolment, filled in with what is so now.
    let answers = EnrolmentForm {
        wie: "werknemer".to_owned(),
        adres: form.address(),
        email: form.email.clone(),
        telefoon: form.telefoon.clone(),
        personeelsnummer: form.personeelsnummer.clone(),
        product: form.product.clone(),
        pakket: form.pakket.clone(),
        ingangsdatum: form.ingangsdatum.clone(),
        ..EnrolmentForm::default()
    };
    let draft = DraftView {
        form: answers,
        offer: Some(view.offer.clone()),
        open: None,
        kept_until: view.today,
        today: view.today,
    };
    match kind {
        CaseKind::Enrolment => ().into_any(),
        CaseKind::Details => view! {
            {view.reached.address.is_empty().then(|| view! { <p>{c.no_address}</p> })}
            {fields::address(t, &draft.form, errors)}
            {fields::contact(t, &draft.form, c.email_hint, errors)}
        }
        .into_any(),
        CaseKind::PersonnelNumber => fields::number(t, &draft.form, errors),
        CaseKind::Products => view! {
            <p>{c.products_about}</p>
            {insurance::products(t, &draft, errors)}
            {insurance::start(t, &draft, errors)}
        }
        .into_any(),
        CaseKind::DependantIn => view! {
            {fields::dependant(t, &form.person(), errors)}
            {insurance::start(t, &draft, errors)}
        }
        .into_any(),
        CaseKind::DependantOut => {
            let people = view.dependants.iter().map(|one| (one.id.to_string(), one.full_name.clone())).collect();
            view! {
                <RadioGroup legend=c.who name="nr" options=people value=form.nr.clone() error=error_on(errors, "nr") />
                {last_day(t, form, errors)}
            }
            .into_any()
        }
        CaseKind::Deregistration => {
            let reasons = LEAVE_REASONS.map(|reason| (reason.code().to_owned(), reason_words(t, reason).to_owned()));
            let family = (!view.dependants.is_empty()).then(|| {
                let names: Vec<_> = view.dependants.iter().map(|one| one.full_name.clone()).collect();
                let text = c.family_ends(names.join(", "));
                view! { <Note kind=Kind::Wait><p>{text}</p></Note> }
            });
            view! {
                {family}
                <RadioGroup
                    legend=c.reason
                    name="reden"
                    options=reasons.into()
                    value=form.reden.clone()
                    error=error_on(errors, "reden")
                />
                {last_day(t, form, errors)}
            }
            .into_any()
        }
        CaseKind::Move => view! {
            <p>{c.move_agreement}</p>
            <p>{c.move_about}</p>
            <p>{c.move_days}</p>
            <TextField
                label=c.new_contract
                name="contract"
                hint=c.new_contract_hint
                inputmode="numeric"
                maxlength=12
                value=form.contract.clone()
                error=error_on(errors, "contract")
            />
            <DateField
                label=e.start
                name="ingangsdatum"
                hint=c.move_start_hint
                value=form.ingangsdatum.clone()
                error=error_on(errors, "ingangsdatum")
            />
        }
        .into_any(),
    }
}

fn last_day(t: &'static Texts, form: &AnswerForm, errors: Signal<FieldErrors>) -> AnyView {
    let c = t.change();
    view! {
        <DateField
            label=c.last_day
            name="einddatum"
            hint=c.last_day_hint
            value=form.einddatum.clone()
            error=error_on(errors, "einddatum")
        />
    }
    .into_any()
}
