//! The fields of the two forms: who it is, where one lives, how one is reached, and from which day.

use collectief_domain::{
    address::{ADDITION_MAX, PLACE_NAME_MAX},
    enrolment::AnswerForm,
    field::FieldErrors,
    name::{Gender, NameUse},
    period::Period,
};
use leptos::prelude::*;

use crate::{
    i18n::use_texts,
    ui::{
        field::{Checkbox, DateField, RadioGroup, SelectField, TextField, error_on},
        format,
    },
};

/// Personal details: the names with the choice of name, birth date, gender and BSN.
pub fn person(form: &AnswerForm, errors: Signal<FieldErrors>) -> AnyView {
    let t = use_texts();
    let (s, p) = (t.inside(), t.person());
    let name_uses = NameUse::ALL.map(|name_use| {
        let words = match name_use {
            NameUse::E => p.name_own,
            NameUse::P => p.name_partner,
            NameUse::V => p.name_partner_own,
            NameUse::N => p.name_own_partner,
        };
        (name_use.code().to_owned(), words.to_owned())
    });
    let name_use = if form.naamgebruik.is_empty() { NameUse::E.code() } else { form.naamgebruik.as_str() };
    let genders = [(Gender::V, p.woman), (Gender::M, p.man), (Gender::X, p.neither)]
        .map(|(gender, words)| (gender.code().to_owned(), words.to_owned()));
    view! {
        <div class="fields">
            <TextField
                label=p.initials
                name="voorletters"
                hint=s.initials_hint
                value=form.voorletters.clone()
                error=error_on(errors, "voorletters")
            />
            <TextField
                label=s.prefix
                name="voorvoegsel"
                hint=s.prefix_hint
                value=form.voorvoegsel.clone()
                error=error_on(errors, "voorvoegsel")
            />
            <TextField
                label=t.participants().surname
                name="achternaam"
                value=form.achternaam.clone()
                error=error_on(errors, "achternaam")
            />
        </div>
        <div class="fields">
            <TextField
                label=s.partner_prefix
                name="partner_voorvoegsel"
                value=form.partner_voorvoegsel.clone()
                error=error_on(errors, "partner_voorvoegsel")
            />
            <TextField
                label=s.partner_surname
                name="partner_achternaam"
                value=form.partner_achternaam.clone()
                error=error_on(errors, "partner_achternaam")
            />
            <SelectField
                label=p.name_use
                name="naamgebruik"
                options=name_uses.into()
                value=name_use
                error=error_on(errors, "naamgebruik")
            />
        </div>
        <div class="fields">
            <DateField
                label=t.participants().birth_date
                name="geboortedatum"
                value=form.geboortedatum.clone()
                error=error_on(errors, "geboortedatum")
            />
            <RadioGroup
                legend=t.participants().col_gender
                name="geslacht"
                options=genders.into()
                value=form.geslacht.clone()
                error=error_on(errors, "geslacht")
            />
            <div>
                <TextField
                    label=p.bsn
                    name="bsn"
                    hint=s.bsn_hint
                    inputmode="numeric"
                    value=form.bsn.clone()
                    error=error_on(errors, "bsn")
                />
                <Checkbox label=s.no_bsn name="geen_bsn" value="ja" checked=form.geen_bsn == "ja" />
            </div>
        </div>
    }
    .into_any()
}

/// Where one lives, which may be left out as a whole.
pub fn address(form: &AnswerForm, errors: Signal<FieldErrors>) -> AnyView {
    let s = use_texts().inside();
    view! {
        <p class="hint">{s.address_hint}</p>
        <div class="fields">
            <TextField
                label=s.street
                name="straat"
                maxlength=PLACE_NAME_MAX
                value=form.straat.clone()
                error=error_on(errors, "straat")
            />
            <TextField
                label=s.house_number
                name="huisnummer"
                inputmode="numeric"
                maxlength=5
                value=form.huisnummer.clone()
                error=error_on(errors, "huisnummer")
            />
            <TextField
                label=s.addition
                name="toevoeging"
                hint=s.addition_hint
                maxlength=ADDITION_MAX
                value=form.toevoeging.clone()
                error=error_on(errors, "toevoeging")
            />
            <TextField
                label=s.postcode
                name="postcode"
                hint=s.postcode_hint
                value=form.postcode.clone()
                error=error_on(errors, "postcode")
            />
            <TextField
                label=s.city
                name="plaats"
                maxlength=PLACE_NAME_MAX
                value=form.plaats.clone()
                error=error_on(errors, "plaats")
            />
        </div>
    }
    .into_any()
}

/// How one is reached, where that is known.
pub fn contact(form: &AnswerForm, errors: Signal<FieldErrors>) -> AnyView {
    let t = use_texts();
    let (s, p) = (t.inside(), t.person());
    view! {
        <div class="fields">
            <TextField
                label=p.email
                name="email"
                kind="email"
                hint=s.optional
                maxlength=254
                value=form.email.clone()
                error=error_on(errors, "email")
            />
            <TextField
                label=p.phone
                name="telefoon"
                kind="tel"
                hint=s.optional
                maxlength=30
                value=form.telefoon.clone()
                error=error_on(errors, "telefoon")
            />
        </div>
    }
    .into_any()
}

/// From which day, with the days that can be chosen.
pub fn start(form: &AnswerForm, errors: Signal<FieldErrors>, window: Period) -> AnyView {
    let t = use_texts();
    let s = t.inside();
    let first = format::date(window.start);
    let hint = match window.end {
        Some(last) => s.window(first, format::date(last)),
        None => s.window_from(first),
    };
    view! {
        <DateField
            label=t.participants().col_start
            name="ingangsdatum"
            hint=hint
            value=form.ingangsdatum.clone()
            error=error_on(errors, "ingangsdatum")
        />
    }
    .into_any()
}
