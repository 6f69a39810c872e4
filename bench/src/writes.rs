//! Changes: by many clients at once and by one, against one commit each by bare statements; syncs are counted. And
//! 10,000 people in one verb, against one bare statement for the same rows.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use access::authority::Caller;
use access::{License, UserId};
use clap::ValueEnum;
use rusqlite::{Connection, TransactionBehavior, params};
use serde::{Deserialize, Serialize};
use service::{Door, Service};
use store::Database;
use tokio::runtime::Runtime;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::process::Process;
use crate::report::{Aim, Row, Spread};
use crate::{Bench, Engine, Outcome, argument, children, now, population, template};

/// Clients at once.
const CLIENTS: u64 = 16;
/// People in one verb.
const MANY: u64 = 10_000;
/// What a slower disk's sync takes longer, in microseconds.
const SLOW_SYNC: &str = "2000";

/// How changes are made.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Way {
    /// By the verb, as the doors do.
    Service,
    /// By the verb, the next one only once the last is done: a commit for each.
    OneByOne,
    /// The same rows by bare statements through one connection, a commit for each.
    Bare,
}

/// What a process shall do.
pub struct Load {
    pub way: Way,
    pub users: u64,
    pub clients: u64,
    pub time: Duration,
    pub syncs: Option<PathBuf>,
}

/// What it came to.
#[derive(Serialize, Deserialize)]
pub struct Changed {
    /// Acknowledged changes a second.
    rate: f64,
    /// Syncs for each of them, where the process could count its own.
    syncs: Option<f64>,
    /// Latencies in milliseconds.
    p50: f64,
    p99: f64,
    max: f64,
}

impl Way {
    fn name(self) -> &'static str {
        match self {
            Self::Service => "service",
            Self::OneByOne => "one-by-one",
            Self::Bare => "bare",
        }
    }
}

impl Changed {
    fn of(mut latencies: Vec<Duration>, began: Instant, syncs: Option<u64>) -> Self {
        let count = latencies.len().max(1) as f64;
        latencies.sort_unstable();
        let at = |share: f64| {
            let place = (count * share) as usize;
            latencies.get(place.min(latencies.len().saturating_sub(1))).map_or(0.0, |time| time.as_secs_f64() * 1e3)
        };
        let rate = count / began.elapsed().as_secs_f64();
        Self { rate, syncs: syncs.map(|syncs| syncs as f64 / count), p50: at(0.5), p99: at(0.99), max: at(1.0) }
    }
}

/// The people a client changes: its own, each once, somewhere among all.
fn person(load: &Load, client: u64, change: u64) -> u64 {
    population::mixed(client << 32 | change) % (load.users / load.clients) * load.clients + client
}

/// The license of a person's next change: never the one they have by [`population::user`].
fn other_license(person: u64) -> License {
    if person % 3 == 2 { License::Plus } else { License::Pro }
}

fn counted(file: Option<&Path>) -> Option<u64> {
    let bytes = std::fs::read(file?).ok()?;
    Some(u64::from_ne_bytes(bytes.try_into().ok()?))
}

/// Changes people by the verb.
pub async fn through_the_service(database: &Database, load: Load) -> Outcome<Changed> {
    let store = template::open(database).await?;
    let (service, load) = (children::service(store.clone())?, Arc::new(load));
    let places = match load.way {
        Way::OneByOne => 1,
        Way::Service | Way::Bare => Semaphore::MAX_PERMITS,
    };
    let turn = Arc::new(Semaphore::new(places));
    let (before, began, mut clients) = (counted(load.syncs.as_deref()), now(), JoinSet::new());
    for client in 0..load.clients {
        let (service, load, turn) = (service.clone(), Arc::clone(&load), Arc::clone(&turn));
        clients.spawn(async move {
            let mut latencies = Vec::new();
            while began.elapsed() < load.time {
                let person = person(&load, client, latencies.len() as u64);
                let asked = now();
                let _turn = turn.acquire().await?;
                assign(&service, &[person], other_license(person)).await?;
                latencies.push(asked.elapsed());
            }
            Outcome::Ok(latencies)
        });
    }
    let mut latencies = Vec::new();
    while let Some(done) = clients.join_next().await {
        latencies.extend(done??);
    }
    let syncs = counted(load.syncs.as_deref()).zip(before).map(|(after, before)| after - before);
    let changed = Changed::of(latencies, began, syncs);
    store.close().await;
    Ok(changed)
}

