//! What every request handler gets.

use std::{net::IpAddr, sync::Arc, time::Duration};

use axum::extract::FromRef;
use collectief_service::Portal;
use leptos::config::LeptosOptions;

use crate::{
    assets::Assets,
    settings::{Origin, Settings},
};

/// What every request handler gets. Cheap to clone.
#[derive(Clone)]
pub struct AppState {
    /// The portal.
    pub portal: Portal,
    /// The files of the site.
    pub assets: Assets,
    /// How the web sees this server.
    pub web: Arc<Web>,
    leptos: LeptosOptions,
}

/// How the web sees this server.
#[derive(Debug)]
pub struct Web {
    /// The origins that requests may come from; the first one is the portal's own.
    pub origins: Vec<Origin>,
    /// Proxies that are believed about the client's address.
    pub trusted_proxies: Vec<IpAddr>,
    /// After how long a request is given up.
    pub request_time: Duration,
    /// Where security problems can be reported.
    pub security_contact: Option<String>,
    /// Where people who are stuck can turn to.
    pub help_desk: Option<String>,
}

impl Web {
    /// As the settings say.
    pub fn new(settings: &Settings) -> Self {
        let origins = match &settings.origin {
            Some(origin) => vec![origin.clone()],
            None => {
                // A loopback address has a name as well.
                let mut origins = vec![Origin::named(settings.listen), Origin::of(settings.listen)];
                origins.dedup();
                origins
            }
        };
        Self {
            origins,
            trusted_proxies: settings.trusted_proxies.clone(),
            request_time: Duration::from_secs(settings.request_seconds),
            security_contact: settings.security_contact.clone(),
            help_desk: settings.help_desk.clone(),
        }
    }

    /// The portal's own origin.
    pub fn origin(&self) -> Option<&Origin> {
        self.origins.first()
    }

    /// Whether browsers reach the portal over TLS.
    pub fn is_https(&self) -> bool {
        self.origin().is_some_and(Origin::is_https)
    }

    /// Whether `text` is an origin of ours.
    pub fn is_own_origin(&self, text: &str) -> bool {
        self.origins.iter().any(|origin| origin.as_str().eq_ignore_ascii_case(text))
    }
}

impl AppState {
    /// The state of a server.
    pub fn new(portal: Portal, assets: Assets, web: Web) -> Self {
        let leptos = LeptosOptions::builder().output_name("collectief").build();
        Self { portal, assets, web: Arc::new(web), leptos }
    }
}

impl FromRef<AppState> for LeptosOptions {
    fn from_ref(state: &AppState) -> Self {
        state.leptos.clone()
    }
}
