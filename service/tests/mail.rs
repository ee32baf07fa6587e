//! Mail by SMTP: it arrives whole and once, whatever the mail server does meanwhile.
//!
//! The server here speaks just enough SMTP to be told a message and to refuse one. The browser tests have a real one.

#![expect(clippy::unwrap_used, reason = "a test stops where it finds what it does not expect")]

use std::{
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU16, Ordering},
    },
};

use collectief_data::testing::{TestDatabase, databases};
use collectief_domain::{actor::Language, date::Date};
use collectief_service::{
    Limits, Portal, Reach,
    clock::Clock,
    outbox::{Content, MailServer, Post, counts, deliver_due, put},
};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
};

const FROM: &str = "portaal@verzekeraar.example";
const MINUTE: i64 = 60 * 1000;

/// What a mail server was told.
#[derive(Debug, Clone, Default)]
struct Told {
    from: String,
    to: Vec<String>,
    text: String,
}

/// A mail server on this machine.
struct Server {
    address: SocketAddr,
    told: Arc<Mutex<Vec<Told>>>,
    /// What it answers to a recipient.
    answers: Arc<AtomicU16>,
}

impl Server {
    async fn start(listener: TcpListener) -> Self {
        let address = listener.local_addr().unwrap();
        let (told, answers) = (Arc::default(), Arc::new(AtomicU16::new(250)));
        let (keep, answer) = (Arc::clone(&told), Arc::clone(&answers));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, Arc::clone(&keep), Arc::clone(&answer)));
            }
        });
        Self { address, told, answers }
    }

    fn told(&self) -> Vec<Told> {
        self.told.lock().unwrap().clone()
    }
}

async fn serve(mut stream: TcpStream, told: Arc<Mutex<Vec<Told>>>, answers: Arc<AtomicU16>) -> Option<()> {
    let (read, mut write) = stream.split();
    let mut lines = BufReader::new(read).lines();
    write.write_all(b"220 mail.example ESMTP\r\n").await.ok()?;
    let mut message = Told::default();
    while let Some(line) = lines.next_line().await.ok()? {
        let upper = line.to_uppercase();
        let answer = if upper.starts_with("EHLO") {
            "250-mail.example\r\n250 8BITMIME".to_owned()
        } else if upper.starts_with("MAIL FROM:") {
            message = Told { from: line, ..Told::default() };
            "250 ok".to_owned()
        } else if upper.starts_with("RCPT TO:") {
            message.to.push(line);
            format!("{} <someone@linde.example> as it is", answers.load(Ordering::Relaxed))
        } else if upper == "DATA" {
            write.write_all(b"354 go on\r\n").await.ok()?;
            while let Some(line) = lines.next_line().await.ok()?.filter(|line| line != ".") {
                message.text.push_str(line.strip_prefix('.').unwrap_or(&line));
                message.text.push('\n');
            }
            told.lock().ok()?.push(message.clone());
            "250 queued".to_owned()
        } else if upper == "QUIT" {
            write.write_all(b"221 bye\r\n").await.ok()?;
            return None;
        } else {
            "250 ok".to_owned()
        };
        write.write_all(format!("{answer}\r\n").as_bytes()).await.ok()?;
    }
    None
}

async fn portals() -> Vec<(Portal, Clock, TestDatabase)> {
    let clock = || Clock::standing_on(Date::from_ymd_opt(2026, 11, 1).unwrap());
    let mut all = Vec::new();
    for database in databases().await {
        let clock = clock();
        let portal = Portal::new(database.db.clone(), clock.clone(), Limits::default(), "Collectief".to_owned(), false)
            .reached_by(Reach { mail_from: Some(FROM.to_owned()), ..Reach::default() });
        all.push((portal, clock, database));
    }
    all
}

fn post(folder: &tempfile::TempDir, address: SocketAddr) -> Post {
    let server = MailServer { url: format!("smtp://{address}"), credentials: None, from: FROM.to_owned() };
    Post::smtp(folder.path(), &server).unwrap()
}

/// Puts an offer in the outbox, to somebody of this name.
async fn put_offer(portal: &Portal, key: &str, recipient: Option<&str>, name: &str) {
    let content = Content::ContinuationOffer {
        names: vec![name.to_owned()],
        contract_name: "Zorggroep De Linde".to_owned(),
        contract_number: "23595".to_owned(),
        last_day: Date::from_ymd_opt(2026, 10, 31).unwrap(),
    };
    let recipient = recipient.map(str::to_owned);
    let message = content.message(key.to_owned(), recipient, Language::Nl, portal.clock().millis()).unwrap();
    let txn = portal.db().begin().await.unwrap();
    put(&txn, message).await.unwrap();
    txn.commit().await.unwrap();
}

