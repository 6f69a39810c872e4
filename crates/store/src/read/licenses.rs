//! Who holds, waits for and tries which license, now and over time (rules 9, 12 and 26).

use access::report::Entry;
use access::{AccountId, AccountType, BaseLicense, License, User, UserId};
use jiff::Timestamp;
use sea_orm::sea_query::{Asterisk, Expr, ExprTrait, Func, Query};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, JoinType, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect, QueryTrait, Select,
};
use uuid::Uuid;

use super::{Read, Scope};
use crate::Error;
use crate::convert::ms;
use crate::entity::{accounts, license_history, users};
use crate::history::{Columns, entry};
use crate::write::accounts::licenses_of;
use crate::write::users::{waiting_list, with_addresses};

/// A moment of a person's history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HistoryEntry {
    /// In which account.
    pub account: AccountId,
    /// When, and what was held from then on.
    pub entry: Entry,
}

/// A moment of a member's history in the account, for a report. All of one person follow each other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldBy {
    /// Whose.
    pub user: UserId,
    /// Their primary address, as typed, while they are a member.
    pub address: Option<String>,
    /// When, and what was held from then on.
    pub entry: Entry,
    /// Where the next page begins.
    pub place: HistoryPlace,
}

/// A place in an account's history.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HistoryPlace {
    user: Uuid,
    id: i64,
}

impl HistoryPlace {
    /// After everything of one person.
    pub fn after(user: UserId) -> Self {
        Self { user: user.0, id: i64::MAX }
    }
}

/// A moment and a person: what lists of people by time are ordered by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// When.
    pub at: Timestamp,
    /// Who.
    pub user: UserId,
}

/// One row of a page of history.
type Kept =
    (i64, Uuid, i64, Option<String>, Option<String>, bool, Option<i64>, Option<i64>, Option<String>, Option<String>);

impl Read {
    /// A person's licenses over time, oldest first. In the scope of an account only the time in it.
    pub async fn license_history(&self, user: UserId) -> Result<Vec<HistoryEntry>, Error> {
        let select = license_history::Entity::find().filter(license_history::Column::UserId.eq(user.0));
        let rows = select.order_by_asc(license_history::Column::Id).all(&self.reads).await?;
        let visible = |account| self.scope == Scope::Oneself(user) || self.reaches(account);
        let rows = rows.into_iter().filter(|row| visible(AccountId(row.account_id)));
        let entries = rows.map(|row| {
            let license_history::Model { at, license, origin, suspended, .. } = row;
            let (suspended_until, trial_until, source_license) =
                (row.suspended_until, row.trial_until, row.source_license);
            let columns = Columns { at, license, origin, suspended, suspended_until, trial_until, source_license };
            Ok(HistoryEntry { account: AccountId(row.account_id), entry: entry(columns)? })
        });
        entries.collect()
    }

    /// The account's history after a place, by person and then in the order in which it was recorded. Pages need no
    /// common snapshot: a history only grows, at its end.
    pub async fn account_history(&self, after: Option<HistoryPlace>, limit: u64) -> Result<Vec<HeldBy>, Error> {
        let select = history_page(self.within("a report")?, after).limit(limit);
        let rows: Vec<Kept> = select.into_tuple().all(&self.reads).await?;
        let entries = rows.into_iter().map(|row| {
            let (id, user, at, license, origin, suspended, suspended_until, trial_until, source_license, address) = row;
            let columns = Columns { at, license, origin, suspended, suspended_until, trial_until, source_license };
            let place = HistoryPlace { user, id };
            Ok(HeldBy { user: UserId(user), address, entry: entry(columns)?, place })
        });
        entries.collect()
    }

    /// How many members hold each license, in the order of [`BaseLicense::ALL`]. Reads every member.
    pub async fn license_counts(&self) -> Result<[u64; 3], Error> {
        licenses_of(&self.reads, self.within("seats")?).await
    }

    /// How many people of the deployment have a license at a moment (rule 9), counted to `most` at most.
    pub async fn count_effective(&self, license: License, at: Timestamp, most: u64) -> Result<u64, Error> {
        self.everywhere("a count of licenses")?;
        let counted = effective(license, at).limit(most).into_query();
        let count = Query::select().expr(Func::count(Expr::col(Asterisk))).from_subquery(counted, "counted").to_owned();
        let row = self.reads.query_one(&count).await?.ok_or_else(|| Error::corrupt("a count without a row"))?;
        Ok(u64::try_from(row.try_get_by_index::<i64>(0)?).unwrap_or(0))
    }

