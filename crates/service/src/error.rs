//! What a verb may answer instead of success.

use access::Refusal;

/// Why a whole request came to nothing.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A rule says no. The refusal has a stable code and says what to do.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The database does not answer now; nothing was changed, and the same request may be repeated.
    #[error("the database is not available: {0}")]
    Unavailable(String),
    /// Another change got in between; nothing was done. Verbs are then tried again, so this seldom leaves one.
    #[error("another change got in between: {0}; repeat the request")]
    Conflict(String),
    /// The very same request was made before ([`Terms::once`](crate::Terms)); holds what it was answered.
    #[error("the same request was made before")]
    Repeated(Vec<u8>),
    /// A fault of Carillon or of its data. The text is for the log and carries no personal data.
    #[error("internal fault: {0}")]
    Internal(String),
}

impl From<store::Error> for Error {
    fn from(error: store::Error) -> Self {
        match error {
            store::Error::Conflict(what) => Self::Conflict(what),
            store::Error::Unavailable(_) | store::Error::Clock(_) | store::Error::Unsafe(_) => {
                Self::Unavailable(error.to_string())
            }
            store::Error::Corrupt(_)
            | store::Error::NewerDatabase(_)
            | store::Error::MasterKey
            | store::Error::Setting(_)
            | store::Error::OutOfScope(_)
            | store::Error::Panicked(_)
            | store::Error::Statement(_) => Self::Internal(error.to_string()),
        }
    }
}

impl From<crate::password::Error> for Error {
    fn from(error: crate::password::Error) -> Self {
        match error {
            crate::password::Error::Busy => Self::Unavailable(error.to_string()),
            _ => Self::Internal(error.to_string()),
        }
    }
}

/// One answer per command, in their order: a refused one does not stop the others.
pub type Outcomes<T> = Result<Vec<Result<T, Refusal>>, Error>;
