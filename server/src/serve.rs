//! `collectief serve`.

use std::time::Duration;

use collectief_service::demo;
use tokio::{
    sync::watch,
    time::{Instant, sleep, timeout},
};

use crate::{
    assets::Assets,
    client,
    command::{CommandError, tell},
    jobs,
    listen::Listener,
    metrics, router,
    settings::Settings,
    start::{Schema, open, post},
    state::{AppState, Web},
};

/// How long requests that are under way may take after the server was told to stop.
const STOPPING_TIME: Duration = Duration::from_secs(20);

/// How long the access log is tried to be written to when the server stops.
const FLUSHING_TIME: Duration = Duration::from_secs(10);

/// Serves until it is told to stop, and finishes what was begun.
///
/// # Errors
/// Whatever stands in the way of starting.
pub async fn serve(settings: Settings) -> Result<(), CommandError> {
    let assets = Assets::load()?;
    client::start_panic_log();
    let portal = open(&settings, Schema::Update).await?;
    if settings.demo {
        demo::load(&portal).await.map_err(CommandError::refused)?;
    }
    if portal.db().passes_over_the_wall().await.map_err(|error| CommandError::refused(error.into()))? {
        tracing::warn!(
            "row-level security does not hold for this role of PostgreSQL: use one that is no superuser and has no \
             BYPASSRLS"
        );
    }
    let listener = Listener::bind(settings.listen).await?;
    let state = AppState::new(portal.clone(), assets, Web::new(&settings));

    let post = post(&settings)?;
    let (stop, stopping) = watch::channel(false);
    let mut tasks = vec![
        tokio::spawn(jobs::deliver(portal.clone(), post, stopping.clone())),
        tokio::spawn(jobs::remind(portal.clone(), stopping.clone())),
        tokio::spawn(jobs::upkeep(portal.clone(), stopping.clone())),
    ];
    if let Some(address) = settings.metrics_listen {
        let handle = metrics::start()?;
        let metrics = metrics::router(handle, state.clone());
        let listener = Listener::bind(address).await?;
        tasks.push(tokio::spawn(listener.serve(metrics, stopped(stopping.clone()))));
    }

    announce(&settings, &state);
    if settings.public_address().is_none() {
        tracing::warn!("no links can be mailed, to activate accounts or choose passwords: set origin");
    }
    let server = tokio::spawn(listener.serve(router::router(state), stopped(stopping)));
    told_to_stop().await;
    tracing::info!("stopping");
    // Nobody listens any more when all tasks are done already.
    let _ = stop.send(true);
    match timeout(STOPPING_TIME, server).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => return Err(error.into()),
        Err(_) => tracing::warn!("some requests were cut off"),
    }
    for task in tasks {
        // A job that hangs is cut off: what it does is done again.
        let _ = timeout(Duration::from_secs(5), task).await;
    }
    let until = Instant::now() + FLUSHING_TIME;
    while !portal.audit().flush().await {
        if Instant::now() > until {
            return Err(CommandError::new("the end of the access log could not be written"));
        }
        sleep(Duration::from_millis(200)).await;
    }
    Ok(())
}

fn announce(settings: &Settings, state: &AppState) {
    let address = state.web.origin().map(|origin| origin.as_str().to_owned()).unwrap_or_default();
    tell(&format!("Collectief serves {address}"));
    if settings.demo {
        tell("Sign in as one of these:");
        for account in demo::ACCOUNTS.iter().chain([&demo::STAFF]) {
            tell(&format!("  {}  {}  ({}: {})", account.email, account.password, account.name, account.shows));
        }
    }
}

async fn stopped(mut stopping: watch::Receiver<bool>) {
    // An error is that nobody can tell any more, which is a stop as well.
    let _ = stopping.wait_for(|stop| *stop).await;
}

/// Waits for ctrl-c, or for the signal with which services are stopped.
async fn told_to_stop() {
    let interrupted = async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    #[cfg(unix)]
    let terminated = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => {
                signal.recv().await;
            }
            Err(_) => std::future::pending().await,
        }
    };
    #[cfg(not(unix))]
    let terminated = std::future::pending::<()>();
    tokio::select! {
        () = interrupted => {}
        () = terminated => {}
    }
}
