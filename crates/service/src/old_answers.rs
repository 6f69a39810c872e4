//! Answers that were kept in case a request is repeated are dropped after a day.

use futures::FutureExt;

use crate::terms::since;
use crate::{Context, Error, Progress, Service};

/// Answers of one piece.
const MOST: u64 = 500;

impl Service {
    /// Drops a piece of them.
    pub async fn drop_old_answers(&self, cx: &Context) -> Result<Progress, Error> {
        let since = since(cx.at);
        self.unrecorded(move |w| async move { Ok(Progress::after(w.drop_answers(since, MOST).await?, MOST)) }.boxed())
            .await
    }
}
