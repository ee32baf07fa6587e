//! Employers and contracts, as the insurer makes and keeps them.

use collectief_domain::{
    employer::{CLOSING_DAY_MAX, ContractPage, EmployerView, RETROACTIVE_DAYS_MAX, VIEWING_REASON_MAX},
    field::FieldErrors,
    office::OfficeDone,
};
use leptos::prelude::*;

use super::{
    Shown, acknowledged,
    actions::{view_employer, view_office_contract},
    parameter, shown,
};
use crate::{
    error::AppError,
    i18n::{Texts, use_texts},
    routes,
    ui::{
        error_summary::ErrorSummary,
        field::{Checkbox, DateField, TextField, error_on},
        format,
        page::Page,
        table::{Heading, sheet, table},
    },
};

/// The page `/beheer/werkgevers/:id`, of an employer, or of a new one.
pub(super) fn employer_page() -> AnyView {
    let id = parameter("id");
    shown(Resource::new_blocking(id, employer), show_employer)
}

async fn employer(id: String) -> Result<Shown<EmployerView>, AppError> {
    #[cfg(feature = "ssr")]
    if let Some(form) = crate::ssr::posted() {
        return super::ssr::keep_employer(id, form).await;
    }
    Ok(Shown::plain(view_employer(id).await?))
}

fn show_employer(view: EmployerView, errors: FieldErrors, done: Option<OfficeDone>) -> AnyView {
    let t = use_texts();
    let o = t.office();
    let wrong = !errors.is_empty();
    let errors = Signal::stored(errors);
    let is_new = view.id.is_none();
    let path = view.id.map_or_else(|| routes::NEW_EMPLOYER.to_owned(), routes::office_employer);
    let title = if is_new { o.new_employer.to_owned() } else { view.name.clone() };
    let kept = if view.may_change {
        view! {
            <form method="post" action=path.clone() class="sheet pad" novalidate>
                <h2>{o.particulars}</h2>
                <input type="hidden" name="gezien" value=view.seen.clone() />
                <TextField label=o.col_name name="naam" maxlength=200 value=view.name.clone() error=error_on(errors, "naam") />
                <TextField
                    label=o.kvk
                    name="kvk"
                    inputmode="numeric"
                    maxlength=12
                    value=view.kvk_number.clone()
                    error=error_on(errors, "kvk")
                />
                <button class="button act">{if is_new { o.add_employer } else { o.save }}</button>
            </form>
        }
        .into_any()
    } else {
        let kvk = if view.kvk_number.is_empty() { o.kvk_unknown.to_owned() } else { view.kvk_number.clone() };
        view! {
            <section class="sheet pad">
                <h2>{o.particulars}</h2>
                <dl class="facts"><dt>{o.kvk}</dt> <dd>{kvk}</dd></dl>
            </section>
        }
        .into_any()
    };
    let rest = view.id.map(|_| {
        view! { {contracts(t, &view)} {main_account(t, &view, errors, &path)} {look_along(t, &view, errors, &path)} }
    });
    view! {
        <Page title=title wrong=wrong>
            {done.map(|done| acknowledged(t, done))}
            <ErrorSummary errors />
            <p class="inline"><a href=routes::OFFICE>{o.back}</a></p>
            {kept}
            {rest}
        </Page>
    }
    .into_any()
}

fn contracts(t: &'static Texts, view: &EmployerView) -> Option<AnyView> {
    let o = t.office();
    let employer = view.id?;
    let rows: Vec<_> = view
        .contracts
        .iter()
        .map(|row| {
            let path = routes::office_contract(employer, Some(&row.choice.number));
            let pays = if row.borderel_payment { o.yes } else { o.no };
            view! {
                <tr>
                    <th scope="row"><a href=path>{row.choice.number.clone()}</a></th>
                    <td data-label=o.col_name>{row.choice.name.clone()}</td>
                    <td data-label=o.start>{format::date(row.start_date)}</td>
                    <td data-label=o.end>{format::date_or_dash(row.end_date)}</td>
                    <td data-label=o.borderel>{pays}</td>
                    <td class="num" data-label=o.participants>{format::number(t.language, row.participants)}</td>
                </tr>
            }
            .into_any()
        })
        .collect();
    let new = view.may_change.then(|| {
        view! {
            <p class="pad">
                <a class="button" href=routes::office_contract(employer, None)>{o.new_contract}</a>
            </p>
        }
    });
    let table = (!rows.is_empty()).then(|| {
        let headings = [
            Heading::Text(o.number),
            Heading::Text(o.col_name),
            Heading::Text(o.start),
            Heading::Text(o.end),
            Heading::Text(o.borderel),
            Heading::Number(o.participants),
        ];
        table("users", o.contracts, &headings, rows)
    });
    Some(sheet(o.contracts, view! { {table} {new} }.into_any()))
}

