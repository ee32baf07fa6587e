//! The users, with "Bewerken".

use collectief_domain::{
    account_management::{AccountListForm, AccountPage, AccountRow, Done, USERS_A_PAGE},
    actor::Role,
};
use leptos::{ev::SubmitEvent, prelude::*};
use leptos_router::{
    NavigateOptions,
    hooks::{use_navigate, use_query_map},
};

use super::{acknowledged, actions::list_accounts, role_name, state_tag};
use crate::{
    error::AppError,
    i18n::{Texts, use_texts},
    routes,
    ui::{
        error_summary::ErrorSummary,
        field::{TextField, error_on},
        form, format,
        loaded::loaded,
        mark::{Busy, Empty, Tag},
        page::{Failure, Page},
        pager::{last_page, pager},
        table::{Heading, table},
    },
};

/// The page `/accountbeheer`.
#[component]
pub fn UsersPage() -> impl IntoView {
    let query = use_query_map();
    let form = Memo::new(move |_| query.with(routes::form_from_query::<AccountListForm>));
    let done = Memo::new(move |_| query.with(|query| query.get_str(routes::DONE).and_then(Done::from_code)));
    let users = Resource::new_blocking(move || form.get(), users);
    view! {
        <Transition fallback=Busy>
            {loaded(move || async move {
                match users.await {
                    Ok(page) => list(form.get_untracked(), done.get_untracked(), page),
                    Err(error) => view! { <Failure error /> }.into_any(),
                }
            })}
        </Transition>
    }
}

/// The users, or, where the search was posted, the way to its address. It is posted because whoever looks for somebody may
/// type a BSN.
async fn users(form: AccountListForm) -> Result<AccountPage, AppError> {
    #[cfg(feature = "ssr")]
    if let Some(typed) = crate::ssr::posted::<AccountListForm>() {
        let page =
            list_accounts(AccountListForm { contract: typed.contract.clone(), ..AccountListForm::default() }).await?;
        crate::ssr::see_other(&routes::accounts(&typed));
        return Ok(page);
    }
    list_accounts(form).await
}

fn list(form: AccountListForm, done: Option<Done>, page: AccountPage) -> AnyView {
    let t = use_texts();
    let a = t.accounts();
    let wrong = !page.errors.is_empty();
    let errors = page.errors.clone();
    let count = page.count;
    let intro = move || {
        let counted = (!wrong).then(|| a.count(count));
        view! {
            <p class="soft">{counted}</p>
            <p class="soft">{a.about}</p>
        }
        .into_any()
    };
    let body = if page.rows.is_empty() {
        view! { <Empty title=a.nothing><p>{a.nothing_text}</p></Empty> }.into_any()
    } else {
        users_table(t, &form, &page)
    };
    let policy = page.is_main.then(|| view! { " " <a href=routes::SECOND_FACTOR_POLICY>{a.second_factor}</a> });
    view! {
        <Page title=a.title wrong=wrong intro=intro>
            {done.map(|done| acknowledged(t, done))}
            {wrong.then(|| view! { <ErrorSummary errors=Signal::stored(errors) id_of=field_id /> })}
            <p class="inline">
                <a class="button act" href=routes::NEW_ACCOUNT>{a.add}</a>
                {policy}
            </p>
            {search(t, &form, &page)}
            {body}
        </Page>
    }
    .into_any()
}

/// The field for the words stands here under another id than the one in the header.
fn field_id(field: &str) -> String {
    if field == "zoek" { SEARCH_ID.to_owned() } else { field.to_owned() }
}

const SEARCH_ID: &str = "zoek-gebruiker";

fn search(t: &'static Texts, form: &AccountListForm, page: &AccountPage) -> AnyView {
    let a = t.accounts();
    let errors = Signal::stored(page.errors.clone());
    let navigate = use_navigate();
    let on_submit = move |event: SubmitEvent| {
        event.prevent_default();
        navigate(&routes::accounts(&form::read(&event)), NavigateOptions::default());
    };
    let clear = (!form.zoek.is_empty()).then(|| {
        let bare = AccountListForm { contract: form.contract.clone(), ..AccountListForm::default() };
        view! { <a class="button plain" href=routes::accounts(&bare)>{a.clear}</a> }
    });
    view! {
        <form class="filters" method="post" action=routes::ACCOUNTS on:submit=on_submit role="search" aria-label=a.search>
            <TextField label=a.search_label name="zoek" id=SEARCH_ID value=form.zoek.clone() error=error_on(errors, "zoek") kind="search" />
            <input type="hidden" name="contract" value=form.contract.clone() />
            <button class="button act">{a.search}</button>
            {clear}
        </form>
    }
    .into_any()
}

fn users_table(t: &'static Texts, form: &AccountListForm, page: &AccountPage) -> AnyView {
    let a = t.accounts();
    let rows: Vec<_> = page.rows.iter().map(|row| user_row(t, row)).collect();
    let last = last_page(page.count, USERS_A_PAGE);
    let foot = (last > 1).then(|| {
        let links = pager(page.page, Some(last), page.page < last, |number| routes::accounts(&form.with_page(number)));
        view! { <div class="bar foot"><div class="far">{links}</div></div> }
    });
    let headings = [
        Heading::Text(a.col_name),
        Heading::Text(a.col_rights),
        Heading::Number(a.col_contracts),
        Heading::Text(a.col_state),
        Heading::Unseen(a.col_edit),
    ];
    view! {
        <section class="sheet">
            {table("users", a.title, &headings, rows)}
            {foot}
        </section>
    }
    .into_any()
}

fn user_row(t: &'static Texts, row: &AccountRow) -> AnyView {
    let a = t.accounts();
    let rights: Vec<&str> =
        Role::ALL.into_iter().filter(|role| row.roles.has(*role)).map(|role| role_name(t, role)).collect();
    let own = row.is_self.then(|| view! { " " <span class="soft">"(" {a.you} ")"</span> });
    let main = row.is_main.then(|| view! { " " <Tag label=a.main /> });
    view! {
        <tr>
            <th scope="row">
                <a href=routes::account(row.id)>{row.name.clone()}</a>
                {own}
                {main}
                <span class="sub">{row.email.clone()}</span>
            </th>
            <td data-label=a.col_rights>{rights.join(", ")}</td>
            <td class="num" data-label=a.col_contracts>{format::number(t.language, row.contracts.into())}</td>
            <td data-label=a.col_state>{state_tag(t, row.state)}</td>
            <td class="do">
                <a class="button edit" href=routes::account(row.id) aria-label=a.edit_of(&row.name)>{a.edit}</a>
            </td>
        </tr>
    }
    .into_any()
}
