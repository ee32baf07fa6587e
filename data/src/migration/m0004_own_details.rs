//! What the owner of an account keeps with it: a telephone number, and where reminders go.

use super::Step;

pub(super) const STEP: Step = Step {
    number: 4,
    name: "own details",
    statements: &[
        "ALTER TABLE account ADD COLUMN telephone TEXT NOT NULL DEFAULT ''",
        // NULL: reminders go to the address that one signs in with.
        "ALTER TABLE account ADD COLUMN reminder_email TEXT",
        // The address that a link confirms, where that is what it is for.
        "ALTER TABLE account_link ADD COLUMN address TEXT",
    ],
};
