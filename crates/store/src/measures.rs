//! What the store counts of itself, and what it sees in the database when somebody wants to know.

use std::sync::atomic::{AtomicU64, Ordering};

use jiff::Timestamp;
use sea_orm::{ConnectionTrait, DatabaseConnection, Statement};

use crate::{Error, Store};

/// The most changes of the commits that are counted together; the last bound is the most that a commit may hold.
pub const COMMIT_SIZES: [usize; 8] = [1, 2, 4, 8, 16, 32, 64, 128];

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
    /// How far this node's clock is ahead of the database's, in milliseconds (rule 22); PostgreSQL only.
    pub clock_ahead: Option<i64>,
    /// What waits to leave, and what did.
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

/// Entries of the outbox that are alike.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// For whom: `mail` or `application`.
    pub receiver: String,
    /// The state they are in.
    pub state: String,
    /// How many.
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
    /// Looks at the store. `now` is this node's time. The outbox is counted in the database, so do not ask in a hurry.
    pub async fn measures(&self, now: Timestamp) -> Result<Measures, Error> {
        let counts = &self.0.counts;
        let count = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        let (engine, sqlite, mut pools) = self.engine();
        pools.push(self.0.hot.pool());
        let clock_ahead = if sqlite.is_none() { Some(self.clock_ahead(now).await?) } else { None };
        Ok(Measures {
            engine,
            changes: count(&counts.changes),
            commits: counts.commits.each_ref().map(count),
            failures: count(&counts.failures),
            questions: count(&counts.questions),
            pools,
            sqlite,
            clock_ahead,
            outbox: outbox(&self.0.reads).await?,
            tasks: tasks(&self.0.reads).await?,
        })
    }
}

async fn outbox(database: &DatabaseConnection) -> Result<Vec<Waiting>, Error> {
    let text = "SELECT CASE WHEN receiver = 'mail' THEN 'mail' ELSE 'application' END, state, count(*), min(created) \
                FROM outbox GROUP BY 1, 2 ORDER BY 1, 2";
    let rows = database.query_all_raw(Statement::from_string(database.get_database_backend(), text)).await?;
    let read = |row: &sea_orm::QueryResult| {
        let oldest = Timestamp::from_millisecond(row.try_get_by_index(3)?).map_err(Error::corrupt)?;
        let entries: i64 = row.try_get_by_index(2)?;
        Ok(Waiting {
            receiver: row.try_get_by_index(0)?,
            state: row.try_get_by_index(1)?,
            entries: entries.unsigned_abs(),
            oldest,
        })
    };
    rows.iter().map(read).collect()
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
