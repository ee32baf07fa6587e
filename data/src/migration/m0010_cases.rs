//! Requests that wait for a decision, what is asked before they are sent, and the insurances that can be chosen.

use super::Step;

pub(super) const STEP: Step = Step {
    number: 10,
    name: "cases",
    statements: &[
        "CREATE TABLE product (
            code {key} PRIMARY KEY,
            name TEXT NOT NULL,
            kind TEXT NOT NULL,
            first_day DATE NOT NULL,
            last_day DATE NOT NULL DEFAULT '9999-12-31',
            place INTEGER NOT NULL
        )",
        "ALTER TABLE contract ADD COLUMN enrol_back_days INTEGER NOT NULL DEFAULT 122",
        "ALTER TABLE contract ADD COLUMN enrol_ahead_days INTEGER NOT NULL DEFAULT 183",
        "ALTER TABLE person ADD COLUMN street TEXT",
        "ALTER TABLE person ADD COLUMN house_number TEXT",
        "ALTER TABLE person ADD COLUMN postcode TEXT",
        "ALTER TABLE person ADD COLUMN city TEXT",
        "ALTER TABLE person ADD COLUMN phone TEXT",
        // Codes, separated by commas; empty where a roster brought the participation.
        "ALTER TABLE participation ADD COLUMN products TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE participation_past ADD COLUMN products TEXT NOT NULL DEFAULT ''",
        // Whether what comes in of a kind waits for the employer; where there is no row, it does.
        "CREATE TABLE validation_choice (
            contract_id BIGINT NOT NULL REFERENCES contract (id),
            kind {key} NOT NULL,
            asks BOOLEAN NOT NULL,
            chosen_at BIGINT NOT NULL,
            chosen_by BIGINT REFERENCES account (id),
            chosen_by_name TEXT,
            PRIMARY KEY (contract_id, kind)
        ) {without_rowid}",
        // What somebody answered so far on the open pages, encrypted; known by the hash of the token in a cookie.
        "CREATE TABLE enrolment_draft (
            token_hash {bytes} PRIMARY KEY,
            answers {bytes} NOT NULL,
            expires_at BIGINT NOT NULL
        )",
        "CREATE INDEX enrolment_draft_expiry ON enrolment_draft (expires_at)",
        // form_key: what is sent twice comes in once. request: all that was filled in, encrypted for this reference; empty
        // once it is no longer needed. since: when it came into the state in which it is.
        "CREATE TABLE mutation_case (
            id {id},
            contract_id BIGINT NOT NULL REFERENCES contract (id),
            kind {key} NOT NULL,
            state {key} NOT NULL,
            channel TEXT NOT NULL,
            needs_validation BOOLEAN NOT NULL,
            form_key {bytes} NOT NULL UNIQUE,
            reference {key} NOT NULL UNIQUE,
            full_name TEXT NOT NULL,
            sort_key {key} NOT NULL,
            search_text {key} NOT NULL,
            birth_date DATE NOT NULL,
            effective DATE NOT NULL,
            personnel_number {key} NOT NULL,
            products TEXT NOT NULL,
            dependants INTEGER NOT NULL,
            language TEXT NOT NULL,
            request {bytes} NOT NULL,
            since BIGINT NOT NULL,
            created_at BIGINT NOT NULL,
            last_by BIGINT REFERENCES account (id),
            last_by_name TEXT,
            is_answered BOOLEAN NOT NULL DEFAULT FALSE,
            participation_id BIGINT REFERENCES participation (id),
            stuck_cause TEXT,
            assigned_to BIGINT REFERENCES account (id),
            assigned_name TEXT,
            version BIGINT NOT NULL DEFAULT 1
        )",
        "CREATE INDEX mutation_case_queue ON mutation_case (contract_id, state, since, id)",
        "CREATE INDEX mutation_case_all ON mutation_case (state, since, id, contract_id)",
        "CREATE TABLE case_moment (
            id {id},
            case_id BIGINT NOT NULL REFERENCES mutation_case (id),
            contract_id BIGINT NOT NULL,
            step TEXT NOT NULL,
            recorded_at BIGINT NOT NULL,
            account_id BIGINT REFERENCES account (id),
            actor_name TEXT,
            text TEXT NOT NULL
        )",
        "CREATE INDEX case_moment_case ON case_moment (case_id, id)",
        // The links of a case: of the employee, and of who filled it in for the employee. The token stands in it
        // encrypted, because later mails carry the same link.
        "CREATE TABLE case_link (
            id {id},
            token_hash {bytes} NOT NULL UNIQUE,
            case_id BIGINT NOT NULL REFERENCES mutation_case (id),
            token {bytes} NOT NULL,
            email TEXT NOT NULL,
            name TEXT NOT NULL,
            is_reporter BOOLEAN NOT NULL
        )",
        "CREATE INDEX case_link_case ON case_link (case_id)",
        "ALTER TABLE mutation ADD COLUMN case_id BIGINT REFERENCES mutation_case (id)",
        "CREATE INDEX mutation_case_id ON mutation (case_id)",
        by_contract!("validation_choice"),
        by_contract!("mutation_case"),
        by_contract!("case_moment"),
        "{postgres} ALTER TABLE validation_choice ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY",
        "{postgres} ALTER TABLE mutation_case ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY",
        "{postgres} ALTER TABLE case_moment ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY",
        // Whoever is enrolled is written before there is a participation to see the person by.
        "{postgres} CREATE POLICY comes_in ON person FOR INSERT WITH CHECK (TRUE)",
    ],
};
