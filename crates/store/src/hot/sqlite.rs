//! Questions on SQLite: a few connections that are used within the caller's task.

use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError, TryLockError};

use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, OpenFlags, ToSql, params_from_iter};
use uuid::Uuid;

use super::{Row, Statement, Value};
use crate::Error;
use crate::settings::BUSY;

/// Memory of all connections for pages of the database, in KiB: enough for the inner pages of a million people, so that
/// a question reads one page of the file and not three.
const CACHE_KIB: i64 = 32 * 1024;

/// Connections, opened when they are first needed. Each is used by one question at a time and holds no transaction in
/// between, so every question sees all that was committed before it.
pub(crate) struct Connections {
    path: PathBuf,
    slots: Vec<Mutex<Option<Connection>>>,
}

impl Connections {
    pub(super) fn new(path: PathBuf, number: usize) -> Self {
        Self { path, slots: (0..number).map(|_| Mutex::default()).collect() }
    }

    /// At most one row of a statement.
    pub(super) fn row<T>(
        &self,
        statement: Statement,
        values: &[Value<'_>],
        read: impl Fn(&dyn Row) -> Result<T, Error>,
    ) -> Result<Option<T>, Error> {
        let mut slot = self.free_slot();
        let connection = match slot.take() {
            Some(connection) => connection,
            None => self.open()?,
        };
        let answer = query(&connection, statement, values, read);
        // After a failure the next question gets a fresh connection.
        if answer.is_ok() {
            *slot = Some(connection);
        }
        answer
    }

    /// Connections that are open, of so many. One that answers just now is open.
    pub(super) fn open_of(&self) -> (usize, usize) {
        let open = |slot: &&Mutex<Option<Connection>>| slot.try_lock().map_or(true, |slot| slot.is_some());
        (self.slots.iter().filter(open).count(), self.slots.len())
    }

    /// The first slot nobody uses, so that few connections are opened while little is asked.
    fn free_slot(&self) -> MutexGuard<'_, Option<Connection>> {
        for slot in &self.slots {
            match slot.try_lock() {
                Ok(free) => return free,
                Err(TryLockError::Poisoned(poisoned)) => return poisoned.into_inner(),
                Err(TryLockError::WouldBlock) => {}
            }
        }
        self.slots[0].lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn open(&self) -> Result<Connection, Error> {
        let connection = Connection::open_with_flags(
            &self.path,
            OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX,
        )?;
        connection.busy_timeout(BUSY)?;
        connection.pragma_update(None, "query_only", true)?;
        connection.pragma_update(None, "wal_autocheckpoint", 0)?;
        connection.pragma_update(None, "cache_size", -(CACHE_KIB / self.slots.len() as i64))?;
        Ok(connection)
    }

    pub(super) fn close(&self) {
        for slot in &self.slots {
            slot.lock().unwrap_or_else(PoisonError::into_inner).take();
        }
    }
}

fn query<T>(
    connection: &Connection,
    statement: Statement,
    values: &[Value<'_>],
    read: impl Fn(&dyn Row) -> Result<T, Error>,
) -> Result<Option<T>, Error> {
    #[cfg(feature = "plant")]
    if let Some(answer) = super::planted::query(connection, statement, values, &read) {
        return answer;
    }
    let mut prepared = connection.prepare_cached(statement.text())?;
    let mut rows = prepared.query(params_from_iter(values))?;
    rows.next()?.map(|row| read(row)).transpose()
}

impl ToSql for Value<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(match self {
            Self::Bytes(Some(bytes)) => ToSqlOutput::Borrowed(ValueRef::Blob(bytes)),
            Self::Uuid(Some(uuid)) => ToSqlOutput::Borrowed(ValueRef::Blob(uuid.as_bytes())),
            Self::Text(Some(text)) => ToSqlOutput::Borrowed(ValueRef::Text(text.as_bytes())),
            Self::Bytes(None) | Self::Uuid(None) | Self::Text(None) => ToSqlOutput::Borrowed(ValueRef::Null),
        })
    }
}

impl Row for rusqlite::Row<'_> {
    fn uuid(&self, column: usize) -> Result<Option<Uuid>, Error> {
        self.bytes(column)?.map(|bytes| Uuid::from_slice(bytes).map_err(Error::corrupt)).transpose()
    }

    fn number(&self, column: usize) -> Result<Option<i64>, Error> {
        Ok(self.get(column)?)
    }

    fn flag(&self, column: usize) -> Result<Option<bool>, Error> {
        Ok(self.get(column)?)
    }

    fn text(&self, column: usize) -> Result<Option<&str>, Error> {
        self.get_ref(column)?.as_str_or_null().map_err(Error::corrupt)
    }

    fn bytes(&self, column: usize) -> Result<Option<&[u8]>, Error> {
        self.get_ref(column)?.as_blob_or_null().map_err(Error::corrupt)
    }
}
