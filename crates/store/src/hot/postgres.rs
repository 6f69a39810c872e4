//! Questions on PostgreSQL: a few connections, each of which asks as one statement what waits when it becomes free. Most of
//! what a question costs there is the statement around it, so many at once are answered in a fraction of the time.

use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::Duration;

use futures::FutureExt;
use tokio::task::JoinSet;
use tokio_postgres::config::TargetSessionAttrs;
use tokio_postgres::types::{FromSql, ToSql};
use tokio_postgres::{Client, Config};
use tokio_postgres_rustls::MakeRustlsConnect;
use uuid::Uuid;

use super::batch::{Batch, Desk};
use super::{Row, Statement, Value};
use crate::Error;
use crate::encryption::Address;
use crate::settings::postgres_limits;

/// Questions that take longer find their connection broken.
const PATIENCE: Duration = Duration::from_secs(5);

/// Every join of these statements finds one row by a key. So there is one good plan, whatever the values and the
/// statistics, and planning or compiling would take longer than answering.
pub(crate) const FIXED_PLANS: [(&str, &str); 5] = [
    ("plan_cache_mode", "force_generic_plan"),
    ("enable_hashjoin", "off"),
    ("enable_mergejoin", "off"),
    ("enable_seqscan", "off"),
    ("jit", "off"),
];

/// Connections to the primary, opened when they are first needed and again when they break.
pub(crate) struct Clients {
    config: Config,
    tls: MakeRustlsConnect,
    slots: Vec<Slot>,
    desk: Mutex<Desk>,
    /// What moves the bytes of each connection, and who asks on it.
    tasks: Mutex<JoinSet<()>>,
}

#[derive(Default)]
struct Slot {
    connected: RwLock<Option<Arc<Connected>>>,
    /// One connects, the others wait for it.
    connecting: tokio::sync::Mutex<()>,
}

struct Connected {
    client: Client,
    /// In the order of [`Statement::ALL`].
    prepared: Vec<tokio_postgres::Statement>,
}

impl Clients {
    pub(super) fn new(url: &str, number: usize) -> Result<Self, Error> {
        let address = Address::of(url)?;
        let wrong = |error| Error::Setting(format!("the setting database_url is not usable: {error}"));
        let mut config: Config = address.url.parse().map_err(wrong)?;
        let (mode, tls) = address.encryption()?;
        let options = postgres_limits().into_iter().chain(FIXED_PLANS);
        let options: Vec<String> =
            options.map(|(name, value)| format!("-c {name}={}", value.replace(' ', "\\ "))).collect();
        let options = format!("{} {}", config.get_options().unwrap_or_default(), options.join(" "));
        config
            .ssl_mode(mode)
            .application_name("carillon")
            .options(options.trim())
            .connect_timeout(PATIENCE)
            .target_session_attrs(TargetSessionAttrs::ReadWrite);
        let slots = (0..number).map(|_| Slot::default()).collect();
        Ok(Self { config, tls, slots, desk: Mutex::new(Desk::new(number)), tasks: Mutex::default() })
    }

    /// At most one row of a statement. It is read after the question was asked, never before.
    pub(super) async fn row(
        self: &Arc<Self>,
        statement: Statement,
        values: &[Value<'_>],
    ) -> Result<Option<tokio_postgres::Row>, Error> {
        let (answer, free) = self.desk().ask(statement, values);
        if let Some(slot) = free {
            self.work(slot);
        }
        // A connection may have to be opened first, and then to answer.
        match tokio::time::timeout(2 * PATIENCE, answer).await {
            Ok(answer) => answer.unwrap_or_else(|_| Err(Error::Unavailable("the question was dropped".to_owned()))),
            Err(_) => Err(Error::Unavailable("no answer in time".to_owned())),
        }
    }

    /// Asks on a connection as long as something waits.
    fn work(self: &Arc<Self>, slot: usize) {
        let clients = Arc::clone(self);
        self.spawn(async move {
            loop {
                let Some(batch) = clients.desk().take(slot) else { break };
                // A panic costs the questions in hand, not the connection.
                if AssertUnwindSafe(clients.answered(slot, batch)).catch_unwind().await.is_err() {
                    tracing::error!("asking the database panicked; the questions are not answered");
                }
            }
        });
    }

    async fn answered(&self, slot: usize, batch: Batch) {
        match self.rows(slot, &batch).await {
            Err(error) if batch.len() > 1 && !unavailable(&error) => self.one_by_one(slot, batch).await,
            rows => batch.answer(rows),
        }
    }

    /// One question that cannot be asked does not fail the others; a database that is gone fails the rest of them.
    async fn one_by_one(&self, slot: usize, batch: Batch) {
        let mut gone = None;
        for one in batch.apart() {
            let rows = match &gone {
                Some(error) => Err(Error::clone(error)),
                None => self.rows(slot, &one).await,
            };
            gone = rows.as_ref().err().filter(|error| unavailable(error)).cloned();
            one.answer(rows);
        }
    }

    /// The rows of a batch. When its connection breaks it is asked again on a new one, once: asking changes nothing.
    async fn rows(&self, slot: usize, batch: &Batch) -> Result<Vec<tokio_postgres::Row>, Error> {
        let slot = &self.slots[slot];
        let first = self.connected(slot).await?;
        match query(&first, batch).await {
            Err(Error::Unavailable(_)) => {
                slot.forget(&first);
                query(&*self.connected(slot).await?, batch).await
            }
            answer => answer,
        }
    }

    fn desk(&self) -> MutexGuard<'_, Desk> {
        self.desk.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        let mut tasks = self.tasks.lock().unwrap_or_else(PoisonError::into_inner);
        while tasks.try_join_next().is_some() {}
        tasks.spawn(task);
    }

