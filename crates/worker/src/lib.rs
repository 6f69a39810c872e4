//! What Carillon does by itself, beside answering.
//!
//! | module | holds |
//! | --- | --- |
//! | [`schedule`] | tasks that time asks for: each a verb of `service`, done by one node at a time |
//! | [`tasks`] | which tasks there are, and how often each is due |
//! | [`delivery`] | taking mails from the outbox, having them sent, reporting what came of it |
//! | `directories` | following the directories of accounts |
//! | [`logout`] | telling applications that sessions ended |
//! | [`smtp`] | handing a mail to a mail server |
//! | [`message`] | a mail in the form in which it travels |

mod back_off;
pub mod delivery;
mod directories;
pub mod logout;
pub mod message;
pub mod schedule;
pub mod smtp;
pub mod tasks;

use std::sync::Arc;
use std::time::Duration;

use service::Service;
use tokio::sync::watch;
use tokio::task::JoinSet;

pub use delivery::Mailer;
pub use logout::Logout;
pub use schedule::Task;
pub use smtp::Smtp;

/// The running background work.
pub struct Worker {
    stop: watch::Sender<bool>,
    running: JoinSet<()>,
}

impl Worker {
    /// Starts it. Without a mail server mails are kept to be read here.
    pub fn start(service: &Service, mailer: Option<Arc<dyn Mailer>>, logout: Logout, tasks: Vec<Task>) -> Self {
        let (stop, stopping) = watch::channel(false);
        let node = service.system().request;
        let mut running = JoinSet::new();
        for task in tasks {
            running.spawn(schedule::keep(service.clone(), Arc::new(task), node, stopping.clone()));
        }
        running.spawn(directories::keep(service.clone(), node, stopping.clone()));
        running.spawn(logout::keep(logout, stopping.clone()));
        match mailer {
            Some(mailer) => {
                for _ in 0..mailer.lanes() {
                    running.spawn(delivery::keep(service.clone(), Arc::clone(&mailer), stopping.clone()));
                }
            }
            None => {
                running.spawn(delivery::keep_here(service.clone(), stopping));
            }
        }
        Self { stop, running }
    }

    /// Begins nothing more, and waits so long for what runs. What is cut off then is done again later: a task is made
    /// of pieces that may be repeated.
    pub async fn stop(mut self, patience: Duration) {
        self.stop.send_replace(true);
        let ended = tokio::time::timeout(patience, async { while self.running.join_next().await.is_some() {} });
        if ended.await.is_err() {
            tracing::warn!("background work did not end in time and was cut off");
            self.running.shutdown().await;
        }
    }
}
