//! Who of the helpdesk looks after a mail that could not be delivered.

use super::Step;

pub(super) const STEP: Step = Step {
    number: 14,
    name: "mail_care",
    statements: &[
        "ALTER TABLE outbox ADD COLUMN assigned_to BIGINT REFERENCES account (id)",
        "ALTER TABLE outbox ADD COLUMN assigned_name TEXT",
    ],
};
