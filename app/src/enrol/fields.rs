//! The fields of each question.

use collectief_domain::{
    enrolment::{DraftView, EnrolmentForm, PersonForm, Question},
    field::FieldErrors,
    name::{Gender, NameUse},
    product::ProductKind,
};
use leptos::prelude::*;

use crate::{
    i18n::{Texts, field_code},
    ui::{
        field::{Checkbox, DateField, RadioGroup, TextField, error_on},
        format,
    },
};

/// The question itself, which is the heading of its page.
pub(super) fn asked(t: &'static Texts, question: Question, form: &EnrolmentForm) -> &'static str {
    let e = t.enrol();
    match (question, form.is_by_employer()) {
        (Question::Contract, _) => e.title,
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
        (Question::PersonnelNumber, _) => e.ask_number,
        (Question::Family, _) => e.ask_family,
        (Question::Products, _) => e.ask_products,
        (Question::Start, _) => e.ask_start,
    }
}

/// The fields of a question about who is to be enrolled.
pub(super) fn fields(t: &'static Texts, question: Question, view: &DraftView, errors: Signal<FieldErrors>) -> AnyView {
    let form = &view.form;
    match question {
        Question::Contract => ().into_any(),
        Question::Name => name(t, &form.persoon, errors),
        Question::Birth => birth(t, &form.persoon, errors),
        Question::Bsn => bsn(t, &form.persoon, errors),
        Question::Address => address(t, form, errors),
        Question::Contact => contact(t, form, errors),
        Question::PersonnelNumber => number(t, form, errors),
        Question::Family => family(t, form, errors),
        Question::Products => products(t, view, errors),
        Question::Start => start(t, view, errors),
    }
}

/// Somebody of the family, on one page.
pub(super) fn dependant(t: &'static Texts, person: &PersonForm, errors: Signal<FieldErrors>) -> AnyView {
    view! { {name(t, person, errors)} {birth(t, person, errors)} {bsn(t, person, errors)} }.into_any()
}

fn name(t: &'static Texts, person: &PersonForm, errors: Signal<FieldErrors>) -> AnyView {
    let e = t.enrol();
    let uses =
        [(NameUse::E, e.use_own), (NameUse::P, e.use_partner), (NameUse::V, e.use_before), (NameUse::N, e.use_after)];
    let uses = uses.into_iter().map(|(name_use, words)| (name_use.code().to_owned(), words.to_owned())).collect();
    let chosen = if person.naamgebruik.is_empty() { NameUse::E.code().to_owned() } else { person.naamgebruik.clone() };
    view! {
        <TextField label=e.initials name="voorletters" hint=e.initials_hint maxlength=40 value=person.voorletters.clone() error=error_on(errors, "voorletters") />
        <TextField label=e.prefix name="voorvoegsel" hint=e.prefix_hint maxlength=40 value=person.voorvoegsel.clone() error=error_on(errors, "voorvoegsel") />
        <TextField label=e.surname name="achternaam" autocomplete="family-name" maxlength=200 value=person.achternaam.clone() error=error_on(errors, "achternaam") />
        <RadioGroup legend=e.name_use name="naamgebruik" options=uses value=chosen error=error_on(errors, "naamgebruik") />
        <fieldset class="field">
            <legend>{e.partner}</legend>
            <p class="hint">{e.partner_hint}</p>
            <TextField label=e.partner_prefix name="partner_voorvoegsel" maxlength=40 value=person.partner_voorvoegsel.clone() error=error_on(errors, "partner_voorvoegsel") />
            <TextField label=e.partner_surname name="partner_achternaam" maxlength=200 value=person.partner_achternaam.clone() error=error_on(errors, "partner_achternaam") />
        </fieldset>
    }
    .into_any()
}

fn birth(t: &'static Texts, person: &PersonForm, errors: Signal<FieldErrors>) -> AnyView {
    let e = t.enrol();
    let genders = [(Gender::V, e.woman), (Gender::M, e.man), (Gender::X, e.neither)];
    let genders = genders.into_iter().map(|(gender, words)| (gender.code().to_owned(), words.to_owned())).collect();
    view! {
        <DateField label=e.birth name="geboortedatum" hint=e.birth_hint value=person.geboortedatum.clone() error=error_on(errors, "geboortedatum") />
        <RadioGroup legend=e.gender name="geslacht" options=genders value=person.geslacht.clone() error=error_on(errors, "geslacht") />
    }
    .into_any()
}

fn bsn(t: &'static Texts, person: &PersonForm, errors: Signal<FieldErrors>) -> AnyView {
    let e = t.enrol();
    view! {
        <TextField label="BSN" name="bsn" hint=e.bsn_hint inputmode="numeric" maxlength=15 value=person.bsn.clone() error=error_on(errors, "bsn") />
        <Checkbox label=e.no_bsn name="geen_bsn" value="ja" checked=person.geen_bsn == "ja" />
    }
    .into_any()
}

fn address(t: &'static Texts, form: &EnrolmentForm, errors: Signal<FieldErrors>) -> AnyView {
    let e = t.enrol();
    let at = &form.adres;
    view! {
        <TextField label=e.postcode name="postcode" hint=e.postcode_hint autocomplete="postal-code" maxlength=8 value=at.postcode.clone() error=error_on(errors, "postcode") />
        <TextField label=e.house_number name="huisnummer" inputmode="numeric" maxlength=5 value=at.huisnummer.clone() error=error_on(errors, "huisnummer") />
        <TextField label=e.addition name="toevoeging" maxlength=10 value=at.toevoeging.clone() error=error_on(errors, "toevoeging") />
        <TextField label=e.street name="straat" maxlength=80 value=at.straat.clone() error=error_on(errors, "straat") />
        <TextField label=e.city name="plaats" autocomplete="address-level2" maxlength=80 value=at.plaats.clone() error=error_on(errors, "plaats") />
    }
    .into_any()
}

fn contact(t: &'static Texts, form: &EnrolmentForm, errors: Signal<FieldErrors>) -> AnyView {
    let e = t.enrol();
    view! {
        <TextField label=e.email name="email" kind="email" autocomplete="email" hint=e.email_hint maxlength=254 value=form.email.clone() error=error_on(errors, "email") />
        <TextField label=e.phone name="telefoon" kind="tel" autocomplete="tel" hint=e.phone_hint maxlength=30 value=form.telefoon.clone() error=error_on(errors, "telefoon") />
    }
    .into_any()
}

fn number(t: &'static Texts, form: &EnrolmentForm, errors: Signal<FieldErrors>) -> AnyView {
    let e = t.enrol();
    view! {
        <TextField label=e.number name="personeelsnummer" hint=e.number_hint maxlength=20 value=form.personeelsnummer.clone() error=error_on(errors, "personeelsnummer") />
    }
    .into_any()
}

fn family(t: &'static Texts, form: &EnrolmentForm, errors: Signal<FieldErrors>) -> AnyView {
    let e = t.enrol();
    let choices = vec![("ja".to_owned(), e.yes.to_owned()), ("nee".to_owned(), e.no.to_owned())];
    view! {
        <RadioGroup legend=e.family name="gezin" hint=e.family_hint options=choices value=form.gezin.clone() error=error_on(errors, "gezin") />
    }
    .into_any()
}

fn products(t: &'static Texts, view: &DraftView, errors: Signal<FieldErrors>) -> AnyView {
    let e = t.enrol();
    let offered = view.offer.as_ref().map(|offer| offer.products.as_slice()).unwrap_or_default();
    let of = |kind: ProductKind| offered.iter().filter(move |product| product.kind == kind);
    let basic = of(ProductKind::Basic).map(|product| (product.code.clone(), product.name.clone())).collect();
    let chosen: Vec<&str> = view.form.pakket.split(',').collect();
    let wrong = errors.with_untracked(|errors| errors.on("pakket"));
    let why = wrong.map(|code| view! { <p class="why">{field_code(t, code)}</p> });
    let packages: Vec<_> = [(ProductKind::Supplementary, e.supplementary), (ProductKind::Dental, e.dental)]
        .into_iter()
        .filter(|(kind, _)| of(*kind).next().is_some())
        .map(|(kind, legend)| {
            let boxes: Vec<_> = of(kind)
                .map(|product| {
                    let checked = chosen.contains(&product.code.as_str());
                    let id = format!("pakket-{}", product.code);
                    view! { <Checkbox label=product.name.clone() name="pakket" value=product.code.clone() checked=checked id=id /> }
                })
                .collect();
            view! { <fieldset class="field"><legend>{legend}</legend> <p class="hint">{e.at_most_one}</p> {boxes}</fieldset> }
        })
        .collect();
    view! {
        <RadioGroup legend=e.basic name="product" options=basic value=view.form.product.clone() error=error_on(errors, "product") />
        <div id="pakket" tabindex="-1">{why} {packages}</div>
    }
    .into_any()
}

fn start(t: &'static Texts, view: &DraftView, errors: Signal<FieldErrors>) -> AnyView {
    let e = t.enrol();
    let window = view.offer.as_ref().and_then(|offer| offer.window);
    let hint = match window.and_then(|window| window.end.map(|last| (window.start, last))) {
        Some((first, last)) => e.start_hint(format::date(first), format::date(last)),
        None => String::new(),
    };
    view! {
        <DateField label=e.start name="ingangsdatum" hint=hint value=view.form.ingangsdatum.clone() error=error_on(errors, "ingangsdatum") />
    }
    .into_any()
}