fn main_account(t: &'static Texts, view: &EmployerView, errors: Signal<FieldErrors>, path: &str) -> AnyView {
    let o = t.office();
    let now = match &view.main {
        Some((id, name, email)) => {
            view! { <p><a href=routes::office_account(*id)>{name.clone()}</a> " (" {email.clone()} ")"</p> }.into_any()
        }
        None => view! { <p>{o.no_main}</p> }.into_any(),
    };
    let name = view.may_change.then(|| {
        view! {
            <form method="post" action=path.to_owned() novalidate>
                <TextField
                    label=o.main_email
                    name="hoofdaccount"
                    kind="email"
                    maxlength=254
                    hint=o.main_hint
                    value=view.typed_main.clone()
                    error=error_on(errors, "hoofdaccount")
                />
                <button class="button" name="actie" value="hoofdaccount">{o.name_main}</button>
            </form>
        }
    });
    view! { <section class="sheet pad"><h2>{o.main_account}</h2> {now} {name}</section> }.into_any()
}

/// Seeing the portal as the employer sees it.
fn look_along(t: &'static Texts, view: &EmployerView, errors: Signal<FieldErrors>, path: &str) -> Option<AnyView> {
    let o = t.office();
    (view.may_view_as && !view.contracts.is_empty()).then(|| {
        view! {
            <form method="post" action=path.to_owned() class="sheet pad" novalidate>
                <h2>{o.look_along}</h2>
                <p>{o.look_along_text(view.view_minutes)}</p>
                <TextField
                    label=o.look_along_reason
                    name="reden"
                    maxlength=VIEWING_REASON_MAX
                    hint=o.look_along_hint
                    value=view.typed_reason.clone()
                    error=error_on(errors, "reden")
                />
                <button class="button" name="actie" value="meekijken">{o.look_along_as(&view.name)}</button>
            </form>
        }
        .into_any()
    })
}

/// The page `/beheer/werkgevers/:id/:nummer`, of a contract, or of a new one.
pub(super) fn contract_page() -> AnyView {
    let (id, number) = (parameter("id"), parameter("nummer"));
    shown(Resource::new_blocking(move || (id(), number()), |(id, number)| contract(id, number)), show_contract)
}

async fn contract(id: String, number: String) -> Result<Shown<ContractPage>, AppError> {
    #[cfg(feature = "ssr")]
    if let Some(form) = crate::ssr::posted() {
        return super::ssr::keep_contract(id, number, form).await;
    }
    Ok(Shown::plain(view_office_contract(id, number).await?))
}

fn show_contract(page: ContractPage, errors: FieldErrors, done: Option<OfficeDone>) -> AnyView {
    let t = use_texts();
    let o = t.office();
    let wrong = !errors.is_empty();
    let errors = Signal::stored(errors);
    let ContractPage { employer, employer_name, number, form, may_change } = page;
    let path = routes::office_contract(employer, number.as_deref());
    let title = number.as_deref().map_or_else(|| o.new_contract.to_owned(), |number| o.contract_title(number));
    let number_field = number.is_none().then(|| {
        view! {
            <TextField
                label=o.number
                name="nummer"
                inputmode="numeric"
                maxlength=12
                hint=o.number_hint
                value=form.nummer.clone()
                error=error_on(errors, "nummer")
            />
        }
    });
    let submit = if number.is_none() { o.add_contract } else { o.save };
    let (closed, pays) = (!may_change, form.borderel == "ja");
    let button = may_change.then(|| view! { <button class="button act">{submit}</button> });
    view! {
        <Page title=title wrong=wrong>
            {done.map(|done| acknowledged(t, done))}
            <ErrorSummary errors />
            <p class="inline"><a href=routes::office_employer(employer)>{employer_name}</a></p>
            <form method="post" action=path class="sheet pad" novalidate>
                <fieldset class="plain-set" disabled=closed>
                    <legend class="visually-hidden">{o.contract_terms}</legend>
                    <input type="hidden" name="gezien" value=form.gezien.clone() />
                    {number_field}
                    <TextField label=o.col_name name="naam" maxlength=200 value=form.naam.clone() error=error_on(errors, "naam") />
                    <DateField
                        label=o.start
                        name="ingangsdatum"
                        value=form.ingangsdatum.clone()
                        error=error_on(errors, "ingangsdatum")
                    />
                    <DateField
                        label=o.end
                        name="einddatum"
                        hint=o.end_hint
                        value=form.einddatum.clone()
                        error=error_on(errors, "einddatum")
                    />
                    <div class="field">
                        <Checkbox label=o.borderel_label name="borderel" value="ja" checked=pays />
                    </div>
                    <TextField
                        label=o.retroactive
                        name="terugwerkend"
                        inputmode="numeric"
                        hint=o.retroactive_hint(RETROACTIVE_DAYS_MAX)
                        value=form.terugwerkend.clone()
                        error=error_on(errors, "terugwerkend")
                    />
                    <TextField
                        label=o.closing
                        name="sluitdag"
                        inputmode="numeric"
                        hint=o.closing_hint(CLOSING_DAY_MAX)
                        value=form.sluitdag.clone()
                        error=error_on(errors, "sluitdag")
                    />
                    {button}
                </fieldset>
            </form>
        </Page>
    }
    .into_any()
}
