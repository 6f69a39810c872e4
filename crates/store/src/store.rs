//! Opening, closing, and how a change runs.

use std::any::Any;
use std::collections::BTreeMap;
use std::panic::AssertUnwindSafe;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};

use access::Catalog;
use futures::FutureExt;
use futures::future::BoxFuture;
use jiff::Timestamp;
use sea_orm::{
    ConnectionTrait, DatabaseBackend, DatabaseConnection, EntityTrait, QueryResult, Statement, TransactionTrait,
};
use tokio::sync::oneshot;

use crate::entity::catalogs;
use crate::hot::Hot;
use crate::measures::{Counts, Pool, Sqlite};
use crate::settings::{Database, Settings, connect, connect_for_changes};
use crate::write::administration::catalog;
use crate::writer::{Answer, Job, Writer};
use crate::{Committed, Error, Sealer, Write, durability, migrate};

/// The facts on disk. Cheap to clone.
#[derive(Clone)]
pub struct Store(pub(crate) Arc<Inner>);

pub(crate) struct Inner {
    pub(crate) reads: DatabaseConnection,
    pub(crate) sealer: Sealer,
    pub(crate) hot: Hot,
    pub(crate) counts: Arc<Counts>,
    changes: Changes,
    /// The most connections for lists, and for changes.
    most: (u32, u32),
    allow_losing_changes: bool,
    /// Versions of the catalog, which never change.
    catalogs: Mutex<BTreeMap<i64, Arc<Catalog>>>,
}

/// How changes reach the database.
enum Changes {
    Sqlite(Writer),
    Postgres(DatabaseConnection),
}

/// Versions of the catalog kept in memory.
const CATALOGS: usize = 8;

impl Store {
    /// Opens a database and brings it to this version's schema.
    ///
    /// [`Error::NewerDatabase`] when a newer version has used it, [`Error::MasterKey`] when it was sealed under another
    /// master key, [`Error::Unsafe`] when it may lose what it acknowledges.
    pub async fn open(settings: Settings, sealer: Sealer) -> Result<Self, Error> {
        let reads = connect(&settings.database, settings.read_connections).await?;
        match durability::check(&reads).await {
            Err(Error::Unsafe(why)) if settings.allow_losing_changes => {
                tracing::warn!(%why, "changes that are acknowledged may be lost, as the setting allow_losing_changes permits");
            }
            checked => checked?,
        }
        migrate::migrate(&reads, &sealer).await?;
        let counts = Arc::new(Counts::default());
        let changes = match &settings.database {
            Database::Sqlite(path) => {
                Changes::Sqlite(Writer::start(path.clone(), sealer.clone(), Arc::clone(&counts)).await?)
            }
            database @ Database::Postgres(_) => {
                Changes::Postgres(connect_for_changes(database, settings.write_connections).await?)
            }
        };
        let hot = Hot::new(&settings)?;
        hot.ready().await?;
        Ok(Self(Arc::new(Inner {
            reads,
            sealer,
            hot,
            counts,
            changes,
            most: (settings.read_connections, settings.write_connections),
            allow_losing_changes: settings.allow_losing_changes,
            catalogs: Mutex::default(),
        })))
    }

    /// Whether there is a deployment in a database already, and with it a master key. Changes nothing.
    pub async fn begun(database: &Database) -> Result<bool, Error> {
        if matches!(database, Database::Sqlite(path) if !path.exists()) {
            return Ok(false);
        }
        let connection = connect(database, 1).await?;
        let begun = migrate::begun(&connection).await;
        connection.close().await?;
        begun
    }

    /// Commits what waits, then closes every connection. Whatever comes later fails with [`Error::Unavailable`].
    pub async fn close(self) {
        self.0.hot.close();
        match &self.0.changes {
            Changes::Sqlite(writer) => writer.close().await,
            Changes::Postgres(database) => {
                let _ = database.clone().close().await;
            }
        }
        let _ = self.0.reads.clone().close().await;
    }

    /// Whether this node may answer: the database does, it is the one that takes changes and keeps them, and its clock
    /// and this node's differ by a second at most (rule 22).
    pub async fn ready(&self, now: Timestamp) -> Result<(), Error> {
        let Changes::Postgres(database) = &self.0.changes else {
            catalogs::Entity::find().one(&self.0.reads).await?;
            return Ok(());
        };
        let row = ask(database, "SELECT pg_is_in_recovery()").await?;
        if row.try_get_by_index::<bool>(0)? {
            return Err(Error::Unavailable("this server is a standby; Carillon needs the primary".to_owned()));
        }
        if !self.0.allow_losing_changes {
            durability::check(database).await?;
        }
        self.0.hot.ready().await?;
        let off = self.clock_ahead(now).await?;
        if off.abs() > 1_000 { Err(Error::Clock(off)) } else { Ok(()) }
    }

