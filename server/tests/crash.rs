//! Kills the real server at random moments while participants are being deregistered, and looks afterwards: whatever
//! was acknowledged must be there, and every counter must equal what `collectief check` computes anew.
//!
//! On PostgreSQL when `COLLECTIEF_TEST_POSTGRES_URL` is set, with a database of its own.

#![expect(clippy::unwrap_used, reason = "a test stops where it finds what it does not expect")]

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    io::{Read as _, Write as _},
    net::{SocketAddr, TcpListener, TcpStream},
    path::Path,
    process::{Child, Command, Output, Stdio},
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

/// How often the server is killed on each database.
const KILLS: usize = 50;

/// Families in the roster: a main insured and one dependant each, who end together.
const FAMILIES: usize = 1500;

/// Colleagues who work at the same time.
const WRITERS: usize = 4;

const EMAIL: &str = "hr@crash.example";
const PASSWORD: &str = "Een-lang-wachtwoord-1";

/// Where the data is: a folder, and a database of its own on PostgreSQL.
struct Place<'a> {
    folder: &'a Path,
    database_url: Option<String>,
}

impl Place<'_> {
    fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_collectief"));
        for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("COLLECTIEF_")) {
            command.env_remove(name);
        }
        command.env("COLLECTIEF_TODAY", "2026-11-01").current_dir(self.folder);
        command.args(words).arg("--data").arg(self.folder);
        if let Some(url) = &self.database_url {
            command.args(["--database-url", url]);
        }
        command
    }

    fn run(&self, words: &[&str], input: &str) -> Output {
        let mut child =
            self.command(words).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        child.wait_with_output().unwrap()
    }

    /// Runs a command that must succeed.
    fn must(&self, words: &[&str], input: &str) {
        let output = self.run(words, input);
        assert!(
            output.status.success(),
            "{words:?}: {}\n{}{}",
            output.status,
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr),
        );
    }
}

/// A server that dies with this value.
struct Server {
    child: Child,
    address: SocketAddr,
}

impl Server {
    fn start(place: &Place<'_>) -> Self {
        let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let log = std::fs::File::options().create(true).append(true).open(place.folder.join("server.log")).unwrap();
        let child = place
            .command(&["serve", "--listen", &address.to_string()])
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .spawn()
            .unwrap();
        let server = Self { child, address };
        let deadline = Instant::now() + Duration::from_secs(60);
        while server.ask("GET", "/readyz", "", "").is_none_or(|answer| answer.status != 200) {
            assert!(
                Instant::now() < deadline,
                "the server is not ready: {}",
                std::fs::read_to_string(place.folder.join("server.log")).unwrap_or_default()
            );
            thread::sleep(Duration::from_millis(10));
        }
        server
    }

