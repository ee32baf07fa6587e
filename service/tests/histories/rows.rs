//! What is stored, read behind the back of the use cases: each kind of row as a list in JSON, which both databases
//! write.

use std::collections::BTreeSet;

use collectief_data::Db;
use collectief_domain::{
    date::{Date, OPEN_END},
    deregistration::EndReason,
    mutation::ParticipationState,
};
use serde::{Deserialize, de::DeserializeOwned};

/// A mutation, with every column that there is.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct MutationRow {
    pub(crate) id: i64,
    pub(crate) contract: i64,
    pub(crate) participation: i64,
    pub(crate) household: Option<i64>,
    pub(crate) withdraws: Option<i64>,
    pub(crate) kind: String,
    pub(crate) channel: String,
    pub(crate) state: String,
    pub(crate) valid_from: Date,
    pub(crate) recorded_at: i64,
    pub(crate) account: Option<i64>,
    pub(crate) actor: Option<String>,
    pub(crate) before: String,
    pub(crate) after: String,
    pub(crate) case: Option<i64>,
}

/// A participation as it stands.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct ParticipationRow {
    pub(crate) id: i64,
    pub(crate) contract: i64,
    pub(crate) person: i64,
    pub(crate) main: Option<i64>,
    start: Date,
    end: Date,
    reason: Option<String>,
    number: String,
    products: String,
    pub(crate) version: i64,
    pub(crate) recorded_at: i64,
}

/// An earlier version of a participation.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct PastRow {
    pub(crate) participation: i64,
    pub(crate) version: i64,
    pub(crate) contract: i64,
    start: Date,
    end: Date,
    reason: Option<String>,
    number: String,
    products: String,
    pub(crate) recorded_at: i64,
    pub(crate) superseded_at: i64,
}

/// A request.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct CaseRow {
    pub(crate) id: i64,
    pub(crate) contract: i64,
    pub(crate) state: String,
    pub(crate) version: i64,
    pub(crate) channel: String,
    pub(crate) dependants: i64,
    pub(crate) participation: Option<i64>,
    pub(crate) created_at: i64,
    pub(crate) kind: String,
    pub(crate) about: Option<i64>,
    pub(crate) to_contract: Option<i64>,
}

/// A step of a request.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct MomentRow {
    pub(crate) id: i64,
    pub(crate) case: i64,
    pub(crate) step: String,
    pub(crate) recorded_at: i64,
}

/// The counters of a contract.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct CountersRow {
    pub(crate) everyone: i64,
    pub(crate) main: i64,
    pub(crate) counted_on: Date,
}

/// What came and went in a month.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct FlowRow {
    pub(crate) month: i32,
    pub(crate) inflow: i64,
    pub(crate) outflow: i64,
}

/// What all mutations and participations of a contract come to: hardly anything can change without this changing.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct SumsRow {
    pub(crate) mutations: i64,
    pub(crate) withdrawn: i64,
    pub(crate) recorded: i64,
    pub(crate) letters: i64,
    pub(crate) participations: i64,
    pub(crate) versions: i64,
}

fn state(start: Date, end: Date, reason: Option<&str>, number: &str, products: &str) -> ParticipationState {
    ParticipationState {
        start_date: Some(start),
        end_date: (end != OPEN_END).then_some(end),
        end_reason: reason.and_then(EndReason::from_code),
        personnel_number: number.to_owned(),
        products: products.to_owned(),
    }
}

impl ParticipationRow {
    /// What of it a mutation can change.
    pub(crate) fn state(&self) -> ParticipationState {
        state(self.start, self.end, self.reason.as_deref(), &self.number, &self.products)
    }
}

impl PastRow {
    /// What of it a mutation can change.
    pub(crate) fn state(&self) -> ParticipationState {
        state(self.start, self.end, self.reason.as_deref(), &self.number, &self.products)
    }
}

/// Ids as SQL lists them.
pub(crate) fn list(ids: &BTreeSet<i64>) -> String {
    ids.iter().map(i64::to_string).collect::<Vec<_>>().join(",")
}

/// All rows of `from`, each as these columns.
pub(crate) async fn read<T: DeserializeOwned>(db: &Db, columns: &str, from: &str) -> Vec<T> {
    let sql = if db.is_postgres() {
        format!("SELECT COALESCE(CAST(json_agg(json_build_array({columns})) AS TEXT), '[]') FROM {from}")
    } else {
        format!("SELECT json_group_array(json_array({columns})) FROM {from}")
    };
    serde_json::from_str(&db.text(&sql).await.unwrap()).unwrap()
}

