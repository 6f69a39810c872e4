//! Databases full of people, loaded once through the store and kept under `target/bench` for the next run.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use access::User;
use futures::FutureExt;
use store::{Database, Error, Random, Sealer, Settings, Store, Write};
use tokio::task::JoinSet;

use crate::population::{self, TOKENS};
use crate::{Engine, Outcome};

/// People inserted in one change.
const CHANGE: u64 = 5_000;
/// Bump it when the population changes: a kept database of another one is not used.
const VERSION: u32 = 3;
/// Where Debian has PostgreSQL's programs.
const PROGRAMS: &str = "/usr/lib/postgresql/15/bin";

/// Opens a store with the master key of all benchmarks.
pub async fn open(database: &Database) -> Outcome<Store> {
    let sealer = Sealer::new(1, [7; 32], Random::system());
    Ok(Store::open(Settings::new(database.clone()), sealer).await?)
}

/// A database of its own for this run, with this many people in it.
pub async fn prepare(engine: Engine, users: u64) -> Outcome<Database> {
    let folder = folder()?;
    let name = format!("people-{users}-v{VERSION}");
    match engine {
        Engine::Sqlite => {
            let (kept, run) = (folder.join(format!("{name}.db")), data("run")?);
            if !kept.exists() {
                let part = folder.join("part.db");
                remove_sqlite(&part)?;
                fill(&Database::Sqlite(part.clone()), users).await?;
                std::fs::rename(&part, &kept)?;
            }
            remove_sqlite(&run)?;
            std::fs::copy(&kept, &run)?;
            Ok(Database::Sqlite(run))
        }
        Engine::Postgres => {
            let kept = folder.join(format!("{name}.pgdump"));
            let database = fresh_postgres(&format!("people_{users}"))?;
            let Database::Postgres(url) = &database else { return Err("not PostgreSQL".into()) };
            if kept.exists() {
                program("pg_restore", &["--no-owner", "--jobs=2", "--dbname", url, &kept.to_string_lossy()])?;
            } else {
                fill(&database, users).await?;
                let part = folder.join("part.pgdump");
                program(
                    "pg_dump",
                    &["--format=custom", "--compress=0", "--file", &part.to_string_lossy(), "--dbname", url],
                )?;
                std::fs::rename(&part, &kept)?;
            }
            settle(&database)?;
            Ok(database)
        }
    }
}

/// What PostgreSQL's autovacuum would have done by the time there is so much.
pub fn settle(database: &Database) -> Outcome<()> {
    let Database::Postgres(url) = database else { return Ok(()) };
    program("psql", &["--quiet", "--command", "VACUUM ANALYZE", url])?;
    program("psql", &["--quiet", "--command", "CHECKPOINT", url]).map(drop)
}

/// An empty database of its own.
pub fn empty(engine: Engine) -> Outcome<Database> {
    named(engine, "empty")
}

/// Another one beside it.
pub fn empty_beside(engine: Engine) -> Outcome<Database> {
    named(engine, "beside")
}

fn named(engine: Engine, name: &str) -> Outcome<Database> {
    match engine {
        Engine::Sqlite => {
            let path = data(name)?;
            remove_sqlite(&path)?;
            Ok(Database::Sqlite(path))
        }
        Engine::Postgres => fresh_postgres(name),
    }
}

/// `target/bench`, beside the folder this program was built in.
pub fn folder() -> Outcome<PathBuf> {
    let program = std::env::current_exe()?;
    let target = program.parent().and_then(Path::parent).ok_or("no folder above the program's")?;
    let folder = target.join("bench");
    std::fs::create_dir_all(&folder)?;
    Ok(folder)
}

/// The database of a data folder of its own, as the product names it.
fn data(name: &str) -> Outcome<PathBuf> {
    let folder = folder()?.join(name);
    std::fs::create_dir_all(&folder)?;
    Ok(folder.join("carillon.db"))
}

/// Runs one of PostgreSQL's programs and hands back what it printed.
pub fn program(name: &str, arguments: &[&str]) -> Outcome<String> {
    // What the product's own connections for questions plan by (crates/store/src/hot/postgres.rs): `pgbench` must too.
    let plans = "-c plan_cache_mode=force_generic_plan -c enable_hashjoin=off -c enable_mergejoin=off";
    let output = Command::new(Path::new(PROGRAMS).join(name)).args(arguments).env("PGOPTIONS", plans).output()?;
    if output.status.success() {
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    } else {
        Err(format!("{name}: {}", String::from_utf8_lossy(&output.stderr)).into())
    }
}

