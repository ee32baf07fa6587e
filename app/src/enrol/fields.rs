//! The fields of each question.

use collectief_domain::{
    enrolment::{DraftView, EnrolmentForm, PersonForm, Question},
    field::FieldErrors,
    name::{Gender, NameUse},
};
use leptos::prelude::*;

use super::insurance::{products, start};
use crate::{
    i18n::Texts,
    ui::field::{Checkbox, DateField, RadioGroup, TextField, error_on},
};

/// The question itself, which is the heading of its page.
pub(super) fn asked(t: &'static Texts, question: Question, form: &EnrolmentForm) -> &'static str {
    let e = t.enrol();
    match (question, form.is_by_employer()) {
        (Question::Contract, _) => e.ask_contract,
        (Question::Name, false) => e.ask_name,
        (Question::Name, true) => e.ask_name_of,
        (Question::Birth, false) => e.ask_birth,
        (Question::Birth, true) => e.ask_birth_of,
        (Question::Bsn, false) => e.ask_bsn,
        (Question::Bsn, true) => e.ask_bsn_of,
        (Question::Address, false) => e.ask_address,
        (Question::Address, true) => e.ask_address_of,
        (Question::Contact, false) => e.ask_contact,
        (Question::Contact, true) => e.ask_contact_of,
        (Question::PersonnelNumber, false) => e.ask_number,
        (Question::PersonnelNumber, true) => e.ask_number_of,
        (Question::Family, false) => e.ask_family,
        (Question::Family, true) => e.ask_family_of,
        (Question::Products, false) => e.ask_products,
        (Question::Products, true) => e.ask_products_of,
        (Question::Start, _) => e.ask_start,
    }
}

/// The fields of a question.
pub(super) fn fields(t: &'static Texts, question: Question, view: &DraftView, errors: Signal<FieldErrors>) -> AnyView {
    let form = &view.form;
    let is_own = !form.is_by_employer();
    match question {
        Question::Contract => contract(t, form, errors),
        Question::Name => name(t, &form.persoon, errors, is_own),
        Question::Birth => birth(t, &form.persoon, errors),
        Question::Bsn => bsn(t, &form.persoon, errors),
        Question::Address => address(t, form, errors),
        Question::Contact => {
            let e = t.enrol();
            contact(t, form, if form.is_by_employer() { e.email_hint_of } else { e.email_hint }, errors)
        }
        Question::PersonnelNumber => number(t, form, errors),
        Question::Family => family(t, form, errors),
        Question::Products => products(t, view, errors),
        Question::Start => start(t, view, errors),
    }
}

/// Somebody of the family, on one page.
pub(super) fn dependant(t: &'static Texts, person: &PersonForm, errors: Signal<FieldErrors>) -> AnyView {
    view! {
        {name(t, person, errors, false)}
        {birth(t, person, errors)}
        {bsn(t, person, errors)}
    }
    .into_any()
}

/// What the browser may fill in of its owner; of somebody else it must not.
const fn autocomplete(token: &'static str, is_own: bool) -> &'static str {
    if is_own { token } else { "off" }
}

/// Which contract, and who fills it in.
pub(super) fn contract(t: &'static Texts, form: &EnrolmentForm, errors: Signal<FieldErrors>) -> AnyView {
    let e = t.enrol();
    let who =
        vec![("werknemer".to_owned(), e.who_employee.to_owned()), ("werkgever".to_owned(), e.who_employer.to_owned())];
    view! {
        <TextField
            label=e.contract
            name="contract"
            hint=e.contract_hint
            inputmode="numeric"
            maxlength=12
            value=form.contract.clone()
            error=error_on(errors, "contract")
        />
        <RadioGroup legend=e.who name="wie" options=who value=form.wie.clone() error=error_on(errors, "wie") />
        <fieldset class="field">
            <legend>{e.reporter}</legend>
            <p class="hint">{e.reporter_hint}</p>
            <TextField
                label=e.reporter_name
                name="melder_naam"
                autocomplete="name"
                maxlength=100
                value=form.melder_naam.clone()
                error=error_on(errors, "melder_naam")
            />
            <TextField
                label=e.reporter_email
                name="melder_email"
                kind="email"
                autocomplete="email"
                maxlength=254
                value=form.melder_email.clone()
                error=error_on(errors, "melder_email")
            />
        </fieldset>
    }
    .into_any()
}

fn name(t: &'static Texts, person: &PersonForm, errors: Signal<FieldErrors>, is_own: bool) -> AnyView {
    let e = t.enrol();
    let uses =
        [(NameUse::E, e.use_own), (NameUse::P, e.use_partner), (NameUse::V, e.use_before), (NameUse::N, e.use_after)];
    let uses = uses.map(|(name_use, words)| (name_use.code().to_owned(), words.to_owned()));
    let chosen = if person.naamgebruik.is_empty() { NameUse::E.code() } else { person.naamgebruik.as_str() };
    view! {
        <TextField
            label=e.initials
            name="voorletters"
            hint=e.initials_hint
            maxlength=40
            value=person.voorletters.clone()
            error=error_on(errors, "voorletters")
        />
        <TextField
            label=e.prefix
            name="voorvoegsel"
            hint=e.prefix_hint
            maxlength=40
            value=person.voorvoegsel.clone()
            error=error_on(errors, "voorvoegsel")
        />
        <TextField
            label=e.surname
            name="achternaam"
            autocomplete=autocomplete("family-name", is_own)
            maxlength=200
            value=person.achternaam.clone()
            error=error_on(errors, "achternaam")
        />
        <RadioGroup
            legend=e.name_use
            name="naamgebruik"
            options=uses.into()
            value=chosen
            error=error_on(errors, "naamgebruik")
        />
        <fieldset class="field">
            <legend>{e.partner}</legend>
            <p class="hint">{e.partner_hint}</p>
            <TextField
                label=e.partner_prefix
                name="partner_voorvoegsel"
                maxlength=40
                value=person.partner_voorvoegsel.clone()
                error=error_on(errors, "partner_voorvoegsel")
            />
            <TextField
                label=e.partner_surname
                name="partner_achternaam"
                maxlength=200
                value=person.partner_achternaam.clone()
                error=error_on(errors, "partner_achternaam")
            />
        </fieldset>
    }
    .into_any()
}

fn birth(t: &'static Texts, person: &PersonForm, errors: Signal<FieldErrors>) -> AnyView {
    let e = t.enrol();
    let genders = [(Gender::V, e.woman), (Gender::M, e.man), (Gender::X, e.neither)];
    let genders = genders.map(|(gender, words)| (gender.code().to_owned(), words.to_owned()));
    view! {
        <DateField
            label=e.birth
            name="geboortedatum"
            hint=e.birth_hint
            value=person.geboortedatum.clone()
            error=error_on(errors, "geboortedatum")
        />
        <RadioGroup
            legend=e.gender
            name="geslacht"
            options=genders.into()
            value=person.geslacht.clone()
            error=error_on(errors, "geslacht")
        />
    }
    .into_any()
}

fn bsn(t: &'static Texts, person: &PersonForm, errors: Signal<FieldErrors>) -> AnyView {
    let e = t.enrol();
    view! {
        <TextField
            label="BSN"
            name="bsn"
            hint=e.bsn_hint
            inputmode="numeric"
            maxlength=15
            value=person.bsn.clone()
            error=error_on(errors, "bsn")
        />
        <Checkbox label=e.no_bsn name="geen_bsn" value="ja" checked=person.geen_bsn == "ja" />
    }
    .into_any()
}

pub(super) fn address(t: &'static Texts, form: &EnrolmentForm, errors: Signal<FieldErrors>) -> AnyView {
    let e = t.enrol();
    let at = &form.adres;
    let is_own = !form.is_by_employer();
    view! {
        <TextField
            label=e.postcode
            name="postcode"
            hint=e.postcode_hint
            autocomplete=autocomplete("postal-code", is_own)
            maxlength=8
            value=at.postcode.clone()
            error=error_on(errors, "postcode")
        />
        <TextField
            label=e.house_number
            name="huisnummer"
            inputmode="numeric"
            maxlength=5
            value=at.huisnummer.clone()
            error=error_on(errors, "huisnummer")
        />
        <TextField
            label=e.addition
            name="toevoeging"
            hint=e.addition_hint
            maxlength=10
            value=at.toevoeging.clone()
            error=error_on(errors, "toevoeging")
        />
        <TextField
            label=e.street
            name="straat"
            maxlength=80
            value=at.straat.clone()
            error=error_on(errors, "straat")
        />
        <TextField
            label=e.city
            name="plaats"
            autocomplete=autocomplete("address-level2", is_own)
            maxlength=80
            value=at.plaats.clone()
            error=error_on(errors, "plaats")
        />
    }
    .into_any()
}

pub(super) fn contact(
    t: &'static Texts,
    form: &EnrolmentForm,
    email_hint: &'static str,
    errors: Signal<FieldErrors>,
) -> AnyView {
    let e = t.enrol();
    let is_own = !form.is_by_employer();
    view! {
        <TextField
            label=e.email
            name="email"
            kind="email"
            autocomplete=autocomplete("email", is_own)
            hint=email_hint
            maxlength=254
            value=form.email.clone()
            error=error_on(errors, "email")
        />
        <TextField
            label=e.phone
            name="telefoon"
            kind="tel"
            autocomplete=autocomplete("tel", is_own)
            hint=e.phone_hint
            maxlength=30
            value=form.telefoon.clone()
            error=error_on(errors, "telefoon")
        />
    }
    .into_any()
}

pub(super) fn number(t: &'static Texts, form: &EnrolmentForm, errors: Signal<FieldErrors>) -> AnyView {
    let e = t.enrol();
    view! {
        <TextField
            label=e.number
            name="personeelsnummer"
            hint=e.number_hint
            maxlength=20
            value=form.personeelsnummer.clone()
            error=error_on(errors, "personeelsnummer")
        />
    }
    .into_any()
}

fn family(t: &'static Texts, form: &EnrolmentForm, errors: Signal<FieldErrors>) -> AnyView {
    let e = t.enrol();
    let choices = vec![("ja".to_owned(), e.yes.to_owned()), ("nee".to_owned(), e.no.to_owned())];
    // Who says no after all must know what becomes of those who were filled in.
    let hint = if form.gezinsleden.is_empty() { e.family_hint } else { e.family_no_hint };
    view! {
        <RadioGroup
            legend=e.family
            name="gezin"
            hint=hint
            options=choices
            value=form.gezin.clone()
            error=error_on(errors, "gezin")
        />
    }
    .into_any()
}
