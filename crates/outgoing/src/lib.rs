//! Requests that Carillon sends to addresses that others wrote down: an application's logout URI, an identity provider.
//! They reach no private network unless the operator says so, follow no redirect, and end in time and in size.

mod addresses;

use std::error::Error as _;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

pub use http;
use http::{Request, Response, Uri};
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
pub use hyper::body::Bytes;
use hyper_rustls::HttpsConnector;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::connect::dns::{GaiResolver, Name};
use hyper_util::rt::TokioExecutor;
use rustls::{ClientConfig, RootCertStore};

use addresses::is_public;

/// How long a request may take in all.
const TIME: Duration = Duration::from_secs(5);
/// The longest answer that is read.
const LONGEST: usize = 1 << 20;

/// Why nothing came of a request, in words that name neither the address nor anything of the request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Failed {
    /// The address is in a private network.
    #[error("the address is in a private network, and the setting outgoing_private does not allow that")]
    Private,
    /// Nobody answers there, or not by TLS with a certificate that this machine trusts.
    #[error("no connection could be made")]
    Connection,
    /// It broke off, or was no HTTP.
    #[error("the answer could not be read")]
    Broken,
    /// The time was over.
    #[error("it took longer than {} seconds", TIME.as_secs())]
    TooSlow,
    /// The answer was too long.
    #[error("the answer was longer than {LONGEST} bytes")]
    TooLong,
}

/// Sends requests, each on a connection of its own: receivers are many, and files few. Cheap to clone.
#[derive(Clone)]
pub struct Outgoing {
    client: Client<HttpsConnector<HttpConnector<Guarded>>, Full<Bytes>>,
    private: bool,
}

impl std::fmt::Debug for Outgoing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Outgoing").field("private", &self.private).finish_non_exhaustive()
    }
}

impl Outgoing {
    /// `private`: whether addresses in private networks, this machine's among them, may be reached. The system's
    /// certificate authorities are trusted; the error says why they cannot be.
    pub fn new(private: bool) -> Result<Self, rustls::Error> {
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let tls = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
        let tls = tls.with_root_certificates(roots).with_no_client_auth();
        let connector = hyper_rustls::HttpsConnectorBuilder::new().with_tls_config(tls);
        let connector = connector.https_or_http().enable_http1().wrap_connector(guarded(private));
        let mut client = Client::builder(TokioExecutor::new());
        client.pool_max_idle_per_host(0);
        Ok(Self { client: client.build(connector), private })
    }

    /// Sends a request to its absolute URI. Any answer is one, a redirect too: it is not followed.
    pub async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, Failed> {
        if !self.private && literal(request.uri()).is_some_and(|address| !is_public(address)) {
            return Err(Failed::Private);
        }
        tokio::time::timeout(TIME, self.exchange(request)).await.unwrap_or(Err(Failed::TooSlow))
    }

    async fn exchange(&self, request: Request<Bytes>) -> Result<Response<Bytes>, Failed> {
        let answer = self.client.request(request.map(Full::new)).await.map_err(|error| why(&error))?;
        let (head, body) = answer.into_parts();
        let body =
            Limited::new(body, LONGEST).collect().await.map_err(|error| match error.is::<LengthLimitError>() {
                true => Failed::TooLong,
                false => Failed::Broken,
            })?;
        Ok(Response::from_parts(head, body.to_bytes()))
    }
}

fn why(error: &hyper_util::client::legacy::Error) -> Failed {
    let mut source = error.source();
    while let Some(cause) = source {
        if cause.downcast_ref::<io::Error>().and_then(io::Error::get_ref).is_some_and(|inner| inner.is::<Failed>()) {
            return Failed::Private;
        }
        source = cause.source();
    }
    if error.is_connect() { Failed::Connection } else { Failed::Broken }
}

fn guarded(private: bool) -> HttpConnector<Guarded> {
    let mut connector = HttpConnector::new_with_resolver(Guarded { names: GaiResolver::new(), private });
    connector.enforce_http(false);
    connector.set_connect_timeout(Some(TIME));
    connector.set_nodelay(true);
    connector
}

/// The addresses of a host that may be reached, for who speaks something other than HTTP there: connect to these, and do not
/// resolve the name again. `host` is a name or an address, an IPv6 one without brackets; `private` is as for
/// [`Outgoing::new`].
pub async fn addresses(host: &str, port: u16, private: bool) -> Result<Vec<SocketAddr>, Failed> {
    let found = tokio::time::timeout(TIME, tokio::net::lookup_host((host, port))).await;
    allowed(found.map_err(|_| Failed::TooSlow)?.map_err(|_| Failed::Connection)?, private)
}

