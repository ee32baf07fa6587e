//! Time and chance each come from one place, and no spreadsheet is read whole.

use super::Finding;
use super::source::Source;

/// Words, the places that may have them, and why nobody else does.
const RESERVED: [(&[&str], &[&str], &str); 5] = [
    (
        &["Utc::now", "Local::now", "SystemTime::now", "SystemTime::elapsed"],
        &["service/src/clock.rs", "xtask/"],
        "the time comes from service/src/clock.rs, so that tests and demonstrations can set it",
    ),
    (
        &["CURRENT_TIMESTAMP", "CURRENT_DATE", "current_timestamp", "current_date", "'now'"],
        &["xtask/", "service/src/clock.rs"],
        "the database is told the time, it is not asked",
    ),
    (
        &["getrandom"],
        &["service/src/secret.rs", "data/src/crypt.rs", "xtask/"],
        "secrets are made in service/src/secret.rs, and nonces of the cipher in data/src/crypt.rs",
    ),
    (
        &["rand::", "thread_rng", "OsRng", "StdRng", "SmallRng", "Math::random"],
        &["xtask/"],
        "chance comes from the operating system, through getrandom",
    ),
    (
        &["worksheet_range", "worksheet_range_at", ".worksheets("],
        &["xtask/"],
        "a small file can take gigabytes: sheets are streamed behind limits",
    ),
];

/// Reserved words outside their place.
pub fn check(sources: &[Source]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for source in sources.iter().filter(|source| source.is_rust_in("")) {
        for (words, places, why) in RESERVED {
            if places.iter().any(|place| source.path.starts_with(place)) {
                continue;
            }
            for word in words {
                for offset in source.find_word(word) {
                    findings.push(Finding::new(&source.path, source.line_of(offset), format!("{word}: {why}")));
                }
            }
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(path: &str, text: &str) -> usize {
        check(&[Source::new(path, text.to_owned())]).len()
    }

    #[test]
    fn time_has_one_place() {
        for text in ["let now = Utc::now();", "let now = chrono::Local::now();", "SystemTime::now()"] {
            assert_eq!(found("server/src/jobs.rs", text), 1, "{text}");
            assert_eq!(found("service/src/clock.rs", text), 0, "{text}");
        }
        assert_eq!(found("data/src/session.rs", "\"UPDATE x SET seen = CURRENT_TIMESTAMP\""), 1);
        assert_eq!(found("server/src/jobs.rs", "// Utc::now() is forbidden here.\nclock.now()"), 0);
    }

    #[test]
    fn chance_has_its_places() {
        assert_eq!(found("service/src/secret.rs", "rand::random()"), 1);
        assert_eq!(found("service/src/secret.rs", "getrandom::fill(&mut bytes)"), 0);
        assert_eq!(found("server/src/state.rs", "getrandom::fill(&mut bytes)"), 1);
    }

    #[test]
    fn sheets_are_streamed() {
        assert_eq!(found("service/src/import.rs", "book.worksheet_range(name)"), 1);
        assert_eq!(found("service/src/import.rs", "book.worksheet_cells_reader(name)"), 0);
    }
}
