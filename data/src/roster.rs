//! Rosters: what is stored, to compare a file with, and writing what is new or has changed.

use std::collections::HashMap;

use chrono::NaiveDate;
use collectief_domain::{
    actor::Channel,
    date::Date,
    ids::{ContractId, ParticipationId, PersonId},
    mutation::{MutationKind, ParticipationState},
};
use futures::TryStreamExt;
use sea_orm::{ConnectionTrait, FromQueryResult, Value};

use crate::{
    db::{Db, Txn, statement},
    error::DataError,
    mutation::{
        Changes, NewMutation, StoredParticipation, contract_lock, counting::Counted, end_from_stored, end_to_store,
        placeholders,
    },
};

mod candidate;
mod export;
mod loading;
mod stored;
mod work;
pub(crate) mod write;

pub use candidate::Candidate;
pub use export::roster_rows;
use loading::{ImportLock, KnownPersons};
pub use stored::{ChangedSince, ContractStored, StoredContract, StoredPerson, StoredRow};
use stored::{PERSON_COLUMNS, PersonRow, changed_since, said_otherwise, stored_rows};
pub use work::{ChangedParticipation, ContractWork, MainInsured, NewContract, NewParticipation, PersonOf};
use write::{
    MUTATION_INSERT, NewRosterMutation, NewRow, NewWord, PARTICIPATION_INSERT, PERSON_INSERT, WORD_INSERT, day,
    insert_rows, new_id, person_update, push_person, reserve,
};

/// The most values that are looked up with one statement.
const LOOKED_UP_AT_ONCE: usize = 500;

/// An import that runs: the only one at a time.
pub struct Loader {
    db: Db,
    lock: ImportLock,
    /// In memory while the indexes to look them up by are missing.
    known: Option<KnownPersons>,
}

#[derive(FromQueryResult)]
struct ContractRow {
    id: i64,
    start_date: NaiveDate,
    end_date: NaiveDate,
}

#[derive(FromQueryResult)]
struct PersonIdRow {
    id: i64,
}

#[derive(FromQueryResult)]
struct BsnOwnerRow {
    id: i64,
    bsn_index: Vec<u8>,
}

#[derive(FromQueryResult)]
struct KnownRow {
    id: i64,
    relation_number: String,
    bsn_index: Option<Vec<u8>>,
}