    /// Connections that are open, of so many.
    pub(super) fn open_of(&self) -> (usize, usize) {
        (self.slots.iter().filter(|slot| slot.usable().is_some()).count(), self.slots.len())
    }

    /// Questions that wait to be asked.
    pub(super) fn waiting(&self) -> usize {
        self.desk().waiting()
    }

    /// Opens a connection if there is none: whether questions would be answered.
    pub(super) async fn ready(&self) -> Result<(), Error> {
        self.connected(&self.slots[0]).await.map(drop)
    }

    async fn connected(&self, slot: &Slot) -> Result<Arc<Connected>, Error> {
        if let Some(connected) = slot.usable() {
            return Ok(connected);
        }
        let _connecting = slot.connecting.lock().await;
        if let Some(connected) = slot.usable() {
            return Ok(connected);
        }
        let connected = tokio::time::timeout(PATIENCE, self.connect()).await;
        let connected = Arc::new(connected.map_err(|_| Error::Unavailable("no connection in time".to_owned()))??);
        *slot.connected.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&connected));
        Ok(connected)
    }

    async fn connect(&self) -> Result<Connected, Error> {
        let unreachable = |error: tokio_postgres::Error| Error::Unavailable(error.to_string());
        let (client, connection) = self.config.connect(self.tls.clone()).await.map_err(unreachable)?;
        self.spawn(async move {
            if let Err(error) = connection.await {
                tracing::warn!(%error, "a connection to the database broke; the next question opens another");
            }
        });
        let mut prepared = Vec::with_capacity(Statement::ALL.len());
        for statement in Statement::ALL {
            prepared.push(client.prepare(&statement.of_many()).await?);
        }
        Ok(Connected { client, prepared })
    }

    pub(super) fn close(&self) {
        for slot in &self.slots {
            *slot.connected.write().unwrap_or_else(PoisonError::into_inner) = None;
        }
        self.tasks.lock().unwrap_or_else(PoisonError::into_inner).abort_all();
        self.desk().close();
    }
}

impl Slot {
    fn usable(&self) -> Option<Arc<Connected>> {
        let connected = self.connected.read().unwrap_or_else(PoisonError::into_inner);
        connected.as_ref().filter(|connected| !connected.client.is_closed()).map(Arc::clone)
    }

    /// Drops a broken connection, unless somebody has replaced it already.
    fn forget(&self, broken: &Arc<Connected>) {
        let mut connected = self.connected.write().unwrap_or_else(PoisonError::into_inner);
        if connected.as_ref().is_some_and(|current| Arc::ptr_eq(current, broken)) {
            *connected = None;
        }
    }
}

fn unavailable(error: &Error) -> bool {
    matches!(error, Error::Unavailable(_))
}

async fn query(connected: &Connected, batch: &Batch) -> Result<Vec<tokio_postgres::Row>, Error> {
    let prepared = &connected.prepared[batch.statement() as usize];
    let parameters = batch.parameters();
    let parameters: Vec<&(dyn ToSql + Sync)> = parameters.iter().map(|values| &**values as _).collect();
    match tokio::time::timeout(PATIENCE, connected.client.query(prepared, &parameters)).await {
        Ok(answer) => Ok(answer?),
        Err(_) => Err(Error::Unavailable("no answer in time".to_owned())),
    }
}

fn get<'r, T: FromSql<'r>>(row: &'r tokio_postgres::Row, column: usize) -> Result<Option<T>, Error> {
    row.try_get(column).map_err(Error::corrupt)
}

impl Row for tokio_postgres::Row {
    fn uuid(&self, column: usize) -> Result<Option<Uuid>, Error> {
        get(self, column)
    }

    fn number(&self, column: usize) -> Result<Option<i64>, Error> {
        get(self, column)
    }

    fn flag(&self, column: usize) -> Result<Option<bool>, Error> {
        get(self, column)
    }

    fn text(&self, column: usize) -> Result<Option<&str>, Error> {
        get(self, column)
    }

    fn bytes(&self, column: usize) -> Result<Option<&[u8]>, Error> {
        get(self, column)
    }
}
