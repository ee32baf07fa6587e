//! The second step of signing in: codes of an app, recovery codes, and sign-ins that wait for one.

use super::Step;

pub(super) const STEP: Step = Step {
    number: 5,
    name: "second factor",
    statements: &[
        // secret_cipher is what the app shows codes of, once activated_at is set; pending_cipher is one that is being set
        // up. last_step: the step whose code was taken last, so that none is taken twice.
        "CREATE TABLE account_totp (
            account_id BIGINT PRIMARY KEY REFERENCES account (id),
            secret_cipher {bytes},
            activated_at BIGINT,
            last_step BIGINT NOT NULL DEFAULT 0,
            pending_cipher {bytes},
            pending_at BIGINT
        )",
        // Only the hash of a code is kept.
        "CREATE TABLE account_recovery_code (
            account_id BIGINT NOT NULL REFERENCES account (id),
            code_hash {bytes} NOT NULL,
            used_at BIGINT,
            PRIMARY KEY (account_id, code_hash)
        )",
        // Somebody whose password was right. Only the hash of the token is kept.
        "CREATE TABLE pending_sign_in (
            token_hash {bytes} PRIMARY KEY,
            account_id BIGINT NOT NULL REFERENCES account (id),
            expires_at BIGINT NOT NULL
        )",
        "CREATE INDEX pending_sign_in_account ON pending_sign_in (account_id)",
        // With what somebody came in beside the password: the code of a SecondFactor, or nothing.
        "ALTER TABLE session ADD COLUMN second_factor TEXT",
        // Whether the password was chosen under the rule for accounts with a second step: it cannot stand alone.
        "ALTER TABLE account ADD COLUMN password_is_short BOOLEAN NOT NULL DEFAULT FALSE",
        // Whether everybody with a role on a contract of the employer must have a second step.
        "ALTER TABLE employer ADD COLUMN second_factor_required BOOLEAN NOT NULL DEFAULT FALSE",
    ],
};
