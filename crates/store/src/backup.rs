//! Copies of a SQLite database: taken beside whoever writes, and examined before anybody relies on them.

use std::path::Path;

use jiff::Timestamp;
use rusqlite::backup::{Backup, StepResult};
use rusqlite::{Connection, OpenFlags, OptionalExtension};

use crate::migrate::{MIGRATIONS, master_key_place};
use crate::settings::BUSY;
use crate::{Error, Sealer};

/// Pages copied between two looks at how far it is: 4 MiB at SQLite's usual page.
const STEP: i32 = 1_000;

/// What is in a database file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Examined {
    /// When the last change in it was made; `None` when there was none yet.
    pub last_change: Option<Timestamp>,
}

/// Copies the database in the file `from`, as it is at this moment, into the file `to`, which must be empty. Every
/// change that was acknowledged before is in the copy.
///
/// The whole copy is read in one snapshot of the write-ahead log: whoever writes meanwhile waits for nothing, only the
/// log grows until the copy is done. `progress` hears pages copied and pages in all. The copy is not yet synchronised.
pub fn copy(from: &Path, to: &Path, mut progress: impl FnMut(usize, usize)) -> Result<(), Error> {
    let source = open(from)?;
    source.pragma_update(None, "query_only", true)?;
    // A backup would begin anew at every change of another process, unless its source holds a snapshot.
    source.execute_batch("BEGIN; SELECT count(*) FROM sqlite_master")?;
    let mut target = open(to)?;
    target.execute_batch("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF")?;
    let backup = Backup::new(&source, &mut target)?;
    let mut more = true;
    while more {
        more = match backup.step(STEP)? {
            StepResult::More => true,
            StepResult::Done => false,
            _ => return Err(Error::Unavailable("the database was locked by somebody else".to_owned())),
        };
        let at = backup.progress();
        let all = usize::try_from(at.pagecount).unwrap_or_default();
        progress(all.saturating_sub(usize::try_from(at.remaining).unwrap_or_default()), all);
    }
    drop(backup);
    // A file by itself: it can be read where no log can be written beside it.
    target.execute_batch("PRAGMA journal_mode = DELETE")?;
    target.close().map_err(|(_, error)| error)?;
    Ok(())
}

/// Looks whether a database file is whole, is Carillon's and not of a newer version; with a sealer also whether it was
/// sealed under that master key.
pub fn examine(file: &Path, sealer: Option<&Sealer>) -> Result<Examined, Error> {
    let database = open(file)?;
    let said: String = database.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))?;
    if said != "ok" {
        return Err(Error::corrupt(said));
    }
    let known = "SELECT 1 FROM sqlite_master WHERE name = 'master_key_check'";
    if database.query_row(known, [], |_| Ok(())).optional()?.is_none() {
        return Err(Error::corrupt("it is no database of Carillon's"));
    }
    let mut statement = database.prepare("SELECT version FROM seaql_migrations ORDER BY version")?;
    for version in statement.query_map([], |row| row.get::<_, String>(0))? {
        let version = version?;
        if !MIGRATIONS.iter().any(|(name, _)| *name == version) {
            return Err(Error::NewerDatabase(version));
        }
    }
    if let Some(sealer) = sealer {
        let sealed: Vec<u8> = database.query_row("SELECT sealed FROM master_key_check", [], |row| row.get(0))?;
        sealer.open(master_key_place(), &sealed).map_err(|_| Error::MasterKey)?;
    }
    let last: Option<i64> = database.query_row("SELECT max(at) FROM audit", [], |row| row.get(0))?;
    let last_change = last.map(Timestamp::from_millisecond).transpose().map_err(Error::corrupt)?;
    Ok(Examined { last_change })
}

fn open(file: &Path) -> Result<Connection, Error> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(file, flags)?;
    connection.busy_timeout(BUSY)?;
    connection.pragma_update(None, "wal_autocheckpoint", 0)?;
    Ok(connection)
}
