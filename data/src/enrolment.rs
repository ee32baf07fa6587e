//! What enrolling needs: contracts by their number, and people, who are known beyond the contract that they are enrolled
//! in.

use chrono::NaiveDate;
use collectief_domain::{
    address::Address,
    bsn::Bsn,
    contract::ContractChoice,
    date::Date,
    enrolment::NewPerson,
    ids::{ContractId, ParticipationId, PersonId},
    name::{Gender, NameUse, PersonName},
    period::Period,
};
use sea_orm::{ConnectionTrait, FromQueryResult, Value};

use crate::{
    db::{Db, Source, Txn, statement},
    error::DataError,
    mutation::{UNKNOWN_BIRTH, contract_lock, end_from_stored, end_to_store, known_birth},
    roster::write::reserve,
    scope::Scope,
    wall,
};

/// A contract, as enrolling sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnrolmentContract {
    /// The contract.
    pub id: ContractId,
    /// Its number and name.
    pub choice: ContractChoice,
    /// When it runs.
    pub period: Period,
    /// How many days back an enrolment may start.
    pub back_days: u32,
    /// How many days ahead.
    pub ahead_days: u32,
}

#[derive(FromQueryResult)]
struct ContractRow {
    id: i64,
    number: String,
    name: String,
    start_date: NaiveDate,
    end_date: NaiveDate,
    enrol_back_days: i32,
    enrol_ahead_days: i32,
}

impl From<ContractRow> for EnrolmentContract {
    fn from(row: ContractRow) -> Self {
        Self {
            id: ContractId(row.id),
            choice: ContractChoice { number: row.number, name: row.name },
            period: Period { start: row.start_date, end: end_from_stored(row.end_date) },
            back_days: row.enrol_back_days.unsigned_abs(),
            ahead_days: row.enrol_ahead_days.unsigned_abs(),
        }
    }
}

async fn contract_where(
    connection: &impl ConnectionTrait,
    condition: &str,
    value: Value,
) -> Result<Option<EnrolmentContract>, DataError> {
    let sql = format!(
        "SELECT id, number, name, start_date, end_date, enrol_back_days, enrol_ahead_days FROM contract
         WHERE {condition} = ?"
    );
    let sql = statement(connection.get_database_backend(), &sql, [value]);
    Ok(ContractRow::find_by_statement(sql).one(connection).await?.map(EnrolmentContract::from))
}

/// The contract with this number. Whoever has a number learns whose it is, and no more (PRODUCT.md E1).
///
/// # Errors
/// When the database cannot be read.
pub async fn contract(source: impl Into<Source<'_>>, number: &str) -> Result<Option<EnrolmentContract>, DataError> {
    match source.into() {
        Source::Db(db) => contract_where(db.read(), "number", number.into()).await,
        Source::Txn(txn) => contract_where(&txn.0, "number", number.into()).await,
    }
}

/// The contract with this id.
///
/// # Errors
/// When the database cannot be read.
pub async fn contract_by_id(
    source: impl Into<Source<'_>>,
    id: ContractId,
) -> Result<Option<EnrolmentContract>, DataError> {
    match source.into() {
        Source::Db(db) => contract_where(db.read(), "id", id.0.into()).await,
        Source::Txn(txn) => contract_where(&txn.0, "id", id.0.into()).await,
    }
}

/// Locks a contract of the scope until the transaction ends, and reads it. Every change locks contracts in the order of
/// their ids. `None` when it is not in the scope.
///
/// # Errors
/// When the database refuses.
pub async fn contract_for_update(
    txn: &Txn,
    scope: &Scope,
    id: ContractId,
) -> Result<Option<EnrolmentContract>, DataError> {
    if !scope.has(id) {
        return Ok(None);
    }
    contract_lock(txn, id).await?;
    contract_where(&txn.0, "id", id.0.into()).await
}

/// A person who is insured.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Insured {
    /// The person.
    pub id: PersonId,
    /// Relation number.
    pub relation_number: String,
    /// Name.
    pub name: PersonName,
    /// Birth date, where known.
    pub birth_date: Option<Date>,
    /// Gender.
    pub gender: Gender,
    /// E-mail address, where known.
    pub email: Option<String>,
}

