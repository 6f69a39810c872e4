//! Whether the database keeps what it acknowledges (rule 24: a change that was answered is there after a crash).

use sea_orm::{ConnectionTrait, DatabaseBackend, DatabaseConnection, QueryResult, Statement};

use crate::Error;

/// The settings as they hold for this very connection, so those of a role or a database count too.
const POSTGRES: &str = "SELECT current_setting('fsync'), current_setting('full_page_writes'),
  current_setting('synchronous_commit'), current_setting('synchronous_standby_names')";

/// [`Error::Unsafe`] when a crash could take back what was acknowledged on this connection.
pub(crate) async fn check(database: &DatabaseConnection) -> Result<(), Error> {
    let weak = match database.get_database_backend() {
        DatabaseBackend::Postgres => {
            let row = one(database, POSTGRES).await?;
            let text = |column| row.try_get_by_index::<String>(column);
            weak_in_postgres(&text(0)?, &text(1)?, &text(2)?, &text(3)?)
        }
        _ => {
            let mode: String = one(database, "PRAGMA journal_mode").await?.try_get_by_index(0)?;
            let synchronous: i64 = one(database, "PRAGMA synchronous").await?.try_get_by_index(0)?;
            weak_in_sqlite(&mode, synchronous)
        }
    };
    if weak.is_empty() { Ok(()) } else { Err(Error::Unsafe(weak.join(", "))) }
}

async fn one(database: &DatabaseConnection, text: &str) -> Result<QueryResult, Error> {
    let row = database.query_one_raw(Statement::from_string(database.get_database_backend(), text)).await?;
    row.ok_or_else(|| Error::Unavailable("no answer".to_owned()))
}

/// `off` loses commits when the machine stops. `local` loses none by itself; where a standby is named it answers before
/// the standby has the commit, and a fail-over would lose it.
fn weak_in_postgres(fsync: &str, full_page_writes: &str, synchronous_commit: &str, standbys: &str) -> Vec<String> {
    let mut weak = Vec::new();
    if fsync != "on" {
        weak.push(format!("fsync is {fsync}"));
    }
    if full_page_writes != "on" {
        weak.push(format!("full_page_writes is {full_page_writes}"));
    }
    match synchronous_commit {
        "off" => weak.push("synchronous_commit is off".to_owned()),
        "local" if !standbys.trim().is_empty() => {
            weak.push("synchronous_commit is local although synchronous_standby_names names a standby".to_owned());
        }
        _ => {}
    }
    weak
}

/// A write-ahead log that is synchronised at every commit: `synchronous` FULL is 2, EXTRA is 3.
fn weak_in_sqlite(mode: &str, synchronous: i64) -> Vec<String> {
    let mut weak = Vec::new();
    if !mode.eq_ignore_ascii_case("wal") {
        weak.push(format!("journal_mode is {mode}, as on a network's file system"));
    }
    if synchronous < 2 {
        weak.push(format!("synchronous is {synchronous}"));
    }
    weak
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_may_lose_a_commit_is_weak() {
        let postgres = |fsync, pages, commit, standbys| weak_in_postgres(fsync, pages, commit, standbys).len();
        for commit in ["on", "remote_apply", "remote_write", "local"] {
            assert_eq!(postgres("on", "on", commit, ""), 0, "{commit}");
        }
        assert_eq!(postgres("on", "on", "remote_write", "two"), 0, "the standby has it");
        assert_eq!(postgres("on", "on", "local", "two"), 1);
        assert_eq!(postgres("on", "on", "off", ""), 1);
        assert_eq!(postgres("off", "off", "off", ""), 3);
        assert_eq!((weak_in_sqlite("wal", 2).len(), weak_in_sqlite("wal", 3).len()), (0, 0));
        assert_eq!((weak_in_sqlite("delete", 2).len(), weak_in_sqlite("wal", 1).len()), (1, 1));
    }
}
