//! A storm of sign-ins by password, right and wrong, for many people from many addresses: how many the whole server takes,
//! as a part of the hashes that the same slots make with nothing around them, and how long everybody else's questions
//! take meanwhile.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use service::password::{Cost, Passwords};
use store::Database;
use tokio::runtime::Runtime;
use tokio::task::JoinSet;

use crate::connection::Connection;
use crate::load::{Answered, Door, Load, post_form, seed};
use crate::population::{self, mixed};
use crate::report::{Aim, Row, Spread};
use crate::signed_in::{PASSWORD, SESSIONS, person};
use crate::start::Server;
use crate::{Bench, Engine, Outcome, now};

/// Who sign in at once, for each hash slot: nearly as many as the product lets wait.
const WAITING: usize = 48;
/// Who ask meanwhile, and how long each waits before the next question: some hundreds a second, so that the questions
/// themselves do not keep the machine busy.
const ASKING: (u64, Duration) = (4, Duration::from_millis(10));

/// What one storm came to.
struct Storm {
    /// Sign-ins answered in a second, right or wrong.
    rate: f64,
    evaluations: Answered,
    checks: Answered,
}

/// Measures one engine.
pub fn run(bench: &Bench, engine: Engine, database: &Database, runtime: &Runtime) -> Outcome<Vec<Row>> {
    let server = Server::start(database)?;
    let passwords = Passwords::new(Cost::default(), usize::MAX)?;
    let (_, slots) = passwords.slots();
    let at_rest = server.memory_at_rest()?;
    let (mut hashes, mut storms, mut memory) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..bench.pairs {
        hashes.push(runtime.block_on(bare(&passwords, bench.time()))?);
        storms.push(storm(bench, server.address, slots, runtime)?);
        memory.push(server.process.memory()?);
    }
    let row = |what: &str, ours: String, beside: String, ratio: Spread, aim: Aim| {
        let what = format!("{}: {what}", engine.name());
        Row { what, ours, beside, ratio, aim }
    };
    let rates = Spread::of(storms.iter().map(|storm| storm.rate));
    let bare = Spread::of(hashes.iter().copied());
    let p99 = |door: fn(&Storm) -> &Answered| {
        let rate = Spread::of(storms.iter().map(|storm| door(storm).rate)).median();
        (format!("{rate:.0} /s"), Spread::of(storms.iter().map(|storm| door(storm).p99)))
    };
    let (evaluations, slowest_evaluation) = p99(|storm| &storm.evaluations);
    let (checks, slowest_check) = p99(|storm| &storm.checks);
    let resting = format!("before: {at_rest:.0} MB");
    Ok(vec![
        row(
            "sign-ins by password in a storm",
            format!("{:.1} /s", rates.median()),
            format!("hashes alone, {slots} at once: {:.1} /s", bare.median()),
            Spread::of(storms.iter().zip(&hashes).map(|(storm, bare)| storm.rate / bare)),
            Aim::AtLeast(0.9),
        ),
        row("p99 of evaluations meanwhile, ms", evaluations, String::new(), slowest_evaluation, Aim::AtMost(20.0)),
        row("p99 of checks meanwhile, ms", checks, String::new(), slowest_check, Aim::AtMost(20.0)),
        row("memory in a storm, MB", "carillon serve".to_owned(), resting, Spread::of(memory), Aim::None),
    ])
}

/// Hashes alone, as many at once as there are slots, in hashes a second.
async fn bare(passwords: &Passwords, time: Duration) -> Outcome<f64> {
    let (began, mut hashing) = (now(), JoinSet::new());
    for _ in 0..2 * passwords.slots().1 {
        let passwords = passwords.clone();
        hashing.spawn(async move {
            let mut count = 0_u64;
            while began.elapsed() < time {
                passwords.verify(PASSWORD.to_owned(), None).await?;
                count += 1;
            }
            Outcome::Ok(count)
        });
    }
    let mut count = 0;
    while let Some(done) = hashing.join_next().await {
        count += done??;
    }
    Ok(count as f64 / began.elapsed().as_secs_f64())
}

fn storm(bench: &Bench, server: SocketAddr, slots: usize, runtime: &Runtime) -> Outcome<Storm> {
    let ask = |door| {
        let (connections, pause) = ASKING;
        Load { door, users: bench.users, time: bench.time(), connections, pause }
    };
    std::thread::scope(|scope| {
        let evaluations = scope.spawn(move || ask(Door::Evaluation).drive(server));
        let checks = scope.spawn(move || ask(Door::Check).drive(server));
        let rate = runtime.block_on(sign_ins(server, bench.users, slots, bench.time()))?;
        let joined = |asked: std::thread::ScopedJoinHandle<'_, Outcome<Answered>>| {
            asked.join().map_err(|_| "a thread that asks panicked")?
        };
        Ok(Storm { rate, evaluations: joined(evaluations)?, checks: joined(checks)? })
    })
}

/// Sign-ins answered in a second.
async fn sign_ins(server: SocketAddr, users: u64, slots: usize, time: Duration) -> Outcome<f64> {
    let (began, mut clients) = (now(), JoinSet::new());
    for _ in 0..WAITING * slots {
        clients.spawn(async move {
            let (mut connection, mut chance, mut count) = (Connection::open(server).await?, seed(), 0_u64);
            while began.elapsed() < time {
                chance = mixed(chance);
                let (request, expected) = sign_in(users, chance);
                let answer = connection.ask(&request).await?;
                if answer.status() != expected {
                    return Err(format!("a sign-in that should be answered by {expected}: {answer}").into());
                }
                count += 1;
            }
            Outcome::Ok(count)
        });
    }
    let mut count = 0;
    while let Some(done) = clients.join_next().await {
        count += done??;
    }
    Ok(count as f64 / began.elapsed().as_secs_f64())
}

/// A sign-in from anywhere, and the status it is answered by. Half are right; the others try somebody, half of whom do
/// not exist.
fn sign_in(users: u64, chance: u64) -> (String, &'static str) {
    let from = Ipv4Addr::from_bits((chance >> 16) as u32);
    let (who, password, expected) = match chance >> 63 {
        0 => (person(mixed(chance) % SESSIONS, users), PASSWORD, "303"),
        _ => (mixed(chance) % (2 * users), "a password of somebody else", "403"),
    };
    let form = format!("address={}&password={}", population::address(who), password.replace(' ', "+"));
    (post_form("/signin", &format!("X-Forwarded-For: {from}\r\n"), &form), expected)
}
