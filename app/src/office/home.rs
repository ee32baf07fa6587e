//! What waits, and one field that finds accounts, employers and contracts.

use collectief_domain::{
    field::FieldErrors,
    office::{FoundAccount, FoundEmployer, OfficeDone, OfficeForm, OfficePage},
    staff::StaffRight,
};
use leptos::{ev::SubmitEvent, prelude::*};
use leptos_router::{NavigateOptions, hooks::use_navigate};

use super::{Shown, acknowledged, actions::search_office, age, mails::mails, query_value, shown, state_tag};
use crate::{
    error::AppError,
    frame::contract_words,
    i18n::{Texts, use_texts},
    routes,
    ui::{
        error_summary::ErrorSummary,
        field::{TextField, error_on},
        form, format,
        mark::{Empty, Note, Tag},
        page::Page,
        table::{Heading, sheet, table},
    },
};

const SEARCH_ID: &str = "zoek-backoffice";

/// The page `/beheer`.
pub(super) fn page() -> AnyView {
    let zoek = query_value("zoek");
    let found = Resource::new_blocking(move || OfficeForm { zoek: zoek() }, found);
    shown(found, show)
}

/// What was found, or, where the search was posted, the way to its address. It is posted because whoever looks for
/// somebody may type a BSN.
async fn found(form: OfficeForm) -> Result<Shown<OfficePage>, AppError> {
    #[cfg(feature = "ssr")]
    if let Some(typed) = crate::ssr::posted::<OfficeForm>() {
        let deed = crate::ssr::posted_value("actie");
        if let Some(deed) = deed.as_deref().and_then(collectief_domain::office::MailDeed::from_code) {
            return super::ssr::serve_mail(deed).await;
        }
        // Whoever may not come here learns nothing of the way on.
        search_office(OfficeForm::default()).await?;
        crate::ssr::see_other(&routes::office(&typed));
        return Ok(Shown::Sent);
    }
    Ok(Shown::plain(search_office(form).await?))
}

fn show(page: OfficePage, _: FieldErrors, done: Option<OfficeDone>) -> AnyView {
    let t = use_texts();
    let o = t.office();
    let wrong = !page.errors.is_empty();
    let errors = Signal::stored(page.errors.clone());
    let navigate = use_navigate();
    let on_submit = move |event: SubmitEvent| {
        event.prevent_default();
        navigate(&routes::office(&form::read(&event)), NavigateOptions::default());
    };
    let waiting = page.waiting.map(|(count, hours)| {
        let oldest = (count > 0).then(|| view! { " " {o.oldest(age(t, hours))} });
        view! { <p><a href=routes::OFFICE_REQUESTS>{o.waiting(count)}</a> {oldest}</p> }
    });
    let stuck = (page.stuck > 0).then(|| {
        let way = page.stuck_mails.is_empty().then(|| view! { " " <a href=routes::OFFICE>{o.stuck_show}</a> });
        view! { <Note><p>{o.stuck(page.stuck)} {way}</p></Note> }
    });
    let requests = page
        .staff
        .allow(StaffRight::ServeAccounts)
        .then(|| view! { <p><a href=routes::OFFICE_STUCK>{o.stuck_cases}</a></p> });
    let stuck_mails =
        (!page.stuck_mails.is_empty()).then(|| mails(t, o.stuck_title, &page.stuck_mails, routes::OFFICE, true));
    let new = page.staff.allow(StaffRight::KeepEmployers).then(|| {
        view! {
            <p class="inline"><a class="button" href=routes::NEW_EMPLOYER>{o.new_employer}</a></p>
        }
    });
    let searched = !page.searched.is_empty() && !wrong;
    let nothing = (searched && page.accounts.is_empty() && page.employers.is_empty())
        .then(|| view! { <Empty title=o.nothing><p>{o.nothing_text}</p></Empty> });
    let more = page.more.then(|| view! { <p class="soft">{o.more}</p> });
    view! {
        <Page title=o.title wrong=wrong>
            {done.map(|done| acknowledged(t, done))}
            {wrong.then(|| view! { <ErrorSummary errors id_of=|_| SEARCH_ID.to_owned() /> })}
            {waiting}
            {stuck}
            {requests}
            <form class="filters" method="post" action=routes::OFFICE on:submit=on_submit role="search" aria-label=o.search_title>
                <TextField
                    label=o.search_label
                    name="zoek"
                    id=SEARCH_ID
                    value=page.searched.clone()
                    error=error_on(errors, "zoek")
                    kind="search"
                />
                <button class="button act">{o.search}</button>
            </form>
            {new}
            {nothing}
            {accounts(t, &page.accounts)}
            {employers(t, &page.employers)}
            {more}
            {stuck_mails}
        </Page>
    }
    .into_any()
}

fn accounts(t: &'static Texts, found: &[FoundAccount]) -> Option<AnyView> {
    let o = t.office();
    let rows: Vec<_> = found
        .iter()
        .map(|account| {
            let staff = account.is_staff.then(|| view! { " " <Tag label=o.staff /> });
            view! {
                <tr>
                    <th scope="row">
                        <a href=routes::office_account(account.id)>{account.name.clone()}</a>
                        {staff}
                        <span class="sub">{account.email.clone()}</span>
                    </th>
                    <td class="num" data-label=o.col_contracts>{format::number(t.language, account.contracts.into())}</td>
                    <td data-label=o.col_state>{state_tag(t, account.state)}</td>
                </tr>
            }
            .into_any()
        })
        .collect();
    let headings = [Heading::Text(o.col_name), Heading::Number(o.col_contracts), Heading::Text(o.col_state)];
    (!found.is_empty()).then(|| sheet(o.accounts, table("users", o.accounts, &headings, rows)))
}

fn employers(t: &'static Texts, found: &[FoundEmployer]) -> Option<AnyView> {
    let o = t.office();
    let rows: Vec<_> = found
        .iter()
        .map(|employer| {
            let contracts: Vec<String> = employer.contracts.iter().map(contract_words).collect();
            view! {
                <tr>
                    <th scope="row"><a href=routes::office_employer(employer.id)>{employer.name.clone()}</a></th>
                    <td data-label=o.kvk>{employer.kvk_number.clone()}</td>
                    <td data-label=o.contracts>{contracts.join(", ")}</td>
                </tr>
            }
            .into_any()
        })
        .collect();
    let headings = [Heading::Text(o.col_name), Heading::Text(o.kvk), Heading::Text(o.contracts)];
    (!found.is_empty()).then(|| sheet(o.employers, table("users", o.employers, &headings, rows)))
}
