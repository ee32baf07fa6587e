//! The document around the pages, and the routes.

use std::{
    collections::{BTreeSet, HashMap},
    iter,
    sync::Arc,
};

use collectief_domain::{account::LinkPurpose, participant::Population};
use leptos::{nonce::use_nonce, prelude::*};
use leptos_meta::{MetaTags, provide_meta_context};
use leptos_router::{
    ParamSegment, SsrMode, StaticSegment,
    components::{Route, Router, Routes},
};

use crate::{
    error::AppError,
    frame::{Layout, provide_frame},
    pages::{EnrolPlace, LazyPage, OfficePlace},
    ui::page::Failure,
};

/// The id of what stands last on every page.
const END: &str = "einde";

/// The addresses of the hashed files, as the site's manifest has them; the server puts them in the context.
#[derive(Debug, Clone, Default)]
pub struct SiteFiles {
    /// The style sheet.
    pub css: String,
    /// The glue between the page and the module.
    pub js: String,
    /// The script that loads parts of pages.
    pub loader: String,
    /// The WebAssembly module that every page needs.
    pub wasm: String,
    /// The modules of each part, by the name that [`LazyPage::part`] gives it.
    pub parts: HashMap<String, Vec<String>>,
}

/// The whole document, written by the server.
pub fn shell() -> impl IntoView {
    provide_meta_context();
    let frame = provide_frame();
    let files = use_context::<Arc<SiteFiles>>().unwrap_or_default();
    // Asked for along with the page, so that they cost no round trip of their own.
    let here = here();
    let (path, query) = here.split_once('?').unwrap_or((&here, ""));
    let parts: BTreeSet<&String> =
        LazyPage::parts_at(path, query).filter_map(|part| files.parts.get(part)).flatten().collect();
    let modules = iter::once(&files.wasm).chain(parts).map(|module| {
        view! { <link rel="preload" href=module.clone() r#as="fetch" r#type="application/wasm" crossorigin="anonymous" /> }
    });
    let modules = modules.collect_view();
    let nonce = use_nonce();
    // A tab whose files went away with an upgrade keeps working as plain HTML. The script is our own because the
    // framework's writes the nonce into the preload links as well.
    let start = format!(
        "import(\"{}\").then(m=>m.default({{module_or_path:\"{}\"}}).then(()=>m.hydrate())).catch(e=>console.warn(e))",
        files.js, files.wasm
    );
    view! {
        <!DOCTYPE html>
        <html lang=frame.language.tag() data-theme=frame.theme.code()>
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                <meta name="color-scheme" content="light dark" />
                <meta name="robots" content="noindex" />
                <link rel="stylesheet" href=files.css.clone() />
                // A table that is shown while its rows still come in moves its columns; the page is shown when it is
                // whole. Chromium waits for the beginning of the element only, so that it must be the last one.
                <link rel="expect" href=format!("#{END}") blocking="render" />
                <link rel="icon" href="/icon.svg" type="image/svg+xml" />
                <link rel="apple-touch-icon" href="/icon-180.png" />
                <link rel="manifest" href="/manifest.webmanifest" />
                <link rel="modulepreload" href=files.js.clone() />
                <link rel="modulepreload" href=files.loader.clone() />
                {modules}
                <script type="module" nonce=nonce>{start}</script>
                <MetaTags />
            </head>
            <body>
                <App />
                <span id=END hidden></span>
            </body>
        </html>
    }
}

/// The address that was asked for; the document is written on the server only.
fn here() -> String {
    #[cfg(feature = "ssr")]
    {
        crate::ssr::here()
    }
    #[cfg(not(feature = "ssr"))]
    String::new()
}

/// The pages, in the server's document and in the browser.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    provide_frame();
    view! {
        <Router>
            <Layout>
                <Routes fallback=|| view! { <NotFound /> }>
                    <Route path=StaticSegment("") view=LazyPage::Dashboard ssr=SsrMode::Async />
                    <Route path=StaticSegment("inloggen") view=LazyPage::SignIn ssr=SsrMode::Async />
                    <Route
                        path=(StaticSegment("inloggen"), StaticSegment("eherkenning"))
                        view=LazyPage::BrokerRefused
                        ssr=SsrMode::Async
                    />
                    <Route
                        path=(StaticSegment("inloggen"), StaticSegment("eherkenning"), StaticSegment("koppelen"))
                        view=LazyPage::LinkIdentity
                        ssr=SsrMode::Async
                    />
                    <Route
                        path=(StaticSegment("eherkenning-koppelen"), ParamSegment("token"))
                        view=LazyPage::Link(LinkPurpose::Identity)
                        ssr=SsrMode::Async
                    />
                    <Route
                        path=(StaticSegment("inloggen"), StaticSegment("tweede-stap"))
                        view=LazyPage::SecondStep
                        ssr=SsrMode::Async
                    />
                    <Route
                        path=(StaticSegment("mijn-gegevens"), StaticSegment("tweede-stap"))
                        view=LazyPage::SecondFactor
                        ssr=SsrMode::Async
                    />
                    <Route path=StaticSegment("wachtwoord-vergeten") view=LazyPage::Forgot ssr=SsrMode::Async />
                    <Route
                        path=(StaticSegment("activeren"), ParamSegment("token"))
                        view=LazyPage::Link(LinkPurpose::Activation)
                        ssr=SsrMode::Async
                    />
                    <Route
                        path=(StaticSegment("wachtwoord-herstellen"), ParamSegment("token"))
                        view=LazyPage::Link(LinkPurpose::Reset)
                        ssr=SsrMode::Async
                    />
                    <Route
                        path=(StaticSegment("deblokkeren"), ParamSegment("token"))
                        view=LazyPage::Link(LinkPurpose::Unblock)
                        ssr=SsrMode::Async
                    />
                    <Route
                        path=(StaticSegment("e-mailadres-bevestigen"), ParamSegment("token"))
                        view=LazyPage::Confirm(LinkPurpose::EmailChange)
                        ssr=SsrMode::Async
                    />
                    <Route
                        path=(StaticSegment("herinneringsadres-bevestigen"), ParamSegment("token"))
                        view=LazyPage::Confirm(LinkPurpose::ReminderAddress)
                        ssr=SsrMode::Async
                    />
                    <Route path=StaticSegment("mijn-gegevens") view=LazyPage::OwnDetails ssr=SsrMode::Async />
                    <Route path=StaticSegment("zoeken") view=LazyPage::Find ssr=SsrMode::Async />
                    <Route path=StaticSegment("deelnemers") view=LazyPage::Participants(Population::Current) ssr=SsrMode::Async />
                    <Route path=StaticSegment("oud-deelnemers") view=LazyPage::Participants(Population::Former) ssr=SsrMode::Async />
                    <Route
                        path=(StaticSegment("deelnemers"), StaticSegment("afmelden"))
                        view=LazyPage::Deregister
                        ssr=SsrMode::Async
                    />
                    <Route
                        path=(StaticSegment("deelnemers"), StaticSegment("aanmelden"))
                        view=LazyPage::EnrolInside
                        ssr=SsrMode::Async
                    />
                    <Route path=(StaticSegment("deelnemers"), ParamSegment("id")) view=LazyPage::Person ssr=SsrMode::Async />
                    <Route
                        path=(StaticSegment("deelnemers"), ParamSegment("id"), StaticSegment("afmelden"))
                        view=LazyPage::Deregister
                        ssr=SsrMode::Async
                    />
                    <Route
                        path=(StaticSegment("deelnemers"), ParamSegment("id"), StaticSegment("bijschrijven"))
                        view=LazyPage::AddDependant
                        ssr=SsrMode::Async
                    />
                    <Route path=StaticSegment("aanmelden") view=LazyPage::Enrol(EnrolPlace::Begin) ssr=SsrMode::Async />
                    <Route
                        path=(StaticSegment("aanmelden"), StaticSegment("stappen"))
                        view=LazyPage::Enrol(EnrolPlace::Steps)
                        ssr=SsrMode::Async
                    />
                    <Route
                        path=(StaticSegment("aanmelden"), StaticSegment("controleren"))
                        view=LazyPage::Enrol(EnrolPlace::Check)
                        ssr=SsrMode::Async
                    />
                    <Route
                        path=(StaticSegment("aanmelden"), StaticSegment("verzonden"))
                        view=LazyPage::Enrol(EnrolPlace::Sent)
                        ssr=SsrMode::Async
                    />
                    <Route
                        path=(StaticSegment("aanmelden"), StaticSegment("stap"), ParamSegment("vraag"))
                        view=LazyPage::Enrol(EnrolPlace::Question)
                        ssr=SsrMode::Async
                    />
                    <Route
                        path=(StaticSegment("aanmelden"), ParamSegment("contract"))
                        view=LazyPage::Enrol(EnrolPlace::Begin)
                        ssr=SsrMode::Async
                    />
                    <Route
                        path=(StaticSegment("aanvraag"), ParamSegment("token"))
                        view=LazyPage::Enrol(EnrolPlace::Follow)
                        ssr=SsrMode::Async
                    />
                    <Route
                        path=StaticSegment("wijzigen")
                        view=LazyPage::Enrol(EnrolPlace::AskChange)
                        ssr=SsrMode::Async
                    />
                    <Route
                        path=(StaticSegment("wijzigen"), ParamSegment("token"))
                        view=LazyPage::Enrol(EnrolPlace::Changes)
                        ssr=SsrMode::Async
                    />
                    <Route
                        path=(StaticSegment("wijzigen"), ParamSegment("token"), ParamSegment("soort"))
                        view=LazyPage::Enrol(EnrolPlace::Change)
                        ssr=SsrMode::Async
                    />
                    <Route path=StaticSegment("valideren") view=LazyPage::Queue ssr=SsrMode::Async />
                    <Route path=(StaticSegment("valideren"), ParamSegment("id")) view=LazyPage::Case ssr=SsrMode::Async />
                    <Route path=StaticSegment("validatie-overzicht") view=LazyPage::ValidationOptions ssr=SsrMode::Async />
                    <Route path=StaticSegment("in-en-uitstroom") view=LazyPage::Flow ssr=SsrMode::Async />
                    <Route path=StaticSegment("contractgebruik") view=LazyPage::Usage ssr=SsrMode::Async />
                    <Route path=StaticSegment("berichten") view=LazyPage::Messages ssr=SsrMode::Async />
                    <Route path=StaticSegment("accountbeheer") view=LazyPage::Users ssr=SsrMode::Async />
                    <Route path=(StaticSegment("accountbeheer"), StaticSegment("nieuw")) view=LazyPage::User ssr=SsrMode::Async />
                    <Route
                        path=(StaticSegment("accountbeheer"), StaticSegment("tweede-stap"))
                        view=LazyPage::SecondFactorPolicy
                        ssr=SsrMode::Async
                    />
                    <Route path=(StaticSegment("accountbeheer"), ParamSegment("id")) view=LazyPage::User ssr=SsrMode::Async />
                    <Route
                        path=StaticSegment("account-aanvragen")
                        view=LazyPage::Office(OfficePlace::Ask)
                        ssr=SsrMode::Async
                    />
                    <Route
                        path=(StaticSegment("account-aanvragen"), StaticSegment("bevestigen"), ParamSegment("token"))
                        view=LazyPage::Office(OfficePlace::Confirm)
                        ssr=SsrMode::Async
                    />
                    <Route path=StaticSegment("beheer") view=LazyPage::Office(OfficePlace::Home) ssr=SsrMode::Async />
                    <Route
                        path=(StaticSegment("beheer"), StaticSegment("aanvragen"))
                        view=LazyPage::Office(OfficePlace::Requests)
                        ssr=SsrMode::Async
                    />
                    <Route
                        path=(StaticSegment("beheer"), StaticSegment("aanvragen"), ParamSegment("id"))
                        view=LazyPage::Office(OfficePlace::Request)
                        ssr=SsrMode::Async
                    />
                    <Route
                        path=(StaticSegment("beheer"), StaticSegment("accounts"), ParamSegment("id"))
                        view=LazyPage::Office(OfficePlace::Account)
                        ssr=SsrMode::Async
                    />
                    // In place of an id or a number `nieuw` stands for what is yet to be made: each route is code that
                    // every page loads.
                    <Route
                        path=(StaticSegment("beheer"), StaticSegment("werkgevers"), ParamSegment("id"))
                        view=LazyPage::Office(OfficePlace::Employer)
                        ssr=SsrMode::Async
                    />
                    <Route
                        path=(
                            StaticSegment("beheer"),
                            StaticSegment("werkgevers"),
                            ParamSegment("id"),
                            ParamSegment("nummer"),
                        )
                        view=LazyPage::Office(OfficePlace::Contract)
                        ssr=SsrMode::Async
                    />
                    <Route
                        path=(StaticSegment("beheer"), StaticSegment("vastgelopen"))
                        view=LazyPage::Office(OfficePlace::Stuck)
                        ssr=SsrMode::Async
                    />
                    <Route
                        path=(StaticSegment("beheer"), StaticSegment("toegangslog"))
                        view=LazyPage::Office(OfficePlace::Log)
                        ssr=SsrMode::Async
                    />
                </Routes>
            </Layout>
        </Router>
    }
}

/// A page that is not there.
#[component]
fn NotFound() -> impl IntoView {
    #[cfg(feature = "ssr")]
    crate::ssr::set_status(404);
    view! { <Failure error=AppError::NotFound /> }
}
