//! What is posted to the open pages, and what they show. The token of what was answered is in a cookie.

use collectief_domain::{
    case::FollowForm,
    contract::ContractNumber,
    enrolment::{AnswerForm, Answered, EnrolRefusal, Question, Sent},
    field::{FieldCode, FieldErrors},
};
use collectief_service::enrol::{self, follow as case};

use super::{Shown, begin::Beginning, follow::Followed};
use crate::{
    error::AppError,
    routes,
    ssr::{self, ServiceError},
};

/// For how long the browser keeps the token, in seconds: as long as the answers are kept.
const KEPT: i64 = collectief_domain::enrolment::DRAFT_DAYS as i64 * 24 * 60 * 60;

/// Goes on after an answer that was kept.
fn go_on(answered: &Answered, form: &AnswerForm) {
    if let Some(token) = &answered.token {
        ssr::set_enrol_cookie(token, KEPT);
    }
    ssr::see_other(&match answered.next {
        // The list of the family is come back to from each of them.
        Some(Question::Family) if comes_back(form) => routes::enrol_question_back(Question::Family),
        Some(question) => routes::enrol_question(question),
        None => routes::ENROL_CHECK.to_owned(),
    });
}

/// Whether one goes back to where all answers are checked.
fn comes_back(form: &AnswerForm) -> bool {
    form.terug == "ja"
}

/// The first question.
pub(super) async fn begin(contract: String) -> Result<Beginning, AppError> {
    let (portal, request) = (ssr::portal()?, ssr::request());
    let token = ssr::enrol_cookie();
    if let Some(form) = ssr::posted::<AnswerForm>() {
        let answered = enrol::answer(&portal, &request, token.as_deref(), Question::Contract, &form).await;
        return match answered.map_err(ssr::refuse)? {
            Ok(answered) => {
                go_on(&answered, &form);
                Ok(Beginning::default())
            }
            Err(refusal) => {
                ssr::set_status(if matches!(refusal, EnrolRefusal::TooMany { .. }) { 429 } else { 422 });
                Ok(Beginning { form, refusal: Some(refusal), ..Beginning::default() })
            }
        };
    }
    let mut beginning = Beginning::default();
    if let Some(token) = &token {
        beginning.is_begun = enrol::draft(&portal, token, None, None).await.map_err(ssr::refuse)?.is_some();
    }
    if !contract.is_empty() {
        match enrol::offer(&portal, &request, &contract).await.map_err(ssr::refuse)? {
            Ok(offer) => beginning.employer = Some(offer.contract.name),
            Err(refusal) => {
                ssr::set_status(if matches!(refusal, EnrolRefusal::TooMany { .. }) { 429 } else { 404 });
                beginning.refusal = Some(refusal);
            }
        }
        beginning.form.contract = contract;
    }
    Ok(beginning)
}

/// What is kept, for the page of a question.
async fn kept(asked: Option<Question>, dependant: Option<usize>) -> Result<Shown, AppError> {
    let Some(token) = ssr::enrol_cookie() else { return Ok(Shown::Gone) };
    let found = enrol::draft(&ssr::portal()?, &token, asked, dependant).await.map_err(ssr::refuse)?;
    Ok(match found {
        Some(view) => Shown::Draft { view: Box::new(view), errors: FieldErrors::default(), typed: None },
        None => Shown::Gone,
    })
}

/// The page once more, with what is wrong.
fn with_errors(shown: Shown, wrong: FieldErrors, person: Option<&AnswerForm>) -> Shown {
    ssr::set_status(422);
    match shown {
        Shown::Draft { view, .. } => {
            Shown::Draft { view, errors: wrong, typed: person.map(|form| Box::new(form.person())) }
        }
        other => other,
    }
}

