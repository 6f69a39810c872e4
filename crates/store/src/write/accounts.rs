//! Accounts and their seats.

use std::collections::BTreeSet;

use access::account::Seat;
use access::{Account, AccountId, BaseLicense, Seats};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::rows::{CHUNK, insert, padded, upsert};
use super::{Lock, Write, locked};
use crate::Error;
use crate::convert::{self, license};
use crate::entity::{accounts, seats, users};

impl Write {
    /// The accounts there are among these, by id, locked. Load accounts before seats and users.
    pub async fn accounts(&mut self, ids: &[AccountId], lock: Lock) -> Result<Vec<Account>, Error> {
        let ids: BTreeSet<Uuid> = ids.iter().map(|id| id.0).collect();
        let ids: Vec<Uuid> = ids.into_iter().collect();
        let mut found = Vec::with_capacity(ids.len());
        for chunk in ids.chunks(CHUNK) {
            let select = accounts::Entity::find().filter(accounts::Column::Id.is_in(padded(chunk)));
            let rows = locked(select.order_by_asc(accounts::Column::Id), lock).all(&self.transaction).await?;
            found.extend(rows);
        }
        found.into_iter().map(convert::account).collect()
    }

    /// One account, locked.
    pub async fn account(&mut self, id: AccountId, lock: Lock) -> Result<Option<Account>, Error> {
        Ok(self.accounts(&[id], lock).await?.pop())
    }

    /// New accounts.
    pub async fn insert_accounts(&mut self, accounts: &[Account]) -> Result<(), Error> {
        insert::<accounts::Entity, _>(&self.transaction, accounts.iter().map(convert::account_row).collect()).await
    }

    /// Changed accounts, which were loaded with [`Lock::Exclusive`].
    pub async fn save_accounts(&mut self, accounts: &[Account]) -> Result<(), Error> {
        upsert::<accounts::Entity, _>(&self.transaction, accounts.iter().map(convert::account_row).collect()).await
    }

    /// The seats of an account, locked (rule 12).
    pub async fn seats(&mut self, account: AccountId) -> Result<Seats, Error> {
        let select = seats::Entity::find().filter(seats::Column::AccountId.eq(account.0));
        let select = locked(select.order_by_asc(seats::Column::License), Lock::Exclusive);
        seats_of(select.all(&self.transaction).await?)
    }

    /// Saves limits and use as they are; a license without a limit has no row. Setting or lifting a limit needs the
    /// account with [`Lock::Exclusive`].
    pub async fn save_seats(&mut self, account: AccountId, seats: &Seats) -> Result<(), Error> {
        let (mut kept, mut lifted) = (Vec::new(), Vec::new());
        for license in BaseLicense::ALL {
            match seats.get(license) {
                Some(seat) => kept.push(
                    seats::Model {
                        account_id: account.0,
                        license: license.name().to_owned(),
                        capacity: seat.limit.into(),
                        used: seat.used.into(),
                    }
                    .into_active_model(),
                ),
                None => lifted.push(license.name()),
            }
        }
        if !lifted.is_empty() {
            seats::Entity::delete_many()
                .filter(seats::Column::AccountId.eq(account.0))
                .filter(seats::Column::License.is_in(padded(&lifted)))
                .exec(&self.transaction)
                .await?;
        }
        upsert::<seats::Entity, _>(&self.transaction, kept).await
    }

    /// How many members hold each license, in the order of [`BaseLicense::ALL`]: what a new limit starts with. Reads
    /// every member; the account must be locked with [`Lock::Exclusive`].
    pub async fn count_licenses(&mut self, account: AccountId) -> Result<[u64; 3], Error> {
        licenses_of(&self.transaction, account).await
    }
}

/// How many members hold each license, in the order of [`BaseLicense::ALL`].
pub(crate) async fn licenses_of(connection: &impl ConnectionTrait, account: AccountId) -> Result<[u64; 3], Error> {
    let counted: Vec<(String, i64)> = users::Entity::find()
        .select_only()
        .column(users::Column::License)
        .column_as(users::Column::Id.count(), "n")
        .filter(users::Column::AccountId.eq(account.0))
        .group_by(users::Column::License)
        .into_tuple()
        .all(connection)
        .await?;
    let mut counts = [0; 3];
    for (name, count) in counted {
        counts[license(&name)? as usize] = u64::try_from(count).unwrap_or(0);
    }
    Ok(counts)
}

/// Seats from their rows.
pub(crate) fn seats_of(rows: Vec<seats::Model>) -> Result<Seats, Error> {
    let mut seats = Seats::default();
    for row in rows {
        let number = |value: i64| u32::try_from(value).map_err(|_| Error::corrupt("a number of seats out of range"));
        seats.set(license(&row.license)?, Some(Seat { limit: number(row.capacity)?, used: number(row.used)? }));
    }
    Ok(seats)
}
