//! The queue of an employer, and the helpdesk's list of what could not be done.

use super::{
    AccountId, CASES, CaseId, CaseKind, CaseState, CaseStep, DataError, Db, Office, QueuePart, QueueSort, Reach, Scope,
    SearchQuery, Sql, StoredCase, StuckCause, Txn, Value, cases_from, statement,
};
use collectief_domain::reminder::ReminderStage;
use sea_orm::ConnectionTrait;

/// Which requests are wanted.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// How far they are.
    pub part: QueuePart,
    /// What is asked in them.
    pub kind: Option<CaseKind>,
    /// Whom they are about.
    pub names: SearchQuery,
    /// In which order.
    pub sort: QueueSort,
}

impl Wanted {
    fn conditions(&self, sql: &mut Sql, scope: &Scope, part: QueuePart) {
        sql.push(" WHERE ").reaches(Reach::of(scope), "m.contract_id", true);
        states(sql, part);
        sql.push(" AND m.is_proven");
        if let Some(kind) = self.kind {
            sql.push(" AND m.kind = ").bind(kind.code());
        }
        for word in self.names.words() {
            sql.push(" AND ").has_word("m.search_text", word);
        }
    }

    fn order(&self) -> &'static str {
        match (self.sort, self.part) {
            (QueueSort::Age, QueuePart::Closed) => " ORDER BY m.since DESC, m.id DESC",
            (QueueSort::Age, _) => " ORDER BY m.since, m.id",
            (QueueSort::EffectiveDate, _) => " ORDER BY m.effective, m.id",
            (QueueSort::Name, _) => " ORDER BY m.sort_key, m.id",
        }
    }
}

fn states(sql: &mut Sql, part: QueuePart) {
    sql.push(" AND m.state IN (");
    for (place, state) in part.states().iter().enumerate() {
        sql.push(if place == 0 { "" } else { ", " }).bind(state.code());
    }
    sql.push(")");
}

/// A page of the queue: so many requests after those that are passed over.
///
/// # Errors
/// When the database cannot be read.
pub async fn page(
    db: &Db,
    scope: &Scope,
    wanted: &Wanted,
    passed: u64,
    most: u64,
) -> Result<Vec<StoredCase>, DataError> {
    let read = db.read_within(scope).await?;
    let mut sql = Sql::new(read.get_database_backend());
    sql.push(CASES);
    wanted.conditions(&mut sql, scope, wanted.part);
    sql.push(wanted.order()).push(" LIMIT ").bind(most.cast_signed()).push(" OFFSET ").bind(passed.cast_signed());
    cases_from(&read, sql).await
}

/// How many requests are wanted.
///
/// # Errors
/// When the database cannot be read.
pub async fn count(db: &Db, scope: &Scope, wanted: &Wanted) -> Result<u64, DataError> {
    let read = db.read_within(scope).await?;
    let mut sql = Sql::new(read.get_database_backend());
    sql.push("SELECT COUNT(*) FROM mutation_case m");
    wanted.conditions(&mut sql, scope, wanted.part);
    let row = read.query_one_raw(sql.finish()).await?;
    Ok(row.map_or(Ok(0), |row| row.try_get_by_index::<i64>(0))?.unsigned_abs())
}

/// How many requests of the scope wait in a part of the queue, and since when the oldest does, in Unix milliseconds.
///
/// # Errors
/// When the database cannot be read.
pub async fn waiting(db: &Db, scope: &Scope, part: QueuePart) -> Result<(u64, Option<i64>), DataError> {
    let read = db.read_within(scope).await?;
    let mut sql = Sql::new(read.get_database_backend());
    sql.push("SELECT COUNT(*), MIN(m.since) FROM mutation_case m WHERE ");
    sql.reaches(Reach::of(scope), "m.contract_id", true);
    states(&mut sql, part);
    let Some(row) = read.query_one_raw(sql.finish()).await? else { return Ok((0, None)) };
    Ok((row.try_get_by_index::<i64>(0)?.unsigned_abs(), row.try_get_by_index(1)?))
}

/// The requests before and after one in the order of the queue by age, of those that wait.
///
/// # Errors
/// When the database cannot be read.
pub async fn neighbours(
    db: &Db,
    scope: &Scope,
    of: &StoredCase,
) -> Result<(Option<CaseId>, Option<CaseId>), DataError> {
    let read = db.read_within(scope).await?;
    let mut found = [None, None];
    for (place, (sign, order)) in [("<", " DESC"), (">", "")].into_iter().enumerate() {
        let mut sql = Sql::new(read.get_database_backend());
        sql.push("SELECT m.id FROM mutation_case m WHERE ").reaches(Reach::of(scope), "m.contract_id", true);
        states(&mut sql, QueuePart::Waiting);
        sql.push(" AND (m.since ").push(sign).push(" ").bind(of.since);
        sql.push(" OR (m.since = ").bind(of.since).push(" AND m.id ").push(sign).push(" ").bind(of.id.0).push("))");
        sql.push(" ORDER BY m.since").push(order).push(", m.id").push(order).push(" LIMIT 1");
        let row = read.query_one_raw(sql.finish()).await?;
        found[place] = row.map(|row| row.try_get_by_index(0).map(CaseId)).transpose()?;
    }
    let [before, after] = found;
    Ok((before, after))
}

