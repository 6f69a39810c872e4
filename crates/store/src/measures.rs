//! What the store counts of itself, and what it sees in the database when somebody wants to know.

use std::sync::atomic::{AtomicU64, Ordering};

use jiff::Timestamp;
use sea_orm::{ConnectionTrait, DatabaseConnection, Statement};

use crate::{Error, Store};

/// The most changes of the commits that are counted together; the last bound is the most that a commit may hold.
pub const COMMIT_SIZES: [usize; 8] = [1, 2, 4, 8, 16, 32, 64, 128];

/// So many entries of the outbox that are alike are counted, and no more: looking costs the same on the worst day.
pub const MOST_COUNTED: u64 = 100_000;

/// Counted while the store works. Adding costs some nanoseconds, so it is done on every path.
#[derive(Debug, Default)]
pub(crate) struct Counts {
    /// Changes that were committed.
    pub changes: AtomicU64,
    /// Commits by size, up to each of [`COMMIT_SIZES`].
    pub commits: [AtomicU64; COMMIT_SIZES.len()],
    /// Changes or groups of them that the database did not commit.
    pub failures: AtomicU64,
    /// Times that SQLite's log was copied into the database.
    pub log_copies: AtomicU64,
    /// Questions answered on the hot path.
    pub questions: AtomicU64,
}

/// A look at the store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Measures {
    /// `sqlite` or `postgres`.
    pub engine: &'static str,
    /// Changes committed since the start.
    pub changes: u64,
    /// Commits since the start, by how many changes they held: as many as [`COMMIT_SIZES`] has bounds. On PostgreSQL
    /// each change is a commit of its own, and the database groups them.
    pub commits: [u64; COMMIT_SIZES.len()],
    /// Changes or groups of them that the database did not commit.
    pub failures: u64,
    /// Questions on the hot path since the start.
    pub questions: u64,
    /// The connections.
    pub pools: Vec<Pool>,
    /// What only SQLite has.
    pub sqlite: Option<Sqlite>,
    /// What only PostgreSQL has.
    pub postgres: Option<Postgres>,
    /// What waits to leave, and what was given up.
    pub outbox: Vec<Waiting>,
    /// When each scheduled task is due next.
    pub tasks: Vec<(String, Timestamp)>,
}

/// Connections for one purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pool {
    /// `lists`, `changes` or `questions`.
    pub name: &'static str,
    /// Open now.
    pub open: usize,
    /// Open and not in use; 0 where a connection is shared.
    pub idle: usize,
    /// The most there may be.
    pub most: usize,
}

/// SQLite's log and queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sqlite {
    /// Changes that wait for the writer.
    pub queued: usize,
    /// Length of the write-ahead log in bytes.
    pub log_bytes: u64,
    /// Times that it was copied into the database since the start.
    pub log_copies: u64,
}

/// PostgreSQL's clock and queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Postgres {
    /// Questions that wait for a connection, to be asked together.
    pub queued: usize,
    /// How far this node's clock is ahead of the database's, in milliseconds (rule 22).
    pub clock_ahead: i64,
}

/// Entries of the outbox that are alike.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// For whom: `mail` or `application`.
    pub receiver: String,
    /// The state they are in: `waiting` or `dead`.
    pub state: String,
    /// How many, up to [`MOST_COUNTED`].
    pub entries: u64,
    /// When the oldest of them was written.
    pub oldest: Timestamp,
}

impl Counts {
    /// A commit of so many changes came to an end.
    pub(crate) fn commit(&self, changes: usize, done: bool) {
        if !done {
            self.failures.fetch_add(1, Ordering::Relaxed);
            return;
        }
        let size = COMMIT_SIZES.iter().position(|most| changes <= *most).unwrap_or(COMMIT_SIZES.len() - 1);
        self.changes.fetch_add(changes as u64, Ordering::Relaxed);
        self.commits[size].fetch_add(1, Ordering::Relaxed);
    }
}

impl Store {
    /// Looks at the store. `now` is this node's time. What of the outbox waits or was given up is counted in indexes, as
    /// far as [`MOST_COUNTED`]; what was delivered is not looked at.
    pub async fn measures(&self, now: Timestamp) -> Result<Measures, Error> {
        let counts = &self.0.counts;
        let count = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        let (engine, sqlite, mut pools) = self.engine();
        pools.push(self.0.hot.pool());
        let postgres = match self.0.hot.queued() {
            Some(queued) => Some(Postgres { queued, clock_ahead: self.clock_ahead(now).await? }),
            None => None,
        };
        Ok(Measures {
            engine,
            changes: count(&counts.changes),
            commits: counts.commits.each_ref().map(count),
            failures: count(&counts.failures),
            questions: count(&counts.questions),
            pools,
            sqlite,
            postgres,
            outbox: outbox(&self.0.reads).await?,
            tasks: tasks(&self.0.reads).await?,
        })
    }
}

/// Of what is counted: the receiver, the state, and which entries these are.
pub(crate) const COUNTED: [(&str, &str, &str); 4] = [
    ("application", "dead", "state = 'dead' AND receiver < 'mail'"),
    ("application", "waiting", "state = 'waiting' AND receiver < 'mail'"),
    ("mail", "dead", "state = 'dead' AND receiver = 'mail'"),
    ("mail", "waiting", "state = 'waiting' AND receiver = 'mail'"),
];

/// Counts entries in the order of an index, the oldest of a receiver first. Applications' ids come before `mail`.
pub(crate) fn counting(entries: &str) -> String {
    format!(
        "SELECT count(*), min(created) FROM (SELECT created FROM outbox WHERE {entries} ORDER BY receiver, created \
         LIMIT {MOST_COUNTED}) AS counted"
    )
}

async fn outbox(database: &DatabaseConnection) -> Result<Vec<Waiting>, Error> {
    let mut found = Vec::new();
    for (receiver, state, entries) in COUNTED {
        let statement = Statement::from_string(database.get_database_backend(), counting(entries));
        let Some(row) = database.query_one_raw(statement).await? else { continue };
        let (entries, oldest): (i64, Option<i64>) = (row.try_get_by_index(0)?, row.try_get_by_index(1)?);
        let Some(oldest) = oldest else { continue };
        let oldest = Timestamp::from_millisecond(oldest).map_err(Error::corrupt)?;
        let (receiver, state) = (receiver.to_owned(), state.to_owned());
        found.push(Waiting { receiver, state, entries: entries.unsigned_abs(), oldest });
    }
    Ok(found)
}

async fn tasks(database: &DatabaseConnection) -> Result<Vec<(String, Timestamp)>, Error> {
    let text = "SELECT name, due FROM tasks ORDER BY name";
    let rows = database.query_all_raw(Statement::from_string(database.get_database_backend(), text)).await?;
    let read = |row: &sea_orm::QueryResult| {
        let due = Timestamp::from_millisecond(row.try_get_by_index(1)?).map_err(Error::corrupt)?;
        Ok((row.try_get_by_index(0)?, due))
    };
    rows.iter().map(read).collect()
}
