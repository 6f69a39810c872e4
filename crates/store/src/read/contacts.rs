//! Whom a member finds (rule 20).

use access::{AccountId, User, UserId};
use jiff::Timestamp;
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait, Select};

use super::{Read, Scope, begins};
use crate::Error;
use crate::convert::{ms, name_key};
use crate::entity::{addresses, users};
use crate::write::users::with_addresses;

impl Read {
    /// The first members, by address, of the reader's own account whose name or whose any address begins like this:
    /// registered, not suspended at that moment, not private. Nobody for a reader who is in no account or may not look.
    pub async fn contacts(&self, prefix: &str, at: Timestamp, limit: u64) -> Result<Vec<User>, Error> {
        let Scope::Oneself(UserId(reader)) = self.scope else { return Err(Error::OutOfScope("contacts")) };
        // Reader and colleagues as they are at one moment (rule 22).
        let snapshot = self.snapshot().await?;
        let own = users::Entity::find_by_id(reader).filter(visible(at)).filter(users::Column::BlockedAt.is_null());
        let found = match own.one(&snapshot).await?.and_then(|own| own.account_id) {
            Some(account) => colleagues(AccountId(account), prefix, at).limit(limit).all(&snapshot).await?,
            None => Vec::new(),
        };
        let found = with_addresses(&snapshot, found).await?;
        snapshot.rollback().await?;
        Ok(found)
    }
}

fn colleagues(account: AccountId, prefix: &str, at: Timestamp) -> Select<users::Entity> {
    let address = prefix.to_ascii_lowercase();
    let further = addresses::Entity::find()
        .select_only()
        .column(addresses::Column::UserId)
        .filter(addresses::Column::IsPrimary.eq(false))
        .filter(begins(addresses::Column::Key, &address))
        .into_query();
    let begins_so = Condition::any()
        .add(begins(users::Column::AddressKey, &address))
        .add(begins(users::Column::NameKey, &name_key(prefix)))
        .add(users::Column::Id.in_subquery(further));
    users::Entity::find()
        .filter(users::Column::AccountId.eq(account.0))
        .filter(users::Column::Private.eq(false))
        .filter(visible(at))
        .filter(begins_so)
        .order_by_asc(users::Column::AddressKey)
}

/// Registered, and not suspended at that moment (rule 37: a suspension that has ended counts as none).
fn visible(at: Timestamp) -> Condition {
    let suspended_no_more =
        Condition::any().add(users::Column::SuspendedAt.is_null()).add(users::Column::SuspendedUntil.lte(ms(at)));
    Condition::all().add(users::Column::Registered.is_not_null()).add(suspended_no_more)
}