/// Assigns a license in one verb; an error when any of it is refused.
async fn assign(service: &Service, people: &[u64], license: License) -> Outcome<()> {
    let request = Uuid::from_bytes(service.random().bytes());
    let cx = service.context(Caller::Host, Door::Cli, request, None);
    let wanted = people.iter().map(|person| (UserId(population::id(*person)).to_string(), license)).collect();
    let done = service.assign_license(&cx, population::large_account(), wanted).await;
    let refused = done.map_err(|error| format!("{error:?}"))?.into_iter().find_map(Result::err);
    refused.map_or(Ok(()), |refusal| Err(format!("refused: {refusal:?}").into()))
}

/// Changes people by bare statements.
pub fn bare(database: &Database, load: &Load) -> Outcome<Changed> {
    let Database::Sqlite(path) = database else { return Err("bare statements are for SQLite".into()) };
    let connection = Mutex::new(open(path)?);
    let (before, began) = (counted(load.syncs.as_deref()), now());
    let client = |client: u64| {
        let mut latencies = Vec::new();
        while began.elapsed() < load.time {
            let person = person(load, client, latencies.len() as u64);
            let asked = now();
            let mut connection = connection.lock().unwrap_or_else(PoisonError::into_inner);
            change(&mut connection, person, other_license(person))?;
            drop(connection);
            latencies.push(asked.elapsed());
        }
        Outcome::Ok(latencies)
    };
    let clients = std::thread::scope(|scope| {
        let started: Vec<_> = (0..load.clients).map(|number| scope.spawn(move || client(number))).collect();
        started.into_iter().map(|client| client.join().map_err(|_| "a client panicked")).collect::<Vec<_>>()
    });
    let mut latencies = Vec::new();
    for done in clients {
        latencies.extend(done??);
    }
    let syncs = counted(load.syncs.as_deref()).zip(before).map(|(after, before)| after - before);
    Ok(Changed::of(latencies, began, syncs))
}

/// A connection set up as the product's writer, who leaves checkpoints to another.
pub fn open(path: &Path) -> Outcome<Connection> {
    let connection = Connection::open(path)?;
    connection.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA wal_autocheckpoint = 0;",
    )?;
    Ok(connection)
}

fn change(connection: &mut Connection, person: u64, license: License) -> Outcome<()> {
    let (id, at) = (population::id(person), i64::try_from(population::FIRST)?);
    let account = population::large_account().0;
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let run = |sql: &str, values: &[&dyn rusqlite::ToSql]| {
        let mut statement = transaction.prepare_cached(sql)?;
        if sql.starts_with("SELECT") {
            statement.query_row(values, |_| Ok(()))
        } else {
            statement.execute(values).map(drop)
        }
    };
    run("SELECT * FROM accounts WHERE id = ?1", params![account.as_bytes()])?;
    run("SELECT * FROM users WHERE id = ?1", params![id.as_bytes()])?;
    run(
        "UPDATE users SET license = ?2, license_origin = 'Administrator' WHERE id = ?1",
        params![id.as_bytes(), license.name()],
    )?;
    run(
        "INSERT INTO license_history (user_id, at, account_id, license, origin, suspended) VALUES (?1, ?2, ?3, ?4, 'Administrator', 0)",
        params![id.as_bytes(), at, account.as_bytes(), license.name()],
    )?;
    run(
        "INSERT INTO audit (at, door, request, actor_kind, action, account_id, subject, before, after)
         VALUES (?1, 'cli', ?2, 'host', 'license.assign', ?3, ?2, '{\"license\":\"Basic\"}', '{\"license\":\"Pro\"}')",
        params![at, id.as_bytes(), account.as_bytes()],
    )?;
    transaction.commit()?;
    Ok(())
}

