//! Passwords: argon2id, a bound on the hashes in flight, and which passwords are taken.
//!
//! A hash costs tens of milliseconds and 19 MiB on purpose, so it is made before a transaction begins, never inside
//! one, and only as many at once as there are cores to spare.

mod hashers;
mod policy;

use std::sync::Arc;

use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};
use tokio::sync::Semaphore;

use hashers::Hashers;

pub use policy::{MAX_BYTES, MIN_CHARACTERS, check};

/// What a hash costs. The default is the OWASP Password Storage Cheat Sheet's: 19 MiB, 2 passes, 1 lane.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cost {
    /// Memory in KiB.
    pub memory_kib: u32,
    /// Passes over the memory.
    pub passes: u32,
    /// Lanes.
    pub lanes: u32,
}

impl Default for Cost {
    fn default() -> Self {
        Self { memory_kib: 19 * 1024, passes: 2, lanes: 1 }
    }
}

/// So many wait for each slot at most: with the default cost a second or two.
const WAITING_EACH: usize = 64;

/// A failure that is ours, not the person's.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The configured cost is out of argon2's bounds.
    #[error("the cost of a password hash is out of bounds: {0}")]
    Cost(argon2::Error),
    /// A stored hash cannot be read.
    #[error("a stored password hash cannot be read")]
    Stored,
    /// So many wait already that this one would wait too long.
    #[error("too many passwords are being checked at once")]
    Busy,
    /// The hash could not be computed.
    #[error("a password hash could not be computed")]
    Failed,
}

/// Hashes and verifies, on threads of its own and within its slots. Clones share them.
#[derive(Clone, Debug)]
pub struct Passwords {
    argon2: Argon2<'static>,
    slots: Arc<Semaphore>,
    /// How many more may wait for a slot: a storm takes no memory.
    queue: Arc<Semaphore>,
    hashers: Arc<Hashers>,
    most: usize,
    /// What a password is compared with when there is none to compare with: the same work, never equal.
    nobody: Arc<str>,
}

