//! The server's side of the pages: who asks, what was posted, and how a use case's answer becomes a page's.
//!
//! What the server must give, per request: [`Portal`] and [`SiteFiles`](crate::SiteFiles) in the context; in the
//! request's extensions [`Request`], and [`SignedIn`] or [`MustSetUp`] where somebody is. Pages that are posted to are routed by
//! [`posted_pages`].

use std::{str::FromStr, sync::Arc};

use axum::{
    Router,
    body::Body,
    extract::FromRequest,
    http::{HeaderName, HeaderValue, StatusCode, header, request::Parts},
    middleware::Next,
    response::{IntoResponse, Response},
};
use collectief_domain::{
    account::{
        AskLinkForm, AskLinkRefusal, IdentityLinkView, LinkPurpose, LinkView, NewPasswordForm, SignInForm,
        SignInRefusal,
    },
    account_request::{AccountRequestForm, AskAccountRefusal, LinkedRequest},
    actor::Language,
    assurance::Demand,
    field::FieldErrors,
    frame::{Frame, Theme},
    second_factor::{PENDING_MINUTES, SecondStepForm, SecondStepMeans, SecondStepRefusal},
};
pub use collectief_service::{MustSetUp, Portal, Request, ServiceError, SignedIn};
use collectief_service::{
    account_request, identity, link,
    session::{self, Admitted, NewSession},
};
use leptos::prelude::*;
use leptos_axum::ResponseOptions;
use serde::de::DeserializeOwned;

use crate::{
    error::{AppError, Conflict},
    routes, shell,
};

/// The cookie of a session.
pub const SESSION_COOKIE: &str = "__Host-sessie";
/// The cookie of a browser that is at the broker of eHerkenning, or was just there.
pub const BROKER_COOKIE: &str = "__Host-eherkenning";
/// The cookie of a sign-in that waits for its second step.
pub const PENDING_COOKIE: &str = "__Host-tweede-stap";
/// The cookie of what somebody answered on the open pages.
pub const ENROL_COOKIE: &str = "__Host-aanmelding";
/// The cookie that keeps the language of somebody who is not signed in.
pub const LANGUAGE_COOKIE: &str = "__Host-taal";
/// The cookie that keeps the theme of somebody who is not signed in.
pub const THEME_COOKIE: &str = "__Host-weergave";

/// The greatest form that a page takes, in bytes: 500 participants and what goes with them.
const POSTED_MAX: usize = 256 * 1024;

/// The names and values that were posted to a page.
#[derive(Clone)]
struct Posted(Arc<[(String, String)]>);

/// The portal.
///
/// # Errors
/// [`AppError::Internal`] when the server did not give one, which no request survives.
pub fn portal() -> Result<Portal, AppError> {
    use_context::<Portal>().ok_or(AppError::Internal { incident: String::new() })
}

/// The request, as the log knows it.
pub fn request() -> Request {
    extension().unwrap_or_else(|| Request::internal("page"))
}

/// Who is signed in.
///
/// # Errors
/// [`AppError::SignedOut`] when nobody is, [`AppError::SecondFactor`] when they must set up a second step first; a page is
/// then left for where that can be done.
pub fn signed_in() -> Result<SignedIn, AppError> {
    extension().ok_or_else(|| {
        let must_set_up = extension::<MustSetUp>().is_some();
        answered(if must_set_up { AppError::SecondFactor } else { AppError::SignedOut })
    })
}

/// Who asks about their own account: whoever is signed in, or must set up a second step before anything else and then
/// carries no rights.
///
/// # Errors
/// [`AppError::SignedOut`] when nobody is; a page is then left for the sign-in page.
pub fn owner() -> Result<SignedIn, AppError> {
    owner_if_any().ok_or_else(|| answered(AppError::SignedOut))
}

/// As [`owner`], where it is no fault when nobody is signed in.
pub fn owner_if_any() -> Option<SignedIn> {
    extension().or_else(|| extension::<MustSetUp>().map(|must| must.who().clone()))
}

/// The portal, the request and who is signed in: what nearly every use case takes.
///
/// # Errors
/// As [`portal`] and [`signed_in`].
pub fn actor() -> Result<(Portal, Request, SignedIn), AppError> {
    Ok((portal()?, request(), signed_in()?))
}

