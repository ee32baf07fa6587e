//! What stands around every page: the header, the dashboard at the left, the warning before a session ends.

use std::sync::Arc;

use collectief_domain::{
    actor::{Language, Role},
    contract::ContractChoice,
    date::OPEN_END,
    frame::{Frame, FrameUser, Theme},
    staff::StaffRight,
};
use leptos::prelude::*;
use leptos_router::hooks::use_location;

use crate::{
    find::FindField,
    i18n::use_texts,
    messages::{UnreadCount, unread_beside},
    routes,
    signin::{IdleWatch, signing_out},
};

/// Puts the frame and its language in the context. The server makes it once per request, and the page carries it to the
/// browser, where it stays the same until the page is loaded anew: every choice in it is a form post.
pub fn provide_frame() -> Arc<Frame> {
    if let Some(frame) = use_context::<Arc<Frame>>() {
        return frame;
    }
    #[cfg(feature = "ssr")]
    let made = || crate::ssr::frame().unwrap_or_else(outside);
    #[cfg(not(feature = "ssr"))]
    let made = outside;
    let frame = Arc::new(SharedValue::new(made).into_inner());
    provide_context(frame.language);
    provide_context(Arc::clone(&frame));
    frame
}

/// The frame where there is no request: while the routes are listed, and in tests.
fn outside() -> Frame {
    Frame {
        user: None,
        language: Language::Nl,
        theme: Theme::Auto,
        brand: "Collectief".to_owned(),
        today: OPEN_END,
        demo: false,
    }
}

/// The frame.
pub fn use_frame() -> Arc<Frame> {
    use_context().unwrap_or_else(|| Arc::new(outside()))
}

/// One entry of the dashboard at the left.
#[derive(Debug, Clone, Copy)]
pub struct Entry {
    /// The words on it.
    pub label: &'static str,
    /// Where it goes.
    pub path: &'static str,
}

/// What this person's roles let them go to, in groups with a heading; the first has none.
pub fn entries(user: &FrameUser) -> Vec<(&'static str, Vec<Entry>)> {
    let t = use_texts().frame();
    if !user.is_at_work() {
        return Vec::new();
    }
    let mut groups = vec![("", vec![Entry { label: t.dashboard, path: routes::DASHBOARD }])];
    if user.roles.has(Role::Administrative) {
        let mut participants =
            vec![Entry { label: t.current, path: routes::CURRENT }, Entry { label: t.former, path: routes::FORMER }];
        // Who only looks along enrols nobody.
        if user.viewed.is_empty() {
            participants.push(Entry { label: t.enrol, path: routes::ENROL_INSIDE });
        }
        groups.push((t.group_participants, participants));
        groups.push((
            t.group_mutations,
            vec![
                Entry { label: t.validate, path: routes::VALIDATION },
                Entry { label: t.validation_options, path: routes::VALIDATION_OPTIONS },
            ],
        ));
        groups.push((
            t.group_overviews,
            vec![
                Entry { label: t.flow, path: routes::FLOW },
                Entry { label: t.usage, path: routes::USAGE },
                Entry { label: t.messages, path: routes::MESSAGES },
            ],
        ));
    }
    if user.roles.has(Role::AccountManagement) {
        groups.push((t.group_management, vec![Entry { label: t.accounts, path: routes::ACCOUNTS }]));
    }
    if user.staff.allow(StaffRight::Find) {
        let mut office = vec![Entry { label: t.office, path: routes::OFFICE }];
        if user.staff.allow(StaffRight::ServeAccounts) {
            office.push(Entry { label: t.requests, path: routes::OFFICE_REQUESTS });
            office.push(Entry { label: t.stuck, path: routes::OFFICE_STUCK });
        }
        if user.staff.allow(StaffRight::SeeAccessLog) {
            office.push(Entry { label: t.access_log, path: routes::OFFICE_LOG });
        }
        groups.push((t.group_office, office));
    }
    groups
}

