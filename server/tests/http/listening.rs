//! The connections of the real listener, spoken to byte by byte.

use std::{net::SocketAddr, time::Duration};

use axum::{Router, extract::ConnectInfo, routing::get};
use collectief::listen::Listener;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    sync::oneshot,
    time::timeout,
};

use crate::harness::apps;

/// Far longer than anything here takes.
const LONG: Duration = Duration::from_secs(30);

async fn listen(app: Router, head_time: Duration) -> (SocketAddr, oneshot::Sender<()>, tokio::task::JoinHandle<()>) {
    let listener = Listener::bind(SocketAddr::from(([127, 0, 0, 1], 0))).await.unwrap().head_within(head_time);
    let address = listener.address().unwrap();
    let (stop, stopped) = oneshot::channel();
    let serving = tokio::spawn(listener.serve(app, async {
        let _ = stopped.await;
    }));
    (address, stop, serving)
}

/// Sends these bytes and reads until the server ends the connection.
async fn say(address: SocketAddr, bytes: &str) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(bytes.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    // A connection that is reset has ended as well.
    let _ = timeout(LONG, stream.read_to_end(&mut answer)).await.unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

fn status(answer: &str) -> &str {
    answer.split(' ').nth(1).unwrap_or("none")
}

// asvs = "4.2.1, 4.2.2, 15.2.2"
#[tokio::test]
async fn bytes_that_could_be_two_requests_are_refused_and_end_the_connection() {
    for app in apps().await {
        let (address, _stop, _) = listen(app.router(), LONG).await;
        let hidden = "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n";
        let post = "POST /inloggen HTTP/1.1\r\nHost: a\r\nSec-Fetch-Site: same-origin\r\nContent-Type: application/x-www-form-urlencoded\r\n";
        for (what, bytes) in [
            ("both lengths", format!("{post}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n{hidden}")),
            (
                "both, the other way",
                format!("{post}Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n{hidden}"),
            ),
            ("two lengths", format!("{post}Content-Length: 4\r\nContent-Length: 40\r\n\r\nabcd{hidden}")),
            ("no last chunk", format!("{post}Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n{hidden}")),
            ("a length with a sign", format!("{post}Content-Length: +4\r\n\r\nabcd{hidden}")),
            ("a space before the colon", format!("{post}Content-Length : 4\r\n\r\nabcd{hidden}")),
            ("a folded header", format!("{post}Content-Length:\r\n 4\r\n\r\nabcd{hidden}")),
            (
                "a bare line feed in a header",
                format!("GET / HTTP/1.1\r\nHost: a\r\nX: b\nTransfer-Encoding: chunked\r\n\r\n{hidden}"),
            ),
            ("HTTP/1.0 in chunks", format!("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n{hidden}")),
            ("a NUL", format!("GET / HTTP/1.1\r\nHost: a\r\nX: a\0b\r\n\r\n{hidden}")),
        ] {
            let answer = say(address, &bytes).await;
            assert_eq!(status(&answer), "400", "{what}: {answer}");
            assert_eq!(answer.matches("HTTP/1.1 ").count(), 1, "{what}: {answer}");
        }
    }
}

// asvs = "4.2.4"
#[tokio::test]
async fn no_header_holds_a_line_break_in_whatever_version() {
    for app in apps().await {
        let (address, _stop, _) = listen(app.router(), LONG).await;
        for (what, bytes) in [
            ("in a value", "GET /healthz HTTP/1.1\r\nHost: a\r\nX: b\rY: c\r\n\r\n"),
            ("at the end of a value", "GET /healthz HTTP/1.1\r\nHost: a\r\nX: b\r\r\n\r\n"),
            ("in a name", "GET /healthz HTTP/1.1\r\nHost: a\r\nX\rY: c\r\n\r\n"),
            ("in the target", "GET /healthz\rX HTTP/1.1\r\nHost: a\r\n\r\n"),
        ] {
            let answer = say(address, bytes).await;
            assert_eq!(status(&answer), "400", "{what}: {answer}");
        }
        // HTTP/2, in which a header could hold one, is not spoken: the connection just ends.
        let answer = say(address, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\u{4}\0\0\0\0\0").await;
        assert!(answer.is_empty() || status(&answer) == "400", "{answer:?}");
    }
}

// asvs = "4.1.4, 13.4.4"
#[tokio::test]
async fn methods_that_nobody_needs_are_refused() {
    for app in apps().await {
        let (address, _stop, _) = listen(app.router(), LONG).await;
        for method in ["TRACE", "TRACK", "CONNECT", "PUT", "DELETE", "PATCH", "OPTIONS", "DEBUG", "X"] {
            let target = if method == "CONNECT" { "a:80" } else { "/" };
            let answer = say(
                address,
                &format!("{method} {target} HTTP/1.1\r\nHost: a\r\nConnection: close\r\nX-Secret: marked\r\n\r\n"),
            )
            .await;
            assert_eq!(status(&answer), "405", "{method}: {answer}");
            assert!(!answer.contains("marked"), "{method}: {answer}");
        }
    }
}

// asvs = "15.2.2"
#[tokio::test]
async fn whoever_sends_a_request_byte_by_byte_does_not_keep_a_connection() {
    for app in apps().await {
        let (address, _stop, _) = listen(app.router(), Duration::from_millis(200)).await;
        for begun in ["", "G", "GET / HTTP/1.1\r\nHost: a\r\n", "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\nGET /he"] {
            let answer = say(address, begun).await;
            assert!(answer.matches("HTTP/1.1 200").count() <= 1, "{begun:?}: {answer}");
        }
        // A head that is too large is refused as well.
        let large = format!("GET / HTTP/1.1\r\nHost: a\r\nX: {}\r\n\r\n", "a".repeat(1_000_000));
        assert_eq!(status(&say(address, &large).await), "431");
    }
}

#[tokio::test]
async fn the_client_is_who_the_connection_says() {
    let app = Router::new()
        .route("/", get(|ConnectInfo(client): ConnectInfo<SocketAddr>| async move { client.ip().to_string() }));
    let (address, _stop, _) = listen(app, LONG).await;
    let answer = say(address, "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").await;
    assert!(answer.ends_with("127.0.0.1"), "{answer}");
}

#[tokio::test]
async fn what_is_under_way_is_finished_and_nothing_new_is_begun() {
    let (began, mut begun) = tokio::sync::mpsc::unbounded_channel();
    let (finish, finished) = tokio::sync::watch::channel(false);
    let app = Router::new().route(
        "/",
        get(move || {
            let (began, mut finished) = (began.clone(), finished.clone());
            async move {
                began.send(()).unwrap();
                finished.wait_for(|finished| *finished).await.unwrap();
                "whole"
            }
        }),
    );
    let (address, stop, serving) = listen(app, LONG).await;
    let asking = tokio::spawn(say(address, "GET / HTTP/1.1\r\nHost: a\r\n\r\n"));
    // One that is kept for a next request must not hold the server up.
    let _idle = TcpStream::connect(address).await.unwrap();
    begun.recv().await.unwrap();
    stop.send(()).unwrap();
    timeout(LONG, async {
        while TcpStream::connect(address).await.is_ok() {
            tokio::task::yield_now().await;
        }
    })
    .await
    .unwrap();
    finish.send(true).unwrap();
    assert!(asking.await.unwrap().ends_with("whole"));
    timeout(LONG, serving).await.unwrap().unwrap();
}

#[tokio::test]
async fn what_is_sent_is_sent_at_once() {
    let listener = Listener::bind(SocketAddr::from(([127, 0, 0, 1], 0))).await.unwrap();
    let address = listener.address().unwrap();
    let (_client, (accepted, _)) = tokio::join!(TcpStream::connect(address), listener.accept());
    assert!(accepted.nodelay().unwrap(), "without it every streamed page takes 40 ms more");
}
