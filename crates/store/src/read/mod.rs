//! Lists and single things, within a scope: a read in the scope of an account cannot leave it.

mod administration;
mod contacts;
mod directories;
mod entries;
mod licenses;
mod methods;
mod outbox;
mod people;
mod sessions;
mod trail;

use access::account::gone_since;
use access::authority::{Over, Permit};
use access::{Account, AccountId, Claim, DeploymentSettings, Domain, Seats, User, UserId};
use jiff::Timestamp;
use sea_orm::{
    AccessMode, ColumnTrait, DatabaseConnection, DatabaseTransaction, EntityTrait, IsolationLevel, QueryFilter,
    QueryOrder, QuerySelect, TransactionTrait,
};
use uuid::Uuid;

use crate::convert::{self, ms, name_key};
use crate::entity::{accounts, seats, users};
use crate::write::{accounts::seats_of, deployment, domains, users::with_addresses};
use crate::{Error, Sealer, Store};

#[cfg(test)]
pub(crate) use directories::brought;
pub(crate) use directories::members_of;
pub use entries::{EntryFilter, Narrowed};
#[cfg(test)]
pub(crate) use entries::{lists, named};
#[cfg(test)]
pub(crate) use licenses::history_page;
pub use licenses::{HeldBy, HistoryEntry, HistoryPlace, Moment};
pub(crate) use licenses::{later, trials};
pub use outbox::{OutboxEntry, OutboxFilter, OutboxState};
pub use trail::{AuditEntry, AuditFilter, Mail};
#[cfg(test)]
pub(crate) use trail::{filtered, newest_before, oldest_since, within};

/// How far a read reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// What an administrator was permitted to look at: one account, or the deployment.
    Permitted(Permit),
    /// A person who proved who they are: their own things.
    Oneself(UserId),
    /// Before anybody is known: what a link, an address or a password stands for. Nothing of it is shown as it is.
    Public,
}

impl From<Permit> for Scope {
    fn from(permit: Permit) -> Self {
        Self::Permitted(permit)
    }
}

/// A place in an ordered list: everything after it is the next page. As text it holds no more than the list shows.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// What the list is ordered by.
    pub key: String,
    /// Among equal keys.
    pub id: Uuid,
}

impl std::fmt::Display for Position {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}{}", self.id.simple(), self.key)
    }
}

impl std::str::FromStr for Position {
    type Err = uuid::Error;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (id, key) = text.split_at_checked(32).unwrap_or((text, ""));
        Ok(Self { id: Uuid::try_parse(id)?, key: key.to_owned() })
    }
}

impl Position {
    /// The place of an account in the list of accounts.
    pub fn of_account(account: &Account) -> Self {
        Self { key: name_key(&account.name), id: account.id.0 }
    }
}

/// Reads within a scope.
pub struct Read {
    reads: DatabaseConnection,
    sealer: Sealer,
    scope: Scope,
}

impl Store {
    /// Reads within a scope.
    pub fn read(&self, scope: impl Into<Scope>) -> Read {
        Read { reads: self.0.reads.clone(), sealer: self.0.sealer.clone(), scope: scope.into() }
    }
}

impl Read {
    /// The account of a read that needs one.
    fn within(&self, what: &'static str) -> Result<AccountId, Error> {
        match self.scope {
            Scope::Permitted(permit) => match permit.over() {
                Over::Account(account) => Ok(account),
                Over::Deployment => Err(Error::OutOfScope(what)),
            },
            Scope::Oneself(_) | Scope::Public => Err(Error::OutOfScope(what)),
        }
    }

    /// The reach of an administrator's read: one account, or everything.
    fn over(&self, what: &'static str) -> Result<Over, Error> {
        match self.scope {
            Scope::Permitted(permit) => Ok(permit.over()),
            Scope::Oneself(_) | Scope::Public => Err(Error::OutOfScope(what)),
        }
    }

    fn everywhere(&self, what: &'static str) -> Result<(), Error> {
        if self.over(what)? == Over::Deployment { Ok(()) } else { Err(Error::OutOfScope(what)) }
    }

    fn public(&self, what: &'static str) -> Result<(), Error> {
        if self.scope == Scope::Public { Ok(()) } else { Err(Error::OutOfScope(what)) }
    }

    /// Whether this read may see into an account at all.
    fn reaches(&self, account: AccountId) -> bool {
        match self.scope {
            Scope::Permitted(permit) => permit.over() == Over::Deployment || permit.over() == Over::Account(account),
            Scope::Public => true,
            Scope::Oneself(_) => false,
        }
    }

    /// Several statements on one state of the database.
    async fn snapshot(&self) -> Result<DatabaseTransaction, Error> {
        let level = match self.reads.get_database_backend() {
            sea_orm::DatabaseBackend::Postgres => Some((IsolationLevel::RepeatableRead, AccessMode::ReadOnly)),
            _ => None,
        };
        Ok(self.reads.begin_with_config(level.map(|l| l.0), level.map(|l| l.1)).await?)
    }

    /// An account; `None` when it is unknown or out of reach.
    pub async fn account(&self, id: AccountId) -> Result<Option<Account>, Error> {
        if !self.reaches(id) {
            return Ok(None);
        }
        accounts::Entity::find_by_id(id.0).one(&self.reads).await?.map(convert::account).transpose()
    }

