//! The connections: how they are taken in, how long a client may take, and how they end.
//!
//! `axum::serve` sets no limit on how long the head of a request may take to come in, so that whoever sends it byte by byte
//! would keep a connection for ever.

use std::{io, net::SocketAddr, sync::Arc, time::Duration};

use axum::{Router, extract::ConnectInfo};
use hyper::{Request, body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::GracefulShutdown,
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::Semaphore,
    time::sleep,
};
use tower::ServiceExt;

use crate::command::CommandError;

/// The most connections at the same time; more wait until one ends.
const CONNECTIONS_MAX: usize = 8_192;

/// The most bytes of the head of a request, and of what is read ahead.
const HEAD_MAX: usize = 64 * 1024;

/// How long a server that has no room for another connection waits before it looks again.
const NO_ROOM_TIME: Duration = Duration::from_secs(1);

/// An address that is listened on.
#[derive(Debug)]
pub struct Listener {
    listener: TcpListener,
    head_time: Duration,
}

impl Listener {
    /// Listens on an address.
    ///
    /// # Errors
    /// When the address cannot be had.
    pub async fn bind(address: SocketAddr) -> Result<Self, CommandError> {
        let listener = TcpListener::bind(address)
            .await
            .map_err(|error| CommandError::new(format!("{address} cannot be listened on: {error}")))?;
        // Longer than proxies keep a connection that they mean to use again, which is mostly a minute.
        Ok(Self { listener, head_time: Duration::from_secs(65) })
    }

    /// Gives clients this long to send the head of a request, the silence between two requests included.
    #[must_use]
    pub fn head_within(self, head_time: Duration) -> Self {
        Self { head_time, ..self }
    }

    /// Where it listens, which tells the port where any would do.
    ///
    /// # Errors
    /// When the system does not say.
    pub fn address(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// Answers with `app` until `stopping` is done; then takes no new requests, and returns when those under way are
    /// answered.
    pub async fn serve(self, app: Router, stopping: impl Future<Output = ()>) {
        let room = Arc::new(Semaphore::new(CONNECTIONS_MAX));
        let ending = GracefulShutdown::new();
        let mut stopping = std::pin::pin!(stopping);
        loop {
            let next = async {
                let place = Arc::clone(&room).acquire_owned().await;
                (place, self.accept().await)
            };
            let (place, (stream, client)) = tokio::select! {
                next = next => next,
                () = &mut stopping => break,
            };
            let mut protocol = http1::Builder::new();
            protocol.timer(TokioTimer::new()).header_read_timeout(self.head_time).max_buf_size(HEAD_MAX);
            let app = app.clone();
            let answers = service_fn(move |mut request: Request<Incoming>| {
                request.extensions_mut().insert(ConnectInfo(client));
                app.clone().oneshot(request)
            });
            let connection = protocol.serve_connection(TokioIo::new(stream), answers);
            let connection = ending.watch(connection);
            tokio::spawn(async move {
                if let Err(error) = connection.await {
                    tracing::debug!(%error, "a connection ended");
                }
                drop(place);
            });
        }
        // The port is free before the last answers are out, for whoever takes over.
        drop(self);
        ending.shutdown().await;
    }

    /// The next connection. What is sent is sent at once: waiting for more to send, as sockets do by themselves, costs a
    /// page forty milliseconds.
    pub async fn accept(&self) -> (TcpStream, SocketAddr) {
        loop {
            match self.listener.accept().await {
                Ok((stream, client)) => {
                    if let Err(error) = stream.set_nodelay(true) {
                        tracing::warn!(%error, "a connection will be slow");
                    }
                    return (stream, client);
                }
                Err(error) if is_of_the_client(&error) => {}
                Err(error) => {
                    tracing::error!(%error, "no connection can be taken in");
                    sleep(NO_ROOM_TIME).await;
                }
            }
        }
    }
}

/// Whether the client was gone before its connection was taken in.
fn is_of_the_client(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionRefused | io::ErrorKind::ConnectionAborted | io::ErrorKind::ConnectionReset
    )
}
