//! The audit trail, and the mails that are kept locally. What was sealed for an erased person stays closed.

use std::collections::{BTreeMap, BTreeSet};

use access::{AccountId, authority::Over};
use jiff::{SignedDuration, Timestamp};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, DatabaseBackend, EntityTrait, Order, QueryFilter, QueryOrder, QuerySelect, Select};
use serde_json::Value;
use uuid::Uuid;

use super::{Read, Scope};
use crate::Error;
use crate::convert::{ms, time};
use crate::entity::{audit, outbox};
use crate::record::{actor_place, notice_place, opened, record_place, sealed_for, stored_keys};
use crate::seal::PersonKey;

/// Which records.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuditFilter {
    /// Only about this subject.
    pub subject: Option<Uuid>,
    /// Only by this actor.
    pub actor: Option<Uuid>,
    /// Only this action, such as `user.suspend`.
    pub action: Option<String>,
    /// Only what was refused.
    pub refused: bool,
    /// Only what happened then or later.
    pub since: Option<Timestamp>,
    /// Only what happened before.
    pub until: Option<Timestamp>,
    /// The newest first, otherwise the oldest.
    pub newest_first: bool,
}

/// A record as it is read (rule 24).
#[derive(Clone, Debug, PartialEq)]
pub struct AuditEntry {
    /// Grows with each record.
    pub seq: i64,
    /// When.
    pub at: Timestamp,
    /// Through which door.
    pub door: String,
    /// The request it belongs to.
    pub request: Uuid,
    /// What sort of caller.
    pub actor_kind: String,
    /// The person or the application.
    pub actor: Option<Uuid>,
    /// What is personal about the actor; `None` also when they were erased.
    pub actor_personal: Option<Value>,
    /// What was done or tried.
    pub action: String,
    /// In which account.
    pub account: Option<AccountId>,
    /// The thing changed.
    pub subject: Option<Uuid>,
    /// The refusal's code; `None` when it was done.
    pub refusal: Option<String>,
    /// The facts before.
    pub before: Option<Value>,
    /// A merge patch to the facts after.
    pub after: Option<Value>,
    /// The cause, when it is not the request itself.
    pub why: Option<String>,
    /// What is personal about the subject and the change; `None` also when they were erased.
    pub personal: Option<Value>,
}

/// A mail that was kept.
#[derive(Clone, Debug, PartialEq)]
pub struct Mail {
    /// Grows with each mail.
    pub id: i64,
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

impl Read {
    /// Records in the order asked for, from the one after `after` (a `seq`) in that order: of the account, of the
    /// deployment, or about oneself.
    pub async fn audit(&self, filter: &AuditFilter, after: Option<i64>, limit: u64) -> Result<Vec<AuditEntry>, Error> {
        let select = match self.scope {
            Scope::Oneself(user) => audit::Entity::find().filter(audit::Column::Subject.eq(user.0)),
            _ => match self.over("the audit trail")? {
                Over::Account(account) => within(self.reads.get_database_backend(), account, filter),
                Over::Deployment => audit::Entity::find(),
            },
        };
        let (mut first, mut last) = (None, None);
        if let Some(since) = filter.since {
            first = newest_before(since.saturating_sub(ASTRAY).unwrap_or(Timestamp::MIN)).one(&self.reads).await?;
        }
        if let Some(until) = filter.until {
            last = oldest_since(until.saturating_add(ASTRAY).unwrap_or(Timestamp::MAX)).one(&self.reads).await?;
        }
        let bounds = (first.map(|row| row.seq), last.map(|row| row.seq));
        let rows = filtered(select, filter, bounds, after).limit(limit).all(&self.reads).await?;
        let mut persons: BTreeSet<Uuid> = rows.iter().filter_map(|row| row.actor).collect();
        persons.extend(rows.iter().map(sealed_for));
        let keys = stored_keys(&self.reads, &self.sealer, &persons).await?;
        rows.into_iter().map(|row| entry(row, &keys)).collect()
    }