    /// Kills it as a power cut would: it gets no chance to finish anything.
    fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    fn ask(&self, method: &str, path: &str, cookie: &str, body: &str) -> Option<Answer> {
        ask(self.address, method, path, cookie, body)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What the server answered. It was acknowledged as soon as the whole head arrived.
struct Answer {
    status: u16,
    head: String,
    body: String,
}

/// One request over a connection of its own; `None` when the server died before the head of its answer was whole.
fn ask(address: SocketAddr, method: &str, path: &str, cookie: &str, body: &str) -> Option<Answer> {
    let mut stream = TcpStream::connect(address).ok()?;
    stream.set_read_timeout(Some(Duration::from_secs(30))).ok()?;
    // HTTP/1.0 is answered without chunks, and ends with the connection.
    let request = format!(
        "{method} {path} HTTP/1.0\r\nHost: {address}\r\nOrigin: http://{address}\r\nSec-Fetch-Site: same-origin\r\n\
         Accept: text/html\r\nCookie: {cookie}\r\nContent-Type: application/x-www-form-urlencoded\r\n\
         Content-Length: {}\r\n\r\n{body}",
        body.len(),
    );
    stream.write_all(request.as_bytes()).ok()?;
    let mut bytes = Vec::new();
    // An answer that was cut off is still an answer when its head is whole.
    let _ = stream.read_to_end(&mut bytes);
    let text = String::from_utf8_lossy(&bytes);
    let (head, body) = text.split_once("\r\n\r\n")?;
    let status = head.split_ascii_whitespace().nth(1)?.parse().ok()?;
    Some(Answer { status, head: head.to_owned(), body: body.to_owned() })
}

fn relation_number(family: usize) -> String {
    format!("{}", 8_000_000 + family * 10)
}

/// Writes the roster: families of two.
fn write_roster(file: &Path) {
    let mut text = String::from(
        "contract_number,relation_number,initials,surname,birth_date,gender,start_date,main_relation_number\n",
    );
    for family in 0..FAMILIES {
        let main = relation_number(family);
        writeln!(text, "41001,{main},A.,Storing,1980-01-01,V,2020-01-01,").unwrap();
        writeln!(text, "41001,{},B.,Storing,2010-01-01,M,2020-01-01,{main}", 8_000_001 + family * 10).unwrap();
    }
    std::fs::write(file, text).unwrap();
}

fn sign_in(server: &Server) -> String {
    let form = format!("email={}&wachtwoord={PASSWORD}", EMAIL.replace('@', "%40"));
    let answer = server.ask("POST", "/inloggen", "", &form).unwrap();
    let cookie = answer.head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("set-cookie").then(|| value.split(';').next().unwrap_or_default().trim().to_owned())
    });
    cookie.unwrap_or_else(|| panic!("signing in answered {}\n{}", answer.status, answer.head))
}

/// The ids of the main insured, by relation number, as the list shows them.
fn ids(server: &Server, cookie: &str) -> BTreeMap<String, String> {
    let mut ids = BTreeMap::new();
    for page in 1..=FAMILIES.div_ceil(100) {
        let path = format!("/deelnemers?contract=41001&gezinsleden=nee&rijen=100&pagina={page}");
        let answer = server.ask("GET", &path, cookie, "").unwrap();
        assert_eq!(answer.status, 200, "{path}");
        for row in answer.body.split("<tr").skip(2) {
            let after = row.split("/deelnemers/").nth(1).unwrap_or_default();
            let id: String = after.chars().take_while(char::is_ascii_digit).collect();
            let number = row.split(|c: char| !c.is_ascii_digit()).find(|run| run.len() == 7 && run.starts_with('8'));
            if let (false, Some(number)) = (id.is_empty(), number) {
                ids.insert(number.to_owned(), id);
            }
        }
    }
    assert_eq!(ids.len(), FAMILIES, "every main insured stands in the list");
    ids
}

/// The relation numbers whose participation has an end, as the exported roster tells.
fn ended(place: &Place<'_>) -> BTreeSet<String> {
    let file = place.folder.join("after.csv");
    place.must(&["export", "roster", file.to_str().unwrap()], "");
    let text = std::fs::read_to_string(file).unwrap();
    let mut lines = text.trim_start_matches('\u{feff}').lines();
    let header: Vec<&str> = lines.next().unwrap().split(',').collect();
    let at = |name: &str| header.iter().position(|column| *column == name).unwrap();
    let (number, end) = (at("relation_number"), at("end_date"));
    lines
        .map(|line| line.split(',').collect::<Vec<_>>())
        .filter(|cells| !cells[end].is_empty())
        .map(|cells| cells[number].to_owned())
        .collect()
}

/// Deregisters one family after another until the server is gone; notes whom the server acknowledged.
fn write_until_killed(
    address: SocketAddr,
    cookie: &str,
    people: &[(String, String)],
    next: &AtomicUsize,
    acknowledged: &Mutex<BTreeSet<String>>,
) {
    loop {
        let place = next.fetch_add(1, Ordering::Relaxed);
        let Some((number, id)) = people.get(place) else { return };
        let form = format!(
            "wie={id}%3A1&einddatum=30-11-2026&reden=einde_dienstverband&sleutel=sleutel-{number}&actie=afmelden"
        );
        match ask(address, "POST", &format!("/deelnemers/{id}/afmelden"), cookie, &form) {
            Some(answer) => {
                assert_eq!(answer.status, 303, "{}\n{}", answer.head, answer.body);
                acknowledged.lock().unwrap().insert(number.clone());
            }
            None => return,
        }
    }
}

