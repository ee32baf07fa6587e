//! One user: the boxes per contract ("Account bewerken"), and what else can be done; and the same boxes for a new one.

use collectief_domain::{
    account_management::{AccountView, ContractRoles, Done},
    actor::Role,
    field::FieldErrors,
};
use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};
use serde::{Deserialize, Serialize};

use super::{acknowledged, actions::view_account, role_name, state_tag};
use crate::{
    error::AppError,
    i18n::{Texts, field_code, use_texts},
    routes,
    ui::{
        error_summary::ErrorSummary,
        field::{TextField, error_on},
        loaded::loaded,
        mark::{Busy, Empty, Note, Tag},
        page::{Failure, Page},
        table::{Heading, table},
    },
};

/// What stands in the address in place of an id while there is none.
pub(super) const NEW: &str = "nieuw";

/// What the page shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Shown {
    /// What was posted is done; the browser goes on to another page.
    Sent,
    /// The user, as stored or as it was filled in.
    User {
        view: Box<AccountView>,
        /// What the boxes are compared with when they come back.
        seen: String,
        errors: FieldErrors,
    },
}

async fn shown(id: String, searched: String) -> Result<Shown, AppError> {
    #[cfg(feature = "ssr")]
    if let Some(form) = crate::ssr::posted() {
        return super::ssr::posted(id, form).await;
    }
    let view = Box::new(view_account(id, searched).await?);
    Ok(Shown::User { seen: view.seen(), view, errors: FieldErrors::default() })
}

/// The pages `/accountbeheer/nieuw` and `/accountbeheer/:id`.
#[component]
pub fn UserPage() -> impl IntoView {
    let params = use_params_map();
    let query = use_query_map();
    // The address of a new user has no parameter.
    let id = move || params.with(|params| params.get_str("id").unwrap_or(NEW).to_owned());
    let searched = move || query.with(|query| query.get_str("zoek").unwrap_or_default().to_owned());
    let done = Memo::new(move |_| query.with(|query| query.get_str(routes::DONE).and_then(Done::from_code)));
    let user = Resource::new_blocking(move || (id(), searched()), |(id, searched)| shown(id, searched));
    view! {
        <Transition fallback=Busy>
            {loaded(move || async move {
                match user.await {
                    Ok(Shown::User { view, seen, errors }) => page(*view, seen, errors, done.get_untracked()),
                    Ok(Shown::Sent) => ().into_any(),
                    Err(error) => view! { <Failure error /> }.into_any(),
                }
            })}
        </Transition>
    }
}

fn page(view: AccountView, seen: String, errors: FieldErrors, done: Option<Done>) -> AnyView {
    let t = use_texts();
    let a = t.accounts();
    let wrong = !errors.is_empty();
    let on_rights = errors.on("recht").map(|code| view! { <p class="why">{field_code(t, code)}</p> });
    let errors = Signal::stored(errors);
    let is_new = view.id.is_none();
    let title = if is_new { a.new_title.to_owned() } else { view.name.clone() };
    let path = view.id.map_or_else(|| routes::NEW_ACCOUNT.to_owned(), routes::account);
    let intro = {
        let email = view.email.clone();
        move || {
            let text = if is_new { a.new_text.to_owned() } else { email.clone() };
            view! { <p class="soft">{text}</p> }.into_any()
        }
    };
    let tags = (!is_new).then(|| {
        let main = (!view.main_of.is_empty()).then(|| view! { <Tag label=a.main /> });
        view! { {state_tag(t, view.state)} " " {main} }
    });
    let employers = view.main_of.join(", ");
    let main_note = (!view.main_of.is_empty()).then(|| {
        let text = if view.is_self { a.own_main_of(&employers) } else { a.main_of(&employers) };
        view! { <Note><p>{text}</p></Note> }
    });
    let fields = is_new.then(|| {
        view! {
            <TextField label=a.name name="naam" maxlength=100 value=view.name.clone() error=error_on(errors, "naam") />
            <TextField
                label=a.email
                name="email"
                kind="email"
                maxlength=254
                value=view.email.clone()
                error=error_on(errors, "email")
            />
        }
    });
    let boxes = if view.contracts.is_empty() {
        let text = many_text(t, &view);
        view! { <Empty title=a.no_contracts><p>{text}</p></Empty> }.into_any()
    } else {
        matrix(t, &view.contracts)
    };
    let save = if is_new { a.save_new } else { a.save };
    let can_save = is_new || !view.contracts.is_empty();
    view! {
        <Page title=title wrong=wrong intro=intro>
            {done.map(|done| acknowledged(t, done))}
            <ErrorSummary errors />
            <p class="inline">{tags} <a href=routes::ACCOUNTS>{a.back}</a></p>
            {main_note}
            {contract_search(t, &view, &path)}
            <form method="post" action=path.clone() class="rights" novalidate>
                <input type="hidden" name="gezien" value=seen />
                <input type="hidden" name="zoek" value=view.searched.clone() />
                {fields}
                <section class="sheet" id="recht" tabindex="-1" aria-labelledby="rechten">
                    <h2 id="rechten">{a.rights}</h2>
                    {on_rights}
                    {boxes}
                </section>
                {legend(t)}
                {can_save.then(|| view! { <p class="deeds"><button class="button act">{save}</button></p> })}
            </form>
            {others(t, &view, &path)}
        </Page>
    }
    .into_any()
}

