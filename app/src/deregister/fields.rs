//! Einddatum (t/m) and Reden, alike in the row of the list and on the page.

use collectief_domain::{
    date::{Date, Month, parse_typed_date},
    deregistration::{DeregisterForm, EndReason, first_day_without},
    field::FieldErrors,
};
use leptos::prelude::*;

use super::reason_name;
use crate::{
    i18n::{long_date, use_texts},
    ui::{
        field::{DateField, SelectField, error_on},
        format,
    },
};

/// What stands in the date field before anything is typed: the last day of this month, the usual end.
pub fn usual_end(today: Date) -> String {
    format::date(Month::of(today).last_day())
}

/// The fields of "Direct afmelden", with the first day without cover below them while one types.
#[component]
pub fn EndFields(
    /// The form as it stands.
    form: DeregisterForm,
    /// What is wrong with it.
    errors: Signal<FieldErrors>,
    /// Today.
    today: Date,
    /// How many dependants participate through this person; `None` where that differs by person.
    #[prop(optional)]
    dependants: Option<u32>,
    /// The buttons, beside the fields.
    children: Children,
) -> impl IntoView {
    let t = use_texts();
    let typed = RwSignal::new(if form.einddatum.is_empty() { usual_end(today) } else { form.einddatum.clone() });
    let reason = RwSignal::new(form.reden.clone());
    let mut reasons = vec![(String::new(), t.deregister().choose_reason.to_owned())];
    reasons.extend(EndReason::ALL.map(|reason| (reason.code().to_owned(), reason_name(t, reason).to_owned())));
    let hint = move || {
        let end = parse_typed_date(&typed.get()).ok()?;
        let first = t.deregister().first_day_without(long_date(first_day_without(end)));
        let household = EndReason::from_code(&reason.get()).is_none_or(EndReason::ends_household);
        let along = match dependants {
            Some(number @ 1..) if household => format!(" {}", t.deregister().along(number.into())),
            Some(number @ 1..) => format!(" {}", t.deregister().along_asked(number.into())),
            _ => String::new(),
        };
        Some(format!("{first}{along} {}", t.deregister().offer))
    };
    view! {
        <div class="inline">
            <DateField
                label=t.deregister().end_date
                name="einddatum"
                value=typed.get_untracked()
                error=error_on(errors, "einddatum")
                on_input=Callback::new(move |text| typed.set(text))
            />
            <SelectField
                label=t.deregister().reason
                name="reden"
                options=reasons
                value=form.reden
                error=error_on(errors, "reden")
                on_change=Callback::new(move |code| reason.set(code))
            />
            {children()}
        </div>
        <p class="hint">{t.deregister().inclusive}</p>
        <div class="note wait" aria-live="polite">{move || hint().unwrap_or_else(|| t.deregister().no_date.to_owned())}</div>
    }
    .into_any()
}
