//! A PostgreSQL cluster that lives as long as the command that needs it.
//!
//! It forgets everything when the machine stops, which is what makes it quick: nothing is synced to the disk.

use crate::command::{run, say, succeeds};
use crate::tools;
use anyhow::{Context as _, Result, bail};
use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The environment variable in which the tests find the cluster.
pub const VARIABLE: &str = "COLLECTIEF_TEST_POSTGRES_URL";
/// The role of the tests, as one of an installation should be.
const ROLE: &str = "collectief";
/// How the folder of a cluster is called, before the number of the process that it belongs to.
const FOLDER: &str = "collectief-postgres-";

/// A running cluster; dropping it stops it and removes its files.
#[derive(Debug)]
pub struct Postgres {
    programs: PathBuf,
    folder: PathBuf,
    port: u16,
}

impl Postgres {
    /// Makes a cluster on a free port and waits until it answers.
    pub fn start() -> Result<Self> {
        let programs = tools::postgres()?;
        remove_orphans(&programs);
        let folder = std::env::temp_dir().join(format!("{FOLDER}{}", std::process::id()));
        fs::create_dir_all(&folder)?;
        let port = free_port()?;
        let cluster = Self { programs, folder, port };
        cluster.initialise().context("PostgreSQL could not be prepared")?;
        say(format_args!("a throw-away PostgreSQL is running on port {port}"));
        Ok(cluster)
    }

    fn initialise(&self) -> Result<()> {
        if tools::is_root() {
            // The server refuses to run as root, and its own user has to reach the folder.
            run(Command::new("chown").arg("postgres").arg(&self.folder))?;
            for folder in self.folder.ancestors().skip(1).filter(|folder| folder.parent().is_some()) {
                if !succeeds(as_owner("test").arg("-x").arg(folder)) {
                    bail!("user postgres may not enter {}: set TMPDIR to a folder that it may", folder.display());
                }
            }
        }
        let log = self.folder.join("log");
        let data = self.folder.join("data");
        let made = as_owner(self.programs.join("initdb"))
            .arg("-D")
            .arg(&data)
            .args(["-U", "postgres", "-A", "trust", "--no-sync", "-E", "UTF8", "--locale=C.UTF-8"])
            .current_dir("/")
            .output()?;
        if !made.status.success() {
            bail!("initdb: {}{}", String::from_utf8_lossy(&made.stdout), String::from_utf8_lossy(&made.stderr));
        }
        let options = format!(
            "-p {} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c max_connections=300 \
             -c shared_buffers=128MB -c fsync=off -c synchronous_commit=off -c full_page_writes=off",
            self.port,
        );
        let started = as_owner(self.programs.join("pg_ctl"))
            .args(["-w", "-t", "60", "-o", &options])
            .arg("-D")
            .arg(&data)
            .arg("-l")
            .arg(&log)
            .arg("start")
            .current_dir("/")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .status()?;
        if !started.success() {
            bail!("{}", fs::read_to_string(&log).unwrap_or_default());
        }
        // Superusers pass over row-level security: what is tested as one is tested without it.
        let role = format!("CREATE ROLE {ROLE} LOGIN CREATEDB NOSUPERUSER NOBYPASSRLS");
        run(as_owner(self.programs.join("psql"))
            .args(["-q", "-h", "127.0.0.1", "-p", &self.port.to_string(), "-U", "postgres", "-d", "postgres", "-c"])
            .arg(role)
            .current_dir("/"))
    }

    /// Where it answers: to a role without a password that may make databases and nothing else, on this machine only.
    pub fn url(&self) -> String {
        format!("postgres://{ROLE}@127.0.0.1:{}/postgres", self.port)
    }

    /// The folder of the programs that belong to it.
    pub fn programs(&self) -> &Path {
        &self.programs
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        stop(&self.programs, &self.folder);
    }
}

/// A program as the user that owns the cluster: ourselves, or `postgres` when we are root.
fn as_owner(program: impl AsRef<std::ffi::OsStr>) -> Command {
    if !tools::is_root() {
        return Command::new(program);
    }
    let mut command = Command::new("runuser");
    command.args(["-u", "postgres", "--"]).arg(program);
    command
}

fn stop(programs: &Path, folder: &Path) {
    let mut command = as_owner(programs.join("pg_ctl"));
    succeeds(command.args(["-m", "immediate", "-D"]).arg(folder.join("data")).arg("stop").current_dir("/"));
    let _ = fs::remove_dir_all(folder);
}

/// Stops clusters of commands that were killed before they could.
fn remove_orphans(programs: &Path) {
    let Ok(entries) = fs::read_dir(std::env::temp_dir()) else { return };
    for entry in entries.flatten() {
        let owner = entry.file_name().to_str().and_then(|name| name.strip_prefix(FOLDER)?.parse::<u32>().ok());
        if owner.is_some_and(|process| !is_running(process)) {
            stop(programs, &entry.path());
        }
    }
}

fn is_running(process: u32) -> bool {
    succeeds(Command::new("ps").args(["-p", &process.to_string()]))
}

/// A port that nobody listens on; it is free again as soon as this returns.
pub fn free_port() -> Result<u16> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::TcpStream;

    #[test]
    fn a_cluster_answers_until_it_is_dropped() {
        if !tools::has_postgres() {
            eprintln!("there is no PostgreSQL on this machine: not tested");
            return;
        }
        let cluster = Postgres::start().unwrap();
        let (folder, address) = (cluster.folder.clone(), ("127.0.0.1", cluster.port));
        assert!(cluster.url().contains(&cluster.port.to_string()));
        assert!(TcpStream::connect(address).is_ok());
        drop(cluster);
        assert!(TcpStream::connect(address).is_err() && !folder.exists());
    }

    #[test]
    fn a_process_is_known_to_run_or_not() {
        assert!(is_running(std::process::id()));
        assert!(!is_running(u32::MAX - 1));
    }

    #[test]
    fn a_free_port_can_be_listened_on() {
        let port = free_port().unwrap();
        assert!(TcpListener::bind(("127.0.0.1", port)).is_ok());
    }
}
