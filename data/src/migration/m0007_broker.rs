//! Signing in with eHerkenning, through a broker.

use super::Step;

pub(super) const STEP: Step = Step {
    number: 7,
    name: "signing in through a broker",
    statements: &[
        // A try that was begun: what the broker will send back, and the cookie of the browser that began it, both
        // hashed. wanted: the page of our own that was asked for. demanded_level: the level that was asked of the broker.
        "CREATE TABLE broker_try (
            state_hash {bytes} PRIMARY KEY,
            browser_hash {bytes} NOT NULL,
            wanted TEXT NOT NULL,
            demanded_level TEXT NOT NULL,
            expires_at BIGINT NOT NULL,
            used_at BIGINT
        )",
        "CREATE INDEX broker_try_expires ON broker_try (expires_at)",
        // A browser, known by the hash of its cookie, in which somebody showed an identity that no account has yet.
        // identity: the keyed hash of issuer and subject.
        "CREATE TABLE broker_proof (
            browser_hash {bytes} PRIMARY KEY,
            identity {bytes} NOT NULL,
            kvk_number {key} NOT NULL,
            assurance_level TEXT NOT NULL,
            expires_at BIGINT NOT NULL
        )",
        "CREATE INDEX broker_proof_expires ON broker_proof (expires_at)",
        "CREATE TABLE account_identity (
            id {id},
            account_id BIGINT NOT NULL REFERENCES account (id),
            identity {bytes} NOT NULL UNIQUE,
            kvk_number {key} NOT NULL,
            linked_at BIGINT NOT NULL,
            used_at BIGINT NOT NULL
        )",
        "CREATE INDEX account_identity_account ON account_identity (account_id)",
        // The identity that a mailed link would link.
        "ALTER TABLE account_link ADD COLUMN identity {bytes}",
        // The level at which the session was begun; none where a password was typed.
        "ALTER TABLE session ADD COLUMN assurance_level TEXT",
        // The least level that the contract demands; none where a password will do.
        "ALTER TABLE contract ADD COLUMN demanded_level TEXT",
    ],
};
