//! What the browser has to load before it can do anything.

use super::{Finding, Report};
use serde_json::Value;

/// The first load of a page: module, glue and style sheet, as brotli. The goal is 230 kB, which needs pages that are
/// loaded when they are opened; until then this keeps it from growing.
const FIRST_LOAD: u64 = 505_000;
/// The style sheet, as gzip.
const STYLE: u64 = 20_000;

/// Weighs the site by the bundler's report; `name` is the stem of its module and glue.
pub fn check(report: Option<&str>, name: &str) -> Report {
    let mut result = Report::default();
    let Some(text) = report else {
        result.notes.push("sizes: not weighed, for the site was not built yet".to_owned());
        return result;
    };
    let Ok(report) = serde_json::from_str::<Value>(text) else {
        result.findings.push(Finding::new("site-report.json", 0, "cannot be read"));
        return result;
    };
    if report["made_for"] != "release" {
        result.notes.push("sizes: not weighed, for the site was built to work on".to_owned());
        return result;
    }
    let weight = |file: &str, form: &str| report["files"][file][form].as_u64();
    let first = [format!("{name}_bg.wasm"), format!("{name}.js"), "main.css".to_owned()];
    let weights: Option<Vec<u64>> = first.iter().map(|file| weight(file, "brotli")).collect();
    let (Some(weights), Some(style)) = (weights, weight("main.css", "gzip")) else {
        result.findings.push(Finding::new("site-report.json", 0, "lacks the module, the glue or the style sheet"));
        return result;
    };
    let load: u64 = weights.iter().sum();
    result.notes.push(format!(
        "sizes: first load {} (module {}, glue {}, style {}) of at most {}, as brotli; style {} of at most {}, as gzip",
        kilobytes(load),
        kilobytes(weights[0]),
        kilobytes(weights[1]),
        kilobytes(weights[2]),
        kilobytes(FIRST_LOAD),
        kilobytes(style),
        kilobytes(STYLE),
    ));
    for (what, is, may) in [("the first load (brotli)", load, FIRST_LOAD), ("the style sheet (gzip)", style, STYLE)] {
        if is > may {
            let what = format!("{what} is {}, {} too much", kilobytes(is), kilobytes(is - may));
            result.findings.push(Finding::new("site", 0, what));
        }
    }
    result
}

fn kilobytes(bytes: u64) -> String {
    format!("{}.{} kB", bytes / 1000, bytes % 1000 / 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(made_for: &str, module: u64, style: u64) -> String {
        format!(
            r#"{{"made_for": "{made_for}", "files": {{
                "x_bg.wasm": {{"brotli": {module}}}, "x.js": {{"brotli": 8000}},
                "main.css": {{"brotli": {style}, "gzip": {style}}}}}}}"#
        )
    }

    fn found(text: &str) -> usize {
        check(Some(text), "x").findings.len()
    }

    #[test]
    fn budgets_are_kept() {
        assert_eq!(found(&report("release", FIRST_LOAD - 18_000, 10_000)), 0);
        assert_eq!(found(&report("release", FIRST_LOAD - 17_999, 10_000)), 1);
        assert_eq!(found(&report("release", 100_000, 20_001)), 1);
    }

    #[test]
    fn what_was_not_made_for_use_is_not_weighed() {
        assert!(check(None, "x").is_clean());
        assert_eq!(found(&report("dev", 9_000_000, 90_000)), 0);
        assert_eq!(found("{"), 1);
        assert_eq!(found(r#"{"made_for": "release", "files": {}}"#), 1);
    }
}
