//! The outbox, from the side that delivers: taking what waits, and writing down what came of it.

use std::collections::BTreeSet;

use access::{AccountId, ApplicationId};
use jiff::Timestamp;
use sea_orm::sea_query::{Expr, ExprTrait, LockBehavior, LockType, SimpleExpr};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QueryResult, QuerySelect,
    Statement, UpdateMany,
};
use serde_json::Value;
use uuid::Uuid;

use super::rows::{CHUNK, insert, padded, upsert};
use super::{Lock, Write, locked};
use crate::convert::{ms, time};
use crate::entity::{account_mails, outbox};
use crate::read::{OutboxEntry, OutboxState};
use crate::record::{Receiver, notice_place, opened, stored_keys};
use crate::{Error, Store};

/// A literal, not a value, so that the engines see that the indexes over what waits serve.
pub(crate) const WAITING: &str = "state = 'waiting'";
const WAITING_MAIL: &str = "state = 'waiting' AND receiver = 'mail'";
const DELIVERED: &str = "state = 'delivered'";
const OVER: &str = "state IN ('dead', 'kept')";
/// In order per receiver and person: nothing is taken while something before it waits.
const FIRST: &str = "NOT EXISTS (SELECT 1 FROM outbox AS earlier WHERE earlier.state = 'waiting' \
                     AND earlier.person = outbox.person AND earlier.receiver = outbox.receiver AND earlier.id < outbox.id)";
/// Applications' ids are hexadecimal, and so come before `mail`.
const TO_TELL: &str = "WITH RECURSIVE told (receiver) AS ( \
       SELECT min(receiver) FROM outbox WHERE state = 'waiting' AND receiver < 'mail' \
       UNION ALL \
       SELECT (SELECT min(receiver) FROM outbox \
               WHERE state = 'waiting' AND receiver > told.receiver AND receiver < 'mail') \
       FROM told WHERE told.receiver IS NOT NULL) \
     SELECT told.receiver FROM told WHERE told.receiver IS NOT NULL AND EXISTS ( \
       SELECT 1 FROM outbox \
       WHERE state = 'waiting' AND receiver = told.receiver AND due <= $1 AND leased <= $1) ORDER BY 1";

/// The right to deliver one thing, for a while. Whoever lost it changes nothing any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lease {
    /// Its number.
    pub id: i64,
    /// How often it was taken, this time included.
    pub attempts: i64,
    /// How often since it was made, or since an administrator had it sent again.
    pub tries: i64,
}

/// A mail or a notice to an application that was taken to be delivered.
#[derive(Clone, Debug, PartialEq)]
pub struct Claimed {
    /// The right to deliver it.
    pub lease: Lease,
    /// Who gets it.
    pub receiver: Receiver,
    /// Whom it concerns.
    pub person: Uuid,
    /// In which account.
    pub account: Option<AccountId>,
    /// What it is.
    pub kind: String,
    /// When it was made.
    pub at: Timestamp,
    /// Everything needed to render it; `None` when the person was erased.
    pub payload: Option<Value>,
}

impl Store {
    /// When the first mail that waits can be taken, if one waits.
    pub async fn next_mail(&self) -> Result<Option<Timestamp>, Error> {
        let first = outbox::Entity::find()
            .select_only()
            .column(outbox::Column::Due)
            .filter(Expr::cust(WAITING_MAIL))
            .order_by_asc(outbox::Column::Due)
            .order_by_asc(outbox::Column::Id)
            .limit(1);
        first.into_tuple::<i64>().one(&self.0.reads).await?.map(time).transpose()
    }

