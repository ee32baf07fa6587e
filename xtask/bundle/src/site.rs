//! The folder that the server serves: names with the hash of the content, brotli beside them, a manifest of it all.

use crate::arguments::Arguments;
use crate::code::{self, Code};
use crate::style;
use anyhow::{Context as _, Result};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// What the site weighs and from what it was made; `cargo xtask tidy` reads it for the size budgets.
#[derive(Debug, Serialize, Deserialize, PartialEq, Eq)]
struct Report {
    /// "release" is what users get; "dev" says nothing about sizes.
    made_for: String,
    /// A hash of everything that went in, so that nothing is made twice.
    inputs: String,
    files: BTreeMap<String, Weight>,
    /// The files that a page's part consists of.
    parts: BTreeMap<String, Vec<String>>,
}

/// What the server finds the site by.
#[derive(Debug, Default, Serialize)]
struct Manifest {
    /// Where each file is, by the name that a program knows it by.
    files: BTreeMap<String, String>,
    /// Where the files are that a page's part consists of.
    parts: BTreeMap<String, Vec<String>>,
}

/// Bytes, as they are and as they travel.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, PartialEq, Eq)]
struct Weight {
    raw: usize,
    gzip: usize,
    brotli: usize,
}

/// Makes the site, or leaves it when nothing that goes in has changed.
pub fn write(arguments: &Arguments) -> Result<()> {
    let inputs = inputs(arguments)?;
    let made_for = if arguments.dev { "dev" } else { "release" };
    if arguments.site.join("manifest.json").is_file()
        && fs::read(&arguments.report)
            .ok()
            .and_then(|bytes| serde_json::from_slice::<Report>(&bytes).ok())
            .is_some_and(|report| report.inputs == inputs && report.made_for == made_for)
    {
        return Ok(());
    }

    let fresh = beside(&arguments.site, "new");
    remove(&fresh)?;
    let mut folder = Folder::new(&fresh, arguments.dev)?;
    let scratch = beside(&arguments.site, "bindgen");
    remove(&scratch)?;
    let code = code::bind(&arguments.wasm, &arguments.name, arguments.dev, &scratch)?;
    remove(&scratch)?;
    let pkg = &arguments.pkg;
    folder.add_code(pkg, &code)?;
    for (path, script) in &code.snippets {
        folder.add(&format!("{pkg}/{path}"), &format!("{pkg}/{path}"), script)?;
    }
    folder.add_hashed("main.css", pkg, style::bundle(&arguments.style, arguments.dev)?.as_bytes())?;
    each_file(&arguments.public, &mut |path, bytes| folder.add(path, path, &bytes))?;

    let report = Report { made_for: made_for.to_owned(), inputs, files: folder.weights, parts: code.parts };
    fs::write(fresh.join("manifest.json"), serde_json::to_vec_pretty(&folder.manifest)?)?;
    // The server may be reading: what is there goes away in one step, and what is new comes in one step.
    let old = beside(&arguments.site, "old");
    remove(&old)?;
    if arguments.site.exists() {
        fs::rename(&arguments.site, &old)?;
    }
    fs::rename(&fresh, &arguments.site)?;
    remove(&old)?;
    fs::write(&arguments.report, serde_json::to_vec_pretty(&report)?)?;
    Ok(())
}

/// A site that is being written.
struct Folder<'a> {
    root: &'a Path,
    dev: bool,
    manifest: Manifest,
    weights: BTreeMap<String, Weight>,
}

impl<'a> Folder<'a> {
    fn new(root: &'a Path, dev: bool) -> Result<Self> {
        fs::create_dir_all(root)?;
        Ok(Self { root, dev, manifest: Manifest::default(), weights: BTreeMap::new() })
    }

    /// Writes the files of the program in `folder`. Their names carry one hash, of all of them: the scripts import one
    /// another, so that none of them could carry its own, and none of them is of use to another version of the program.
    fn add_code(&mut self, folder: &str, code: &Code) -> Result<()> {
        let mut hash = Sha256::new();
        for (name, bytes) in &code.files {
            hash.update(name);
            hash.update((bytes.len() as u64).to_le_bytes());
            hash.update(bytes);
        }
        let hash = hex(&hash.finalize()[..8]);
        for (name, bytes) in &code.files {
            let hashed = |name: &str| format!("{folder}/{}", with_hash(name, &hash));
            if name.ends_with(".js") {
                let script = std::str::from_utf8(bytes).with_context(|| format!("{name} is no text"))?;
                self.add(name, &hashed(name), importing_hashed(script, &code.files, &hash).as_bytes())?;
            } else {
                self.add(name, &hashed(name), bytes)?;
            }
        }
        for (part, names) in &code.parts {
            let path = |name: &String| self.manifest.files.get(name).cloned();
            let paths = names.iter().map(|name| path(name).with_context(|| format!("{part} has no {name}")));
            let paths = paths.collect::<Result<_>>()?;
            self.manifest.parts.insert(part.clone(), paths);
        }
        Ok(())
    }