/// As [`actor`], where it is no fault when nobody is signed in.
///
/// # Errors
/// [`AppError::SignedOut`], without any effect on the answer.
pub fn actor_if_any() -> Result<(Portal, Request, SignedIn), AppError> {
    Ok((portal()?, request(), extension().ok_or(AppError::SignedOut)?))
}

fn extension<T: Clone + Send + Sync + 'static>() -> Option<T> {
    with_context::<Parts, _>(|parts| parts.extensions.get::<T>().cloned()).flatten()
}

/// The frame of this request: the account's language and theme, else those of the cookies, else the browser's language.
pub fn frame() -> Option<Frame> {
    let portal = use_context::<Portal>()?;
    let signed_in = owner_if_any();
    let (language, theme) = match &signed_in {
        Some(who) => (who.language(), who.theme()),
        None => (
            cookie(LANGUAGE_COOKIE).and_then(|tag| Language::from_tag(&tag)).unwrap_or_else(browser_language),
            cookie(THEME_COOKIE).map(|code| Theme::from_code(&code)).unwrap_or_default(),
        ),
    };
    Some(session::frame(&portal, signed_in.as_ref(), language, theme))
}

/// A cookie of this request.
fn cookie(name: &str) -> Option<String> {
    with_context::<Parts, _>(|parts| {
        parts.headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok()).find_map(|line| {
            let (_, value) =
                line.split(';').filter_map(|pair| pair.trim().split_once('=')).find(|(known, _)| *known == name)?;
            Some(value.to_owned())
        })
    })
    .flatten()
}

/// The first of our languages that the browser names.
fn browser_language() -> Language {
    with_context::<Parts, _>(|parts| {
        let wanted = parts.headers.get(header::ACCEPT_LANGUAGE)?.to_str().ok()?;
        wanted.split(',').find_map(|part| Language::from_tag(part.trim().get(..2)?.to_ascii_lowercase().as_str()))
    })
    .flatten()
    .unwrap_or_default()
}

/// The form that was posted to this page, if one was. A name that was posted more than once, as ticked boxes are, has its
/// values joined by commas.
pub fn posted<T: DeserializeOwned + Default>() -> Option<T> {
    let Posted(pairs) = extension()?;
    let mut joined: Vec<(String, String)> = Vec::with_capacity(pairs.len());
    for (name, value) in pairs.iter() {
        match joined.iter_mut().find(|(known, _)| known == name) {
            Some((_, values)) => {
                values.push(',');
                values.push_str(value);
            }
            None => joined.push((name.clone(), value.clone())),
        }
    }
    Some(routes::form_from_pairs(joined.into_iter()))
}

/// Whether this page was posted to.
pub fn is_posted() -> bool {
    extension::<Posted>().is_some()
}

/// The value of one name that was posted to this page.
pub fn posted_value(name: &str) -> Option<String> {
    let Posted(pairs) = extension()?;
    pairs.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone())
}

/// The value of one name in the query of this request.
pub fn query_value(name: &str) -> Option<String> {
    let url = with_context::<Parts, _>(|parts| parts.uri.query().map(str::to_owned)).flatten()?;
    let query: Vec<(String, String)> = axum::extract::Query::try_from_uri(&format!("/?{url}").parse().ok()?).ok()?.0;
    query.into_iter().find(|(known, _)| known == name).map(|(_, value)| value)
}

/// Where people who are stuck can turn to, as the server puts it in the context.
#[derive(Debug, Clone)]
pub struct HelpDesk(
    /// An e-mail address or a telephone number, as it is shown.
    pub String,
);

/// Where people who are stuck can turn to, if the operator said so.
pub fn contact() -> Option<String> {
    use_context::<HelpDesk>().map(|HelpDesk(contact)| contact)
}

/// An id as it stands in an address. What is none is told like one that does not exist.
///
/// # Errors
/// [`AppError::NotFound`].
pub fn id<T: FromStr>(text: &str) -> Result<T, AppError> {
    text.parse().map_err(|_| refuse(ServiceError::NotFound))
}

/// The path and query of this request.
pub fn here() -> String {
    with_context::<Parts, _>(|parts| parts.uri.path_and_query().map(|path| path.as_str().to_owned()))
        .flatten()
        .unwrap_or_else(|| routes::DASHBOARD.to_owned())
}

