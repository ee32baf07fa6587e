use collectief_domain::search::{
    FreeField, SearchQuery, fold, holds_bsn, index_group, index_groups, near, read_free_field, words,
};
use proptest::prelude::*;

use crate::{day, name::name};

#[test]
fn folding_leaves_plain_small_letters() {
    for (text, folded) in [
        ("Jansen", "jansen"),
        ("Ørsted ÅNGSTRÖM", "orsted angstrom"),
        ("Groß GROẞ", "gross gross"),
        ("Wałęsa Łódź Świąć Żółć", "walesa lodz swiac zolc"),
        ("Đorđević Ðuro", "dordevic duro"),
        ("Æsir Œuvre", "aesir oeuvre"),
        ("Yılmaz İnan Çelik Şahin Ağa Özdemir Ünal", "yilmaz inan celik sahin aga ozdemir unal"),
        ("Nguyễn Trần Đặng Vũ Hồ Phạm Lê Ươ", "nguyen tran dang vu ho pham le uo"),
        ("Ŋ ŉ Þór ĸ ſ", "n n thor k s"),
        ("Ĳsbrand ĳ Dijk", "ijsbrand ij dijk"),
        ("Renée Françoise Zoë Señor", "renee francoise zoe senor"),
        ("Čapek Dvořák Šťastný Ľudovít", "capek dvorak stastny ludovit"),
        ("Ștefan Țepeș Ț", "stefan tepes t"),
        ("Ākāśa Ṣāliḥ Ṭāhā", "akasa salih taha"),
        // Accents that are characters of their own.
        ("Rene\u{301}e A\u{30a}", "renee a"),
        ("D'Angelo d’Ancona O`Brien 't ‘t ʼt", "dangelo dancona obrien t t t"),
        ("Ǆ ǉ Ǌ", "dz lj nj"),
        ("Παπαδόπουλος Иванов", "παπαδόπουλοσ иванов"),
        ("A-B. C", "a-b. c"),
        ("×÷", "×÷"),
    ] {
        assert_eq!(fold(text), folded);
    }
}

#[test]
fn words_are_split_at_anything_but_letters_and_digits() {
    for (text, expected) in [
        ("Jansen-van de Ven", vec!["jansen", "van", "de", "ven"]),
        ("J.A.", vec!["j", "a"]),
        ("Th.", vec!["th"]),
        ("Bijl, Ĳ. / bY", vec!["byl", "y", "by"]),
        ("D'Angelo", vec!["dangelo"]),
        ("'t Hart", vec!["t", "hart"]),
        ("van't Hof", vec!["van", "t", "hof"]),
        ("P0035333", vec!["p0035333"]),
        ("%_\\\"'\u{0};--", vec![]),
        ("", vec![]),
        ("''' '' '", vec![]),
        ("ij", vec!["y"]),
        ("iijj", vec!["iyj"]),
    ] {
        assert_eq!(words(text), expected, "{text}");
    }
}

