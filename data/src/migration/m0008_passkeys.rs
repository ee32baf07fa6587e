//! Passkeys, and the questions for them that wait for an answer.

use super::Step;

pub(super) const STEP: Step = Step {
    number: 8,
    name: "passkeys",
    statements: &[
        // credential: the public key and what else the library keeps of it, as JSON; nothing of it is secret. counter
        // stands by itself as well, so that of two who show the same one only one can raise it.
        "CREATE TABLE account_passkey (
            id {id},
            account_id BIGINT NOT NULL REFERENCES account (id),
            credential_id {bytes} NOT NULL UNIQUE,
            credential TEXT NOT NULL,
            counter BIGINT NOT NULL,
            name TEXT NOT NULL,
            added_at BIGINT NOT NULL,
            last_used_at BIGINT
        )",
        "CREATE INDEX account_passkey_account ON account_passkey (account_id)",
        // place: which waiting sign-in or session was asked, and for what. One question at a time, which is deleted when
        // its answer comes. state: what the library needs to judge the answer, as JSON.
        "CREATE TABLE passkey_ceremony (
            place {key} PRIMARY KEY,
            account_id BIGINT NOT NULL REFERENCES account (id),
            state TEXT NOT NULL,
            expires_at BIGINT NOT NULL
        )",
        "CREATE INDEX passkey_ceremony_account ON passkey_ceremony (account_id)",
        "CREATE INDEX passkey_ceremony_expires ON passkey_ceremony (expires_at)",
    ],
};
