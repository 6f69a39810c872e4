//! Trials that end soon, and who was told of it (rule 9).

use std::collections::BTreeSet;

use access::{AccountId, UserId};
use jiff::Timestamp;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect, Set};
use uuid::Uuid;

use super::Write;
use super::rows::{CHUNK, insert, padded};
use crate::Error;
use crate::convert::{ms, time};
use crate::entity::{trial_notices, users};
use crate::read::{Moment, later, trials};

/// Somebody whose recorded trial ends soon, as seen without a lock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TrialEnding {
    /// The person, and when the trial ends.
    pub moment: Moment,
    /// The account they are a member of.
    pub account: Option<AccountId>,
}

impl Write {
    /// People of the deployment whose recorded trial ends after `now` and not after `until`, the first to end first,
    /// after a place in that order. Without locks: to learn which accounts to lock before the people.
    pub async fn trials_ending(
        &mut self,
        now: Timestamp,
        until: Timestamp,
        after: Option<Moment>,
        limit: u64,
    ) -> Result<Vec<TrialEnding>, Error> {
        let mut select = trials(now, until).limit(limit).select_only();
        select = select.columns([users::Column::Id, users::Column::AccountId, users::Column::TrialUntil]);
        if let Some(after) = after {
            select = select.filter(later(users::Column::TrialUntil, after));
        }
        let rows: Vec<(Uuid, Option<Uuid>, i64)> = select.into_tuple().all(&self.transaction).await?;
        let ending = rows.into_iter().map(|(user, account, until)| {
            let moment = Moment { at: time(until)?, user: UserId(user) };
            Ok(TrialEnding { moment, account: account.map(AccountId) })
        });
        ending.collect()
    }

    /// Which notices these people, who are locked, were given: the person and how many days before the end.
    pub async fn trial_notices(&mut self, people: &[UserId]) -> Result<BTreeSet<(UserId, i64)>, Error> {
        let ids: Vec<Uuid> = people.iter().map(|user| user.0).collect();
        let mut given = BTreeSet::new();
        for chunk in ids.chunks(CHUNK) {
            let select = trial_notices::Entity::find().filter(trial_notices::Column::UserId.is_in(padded(chunk)));
            let rows = select.all(&self.transaction).await?;
            given.extend(rows.into_iter().map(|row| (UserId(row.user_id), row.days)));
        }
        Ok(given)
    }

    /// Notes that people were given notices.
    pub async fn insert_trial_notices(&mut self, given: &[(UserId, i64)], at: Timestamp) -> Result<(), Error> {
        let row = |(user, days): &(UserId, i64)| trial_notices::ActiveModel {
            user_id: Set(user.0),
            days: Set(*days),
            at: Set(ms(at)),
        };
        insert::<trial_notices::Entity, _>(&self.transaction, given.iter().map(row).collect()).await
    }
}