fn kill_again_and_again(place: &Place<'_>) {
    let roster = place.folder.join("roster.csv");
    write_roster(&roster);
    place.must(&["migrate"], "");
    place.must(&["import", "roster", roster.to_str().unwrap()], "");
    let account = ["account", "add", "--email", EMAIL, "--name", "Hr Crash", "--contract", "41001"];
    place.must(&[&account[..], &["--role", "administratief"]].concat(), &format!("{PASSWORD}\n"));

    let mut server = Server::start(place);
    let cookie = sign_in(&server);
    let people: Vec<(String, String)> = ids(&server, &cookie).into_iter().collect();
    let next = AtomicUsize::new(0);
    let acknowledged = Mutex::new(BTreeSet::new());
    for kill in 0..KILLS {
        if kill > 0 {
            server = Server::start(place);
        }
        // A spread of moments, within the first write or after some, however slow the machine is.
        let wanted = acknowledged.lock().unwrap().len() + kill % 4;
        let moment = Duration::from_millis((kill as u64 * 37) % 60);
        let address = server.address;
        thread::scope(|scope| {
            for _ in 0..WRITERS {
                scope.spawn(|| write_until_killed(address, &cookie, &people, &next, &acknowledged));
            }
            let deadline = Instant::now() + Duration::from_secs(10);
            while acknowledged.lock().unwrap().len() < wanted && Instant::now() < deadline {
                thread::sleep(Duration::from_millis(1));
            }
            thread::sleep(moment);
            server.kill();
        });
        if kill % 10 == 9 {
            place.must(&["check"], "");
        }
    }
    let acknowledged = acknowledged.into_inner().unwrap();
    assert!(acknowledged.len() >= KILLS, "only {} deregistrations were acknowledged", acknowledged.len());
    assert!(next.load(Ordering::Relaxed) < FAMILIES, "the roster is too small to be written until the end");

    let ended = ended(place);
    let lost: Vec<_> = acknowledged.difference(&ended).collect();
    assert!(lost.is_empty(), "acknowledged and lost: {lost:?}");
    for (number, _) in &people {
        let dependant = (number.parse::<u64>().unwrap() + 1).to_string();
        assert_eq!(ended.contains(number), ended.contains(&dependant), "a household ends as one: {number}");
    }
    place.must(&["check"], "");
}

// asvs = "2.3.3, 16.5.3"
#[test]
fn killing_the_server_loses_nothing_that_was_acknowledged_on_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    kill_again_and_again(&Place { folder: folder.path(), database_url: None });
}

// asvs = "2.3.3, 16.5.3"
#[test]
fn killing_the_server_loses_nothing_that_was_acknowledged_on_postgresql() {
    let Ok(cluster) = std::env::var("COLLECTIEF_TEST_POSTGRES_URL") else {
        eprintln!("COLLECTIEF_TEST_POSTGRES_URL is not set: not tested on PostgreSQL");
        return;
    };
    let name = format!("collectief_crash_{}", std::process::id());
    let psql = |statement: &str| {
        let status = Command::new("psql")
            .args(["--no-psqlrc", "--quiet", "--set", "ON_ERROR_STOP=1", "--dbname", &cluster, "--command", statement])
            .status()
            .unwrap();
        assert!(status.success(), "{statement}");
    };
    psql(&format!("CREATE DATABASE {name}"));
    let (server, _) = cluster.rsplit_once('/').unwrap();
    let folder = tempfile::tempdir().unwrap();
    kill_again_and_again(&Place { folder: folder.path(), database_url: Some(format!("{server}/{name}")) });
    psql(&format!("DROP DATABASE {name} WITH (FORCE)"));
}
