//! Enrolling inside the portal (PRODUCT.md E8), and adding a dependant to a main insured (C9): what staff of the employer do
//! there needs nobody's validation.

mod actions;
mod dependant;
mod fields;
pub(crate) mod insurance;
mod page;
mod receipt;

use collectief_domain::field::FieldErrors;
use leptos::prelude::*;

pub use actions::{
    AddDependant, AddDependantPage, DependantAnswer, EnrolAnswer, EnrolInsidePage, EnrolParticipant, add_dependant,
    add_dependant_page, enrol_inside_page, enrol_participant,
};
pub use dependant::DependantPage;
pub use page::EnrolPage;

use crate::{
    deregister::Problem,
    error::AppError,
    i18n::use_texts,
    ui::{
        mark::{Kind, Note},
        page::Page,
    },
};

/// What is wrong with the fields.
fn at_fields(error: Signal<Option<AppError>>) -> Signal<FieldErrors> {
    Signal::derive(move || match error.get() {
        Some(AppError::Invalid(errors)) => errors,
        _ => FieldErrors::default(),
    })
}

/// Why it was not done, where that is about no field; `again` is where one sees how it stands now.
fn elsewhere(error: Signal<Option<AppError>>, again: String) -> impl IntoView {
    let t = use_texts();
    move || {
        error.get().filter(|error| !matches!(error, AppError::Invalid(_))).map(|error| {
            let look = matches!(error, AppError::Conflict(_)).then(|| {
                view! { <p><a class="button" rel="external" href=again.clone()>{t.deregister().look_again}</a></p> }
            });
            view! {
                <Problem error />
                {look}
            }
        })
    }
}

/// A part of the form, under a heading of its own.
fn section(id: &'static str, title: &'static str, fields: AnyView) -> AnyView {
    view! {
        <section class="sheet pad" aria-labelledby=id>
            <h2 id=id>{title}</h2>
            {fields}
        </section>
    }
    .into_any()
}

/// The page where nothing can be filled in, with why, and where one can go.
fn closed(title: String, why: &'static str, to: String, to_words: String) -> AnyView {
    view! {
        <Page title=title>
            <Note kind=Kind::Wait><p>{why}</p></Note>
            <p><a class="button" href=to>{to_words}</a></p>
        </Page>
    }
    .into_any()
}
