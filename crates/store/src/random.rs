//! The one source of randomness. It is handed down, so that tests can repeat a run.

use std::sync::{Arc, Mutex};

use sha2::{Digest, Sha256};

/// A handle on a source of random bytes.
#[derive(Clone)]
pub struct Random(Arc<Fill>);

type Fill = dyn Fn(&mut [u8]) + Send + Sync;

impl Random {
    /// The operating system's randomness. Without it no secret can be made, so its failure ends the process.
    pub fn system() -> Self {
        #[expect(clippy::disallowed_methods, reason = "the one place where randomness enters")]
        #[expect(clippy::expect_used, reason = "a system without randomness must not go on making secrets")]
        Self(Arc::new(|bytes| getrandom::fill(bytes).expect("the operating system gives random bytes")))
    }

    /// A repeatable sequence, for tests: SHA-256 of the seed and a counter.
    pub fn seeded(seed: u64) -> Self {
        let counter = Mutex::new(0_u64);
        Self(Arc::new(move |bytes| {
            let mut counter = counter.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            for chunk in bytes.chunks_mut(32) {
                *counter += 1;
                let block = Sha256::new().chain_update(seed.to_be_bytes()).chain_update(counter.to_be_bytes());
                chunk.copy_from_slice(&block.finalize()[..chunk.len()]);
            }
        }))
    }

    /// That many random bytes.
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        (self.0)(&mut bytes);
        bytes
    }
}

impl std::fmt::Debug for Random {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Random")
    }
}
