//! Finding people by name (PRODUCT.md C2–C3): the one definition of a match, on the server and in the browser.
//!
//! A name is kept as a *search text*: its words, folded, each with a space before it. A typed word begins some word of
//! the name when the text contains that word with a space before it, so a match is a substring test.
//!
//! `ij`, `ĳ` and `y` are alike: both sides write them as `y`. But who types `Bijl` has typed `bi` on the way, so a word
//! with `ij` is also kept with each `ij` as it was, once for every place where typing can stand still.

use crate::{
    bsn::Bsn,
    date::{self, Date},
};

/// The greatest number of words that are searched for; more are ignored.
pub const WORDS_MAX: usize = 8;

/// The greatest number of characters of a word that are searched for; the rest is ignored.
pub const WORD_CHARS_MAX: usize = 40;

/// Plain letters for U+00C0 to U+024F, one for each character. A digit stands for the letters in [`TWO_LETTERS`], and
/// `-` for a character that has no plain letter.
///
/// The tables were made from Unicode's decompositions, and completed by hand where there is none (ø, ł, đ, ı, ŋ …).
/// They are 656 bytes, for the browser must load them; the tables of a general normaliser are many times that.
const LATIN: &[u8; 400] = b"\
    aaaaaa2ceeeeiiiidnooooo-ouuuuy41aaaaaa2ceeeeiiiidnooooo-ouuuuy4y\
    aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiii55jjkkkllllllll\
    llnnnnnnnnnoooooo33rrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs\
    bbbb--occdddd-eeeffgg-iikkl-mnnooo--pp-----ttttuuuvyyzz---------\
    ----666777888aaiioouuuuuuuuuueaaaa22ggggkkoooo--j666gg--nnaa22oo\
    aaaaeeeeiiiioooorrrruuuusstt--hhnd--zzaaeeooooooooyylntj--acclts\
    z--buveejjqqrryy";

/// Plain letters for U+1E00 to U+1EFF, which holds the letters of Vietnamese.
const LATIN_ADDITIONAL: &[u8; 256] = b"\
    aabbbbbbccddddddddddeeeeeeeeeeffgghhhhhhhhhhiiiikkkkkkllllllllmm\
    mmmmnnnnnnnnoooooooopppprrrrrrrrssssssssssttttttttuuuuuuuuuuvvvv\
    wwwwwwwwwwxxxxyyzzzzzzhtwyasss1-aaaaaaaaaaaaaaaaaaaaaaaaeeeeeeee\
    eeeeeeeeiiiioooooooooooooooooooooooouuuuuuuuuuuuuuyyyyyyyy------";

/// What the digits in the tables stand for.
const TWO_LETTERS: [&str; 8] = ["ss", "ae", "oe", "th", "ij", "dz", "lj", "nj"];

/// Whether a character is an apostrophe, or used as one.
pub(crate) fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '`' | '´' | '‘' | '’' | '‛' | '′' | 'ʹ' | 'ʻ' | 'ʼ' | 'ʽ' | 'ʾ' | 'ʿ' | 'ˈ' | '＇' | 'ꞌ')
}

/// Whether a character only changes the one before it.
fn is_combining(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}' | '\u{20d0}'..='\u{20ff}')
}

/// Appends a character that is not ASCII as plain small letters.
fn push_folded(text: &mut String, c: char) {
    let code = c as usize;
    let letter = match code {
        0xc0..0x250 => LATIN[code - 0xc0],
        0x1e00..0x1f00 => LATIN_ADDITIONAL[code - 0x1e00],
        _ => b'-',
    };
    match letter {
        // By way of the capital, so that letters with one capital between them are alike, as the two sigmas of Greek.
        b'-' => text.extend(c.to_uppercase().flat_map(char::to_lowercase).filter(|c| !is_combining(*c))),
        b'1'..=b'8' => text.push_str(TWO_LETTERS[usize::from(letter - b'1')]),
        letter => text.push(char::from(letter)),
    }
}

