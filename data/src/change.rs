//! What employees change by a mailed link: whose link it is, how that person can be reached, and what of a request can be
//! taken back.

use chrono::NaiveDate;
use collectief_domain::{
    address::Address,
    case::{CaseKind, CaseState},
    change::{OpenChange, Reachable},
    date::Date,
    ids::{CaseId, ContractId, MutationId, ParticipationId, PersonId},
    mutation::{MutationKind, ParticipationState},
};
use sea_orm::{ConnectionTrait, FromQueryResult, Value};

use crate::{
    db::{Db, Txn, statement},
    error::DataError,
    mutation::{self, StoredParticipation},
    scope::Scope,
    wall,
};

/// Whose link it is: a participation, the address that the link was mailed to, and the scope in which that participation is
/// changed.
#[derive(Debug, Clone)]
pub struct Linked {
    /// The participation.
    pub participation: ParticipationId,
    /// The address.
    pub email: String,
    /// Its contract, for this one participation.
    pub scope: Scope,
}

#[derive(FromQueryResult)]
struct LinkRow {
    participation_id: i64,
    contract_id: i64,
    email: String,
}

/// The participation behind a link: one that was asked for and whose term did not end, or that of a request that was done.
///
/// # Errors
/// When the database cannot be read.
pub async fn find(db: &Db, token_hash: &[u8], now: i64) -> Result<Option<Linked>, DataError> {
    let read = db.read_everything().await?;
    let backend = read.get_database_backend();
    let sql = "SELECT l.participation_id, p.contract_id, l.email
               FROM change_link l JOIN participation p ON p.id = l.participation_id
               WHERE l.token_hash = ? AND l.expires_at > ?";
    let values = [Value::from(token_hash.to_vec()), now.into()];
    let mut link = LinkRow::find_by_statement(statement(backend, sql, values)).one(&read).await?;
    if link.is_none() {
        // Who filled a request in for an employee changes nothing of that employee.
        let sql = "SELECT p.id AS participation_id, p.contract_id, l.email
                   FROM case_link l JOIN mutation_case m ON m.id = l.case_id
                       JOIN participation p ON p.id = COALESCE(m.participation_id, m.about_id)
                   WHERE l.token_hash = ? AND NOT l.is_reporter AND (m.state = ? OR m.about_id IS NOT NULL)";
        let values = [Value::from(token_hash.to_vec()), CaseState::Processed.code().into()];
        link = LinkRow::find_by_statement(statement(backend, sql, values)).one(&read).await?;
    }
    drop(read);
    let Some(link) = link else { return Ok(None) };
    let scope = db.enrolment_scope(ContractId(link.contract_id)).await?;
    let participation = ParticipationId(link.participation_id);
    Ok(scope.map(|scope| Linked { participation, email: link.email, scope }))
}

/// Keeps a link that was asked for.
///
/// # Errors
/// When the database refuses.
pub async fn link_add(
    txn: &Txn,
    token_hash: &[u8],
    participation: ParticipationId,
    email: &str,
    expires_at: i64,
) -> Result<(), DataError> {
    let sql = "INSERT INTO change_link (token_hash, participation_id, email, expires_at) VALUES (?, ?, ?, ?)";
    let values = [Value::from(token_hash.to_vec()), participation.0.into(), email.into(), expires_at.into()];
    txn.0.execute_raw(statement(txn.0.get_database_backend(), sql, values)).await?;
    Ok(())
}

/// Forgets links whose term has ended.
///
/// # Errors
/// When the database refuses.
pub async fn forget_links(txn: &Txn, now: i64) -> Result<(), DataError> {
    let sql = "DELETE FROM change_link WHERE expires_at <= ?";
    txn.0.execute_raw(statement(txn.0.get_database_backend(), sql, [Value::from(now)])).await?;
    Ok(())
}

#[derive(FromQueryResult)]
struct FoundRow {
    id: i64,
    full_name: String,
}