impl Loader {
    /// Starts an import of `rows` rows; `None` when another import runs. From `first_load_from` rows on, and when
    /// fewer are stored than will come, it is a first load: some indexes are only made when it is done.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn start(db: &Db, rows: u64, first_load_from: u64) -> Result<Option<Self>, DataError> {
        let Some(lock) = db.import_lock().await? else { return Ok(None) };
        let mut loader = Self { db: db.clone(), lock, known: None };
        if rows >= first_load_from && db.holds_fewer_than(rows).await? {
            let sql = "SELECT id, relation_number, bsn_index FROM person";
            let sql = statement(db.read().get_database_backend(), sql, []);
            let mut known = KnownPersons::default();
            let read = db.read_everything().await?;
            let mut persons = sea_orm::StreamTrait::stream_raw(&read, sql).await?;
            while let Some(row) = persons.try_next().await? {
                let row = KnownRow::from_query_result(&row, "")?;
                known.by_relation_number.insert(row.relation_number.into(), row.id);
                if let Some(index) = row.bsn_index {
                    known.by_bsn.insert(index.into(), row.id);
                }
            }
            drop(persons);
            // Their table is about to be altered.
            read.rollback().await?;
            db.drop_indexes().await?;
            loader.known = Some(known);
        }
        Ok(Some(loader))
    }

    /// Whether it loads without some of the indexes.
    pub fn is_first_load(&self) -> bool {
        self.known.is_some()
    }

    /// Ends the import; after a first load this makes the indexes.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn finish(self) -> Result<(), DataError> {
        let made = match self.known {
            Some(_) => self.db.make_indexes().await,
            None => Ok(()),
        };
        self.lock.release().await?;
        made
    }

    /// What is stored and has to do with these candidates of one contract, which is locked from here on.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn stored(&self, txn: &Txn, number: &str, candidates: &[Candidate]) -> Result<ContractStored, DataError> {
        let backend = txn.0.get_database_backend();
        let mut stored = ContractStored::default();
        let sql = "SELECT id, start_date, end_date FROM contract WHERE number = ?";
        let contract =
            ContractRow::find_by_statement(statement(backend, sql, [Value::from(number)])).one(&txn.0).await?;
        if let Some(contract) = contract {
            contract_lock(txn, ContractId(contract.id)).await?;
            stored.contract = Some(StoredContract {
                id: ContractId(contract.id),
                start_date: contract.start_date,
                end_date: end_from_stored(contract.end_date),
            });
            stored.rows = stored_rows(txn, ContractId(contract.id)).await?;
        }
        if !stored.rows.is_empty() {
            let otherwise = said_otherwise(&stored.rows, candidates);
            stored.changed_since = changed_since(txn, &otherwise).await?;
        }

        let (missing, bsns) = {
            let here: HashMap<&str, &StoredPerson> =
                stored.rows.iter().map(|row| (row.relation_number.as_str(), &row.person)).collect();
            let mut missing: Vec<&str> = Vec::new();
            let mut bsns: Vec<&[u8]> = Vec::new();
            for candidate in candidates {
                let person = here.get(candidate.row.relation_number.as_str());
                if person.is_none() {
                    missing.push(&candidate.row.relation_number);
                }
                if let Some(main) =
                    candidate.row.main_relation_number.as_deref().filter(|main| !here.contains_key(main))
                {
                    missing.push(main);
                }
                if let Some(index) = candidate.bsn_index()
                    && person.is_none_or(|person| person.bsn_index.as_deref() != Some(index))
                {
                    bsns.push(index);
                }
            }
            missing.sort_unstable();
            missing.dedup();
            bsns.sort_unstable();
            bsns.dedup();
            (
                missing.into_iter().map(str::to_owned).collect::<Vec<_>>(),
                bsns.into_iter().map(<[u8]>::to_vec).collect::<Vec<_>>(),
            )
        };
        stored.persons = self.persons(txn, &missing).await?;
        stored.bsn_owners = self.bsn_owners(txn, bsns).await?;
        Ok(stored)
    }

    async fn persons(&self, txn: &Txn, relations: &[String]) -> Result<HashMap<String, StoredPerson>, DataError> {
        let backend = txn.0.get_database_backend();
        let keys: (&str, Vec<Value>) = match &self.known {
            Some(known) => (
                "n.id",
                relations
                    .iter()
                    .filter_map(|relation| known.by_relation_number.get(relation.as_str()))
                    .map(|id| Value::from(*id))
                    .collect(),
            ),
            None => ("n.relation_number", relations.iter().map(|relation| Value::from(relation.as_str())).collect()),
        };
        let (column, keys) = keys;
        let mut persons = HashMap::new();
        for part in keys.chunks(LOOKED_UP_AT_ONCE) {
            let sql = format!("SELECT {PERSON_COLUMNS} FROM person n WHERE {column} IN ({})", placeholders(part.len()));
            let sql = statement(backend, &sql, part.to_vec());
            persons.extend(PersonRow::find_by_statement(sql).all(&txn.0).await?.into_iter().map(PersonRow::split));
        }
        Ok(persons)
    }

    async fn bsn_owners(&self, txn: &Txn, bsns: Vec<Vec<u8>>) -> Result<HashMap<Vec<u8>, PersonId>, DataError> {
        if let Some(known) = &self.known {
            let owned = bsns.into_iter().filter_map(|bsn| {
                let owner = known.by_bsn.get(bsn.as_slice()).copied()?;
                Some((bsn, PersonId(owner)))
            });
            return Ok(owned.collect());
        }
        let backend = txn.0.get_database_backend();
        let mut owners = HashMap::new();
        for part in bsns.chunks(LOOKED_UP_AT_ONCE) {
            let sql = format!("SELECT id, bsn_index FROM person WHERE bsn_index IN ({})", placeholders(part.len()));
            let sql = statement(backend, &sql, part.iter().map(|bsn| Value::from(bsn.clone())));
            let rows = BsnOwnerRow::find_by_statement(sql).all(&txn.0).await?;
            owners.extend(rows.into_iter().map(|row| (row.bsn_index, PersonId(row.id))));
        }
        Ok(owners)
    }

    /// Makes a contract, and its employer.
    ///
    /// # Errors
    /// [`DataError::Duplicate`] when there is one with that number.
    pub async fn contract_add(&self, txn: &Txn, new: &NewContract, today: Date) -> Result<ContractId, DataError> {
        let backend = txn.0.get_database_backend();
        let sql = "INSERT INTO employer (kvk_number, name) VALUES (NULL, ?) RETURNING id";
        let employer = new_id(txn, sql, [Value::from(new.name.as_str())]).await?;
        let sql = "INSERT INTO contract (employer_id, number, name, start_date, borderel_payment, retroactive_days,
                       closing_day, counted_on)
                   VALUES (?, ?, ?, ?, ?, ?, ?, ?) RETURNING id";
        let values = [
            employer.into(),
            new.number.as_str().into(),
            new.name.as_str().into(),
            day(backend, new.start_date),
            true.into(),
            i32::try_from(new.retroactive_days).unwrap_or(i32::MAX).into(),
            i32::try_from(new.closing_day).unwrap_or(1).into(),
            day(backend, today),
        ];
        Ok(ContractId(new_id(txn, sql, values).await?))
    }

    /// Writes what is new and what has changed in one contract, with counters and mutations.
    ///
    /// `first` says that the contract is new: its participations then get no mutations, for the log row of the load
    /// says it all.
    ///
    /// # Errors
    /// When the database refuses; nothing must then be committed.
    #[expect(clippy::too_many_arguments, reason = "it is one step of an import, called from one place")]
    pub async fn write(
        &mut self,
        txn: &Txn,
        contract: ContractId,
        first: bool,
        candidates: &[Candidate],
        stored: &[StoredRow],
        work: &ContractWork,
        mutation: &NewMutation,
        today: Date,
    ) -> Result<(), DataError> {
        let backend = txn.0.get_database_backend();
        let before: HashMap<PersonId, &StoredPerson> = if work.changed_persons.is_empty() {
            HashMap::new()
        } else {
            stored.iter().map(|row| (row.person.id, &row.person)).collect()
        };
        for (person, candidate) in &work.changed_persons {
            if let Some(candidate) = candidates.get(*candidate) {
                person_update(txn, *person, candidate, before.get(person).copied()).await?;
            }
        }

        let person_ids = reserve(txn, "person", work.new_persons.len()).await?;
        let persons: Vec<(i64, &Candidate)> = person_ids
            .iter()
            .copied()
            .zip(work.new_persons.iter().filter_map(|candidate| candidates.get(*candidate)))
            .collect();
        insert_rows(txn, PERSON_INSERT, &persons, |(id, candidate), values| {
            push_person(backend, *id, candidate, values);
        })
        .await?;

        let ids = reserve(txn, "participation", work.new.len()).await?;
        let id_of = |main: Option<MainInsured>| match main {
            None => None,
            Some(MainInsured::Stored(id)) => Some(id.0),
            Some(MainInsured::New(place)) => ids.get(place).copied(),
        };
        let mut rows: Vec<NewRow<'_>> = Vec::with_capacity(work.new.len());
        let mut changes = Changes::on(today);
        changes.counting().open(txn, contract).await?;
        for (id, new) in ids.iter().zip(&work.new) {
            let Some(candidate) = candidates.get(new.candidate) else { continue };
            let person = match new.person {
                PersonOf::Stored(id) => Some(id.0),
                PersonOf::New(place) => person_ids.get(place).copied(),
            };
            let person = person.ok_or(DataError::Corrupt("a participation without its person"))?;
            let main = id_of(new.main);
            changes.counting().note(
                contract,
                None,
                Some(Counted {
                    start: candidate.row.start_date,
                    end: end_to_store(candidate.row.end_date),
                    main: main.is_none(),
                }),
            )?;
            rows.push(NewRow { id: *id, contract: contract.0, person, main, now: mutation.recorded_at, candidate });
        }
        insert_rows(txn, PARTICIPATION_INSERT, &rows, |row, values| row.push(backend, values)).await?;
        let mut words: Vec<NewWord<'_>> = rows.iter().flat_map(NewWord::of).collect();
        words.sort_unstable_by(|a, b| {
            (&a.group, a.sort_key, a.participation).cmp(&(&b.group, b.sort_key, b.participation))
        });
        insert_rows(txn, WORD_INSERT, &words, |word, values| word.push(backend, values)).await?;
        if !first {
            let mutations =
                rows.iter().map(|row| NewRosterMutation::of(row, mutation)).collect::<Result<Vec<_>, DataError>>()?;
            insert_rows(txn, MUTATION_INSERT, &mutations, |row, values| row.push(backend, values)).await?;
        }

        for changed in &work.changed {
            let (Some(row), Some(candidate)) = (stored.get(changed.stored), candidates.get(changed.candidate)) else {
                continue;
            };
            let before = participation_of(contract, row);
            let note = NewMutation { valid_from: valid_from(&row.state, &candidate.state()), ..mutation.clone() };
            let main = id_of(changed.main).map(ParticipationId);
            // A roster says nothing of insurances.
            let after = ParticipationState { products: row.products.clone(), ..candidate.state() };
            changes.change_from_roster(txn, &before, &after, main, &note).await?;
        }
        changes.close(txn).await?;

        if let Some(known) = &mut self.known {
            for (id, candidate) in persons.iter().filter(|(_, candidate)| candidate.in_several_contracts) {
                known.by_relation_number.insert(candidate.row.relation_number.as_str().into(), *id);
            }
        }
        Ok(())
    }
}