/// A question, or one of the family by place, from 0.
pub(super) async fn question(question: Option<Question>, dependant: Option<usize>) -> Result<Shown, AppError> {
    let Some(question) = question else { return Err(ssr::refuse(ServiceError::NotFound)) };
    let Some(form) = ssr::posted::<AnswerForm>() else { return kept(Some(question), dependant).await };
    let (portal, request, token) = (ssr::portal()?, ssr::request(), ssr::enrol_cookie());
    match enrol::answer(&portal, &request, token.as_deref(), question, &form).await.map_err(ssr::refuse)? {
        Ok(answered) => {
            go_on(&answered, &form);
            Ok(Shown::Sent)
        }
        Err(EnrolRefusal::Gone) => Ok(Shown::Gone),
        Err(EnrolRefusal::TooMany { seconds }) => {
            ssr::set_status(429);
            Ok(Shown::TooMany(seconds))
        }
        Err(EnrolRefusal::Invalid(errors)) => {
            // That there is a family was kept; who it is, is asked next.
            if errors.have(FieldCode::NobodyAdded) {
                ssr::see_other(&routes::enrol_dependant(routes::NEW_DEPENDANT, comes_back(&form)));
                return Ok(Shown::Sent);
            }
            let person = (form.actie == "gezinslid").then_some(&form);
            Ok(with_errors(kept(Some(question), dependant).await?, errors, person))
        }
    }
}

/// The task list, or throwing all of it away.
pub(super) async fn steps() -> Result<Shown, AppError> {
    if ssr::posted_value("actie").as_deref() != Some("weggooien") {
        return kept(None, None).await;
    }
    if let Some(token) = ssr::enrol_cookie() {
        enrol::discard(&ssr::portal()?, &token).await.map_err(ssr::refuse)?;
        ssr::set_enrol_cookie("", 0);
    }
    // Who begins anew on the page of a contract goes on with that contract.
    let contract = ssr::posted_value("contract").and_then(|number| ContractNumber::parse(&number).ok());
    ssr::see_other(&contract.map_or_else(|| routes::ENROL.to_owned(), |number| routes::enrol_on(&number)));
    Ok(Shown::Sent)
}

/// All answers, or sending them.
pub(super) async fn check() -> Result<Shown, AppError> {
    let shown = kept(None, None).await?;
    let Some(token) = ssr::enrol_cookie() else { return Ok(Shown::Gone) };
    if let Shown::Draft { view, .. } = &shown
        && let Some(open) = view.open
    {
        ssr::see_other(&routes::enrol_question(open));
        return Ok(Shown::Sent);
    }
    let portal = ssr::portal()?;
    if ssr::is_posted() {
        let language = ssr::frame().map(|frame| frame.language).unwrap_or_default();
        return match enrol::send(&portal, &ssr::request(), &token, language).await.map_err(ssr::refuse)? {
            Ok(_) => {
                ssr::see_other(routes::ENROL_SENT);
                Ok(Shown::Sent)
            }
            Err(EnrolRefusal::Gone) => Ok(Shown::Gone),
            Err(EnrolRefusal::TooMany { seconds }) => {
                ssr::set_status(429);
                Ok(Shown::TooMany(seconds))
            }
            Err(EnrolRefusal::Invalid(errors)) => Ok(with_errors(shown, errors, None)),
        };
    }
    Ok(shown)
}

/// What was sent from this browser.
pub(super) async fn sent() -> Result<Option<Sent>, AppError> {
    match ssr::enrol_cookie() {
        Some(token) => enrol::sent(&ssr::portal()?, &token).await.map_err(ssr::refuse),
        None => Ok(None),
    }
}

/// The page behind the mailed link, and what is posted to it.
pub(super) async fn follow(token: String) -> Result<Followed, AppError> {
    let portal = ssr::portal()?;
    let (mut typed, mut errors) = (FollowForm::default(), FieldErrors::default());
    let (mut sent, mut moved_on) = (false, false);
    if let Some(form) = ssr::posted::<FollowForm>() {
        match case::act(&portal, &ssr::request(), &token, &form).await {
            Ok(()) => {
                ssr::see_other(&format!("{}{token}", collectief_domain::case::FOLLOW_PATH));
                sent = true;
            }
            Err(ServiceError::Invalid(wrong)) => {
                ssr::set_status(422);
                (typed, errors) = (form, wrong);
            }
            // It moved on meanwhile: the page shows where it is now.
            Err(ServiceError::Conflict(_)) => {
                ssr::set_status(409);
                moved_on = true;
            }
            Err(ServiceError::NotFound) => {}
            Err(error) => return Err(ssr::refuse(error)),
        }
    }
    match case::view(&portal, &token).await {
        Ok(view) => Ok(Followed { view: Some(Box::new(view)), typed, errors, sent, moved_on }),
        Err(ServiceError::NotFound) => {
            ssr::set_status(404);
            Ok(Followed { view: None, typed, errors, sent: false, moved_on: false })
        }
        Err(error) => Err(ssr::refuse(error)),
    }
}
