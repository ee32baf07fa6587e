//! Employers to jobs: everything that the frame and the main job need.
//!
//! Dates are dates; an open end is 9999-12-31, because a range with `IS NULL OR` cannot use an index well. Moments are
//! Unix milliseconds. Text that is sorted or searched is compared by its bytes, so that both databases agree.

use super::Step;

pub(super) const STEP: Step = Step {
    number: 1,
    name: "frame and main job",
    statements: &[
        "CREATE TABLE employer (
            id {id},
            kvk_number {key} UNIQUE,
            name TEXT NOT NULL
        )",
        // current_count and current_main_count: participations whose end lies on or after counted_on. They are kept in
        // the transaction of every change; a reader on a later day subtracts what ended in between.
        "CREATE TABLE contract (
            id {id},
            employer_id BIGINT NOT NULL REFERENCES employer (id),
            number {key} NOT NULL UNIQUE,
            name TEXT NOT NULL,
            start_date DATE NOT NULL,
            end_date DATE NOT NULL DEFAULT '9999-12-31',
            borderel_payment BOOLEAN NOT NULL,
            retroactive_days INTEGER NOT NULL,
            closing_day INTEGER NOT NULL,
            current_count BIGINT NOT NULL DEFAULT 0,
            current_main_count BIGINT NOT NULL DEFAULT 0,
            counted_on DATE NOT NULL,
            version BIGINT NOT NULL DEFAULT 0
        )",
        "CREATE TABLE person (
            id {id},
            relation_number {key} NOT NULL,
            bsn_cipher {bytes},
            bsn_index {bytes},
            initials TEXT NOT NULL,
            prefix TEXT NOT NULL,
            surname TEXT NOT NULL,
            partner_prefix TEXT NOT NULL,
            partner_surname TEXT NOT NULL,
            name_use TEXT NOT NULL,
            birth_date DATE NOT NULL DEFAULT '0001-01-01',
            gender TEXT NOT NULL,
            email TEXT,
            version BIGINT NOT NULL DEFAULT 1
        )",
        "CREATE UNIQUE INDEX person_relation_number ON person (relation_number)",
        "CREATE UNIQUE INDEX person_bsn ON person (bsn_index)",
        "CREATE INDEX person_birth_date ON person (birth_date)",
        // full_name .. gender repeat the person, so that a list reads one table; `check` compares them.
        "CREATE TABLE participation (
            id {id},
            contract_id BIGINT NOT NULL REFERENCES contract (id),
            person_id BIGINT NOT NULL REFERENCES person (id),
            main_id BIGINT REFERENCES participation (id),
            start_date DATE NOT NULL,
            end_date DATE NOT NULL DEFAULT '9999-12-31',
            end_reason TEXT,
            personnel_number {key} NOT NULL,
            full_name TEXT NOT NULL,
            sort_key {key} NOT NULL,
            search_text {key} NOT NULL,
            relation_number {key} NOT NULL,
            birth_date DATE NOT NULL,
            gender TEXT NOT NULL,
            version BIGINT NOT NULL DEFAULT 1,
            recorded_at BIGINT NOT NULL,
            CHECK (end_date >= start_date)
        )",
        "CREATE INDEX participation_name
            ON participation (contract_id, sort_key, id, end_date, main_id)",
        "CREATE INDEX participation_birth_date ON participation (contract_id, birth_date, id)",
        "CREATE INDEX participation_start ON participation (contract_id, start_date, id)",
        "CREATE INDEX participation_end ON participation (contract_id, end_date, id)",
        "CREATE INDEX participation_person ON participation (person_id)",
        "CREATE INDEX participation_main ON participation (main_id, end_date)",
        "CREATE INDEX participation_personnel ON participation (personnel_number, contract_id, id)",
        "CREATE INDEX participation_name_all
            ON participation (sort_key, id, end_date, contract_id, main_id)",
        // Earlier versions of a participation, for lists "as known on" a day.
        "CREATE TABLE participation_past (
            participation_id BIGINT NOT NULL REFERENCES participation (id),
            version BIGINT NOT NULL,
            contract_id BIGINT NOT NULL,
            start_date DATE NOT NULL,
            end_date DATE NOT NULL,
            end_reason TEXT,
            personnel_number {key} NOT NULL,
            recorded_at BIGINT NOT NULL,
            superseded_at BIGINT NOT NULL,
            PRIMARY KEY (participation_id, version)
        )",
        "CREATE INDEX participation_past_contract ON participation_past (contract_id, superseded_at)",
        // A row per participation and first two letters of a word of its names. What a search compares stands in the
        // row itself, so that a search is one range of this table, already in the order of the list.
        "CREATE TABLE search_word (
            contract_id BIGINT NOT NULL,
            word_group {key} NOT NULL,
            sort_key {key} NOT NULL,
            participation_id BIGINT NOT NULL REFERENCES participation (id),
            end_date DATE NOT NULL,
            is_dependant BOOLEAN NOT NULL,
            search_text {key} NOT NULL,
            PRIMARY KEY (contract_id, word_group, sort_key, participation_id)
        ) {without_rowid}",
        "CREATE INDEX search_word_all
            ON search_word (word_group, sort_key, participation_id, end_date, is_dependant, contract_id, search_text)",
        "CREATE INDEX search_word_participation ON search_word (participation_id)",
        // month counts from the year 0: year * 12 + (month - 1).
        "CREATE TABLE month_flow (
            contract_id BIGINT NOT NULL REFERENCES contract (id),
            month INTEGER NOT NULL,
            inflow BIGINT NOT NULL,
            outflow BIGINT NOT NULL,
            PRIMARY KEY (contract_id, month)
        ) {without_rowid}",
        "CREATE TABLE account (
            id {id},
            email {key} NOT NULL UNIQUE,
            name TEXT NOT NULL,
            password_hash TEXT,
            language TEXT NOT NULL,
            theme TEXT NOT NULL,
            wrong_passwords INTEGER NOT NULL DEFAULT 0,
            blocked_at BIGINT,
            rights_version BIGINT NOT NULL DEFAULT 1,
            created_at BIGINT NOT NULL
        )",
        "CREATE TABLE account_right (
            account_id BIGINT NOT NULL REFERENCES account (id),
            contract_id BIGINT NOT NULL REFERENCES contract (id),
            roles INTEGER NOT NULL,
            PRIMARY KEY (account_id, contract_id)
        ) {without_rowid}",
        // Tries to sign in, per hashed address (known or not) and per hashed client address.
        "CREATE TABLE sign_in_try (
            subject {bytes} PRIMARY KEY,
            failures INTEGER NOT NULL,
            first_at BIGINT NOT NULL,
            last_at BIGINT NOT NULL
        )",
        "CREATE TABLE session (
            id {id},
            token_hash {bytes} NOT NULL UNIQUE,
            account_id BIGINT NOT NULL REFERENCES account (id),
            chosen_contract_id BIGINT REFERENCES contract (id),
            device TEXT NOT NULL,
            created_at BIGINT NOT NULL,
            last_seen_at BIGINT NOT NULL
        )",
        "CREATE INDEX session_account ON session (account_id)",
        // Nothing that was processed is edited: a later mutation names the one it takes back in withdraws_id.
        "CREATE TABLE mutation (
            id {id},
            contract_id BIGINT NOT NULL REFERENCES contract (id),
            participation_id BIGINT NOT NULL REFERENCES participation (id),
            household_id BIGINT REFERENCES mutation (id),
            withdraws_id BIGINT UNIQUE REFERENCES mutation (id),
            kind TEXT NOT NULL,
            channel TEXT NOT NULL,
            state TEXT NOT NULL,
            valid_from DATE NOT NULL,
            recorded_at BIGINT NOT NULL,
            account_id BIGINT REFERENCES account (id),
            actor_name TEXT,
            state_before TEXT NOT NULL,
            state_after TEXT NOT NULL
        )",
        "CREATE INDEX mutation_participation ON mutation (participation_id, id)",
        "CREATE INDEX mutation_household ON mutation (household_id)",
        "CREATE INDEX mutation_contract ON mutation (contract_id, recorded_at)",
        // The answer to a form that was sent before, so that sending it twice does it once.
        "CREATE TABLE idempotency (
            account_id BIGINT NOT NULL REFERENCES account (id),
            idempotency_key {key} NOT NULL,
            answer TEXT NOT NULL,
            recorded_at BIGINT NOT NULL,
            PRIMARY KEY (account_id, idempotency_key)
        )",
        // Each row's hash covers its contents and the hash before it.
        "CREATE TABLE access_log (
            id BIGINT PRIMARY KEY,
            recorded_at BIGINT NOT NULL,
            account_id BIGINT,
            actor_name TEXT,
            event TEXT NOT NULL,
            contract_id BIGINT,
            participation_id BIGINT,
            request_id TEXT NOT NULL,
            details TEXT NOT NULL,
            hash {bytes} NOT NULL
        )",
        "CREATE INDEX access_log_participation ON access_log (participation_id, id)",
        "CREATE TABLE access_log_head (
            id INTEGER PRIMARY KEY,
            last_id BIGINT NOT NULL,
            hash {bytes} NOT NULL
        )",
        "INSERT INTO access_log_head (id, last_id, hash) VALUES (1, 0, '')",
        // dedupe_key: what may be sent once and no more.
        "CREATE TABLE outbox (
            id {id},
            kind TEXT NOT NULL,
            dedupe_key {key} NOT NULL UNIQUE,
            recipient TEXT,
            language TEXT NOT NULL,
            payload TEXT NOT NULL,
            state TEXT NOT NULL,
            attempts INTEGER NOT NULL DEFAULT 0,
            next_try_at BIGINT NOT NULL,
            created_at BIGINT NOT NULL,
            sent_at BIGINT,
            error TEXT
        )",
        "CREATE INDEX outbox_due ON outbox (state, next_try_at)",
        "CREATE TABLE job (
            id {id},
            kind TEXT NOT NULL,
            payload TEXT NOT NULL,
            state TEXT NOT NULL,
            attempts INTEGER NOT NULL DEFAULT 0,
            run_at BIGINT NOT NULL,
            lease_owner TEXT,
            lease_until BIGINT,
            error TEXT,
            created_at BIGINT NOT NULL
        )",
        "CREATE INDEX job_due ON job (state, run_at)",
        // What belongs to the installation as a whole: the key check, whether it is the demonstration.
        "CREATE TABLE setting (
            name {key} PRIMARY KEY,
            value TEXT NOT NULL
        )",
    ],
};
