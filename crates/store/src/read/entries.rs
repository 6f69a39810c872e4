//! An account's list: members and open invitations in one, by address (rule 14), perhaps narrowed to some (rule 91).

use access::user::{LicenseOrigin, Origin};
use access::{AccountId, BaseLicense};
use sea_orm::sea_query::{Expr, IntoCondition};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select};
use uuid::Uuid;

use super::{Position, Read, begins, beyond};
use crate::convert::{self, license_origin_name, name_key, origin_name};
use crate::entity::{addresses, invitations, users};
use crate::write::invitations as inviting;
use crate::write::users::with_addresses;
use crate::{Entry, Error};

/// Which lines of the list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EntryFilter {
    /// Only the one with this address key; a member's secondary addresses count.
    pub address: Option<String>,
    /// Only those whose address key begins like this.
    pub prefix: Option<String>,
    /// Only some of them.
    pub narrowed: Option<Narrowed>,
}

/// Of which lines an index knows, in the order of the list. What it knows are facts as they are stored: what holds at a
/// moment is for the reader to look at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Narrowed {
    /// Members who hold this license, and all open invitations.
    License(BaseLicense),
    /// Members who came like this.
    Origin(Origin),
    /// Members whose license comes from this.
    LicenseOrigin(LicenseOrigin),
    /// Members who were suspended; the suspension may have ended.
    Suspended,
    /// Members who are not registered.
    Unregistered,
    /// Members who wait for a seat.
    Waiting,
    /// Members whom the account's source has disabled.
    Disabled,
    /// Any member.
    Members,
    /// Open invitations.
    Invited,
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
            let owner = owner.map_or(Uuid::nil(), |row| row.user_id);
            members = members.map(|members| members.filter(users::Column::Id.eq(owner)));
            invited = invited.map(|invited| invited.filter(invitations::Column::AddressKey.eq(address)));
        }
        let mut entries = Vec::new();
        if let Some(members) = members {
            entries.extend(of_members(&snapshot, members).await?);
        }
        if let Some(invited) = invited {
            entries.extend(of_invited(&snapshot, invited).await?);
        }
        snapshot.rollback().await?;
        if let Some(prefix) = filter.prefix.as_deref().map(str::to_ascii_lowercase) {
            entries.retain(|entry| entry.address().key().starts_with(&prefix));
        }
        entries.sort_by_cached_key(Entry::position);
        entries.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        Ok(entries)
    }

    /// A page of the account's members whose name begins like this, by name ([`Entry::position_by_name`]).
    pub async fn entries_by_name(
        &self,
        prefix: &str,
        after: Option<&Position>,
        limit: u64,
    ) -> Result<Vec<Entry>, Error> {
        let account = self.within("the list of users")?;
        of_members(&self.reads, named(account, prefix, after).limit(limit)).await
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
}

/// The two halves of an account's list: members and open invitations, each in order and bounded; neither where the filter
/// leaves nothing of it. Within each an address occurs once.
pub(crate) fn lists(
    account: AccountId,
    filter: &EntryFilter,
    after: Option<&Position>,
    limit: u64,
) -> (Option<Select<users::Entity>>, Option<Select<invitations::Entity>>) {
    let mut members = users::Entity::find().filter(users::Column::AccountId.eq(account.0));
    let mut invited = inviting::pending().filter(invitations::Column::AccountId.eq(account.0));
    if let Some(prefix) = &filter.prefix {
        let prefix = prefix.to_ascii_lowercase();
        // Narrowed, the list is read from there on and cut where the beginning ends: with both bounds an engine may take the
        // index by address instead, and read everybody between them.
        members = members.filter(match filter.narrowed {
            None => begins(users::Column::AddressKey, &prefix),
            Some(_) => users::Column::AddressKey.gte(&prefix).into_condition(),
        });
        invited = invited.filter(begins(invitations::Column::AddressKey, &prefix));
    }
    if let Some(after) = after {
        members = members.filter(beyond(users::Column::AddressKey, users::Column::Id, after));
        invited = invited.filter(beyond(invitations::Column::AddressKey, invitations::Column::Id, after));
    }
    let members = members.order_by_asc(users::Column::AddressKey).limit(limit);
    let invited = invited.order_by_asc(invitations::Column::AddressKey).limit(limit);
    match filter.narrowed {
        None => (Some(members), Some(invited)),
        Some(Narrowed::Invited) => (None, Some(invited)),
        Some(narrowed) => {
            let invited = matches!(narrowed, Narrowed::License(_)).then_some(invited);
            (Some(narrow(members, narrowed)), invited)
        }
    }
}

/// Members of whom something holds. Literals, not values, so that the engines see that the index over it serves.
fn narrow(members: Select<users::Entity>, narrowed: Narrowed) -> Select<users::Entity> {
    match narrowed {
        Narrowed::License(license) => members.filter(users::Column::License.eq(license.name())),
        Narrowed::Origin(origin) => members.filter(users::Column::MemberOrigin.eq(origin_name(origin))),
        Narrowed::LicenseOrigin(origin) => members.filter(users::Column::LicenseOrigin.eq(license_origin_name(origin))),
        Narrowed::Suspended => members.filter(Expr::cust("suspended_at IS NOT NULL")),
        Narrowed::Unregistered => members.filter(Expr::cust("registered IS NULL")),
        Narrowed::Waiting => members.filter(Expr::cust("waiting_license IS NOT NULL")),
        Narrowed::Disabled => members.filter(Expr::cust("NOT source_enabled")),
        Narrowed::Members | Narrowed::Invited => members,
    }
}

/// Members whose name begins like this, by name.
pub(crate) fn named(account: AccountId, prefix: &str, after: Option<&Position>) -> Select<users::Entity> {
    let mut select = users::Entity::find()
        .filter(users::Column::AccountId.eq(account.0))
        .filter(begins(users::Column::NameKey, &name_key(prefix)));
    if let Some(after) = after {
        select = select.filter(beyond(users::Column::NameKey, users::Column::Id, after));
    }
    select.order_by_asc(users::Column::NameKey).order_by_asc(users::Column::Id)
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
