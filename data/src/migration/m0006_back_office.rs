//! The insurer's staff, requests for accounts, and what the back office looks things up by.

use super::Step;

pub(super) const STEP: Step = Step {
    number: 6,
    name: "back office",
    statements: &[
        "ALTER TABLE account ADD COLUMN staff_roles INTEGER NOT NULL DEFAULT 0",
        // Staff who see the portal as an employer does, until this moment.
        "ALTER TABLE session ADD COLUMN viewed_employer_id BIGINT REFERENCES employer (id)",
        "ALTER TABLE session ADD COLUMN viewed_until BIGINT",
        // form_key: the hash of all that a form says; a form that is sent twice asks once. since: when it came into the
        // queue, or was asked while it is not there yet.
        "CREATE TABLE account_request (
            id {id},
            form_key {bytes} NOT NULL UNIQUE,
            token_hash {bytes} NOT NULL UNIQUE,
            expires_at BIGINT NOT NULL,
            organisation TEXT NOT NULL,
            kvk_number {key} NOT NULL,
            contract_number {key} NOT NULL,
            name TEXT NOT NULL,
            email {key} NOT NULL,
            phone TEXT NOT NULL,
            roles INTEGER NOT NULL,
            language TEXT NOT NULL,
            state {key} NOT NULL,
            since BIGINT NOT NULL,
            decided_at BIGINT,
            decided_by BIGINT REFERENCES account (id),
            decided_by_name TEXT,
            reason TEXT,
            version BIGINT NOT NULL DEFAULT 1
        )",
        "CREATE INDEX account_request_queue ON account_request (state, since, id)",
        "CREATE INDEX account_request_decided ON account_request (state, decided_at, id)",
        "CREATE INDEX account_request_email ON account_request (email, id)",
        "CREATE INDEX contract_employer ON contract (employer_id, number)",
        "CREATE INDEX outbox_recipient ON outbox (recipient, id)",
        "CREATE INDEX access_log_recorded ON access_log (recorded_at, id)",
        "CREATE INDEX access_log_account ON access_log (account_id, id)",
        "CREATE INDEX access_log_contract ON access_log (contract_id, id)",
    ],
};
