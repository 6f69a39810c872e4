//! The threads that hash.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, mpsc};
use std::thread;

use tokio::sync::oneshot;

type Work = Box<dyn FnOnce() + Send>;

/// As many threads as there are slots, from the first hash on, until nobody can ask for another. They are few and always
/// the same because each thread keeps the memory that it ever hashed in: on the runtime's blocking threads, who are
/// many and take turns, a storm of sign-ins took a dozen times the memory of one hash.
#[derive(Debug)]
pub(super) struct Hashers {
    most: usize,
    work: OnceLock<mpsc::Sender<Work>>,
}

impl Hashers {
    pub fn new(most: usize) -> Self {
        Self { most, work: OnceLock::new() }
    }

    /// Has one of them do this. An error, once it is waited for, if it panicked, or if there is no thread.
    pub fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> oneshot::Receiver<T> {
        let (tell, told) = oneshot::channel();
        let work = Box::new(move || drop(tell.send(work())));
        // Without a thread the work is dropped, which is what the one who waits for it hears.
        drop(self.work.get_or_init(|| start(self.most)).send(work));
        told
    }
}

fn start(most: usize) -> mpsc::Sender<Work> {
    let (sender, receiver) = mpsc::channel::<Work>();
    let receiver = Arc::new(Mutex::new(receiver));
    for _ in 0..most {
        let receiver = Arc::clone(&receiver);
        let started = thread::Builder::new().name("hashes".to_owned()).spawn(move || {
            let next = || receiver.lock().unwrap_or_else(PoisonError::into_inner).recv();
            while let Ok(work) = next() {
                drop(catch_unwind(AssertUnwindSafe(work)));
            }
        });
        if let Err(error) = started {
            tracing::error!(%error, "a thread for password hashes does not start");
        }
    }
    sender
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[tokio::test]
    async fn always_the_same_threads_hash() {
        let hashers = Hashers::new(2);
        let all = (0..200).map(|_| hashers.run(|| thread::current().id()));
        let threads: HashSet<_> = futures::future::join_all(all).await.into_iter().map(Result::unwrap).collect();
        assert!(threads.len() <= 2, "{threads:?}");
    }

    #[tokio::test]
    async fn a_panic_ends_its_own_hash_only() {
        let hashers = Hashers::new(1);
        assert!(hashers.run(|| panic!("a fault")).await.is_err());
        assert_eq!(hashers.run(|| 7).await, Ok(7));
        assert!(Hashers::new(0).run(|| 7).await.is_err(), "without a thread there is no answer, but an end");
    }
}
