//! People: loading with locks, saving many at once, their addresses and the history of their licenses.

use std::collections::{BTreeSet, HashMap};

use access::report::{Entry, recorded};
use access::{AccountId, BaseLicense, Email, User, UserId};
use jiff::Timestamp;
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select, sea_query::Expr,
};
use uuid::Uuid;

use super::rows::{CHUNK, insert, padded, update};
use super::{Lock, Write, locked};
use crate::Error;
use crate::convert::{self, address_rows, user_row};
use crate::entity::{addresses, license_history, users};
use crate::history;

impl Write {
    /// The people there are among these, locked, in the order of their ids.
    pub async fn users(&mut self, ids: &[UserId]) -> Result<Vec<User>, Error> {
        let ids: BTreeSet<Uuid> = ids.iter().map(|id| id.0).collect();
        let ids: Vec<Uuid> = ids.into_iter().collect();
        let mut found = Vec::with_capacity(ids.len());
        for chunk in ids.chunks(CHUNK) {
            let select = users::Entity::find().filter(users::Column::Id.is_in(padded(chunk)));
            found.extend(self.lock_users(select.order_by_asc(users::Column::Id)).await?);
        }
        Ok(found)
    }

    /// One person, locked.
    pub async fn user(&mut self, id: UserId) -> Result<Option<User>, Error> {
        Ok(self.users(&[id]).await?.pop())
    }

    /// The people whom any of these address keys belongs to, locked, in the order of their ids. Match each by
    /// primary and secondary addresses.
    pub async fn users_by_address(&mut self, keys: &[String]) -> Result<Vec<User>, Error> {
        let owners: Vec<UserId> = self.address_owners(keys).await?.into_values().collect();
        let mut found = self.users(&owners).await?;
        // An address may have moved between the two statements; what was read under the lock counts.
        let keys: BTreeSet<&str> = keys.iter().map(String::as_str).collect();
        found.retain(|user| user.addresses().any(|address| keys.contains(address.key())));
        Ok(found)
    }

    /// Whose these address keys are, without locks: to learn which accounts to lock before the people.
    pub async fn address_owners(&mut self, keys: &[String]) -> Result<HashMap<String, UserId>, Error> {
        address_owners(&self.transaction, keys).await
    }

    /// The account each of these people is a member of, without locks: to learn which accounts to lock first.
    pub async fn memberships(&mut self, ids: &[UserId]) -> Result<HashMap<UserId, AccountId>, Error> {
        memberships(&self.transaction, ids).await
    }

    /// The first who wait for a license, in order of (since, id), locked (rule 12).
    pub async fn waiting(&mut self, account: AccountId, license: BaseLicense, limit: u64) -> Result<Vec<User>, Error> {
        let select = waiting_list(account, license).limit(limit);
        // Locked by id like everybody else, not in the order of the list.
        let ids: Vec<Uuid> =
            select.clone().select_only().column(users::Column::Id).into_tuple().all(&self.transaction).await?;
        let ids: Vec<UserId> = ids.into_iter().map(UserId).collect();
        let mut found = self.users(&ids).await?;
        found.retain(|user| user.is_member_of(account) && user.waiting.is_some_and(|w| w.license == license));
        found.sort_by_key(|user| (user.waiting.map(|waiting| waiting.since), user.id));
        Ok(found)
    }

    /// New people with their addresses; the history of their licenses begins.
    ///
    /// [`Error::Conflict`] when an address belongs to somebody (rule 1).
    pub async fn insert_users(&mut self, people: &[User]) -> Result<(), Error> {
        insert::<users::Entity, _>(&self.transaction, people.iter().map(user_row).collect()).await?;
        insert::<addresses::Entity, _>(&self.transaction, people.iter().flat_map(address_rows).collect()).await?;
        let since = |user: &User| user.membership.map_or(user.created, |membership| membership.since);
        let history = people.iter().flat_map(|user| history_rows(None, user, since(user))).collect();
        insert::<license_history::Entity, _>(&self.transaction, history).await
    }

