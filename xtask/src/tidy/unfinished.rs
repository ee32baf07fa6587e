//! What was left for later.

use super::Finding;
use super::source::Source;

/// What people write when something is not finished or switched off. Halves are joined here, so that this file is clean.
const MARKS: [(&str, &str); 9] = [
    ("TO", "DO"),
    ("FIX", "ME"),
    ("to", "do!("),
    ("unimple", "mented!("),
    ("db", "g!("),
    ("#[ig", "nore"),
    ("test.on", "ly("),
    ("describe.on", "ly("),
    ("test.fix", "me("),
];
/// The files that people write.
const WRITTEN: [&str; 10] = [".rs", ".ts", ".mjs", ".js", ".css", ".sh", ".toml", ".md", ".json", "run"];

/// Marks of unfinished work, in code and texts.
pub fn check(sources: &[Source]) -> Vec<Finding> {
    let mut findings = Vec::new();
    let written = |source: &&Source| WRITTEN.iter().any(|kind| source.path.ends_with(kind));
    for source in sources.iter().filter(written) {
        for (number, line) in source.text.lines().enumerate() {
            for (start, end) in MARKS {
                if has_word(line, &format!("{start}{end}")) {
                    let what = format!("{start}{end}: finish it, or say in a sentence why it is as it is");
                    findings.push(Finding::new(&source.path, number + 1, what));
                }
            }
        }
    }
    findings
}

fn has_word(line: &str, word: &str) -> bool {
    line.match_indices(word).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        let after = line[at + word.len()..].chars().next();
        let is_part = |c: char| c.is_alphanumeric() || c == '_';
        !before.is_some_and(is_part) && (!word.ends_with(char::is_alphabetic) || !after.is_some_and(is_part))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: String) -> usize {
        check(&[Source::new("app/src/flow.rs", text)]).len()
    }

    #[test]
    fn every_mark_is_seen() {
        for (start, end) in MARKS {
            assert_eq!(found(format!("    {start}{end} x")), 1, "{start}{end}");
        }
    }

    #[test]
    fn words_that_look_alike_are_not() {
        assert_eq!(found(format!("const {}{}S: u8 = 1; // methodo!(", "TO", "DO")), 0);
    }
}