/// Requests that could not be done, whoever's they are, the oldest first; for the insurer's helpdesk.
///
/// # Errors
/// When the database cannot be read.
pub async fn stuck(db: &Db, _: &Office, passed: u64, most: u64) -> Result<Vec<StoredCase>, DataError> {
    let read = db.read_everything().await?;
    let mut sql = Sql::new(read.get_database_backend());
    sql.push(CASES).push(" WHERE m.state = ").bind(CaseState::Stuck.code()).push(" ORDER BY m.since, m.id LIMIT ");
    sql.bind(most.cast_signed()).push(" OFFSET ").bind(passed.cast_signed());
    cases_from(&read, sql).await
}

/// How many requests could not be done.
///
/// # Errors
/// When the database cannot be read.
pub async fn stuck_count(db: &Db, _: &Office) -> Result<u64, DataError> {
    let read = db.read_everything().await?;
    let mut sql = Sql::new(read.get_database_backend());
    sql.push("SELECT COUNT(*) FROM mutation_case m WHERE m.state = ").bind(CaseState::Stuck.code());
    let row = read.query_one_raw(sql.finish()).await?;
    Ok(row.map_or(Ok(0), |row| row.try_get_by_index::<i64>(0))?.unsigned_abs())
}

/// Requests that wait although every reminder was given, whoever's they are, the oldest first; for the insurer's helpdesk.
///
/// # Errors
/// When the database cannot be read.
pub async fn overdue(db: &Db, _: &Office, most: u64) -> Result<Vec<StoredCase>, DataError> {
    let read = db.read_everything().await?;
    let mut sql = Sql::new(read.get_database_backend());
    sql.push(CASES).push(" WHERE m.state = ").bind(CaseState::Waiting.code()).push(" AND m.reminded > ");
    sql.bind(ReminderStage::Helpdesk.index()).push(" ORDER BY m.since, m.id LIMIT ").bind(most.cast_signed());
    cases_from(&read, sql).await
}

/// One request that could not be done, with the scope in which the helpdesk can try it again.
///
/// # Errors
/// When the database cannot be read.
pub async fn stuck_one(db: &Db, office: &Office, id: CaseId) -> Result<Option<(StoredCase, Scope)>, DataError> {
    let read = db.read_everything().await?;
    let mut sql = Sql::new(read.get_database_backend());
    sql.push(CASES)
        .push(" WHERE m.id = ")
        .bind(id.0)
        .push(" AND EXISTS (SELECT 1 FROM case_moment o WHERE o.case_id = m.id");
    // What was stuck once and is done by now tells who was first.
    sql.push(" AND o.step = ").bind(CaseStep::Failed.code()).push(")");
    let Some(found) = cases_from(&read, sql).await?.pop() else { return Ok(None) };
    drop(read);
    let (scope, _) = db.office_scope(office, std::slice::from_ref(&found.choice.number)).await?;
    Ok(Some((found, scope)))
}

/// Says who of the helpdesk looks after a request, at the version it was read at; nobody for `None`. Returns `false` when it
/// has another version by now.
///
/// # Errors
/// When the database refuses.
pub async fn assign(txn: &Txn, case: &StoredCase, to: Option<(AccountId, &str)>) -> Result<bool, DataError> {
    let sql = "UPDATE mutation_case SET assigned_to = ?, assigned_name = ?, version = version + 1
               WHERE id = ? AND version = ?";
    let values: [Value; 4] = [
        to.map(|(account, _)| account.0).into(),
        to.map(|(_, name)| name).into(),
        case.id.0.into(),
        case.version.into(),
    ];
    let sql = statement(txn.0.get_database_backend(), sql, values);
    Ok(txn.0.execute_raw(sql).await?.rows_affected() > 0)
}

/// Says what a request that is stuck is stuck by now, at the version it was read at. Returns `false` when it has another
/// version by now.
///
/// # Errors
/// When the database refuses.
pub async fn stuck_by(txn: &Txn, case: &StoredCase, cause: StuckCause) -> Result<bool, DataError> {
    let sql = "UPDATE mutation_case SET stuck_cause = ?, version = version + 1 WHERE id = ? AND version = ?";
    let values: [Value; 3] = [cause.code().into(), case.id.0.into(), case.version.into()];
    let sql = statement(txn.0.get_database_backend(), sql, values);
    Ok(txn.0.execute_raw(sql).await?.rows_affected() > 0)
}
