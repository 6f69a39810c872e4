//! People and invitations, as an account sees them (rule 14: both stand in one list), and for the pages.

use access::{AccountId, Invitation, User, UserId};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select};
use uuid::Uuid;

use super::{Position, Read, Scope, begins, beyond};
use crate::convert::{self, name_key};
use crate::entity::{addresses, invitations, passwords, registrations, setup_links, users};
use crate::write::users::with_addresses;
use crate::write::{Registration, SetupLink, credentials, invitations as inviting};
use crate::{Entry, Error, TokenHash};

/// Which lines of the list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EntryFilter {
    /// Only the one with this address key; a member's secondary addresses count.
    pub address: Option<String>,
    /// Only those whose address key begins like this.
    pub prefix: Option<String>,
}

impl Read {
    /// A page of the account's list, by address.
    pub async fn entries(
        &self,
        filter: &EntryFilter,
        after: Option<&Position>,
        limit: u64,
    ) -> Result<Vec<Entry>, Error> {
        let account = self.within("the list of users")?;
        let (mut members, mut invited) = lists(account, filter, after, limit);
        let snapshot = self.snapshot().await?;
        if let Some(address) = &filter.address {
            let owner = addresses::Entity::find_by_id(address.clone()).one(&snapshot).await?;
            members = members.filter(users::Column::Id.eq(owner.map_or(Uuid::nil(), |row| row.user_id)));
            invited = invited.filter(invitations::Column::AddressKey.eq(address));
        }
        let mut entries = of_members(&snapshot, members).await?;
        entries.extend(of_invited(&snapshot, invited).await?);
        snapshot.rollback().await?;
        entries.sort_by_cached_key(Entry::position);
        entries.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        Ok(entries)
    }

    /// The first lines of the account's list whose address or whose person's name begins like this, by address.
    pub async fn search(&self, prefix: &str, limit: u64) -> Result<Vec<Entry>, Error> {
        let account = self.within("the list of users")?;
        let filter = EntryFilter { prefix: Some(prefix.to_owned()), ..EntryFilter::default() };
        let mut entries = self.entries(&filter, None, limit).await?;
        let named = named(account, prefix).limit(limit);
        entries.extend(of_members(&self.reads, named).await?);
        entries.sort_by_cached_key(Entry::position);
        entries.dedup_by_key(|entry| entry.id());
        entries.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        Ok(entries)
    }

    /// A line of the account's list by its id. The id of an accepted invitation names the member (rule 14).
    pub async fn entry(&self, id: Uuid) -> Result<Option<Entry>, Error> {
        let account = self.within("a user")?;
        let snapshot = self.snapshot().await?;
        let member = |id: Uuid| users::Entity::find_by_id(id).filter(users::Column::AccountId.eq(account.0));
        let mut found = of_members(&snapshot, member(id)).await?.pop();
        if found.is_none() {
            let invitation = invitations::Entity::find_by_id(id);
            let own = invitation.filter(invitations::Column::AccountId.eq(account.0)).one(&snapshot).await?;
            found = match own.map(|row| (row.accepted_by, row)) {
                Some((Some(user), _)) => of_members(&snapshot, member(user)).await?.pop(),
                Some((None, row)) if row.state == "Pending" => Some(Entry::Invitation(convert::invitation(&row)?)),
                _ => None,
            };
        }
        snapshot.rollback().await?;
        Ok(found)
    }

    /// A person: in the scope of an account its members, in one's own oneself.
    pub async fn user(&self, id: UserId) -> Result<Option<User>, Error> {
        let select = users::Entity::find_by_id(id.0);
        let rows = select.all(&self.reads).await?;
        let found = with_addresses(&self.reads, rows).await?.pop();
        Ok(found.filter(|user| self.sees(user)))
    }

    /// The person an address key belongs to, be it primary or secondary, if this scope sees them.
    pub async fn user_by_address(&self, key: &str) -> Result<Option<User>, Error> {
        match addresses::Entity::find_by_id(key.to_owned()).one(&self.reads).await? {
            Some(row) => self.user(UserId(row.user_id)).await,
            None => Ok(None),
        }
    }