    /// How many members wait for a license, perhaps only those before a moment in the list.
    pub async fn waiting_count(&self, license: BaseLicense, before: Option<Moment>) -> Result<u64, Error> {
        let mut select = waiting_list(self.within("the waiting list")?, license);
        if let Some(before) = before {
            let since = users::Column::WaitingSince;
            let same = Condition::all().add(since.eq(ms(before.at))).add(users::Column::Id.lt(before.user.0));
            select = select.filter(Condition::any().add(since.lt(ms(before.at))).add(same));
        }
        Ok(select.count(&self.reads).await?)
    }

    /// A page of those who wait for a license, in order (rule 12).
    pub async fn waiting(&self, license: BaseLicense, after: Option<Moment>, limit: u64) -> Result<Vec<User>, Error> {
        let mut select = waiting_list(self.within("the waiting list")?, license);
        if let Some(after) = after {
            select = select.filter(later(users::Column::WaitingSince, after));
        }
        let rows = select.limit(limit).all(&self.reads).await?;
        with_addresses(&self.reads, rows).await
    }

    /// A page of the members whose recorded trial ends after `now` and not after `until`, the first to end first.
    pub async fn trials(
        &self,
        now: Timestamp,
        until: Timestamp,
        after: Option<Moment>,
        limit: u64,
    ) -> Result<Vec<User>, Error> {
        let account = self.within("the trials")?;
        let mut select = trials(now, until).filter(users::Column::AccountId.eq(account.0));
        if let Some(after) = after {
            select = select.filter(later(users::Column::TrialUntil, after));
        }
        let rows = select.limit(limit).all(&self.reads).await?;
        with_addresses(&self.reads, rows).await
    }
}

/// What comes after a moment in the order of (time, id).
pub(crate) fn later(time: users::Column, after: Moment) -> Condition {
    let same = Condition::any().add(time.gt(ms(after.at))).add(users::Column::Id.gt(after.user.0));
    Condition::all().add(time.gte(ms(after.at))).add(same)
}

/// People whose recorded trial ends within these times, the first to end first.
pub(crate) fn trials(after: Timestamp, until: Timestamp) -> Select<users::Entity> {
    users::Entity::find()
        .filter(users::Column::TrialUntil.gt(ms(after)))
        .filter(users::Column::TrialUntil.lte(ms(until)))
        .order_by_asc(users::Column::TrialUntil)
        .order_by_asc(users::Column::Id)
}

/// The people who have a license at a moment, by the same rule as `access::decision`.
fn effective(license: License, at: Timestamp) -> Select<users::Entity> {
    use users::Column;
    let account = users::Entity::belongs_to(accounts::Entity).from(Column::AccountId).to(accounts::Column::Id);
    let sourced: Vec<&str> =
        AccountType::ALL.into_iter().filter(|kind| kind.has_source()).map(AccountType::name).collect();
    let anywhere =
        Condition::any().add(accounts::Column::Kind.is_null()).add(accounts::Column::Kind.is_not_in(sourced));
    let eligible =
        anywhere.add(Column::SourceLicense.eq(BaseLicense::Plus.name()).and(Column::SourceLicense.is_not_null()));
    let running = Condition::all().add(Column::TrialUntil.is_not_null()).add(Column::TrialUntil.gt(ms(at)));
    let on_trial = running.add(Column::License.ne(BaseLicense::Pro.name())).add(eligible);
    let select = users::Entity::find().select_only().column(Column::Id).join(JoinType::LeftJoin, account.into());
    match license.base() {
        None => select.filter(on_trial),
        Some(base) => select.filter(Column::License.eq(base.name())).filter(on_trial.not()),
    }
}

/// The address of a row's person while they are a member. Looked up row by row: a join would tempt PostgreSQL to read
/// everybody from the beginning for each page.
const ADDRESS: &str = "(SELECT u.address FROM users u \
                       WHERE u.id = license_history.user_id AND u.account_id = license_history.account_id)";

/// An account's history from a place on, with the addresses of its present members.
pub(crate) fn history_page(account: AccountId, after: Option<HistoryPlace>) -> Select<license_history::Entity> {
    use license_history::Column;
    let mut select = license_history::Entity::find()
        .select_only()
        .columns([Column::Id, Column::UserId, Column::At, Column::License, Column::Origin])
        .columns([Column::Suspended, Column::SuspendedUntil, Column::TrialUntil, Column::SourceLicense])
        .expr_as(Expr::cust(ADDRESS), "address")
        .filter(Column::AccountId.eq(account.0));
    if let Some(HistoryPlace { user, id }) = after {
        let later = Condition::any().add(Column::UserId.gt(user)).add(Column::Id.gt(id));
        select = select.filter(Column::UserId.gte(user)).filter(later);
    }
    select.order_by_asc(Column::UserId).order_by_asc(Column::Id)
}
