//! Questions on PostgreSQL: a few connections, each shared by many questions at once (pipelining).

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;

use tokio::task::JoinSet;
use tokio_postgres::config::TargetSessionAttrs;
use tokio_postgres::types::{FromSql, ToSql};
use tokio_postgres::{Client, Config};
use tokio_postgres_rustls::MakeRustlsConnect;
use uuid::Uuid;

use super::{Row, Statement, Value};
use crate::Error;
use crate::encryption::Address;
use crate::settings::postgres_limits;

/// A question that takes longer finds its connection broken.
const PATIENCE: Duration = Duration::from_secs(5);

/// Every join of these statements finds one row by a key. So there is one good plan, whatever the values and the
/// statistics, and planning would take longer than answering.
const FIXED_PLANS: [(&str, &str); 3] =
    [("plan_cache_mode", "force_generic_plan"), ("enable_hashjoin", "off"), ("enable_mergejoin", "off")];

/// Connections to the primary, opened when they are first needed and again when they break.
pub(crate) struct Clients {
    config: Config,
    tls: MakeRustlsConnect,
    slots: Vec<Slot>,
    next: AtomicUsize,
    /// What moves the bytes of each connection.
    drivers: Mutex<JoinSet<()>>,
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
        Ok(Self { config, tls, slots, next: AtomicUsize::new(0), drivers: Mutex::default() })
    }

    /// At most one row of a statement. A question whose connection breaks is asked again on a new one, once: asking
    /// changes nothing.
    pub(super) async fn row(
        &self,
        statement: Statement,
        values: &[Value<'_>],
    ) -> Result<Option<tokio_postgres::Row>, Error> {
        let slot = &self.slots[self.next.fetch_add(1, Ordering::Relaxed) % self.slots.len()];
        let first = self.connected(slot).await?;
        match query(&first, statement, values).await {
            Err(Error::Unavailable(_)) => {
                slot.forget(&first);
                query(&*self.connected(slot).await?, statement, values).await
            }
            answer => answer,
        }
    }

    /// Connections that are open, of so many.
    pub(super) fn open_of(&self) -> (usize, usize) {
        (self.slots.iter().filter(|slot| slot.usable().is_some()).count(), self.slots.len())
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
        {
            let mut drivers = self.drivers.lock().unwrap_or_else(PoisonError::into_inner);
            while drivers.try_join_next().is_some() {}
            drivers.spawn(async move {
                if let Err(error) = connection.await {
                    tracing::warn!(%error, "a connection to the database broke; the next question opens another");
                }
            });
        }
        let mut prepared = Vec::with_capacity(Statement::ALL.len());
        for statement in Statement::ALL {
            prepared.push(client.prepare(statement.text()).await?);
        }
        Ok(Connected { client, prepared })
    }

    pub(super) fn close(&self) {
        for slot in &self.slots {
            *slot.connected.write().unwrap_or_else(PoisonError::into_inner) = None;
        }
        self.drivers.lock().unwrap_or_else(PoisonError::into_inner).abort_all();
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

async fn query(
    connected: &Connected,
    statement: Statement,
    values: &[Value<'_>],
) -> Result<Option<tokio_postgres::Row>, Error> {
    let prepared = &connected.prepared[statement as usize];
    let values: Vec<&(dyn ToSql + Sync)> = values.iter().map(Value::parameter).collect();
    match tokio::time::timeout(PATIENCE, connected.client.query_opt(prepared, &values)).await {
        Ok(answer) => Ok(answer?),
        Err(_) => Err(Error::Unavailable("no answer in time".to_owned())),
    }
}

impl Value<'_> {
    fn parameter(&self) -> &(dyn ToSql + Sync) {
        match self {
            Self::Bytes(bytes) => bytes,
            Self::Uuid(uuid) => uuid,
            Self::Text(text) => text,
        }
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
