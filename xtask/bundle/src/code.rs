//! The frontend, split into the part that every page needs and the parts of single pages, behind wasm-bindgen.

use crate::snip;
use anyhow::{Context as _, Result, anyhow};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use wasm_bindgen_cli_support::Bindgen;

/// What becomes of the frontend.
pub struct Code {
    /// The scripts and modules by name. They only fit one another as they were made together.
    pub files: BTreeMap<String, Vec<u8>>,
    /// The modules that a page's part consists of, by the name that the part has in the program.
    pub parts: BTreeMap<String, Vec<String>>,
    /// Scripts of the libraries that the glue imports by a path relative to itself.
    pub snippets: BTreeMap<String, Vec<u8>>,
}

/// Splits the module at `wasm` and runs wasm-bindgen over the part that every page needs, using `scratch` as a place to
/// write.
///
/// The glue is told not to guess where the module is: the page's own script passes the hashed address.
pub fn bind(wasm: &Path, name: &str, dev: bool, scratch: &Path) -> Result<Code> {
    let mut module = fs::read(wasm).with_context(|| format!("{} cannot be read", wasm.display()))?;
    if !dev {
        module = snip::without_unused(&module).with_context(|| format!("{} is no module", wasm.display()))?;
    }
    let (glue, main, loader) = (format!("{name}.js"), format!("{name}_bg.wasm"), format!("{name}_parts.js"));
    let unbound = scratch.join("unbound.wasm");
    let (glue_path, loader_path) = (format!("./{glue}"), format!("./{loader}"));
    let mut options = wasm_split_cli_support::Options::new(&module);
    options.output_dir = scratch;
    options.main_out_path = &unbound;
    options.main_module = &glue_path;
    options.link_name = &loader_path;
    let split = wasm_split_cli_support::transform(options)
        .map_err(|error| anyhow!("{} cannot be split: {error:#}", wasm.display()))?;

    Bindgen::new()
        .input_bytes(name, fs::read(&unbound)?)
        .out_name(name)
        .web(true)?
        .typescript(false)
        .omit_default_module_path(true)
        // What the parts use of the main module, they find by the names that the linker gave.
        .keep_lld_exports(true)
        .demangle(false)
        .remove_name_section(!dev)
        .remove_producers_section(true)
        .generate(scratch)
        .with_context(|| format!("wasm-bindgen refuses {}", wasm.display()))?;

    let read = |file: &str| fs::read(scratch.join(file)).with_context(|| format!("{file} was not written"));
    let mut files = BTreeMap::new();
    for file in [glue, loader] {
        files.insert(file.clone(), read(&file)?);
    }
    let bound = read(&main)?;
    files.insert(main, if dev { bound } else { compact(&bound)? });
    for path in split.split_modules {
        let file = path.file_name().and_then(|name| name.to_str()).context("a part has no name")?.to_owned();
        let mut bytes = read(&file)?;
        if !dev {
            bytes = compact(&bytes)?;
        }
        files.insert(file, bytes);
    }
    let parts = split
        .prefetch_map
        .into_iter()
        .map(|(part, stems)| (part, stems.into_iter().map(|stem| format!("{stem}.wasm")).collect()));
    let mut snippets = BTreeMap::new();
    let folder = scratch.join("snippets");
    if folder.is_dir() {
        crate::site::each_file(&folder, &mut |path, bytes| {
            snippets.insert(format!("snippets/{path}"), bytes);
            Ok(())
        })?;
    }
    Ok(Code { files, parts: parts.collect(), snippets })
}

/// The module without names, without what compilers note in it for one another, and without the room that the linker leaves
/// around every number.
fn compact(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut config = walrus::ModuleConfig::new();
    let mut module = config.generate_name_section(false).generate_producers_section(false).parse(bytes)?;
    let notes: Vec<_> = module.customs.iter().map(|(id, _)| id).collect();
    for note in notes {
        module.customs.delete(note);
    }
    Ok(module.emit_wasm())
}
