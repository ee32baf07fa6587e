//! Names of people: how Dutch usage puts them together, sorts them and finds them.
//!
//! The order of the parts is that of the *aanschrijfwijze* of the Dutch population register (BRP): for name use E
//! `VL VV GN`, P `VL VP GP`, V `VL VP GP-VV GN` and N `VL VV GN-VP GP`, where VL are the initials, VV and GN the own
//! prefix and surname, and VP and GP those of the partner. Source: github.com/BRP-API/Haal-Centraal-BRP-bevragen,
//! `features/bevragen/persoon/adressering/aanschrijfwijze/niet-adellijk.feature`, and
//! `dev/geen-partner-geslachtsnaam.feature` for a partner whose surname is not known.

use serde::{Deserialize, Serialize};

use crate::search;

/// Gender, as the population register has it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Gender {
    /// Woman (vrouw).
    V,
    /// Man.
    M,
    /// Neither, or not specified.
    X,
    /// Not known.
    #[default]
    Unknown,
}

impl Gender {
    /// Every gender.
    pub const ALL: [Self; 4] = [Self::V, Self::M, Self::X, Self::Unknown];

    /// The letter in the roster file and the database; empty when not known.
    pub const fn code(self) -> &'static str {
        match self {
            Self::V => "V",
            Self::M => "M",
            Self::X => "X",
            Self::Unknown => "",
        }
    }

    /// The gender with this [`code`](Self::code).
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|gender| gender.code() == code)
    }
}

/// Which names a person goes by (naamgebruik).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum NameUse {
    /// The own name (eigen).
    #[default]
    E,
    /// The partner's name.
    P,
    /// The partner's name before the own name (voor).
    V,
    /// The partner's name after the own name (na).
    N,
}

impl NameUse {
    /// Every choice.
    pub const ALL: [Self; 4] = [Self::E, Self::P, Self::V, Self::N];

    /// The letter in the roster file and the database.
    pub const fn code(self) -> &'static str {
        match self {
            Self::E => "E",
            Self::P => "P",
            Self::V => "V",
            Self::N => "N",
        }
    }

    /// The choice with this [`code`](Self::code).
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|choice| choice.code() == code)
    }
}

/// The parts of a person's name.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(default)]
pub struct PersonName {
    /// Initials, with their dots: `J.A.`.
    pub initials: String,
    /// Own prefix: `van de`.
    pub prefix: String,
    /// Own surname, without its prefix.
    pub surname: String,
    /// The partner's prefix.
    pub partner_prefix: String,
    /// The partner's surname, without its prefix.
    pub partner_surname: String,
    /// Which of the names are used.
    pub name_use: NameUse,
}

/// A surname and its prefix.
#[derive(Clone, Copy)]
struct Surname<'a> {
    prefix: &'a str,
    name: &'a str,
}

impl Surname<'_> {
    /// The register writes a single dot for a surname that is not known.
    fn is_known(self) -> bool {
        !matches!(self.name.trim(), "" | ".")
    }
}

impl PersonName {
    fn own(&self) -> Surname<'_> {
        Surname { prefix: &self.prefix, name: &self.surname }
    }

    fn partner(&self) -> Surname<'_> {
        Surname { prefix: &self.partner_prefix, name: &self.partner_surname }
    }

    /// The surnames in the order in which they are shown. Without a partner's surname the own one is used whatever was
    /// chosen, and the other way round.
    fn shown(&self) -> (Surname<'_>, Option<Surname<'_>>) {
        let (own, partner) = (self.own(), self.partner());
        if !partner.is_known() {
            return (own, None);
        }
        if !own.is_known() {
            return (partner, None);
        }
        match self.name_use {
            NameUse::E => (own, None),
            NameUse::P => (partner, None),
            NameUse::V => (partner, Some(own)),
            NameUse::N => (own, Some(partner)),
        }
    }

    /// The name as it is shown: `J.A. Jansen-van de Ven`. Without initials the first letter is a capital
    /// (`Van de Ven`), as Dutch spelling has it for a prefix that nothing precedes; a `'t` or `d'` that opens the name
    /// keeps its small letter, and the next word has a capital of its own.
    pub fn full_name(&self) -> String {
        let (first, second) = self.shown();
        let mut text = String::with_capacity(
            self.initials.len() + self.prefix.len() + self.surname.len() + self.partner_surname.len() + 8,
        );
        push_spaced(&mut text, &self.initials);
        let at = text.len();
        push_spaced(&mut text, first.prefix);
        push_spaced(&mut text, first.name);
        if at == 0 {
            capitalise(&mut text);
        }
        if let Some(second) = second {
            text.push('-');
            let mut rest = String::new();
            push_spaced(&mut rest, second.prefix);
            push_spaced(&mut rest, second.name);
            text.push_str(&rest);
        }
        text
    }

    /// What lists are sorted by, byte by byte: the surname that is shown first without its prefix, then the other
    /// surname, then the initials, all folded: `jansen ven j-a`.
    ///
    /// A space stands between those parts and a hyphen between the words of one part. A space is less than a hyphen
    /// and that is less than any letter, so that `Groot, Z.` comes before `Groot Berg, A.`. It counts `ij` as two
    /// letters, as Dutch dictionaries do.
    pub fn sort_key(&self) -> String {
        let (first, second) = self.shown();
        let mut key = String::with_capacity(self.surname.len() + self.partner_surname.len() + self.initials.len() + 4);
        push_key(&mut key, without_prefix(first.name));
        key.push(' ');
        if let Some(second) = second {
            push_key(&mut key, without_prefix(second.name));
        }
        key.push(' ');
        push_key(&mut key, &self.initials);
        key
    }

    /// The words by which this person is found (C3), each once: those of the own surname, the partner's, both prefixes
    /// and the initials, whatever the name use.
    pub fn search_words(&self) -> Vec<String> {
        self.search_text().split_ascii_whitespace().map(str::to_owned).collect()
    }

    /// The [words](Self::search_words), each with a space before it: ` jansen ven van de j a`.
    ///
    /// A typed word begins one of them when the text contains that word with a space before it.
    pub fn search_text(&self) -> String {
        search::text_of([
            self.surname.as_str(),
            &self.partner_surname,
            &self.prefix,
            &self.partner_prefix,
            &self.initials,
        ])
    }
}

