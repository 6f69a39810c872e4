//! How fast Carillon is, as ratios to the same work without it, so that they hold on any machine.
//!
//! | module | measures |
//! | --- | --- |
//! | `questions` | evaluations, introspection and `/check`, against the same doors with facts that never change |
//! | `code_flow` | authorization code with PKCE and refresh, against npm's `oidc-provider` |
//! | `storm` | sign-ins by password, against their hashes alone, and everybody else's questions meanwhile |
//! | `writes` | changes by one and by 16 clients, syncs per change, 10,000 people in one verb |
//! | `import` | people from a CSV file, against bare inserts of the same rows |
//! | `directory` | the runs of a directory with 100,000 people, and a change there |
//! | `console` | the console's list of users in a browser, of everybody and of ten |
//! | `lists` | page 1, page 10,000 and a search among everybody |
//! | `license_days` | a report on a month with everybody in it |
//! | `logout` | from a suspension to the applications' hearing of it |
//! | `start` | the first answer after start, and memory at rest |
//!
//! Pairs of runs are interleaved (A B A B), and nothing here fails because of a time.

mod answer;
mod children;
mod code_flow;
mod connection;
mod console;
mod directory;
mod import;
mod license_days;
mod lists;
mod load;
mod logout;
mod population;
mod process;
mod questions;
mod report;
mod signed_in;
mod start;
mod storm;
mod template;
mod writes;

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use clap::{Args, Parser, ValueEnum};
use store::Database;
use tokio::runtime::Runtime;

use children::Child;
use load::Door;
use report::Row;

/// Anything may go wrong, and whoever runs a benchmark reads what.
pub type Outcome<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

#[derive(Parser)]
#[command(about = "Prints how fast Carillon is, as ratios", args_conflicts_with_subcommands = true)]
struct Cli {
    #[command(flatten)]
    bench: Bench,
    #[command(subcommand)]
    child: Option<Child>,
}

/// What to measure, and how much.
#[derive(Args)]
pub struct Bench {
    /// What to measure [default: everything]
    sections: Vec<Section>,
    /// On which engines
    #[arg(long, value_enum, default_values_t = [Engine::Sqlite, Engine::Postgres])]
    engine: Vec<Engine>,
    /// People in the database
    #[arg(long, default_value_t = 1_000_000)]
    users: u64,
    /// People in the file that is imported, and in the directory
    #[arg(long, default_value_t = 100_000)]
    imported: u64,
    /// Pairs of runs
    #[arg(long, default_value_t = 5)]
    pairs: usize,
    /// Seconds of a run
    #[arg(long, default_value_t = 4)]
    seconds: u64,
    /// Write the table to this file too
    #[arg(long)]
    markdown: Option<PathBuf>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Section {
    Check,
    CodeFlow,
    Console,
    Directory,
    Evaluation,
    Import,
    Introspection,
    Lists,
    Logout,
    Report,
    Start,
    Storm,
    Writes,
}

impl Section {
    /// Those for which everybody is loaded.
    const NEED_PEOPLE: [Self; 10] = [
        Self::Check,
        Self::CodeFlow,
        Self::Console,
        Self::Evaluation,
        Self::Introspection,
        Self::Lists,
        Self::Report,
        Self::Start,
        Self::Storm,
        Self::Writes,
    ];
    /// Those for which some of them are signed in.
    const NEED_SESSIONS: [Self; 5] = [Self::Check, Self::CodeFlow, Self::Console, Self::Introspection, Self::Storm];
}

/// The engine behind a database.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Engine {
    /// A file under `target/bench`.
    Sqlite,
    /// The server that `CARILLON_TEST_POSTGRES` names.
    Postgres,
}

impl Engine {
    /// As the table names it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "SQLite",
            Self::Postgres => "PostgreSQL",
        }
    }
}

impl Bench {
    /// How long a run takes.
    pub fn time(&self) -> Duration {
        Duration::from_secs(self.seconds)
    }
}

/// A database as an argument: a URL or a path.
pub fn argument(database: &Database) -> String {
    match database {
        Database::Sqlite(path) => path.to_string_lossy().into_owned(),
        Database::Postgres(url) => url.clone(),
    }
}

/// [`argument`], read.
pub fn database(argument: &str) -> Database {
    match argument.starts_with("postgres") {
        true => Database::Postgres(argument.to_owned()),
        false => Database::Sqlite(argument.into()),
    }
}

/// The clock of all measurements.
#[expect(clippy::disallowed_methods, reason = "measuring is what this program is for")]
pub fn now() -> Instant {
    Instant::now()
}

/// What is printed is what is asked for: a table, or a line for the parent process.
#[expect(clippy::print_stdout, reason = "the output of this program")]
pub fn print(text: &str) {
    println!("{text}");
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    let done = match cli.child {
        Some(child) => child.run(),
        None => measure(&cli.bench),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            template::tell(&error.to_string());
            ExitCode::FAILURE
        }
    }
}

fn measure(bench: &Bench) -> Outcome<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let wanted = |section| bench.sections.is_empty() || bench.sections.contains(&section);
    let mut rows: Vec<Row> = Vec::new();
    for engine in bench.engine.iter().copied() {
        if wanted(Section::Import) {
            rows.push(runtime.block_on(import::run(bench, engine))?);
        }
        if wanted(Section::Directory) {
            rows.extend(runtime.block_on(directory::run(bench, engine))?);
        }
        if wanted(Section::Logout) {
            rows.push(runtime.block_on(logout::run(bench, engine))?);
        }
        if Section::NEED_PEOPLE.into_iter().any(wanted) {
            rows.extend(among_people(bench, engine, wanted, &runtime)?);
        }
    }
    let table = report::table(&rows);
    print(&table);
    if let Some(file) = &bench.markdown {
        std::fs::write(file, table)?;
    }
    Ok(())
}

/// What is measured with everybody there.
fn among_people(
    bench: &Bench,
    engine: Engine,
    wanted: impl Fn(Section) -> bool,
    runtime: &Runtime,
) -> Outcome<Vec<Row>> {
    let database = runtime.block_on(template::prepare(engine, bench.users))?;
    if Section::NEED_SESSIONS.into_iter().any(&wanted) {
        runtime.block_on(signed_in::load(&database, bench.users))?;
    }
    let mut rows = Vec::new();
    let doors = [Door::Evaluation, Door::Introspection, Door::Check];
    for (section, door) in [Section::Evaluation, Section::Introspection, Section::Check].into_iter().zip(doors) {
        if wanted(section) {
            rows.extend(questions::run(bench, engine, &database, door)?);
        }
    }
    if wanted(Section::CodeFlow) {
        rows.extend(code_flow::run(bench, engine, &database, runtime)?);
    }
    if wanted(Section::Storm) {
        rows.extend(storm::run(bench, engine, &database, runtime)?);
    }
    if wanted(Section::Console) {
        rows.extend(runtime.block_on(console::run(bench, engine, &database))?);
    }
    if wanted(Section::Lists) {
        rows.extend(runtime.block_on(lists::run(bench, engine, &database))?);
    }
    if wanted(Section::Report) {
        rows.extend(runtime.block_on(license_days::run(bench, engine, &database))?);
    }
    if wanted(Section::Start) {
        rows.extend(start::run(bench, engine, &database)?);
    }
    if wanted(Section::Writes) {
        rows.extend(writes::run(bench, engine, &database, runtime)?);
    }
    Ok(rows)
}
