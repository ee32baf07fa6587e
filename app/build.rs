//! Turns `locales/<language>/<namespace>.json` into Rust, so that a text that is missing in a language, a name that is
//! not a text, or a placeholder that is filled in one language only, does not compile.
//!
//! A namespace becomes a struct with a field for each plain text and a method for each text with placeholders:
//!
//! ```json
//! { "title": "Inloggen", "wait": "Wacht {seconds} seconden", "found": { "one": "{n} deelnemer", "other": "{n} deelnemers" } }
//! ```
//!
//! gives `texts.signin().title`, `texts.signin().wait(30)` and `texts.signin().found(2_967)`; `n` is written with the
//! thousands separator of the language. Nothing is looked up by name at run time, and nothing but the texts themselves
//! goes to the browser: those of a page with the part that the page is in, because each namespace stands by itself.

use std::{collections::BTreeMap, error::Error, fmt::Write as _, fs, path::Path};

const LANGUAGES: [&str; 2] = ["nl", "en"];

type Entries = BTreeMap<String, Text>;

/// One text in one language.
enum Text {
    Plain(String),
    Plural { one: String, other: String },
}

impl Text {
    fn read(value: &serde_json::Value) -> Option<Self> {
        if let Some(text) = value.as_str() {
            return Some(Self::Plain(text.to_owned()));
        }
        let forms = value.as_object().filter(|forms| forms.len() == 2)?;
        let form = |name| Some(forms.get(name)?.as_str()?.to_owned());
        Some(Self::Plural { one: form("one")?, other: form("other")? })
    }