/// Those of a host's addresses that may be reached.
fn allowed(found: impl Iterator<Item = SocketAddr>, private: bool) -> Result<Vec<SocketAddr>, Failed> {
    let (allowed, others): (Vec<_>, Vec<_>) = found.partition(|address| private || is_public(address.ip()));
    if allowed.is_empty() && !others.is_empty() { Err(Failed::Private) } else { Ok(allowed) }
}

/// The address, where the URI names one itself: then no resolver is asked.
fn literal(uri: &Uri) -> Option<IpAddr> {
    uri.host()?.trim_start_matches('[').trim_end_matches(']').parse().ok()
}

/// Resolves names to the addresses that may be reached. What is connected to is what was looked at: a name that means
/// another address a moment later (DNS rebinding) changes nothing.
#[derive(Clone)]
struct Guarded {
    names: GaiResolver,
    private: bool,
}

impl tower::Service<Name> for Guarded {
    type Response = std::vec::IntoIter<SocketAddr>;
    type Error = io::Error;
    type Future = std::pin::Pin<Box<dyn Future<Output = Result<Self::Response, io::Error>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), io::Error>> {
        self.names.poll_ready(cx)
    }

    fn call(&mut self, name: Name) -> Self::Future {
        let (found, private) = (self.names.call(name), self.private);
        Box::pin(async move { allowed(found.await?, private).map(Vec::into_iter).map_err(io::Error::other) })
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::TcpListener;
    use std::thread::{park, spawn};

    use super::*;

    /// Answers each connection with these bytes, or never.
    fn receiver(answer: Option<Vec<u8>>) -> u16 {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        spawn(move || {
            for mut stream in listener.incoming().map_while(Result::ok) {
                let answer = answer.clone();
                spawn(move || {
                    let mut request = [0; 4096];
                    let _ = stream.read(&mut request);
                    match answer {
                        Some(answer) => drop(stream.write_all(&answer)),
                        None => park(),
                    }
                });
            }
        });
        port
    }

    async fn get(private: bool, uri: &str) -> Result<(u16, usize), Failed> {
        let request = Request::get(uri).body(Bytes::new()).unwrap();
        let answer = Outgoing::new(private).unwrap().send(request).await?;
        Ok((answer.status().as_u16(), answer.body().len()))
    }

    #[tokio::test]
    async fn a_private_network_is_out_of_reach_unless_it_is_allowed() {
        let port = receiver(Some(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi".to_vec()));
        for host in ["127.0.0.1", "localhost", "[::ffff:127.0.0.1]"] {
            let uri = format!("http://{host}:{port}/");
            assert_eq!(get(false, &uri).await, Err(Failed::Private), "{host}");
        }
        assert_eq!(get(true, &format!("http://127.0.0.1:{port}/")).await, Ok((200, 2)));
        assert_eq!(get(true, &format!("http://localhost:{port}/")).await, Ok((200, 2)));
        for address in ["[::1]", "169.254.169.254", "10.0.0.1", "[::]", "0.0.0.0"] {
            assert_eq!(get(false, &format!("http://{address}/")).await, Err(Failed::Private), "{address}");
        }
    }

    #[tokio::test]
    async fn a_name_is_resolved_to_what_may_be_reached() {
        for host in ["127.0.0.1", "localhost", "::1", "10.0.0.1"] {
            assert_eq!(addresses(host, 389, false).await, Err(Failed::Private), "{host}");
        }
        assert_eq!(addresses("10.0.0.1", 389, true).await, Ok(vec!["10.0.0.1:389".parse().unwrap()]));
        assert_eq!(addresses("8.8.8.8", 389, false).await, Ok(vec!["8.8.8.8:389".parse().unwrap()]));
        assert_eq!(addresses("", 389, true).await, Err(Failed::Connection));
    }

    #[tokio::test]
    async fn redirects_are_answers_and_answers_are_bounded() {
        let elsewhere = b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n";
        let port = receiver(Some(elsewhere.to_vec()));
        assert_eq!(get(true, &format!("http://127.0.0.1:{port}/")).await, Ok((302, 0)));
        let mut long = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", LONGEST + 1).into_bytes();
        long.resize(long.len() + LONGEST + 1, b'x');
        let port = receiver(Some(long));
        assert_eq!(get(true, &format!("http://127.0.0.1:{port}/")).await, Err(Failed::TooLong));
        let port = receiver(Some(b"nonsense\r\n\r\n".to_vec()));
        assert_eq!(get(true, &format!("http://127.0.0.1:{port}/")).await, Err(Failed::Broken));
        assert_eq!(get(true, "http://127.0.0.1:1/").await, Err(Failed::Connection));
    }

    #[tokio::test(start_paused = true)]
    async fn who_hangs_is_left_after_a_while() {
        let port = receiver(None);
        assert_eq!(get(true, &format!("http://127.0.0.1:{port}/")).await, Err(Failed::TooSlow));
    }
}
