//! Requests for an account: asked by anybody, proven by a mailed link, decided in the back office.

use collectief_domain::{
    account_request::{AccountRequest, RequestState},
    actor::{Language, Roles},
    ids::{AccountId, RequestId},
};
use sea_orm::{ActiveValue::Set, Condition, ExprTrait, FromQueryResult, Value, prelude::*, sea_query::OnConflict};

use crate::{
    account::fold_email,
    db::{Db, Txn, statement},
    entity::account_request,
    error::DataError,
    office::Office,
    scope::stored_roles,
};

/// A request to keep.
#[derive(Clone)]
pub struct NewRequest {
    /// What was asked.
    pub asked: AccountRequest,
    /// The hash of what its form is known by.
    pub form_key: Vec<u8>,
    /// The hash of the token of the link that proves the address.
    pub token_hash: Vec<u8>,
    /// From when on that link is worth nothing, in Unix milliseconds.
    pub expires_at: i64,
    /// Language of the page.
    pub language: Language,
    /// When, in Unix milliseconds.
    pub now: i64,
}

/// A request, as it is kept, and what the insurer knows that goes with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredRequest {
    /// The request.
    pub id: RequestId,
    /// The organisation, as typed.
    pub organisation: String,
    /// Its KvK number, as typed.
    pub kvk_number: String,
    /// The contract number, as typed.
    pub contract_number: String,
    /// Name of who asks.
    pub name: String,
    /// E-mail address.
    pub email: String,
    /// Telephone number.
    pub phone: String,
    /// The roles that are wanted.
    pub roles: Roles,
    /// Language of who asks.
    pub language: Language,
    /// How far it is.
    pub state: RequestState,
    /// When it came into the queue, or was asked where it is not there yet, in Unix milliseconds.
    pub since: i64,
    /// When it was decided, in Unix milliseconds.
    pub decided_at: Option<i64>,
    /// Who decided.
    pub decided_by: Option<AccountId>,
    /// The name of who decided.
    pub decided_by_name: Option<String>,
    /// Why it was refused.
    pub reason: Option<String>,
    /// It grows with every change.
    pub version: i64,
    /// The KvK number of the contract's employer: `None` where there is no such contract.
    pub employer: Option<Option<String>>,
    /// The account that the address has.
    pub account: Option<AccountId>,
}

