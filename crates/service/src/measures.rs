//! How the service and what is below it are doing, for those who run it. Nothing personal.

use access::authority::{Action, Over, permit};

use crate::{Context, Error, Service};

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
    /// [`Service::measures`], for an administrator.
    ///
    /// **Permission**: [`Action::ViewDeployment`].
    pub async fn view_measures(&self, cx: &Context) -> Result<Measures, Error> {
        permit(&cx.caller, Action::ViewDeployment, Over::Deployment)?;
        Ok(self.measures().await)
    }

    /// Looks at the service now.
    pub async fn measures(&self) -> Measures {
        let store = self.store().measures(self.clock().now()).await.map_err(Error::from);
        let (hash_slots_free, hash_slots) = self.passwords().slots();
        Measures { store, hash_slots, hash_slots_free }
    }
}