/// The header, the dashboard at the left and the page.
#[component]
pub fn Layout(
    /// The page.
    children: Children,
) -> impl IntoView {
    let frame = use_frame();
    let t = use_texts();
    UnreadCount::provide();
    let body = match &frame.user {
        Some(user) => view! {
            {user.is_at_work().then(|| view! { <Menu user=user.clone() /> })}
            <main id="inhoud" tabindex="-1">
                {(!user.viewed.is_empty()).then(|| viewed_banner(user))}
                <ConnectionLost />
                <ContractUnknown />
                {children()}
            </main>
            <IdleWatch idle_seconds=user.idle_seconds account=user.account />
        }
        .into_any(),
        None => view! { <main id="inhoud" tabindex="-1">{children()}</main> }.into_any(),
    };
    view! {
        <a class="skip" href="#inhoud" rel="external">{t.frame().skip}</a>
        <div class="frame" class:open=!frame.user.as_ref().is_some_and(FrameUser::is_at_work)>
            <Header />
            {body}
        </div>
    }
}

#[component]
fn Header() -> impl IntoView {
    let frame = use_frame();
    let t = use_texts();
    let here = here();
    let (language, language_word) = match frame.language {
        Language::Nl => (Language::En, "English"),
        Language::En => (Language::Nl, "Nederlands"),
    };
    let themes: Vec<_> = [
        (Theme::Auto, t.frame().theme_auto),
        (Theme::Light, t.frame().theme_light),
        (Theme::Dark, t.frame().theme_dark),
    ]
    .into_iter()
    .map(|(theme, word)| {
        let pressed = if theme == frame.theme { "true" } else { "false" };
        view! {
            <button name="weergave" value=theme.code() class=format!("theme {}", theme.code()) aria-pressed=pressed title=word>
                <span class="visually-hidden">{word}</span>
            </button>
        }
    })
    .collect();
    let menu = frame.user.as_ref().is_some_and(FrameUser::is_at_work).then(|| {
        view! {
            <button type="button" class="button menu-button" popovertarget="menu">
                {t.frame().menu}
            </button>
        }
    });
    // Staff of the insurer look for accounts and employers in the back office.
    let user = frame.user.clone().filter(|user| !user.roles.is_empty()).map(|user| {
        view! {
            <FindField user=user.clone() />
            <ContractChoiceForm user=user.clone() />
        }
    });
    let signed_in = frame.user.clone().map(|user| {
        view! {
            <a class="name" href=routes::OWN_DETAILS title=t.frame().own_details>{user.name}</a>
            <form method="post" action=routes::SIGN_OUT class="sign-out" on:submit=|_| signing_out()>
                <button class="link">{t.frame().sign_out}</button>
            </form>
        }
    });
    // For who is not signed in the server leads on from the dashboard to the sign-in page.
    let outside = frame.user.is_none().then_some("external");
    view! {
        <header class="head">
            <a class="mark" rel=outside href=routes::DASHBOARD>{frame.brand.clone()}</a>
            {frame.demo.then(|| view! { <span class="tag wait">{t.frame().demo}</span> })}
            {menu}
            {user}
            <div class="who">
                <form method="post" action=routes::LANGUAGE>
                    <input type="hidden" name="naar" value=here />
                    <button class="link" name="taal" value=language.tag() lang=language.tag()>{language_word}</button>
                </form>
                <form method="post" action=routes::THEME class="themes" aria-label=t.frame().theme>
                    <input type="hidden" name="naar" value=here />
                    {themes}
                </form>
                {signed_in}
            </div>
        </header>
    }
    .into_any()
}

/// The path and query of the page, which follows the browser.
fn here() -> Memo<String> {
    let location = use_location();
    Memo::new(move |_| {
        let search = location.search.get();
        let sign = if search.is_empty() { "" } else { "?" };
        format!("{}{sign}{search}", location.pathname.get())
    })
}

