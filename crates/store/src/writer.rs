//! SQLite's one writer. Changes wait in a queue; those that wait together are committed together, each after the first
//! within its own savepoint. An answer, success or refusal, leaves only after the commit that decided it.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures::future::BoxFuture;
use sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseTransaction, SqliteTransactionMode, TransactionOptions,
    TransactionTrait,
};
use tokio::sync::{Notify, mpsc};
use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::measures::Counts;
use crate::settings::{Database, connect, connect_for_changes};
use crate::{Error, Sealer, Write};

/// Changes that may wait; more wait for a place in the queue.
const QUEUE: usize = 1024;
/// The most changes of one commit.
const BATCH: usize = 128;
/// A commit takes on no further change once it is this old, so that nobody waits for many others.
const BATCH_TIME: Duration = Duration::from_millis(20);
/// A change that takes longer is undone: everybody waits for it.
const JOB_TIME: Duration = Duration::from_secs(30);
/// The write-ahead log is copied into the database once it is this long; it shrinks back to 1 MiB (settings.rs).
const WAL_LONG: u64 = 4 << 20;

/// What a change leaves: whether to keep what it did, and how to answer once the commit's end is known.
pub(crate) struct Answer {
    pub keep: bool,
    pub deliver: Box<dyn FnOnce(Result<(), Error>) + Send>,
}

/// A change with its way to answer. Dropping it unanswered tells the caller that nothing is known.
pub(crate) type Job = Box<dyn for<'a> FnOnce(&'a mut Write) -> BoxFuture<'a, Answer> + Send>;

/// The queue to the writer, and the tasks behind it.
pub(crate) struct Writer {
    queue: mpsc::Sender<Job>,
    stop: Arc<Notify>,
    path: PathBuf,
    tasks: Mutex<JoinSet<()>>,
}

impl Writer {
    /// Starts the writer and the one who copies the log.
    pub(crate) async fn start(path: PathBuf, sealer: Sealer, counts: Arc<Counts>) -> Result<Self, Error> {
        let (queue, jobs) = mpsc::channel(QUEUE);
        let (stop, log) = (Arc::new(Notify::new()), Arc::new(Log::default()));
        let database = connect_for_changes(&Database::Sqlite(path.clone()), 1).await?;
        let loop_ = Loop { path: path.clone(), sealer, jobs, log: Arc::clone(&log), stop: Arc::clone(&stop), counts };
        let mut tasks = JoinSet::new();
        tasks.spawn(loop_.run(database));
        tasks.spawn(copy_log(path.clone(), log));
        Ok(Self { queue, stop, path, tasks: Mutex::new(tasks) })
    }

    /// Changes that wait, and the length of the log in bytes.
    pub(crate) fn measures(&self) -> (usize, u64) {
        (self.queue.max_capacity() - self.queue.capacity(), wal_length(&self.path))
    }

    /// Puts a change into the queue.
    pub(crate) async fn send(&self, job: Job) -> Result<(), Error> {
        self.queue.send(job).await.map_err(|_| Error::Unavailable("the store is closing".to_owned()))
    }

    /// Takes no further change, commits those that wait, copies the log.
    pub(crate) async fn close(&self) {
        self.stop.notify_one();
        let mut tasks = std::mem::take(&mut *self.tasks.lock().unwrap_or_else(PoisonError::into_inner));
        while tasks.join_next().await.is_some() {}
    }
}

struct Loop {
    path: PathBuf,
    sealer: Sealer,
    jobs: mpsc::Receiver<Job>,
    log: Arc<Log>,
    stop: Arc<Notify>,
    counts: Arc<Counts>,
}

impl Loop {
    async fn run(mut self, mut database: DatabaseConnection) {
        loop {
            let job = tokio::select! {
                job = self.jobs.recv() => job,
                () = self.stop.notified() => {
                    self.jobs.close();
                    self.jobs.recv().await
                }
            };
            let Some(job) = job else { break };
            if let Err(error) = self.batch(&database, job).await {
                tracing::error!(%error, "a batch of changes failed; none of them was done");
                database = self.reopened(database).await;
            }
            self.tend_log(&database).await;
        }
        self.log.set(CLOSING);
        let _ = database.execute_unprepared("PRAGMA wal_checkpoint(TRUNCATE)").await;
        let _ = database.close().await;
    }

