//! What employees change by a mailed link: whose participation a request is about, where it leads to, and the links that were
//! asked for.

use super::Step;

pub(super) const STEP: Step = Step {
    number: 13,
    name: "changes",
    statements: &[
        // about_id: the participation that is to be changed; NULL where somebody is to be enrolled. to_contract_id: the
        // contract of another employer, where one moves there.
        "ALTER TABLE mutation_case ADD COLUMN about_id BIGINT REFERENCES participation (id)",
        "ALTER TABLE mutation_case ADD COLUMN to_contract_id BIGINT REFERENCES contract (id)",
        // Whether the address of who sent it was proven: before that it is nobody else's business, nor after it is withdrawn.
        "ALTER TABLE mutation_case ADD COLUMN is_proven BOOLEAN NOT NULL DEFAULT TRUE",
        "UPDATE mutation_case SET is_proven = FALSE WHERE state = 'unproven'",
        "CREATE INDEX mutation_case_about ON mutation_case (about_id, state)",
        "CREATE INDEX mutation_case_to ON mutation_case (to_contract_id)",
        // Links that were asked for to change something; of a token its hash is kept.
        "CREATE TABLE change_link (
            token_hash {bytes} PRIMARY KEY,
            participation_id BIGINT NOT NULL REFERENCES participation (id),
            email TEXT NOT NULL,
            expires_at BIGINT NOT NULL
        )",
        "CREATE INDEX change_link_expiry ON change_link (expires_at)",
        "CREATE INDEX person_email ON person (lower(email))",
        // A message about a request names its kind; where it names none it is about an enrolment.
        "ALTER TABLE message ADD COLUMN case_kind TEXT",
        // Once a move to another employer is done, that employer can see how it came about.
        "{postgres} CREATE POLICY comes_over ON mutation_case FOR SELECT USING (
            state = 'processed'
            AND (to_contract_id = ANY ((SELECT CAST(string_to_array(
                    NULLIF(current_setting('collectief.contracts', TRUE), ''), ',') AS BIGINT[]))::BIGINT[])
                OR EXISTS (SELECT 1 FROM account_right r
                    WHERE r.contract_id = mutation_case.to_contract_id
                        AND r.account_id = (SELECT CAST(NULLIF(current_setting('collectief.account', TRUE), '') AS BIGINT))
                        AND (r.roles & (SELECT CAST(NULLIF(current_setting('collectief.role', TRUE), '') AS INTEGER))) <> 0))
        )",
        // Of a request that can be seen its course can be.
        "{postgres} CREATE POLICY comes_over ON case_moment FOR SELECT USING (
            EXISTS (SELECT 1 FROM mutation_case m WHERE m.id = case_moment.case_id AND m.to_contract_id IS NOT NULL))",
    ],
};