fn fresh_postgres(name: &str) -> Outcome<Database> {
    let server = std::env::var("CARILLON_TEST_POSTGRES").map_err(
        |_| "CARILLON_TEST_POSTGRES is not set: run make bench, or scripts/with-postgres carillon-bench ...",
    )?;
    let (base, _) = server.rsplit_once('/').ok_or("CARILLON_TEST_POSTGRES names no database")?;
    for statement in [format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"), format!("CREATE DATABASE {name}")] {
        program("psql", &["--quiet", "--command", &statement, &server])?;
    }
    Ok(Database::Postgres(format!("{base}/{name}")))
}

fn remove_sqlite(path: &Path) -> Outcome<()> {
    for suffix in ["", "-wal", "-shm"] {
        let mut file = path.as_os_str().to_owned();
        file.push(suffix);
        match std::fs::remove_file(&file) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error.into()),
            _ => {}
        }
    }
    Ok(())
}

/// Writes everybody through the store, so that rows are exactly as the product makes them.
async fn fill(database: &Database, users: u64) -> Outcome<()> {
    tell(&format!("loading {users} people once; they are kept in target/bench"));
    let store = open(database).await?;
    change(&store, |write| async move { insert_things(write).await }.boxed()).await?;
    let mut loading = JoinSet::new();
    for first in (0..users).step_by(usize::try_from(CHANGE)?) {
        // Two at once: one is computed while the other is written.
        if loading.len() == 2
            && let Some(done) = loading.join_next().await
        {
            done??;
        }
        let store = store.clone();
        loading.spawn(async move {
            let people: Outcome<Vec<_>> = (first..users.min(first + CHANGE)).map(population::user).collect();
            let people = Arc::new(people?);
            change(&store, move |write| async move { insert_people(write, &people).await }.boxed()).await
        });
    }
    while let Some(done) = loading.join_next().await {
        done??;
    }
    store.close().await;
    Ok(())
}

/// Makes one change, unrecorded.
pub async fn change<F>(store: &Store, job: F) -> Outcome<()>
where
    F: for<'a> FnOnce(&'a mut Write) -> futures::future::BoxFuture<'a, Result<(), Error>> + Send + 'static,
{
    let changed = store.write(move |write| {
        async move {
            job(write).await?;
            write.commit((), vec![], vec![]).await
        }
        .boxed()
    });
    Ok(changed.await?)
}

/// People, a third of whom held another license before.
async fn insert_people(write: &mut Write, people: &[User]) -> Result<(), Error> {
    let (mut first, mut changes, mut changed) = (Vec::with_capacity(people.len()), Vec::new(), None);
    for user in people {
        let former = population::former(user).map_err(computed)?;
        first.push(former.as_ref().map_or_else(|| user.clone(), |(former, _)| former.clone()));
        if let Some((former, at)) = former {
            changes.push((former, user.clone()));
            changed = Some(at);
        }
    }
    write.insert_users(&first).await?;
    match changed {
        Some(at) => write.save_users(&changes, at).await,
        None => Ok(()),
    }
}

#[expect(clippy::needless_pass_by_value, reason = "the shape that map_err asks for")]
fn computed(error: Box<dyn std::error::Error + Send + Sync>) -> Error {
    Error::Corrupt(error.to_string())
}

/// Accounts, the domain, applications and tokens.
async fn insert_things(write: &mut Write) -> Result<(), Error> {
    write.insert_accounts(&population::accounts().map_err(computed)?).await?;
    write.insert_domain(&population::domain().map_err(computed)?).await?;
    for application in population::applications() {
        write.insert_application(&application, population::time(0).map_err(computed)?).await?;
    }
    for number in 0..TOKENS {
        let (token, hash) = population::stored_token(number).map_err(computed)?;
        write.insert_token(&token, &hash).await?;
    }
    Ok(())
}

/// Says something to whoever waits.
#[expect(clippy::print_stderr, reason = "whoever waits is told what for")]
pub fn tell(text: &str) {
    eprintln!("bench: {text}");
}