/// "Alle contracten" or one of them, chosen once and kept.
#[component]
fn ContractChoiceForm(user: FrameUser) -> impl IntoView {
    let t = use_texts();
    if user.contract_count <= 1 {
        return user
            .chosen
            .or(user.contracts.into_iter().next())
            .map(|only| view! { <span class="contract">{contract_words(&only)}</span> })
            .into_any();
    }
    let chosen = user.chosen.as_ref().map(|choice| choice.number.clone()).unwrap_or_default();
    let pathname = use_location().pathname;
    let input = if user.contracts.is_empty() {
        let placeholder = user.chosen.as_ref().map_or_else(|| t.frame().all_contracts.to_owned(), contract_words);
        view! {
            <input id="contractkeuze" name="contract" inputmode="numeric" autocomplete="off" maxlength="12" value=chosen placeholder=placeholder />
        }
        .into_any()
    } else {
        let options: Vec<_> = user
            .contracts
            .iter()
            .map(|choice| {
                let selected = choice.number == chosen;
                view! { <option value=choice.number.clone() selected=selected>{contract_words(choice)}</option> }
            })
            .collect();
        view! {
            <select id="contractkeuze" name="contract" autocomplete="off">
                <option value="alle" selected=chosen.is_empty()>{t.frame().all_contracts}</option>
                {options}
            </select>
        }
        .into_any()
    };
    view! {
        <form method="post" action=routes::CONTRACT class="contract-choice">
            <label class="visually-hidden" for="contractkeuze">{t.frame().contract}</label>
            <input type="hidden" name="naar" value=move || pathname.get() />
            {input}
            <button class="button">{t.frame().choose}</button>
        </form>
    }
    .into_any()
}

/// A contract as it is shown: `23595 · Zorggroep De Linde`.
pub fn contract_words(choice: &ContractChoice) -> String {
    format!("{} · {}", choice.number, choice.name)
}

/// Tells staff of the insurer that they see what an employer sees, on every page, with the way out.
fn viewed_banner(user: &FrameUser) -> AnyView {
    let t = use_texts().frame();
    view! {
        <section class="note wait viewed" aria-label=t.viewed_title>
            <p>{t.viewed_as(&user.viewed, &user.viewed_until)}</p>
            <form method="post" action=routes::STOP_VIEWING>
                <button class="button">{t.viewed_stop}</button>
            </form>
        </section>
    }
    .into_any()
}

/// Tells that the contract number that was typed in the header is not known.
#[component]
fn ContractUnknown() -> impl IntoView {
    let t = use_texts();
    let search = use_location().search;
    move || {
        search.with(|search| search.contains(UNKNOWN_CHOICE)).then(|| {
            view! { <p class="note out" role="alert">{t.field().unknown_contract}</p> }
        })
    }
}

/// Tells that the device has no connection, for as long as it has none.
#[component]
fn ConnectionLost() -> impl IntoView {
    let t = use_texts();
    let is_lost = RwSignal::new(false);
    Effect::new(move |_| {
        let lost = window_event_listener(leptos::ev::offline, move |_| is_lost.set(true));
        let back = window_event_listener(leptos::ev::online, move |_| is_lost.set(false));
        on_cleanup(move || {
            lost.remove();
            back.remove();
        });
    });
    view! { <div role="status">{move || is_lost.get().then(|| view! { <p class="note wait">{t.frame().offline}</p> })}</div> }
}

/// What stands in the query when a contract was chosen that is not known.
const UNKNOWN_CHOICE: &str = "keuze=onbekend";

/// The dashboard at the left; on a phone it folds away behind a button that the browser itself works.
#[component]
fn Menu(user: FrameUser) -> impl IntoView {
    let t = use_texts();
    let pathname = use_location().pathname;
    let groups: Vec<_> = entries(&user)
        .into_iter()
        .map(|(heading, entries)| {
            let items: Vec<_> = entries
                .into_iter()
                .map(|entry| {
                    let is_here = move || {
                        pathname.with(|here| {
                            let below = here.strip_prefix(entry.path).is_some_and(|rest| rest.starts_with('/'));
                            if here == entry.path {
                                Some("page")
                            } else if below && entry.path != routes::DASHBOARD && !is_elsewhere(entry.path, here) {
                                Some("true")
                            } else {
                                None
                            }
                        })
                    };
                    let unread = (entry.path == routes::MESSAGES).then(unread_beside);
                    view! { <li><a href=entry.path aria-current=is_here>{entry.label} {unread}</a></li> }
                })
                .collect();
            let heading = (!heading.is_empty()).then(|| view! { <p class="part">{heading}</p> });
            view! { {heading} <ul>{items}</ul> }
        })
        .collect();
    let menu = NodeRef::<leptos::html::Nav>::new();
    // The menu is closed once it has led somewhere.
    Effect::new(move |before: Option<String>| {
        let now = pathname.get();
        if before.is_some_and(|before| before != now)
            && let Some(menu) = menu.get_untracked()
        {
            // It fails where the menu is not open.
            let _ = menu.hide_popover();
        }
        now
    });
    view! {
        <nav class="nav" id="menu" popover aria-label=t.frame().dashboard node_ref=menu>
            {groups}
        </nav>
    }
    .into_any()
}

