//! Links to register with that nobody used are dropped once they have expired: until then they hold an address.

use futures::FutureExt;

use crate::{Context, Error, Progress, Service};

/// Links of one piece.
const MOST: u64 = 500;

impl Service {
    /// Drops a piece of them.
    pub async fn drop_expired_links(&self, cx: &Context) -> Result<Progress, Error> {
        let at = cx.at;
        self.unrecorded(move |w| {
            async move { Ok(Progress::after(w.drop_expired_registrations(at, MOST).await?, MOST)) }.boxed()
        })
        .await
    }
}
