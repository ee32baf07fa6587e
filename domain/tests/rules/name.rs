use collectief_domain::{
    name::{Gender, NameUse, PersonName, tidy_initials},
    search::SearchQuery,
};
use proptest::prelude::*;

/// A name from its parts; the surnames as `prefix|surname`.
pub fn name(initials: &str, own: &str, partner: &str, name_use: &str) -> PersonName {
    let (prefix, surname) = own.split_once('|').unwrap_or(("", own));
    let (partner_prefix, partner_surname) = partner.split_once('|').unwrap_or(("", partner));
    PersonName {
        initials: initials.to_owned(),
        prefix: prefix.to_owned(),
        surname: surname.to_owned(),
        partner_prefix: partner_prefix.to_owned(),
        partner_surname: partner_surname.to_owned(),
        name_use: NameUse::from_code(name_use).expect("E, P, V or N"),
    }
}

/// The combinations of BRP-API/Haal-Centraal-BRP-bevragen, `aanschrijfwijze/niet-adellijk.feature`, with other people
/// in them.
#[test]
fn a_name_is_put_together_as_the_register_does() {
    for (initials, own, partner, name_use, shown) in [
        ("J.A.", "Jansen", "", "E", "J.A. Jansen"),
        ("J.A.", "van der|Berg", "", "E", "J.A. van der Berg"),
        ("C.T.", "Van|Linden", "", "E", "C.T. Van Linden"),
        ("D.", "in het|Veld", "", "E", "D. in het Veld"),
        ("B.P.", "Aalbers", "Somers", "E", "B.P. Aalbers"),
        ("B.P.", "Aalbers", "Somers", "P", "B.P. Somers"),
        ("B.P.", "Somers", "Aalbers", "V", "B.P. Aalbers-Somers"),
        ("B.P.", "Aalbers", "Somers", "N", "B.P. Aalbers-Somers"),
        ("E.", "van|Dam", "Somers", "V", "E. Somers-van Dam"),
        ("E.", "van|Dam", "Somers", "N", "E. van Dam-Somers"),
        ("J.A.", "Jansen", "van de|Ven", "N", "J.A. Jansen-van de Ven"),
        ("J.A.", "Jansen", "van de|Ven", "V", "J.A. van de Ven-Jansen"),
        ("J.A.", "Jansen", "van de|Ven", "P", "J.A. van de Ven"),
        ("O.", "van|Dam", "Van Den|Berg", "V", "O. Van Den Berg-van Dam"),
        // A partner whose surname is not known leaves the own name, whatever was chosen.
        ("F.", "de|Boer", "", "P", "F. de Boer"),
        ("F.", "de|Boer", "", "V", "F. de Boer"),
        ("F.", "de|Boer", "", "N", "F. de Boer"),
        ("F.", "de|Boer", "van|.", "P", "F. de Boer"),
        ("F.", ".", "de|Boer", "P", "F. de Boer"),
        ("F.", ".", "de|Boer", "N", "F. de Boer"),
        // Without initials the name opens with a capital.
        ("", "Ali bin Hassan", "van|Dam", "E", "Ali bin Hassan"),
        ("", "Ali bin Hassan", "van|Dam", "P", "Van Dam"),
        ("", "Ali bin Hassan", "van|Dam", "V", "Van Dam-Ali bin Hassan"),
        ("", "Ali bin Hassan", "van|Dam", "N", "Ali bin Hassan-van Dam"),
        ("", "'t|Hart", "", "E", "'t Hart"),
        ("", "d'Ancona", "", "E", "d'Ancona"),
        ("", "ijzerman", "", "E", "IJzerman"),
        ("", "øvergaard", "", "E", "Øvergaard"),
        ("A.", "in 't|Veld", "", "E", "A. in 't Veld"),
        // Spaces that should not be there are not shown.
        (" J.A. ", "van  de | Ven ", "", "E", "J.A. van de Ven"),
        ("", "", "", "E", ""),
    ] {
        assert_eq!(name(initials, own, partner, name_use).full_name(), shown, "{initials} {own} {partner} {name_use}");
    }
}

