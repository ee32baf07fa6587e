//! One module per table, named after it. They stay inside this crate: what others get are domain types.
//!
//! Where a plan matters the queries are statements of their own, with narrow rows; these are for the plain paths. A test
//! holds every one of them to the schema, also those that only statements use so far.

#![allow(dead_code, reason = "a table that only statements use so far has its entity all the same")]

pub(crate) mod access_log;
pub(crate) mod access_log_head;
pub(crate) mod account;
pub(crate) mod account_identity;
pub(crate) mod account_link;
pub(crate) mod account_passkey;
pub(crate) mod account_recovery_code;
pub(crate) mod account_request;
pub(crate) mod account_right;
pub(crate) mod account_totp;
pub(crate) mod broker_proof;
pub(crate) mod broker_try;
pub(crate) mod case_link;
pub(crate) mod case_moment;
pub(crate) mod change_link;
pub(crate) mod contract;
pub(crate) mod employer;
pub(crate) mod enrolment_draft;
pub(crate) mod idempotency;
pub(crate) mod job;
pub(crate) mod message;
pub(crate) mod message_mark;
pub(crate) mod month_flow;
pub(crate) mod mutation;
pub(crate) mod mutation_case;
pub(crate) mod outbox;
pub(crate) mod participation;
pub(crate) mod participation_past;
pub(crate) mod passkey_ceremony;
pub(crate) mod pending_sign_in;
pub(crate) mod person;
pub(crate) mod product;
pub(crate) mod search_word;
pub(crate) mod session;
pub(crate) mod setting;
pub(crate) mod sign_in_try;
pub(crate) mod validation_choice;

#[cfg(test)]
mod tests {
    use sea_orm::{EntityTrait, IdenStatic, Iterable};

    use crate::testing::{TestDatabase, databases};

    /// Reads the table by its entity, and compares the columns that both name.
    async fn fits<E: EntityTrait>(database: &TestDatabase) {
        let table = E::default().as_str();
        let read = E::find().one(database.db.read()).await;
        assert!(read.is_ok(), "{table} on {}: {:?}", database.name, read.err());
        let mut columns: Vec<String> = E::Column::iter().map(|column| column.as_str().to_owned()).collect();
        columns.sort();
        let sql = if database.db.is_postgres() {
            format!("SELECT string_agg(column_name, ',') FROM information_schema.columns WHERE table_name = '{table}'")
        } else {
            format!("SELECT group_concat(name, ',') FROM pragma_table_info('{table}')")
        };
        let found = database.db.text(&sql).await.unwrap();
        let mut found: Vec<&str> = found.split(',').collect();
        found.sort_unstable();
        assert_eq!(columns, found, "{table} on {}", database.name);
    }

    #[tokio::test]
    async fn every_entity_fits_its_table_on_both_databases() {
        for database in databases().await {
            fits::<super::access_log::Entity>(&database).await;
            fits::<super::access_log_head::Entity>(&database).await;
            fits::<super::account::Entity>(&database).await;
            fits::<super::account_identity::Entity>(&database).await;
            fits::<super::account_link::Entity>(&database).await;
            fits::<super::account_passkey::Entity>(&database).await;
            fits::<super::account_request::Entity>(&database).await;
            fits::<super::account_right::Entity>(&database).await;
            fits::<super::broker_proof::Entity>(&database).await;
            fits::<super::broker_try::Entity>(&database).await;
            fits::<super::account_recovery_code::Entity>(&database).await;
            fits::<super::account_totp::Entity>(&database).await;
            fits::<super::case_link::Entity>(&database).await;
            fits::<super::change_link::Entity>(&database).await;
            fits::<super::case_moment::Entity>(&database).await;
            fits::<super::enrolment_draft::Entity>(&database).await;
            fits::<super::mutation_case::Entity>(&database).await;
            fits::<super::product::Entity>(&database).await;
            fits::<super::validation_choice::Entity>(&database).await;
            fits::<super::contract::Entity>(&database).await;
            fits::<super::employer::Entity>(&database).await;
            fits::<super::idempotency::Entity>(&database).await;
            fits::<super::job::Entity>(&database).await;
            fits::<super::message::Entity>(&database).await;
            fits::<super::message_mark::Entity>(&database).await;
            fits::<super::month_flow::Entity>(&database).await;
            fits::<super::mutation::Entity>(&database).await;
            fits::<super::outbox::Entity>(&database).await;
            fits::<super::participation::Entity>(&database).await;
            fits::<super::participation_past::Entity>(&database).await;
            fits::<super::passkey_ceremony::Entity>(&database).await;
            fits::<super::pending_sign_in::Entity>(&database).await;
            fits::<super::person::Entity>(&database).await;
            fits::<super::search_word::Entity>(&database).await;
            fits::<super::session::Entity>(&database).await;
            fits::<super::setting::Entity>(&database).await;
            fits::<super::sign_in_try::Entity>(&database).await;
        }
    }
}