    /// One commit. When it fails, every change in it is told so. The first change needs no savepoint: when it is not
    /// kept, nothing is.
    async fn batch(&mut self, database: &DatabaseConnection, first: Job) -> Result<(), Error> {
        let immediate = TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..Default::default()
        };
        let transaction = database.begin_with_options(immediate).await?;
        let began = Instant::now();
        let (write, answer) = self.done(transaction, first).await;
        let Some(answer) = answer else { return write.end(false).await };
        if !answer.keep {
            let ended = write.end(false).await;
            (answer.deliver)(ended.clone());
            return ended;
        }
        let transaction = write.into_transaction();
        let mut answers = vec![answer];
        while answers.len() < BATCH
            && began.elapsed() < BATCH_TIME
            && let Ok(job) = self.jobs.try_recv()
        {
            let (write, answer) = self.done(transaction.begin().await?, job).await;
            write.end(answer.as_ref().is_some_and(|answer| answer.keep)).await?;
            answers.extend(answer);
        }
        let kept = answers.iter().filter(|answer| answer.keep).count();
        let committed = transaction.commit().await.map_err(Error::from);
        self.counts.commit(kept, committed.is_ok());
        for answer in answers {
            (answer.deliver)(committed.clone());
        }
        committed
    }

    /// Does a change within a transaction or savepoint. Without an answer it took too long.
    async fn done(&self, transaction: DatabaseTransaction, job: Job) -> (Write, Option<Answer>) {
        let mut write = Write::new(transaction, self.sealer.clone());
        let answer = tokio::time::timeout(JOB_TIME, job(&mut write)).await.ok();
        (write, answer)
    }

    /// After an unexpected failure a fresh connection, with no half-open transaction.
    async fn reopened(&self, database: DatabaseConnection) -> DatabaseConnection {
        let _ = database.clone().close().await;
        connect_for_changes(&Database::Sqlite(self.path.clone()), 1).await.unwrap_or(database)
    }

    /// The log starts anew once all of it is copied. The other task copies the bulk beside us; what came in meanwhile
    /// is little, and is copied here, between two commits.
    async fn tend_log(&self, database: &DatabaseConnection) {
        match self.log.state.load(Ordering::Acquire) {
            IDLE if wal_length(&self.path) > WAL_LONG => self.log.set(LONG),
            COPIED => {
                copy(database).await;
                self.counts.log_copies.fetch_add(1, Ordering::Relaxed);
                self.log.set(IDLE);
            }
            _ => {}
        }
    }
}

/// How far the copying of the log is.
#[derive(Default)]
struct Log {
    state: AtomicU8,
    changed: Notify,
}

const IDLE: u8 = 0;
const LONG: u8 = 1;
const COPIED: u8 = 2;
const CLOSING: u8 = 3;

impl Log {
    fn set(&self, state: u8) {
        self.state.store(state, Ordering::Release);
        self.changed.notify_one();
    }
}

/// Copies the log into the database beside the writer, who so never waits for the bulk of it.
async fn copy_log(path: PathBuf, log: Arc<Log>) {
    loop {
        log.changed.notified().await;
        match log.state.load(Ordering::Acquire) {
            LONG => {
                if let Ok(database) = connect(&Database::Sqlite(path.clone()), 1).await {
                    copy(&database).await;
                    let _ = database.close().await;
                }
                let _ = log.state.compare_exchange(LONG, COPIED, Ordering::AcqRel, Ordering::Acquire);
            }
            CLOSING => break,
            _ => {}
        }
    }
}

async fn copy(database: &DatabaseConnection) {
    if let Err(error) = database.execute_unprepared("PRAGMA wal_checkpoint(PASSIVE)").await {
        tracing::warn!(%error, "the write-ahead log could not be copied; it grows");
    }
}

fn wal_length(path: &Path) -> u64 {
    let mut name = path.as_os_str().to_owned();
    name.push("-wal");
    std::fs::metadata(name).map_or(0, |file| file.len())
}
