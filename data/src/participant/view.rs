//! One participant: the person, the household, the periods and the mutations; and the BSN, when it is revealed.

use collectief_domain::{
    actor::Channel,
    address::Address,
    bsn::Bsn,
    contract::ContractChoice,
    date::Date,
    ids::{ContractId, MutationId, ParticipationId},
    mutation::{MutationKind, MutationState, MutationView, ParticipationState},
    name::{NameUse, PersonName},
    participant::{HouseholdMember, ParticipantView, PersonPeriod},
};
use sea_orm::{ConnectionTrait, QueryResult};

use super::{
    row::{read_gender, read_reason},
    sql::{Reach, Sql, day},
};
use crate::{
    db::Db,
    error::DataError,
    mutation::{NEVER, end_from_stored, known_birth},
    product::products_named,
    scope::Scope,
};

/// Everything about one participant; `None` when there is none, or when the scope does not have its contract. What the
/// reader may do is not filled in. `day_of` gives the day of a moment in Unix milliseconds.
///
/// # Errors
/// When the database cannot be read.
pub async fn participant_view(
    db: &Db,
    scope: &Scope,
    id: ParticipationId,
    today: Date,
    day_of: fn(i64) -> Date,
) -> Result<Option<(ContractId, ParticipantView)>, DataError> {
    let read = db.read_within(scope).await?;
    let mut sql = Sql::new(read.get_database_backend());
    sql.push(
        "SELECT p.contract_id, c.number, c.name, p.version, p.full_name, s.initials, s.prefix, s.surname,
                s.partner_prefix, s.partner_surname, s.name_use, s.bsn_cipher, p.relation_number,
                CAST(p.birth_date AS TEXT), p.gender, s.email, CAST(p.start_date AS TEXT), CAST(p.end_date AS TEXT),
                p.end_reason, p.personnel_number, p.person_id, COALESCE(p.main_id, p.id), s.street, s.house_number,
                s.postcode, s.city, s.phone, p.products
         FROM participation p JOIN contract c ON c.id = p.contract_id JOIN person s ON s.id = p.person_id
         WHERE p.id = ",
    );
    sql.bind(id.0).push(" AND p.start_date > ").bind(NEVER);
    let Some(row) = read.query_one_raw(sql.finish()).await? else { return Ok(None) };
    let contract = ContractId(row.try_get_by_index(0)?);
    if !scope.has(contract) {
        return Ok(None);
    }
    let relation_number: String = row.try_get_by_index(12)?;
    let sealed: Option<Vec<u8>> = row.try_get_by_index(11)?;
    let bsn = match sealed.filter(|_| scope.shows_bsn_of(contract)) {
        Some(sealed) => Some(db.keys().open(&sealed, &relation_number)?.masked()),
        None => None,
    };
    let person: i64 = row.try_get_by_index(20)?;
    let main: i64 = row.try_get_by_index(21)?;
    let name_use: String = row.try_get_by_index(10)?;
    let mutations = mutations(&read, id, day_of).await?;
    let products = products_named(&read, &row.try_get_by_index::<String>(27)?).await?;
    let view = ParticipantView {
        id,
        version: row.try_get_by_index(3)?,
        contract: ContractChoice { number: row.try_get_by_index(1)?, name: row.try_get_by_index(2)? },
        full_name: row.try_get_by_index(4)?,
        name: PersonName {
            initials: row.try_get_by_index(5)?,
            prefix: row.try_get_by_index(6)?,
            surname: row.try_get_by_index(7)?,
            partner_prefix: row.try_get_by_index(8)?,
            partner_surname: row.try_get_by_index(9)?,
            name_use: NameUse::from_code(&name_use).ok_or(DataError::Corrupt("an unknown use of names"))?,
        },
        bsn,
        relation_number,
        birth_date: known_birth(day(&row.try_get_by_index::<String>(13)?)?),
        gender: read_gender(&row.try_get_by_index::<String>(14)?)?,
        email: row.try_get_by_index(15)?,
        address: address_of(&row, 22)?,
        phone: row.try_get_by_index::<Option<String>>(26)?.filter(|phone| !phone.is_empty()),
        products: insured_on(today, &mutations).unwrap_or(products),
        start_date: day(&row.try_get_by_index::<String>(16)?)?,
        end_date: end_from_stored(day(&row.try_get_by_index::<String>(17)?)?),
        end_reason: read_reason(row.try_get_by_index::<Option<String>>(18)?)?,
        personnel_number: row.try_get_by_index(19)?,
        household: household(&read, contract, id, main).await?,
        periods: periods(&read, scope, person).await?,
        mutations,
        withdrawable: None,
        may_change: false,
        may_reveal_bsn: false,
        today,
    };
    Ok(Some((contract, view)))
}

