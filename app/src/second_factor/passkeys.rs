//! The passkeys on the page of one's own second step: which there are, adding one, removing one.

use collectief_domain::{
    passkey::{MOST_NAME, NewPasskeyView, PasskeyView, Removal, removal},
    password::MIN_ALONE,
    second_factor::SecondFactorView,
};
use leptos::prelude::*;

use super::{
    page::{Deed, ProofIds, Tried, form, proof_fields},
    passkey::{PasskeyButton, Question},
};
use crate::{
    i18n::{Texts, long_date},
    routes,
    ui::field::{SelectField, TextField, error_on},
};

const ADDING_IDS: ProofIds = ["toevoegen-wachtwoord", "toevoegen-code", "toevoegen-passkey"];
const REMOVAL_IDS: ProofIds = ["verwijderen-wachtwoord", "verwijderen-code", "verwijderen-passkey"];

/// The passkeys, where there are any or can be.
pub(super) fn passkeys(t: &'static Texts, view: &SecondFactorView, tried: &Tried) -> Option<AnyView> {
    if view.passkeys.is_empty() && !view.offers_passkeys {
        return None;
    }
    let s = t.second_factor();
    let items: Vec<_> = view.passkeys.iter().map(|passkey| item(t, passkey)).collect();
    let list = (!items.is_empty()).then(|| view! { <ul class="passkeys">{items}</ul> });
    let adding = view.offers_passkeys.then(|| adding(t, view, tried));
    let removing = (!view.passkeys.is_empty()).then(|| removing(t, view, tried));
    Some(
        view! {
            <section class="sheet pad">
                <h2>{s.passkeys}</h2>
                <p>{s.passkeys_text}</p>
                {list}
                {adding}
                {removing}
            </section>
        }
        .into_any(),
    )
}

fn item(t: &'static Texts, passkey: &PasskeyView) -> AnyView {
    let s = t.second_factor();
    let used = match passkey.last_used {
        Some(day) => s.passkey_used(long_date(day)),
        None => s.passkey_unused.to_owned(),
    };
    view! {
        <li>
            <strong>{passkey.name.clone()}</strong>
            <span class="soft">{s.passkey_added(long_date(passkey.added))} ", " {used}</span>
        </li>
    }
    .into_any()
}

fn adding(t: &'static Texts, view: &SecondFactorView, tried: &Tried) -> AnyView {
    let s = t.second_factor();
    // What went wrong with the passkey that the browser made is put right by beginning anew.
    let deed = if tried.was(Deed::AddPasskey) { Deed::AddPasskey } else { Deed::BeginPasskey };
    let errors = tried.errors_of(deed);
    let fields = view! {
        <TextField
            id="toevoegen-naam"
            label=s.passkey_name
            name="naam"
            hint=s.passkey_name_hint
            maxlength=MOST_NAME
            error=error_on(errors, "naam")
        />
        {proof_fields(t, view, ADDING_IDS, errors)}
        <p class="soft scripts-off">{s.passkey_new_no_scripts}</p>
    };
    view! {
        <details class="twice" open=tried.was(deed)>
            <summary>{s.passkey_add}</summary>
            {form(Deed::BeginPasskey, fields.into_any(), s.passkey_next)}
        </details>
    }
    .into_any()
}

fn removing(t: &'static Texts, view: &SecondFactorView, tried: &Tried) -> AnyView {
    let s = t.second_factor();
    let count = u32::try_from(view.passkeys.len()).unwrap_or(u32::MAX);
    let removal = removal(view.since.is_some(), count, view.is_required, view.password_is_short);
    let text = match removal {
        Removal::OneLess => s.passkey_remove_text.to_owned(),
        Removal::EndsSecondStep => s.passkey_last_text.to_owned(),
        Removal::MustHave => return view! { <p class="soft">{s.passkey_last_required}</p> }.into_any(),
        Removal::ShortPassword => return view! { <p class="soft">{s.remove_short(MIN_ALONE)}</p> }.into_any(),
    };
    let errors = tried.errors_of(Deed::RemovePasskey);
    let options = view.passkeys.iter().map(|passkey| (passkey.id.to_string(), passkey.name.clone())).collect();
    let fields = view! {
        <SelectField
            id="verwijderen-welke"
            label=s.passkey_which
            name="welke"
            options
            error=error_on(errors, "welke")
        />
        {proof_fields(t, view, REMOVAL_IDS, errors)}
    };
    view! {
        <details class="twice end" open=tried.was(Deed::RemovePasskey)>
            <summary>{s.passkey_remove}</summary>
            <p>{text}</p>
            {form(Deed::RemovePasskey, fields.into_any(), s.passkey_remove_submit)}
        </details>
    }
    .into_any()
}

/// Where the browser makes the passkey: the password, and what else was asked, were right.
pub(super) fn make_passkey(t: &'static Texts, new: &NewPasskeyView) -> AnyView {
    let s = t.second_factor();
    view! {
        <section class="sheet pad">
            <h2>{s.passkey_make_title}</h2>
            <p>{s.passkey_make_text(&new.name)}</p>
            <form method="post" action=routes::SECOND_FACTOR novalidate>
                <input type="hidden" name="actie" value=Deed::AddPasskey.code() />
                <PasskeyButton
                    question=Question::New(new.options.clone())
                    id="nieuwe_passkey"
                    label=s.passkey_make
                    class="button act"
                />
                <p><a href=routes::SECOND_FACTOR>{s.cancel}</a></p>
            </form>
        </section>
    }
    .into_any()
}