/// The examples of PRODUCT.md C3.
#[test]
fn each_typed_word_must_begin_some_word() {
    let jansen = name("J.A.", "Jansen", "van de|Ven", "N");
    for typed in [
        "ven",
        "van de ven",
        "jansen ven",
        "Jansen-van de Ven",
        "ven jansen",
        "VEN",
        "jan",
        "de",
        "j.a. jansen",
        "J.A. Jansen-van de Ven",
        "a jansen",
        "v",
        "j j j",
        "",
        "  ",
        "jansen, j.a.",
        "van   ven",
    ] {
        assert!(SearchQuery::parse(typed).matches(&jansen.search_text()), "{typed}");
    }
    for typed in ["en", "jansens", "ven x", "venn", "ansen", "j.b. jansen", "jansenven", "vande"] {
        assert!(!SearchQuery::parse(typed).matches(&jansen.search_text()), "{typed}");
    }

    for aalbers in [name("B.", "Aalbers", "Somers", "N"), name("B.", "Somers", "Aalbers", "V")] {
        assert_eq!(aalbers.full_name(), "B. Aalbers-Somers");
        for typed in ["Aalbers", "Somers", "somers aalbers", "Aalbers-Somers", "b. som"] {
            assert!(SearchQuery::parse(typed).matches(&aalbers.search_text()), "{typed}");
        }
    }

    for (own, found_by) in [
        ("Bijl", &["bijl", "Bĳl", "byl", "bi", "bij", "by", "b", "BIJL"][..]),
        ("Ĳsbrand", &["ijsbrand", "ysbrand", "ĳs", "i", "ij", "IJs", "y"]),
        ("IJzerman", &["ijzerman", "yzerman", "ĳzerman", "IJZ", "i"]),
        ("Ypma", &["ypma", "ijpma", "ĳpma", "yp"]),
        ("Dijkrijk", &["dijkri", "dykri", "dijkrij", "dykryk", "dijkryk", "dykrijk", "di", "d"]),
        ("Ørsted", &["orsted", "Ørsted", "ØR"]),
        ("Groß", &["gross", "groß", "gros"]),
        ("Wałęsa", &["walesa", "wałę"]),
        ("Françoise", &["francoise", "FRANÇOISE"]),
        ("D'Angelo", &["d'angelo", "dangelo", "angelo", "D’Angelo", "d`ang", "d angelo"]),
        ("O'Brien", &["o'brien", "obrien", "brien", "o brien"]),
        ("'t|Hart", &["'t hart", "t hart", "hart", "’t hart", "hart 't"]),
        ("van 't|Hof", &["van 't hof", "van't hof", "hof van"]),
        ("in 't|Veld", &["in 't veld", "in’t veld", "veld"]),
        ("El Idrissi", &["el idrissi", "idrissi", "el"]),
        ("Nguyễn", &["nguyen", "Nguye\u{302}\u{303}n"]),
    ] {
        let name = name("A.", own, "", "E");
        for typed in found_by {
            assert!(SearchQuery::parse(typed).matches(&name.search_text()), "{typed} in {:?}", name.search_text());
        }
    }
    let bijl = name("A.", "Bijl", "", "E").search_text();
    for typed in ["bj", "bil", "bijll", "yl", "ijl"] {
        assert!(!SearchQuery::parse(typed).matches(&bijl), "{typed}");
    }
    // Wildcards of databases are letters like any other sign: none.
    for typed in ["%", "_", "b%l", "b_jl"] {
        let query = SearchQuery::parse(typed);
        assert!(query.is_empty() || !query.matches(&bijl), "{typed}");
    }
}

#[test]
fn the_driver_is_the_word_that_says_most() {
    for (typed, driver) in [
        ("van de ven", Some("ven")),
        ("jansen ven", Some("jansen")),
        ("van de", Some("van")),
        ("van der b", Some("van")),
        ("bij", Some("by")),
        ("bij de berg", Some("berg")),
        ("va ven", Some("ven")),
        ("j a", None),
        ("j", None),
        ("", None),
        ("'t", None),
        ("ij", None),
        ("de li", Some("li")),
    ] {
        assert_eq!(SearchQuery::parse(typed).driver(), driver, "{typed}");
    }
}

// asvs = "15.2.2"
#[test]
fn a_query_is_bounded() {
    let many = SearchQuery::parse("a b c d e f g h i j k");
    assert_eq!(many.words().len(), 8);
    let long = SearchQuery::parse(&"é".repeat(100));
    assert_eq!(long.words(), ["e".repeat(40)]);
    assert_eq!(SearchQuery::parse("ven ven VEN").words(), ["ven"]);
    let greek = SearchQuery::parse(&"λ".repeat(100));
    assert_eq!(greek.words(), ["λ".repeat(40)]);
    let mut added = SearchQuery::parse("jansen");
    added.add("ven jansen");
    assert_eq!(added.words(), ["jansen", "ven"]);
}

#[test]
fn people_are_kept_under_the_first_two_and_four_letters_of_each_word() {
    assert_eq!(index_groups(" jansen ven van de j a"), ["ja", "jans", "ve", "va", "de"]);
    assert_eq!(index_groups(" byl bijl jan jansen"), ["by", "bi", "bijl", "ja", "jans"]);
    assert_eq!(index_groups(" λόγος ж"), ["λό", "λόγο"]);
    assert_eq!(index_groups(""), Vec::<String>::new());
}

#[test]
fn near_misses_are_near() {
    for (typed, candidate, distance) in [
        ("jansen", "jansen", Some(0)),
        ("jansen", "janssen", Some(1)),
        ("jasnen", "jansen", Some(1)),
        ("jensen", "jansen", Some(1)),
        ("hendriks", "hendrix", Some(2)),
        ("vries", "vires", Some(1)),
        ("vries", "fires", Some(2)),
        ("ven", "vem", Some(1)),
        ("ven", "vim", None),
        ("ven", "veen", Some(1)),
        ("ven", "venema", None),
        ("jansen", "pietersen", None),
        ("bakker", "abkkre", Some(2)),
        ("", "", Some(0)),
        ("", "ab", None),
        ("λόγος", "λόγο", Some(1)),
    ] {
        assert_eq!(near(typed, candidate), distance, "{typed} {candidate}");
    }
}