    /// The applications for which something is due that nobody delivers, in the order of their ids. Each costs a look
    /// into an index, however much waits for it.
    pub async fn applications_to_tell(&self, now: Timestamp) -> Result<Vec<ApplicationId>, Error> {
        let reads = &self.0.reads;
        let statement = Statement::from_sql_and_values(reads.get_database_backend(), TO_TELL, [ms(now).into()]);
        let rows = reads.query_all_raw(statement).await?;
        let read = |row: &QueryResult| match Receiver::named(&row.try_get_by_index::<String>(0)?)? {
            Receiver::Application(application) => Ok(application),
            Receiver::Mail => Err(Error::corrupt("mails are no application's")),
        };
        rows.iter().map(read).collect()
    }
}

impl Write {
    /// Takes mails that are due, at most so many, until `until`: then others may. Two nodes never take the same.
    pub async fn take_mails(&mut self, now: Timestamp, until: Timestamp, most: u64) -> Result<Vec<Claimed>, Error> {
        let ids = self.due(Receiver::Mail, now, most).await?;
        self.lease(ids, until).await
    }

    /// Takes what is due to applications, at most so much to each, until `until`: then others may. Two nodes never take
    /// the same, and of what one application is told about one person no more than the first is taken at a time.
    pub async fn take_notices(
        &mut self,
        applications: &[(ApplicationId, u64)],
        now: Timestamp,
        until: Timestamp,
    ) -> Result<Vec<Claimed>, Error> {
        let mut ids = Vec::new();
        for (application, most) in applications {
            ids.extend(self.due(Receiver::Application(*application), now, *most).await?);
        }
        self.lease(ids, until).await
    }

    /// What is due to a receiver and nobody delivers, locked.
    async fn due(&self, receiver: Receiver, now: Timestamp, most: u64) -> Result<Vec<i64>, Error> {
        let ids = outbox::Entity::find()
            .select_only()
            .column(outbox::Column::Id)
            .filter(Expr::cust(WAITING))
            .filter(outbox::Column::Receiver.eq(receiver.name()))
            .filter(outbox::Column::Due.lte(ms(now)))
            .filter(outbox::Column::Leased.lte(ms(now)))
            .filter(Expr::cust(FIRST))
            .order_by_asc(outbox::Column::Due)
            .order_by_asc(outbox::Column::Id)
            .limit(most)
            .lock_with_behavior(LockType::NoKeyUpdate, LockBehavior::SkipLocked)
            .into_tuple();
        Ok(ids.all(&self.transaction).await?)
    }

