//! Every route, and the layers around them.

use axum::{
    Router,
    extract::{Request, State},
    middleware::{from_fn, from_fn_with_state},
    routing::{MethodRouter, get, post},
};
use collectief_app::{routes, shell, ssr};
use collectief_service::broker::RETURN_PATH;
use leptos::prelude::provide_context;
use leptos_axum::{LeptosRoutes, generate_route_list, render_app_async_with_context};
use tower_http::{
    CompressionLevel,
    compression::{
        CompressionLayer, Predicate,
        predicate::{NotForContentType, SizeAbove},
    },
};

use crate::{
    assets, client, download, eherkenning, health, recovery_codes, security, session, sign_out, state::AppState,
};

/// A route, for the table of rights that tests keep.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct RouteEntry {
    /// `GET` or `POST`.
    pub method: &'static str,
    /// The path as it is routed.
    pub path: String,
    /// What answers there.
    pub kind: RouteKind,
}

/// What answers on a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum RouteKind {
    /// A page.
    Page,
    /// A form that is posted to a page.
    PostedPage,
    /// A server function.
    ServerFunction,
    /// A file with data.
    Download,
    /// Anything else of the server's own.
    Own,
}

/// The server's own routes for which a session is looked up.
fn own_routes() -> [(&'static str, &'static str, MethodRouter<AppState>); 4] {
    [
        ("POST", routes::SIGN_OUT, post(sign_out::sign_out)),
        ("POST", routes::RECOVERY_CODES, post(recovery_codes::as_file)),
        ("POST", routes::BROKER, post(eherkenning::begin)),
        ("GET", RETURN_PATH, get(eherkenning::finish)),
    ]
}

/// Routes that know nothing of sessions.
fn outside_routes() -> [(&'static str, &'static str, MethodRouter<AppState>); 4] {
    [
        ("GET", "/healthz", get(health::alive)),
        ("GET", "/readyz", get(health::ready)),
        ("GET", "/.well-known/security.txt", get(health::security_txt)),
        ("POST", security::CSP_REPORTS, post(security::take_csp_report)),
    ]
}

/// Every route of the server. Those of pages and server functions come from where the router takes them as well.
pub fn entries() -> Vec<RouteEntry> {
    let entry = |method, path: &str, kind| RouteEntry { method, path: path.to_owned(), kind };
    let mut all: Vec<RouteEntry> = generate_route_list(collectief_app::App)
        .iter()
        .map(|page| entry("GET", page.path(), RouteKind::Page))
        .collect();
    all.extend(routes::POSTED_PAGES.iter().map(|path| entry("POST", path, RouteKind::PostedPage)));
    all.extend(
        leptos::server_fn::axum::server_fn_paths()
            .map(|(path, method)| entry(if method == "GET" { "GET" } else { "POST" }, path, RouteKind::ServerFunction)),
    );
    all.extend(download::routes().iter().map(|(path, _)| entry("GET", path, RouteKind::Download)));
    all.extend(own_routes().iter().map(|(method, path, _)| entry(method, path, RouteKind::Own)));
    all.extend(outside_routes().iter().map(|(method, path, _)| entry(method, path, RouteKind::Own)));
    all.sort();
    all.dedup();
    all
}

/// The server, ready to be given requests.
pub fn router(state: AppState) -> Router {
    let context = {
        let state = state.clone();
        move || {
            provide_context(state.portal.clone());
            provide_context(state.assets.site_files());
            if let Some(contact) = &state.web.help_desk {
                provide_context(ssr::HelpDesk(contact.clone()));
            }
            security::allow_own_scripts();
        }
    };
    let mut pages = Router::new()
        .leptos_routes_with_context(&state, generate_route_list(collectief_app::App), context.clone(), shell)
        .merge(ssr::posted_pages(context.clone()));
    for (_, path, route) in own_routes() {
        pages = pages.route(path, route);
    }
    for (path, route) in download::routes() {
        pages = pages.route(path, route);
    }
    // What is nowhere is answered by the page that says so.
    let nowhere = render_app_async_with_context(context, shell);
    let pages = pages
        .fallback(move |_: State<AppState>, request: Request| async move { nowhere(request).await })
        .layer(from_fn_with_state(state.clone(), session::find));

    let mut all = pages;
    for (_, path, route) in outside_routes() {
        all = all.route(path, route);
    }
    all.route_layer(from_fn(client::note_path))
        .layer(compression())
        .layer(from_fn_with_state(state.clone(), assets::serve))
        .layer(from_fn_with_state(state.clone(), security::guard))
        .layer(from_fn_with_state(state.clone(), security::headers))
        .layer(from_fn_with_state(state.clone(), client::answer))
        .with_state(state)
}

/// Pages and data are compressed while they are sent, as fast as can be; Excel files are compressed in themselves, and
/// so are most pictures.
fn compression() -> CompressionLayer<impl Predicate> {
    let worth_it = SizeAbove::new(860)
        .and(NotForContentType::IMAGES)
        .and(NotForContentType::new("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"));
    CompressionLayer::new().quality(CompressionLevel::Fastest).compress_when(worth_it)
}

#[cfg(test)]
mod tests {
    use super::*;
    use collectief_app::pages::LazyPage;

    #[tokio::test]
    async fn the_browser_knows_the_part_of_every_page() {
        for page in entries().iter().filter(|entry| entry.kind == RouteKind::Page) {
            let path = page.path.replace(['{', '}'], "");
            assert!(LazyPage::parts_at(&path, "").next().is_some(), "{path} would not be hydrated");
        }
    }
}