#[tokio::test]
async fn mail_goes_to_the_server_and_letters_go_to_files() {
    for (portal, _, database) in portals().await {
        let folder = tempfile::tempdir().unwrap();
        let server = Server::start(TcpListener::bind("127.0.0.1:0").await.unwrap()).await;
        let post = post(&folder, server.address);
        put_offer(&portal, "a", Some("janse@linde.example"), ".S. de Vries-Ünlü").await;
        put_offer(&portal, "b", None, "P. Post").await;
        assert_eq!(deliver_due(&portal, &post).await.unwrap().sent, 2, "{}", database.name);
        assert_eq!(deliver_due(&portal, &post).await.unwrap().sent, 0);
        let told = server.told();
        assert_eq!(told.len(), 1, "{}: {told:?}", database.name);
        assert!(told[0].from.contains(FROM) && told[0].to == ["RCPT TO:<janse@linde.example>"], "{told:?}");
        let text = &told[0].text;
        assert!(text.contains("To: <janse@linde.example>\n") && text.contains(&format!("<{FROM}>\n")), "{text}");
        assert!(text.contains("@verzekeraar.example>\n"), "the Message-ID is of the sender's domain: {text}");
        assert!(text.contains("Beste .S. de Vries-Ünlü,"), "{text}");
        assert!(text.lines().all(|line| line.len() <= 998), "no line is longer than mail allows");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "the letter");
    }
}

// asvs = "13.2.6, 16.5.2"
#[tokio::test]
async fn mail_outlives_a_server_that_is_down_for_hours() {
    for (portal, clock, database) in portals().await {
        let folder = tempfile::tempdir().unwrap();
        // Nobody listens there yet, but the place is known.
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        drop(listener);
        let post = post(&folder, address);
        put_offer(&portal, "a", Some("janse@linde.example"), "A. Janse").await;
        put_offer(&portal, "b", Some("bos@linde.example"), "B. Bos").await;
        for minutes in [0, 1, 5, 15, 60, 180] {
            clock.advance(minutes * MINUTE);
            assert_eq!(deliver_due(&portal, &post).await.unwrap().failed, 2, "{} after {minutes}", database.name);
        }
        let server = Server::start(TcpListener::bind(address).await.unwrap()).await;
        assert_eq!(deliver_due(&portal, &post).await.unwrap().sent, 0, "not before it is time");
        clock.advance(360 * MINUTE);
        assert_eq!(deliver_due(&portal, &post).await.unwrap().sent, 2, "{}", database.name);
        assert_eq!(server.told().len(), 2);
        let found = counts(&portal).await.unwrap();
        assert_eq!((found.waiting, found.sent, found.stuck), (0, 2, 0));
    }
}

#[tokio::test]
async fn what_the_server_refuses_is_stuck_in_the_end_and_its_words_name_nobody() {
    for (portal, clock, database) in portals().await {
        let folder = tempfile::tempdir().unwrap();
        let server = Server::start(TcpListener::bind("127.0.0.1:0").await.unwrap()).await;
        server.answers.store(550, Ordering::Relaxed);
        let post = post(&folder, server.address);
        put_offer(&portal, "a", Some("weg@linde.example"), "W. Weg").await;
        for minutes in [0, 1, 5, 15, 60, 180, 360] {
            clock.advance(minutes * MINUTE);
            assert_eq!(deliver_due(&portal, &post).await.unwrap().failed, 1, "{} after {minutes}", database.name);
        }
        let found = counts(&portal).await.unwrap();
        assert_eq!((found.waiting, found.stuck, server.told().len()), (0, 1, 0), "{}", database.name);
        let error = database.db.text("SELECT error FROM outbox").await.unwrap();
        assert!(error.contains("550") && !error.contains('@'), "{error}");
    }
}

// asvs = "1.3.11"
#[tokio::test]
async fn names_and_addresses_cannot_add_headers_recipients_or_commands() {
    for (portal, _, database) in portals().await {
        let folder = tempfile::tempdir().unwrap();
        let server = Server::start(TcpListener::bind("127.0.0.1:0").await.unwrap()).await;
        let post = post(&folder, server.address);
        put_offer(&portal, "a", Some("janse@linde.example"), "A.\r\n.\r\nMAIL FROM:<x@y>\r\nRCPT TO:<z@y>\r\nDATA")
            .await;
        put_offer(&portal, "b", Some("a@b\r\nRCPT TO:<c@d>"), "B. Bos").await;
        put_offer(&portal, "c", Some("a@b> <c@d"), "C. Cos").await;
        let delivered = deliver_due(&portal, &post).await.unwrap();
        assert_eq!((delivered.sent, delivered.failed), (1, 2), "{}", database.name);
        let told = server.told();
        assert_eq!(told.len(), 1, "{}: {told:?}", database.name);
        assert_eq!(told[0].to, ["RCPT TO:<janse@linde.example>"]);
        let (headers, _) = told[0].text.split_once("\n\n").unwrap();
        assert_eq!(headers.lines().filter(|line| line.to_lowercase().starts_with("to:")).count(), 1, "{headers}");
    }
}