/// Keeps a request. Returns `false`, and keeps nothing, when this very form was sent before.
///
/// # Errors
/// When the database refuses.
pub async fn add(txn: &Txn, new: NewRequest) -> Result<bool, DataError> {
    let row = account_request::ActiveModel {
        form_key: Set(new.form_key),
        token_hash: Set(new.token_hash),
        expires_at: Set(new.expires_at),
        organisation: Set(new.asked.organisation),
        kvk_number: Set(new.asked.kvk_number.into_string()),
        contract_number: Set(new.asked.contract_number.into_string()),
        name: Set(new.asked.name),
        email: Set(fold_email(&new.asked.email)),
        phone: Set(new.asked.phone),
        roles: Set(i32::from(new.asked.roles.bits())),
        language: Set(new.language.tag().to_owned()),
        state: Set(RequestState::Unconfirmed.code().to_owned()),
        since: Set(new.now),
        version: Set(1),
        ..Default::default()
    };
    let once = OnConflict::column(account_request::Column::FormKey).do_nothing().to_owned();
    match account_request::Entity::insert(row).on_conflict(once).exec_without_returning(&txn.0).await {
        Ok(rows) => Ok(rows > 0),
        Err(DbErr::RecordNotInserted) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

#[derive(FromQueryResult)]
struct Row {
    id: i64,
    organisation: String,
    kvk_number: String,
    contract_number: String,
    name: String,
    email: String,
    phone: String,
    roles: i32,
    language: String,
    state: String,
    since: i64,
    decided_at: Option<i64>,
    decided_by: Option<i64>,
    decided_by_name: Option<String>,
    reason: Option<String>,
    version: i64,
    contract_id: Option<i64>,
    employer_kvk: Option<String>,
    account_id: Option<i64>,
}

impl From<Row> for StoredRequest {
    fn from(row: Row) -> Self {
        Self {
            id: RequestId(row.id),
            organisation: row.organisation,
            kvk_number: row.kvk_number,
            contract_number: row.contract_number,
            name: row.name,
            email: row.email,
            phone: row.phone,
            roles: stored_roles(row.roles),
            language: Language::from_tag(&row.language).unwrap_or_default(),
            state: RequestState::from_code(&row.state).unwrap_or(RequestState::Unconfirmed),
            since: row.since,
            decided_at: row.decided_at,
            decided_by: row.decided_by.map(AccountId),
            decided_by_name: row.decided_by_name,
            reason: row.reason,
            version: row.version,
            employer: row.contract_id.map(|_| row.employer_kvk),
            account: row.account_id.map(AccountId),
        }
    }
}

const ROWS: &str = "SELECT r.id, r.organisation, r.kvk_number, r.contract_number, r.name, r.email, r.phone, r.roles,
                           r.language, r.state, r.since, r.decided_at, r.decided_by, r.decided_by_name, r.reason,
                           r.version, c.id AS contract_id, e.kvk_number AS employer_kvk, a.id AS account_id
                    FROM account_request r
                    LEFT JOIN contract c ON c.number = r.contract_number
                    LEFT JOIN employer e ON e.id = c.employer_id
                    LEFT JOIN account a ON a.email = r.email";

async fn read(db: &Db, rest: &str, values: Vec<Value>) -> Result<Vec<StoredRequest>, DataError> {
    let sql = statement(db.read().get_database_backend(), &format!("{ROWS} {rest}"), values);
    Ok(Row::find_by_statement(sql).all(db.read()).await?.into_iter().map(StoredRequest::from).collect())
}

/// A request that a mailed link is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkedRequest {
    /// The request.
    pub id: RequestId,
    /// The contract number, as typed.
    pub contract_number: String,
    /// Whether its address was proven already.
    pub is_confirmed: bool,
}

/// The request whose token has this hash; `None` when it is unknown, past its term, or decided.
///
/// # Errors
/// When the database cannot be read.
pub async fn by_token(db: &Db, token_hash: &[u8], now: i64) -> Result<Option<LinkedRequest>, DataError> {
    let found = account_request::Entity::find()
        .filter(account_request::Column::TokenHash.eq(token_hash.to_vec()))
        .filter(account_request::Column::ExpiresAt.gt(now))
        .filter(account_request::Column::State.is_in([RequestState::Unconfirmed.code(), RequestState::Waiting.code()]))
        .one(db.read())
        .await?;
    Ok(found.map(|row| LinkedRequest {
        id: RequestId(row.id),
        contract_number: row.contract_number,
        is_confirmed: row.state == RequestState::Waiting.code(),
    }))
}

/// Puts a request in the queue, because its address was proven. Returns `false` when it was there already.
///
/// # Errors
/// When the database refuses.
pub async fn confirm(txn: &Txn, request: RequestId, now: i64) -> Result<bool, DataError> {
    let confirmed = account_request::Entity::update_many()
        .col_expr(account_request::Column::State, Expr::value(RequestState::Waiting.code()))
        .col_expr(account_request::Column::Since, Expr::value(now))
        .col_expr(account_request::Column::Version, Expr::col(account_request::Column::Version).add(1))
        .filter(account_request::Column::Id.eq(request.0))
        .filter(account_request::Column::State.eq(RequestState::Unconfirmed.code()))
        .exec(&txn.0)
        .await?;
    Ok(confirmed.rows_affected > 0)
}

/// Forgets requests: those whose address was never proven and whose link is past its term, and those that were decided
/// before `decided_before`. Both are moments in Unix milliseconds.
///
/// # Errors
/// When the database refuses.
pub async fn forget(txn: &Txn, now: i64, decided_before: i64) -> Result<(), DataError> {
    let unproven = Condition::all()
        .add(account_request::Column::State.eq(RequestState::Unconfirmed.code()))
        .add(account_request::Column::ExpiresAt.lt(now));
    account_request::Entity::delete_many()
        .filter(Condition::any().add(unproven).add(account_request::Column::DecidedAt.lt(decided_before)))
        .exec(&txn.0)
        .await?;
    Ok(())
}

/// Requests of the queue: those that wait, oldest first, or those that were decided, newest first.
///
/// # Errors
/// When the database cannot be read.
pub async fn queue(
    db: &Db,
    _: &Office,
    decided: bool,
    passed: u64,
    most: u64,
) -> Result<Vec<StoredRequest>, DataError> {
    let rest = if decided {
        "WHERE r.state IN (?, ?) ORDER BY r.decided_at DESC, r.id DESC LIMIT ? OFFSET ?"
    } else {
        "WHERE r.state = ? ORDER BY r.since, r.id LIMIT ? OFFSET ?"
    };
    let mut values: Vec<Value> = states(decided).iter().map(|state| state.code().into()).collect();
    values.extend([most, passed].map(|number| Value::from(i64::try_from(number).unwrap_or(i64::MAX))));
    read(db, rest, values).await
}

const fn states(decided: bool) -> &'static [RequestState] {
    if decided { &[RequestState::Approved, RequestState::Refused] } else { &[RequestState::Waiting] }
}

