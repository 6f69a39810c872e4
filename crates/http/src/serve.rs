//! Connections: accepted within bounds, and ended in order.

use std::collections::HashMap;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use ipnet::IpNet;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use crate::Limits;
use crate::frame::network;
use crate::settings::trusted;

/// How long to wait when the system has no more file descriptors, which only ended connections give back.
const PAUSE: Duration = Duration::from_millis(100);

/// Serves until `shutdown` completes; then takes no new connections and gives running requests
/// [`Limits::shutdown_time`] to end. `proxies`: whose connections are everybody's, and so have no share of their own.
///
/// Connections are driven by hyper itself and not by `axum::serve`, which has no timeout for a head that never ends
/// and no bound on connections.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    limits: &Limits,
    proxies: &[IpNet],
    shutdown: impl Future<Output = ()>,
) {
    let places = Arc::new(Semaphore::new(limits.connections));
    let shares = Shares::default();
    let graceful = GracefulShutdown::new();
    let mut connections = JoinSet::new();
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(limits.head_time);
    let mut shutdown = std::pin::pin!(shutdown);
    loop {
        let accepted = async {
            // A semaphore that is never closed always gives a place.
            let place = places.clone().acquire_owned().await.ok();
            (place, listener.accept().await)
        };
        let (place, accepted) = tokio::select! {
            () = &mut shutdown => break,
            Some(_) = connections.join_next() => continue,
            accepted = accepted => accepted,
        };
        let Some((stream, peer)) = usable(accepted).await else { continue };
        let address = peer.ip().to_canonical();
        let share = match limits.connections_per_address {
            Some(most) if !trusted(proxies, address) => {
                // Closed without a word: an answer would take as long as the request that it answers.
                let Some(share) = shares.take(network(address), most) else { continue };
                Some(share)
            }
            _ => None,
        };
        let router = TowerToHyperService::new(router.clone());
        let service = service_fn(move |request: hyper::Request<Incoming>| {
            let mut request = request.map(Body::new);
            request.extensions_mut().insert(ConnectInfo(peer));
            hyper::service::Service::call(&router, request)
        });
        let connection = graceful.watch(http.serve_connection(TokioIo::new(stream), service));
        connections.spawn(async move {
            let _place = (place, share);
            // What goes wrong on a connection (gone, too slow, no HTTP) is the client's and has no one left to tell.
            let _ = connection.await;
        });
    }
    drop(listener);
    if timeout(limits.shutdown_time, graceful.shutdown()).await.is_err() {
        tracing::warn!("some requests did not end in time and were cut off");
    }
    connections.shutdown().await;
}

/// How many connections each client has open.
#[derive(Clone, Default)]
struct Shares(Arc<Mutex<HashMap<IpAddr, usize>>>);

/// One connection of a client's, until it is dropped.
struct Share(Shares, IpAddr);

impl Shares {
    /// One more, if there are fewer than `most`.
    fn take(&self, client: IpAddr, most: usize) -> Option<Share> {
        let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let its = open.get(&client).copied().unwrap_or(0);
        (its < most).then(|| {
            open.insert(client, its + 1);
            Share(self.clone(), client)
        })
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        let mut open = self.0.0.lock().unwrap_or_else(PoisonError::into_inner);
        match open.get_mut(&self.1) {
            Some(its) if *its > 1 => *its -= 1,
            _ => {
                open.remove(&self.1);
            }
        }
    }
}

async fn usable(accepted: io::Result<(TcpStream, SocketAddr)>) -> Option<(TcpStream, SocketAddr)> {
    match accepted {
        Ok((stream, peer)) => {
            // Answers are small and awaited: without this they would wait for the client's acknowledgement.
            stream.set_nodelay(true).ok();
            Some((stream, peer))
        }
        Err(error) if is_the_clients(&error) => None,
        Err(error) => {
            tracing::error!(%error, "a connection could not be accepted");
            sleep(PAUSE).await;
            None
        }
    }
}

/// A connection that ended before it was accepted.
fn is_the_clients(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}

#[test]
fn a_client_has_as_many_connections_as_it_may_and_gets_them_back() {
    let (shares, [one, other]) = (Shares::default(), ["192.0.2.7", "192.0.2.8"].map(|text| text.parse().ok()));
    let take = |client: Option<IpAddr>| client.and_then(|client| shares.take(client, 2));
    let held = (take(one), take(one));
    assert!(held.0.is_some() && held.1.is_some() && take(one).is_none());
    assert!(take(other).is_some(), "another client has its own");
    drop(held.0);
    assert!(take(one).is_some());
    drop(held.1);
    assert!(shares.0.lock().is_ok_and(|open| open.is_empty()), "nobody is remembered");
}