    /// How far this node's clock is ahead of the database's, in milliseconds. On SQLite it is one clock.
    pub(crate) async fn clock_ahead(&self, now: Timestamp) -> Result<i64, Error> {
        let Changes::Postgres(database) = &self.0.changes else { return Ok(0) };
        let text = "SELECT CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT)";
        Ok(now.as_millisecond() - ask(database, text).await?.try_get_by_index::<i64>(0)?)
    }

    /// The engine's word, what only SQLite has, and the pools that are not the hot reader's.
    pub(crate) fn engine(&self) -> (&'static str, Option<Sqlite>, Vec<Pool>) {
        let (lists, most) = self.0.most;
        match &self.0.changes {
            Changes::Sqlite(writer) => {
                let (queued, log_bytes) = writer.measures();
                let log_copies = self.0.counts.log_copies.load(Ordering::Relaxed);
                let pool = self.0.reads.get_sqlite_connection_pool();
                let lists =
                    Pool { name: "lists", open: pool.size() as usize, idle: pool.num_idle(), most: lists as usize };
                ("sqlite", Some(Sqlite { queued, log_bytes, log_copies }), vec![lists])
            }
            Changes::Postgres(database) => {
                let pool = |name, database: &DatabaseConnection, most: u32| {
                    let pool = database.get_postgres_connection_pool();
                    Pool { name, open: pool.size() as usize, idle: pool.num_idle(), most: most as usize }
                };
                ("postgres", None, vec![pool("lists", &self.0.reads, lists), pool("changes", database, most)])
            }
        }
    }

    /// A version of the catalog. Versions never change, so the newest ones are kept in memory.
    pub async fn catalog(&self, version: i64) -> Result<Arc<Catalog>, Error> {
        let known = || self.0.catalogs.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(catalog) = known().get(&version) {
            return Ok(Arc::clone(catalog));
        }
        let row = catalogs::Entity::find_by_id(version).one(&self.0.reads).await?;
        let row = row.ok_or_else(|| Error::corrupt(format!("there is no catalog {version}")))?;
        let read = Arc::new(catalog(&row)?);
        let mut known = known();
        known.insert(version, Arc::clone(&read));
        if known.len() > CATALOGS {
            known.pop_first();
        }
        Ok(read)
    }

    /// Runs `job` in one transaction. It must end with [`Write::commit`], or nothing of it is done; neither if it
    /// fails or panics. On SQLite jobs run one after the other and are committed in groups, so a job should wait for
    /// nothing but the database.
    pub async fn write<T, E, F>(&self, job: F) -> Result<T, E>
    where
        F: for<'a> FnOnce(&'a mut Write) -> BoxFuture<'a, Result<Committed<T>, E>> + Send + 'static,
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        match &self.0.changes {
            Changes::Sqlite(writer) => {
                let (answer, answered) = oneshot::channel();
                writer.send(queued(job, answer)).await?;
                answered.await.map_err(|_| Error::Unavailable("the change was given up".to_owned()))?
            }
            Changes::Postgres(database) => {
                let transaction = database.begin().await.map_err(Error::from)?;
                let mut write = Write::new(transaction, self.0.sealer.clone());
                let outcome = attempt(job, &mut write).await;
                let keep = outcome.is_ok();
                let ended = write.end(keep).await;
                if keep {
                    self.0.counts.commit(1, ended.is_ok());
                }
                let value = outcome?;
                ended?;
                Ok(value)
            }
        }
    }
}

async fn ask(database: &DatabaseConnection, text: &str) -> Result<QueryResult, Error> {
    let row = database.query_one_raw(Statement::from_string(DatabaseBackend::Postgres, text)).await?;
    row.ok_or_else(|| Error::Unavailable("no answer".to_owned()))
}

/// Runs a job; a panic becomes an error.
async fn attempt<T, E, F>(job: F, write: &mut Write) -> Result<T, E>
where
    F: for<'a> FnOnce(&'a mut Write) -> BoxFuture<'a, Result<Committed<T>, E>>,
    E: From<Error>,
{
    let work = async move { job(write).await };
    match AssertUnwindSafe(work).catch_unwind().await {
        Ok(outcome) => outcome.map(Committed::into_value),
        Err(panic) => Err(Error::Panicked(message(&*panic)).into()),
    }
}

/// A job for the writer, which answers when its commit is known.
fn queued<T, E, F>(job: F, answer: oneshot::Sender<Result<T, E>>) -> Job
where
    F: for<'a> FnOnce(&'a mut Write) -> BoxFuture<'a, Result<Committed<T>, E>> + Send + 'static,
    T: Send + 'static,
    E: From<Error> + Send + 'static,
{
    Box::new(move |write| {
        async move {
            let outcome = attempt(job, write).await;
            let keep = outcome.is_ok();
            // Whoever asked may be gone; the change stands all the same.
            let deliver = move |committed: Result<(), Error>| {
                let _ = answer.send(committed.map_err(E::from).and(outcome));
            };
            Answer { keep, deliver: Box::new(deliver) }
        }
        .boxed()
    })
}

fn message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_default()
}