/// The main insured of a contract with this e-mail address who participate today, will, or did on a day since then, with the names
/// that a mail begins with.
///
/// # Errors
/// When the database cannot be read.
pub async fn main_insured_at(
    db: &Db,
    scope: &Scope,
    contract: ContractId,
    folded_email: &str,
    today: Date,
    since: Date,
) -> Result<Vec<(ParticipationId, String)>, DataError> {
    if !scope.has(contract) {
        return Ok(Vec::new());
    }
    let read = db.read_within(scope).await?;
    let sql = "SELECT p.id, p.full_name FROM person n JOIN participation p ON p.person_id = n.id
               WHERE lower(n.email) = ? AND p.contract_id = ? AND p.main_id IS NULL AND p.end_date >= ?
               AND (p.end_date >= ? OR NOT EXISTS (SELECT 1 FROM participation q WHERE q.person_id = p.person_id
                                                   AND q.contract_id = p.contract_id AND q.end_date >= ?))
               ORDER BY p.id";
    let values = [folded_email.into(), contract.0.into(), since.into(), today.into(), today.into()];
    let rows = FoundRow::find_by_statement(statement(read.get_database_backend(), sql, values)).all(&read).await?;
    Ok(rows.into_iter().map(|row| (ParticipationId(row.id), row.full_name)).collect())
}

#[derive(FromQueryResult)]
struct ReachedRow {
    id: i64,
    email: Option<String>,
    street: Option<String>,
    house_number: Option<String>,
    postcode: Option<String>,
    city: Option<String>,
    phone: Option<String>,
}

impl ReachedRow {
    fn reachable(self) -> (PersonId, Reachable) {
        let address = Address {
            street: self.street.unwrap_or_default(),
            house_number: self.house_number.unwrap_or_default(),
            postcode: self.postcode.unwrap_or_default(),
            city: self.city.unwrap_or_default(),
        };
        let (email, phone) = (self.email.unwrap_or_default(), self.phone.unwrap_or_default());
        (PersonId(self.id), Reachable { address, email, phone })
    }
}

const REACHED: &str = "SELECT n.id, n.email, n.street, n.house_number, n.postcode, n.city, n.phone
    FROM participation p JOIN person n ON n.id = p.person_id WHERE p.id = ?";

/// How the person of a participation of the scope can be reached.
///
/// # Errors
/// When the database cannot be read.
pub async fn reached(db: &Db, scope: &Scope, of: &StoredParticipation) -> Result<Option<Reachable>, DataError> {
    if !scope.has(of.contract) {
        return Ok(None);
    }
    let read = db.read_within(scope).await?;
    let sql = statement(read.get_database_backend(), REACHED, [Value::from(of.id.0)]);
    Ok(ReachedRow::find_by_statement(sql).one(&read).await?.map(|row| row.reachable().1))
}

/// The person of a participation, and how that person can be reached.
///
/// # Errors
/// When the database cannot be read.
pub async fn person_of(txn: &Txn, of: ParticipationId) -> Result<Option<(PersonId, Reachable)>, DataError> {
    let sql = statement(txn.0.get_database_backend(), REACHED, [Value::from(of.0)]);
    Ok(ReachedRow::find_by_statement(sql).one(&txn.0).await?.map(ReachedRow::reachable))
}

/// Keeps how a person can be reached from now on; what is empty is not known any more.
///
/// # Errors
/// When the database refuses.
pub async fn person_reach(txn: &Txn, scope: &Scope, person: PersonId, reached: &Reachable) -> Result<(), DataError> {
    let known = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    let at = &reached.address;
    let sql = statement(
        txn.0.get_database_backend(),
        "UPDATE person SET email = ?, street = ?, house_number = ?, postcode = ?, city = ?, phone = ?,
             version = version + 1
         WHERE id = ?",
        [
            known(&reached.email).into(),
            known(&at.street).into(),
            known(&at.house_number).into(),
            known(&at.postcode).into(),
            known(&at.city).into(),
            known(&reached.phone).into(),
            person.0.into(),
        ],
    );
    wall::look_beyond(&txn.0).await?;
    txn.0.execute_raw(sql).await?;
    wall::look_within(&txn.0, scope).await
}

#[derive(FromQueryResult)]
struct OpenRow {
    kind: String,
    reference: String,
    effective: NaiveDate,
}