/// Whether a page is being written, and not the answer to a server function.
fn writes_page() -> bool {
    with_context::<Parts, _>(|parts| !parts.uri.path().starts_with("/fn/")).unwrap_or(false)
}

/// Sends the browser on to an address of our own with a GET, whatever the method of this request.
pub fn see_other(path: &str) {
    let Some(options) = use_context::<ResponseOptions>() else { return };
    if let Ok(location) = HeaderValue::from_str(path) {
        options.set_status(StatusCode::SEE_OTHER);
        options.insert_header(header::LOCATION, location);
    }
}

/// Sets the status of the answer.
pub fn set_status(status: u16) {
    if let (Some(options), Ok(status)) = (use_context::<ResponseOptions>(), StatusCode::from_u16(status)) {
        options.set_status(status);
    }
}

/// Takes back the status of an error that the answer itself tells of: to the client in the browser an error status means
/// that there is no such answer.
pub fn told_in_answer() {
    if !writes_page() {
        set_status(200);
    }
}

/// Appends a header to the answer.
pub fn append_header(name: HeaderName, value: &str) {
    if let (Some(options), Ok(value)) = (use_context::<ResponseOptions>(), HeaderValue::from_str(value)) {
        options.append_header(name, value);
    }
}

/// Tries to sign in with a form that was posted.
pub async fn sign_in(form: &SignInForm) -> Result<Result<Admitted, SignInRefusal>, AppError> {
    let (portal, request) = (portal()?, request());
    session::sign_in(&portal, &request, form).await.map_err(refuse)
}

/// Keeps in the browser what a right password led to, and gives back whether it is a session.
pub fn keep_admitted(admitted: &Admitted) -> bool {
    match admitted {
        Admitted::In(session) => {
            set_session_cookie(&session.token);
            true
        }
        Admitted::SecondStep { token } => {
            set_pending_cookie(token, PENDING_MINUTES * 60);
            false
        }
    }
}

/// Goes on after a right password: to `wanted`, or to the second step before it.
pub fn go_on(admitted: &Admitted, wanted: &str) {
    if keep_admitted(admitted) {
        see_other(routes::own_path(wanted).unwrap_or(routes::DASHBOARD));
    } else {
        see_other(&routes::second_step(wanted));
    }
}

/// With what the second step can be taken of the sign-in that waits in this browser, if one does.
pub async fn second_step_means() -> Result<Option<SecondStepMeans>, AppError> {
    match cookie(PENDING_COOKIE) {
        Some(token) => means_of(&token).await,
        None => Ok(None),
    }
}

/// As [`second_step_means`], of the sign-in with this token.
pub async fn means_of(token: &str) -> Result<Option<SecondStepMeans>, AppError> {
    session::second_step_means(&portal()?, token).await.map_err(refuse)
}

/// Asks for a passkey, for the sign-in that waits in this browser.
pub async fn ask_passkey() -> Result<Option<String>, AppError> {
    match cookie(PENDING_COOKIE) {
        Some(token) => session::ask_passkey(&portal()?, &token).await.map_err(refuse),
        None => Ok(None),
    }
}

/// Takes the second step with a form that was posted, and keeps the session that it begins in the browser.
pub async fn second_step(form: &SecondStepForm) -> Result<Result<NewSession, SecondStepRefusal>, AppError> {
    let Some(token) = cookie(PENDING_COOKIE) else { return Ok(Err(SecondStepRefusal::Gone)) };
    let taken = session::second_step(&portal()?, &request(), &token, form).await.map_err(refuse)?;
    if let Ok(session) = &taken {
        set_session_cookie(&session.token);
        set_pending_cookie("", 0);
    }
    Ok(taken)
}

/// Asks for a link to choose a password with a form that was posted.
pub async fn ask_link(form: &AskLinkForm) -> Result<Result<(), AskLinkRefusal>, AppError> {
    link::ask(&portal()?, &request(), form).await.map_err(refuse)
}

/// What the page behind a mailed link shows.
pub async fn view_link(token: &str, purpose: LinkPurpose) -> Result<LinkView, AppError> {
    link::view(&portal()?, token, purpose).await.map_err(refuse)
}