/// How many requests wait, or were decided.
///
/// # Errors
/// When the database cannot be read.
pub async fn count(db: &Db, _: &Office, decided: bool) -> Result<u64, DataError> {
    let states = states(decided).iter().map(|state| state.code());
    let found = account_request::Entity::find().filter(account_request::Column::State.is_in(states));
    Ok(found.count(db.read()).await?)
}

/// One request.
///
/// # Errors
/// When the database cannot be read.
pub async fn one(db: &Db, _: &Office, id: RequestId) -> Result<Option<StoredRequest>, DataError> {
    Ok(read(db, "WHERE r.id = ?", vec![id.0.into()]).await?.pop())
}

/// The requests of an address, newest first, of whichever state.
///
/// # Errors
/// When the database cannot be read.
pub async fn of_address(db: &Db, _: &Office, email: &str, most: u64) -> Result<Vec<StoredRequest>, DataError> {
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    read(db, "WHERE r.email = ? ORDER BY r.id DESC LIMIT ?", vec![fold_email(email).into(), most.into()]).await
}

/// What became of a request.
#[derive(Debug, Clone, Copy)]
pub struct Decided<'a> {
    /// Approved or refused.
    pub state: RequestState,
    /// Who decided, by name.
    pub by_name: &'a str,
    /// Why it was refused.
    pub reason: Option<&'a str>,
    /// When, in Unix milliseconds.
    pub now: i64,
}

/// Keeps a decision about the version of a request that was seen. Returns `false`, and keeps nothing, when it was decided
/// already, or is not in the queue.
///
/// # Errors
/// When the database refuses.
pub async fn decide(
    txn: &Txn,
    office: &Office,
    id: RequestId,
    version: i64,
    decided: Decided<'_>,
) -> Result<bool, DataError> {
    let done = account_request::Entity::update_many()
        .col_expr(account_request::Column::State, Expr::value(decided.state.code()))
        .col_expr(account_request::Column::DecidedAt, Expr::value(Some(decided.now)))
        .col_expr(account_request::Column::DecidedBy, Expr::value(Some(office.account().0)))
        .col_expr(account_request::Column::DecidedByName, Expr::value(Some(decided.by_name)))
        .col_expr(account_request::Column::Reason, Expr::value(decided.reason))
        .col_expr(account_request::Column::Version, Expr::col(account_request::Column::Version).add(1))
        .filter(account_request::Column::Id.eq(id.0))
        .filter(account_request::Column::Version.eq(version))
        .filter(account_request::Column::State.eq(RequestState::Waiting.code()))
        .exec(&txn.0)
        .await?;
    Ok(done.rows_affected > 0)
}
