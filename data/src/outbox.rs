//! What must leave the portal: mail and letters. A message is put here in the transaction of the change that it is
//! about, so that neither exists without the other, and is delivered afterwards.

use collectief_domain::{actor::Language, ids::AccountId};
use sea_orm::{
    ActiveValue::Set,
    Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    prelude::*,
    sea_query::{OnConflict, SimpleExpr},
};

use crate::{
    account::fold_email,
    db::{Db, Txn, statement},
    entity::outbox,
    error::DataError,
    office::Office,
};

/// A message to put in the outbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewOutbox {
    /// What kind of message: which text it gets.
    pub kind: &'static str,
    /// A message with a key that was used before is not put in again.
    pub dedupe_key: String,
    /// The e-mail address; `None` is a letter, to be posted.
    pub recipient: Option<String>,
    /// The reader's language.
    pub language: Language,
    /// What the text is made of, as JSON.
    pub payload: String,
    /// When, in Unix milliseconds.
    pub now: i64,
}

/// How far a message is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OutboxState {
    /// It waits for its next try.
    Waiting,
    /// It was delivered.
    Sent,
    /// Every try failed; the operator must look at it.
    Stuck,
}

impl OutboxState {
    /// The stored word.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Sent => "sent",
            Self::Stuck => "stuck",
        }
    }
}

/// A message that is to be delivered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutboxMessage {
    /// Its id.
    pub id: i64,
    /// What kind of message.
    pub kind: String,
    /// The key that makes it one of a kind; delivering twice under one key delivers once.
    pub dedupe_key: String,
    /// The e-mail address; `None` is a letter.
    pub recipient: Option<String>,
    /// The reader's language.
    pub language: Language,
    /// What the text is made of, as JSON.
    pub payload: String,
    /// How many tries failed.
    pub attempts: u32,
    /// When it was put in, in Unix milliseconds.
    pub created_at: i64,
}

impl From<outbox::Model> for OutboxMessage {
    fn from(row: outbox::Model) -> Self {
        Self {
            id: row.id,
            kind: row.kind,
            dedupe_key: row.dedupe_key,
            recipient: row.recipient,
            language: Language::from_tag(&row.language).unwrap_or_default(),
            payload: row.payload,
            attempts: row.attempts.unsigned_abs(),
            created_at: row.created_at,
        }
    }
}

/// How many messages there are, by state.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct OutboxCounts {
    /// Waiting for their next try.
    pub waiting: u64,
    /// Delivered.
    pub sent: u64,
    /// Given up.
    pub stuck: u64,
}

