//! Reminding the employer of what waits.

use super::Step;

pub(super) const STEP: Step = Step {
    number: 11,
    name: "reminders",
    statements: &[
        "ALTER TABLE account ADD COLUMN reminder_mode TEXT NOT NULL DEFAULT 'direct'",
        // Both days included; the deputy is reminded meanwhile.
        "ALTER TABLE account ADD COLUMN absent_from DATE",
        "ALTER TABLE account ADD COLUMN absent_until DATE",
        "ALTER TABLE account ADD COLUMN deputy_id BIGINT REFERENCES account (id)",
        // reminded: how many stages of reminding are done. remind_at: when the next is due; NULL where nothing waits for the
        // employer, or all of them are done.
        "ALTER TABLE mutation_case ADD COLUMN reminded INTEGER NOT NULL DEFAULT 0",
        "ALTER TABLE mutation_case ADD COLUMN remind_at BIGINT",
        "CREATE INDEX mutation_case_remind ON mutation_case (remind_at)",
    ],
};
