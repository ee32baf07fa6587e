//! Prometheus metrics, on a port of their own.

use std::sync::atomic::{AtomicBool, Ordering};

use axum::{Router, extract::State, http::header, response::IntoResponse, routing::get};
use metrics_exporter_prometheus::{BuildError, PrometheusBuilder, PrometheusHandle};

use crate::state::AppState;

/// The upper bounds of the histogram of request times, in seconds.
const SECONDS: [f64; 12] = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0];

/// Whether anybody keeps what is counted.
static KEPT: AtomicBool = AtomicBool::new(false);

/// Begins to keep metrics.
///
/// # Errors
/// When something else keeps them already.
pub fn start() -> Result<PrometheusHandle, BuildError> {
    let handle = PrometheusBuilder::new().set_buckets(&SECONDS)?.install_recorder()?;
    KEPT.store(true, Ordering::Relaxed);
    Ok(handle)
}

/// Counts a request that was answered.
pub fn count_request(method: &str, path: &str, status: u16, seconds: f64) {
    if !KEPT.load(Ordering::Relaxed) {
        return;
    }
    let method = match method {
        "GET" => "GET",
        "POST" => "POST",
        "HEAD" => "HEAD",
        _ => "other",
    };
    let labels = [("method", method.to_owned()), ("path", path.to_owned()), ("status", status.to_string())];
    metrics::counter!("collectief_requests_total", &labels).increment(1);
    metrics::histogram!("collectief_request_seconds", "path" => path.to_owned()).record(seconds);
}

/// The router of the metrics' own port.
pub fn router(handle: PrometheusHandle, state: AppState) -> Router {
    Router::new().route("/metrics", get(show)).with_state((handle, state))
}

async fn show(State((handle, state)): State<(PrometheusHandle, AppState)>) -> impl IntoResponse {
    #[expect(clippy::cast_precision_loss, reason = "a gauge is a float; these numbers are far below 2^52")]
    {
        let audit = state.portal.audit();
        metrics::gauge!("collectief_access_log_waiting").set(audit.waiting() as f64);
        metrics::gauge!("collectief_access_log_lost").set(audit.lost() as f64);
        if let Ok(counts) = collectief_service::outbox::counts(&state.portal).await {
            metrics::gauge!("collectief_outbox_waiting").set(counts.waiting as f64);
            metrics::gauge!("collectief_outbox_stuck").set(counts.stuck as f64);
        }
    }
    handle.run_upkeep();
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], handle.render())
}
