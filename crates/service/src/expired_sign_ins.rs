//! Sessions, sign-ins under way, mailed links of people, codes, tokens and authorizations are dropped once they have
//! expired: nothing holds by them any more. What was used before stays until then, so that it is noticed when it comes
//! again (RFC 9700 section 4.14).

use futures::FutureExt;

use crate::{Context, Error, Progress, Service};

/// Rows of each sort in one piece.
const MOST: u64 = 500;

impl Service {
    /// Drops a piece of them: first what refers to others.
    pub async fn drop_expired_sign_ins(&self, cx: &Context) -> Result<Progress, Error> {
        let at = cx.at;
        self.unrecorded(move |w| {
            async move {
                let tokens = w.drop_expired_tokens(at, MOST).await?;
                let sessions = w.drop_expired_sessions(at, MOST).await?;
                Ok(Progress::after(tokens + sessions, MOST))
            }
            .boxed()
        })
        .await
    }
}
