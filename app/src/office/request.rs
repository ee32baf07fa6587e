//! One request: what was asked, how it fits, and the decision.

use collectief_domain::{
    account_request::{RequestMatch, RequestState, RequestView},
    actor::Role,
    field::FieldErrors,
    office::OfficeDone,
};
use leptos::prelude::*;

use super::{
    Shown, acknowledged, actions::view_request, age, fit_tag, mails::mails, parameter, query_value, request_table,
    request_tag, shown, state_tag,
};
use crate::{
    account_management::{matrix, role_name},
    error::AppError,
    i18n::{Texts, field_code, use_texts},
    routes,
    ui::{
        error_summary::ErrorSummary,
        field::{TextArea, TextField, error_on},
        format,
        mark::{Kind, Note},
        page::Page,
        table::sheet,
    },
};

/// The page `/beheer/aanvragen/:id`.
pub(super) fn page() -> AnyView {
    let (id, zoek) = (parameter("id"), query_value("zoek"));
    shown(Resource::new_blocking(move || (id(), zoek()), |(id, zoek)| viewed(id, zoek)), show)
}

async fn viewed(id: String, zoek: String) -> Result<Shown<RequestView>, AppError> {
    #[cfg(feature = "ssr")]
    if let Some(form) = crate::ssr::posted() {
        return super::ssr::decide(id, form).await;
    }
    Ok(Shown::plain(view_request(id, zoek).await?))
}

fn show(view: RequestView, errors: FieldErrors, done: Option<OfficeDone>) -> AnyView {
    let t = use_texts();
    let o = t.office();
    let wrong = !errors.is_empty();
    let on_rights = errors.on("recht").map(|code| view! { <p class="why">{field_code(t, code)}</p> }.into_any());
    let errors = Signal::stored(errors);
    let others =
        (!view.others.is_empty()).then(|| sheet(o.other_requests, request_table(t, &view.others, o.other_requests)));
    let decision = view.may_decide.then(|| decision(t, &view, errors, on_rights));
    let outcome = view.decided.as_ref().map(|(by, on)| {
        let (kind, text) = if view.row.state == RequestState::Approved {
            (Kind::In, o.approved_by(by, format::date(*on)))
        } else {
            (Kind::Out, o.refused_by(by, format::date(*on)))
        };
        let reason = (!view.reason.is_empty()).then(|| view! { <p class="typed">{view.reason.clone()}</p> });
        view! { <Note kind><p>{text}</p> {reason}</Note> }
    });
    let title = o.request_of(&view.row.name);
    view! {
        <Page title=title wrong=wrong>
            {done.map(|done| acknowledged(t, done))}
            <ErrorSummary errors />
            <p class="inline">
                {request_tag(t, view.row.state)} <a href=routes::OFFICE_REQUESTS>{o.all_requests}</a>
            </p>
            {outcome}
            <section class="sheet pad">
                <h2>{o.asked}</h2>
                {facts(t, &view)}
            </section>
            {decision}
            {mails(t, o.mails, &view.mails, &routes::office_request(view.row.id), true)}
            {others}
        </Page>
    }
    .into_any()
}

/// What was asked, and what the insurer knows of it.
fn facts(t: &'static Texts, view: &RequestView) -> AnyView {
    let o = t.office();
    let roles: Vec<&str> =
        Role::ALL.into_iter().filter(|role| view.roles.has(*role)).map(|role| role_name(t, role)).collect();
    let employer = view.employer.as_ref().map(|(id, name, kvk)| {
        let kvk = if kvk.is_empty() { o.kvk_unknown.to_owned() } else { format!("{} {kvk}", o.kvk) };
        view! { <a href=routes::office_employer(*id)>{name.clone()}</a> " (" {kvk} ")" }
    });
    let account = match &view.account {
        Some((id, name, state)) => {
            view! { <a href=routes::office_account(*id)>{name.clone()}</a> " " {state_tag(t, *state)} }.into_any()
        }
        None => o.no_account.into_any(),
    };
    let since = match view.row.state {
        RequestState::Waiting => format!("{} ({})", format::date(view.row.since), age(t, view.row.hours)),
        _ => format::date(view.row.since),
    };
    view! {
        <dl class="facts">
            <dt>{o.col_name}</dt>
            <dd>{view.row.name.clone()}</dd>
            <dt>{o.email}</dt>
            <dd>{view.row.email.clone()}</dd>
            <dt>{o.phone}</dt>
            <dd>{view.phone.clone()}</dd>
            <dt>{o.col_organisation}</dt>
            <dd>{view.row.organisation.clone()}</dd>
            <dt>{o.kvk}</dt>
            <dd>{view.kvk_number.clone()}</dd>
            <dt>{o.col_contract}</dt>
            <dd>{view.row.contract_number.clone()} " " {fit_tag(t, view.row.fit)}</dd>
            <dt>{o.known_employer}</dt>
            <dd>{employer.map_or_else(|| o.no_employer.into_any(), IntoAny::into_any)}</dd>
            <dt>{o.roles_wanted}</dt>
            <dd>{roles.join(", ")}</dd>
            <dt>{o.account}</dt>
            <dd>{account}</dd>
            <dt>{o.col_since}</dt>
            <dd>{since}</dd>
        </dl>
    }
    .into_any()
}

/// One form, to approve with these rights or to refuse with a reason; what is filled in stays when other contracts are
/// searched for.
fn decision(t: &'static Texts, view: &RequestView, errors: Signal<FieldErrors>, on_rights: Option<AnyView>) -> AnyView {
    let o = t.office();
    let warning =
        (view.row.fit != RequestMatch::Fits).then(|| view! { <Note kind=Kind::Wait><p>{o.check_first}</p></Note> });
    let boxes = if view.contracts.is_empty() {
        view! { <p class="pad">{o.no_contracts}</p> }.into_any()
    } else {
        matrix(t, &view.contracts)
    };
    let approve = (!view.contracts.is_empty()).then(|| {
        view! {
            <p class="deeds">
                <button class="button act" name="actie" value="goedkeuren">{o.approve}</button>
            </p>
        }
    });
    view! {
        <form method="post" action=routes::office_request(view.row.id) class="rights" novalidate>
            <input type="hidden" name="versie" value=view.version.to_string() />
            <input type="hidden" name="gezien" value=view.seen.clone() />
            <div class="filters" role="search" aria-label=o.other_contracts>
                <TextField label=o.find_contract name="zoek" id="zoek-contract" value=view.searched.clone() kind="search" />
                <button class="button" name="actie" value="zoeken">{o.other_contracts}</button>
            </div>
            <section class="sheet" id="recht" tabindex="-1" aria-labelledby="rechten">
                <h2 id="rechten">{t.accounts().rights}</h2>
                {on_rights}
                {boxes}
            </section>
            {warning}
            <p class="soft">{o.approve_text}</p>
            {approve}
            <section class="sheet pad">
                <TextArea label=o.reason name="reden" hint=o.reason_hint value=view.reason.clone() error=error_on(errors, "reden") />
                <button class="button stop" name="actie" value="afwijzen">{o.refuse}</button>
            </section>
        </form>
    }
    .into_any()
}