/// The boxes, a row for each contract.
pub(crate) fn matrix(t: &'static Texts, contracts: &[ContractRoles]) -> AnyView {
    let a = t.accounts();
    let mut headings = vec![Heading::Text(a.contract)];
    headings.extend(Role::ALL.map(|role| Heading::Text(role_name(t, role))));
    let rows: Vec<_> = contracts
        .iter()
        .map(|contract| {
            let name = format!("{} · {}", contract.choice.number, contract.choice.name);
            let cells: Vec<_> = Role::ALL
                .into_iter()
                .map(|role| {
                    let has = contract.roles.has(role);
                    // What means nothing there can only be taken away.
                    let off = role == Role::Financial && !contract.borderel_payment && !has;
                    let label = role_name(t, role);
                    let value = format!("{}:{}", contract.choice.number, role.code());
                    let about = a.right_on(label, &name);
                    view! {
                        <td data-label=label>
                            <input type="checkbox" name="recht" value=value checked=has disabled=off autocomplete="off" aria-label=about />
                        </td>
                    }
                })
                .collect();
            view! {
                <tr>
                    <th scope="row">{name}</th>
                    {cells}
                </tr>
            }
            .into_any()
        })
        .collect();
    table("boxes", a.rights, &headings, rows)
}

/// What each right is for.
fn legend(t: &'static Texts) -> AnyView {
    let a = t.accounts();
    view! {
        <dl class="facts">
            <dt>{a.administrative}</dt>
            <dd>{a.administrative_text}</dd>
            <dt>{a.financial}</dt>
            <dd>{a.financial_text}</dd>
            <dt>{a.management}</dt>
            <dd>{a.management_text}</dd>
        </dl>
    }
    .into_any()
}

/// What is said where one manages more contracts than a page can show.
fn many_text(t: &'static Texts, view: &AccountView) -> String {
    let number = u64::from(view.managed);
    if view.id.is_none() { t.accounts().many_contracts_new(number) } else { t.accounts().many_contracts(number) }
}

/// The search for a contract, where there are more than a page can show.
fn contract_search(t: &'static Texts, view: &AccountView, path: &str) -> Option<AnyView> {
    use collectief_domain::account_management::CONTRACTS_SHOWN;
    let a = t.accounts();
    (view.managed as usize > CONTRACTS_SHOWN).then(|| {
        view! {
            <p class="soft">{many_text(t, view)}</p>
            <form class="filters" method="get" action=path.to_owned() role="search" aria-label=a.find_contracts>
                <TextField label=a.find_contract name="zoek" id="zoek-contract" value=view.searched.clone() kind="search" />
                <button class="button">{a.find_contracts}</button>
            </form>
        }
        .into_any()
    })
}

/// Ending a block, mailing again, handing over and removing, where each can be done.
fn others(t: &'static Texts, view: &AccountView, path: &str) -> Option<AnyView> {
    use collectief_domain::account_management::AccountState;
    view.id?;
    let a = t.accounts();
    let deed = |deed: &'static str, label: String, class: &'static str| {
        view! {
            <form method="post" action=path.to_owned()>
                <input type="hidden" name="actie" value=deed />
                <button class=class>{label}</button>
            </form>
        }
    };
    let unblock = (view.state == AccountState::Blocked).then(|| {
        view! {
            <section class="sheet pad">
                <h2>{a.unblock}</h2>
                <p>{a.unblock_text}</p>
                {deed("deblokkeren", a.unblock.to_owned(), "button")}
            </section>
        }
    });
    let invite = (view.state == AccountState::Invited).then(|| {
        view! {
            <section class="sheet pad">
                <h2>{a.invite_again}</h2>
                <p>{a.invite_again_text}</p>
                {deed("uitnodigen", a.invite_again.to_owned(), "button")}
            </section>
        }
    });
    // What cannot be undone by who does it asks once more.
    let twice = |title: &'static str, text: String, what: &'static str, confirm: String, is_end: bool| {
        view! {
            <details class="sheet pad twice" class:end=is_end>
                <summary>{title}</summary>
                <p>{text}</p>
                {deed(what, confirm, "button stop")}
            </details>
        }
    };
    let hand_over = (!view.can_become_main_of.is_empty()).then(|| {
        let text = a.hand_over_text(&view.name, view.can_become_main_of.join(", "));
        twice(a.hand_over, text, "overdragen", a.hand_over_confirm(&view.name), false)
    });
    let remove = view
        .main_of
        .is_empty()
        .then(|| twice(a.remove, a.remove_text(&view.name), "verwijderen", a.remove_confirm(&view.name), true));
    Some(view! { <div class="others">{unblock} {invite} {hand_over} {remove}</div> }.into_any())
}