    /// The accounts of the deployment by name, perhaps only those whose name begins like this. Those that are gone at
    /// this moment are left out (rule 44).
    pub async fn accounts(
        &self,
        prefix: Option<&str>,
        after: Option<&Position>,
        limit: u64,
        at: Timestamp,
    ) -> Result<Vec<Account>, Error> {
        self.everywhere("the list of accounts")?;
        let kept = sea_orm::Condition::any()
            .add(accounts::Column::Deleted.is_null())
            .add(accounts::Column::Deleted.gt(ms(gone_since(at))));
        let mut select = accounts::Entity::find().filter(kept);
        if let Some(prefix) = prefix.map(name_key).filter(|prefix| !prefix.is_empty()) {
            select = select.filter(begins(accounts::Column::NameKey, &prefix));
        }
        if let Some(after) = after {
            select = select.filter(beyond(accounts::Column::NameKey, accounts::Column::Id, after));
        }
        let select = select.order_by_asc(accounts::Column::NameKey).order_by_asc(accounts::Column::Id).limit(limit);
        select.all(&self.reads).await?.into_iter().map(convert::account).collect()
    }

    /// Some of the accounts that are gone at this moment, and wait to be deleted for good (rule 44).
    pub async fn gone_accounts(&self, at: Timestamp, limit: u64) -> Result<Vec<AccountId>, Error> {
        self.everywhere("the accounts that are gone")?;
        let select = accounts::Entity::find().select_only().column(accounts::Column::Id);
        let select = select.filter(accounts::Column::Deleted.lte(ms(gone_since(at))));
        let select = select.order_by_asc(accounts::Column::Deleted).order_by_asc(accounts::Column::Id).limit(limit);
        let ids: Vec<Uuid> = select.into_tuple().all(&self.reads).await?;
        Ok(ids.into_iter().map(AccountId).collect())
    }

    /// The settings of the deployment.
    pub async fn deployment_settings(&self) -> Result<DeploymentSettings, Error> {
        self.everywhere("the settings of the deployment")?;
        deployment::settings(&self.reads).await
    }

    /// The account's seats.
    pub async fn seats(&self) -> Result<Seats, Error> {
        let account = self.within("seats")?;
        seats_of(seats::Entity::find().filter(seats::Column::AccountId.eq(account.0)).all(&self.reads).await?)
    }

    /// The account's claims to domains, pending ones too, by name.
    pub async fn domains(&self) -> Result<Vec<Claim>, Error> {
        domains::of_account(&self.reads, self.within("domains")?).await
    }

    /// The account's claim to a domain.
    pub async fn claim(&self, name: &Domain) -> Result<Option<Claim>, Error> {
        domains::claim(&self.reads, self.within("domains")?, name).await
    }

    /// Members of other accounts whose primary address is on a domain that this account has verified, by id: all that
    /// crosses from one account to another, and only to the owner (rule 5).
    pub async fn conflicts(&self, name: &Domain, after: Option<Uuid>, limit: u64) -> Result<Vec<User>, Error> {
        let own = self.within("conflicts")?;
        if self.owning_account(name).await? != Some(own) {
            return Ok(Vec::new());
        }
        let mut select = domains::elsewhere_on(name, own);
        if let Some(after) = after {
            select = select.filter(users::Column::Id.gt(after));
        }
        let rows = select.order_by_asc(users::Column::Id).limit(limit).all(&self.reads).await?;
        with_addresses(&self.reads, rows).await
    }

    /// Verified claims of any account whose record was last looked for before a moment, the longest ago first.
    pub async fn due_domains(&self, before: Timestamp, limit: u64) -> Result<Vec<Claim>, Error> {
        self.everywhere("domains to look at again")?;
        let rows = domains::due(before).limit(limit).all(&self.reads).await?;
        rows.into_iter().map(convert::claim).collect()
    }

    /// The account that has verified a domain, whoever asks: for a rule, not to be shown.
    pub async fn owning_account(&self, name: &Domain) -> Result<Option<AccountId>, Error> {
        let owner = domains::owners(&self.reads, std::slice::from_ref(name)).await?.remove(name);
        Ok(owner.map(|claim| claim.account))
    }

    /// The account that has verified a domain.
    pub async fn domain_owner(&self, name: &Domain) -> Result<Option<AccountId>, Error> {
        Ok(self.owning_account(name).await?.filter(|owner| self.reaches(*owner)))
    }
}

/// Texts that begin like this, as a range: an index serves it, whatever the engine's collations and `LIKE` do.
fn begins<C: ColumnTrait>(column: C, prefix: &str) -> sea_orm::Condition {
    let beyond = format!("{prefix}{}", char::MAX);
    sea_orm::Condition::all().add(column.gte(prefix)).add(column.lt(beyond))
}

/// What comes after a position in the order of (key, id). Begins with a bound on the key alone, for the index.
fn beyond<C: ColumnTrait>(key: C, id: C, after: &Position) -> sea_orm::Condition {
    let later = sea_orm::Condition::any().add(key.gt(&after.key)).add(id.gt(after.id));
    sea_orm::Condition::all().add(key.gte(&after.key)).add(later)
}
