//! `cargo xtask watch`: builds and serves again after each change.

use crate::command::{Words, say};
use crate::project::Project;
use crate::serve::{self, Demonstration};
use crate::site::{self, Purpose};
use crate::toolchain::Toolchain;
use anyhow::Result;
use std::path::Path;
use std::process::Child;
use std::time::{Duration, SystemTime};

/// What the site and the server are made of.
const SOURCES: [&str; 14] = [
    "Cargo.toml",
    "Cargo.lock",
    "Leptos.toml",
    "domain",
    "data",
    "service",
    "app",
    "frontend",
    "server/src",
    "server/Cargo.toml",
    "style",
    "public",
    "locales",
    "xtask/bundle",
];

/// Serves until it is stopped. A change that does not compile leaves the server of before running.
pub fn run(project: &Project, words: Vec<String>) -> Result<()> {
    let mut words = Words::new(words);
    let demonstration = Demonstration::take(project, &mut words)?;
    words.end()?;
    let toolchain = Toolchain::find()?;
    let _player = demonstration.play_broker(project)?;
    let mut server = Server(None);
    loop {
        let seen = newest(project);
        match site::build(project, &toolchain, Purpose::Development)
            .and_then(|()| serve::server(project, &toolchain, "dev"))
        {
            Ok(binary) => {
                server.stop();
                server.0 = Some(demonstration.command(project, &binary).spawn()?);
            }
            Err(error) => say(format_args!("{error:#}; waiting for a change")),
        }
        while newest(project) == seen {
            std::thread::sleep(Duration::from_millis(300));
        }
        say("something changed");
        // An editor that writes several files gets the time to finish.
        std::thread::sleep(Duration::from_millis(200));
    }
}

/// The server that is running, which never outlives the watch.
struct Server(Option<Child>);

impl Server {
    fn stop(&mut self) {
        if let Some(mut child) = self.0.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop();
    }
}

/// When anything was last changed, and how many files there are, so that a removed one is noticed as well.
fn newest(project: &Project) -> (Option<SystemTime>, usize) {
    fn look(path: &Path, seen: &mut (Option<SystemTime>, usize)) {
        let Ok(about) = path.metadata() else { return };
        if about.is_dir() {
            for entry in std::fs::read_dir(path).into_iter().flatten().flatten() {
                look(&entry.path(), seen);
            }
        } else {
            *seen = (seen.0.max(about.modified().ok()), seen.1 + 1);
        }
    }
    let mut seen = (None, 0);
    for source in SOURCES {
        look(&project.root.join(source), &mut seen);
    }
    seen
}