#[derive(FromQueryResult)]
struct InsuredRow {
    id: i64,
    relation_number: String,
    initials: String,
    prefix: String,
    surname: String,
    partner_prefix: String,
    partner_surname: String,
    name_use: String,
    birth_date: NaiveDate,
    gender: String,
    email: Option<String>,
}

impl From<InsuredRow> for Insured {
    fn from(row: InsuredRow) -> Self {
        Self {
            id: PersonId(row.id),
            relation_number: row.relation_number,
            name: PersonName {
                initials: row.initials,
                prefix: row.prefix,
                surname: row.surname,
                partner_prefix: row.partner_prefix,
                partner_surname: row.partner_surname,
                name_use: NameUse::from_code(&row.name_use).unwrap_or_default(),
            },
            birth_date: known_birth(row.birth_date),
            gender: Gender::from_code(&row.gender).unwrap_or_default(),
            email: row.email,
        }
    }
}

const INSURED: &str = "SELECT n.id, n.relation_number, n.initials, n.prefix, n.surname, n.partner_prefix,
    n.partner_surname, n.name_use, n.birth_date, n.gender, n.email FROM person n";

/// The person with this BSN, who may participate anywhere: a person is one to the insurer, whatever contracts there are. What
/// is found must not be told to whoever enrols.
///
/// # Errors
/// When the database cannot be read.
pub async fn person_with_bsn(db: &Db, txn: &Txn, scope: &Scope, bsn: &Bsn) -> Result<Option<Insured>, DataError> {
    wall::look_beyond(&txn.0).await?;
    let sql = format!("{INSURED} WHERE n.bsn_index = ?");
    let sql = statement(txn.0.get_database_backend(), &sql, [Value::from(db.keys().index(bsn))]);
    let found = InsuredRow::find_by_statement(sql).one(&txn.0).await?;
    wall::look_within(&txn.0, scope).await?;
    Ok(found.map(Insured::from))
}

/// A person without a BSN with this very name and birth date, who participates or participated in this contract.
///
/// # Errors
/// When the database cannot be read.
pub async fn person_like(txn: &Txn, contract: ContractId, new: &NewPerson) -> Result<Option<Insured>, DataError> {
    let sql = format!(
        "{INSURED} JOIN participation p ON p.person_id = n.id
         WHERE p.contract_id = ? AND p.birth_date = ? AND p.full_name = ? AND n.bsn_index IS NULL ORDER BY n.id LIMIT 1"
    );
    let values = [contract.0.into(), new.birth_date.into(), new.name.full_name().into()];
    let sql = statement(txn.0.get_database_backend(), &sql, values);
    Ok(InsuredRow::find_by_statement(sql).one(&txn.0).await?.map(Insured::from))
}

/// The person of a participation, who is to participate elsewhere as well.
///
/// # Errors
/// When the database cannot be read.
pub async fn insured_of(txn: &Txn, of: ParticipationId) -> Result<Option<Insured>, DataError> {
    let sql = format!("{INSURED} JOIN participation p ON p.person_id = n.id WHERE p.id = ?");
    let sql = statement(txn.0.get_database_backend(), &sql, [Value::from(of.0)]);
    Ok(InsuredRow::find_by_statement(sql).one(&txn.0).await?.map(Insured::from))
}

/// Whether the person participates in the contract on some day of the period.
///
/// # Errors
/// When the database cannot be read.
pub async fn participates(
    txn: &Txn,
    person: PersonId,
    contract: ContractId,
    period: Period,
) -> Result<bool, DataError> {
    let sql = statement(
        txn.0.get_database_backend(),
        "SELECT id FROM participation WHERE person_id = ? AND contract_id = ? AND start_date <= ? AND end_date >= ?
         LIMIT 1",
        [person.0.into(), contract.0.into(), end_to_store(period.end).into(), period.start.into()],
    );
    Ok(txn.0.query_one_raw(sql).await?.is_some())
}

/// How a person can be reached, as far as it is known.
#[derive(Debug, Clone, Copy, Default)]
pub struct Reached<'a> {
    /// Where the person lives.
    pub address: Option<&'a Address>,
    /// E-mail address.
    pub email: Option<&'a str>,
    /// Telephone number; empty when not known.
    pub phone: &'a str,
}

