//! Histories: random steps through the use cases, and laws that hold after every one of them, on both databases.
//!
//! A history follows from its seed alone. The ordinary run has a seed of its own and few steps;
//! `cargo xtask check --histories N` takes as many as one likes, with another seed each time.

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

use history::History;

/// How many steps are taken.
const STEPS: &str = "COLLECTIEF_TEST_HISTORIES";

/// What the history follows from.
const SEED: &str = "COLLECTIEF_TEST_HISTORIES_SEED";

/// The only database on which they are taken; without it on both.
const DATABASE: &str = "COLLECTIEF_TEST_HISTORIES_DATABASE";

/// The seed of the ordinary run, which is the same history every time.
const ORDINARY_SEED: u64 = 7_204;

fn number(variable: &str, otherwise: u64) -> u64 {
    match std::env::var(variable) {
        Ok(text) => text.trim().parse().unwrap_or_else(|_| panic!("{variable} is no number: {text}")),
        Err(_) => otherwise,
    }
}

async fn keep_the_laws_on(database: &str, ordinary_steps: u64) {
    if std::env::var(DATABASE).is_ok_and(|only| only != database) {
        return;
    }
    let Some(world) = fixture::worlds().await.into_iter().find(|world| world.name == database) else { return };
    let (steps, seed) = (number(STEPS, ordinary_steps), number(SEED, ORDINARY_SEED));
    eprintln!("{steps} steps on {database} with seed {seed}");
    History::begin(world, seed).await.run(steps).await;
}

#[tokio::test]
async fn histories_keep_the_laws_on_sqlite() {
    keep_the_laws_on("SQLite", 400).await;
}

#[tokio::test]
async fn histories_keep_the_laws_on_postgresql() {
    keep_the_laws_on("PostgreSQL", 100).await;
}
