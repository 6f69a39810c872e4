//! How the service and what is below it are doing, for those who run it. Nothing personal.

use crate::{Error, Service};

/// A look at the service.
#[derive(Debug)]
pub struct Measures {
    /// The store; an error when the database does not answer.
    pub store: Result<store::Measures, Error>,
    /// Password hashes that may be made at once.
    pub hash_slots: usize,
    /// Those of them that are free.
    pub hash_slots_free: usize,
}

impl Service {
    /// Looks at the service now.
    pub async fn measures(&self) -> Measures {
        let store = self.store().measures(self.clock().now()).await.map_err(Error::from);
        let (hash_slots_free, hash_slots) = self.passwords().slots();
        Measures { store, hash_slots, hash_slots_free }
    }
}