/// Mutations `m`, by id.
pub(crate) async fn mutations(db: &Db, condition: &str) -> Vec<MutationRow> {
    let columns = "m.id, m.contract_id, m.participation_id, m.household_id, m.withdraws_id, m.kind, m.channel, m.state,
                   CAST(m.valid_from AS TEXT), m.recorded_at, m.account_id, m.actor_name, m.state_before,
                   m.state_after, m.case_id";
    let mut rows: Vec<MutationRow> = read(db, columns, &format!("mutation m WHERE {condition}")).await;
    rows.sort_unstable_by_key(|row| row.id);
    rows
}

/// Participations `p`, by id.
pub(crate) async fn participations(db: &Db, condition: &str) -> Vec<ParticipationRow> {
    let columns = "p.id, p.contract_id, p.person_id, p.main_id, CAST(p.start_date AS TEXT), CAST(p.end_date AS TEXT),
                   p.end_reason, p.personnel_number, p.products, p.version, p.recorded_at";
    let mut rows: Vec<ParticipationRow> = read(db, columns, &format!("participation p WHERE {condition}")).await;
    rows.sort_unstable_by_key(|row| row.id);
    rows
}

/// Earlier versions `x`, by participation and version.
pub(crate) async fn past(db: &Db, condition: &str) -> Vec<PastRow> {
    let columns = "x.participation_id, x.version, x.contract_id, CAST(x.start_date AS TEXT), CAST(x.end_date AS TEXT),
                   x.end_reason, x.personnel_number, x.products, x.recorded_at, x.superseded_at";
    let mut rows: Vec<PastRow> = read(db, columns, &format!("participation_past x WHERE {condition}")).await;
    rows.sort_unstable_by_key(|row| (row.participation, row.version));
    rows
}

/// Requests `k`, by id.
pub(crate) async fn cases(db: &Db, condition: &str) -> Vec<CaseRow> {
    let columns = "k.id, k.contract_id, k.state, k.version, k.channel, k.dependants, k.participation_id, k.created_at,
         k.kind, k.about_id, k.to_contract_id";
    let mut rows: Vec<CaseRow> = read(db, columns, &format!("mutation_case k WHERE {condition}")).await;
    rows.sort_unstable_by_key(|row| row.id);
    rows
}

/// The steps of requests that came after this one.
pub(crate) async fn moments_after(db: &Db, last: i64) -> Vec<MomentRow> {
    let columns = "o.id, o.case_id, o.step, o.recorded_at";
    let mut rows: Vec<MomentRow> = read(db, columns, &format!("case_moment o WHERE o.id > {last}")).await;
    rows.sort_unstable_by_key(|row| row.id);
    rows
}

/// The counters of a contract.
pub(crate) async fn counters(db: &Db, contract: i64) -> Option<CountersRow> {
    let columns = "c.current_count, c.current_main_count, CAST(c.counted_on AS TEXT)";
    read(db, columns, &format!("contract c WHERE c.id = {contract}")).await.pop()
}

/// What came and went, month by month.
pub(crate) async fn flows(db: &Db, contract: i64) -> Vec<FlowRow> {
    read(db, "f.month, f.inflow, f.outflow", &format!("month_flow f WHERE f.contract_id = {contract}")).await
}

/// What all of a contract comes to.
pub(crate) async fn sums(db: &Db, contract: i64) -> Option<SumsRow> {
    let sum = |of: &str| format!("CAST(COALESCE(SUM({of}), 0) AS BIGINT)");
    let mutations = format!(
        "(SELECT COUNT(*) AS a, {} AS b, {} AS c, {} AS d FROM mutation WHERE contract_id = {contract}) m",
        sum("CASE WHEN state = 'withdrawn' THEN 1 ELSE 0 END"),
        sum("recorded_at"),
        sum("LENGTH(state_before) + LENGTH(state_after)"),
    );
    let participations =
        format!("(SELECT COUNT(*) AS a, {} AS b FROM participation WHERE contract_id = {contract}) p", sum("version"));
    read(db, "m.a, m.b, m.c, m.d, p.a, p.b", &format!("{mutations} CROSS JOIN {participations}")).await.pop()
}

/// Every row of a table, in an order that follows from the rows.
pub(crate) async fn all_of(db: &Db, table: &str) -> Vec<String> {
    let sql = if db.is_postgres() {
        format!("SELECT COALESCE(string_agg(t::text, chr(10)), '') FROM \"{table}\" t")
    } else {
        let columns =
            format!("SELECT group_concat('quote(' || name || ')', ' || '' '' || ') FROM pragma_table_info('{table}')");
        let columns = db.text(&columns).await.unwrap();
        format!("SELECT COALESCE(group_concat({columns}, char(10)), '') FROM \"{table}\"")
    };
    let text = db.text(&sql).await.unwrap();
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    lines.sort_unstable();
    lines
}
