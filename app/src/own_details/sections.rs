//! The sections with something to fill in.

use collectief_domain::{
    actor::Language,
    field::FieldErrors,
    own_details::{Deed, DetailsForm, DetailsView, PendingAddress, TELEPHONE_MAX},
    reminder::ReminderMode,
};
use leptos::prelude::*;

use crate::{
    i18n::Texts,
    routes,
    ui::{
        field::{DateField, PasswordField, RadioGroup, TextField, error_on},
        format,
        mark::{Kind, Note, Tag},
    },
};

/// A section: its heading, and what is in it.
pub(super) fn section(id: &'static str, title: &'static str, children: AnyView) -> AnyView {
    view! {
        <section class="sheet pad" aria-labelledby=id>
            <h2 id=id>{title}</h2>
            {children}
        </section>
    }
    .into_any()
}

/// A form that does one thing.
pub(super) fn deed(deed: Deed, children: AnyView) -> AnyView {
    view! {
        <form method="post" action=routes::OWN_DETAILS novalidate>
            <input type="hidden" name="actie" value=deed.code() />
            {children}
        </form>
    }
    .into_any()
}

/// Name, telephone and language.
pub(super) fn details(t: &'static Texts, form: &DetailsForm, errors: Signal<FieldErrors>) -> AnyView {
    let d = t.details();
    let languages = vec![
        (Language::Nl.tag().to_owned(), "Nederlands".to_owned()),
        (Language::En.tag().to_owned(), "English".to_owned()),
    ];
    let fields = view! {
        <TextField
            label=d.name
            name="naam"
            autocomplete="name"
            maxlength=100
            value=form.naam.clone()
            error=error_on(errors, "naam")
        />
        <TextField
            label=d.telephone
            name="telefoon"
            kind="tel"
            autocomplete="tel"
            maxlength=TELEPHONE_MAX
            hint=d.telephone_hint
            value=form.telefoon.clone()
            error=error_on(errors, "telefoon")
        />
        <RadioGroup
            legend=d.language
            name="taal"
            hint=d.language_hint
            options=languages
            value=form.taal.clone()
            error=error_on(errors, "taal")
        />
        <button class="button act">{d.save}</button>
    };
    section("gegevens", d.details, deed(Deed::Save, fields.into_any()))
}

/// An address that waits to be confirmed, with a way to forget it.
fn pending(t: &'static Texts, pending: Option<&PendingAddress>, withdraw: Deed) -> Option<AnyView> {
    let d = t.details();
    pending.map(|pending| {
        let text = d.pending(&pending.address, format::date(pending.asked_on));
        let button = view! { <button class="button">{d.withdraw}</button> };
        let form = deed(withdraw, button.into_any());
        view! {
            <Note kind=Kind::Wait>
                <p class="wrap">{text}</p>
                {form}
            </Note>
        }
        .into_any()
    })
}

/// The address that one signs in with.
pub(super) fn email(t: &'static Texts, view: &DetailsView, form: &DetailsForm, errors: Signal<FieldErrors>) -> AnyView {
    let d = t.details();
    let fields = view! {
        // What a password manager keeps the password under.
        <input type="email" name="gebruiker" autocomplete="username" value=view.email.clone() readonly hidden />
        <TextField
            label=d.new_email
            name="email"
            kind="email"
            autocomplete="email"
            maxlength=254
            hint=d.new_email_hint
            value=form.email.clone()
            error=error_on(errors, "email")
        />
        <PasswordField
            label=d.present_password
            name="wachtwoord_bij_email"
            autocomplete="current-password"
            error=error_on(errors, "wachtwoord_bij_email")
        />
        <button class="button act">{d.change_email}</button>
    };
    let content = view! {
        <p>{d.email_text} " " <strong class="wrap">{view.email.clone()}</strong></p>
        {pending(t, view.pending_email.as_ref(), Deed::WithdrawEmail)}
        {deed(Deed::AskEmail, fields.into_any())}
    };
    section("e-mailadres", d.email, content.into_any())
}