    /// The mails that were kept, the newest first, from the one before `before` (an id).
    pub async fn mails(&self, before: Option<i64>, limit: u64) -> Result<Vec<Mail>, Error> {
        self.everywhere("mails")?;
        let mut select = outbox::Entity::find().filter(outbox::Column::Receiver.eq("mail"));
        if let Some(before) = before {
            select = select.filter(outbox::Column::Id.lt(before));
        }
        let rows = select.order_by_desc(outbox::Column::Id).limit(limit).all(&self.reads).await?;
        let persons = rows.iter().map(|row| row.person).collect();
        let keys = stored_keys(&self.reads, &self.sealer, &persons).await?;
        let mails = rows.into_iter().map(|row| {
            Ok(Mail {
                payload: opened(&keys, row.person, notice_place(&row.person), Some(&row.payload))?,
                id: row.id,
                person: row.person,
                account: row.account_id.map(AccountId),
                kind: row.kind,
                at: time(row.created)?,
            })
        });
        mails.collect()
    }
}

/// A record's time is when its request began, its number when it was committed: in the order of numbers no time is
/// further off its place than this, if nobody set the clock back by as much.
const ASTRAY: SignedDuration = SignedDuration::from_hours(24);

/// The last record of an earlier time: whatever is later has a higher number, but for [`ASTRAY`].
pub(crate) fn newest_before(time: Timestamp) -> Select<audit::Entity> {
    let earlier = audit::Entity::find().filter(audit::Column::At.lt(ms(time)));
    earlier.order_by_desc(audit::Column::At).order_by_desc(audit::Column::Seq).limit(1)
}

/// The first record of this time or later.
pub(crate) fn oldest_since(time: Timestamp) -> Select<audit::Entity> {
    let later = audit::Entity::find().filter(audit::Column::At.gte(ms(time)));
    later.order_by_asc(audit::Column::At).order_by_asc(audit::Column::Seq).limit(1)
}

/// The records of an account. SQLite keeps no statistics: where it could as well take somebody's own records, which are
/// few, the plus takes the account's index away from it.
pub(crate) fn within(engine: DatabaseBackend, account: AccountId, filter: &AuditFilter) -> Select<audit::Entity> {
    let compared = if engine == DatabaseBackend::Sqlite && filter.subject.or(filter.actor).is_some() {
        Expr::cust("+account_id").eq(account.0)
    } else {
        Expr::col(audit::Column::AccountId).eq(account.0)
    };
    audit::Entity::find().filter(compared)
}

/// The records that a filter lets through, between two numbers, from the one after `after`, in the order asked for.
pub(crate) fn filtered(
    mut select: Select<audit::Entity>,
    filter: &AuditFilter,
    (first, last): (Option<i64>, Option<i64>),
    after: Option<i64>,
) -> Select<audit::Entity> {
    use audit::Column::{Action, Actor, Outcome, Seq, Subject};
    // Not the column itself: a plan by its index would sort all records of the time, and the numbers bound them already.
    let at = || Expr::cust("at + 0");
    let conditions = [
        filter.subject.map(|subject| Subject.eq(subject)),
        filter.actor.map(|actor| Actor.eq(actor)),
        filter.action.as_ref().map(|action| Action.eq(action)),
        filter.refused.then(|| Outcome.is_not_null()),
        filter.since.map(|since| at().gte(ms(since))),
        filter.until.map(|until| at().lt(ms(until))),
        first.map(|first| Seq.gt(first)),
        last.map(|last| Seq.lt(last)),
        after.map(|after| if filter.newest_first { Seq.lt(after) } else { Seq.gt(after) }),
    ];
    for condition in conditions.into_iter().flatten() {
        select = select.filter(condition);
    }
    select.order_by(Seq, if filter.newest_first { Order::Desc } else { Order::Asc })
}

fn entry(row: audit::Model, keys: &BTreeMap<Uuid, PersonKey>) -> Result<AuditEntry, Error> {
    let personal = opened(keys, sealed_for(&row), record_place(&row.request), row.subject_sealed.as_deref())?;
    let actor_personal = match row.actor {
        Some(actor) => opened(keys, actor, actor_place(&row.request), row.actor_sealed.as_deref())?,
        None => None,
    };
    let json = |text: Option<String>| text.map(|text| serde_json::from_str(&text)).transpose();
    Ok(AuditEntry {
        seq: row.seq,
        at: time(row.at)?,
        door: row.door,
        request: row.request,
        actor_kind: row.actor_kind,
        actor: row.actor,
        actor_personal,
        action: row.action,
        account: row.account_id.map(AccountId),
        subject: row.subject,
        refusal: row.outcome,
        before: json(row.before).map_err(Error::corrupt)?,
        after: json(row.after).map_err(Error::corrupt)?,
        why: row.why,
        personal,
    })
}
