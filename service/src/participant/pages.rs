//! Where deep pages of long lists begin.
//!
//! Passing over fifty thousand rows to show page two thousand costs fifty thousand steps through an index. So every
//! five-hundredth place of a long list is kept here once it was found. What is kept is keyed by the version of the
//! contract, which grows with every change in it, so it never has to be thrown away: it is just not asked for again.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use collectief_data::{
    DataError, Db,
    participant::{ListQuery, Place, participant_place},
};
use collectief_domain::{
    assurance::AssuranceLevel,
    date::Date,
    ids::{AccountId, ContractId},
    participant::{ParticipantSort, Population},
};

/// So many rows lie between two places that are kept.
pub(crate) const STRIDE: u64 = 500;

/// The most places that are kept in all, at some hundred bytes each.
const PLACES_MAX: usize = 100_000;

/// Whose list it is: one contract is the same list for everybody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Whose {
    Contract(ContractId),
    /// All contracts of an account, at one version of its rights, that can be seen at one level of eHerkenning.
    Account(Option<AccountId>, i64, Option<AssuranceLevel>),
}

/// One list in one order, as it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct ListKey {
    pub(crate) whose: Whose,
    /// The version of the contract, or the sum of those of all contracts.
    pub(crate) version: i64,
    pub(crate) today: Date,
    pub(crate) population: Population,
    pub(crate) sort: ParticipantSort,
    pub(crate) main_insured_only: bool,
}

#[derive(Debug, Default)]
struct Kept {
    /// The places of rows 500, 1,000, …, as far as they were found.
    places: Vec<Place>,
    /// How many there are in all, where that was counted.
    total: Option<u64>,
    used: u64,
}

#[derive(Debug, Default)]
struct Lists {
    kept: HashMap<ListKey, Kept>,
    places: usize,
    uses: u64,
}

/// The places at which deep pages begin, and counts that take long, of the lists that were looked at last.
#[derive(Debug, Default)]
pub struct PageCache(Mutex<Lists>);

impl PageCache {
    fn lists(&self) -> std::sync::MutexGuard<'_, Lists> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The place nearest before the row `offset`, and how many rows lie between; `None` when the list ends before it.
    pub(crate) async fn place(
        &self,
        db: &Db,
        key: ListKey,
        query: &ListQuery<'_>,
        offset: u64,
    ) -> Result<Option<(Place, u64)>, DataError> {
        let wanted = usize::try_from(offset / STRIDE).unwrap_or(usize::MAX).max(1);
        let (mut last, mut count) = {
            let mut lists = self.lists();
            let kept = lists.touch(key);
            if let Some(place) = kept.places.get(wanted - 1) {
                return Ok(Some((place.clone(), offset % STRIDE)));
            }
            (kept.places.last().cloned(), kept.places.len())
        };
        // Two readers may look for the same places at once; both find the same, and one finds them already kept.
        let mut found = Vec::new();
        let start = count;
        while count < wanted {
            let Some(place) = participant_place(db, query, last.as_ref(), STRIDE).await? else { break };
            last = Some(place.clone());
            found.push(place);
            count += 1;
        }
        self.lists().extend(key, start, found);
        Ok(last.filter(|_| count >= wanted).map(|place| (place, offset % STRIDE)))
    }

    /// A count that was kept.
    pub(crate) fn total(&self, key: ListKey) -> Option<u64> {
        self.lists().touch(key).total
    }

    /// Keeps a count.
    pub(crate) fn keep_total(&self, key: ListKey, total: u64) {
        self.lists().touch(key).total = Some(total);
    }
}

impl Lists {
    fn touch(&mut self, key: ListKey) -> &mut Kept {
        self.uses += 1;
        let uses = self.uses;
        if !self.kept.contains_key(&key) {
            self.make_room();
            // An empty list counts as well, or ten thousand of them would be kept for nothing.
            self.places += 1;
        }
        let kept = self.kept.entry(key).or_default();
        kept.used = uses;
        kept
    }

    fn extend(&mut self, key: ListKey, start: usize, found: Vec<Place>) {
        let kept = self.touch(key);
        let known = kept.places.len();
        // Whoever was first has kept some of these already.
        if start <= known {
            kept.places.extend(found.into_iter().skip(known - start));
        }
        let added = kept.places.len() - known;
        self.places += added;
        self.make_room();
    }

    /// Drops the lists that were not looked at for longest, until a tenth of the room is free again.
    fn make_room(&mut self) {
        if self.places < PLACES_MAX {
            return;
        }
        let mut used: Vec<(u64, ListKey)> = self.kept.iter().map(|(key, kept)| (kept.used, *key)).collect();
        used.sort_unstable_by_key(|(used, _)| *used);
        for (_, key) in used {
            if self.places < PLACES_MAX / 10 * 9 {
                break;
            }
            if let Some(kept) = self.kept.remove(&key) {
                self.places -= kept.places.len() + 1;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(version: i64) -> ListKey {
        ListKey {
            whose: Whose::Contract(ContractId(1)),
            version,
            today: Date::default(),
            population: Population::Current,
            sort: ParticipantSort::default(),
            main_insured_only: false,
        }
    }

    #[test]
    fn what_is_kept_stays_within_its_bound_and_the_newest_stays() {
        let cache = PageCache::default();
        for version in 0..(PLACES_MAX as i64 + 5_000) {
            cache.keep_total(key(version), 7);
        }
        assert!(cache.lists().kept.len() <= PLACES_MAX);
        assert_eq!(cache.total(key(PLACES_MAX as i64 + 4_999)), Some(7));
        assert_eq!(cache.total(key(0)), None);
    }
}
