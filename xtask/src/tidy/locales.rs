//! Dutch and English say the same things.

use super::Finding;
use super::source::Source;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// The languages; the first is the one that is written first.
const LANGUAGES: [&str; 2] = ["nl", "en"];

/// Texts by their keys, joined by dots.
type Texts = BTreeMap<String, String>;

/// Keys that one language has and the other lacks, texts that are empty, and values that differ in what they insert.
pub fn check(sources: &[Source]) -> Vec<Finding> {
    let mut findings = Vec::new();
    // By the name of the part: "" for locales/nl.json, "flow.json" for locales/nl/flow.json.
    let mut parts: BTreeMap<String, BTreeMap<&str, (&Source, Texts)>> = BTreeMap::new();
    for source in sources {
        let Some(rest) = source.path.strip_prefix("locales/") else { continue };
        for language in LANGUAGES {
            let part = match rest.strip_prefix(language) {
                Some(rest) if rest.starts_with('/') => rest[1..].to_owned(),
                Some(rest) if rest.starts_with('.') => rest.to_owned(),
                _ => continue,
            };
            match parsed(source) {
                Ok(value) => {
                    let mut texts = BTreeMap::new();
                    flatten("", &value, &mut texts);
                    parts.entry(part).or_default().insert(language, (source, texts));
                }
                Err(error) => findings.push(Finding::new(&source.path, 0, error)),
            }
        }
    }
    for (part, languages) in &parts {
        let all: BTreeSet<&String> = languages.values().flat_map(|(_, texts)| texts.keys()).collect();
        for language in LANGUAGES {
            let Some((source, texts)) = languages.get(language) else {
                findings.push(Finding::new(&format!("locales/{part}"), 0, format!("is not there in {language}")));
                continue;
            };
            for key in &all {
                match texts.get(*key) {
                    None => findings.push(Finding::new(&source.path, 0, format!("has no text for {key}"))),
                    Some(text) if text.trim().is_empty() => {
                        findings.push(Finding::new(&source.path, 0, format!("the text for {key} is empty")));
                    }
                    Some(_) => {}
                }
            }
        }
        if let (Some((_, first)), Some((source, second))) = (languages.get(LANGUAGES[0]), languages.get(LANGUAGES[1])) {
            for (key, text) in second {
                if first.get(key).is_some_and(|other| inserted(other) != inserted(text)) {
                    findings.push(Finding::new(&source.path, 0, format!("{key} inserts something else than in Dutch")));
                }
            }
        }
    }
    findings
}

fn parsed(source: &Source) -> Result<Value, String> {
    if source.path.ends_with(".toml") {
        let table: toml::Table = source.text.parse().map_err(|error: toml::de::Error| error.message().to_owned())?;
        serde_json::to_value(table).map_err(|error| error.to_string())
    } else {
        serde_json::from_str(&source.text).map_err(|error| error.to_string())
    }
}

fn flatten(prefix: &str, value: &Value, texts: &mut Texts) {
    match value {
        Value::Object(entries) => {
            for (key, value) in entries {
                let path = if prefix.is_empty() { key.clone() } else { format!("{prefix}.{key}") };
                flatten(&path, value, texts);
            }
        }
        Value::String(text) => {
            texts.insert(prefix.to_owned(), text.clone());
        }
        other => {
            texts.insert(prefix.to_owned(), other.to_string());
        }
    }
}

/// The names between `{{` and `}}`.
fn inserted(text: &str) -> BTreeSet<&str> {
    text.split("{{").skip(1).filter_map(|rest| rest.split("}}").next()).map(str::trim).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(nl: &str, en: &str) -> Vec<String> {
        let sources = [Source::new("locales/nl.json", nl.to_owned()), Source::new("locales/en.json", en.to_owned())];
        check(&sources).into_iter().map(|finding| finding.what).collect()
    }

    #[test]
    fn both_languages_have_every_text() {
        assert!(found(r#"{"a": {"b": "x {{ n }}"}}"#, r#"{"a": {"b": "y {{n}}"}}"#).is_empty());
        assert_eq!(found(r#"{"a": {"b": "x"}, "c": "d"}"#, r#"{"c": "d"}"#), ["has no text for a.b"]);
        assert_eq!(found(r#"{"a": "x"}"#, r#"{"a": " "}"#), ["the text for a is empty"]);
        assert_eq!(found(r#"{"a": "x"}"#, r#"{"a": "{{ n }}"}"#), ["a inserts something else than in Dutch"]);
        assert_eq!(found("{", "{}").len(), 2);
    }

    #[test]
    fn a_part_may_not_be_missing() {
        let sources = [Source::new("locales/nl/flow.json", "{}".to_owned())];
        assert_eq!(check(&sources)[0].what, "is not there in en");
    }
}