/// The address that reminders go to.
pub(super) fn reminders(
    t: &'static Texts,
    view: &DetailsView,
    form: &DetailsForm,
    errors: Signal<FieldErrors>,
) -> AnyView {
    let d = t.details();
    let fields = view! {
        <TextField
            label=d.reminders_label
            name="herinneringen"
            kind="email"
            maxlength=254
            hint=d.reminders_hint
            value=form.herinneringen.clone()
            error=error_on(errors, "herinneringen")
        />
        <button class="button act">{d.change_reminders}</button>
    };
    let content = view! {
        <p>{d.reminders_text}</p>
        {pending(t, view.pending_reminders.as_ref(), Deed::WithdrawReminders)}
        {deed(Deed::AskReminders, fields.into_any())}
        {view.is_reminded.then(|| wishes(t, view, form, errors))}
    };
    section("herinneringsadres", d.reminders, content.into_any())
}

/// How often one is reminded, and who is while one is away.
fn wishes(t: &'static Texts, view: &DetailsView, form: &DetailsForm, errors: Signal<FieldErrors>) -> AnyView {
    let d = t.details();
    let modes = vec![
        (ReminderMode::AtOnce.code().to_owned(), d.remind_at_once.to_owned()),
        (ReminderMode::Daily.code().to_owned(), d.remind_daily.to_owned()),
    ];
    let deputy = view.wishes.deputy.as_ref().map(|(_, name)| d.deputy_is(name)).unwrap_or_default();
    let fields = view! {
        <RadioGroup
            legend=d.remind
            name="hoe"
            options=modes
            value=form.hoe.clone()
            error=error_on(errors, "hoe")
        />
        <fieldset class="field">
            <legend>{d.away}</legend>
            <p class="hint">{d.away_hint}</p>
            <DateField
                label=d.away_from
                name="afwezig_van"
                value=form.afwezig_van.clone()
                error=error_on(errors, "afwezig_van")
            />
            <DateField
                label=d.away_until
                name="afwezig_tot"
                value=form.afwezig_tot.clone()
                error=error_on(errors, "afwezig_tot")
            />
            <TextField
                label=d.deputy
                name="vervanger"
                kind="email"
                maxlength=254
                hint=deputy
                value=form.vervanger.clone()
                error=error_on(errors, "vervanger")
            />
        </fieldset>
        <button class="button act">{d.save_wishes}</button>
    };
    deed(Deed::SetWishes, fields.into_any())
}

/// Choosing another password.
pub(super) fn password(t: &'static Texts, view: &DetailsView, errors: Signal<FieldErrors>) -> AnyView {
    let d = t.details();
    let fields = view! {
        <input type="email" name="gebruiker" autocomplete="username" value=view.email.clone() readonly hidden />
        <PasswordField
            label=d.present_password
            name="huidig_wachtwoord"
            autocomplete="current-password"
            error=error_on(errors, "huidig_wachtwoord")
        />
        <PasswordField
            label=t.password().new_password
            name="nieuw_wachtwoord"
            autocomplete="new-password"
            hint=t.password().hint(view.fewest)
            error=error_on(errors, "nieuw_wachtwoord")
        />
        <button class="button act">{d.change_password}</button>
    };
    let content = view! {
        <p>{d.password_text}</p>
        {deed(Deed::ChangePassword, fields.into_any())}
    };
    section("wachtwoord", d.password, content.into_any())
}

/// Whether a second step is asked, and the way to its page.
pub(super) fn second_step(t: &'static Texts, view: &DetailsView) -> AnyView {
    let d = t.details();
    let (kind, word, text) = if view.has_second_factor {
        (Kind::In, d.second_step_on, d.second_step_on_text)
    } else {
        (Kind::Plain, d.second_step_off, d.second_step_off_text)
    };
    let content = view! {
        <p><Tag kind label=word /></p>
        <p>{text}</p>
        <p><a class="button" href=routes::SECOND_FACTOR>{d.second_step_go}</a></p>
    };
    section("tweede-stap", d.second_step, content.into_any())
}