/// The insurances on a day, where others were asked for that begin after it: those before the first such change.
fn insured_on(day: Date, mutations: &[MutationView]) -> Option<Vec<String>> {
    let ahead = mutations.iter().rev().find(|mutation| {
        mutation.kind == MutationKind::Products
            && mutation.state == MutationState::Processed
            && mutation.valid_from > day
    })?;
    Some(ahead.before.products.split(", ").filter(|name| !name.is_empty()).map(str::to_owned).collect())
}

/// The address whose parts stand from this column on; `None` where it is not known.
fn address_of(row: &QueryResult, at: usize) -> Result<Option<Address>, DataError> {
    let part = |place| Ok::<String, DataError>(row.try_get_by_index::<Option<String>>(place)?.unwrap_or_default());
    let address =
        Address { street: part(at)?, house_number: part(at + 1)?, postcode: part(at + 2)?, city: part(at + 3)? };
    Ok((!address.is_empty()).then_some(address))
}

/// Everyone who participates through the same main insured, and that one, but not `id` itself.
async fn household(
    read: &impl ConnectionTrait,
    contract: ContractId,
    id: ParticipationId,
    main: i64,
) -> Result<Vec<HouseholdMember>, DataError> {
    let mut sql = Sql::new(read.get_database_backend());
    sql.push(
        "SELECT p.id, p.full_name, CAST(p.birth_date AS TEXT), CAST(p.start_date AS TEXT),
                CAST(p.end_date AS TEXT), p.version
         FROM participation p WHERE p.id IN (SELECT d.id FROM participation d WHERE d.main_id = ",
    );
    sql.bind(main).push(" UNION ALL SELECT m.id FROM participation m WHERE m.id = ").bind(main);
    sql.push(") AND p.contract_id = ").bind(contract.0).push(" AND p.id <> ").bind(id.0);
    sql.push(" AND p.start_date > ").bind(NEVER);
    sql.push(" ORDER BY CASE WHEN p.main_id IS NULL THEN 0 ELSE 1 END, p.birth_date, p.id");
    let rows = read.query_all_raw(sql.finish()).await?;
    rows.iter()
        .map(|row| {
            let id: i64 = row.try_get_by_index(0)?;
            Ok(HouseholdMember {
                id: ParticipationId(id),
                full_name: row.try_get_by_index(1)?,
                birth_date: known_birth(day(&row.try_get_by_index::<String>(2)?)?),
                start_date: day(&row.try_get_by_index::<String>(3)?)?,
                end_date: end_from_stored(day(&row.try_get_by_index::<String>(4)?)?),
                is_main: id == main,
                version: row.try_get_by_index(5)?,
            })
        })
        .collect()
}

/// The periods of a person in contracts of the scope.
async fn periods(read: &impl ConnectionTrait, scope: &Scope, person: i64) -> Result<Vec<PersonPeriod>, DataError> {
    let mut sql = Sql::new(read.get_database_backend());
    sql.push(
        "SELECT p.id, c.number, c.name, CAST(p.start_date AS TEXT), CAST(p.end_date AS TEXT), p.end_reason,
                p.personnel_number
         FROM participation p JOIN contract c ON c.id = p.contract_id WHERE p.person_id = ",
    );
    sql.bind(person).push(" AND p.start_date > ").bind(NEVER);
    sql.push(" AND ").reaches(Reach::of(scope), "p.contract_id", false);
    sql.push(" ORDER BY p.start_date DESC, p.id DESC");
    let rows = read.query_all_raw(sql.finish()).await?;
    rows.iter()
        .map(|row| {
            Ok(PersonPeriod {
                id: ParticipationId(row.try_get_by_index(0)?),
                contract: ContractChoice { number: row.try_get_by_index(1)?, name: row.try_get_by_index(2)? },
                start_date: day(&row.try_get_by_index::<String>(3)?)?,
                end_date: end_from_stored(day(&row.try_get_by_index::<String>(4)?)?),
                end_reason: read_reason(row.try_get_by_index::<Option<String>>(5)?)?,
                personnel_number: row.try_get_by_index(6)?,
            })
        })
        .collect()
}

/// The mutations of a participation, newest first. One that a later mutation took back is withdrawn: its own row is
/// never edited.
async fn mutations(
    read: &impl ConnectionTrait,
    id: ParticipationId,
    day_of: fn(i64) -> Date,
) -> Result<Vec<MutationView>, DataError> {
    let mut sql = Sql::new(read.get_database_backend());
    sql.push(
        "SELECT m.id, m.kind, m.state, m.channel, m.actor_name, CAST(m.valid_from AS TEXT), m.recorded_at,
                m.state_before, m.state_after, w.id
         FROM mutation m LEFT JOIN mutation w ON w.withdraws_id = m.id WHERE m.participation_id = ",
    );
    sql.bind(id.0).push(" ORDER BY m.id DESC");
    let rows = read.query_all_raw(sql.finish()).await?;
    let mut found = rows.iter().map(|row| read_mutation(row, day_of)).collect::<Result<Vec<_>, DataError>>()?;
    // The codes of insurances are stored, and their names are shown.
    for mutation in &mut found {
        for state in [&mut mutation.before, &mut mutation.after] {
            state.products = products_named(read, &state.products).await?.join(", ");
        }
    }
    Ok(found)
}

fn read_mutation(row: &QueryResult, day_of: fn(i64) -> Date) -> Result<MutationView, DataError> {
    const WRONG: DataError = DataError::Corrupt("a stored mutation cannot be read");
    let kind: String = row.try_get_by_index(1)?;
    let state: String = row.try_get_by_index(2)?;
    let channel: String = row.try_get_by_index(3)?;
    let contents = |at: usize| -> Result<ParticipationState, DataError> {
        serde_json::from_str(&row.try_get_by_index::<String>(at)?).map_err(|_| WRONG)
    };
    let withdrawn = row.try_get_by_index::<Option<i64>>(9)?.is_some();
    Ok(MutationView {
        id: MutationId(row.try_get_by_index(0)?),
        kind: MutationKind::from_code(&kind).ok_or(WRONG)?,
        state: if withdrawn { MutationState::Withdrawn } else { MutationState::from_code(&state).ok_or(WRONG)? },
        channel: Channel::from_code(&channel).ok_or(WRONG)?,
        actor_name: row.try_get_by_index(4)?,
        valid_from: day(&row.try_get_by_index::<String>(5)?)?,
        recorded_on: day_of(row.try_get_by_index(6)?),
        before: contents(7)?,
        after: contents(8)?,
    })
}

/// The contract of a participant; `None` when there is no such participant in the scope.
///
/// # Errors
/// When the database cannot be read.
pub async fn participant_contract(
    db: &Db,
    scope: &Scope,
    id: ParticipationId,
) -> Result<Option<ContractId>, DataError> {
    let mut sql = Sql::new(db.read().get_database_backend());
    sql.push("SELECT p.contract_id FROM participation p WHERE p.id = ").bind(id.0);
    sql.push(" AND p.start_date > ").bind(NEVER);
    let Some(row) = db.read_within(scope).await?.query_one_raw(sql.finish()).await? else { return Ok(None) };
    let contract = ContractId(row.try_get_by_index(0)?);
    Ok(scope.has(contract).then_some(contract))
}

/// The contract and the BSN of a participant; `None` when there is no such participant in the scope, or when its
/// contract does not need BSNs.
///
/// # Errors
/// When the database cannot be read, or the BSN not be opened.
pub async fn participant_bsn(
    db: &Db,
    scope: &Scope,
    id: ParticipationId,
) -> Result<Option<(ContractId, Bsn)>, DataError> {
    let mut sql = Sql::new(db.read().get_database_backend());
    sql.push("SELECT p.contract_id, p.relation_number, s.bsn_cipher FROM participation p");
    sql.push(" JOIN person s ON s.id = p.person_id WHERE p.id = ").bind(id.0);
    sql.push(" AND p.start_date > ").bind(NEVER);
    let Some(row) = db.read_within(scope).await?.query_one_raw(sql.finish()).await? else { return Ok(None) };
    let contract = ContractId(row.try_get_by_index(0)?);
    if !scope.has(contract) || !scope.shows_bsn_of(contract) {
        return Ok(None);
    }
    let relation_number: String = row.try_get_by_index(1)?;
    match row.try_get_by_index::<Option<Vec<u8>>>(2)? {
        Some(sealed) => Ok(Some((contract, db.keys().open(&sealed, &relation_number)?))),
        None => Ok(None),
    }
}
