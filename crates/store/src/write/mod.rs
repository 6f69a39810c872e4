//! One change: what it may load, lock and save, and the only way to commit.
//!
//! On PostgreSQL loads take locks, in one order for all changes: reaches of grants, applications, accounts, seats,
//! tasks, directories with their runs, names of domains, users, sessions, codes, refresh tokens, authorizations,
//! invitations, grants, access keys, tokens, and within each by id. What says it is without a lock serves to learn
//! what to lock. On SQLite there is one writer, and [`Lock`] means nothing.

pub(crate) mod accounts;
pub(crate) mod administration;
mod answers;
mod authority;
pub(crate) mod authorizations;
pub(crate) mod credentials;
pub(crate) mod deployment;
pub(crate) mod directories;
pub(crate) mod domains;
mod erasure;
pub(crate) mod factors;
pub(crate) mod invitations;
pub(crate) mod keys;
pub(crate) mod outbox;
pub(crate) mod providers;
mod remains;
pub(crate) mod rows;
pub(crate) mod sessions;
pub(crate) mod signing_keys;
mod tasks;
mod trials;
pub(crate) mod users;

use std::collections::BTreeSet;

use access::Domain;
use access::authority::Over;
use sea_orm::{
    ConnectionTrait, DatabaseBackend, DatabaseTransaction, EntityTrait, QuerySelect, Select, sea_query::LockType,
};

use crate::record::{self, Notice, Record};
use crate::{Error, Sealer, TokenHash};

pub use administration::Entrance;
pub use answers::KeptAnswer;
pub use authority::{Administrator, Credential};
pub use authorizations::{Authorization, Code, NewIssued, RefreshToken};
pub use credentials::{LinkMail, Registration, SetupLink};
pub use directories::{Directory, DirectoryLine, DirectoryRun, RunKind, RunState};
pub use factors::{Factors, Passkey, Totp};
pub use keys::{AccessKey, Held, Issued, Token, TokenHolder, Uses};
pub use outbox::{Claimed, Lease};
pub use providers::{Provider, UpstreamLink};
pub use remains::Remains;
pub use sessions::{Link, LinkKind, Session};
pub use signing_keys::{KeyState, SigningKey};
pub use trials::TrialEnding;

/// How rows are locked until the change commits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lock {
    /// Others may look and share, none may change.
    Share,
    /// For a change of these rows, or of something that must not happen twice at once.
    Exclusive,
}

/// One change in progress.
pub struct Write {
    transaction: DatabaseTransaction,
    sealer: Sealer,
}

/// The proof that a change was committed with its audit records: [`Write::commit`] alone makes one.
#[derive(Debug)]
pub struct Committed<T>(T);

impl<T> Committed<T> {
    pub(crate) fn into_value(self) -> T {
        self.0
    }
}

impl Write {
    pub(crate) fn new(transaction: DatabaseTransaction, sealer: Sealer) -> Self {
        Self { transaction, sealer }
    }

    /// The only way to commit: audit records and outgoing notices go with the change (rule 24). Call it last; an
    /// error after it undoes the change all the same.
    pub async fn commit<T>(
        &mut self,
        value: T,
        audit: Vec<Record>,
        notices: Vec<Notice>,
    ) -> Result<Committed<T>, Error> {
        record::append(&self.transaction, &self.sealer, audit, notices).await?;
        Ok(Committed(value))
    }

    /// Locks names of domains, be they claimed by anyone or not, after accounts and before people: who joins or is
    /// invited by a domain shares it, who verifies it waits for them and is waited for (rule 5).
    pub async fn lock_domains(&mut self, names: &[Domain], lock: Lock) -> Result<(), Error> {
        lock_names(&self.transaction, names.iter().map(Domain::as_str), lock).await
    }

    /// Locks who may administer this, before anything else: grants over it are given, changed and taken one after the
    /// other, so that two who do it at once don't stand in each other's way.
    pub async fn lock_reach(&mut self, over: Over) -> Result<(), Error> {
        // No domain has a space in it.
        let name = match over {
            Over::Deployment => "grants over the deployment".to_owned(),
            Over::Account(account) => format!("grants over {account}"),
        };
        lock_names(&self.transaction, std::iter::once(&*name), Lock::Exclusive).await
    }

    /// Ends the transaction or savepoint.
    pub(crate) async fn end(self, keep: bool) -> Result<(), Error> {
        let ended = if keep { self.transaction.commit().await } else { self.transaction.rollback().await };
        Ok(ended?)
    }

    /// The transaction, which goes on.
    pub(crate) fn into_transaction(self) -> DatabaseTransaction {
        self.transaction
    }

    /// Runs a statement as it stands, for tests.
    #[cfg(feature = "testing")]
    pub async fn raw(&mut self, sql: &str) -> Result<(), Error> {
        use sea_orm::ConnectionTrait;
        self.transaction.execute_unprepared(sql).await?;
        Ok(())
    }
}

/// Locks names until the transaction ends, in one order; on SQLite nobody else writes meanwhile. Names that share 64
/// bits of a hash wait for each other and nothing else.
async fn lock_names<'n>(
    connection: &impl ConnectionTrait,
    names: impl Iterator<Item = &'n str>,
    lock: Lock,
) -> Result<(), Error> {
    if connection.get_database_backend() != DatabaseBackend::Postgres {
        return Ok(());
    }
    let function = match lock {
        Lock::Share => "pg_advisory_xact_lock_shared",
        Lock::Exclusive => "pg_advisory_xact_lock",
    };
    let key = |name: &str| {
        let [a, b, c, d, e, f, g, h, ..] = TokenHash::of(name).0;
        i64::from_be_bytes([a, b, c, d, e, f, g, h])
    };
    let keys: BTreeSet<i64> = names.map(key).collect();
    let calls: Vec<String> = keys.into_iter().map(|key| format!("{function}({key})")).collect();
    for chunk in calls.chunks(rows::CHUNK) {
        connection.execute_unprepared(&format!("SELECT {}", chunk.join(", "))).await?;
    }
    Ok(())
}

/// Rows are locked on PostgreSQL. SQLite's builder leaves the clause out.
fn locked<E: EntityTrait>(select: Select<E>, lock: Lock) -> Select<E> {
    select.lock(match lock {
        Lock::Share => LockType::Share,
        Lock::Exclusive => LockType::NoKeyUpdate,
    })
}
