//! One question a page, and the family.

use collectief_domain::{
    enrolment::{DraftView, EnrolmentForm, PersonForm, Question},
    field::FieldErrors,
};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use super::{Shown, fields, gone, parameter, place, question_path, shown};
use crate::{
    error::AppError,
    i18n::{Texts, use_texts},
    routes,
    ui::{error_summary::ErrorSummary, page::Page},
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
    Question::from_code(&parameter("vraag")).filter(|question| *question != Question::Contract)
}

/// Which dependant the page is about: `nieuw`, or a number from 1.
fn dependant() -> Option<String> {
    use_query_map().with_untracked(|query| query.get_str(routes::DEPENDANT).map(str::to_owned))
}

fn comes_back() -> bool {
    use_query_map().with_untracked(|query| query.get_str(routes::BACK).is_some())
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
        question.previous().map_or_else(|| routes::ENROL.to_owned(), question_path)
    };
    let title = fields::asked(t, question, &view.form);
    let family =
        (question == Question::Family && !view.form.gezinsleden.is_empty()).then(|| family_list(t, &view.form));
    let action = if back { routes::enrol_question_back(question) } else { routes::enrol_question(question) };
    let hidden = back.then(|| view! { <input type="hidden" name="terug" value="ja" /> });
    let (where_one_is, asked) = (place(t, question.step(), view), fields::fields(t, question, view, errors));
    view! {
        <Page title=title wrong=wrong>
            <p class="small"><a rel="external" href=previous>{e.back}</a></p>
            {where_one_is}
            <ErrorSummary errors />
            {family}
            <form method="post" action=action class="sign-in" novalidate>
                {hidden}
                {asked}
                <p class="deeds">
                    <button class="button act">{e.next}</button>
                    <a class="button plain" rel="external" href=routes::ENROL_STEPS>{e.later}</a>
                </p>
            </form>
        </Page>
    }
    .into_any()
}

/// Those of the family who were filled in.
fn family_list(t: &'static Texts, form: &EnrolmentForm) -> AnyView {
    let e = t.enrol();
    let people: Vec<_> = (1..)
        .zip(&form.gezinsleden)
        .map(|(number, person): (usize, &PersonForm)| {
            let name = person.shown_name();
            let (change, remove) = (e.change_of(&name), e.remove_of(&name));
            let edit = routes::enrol_dependant(&number.to_string());
            let words = format!("{name}, {}", person.geboortedatum);
            view! {
                <li>
                    <span>{words}</span>
                    <a class="button edit" rel="external" href=edit aria-label=change>{e.change}</a>
                    <form method="post" action=routes::enrol_question(Question::Family)>
                        <input type="hidden" name="nr" value=number.to_string() />
                        <button class="button plain" name="actie" value="verwijderen" aria-label=remove>{e.remove}</button>
                    </form>
                </li>
            }
        })
        .collect();
    view! {
        <ul class="family">{people}</ul>
        <p><a class="button" rel="external" href=routes::enrol_dependant("nieuw")>{e.add}</a></p>
    }
    .into_any()
}

fn family_member(view: &DraftView, errors: FieldErrors, typed: Option<PersonForm>, number: &str) -> AnyView {
    let t = use_texts();
    let e = t.enrol();
    let wrong = !errors.is_empty();
    let errors = Signal::stored(errors);
    let kept = number.parse::<usize>().ok().and_then(|number| view.form.gezinsleden.get(number.checked_sub(1)?));
    let person = typed.or_else(|| kept.cloned()).unwrap_or_default();
    let number = if kept.is_some() { number.to_owned() } else { String::new() };
    let action = routes::enrol_dependant(if number.is_empty() { "nieuw" } else { &number });
    let (where_one_is, asked) = (place(t, Question::Family.step(), view), fields::dependant(t, &person, errors));
    view! {
        <Page title=e.ask_dependant wrong=wrong>
            <p class="small"><a rel="external" href=routes::enrol_question(Question::Family)>{e.back}</a></p>
            {where_one_is}
            <ErrorSummary errors />
            <form method="post" action=action class="sign-in" novalidate>
                <input type="hidden" name="nr" value=number />
                {asked}
                <p class="deeds"><button class="button act" name="actie" value="gezinslid">{e.keep}</button></p>
            </form>
        </Page>
    }
    .into_any()
}
