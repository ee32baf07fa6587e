//! The files of the site: style, script, module, icons. In a release they are part of the program; otherwise they are
//! read from where `cargo xtask build` puts them, so that a change shows without building the program anew.

use std::{borrow::Cow, collections::HashMap, sync::Arc};

use axum::{
    body::Body,
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use collectief_app::SiteFiles;
use rust_embed::{EmbeddedFile, RustEmbed};
use serde::Deserialize;

use crate::state::AppState;

#[derive(RustEmbed)]
#[folder = "$COLLECTIEF_SITE"]
#[allow_missing = true]
struct Site;

/// The list of what the site consists of, by the names that programs know.
const MANIFEST: &str = "manifest.json";

/// The site was not built.
#[derive(Debug, thiserror::Error)]
#[error("the site has not been built: there is no manifest.json in {}; `cargo xtask build` makes it", env!("COLLECTIEF_SITE"))]
pub struct SiteMissing;

/// The files of the site. Cheap to clone.
#[derive(Clone)]
pub struct Assets(Arc<Kept>);

struct Kept {
    files: Arc<SiteFiles>,
    /// Only in a release: what can be asked for, by path without the first slash.
    paths: HashMap<Cow<'static, str>, Asset>,
}

/// One file, ready to be sent.
#[derive(Clone)]
struct Asset {
    plain: Cow<'static, [u8]>,
    brotli: Option<Cow<'static, [u8]>>,
    kind: &'static str,
    etag: HeaderValue,
    hashed: bool,
}

impl Assets {
    /// The files of the site that was built.
    ///
    /// # Errors
    /// When there is none.
    pub fn load() -> Result<Self, SiteMissing> {
        let files = site_files().ok_or(SiteMissing)?;
        let paths = if cfg!(debug_assertions) {
            HashMap::new()
        } else {
            Site::iter().filter_map(|path| Some((path.clone(), asset(&path)?))).collect()
        };
        Ok(Self(Arc::new(Kept { files: Arc::new(files), paths })))
    }

    /// No files: pages then stand without style and script. For tests of what is not the site.
    pub fn none() -> Self {
        Self(Arc::new(Kept { files: Arc::default(), paths: HashMap::new() }))
    }

    /// The addresses of the hashed files.
    pub fn site_files(&self) -> Arc<SiteFiles> {
        // While developing they change below a running server.
        if cfg!(debug_assertions)
            && let Some(files) = site_files()
        {
            return Arc::new(files);
        }
        Arc::clone(&self.0.files)
    }

    fn get(&self, path: &str) -> Option<Asset> {
        let path = path.strip_prefix('/')?;
        if path == MANIFEST || path.ends_with(".br") {
            return None;
        }
        if cfg!(debug_assertions) { asset(path) } else { self.0.paths.get(path).cloned() }
    }
}

/// The manifest, as the bundler writes it.
#[derive(Deserialize)]
struct Manifest {
    files: HashMap<String, String>,
    parts: HashMap<String, Vec<String>>,
}

fn site_files() -> Option<SiteFiles> {
    let Manifest { mut files, parts } = serde_json::from_slice(&Site::get(MANIFEST)?.data).ok()?;
    let mut take = |name| files.remove(name);
    Some(SiteFiles {
        css: take("main.css")?,
        js: take("collectief.js")?,
        loader: take("collectief_parts.js")?,
        wasm: take("collectief_bg.wasm")?,
        parts,
    })
}

fn asset(path: &str) -> Option<Asset> {
    let EmbeddedFile { data, metadata } = Site::get(path)?;
    let etag: String = metadata.sha256_hash()[..12].iter().map(|byte| format!("{byte:02x}")).collect();
    Some(Asset {
        plain: data,
        brotli: Site::get(&format!("{path}.br")).map(|file| file.data),
        kind: kind(path),
        etag: HeaderValue::from_str(&format!("\"{etag}\"")).ok()?,
        hashed: is_hashed(path),
    })
}

/// Whether a name has the hash of its content in it, `main.0123456789abcdef.css`, so that it can be kept for ever.
fn is_hashed(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or_default();
    name.split('.').rev().nth(1).is_some_and(|part| part.len() == 16 && part.bytes().all(|b| b.is_ascii_hexdigit()))
}

fn kind(path: &str) -> &'static str {
    match path.rsplit_once('.').map(|(_, extension)| extension) {
        Some("css") => "text/css; charset=utf-8",
        Some("js" | "mjs") => "text/javascript; charset=utf-8",
        Some("wasm") => "application/wasm",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("ico") => "image/x-icon",
        Some("webp") => "image/webp",
        Some("woff2") => "font/woff2",
        Some("webmanifest") => "application/manifest+json",
        Some("json") => "application/json",
        Some("txt") => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

/// Answers with a file of the site where there is one at this path; else it is a page's turn.
pub async fn serve(State(state): State<AppState>, request: Request, next: Next) -> Response {
    if matches!(*request.method(), Method::GET | Method::HEAD)
        && let Some(asset) = state.assets.get(request.uri().path())
    {
        return answer(asset, request.method(), request.headers());
    }
    next.run(request).await
}

fn answer(asset: Asset, method: &Method, headers: &HeaderMap) -> Response {
    let keep = if asset.hashed { "public, max-age=31536000, immutable" } else { "no-cache" };
    let mut response = if headers.get(header::IF_NONE_MATCH).is_some_and(|known| known == asset.etag) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        let (bytes, encoding) = match asset.brotli {
            Some(brotli) if accepts_brotli(headers) => (brotli, Some("br")),
            _ => (asset.plain, None),
        };
        let length = HeaderValue::from(bytes.len());
        let body = match bytes {
            _ if method == Method::HEAD => Body::empty(),
            Cow::Borrowed(bytes) => Body::from(bytes),
            Cow::Owned(bytes) => Body::from(bytes),
        };
        let mut response = Response::new(body);
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(asset.kind));
        response.headers_mut().insert(header::CONTENT_LENGTH, length);
        if let Some(encoding) = encoding {
            response.headers_mut().insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
        }
        response
    };
    let headers = response.headers_mut();
    headers.insert(header::ETAG, asset.etag);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(keep));
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    response
}

fn accepts_brotli(headers: &HeaderMap) -> bool {
    headers.get_all(header::ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok()).any(|accepted| {
        accepted.split(',').any(|one| {
            let mut parts = one.split(';').map(str::trim);
            parts.next() == Some("br") && parts.next().is_none_or(|weight| !matches!(weight, "q=0" | "q=0.0"))
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_hashed_names_are_kept_for_ever() {
        assert!(is_hashed("pkg/main.0123456789abcdef.css"));
        assert!(is_hashed("pkg/collectief_bg.0123456789abcdef.wasm"));
        for name in ["sw.js", "pkg/main.css", "icon.svg", "pkg/main.0123456789abcdeg.css", "0123456789abcdef"] {
            assert!(!is_hashed(name), "{name}");
        }
    }

    #[test]
    fn brotli_is_sent_to_those_who_take_it() {
        let accepts = |value: &'static str| {
            accepts_brotli(&HeaderMap::from_iter([(header::ACCEPT_ENCODING, HeaderValue::from_static(value))]))
        };
        assert!(accepts("gzip, deflate, br, zstd") && accepts("br;q=0.5"));
        assert!(!accepts("gzip") && !accepts("br;q=0") && !accepts(""));
    }
}
