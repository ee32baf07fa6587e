//! Makes the site's files from what cargo built: what the browser loads, what it weighs, and where it is.
//!
//! It stands apart from `xtask`, because the libraries that it needs take minutes to compile and most commands of
//! `xtask` do without. It writes
//!
//! - `pkg/<name>.<hash>.js` and `pkg/<name>_bg.<hash>.wasm`: what every page needs of the frontend, behind wasm-bindgen;
//! - `pkg/<name>_parts.<hash>.js`, `pkg/split_<part>.<hash>.wasm` and `pkg/chunk_<number>.<hash>.wasm`: what loads the code
//!   of single pages, that code, and what several of them need;
//! - `pkg/main.<hash>.css`: the style sheet with its parts, minified;
//! - every file of `public/` under its own name;
//! - a `.br` beside each of them that brotli makes smaller;
//! - `manifest.json`: where each file is to be found, by the name that a program knows it by, and which a part needs;
//! - the report, outside the site: what each file weighs.

mod arguments;
mod code;
mod site;
mod snip;
mod style;

use anyhow::Result;

fn main() -> Result<()> {
    let arguments = arguments::Arguments::parse(std::env::args().skip(1))?;
    site::write(&arguments)
}
