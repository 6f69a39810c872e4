//! Connections, over real sockets.

use std::net::SocketAddr;
use std::time::Duration;

use carillon_http::{Drain, HttpSettings, Limits, router, serve};
use service::testing::World;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinSet;

use crate::app::on_sqlite;

const REQUEST: &[u8] = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n";

/// A server that serves until `stop` is used.
struct Server {
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    task: JoinSet<()>,
}

async fn start(world: &World, change: impl FnOnce(&mut Limits)) -> Server {
    start_with(world, |settings| change(&mut settings.limits)).await
}

async fn start_with(world: &World, change: impl FnOnce(&mut HttpSettings)) -> Server {
    let mut settings = HttpSettings::new(world.service.settings().base_url.clone());
    change(&mut settings);
    let (limits, proxies) = (settings.limits.clone(), settings.trusted_proxies.clone());
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = oneshot::channel();
    let router = router(world.service.clone(), settings);
    let mut task = JoinSet::new();
    task.spawn(async move {
        let asked = async {
            stopped.await.ok();
        };
        serve(listener, router, &limits, &proxies, asked).await;
    });
    Server { address, stop, task }
}

/// What the server says until it closes the connection.
async fn rest(stream: &mut TcpStream) -> String {
    let mut text = String::new();
    stream.read_to_string(&mut text).await.ok();
    text
}

/// One answer on a connection that stays open.
async fn answer(stream: &mut TcpStream) -> String {
    let mut text = Vec::new();
    while !text.ends_with(b"alive\n") {
        let read = stream.read_buf(&mut text).await.unwrap();
        assert_ne!(read, 0, "{}", String::from_utf8_lossy(&text));
    }
    String::from_utf8(text).unwrap()
}

#[test]
fn a_connection_serves_many_requests_and_ends_in_order() {
    on_sqlite(|world| async move {
        let mut server = start(&world, |_| {}).await;
        let mut stream = TcpStream::connect(server.address).await.unwrap();
        for _ in 0..3 {
            stream.write_all(REQUEST).await.unwrap();
            assert!(answer(&mut stream).await.starts_with("HTTP/1.1 200 OK\r\n"));
        }
        server.stop.send(()).unwrap();
        assert_eq!(rest(&mut stream).await, "", "an idle connection is closed");
        server.task.join_next().await.unwrap().unwrap();
        assert!(TcpStream::connect(server.address).await.is_err(), "nobody listens any more");
    });
}

#[test]
fn a_server_about_to_stop_answers_but_sends_everybody_elsewhere() {
    on_sqlite(|world| async move {
        let drain = Drain::default();
        let told = drain.clone();
        let server = start_with(&world, |settings| settings.drain = told).await;
        let mut stream = TcpStream::connect(server.address).await.unwrap();
        stream.write_all(REQUEST).await.unwrap();
        assert!(!answer(&mut stream).await.contains("connection: close"));
        drain.begin();
        stream.write_all(REQUEST).await.unwrap();
        let last = rest(&mut stream).await;
        assert!(last.starts_with("HTTP/1.1 200 OK\r\n") && last.contains("connection: close\r\n"), "{last}");
        let mut stream = TcpStream::connect(server.address).await.unwrap();
        stream.write_all(b"GET /readyz HTTP/1.1\r\nHost: localhost\r\n\r\n").await.unwrap();
        let said = rest(&mut stream).await;
        assert!(said.starts_with("HTTP/1.1 503 ") && said.ends_with("about to stop\n"), "{said}");
    });
}

/// A connection from this address of this machine.
async fn from(client: &str, server: SocketAddr) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind(SocketAddr::new(client.parse().unwrap(), 0)).unwrap();
    socket.connect(server).await.unwrap()
}

#[test]
fn one_address_cannot_take_all_connections() {
    on_sqlite(|world| async move {
        let server = start_with(&world, |settings| {
            settings.limits.connections_per_address = Some(2);
            settings.trusted_proxies = vec!["127.0.0.9/32".parse().unwrap()];
        })
        .await;
        let mut open = Vec::new();
        for client in ["127.0.0.1", "127.0.0.1", "127.0.0.2", "127.0.0.9", "127.0.0.9", "127.0.0.9"] {
            let mut stream = from(client, server.address).await;
            stream.write_all(REQUEST).await.unwrap();
            assert!(answer(&mut stream).await.starts_with("HTTP/1.1 200 OK\r\n"), "{client}");
            open.push(stream);
        }
        let mut third = from("127.0.0.1", server.address).await;
        assert_eq!(rest(&mut third).await, "", "it is closed, though nothing was asked");
        open[0].write_all(REQUEST).await.unwrap();
        assert!(answer(&mut open[0]).await.starts_with("HTTP/1.1 200 OK\r\n"), "those there are go on");
    });
}

#[test]
fn a_head_that_never_ends_is_cut_off() {
    on_sqlite(|world| async move {
        let server = start(&world, |limits| limits.head_time = Duration::from_millis(50)).await;
        let mut stream = TcpStream::connect(server.address).await.unwrap();
        stream.write_all(b"GET /healthz HTTP/1.1\r\nHost: local").await.unwrap();
        assert!(!rest(&mut stream).await.contains("200"));
    });
}

#[test]
fn a_request_that_does_not_end_is_cut_off_at_shutdown() {
    on_sqlite(|world| async move {
        let mut server = start(&world, |limits| limits.shutdown_time = Duration::from_millis(50)).await;
        let mut stream = TcpStream::connect(server.address).await.unwrap();
        stream.write_all(b"POST /register HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\nadd").await.unwrap();
        let mut other = TcpStream::connect(server.address).await.unwrap();
        other.write_all(REQUEST).await.unwrap();
        answer(&mut other).await;
        server.stop.send(()).unwrap();
        server.task.join_next().await.unwrap().unwrap();
        assert_eq!(rest(&mut stream).await, "");
    });
}

#[test]
fn connections_beyond_the_bound_wait_for_a_place() {
    on_sqlite(|world| async move {
        let server = start(&world, |limits| limits.connections = 1).await;
        let mut first = TcpStream::connect(server.address).await.unwrap();
        first.write_all(REQUEST).await.unwrap();
        answer(&mut first).await;
        let mut second = TcpStream::connect(server.address).await.unwrap();
        second.write_all(REQUEST).await.unwrap();
        first.write_all(REQUEST).await.unwrap();
        answer(&mut first).await;
        let mut byte = [0; 1];
        assert!(second.try_read(&mut byte).is_err(), "nothing yet");
        drop(first);
        answer(&mut second).await;
    });
}