/// Small letters without accents, whatever the language: `Ørsted` is `orsted`, `Groß` is `gross`, `Ĳsbrand` is
/// `ijsbrand`. Apostrophes of every kind are gone; every other sign stays.
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_ascii() {
            if !is_apostrophe(c) {
                folded.push(c.to_ascii_lowercase());
            }
        } else if !is_apostrophe(c) && !is_combining(c) {
            push_folded(&mut folded, c);
        }
    }
    folded
}

/// One word, folded, and where it had apostrophes inside.
pub(crate) struct Word<'a> {
    folded: &'a str,
    /// The first places after an apostrophe; names with more than two do not occur.
    after_apostrophes: &'a [usize],
}

impl<'a> Word<'a> {
    /// The word without its apostrophes, `ij` as it was.
    pub(crate) fn folded(&self) -> &'a str {
        self.folded
    }
}

/// Calls `found` for each word of a text: what stands between signs that are neither letters, digits nor apostrophes.
///
/// An article that was written against the word before it (`van't Hof`) is a word of its own.
pub(crate) fn each_word(text: &str, mut found: impl FnMut(Word<'_>)) {
    let mut folded = String::with_capacity(text.len().min(64));
    let mut apostrophes = [0; 2];
    let mut count = 0;
    let mut end_word = |folded: &mut String, apostrophes: &[usize]| {
        match apostrophes.last() {
            Some(&at) if &folded[at..] == "t" => {
                found(Word { folded: &folded[..at], after_apostrophes: &apostrophes[..apostrophes.len() - 1] });
                found(Word { folded: "t", after_apostrophes: &[] });
            }
            _ => found(Word { folded, after_apostrophes: apostrophes }),
        }
        folded.clear();
    };
    for c in text.chars() {
        if c.is_ascii_alphanumeric() {
            folded.push(c.to_ascii_lowercase());
        } else if is_apostrophe(c) {
            if !folded.is_empty() && count < apostrophes.len() && !apostrophes[..count].contains(&folded.len()) {
                apostrophes[count] = folded.len();
                count += 1;
            }
        } else if !c.is_ascii() && c.is_alphanumeric() {
            push_folded(&mut folded, c);
        } else if c.is_ascii() || !is_combining(c) {
            if !folded.is_empty() {
                end_word(&mut folded, &apostrophes[..count]);
            }
            count = 0;
        }
    }
    if !folded.is_empty() {
        end_word(&mut folded, &apostrophes[..count]);
    }
}

/// Writes every `ij` as `y`.
fn push_with_y(text: &mut String, word: &str) {
    let mut rest = word;
    while let Some(at) = rest.find("ij") {
        text.push_str(&rest[..at]);
        text.push('y');
        rest = &rest[at + 2..];
    }
    text.push_str(rest);
}

/// The words of a text, folded, with `ij` as `y`: what is typed and what is kept are both read this way.
pub fn words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    each_word(text, |word| {
        let mut alike = String::with_capacity(word.folded.len());
        push_with_y(&mut alike, word.folded);
        words.push(alike);
    });
    words
}

/// The search text of the parts of a name, in this order, each word once.
pub(crate) fn text_of<'a>(parts: impl IntoIterator<Item = &'a str>) -> String {
    let mut text = String::with_capacity(48);
    for part in parts.into_iter().filter(|part| !part.is_empty()) {
        each_word(part, |word| {
            push_stored(&mut text, word.folded);
            for &at in word.after_apostrophes {
                push_stored(&mut text, &word.folded[at..]);
            }
        });
    }
    text
}

/// Appends a word with a space before it: with every `ij` as `y`, then for each `ij` with the earlier ones as `y` and
/// the rest as it was. Every start of the word that can be typed then begins one of these.
fn push_stored(text: &mut String, word: &str) {
    if word.is_empty() {
        return;
    }
    let start = text.len();
    text.push(' ');
    push_with_y(text, word);
    drop_repeated(text, start);
    let mut from = 0;
    while let Some(at) = word[from..].find("ij").map(|at| at + from) {
        let start = text.len();
        text.push(' ');
        push_with_y(text, &word[..at]);
        text.push_str(&word[at..]);
        drop_repeated(text, start);
        from = at + 2;
    }
}