#[test]
fn sorting_is_on_the_surname_that_is_shown_first_without_prefix() {
    for (initials, own, partner, name_use, key) in [
        ("J.A.", "Jansen", "van de|Ven", "N", "jansen ven j-a"),
        ("J.A.", "Jansen", "van de|Ven", "V", "ven jansen j-a"),
        ("J.A.", "Jansen", "van de|Ven", "P", "ven  j-a"),
        ("J.A.", "van der|Berg", "", "E", "berg  j-a"),
        ("", "El Idrissi", "", "E", "el-idrissi  "),
        // A prefix that was written into the surname.
        ("K.", "van der Berg", "", "E", "berg  k"),
        ("K.", "'t Hart", "", "E", "hart  k"),
        ("K.", "d'Ancona", "", "E", "dancona  k"),
        ("K.", "Ørsted-Groß", "", "E", "orsted-gross  k"),
        ("K.", "Ĳsbrand", "", "E", "ijsbrand  k"),
    ] {
        assert_eq!(name(initials, own, partner, name_use).sort_key(), key);
    }
}

#[test]
fn people_come_in_the_order_of_a_dutch_list() {
    let ordered = [
        name("Z.", "Aalbers", "", "E"),
        name("A.", "Aalbers", "Somers", "N"),
        name("A.", "van den|Berg", "", "E"),
        name("B.", "Van Den|Berg", "", "E"),
        name("A.", "van|Bergen", "", "E"),
        name("Z.", "Groot", "", "E"),
        name("A.", "Groot Berg", "", "E"),
        name("A.", "Grootberg", "", "E"),
        name("A.", "Idema", "", "E"),
        name("A.", "IJzerman", "", "E"),
        name("A.", "Ørsted", "", "E"),
        name("A.", "Post", "", "E"),
        name("A.", "Ypma", "", "E"),
    ];
    let mut sorted = ordered.to_vec();
    sorted.sort_by_key(|name| (name.sort_key(), name.initials.clone()));
    assert_eq!(sorted, ordered);
}

#[test]
fn the_words_of_a_name() {
    for (initials, own, partner, text) in [
        ("J.A.", "Jansen", "van de|Ven", " jansen ven van de j a"),
        ("B.", "Aalbers", "Somers", " aalbers somers b"),
        ("Th.", "van der|Berg", "", " berg van der th"),
        ("A.", "Bijl", "", " byl bijl a"),
        ("A.", "Ĳsbrand", "", " ysbrand ijsbrand a"),
        ("A.", "Ypma", "", " ypma a"),
        ("A.", "van|Dijk-Kuijper", "", " dyk dijk kuyper kuijper van a"),
        ("A.", "Dijkrijk", "", " dykryk dijkrijk dykrijk a"),
        ("A.", "D'Angelo", "", " dangelo angelo a"),
        ("A.", "O’Brien", "", " obrien brien a"),
        ("A.", "'t|Hart", "", " hart t a"),
        ("A.", "in 't|Veld", "", " veld in t a"),
        ("A.", "van't Hof", "", " van t hof a"),
        ("J.J.", "Jansen", "Jansen", " jansen j"),
        ("A.", "Wałęsa", "Nguyễn", " walesa nguyen a"),
        ("A.", "Groß", "Åkerblad-Çelik", " gross akerblad celik a"),
        ("A.", "Aydın", "İnan", " aydin inan a"),
        ("A.", "Τσίπρας", "", " τσίπρασ a"),
        ("", "", "", ""),
    ] {
        let name = name(initials, own, partner, "E");
        assert_eq!(name.search_text(), text);
        assert_eq!(name.search_words(), text.split_whitespace().collect::<Vec<_>>());
    }
}

