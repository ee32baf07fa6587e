//! Links that are mailed to the owner of an account: to activate it, to choose another password, to unblock it.

use super::Step;

pub(super) const STEP: Step = Step {
    number: 2,
    name: "account links",
    statements: &[
        // Only the hash of a link's token is kept. used_at: when it was used, or made worthless by another one.
        "CREATE TABLE account_link (
            id {id},
            token_hash {bytes} NOT NULL UNIQUE,
            account_id BIGINT NOT NULL REFERENCES account (id),
            purpose TEXT NOT NULL,
            created_at BIGINT NOT NULL,
            expires_at BIGINT NOT NULL,
            used_at BIGINT
        )",
        "CREATE INDEX account_link_account ON account_link (account_id)",
        "CREATE INDEX account_link_expires ON account_link (expires_at)",
    ],
};
