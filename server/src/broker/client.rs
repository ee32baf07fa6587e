//! Requests to the broker: over TLS, within a time and a size, and only where they were sent to. No redirect is
//! followed.

use std::{future::Future, pin::Pin, sync::Arc, time::Duration};

use bytes::Bytes;
use http::{HeaderValue, Request, Response, Uri, header, uri::Scheme};
use http_body_util::{BodyExt, Full, Limited};
use hyper_util::rt::TokioIo;
use openidconnect::{AsyncHttpClient, HttpRequest, HttpResponse};
use tokio::net::TcpStream;
use tokio_rustls::{
    TlsConnector,
    rustls::{ClientConfig, RootCertStore, crypto::ring, pki_types::ServerName},
};

/// How long one request may take, from looking up the host to the last byte.
const REQUEST_TIME: Duration = Duration::from_secs(8);

/// The most bytes of an answer.
const ANSWER_MAX: usize = 256 * 1024;

/// Why a request came to nothing. It holds nothing of what was sent or answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum HttpError {
    /// Neither https nor, for a broker on this machine, http.
    #[error("the broker names an address that is not https")]
    Insecure,
    /// It was not reached, or did not speak HTTP.
    #[error("the broker cannot be reached")]
    Unreachable,
    /// It took too long.
    #[error("the broker does not answer in time")]
    TooSlow,
    /// It answered too much.
    #[error("the broker's answer is too long")]
    TooLong,
}

/// A client for requests to one broker.
pub(super) struct HttpClient {
    tls: TlsConnector,
    /// Whether the broker is one on this machine, for development and tests, which may do without TLS.
    on_this_machine: bool,
    /// How long one request may take.
    time: Duration,
}

impl HttpClient {
    /// A client that trusts the certificates that browsers trust.
    ///
    /// # Errors
    /// When there is no version of TLS that both sides could speak, which a build would have to be broken for.
    pub(super) fn new(on_this_machine: bool) -> Result<Self, tokio_rustls::rustls::Error> {
        Self::trusting(RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() }, on_this_machine)
    }

    fn trusting(roots: RootCertStore, on_this_machine: bool) -> Result<Self, tokio_rustls::rustls::Error> {
        let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()?
            .with_root_certificates(roots)
            .with_no_client_auth();
        Ok(Self { tls: TlsConnector::from(Arc::new(config)), on_this_machine, time: REQUEST_TIME })
    }

    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let uri = request.uri().clone();
        if !is_allowed(&uri, self.on_this_machine) {
            return Err(HttpError::Insecure);
        }
        match tokio::time::timeout(self.time, self.exchange(&uri, request)).await {
            Ok(answered) => answered,
            Err(_) => Err(HttpError::TooSlow),
        }
    }

    async fn exchange(&self, uri: &Uri, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let unreachable = |_| HttpError::Unreachable;
        let host = uri.host().ok_or(HttpError::Unreachable)?;
        // An IPv6 address stands in brackets in a URL, and nowhere else.
        let name = host.trim_start_matches('[').trim_end_matches(']').to_owned();
        let is_tls = uri.scheme() == Some(&Scheme::HTTPS);
        let port = uri.port_u16().unwrap_or(if is_tls { 443 } else { 80 });
        let tcp = TcpStream::connect((name.as_str(), port)).await.map_err(|_| HttpError::Unreachable)?;
        let request = prepared(uri, request).ok_or(HttpError::Unreachable)?;
        if is_tls {
            let server = ServerName::try_from(name).map_err(|_| HttpError::Unreachable)?;
            let tls = self.tls.connect(server, tcp).await.map_err(|_| HttpError::Unreachable)?;
            let (sender, connection) =
                hyper::client::conn::http1::handshake(TokioIo::new(tls)).await.map_err(unreachable)?;
            let _ends_with_this = Running(tokio::spawn(async move { connection.await.is_ok() }));
            answer(sender, request).await
        } else {
            let (sender, connection) =
                hyper::client::conn::http1::handshake(TokioIo::new(tcp)).await.map_err(unreachable)?;
            let _ends_with_this = Running(tokio::spawn(async move { connection.await.is_ok() }));
            answer(sender, request).await
        }
    }
}

/// A connection that is closed when its request is over.
struct Running(tokio::task::JoinHandle<bool>);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// The request as it goes over the wire: to a path, with the host in its header.
fn prepared(uri: &Uri, request: HttpRequest) -> Option<Request<Full<Bytes>>> {
    let (mut parts, body) = request.into_parts();
    parts.headers.insert(header::HOST, HeaderValue::from_str(uri.authority()?.as_str()).ok()?);
    parts.uri = uri.path_and_query().map_or("/", |path| path.as_str()).parse().ok()?;
    Some(Request::from_parts(parts, Full::new(Bytes::from(body))))
}