/// Takes back the word that starts at `start` if the text before it has that word already.
fn drop_repeated(text: &mut String, start: usize) {
    let (before, word) = text.split_at(start);
    let ends_at = |end: usize| end == before.len() || before.as_bytes()[end] == b' ';
    if places_of(&word[1..], before).any(|at| ends_at(at + word.len() - 1)) {
        text.truncate(start);
    }
}

/// The first two characters of each word of a search text, and its first four, each once: the groups under which an
/// index of words keeps a person. Two letters are many people in a large contract, and four are few.
pub fn index_groups(search_text: &str) -> Vec<String> {
    let mut groups: Vec<String> = Vec::with_capacity(8);
    for word in search_text.split(' ') {
        for group in [first_characters(word, 2), first_characters(word, 4)].into_iter().flatten() {
            if !groups.iter().any(|known| known == group) {
                groups.push(group.to_owned());
            }
        }
    }
    groups
}

/// The group in which whoever has a word that begins with this one is found, and the fewest others: its first four
/// characters, or its first two; `None` for a single character.
pub fn index_group(word: &str) -> Option<&str> {
    first_characters(word, 4).or_else(|| first_characters(word, 2))
}

/// So many characters from the beginning of a word, if it has them.
fn first_characters(word: &str, count: usize) -> Option<&str> {
    let (last, c) = word.char_indices().nth(count - 1)?;
    Some(&word[..last + c.len_utf8()])
}

/// Words of prefixes that very many people have, as [`words`] writes them; they say little about whom one looks for.
const USUAL_PREFIXES: [&str; 49] = [
    "aan", "al", "auf", "aus", "bin", "by", "da", "das", "de", "del", "della", "den", "der", "des", "di", "die", "do",
    "dos", "du", "el", "het", "in", "la", "las", "le", "les", "los", "of", "onder", "op", "over", "ten", "ter", "te",
    "thoe", "to", "toe", "tot", "uit", "uyt", "van", "ver", "vom", "von", "voor", "zu", "zum", "zur", "vd",
];

/// The words that were typed to find someone by name.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct SearchQuery {
    words: Vec<String>,
}

impl SearchQuery {
    /// Reads what was typed: at most [`WORDS_MAX`] different words, of at most [`WORD_CHARS_MAX`] characters.
    pub fn parse(text: &str) -> Self {
        let mut query = Self::default();
        query.add(text);
        query
    }

    /// Adds more words, as long as there is room.
    pub fn add(&mut self, text: &str) {
        for mut word in words(text) {
            if self.words.len() == WORDS_MAX {
                break;
            }
            if let Some((end, _)) = word.char_indices().nth(WORD_CHARS_MAX) {
                word.truncate(end);
            }
            if !self.words.contains(&word) {
                self.words.push(word);
            }
        }
    }

    /// The words, folded, in the order in which they were typed.
    pub fn words(&self) -> &[String] {
        &self.words
    }

    /// Whether there is no word, so that everybody matches.
    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// Whether each typed word begins some word of this search text (C3).
    pub fn matches(&self, search_text: &str) -> bool {
        self.words.iter().all(|word| places_of(word, search_text).next().is_some())
    }

    /// The word that best drives an index of words: the longest of two characters or more that is not a usual prefix,
    /// else the longest of two or more. `None` when only single letters were typed.
    pub fn driver(&self) -> Option<&str> {
        let mut best: Option<(bool, usize, &str)> = None;
        for word in &self.words {
            let rank = (!USUAL_PREFIXES.contains(&word.as_str()), word.chars().count());
            if rank.1 >= 2 && best.is_none_or(|(telling, length, _)| rank > (telling, length)) {
                best = Some((rank.0, rank.1, word));
            }
        }
        best.map(|(_, _, word)| word)
    }
}

/// Where `word` begins some word of the search text. On texts as short as these, looking at each byte is faster than a
/// searcher that must be set up first.
fn places_of(word: &str, search_text: &str) -> impl Iterator<Item = usize> {
    let (word, text) = (word.as_bytes(), search_text.as_bytes());
    (1..(text.len() + 1).saturating_sub(word.len()))
        .filter(move |&at| text[at - 1] == b' ' && text[at..].starts_with(word))
}

