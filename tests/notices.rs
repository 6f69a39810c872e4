//! Applications hear that sessions ended, from real servers over real connections: they answer, fail, hang and come back,
//! the server is killed in between, and several servers share the work.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicU16, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{sleep, spawn};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use crate::harness::oidc::{App, Browser};
use crate::harness::server::{Server, unlimited};
use crate::harness::{Engine, on_both_engines, until};

on_both_engines!(an_application_hears_that_sessions_ended, a_kill_loses_no_notice);

/// What stands for an application that hangs.
const HANGS: u16 = 0;

/// An application's own server: it notes what it is told, when, and answers with a status or not at all.
struct Receiver {
    uri: String,
    status: Arc<AtomicU16>,
    noted: Arc<Noted>,
}

#[derive(Default)]
struct Noted {
    told: Mutex<Vec<(Instant, Value)>>,
    /// When each who got no answer stopped waiting for one.
    given_up: Mutex<Vec<Instant>>,
}

impl Receiver {
    fn start(status: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let uri = format!("http://{}/logout", listener.local_addr().expect("an address"));
        let receiver = Self { uri, status: Arc::new(AtomicU16::new(status)), noted: Arc::default() };
        let (status, noted) = (Arc::clone(&receiver.status), Arc::clone(&receiver.noted));
        spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let (status, noted) = (Arc::clone(&status), Arc::clone(&noted));
                spawn(move || take(stream, &status, &noted));
            }
        });
        receiver
    }

    fn answers(&self, status: u16) {
        self.status.store(status, Ordering::SeqCst);
    }

    fn told(&self) -> Vec<(Instant, Value)> {
        self.noted.told.lock().expect("not poisoned").clone()
    }

    fn given_up(&self) -> Vec<Instant> {
        self.noted.given_up.lock().expect("not poisoned").clone()
    }

    /// Waits until it was told so often.
    fn wait_for(&self, count: usize) -> Vec<(Instant, Value)> {
        until(&format!("{} is told {count} times", self.uri), || self.told().len() >= count);
        self.told()
    }
}

fn take(mut stream: TcpStream, status: &AtomicU16, noted: &Noted) {
    let mut request = Vec::new();
    let mut piece = [0; 4096];
    while !is_whole(&request) {
        match stream.read(&mut piece) {
            Ok(read @ 1..) => request.extend_from_slice(&piece[..read]),
            _ => return,
        }
    }
    let text = String::from_utf8(request).expect("text");
    assert!(text.starts_with("POST /logout HTTP/1.1\r\n"), "{text}");
    let token = text.split_once("logout_token=").expect("a logout token").1;
    let status = status.load(Ordering::SeqCst);
    noted.told.lock().expect("not poisoned").push((now(), claims(token)));
    match status {
        HANGS => {
            stream.read(&mut piece).unwrap_or_default();
            noted.given_up.lock().expect("not poisoned").push(now());
        }
        status => write!(stream, "HTTP/1.1 {status} Said\r\nContent-Length: 0\r\n\r\n").unwrap_or_default(),
    }
}

fn is_whole(request: &[u8]) -> bool {
    let text = String::from_utf8_lossy(request);
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
    length.and_then(|length| length.parse().ok()) == Some(body.len())
}

/// The claims of a token. That its signature is right, OpenID Connect's own clients test.
fn claims(token: &str) -> Value {
    let part = token.split('.').nth(1).expect("a JWT");
    let bytes = URL_SAFE_NO_PAD.decode(part).expect("base64url");
    serde_json::from_slice(&bytes).expect("JSON")
}

#[expect(clippy::disallowed_methods, reason = "what came first is compared")]
fn now() -> Instant {
    Instant::now()
}

fn outbox(server: &Server, state: &str) -> Vec<Value> {
    let rows = server.carillon("outbox list --json --limit 500 --state").arg(state).run().json();
    rows.as_array().expect("a list").iter().filter(|row| row["kind"] == "logout").cloned().collect()
}

fn person(server: &Server) -> (String, Browser) {
    let person = server.demo_person("EnterpriseLWA");
    let text = |member: &str| person[member].as_str().expect("text").to_owned();
    let browser = Browser::sign_in(server.url(), &text("address"), &text("password"));
    (text("id"), browser)
}