/// Adds a person who was not known yet. The relation number begins with a `C`, so that it is none of those that the
/// insurer's own administration gives out.
///
/// # Errors
/// [`DataError::Duplicate`] when somebody with the same BSN was added meanwhile.
pub async fn person_add(db: &Db, txn: &Txn, new: &NewPerson, reached: Reached<'_>) -> Result<Insured, DataError> {
    let id = *reserve(txn, "person", 1).await?.first().ok_or(DataError::Corrupt("no id is left"))?;
    let relation_number = format!("C{id:09}");
    let sealed = match &new.bsn {
        Some(bsn) => Some((db.keys().seal(bsn, &relation_number)?, db.keys().index(bsn))),
        None => None,
    };
    let (cipher, index) = sealed.unzip();
    let name = &new.name;
    let sql = statement(
        txn.0.get_database_backend(),
        "INSERT INTO person (id, relation_number, bsn_cipher, bsn_index, initials, prefix, surname, partner_prefix,
             partner_surname, name_use, birth_date, gender, email, street, house_number, postcode, city, phone)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            id.into(),
            relation_number.as_str().into(),
            cipher.into(),
            index.into(),
            name.initials.as_str().into(),
            name.prefix.as_str().into(),
            name.surname.as_str().into(),
            name.partner_prefix.as_str().into(),
            name.partner_surname.as_str().into(),
            name.name_use.code().into(),
            new.birth_date.into(),
            new.gender.code().into(),
            reached.email.into(),
            reached.address.map(|address| address.street.as_str()).into(),
            reached.address.map(|address| address.house_number.as_str()).into(),
            reached.address.map(|address| address.postcode.as_str()).into(),
            reached.address.map(|address| address.city.as_str()).into(),
            reached.phone.into(),
        ],
    );
    txn.0.execute_raw(sql).await?;
    Ok(Insured {
        id: PersonId(id),
        relation_number,
        name: name.clone(),
        birth_date: Some(new.birth_date).filter(|day| *day != UNKNOWN_BIRTH),
        gender: new.gender,
        email: reached.email.map(str::to_owned),
    })
}

/// Keeps how a person can be reached from now on; what is not known leaves what was.
///
/// # Errors
/// When the database refuses.
pub async fn person_reached(txn: &Txn, scope: &Scope, person: PersonId, reached: Reached<'_>) -> Result<(), DataError> {
    let address = reached.address;
    let sql = statement(
        txn.0.get_database_backend(),
        "UPDATE person SET email = COALESCE(?, email), street = COALESCE(?, street),
             house_number = COALESCE(?, house_number), postcode = COALESCE(?, postcode), city = COALESCE(?, city),
             phone = COALESCE(?, phone), version = version + 1
         WHERE id = ?",
        [
            reached.email.into(),
            address.map(|address| address.street.as_str()).into(),
            address.map(|address| address.house_number.as_str()).into(),
            address.map(|address| address.postcode.as_str()).into(),
            address.map(|address| address.city.as_str()).into(),
            Some(reached.phone).filter(|phone| !phone.is_empty()).into(),
            person.0.into(),
        ],
    );
    // Until now the person may have participated elsewhere only.
    wall::look_beyond(&txn.0).await?;
    txn.0.execute_raw(sql).await?;
    wall::look_within(&txn.0, scope).await
}

/// Whether anybody with one of these BSNs, who was born on that day as far as is known, participates in the contract on
/// some day of the period.
///
/// # Errors
/// When the database cannot be read.
pub async fn participate_in(
    db: &Db,
    scope: &Scope,
    contract: ContractId,
    people: &[(&Bsn, Date)],
    period: Period,
) -> Result<bool, DataError> {
    if people.is_empty() || !scope.has(contract) {
        return Ok(false);
    }
    let read = db.read_within(scope).await?;
    let sql = format!(
        "SELECT p.id FROM participation p JOIN person n ON n.id = p.person_id
         WHERE p.contract_id = ? AND p.start_date <= ? AND p.end_date >= ? AND ({}) LIMIT 1",
        vec!["n.bsn_index = ? AND n.birth_date IN (?, ?)"; people.len()].join(" OR ")
    );
    let mut values: Vec<Value> = vec![contract.0.into(), end_to_store(period.end).into(), period.start.into()];
    for (bsn, birth) in people {
        values.extend([db.keys().index(bsn).into(), (*birth).into(), UNKNOWN_BIRTH.into()]);
    }
    let sql = statement(read.get_database_backend(), &sql, values);
    Ok(read.query_one_raw(sql).await?.is_some())
}