async fn answer(
    mut sender: hyper::client::conn::http1::SendRequest<Full<Bytes>>,
    request: Request<Full<Bytes>>,
) -> Result<HttpResponse, HttpError> {
    let (parts, body) = sender.send_request(request).await.map_err(|_| HttpError::Unreachable)?.into_parts();
    let body = Limited::new(body, ANSWER_MAX).collect().await.map_err(|error| {
        if error.is::<http_body_util::LengthLimitError>() { HttpError::TooLong } else { HttpError::Unreachable }
    })?;
    Ok(Response::from_parts(parts, body.to_bytes().to_vec()))
}

/// Whether a request may go there: over TLS, or without it to this machine where the broker itself is there.
pub(super) fn is_allowed(uri: &Uri, on_this_machine: bool) -> bool {
    match (uri.scheme_str(), uri.host()) {
        (Some("https"), Some(_)) => true,
        (Some("http"), Some(host)) => on_this_machine && is_loopback(host),
        _ => false,
    }
}

/// Whether a host is this machine.
pub(super) fn is_loopback(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || address.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

impl<'c> AsyncHttpClient<'c> for HttpClient {
    type Error = HttpError;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, HttpError>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(self.send(request))
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio_rustls::{TlsAcceptor, rustls::ServerConfig};

    use super::*;
    use crate::broker::self_signed::certificate;

    /// A server with this certificate; its port.
    async fn serve(config: ServerConfig) -> u16 {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let acceptor = TlsAcceptor::from(Arc::new(config));
        tokio::spawn(async move {
            while let Ok((tcp, _)) = listener.accept().await {
                if let Ok(mut tls) = acceptor.accept(tcp).await {
                    let _asked = tls.read(&mut [0; 4096]).await;
                    let _sent = tls.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}").await;
                }
            }
        });
        port
    }

    // asvs = "12.3.2"
    #[tokio::test]
    async fn a_broker_is_believed_only_with_a_certificate_that_is_trusted_and_its_own() {
        let (own, key) = certificate("localhost");
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![own.clone()], key)
            .unwrap();
        let port = serve(config).await;
        let mut roots = RootCertStore::empty();
        roots.add(own).unwrap();
        let trusting = HttpClient::trusting(roots, false).unwrap();
        let strict = HttpClient::new(false).unwrap();
        for (client, host, expected) in [
            (&trusting, "localhost", Ok(200)),
            (&trusting, "127.0.0.1", Err(HttpError::Unreachable)),
            (&strict, "localhost", Err(HttpError::Unreachable)),
        ] {
            let asked = Request::get(format!("https://{host}:{port}/")).body(Vec::new()).unwrap();
            assert_eq!(client.call(asked).await.map(|answer| answer.status().as_u16()), expected, "{host}");
        }
    }

    // asvs = "13.2.6, 16.5.2"
    #[tokio::test]
    async fn a_broker_that_does_not_answer_is_given_up_and_one_that_is_not_there_is_told() {
        let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = silent.local_addr().unwrap();
        let http = HttpClient { time: Duration::from_millis(50), ..HttpClient::new(true).unwrap() };
        let ask = |url: String| http.call(Request::get(url).body(Vec::new()).unwrap());
        assert_eq!(ask(format!("http://{address}/")).await.err(), Some(HttpError::TooSlow));
        assert_eq!(ask(format!("https://{address}/")).await.err(), Some(HttpError::TooSlow));
        assert_eq!(ask("http://broker.example/".to_owned()).await.err(), Some(HttpError::Insecure));
        drop(silent);
        assert_eq!(ask(format!("http://{address}/")).await.err(), Some(HttpError::Unreachable));
    }

    // asvs = "12.2.1"
    #[test]
    fn nothing_goes_in_the_clear_but_to_this_machine() {
        for (uri, elsewhere, here) in [
            ("https://broker.example/token", true, true),
            ("http://broker.example/token", false, false),
            ("http://127.0.0.1:9/token", false, true),
            ("http://localhost/token", false, true),
            ("http://[::1]:9/token", false, true),
            ("http://localhost.example/token", false, false),
            ("http://169.254.169.254/latest", false, false),
            ("/token", false, false),
        ] {
            let uri: Uri = uri.parse().unwrap();
            assert_eq!((is_allowed(&uri, false), is_allowed(&uri, true)), (elsewhere, here), "{uri}");
        }
    }
}