#[test]
fn the_free_field_understands_what_is_meant() {
    let number = |text: &str| Some(FreeField::Number(text.to_owned()));
    let names = |text: &str| Some(FreeField::Names(SearchQuery::parse(text)));
    for (typed, meant) in [
        ("1-1-1980", Some(FreeField::Date(day("1980-01-01")))),
        ("01011980", Some(FreeField::Date(day("1980-01-01")))),
        (" 1980-01-01 ", Some(FreeField::Date(day("1980-01-01")))),
        ("P0035333", number("P0035333")),
        ("0035333", number("0035333")),
        ("123456789", number("123456789")),
        ("1234567", number("1234567")),
        ("A-12/7", number("A-12/7")),
        ("31-02-2026", number("31-02-2026")),
        ("100 200", number("100200")),
        ("van de ven", names("van de ven")),
        ("jansen 12", names("jansen 12")),
        ("", None),
        ("  ", None),
        ("---", None),
        (".", None),
    ] {
        assert_eq!(read_free_field(typed), meant, "{typed}");
    }
    assert!(matches!(read_free_field("1234.56.782"), Some(FreeField::Bsn(bsn)) if bsn.expose() == "123456782"));
    assert!(matches!(read_free_field("123 456 782"), Some(FreeField::Bsn(_))));
    assert!(matches!(
        read_free_field(" 123456782 "),
        Some(FreeField::BsnOrNumber(bsn, number)) if bsn.expose() == "123456782" && number == "123456782"
    ));
    assert!(matches!(
        read_free_field("10000008"),
        Some(FreeField::BsnOrNumber(bsn, number)) if bsn.expose() == "010000008" && number == "10000008"
    ));
    assert!(!format!("{:?}", read_free_field("123456782")).contains("123456782"));
}

#[test]
fn a_bsn_is_seen_wherever_it_stands() {
    for text in [
        "123456782",
        "1234.56.782",
        "jansen 123456782",
        "123456782 jansen",
        "bsn:123456782",
        "jansen 1234 56 782",
        "10000008",
        "ven (123456782)",
        "1 123456782",
    ] {
        assert!(holds_bsn(text), "{text}");
    }
    for text in ["jansen", "01011980", "123456789", "P0035333", "11234567820", "", "12 34"] {
        assert!(!holds_bsn(text), "{text}");
    }
}

proptest! {
    #[test]
    fn folding_again_changes_nothing(text in ".{0,40}") {
        let once = fold(&text);
        prop_assert_eq!(fold(&once), once);
    }

    #[test]
    fn words_hold_no_separator(text in ".{0,40}") {
        for word in words(&text) {
            prop_assert!(!word.is_empty() && word.chars().all(char::is_alphanumeric), "{word:?}");
            prop_assert!(!word.contains("ij"));
        }
    }

    #[test]
    fn a_match_is_what_it_is_said_to_be(typed in "[a-c ]{0,8}", own in "[a-c ]{0,12}") {
        let text = name("", &own, "", "E").search_text();
        let query = SearchQuery::parse(&typed);
        let naive = words(&typed).iter().all(|typed| words(&own).iter().any(|word| word.starts_with(typed.as_str())));
        prop_assert_eq!(query.matches(&text), naive);
        prop_assert_eq!(query.words().iter().all(|word| text.contains(&format!(" {word}"))), naive);
    }

    #[test]
    fn a_driver_finds_the_group_of_every_match(typed in "[a-dij ]{0,12}", own in "[a-dij ]{1,16}") {
        let text = name("", &own, "", "E").search_text();
        let query = SearchQuery::parse(&typed);
        if let Some(driver) = query.driver().filter(|_| query.matches(&text)) {
            let group = index_group(driver).unwrap().to_owned();
            prop_assert!(driver.starts_with(&group) && index_groups(&text).contains(&group), "{driver} {text:?}");
        }
    }

    #[test]
    fn nearness_is_symmetric_and_zero_for_the_same(a in "[a-c]{5,8}", b in "[a-c]{5,8}") {
        prop_assert_eq!(near(&a, &b), near(&b, &a));
        prop_assert_eq!(near(&a, &a), Some(0));
        prop_assert_eq!(near(&a, &b) == Some(0), a == b);
    }

    #[test]
    fn nothing_typed_panics(text in ".{0,40}", other in ".{0,40}") {
        let _ = (read_free_field(&text), holds_bsn(&text), near(&text, &other), index_groups(&text));
        let _ = SearchQuery::parse(&text).matches(&other);
    }
}