/// Measures one engine.
pub fn run(bench: &Bench, engine: Engine, database: &Database, runtime: &Runtime) -> Outcome<Vec<Row>> {
    let mut rows = match database {
        Database::Sqlite(_) => on_sqlite(bench, database)?,
        Database::Postgres(url) => on_postgres(bench, database, url)?,
    };
    rows.push(runtime.block_on(many(bench, engine, database))?);
    Ok(rows)
}

/// One process that changes people, with the counting library before its own.
fn process(bench: &Bench, database: &Database, clients: u64, way: Way, delay: &str) -> Outcome<Changed> {
    let (library, file) = (library()?, template::folder()?.join("syncs"));
    let _ = std::fs::remove_file(&file);
    let mut command = Command::new(std::env::current_exe()?);
    command.arg("change").args(["--database", &argument(database), "--users", &bench.users.to_string()]);
    command.args(["--clients", &clients.to_string(), "--seconds", &bench.seconds.to_string()]);
    command.arg("--syncs").arg(&file).args(["--way", way.name()]);
    command.env("LD_PRELOAD", library).env("COUNT_SYNCS", &file).env("COUNT_SYNCS_DELAY_US", delay);
    Ok(serde_json::from_str(&Process::start(&mut command)?.rest()?)?)
}

/// Compiles the library that counts syncs.
fn library() -> Outcome<PathBuf> {
    let library = template::folder()?.join("count_syncs.so");
    let source = concat!(env!("CARGO_MANIFEST_DIR"), "/count_syncs.c");
    let compiled = Command::new("cc").args(["-O2", "-shared", "-fPIC", "-o"]).arg(&library).arg(source).status()?;
    if compiled.success() { Ok(library) } else { Err("cc could not compile bench/count_syncs.c".into()) }
}

fn on_sqlite(bench: &Bench, database: &Database) -> Outcome<Vec<Row>> {
    let pairs = |other, clients, delay| -> Outcome<Vec<(Changed, Changed)>> {
        let run = |way| process(bench, database, clients, way, delay);
        (0..bench.pairs).map(|_| Ok((run(other)?, run(Way::Service)?))).collect()
    };
    let many = pairs(Way::OneByOne, CLIENTS, "0")?;
    let slow = pairs(Way::OneByOne, CLIENTS, SLOW_SYNC)?;
    let one = pairs(Way::Bare, 1, "0")?;
    let single = "one by one";
    Ok(vec![
        syncs(Engine::Sqlite, many.iter().filter_map(|(_, ours)| ours.syncs)),
        compared("changes by 16 clients", "/s", single, &many, |run| run.rate, Aim::AtLeast(2.5)),
        compared("the same, a sync taking 2 ms longer", "/s", single, &slow, |run| run.rate, Aim::AtLeast(8.0)),
        compared("the longest wait of 16 clients", "ms", single, &many, |run| run.max, Aim::None),
        compared("median latency of one client", "ms", "bare statements", &one, |run| run.p50, Aim::None),
    ])
}

fn compared(
    what: &str,
    unit: &str,
    other: &str,
    pairs: &[(Changed, Changed)],
    figure: fn(&Changed) -> f64,
    aim: Aim,
) -> Row {
    let shown = |figures: Spread| format!("{:.2} {unit}", figures.median());
    Row {
        what: format!("SQLite: {what}"),
        ours: shown(Spread::of(pairs.iter().map(|(_, ours)| figure(ours)))),
        beside: format!("{other}: {}", shown(Spread::of(pairs.iter().map(|(theirs, _)| figure(theirs))))),
        ratio: Spread::ratio(pairs, figure),
        aim,
    }
}

fn syncs(engine: Engine, figures: impl Iterator<Item = f64>) -> Row {
    Row {
        what: format!("{}: syncs per change by 16 clients", engine.name()),
        ours: "counted".to_owned(),
        beside: String::new(),
        ratio: Spread::of(figures),
        aim: Aim::AtMost(0.25),
    }
}