/// From which day a change holds: its new end, or else its start.
fn valid_from(before: &ParticipationState, after: &ParticipationState) -> Date {
    let next = |end: Option<Date>| end.and_then(|end| end.succ_opt());
    let changed_end = if before.end_date == after.end_date { None } else { next(after.end_date.or(before.end_date)) };
    changed_end.or(after.start_date).unwrap_or(Date::MIN)
}

fn participation_of(contract: ContractId, row: &StoredRow) -> StoredParticipation {
    StoredParticipation {
        id: row.id,
        contract,
        contract_number: String::new(),
        contract_name: String::new(),
        contract_start: row.start(),
        retroactive_days: 0,
        main: row.main,
        version: row.version,
        recorded_at: row.recorded_at,
        state: ParticipationState { products: row.products.clone(), ..row.state.clone() },
        full_name: String::new(),
        relation_number: row.relation_number.clone(),
        birth_date: None,
        email: None,
    }
}

/// Says of a contract what a roster cannot: its employer, when it began, and whether the employer pays the premium.
///
/// # Errors
/// When the database refuses.
pub async fn contract_describe(
    txn: &Txn,
    number: &str,
    employer: &str,
    kvk_number: &str,
    start_date: Date,
    borderel_payment: bool,
) -> Result<(), DataError> {
    let backend = txn.0.get_database_backend();
    let sql = statement(
        backend,
        "UPDATE employer SET name = ?, kvk_number = ? WHERE id = (SELECT employer_id FROM contract WHERE number = ?)",
        [employer.into(), kvk_number.into(), number.into()],
    );
    txn.0.execute_raw(sql).await?;
    let sql = statement(
        backend,
        "UPDATE contract SET name = ?, start_date = ?, borderel_payment = ?, version = version + 1 WHERE number = ?",
        [employer.into(), start_date.into(), borderel_payment.into(), number.into()],
    );
    txn.0.execute_raw(sql).await?;
    Ok(())
}

/// The mutation that every change of one import is based on.
pub fn roster_mutation(channel: Channel, actor_name: Option<String>, today: Date, now: i64) -> NewMutation {
    NewMutation {
        kind: MutationKind::Roster,
        channel,
        valid_from: today,
        household: None,
        withdraws: None,
        case: None,
        account: None,
        actor_name,
        recorded_at: now,
    }
}
