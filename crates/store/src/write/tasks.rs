//! Whose turn it is at the tasks that time asks for. A turn is a lease: when its holder is gone it ends by itself.

use jiff::Timestamp;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, Set};
use uuid::Uuid;

use super::{Lock, locked};
use crate::convert::ms;
use crate::entity::tasks;
use crate::{Error, Store, Write};

impl Store {
    /// Whether a task is this holder's now.
    pub async fn holds_task(&self, name: &str, holder: Uuid, now: Timestamp) -> Result<bool, Error> {
        let task = tasks::Entity::find_by_id(name.to_owned()).one(&self.0.reads).await?;
        Ok(is_held(task, holder, now))
    }

    /// Whether a task waits for somebody to do it: it is due, and nobody holds it. Costs less than trying to take it.
    pub async fn task_waits(&self, name: &str, now: Timestamp) -> Result<bool, Error> {
        let task = tasks::Entity::find_by_id(name.to_owned()).one(&self.0.reads).await?;
        Ok(task.is_none_or(|task| task.due <= ms(now) && task.until <= ms(now)))
    }
}

impl Write {
    /// Takes a task that waits, or keeps the one that this holder has, until then. `false` when it is somebody else's.
    pub async fn take_task(
        &mut self,
        name: &str,
        holder: Uuid,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<bool, Error> {
        let new = tasks::ActiveModel { name: Set(name.to_owned()), due: Set(0), holder: Set(None), until: Set(0) };
        tasks::Entity::insert(new).on_conflict_do_nothing().exec_without_returning(&self.transaction).await?;
        let waits = Condition::all().add(tasks::Column::Due.lte(ms(now))).add(tasks::Column::Until.lte(ms(now)));
        let taken = tasks::Entity::update_many()
            .col_expr(tasks::Column::Holder, Expr::value(holder))
            .col_expr(tasks::Column::Until, Expr::value(ms(until)))
            .filter(tasks::Column::Name.eq(name))
            .filter(Condition::any().add(tasks::Column::Holder.eq(holder)).add(waits));
        Ok(taken.exec(&self.transaction).await?.rows_affected > 0)
    }

    /// Whether a task is this holder's now. It stays so until the transaction ends: taking it waits for that.
    pub async fn holds_task(&mut self, name: &str, holder: Uuid, now: Timestamp) -> Result<bool, Error> {
        let task = locked(tasks::Entity::find_by_id(name.to_owned()), Lock::Share).one(&self.transaction).await?;
        Ok(is_held(task, holder, now))
    }

    /// Gives a task back; it is due again at `due`. Nothing happens when somebody else has taken it meanwhile.
    pub async fn end_task(&mut self, name: &str, holder: Uuid, due: Timestamp) -> Result<(), Error> {
        tasks::Entity::update_many()
            .col_expr(tasks::Column::Holder, Expr::value(Option::<Uuid>::None))
            .col_expr(tasks::Column::Until, Expr::value(0_i64))
            .col_expr(tasks::Column::Due, Expr::value(ms(due)))
            .filter(tasks::Column::Name.eq(name))
            .filter(tasks::Column::Holder.eq(holder))
            .exec(&self.transaction)
            .await?;
        Ok(())
    }
}

fn is_held(task: Option<tasks::Model>, holder: Uuid, now: Timestamp) -> bool {
    task.is_some_and(|task| task.holder == Some(holder) && task.until > ms(now))
}
