//! Where the facts are, and how the connections to them are set up.

use std::path::{Path, PathBuf};
use std::time::Duration;

use futures::{FutureExt, TryFutureExt};
use sea_orm::sqlx::Executor;
use sea_orm::sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sea_orm::{ConnectOptions, DatabaseConnection};

use crate::Error;
use crate::encryption::Address;

/// How long SQLite waits for another process that writes.
pub(crate) const BUSY: Duration = Duration::from_secs(10);
/// How long anything waits for a connection.
const ACQUIRE: Duration = Duration::from_secs(5);

/// Which database.
#[derive(Clone, PartialEq, Eq)]
pub enum Database {
    /// A file; it is created if there is none, its directory is not.
    Sqlite(PathBuf),
    /// A URL `postgres://user:password@host:port/database`.
    Postgres(String),
}

impl std::fmt::Debug for Database {
    /// Without the URL, which may hold a password.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Sqlite(path) => f.debug_tuple("Sqlite").field(path).finish(),
            Self::Postgres(_) => f.write_str("Postgres(..)"),
        }
    }
}

/// How the store is opened.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Which database.
    pub database: Database,
    /// Connections for lists and searches.
    pub read_connections: u32,
    /// Connections for changes on PostgreSQL; SQLite has one writer.
    pub write_connections: u32,
    /// Shared connections for questions: they are opened as they are needed, up to this number; on PostgreSQL each asks
    /// many questions at once.
    pub question_connections: usize,
    /// Open a database that may lose acknowledged changes all the same.
    pub allow_losing_changes: bool,
}

impl Settings {
    /// Sensible numbers for a database.
    pub fn new(database: Database) -> Self {
        let cores = std::thread::available_parallelism().map_or(2, usize::from);
        let question_connections = match &database {
            Database::Sqlite(_) => cores,
            Database::Postgres(_) => cores.clamp(2, 8),
        };
        Self { database, read_connections: 3, write_connections: 12, question_connections, allow_losing_changes: false }
    }
}

/// A pool of connections for SeaORM: lists, searches, migrations.
pub(crate) async fn connect(database: &Database, connections: u32) -> Result<DatabaseConnection, Error> {
    open(database, connections, For::Reading).await
}

/// Connections for changes; on SQLite ask for one.
pub(crate) async fn connect_for_changes(database: &Database, connections: u32) -> Result<DatabaseConnection, Error> {
    open(database, connections, For::Changes).await
}

/// What connections are for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum For {
    Reading,
    Changes,
}

/// Where nobody has set it and it is permitted: a commit waits this long, in microseconds, for others that are under way, and
/// they are synchronised together. Alone it does not wait (`commit_siblings`).
const TOGETHER: &str = "SELECT set_config('commit_delay', '3000', false) FROM pg_settings
    WHERE name = 'commit_delay' AND source = 'default' AND has_parameter_privilege('commit_delay', 'SET')";

async fn open(database: &Database, connections: u32, purpose: For) -> Result<DatabaseConnection, Error> {
    let address = match database {
        Database::Sqlite(_) => None,
        Database::Postgres(url) => Some(Address::of(url)?),
    };
    let mut options = ConnectOptions::new(address.as_ref().map_or("sqlite:", |address| &address.url));
    options
        .max_connections(connections)
        .min_connections(0)
        .acquire_timeout(ACQUIRE)
        .idle_timeout(Duration::from_secs(300))
        .test_before_acquire(false)
        .sqlx_logging(false);
    if let Database::Sqlite(path) = database {
        let path = path.clone();
        options.map_sqlx_sqlite_opts(move |sqlite| sqlite_options(sqlite, &path, purpose));
    }
    if let Some(address) = address {
        // A connection may have died meanwhile: asking costs a round trip, a failed change costs more.
        options.test_before_acquire(true).map_sqlx_postgres_opts(move |postgres| {
            address.encrypt(postgres.application_name("carillon").options(postgres_limits()))
        });
        if purpose == For::Changes {
            options.map_sqlx_postgres_pool_opts(|pool| {
                pool.after_connect(|connection, _| connection.execute(TOGETHER).map_ok(drop).boxed())
            });
        }
    }
    Ok(sea_orm::Database::connect(options).await?)
}

/// WAL for readers beside the writer; FULL, so that a commit is on disk; checkpoints are the writer's business.
fn sqlite_options(options: SqliteConnectOptions, path: &Path, purpose: For) -> SqliteConnectOptions {
    let options = match purpose {
        For::Reading => options,
        // What a statement must be able to undo, some pages for each of its rows, would go through a file otherwise.
        For::Changes => options.pragma("temp_store", "memory"),
    };
    options
        .filename(path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(BUSY)
        .pragma("wal_autocheckpoint", "0")
        .pragma("journal_size_limit", "1048576")
        // A change of ten thousand people dirties more than a connection keeps. Written to the log early, pages are written
        // several times; kept to the end, they are at most 64 MiB and are let go then.
        .pragma("cache_spill", "16384")
        // Who reads a hundred thousand rows is not woken for every fifty of them (sqlx's default).
        .row_buffer_size(1000)
}

/// Nothing may hold a lock or a connection without end.
pub(crate) fn postgres_limits() -> [(&'static str, &'static str); 4] {
    [
        ("statement_timeout", "15s"),
        ("lock_timeout", "8s"),
        ("idle_in_transaction_session_timeout", "15s"),
        ("default_transaction_isolation", "read committed"),
    ]
}

#[cfg(test)]
mod tests {
    use sea_orm::{ConnectionTrait, DatabaseBackend, Statement};

    use super::*;
    use crate::testing::{Engine, on_engine};

    async fn commit_delay(url: &str) -> String {
        let changes = connect_for_changes(&Database::Postgres(url.to_owned()), 1).await.expect("connections");
        let shown = Statement::from_string(DatabaseBackend::Postgres, "SHOW commit_delay");
        let row = changes.query_one_raw(shown).await.expect("an answer").expect("a row");
        row.try_get_by_index(0).expect("a text")
    }

    #[test]
    fn commits_wait_for_others_where_that_is_permitted_and_nobody_has_set_it() {
        on_engine(Engine::Postgres, |fresh| async move {
            let Database::Postgres(url) = &fresh.settings.database else { panic!("this is PostgreSQL") };
            let role = format!("of_{}", fresh.name);
            let theirs = url.replace("//carillon@", &format!("//{role}@"));
            assert_ne!(&theirs, url, "the tests' server has another user");
            let server = connect(&fresh.settings.database, 1).await.expect("connections");
            let mut delays = Vec::new();
            for statement in [
                format!("CREATE ROLE {role} LOGIN"),
                format!("ALTER ROLE {role} SUPERUSER"),
                format!("ALTER ROLE {role} SET commit_delay = 50"),
                format!("ALTER ROLE {role} SET commit_delay = 0"),
            ] {
                server.execute_unprepared(&statement).await.expect("a role");
                delays.push(commit_delay(&theirs).await);
            }
            server.execute_unprepared(&format!("DROP ROLE {role}")).await.expect("it goes");
            assert_eq!(delays, ["0", "3000", "50", "0"], "not permitted, permitted, set, set to none");
            fresh
        });
    }
}
