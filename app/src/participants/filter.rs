//! The search above the list. It is always posted, so that no BSN can end up in an address; what may stand in one is
//! sent on to it.

use collectief_domain::{
    field::FieldErrors,
    participant::{ParticipantListForm, Population},
};
use leptos::{ev::SubmitEvent, html, prelude::*};
use leptos_router::{NavigateOptions, hooks::use_navigate};

use crate::{
    frame::use_frame,
    i18n::use_texts,
    routes,
    ui::{
        field::{DateField, SelectField, TextField, error_on},
        form,
    },
};

/// The word that stands for all contracts.
const ALL_CONTRACTS: &str = "alle";

/// The search.
pub fn filter(
    population: Population,
    form: &ParticipantListForm,
    errors: &FieldErrors,
    posted: RwSignal<Option<ParticipantListForm>>,
    is_first: bool,
) -> AnyView {
    let t = use_texts();
    let p = t.participants();
    let errors = Signal::stored(errors.clone());
    let navigate = use_navigate();
    let on_submit = move |event: SubmitEvent| {
        event.prevent_default();
        let typed: ParticipantListForm = form::read(&event);
        if typed.holds_bsn() {
            posted.set(Some(typed));
        } else {
            posted.set(None);
            navigate(&routes::participants(population, &typed), NavigateOptions::default());
        }
    };
    // Another list was come to with the same fields on the page: what was typed before gives way to its filter. What was
    // typed while the page was still being taken over stays.
    let node = NodeRef::<html::Form>::new();
    Effect::new(move |_| {
        if let Some(form) = node.get().filter(|_| !is_first) {
            form.reset();
        }
    });
    // The free field of the header, where that was used.
    let free = (!form.zoek.is_empty()).then(|| {
        view! {
            <TextField label=p.free name="zoek" id="zoek-lijst" value=form.zoek.clone() error=error_on(errors, "zoek") kind="search" />
        }
    });
    let is_filtered = form.holds_bsn()
        || ParticipantListForm {
            contract: String::new(),
            sorteer: String::new(),
            rijen: String::new(),
            pagina: String::new(),
            gezinsleden: String::new(),
            ..form.clone()
        } != ParticipantListForm::default();
    let clear = is_filtered.then(|| {
        let bare =
            ParticipantListForm { contract: form.contract.clone(), rijen: form.rijen.clone(), ..Default::default() };
        view! {
            <a class="button plain" href=routes::participants(population, &bare) on:click=move |_| posted.set(None)>
                {p.clear}
            </a>
        }
    });
    view! {
        <form class="filters" method="post" action=routes::list_path(population) on:submit=on_submit node_ref=node role="search" aria-label=p.search>
            {free}
            <TextField label=p.surname name="achternaam" value=form.achternaam.clone() error=error_on(errors, "achternaam") />
            <TextField label=p.bsn name="bsn" value=form.bsn.clone() error=error_on(errors, "bsn") inputmode="numeric" />
            <TextField
                label=p.relation_number
                name="relatienummer"
                value=form.relatienummer.clone()
                error=error_on(errors, "relatienummer")
                inputmode="numeric"
            />
            <TextField
                label=p.personnel_number
                name="personeelsnummer"
                value=form.personeelsnummer.clone()
                error=error_on(errors, "personeelsnummer")
            />
            <DateField
                label=p.birth_date
                name="geboortedatum"
                value=form.geboortedatum.clone()
                error=error_on(errors, "geboortedatum")
            />
            {contract_field(&form.contract, errors, true)}
            <input type="hidden" name="gezinsleden" value=form.gezinsleden.clone() />
            <input type="hidden" name="sorteer" value=form.sorteer.clone() />
            <input type="hidden" name="rijen" value=form.rijen.clone() />
            <input type="hidden" name="bekend_op" value=form.bekend_op.clone() />
            <button class="button act">{p.search}</button>
            {clear}
        </form>
    }
    .into_any()
}

/// Whether a search with this contract is about all contracts of the user.
pub fn shows_all_contracts(contract: &str) -> bool {
    let frame = use_frame();
    let chosen = frame.user.as_ref().is_none_or(|user| user.chosen.is_some());
    if contract.is_empty() { !chosen } else { contract == ALL_CONTRACTS }
}

/// The choice of a contract: a list, or a field to type its number where there are too many to list.
pub fn contract_field(contract: &str, errors: Signal<FieldErrors>, offers_all: bool) -> AnyView {
    let t = use_texts();
    let p = t.participants();
    let frame = use_frame();
    let Some(user) = frame.user.as_ref() else { return ().into_any() };
    let chosen = user.chosen.as_ref().map(|contract| contract.number.as_str());
    if user.contracts.is_empty() {
        let value = if contract.is_empty() { chosen.unwrap_or_default() } else { contract };
        let value = if value == ALL_CONTRACTS { "" } else { value };
        return view! {
            <TextField label=p.contract name="contract" value=value error=error_on(errors, "contract") inputmode="numeric" />
        }
        .into_any();
    }
    let mut options = Vec::with_capacity(user.contracts.len() + 1);
    if offers_all && user.contract_count > 1 {
        options.push((ALL_CONTRACTS.to_owned(), p.all_contracts.to_owned()));
    }
    options.extend(
        user.contracts
            .iter()
            .map(|contract| (contract.number.clone(), format!("{} · {}", contract.number, contract.name))),
    );
    let value = match (contract, chosen) {
        ("", Some(number)) => number.to_owned(),
        ("", None) if offers_all => ALL_CONTRACTS.to_owned(),
        (other, _) => other.to_owned(),
    };
    view! { <SelectField label=p.contract name="contract" options value error=error_on(errors, "contract") /> }
        .into_any()
}
