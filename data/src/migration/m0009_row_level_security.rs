//! The second wall on PostgreSQL: a transaction sees the rows of the contracts that it said it reaches (`wall.rs`).
//!
//! What is asked of the settings is asked once for a statement, in a subquery of its own, and not for each row. All
//! comparisons of the portal's queries are leakproof, so that their indexes are used as before.

use super::Step;

pub(super) const STEP: Step = Step {
    number: 9,
    name: "row-level security",
    statements: &[
        by_contract!("participation"),
        by_contract!("participation_past"),
        by_contract!("search_word"),
        by_contract!("month_flow"),
        by_contract!("mutation"),
        // Whoever sees a participation of a person sees the person.
        "{postgres} CREATE POLICY within_reach ON person USING (
            (SELECT current_setting('collectief.everything', TRUE)) = 'yes'
            OR EXISTS (SELECT 1 FROM participation p WHERE p.person_id = person.id)
        )",
        "{postgres} ALTER TABLE participation ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY",
        "{postgres} ALTER TABLE participation_past ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY",
        "{postgres} ALTER TABLE search_word ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY",
        "{postgres} ALTER TABLE month_flow ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY",
        "{postgres} ALTER TABLE mutation ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY",
        "{postgres} ALTER TABLE person ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY",
        // Rows of the access log are read and added. Without a policy for it, none is changed or removed.
        "{postgres} CREATE POLICY read ON access_log FOR SELECT USING (TRUE)",
        "{postgres} CREATE POLICY added ON access_log FOR INSERT WITH CHECK (TRUE)",
        "{postgres} ALTER TABLE access_log ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY",
    ],
};
