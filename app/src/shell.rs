//! The document around the pages, and the routes.

use leptos::{nonce::use_nonce, prelude::*};
use leptos_meta::{MetaTags, provide_meta_context};
use leptos_router::{
    ParamSegment, SsrMode, StaticSegment,
    components::{Route, Router, Routes},
};

use crate::{
    dashboard::DashboardPage,
    deregister::DeregisterPage,
    error::AppError,
    find::FindPage,
    flow::InOutFlowPage,
    frame::{Layout, provide_frame},
    participants::{CurrentParticipantsPage, FormerParticipantsPage, PersonPage},
    signin::SignInPage,
    ui::page::Failure,
    usage::UsagePage,
};

/// The addresses of the hashed files, as the site's manifest has them; the server puts them in the context.
#[derive(Debug, Clone, Default)]
pub struct SiteFiles {
    /// The style sheet.
    pub css: String,
    /// The glue between the page and the module.
    pub js: String,
    /// The WebAssembly module.
    pub wasm: String,
}

/// The whole document, written by the server.
pub fn shell() -> impl IntoView {
    provide_meta_context();
    let frame = provide_frame();
    let files = use_context::<SiteFiles>().unwrap_or_default();
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
                <link rel="stylesheet" href=files.css />
                <link rel="icon" href="/icon.svg" type="image/svg+xml" />
                <link rel="apple-touch-icon" href="/icon-180.png" />
                <link rel="manifest" href="/manifest.webmanifest" />
                <link rel="modulepreload" href=files.js />
                <link rel="preload" href=files.wasm r#as="fetch" r#type="application/wasm" crossorigin="anonymous" />
                <script type="module" nonce=nonce>{start}</script>
                <MetaTags />
            </head>
            <body>
                <App />
            </body>
        </html>
    }
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
                    <Route path=StaticSegment("") view=DashboardPage ssr=SsrMode::Async />
                    <Route path=StaticSegment("inloggen") view=SignInPage ssr=SsrMode::Async />
                    <Route path=StaticSegment("zoeken") view=FindPage ssr=SsrMode::Async />
                    <Route path=StaticSegment("deelnemers") view=CurrentParticipantsPage ssr=SsrMode::Async />
                    <Route path=StaticSegment("oud-deelnemers") view=FormerParticipantsPage ssr=SsrMode::Async />
                    <Route
                        path=(StaticSegment("deelnemers"), StaticSegment("afmelden"))
                        view=DeregisterPage
                        ssr=SsrMode::Async
                    />
                    <Route path=(StaticSegment("deelnemers"), ParamSegment("id")) view=PersonPage ssr=SsrMode::Async />
                    <Route
                        path=(StaticSegment("deelnemers"), ParamSegment("id"), StaticSegment("afmelden"))
                        view=DeregisterPage
                        ssr=SsrMode::Async
                    />
                    <Route path=StaticSegment("in-en-uitstroom") view=InOutFlowPage ssr=SsrMode::Async />
                    <Route path=StaticSegment("contractgebruik") view=UsagePage ssr=SsrMode::Async />
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
