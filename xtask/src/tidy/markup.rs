//! What the content security policy would block, and what lets a user's text become markup.

use super::Finding;
use super::source::Source;

/// A text, the files that may have it, and why nobody else does.
const KEPT_OUT: [(&str, &[&str], &str); 8] = [
    (" style=", &[], "the content security policy blocks it; use a class"),
    // The table sets a height while it is scrolled, which is in the browser, where a script may.
    (
        " style:",
        &["app/src/participants/scrolling.rs"],
        "it becomes a style attribute, which the content security policy blocks; use a class",
    ),
    ("<style", &[], "the content security policy blocks it; styles are in style/"),
    ("<script", &["app/src/shell.rs", "app/src/shell/"], "the shell has the one script, with its nonce"),
    // What goes in there is typed: markup of the program's own, and text that was escaped.
    (
        "inner_html",
        &["app/src/shell.rs", "app/src/shell/", "app/src/ui/html.rs"],
        "a text of a user would become markup; write rows with ui::html",
    ),
    ("<textarea", &["app/src/ui/"], "Leptos 0.8 does not escape its text; there is one component that does"),
    (" onclick=", &[], "the content security policy blocks it; use on:click"),
    ("=\"javascript:", &[], "the content security policy blocks it"),
];

/// Such texts in views, and in pages that are served as they are.
pub fn check(sources: &[Source]) -> Vec<Finding> {
    let is_markup = |source: &&Source| {
        source.is_rust_in("app/src/")
            || (source.path.starts_with("public/") && [".html", ".svg"].iter().any(|kind| source.path.ends_with(kind)))
    };
    let mut findings = Vec::new();
    for source in sources.iter().filter(is_markup) {
        let code = source.code_without_tests();
        for (text, places, why) in KEPT_OUT {
            if places.iter().any(|place| source.path.starts_with(place)) {
                continue;
            }
            for (number, line) in code.lines().enumerate() {
                // An attribute may be the first word on its line, and `style: T` is the field of a struct.
                let line = format!(" {}", line.trim_start());
                let found = line.match_indices(text).any(|(at, _)| {
                    !text.ends_with(':')
                        || text != " style:"
                        || line[at + text.len()..].starts_with(char::is_alphabetic)
                });
                if found {
                    findings.push(Finding::new(&source.path, number + 1, format!("{}: {why}", text.trim())));
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
    fn styles_and_scripts_are_not_inline() {
        let cases =
            ["<p style=\"color: red\">", "<p\n    style=\"x\">", "<p style:color=\"red\">", "<a onclick=\"x\">"];
        for text in cases {
            assert_eq!(lines("app/src/flow.rs", text).len(), 1, "{text}");
        }
        assert!(lines("app/src/flow.rs", "struct X { style: Style, } <p class=\"style\"> // style=\"\"").is_empty());
        assert_eq!(lines("public/offline.html", "<style>a{}</style>").len(), 1);
    }

    #[test]
    fn the_shell_has_the_one_script() {
        assert_eq!(lines("app/src/flow.rs", "\nview! { <script nonce=x inner_html=y></script> }"), [2, 2]);
        assert!(lines("app/src/shell.rs", "view! { <script nonce=x inner_html=y></script> }").is_empty());
    }

    #[test]
    fn long_texts_are_typed_into_the_one_component() {
        assert_eq!(lines("app/src/messages/page.rs", "<textarea>{text}</textarea>"), [1]);
        assert!(lines("app/src/ui/textarea.rs", "<textarea prop:value=text></textarea>").is_empty());
    }
}