    async fn lease(&self, ids: Vec<i64>, until: Timestamp) -> Result<Vec<Claimed>, Error> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let taken = outbox::Entity::update_many()
            .col_expr(outbox::Column::Attempts, Expr::col(outbox::Column::Attempts).add(1))
            .col_expr(outbox::Column::Leased, Expr::value(ms(until)))
            .filter(outbox::Column::Id.is_in(ids));
        let mut rows = taken.exec_with_returning(&self.transaction).await?;
        rows.sort_by_key(|row| row.id);
        let mails = rows.iter().filter(|row| row.receiver == Receiver::Mail.name());
        let persons: BTreeSet<Uuid> = mails.map(|row| row.person).collect();
        let keys = stored_keys(&self.transaction, &self.sealer, &persons).await?;
        let claimed = rows.into_iter().map(|row| {
            let receiver = Receiver::named(&row.receiver)?;
            let payload = match receiver {
                Receiver::Mail => opened(&keys, row.person, notice_place(&row.person), Some(&row.payload))?,
                Receiver::Application(_) => Some(serde_json::from_slice(&row.payload).map_err(Error::corrupt)?),
            };
            Ok(Claimed {
                payload,
                lease: Lease { id: row.id, attempts: row.attempts, tries: row.attempts - row.forgiven },
                receiver,
                person: row.person,
                account: row.account_id.map(AccountId),
                kind: row.kind,
                at: time(row.created)?,
            })
        });
        claimed.collect()
    }

    /// It was delivered. `false` when the lease was lost.
    pub async fn delivered(&mut self, lease: Lease, at: Timestamp) -> Result<bool, Error> {
        let none = Expr::value(Option::<String>::None);
        let delivered = Expr::value(ms(at));
        let set = [(outbox::Column::Delivered, delivered), (outbox::Column::Error, none)];
        self.settle(lease, Some(OutboxState::Delivered), set).await
    }

    /// It was not delivered, and is due again at `due`. The error must hold nothing personal.
    pub async fn due_again(&mut self, lease: Lease, due: Timestamp, error: &str) -> Result<bool, Error> {
        let set = [(outbox::Column::Due, Expr::value(ms(due))), (outbox::Column::Error, Expr::value(error))];
        self.settle(lease, None, set).await
    }

    /// It is given up.
    pub async fn undelivered(&mut self, lease: Lease, error: &str) -> Result<bool, Error> {
        self.settle(lease, Some(OutboxState::Dead), [(outbox::Column::Error, Expr::value(error))]).await
    }

    async fn settle<const N: usize>(
        &self,
        lease: Lease,
        state: Option<OutboxState>,
        set: [(outbox::Column, SimpleExpr); N],
    ) -> Result<bool, Error> {
        let mut update = outbox::Entity::update_many().col_expr(outbox::Column::Leased, Expr::value(0_i64));
        if let Some(state) = state {
            update = update.col_expr(outbox::Column::State, Expr::value(state.name()));
        }
        for (column, value) in set {
            update = update.col_expr(column, value);
        }
        let update = update
            .filter(outbox::Column::Id.eq(lease.id))
            .filter(outbox::Column::Attempts.eq(lease.attempts))
            .filter(Expr::cust(WAITING));
        Ok(update.exec(&self.transaction).await?.rows_affected > 0)
    }

    /// An application does not answer: everything else that waits for it is due no sooner than `due`, so that it is not
    /// tried in vain over and over; what is older than `oldest` is given up with it.
    pub async fn put_off(
        &mut self,
        application: ApplicationId,
        due: Timestamp,
        oldest: Timestamp,
        error: &str,
    ) -> Result<(), Error> {
        let waiting = outbox::Entity::find()
            .select_only()
            .column(outbox::Column::Id)
            .filter(Expr::cust(WAITING))
            .filter(outbox::Column::Receiver.eq(Receiver::Application(application).name()))
            .filter(outbox::Column::Due.lt(ms(due)))
            .lock_with_behavior(LockType::NoKeyUpdate, LockBehavior::SkipLocked);
        let ids: Vec<i64> = waiting.into_tuple().all(&self.transaction).await?;
        for chunk in ids.chunks(CHUNK) {
            let of = || outbox::Entity::update_many().filter(outbox::Column::Id.is_in(padded(chunk)));
            let later = of().col_expr(outbox::Column::Due, Expr::value(ms(due)));
            later.exec(&self.transaction).await?;
            let dead = of()
                .col_expr(outbox::Column::State, Expr::value(OutboxState::Dead.name()))
                .col_expr(outbox::Column::Error, Expr::value(error))
                .filter(outbox::Column::Created.lt(ms(oldest)));
            dead.exec(&self.transaction).await?;
        }
        Ok(())
    }

    /// There is no mail server: what waits is kept to be read here.
    pub async fn keep_mails(&mut self) -> Result<u64, Error> {
        let kept = outbox::Entity::update_many()
            .col_expr(outbox::Column::State, Expr::value(OutboxState::Kept.name()))
            .filter(Expr::cust(WAITING_MAIL));
        Ok(kept.exec(&self.transaction).await?.rows_affected)
    }

    /// A mail, without a lock: to learn what to lock before it is changed.
    pub async fn mail(&mut self, id: i64) -> Result<Option<OutboxEntry>, Error> {
        let row = outbox::Entity::find_by_id(id).one(&self.transaction).await?;
        row.map(OutboxEntry::of).transpose()
    }

    /// Whether this is the newest mail of its kind to its person.
    pub async fn is_newest_mail(&mut self, id: i64, person: Uuid, kind: &str) -> Result<bool, Error> {
        let newer = outbox::Entity::find()
            .filter(outbox::Column::Person.eq(person))
            .filter(outbox::Column::Id.gt(id))
            .filter(outbox::Column::Kind.eq(kind));
        Ok(newer.one(&self.transaction).await?.is_none())
    }

    /// A mail that is not delivered waits again, and is tried as often as if it were new. `false` when it was delivered.
    pub async fn mail_anew(&mut self, id: i64, due: Timestamp) -> Result<bool, Error> {
        let anew = outbox::Entity::update_many()
            .col_expr(outbox::Column::State, Expr::value(OutboxState::Waiting.name()))
            .col_expr(outbox::Column::Due, Expr::value(ms(due)))
            .col_expr(outbox::Column::Leased, Expr::value(0_i64))
            .col_expr(outbox::Column::Forgiven, Expr::col(outbox::Column::Attempts))
            .filter(outbox::Column::Id.eq(id))
            .filter(outbox::Column::State.ne(OutboxState::Delivered.name()));
        Ok(anew.exec(&self.transaction).await?.rows_affected > 0)
    }

    /// A mail that is not delivered is given up. `false` when it was delivered.
    pub async fn mail_given_up(&mut self, id: i64, error: &str) -> Result<bool, Error> {
        let given_up = given_up(id, error).filter(outbox::Column::State.ne(OutboxState::Delivered.name()));
        Ok(given_up.exec(&self.transaction).await?.rows_affected > 0)
    }

    /// A mail that had been delivered came back.
    pub async fn mail_came_back(&mut self, id: i64, error: &str) -> Result<(), Error> {
        given_up(id, error).exec(&self.transaction).await?;
        Ok(())
    }

    /// Forgets mails and notices that were delivered before then, and those made before then that were given up or kept;
    /// at most so many of each. Returns how many.
    pub async fn drop_old_mails(&mut self, before: Timestamp, most: u64) -> Result<u64, Error> {
        let over = |state: &'static str, since: outbox::Column| {
            let over = outbox::Entity::find().select_only().column(outbox::Column::Id).filter(Expr::cust(state));
            over.filter(since.lt(ms(before))).order_by_asc(since).limit(most).into_tuple::<i64>()
        };
        let mut old = over(DELIVERED, outbox::Column::Delivered).all(&self.transaction).await?;
        old.extend(over(OVER, outbox::Column::Created).all(&self.transaction).await?);
        let dropped = outbox::Entity::delete_many().filter(outbox::Column::Id.is_in(old));
        Ok(dropped.exec(&self.transaction).await?.rows_affected)
    }

    /// Counts mails that an account's administrators cause on a day. Returns how many it were on that day, these
    /// included.
    pub async fn count_account_mails(&mut self, account: AccountId, day: i64, mails: i64) -> Result<i64, Error> {
        let counted = locked(account_mails::Entity::find_by_id(account.0), Lock::Exclusive);
        let before = counted.one(&self.transaction).await?;
        let so_far = before.as_ref().filter(|row| row.day == day).map_or(0, |row| row.sent);
        let sent = so_far.saturating_add(mails);
        let row = account_mails::Model { account_id: account.0, day, sent }.into_active_model();
        match before {
            None => insert::<account_mails::Entity, _>(&self.transaction, vec![row]).await?,
            Some(_) => upsert::<account_mails::Entity, _>(&self.transaction, vec![row]).await?,
        }
        Ok(sent)
    }
}

fn given_up(id: i64, error: &str) -> UpdateMany<outbox::Entity> {
    outbox::Entity::update_many()
        .col_expr(outbox::Column::State, Expr::value(OutboxState::Dead.name()))
        .col_expr(outbox::Column::Delivered, Expr::value(Option::<i64>::None))
        .col_expr(outbox::Column::Leased, Expr::value(0_i64))
        .col_expr(outbox::Column::Error, Expr::value(error))
        .filter(outbox::Column::Id.eq(id))
}