#[test]
fn initials_are_tidied() {
    for (typed, tidy) in [
        ("ja", "J.A."),
        ("JA", "J.A."),
        ("J A", "J.A."),
        ("j.a", "J.A."),
        ("J.A.", "J.A."),
        ("j. a.", "J.A."),
        ("Th.", "Th."),
        ("th", "Th."),
        ("TH.J.", "Th.J."),
        ("IJ.", "IJ."),
        ("ij", "IJ."),
        ("Chr.", "Chr."),
        ("JPh", "J.Ph."),
        ("J.-P.", "J.P."),
        ("A.b.M.", "A.b.M."),
        ("Q", "Q."),
        ("é.l", "É.L."),
        ("", ""),
        (" . ", ""),
        ("Anna", "Anna."),
    ] {
        assert_eq!(tidy_initials(typed), tidy, "{typed}");
    }
}

#[test]
fn codes_are_read_back() {
    for gender in Gender::ALL {
        assert_eq!(Gender::from_code(gender.code()), Some(gender));
    }
    for name_use in NameUse::ALL {
        assert_eq!(NameUse::from_code(name_use.code()), Some(name_use));
    }
    assert_eq!(Gender::from_code("O"), None);
    assert_eq!(NameUse::from_code(""), None);
}

/// A surname, a prefix or initials as rosters have them, or anything at all.
fn any_part() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => "[A-ZÀ-Ýa-zà-ÿĳ]{1,10}",
        2 => "[A-Z][a-z]{0,3}(ij|IJ|y)[a-z]{0,3}(ij|i|j)?[a-z]{0,2}",
        1 => "[A-Z]['’][A-Z][a-z]{2,6}",
        1 => "(van|de|den|'t|in 't|El) [A-Z][a-z]{2,6}(-[A-Z][a-z]{2,6})?",
        1 => ".{0,12}",
        1 => Just(String::new()),
    ]
}

/// Any name.
pub fn any_name() -> impl Strategy<Value = PersonName> {
    (any_part(), any_part(), any_part(), any_part(), any_part(), proptest::sample::select(NameUse::ALL.to_vec()))
        .prop_map(|(initials, prefix, surname, partner_prefix, partner_surname, name_use)| PersonName {
            initials,
            prefix,
            surname,
            partner_prefix,
            partner_surname,
            name_use,
        })
}

proptest! {
    #[test]
    fn who_types_the_shown_name_finds_the_person(name in any_name()) {
        prop_assert!(SearchQuery::parse(&name.full_name()).matches(&name.search_text()));
    }

    #[test]
    fn any_start_of_any_word_finds_the_person(name in any_name(), length in 1_usize..12) {
        for part in [&name.prefix, &name.surname, &name.partner_prefix, &name.partner_surname, &name.initials] {
            for word in part.split(|c: char| !c.is_alphanumeric()) {
                let typed: String = word.chars().take(length).collect();
                let query = SearchQuery::parse(&typed);
                prop_assert!(query.matches(&name.search_text()), "{typed:?} in {:?}", name.search_text());
            }
        }
    }

    #[test]
    fn search_texts_and_sort_keys_can_be_stored(name in any_name()) {
        let text = name.search_text();
        prop_assert!(!text.contains('\0') && !text.contains("  ") && !text.ends_with(' '));
        prop_assert!(text.is_empty() || text.starts_with(' '));
        let words = name.search_words();
        for (place, word) in words.iter().enumerate() {
            prop_assert!(!words[..place].contains(word), "{word} twice");
        }
        let key = name.sort_key();
        prop_assert!(!key.chars().any(char::is_control));
        prop_assert_eq!(key.matches(' ').count(), 2);
    }

    #[test]
    fn tidying_initials_again_changes_nothing(text in "[A-Za-zé. ]{0,8}") {
        let tidy = tidy_initials(&text);
        prop_assert_eq!(tidy_initials(&tidy), tidy);
    }
}
