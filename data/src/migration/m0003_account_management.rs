//! Who manages the accounts of an employer.

use super::Step;

pub(super) const STEP: Step = Step {
    number: 3,
    name: "account management",
    statements: &[
        // The main account of the employer, which the insurer names.
        "ALTER TABLE employer ADD COLUMN main_account_id BIGINT REFERENCES account (id)",
        "CREATE INDEX account_right_contract ON account_right (contract_id, account_id)",
    ],
};