fn an_application_hears_that_sessions_ended(engine: Engine) {
    let server = Server::start_with(engine, |_| unlimited());
    let (fine, failing, hanging) = (Receiver::start(204), Receiver::start(500), Receiver::start(HANGS));
    let app = |name: &str, receiver: &Receiver| App::register(&server, name, Some(&receiver.uri), &json!({}));
    let apps = [app("hangs", &hanging), app("fails", &failing), app("answers", &fine)];
    let (id, browser) = person(&server);
    let tokens: Vec<Value> = apps.iter().map(|app| browser.enter(server.url(), app)).collect();
    let active = |app: usize| {
        apps[app].introspect(server.url(), tokens[app]["access_token"].as_str().expect("a token")).json()["active"]
            .clone()
    };
    assert_eq!(active(2), true);
    server.carillon("user suspend").arg(&id).run().ok();
    assert_eq!((active(0), active(2)), (json!(false), json!(false)), "that does not wait for anybody");
    let told = fine.wait_for(1);
    let claims = &told[0].1;
    assert_eq!(
        (&claims["sub"], &claims["aud"], &claims["iss"]),
        (&json!(id), &json!(apps[2].id), &json!(server.url()))
    );
    assert!(claims.get("sid").is_none() && claims["seq"].is_i64(), "all of them: {claims}");
    failing.wait_for(2);
    hanging.wait_for(1);
    server.carillon("user activate").arg(&id).run().ok();
    assert_eq!((active(0), active(2)), (json!(false), json!(false)), "nothing comes back");
    failing.answers(200);
    hanging.answers(200);
    failing.wait_for(3);
    hanging.wait_for(2);
    until("nobody waits for the one that hangs", || !hanging.given_up().is_empty());
    assert!(told[0].0 < hanging.given_up()[0], "the one that hangs delays nobody");
    let jti = |receiver: &Receiver| receiver.told().iter().map(|(_, claims)| claims["jti"].clone()).collect::<Vec<_>>();
    assert!(jti(&failing).windows(2).all(|two| two[0] == two[1]), "known again by who got it twice");
    let log = server.log();
    assert!(log.contains("an application was told that sessions ended") && !log.contains("logout_token"), "{log}");
}

fn a_kill_loses_no_notice(engine: Engine) {
    let mut server = Server::start_with(engine, |_| unlimited());
    let receiver = Receiver::start(HANGS);
    let app = App::register(&server, "hangs", Some(&receiver.uri), &json!({}));
    let (id, browser) = person(&server);
    browser.enter(server.url(), &app);
    server.carillon("user log-out").arg(&id).run().ok();
    receiver.wait_for(1);
    server.kill();
    receiver.answers(200);
    server.start_again();
    // Nobody knows what became of it: it is sent again once the lease of the dead has run out.
    server.statement("UPDATE outbox SET leased = 0, due = 0 WHERE kind = 'logout'");
    let told = receiver.wait_for(2);
    assert_eq!(told[0].1["jti"], told[1].1["jti"]);
    for _ in 0..100 {
        if outbox(&server, "waiting").is_empty() {
            return;
        }
        sleep(Duration::from_millis(100));
    }
    panic!("it waits still: {:?}", outbox(&server, "waiting"));
}

#[test]
fn several_servers_tell_each_application_once() {
    let server = Server::start_with(Engine::Postgres, |_| unlimited());
    let others = [server.another(), server.another()];
    let receivers: Vec<Receiver> = (0..30).map(|_| Receiver::start(200)).collect();
    let (id, browser) = person(&server);
    for (n, receiver) in receivers.iter().enumerate() {
        let app = App::register(&server, &format!("App {n}"), Some(&receiver.uri), &json!({}));
        browser.enter(others[n % 2].url(), &app);
    }
    server.carillon("user log-out").arg(&id).run().ok();
    for receiver in &receivers {
        receiver.wait_for(1);
    }
    assert!(receivers.iter().all(|receiver| receiver.told().len() == 1));
    drop(others);
}