    /// Writes `bytes` in `folder` under `name` with the hash of its content, which may be kept for ever.
    fn add_hashed(&mut self, name: &str, folder: &str, bytes: &[u8]) -> Result<()> {
        let hashed = hashed_name(name, bytes);
        self.add(name, &format!("{folder}/{hashed}"), bytes)
    }

    /// Writes `bytes` at `path`, known to programs as `name`.
    fn add(&mut self, name: &str, path: &str, bytes: &[u8]) -> Result<()> {
        let file = self.root.join(path);
        if let Some(folder) = file.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(&file, bytes)?;
        let (gzip, brotli) = if shrinks(path) {
            // The best quality takes seconds for a module of debug size, and nobody waits for its bytes.
            let brotli = brotli(bytes, if self.dev { 5 } else { 11 })?;
            let weights = (gzip(bytes)?.len(), brotli.len().min(bytes.len()));
            if brotli.len() < bytes.len() {
                fs::write(self.root.join(format!("{path}.br")), brotli)?;
            }
            weights
        } else {
            (bytes.len(), bytes.len())
        };
        self.weights.insert(name.to_owned(), Weight { raw: bytes.len(), gzip, brotli });
        self.manifest.files.insert(name.to_owned(), format!("/{path}"));
        Ok(())
    }
}

/// Whether a file of this kind gets smaller: pictures and fonts are compressed already.
fn shrinks(path: &str) -> bool {
    const TEXT: [&str; 9] = ["js", "wasm", "css", "svg", "json", "webmanifest", "txt", "html", "xml"];
    path.rsplit_once('.').is_some_and(|(_, kind)| TEXT.contains(&kind))
}

fn brotli(bytes: &[u8], quality: u32) -> Result<Vec<u8>> {
    let mut writer = brotli::CompressorWriter::new(Vec::new(), 1 << 16, quality, 22);
    writer.write_all(bytes)?;
    writer.flush()?;
    Ok(writer.into_inner())
}

fn gzip(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    writer.write_all(bytes)?;
    Ok(writer.finish()?)
}

/// `main.css` with content becomes `main.<16 digits>.css`: the same for the same content, on every machine.
fn hashed_name(name: &str, bytes: &[u8]) -> String {
    with_hash(name, &hex(&Sha256::digest(bytes)[..8]))
}

fn with_hash(name: &str, hash: &str) -> String {
    match name.rsplit_once('.') {
        Some((stem, kind)) => format!("{stem}.{hash}.{kind}"),
        None => format!("{name}.{hash}"),
    }
}

