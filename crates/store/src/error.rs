//! What can go wrong below the verbs. Carries no secrets and no personal data.

use sea_orm::{DbErr, RuntimeErr, SqlErr, SqlxError};

/// A failure of the store.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The database cannot be reached, is too slow or too busy, or the store is closing. The change is wholly done or
    /// wholly not.
    #[error("the database is not available: {0}; try again")]
    Unavailable(String),
    /// A uniqueness rule would be broken, or changes at the same time stood in each other's way; nothing was done, and
    /// doing it again from the start may succeed. Holds the index or columns that stand behind the rule.
    #[error("there is one already ({0}); look again and repeat")]
    Conflict(String),
    /// Something in the database cannot be what Carillon wrote.
    #[error("the database holds something unreadable: {0}; restore a backup or report this")]
    Corrupt(String),
    /// A newer Carillon has used this database.
    #[error("this database was written by a newer Carillon (migration {0}); run that version, or restore a backup")]
    NewerDatabase(String),
    /// The database was sealed under another master key.
    #[error(
        "this is not the master key that the database was sealed with; \
         give Carillon the key this database began with: from another node, or from a backup"
    )]
    MasterKey,
    /// The database may lose in a crash what it has acknowledged; what of its settings is to blame.
    #[error(
        "the database may lose changes that it has acknowledged: {0}; turn that on and start again \
         (or set allow_losing_changes, never where the changes matter)"
    )]
    Unsafe(String),
    /// Where the database is, or how to reach it, is set in a way that cannot work. The text says what and where.
    #[error("{0}")]
    Setting(String),
    /// Rule 22: the clocks of this node and of the database differ by more than a second.
    #[error("this node's clock is {0} ms off the database's; set the clocks (NTP)")]
    Clock(i64),
    /// A read that the scope does not allow. A bug in the caller.
    #[error("{0} cannot be read in this scope")]
    OutOfScope(&'static str),
    /// The work of one change panicked; nothing of it was done.
    #[error("a change failed inside: {0}; nothing of it was done")]
    Panicked(String),
    /// The statement was wrong, or a rule of the schema was broken. A bug.
    #[error("the database refused a statement: {0}")]
    Statement(String),
}

impl Error {
    /// Shorthand for [`Error::Corrupt`].
    pub(crate) fn corrupt(what: impl std::fmt::Display) -> Self {
        Self::Corrupt(what.to_string())
    }

    /// Of an insertion: when what a new row refers to is not there any more, another change was faster.
    pub(crate) fn of_insertion(error: DbErr) -> Self {
        match error.sql_err() {
            Some(SqlErr::ForeignKeyConstraintViolation(what)) => Self::Conflict(constraint(&error).unwrap_or(what)),
            _ => error.into(),
        }
    }
}

/// SQLSTATE classes and SQLite codes that mean "not now": connection, resources, operator intervention,
/// serialization and deadlock, busy, locked, input/output, full.
fn is_passing(code: &str) -> bool {
    let sqlstate = ["08", "53", "57", "40", "55P03", "25P03"];
    match code.parse::<u32>() {
        Ok(sqlite) if code.len() <= 4 => matches!(sqlite & 0xff, 5 | 6 | 10 | 13 | 14),
        _ => sqlstate.iter().any(|class| code.starts_with(class)),
    }
}

/// SQLite's "malformed" and "not a database", and the SQLSTATEs of corruption: the files are damaged.
fn is_damage(code: &str) -> bool {
    matches!(code, "11" | "26" | "XX001" | "XX002")
}

/// SQLSTATE class 40: PostgreSQL rolled one of several changes back, such as after a deadlock.
fn is_rollback(code: &str) -> bool {
    code.len() == 5 && code.starts_with("40")
}

impl From<DbErr> for Error {
    fn from(error: DbErr) -> Self {
        if let Some(SqlErr::UniqueConstraintViolation(what)) = error.sql_err() {
            return Self::Conflict(constraint(&error).unwrap_or(what));
        }
        if database_error(&error).and_then(|database| database.code()).is_some_and(|code| is_damage(&code)) {
            return Self::Corrupt(error.to_string());
        }
        match &error {
            DbErr::ConnectionAcquire(_) | DbErr::Conn(_) => Self::Unavailable(error.to_string()),
            DbErr::Exec(RuntimeErr::SqlxError(inner)) | DbErr::Query(RuntimeErr::SqlxError(inner)) => match &**inner {
                SqlxError::Database(database) if database.code().is_some_and(|code| is_rollback(&code)) => {
                    Self::Conflict("a deadlock".to_owned())
                }
                SqlxError::Database(database) if !database.code().is_some_and(|code| is_passing(&code)) => {
                    Self::Statement(statement_error(&**database))
                }
                SqlxError::ColumnDecode { .. } | SqlxError::Decode(_) => Self::Corrupt(error.to_string()),
                _ => Self::Unavailable(error.to_string()),
            },
            DbErr::Type(_) | DbErr::TryIntoErr { .. } | DbErr::Json(_) => Self::Corrupt(error.to_string()),
            _ => Self::Statement(error.to_string()),
        }
    }
}

/// Code and message; PostgreSQL's detail, which quotes values, is left out.
fn statement_error(error: &dyn sea_orm::sqlx::error::DatabaseError) -> String {
    format!("{} ({})", error.message(), error.code().unwrap_or_default())
}

/// What the database itself said, if it was reached.
fn database_error(error: &DbErr) -> Option<&dyn sea_orm::sqlx::error::DatabaseError> {
    match error {
        DbErr::Conn(RuntimeErr::SqlxError(inner))
        | DbErr::Exec(RuntimeErr::SqlxError(inner))
        | DbErr::Query(RuntimeErr::SqlxError(inner)) => inner.as_database_error(),
        _ => None,
    }
}

/// The name of the violated index: PostgreSQL says it, SQLite names the columns in its message.
fn constraint(error: &DbErr) -> Option<String> {
    let database = database_error(error)?;
    match database.constraint() {
        Some(name) => Some(name.to_owned()),
        None => Some(database.message().trim_start_matches("UNIQUE constraint failed: ").to_owned()),
    }
}

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode;
        match &error {
            rusqlite::Error::SqliteFailure(failure, _) => match failure.code {
                ErrorCode::ConstraintViolation | ErrorCode::TypeMismatch | ErrorCode::ApiMisuse => {
                    Self::Statement(error.to_string())
                }
                ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => Self::Corrupt(error.to_string()),
                _ => Self::Unavailable(error.to_string()),
            },
            rusqlite::Error::InvalidColumnType(..) | rusqlite::Error::FromSqlConversionFailure(..) => {
                Self::Corrupt(error.to_string())
            }
            _ => Self::Statement(error.to_string()),
        }
    }
}

impl From<tokio_postgres::Error> for Error {
    fn from(error: tokio_postgres::Error) -> Self {
        match error.as_db_error() {
            Some(database) if !is_passing(database.code().code()) => {
                Self::Statement(format!("{} ({})", database.message(), database.code().code()))
            }
            Some(database) => Self::Unavailable(database.message().to_owned()),
            None => Self::Unavailable(error.to_string()),
        }
    }
}
