//! A load generator: one thread, many connections, each with one question under way. It measures every answer and
//! checks that it is one.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use crate::population::{self, TOKENS, mixed};
use crate::{Outcome, now};

/// Connections, each with one question under way.
const CONNECTIONS: u64 = 32;

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

/// Asks for this long, on a thread and a runtime of its own.
pub fn drive(server: SocketAddr, users: u64, time: Duration) -> Outcome<Answered> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(drive_all(server, users, time))
}

async fn drive_all(server: SocketAddr, users: u64, time: Duration) -> Outcome<Answered> {
    // Every drive asks about other people, so that no answer is one that was given just before.
    static SEED: AtomicU64 = AtomicU64::new(0);
    let allowed = Arc::new(AtomicU64::new(0));
    let (began, mut connections) = (now(), JoinSet::new());
    for _ in 0..CONNECTIONS {
        let questions = Questions { users, chance: mixed(SEED.fetch_add(1, Ordering::Relaxed)) };
        connections.spawn(connection(server, questions, time, Arc::clone(&allowed)));
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
async fn connection(
    server: SocketAddr,
    mut questions: Questions,
    time: Duration,
    allowed: Arc<AtomicU64>,
) -> Outcome<Vec<u32>> {
    let mut stream = TcpStream::connect(server).await?;
    stream.set_nodelay(true)?;
    let began = now();
    let (mut latencies, mut answer, mut yes) = (Vec::new(), vec![0; 8_192], 0);
    while began.elapsed() < time {
        let question = questions.next();
        let asked = now();
        stream.write_all(question.as_bytes()).await?;
        let mut length = 0;
        while !is_whole(&answer[..length]) {
            match stream.read(&mut answer[length..]).await? {
                0 => return Err("the server closed the connection".into()),
                read => length += read,
            }
        }
        latencies.push(u32::try_from(asked.elapsed().as_micros()).unwrap_or(u32::MAX));
        if !answer.starts_with(b"HTTP/1.1 200 ") {
            return Err(format!("an answer is none: {}", String::from_utf8_lossy(&answer[..length])).into());
        }
        yes += u64::from(find(&answer[..length], b"\"decision\":true").is_some());
    }
    allowed.fetch_add(yes, Ordering::Relaxed);
    Ok(latencies)
}

/// Whether head and body are there, by the head's Content-Length.
fn is_whole(answer: &[u8]) -> bool {
    let Some(head) = find(answer, b"\r\n\r\n") else { return false };
    let Some(named) = find(answer, b"content-length: ") else { return false };
    let digits = answer[named + 16..].iter().take_while(|byte| byte.is_ascii_digit());
    let body = digits.fold(0, |number, digit| number * 10 + usize::from(digit - b'0'));
    answer.len() >= head + 4 + body
}

fn find(text: &[u8], word: &[u8]) -> Option<usize> {
    text.windows(word.len()).position(|window| window == word)
}

/// Random people, random tokens; half ask about signing in, half about a feature.
struct Questions {
    users: u64,
    chance: u64,
}

impl Questions {
    fn next(&mut self) -> String {
        self.chance = mixed(self.chance);
        let (user, token) = (self.chance % self.users, mixed(self.chance) % TOKENS);
        let (action, kind, id) = match self.chance >> 63 {
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
}
