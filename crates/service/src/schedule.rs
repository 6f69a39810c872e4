//! Turns at the work that time asks for: with several nodes one of them does it. The schedule itself is in `worker`.

use access::authority::Caller;
use futures::FutureExt;
use futures::future::BoxFuture;
use jiff::SignedDuration;
use store::{Committed, Write};
use uuid::Uuid;

use crate::{Context, Door, Error, Service, fresh};

/// How far a task is after one piece of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// There is more to do now.
    More,
    /// Nothing is left until it is due again.
    Done,
}

impl Progress {
    /// After a piece that found `found` things where it takes at most `most`.
    pub fn after(found: u64, most: u64) -> Self {
        if found < most { Self::Done } else { Self::More }
    }
}

impl Service {
    /// A request of Carillon itself that begins now.
    pub fn system(&self) -> Context {
        let request = fresh::id(self.random(), self.clock().now());
        self.context(Caller::System, Door::System, request, None)
    }

    /// Takes the turn at a task that is due, or keeps the one this holder has, for so long. `false` when the task is
    /// not due or another node has it.
    pub async fn take_turn(&self, task: &str, holder: Uuid, length: SignedDuration) -> Result<bool, Error> {
        let (task, now) = (task.to_owned(), self.clock().now());
        let until = now.saturating_add(length).unwrap_or(now);
        self.unrecorded(move |w| async move { Ok(w.take_task(&task, holder, now, until).await?) }.boxed()).await
    }

    /// Whether a task is due and no node has it.
    pub async fn task_waits(&self, task: &str) -> Result<bool, Error> {
        Ok(self.store().task_waits(task, self.clock().now()).await?)
    }

    /// Whether this holder has the turn at a task now.
    pub async fn has_turn(&self, task: &str, holder: Uuid) -> Result<bool, Error> {
        Ok(self.store().holds_task(task, holder, self.clock().now()).await?)
    }

    /// Gives a turn back; the task is due again after so long.
    pub async fn end_turn(&self, task: &str, holder: Uuid, due_in: SignedDuration) -> Result<(), Error> {
        let (task, now) = (task.to_owned(), self.clock().now());
        let due = now.saturating_add(due_in).unwrap_or(now);
        self.unrecorded(move |w| async move { Ok(w.end_task(&task, holder, due).await?) }.boxed()).await
    }

    /// Changes what is no fact about anybody, only Carillon's own housekeeping, in one transaction. The trail keeps
    /// nothing of it, and nobody is told.
    pub async fn unrecorded<T, J>(&self, job: J) -> Result<T, Error>
    where
        T: Send + 'static,
        J: for<'a> FnOnce(&'a mut Write) -> BoxFuture<'a, Result<T, Error>> + Send + 'static,
    {
        self.store().write(|w| commit(w, job).boxed()).await
    }
}

async fn commit<T, J>(w: &mut Write, job: J) -> Result<Committed<T>, Error>
where
    J: for<'a> FnOnce(&'a mut Write) -> BoxFuture<'a, Result<T, Error>>,
{
    let value = job(w).await?;
    Ok(w.commit(value, vec![], vec![]).await?)
}
