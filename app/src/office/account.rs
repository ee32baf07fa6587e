//! One account, with all that helps whoever asks about it.

use collectief_domain::{
    account_management::AccountState,
    actor::Role,
    field::FieldErrors,
    office::{OfficeAccountState, OfficeAccountView, OfficeDone},
    staff::StaffRole,
};
use leptos::prelude::*;

use super::{
    Shown, acknowledged, actions::view_office_account, mails::mails, parameter, request_table, shown, state_tag,
};
use crate::{
    account_management::role_name,
    error::AppError,
    frame::contract_words,
    i18n::{Texts, use_texts},
    routes,
    ui::{
        error_summary::ErrorSummary,
        format,
        page::Page,
        table::{Heading, sheet, table},
    },
};

/// The page `/beheer/accounts/:id`.
pub(super) fn page() -> AnyView {
    let id = parameter("id");
    shown(Resource::new_blocking(id, viewed), show)
}

async fn viewed(id: String) -> Result<Shown<OfficeAccountView>, AppError> {
    #[cfg(feature = "ssr")]
    if crate::ssr::is_posted() {
        return super::ssr::serve(id).await;
    }
    Ok(Shown::plain(view_office_account(id).await?))
}

fn staff_name(t: &'static Texts, role: StaffRole) -> &'static str {
    let o = t.office();
    match role {
        StaffRole::Helpdesk => o.role_helpdesk,
        StaffRole::RelationshipManager => o.role_relation,
        StaffRole::SecurityOfficer => o.role_security,
    }
}

fn show(view: OfficeAccountView, errors: FieldErrors, done: Option<OfficeDone>) -> AnyView {
    let t = use_texts();
    let o = t.office();
    let wrong = !errors.is_empty();
    let errors = Signal::stored(errors);
    let path = routes::office_account(view.id);
    let email = view.email.clone();
    let intro = move || view! { <p class="soft">{email.clone()}</p> }.into_any();
    let requests = (!view.requests.is_empty())
        .then(|| sheet(o.requests_title, request_table(t, &view.requests, o.requests_title)));
    view! {
        <Page title=view.name.clone() wrong=wrong intro=intro>
            {done.map(|done| acknowledged(t, done))}
            <ErrorSummary errors />
            <p class="inline" id="actie" tabindex="-1">{state_tag(t, view.state)} <a href=routes::OFFICE>{o.back}</a></p>
            <section class="sheet pad">
                <h2>{o.particulars}</h2>
                {particulars(t, &view)}
            </section>
            {view.may_serve.then(|| deeds(t, &view, &path))}
            {rights(t, &view)}
            {mails(t, o.mails, &view.mails, &path, view.may_serve)}
            {requests}
        </Page>
    }
    .into_any()
}

fn particulars(t: &'static Texts, view: &OfficeAccountView) -> AnyView {
    let o = t.office();
    let main: Vec<_> = view
        .main_of
        .iter()
        .map(|(id, name)| view! { <a href=routes::office_employer(*id)>{name.clone()}</a> " " })
        .collect();
    let main = (!main.is_empty()).then(|| view! { <dt>{o.main_of}</dt> <dd>{main}</dd> });
    let staff: Vec<&str> =
        StaffRole::ALL.into_iter().filter(|role| view.staff.has(*role)).map(|role| staff_name(t, role)).collect();
    let staff = (!staff.is_empty()).then(|| view! { <dt>{o.staff}</dt> <dd>{staff.join(", ")}</dd> });
    let last = view.last_seen.clone().unwrap_or_else(|| "-".to_owned());
    view! {
        <dl class="facts">
            <dt>{o.created}</dt>
            <dd>{format::date(view.created)}</dd>
            <dt>{o.password}</dt>
            <dd>{if view.has_password { o.has_password } else { o.no_password }}</dd>
            <dt>{o.second_step}</dt>
            <dd>{if view.has_second_factor { o.has_second_step } else { o.no_second_step }}</dd>
            <dt>{o.sessions}</dt>
            <dd>{format::number(t.language, view.sessions.into())}</dd>
            <dt>{o.last_seen}</dt>
            <dd>{last}</dd>
            {main}
            {staff}
        </dl>
    }
    .into_any()
}

/// Ending a block, and mailing a link, where each can be done.
fn deeds(t: &'static Texts, view: &OfficeAccountView, path: &str) -> AnyView {
    let o = t.office();
    let deed = |deed: &'static str, label: &'static str, text: &'static str| {
        view! {
            <section class="sheet pad">
                <h2>{label}</h2>
                <p>{text}</p>
                <form method="post" action=path.to_owned()>
                    <button class="button" name="actie" value=deed>{label}</button>
                </form>
            </section>
        }
    };
    let a = t.accounts();
    let unblock = (view.state == OfficeAccountState::Open(AccountState::Blocked))
        .then(|| deed("deblokkeren", a.unblock, a.unblock_text));
    let mail = match (view.state, view.has_password) {
        (OfficeAccountState::Closed, _) => None,
        (_, true) => Some(deed("mailen", o.mail_reset, o.mail_reset_text)),
        (_, false) => Some(deed("mailen", a.invite_again, a.invite_again_text)),
    };
    let second_step = (view.has_second_factor && view.staff.is_empty())
        .then(|| deed("tweede-stap", o.reset_second_step, o.reset_second_step_text));
    view! { <div class="others">{unblock} {mail} {second_step}</div> }.into_any()
}

fn rights(t: &'static Texts, view: &OfficeAccountView) -> AnyView {
    let (o, a) = (t.office(), t.accounts());
    let rows: Vec<_> = view
        .contracts
        .iter()
        .map(|contract| {
            let roles: Vec<&str> =
                Role::ALL.into_iter().filter(|role| contract.roles.has(*role)).map(|role| role_name(t, role)).collect();
            view! {
                <tr>
                    <th scope="row">{contract_words(&contract.choice)}</th>
                    <td data-label=a.col_rights>{roles.join(", ")}</td>
                </tr>
            }
            .into_any()
        })
        .collect();
    let left = (view.contract_count as usize).saturating_sub(view.contracts.len());
    let more = (left > 0).then(|| view! { <p class="pad soft">{o.more_contracts(left as u64)}</p> });
    let body = if rows.is_empty() {
        view! { <p class="pad">{o.no_rights}</p> }.into_any()
    } else {
        let table = table("users", a.rights, &[Heading::Text(o.col_contract), Heading::Text(a.col_rights)], rows);
        view! { {table} {more} }.into_any()
    };
    sheet(a.rights, body)
}