    /// The invitation a mailed link stands for, in whatever state.
    pub async fn invitation_by_token(&self, token: &TokenHash) -> Result<Option<Invitation>, Error> {
        self.public("an invitation's link")?;
        inviting::by_token(token).one(&self.reads).await?.as_ref().map(convert::invitation).transpose()
    }

    /// The open invitations of an address key; in the scope of an account only its own.
    pub async fn open_invitations(&self, key: &str) -> Result<Vec<Invitation>, Error> {
        let rows = inviting::pending_of_address(key).all(&self.reads).await?;
        rows.iter().filter(|row| self.reaches(AccountId(row.account_id))).map(convert::invitation).collect()
    }

    /// The registration a mailed link stands for; it is not taken by looking.
    pub async fn registration_by_token(&self, token: &TokenHash) -> Result<Option<Registration>, Error> {
        self.public("a registration's link")?;
        let found = registrations::Entity::find_by_id(token.0.to_vec()).one(&self.reads).await?;
        found.as_ref().map(credentials::registration).transpose()
    }

    /// A link to set up with; it is not used up by looking.
    pub async fn setup_link(&self, token: &TokenHash) -> Result<Option<SetupLink>, Error> {
        self.public("a link to set up with")?;
        let found = setup_links::Entity::find_by_id(token.0.to_vec()).one(&self.reads).await?;
        found.as_ref().map(credentials::setup_link).transpose()
    }

    /// The PHC string of a person's password, to verify before a change begins.
    pub async fn password(&self, user: UserId) -> Result<Option<String>, Error> {
        if self.scope != Scope::Oneself(user) {
            self.public("a password")?;
        }
        Ok(passwords::Entity::find_by_id(user.0).one(&self.reads).await?.map(|row| row.hash))
    }

    fn sees(&self, user: &User) -> bool {
        match self.scope {
            Scope::Public => true,
            Scope::Oneself(id) => user.id == id,
            Scope::Permitted(_) => {
                self.everywhere("").is_ok() || user.membership.is_some_and(|m| self.reaches(m.account))
            }
        }
    }
}

/// The two halves of an account's list: members and open invitations, each in order and bounded. Within each an
/// address occurs once.
pub(crate) fn lists(
    account: AccountId,
    filter: &EntryFilter,
    after: Option<&Position>,
    limit: u64,
) -> (Select<users::Entity>, Select<invitations::Entity>) {
    let mut members = users::Entity::find().filter(users::Column::AccountId.eq(account.0));
    let mut invited = inviting::pending().filter(invitations::Column::AccountId.eq(account.0));
    if let Some(prefix) = &filter.prefix {
        let prefix = prefix.to_ascii_lowercase();
        members = members.filter(begins(users::Column::AddressKey, &prefix));
        invited = invited.filter(begins(invitations::Column::AddressKey, &prefix));
    }
    if let Some(after) = after {
        members = members.filter(beyond(users::Column::AddressKey, users::Column::Id, after));
        invited = invited.filter(beyond(invitations::Column::AddressKey, invitations::Column::Id, after));
    }
    (
        members.order_by_asc(users::Column::AddressKey).limit(limit),
        invited.order_by_asc(invitations::Column::AddressKey).limit(limit),
    )
}

/// Members whose name begins like this, by name.
pub(crate) fn named(account: AccountId, prefix: &str) -> Select<users::Entity> {
    users::Entity::find()
        .filter(users::Column::AccountId.eq(account.0))
        .filter(begins(users::Column::NameKey, &name_key(prefix)))
        .order_by_asc(users::Column::NameKey)
        .order_by_asc(users::Column::Id)
}

async fn of_members(connection: &impl ConnectionTrait, select: Select<users::Entity>) -> Result<Vec<Entry>, Error> {
    let rows = select.all(connection).await?;
    Ok(with_addresses(connection, rows).await?.into_iter().map(Entry::User).collect())
}

async fn of_invited(
    connection: &impl ConnectionTrait,
    select: Select<invitations::Entity>,
) -> Result<Vec<Entry>, Error> {
    let rows = select.all(connection).await?;
    rows.iter().map(|row| convert::invitation(row).map(Entry::Invitation)).collect()
}
