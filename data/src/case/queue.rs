//! The queue of an employer, and the helpdesk's list of what could not be done.

use super::{
    AccountId, CASES, CaseId, CaseKind, CaseState, CaseStep, DataError, Db, Office, QueuePart, QueueSort, Reach, Scope,
    SearchQuery, Sql, StoredCase, StuckCause, Txn, Value, cases_from, opened, statement,
};
use collectief_domain::reminder::ReminderStage;
use sea_orm::ConnectionTrait;

use crate::mutation::placeholders;

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
    fn is_filtered(&self) -> bool {
        self.kind.is_some() || !self.names.is_empty()
    }

    fn conditions(&self, sql: &mut Sql, scope: &Scope) {
        sql.push(" WHERE ").reaches(Reach::of(scope), "m.contract_id", true);
        states(sql, self.part);
        // What waits was proven; what was withdrawn may not have been.
        if self.part == QueuePart::Closed {
            sql.push(" AND m.is_proven");
        }
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

/// A page of the queue, and how much there is of it; all as it was at one moment.
#[derive(Debug, Clone)]
pub struct Looked {
    /// How many requests wait for a decision, whatever is wanted.
    pub waiting: u64,
    /// Since when the oldest of those waits, in Unix milliseconds.
    pub oldest: Option<i64>,
    /// How many wait for an answer of the employee, whatever is wanted.
    pub questioned: u64,
    /// How many requests are wanted.
    pub count: u64,
    /// Which page this is, from 1: the last one where the wanted one is not there any more, because its requests were
    /// decided about.
    pub page: u32,
    /// Its requests, each with what is asked in it, for what is told of that: nothing of an enrolment, of which the row
    /// tells all there is to it, nor of what is not kept any more.
    pub cases: Vec<(StoredCase, Option<String>)>,
}

/// Looks at a page of the queue, of which there are `a_page` requests to a page.
///
/// # Errors
/// When the database cannot be read.
pub async fn look(db: &Db, scope: &Scope, wanted: &Wanted, page: u32, a_page: u32) -> Result<Looked, DataError> {
    let read = db.read_within(scope).await?;
    let backend = read.get_database_backend();
    let mut sql = Sql::new(backend);
    sql.push("SELECT (").waiting("COUNT(*)", scope, QueuePart::Waiting);
    sql.push("), (").waiting("MIN(m.since)", scope, QueuePart::Waiting);
    sql.push("), (").waiting("COUNT(*)", scope, QueuePart::Questioned).push(")");
    let (waiting, oldest, questioned) = match read.query_one_raw(sql.finish()).await? {
        Some(row) => {
            let count = |place| row.try_get_by_index::<i64>(place).map(i64::unsigned_abs);
            (count(0)?, row.try_get_by_index(1)?, count(2)?)
        }
        None => (0, None, 0),
    };
    let count = match wanted.part {
        QueuePart::Waiting if !wanted.is_filtered() => waiting,
        QueuePart::Questioned if !wanted.is_filtered() => questioned,
        _ => {
            let mut sql = Sql::new(backend);
            sql.push("SELECT COUNT(*) FROM mutation_case m");
            wanted.conditions(&mut sql, scope);
            let row = read.query_one_raw(sql.finish()).await?;
            row.map_or(Ok(0), |row| row.try_get_by_index::<i64>(0))?.unsigned_abs()
        }
    };
    let last = u32::try_from(count.div_ceil(a_page.into())).unwrap_or(u32::MAX).max(1);
    let page = page.clamp(1, last);
    // Which they are is found in an index; only those of the page are read.
    let mut sql = Sql::new(backend);
    sql.push(CASES).push(" WHERE m.id IN (SELECT m.id FROM mutation_case m");
    wanted.conditions(&mut sql, scope);
    sql.push(wanted.order()).push(" LIMIT ").bind(i64::from(a_page));
    sql.push(" OFFSET ").bind(i64::from(page - 1) * i64::from(a_page)).push(")").push(wanted.order());
    let mut cases = Vec::with_capacity(a_page as usize);
    for case in cases_from(&read, sql).await? {
        cases.push((case, None));
    }
    asked(db, &read, &mut cases).await?;
    Ok(Looked { waiting, oldest, questioned, count, page, cases })
}

/// Adds what is asked in those that are no enrolments.
async fn asked(
    db: &Db,
    connection: &impl ConnectionTrait,
    cases: &mut [(StoredCase, Option<String>)],
) -> Result<(), DataError> {
    let changes = cases.iter().map(|(case, _)| case).filter(|case| case.kind != CaseKind::Enrolment);
    let ids: Vec<Value> = changes.map(|case| case.id.0.into()).collect();
    if ids.is_empty() {
        return Ok(());
    }
    let sql = format!("SELECT id, request FROM mutation_case WHERE id IN ({})", placeholders(ids.len()));
    let rows = connection.query_all_raw(statement(connection.get_database_backend(), &sql, ids)).await?;
    for row in rows {
        let id = CaseId(row.try_get_by_index(0)?);
        if let Some((case, asked)) = cases.iter_mut().find(|(case, _)| case.id == id) {
            *asked = opened(db, row.try_get_by_index(1)?, case)?;
        }
    }
    Ok(())
}

impl Sql {
    /// What comes of the requests of the scope in a part of the queue.
    fn waiting(&mut self, what: &str, scope: &Scope, part: QueuePart) -> &mut Self {
        self.push("SELECT ").push(what).push(" FROM mutation_case m WHERE ");
        self.reaches(Reach::of(scope), "m.contract_id", true);
        states(self, part);
        self
    }
}

/// How many requests of the scope wait in a part of the queue, and since when the oldest does, in Unix milliseconds.
///
/// # Errors
/// When the database cannot be read.
pub async fn waiting(db: &Db, scope: &Scope, part: QueuePart) -> Result<(u64, Option<i64>), DataError> {
    let read = db.read_within(scope).await?;
    let mut sql = Sql::new(read.get_database_backend());
    sql.waiting("COUNT(*), MIN(m.since)", scope, part);
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
