//! How long answers take for an address that has an account and for one that has none: signing in with a wrong password,
//! and asking for a link (ASVS 6.3.8). Whoever can tell them apart by the clock knows who has an account.
//!
//! `cargo bench -p collectief --bench answer_times [-- TRIES]`; on PostgreSQL as well where
//! `COLLECTIEF_TEST_POSTGRES_URL` names a cluster. It only measures; the aim is less than 5 % between the medians.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a measurement stops where it finds what it does not expect, and tells what it found"
)]

use std::time::{Duration, Instant};

use axum::http::StatusCode;
use collectief_service::{Limits, session};

#[expect(dead_code, reason = "the tests use more of it")]
#[path = "../tests/http/harness.rs"]
mod harness;

use harness::{App, HR, apps_with};

/// How many tries, for each kind of address.
const TRIES: usize = 2000;

/// An address that is as long as the one that has an account.
const NOBODY: &str = "hs@linde.example";

/// After so many tries those of before are forgotten, so that no address is ever blocked.
const IN_A_ROW: usize = 4;

/// For longer than tries are remembered, in milliseconds.
const LONG: i64 = 500 * 24 * 60 * 60 * 1000;

async fn sign_in(app: &App, email: &str) -> StatusCode {
    app.post_form("/inloggen", None, &[("email", email), ("wachtwoord", "geen van beide goed")]).await.status
}

async fn ask(app: &App, email: &str) -> StatusCode {
    app.post_form("/wachtwoord-vergeten", None, &[("email", email)]).await.status
}

fn median(times: &mut [Duration]) -> f64 {
    times.sort_unstable();
    times[times.len() / 2].as_secs_f64() * 1000.0
}

fn report(what: &str, app: &App, times: &mut [Vec<Duration>; 2]) {
    let [known, unknown] = times.each_mut().map(|times| median(times));
    let apart = (known - unknown).abs() / known.max(unknown) * 100.0;
    println!("{what:<12} {:<10} known {known:8.3} ms   unknown {unknown:8.3} ms   {apart:4.1} % apart", app.name);
}

#[tokio::main]
async fn main() {
    // Cargo itself adds an option.
    let tries = std::env::args().skip(1).find_map(|word| word.parse().ok()).unwrap_or(TRIES);
    let limits = Limits { links_per_client: u32::MAX, failures_per_client: u32::MAX, ..Limits::default() };
    for app in apps_with(limits).await {
        for (what, wanted) in [("asking", StatusCode::SEE_OTHER), ("signing in", StatusCode::UNPROCESSABLE_ENTITY)] {
            let mut times = [Vec::with_capacity(tries), Vec::with_capacity(tries)];
            for number in 0..tries {
                if number % IN_A_ROW == 0 {
                    app.clock.advance(LONG);
                    session::clear_ended(&app.portal).await.unwrap();
                }
                // In turns, so that both meet the same disturbances.
                let order = if number % 2 == 0 { [0, 1] } else { [1, 0] };
                for which in order {
                    let email = [HR, NOBODY][which];
                    let started = Instant::now();
                    let status = if what == "asking" { ask(&app, email).await } else { sign_in(&app, email).await };
                    times[which].push(started.elapsed());
                    assert_eq!(status, wanted, "{what}");
                }
            }
            report(what, &app, &mut times);
        }
    }
}