    /// The names of the placeholders, in the order in which they first stand in the text.
    fn placeholders(&self) -> Vec<&str> {
        let (first, second) = match self {
            Self::Plain(text) => (text.as_str(), ""),
            Self::Plural { one, other } => (other.as_str(), one.as_str()),
        };
        let mut names: Vec<&str> = Vec::new();
        for part in first.split('{').skip(1).chain(second.split('{').skip(1)) {
            if let Some((name, _)) = part.split_once('}')
                && !names.contains(&name)
            {
                names.push(name);
            }
        }
        names
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let root = Path::new(&std::env::var("CARGO_MANIFEST_DIR")?).join("../locales");
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed={}", root.display());
    let [dutch, english] = [read_language(&root, LANGUAGES[0])?, read_language(&root, LANGUAGES[1])?];
    if !dutch.keys().eq(english.keys()) {
        return Err(format!(
            "locales/nl and locales/en must hold the same files: {:?} and {:?}",
            dutch.keys().collect::<Vec<_>>(),
            english.keys().collect::<Vec<_>>()
        )
        .into());
    }
    let mut code = String::new();
    let mut namespaces = String::new();
    for (namespace, nl) in &dutch {
        let en = &english[namespace];
        write_namespace(&mut code, namespace, nl, en)?;
        let (name, place) = (type_name(namespace), namespace.to_uppercase());
        writeln!(
            namespaces,
            "/// The texts of `locales/*/{namespace}.json`.\npub fn {namespace}(&self) -> &'static {name} {{\n\
             match self.language {{ Language::Nl => &{place}_NL, Language::En => &{place}_EN }}\n}}"
        )?;
        for (language, suffix, entries) in [("Nl", "NL", nl), ("En", "EN", en)] {
            write!(code, "static {place}_{suffix}: {name} = {name} {{ ")?;
            if entries.values().any(|text| matches!(text, Text::Plural { .. })) {
                write!(code, "language: Language::{language}, ")?;
            }
            for (key, text) in entries {
                match text {
                    Text::Plain(text) => write!(code, "{key}: {text:?}, ")?,
                    Text::Plural { one, other } => write!(code, "{key}: ({one:?}, {other:?}), ")?,
                }
            }
            code.push_str("};\n");
        }
    }
    writeln!(
        code,
        "/// Every text in one language.\npub struct Texts {{\n/// The language.\npub language: Language,\n}}\n\
         impl Texts {{\n{namespaces}}}"
    )?;
    for (name, language) in [("NL", "Nl"), ("EN", "En")] {
        writeln!(code, "static {name}: Texts = Texts {{ language: Language::{language} }};")?;
    }
    fs::write(Path::new(&std::env::var("OUT_DIR")?).join("texts.rs"), code)?;
    Ok(())
}

fn read_language(root: &Path, language: &str) -> Result<BTreeMap<String, Entries>, Box<dyn Error>> {
    let mut namespaces = BTreeMap::new();
    for file in fs::read_dir(root.join(language))? {
        let path = file?.path();
        let Some(name) = path.file_name().and_then(|name| name.to_str()).and_then(|name| name.strip_suffix(".json"))
        else {
            continue;
        };
        let read: BTreeMap<String, serde_json::Value> =
            serde_json::from_slice(&fs::read(&path)?).map_err(|error| format!("{}: {error}", path.display()))?;
        let mut entries = Entries::new();
        for (key, value) in read {
            let text = Text::read(&value)
                .ok_or_else(|| format!("{}: {key} is neither a text nor {{\"one\", \"other\"}}", path.display()))?;
            entries.insert(key, text);
        }
        namespaces.insert(name.to_owned(), entries);
    }
    Ok(namespaces)
}

fn write_namespace(code: &mut String, namespace: &str, nl: &Entries, en: &Entries) -> Result<(), Box<dyn Error>> {
    if let Some(key) = nl.keys().find(|key| !en.contains_key(*key)).or(en.keys().find(|key| !nl.contains_key(*key))) {
        return Err(format!("{namespace}.{key} must stand in every language").into());
    }
    let name = type_name(namespace);
    let mut fields = String::new();
    let mut methods = String::new();
    for (key, text) in nl {
        let mut names = text.placeholders();
        let (mut sorted, mut others) = (names.clone(), en[key].placeholders());
        sorted.sort_unstable();
        others.sort_unstable();
        if sorted != others || matches!(text, Text::Plain(_)) != matches!(en[key], Text::Plain(_)) {
            return Err(format!("{namespace}.{key} must have the same placeholders in every language").into());
        }
        let (shown, kind) = match text {
            Text::Plain(text) => (text, "&'static str"),
            Text::Plural { other, .. } => (other, "(&'static str, &'static str)"),
        };
        let doc = shown.replace(['\n', '[', ']', '<', '>'], " ");
        if names.is_empty() && kind == "&'static str" {
            writeln!(fields, "/// {doc}\npub {key}: {kind},")?;
            continue;
        }
        writeln!(fields, "{key}: {kind},")?;
        let is_plural = matches!(text, Text::Plural { .. });
        if is_plural {
            names.retain(|name| *name != "n");
        }
        let mut parameters = if is_plural { ", n: u64".to_owned() } else { String::new() };
        let mut filled = if is_plural { "(\"n\", &number), ".to_owned() } else { String::new() };
        for name in &names {
            write!(parameters, ", {name}: impl Display")?;
            write!(filled, "(\"{name}\", &{name}), ")?;
        }
        let text = if is_plural {
            format!(
                "let number = number(self.language, n); fill(if n == 1 {{ self.{key}.0 }} else {{ self.{key}.1 }}, &[{filled}])"
            )
        } else {
            format!("fill(self.{key}, &[{filled}])")
        };
        writeln!(methods, "/// {doc}\npub fn {key}(&self{parameters}) -> String {{ {text} }}")?;
    }
    // Only a text with a number must know its language.
    let language = if methods.contains("self.language") { "language: Language,\n" } else { "" };
    writeln!(code, "/// The texts of `locales/*/{namespace}.json`.\npub struct {name} {{\n{language}{fields}}}")?;
    if !methods.is_empty() {
        writeln!(code, "impl {name} {{\n{methods}}}")?;
    }
    Ok(())
}

/// `in_out` becomes `InOutTexts`.
fn type_name(namespace: &str) -> String {
    let mut name = String::new();
    for part in namespace.split('_') {
        let mut letters = part.chars();
        name.extend(letters.next().map(|first| first.to_ascii_uppercase()));
        name.push_str(letters.as_str());
    }
    name.push_str("Texts");
    name
}
