//! Histories: random steps through the use cases, and laws that hold after every one of them, on both databases.
//!
//! A history follows from its seed alone. The ordinary run has a seed of its own and few steps;
//! `cargo xtask check --histories N` takes as many as one likes, with another seed each time. Many steps are many
//! histories, each with the next seed and a portal of its own: a law then costs as much at the end as at the beginning,
//! and a broken one is seen again in seconds.

#![expect(clippy::unwrap_used, reason = "a test stops where it finds what it does not expect")]

#[path = "../fixture/mod.rs"]
#[expect(dead_code, reason = "each test of the service uses a part of it")]
mod fixture;

mod chance;
mod history;
mod laws;
mod model;
mod people;
mod rows;
mod steps;

use collectief_data::testing::{self, TestDatabase};

use fixture::World;
use history::{History, Tallies};

/// How many steps are taken.
const STEPS: &str = "COLLECTIEF_TEST_HISTORIES";

/// What the history follows from.
const SEED: &str = "COLLECTIEF_TEST_HISTORIES_SEED";

/// The only database on which they are taken; without it on both.
const DATABASE: &str = "COLLECTIEF_TEST_HISTORIES_DATABASE";

/// How many steps a history takes at most.
const LENGTH: u64 = 1_000;

/// After so many steps each kind must have been done at least once: else the histories are not what they should be.
const EVERY_KIND_WITHIN: u64 = 5_000;

/// The seed of the ordinary run, which is the same history every time.
const ORDINARY_SEED: u64 = 7_204;

fn number(variable: &str, otherwise: u64) -> u64 {
    match std::env::var(variable) {
        Ok(text) => text.trim().parse().unwrap_or_else(|_| panic!("{variable} is no number: {text}")),
        Err(_) => otherwise,
    }
}

/// Takes the steps, each history on a database of its own, as `make` gives them; nothing when there is none.
async fn keep_the_laws_on(database: &str, ordinary_steps: u64, make: impl AsyncFn() -> Option<TestDatabase>) {
    if std::env::var(DATABASE).is_ok_and(|only| only != database) {
        return;
    }
    let (steps, first_seed) = (number(STEPS, ordinary_steps), number(SEED, ORDINARY_SEED));
    eprintln!("{steps} steps on {database} with seed {first_seed}");
    let mut tallies = Tallies::default();
    for (seed, taken) in (first_seed..).zip((0..steps).step_by(LENGTH as usize)) {
        let Some(empty) = make().await else { return };
        tallies.add(History::begin(World::on(empty), seed).await.run(LENGTH.min(steps - taken)).await);
        eprintln!("{database}: {} of {steps} steps", (taken + LENGTH).min(steps));
    }
    eprint!("{tallies}");
    if steps >= EVERY_KIND_WITHIN {
        assert_eq!(tallies.never_done(), [], "in {steps} steps: the steps are not what they should be");
    }
}

#[tokio::test]
async fn histories_keep_the_laws_on_sqlite() {
    keep_the_laws_on("SQLite", 400, async || Some(testing::on_sqlite().await)).await;
}

#[tokio::test]
async fn histories_keep_the_laws_on_postgresql() {
    keep_the_laws_on("PostgreSQL", 100, testing::on_postgres).await;
}
