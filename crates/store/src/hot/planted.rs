//! Faults that break the promise (rule 22), to see that its tests find them. In no build that anybody uses: they are
//! behind the feature `plant`, and one of them is at work where `CARILLON_PLANT` names it.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{LazyLock, Mutex, PoisonError};
use std::time::{Duration, Instant};

use rusqlite::types::Value as Kept;
use rusqlite::{Connection, params_from_iter};
use uuid::Uuid;

use super::{Row, Statement, Value};
use crate::Error;

/// What can be wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// What was read answers for 50 milliseconds.
    Cache,
    /// Reads are of a snapshot that is taken anew now and then, as on a standby that lags behind.
    Snapshot,
    /// What is minted carries the person's epoch of the moment, not that of what it is made from.
    Epoch,
}

/// The fault that is at work.
pub fn fault() -> Option<Fault> {
    static FAULT: LazyLock<Option<Fault>> = LazyLock::new(|| match std::env::var("CARILLON_PLANT").ok()?.as_str() {
        "cache" => Some(Fault::Cache),
        "snapshot" => Some(Fault::Snapshot),
        "epoch" => Some(Fault::Epoch),
        _ => None,
    });
    *FAULT
}

/// How long an answer is kept.
const KEPT: Duration = Duration::from_millis(50);
/// Every so many questions a connection takes another snapshot.
const QUESTIONS: u64 = 50;
/// So many questions are answered as they should be first: who signs in must find their session at once.
const HONEST: u64 = 300;

/// Answers a question as the fault would, if one about reading is at work.
pub(super) fn query<T>(
    connection: &Connection,
    statement: Statement,
    values: &[Value<'_>],
    read: &impl Fn(&dyn Row) -> Result<T, Error>,
) -> Option<Result<Option<T>, Error>> {
    match fault()? {
        Fault::Cache => Some(cached(connection, statement, values, read)),
        Fault::Snapshot => {
            static ASKED: AtomicU64 = AtomicU64::new(0);
            let asked = ASKED.fetch_add(1, Ordering::Relaxed);
            if asked < HONEST {
                return None;
            }
            let renew = asked.is_multiple_of(QUESTIONS);
            let texts = match (connection.is_autocommit(), renew) {
                (true, _) => "BEGIN",
                (false, true) => "COMMIT; BEGIN",
                (false, false) => "",
            };
            connection.execute_batch(texts).err().map(|error| Err(error.into()))
        }
        Fault::Epoch => None,
    }
}

#[expect(clippy::disallowed_methods, reason = "the fault is one of time")]
fn cached<T>(
    connection: &Connection,
    statement: Statement,
    values: &[Value<'_>],
    read: &impl Fn(&dyn Row) -> Result<T, Error>,
) -> Result<Option<T>, Error> {
    static ROWS: LazyLock<Mutex<HashMap<String, (Instant, Option<Columns>)>>> = LazyLock::new(Mutex::default);
    let key = format!("{statement:?} {values:?}");
    let mut rows = ROWS.lock().unwrap_or_else(PoisonError::into_inner);
    let kept = rows.get(&key).filter(|(at, _)| at.elapsed() < KEPT).map(|(_, row)| row.clone());
    let row = match kept {
        Some(row) => row,
        None => {
            let row = columns(connection, statement, values)?;
            rows.insert(key, (Instant::now(), row.clone()));
            row
        }
    };
    row.map(|row| read(&row)).transpose()
}

fn columns(connection: &Connection, statement: Statement, values: &[Value<'_>]) -> Result<Option<Columns>, Error> {
    let mut prepared = connection.prepare_cached(statement.text())?;
    let count = prepared.column_count();
    let mut rows = prepared.query(params_from_iter(values))?;
    let Some(row) = rows.next()? else { return Ok(None) };
    let columns = (0..count).map(|column| row.get::<_, Kept>(column)).collect::<Result<_, _>>()?;
    Ok(Some(Columns(columns)))
}

/// A row that outlives its statement.
#[derive(Clone)]
struct Columns(Vec<Kept>);

impl Row for Columns {
    fn uuid(&self, column: usize) -> Result<Option<Uuid>, Error> {
        self.bytes(column)?.map(|bytes| Uuid::from_slice(bytes).map_err(Error::corrupt)).transpose()
    }

    fn number(&self, column: usize) -> Result<Option<i64>, Error> {
        match &self.0[column] {
            Kept::Integer(number) => Ok(Some(*number)),
            _ => Ok(None),
        }
    }

    fn flag(&self, column: usize) -> Result<Option<bool>, Error> {
        Ok(self.number(column)?.map(|number| number != 0))
    }

    fn text(&self, column: usize) -> Result<Option<&str>, Error> {
        match &self.0[column] {
            Kept::Text(text) => Ok(Some(text)),
            _ => Ok(None),
        }
    }

    fn bytes(&self, column: usize) -> Result<Option<&[u8]>, Error> {
        match &self.0[column] {
            Kept::Blob(bytes) => Ok(Some(bytes)),
            _ => Ok(None),
        }
    }
}
