//! One question a page, and the family.

use collectief_domain::{
    enrolment::{DEPENDANTS_MAX, DraftView, EnrolmentForm, PersonForm, Question},
    field::FieldErrors,
};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use super::{Shown, asking, day, employer, fields, gone, parameter, place, shown};
use crate::{
    error::AppError,
    i18n::{Texts, use_texts},
    routes,
    ui::error_summary::ErrorSummary,
};

async fn asked(question: Option<Question>, dependant: Option<usize>) -> Result<Shown, AppError> {
    #[cfg(feature = "ssr")]
    {
        super::ssr::question(question, dependant).await
    }
    #[cfg(not(feature = "ssr"))]
    {
        let _ = (question, dependant);
        Ok(Shown::Gone)
    }
}

fn question() -> Option<Question> {
    Question::from_code(&parameter("vraag"))
}

/// Which dependant the page is about: `nieuw`, or a number from 1.
fn dependant() -> Option<String> {
    use_query_map().with_untracked(|query| query.get_str(routes::DEPENDANT).map(str::to_owned))
}

/// Whether one came from where all answers are checked.
fn comes_back() -> bool {
    use_query_map().with_untracked(|query| query.get_str(routes::BACK).is_some())
}

/// The page of a question, from which one goes back to where all answers are checked if one came from there.
fn path_of(question: Question, back: bool) -> String {
    if back { routes::enrol_question_back(question) } else { routes::enrol_question(question) }
}

/// What tells the server that one goes back there.
fn returns(back: bool) -> Option<AnyView> {
    back.then(|| view! { <input type="hidden" name=routes::BACK value="ja" /> }.into_any())
}

/// The page `/aanmelden/stap/:vraag`.
pub(super) fn page() -> AnyView {
    let (question, place) = (question(), dependant().and_then(|number| number.parse::<usize>().ok()?.checked_sub(1)));
    let found = Resource::new_blocking(|| (), move |()| asked(question, place));
    shown(found, show)
}

fn show(view: DraftView, errors: FieldErrors, typed: Option<PersonForm>) -> AnyView {
    let Some(question) = question() else { return gone() };
    match (question, dependant()) {
        (Question::Family, Some(number)) => family_member(&view, errors, typed, &number),
        (question, _) => one(question, &view, errors),
    }
}

fn one(question: Question, view: &DraftView, errors: FieldErrors) -> AnyView {
    let t = use_texts();
    let e = t.enrol();
    let wrong = !errors.is_empty();
    let errors = Signal::stored(errors);
    let back = comes_back();
    let previous = if back {
        routes::ENROL_CHECK.to_owned()
    } else {
        question.previous().map_or_else(|| routes::ENROL_STEPS.to_owned(), routes::enrol_question)
    };
    let title = fields::asked(t, question, &view.form);
    let family =
        (question == Question::Family && !view.form.gezinsleden.is_empty()).then(|| family_list(t, &view.form, back));
    let (where_one_is, asked) = (place(t, question.step(), employer(view)), fields::fields(t, question, view, errors));
    let body = view! {
        {family}
        <form method="post" action=path_of(question, back) class="sign-in" novalidate>
            {returns(back)}
            {asked}
            <p class="deeds">
                <button class="button act">{e.next}</button>
                <a class="button plain" rel="external" href=routes::ENROL_STEPS>{e.later}</a>
            </p>
        </form>
    };
    let summary = view! { <ErrorSummary errors /> }.into_any();
    asking(title, wrong, Some(previous), summary, where_one_is, body.into_any())
}

/// Those of the family who were filled in.
fn family_list(t: &'static Texts, form: &EnrolmentForm, back: bool) -> AnyView {
    let e = t.enrol();
    let people: Vec<_> = (1..)
        .zip(&form.gezinsleden)
        .map(|(number, person): (usize, &PersonForm)| {
            let name = person.shown_name();
            let (change, remove) = (e.change_of(&name), e.remove_of(&name));
            let edit = routes::enrol_dependant(&number.to_string(), back);
            let words = format!("{name}, {}", day(&person.geboortedatum));
            view! {
                <li>
                    <span>{words}</span>
                    <div class="inline">
                        <a class="button edit" rel="external" href=edit aria-label=change>{e.change}</a>
                        <form method="post" action=path_of(Question::Family, back)>
                            {returns(back)}
                            <input type="hidden" name="nr" value=number.to_string() />
                            <button class="button plain" name="actie" value="verwijderen" aria-label=remove>
                                {e.remove}
                            </button>
                        </form>
                    </div>
                </li>
            }
        })
        .collect();
    let add = (form.gezinsleden.len() < DEPENDANTS_MAX).then(|| {
        let href = routes::enrol_dependant(routes::NEW_DEPENDANT, back);
        view! { <p><a class="button" rel="external" href=href>{e.add}</a></p> }
    });
    view! {
        <ul class="family">{people}</ul>
        {add}
    }
    .into_any()
}

fn family_member(view: &DraftView, errors: FieldErrors, typed: Option<PersonForm>, number: &str) -> AnyView {
    let t = use_texts();
    let e = t.enrol();
    let wrong = !errors.is_empty();
    let errors = Signal::stored(errors);
    let back = comes_back();
    let kept = number.parse::<usize>().ok().and_then(|number| view.form.gezinsleden.get(number.checked_sub(1)?));
    let person = typed.or_else(|| kept.cloned()).unwrap_or_default();
    let number = if kept.is_some() { number.to_owned() } else { String::new() };
    let action = routes::enrol_dependant(if number.is_empty() { routes::NEW_DEPENDANT } else { &number }, back);
    let (where_one_is, asked) =
        (place(t, Question::Family.step(), employer(view)), fields::dependant(t, &person, errors));
    let body = view! {
        <form method="post" action=action class="sign-in" novalidate>
            {returns(back)}
            <input type="hidden" name="nr" value=number />
            {asked}
            <p class="deeds">
                <button class="button act" name="actie" value="gezinslid">{e.keep}</button>
                <a class="button plain" rel="external" href=routes::ENROL_STEPS>{e.later}</a>
            </p>
        </form>
    };
    let summary = view! { <ErrorSummary errors /> }.into_any();
    asking(e.ask_dependant, wrong, Some(path_of(Question::Family, back)), summary, where_one_is, body.into_any())
}
