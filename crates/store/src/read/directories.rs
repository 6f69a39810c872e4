//! Directories, what was applied of them, and their runs.

use std::collections::{HashMap, HashSet};

use access::authority::Over;
use access::directory::{Conflict, EntryId, Stored};
use access::{AccountId, AccountType, User, UserId};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait, Select,
};
use uuid::Uuid;

use super::Read;
use crate::entity::{
    accounts, addresses, directories, directory_confirmations, directory_entries, directory_runs, grants, users,
};
use crate::write::administration::grants_over;
use crate::write::directories as written;
use crate::write::rows::{CHUNK, padded};
use crate::write::users::{address_owners, memberships};
use crate::{Directory, DirectoryLine, DirectoryRun, Error};

impl Read {
    /// The account's directory.
    pub async fn directory(&self) -> Result<Option<Directory>, Error> {
        let account = self.within("a directory")?;
        let found = directories::Entity::find_by_id(account.0).one(&self.reads).await?;
        found.as_ref().map(written::directory).transpose()
    }

    /// The password that the account's directory is read with.
    pub async fn directory_password(&self) -> Result<Option<String>, Error> {
        written::password(&self.reads, &self.sealer, self.within("a directory's password")?).await
    }

    /// The accounts whose directory decides who is in them, by id.
    pub async fn connected_directories(&self) -> Result<Vec<AccountId>, Error> {
        self.everywhere("the connected directories")?;
        let select = directories::Entity::find().select_only().column(directories::Column::AccountId);
        let ids: Vec<Uuid> = select.order_by_asc(directories::Column::AccountId).into_tuple().all(&self.reads).await?;
        let mut connected = Vec::new();
        for chunk in ids.chunks(CHUNK) {
            let select = accounts::Entity::find().filter(accounts::Column::Id.is_in(padded(chunk)));
            let select = select.filter(accounts::Column::Kind.eq(AccountType::EnterpriseDirectory.name()));
            let select = select.filter(accounts::Column::Deleted.is_null()).order_by_asc(accounts::Column::Id);
            connected.extend(select.all(&self.reads).await?.into_iter().map(|row| AccountId(row.id)));
        }
        Ok(connected)
    }

    /// What was applied of these entries, or of all.
    pub async fn directory_entries(&self, only: Option<&[EntryId]>) -> Result<HashMap<EntryId, Stored>, Error> {
        let account = self.within("entries of a directory")?;
        match only {
            Some(ids) => written::entries(&self.reads, account, ids).await,
            None => written::all_entries(&self.reads, account).await,
        }
    }

    /// The entry that somebody is.
    pub async fn directory_entry_of(&self, user: UserId) -> Result<Option<EntryId>, Error> {
        let account = self.within("entries of a directory")?;
        let select = directory_entries::Entity::find().select_only().column(directory_entries::Column::EntryId);
        let select = select.filter(directory_entries::Column::UserId.eq(user.0));
        let select = select.filter(directory_entries::Column::AccountId.eq(account.0));
        Ok(select.into_tuple().one(&self.reads).await?)
    }

    /// How many members the account has, and how many of them no source has brought.
    pub async fn count_members(&self) -> Result<(u64, u64), Error> {
        let account = self.within("members")?;
        // Whom a source has brought is in an index, the others are not. Who comes between the counts is rather one too many.
        let brought = brought(account).count(&self.reads).await?;
        let members = members_of(&self.reads, account).await?;
        Ok((members, members.saturating_sub(brought)))
    }

    /// How many of these address keys belong to members whom no source has brought.
    pub async fn count_unlinked_by_address(&self, keys: &[String]) -> Result<u64, Error> {
        let account = self.within("members")?;
        let mut found = 0;
        for chunk in keys.chunks(CHUNK) {
            let holders = addresses::Entity::find().select_only().column(addresses::Column::UserId);
            let holders = holders.filter(addresses::Column::Key.is_in(padded(chunk)));
            let ids: Vec<Uuid> = holders.into_tuple().all(&self.reads).await?;
            let members = users::Entity::find().filter(users::Column::Id.is_in(padded(&ids)));
            let members = members.filter(users::Column::AccountId.eq(account.0));
            found += members.filter(users::Column::SourceId.is_null()).count(&self.reads).await?;
        }
        Ok(found)
    }

    /// Whose these address keys are, as far as they are members'.
    pub async fn members_by_address(&self, keys: &[String]) -> Result<HashMap<String, UserId>, Error> {
        let account = self.within("members")?;
        let mut owners = address_owners(&self.reads, keys).await?;
        let of = memberships(&self.reads, &owners.values().copied().collect::<Vec<_>>()).await?;
        owners.retain(|_, user| of.get(user) == Some(&account));
        Ok(owners)
    }

    /// Of these address keys, those whose people cannot be linked to the account's directory: members of another account;
    /// and whoever no source has brought, holds a grant and has not confirmed the link (rules 19 and 86).
    pub async fn unlinkable(&self, keys: &[String]) -> Result<HashMap<String, Conflict>, Error> {
        let account = self.within("people of a directory")?;
        let owners = address_owners(&self.reads, keys).await?;
        let ids: Vec<UserId> = owners.values().copied().collect();
        let mut conflicts = unconfirmed(&self.reads, account, &ids).await?;
        let elsewhere = memberships(&self.reads, &ids).await?.into_iter().filter(|(_, of)| *of != account);
        conflicts.extend(elsewhere.map(|(user, _)| (user, Conflict::ManagedElsewhere)));
        Ok(owners.into_iter().filter_map(|(key, user)| Some((key, *conflicts.get(&user)?))).collect())
    }

