//! Messages: what happened on a contract, for those who may see it.

use super::Step;

pub(super) const STEP: Step = Step {
    number: 12,
    name: "messages",
    statements: &[
        "CREATE TABLE message (
            id {id},
            contract_id BIGINT NOT NULL REFERENCES contract (id),
            category {key} NOT NULL,
            kind TEXT NOT NULL,
            full_name TEXT NOT NULL,
            others INTEGER NOT NULL,
            day DATE,
            by_name TEXT,
            participation_id BIGINT REFERENCES participation (id),
            case_id BIGINT REFERENCES mutation_case (id),
            recorded_at BIGINT NOT NULL
        )",
        "CREATE INDEX message_contract ON message (contract_id, id)",
        // What an account did with a message; where there is no row, nothing.
        "CREATE TABLE message_mark (
            account_id BIGINT NOT NULL REFERENCES account (id),
            message_id BIGINT NOT NULL REFERENCES message (id),
            is_read BOOLEAN NOT NULL,
            is_archived BOOLEAN NOT NULL,
            PRIMARY KEY (account_id, message_id)
        ) {without_rowid}",
        "CREATE INDEX message_mark_message ON message_mark (message_id)",
        by_contract!("message"),
        "{postgres} ALTER TABLE message ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY",
    ],
};