/// Sets the password that was posted to the page behind a mailed link.
pub async fn set_password(
    token: &str,
    purpose: LinkPurpose,
    form: &NewPasswordForm,
) -> Result<Result<Admitted, FieldErrors>, AppError> {
    link::set_password(&portal()?, &request(), token, purpose, form).await.map_err(refuse)
}

/// Ends the block that a mailed link is about.
pub async fn unblock(token: &str) -> Result<(), AppError> {
    link::unblock(&portal()?, &request(), token).await.map_err(refuse)
}

/// Whether one can sign in through a broker, for the button.
pub fn has_broker() -> bool {
    use_context::<Portal>().is_some_and(|portal| portal.broker().is_some())
}

/// The least level of eHerkenning that is let in, where one can sign in with it.
pub fn broker_demand() -> Option<Demand> {
    use_context::<Portal>().and_then(|portal| portal.broker().map(|access| access.demand))
}

/// Whether an identity was shown in this browser that can be linked to an account.
pub async fn can_link_identity() -> Result<(), AppError> {
    identity::can_link(&portal()?, cookie(BROKER_COOKIE).as_deref()).await.map_err(refuse)
}

/// Asks for a link to confirm that the account of an address is one's own.
pub async fn ask_identity_link(form: &AskLinkForm) -> Result<Result<(), AskLinkRefusal>, AppError> {
    let cookie = cookie(BROKER_COOKIE);
    identity::ask(&portal()?, &request(), cookie.as_deref(), form).await.map_err(refuse)
}

/// What the page behind a mailed link shows that links an identity.
pub async fn view_identity_link(token: &str) -> Result<IdentityLinkView, AppError> {
    let who: Option<SignedIn> = extension();
    identity::view(&portal()?, who.as_ref(), cookie(BROKER_COOKIE).as_deref(), token).await.map_err(refuse)
}

/// Links the identity that was shown in this browser, and signs in.
pub async fn confirm_identity(token: &str) -> Result<Option<NewSession>, AppError> {
    let cookie = cookie(BROKER_COOKIE);
    let who: Option<SignedIn> = extension();
    identity::confirm(&portal()?, &request(), who.as_ref(), cookie.as_deref(), token).await.map_err(refuse)
}

/// Takes the cookie away that a browser got at the broker.
pub fn forget_broker_cookie() {
    append_header(header::SET_COOKIE, &broker_cookie("", 0));
}

/// What a form for an account is known by, so that sending it twice asks once.
pub fn request_key() -> Result<String, AppError> {
    account_request::form_key().map_err(refuse)
}

/// Asks for an account with a form that was posted.
pub async fn request_account(form: &AccountRequestForm) -> Result<Result<(), AskAccountRefusal>, AppError> {
    let portal = portal()?;
    let language = frame().map(|frame| frame.language).unwrap_or_default();
    account_request::ask(&portal, &request(), form, language).await.map_err(refuse)
}

/// What the page behind the link shows that confirms a request.
pub async fn view_request_link(token: &str) -> Result<LinkedRequest, AppError> {
    account_request::view(&portal()?, token).await.map_err(refuse)
}

/// Confirms a request, and tells what the page then shows.
pub async fn confirm_request(token: &str) -> Result<LinkedRequest, AppError> {
    account_request::confirm(&portal()?, &request(), token).await.map_err(refuse)?;
    view_request_link(token).await
}

/// Keeps a session in the browser; without a lifetime, so that it goes when the browser closes.
pub fn set_session_cookie(token: &str) {
    append_header(header::SET_COOKIE, &session_cookie(token));
}

/// The cookie of a session, as a header sets it.
pub fn session_cookie(token: &str) -> String {
    format!("{SESSION_COOKIE}={token}; Path=/; Secure; HttpOnly; SameSite=Lax")
}

/// The cookie of a browser that is at the broker, or was just there, for so many seconds, as a header sets it. `Lax`, because
/// it is the broker that sends the browser back.
pub fn broker_cookie(value: &str, seconds: i64) -> String {
    format!("{BROKER_COOKIE}={value}; Path=/; Max-Age={seconds}; Secure; HttpOnly; SameSite=Lax")
}

