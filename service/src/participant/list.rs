//! The lists "Huidige deelnemers" and "Oud-deelnemers", and the search field over all pages.

use chrono::Timelike;
use collectief_data::{
    contract::{CurrentCount, current_count},
    flow::participations_ever,
    participant::{ListQuery, has_places, participant_count, participant_rows},
    scope::Scope,
};
use collectief_domain::{
    actor::Right,
    assurance::AssuranceLevel,
    contract::ContractChoice,
    date::Date,
    field::FieldErrors,
    participant::{
        ParticipantFilter, ParticipantListForm, ParticipantPage, ParticipantRow, ParticipantSort, Population,
        list::Count,
    },
};

use super::{
    near,
    pages::{ListKey, STRIDE, Whose},
};
use crate::{
    Portal, Request, ServiceError, SignedIn,
    audit::{About, AuditKind, event},
    clock::end_of_day,
};

/// Up to so many participants are counted one by one; above it the list says "more than".
const COUNTED_MAX: u64 = 1_000;

/// How many the search field over all pages shows.
const FOUND_MAX: u32 = 8;

/// A list that somebody asked for: the scope, the filter and the day it is about.
pub(crate) struct Wanted {
    pub(crate) scope: Scope,
    pub(crate) filter: ParticipantFilter,
    pub(crate) today: Date,
    /// Version of the rights that the scope was made from.
    rights_version: i64,
    /// The level of eHerkenning at which they were read.
    level: Option<AssuranceLevel>,
}

impl Wanted {
    pub(crate) fn new(who: &SignedIn, scope: Scope, filter: ParticipantFilter, today: Date) -> Self {
        Self { scope, filter, today, rights_version: who.rights().version(), level: who.level() }
    }

    pub(crate) fn query(&self) -> ListQuery<'_> {
        ListQuery {
            scope: &self.scope,
            filter: &self.filter,
            day: self.filter.known_on.unwrap_or(self.today),
            known_before: self.filter.known_on.map(end_of_day),
            small_part: false,
        }
    }

    fn key(&self, version: i64) -> ListKey {
        ListKey {
            whose: match self.scope.single() {
                Some(contract) => Whose::Contract(contract),
                None => Whose::Account(self.scope.account(), self.rights_version, self.level),
            },
            version,
            today: self.today,
            population: self.filter.population,
            sort: self.filter.sort,
            main_insured_only: self.filter.main_insured_only,
        }
    }
}

/// Whether a list is such a small part of its contract that sorting it beats walking through all of it in order.
fn is_small_part(listed: u64, ever: Option<u64>) -> bool {
    ever.is_some_and(|ever| listed < 2_000 && listed.saturating_mul(20) < ever)
}

/// One page of "Huidige deelnemers" or "Oud-deelnemers".
///
/// # Errors
/// [`ServiceError::NotFound`] for a contract that is not this person's, [`ServiceError::Forbidden`] without the right.
pub async fn list(
    portal: &Portal,
    request: &Request,
    who: &SignedIn,
    population: Population,
    form: &ParticipantListForm,
) -> Result<ParticipantPage, ServiceError> {
    let scope = who.scope(Right::SeeParticipants, &form.contract)?;
    let now = portal.clock().now();
    let today = now.date_naive();
    let contract = scope.single().and_then(|id| who.rights().contract_by_id(id));
    let mut page = ParticipantPage {
        rows: Vec::new(),
        count: Count::Exactly(0),
        page: 1,
        page_size: 25,
        has_next: false,
        suggestions: Vec::new(),
        contract: contract.map(|contract| contract.choice.clone()),
        read_at: format!("{:02}:{:02}", now.hour(), now.minute()),
        today,
        may_change: may_change(who, contract.map(|contract| &contract.choice)),
        shows_bsn: scope.shows_bsn(),
        errors: FieldErrors::default(),
    };
    let filter = match form.parse(population, today) {
        Ok(filter) => filter,
        Err(errors) => {
            page.errors = errors;
            return Ok(page);
        }
    };
    (page.page, page.page_size) = (filter.page, filter.page_size);
    let wanted = Wanted::new(who, scope, filter, today);
    if wanted.query().is_plain() {
        plain_page(portal, &wanted, &mut page).await?;
    } else {
        filtered_page(portal, &wanted, &mut page).await?;
    }
    let view = event(portal, request, who, AuditKind::ListViewed)
        .on(wanted.scope.single())
        .details(details(&wanted.filter, page.rows.len()));
    portal.audit().view(view);
    Ok(page)
}

fn may_change(who: &SignedIn, contract: Option<&ContractChoice>) -> bool {
    let rights = who.rights();
    let may = |contract| rights.allow(contract, Right::ChangeParticipants);
    match contract {
        Some(choice) => rights.contract(&choice.number).is_some_and(may),
        None => rights.contracts().iter().any(may),
    }
}

/// What the access log keeps of a list: which fields were filled in, and never with what.
pub(crate) fn details(filter: &ParticipantFilter, rows: usize) -> String {
    let mut text = match filter.population {
        Population::Current => format!("current rows={rows} page={}", filter.page),
        Population::Former => format!("former rows={rows} page={}", filter.page),
    };
    let fields = [
        (!filter.names.is_empty(), " by=names"),
        (filter.bsn.is_some(), " by=bsn"),
        (filter.relation_number.is_some(), " by=relation_number"),
        (filter.personnel_number.is_some(), " by=personnel_number"),
        (filter.any_number.is_some(), " by=any_number"),
        (filter.birth_date.is_some(), " by=birth_date"),
        (filter.known_on.is_some(), " known_on"),
    ];
    for (_, field) in fields.into_iter().filter(|(filled, _)| *filled) {
        text.push_str(field);
    }
    text
}

