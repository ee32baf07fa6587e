//! "Bedoelde u": names that are nearly what was typed, and that do find someone.

use std::collections::HashMap;

use collectief_data::{
    Db,
    participant::{ListQuery, participant_first, search_texts, surnames},
};
use collectief_domain::search::{self, SearchQuery};

use crate::ServiceError;

/// The most that are offered.
const OFFERED_MAX: usize = 3;

/// The most near words that are tried; some of them find nobody together with the rest of the filter.
const TRIED_MAX: usize = 8;

/// How many search texts are read: with the same first two letters, with those two swapped, and with the same first one.
const TEXTS_MAX: [u64; 3] = [2_500, 1_000, 1_500];

/// A word that could have been meant.
struct Candidate {
    distance: u32,
    seen: u32,
    word: String,
    /// The place of the typed word that it stands for.
    place: usize,
}

/// At most three other things to search for, nearest first; each finds someone of the same list.
pub(super) async fn suggestions(db: &Db, query: &ListQuery<'_>) -> Result<Vec<String>, ServiceError> {
    let typed = query.filter.names.words();
    let mut candidates = Vec::new();
    for (place, word) in typed.iter().enumerate() {
        candidates.extend(near_words(db, query, word, place).await?);
    }
    candidates.sort_by(|a, b| (a.distance, b.seen, &a.word).cmp(&(b.distance, a.seen, &b.word)));
    let mut offered: Vec<String> = Vec::new();
    for candidate in candidates.into_iter().take(TRIED_MAX) {
        let with = |word: &str| {
            let words: Vec<&str> = typed
                .iter()
                .enumerate()
                .map(|(place, typed)| if place == candidate.place { word } else { typed.as_str() })
                .collect();
            words.join(" ")
        };
        let mut filter = query.filter.clone();
        filter.names = SearchQuery::parse(&with(&candidate.word));
        let Some(someone) = participant_first(db, &ListQuery { filter: &filter, ..*query }).await? else { continue };
        // As that person writes it: with capitals, accents and ij.
        let names = surnames(db, query.scope, someone).await?;
        let name = names.iter().find(|name| search::words(name).contains(&candidate.word));
        let text = with(name.map_or(candidate.word.as_str(), String::as_str));
        if !offered.contains(&text) {
            offered.push(text);
        }
        if offered.len() == OFFERED_MAX {
            break;
        }
    }
    Ok(offered)
}

async fn near_words(db: &Db, query: &ListQuery<'_>, word: &str, place: usize) -> Result<Vec<Candidate>, ServiceError> {
    let mut letters = word.chars();
    let (Some(first), Some(second), Some(_)) = (letters.next(), letters.next(), letters.next()) else {
        // One or two letters are near to everything.
        return Ok(Vec::new());
    };
    let groups = [format!("{first}{second}"), format!("{second}{first}"), first.to_string()];
    let mut seen: HashMap<String, u32> = HashMap::new();
    for (group, limit) in groups.iter().zip(TEXTS_MAX) {
        for text in search_texts(db, query, group, limit).await? {
            for other in text.split_ascii_whitespace().filter(|other| *other != word && other.starts_with(group)) {
                match seen.get_mut(other) {
                    Some(times) => *times += 1,
                    None => {
                        seen.insert(other.to_owned(), 1);
                    }
                }
            }
        }
    }
    let near = seen.into_iter().filter_map(|(other, seen)| {
        search::near(word, &other).map(|distance| Candidate { distance, seen, word: other, place })
    });
    Ok(near.collect())
}
