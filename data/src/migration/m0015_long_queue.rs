//! Indexes by which a queue of ten thousand is filtered, sorted and turned over without reading its requests.

use super::Step;

pub(super) const STEP: Step = Step {
    number: 15,
    name: "long_queue",
    statements: &[
        "CREATE INDEX mutation_case_find ON mutation_case (contract_id, state, since, id, kind, search_text)",
        "CREATE INDEX mutation_case_start ON mutation_case (contract_id, state, effective, id)",
        "CREATE INDEX mutation_case_name ON mutation_case (contract_id, state, sort_key, id)",
    ],
};