    /// Changed people, before and after; each was loaded in this change and occurs once.
    ///
    /// [`Error::Conflict`] when a new address belongs to somebody (rule 1).
    pub async fn save_users(&mut self, changes: &[(User, User)], at: Timestamp) -> Result<(), Error> {
        let changed = || changes.iter().filter(|(before, after)| before != after || moved(before, after));
        let rows = changed().map(|(before, after)| (user_row(before), user_row(after))).collect();
        update::<users::Entity, _>(&self.transaction, rows).await?;
        let moved: Vec<&User> = changed().filter(|(b, a)| moved(b, a)).map(|(_, after)| after).collect();
        let ids: Vec<Uuid> = moved.iter().map(|user| user.id.0).collect();
        for chunk in ids.chunks(CHUNK) {
            let former = addresses::Entity::delete_many().filter(addresses::Column::UserId.is_in(padded(chunk)));
            former.exec(&self.transaction).await?;
        }
        let rows = moved.into_iter().flat_map(address_rows).collect();
        insert::<addresses::Entity, _>(&self.transaction, rows).await?;
        let history = changed().flat_map(|(before, after)| history_rows(Some(before), after, at)).collect();
        insert::<license_history::Entity, _>(&self.transaction, history).await
    }

    pub(super) async fn lock_users(&self, select: Select<users::Entity>) -> Result<Vec<User>, Error> {
        let rows = locked(select, Lock::Exclusive).all(&self.transaction).await?;
        with_addresses(&self.transaction, rows).await
    }
}

/// Who waits for a license, in order.
pub(crate) fn waiting_list(account: AccountId, license: BaseLicense) -> Select<users::Entity> {
    users::Entity::find()
        .filter(users::Column::AccountId.eq(account.0))
        .filter(users::Column::WaitingLicense.eq(license.name()))
        .order_by_asc(users::Column::WaitingSince)
        .order_by_asc(users::Column::Id)
}

/// Rows with their secondary addresses, in the same order.
pub(crate) async fn with_addresses(
    connection: &impl ConnectionTrait,
    rows: Vec<users::Model>,
) -> Result<Vec<User>, Error> {
    let mut secondary: HashMap<Uuid, Vec<Email>> = HashMap::new();
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    for chunk in ids.chunks(CHUNK) {
        let select = addresses::Entity::find()
            .filter(addresses::Column::UserId.is_in(padded(chunk)))
            .filter(Expr::cust("NOT is_primary"))
            .order_by_asc(addresses::Column::Key);
        for row in select.all(connection).await? {
            secondary.entry(row.user_id).or_default().push(convert::email(&row.typed)?);
        }
    }
    let users = rows.into_iter().map(|row| {
        let further = secondary.remove(&row.id).unwrap_or_default();
        convert::user(row, further)
    });
    users.collect()
}

/// Whether the addresses differ, be it in how they are typed.
fn moved(before: &User, after: &User) -> bool {
    before.primary.as_typed() != after.primary.as_typed()
        || before.secondary.iter().map(Email::as_typed).ne(after.secondary.iter().map(Email::as_typed))
}

/// What the history keeps of a change: the same moment and person may have two, when somebody moves between accounts.
fn history_rows(before: Option<&User>, after: &User, at: Timestamp) -> impl Iterator<Item = history::Row> + use<> {
    let user = after.id;
    recorded(before, after).map(move |(account, held)| history::row(user, account, Entry { at, held }))
}

/// Whose these address keys are.
pub(crate) async fn address_owners(
    connection: &impl ConnectionTrait,
    keys: &[String],
) -> Result<HashMap<String, UserId>, Error> {
    let keys: BTreeSet<&str> = keys.iter().map(String::as_str).collect();
    let keys: Vec<&str> = keys.into_iter().collect();
    let mut owners = HashMap::new();
    for chunk in keys.chunks(CHUNK) {
        let select = addresses::Entity::find().filter(addresses::Column::Key.is_in(padded(chunk)));
        let rows = select.all(connection).await?;
        owners.extend(rows.into_iter().map(|row| (row.key, UserId(row.user_id))));
    }
    Ok(owners)
}

/// The account each of these people is a member of.
pub(crate) async fn memberships(
    connection: &impl ConnectionTrait,
    ids: &[UserId],
) -> Result<HashMap<UserId, AccountId>, Error> {
    let mut memberships = HashMap::new();
    let ids: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
    for chunk in ids.chunks(CHUNK) {
        let select = users::Entity::find().select_only().columns([users::Column::Id, users::Column::AccountId]);
        let select = select.filter(users::Column::Id.is_in(padded(chunk)));
        let rows: Vec<(Uuid, Option<Uuid>)> = select.into_tuple().all(connection).await?;
        let members = rows.into_iter().filter_map(|(user, account)| Some((UserId(user), AccountId(account?))));
        memberships.extend(members);
    }
    Ok(memberships)
}
