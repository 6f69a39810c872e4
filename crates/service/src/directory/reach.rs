//! What the verbs need of directories. The asking itself is handed in with the settings, so that there is no network here.

use std::fmt;

use access::directory::{Connection, EntryId, Group, Read};
use futures::FutureExt;
use futures::future::BoxFuture;

/// Reaches directories. Every answer is bounded in time and size, and no referral is followed.
pub trait Directories: Send + Sync {
    /// Opens a connection and binds with the reading account. The URLs are tried in their order; a refused password is not
    /// tried at the next, so that nothing is locked by trying.
    fn open<'a>(
        &'a self,
        connection: &'a Connection,
        password: &'a str,
    ) -> BoxFuture<'a, Result<Box<dyn Reading>, Failed>>;

    /// What works and what does not, step by step. What comes after a step without which nothing goes on is left out.
    fn test<'a>(&'a self, connection: &'a Connection, password: &'a str) -> BoxFuture<'a, Vec<Step>>;

    /// The entry of whoever signs in there with this name, or has this address: exactly one, or nobody is meant.
    fn find<'a>(
        &'a self,
        connection: &'a Connection,
        password: &'a str,
        name: &'a str,
    ) -> BoxFuture<'a, Result<Option<EntryId>, Failed>>;

    /// Asks the directory whether this is the person's password, by a bind on a connection of its own. An empty one is never
    /// sent: it would be an unauthenticated bind, which succeeds (RFC 4513 section 5.1.2).
    ///
    /// `connection` and `password` are those of the reading account, which finds the person; `theirs` is what they typed.
    fn compare<'a>(
        &'a self,
        connection: &'a Connection,
        password: &'a str,
        whom: &'a Whom,
        theirs: &'a str,
    ) -> BoxFuture<'a, Result<Compared, Failed>>;
}

/// An open connection with the reading account. After a [`Failed`] it may be of no more use: open another.
pub trait Reading: Send {
    /// Hands over everything that is there, page by page, as it comes: all of it never lies in memory twice. Returns the
    /// position from which changes are asked for next. What changes meanwhile is told again by [`since`](Reading::since).
    fn each<'a>(&'a mut self, take: &'a mut (dyn FnMut(Read) + Send)) -> BoxFuture<'a, Result<Position, Failed>>;

    /// What has changed since a position. The same may be told twice.
    fn since<'a>(&'a mut self, position: &'a Position) -> BoxFuture<'a, Result<Since, Failed>>;

    /// Ends when something may have changed since a position; costs nothing meanwhile. It may be dropped and called again.
    fn wait<'a>(&'a mut self, position: &'a Position) -> BoxFuture<'a, Result<(), Failed>>;

    /// The groups whose names begin so, without their members, by name; `most` of them at most. An empty prefix is any.
    fn groups<'a>(&'a mut self, prefix: &'a str, most: usize) -> BoxFuture<'a, Result<Vec<Group>, Failed>>;

    /// What was there and could not be read since this was asked last. It stopped nothing.
    fn left_out(&mut self) -> LeftOut;
}

impl dyn Reading {
    /// Everything that is there, at once; see [`each`](Reading::each).
    pub async fn all(&mut self) -> Result<(Vec<Read>, Position), Failed> {
        let mut reads = Vec::new();
        let position = self.each(&mut |read| reads.push(read)).await?;
        Ok((reads, position))
    }
}

/// How far a directory has been read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Position {
    /// Which server it is of: positions of another mean nothing.
    pub server: String,
    /// What that server counts by, opaque.
    pub cookie: Vec<u8>,
}

/// What has changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Since {
    /// This, in its order; and the position after it.
    Changes(Vec<Read>, Position),
    /// The directory cannot say: the position is of another server or too old. Read all again.
    All,
}

/// Entries that were there and could not be read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LeftOut {
    /// How many, those among them of which only a part could not be read.
    pub count: u64,
    /// How many are missing in what was read: they would look as if they were gone.
    pub missing: u64,
    /// The first of them: which entry, and why. They name no secret, but people.
    pub reasons: Vec<String>,
}

/// Who signs in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Whom {
    /// The entry of somebody that is known already.
    Entry(EntryId),
    /// Whoever has this name to sign in with, or this address: exactly one, or nobody is meant.
    Principal(String),
}

/// What the directory says of a password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Compared {
    /// It is this person's.
    Right(EntryId),
    /// It is not.
    Wrong,
    /// Nobody, or nobody alone, is meant.
    Unknown,
    /// They may not sign in there now, whatever their password is. Why: `password-expired`, `password-must-change`,
    /// `account-locked`, `account-disabled`, `account-expired` or `not-permitted-now`.
    NotNow(&'static str),
}

/// One thing that was tried.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// A stable word: `reach`, `tls`, `bind`, `base`, `people`, `groups`, `mail`, `deletions` or `changes`.
    pub what: &'static str,
    /// Whether it works.
    pub ok: bool,
    /// What was found, or why it does not work and what to do; without secrets.
    pub why: Option<String>,
}

/// Why nothing came of asking.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{text}")]
pub struct Failed {
    /// A stable word: `unreachable`, `private`, `tls`, `credentials`, `rights`, `too-slow`, `too-large`, `protocol`,
    /// `no-such-base` or `filter`.
    pub code: &'static str,
    /// What happened and what to do, in a sentence that names no secret.
    pub text: String,
}

impl Failed {
    /// One by its stable word.
    pub fn new(code: &'static str, text: impl Into<String>) -> Self {
        Self { code, text: text.into() }
    }
}

/// Where no directory can be reached.
#[derive(Clone, Copy, Debug)]
pub struct Nowhere;

impl Nowhere {
    fn failed() -> Failed {
        Failed::new("unreachable", "no directory can be reached from here")
    }
}

impl Directories for Nowhere {
    fn open<'a>(&'a self, _: &'a Connection, _: &'a str) -> BoxFuture<'a, Result<Box<dyn Reading>, Failed>> {
        async { Err(Self::failed()) }.boxed()
    }

    fn test<'a>(&'a self, _: &'a Connection, _: &'a str) -> BoxFuture<'a, Vec<Step>> {
        async { vec![Step { what: "reach", ok: false, why: Some(Self::failed().text) }] }.boxed()
    }

    fn find<'a>(&'a self, _: &'a Connection, _: &'a str, _: &'a str) -> BoxFuture<'a, Result<Option<EntryId>, Failed>> {
        async { Err(Self::failed()) }.boxed()
    }

    fn compare<'a>(
        &'a self,
        _: &'a Connection,
        _: &'a str,
        _: &'a Whom,
        _: &'a str,
    ) -> BoxFuture<'a, Result<Compared, Failed>> {
        async { Err(Self::failed()) }.boxed()
    }
}

impl fmt::Debug for dyn Directories {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Directories")
    }
}

impl fmt::Debug for dyn Reading {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Reading")
    }
}