    /// Who holds a grant over the account or the deployment.
    pub async fn administrators(&self) -> Result<HashSet<UserId>, Error> {
        let account = self.within("administrators")?;
        let mut found = HashSet::new();
        for over in [Over::Account(account), Over::Deployment] {
            let select = grants_over(over).select_only().column(grants::Column::UserId);
            found.extend(select.into_tuple::<Uuid>().all(&self.reads).await?.into_iter().map(UserId));
        }
        Ok(found)
    }

    /// The account whose directory waits until this person confirms that it may be linked to them: they hold a grant, are
    /// linked to none, and have not confirmed it (rule 19).
    pub async fn awaited_link(&self, user: &User) -> Result<Option<AccountId>, Error> {
        self.public("a link that waits")?;
        let account = match user.membership {
            Some(membership) => Some(membership.account),
            None => self.owning_account(&user.primary.domain()).await?,
        };
        let Some(account) = account.filter(|_| user.source.is_none()) else { return Ok(None) };
        let set_up = directories::Entity::find_by_id(account.0).one(&self.reads).await?.is_some();
        let grant = grants::Entity::find().filter(grants::Column::UserId.eq(user.id.0)).one(&self.reads).await?;
        let confirmed = directory_confirmations::Entity::find_by_id((account.0, user.id.0)).one(&self.reads).await?;
        Ok((set_up && grant.is_some() && confirmed.is_none()).then_some(account))
    }

    /// The runs of the account's directory before a number, the newest first.
    pub async fn directory_runs(&self, before: Option<i64>, limit: u64) -> Result<Vec<DirectoryRun>, Error> {
        let select = written::runs(self.within("runs of a directory")?, before).limit(limit);
        select.all(&self.reads).await?.into_iter().map(written::run).collect()
    }

    /// A run of the account's directory.
    pub async fn directory_run(&self, number: i64) -> Result<Option<DirectoryRun>, Error> {
        let account = self.within("a run of a directory")?;
        let found = directory_runs::Entity::find_by_id((account.0, number)).one(&self.reads).await?;
        found.map(written::run).transpose()
    }

    /// The addresses, as typed, of those of these people who are members of the account.
    pub async fn addresses_of(&self, people: &[UserId]) -> Result<HashMap<UserId, String>, Error> {
        let account = self.within("members")?;
        let ids: Vec<Uuid> = people.iter().map(|user| user.0).collect();
        let mut found = HashMap::new();
        for chunk in ids.chunks(CHUNK) {
            let select = users::Entity::find().select_only().columns([users::Column::Id, users::Column::Address]);
            let select = select.filter(users::Column::Id.is_in(padded(chunk)));
            let select = select.filter(users::Column::AccountId.eq(account.0));
            let rows: Vec<(Uuid, String)> = select.into_tuple().all(&self.reads).await?;
            found.extend(rows.into_iter().map(|(id, address)| (UserId(id), address)));
        }
        Ok(found)
    }

    /// The lines of a run's log after a place, in their order.
    pub async fn directory_log(&self, run: i64, after: i64, limit: u64) -> Result<Vec<DirectoryLine>, Error> {
        let select = written::lines(self.within("a directory's log")?, run, after).limit(limit);
        Ok(select.all(&self.reads).await?.into_iter().map(written::line).collect())
    }
}

/// Of these people, those whom no source has brought, who hold a grant and have not confirmed the link to an account's
/// directory.
async fn unconfirmed(
    connection: &impl ConnectionTrait,
    account: AccountId,
    ids: &[UserId],
) -> Result<HashMap<UserId, Conflict>, Error> {
    let mut conflicts = HashMap::new();
    let granted = grants::Entity::find().select_only().column(grants::Column::UserId).into_query();
    let confirmed = directory_confirmations::Entity::find().select_only();
    let confirmed = confirmed.column(directory_confirmations::Column::UserId);
    let confirmed = confirmed.filter(directory_confirmations::Column::AccountId.eq(account.0)).into_query();
    let ids: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
    for chunk in ids.chunks(CHUNK) {
        let select = users::Entity::find().select_only().column(users::Column::Id);
        let select = select
            .filter(users::Column::Id.is_in(padded(chunk)))
            .filter(users::Column::SourceId.is_null())
            .filter(users::Column::Id.in_subquery(granted.clone()))
            .filter(users::Column::Id.not_in_subquery(confirmed.clone()));
        let found: Vec<Uuid> = select.into_tuple().all(connection).await?;
        conflicts.extend(found.into_iter().map(|id| (UserId(id), Conflict::LinkUnconfirmed)));
    }
    Ok(conflicts)
}

/// How many members an account has.
pub(crate) async fn members_of(connection: &impl ConnectionTrait, account: AccountId) -> Result<u64, Error> {
    Ok(users::Entity::find().filter(users::Column::AccountId.eq(account.0)).count(connection).await?)
}

/// The members of an account whom a source has brought.
pub(crate) fn brought(account: AccountId) -> Select<users::Entity> {
    let members = users::Entity::find().filter(users::Column::AccountId.eq(account.0));
    members.filter(users::Column::SourceId.is_not_null())
}
