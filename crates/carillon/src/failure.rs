//! Why a command did not do what it was asked, and the exit code that says so. `docs/cli.md` lists the codes.

use std::io::ErrorKind;
use std::process::ExitCode;

use access::Refusal;
use access::refusal::Sort;
use serde_json::{Value, json};

/// A command that failed.
#[derive(Debug)]
pub struct Failure {
    code: u8,
    /// The refusal's stable code, or the kind of failure.
    word: &'static str,
    message: String,
    page: Option<String>,
}

/// The exit codes besides 0.
mod exit {
    pub const REFUSED: u8 = 1;
    pub const USAGE: u8 = 2;
    pub const NOT_FOUND: u8 = 3;
    pub const UNAVAILABLE: u8 = 4;
    pub const UNUSABLE: u8 = 5;
    pub const CLOSED: u8 = 141; // what a shell reports when a pipe's reader has gone
    pub const BUG: u8 = 70; // EX_SOFTWARE of sysexits.h
}

impl Failure {
    fn new(code: u8, word: &'static str, message: impl Into<String>) -> Self {
        Self { code, word, message: message.into(), page: None }
    }

    /// The command line or a setting is wrong.
    pub fn usage(message: impl Into<String>) -> Self {
        Self::new(exit::USAGE, "usage", message)
    }

    /// What was named does not exist.
    pub fn not_found(message: impl Into<String>) -> Self {
        Self::new(exit::NOT_FOUND, "not-found", message)
    }

    /// Something stands in the way that the operator must decide about; `word` is a stable code.
    pub fn refused(word: &'static str, message: impl Into<String>) -> Self {
        Self::new(exit::REFUSED, word, message)
    }

    /// Something outside of Carillon is missing; the same command may work later.
    pub fn unavailable(message: impl Into<String>) -> Self {
        Self::new(exit::UNAVAILABLE, "unavailable", message)
    }

    /// A batch of which `refused` items were refused; the output already says which and why.
    pub fn partly(refused: usize, of: usize) -> Self {
        Self::new(exit::REFUSED, "partly-refused", format!("{refused} of {of} refused"))
    }

    /// What was wrong and what to do.
    pub fn sentence(&self) -> &str {
        &self.message
    }

    /// The stable code.
    pub fn word(&self) -> &'static str {
        self.word
    }

    /// Whether it is about one item of a batch, so that the others may go on.
    pub fn is_about_one(&self) -> bool {
        matches!(self.code, exit::REFUSED | exit::NOT_FOUND)
    }

    /// Whether there is anyone left to tell.
    pub fn is_silent(&self) -> bool {
        self.code == exit::CLOSED
    }

    /// For `--json`.
    pub fn json(&self) -> Value {
        json!({ "error": { "code": self.word, "message": self.message, "docs": self.page } })
    }
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        let code = if refusal.sort() == Sort::NotFound { exit::NOT_FOUND } else { exit::REFUSED };
        Self { page: Some(refusal.page()), ..Self::new(code, refusal.code(), refusal.to_string()) }
    }
}

impl From<service::Error> for Failure {
    fn from(error: service::Error) -> Self {
        match error {
            service::Error::Refused(refusal) => refusal.into(),
            service::Error::Unavailable(_) | service::Error::Conflict(_) => Self::unavailable(error.to_string()),
            service::Error::Internal(_) | service::Error::Repeated(_) => {
                Self::new(exit::BUG, "internal", error.to_string())
            }
        }
    }
}

impl From<store::Error> for Failure {
    fn from(error: store::Error) -> Self {
        match error {
            store::Error::NewerDatabase(_) => Self::new(exit::UNUSABLE, "newer-database", error.to_string()),
            store::Error::MasterKey => Self::new(exit::UNUSABLE, "wrong-master-key", error.to_string()),
            store::Error::Unsafe(_) => Self::new(exit::UNUSABLE, "unsafe-database", error.to_string()),
            store::Error::Setting(_) => Self::usage(error.to_string()),
            store::Error::Corrupt(_) => Self::new(exit::UNUSABLE, "corrupt-database", error.to_string()),
            store::Error::Unavailable(_) | store::Error::Conflict(_) | store::Error::Clock(_) => {
                Self::unavailable(error.to_string())
            }
            store::Error::OutOfScope(_) | store::Error::Panicked(_) | store::Error::Statement(_) => {
                Self::new(exit::BUG, "internal", error.to_string())
            }
        }
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        if error.kind() == ErrorKind::BrokenPipe {
            return Self::new(exit::CLOSED, "closed", "");
        }
        Self::unavailable(format!("reading or writing failed: {error}"))
    }
}

impl From<serde_json::Error> for Failure {
    fn from(error: serde_json::Error) -> Self {
        if let Some(kind) = error.io_error_kind() {
            return std::io::Error::from(kind).into();
        }
        Self::new(exit::BUG, "internal", format!("an answer could not be written as JSON: {error}"))
    }
}

impl From<&Failure> for ExitCode {
    fn from(failure: &Failure) -> Self {
        ExitCode::from(failure.code)
    }
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "carillon: {}", self.message)?;
        match &self.page {
            Some(page) => write!(f, "\n  {} is explained in docs/{page}", self.word),
            None => Ok(()),
        }
    }
}
