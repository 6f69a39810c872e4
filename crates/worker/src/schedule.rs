//! The schedule. Each task has a row with the time it is due and a lease; a node that finds it due takes the lease, does
//! the task piece by piece, and puts the time on. A node that dies loses its lease by time, and another begins again:
//! so a piece must be harmless when it is repeated.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt;
use futures::future::BoxFuture;
use jiff::SignedDuration;
use service::{Context, Error, Progress, Service};
use tokio::sync::watch;
use tokio::time::{sleep, timeout};
use uuid::Uuid;

/// How often a node looks whether a task is due.
const LOOK: Duration = Duration::from_secs(15);
/// How long a node has a task without a sign of life, and so the most that one piece may take.
const LEASE: SignedDuration = SignedDuration::from_mins(5);
/// When a failed task is tried again, unless it is due before.
const AGAIN: SignedDuration = SignedDuration::from_mins(1);

type Piece = dyn Fn(Service, Context) -> BoxFuture<'static, Result<Progress, Error>> + Send + Sync;

/// Something to be done again and again.
pub struct Task {
    name: &'static str,
    every: SignedDuration,
    piece: Box<Piece>,
}

impl Task {
    /// `name`: a stable word, the row's key and the log's. `every`: from one end to the next beginning. `piece` does a
    /// small part, within one transaction or a few; it is called again while it answers [`Progress::More`].
    pub fn new<P, F>(name: &'static str, every: SignedDuration, piece: P) -> Self
    where
        P: Fn(Service, Context) -> F + Send + Sync + 'static,
        F: Future<Output = Result<Progress, Error>> + Send + 'static,
    {
        Self { name, every, piece: Box::new(move |service, cx| piece(service, cx).boxed()) }
    }
}

/// Does a task whenever it is due, until told to stop.
pub(crate) async fn keep(service: Service, task: Arc<Task>, node: Uuid, mut stop: watch::Receiver<bool>) {
    while !*stop.borrow() {
        if let Err(error) = turn(&service, &task, node, &stop).await {
            tracing::warn!(task = task.name, %error, "a scheduled task could not be looked after; it is tried again");
        }
        tokio::select! { () = sleep(LOOK) => {}, _ = stop.changed() => {} }
    }
}

/// Does a task once, if it is due and no other node has it. Returns whether it was done.
pub async fn turn(service: &Service, task: &Task, node: Uuid, stop: &watch::Receiver<bool>) -> Result<bool, Error> {
    if !service.task_waits(task.name).await? {
        return Ok(false);
    }
    let mut done = false;
    while service.take_turn(task.name, node, LEASE).await? {
        let piece = AssertUnwindSafe((task.piece)(service.clone(), service.system())).catch_unwind();
        let due = match timeout(LEASE.unsigned_abs(), piece).await {
            Ok(Ok(Ok(Progress::More))) if !*stop.borrow() => continue,
            // Whoever comes next goes on at once.
            Ok(Ok(Ok(Progress::More))) => SignedDuration::ZERO,
            Ok(Ok(Ok(Progress::Done))) => {
                done = true;
                task.every
            }
            failed => {
                let error = match failed {
                    Ok(Ok(Err(error))) => error.to_string(),
                    Ok(_) => "it panicked".to_owned(),
                    Err(_) => "it took too long".to_owned(),
                };
                tracing::warn!(task = task.name, %error, "a scheduled task failed; it is tried again");
                AGAIN.min(task.every)
            }
        };
        service.end_turn(task.name, node, due).await?;
        break;
    }
    Ok(done)
}
