//! For tests: a fresh store on each engine, and a dump of everything in it.
#![expect(clippy::expect_used, reason = "a test that cannot be set up fails")]

use std::collections::BTreeMap;
use std::future::Future;
use std::panic::AssertUnwindSafe;

use futures::FutureExt;
use sea_orm::{ConnectionTrait, DatabaseBackend, Statement};
use tempfile::TempDir;
use uuid::Uuid;

use crate::{Database, Error, Random, Sealer, Settings, Store};

/// The engines every test of the store and the verbs runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// A file in a directory of its own.
    Sqlite,
    /// A schema of its own in the database that `CARILLON_TEST_POSTGRES` names.
    Postgres,
}

/// A fresh, empty database.
pub struct Fresh {
    /// How to open it.
    pub settings: Settings,
    directory: Option<TempDir>,
    pub(crate) name: String,
}

impl Fresh {
    /// Makes one.
    pub async fn new(engine: Engine) -> Self {
        let name = format!("t_{}", Uuid::from_bytes(Random::system().bytes()).simple());
        let (database, directory) = match engine {
            Engine::Sqlite => {
                let directory = tempfile::tempdir().expect("a temporary directory");
                (Database::Sqlite(directory.path().join("carillon.db")), Some(directory))
            }
            Engine::Postgres => {
                // Making and dropping whole databases takes a second each on a busy machine.
                on_server(&format!("CREATE SCHEMA {name}")).await;
                let (server, name) = (server(), &name);
                (Database::Postgres(format!("{server}?options=-c%20search_path%3D{name}")), None)
            }
        };
        Self { settings: Settings { write_connections: 6, ..Settings::new(database) }, directory, name }
    }

    /// A copy of a SQLite database that nobody has open.
    pub fn copy(&self) -> Self {
        let Database::Sqlite(original) = &self.settings.database else { panic!("only a file can be copied") };
        let directory = tempfile::tempdir().expect("a temporary directory");
        let path = directory.path().join("carillon.db");
        std::fs::copy(original, &path).expect("a copy");
        let settings = Settings { database: Database::Sqlite(path), ..self.settings.clone() };
        Self { settings, directory: Some(directory), name: self.name.clone() }
    }

    /// Opens it, with the master key of all tests.
    pub async fn open(&self) -> Store {
        Store::open(self.settings.clone(), sealer()).await.expect("a fresh store opens")
    }

    /// Removes it, whoever is still connected.
    pub async fn remove(self) {
        if self.directory.is_none() {
            on_server(&format!("DROP SCHEMA {} CASCADE", self.name)).await;
        }
    }
}

/// The master key of all tests.
pub fn sealer() -> Sealer {
    Sealer::new(1, [7; 32], Random::system())
}

/// Runs a test on a fresh store of each engine, in a runtime with two workers. Databases are removed in any case.
pub fn on_both_engines<F, T>(test: F)
where
    F: Fn(Store) -> T,
    T: Future<Output = ()>,
{
    on_both_databases(|fresh| {
        let test = &test;
        async move {
            let store = fresh.open().await;
            test(store.clone()).await;
            store.close().await;
            fresh
        }
    });
}

/// Runs a test on a fresh database of each engine; the test opens it, and hands it back to be removed.
pub fn on_both_databases<F, T>(test: F)
where
    F: Fn(Fresh) -> T,
    T: Future<Output = Fresh>,
{
    for engine in [Engine::Sqlite, Engine::Postgres] {
        on_engine(engine, &test);
    }
}

/// Runs a test on a fresh database of one engine.
pub fn on_engine<F, T>(engine: Engine, test: F)
where
    F: Fn(Fresh) -> T,
    T: Future<Output = Fresh>,
{
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    runtime.expect("a runtime").block_on(async {
        let fresh = Fresh::new(engine).await;
        let name = fresh.name.clone();
        match AssertUnwindSafe(test(fresh)).catch_unwind().await {
            Ok(fresh) => fresh.remove().await,
            Err(panic) => {
                #[expect(clippy::print_stderr, reason = "a failing test says on which engine")]
                {
                    eprintln!("the test failed on {engine:?}");
                }
                if engine == Engine::Postgres {
                    on_server(&format!("DROP SCHEMA IF EXISTS {name} CASCADE")).await;
                }
                std::panic::resume_unwind(panic)
            }
        }
    });
}

fn server() -> String {
    std::env::var("CARILLON_TEST_POSTGRES")
        .expect("CARILLON_TEST_POSTGRES is not set: run make test, or scripts/with-postgres cargo test ...")
}

async fn on_server(statement: &str) {
    let server = sea_orm::Database::connect(server()).await.expect("the server of CARILLON_TEST_POSTGRES");
    server.execute_unprepared(statement).await.expect("a statement on the server");
    server.close().await.expect("the connection closes");
}

impl Store {
    /// Every row of every table as text, by table: to show that a refused request changed nothing.
    pub async fn dump(&self) -> Result<BTreeMap<&'static str, Vec<String>>, Error> {
        let reads = &self.0.reads;
        let mut dump = BTreeMap::new();
        for (table, columns) in crate::entity::tables() {
            let text = match reads.get_database_backend() {
                DatabaseBackend::Postgres => format!("SELECT to_jsonb(t)::text FROM {table} t ORDER BY 1"),
                _ => {
                    let quoted: Vec<String> = columns.iter().map(|column| format!("quote({column})")).collect();
                    format!("SELECT {} FROM {table} ORDER BY 1", quoted.join(" || '|' || "))
                }
            };
            let rows = reads.query_all_raw(Statement::from_string(reads.get_database_backend(), text)).await?;
            let rows: Result<Vec<String>, _> = rows.iter().map(|row| row.try_get_by_index(0)).collect();
            dump.insert(table, rows?);
        }
        Ok(dump)
    }
}