/// Puts a message in the outbox. Returns `false` when one with the same key was put in before.
///
/// # Errors
/// When the database refuses.
pub async fn put(txn: &Txn, message: NewOutbox) -> Result<bool, DataError> {
    let row = outbox::ActiveModel {
        kind: Set(message.kind.to_owned()),
        dedupe_key: Set(message.dedupe_key),
        recipient: Set(message.recipient),
        language: Set(message.language.tag().to_owned()),
        payload: Set(message.payload),
        state: Set(OutboxState::Waiting.code().to_owned()),
        attempts: Set(0),
        next_try_at: Set(message.now),
        created_at: Set(message.now),
        ..Default::default()
    };
    txn.something_to_deliver();
    let once = OnConflict::column(outbox::Column::DedupeKey).do_nothing().to_owned();
    let added = outbox::Entity::insert(row).on_conflict(once).exec_without_returning(&txn.0).await;
    match added {
        Ok(rows) => Ok(rows > 0),
        Err(DbErr::RecordNotInserted) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// Takes up to `most` messages that are due, and keeps them to this caller until `leased_until`: another server, or a
/// try after a crash, only sees them again from then on.
///
/// # Errors
/// When the database refuses.
pub async fn take_due(db: &Db, now: i64, leased_until: i64, most: u64) -> Result<Vec<OutboxMessage>, DataError> {
    // Mostly nothing is due, and then nothing needs to be written.
    let due = outbox::Entity::find()
        .filter(outbox::Column::State.eq(OutboxState::Waiting.code()))
        .filter(outbox::Column::NextTryAt.lte(now))
        .count(db.read())
        .await?;
    if due == 0 {
        return Ok(Vec::new());
    }
    let txn = db.begin().await?;
    let mut rows = outbox::Entity::find()
        .filter(outbox::Column::State.eq(OutboxState::Waiting.code()))
        .filter(outbox::Column::NextTryAt.lte(now))
        .order_by_asc(outbox::Column::NextTryAt)
        .order_by_asc(outbox::Column::Id)
        .limit(most);
    if db.is_postgres() {
        rows =
            rows.lock_with_behavior(sea_orm::sea_query::LockType::Update, sea_orm::sea_query::LockBehavior::SkipLocked);
    }
    let rows = rows.all(&txn.0).await?;
    outbox::Entity::update_many()
        .col_expr(outbox::Column::NextTryAt, Expr::value(leased_until))
        .filter(outbox::Column::Id.is_in(rows.iter().map(|row| row.id)))
        .exec(&txn.0)
        .await?;
    txn.commit().await?;
    Ok(rows.into_iter().map(OutboxMessage::from).collect())
}

/// The next messages of a kind after the id `after` that were not delivered yet, in the order of their ids.
///
/// # Errors
/// When the database cannot be read.
pub async fn undelivered(db: &Db, kind: &str, after: i64, most: u64) -> Result<Vec<OutboxMessage>, DataError> {
    let rows = outbox::Entity::find()
        .filter(outbox::Column::Kind.eq(kind))
        .filter(outbox::Column::State.ne(OutboxState::Sent.code()))
        .filter(outbox::Column::Id.gt(after))
        .order_by_asc(outbox::Column::Id)
        .limit(most)
        .all(db.read())
        .await?;
    Ok(rows.into_iter().map(OutboxMessage::from).collect())
}

/// Replaces what a message is made of, if it still is what it was.
///
/// # Errors
/// When the database refuses.
pub async fn replace_payload(txn: &Txn, message: &OutboxMessage, payload: &str) -> Result<bool, DataError> {
    let replaced = outbox::Entity::update_many()
        .col_expr(outbox::Column::Payload, Expr::value(payload))
        .filter(outbox::Column::Id.eq(message.id))
        .filter(outbox::Column::Payload.eq(&message.payload))
        .exec(&txn.0)
        .await?;
    Ok(replaced.rows_affected > 0)
}

/// Notes that a message was delivered.
///
/// # Errors
/// When the database refuses.
pub async fn sent(db: &Db, id: i64, now: i64) -> Result<(), DataError> {
    let txn = db.begin().await?;
    outbox::Entity::update_many()
        .col_expr(outbox::Column::State, Expr::value(OutboxState::Sent.code()))
        .col_expr(outbox::Column::SentAt, Expr::value(Some(now)))
        .col_expr(outbox::Column::Error, Expr::value(Option::<String>::None))
        .filter(outbox::Column::Id.eq(id))
        .exec(&txn.0)
        .await?;
    txn.commit().await
}

/// Takes a message out again that turned out to be for nobody.
///
/// # Errors
/// When the database refuses.
pub async fn remove(db: &Db, id: i64) -> Result<(), DataError> {
    let txn = db.begin().await?;
    outbox::Entity::delete_by_id(id).exec(&txn.0).await?;
    txn.commit().await
}

/// Notes that a try failed: when to try again, or, for `None`, that it is given up.
///
/// # Errors
/// When the database refuses.
pub async fn failed(db: &Db, id: i64, next_try_at: Option<i64>, error: &str) -> Result<(), DataError> {
    let state = if next_try_at.is_some() { OutboxState::Waiting } else { OutboxState::Stuck };
    let txn = db.begin().await?;
    let sql = statement(
        txn.0.get_database_backend(),
        "UPDATE outbox SET state = ?, attempts = attempts + 1, error = ?, next_try_at = COALESCE(?, next_try_at)
         WHERE id = ?",
        [state.code().into(), error.into(), next_try_at.into(), id.into()],
    );
    txn.0.execute_raw(sql).await?;
    txn.commit().await
}

/// Lets a message wait for something else than its recipient: that counts as no try.
///
/// # Errors
/// When the database refuses.
pub async fn postpone(db: &Db, id: i64, next_try_at: i64, why: &str) -> Result<(), DataError> {
    let txn = db.begin().await?;
    outbox::Entity::update_many()
        .col_expr(outbox::Column::NextTryAt, Expr::value(next_try_at))
        .col_expr(outbox::Column::Error, Expr::value(Some(why)))
        .filter(outbox::Column::Id.eq(id))
        .exec(&txn.0)
        .await?;
    txn.commit().await
}

/// How many messages there are, by state.
///
/// # Errors
/// When the database cannot be read.
pub async fn counts(db: &Db) -> Result<OutboxCounts, DataError> {
    let rows: Vec<(String, i64)> = outbox::Entity::find()
        .select_only()
        .column(outbox::Column::State)
        .column_as(outbox::Column::Id.count(), "messages")
        .group_by(outbox::Column::State)
        .into_tuple()
        .all(db.read())
        .await?;
    let of = |state: OutboxState| {
        rows.iter().find(|(code, _)| code == state.code()).map_or(0, |(_, messages)| messages.unsigned_abs())
    };
    Ok(OutboxCounts { waiting: of(OutboxState::Waiting), sent: of(OutboxState::Sent), stuck: of(OutboxState::Stuck) })
}

/// The state that this stored word is.
fn state_of(code: &str) -> OutboxState {
    [OutboxState::Waiting, OutboxState::Sent, OutboxState::Stuck]
        .into_iter()
        .find(|state| state.code() == code)
        .unwrap_or(OutboxState::Stuck)
}

/// A message as the back office sees it, without its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutboxRow {
    /// Its id.
    pub id: i64,
    /// The e-mail address; `None` is a letter.
    pub recipient: Option<String>,
    /// What kind of message.
    pub kind: String,
    /// How far it is.
    pub state: OutboxState,
    /// How many tries failed.
    pub attempts: u32,
    /// When it was put in, in Unix milliseconds.
    pub created_at: i64,
    /// When it was delivered, in Unix milliseconds.
    pub sent_at: Option<i64>,
    /// Why the last try failed.
    pub error: Option<String>,
    /// Who of the helpdesk looks after it, where somebody does.
    pub assigned_to: Option<AccountId>,
    /// That person's name.
    pub assigned_name: Option<String>,
}

/// The last messages to an address, newest first.
///
/// # Errors
/// When the database cannot be read.
pub async fn to_address(db: &Db, _: &Office, email: &str, most: u64) -> Result<Vec<OutboxRow>, DataError> {
    newest(db, outbox::Column::Recipient.eq(fold_email(email)), most).await
}

/// The last messages that were given up, newest first.
///
/// # Errors
/// When the database cannot be read.
pub async fn stuck(db: &Db, _: &Office, most: u64) -> Result<Vec<OutboxRow>, DataError> {
    newest(db, outbox::Column::State.eq(OutboxState::Stuck.code()), most).await
}

/// How many messages were given up. Unlike [`counts`] it reads no others, of which there are as many as were ever sent.
///
/// # Errors
/// When the database cannot be read.
pub async fn stuck_count(db: &Db, _: &Office) -> Result<u64, DataError> {
    Ok(outbox::Entity::find().filter(outbox::Column::State.eq(OutboxState::Stuck.code())).count(db.read()).await?)
}

async fn newest(db: &Db, wanted: SimpleExpr, most: u64) -> Result<Vec<OutboxRow>, DataError> {
    let rows =
        outbox::Entity::find().filter(wanted).order_by_desc(outbox::Column::Id).limit(most).all(db.read()).await?;
    let row = |row: outbox::Model| OutboxRow {
        id: row.id,
        recipient: row.recipient,
        state: state_of(&row.state),
        kind: row.kind,
        attempts: row.attempts.unsigned_abs(),
        created_at: row.created_at,
        sent_at: row.sent_at,
        error: row.error,
        assigned_to: row.assigned_to.map(AccountId),
        assigned_name: row.assigned_name,
    };
    Ok(rows.into_iter().map(row).collect())
}

/// Lets a message that was given up be tried again from now on; with an address only one to that address. Returns `false`
/// for one that is not there, or that was not given up.
///
/// # Errors
/// When the database refuses.
pub async fn retry(txn: &Txn, _: &Office, id: i64, email: Option<&str>, now: i64) -> Result<bool, DataError> {
    let retried = outbox::Entity::update_many()
        .col_expr(outbox::Column::State, Expr::value(OutboxState::Waiting.code()))
        .col_expr(outbox::Column::Attempts, Expr::value(0))
        .col_expr(outbox::Column::NextTryAt, Expr::value(now))
        .filter(given_up(id, email))
        .exec(&txn.0)
        .await?;
    txn.something_to_deliver();
    Ok(retried.rows_affected > 0)
}

/// Says who of the helpdesk looks after a message that was given up; nobody for `None`. With an address only one to that
/// address. Returns `false` for one that is not there, or that was not given up.
///
/// # Errors
/// When the database refuses.
pub async fn assign(
    txn: &Txn,
    _: &Office,
    id: i64,
    email: Option<&str>,
    to: Option<(AccountId, &str)>,
) -> Result<bool, DataError> {
    let assigned = outbox::Entity::update_many()
        .col_expr(outbox::Column::AssignedTo, Expr::value(to.map(|(account, _)| account.0)))
        .col_expr(outbox::Column::AssignedName, Expr::value(to.map(|(_, name)| name.to_owned())))
        .filter(given_up(id, email))
        .exec(&txn.0)
        .await?;
    Ok(assigned.rows_affected > 0)
}

/// The message with this id, to this address where there is one, if it was given up.
fn given_up(id: i64, email: Option<&str>) -> Condition {
    let stuck = outbox::Column::State.eq(OutboxState::Stuck.code());
    let to = email.map(|email| outbox::Column::Recipient.eq(fold_email(email)));
    Condition::all().add(outbox::Column::Id.eq(id)).add(stuck).add_option(to)
}