/// The script with the addresses of the other files of the program as they are hashed.
fn importing_hashed(script: &str, files: &BTreeMap<String, Vec<u8>>, hash: &str) -> String {
    files.keys().fold(script.to_owned(), |script, name| {
        let hashed = with_hash(name, hash);
        // A module's imports are named by the plain path, which is no address and stays.
        ["from \"./NAME\"", "from './NAME'", "URL(\"./NAME\""].iter().fold(script, |script, import| {
            script.replace(&import.replace("NAME", name), &import.replace("NAME", &hashed))
        })
    })
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// One hash over everything that the site is made of.
fn inputs(arguments: &Arguments) -> Result<String> {
    let mut hash = Sha256::new();
    // A bundler that was changed makes the site anew.
    hash.update(fs::read(std::env::current_exe()?)?);
    hash.update(fs::read(&arguments.wasm).with_context(|| format!("{} is not there", arguments.wasm.display()))?);
    let styles = arguments.style.parent().unwrap_or(Path::new("."));
    for folder in [styles, &arguments.public] {
        each_file(folder, &mut |path, bytes| {
            hash.update(path);
            hash.update((bytes.len() as u64).to_le_bytes());
            hash.update(bytes);
            Ok(())
        })?;
    }
    for word in [&arguments.name, &arguments.pkg] {
        hash.update(word);
        hash.update([0]);
    }
    Ok(hex(&hash.finalize()))
}

/// Calls `use_file` with the path below `folder` and the content of each file, in the order of their names.
pub fn each_file(folder: &Path, use_file: &mut dyn FnMut(&str, Vec<u8>) -> Result<()>) -> Result<()> {
    fn walk(folder: &Path, prefix: &str, use_file: &mut dyn FnMut(&str, Vec<u8>) -> Result<()>) -> Result<()> {
        let entries = fs::read_dir(folder).with_context(|| format!("{} cannot be read", folder.display()))?;
        let mut entries = entries.collect::<std::io::Result<Vec<_>>>()?;
        entries.sort_by_key(fs::DirEntry::file_name);
        for entry in entries {
            let name = entry.file_name().to_string_lossy().into_owned();
            let path = if prefix.is_empty() { name.clone() } else { format!("{prefix}/{name}") };
            if entry.file_type()?.is_dir() {
                walk(&entry.path(), &path, use_file)?;
            } else if !name.starts_with('.') || prefix.ends_with(".well-known") {
                use_file(&path, fs::read(entry.path())?)?;
            }
        }
        Ok(())
    }
    walk(folder, "", use_file)
}

/// The folder `path` with a word behind its name: on the same disk, so that it can be renamed to it.
fn beside(path: &Path, word: &str) -> PathBuf {
    path.with_file_name(format!("{}.{word}", path.file_name().unwrap_or_default().to_string_lossy()))
}

fn remove(folder: &Path) -> Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder).with_context(|| format!("{} cannot be removed", folder.display()))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_follows_its_content() {
        let name = hashed_name("main.css", b"body{}");
        assert_eq!(name, hashed_name("main.css", b"body{}"));
        assert_ne!(name, hashed_name("main.css", b"body{ }"));
        assert_eq!((name.len(), name.starts_with("main."), name.ends_with(".css")), (25, true, true));
    }

    #[test]
    fn files_are_listed_where_they_are_and_compressed_when_that_helps() {
        let root = tempfile::tempdir().unwrap();
        let mut folder = Folder::new(root.path(), false).unwrap();
        folder.add("icons/mark.svg", "icons/mark.svg", "<svg/>".repeat(100).as_bytes()).unwrap();
        folder.add("tiny.txt", "tiny.txt", b"a").unwrap();
        folder.add("photo.png", "photo.png", &[0; 1000]).unwrap();
        folder.add_hashed("main.css", "pkg", b"body { color: black }").unwrap();
        assert_eq!(folder.manifest.files["icons/mark.svg"], "/icons/mark.svg");
        assert!(folder.manifest.files["main.css"].starts_with("/pkg/main."));
        assert!(root.path().join("icons/mark.svg.br").is_file());
        assert!(!root.path().join("tiny.txt.br").exists() && !root.path().join("photo.png.br").exists());
        assert_eq!(folder.weights["tiny.txt"].brotli, 1);
        assert!(folder.weights["icons/mark.svg"].brotli < 60);
    }

    #[test]
    fn the_files_of_the_program_share_a_hash_and_import_one_another_by_it() {
        let root = tempfile::tempdir().unwrap();
        let mut folder = Folder::new(root.path(), true).unwrap();
        let glue = "import * as import1 from \"./x_parts.js\"\nconst imports = { \"./x_parts.js\": import1 };";
        let loader = "import { initSync } from \"./x.js\";\nfetch(new URL(\"./split_list.wasm\", import.meta.url));";
        let files = [("x.js", glue), ("x_parts.js", loader), ("x_bg.wasm", "module"), ("split_list.wasm", "part")];
        let files = files.map(|(name, text)| (name.to_owned(), text.as_bytes().to_vec()));
        let parts = [("list".to_owned(), vec!["split_list.wasm".to_owned()])];
        folder.add_code("pkg", &Code { files: files.into(), parts: parts.into(), snippets: BTreeMap::new() }).unwrap();
        let place = |name: &str| folder.manifest.files[name].clone();
        let hash = place("x.js").split('.').nth(1).unwrap().to_owned();
        assert_eq!(place("split_list.wasm"), format!("/pkg/split_list.{hash}.wasm"));
        assert_eq!(folder.manifest.parts["list"], [place("split_list.wasm")]);
        let written = |name: &str| fs::read_to_string(root.path().join(&place(name)[1..])).unwrap();
        assert_eq!(
            written("x.js"),
            format!(
                "import * as import1 from \"./x_parts.{hash}.js\"\nconst imports = {{ \"./x_parts.js\": import1 }};"
            )
        );
        assert!(written("x_parts.js").contains(&format!("from \"./x.{hash}.js\"")));
        assert!(written("x_parts.js").contains(&format!("URL(\"./split_list.{hash}.wasm\"")));
    }

    #[test]
    fn hidden_files_are_left_out_but_for_what_is_well_known() {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir_all(root.path().join(".well-known")).unwrap();
        for path in [".hidden", "robots.txt", ".well-known/security.txt"] {
            fs::write(root.path().join(path), path).unwrap();
        }
        let mut seen = Vec::new();
        each_file(root.path(), &mut |path, _| {
            seen.push(path.to_owned());
            Ok(())
        })
        .unwrap();
        assert_eq!(seen, [".well-known/security.txt", "robots.txt"]);
    }
}
