//! Server functions: every one is a public address, so it has a name that stays, and only a post reaches it.

use super::Finding;
use super::source::{Source, closing};
use std::collections::BTreeMap;
use std::ops::Range;

/// A function with `#[server]` on it.
#[derive(Debug)]
pub struct ServerFunction {
    /// Where its attribute is, in the code.
    pub attribute: Range<usize>,
    /// Where its body is, in the code.
    pub body: Range<usize>,
}

/// Finds the server functions in code without comments.
pub fn functions(code: &str) -> Vec<ServerFunction> {
    let mut functions = Vec::new();
    for (start, _) in code.match_indices("#[server") {
        if !code[start + 8..].starts_with(['(', ']', ' ']) {
            continue;
        }
        let end = closing(code, start + 1);
        if !is_before_function(&code[end..]) {
            // It says something about an argument, such as its default.
            continue;
        }
        // The first brace outside of other brackets opens the body.
        let mut open = end;
        while open < code.len() && code.as_bytes()[open] != b'{' {
            open = match code.as_bytes()[open] {
                b'(' | b'[' => closing(code, open),
                _ => open + 1,
            };
        }
        let body = if open < code.len() { open..closing(code, open) } else { open..open };
        functions.push(ServerFunction { attribute: start..end, body });
    }
    functions
}

/// Whether a function comes next, after other attributes.
fn is_before_function(mut rest: &str) -> bool {
    rest = rest.trim_start();
    while rest.starts_with("#[") {
        rest = rest[closing(rest, 1)..].trim_start();
    }
    ["pub ", "pub(", "async ", "fn "].iter().any(|word| rest.starts_with(word))
}

/// The address in an attribute.
fn endpoint(attribute: &str) -> Option<&str> {
    let rest = &attribute[attribute.find("endpoint")? + "endpoint".len()..];
    rest.trim_start().strip_prefix('=')?.trim_start().strip_prefix('"')?.split('"').next()
}

/// Server functions without an address of their own, with another's, or within reach of a link.
pub fn check(sources: &[Source]) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut taken = BTreeMap::new();
    for source in sources.iter().filter(|source| source.is_rust_in("") && !source.path.starts_with("xtask/")) {
        for function in functions(&source.code) {
            let line = source.line_of(function.attribute.start);
            let attribute = &source.code[function.attribute];
            let mut find = |what: String| findings.push(Finding::new(&source.path, line, what));
            match endpoint(attribute) {
                None => find("a server function without `endpoint`: renaming it would break open tabs".to_owned()),
                Some(address) => {
                    if let Some(other) = taken.insert(address, format!("{}:{line}", source.path)) {
                        find(format!("endpoint \"{address}\" is taken by {other}"));
                    }
                }
            }
            if !source.path.starts_with("app/") {
                find("a server function outside app".to_owned());
            }
        }
        for word in ["GetUrl", "method = get"] {
            if source.path.starts_with("app/") {
                for offset in source.find_word(word) {
                    let what = format!("{word}: a link on any site could call it");
                    findings.push(Finding::new(&source.path, source.line_of(offset), what));
                }
            }
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(path: &str, text: &str) -> Vec<usize> {
        check(&[Source::new(path, text.to_owned())]).iter().map(|finding| finding.line).collect()
    }

    #[test]
    fn a_server_function_has_an_address_of_its_own() {
        assert_eq!(lines("app/src/flow.rs", "\n#[server]\nasync fn a() {}"), [2]);
        assert_eq!(lines("app/src/flow.rs", "#[server(prefix = \"/api\")]\nasync fn a() {}"), [1]);
        assert!(lines("app/src/flow.rs", "#[server(prefix = \"/api\", endpoint = \"a\")]\nasync fn a() {}").is_empty());
        let twice = "#[server(endpoint = \"a\")]\nasync fn a() {}\n#[server(endpoint = \"a\")]\nasync fn b() {}";
        assert_eq!(lines("app/src/flow.rs", twice), [3]);
    }

    #[test]
    fn a_link_cannot_call_one() {
        let text = "#[server(endpoint = \"a\", input = GetUrl)]\nasync fn a() {}";
        assert_eq!(lines("app/src/flow.rs", text), [1]);
    }

    #[test]
    fn they_live_in_app() {
        assert_eq!(lines("server/src/api.rs", "#[server(endpoint = \"a\")]\nasync fn a() {}"), [1]);
    }

    #[test]
    fn what_is_said_about_an_argument_is_no_function() {
        let text = "#[server(endpoint = \"a\")]\n#[lint]\npub async fn a(\n    #[server(default)] x: X,\n) {}";
        assert!(lines("app/src/flow.rs", text).is_empty());
        assert_eq!(functions(text).len(), 1);
    }

    #[test]
    fn the_body_ends_where_it_ends() {
        let code = "#[server(endpoint = \"a\")] pub async fn a(x: [u8; 2]) -> Result<(), E> { if x { y } } fn b() {}";
        let functions = functions(code);
        assert_eq!(functions.len(), 1);
        assert_eq!(&code[functions[0].body.clone()], "{ if x { y } }");
    }
}
