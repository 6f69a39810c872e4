//! The facts on disk: SQLite or PostgreSQL, one query text, one way to commit.
//!
//! | module | holds |
//! | --- | --- |
//! | `migrations/` | every table, in one readable text for both engines |
//! | [`write`] | what a change may load and save, and [`Write::commit`], the only way to commit |
//! | [`read`] | lists and single things, within a [`Scope`] |
//! | `hot` | the facts of a decision, in one fixed statement |
//! | `history` | what members held over time, as rows and back |
//! | `measures` | what it counts of itself, for those who run it |
//! | `writer` | SQLite's one writer, which commits many changes at once |
//! | [`backup`] | copies of a SQLite database |
//! | `durability` | whether the database keeps what it acknowledges |
//! | `encryption` | TLS to PostgreSQL |
//! | `seal` | what is kept under the master key and under persons' keys |
//!
//! Times are kept in milliseconds; a finer time is cut down.

pub mod backup;
mod convert;
mod durability;
mod encryption;
mod entity;
mod entry;
mod error;
mod history;
mod hot;
mod measures;
mod migrate;
#[cfg(test)]
mod plans;
mod random;
pub mod read;
mod record;
mod seal;
mod settings;
mod store;
#[cfg(feature = "testing")]
pub mod testing;
pub mod write;
mod writer;

pub use entry::Entry;
pub use error::Error;
pub use hot::{
    Asked, Bearer, Client, Holder, IssuedToken, KeyFacts, Person, Question, SessionFacts, Standing, Subject,
    TokenFacts, TokenKind,
};
#[cfg(feature = "plant")]
pub use hot::{Fault, fault};
pub use measures::{COMMIT_SIZES, Measures, Pool, Postgres, Sqlite, Waiting};
pub use random::Random;
pub use read::{
    AuditEntry, AuditFilter, EntryFilter, HeldBy, HistoryEntry, HistoryPlace, Mail, Moment, Narrowed, OutboxEntry,
    OutboxFilter, OutboxState, Position, Read, Scope,
};
pub use record::{Actor, Notice, Receiver, Record};
pub use seal::Sealer;
pub use settings::{Database, Settings};
pub use store::Store;
pub use write::{
    AccessKey, Administrator, Authorization, Claimed, Code, Committed, Credential, Directory, DirectoryLine,
    DirectoryRun, Entrance, Factors, Held, Issued, KeptAnswer, KeyState, Lease, Link, LinkKind, LinkMail, Lock,
    NewIssued, Passkey, Provider, RefreshToken, Registration, Remains, RunKind, RunState, Session, SetupLink,
    SigningKey, Token, TokenHolder, Totp, TrialEnding, UpstreamLink, Uses, Write,
};

use sha2::{Digest, Sha256};

/// The SHA-256 of a bearer token or a mailed link's secret: all that is kept of it.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct TokenHash(pub [u8; 32]);

impl TokenHash {
    /// Of a token as it is presented.
    pub fn of(token: &str) -> Self {
        Self(Sha256::digest(token.as_bytes()).into())
    }
}

impl std::fmt::Debug for TokenHash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("TokenHash(..)")
    }
}
