//! A load generator: one thread, many connections, each with one request under way. It measures every answer and checks
//! that it is one.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::sleep;

use crate::connection::Connection;
use crate::population::{self, TOKENS, mixed};
use crate::signed_in::{self, APPLICATION, SESSIONS};
use crate::{Outcome, now};

/// Connections, each with one question under way.
const CONNECTIONS: u64 = 32;

/// What is asked.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Door {
    /// AuthZEN, about random people with random tokens; half about signing in, half about a feature.
    Evaluation,
    /// What a random access token stands for.
    Introspection,
    /// Whether a random session, or a random access token, may enter.
    Check,
}

/// How a server is asked.
#[derive(Clone, Copy)]
pub struct Load {
    /// What.
    pub door: Door,
    /// How many people there are.
    pub users: u64,
    /// For how long.
    pub time: Duration,
    /// How many ask at once.
    pub connections: u64,
    /// How long each of them waits before the next question.
    pub pause: Duration,
}

/// What came back.
pub struct Answered {
    /// Answers a second.
    pub rate: f64,
    /// How many there were.
    pub count: u64,
    /// The median, in milliseconds.
    pub p50: f64,
    /// What 99 of 100 stay below, in milliseconds.
    pub p99: f64,
}

impl Load {
    /// As much as can be answered.
    pub fn full(door: Door, users: u64, time: Duration) -> Self {
        Self { door, users, time, connections: CONNECTIONS, pause: Duration::ZERO }
    }

    /// Asks, on a thread and a runtime of its own.
    pub fn drive(self, server: SocketAddr) -> Outcome<Answered> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(self.drive_all(server))
    }

    async fn drive_all(self, server: SocketAddr) -> Outcome<Answered> {
        let allowed = Arc::new(AtomicU64::new(0));
        let (began, mut connections) = (now(), JoinSet::new());
        for _ in 0..self.connections {
            connections.spawn(self.ask(server, Arc::clone(&allowed)));
        }
        let mut latencies = Vec::new();
        while let Some(done) = connections.join_next().await {
            latencies.extend(done??);
        }
        let elapsed = began.elapsed().as_secs_f64();
        if allowed.load(Ordering::Relaxed) == 0 {
            return Err("nobody was allowed anything: the questions miss the people".into());
        }
        latencies.sort_unstable();
        let at = |share: f64| {
            let place = (latencies.len() as f64 * share) as usize;
            latencies.get(place).map_or(0.0, |micros| f64::from(*micros) / 1_000.0)
        };
        let count = latencies.len() as u64;
        Ok(Answered { rate: count as f64 / elapsed, count, p50: at(0.5), p99: at(0.99) })
    }

    /// Asks one question after the other; the latencies in microseconds.
    async fn ask(self, server: SocketAddr, allowed: Arc<AtomicU64>) -> Outcome<Vec<u32>> {
        let mut connection = Connection::open(server).await?;
        let (mut latencies, mut yes, mut chance) = (Vec::new(), 0, seed());
        let began = now();
        while began.elapsed() < self.time {
            chance = mixed(chance);
            let question = self.door.question(self.users, chance);
            let asked = now();
            let answer = connection.ask(&question).await?;
            latencies.push(u32::try_from(asked.elapsed().as_micros()).unwrap_or(u32::MAX));
            if answer.status() != "200" {
                return Err(format!("an answer is none: {answer}").into());
            }
            yes += u64::from(answer.has(self.door.yes()));
            if !self.pause.is_zero() {
                sleep(self.pause).await;
            }
        }
        allowed.fetch_add(yes, Ordering::Relaxed);
        Ok(latencies)
    }
}

/// Where a connection's chance begins. Every one asks about other people, so that no answer is one that was given just
/// before.
pub fn seed() -> u64 {
    static SEED: AtomicU64 = AtomicU64::new(0);
    mixed(SEED.fetch_add(1, Ordering::Relaxed))
}

impl Door {
    /// The question that belongs to a number that looks like chance.
    fn question(self, users: u64, chance: u64) -> String {
        let session = mixed(chance) % SESSIONS;
        match self {
            Self::Evaluation => evaluation(users, chance),
            Self::Introspection => {
                let (client, secret) = (population::application_of(APPLICATION), population::token(APPLICATION));
                let token = signed_in::access_token(session);
                post_form("/oauth2/introspect", "", &format!("client_id={client}&client_secret={secret}&token={token}"))
            }
            Self::Check => {
                let presented = match chance >> 63 {
                    0 => format!("Cookie: carillon={}", signed_in::cookie(session)),
                    _ => format!("Authorization: Bearer {}", signed_in::access_token(session)),
                };
                let application = population::application_of(APPLICATION);
                format!("GET /check?application={application} HTTP/1.1\r\nHost: localhost\r\n{presented}\r\n\r\n")
            }
        }
    }

    /// What the answer has in it that says yes.
    fn yes(self) -> &'static str {
        match self {
            Self::Evaluation => "\"decision\":true",
            Self::Introspection => "\"active\":true",
            Self::Check => "remote-user: 0",
        }
    }
}

fn evaluation(users: u64, chance: u64) -> String {
    let (user, token) = (chance % users, mixed(chance) % TOKENS);
    let (action, kind, id) = match chance >> 63 {
        0 => ("use", "feature", "meetings.host".to_owned()),
        _ => ("sign_in", "application", population::application_of(token).to_string()),
    };
    let subject = population::id(user);
    let body = format!(
        r#"{{"subject":{{"type":"user","id":"{subject}"}},"action":{{"name":"{action}"}},"resource":{{"type":"{kind}","id":"{id}"}}}}"#
    );
    format!(
        "POST /access/v1/evaluation HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {}\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        population::token(token),
        body.len()
    )
}

/// A form; `head`: further lines, each with its end.
pub fn post_form(path: &str, head: &str, form: &str) -> String {
    format!(
        "POST {path} HTTP/1.1\r\nHost: localhost\r\n{head}Content-Type: application/x-www-form-urlencoded\r\n\
         Content-Length: {}\r\n\r\n{form}",
        form.len()
    )
}
