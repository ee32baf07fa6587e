//! The connections of the real listener.

use std::net::SocketAddr;

use axum::serve::Listener;
use tokio::net::TcpStream;

#[tokio::test]
async fn what_is_sent_is_sent_at_once() {
    let mut listener = collectief::serve::bind(SocketAddr::from(([127, 0, 0, 1], 0))).await.unwrap();
    let address = listener.local_addr().unwrap();
    let (_client, (accepted, _)) = tokio::join!(TcpStream::connect(address), listener.accept());
    assert!(accepted.nodelay().unwrap(), "without it every streamed page takes 40 ms more");
}