/// The requests about a participation of the scope that wait, the oldest first.
///
/// # Errors
/// When the database cannot be read.
pub async fn open_about(db: &Db, scope: &Scope, of: ParticipationId) -> Result<Vec<OpenChange>, DataError> {
    let read = db.read_within(scope).await?;
    let sql =
        "SELECT kind, reference, effective FROM mutation_case WHERE about_id = ? AND state IN (?, ?, ?) ORDER BY id";
    let values = [
        Value::from(of.0),
        CaseState::Waiting.code().into(),
        CaseState::Questioned.code().into(),
        CaseState::Stuck.code().into(),
    ];
    let rows = OpenRow::find_by_statement(statement(read.get_database_backend(), sql, values)).all(&read).await?;
    let open = |row: OpenRow| {
        let kind = CaseKind::from_code(&row.kind).ok_or(DataError::Corrupt("a stored request cannot be read"))?;
        Ok(OpenChange { kind, reference: row.reference, effective: row.effective })
    };
    rows.into_iter().map(open).collect()
}

/// A mutation that the last decision about a request made, with what is needed to take it back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reversible {
    /// The mutation.
    pub id: MutationId,
    /// The participation.
    pub participation: ParticipationId,
    /// What kind.
    pub kind: MutationKind,
    /// As it was; with no first day where there was nothing.
    pub before: ParticipationState,
    /// Whether nothing happened to the participation since.
    pub is_last: bool,
}

#[derive(FromQueryResult)]
struct ReversibleRow {
    id: i64,
    participation_id: i64,
    kind: String,
    state_before: String,
    later: i64,
}

/// The mutations that the last decision about a request made, in that order. The transaction must reach every contract of
/// the request ([`Txn::look_beyond`]).
///
/// # Errors
/// When the database cannot be read.
pub async fn mutations_of(txn: &Txn, case: CaseId) -> Result<Vec<Reversible>, DataError> {
    const WRONG: DataError = DataError::Corrupt("a stored mutation cannot be read");
    let sql = "SELECT m.id, m.participation_id, m.kind, m.state_before,
                   (SELECT COUNT(*) FROM mutation o WHERE o.participation_id = m.participation_id AND o.id > m.id) AS later
               FROM mutation m
               WHERE m.case_id = ? AND m.id > COALESCE(
                   (SELECT MAX(c.id) FROM mutation c WHERE c.case_id = ? AND c.kind = ?), 0)
               ORDER BY m.id";
    let values = [Value::from(case.0), case.0.into(), MutationKind::Correction.code().into()];
    let rows =
        ReversibleRow::find_by_statement(statement(txn.0.get_database_backend(), sql, values)).all(&txn.0).await?;
    rows.into_iter()
        .map(|row| {
            Ok(Reversible {
                id: MutationId(row.id),
                participation: ParticipationId(row.participation_id),
                kind: MutationKind::from_code(&row.kind).ok_or(WRONG)?,
                before: serde_json::from_str(&row.state_before).map_err(|_| WRONG)?,
                is_last: row.later == 0,
            })
        })
        .collect()
}

/// Participations with their dependants, locked, whatever contract they are in: those of a request that leads from one
/// contract to another. The transaction must reach every contract of the request.
///
/// # Errors
/// When the database refuses.
pub async fn rows_of(
    txn: &Txn,
    ids: &[ParticipationId],
) -> Result<(Vec<StoredParticipation>, Vec<StoredParticipation>), DataError> {
    mutation::rows_beyond(txn, ids).await
}

/// Locks the contracts that a request is about until the transaction ends, in the order of their ids as every change does.
///
/// # Errors
/// When the database refuses.
pub async fn contracts_lock(txn: &Txn, contracts: impl IntoIterator<Item = ContractId>) -> Result<(), DataError> {
    let ordered: std::collections::BTreeSet<ContractId> = contracts.into_iter().collect();
    for contract in ordered {
        mutation::contract_lock(txn, contract).await?;
    }
    Ok(())
}

/// Birth date as it is stored with a request.
pub fn birth_to_store(birth: Option<Date>) -> Date {
    birth.unwrap_or(mutation::UNKNOWN_BIRTH)
}