/// Appends words with one space between them, and before them when there is text already.
fn push_spaced(text: &mut String, words: &str) {
    for word in words.split_whitespace() {
        if !text.is_empty() {
            text.push(' ');
        }
        text.push_str(word);
    }
}

/// Makes the first letter a capital; a name that opens with an apostrophe or with one letter and an apostrophe
/// (`'t Hart`, `d'Ancona`) is left as it is. The `ij` of `IJzerman` is one letter.
fn capitalise(text: &mut String) {
    let mut chars = text.chars();
    let Some(first) = chars.next() else { return };
    let second = chars.next();
    if search::is_apostrophe(first) || second.is_some_and(search::is_apostrophe) || !first.is_lowercase() {
        return;
    }
    let both = first == 'i' && second == Some('j');
    let capital: String = if both { "IJ".to_owned() } else { first.to_uppercase().collect() };
    text.replace_range(..if both { 2 } else { first.len_utf8() }, &capital);
}

/// A surname without a prefix that was written into it: words before the last that start with a small letter or an
/// apostrophe.
fn without_prefix(surname: &str) -> &str {
    let mut rest = surname.trim();
    while let Some((word, after)) = rest.split_once(char::is_whitespace) {
        if !word.starts_with(|c: char| c.is_lowercase() || search::is_apostrophe(c)) {
            break;
        }
        rest = after.trim_start();
    }
    rest
}

/// Appends the folded words of one part of a sort key, with hyphens between them.
fn push_key(key: &mut String, part: &str) {
    let mut first = true;
    search::each_word(part, |word| {
        if !first {
            key.push('-');
        }
        first = false;
        key.push_str(word.folded());
    });
}

/// Initials of more than one letter that are usual in Dutch, for text whose capitals do not tell.
const LONG_INITIALS: [&str; 10] = ["Th", "Ph", "Ch", "Chr", "Sj", "Tj", "St", "Fr", "IJ", "Gh"];

/// Writes initials the usual way: `ja`, `J A` and `j.a` become `J.A.`; `Th.`, `IJ.` and `Chr.` stay one initial.
///
/// Capitals tell where an initial begins (`JPh` is `J.Ph.`). Where all letters are alike, each is an initial of its
/// own, but for the usual initials of several letters. A small letter between capitals stays small (`A.b.M.`), as the
/// population register writes it.
pub fn tidy_initials(text: &str) -> String {
    let mut tidy = String::with_capacity(text.len() + 4);
    let keeps_small = text.chars().any(char::is_uppercase);
    let mut push = |initial: &str| {
        match LONG_INITIALS.iter().find(|long| long.to_lowercase() == initial.to_lowercase()) {
            Some(long) => tidy.push_str(long),
            None if keeps_small => tidy.push_str(initial),
            None => tidy.extend(initial.chars().flat_map(char::to_uppercase)),
        }
        tidy.push('.');
    };
    for mut rest in text.split(|c: char| !c.is_alphabetic()).filter(|token| !token.is_empty()) {
        if LONG_INITIALS.iter().any(|long| long.to_lowercase() == rest.to_lowercase()) {
            push(rest);
            continue;
        }
        while let Some(first) = rest.chars().next() {
            // Small letters after a capital belong to its initial.
            let small = if first.is_uppercase() { char::is_lowercase } else { |_: char| false };
            let end = rest[first.len_utf8()..].find(|c: char| !small(c)).map(|at| at + first.len_utf8());
            let (initial, after) = rest.split_at(end.unwrap_or(rest.len()));
            push(initial);
            rest = after;
        }
    }
    tidy
}