impl Passwords {
    /// With a slot per core but one, at least one. `waiting`: so many wait for the slots at most.
    pub fn new(cost: Cost, waiting: usize) -> Result<Self, Error> {
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZeroUsize::get);
        let params = Params::new(cost.memory_kib, cost.passes, cost.lanes, None).map_err(Error::Cost)?;
        let Cost { memory_kib, passes, lanes } = cost;
        let output = "A".repeat(43); // 32 bytes
        let nobody = format!("$argon2id$v=19$m={memory_kib},t={passes},p={lanes}$AAAAAAAAAAAAAAAAAAAAAA${output}");
        let most = cores.saturating_sub(1).max(1);
        Ok(Self {
            argon2: Argon2::new(Algorithm::Argon2id, Version::V0x13, params),
            slots: Arc::new(Semaphore::new(most)),
            queue: Arc::new(Semaphore::new((most * WAITING_EACH).min(waiting).max(1))),
            hashers: Arc::new(Hashers::new(most)),
            most,
            nobody: nobody.into(),
        })
    }

    /// Hashes that may begin now, and how many may be made at once.
    pub fn slots(&self) -> (usize, usize) {
        (self.slots.available_permits(), self.most)
    }

    /// The PHC string of a password that [`check`] took, with a fresh random salt.
    pub async fn hash(&self, password: String, salt: [u8; 16]) -> Result<String, Error> {
        let argon2 = self.argon2.clone();
        self.in_slot(move || {
            let hash = argon2.hash_password_with_salt(password.as_bytes(), &salt).map_err(|_| Error::Failed)?;
            Ok(hash.to_string())
        })
        .await
    }

    /// Whether a password is the one behind a stored PHC string. Without one it takes as long and says no, so that
    /// the time tells nothing of who is known. A password that could never have been taken is not hashed.
    pub async fn verify(&self, password: String, stored: Option<String>) -> Result<bool, Error> {
        if password.len() > MAX_BYTES {
            return Ok(false);
        }
        let argon2 = self.argon2.clone();
        let known = stored.is_some();
        let stored = stored.unwrap_or_else(|| self.nobody.to_string());
        self.in_slot(move || {
            let stored = PasswordHash::new(&stored).map_err(|_| Error::Stored)?;
            // The cost is read from the stored hash; the comparison is constant in time.
            Ok(argon2.verify_password(password.as_bytes(), &stored).is_ok() && known)
        })
        .await
    }

    /// The slot travels with the work: who gives up waiting does not make room for one more.
    async fn in_slot<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let place = Arc::clone(&self.queue).try_acquire_owned().map_err(|_| Error::Busy)?;
        let slot = Arc::clone(&self.slots).acquire_owned().await.map_err(|_| Error::Failed)?;
        drop(place);
        let done = self.hashers.run(move || {
            let _slot = slot;
            work()
        });
        done.await.map_err(|_| Error::Failed)?
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cheap() -> Passwords {
        Passwords::new(Cost { memory_kib: 64, passes: 1, lanes: 1 }, usize::MAX).unwrap()
    }

    #[tokio::test]
    async fn a_hash_verifies_its_password_only() {
        let passwords = cheap();
        let stored = passwords.hash("a long enough phrase".into(), [7; 16]).await.unwrap();
        assert!(stored.starts_with("$argon2id$v=19$m=64,t=1,p=1$"), "{stored}");
        assert!(passwords.verify("a long enough phrase".into(), Some(stored.clone())).await.unwrap());
        assert!(!passwords.verify("A long enough phrase".into(), Some(stored.clone())).await.unwrap());
        assert!(!passwords.verify("a long enough phrase".into(), None).await.unwrap());
        // A hash made at another cost still verifies.
        let dearer = Passwords::new(Cost { memory_kib: 128, ..Cost::default() }, usize::MAX).unwrap();
        assert!(dearer.verify("a long enough phrase".into(), Some(stored)).await.unwrap());
    }

    #[tokio::test]
    async fn nobody_is_a_hash_that_can_be_read() {
        let passwords = Passwords::new(Cost::default(), usize::MAX).unwrap();
        let nobody = PasswordHash::new(&passwords.nobody).expect("a PHC string");
        assert_eq!(nobody.params.get_decimal("m"), Some(19 * 1024));
        assert_eq!(nobody.hash.map(|hash| hash.len()), Some(32));
        let garbage = passwords.verify("x".into(), Some("plain".into())).await;
        assert!(matches!(garbage, Err(Error::Stored)));
    }

    #[tokio::test]
    async fn no_more_hashes_run_than_there_are_slots() {
        let passwords = cheap();
        let slots = u32::try_from(passwords.slots.available_permits()).unwrap();
        let all = passwords.slots.acquire_many(slots).await.unwrap();
        let mut waiting = Box::pin(passwords.hash("a long enough phrase".into(), [7; 16]));
        assert!(futures::poll!(&mut waiting).is_pending());
        assert_eq!(passwords.slots.available_permits(), 0);
        drop(all);
        waiting.await.unwrap();
    }

    #[test]
    fn a_cost_out_of_bounds_is_named() {
        let refused = Passwords::new(Cost { memory_kib: 1, passes: 1, lanes: 1 }, usize::MAX);
        assert!(matches!(refused, Err(Error::Cost(_))));
    }

    #[tokio::test]
    async fn a_storm_waits_in_a_bounded_queue() {
        let passwords = cheap();
        let (_, most) = passwords.slots();
        let all = passwords.slots.acquire_many(u32::try_from(most).unwrap()).await.unwrap();
        let mut storm: Vec<_> =
            (0..most * WAITING_EACH + 10).map(|n| Box::pin(passwords.verify(format!("wrong {n}"), None))).collect();
        let mut refused = 0;
        let mut waiting = Vec::new();
        for mut one in storm.drain(..) {
            match futures::poll!(&mut one) {
                std::task::Poll::Ready(answer) => {
                    assert!(matches!(answer, Err(Error::Busy)), "{answer:?}");
                    refused += 1;
                }
                std::task::Poll::Pending => waiting.push(one),
            }
        }
        assert_eq!((refused, waiting.len()), (10, most * WAITING_EACH));
        drop(all);
        for answer in futures::future::join_all(waiting).await {
            assert!(!answer.unwrap(), "who waits has an answer");
        }
        assert_eq!(passwords.queue.available_permits(), most * WAITING_EACH);
        assert!(!passwords.verify("wrong".into(), None).await.unwrap(), "and so has who comes later");
        let few = Passwords::new(Cost { memory_kib: 64, passes: 1, lanes: 1 }, 3).unwrap();
        assert_eq!(few.queue.available_permits(), 3, "whatever the number of cores");
    }
}