/// Whether a page below that of an entry has an entry of its own.
fn is_elsewhere(path: &str, here: &str) -> bool {
    let own: &[&str] = match path {
        routes::OFFICE => &[routes::OFFICE_REQUESTS, routes::OFFICE_STUCK, routes::OFFICE_LOG],
        routes::CURRENT => &[routes::ENROL_INSIDE],
        _ => &[],
    };
    own.iter().any(|own| here.starts_with(own))
}

/// Where a form in the header goes back to.
#[cfg(feature = "ssr")]
fn back_to(naar: &str) -> &str {
    routes::own_path(naar).unwrap_or(routes::DASHBOARD)
}

/// Chooses the language. A plain form post, with JavaScript as well: the page that comes back is in the other language.
#[server(prefix = "", endpoint = "taal")]
pub async fn choose_language(
    /// The language's tag.
    #[server(default)]
    taal: String,
    /// Where to go back to.
    #[server(default)]
    naar: String,
) -> Result<(), crate::error::AppError> {
    use crate::ssr;
    if let Some(language) = Language::from_tag(&taal) {
        ssr::set_choice_cookie(ssr::LANGUAGE_COOKIE, language.tag());
        if let Some(who) = ssr::owner_if_any() {
            let portal = ssr::portal()?;
            collectief_service::session::set_language(&portal, &who, language).await.map_err(ssr::refuse)?;
        }
    }
    ssr::see_other(back_to(&naar));
    Ok(())
}

/// Chooses light, dark, or what the device says. A plain form post.
#[server(prefix = "", endpoint = "weergave")]
pub async fn choose_theme(
    /// The theme's code.
    #[server(default)]
    weergave: String,
    /// Where to go back to.
    #[server(default)]
    naar: String,
) -> Result<(), crate::error::AppError> {
    use crate::ssr;
    let theme = Theme::from_code(&weergave);
    ssr::set_choice_cookie(ssr::THEME_COOKIE, theme.code());
    if let Some(who) = ssr::owner_if_any() {
        let portal = ssr::portal()?;
        collectief_service::session::set_theme(&portal, &who, theme).await.map_err(ssr::refuse)?;
    }
    ssr::see_other(back_to(&naar));
    Ok(())
}

/// Ends that staff of the insurer see what an employer sees. A plain form post.
#[server(prefix = "", endpoint = "meekijken-stoppen")]
pub async fn stop_viewing() -> Result<(), crate::error::AppError> {
    use crate::ssr;
    let (portal, request, who) = ssr::actor()?;
    let employer = collectief_service::office::end_viewing(&portal, &request, &who).await.map_err(ssr::refuse)?;
    ssr::see_other(&employer.map_or_else(|| routes::OFFICE.to_owned(), routes::office_employer));
    Ok(())
}

/// Chooses the contract that every page is about from now on. A plain form post.
#[server(prefix = "", endpoint = "contractkeuze")]
pub async fn choose_contract(
    /// The contract's number; empty or `alle` is all.
    #[server(default)]
    contract: String,
    /// Where to go back to.
    #[server(default)]
    naar: String,
) -> Result<(), crate::error::AppError> {
    use crate::ssr;
    let (portal, _, who) = ssr::actor()?;
    let back = back_to(&naar);
    match collectief_service::session::choose_contract(&portal, &who, contract.trim()).await {
        Ok(()) => ssr::see_other(back),
        Err(ssr::ServiceError::NotFound) => {
            let sign = if back.contains('?') { '&' } else { '?' };
            ssr::see_other(&format!("{back}{sign}{UNKNOWN_CHOICE}"));
        }
        Err(error) => return Err(ssr::refuse(error)),
    }
    Ok(())
}
