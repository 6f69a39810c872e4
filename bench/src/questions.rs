//! Questions over HTTP about random people: evaluations, introspection, `/check`. Each against the same door with facts
//! that never change, which shows what reading the facts costs; evaluations also against `pgbench` with the same
//! statement, which shows what the way to PostgreSQL costs.

use std::net::SocketAddr;
use std::time::Duration;

use store::Database;

use crate::answer::Facts;
use crate::load::{Answered, Door, Load};
use crate::population::{FIRST, TOKENS};
use crate::process::Process;
use crate::report::{Aim, Row, Spread};
use crate::{Bench, Engine, Outcome, argument, template};

/// Clients of `pgbench`, which is where this machine's PostgreSQL answers most.
const CLIENTS: &str = "8";

/// A server process of its own.
struct Server {
    process: Process,
    address: SocketAddr,
}

/// One run against it.
struct Run {
    answered: Answered,
    /// Processor time of the server for an answer, in microseconds.
    cpu: f64,
}

impl Server {
    fn start(database: &Database, facts: Facts) -> Outcome<Self> {
        let mut process = Process::own(&["answer", "--database", &argument(database), "--facts", facts.name()])?;
        let address = process.line()?.parse()?;
        Ok(Self { process, address })
    }

    fn run(&self, load: Load) -> Outcome<Run> {
        let before = self.process.cpu()?;
        let answered = load.drive(self.address)?;
        let cpu = (self.process.cpu()? - before).as_secs_f64() * 1e6 / answered.count as f64;
        Ok(Run { answered, cpu })
    }
}

impl Door {
    /// One of its answers, and many.
    fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::Evaluation => ("an evaluation", "evaluations"),
            Self::Introspection => ("an introspection", "introspections"),
            Self::Check => ("a check", "checks"),
        }
    }
}

/// Measures one engine at one door.
pub fn run(bench: &Bench, engine: Engine, database: &Database, door: Door) -> Outcome<Vec<Row>> {
    let constant = Server::start(database, Facts::Constant)?;
    let real = Server::start(database, Facts::Real)?;
    for server in [&constant, &real] {
        server.run(Load::full(door, bench.users, Duration::from_secs(2)))?;
    }
    let (mut pairs, mut bare) = (Vec::new(), Vec::new());
    for _ in 0..bench.pairs {
        let load = Load::full(door, bench.users, bench.time());
        pairs.push((constant.run(load)?, real.run(load)?));
        if let (Database::Postgres(url), Door::Evaluation) = (database, door) {
            bare.push(pgbench(url, bench)?);
        }
    }
    Ok(rows(engine, door, &pairs, &bare))
}

fn rows(engine: Engine, door: Door, pairs: &[(Run, Run)], bare: &[f64]) -> Vec<Row> {
    let (one, many) = door.names();
    let row = |what: &str, unit: &str, figure: fn(&Run) -> f64, aim: Aim| {
        let shown =
            |figures: Spread| format!("{:.*} {unit}", usize::from(figures.median() < 10.0) * 2, figures.median());
        Row {
            what: format!("{}: {what}", engine.name()),
            ours: shown(Spread::of(pairs.iter().map(|(_, ours)| figure(ours)))),
            beside: format!("constant facts: {}", shown(Spread::of(pairs.iter().map(|(theirs, _)| figure(theirs))))),
            ratio: Spread::ratio(pairs, figure),
            aim,
        }
    };
    let (share, slower) = match engine {
        Engine::Sqlite => (0.5, 3.0),
        Engine::Postgres => (0.3, 5.0),
    };
    let mut rows = vec![
        row(many, "/s", |run| run.answered.rate, Aim::AtLeast(share)),
        row(&format!("processor time of {one}"), "us", |run| run.cpu, Aim::None),
        row(&format!("median latency of {one}"), "ms", |run| run.answered.p50, Aim::None),
        row(&format!("p99 latency of {one}"), "ms", |run| run.answered.p99, Aim::AtMost(slower)),
    ];
    if !bare.is_empty() {
        let ours = pairs.iter().map(|(_, ours)| ours.answered.rate);
        rows.push(Row {
            what: format!("{}: evaluations, against pgbench", engine.name()),
            ours: format!("{:.0} /s", Spread::of(ours.clone()).median()),
            beside: format!("pgbench, {CLIENTS} clients: {:.0} /s", Spread::of(bare.iter().copied()).median()),
            ratio: Spread::of(ours.zip(bare).map(|(ours, bare)| ours / bare)),
            aim: Aim::AtLeast(0.6),
        });
    }
    rows
}

/// The same statement by `pgbench`, in transactions a second.
fn pgbench(url: &str, bench: &Bench) -> Outcome<f64> {
    let script = template::folder()?.join("question.sql");
    std::fs::write(&script, question(bench.users))?;
    let (script, time) = (script.to_string_lossy(), bench.seconds.to_string());
    let arguments = [
        "--no-vacuum",
        "--protocol=prepared",
        "--client",
        CLIENTS,
        "--jobs=2",
        "--time",
        &time,
        "--file",
        &script,
        url,
    ];
    let printed = template::program("pgbench", &arguments)?;
    let rate = printed.lines().find_map(|line| line.strip_prefix("tps = ")).ok_or("pgbench printed no tps")?;
    Ok(rate.split(' ').next().unwrap_or_default().parse()?)
}

/// The product's own statement as a script for `pgbench`: people and tokens are computed from numbers, as
/// [`crate::population`] does.
fn question(users: u64) -> String {
    let statement = include_str!("../../crates/store/src/hot/ask.sql");
    let statement: String = statement
        .lines()
        .filter(|line| !line.trim_start().starts_with("--"))
        .fold(String::new(), |text, line| text + line + "\n");
    let user = format!("(lpad(to_hex({FIRST} + :user), 12, '0') || '70008000000000000000')::uuid");
    let statement = statement
        .replace("$1", "sha256(('benchmark-token-' || :token)::bytea)")
        .replace("$2", "NULL::uuid")
        .replace("$3", &user)
        .replace("$4", "NULL::text");
    format!("\\set user random(0, {})\n\\set token random(0, {})\n{statement};\n", users - 1, TOKENS - 1)
}