/// PostgreSQL counts its own syncs.
fn on_postgres(bench: &Bench, database: &Database, url: &str) -> Outcome<Vec<Row>> {
    let statistics = || -> Outcome<f64> {
        let query = "SELECT pg_stat_force_next_flush(); SELECT pg_sleep(1); SELECT wal_sync FROM pg_stat_wal";
        let printed = template::program("psql", &["--quiet", "--no-align", "--tuples-only", "--command", query, url])?;
        Ok(printed.trim().lines().last().unwrap_or_default().parse()?)
    };
    let (mut figures, mut many, mut one) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..bench.pairs {
        let before = statistics()?;
        let changed = process(bench, database, CLIENTS, Way::Service, "0")?;
        figures.push((statistics()? - before) / (changed.rate * bench.seconds as f64));
        many.push(changed);
        one.push(process(bench, database, 1, Way::Service, "0")?);
    }
    let told = |what: &str, unit: &str, figures: Spread| Row {
        what: format!("PostgreSQL: {what}"),
        ours: format!("{:.2} {unit}", figures.median()),
        beside: String::new(),
        ratio: figures,
        aim: Aim::None,
    };
    Ok(vec![
        syncs(Engine::Postgres, figures.into_iter()),
        told("changes by 16 clients", "/s", Spread::of(many.iter().map(|run| run.rate))),
        told("the longest wait of 16 clients", "ms", Spread::of(many.iter().map(|run| run.max))),
        told("median latency of one client", "ms", Spread::of(one.iter().map(|run| run.p50))),
    ])
}

/// One verb for many people, against one bare statement.
async fn many(bench: &Bench, engine: Engine, database: &Database) -> Outcome<Row> {
    let store = template::open(database).await?;
    let service = children::service(store.clone())?;
    let people: Vec<u64> = (0..MANY).map(|number| number * (bench.users / MANY)).collect();
    let mut pairs = Vec::new();
    for pair in 0..bench.pairs {
        let license = if pair % 2 == 0 { License::Plus } else { License::Pro };
        let began = now();
        bare_update(database, &people, License::Basic).await?;
        let bare = began.elapsed().as_secs_f64();
        let began = now();
        assign(&service, &people, license).await?;
        pairs.push((bare, began.elapsed().as_secs_f64()));
    }
    store.close().await;
    let seconds = Spread::of(pairs.iter().map(|(_, ours)| *ours));
    Ok(Row {
        what: format!("{}: {MANY} people in one verb, seconds", engine.name()),
        ours: format!("{} times the bare update", Spread::ratio(&pairs, |time| *time)),
        beside: format!("bare: {:.3} s", Spread::of(pairs.iter().map(|(bare, _)| *bare)).median()),
        ratio: seconds,
        aim: Aim::AtMost(2.0),
    })
}

async fn bare_update(database: &Database, people: &[u64], license: License) -> Outcome<()> {
    let ids: Vec<String> = people.iter().map(|person| population::id(*person).simple().to_string()).collect();
    let set = "UPDATE users SET license_origin = 'Administrator', license =";
    match database {
        Database::Sqlite(path) => {
            let mut connection = open(path)?;
            let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            for chunk in ids.chunks(512) {
                let list = chunk.iter().map(|id| format!("x'{id}'")).collect::<Vec<_>>().join(",");
                transaction.execute_batch(&format!("{set} '{license}' WHERE id IN ({list})"))?;
            }
            transaction.commit()?;
        }
        Database::Postgres(url) => {
            let (client, connection) = tokio_postgres::connect(url, tokio_postgres::NoTls).await?;
            let mut tasks = JoinSet::new();
            tasks.spawn(connection);
            let ids: Vec<Uuid> = people.iter().map(|person| population::id(*person)).collect();
            client.execute(&format!("{set} '{license}' WHERE id = ANY($1)"), &[&ids]).await?;
        }
    }
    Ok(())
}