/// Keeps a sign-in that waits for its second step in the browser, for so many seconds. Nothing that comes from another site
/// brings it along.
fn set_pending_cookie(token: &str, seconds: i64) {
    let cookie = format!("{PENDING_COOKIE}={token}; Path=/; Max-Age={seconds}; Secure; HttpOnly; SameSite=Strict");
    append_header(header::SET_COOKIE, &cookie);
}

/// Keeps the token of what was answered on the open pages in the browser, for so many seconds.
pub fn set_enrol_cookie(token: &str, seconds: i64) {
    let cookie = format!("{ENROL_COOKIE}={token}; Path=/; Max-Age={seconds}; Secure; HttpOnly; SameSite=Lax");
    append_header(header::SET_COOKIE, &cookie);
}

/// The token of what was answered on the open pages in this browser.
pub fn enrol_cookie() -> Option<String> {
    cookie(ENROL_COOKIE)
}

/// Keeps a choice in the browser for a year.
pub fn set_choice_cookie(name: &str, value: &str) {
    append_header(
        header::SET_COOKIE,
        &format!("{name}={value}; Path=/; Max-Age=31536000; Secure; SameSite=Lax; HttpOnly"),
    );
}

/// Makes a page's error out of a use case's: logged once where it is ours, with the request id as its incident
/// number, and with its HTTP status on the answer.
pub fn refuse(error: ServiceError) -> AppError {
    let incident = request().id.to_string();
    answered(match error {
        ServiceError::Invalid(errors) => AppError::Invalid(errors),
        ServiceError::Refused(refused) => AppError::Refused(refused),
        ServiceError::NotFound => AppError::NotFound,
        ServiceError::SignedOut => AppError::SignedOut,
        ServiceError::Forbidden => AppError::Forbidden,
        ServiceError::Conflict(conflict) => AppError::Conflict(Conflict {
            full_name: conflict.full_name,
            by: conflict.by,
            on: conflict.on,
            at: conflict.at,
        }),
        ServiceError::Unavailable(reason) => {
            tracing::warn!(request = incident, reason, "unavailable");
            AppError::Unavailable { incident }
        }
        ServiceError::Internal(reason) => {
            tracing::error!(request = incident, reason, "internal error");
            AppError::Internal { incident }
        }
    })
}

/// Puts the status of an error on the answer, and its incident number in it. Who is not signed in is sent to sign in.
pub fn answered(error: AppError) -> AppError {
    let error = match error {
        AppError::Internal { incident } if incident.is_empty() => {
            let incident = request().id.to_string();
            tracing::error!(request = incident, "a server function could not be answered");
            AppError::Internal { incident }
        }
        other => other,
    };
    match error {
        AppError::SignedOut if writes_page() => see_other(&routes::sign_in(&here())),
        AppError::SecondFactor if writes_page() => see_other(routes::SECOND_FACTOR),
        _ => set_status(error.status()),
    }
    error
}

/// The routes of the pages that are posted to. `context` gives what the leptos routes get as well.
pub fn posted_pages<S: Clone + Send + Sync + 'static>(context: impl Fn() + Clone + Send + Sync + 'static) -> Router<S> {
    let render = leptos_axum::render_app_async_with_context(context, shell);
    routes::POSTED_PAGES.iter().fold(Router::new(), |router, path| {
        let page = axum::routing::post(render.clone()).layer(axum::middleware::from_fn(keep_posted));
        router.route(path, page)
    })
}

/// Reads what was posted to a page, so that the page can see it.
async fn keep_posted(request: axum::extract::Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let is_form = parts.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).is_some_and(|kind| {
        kind.split(';').next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/x-www-form-urlencoded"))
    });
    if !is_form {
        return StatusCode::UNSUPPORTED_MEDIA_TYPE.into_response();
    }
    let Ok(bytes) = axum::body::to_bytes(body, POSTED_MAX).await else {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    };
    let mut whole = axum::extract::Request::new(Body::from(bytes));
    *whole.method_mut() = parts.method.clone();
    whole.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded"));
    match axum::Form::<Vec<(String, String)>>::from_request(whole, &()).await {
        Ok(axum::Form(pairs)) => {
            parts.extensions.insert(Posted(pairs.into()));
            next.run(axum::extract::Request::from_parts(parts, Body::empty())).await
        }
        Err(refusal) => refusal.into_response(),
    }
}
