//! The outbox, from the side that looks after it. Nothing personal is in here.

use access::{AccountId, ApplicationId};
use jiff::Timestamp;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::Read;
use crate::Error;
use crate::convert::time;
use crate::entity::outbox;

/// Where something that leaves Carillon stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum OutboxState {
    /// It is delivered as soon as it can be.
    Waiting,
    /// The receiver has it.
    Delivered,
    /// Given up.
    Dead,
    /// There is no receiver; it is kept to be read here.
    Kept,
}

impl OutboxState {
    /// Every state.
    pub const ALL: [Self; 4] = [Self::Waiting, Self::Delivered, Self::Dead, Self::Kept];

    /// The name, also in the database.
    pub fn name(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Delivered => "delivered",
            Self::Dead => "dead",
            Self::Kept => "kept",
        }
    }

    /// The state of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }
}

/// Which rows of the outbox.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OutboxFilter {
    /// Only those in this state.
    pub state: Option<OutboxState>,
    /// Only those of this receiver: `mail`, or the id of an application.
    pub receiver: Option<String>,
}

/// A row of the outbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutboxEntry {
    /// Its number; grows with each, and so orders what one person is told.
    pub id: i64,
    /// Who gets it: `mail`, or the id of an application.
    pub receiver: String,
    /// Whom it concerns.
    pub person: Uuid,
    /// In which account.
    pub account: Option<AccountId>,
    /// What it is: `invitation`, `registration` and so on.
    pub kind: String,
    /// When it was made.
    pub at: Timestamp,
    /// Where it stands.
    pub state: OutboxState,
    /// How often its delivery was begun.
    pub attempts: i64,
    /// While it waits: when it is tried next.
    pub due: Timestamp,
    /// When it was delivered.
    pub delivered: Option<Timestamp>,
    /// What came of the last try, unless it was delivered.
    pub error: Option<String>,
}

impl OutboxEntry {
    pub(crate) fn of(row: outbox::Model) -> Result<Self, Error> {
        let state = OutboxState::named(&row.state);
        Ok(Self {
            state: state.ok_or_else(|| Error::corrupt("an unknown state in the outbox"))?,
            at: time(row.created)?,
            // A node that has it now may be gone: then it is due when its lease ends.
            due: time(row.due.max(row.leased))?,
            delivered: row.delivered.map(time).transpose()?,
            id: row.id,
            receiver: row.receiver,
            person: row.person,
            account: row.account_id.map(AccountId),
            kind: row.kind,
            attempts: row.attempts,
            error: row.error,
        })
    }
}

impl Read {
    /// What is to be told to an application, or was, the newest first, from the one before `before` (a number); all of
    /// it, or what is in a state. `None` for an application out of reach.
    pub async fn deliveries(
        &self,
        application: ApplicationId,
        state: Option<OutboxState>,
        before: Option<i64>,
        limit: u64,
    ) -> Result<Option<Vec<OutboxEntry>>, Error> {
        let Some(own) = self.application(application).await? else { return Ok(None) };
        let filter = OutboxFilter { receiver: Some(own.id.to_string()), state };
        self.sent(&filter, before, limit).await.map(Some)
    }

    /// Rows of the outbox, the newest first, from the one before `before` (a number).
    pub async fn outbox(
        &self,
        filter: &OutboxFilter,
        before: Option<i64>,
        limit: u64,
    ) -> Result<Vec<OutboxEntry>, Error> {
        self.everywhere("the outbox")?;
        self.sent(filter, before, limit).await
    }

    async fn sent(&self, filter: &OutboxFilter, before: Option<i64>, limit: u64) -> Result<Vec<OutboxEntry>, Error> {
        let mut select = outbox::Entity::find();
        if let Some(receiver) = &filter.receiver {
            select = select.filter(outbox::Column::Receiver.eq(receiver));
        }
        if let Some(state) = filter.state {
            // A literal, so that the engines see that the index over this state serves.
            select = select.filter(Expr::cust(format!("state = '{}'", state.name())));
        }
        if let Some(before) = before {
            select = select.filter(outbox::Column::Id.lt(before));
        }
        let rows = select.order_by_desc(outbox::Column::Id).limit(limit).all(&self.reads).await?;
        rows.into_iter().map(OutboxEntry::of).collect()
    }
}
