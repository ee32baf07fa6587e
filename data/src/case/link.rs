//! The links by which who sent a request follows it, without signing in. What is kept of a token is its hash, and the token
//! itself encrypted, because later mails carry the same link.

use sea_orm::{ConnectionTrait, FromQueryResult, QueryOrder, prelude::*};

use super::{
    CASES, CaseId, DataError, Db, Scope, Sql, StoredCase, StoredMoment, Txn, Value, cases_from, moments, statement,
};
use crate::entity::case_link;

/// A link to keep.
#[derive(Clone)]
pub struct NewLink<'a> {
    /// The request.
    pub case: CaseId,
    /// The hash of the token.
    pub token_hash: &'a [u8],
    /// The token.
    pub token: &'a str,
    /// The address that it is mailed to.
    pub email: &'a str,
    /// The name that its mails begin with.
    pub name: &'a str,
    /// Whether it is of who filled the request in for an employee.
    pub is_reporter: bool,
}

fn belongs_to(case: CaseId) -> String {
    format!("case-link:{case}")
}

/// Keeps a link.
///
/// # Errors
/// When the database refuses.
pub async fn add(db: &Db, txn: &Txn, new: &NewLink<'_>) -> Result<(), DataError> {
    let sql = "INSERT INTO case_link (token_hash, case_id, token, email, name, is_reporter) VALUES (?, ?, ?, ?, ?, ?)";
    let values: [Value; 6] = [
        new.token_hash.to_vec().into(),
        new.case.0.into(),
        db.keys().seal_secret(new.token, &belongs_to(new.case))?.into(),
        new.email.into(),
        new.name.into(),
        new.is_reporter.into(),
    ];
    txn.0.execute_raw(statement(txn.0.get_database_backend(), sql, values)).await?;
    Ok(())
}

/// A request behind a link, and the scope in which its own steps are taken.
#[derive(Debug, Clone)]
pub struct Linked {
    /// The request.
    pub case: StoredCase,
    /// Its contract, for this one request.
    pub scope: Scope,
    /// Whether the link is of who filled it in for an employee.
    pub is_reporter: bool,
}

#[derive(FromQueryResult)]
struct LinkRow {
    case_id: i64,
    is_reporter: bool,
}

/// The request whose link has a token with this hash.
///
/// # Errors
/// When the database cannot be read.
pub async fn find(db: &Db, token_hash: &[u8]) -> Result<Option<Linked>, DataError> {
    let sql = "SELECT case_id, is_reporter FROM case_link WHERE token_hash = ?";
    let sql = statement(db.read().get_database_backend(), sql, [Value::from(token_hash.to_vec())]);
    let Some(link) = LinkRow::find_by_statement(sql).one(db.read()).await? else { return Ok(None) };
    let Some(case) = by_id(db, CaseId(link.case_id)).await? else { return Ok(None) };
    let scope = db.enrolment_scope(case.contract).await?;
    Ok(scope.map(|scope| Linked { case, scope, is_reporter: link.is_reporter }))
}

/// The request that came of a form, by the hash of what the form is known by.
///
/// # Errors
/// When the database cannot be read.
pub async fn by_form(db: &Db, form_key: &[u8]) -> Result<Option<StoredCase>, DataError> {
    let read = db.read_everything().await?;
    let mut sql = Sql::new(read.get_database_backend());
    sql.push(CASES).push(" WHERE m.form_key = ").bind(form_key.to_vec());
    Ok(cases_from(&read, sql).await?.pop())
}

/// A request, for who proved to know its link, and for the mails about it.
async fn by_id(db: &Db, id: CaseId) -> Result<Option<StoredCase>, DataError> {
    let read = db.read_everything().await?;
    let mut sql = Sql::new(read.get_database_backend());
    sql.push(CASES).push(" WHERE m.id = ").bind(id.0);
    Ok(cases_from(&read, sql).await?.pop())
}

/// What a mail about a request is made of.
#[derive(Debug, Clone)]
pub struct Mailed {
    /// The request.
    pub case: StoredCase,
    /// What happened to it so far, oldest first.
    pub moments: Vec<StoredMoment>,
    /// The token of the link.
    pub token: String,
    /// The name that the mail begins with.
    pub name: String,
    /// Whether it goes to who filled it in for an employee.
    pub is_reporter: bool,
}

/// Reads what a mail about a request is made of, for the link of one of those whom it is mailed to; `None` when the request is
/// no longer there.
///
/// # Errors
/// When the database cannot be read, or the token not be decrypted.
pub async fn for_mail(db: &Db, id: CaseId, to_reporter: bool) -> Result<Option<Mailed>, DataError> {
    let Some(case) = by_id(db, id).await? else { return Ok(None) };
    let link = case_link::Entity::find()
        .filter(case_link::Column::CaseId.eq(id.0))
        .filter(case_link::Column::IsReporter.eq(to_reporter))
        .one(db.read())
        .await?;
    let (Some(link), Some(scope)) = (link, db.enrolment_scope(case.contract).await?) else { return Ok(None) };
    let token = db.keys().open_secret(&link.token, &belongs_to(id));
    let token = token.ok_or(DataError::Corrupt("the token of a link cannot be decrypted"))?;
    let moments = moments(db, &scope, &case).await?;
    Ok(Some(Mailed { case, moments, token, name: link.name, is_reporter: link.is_reporter }))
}

/// The addresses that mails about a request go to: of the employee, and of who filled it in.
///
/// # Errors
/// When the database cannot be read.
pub async fn addresses(txn: &Txn, id: CaseId) -> Result<Vec<(String, bool)>, DataError> {
    let links =
        case_link::Entity::find().filter(case_link::Column::CaseId.eq(id.0)).order_by_asc(case_link::Column::Id);
    let links = links.all(&txn.0).await?;
    Ok(links.into_iter().map(|link| (link.email, link.is_reporter)).collect())
}

/// Encrypts the tokens that an older key encrypted with the present one; returns how many.
///
/// # Errors
/// When one cannot be decrypted, or the database refuses.
pub async fn renew(db: &Db) -> Result<u64, DataError> {
    let (mut renewed, mut after) = (0, 0);
    loop {
        let links =
            case_link::Entity::find().filter(case_link::Column::Id.gt(after)).order_by_asc(case_link::Column::Id);
        let links = sea_orm::QuerySelect::limit(links, 500).all(db.read()).await?;
        let Some(last) = links.last().map(|link| link.id) else { return Ok(renewed) };
        after = last;
        let txn = db.begin().await?;
        for link in links {
            let Some(token) = db.keys().renew_secret(&link.token, &belongs_to(CaseId(link.case_id)))? else { continue };
            let sql = "UPDATE case_link SET token = ? WHERE id = ?";
            let sql = statement(txn.0.get_database_backend(), sql, [token.into(), link.id.into()]);
            renewed += txn.0.execute_raw(sql).await?.rows_affected();
        }
        txn.commit().await?;
    }
}