fn offset_of(filter: &ParticipantFilter) -> u64 {
    u64::from(filter.page - 1) * u64::from(filter.page_size)
}

/// Everybody of the population: counted by the counters of the contracts, paged from kept places.
async fn plain_page(portal: &Portal, wanted: &Wanted, page: &mut ParticipantPage) -> Result<(), ServiceError> {
    let db = portal.db();
    let filter = &wanted.filter;
    let former = filter.population == Population::Former;
    let current = current_count(db, &wanted.scope, wanted.today, filter.main_insured_only, former).await?;
    let key = wanted.key(current.version);
    page.count = plain_count(portal, wanted, current, key).await?;
    let mut query = wanted.query();
    if let Count::Exactly(listed) = page.count {
        query.small_part = is_small_part(listed, current.ever);
    }
    let offset = offset_of(filter);
    let limit = u64::from(filter.page_size) + 1;
    let rows = if offset >= STRIDE && !query.small_part && has_places(filter.sort.by, &wanted.scope) {
        match portal.pages().place(db, key, &query, offset).await? {
            Some((place, rest)) => participant_rows(db, &query, Some(&place), rest, limit).await?,
            None => Vec::new(),
        }
    } else {
        participant_rows(db, &query, None, offset, limit).await?
    };
    take_rows(page, rows);
    Ok(())
}

async fn plain_count(
    portal: &Portal,
    wanted: &Wanted,
    current: CurrentCount,
    key: ListKey,
) -> Result<Count, ServiceError> {
    let db = portal.db();
    if wanted.filter.population == Population::Current {
        return Ok(Count::Exactly(current.participants));
    }
    if wanted.filter.main_insured_only {
        // The roll-ups do not tell dependants apart.
        return Ok(bounded(participant_count(db, &wanted.query(), COUNTED_MAX + 1).await?));
    }
    let ever = match current.ever.or_else(|| portal.pages().total(key)) {
        Some(ever) => ever,
        None => {
            let ever = participations_ever(db, &wanted.scope).await?;
            portal.pages().keep_total(key, ever);
            ever
        }
    };
    Ok(Count::Exactly(ever.saturating_sub(current.participants)))
}

/// Some of the population: the rows first, for they mostly tell the count as well.
async fn filtered_page(portal: &Portal, wanted: &Wanted, page: &mut ParticipantPage) -> Result<(), ServiceError> {
    let db = portal.db();
    let query = wanted.query();
    let offset = offset_of(&wanted.filter);
    let limit = u64::from(wanted.filter.page_size) + 1;
    let rows = participant_rows(db, &query, None, offset, limit).await?;
    take_rows(page, rows);
    let listed = page.rows.len() as u64;
    page.count = if page.has_next || (listed == 0 && offset > 0) {
        bounded(participant_count(db, &query, COUNTED_MAX + 1).await?)
    } else {
        Count::Exactly(offset + listed)
    };
    // A page far down may be exact where counting would have stopped; both are true, and this says more.
    if let (Count::MoreThan(_), false, true) = (page.count, page.has_next, listed > 0) {
        page.count = Count::Exactly(offset + listed);
    }
    if listed == 0 && wanted.filter.page == 1 && !wanted.filter.names.is_empty() {
        page.suggestions = near::suggestions(db, &query).await?;
    }
    Ok(())
}

fn bounded(counted: u64) -> Count {
    if counted > COUNTED_MAX { Count::MoreThan(COUNTED_MAX) } else { Count::Exactly(counted) }
}

/// One row more than the page was asked for, so that it is known whether there is a next page.
fn take_rows(page: &mut ParticipantPage, mut rows: Vec<ParticipantRow>) {
    page.has_next = rows.len() > page.page_size as usize;
    rows.truncate(page.page_size as usize);
    page.rows = rows;
}

/// How many participants a list has, however many that are: what the access log keeps of an export.
pub(crate) async fn count_exactly(portal: &Portal, wanted: &Wanted) -> Result<u64, ServiceError> {
    let db = portal.db();
    let query = wanted.query();
    if query.is_plain() && wanted.filter.population == Population::Current {
        let main_insured_only = wanted.filter.main_insured_only;
        return Ok(current_count(db, &wanted.scope, wanted.today, main_insured_only, false).await?.participants);
    }
    Ok(participant_count(db, &query, i64::MAX.unsigned_abs()).await?)
}

/// At most eight participants for the search field over all pages: current ones first, then former ones.
///
/// # Errors
/// As [`list`].
pub async fn find(
    portal: &Portal,
    request: &Request,
    who: &SignedIn,
    text: &str,
) -> Result<Vec<ParticipantRow>, ServiceError> {
    let scope = who.scope(Right::SeeParticipants, "")?;
    let today = portal.clock().today();
    let form = ParticipantListForm { zoek: text.to_owned(), ..ParticipantListForm::default() };
    let mut found = Vec::new();
    let mut wanted = match form.parse(Population::Current, today) {
        Ok(filter) => Wanted::new(who, scope, filter, today),
        Err(_) => return Ok(found),
    };
    wanted.filter.sort = ParticipantSort::default();
    if wanted.query().is_plain() {
        return Ok(found);
    }
    for population in [Population::Current, Population::Former] {
        wanted.filter.population = population;
        let room = u64::from(FOUND_MAX) - found.len() as u64;
        if room > 0 {
            found.extend(participant_rows(portal.db(), &wanted.query(), None, 0, room).await?);
        }
    }
    let view = event(portal, request, who, AuditKind::Searched)
        .on(wanted.scope.single())
        .details(format!("rows={}", found.len()));
    portal.audit().view(view);
    Ok(found)
}