/// How far a candidate is from a typed word, if it is near enough to be what was meant: at most two letters added, left
/// out, changed or swapped with their neighbour, or one for words under five letters. Both are folded words.
pub fn near(typed: &str, candidate: &str) -> Option<u32> {
    let typed: Vec<char> = typed.chars().take(WORD_CHARS_MAX).collect();
    let candidate: Vec<char> = candidate.chars().take(WORD_CHARS_MAX + 2).collect();
    let limit = if typed.len() < 5 { 1 } else { 2 };
    if typed.len().abs_diff(candidate.len()) > limit {
        return None;
    }
    // Damerau-Levenshtein in its optimal string alignment form: row i holds the distances of the first i letters.
    let mut before: Vec<usize> = Vec::new();
    let mut above: Vec<usize> = (0..=candidate.len()).collect();
    for i in 1..=typed.len() {
        let mut row = Vec::with_capacity(candidate.len() + 1);
        row.push(i);
        for j in 1..=candidate.len() {
            let changed = usize::from(typed[i - 1] != candidate[j - 1]);
            let mut distance = (above[j - 1] + changed).min(above[j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && typed[i - 1] == candidate[j - 2] && typed[i - 2] == candidate[j - 1] {
                distance = distance.min(before[j - 2] + 1);
            }
            row.push(distance);
        }
        if row.iter().all(|distance| *distance > limit) {
            return None;
        }
        before = std::mem::replace(&mut above, row);
    }
    above.last().filter(|distance| **distance <= limit).map(|distance| *distance as u32)
}

/// What was meant by the free field (C2). It does not print what was typed, for that may be a BSN.
#[derive(Clone, PartialEq, Eq)]
pub enum FreeField {
    /// A date: a birth date.
    Date(Date),
    /// A BSN, written in groups as no other number is.
    Bsn(Bsn),
    /// Digits that pass the eleven-test, and that may be a relation or personnel number as well.
    BsnOrNumber(Bsn, String),
    /// A relation or personnel number.
    Number(String),
    /// Names.
    Names(SearchQuery),
}

impl std::fmt::Debug for FreeField {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Date(_) => "FreeField::Date",
            Self::Bsn(_) => "FreeField::Bsn",
            Self::BsnOrNumber(..) => "FreeField::BsnOrNumber",
            Self::Number(_) => "FreeField::Number",
            Self::Names(_) => "FreeField::Names",
        })
    }
}

/// Reads the free field: a date if it can be one, then a BSN or a number, else names; `None` when nothing was typed.
///
/// Eight digits that are a date are one (`01012026`), though a BSN may have lost its leading zero.
pub fn read_free_field(text: &str) -> Option<FreeField> {
    let text = text.trim();
    if let Ok(date) = date::parse_typed_date(text) {
        return Some(FreeField::Date(date));
    }
    let has_digit = text.bytes().any(|byte| byte.is_ascii_digit());
    if has_digit && text.chars().all(|c| c.is_ascii_digit() || c == '.' || c.is_whitespace()) {
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        return Some(match Bsn::parse(text) {
            Ok(bsn) if digits.len() == text.len() => FreeField::BsnOrNumber(bsn, digits),
            Ok(bsn) => FreeField::Bsn(bsn),
            Err(_) => FreeField::Number(digits),
        });
    }
    if has_digit && !text.chars().any(char::is_whitespace) {
        return Some(FreeField::Number(text.to_owned()));
    }
    let names = SearchQuery::parse(text);
    if names.is_empty() { None } else { Some(FreeField::Names(names)) }
}

/// Whether some part of a text reads as a BSN, so that it may not stand in an address.
pub fn holds_bsn(text: &str) -> bool {
    match read_free_field(text) {
        Some(FreeField::Bsn(_) | FreeField::BsnOrNumber(..)) => true,
        Some(FreeField::Date(_)) | None => false,
        // Digits of a longer number do not read as a BSN: most relation numbers of eleven digits have some that do.
        Some(FreeField::Number(_) | FreeField::Names(_)) => text
            .split(|c: char| !c.is_ascii_digit() && c != '.' && !c.is_whitespace())
            .any(|run| Bsn::parse(run).is_ok() || run.split_whitespace().any(|group| Bsn::parse(group).is_ok())),
    }
}
