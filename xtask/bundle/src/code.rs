//! The frontend behind wasm-bindgen.

use crate::snip;
use anyhow::{Context as _, Result};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use wasm_bindgen_cli_support::Bindgen;

/// What wasm-bindgen makes of the frontend.
pub struct Code {
    /// The glue between the page and the module.
    pub glue: Vec<u8>,
    /// The module.
    pub module: Vec<u8>,
    /// Scripts of the libraries that the glue imports by a path relative to itself.
    pub snippets: BTreeMap<String, Vec<u8>>,
}

/// Runs wasm-bindgen over the module at `wasm`, using `scratch` as a place to write.
///
/// The glue is told not to guess where the module is: the page's own script passes the hashed address.
pub fn bind(wasm: &Path, name: &str, dev: bool, scratch: &Path) -> Result<Code> {
    let mut module = fs::read(wasm).with_context(|| format!("{} cannot be read", wasm.display()))?;
    if !dev {
        module = snip::without_unused(&module).with_context(|| format!("{} is no module", wasm.display()))?;
    }
    Bindgen::new()
        .input_bytes(name, module)
        .out_name(name)
        .web(true)?
        .typescript(false)
        .omit_default_module_path(true)
        .remove_name_section(!dev)
        .remove_producers_section(true)
        .generate(scratch)
        .with_context(|| format!("wasm-bindgen refuses {}", wasm.display()))?;
    let read = |file: String| fs::read(scratch.join(&file)).with_context(|| format!("wasm-bindgen wrote no {file}"));
    let mut snippets = BTreeMap::new();
    let folder = scratch.join("snippets");
    if folder.is_dir() {
        crate::site::each_file(&folder, &mut |path, bytes| {
            snippets.insert(format!("snippets/{path}"), bytes);
            Ok(())
        })?;
    }
    Ok(Code { glue: read(format!("{name}.js"))?, module: read(format!("{name}_bg.wasm"))?, snippets })
}
