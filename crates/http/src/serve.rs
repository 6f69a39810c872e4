//! Connections: accepted within bounds, and ended in order.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
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
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use crate::Limits;

/// How long to wait when the system has no more file descriptors, which only ended connections give back.
const PAUSE: Duration = Duration::from_millis(100);

/// Serves until `shutdown` completes; then takes no new connections and gives running requests
/// [`Limits::shutdown_time`] to end.
///
/// Connections are driven by hyper itself and not by `axum::serve`, which has no timeout for a head that never ends
/// and no bound on connections.
pub async fn serve(listener: TcpListener, router: Router, limits: &Limits, shutdown: impl Future<Output = ()>) {
    let places = Arc::new(Semaphore::new(limits.connections));
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
        let router = TowerToHyperService::new(router.clone());
        let service = service_fn(move |request: hyper::Request<Incoming>| {
            let mut request = request.map(Body::new);
            request.extensions_mut().insert(ConnectInfo(peer));
            hyper::service::Service::call(&router, request)
        });
        let connection = graceful.watch(http.serve_connection(TokioIo::new(stream), service));
        connections.spawn(async move {
            let _place = place;
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
